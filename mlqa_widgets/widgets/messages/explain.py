"""What crosses between an explanation and the browser; ``js/src/analysis/explain/messages.ts`` holds the same."""

from __future__ import annotations

from typing import Literal, TypedDict


class BarView(TypedDict):
    """What one column contributes: from ``start`` to ``end``; its standard error is 0 where it is exact."""

    column: int | None
    """Position of the column; null for the columns without a bar of their own."""
    label: str
    value: str
    contribution: float
    error: float
    start: float
    end: float


class WaterfallView(TypedDict):
    """From what is usual to what is said."""

    base: float
    output: float
    begins: str
    """Base and output in words, with the probability or value they stand for."""
    ends: str
    space: str
    bars: list[BarView]
    others: list[BarView]
    """The columns that share the last bar, each from 0."""
    method: list[str]
    """Engine, background, residual: one phrase each."""
    notes: list[str]


class StepView(TypedDict):
    """One node of the path through a tree."""

    test: str
    value: str
    rows: int
    share: float
    said: str
    """The share of the class, or the mean value, in words."""
    other_rows: int
    other_share: float
    other_said: str


class ExplainedRow(TypedDict):
    """The row explained."""

    position: int
    label: str
    predicted: str
    """The class or value predicted."""
    said: str
    """The probability of the class explained, or the value."""
    actual: str | None
    right: bool | None
    sentence: str
    waterfall: WaterfallView
    path: list[StepView] | None


class DifferenceView(TypedDict):
    """Mean contributions of a column on either side, and the interval of their difference."""

    label: str
    here: str
    there: str
    """The median, or the most frequent value, on either side."""
    difference: float
    low: float
    high: float


class GroupView(TypedDict):
    """Some rows against the rest."""

    label: str
    rows: int
    rest: int
    sentence: str
    columns: list[DifferenceView]
    more: int
    space: str
    method: list[str]


class SettingsView(TypedDict):
    """What is explained, and against what."""

    output: int
    against: str
    """``training``, ``background`` or ``rows``: a frame that was passed."""
    space: str


class ExplainView(TypedDict):
    """Everything the widget shows before anything is clicked."""

    rows: int
    target: str
    classes: list[str]
    probable: bool
    """Whether contributions to the probability can be asked for, beside those where they add up."""
    raw_space: str
    columns: list[str]
    settings: SettingsView
    row: ExplainedRow | None
    group: GroupView | None


class OfferView(TypedDict):
    """The values of one column that can be tried, in words; the row's own may be among them."""

    column: int
    values: list[str]
    numbers: list[float] | None
    """Their places on a scale, where they are numbers; without the missing one, which comes last."""
    own: int
    """Which of them the row has; -1 where none."""
    own_words: str
    own_number: float | None
    missing: bool


class TriedChange(TypedDict):
    """Another value: one of those on offer, or a number typed."""

    column: int
    choice: int | None
    number: float | None


class CurveView(TypedDict):
    """The prediction for each value on offer of one column."""

    column: int
    predictions: list[float]


class WhatIfView(TypedDict):
    """What the model would say."""

    before: float
    after: float
    before_words: str
    after_words: str
    predicted: str
    changed: bool
    """Whether another class is predicted."""
    curve: CurveView | None


class NearView(TypedDict):
    """A row like the one explained."""

    position: int
    label: str
    distance: float
    said: str
    predicted: str
    actual: str | None
    cells: list[str | None]


class SimilarView(TypedDict):
    """The nearest rows, with what came."""

    sentence: str
    distance: str
    columns: list[str]
    """The columns shown, those that contribute most first."""
    own: list[str | None]
    same: list[list[bool]]
    """Whether each cell is as in the row explained."""
    rows: list[NearView]


class ComparedView(TypedDict):
    """One column of two rows side by side."""

    label: str
    value: str
    other: str
    same: bool
    contribution: float
    other_contribution: float
    difference: float


class ComparisonView(TypedDict):
    """Two rows side by side."""

    position: int
    label: str
    said: str
    predicted: str
    actual: str | None
    columns: list[ComparedView]
    space: str


class ContrastView(TypedDict):
    """The nearest row with another outcome, and the explanation against it."""

    sentence: str
    position: int | None
    label: str
    waterfall: WaterfallView | None


class MoveView(TypedDict):
    """One column of a smallest change."""

    column: int
    label: str
    before: str
    after: str


class ChangeView(TypedDict):
    """A change for which another outcome is predicted."""

    moves: list[MoveView]
    said: str
    plausible: bool
    sentence: str


class ChangesView(TypedDict):
    """The smallest change, and others; none, and why."""

    sentence: str
    changes: list[ChangeView]


class LightView(TypedDict):
    """One reason to trust the explanation, or not."""

    id: str
    label: str
    level: Literal["ok", "caution", "warning"]
    figure: str
    meaning: str
    thresholds: str


class FindRequest(TypedDict):
    """Explain the row with this label."""

    type: Literal["find"]
    id: int
    label: str


class StepRequest(TypedDict):
    """Explain the next row, or the one before: of the selected rows, or of all."""

    type: Literal["step"]
    id: int
    by: int


class SettingsRequest(TypedDict):
    """Explain another class, against other rows, or in another space."""

    type: Literal["settings"]
    id: int
    output: int
    against: str
    space: str


class OffersRequest(TypedDict):
    """Which values of some columns can be tried."""

    type: Literal["offers"]
    id: int
    columns: list[int]


class WhatIfRequest(TypedDict):
    """What the model would say with other values, and along one column."""

    type: Literal["what_if"]
    id: int
    changes: list[TriedChange]
    curve: int | None


class AsideRequest(TypedDict):
    """What is shown beside the row."""

    type: Literal["similar", "contrast", "trust", "group"]
    id: int


class ChangesRequest(TypedDict):
    """The smallest change; ``fixed`` columns may not change, ``target`` is the place of a class, or a value, or empty."""

    type: Literal["changes"]
    id: int
    fixed: list[int]
    target: str


class CompareRequest(TypedDict):
    """Compare with the row at a position, or with this label."""

    type: Literal["compare"]
    id: int
    position: int | None
    label: str
