"""What crosses between a whole analysis and the browser; ``js/src/analysis/overview/messages.ts`` holds the same."""

from __future__ import annotations

from typing import TypedDict


class AnalysisTab(TypedDict):
    """One view in the row of tabs."""

    name: str
    label: str


class AnalysisCard(TypedDict):
    """What is analysed."""

    model: str
    task: str
    rows: int
    columns: int
    tabs: list[AnalysisTab]
    notes: list[str]
    """What the reader must know of all views."""
