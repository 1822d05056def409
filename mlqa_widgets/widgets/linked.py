"""The widget of every view of an analysis: what it shows, the selection it shares, and the answers it gives.

A view is added in four places: a subclass here beside (``widgets/<view>.py``) with its ``answers`` and its static
twin, its messages (``widgets/messages/<view>.py``), its module (``js/src/analysis/<view>/index.tsx`` with its messages
and its style sheet), and its entries in ``js/build.mjs`` and under ``ensured-targets`` in ``pyproject.toml``.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import anywidget
import numpy as np
import pandas as pd
import traitlets

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import Cancelled
from mlqa_widgets.widgets.answering import Answer, AnsweringWidget
from mlqa_widgets.widgets.following import follow, progress_view
from mlqa_widgets.widgets.messages.linked import RowsHead, SelectionView
from mlqa_widgets.widgets.rows import label_text, rows_page
from mlqa_widgets.widgets.runtime import VegaRuntime
from mlqa_widgets.work import Work

__all__ = ["Answer", "LinkedWidget"]

_FIRST_ROWS = 1000


class LinkedWidget(AnsweringWidget):
    """One view of an analysis in the browser.

    A subclass sets ``_esm``, ``_css`` and ``source`` (the view's name), fills ``view`` in :meth:`show`, gives its
    static twin in :meth:`static_html`, and lists in ``answers`` what the browser may ask beyond the requests of every
    view. It may override :meth:`selection_changed` and :meth:`threshold_changed`.

    Attributes
    ----------
    view
        What is shown; None until there is something.
    selection
        What is selected in all views.
    """

    source: ClassVar[str]

    selection: Any = traitlets.Dict().tag(sync=True)
    rows_head: Any = traitlets.Dict().tag(sync=True)
    runtime = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, analysis: ModelAnalysis, work: Work[Any] | None = None) -> None:
        super().__init__(runtime=VegaRuntime.shared())
        self.analysis = analysis
        self._work = work
        self._version = 0
        self._order: tuple[Any, np.ndarray] | None = None
        self._loop = _running_loop()
        self._hidden = False
        self._missed: set[Callable[[], None]] = set()
        self.rows_head = _rows_head(analysis)
        self.selection = self._selection_view()
        self.progress = progress_view(work)
        analysis.on_select(self._follow_selection)
        analysis.on_threshold(self._follow_threshold)
        if work is None:
            self.show()
        else:
            follow(work, self._show_step, self._show_version)

    # ------------------------------------------------------------------ what a subclass says

    def show(self) -> None:
        """Fill ``view`` from what is known by now."""
        raise NotImplementedError

    def selection_changed(self) -> None:
        """Take note of a new selection or row in focus."""

    def threshold_changed(self) -> None:
        """Show what another threshold of the analysis makes of it."""
        if self.view is not None:
            self.show()

    # ------------------------------------------------------------------ work

    def _show_step(self) -> None:
        self.progress = progress_view(self._work)

    def _show_version(self) -> None:
        work = self._work
        if work is None or self.comm is None:
            return
        self.progress = progress_view(work)
        if work.error is not None and not (isinstance(work.error, Cancelled) and work.latest is not None):
            self.error = str(work.error)
        if work.latest is not None:
            self.show()
        self.publish_static()

    # ------------------------------------------------------------------ selection

    def _follow_selection(self) -> None:
        if self.comm is None:
            return
        if self._loop is not None and threading.current_thread() is not threading.main_thread():
            self._loop.call_soon_threadsafe(self._follow_selection)
            return
        if self._hidden:
            self._missed.add(self._follow_selection)
            return
        self._version += 1
        self._order = None
        self.selection = self._selection_view()
        self.selection_changed()

    def _follow_threshold(self) -> None:
        if self._hidden:
            self._missed.add(self._follow_threshold)
        elif self.comm is not None:
            self.threshold_changed()

    def hide(self, *, hidden: bool) -> None:
        """Say whether the view is out of sight: until it is seen again it follows nothing, and then catches up."""
        self._hidden = hidden
        if not hidden:
            missed, self._missed = self._missed, set()
            for follow_up in missed:
                follow_up()

    def _selection_view(self) -> SelectionView:
        analysis = self.analysis
        positions, row = analysis.selected_positions, analysis.row
        return {
            "label": analysis.selection_label,
            "rows": len(positions),
            "source": analysis.selection_source,
            "row": row,
            "row_label": "" if row is None else label_text(analysis.X.index[row]),
            "version": self._version,
        }

    def _rows(self, request: dict[str, Any]) -> Any:
        table, positions = self.analysis.table, self.analysis.selected_positions
        total = len(positions)
        if request["order_by"] is not None:
            limit = _FIRST_ROWS if request["stop"] <= _FIRST_ROWS else total
            asked = (request["order_by"], request["descending"], limit)
            if self._order is None or self._order[0] != asked:
                column = table.columns[request["order_by"]]
                sorted_positions = table.sort(positions, column, descending=request["descending"], limit=limit)
                self._order = (asked, sorted_positions)
            positions = self._order[1]
        chosen = positions[request["start"] : request["stop"]]
        outcome = self.rows_head["outcome"]
        order = [*outcome, *(i for i in range(len(table.columns)) if i not in outcome)]
        figures = outcome if self.analysis.actual is None else outcome[1:]
        return rows_page(self.analysis.frame.iloc[chosen], chosen, order, total, figures)

    # ------------------------------------------------------------------ requests

    def _value(self, request: dict[str, Any]) -> Any:
        match request["type"]:
            case "rows":
                return self._rows(request)
            case "focus":
                self.analysis.focus(request["row"])
            case "clear":
                self.analysis.select(None, source=self.source)
            case "cancel":
                if self._work is not None:
                    self._work.cancel()
            case _:
                return super()._value(request)
        return None


def _rows_head(analysis: ModelAnalysis) -> RowsHead:
    frame, known = analysis.frame, analysis.X.shape[1]
    return {
        "columns": [
            {"name": str(name), "numeric": pd.api.types.is_numeric_dtype(dtype)}
            for name, dtype in zip(frame.columns, frame.dtypes, strict=True)
        ],
        "outcome": list(range(known, frame.shape[1])),
    }


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
