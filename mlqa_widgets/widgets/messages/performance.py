"""What crosses between performance and the browser; ``js/src/analysis/performance/messages.ts`` holds the same.

Lists in one message run side by side: their items at one place belong together.
"""

from __future__ import annotations

from typing import Literal, TypedDict

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


class CountsView(TypedDict):
    """Rows of a class and of all others that reach each threshold."""

    threshold: list[float]
    true_positive: list[int]
    false_positive: list[int]
    positives: int
    negatives: int


class ScoresView(TypedDict):
    """Rows of a class and of all others by the probability they were given."""

    edges: list[float]
    rows: list[int]
    others: list[int]


class DotView(TypedDict):
    """A mean or share of some rows, with its 95 % interval; null where it cannot be told."""

    label: str
    at: float
    """Where it stands, from left to right."""
    value: float | None
    low: float | None
    high: float | None


class CalibrationView(TypedDict):
    """Probabilities of a class against how often it came, in groups of rows."""

    dots: list[DotView]
    sentence: str


class CurvesView(TypedDict):
    """One class against all others, whatever the threshold."""

    place: int
    """Of the class among the classes."""
    counts: CountsView
    scores: ScoresView
    calibration: CalibrationView


class BoxView(TypedDict):
    """Residuals of a group of rows with near predictions."""

    label: str
    low: float
    """The smallest prediction."""
    high: float
    q05: float
    q25: float
    median: float
    q75: float
    q95: float


class SpreadView(TypedDict):
    """How predicted values miss: by groups of rows with near predictions, as a histogram, and some rows drawn."""

    dots: list[DotView]
    """What came, by what was predicted."""
    boxes: list[BoxView]
    edges: list[float]
    bars: list[int]
    drawn: list[list[float]]
    """Pairs of what was predicted and what came."""


class CostsView(TypedDict):
    """What one row of each outcome brings: a gain above zero, a cost below."""

    true_positive: float
    false_positive: float
    false_negative: float
    true_negative: float


class ClassLine(TypedDict):
    """The figures of one class against all others."""

    label: str
    rows: int
    figures: list[FigureView]


class PerformanceView(TypedDict):
    """Everything the widget shows."""

    kind: Literal["binary", "multiclass", "regression"]
    sentence: str
    rows: int
    target: str
    classes: list[str]
    figures: list[FigureView]
    """At the threshold of the analysis."""
    threshold: float | None
    """Of the analysis; the browser may look at another. Null where there is none to move."""
    costs: CostsView | None
    costs_given: bool
    """Whether the user said what outcomes bring."""
    clearly: float
    """Standard errors by which a threshold must do worse than the best to be told from it."""
    curves: CurvesView | None
    """Of the second of two classes; those of one of several are asked for."""
    without_probabilities: str
    """Why there are no curves; empty where there are."""
    confusion: list[list[int]] | None
    of_classes: list[ClassLine]
    spread: SpreadView | None
    metric: str
    """The metric by category and over time, to begin with."""
    metrics: list[MetricChoice]
    columns: list[str]
    """Columns cut into categories."""
    period: str
    """``day``, ``week``...; empty where no time column was named."""


class SelectedView(TypedDict):
    """The rows selected in any view."""

    sentence: str
    confusion: list[list[int]] | None
    """At the threshold of the analysis; null for values."""
    counts: CountsView | None
    """At the thresholds of all rows, where there are any."""
    bars: list[int] | None
    """Of the histogram of residuals; null for classes."""


class TimeView(TypedDict):
    """A metric in each period."""

    metric: str
    share: bool
    overall: float | None
    start: list[str]
    rows: list[int]
    dots: list[DotView]


class CurvesRequest(TypedDict):
    """One of several classes against all others."""

    type: Literal["curves"]
    id: int
    place: int


class SelectedRequest(TypedDict):
    """How the model does on the rows selected."""

    type: Literal["selected"]
    id: int


class CellRequest(TypedDict):
    """Select the rows of one class that are predicted to be of another; answered by what they are called."""

    type: Literal["cell"]
    id: int
    actual: int
    predicted: int
    threshold: float | None


class PartRequest(TypedDict):
    """Select the rows of a part of a picture; answered by what they are called."""

    type: Literal["part"]
    id: int
    of: Literal["scores", "calibration", "spread", "residuals", "time"]
    output: int
    """The class the picture is of; the second of two, 0 for values."""
    came: bool | None
    """Of a bar of probabilities: rows of the class, or all others; else null."""
    place: int


class CategoryRequest(TypedDict):
    """Select the rows of a category of a column; answered by what they are called."""

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


class CostsRequest(TypedDict):
    """What outcomes bring."""

    type: Literal["costs"]
    id: int
    costs: CostsView
