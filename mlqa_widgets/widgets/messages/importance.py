"""What crosses between the importance and the browser; ``js/src/analysis/importance/messages.ts`` holds the same.

Numbers of many points come packed: float32, little-endian, in base64; NaN where there is none.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class Choice(TypedDict):
    """A metric or a class to choose."""

    id: str
    label: str


class MeasureView(TypedDict):
    """One measure of a feature: numbers to draw, words to read."""

    value: float
    low: float | None
    high: float | None
    text: str
    interval_text: str
    """Empty where there is none."""
    clear: bool
    """Whether it is told from zero."""
    rank_text: str


class ImportanceLine(TypedDict):
    """A feature, or a group of features measured together."""

    name: str
    place: int
    """Position of the feature; -1 for a group."""
    members: list[int]
    """Positions of the features of a group; empty for a feature."""
    group: int
    """The group it belongs to or is; -1 for none."""
    note: str
    """What stands beside the name of a group."""
    permutation: MeasureView | None
    shap: MeasureView | None
    own: MeasureView | None
    facts: list[str]
    """The measures of a feature in words; empty for a group."""
    why: str


class ImportanceView(TypedDict):
    """Everything the widget shows before a feature is opened."""

    sentence: str
    method: str
    metric: str | None
    metrics: list[Choice]
    metric_label: str
    output: str
    """The class explained; empty for a regression."""
    outputs: list[Choice]
    """The classes to choose from, where there are more than two."""
    space: str
    """What contributions are in, with the class."""
    without_outcomes: str
    """Why there is no permutation importance; empty where there is."""
    own_label: str
    own_missing: str
    """Why there is no importance of the model's own; empty where there is."""
    lines: list[ImportanceLine]
    """The most important first, members of a group after it."""
    progress_text: str
    """From how many rows the figures are."""
    drawn: int
    """Rows whose contributions are drawn as points."""
    number: int
    """Grows with every version of the figures."""
    opened: int
    """Position of the feature on screen; -1 for none."""


class SwarmFeature(TypedDict):
    """The contributions of a feature to the rows drawn."""

    place: int
    name: str
    contributions: str
    values: str
    categories: list[str] | None
    """Values are places in this list, where the feature is one of categories."""
    temporal: bool


class SwarmView(TypedDict):
    """Contributions of some features to rows drawn at random."""

    positions: list[int]
    labels: list[str]
    features: list[SwarmFeature]
    low: float
    high: float
    """The ends of the contributions of all features."""


class SpreadView(TypedDict):
    """Where the rows of a feature lie."""

    edges: list[float]
    counts: list[int]
    missing: int
    outside: int


class FeatureView(TypedDict):
    """One feature: its contributions over its values."""

    place: int
    name: str
    swarm: SwarmFeature
    positions: list[int]
    labels: list[str]
    errors: str | None
    """Standard errors of the contributions; null where they are exact."""
    other: SwarmFeature | None
    """The feature whose values colour the points."""
    interactions: list[Choice]
    """Features that the contributions depend on, the strongest first, with how much."""
    interaction_method: str
    spread: SpreadView
    caution: str


class PartialView(TypedDict):
    """Predictions with the feature set to values; null for one that is missing."""

    numbers: list[float | None]
    words: list[str]
    mean: list[float]
    low: list[float]
    high: list[float]
    centred_mean: list[float]
    centred_low: list[float]
    centred_high: list[float]
    curves: list[list[float]]
    """Some single rows."""
    centre: int
    rows: int
    label: str
    share: bool
    """Whether predictions are probabilities."""


class RelianceLine(TypedDict):
    """The mean size of a feature's contributions to the selected rows."""

    place: int
    value: float
    low: float
    high: float
    text: str


class RelianceView(TypedDict):
    """What the model relies on for the selected rows."""

    sentence: str
    lines: list[RelianceLine]
    note: str
    places: list[int]
    """Which of the points drawn are selected."""


class MetricRequest(TypedDict):
    """Measure by another metric."""

    type: Literal["metric"]
    id: int
    metric: str


class OutputRequest(TypedDict):
    """Explain another class."""

    type: Literal["output"]
    id: int
    output: str


class SwarmRequest(TypedDict):
    """The contributions of some features, by their positions."""

    type: Literal["swarm"]
    id: int
    features: list[int]


class FeatureRequest(TypedDict):
    """Open a feature; its points coloured by another, or by the strongest interaction (-1)."""

    type: Literal["feature"]
    id: int
    feature: int
    other: int


class PartialRequest(TypedDict):
    """The partial dependence on a feature."""

    type: Literal["partial"]
    id: int
    feature: int


class SpanRequest(TypedDict):
    """Select the rows whose contribution of a feature, or whose value of it, lies between two ends."""

    type: Literal["span"]
    id: int
    feature: int
    by: Literal["contribution", "value"]
    low: float
    high: float


class AskRequest(TypedDict):
    """What the model relies on for the selected rows; or stop computing what was asked for last."""

    type: Literal["selected", "stop"]
    id: int
