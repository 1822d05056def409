"""What is true of a table is true of it on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import mlqa_widgets as mq
from mlqa_widgets.engines.spark import Spark
from mlqa_widgets.profile import plan
from mlqa_widgets.scan import Scan
from mlqa_widgets.tables.spark import from_spark
from mlqa_widgets.tables.table import Table
from tests.postgres import Postgres
from tests.spark import running_spark
from tests.unit.engines.planted import POSTGRES_TYPES, planted


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
        *(f"timestampadd(MICROSECOND, {c}, {since}) AS {c}" if c in times else c for c in whole.column_names)
    )


def told(scan: Scan) -> list[tuple[Any, ...]]:
    """Return what a scan found: where, how bad, how many rows, and which."""
    assert scan.result.failures == ()
    return [
        (
            found.check,
            scan.names(found),
            found.severity.value,
            found.rows,
            tuple(scan.table.labels(scan.table.positions(found.predicate))),
        )
        for found in scan.result.findings
    ]


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
    """Give the scan on Spark; values are counted there as of a large table, not from rows brought over."""
    query = Spark.query

    def recorded(self: Spark, sql: str, params: Any = ()) -> pa.Table:
        answer = query(self, sql, params)
        asked.append((sql, tuple(params), answer))
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "IN_MEMORY_ROWS", 0)
        patch.setattr(Spark, "query", recorded)
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


def test_the_findings_of_duckdb_over_parquet_are_those_of_pandas(frame, of_pandas, tmp_path: Path):
    frame.to_parquet(tmp_path / "readings.parquet", index=False)
    assert told(mq.scan(tmp_path / "readings.parquet")) == of_pandas


def test_the_findings_of_postgresql_are_those_of_pandas(frame, of_pandas, postgres: Postgres):
    url = postgres.create("readings")
    postgres.load("readings", "readings", frame, POSTGRES_TYPES)
    assert told(mq.database(url).scan("readings")) == of_pandas


def test_every_statement_of_the_scan_is_answered_alike_by_spark_and_duckdb(of_spark, asked):
    beside = of_spark.table.draw.engine
    compared = 0
    for sql, params, answer in asked:
        if any(word in sql for word in ("hash(", "wanted", "approx_")):
            continue  # hashes and estimates are each engine's own; `wanted` was lent for the statement
        here = beside.query(sql, params)
        assert in_order(answer, sql) == in_order(here, sql), sql
        compared += 1
    assert compared > 30


def test_no_statement_of_the_scan_was_refused(of_spark):
    assert of_spark.table.engine.refused == {}


def in_order(answer: pa.Table, sql: str) -> list[list[Any]]:
    """Return the rows of an answer, in its order where it has one, with figures to twelve digits."""
    rows = [[_figure(cell) for cell in row.values()] for row in answer.to_pylist()]
    return rows if " ORDER BY " in sql else sorted(rows, key=repr)


def _figure(cell: Any) -> Any:
    return float(f"{float(cell):.12g}") + 0.0 if isinstance(cell, (int, float, Decimal)) and cell is not True else cell


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
    "regexp_matches(c0, ?)",
    "coalesce(try_strptime(c0, '%d.%m.%Y'), try_strptime(c0, '%Y-%m-%d'))",
    "strip_accents(lower(c0))",
    "length(c0)",
    "c0 IS DISTINCT FROM '12'",
    "nullif(c0, '')",
    "c0 IN (?, ?)",
    "c0 IN (SELECT unnest(?))",
    "pos IN (SELECT unnest(?))",
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
        there, here = (
            [repr(_figure(cell)) for cell in answer[f"e{i}"].to_pylist()] for answer in (on_spark, on_duckdb)
        )
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
