"""The slices' widget: what the browser is shown and what it may ask."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import mlqa_widgets as mq
from mlqa_widgets.options import options
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.slices import SlicesWidget

HOSTILE = "<img src=x onerror=alert(1)>"
_ROWS = 2000


@pytest.fixture(scope="module")
def analysis():
    random = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "age": random.integers(18, 90, _ROWS),
            "town": random.choice(["north", HOSTILE], _ROWS),
            "size": np.where(random.random(_ROWS) < 0.2, np.nan, random.normal(size=_ROWS)),
        }
    )
    wrong = random.random(_ROWS) < np.where(X["town"] == HOSTILE, 0.4, 0.1)
    y = (X["age"] > 50) ^ wrong
    numbers = X[["age"]]
    model = LogisticRegression().fit(numbers, X["age"] > 50)
    return mq.analyze(lambda X: model.predict_proba(X[["age"]]), X, y, classes=[False, True])


@pytest.fixture
def ask(analysis, monkeypatch):
    """Send a request as the browser does and return its answer."""
    widget, sent = analysis.slices().widget(), []
    monkeypatch.setattr(SlicesWidget, "send", lambda _, content, buffers=None: sent.append(content))

    def send(kind, **request):
        widget._answer(widget, {"id": 3, "type": kind, **request}, [])
        answer = sent.pop()
        assert answer["id"] == 3
        return answer

    send.widget = widget
    return send


def test_the_view_holds_what_was_found_and_the_columns(analysis, ask):
    view = ask.widget.view
    slices = analysis.slices()
    assert view["sentence"] == slices.sentence
    assert [line["label"] for line in view["found"]] == slices.worst["slice"].tolist()
    assert view["found"][0]["worse"]
    assert [column["name"] for column in view["columns"]] == ["age", "town", "size"]
    assert view["columns"][1]["worse"] == 1
    assert view["card"]["words"] == view["found"][0]["label"]
    assert analysis.selection_label == "", "nothing is selected before a person chooses"


def test_the_categories_of_a_column_come_when_asked_for(analysis, ask):
    lines = ask("column", column=2)["value"]
    assert lines[-1]["label"] == "missing"
    assert sum(line["rows"] for line in lines) == _ROWS
    assert lines[-1]["figures"]["low"] < lines[-1]["figures"]["value"] < lines[-1]["figures"]["high"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"of": "found", "column": -1, "place": 0}, f"town is {HOSTILE}"),
        ({"of": "column", "column": 2, "place": 10}, "size is missing"),
    ],
)
def test_a_slice_chosen_is_shown_and_selected(analysis, ask, asked, words):
    assert ask("choose", **asked)["ok"]
    card = ask.widget.view["card"]
    assert card["words"] == words
    assert card["chosen"] == asked
    assert card["rows"] == len(analysis.selection)
    assert sum(map(sum, card["cells"]["here"])) == card["rows"]
    assert analysis.selection.source == "slices"


def test_a_slice_is_typed_and_a_wrong_one_refused(analysis, ask):
    assert ask("where", expression="age > 80")["ok"]
    assert ask.widget.view["card"]["rows"] == int((analysis.X["age"] > 80).sum())
    refused = ask("where", expression="age >")
    assert "cannot be read" in refused["error"]
    assert ask.widget.view["card"]["words"] == "age > 80"


def test_rows_selected_elsewhere_are_compared(analysis, ask):
    analysis.select("age < 30", "the young")
    assert ask("choose", of="selected", column=-1, place=-1)["ok"]
    assert ask.widget.view["card"]["words"] == "the young"


def test_reasons_come_for_the_slice_on_screen(ask):
    ask("where", expression="age > 80")
    why = ask("why")["value"]
    assert why["lines"][0]["column"] == "age"
    assert why["lines"][0]["low"] > 0
    assert "not what makes it err" in why["method"]


def test_another_metric_is_searched_and_the_first_kept(ask):
    ask("where", expression="age > 80")
    first = ask.widget.slices
    assert ask("metric", metric="log_loss")["ok"]
    assert ask.widget.view["metric"] == "log_loss"
    assert ask.widget.view["card"]["words"] == ask.widget.view["found"][0]["label"]
    ask("metric", metric="error_rate")
    assert ask.widget.slices is first
    assert "is no metric" in ask("metric", metric="mae")["error"]
    assert ask.widget.view["metric"] == "error_rate"


def test_the_static_twin_says_what_was_found_and_escapes_it(ask):
    ask("choose", of="found", column=-1, place=0)
    html = ask.widget.static_html()
    assert HOSTILE not in html
    assert "&lt;img src=x" in html
    assert "On screen:" in html
    assert "95 % interval" in html


def test_the_static_twin_can_be_without_values(ask, monkeypatch):
    monkeypatch.setattr(options, "static_values", False)
    html = ask.widget.static_html()
    assert "img src" not in html
    assert "error rate" in html


def test_findings_are_shown_in_the_same_view(analysis):
    widget = analysis.impact(mq.scan(analysis.X, checks=["missing_values"])).widget()
    assert widget.view["kind"] == "impact"
    assert widget.view["columns"] == []
    assert [line["label"] for line in widget.view["found"]] == [
        "size is missing in 414 rows (20.7 %), spread over the table."
    ]
    assert "none has rows" in widget.static_html()


def test_residuals_of_values_are_drawn(analysis):
    values = mq.analyze(lambda X: X["age"] * 1.0, analysis.X, analysis.X["age"] + 1.0).slices()
    widget = values.widget()
    widget._where({"expression": "age > 50"})
    card = widget.view["card"]
    assert card["cells"] is None
    assert card["residuals"]["mean_here"] == "−1"


def test_of_many_classes_the_most_frequent_are_shown():
    random = np.random.default_rng(0)
    X = pd.DataFrame({"x": random.integers(0, 4, 3000)})
    y = random.integers(0, 30, 3000)
    widget = mq.analyze(lambda X: np.eye(30)[X["x"] % 30], X, y, classes=list(range(30))).slices(conditions=1).widget()
    widget._where({"expression": "x == 1"})
    cells = widget.view["card"]["cells"]
    assert len(cells["classes"]) == 12
    assert "other classes" in cells["classes"]
    assert sum(map(sum, cells["here"])) == int((X["x"] == 1).sum())


def test_the_module_is_small():
    assert module_path("slices.js").stat().st_size < 60 * 1024
