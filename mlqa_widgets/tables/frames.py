"""Ways in for what is already in memory: pandas, polars and Arrow."""

from __future__ import annotations

import datetime as dt
import decimal
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.tables.table import Column, Source, Storage, Table

_NESTED_LIMIT = 1_000_000
_EXACT_IN_A_DOUBLE = 2**53
_SLICED = 1_000
_FIRST_MOMENT, _LAST_MOMENT = pa.array([dt.datetime.min, dt.datetime.max], pa.timestamp("us"))  # noqa: DTZ901
_UNREADABLE = (pa.ArrowException, TypeError, ValueError, OverflowError, AttributeError)


class CellError(str):
    """What a spreadsheet shows in place of a value it could not compute: ``#N/A``, ``#DIV/0!``."""

    __slots__ = ()


@dataclass(frozen=True)
class FrameRows:
    """Rows of a frame, by position and with the frame's own index."""

    frame: pd.DataFrame

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at ``positions``."""
        return self.frame.take(positions)

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the row labels at ``positions``."""
        return self.frame.index[positions]


@dataclass(frozen=True)
class ArrowRows:
    """Rows of an Arrow table (polars too), labelled by position."""

    table: pa.Table

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at ``positions``."""
        columns = [_taken(column, positions) for column in self.table.columns]
        # One name per column: pandas would give equal ones one type.
        frame = as_frame(pa.table(columns, names=[str(i) for i in range(len(columns))]))
        frame.columns = pd.Index(self.table.column_names, dtype=object)
        frame.index = self.labels(positions)
        return frame

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the row labels at ``positions``: the positions."""
        return pd.Index(positions)


@dataclass(frozen=True)
class _Cells:
    """A column as the engine gets it."""

    data: pa.ChunkedArray
    storage: Storage
    types: pa.ChunkedArray | None = None
    """Each cell's own type, where they differ."""


def from_pandas(
    frame: pd.DataFrame, name: str = "table", *, source: Source | None = None, source_type: str | None = None
) -> Table:
    """Read a pandas frame in place: any index, any column labels, every dtype.

    The table keeps the frame as it is now. Under copy-on-write (always in pandas 3) a shallow copy is enough for
    that and numbers and text are read without a copy; without it, the frame is copied.

    Parameters
    ----------
    source
        Where the frame came from, if not from the user.
    source_type
        What the columns' types are called there, if not by their dtypes.
    """
    kept = snapshot(frame)
    read = [_read_series(kept.iloc[:, position]) for position in range(kept.shape[1])]
    return _table(
        name,
        list(frame.columns),
        [source_type or str(dtype) for dtype in frame.dtypes],
        read,
        len(frame),
        FrameRows(kept),
        source or Source("pandas frame"),
    )


def snapshot(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame as it is now: later changes to ``frame`` do not show in it."""
    return frame.copy(deep=not _copy_on_write())


def from_arrow(table: pa.Table, name: str = "table", kind: str = "Arrow table") -> Table:
    """Read an Arrow table in place."""
    return _table(
        name,
        table.column_names,
        [str(field.type) for field in table.schema],
        [_read_arrow(column) for column in table.columns],
        table.num_rows,
        ArrowRows(table),
        Source(kind),
    )


def as_frame(table: pa.Table) -> pd.DataFrame:
    """Return Arrow's columns as those of pandas, without changing a value."""
    try:
        frame = table.to_pandas()
    except ValueError:
        # Some dates are of years that Python does not know.
        frame = table.to_pandas(date_as_object=False)
    for i, column in enumerate(table.columns):
        # Whole numbers with some missing become doubles, which cannot hold all of them.
        if pa.types.is_integer(column.type) and column.null_count and not _is_exact_in_doubles(column):
            frame.isetitem(i, pd.Series(column.to_pylist(), dtype=object).array)
    return frame


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
        shown = encodable(" / ".join(map(str, label)) if isinstance(label, tuple) else str(label))
        seen[shown] += 1
        name = shown if seen[shown] == 1 else f"{shown} ({seen[shown]})"
        while name in taken:
            seen[shown] += 1
            name = f"{shown} ({seen[shown]})"
        taken.add(name)
        names.append(name)
    return names


def encodable(text: str) -> str:
    """Return ``text`` with the lone surrogates that UTF-8 cannot hold written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_cells(cells: np.ndarray) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None]:
    """Return Python objects of any types as text, and each one's type in plain words; missing where missing."""
    missing = pd.isna(cells)
    types = set(map(type, cells))
    words = {of: _word(of) for of in types}
    text_of = {of: _text_maker(of) for of in types}
    text = [None if gone else text_of[type(cell)](cell) for cell, gone in zip(cells, missing, strict=True)]
    kinds = [None if gone else words[type(cell)] for cell, gone in zip(cells, missing, strict=True)]
    return _chunked(pa.array(text, type=pa.string())), _chunked(pa.array(kinds, type=pa.string()))


def _copy_on_write() -> bool:
    return int(pd.__version__.split(".")[0]) >= 3 or pd.options.mode.copy_on_write is True


def _table(
    name: str,
    labels: Sequence[Hashable],
    types: Sequence[str],
    read: Sequence[_Cells],
    rows: int,
    own_rows: FrameRows | ArrowRows,
    source: Source,
) -> Table:
    columns = []
    relation: dict[str, Any] = {}
    for position, (label, shown, cells) in enumerate(zip(labels, display_names(labels), read, strict=True)):
        column = Column(position, label, shown, cells.storage, types[position], has_types=cells.types is not None)
        columns.append(column)
        relation[column.sql] = cells.data
        if cells.types is not None:
            relation[column.type_sql] = cells.types
    relation["pos"] = pa.array(np.arange(rows), type=pa.int32() if rows < 2**31 else pa.int64())
    engine = DuckDB()
    engine.register("t", pa.table(relation))
    return Table(name, columns, rows, engine, own_rows, source)


# ---------------------------------------------------------------------- pandas


def _read_series(series: pd.Series[Any]) -> _Cells:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _read_categories(series.array)
    if isinstance(dtype, pd.SparseDtype):
        return _read_series(pd.Series(series.to_numpy()))
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _read_series(series.dt.tz_localize(None))
    if dtype.kind == "O" and isinstance(dtype, np.dtype):
        return _read_objects(series.to_numpy())
    if isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize not in (4, 8):
        series = series.astype(np.float64)
    if isinstance(dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        return _read_objects(series.astype(object).to_numpy())
    try:
        return _read_arrow(_chunked(pa.array(series, from_pandas=True)))
    except _UNREADABLE:
        return _read_objects(series.astype(object).to_numpy())


def _read_categories(values: pd.Categorical) -> _Cells:
    """Read the categories as a small column, and let the rows refer to it."""
    categories = _read_series(pd.Series(values.categories))
    codes = pa.array(values.codes, mask=values.codes < 0)

    def referred(data: pa.ChunkedArray) -> pa.ChunkedArray:
        return _chunked(pa.DictionaryArray.from_arrays(codes, data.combine_chunks()))

    types = None if categories.types is None else referred(categories.types)
    return _Cells(referred(categories.data), categories.storage, types)


# ---------------------------------------------------------------------- Arrow


def _read_arrow(data: pa.ChunkedArray) -> _Cells:
    kind = data.type
    if isinstance(kind, pa.Bool8Type):
        return _read_arrow(data.cast(pa.bool_()))
    if isinstance(kind, pa.BaseExtensionType):
        return _read_arrow(_text_of_each(data) if _is_binary(kind.storage_type) else data.cast(kind.storage_type))
    if pa.types.is_run_end_encoded(kind):
        return _read_arrow(pc.run_end_decode(data))
    if pa.types.is_dictionary(kind):
        if _is_text(kind.value_type) or pa.types.is_integer(kind.value_type):
            return _Cells(data, "text" if _is_text(kind.value_type) else "integer")
        return _read_arrow(data.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return _Cells(data, "boolean")
    if pa.types.is_integer(kind):
        return _Cells(data, "integer")
    if pa.types.is_floating(kind):
        if pa.types.is_float16(kind):
            data = data.cast(pa.float32())
        return _Cells(_without_nan(data), "number")
    if pa.types.is_decimal(kind):
        doubles = _as_doubles(data)
        return _Cells(data.cast(pa.string()), "text") if doubles is None else _Cells(doubles, "number")
    if pa.types.is_duration(kind):
        microseconds = data.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64(), safe=False)
        return _Cells(pc.divide(microseconds, 1e6), "number")
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _read_times(data)
    if _is_text(kind):
        return _Cells(data, "text")
    if pa.types.is_null(kind):
        return _Cells(data.cast(pa.string()), "text")
    return _Cells(_text_of_each(data), "nested" if pa.types.is_nested(kind) or _is_binary(kind) else "text")


def _taken(column: pa.ChunkedArray, positions: np.ndarray) -> pa.ChunkedArray:
    """Return the cells at ``positions``, of the types Arrow cannot pick cells of too."""
    kind = column.type
    if pa.types.is_run_end_encoded(kind):
        return pc.run_end_decode(column).take(pa.array(positions))
    if not (pa.types.is_string_view(kind) or pa.types.is_binary_view(kind)):
        return column.take(pa.array(positions))
    plain = pa.large_string() if pa.types.is_string_view(kind) else pa.large_binary()
    if len(positions) > _SLICED:
        return column.cast(plain).take(pa.array(positions))
    slices = [chunk for position in positions for chunk in column.slice(position, 1).chunks]
    return pa.chunked_array(slices, type=kind).cast(plain)


def _read_times(data: pa.ChunkedArray) -> _Cells:
    """Read dates and times to the microsecond, in their own zone's local time; as text beyond the year 9999."""
    if pa.types.is_timestamp(data.type) and data.type.tz is not None:
        data = pc.local_timestamp(data)
    finer = pa.types.is_timestamp(data.type) and data.type.unit == "ns"
    try:
        times = data.cast(pa.timestamp("us"), safe=not finer)
        outside = pc.or_(pc.less(times, _FIRST_MOMENT), pc.greater(times, _LAST_MOMENT))
        if not pc.any(outside).as_py():
            return _Cells(times, "datetime")
    except pa.ArrowInvalid:
        pass
    moments = data.to_numpy()
    return _Cells(_chunked(pa.array(np.datetime_as_string(moments), mask=np.isnat(moments))), "text")


def _without_nan(data: pa.ChunkedArray) -> pa.ChunkedArray:
    nan = pc.is_nan(data)
    return pc.if_else(nan, pa.scalar(None, data.type), data) if pc.any(nan).as_py() else data


def _as_doubles(data: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return decimals as doubles, or None where different ones would become the same."""
    doubles = data.cast(pa.float64(), safe=False)
    largest = pc.max(pc.abs(doubles)).as_py()
    if largest is None or largest * 10.0**data.type.scale < _EXACT_IN_A_DOUBLE:
        return doubles
    return doubles if pc.count_distinct(doubles) == pc.count_distinct(data) else None


def _is_exact_in_doubles(whole: pa.ChunkedArray) -> bool:
    extremes = pc.min_max(whole).as_py().values()
    return all(number is None or abs(number) <= _EXACT_IN_A_DOUBLE for number in extremes)


def _text_of_each(data: pa.ChunkedArray) -> pa.ChunkedArray:
    return read_cells(pd.Series(data.to_pylist(), dtype=object).to_numpy())[0]


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _is_binary(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_fixed_size_binary)
    return any(test(kind) for test in tests)


def _chunked(data: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return data if isinstance(data, pa.ChunkedArray) else pa.chunked_array([data])


# ---------------------------------------------------------------------- objects of any type

_WORDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("error", (CellError,)),
    ("str", (str,)),
    ("bool", (bool, np.bool_)),
    ("duration", (dt.timedelta, np.timedelta64)),
    ("int", (int, np.integer)),
    ("float", (float, np.floating)),
    ("datetime", (dt.datetime, np.datetime64)),
    ("date", (dt.date,)),
    ("time", (dt.time,)),
    ("decimal", (decimal.Decimal,)),
    ("bytes", (bytes, bytearray, memoryview)),
    ("list", (list, tuple, set, frozenset, np.ndarray)),
    ("dict", (dict,)),
)
_NUMBERS = {"int", "float", "decimal"}
_NESTED = {"list", "dict", "bytes"}
_SIMPLE = {
    "bool": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "duration": pa.duration("us"),
    "str": pa.string(),
}


def _read_objects(cells: np.ndarray) -> _Cells:
    present = cells[~pd.isna(cells)]
    words = {_word(of) for of in set(map(type, present))}
    alike = _read_alike(cells, present, words)
    if alike is not None:
        return alike
    text, types = read_cells(cells)
    storage: Storage = "nested" if words and words <= _NESTED else "text"
    return _Cells(text, storage, types if len(words) > 1 else None)


def _read_alike(cells: np.ndarray, present: np.ndarray, words: set[str]) -> _Cells | None:
    """Read objects that are all text, all numbers or all of one other simple type, if they are."""
    try:
        if words == {"int"}:
            return _Cells(_chunked(pa.array(cells, type=pa.int64(), from_pandas=True)), "integer")
        if words == {"datetime"}:
            cells = _in_local_time(cells, present)
        if len(words) <= 1:
            simple = _SIMPLE.get(next(iter(words), "str"))
            if simple is not None:
                return _read_arrow(_chunked(pa.array(cells, type=simple, from_pandas=True)))
    except _UNREADABLE:
        pass
    return _read_numbers(cells, present) if words <= _NUMBERS else None


def _in_local_time(cells: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Return times without their zones.

    Raises
    ------
    ValueError
        When only some have one.
    """
    zoned = [getattr(time, "tzinfo", None) is not None for time in present]
    if not any(zoned):
        return cells
    if not all(zoned):
        msg = "Some of the times have a zone, others none."
        raise ValueError(msg)
    local = cells.copy()
    local[~pd.isna(cells)] = [time.replace(tzinfo=None) for time in present]
    return local


def _read_numbers(cells: np.ndarray, present: np.ndarray) -> _Cells | None:
    """Read numbers as doubles, unless different ones would become the same."""
    try:
        doubles = np.array([float(number) for number in present])
    except OverflowError:
        return None
    beyond = np.isinf(doubles)
    if (doubles[beyond] != present[beyond]).any() or len(np.unique(doubles)) != len(set(present)):
        return None
    numbers = np.full(len(cells), np.nan)
    numbers[~pd.isna(cells)] = doubles
    return _Cells(_chunked(pa.array(numbers, from_pandas=True)), "number")


def _word(of: type) -> str:
    """Return the type of a cell in plain words."""
    return next((word for word, types in _WORDS if issubclass(of, types)), of.__name__)


def _text_maker(of: type) -> Callable[[Any], str]:
    """Return the function that writes a cell of this type as text."""
    if issubclass(of, str):
        return encodable
    if issubclass(of, (bytes, bytearray)):
        return lambda cell: cell[:_NESTED_LIMIT].decode("utf-8", "backslashreplace")
    if issubclass(of, np.ndarray):
        return lambda cell: _shown(cell.tolist())
    if issubclass(of, dt.datetime):
        return lambda cell: cell.isoformat(sep=" ")
    return _shown


def _shown(cell: Any) -> str:
    try:
        return encodable(str(cell)[:_NESTED_LIMIT])
    except Exception:  # noqa: BLE001 - a cell may be any object, and its own __str__ may fail
        return f"<{type(cell).__name__}>"
