"""What crosses between a review and the browser; ``js/src/analysis/review/messages.ts`` holds the same."""

from __future__ import annotations

from typing import Literal, TypedDict

from mlqa_widgets.widgets.messages.reviewers import ReviewersView, SaidView


class QueueItem(TypedDict):
    """One row in the queue; ``verdict`` is this reviewer's, or empty."""

    row: int
    label: str
    oddness: float
    prediction: str
    actual: str | None
    verdict: str
    note: str
    others: list[SaidView]


class ReviewView(TypedDict):
    """Everything the widget shows before a row is chosen."""

    reviewer: str
    file: str
    queue: list[QueueItem]
    narrowed: str | None
    """What the queue is made of, where it is not all rows."""
    method: str
    columns: list[str]
    """What agreement can be told by."""
    known: int
    """Parts of oddness known by now: cards asked for before are out of date when it grows."""


class PartView(TypedDict):
    """One part of oddness: the share of rows drawn at random that are less odd, and why."""

    label: str
    rank: float
    sentence: str


class CellView(TypedDict):
    """A column of the row and of its contrast; null where missing."""

    column: str
    value: str | None
    other: str | None
    same: bool


class ContrastView(TypedDict):
    """The nearest row with the other outcome."""

    row: int
    label: str
    prediction: str
    actual: str | None


class CardView(TypedDict):
    """One row to be judged."""

    row: int
    label: str
    oddness: float
    sentence: str
    prediction: str
    actual: str | None
    target: str
    parts: list[PartView]
    cells: list[CellView]
    contrast: ContrastView | None


class ContributionView(TypedDict):
    """What one column contributes, with its standard error where it was sampled."""

    column: str
    value: str | None
    contribution: float
    error: float | None


class ExplanationView(TypedDict):
    """The greatest contributions, the sum of the others, and how they were computed."""

    bars: list[ContributionView]
    others: int
    rest: float
    base: float
    output: float
    method: str
    notes: list[str]


class ReasonsView(TypedDict):
    """Why the model said what it said, and why it said something else of the contrast."""

    usual: ExplanationView
    contrast: ExplanationView | None


class AgreementLine(TypedDict):
    """How often reviewers held the model right, among some rows."""

    group: str
    reviewed: int
    judged: int
    agreed: int
    contested: int
    agreement: float | None
    low: float | None
    high: float | None


class CountLine(TypedDict):
    """How often a verdict was given."""

    verdict: str
    rows: int


class SummaryView(TypedDict):
    """What reviewers said in all, and by a column."""

    total: AgreementLine | None
    lines: list[AgreementLine]
    counts: list[CountLine]
    reviewers: ReviewersView


class CardRequest(TypedDict):
    """What is shown of a row; its reasons come apart, as they may take longer."""

    type: Literal["card", "reasons"]
    id: int
    row: int


class JudgeRequest(TypedDict):
    """Store a verdict."""

    type: Literal["judge"]
    id: int
    row: int
    verdict: str
    note: str


class UndoRequest(TypedDict):
    """Take back the latest verdict; answered with its row, or null."""

    type: Literal["undo"]
    id: int


class OnlyRequest(TypedDict):
    """Queue the rows selected in another view, the one in focus there, or all rows again; answered with the first, or null."""

    type: Literal["only"]
    id: int
    rows: Literal["selected", "focused", "all"]


class SummaryRequest(TypedDict):
    """What reviewers said, by a column of those offered or, if null, of all rows only."""

    type: Literal["summary"]
    id: int
    by: int | None


class MergeRequest(TypedDict):
    """Take in another reviewer's file; answered with a sentence."""

    type: Literal["merge"]
    id: int
    path: str
