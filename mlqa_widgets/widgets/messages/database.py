"""What crosses between a database and the browser; ``js/src/database/messages.ts`` holds the same in TypeScript."""

from __future__ import annotations

from typing import Literal, TypedDict


class InactiveReason(TypedDict):
    """Why a table looks inactive: in a word, and in a sentence or two."""

    word: str
    why: str


class TableCard(TypedDict):
    """One table or view in the list."""

    name: str
    kind: Literal["table", "view", "materialized view", "foreign table"]
    rows: int | None
    counted: Literal["exact", "estimate", "not counted"]
    bytes: int | None
    newest: str
    """Moment of the newest record, UTC; empty where it is not known."""
    newest_in: str
    """The column it was read from, or why it is not known."""
    refers_to: list[str]
    referred_by: list[str]
    comment: str
    inactive: list[InactiveReason]
    """Why it looks inactive; empty where it does not."""
    columns: int


class DatabaseView(TypedDict):
    """All tables, before one is chosen."""

    place: str
    kind: str
    how: str
    read_at: str
    tables: list[TableCard]


class ColumnLine(TypedDict):
    """One column of the chosen table."""

    name: str
    type: str
    nullable: bool
    key: bool
    refers_to: str
    comment: str


class TableDetail(TypedDict):
    """The chosen table, beyond its card."""

    columns: list[ColumnLine]
    facts: list[str]
    """What the database counted and when, as sentences."""


class HeadRow(TypedDict):
    """One row, cells as text (null where missing)."""

    cells: list[str | None]


class HeadPage(TypedDict):
    """The first rows of a table."""

    columns: list[str]
    numeric: list[int]
    """Places of the columns of numbers."""
    hidden: int
    """Columns beyond those sent."""
    rows: list[HeadRow]


class ReferenceLine(TypedDict):
    """One foreign key of the chosen table, and how many of its rows name no row there."""

    columns: list[str]
    to: str
    enforced: str
    broken: int
    code: str
    """How to see which: a comparison of the two tables, of a database called ``db``."""


class ReferenceLines(TypedDict):
    """All foreign keys of the chosen table."""

    lines: list[ReferenceLine]


class TableRequest(TypedDict):
    """``detail``, ``head`` (the first rows), ``count`` (of all rows), ``broken`` (references), ``scan`` (begins one)."""

    type: Literal["detail", "head", "count", "broken", "scan"]
    id: int
    table: str


class PlainRequest(TypedDict):
    """Close the scan on screen; or stop reading the catalogue."""

    type: Literal["close", "cancel"]
    id: int
