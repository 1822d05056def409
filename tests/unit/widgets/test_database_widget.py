"""The widget of a database: what it shows, answers, and tells Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import mlqa_widgets as mq
from mlqa_widgets.options import options
from mlqa_widgets.widgets.database import DatabaseWidget

_TABLES = """
CREATE TABLE visitors (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE visits (id INTEGER PRIMARY KEY, visitor INTEGER REFERENCES visitors (id), seen TIMESTAMP -- when, UTC
);
CREATE TABLE "<b>left</b>" (id INTEGER);
INSERT INTO visitors VALUES (1, '<i>Ann</i>'), (2, NULL);
INSERT INTO visits VALUES (7, 1, '2024-05-01 10:00:00'), (8, 5, NULL);
"""


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mq.Database:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect("museum.db")) as connection:
        connection.executescript(_TABLES)
    return mq.database("museum.db")


@pytest.fixture
def widget(db: mq.Database) -> DatabaseWidget:
    return db.widget()


@pytest.fixture
def ask(widget: DatabaseWidget, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    def ask(kind: str, **question: Any) -> Any:
        sent: list[Any] = []
        monkeypatch.setattr(widget, "send", lambda message, *_: sent.append(message))
        widget._answer(widget, {"type": kind, "id": 3, **question}, [])
        assert sent[0]["id"] == 3
        return sent[0]["value"] if sent[0]["ok"] else sent[0]["error"]

    return ask


def test_shows_each_table_with_what_is_known_of_it(widget: DatabaseWidget):
    cards = {one["name"]: one for one in widget.view["tables"]}
    assert list(cards) == ["<b>left</b>", "visitors", "visits"]
    assert cards["visits"]["refers_to"] == ["visitors"]
    assert cards["visitors"]["referred_by"] == ["visits"]
    assert (cards["visits"]["newest"], cards["visits"]["newest_in"]) == ("2024-05-01 10:00", "seen")
    assert cards["<b>left</b>"]["inactive"][0] == {"word": "empty", "why": "It has no rows."}


def test_answers_with_columns_rows_and_a_count(ask: Callable[..., Any]):
    columns = ask("detail", table="visits")["columns"]
    assert [column["name"] for column in columns] == ["id", "visitor", "seen"]
    assert columns[2]["comment"] == "when, UTC"
    page = ask("head", table="visitors")
    assert page["rows"] == [{"cells": ["1", "<i>Ann</i>"]}, {"cells": ["2", None]}]
    assert page["numeric"] == [0]
    assert ask("count", table="visitors") == 2


def test_counts_what_refers_to_nothing_and_says_how_to_see_it(ask: Callable[..., Any]):
    line = ask("broken", table="visits")["lines"][0]
    assert (line["columns"], line["to"], line["broken"]) == (["visitor"], "visitors", 1)
    assert line["code"] == "mq.compare(db['visits'], db['visitors'], {'visitor': 'id'})"


def test_an_unknown_table_is_answered_with_a_sentence(ask: Callable[..., Any]):
    assert (
        ask("head", table="nothing")
        == "table: museum.db has no table 'nothing'. There is: '<b>left</b>', 'visitors', 'visits'."
    )


def test_a_scan_is_opened_kept_with_its_table_and_closed(widget: DatabaseWidget, ask: Callable[..., Any]):
    widget.table = "visitors"
    ask("scan", table="visitors")
    assert widget.scan is not None
    assert widget.child is widget.scan.widget()
    opened = widget.child
    widget.table = "visits"
    assert [widget.scan, widget.child] == [None, None]
    widget.table = "visitors"
    assert widget.child is opened
    ask("close")
    assert [widget.scan, widget.child] == [None, None]


def test_python_and_screen_have_one_selection(db: mq.Database, widget: DatabaseWidget):
    widget.table = "visits"
    assert db.selection == "visits"
    db.selection = None
    assert widget.table == ""


def test_the_static_twin_is_escaped_and_shows_the_chosen_table(db: mq.Database, widget: DatabaseWidget):
    db.selection = "visits"
    html = widget.static_html()
    assert "&lt;b&gt;left&lt;/b&gt;" in html
    assert "<b>left</b>" not in html
    assert "Columns of visits" in html
    assert "when, UTC" in html
    assert "2024-05-01" in html


def test_the_static_twin_leaves_out_values_where_asked(widget: DatabaseWidget, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(options, "static_values", False)
    assert "2024-05-01" not in widget.static_html()


def test_a_database_that_cannot_be_read_says_so(db: mq.Database):
    Path("museum.db").write_bytes(b"SQLite format 3\0 and no more")
    again = mq.Database(db._source)
    with pytest.raises(mq.InputError, match="could not be read"):
        again.start()
    assert "could not be read" in again.widget().error
    assert "could not be read" in again.widget().static_html()
