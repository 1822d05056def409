"""What is true of a table is true of it on every engine."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import mlqa_widgets as mq
from mlqa_widgets.engines import remote
from mlqa_widgets.engines.spark import Spark
from mlqa_widgets.errors import Cancelled, InputError
from mlqa_widgets.scan import Scan
from mlqa_widgets.tables.choice import choose_table
from mlqa_widgets.tables.draw import draw_rows
from mlqa_widgets.tables.spark import SparkTable, from_spark
from mlqa_widgets.tables.table import Table
from tests.postgres import Postgres
from tests.spark import running_spark
from tests.unit.engines.planted import POSTGRES_TYPES, answered_alike, figure, in_order, planted, record, told


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with running_spark() as session:
        yield session


def as_spark(spark: Any, frame: pd.DataFrame) -> Any:
    """Return a pandas frame as one of Spark, with times that have no zone."""
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    times = {field.name for field in rows.schema if pa.types.is_timestamp(field.type)}
    whole = rows.cast(pa.schema([(f.name, pa.int64() if f.name in times else f.type) for f in rows.schema]))
    since = "TIMESTAMP_NTZ '1970-01-01 00:00:00'"
    return spark.createDataFrame(whole).selectExpr(
        *(f"timestampadd(MICROSECOND, `{c}`, {since}) AS `{c}`" if c in times else f"`{c}`" for c in whole.column_names)
    )


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return planted()


@pytest.fixture(scope="module")
def of_pandas(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return told(mq.scan(frame, name="readings"))


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, tuple[Any, ...], pa.Table]]:
    """Give what the scan on Spark asked of Spark, and was answered."""
    return []


@pytest.fixture(scope="module")
def of_spark(spark: Any, frame: pd.DataFrame, asked: list[Any]) -> Iterator[Scan]:
    """Give the scan on Spark as it is of a large table: counted by Spark, and looked at row by row by a worker."""
    with pytest.MonkeyPatch.context() as patch:
        record(patch, Spark, asked)
        patch.setattr(SparkTable, "fits_a_worker", False)
        scan = mq.scan(as_spark(spark, frame), name="readings")
        assert scan.result.findings
    yield scan
    scan.table.engine.close()


def test_the_planted_table_has_findings_of_every_family(of_pandas):
    checks = {check for check, *_ in of_pandas}
    assert checks >= {"duplicate_rows", "missing_values", "outliers", "spelling_variants", "mixed_date_formats"}
    assert len(checks) >= 12


def test_the_findings_of_spark_are_those_of_pandas(of_spark, of_pandas):
    assert told(of_spark) == of_pandas


def test_the_findings_of_one_worker_are_those_of_pandas(spark, frame, of_pandas):
    scan = mq.scan(as_spark(spark, frame), name="readings")
    assert told(scan) == of_pandas
    scan.table.engine.close()


def test_the_findings_of_duckdb_over_parquet_are_those_of_pandas(frame, of_pandas, tmp_path: Path):
    frame.to_parquet(tmp_path / "readings.parquet", index=False)
    assert told(mq.scan(tmp_path / "readings.parquet")) == of_pandas


def test_the_findings_of_postgresql_are_those_of_pandas(frame, of_pandas, postgres: Postgres):
    url = postgres.create("readings")
    postgres.load("readings", "readings", frame, POSTGRES_TYPES)
    assert told(mq.database(url).scan("readings")) == of_pandas


def test_every_statement_of_the_scan_is_answered_alike_by_spark_and_duckdb(of_spark, asked):
    assert answered_alike(asked, of_spark.table.draw.engine) > 30


def test_no_statement_of_the_scan_was_refused(of_spark):
    assert of_spark.table.engine.refused == {}


# ---------------------------------------------------------------------- single expressions

NASTY = pa.table(
    {
        "text": [
            "12",
            " 1e5 ",
            "1_000",
            "12d",
            "NaN",
            "",
            "  ",
            None,
            "2024-02-30",
            "31.01.2024",
            "Ärger",
            "a\nb",
            "İΣ",
        ],
        "number": [0.5, 1.5, 2.5, -0.5, -2.5, 1e20, 1e-7, None, float("inf"), -0.0, 2.675, 1.005, 12345678.9],
        "whole": [0, 1, -1, 7, -7, 2**53, -(2**62), None, 10, 100, 3, 12, 5],
        "yes": [True, False, None, True, False, None, True, False, None, True, False, None, True],
    }
)
MOMENTS = [
    None,
    "2024-03-31 02:30:00",
    "1969-12-31 23:59:59.999999",
    "2024-02-29 12:34:56.789",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "1900-01-01 00:00:00",
    "2023-10-29 02:15:00",
    "2000-01-01 00:00:00.1",
    "1582-10-10 05:00:00",
    "1970-01-01 00:00:00",
    "2024-12-31 00:00:00",
    "2025-01-01 23:00:00",
]
PATTERNS = [
    *(r"^\s*$", r"[\s\d]+", "a.b", r"\p{Lu}", r"[^\p{L}\s]", "[[]", "2$", "(?i)ä", "[&&0-9]", r"\bA", r"\w{2,}"),
    *(r"\.", "[^a-z]+", "(?:1|2)+0?", r"\x{c4}", r"[]^-]", r"\S\D", "[[:alpha:]]"),
]
EXPRESSIONS = [
    "c1 / c2",
    "c2 / 7",
    "c1 / 0",
    "c1 * 1.1 - 2",
    "pos // 4",
    "pos % 3",
    "round(c1, 2)",
    "round(c1)",
    "round(c1, 1) = c1",
    "abs(c1)",
    "greatest(c1, c2, 2)",
    "trunc(c1)",
    "isfinite(c1)",
    "isnan(c1 - c1)",
    "CAST(c1 + 0 AS VARCHAR)",
    "CAST(c2 AS VARCHAR)",
    "CAST(c3 AS VARCHAR)",
    "CAST(c4 AS VARCHAR)",
    "CAST(c3 AS DOUBLE)",
    "CASE WHEN abs(c1) < 1e9 THEN CAST(c1 AS BIGINT) END",
    "try_cast(c0 AS DOUBLE)",
    "try_cast(c0 AS TIMESTAMP)",
    "regexp_full_match(c0, '[0-9]+')",
    *(f"regexp_matches(c0, '{pattern}')" for pattern in PATTERNS),
    *(f"regexp_full_match(c0, '{pattern}')" for pattern in PATTERNS),
    "regexp_replace(c0, '[[:digit:]]+', '#', 'g')",
    "regexp_replace(c0, '^0*([1-9])', '<\\1>')",
    "lower(c0)",
    "trim(c0, e' \t' || chr(160))",
    "regexp_matches(c0, ?)",
    "coalesce(try_strptime(c0, '%d.%m.%Y'), try_strptime(c0, '%Y-%m-%d'))",
    "strip_accents(lower(c0))",
    "length(c0)",
    "c0 IS DISTINCT FROM '12'",
    "nullif(c0, '')",
    "c0 IN (?, ?)",
    "c0 IN (SELECT unnest(?))",
    "pos IN (SELECT unnest(?))",
    "lower(c0) IN (SELECT unnest(?))",
    "pos IN (SELECT max(pos) FROM t GROUP BY c3)",
    "(c2, c3) IN (SELECT (c2, c3) FROM t WHERE pos < 3)",
    "date_trunc('day', c4)",
    "date_trunc('month', c4)",
    "date_trunc('week', c4)",
    "date_trunc('hour', c4)",
    "epoch(c4)",
    "epoch_us(c4)",
    "c4 >= ?",
    "(epoch(c4) - epoch(date_trunc('day', c4))) / 86400",
]
PARAMS = {
    "regexp_matches(c0, ?)": (r"^\s*$",),
    "c0 IN (?, ?)": ("12", "o'\\n\"`"),
    "c0 IN (SELECT unnest(?))": (["12", "", *(f"v{i}" for i in range(300))],),
    "lower(c0) IN (SELECT unnest(?))": (["12d", "nan", *(f"v{i}" for i in range(300))],),
    "pos IN (SELECT unnest(?))": (list(range(3, 400, 2)),),
    "c4 >= ?": (pd.Timestamp("2000-01-01 00:00:00.1").to_pydatetime(),),
}


@pytest.fixture(scope="module")
def nasty(spark: Any) -> Iterator[Table]:
    moments = spark.createDataFrame(pa.table({"i": range(13), "at": pa.array(MOMENTS, pa.string())}))
    rows = spark.createDataFrame(
        NASTY.append_column("i", pa.array(range(13))), "text string, number double, whole bigint, yes boolean, i bigint"
    )
    joined = rows.join(moments, "i").selectExpr(
        "text", "number", "whole", "yes", "CAST(at AS TIMESTAMP_NTZ) AS at", "i"
    )
    table = from_spark(joined.orderBy("i").drop("i").coalesce(1), "nasty")
    yield table
    table.engine.close()


def test_expressions_mean_the_same_on_spark(nasty):
    selected = ", ".join(f"{sql} AS e{i}" for i, sql in enumerate(EXPRESSIONS))
    params = [one for sql in EXPRESSIONS for one in PARAMS.get(sql, ())]
    on_spark = nasty.query(f"SELECT {selected} FROM t ORDER BY pos", params)
    on_duckdb = nasty.draw.engine.query(f"SELECT {selected} FROM t ORDER BY pos", params)
    assert nasty.engine.refused == {}
    for i, sql in enumerate(EXPRESSIONS):
        there, here = ([repr(figure(cell)) for cell in answer[f"e{i}"].to_pylist()] for answer in (on_spark, on_duckdb))
        assert there == here, sql


def test_groups_mean_the_same_on_spark(nasty):
    statement = (
        "SELECT c3, count(*) AS n, count(c0) FILTER (WHERE c1 > 0) AS some, sum(c2 % 10) AS total, avg(c1) FILTER (isfinite(c1)) AS usual, "
        "median(c1) AS middle, min(c0) AS low, max(c0) AS high, bool_or(c1 > 2) AS any, count(DISTINCT c1) AS distinct_ones "
        "FROM t GROUP BY c3 HAVING count(*) > 1 ORDER BY c3 DESC"
    )
    on_spark, on_duckdb = nasty.query(statement), nasty.draw.engine.query(statement)
    assert in_order(on_spark, statement) == in_order(on_duckdb, statement)
    assert nasty.engine.refused == {}


# ---------------------------------------------------------------------- rows, and what comes over


def test_rows_come_back_as_spark_has_them(spark):
    frame = spark.sql(
        "SELECT CAST('1.10' AS DECIMAL(30, 2)) AS price, TIMESTAMP '2024-07-01 12:00:00' AS at, DATE '0999-01-01' AS day, "
        "array(1, NULL) AS list, named_struct('a', 1) AS struct, map('k', 2) AS map, X'00FF' AS bytes, "
        "CAST('NaN' AS DOUBLE) AS ratio, INTERVAL '1 02:00:00' DAY TO SECOND AS lasting, 3 AS `odd name`, 4 AS `odd name`"
    )
    table = from_spark(frame, "one")
    row = table.take(np.array([0, 0])).iloc[1]
    assert row["price"] == Decimal("1.10")
    assert row["at"] == pd.Timestamp("2024-07-01 12:00", tz="Europe/Berlin")
    assert str(row["day"]) == "0999-01-01"
    assert (row["list"], row["struct"], row["map"], row["bytes"]) == ([1, None], {"a": 1}, {"k": 2}, b"\x00\xff")
    assert row["lasting"] == pd.Timedelta(hours=26)
    assert list(row["odd name"]) == [3, 4]
    kinds = {column.name: column.storage for column in table.columns}
    assert kinds["at"] == kinds["day"] == "datetime"
    assert kinds["list"] == kinds["struct"] == kinds["map"] == kinds["bytes"] == "nested"
    read = table.query("SELECT * FROM t").to_pylist()[0]
    assert read["c1"].isoformat() == "2024-07-01T12:00:00"
    assert (read["c0"], read["c7"], read["c8"]) == (1.1, None, 93_600.0)
    table.engine.close()


def test_positions_are_the_order_of_the_rows_over_all_partitions(spark):
    table = from_spark(spark.range(1000, numPartitions=7).where("id % 3 = 0"), "numbers")
    positions = np.array([333, 0, 12])
    assert table.take(positions)["id"].tolist() == [999, 0, 36]
    found = table.query("SELECT pos, c0 FROM t ORDER BY pos")
    assert found["pos"].to_pylist() == list(range(334))
    assert found["c0"].to_pylist() == list(range(0, 1000, 3))
    assert table.take(np.arange(334))["id"].tolist() == list(range(0, 1000, 3))[: table.row_count]
    table.engine.close()


def test_a_frame_without_rows_is_a_table_without_rows(spark):
    table = from_spark(spark.range(0), "none")
    assert (table.row_count, len(table.take(np.array([], dtype=np.int64)))) == (0, 0)
    assert list(mq.scan(spark.range(0), name="none").findings["check"]) is not None
    table.engine.close()


def test_what_spark_cannot_do_exactly_is_counted_among_the_rows_drawn_and_said_so(spark, monkeypatch):
    monkeypatch.setattr(mq.options, "row_budget", 2000)
    monkeypatch.setattr(remote, "LOOKED_UP", 50)
    frame = spark.range(3000).selectExpr(
        "date_format(date_add(DATE '2001-01-01', CAST(id AS INT)), 'dd.MM.yyyy') AS start_date",
        "date_add(DATE '2001-01-03', CAST(id - IF(id % 100 = 0, 9, 0) AS INT)) AS end_date",
    )
    scan = mq.scan(frame, name="orders")
    found = {finding.check: finding for finding in scan.result.findings}
    drawn = scan.table.draw.row_count
    assert "try_strptime" in next(iter(scan.table.engine.refused))
    assert found["impossible_dates"].looked_at == drawn < 3000
    assert f"among the {drawn:,} of 3,000 rows looked at" in found["impossible_dates"].message
    assert found["dates_as_text"].looked_at is None
    assert found["dates_as_text"].rows == 3000
    scan.table.engine.close()


def test_rows_come_to_a_worker_in_their_order_or_none_at_all(spark):
    table = from_spark(spark.range(1000, numPartitions=7), "numbers")
    some = draw_rows(table, "pos >= 990", "the last")
    assert some.query("SELECT c0 FROM t")["c0"].to_pylist() == list(range(990, 1000))
    assert draw_rows(table, "pos < 0", "none").row_count == 0
    table.engine.close()


def hourly(stations: int, hours: int) -> pd.DataFrame:
    """Return readings of stations, each of which is silent for a day of its own."""
    hour = np.tile(np.arange(hours), stations)
    station = np.repeat(np.arange(stations), hours)
    level = np.random.default_rng(3).normal(10, 1, len(hour)).round(1)
    frame = pd.DataFrame(
        {
            "station": np.char.add("S", station.astype(str)).astype(object),
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(hour, "h"),
            "level": level,
        }
    )
    silent = 100 + 5 * station
    return frame[(hour < silent) | (hour >= silent + 24)]


@pytest.mark.parametrize("budget", [None, 3_000], ids=["one worker sees all rows", "rows are drawn"])
def test_no_row_comes_over_for_a_scan(spark, monkeypatch, budget):
    monkeypatch.setattr(mq.options, "row_budget", budget)
    frame = hourly(stations=20, hours=300)
    scan = mq.scan(as_spark(spark, frame), name="levels", time="seen", group="station")
    assert scan.result.failures == ()
    gaps = next(finding for finding in scan.result.findings if finding.check == "time_gaps")
    assert gaps.looked_at == (10 * 276 if budget else None)
    assert f"in {10 if budget else 20} holes" in gaps.message
    values = sum(frame[column].nunique() for column in frame)
    parts_of_series = 20
    assert scan.table.engine.fetched < (values + parts_of_series + 20 if budget else 10)
    scan.table.engine.close()


def test_workers_that_lack_this_package_are_told_of(spark, tmp_path: Path, monkeypatch):
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    other.chmod(0o755)
    monkeypatch.setattr("mlqa_widgets.engines.spark.sys.executable", str(other))
    with pytest.raises(InputError, match="Install mlqa-widgets there"):
        mq.scan(spark.range(10), name="numbers")


@pytest.mark.parametrize("budget", [None, 40], ids=["one worker sees all rows", "rows are drawn"])
def test_a_scan_of_one_check_that_counts_needs_no_others(spark, monkeypatch, tmp_path: Path, budget):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mq.options, "row_budget", budget)
    frame = spark.range(100).selectExpr("nullif(id, 7) AS number")
    scan = mq.scan(frame, name="numbers", checks=["missing_values"])
    assert scan.findings["rows"].tolist() == [1]
    scan.declare("number", unit="kg")
    assert scan.findings["check"].tolist() == ["missing_values"]
    scan.table.engine.close()


def test_what_is_raised_on_a_worker_is_raised_here(spark):
    table = from_spark(spark.range(10), "numbers")
    with pytest.raises(InputError, match="'numbers' holds no sheet"):
        table.draw.look(choose_table, None, [], "sheet")
    with pytest.raises(InputError, match=r"^Spark: TypeError: .*int\(\)"):
        table.draw.look(int)
    table.engine.close()


def test_a_worker_that_ends_is_told_of_with_what_to_do(spark):
    table = from_spark(spark.range(10), "numbers")
    ends = partial(max, 9, key=os._exit)  # a function that a worker finds by its name, and that ends it
    with pytest.raises(InputError, match="memory_limit"):
        table.draw.look(ends)
    table.engine.close()


def test_a_cancelled_scan_stops_its_job_on_spark(spark):
    endless = spark.range(10**6).crossJoin(spark.range(10**6).toDF("other")).where("id + other < 0")
    scan = Scan(endless, None, "endless", {}, [])

    def run() -> None:
        with suppress(Cancelled):
            scan.start()

    threading.Thread(target=run, daemon=True).start()
    tracker = spark.sparkContext.statusTracker()
    until(tracker.getActiveJobsIds)
    scan.cancel()
    until(lambda: not tracker.getActiveJobsIds())
    assert isinstance(scan.error, Cancelled)


def test_what_spark_complains_of_is_one_line(spark):
    broken = spark.range(3).selectExpr("raise_error('the disk is full') AS x")
    with pytest.raises(InputError) as error:
        mq.scan(broken, name="broken")
    assert "the disk is full" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_stream_is_no_table(spark):
    with pytest.raises(InputError, match="stream"):
        mq.scan(spark.readStream.format("rate").load(), name="endless")


def test_a_table_let_go_leaves_nothing_on_spark(spark):
    gc.collect()
    before = len(spark.catalog.listTables())
    table = from_spark(spark.range(10), "short")
    table.draw.query("SELECT 1")
    held = table.own_rows.frame
    assert held.is_cached
    del table
    gc.collect()
    assert len(spark.catalog.listTables()) == before
    assert not held.storageLevel.useDisk


def until(happened: Callable[[], Any]) -> None:
    """Wait until something happens, and fail if it does not."""
    for _ in range(600):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail("It did not happen.")


# ---------------------------------------------------------------------- two sources


def test_a_comparison_with_a_table_on_spark_finds_what_one_of_two_pandas_frames_finds(spark, frame):
    left = frame.assign(id=[f"K{i}" for i in range(len(frame))])
    right = left.copy()
    right.loc[5:40, "humidity"] *= 10
    right.loc[50:80, "seen"] += pd.Timedelta(days=1)
    right.loc[200:210, "id"] = right.loc[200:210, "id"].str.lower()
    right = right.drop(index=range(300, 330)).reset_index(drop=True)
    here = mq.compare(left, right, on="id", names=["left", "right"])
    there = mq.compare(as_spark(spark, left), right, on="id", names=["left", "right"])
    assert [one.message for one in there.result.differences] == [one.message for one in here.result.differences]
    assert [one.rows for one in there.result.differences] == [one.rows for one in here.result.differences]
    assert len(here.result.differences) >= 4
    assert there.result.meeting.engine.is_remote
    for i in range(2):
        for ours, theirs in zip(there.positions(i, 20), here.positions(i, 20), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_rows_of_a_key_that_repeats_in_both_tables_are_left_out_on_spark_too(spark):
    left = pd.DataFrame({"id": [1, 2, 2, *range(3, 60)], "size": np.arange(60) % 9})
    right = left.assign(size=np.where(left.index < 20, left["size"] * 10, left["size"]))
    here = mq.compare(left, right, on="id", names=["left", "right"])
    there = mq.compare(as_spark(spark, left), as_spark(spark, right), on="id", names=["left", "right"])
    told = [one.message for one in there.result.differences]
    assert told == [one.message for one in here.result.differences]
    assert len(told) >= 2


def test_what_was_changed_in_the_past_is_told_of_two_reads_on_spark(spark):
    early = hourly(stations=3, hours=200).reset_index(drop=True)
    later = early.copy()
    later.loc[10:40, "level"] += 5
    later.loc[90:95, "level"] = np.nan
    later = later.drop(index=range(150, 155)).reset_index(drop=True)
    reads: dict[str, Any] = {"on": ["seen", "station"], "revisions": True, "names": ["early", "later"]}
    here = mq.compare(early, later, **reads)
    there = mq.compare(as_spark(spark, early), as_spark(spark, later), **reads)
    told = [one.message for one in there.result.differences]
    assert told == [one.message for one in here.result.differences]
    assert len(told) >= 2


def test_times_written_as_text_tell_when_a_source_on_spark_ends(spark):
    hours = pd.date_range("2024-01-01", periods=240, freq="h")
    left = pd.DataFrame({"seen": hours.strftime("%Y-%m-%dT%H:%M:%SZ").astype(object), "level": np.arange(240) % 17})
    right = left.iloc[:200].reset_index(drop=True)
    here = mq.compare(left, right, on="seen", names=["left", "right"])
    there = mq.compare(as_spark(spark, left), as_spark(spark, right), on="seen", names=["left", "right"])
    told = [one.message for one in there.result.differences]
    assert told == [one.message for one in here.result.differences]
    assert any("ends" in message for message in told)


def test_no_row_comes_over_for_a_comparison(spark):
    left = spark.range(4_000).selectExpr("id", "id % 7 AS size", "CAST(id % 5 AS STRING) AS colour")
    right = left.selectExpr("id", "IF(id < 400, 10 * size, size) AS size", "colour").where("id % 100 > 0")
    comparison = mq.compare(left, right, on="id", names=["left", "right"])
    assert [one.rows for one in comparison.result.differences] == [339, 40]
    assert comparison.result.meeting.engine.fetched < 200
