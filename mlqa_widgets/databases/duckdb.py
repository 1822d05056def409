"""DuckDB files: attached read-only, and read in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from mlqa_widgets.databases.address import Address
from mlqa_widgets.databases.catalogue import CatalogueColumn, CatalogueTable, Kind, Reference
from mlqa_widgets.databases.source import DatabaseSource, Run, read_when
from mlqa_widgets.engines.duckdb import DuckDB, text
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.duckdb import from_duckdb
from mlqa_widgets.tables.table import Table

_TABLES = """
SELECT schema_name AS schema, table_name AS name, 'table' AS kind, estimated_size AS rows, comment
FROM duckdb_tables() WHERE database_name = 'own' AND NOT internal
UNION ALL
SELECT schema_name, view_name, 'view', NULL, comment FROM duckdb_views() WHERE database_name = 'own' AND NOT internal
ORDER BY schema, name
"""
_COLUMNS = """
SELECT schema_name AS schema, table_name AS "table", column_name AS name, data_type AS type, is_nullable AS nullable,
  comment
FROM duckdb_columns() WHERE database_name = 'own' AND NOT internal ORDER BY schema_name, table_name, column_index
"""
_KEYS = """
SELECT schema_name AS schema, table_name AS "table", constraint_type AS kind, constraint_column_names AS columns,
  referenced_table AS to, referenced_column_names AS to_columns
FROM duckdb_constraints() WHERE database_name = 'own' AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
"""
_DIALECT: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


class DuckDBFile(DatabaseSource):
    """A DuckDB file."""

    kind = DuckDB.name
    how = f"{DuckDB.name}, attached read-only"
    usual_schema = "main"

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._path = Path(str(address.path))
        self._engine: DuckDB | None = None

    def _attached(self) -> DuckDB:
        engine = DuckDB()
        engine.execute(f"ATTACH {text(str(self._path))} AS own (READ_ONLY)")
        engine.execute("USE own")
        return engine

    @contextmanager
    def asking(self, seconds: float | None = None) -> Iterator[Run]:  # noqa: ARG002 - DuckDB knows no such limit
        """Give a way to run statements; nothing else can change the file meanwhile."""
        engine = self._engine = self._attached()
        try:
            yield lambda statement: _answered(engine, statement)
        finally:
            self._engine = None
            engine.close()

    def interrupt(self) -> None:
        """Stop the statement that runs in another thread, if any."""
        engine = self._engine
        if engine is not None:
            engine.interrupt()

    def listed(self) -> tuple[list[CatalogueTable], list[Reference]]:
        """Return all tables and views with what the file says of them."""
        engine = self._attached()
        try:
            tables = engine.query(_TABLES).to_pylist()
            columns = engine.query(_COLUMNS).to_pylist()
            keys = engine.query(_KEYS).to_pylist()
        finally:
            engine.close()
        listed = [self._listed(one, columns, keys) for one in tables]
        references = [
            Reference(
                self._called(one["schema"], one["table"]),
                tuple(one["columns"]),
                self._called(one["schema"], one["to"]),
                tuple(one["to_columns"]),
                "enforced",
            )
            for one in keys
            if one["kind"] == "FOREIGN KEY"
        ]
        return listed, references

    def _listed(self, one: Any, columns: Sequence[Any], keys: Sequence[Any]) -> CatalogueTable:
        own = (one["schema"], one["name"])
        primary = next(
            (tuple(k["columns"]) for k in keys if (k["schema"], k["table"]) == own and k["kind"] == "PRIMARY KEY"), ()
        )
        kind: Kind = one["kind"]
        return CatalogueTable(
            one["schema"],
            one["name"],
            self._called(*own),
            kind,
            tuple(_column(column) for column in columns if (column["schema"], column["table"]) == own),
            primary,
            one["comment"] or "",
            one["rows"],
        )

    def _called(self, schema: str, table: str) -> str:
        return table if schema == self.usual_schema else f"{schema}.{table}"

    def read(self, one: CatalogueTable, progress: Progress) -> Table:
        """Read a table in place; a view is staged."""
        started = datetime.now(UTC)
        progress.at(f"Reading {one.name}", 0.0)
        table = from_duckdb(self._path, one.name, one.name, key=one.key, progress=progress)
        table.name = one.name
        how = "attached read-only; the file cannot change meanwhile"
        facts = {"table": one.name, "read": read_when(started, "in place"), "how": how}
        table.source = replace(table.source, facts=facts)
        return table


def _column(column: Any) -> CatalogueColumn:
    return CatalogueColumn(
        column["name"],
        column["type"],
        bool(column["nullable"]),
        column["comment"] or "",
        column["type"].startswith(("DATE", "TIMESTAMP")),
        indexed=True,  # Each part of a column knows its extremes.
    )


def _answered(engine: DuckDB, statement: sa.Select[Any]) -> Sequence[Sequence[Any]]:
    """Run a statement written as for PostgreSQL, whose dialect DuckDB's is close to."""
    written = statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    found = engine.query(str(written))
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))
