"""A database of any other kind, by SQLAlchemy alone: here a file of SQLite read as if no more were known of it."""

from __future__ import annotations

import datetime as dt
import decimal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

import mlqa_widgets as mq
from mlqa_widgets.databases.address import Address, address_of
from mlqa_widgets.databases.others import OtherDatabase
from mlqa_widgets.progress import Progress

_TABLES = """
CREATE TABLE makers (code CHAR(2) PRIMARY KEY, name VARCHAR(20));
CREATE TABLE parts (
  id INTEGER PRIMARY KEY, maker CHAR(2) REFERENCES makers (code), price NUMERIC(8, 2), weight FLOAT, sold BOOLEAN,
  made DATE, changed DATETIME, picture BLOB, notes JSON);
INSERT INTO makers VALUES ('DE', 'Deutz'), ('FR', 'Fives');
INSERT INTO parts VALUES
  (7, 'DE', 12.5, 0.1, 1, '2024-02-29', '2024-03-01 10:00:00.000000', x'00ff', '{"a": 1}'),
  (9, 'XX', NULL, NULL, 0, NULL, NULL, NULL, NULL);
"""


@pytest.fixture
def db(tmp_path: Path) -> mq.Database:
    with closing(sqlite3.connect(tmp_path / "parts.db")) as connection:
        connection.executescript(_TABLES)
    address = address_of(tmp_path / "parts.db")
    assert isinstance(address, Address)
    database = mq.Database(OtherDatabase(address))
    database.start()
    return database


def test_lists_its_tables(db: mq.Database):
    tables = db.tables.set_index("name")
    assert tables["rows"].to_dict() == {"makers": 2, "parts": 2}
    assert tables["references"]["parts"] == ("makers",)
    assert tables["newest_in"]["parts"] == "changed"
    assert db.kind.startswith("sqlite 3.")


def test_values_come_in_the_types_of_the_columns(db: mq.Database):
    frame = db["parts"].read(Progress()).frame()
    assert frame.index.tolist() == [7, 9]
    row = frame.loc[7]
    assert (row["maker"], row["price"], row["weight"], row["sold"]) == ("DE", decimal.Decimal("12.50"), 0.1, True)
    assert (row["made"], row["changed"].to_pydatetime()) == (dt.date(2024, 2, 29), dt.datetime(2024, 3, 1, 10))  # noqa: DTZ001 - without a zone it came
    assert row["picture"] == b"\x00\xff"
    assert frame.loc[9].isna().sum() == 6


def test_is_scanned_and_says_how_it_was_read(db: mq.Database):
    scan = db.scan("parts")
    assert scan.table.row_count == 2
    assert scan.read.endswith("by one SELECT")
    assert scan.table.source.facts["how"].startswith("in a transaction that was rolled back")


def test_broken_references_are_counted(db: mq.Database):
    assert db.broken_references()["broken"].tolist() == [1]


def test_only_select_is_sent(db: mq.Database):
    sent: list[str] = []
    engine = db._source.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    db.scan("parts")
    db.head("parts")
    db.broken_references()
    assert {statement.split()[0].upper() for statement in sent} <= {"SELECT", "PRAGMA"}
