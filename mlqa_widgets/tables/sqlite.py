"""SQLite files: types belong to values there, not to columns, so each value's own type is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mlqa_widgets.engines.duckdb import DuckDB, identifier
from mlqa_widgets.errors import InputError
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.choice import choose_table
from mlqa_widgets.tables.encodings import decoded
from mlqa_widgets.tables.frames import read_cells
from mlqa_widgets.tables.stored import STAGED, RowKey, stored_table
from mlqa_widgets.tables.table import Source, Table

_BATCH = 50_000
_ARROW = {"integer": pa.int64(), "real": pa.float64(), "text": pa.string(), "blob": pa.binary()}
_SQL = {pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.string(): "VARCHAR", pa.binary(): "BLOB"}


@dataclass(frozen=True)
class _Field:
    """A column of the table: its name, the type it declares, and the types its values have."""

    name: str
    declared: str
    types: frozenset[str]
    has_large: bool
    """Whether there are whole numbers that a double may not hold."""

    @property
    def arrow(self) -> pa.DataType | None:
        """The type that holds its values, or None where each keeps its own."""
        if self.types == {"integer", "real"} and not self.has_large:
            return pa.float64()
        return _ARROW[next(iter(self.types), "text")] if len(self.types) <= 1 else None


def from_sqlite(
    path: Path,
    table: str | None,
    name: str,
    *,
    key: Sequence[str] = (),
    comments: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Table:
    """Read one table or view of a SQLite file, in one read transaction.

    Parameters
    ----------
    key
        The columns whose values label the rows; their positions if not given.
    comments
        What is known of the columns, by their names.
    progress
        Told of the rows read; its cancelling stops the reading.

    Raises
    ------
    InputError
        When the file is no SQLite database, or has no such table.
    Cancelled
        When ``progress`` was cancelled.
    """
    progress = progress or Progress()
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        ) as connection:
            progress.on_cancel(partial(_interrupt, connection))
            connection.text_factory = decoded
            connection.execute("BEGIN")
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' "
                "ESCAPE '~' ORDER BY name"
            )
            listed = [row[0] for row in tables]
            chosen = choose_table(path, table, listed, "table")
            fields = _fields(connection, chosen)
            engine = _staged(connection, chosen, fields, progress)
    except sqlite3.Error as error:
        if progress.cancelled:
            raise progress.stopped() from None
        msg = f"data: {path.name!r} could not be read as a SQLite database: {error}"
        raise InputError(msg) from error
    return stored_table(
        engine,
        STAGED,
        RowKey(),
        name if len(listed) == 1 else chosen,
        Source("SQLite file", {"table": chosen, "tables": ", ".join(listed)}, str(path)),
        labels=[field.name for field in fields],
        cell_types={f"c{i}": f"k{i}" for i, field in enumerate(fields) if field.arrow is None},
        source_types=[field.declared for field in fields],
        comments={f"c{i}": comments[f.name] for i, f in enumerate(fields) if f.name in comments} if comments else None,
        label_by=[[field.name for field in fields].index(one) for one in key],
    )


def _interrupt(connection: sqlite3.Connection) -> None:
    """Stop what the connection does, if it is still open."""
    with suppress(sqlite3.ProgrammingError):
        connection.interrupt()


def _fields(connection: sqlite3.Connection, table: str) -> list[_Field]:
    relation = identifier(table)
    names = [column[0] for column in connection.execute(f"SELECT * FROM {relation} LIMIT 0").description]
    declared = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_xinfo({relation})")}
    columns = [identifier(name) for name in names]
    types = ", ".join(f"group_concat(DISTINCT typeof({column}))" for column in columns)
    halves = ", ".join(f"max(CASE typeof({column}) WHEN 'integer' THEN abs({column} / 2) END)" for column in columns)
    found, largest = (connection.execute(f"SELECT {asked} FROM {relation}").fetchone() for asked in (types, halves))
    return [
        _Field(name, declared.get(name, ""), frozenset((of or "null").split(",")) - {"null"}, (half or 0) >= 2**52)
        for name, of, half in zip(names, found, largest, strict=True)
    ]


def _staged(connection: sqlite3.Connection, table: str, fields: Sequence[_Field], progress: Progress) -> DuckDB:
    engine = DuckDB.staging()
    columns = [f"c{i} {'VARCHAR' if f.arrow is None else _SQL[f.arrow]}" for i, f in enumerate(fields)]
    columns += [f"k{i} VARCHAR" for i, f in enumerate(fields) if f.arrow is None]
    engine.execute(f"CREATE TABLE {STAGED} ({', '.join(columns)})")
    cursor = connection.execute(f"SELECT * FROM {identifier(table)}")
    rows = 0
    for batch in _batches(cursor, fields):
        engine.append(STAGED, batch)
        rows += batch.num_rows
        progress.at(f"Reading {table}: {rows:,} rows", 0.0)
    return engine


def _batches(cursor: sqlite3.Cursor, fields: Sequence[_Field]) -> Iterator[pa.Table]:
    while rows := cursor.fetchmany(_BATCH):
        arrays: dict[str, Any] = {}
        types: dict[str, Any] = {}
        for i, (field, cells) in enumerate(zip(fields, zip(*rows, strict=True), strict=True)):
            if field.arrow is not None:
                arrays[f"c{i}"] = pa.array(cells, type=field.arrow)
            else:
                arrays[f"c{i}"], types[f"k{i}"] = read_cells(np.array(cells, dtype=object))
        yield pa.table({**arrays, **types})
