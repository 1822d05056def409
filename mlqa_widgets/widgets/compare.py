"""The widget of a comparison: the join, the differences, and the rows of both sources side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import anywidget
import numpy as np
import pandas as pd
import traitlets

from mlqa_widgets.compare.comparison import Comparison
from mlqa_widgets.compare.difference import Difference
from mlqa_widgets.compare.matching import Pair
from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Severity
from mlqa_widgets.options import options
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.widgets.answering import Answer, AnsweringWidget
from mlqa_widgets.widgets.following import follow, progress_view
from mlqa_widgets.widgets.messages.compare import (
    CompareCard,
    CompareView,
    DifferenceDetail,
    JoinCard,
    KeyLine,
    PairRow,
    PairsPage,
    PastCard,
    SourceCard,
)
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.rows import cell_text, label_text
from mlqa_widgets.widgets.runtime import VegaRuntime
from mlqa_widgets.widgets.static import template
from mlqa_widgets.widgets.view import drawn_plainly, evidence_view, parts_of
from mlqa_widgets.wording import listing, visible

_COLUMNS = 40
_KEPT = 4
_STATIC = 40
_DRAWN = 12
_STATIC_ROWS = 8


class CompareWidget(AnsweringWidget):
    """Shows a comparison and knows what is on screen.

    Attributes
    ----------
    finding
        Index of the difference on screen (as in ``comparison.findings``), -1 for none. Assign to it to show another.
    narrowing
        The clicked part of the evidence, or None.
    ticked
        Numbers of the rows ticked: places within the rows of the difference, from 0.
    """

    _esm = module_path("compare.js")
    _css = module_path("compare.css")

    finding = traitlets.Int(-1).tag(sync=True)
    narrowing: Any = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    ticked = traitlets.List(traitlets.Int()).tag(sync=True)
    runtime = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(runtime=VegaRuntime.shared())
        self._comparison = comparison
        self._positions = lru_cache(maxsize=_KEPT)(self._found_positions)
        self._counted = lru_cache(maxsize=_KEPT)(self._found_number)
        self.observe(lambda _: self.publish_static(), names=["finding"])
        self.observe(self._clear, names=["finding", "narrowing"])
        self._show_step()
        follow(comparison.work, self._show_step, self._show)

    # ------------------------------------------------------------------ what Python reads

    @property
    def selected_rows(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows selected on screen, of the left and of the right source: the ticked ones, or else all shown.

        Of pairs of rows both frames are parallel; of rows of one source the other frame is empty.
        """
        left, right = self._shown()
        if self.ticked:
            chosen = np.asarray(self.ticked, dtype=np.int64)
            left, right = (side[chosen] if len(side) else side for side in (left, right))
        tables = self._comparison.tables
        return tables[0].take(left), tables[1].take(right)

    def _shown(self) -> tuple[np.ndarray, np.ndarray]:
        if self.finding < 0 or not self._comparison.done:
            return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
        narrowing = self.narrowing
        return self._positions(self.finding, None if narrowing is None else (narrowing["evidence"], narrowing["item"]))

    # ------------------------------------------------------------------ what the browser sees

    def static_html(self) -> str:
        """Return the static twin."""
        return _static(self._comparison, self.finding)

    def _show_step(self) -> None:
        self.progress = progress_view(self._comparison.work)

    def _show(self) -> None:
        self._show_step()
        if self._comparison.error is not None:
            self.error = str(self._comparison.error)
            self.publish_static()
            return
        with self.hold_sync():
            self.view = compare_view(self._comparison)
            if self.finding < 0 and self.view["findings"]:
                self.finding = 0

    def _clear(self, change: dict[str, Any]) -> None:
        with self.hold_sync():
            self.ticked = []
            if change["name"] == "finding":
                self.narrowing = None

    # ------------------------------------------------------------------ requests

    def _detail(self, request: dict[str, Any]) -> DifferenceDetail:
        one = self._comparison.difference(request["finding"])
        return {"why": one.why, "evidence": [evidence_view(evidence) for evidence in one.evidence]}

    def _page(self, request: dict[str, Any]) -> PairsPage:
        comparison, index, narrowing = self._comparison, request["finding"], request["narrowing"]
        start, stop = request["start"], request["stop"]
        part = None if narrowing is None else (narrowing["evidence"], narrowing["item"])
        if comparison.difference(index).rows > options.rows_looked_at:
            among = self._among(index, part)
            page, total = (
                comparison.positions(index, stop - start, start=start, among=among),
                self._counted(index, part),
            )
        else:
            found = self._positions(index, part)
            page, total = (found[0][start:stop], found[1][start:stop]), max(map(len, found))
        return pairs_page(comparison, comparison.difference(index), page, start, total)

    def _cancel(self, _request: dict[str, Any]) -> None:
        self._comparison.cancel()

    def _found_positions(self, index: int, part: tuple[int, int] | None) -> tuple[np.ndarray, np.ndarray]:
        return self._comparison.positions(index, among=self._among(index, part))

    def _found_number(self, index: int, part: tuple[int, int] | None) -> int:
        return self._comparison.count(index, self._among(index, part))

    def _among(self, index: int, part: tuple[int, int] | None) -> Predicate | None:
        """Return which rows of a difference belong to a part of its evidence."""
        if part is None:
            return None
        one = self._comparison.difference(index)
        evidence = one.evidence[part[0]] if 0 <= part[0] < len(one.evidence) else None
        predicates: Sequence[Predicate | None] = () if evidence is None else parts_of(evidence)
        chosen = predicates[part[1]] if 0 <= part[1] < len(predicates) else None
        if chosen is None:
            msg = "This part of the evidence has no rows to show."
            raise InputError(msg)
        return chosen

    answers: ClassVar[Mapping[str, Answer]] = {"detail": _detail, "pairs": _page, "cancel": _cancel}


def compare_view(comparison: Comparison) -> CompareView:
    """Return what is shown before anything is clicked."""
    result = comparison.result
    drawn = [source.name for source in result.meeting.sources if source.drawn]
    read = "all rows read"
    if drawn:
        read += f"; kinds and distributions of {listing(drawn)} from rows drawn"
    return {
        "left": _source(comparison, 0),
        "right": _source(comparison, 1),
        "join": _join(comparison),
        "past": _past(comparison),
        "keys": [_key(comparison, place) for place in range(len(result.proposals))],
        "findings": [_card(one, i) for i, one in enumerate(result.differences)],
        "compared": len(result.conflicts.columns),
        "seconds": round(result.seconds, 3),
        "read": read,
    }


def _source(comparison: Comparison, side: int) -> SourceCard:
    table = comparison.tables[side]
    preview = comparison.result.preview
    return {
        "name": visible(comparison.names[side]),
        "rows": table.row_count,
        "columns": len(table.columns),
        "kind": table.source.kind,
        "matched": preview.matched_rows[side] if preview else 0,
        "orphans": preview.orphans[side] if preview else 0,
        "keyless": preview.keyless[side] if preview else 0,
    }


def _past(comparison: Comparison) -> PastCard | None:
    found = comparison.result.revisions
    if found is None:
        return None
    return {
        "rows": found.rows,
        "changed": found.changed,
        "removed": found.removed,
        "back_filled": found.back_filled,
        "grown": found.grown,
        "says": found.says,
    }


def _join(comparison: Comparison) -> JoinCard | None:
    keyed = comparison.result.keyed
    if keyed is None:
        return None
    lines = keyed.preview.frame().to_dict("records")
    return {
        "on": [visible(name) for name in keyed.names],
        "relation": keyed.preview.relation,
        "ignoring": list(keyed.steps),
        "lines": [
            {
                "join": line["join"],
                "rows": int(line["rows_out"]),
                "left_dropped": int(line["left_dropped"]),
                "right_dropped": int(line["right_dropped"]),
                "left_unfilled": int(line["left_unfilled"]),
                "right_unfilled": int(line["right_unfilled"]),
            }
            for line in lines
        ],
        "rescues": [
            {
                "ignoring": one.name,
                "left_rows": one.rows[0],
                "right_rows": one.rows[1],
                "merged": one.merged,
                "example": [visible(text) for text in one.example],
            }
            for one in comparison.result.rescues
        ],
        "left_out": keyed.preview.repeated_both,
    }


def _key(comparison: Comparison, place: int) -> KeyLine:
    one = comparison.result.proposals[place]
    on = one.on[0] if len(one.on) == 1 and isinstance(one.on[0], str) else one.on
    keyed = comparison.result.keyed
    return {
        "names": [visible(name) for name in one.names],
        "evidence": visible(one.evidence(*comparison.names)),
        "code": repr(on),
        "used": keyed is not None and keyed.names == one.names,
    }


def _card(one: Difference, index: int) -> CompareCard:
    return {
        "index": index,
        "check": one.check,
        "severity": one.severity.value,
        "columns": [visible(name) for name in one.columns],
        "rows": one.rows,
        "share": one.share,
        "message": visible(one.message),
        "side": "" if not one.relation else "both" if one.paired else "left" if one.relation == "l" else "right",
    }


def pairs_page(
    comparison: Comparison, one: Difference, pages: tuple[np.ndarray, np.ndarray], start: int, total: int
) -> PairsPage:
    """Return rows of a difference, of ``total`` from ``start`` on: pairs side by side, or rows of one source."""
    frames = [table.take(page) for table, page in zip(comparison.tables, pages, strict=True)]
    names, places, own = _columns(comparison, one)
    cells = [
        [[cell_text(value) for value in frame.iloc[:, place]] for place in of_side] if len(frame) else []
        for frame, of_side in zip(frames, places, strict=True)
    ]
    labels = [[label_text(label) for label in frame.index] for frame in frames]
    rows: list[PairRow] = [
        {
            "number": start + i,
            "left": int(pages[0][i]) if len(pages[0]) else -1,
            "right": int(pages[1][i]) if len(pages[1]) else -1,
            "left_label": labels[0][i] if labels[0] else "",
            "right_label": labels[1][i] if labels[1] else "",
            "left_cells": [column[i] for column in cells[0]],
            "right_cells": [column[i] for column in cells[1]],
        }
        for i in range(max(map(len, pages)))
    ]
    return {"total": total, "columns": names, "own": own, "rows": rows}


def _columns(comparison: Comparison, one: Difference) -> tuple[list[str], tuple[list[int], list[int]], int]:
    """Return names and places of the columns shown, and how many of them are those of the difference."""
    if one.paired:
        pairs: list[Pair] = comparison.side_by_side(one)[:_COLUMNS]
        own = sum(p.positions[0] in one.places[0] and p.positions[1] in one.places[1] for p in pairs)
        places = [p.positions[0] for p in pairs], [p.positions[1] for p in pairs]
        return [visible(pair.name) for pair in pairs], places, own
    side = 1 if one.relation == "r" else 0
    columns = comparison.tables[side].columns
    first = list(dict.fromkeys(one.places[side]))
    order = [*first, *(column.position for column in columns if column.position not in first)][:_COLUMNS]
    names = [visible(columns[place].name) for place in order]
    return names, (order, []) if side == 0 else ([], order), len(first)


# ---------------------------------------------------------------------- the static twin


def _static(comparison: Comparison, chosen: int) -> str:
    """Return a comparison as HTML that survives a sanitiser."""
    if not comparison.done or comparison.error is not None:
        return template("compare.html").render(comparison=comparison, view=None)
    view = compare_view(comparison)
    differences = comparison.result.differences
    shown = []
    for card, one in zip(view["findings"][:_STATIC], differences, strict=False):
        drawn = options.static_values and (card["index"] < _DRAWN or card["index"] == chosen)
        rows = None
        if drawn and one.paired and card["index"] == max(chosen, 0):
            first = comparison.positions(card["index"], _STATIC_ROWS)
            rows = pairs_page(comparison, one, first, 0, max(map(len, first)))
        sentence = (
            card["message"]
            if options.static_values
            else f"{card['check'].replace('_', ' ')}: {listing(card['columns'])}"
        )
        shown.append(
            {
                "card": card,
                "sentence": sentence,
                "why": one.why,
                "evidence": drawn_plainly(one.evidence) if drawn else [],
                "rows": rows,
            }
        )
    return template("compare.html").render(
        comparison=comparison,
        view=view,
        shown=shown,
        more=len(differences) - len(shown),
        chosen=chosen,
        severities=[(s.value, sum(one.severity is s for one in differences)) for s in Severity],
        summary=_without_times(view["past"]) if view["past"] and not options.static_values else comparison.summary,
    )


def _without_times(past: PastCard) -> str:
    """Return what became of the past in counts alone."""
    return f"{past['changed']:,} changed, {past['removed']:,} removed, {past['back_filled']:,} filled in later, {past['grown']:,} new"
