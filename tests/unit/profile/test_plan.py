"""The profile counts what pandas counts, in memory, in the engine, and where only a part of the values is kept."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from unittest import mock

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.errors import Cancelled
from mlqa_widgets.profile import value_counts
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.shapes import shape_codes
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.frames import from_arrow, from_pandas
from mlqa_widgets.tables.table import Table
from tests.unit.profile.drawn_columns import WAYS, as_read, columns, counted, profiled, texts, values_of

every_way = pytest.mark.parametrize("way", WAYS)
few = settings(max_examples=30, deadline=None)


@every_way
@few
@given(series=columns())
def test_rows_distinct_values_and_missing_ones_are_those_of_pandas(series: pd.Series, way: str) -> None:
    column = profiled(series, way)
    assert (column.rows, column.nulls, column.present) == (len(series), series.isna().sum(), series.notna().sum())
    assert column.distinct == len({value for value in as_read(series) if value is not None})
    missing = np.flatnonzero(series.isna())
    assert (column.first_null, column.last_null) == ((missing[0], missing[-1]) if len(missing) else (-1, -1))


@every_way
@few
@given(series=columns())
def test_each_value_comes_with_its_rows_most_frequent_first(series: pd.Series, way: str) -> None:
    column = profiled(series, way)
    expected = Counter(value for value in as_read(series) if value is not None)
    pairs = list(zip(values_of(column), column.counts.tolist(), strict=True))
    assert dict(pairs).items() <= expected.items()
    assert [pair[::-1] for pair in pairs] == sorted((p[::-1] for p in pairs), key=lambda p: (-p[0], _order(p[1])))
    if way != "a part":
        assert column.complete
    if column.complete:
        assert dict(pairs) == expected


def _order(value: object) -> object:
    return value.encode() if isinstance(value, str) else value


@few
@given(series=columns(least=20, most=60))
def test_a_part_of_the_values_holds_the_frequent_ones_and_the_extremes(series: pd.Series) -> None:
    column = profiled(series, "a part")
    kept = set(values_of(column))
    rows = Counter(value for value in as_read(series) if value is not None)
    assert column.complete == (len(kept) == len(rows))
    repeated = sorted((n for n in rows.values() if n > 1), reverse=True)[:2]
    assert sorted(column.counts.tolist(), reverse=True)[: len(repeated)] == repeated
    if column.column.storage in ("integer", "number", "datetime") and rows:
        assert {min(rows), max(rows)} <= kept


@every_way
@few
@given(series=columns())
def test_weights_stand_for_all_rows_with_a_value(series: pd.Series, way: str) -> None:
    column = profiled(series, way)
    if column.complete:
        assert column.weights.tolist() == column.counts.tolist()
    assert column.weights.sum() == column.present


@every_way
@few
@given(series=st.lists(texts, max_size=60).map(lambda cells: pd.Series(cells, dtype="str", name="c")))
def test_shapes_and_lengths_are_counted_over_all_rows(series: pd.Series, way: str) -> None:
    column = profiled(series, way)
    shapes = shape_codes(pa.array(series, type=pa.string()))
    assert column.shape_rows == Counter(shapes.shapes[code] for code in shapes.codes)
    if len(series):
        assert column.length_range == (series.str.len().min(), series.str.len().max())


def test_every_rare_shape_has_its_examples_among_the_values_kept() -> None:
    rare = ["x-1", "y-2", "z z"]
    column = profiled(pd.Series([f"{n:05d}" for n in range(300)] + rare, name="c"), "a part")
    assert not column.complete
    assert {"z z", "x-1"} <= set(column.values.to_pylist())


def test_the_shapes_of_prose_are_those_of_the_part_kept() -> None:
    prose = pd.Series([f"{'a' * n} {'b' * m}" for n in range(30) for m in range(30)], name="c")
    with mock.patch.object(value_counts, "_SHAPE_LIMIT", 2):
        column = profiled(prose, "a part")
    assert len(column.shape_rows) < len(prose) / 2
    assert sum(column.shape_rows.values()) == len(prose)


def test_the_part_kept_is_the_same_every_time() -> None:
    numbers = pd.Series(np.random.default_rng(1).normal(size=3000), name="c")
    for series in (numbers, numbers.astype("str")):
        first, again = (profiled(series, "a part") for _ in range(2))
        assert first.values.equals(again.values)
        assert first.weights.tolist() == again.weights.tolist()


def test_numbers_that_advance_in_step_are_not_all_drawn_alike() -> None:
    column = profiled(pd.Series(np.arange(100_000), name="c"), "a part")
    assert len({value % 10 for value in column.values.to_pylist()}) > 2


@every_way
def test_cells_of_several_types_are_counted_by_type(way: str) -> None:
    series = pd.Series([1, "a", 2.5, None, "a", True, [1]] * 3, dtype=object, name="c")
    assert profiled(series, way).cell_types == {"str": 6, "bool": 3, "float": 3, "int": 3, "list": 3}


@every_way
def test_a_table_without_rows_or_columns_has_a_profile(way: str) -> None:
    with counted(way):
        assert profile_table(from_pandas(pd.DataFrame())).columns == ()
        (column,) = profile_table(from_pandas(pd.DataFrame({"a": []}))).columns
    assert (column.rows, column.distinct, column.nulls, column.numeric) == (0, 0, 0, None)


@every_way
def test_a_column_without_values_has_a_profile(way: str) -> None:
    column = profiled(pd.Series([None, np.nan, None], name="c"), way)
    assert (column.nulls, column.distinct, column.first_null, column.last_null) == (3, 0, 0, 2)


@every_way
def test_not_a_number_is_missing_wherever_it_comes_from(way: str) -> None:
    with counted(way):
        (column,) = profile_table(from_arrow(pa.table({"c": [1.0, float("nan"), None, 2.0]}))).columns
    assert (column.nulls, column.distinct) == (2, 2)


@every_way
def test_many_columns_are_profiled_in_order(way: str) -> None:
    frame = pd.DataFrame({f"n{i}": [i, i + 1, None] for i in range(450)})
    with counted(way):
        found = profile_table(from_pandas(frame)).columns
    assert [column.numeric.minimum for column in found if column.numeric] == list(range(450))


@every_way
def test_a_column_that_cannot_be_read_costs_only_itself(way: str) -> None:
    table = from_pandas(pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": [5, 5]}))
    table.columns = tuple(table.columns)
    broken = _Broken(table, "c1")
    with counted(way):
        found = profile_table(broken).columns
    assert [column.distinct for column in found] == [2, 0, 1]
    assert found[1].unread.startswith("InvalidInputException: cannot read")
    assert not found[0].unread
    assert not found[2].unread


class _Broken(Table):
    """A table one column of which the engine cannot read."""

    def __init__(self, table: Table, name: str) -> None:
        super().__init__(table.name, table.columns, table.row_count, table.engine, table.own_rows, table.source)
        self._broken = name

    def query(self, sql: str, params: object = ()) -> pa.Table:
        if self._broken in sql.replace("(", " ").replace(")", " ").replace(",", " ").split():
            msg = "cannot read"
            raise duckdb.InvalidInputException(msg)
        return super().query(sql, params)  # type: ignore[arg-type]


@every_way
def test_each_column_is_announced_and_a_cancelled_profile_stops(way: str) -> None:
    table = from_pandas(pd.DataFrame({"a": [1], "b": [2]}))
    steps: list[tuple[str, float]] = []
    progress = Progress(lambda step, share: steps.append((step, share)))
    with counted(way):
        profile_table(table, progress=progress)
        assert [step for step, _ in steps] == ["Counting values of a", "Counting values of b"]
        assert all(0 <= a <= b <= 0.5 for (_, a), (_, b) in pairwise(steps))
        progress.cancel()
        with pytest.raises(Cancelled):
            profile_table(table, progress=progress)
