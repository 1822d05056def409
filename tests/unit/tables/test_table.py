"""Asking a table for rows: predicates with values of every type, in every kind of table."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import EVERY_ROW, NO_ROW, Predicate, Table

DAYS = [dt.datetime(2020, 1, day) for day in (1, 2, 3)]  # noqa: DTZ001
FRAME = pd.DataFrame(
    {
        "i": pd.array([1, 2, None, 1], dtype="Int64"),
        "f": [0.5, math.inf, math.nan, 2.0],
        "s": ["a", "it's", None, '"; DROP TABLE t; --'],
        "b": pd.array([True, False, None, True], dtype="boolean"),
        "d": [*DAYS, None],
    }
)


@pytest.fixture(params=["pandas", "Arrow", "Parquet", "DuckDB"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Table:
    """Give the same rows in tables of several kinds."""
    match request.param:
        case "pandas":
            return read_table(FRAME)
        case "Arrow":
            return read_table(pa.Table.from_pandas(FRAME))
        case "Parquet":
            FRAME.to_parquet(tmp_path / "data.parquet")
            return read_table(tmp_path / "data.parquet")
    import duckdb

    with duckdb.connect(str(tmp_path / "data.duckdb")) as database:
        database.register("frame", pa.Table.from_pandas(FRAME))
        database.execute("CREATE TABLE data AS SELECT * FROM frame")
    return read_table(tmp_path / "data.duckdb")


@pytest.mark.parametrize(
    ("sql", "params", "rows"),
    [
        ("c0 = ?", (1,), [0, 3]),
        ("c0 = ?", (np.int64(2),), [1]),
        ("c0 IN (SELECT unnest(?))", ([1, 2, 2**70],), [0, 1, 3]),
        ("c0 IN (SELECT unnest(?))", ([],), []),
        ("c1 = ?", (0.5,), [0]),
        ("c1 > ?", (np.float32(1),), [1, 3]),
        ("c1 IN (SELECT unnest(?))", ([math.inf, 2.0],), [1, 3]),
        ("c2 = ?", ("it's",), [1]),
        ("c2 IN (SELECT unnest(?))", (["a", '"; DROP TABLE t; --', None],), [0, 3]),
        ("c3 = ?", (True,), [0, 3]),
        ("c3 = ?", (np.bool_(False),), [1]),
        ("c4 = ?", (DAYS[1],), [1]),
        ("c4 >= ?", (dt.date(2020, 1, 2),), [1, 2]),
        ("c4 IN (SELECT unnest(?))", ([DAYS[0], DAYS[2]],), [0, 2]),
        ("epoch_us(c4) IN (SELECT unnest(?))", ([1577836800000000],), [0]),
        ("c0 IS NULL", (), [2]),
        ("c1 IS NULL", (), [2]),
        ("c2 IS NULL", (), [2]),
        ("c4 IS NULL", (), [3]),
        ("pos >= ?", (2,), [2, 3]),
    ],
)
def test_rows_are_found_by_values_of_any_type(table: Table, sql: str, params: tuple[Any, ...], rows: list[int]) -> None:
    where = Predicate(sql, params)
    assert table.positions(where).tolist() == rows
    assert table.count(where) == len(rows)
    assert table.positions(where, limit=1).tolist() == rows[:1]
    assert table.positions(~where).tolist() == [row for row in range(4) if row not in rows]


def test_predicates_join_with_their_values(table: Table) -> None:
    one, two = Predicate("c0 = ? OR c0 = ?", (1, 2)), Predicate("c1 < ?", (1.0,))
    assert table.positions(one & two).tolist() == [0]
    assert table.positions(one | two).tolist() == [0, 1, 3]
    assert table.positions(~(one & two)).tolist() == [1, 2, 3]
    assert table.positions(EVERY_ROW).tolist() == [0, 1, 2, 3]
    assert table.positions(NO_ROW).tolist() == []


def test_rows_are_given_in_the_order_asked_for(table: Table) -> None:
    taken = table.take(np.array([3, 0, 3]))
    assert taken.index.tolist() == [3, 0, 3]
    assert taken["s"].tolist() == ['"; DROP TABLE t; --', "a", '"; DROP TABLE t; --']
    assert table.take(np.array([], dtype=np.int64)).shape == (0, 5)


@pytest.mark.parametrize(
    ("name", "ascending", "descending"),
    [("i", [0, 3, 1, 2], [1, 0, 3, 2]), ("f", [0, 3, 1, 2], [1, 3, 0, 2]), ("d", [0, 1, 2, 3], [2, 1, 0, 3])],
)
def test_rows_are_sorted_by_a_column_with_the_missing_last(
    table: Table, name: str, ascending: list[int], descending: list[int]
) -> None:
    (by,) = (column for column in table.columns if column.name == name)
    every = table.positions(EVERY_ROW)
    assert table.sort(every, by, descending=False, limit=9).tolist() == ascending
    assert table.sort(every, by, descending=True, limit=9).tolist() == descending
    assert (
        table.sort(np.array([0, 2, 3]), by, descending=False, limit=2).tolist()
        == [row for row in ascending if row != 1][:2]
    )


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.text(st.characters(codec="utf-8"), max_size=3) | st.none(), min_size=1, max_size=8),
    which=st.integers(0),
)
def test_a_value_finds_the_rows_that_have_it(cells: list[str | None], which: int) -> None:
    table = read_table(pd.DataFrame({"a": pd.Series(cells, dtype="str")}))
    value = cells[which % len(cells)]
    if value is None:
        return
    expected = [i for i, cell in enumerate(cells) if cell == value]
    assert table.positions(Predicate("c0 = ?", (value,))).tolist() == expected
    assert table.positions(Predicate("c0 IN (SELECT unnest(?))", ([value],))).tolist() == expected
