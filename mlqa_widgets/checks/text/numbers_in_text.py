"""Numbers that are written as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.checks._stand_ins import text_stand_ins
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.checks.text._parsing import Converted, parse_statements, statements_give, whole_code
from mlqa_widgets.evidence import Bar, Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.profile.numbers import GROUPINGS, NumberForm, NumberReading
from mlqa_widgets.profile.summary import NumericSummary
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_MOSTLY: Final = 0.8
_NEARLY_ALL: Final = 0.95
_A_FEW: Final = 0.01
_FORMS_SHOWN: Final = 12
_EXAMPLES: Final = 8
_VERSIONS: Final = 50
_WRITTEN_KINDS: Final = frozenset(
    {Kind.NUMBER_IN_TEXT, Kind.NUMERIC, Kind.COORDINATE, Kind.CATEGORY, Kind.UNKNOWN, Kind.CONSTANT}
)
_PLAIN_KINDS: Final = frozenset({Kind.NUMERIC, Kind.COORDINATE, Kind.UNKNOWN})
_VERSION_WORDS: Final = frozenset("version ver rev revision release edition build model chapter section".split())


@column_check("numbers_as_text")
def numbers_as_text(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find text that is a number: with separators, a decimal comma, currency, percent or unit, or merely stored as text.

    Stays silent on identifiers, postcodes, phone numbers, codes with leading zeros, versions (3.9, 3.10), and on
    plain numbers in a source that has no types.
    """
    if not column.is_text or column.kind not in _WRITTEN_KINDS:
        return
    reading = column.number_reading
    rows = float(column.weights[reading.is_number].sum())
    if not rows or column.weights[reading.leading_zero].sum() > _A_FEW * rows:
        return
    stand_ins = text_stand_ins(column).mask
    share = rows / float(column.weights[~stand_ins].sum())
    written = reading.is_number & ~reading.plain
    if written.any() and share >= _MOSTLY and (column.kind is not Kind.CATEGORY or _says_a_quantity(reading)):
        yield _written(column, profile, reading, stand_ins)
    elif column.column.untyped or column.column.has_types or column.kind not in _PLAIN_KINDS:
        return
    elif share >= _NEARLY_ALL and not written.any() and not _is_version(column, reading):
        yield _stored_as_text(column, profile, reading, stand_ins)


def _says_a_quantity(reading: NumberReading) -> bool:
    """Whether what is written beside the numbers of a category can be nothing but a currency, a unit or separators."""
    marked = reading.is_number & ~reading.plain
    letter = np.array([len(unit) == 1 and unit.isalpha() for unit in reading.units])[reading.unit]
    return bool((marked & ~letter).any())


def _is_version(column: ColumnProfile, reading: NumberReading) -> bool:
    """Whether the numbers name versions: the name says so, or few values differ only in closing zeros (3.1, 3.10)."""
    if not _VERSION_WORDS.isdisjoint(name_words(column.name)):
        return True
    numbers = reading.number[reading.is_number]
    return len(numbers) <= _VERSIONS and len(np.unique(numbers)) < len(numbers)


# --- the forms -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Form:
    """One way in which a column writes its numbers."""

    label: str
    mask: np.ndarray
    rows: int
    example: str


def _forms(column: ColumnProfile, reading: NumberReading) -> list[_Form]:
    """Return the ways the numbers are written, the most frequent first."""
    keys = np.stack([reading.form, reading.grouping, reading.decimal_comma, reading.unit], axis=1)[reading.is_number]
    distinct, which = np.unique(keys, axis=0, return_inverse=True)
    places = np.flatnonzero(reading.is_number)
    forms = []
    for i, (form, grouping, decimal_comma, unit) in enumerate(distinct.tolist()):
        mask = np.zeros(len(column.values), dtype=bool)
        mask[places[which.ravel() == i]] = True
        most = int(np.flatnonzero(mask)[np.argmax(column.counts[mask])])
        label = _label(NumberForm(form), GROUPINGS[grouping], bool(decimal_comma), reading.units[unit])
        forms.append(_Form(label, mask, round(float(column.weights[mask].sum())), column.strings[most].as_py()))
    return sorted(forms, key=lambda one: -one.rows)


def _label(form: NumberForm, grouping: str, decimal_comma: bool, unit: str) -> str:
    parts = {
        NumberForm.PLAIN: ["plain number"],
        NumberForm.LEADING_PLUS: ["plus sign"],
        NumberForm.TYPOGRAPHIC_MINUS: ["typographic minus"],
        NumberForm.MAGNITUDE: [f"magnitude {quoted(unit)}"],
        NumberForm.UNIT: [f"unit {quoted(unit)}"],
        NumberForm.CURRENCY: [f"currency {quoted(unit)}"],
        NumberForm.PERCENT: ["percent sign"],
        NumberForm.PARENTHESES: ["minus in parentheses"],
    }.get(form, [])
    if grouping:
        parts.append(f"thousands {quoted(grouping)}")
    if decimal_comma:
        parts.append("decimal comma")
    return ", ".join(parts)


# --- numbers that a reader leaves as text ----------------------------------------------------------------


def _written(column: ColumnProfile, profile: Profile, reading: NumberReading, stand_ins: np.ndarray) -> Finding:
    offending = reading.is_number & ~reading.plain
    where = _rows_written(column, reading, offending)
    rows = profile.table.count(where)
    forms = _forms(column, reading)
    examples = [quoted(form.example.strip(), 20) for form in forms if offending[form.mask].any()]
    subject = (
        f"All {count(rows, 'number')} of {shortened(column.name)}"
        if rows == column.present
        else (f"{count(rows, 'number')} of {shortened(column.name)} ({percent(rows / column.rows)})")
    )
    message = f"{subject} {'is' if rows == 1 else 'are'} written as text, such as {listing(examples)}."
    several_units = len(_convertible(reading)) > 1
    if reading.separators.mixed:
        message = f"{shortened(column.name)} mixes decimal commas and decimal points: {reading.separators.sentence}"
    bars = tuple(_bar(column, form, flagged=bool(offending[form.mask].any())) for form in forms[:_FORMS_SHOWN])
    shares = Bars("How the numbers are written", bars, len(forms) - len(bars), sum(f.rows for f in forms[len(bars) :]))
    parse = None if several_units else _parse_fix(column, profile, reading, stand_ins)
    return Finding(
        columns=(column.position,),
        severity=Severity.ERROR if reading.separators.mixed else Severity.WARNING,
        rows=rows,
        message=message,
        predicate=where,
        evidence=(shares, _readings(forms, column, reading)),
        why=(
            "A typed reader keeps the whole column as text, or drops these values as errors: sums and means then come"
            " from part of the rows, or cannot be had at all."
        ),
        fixes=(parse,) if parse else (),
        confidence=0.9,
        cause=f"{column.position}:units" if several_units else "",
        cells=() if len(forms) == 1 else None,
    )


def _bar(column: ColumnProfile, form: _Form, *, flagged: bool) -> Bar:
    where = column.where(form.mask) if column.complete else None
    return Bar(form.label, form.rows, where, flagged, quoted(form.example, 24))


def _rows_written(column: ColumnProfile, reading: NumberReading, offending: np.ndarray) -> Predicate:
    """Return the rows with a number that is not plain; where not all values were kept, all but what is known not to be."""
    if column.complete:
        return column.where(offending)
    not_plain = Predicate(f"{column.column.sql} IS NOT NULL AND {column.number_sql} IS NULL")
    return not_plain & ~column.where(~reading.is_number)


def _readings(forms: list[_Form], column: ColumnProfile, reading: NumberReading) -> Examples:
    lines = []
    for form in forms[:_EXAMPLES]:
        place = int(np.flatnonzero(form.mask)[np.argmax(column.counts[form.mask])])
        lines.append((visible(form.example), number(float(reading.number[place]))))
    return Examples("How each form is read", ("written", "read as"), tuple(lines))


def _convertible(reading: NumberReading) -> set[str]:
    """Return the units of measure met, other than percent."""
    measured = np.unique(reading.unit[reading.form == NumberForm.UNIT])
    return {reading.unit_keys[unit] for unit in measured}


# --- numbers stored as text for no reason of their own ---------------------------------------------------


def _stored_as_text(column: ColumnProfile, profile: Profile, reading: NumberReading, stand_ins: np.ndarray) -> Finding:
    where = column.between(None, None)
    rows = profile.table.count(where)
    others = ~reading.is_number
    has_fractions = bool((reading.number[reading.is_number] % 1 != 0).any())
    read = read_column(profile.table, column.column)
    share = "all its values are" if rows == column.present else f"{percent(rows / column.present)} of its values are"
    coerce = ', errors="coerce"' if others.any() else ""
    fix = Fix(
        "Read them as numbers",
        assign_column(profile.table, column.column, f"pd.to_numeric({read}{coerce})"),
        changes=(column.position,),
        empties=column.where(others),
        note=_note_on_others(column, others & ~stand_ins),
    )
    return Finding(
        columns=(column.position,),
        severity=Severity.WARNING if has_fractions and not others.any() else Severity.INFO,
        rows=rows,
        message=f"{shortened(column.name)} is stored as text, but {share} plain numbers.",
        predicate=where,
        evidence=(Bars("What the values are", _split(column, reading.is_number)),),
        why="Text sorts 10 before 9, cannot be averaged, and a model sees every number as a category of its own.",
        fixes=(fix,) if reading.exact[reading.is_number].all() else (),
        confidence=0.7,
        cause=f"{column.position}:numbers" if stand_ins.any() else "",
        cells=(),
    )


def _split(column: ColumnProfile, is_number: np.ndarray) -> tuple[Bar, ...]:
    bars = [Bar("numbers", column.rows_of(is_number), column.where(is_number), flagged=True)]
    if not is_number.all():
        bars.append(Bar("other text", column.rows_of(~is_number), column.where(~is_number)))
    return tuple(bars)


def _note_on_others(column: ColumnProfile, others: np.ndarray) -> str:
    if not others.any():
        return ""
    texts = [quoted(text, 20) for text in column.strings.filter(pa.array(others)).slice(0, 3).to_pylist()]
    return f"{count(column.rows_of(others), 'cell')} that {'is' if column.rows_of(others) == 1 else 'are'} no number become missing, such as {listing(texts)}."


# --- the repair ------------------------------------------------------------------------------------------

_SAME_SCALE: Final = 5.0


def _parse_fix(column: ColumnProfile, profile: Profile, reading: NumberReading, stand_ins: np.ndarray) -> Fix | None:
    """Return the repair that reads every form met, or None where its code would not give the numbers that were read."""
    if not reading.exact[reading.is_number].all():
        return None
    percent_of = _percent_scale(column, reading)
    expected = np.where(reading.form == NumberForm.PERCENT, reading.number / percent_of, reading.number)
    shares = (Converted("is_percent", ("%",), "numbers / 100"),) if percent_of != 1 else ()
    statements = parse_statements(column, reading, shares)
    if not statements_give(statements, column, expected):
        return None
    preparation, numbers = whole_code(read_column(profile.table, column.column), statements)
    others = ~reading.is_number
    notes = [_note_on_others(column, others & ~stand_ins)]
    if (reading.form == NumberForm.PERCENT).any():
        notes.append(
            "Percentages are divided by 100, as the numbers without a sign are shares."
            if percent_of != 1
            else "The percent sign is dropped and the number kept: 5 % becomes 5."
        )
    if reading.separators.undecidable:
        notes.append(reading.separators.sentence)
    return Fix(
        "Read every form as a number",
        f"{preparation}\n{assign_column(profile.table, column.column, numbers)}",
        changes=(column.position,),
        empties=column.where(others),
        note=" ".join(note for note in notes if note),
    )


def _percent_scale(column: ColumnProfile, reading: NumberReading) -> float:
    """Return 100 where numbers with a percent sign are some hundred times those without, else 1."""
    with_sign, without = reading.form == NumberForm.PERCENT, reading.plain
    if not with_sign.any() or not without.any():
        return 1.0
    usual = [
        float(NumericSummary.of(np.abs(reading.number[mask]), column.weights[mask], complete=True).quantile(0.5))
        for mask in (with_sign, without)
    ]
    is_hundredfold = usual[1] > 0 and 100 / _SAME_SCALE <= usual[0] / usual[1] <= 100 * _SAME_SCALE
    return 100.0 if is_hundredfold else 1.0
