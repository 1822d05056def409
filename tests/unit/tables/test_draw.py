"""A draw of a large table: stretches of its rows that know where they stand."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.errors import InputError
from mlqa_widgets.options import Options, options
from mlqa_widgets.tables.draw import STRETCHES, draw_rows
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import Predicate, Table

ROWS = 10_000
FRAME = pd.DataFrame(
    {"number": np.arange(ROWS) * 3, "text": [f"row {i}" for i in range(ROWS)]}, index=range(7, ROWS + 7)
)


@pytest.fixture(params=["pandas", "Parquet", "Parquet folder", "DuckDB", "SQLite"])
def table(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Table:
    """Give the same rows in tables of several kinds, under a budget of a tenth of them."""
    monkeypatch.setattr(options, "row_budget", 1_000)
    match request.param:
        case "pandas":
            return read_table(FRAME)
        case "Parquet":
            FRAME.to_parquet(tmp_path / "rows.parquet", row_group_size=700)
            return read_table(tmp_path / "rows.parquet")
        case "SQLite":
            with sqlite3.connect(tmp_path / "rows.sqlite") as database:
                FRAME.to_sql("rows", database, index=False)
            database.close()
            return read_table(tmp_path / "rows.sqlite")
        case "DuckDB":
            import duckdb

            with duckdb.connect(tmp_path / "rows.duckdb") as connection:
                connection.register("frame", FRAME)
                connection.execute("CREATE TABLE rows AS SELECT * FROM frame")
            return read_table(tmp_path / "rows.duckdb")
        case _:
            (tmp_path / "rows").mkdir()
            FRAME[:4_000].to_parquet(tmp_path / "rows" / "a.parquet")
            FRAME[4_000:].to_parquet(tmp_path / "rows" / "b.parquet")
            return read_table(tmp_path / "rows")


def test_a_table_within_the_budget_is_looked_at_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "row_budget", ROWS)
    table = read_table(FRAME)
    assert table.draw is table
    assert table.at(np.array([3, 4])).tolist() == [3, 4]


def test_a_draw_holds_stretches_of_neighbours_from_the_first_row_to_the_last(table: Table) -> None:
    positions = table.draw.at(np.arange(table.draw.row_count))
    assert table.draw.row_count == 1_000 // STRETCHES * STRETCHES
    assert positions[0] == 0
    assert positions[-1] == ROWS - 1
    assert np.count_nonzero(np.diff(positions) != 1) == STRETCHES - 1


def test_its_rows_stand_where_they_stand_in_the_table(table: Table) -> None:
    found = table.draw.query("SELECT pos, c0, c1 FROM t")
    positions = found["pos"].to_numpy()
    assert (positions == table.draw.at(np.arange(len(positions)))).all()
    assert (found["c0"].to_numpy() == positions * 3).all()
    assert found["c1"].to_pylist() == [f"row {i}" for i in positions]
    assert table.draw.take(positions[-2:])["text"].tolist() == ["row 9998", "row 9999"]
    assert len(table.draw.frame()) == len(positions)


def test_it_is_looked_at_whole(table: Table) -> None:
    every = draw_rows(table, "c0 < 9000", "some")
    assert every.row_count > options.rows_looked_at
    assert every.draw is every


def test_it_is_the_same_each_time(table: Table) -> None:
    again = Table(table.name, table.columns, table.row_count, table.engine, table.own_rows, table.source)
    assert again.draw.query("SELECT * FROM t").equals(table.draw.query("SELECT * FROM t"))


def test_predicates_hold_for_both(table: Table) -> None:
    predicate = Predicate("c0 < ?", (300,))
    found = table.draw.positions(predicate)
    assert len(found) == table.draw.count(predicate)
    assert np.isin(found, table.positions(predicate)).all()


def test_rows_can_be_drawn_by_what_they_hold(table: Table) -> None:
    drawn = draw_rows(table, "c0 % 600 = 0", "some")
    assert drawn.at(np.arange(drawn.row_count)).tolist() == list(range(0, ROWS, 200))


def test_no_rows_can_be_drawn(table: Table) -> None:
    drawn = draw_rows(table, "c0 < 0", "none")
    assert drawn.query("SELECT c0, c1 FROM t").num_rows == 0


def test_the_budget_follows_the_memory_limit() -> None:
    assert Options(memory_limit="4GB").memory_bytes == 4 * 10**9
    assert Options(memory_limit="0.5 gib").memory_bytes == 2**29
    assert Options(memory_limit="400MB").rows_looked_at == 500_000
    assert Options(memory_limit="400MB", row_budget=7).rows_looked_at == 7
    assert Options(memory_limit="1TB").rows_looked_at == Options().rows_looked_at == 5_000_000


@pytest.mark.parametrize("limit", ["much", "12", "4 PB", "-1GB"])
def test_a_limit_that_is_no_size_is_refused(limit: str) -> None:
    with pytest.raises(InputError, match="Write it like '4GB'"):
        _ = Options(memory_limit=limit).memory_bytes


def test_the_engine_keeps_to_half_of_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "memory_limit", "2GiB")
    table = read_table(FRAME)
    assert table.query("SELECT current_setting('memory_limit') AS n")["n"][0].as_py() == "1.0 GiB"


def test_interrupting_the_table_interrupts_its_draws(table: Table) -> None:
    import threading

    from mlqa_widgets.errors import Cancelled

    stop = threading.Timer(0.2, table.engine.interrupt)
    draw = table.draw
    stop.start()
    with pytest.raises(Cancelled):
        draw.query("SELECT count(*) FROM t a, t b, t c WHERE a.c0 + b.c0 * c.c0 = 7")


def test_what_does_not_fit_is_told_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "memory_limit", "20MB")
    table = read_table(FRAME)
    with pytest.raises(InputError, match="'20MB' is too little"):
        table.query("SELECT list(range) FROM range(10_000_000)")


def test_what_is_drawn_stays_what_it_was_when_the_budget_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (read_table(pd.DataFrame({"n": range(rows)})) for rows in (100, 400))
    monkeypatch.setattr(options, "row_budget", 200)
    assert few.draw is few
    drawn = many.draw
    assert drawn is not many
    monkeypatch.setattr(options, "row_budget", 50)
    assert few.draw is few
    assert many.draw is drawn
