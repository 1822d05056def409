"""What crosses between comparisons of several sources and the browser.

``js/src/compare/matrix/messages.ts`` holds the same in TypeScript.
"""

from __future__ import annotations

from typing import TypedDict


class MatrixSource(TypedDict):
    """One of the sources: a line and a column of the matrix."""

    name: str
    rows: int
    columns: int


class MatrixCell(TypedDict):
    """A pair of sources, seen from the first."""

    first: int
    second: int
    matched: float | None
    """Share of the first one's rows that find a partner in the second; null without a key."""
    on: list[str]
    relation: str
    """``1:1``, ``n:1``, ``1:n`` or ``n:m``, the first one at the left; empty without a key."""
    conflicts: int
    """Columns in which rows of one key differ."""
    errors: int
    warnings: int
    infos: int
    failed: str
    """Why there is no comparison, or empty."""


class MatrixView(TypedDict):
    """Each source against each other; a pair that is not compared yet has no cell."""

    sources: list[MatrixSource]
    cells: list[MatrixCell]
