"""SQLite files: opened read-only, rows read as ``tables/sqlite.py`` does; comments are those beside the definitions."""

from __future__ import annotations

import math
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mlqa_widgets.databases.address import Address
from mlqa_widgets.databases.catalogue import CatalogueTable
from mlqa_widgets.databases.source import SMALL, AlchemySource, read_when
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.sqlite import from_sqlite
from mlqa_widgets.tables.table import Table

_SQL = sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'view')")
_SIZES = sa.text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""
_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$]+)"""
    r"""|(?P<text>'(?:[^']|'')*')|(?P<line>\n)|(?P<mark>[(),])|.""",
    re.DOTALL,
)


class SQLite(AlchemySource):
    """A SQLite file."""

    kind = f"SQLite {sqlite3.sqlite_version}"
    how = f"SQLite {sqlite3.sqlite_version}, opened read-only"

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._path = Path(str(address.path))
        self._definitions: Mapping[str, _Said] = {}
        self.engine = sa.create_engine("sqlite://", creator=self._connect, poolclass=sa.pool.NullPool)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)

    def learn(self, connection: sa.Connection) -> None:
        """Ask for the definitions, which hold the comments."""
        self._definitions = {name: _comments(sql) for name, sql in connection.execute(_SQL)}

    def completed(self, connection: sa.Connection, tables: list[CatalogueTable]) -> list[CatalogueTable]:
        """Add comments, and sizes where this build of SQLite tells them."""
        sizes: dict[str, int] = {}
        # They are found by reading the whole file, and not every build of SQLite finds them.
        if self._path.stat().st_size <= SMALL:
            with suppress(sa.exc.DatabaseError):
                sizes = {row[0]: row[1] for row in connection.execute(_SIZES)}
        return [self._completed(one, sizes) for one in tables if not one.table.startswith("sqlite_")]

    def _completed(self, one: CatalogueTable, sizes: Mapping[str, int]) -> CatalogueTable:
        said = self._definitions.get(one.table, _Said())
        columns = tuple(
            replace(
                column,
                comment=said.columns.get(column.name.lower(), ""),
                # The one kind of key that cannot be empty here.
                nullable=column.nullable and (one.key != (column.name,) or column.type != "INTEGER"),
            )
            for column in one.columns
        )
        return replace(one, columns=columns, comment=said.table, bytes=sizes.get(one.table))

    def enforced(self, _foreign: Any) -> str:
        """Return whether SQLite sees to a reference: each connection says so for itself."""
        return "declared; SQLite enforces it only for connections that ask for it"

    def as_told(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Return a column of times as it is written: SQLite has no type for them."""
        return sa.type_coerce(column, sa.String())

    def limit(self, connection: sa.Connection, seconds: float | None) -> None:
        """Stop a statement that takes longer."""
        driver: Any = connection.connection.driver_connection
        until = time.monotonic() + (seconds or math.inf)
        driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)

    def read(self, one: CatalogueTable, progress: Progress) -> Table:
        """Stage a table or view, the type of each value kept."""
        started = datetime.now(UTC)
        progress.at(f"Reading {one.name}", 0.0)
        table = from_sqlite(self._path, one.table, one.name, key=one.key, comments=one.comments, progress=progress)
        how = "by a connection that cannot write; rows in SQLite's order"
        facts = {"table": one.name, "read": read_when(started, "in one read transaction"), "how": how}
        table.source = replace(table.source, facts=facts)
        table.name = one.name
        return table


@dataclass(frozen=True)
class _Said:
    """What the comments of a definition say: of the table, and of each column by its name in lower case."""

    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def _comments(sql: str) -> _Said:
    r"""Read the comments of a ``CREATE`` statement: behind a column on its line, or behind the opening parenthesis.

    Examples
    --------
    >>> _comments("CREATE TABLE t ( -- Trips\n a INTEGER, -- minutes\n b TEXT -- who\n)").columns
    {'a': 'minutes', 'b': 'who'}
    """
    of_table, columns, column = "", {}, ""
    depth, expects, line_has = 0, False, ""
    for kind, text in _tokens(sql):
        if kind == "mark":
            depth += {"(": 1, ")": -1}.get(text, 0)
            if depth == 1 and text in "(,":
                expects = True
        elif kind == "line":
            line_has = ""
        elif kind == "name" and depth == 1 and expects:
            column, expects = text.lower(), False
            line_has = column
        elif kind == "comment" and depth >= 1:
            said = text.strip("-/* \n\t")
            if line_has:
                columns[line_has] = said
            elif not column and not of_table:
                of_table = said
        elif kind == "comment" and not of_table:
            of_table = text.strip("-/* \n\t")
    constraints = {"primary", "foreign", "unique", "check", "constraint"}
    return _Said(of_table, {name: said for name, said in columns.items() if name not in constraints})


def _tokens(sql: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(sql):
        kind, text = found.lastgroup, found.group()
        if kind == "name" and text[0] in '"`[':
            text = text[1:-1].replace(text[0] * 2, text[0])
        if kind:
            yield kind, text
