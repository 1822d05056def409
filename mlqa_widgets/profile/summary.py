"""Exact statistics of numbers from their distinct values and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class NumericSummary:
    """The distribution of a numeric column, weighted by rows.

    ``values`` are sorted and distinct, ``counts`` the rows of each. With ``complete`` false both describe a
    representative part of the rows.
    """

    values: np.ndarray
    counts: np.ndarray
    complete: bool
    mean: float
    std: float

    @classmethod
    def of(cls, values: np.ndarray, counts: np.ndarray, *, complete: bool) -> NumericSummary:
        """Summarise finite numbers with their counts, in any order."""
        order = np.argsort(values, kind="stable")
        values, counts = values[order], counts[order]
        total = counts.sum()
        mean = float(np.average(values, weights=counts))
        spread = float(np.sqrt(np.average((values - mean) ** 2, weights=counts))) if total > 1 else 0.0
        return cls(values, counts, complete, mean, spread)

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

    @property
    def integral(self) -> bool:
        """Whether every value is a whole number."""
        return bool(np.all(self.values == np.floor(self.values)))

    def quantile(self, q: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the ``q`` quantiles (inverse of the empirical distribution, no interpolation)."""
        cumulative = np.cumsum(self.counts)
        index = np.searchsorted(cumulative, np.asarray(q) * cumulative[-1], side="left")
        return self.values[np.minimum(index, len(self.values) - 1)]

    def rows_between(self, low: float, high: float) -> int:
        """Return the rows with ``low <= value <= high``."""
        inside = slice(np.searchsorted(self.values, low, "left"), np.searchsorted(self.values, high, "right"))
        return int(self.counts[inside].sum())
