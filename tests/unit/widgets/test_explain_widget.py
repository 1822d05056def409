"""The widget explains the row in focus and answers what the browser asks beside it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier

import mlqa_widgets as mq
from mlqa_widgets.options import options
from mlqa_widgets.widgets.explain import ExplainWidget

TAG = "<img src=x onerror='alert(1)'>"


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, 200),
            "<b>note</b>": pd.Categorical(rng.choice([TAG, "plain"], 200)),
            "debt": np.where(rng.random(200) < 0.2, np.nan, rng.normal(size=200)),
            "pay": rng.normal(size=200),
        },
        index=[f"p{i}" for i in range(200)],
    )


@pytest.fixture
def analysis(people):
    rich = (people["age"] + 5 * people["pay"] + 10 * (people["<b>note</b>"] == TAG) > 50).map(
        {True: "rich", False: "poor"}
    )
    model = LGBMClassifier(n_estimators=20, verbose=-1, n_jobs=1).fit(people, rich)
    return mq.analyze(model, people, rich.rename("wealth"))


@pytest.fixture
def widget(analysis):
    return analysis.explain("p7").widget()


@pytest.fixture
def ask(widget, monkeypatch):
    """Send a request as the browser does and return its answer, which must be JSON."""
    sent = []
    monkeypatch.setattr(ExplainWidget, "send", lambda _, content, buffers=None: sent.append(content))

    def send(what, **request):
        widget._answer(widget, {"id": 7, "type": what, **request}, [])
        answer = sent.pop()
        json.dumps(answer)
        assert answer["id"] == 7
        return answer["value"] if answer["ok"] else answer["error"]

    return send


def test_the_view_holds_the_row_with_its_waterfall(widget, analysis):
    row = widget.view["row"]
    json.dumps(widget.view)
    assert (row["label"], row["position"]) == ("p7", 7)
    assert row["sentence"] == analysis.explain("p7").sentence
    assert row["right"] == bool(analysis.actual[7] == analysis.predicted[7])
    assert row["waterfall"]["bars"][0]["start"] == row["waterfall"]["base"]
    assert row["waterfall"]["method"][-1] == "nothing left over"


def test_a_row_in_focus_anywhere_is_explained(widget, analysis):
    analysis.focus(12)
    assert widget.view["row"]["label"] == "p12"
    assert widget.explained.position == 12
    analysis.select("age > 60")
    assert widget.view["row"]["label"] == "p12"


def test_rows_are_found_by_label(ask, analysis):
    ask("find", label="p31")
    assert analysis.row == 31
    assert ask("find", label="nobody") == "No row has the label 'nobody'. Labels are those of X.index, first p0."


def test_labels_may_be_numbers_or_dates(people):
    X = people[["age", "pay"]]
    for index, typed, position in (
        (pd.RangeIndex(200), "5", 5),
        (pd.date_range("2024-01-01", periods=200), "2024-01-06 00:00:00", 5),
        (pd.MultiIndex.from_product([["a", "b"], range(100)]), "b / 3", 103),
    ):
        analysis = mq.analyze(LinearRegression().fit(X, X["age"]), X.set_axis(index))
        widget = analysis.explain(position=0).widget()
        widget._find({"label": typed})
        assert analysis.row == position


def test_steps_go_through_all_rows_or_the_selected_ones(ask, analysis):
    ask("step", by=1)
    assert analysis.row == 8
    ask("step", by=-1)
    assert analysis.row == 7
    analysis.select([3, 50, 90])
    ask("step", by=1)
    assert analysis.row == 50
    ask("step", by=-1)
    ask("step", by=-1)
    assert analysis.row == 90


def test_settings_explain_another_class_against_other_rows(ask, widget):
    ask("settings", output=0, against="background", space="probability")
    assert widget.explained.class_name == "poor"
    assert widget.explained.explanation.space == "probability"
    assert widget.view["settings"] == {"output": 0, "against": "background", "space": "probability"}
    ask("step", by=1)
    assert widget.explained.class_name == "poor"


def test_rows_given_to_count_against_stay_a_choice(analysis):
    widget = analysis.explain("p7", against=analysis.X.iloc[:3]).widget()
    assert widget.view["settings"]["against"] == "rows"
    widget._settings({"output": 1, "against": "rows", "space": "raw"})
    assert "3 rows" in widget.explained.explanation.background


def test_values_on_offer_are_told_with_the_rows_own(ask, analysis):
    age, note, debt = ask("offers", columns=[0, 1, 2])
    assert age["values"][age["own"]] == age["own_words"] == str(analysis.X["age"].iloc[7])
    assert age["numbers"] == [float(value) for value in age["values"]]
    assert note["numbers"] is None
    assert set(note["values"]) == {TAG, "plain"}
    assert debt["missing"]
    assert debt["values"][-1] == "missing"
    assert len(debt["numbers"]) == len(debt["values"]) - 1


def test_what_if_takes_choices_and_numbers(ask, analysis):
    explained = analysis.explain("p7")
    (age,) = ask("offers", columns=[0])
    found = ask("what_if", changes=[{"column": 0, "choice": 3, "number": None}], curve=0)
    assert found["after"] == pytest.approx(explained.what_if({"age": int(age["values"][3])}).after[1])
    assert len(found["curve"]["predictions"]) == len(age["values"])
    found = ask("what_if", changes=[{"column": 3, "choice": None, "number": 0.25}], curve=None)
    assert found["after"] == pytest.approx(explained.what_if({"pay": 0.25}).after[1])
    assert found["curve"] is None
    missing = ask(
        "what_if",
        changes=[{"column": 2, "choice": len(ask("offers", columns=[2])[0]["values"]) - 1, "number": None}],
        curve=None,
    )
    assert missing["after"] == pytest.approx(explained.what_if({"debt": None}).after[1])


def test_what_stands_beside_the_row_is_answered(ask, analysis):
    explained = analysis.explain("p7")
    similar = ask("similar")
    assert similar["sentence"] == explained.similar().sentence
    assert [one["position"] for one in similar["rows"]] == explained.similar().positions.tolist()
    contrast = ask("contrast")
    assert contrast["position"] == explained.contrast().position
    assert contrast["waterfall"]["bars"]
    changes = ask("changes", fixed=[], target="")
    assert changes["changes"][0]["sentence"] == explained.counterfactual().sentence
    fixed = [move["column"] for move in changes["changes"][0]["moves"]]
    assert all(
        move["column"] not in fixed
        for change in ask("changes", fixed=fixed, target="")["changes"]
        for move in change["moves"]
    )
    assert [light["id"] for light in ask("trust")] == ["additivity", "backgrounds", "distance", "methods"]
    compared = ask("compare", position=None, label="p8")
    assert compared["label"] == "p8"
    assert len(compared["columns"]) == 4


def test_a_class_or_a_value_can_be_reached(people):
    X = people[["age", "pay"]]
    grade = np.digitize(X["age"], [40, 60])
    analysis = mq.analyze(
        DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, grade), X, pd.Series(grade, X.index, name="grade")
    )
    young = int(np.flatnonzero(grade == 0)[0])
    widget = analysis.explain(position=young).widget()
    assert widget.view["classes"] == ["grade = 0", "grade = 1", "grade = 2"]
    found = widget._changes({"fixed": [], "target": "2"}).result
    assert found["changes"][0]["moves"][0]["label"] == "age"
    values = mq.analyze(LinearRegression().fit(X, X["age"]), X).explain(position=young).widget()
    assert "would give 7" in values._changes({"fixed": [], "target": "70"}).result["sentence"]


def test_selected_rows_are_compared_with_the_rest(ask, analysis):
    assert "two on either side" in ask("group")
    analysis.select("age > 60")
    found = ask("group")
    assert found["label"] == "age > 60"
    assert found["columns"][0]["label"] == "age"


def test_a_group_is_shown_until_a_row_is_chosen(analysis):
    widget = analysis.explain("age > 60").widget()
    json.dumps(widget.view)
    shown = widget.view
    assert shown["row"] is None
    assert shown["group"]["rows"] == (analysis.X["age"] > 60).sum()
    widget._step({"by": 1})
    assert widget.view["row"]["position"] == np.flatnonzero(analysis.X["age"] > 60)[0]


def test_the_path_through_a_tree_is_sent(people):
    X = people[["age", "pay"]]
    analysis = mq.analyze(DecisionTreeClassifier(max_depth=2).fit(X, people["age"] > 40), X)
    path = analysis.explain("p7").widget().view["row"]["path"]
    assert path[0]["rows"] == 200
    assert path[-1]["test"] == ""


def test_the_static_view_says_the_sentence_and_draws_the_bars_as_text(widget, analysis):
    html = widget.static_html()
    assert "<img" not in html
    assert "&lt;b&gt;note&lt;/b&gt;" in html
    assert "where" in html
    assert html.count("<tr>") == len(widget.view["row"]["waterfall"]["bars"]) + 2
    assert "against the rest" not in html
    assert "for the rest" in analysis.explain("age > 60").widget().static_html()


def test_the_static_view_can_keep_values_to_itself(widget, analysis, monkeypatch):
    monkeypatch.setattr(options, "static_values", False)
    html = widget.static_html()
    assert "p7" not in html
    assert "rich" not in html
    assert "Contributions in log-odds" in html
    assert "median" not in analysis.explain("age > 60").widget().static_html()
