"""The widget of several sources: each against each in a matrix, the chosen pair's comparison below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import anywidget
import traitlets

from mlqa_widgets.compare.comparison import Comparison
from mlqa_widgets.compare.matrix import ComparisonMatrix
from mlqa_widgets.findings import Severity
from mlqa_widgets.tables.table import Table
from mlqa_widgets.widgets.answering import Answer, AnsweringWidget
from mlqa_widgets.widgets.following import follow
from mlqa_widgets.widgets.messages.matrix import MatrixCell, MatrixView
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import visible

_SWAPPED = {"1:n": "n:1", "n:1": "1:n"}


class MatrixWidget(AnsweringWidget):
    """Shows the comparisons of several sources.

    Attributes
    ----------
    pair
        Places of the two sources whose comparison is on screen, empty for none. Assign to it to show another.
    child
        The widget of that comparison.
    """

    _esm = module_path("matrix.js")
    _css = module_path("matrix.css")

    pair = traitlets.List(traitlets.Int(), maxlen=2).tag(sync=True)
    child = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, matrix: ComparisonMatrix) -> None:
        super().__init__()
        self._matrix = matrix
        self.observe(lambda _: self._open(), names=["pair"])
        for comparison in matrix.comparisons:
            follow(comparison.work, self._show_step, self._show)
        self._show()

    def _open(self) -> None:
        if len(self.pair) != 2:
            self.child = None
        else:
            names = [self._matrix.names[place] for place in self.pair]
            self.child = self._matrix.comparison(*names).widget()
            self.child.observe(self._publish_again, names=["view"])
        self.publish_static()

    def _publish_again(self, _change: Any) -> None:
        self.publish_static()

    def _show_step(self) -> None:
        running = [one for one in self._matrix.comparisons if not one.done]
        done = 1 - len(running) / len(self._matrix.comparisons)
        step = f"Comparing {running[0].names[0]} and {running[0].names[1]}" if running else ""
        self.progress = {"running": bool(running), "step": visible(step), "share": done}

    def _show(self) -> None:
        self._show_step()
        self.view = matrix_view(self._matrix)

    def _cancel(self, _request: dict[str, Any]) -> None:
        for comparison in self._matrix.comparisons:
            comparison.cancel()

    answers: ClassVar[Mapping[str, Answer]] = {"cancel": _cancel}

    def static_html(self) -> str:
        """Return the static twin: the matrix as a table, and the comparison on screen."""
        shown = "" if self.child is None else self.child.static_html()
        lines = [
            [_find(self.view, i, j) for j in range(len(self._matrix.names))] for i in range(len(self._matrix.names))
        ]
        return template("matrix.html").render(view=self.view, lines=lines) + shown


def matrix_view(matrix: ComparisonMatrix) -> MatrixView:
    """Return each pair that is compared by now, seen from both of its sources."""
    tables: dict[int, Table] = {}
    cells: list[MatrixCell] = []
    for comparison in matrix.comparisons:
        if not comparison.done:
            continue
        places = [matrix.names.index(name) for name in comparison.names]
        if comparison.error is None:
            tables |= dict(zip(places, comparison.tables, strict=True))
        cells += [_cell(comparison, places, side) for side in (0, 1)]
    return {
        "sources": [
            {
                "name": visible(name),
                "rows": tables[place].row_count if place in tables else 0,
                "columns": len(tables[place].columns) if place in tables else 0,
            }
            for place, name in enumerate(matrix.names)
        ],
        "cells": cells,
    }


def _cell(comparison: Comparison, places: list[int], side: int) -> MatrixCell:
    cell: MatrixCell = {
        "first": places[side],
        "second": places[1 - side],
        "matched": None,
        "on": [],
        "relation": "",
        "conflicts": 0,
        "errors": 0,
        "warnings": 0,
        "infos": 0,
        "failed": "" if comparison.error is None else visible(str(comparison.error)),
    }
    if comparison.error is not None:
        return cell
    result = comparison.result
    found = [one.severity for one in result.differences]
    cell["errors"], cell["warnings"], cell["infos"] = (found.count(severity) for severity in Severity)
    cell["conflicts"] = sum(conflict.rows > 0 for conflict in result.conflicts.columns)
    if (preview := result.preview) is not None:
        cell["on"] = [visible(name) for name in comparison.on]
        cell["relation"] = preview.relation if side == 0 else _SWAPPED.get(preview.relation, preview.relation)
        cell["matched"] = preview.matched_rows[side] / max(1, preview.rows[side])
    return cell


def _find(view: MatrixView, first: int, second: int) -> MatrixCell | None:
    return next((one for one in view["cells"] if (one["first"], one["second"]) == (first, second)), None)
