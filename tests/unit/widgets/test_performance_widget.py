"""The performance widget: what the browser is shown, what it may ask, and what Python then knows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.options import options
from mlqa_widgets.widgets.linked import LinkedWidget

HOSTILE = "<img src=x onerror=alert(1)>"
_ROWS = 2000


def _mail():
    random = np.random.default_rng(0)
    score = random.beta(2, 3, _ROWS).round(3)
    X = pd.DataFrame(
        {
            "score": score,
            "day": pd.date_range("2024-01-01", periods=_ROWS, freq="h"),
            "box": random.choice(["inbox", HOSTILE], _ROWS),
        }
    )
    return X, pd.Series(np.where(random.random(_ROWS) < score, "spam", HOSTILE), name="mail")


@pytest.fixture
def analysis():
    X, y = _mail()
    return mq.analyze(lambda rows: rows["score"], X, y, classes=[HOSTILE, "spam"], time="day")


@pytest.fixture(scope="module")
def values():
    random = np.random.default_rng(2)
    X = pd.DataFrame({"x": random.gamma(3, 10, _ROWS)})
    return mq.analyze(lambda rows: rows["x"], X, (X["x"] + random.standard_t(5, _ROWS)).rename("price"))


@pytest.fixture
def ask(monkeypatch):
    """Send a request to a widget as the browser does, and return what it answers."""
    sent = []
    monkeypatch.setattr(LinkedWidget, "send", lambda _, content, buffers=None: sent.append(content))

    def send(widget, kind, **request):
        widget._answer(widget, {"id": 3, "type": kind, **request}, [])
        answer = sent.pop()
        assert answer["id"] == 3
        return answer["value"] if answer["ok"] else answer["error"]

    return send


def _part(of, place, output=1, came=None):
    return {"of": of, "place": place, "output": output, "came": came}


def test_the_view_carries_counts_and_not_rows(analysis):
    performance = analysis.performance()
    view = performance.widget().view
    counts, table = view["curves"]["counts"], performance.thresholds
    assert counts["threshold"] == table["threshold"].tolist()
    assert counts["true_positive"] == table["true_positive"].tolist()
    assert len(counts["threshold"]) <= 1001
    assert counts["positives"] + counts["negatives"] == _ROWS
    assert sum(view["curves"]["scores"]["rows"]) == counts["positives"]
    assert [one["id"] for one in view["figures"]] == performance.frame.index.tolist()
    assert len(json.dumps(view)) < 60_000


def test_a_cell_is_selected_at_the_threshold_on_screen(analysis, ask):
    widget = analysis.performance().widget()
    label = ask(widget, "cell", actual=0, predicted=1, threshold=0.3)
    assert label == analysis.selection.label == f"mail {HOSTILE}, predicted spam at 0.3"
    assert analysis.selection.source == "performance"
    rows = analysis.selection.rows
    assert (rows["score"] >= 0.3).all()
    assert rows["mail"].eq(HOSTILE).all()
    assert len(rows) == ((analysis.X["score"] >= 0.3) & (analysis.actual == 0)).sum()


def test_parts_of_every_picture_are_selected_as_they_are_counted(analysis, ask):
    performance = analysis.performance()
    widget, came = performance.widget(), analysis.actual == 1
    ask(widget, "part", **_part("scores", 20, came=True))
    assert len(analysis.selection) == widget.view["curves"]["scores"]["rows"][20]
    assert came[analysis.selected_positions].all()
    label = ask(widget, "part", **_part("calibration", 2))
    assert label.startswith("probability of spam ")
    assert len(analysis.selection) == performance.calibration().table.loc[2, "rows"]
    label = ask(widget, "part", **_part("time", 1))
    assert label == f"day: {performance.periods.length} {performance.periods.labels[1]}"
    assert len(analysis.selection) == performance.over_time().loc[1, "rows"]


def test_parts_of_pictures_of_values_are_selected(values, ask):
    performance = values.performance()
    widget = performance.widget()
    ask(widget, "part", **_part("spread", 3, output=0))
    assert len(values.selection) == performance.residuals.table.loc[3, "rows"]
    bars = widget.view["spread"]["bars"]
    for place, words in ((0, "up to"), (20, " to "), (len(bars) - 1, "from")):
        assert words in ask(widget, "part", **_part("residuals", place, output=0))
        assert len(values.selection) == bars[place]
    found = ask(widget, "selected")
    assert sum(found["bars"]) == len(values.selection)
    assert "mean absolute error" in found["sentence"]


def test_the_rows_selected_elsewhere_are_counted_at_every_threshold(analysis, ask):
    widget = analysis.performance().widget()
    assert ask(widget, "selected") is None
    analysis.select(analysis.X["box"] == "inbox", "the inbox")
    found = ask(widget, "selected")
    inside = (analysis.X["box"] == "inbox").to_numpy()
    place = widget.view["curves"]["counts"]["threshold"].index(0.4)
    reached = inside & (analysis.prediction[:, 1] >= 0.4)
    assert found["counts"]["true_positive"][place] == (reached & (analysis.actual == 1)).sum()
    assert found["counts"]["false_positive"][place] == (reached & (analysis.actual == 0)).sum()
    assert np.sum(found["confusion"]) == inside.sum()
    assert "error rate" in found["sentence"]


def test_categories_have_the_figures_of_python(analysis, ask):
    performance = analysis.performance()
    widget = performance.widget()
    column = widget.view["columns"].index("box")
    lines = ask(widget, "column", column=column, metric="recall")
    table = performance.by("box", "recall")
    assert [line["figures"]["value"] for line in lines] == table["value"].tolist()
    label = ask(widget, "category", column=column, place=1)
    assert label == analysis.selection.label == f"box is {table['category'][1]}"
    assert len(analysis.selection) == table["rows"][1]


def test_time_has_the_figures_of_python(analysis, ask):
    performance = analysis.performance()
    found = ask(performance.widget(), "time", metric="recall")
    table = performance.over_time("recall")
    assert [dot["value"] for dot in found["dots"]] == table["value"].tolist()
    assert found["rows"] == table["rows"].tolist()
    assert found["overall"] == pytest.approx(performance.frame.loc["recall", "value"])


def test_a_threshold_used_is_followed_by_every_view(analysis, ask):
    performance, slices, impact = analysis.performance(), analysis.slices(), analysis.slices("recall")
    widget, beside = performance.widget(), [slices.widget(), impact.widget()]
    explained = analysis.explain(position=int(np.argmin(np.abs(analysis.prediction[:, 1] - 0.4)))).widget()
    before = [one.view["overall"] for one in beside]
    assert ask(widget, "threshold", threshold=0.3) is None
    assert analysis.threshold == 0.3
    assert widget.view["threshold"] == 0.3
    recall = next(one for one in widget.view["figures"] if one["id"] == "recall")
    assert recall["value"] == pytest.approx((analysis.prediction[analysis.actual == 1, 1] >= 0.3).mean())
    assert [one.view["overall"] for one in beside] != before
    assert beside[0].view["overall"] == pytest.approx((analysis.predicted != analysis.actual).mean())
    assert "spam" in json.dumps(explained.view)
    assert "is not between 0 and 1" in ask(widget, "threshold", threshold=1.0)


def test_costs_set_on_screen_are_those_of_python(analysis, ask):
    performance = analysis.performance(costs={"true_positive": 10})
    widget = performance.widget()
    assert widget.view["costs_given"]
    costs = {"true_positive": 1.0, "false_positive": -4.0, "false_negative": 0.0, "true_negative": 0.0}
    ask(widget, "costs", costs=costs)
    assert performance.costs == costs
    assert widget.view["costs"] == costs
    assert performance.best_threshold > 0.5
    assert "costs: pass finite numbers" in ask(widget, "costs", costs=costs | {"true_positive": float("nan")})
    performance.costs = {"true_positive": 2}
    assert widget.view["costs"]["true_positive"] == 2


def test_several_classes_are_looked_at_one_by_one(ask):
    random = np.random.default_rng(1)
    X = pd.DataFrame(random.dirichlet([2, 1, 1], 500), columns=["p", "q", "r"])
    y = pd.Series([random.choice(list("pqr"), p=line) for line in X.to_numpy()])
    analysis = mq.analyze(lambda rows: rows.to_numpy(), X, y, classes=list("pqr"))
    widget = analysis.performance().widget()
    assert widget.view["curves"] is None
    assert np.sum(widget.view["confusion"]) == 500
    assert [line["label"] for line in widget.view["of_classes"]] == list("pqr")
    found = ask(widget, "curves", place=2)
    assert found["counts"]["positives"] == (y == "r").sum()
    ask(widget, "part", **_part("scores", 10, output=2, came=False))
    assert len(analysis.selection) == found["scores"]["others"][10]
    assert analysis.selection.label.startswith("actual not r, probability of r ")
    ask(widget, "cell", actual=0, predicted=1, threshold=None)
    assert len(analysis.selection) == widget.view["confusion"][0][1]


def test_labels_alone_say_why_there_are_no_curves():
    X, y = _mail()
    analysis = mq.analyze(lambda rows: rows["score"] > 0.5, X, y, classes=[HOSTILE, "spam"])
    view = analysis.performance().widget().view
    assert view["curves"] is view["threshold"] is view["costs"] is None
    assert "all 0 or 1" in view["without_probabilities"]
    assert np.sum(view["confusion"]) == _ROWS


def test_the_static_view_holds_figures_and_no_markup_of_the_data(analysis, values, monkeypatch):
    html = analysis.performance(costs={"true_positive": 3, "false_positive": -1}).widget().static_html()
    assert "<img" not in html
    assert "ROC AUC" in html
    assert "The best threshold is " in html
    assert "mean probability" in html
    assert "mean prediction" in values.performance().widget().static_html()
    monkeypatch.setattr(options, "static_values", False)
    assert "spam" not in analysis.performance().widget().static_html()


def test_the_widget_of_the_analysis_opens_on_it(analysis):
    whole = analysis.widget()
    assert whole.tab == "performance"
    assert whole.error == ""
    assert whole.child.view["kind"] == "binary"
