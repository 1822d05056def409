"""What crosses of several reviewers' verdicts; ``js/src/components/queue/messages.ts`` holds the same."""

from __future__ import annotations

from typing import TypedDict


class SaidView(TypedDict):
    """A verdict of a reviewer."""

    reviewer: str
    verdict: str
    note: str


class AgreeingLine(TypedDict):
    """How often two reviewers said the same of an item."""

    reviewer: str
    other: str
    rows: int
    same: float
    kappa: float | None


class DisagreementLine(TypedDict):
    """An item of which reviewers said different things."""

    item: int
    label: str
    said: list[SaidView]


class ReviewersView(TypedDict):
    """How far reviewers agree, and where they do not."""

    pairs: list[AgreeingLine]
    disagreements: list[DisagreementLine]
