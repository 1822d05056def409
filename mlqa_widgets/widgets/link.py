"""The widget of a linkage: one doubtful pair at a time, the decisions, and what they change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import anywidget
import numpy as np
import pandas as pd
import traitlets

from mlqa_widgets.link.linkage import Linkage
from mlqa_widgets.link.scores import Scores
from mlqa_widgets.options import options
from mlqa_widgets.widgets.answering import Answer, AnsweringWidget
from mlqa_widgets.widgets.compared import or_none
from mlqa_widgets.widgets.following import follow, progress_view
from mlqa_widgets.widgets.messages.link import (
    AlikeLine,
    AlikeView,
    AloneView,
    EstimateLine,
    EvidenceLine,
    LinkFigures,
    LinkView,
    OtherCell,
    PairCard,
    PairItem,
)
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.reviewers import reviewers_view, told
from mlqa_widgets.widgets.rows import cell_text, label_text
from mlqa_widgets.widgets.runtime import VegaRuntime
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import number, visible
from mlqa_widgets.work import Work

_QUEUED = 60
_ALONE = 100
_DECIDED = 60
_OTHERS = 40
_STATIC = 15
_NO_COLUMN = "–"


class LinkWidget(AnsweringWidget):
    """Shows the pairs of a linkage and takes decisions on them.

    Attributes
    ----------
    pair
        Number of the pair on screen, as in ``linkage.pairs``; -1 for none. Assign to it to show another.
    """

    _esm = module_path("link.js")
    _css = module_path("link.css")

    pair = traitlets.Int(-1).tag(sync=True)
    runtime = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, linkage: Linkage) -> None:
        super().__init__(runtime=VegaRuntime.shared())
        self._linkage = linkage
        linkage.on_change(self._show_view)
        self._show_step()
        follow(linkage.work, self._show_step, self._show)

    @property
    def selected_rows(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Both rows of the pair on screen, of the left and of the right source; empty if there is none."""
        return self._linkage.rows_of([self.pair] if self.pair >= 0 else [])

    def static_html(self) -> str:
        """Return the static twin."""
        return _static(self._linkage)

    def _show_step(self) -> None:
        self.progress = progress_view(self._linkage.work)

    def _show(self) -> None:
        self._show_step()
        if self._linkage.error is not None:
            self.error = str(self._linkage.error)
            self.publish_static()
            return
        self._show_view()

    def _show_view(self) -> None:
        if self.comm is None:
            return
        with self.hold_sync():
            self.view = link_view(self._linkage)
            if self.pair < 0 and self.view["queue"]:
                self.pair = self.view["queue"][0]["pair"]

    # ------------------------------------------------------------------ requests

    def _card(self, request: dict[str, Any]) -> PairCard:
        return pair_card(self._linkage, request["pair"])

    def _alone(self, _request: dict[str, Any]) -> AloneView:
        return alone_view(self._linkage)

    def _alike(self, request: dict[str, Any]) -> Work[AlikeView]:
        linkage, source, position = self._linkage, request["source"], request["position"]
        work: Work[AlikeView] = Work("comparison", lambda _progress, _: alike_view(linkage, source, position))
        work.start()
        return work

    def _decide(self, request: dict[str, Any]) -> None:
        self._linkage.decide(request["pair"], request["decision"], request["note"])

    def _merge(self, request: dict[str, Any]) -> str:
        return told(self._linkage.merge(request["path"]), "decision", "pair", "other tables")

    def _undo(self, _request: dict[str, Any]) -> int | None:
        return self._linkage.undo()

    def _figures(self, _request: dict[str, Any]) -> LinkFigures:
        return link_figures(self._linkage)

    def _cancel(self, _request: dict[str, Any]) -> None:
        self._linkage.cancel()

    answers: ClassVar[Mapping[str, Answer]] = {
        "card": _card,
        "alone": _alone,
        "alike": _alike,
        "decide": _decide,
        "undo": _undo,
        "merge": _merge,
        "figures": _figures,
        "cancel": _cancel,
    }


# ---------------------------------------------------------------------- what is shown


def link_view(linkage: Linkage) -> LinkView:
    """Return what is shown before a pair is looked at."""
    result, decisions, estimate = linkage.result, linkage.decisions, linkage.estimate
    left, right = linkage.tables
    notes = dict(zip(decisions["pair"], decisions["note"], strict=True))
    known = decisions.iloc[::-1].head(_DECIDED)
    return {
        "left": {"name": visible(linkage.names[0]), "rows": left.row_count},
        "right": {"name": visible(linkage.names[-1]), "rows": right.row_count},
        "within": linkage.within,
        "pairs": int(linkage.scores.counted.sum()),
        "queue": _items(linkage.queue.head(_QUEUED), linkage.scores, notes),
        "decided": _items(linkage.pairs_at(known["pair"].to_numpy(dtype=np.int64)), linkage.scores, notes),
        "decisions": len(decisions),
        "alone": [int((~linked).sum()) for linked in linkage.has_link],
        "before": _estimate(estimate, "before"),
        "now": _estimate(estimate, "now"),
        "reviewer": visible(linkage.reviewer),
        "file": linkage.file.name,
        "notes": [visible(note) for note in result.notes],
        "seconds": round(result.seconds, 3),
    }


def _items(pairs: pd.DataFrame, held: Scores, notes: Mapping[Any, str]) -> list[PairItem]:
    return [
        {
            "pair": int(pair),
            "left": label_text(left),
            "right": label_text(right),
            "probability": float(held.contested[pair]),
            "doubtful": bool(held.doubtful[pair]),
            "decision": decision or "",
            "note": notes.get(pair, ""),
        }
        for pair, left, right, decision in zip(
            pairs.index, pairs["left"], pairs["right"], pairs["decision"], strict=True
        )
    ]


def _estimate(estimate: pd.DataFrame, row: str) -> EstimateLine:
    line = estimate.loc[[row]].to_dict("records")[0]
    return {
        "links": int(line["links"]),
        "wrong": float(line["wrong"]),
        "missed": float(line["missed"]),
        "doubtful": int(line["doubtful"]),
    }


def pair_card(linkage: Linkage, pair: int) -> PairCard:
    """Return one pair with both rows and what its probability is made of."""
    evidence = linkage.evidence(pair)
    line = linkage.pairs_at(np.array([pair])).iloc[0]
    said = linkage.decisions
    notes = said.loc[said["pair"] == pair, "note"]
    prior = float(evidence.attrs["prior"])
    return {
        "pair": pair,
        "left": label_text(line["left"]),
        "right": label_text(line["right"]),
        "probability": float(line["probability"]),
        "estimated": linkage.without_its_decision(pair)[0],
        "contested": float(linkage.scores.contested[pair]),
        "weight": float(line["weight"]),
        "link": bool(line["link"]),
        "decision": line["decision"] or "",
        "note": "" if notes.empty else str(notes.iloc[-1]),
        "start": f"Of pairs drawn at random, {_one_in(prior)} is one.",
        "prior": prior,
        "evidence": [_evidence(one) for one in evidence.to_dict("records")],
        "others": _others(linkage, pair),
    }


def alone_view(linkage: Linkage) -> AloneView:
    """Return rows without a link, the likeliest to have one first."""
    unlinked = linkage.unlinked
    return {
        "items": [
            [
                {
                    "source": source,
                    "position": int(line["position"]),
                    "label": label_text(line["row"]),
                    "probability": or_none(line["probability"]),
                }
                for line in unlinked[unlinked["source"] == name].head(_ALONE).to_dict("records")
            ]
            for source, name in enumerate(linkage.names)
        ]
    }


def alike_view(linkage: Linkage, source: int, position: int) -> AlikeView:
    """Return a row beside those it could be."""
    found = linkage.most_alike(position=position, source=linkage.names[source])
    lines: list[AlikeLine] = []
    cells: list[str | None] = []
    label = linkage.tables[source].labels(np.array([position]))[0]
    for pair, line in zip(found.index.tolist(), found.to_dict("records"), strict=True):
        left = linkage.scores.trained.left[pair]
        mine, other = ("left", "right") if source == 0 and left == position else ("right", "left")
        evidence = linkage.evidence(pair)
        cells = [_cell(value) for value in evidence[mine]]
        lines.append(
            {
                "pair": pair,
                "label": label_text(line[other]),
                "probability": float(line["probability"]),
                "decision": line["decision"] or "",
                "cells": [_cell(value) for value in evidence[other]],
            }
        )
    return {
        "source": source,
        "position": position,
        "label": label_text(label),
        "columns": [visible(field.name) for field in linkage.result.fields],
        "cells": cells,
        "alike": lines,
    }


def _evidence(line: Mapping[Any, Any]) -> EvidenceLine:
    weight = float(line["weight"] + line["rarity"])
    return {
        "column": visible(line["column"]),
        "left": _cell(line["left"]),
        "right": _cell(line["right"]),
        "level": line["level"],
        "weight": weight,
        "says": _says(weight, float(line["rarity"])) if line["level"] != "missing" else "says nothing",
    }


def _cell(value: Any) -> str | None:
    return cell_text(", ".join(f"{part}" for part in value)) if isinstance(value, tuple) else cell_text(value)


def _says(weight: float, rarity: float) -> str:
    """Return a weight in words: how many times likelier one thing, or two, makes what is seen."""
    times = 2 ** abs(weight)
    if times < 1.1:
        said = "says nothing"
    else:
        figure = f"{times:.1f}" if times < 10 else number(float(f"{times:.2g}")) if times < 1e6 else "over a million"
        said = f"{figure} times likelier if {'the same' if weight > 0 else 'different'}"
    if abs(rarity) >= 1:
        said += "; a rare value" if rarity > 0 else "; a frequent value"
    return said


def _one_in(weight: float) -> str:
    return f"one in {number(float(f'{max(1.0, 1 + 2**-weight):.2g}'))}"


def _others(linkage: Linkage, pair: int) -> list[OtherCell]:
    """Return the columns that are not compared: those of one name side by side."""
    tables, rows = linkage.tables, linkage.rows_of([pair])
    compared: tuple[set[int], set[int]] = (set(), set())
    for field in linkage.result.fields:
        for one in field.pairs:
            for side in (0, 1):
                compared[side].add(one.positions[side])
    cells: dict[str, list[str | None]] = {}
    for side, table in enumerate(tables):
        for column in table.columns:
            if column.position not in compared[side]:
                cells.setdefault(column.name, [_NO_COLUMN, _NO_COLUMN])[side] = cell_text(
                    rows[side].iloc[0, column.position]
                )
    return [
        {"column": visible(name), "left": one, "right": other} for name, (one, other) in list(cells.items())[:_OTHERS]
    ]


def link_figures(linkage: Linkage) -> LinkFigures:
    """Return how far the estimates can be trusted, and how they were made."""
    from mlqa_widgets.charts.link import calibration_chart, weights_chart

    said = linkage.everyones_decisions.rename(columns={"pair": "item", "rows": "label", "decision": "verdict"})
    calibration, columns, rules = linkage.calibration, linkage.columns, linkage.rules
    return {
        "weights": weights_chart(linkage.histogram).properties(width="container", height=170).to_dict(),
        "calibration": calibration_chart(calibration).properties(width="container", height=170).to_dict(),
        "steps": [
            {
                "low": line["low"],
                "high": line["high"],
                "pairs": int(line["pairs"]),
                "decided": int(line["decided"]),
                "said": or_none(line["said"]),
                "same": or_none(line["same"]),
                "same_low": or_none(line["same_low"]),
                "same_high": or_none(line["same_high"]),
            }
            for line in calibration.to_dict("records")
        ],
        "rules": [
            {"rule": visible(rule), "pairs": int(pairs)}
            for rule, pairs in zip(rules["rule"], rules["pairs"], strict=True)
        ],
        "columns": [
            {"column": visible(line["column"]), "form": line["form"] or "", "why": visible(line["why"])}
            for line in columns.astype(object).where(columns.notna(), None).to_dict("records")
        ],
        "reviewers": reviewers_view(said, linkage.kappa),
    }


# ---------------------------------------------------------------------- the static twin


def _static(linkage: Linkage) -> str:
    """Return a linkage as HTML that survives a sanitiser."""
    if not linkage.done or linkage.error is not None:
        return template("link.html").render(linkage=linkage, view=None)
    view, figures = link_view(linkage), link_figures(linkage)
    histogram = linkage.histogram
    most = math.sqrt(max(1, int(histogram["pairs"].max()))) if len(histogram) else 1
    bars = [
        {
            "low": int(line["low"]),
            "pairs": int(line["pairs"]),
            "links": int(line["links"]),
            "width": 100 * math.sqrt(line["pairs"]) / most,
        }
        for line in histogram.to_dict("records")
        if line["pairs"]
    ]
    return template("link.html").render(
        linkage=linkage,
        view=view,
        figures=figures,
        bars=bars,
        queue=view["queue"][:_STATIC] if options.static_values else [],
        decided=view["decided"][:_STATIC] if options.static_values else [],
        summary=linkage.summary,
    )
