"""The widget of a model's performance: figures, curves, the threshold, parts of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mlqa_widgets.evaluate.calibration import Calibration
from mlqa_widgets.evaluate.figures import adjusted
from mlqa_widgets.evaluate.performance import Performance, rows_where
from mlqa_widgets.evaluate.summary import Figure, class_figures
from mlqa_widgets.evaluate.thresholds import CLEARLY, Costs
from mlqa_widgets.explain.sentence import figure
from mlqa_widgets.models.model import Task
from mlqa_widgets.options import options
from mlqa_widgets.slices.slice import Comparison, Slice
from mlqa_widgets.slices.yardstick import usable_metrics
from mlqa_widgets.widgets.compared import or_none, slice_line
from mlqa_widgets.widgets.linked import Answer, LinkedWidget
from mlqa_widgets.widgets.messages.performance import (
    CalibrationView,
    ClassLine,
    CostsView,
    CountsView,
    CurvesView,
    DotView,
    FigureView,
    PerformanceView,
    SelectedView,
    SpreadView,
    TimeView,
)
from mlqa_widgets.widgets.messages.slices import SliceLine
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import count, percent, shortened, visible

_CLASSES = 30
_DRAWN = 400


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

    def show(self) -> None:
        """Fill ``view`` with the figures at the threshold of the analysis."""
        self.view = _performance_view(self._performance)

    # ------------------------------------------------------------------ what is asked for

    def _curves(self, request: dict[str, Any]) -> CurvesView:
        return _curves_view(self._performance, request["place"])

    def _selected(self, _request: dict[str, Any]) -> SelectedView | None:
        return _selected_view(self._performance)

    def _column(self, request: dict[str, Any]) -> list[SliceLine]:
        performance = self._performance
        cut = performance.partitions[request["column"]]
        measured = performance.measured(request["metric"])
        table = performance.of_partition(cut, request["metric"])
        chances = adjusted(table["p"].to_numpy(dtype=float))
        return [
            slice_line(
                measured,
                Slice(condition.label, None, np.empty(0), Comparison.of(line), q=float(q)),
                int(line["rows"]),
            )
            for condition, (_, line), q in zip(cut.categories, table.iterrows(), chances, strict=True)
        ]

    def _time(self, request: dict[str, Any]) -> TimeView:
        performance, metric = self._performance, request["metric"]
        measured, table = performance.measured(metric), performance.over_time(metric)
        periods, columns = performance.periods.labels, ["rows", "value", "low", "high"]
        return {
            "metric": measured.label,
            "share": measured.share,
            "overall": or_none(measured.scale.overall),
            "start": periods,
            "rows": table["rows"].tolist(),
            "dots": [
                _dot(
                    f"{periods[at]}, {count(rows, 'row')}: {measured.label} {measured.text(value)}",
                    at,
                    value,
                    low,
                    high,
                    measured.text,
                )
                for at, (rows, value, low, high) in enumerate(table[columns].itertuples(index=False))
            ],
        }

    # ------------------------------------------------------------------ what is selected

    def _select(self, rows: np.ndarray, label: str) -> str:
        self.analysis.select(rows, visible(label), source=self.source)
        return self.analysis.selection_label

    def _cell(self, request: dict[str, Any]) -> str:
        outcomes, threshold = self._performance.outcomes, request["threshold"]
        came, said = (shortened(str(outcomes.classes[request[name]])) for name in ("actual", "predicted"))
        at = "" if threshold in (None, self.analysis.threshold) else f" at {threshold:.4g}"
        rows = rows_where(outcomes, request["actual"], request["predicted"], threshold)
        return self._select(rows, f"{self.analysis.target} {came}, predicted {said}{at}")

    def _part(self, request: dict[str, Any]) -> str:
        performance, place, output = self._performance, request["place"], request["output"]
        match request["of"]:
            case "time":
                cut = performance.periods
                return self._select(cut.codes == place, f"{self.analysis.time}: {cut.length} {cut.labels[place]}")
            case "spread":
                low, high = performance.residuals.table.loc[place, ["low", "high"]]
                return self._select(performance.residuals.spans == place, f"prediction {_span(low, high)}")
            case "residuals":
                return self._select(performance.residuals.bars == place, _residual_words(performance, place))
            case "scores":
                edges, bars = performance.score_bars(output)
                rows, (low, high) = bars == place, edges[place : place + 2]
            case _:
                found = performance.calibration(output)
                rows, (low, high) = found.bins == place, found.table.loc[place, ["low", "high"]]
        name = shortened(str(performance.outcomes.classes[output]))
        label = f"probability of {name} {_span(low, high)}"
        if request["came"] is None:
            return self._select(rows, label)
        of_class = performance.outcomes.actual == output
        return self._select(
            rows & (of_class == request["came"]),
            f"{self.analysis.target} {'' if request['came'] else 'not '}{name}, {label}",
        )

    def _category(self, request: dict[str, Any]) -> str:
        cut = self._performance.partitions[request["column"]]
        return self._select(cut.codes == request["place"], cut.categories[request["place"]].words)

    # ------------------------------------------------------------------ what is set

    def _threshold(self, request: dict[str, Any]) -> None:
        self.analysis.set_threshold(request["threshold"])

    def _costs(self, request: dict[str, Any]) -> None:
        self._performance.costs = request["costs"]

    answers: ClassVar[Mapping[str, Answer]] = {
        "curves": _curves,
        "selected": _selected,
        "column": _column,
        "time": _time,
        "cell": _cell,
        "part": _part,
        "category": _category,
        "threshold": _threshold,
        "costs": _costs,
    }

    # ------------------------------------------------------------------ without a kernel

    def static_html(self) -> str:
        """Return the static twin: the sentence, the figures, the confusion matrix, calibration or residuals."""
        performance = self._performance
        return template("performance.html").render(
            view=self.view,
            lines=[_texts(one) for one in performance.figures],
            groups=_groups(performance),
            best=_best(performance) if performance.costs_given else "",
            values=options.static_values,
        )


# ---------------------------------------------------------------------- the view


def _performance_view(performance: Performance) -> PerformanceView:
    outcomes, analysis = performance.outcomes, performance.analysis
    classes = [shortened(str(label)) for label in outcomes.classes]
    values, several = outcomes.task is Task.REGRESSION, outcomes.task is Task.MULTICLASS
    movable = outcomes.task is Task.BINARY and outcomes.graded
    return {
        "kind": outcomes.task.value,
        "sentence": visible(performance.sentence),
        "rows": len(outcomes.actual),
        "target": visible(analysis.target),
        "classes": classes,
        "figures": [_figure_view(one) for one in performance.figures],
        "threshold": analysis.threshold if movable else None,
        "costs": _costs_view(performance) if movable else None,
        "costs_given": performance.costs_given,
        "clearly": CLEARLY,
        "curves": _curves_view(performance, 1) if movable else None,
        "without_probabilities": performance.without_probabilities,
        "confusion": None if values or len(classes) > _CLASSES else performance.confusion.to_numpy().tolist(),
        "of_classes": _class_lines(performance, classes) if several and len(classes) <= _CLASSES else [],
        "spread": _spread_view(performance) if values else None,
        "metric": "mae" if values else "error_rate",
        "metrics": [{"id": metric.id, "label": metric.label} for metric in usable_metrics(analysis).values()],
        "columns": [visible(cut.name) for cut in performance.partitions],
        "period": "" if analysis.time is None else performance.periods.length,
    }


def _figure_view(one: Figure) -> FigureView:
    return {
        "id": one.id,
        "label": one.label,
        "value": or_none(one.value),
        "low": or_none(one.low),
        "high": or_none(one.high),
        "method": one.method,
        "share": one.share,
    }


def _costs_view(performance: Performance) -> CostsView:
    costs = Costs.of(performance.costs)
    return {
        "true_positive": costs.true_positive,
        "false_positive": costs.false_positive,
        "false_negative": costs.false_negative,
        "true_negative": costs.true_negative,
    }


def _class_lines(performance: Performance, classes: list[str]) -> list[ClassLine]:
    outcomes = performance.outcomes
    return [
        {
            "label": label,
            "rows": int((outcomes.actual == place).sum()),
            "figures": [_figure_view(one) for one in class_figures(outcomes, place)],
        }
        for place, label in enumerate(classes)
    ]


def _curves_view(performance: Performance, place: int) -> CurvesView:
    edges, bars = performance.score_bars(place)
    came = performance.outcomes.actual == place
    size, table = len(edges) - 1, performance.counts(place)
    return {
        "place": place,
        "counts": {
            "threshold": table["threshold"].tolist(),
            "true_positive": table["true_positive"].tolist(),
            "false_positive": table["false_positive"].tolist(),
            "positives": int(came.sum()),
            "negatives": int((~came).sum()),
        },
        "scores": {
            "edges": edges.tolist(),
            "rows": np.bincount(bars[came], minlength=size).tolist(),
            "others": np.bincount(bars[~came], minlength=size).tolist(),
        },
        "calibration": _calibration_view(performance.calibration(place)),
    }


def _dot(label: str, at: float, value: float, low: float, high: float, text: Callable[[float], str]) -> DotView:
    interval = "" if np.isnan(low) else f", 95 % interval {text(low)} to {text(high)}"
    return {"label": label + interval, "at": at, "value": or_none(value), "low": or_none(low), "high": or_none(high)}


def _calibration_view(found: Calibration) -> CalibrationView:
    return {
        "dots": [
            _dot(
                f"{count(rows, 'row')} given {percent(said)} on average: {percent(came)} came",
                said,
                came,
                low,
                high,
                percent,
            )
            for rows, said, came, low, high in found.table[_CALIBRATION].itertuples(index=False)
        ],
        "sentence": (
            f"Probabilities miss what came by {percent(found.error)} on average; chance alone would make right ones miss "
            f"by {percent(found.error_by_chance)}."
        ),
    }


_CALIBRATION = ["rows", "said", "came", "came_low", "came_high"]
_SPREAD = ["rows", "predicted", "actual", "actual_low", "actual_high"]
_QUANTILES = ["rows", "low", "high", "q05", "q25", "median", "q75", "q95"]


def _spread_view(performance: Performance) -> SpreadView:
    found, outcomes = performance.residuals, performance.outcomes
    drawn = performance.analysis.sample(_DRAWN)
    return {
        "dots": [
            _dot(
                f"{count(rows, 'row')} predicted {figure(said)} on average: {figure(came)} came",
                said,
                came,
                low,
                high,
                figure,
            )
            for rows, said, came, low, high in found.table[_SPREAD].itertuples(index=False)
        ],
        "boxes": [
            {
                "label": (
                    f"{count(rows, 'row')} predicted {_span(low, high)}: half of the residuals from {figure(q25)} to "
                    f"{figure(q75)}, median {figure(median)}"
                ),
                "low": low,
                "high": high,
                "q05": q05,
                "q25": q25,
                "median": median,
                "q75": q75,
                "q95": q95,
            }
            for rows, low, high, q05, q25, median, q75, q95 in found.table[_QUANTILES].itertuples(index=False)
        ],
        "edges": found.edges.tolist(),
        "bars": np.bincount(found.bars, minlength=len(found.edges) - 1).tolist(),
        "drawn": np.column_stack([outcomes.predicted[drawn], outcomes.actual[drawn]]).tolist(),
    }


# ---------------------------------------------------------------------- the rows selected


def _selected_view(performance: Performance) -> SelectedView | None:
    analysis, outcomes = performance.analysis, performance.outcomes
    positions = analysis.selected_positions
    if not 0 < len(positions) < len(analysis.X):
        return None
    measured = performance.measured(None)
    found = Comparison.of(measured.scale.of_rows(positions).iloc[0])
    interval = ""
    if np.isfinite(found.difference_low):
        low, high = (measured.difference_text(end) for end in (found.difference_low, found.difference_high))
        interval = f", 95 % interval {low.removesuffix(' points')} to {high}"
    values = outcomes.task is Task.REGRESSION
    movable = outcomes.task is Task.BINARY and outcomes.graded
    return {
        "sentence": (
            f"{count(len(positions), 'row')} selected: {measured.label} {measured.text(found.value)} against "
            f"{measured.text(found.rest)} for the rest ({measured.difference_text(found.difference)}{interval})."
        ),
        "confusion": None if values else performance.confusion_of(positions).to_numpy().tolist(),
        "counts": _counts_of(performance, positions) if movable else None,
        "bars": np.bincount(
            performance.residuals.bars[positions], minlength=len(performance.residuals.edges) - 1
        ).tolist()
        if values
        else None,
    }


def _counts_of(performance: Performance, positions: np.ndarray) -> CountsView:
    came = performance.outcomes.actual[positions] == 1
    score = performance.outcomes.probability[positions]
    thresholds = performance.counts(1)["threshold"].to_numpy()
    hits, alarms = (len(part) - np.searchsorted(np.sort(part), thresholds) for part in (score[came], score[~came]))
    return {
        "threshold": [],
        "true_positive": hits.tolist(),
        "false_positive": alarms.tolist(),
        "positives": int(came.sum()),
        "negatives": int((~came).sum()),
    }


# ---------------------------------------------------------------------- words


def _span(low: float, high: float) -> str:
    return figure(low) if low == high else f"{figure(low)} to {figure(high)}"


def _residual_words(performance: Performance, place: int) -> str:
    edges = performance.residuals.edges
    if place == 0:
        return f"predicted − actual up to {figure(edges[1])}"
    if place == len(edges) - 2:
        return f"predicted − actual from {figure(edges[-2])}"
    return f"predicted − actual {_span(edges[place], edges[place + 1])}"


def _groups(performance: Performance) -> list[dict[str, Any]]:
    if performance.outcomes.task is Task.REGRESSION:
        return _records(performance.residuals.table)
    movable = performance.outcomes.task is Task.BINARY and performance.outcomes.graded
    return _records(performance.calibration().table) if movable else []


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in line.items()} for line in table.to_dict("records")]


def _best(performance: Performance) -> str:
    table = performance.thresholds
    good, best = table.loc[table["as_good"], "threshold"], table[table["best"]].iloc[0]
    return (
        f"The best threshold is {best['threshold']:.3g}, worth {figure(best['payoff'])} per row; from {good.min():.3g} to "
        f"{good.max():.3g} none can be told from it on these rows."
    )


def _texts(one: Figure) -> tuple[str, str, str, str]:
    """Return label, value, interval and method of a figure in words."""

    def text(value: float) -> str:
        if np.isnan(value):
            return "–"
        return percent(value) if one.share else f"{value:.4g}"

    interval = "" if np.isnan(one.low) else f"{text(one.low)} to {text(one.high)}"
    return one.label, text(one.value), interval, one.method
