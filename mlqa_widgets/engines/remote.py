"""Engines elsewhere, asked in DuckDB's SQL: what they share is what happens where they would compute otherwise."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.engines.dialects.translation import Lookup, Refused
from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.errors import InputError

LOOKED_UP: Final = 250_000
"""Distinct values of a column up to which DuckDB computes for it what the engine would not compute alike."""


class Remote(ABC):
    """An engine from which figures and single rows come, over a network.

    Statements run one at a time. What it would compute otherwise than DuckDB is computed by DuckDB for the distinct
    values of a column and looked up; a statement for which neither goes is run on the rows drawn from the table.
    """

    is_remote = True
    """Rows come over a network: what can be worked out there is, and only figures and few rows come."""
    takes_tables: bool
    """Whether tables can be sent to it, so that two meet there."""
    name: str
    """What it is, with its version."""
    place: str
    """What it is called in a sentence."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        """Statements that ran on the rows drawn -> what of them the engine would not compute alike."""
        self.fetched = 0
        """Rows that came over so far."""
        self._lock = threading.RLock()
        self._interrupted = threading.Event()
        self._relations: dict[str, Mapping[str, str]] = {}
        self._draw: Callable[[], DuckDB | None] = lambda: None
        self._values: dict[tuple[str, str], pa.Table] = {}
        self._local = DuckDB()

    def on_refusal(self, draw: Callable[[], DuckDB | None]) -> None:
        """Run what cannot be translated on an engine that has some of the rows as the same relations."""
        self._draw = draw

    def registered(self, name: str) -> None:  # noqa: B027 - none of an engine elsewhere is
        """Return None: no relation is in memory."""

    def view(self, name: str) -> None:  # noqa: B027 - as above
        """Return None: no relation can be read by another engine."""

    def beside(self) -> DuckDB:
        """Return an engine on this machine, for rows that were drawn; it is interrupted with this one."""
        return self._local.beside()

    # ------------------------------------------------------------------ statements

    def query(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """Run one statement of DuckDB's SQL and return its result.

        Parameters
        ----------
        params
            A value for each ``?``: a scalar of Python or NumPy, or a list of them.

        Raises
        ------
        Cancelled
            When :meth:`interrupt` was called while the statement ran.
        InputError
            With the engine's reason, when it could not run the statement.
        """
        with self._lock:
            try:
                return self._answer(sql, [plain(one) for one in params])
            except Refused as refusal:
                return self._on_the_draw(sql, refusal).query(sql, params)

    def batches(self, sql: str, params: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """Run one statement and yield its result part by part, otherwise as :meth:`query`."""
        with self._lock:
            try:
                yield from self._parts(sql, [plain(one) for one in params])
            except Refused as refusal:
                yield from self._on_the_draw(sql, refusal).batches(sql, params)

    def join(self, sql: str, wanted: pa.Table) -> pa.Table:
        """Run one statement that reads, besides its own tables, the Arrow table ``wanted``."""
        with self._lock, self._lent("wanted", wanted):
            return self.query(sql)

    def knows(self, sql: str, params: Sequence[Any] = ()) -> bool:
        """Return whether the engine computes a statement as DuckDB does; otherwise it is run on the rows drawn."""
        with self._lock:
            try:
                for lookup in self._lookups(sql, [plain(one) for one in params]):
                    self._distinct(lookup.relation, lookup.column)
            except Refused:
                return False
            return True

    def close(self) -> None:
        """Give back what is kept for this engine."""
        with self._lock:
            self._release()

    def _on_the_draw(self, sql: str, refusal: Refused) -> DuckDB:
        drawn = self._draw()
        if drawn is None:
            msg = f"{self.place} would not compute this as DuckDB does: {refusal}"
            raise InputError(msg) from refusal
        self.refused[sql] = str(refusal)
        return drawn

    # ------------------------------------------------------------------ what an engine says itself

    _release: Callable[[], Any]

    @abstractmethod
    def interrupt(self) -> None:
        """Stop the statement that runs in another thread, if any."""

    @abstractmethod
    def _answer(self, sql: str, params: Sequence[Any]) -> pa.Table:
        """Return the result of a statement, or refuse it."""

    @abstractmethod
    def _parts(self, sql: str, params: Sequence[Any]) -> Iterator[pa.RecordBatch]:
        """Yield the result of a statement part by part, or refuse it."""

    @abstractmethod
    def _lookups(self, sql: str, params: Sequence[Any]) -> Sequence[Lookup]:
        """Return what a statement looks up, or refuse it."""

    @abstractmethod
    def _lent(self, name: str, rows: pa.Table) -> AbstractContextManager[None]:
        """Make a small Arrow table readable under ``name`` for as long as the block runs."""

    # ------------------------------------------------------------------ what DuckDB computes for it

    def _results(self, lookup: Lookup, params: Sequence[Any]) -> pa.Table:
        """Return what DuckDB makes of each distinct value of a column: columns ``k`` and ``v``."""
        self._local.register("d", self._distinct(lookup.relation, lookup.column))
        given = [params[int(name[1:])] for name in lookup.params]
        return self._local.query(f"SELECT {lookup.column} AS k, {lookup.sql} AS v FROM d", given)

    def _distinct(self, relation: str, column: str) -> pa.Table:
        """Return the distinct values of a column."""
        if (relation, column) not in self._values:
            found = self.query(f"SELECT {column} FROM {relation} GROUP BY {column} LIMIT {LOOKED_UP + 1}")
            self._values[relation, column] = found
        found = self._values[relation, column]
        if found.num_rows > LOOKED_UP:
            msg = f"an expression of {column}, which has more than {LOOKED_UP:,} distinct values"
            raise Refused(msg)
        return found


def plain(value: Any) -> Any:
    """Return a value without NumPy's types, which other drivers do not know."""
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else value


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type of Arrow, one of six, as which values of a type are sent to an engine."""
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_boolean(kind) or pa.types.is_date(kind):
        return kind
    return pa.string()


_TYPES: Final = {
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.timestamp("us"): "TIMESTAMP",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.string(): "VARCHAR",
}


def types_in_duckdb(schema: pa.Schema) -> dict[str, str]:
    """Return the types of DuckDB that hold the columns of an Arrow table."""
    return {field.name: _TYPES[plain_type(field.type)] for field in schema}
