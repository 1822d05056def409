"""What crosses between a history of steps and the browser; ``js/src/history/messages.ts`` holds the same shapes in TypeScript."""

from __future__ import annotations

from typing import Literal, TypedDict


class StepNote(TypedDict):
    """A finding about a step or a table: what, and how bad."""

    check: str
    severity: Literal["error", "warning", "info"]
    message: str


class StepCard(TypedDict):
    """One step, against the one before."""

    number: int
    name: str
    at: str
    rows: int
    columns: int
    lost: int
    gained: int
    columns_lost: int
    columns_gained: int
    errors: int
    warnings: int
    kept: bool
    same: bool
    first: bool
    findings: list[StepNote]


class HistoryView(TypedDict):
    """The steps, in order."""

    folder: str
    steps: list[StepCard]


class FigureChange(TypedDict):
    """A figure of a column, before and after."""

    figure: str
    before: str
    after: str


class ColumnChange(TypedDict):
    """A column that changed; ``before`` and ``after`` are the shares of its rows per bar, on one scale."""

    name: str
    shift: float | None
    figures: list[FigureChange]
    labels: list[str]
    before: list[float]
    after: list[float]


class ChangeDetail(TypedDict):
    """What happened between two steps; ``before`` is 0 for nothing."""

    before: int
    after: int
    title: str
    rows: str
    same: bool
    findings: list[StepNote]
    notes: list[str]
    added: list[str]
    removed: list[str]
    appeared: list[StepNote]
    went: list[StepNote]
    columns: list[ColumnChange]
    unchanged: int
    lost: int
    pattern: list[str]
    """What the lost rows have in common."""
    unknown: str
    """Why the lost rows cannot be shown, or empty."""
    names: list[str]
    """Names of the columns of the lost rows, in their order."""
    code: str
    """How to have this in Python."""


class ChangeRequest(TypedDict):
    """What happened between two steps."""

    type: Literal["change"]
    id: int
    before: int
    after: int


class LostRequest(TypedDict):
    """Rows ``start`` to ``stop`` (exclusive) of those lost between two steps."""

    type: Literal["rows"]
    id: int
    before: int
    after: int
    order_by: int | None
    descending: bool
    start: int
    stop: int
