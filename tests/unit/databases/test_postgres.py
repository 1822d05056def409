"""PostgreSQL: every type as it is, one snapshot, nothing written, cancelled at the server too."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest

import mlqa_widgets as mq
from mlqa_widgets.databases.postgres import PostgreSQL
from mlqa_widgets.progress import Progress
from tests.postgres import Postgres

_TYPES = r"""
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN age AS integer CHECK (VALUE >= 0);
CREATE TABLE kinds (
  id bigint PRIMARY KEY, small smallint, real real, double double precision, flag boolean,
  price numeric(10, 2), exact numeric, huge numeric(50, 0), odd numeric,
  body text, code varchar(5), padded char(6), feeling mood, years age,
  day date, moment timestamp, instant timestamptz, clock time, length interval,
  js json, jb jsonb, list integer[], texts text[], two pair, raw bytea, key uuid, host inet, span int4range);
INSERT INTO kinds VALUES
  (1, 7, 1.5, 0.1, true, 12.30, 1.000000001, 12345678901234567890123456789012345678901234567890, 'NaN',
   E'quote " comma, \n new line', '', 'ab', 'glad', 40,
   '2024-02-29', '2024-02-29 12:30:00.123456', '2024-02-29 12:30:00+02', '23:59:59', '1 year 2 mons -3 days +04:05:06',
   '{"a": [1, null]}', '{"b": 2}', '{1,2,NULL}', '{"x,y","z\"q"}', '(1,"two")', '\x00ff10',
   '6f1c8a4e-5f52-4a70-9d1a-1f2e3d4c5b6a', '10.0.0.1', '[1,5)'),
  (2, NULL, 'NaN', 'Infinity', false, NULL, NULL, NULL, 1.5, NULL, NULL, NULL, NULL, NULL,
   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""


@pytest.fixture(scope="module")
def kinds(postgres: Postgres) -> pd.DataFrame:
    url = postgres.create("kinds")
    with postgres.connect("kinds") as connection:
        connection.execute(_TYPES)
    return mq.database(url)["kinds"].read(Progress()).frame()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", 1),
        ("small", 7),
        ("real", 1.5),
        ("double", 0.1),
        ("flag", True),
        ("price", decimal.Decimal("12.30")),
        ("exact", decimal.Decimal("1.000000001")),
        ("huge", "12345678901234567890123456789012345678901234567890"),
        ("body", 'quote " comma, \n new line'),
        ("code", ""),
        ("padded", "ab"),
        ("feeling", "glad"),
        ("years", 40),
        ("day", dt.date(2024, 2, 29)),
        ("moment", dt.datetime(2024, 2, 29, 12, 30, 0, 123456)),  # noqa: DTZ001 - without a zone it came
        ("instant", dt.datetime(2024, 2, 29, 10, 30, tzinfo=dt.UTC)),
        ("clock", dt.time(23, 59, 59)),
        ("js", {"a": [1, None]}),
        ("jb", {"b": 2}),
        ("list", [1, 2, None]),
        ("texts", ["x,y", 'z"q']),
        ("two", {"a": 1, "b": "two"}),
        ("raw", b"\x00\xff\x10"),
        ("key", "6f1c8a4e-5f52-4a70-9d1a-1f2e3d4c5b6a"),
        ("host", "10.0.0.1"),
        ("span", "[1,5)"),
    ],
)
def test_a_value_of_each_type_comes_as_it_is(kinds: pd.DataFrame, column: str, value: object):
    found = kinds.loc[1, column]
    assert (found.isoformat() if isinstance(found, pd.Timestamp) else found) == (
        pd.Timestamp(value).isoformat() if isinstance(value, dt.datetime) else value
    )


def test_what_is_missing_is_missing_and_an_empty_text_is_not(kinds: pd.DataFrame):
    assert kinds.loc[2].isna().sum() == kinds.shape[1] - 4
    assert kinds.loc[2, "double"] == np.inf
    assert kinds.loc[1, "code"] == ""


def test_a_decimal_beside_nan_keeps_its_digits(postgres: Postgres):
    url = postgres.create("decimals")
    with postgres.connect("decimals") as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT * FROM (VALUES ('NaN'::numeric, 'NaN'::numeric), (0.25, 12345678901234567.89)) v (a, b)"
        )
    frame = mq.database(url)["t"].read(Progress()).frame()
    assert frame["a"].iloc[1] == 0.25
    assert frame["b"].tolist() == ["NaN", "12345678901234567.89"]


def test_a_length_of_time_keeps_its_months_days_and_hours(kinds: pd.DataFrame):
    clock = (4 * 60 + 5) * 60 + 6
    assert kinds.loc[1, "length"] == pd.DateOffset(months=14, days=-3, nanoseconds=clock * 10**9)


def test_the_types_are_told_in_the_words_of_the_server(postgres: Postgres):
    columns = mq.database(postgres.url("kinds")).columns("kinds").set_index("name")["type"]
    assert columns[["price", "padded", "feeling", "list", "instant"]].tolist() == [
        "numeric(10,2)",
        "character(6)",
        "mood",
        "integer[]",
        "timestamp with time zone",
    ]


def test_dates_beyond_those_of_python_are_kept_as_text(postgres: Postgres):
    url = postgres.create("epochs")
    with postgres.connect("epochs") as connection:
        connection.execute(
            "CREATE TABLE t (d date, m timestamp, z timestamptz);"
            "INSERT INTO t VALUES ('0044-03-15 BC', '0044-03-15 10:00 BC', 'infinity'), ('2024-01-01', 'infinity', now())"
        )
    table = mq.database(url)["t"].read(Progress())
    assert [column.storage for column in table.columns] == ["text", "text", "text"]
    assert table.frame()["d"].tolist() == ["0044-03-15 (BC)", "2024-01-01"]


def test_names_that_are_no_words_are_quoted(postgres: Postgres):
    url = postgres.create("names")
    with postgres.connect("names") as connection:
        connection.execute('CREATE TABLE "odd; DROP TABLE x--" ("a""b %s" integer PRIMARY KEY, "select" text)')
        connection.execute("""INSERT INTO "odd; DROP TABLE x--" VALUES (1, '%s')""")
    db = mq.database(url)
    name = db.tables["name"].item()
    assert name == "odd; DROP TABLE x--"
    assert db.head(name)['a"b %s'].tolist() == [1]
    assert db.scan(name).table.frame()["select"].tolist() == ["%s"]


def test_tables_of_other_schemas_are_called_with_them(shop: str):
    db = mq.database(shop)
    assert "archive.orders" in db
    assert db.scan("archive.orders").table.row_count == 0


def test_a_partitioned_table_is_one_table(postgres: Postgres):
    url = postgres.create("parts")
    with postgres.connect("parts") as connection:
        connection.execute(
            "CREATE TABLE sales (at date NOT NULL, n integer) PARTITION BY RANGE (at);"
            "CREATE TABLE sales_2023 PARTITION OF sales FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');"
            "CREATE TABLE sales_2024 PARTITION OF sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
            "INSERT INTO sales SELECT '2023-06-01'::date + i, i FROM generate_series(1, 400) i"
        )
    tables = mq.database(url).tables
    assert tables["name"].tolist() == ["sales"]
    assert tables["rows"].tolist() == [400]
    assert (tables["bytes"] > 0).all()
    assert mq.database(url).scan("sales").table.row_count == 400


def test_tells_which_tables_look_inactive_and_why(shop: str):
    why = mq.database(shop).tables.set_index("name")["inactive"]
    assert why["couriers"].startswith("It has no rows. No table refers to it and it refers to none, where most do.")
    assert "older than the newest of the database (customers, 2 June 2024)" in why["rates_old"]
    assert why["rates_old"].endswith("Its name says it was set aside (old).")
    assert why[["customers", "orders", "order_lines", "products"]].tolist() == [""] * 4


def test_tells_bytes_and_when_statistics_were_made(shop: str):
    tables = mq.database(shop).tables.set_index("name")
    assert tables["bytes"]["orders"] >= 8192
    assert tables.loc["orders", "analysed"].date() == dt.datetime.now(dt.UTC).date()


def test_a_table_that_may_not_be_read_is_listed_as_such(postgres: Postgres, shop: str):
    with postgres.connect("shop") as connection:
        connection.execute("DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN PASSWORD 'clerk-secret'")
        connection.execute("GRANT SELECT ON orders TO clerk")
    db = mq.database(f"postgresql://clerk:clerk-secret@127.0.0.1:{postgres.port}/shop")
    tables = db.tables.set_index("name")
    assert tables.loc["customers", "newest_in"] == "this account may not read it"
    assert db.scan("orders").table.row_count == 300
    with pytest.raises(mq.InputError, match="permission denied for table customers"):
        db.scan("customers")


# ---------------------------------------------------------------------- read-only, and one snapshot


def test_the_server_refuses_to_write_through_our_connection(shop: str):
    source = mq.database(shop)._source
    assert isinstance(source, PostgreSQL)
    connection = source.connect()
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("DELETE FROM orders")
    connection.close()
    with source.engine.connect() as through_sqlalchemy, pytest.raises(Exception, match="read-only transaction"):
        through_sqlalchemy.exec_driver_sql("CREATE TABLE more (a integer)")


def test_the_server_is_sent_nothing_that_writes(postgres: Postgres, shop: str):
    before = len(postgres.log)
    db = mq.database(shop)
    db.scan("orders")
    db.head("customers")
    db.count("large_orders")
    db.broken_references()
    mq.compare(db["orders"], db["customers"], {"customer_id": "id"})
    sent = [
        found[1]
        for line in postgres.log[before:].replace("\n\t", " ").splitlines()
        if line.startswith("mlqa_widgets|shop|")
        and (found := re.search(r"LOG:  (?:statement|execute [^:]*): *(.*)", line))
    ]
    assert len(sent) > 20
    words = {statement.split()[0].upper() for statement in sent}
    assert words <= {"BEGIN", "ROLLBACK", "SELECT", "SHOW", "SET", "COPY"}, words
    assert {statement.split()[1].upper() for statement in sent if statement.startswith("SET")} == {"LOCAL"}
    assert all("TO STDOUT" in statement for statement in sent if statement.startswith("COPY"))
    begun = {statement for statement in sent if statement.startswith("BEGIN")}
    assert begun == {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


def test_a_scan_sees_one_moment(postgres: Postgres):
    url = postgres.create("moving")
    with postgres.connect("moving") as connection:
        connection.execute("CREATE TABLE t AS SELECT i, repeat('x', 200) AS filler FROM generate_series(1, 60000) i")
        progress = Progress()
        deleted: list[bool] = []

        def delete(_step: str, _share: float) -> None:
            if not deleted:
                connection.execute("DELETE FROM t")
                deleted.append(True)

        progress.listen(delete)
        table = mq.database(url)["t"].read(progress)
        assert deleted
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert table.row_count == 60_000


def test_the_reading_is_told_and_its_file_goes_with_the_table(shop: str):
    told: list[str] = []
    progress = Progress(lambda step, _share: told.append(step))
    table = mq.database(shop)["orders"].read(progress)
    assert told[-1].startswith("Reading orders: 300")
    folder = Path(
        table.engine.query("SELECT path FROM duckdb_databases() WHERE database_name = 'staged'")["path"][0].as_py()
    ).parent
    assert folder.exists()
    table.engine.close()
    assert not folder.exists()


def test_cancelling_ends_the_statement_at_the_server(postgres: Postgres):
    url = postgres.create("slow")
    with postgres.connect("slow") as connection:
        connection.execute("CREATE VIEW slow AS SELECT i, pg_sleep(0.2)::text AS slept FROM generate_series(1, 1000) i")
        db = mq.database(url)
        progress = Progress()
        ended: list[type] = []

        def read() -> None:
            try:
                db["slow"].read(progress)
            except mq.Cancelled as cancelled:
                ended.append(type(cancelled))

        reading = threading.Thread(target=read)
        reading.start()
        running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY %%' AND state = 'active'"
        _until(lambda: connection.execute(running).fetchone() == (1,))
        progress.cancel()
        reading.join(10)
        assert ended == [mq.Cancelled]
        _until(lambda: connection.execute(running).fetchone() == (0,))


def test_nothing_is_left_open_between_questions(postgres: Postgres, shop: str):
    db = mq.database(shop)
    db.scan("orders")
    db.head("orders")
    open_ones = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mlqa_widgets' AND datname = 'shop'"
    with postgres.connect() as connection:
        _until(lambda: connection.execute(open_ones).fetchone() == (0,))


def test_a_scan_finds_what_it_finds_in_a_frame(shop: str):
    db = mq.database(shop)
    table = db["orders"].read(Progress())
    frame = table.frame()
    there = mq.scan(frame.assign(made_at=pd.to_datetime(frame["made_at"])), key="id", name="orders")
    here = mq.scan(db["orders"], name="orders")
    names = ["check", "columns", "severity", "rows"]
    told = [tuple(one) for one in here.findings[names].to_numpy() if one[0] != "undocumented_columns"]
    assert told == [tuple(one) for one in there.findings[names].to_numpy() if one[0] != "undocumented_columns"]


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "It did not come to pass."
        time.sleep(0.02)
