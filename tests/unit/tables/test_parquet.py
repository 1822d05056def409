"""Parquet: read in place, of any type, from one file or a folder of them."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import EVERY_ROW, Predicate, Table

DAY = dt.datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001
Number = decimal.Decimal


def stored(folder: Path, table: pa.Table, **options: Any) -> Table:
    pq.write_table(table, folder / "data.parquet", **options)
    return read_table(folder / "data.parquet")


COLUMNS: dict[str, tuple[pa.Array, str, list[Any]]] = {
    "int": (pa.array([1, None]), "integer", [1, None]),
    "uint64": (pa.array([2**64 - 1, None], pa.uint64()), "integer", [2**64 - 1, None]),
    "float32": (pa.array([0.5, math.nan], pa.float32()), "number", [0.5, None]),
    "NaN and infinite": (pa.array([math.nan, -math.inf, None]), "number", [None, -math.inf, None]),
    "bool": (pa.array([True, None]), "boolean", [True, None]),
    "text": (pa.array(["a", None]), "text", ["a", None]),
    "dictionary": (pa.array(["a", None]).dictionary_encode(), "text", ["a", None]),
    "decimal": (pa.array([Number("1.50"), None], pa.decimal128(10, 2)), "number", [1.5, None]),
    "large decimal": (pa.array([Number("1.50"), None], pa.decimal128(30, 2)), "number", [1.5, None]),
    "decimals a double cannot tell apart": (
        pa.array([Number(10**29), Number(10**29 + 1)], pa.decimal128(30)),
        "text",
        [str(10**29), str(10**29 + 1)],
    ),
    "date": (pa.array([DAY.date(), None]), "datetime", [dt.datetime(2020, 1, 2), None]),  # noqa: DTZ001
    "timestamp[ns]": (pa.array([DAY, None], pa.timestamp("ns")), "datetime", [DAY, None]),
    "timestamp with zone, in UTC": (
        pa.array([DAY.replace(tzinfo=dt.UTC), None], pa.timestamp("us", "America/Montreal")),
        "datetime",
        [DAY, None],
    ),
    "time": (pa.array([dt.time(1, 2), None], pa.time64("us")), "text", ["01:02:00", None]),
    "binary": (pa.array([b"a", b"\xff", None]), "nested", ["a", "\\xFF", None]),
    "list": (pa.array([[1, None], None]), "nested", ["[1, NULL]", None]),
    "struct": (pa.array([{"x": 1}, None]), "nested", ["{'x': 1}", None]),
    "null": (pa.nulls(2), "text", [None, None]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_type_is_read_and_given_back(tmp_path: Path, name: str) -> None:
    array, storage, cells = COLUMNS[name]
    table = stored(tmp_path, pa.table({"a": array}))
    assert table.columns[0].storage == storage
    assert table.query("SELECT c0 FROM t ORDER BY pos")["c0"].to_pylist() == cells
    taken = table.take(np.array([len(cells) - 1, 0]))
    assert taken.index.tolist() == [len(cells) - 1, 0]
    assert taken["a"].isna().tolist() == [cells[-1] is None, cells[0] is None]


def test_odd_names_are_kept(tmp_path: Path) -> None:
    names = ["a", "A", "a b", 'c"d', "e'f", "", "pos", "c0", "t", "w", "number", "; DROP TABLE t"]
    table = stored(tmp_path, pa.table([pa.array([i, i + 100]) for i in range(len(names))], names=names))
    assert [column.label for column in table.columns] == names
    assert list(table.take(np.array([1])).columns) == names
    assert table.take(np.array([1])).to_numpy().tolist() == [[i + 100 for i in range(len(names))]]
    assert table.count(Predicate("c1 = ?", (101,))) == 1


@pytest.mark.parametrize("name", ["file_row_number", "Filename"])
def test_a_column_may_have_the_name_of_the_row_number(tmp_path: Path, name: str) -> None:
    table = stored(tmp_path, pa.table({"a": [1, 2, 3], name: [7, 7, 7]}))
    assert table.positions(Predicate("c0 > ?", (1,))).tolist() == [1, 2]
    assert table.take(np.array([2, 0])).to_numpy().tolist() == [[3, 7], [1, 7]]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli"])
def test_any_compression_and_row_groups_will_do(tmp_path: Path, compression: str) -> None:
    table = stored(tmp_path, pa.table({"a": range(1_000)}), compression=compression, row_group_size=37)
    wanted = np.array([999, 0, 36, 37, 38, 500])
    assert table.take(wanted)["a"].tolist() == wanted.tolist()
    assert table.positions(Predicate("c0 % ? = 0", (250,))).tolist() == [0, 250, 500, 750]


def test_the_rows_of_a_frame_that_pandas_wrote(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.Categorical(["u", "v"]), "d": [DAY, None]})
    frame.to_parquet(tmp_path / "data.parquet")
    taken = read_table(tmp_path / "data.parquet").frame()
    assert taken["a"].tolist() == [1, 2]
    assert taken["d"].tolist() == frame["d"].tolist()


def test_no_rows(tmp_path: Path) -> None:
    table = stored(tmp_path, pa.table({"a": pa.array([], pa.int64())}))
    assert (table.row_count, table.positions(EVERY_ROW).tolist(), table.frame().shape) == (0, [], (0, 1))


def test_a_folder_is_one_table_with_its_partitions_as_columns(tmp_path: Path) -> None:
    table = pa.table({"year": [2019, 2019, 2020, 2020, 2020], "n": [1, 2, 3, 4, 5]})
    pq.write_to_dataset(table, tmp_path / "set", partition_cols=["year"])
    (tmp_path / "set" / "_SUCCESS").touch()
    (tmp_path / "set" / ".hidden.parquet").write_text("no table")
    read = read_table(tmp_path / "set")
    assert (read.name, read.row_count, read.source.facts["files"]) == ("set", 5, "2")
    assert [column.label for column in read.columns] == ["n", "year"]
    assert read.frame().to_numpy().tolist() == [[1, 2019], [2, 2019], [3, 2020], [4, 2020], [5, 2020]]
    assert read.positions(Predicate("c1 = ?", (2020,))).tolist() == [2, 3, 4]
    assert read.take(np.array([4, 0, 2]))["n"].tolist() == [5, 1, 3]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_rows_of_many_files_keep_their_places(sizes: list[int], tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("parts")
    start = 0
    for i, size in enumerate(sizes):
        part = {"a": pa.array(range(start, start + size), pa.int64())}
        pq.write_table(pa.table(part | ({"late": pa.array([i] * size)} if i % 2 else {})), folder / f"{i}.parquet")
        start += size
    table = read_table(folder)
    assert table.row_count == start
    assert table.frame()["a"].tolist() == list(range(start))
    assert table.positions(EVERY_ROW).tolist() == list(range(start))


def test_a_folder_without_parquet_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"data: the folder .* holds no Parquet files"):
        read_table(tmp_path)


def test_nothing_is_copied(tmp_path: Path, temporary: Path) -> None:
    table = stored(tmp_path, pa.table({"a": [1, 2]}))
    assert table.count(EVERY_ROW) == 2
    assert list(temporary.iterdir()) == []
