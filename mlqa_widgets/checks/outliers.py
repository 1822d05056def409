"""Numbers far from all others, below zero where nothing can be, or piled up at a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._draw import histogram, value_bars
from mlqa_widgets.checks._quantities import never_negative
from mlqa_widgets.checks._stand_ins import number_stand_ins, text_stand_ins
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, list_literal, literal, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.summary import NumericSummary
from mlqa_widgets.wording import count, listing, number, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    if summary is None:
        return
    scale = _Scale.of(summary)
    if scale is None:
        return
    up, down = (
        scale.beyond(summary.values, summary.counts),
        scale.mirrored().beyond(-summary.values[::-1], summary.counts[::-1]),
    )
    high = up.first if up else np.inf
    low = -down.first if down else -np.inf
    mask = np.isfinite(column.numbers) & ((column.numbers >= high) | (column.numbers <= low))
    mask &= ~number_stand_ins(column, text_stand_ins(column)).mask
    if never_negative(column):
        mask &= column.numbers >= 0
    if not mask.any():
        return
    rows, where = column.rows_of(mask), column.where(mask)
    kept = summary.values[(summary.values < high) & (summary.values > low)]
    farthest = np.flatnonzero(mask)[np.argsort(-np.abs(column.numbers[mask] - float(summary.quantile(0.5))))]
    told = listing([number(float(column.numbers[place])) for place in farthest])
    lonely = any(side is not None and side.lonely for side in (up, down))
    bounds = f"{number(float(kept[0]))} to {number(float(kept[-1]))}"
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING if lonely else Severity.INFO,
        rows=rows,
        message=f"{count(rows, 'value')} of {shortened(column.name)} {'lies' if rows == 1 else 'lie'} far from all others ({bounds}): {told}.",
        predicate=where,
        evidence=(
            histogram(column, f"{column.name}, far values marked", flagged=mask, marks=scale.fences(up, down)),
            value_bars(column, mask, "Values far from all others"),
        ),
        why="A single such value can decide a mean, a correlation or a linear fit; it is either a slip or the most interesting row.",
        fixes=tuple(_fixes(column, profile, mask, float(kept[0]), float(kept[-1]))),
        confidence=0.75 if lonely else 0.5,
        cause=f"{column.position}:far values",
    )


@dataclass(frozen=True)
class _Beyond:
    """The values beyond a gap on one side."""

    first: float
    """The innermost of them."""
    fence: float
    lonely: bool
    """Whether they are so far out that chance can be left aside."""


_FAR: Final = 6.0
_VERY_FAR: Final = 10.0
_FEW_ROWS: Final = 100


@dataclass(frozen=True)
class _Scale:
    """How far up a value is from the middle, in robust standard deviations of that side."""

    middle: float
    spread: float
    spread_down: float
    logarithmic: bool
    shift: float
    """Added before the logarithm."""
    heavy: bool
    """Whether the upper tail goes on much farther than a normal one."""
    heavy_down: bool

    @classmethod
    @np.errstate(over="ignore", invalid="ignore")
    def of(cls, summary: NumericSummary) -> _Scale | None:
        """Return the scale that suits a distribution, or None where it has no spread."""
        if summary.minimum >= 0 and summary.rows_between(0, 0) > 0.4 * summary.rows:
            positive = summary.values > 0
            if summary.counts[positive].sum() < _FEWEST_ROWS:
                return None
            summary = NumericSummary.of(summary.values[positive], summary.counts[positive], complete=summary.complete)
        q = summary.quantile([0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995])
        skewed = q[5] - q[3] > 1.5 * (q[3] - q[1])
        logarithmic = bool(summary.minimum >= 0 and skewed)
        shift = 1.0 if logarithmic and (summary.minimum == 0 or summary.integral) else 0.0
        if logarithmic:
            q = np.log(q + shift)
        up, down = (max(abs(q[e] - q[3]) / 1.645, abs(q[i] - q[3]) / 0.6745) for e, i in ((5, 4), (1, 2)))
        if not up or not down:
            up = down = max(up, down)
        if not up or not np.isfinite(up + down):
            return None
        heavy, heavy_down = (bool(abs(q[e] - q[3]) > 2.2 * abs(q[i] - q[3])) for e, i in ((6, 5), (0, 1)))
        return cls(float(q[3]), float(up), float(down), logarithmic, shift, heavy, heavy_down)

    def mirrored(self) -> _Scale:
        """Return the scale of the negated values of a column that is not on a log scale."""
        if self.logarithmic:
            return self
        return _Scale(-self.middle, self.spread_down, self.spread, False, 0.0, self.heavy_down, self.heavy)

    @np.errstate(over="ignore", invalid="ignore")
    def beyond(self, values: np.ndarray, counts: np.ndarray) -> _Beyond | None:
        """Return what lies far out beyond a gap in sorted values, if it is only a few rows."""
        if self.logarithmic and values[-1] <= 0:
            return None
        scaled = values
        if self.logarithmic:
            scaled = np.log(np.maximum(values, values[values > 0].min()) + self.shift)
        distances = (scaled - self.middle) / self.spread
        total, start = counts.sum(), int(np.searchsorted(distances, 0))
        far = _FAR if total >= _FEW_ROWS else _FAR + 2
        from_here = np.cumsum(counts[::-1])[::-1]
        few = from_here <= max(3, _LARGEST_SHARE * total)
        steps = np.diff(distances, prepend=distances[:1])
        before = np.maximum(distances - steps, 3)
        wide = steps >= np.maximum(2, (2.0 if self.heavy else 0.5) * before)
        found = np.flatnonzero(few & wide & (distances >= far))
        found = found[found > start]
        if not len(found):
            return None
        first = int(found[0])
        lonely = not self.heavy and distances[first] >= _VERY_FAR and steps[first] >= max(4, before[first])
        return _Beyond(float(values[first]), self._value(far), bool(lonely))

    def fences(self, up: _Beyond | None, down: _Beyond | None) -> list[tuple[float, str]]:
        """Return where a value counts as far out, to be drawn."""
        marks = [(up.fence, "fence")] if up else []
        return marks + ([(-down.fence, "fence")] if down else [])

    def _value(self, deviations: float) -> float:
        scaled = self.middle + deviations * self.spread
        return float(np.exp(scaled) - self.shift) if self.logarithmic else scaled


def _fixes(column: ColumnProfile, profile: Profile, mask: np.ndarray, low: float, high: float) -> Iterator[Fix]:
    read = read_column(profile.table, column.column)
    where = column.where(mask)
    values = column.values.filter(mask).to_pylist()
    listed = f"{read}.isin({list_literal(values)})"
    flag = f"{column.name} is far out"
    if flag not in {other.name for other in profile.columns}:
        yield Fix("Flag them in a column of their own", f"df[{literal(flag)}] = {listed}", adds=(flag,))
    if not column.is_text:
        integral = column.column.storage == "integer"
        limits = ", ".join(literal(int(limit) if integral else limit) for limit in (low, high))
        yield Fix(
            f"Bring them to the nearest of the other values ({number(low)} or {number(high)})",
            assign_column(profile.table, column.column, f"{read}.clip({limits})"),
            changes=(column.position,),
        )
    yield Fix(
        "Turn them into missing",
        assign_column(profile.table, column.column, f"{read}.mask({listed})"),
        changes=(column.position,),
        empties=where,
    )


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
