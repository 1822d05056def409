"""What is true of a table is true of it where it stays in PostgreSQL; and nothing is written there."""

from __future__ import annotations

import datetime as dt
import gc
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

import mlqa_widgets as mq
from mlqa_widgets.databases import postgres as reading
from mlqa_widgets.databases.in_place import PostgresTable, count
from mlqa_widgets.engines import remote
from mlqa_widgets.engines.postgres import Postgres
from mlqa_widgets.errors import Cancelled, InputError
from mlqa_widgets.profile import plan, value_counts
from mlqa_widgets.progress import Progress
from mlqa_widgets.scan import Scan
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import Predicate, Table
from tests.postgres import Postgres as Server
from tests.unit.engines.planted import POSTGRES_TYPES, answered_alike, in_order, planted, record, told


@pytest.fixture
def _in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave every table where it is, however few rows it has."""
    stay_in_place(monkeypatch)


def stay_in_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "_rows_in_place", lambda connection, one: (count(connection, one), ""))


def read(url: str, table: str, progress: Progress | None = None) -> PostgresTable:
    found = mq.database(url)[table].read(progress or Progress())
    assert isinstance(found, PostgresTable)
    return found


# ---------------------------------------------------------------------- the same findings


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return planted()


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, tuple[Any, ...], pa.Table]]:
    """Give what the scan asked of the server, and was answered."""
    return []


@pytest.fixture(scope="module")
def readings(postgres: Server, frame: pd.DataFrame) -> str:
    url = postgres.create("readings_in_place")
    postgres.load("readings_in_place", "readings", frame, POSTGRES_TYPES)
    return url


@pytest.fixture(scope="module")
def scanned(readings: str, asked: list[Any]) -> Iterator[Scan]:
    """Give the scan in place; values are counted there as of a large table, not from rows brought over."""
    with pytest.MonkeyPatch.context() as patch:
        stay_in_place(patch)
        record(patch, Postgres, asked)
        scan = mq.database(readings).scan("readings")
        assert scan.result.findings
    yield scan
    scan.table.engine.close()


def test_the_findings_are_those_of_pandas(scanned: Scan, frame: pd.DataFrame):
    assert told(scanned) == told(mq.scan(frame, name="readings"))
    assert isinstance(scanned.table, PostgresTable)
    assert scanned.table.engine.refused == {}


def test_every_statement_is_answered_as_by_duckdb(scanned: Scan, asked: list[Any]):
    assert answered_alike(asked, scanned.table.draw.engine) > 30


def test_a_large_table_is_scanned_in_place_and_its_findings_are_those_of_a_copy(
    readings: str, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mq.options, "row_budget", 400)
    in_place, copied = mq.database(readings).scan("readings"), mq.scan(frame, name="readings")
    assert isinstance(in_place.table, PostgresTable)
    assert in_place.table.draw.looked_at == copied.table.draw.looked_at
    # Whole series are drawn by a hash, and each engine has its own; what is told of all rows is told of the same ones.
    ours, theirs = (
        [line for line, found in zip(told(scan), scan.result.findings, strict=True) if found.looked_at is None]
        for scan in (in_place, copied)
    )
    assert ours == theirs
    assert len(ours) > 5
    in_place.table.engine.close()


def test_which_way_was_taken_is_told(readings: str, monkeypatch: pytest.MonkeyPatch):
    staged = mq.database(readings)["readings"].read(Progress())
    assert staged.source.facts["how"].startswith("REPEATABLE READ READ ONLY, all rows copied")
    assert staged.source.facts["rows fetched"] == f"{staged.row_count:,}"
    monkeypatch.setattr(mq.options, "row_budget", 400)
    table = read(readings, "readings")
    assert table.source.facts["how"].startswith("in place")
    before = int(table.source.facts["rows fetched"].replace(",", ""))
    table.take(np.arange(3))
    assert int(table.source.facts["rows fetched"].replace(",", "")) == before + 3
    table.engine.close()


def test_what_has_no_order_of_its_own_is_copied_and_it_is_said_why(
    postgres: Server, readings: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mq.options, "row_budget", 10)
    with postgres.connect("readings_in_place") as connection:
        connection.execute("CREATE VIEW warm AS SELECT * FROM readings WHERE temperature > 12")
        connection.execute(
            "CREATE TABLE guarded AS SELECT * FROM readings; ALTER TABLE guarded ENABLE ROW LEVEL SECURITY"
        )
    for name, why in (("warm", "a view whose rows have no order of their own"), ("guarded", "and no row security")):
        table = mq.database(readings)[name].read(Progress())
        assert not isinstance(table, PostgresTable)
        assert table.source.facts["how"].endswith(why)


# ---------------------------------------------------------------------- single expressions

TEXTS = (
    "",
    " ",
    "12",
    " 1e5 ",
    "NaN",
    "İΣ",
    "Ärger",
    "a\nb",
    "31.01.2024",
    "z",
    "Z",
    "é",
    "e\u0301",
    "\U0001f600",
    "%s",
)
ROWS = st.lists(
    st.tuples(
        st.none() | st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6),
        st.none()
        | st.sampled_from([0.0, -0.0, 0.5, 2.5, -2.5, 2.675, 1e20, float("inf"), float("nan")])
        | st.floats(-1e12, 1e12, allow_subnormal=False),
        st.none() | st.integers(-(2**40), 2**40),
        st.none() | st.booleans(),
        st.none() | st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30)),  # noqa: DTZ001 - without a zone
    ),
    min_size=1,
    max_size=8,
)
EXPRESSIONS: dict[str, tuple[Any, ...]] = {
    "c1 / 7": (),
    "c2 / 0": (),
    "c2 // 7": (),
    "c2 % 5": (),
    "pos // 2": (),
    "round(c1, 2)": (),
    "round(c1)": (),
    "abs(c1) + c2 * 2 - 1.5": (),
    "greatest(c1, c2, 2)": (),
    "isfinite(c1)": (),
    "isnan(c1)": (),
    "c1 IN (0.5, -2.5)": (),
    "CAST(c2 AS VARCHAR)": (),
    "CAST(c1 + 0 AS VARCHAR)": (),
    "CAST(c3 AS BIGINT)": (),
    "CAST(c4 AS VARCHAR)": (),
    "try_cast(c0 AS DOUBLE)": (),
    "CASE WHEN abs(c1) < 1e9 THEN CAST(c1 AS BIGINT) END": (),
    "c0 > 'a'": (),
    "c0 BETWEEN ? AND ?": ("A", "z"),
    "c0 IS DISTINCT FROM '12'": (),
    "coalesce(c0, '%s') = '%s'": (),
    "nullif(c0, '')": (),
    "length(c0)": (),
    "lower(c0)": (),
    "strip_accents(lower(c0))": (),
    "substr(c0, 1, 2)": (),
    "trim(c0)": (),
    "trim(c0, ' 1')": (),
    "c0 LIKE 'a%'": (),
    "regexp_full_match(c0, '[0-9]+')": (),
    **{f"regexp_matches(c0, '{pattern}')": () for pattern in (r"^\s*$", "a.b", r"\w$", r"\p{Lu}", "[^a-z]", r"\.")},
    r"regexp_full_match(c0, ?)": (r"[\s\d.]+",),
    "regexp_replace(c0, '[0-9]+', '#', 'g')": (),
    "coalesce(try_strptime(c0, '%d.%m.%Y'), try_strptime(c0, '%Y-%m-%d'))": (),
    "c0 IN (SELECT unnest(?))": (["12", "", "é", None],),
    "c2 IN (SELECT unnest(?))": ([],),
    "lower(c0) IN (SELECT unnest(?))": (["z", "nan"],),
    "(c1, c2) IN (SELECT (unnest(?), unnest(?)))": ([0.0, None, 2.5], [1, 2, None]),
    "(c2, c0) IN (SELECT (c2, c0) FROM t WHERE pos < 3)": (),
    "pos IN (SELECT max(pos) FROM t GROUP BY c3)": (),
    **{f"date_trunc('{unit}', c4)": () for unit in ("day", "week", "month", "quarter", "year", "hour")},
    "epoch(c4)": (),
    "epoch_us(c4)": (),
    "c4 < ?": (dt.datetime(1970, 1, 1),),  # noqa: DTZ001 - as above
    "(epoch(c4) - epoch(date_trunc('day', c4))) / 86400": (),
}
GROUPS = (
    (
        "SELECT c3, count(*) AS n, count(c0) FILTER (WHERE c1 > 0) AS some, sum(c2 % 10) AS total, "
        "avg(c1) FILTER (isfinite(c1)) AS usual, median(c2) AS middle, min(c0) AS low, max(c0) AS high, "
        "bool_or(c1 > 2) AS any, count(DISTINCT c1) AS distinct_ones, min(c4) AS first "
        "FROM t GROUP BY c3 ORDER BY c3 DESC"
    ),
    "SELECT c0 AS value, count(*) AS n FROM t WHERE c0 IS NOT NULL GROUP BY c0 ORDER BY n DESC, value",
    "SELECT pos, min(pos) OVER (PARTITION BY c0, c3) AS first, lag(c2) OVER (ORDER BY pos) AS before FROM t ORDER BY pos",
    "SELECT c1 FROM t ORDER BY c1 DESC, pos LIMIT 3",
    "WITH few AS (SELECT c0, c2 FROM t WHERE c2 > 0) SELECT count(*) AS n, count(DISTINCT c0) AS d FROM few",
)


@pytest.fixture(scope="module")
def nasty(postgres: Server) -> str:
    url = postgres.create("nasty")
    with postgres.connect("nasty") as connection:
        connection.execute("CREATE TABLE t (a text, b double precision, c bigint, d boolean, e timestamp)")
    return url


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
@pytest.mark.usefixtures("_in_place")
def test_expressions_and_groups_mean_the_same(postgres: Server, nasty: str, rows: list[tuple[Any, ...]]):
    with postgres.connect("nasty") as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE t")
        cursor.executemany("INSERT INTO t VALUES (%s, %s, %s, %s, %s)", rows)
    table = read(nasty, "t")
    try:
        here = table.draw.engine
        selected = ", ".join(f"{sql} AS e{i}" for i, sql in enumerate(EXPRESSIONS))
        params = [one for given in EXPRESSIONS.values() for one in given]
        statement = f"SELECT {selected} FROM t ORDER BY pos"
        for asked, values in [(statement, params), *((group, []) for group in GROUPS)]:
            ours, theirs = table.query(asked, values), here.query(asked, values)
            for name, found, expected in zip(ours.column_names, columns(ours), columns(theirs), strict=True):
                assert found == expected, list(EXPRESSIONS)[int(name[1:])] if asked is statement else asked
        assert table.engine.refused == {}
    finally:
        table.engine.close()


def columns(answer: pa.Table) -> list[list[Any]]:
    rows = in_order(answer, " ORDER BY ")
    return [[repr(cell) for cell in one] for one in zip(*rows, strict=True)] or [[] for _ in answer.columns]


# ---------------------------------------------------------------------- rows, and what comes over


def test_rows_come_back_as_a_copy_gives_them(postgres: Server, monkeypatch: pytest.MonkeyPatch):
    url = postgres.create("mixed")
    with postgres.connect("mixed") as connection:
        connection.execute(
            "CREATE TYPE mood AS ENUM ('sad', 'glad');"
            'CREATE TABLE mixed ("odd; ""name %s" text, pos integer, price numeric(10, 2), exact numeric, huge numeric, odd numeric,'
            " gone date, day date, moment timestamp, instant timestamptz, clock time, lasting interval, js jsonb, list int[],"
            " raw bytea, key uuid, padded char(5), feeling mood, ratio real, PRIMARY KEY (pos));"
            "INSERT INTO mixed SELECT 'x%s' || i, i, i * 1.10, 1.000000001 * i, 12345678901234567890123456789012345678901 + i,"
            " CASE i WHEN 3 THEN 'NaN' ELSE i / 4.0 END, CASE i WHEN 2 THEN '0044-03-15 BC' ELSE '2024-02-29' END::date,"
            " '2024-02-29', '1969-12-31 23:59:59.5', '2024-02-29 12:30:00+02', '23:59:59', '1 year 02:00:00', '{\"a\": 1}',"
            " '{1,NULL}', '\\x00ff', '6f1c8a4e-5f52-4a70-9d1a-1f2e3d4c5b6a', 'ab', 'glad', 'NaN' FROM generate_series(0, 9) i"
        )
    staged = mq.database(url)["mixed"].read(Progress())
    stay_in_place(monkeypatch)
    table = read(url, "mixed")
    wanted = np.array([7, 2, 2, 9])
    pd.testing.assert_frame_equal(table.take(wanted), staged.take(wanted))
    assert table.take(wanted).index.tolist() == [7, 2, 2, 9]
    assert table.labels(wanted).tolist() == [7, 2, 2, 9]
    assert table.take(np.empty(0, dtype=np.int64)).empty
    assert [(c.name, c.storage, c.source_type) for c in table.columns] == [
        (c.name, c.storage, c.source_type) for c in staged.columns
    ]
    in_table = "SELECT pos, " + ", ".join(
        f"CAST({column.sql} AS VARCHAR) AS v{column.position}" for column in table.columns
    )
    ours, theirs = (
        one.engine.query(f"{in_table} FROM t ORDER BY pos").to_pylist() for one in (table.draw, staged.draw)
    )
    assert [{k: v for k, v in row.items() if k != "v14"} for row in ours] == [
        {k: v for k, v in row.items() if k != "v14"} for row in theirs
    ]
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_rows_are_numbered_as_they_lie_whatever_indexes_there_are(postgres: Server):
    url = postgres.create("order_of_rows")
    with postgres.connect("order_of_rows") as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT (i * 7919) % 20011 AS k, repeat('x', 300) AS filler FROM generate_series(1, 20000) i"
        )
        connection.execute("CREATE INDEX ON t (k)")
        connection.execute("VACUUM ANALYZE t")
        lie = [row[0] for row in connection.execute("SELECT k FROM t ORDER BY ctid").fetchall()]
    table = read(url, "t")
    assert table.query("SELECT c0 FROM t ORDER BY pos")["c0"].to_pylist() == lie
    few = table.positions(Predicate("c0 < ?", (40,)))
    assert few.tolist() == [i for i, k in enumerate(lie) if k < 40]
    assert table.take(few)["k"].tolist() == [k for k in lie if k < 40]
    assert table.draw.query("SELECT c0 FROM t ORDER BY pos")["c0"].to_pylist() == lie
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_a_table_without_rows_is_a_table_without_rows(nasty: str, postgres: Server):
    with postgres.connect("nasty") as connection:
        connection.execute("CREATE TABLE none (n numeric, t timestamptz, s text, i interval)")
    scan = mq.database(nasty).scan("none")
    assert isinstance(scan.table, PostgresTable)
    assert scan.result.failures == ()
    assert (scan.table.row_count, len(scan.table.frame()), scan.table.draw.row_count) == (0, 0, 0)
    scan.table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_a_table_of_very_many_columns_is_read(postgres: Server):
    url = postgres.create("wide")
    with postgres.connect("wide") as connection:
        columns = ", ".join(f"n{i} numeric" for i in range(450))
        connection.execute(f"CREATE TABLE wide ({columns}); INSERT INTO wide (n7) VALUES (1.5), (2.5)")
    table = read(url, "wide")
    assert table.query("SELECT sum(c7) AS total, count(c8) AS n FROM t").to_pylist() == [{"total": 4.0, "n": 0}]
    assert table.take(np.array([1]))["n7"].tolist() == [2.5]
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_a_partitioned_table_is_one_table(postgres: Server):
    url = postgres.create("parts_in_place")
    with postgres.connect("parts_in_place") as connection:
        connection.execute(
            "CREATE TABLE sales (at date NOT NULL, n integer) PARTITION BY RANGE (at);"
            "CREATE TABLE later PARTITION OF sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
            "CREATE TABLE sooner PARTITION OF sales FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');"
            "INSERT INTO sales SELECT '2023-06-01'::date + i, i FROM generate_series(1, 400) i"
        )
    table = read(url, "sales")
    assert table.row_count == 400
    assert table.take(np.array([399, 0]))["n"].tolist() == [400, 1]
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_what_the_server_cannot_do_exactly_is_counted_among_the_rows_drawn(
    readings: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mq.options, "row_budget", 320)
    monkeypatch.setattr(remote, "LOOKED_UP", 50)
    table = read(readings, "readings")
    dated = Predicate("try_strptime(c8, '%d.%m.%Y') IS NOT NULL")
    assert table.counted_among(dated) == table.draw.row_count == 320
    assert table.count(dated) == table.draw.count(dated)
    assert "c8, which has more than 50 distinct values" in next(iter(table.engine.refused.values()))
    assert table.counted_among(Predicate("c8 IS NULL")) is None
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_very_many_distinct_values_are_kept_as_of_a_file(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(plan, "IN_MEMORY_ROWS", 0)
    monkeypatch.setattr(value_counts, "COMPLETE_LIMIT", 1_000)
    monkeypatch.setattr(value_counts, "_LIMITS", replace(value_counts._LIMITS, complete=1_000))
    rows = pd.DataFrame({"n": np.arange(20_000) % 15_000 * 1.5, "s": [f"v{i % 15_000:05}" for i in range(20_000)]})
    url = postgres.create("many")
    postgres.load("many", "many", rows, ["double precision", "text"])
    rows.to_parquet(tmp_path / "many.parquet", index=False)
    table = read(url, "many")
    ours, theirs = plan.profile_table(table), plan.profile_table(read_table(tmp_path / "many.parquet"))
    (numbers, texts), (expected, other_texts) = ours.columns, theirs.columns
    assert [one.distinct for one in (numbers, texts, expected, other_texts)] == [15_000] * 4
    assert (numbers.values.to_pylist(), numbers.counts.tolist()) == (
        expected.values.to_pylist(),
        expected.counts.tolist(),
    )
    assert texts.shape_rows == other_texts.shape_rows
    table.engine.close()


# ---------------------------------------------------------------------- one snapshot, read-only, cancelled, gone


@pytest.mark.usefixtures("_in_place")
def test_a_scan_sees_one_moment(postgres: Server):
    url = postgres.create("moving_in_place")
    with postgres.connect("moving_in_place") as connection:
        connection.execute("CREATE TABLE t AS SELECT i FROM generate_series(0, 4999) i")
        table = read(url, "t")
        connection.execute("DELETE FROM t WHERE i % 2 = 0")
        connection.execute("UPDATE t SET i = -i")
        connection.execute("VACUUM t")
        connection.execute("INSERT INTO t SELECT 1000000 FROM generate_series(1, 3000)")
        assert table.query("SELECT count(*) AS n, max(c0) AS m FROM t").to_pylist() == [{"n": 5000, "m": 4999}]
        assert table.take(np.array([4998, 17]))["i"].tolist() == [4998, 17]
    table.engine.close()


def test_the_server_is_sent_nothing_that_writes(postgres: Server, readings: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plan, "IN_MEMORY_ROWS", 0)
    monkeypatch.setattr(mq.options, "row_budget", 400)
    before = len(postgres.log)
    scan = mq.database(readings).scan("readings")
    scan.table.take(np.arange(5))
    with pytest.raises(InputError):
        scan.table.query("SELECT sum(c2 * 1e300 * 1e300) AS too_large FROM t")
    assert scan.table.count(Predicate("true")) == scan.table.row_count
    table = mq.database(readings)["readings"].read(Progress())
    mq.compare(table.frame(), mq.database(readings)["readings"], on="code")
    scan.table.engine.close()
    table.engine.close()
    sent = [
        found[1]
        for line in re.sub(r"\n(?!mlqa_widgets\|)", " ", postgres.log[before:]).splitlines()
        if line.startswith("mlqa_widgets|readings_in_place|")
        and (found := re.search(r"LOG:  (?:statement|execute [^:]*): *(.*)", line))
    ]
    assert len(sent) > 60
    words = {statement.split()[0].upper() for statement in sent}
    assert words <= {"BEGIN", "ROLLBACK", "SELECT", "SHOW", "SET", "COPY", "SAVEPOINT", "WITH"}, words
    assert {one.split()[1].upper() for one in sent if one.startswith("SET")} == {"LOCAL"}
    assert all("TO STDOUT" in one for one in sent if one.startswith("COPY"))
    assert not [one for one in sent if re.search(r"\b(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|TRUNCATE|INTO)\b", one)]
    assert {one for one in sent if one.startswith("BEGIN")} == {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


@pytest.mark.usefixtures("_in_place")
def test_values_are_bound_and_never_part_of_a_statement(postgres: Server, readings: str):
    table = read(readings, "readings")
    before = len(postgres.log)
    nasty = "o'; DROP TABLE readings; -- $1 %s"
    for predicate in (
        Predicate("c0 = ?", (nasty,)),
        Predicate("c0 IN (SELECT unnest(?))", ([nasty],)),
        Predicate("c0 LIKE ?", (nasty,)),
    ):
        assert table.count(predicate) == 0
    executed = [line for line in postgres.log[before:].splitlines() if "execute" in line]
    assert executed
    assert not any("DROP TABLE" in line for line in executed)
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_cancelling_ends_the_statement_at_the_server_and_the_snapshot_stays(postgres: Server, readings: str):
    table = read(readings, "readings")
    ended: list[type] = []

    def ask() -> None:
        try:
            table.engine.collect("SELECT pg_sleep(20)::text")
        except Cancelled as cancelled:
            ended.append(type(cancelled))

    asking = threading.Thread(target=ask)
    asking.start()
    with postgres.connect("readings_in_place") as connection:
        running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%%' AND state = 'active'"
        until(lambda: connection.execute(running).fetchone() == (1,))
        table.engine.interrupt()
        asking.join(10)
        assert ended == [Cancelled]
        until(lambda: connection.execute(running).fetchone() == (0,))
    assert table.count(Predicate("true")) == table.row_count
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_the_server_stops_by_itself_when_nobody_waits_for_it_any_more(readings: str):
    table = read(readings, "readings")
    told = "SELECT current_setting('client_connection_check_interval') AS every"
    with pytest.raises(InputError):
        table.engine.collect("SELECT 1 / 0")
    assert table.engine.collect(told)["every"].to_pylist() == ["5s"]
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_a_server_that_ended_the_connection_is_an_error_that_says_what_to_do(postgres: Server, readings: str):
    table = read(readings, "readings")
    with postgres.connect("readings_in_place") as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mlqa_widgets' AND datname = 'readings_in_place'"
        )
    for ask in (lambda: table.count(Predicate("true")), lambda: table.take(np.arange(3)), lambda: table.draw):
        with pytest.raises(InputError, match=r"the server has ended the connection.*Scan the table again") as caught:
            ask()
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
    table.engine.close()


@pytest.mark.usefixtures("_in_place")
def test_the_connection_is_closed_with_the_table(postgres: Server, readings: str):
    table: Table | None = read(readings, "readings")
    open_ones = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mlqa_widgets' AND datname = 'readings_in_place'"
    with postgres.connect() as connection:
        assert connection.execute(open_ones).fetchone() == (1,)
        del table
        gc.collect()
        until(lambda: connection.execute(open_ones).fetchone() == (0,))


def until(happened: Callable[[], Any]) -> None:
    """Wait until something happens, and fail if it does not."""
    for _ in range(400):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail("It did not happen.")
