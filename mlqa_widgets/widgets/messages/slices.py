"""What crosses between slices and the browser; ``js/src/analysis/slices/messages.ts`` holds the same.

Figures come twice: as numbers to draw, null where there are too few rows, and in words to read.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class MetricChoice(TypedDict):
    """A metric to measure by."""

    id: str
    label: str


class FiguresView(TypedDict):
    """A metric on some rows against all others."""

    value: float | None
    low: float | None
    high: float | None
    rest: float | None
    value_text: str
    rest_text: str
    difference_text: str
    interval_text: str
    """The interval of the difference; empty where there is none."""
    chance: str
    """How much chance may have to do with it, in words; empty where nothing is known."""
    counted: int
    """Rows that count towards the metric."""


class SliceLine(TypedDict):
    """A slice in a list."""

    label: str
    rows: int
    figures: FiguresView
    worse: bool
    """Whether it is worse than the rest, beyond chance."""
    confirmed: bool | None
    """Whether it held on rows that did not choose it; null where none were kept back."""
    variants: int


class ColumnLine(TypedDict):
    """A column cut into categories."""

    name: str
    categories: int
    worse: int
    """Categories worse than the rest, beyond chance."""


class SlicePlace(TypedDict):
    """Where a slice was chosen: among those found, in a column, or nowhere in the lists."""

    of: Literal["found", "column", "selected", "where"]
    column: int
    place: int


class CellsView(TypedDict):
    """Counts of what came (lines) against what was predicted, in the slice and on the rest."""

    classes: list[str]
    here: list[list[int]]
    rest: list[list[int]]


class ResidualsView(TypedDict):
    """How predicted - actual is spread: shares of the rows per span."""

    edges: list[float]
    here: list[float]
    rest: list[float]
    mean_here: str
    mean_rest: str


class SliceCard(TypedDict):
    """The slice on screen."""

    words: str
    expression: str | None
    rows: int
    share: float
    origin: str
    figures: FiguresView
    all_rows: str
    """The metric on all of its rows, in words, where ``figures`` are of some; else empty."""
    worse: bool
    confirmed: bool | None
    variants: list[str]
    cells: CellsView | None
    residuals: ResidualsView | None
    chosen: SlicePlace
    number: int
    """Grows with every slice shown."""


class SlicesView(TypedDict):
    """Everything the widget shows."""

    kind: Literal["slices", "impact"]
    metric: str
    metrics: list[MetricChoice]
    label: str
    """The metric's name."""
    share: bool
    """Whether it runs from 0 to 1."""
    overall: float | None
    overall_text: str
    sentence: str
    method: str
    found: list[SliceLine] | None
    """The worst first; null while they are searched for."""
    columns: list[ColumnLine]
    rows: int
    card: SliceCard | None
    """The slice on screen."""


class WhyLine(TypedDict):
    """Mean contribution of a column in the slice and on the rest."""

    column: str
    here: float
    there: float
    difference: float
    low: float
    high: float
    typical_here: str
    typical_there: str


class WhyView(TypedDict):
    """Contributions in the slice against the rest."""

    sentence: str
    lines: list[WhyLine]
    others: int
    """Columns not listed."""
    method: str


class ColumnRequest(TypedDict):
    """The categories of a column, by its place in the view."""

    type: Literal["column"]
    id: int
    column: int


class ChooseRequest(TypedDict):
    """Show a slice and select its rows: one of those found, a category of a column, or the rows selected elsewhere."""

    type: Literal["choose"]
    id: int
    of: Literal["found", "column", "selected"]
    column: int
    place: int


class WhereRequest(TypedDict):
    """Show the slice that an expression means and select its rows."""

    type: Literal["where"]
    id: int
    expression: str


class MetricRequest(TypedDict):
    """Measure by another metric."""

    type: Literal["metric"]
    id: int
    metric: str


class WhyRequest(TypedDict):
    """Contributions in the slice on screen against the rest."""

    type: Literal["why"]
    id: int
