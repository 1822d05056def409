"""PostgreSQL: the engine of a table that stays on a server. It is asked in DuckDB's SQL, as every engine is."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pyarrow as pa

from mlqa_widgets.engines.copied import parsed_parts
from mlqa_widgets.engines.dialects.postgres import PostgresTranslation, to_postgres
from mlqa_widgets.engines.dialects.translation import Lookup
from mlqa_widgets.engines.duckdb import DuckDB, identifier
from mlqa_widgets.engines.remote import Remote, plain_type, types_in_duckdb
from mlqa_widgets.errors import Cancelled, InputError, MlqaError

if TYPE_CHECKING:
    from psycopg import Connection

T = TypeVar("T")

_POINT: Final = "mlqa"
"""What the transaction goes back to after a statement that failed: its snapshot stays the same."""
_ROWS_AT_ONCE: Final = 50_000
_LOOKS: Final = "5s"
"""How often the server looks whether anybody still waits for a statement, and stops it if not."""
_IN_ORDER: Final = {
    # Rows come in the order in which they lie, whatever indexes there are.
    "max_parallel_workers_per_gather": "0",
    "enable_indexscan": "off",
    "enable_indexonlyscan": "off",
    "enable_bitmapscan": "off",
}
_GONE: Final = (
    "table: the server has ended the connection, and with it the snapshot that was read (it was restarted, or ends "
    "transactions that wait: idle_in_transaction_session_timeout). Scan the table again."
)


class Postgres(Remote):
    """One snapshot of a PostgreSQL database, asked for aggregates and single rows; nothing in it is ever written.

    Statements are SELECT and COPY TO STDOUT, in the transaction that the connection has begun: it stays open until
    the engine is closed. What is kept of a statement for others is kept on this machine.

    Parameters
    ----------
    connection
        A connection of its own, in a transaction that is ``REPEATABLE READ READ ONLY``.
    name
        What the server is called, with its version.
    hide
        Takes out of a text what must not be shown.
    """

    place = "PostgreSQL"
    takes_tables = False

    def __init__(self, connection: Connection[Any], name: str, hide: Callable[[str], str]) -> None:
        super().__init__()
        self.name = name
        self._connection = connection
        connection.prepare_threshold = None  # what is prepared would be deallocated, a statement that no one needs
        self._hide = hide
        self._readings: dict[str, Callable[[frozenset[str]], str]] = {}
        self._lent_rows: dict[str, pa.Table] = {}
        self._kept: set[str] = set()
        self._usual: Mapping[str, str] = {}
        self._in_order = False
        self._release = weakref.finalize(self, _discard, connection, self._local)
        self.asked(lambda: connection.execute(f"SAVEPOINT {_POINT}"))
        with suppress(InputError):  # some systems cannot
            self.collect(f"SELECT set_config('client_connection_check_interval', {_text(_LOOKS)}, true)")
            self.asked(lambda: connection.execute(f"SAVEPOINT {_POINT}"))
        usual = self.collect(f"SELECT {', '.join(f'current_setting({_text(name)})' for name in _IN_ORDER)}")
        self._usual = {name: column[0].as_py() for name, column in zip(_IN_ORDER, usual.columns, strict=True)}

    # ------------------------------------------------------------------ relations

    def define(self, name: str, reading: Callable[[frozenset[str]], str], types: Mapping[str, str]) -> None:
        """Make a relation of the server readable under ``name``.

        Parameters
        ----------
        reading
            Returns PostgreSQL's SQL of some of its columns.
        types
            Column -> its type in DuckDB.
        """
        self._readings[name] = reading
        self._relations[name] = types

    @contextmanager
    def kept(self, name: str, sql: str) -> Iterator[None]:
        """Make the result of a statement readable under ``name`` for as long as the block runs, on this machine."""
        with self._lock:
            try:
                self._local.load(name, self.query(f"SELECT * FROM ({sql}) AS q LIMIT 0"), append=False)
                for batch in self.batches(sql):
                    self._local.load(name, pa.table(batch), append=True)
                self._kept.add(name)
                yield
            finally:
                self._kept.discard(name)
                self._local.execute(f"DROP TABLE IF EXISTS {name}")

    @contextmanager
    def _lent(self, name: str, rows: pa.Table) -> Iterator[None]:
        self._lent_rows[name] = rows
        self._relations[name] = types_in_duckdb(rows.schema)
        try:
            yield
        finally:
            del self._lent_rows[name], self._relations[name]

    def _is_here(self, sql: str) -> bool:
        """Whether a statement reads what is kept on this machine."""
        return any(re.search(rf"\b{name}\b", sql) for name in self._kept)

    # ------------------------------------------------------------------ statements

    def join(self, sql: str, wanted: pa.Table) -> pa.Table:
        """Run one statement that reads, besides its own tables, the Arrow table ``wanted``."""
        return self._local.join(sql, wanted) if self._is_here(sql) else super().join(sql, wanted)

    def _answer(self, sql: str, params: Sequence[Any]) -> pa.Table:
        if self._is_here(sql):
            return self._local.query(sql, params)
        return self.collect(*self._statement(sql, params))

    def _parts(self, sql: str, params: Sequence[Any]) -> Iterator[pa.RecordBatch]:
        """Yield the parts of a result by COPY, which takes no parameters; with some the result comes at once."""
        statement, values, in_order = self._statement(sql, params)
        if values:
            yield from self.collect(statement, values, in_order).to_batches()
            return
        of = self.collect(f"SELECT * FROM ({statement}) AS q LIMIT 0", (), in_order).schema
        for part in self.copied(statement, of.types, in_order):
            yield from part.rename_columns(of.names).to_batches()

    def _lookups(self, sql: str, params: Sequence[Any]) -> Sequence[Lookup]:
        return to_postgres(sql, params, self._relations).lookups

    def _statement(self, sql: str, params: Sequence[Any]) -> tuple[str, list[Any], bool]:
        """Return a statement for the server with its values, and whether the order of the rows is part of it."""
        translated = to_postgres(sql, params, self._relations)
        values = list(translated.params.values())
        front = [self._relation(name, columns, values) for name, columns in translated.columns.items()]
        front += [_relation(one.name, self._results(one, params), values) for one in translated.lookups]
        return translated.after(front), values, _has_positions(translated)

    def _relation(self, name: str, columns: frozenset[str], values: list[Any]) -> str:
        if name in self._lent_rows:
            return _relation(name, self._lent_rows[name], values)
        return f"{identifier(name)} AS NOT MATERIALIZED ({self._readings[name](columns)})"

    # ------------------------------------------------------------------ the connection

    def collect(self, statement: str, values: Sequence[Any] = (), in_order: bool = False) -> pa.Table:
        """Return the result of a statement of PostgreSQL.

        Parameters
        ----------
        values
            Those of ``$1, $2, ...``.
        in_order
            Whether the rows have to be read in the order in which they lie.
        """

        def collect() -> pa.Table:
            from psycopg import RawCursor

            self._order(in_order)
            with RawCursor(self._connection) as cursor:
                cursor.execute(statement, values, prepare=False, binary=True)
                parts = [_as_arrow(cursor.description or (), cursor.fetchmany(_ROWS_AT_ONCE))]
                while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                    parts.append(_as_arrow(cursor.description or (), rows))
                return pa.concat_tables(parts)

        found = self.asked(collect)
        self.fetched += found.num_rows
        return found

    def copied(self, statement: str, types: Sequence[pa.DataType], in_order: bool = False) -> Iterator[pa.Table]:
        """Yield the result of a statement without parameters part by part: columns ``c0, c1, ...``."""

        def parts() -> Iterator[pa.Table]:
            self._order(in_order)
            with self._connection.cursor() as cursor, cursor.copy(_as_csv(statement)) as copy:
                yield from parsed_parts(copy, types)

        with self._lock:
            coming = parts()
            while (part := self.asked(lambda: next(coming, None))) is not None:
                self.fetched += part.num_rows
                yield part

    def quoted(self, name: str) -> str:
        """Return a name of the database as an identifier of its SQL."""
        from psycopg import sql

        return sql.Identifier(name).as_string(self._connection)

    def asked(self, ask: Callable[[], T]) -> T:
        """Return what ``ask`` has the server answer.

        The driver's own error is not kept: the frames of its traceback hold the connection.

        Raises
        ------
        InputError
            With the server's reason, or when it has ended the connection.
        Cancelled
            When :meth:`interrupt` was called meanwhile.
        """
        import psycopg

        with self._lock:
            self._interrupted.clear()
            try:
                if self._connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
                    self._connection.execute(f"ROLLBACK TO SAVEPOINT {_POINT}")
                    self._in_order = False
                return ask()
            except psycopg.Error as error:
                failure = self._failure(error)
        raise failure

    def _failure(self, error: Exception) -> MlqaError:
        import psycopg

        if self._connection.closed:
            return InputError(_GONE)
        if isinstance(error, psycopg.errors.QueryCanceled) and self._interrupted.is_set():
            return Cancelled("The query was interrupted.")
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return InputError(f"PostgreSQL: {self._hide(lines[0] if lines else type(error).__name__)}")

    def _order(self, in_order: bool) -> None:
        """Have the server read rows as they lie, or as it likes."""
        if in_order != self._in_order:
            wanted = _IN_ORDER if in_order else self._usual
            given = ", ".join(f"set_config({_text(name)}, {_text(value)}, true)" for name, value in wanted.items())
            self._connection.execute(f"SELECT {given}")
            self._in_order = in_order

    def interrupt(self) -> None:
        """Stop the statement that runs in another thread, if any."""
        self._interrupted.set()
        self._local.interrupt()
        with suppress(Exception):  # the connection may have ended before
            self._connection.cancel()


def _has_positions(translated: PostgresTranslation) -> bool:
    return any("pos" in columns for columns in translated.columns.values())


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _as_csv(statement: str) -> Any:
    return f"COPY ({statement}) TO STDOUT (FORMAT csv)"


def _relation(name: str, rows: pa.Table, values: list[Any]) -> str:
    """Return an Arrow table as a relation made of arrays, and add these to the values of the statement."""
    arrays, selected = [], []
    for field, column in zip(rows.schema, rows.columns, strict=True):
        of = plain_type(field.type)
        values.append(column.cast(of).to_pylist())
        arrays.append(f"CAST(${len(values)} AS {_TYPES[of]}[])")
        selected.append(identifier(field.name) + (' COLLATE "C"' if pa.types.is_string(of) else ""))
    names = ", ".join(identifier(one) for one in rows.column_names)
    given = f"unnest({', '.join(arrays)}) AS u({names})"
    return f"{identifier(name)}({names}) AS NOT MATERIALIZED (SELECT {', '.join(selected)} FROM {given})"


_TYPES: Final = {
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.timestamp("us"): "timestamp",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.string(): "text",
}

_ARROW_TYPES: Final = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int64(),
    23: pa.int64(),
    1700: pa.int64(),
    700: pa.float64(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
}
"""The server's number of a type -> that of Arrow. Of the type ``numeric`` are sums of whole numbers alone."""


def _as_arrow(description: Sequence[Any], rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(description)
    arrays = []
    for column, cells in zip(description, columns, strict=True):
        of = _ARROW_TYPES.get(column.type_code, pa.string())
        whole = column.type_code == 1700
        arrays.append(pa.array([int(cell) if cell is not None else None for cell in cells] if whole else cells, of))
    return pa.Table.from_arrays(arrays, names=[column.name for column in description])


def _discard(connection: Connection[Any], local: DuckDB) -> None:
    connection.close()
    local.close()
