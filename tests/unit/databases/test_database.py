"""What is in a database, in whatever kind of database it is."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

import mlqa_widgets as mq
from tests.unit.databases.conftest import ORDERS


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_lists_tables_with_rows_keys_and_comments(any_shop: str):
    tables = mq.database(any_shop).tables.set_index("name")
    assert {"customers", "orders", "couriers", "large_orders"} <= set(tables.index)
    orders = tables.loc["orders"]
    assert (orders["rows"], orders["rows_are"]) == (ORDERS, "exact")
    assert orders["primary_key"] == ("id",)
    assert orders["references"] == ("customers",)
    assert orders["comment"] == "What was ordered; one row per order"
    assert tables.loc["customers", "referenced_by"] == ("orders",)


def test_a_view_is_listed_and_its_rows_are_not_counted_until_asked(any_shop: str):
    db = mq.database(any_shop)
    view = db.tables.set_index("name").loc["large_orders"]
    assert (view["kind"], view["rows_are"]) == ("view", "not counted")
    assert view["newest_in"] == "not read: it is a view"
    assert db.count("large_orders") == 10


def test_the_newest_record_is_that_of_when_rows_were_made_not_of_what_is_planned(any_shop: str):
    orders = mq.database(any_shop).tables.set_index("name").loc["orders"]
    assert orders["newest_in"] == "made_at"
    assert orders["newest"].year == 2024


def test_an_empty_table_looks_inactive(any_shop: str):
    tables = mq.database(any_shop).tables.set_index("name")
    assert tables["inactive"]["couriers"].startswith("It has no rows.")
    assert tables.loc["orders", "inactive"] == ""


def test_tells_references_and_the_columns(any_shop: str):
    db = mq.database(any_shop)
    to_customers = db.references.query("table == 'orders'").iloc[0]
    assert to_customers[["columns", "to", "to_columns"]].tolist() == [("customer_id",), "customers", ("id",)]
    columns = db.columns("orders").set_index("name")
    assert columns.loc["customer_id", "refers_to"] == "customers.id"
    assert columns.loc["made_at", "comment"] == "When the customer sent it, UTC"
    assert columns["key"].tolist() == [True, False, False, False]


def test_comments_become_a_dictionary(any_shop: str):
    db = mq.database(any_shop)
    assert db.dictionary("orders")["due"].description == "Promised day of delivery"
    assert db.scan("orders").dictionary["due"].description == "Promised day of delivery"


def test_gives_the_first_rows(any_shop: str):
    head = mq.database(any_shop).head("orders", 3)
    assert list(head.columns) == ["id", "customer_id", "made_at", "due"]
    assert head["id"].tolist() == [1, 2, 3]


def test_a_scan_reads_every_row_and_labels_it_by_the_primary_key(any_shop: str):
    scan = mq.database(any_shop).scan("orders")
    assert scan.table.row_count == ORDERS
    frame = scan.table.frame()
    assert frame.index.tolist() == frame["id"].tolist() == list(range(1, ORDERS + 1))
    assert scan.name == "orders"


def test_a_scan_says_when_and_how_it_was_read(any_shop: str):
    scan = mq.database(any_shop).scan("orders")
    assert scan.read.startswith(f"all rows read {dt.datetime.now(dt.UTC):%Y-%m-%d} ")
    assert any(how in scan.read for how in ("in one snapshot", "in one read transaction", "in place"))


def test_a_view_is_scanned_as_a_table_is(any_shop: str):
    frame = mq.database(any_shop).scan("large_orders").table.frame()
    assert sorted(frame["id"]) == list(range(291, 301))


def test_two_tables_are_compared(any_shop: str):
    db = mq.database(any_shop)
    comparison = mq.compare(db["orders"], db["customers"], {"customer_id": "id"})
    assert comparison.names == ("orders", "customers")
    assert comparison.joins.set_index("join")["rows_out"]["inner"] > 0


def test_a_table_is_scanned_by_mq_scan_too(any_shop: str):
    table = mq.database(any_shop)["customers"]
    assert mq.scan(table).table.row_count == 40
    assert repr(table).startswith("<customers of ")


def test_the_primary_key_is_the_key_of_a_scan(any_shop: str):
    db = mq.database(any_shop)
    assert mq.scan(db["orders"]).result.profile.roles.key == (0,)
    assert mq.scan(db["orders"], key="made_at").result.profile.roles.key == (2,)
    assert mq.scan(db["large_orders"]).result.profile.roles.key == ()


def test_a_database_itself_is_no_table(shop_file: Path):
    with pytest.raises(mq.InputError, match=r'Pass one of its tables: db\["name"\]'):
        mq.scan(mq.database(shop_file))


def test_an_address_is_no_table_and_is_not_repeated():
    for ask in (lambda: mq.scan("postgresql://a:secret@host/x"), lambda: mq.compare("postgresql://a:secret@h/x", "y")):
        with pytest.raises(mq.InputError, match=r"mq\.database\(url\)") as caught:
            ask()
        assert "secret" not in str(caught.value)


def test_an_unknown_table_is_refused_with_the_likeliest_name(any_shop: str):
    db = mq.database(any_shop)
    with pytest.raises(mq.InputError, match=r"no table 'order'\. Did you mean 'orders'"):
        db.scan("order")
    assert "orders" in db
    assert "order" not in db


def test_a_selection_is_kept_for_the_screen(any_shop: str):
    db = mq.database(any_shop)
    assert db.selection is None
    db.selection = "orders"
    assert db.selection == "orders"
    with pytest.raises(mq.InputError, match="no table 'order'"):
        db.selection = "order"


def test_prints_its_tables(any_shop: str):
    said = repr(mq.database(any_shop))
    assert "orders" in said
    assert "It has no rows." in said


def test_counts_broken_references(shop_file: Path):
    broken = mq.database(shop_file).broken_references("orders")
    assert broken["broken"].tolist() == [sum(1 + i % 42 > 40 for i in range(1, ORDERS + 1))]
    assert "only for connections that ask" in broken["enforced"].iloc[0]


def test_references_that_hold_are_counted_as_such(shop: str):
    assert mq.database(shop).broken_references()["broken"].tolist() == [0, 0, 0]


def test_references_of_a_duckdb_file_are_counted(shop_duckdb: Path):
    assert mq.database(shop_duckdb).broken_references()["broken"].tolist() == [0]


def test_the_type_of_each_value_of_a_sqlite_table_is_kept(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "mixed.db")) as connection, connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(7, 1), (8, "one"), (9, 2.5)])
    frame = mq.database(tmp_path / "mixed.db").scan("t").table.frame()
    assert frame["a"].tolist() == [1, "one", 2.5]
    assert frame.index.tolist() == [7, 8, 9]


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_file_is_opened_by_its_path_or_its_url(shop_file: Path, form: str):
    assert "orders" in mq.database(form.format(shop_file))


def test_a_relative_path_is_found(shop_file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(shop_file.parent)
    assert "orders" in mq.database("sqlite:///shop.db")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nowhere.db", "no file 'nowhere.db'"),
        ("sqlite://", "in memory"),
        (42, "not int"),
        ("postgresql://a:b@c:d@host/x", "more than one @"),
        ("postgresql://host:port/x", "not a connection string"),
        ("nonsense://host/x", "nonsense"),
    ],
)
def test_what_is_no_database_is_refused(url: object, reason: str):
    with pytest.raises(mq.InputError, match=reason):
        mq.database(url)  # type: ignore[arg-type]


def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    (tmp_path / "notes.db").write_text("not a database at all")
    with pytest.raises(mq.InputError, match="no SQLite or DuckDB database"):
        mq.database(tmp_path / "notes.db")


def test_a_missing_driver_is_named():
    with pytest.raises(mq.MissingPackage, match="oracledb"):
        mq.database("oracle+oracledb://host/x")


@pytest.mark.parametrize("shop", ["shop_file", "shop_duckdb"])
def test_a_file_stays_as_it_is(shop: str, request: pytest.FixtureRequest):
    path = Path(request.getfixturevalue(shop))
    before = path.read_bytes()
    db = mq.database(path)
    db.scan("orders")
    db.head("orders")
    assert path.read_bytes() == before


def test_tables_without_a_key_are_labelled_by_position(shop: str):
    frame = mq.database(shop).scan("rates_old").table.frame()
    assert frame.index.tolist() == list(range(100))
    assert isinstance(frame.index, pd.Index)


def test_a_key_of_several_columns_labels_by_all_of_them(shop: str):
    scan = mq.database(shop).scan("order_lines")
    assert scan.table.frame().index.tolist()[0] == (1, 1)
    assert [column.label for column in scan.table.columns][:2] == ["order_id", "line"]
