"""The widget that explains a row: its waterfall, and what can be asked beside it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError, MlqaError
from mlqa_widgets.explain.counterfactual import Counterfactual
from mlqa_widgets.explain.group import Group, group
from mlqa_widgets.explain.local import (
    GroupExplanation,
    RowExplanation,
    ends_in_words,
    explained_output,
    row_position,
)
from mlqa_widgets.explain.neighbours import DISTANCE
from mlqa_widgets.explain.outcome import class_words, predicted_of
from mlqa_widgets.explain.sentence import apart_words, cells, column_words, figure, space_words, value_words
from mlqa_widgets.explain.tree_path import Step
from mlqa_widgets.explain.what_if import Range, ranges
from mlqa_widgets.models.model import Task
from mlqa_widgets.options import options
from mlqa_widgets.widgets.linked import Answer, LinkedWidget
from mlqa_widgets.widgets.messages.explain import (
    BarView,
    ChangesView,
    ChangeView,
    ComparedView,
    ComparisonView,
    ContrastView,
    CurveView,
    ExplainedRow,
    ExplainView,
    GroupView,
    LightView,
    MoveView,
    NearView,
    OfferView,
    SimilarView,
    StepView,
    TriedChange,
    WaterfallView,
    WhatIfView,
)
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.rows import label_text
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import count, percent, shortened
from mlqa_widgets.work import Work

T = TypeVar("T")

_OTHERS = 60
_COLUMNS = 500
_NEAR_COLUMNS = 8
_GROUP_COLUMNS = 15
_EXACT = 1e-9


class ExplainWidget(LinkedWidget):
    """Explains the row in focus.

    Attributes
    ----------
    view
        The row with its waterfall, or the rows against the rest.
    explained
        The explanation on screen, as :meth:`ModelAnalysis.explain` returns it.
    """

    _esm = module_path("explain.js")
    _css = module_path("explain.css")
    source = "explain"

    def __init__(self, explained: RowExplanation | GroupExplanation) -> None:
        self.explained = explained
        self._output = explained.output if isinstance(explained, GroupExplanation) else None
        super().__init__(explained.analysis)

    def show(self) -> None:
        """Show the explanation."""
        self.view = _explain_view(self.explained)

    def selection_changed(self) -> None:
        """Explain the row in focus."""
        row = self.analysis.row
        if row is None or (isinstance(self.explained, RowExplanation) and self.explained.position == row):
            return
        try:
            self._explain(row)
        except MlqaError as error:
            self.error = str(error)

    def _explain(self, row: int, **settings: Any) -> None:
        now = self.explained
        asked = {"output": self._output_of(row), "against": now.against, "space": now.space} | settings
        self.explained = RowExplanation(self.analysis, row, **asked)
        self.error = ""
        self.show()

    def _output_of(self, row: int) -> int:
        return self._output if self._output is not None else explained_output(self.analysis, None, row)

    def _row(self) -> RowExplanation:
        if isinstance(self.explained, GroupExplanation):
            msg = "Choose a row first."
            raise InputError(msg)
        return self.explained

    # ------------------------------------------------------------------ which row, and how

    def _find(self, request: dict[str, Any]) -> None:
        self.analysis.focus(_labelled(self.analysis, request["label"]))

    def _step(self, request: dict[str, Any]) -> None:
        analysis, now = self.analysis, self.explained
        among = now.positions if isinstance(now, GroupExplanation) else analysis.selected_positions
        if len(among) < 2:
            among = np.arange(len(analysis.X))
        if isinstance(now, GroupExplanation):
            analysis.focus(int(among[0]))
            return
        if request["by"] > 0:
            place = int(np.searchsorted(among, now.position, side="right"))
        else:
            place = int(np.searchsorted(among, now.position, side="left")) - 1
        analysis.focus(int(among[place % len(among)]))

    def _settings(self, request: dict[str, Any]) -> None:
        now = self.explained
        given = now.against if isinstance(now.against, pd.DataFrame) else "training"
        against = given if request["against"] == "rows" else request["against"]
        chosen = {"output": request["output"], "against": against, "space": request["space"]}
        if isinstance(now, GroupExplanation):
            self.explained = GroupExplanation(self.analysis, now.positions, **chosen)
            self.show()
        else:
            self._explain(now.position, **chosen)
        if request["output"] != now.output:
            self._output = request["output"]

    # ------------------------------------------------------------------ beside the row

    def _offers(self, request: dict[str, Any]) -> list[OfferView]:
        row, offers = cells(self.analysis.X.iloc[[self._row().position]]), ranges(self.analysis)
        return [_offer_view(offers[place], place, row[place]) for place in request["columns"]]

    def _what_if(self, request: dict[str, Any]) -> WhatIfView:
        row, offers, columns = self._row(), ranges(self.analysis), self.analysis.model.columns
        changes = {columns[one["column"]]: _tried(offers[one["column"]], one) for one in request["changes"]}
        curve_of = None if request["curve"] is None else columns[request["curve"]]
        found = row.what_if(changes, curve_of=curve_of)
        said, predicted = _said(self.analysis, row.output), predicted_of(self.analysis, found.after[None])[0]
        curve: CurveView | None = None
        if found.curve is not None:
            curve = {"column": request["curve"], "predictions": found.curve["prediction"].tolist()}
        classes = self.analysis.model.classes
        return {
            "before": float(found.before[row.output]),
            "after": float(found.after[row.output]),
            "before_words": said(found.before),
            "after_words": said(found.after),
            "predicted": shortened(str(classes[predicted])) if classes else figure(predicted),
            "changed": bool(classes and predicted != self.analysis.predicted[row.position]),
            "curve": curve,
        }

    def _similar(self, _request: dict[str, Any]) -> SimilarView:
        return _similar_view(self._row())

    def _contrast(self, _request: dict[str, Any]) -> Work[ContrastView]:
        row = self._row()
        return _started("contrast", lambda: _contrast_view(row))

    def _changes(self, request: dict[str, Any]) -> Work[ChangesView]:
        row, model = self._row(), self.analysis.model
        fixed = [model.columns[i] for i in request["fixed"]]
        asked = request["target"].strip()
        target = model.classes[int(asked)] if asked and model.classes else asked or None
        return _started("search for the smallest change", lambda: _changes_view(row, target, fixed))

    def _trust(self, _request: dict[str, Any]) -> Work[list[LightView]]:
        row = self._row()
        return _started("check of the explanation", lambda: _light_views(row))

    def _compare(self, request: dict[str, Any]) -> ComparisonView:
        place = request["position"]
        other = _labelled(self.analysis, request["label"]) if place is None else place
        return _comparison_view(self._row(), other)

    def _group(self, _request: dict[str, Any]) -> Work[GroupView]:
        now, analysis = self.explained, self.analysis
        positions, label = analysis.selected_positions, analysis.selection_label

        def compare() -> GroupView:
            found = group(analysis, positions, output=now.output, against=now.against, space=now.space)
            return _group_view(found, label, analysis.target)

        return _started("comparison with the rest", compare)

    answers: ClassVar[Mapping[str, Answer]] = {
        "find": _find,
        "step": _step,
        "settings": _settings,
        "offers": _offers,
        "what_if": _what_if,
        "similar": _similar,
        "contrast": _contrast,
        "changes": _changes,
        "trust": _trust,
        "compare": _compare,
        "group": _group,
    }

    def static_html(self) -> str:
        """Return the static twin: the sentence, and the waterfall as a table."""
        view = self.view
        row = view["row"]
        drawn = None if row is None else _drawn(row["waterfall"])
        return template("explain.html").render(view=view, drawn=drawn, values=options.static_values)


def _started(what: str, compute: Callable[[], T]) -> Work[T]:
    work: Work[T] = Work(what, lambda _progress, _publish: compute())
    work.start()
    return work


def _labelled(analysis: ModelAnalysis, text: str) -> int:
    """Return the position of the row whose label reads so.

    Raises
    ------
    InputError
        When there is none, or more than one.
    """
    index = analysis.X.index
    for label in (text, *_as_number(text)):
        if label in index:
            return row_position(analysis, label, None)
    if not isinstance(index, pd.RangeIndex):
        found = np.flatnonzero([label_text(label) == text for label in index])
        if len(found) == 1:
            return int(found[0])
    msg = f"No row has the label {text!r}. Labels are those of X.index, first {shortened(label_text(index[0]))}."
    raise InputError(msg)


def _as_number(text: str) -> list[Any]:
    try:
        return [int(text)]
    except ValueError:
        return []


# ---------------------------------------------------------------------- the view


def _explain_view(explained: RowExplanation | GroupExplanation) -> ExplainView:
    analysis = explained.analysis
    model = analysis.model
    against = explained.against
    row = explained if isinstance(explained, RowExplanation) else None
    rows = explained if isinstance(explained, GroupExplanation) else None
    return {
        "rows": len(analysis.X),
        "target": shortened(analysis.target),
        "classes": [class_words(analysis, i) for i in range(len(model.classes))],
        "probable": model.task is not Task.REGRESSION and model.raw_space != "probability",
        "raw_space": model.raw_space,
        "columns": [column_words(name) for name in model.columns[:_COLUMNS]],
        "settings": {
            "output": explained.output,
            "against": against if isinstance(against, str) else "rows",
            "space": explained.space,
        },
        "row": None if row is None else _row_view(row),
        "group": None if rows is None else _group_view(rows.group, count(rows.group.rows, "row"), analysis.target),
    }


def _row_view(row: RowExplanation) -> ExplainedRow:
    actual, predicted = row.analysis.actual, row.analysis.predicted
    known = actual is not None and bool(row.analysis.model.classes)
    path = row.tree_path
    return {
        "position": row.position,
        "label": label_text(row.label),
        "predicted": row.predicted_words,
        "said": _said(row.analysis, row.output)(row.analysis.prediction[row.position]),
        "actual": row.actual_words,
        "right": bool(actual[row.position] == predicted[row.position]) if known and actual is not None else None,
        "sentence": row.sentence,
        "waterfall": _waterfall_view(row),
        "path": None if path is None else [_step_view(step, row) for step in path],
    }


def _said(analysis: ModelAnalysis, output: int) -> Callable[[np.ndarray], str]:
    """Return how one line of predictions is told: the probability of the class explained, or the value."""

    def said(prediction: np.ndarray) -> str:
        value = float(prediction[output])
        return figure(value) if analysis.model.task is Task.REGRESSION else percent(value)

    return said


def _waterfall_view(row: RowExplanation) -> WaterfallView:
    waterfall, found = row.waterfall, row.explanation
    begins, ends = ends_in_words(waterfall, row.analysis.model.task)
    places: dict[Hashable, int] = {name: i for i, name in enumerate(row.analysis.model.columns)}
    named = sum(bar.column is not None for bar in waterfall.bars)
    rest = (
        row.contributions.iloc[named : named + _OTHERS] if named < len(waterfall.bars) else row.contributions.iloc[:0]
    )
    return {
        "base": waterfall.base,
        "output": waterfall.output,
        "begins": begins,
        "ends": ends,
        "space": waterfall.space,
        "bars": [
            {
                "column": places[bar.column] if bar.column is not None else None,
                "label": bar.label,
                "value": bar.value,
                "contribution": bar.contribution,
                "error": bar.standard_error,
                "start": bar.start,
                "end": bar.end,
            }
            for bar in waterfall.bars
        ],
        "others": [
            _other(places[column], column, value, contribution, error)
            for column, value, contribution, error in rest.itertuples(index=False)
        ],
        "method": [
            space_words(found.space, row.analysis.target),
            f"engine: {found.engine}",
            f"against {found.background}",
            _residual(float(found.residual[0])),
        ],
        "notes": list(found.notes),
    }


def _other(place: int, column: Hashable, value: Any, contribution: float, error: float) -> BarView:
    return {
        "column": place,
        "label": column_words(column),
        "value": value_words(value),
        "contribution": contribution,
        "error": error,
        "start": 0.0,
        "end": contribution,
    }


def _residual(residual: float) -> str:
    return "nothing left over" if abs(residual) < _EXACT else f"{figure(residual)} left over"


def _step_view(step: Step, row: RowExplanation) -> StepView:
    words = figure if row.analysis.model.task is Task.REGRESSION else percent
    other = 0.0 if step.other_share is None else step.other_share
    return {
        "test": step.test,
        "value": step.value,
        "rows": step.rows,
        "share": step.share,
        "said": words(step.share),
        "other_rows": step.other_rows,
        "other_share": other,
        "other_said": "" if step.other_share is None else words(other),
    }


def _group_view(found: Group, label: str, target: str) -> GroupView:
    table = found.table.head(_GROUP_COLUMNS)
    drawn = f"{found.drawn[0]:,} of {found.rows:,} rows and {found.drawn[1]:,} of {found.rest:,} others explained"
    return {
        "label": label,
        "rows": found.rows,
        "rest": found.rest,
        "sentence": found.sentence,
        "columns": [
            {
                "label": column_words(line["column"]),
                "here": line["typical_here"],
                "there": line["typical_there"],
                "difference": float(line["difference"]),
                "low": float(line["low"]),
                "high": float(line["high"]),
            }
            for line in table.to_dict("records")
        ],
        "more": len(found.table) - len(table),
        "space": found.explanation.space,
        "method": [
            space_words(found.explanation.space, target),
            f"engine: {found.explanation.engine}",
            f"against {found.explanation.background}",
            drawn,
            "intervals hold for all columns together at 95 %",
        ],
    }


# ---------------------------------------------------------------------- beside the row


def _offer_view(one: Range, place: int, own: Any) -> OfferView:
    missing = bool(pd.isna(own)) if np.ndim(own) == 0 else False
    values = [value_words(value) for value in one.offered]
    at = next((i for i, value in enumerate(one.offered) if _same(value, own, missing)), -1)
    numeric = one.ordered and all(isinstance(v, (int, float, np.number)) for v in one.values)
    return {
        "column": place,
        "values": values,
        "numbers": [float(v) for v in one.values] if numeric and not one.few else None,
        "own": at,
        "own_words": value_words(own),
        "own_number": float(own) if numeric and not missing else None,
        "missing": bool(one.missing),
    }


def _same(value: Any, own: Any, missing: bool) -> bool:
    return missing if value is None else not missing and bool(np.all(value == own))


def _tried(one: Range, change: TriedChange) -> Any:
    if change["choice"] is not None:
        return one.offered[change["choice"]]
    number = change["number"]
    if number is not None and all(float(value).is_integer() for value in one.values):
        return round(number)
    return number


def _similar_view(row: RowExplanation) -> SimilarView:
    analysis, found = row.analysis, row.similar()
    shown = row.contributions["column"].head(_NEAR_COLUMNS).tolist()
    own = [value_words(value) for value in cells(analysis.X.iloc[[row.position]][shown])]
    said = _said(analysis, row.output)
    rows: list[NearView] = []
    for position, distance in zip(found.positions.tolist(), found.distances.tolist(), strict=True):
        rows.append(
            {
                "position": position,
                "label": label_text(analysis.X.index[position]),
                "distance": distance,
                "said": said(analysis.prediction[position]),
                "predicted": _named(analysis, analysis.predicted[position]),
                "actual": None if analysis.actual is None else _named(analysis, analysis.actual[position]),
                "cells": [value_words(value) for value in cells(analysis.X.iloc[[position]][shown])],
            }
        )
    return {
        "sentence": found.sentence,
        "distance": f"Distance: the {DISTANCE}.",
        "columns": [column_words(column) for column in shown],
        "own": list(own),
        "same": [[cell == mine for cell, mine in zip(one["cells"], own, strict=True)] for one in rows],
        "rows": rows,
    }


def _named(analysis: ModelAnalysis, outcome: Any) -> str:
    classes = analysis.model.classes
    return shortened(str(classes[int(outcome)])) if classes else figure(float(outcome))


def _contrast_view(row: RowExplanation) -> ContrastView:
    found = row.contrast()
    if found.position is None:
        return {"sentence": found.sentence, "position": None, "label": "", "waterfall": None}
    return {
        "sentence": found.sentence,
        "position": found.position,
        "label": label_text(row.analysis.X.index[found.position]),
        "waterfall": _waterfall_view(row.against_row(found.position)),
    }


def _changes_view(row: RowExplanation, target: Any, fixed: list[Hashable]) -> ChangesView:
    found = row.counterfactual(target, immutable=fixed)
    if not isinstance(found, Counterfactual):
        return {"sentence": found.sentence, "changes": []}
    return {"sentence": found.sentence, "changes": [_change_view(row, one) for one in (found, *found.others)]}


def _change_view(row: RowExplanation, change: Counterfactual) -> ChangeView:
    places = {name: i for i, name in enumerate(row.analysis.model.columns)}
    moves: list[MoveView] = []
    for column, own, to in change.changes[["column", "from", "to"]].itertuples(index=False):
        before, after = apart_words(own, to)
        moves.append({"column": places[column], "label": column_words(column), "before": before, "after": after})
    return {
        "moves": moves,
        "said": _said(row.analysis, row.output)(change.after),
        "plausible": change.plausible,
        "sentence": change.sentence,
    }


def _comparison_view(row: RowExplanation, other: int) -> ComparisonView:
    analysis = row.analysis
    columns: list[ComparedView] = []
    for line in row.compare(position=other).head(_OTHERS).to_dict("records"):
        value, theirs = value_words(line["value"]), value_words(line["other_value"])
        columns.append(
            {
                "label": column_words(line["column"]),
                "value": value,
                "other": theirs,
                "same": value == theirs,
                "contribution": float(line["contribution"]),
                "other_contribution": float(line["other_contribution"]),
                "difference": float(line["difference"]),
            }
        )
    return {
        "position": other,
        "label": label_text(analysis.X.index[other]),
        "said": _said(analysis, row.output)(analysis.prediction[other]),
        "predicted": _named(analysis, analysis.predicted[other]),
        "actual": None if analysis.actual is None else _named(analysis, analysis.actual[other]),
        "columns": columns,
        "space": row.explanation.space,
    }


def _light_views(row: RowExplanation) -> list[LightView]:
    return [
        {
            "id": light.id,
            "label": light.label,
            "level": light.level,
            "figure": light.figure,
            "meaning": light.meaning,
            "thresholds": light.thresholds,
        }
        for light in row.trust
    ]


# ---------------------------------------------------------------------- the static twin


def _drawn(waterfall: WaterfallView) -> list[dict[str, Any]]:
    """Return bars as shares of the width: where each begins, how wide it is, and which way it goes."""
    ends = [waterfall["base"], waterfall["output"], *(bar["end"] for bar in waterfall["bars"])]
    low, span = min(ends), (max(ends) - min(ends)) or 1.0
    drawn = []
    for bar in waterfall["bars"]:
        left = (min(bar["start"], bar["end"]) - low) / span
        drawn.append(
            {
                "label": bar["label"],
                "value": bar["value"],
                "contribution": f"{bar['contribution']:+.4g}",
                "left": round(100 * left, 1),
                "width": max(0.5, round(100 * abs(bar["contribution"]) / span, 1)),
                "up": bar["contribution"] >= 0,
            }
        )
    return drawn
