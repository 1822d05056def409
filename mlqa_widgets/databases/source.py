"""What every kind of database is asked, and how; all statements are built by SQLAlchemy from names and bound values."""

from __future__ import annotations

import re
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NoReturn

import pandas as pd
import sqlalchemy as sa

from mlqa_widgets.databases.address import Address
from mlqa_widgets.databases.catalogue import (
    Catalogue,
    CatalogueColumn,
    CatalogueTable,
    Newest,
    Reference,
)
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import Table

Run = Callable[[sa.Select[Any]], Sequence[Sequence[Any]]]
"""Runs one statement and returns its rows."""

_PATIENCE = 20.0
"""Seconds that counting rows and looking for newest records may take in all."""
_EACH = 2.0
"""Seconds that one statement of these may take."""
SMALL = 256 * 2**20
"""Bytes up to which a table is read whole to count its rows or find its newest record."""
_CANDIDATES = 3
_CHANGED = re.compile(r"updat|modif|chang|last|edit|refresh", re.IGNORECASE)
_MADE = re.compile(
    r"creat|insert|add|load|record|log|event|ingest|import|receiv|observ|measur|read|sent|paid|order|sold|issued|posted"
    r"|time|stamp|date|(?:^|_)(?:ts|at|on|day)$",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"birth|(?:^|_)dob|expir|valid|until|due|deadline|end|start|begin|plan|sched|expect|forecast|target|since|found"
    r"|hire|open|born|death",
    re.IGNORECASE,
)


class DatabaseSource(ABC):
    """One kind of database.

    Parameters
    ----------
    address
        Where it is.
    """

    kind: str
    """What it is called for people, with its version once it was asked."""
    how: str
    """How it is read, for people."""
    usual_schema = ""
    """The schema that is left out in front of names."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def __reduce__(self) -> NoReturn:
        self.address.__reduce__()

    # ------------------------------------------------------------------ what a kind of database says itself

    @abstractmethod
    def asking(self, seconds: float | None = None) -> AbstractContextManager[Run]:
        """Return a context manager that gives a :data:`Run` within one snapshot, read-only.

        Parameters
        ----------
        seconds
            How long one statement may take, where the database can be told so.
        """

    @abstractmethod
    def listed(self) -> tuple[list[CatalogueTable], list[Reference]]:
        """Return all tables and views with what the database knows of them without reading them."""

    @abstractmethod
    def read(self, one: CatalogueTable, progress: Progress) -> Table:
        """Return a table to scan: staged on this machine's disk, or read in place.

        Raises
        ------
        InputError
            When the database refuses.
        Cancelled
            When the progress was cancelled.
        """

    def interrupt(self) -> None:  # noqa: B027 - not every kind has to
        """Stop the statement that runs in another thread, where that may take long."""

    # ------------------------------------------------------------------ what is asked of all in one way

    def catalogue(self, progress: Progress) -> Catalogue:
        """Return all tables with their rows and newest records, as far as these are found quickly."""
        progress.on_cancel(self.interrupt)
        progress.at("Listing tables", 0.0)
        tables, references = self.address.asking("read", self.listed)
        found = self.address.asking("read", lambda: self._read_all(tables, progress))
        progress.at("Done", 1.0)
        found.sort(key=lambda one: (one.schema != self.usual_schema, one.schema, one.table))
        return Catalogue(tuple(found), tuple(references), datetime.now(UTC), self.how)

    def _read_all(self, tables: Sequence[CatalogueTable], progress: Progress) -> list[CatalogueTable]:
        found: list[CatalogueTable] = []
        began = time.monotonic()
        with self.asking(seconds=_EACH) as run:
            # The small ones first: what is left out for want of time is what would have taken longest.
            for one in sorted(tables, key=lambda one: one.bytes or 0):
                progress.at(f"Reading {one.name}", len(found) / len(tables))
                found.append(self._told(one, run, late=time.monotonic() - began > _PATIENCE))
        return found

    def _told(self, one: CatalogueTable, run: Run, *, late: bool) -> CatalogueTable:
        if not one.readable:
            return replace(one, newest=Newest(unknown="this account may not read it"))
        counted = self._counted(one, run, late=late)
        return replace(counted, newest=self._newest(counted, run, late=late))

    def _counted(self, one: CatalogueTable, run: Run, *, late: bool) -> CatalogueTable:
        if one.counted == "exact" or not one.is_stored or late or (one.bytes or 0) > SMALL:
            return one
        found = _first(run, sa.select(sa.func.count()).select_from(selectable(one)))
        return one if found is None else replace(one, rows=int(found[0]), counted="exact")

    def _newest(self, one: CatalogueTable, run: Run, *, late: bool) -> Newest:
        columns = newest_columns(one.columns)
        if not columns:
            return Newest(unknown="no column of dates or times")
        if not one.is_stored:
            return Newest(unknown=f"not read: it is a {one.kind}")
        if one.rows == 0 and one.counted == "exact":
            return Newest(unknown="it has no rows")
        if late:
            return Newest(unknown="not read: the catalogue took long already")
        if (one.bytes or 0) > SMALL:
            columns = [column for column in columns if column.indexed]
            if not columns:
                return Newest(unknown="not read: no index on its dates, and reading it whole would take long")
        of = selectable(one)
        asked = [sa.func.max(self.as_told(of.c[column.name])) for column in columns]
        found = _first(run, sa.select(*asked))
        if found is None:
            return Newest(unknown="not read: it took too long, or the database refused")
        moments = [(at, column.name) for cell, column in zip(found, columns, strict=True) if (at := moment(cell))]
        now = datetime.now(UTC)
        past = [one for one in moments if one[0] <= now]
        if past:
            return Newest(*max(past))
        return Newest(unknown="its dates lie in the future" if moments else "no date in it")

    def as_told(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Return a column of times as it is asked for."""
        return column

    def head(self, one: CatalogueTable, rows: int) -> pd.DataFrame:
        """Return the first rows, in the order the database gives them."""

        def ask() -> pd.DataFrame:
            with self.asking() as run:
                found = run(sa.select(selectable(one)).limit(rows))
            return pd.DataFrame(
                {i: pd.Series([row[i] for row in found], dtype=object) for i in range(len(one.columns))}
            ).set_axis(pd.Index([column.name for column in one.columns], dtype=object), axis=1)

        return self.address.asking("read", ask, argument="table")

    def count(self, one: CatalogueTable) -> int:
        """Count the rows of a table or view."""

        def ask() -> int:
            with self.asking() as run:
                return int(run(sa.select(sa.func.count()).select_from(selectable(one)))[0][0])

        return self.address.asking("read", ask, argument="table")

    def broken(self, reference: Reference, child: CatalogueTable, parent: CatalogueTable) -> int:
        """Count the rows of a table whose reference names no row; rows with an empty part refer to nothing."""
        own, other = selectable(child).alias("child"), selectable(parent).alias("parent")
        pairs = list(zip(reference.columns, reference.to_columns, strict=True))
        meets = sa.and_(*(own.c[left] == other.c[right] for left, right in pairs))
        filled = sa.and_(*(own.c[left].is_not(None) for left, _ in pairs))
        alone = sa.not_(sa.exists(sa.select(sa.literal_column("1")).select_from(other).where(meets)))

        def ask() -> int:
            with self.asking() as run:
                return int(run(sa.select(sa.func.count()).select_from(own).where(filled, alone))[0][0])

        return self.address.asking("read", ask, argument="table")


class AlchemySource(DatabaseSource):
    """A database read through SQLAlchemy."""

    engine: sa.Engine

    def listed(self) -> tuple[list[CatalogueTable], list[Reference]]:
        """Return all tables and views with their columns, keys, references and comments."""
        with self._connected() as connection, warnings.catch_warnings():
            # Types that the dialect does not know are told in the words of the database, or as unknown.
            warnings.simplefilter("ignore", sa.exc.SAWarning)
            inspector = sa.inspect(connection)
            self.usual_schema = self.schema(inspector)
            self.learn(connection)
            tables: list[CatalogueTable] = []
            references: list[Reference] = []
            for schema in self.schemas(inspector):
                inside, referring = self._of_schema(inspector, schema)
                tables += inside
                references += referring
            known = {one.name for one in tables}
            complete = [one for one in references if one.to in known]
            return self.completed(connection, tables), complete

    def schema(self, inspector: sa.Inspector) -> str:
        """Return the schema whose tables are called by their name alone."""
        return inspector.default_schema_name or ""

    def schemas(self, inspector: sa.Inspector) -> list[str]:
        """Return the schemas that belong to users."""
        hidden = {"information_schema", "pg_catalog", "sys", "mysql", "performance_schema"}
        return [name for name in inspector.get_schema_names() if name not in hidden]

    def learn(self, connection: sa.Connection) -> None:
        """Ask what the database is."""

    def completed(self, _connection: sa.Connection, tables: list[CatalogueTable]) -> list[CatalogueTable]:
        """Return the tables with what only this kind of database tells."""
        return tables

    def enforced(self, _foreign: Any) -> str:
        """Return whether the database sees to a reference."""
        return "declared; whether the database enforces it is not known"

    def _of_schema(self, inspector: sa.Inspector, schema: str) -> tuple[list[CatalogueTable], list[Reference]]:
        from sqlalchemy.engine.reflection import ObjectKind

        kinds: dict[str, Any] = {}
        kinds |= dict.fromkeys(inspector.get_view_names(schema), "view")
        kinds |= dict.fromkeys(_offered(lambda: inspector.get_materialized_view_names(schema)), "materialized view")
        kinds |= dict.fromkeys(inspector.get_table_names(schema), "table")
        columns = inspector.get_multi_columns(schema, kind=ObjectKind.ANY)
        keys: dict[Any, Any] = dict(inspector.get_multi_pk_constraint(schema))
        foreign = inspector.get_multi_foreign_keys(schema)
        indexes: dict[Any, Any] = dict(inspector.get_multi_indexes(schema))
        comments: dict[Any, Any] = dict(
            _offered(lambda: list(inspector.get_multi_table_comment(schema, kind=ObjectKind.ANY).items()))
        )
        of = {key[1]: key for key in columns}
        tables: list[CatalogueTable] = []
        references: list[Reference] = []
        for table, kind in sorted(kinds.items()):
            place = of.get(table)
            if place is None:
                continue
            name = self.called(schema, table)
            key = tuple((keys.get(place) or {}).get("constrained_columns") or ())
            leading = {(index.get("column_names") or [None])[0] for index in indexes.get(place, [])} | set(key[:1])
            tables.append(
                CatalogueTable(
                    schema,
                    table,
                    name,
                    kind,
                    tuple(self._column(column, leading) for column in columns[place]),
                    key,
                    str((comments.get(place) or {}).get("text") or ""),
                )
            )
            references += [
                Reference(
                    name,
                    tuple(one["constrained_columns"]),
                    self.called(one["referred_schema"] or schema, one["referred_table"]),
                    tuple(one["referred_columns"]),
                    self.enforced(one),
                )
                for one in foreign.get(place, [])
                if len(one["constrained_columns"]) == len(one["referred_columns"])
            ]
        return tables, references

    def called(self, schema: str, table: str) -> str:
        """Return what a table is called here."""
        return table if schema == self.usual_schema else f"{schema}.{table}"

    def _column(self, column: Any, leading: set[Any]) -> CatalogueColumn:
        return CatalogueColumn(
            column["name"],
            self.type_text(column["type"]),
            bool(column.get("nullable", True)),
            str(column.get("comment") or ""),
            isinstance(column["type"], (sa.DateTime, sa.Date)),
            column["name"] in leading,
        )

    def type_text(self, of: Any) -> str:
        """Return a type in the words of the database."""
        return str(of.compile(self.engine.dialect)) if not isinstance(of, sa.types.NullType) else "unknown"

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        connection = self.engine.connect()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.close()

    @contextmanager
    def asking(self, seconds: float | None = None) -> Iterator[Run]:
        """Give a way to run statements in one transaction, which is rolled back in the end."""
        with self._connected() as connection:
            self.limit(connection, seconds)

            def run(statement: sa.Select[Any]) -> Sequence[Sequence[Any]]:
                try:
                    return connection.execute(statement).fetchall()
                except Exception:
                    # What was refused must not be the end of what comes after it.
                    connection.rollback()
                    self.limit(connection, seconds)
                    raise

            yield run

    def limit(self, connection: sa.Connection, seconds: float | None) -> None:
        """Tell the database how long a statement may take."""


def _first(run: Run, statement: sa.Select[Any]) -> Sequence[Any] | None:
    """Return the first row of a statement; None where the database refuses or takes too long."""
    try:
        return run(statement)[0]
    except Exception:  # noqa: BLE001 - drivers have exceptions of their own, and the figure is told as not known
        return None


def _offered(ask: Callable[[], Any]) -> Any:
    """Return what the inspector says; nothing where the database has no such thing."""
    try:
        return ask()
    except NotImplementedError:
        return []


def selectable(one: CatalogueTable) -> sa.TableClause:
    """Return a table for SQLAlchemy, which quotes all names."""
    columns: list[Any] = [sa.column(column.name) for column in one.columns]
    return sa.table(one.table, *columns, schema=one.schema or None)


def newest_columns(columns: Sequence[CatalogueColumn]) -> list[CatalogueColumn]:
    """Return the columns that say when a record was made or changed, the likeliest kind only, by type and name."""

    def rank(column: CatalogueColumn) -> int:
        if _PLANNED.search(column.name):
            return 3
        return 0 if _CHANGED.search(column.name) else 1 if _MADE.search(column.name) else 2

    times = [column for column in columns if column.is_time]
    best = {rank(column) for column in times}
    # Changed is newer than made: both are asked.
    wanted = {0, 1} if best & {0, 1} else {min(best, default=0)}
    return sorted((c for c in times if rank(c) in wanted), key=lambda c: (rank(c), not c.indexed))[:_CANDIDATES]


def moment(cell: Any) -> datetime | None:
    """Return a cell as a moment, times without a zone taken as UTC; None where it is none.

    Examples
    --------
    >>> moment("2013-01-01 05:00:00")
    datetime.datetime(2013, 1, 1, 5, 0, tzinfo=datetime.timezone.utc)
    """
    if isinstance(cell, str):
        try:
            cell = datetime.fromisoformat(cell.strip())
        except ValueError:
            return None
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=UTC)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=UTC)
    return None


def read_when(started: datetime, how: str) -> str:
    """Return when and how a table was read, for people."""
    return f"{started:%Y-%m-%d %H:%M:%S} UTC {how}"
