"""Tables whose rows stay where they are: what comes over are figures, value counts, a draw and the rows on screen."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Final

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.engines.remote import Remote
from mlqa_widgets.tables.table import Column, Predicate, Rows, Source, Storage, Table

_DUCKDB_TYPES: Final[Mapping[Storage, str]] = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "datetime": "TIMESTAMP",
    "text": "VARCHAR",
    "nested": "VARCHAR",
}


def types_of(columns: Sequence[Column]) -> dict[str, str]:
    """Return the types of DuckDB as which the checks read a table."""
    return {"pos": "BIGINT", **{column.sql: _DUCKDB_TYPES[column.storage] for column in columns}}


class RemoteTable(Table):
    """A table on an engine elsewhere. No check reads cells there one by one: that is what its draw is for."""

    engine: Remote  # type: ignore[assignment]

    def __init__(
        self, name: str, columns: Sequence[Column], row_count: int, engine: Remote, rows: Rows, source: Source
    ) -> None:
        super().__init__(name, columns, row_count, engine, rows, source)  # type: ignore[arg-type]
        own = weakref.ref(self)

        def rows_drawn() -> DuckDB | None:
            table = own()
            return None if table is None else table.draw.engine

        engine.on_refusal(rows_drawn)

    def counted_among(self, predicate: Predicate) -> int | None:
        """Return among how many rows a predicate is counted: those drawn, where the engine cannot tell it exactly."""
        exact = self.engine.knows(f"SELECT pos FROM t WHERE {predicate.sql}", predicate.params)
        return None if exact else self.draw.looked_at
