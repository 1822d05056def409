"""What crosses between Python and every view; ``js/src/messages.ts`` holds the same shapes in TypeScript."""

from __future__ import annotations

from typing import TypedDict


class ProgressView(TypedDict):
    """Where a running scan is."""

    running: bool
    step: str
    share: float


class RowView(TypedDict):
    """One row: its position in the table, its label, and its first 100 cells as text (null where missing)."""

    position: int
    label: str
    cells: list[str | None]


class RowsPage(TypedDict):
    """A page of rows; ``total`` counts all of them."""

    total: int
    columns: list[int]
    """The positions of the columns, in the order of the cells: the finding's own first."""
    rows: list[RowView]
