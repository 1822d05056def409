"""DuckDB files: attached read-only and read in place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlqa_widgets.engines.duckdb import DuckDB, identifier, text
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.choice import choose_table
from mlqa_widgets.tables.stored import STAGED, RowKey, stored_table
from mlqa_widgets.tables.table import Source, Table

_TABLES = """
SELECT schema_name AS schema, table_name AS name, false AS is_view FROM duckdb_tables() WHERE database_name = 'own'
UNION ALL
SELECT schema_name, view_name, true FROM duckdb_views() WHERE database_name = 'own' AND NOT internal
ORDER BY schema <> 'main', schema, name
"""
_COMMENTS = """
SELECT column_name AS name, comment FROM duckdb_columns()
WHERE database_name = 'own' AND schema_name = ? AND table_name = ? AND comment IS NOT NULL
"""


def from_duckdb(
    path: Path, table: str | None, name: str, *, key: Sequence[str] = (), progress: Progress | None = None
) -> Table:
    """Read one table or view of a DuckDB file; tables outside the schema ``main`` are called ``schema.table``.

    Parameters
    ----------
    key
        The columns whose values label the rows; their positions if not given.
    progress
        Its cancelling stops the reading.

    Raises
    ------
    InputError
        When the file is no DuckDB database or is in use for writing, or has no such table.
    """
    engine = DuckDB.staging()
    if progress is not None:
        progress.on_cancel(engine.interrupt)
    with engine.reading(path, "a DuckDB database (one that is not open for writing elsewhere)"):
        engine.execute(f"ATTACH {text(str(path))} AS own (READ_ONLY)")
        listed = {
            one["name"] if one["schema"] == "main" else f"{one['schema']}.{one['name']}": one
            for one in engine.query(_TABLES).to_pylist()
        }
        chosen = choose_table(path, table, list(listed), "table")
        found = listed[chosen]
        relation = f"own.{identifier(found['schema'])}.{identifier(found['name'])}"
        if found["is_view"] or not _is_numbered(engine, relation):
            engine.execute(f"CREATE TABLE {STAGED} AS SELECT * FROM {relation}")
            relation = STAGED
        comments = engine.query(_COMMENTS, (found["schema"], found["name"])).to_pylist()
        columns = engine.query(f"DESCRIBE SELECT * FROM {relation}")["column_name"].to_pylist()
        return stored_table(
            engine,
            relation,
            RowKey(),
            name if len(listed) == 1 else chosen,
            Source("DuckDB file", {"table": chosen, "tables": ", ".join(listed)}, str(path)),
            comments={one["name"]: one["comment"] for one in comments},
            label_by=[columns.index(one) for one in key],
        )


def _is_numbered(engine: DuckDB, relation: str) -> bool:
    """Whether ``rowid`` counts the rows from 0 without gaps: rows deleted leave some."""
    found = engine.query(f"SELECT count(*) AS n, max(rowid) AS last FROM {relation}").to_pylist()[0]
    return found["n"] == 0 or found["last"] == found["n"] - 1
