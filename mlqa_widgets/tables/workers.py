"""Spark's workers: what has to see rows one by one runs there, beside the rows, and only what it found comes back.

On a worker the rows are read by a DuckDB of its own, so that a function sees there the very table it sees here.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.errors import InputError, MlqaError
from mlqa_widgets.options import options
from mlqa_widgets.tables.draw import Draw, rows_of
from mlqa_widgets.tables.table import Column, Source, Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from mlqa_widgets.engines.spark import Spark

T = TypeVar("T")

_ANSWER: Final = "answer binary"
_ROWS_AT_ONCE: Final = 100_000
_TOLD: Final = {
    "No module named": (
        "data: rows are looked at by Spark's workers, and their Python cannot import what that needs. Install "
        "mlqa-widgets there too, and let PYSPARK_PYTHON name that Python before the session starts; or pass "
        "frame.toPandas()."
    ),
    "Python worker exited unexpectedly": (
        "data: Spark's worker ended while it looked at rows, as it does where memory lacks. Set "
        "mlqa_widgets.options.memory_limit to what a worker may take (fewer rows are drawn then), or give the workers "
        "of Python more."
    ),
}
"""What Spark says of a worker that failed, and what to do."""


@dataclass(frozen=True)
class Described:
    """What a worker has to know of a table beside its rows."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    """Of the whole table."""
    source: Source
    drawn: str = ""
    """Which rows the worker is given, in words; empty where it is given all."""


class Workers:
    """The workers of a Spark session as an engine of the rows of one frame, asked in DuckDB's SQL.

    Parameters
    ----------
    engine
        The session.
    rows
        The rows: columns ``pos, c0, c1, ...``.
    described
        The table they are of.
    """

    is_remote = True
    takes_tables = False

    def __init__(self, engine: Spark, rows: DataFrame, described: Described) -> None:
        self._engine = engine
        self._rows = rows
        self._described = described
        self.name = engine.name

    def run(self, look: Callable[..., T], *args: Any, tables: Mapping[str, Table]) -> T:
        """Return what a function finds in the table of these rows; it runs on a worker.

        Parameters
        ----------
        look
            A function of a module of this package; the table is its first argument.
        args
            Its further ones.
        tables
            What stands here for ``drawn``, the table of these rows, and for ``whole`` in what it found.

        Raises
        ------
        InputError
            When the workers cannot import this package, or end for lack of memory; else with Spark's reason.
        MlqaError
            That the function raised.
        """
        asked = pickle.dumps((look, args, self._described, vars(options)))
        with self._engine.this_python():
            answer = self._rows.coalesce(1).mapInArrow(partial(_answers, asked), _ANSWER)
        try:
            found = self._engine.collect(answer)
        except InputError as error:
            reason = str(error.__cause__)
            msg = next((told for sign, told in _TOLD.items() if sign in reason), "")
            if not msg:
                raise
            raise InputError(msg) from error
        given = _Unpickler(io.BytesIO(found["answer"][0].as_py()), tables).load()
        if isinstance(given, _Raised):
            raise given.error
        answered: T = given
        return answered

    # ------------------------------------------------------------------ as an engine

    def query(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """Run one statement of DuckDB's SQL on a worker and return its result."""
        found = self.run(_query, sql, list(params), tables={})
        self._engine.fetched += found.num_rows
        return found

    def batches(self, sql: str, params: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """Run one statement and yield its result."""
        yield from self.query(sql, params).to_batches()

    def join(self, sql: str, wanted: pa.Table) -> pa.Table:
        """Run one statement that reads, besides the rows, the Arrow table ``wanted``."""
        found = self.run(_join, sql, wanted, tables={})
        self._engine.fetched += found.num_rows
        return found

    def registered(self, name: str) -> None:
        """Return None: no relation is in memory."""

    def view(self, name: str) -> None:
        """Return None: no relation can be read by another engine."""

    def interrupt(self) -> None:
        """Stop what runs."""
        self._engine.interrupt()


# ---------------------------------------------------------------------- on the worker


class _Positions:
    """The rows as the worker knows them: by where they stand; the user's own values are not here."""

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Refuse: what is shown of rows is fetched by whoever shows it."""
        msg = f"{len(positions)} rows are asked of a worker, which has only what the checks read of them."
        raise NotImplementedError(msg)

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the positions."""
        return pd.Index(positions)


@dataclass(frozen=True)
class _Raised:
    """An error that is told to the user as it stands."""

    error: MlqaError


def _answers(asked: bytes, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    look, args, described, settings = pickle.loads(asked)  # noqa: S301 - from the session that runs this worker
    for name, value in settings.items():
        setattr(options, name, value)
    try:
        found = look(_table(described, batches), *args)
    except MlqaError as error:
        found = _Raised(error)
    written = io.BytesIO()
    _Pickler(written).dump(found)
    yield pa.record_batch({"answer": pa.array([written.getvalue()], pa.binary())})


def _table(described: Described, batches: Iterator[pa.RecordBatch]) -> Table:
    engine = DuckDB()
    last, in_order = -1, True
    for rows in _gathered(batches):
        positions = rows["pos"].to_numpy()
        in_order &= bool(positions[0] > last and (np.diff(positions) > 0).all())
        engine.load("t", rows, append=last >= 0)
        last = int(positions.max())
    if not in_order:
        engine.execute("CREATE OR REPLACE TEMP TABLE t AS SELECT * FROM t ORDER BY pos")
    whole = Table(described.name, described.columns, described.rows, engine, _Positions(), described.source)
    return Draw(whole, engine, rows_of(engine, "t"), described.drawn) if described.drawn else whole


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield the rows that come, many at a time: Spark sends few."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= _ROWS_AT_ONCE:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _query(table: Table, sql: str, params: list[Any]) -> pa.Table:
    return table.query(sql, params)


def _join(table: Table, sql: str, wanted: pa.Table) -> pa.Table:
    return table.engine.join(sql, wanted)


class _Pickler(pickle.Pickler):
    """Writes what was found; tables are only named."""

    def persistent_id(self, value: Any) -> str | None:
        if not isinstance(value, Table):
            return None
        return "drawn" if isinstance(value, Draw) else "whole"


class _Unpickler(pickle.Unpickler):
    """Reads what was found, of the tables as they are here."""

    def __init__(self, written: io.BytesIO, tables: Mapping[str, Table]) -> None:
        super().__init__(written)
        self._tables = tables

    def persistent_load(self, name: str) -> Table:
        return self._tables[name]
