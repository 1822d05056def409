"""The widget of a comparison: what it shows, answers, and tells Python."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.options import options


@pytest.fixture
def widget():
    left = pd.DataFrame({"id": range(60), "town": ["<b>Rome</b>", "Oslo", "Lima"] * 20, "cost": [1.0, 2.0, 3.0] * 20})
    right = left.iloc[:55].assign(town=left["town"].where(left.index > 3, "Rom"))
    return mq.compare(left, right, "id", names=("ours", "theirs")).widget()


def ask(widget, **request):
    sent: list[dict[str, Any]] = []
    widget.send = sent.append
    widget._answer(widget, {"id": 1, **request}, [])
    return sent[0]


def test_the_first_difference_is_shown_with_the_join(widget) -> None:
    assert widget.finding == 0
    assert widget.view["join"]["relation"] == "1:1"
    assert [line["rows"] for line in widget.view["join"]["lines"]] == [55, 60, 55, 60]
    assert (widget.view["left"]["matched"], widget.view["left"]["orphans"]) == (55, 5)


def test_rows_come_in_pages_with_both_sides(widget) -> None:
    place = next(c["index"] for c in widget.view["findings"] if c["side"] == "both")
    page = ask(widget, type="pairs", finding=place, narrowing=None, start=1, stop=3)["value"]
    assert (page["total"], page["own"], page["columns"][0]) == (4, 1, "town")
    assert [row["right_cells"][0] for row in page["rows"]] == ["Rom", "Rom"]
    assert [row["number"] for row in page["rows"]] == [1, 2]


def test_rows_of_one_source_have_no_other_side(widget) -> None:
    place = next(c["index"] for c in widget.view["findings"] if c["side"] == "left")
    page = ask(widget, type="pairs", finding=place, narrowing=None, start=0, stop=50)["value"]
    assert page["total"] == 5
    assert {row["right"] for row in page["rows"]} == {-1}


def test_a_part_of_the_evidence_narrows_the_rows(widget) -> None:
    place = next(c["index"] for c in widget.view["findings"] if c["side"] == "both")
    bars = ask(widget, type="detail", finding=place)["value"]["evidence"][0]["bars"]
    for item, bar in enumerate(bars):
        page = ask(widget, type="pairs", finding=place, narrowing={"evidence": 0, "item": item}, start=0, stop=9)
        assert page["value"]["total"] == bar["rows"]
    refused = ask(widget, type="pairs", finding=place, narrowing={"evidence": 9, "item": 0}, start=0, stop=9)
    assert "no rows to show" in refused["error"]


def test_rows_too_many_to_be_held_come_in_the_same_pages(widget, monkeypatch: pytest.MonkeyPatch) -> None:
    place = next(c["index"] for c in widget.view["findings"] if c["side"] == "both")
    asked = [
        {"finding": place, "narrowing": narrowing, "start": start, "stop": 3}
        for narrowing in (None, {"evidence": 0, "item": 0})
        for start in (0, 1)
    ]
    held = [ask(widget, type="pairs", **one) for one in asked]
    monkeypatch.setattr(options, "row_budget", 1)
    assert [ask(widget, type="pairs", **one) for one in asked] == held


def test_python_sees_what_is_ticked(widget) -> None:
    widget.finding = next(c["index"] for c in widget.view["findings"] if c["side"] == "both")
    left, right = widget.selected_rows
    assert len(left) == len(right) == 4
    widget.ticked = [0, 2]
    left, right = widget.selected_rows
    assert left.index.tolist() == right.index.tolist() == [0, 2]
    widget.finding = 0 if widget.finding else 1
    assert widget.ticked == []


def test_the_static_twin_escapes_values_and_can_leave_them_out(widget) -> None:
    html = widget.static_html()
    assert "<b>Rome" not in html
    assert "rows out" in html
    options.static_values = False
    try:
        assert "Rom" not in widget.static_html()
    finally:
        options.static_values = True


def test_a_failure_is_shown() -> None:
    comparison = mq.compare(pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]}), "a")
    comparison.work._error = RuntimeError("out of luck")
    widget = comparison.widget()
    assert widget.error == "out of luck"
    assert "out of luck" in widget.static_html()


def test_of_two_reads_of_one_source_the_past_stands_in_place_of_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    early = pd.DataFrame(
        {"at": pd.date_range("2024-01-01", periods=90, freq="D"), "no2": [float(i) for i in range(90)]}
    )
    later = pd.concat(
        [
            early.assign(no2=early["no2"].where(early.index != 7, 99.0)),
            early.tail(1).assign(at=pd.Timestamp("2024-05-01")),
        ]
    )
    comparison = mq.compare(early, later, "at", revisions=True)
    view = comparison.widget().view
    assert view["past"] == {
        "rows": 90,
        "changed": 1,
        "removed": 0,
        "back_filled": 0,
        "grown": 1,
        "says": "Of 90 rows up to 2024-03-30, 1 changed; 1 new row after it.",
    }
    html = comparison.widget().static_html()
    assert "Of 90 rows up to 2024-03-30, 1 changed; 1 new row after it." in html
    assert "rows out" not in html
    monkeypatch.setattr(options, "static_values", False)
    html = comparison.widget().static_html()
    assert "1 changed, 0 removed, 0 filled in later, 1 new" in html
    assert "2024" not in html
    assert mq.compare(early, later, "at").widget().view["past"] is None
