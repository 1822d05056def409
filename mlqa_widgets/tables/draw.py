"""The rows of a large table that are looked at one by one: stretches of neighbours, evenly spread over the table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.options import options
from mlqa_widgets.tables.table import Column, Predicate, Table

STRETCHES: Final = 32
"""How many stretches are looked at, from the first rows of the table to the last."""


class Draw(Table):
    """Rows of a larger table that know where they stand in it.

    Its ``pos``, and with it every predicate and position, is that of the larger table.

    Parameters
    ----------
    whole
        The larger table.
    engine
        Has the rows as ``t``, in the order of the larger table.
    rows
        How many they are.
    drawn
        Which rows they are, in words.
    """

    def __init__(self, whole: Table, engine: DuckDB, rows: int, drawn: str) -> None:
        super().__init__(whole.name, whole.columns, rows, engine, whole.own_rows, whole.source)
        self._whole = whole
        self._drawn = drawn

    @property
    def whole(self) -> Table:
        """The larger table."""
        return self._whole

    @property
    def draw(self) -> Table:
        """Itself: its rows are looked at one by one."""
        return self

    @property
    def looked_at(self) -> int | None:
        """How many rows these are; None where they are all."""
        return None if self.row_count == self.whole.row_count else self.row_count

    @property
    def drawn(self) -> str:
        """Which rows of the larger table these are, in words."""
        return self._drawn

    @cached_property
    def _positions(self) -> np.ndarray:
        return self.query("SELECT pos FROM t")["pos"].to_numpy()

    def at(self, rows: np.ndarray) -> np.ndarray:
        """Return where the rows counted from 0 within the draw stand in the whole table."""
        found: np.ndarray = self._positions[rows]
        return found


def draw_stretches(table: Table, rows: int) -> Table:
    """Return at most ``rows`` rows of a table, in stretches of equal length from its first rows to its last.

    Within a stretch neighbours stay neighbours, so that what shows from one row to the next shows as in the whole.
    The same rows are drawn each time.
    """
    stretches = min(STRETCHES, rows)
    size = rows // stretches
    starts = np.linspace(0, table.row_count - size, stretches).astype(np.int64).tolist()
    drawn = f"{stretches} stretches of {size:,} rows, evenly spread"
    if (held := table.engine.registered("t")) is not None:
        return _draw_of(table, pa.concat_tables([held.slice(start, size) for start in starts]), drawn)
    return draw_rows(table, " OR ".join(f"pos BETWEEN {start} AND {start + size - 1}" for start in starts), drawn)


def draw_rows(table: Table, where: str, drawn: str) -> Table:
    """Return the rows for which an SQL expression without parameters is true, as a draw of the table.

    They stay where they are if that is a file or Spark, and are copied beside the table from another engine elsewhere.

    Parameters
    ----------
    drawn
        Which rows they are, in words.
    """
    return table.draw_there(where, drawn) or draw_here(table, where, drawn)


def draw_here(table: Table, where: str, drawn: str) -> Draw:
    """Return the rows for which an SQL expression is true, read on this machine; otherwise as :func:`draw_rows`."""
    if (held := table.engine.registered("t")) is not None:
        return _draw_of(table, held.take(pa.array(table.positions(Predicate(where)))), drawn)
    engine = table.engine.beside()
    if (relation := table.engine.view("t")) is not None:
        engine.execute(f"CREATE TEMP VIEW t AS SELECT * FROM ({relation}) WHERE {where}")
        return Draw(table, engine, rows_of(engine, "t"), drawn)
    engine.load("t", table.query("SELECT * FROM t LIMIT 0"), append=False)
    for batch in table.engine.batches(f"SELECT * FROM t WHERE {where}"):
        engine.append("t", pa.table(batch))
    return Draw(table, engine, rows_of(engine, "t"), drawn)


def draw_alike(table: Table, columns: Sequence[Column]) -> Table:
    """Return the rows of some contents of some columns, as many as may be looked at; rows alike in them stay together."""
    every = -(-table.row_count // options.rows_looked_at)
    if every == 1:
        return table
    key = f"hash({', '.join(column.sql for column in columns)})"
    return draw_rows(table, f"{key} % {every} = 0", f"all rows of one in {every:,} contents")


def _draw_of(table: Table, rows: pa.Table, drawn: str) -> Draw:
    engine = table.engine.beside()
    engine.register("t", rows)
    return Draw(table, engine, rows.num_rows, drawn)


def rows_of(engine: DuckDB, relation: str) -> int:
    """Return how many rows a relation has."""
    return int(engine.query(f"SELECT count(*) AS n FROM {relation}")["n"][0].as_py())
