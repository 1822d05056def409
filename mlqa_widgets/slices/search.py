"""The worst slices: every combination of up to three categories is counted, exactly, on one half of the rows.

Each column's category is a digit, so a combination of columns is one number per row, and one ``bincount`` of these
numbers gives the sums of all its slices at once. A slice is a candidate if the metric is worse there than on the rest,
and clearly worse than for any part of its conditions. One that is no worse but for rows of another is folded into it.
Those left are to be looked at again on the other half of the rows, which had no say in choosing them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations

import numpy as np

from mlqa_widgets.evaluate.figures import CONFIDENCE, Measure, Sums
from mlqa_widgets.progress import Progress
from mlqa_widgets.slices.partitions import Partition

MOST_COLUMNS = 25
"""Columns among which combinations of three are tried; of more, those that tell errors apart best by one or two."""
MOST_FOUND = 30
"""Candidates left after folding, at most."""
CLEAR = 3.0
"""Standard errors by which a slice must be worse than the rest."""
ADDS = 1.25
"""How many times the effect of a part a further condition must make of it."""
_EXAMINED = 2000
_STEPS = 50

Categories = tuple[tuple[int, int], ...]
"""Conditions that hold together: pairs (place of the partition, place of its category)."""


@dataclass(frozen=True)
class Candidate:
    """A slice that stands out on the rows searched.

    Attributes
    ----------
    categories
        Its conditions.
    worse
        1 where the metric is larger than on the rest, -1 where it is smaller.
    effect, error
        Difference from the rest in that direction, and its standard error.
    improves
        By how many standard errors it is worse than the worst part of its conditions.
    variants
        Other candidates that are no worse than the rest but for rows of this one, or of one before it.
    """

    categories: Categories
    worse: int
    effect: float
    error: float
    improves: float
    variants: tuple[Categories, ...] = field(default=(), repr=False)

    @property
    def bound(self) -> float:
        """What the effect is at least, by the interval on the rows searched."""
        return self.effect - _quantile(1) * self.error


@dataclass(frozen=True)
class Search:
    """What a search tried and what it found, the greatest lower bound first."""

    tried: int
    candidates: tuple[Candidate, ...]
    left_out: tuple[str, ...]
    """Names of the partitions that were tried by two conditions, but not by three."""


def search(
    partitions: Sequence[Partition],
    measure: Measure,
    rows: np.ndarray,
    *,
    conditions: int,
    support: int,
    progress: Progress,
) -> Search:
    """Find the slices where a metric is worst.

    Parameters
    ----------
    partitions
        The columns cut into categories.
    measure
        The metric on each row. Where neither way is better, slices of either are looked for.
    rows
        Positions of the rows to search; each counts towards the metric.
    conditions
        At most so many, 1 to 3.
    support
        A slice holds at least so many of these rows, and leaves out as many.
    progress
        Told after every few combinations of columns.
    """
    counts = _Counts(partitions, measure.take(rows), rows, support)
    columns = list(range(len(partitions)))
    for depth in range(1, conditions + 1):
        if depth == 3:
            columns = counts.strongest(columns)
        subsets = list(combinations(columns, depth))
        for done, subset in enumerate(subsets):
            if done % _STEPS == 0:
                progress.at(
                    f"Counting slices of {depth} of 3 conditions", (depth - 1 + done / len(subsets)) / conditions
                )
            counts.count(subset)
    left_out = tuple(p.name for i, p in enumerate(partitions) if i not in columns)
    return Search(counts.tried, tuple(_folded(counts, counts.candidates())), left_out)


@cache
def _quantile(tried: int) -> float:
    """Return how many standard errors the ends of this many intervals, all to hold at once, are away."""
    from scipy.stats import norm

    return float(norm.isf((1 - CONFIDENCE) / 2 / tried))


class _Counts:
    """The sums of every combination of categories, asked for by columns."""

    def __init__(self, partitions: Sequence[Partition], measure: Measure, rows: np.ndarray, support: int) -> None:
        self.measure = measure
        self.support = support
        self.tried = 0
        self._total = measure.total
        self._codes = [partition.codes[rows] for partition in partitions]
        self._sizes = [len(partition.categories) for partition in partitions]
        self._prefix: tuple[tuple[int, ...], np.ndarray] = ((), np.empty(0, dtype=np.int64))
        self._effects: dict[tuple[int, ...], np.ndarray] = {}
        self._promising: list[Candidate] = []
        self._best = np.full(len(partitions), -np.inf)
        self._outcomes = measure.outcomes
        kinds, kind = (1, 0) if self._outcomes is None else (len(self._outcomes[0]), self._outcomes[1])
        self._kinds = kinds
        self._last = [codes * kinds + kind for codes in self._codes]
        higher = measure.metric.higher_is_better
        self._directions = (1, -1) if higher is None else (-1,) if higher else (1,)

    def count(self, columns: tuple[int, ...]) -> None:
        """Count all slices of some columns; those of their parts must have been counted before."""
        sizes = [self._sizes[i] for i in columns]
        held, sums = self._sums(columns, int(np.prod(sizes)))
        self.tried += len(held)
        if not len(held):
            self._effects[columns] = np.full(sizes, np.nan)
            return
        rest = self._total - sums
        effect = sums.value - rest.value
        error = np.sqrt(sums.variance + rest.variance)
        places = np.unravel_index(held, sizes)
        if len(columns) < 3:
            effects = np.full(sizes, np.nan)
            effects[places] = effect
            self._effects[columns] = effects
        for worse in self._directions:
            parent = np.zeros(len(held))
            for left in range(len(columns) if len(columns) > 1 else 0):
                part = self._effects[columns[:left] + columns[left + 1 :]]
                parent = np.fmax(parent, worse * part[places[:left] + places[left + 1 :]])
            with np.errstate(invalid="ignore", divide="ignore"):
                improves = (worse * effect - parent) / error
            adds = worse * effect > parent * ADDS
            for i in np.flatnonzero((improves > CLEAR) & adds):
                categories = tuple((c, int(place[i])) for c, place in zip(columns, places, strict=True))
                found = Candidate(categories, worse, float(worse * effect[i]), float(error[i]), float(improves[i]))
                self._promising.append(found)
                self._best[list(columns)] = np.maximum(self._best[list(columns)], found.bound)

    def _sums(self, columns: tuple[int, ...], cells: int) -> tuple[np.ndarray, Sums]:
        """Return which slices of some columns have enough rows, and their sums."""
        last = columns[-1]
        numbers = self._numbers(columns[:-1]) * (self._sizes[last] * self._kinds) + self._last[last]
        if self._outcomes is None:
            sums = self.measure.sums(numbers, cells)
            held = self._enough(sums.counted)
            return held, sums[held]
        counts = np.bincount(numbers, minlength=cells * self._kinds).reshape(cells, self._kinds)
        held = self._enough(counts.sum(axis=1))
        top, bottom = self._outcomes[0].T
        terms = np.stack([np.ones(self._kinds), top, bottom, top * top, top * bottom, bottom * bottom])
        return held, Sums(*(terms @ counts[held].T))

    def _enough(self, rows: np.ndarray) -> np.ndarray:
        return np.flatnonzero((rows >= self.support) & (rows <= len(self.measure.top) - self.support))

    def _numbers(self, columns: tuple[int, ...]) -> np.ndarray:
        """Return the combination of categories that each row has, as one number; that of the last call is kept."""
        if not columns:
            return np.zeros(len(self.measure.top), dtype=np.int64)
        if self._prefix[0] != columns:
            numbers = self._codes[columns[0]]
            for column in columns[1:]:
                numbers = numbers * self._sizes[column] + self._codes[column]
            self._prefix = (columns, numbers)
        return self._prefix[1]

    def strongest(self, columns: Sequence[int]) -> list[int]:
        """Return the columns whose slices so far stand out most, in their order."""
        return sorted(sorted(columns, key=lambda column: -self._best[column])[:MOST_COLUMNS])

    def candidates(self) -> list[Candidate]:
        """Return the slices that are clearly worse than their parts, for all that were tried; the worst first."""
        clearly = _quantile(max(self.tried, 1))
        found = [one for one in self._promising if len(one.categories) == 1 or one.improves > clearly]
        return sorted(found, key=lambda one: -one.bound)

    def rows_of(self, categories: Categories) -> np.ndarray:
        """Return the places of a slice's rows among those searched."""
        (column, category), *others = categories
        rows = np.flatnonzero(self._codes[column] == category)
        for column, category in others:
            rows = rows[self._codes[column][rows] == category]
        return rows

    def stands_out(self, rows: np.ndarray, worse: int) -> bool:
        """Whether the metric is worse on some rows than on all others, by its interval."""
        sums = self.measure.take(rows).total
        rest = self._total - sums
        bound = worse * (sums.value - rest.value) - _quantile(1) * np.sqrt(sums.variance + rest.variance)
        return bool(bound[0] > 0)


def _folded(counts: _Counts, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Keep each candidate that says something of rows beyond those of the candidates before it; fold the others."""
    kept: list[Candidate] = []
    variants: list[list[Categories]] = []
    owner = np.full((2, len(counts.measure.top)), -1)
    for candidate in candidates[:_EXAMINED]:
        rows, taken = counts.rows_of(candidate.categories), owner[(candidate.worse + 1) // 2]
        beyond = rows[taken[rows] < 0]
        enough = len(beyond) >= counts.support
        if len(beyond) == len(rows) or (enough and counts.stands_out(beyond, candidate.worse)):
            taken[beyond] = len(kept)
            kept.append(candidate)
            variants.append([])
            if len(kept) == MOST_FOUND:
                break
        else:
            others = taken[rows]
            variants[int(np.bincount(others[others >= 0]).argmax())].append(candidate.categories)
    return [replace(one, variants=tuple(folded)) for one, folded in zip(kept, variants, strict=True)]
