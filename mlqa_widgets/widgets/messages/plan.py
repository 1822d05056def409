"""What crosses between a plan of repairs and the browser; ``js/src/scan/plan/messages.ts`` holds the same shapes in TypeScript."""

from __future__ import annotations

from typing import Literal, TypedDict


class PlanStep(TypedDict):
    """One chosen repair: ``finding`` and ``fix`` name it in the scan, and are -1 where the plan stands alone."""

    finding: int
    fix: int
    title: str
    message: str
    part: Literal["rows", "cells", "columns"]
    did: list[str]
    """What it did, in phrases; empty until it was tried."""
    refused: str
    """Why it was left out, or empty."""


class PlanView(TypedDict):
    """The repairs in order, and the function they make."""

    chosen_by: str
    editable: bool
    tried: bool
    recommended: int
    """Fixes that are recommended and not in the plan."""
    before: str
    after: str
    steps: list[PlanStep]
    code: str


class EditRequest(TypedDict):
    """Take a repair out of the plan, move it up or down among those of its part, or show its finding."""

    type: Literal["remove", "up", "down", "open"]
    id: int
    finding: int
    fix: int


class PlanRequest(TypedDict):
    """Add what is recommended, take all out, try again, or stop trying."""

    type: Literal["recommend", "clear", "try", "cancel"]
    id: int
