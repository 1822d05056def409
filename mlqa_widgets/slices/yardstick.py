"""What slices are measured by: a metric with its terms per row, or a function of the user's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.figures import Measure
from mlqa_widgets.evaluate.metrics import METRICS, Metric
from mlqa_widgets.explain.sentence import figure
from mlqa_widgets.models.model import Task
from mlqa_widgets.naming import nearest
from mlqa_widgets.slices.custom import CustomMetric, Function
from mlqa_widgets.wording import percent

_SHARES = ("error_rate", "accuracy", "precision", "recall", "specificity", "f1")


@dataclass(frozen=True)
class Yardstick:
    """A metric ready to compare any rows of an analysis with all others.

    Attributes
    ----------
    id, label
        ``error_rate``, "error rate".
    higher_is_better
        Which way is better; None where neither is, or where nobody knows.
    share
        Whether it runs from 0 to 1 and is read as a percentage.
    scale
        Compares rows.
    """

    id: str
    label: str
    higher_is_better: bool | None
    share: bool
    scale: Measure | CustomMetric

    def worse(self, difference: float) -> bool:
        """Whether a difference from the rest is for the worse; either way is where neither is better."""
        return abs(difference) > 0 if self.higher_is_better is None else (difference < 0) == self.higher_is_better

    def text(self, value: float) -> str:
        """Return a figure in words."""
        if np.isnan(value):
            return "not known"
        return percent(value) if self.share else figure(value)

    def difference_text(self, difference: float) -> str:
        """Return a difference in words, with its sign; of shares in percentage points."""
        if np.isnan(difference):
            return "not known"
        sign = "+" if difference > 0 else "−" if difference < 0 else ""
        size = abs(difference)
        return f"{sign}{round(100 * size, 1):g} points" if self.share else f"{sign}{figure(size)}"


def yardstick(analysis: ModelAnalysis, metric: str | Function | None) -> Yardstick:
    """Return what slices of an analysis are measured by.

    Parameters
    ----------
    metric
        The id of a metric that has a meaning for the task, or a function ``(y_true, y_pred) -> float`` of labels or
        values. If not given: the error rate, or the mean absolute error.

    Raises
    ------
    InputError
        When there is no such metric, or what came is not known.
    """
    outcomes = analysis.outcomes
    if callable(metric):
        classes = np.asarray(outcomes.classes, dtype=object)
        actual, predicted = (
            codes if outcomes.task is Task.REGRESSION else np.array(classes[codes].tolist())
            for codes in (outcomes.actual, outcomes.predicted)
        )
        custom = CustomMetric(metric, actual, predicted).tried()
        return Yardstick("custom", custom.label, None, share=False, scale=custom)
    usable = usable_metrics(analysis)
    name = metric or ("mae" if outcomes.task is Task.REGRESSION else "error_rate")
    if name not in usable:
        msg = f"metric: {name!r} is no metric of a {outcomes.task.value} model. {nearest(name, usable)}"
        raise InputError(msg)
    found = usable[name]
    return Yardstick(found.id, found.label, found.higher_is_better, found.id in _SHARES, Measure.of(found, outcomes))


def usable_metrics(analysis: ModelAnalysis) -> dict[str, Metric]:
    """Return the metrics that have a meaning for the model of an analysis, by id."""
    task = analysis.model.task
    return {metric.id: metric for metric in METRICS.values() if task in metric.tasks}
