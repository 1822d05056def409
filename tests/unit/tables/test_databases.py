"""SQLite and DuckDB files: every table and view, every value's own type, nothing written to them."""

from __future__ import annotations

import datetime as dt
import math
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import Predicate, Table

ODD = 'it\'s "odd"; DROP TABLE t; --'


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def sqlite_file(folder: Path, *statements: str) -> Path:
    path = folder / "data.db"
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def sqlite_column(folder: Path, values: list[Any], declared: str = "") -> Table:
    path = folder / "data.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE only (a {declared})")
    connection.executemany("INSERT INTO only VALUES (?)", [(value,) for value in values])
    connection.commit()
    connection.close()
    return read_table(path)


# ---------------------------------------------------------------------- SQLite


@pytest.mark.parametrize(
    ("values", "storage", "cells"),
    [
        ([1, None, -(2**63), 2**63 - 1], "integer", [1, None, -(2**63), 2**63 - 1]),
        ([1.5, None, math.inf], "number", [1.5, None, math.inf]),
        ([1, 2.5], "number", [1.0, 2.5]),
        ([2**53 - 1, 2.5], "number", [2.0**53 - 1, 2.5]),
        (["00123", "2020-01-01", ""], "text", ["00123", "2020-01-01", ""]),
        ([b"a", b"\xff", None], "nested", ["a", "\\xFF", None]),
        ([None, None], "text", [None, None]),
        ([], "text", []),
    ],
)
def test_a_column_of_values_of_one_type_has_it(
    tmp_path: Path, values: list[Any], storage: str, cells: list[Any]
) -> None:
    table = sqlite_column(tmp_path, values)
    assert (table.columns[0].storage, table.columns[0].has_types) == (storage, False)
    assert table.query("SELECT c0 FROM t ORDER BY pos")["c0"].to_pylist() == cells
    assert table.frame()["a"].isna().tolist() == [value is None for value in values]


def test_a_column_of_values_of_several_types_keeps_each_ones_own(tmp_path: Path) -> None:
    table = sqlite_column(tmp_path, [1, "N/A", None, 0.1, b"x", 2**62], "INTEGER")
    assert (table.columns[0].has_types, table.columns[0].source_type) == (True, "INTEGER")
    assert table.query("SELECT c0, k0 FROM t ORDER BY pos").to_pylist() == [
        {"c0": "1", "k0": "int"},
        {"c0": "N/A", "k0": "str"},
        {"c0": None, "k0": None},
        {"c0": "0.1", "k0": "float"},
        {"c0": "x", "k0": "bytes"},
        {"c0": str(2**62), "k0": "int"},
    ]
    assert table.take(np.array([5, 3, 1, 0]))["a"].tolist() == [2**62, 0.1, "N/A", 1]


def test_large_whole_numbers_among_fractions_stay_whole(tmp_path: Path) -> None:
    table = sqlite_column(tmp_path, [2**53 + 1, -(2**63), 2.5])
    assert table.query("SELECT k0 FROM t ORDER BY pos")["k0"].to_pylist() == ["int", "int", "float"]
    assert table.frame()["a"].tolist() == [2**53 + 1, -(2**63), 2.5]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False)
        | st.text(st.characters(codec="utf-8"), max_size=4)
        | st.none(),
        min_size=1,
        max_size=6,
    )
)
def test_values_are_given_back(values: list[Any], tmp_path_factory: Any) -> None:
    table = sqlite_column(tmp_path_factory.mktemp("sqlite"), values)
    taken = table.frame()["a"].tolist()
    assert [None if cell != cell else cell for cell in taken] == values  # noqa: PLR0124


def test_text_that_is_no_utf8_is_kept(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path, "CREATE TABLE only (a)", "INSERT INTO only VALUES (CAST(x'636166e9' AS TEXT))")
    assert read_table(path).frame()["a"].tolist() == ["café"]


def test_odd_names_views_and_generated_columns(tmp_path: Path) -> None:
    path = sqlite_file(
        tmp_path,
        f"CREATE TABLE {quoted(ODD)} ({quoted(ODD)} INTEGER, pos TEXT, twice GENERATED ALWAYS AS ({quoted(ODD)} * 2))",
        f"INSERT INTO {quoted(ODD)} VALUES (1, 'x'), (2, 'y')",
        f"CREATE VIEW seen AS SELECT pos, {quoted(ODD)} + 1 AS one_more FROM {quoted(ODD)}",
    )
    table = read_table(path, table=ODD)
    assert (table.name, [column.label for column in table.columns]) == (ODD, [ODD, "pos", "twice"])
    assert table.take(np.array([1])).to_numpy().tolist() == [[2, "y", 4]]
    assert table.source.facts["tables"] == f"{ODD}, seen"
    assert read_table(path, table="seen").frame().to_numpy().tolist() == [["x", 2], ["y", 3]]


def test_a_sqlite_file_of_several_tables_asks_which(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path, "CREATE TABLE visits (a)", "CREATE TABLE people (a)")
    with pytest.raises(InputError, match=r"^table: 'data.db' holds 2 tables; pass one of 'people', 'visits'"):
        read_table(path)


def test_a_sqlite_file_without_tables_is_refused(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path, "PRAGMA user_version = 1")
    with pytest.raises(InputError, match=r"^data: 'data.db' holds no table"):
        read_table(path)


def test_many_rows_keep_their_order(tmp_path: Path) -> None:
    table = sqlite_column(tmp_path, [i if i % 1_000 else "x" for i in range(120_000)])
    assert table.positions(Predicate("k0 = 'str'")).tolist() == list(range(0, 120_000, 1_000))
    assert table.take(np.array([119_999, 50_001]))["a"].tolist() == [119_999, 50_001]


# ---------------------------------------------------------------------- DuckDB


def duckdb_file(folder: Path, *statements: str) -> Path:
    path = folder / "data.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def test_a_table_is_read_in_place_with_its_comments(tmp_path: Path) -> None:
    path = duckdb_file(
        tmp_path,
        f"CREATE TABLE {quoted(ODD)} ({quoted(ODD)} INTEGER, pos VARCHAR, h HUGEINT, d DATE)",
        f"INSERT INTO {quoted(ODD)} VALUES (1, 'x', 5, '2020-01-01'), (NULL, 'y', NULL, NULL)",
        f"COMMENT ON COLUMN {quoted(ODD)}.pos IS 'where it''s at'",
    )
    before = path.read_bytes()
    table = read_table(path)
    assert [column.label for column in table.columns] == [ODD, "pos", "h", "d"]
    assert [column.comment for column in table.columns] == ["", "where it's at", "", ""]
    assert [column.storage for column in table.columns] == ["integer", "text", "number", "datetime"]
    assert table.take(np.array([0]))["h"].tolist() == [5]
    assert table.positions(Predicate("c0 IS NULL")).tolist() == [1]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("value", "storage", "cell"),
    [
        ("INTERVAL 90 MINUTES", "number", 5400.0),
        ("'happy'::ENUM('happy', 'sad')", "text", "happy"),
        ("'00000000-0000-0000-0000-000000000005'::UUID", "text", "00000000-0000-0000-0000-000000000005"),
        ("TIME '01:02:03'", "text", "01:02:03"),
        ("'101'::BIT", "text", "101"),
        ("MAP {'a': 1}", "nested", "{a=1}"),
        ("[1, 2]::INTEGER[2]", "nested", "[1, 2]"),
        ("'{\"a\": [1]}'::JSON", "nested", '{"a": [1]}'),
        ("TIMESTAMP_NS '2020-01-01 00:00:00.123456'", "datetime", dt.datetime(2020, 1, 1, 0, 0, 0, 123456)),  # noqa: DTZ001
        ("TIMESTAMPTZ '2020-01-01 12:00:00+02'", "datetime", dt.datetime(2020, 1, 1, 10)),  # noqa: DTZ001
        ("DATE 'infinity'", "text", "infinity"),
        ("DATE '12020-01-01'", "text", "12020-01-01"),
        ("TIMESTAMPTZ '-infinity'", "text", "-infinity"),
        ("123456789012345678901234567890::HUGEINT", "number", 123456789012345678901234567890.0),
        ("'NaN'::FLOAT", "number", None),
    ],
)
def test_every_type_is_read(tmp_path: Path, value: str, storage: str, cell: Any) -> None:
    table = read_table(duckdb_file(tmp_path, f"CREATE TABLE things AS SELECT {value} AS a UNION ALL SELECT NULL"))
    assert table.columns[0].storage == storage
    assert table.query("SELECT c0 FROM t ORDER BY pos")["c0"].to_pylist() == [cell, None]
    assert len(table.frame()) == 2


@pytest.mark.parametrize("rows", [10, 300_000])
def test_rows_deleted_leave_no_gap(tmp_path: Path, rows: int) -> None:
    path = duckdb_file(
        tmp_path,
        f"CREATE TABLE things AS SELECT range AS a FROM range({rows})",
        "DELETE FROM things WHERE a % 3 = 1",
        "CHECKPOINT",
    )
    table = read_table(path)
    kept = [a for a in range(rows) if a % 3 != 1]
    assert table.frame()["a"].tolist() == kept
    assert table.take(np.array([len(kept) - 1, 2]))["a"].tolist() == [kept[-1], kept[2]]


def test_views_and_other_schemas(tmp_path: Path) -> None:
    path = duckdb_file(
        tmp_path,
        "CREATE TABLE numbers AS SELECT range AS a FROM range(3)",
        "CREATE SCHEMA more",
        "CREATE TABLE more.numbers AS SELECT 7 AS a",
        "CREATE VIEW doubled AS SELECT a * 2 AS b FROM numbers ORDER BY b DESC",
    )
    assert read_table(path, table="doubled").frame()["b"].tolist() == [4, 2, 0]
    assert read_table(path, table="more.numbers").frame()["a"].tolist() == [7]
    with pytest.raises(InputError, match=r"^table: .* pass one of 'doubled', 'numbers', 'more.numbers'"):
        read_table(path)


def test_a_database_open_for_writing_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = duckdb_file(tmp_path, "CREATE TABLE things AS SELECT 1 AS a")
    with (
        duckdb.connect(str(path)),
        pytest.raises(InputError, match=r"^data: 'data.duckdb' could not be read.*open for writing"),
    ):
        read_table(path)


def test_an_empty_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^data: 'data.duckdb' holds no table"):
        read_table(duckdb_file(tmp_path))
