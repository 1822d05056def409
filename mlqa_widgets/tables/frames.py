"""Ways in for what is already in memory: pandas, polars and Arrow."""

from __future__ import annotations

import datetime as dt
import decimal
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.tables.table import Column, Source, Storage, Table

_TEXT_LIMIT = 1_000_000


@dataclass(frozen=True)
class FrameRows:
    """Rows of a frame, by position and with the frame's own index."""

    frame: pd.DataFrame

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at ``positions``."""
        return self.frame.iloc[positions]

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the row labels at ``positions``."""
        return self.frame.index[positions]


@dataclass(frozen=True)
class ArrowRows:
    """Rows of an Arrow table (polars too), labelled by position."""

    table: pa.Table

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at ``positions``."""
        frame = self.table.take(pa.array(positions)).to_pandas()
        frame.index = self.labels(positions)
        return frame

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the row labels at ``positions``."""
        return pd.Index(positions)


def from_pandas(frame: pd.DataFrame, name: str = "table") -> Table:
    """Read a pandas frame in place: any index, any column labels, every dtype.

    The frame is held as a shallow copy, which pandas' copy-on-write keeps apart from later changes.
    """
    snapshot = frame.copy(deep=False)
    names = display_names(list(frame.columns))
    columns: list[Column] = []
    arrays: dict[str, pa.ChunkedArray] = {}
    for position, label in enumerate(frame.columns):
        series = snapshot.iloc[:, position]
        data, types, storage = _read_series(series)
        column = Column(
            position, label, names[position], storage, str(series.dtype), has_types=types is not None
        )
        columns.append(column)
        arrays[column.sql] = data
        if types is not None:
            arrays[column.type_sql] = types
    return _table(name, columns, arrays, len(frame), FrameRows(snapshot), Source("pandas frame"))


def from_arrow(table: pa.Table, name: str = "table", kind: str = "Arrow table") -> Table:
    """Read an Arrow table in place."""
    names = display_names(list(table.column_names))
    columns = []
    arrays: dict[str, pa.ChunkedArray] = {}
    for position, label in enumerate(table.column_names):
        data, storage = _read_arrow(table.column(position))
        column = Column(position, label, names[position], storage, str(table.column(position).type))
        columns.append(column)
        arrays[column.sql] = data
    return _table(name, columns, arrays, table.num_rows, ArrowRows(table), Source(kind))


def display_names(labels: Sequence[Hashable]) -> list[str]:
    """Return each label as text, numbering the ones that would read alike.

    Examples
    --------
    >>> display_names(["a", "a", 1, ("x", "y"), None])
    ['a', 'a (2)', '1', 'x / y', 'None']
    """
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    names = []
    for label in labels:
        text = " / ".join(map(str, label)) if isinstance(label, tuple) else str(label)
        text = encodable(text)
        seen[text] += 1
        name = text if seen[text] == 1 else f"{text} ({seen[text]})"
        while name in taken:
            seen[text] += 1
            name = f"{text} ({seen[text]})"
        taken.add(name)
        names.append(name)
    return names


def encodable(text: str) -> str:
    """Return ``text`` with the lone surrogates that UTF-8 cannot hold replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _table(
    name: str,
    columns: Sequence[Column],
    arrays: dict[str, pa.ChunkedArray],
    rows: int,
    own_rows: FrameRows | ArrowRows,
    source: Source,
) -> Table:
    engine = DuckDB()
    position_type = pa.int32() if rows < 2**31 else pa.int64()
    relation = {**arrays, "pos": pa.array(np.arange(rows), type=position_type)}
    engine.register("t", pa.table(relation))
    return Table(name, columns, rows, engine, own_rows, source)


def _read_series(series: pd.Series[Any]) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None, Storage]:
    """Return a column's data for the engine, each cell's own type if they differ, and how it is held."""
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        series = series.astype(dtype.categories.dtype)
        dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        series = series.sparse.to_dense()
        dtype = series.dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_localize(None)
    elif isinstance(dtype, (pd.PeriodDtype, pd.IntervalDtype)) or pd.api.types.is_complex_dtype(dtype):
        text = series.astype("str").where(series.notna())
        return _chunked(pa.array(text, type=pa.string(), from_pandas=True)), None, "text"
    if dtype == object:
        return _read_objects(series.to_numpy())
    if dtype == np.float16:
        series = series.astype(np.float32)
    if isinstance(dtype, np.dtype) and dtype.kind in "SU":
        return _read_objects(series.astype(object).to_numpy())
    data = pa.array(series, from_pandas=True)
    return (*_widen(_read_arrow(_chunked(data))),)


def _widen(read: tuple[pa.ChunkedArray, Storage]) -> tuple[pa.ChunkedArray, None, Storage]:
    data, storage = read
    return data, None, storage


def _read_arrow(data: pa.ChunkedArray) -> tuple[pa.ChunkedArray, Storage]:
    kind = data.type
    if pa.types.is_dictionary(kind):
        data = data.cast(kind.value_type)
        kind = data.type
    if pa.types.is_boolean(kind):
        return data, "boolean"
    if pa.types.is_integer(kind):
        return data, "integer"
    if pa.types.is_float16(kind):
        return data.cast(pa.float32()), "number"
    if pa.types.is_floating(kind):
        return data, "number"
    if pa.types.is_decimal(kind):
        return data.cast(pa.float64(), safe=False), "number"
    if pa.types.is_duration(kind):
        seconds = data.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64())
        return pc.divide(seconds, 1e6), "number"
    if pa.types.is_timestamp(kind):
        return pc.cast(_local_time(data), pa.timestamp("us"), safe=False), "datetime"
    if pa.types.is_date(kind):
        return data.cast(pa.timestamp("us")), "datetime"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return data, "text"
    if pa.types.is_null(kind):
        return data.cast(pa.string()), "text"
    cells = [None if cell is None else _text_of(cell) for cell in data.to_pylist()]
    nested = pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return _chunked(pa.array(cells, type=pa.string())), "nested" if nested else "text"


def _local_time(data: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.local_timestamp(data) if data.type.tz is not None else data


def _read_objects(cells: np.ndarray) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None, Storage]:
    try:
        return _chunked(pa.array(cells, type=pa.string(), from_pandas=True)), None, "text"
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError, ValueError, TypeError, OverflowError):
        pass
    missing = np.asarray(pd.isna(_scalars(cells)))
    kinds = [None if gone else _cell_type(cell) for cell, gone in zip(cells, missing, strict=True)]
    present = set(kinds) - {None}
    if len(present) == 1:
        (only,) = present
        whole = _read_one_type(cells, missing, only)
        if whole is not None:
            return whole[0], None, whole[1]
    text = pa.array(
        [None if gone else _text_of(cell) for cell, gone in zip(cells, missing, strict=True)], type=pa.string()
    )
    storage: Storage = "nested" if present and present <= {"list", "dict", "bytes"} else "text"
    types = _chunked(pa.array(kinds, type=pa.string())) if len(present) > 1 else None
    return _chunked(text), types, storage


def _read_one_type(cells: np.ndarray, missing: np.ndarray, only: str) -> tuple[pa.ChunkedArray, Storage] | None:
    arrow_type = {
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "datetime": pa.timestamp("us"),
        "date": pa.date32(),
        "decimal": pa.float64(),
    }.get(only)
    if arrow_type is None:
        return None
    values = [
        None if gone else float(cell) if only == "decimal" else cell
        for cell, gone in zip(cells, missing, strict=True)
    ]
    try:
        return _read_arrow(_chunked(pa.array(values, type=arrow_type)))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError):
        return None


def _scalars(cells: np.ndarray) -> np.ndarray:
    """Return ``cells`` with containers replaced, so that a missing-value test sees one answer per cell."""
    flat = np.empty(len(cells), dtype=object)
    flat[:] = [0 if isinstance(cell, (list, dict, set, tuple, np.ndarray, pd.Series)) else cell for cell in cells]
    return flat


def _cell_type(cell: Any) -> str:
    """Return the type of one cell in plain words."""
    match cell:
        case bool() | np.bool_():
            return "bool"
        case int() | np.integer():
            return "int"
        case float() | np.floating():
            return "float"
        case str():
            return "str"
        case dt.datetime() | np.datetime64():
            return "datetime"
        case dt.date():
            return "date"
        case dt.time():
            return "time"
        case dt.timedelta() | np.timedelta64():
            return "duration"
        case decimal.Decimal():
            return "decimal"
        case bytes() | bytearray():
            return "bytes"
        case list() | tuple() | set() | frozenset() | np.ndarray():
            return "list"
        case dict():
            return "dict"
    return type(cell).__name__


def _text_of(cell: Any) -> str:
    match cell:
        case str():
            text = cell
        case bytes():
            text = cell[:_TEXT_LIMIT].decode("utf-8", "replace")
        case dt.datetime():
            text = cell.isoformat(sep=" ")
        case np.generic():
            text = str(cell.item())
        case _:
            text = str(cell)
    return encodable(text[:_TEXT_LIMIT])


def _chunked(data: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return data if isinstance(data, pa.ChunkedArray) else pa.chunked_array([data])
