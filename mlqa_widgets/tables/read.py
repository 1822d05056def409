"""The one door: whatever the user passes becomes a :class:`Table`, or a clear error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.frames import from_arrow, from_pandas
from mlqa_widgets.tables.table import Table


def read_table(data: Any, *, table: str | None = None, name: str | None = None) -> Table:
    """Return the table in ``data``.

    Parameters
    ----------
    data
        A pandas frame, a polars frame, an Arrow table (or anything with the Arrow PyCapsule interface), or the
        path of a file.
    table
        Which table of a database file, or which sheet of a workbook.
    name
        What to call it; a file's stem otherwise.

    Raises
    ------
    InputError
        When ``data`` is none of these, or the file cannot be read; the message says what would work.
    """
    if isinstance(data, (str, Path)):
        from mlqa_widgets.tables.files import from_path

        return from_path(Path(data), table=table, name=name)
    if table is not None:
        msg = "table: names a table in a database file or a sheet in a workbook; it has no meaning for a frame. Leave it out."
        raise InputError(msg)
    name = name or "table"
    if isinstance(data, pd.DataFrame):
        return from_pandas(data, name)
    if isinstance(data, pa.Table):
        return from_arrow(data, name)
    if hasattr(data, "collect") and hasattr(data, "lazy"):
        data = data.collect()
    if hasattr(data, "__arrow_c_stream__") and hasattr(data, "columns"):
        kind = "polars frame" if type(data).__module__.startswith("polars") else "Arrow stream"
        return from_arrow(pa.table(data), name, kind)
    hint = " Pass a frame: series.to_frame()." if isinstance(data, pd.Series) else ""
    msg = (
        f"data: expected a pandas or polars frame, an Arrow table, or the path of a CSV, Parquet, JSON, Excel, SQLite or "
        f"DuckDB file, not {type(data).__name__}.{hint}"
    )
    raise InputError(msg)
