"""DuckDB inside this process: the engine every local table is read with."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from mlqa_widgets.errors import ScanCancelled

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


class DuckDB:
    """One connection, safe to use from several threads, and to interrupt from another.

    Statements run one at a time: DuckDB itself spreads each over the cores.
    """

    name = f"DuckDB {duckdb.__version__}"

    def __init__(self) -> None:
        self._connection = duckdb.connect(config=_SETTINGS)
        self._lock = threading.RLock()

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under ``name``, without a copy."""
        with self._lock:
            self._connection.register(name, table)

    def query(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """Run one statement and return its result.

        Raises
        ------
        ScanCancelled
            When :meth:`interrupt` was called while the statement ran.
        """
        with self._lock:
            try:
                return self._connection.execute(sql, list(params)).to_arrow_table()
            except duckdb.InterruptException as stopped:
                raise ScanCancelled("The query was interrupted.") from stopped

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run one statement for its effect."""
        with self._lock:
            self._connection.execute(sql, list(params)).fetchall()

    def interrupt(self) -> None:
        """Stop the statement that runs in another thread, if any."""
        self._connection.interrupt()

    def close(self) -> None:
        """Release the connection and what it holds."""
        with self._lock:
            self._connection.close()


def identifier(name: str) -> str:
    """Quote ``name`` as an SQL identifier, and only that."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote ``value`` as an SQL text literal, for the places where DuckDB takes no parameter."""
    return "'" + value.replace("'", "''") + "'"
