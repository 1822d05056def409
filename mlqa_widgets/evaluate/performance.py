"""How good a model is: its figures with intervals, its curves, and what each threshold would do."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate import cells
from mlqa_widgets.evaluate.calibration import Calibration, calibration
from mlqa_widgets.evaluate.figures import FIGURES, Measure
from mlqa_widgets.evaluate.metrics import Outcomes
from mlqa_widgets.evaluate.periods import Periods, periods
from mlqa_widgets.evaluate.residuals import ResidualSpread, residual_spread
from mlqa_widgets.evaluate.summary import Figure, class_figures, figures
from mlqa_widgets.evaluate.thresholds import Costs, counts_at_thresholds, payoff_at_thresholds
from mlqa_widgets.models.model import Task
from mlqa_widgets.naming import nearest
from mlqa_widgets.slices.partitions import Partition, partitions
from mlqa_widgets.slices.yardstick import Yardstick, yardstick
from mlqa_widgets.views import View
from mlqa_widgets.wording import count, percent, shortened

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.analysis import ModelAnalysis
    from mlqa_widgets.widgets.performance import PerformanceWidget

_KEPT = 50
_BARS = 50


class Performance(View):
    """The figures and curves of one analysis. They follow :meth:`ModelAnalysis.set_threshold`.

    Parameters
    ----------
    analysis
        Its outcomes are looked at.
    costs
        What one row of each outcome brings, see :attr:`costs`.
    """

    def __init__(self, analysis: ModelAnalysis, costs: Mapping[str, float] | None = None) -> None:
        super().__init__(analysis)
        self._outcomes = analysis.outcomes
        self._counts: dict[tuple[int, float], pd.DataFrame] = {}
        if costs is not None:
            self._demand(Task.BINARY, "costs: only a model of two classes has these outcomes")
        self._costs = Costs.of(costs)
        self.costs_given = costs is not None

    # ------------------------------------------------------------------ figures

    @property
    def outcomes(self) -> Outcomes:
        """What was predicted and what came, at the threshold of the analysis."""
        return self.analysis.outcomes

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure with its interval and how that was found."""
        if self._outcomes is not self.outcomes or "_figures" not in self.__dict__:
            self._outcomes, self._figures = self.outcomes, figures(self.outcomes)
        return self._figures

    @property
    def frame(self) -> pd.DataFrame:
        """Every figure: columns ``value``, ``low``, ``high`` (95 % interval) and ``interval`` (its method), by ``metric``.

        Precision, recall, specificity, F1 and average precision are those of the second class.
        """
        lines = [(one.id, one.value, one.low, one.high, one.method) for one in self.figures]
        return pd.DataFrame(lines, columns=["metric", "value", "low", "high", "interval"]).set_index("metric")

    @property
    def of_classes(self) -> pd.DataFrame:
        """The figures of each class against all others: a line per class and metric, columns as in :attr:`frame`, and ``rows``.

        Raises
        ------
        InputError
            For a model of values.
        """
        outcomes = self.outcomes
        if outcomes.task is Task.REGRESSION:
            msg = "of_classes: a model of values has no classes."
            raise InputError(msg)
        lines = [
            (label, one.id, one.value, one.low, one.high, one.method, int((outcomes.actual == place).sum()))
            for place, label in enumerate(outcomes.classes)
            for one in class_figures(outcomes, place)
        ]
        columns = ["class", "metric", "value", "low", "high", "interval", "rows"]
        return pd.DataFrame(lines, columns=columns).set_index(["class", "metric"])

    @property
    def confusion(self) -> pd.DataFrame:
        """Counts of what came (lines) against what was predicted (columns).

        Raises
        ------
        InputError
            For a model of values.
        """
        return self.confusion_of(slice(None))

    def confusion_of(self, rows: Any) -> pd.DataFrame:
        """Return the confusion matrix of some rows: positions, a mask or a slice."""
        outcomes = self.outcomes
        if outcomes.task is Task.REGRESSION:
            msg = "confusion: a model of values has no classes to confuse; see residuals."
            raise InputError(msg)
        classes = pd.Index(outcomes.classes, dtype=object)
        counts = cells.confusion(outcomes.actual[rows], outcomes.predicted[rows], len(classes))
        return pd.DataFrame(counts, classes.rename("actual"), classes.rename("predicted"))

    @property
    def sentence(self) -> str:
        """How good the model is, in a sentence."""
        found = {one.id: one for one in self.figures}
        if self.outcomes.task is Task.REGRESSION:
            mae, r2 = found["mae"], found["r2"]
            usual = float(np.abs(self.outcomes.actual - np.median(self.outcomes.actual)).mean())
            return (
                f"Predictions miss by {_figure(mae.value)} on average ({_span(mae)}); always saying the median would miss by "
                f"{_figure(usual)}. R² is {_figure(r2.value)}."
            )
        accuracy = found["accuracy"]
        often = np.bincount(self.outcomes.actual, minlength=len(self.outcomes.classes))
        most = self.outcomes.classes[int(often.argmax())]
        said = (
            f"{percent(accuracy.value)} are right ({_span(accuracy)}); always saying {most} would be right in "
            f"{percent(often.max() / often.sum())}."
        )
        if self.outcomes.task is Task.BINARY and "roc_auc" in found and not np.isnan(found["roc_auc"].value):
            said += f" ROC AUC is {found['roc_auc'].value:.3f} ({_span(found['roc_auc'], '.3f')})."
        if self.outcomes.task is Task.MULTICLASS:
            said += self._confused_most
        return said

    @property
    def _confused_most(self) -> str:
        wrong = self.confusion.to_numpy(copy=True)
        np.fill_diagonal(wrong, 0)
        if not wrong.any():
            return ""
        actual, predicted = np.unravel_index(int(wrong.argmax()), wrong.shape)
        came, taken = (shortened(str(self.outcomes.classes[int(place)])) for place in (actual, predicted))
        return f" Most often {came} is taken for {taken}: {count(int(wrong.max()), 'row')}."

    # ------------------------------------------------------------------ thresholds

    @property
    def without_probabilities(self) -> str:
        """Why there are no curves, thresholds and calibration, in a sentence; empty where there are, and for values."""
        outcomes = self.outcomes
        return "" if outcomes.graded or outcomes.task is Task.REGRESSION else _NOT_GRADED

    @cached_property
    def _came(self) -> np.ndarray:
        outcomes = self._demand(Task.BINARY, "threshold: only a model of two classes has one")
        if not outcomes.graded:
            raise InputError(_NOT_GRADED)
        return outcomes.actual == 1

    def _demand(self, task: Task, what: str) -> Outcomes:
        outcomes = self.analysis.outcomes
        if outcomes.task is not task:
            msg = f"{what}; this one is of {outcomes.task.value} outcomes."
            raise InputError(msg)
        return outcomes

    def counts(self, place: int = 1) -> pd.DataFrame:
        """Return how many rows of a class and of all others reach each threshold: see :func:`counts_at_thresholds`."""
        threshold = self.analysis.threshold
        if (place, threshold) not in self._counts:
            came, also = self.outcomes.actual == place, (threshold,) if self.outcomes.task is Task.BINARY else ()
            self._counts[place, threshold] = counts_at_thresholds(came, self.analysis.prediction[:, place], also)
        return self._counts[place, threshold]

    @property
    def thresholds(self) -> pd.DataFrame:
        """What each of up to some 700 thresholds would do, counted exactly.

        Columns ``threshold``, ``true_positive``, ``false_positive``, ``false_negative``, ``true_negative``, ``payoff``
        (mean over all rows, in the unit of :attr:`costs`), ``best`` and ``as_good`` (as the best one, as far as these
        rows can tell: 95 %).

        Raises
        ------
        InputError
            For a model that has not two classes.
        """
        came = self._came
        positives, negatives = int(came.sum()), int((~came).sum())
        table = self.counts()
        worth = payoff_at_thresholds(table, positives, negatives, self._costs)
        return table.assign(
            false_negative=positives - table["true_positive"],
            true_negative=negatives - table["false_positive"],
            **{name: worth[name] for name in ("payoff", "best", "as_good")},
        )

    @property
    def costs(self) -> dict[str, float]:
        """What one row of each outcome brings: ``true_positive``, ``false_positive``, ``false_negative``, ``true_negative``.

        In a unit of your own: a gain above zero, a cost below. 1 for what is right and -1 for what is wrong if not set. Assign to it
        to see :attr:`best_threshold` move, here and on screen.
        """
        return dict(vars(self._costs))

    @costs.setter
    def costs(self, given: Mapping[str, float]) -> None:
        self._demand(Task.BINARY, "costs: only a model of two classes has these outcomes")
        self._costs, self.costs_given = Costs.of(given), True
        if self._widget is not None:
            self._widget.show()

    @property
    def best_threshold(self) -> float:
        """The threshold with the highest payoff on these rows; ``thresholds.query("as_good")`` says which are as good."""
        table = self.thresholds
        return float(table.loc[table["best"], "threshold"].iloc[0])

    # ------------------------------------------------------------------ curves

    def calibration(self, place: int | None = None) -> Calibration:
        """Return probabilities of a class against how often it came.

        Parameters
        ----------
        place
            Place of the class among ``analysis.model.classes``. If not given: the second of two; of several, that predicted
            for each row, so that "came" is "was right".

        Raises
        ------
        InputError
            For a model of values, or where there is no such class.
        """
        outcomes = self.outcomes
        if outcomes.task is Task.REGRESSION:
            msg = "calibration: a model of values gives no probabilities; see residuals."
            raise InputError(msg)
        if not outcomes.graded:
            raise InputError(_NOT_GRADED)
        if place is None and outcomes.task is Task.MULTICLASS:
            return calibration(outcomes.predicted == outcomes.actual, outcomes.prediction.max(axis=1))
        place = 1 if place is None else place
        if not 0 <= place < len(outcomes.classes):
            msg = f"place: the model has {len(outcomes.classes)} classes, counted from 0; there is none at {place}."
            raise InputError(msg)
        return calibration(outcomes.actual == place, outcomes.prediction[:, place])

    def score_bars(self, place: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the bars that probabilities of a class are counted in, and the bar of each row."""
        edges = np.linspace(0, 1, _BARS + 1)
        score = self.analysis.prediction[:, place]
        return edges, np.clip(np.searchsorted(edges, score, side="right") - 1, 0, _BARS - 1)

    @cached_property
    def residuals(self) -> ResidualSpread:
        """How residuals are spread.

        Raises
        ------
        InputError
            For a model of classes.
        """
        outcomes = self._demand(Task.REGRESSION, "residuals: only a model of values has them")
        return residual_spread(outcomes.actual, outcomes.predicted)

    # ------------------------------------------------------------------ parts of the rows

    @cached_property
    def periods(self) -> Periods:
        """The time column of the analysis cut into calendar periods.

        Raises
        ------
        InputError
            When no time column was named, or it holds no times.
        """
        if self.analysis.time is None:
            msg = "time: name the column that says when: analyze(..., time=...)."
            raise InputError(msg)
        return periods(self.analysis.X[self.analysis.time])

    def over_time(self, metric: str | None = None) -> pd.DataFrame:
        """Return a metric in each calendar period, with its interval.

        Parameters
        ----------
        metric
            As for :meth:`ModelAnalysis.slices`.

        Returns
        -------
        pandas.DataFrame
            One line per period, the shortest of which there are at most 60: ``start``, then as in ``Slices.frame``: ``rows``,
            ``counted``, ``value``, ``low``, ``high``, ``rest`` (all other periods), ``difference``..., ``p``.

        Raises
        ------
        InputError
            When no time column was named, it holds no times, or there is no such metric.
        """
        cut = self.periods
        known = cut.codes >= 0
        measure = self.measured(metric).scale
        size = len(cut.starts)
        table = (
            measure.take(np.flatnonzero(known)).of_categories(cut.codes[known], size)
            if isinstance(measure, Measure)
            else measure.of_categories(np.where(known, cut.codes, size), size + 1).iloc[:size]
        )
        table.insert(0, "start", cut.starts)
        table.insert(1, "rows", np.bincount(cut.codes[known], minlength=size))
        return table

    def by(self, column: Hashable, metric: str | None = None) -> pd.DataFrame:
        """Return a metric in each category of a column, with its interval; all columns at once: ``analysis.slices().frame``.

        Parameters
        ----------
        column
            The column, cut as in ``Slices.frame`` (dates by the first of their parts), or one part of its dates:
            ``departure (weekday)``.
        metric
            As for :meth:`ModelAnalysis.slices`.

        Raises
        ------
        InputError
            When there is no such column or metric.
        """
        named = {cut.name: cut for cut in self.partitions}
        whole: dict[Hashable, Partition] = {}
        for one in self.partitions:
            whole.setdefault(one.column, one)
        cut = whole.get(column) or named.get(str(column))
        if cut is None:
            msg = f"column: {column!r} has no categories to compare. {nearest(str(column), named)}"
            raise InputError(msg)
        return self.of_partition(cut, metric)

    def of_partition(self, cut: Partition, metric: str | None = None) -> pd.DataFrame:
        """Return a metric in each category of a column that is cut already."""
        table = self.measured(metric).scale.of_categories(cut.codes, len(cut.categories))[FIGURES]
        table.insert(0, "category", [condition.label for condition in cut.categories])
        table.insert(1, "rows", np.bincount(cut.codes, minlength=len(table)))
        return table

    @cached_property
    def partitions(self) -> list[Partition]:
        """Every column cut into categories."""
        return partitions(self.analysis.X, _KEPT)

    def measured(self, metric: str | None) -> Yardstick:
        """Return a metric of the outcomes as they are by now."""
        return yardstick(self.analysis, metric)

    # ------------------------------------------------------------------ showing

    def chart(self, what: str | None = None) -> alt.TopLevelMixin:
        """Return one picture as an Altair chart.

        Parameters
        ----------
        what
            Two classes: ``roc`` (if not given), ``precision_recall``, ``calibration``, ``scores``, ``payoff``, ``confusion``.
            Several, or labels alone: ``confusion``. Values: ``predicted_actual`` (if not given), ``residuals``, ``histogram``.
            With a time column also ``time``.

        Raises
        ------
        InputError
            When there is no such picture.
        """
        from mlqa_widgets.charts.performance import charts

        drawn = charts(self)
        name = what or next(iter(drawn))
        if name not in drawn:
            msg = f"what: there is no picture {name!r}. {nearest(name, drawn)}"
            raise InputError(msg)
        return drawn[name](self)

    def _make_widget(self) -> PerformanceWidget:
        from mlqa_widgets.widgets.performance import PerformanceWidget

        return PerformanceWidget(self)

    def __repr__(self) -> str:
        return f"<Performance: {self.sentence}>"


_NOT_GRADED = (
    "The probabilities of this model are all 0 or 1, so there are no curves, thresholds or calibration to look at. Analyse a "
    "model that gives probabilities, not only classes, to see them."
)


def _figure(value: float) -> str:
    return f"{value:.4g}"


def _span(one: Figure, written: str = ".4g") -> str:
    if np.isnan(one.low):
        return "its interval cannot be told"
    if one.share:
        return f"95 % interval {100 * one.low:.1f} to {percent(one.high)}"
    return f"95 % interval {one.low:{written}} to {one.high:{written}}"


def rows_where(outcomes: Outcomes, actual: int, predicted: int, threshold: float | None) -> np.ndarray:
    """Return positions of the rows of one class that are predicted to be of another, at a threshold if one is given."""
    said: Any = outcomes.predicted
    if threshold is not None:
        said = (outcomes.probability >= threshold).astype(np.int64)
    return np.flatnonzero((outcomes.actual == actual) & (said == predicted))
