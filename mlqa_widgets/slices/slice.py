"""A slice: some rows, what they have in common, and the metric there against the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mlqa_widgets.evaluate.figures import FIGURES

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True)
class Comparison:
    """A metric on some rows against all others.

    Attributes
    ----------
    counted
        Rows that count towards the metric.
    value, low, high
        The metric, and its 95 % interval; missing where there are too few rows.
    rest
        The metric of all other rows.
    difference, difference_low, difference_high
        Value less rest, and its 95 % interval.
    p
        How often chance alone would set them as far apart.
    """

    counted: int
    value: float
    low: float
    high: float
    rest: float
    difference: float
    difference_low: float
    difference_high: float
    p: float

    @classmethod
    def of(cls, line: pd.Series) -> Self:
        """Return one line of a table of comparisons."""
        return cls(int(line["counted"]), *(float(line[name]) for name in FIGURES[1:]))


@dataclass(frozen=True)
class Slice:
    """Some rows of an analysis.

    Attributes
    ----------
    words
        What they have in common: ``month is 12 and pressure is missing``.
    expression
        The same as a query: ``analysis.select(slice.expression)`` selects exactly these rows. None where it cannot be
        written, as for columns that have no text for a name.
    positions
        Positions of the rows in ``X``, in order.
    figures
        The metric on all of them against all other rows. For a slice that was searched for, half of these rows chose
        it: its figure flatters the search.
    held_out
        The same on the rows that had no say in choosing it; None for a slice that was not searched for.
    q
        ``p`` of the held-out rows (of ``figures`` without a search) adjusted for everything that was compared beside
        it; None where nothing was.
    confirmed
        Whether a slice searched for is worse on the held-out rows too, beyond chance; None without a search.
    variants
        Other slices that are no worse than the rest but for rows of this one, in words.
    origin
        Where it comes from and what its figures are worth, in a sentence.
    """

    words: str
    expression: str | None
    positions: np.ndarray = field(repr=False)
    figures: Comparison
    held_out: Comparison | None = None
    q: float | None = None
    confirmed: bool | None = None
    variants: tuple[str, ...] = field(default=(), repr=False)
    origin: str = ""

    @property
    def shown(self) -> Comparison:
        """The figures to judge it by: those of the held-out rows where there are some."""
        return self.held_out or self.figures

    def __len__(self) -> int:
        return len(self.positions)
