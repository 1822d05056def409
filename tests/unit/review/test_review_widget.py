"""The review's widget: what the browser is shown and what it may ask."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.options import options
from mlqa_widgets.widgets.review import ReviewWidget
from tests.unit.review.test_review import ByAge, people

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def review():
    X, y = people(120)
    return mq.analyze(ByAge(), X, y).review(reviewer="ann", size=10)


@pytest.fixture
def ask(review, monkeypatch):
    """Send a request as the browser does and return its answer."""
    widget, sent = review.widget(), []
    monkeypatch.setattr(ReviewWidget, "send", lambda _, content, buffers=None: sent.append(content))

    def send(kind, **request):
        widget._answer(widget, {"id": 3, "type": kind, **request}, [])
        answer = sent.pop()
        assert answer["id"] == 3
        return answer

    send.widget = widget
    return send


def test_the_view_holds_the_queue_in_words(review, ask):
    view = ask.widget.view
    assert [item["label"] for item in view["queue"]] == review.queue.index.tolist()
    assert view["queue"][0]["prediction"].split(" ")[0] in ("ill", "well")
    assert view["columns"] == ["age", "size", "sex", "reviewer"]
    assert view["known"] == 5
    assert view["file"] == "ByAge.mlqa-reviews.sqlite"


def test_a_verdict_is_stored_and_shown_and_taken_back(review, ask):
    row = ask.widget.view["queue"][1]["row"]
    assert ask("judge", row=row, verdict="true outlier", note="old")["ok"]
    assert review.verdicts[["position", "verdict", "note"]].to_numpy().tolist() == [[row, "true outlier", "old"]]
    assert ask.widget.view["queue"][1]["verdict"] == "true outlier"
    assert ask("undo")["value"] == row
    assert ask.widget.view["queue"][1]["verdict"] == ""
    assert ask("undo")["value"] is None


def test_a_verdict_that_cannot_be_stored_is_told(review, ask):
    review.file.path.mkdir()
    answer = ask("judge", row=0, verdict="unsure", note="")
    assert not answer["ok"]
    assert "not stored" in answer["error"]


def test_verdicts_of_others_are_beside_ones_own(review, ask):
    row = ask.widget.view["queue"][0]["row"]
    review.analysis.review(reviewer="bob").judge(None, "unsure", "why?", position=row)
    ask("judge", row=row, verdict="makes sense", note="")
    first = ask.widget.view["queue"][0]
    assert first["verdict"] == "makes sense"
    assert first["others"] == [{"reviewer": "bob", "verdict": "unsure", "note": "why?"}]


def test_a_card_holds_the_row_beside_its_contrast(review, ask):
    row = ask.widget.view["queue"][0]["row"]
    card = ask("card", row=row)["value"]
    assert card["contrast"]["row"] == review.contrast(position=row)
    assert card["target"] == "state"
    assert card["parts"][0]["label"] == "loss"
    assert [cell["column"] for cell in card["cells"]] == ["age", "size", "sex"]
    for cell in card["cells"]:
        assert cell["same"] == (cell["value"] == cell["other"])


def test_reasons_are_the_greatest_contributions_and_the_rest(review, ask):
    row = ask.widget.view["queue"][0]["row"]
    found = ask("reasons", row=row)["value"]
    for explanation in (found["usual"], found["contrast"]):
        total = explanation["base"] + sum(bar["contribution"] for bar in explanation["bars"]) + explanation["rest"]
        assert total == pytest.approx(explanation["output"])
    assert found["usual"]["bars"][0]["column"] == "age"
    assert "against" in found["usual"]["method"]


def test_rows_selected_elsewhere_can_be_queued(review, ask):
    review.analysis.select("age > 60", source="slices")
    first = ask("only", rows="selected")["value"]
    assert first == ask.widget.view["queue"][0]["row"]
    assert ask.widget.view["narrowed"] == "age > 60"
    assert {item["row"] for item in ask.widget.view["queue"]} <= set(np.flatnonzero(review.analysis.X["age"] > 60))
    review.analysis.focus(5)
    ask("only", rows="focused")
    assert [item["row"] for item in ask.widget.view["queue"]] == [5]
    ask("only", rows="all")
    assert ask.widget.view["narrowed"] is None


def test_the_summary_and_a_merge_come_in_figures_and_words(review, ask):
    bob = review.analysis.review(reviewer="bob", name="bob")
    for row in range(4):
        ask("judge", row=row, verdict="makes sense", note="")
        bob.judge(None, "makes sense" if row else "model is wrong", position=row)
    assert ask("merge", path="bob.mlqa-reviews.sqlite")["value"] == "4 verdicts added. Reviewers differ on 1 row."
    assert "4 known already" in ask("merge", path="bob.mlqa-reviews.sqlite")["value"]
    summary = ask("summary", by=2)["value"]
    assert (summary["total"]["judged"], summary["total"]["contested"]) == (3, 1)
    assert sum(line["reviewed"] for line in summary["lines"]) == 4
    assert summary["reviewers"]["pairs"][0]["same"] == 0.75
    assert [one["verdict"] for one in summary["reviewers"]["disagreements"][0]["said"]] == [
        "makes sense",
        "model is wrong",
    ]
    assert not ask("merge", path="nowhere.sqlite")["ok"]


def test_before_any_verdict_the_summary_is_empty(ask):
    summary = ask("summary", by=None)["value"]
    assert summary["total"] is None
    assert summary["lines"] == summary["reviewers"]["pairs"] == summary["reviewers"]["disagreements"] == []


def test_the_static_view_says_how_far_the_review_is(review, ask):
    assert "0 of 10 odd predictions reviewed" in ask.widget.static_html()
    row = ask.widget.view["queue"][0]["row"]
    ask("judge", row=row, verdict="makes sense", note=HOSTILE)
    html = ask.widget.static_html()
    assert "1 of 10 odd predictions reviewed" in html
    assert "1 of 1 judged row: 100 %" in html
    assert "&lt;img src=x" in html
    assert HOSTILE not in html


def test_the_static_view_can_leave_out_values(review, ask, monkeypatch):
    ask("judge", row=0, verdict="makes sense", note="secret note")
    monkeypatch.setattr(options, "static_values", False)
    html = ask.widget.static_html()
    assert "makes sense 1" in html
    assert "secret note" not in html
    assert "p0" not in html


def test_hostile_values_and_names_are_only_ever_text():
    X, _ = people(60)
    y = pd.Series(np.where(X["age"] > 50, "ill", "well"), index=[HOSTILE] * 60, name=HOSTILE)
    X = X.set_axis([HOSTILE] * 60, axis=0).assign(**{HOSTILE: HOSTILE})
    review = mq.analyze(ByAge(), X, y).review(reviewer=HOSTILE)
    widget = review.widget()
    review.judge(None, "unsure", HOSTILE, position=0)
    assert HOSTILE not in widget.static_html()
    assert review.summary(HOSTILE)["reviewed"].tolist() == [1]


def test_values_and_rows_without_outcomes_are_shown():
    X, _ = people(60)
    widget = mq.analyze(lambda frame: frame["age"].to_numpy() * 2.0, X).review().widget()
    assert widget.view["queue"][0]["actual"] is None
    card = widget._card({"row": 0})
    assert card["actual"] is None
    assert widget._reasons({"row": 0}).result["usual"]["bars"][0]["column"] == "age"
