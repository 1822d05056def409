"""The one door: whatever the user passes becomes a :class:`Table`, or a clear error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from mlqa_widgets.errors import InputError
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.frames import from_arrow, from_pandas, snapshot
from mlqa_widgets.tables.table import Table


class Readable(ABC):
    """What is neither a frame nor a file and reads itself: a table of a database."""

    name: str
    """What it is called."""
    key: tuple[str, ...] = ()
    """The columns that identify a row, where it says so itself."""

    @abstractmethod
    def read(self, progress: Progress) -> Table:
        """Return the table.

        Parameters
        ----------
        progress
            Told of what is read; its cancelling stops the reading.
        """


def own_key(data: Any) -> list[str] | None:
    """Return the primary key of a table of a database; None where there is none, and for all else."""
    return list(data.key) or None if isinstance(data, Readable) else None


def own_name(data: Any) -> str | None:
    """Return what a table of a database is called; None for all else."""
    return data.name if isinstance(data, Readable) else None


def read_table(
    data: Any, *, table: str | None = None, name: str | None = None, progress: Progress | None = None
) -> Table:
    """Return the table in ``data``.

    Parameters
    ----------
    data
        A pandas frame, a polars frame (lazy too), an Arrow table, any other frame with the Arrow PyCapsule
        interface, a Spark frame, the path of a file, or a table of :func:`mlqa_widgets.database`.
    table
        Which table of a database file, or which sheet of a workbook.
    name
        What to call it; a file's stem otherwise.
    progress
        Told of what is read where that takes long; its cancelling stops the reading.

    Raises
    ------
    InputError
        When ``data`` is none of these, or the file cannot be read; the message says what would work.
    """
    _refuse_address(data)
    if isinstance(data, (str, Path)):
        from mlqa_widgets.tables.files import from_path

        return from_path(Path(data), table=table, name=name)
    if table is not None:
        msg = (
            "table: names a table in a database file or a sheet in a workbook; it has no meaning for a frame. "
            "Leave it out."
        )
        raise InputError(msg)
    if isinstance(data, Readable):
        read = data.read(progress or Progress())
        read.name = name or read.name
        return read
    name = name or "table"
    if _is_spark_frame(data):
        from mlqa_widgets.tables.spark import from_spark

        return from_spark(data, name, progress)
    if isinstance(data, pd.DataFrame):
        return from_pandas(data, name)
    if hasattr(data, "collect") and hasattr(data, "lazy"):
        data = data.collect()
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if hasattr(data, "__arrow_c_stream__") and not _is_one_column(data):
        kind = "polars frame" if type(data).__module__.startswith("polars") else "Arrow table"
        return from_arrow(_arrow_table(data), name, kind)
    raise _no_table(data)


def _is_spark_frame(data: Any) -> bool:
    """Whether ``data`` is a frame of Spark, classic or Connect."""
    return type(data).__name__ == "DataFrame" and type(data).__module__.startswith("pyspark.sql")


def _arrow_table(data: Any) -> pa.Table:
    if isinstance(data, pa.Table):
        return data
    try:
        return pa.table(data)
    except (pa.ArrowException, TypeError, ValueError) as error:
        kind = f"{type(data).__module__}.{type(data).__name__}"
        msg = (
            f"data: the {kind} could not be read through Arrow: {error}. Cast the columns that Arrow does not know, "
            "or pass a pandas frame."
        )
        raise InputError(msg) from error


def _is_one_column(data: Any) -> bool:
    return isinstance(data, (pa.Array, pa.ChunkedArray)) or type(data).__name__ == "Series"


def _no_table(data: Any) -> InputError:
    kind = type(data).__name__
    hint = ""
    if kind == "Series":
        hint = " Pass a frame: series.to_frame()."
    elif kind in ("list", "dict", "ndarray"):
        hint = " Pass a frame: pd.DataFrame(data)."
    elif kind == "Database":
        hint = ' Pass one of its tables: db["name"].'
    return InputError(
        f"data: expected a pandas, polars or Spark frame, an Arrow table, or the path of a CSV, Parquet, JSON, Excel, "
        f"SQLite or DuckDB file, or a table of mq.database(url), not {kind}.{hint}"
    )


def _refuse_address(data: Any) -> None:
    """Refuse the address of a database, which may hold a password, without repeating it."""
    if isinstance(data, str) and "://" in data:
        msg = (
            'data: this is an address and no file. Open a database with mq.database(url) and pass one of its tables, db["name"]; '
            "save what is on the web to a file first."
        )
        raise InputError(msg)


def unchanging(data: Any) -> Any:
    """Return ``data`` such that what its owner does to it from now on does not show: for reading it in a thread."""
    _refuse_address(data)
    return snapshot(data) if isinstance(data, pd.DataFrame) else data
