"""What crosses between performance and the browser; ``js/src/analysis/performance/messages.ts`` holds the same."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from mlqa_widgets.widgets.messages.slices import MetricChoice


class FigureView(TypedDict):
    """One figure with its 95 % interval; null where it cannot be told."""

    id: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    method: str
    share: bool
    """Whether it is read as a percentage."""


class ThresholdsView(TypedDict):
    """Rows of either class that reach each threshold."""

    threshold: list[float]
    true_positive: list[int]
    false_positive: list[int]
    positives: int
    negatives: int
    clearly: float
    """Standard errors by which a threshold must do worse than the best to be told from it."""


class PayoffView(TypedDict):
    """What one row of each outcome is worth."""

    true_positive: float
    false_positive: float
    false_negative: float
    true_negative: float


class ClassLine(TypedDict):
    """The figures of one class against all others."""

    label: str
    rows: int
    figures: list[FigureView]


class SelectedView(TypedDict):
    """The rows selected in another view."""

    sentence: str
    confusion: list[list[int]] | None
    """At the threshold of the analysis; null for values."""


class PerformanceView(TypedDict):
    """Everything the widget shows."""

    kind: Literal["binary", "multiclass", "regression"]
    sentence: str
    rows: int
    target: str
    classes: list[str]
    figures: list[FigureView]
    threshold: float | None
    """Of the analysis; the browser may look at another."""
    thresholds: ThresholdsView | None
    payoff: PayoffView | None
    payoff_given: bool
    """Whether the user said what outcomes are worth."""
    confusion: list[list[int]] | None
    of_classes: list[ClassLine]
    charts: dict[str, dict[str, Any]]
    """Vega-Lite specifications by name."""
    calibration: str
    """How far probabilities are from what came, in words; empty for values."""
    metric: str
    """The metric by category and over time, to begin with."""
    metrics: list[MetricChoice]
    columns: list[str]
    """Columns cut into categories."""
    period: str
    """``day``, ``week``...; empty where no time column was named."""
    selected: SelectedView | None


class TimeView(TypedDict):
    """A metric over time."""

    spec: dict[str, Any]


class CellRequest(TypedDict):
    """Select the rows of one class that are predicted to be of another."""

    type: Literal["cell"]
    id: int
    actual: int
    predicted: int
    threshold: float | None


class BinRequest(TypedDict):
    """Select the rows of a part of a picture."""

    type: Literal["bin"]
    id: int
    of: Literal["scores", "calibration", "residuals", "histogram", "time"]
    place: int


class CategoryRequest(TypedDict):
    """Select the rows of a category of a column."""

    type: Literal["category"]
    id: int
    column: int
    place: int


class ColumnRequest(TypedDict):
    """The categories of a column, by its place in the view."""

    type: Literal["column"]
    id: int
    column: int
    metric: str


class TimeRequest(TypedDict):
    """A metric over time."""

    type: Literal["time"]
    id: int
    metric: str


class ThresholdRequest(TypedDict):
    """Use a threshold in every view."""

    type: Literal["threshold"]
    id: int
    threshold: float


class PayoffRequest(TypedDict):
    """What outcomes are worth."""

    type: Literal["payoff"]
    id: int
    payoff: PayoffView
