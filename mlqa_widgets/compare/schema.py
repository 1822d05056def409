"""Columns, types, units and vocabularies that differ; and columns of one name that cannot mean the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from mlqa_widgets.compare.conflicts import Conflict
from mlqa_widgets.compare.difference import Difference
from mlqa_widgets.compare.matching import Pair
from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.compare.patterns import OTHER
from mlqa_widgets.evidence import Examples
from mlqa_widgets.findings import Severity
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened

_VOCABULARY: Final = 200
_FEWEST_ROWS: Final = 30
_WORDS: Final = frozenset({Kind.CATEGORY, Kind.CODE, Kind.BOOLEAN, Kind.CONSTANT})
_AMOUNTS: Final = frozenset({Kind.NUMERIC, Kind.COORDINATE})
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_FAMILIES: Final = {"integer": "number", "number": "number"}


def schema_differences(
    meeting: Meeting, pairs: Sequence[Pair], compared: Mapping[tuple[int, int], Conflict]
) -> Iterator[Difference]:
    """Find columns that only one source has, and shared columns of another type, unit or vocabulary.

    Silent on sources without types (text files) where the values read alike, and on vocabularies whose differences
    are told row by row as conflicts.
    """
    yield from _one_sided(meeting, pairs)
    for pair in pairs:
        yield from _types(pair)
        yield from _units(pair)
        yield from _vocabulary(meeting, pair, compared.get(pair.positions))


def _one_sided(meeting: Meeting, pairs: Sequence[Pair]) -> Iterator[Difference]:
    own = []
    for side, source in enumerate(meeting.sources):
        paired = {pair.positions[side] for pair in pairs}
        own.append([column.name for column in source.profile.columns if column.position not in paired])
    if not any(own):
        return
    parts = [
        f"{count(len(names), 'column')} only in {source.name}: {listing([shortened(n) for n in names], 4)}"
        for names, source in zip(own, meeting.sources, strict=True)
        if names
    ]
    alike = len(pairs) >= 0.75 * max(len(source.columns) for source in meeting.sources)
    yield Difference(
        "schema_differences",
        tuple(name for names in own for name in names),
        Severity.WARNING if alike else Severity.INFO,
        "; ".join(parts) + ".",
        "A column that only one source has cannot be checked against the other, and is empty for the rows that only "
        "the other source has.",
        confidence=0.5,
    )


def _types(pair: Pair) -> Iterator[Difference]:
    sides = pair.sides
    families = [_FAMILIES.get(side.column.storage, side.column.storage) for side in sides]
    if any(side.column.untyped for side in sides):
        families = [_read_family(side) for side in sides]
    if families[0] == families[1] or any(side.kind in (Kind.EMPTY, Kind.NEARLY_EMPTY) for side in sides):
        return
    left, right = sides
    yield Difference(
        "schema_differences",
        (pair.name,),
        Severity.WARNING,
        f"{pair.name} is {families[0]} on the left ({left.column.source_type}) and {families[1]} on the right "
        f"({right.column.source_type}).",
        "A join or a comparison across types finds nothing or fails; concatenated, the column becomes text.",
        places=((left.position,), (right.position,)),
        evidence=(_values_beside(pair),),
        confidence=0.8,
    )


def _read_family(column: ColumnProfile) -> str:
    if column.is_numeric or (column.is_text and column.number_reading.share >= 0.9):
        return "number"
    if column.kind is Kind.DATETIME:
        return "datetime"
    return _FAMILIES.get(column.column.storage, column.column.storage)


def _units(pair: Pair) -> Iterator[Difference]:
    written = [_unit(side) for side in pair.sides]
    if written[0] == written[1] or not any(written):
        return
    if not all(side.is_numeric or _unit(side) for side in pair.sides):
        return
    says = [f"in {unit}" if unit else "without a unit" for unit in written]
    yield Difference(
        "schema_differences",
        (pair.name,),
        Severity.WARNING,
        f"{pair.name} is written {says[0]} on the left and {says[1]} on the right.",
        "The same number means two amounts: a sum or a comparison across the sources is wrong without a word.",
        places=((pair.left.position,), (pair.right.position,)),
        evidence=(_values_beside(pair),),
    )


def _unit(column: ColumnProfile) -> str:
    """Return the unit most values of a text column are written with."""
    if not column.is_text or column.is_numeric or column.number_reading.share < 0.9:
        return ""
    reading = column.number_reading
    rows: Counter[str] = Counter()
    for unit, weight in zip(reading.unit.tolist(), column.weights.tolist(), strict=True):
        rows[reading.unit_keys[unit]] += weight
    usual, most = rows.most_common(1)[0]
    return usual if most >= 0.5 * rows.total() else ""


def _vocabulary(meeting: Meeting, pair: Pair, conflict: Conflict | None) -> Iterator[Difference]:
    recoded = conflict is not None and any(one.id == "recoded" for one in conflict.patterns)
    if pair.form != "text" or not all(_has_vocabulary(side) for side in pair.sides):
        return
    if conflict is not None and conflict.rows and not recoded:
        return
    only = [_only_in(side, other) for side, other in (pair.sides, pair.sides[::-1])]
    foreign = [rows / max(1, side.present) for (_, rows), side in zip(only, pair.sides, strict=True)]
    if min(foreign) < 0.02 or (min(foreign) >= 0.98 and not recoded):
        return
    words = [
        f"{listing([quoted(value, 20) for value in values])} only in {source.name}"
        for (values, _), source in zip(only, meeting.sources, strict=True)
    ]
    yield Difference(
        "schema_differences",
        (pair.name,),
        Severity.WARNING,
        f"{pair.name} has another vocabulary in each source: {'; '.join(words)}.",
        "Words that mean the same are counted as different things once the sources are put together.",
        rows=only[0][1],
        share=foreign[0],
        places=((pair.left.position,), (pair.right.position,)),
        evidence=(_values_beside(pair),),
        relation="l",
        predicate=pair.left.where(_foreign(*pair.sides)),
    )


def _has_vocabulary(column: ColumnProfile) -> bool:
    return column.kind in _WORDS and column.is_text and column.complete and 1 <= column.distinct <= _VOCABULARY


def _foreign(column: ColumnProfile, other: ColumnProfile) -> np.ndarray:
    known = {str(value).strip().casefold() for value in other.strings.to_pylist()}
    return np.array([str(value).strip().casefold() not in known for value in column.strings.to_pylist()], dtype=bool)


def _only_in(column: ColumnProfile, other: ColumnProfile) -> tuple[list[str], int]:
    where = _foreign(column, other)
    values = [str(value) for value, foreign in zip(column.strings.to_pylist(), where, strict=True) if foreign]
    return values, int(column.counts[where].sum())


def _values_beside(pair: Pair) -> Examples:
    """Return the most frequent values of both sides next to each other."""
    sides = [[str(value) for value, _ in side.value_rows(6)] for side in pair.sides]
    lines = tuple(
        (sides[0][i] if i < len(sides[0]) else "", sides[1][i] if i < len(sides[1]) else "")
        for i in range(max(map(len, sides)))
    )
    return Examples("Most frequent values", (f"{pair.left.name} (left)", f"{pair.right.name} (right)"), lines)


# ---------------------------------------------------------------------- definitions


def definition_differences(
    meeting: Meeting, pairs: Sequence[Pair], compared: Mapping[tuple[int, int], Conflict]
) -> Iterator[Difference]:
    """Find columns of one name that cannot be the same quantity.

    Where rows meet: nearly every row differs, without a pattern, and the values as a whole are others too. Where none
    meet: amounts whose ranges do not touch, or vocabularies without a word in common. Silent on identifiers, times
    and free text, which differ from table to table by nature.
    """
    for pair in pairs:
        conflict = compared.get(pair.positions)
        if conflict is not None and conflict.compared >= _FEWEST_ROWS:
            yield from _unlike_rows(pair, conflict)
        elif pair.left.present >= _FEWEST_ROWS and pair.right.present >= _FEWEST_ROWS:
            yield from _unlike_values(meeting, pair)


def means_another(conflict: Conflict) -> bool:
    """Whether a column differs in nearly every row, without a pattern, and its values are others as a whole."""
    if conflict.compared < _FEWEST_ROWS or conflict.share < 0.8:
        return False
    unexplained = sum(one.rows for one in conflict.patterns if one.id == OTHER)
    return unexplained >= 0.8 * conflict.rows and _apart(conflict.pair) >= 0.4


def _apart(pair: Pair) -> float:
    """Return how little the values of both sides have in common: 0 for the same distribution, 1 for none of it."""
    left, right = (side.numeric for side in pair.sides)
    if pair.form == "number" and left is not None and right is not None:
        values = np.union1d(left.values, right.values)
        shares = [
            np.append(0, np.cumsum(one.counts))[np.searchsorted(one.values, values, "right")] / one.rows
            for one in (left, right)
        ]
        return float(np.abs(shares[0] - shares[1]).max())
    shares_of = []
    for side, other in (pair.sides, pair.sides[::-1]):
        weights = side.weights
        shares_of.append(float(weights[_foreign(side, other)].sum() / max(1, weights.sum())))
    return min(shares_of)


def _unlike_rows(pair: Pair, conflict: Conflict) -> Iterator[Difference]:
    if not means_another(conflict):
        return
    yield Difference(
        "definition_differences",
        (pair.name,),
        Severity.WARNING,
        f"{pair.name} seems to mean another thing in each source: {percent(conflict.share)} of the rows that meet "
        f"differ, without a pattern, and the values as a whole are others ({_told(pair)}).",
        "Two columns of one name are taken for one another in a join or a union; rename them before.",
        rows=conflict.rows,
        share=conflict.share,
        evidence=(_ranges(pair),),
        relation=conflict.relation,
        predicate=conflict.predicate,
        places=((pair.left.position,), (pair.right.position,)),
        confidence=0.8,
    )


def _unlike_values(meeting: Meeting, pair: Pair) -> Iterator[Difference]:
    kinds = {side.kind for side in pair.sides}
    left, right = (side.numeric for side in pair.sides)
    if kinds <= _AMOUNTS and left is not None and right is not None:
        low, high = (one.quantile(_QUANTILES) for one in (left, right))
        if not (low[-1] < high[0] or high[-1] < low[0]):
            return
        factor = _constant_factor(low, high)
        says = f"{_told(pair)}"
        if factor:
            says += f"; the right is about {number(factor)} times the left throughout, as if in another unit"
    elif all(_has_vocabulary(side) for side in pair.sides) and min(side.distinct for side in pair.sides) >= 2:
        if _apart(pair) < 0.98:
            return
        says = _told(pair)
    else:
        return
    yield Difference(
        "definition_differences",
        (pair.name,),
        Severity.WARNING,
        f"{pair.name} has nothing in common between {meeting.left.name} and {meeting.right.name}: {says}.",
        "Two columns of one name are taken for one another in a join or a union; rename or convert them before.",
        evidence=(_ranges(pair),),
        places=((pair.left.position,), (pair.right.position,)),
        confidence=0.7,
    )


def _constant_factor(left: np.ndarray, right: np.ndarray) -> float:
    if (left <= 0).any() or (right <= 0).any():
        return 0.0
    ratios = right / left
    middle = float(np.median(ratios))
    return float(f"{middle:.3g}") if np.all(np.abs(ratios / middle - 1) < 0.05) and abs(middle - 1) > 0.05 else 0.0


def _told(pair: Pair) -> str:
    """Return what the values of both sides are, in words."""
    if pair.form == "number":
        spans = [_span(side) for side in pair.sides]
        return f"{spans[0]} on the left, {spans[1]} on the right"
    words = [listing([quoted(value, 20) for value, _ in side.value_rows(3)]) for side in pair.sides]
    return f"{words[0]} on the left, {words[1]} on the right"


def _span(column: ColumnProfile) -> str:
    summary = column.numeric
    if summary is None:
        return "nothing"
    low, high = summary.quantile([0.05, 0.95])
    if summary.minimum == summary.maximum:
        return f"always {_figure(column, summary.minimum)}"
    return f"mostly {_figure(column, float(low))} to {_figure(column, float(high))}"


def _figure(column: ColumnProfile, value: float) -> str:
    return (
        f"{value:.0f}"
        if column.kind is Kind.PERIOD or (1700 <= value <= 2200 and value == int(value))
        else number(float(f"{value:.4g}"))
    )


def _ranges(pair: Pair) -> Examples:
    """Return the values of both sides next to each other: quantiles of numbers, the most frequent of anything else."""
    left, right = (side.numeric for side in pair.sides)
    if pair.form == "number" and left is not None and right is not None:
        names = ("smallest", "5 %", "25 %", "median", "75 %", "95 %", "largest")
        columns = [
            [_figure(side, float(v)) for v in (one.minimum, *one.quantile(_QUANTILES), one.maximum)]
            for one, side in ((left, pair.left), (right, pair.right))
        ]
        return Examples("Values as a whole", ("", "left", "right"), tuple(zip(names, *columns, strict=True)))
    return _values_beside(pair)
