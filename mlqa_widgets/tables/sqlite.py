"""SQLite files: types belong to values there, not to columns, so each value's own type is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mlqa_widgets.engines.duckdb import DuckDB, identifier
from mlqa_widgets.errors import InputError
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


def from_sqlite(path: Path, table: str | None, name: str) -> Table:
    """Read one table or view of a SQLite file.

    Raises
    ------
    InputError
        When the file is no SQLite database, or has no such table.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = decoded
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' "
                "ESCAPE '~' ORDER BY name"
            )
            listed = [row[0] for row in tables]
            chosen = choose_table(path, table, listed, "table")
            fields = _fields(connection, chosen)
            engine = _staged(connection, chosen, fields)
    except sqlite3.Error as error:
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
    )


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


def _staged(connection: sqlite3.Connection, table: str, fields: Sequence[_Field]) -> DuckDB:
    engine = DuckDB.staging()
    columns = [f"c{i} {'VARCHAR' if f.arrow is None else _SQL[f.arrow]}" for i, f in enumerate(fields)]
    columns += [f"k{i} VARCHAR" for i, f in enumerate(fields) if f.arrow is None]
    engine.execute(f"CREATE TABLE {STAGED} ({', '.join(columns)})")
    cursor = connection.execute(f"SELECT * FROM {identifier(table)}")
    for batch in _batches(cursor, fields):
        engine.append(STAGED, batch)
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
