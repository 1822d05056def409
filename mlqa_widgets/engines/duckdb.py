"""DuckDB inside this process: the engine every local table is read with."""

from __future__ import annotations

import glob
import re
import shutil
import tempfile
import threading
import uuid
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from mlqa_widgets.errors import Cancelled, InputError
from mlqa_widgets.options import options

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}
_MANY_COLUMNS = 100
_BATCH_ROWS = 100_000
_BYTES_PER_THREAD = 125_000_000
_WORD = re.compile(r"\w+")


class DuckDB:
    """One connection, safe to use from several threads, and to interrupt from another.

    Statements run one at a time: DuckDB itself spreads each over the cores. What does not fit into memory goes to
    the system's folder for temporary files, never beside the user's notebook.

    Parameters
    ----------
    folder
        A folder that belongs to the engine and is removed with it.
    connection
        What it runs on; one of its own if not given.
    """

    name = f"DuckDB {duckdb.__version__}"
    is_remote = False
    """Rows are at hand: a million of them are here in a moment."""
    takes_tables = False
    """It is one of many: tables meet in a new one."""

    def __init__(self, folder: Path | None = None, *, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self._connection = connection or _connected()
        self._connection.execute("SET TimeZone = 'UTC'")
        self._lock = threading.RLock()
        self._beside: list[weakref.ref[DuckDB]] = []
        self._wide: dict[str, tuple[pa.Table, frozenset[str]]] = {}
        self._registered: dict[str, pa.Table] = {}
        self._release = weakref.finalize(self, _discard, self._connection, folder)

    @classmethod
    def staging(cls) -> DuckDB:
        """Return an engine with a database ``staged`` of its own on disk, removed with the engine."""
        folder = Path(tempfile.mkdtemp(prefix="mlqa-staged-"))
        engine = cls(folder)
        engine.execute(f"ATTACH {text(str(folder / 'staged.duckdb'))} AS staged")
        return engine

    def another_connection(self) -> duckdb.DuckDBPyConnection:
        """Return a further connection to the same database, for a library that runs statements of its own.

        It sees tables that are not temporary, and may be used from one thread at a time.
        """
        return self._connection.cursor()

    def beside(self) -> DuckDB:
        """Return an engine for other tables, which shares the memory and its limit, and is interrupted with this one."""
        engine = DuckDB(connection=self._connection.cursor())
        self._beside.append(weakref.ref(engine))
        return engine

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under ``name``, without a copy.

        Every statement costs some microseconds per column of every table it reads, named or not. So of a table of
        many columns each statement is given only those it names, and ``*`` stands for no more than these.
        """
        with self._lock:
            self._connection.register(name, table)
            self._registered[name] = table
            if table.num_columns > _MANY_COLUMNS:
                self._wide[name] = table, frozenset(table.column_names)

    @contextmanager
    def kept(self, name: str, sql: str) -> Iterator[None]:
        """Make the result of a statement readable under ``name`` for as long as the block runs."""
        self.execute(f"CREATE TEMP TABLE {name} AS {sql}")
        try:
            yield
        finally:
            self.execute(f"DROP TABLE {name}")

    def registered(self, name: str) -> pa.Table | None:
        """Return the Arrow table registered under ``name``; None where that is a relation of the engine."""
        return self._registered.get(name)

    def view(self, name: str) -> str | None:
        """Return the statement that the view ``name`` stands for; None where there is no such view."""
        found = self.query("SELECT sql FROM duckdb_views() WHERE view_name = ? AND NOT internal", (name,))["sql"]
        return None if len(found) == 0 else str(found[0].as_py()).split(" AS ", 1)[1].rstrip().rstrip(";")

    def query(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """Run one statement and return its result.

        Parameters
        ----------
        params
            A value for each ``?``: a scalar of Python or NumPy, or a list of them.

        Raises
        ------
        Cancelled
            When :meth:`interrupt` was called while the statement ran.
        """
        with self._lock, _interruptible():
            self._narrow(sql)
            return self._connection.sql(sql, params=_bound(params)).to_arrow_table()

    def knows(self, sql: str, params: Sequence[Any] = ()) -> bool:  # noqa: ARG002 - of every engine but those elsewhere
        """Return whether the engine computes a statement as it is meant: it is written for this one."""
        return True

    def batches(self, sql: str, params: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """Run one statement and yield its result part by part, otherwise as :meth:`query`.

        Nothing else can be asked of the engine until the last part was taken.
        """
        with self._lock, _interruptible():
            self._narrow(sql)
            yield from self._connection.sql(sql, params=_bound(params)).to_arrow_reader(_BATCH_ROWS)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run one statement for its effect; otherwise as :meth:`query`."""
        with self._lock, _interruptible():
            self._narrow(sql)
            self._connection.execute(sql, _bound(params)).fetchall()

    def join(self, sql: str, wanted: pa.Table) -> pa.Table:
        """Run one statement that reads, besides its own tables, the Arrow table ``wanted``."""
        with self._lending("wanted", wanted):
            return self.query(sql)

    def append(self, name: str, batch: pa.Table, cells: str = "*") -> None:
        """Add the rows of an Arrow table to the table called ``name``; ``cells`` is SQL of what is kept of each."""
        with self._lending("batch", batch):
            self.execute(f"INSERT INTO {name} SELECT {cells} FROM batch")

    def load(self, name: str, rows: pa.Table, *, append: bool) -> None:
        """Copy an Arrow table into a table of the engine called ``name``: a new one, or one made so before."""
        if append:
            self.append(name, rows)
            return
        with self._lending("batch", rows):
            self.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM batch")

    def _narrow(self, sql: str) -> None:
        if not self._wide:
            return
        words = set(_WORD.findall(sql))
        for name in words & self._wide.keys():
            table, columns = self._wide[name]
            self._connection.register(name, table.select(sorted(words & columns) or [0]))

    @contextmanager
    def _lending(self, name: str, table: pa.Table) -> Iterator[None]:
        with self._lock:
            self._connection.register(name, table)
            try:
                yield
            finally:
                self._connection.unregister(name)

    @contextmanager
    def reading(self, path: Path, what: str) -> Iterator[None]:
        """Turn what DuckDB says of an unreadable file into an error that names it.

        Raises
        ------
        InputError
            With DuckDB's reason.
        """
        try:
            yield
        except duckdb.Error as error:
            reason = str(error).split("\n")[0]
            msg = f"data: {path.name!r} could not be read as {what}: {reason}"
            raise InputError(msg) from error

    def interrupt(self) -> None:
        """Stop the statement that runs in another thread, if any."""
        self._connection.interrupt()
        for beside in self._beside:
            if (engine := beside()) is not None:
                engine.interrupt()

    def close(self) -> None:
        """Release the connection and what it holds, in memory and on disk."""
        with self._lock:
            self._release()


def identifier(name: str) -> str:
    """Quote ``name`` as an SQL identifier, and only that."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote ``value`` as an SQL text literal, for the places where DuckDB takes no parameter."""
    return "'" + value.replace("'", "''") + "'"


def file(path: Path) -> str:
    """Quote ``path`` for DuckDB's readers, which would take ``*``, ``?`` and ``[`` in it for a pattern."""
    return text(glob.escape(str(path)))


def _connected() -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty database that keeps to half of the memory limit."""
    spill = Path(tempfile.gettempdir()) / f"mlqa-spill-{uuid.uuid4().hex}"
    settings = {**_SETTINGS, "temp_directory": str(spill)}
    limit = options.memory_bytes
    if limit is None:
        return duckdb.connect(config=settings)
    connection = duckdb.connect(config={**settings, "memory_limit": f"{limit // 2} B"})
    threads = int(connection.execute("SELECT current_setting('threads')").fetchall()[0][0])
    connection.execute(f"SET threads = {max(1, min(threads, limit // 2 // _BYTES_PER_THREAD))}")
    return connection


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException as stopped:
        msg = "The query was interrupted."
        raise Cancelled(msg) from stopped
    except duckdb.OutOfMemoryException as error:
        if options.memory_limit is None:
            raise
        msg = (
            f"options.memory_limit: {options.memory_limit!r} is too little for this step, also with the disk. Raise it."
        )
        raise InputError(msg) from error


def _bound(params: Sequence[Any]) -> list[Any]:
    """Return ``params`` with NumPy's scalars, which DuckDB cannot bind, as Python's."""
    return [[_plain(one) for one in value] if isinstance(value, (list, tuple)) else _plain(value) for value in params]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _discard(connection: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    connection.close()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
