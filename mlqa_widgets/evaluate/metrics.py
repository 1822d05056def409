"""Metrics as ratios of sums over rows, so that any group of rows has its figure and its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mlqa_widgets.models.model import Task


@dataclass(frozen=True)
class Outcomes:
    """What was predicted and what came.

    Attributes
    ----------
    task
        Binary, multiclass or regression.
    classes
        Labels of the classes; empty for regression.
    actual
        Position of the class of each row (int64), or its value (float64).
    prediction
        Shape (rows, outputs), as ``Model.predict`` returns it.
    threshold
        Probability of the second class from which a binary prediction is that class.
    """

    task: Task
    classes: tuple[Any, ...]
    actual: np.ndarray
    prediction: np.ndarray
    threshold: float = 0.5

    @cached_property
    def predicted(self) -> np.ndarray:
        """Position of the predicted class of each row, or its predicted value."""
        if self.task is Task.REGRESSION:
            return self.prediction[:, 0]
        if self.task is Task.BINARY:
            return (self.prediction[:, 1] >= self.threshold).astype(np.int64)
        return self.prediction.argmax(axis=1)

    @cached_property
    def graded(self) -> bool:
        """Whether classes have probabilities; False where all are 0 or 1, as those of a model that only names classes."""
        return self.task is not Task.REGRESSION and not bool(np.isin(self.prediction, (0, 1)).all())

    @property
    def probability(self) -> np.ndarray:
        """Probability of the second class of a binary model."""
        return self.prediction[:, 1]


@dataclass(frozen=True)
class Metric:
    """A ratio of two sums over rows; both terms are known for each row.

    Attributes
    ----------
    id, label
        ``log_loss``, "log loss".
    tasks
        Where it has a meaning.
    higher_is_better
        Which way is better; None where neither is, as for bias.
    terms
        Takes outcomes, returns numerator and denominator per row, float64. A row with denominator 0 does not count.
    """

    id: str
    label: str
    tasks: tuple[Task, ...]
    higher_is_better: bool | None
    terms: Callable[[Outcomes], tuple[np.ndarray, np.ndarray]]


def _right(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    return (o.predicted == o.actual).astype(float), np.ones(len(o.actual))


def _wrong(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    return (o.predicted != o.actual).astype(float), np.ones(len(o.actual))


def _precision(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    positive = o.predicted == 1
    return (positive & (o.actual == 1)).astype(float), positive.astype(float)


def _recall(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    positive = o.actual == 1
    return (positive & (o.predicted == 1)).astype(float), positive.astype(float)


def _specificity(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    negative = o.actual == 0
    return (negative & (o.predicted == 0)).astype(float), negative.astype(float)


def _f1(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    predicted, actual = o.predicted == 1, o.actual == 1
    return 2.0 * (predicted & actual), predicted.astype(float) + actual


def _log_loss(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    given = o.prediction[np.arange(len(o.actual)), o.actual]
    return -np.log(np.clip(given, 1e-15, 1.0)), np.ones(len(o.actual))


def _brier(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    return (o.probability - o.actual) ** 2, np.ones(len(o.actual))


def _absolute_error(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    return np.abs(o.predicted - o.actual), np.ones(len(o.actual))


def _squared_error(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    return (o.predicted - o.actual) ** 2, np.ones(len(o.actual))


def _bias(o: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    return o.predicted - o.actual, np.ones(len(o.actual))


_CLASSES = (Task.BINARY, Task.MULTICLASS)
_METRICS = (
    Metric("error_rate", "error rate", _CLASSES, higher_is_better=False, terms=_wrong),
    Metric("accuracy", "accuracy", _CLASSES, higher_is_better=True, terms=_right),
    Metric("precision", "precision", (Task.BINARY,), higher_is_better=True, terms=_precision),
    Metric("recall", "recall", (Task.BINARY,), higher_is_better=True, terms=_recall),
    Metric("specificity", "specificity", (Task.BINARY,), higher_is_better=True, terms=_specificity),
    Metric("f1", "F1", (Task.BINARY,), higher_is_better=True, terms=_f1),
    Metric("log_loss", "log loss", _CLASSES, higher_is_better=False, terms=_log_loss),
    Metric("brier", "Brier score", (Task.BINARY,), higher_is_better=False, terms=_brier),
    Metric("mae", "mean absolute error", (Task.REGRESSION,), higher_is_better=False, terms=_absolute_error),
    Metric("mse", "mean squared error", (Task.REGRESSION,), higher_is_better=False, terms=_squared_error),
    Metric("bias", "bias (predicted - actual)", (Task.REGRESSION,), higher_is_better=None, terms=_bias),
)
METRICS = {metric.id: metric for metric in _METRICS}
