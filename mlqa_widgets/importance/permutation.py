"""Permutation importance: by how much a metric worsens when the values of a column are dealt anew among the rows.

Breiman, "Random Forests", Machine Learning 2001; of groups of columns permuted together: Au et al., "Grouped feature
importance and combined features effect plot", Data Mining and Knowledge Discovery 2022. The interval is that of a
U-statistic: a row counts both as the one that gets another's value and as the one that gives its own, so that it holds
the chance in the rows and in the permutations (Hooker, Mentch & Zhou, "Unrestricted permutation forces extrapolation",
Statistics and Computing 2021, on why correlated columns need their group).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from mlqa_widgets.evaluate.metrics import Metric, Outcomes
from mlqa_widgets.models.columns import of_mixed_rows
from mlqa_widgets.models.model import Model
from mlqa_widgets.progress import Progress

REPEATS = 5
"""Times each column is permuted."""
CONFIDENCE = 0.95
_CALL_ROWS = 100_000
"""Rows given to the model in one call, at most, which bounds the memory."""
_CALL_SECONDS = 0.4
_TERMS = 5
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Pace:
    """How quickly a model predicts.

    Attributes
    ----------
    overhead
        Seconds that a call takes however few its rows.
    per_second
        Rows a second beyond that.
    """

    overhead: float = 0.0
    per_second: float = _CALL_ROWS

    @property
    def at_once(self) -> float:
        """Rows for one call: many enough for its overhead to pay, few enough for it to end soon."""
        return min(_CALL_ROWS, self.per_second * max(_CALL_SECONDS, self.overhead))

    @property
    def rate(self) -> float:
        """Rows a second by calls of so many."""
        return self.at_once / (self.overhead + self.at_once / self.per_second)

    def after(self, rows: int, seconds: float) -> Pace:
        """Return the pace after a call took so long."""
        return replace(self, per_second=rows / max(seconds - self.overhead, seconds / 100, 1e-6))


@dataclass(frozen=True)
class Permuted:
    """Permutation importance of columns and groups of columns, by what was counted so far.

    Attributes
    ----------
    metric
        What worsens.
    rows
        Rows counted.
    repeats
        Times each was permuted among them.
    moments
        Per column or group the sums of products of 1, numerator and denominator permuted (of the row that gets a value and of
        the one that gives its own), and numerator and denominator as they are: shape (columns, 5, 5).
    """

    metric: Metric
    rows: int
    repeats: int
    moments: np.ndarray = field(repr=False)

    def __add__(self, other: Permuted) -> Permuted:
        return replace(self, rows=self.rows + other.rows, moments=self.moments + other.moments)

    @property
    def baseline(self) -> float:
        """The metric on the rows as they are."""
        sums = self.moments[0, 0] if len(self.moments) else np.full(_TERMS, np.nan)
        return float(sums[3] / sums[4])

    def table(self) -> pd.DataFrame:
        """Return one line per column or group.

        Columns: ``permuted`` (the metric when it is permuted), ``importance`` (by how much that is worse), ``low`` and
        ``high`` (95 % interval), ``p`` (two-sided, that it makes no difference).
        """
        from scipy.stats import t

        sums = self.moments[:, 0, :]
        worse = -1.0 if self.metric.higher_is_better else 1.0
        with np.errstate(invalid="ignore", divide="ignore"):
            permuted, plain = sums[:, 1] / sums[:, 2], sums[:, 3] / sums[:, 4]
            # What a row moves the difference by: the derivative of both ratios in the five sums.
            weights = np.zeros((len(sums), _TERMS))
            weights[:, 1], weights[:, 2] = 2 / sums[:, 2], -2 * permuted / sums[:, 2]
            weights[:, 3], weights[:, 4] = -1 / sums[:, 4], plain / sums[:, 4]
            squares = np.einsum("ci,cij,cj->c", weights, self.moments, weights)
            error = np.sqrt(np.maximum(squares, 0) * self.rows / (self.rows - 1))
            importance = worse * (permuted - plain)
            reach = t.isf((1 - CONFIDENCE) / 2, self.rows - 1) * error
            p = 2 * t.sf(np.abs(importance) / error, self.rows - 1)
        # Sums in another order differ in their last digits, which is no importance.
        same = np.abs(importance) <= _ROUNDING * max(np.abs(plain).max(initial=0), np.abs(permuted).max(initial=0))
        importance, p = np.where(same, 0.0, importance), np.where(same, 1.0, p)
        return pd.DataFrame(
            {
                "permuted": permuted,
                "importance": importance,
                "low": importance - reach,
                "high": importance + reach,
                "p": p,
            }
        )


def permute(
    model: Model,
    frame: pd.DataFrame,
    outcomes: Outcomes,
    columns: Sequence[tuple[int, ...]],
    metric: Metric,
    *,
    repeats: int = REPEATS,
    seed: int = 0,
    progress: Progress | None = None,
    pace: Pace | None = None,
) -> Permuted:
    """Return the permutation importance of columns, several permuted by one call of the model.

    Parameters
    ----------
    model
        The model.
    frame
        Rows, among which values are dealt anew.
    outcomes
        What was predicted for them and what came.
    columns
        Positions of the columns that are permuted together, each alone or as a group.
    metric
        What is measured; one that knows which way is better.
    repeats
        Times each is permuted.
    seed
        Of the permutations.
    progress
        Told how far it is, between two calls of the model.
    pace
        How quickly the model predicts, if known: it bounds the rows of one call.
    """
    progress = progress or Progress(what="permutation importance")
    random = np.random.default_rng(seed)
    rows = len(frame)
    deals = [(place, random.permutation(rows)) for place in range(len(columns)) for _ in range(repeats)]
    plain = np.stack(metric.terms(outcomes), axis=1)
    got, gave = np.zeros((2, len(columns), rows, 2))
    done, pace = 0, pace or Pace()
    while done < len(deals):
        progress.at("Permuting columns", done / len(deals))
        some = deals[done : done + max(1, int(pace.at_once / rows))]
        started = time.perf_counter()
        with of_mixed_rows():
            prediction = model.predict(_dealt(frame, columns, some))
        pace = pace.after(len(some) * rows, time.perf_counter() - started)
        for (place, deal), predicted in zip(some, prediction.reshape(len(some), rows, -1), strict=True):
            terms = np.stack(metric.terms(replace(outcomes, prediction=predicted)), axis=1) / repeats
            got[place] += terms
            gave[place][deal] += terms
        done += len(some)
    moments = np.empty((len(columns), _TERMS, _TERMS))
    for place in range(len(columns)):
        line = np.column_stack([np.ones(rows), got[place] + gave[place], plain])
        moments[place] = line.T @ line
    return Permuted(metric, rows, repeats, moments)


def _dealt(
    frame: pd.DataFrame, columns: Sequence[tuple[int, ...]], deals: Sequence[tuple[int, np.ndarray]]
) -> pd.DataFrame:
    """Return the rows once for each deal, with the columns of its group dealt anew."""
    rows = len(frame)
    as_they_are = np.tile(np.arange(rows), len(deals))
    touched: dict[int, np.ndarray] = {}
    for turn, (place, deal) in enumerate(deals):
        for column in columns[place]:
            taken = touched.setdefault(column, as_they_are.copy())
            taken[turn * rows : (turn + 1) * rows] = deal
    parts = {place: frame.iloc[:, place].array.take(touched.get(place, as_they_are)) for place in range(frame.shape[1])}
    return pd.DataFrame(parts, copy=False).set_axis(frame.columns, axis=1)
