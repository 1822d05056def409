"""The widget of importance: what the browser is shown and what it may ask."""

from __future__ import annotations

import base64
import threading

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import mlqa_widgets as mq
from mlqa_widgets.widgets.importance import ImportanceWidget

HOSTILE = "<img src=x onerror=alert(1)>"
_ROWS = 600


def _frame():
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": random.normal(50, 10, _ROWS),
            HOSTILE: random.normal(size=_ROWS),
            "town": random.integers(0, 3, _ROWS),
        }
    )
    frame["months"] = frame["age"] * 12 + random.normal(size=_ROWS)
    return frame


@pytest.fixture(scope="module")
def analysis():
    X = _frame()
    y = X["age"] + 10 * X["town"] + np.random.default_rng(1).normal(0, 5, _ROWS) > 60
    return mq.analyze(LogisticRegression(max_iter=2000).fit(X, y), X, y)


class Asked:
    """A widget that is asked as the browser asks."""

    def __init__(self, widget, sent):
        self.widget = widget
        self._sent = sent

    def __call__(self, kind, **request):
        self.widget._answer(self.widget, {"id": 3, "type": kind, **request}, [])
        answer = self._sent.pop()
        assert answer["id"] == 3
        return answer

    def value(self, kind, **request):
        answer = self(kind, **request)
        assert answer["ok"], answer
        return answer["value"]


def _asked(analysis, monkeypatch):
    widget, sent = analysis.importance().widget(), []
    monkeypatch.setattr(ImportanceWidget, "send", lambda _, content, buffers=None: sent.append(content))
    return Asked(widget, sent)


@pytest.fixture
def ask(analysis, monkeypatch):
    analysis.select(None)
    return _asked(analysis, monkeypatch)


def _numbers(packed):
    return np.frombuffer(base64.b64decode(packed), dtype="<f4")


def test_the_view_has_a_line_per_feature_and_group(analysis, ask):
    view = ask.widget.view
    importance = ask.widget.importance
    assert view["sentence"] == importance.sentence
    features = [line for line in view["lines"] if line["place"] >= 0]
    assert {line["name"] for line in features} == set(analysis.X)
    group = next(line for line in view["lines"] if line["place"] < 0)
    assert group["members"] == [0, 3]
    at = view["lines"].index(group)
    assert {line["place"] for line in view["lines"][at + 1 : at + 3]} == {0, 3}
    assert view["metric"] == "log_loss"
    assert view["outputs"] == []
    assert view["without_outcomes"] == ""
    assert view["drawn"] == _ROWS
    assert view["progress_text"] == "Permutation from 600 and contributions from 600 of 600 rows"


def test_figures_come_as_numbers_and_in_words(ask):
    line = next(line for line in ask.widget.view["lines"] if line["name"] == "town")
    found = ask.widget.importance.frame.set_index("feature").loc["town"]
    assert line["permutation"]["value"] == found["permutation"]
    assert line["permutation"]["clear"]
    assert line["permutation"]["interval_text"].count(" to ") == 1
    assert line["own"]["low"] is None
    assert line["own"]["rank_text"].startswith("rank ")


def test_a_feature_is_told_by_the_same_figures_in_the_sentence_and_in_its_facts(ask):
    view = ask.widget.view
    age, town = (next(line for line in view["lines"] if line["name"] == name) for name in ("age", "town"))
    assert age["facts"][0].startswith(f"Permuted, the log loss worsens by {age['permutation']['text']} (")
    assert "goes with months" in age["why"]
    first = max((line for line in view["lines"]), key=lambda line: line["permutation"]["value"])
    assert f"(95 % interval {first['permutation']['interval_text']})" in view["sentence"]
    assert town["permutation"]["interval_text"] in town["facts"][0]


def test_points_are_the_contributions_of_the_rows_drawn(analysis, ask):
    found = ask.value("swarm", features=[2, 0])
    importance = ask.widget.importance
    assert [one["place"] for one in found["features"]] == [2, 0]
    assert found["positions"] == importance.positions.tolist()
    contributions = _numbers(found["features"][0]["contributions"])
    assert contributions == pytest.approx(importance.explanation.values[:, 2], rel=1e-6)
    values = _numbers(found["features"][0]["values"])
    assert values.tolist() == analysis.X["town"].iloc[found["positions"]].tolist()
    assert found["low"] <= contributions.min()


def test_a_feature_is_opened(ask):
    found = ask.value("feature", feature=0, other=-1)
    assert found["name"] == "age"
    assert found["place"] == 0
    assert "months" in found["caution"]
    assert sum(found["spread"]["counts"]) + found["spread"]["outside"] == _ROWS
    assert found["other"] is None
    assert ask.value("feature", feature=0, other=2)["other"]["name"] == "town"
    assert ask.widget.view["opened"] == 0


def test_partial_dependence_crosses(ask):
    found = ask.value("partial", feature=2)
    assert found["words"] == ["0", "1", "2"]
    assert found["mean"] == sorted(found["mean"])
    assert len(found["curves"]) == 50
    assert found["centred_mean"][found["centre"]] == 0
    assert found["label"] == "probability of True"


def test_a_stretch_of_points_or_values_is_selected(analysis, ask):
    ask.value("span", feature=0, by="value", low=60.0, high=55.0)
    assert analysis.selection.rows["age"].between(55, 60).all()
    assert len(analysis.selection) == analysis.X["age"].between(55, 60).sum()
    assert analysis.selection.label == "age from 55 to 60"
    assert analysis.selection.source == "importance"
    importance = ask.widget.importance
    ask.value("span", feature=2, by="contribution", low=0.0, high=100.0)
    above = importance.positions[importance.explanation.values[:, 2] >= 0]
    assert analysis.selection.positions.tolist() == sorted(above.tolist())
    ask.value("span", feature=0, by="value", low=1000.0, high=1001.0)
    assert len(analysis.selection) == 0


def test_selected_rows_are_told_apart(analysis, ask):
    analysis.select("age > 60")
    found = ask.value("selected")
    assert found["sentence"].startswith(f"For these {len(analysis.selection)} rows the model relies most on")
    assert [line["place"] for line in found["lines"]] == [0, 1, 2, 3]
    positions = ask.widget.importance.positions[found["places"]]
    assert sorted(positions.tolist()) == analysis.selection.positions.tolist()


def test_another_metric_is_measured(ask):
    ask.value("metric", metric="accuracy")
    assert ask.widget.view["metric"] == "accuracy"
    assert "accuracy falls" in ask.widget.view["sentence"]
    answer = ask("metric", metric="acuracy")
    assert not answer["ok"]
    assert "Did you mean 'accuracy'" in answer["error"]


def test_of_several_classes_another_is_explained(monkeypatch):
    X = _frame()
    y = np.where(X["town"] == 0, HOSTILE, np.where(X["age"] > 50, "old", "young"))
    ask = _asked(mq.analyze(DecisionTreeClassifier(max_depth=4).fit(X, y), X, y), monkeypatch)
    assert {one["id"] for one in ask.widget.view["outputs"]} == {HOSTILE, "old", "young"}
    ask.value("output", output="old")
    assert ask.widget.view["output"] == "old"
    assert ask.widget.view["space"].endswith(" of old")


def test_without_outcomes_the_view_says_why(monkeypatch):
    X = _frame()
    ask = _asked(mq.analyze(LinearRegression().fit(X, X["age"]), X), monkeypatch)
    assert "What came (y) was not given" in ask.widget.view["without_outcomes"]
    assert all(line["permutation"] is None for line in ask.widget.view["lines"])
    assert "What came (y) was not given" in ask.widget.static_html()


def test_what_takes_long_is_stopped(ask, monkeypatch):
    release = threading.Event()

    def slow(_importance, _feature, progress):
        for step in range(1000):
            progress.at("slow", step / 1000)
            release.wait(0.01)
        raise AssertionError

    monkeypatch.setattr(type(ask.widget.importance), "partial_dependence", slow)
    threading.Timer(0.1, lambda: ask.widget._stop({})).start()
    answer = ask("partial", feature=0)
    assert answer == {"id": 3, "ok": False, "error": "The partial dependence was cancelled."}


def test_the_static_twin_is_a_table_with_every_name_escaped(ask):
    html = ask.widget.static_html()
    assert "&lt;img src=x" in html
    assert "<img" not in html
    assert "the log loss worsens by" in html


def test_the_tab_of_the_whole_analysis_shows_it(analysis):
    whole = analysis.widget()
    whole.tab = "importance"
    assert whole.error == ""
    assert isinstance(whole.child, ImportanceWidget)
    assert "The model relies most on" in whole.static_html()
