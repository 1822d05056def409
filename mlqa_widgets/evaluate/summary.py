"""All standard figures of a model's outcomes, each with its interval and the method of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mlqa_widgets.evaluate import cells
from mlqa_widgets.evaluate.calibration import calibration
from mlqa_widgets.evaluate.figures import CONFIDENCE, ENOUGH, Measure, wilson
from mlqa_widgets.evaluate.metrics import METRICS, Outcomes
from mlqa_widgets.evaluate.ranking import average_precision, mean_roc_auc, roc_auc
from mlqa_widgets.models.model import Task

WILSON = "Wilson"
DELTA = "delta method"
STUDENT = "Student's t"
DELONG = "DeLong"
LOGIT = "logit (Boyd et al.)"
ORDER = "order statistics"
BOOTSTRAP = "bootstrap, at least 95 %"


@dataclass(frozen=True)
class Figure:
    """One figure of a model.

    Attributes
    ----------
    id, label
        ``roc_auc``, "ROC AUC".
    value, low, high
        The figure and its 95 % interval; missing where it cannot be told.
    method
        How the interval was found.
    share
        Whether it is read as a percentage.
    """

    id: str
    label: str
    value: float
    low: float
    high: float
    method: str
    share: bool = False


def figures(outcomes: Outcomes) -> tuple[Figure, ...]:
    """Return every figure that has a meaning for the task."""
    match outcomes.task:
        case Task.BINARY:
            return tuple(_binary(outcomes))
        case Task.MULTICLASS:
            return tuple(_multiclass(outcomes))
        case _:
            return tuple(_values(outcomes))


def class_figures(outcomes: Outcomes, place: int) -> tuple[Figure, ...]:
    """Return the figures of one class of several against all others."""
    predicted, actual = outcomes.predicted == place, outcomes.actual == place
    both = float((predicted & actual).sum())
    f1 = cells.confusion(actual.astype(np.int64), predicted.astype(np.int64), 2)
    probability = outcomes.prediction[:, place]
    ranked = (
        Figure("roc_auc", "ROC AUC", *roc_auc(actual, probability), DELONG),
        Figure("average_precision", "average precision", *average_precision(actual, probability), LOGIT),
    )
    return (
        _share("precision", "precision", both, float(predicted.sum())),
        _share("recall", "recall", both, float(actual.sum())),
        _of_cells("f1", "F1", cells.f1, f1, share=True),
        *(ranked if outcomes.graded else ()),
    )


def _binary(outcomes: Outcomes) -> Iterator[Figure]:
    matrix = cells.confusion(outcomes.actual, outcomes.predicted, 2)
    (tn, fp), (fn, tp) = matrix.tolist()
    yield _share("accuracy", "accuracy", tp + tn, matrix.sum())
    yield _of_cells("balanced_accuracy", "balanced accuracy", cells.balanced_accuracy, matrix, share=True)
    yield _share("precision", "precision", tp, tp + fp)
    yield _share("recall", "recall", tp, tp + fn)
    yield _share("specificity", "specificity", tn, tn + fp)
    yield _of_cells("f1", "F1", cells.f1, matrix, share=True)
    yield _of_cells("matthews", "Matthews correlation", cells.matthews, matrix)
    if not outcomes.graded:
        return
    came = outcomes.actual == 1
    yield Figure("roc_auc", "ROC AUC", *roc_auc(came, outcomes.probability), DELONG)
    yield Figure("average_precision", "average precision", *average_precision(came, outcomes.probability), LOGIT)
    yield _mean("log_loss", outcomes)
    yield _mean("brier", outcomes)
    yield _calibration_error(came, outcomes.probability)


def _multiclass(outcomes: Outcomes) -> Iterator[Figure]:
    matrix = cells.confusion(outcomes.actual, outcomes.predicted, len(outcomes.classes))
    yield _share("accuracy", "accuracy", float(np.trace(matrix)), matrix.sum())
    yield _of_cells("balanced_accuracy", "balanced accuracy", cells.balanced_accuracy, matrix, share=True)
    yield _of_cells("macro_precision", "precision, mean of classes", cells.macro_precision, matrix, share=True)
    yield _of_cells("weighted_precision", "precision, weighted by rows", cells.weighted_precision, matrix, share=True)
    yield _of_cells("macro_f1", "F1, mean of classes", cells.macro_f1, matrix, share=True)
    yield _of_cells("weighted_f1", "F1, weighted by rows", cells.weighted_f1, matrix, share=True)
    yield _of_cells("matthews", "Matthews correlation", cells.matthews, matrix)
    if not outcomes.graded:
        return
    yield Figure("roc_auc", "ROC AUC, mean of classes", *mean_roc_auc(outcomes.actual, outcomes.prediction), DELONG)
    yield _mean("log_loss", outcomes)
    yield _calibration_error(outcomes.predicted == outcomes.actual, outcomes.prediction.max(axis=1))


def _values(outcomes: Outcomes) -> Iterator[Figure]:
    actual, residual = outcomes.actual, outcomes.predicted - outcomes.actual
    yield _mean("mae", outcomes)
    squared = _mean("mse", outcomes)
    low, high = (max(end, 0.0) ** 0.5 for end in (squared.low, squared.high))
    yield Figure("rmse", "root mean squared error", squared.value**0.5, low, high, DELTA)
    yield Figure("median_absolute_error", "median absolute error", *_median(np.abs(residual)), ORDER)
    yield _mean("bias", outcomes)
    yield _r2(actual, residual)
    if (actual > 0).all():
        relative = np.abs(residual) / actual
        yield _student("mape", "mean absolute percentage error", relative, share=True)


def _share(name: str, label: str, hits: float, rows: float) -> Figure:
    if not rows:
        return Figure(name, label, float("nan"), float("nan"), float("nan"), WILSON, share=True)
    low, high = wilson(np.array([hits]), np.array([rows]))
    return Figure(name, label, hits / rows, float(low[0]), float(high[0]), WILSON, share=True)


def _of_cells(name: str, label: str, statistic: cells.Statistic, matrix: np.ndarray, *, share: bool = False) -> Figure:
    low, high = np.clip(cells.interval(statistic, matrix), 0 if share else -1, 1).tolist()
    return Figure(name, label, float(statistic(matrix)), low, high, DELTA, share=share)


def _calibration_error(came: np.ndarray, probability: np.ndarray) -> Figure:
    found = calibration(came, probability)
    label = "expected calibration error"
    return Figure("ece", label, found.error, found.error_low, found.error_high, BOOTSTRAP, share=True)


def _mean(name: str, outcomes: Outcomes) -> Figure:
    metric = METRICS[name]
    return _student(name, metric.label, Measure.of(metric, outcomes).top)


def _student(name: str, label: str, values: np.ndarray, *, share: bool = False) -> Figure:
    from scipy.stats import t

    rows, mean = len(values), float(values.mean())
    if rows < ENOUGH:
        return Figure(name, label, mean, float("nan"), float("nan"), STUDENT, share=share)
    reach = float(t.isf((1 - CONFIDENCE) / 2, rows - 1)) * float(values.std(ddof=1)) / rows**0.5
    return Figure(name, label, mean, mean - reach, mean + reach, STUDENT, share=share)


def _median(values: np.ndarray) -> tuple[float, float, float]:
    """Return the median with the distribution-free interval of its order statistics."""
    from scipy.stats import binom

    rows = len(values)
    below = int(binom.ppf((1 - CONFIDENCE) / 2, rows, 0.5))
    middle = float(np.median(values))
    if below < 1:
        return middle, float("nan"), float("nan")
    places = [below - 1, rows - below]
    low, high = np.partition(values, places)[places]
    return middle, float(low), float(high)


def _r2(actual: np.ndarray, residual: np.ndarray) -> Figure:
    """Return R², with the interval by its influence function."""
    from scipy.stats import norm

    missed, spread = residual**2, (actual - actual.mean()) ** 2
    if not spread.any():
        return Figure("r2", "R²", float("nan"), float("nan"), float("nan"), DELTA)
    left = float(missed.mean() / spread.mean())
    influence = (missed - left * spread) / spread.mean()
    reach = float(norm.isf((1 - CONFIDENCE) / 2)) * float(influence.std()) / len(actual) ** 0.5
    known = len(actual) >= ENOUGH
    low, high = (1 - left - reach, 1 - left + reach) if known else (float("nan"), float("nan"))
    return Figure("r2", "R²", 1 - left, low, min(high, 1.0) if known else high, DELTA)
