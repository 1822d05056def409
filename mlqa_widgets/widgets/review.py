"""The review's widget: the queue, one card at a time, the verdicts and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from mlqa_widgets.errors import MlqaError
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.models.model import Task
from mlqa_widgets.options import options
from mlqa_widgets.review.oddness import LABELS, figure
from mlqa_widgets.review.verdicts import Verdict
from mlqa_widgets.widgets.linked import Answer, LinkedWidget
from mlqa_widgets.widgets.messages.review import (
    AgreementLine,
    CardView,
    CellView,
    ContributionView,
    ExplanationView,
    QueueItem,
    ReasonsView,
    ReviewView,
    SummaryView,
)
from mlqa_widgets.widgets.messages.reviewers import SaidView
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.reviewers import reviewers_view, told
from mlqa_widgets.widgets.rows import cell_text, label_text
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import percent, visible
from mlqa_widgets.work import Work

if TYPE_CHECKING:
    from mlqa_widgets.review.review import Review

_BARS = 8
_COLUMNS = 200
_STATIC_LINES = 20


class ReviewWidget(LinkedWidget):
    """Shows a queue of odd predictions and takes the reviewer's verdicts.

    Attributes
    ----------
    view
        The queue and this reviewer's verdicts on it.
    """

    _esm = module_path("review.js")
    _css = module_path("review.css")
    source = "review"

    def __init__(self, review: Review) -> None:
        self._review = review
        super().__init__(review.analysis, review.work)
        review.on_change(self.show)

    def show(self) -> None:
        """Show the queue as far as oddness is known."""
        if self.comm is None:
            return
        try:
            self.view = _review_view(self._review)
        except MlqaError as error:
            self.error = str(error)

    def _card(self, request: dict[str, Any]) -> CardView:
        return _card_view(self._review, request["row"])

    def _reasons(self, request: dict[str, Any]) -> Work[ReasonsView]:
        review, row = self._review, request["row"]
        work: Work[ReasonsView] = Work("explanation", lambda _progress, _publish: _reasons_view(review, row))
        work.start()
        return work

    def _judge(self, request: dict[str, Any]) -> None:
        self._review.judge(None, request["verdict"], request["note"], position=request["row"])

    def _undo(self, _request: dict[str, Any]) -> int | None:
        return self._review.undo()

    def _only(self, request: dict[str, Any]) -> int | None:
        analysis = self.analysis
        match request["rows"]:
            case "selected":
                self._review.only(analysis.selected_positions, analysis.selection_label)
            case "focused":
                self._review.only(analysis.row)
            case _:
                self._review.only(None)
        queue = [] if self.view is None else self.view["queue"]
        return queue[0]["row"] if queue else None

    def _summary(self, request: dict[str, Any]) -> SummaryView:
        by = request["by"]
        return _summary_view(self._review, None if by is None else _groupings(self._review)[by])

    def _merge(self, request: dict[str, Any]) -> str:
        return told(self._review.merge(request["path"]), "verdict", "row", "another model or other data")

    answers: ClassVar[Mapping[str, Answer]] = {
        "card": _card,
        "reasons": _reasons,
        "judge": _judge,
        "undo": _undo,
        "only": _only,
        "summary": _summary,
        "merge": _merge,
    }

    def static_html(self) -> str:
        """Return the static twin: how far the review is, what was said, and what is in the queue."""
        if self.view is None:
            return template("review.html").render(view=None, error=self.error, what="search for odd predictions")
        summary = _summary_view(self._review, None)
        said = self._review.verdicts[::-1]
        verdicts = [
            (label_text(label), line.prediction, line.actual, line.verdict, line.note, line.reviewer)
            for label, line in zip(said.index[:_STATIC_LINES], said[:_STATIC_LINES].itertuples(), strict=True)
        ]
        return template("review.html").render(
            view=self.view,
            error=self.error,
            summary=summary,
            verdicts=verdicts,
            more=len(said) - len(verdicts),
            queue=self.view["queue"][:_STATIC_LINES],
            more_queued=len(self.view["queue"]) - _STATIC_LINES,
            values=options.static_values,
        )


# ---------------------------------------------------------------------- the queue


def _review_view(review: Review) -> ReviewView:
    examination = review.work.latest
    queue = [] if examination is None else _queue(review, review.queue_of(examination))
    return {
        "reviewer": visible(review.reviewer),
        "file": review.file.path.name,
        "queue": queue,
        "narrowed": review.narrowed_to,
        "method": review.method,
        "columns": [str(column) for column in _groupings(review)],
        "known": 0 if examination is None else len(examination.measures),
    }


def _queue(review: Review, queue: pd.DataFrame) -> list[QueueItem]:
    said: dict[str, list[SaidView]] = {}
    for record in review.file.current():
        said.setdefault(record.row, []).append(
            {"reviewer": record.reviewer, "verdict": record.verdict, "note": record.note}
        )
    items: list[QueueItem] = []
    for label, position, oddness in zip(queue.index, queue["position"], queue["oddness"], strict=True):
        judged = said.get(review.key(position), [])
        mine = next((one for one in judged if one["reviewer"] == review.reviewer), None)
        items.append(
            {
                "row": int(position),
                "label": label_text(label),
                "oddness": float(oddness),
                "prediction": _predicted(review, position),
                "actual": _actual(review, position),
                "verdict": mine["verdict"] if mine else "",
                "note": mine["note"] if mine else "",
                "others": [one for one in judged if one is not mine],
            }
        )
    return items


def _predicted(review: Review, row: int) -> str:
    analysis = review.analysis
    if analysis.model.task is Task.REGRESSION:
        return figure(analysis.predicted[row])
    position = analysis.predicted[row]
    return f"{label_text(analysis.model.classes[position])} ({percent(analysis.prediction[row, position])})"


def _actual(review: Review, row: int) -> str | None:
    analysis = review.analysis
    if analysis.actual is None:
        return None
    if analysis.model.task is Task.REGRESSION:
        return figure(analysis.actual[row])
    return label_text(analysis.model.classes[analysis.actual[row]])


# ---------------------------------------------------------------------- one row


def _card_view(review: Review, row: int) -> CardView:
    card, analysis = review.card(position=row), review.analysis
    contrast = review.contrast(position=row)
    return {
        "row": row,
        "label": label_text(card.label),
        "oddness": card.oddness,
        "sentence": card.sentence,
        "prediction": _predicted(review, row),
        "actual": _actual(review, row),
        "target": analysis.target,
        "parts": [
            {"label": LABELS[part], "rank": rank, "sentence": card.sentences[part]} for part, rank in card.parts.items()
        ],
        "cells": _cells(analysis.X, row, contrast),
        "contrast": None
        if contrast is None
        else {
            "row": contrast,
            "label": label_text(analysis.X.index[contrast]),
            "prediction": _predicted(review, contrast),
            "actual": _actual(review, contrast),
        },
    }


def _cells(X: pd.DataFrame, row: int, contrast: int | None) -> list[CellView]:
    cells: list[CellView] = []
    for i in range(min(X.shape[1], _COLUMNS)):
        value = cell_text(X.iloc[row, i])
        other = None if contrast is None else cell_text(X.iloc[contrast, i])
        cells.append({"column": str(X.columns[i]), "value": value, "other": other, "same": value == other})
    return cells


def _reasons_view(review: Review, row: int) -> ReasonsView:
    found = review.reasons(position=row)
    against = found.against_contrast
    return {
        "usual": _explanation(review, row, found.usual, found.output, _BARS),
        "contrast": None if against is None else _explanation(review, row, against, found.output, _COLUMNS),
    }


def _explanation(review: Review, row: int, found: Explanation, output: int | None, limit: int) -> ExplanationView:
    values, X, model = found.values[0], review.analysis.X, review.analysis.model
    columns, of = model.columns, "" if output is None else f" of {label_text(model.classes[output])}"
    greatest = [i for i in np.argsort(-np.abs(values), kind="stable")[:limit] if values[i]]
    bars: list[ContributionView] = [
        {
            "column": str(columns[i]),
            "value": cell_text(X[columns[i]].iloc[row]),
            "contribution": float(values[i]),
            "error": None if found.standard_error is None else float(found.standard_error[0, i]),
        }
        for i in greatest
    ]
    others = np.delete(values, greatest)
    return {
        "bars": bars,
        "others": int(np.count_nonzero(others)),
        "rest": float(others.sum()),
        "base": float(found.base),
        "output": float(found.output[0]),
        "method": f"{found.space}{of}; {found.engine}; against {found.background}",
        "notes": list(found.notes),
    }


# ---------------------------------------------------------------------- the summary


def _groupings(review: Review) -> list[Any]:
    return [*review.analysis.X.columns[:_COLUMNS], *(["reviewer"] if "reviewer" not in review.analysis.X else [])]


def _summary_view(review: Review, by: Any) -> SummaryView:
    verdicts, total = review.verdicts, _lines(review.summary())
    said = verdicts["verdict"].value_counts()
    return {
        "total": total[0] if total else None,
        "lines": [] if by is None else _lines(review.summary(by)),
        "counts": [{"verdict": one.value, "rows": int(said.get(one.value, 0))} for one in Verdict],
        "reviewers": reviewers_view(
            verdicts.rename_axis("label").reset_index().rename(columns={"position": "item"}), review.kappa
        ),
    }


def _lines(summary: pd.DataFrame) -> list[AgreementLine]:
    return [
        {
            "group": label_text(group),
            "reviewed": int(line["reviewed"]),
            "judged": int(line["judged"]),
            "agreed": int(line["agreed"]),
            "contested": int(line["contested"]),
            "agreement": _known(line["agreement"]),
            "low": _known(line["low"]),
            "high": _known(line["high"]),
        }
        for group, line in zip(summary.index, summary.to_dict("records"), strict=True)
    ]


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
