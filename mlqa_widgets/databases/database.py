"""A database as a whole: its tables, who refers to whom, which look inactive; each a source of scans and comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd

from mlqa_widgets.dictionary import Dictionary
from mlqa_widgets.errors import InputError
from mlqa_widgets.naming import nearest
from mlqa_widgets.notebook import Shown
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.read import Readable
from mlqa_widgets.tables.table import Table
from mlqa_widgets.wording import count
from mlqa_widgets.work import InBackground, Work

if TYPE_CHECKING:
    from mlqa_widgets.databases.address import Address
    from mlqa_widgets.databases.catalogue import Catalogue, CatalogueTable
    from mlqa_widgets.databases.source import DatabaseSource
    from mlqa_widgets.scan import Scan
    from mlqa_widgets.widgets.database import DatabaseWidget

_PRINTED = 20


def database(url: str | Path) -> Database:
    """Open a database to see what is in it, and to scan and compare its tables. Nothing is ever written.

    Parameters
    ----------
    url
        ``postgresql://user@host:5432/database`` (needs ``pip install 'mlqa_widgets[postgres]'``),
        ``sqlite:///file.db``, ``duckdb:///file.duckdb``, the path of a SQLite or DuckDB file, or the URL of any
        database that SQLAlchemy has a dialect and you have a driver for.

        A password in the URL is used to connect and shown nowhere. Better leave it out and let the PostgreSQL driver
        find it, as ``psql`` does: in ``~/.pgpass``, in the variable ``PGPASSWORD``, or with
        ``postgresql:///?service=name`` in a section of ``~/.pg_service.conf``; or pass ``os.environ["DATABASE_URL"]``.

    Returns
    -------
    Database
        In a notebook the catalogue goes on being read in the background after a moment; every question to the result
        waits for it.

    Raises
    ------
    InputError
        When there is no such database, or it refuses; the message names what would work.
    MissingPackage
        When its driver is not installed.

    Notes
    -----
    PostgreSQL is read in transactions that are ``REPEATABLE READ READ ONLY``: each one snapshot, in which the server
    refuses to write. A table with more rows than ``options.row_budget`` is scanned on the server, in one of these that
    stays open until the scan is let go; a smaller one, or a view, is copied into a file on disk once. SQLite and DuckDB
    files are opened read-only. To other databases only SELECT is sent, in transactions that are rolled back.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> import mlqa_widgets as mq
    >>> path = tempfile.mkdtemp() + "/shop.db"
    >>> with sqlite3.connect(path) as connection:
    ...     _ = connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, made DATE)")
    ...     _ = connection.execute("INSERT INTO orders VALUES (1, '2024-05-01'), (2, '2024-05-03')")
    >>> connection.close()
    >>> db = mq.database(path)
    >>> db.tables[["name", "rows", "rows_are", "newest_in"]].values.tolist()
    [['orders', 2, 'exact', 'made']]
    >>> db.scan("orders").table.row_count
    2
    """
    from mlqa_widgets.databases.address import address_of

    address = address_of(url)
    # A traceback that shows what this call was given must not show the password.
    del url
    if isinstance(address, InputError):
        raise address
    result = Database(_source(address))
    result.start()
    return result


class Database(InBackground, Shown):
    """The result of :func:`database`: tables, references, and each table as a source.

    Shown as a widget when it is the last expression of a cell. It holds no connection between questions; the scan of
    a large table of PostgreSQL holds one of its own.
    """

    def __init__(self, source: DatabaseSource) -> None:
        self._source = source
        self.work: Work[Catalogue] = Work("catalogue", lambda progress, _: self._source.catalogue(progress))
        self._widget: DatabaseWidget | None = None
        self._selected: str | None = None

    # ------------------------------------------------------------------ reading the catalogue

    @property
    def catalogue(self) -> Catalogue:
        """All that was read; waits for it.

        Raises
        ------
        InputError
            When the database refused.
        Cancelled
            When it was cancelled.
        """
        return self.work.result

    @property
    def address(self) -> str:
        """Where it is, without user and password."""
        return repr(self._source.address)

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        return self._source.address.place

    @property
    def kind(self) -> str:
        """What it is, with its version."""
        return self._source.kind

    # ------------------------------------------------------------------ what is in it

    @property
    def tables(self) -> pd.DataFrame:
        """One row per table or view.

        Columns: ``schema``, ``name`` (what :meth:`scan` takes), ``kind``, ``rows``, ``rows_are`` (exact, estimate, not
        counted), ``bytes`` (with indexes, where the database tells), ``newest`` (moment of the newest record, UTC;
        dates in the future left out) and ``newest_in`` (the column it was read from, or why it is not known),
        ``primary_key``, ``references``, ``referenced_by`` (tuples of names), ``comment``, ``analysed`` (when the
        database last made its statistics), ``reads``, ``writes`` (rows) and ``counted_since`` (as the database counts
        them), ``last_read``, ``inactive`` (why it looks so, in words; empty where it does not).
        """
        from mlqa_widgets.databases.inactive import inactive

        catalogue = self.catalogue
        why = inactive(catalogue)
        lines = [
            {
                "schema": one.schema,
                "name": one.name,
                "kind": one.kind,
                "rows": one.rows,
                "rows_are": one.counted,
                "bytes": one.bytes,
                "newest": one.newest.at,
                "newest_in": one.newest.column or one.newest.unknown,
                "primary_key": one.key,
                "references": _names(each.to for each in catalogue.references_of(one.name)),
                "referenced_by": _names(each.table for each in catalogue.references_to(one.name)),
                "comment": one.comment,
                "analysed": one.use.analysed,
                "reads": one.use.reads,
                "writes": one.use.writes,
                "counted_since": one.use.since,
                "last_read": one.use.last_read,
                "inactive": " ".join(reason.why for reason in why.get(one.name, ())),
            }
            for one in catalogue.tables
        ]
        names = (
            "schema name kind rows rows_are bytes newest newest_in primary_key references referenced_by comment "
            "analysed reads writes counted_since last_read inactive"
        ).split()
        frame = pd.DataFrame(lines, columns=names)
        figures = dict.fromkeys(["rows", "bytes", "reads", "writes"], "Int64")
        moments = {name: pd.to_datetime(frame[name], utc=True) for name in _MOMENTS}
        return frame.astype(figures).assign(**moments)

    @property
    def references(self) -> pd.DataFrame:
        """One row per foreign key: ``table``, ``columns``, ``to``, ``to_columns``, ``enforced`` (in words)."""
        lines = [(one.table, one.columns, one.to, one.to_columns, one.enforced) for one in self.catalogue.references]
        return pd.DataFrame(lines, columns=["table", "columns", "to", "to_columns", "enforced"])

    def columns(self, table: str) -> pd.DataFrame:
        """Return one row per column: ``name``, ``type``, ``nullable``, ``key``, ``refers_to``, ``comment``."""
        one = self._table(table)
        to = {
            name: f"{each.to}.{other}"
            for each in self.catalogue.references_of(one.name)
            for name, other in zip(each.columns, each.to_columns, strict=True)
        }
        lines = [
            (column.name, column.type, column.nullable, column.name in one.key, to.get(column.name, ""), column.comment)
            for column in one.columns
        ]
        return pd.DataFrame(lines, columns=["name", "type", "nullable", "key", "refers_to", "comment"])

    def dictionary(self, table: str) -> Dictionary:
        """Return what the database itself says of a table's columns, as a dictionary to complete."""
        return Dictionary.read(dict(self._table(table).comments))

    def head(self, table: str, rows: int = 50) -> pd.DataFrame:
        """Return the first rows of a table, in the order the database gives them."""
        return self._source.head(self._table(table), rows)

    def count(self, table: str) -> int:
        """Count the rows of a table or view; a large one takes its time."""
        return self._source.count(self._table(table))

    def broken_references(self, table: str | None = None) -> pd.DataFrame:
        """Count the rows that refer to a row that is not there, one line per foreign key.

        Columns: those of :attr:`references`, and ``broken`` (rows). To see which: compare the two tables.

        Parameters
        ----------
        table
            Only the references of this table; all if not given.
        """
        catalogue = self.catalogue
        chosen = catalogue.references if table is None else catalogue.references_of(self._table(table).name)
        lines = [
            (
                *(one.table, one.columns, one.to, one.to_columns, one.enforced),
                self._source.broken(one, catalogue.by_name[one.table], catalogue.by_name[one.to]),
            )
            for one in chosen
        ]
        return pd.DataFrame(lines, columns=["table", "columns", "to", "to_columns", "enforced", "broken"])

    # ------------------------------------------------------------------ its tables as sources

    def __getitem__(self, table: str) -> DatabaseTable:
        """Return a table as a source of ``mq.scan``, ``mq.compare`` and ``mq.link``; nothing is read yet.

        Raises
        ------
        InputError
            When there is no such table.
        """
        return DatabaseTable(self, self._table(table))

    def __iter__(self) -> Iterator[str]:
        return iter(self.catalogue.by_name)

    def __len__(self) -> int:
        return len(self.catalogue.tables)

    def __contains__(self, table: object) -> bool:
        return table in self.catalogue.by_name

    def scan(self, table: str, **options: Any) -> Scan:
        """Scan one table or view, read in one snapshot.

        Parameters
        ----------
        table
            Its name, as in :attr:`tables`.
        **options
            Whatever :func:`mlqa_widgets.scan` takes; its key is the primary key if not given.
        """
        from mlqa_widgets.scan import scan

        return scan(self[table], **{"name": table, **options})

    # ------------------------------------------------------------------ on screen

    @property
    def selection(self) -> str | None:
        """The table chosen on screen; None where none is. Assign to it to show another.

        Raises
        ------
        InputError
            When there is no such table.
        """
        return self._widget.table or None if self._widget is not None else self._selected

    @selection.setter
    def selection(self, table: str | None) -> None:
        self._selected = None if table is None else self._table(table).name
        if self._widget is not None:
            self._widget.table = self._selected or ""

    def widget(self) -> DatabaseWidget:
        """Return the widget that shows this database."""
        from mlqa_widgets.widgets.database import DatabaseWidget

        if self._widget is None or self._widget.comm is None:
            self._widget = DatabaseWidget(self, self._selected or "")
        return self._widget

    def _table(self, name: str) -> CatalogueTable:
        known = self.catalogue.by_name
        if name not in known:
            msg = f"table: {self.place} has no table {name!r}. {nearest(name, known)}"
            raise InputError(msg)
        return known[name]

    def __repr__(self) -> str:
        if not self.done or self.error is not None:
            return f"<Database {self.address}: {'reading its catalogue' if not self.done else self.error}>"
        lines = [f"<Database {self.address}, {self.kind}: {count(len(self), 'table')}>"]
        for _, one in self.tables.head(_PRINTED).iterrows():
            rows = "not counted" if pd.isna(one["rows"]) else f"{one['rows']:,}"
            about = "about " if one["rows_are"] == "estimate" else ""
            lines.append(f"{one['name']:<30} {about + rows:>16}  {one['inactive']}".rstrip())
        if len(self) > _PRINTED:
            lines.append(f"and {len(self) - _PRINTED} more")
        return "\n".join(lines)

    def __reduce__(self) -> NoReturn:
        msg = "A database is not saved: it may hold a password. Open it again with mq.database."
        raise TypeError(msg)


class DatabaseTable(Readable):
    """One table of a database, to be read when it is scanned or compared."""

    def __init__(self, database: Database, table: CatalogueTable) -> None:
        self._database = database
        self._table = table
        self.name = table.name
        self.key = table.key

    def read(self, progress: Progress) -> Table:
        """Return the table: staged on this machine's disk, or read in place; its rows labelled by the primary key."""
        return self._database._source.read(self._table, progress)  # noqa: SLF001 - its own database

    def __repr__(self) -> str:
        return f"<{self.name} of {self._database.address}>"


_MOMENTS = ("newest", "analysed", "counted_since", "last_read")


def _names(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _source(address: Address) -> DatabaseSource:
    match address.backend:
        case "postgresql":
            from mlqa_widgets.databases.postgres import PostgreSQL

            return PostgreSQL(address)
        case "sqlite":
            from mlqa_widgets.databases.sqlite import SQLite

            return SQLite(address)
        case "duckdb":
            from mlqa_widgets.databases.duckdb import DuckDBFile

            return DuckDBFile(address)
        case _:
            from mlqa_widgets.databases.others import OtherDatabase

            return OtherDatabase(address)
