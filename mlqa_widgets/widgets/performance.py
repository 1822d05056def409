"""The widget of a model's performance: figures, curves, the threshold, parts of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from mlqa_widgets.charts.performance import charts, over_time, score_bars
from mlqa_widgets.evaluate.performance import Performance, rows_where
from mlqa_widgets.evaluate.summary import Figure, class_figures
from mlqa_widgets.evaluate.thresholds import CLEARLY
from mlqa_widgets.models.model import Task
from mlqa_widgets.options import options
from mlqa_widgets.slices.outcome import Confusion, outcome
from mlqa_widgets.slices.slice import Comparison, Slice
from mlqa_widgets.slices.yardstick import usable_metrics
from mlqa_widgets.widgets.compared import or_none, slice_line
from mlqa_widgets.widgets.linked import Answer, LinkedWidget
from mlqa_widgets.widgets.messages.performance import (
    ClassLine,
    FigureView,
    PayoffView,
    PerformanceView,
    SelectedView,
    ThresholdsView,
    TimeView,
)
from mlqa_widgets.widgets.messages.slices import SliceLine
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import count, percent, shortened, visible

_CLASSES = 30
_WHAT = {
    "scores": "probability",
    "calibration": "probability",
    "residuals": "prediction",
    "histogram": "predicted − actual",
}


class PerformanceWidget(LinkedWidget):
    """Shows how good a model is.

    Attributes
    ----------
    view
        Figures, curves, and the counts that the browser moves the threshold over.
    """

    _esm = module_path("performance.js")
    _css = module_path("performance.css")
    source = "performance"

    def __init__(self, performance: Performance) -> None:
        self._performance = performance
        super().__init__(performance.analysis)
        performance.analysis.on_threshold(self._show_if_live)

    def _show_if_live(self) -> None:
        if self.comm is not None:
            self.show()

    def show(self) -> None:
        """Fill ``view`` with the figures at the threshold of the analysis."""
        self.view = _performance_view(self._performance)

    def selection_changed(self) -> None:
        """Show how the model does on the rows selected elsewhere."""
        self.view = {**self.view, "selected": _selected(self._performance)}

    # ------------------------------------------------------------------ requests

    def _cell(self, request: dict[str, Any]) -> None:
        outcomes, place = self._performance.outcomes, request["predicted"]
        rows = rows_where(outcomes, request["actual"], place, request["threshold"])
        came, said = (str(outcomes.classes[i]) for i in (request["actual"], place))
        label = f"{came}, predicted rightly" if came == said else f"{came}, predicted to be {said}"
        self.analysis.select(rows, label, source=self.source)

    def _bin(self, request: dict[str, Any]) -> None:
        of, place, performance = request["of"], request["place"], self._performance
        if of == "time":
            cut = performance.periods
            label = f"{self.analysis.time}: {cut.length} of {cut.starts[place]:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
            self.analysis.select(cut.codes == place, label, source=self.source)
            return
        match of:
            case "scores":
                edges, bins = score_bars(performance)
                low, high = edges[place], edges[place + 1]
            case "calibration" if performance.outcomes.task is not Task.REGRESSION:
                found = performance.calibration()
                bins, (low, high) = found.bins, found.table.loc[place, ["low", "high"]]
            case "histogram":
                bins, edges = performance.residuals.bars, performance.residuals.edges
                low, high = edges[place], edges[place + 1]
            case _:
                bins = performance.residuals.spans
                low, high = performance.residuals.table.loc[place, ["low", "high"]]
        label = f"{_WHAT[of]} {low:.3g} to {high:.3g}"
        self.analysis.select(bins == place, label, source=self.source)

    def _column(self, request: dict[str, Any]) -> list[SliceLine]:
        performance = self._performance
        cut = performance.partitions[request["column"]]
        measured = performance.measured(request["metric"])
        table = performance.by(cut.name, request["metric"])
        lines = []
        for condition, (_, line) in zip(cut.categories, table.iterrows(), strict=True):
            one = Slice(condition.label, None, np.empty(0), Comparison.of(line))
            lines.append(slice_line(measured, one, int(line["rows"])))
        return lines

    def _category(self, request: dict[str, Any]) -> None:
        cut = self._performance.partitions[request["column"]]
        words = cut.categories[request["place"]].words
        self.analysis.select(cut.codes == request["place"], words, source=self.source)

    def _time(self, request: dict[str, Any]) -> TimeView:
        performance, metric = self._performance, request["metric"]
        spec = over_time(performance.over_time(metric), performance.measured(metric), performance.periods.length)
        return {"spec": spec}

    def _threshold(self, request: dict[str, Any]) -> None:
        self.analysis.set_threshold(request["threshold"])

    def _set_payoff(self, request: dict[str, Any]) -> None:
        self._performance.payoff = request["payoff"]

    answers: ClassVar[Mapping[str, Answer]] = {
        "cell": _cell,
        "bin": _bin,
        "column": _column,
        "category": _category,
        "time": _time,
        "threshold": _threshold,
        "payoff": _set_payoff,
    }

    # ------------------------------------------------------------------ without a kernel

    def static_html(self) -> str:
        """Return the static twin: the sentence, the figures and the confusion matrix."""
        return template("performance.html").render(
            view=self.view, lines=_texts(self._performance.figures), values=options.static_values
        )


def _performance_view(performance: Performance) -> PerformanceView:
    outcomes, analysis = performance.outcomes, performance.analysis
    classes = [shortened(visible(str(label)), 40) for label in outcomes.classes]
    binary, values = outcomes.task is Task.BINARY, outcomes.task is Task.REGRESSION
    several = outcomes.task is Task.MULTICLASS and len(classes) <= _CLASSES
    return {
        "kind": outcomes.task.value,
        "sentence": visible(performance.sentence),
        "rows": len(outcomes.actual),
        "target": visible(analysis.target),
        "classes": classes,
        "figures": [_figure(one) for one in performance.figures],
        "threshold": analysis.threshold if binary else None,
        "thresholds": _thresholds(performance) if binary else None,
        "payoff": _payoff(performance) if binary else None,
        "payoff_given": performance.payoff_given,
        "confusion": None if values or len(classes) > _CLASSES else performance.confusion.to_numpy().tolist(),
        "of_classes": _class_lines(performance, classes) if several else [],
        "charts": charts(performance),
        "calibration": "" if values else _calibrated(performance),
        "metric": "mae" if values else "error_rate",
        "metrics": [{"id": metric.id, "label": metric.label} for metric in usable_metrics(analysis).values()],
        "columns": [visible(cut.name) for cut in performance.partitions],
        "period": "" if analysis.time is None else performance.periods.length,
        "selected": _selected(performance),
    }


def _figure(one: Figure) -> FigureView:
    return {
        "id": one.id,
        "label": one.label,
        "value": or_none(one.value),
        "low": or_none(one.low),
        "high": or_none(one.high),
        "method": one.method,
        "share": one.share,
    }


def _thresholds(performance: Performance) -> ThresholdsView:
    table = performance.thresholds
    hits, alarms = table["true_positive"].tolist(), table["false_positive"].tolist()
    return {
        "threshold": table["threshold"].tolist(),
        "true_positive": hits,
        "false_positive": alarms,
        "positives": hits[0],
        "negatives": alarms[0],
        "clearly": CLEARLY,
    }


def _payoff(performance: Performance) -> PayoffView:
    worth = performance.payoff
    return {
        "true_positive": worth["true_positive"],
        "false_positive": worth["false_positive"],
        "false_negative": worth["false_negative"],
        "true_negative": worth["true_negative"],
    }


def _class_lines(performance: Performance, classes: list[str]) -> list[ClassLine]:
    outcomes = performance.outcomes
    return [
        {
            "label": label,
            "rows": int((outcomes.actual == place).sum()),
            "figures": [_figure(one) for one in class_figures(outcomes, place)],
        }
        for place, label in enumerate(classes)
    ]


def _calibrated(performance: Performance) -> str:
    found = performance.calibration()
    return (
        f"Probabilities miss what came by {percent(found.error)} on average; if they were right, chance alone would make it "
        f"{percent(found.error_by_chance)} with {count(len(found.table), 'group')} of so many rows. Bars are 95 % intervals."
    )


def _selected(performance: Performance) -> SelectedView | None:
    analysis = performance.analysis
    positions = analysis.selected_positions
    if not 0 < len(positions) < len(analysis.X):
        return None
    measured = performance.measured(None)
    found = Comparison.of(measured.scale.of_rows(positions).iloc[0])
    span = ""
    if np.isfinite(found.difference_low):
        low, high = (measured.difference_text(end) for end in (found.difference_low, found.difference_high))
        span = f", 95 % interval of the difference {low.removesuffix(' points')} to {high}"
    split = outcome(analysis, positions)
    return {
        "sentence": visible(
            f"Selected: {analysis.selection_label}. {measured.label.capitalize()} {measured.text(found.value)} against "
            f"{measured.text(found.rest)} for the rest{span}."
        ),
        "confusion": split.here.to_numpy().tolist() if isinstance(split, Confusion) else None,
    }


def _texts(figures: tuple[Figure, ...]) -> list[tuple[str, str, str, str]]:
    """Return label, value, interval and method of each figure in words."""

    def text(one: Figure, value: float) -> str:
        if np.isnan(value):
            return "–"
        return percent(value) if one.share else f"{value:.4g}"

    return [
        (
            one.label,
            text(one, one.value),
            "" if np.isnan(one.low) else f"{text(one, one.low)} to {text(one, one.high)}",
            one.method,
        )
        for one in figures
    ]
