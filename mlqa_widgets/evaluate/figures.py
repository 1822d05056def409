"""A metric over groups of rows: its figure, its difference from the rest, and how far chance may move both.

Every metric is a ratio of two sums over rows, so six sums of a group say all that is needed: shares (error rate,
recall) are compared as binomial counts, other ratios by the delta method, which for a mean is Welch's comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlqa_widgets.evaluate.metrics import Metric, Outcomes

if TYPE_CHECKING:
    from typing import Self

CONFIDENCE = 0.95
ENOUGH = 30
"""Rows from which a mean gets an interval: of fewer, a skewed loss says too little of its own spread."""
_FEW_EXPECTED = 25
_FEW_OUTCOMES = 8


@dataclass(frozen=True)
class Sums:
    """What a group's figure and its spread follow from; each an array over groups.

    Attributes
    ----------
    counted
        Rows whose denominator is not 0.
    top, bottom
        Sums of numerators and of denominators.
    top_top, top_bottom, bottom_bottom
        Sums of their products.
    """

    counted: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    top_top: np.ndarray
    top_bottom: np.ndarray
    bottom_bottom: np.ndarray

    def __sub__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))

    def __getitem__(self, groups: Any) -> Sums:
        return Sums(*(getattr(self, f.name)[groups] for f in fields(self)))

    @property
    def value(self) -> np.ndarray:
        """The metric of each group; missing where no row counts."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.top / self.bottom

    @property
    def variance(self) -> np.ndarray:
        """Variance of each group's value by the delta method; missing below two rows."""
        with np.errstate(invalid="ignore", divide="ignore"):
            value = self.top / self.bottom
            squares = self.top_top - 2 * value * self.top_bottom + value**2 * self.bottom_bottom
            return np.maximum(squares, 0) / self.bottom**2 * (self.counted / (self.counted - 1))


@dataclass(frozen=True)
class Measure:
    """A metric on each row.

    Attributes
    ----------
    metric
        Which.
    top, bottom
        Numerator and denominator of each row, float64.
    """

    metric: Metric
    top: np.ndarray
    bottom: np.ndarray

    @classmethod
    def of(cls, metric: Metric, outcomes: Outcomes) -> Self:
        """Return the metric on the rows of some outcomes."""
        top, bottom = metric.terms(outcomes)
        return cls(metric, np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64))

    def take(self, rows: np.ndarray) -> Measure:
        """Return the metric on some of the rows."""
        return Measure(self.metric, self.top[rows], self.bottom[rows])

    @cached_property
    def shares(self) -> bool:
        """Whether each row counts as a hit, as a miss or not at all."""
        top, bottom = self.top, self.bottom
        return bool(np.isin(bottom, (0, 1)).all() and np.isin(top, (0, 1)).all() and (top <= bottom).all())

    @cached_property
    def _mean(self) -> bool:
        return bool((self.bottom == 1).all())

    @cached_property
    def _squared(self) -> np.ndarray:
        return self.top * self.top

    @cached_property
    def weight(self) -> np.ndarray:
        """How much each row counts towards the metric's being larger than it is over all rows."""
        total = self.bottom.sum()
        return self.top - (self.top.sum() / total if total else 0.0) * self.bottom

    @cached_property
    def outcomes(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The few pairs of terms that occur, shape (pairs, 2), and which one each row has; None where they are many."""
        if len(np.unique(self.top[:1000])) > _FEW_OUTCOMES:
            return None
        pairs, place = np.unique(self.top + 1j * self.bottom, return_inverse=True)
        if len(pairs) > _FEW_OUTCOMES:
            return None
        return np.column_stack([pairs.real, pairs.imag]), place.astype(np.int64)

    def sums(self, groups: np.ndarray, size: int) -> Sums:
        """Return the sums of each of so many groups, given the group of each row."""

        def total(weights: np.ndarray | None) -> np.ndarray:
            return np.bincount(groups, weights=weights, minlength=size).astype(np.float64)

        top, bottom = self.top, self.bottom
        if self._mean:
            rows, summed = total(None), total(top)
            return Sums(rows, summed, rows, total(self._squared), summed, rows)
        return Sums(
            total(bottom != 0), total(top), total(bottom), *map(total, (top * top, top * bottom, bottom * bottom))
        )

    @cached_property
    def total(self) -> Sums:
        """The sums of all rows, as one group."""
        return self.sums(np.zeros(len(self.top), dtype=np.int64), 1)

    @property
    def overall(self) -> float:
        """The metric of all rows."""
        return float(self.total.value[0])

    def of_categories(self, codes: np.ndarray, size: int) -> pd.DataFrame:
        """Compare each category with all other rows, given the category of each row: see :func:`compared`."""
        return compared(self.sums(codes, size), self.total, shares=self.shares)

    def of_rows(self, positions: np.ndarray) -> pd.DataFrame:
        """Compare some rows with all others: one line."""
        return compared(self.take(positions).total, self.total, shares=self.shares)


def compared(groups: Sums, total: Sums, *, shares: bool) -> pd.DataFrame:
    """Compare each group with all other rows.

    Parameters
    ----------
    groups
        The sums of each group.
    total
        The sums of all rows, the group's among them.
    shares
        Whether rows count as hits and misses.

    Returns
    -------
    pandas.DataFrame
        One line per group: ``counted`` rows, ``value`` with ``low`` and ``high``, ``rest`` (the value of all other
        rows), ``difference`` with ``difference_low`` and ``difference_high`` (95 % intervals, each for itself), and
        ``p``, two-sided. Shares: Wilson's interval, Newcombe's for the difference, the test of two proportions, or
        Fisher's where fewer than 25 are expected. Other ratios: delta method and Welch's interval, from 30 rows on
        either side; ``p`` is the larger of Welch's and Student's, as a few rows without a large loss would make little of
        their own spread. Missing where there are too few.
    """
    rest = total - groups
    frame = pd.DataFrame({"counted": groups.counted.astype(np.int64), "value": groups.value})
    limits = _shares if shares else _ratios
    return frame.assign(**limits(groups, rest))[FIGURES]


FIGURES = ["counted", "value", "low", "high", "rest", "difference", "difference_low", "difference_high", "p"]


def _ratios(group: Sums, rest: Sums) -> dict[str, np.ndarray]:
    from scipy.stats import t

    value, other = group.value, rest.value
    enough, both = group.counted >= ENOUGH, np.minimum(group.counted, rest.counted) >= ENOUGH
    here = np.where(enough, group.variance, np.nan)
    there = np.where(both, rest.variance, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = t.isf((1 - CONFIDENCE) / 2, group.counted - 1) * np.sqrt(here)
        error = np.sqrt(here + there)
        freedom = (here + there) ** 2 / (here**2 / (group.counted - 1) + there**2 / (rest.counted - 1))
        difference = value - other
        apart = t.isf((1 - CONFIDENCE) / 2, freedom) * error
        welch = 2 * t.sf(np.abs(difference) / error, freedom)
        student = 2 * t.sf(np.abs(difference) / _common_error(group, rest), group.counted + rest.counted - 2)
    return {
        "low": value - reach,
        "high": value + reach,
        "rest": other,
        "difference": difference,
        "difference_low": difference - apart,
        "difference_high": difference + apart,
        "p": np.where(both, np.fmax(welch, student), np.nan),
    }


def _common_error(group: Sums, rest: Sums) -> np.ndarray:
    """Return the standard error of the difference if both sides had the same spread."""
    squares = [side.variance * side.bottom**2 * (side.counted - 1) / side.counted for side in (group, rest)]
    spread = sum(squares) / (group.counted + rest.counted - 2)
    return np.sqrt(spread * (group.counted / group.bottom**2 + rest.counted / rest.bottom**2))


def _shares(group: Sums, rest: Sums) -> dict[str, np.ndarray]:
    from scipy.stats import norm

    value, other = group.value, rest.value
    low, high = wilson(group.top, group.bottom)
    rest_low, rest_high = wilson(rest.top, rest.bottom)
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = value - other
        pooled = (group.top + rest.top) / (group.bottom + rest.bottom)
        error = np.sqrt(pooled * (1 - pooled) * (1 / group.bottom + 1 / rest.bottom))
        p = 2 * norm.sf(np.abs(difference) / error)
        fewest = np.minimum(group.bottom, rest.bottom) * np.minimum(pooled, 1 - pooled)
    p[error == 0] = 1.0
    for i in np.flatnonzero((fewest < _FEW_EXPECTED) & (error > 0)):
        p[i] = _exact(group[i], rest[i])
    return {
        "low": low,
        "high": high,
        "rest": other,
        "difference": difference,
        "difference_low": difference - np.hypot(value - low, rest_high - other),
        "difference_high": difference + np.hypot(high - value, other - rest_low),
        "p": p,
    }


def wilson(hits: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95 % interval of shares, by Wilson (1927); missing where there is no row."""
    from scipy.stats import norm

    z2 = norm.isf((1 - CONFIDENCE) / 2) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        share = hits / rows
        middle = (share + z2 / (2 * rows)) / (1 + z2 / rows)
        reach = np.sqrt(z2 * (share * (1 - share) / rows + z2 / (4 * rows**2))) / (1 + z2 / rows)
    return np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)


def _exact(group: Sums, rest: Sums) -> float:
    from scipy.stats import fisher_exact

    table = [[side.top, side.bottom - side.top] for side in (group, rest)]
    return float(fisher_exact(np.asarray(table, dtype=np.int64)).pvalue)


def adjusted(p: np.ndarray) -> np.ndarray:
    """Return p values adjusted by Benjamini and Hochberg for all that were tested; missing where nothing was."""
    from scipy.stats import false_discovery_control

    q, tested = np.full(len(p), np.nan), np.isfinite(p)
    if tested.any():
        q[tested] = false_discovery_control(p[tested])
    return q
