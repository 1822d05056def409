"""Frames: every index, every label, every dtype; read in place, given back as they are, never changed."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.frames import CellError, display_names, from_arrow, from_pandas
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import EVERY_ROW, Predicate, Table

Number = decimal.Decimal
UTC = dt.UTC
EARLIEST, LATEST = dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)  # noqa: DTZ001


def objects(*cells: Any) -> pd.Series[Any]:
    array = np.empty(len(cells), dtype=object)
    array[:] = list(cells)
    return pd.Series(array, dtype=object)


def table_of(column: Any) -> Table:
    return from_pandas(pd.DataFrame({"a": column}))


def held(table: Table) -> list[Any]:
    """Return what the engine holds of the first column, in order."""
    return list(table.query("SELECT c0 FROM t ORDER BY pos")["c0"].to_pylist())


def cell_types(table: Table) -> list[Any]:
    assert table.columns[0].has_types
    return list(table.query("SELECT k0 FROM t ORDER BY pos")["k0"].to_pylist())


def day(number: int) -> dt.datetime:
    return dt.datetime(2020, 1, number)  # noqa: DTZ001


# ---------------------------------------------------------------------- dtypes

DTYPES: dict[str, tuple[Callable[[], Any], str, list[Any]]] = {
    "int8": (lambda: pd.Series([1, 2, 1], dtype="int8"), "integer", [1, 2, 1]),
    "uint64": (lambda: pd.Series([2**64 - 1, 0], dtype="uint64"), "integer", [2**64 - 1, 0]),
    "float16": (lambda: pd.Series([1.5, np.nan], dtype="float16"), "number", [1.5, None]),
    "float32": (lambda: pd.Series([0.5, np.inf], dtype="float32"), "number", [0.5, math.inf]),
    "float64": (lambda: pd.Series([0.1, np.nan, -np.inf]), "number", [0.1, None, -math.inf]),
    "longdouble": (lambda: pd.Series([0.5, np.nan], dtype=np.longdouble), "number", [0.5, None]),
    "complex": (lambda: pd.Series([1 + 2j, np.nan]), "text", ["(1+2j)", None]),
    "bool": (lambda: pd.Series([True, False]), "boolean", [True, False]),
    "Int64": (lambda: pd.array([1, None], dtype="Int64"), "integer", [1, None]),
    "boolean": (lambda: pd.array([True, None], dtype="boolean"), "boolean", [True, None]),
    "Float64": (lambda: pd.array([1.5, None], dtype="Float64"), "number", [1.5, None]),
    "str": (lambda: pd.Series(["a", None], dtype="str"), "text", ["a", None]),
    "string[python]": (lambda: pd.array(["a", None], dtype="string[python]"), "text", ["a", None]),
    "string[pyarrow]": (lambda: pd.array(["a", None], dtype="string[pyarrow]"), "text", ["a", None]),
    "category of text": (lambda: pd.Categorical(["b", None, "a"]), "text", ["b", None, "a"]),
    "category of ints": (lambda: pd.Categorical([5, None, 7], categories=[7, 5, 9]), "integer", [5, None, 7]),
    "category of floats": (lambda: pd.Categorical([0.5, None]), "number", [0.5, None]),
    "category of bools": (lambda: pd.Categorical([True, None, False]), "boolean", [True, None, False]),
    "category of dates": (lambda: pd.Categorical([pd.Timestamp(day(1)), None]), "datetime", [day(1), None]),
    "category of intervals": (lambda: pd.cut([1, 9], [0, 2, 9]), "text", ["(0, 2]", "(2, 9]"]),
    "category of none": (lambda: pd.Categorical([None, None], categories=[]), "text", [None, None]),
    "datetime64[s]": (lambda: np.array(["2020-01-01", "NaT"], dtype="M8[s]"), "datetime", [day(1), None]),
    "datetime64[ns]": (lambda: np.array(["2020-01-01", "NaT"], dtype="M8[ns]"), "datetime", [day(1), None]),
    "datetime beyond microseconds": (
        lambda: np.array(["2020-01-01", "NaT", "400000-01-01"], dtype="M8[s]"),
        "text",
        ["2020-01-01T00:00:00", None, "400000-01-01T00:00:00"],
    ),
    "datetime beyond Python": (
        lambda: np.array(["2020-01-01", "NaT", "12020-01-01"], dtype="M8[us]"),
        "text",
        ["2020-01-01T00:00:00.000000", None, "12020-01-01T00:00:00.000000"],
    ),
    "datetime with zone, in its local time": (
        lambda: pd.DatetimeIndex([day(1), None]).tz_localize("America/Montreal"),
        "datetime",
        [day(1), None],
    ),
    "timedelta, in seconds": (lambda: pd.to_timedelta(["1D", None, "1ms"]), "number", [86400.0, None, 0.001]),
    "period": (lambda: pd.PeriodIndex(["2020-01", None], freq="M"), "text", ["2020-01", None]),
    "interval": (
        lambda: pd.IntervalIndex.from_arrays([0.0, np.nan], [1.0, np.nan]),
        "text",
        ["(0.0, 1.0]", None],
    ),
    "sparse ints": (lambda: pd.arrays.SparseArray([0, 0, 3]), "integer", [0, 0, 3]),
    "sparse floats": (lambda: pd.arrays.SparseArray([np.nan, 0.5]), "number", [None, 0.5]),
    "Arrow lists": (
        lambda: pd.Series([[1, 2], None], dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
        "nested",
        ["[1, 2]", None],
    ),
    "Arrow decimals": (
        lambda: pd.Series([Number("1.50"), None], dtype=pd.ArrowDtype(pa.decimal128(10, 2))),
        "number",
        [1.5, None],
    ),
    "Arrow times": (
        lambda: pd.Series([dt.time(1, 2), None], dtype=pd.ArrowDtype(pa.time64("us"))),
        "text",
        ["01:02:00", None],
    ),
}

OBJECTS: dict[str, tuple[list[Any], str, list[Any]]] = {
    "text": (["a", None, np.nan, pd.NA, pd.NaT], "text", ["a", None, None, None, None]),
    "nothing": ([None, np.nan], "text", [None, None]),
    "no rows": ([], "text", []),
    "a lone surrogate": (["a\ud800", "b"], "text", ["a\\ud800", "b"]),
    "a NUL": (["a\x00b"], "text", ["a\x00b"]),
    "NumPy text": ([np.str_("x"), "y"], "text", ["x", "y"]),
    "ints": ([1, None, np.nan], "integer", [1, None, None]),
    "NumPy ints": ([np.int8(1), 2], "integer", [1, 2]),
    "ints and floats": ([1, 2.5, None], "number", [1.0, 2.5, None]),
    "infinite": ([math.inf, 1], "number", [math.inf, 1.0]),
    "an int beyond 64 bits": ([2**70, 1], "number", [float(2**70), 1.0]),
    "ints a double cannot tell apart": ([2**70, 2**70 + 1], "text", [str(2**70), str(2**70 + 1)]),
    "ints beyond a double": ([10**400], "text", [str(10**400)]),
    "decimals": ([Number("1.5"), None, Number("NaN")], "number", [1.5, None, None]),
    "decimals beyond a double": ([Number("1E+400")], "text", ["1E+400"]),
    "bools": ([True, None, np.bool_(False)], "boolean", [True, None, False]),
    "dates": ([dt.date(2020, 1, 1), None], "datetime", [day(1), None]),
    "datetimes": ([day(1), pd.NaT, pd.Timestamp(day(2))], "datetime", [day(1), None, day(2)]),
    "datetimes with zones": ([day(1).replace(tzinfo=UTC), None], "datetime", [day(1), None]),
    "some with zones": (
        [day(1).replace(tzinfo=UTC), day(1)],
        "text",
        ["2020-01-01 00:00:00+00:00", "2020-01-01 00:00:00"],
    ),
    "timedeltas": ([dt.timedelta(hours=1), None], "number", [3600.0, None]),
    "times": ([dt.time(1, 2), None], "text", ["01:02:00", None]),
    "lists": ([[1], None, (2, 3)], "nested", ["[1]", None, "(2, 3)"]),
    "arrays": ([np.arange(3), None], "nested", ["[0, 1, 2]", None]),
    "dicts": ([{"a": 1}, None], "nested", ["{'a': 1}", None]),
    "bytes": ([b"a", b"\xff"], "nested", ["a", "\\xff"]),
    "enums": ([enum.Enum("Colour", "RED").RED], "text", ["Colour.RED"]),
    "identifiers": ([uuid.UUID(int=5)], "text", ["00000000-0000-0000-0000-000000000005"]),
}


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_is_read(name: str) -> None:
    make, storage, cells = DTYPES[name]
    table = table_of(make())
    assert table.columns[0].storage == storage
    assert held(table) == cells


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_of_one_type_are_read_as_that_type(name: str) -> None:
    cells, storage, expected = OBJECTS[name]
    table = table_of(objects(*cells))
    assert (table.columns[0].storage, table.columns[0].has_types) == (storage, False)
    assert held(table) == expected


@pytest.mark.parametrize(
    ("cells", "expected", "types"),
    [
        ([1, "a", None, 2.5, True], ["1", "a", None, "2.5", "True"], ["int", "str", None, "float", "bool"]),
        ([dt.date(2020, 1, 1), day(2)], ["2020-01-01", "2020-01-02 00:00:00"], ["date", "datetime"]),
        ([dt.time(1), dt.timedelta(1)], ["01:00:00", "1 day, 0:00:00"], ["time", "duration"]),
        ([np.timedelta64(1, "D"), "x"], ["1 days", "x"], ["duration", "str"]),
        ([[1], {"a": 1}, b"x"], ["[1]", "{'a': 1}", "x"], ["list", "dict", "bytes"]),
        ([Number("1.5"), "x"], ["1.5", "x"], ["decimal", "str"]),
        (["#N/A", CellError("#N/A")], ["#N/A", "#N/A"], ["str", "error"]),
        ([b"a", "a"], ["a", "a"], ["bytes", "str"]),
    ],
)
def test_objects_of_several_types_are_text_with_each_type_beside(
    cells: list[Any], expected: list[Any], types: list[Any]
) -> None:
    table = table_of(objects(*cells))
    assert held(table) == expected
    assert cell_types(table) == types


def test_a_category_of_several_types_keeps_them() -> None:
    table = table_of(pd.Categorical([1, "1", None]))
    assert held(table) == ["1", "1", None]
    assert cell_types(table) == ["int", "str", None]


def test_a_cell_that_cannot_be_shown_is_named_by_its_type() -> None:
    class Hidden:
        def __str__(self) -> str:
            raise RuntimeError

    assert held(table_of(objects(Hidden()))) == ["<Hidden>"]


def test_a_megabyte_in_a_cell_stays_whole() -> None:
    long = "é" * 1_000_000
    table = table_of([long, "b"])
    assert held(table) == [long, "b"]
    assert table.count(Predicate("c0 = ?", (long,))) == 1


def test_an_unknown_extension_type_is_read_cell_by_cell() -> None:
    class Points(pd.api.extensions.ExtensionDtype):
        name = "point"
        type = tuple

        @classmethod
        def construct_array_type(cls) -> Any:
            return PointArray

    class PointArray(pd.arrays.NumpyExtensionArray):
        @property
        def dtype(self) -> Any:
            return Points()

        def __arrow_array__(self, type: Any = None) -> Any:  # noqa: A002
            raise NotImplementedError

    table = table_of(PointArray(np.array(["a", "b"], dtype=object)))
    assert held(table) == ["a", "b"]


# ---------------------------------------------------------------------- indexes and labels


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(5, 8),
        pd.Index([7, 7, 7]),
        pd.Index(["b", None, "b"]),
        pd.Index([0.5, np.nan, 2]),
        pd.DatetimeIndex([day(3), day(1), day(2)], tz="UTC"),
        pd.MultiIndex.from_tuples([(1, "x"), (1, "x"), (2, None)], names=["i", None]),
        pd.CategoricalIndex(["a", "b", "a"]),
        pd.Index([(1, 2), [3], None], dtype=object),
    ],
)
def test_rows_come_back_with_their_own_labels(index: pd.Index[Any]) -> None:
    frame = pd.DataFrame({"a": [1, 2, 3]}, index=index)
    table = from_pandas(frame)
    positions = table.positions(Predicate("c0 <> ?", (2,)))
    assert positions.tolist() == [0, 2]
    pd.testing.assert_frame_equal(table.take(positions), frame.iloc[[0, 2]])
    pd.testing.assert_index_equal(table.labels(positions), index[[0, 2]])


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["a", "a", "a"], ["a", "a (2)", "a (3)"]),
        (["a", "a (2)", "a"], ["a", "a (2)", "a (3)"]),
        ([1, "1", 1.0], ["1", "1 (2)", "1.0"]),
        ([None, np.nan, pd.NaT], ["None", "nan", "NaT"]),
        ([("x", "y"), ("x", ""), "x / y"], ["x / y", "x / ", "x / y (2)"]),
        (["", " ", "c0"], ["", " ", "c0"]),
        (['"; DROP TABLE t; --', "<script>", "\ud800"], ['"; DROP TABLE t; --', "<script>", "\\ud800"]),
        ([dt.date(2020, 1, 1), True, b"x"], ["2020-01-01", "True", "b'x'"]),
    ],
)
def test_any_column_label_is_kept_and_shown(labels: list[Any], names: list[str]) -> None:
    frame = pd.DataFrame([[1, 2, 3]])
    frame.columns = pd.Index(labels, dtype=object, tupleize_cols=False)
    table = from_pandas(frame)
    assert [column.name for column in table.columns] == names
    assert all(column.label is label for column, label in zip(table.columns, frame.columns, strict=True))
    assert table.query("SELECT c0, c1, c2 FROM t").to_pylist() == [{"c0": 1, "c1": 2, "c2": 3}]
    pd.testing.assert_frame_equal(table.take(np.array([0])), frame)


def test_column_labels_of_several_levels() -> None:
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    table = from_pandas(frame)
    assert [column.label for column in table.columns] == [("a", "x"), ("a", "y")]
    pd.testing.assert_frame_equal(table.take(np.array([0])), frame)


@given(st.lists(st.text(max_size=3) | st.integers() | st.none() | st.tuples(st.text(max_size=1)), max_size=30))
def test_display_names_are_unique_text(labels: list[Any]) -> None:
    names = display_names(labels)
    assert len(names) == len(set(names)) == len(labels)
    assert all(name.encode() for name in names if name)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_frames_without_rows_or_columns(shape: tuple[int, int]) -> None:
    frame = pd.DataFrame(np.zeros(shape))
    table = from_pandas(frame)
    assert (table.row_count, len(table.columns)) == shape
    assert table.count(EVERY_ROW) == shape[0]
    assert table.positions(EVERY_ROW).tolist() == list(range(shape[0]))
    pd.testing.assert_frame_equal(table.frame(), frame)


def test_five_thousand_columns() -> None:
    table = from_pandas(pd.DataFrame(np.arange(10_000).reshape(2, 5_000)))
    assert len(table.columns) == 5_000
    assert table.positions(Predicate("c4999 = ?", (9_999,))).tolist() == [1]


# ---------------------------------------------------------------------- the user's frame


def random_frames() -> st.SearchStrategy[pd.DataFrame]:
    any_cell = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=5),
        st.binary(max_size=3),
        st.dates(),
        st.decimals(places=2, allow_nan=False) | st.just(Number("NaN")),
        st.lists(st.integers(), max_size=2),
    )
    columns = st.one_of(
        st.lists(st.integers(-5, 5), min_size=6, max_size=6).map(lambda cells: pd.Series(cells, dtype="int16")),
        st.lists(st.floats(width=32) | st.none(), min_size=6, max_size=6).map(
            lambda cells: pd.Series(cells, dtype="float32")
        ),
        st.lists(st.integers(-5, 5) | st.none(), min_size=6, max_size=6).map(
            lambda cells: pd.Series(cells, dtype="Int64")
        ),
        st.lists(st.text("ab", max_size=2) | st.none(), min_size=6, max_size=6).map(
            lambda cells: pd.Series(cells, dtype="str")
        ),
        st.lists(st.text("ab", max_size=2) | st.none(), min_size=6, max_size=6).map(
            lambda cells: pd.Series(cells, dtype="category")
        ),
        st.lists(st.datetimes(EARLIEST, LATEST) | st.none(), min_size=6, max_size=6).map(
            lambda cells: pd.Series(cells, dtype="datetime64[us]")
        ),
        st.lists(any_cell, min_size=6, max_size=6).map(lambda cells: objects(*cells)),
    )
    index = st.lists(st.integers(0, 3) | st.text(max_size=2) | st.none(), min_size=6, max_size=6)

    def framed(parts: tuple[list[Any], list[Any], list[Any]]) -> pd.DataFrame:
        data, labels, rows = parts
        frame = pd.DataFrame(dict(enumerate(data)), index=pd.RangeIndex(6))
        frame.columns = pd.Index(labels[: len(data)], dtype=object)
        frame.index = pd.Index(rows, dtype=object)
        return frame

    labels = st.lists(st.text(max_size=2) | st.integers(0, 1) | st.none(), min_size=4, max_size=4)
    return st.tuples(st.lists(columns, max_size=4), labels, index).map(framed)


def same(one: Any, other: Any) -> bool:
    missing = [np.ndim(cell) == 0 and not isinstance(cell, dict) and pd.isna(cell) for cell in (one, other)]
    return all(missing) if any(missing) else type(one) is type(other) and bool(np.all(one == other))


@settings(max_examples=60, deadline=None)
@given(random_frames(), st.lists(st.integers(0, 5), max_size=8))
def test_counts_are_those_of_pandas_and_rows_come_back_as_they_were(frame: pd.DataFrame, positions: list[int]) -> None:
    before = frame.copy()
    table = from_pandas(frame)
    for column in table.columns:
        series = frame.iloc[:, column.position]
        answer = table.query(f"SELECT count(*) - count(c{column.position}) AS n FROM t")
        assert answer["n"][0].as_py() == series.isna().sum()
        if not column.has_types and column.storage != "nested":
            distinct = table.query(f"SELECT count(DISTINCT c{column.position}) AS n FROM t")["n"][0].as_py()
            assert distinct == series.nunique()
    taken = table.take(np.array(positions, dtype=np.int64))
    assert list(taken.columns) == list(before.columns)
    assert list(taken.index) == [before.index[i] for i in positions]
    for row, position in enumerate(positions):
        assert all(same(taken.iat[row, i], before.iat[position, i]) for i in range(before.shape[1]))
    pd.testing.assert_frame_equal(frame, before)


def test_the_table_keeps_the_frame_as_it_was_when_it_was_read() -> None:
    frame: Any = pd.DataFrame(
        {"n": [1, 2, 3], "f": [0.5, 1.5, 2.5], "s": ["a", "b", "c"], "d": pd.DatetimeIndex([day(1)] * 3)}
    )
    frame["c"] = frame["s"].astype("category")
    frame["o"] = objects(1, "x", None)
    table = from_pandas(frame)
    before = frame.copy(deep=True)
    frame.loc[0, ["n", "f", "s"]] = [99, 99.5, "changed"]
    frame.iloc[1, 0] = 77
    frame["f"] *= 2
    frame.isetitem(3, pd.DatetimeIndex([day(9)] * 3))
    frame["c"] = frame["c"].cat.rename_categories({"a": "z"})
    frame.loc[2, "o"] = "set"
    del frame["n"]
    frame["new"] = 1
    pd.testing.assert_frame_equal(table.frame(), before)
    assert table.query("SELECT c0, c1, c2, c4, c5 FROM t ORDER BY pos").to_pylist() == [
        {"c0": 1, "c1": 0.5, "c2": "a", "c4": "a", "c5": "1"},
        {"c0": 2, "c1": 1.5, "c2": "b", "c4": "b", "c5": "x"},
        {"c0": 3, "c1": 2.5, "c2": "c", "c4": "c", "c5": None},
    ]


def test_changing_rows_taken_changes_neither_the_table_nor_the_frame() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3]})
    table = from_pandas(frame)
    for taken in (table.take(np.array([0, 1])), table.frame()):
        taken.iloc[0, 0] = 99
        taken["b"] = 1
    assert frame["a"].tolist() == held(table) == [1, 2, 3]
    assert list(table.frame().columns) == ["a"]


@pytest.mark.skipif(pd.__version__ < "3", reason="Text is Arrow's, and copied on writing, from pandas 3 on.")
def test_numbers_and_text_are_read_without_a_copy() -> None:
    rows = 200_000
    frame = pd.DataFrame(
        {
            "i": np.arange(rows),
            "f": np.random.default_rng(0).normal(size=rows),
            "s": pd.Series(["some text"] * rows, dtype="str"),
            "c": pd.Series(["a long category name"] * rows, dtype="category"),
        }
    )
    before = pa.total_allocated_bytes()
    table = from_pandas(frame)
    bitmap_and_positions = rows // 8 * 4 + rows * 4
    assert pa.total_allocated_bytes() - before < bitmap_and_positions * 1.5
    assert table.row_count == rows


# ---------------------------------------------------------------------- Arrow and polars

ARROW: dict[str, tuple[Callable[[], Any], str, list[Any]]] = {
    "chunks": (lambda: pa.chunked_array([[1], [], [None, 2]]), "integer", [1, None, 2]),
    "large_string": (lambda: pa.array(["a", None], pa.large_string()), "text", ["a", None]),
    "string_view": (lambda: pa.array(["a", None], pa.string_view()), "text", ["a", None]),
    "null": (lambda: pa.nulls(2), "text", [None, None]),
    "dictionary": (lambda: pa.array(["a", None]).dictionary_encode(), "text", ["a", None]),
    "dictionary of floats": (lambda: pa.array([0.5, None]).dictionary_encode(), "number", [0.5, None]),
    "dictionaries that differ by chunk": (
        lambda: pa.chunked_array([pa.array(["a"]).dictionary_encode(), pa.array(["b", "a"]).dictionary_encode()]),
        "text",
        ["a", "b", "a"],
    ),
    "run ends": (
        lambda: pa.RunEndEncodedArray.from_arrays([2, 3], ["a", None]),
        "text",
        ["a", "a", None],
    ),
    "halffloat": (lambda: pa.array([np.float16(0.5), None], pa.float16()), "number", [0.5, None]),
    "NaN": (lambda: pa.array([0.5, math.nan, None]), "number", [0.5, None, None]),
    "decimal256": (lambda: pa.array([Number("1.5"), None], pa.decimal256(60, 2)), "number", [1.5, None]),
    "decimals a double cannot tell apart": (
        lambda: pa.array([Number(2**70), Number(2**70 + 1)], pa.decimal128(30)),
        "text",
        [str(2**70), str(2**70 + 1)],
    ),
    "date32": (lambda: pa.array([dt.date(2020, 1, 1), None]), "datetime", [day(1), None]),
    "dates beyond Python": (
        lambda: pa.array([0, None, 4_000_000], pa.int32()).cast(pa.date32()),
        "text",
        ["1970-01-01", None, "12921-08-18"],
    ),
    "date64": (lambda: pa.array([dt.date(2020, 1, 1), None], pa.date64()), "datetime", [day(1), None]),
    "timestamp with zone": (
        lambda: pa.array([day(1).replace(tzinfo=UTC), None], pa.timestamp("ns", "UTC")),
        "datetime",
        [day(1), None],
    ),
    "duration": (lambda: pa.array([1500, None], pa.duration("ms")), "number", [1.5, None]),
    "time": (lambda: pa.array([dt.time(1, 2), None], pa.time32("s")), "text", ["01:02:00", None]),
    "binary": (lambda: pa.array([b"a", b"\xff", None]), "nested", ["a", "\\xff", None]),
    "lists": (lambda: pa.array([[1, None], None]), "nested", ["[1, None]", None]),
    "structs": (lambda: pa.array([{"x": 1}, None]), "nested", ["{'x': 1}", None]),
    "maps": (lambda: pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), "nested", ["[('k', 1)]"]),
    "uuid": (
        lambda: pa.ExtensionArray.from_storage(pa.uuid(), pa.array([uuid.UUID(int=5).bytes], pa.binary(16))),
        "text",
        ["00000000-0000-0000-0000-000000000005"],
    ),
    "JSON": (lambda: pa.ExtensionArray.from_storage(pa.json_(), pa.array(["[1]"])), "text", ["[1]"]),
    "bool8": (
        lambda: pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None], pa.int8())),
        "boolean",
        [True, False, None],
    ),
}


@pytest.mark.parametrize("name", ARROW)
def test_every_arrow_type_is_read_and_given_back(name: str) -> None:
    make, storage, cells = ARROW[name]
    arrow = pa.table({"a": make()})
    table = from_arrow(arrow)
    assert table.columns[0].storage == storage
    assert held(table) == cells
    last = np.array([arrow.num_rows - 1, 0])
    taken = table.take(last)
    assert taken.index.tolist() == last.tolist()
    assert [same(cell, None) for cell in taken["a"]] == [cells[i] is None for i in last]


def test_large_whole_numbers_come_back_exactly_where_some_are_missing() -> None:
    arrow = pa.table({"large": [2**53 + 1, None, 2**53], "small": [1, None, 2], "whole": [2**62 + 1, 2, 3]})
    frame = from_arrow(arrow).frame()
    assert [frame["large"][i] for i in (0, 2)] == [2**53 + 1, 2**53]
    assert frame["small"].dtype == np.float64
    assert frame["whole"].dtype == np.int64


@pytest.mark.parametrize("kind", [pa.string_view(), pa.binary_view(), pa.string()])
@pytest.mark.parametrize("rows", [5, 1_500])
def test_any_number_of_rows_come_back_from_any_chunks(kind: pa.DataType, rows: int) -> None:
    cells = [b"%d is a text too long to be kept inside its view" % i for i in range(2_000)]
    chunks = [pa.array(cells[:700], kind), pa.array([], kind), pa.array(cells[700:], kind)]
    table = from_arrow(pa.table({"a": pa.chunked_array(chunks)}))
    positions = np.random.default_rng(0).permutation(2_000)[:rows]
    expected = [cells[i] if pa.types.is_binary_view(kind) else cells[i].decode() for i in positions]
    assert table.take(positions)["a"].tolist() == expected


def test_arrow_columns_may_share_a_name() -> None:
    arrow = pa.Table.from_arrays([pa.array([1]), pa.array(["x"])], names=["a", "a"])
    table = read_table(arrow)
    assert [column.name for column in table.columns] == ["a", "a (2)"]
    assert [column.tolist() for _, column in table.take(np.array([0])).items()] == [[1], ["x"]]


POLARS: dict[str, tuple[Callable[[], pl.Series], str, list[Any]]] = {
    "ints": (lambda: pl.Series([1, None]), "integer", [1, None]),
    "NaN and null": (lambda: pl.Series([0.5, math.nan, None]), "number", [0.5, None, None]),
    "text": (
        lambda: pl.Series(["a", None, "a text too long to be inlined"]),
        "text",
        ["a", None, "a text too long to be inlined"],
    ),
    "categories": (lambda: pl.Series(["a", None, "b"], dtype=pl.Categorical), "text", ["a", None, "b"]),
    "enum": (lambda: pl.Series(["b", None], dtype=pl.Enum(["a", "b"])), "text", ["b", None]),
    "dates": (lambda: pl.Series([dt.date(2020, 1, 1), None]), "datetime", [day(1), None]),
    "decimals": (lambda: pl.Series([Number("1.5"), None]), "number", [1.5, None]),
    "lists": (lambda: pl.Series([[1], None]), "nested", ["[1]", None]),
    "structs": (lambda: pl.Series([{"x": 1}]), "nested", ["{'x': 1}"]),
    "null": (lambda: pl.Series([None, None]), "text", [None, None]),
}


@pytest.mark.parametrize("name", POLARS)
@pytest.mark.parametrize("lazy", [False, True])
def test_polars_frames_are_read_lazy_or_not(name: str, lazy: bool) -> None:
    make, storage, cells = POLARS[name]
    frame = pl.DataFrame({"a": make()})
    table = read_table(frame.lazy() if lazy else frame)
    assert table.source.kind == "polars frame"
    assert table.columns[0].storage == storage
    assert held(table) == cells
    assert [same(cell, None) for cell in table.frame()["a"]] == [cell is None for cell in cells]


class Stream:
    """A dataframe of some other library."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "wrap",
    [
        Stream,
        lambda table: table.to_reader(),
        lambda table: table.to_batches()[0],
        lambda table: pa.RecordBatchReader.from_batches(table.schema, iter(table.to_batches())),
    ],
)
def test_anything_with_the_arrow_interface_is_read(wrap: Callable[[pa.Table], Any]) -> None:
    table = read_table(wrap(pa.table({"a": [1, 2], "b": ["x", None]})))
    assert table.take(np.array([1]))["a"].tolist() == [2]
    assert table.count(Predicate("c1 IS NULL")) == 1


# ---------------------------------------------------------------------- what is no table


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pd.Series([1]), ["pandas, polars or Spark frame", "Series", "to_frame()"]),
        (pl.Series([1]), ["Series", "to_frame()"]),
        ([{"a": 1}], ["list", "pd.DataFrame("]),
        ({"a": [1]}, ["dict", "pd.DataFrame("]),
        (np.zeros((2, 2)), ["ndarray", "pd.DataFrame("]),
        (pa.array([1]), ["Array", "table"]),
        (None, ["NoneType", "path"]),
        (3, ["int", "path"]),
    ],
)
def test_what_is_no_table_is_refused_with_what_would_work(data: Any, words: list[str]) -> None:
    with pytest.raises(InputError, match=r"^data: ") as refused:
        read_table(data)
    for word in words:
        assert word in str(refused.value)


def test_a_column_arrow_does_not_know_is_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match=r"^data: the polars\S*DataFrame could not be read through Arrow: .*Cast"):
        read_table(pl.DataFrame({"a": pl.Series([2**70], dtype=pl.Int128)}))


def test_naming_a_table_within_a_frame_is_refused() -> None:
    with pytest.raises(InputError, match=r"^table: .*no meaning for a frame"):
        read_table(pd.DataFrame({"a": [1]}), table="x")
