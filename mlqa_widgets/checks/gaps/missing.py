"""Missing values: how many, and above all in what pattern."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlqa_widgets.checks._draw import strip
from mlqa_widgets.checks.gaps._goes_with import FEW_LEVELS, Level, columns_of_few_levels, level_of, strength
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, drop_columns, drop_missing, literal, new_label, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.options import options
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.evidence import Evidence
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_LOOKED_AT_TOGETHER: Final = 60
"""Different null masks that are compared with each other; one bit each."""
_DIFFERENT: Final = 0.1
"""Two masks are one while they differ in fewer rows than this share of those missing, and of those filled."""
_PART: Final = 0.2
"""Share of a larger gap from which on a gap that lies within it is told together with it."""
_IMPOSSIBLE: Final = math.log(1e6)

_RUN_ROWS: Final = 5
_RUN_DENSITY: Final = 0.9
_RUN_SPAN: Final = 0.7

_SMALL: Final = 0.05
_LARGE: Final = 0.2
_MOST: Final = 0.5
_FOLDED_FROM: Final = 3
_EXPLAINED: Final = 12
_LANES: Final = 8
_IN_ONE_CONDITION: Final = 100
"""Columns named in one condition; the engine has a limit, and dropping rows for more is no repair."""


@table_check("missing_values")
def missing_values(profile: Profile) -> Iterator[Finding]:
    """Find missing values, by pattern: columns missing together, in one run of rows, by a rule, or here and there.

    Columns that go missing in the same rows are one finding. Missing exactly where another column has a certain
    value is a rule of the table and an info, and so is a small share here and there. Stays silent on dates
    (missing_dates), and on columns with no value or one (constant_column).
    """
    columns = [c for c in profile.columns if c.nulls and c.distinct > 1 and _concerns(c, profile)]
    if not columns:
        return
    gaps = _gaps(profile, columns)
    minor = [gap for gap in gaps if _is_minor(gap, profile)]
    if len(minor) < _FOLDED_FROM:
        major, minor = gaps, []
    else:
        major = [gap for gap in gaps if not _is_minor(gap, profile)]
    told, further = major[:_EXPLAINED], [*major[_EXPLAINED:], *minor]
    for gap, explained in zip(told, _explanations(profile, told), strict=True):
        yield _finding(profile, gap, explained)
    if further:
        yield _here_and_there(further, profile)


def _concerns(column: ColumnProfile, profile: Profile) -> bool:
    return column.kind is not Kind.DATETIME and column.position != profile.roles.time


def _any_missing(columns: Sequence[ColumnProfile]) -> Predicate:
    return Predicate(" OR ".join(column.is_null().sql for column in columns))


# ------------------------------------------------------------------------------------------ patterns


@dataclass(frozen=True)
class _Gap:
    """Columns that go missing together, the one missing most often first."""

    columns: tuple[ColumnProfile, ...]
    rows: int
    """Rows in which any of them is missing."""
    first: int
    last: int
    masks: tuple[ColumnProfile, ...]
    """One column for each different set of rows in which they are missing."""
    within: ColumnProfile | None = None
    """A column that is missing in all these rows, and in many others."""

    @property
    def predicate(self) -> Predicate:
        return _any_missing(self.masks)

    @property
    def same_rows(self) -> bool:
        return len(self.masks) == 1

    @property
    def is_run(self) -> bool:
        """Whether the rows are one run, not most of the table."""
        span = self.last - self.first + 1
        rows = self.masks[0].rows
        return self.rows >= max(_RUN_ROWS, _RUN_DENSITY * span) and span <= _RUN_SPAN * rows


def _gaps(profile: Profile, columns: Sequence[ColumnProfile]) -> list[_Gap]:
    """Put together the columns that go missing together, those with most missing rows first."""
    same = sorted(_equal_masks(profile, columns), key=lambda group: -group[0].nulls)
    masks = same[:_LOOKED_AT_TOGETHER]
    most = options.rows_looked_at
    while profile.rows > most and len(masks) > 1 and _patterns(profile, masks) > most:
        masks = masks[: len(masks) // 2]
    bits = _bits(masks)
    found = profile.table.query(
        f"SELECT {bits} AS mask, count(*) AS n, min(pos) AS first, max(pos) AS last FROM t GROUP BY mask"
    )
    codes = found["mask"].to_numpy().astype(np.uint64)
    rows, first, last = (found[name].to_numpy().astype(np.int64) for name in ("n", "first", "last"))
    missing = (codes[:, None] >> np.arange(len(masks), dtype=np.uint64)) & np.uint64(1) == 1
    both = sum(
        missing[start : start + 100_000].T @ (missing[start : start + 100_000] * rows[start : start + 100_000, None])
        for start in range(0, len(rows), 100_000)
    )
    nulls = [group[0].nulls for group in masks]
    within = _within(nulls, both, profile.rows)
    gaps = []
    for members in _together(nulls, both, within, profile.rows):
        among = missing[:, members].any(axis=1)
        gaps.append(
            _Gap(
                tuple(column for member in members for column in masks[member]),
                int(rows[among].sum()),
                int(first[among].min()),
                int(last[among].max()),
                _needed([masks[member][0] for member in members], both[np.ix_(members, members)]),
                next((masks[i][0] for i in reversed(range(members[0])) if within[members[0], i]), None),
            )
        )
    gaps += [_Gap(tuple(g), g[0].nulls, g[0].first_null, g[0].last_null, (g[0],)) for g in same[len(masks) :]]
    return gaps


def _bits(masks: Sequence[Sequence[ColumnProfile]]) -> str:
    """Return SQL of the columns that are missing in a row, as the bits of a number."""
    return " | ".join(f"((({group[0].column.sql}) IS NULL)::UBIGINT << {i})" for i, group in enumerate(masks))


def _patterns(profile: Profile, masks: Sequence[Sequence[ColumnProfile]]) -> int:
    """Return about how many different sets of these columns are missing in a row."""
    return int(profile.table.query(f"SELECT approx_count_distinct({_bits(masks)}) AS n FROM t")["n"][0].as_py())


def _equal_masks(profile: Profile, columns: Sequence[ColumnProfile]) -> list[list[ColumnProfile]]:
    """Group columns that are missing in exactly the same rows, by a fingerprint of the rows."""
    candidates: dict[tuple[int, int, int], list[ColumnProfile]] = {}
    for column in columns:
        candidates.setdefault((column.nulls, column.first_null, column.last_null), []).append(column)
    groups = [group for group in candidates.values() if len(group) == 1]
    several = [column for group in candidates.values() if len(group) > 1 for column in group]
    marks: dict[tuple[int, int], list[ColumnProfile]] = {}
    for start in range(0, len(several), 1000):
        part = several[start : start + 1000]
        prints = ", ".join(f"bit_xor(if({c.column.sql} IS NULL, h, 0)) AS x{c.position}" for c in part)
        names = ", ".join(c.column.sql for c in part)
        answer = profile.table.query(f"SELECT {prints} FROM (SELECT {names}, hash(pos) AS h FROM t)")
        for column in part:
            marks.setdefault((column.nulls, answer[f"x{column.position}"][0].as_py()), []).append(column)
    return [*groups, *marks.values()]


def _within(nulls: Sequence[int], both: np.ndarray, rows: int) -> np.ndarray:
    """Return which masks lie within which others (row within column) further than chance would have it."""
    missing = np.array(nulls)
    chance = -missing[:, None] * np.log(missing / rows)[None, :]
    inside: np.ndarray = (both == missing[:, None]) & (chance > _IMPOSSIBLE)
    np.fill_diagonal(inside, val=False)
    return inside


def _together(nulls: Sequence[int], both: np.ndarray, within: np.ndarray, rows: int) -> list[list[int]]:
    """Put masks together that are nearly the same, or of which one is a good part of another.

    ``nulls`` are sorted downwards; ``both[i, j]`` are the rows missing in both.
    """
    free = list(range(len(nulls)))
    groups = []
    while free:
        largest, *others = free
        members = [largest]
        for other in others:
            apart = nulls[largest] + nulls[other] - 2 * both[largest, other]
            part = within[other, largest] and nulls[other] >= _PART * nulls[largest]
            if part or apart <= _DIFFERENT * min(nulls[other], rows - nulls[largest]):
                members.append(other)
        groups.append(members)
        free = [place for place in others if place not in members]
    return groups


def _needed(columns: list[ColumnProfile], both: np.ndarray) -> tuple[ColumnProfile, ...]:
    """Return the columns whose missing rows are all the missing rows: those within the first add none."""
    return tuple(c for i, c in enumerate(columns) if i == 0 or both[0, i] < c.nulls)


def _is_minor(gap: _Gap, profile: Profile) -> bool:
    """Whether a gap is a few cells of one column here and there."""
    if len(gap.columns) > 1 or gap.is_run or gap.within is not None or gap.rows >= _SMALL * profile.rows:
        return False
    return gap.columns[0].position not in {profile.roles.target, *profile.roles.key}


# ------------------------------------------------------------------------------------------ what it goes with

_EXPLAINING_COLUMNS: Final = 40
_ENOUGH_ROWS: Final = 10
_TOLD: Final = 0.1
_SHOWN: Final = 0.02
_CONTRAST: Final = 1.5
_RULE_VALUES: Final = 5
_ORDERED_KINDS: Final = (Kind.PERIOD, Kind.DATETIME, Kind.NUMERIC)


@dataclass(frozen=True)
class _Explanation:
    """How the missing rows are spread over the values of another column."""

    column: ColumnProfile
    levels: tuple[Level, ...]
    strength: float
    """Share of the uncertainty about what is missing that the column takes away, 0 to 1."""

    @property
    def is_rule(self) -> bool:
        """Whether the column decides: each value has all its rows missing, or none."""
        return all(level.missing in (0, level.rows) for level in self.levels)

    def complexity(self, position: int) -> tuple[int, int, int]:
        """Return what makes a rule hard to believe: many values, a value that is missing itself, a column far away."""
        missing = [level for level in self.levels if level.missing]
        return (
            len(missing),
            sum(self.named(level) == "missing" for level in missing),
            abs(self.column.position - position),
        )

    def named(self, level: Level) -> str:
        if level.where == self.column.is_null():
            return "missing"
        return quoted(level.label, 20) if self.column.is_text and not self.column.is_numeric else level.label

    def contrast(self, usual: float) -> str:
        """Return a phrase for the value where more is missing than usual, or less; nothing where none stands out."""
        levels = sorted((e for e in self.levels if e.rows >= _ENOUGH_ROWS), key=lambda e: e.share)
        if not levels:
            return ""
        for level, stands_out, word in (
            (levels[-1], levels[-1].share >= _CONTRAST * usual, "most"),
            (levels[0], usual >= _MOST and levels[0].share * _CONTRAST <= usual, "least"),
        ):
            if stands_out:
                where = f"where {shortened(self.column.name)} is {self.named(level)}"
                return f"{word} often {where} ({percent(level.share)})"
        return ""


def _explanations(profile: Profile, gaps: Sequence[_Gap]) -> list[list[_Explanation]]:
    """Return, for each gap, the columns with few values that it goes with beyond chance, the strongest first."""
    found: list[list[_Explanation]] = [[] for _ in gaps]
    if not gaps:
        return found
    few = columns_of_few_levels(profile)
    masks = ", ".join(
        f"sum(CASE WHEN {gap.predicate.sql} THEN 1 ELSE 0 END)::BIGINT AS m{i}" for i, gap in enumerate(gaps)
    )
    for column in few[:_EXPLAINING_COLUMNS]:
        name = column.column.sql
        counted = profile.table.query(
            f"SELECT {name} AS value, count(*) AS n, {masks} FROM t GROUP BY value ORDER BY value"
        )
        values, rows = counted["value"].to_pylist(), counted["n"].to_numpy()
        for i, gap in enumerate(gaps):
            if any(column is other for other in gap.columns) or gap.rows < _ENOUGH_ROWS:
                continue
            missing = counted[f"m{i}"].to_numpy()
            taken = strength(rows, missing)
            if taken < _SHOWN:
                continue
            levels = (
                level_of(column, value, int(n), int(m)) for value, n, m in zip(values, rows, missing, strict=True)
            )
            found[i].append(_Explanation(column, tuple(levels), taken))
    return [sorted(explained, key=lambda e: -e.strength) for explained in found]


def _rule(profile: Profile, gap: _Gap, explained: Sequence[_Explanation]) -> _Explanation | None:
    """Return a column of which certain values stand exactly where the gap is.

    In a gap that is one run of rows a column that runs along the table decides nothing: it only says when.
    """
    if not gap.same_rows or gap.rows < _ENOUGH_ROWS:
        return None
    fitting = [e for e in explained if e.is_rule and sum(level.missing > 0 for level in e.levels) <= _RULE_VALUES]
    fitting = fitting or list(_single_values(profile, gap))
    fitting = [e for e in fitting if not (gap.is_run and e.column.kind in _ORDERED_KINDS)]
    return min(fitting, key=lambda e: e.complexity(gap.columns[0].position), default=None)


def _single_values(profile: Profile, gap: _Gap) -> Iterator[_Explanation]:
    """Yield columns with many values of which one stands exactly where the gap is."""
    own = {column.position for column in gap.columns}
    candidates = [
        (column, int(place))
        for column in profile.columns
        if column.complete and column.distinct > FEW_LEVELS and column.position not in own
        for place in np.flatnonzero(column.counts == gap.rows)
    ]
    for column, place in candidates[:_EXPLAINING_COLUMNS]:
        where = column.where(np.arange(len(column.values)) == place)
        if profile.table.count(where & gap.predicate) == gap.rows:
            levels = (
                Level(column.values[place].as_py(), where, gap.rows, gap.rows),
                Level("any other value", ~where, profile.rows - gap.rows, 0),
            )
            yield _Explanation(column, levels, 1.0)


# ------------------------------------------------------------------------------------------ findings


def _finding(profile: Profile, gap: _Gap, explained: Sequence[_Explanation]) -> Finding:
    rule = _rule(profile, gap, explained)
    severity, confidence = _weight(profile, gap, rule)
    best = rule or (explained[0] if explained else None)
    lanes = [(shortened(c.name), c.is_null()) for c in gap.columns[:_LANES]]
    evidence: list[Evidence] = [strip(profile.table, "Where along the table it is missing", lanes)]
    if best is not None:
        evidence.insert(0 if rule else 1, _by_level(gap, best))
    return Finding(
        columns=tuple(sorted(c.position for c in gap.columns)),
        severity=severity,
        rows=gap.rows,
        message=_message(profile, gap, rule, best),
        predicate=gap.predicate,
        evidence=tuple(evidence),
        why=_why(profile, gap, rule),
        fixes=tuple(_fixes(profile, gap, rule)),
        confidence=confidence,
    )


def _weight(profile: Profile, gap: _Gap, rule: _Explanation | None) -> tuple[Severity, float]:
    positions = {column.position for column in gap.columns}
    if positions & set(profile.roles.key):
        return Severity.ERROR, 0.95
    if profile.roles.target in positions:
        return Severity.WARNING, 0.95
    if rule is not None:
        tells_target = rule.column.position == profile.roles.target
        return (Severity.WARNING, 0.9) if tells_target else (Severity.INFO, 0.3)
    if _is_warm_up(gap):
        return Severity.INFO, 0.3
    if gap.is_run:
        return Severity.WARNING, 0.85
    if gap.rows >= _LARGE * profile.rows and any(c.kind not in _OPTIONAL_KINDS for c in gap.columns):
        return Severity.WARNING, 0.7
    return Severity.INFO, 0.5


def _is_warm_up(gap: _Gap) -> bool:
    """Whether the first rows alone are empty in columns whose names say that they look back, or the last ahead."""
    if not gap.is_run or not all(_LOOKS_BACK & set(name_words(column.name)) for column in gap.columns):
        return False
    rows = gap.columns[0].rows
    return gap.rows == gap.last - gap.first + 1 and (gap.first == 0 or gap.last == rows - 1)


_LOOKS_BACK: Final = frozenset(
    name_words("lag lagged lead shift shifted rolling moving diff delta previous prev ewm change returns")
)

_OPTIONAL_KINDS: Final = (Kind.SENTENCE, Kind.URL, Kind.LIST, Kind.NESTED, Kind.NEARLY_EMPTY)
"""Remarks and links are often left out on purpose."""


def _message(profile: Profile, gap: _Gap, rule: _Explanation | None, best: _Explanation | None) -> str:
    names = listing([shortened(c.name) for c in gap.columns])
    rows = f"{count(gap.rows, 'row')} ({percent(gap.rows / profile.rows)})"
    if len(gap.columns) == 1:
        text = f"{names} is missing in {rows}"
    elif gap.same_rows and all(c.nulls == gap.rows for c in gap.columns):
        text = f"{names} are missing together in {rows}"
    else:
        text = f"{names} go missing together: {rows}, some of them only in part of these"
    if rule is not None:
        values = [rule.named(level) for level in rule.levels if level.missing]
        return f"{text}, exactly where {shortened(rule.column.name)} is {listing(values, 2).replace(' and ', ' or ')}."
    if gap.is_run:
        if gap.first == 0:
            return f"{text}, in one run from the start to row {gap.last:,}."
        if gap.last == profile.rows - 1:
            return f"{text}, in one run from row {gap.first:,} to the end."
        return f"{text}, in one run from row {gap.first:,} to row {gap.last:,}."
    if best is not None and best.strength >= _TOLD and (contrast := best.contrast(gap.rows / profile.rows)):
        return f"{text}, {contrast}."
    if gap.within is not None:
        return f"{text}, only where {shortened(gap.within.name)} is missing too."
    return f"{text}, spread over the table."


def _why(profile: Profile, gap: _Gap, rule: _Explanation | None) -> str:
    if profile.roles.target in {column.position for column in gap.columns}:
        return "Rows without the target can neither teach a model nor test it."
    if rule is not None and rule.column.position == profile.roles.target:
        return "Whether the cell is filled gives the target away: the column was written after the outcome."
    if rule is not None:
        return "Missing means not applicable here; filling it would invent values for rows that cannot have any."
    if _is_warm_up(gap):
        return "A lag or a moving window has nothing to look at in its first rows: leave them out, do not fill them."
    if gap.is_run:
        return (
            "A run without values is a failure of the source (a sensor off, a field introduced later, a block lost) "
            "rather than chance, so what is left does not stand for it."
        )
    if len(gap.columns) > 1:
        return "One event emptied all of them: filled column by column, their values would no longer belong together."
    return "Most models drop such rows or refuse them, and the rows left may differ from those that are gone."


def _by_level(gap: _Gap, explanation: _Explanation) -> Bars:
    levels = sorted((e for e in explanation.levels if e.missing), key=lambda e: -e.missing)
    bars = [
        Bar(e.label, e.missing, e.where & gap.predicate, flagged=True, note=f"{percent(e.share)} of {e.rows:,}")
        for e in levels[:_EXPLAINED]
    ]
    left = levels[_EXPLAINED:]
    name = shortened(explanation.column.name)
    return Bars(f"Missing rows by {name}", tuple(bars), more=len(left), more_rows=sum(e.missing for e in left))


def _here_and_there(gaps: Sequence[_Gap], profile: Profile) -> Finding:
    """Return one finding for the columns that miss too little, or are too many, for one each."""
    gaps = sorted(gaps, key=lambda gap: -gap.rows)
    columns = [column for gap in gaps for column in gap.columns]
    shown = columns[:_EXPLAINED]
    predicate = _any_missing(columns[:_IN_ONE_CONDITION])
    weights = [_weight(profile, gap, None) for gap in gaps]
    most = max(column.nulls for column in columns)
    return Finding(
        columns=tuple(sorted(c.position for c in columns)),
        severity=max((severity for severity, _ in weights), key=lambda severity: severity.level),
        rows=profile.table.count(predicate),
        message=(
            f"{len(columns):,} columns miss values here and there, none in more than {count(most, 'row')} "
            f"({percent(most / profile.rows)}): {listing([shortened(c.name) for c in columns])}."
        ),
        predicate=predicate,
        evidence=(
            Bars(
                "Missing rows by column",
                tuple(
                    Bar(shortened(c.name), c.nulls, c.is_null(), True, percent(c.nulls / profile.rows)) for c in shown
                ),
                more=len(columns) - len(shown),
            ),
            strip(
                profile.table,
                "Where along the table they are missing",
                [(shortened(c.name), c.is_null()) for c in columns[:_LANES]],
            ),
        ),
        why="Few cells each, but a model that drops every row with a gap loses the rows of all of them together.",
        fixes=tuple(_fixes_of_many(profile, columns)),
        confidence=0.4,
    )


# ------------------------------------------------------------------------------------------ fixes

_NAMED_KINDS: Final = (Kind.CATEGORY, Kind.BOOLEAN, Kind.CODE)


def _fixes(profile: Profile, gap: _Gap, rule: _Explanation | None) -> Iterator[Fix]:
    columns = gap.columns
    positions = {column.position for column in columns}
    if profile.roles.target in positions or positions & set(profile.roles.key):
        yield _drop_rows(profile, columns)
        return
    if gap.rows >= _MOST * profile.rows and rule is None:
        yield Fix(
            "Drop the column" if len(columns) == 1 else f"Drop the {len(columns):,} columns",
            drop_columns(profile.table, [c.column for c in columns]),
            removes=tuple(positions),
        )
    if rule is None and (filled := _fill_all(profile, columns)) is not None:
        yield filled
    if (label := new_label(profile.table, f"{columns[0].name[:50]}_missing")) is not None:
        yield Fix(
            "Add a column that says where it is missing",
            f"df[{literal(label)}] = {read_column(profile.table, columns[0].column)}.isna()",
            adds=(label,),
            note="Keeps what can be learned from its being missing, whatever is filled in later.",
        )
    if rule is None and len(columns) <= _IN_ONE_CONDITION:
        yield _drop_rows(profile, columns)


def _fixes_of_many(profile: Profile, columns: Sequence[ColumnProfile]) -> Iterator[Fix]:
    if len(columns) > _IN_ONE_CONDITION:
        return
    if (filled := _fill_all(profile, columns)) is not None:
        yield filled
    yield _drop_rows(profile, columns)


def _drop_rows(profile: Profile, columns: Sequence[ColumnProfile]) -> Fix:
    return Fix(
        "Drop the rows",
        drop_missing(profile.table, [c.column for c in columns]),
        drops=_any_missing(columns),
        note="Right only if these rows are no different from the others.",
    )


def _fill_all(profile: Profile, columns: Sequence[ColumnProfile]) -> Fix | None:
    """Return the repair that fills numbers with their median, categories with their most frequent value."""
    filled = [(column, found) for column in columns if (found := _fill_value(column)) is not None]
    if not filled:
        return None
    code = [
        assign_column(profile.table, c.column, f"{read_column(profile.table, c.column)}.fillna({literal(value)})")
        for c, (_, value) in filled
    ]
    rules = list(dict.fromkeys(rule for _, (rule, _) in filled))
    if len(filled) == 1:
        rule, value = filled[0][1]
        shown = number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else quoted(value, 20)
        title = f"Fill with the {rule}, {shown}"
    else:
        title = f"Fill {len(filled):,} columns with the {' or the '.join(rules)}"
    return Fix(
        title,
        "\n".join(code),
        changes=tuple(c.position for c, _ in filled),
        note="Makes the column look less varied than it is, and loosens what it has to do with the others.",
    )


def _fill_value(column: ColumnProfile) -> tuple[str, Any] | None:
    """Return the rule and the value a column is filled with, or None where no value stands for the others."""
    if column.column.has_types or "timedelta" in column.column.source_type:
        return None
    if column.kind in _NAMED_KINDS:
        return "most frequent value", column.values[0].as_py()
    if column.kind is not Kind.NUMERIC or column.numeric is None or column.column.source_type == "category":
        return None
    median = column.numeric.value_at(0.5)
    if column.is_text:
        places = np.flatnonzero(column.numbers == column.numeric.value_at(0.5))
        return ("median", column.strings[int(places[0])].as_py()) if len(places) else None
    whole = column.column.storage == "integer" or column.numeric.integral
    return "median", int(median) if whole else median
