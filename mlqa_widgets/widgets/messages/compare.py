"""What crosses between a comparison and the browser; ``js/src/compare/messages.ts`` holds the same in TypeScript."""

from __future__ import annotations

from typing import Literal, TypedDict

from mlqa_widgets.widgets.messages.scan import EvidenceView


class SourceCard(TypedDict):
    """One of the two sources, and how its rows fare in the join."""

    name: str
    rows: int
    columns: int
    kind: str
    matched: int
    """Rows with a partner."""
    orphans: int
    """Rows whose key the other source does not have."""
    keyless: int
    """Rows that lack a part of the key."""


class JoinLine(TypedDict):
    """What one type of join returns; rows of either side that are dropped, or kept with nothing beside them."""

    join: Literal["inner", "left", "right", "outer"]
    rows: int
    left_dropped: int
    right_dropped: int
    left_unfilled: int
    right_unfilled: int


class RescueLine(TypedDict):
    """What making keys alike would bring together."""

    ignoring: str
    left_rows: int
    right_rows: int
    merged: int
    example: list[str]


class JoinCard(TypedDict):
    """The join before it is made."""

    on: list[str]
    relation: str
    """``1:1``, ``n:1``, ``1:n`` or ``n:m``."""
    ignoring: list[str]
    """How keys were made alike."""
    lines: list[JoinLine]
    rescues: list[RescueLine]
    left_out: int
    """Keys that repeat in both sources, whose values are not compared."""


class PastCard(TypedDict):
    """What became of the past, of two reads of one source: rows of each kind, and all of it in a sentence."""

    rows: int
    """Rows of the earlier read that the later one still covers."""
    changed: int
    removed: int
    back_filled: int
    grown: int
    says: str


class KeyLine(TypedDict):
    """A key proposed, with the evidence; ``code`` is what to pass as ``on``."""

    names: list[str]
    evidence: str
    code: str
    used: bool


class CompareCard(TypedDict):
    """One difference in the list at the left."""

    index: int
    check: str
    severity: Literal["error", "warning", "info"]
    columns: list[str]
    rows: int
    share: float
    message: str
    side: Literal["left", "right", "both", ""]
    """Where its rows are; empty where it has none."""


class CompareView(TypedDict):
    """Everything shown before anything is clicked."""

    left: SourceCard
    right: SourceCard
    join: JoinCard | None
    past: PastCard | None
    keys: list[KeyLine]
    findings: list[CompareCard]
    compared: int
    """Columns whose values were compared."""
    seconds: float
    read: str


class DifferenceDetail(TypedDict):
    """The chosen difference, beyond its card."""

    why: str
    evidence: list[EvidenceView]


class PairRow(TypedDict):
    """A row of the left, a row of the right, or both; cells as text, null where missing. -1 where there is no row."""

    number: int
    left: int
    right: int
    left_label: str
    right_label: str
    left_cells: list[str | None]
    right_cells: list[str | None]


class PairsPage(TypedDict):
    """A page of rows; ``total`` counts all of them. The first ``own`` columns are those of the difference."""

    total: int
    columns: list[str]
    own: int
    rows: list[PairRow]
