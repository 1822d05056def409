"""Which tables look inactive: each reason in words, and none where nothing is known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mlqa_widgets.databases.catalogue import Catalogue, CatalogueTable, Newest, Reference, Use
from mlqa_widgets.databases.inactive import inactive
from mlqa_widgets.databases.source import newest_columns
from tests.unit.databases.conftest import column

NOW = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)


def table(name: str, *, days: float | None = None, reads: int | None = None, **more: Any) -> CatalogueTable:
    newest = Newest() if days is None else Newest(NOW - dt.timedelta(days=days), "updated")
    known: dict[str, Any] = {"rows": 10, "counted": "exact", "kind": "table"} | more
    return CatalogueTable("", name, name, columns=(), newest=newest, use=Use(reads), **known)


def reasons(*tables: CatalogueTable, linked: list[tuple[str, str]] | None = None) -> dict[str, list[str]]:
    references = tuple(Reference(a, ("x",), b, ("id",), "enforced") for a, b in linked or [])
    found = inactive(Catalogue(tables, references, NOW, ""))
    return {name: [reason.word for reason in why] for name, why in found.items()}


LIVING = [table("a", days=0), table("b", days=1), table("c", days=2)]
PAIRED = [("a", "b"), ("b", "c"), ("c", "a")]


def test_a_table_without_rows_is_empty():
    assert reasons(table("a", rows=0)) == {"a": ["empty"]}
    assert reasons(table("a", rows=0, counted="estimate")) == {"a": ["empty"]}
    assert reasons(table("a", rows=None, counted="not counted")) == {}


def test_a_table_far_behind_the_others_is_stale():
    assert reasons(*LIVING, table("late", days=400)) == {"late": ["stale"]}
    why = inactive(Catalogue((*LIVING, table("late", days=400)), (), NOW, ""))["late"][0].why
    assert "(updated, 28 April 2023) is 13 months older than the newest of the database (a, 1 June 2024)" in why
    assert "half of the 4 dated tables are at most 36 hours behind" in why


@pytest.mark.parametrize("days", [10, 100])
def test_a_table_some_days_behind_is_not_stale(days: float):
    assert reasons(*LIVING, table("slow", days=days)) == {}


def test_where_tables_lie_years_apart_none_is_stale():
    assert reasons(table("a", days=0), table("b", days=700), table("c", days=900), table("d", days=1500)) == {}


def test_two_dated_tables_are_too_few_to_say_what_is_usual():
    assert reasons(table("a", days=0), table("late", days=4000)) == {}


def test_a_table_without_references_among_tables_that_refer_stands_out():
    assert reasons(*LIVING, table("alone"), linked=PAIRED) == {"alone": ["unreferenced"]}


def test_one_that_got_a_record_of_late_does_not():
    assert reasons(*LIVING, table("log", days=0), linked=PAIRED) == {}


def test_nor_does_any_where_few_tables_refer():
    others = [table(f"t{i}") for i in range(6)]
    assert reasons(*others, linked=[("t0", "t1")]) == {}


def test_a_view_refers_to_nothing_by_nature():
    assert reasons(*LIVING, table("seen", kind="view"), linked=PAIRED) == {}


def test_a_table_never_read_among_tables_that_are():
    read = [table(name, reads=100) for name in "abc"]
    assert reasons(*read, table("unread", reads=0)) == {"unread": ["never read"]}
    assert reasons(*read, table("unknown")) == {}


def test_in_a_new_database_nothing_was_read_and_that_means_nothing():
    assert reasons(table("a", reads=0), table("b", reads=0), table("c", reads=2)) == {}


@pytest.mark.parametrize("name", ["orders_old", "orders_bak2", "tmp_orders", "orders_backup_2019", "orders_copy"])
def test_a_name_says_that_it_was_set_aside(name: str):
    assert reasons(table(name)) == {name: ["set aside"]}


@pytest.mark.parametrize(
    "name", ["orders", "gold", "household", "copyright", "temperature", "bold_orders", "templates"]
)
def test_a_name_that_only_sounds_like_it_does_not(name: str):
    assert reasons(table(name)) == {}


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["created_at", "updated_at", "due_date"], ["updated_at", "created_at"]),
        (["valid_until", "made_at"], ["made_at"]),
        (["birth_date"], ["birth_date"]),
        (["day", "expires"], ["day"]),
        ([], []),
    ],
)
def test_the_newest_record_is_looked_for_where_records_are_stamped(names: list[str], chosen: list[str]):
    assert [one.name for one in newest_columns([column(name) for name in names])] == chosen
