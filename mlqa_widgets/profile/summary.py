"""Statistics of the numbers of a column, weighted by rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass
class Moments:
    """Mean and scatter of numbers that come part by part."""

    rows: int = 0
    mean: float = 0.0
    integral: bool = True
    """Whether every number is whole."""
    _squares: float = 0.0

    def add(self, values: np.ndarray, counts: np.ndarray) -> None:
        """Take in finite numbers and the rows of each, at least one."""
        with np.errstate(over="ignore", invalid="ignore"):
            rows, mean = int(counts.sum()), float(np.average(values, weights=counts))
            squares, apart = float(((values - mean) ** 2 * counts).sum()), mean - self.mean
            total = self.rows + rows
            self._squares += squares + apart * apart * self.rows * rows / total
            self.mean += apart * rows / total
        self.rows = total
        self.integral = self.integral and _integral(values)

    @property
    def std(self) -> float:
        """Standard deviation of a sample, 0 for a single row."""
        return float(np.sqrt(self._squares / (self.rows - 1))) if self.rows > 1 else 0.0


@dataclass(frozen=True)
class NumericSummary:
    """The distribution of a numeric column.

    Attributes
    ----------
    values
        Distinct finite numbers, ascending, the least and the greatest of the column among them.
    counts
        int64, parallel to ``values``: the rows of each. With ``complete`` false, the rows above the value before
        it and up to it, so that the counts add up to all rows and no part of the rows weighs more than it is.
    complete
        Whether ``values`` holds every number of the column.
    mean, std
        Over all rows; ``std`` is that of a sample (divided by one less than the rows), 0 for a single row.
    integral
        Whether every number of the column is whole.
    """

    values: np.ndarray
    counts: np.ndarray
    complete: bool
    mean: float
    std: float
    integral: bool

    @classmethod
    def of(cls, values: np.ndarray, counts: np.ndarray, *, complete: bool) -> NumericSummary:
        """Summarise distinct finite numbers with their rows, in any order, at least one."""
        order = np.argsort(values, kind="stable")
        values, counts = values[order], counts[order]
        moments = Moments()
        moments.add(values, counts)
        return cls(values, counts, complete, moments.mean, moments.std, moments.integral)

    @classmethod
    def of_part(cls, values: np.ndarray, counts: np.ndarray, moments: Moments) -> NumericSummary:
        """Summarise many numbers by some of them.

        Parameters
        ----------
        values
            Distinct finite numbers, ascending, the least and the greatest included.
        counts
            The rows above the value before it and up to it.
        moments
            Of the numbers of all rows.
        """
        return cls(values.astype(float), counts, False, moments.mean, moments.std, moments.integral)

    @property
    def rows(self) -> int:
        """Number of rows summarised."""
        return int(self.counts.sum())

    @property
    def minimum(self) -> float:
        """Smallest value."""
        return float(self.values[0])

    @property
    def maximum(self) -> float:
        """Largest value."""
        return float(self.values[-1])

    def quantile(self, q: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the ``q`` quantiles, interpolated linearly between neighbouring rows, as pandas does.

        With ``complete`` false a quantile is the next larger value that was kept: by the plan's choice of
        values, that is at most some tens of thousandths of the rows away.
        """
        cumulative = np.cumsum(self.counts)
        place = np.asarray(q, dtype=float) * (cumulative[-1] - 1)
        below = np.floor(place)
        low = self.values[np.searchsorted(cumulative, below, "right")]
        high = self.values[np.searchsorted(cumulative, np.minimum(below + 1, cumulative[-1] - 1), "right")]
        share = place - below
        return np.where(low == high, low, low * (1 - share) + high * share)

    def value_at(self, q: float) -> float:
        """Return the value of the row that the share ``q`` of the rows do not exceed: always a number that occurs."""
        cumulative = np.cumsum(self.counts)
        place = min(int(np.searchsorted(cumulative, q * cumulative[-1], "left")), len(self.values) - 1)
        return float(self.values[place])

    def rows_between(self, low: float, high: float) -> int:
        """Return the rows with ``low <= value <= high``."""
        inside = slice(np.searchsorted(self.values, low, "left"), np.searchsorted(self.values, high, "right"))
        return int(self.counts[inside].sum())


def _integral(values: np.ndarray) -> bool:
    return values.dtype.kind in "iu" or bool(np.all(values == np.floor(values)))
