"""The scan widget without a browser: what it shows, what it answers, what Python reads back."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.checks import registry
from mlqa_widgets.checks.registry import Check
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.tables.table import EVERY_ROW
from mlqa_widgets.widgets import display


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def visits():
    frame = pd.DataFrame({"street": ["Main", "", "Elm", "  ", "Oak", "Fir"] * 10, "n": range(60)})
    frame.index = pd.Index([f"v{i}" for i in range(60)])
    return frame


@pytest.fixture
def widget(visits):
    return mq.scan(visits, checks=["blank_strings"], name="visits").widget()


@pytest.fixture
def ask(widget, monkeypatch):
    """Send a request as the browser does and return its answer."""
    sent = []
    monkeypatch.setattr(type(widget), "send", lambda _, content, buffers=None: sent.append(content))

    def send(**request):
        widget._answer(widget, {"id": 7, **request}, [])
        return sent.pop()

    return send


def rows_request(**changes):
    return {
        "type": "rows",
        "finding": 0,
        "narrowing": None,
        "order_by": None,
        "descending": False,
        "start": 0,
        "stop": 100,
    } | changes


def test_the_first_finding_is_chosen_and_its_rows_are_the_selection(widget, visits):
    assert widget.finding == 0
    expected = visits.index[visits["street"].str.strip() == ""]
    assert widget.selection.tolist() == expected.tolist()
    pd.testing.assert_frame_equal(widget.selected_rows, visits.loc[expected])


def test_a_clicked_bar_narrows_the_selection(widget, visits):
    widget.narrowing = {"evidence": 0, "item": 0}
    narrowed = widget.selected_rows["street"]
    assert narrowed.nunique() == 1
    assert len(narrowed) == 10


def test_ticked_rows_are_the_selection_until_another_finding_is_chosen(widget):
    widget.selected = [3, 1]
    assert widget.selection.tolist() == ["v3", "v1"]
    widget.finding = -1
    assert widget.selected == []
    assert widget.selection.tolist() == []


def test_a_page_of_rows_has_the_findings_column_first_and_missing_as_null(ask):
    answer = ask(**rows_request(start=1, stop=3))
    assert answer["ok"]
    assert answer["value"] == {
        "total": 20,
        "columns": [0, 1],
        "rows": [
            {"position": 3, "label": "v3", "cells": ["  ", "3"]},
            {"position": 7, "label": "v7", "cells": ["", "7"]},
        ],
    }


def test_rows_are_sorted_by_the_engine(ask):
    page = ask(**rows_request(order_by=1, descending=True, stop=2))["value"]
    assert [row["label"] for row in page["rows"]] == ["v57", "v55"]


def test_detail_carries_why_evidence_and_a_previewed_fix(ask):
    detail = ask(type="detail", finding=0)["value"]
    assert detail["why"]
    assert detail["evidence"][0]["kind"] == "bars"
    assert detail["fixes"][0]["preview"][0]["row"] == "v1"
    assert detail["fixes"][0]["refused"] == ""


def test_dismissing_needs_a_reason_and_changes_the_view(ask, widget):
    refused = ask(type="dismiss", finding=0, reason=" ")
    assert not refused["ok"]
    assert "reason" in refused["error"]
    assert ask(type="dismiss", finding=0, reason="by design")["ok"]
    assert widget.view["findings"][0]["dismissed"]["reason"] == "by design"
    assert ask(type="restore", finding=0)["ok"]
    assert widget.view["findings"][0]["dismissed"] is None


def test_a_description_is_kept(ask, widget):
    assert ask(type="describe", column=1, text="number of the visit")["ok"]
    assert widget.view["columns"][1]["description"] == "number of the visit"


@pytest.mark.parametrize(
    "request_", [{"type": "nonsense"}, {"type": "detail", "finding": 99}, {"type": "rows", "finding": 0}]
)
def test_a_request_that_fails_is_answered_with_a_sentence(ask, request_):
    answer = ask(**request_)
    assert (answer["id"], answer["ok"]) == (7, False)
    assert answer["error"]


def test_a_part_of_the_evidence_that_is_not_there_is_an_error_not_all_rows(ask):
    answer = ask(**rows_request(narrowing={"evidence": 0, "item": 99}))
    assert not answer["ok"]


def test_two_outputs_are_published_static_first(widget, monkeypatch):
    published = []
    monkeypatch.setattr("IPython.display.publish_display_data", lambda *a, **k: published.append((a, k)))
    widget._ipython_display_()
    (static, options), (live, _) = published
    assert "blank text" in static[0]["text/html"]
    assert options["transient"] == {"display_id": widget.uid}
    assert "application/vnd.jupyter.widget-view+json" in live[0]
    assert "application/vnd.mlqa.widget+json" in live[0]


def test_what_is_declared_is_read_by_the_type_of_the_column(ask, widget):
    said = [("type", "integer"), ("minimum", "0"), ("maximum", "59"), ("enum", '1, 2, "3"'), ("unit", "km")]
    for name, text in [*said, ("required", "true")]:
        assert ask(type="declare", column=1, name=name, text=text) == {"id": 7, "ok": True, "value": None}
    declared = widget.view["columns"][1]["declared"]
    assert declared == {
        "type": "integer",
        "unit": "km",
        "enum": "1, 2, 3",
        "minimum": "0",
        "maximum": "59",
        "pattern": "",
        "required": True,
        "unique": False,
    }
    assert widget._scan.dictionary["n"].enum == (1, 2, 3)
    ask(type="declare", column=0, name="enum", text='Main, "Elm, upper"')
    assert widget._scan.dictionary["street"].enum == ("Main", "Elm, upper")
    assert widget.view["columns"][0]["declared"]["enum"] == 'Main, "Elm, upper"'
    ask(type="declare", column=0, name="enum", text="")
    assert "street" not in widget._scan.dictionary


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("minimum", "low", "minimum: 'low' is no number"),
        ("enum", "1, two", "allowed values: 'two' is no number"),
        ("pattern", "(", "pattern"),
        ("type", "float", "Did you mean"),
    ],
)
def test_what_cannot_be_declared_is_refused_with_a_sentence(ask, widget, name, text, words):
    answer = ask(type="declare", column=1, name=name, text=text)
    assert answer["ok"] is False
    assert words in answer["error"] or "no type" in answer["error"]
    assert not widget._scan.decision_file.path.exists()


def test_a_draft_is_shown_and_taken_over_only_when_accepted(ask, widget):
    assert ask(type="draft", column=1)["value"]["type"] == "integer"
    assert widget.view["columns"][1]["declared"]["type"] == ""
    ask(type="declare", column=1, name="type", text="number")
    ask(type="accept", column=1)
    assert widget.view["columns"][1]["declared"]["type"] == "number"
    assert widget.view["columns"][1]["declared"]["required"] is True


def test_the_dictionary_is_written_beside_the_notebook_never_over_another_file(ask, tmp_path):
    (tmp_path / "visits.schema.json").write_text("mine")
    ask(type="declare", column=1, name="unit", text="km")
    assert ask(type="export")["value"] == "visits-2.schema.json"
    assert ask(type="export")["value"] == "visits-2.schema.json"
    assert mq.Dictionary.read(tmp_path / "visits-2.schema.json")["n"].unit == "km"
    assert (tmp_path / "visits.schema.json").read_text() == "mine"


def test_the_static_view_tells_what_is_declared_and_counts_what_is_past_the_budget(monkeypatch):
    frame = pd.DataFrame({f"c{n}": ["a", " "] * 20 for n in range(4)})
    monkeypatch.setattr(mq.options, "alert_budget", 3)
    rules = {"c0": {"type": "string", "enum": ["a", "b"]}}
    scan = mq.scan(frame, name="t", checks=["blank_strings"], dictionary=rules)
    html = scan.widget().static_html()
    assert "string · one of a, b" in html
    assert "<summary>1 more finding</summary>" in html
    assert html.count("blank text, not missing") == 4


def test_the_static_view_can_be_turned_off(widget, monkeypatch):
    published = []
    monkeypatch.setattr("IPython.display.publish_display_data", lambda *a, **k: published.append(a))
    monkeypatch.setattr(display.options, "static_view", False)
    widget._ipython_display_()
    assert len(published) == 1


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        self.found |= {name for name, _ in attrs}


def test_the_static_view_survives_a_sanitiser_and_escapes_every_value(monkeypatch):
    evil = "<img src=x onerror=alert(1)>"
    frame = pd.DataFrame({evil: [evil, "", " "] * 10})
    html = mq.scan(frame, name=evil).widget().static_html()
    assert evil not in html
    kept = {"p", "b", "i", "span", "div", "details", "summary", "table", "tr", "td", "th", "pre", "style", "open"}
    assert Tags(html).found <= kept
    assert html.lstrip().startswith("<p>")


def test_values_can_be_kept_out_of_the_static_view(monkeypatch):
    frame = pd.DataFrame({"name": ["Jane Doe", "jane doe", " "] * 20})
    monkeypatch.setattr(mq.options, "static_values", False)
    html = mq.scan(frame, name="people").widget().static_html()
    assert "name" in html
    assert "Jane Doe" not in html


def test_the_saved_view_is_small_for_a_wide_table():
    frame = pd.DataFrame({f"column {i}": [f"value {j % 7}" for j in range(200)] for i in range(60)})
    assert len(mq.scan(frame, name="wide").widget().static_html()) < 200_000


def test_the_saved_view_is_small_where_every_column_is_wrong():
    dates = [f"2024-01-{day:02}" for day in range(1, 29)] + [f"{day:02}/02/2024" for day in range(13, 25)]
    random = np.random.default_rng(0)
    frame = pd.DataFrame({f"seen {i}": random.permutation(dates * 8) for i in range(60)})
    widget = mq.scan(frame, name="wrong").widget()
    assert len(widget.view["findings"]) > 40
    assert len(widget.static_html()) < 200_000


def test_a_strip_is_drawn_whole_in_few_pieces():
    dates = [f"2024-01-{day:02}" for day in range(1, 29)] * 10 + [f"{day:02}/02/2024" for day in range(13, 25)] * 10
    html = mq.scan(pd.DataFrame({"seen": dates}), name="dates", checks=["mixed_date_formats"]).widget().static_html()
    widths = [int(width) for width in re.findall(r"inline-block;width:(\d+)px;height:12px", html)]
    lanes, blocks = 2, 58
    assert sum(widths) == 6 * lanes * blocks
    assert len(widths) < 12


def test_the_static_view_counts_the_worst_first():
    frame = pd.DataFrame({"street": ["Main", "", "Elm"] * 20, "speed": [60.5, -999.0, 70.25, 80.75] * 15})
    html = mq.scan(frame, name="roads").widget().static_html()
    sentence = html.split("</p>")[0]
    assert sentence.index("error") < sentence.index("warning") < sentence.index("info")


def test_what_is_found_shows_while_dear_checks_still_run(visits, monkeypatch):
    leave = threading.Event()

    def dear(profile):
        leave.wait(10)
        yield Finding((1,), Severity.ERROR, profile.rows, "All of n is wrong.", EVERY_ROW)

    monkeypatch.setitem(registry._REGISTRY, "slow", Check("slow", "", "table", dear, "figures", ""))
    monkeypatch.setattr("mlqa_widgets.work.may_block", lambda: False)
    monkeypatch.setattr(sys.modules["mlqa_widgets.scan"], "_VERSION_SECONDS", 0.0)

    async def look():
        scan = mq.scan(visits, checks=["blank_strings", "slow"], name="visits")
        widget = scan.widget()
        shown = asyncio.Event()
        widget.observe(lambda _: shown.set(), names=["view"])
        if widget.view is None:
            await shown.wait()
        early = [card["check"] for card in widget.view["findings"]], widget.progress["running"]
        page = widget._value(rows_request(start=0, stop=5))
        widget._value({"type": "dismiss", "finding": 0, "reason": "Some have no street."})
        shown.clear()
        leave.set()
        await shown.wait()
        return early, page["total"], widget

    early, total, widget = asyncio.run(look())
    assert early == (["blank_strings"], True)
    assert total == 20
    last = widget.view["findings"]
    assert {card["check"]: card["dismissed"] is not None for card in last} == {"slow": False, "blank_strings": True}
    assert last[widget.finding]["check"] == "blank_strings"
