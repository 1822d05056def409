"""Figures of a confusion matrix, each with its interval by the delta method over the matrix' cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mlqa_widgets.evaluate.figures import CONFIDENCE

Statistic = Callable[[np.ndarray], np.ndarray]
"""Takes matrices of counts or shares, shape (..., classes, classes), actual by predicted; returns shape (...)."""

_STEP = 1e-7
_CHUNK = 4_000_000


def confusion(actual: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Return counts of actual (lines) by predicted class, int64."""
    return np.bincount(actual * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def interval(statistic: Statistic, counts: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of a figure of a confusion matrix.

    Rows fall into cells as a multinomial; the figure is taken as linear in their shares (delta method). Missing where the
    figure does not move with any of them, as when no prediction is wrong: then nothing is known of its spread.
    """
    from scipy.stats import norm

    rows = counts.sum()
    shares = counts / rows
    value = float(statistic(shares))
    filled = np.argwhere(counts > 0)
    slopes = np.empty(len(filled))
    at_once = max(1, _CHUNK // counts.size)
    for first in range(0, len(filled), at_once):
        some = filled[first : first + at_once]
        moved = np.repeat(shares[None], len(some), axis=0)
        moved[np.arange(len(some)), some[:, 0], some[:, 1]] += _STEP
        slopes[first : first + at_once] = (statistic(moved) - value) / _STEP
    weights = shares[tuple(filled.T)]
    variance = float((weights @ slopes**2 - (weights @ slopes) ** 2) / rows)
    if not variance > 1e-14 / rows:
        return float("nan"), float("nan")
    reach = float(norm.isf((1 - CONFIDENCE) / 2)) * variance**0.5
    return value - reach, value + reach


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), 0.0)


def recalls(matrix: np.ndarray) -> np.ndarray:
    """Return the share of each class that is predicted so; 0 where it never came."""
    return _ratio(np.diagonal(matrix, axis1=-2, axis2=-1), matrix.sum(axis=-1))


def f1_of_classes(matrix: np.ndarray) -> np.ndarray:
    """Return the F1 of each class against all others; 0 where it neither came nor was predicted."""
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    return _ratio(2 * hits, matrix.sum(axis=-1) + matrix.sum(axis=-2))


def precisions(matrix: np.ndarray) -> np.ndarray:
    """Return the share of what is predicted to be of each class that is; 0 where it was never predicted."""
    return _ratio(np.diagonal(matrix, axis1=-2, axis2=-1), matrix.sum(axis=-2))


def macro_precision(matrix: np.ndarray) -> np.ndarray:
    """Return the mean precision of the classes that came or were predicted."""
    there = matrix.sum(axis=-1) + matrix.sum(axis=-2) > 0
    return (precisions(matrix) * there).sum(axis=-1) / there.sum(axis=-1)


def weighted_precision(matrix: np.ndarray) -> np.ndarray:
    """Return the mean precision of the classes, each weighted by its rows."""
    came = matrix.sum(axis=-1)
    return (precisions(matrix) * came).sum(axis=-1) / came.sum(axis=-1)


def balanced_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Return the mean recall of the classes that came."""
    came = matrix.sum(axis=-1) > 0
    return (recalls(matrix) * came).sum(axis=-1) / came.sum(axis=-1)


def f1(matrix: np.ndarray) -> np.ndarray:
    """Return the F1 of the second class."""
    return f1_of_classes(matrix)[..., 1]


def macro_f1(matrix: np.ndarray) -> np.ndarray:
    """Return the mean F1 of the classes that came or were predicted."""
    there = matrix.sum(axis=-1) + matrix.sum(axis=-2) > 0
    return (f1_of_classes(matrix) * there).sum(axis=-1) / there.sum(axis=-1)


def weighted_f1(matrix: np.ndarray) -> np.ndarray:
    """Return the mean F1 of the classes, each weighted by its rows."""
    came = matrix.sum(axis=-1)
    return (f1_of_classes(matrix) * came).sum(axis=-1) / came.sum(axis=-1)


def matthews(matrix: np.ndarray) -> np.ndarray:
    """Return the correlation of Matthews, for several classes as by Gorodkin (2004); 0 where either side is all alike."""
    shares = matrix / matrix.sum(axis=(-2, -1), keepdims=True)
    came, said = shares.sum(axis=-1), shares.sum(axis=-2)
    top = np.trace(shares, axis1=-2, axis2=-1) - (came * said).sum(axis=-1)
    spread = (1 - (came**2).sum(axis=-1)) * (1 - (said**2).sum(axis=-1))
    return _ratio(top, np.sqrt(np.maximum(spread, 0)))
