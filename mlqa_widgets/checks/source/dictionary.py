"""What breaks the data dictionary: columns, types, units, allowed values, ranges, patterns, what must be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks._draw import histogram, strip, value_bars
from mlqa_widgets.checks.numbers._conversions import dimension_of
from mlqa_widgets.checks.numbers.units import convert_written
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.source._declared import declared_mask, instants_of, limit_of, numbers_of
from mlqa_widgets.checks.text._parsing import parse_statements, pattern_literal, statements_give, whole_code
from mlqa_widgets.evidence import Bar, Bars, Evidence, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import (
    assign_column,
    drop_columns,
    list_literal,
    literal,
    read_column,
    replace_values,
)
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.naming import nearest
from mlqa_widgets.profile.draft import unit_of_name
from mlqa_widgets.profile.numbers import NumberForm
from mlqa_widgets.profile.units import CASED_UNITS, UNIT_KEYS
from mlqa_widgets.tables.table import NO_ROW, Predicate
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened, visible

if TYPE_CHECKING:
    from mlqa_widgets.dictionary import Dictionary, Field
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_MIDNIGHT: Final = re.compile(r"[ T]00:00:00(\.0+)?$")
_SHOWN: Final = 20
_LISTED: Final = 200
"""Most values that a repair names one by one."""
_LETTERS_PER_SLIP: Final = 4
"""A value is taken for a slip of an allowed one up to one letter in so many."""

_WHY: Final = (
    "Who reads the dictionary counts on it: code written against it misreads these values, or fails on them, later."
)


@table_check("dictionary_conflicts", issue="maintainability.undocumented_data")
def dictionary_conflicts(profile: Profile) -> Iterator[Finding]:
    """Find what the data dictionary does not allow.

    Values of another type or unit, outside the allowed values or the range, not of the declared form or length,
    missing where required, repeated where unique; columns that the table lacks, or the dictionary. One finding per column and constraint. Stays silent on what is not declared, on texts declared to stand for
    missing, and on drafts that nobody accepted. A constraint is held against the values that are of the declared type.
    """
    dictionary = profile.roles.dictionary
    if not dictionary.fields:
        return
    yield from _columns(profile, dictionary)
    declared = {field.name: field for field in dictionary}
    for column in profile.columns:
        if column.name in declared and not column.unread:
            yield from _Declared(
                column, declared[column.name], dictionary.missing_values(column.name), profile
            ).conflicts()


def _columns(profile: Profile, dictionary: Dictionary) -> Iterator[Finding]:
    present = {column.name for column in profile.columns}
    lacking = [field for field in dictionary if field.name not in present]
    more = [column for column in profile.columns if column.name not in dictionary]
    if lacking and not dictionary.allows_missing_columns:
        others = [column.name for column in more]
        lines = tuple(
            (
                shortened(field.name),
                field.type,
                shortened(field.description, 80),
                nearest(field.name, others) if others else "",
            )
            for field in lacking[:_SHOWN]
        )
        names = listing([shortened(field.name) for field in lacking], 5)
        yield Finding(
            columns=(),
            severity=Severity.ERROR,
            rows=0,
            message=f"The table lacks {count(len(lacking), 'column')} of the dictionary: {names}.",
            predicate=NO_ROW,
            evidence=(
                Examples("Columns declared and not there", ("column", "type", "description", "not declared"), lines),
            ),
            why="Whatever uses these columns fails, or goes on without them.",
            confidence=0.95,
            part="lacking",
        )
    if more and not dictionary.allows_more_columns:
        positions = tuple(column.position for column in more)
        names = listing([shortened(column.name) for column in more], 5)
        yield Finding(
            columns=positions,
            severity=Severity.WARNING,
            rows=0,
            message=f"The dictionary has no place for {count(len(more), 'column')} of the table: {names}.",
            predicate=NO_ROW,
            evidence=(
                value_bars(
                    more[0], np.ones(len(more[0].values), bool), f"Values of {shortened(more[0].name)}", flagged=False
                ),
            ),
            why="Nobody has said what they mean, and a next delivery may come without them.",
            fixes=(
                Fix(
                    "Keep only the columns declared",
                    drop_columns(profile.table, [column.column for column in more]),
                    removes=positions,
                ),
            ),
            confidence=0.8,
        )


@dataclass(frozen=True)
class _Declared:
    """A column beside what the dictionary says of it."""

    column: ColumnProfile
    field: Field
    missing_values: tuple[str, ...]
    profile: Profile

    def conflicts(self) -> Iterator[Finding]:
        """Yield one finding for each constraint that is broken."""
        constraints = {
            "type": self._type,
            "unit": self._unit,
            "enum": self._enum,
            "range": self._range,
            "pattern": self._pattern,
            "length": self._length,
            "required": self._required,
            "unique": self._unique,
        }
        for name, constraint in constraints.items():
            found = constraint()
            if found is not None:
                yield replace(found, part=name)

    # ------------------------------------------------------------------ the values

    @cached_property
    def missing(self) -> np.ndarray:
        """Which values stand for a missing one."""
        codes = pa.array(self.missing_values, pa.string())
        among = pc.is_in(self.column.strings, value_set=codes).to_numpy(zero_copy_only=False)
        if self.column.column.storage in ("integer", "number"):
            for code in self.missing_values:
                among |= self.column.numbers == _as_number(code)
        return among

    @cached_property
    def typed(self) -> np.ndarray:
        """Which values are there and of the declared type."""
        return declared_mask(self.column, self.field) & ~self.missing

    @cached_property
    def measure(self) -> np.ndarray:
        """The values as something that can be compared with a limit: numbers, or microseconds since 1970; else NaN."""
        return instants_of(self.column, self.field) if self._temporal else numbers_of(self.column, self.field)

    @property
    def _temporal(self) -> bool:
        return self.field.type in ("date", "datetime", "year", "yearmonth", "time") or (
            self.column.column.storage == "datetime"
        )

    @property
    def _name(self) -> str:
        return shortened(self.column.name)

    @property
    def _cell(self) -> str:
        return self.column.column.sql

    @property
    def _read(self) -> str:
        return read_column(self.profile.table, self.column.column)

    def _is_code(self) -> Predicate:
        """Return the rows that hold a text that stands for missing."""
        if not self.missing.any():
            return NO_ROW
        return self.column.where(self.missing)

    # ------------------------------------------------------------------ the constraints

    def _type(self) -> Finding | None:
        broken = ~self.typed & ~self.missing
        if not self.field.type or not broken.any():
            return None
        kind = self.field.type + ("" if self.field.format == "default" else f" ({self.field.format})")
        if self.column.is_text or not broken.all():
            said = f"not {_article(kind)} as declared"
        else:
            said = f"declared {_article(kind)} and stored as {self.column.column.source_type}"
        finding = self._finding(broken, f"is {said}", fixes=tuple(self._type_fixes(broken)))
        return finding if finding is None else replace(finding, cause=self._cause_of_type(broken))

    def _cause_of_type(self, broken: np.ndarray) -> str:
        """Return the cause shared with the findings about numbers in text, which know better how to read them."""
        if self.field.type in ("integer", "number") and self.column.is_text:
            reading = self.column.number_reading
            if bool(reading.is_number[broken].all()):
                several = (
                    len({reading.unit_keys[u] for u in np.unique(reading.unit[reading.form == NumberForm.UNIT])}) > 1
                )
                return f"{self.column.position}:{'units' if several else 'numbers'}"
        return ""

    def _type_fixes(self, broken: np.ndarray) -> Iterator[Fix]:
        column, table = self.column, self.profile.table
        if self.field.type in ("integer", "number") and column.is_text:
            reading = column.number_reading
            if reading.is_number[broken].any() and reading.exact[reading.is_number].all():
                statements = parse_statements(column, reading)
                if statements_give(statements, column, reading.number):
                    preparation, numbers = whole_code(self._read, statements)
                    lost = ~reading.is_number
                    yield Fix(
                        "Read all as numbers",
                        f"{preparation}\n{assign_column(table, column.column, numbers)}",
                        changes=(column.position,),
                        empties=column.where(lost),
                        note=f"{count(column.rows_of(lost), 'cell')} without a number become missing."
                        if lost.any()
                        else "",
                    )
                    return
        if column.is_text or not broken.all():
            yield from self._emptied(broken)
        elif self.field.type == "string":
            code = assign_column(table, column.column, f'{self._read}.astype("str").where({self._read}.notna())')
            yield Fix("Store as text", code, changes=(column.position,))

    def _unit(self) -> Finding | None:
        declared = _unit_key(self.field.unit)
        dimension = dimension_of(declared)
        if not dimension:
            return None
        if self.column.is_text:
            reading = self.column.number_reading
            keys = np.array(reading.unit_keys)[reading.unit]
            written = (reading.form == NumberForm.UNIT) & (keys != declared) & ~self.missing
            written &= np.array([dimension_of(key) != "" for key in reading.unit_keys])[reading.unit]
            if not written.any():
                return None
            others = sorted(set(keys[written].tolist()))
            alike = [unit for unit in others if dimension_of(unit) == dimension]
            found = self._finding(
                written,
                f"is written in {listing(others)}, not in {self.field.unit} as declared,",
                fixes=tuple(convert_written(self.column, self.profile, reading, declared, alike))
                if alike == others
                else (),
                title="Values in another unit",
            )
            return found if found is None else replace(found, cause=f"{self.column.position}:units")
        named = unit_of_name(self.column.name)
        if dimension_of(named) != dimension or named == declared:
            return None
        return Finding(
            columns=(self.column.position,),
            severity=Severity.WARNING,
            rows=0,
            message=f"{self._name} is in {named} by its name and in {self.field.unit} by the dictionary.",
            predicate=NO_ROW,
            evidence=(histogram(self.column, "Values"),) if np.isfinite(self.column.numbers).any() else (),
            why="One of the two is wrong, and who trusts it computes with the wrong quantity.",
            confidence=0.8,
        )

    def _enum(self) -> Finding | None:
        allowed = self.field.enum
        if not allowed:
            return None
        if self.column.column.storage in ("integer", "number") or self.field.type in ("integer", "number"):
            numbers = np.array([_as_number(one) for one in allowed])
            inside = np.isin(numbers_of(self.column, self.field), numbers)
            typed = self.typed
        elif self.column.column.storage == "boolean":
            inside = np.isin(np.char.lower(self.column.strings.to_pylist()), [str(one).lower() for one in allowed])
            typed = self.typed
        else:
            inside = pc.is_in(self.column.strings, value_set=pa.array([str(one) for one in allowed])).to_numpy(
                zero_copy_only=False
            )
            typed = self.typed
        broken = typed & ~inside
        if not broken.any():
            return None
        values = self.column.strings.filter(pa.array(broken))
        top = np.argsort(-self.column.counts[broken], kind="stable")[:3].tolist()
        named = listing([quoted(values[i].as_py(), 24) for i in top] + ["" for _ in range(len(values) - len(top))], 3)
        exact = None
        if self.column.is_text and not self.field.type:
            exact = Predicate(
                f"{self._cell} IS NOT NULL AND {self._cell} NOT IN (SELECT unnest(?))",
                ([*map(str, allowed), *self.missing_values],),
            )
        return self._finding(
            broken,
            f"holds {count(len(values), 'value')} that the dictionary does not allow ({named})",
            exact=exact,
            fixes=tuple(self._enum_fixes(broken)),
            evidence=(self._beside_allowed(broken, inside),),
        )

    def _beside_allowed(self, broken: np.ndarray, inside: np.ndarray) -> Bars:
        wrong = value_bars(self.column, broken, "Values not allowed, and those allowed")
        right = value_bars(self.column, inside, "", flagged=False, limit=6)
        unseen = {bar.label for bar in right.bars}
        absent = [
            Bar(visible(str(one)), 0, note="not there") for one in self.field.enum if visible(str(one)) not in unseen
        ]
        return replace(wrong, bars=(*wrong.bars, *right.bars, *(absent[:4] if not right.more else ())))

    def _enum_fixes(self, broken: np.ndarray) -> Iterator[Fix]:
        if self.column.is_text and (mapping := self._slips(broken)):
            yield Fix(
                "Write them as the dictionary does",
                replace_values(self.profile.table, self.column.column, mapping),
                changes=(self.column.position,),
                note="Matched by likeness: read the map before you run it.",
            )
        yield from self._emptied(broken)

    def _slips(self, broken: np.ndarray) -> dict[str, str]:
        """Return values that are an allowed one but for case, blanks or a letter."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extractOne

        allowed = {" ".join(str(one).split()).casefold(): str(one) for one in self.field.enum}
        found = {}
        for value in self.column.strings.filter(pa.array(broken)).to_pylist()[:_LISTED]:
            plain = " ".join(value.split()).casefold()
            slips = len(plain) // _LETTERS_PER_SLIP
            best = extractOne(plain, list(allowed), scorer=OSA.distance, score_cutoff=slips)
            if best is not None:
                found[value] = allowed[best[0]]
        return found

    def _range(self) -> Finding | None:
        limits = {name: self.field.get(name) for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")}
        limits = {name: limit for name, limit in limits.items() if limit is not None}
        if not limits:
            return None
        read = {name: limit_of(self.field, limit, temporal=self._temporal) for name, limit in limits.items()}
        if unreadable := [name for name, limit in read.items() if limit is None]:
            return self._unreadable(unreadable[0], limits[unreadable[0]])
        low, high = _tightest(read, "inimum", max), _tightest(read, "aximum", min)
        measure = self.measure
        with np.errstate(invalid="ignore"):
            below = np.zeros(len(measure), bool) if low is None else (measure <= low[0] if low[1] else measure < low[0])
            above = (
                np.zeros(len(measure), bool) if high is None else (measure >= high[0] if high[1] else measure > high[0])
            )
        broken = (below | above) & self.typed
        span = _span(limits)
        exact = None
        if not self._temporal and not self.missing.any():
            exact = Predicate(
                " OR ".join(
                    [
                        *([f"{self.column.number_sql} {'<=' if low[1] else '<'} ?"] if low is not None else []),
                        *([f"{self.column.number_sql} {'>=' if high[1] else '>'} ?"] if high is not None else []),
                    ]
                ),
                tuple(limit[0] for limit in (low, high) if limit is not None),
            )
        if not broken.any() and (self.column.complete or exact is None):
            return None
        values = self.column.strings.filter(pa.array(broken))
        order = np.argsort(measure[broken], kind="stable")
        worst = [values[int(i)].as_py() for i in ((order[0], order[-1]) if len(order) > 1 else order)]
        told = " to ".join(dict.fromkeys(shortened(visible(_MIDNIGHT.sub("", one)), 24) for one in worst))
        return self._finding(
            broken,
            f"is outside the declared range ({span}" + (f"; {told})" if told else ")"),
            exact=exact,
            fixes=tuple(self._range_fixes(low, high, broken, self._where(below | above, exact))),
            evidence=self._range_evidence(limits, broken),
        )

    def _range_evidence(self, limits: dict[str, Any], broken: np.ndarray) -> tuple[Evidence, ...]:
        if self._temporal or not self.column.is_numeric:
            return (value_bars(self.column, broken, "Values outside the range"),)
        marks = [
            (float(_as_number(limit)), f"{name.removeprefix('exclusive').lower()} {number(float(_as_number(limit)))}")
            for name, limit in limits.items()
        ]
        return (histogram(self.column, "Values and the declared range", flagged=broken, marks=marks),)

    def _range_fixes(
        self, low: tuple[float, bool] | None, high: tuple[float, bool] | None, broken: np.ndarray, emptied: Predicate
    ) -> Iterator[Fix]:
        if self._temporal or self.missing.any() or self.column.column.storage not in ("integer", "number"):
            yield from self._emptied(broken)
            return
        parts = [
            *([f"(numbers {'<=' if low[1] else '<'} {literal(low[0])})"] if low is not None else []),
            *([f"(numbers {'>=' if high[1] else '>'} {literal(high[0])})"] if high is not None else []),
        ]
        outside = " | ".join(parts) if len(parts) > 1 else parts[0][1:-1]
        code = f'numbers = pd.to_numeric({self._read}, errors="coerce").astype("float64")\n'
        yield Fix(
            "Empty the cells outside the range",
            code + assign_column(self.profile.table, self.column.column, f"{self._read}.mask({outside})"),
            changes=(self.column.position,),
            empties=emptied,
            note="The rows stay; what the values should have been is not known.",
        )

    def _pattern(self) -> Finding | None:
        pattern = self.field.get("pattern")
        if not pattern:
            return None
        whole = f"^(?:{pattern})$"
        try:
            fits = pc.match_substring_regex(self.column.strings, whole).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            return self._unreadable("pattern", pattern)
        broken = self.typed & ~fits
        exact = None
        if self.column.is_text and not self.field.type:
            exact = Predicate(
                f"{self._cell} IS NOT NULL AND NOT regexp_matches({self._cell}, ?) AND {self._cell} NOT IN (SELECT unnest(?))",
                (whole, list(self.missing_values)),
            )
        if not broken.any() and (self.column.complete or exact is None):
            return None
        return self._finding(
            broken,
            f"does not have the form {quoted(pattern)}",
            exact=exact,
            fixes=(*self._rewritten(broken, whole), *self._emptied(broken)),
        )

    def _rewritten(self, broken: np.ndarray, whole: str) -> Iterator[Fix]:
        """Yield the plainest change of writing that gives every offending value the declared form."""
        if not self.column.is_text or self.column.column.has_types:
            return
        values = self.column.strings.filter(pa.array(broken))
        for title, call, changed in (
            ("Strip blanks", ".str.strip()", pc.utf8_trim_whitespace(values)),
            (
                "Strip blanks and write in capitals",
                ".str.strip().str.upper()",
                pc.utf8_upper(pc.utf8_trim_whitespace(values)),
            ),
            (
                "Strip blanks and write in small letters",
                ".str.strip().str.lower()",
                pc.utf8_lower(pc.utf8_trim_whitespace(values)),
            ),
        ):
            if len(changed) and pc.all(pc.match_substring_regex(changed, whole)).as_py():
                fits = f"{self._read}.str.contains({pattern_literal(whole)}, regex=True, na=False)"
                expression = f"{self._read}.where({fits}, {self._read}{call})"
                if self.column.column.source_type != "category":
                    yield Fix(
                        title,
                        assign_column(self.profile.table, self.column.column, expression),
                        changes=(self.column.position,),
                    )
                return

    def _length(self) -> Finding | None:
        least, most = self.field.get("minLength"), self.field.get("maxLength")
        if least is None and most is None:
            return None
        lengths = self.column.lengths
        broken = self.typed & ((lengths < (least or 0)) | (lengths > (np.inf if most is None else most)))
        if not broken.any():
            return None
        span = f"at least {least}" if most is None else f"at most {most}" if not least else f"{least} to {most}"
        return self._finding(broken, f"does not have {span} characters", fixes=tuple(self._emptied(broken)))

    def _required(self) -> Finding | None:
        if self.field.get("required") is not True:
            return None
        where = self.column.is_null() | self._is_code() if self.missing.any() else self.column.is_null()
        rows = self.column.nulls + (self.column.rows_of(self.missing) if self.missing.any() else 0)
        if not rows:
            return None
        left_out = f"{self._read}.isna()"
        if self.missing.any():
            left_out += f" | {self._read}.isin({list_literal(self._cells(self.missing))})"
        return Finding(
            columns=(self.column.position,),
            severity=Severity.ERROR,
            rows=rows,
            message=f"{self._name} must not be missing, and is in {count(rows, 'row')} ({percent(rows / self.column.rows)}).",
            predicate=where,
            evidence=(strip(self.profile.table, "Where it is missing", [(self.column.name, where)]),),
            why=_WHY,
            fixes=(
                Fix(
                    "Drop the rows without it",
                    f"df = df[~({left_out})]",
                    drops=where,
                    note="Only where the rows are of no use without it.",
                ),
            ),
            confidence=0.95,
        )

    def _unique(self) -> Finding | None:
        if self.field.get("unique") is not True or self.column.distinct == self.column.present:
            return None
        if self.column.position in self.profile.roles.key and len(self.profile.roles.key) == 1:
            return None
        broken = (self.column.counts > 1) & ~self.missing
        exact = Predicate(f"{self._cell} IN (SELECT {self._cell} FROM t GROUP BY {self._cell} HAVING count(*) > 1)")
        if self.missing.any():
            exact &= ~self._is_code()
        code = f"df = df[~{self._read}.duplicated() | {self._read}.isna()]"
        where = self._where(broken, exact)
        return self._finding(
            broken,
            "must be unique and repeats",
            exact=exact,
            fixes=(
                Fix(
                    "Keep the first row of each value",
                    code,
                    drops=where,
                    note="Look first whether the rows differ otherwise.",
                ),
            )
            if not self.missing.any() and not self.column.column.has_types
            else (),
            title="Values on several rows",
        )

    # ------------------------------------------------------------------ saying it

    def _finding(
        self,
        broken: np.ndarray,
        said: str,
        *,
        exact: Predicate | None = None,
        fixes: tuple[Fix, ...] = (),
        evidence: tuple[Evidence, ...] = (),
        title: str = "Values that do not fit",
    ) -> Finding | None:
        where = self._where(broken, exact)
        kept = self.column.complete or exact is None
        rows = self.column.rows_of(broken) if kept else self.profile.table.count(where)
        if not rows:
            return None
        return Finding(
            columns=(self.column.position,),
            severity=Severity.ERROR,
            rows=rows,
            message=f"{self._name} {said} in {count(rows, 'row')} ({percent(rows / self.column.rows)}).",
            predicate=where,
            evidence=evidence or (value_bars(self.column, broken, title),),
            why=_WHY,
            fixes=fixes,
            confidence=0.95,
        )

    def _unreadable(self, name: str, value: Any) -> Finding:
        return Finding(
            columns=(self.column.position,),
            severity=Severity.WARNING,
            rows=0,
            message=f"The {name} declared for {self._name}, {quoted(value)}, cannot be read and was not checked.",
            predicate=NO_ROW,
            evidence=(
                Examples("Declared", ("column", "type", name), ((self._name, self.field.type or "none", str(value)),)),
            ),
            why="A rule that cannot be read protects from nothing.",
            confidence=0.95,
        )

    def _where(self, broken: np.ndarray, exact: Predicate | None) -> Predicate:
        return self.column.where(broken) if self.column.complete or exact is None else exact

    def _emptied(self, broken: np.ndarray) -> Iterator[Fix]:
        if not self.column.complete or broken.sum() > _LISTED or self.column.column.storage == "nested":
            return
        cells = self._cells(broken)
        read = f'{self._read}.astype("str")' if self.column.column.has_types else self._read
        yield Fix(
            "Empty these cells",
            assign_column(
                self.profile.table, self.column.column, f"{self._read}.mask({read}.isin({list_literal(cells)}))"
            ),
            changes=(self.column.position,),
            empties=self.column.where(broken),
            note="The rows stay; what the values should have been is not known.",
        )

    def _cells(self, mask: np.ndarray) -> Sequence[Any]:
        import pandas as pd

        found = self.column.values.filter(pa.array(mask)).to_pylist()
        return [pd.Timestamp(one) for one in found] if self.column.column.storage == "datetime" else found


def _as_number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _unit_key(unit: str) -> str:
    return CASED_UNITS.get(unit) or UNIT_KEYS.get(unit.lower().rstrip("."), "")


def _tightest(limits: dict[str, float | None], ending: str, choose: Any) -> tuple[float, bool] | None:
    """Return the limit that counts, and whether it is itself outside."""
    found = [
        (limit, name.startswith("exclusive"))
        for name, limit in limits.items()
        if name.endswith(ending) and limit is not None
    ]
    return choose(found, key=lambda one: (one[0], one[1] if choose is max else not one[1])) if found else None


def _span(limits: dict[str, Any]) -> str:
    said = {name: number(limit) if isinstance(limit, (int, float)) else str(limit) for name, limit in limits.items()}
    if set(said) == {"minimum", "maximum"}:
        return f"{said['minimum']} to {said['maximum']}"
    words = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
    return " and ".join(f"{words[name]} {limit}" for name, limit in said.items())


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
