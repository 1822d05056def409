"""What a database says of its tables: rows, bytes, keys, comments, and who refers to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

Kind = Literal["table", "view", "materialized view", "foreign table"]
Counted = Literal["exact", "estimate", "not counted"]


@dataclass(frozen=True)
class CatalogueColumn:
    """One column of a table."""

    name: str
    type: str
    """In the words of the database."""
    nullable: bool = True
    comment: str = ""
    is_time: bool = False
    """Whether it holds dates or times."""
    indexed: bool = False
    """Whether an index begins with it, so that its extremes are found without reading the table."""


@dataclass(frozen=True)
class Reference:
    """A foreign key: the columns of one table that name a row of another."""

    table: str
    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    enforced: str
    """Whether the database itself sees to it, in words."""


@dataclass(frozen=True)
class Use:
    """What the database counted of a table's use; None where it does not count."""

    reads: int | None = None
    writes: int | None = None
    since: datetime | None = None
    """When it began to count, if it says so."""
    last_read: datetime | None = None
    analysed: datetime | None = None
    """When its statistics, and with them the estimates, were last made."""


@dataclass(frozen=True)
class Newest:
    """The newest record of a table: when, and in which column that was read; or why that is not known."""

    at: datetime | None = None
    column: str = ""
    unknown: str = ""


@dataclass(frozen=True)
class CatalogueTable:
    """One table or view."""

    schema: str
    table: str
    name: str
    """What it is called here: the schema only stands in front where it is not the usual one."""
    kind: Kind
    columns: tuple[CatalogueColumn, ...]
    key: tuple[str, ...] = ()
    comment: str = ""
    rows: int | None = None
    counted: Counted = "not counted"
    bytes: int | None = None
    newest: Newest = field(default_factory=Newest)
    use: Use = field(default_factory=Use)
    readable: bool = True
    """Whether this account may read it."""

    @property
    def comments(self) -> Mapping[str, str]:
        """The comments of its columns, of those that have one."""
        return {column.name: column.comment for column in self.columns if column.comment}

    @property
    def is_stored(self) -> bool:
        """Whether it keeps rows of its own."""
        return self.kind in ("table", "materialized view")


@dataclass(frozen=True)
class Catalogue:
    """All tables of a database as they were at one moment."""

    tables: tuple[CatalogueTable, ...]
    references: tuple[Reference, ...]
    read_at: datetime
    how: str
    """How it was read, for people."""

    @cached_property
    def by_name(self) -> Mapping[str, CatalogueTable]:
        """The tables by what they are called."""
        return {one.name: one for one in self.tables}

    def references_of(self, name: str) -> Sequence[Reference]:
        """Return the foreign keys of a table."""
        return [one for one in self.references if one.table == name]

    def references_to(self, name: str) -> Sequence[Reference]:
        """Return the foreign keys that name rows of a table, its own left out."""
        return [one for one in self.references if one.to == name != one.table]
