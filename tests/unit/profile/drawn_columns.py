"""Columns of every dtype for property tests, and the ways the plan can count them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

from mlqa_widgets.profile import plan, value_counts
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.tables.frames import from_pandas
from mlqa_widgets.tables.table import Table

WAYS = ["in memory", "in the engine", "a part"]
"""How values are counted: in memory, by the engine, by the engine keeping only a part of them."""

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
_WHOLE = st.one_of(st.integers(-5, 5), st.integers(-(2**40), 2**40))
_FLOATS = st.one_of(st.integers(-4, 4).map(lambda n: n / 2), st.floats(-1e6, 1e6, width=32), st.just(-0.0))
_TIMES = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))  # noqa: DTZ001 - columns without a zone
_NUMBERS: dict[str, st.SearchStrategy[object]] = {
    "int64": _WHOLE,
    "int8": st.integers(-128, 127),
    "uint64": st.one_of(st.integers(0, 3), st.integers(2**63, 2**63 + 3)),
    "Int64": st.one_of(_WHOLE, st.none()),
    "int64[pyarrow]": st.one_of(_WHOLE, st.none()),
    "float64": st.one_of(_FLOATS, st.none()),
    "float32": st.one_of(_FLOATS, st.none()),
    "Float64": st.one_of(_FLOATS, st.none()),
    "double[pyarrow]": st.one_of(_FLOATS, st.none()),
}
_OTHERS: dict[str, st.SearchStrategy[object]] = {
    "bool": st.booleans(),
    "boolean": st.one_of(st.booleans(), st.none()),
    "str": st.one_of(texts, st.none()),
    "object": st.one_of(texts, st.none()),
    "string[pyarrow]": st.one_of(texts, st.none()),
    "category": st.one_of(texts, st.none()),
    "datetime64[us]": st.one_of(_TIMES, st.none()),
    "datetime64[ns]": st.one_of(_TIMES, st.none()),
    "datetime64[us, UTC]": st.one_of(_TIMES, st.none()),
}


def number_columns(*, least: int = 0, most: int = 40) -> st.SearchStrategy[pd.Series]:
    """Columns of finite numbers of every dtype, missing values among them."""
    return _columns(_NUMBERS, least, most)


def columns(*, least: int = 0, most: int = 40) -> st.SearchStrategy[pd.Series]:
    """Columns of every dtype whose cells are of one type, missing values among them."""
    return _columns(_NUMBERS | _OTHERS, least, most)


def _columns(cells: dict[str, st.SearchStrategy[object]], least: int, most: int) -> st.SearchStrategy[pd.Series]:
    def of(dtype: str) -> st.SearchStrategy[pd.Series]:
        lists = st.lists(cells[dtype], min_size=least, max_size=most)
        return lists.map(lambda values: pd.Series(values, dtype=dtype, name="c"))

    return st.sampled_from(sorted(cells)).flatmap(of)


@contextmanager
def counted(way: str) -> Iterator[None]:
    """Make the plan count columns of any size in one way; a part are about seven values, drawn from five strata."""
    with mock.patch.object(plan, "IN_MEMORY_ROWS", 50_000 if way == "in memory" else -1):
        if way != "a part":
            yield
            return
        with mock.patch.multiple(
            value_counts, COMPLETE_LIMIT=4, _OFTEN=2, _EXTREMES=1, _DRAWN=5, _EXAMPLES_PER_SHAPE=1
        ):
            yield


def profiled(series: pd.Series, way: str, *, untyped: bool = False) -> ColumnProfile:
    """Profile one column; ``untyped`` makes it that of a source without types."""
    table = from_pandas(series.to_frame())
    if untyped:
        table.columns = tuple(replace(column, untyped=True) for column in table.columns)
    with counted(way):
        profile = profile_table(table).columns[0]
        profile.numeric  # noqa: B018 - computed while the limits are small
    return profile


def as_read(series: pd.Series) -> pd.Series:
    """Return a column as the engine holds it: plain values, missing as None, no time zone."""
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_localize(None)
    if series.dtype.kind == "M":
        series = series.astype("datetime64[us]")
    values = [None if gone else value for value, gone in zip(series.tolist(), series.isna(), strict=True)]
    return pd.Series(values, dtype=object)


def values_of(column: ColumnProfile) -> list[object]:
    """Return the kept values, dates as pandas has them."""
    values = column.values
    return [pd.Timestamp(v) for v in values.to_pylist()] if pa.types.is_timestamp(values.type) else values.to_pylist()


def positions_of(table: Table, found: object) -> list[int]:
    """Return the positions a predicate selects."""
    return table.positions(found).tolist()  # type: ignore[arg-type]


def positions_where(mask: object) -> list[int]:
    """Return the positions of the true cells of a mask."""
    return np.flatnonzero(np.asarray(mask, dtype=bool)).tolist()
