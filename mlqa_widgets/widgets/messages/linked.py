"""What crosses between an analysis and all its views; ``js/src/analysis/messages.ts`` holds the same in TypeScript.

The browser asks with a request that carries an ``id`` and gets one answer with the same ``id``: either
``{"id", "ok": true, "value"}`` or ``{"id", "ok": false, "error"}`` with a sentence for people.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class ColumnHead(TypedDict):
    """A column of the rows on screen."""

    name: str
    numeric: bool


class RowsHead(TypedDict):
    """The columns of the table of rows: those of X, then what came and what was predicted."""

    columns: list[ColumnHead]
    outcome: list[int]
    """Positions of the columns that say what came and what was predicted; shown first."""


class SelectionView(TypedDict):
    """What is selected in all views."""

    label: str
    rows: int
    source: str
    """The view that selected it."""
    row: int | None
    """Position of the row in focus."""
    row_label: str
    version: int
    """Grows with every change of the selected rows."""


class SelectedRowsRequest(TypedDict):
    """Rows ``start`` to ``stop`` (exclusive) of the selection, in an order."""

    type: Literal["rows"]
    id: int
    order_by: int | None
    descending: bool
    start: int
    stop: int


class FocusRequest(TypedDict):
    """Put one row into focus, or none."""

    type: Literal["focus"]
    id: int
    row: int | None


class ClearRequest(TypedDict):
    """Select nothing; or stop the running work."""

    type: Literal["clear", "cancel"]
    id: int
