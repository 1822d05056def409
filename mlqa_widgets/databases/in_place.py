"""A table that stays in PostgreSQL: how its columns are read there, and its rows fetched by their positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from mlqa_widgets.databases.catalogue import CatalogueTable
from mlqa_widgets.databases.staging import Staging
from mlqa_widgets.databases.ways import Crossing, Way
from mlqa_widgets.engines.postgres import Postgres
from mlqa_widgets.options import options
from mlqa_widgets.tables.draw import draw_rows, draw_stretches
from mlqa_widgets.tables.frames import display_names
from mlqa_widgets.tables.remote import RemoteTable, types_of
from mlqa_widgets.tables.table import Column, Source, Storage, Table

if TYPE_CHECKING:
    from psycopg import Connection

_EXACT_IN_A_DOUBLE: Final = 2.0**53
_DIGITS: Final = 38
"""Digits of the widest decimal that rows come back with."""
_DIGITS_OF_A_DOUBLE: Final = 15
_VERSION: Final = 140_000
_FIGURES: Final = 1_000
"""Figures asked for at a time; the server gives no more than 1,664."""

_FITNESS: Final = """
WITH parts AS (
  SELECT relid AS oid FROM pg_partition_tree(%(table)s::regclass) WHERE isleaf
  UNION SELECT %(table)s::regclass::oid)
SELECT current_setting('server_encoding') = 'UTF8'
  AND bool_and((c.relkind IN ('r', 'm') AND a.amname = 'heap' AND NOT c.relhassubclass OR c.relkind = 'p')
               AND NOT c.relrowsecurity)
FROM parts JOIN pg_class c USING (oid) LEFT JOIN pg_am a ON a.oid = c.relam
"""


def is_ordered(connection: Connection[Any], one: CatalogueTable) -> bool:
    """Return whether the rows of a table come in the same order each time they are read in one snapshot.

    Those of a table with pages of its own do, read from first to last; those of a view or of another server need not.
    """
    from psycopg import sql

    if connection.info.server_version < _VERSION:
        return False
    place = sql.Identifier(one.schema, one.table).as_string(connection)
    found = connection.execute(_FITNESS, {"table": place}).fetchone()
    return bool(found and found[0])


def count(connection: Connection[Any], one: CatalogueTable) -> int:
    """Return the number of rows."""
    from psycopg import sql

    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(one.schema, one.table)))
    return int(found.fetchall()[0][0])


def table_in_place(
    engine: Postgres, place: str, one: CatalogueTable, columns: Sequence[Crossing], rows: int, source: Source
) -> PostgresTable:
    """Return a table that stays where it is.

    Parameters
    ----------
    place
        Its name in the server's SQL.
    columns
        Its columns, and how they cross.
    rows
        How many there are.
    """
    names = [engine.quoted(column.name) for column in columns]
    own = ", ".join(f"o{i}" for i in range(len(names)))
    lying = f"SELECT {{}}{', '.join(names)} FROM {place}"
    plain = f"({lying.format('')}) AS o({own})"
    numbered = f"({lying.format('row_number() OVER () - 1, ')}{{}}) AS o(pos, {own})"
    readings = _readings(engine, plain, [column.way for column in columns])
    shown = display_names([column.name for column in columns])
    found = [
        Column(i, column.name, shown[i], readings[i].storage, column.type, comment=one.comments.get(column.name, ""))
        for i, column in enumerate(columns)
    ]
    cells = {column.sql: f"{reading.sql} AS {column.sql}" for column, reading in zip(found, readings, strict=True)}

    def reading(wanted: frozenset[str]) -> str:
        selected = [cells[name] for name in cells if name in wanted]
        if "pos" in wanted:
            return f"SELECT {', '.join(['pos', *selected])} FROM {numbered.format('')}"
        return f"SELECT {', '.join(selected)} FROM {plain}"

    engine.define("t", reading, types_of(found))
    held = tuple(reading.held for reading in readings)
    label_by = tuple([column.name for column in columns].index(name) for name in one.key)
    own_rows = PostgresRows(engine, numbered, tuple(columns), held, rows, label_by)
    return PostgresTable(one.name, found, rows, engine, own_rows, source)


class PostgresTable(RemoteTable):
    """A table that stays in PostgreSQL."""

    engine: Postgres

    @property
    def source(self) -> Source:
        """Where it came from, and how many rows came over until now."""
        return replace(self._source, facts={**self._source.facts, "rows fetched": f"{self.engine.fetched:,}"})

    @source.setter
    def source(self, source: Source) -> None:
        self._source = source

    @cached_property
    def draw(self) -> Table:
        """The rows that are looked at one by one, copied to this machine: all up to ``options.rows_looked_at``."""
        budget = options.rows_looked_at
        return draw_stretches(self, budget) if self.row_count > budget else draw_rows(self, "true", "all rows")


@dataclass(frozen=True)
class PostgresRows:
    """Rows of a table in PostgreSQL, labelled by position or by their key, as a staged copy of it gives them."""

    engine: Postgres
    numbered: str
    """SQL of the rows with their positions, ``{}`` for what limits how many are read."""
    columns: tuple[Crossing, ...]
    held: tuple[str, ...]
    """Types of the columns in DuckDB."""
    rows: int
    label_by: tuple[int, ...]

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at ``positions``."""
        return self._fetched(positions, range(len(self.columns)), self.label_by)

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the row labels at ``positions``: the values of the key, or the positions."""
        if not self.label_by:
            return pd.Index(positions)
        return self._fetched(positions, self.label_by, range(len(self.label_by))).index

    def _fetched(self, positions: np.ndarray, columns: Sequence[int], label_by: Sequence[int]) -> pd.DataFrame:
        wanted = np.unique(positions)
        ways = [self.columns[i].way for i in columns]
        asked = ", ".join(way.asked.format(f"o{i}") for i, way in zip(columns, ways, strict=True))
        limit = f" LIMIT {int(wanted[-1]) + 1 if len(wanted) else 0}"
        chosen = "" if len(wanted) == self.rows else f" WHERE pos = ANY('{{{','.join(map(str, wanted.tolist()))}}}')"
        statement = f"SELECT {asked} FROM {self.numbered.format(limit)}{chosen}"
        names = [self.columns[i].name for i in columns]
        staging = Staging(names, [self.held[i] for i in columns], [way.cast for way in ways])
        for part in self.engine.copied(statement, [way.arrow for way in ways], in_order=True):
            staging.append(part)
        key = [names[i] for i in label_by]
        table = staging.table("", Source(""), key=key, comments={}, types=[self.columns[i].type for i in columns])
        frame = table.take(np.searchsorted(wanted, positions))
        if not label_by:
            frame.index = pd.Index(positions)
        table.engine.close()
        return frame


# ---------------------------------------------------------------------- how columns are read


@dataclass(frozen=True)
class _Reading:
    """How the checks read a column."""

    sql: str
    """PostgreSQL's."""
    storage: Storage
    held: str
    """Type in DuckDB of the column as it is."""


def _readings(engine: Postgres, place: str, ways: Sequence[Way]) -> list[_Reading]:
    """Return how each column is read, as a staged copy is: numbers and times as such where that loses nothing."""
    asked = []
    for i, way in enumerate(ways):
        if way.is_decimal:
            finite = f"o{i} NOT IN ('NaN', 'Infinity', '-Infinity')"
            asked += [
                f"bool_or(NOT {finite}) AS beyond{i}",
                f"max(length(trunc(abs(o{i}))::text)) FILTER (WHERE {finite}) AS whole{i}",
                f"max(scale(o{i})) FILTER (WHERE {finite}) AS scale{i}",
                f"max(abs(o{i})) FILTER (WHERE {finite})::text AS largest{i}",
            ]
        elif way.held.startswith(("DATE", "TIMESTAMP")):
            first, last = "'0001-01-01'", "'9999-12-31 23:59:59.999999'" if way.held != "DATE" else "'9999-12-31'"
            asked.append(f"coalesce(min(o{i}) >= {first} AND max(o{i}) <= {last}, true) AS within{i}")
    found: dict[str, Any] = {}
    for start in range(0, len(asked), _FIGURES):
        found |= engine.collect(f"SELECT {', '.join(asked[start : start + _FIGURES])} FROM {place}").to_pylist()[0]
    return [_reading(engine, place, i, way, found) for i, way in enumerate(ways)]


def _reading(engine: Postgres, place: str, i: int, way: Way, found: Mapping[str, Any]) -> _Reading:
    own = f"o{i}"
    if way.is_decimal:
        return _decimal(engine, place, i, found)
    if way.held in ("SMALLINT", "INTEGER", "BIGINT"):
        return _Reading(f"CAST({own} AS bigint)", "integer", way.held)
    if way.held in ("FLOAT", "DOUBLE"):
        return _Reading(f"nullif(CAST({own} AS double precision), 'NaN')", "number", way.held)
    if way.held == "BOOLEAN":
        return _Reading(own, "boolean", way.held)
    if way.held == "INTERVAL":
        return _Reading(f"date_part('epoch', {own})", "number", way.held)
    if way.held.startswith(("DATE", "TIMESTAMP")):
        if found[f"within{i}"]:
            zone = " AT TIME ZONE 'UTC'" if way.held.endswith("ZONE") else ""
            return _Reading(f"CAST({own}{zone} AS timestamp)", "datetime", way.held)
        written = rf"regexp_replace(CAST({own} AS text), '^(\S+)(.*) BC$', '\1 (BC)\2')"
        return _Reading(f'{written} COLLATE "C"', "text", way.held)
    storage: Storage = "nested" if way.held in ("JSON", "BLOB") else "text"
    return _Reading(f'CAST({way.asked.format(own)} AS text) COLLATE "C"', storage, way.held)


def _decimal(engine: Postgres, place: str, i: int, found: Mapping[str, Any]) -> _Reading:
    """Return how a column of decimal numbers is read: as doubles where no two different ones become the same."""
    own = f"o{i}"
    beyond, whole, scale = (found[f"{name}{i}"] or 0 for name in ("beyond", "whole", "scale"))
    number = f"nullif(CAST({own} AS double precision), 'NaN')"
    if beyond and whole + scale <= _DIGITS_OF_A_DOUBLE:
        return _Reading(number, "number", "DOUBLE")
    if beyond or whole + scale > _DIGITS:
        return _Reading(f'CAST({own} AS text) COLLATE "C"', "text", "VARCHAR")
    held = f"DECIMAL({max(1, whole + scale)}, {scale})"
    small = whole + scale <= _DIGITS_OF_A_DOUBLE or float(found[f"largest{i}"] or 0) * 10.0**scale < _EXACT_IN_A_DOUBLE
    if not small:
        told = f"count(DISTINCT {own}) = count(DISTINCT CAST({own} AS double precision)) AS apart"
        small = engine.collect(f"SELECT {told} FROM {place}")["apart"][0].as_py()
    if small:
        return _Reading(number, "number", held)
    return _Reading(f'CAST(round({own}, {scale}) AS text) COLLATE "C"', "text", held)
