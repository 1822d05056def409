"""One quantity in two units."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

from mlqa_widgets.checks._quantities import measures
from mlqa_widgets.checks._stand_ins import number_stand_ins, text_stand_ins
from mlqa_widgets.checks.numbers._conversions import CELSIUS, FAHRENHEIT, Conversion, between, dimension_of
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.checks.text._parsing import Converted, parse_statements, statements_give, whole_code
from mlqa_widgets.evidence import Bar, Bars, Examples, Histogram
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, literal, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.numbers import NumberForm, NumberReading
from mlqa_widgets.profile.summary import NumericSummary
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, number, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.tables.table import Table

_FEWEST_ROWS: Final = 50
_BINS: Final = 40


@column_check("mixed_units", reads="rows")
def mixed_units(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find one quantity in two units: by what is written (kg, lb), or by values a known factor away from the others.

    Values of another unit show as a second mode, or as one slice of the rows (one site, one device) that is off by
    what units differ by: 2.54, 2.2046, 10, 100, 1000, 1.8 x + 32. Stays silent on data with two modes at any other
    distance, or not clearly apart, and on slices that differ as slices do.
    """
    if column.is_text and (written := _written_units(column, profile)) is not None:
        yield written
        return
    if column.kind is not Kind.NUMERIC or not column.is_numeric or column.distinct < _FEWEST_DISTINCT:
        return
    usable = np.isfinite(column.numbers) & ~number_stand_ins(column, text_stand_ins(column)).mask
    if column.weights[usable].sum() < _FEWEST_ROWS:
        return
    summary = NumericSummary.of(column.numbers[usable], column.weights[usable], complete=column.complete)
    found = _second_mode(column, summary) or _slice_in_another_unit(column, profile, summary)
    if found is not None:
        yield _by_value(column, profile, found)


# --- units that are written ------------------------------------------------------------------------------


def _written_units(column: ColumnProfile, profile: Profile) -> Finding | None:
    if column.kind not in (Kind.NUMBER_IN_TEXT, Kind.CATEGORY, Kind.UNKNOWN):
        return None
    reading = column.number_reading
    with_unit = reading.form == NumberForm.UNIT
    if column.weights[with_unit].sum() < 0.5 * column.weights.sum():
        return None
    keys = np.array(reading.unit_keys)[reading.unit]
    units = sorted(
        set(keys[with_unit].tolist()), key=lambda key: -float(column.weights[with_unit & (keys == key)].sum())
    )
    dimension = dimension_of(units[0])
    others = [unit for unit in units[1:] if dimension_of(unit) == dimension]
    if not dimension or not others:
        return None
    masks = {unit: with_unit & (keys == unit) for unit in (units[0], *others)}
    where = {unit: _rows_in(column, reading, mask) for unit, mask in masks.items()}
    rows = {unit: profile.table.count(predicate) for unit, predicate in where.items()}
    told = listing([f"{unit} ({rows[unit]:,})" for unit in others])
    bars = tuple(
        Bar(unit, rows[unit], where[unit], unit != units[0], _example(column, mask)) for unit, mask in masks.items()
    )
    anywhere = reduce(Predicate.__or__, (where[unit] for unit in others))
    return Finding(
        columns=(column.position,),
        severity=Severity.ERROR,
        rows=profile.table.count(anywhere),
        message=f"{shortened(column.name)} is in {units[0]} in {count(rows[units[0]], 'row')}, but also in {told}.",
        predicate=anywhere,
        evidence=(Bars("Units written", bars),),
        why="Read as plain numbers they are compared and summed as if all were in one unit.",
        fixes=tuple(convert_written(column, profile, reading, units[0], others)),
        confidence=0.95,
        cause=f"{column.position}:units",
    )


def _rows_in(column: ColumnProfile, reading: NumberReading, mask: np.ndarray) -> Predicate:
    """Return the rows in one unit; by its spellings where not all values were kept."""
    if column.complete:
        return column.where(mask)
    options = "|".join(re.escape(reading.units[place]) for place in np.unique(reading.unit[mask]))
    return Predicate(f"regexp_matches({column.column.sql}, ?)", (rf"\d\.?\s*(?:{options})\s*$",))


def _example(column: ColumnProfile, mask: np.ndarray) -> str:
    return quoted(column.strings[int(np.flatnonzero(mask)[np.argmax(column.counts[mask])])].as_py(), 24)


def convert_written(
    column: ColumnProfile, profile: Profile, reading: NumberReading, usual: str, others: Sequence[str]
) -> Iterator[Fix]:
    """Yield the repair that reads all as numbers in one unit, where code can be written that does."""
    expected = reading.number.copy()
    converted: list[Converted] = []
    for unit in others:
        chosen = (reading.form == NumberForm.UNIT) & (np.array(reading.unit_keys)[reading.unit] == unit)
        conversion = between(usual, unit)
        spellings = {reading.units[place] for place in np.unique(reading.unit[chosen])}
        name = f"in_other_unit_{len(converted) + 1}" if len(others) > 1 else "in_other_unit"
        converted.append(Converted(name, tuple(sorted(spellings)), conversion.code("numbers")))
        expected[chosen] = conversion.to_usual(expected[chosen])
    statements = parse_statements(column, reading, converted)
    if not reading.exact[reading.is_number].all() or not statements_give(statements, column, expected):
        return
    preparation, numbers = whole_code(read_column(profile.table, column.column), statements)
    lost = ~reading.is_number
    yield Fix(
        f"Read all as numbers in {usual}",
        f"{preparation}\n{assign_column(profile.table, column.column, numbers)}",
        changes=(column.position,),
        empties=column.where(lost),
        note=f"{count(column.rows_of(lost), 'cell')} without a number become missing." if lost.any() else "",
    )


# --- units that show in the values -----------------------------------------------------------------------

_FEWEST_DISTINCT: Final = 20
_WEIGHT: Final = 1 / 0.45359237
_INCH: Final = 2.54
_FOOT: Final = 1 / 0.3048
_MILE: Final = 1.609344


@dataclass(frozen=True)
class _Found:
    """Rows whose values are in another unit."""

    conversion: Conversion
    threshold: float
    """Beyond it lie the values in the other unit."""
    rows: Predicate
    usual_median: float
    other_median: float
    confidence: float
    level: tuple[ColumnProfile, object] | None = None
    """The column and the value of the slice; None for the table as a whole."""


def _multiples(column: ColumnProfile) -> list[tuple[Conversion, bool]]:
    """Return the conversions by a factor a column may mix up, and whether its name speaks for them."""
    named = [
        (_WEIGHT, "pounds are to kilograms", "weight"),
        (_INCH, "centimetres are to inches", "length"),
        (_FOOT, "feet are to metres", "length"),
        (_MILE, "kilometres are to miles", "distance"),
    ]
    found = [
        (conversion, True)
        for factor, says, what in named
        if measures(column, what)  # type: ignore[arg-type]
        for conversion in (Conversion(factor, 0, f"as {says}"), Conversion(1 / factor, 0, f"as {_reversed(says)}"))
    ]
    for factor in (1000.0, 100.0, 10.0):
        found += [(Conversion(factor), False), (Conversion(1 / factor), False)]
    return found


def _reversed(says: str) -> str:
    first, second = says.split(" are to ")
    return f"{second} are to {first}"


_LARGEST_SHARE: Final = 0.35
_APART: Final = 4.0


@np.errstate(over="ignore", invalid="ignore")
def _second_mode(column: ColumnProfile, summary: NumericSummary) -> _Found | None:
    """Return the values that form a mode of their own a known conversion from the main one, shaped like it."""
    candidates = []
    if summary.rows_between(-np.inf, 0) <= 0.05 * summary.rows:
        positive = summary.values > 0
        logs = NumericSummary.of(np.log(summary.values[positive]), summary.counts[positive], complete=True)
        for conversion, named in _multiples(column):
            fit = _fit(logs, Conversion(1.0, float(np.log(conversion.factor))), named=named)
            far = max(conversion.factor, 1 / conversion.factor) >= 99
            candidates.append((conversion, 0.85 if named or far else 0.7, fit and fit.unlogged()))
    if measures(column, "temperature"):
        candidates += [
            (conversion, 0.85, _fit(summary, conversion, named=True)) for conversion in (FAHRENHEIT, CELSIUS)
        ]
    fits = [(fit.misfit, conversion, confidence, fit) for conversion, confidence, fit in candidates if fit is not None]
    if not fits:
        return None
    _, conversion, confidence, fit = min(fits, key=lambda one: one[0])
    if fit.other > fit.usual:
        rows = column.between(fit.threshold, None)
    else:
        rows = column.between(None if conversion.offset else float(np.nextafter(0, 1)), fit.threshold)
    return _Found(conversion, fit.threshold, rows, fit.usual, fit.other, confidence)


@dataclass(frozen=True)
class _Fit:
    threshold: float
    usual: float
    other: float
    misfit: float

    def unlogged(self) -> _Fit:
        """Return the fit of logarithms as one of the values themselves."""
        return _Fit(float(np.exp(self.threshold)), float(np.exp(self.usual)), float(np.exp(self.other)), self.misfit)


def _fit(summary: NumericSummary, conversion: Conversion, *, named: bool) -> _Fit | None:
    """Return how a second mode fits that is the main one converted, or None if there is none.

    Converted back, it must have the place and the shape of the main one to within what its size allows, and there
    must be hardly more between the two than their own tails.
    """
    middle, threshold = float(summary.quantile(0.5)), 0.0
    is_other = np.zeros(len(summary.values), dtype=bool)
    for _ in range(3):
        expected = float(conversion.to_other(middle))
        threshold = middle + (expected - middle) / (1 + conversion.factor)
        is_other = summary.values > threshold if expected > middle else summary.values < threshold
        if not is_other.any() or is_other.all():
            return None
        middle = float(_part(summary, ~is_other).quantile(0.5))
    usual, other = _part(summary, ~is_other), _part(summary, is_other)
    few = 10 if named else 5
    if not few <= other.rows <= _LARGEST_SHARE * summary.rows or len(other.values) < 3:
        return None
    back = NumericSummary.of(np.asarray(conversion.to_usual(other.values)), other.counts, complete=True)
    spread, shift = _spread(usual), abs(float(conversion.to_other(middle)) - middle)
    apart = shift / (1 + conversion.factor)
    if not spread or apart < _APART / 2 * spread or len(usual.values) < _FEWEST_DISTINCT / 2:
        return None
    half_width = 0.24 * apart
    tail = _normal_tail((apart - half_width) / spread) - _normal_tail((apart + half_width) / spread)
    between_them = summary.rows_between(threshold - half_width, threshold + half_width)
    if between_them > 0.1 * other.rows + 1.5 * tail * summary.rows:
        return None
    uncertain = 3 * 1.25 * spread / np.sqrt(other.rows)
    distance = abs(float(back.quantile(0.5)) - middle)
    tolerance = max(0.1 * spread, min(uncertain, 0.05 * shift))
    ratio = _spread(back) / spread
    alike = ratio <= 1.8 and ratio >= 1 / 1.8 if other.rows >= 20 else ratio <= 2.5
    if distance > tolerance or not alike or _gap(usual, back) > 1.8 / np.sqrt(other.rows):
        return None
    return _Fit(threshold, middle, float(other.quantile(0.5)), distance / tolerance)


def _normal_tail(deviations: float) -> float:
    return 0.5 * math.erfc(deviations / math.sqrt(2))


def _part(summary: NumericSummary, mask: np.ndarray) -> NumericSummary:
    return NumericSummary.of(summary.values[mask], summary.counts[mask], complete=summary.complete)


def _spread(summary: NumericSummary) -> float:
    low, high = summary.quantile([0.25, 0.75]).tolist()
    return (high - low) / 1.349 or summary.std


def _gap(first: NumericSummary, second: NumericSummary) -> float:
    """Return the largest difference of two distribution functions."""
    at = np.concatenate([first.values, second.values])
    shares = [
        np.concatenate([[0], np.cumsum(one.counts)])[np.searchsorted(one.values, at, "right")] / one.rows
        for one in (first, second)
    ]
    return float(np.abs(shares[0] - shares[1]).max())


# --- slices ----------------------------------------------------------------------------------------------

_FEWEST_LEVELS: Final = 4
_MOST_LEVELS: Final = 300
_ROWS_PER_LEVEL: Final = 12
_MOST_SLICING_COLUMNS: Final = 12
_SAMPLED_ROWS: Final = 20_000
_SLICING_KINDS: Final = frozenset({Kind.CATEGORY, Kind.CODE, Kind.NAME, Kind.REFERENCE, Kind.POSTCODE, Kind.UNKNOWN})


@np.errstate(over="ignore", invalid="ignore")
def _slice_in_another_unit(column: ColumnProfile, profile: Profile, summary: NumericSummary) -> _Found | None:
    """Return the slice of the rows whose values are off by a conversion, while all other slices agree."""
    conversions = [one for one in _slice_conversions(column, summary) if _may_hold(summary, one)]
    if not conversions:
        return None
    if profile not in _SLICES:
        _SLICES[profile] = _Slices.of(profile)
    for other, levels in _SLICES[profile].levels(column):
        for conversion in conversions:
            if (found := _odd_level(column, other, levels, conversion)) is not None:
                return found
    return None


def _slice_conversions(column: ColumnProfile, summary: NumericSummary) -> list[Conversion]:
    low, high = summary.quantile([0.01, 0.99]).tolist()
    may_be_degrees = -60 < low < 0 and high < 130
    found = [FAHRENHEIT, CELSIUS] if measures(column, "temperature") or may_be_degrees else []
    if summary.minimum > 0 or summary.rows_between(-np.inf, 0) <= 0.02 * summary.rows:
        found += [conversion for conversion, _ in _multiples(column)]
    return found


def _may_hold(summary: NumericSummary, conversion: Conversion) -> bool:
    """Whether some rows lie where the middle half of the values would, were they converted, as many below as above."""
    ordinary = summary.quantile([0.1, 0.9])
    low, middle, high = sorted(float(conversion.to_other(q)) for q in summary.quantile([0.25, 0.5, 0.75]).tolist())
    if ordinary[0] <= middle <= ordinary[1] or low == high:
        return False
    inside = summary.rows_between(low, high)
    enough = max(10, 0.002 * summary.rows) <= inside <= 0.3 * summary.rows
    return enough and 0.15 * inside <= summary.rows_between(low, middle) <= 0.85 * inside


@dataclass(frozen=True)
class _Level:
    value: object
    rows: int
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class _Slices:
    """The columns a table can be sliced by, over a fixed sample of its rows."""

    table: Table
    columns: tuple[ColumnProfile, ...]
    codes: tuple[np.ndarray, ...]
    """Per column: which of its levels a sampled row has, -1 for missing."""
    names: tuple[list[object], ...]
    """Per column: its levels."""
    sample: str

    @classmethod
    def of(cls, profile: Profile) -> _Slices:
        """Read the columns with a moderate number of levels."""
        slicing = [
            c for c in profile.columns if c.kind in _SLICING_KINDS and _FEWEST_LEVELS <= c.distinct <= _MOST_LEVELS
        ]
        columns = tuple(sorted(slicing, key=lambda one: one.distinct)[:_MOST_SLICING_COLUMNS])
        table = profile.table.draw
        sample = f"hash(pos) % {max(1, table.row_count // _SAMPLED_ROWS)} = 0"
        codes, names = [], []
        if columns:
            selected = ", ".join(column.column.sql for column in columns)
            rows = table.query(f"SELECT {selected} FROM t WHERE {sample} ORDER BY pos")
            for column in columns:
                encoded = rows[column.column.sql].combine_chunks().dictionary_encode()
                codes.append(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False))
                names.append(encoded.dictionary.to_pylist())
        return cls(table, columns, tuple(codes), tuple(names), sample)

    def levels(self, column: ColumnProfile) -> Iterator[tuple[ColumnProfile, list[_Level]]]:
        """Yield the quartiles of a column in each level of every other column."""
        if not self.columns:
            return
        query = f"SELECT {column.number_sql}::DOUBLE AS value FROM t WHERE {self.sample} ORDER BY pos"
        values = self.table.query(query)["value"].to_numpy()
        finite = np.isfinite(values)
        for other, codes, names in zip(self.columns, self.codes, self.names, strict=True):
            if other.position == column.position:
                continue
            code, value = codes[finite], values[finite]
            order = np.lexsort((value, code))
            sizes = np.bincount(code + 1, minlength=len(names) + 1)
            starts = np.cumsum(sizes) - sizes
            found = []
            for place in np.flatnonzero(sizes[1:] >= _ROWS_PER_LEVEL) + 1:
                quartiles = value[order[starts[place] + (sizes[place] * np.array([1, 2, 3])) // 4]]
                found.append(_Level(names[place - 1], int(sizes[place]), *quartiles.tolist()))
            yield other, found


_SLICES: Final[WeakKeyDictionary[Profile, _Slices]] = WeakKeyDictionary()


def _odd_level(
    column: ColumnProfile, other: ColumnProfile, levels: list[_Level], conversion: Conversion
) -> _Found | None:
    """Return the level whose quartiles are those of the other levels converted, if all others agree among themselves.

    Whatever else makes levels differ must be small beside the conversion: the level nearest to being as odd may be
    half as far from the middle, and the levels in general a sixth.
    """
    quartiles = np.array([(level.low, level.middle, level.high) for level in levels])
    by_factor = not conversion.offset
    if len(levels) < _FEWEST_LEVELS or (by_factor and quartiles.min() <= 0):
        return None
    usual = np.median(quartiles, axis=0)
    expected = np.sort(np.array([float(conversion.to_other(quartile)) for quartile in usual.tolist()]))
    if by_factor:
        quartiles, usual_scaled, expected_scaled = np.log(quartiles), np.log(usual), np.log(expected)
    else:
        usual_scaled, expected_scaled = usual, expected
    shift = abs(expected_scaled[1] - usual_scaled[1])
    widths, width = quartiles[:, 2] - quartiles[:, 0], expected_scaled[2] - expected_scaled[0]
    off = np.abs(quartiles[:, 1] - expected_scaled[1])
    odd = (
        (off <= 0.2 * shift) & (off <= 0.15 if by_factor else True) & (widths >= 0.6 * width) & (widths <= width / 0.6)
    )
    distances = np.abs(quartiles[~odd, 1] - usual_scaled[1])
    if not odd.any() or odd.sum() > len(levels) / 4 or not shift or not width:
        return None
    if shift < 6 * 1.4826 * float(np.median(distances)) or shift < 2 * float(distances.max()):
        return None
    best = max((levels[i] for i in np.flatnonzero(odd)), key=lambda level: level.rows)
    threshold = _crossing(usual_scaled, expected_scaled)
    threshold = float(np.exp(threshold)) if by_factor else threshold
    sign = ">" if expected[1] > usual[1] else "<"
    where = Predicate(f"{other.column.sql} = ? AND {column.number_sql} {sign} ?", (best.value, threshold))
    return _Found(conversion, threshold, where, float(usual[1]), best.middle, 0.85, (other, best.value))


def _crossing(usual: np.ndarray, expected: np.ndarray) -> float:
    """Return the value that is as likely in the one unit as in the other, from the quartiles in both."""
    grid = np.linspace(usual[1], expected[1], 2001)
    densities = []
    for low, middle, high in (usual, expected):
        spread = (high - low) / 1.349
        densities.append(-(((grid - middle) / spread) ** 2) / 2 - np.log(spread))
    return float(grid[int(np.argmax(densities[1] >= densities[0]))])


# --- the finding -----------------------------------------------------------------------------------------


def _by_value(column: ColumnProfile, profile: Profile, found: _Found) -> Finding:
    rows = profile.table.count(found.rows)
    factor = found.conversion.factor
    if found.conversion.offset:
        how = found.conversion.says
    elif factor > 1:
        how = f"about {number(round(factor, 4))} times too high"
    else:
        how = f"about {number(round(1 / factor, 4))} times too low"
    how += f", {found.conversion.says}" if found.conversion.says and not found.conversion.offset else ""
    place = "" if found.level is None else f" where {shortened(found.level[0].name)} is {quoted(found.level[1])}"
    medians = f"median {number(_rounded(found.other_median))} against {number(_rounded(found.usual_median))}"
    is_are = "looks" if rows == 1 else "look"
    return Finding(
        columns=(column.position,) if found.level is None else (column.position, found.level[0].position),
        severity=Severity.ERROR if found.confidence > 0.8 else Severity.WARNING,
        rows=rows,
        message=f"{count(rows, 'value')} of {shortened(column.name)}{place} {is_are} {how}: {medians}.",
        predicate=found.rows,
        evidence=(_histogram(column, profile, found), _medians(found)),
        why="Values of two units in one column make every sum, mean and threshold wrong, and a model learns the unit.",
        fixes=(_convert(column, profile, found),),
        confidence=found.confidence,
        cause=f"{column.position}:far values",
    )


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _medians(found: _Found) -> Examples:
    back = float(found.conversion.to_usual(found.other_median))
    lines = (
        ("the other values", number(_rounded(found.usual_median))),
        ("these values", number(_rounded(found.other_median))),
        ("these values, converted", number(_rounded(back))),
    )
    return Examples("Do they fit once converted?", ("", "median"), lines)


def _histogram(column: ColumnProfile, profile: Profile, found: _Found) -> Histogram:
    """Return the distribution with the share of each bin that is in the other unit."""
    finite = column.numbers[np.isfinite(column.numbers)]
    logarithmic = bool(finite.min() > 0 and max(found.conversion.factor, 1 / found.conversion.factor) >= 10)
    ends = (finite.min(), finite.max())
    edges = np.geomspace(*ends, _BINS + 1) if logarithmic else np.linspace(*ends, _BINS + 1)
    name = column.number_sql
    table = profile.table if column.complete else profile.table.draw
    binned = table.query(
        f"SELECT {name} AS value, count(*) AS n, count(*) FILTER (WHERE {found.rows.sql}) AS bad FROM t "
        f"WHERE {name} IS NOT NULL AND isfinite({name}::DOUBLE) GROUP BY 1",
        found.rows.params,
    )
    values = binned["value"].to_numpy().astype(float)
    counts = np.histogram(values, edges, weights=binned["n"].to_numpy())[0]
    bad = np.histogram(values, edges, weights=binned["bad"].to_numpy())[0]
    shares = np.divide(bad, counts, out=np.zeros(len(counts)), where=counts > 0)
    predicates = tuple(
        column.between(float(low), float(high), closed=i == _BINS - 1) if rows else None
        for i, (low, high, rows) in enumerate(zip(edges[:-1], edges[1:], counts, strict=True))
    )
    return Histogram(
        f"{column.name}, values in another unit marked",
        column.name,
        tuple(edges.tolist()),
        tuple(int(n) for n in counts),
        tuple(shares.tolist()),
        predicates,
        logarithmic=logarithmic,
        marks=((found.threshold, "other unit"),) if found.level is None else (),
    )


def _convert(column: ColumnProfile, profile: Profile, found: _Found) -> Fix:
    read = read_column(profile.table, column.column)
    above = float(found.conversion.to_other(found.usual_median)) > found.usual_median
    lines = []
    values, empties = read, None
    if column.is_text:
        lines.append(f'numbers = pd.to_numeric({read}, errors="coerce")')
        values = "numbers"
        empties = column.where(np.isnan(column.numbers))
    sign = (">" if found.level else ">=") if above else ("<" if found.level else "<=")
    test = f"{values} {sign} {literal(found.threshold)}"
    if not above and found.level is None:
        test = f"({test}) & ({values} > 0)"
    if found.level is not None:
        other = read_column(profile.table, found.level[0].column)
        test = f"({other} == {literal(found.level[1])}) & ({test})"
    lines.append(f"other_unit = {test}")
    converted = assign_column(
        profile.table, column.column, f"{values}.mask(other_unit, {found.conversion.code(values)})"
    )
    fix = Fix(
        "Convert them into the unit of the others",
        "\n".join([*lines, converted]),
        changes=(column.position,),
        note="The unit is inferred from the values: make sure with whoever recorded them.",
    )
    return fix if empties is None else Fix(fix.title, fix.code, fix.changes, empties, note=fix.note)
