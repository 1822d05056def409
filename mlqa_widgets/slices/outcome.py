"""How the model errs on some rows and on the rest: the confusion matrix, or how residuals are spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.models.model import Task

_BINS = 24
_TAIL = 0.01


@dataclass(frozen=True)
class Confusion:
    """Counts of what came (rows) against what was predicted (columns), for some rows and for all others."""

    here: pd.DataFrame
    rest: pd.DataFrame


@dataclass(frozen=True)
class Residuals:
    """How predicted - actual is spread over some rows and over all others.

    Attributes
    ----------
    edges
        Ends of the spans, in the unit of the target; what lies beyond the outer ones is counted in them.
    here, rest
        Share of the rows in each span, 0 to 1.
    mean_here, mean_rest
        Mean residual.
    """

    edges: np.ndarray
    here: np.ndarray
    rest: np.ndarray
    mean_here: float
    mean_rest: float


def outcome(analysis: ModelAnalysis, positions: np.ndarray) -> Confusion | Residuals:
    """Return how the model errs on some rows and on all others.

    Raises
    ------
    InputError
        When what came is not known.
    """
    outcomes = analysis.outcomes
    inside = np.zeros(len(outcomes.actual), dtype=bool)
    inside[positions] = True
    if outcomes.task is Task.REGRESSION:
        return _residuals(outcomes.predicted - outcomes.actual, inside)
    classes = pd.Index(outcomes.classes, dtype=object)
    size = len(classes)

    def counts(rows: np.ndarray) -> pd.DataFrame:
        cells = np.bincount(outcomes.actual[rows] * size + outcomes.predicted[rows], minlength=size * size)
        return pd.DataFrame(cells.reshape(size, size), classes.rename("actual"), classes.rename("predicted"))

    return Confusion(counts(inside), counts(~inside))


def _residuals(residual: np.ndarray, inside: np.ndarray) -> Residuals:
    low, high = np.quantile(residual, [_TAIL, 1 - _TAIL])
    edges = np.linspace(low, high, _BINS + 1) if low < high else np.array([low - 0.5, low + 0.5])

    def shares(rows: np.ndarray) -> np.ndarray:
        counts = np.histogram(np.clip(residual[rows], edges[0], edges[-1]), edges)[0]
        return counts / max(1, rows.sum())

    def mean(rows: np.ndarray) -> float:
        return float(residual[rows].mean()) if rows.any() else float("nan")

    return Residuals(edges, shares(inside), shares(~inside), mean(inside), mean(~inside))
