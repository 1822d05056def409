"""Parquet: a file, or a folder of them, read in place."""

from __future__ import annotations

import itertools
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mlqa_widgets.engines.duckdb import DuckDB, file
from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.stored import STAGED, RowKey, stored_table
from mlqa_widgets.tables.table import Source, Table

_ROW_NUMBER, _FILE = "file_row_number", "filename"


def from_parquet(path: Path, name: str) -> Table:
    """Read a Parquet file, or a folder of them with or without ``key=value`` subfolders, as one table.

    Raises
    ------
    InputError
        When a file is no Parquet file, or the folder holds none.
    """
    files = _files(path) if path.is_dir() else [path]
    if not files:
        msg = f"data: the folder {str(path)!r} holds no Parquet files. Pass a file, or a folder with *.parquet in it."
        raise InputError(msg)
    try:
        footers = [pq.read_metadata(one) for one in files]
    except (pa.ArrowException, OSError) as error:
        msg = f"data: {path.name!r} could not be read as Parquet: {error}"
        raise InputError(msg) from error
    parts = tuple(map(str, files))
    starts = tuple(itertools.accumulate([0, *(footer.num_rows for footer in footers[:-1])]))
    relation = (
        f"read_parquet([{', '.join(map(file, files))}], union_by_name = true, hive_partitioning = {path.is_dir()})"
    )
    key = RowKey(_ROW_NUMBER, _FILE if len(files) > 1 else None, parts, starts)
    names = [footer.schema.to_arrow_schema().names for footer in footers]
    hidden = {name.lower() for name in itertools.chain(*names)} & {_ROW_NUMBER, _FILE}
    engine = DuckDB.staging() if hidden else DuckDB()
    with engine.reading(path, "Parquet"):
        if hidden:
            engine.execute(f"CREATE TABLE {STAGED} AS SELECT * FROM {relation}")
            relation, key = STAGED, RowKey()
        source = Source("Parquet file", {"files": f"{len(files):,}"} if path.is_dir() else {}, str(path))
        return stored_table(engine, relation, key, name, source, labels=None if path.is_dir() else names[0])


def _files(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder and its subfolders, leaving out hidden ones and markers."""
    found = (file for ending in ("*.parquet", "*.pq") for file in folder.rglob(ending))
    return sorted(file for file in found if not any(p.startswith((".", "_")) for p in file.relative_to(folder).parts))
