"""Numbers far from all others, below zero where nothing can be, or piled up at a limit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._draw import histogram, value_bars
from mlqa_widgets.checks._quantities import logarithm_of, never_negative
from mlqa_widgets.checks._stand_ins import number_stand_ins, text_stand_ins
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, list_literal, literal, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.summary import NumericSummary
from mlqa_widgets.tables.table import NO_ROW, Predicate
from mlqa_widgets.wording import count, listing, number, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_FEWEST_ROWS: Final = 30
_FEWEST_DISTINCT: Final = 10
_LARGEST_SHARE: Final = 0.01


def _quantity(column: ColumnProfile) -> NumericSummary | None:
    """Return the numbers of a column that holds a quantity, stand-ins for missing left aside."""
    if column.kind is not Kind.NUMERIC or not column.is_numeric or column.distinct < _FEWEST_DISTINCT:
        return None
    usable = np.isfinite(column.numbers)
    if usable.sum() < _FEWEST_DISTINCT or column.weights[usable].sum() < _FEWEST_ROWS:
        return None
    usable &= ~number_stand_ins(column, text_stand_ins(column)).mask
    return NumericSummary.of(column.numbers[usable], column.weights[usable], complete=column.complete)


# --- far from all others ---------------------------------------------------------------------------------


@column_check("outliers")
def outliers(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find the few numbers that lie alone, far outside the range of all others.

    Distance is measured robustly, upwards and downwards apart, and on a log scale where the column is skewed, so that
    skewed money and counts are silent. A value must lie far out and leave a gap behind it. Stays silent on codes,
    years, coordinates, identifiers, and on stand-ins for missing, which are told as such.
    """
    summary = _quantity(column)
    scale = _Scale.of(summary) if summary else None
    if summary is None or scale is None:
        return
    low, high = scale.limits(summary)
    floor = 0.0 if never_negative(column) else -np.inf
    if low.first <= floor:
        low = _Limit(-np.inf)
    sides = [(floor, low.first)] if np.isfinite(low.first) else []
    sides += [(high.first, np.inf)] if np.isfinite(high.first) else []
    if not sides:
        return
    stand_ins = number_stand_ins(column, text_stand_ins(column)).mask
    mask, where = np.zeros(len(column.values), dtype=bool), NO_ROW
    for start, end in sides:
        mask |= (column.numbers >= start) & (column.numbers <= end)
        where |= column.between(start, end)
    mask &= ~stand_ins & np.isfinite(column.numbers)
    where = column.where(mask) if column.complete else where & ~column.where(stand_ins)
    rows = profile.table.count(where)
    inside = summary.values[(summary.values > low.first) & (summary.values < high.first)]
    least, greatest = float(inside[0]), float(inside[-1])
    farthest = np.flatnonzero(mask)[np.argsort(-np.abs(column.numbers[mask] - float(summary.quantile(0.5))))]
    told = listing([number(float(column.numbers[place])) for place in farthest])
    lonely = low.lonely or high.lonely
    marks = [(limit.fence, "fence") for limit in (low, high) if np.isfinite(limit.first)]
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING if lonely else Severity.INFO,
        rows=rows,
        message=(
            f"{count(rows, 'value')} of {shortened(column.name)} {'lies' if rows == 1 else 'lie'} far from all others"
            f" ({number(least)} to {number(greatest)}): {told}."
        ),
        predicate=where,
        evidence=(
            histogram(column, f"{column.name}, far values marked", flagged=mask, marks=marks),
            value_bars(column, mask, "Values far from all others"),
        ),
        why="One such value can decide a mean, a correlation or a fit; it is a slip, or the most interesting row of all.",
        fixes=tuple(_fixes(column, profile, mask, where, sides, (least, greatest))),
        confidence=0.75 if lonely else 0.5,
        cause=f"{(logarithm_of(profile, column) or column).position}:far values",
    )


@dataclass(frozen=True)
class _Limit:
    """Where the far values of one side begin."""

    first: float
    """The innermost of them; infinite where there is none."""
    fence: float = np.nan
    lonely: bool = False
    """Whether they are so far out that chance can be left aside."""


@dataclass(frozen=True)
class _Side:
    """How the values spread on one side of the middle."""

    spread: float
    """A robust standard deviation."""
    heavy: bool
    """Whether the tail goes on much farther than a normal one."""


_FAR: Final = 6.0
_VERY_FAR: Final = 10.0
_FEW_ROWS: Final = 100


@dataclass(frozen=True)
class _Scale:
    """How far from the middle a value is, in robust standard deviations of its side, on a log scale where that suits."""

    middle: float
    down: _Side
    up: _Side
    logarithmic: bool
    shift: float
    """Added before the logarithm."""

    @classmethod
    @np.errstate(over="ignore", invalid="ignore")
    def of(cls, summary: NumericSummary) -> _Scale | None:
        """Return the scale that suits a distribution, or None where it has no spread."""
        if summary.minimum >= 0 and summary.rows_between(0, 0) > 0.4 * summary.rows:
            positive = summary.values > 0
            if summary.counts[positive].sum() < _FEWEST_ROWS:
                return None
            summary = NumericSummary.of(summary.values[positive], summary.counts[positive], complete=summary.complete)
        quantiles = summary.quantile([0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995])
        skewed = quantiles[5] - quantiles[3] > 1.5 * (quantiles[3] - quantiles[1])
        logarithmic = bool(summary.minimum >= 0 and skewed)
        shift = 1.0 if logarithmic and (summary.minimum == 0 or summary.integral) else 0.0
        if logarithmic:
            quantiles = np.log(quantiles + shift)
        extreme, outer, inner = (np.abs(quantiles[[i, -1 - i]] - quantiles[3]) for i in range(3))
        spreads = np.maximum(outer / 1.645, inner / 0.6745)
        if not np.isfinite(spreads).all() or not spreads.any():
            return None
        spreads[spreads == 0] = spreads.max()
        down, up = (_Side(float(spreads[i]), bool(extreme[i] > 2.2 * outer[i])) for i in range(2))
        return cls(float(quantiles[3]), down, up, logarithmic, shift)

    @np.errstate(over="ignore", invalid="ignore")
    def limits(self, summary: NumericSummary) -> tuple[_Limit, _Limit]:
        """Return where far values begin, downwards and upwards."""
        values, counts = summary.values, summary.counts
        scaled = values
        if self.logarithmic:
            scaled = np.log(np.maximum(values, values[values > 0].min()) + self.shift)
        down = self._limit((self.middle - scaled)[::-1], values[::-1], counts[::-1], self.down)
        return down, self._limit(scaled - self.middle, values, counts, self.up)

    def _limit(self, deviations: np.ndarray, values: np.ndarray, counts: np.ndarray, side: _Side) -> _Limit:
        """Return the first value that lies far out and leaves a gap behind it, if those beyond are only a few rows."""
        distances, total = deviations / side.spread, counts.sum()
        far = _FAR if total >= _FEW_ROWS else _FAR + 2
        few = np.cumsum(counts[::-1])[::-1] <= max(3, _LARGEST_SHARE * total)
        steps = np.diff(distances, prepend=distances[:1])
        before = np.maximum(distances - steps, 3)
        wide = steps >= np.maximum(2, (2.0 if side.heavy else 0.5) * before)
        found = np.flatnonzero(few & wide & (distances >= far))
        sign = 1.0 if values[-1] >= values[0] else -1.0
        if not len(found):
            return _Limit(sign * np.inf)
        first = int(found[0])
        lonely = not side.heavy and distances[first] >= _VERY_FAR and steps[first] >= max(4, before[first])
        fence = self.middle + sign * far * side.spread
        fence = float(np.exp(fence) - self.shift) if self.logarithmic else fence
        return _Limit(float(values[first]), fence, bool(lonely))


def _fixes(
    column: ColumnProfile,
    profile: Profile,
    mask: np.ndarray,
    where: Predicate,
    sides: Sequence[tuple[float, float]],
    ordinary: tuple[float, float],
) -> Iterator[Fix]:
    read = read_column(profile.table, column.column)
    tests = [_test(read, *side) for side in sides]
    beyond = reduce(np.logical_or, ((column.numbers >= start) & (column.numbers <= end) for start, end in sides))
    by_limits = not column.is_text and not (beyond & ~mask).any()
    if by_limits:
        far = tests[0] if len(tests) == 1 else " | ".join(f"({test})" for test in tests)
    else:
        far = f"{read}.isin({list_literal(column.values.filter(mask).to_pylist())})"
    flag = f"{column.name} is far out"
    if flag not in {other.name for other in profile.columns}:
        yield Fix("Flag them in a column of their own", f"df[{literal(flag)}] = {far}", adds=(flag,))
    outside = (column.numbers < ordinary[0]) | (column.numbers > ordinary[1])
    if by_limits and not (outside & ~mask).any():
        whole = column.column.storage == "integer"
        limits = ", ".join(literal(int(limit) if whole else limit) for limit in ordinary)
        yield Fix(
            f"Bring them to the nearest of the other values ({number(ordinary[0])} or {number(ordinary[1])})",
            assign_column(profile.table, column.column, f"{read}.clip({limits})"),
            changes=(column.position,),
        )
    yield Fix(
        "Turn them into missing",
        assign_column(profile.table, column.column, f"{read}.mask({far})"),
        changes=(column.position,),
        empties=where,
    )


def _test(read: str, start: float, end: float) -> str:
    """Return the expression that is true within a far side."""
    if np.isinf(end):
        return f"{read} >= {literal(start)}"
    if np.isinf(start):
        return f"{read} <= {literal(end)}"
    return f"{read}.between({literal(start)}, {literal(end)})"


# --- below zero ------------------------------------------------------------------------------------------

_FEW_NEGATIVES: Final = 0.05


@column_check("negative_values")
def negative_values(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find numbers below zero in a quantity that cannot be: an age, a count, a price, a weight.

    Stays silent where the name says nothing or a difference, where such values are common, and on stand-ins.
    """
    if not column.is_numeric or column.numeric is None or column.numeric.minimum >= 0 or not never_negative(column):
        return
    summary = _quantity(column)
    if summary is None or summary.minimum >= 0:
        return
    mask = (column.numbers < 0) & ~number_stand_ins(column, text_stand_ins(column)).mask
    share = column.weights[mask].sum() / summary.rows
    if share > _FEW_NEGATIVES:
        return
    rows, where = column.rows_of(mask), column.where(mask)
    read = read_column(profile.table, column.column)
    listed = f"{read}.isin({list_literal(column.values.filter(mask).to_pylist())})"
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING if share <= _LARGEST_SHARE else Severity.INFO,
        rows=rows,
        message=f"{shortened(column.name)} is below zero in {count(rows, 'row')} ({percent(rows / column.rows)}), down to {number(summary.minimum)}.",
        predicate=where,
        evidence=(histogram(column, f"{column.name}, values below zero marked", flagged=mask, marks=[(0.0, "0")]),),
        why="Either a slip of the sign, or rows of another kind (returns, corrections) that do not belong in the same sum.",
        fixes=(
            Fix(
                "Turn them into missing",
                assign_column(profile.table, column.column, f"{read}.mask({listed})"),
                changes=(column.position,),
                empties=where,
                note="If these are returns or corrections, keep them and split them off instead.",
            ),
        ),
        confidence=0.7,
    )


# --- piled up at a limit ---------------------------------------------------------------------------------

_NATURAL_LIMITS: Final = frozenset(
    {0.0, 1.0, 5.0, 10.0, 12.0, 20.0, 23.0, 24.0, 31.0, 59.0, 60.0, 100.0, 360.0, 365.0, 366.0, 1000.0, 2359.0}
)
_PILE: Final = 5
_NEXT: Final = 5


@column_check("capped_values")
def capped_values(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:  # noqa: ARG001
    """Find a column cut off at its largest value: many rows there, few just below.

    Stays silent where the limit is a natural one (100 %, 24 hours), and on stand-ins for missing.
    """
    summary = _quantity(column)
    if summary is None or len(summary.values) < 4 * _NEXT or summary.maximum in _NATURAL_LIMITS:
        return
    top, rows_at_top = summary.maximum, int(summary.counts[-1])
    below = summary.counts[-1 - _NEXT : -1]
    gap, spread = top - summary.values[-2], top - float(summary.quantile(0.5))
    few_below = rows_at_top >= max(10, _PILE * below.mean(), 2 * below.max())
    if not few_below or gap > 0.2 * spread or rows_at_top > 0.3 * summary.rows:
        return
    mask = column.numbers == top
    rows, where = column.rows_of(mask), column.where(mask)
    yield Finding(
        columns=(column.position,),
        severity=Severity.INFO,
        rows=rows,
        message=f"{shortened(column.name)} ends at {number(top)} in {count(rows, 'row')}, far more than just below: values may be capped there.",
        predicate=where,
        evidence=(histogram(column, f"{column.name}, the limit marked", flagged=mask, marks=[(top, number(top))]),),
        why="A capped value says 'this or more': means come out too low, and a model takes the limit for a measurement.",
        confidence=0.6,
    )
