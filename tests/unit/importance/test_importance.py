"""Importance: measures side by side, marked where they cannot be told from zero, and with reasons where they differ."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

import mlqa_widgets as mq
from mlqa_widgets.errors import Cancelled, InputError
from mlqa_widgets.explain.contributions import contributions
from mlqa_widgets.importance.ranks import ranked


def _rows(rows=1500, seed=0):
    random = np.random.default_rng(seed)
    X = pd.DataFrame({"age": random.normal(50, 10, rows), "town": random.choice(["n", "s", "e"], rows)})
    X["age_months"] = X["age"] * 12 + random.normal(size=rows)
    X["noise"], X["unused"] = random.normal(size=(2, rows))
    y = (X["age"] - 50) / 8 + (X["town"] == "n") * 1.5 + random.logistic(size=rows) > 0
    return X, y


def _numbers(X):
    return X.assign(town=X["town"].astype("category").cat.codes)


@pytest.fixture(scope="module")
def importance():
    X, y = _rows()
    X = _numbers(X)
    model = RandomForestClassifier(20, min_samples_leaf=5, max_features=None, random_state=0).fit(X[:700], y[:700])
    analysis = mq.analyze(model, X[700:], y[700:], train=X[:700])
    return analysis.importance()


def _line(importance, feature):
    return importance.frame.set_index("feature").loc[feature]


def test_there_is_a_line_per_feature_with_all_measures(importance):
    frame = importance.frame
    assert set(frame["feature"]) == set(importance.analysis.X)
    assert frame["permutation"].is_monotonic_decreasing
    for measure in ("permutation", "shap"):
        assert (frame[f"{measure}_low"] <= frame[measure]).all()
        assert (frame[measure] <= frame[f"{measure}_high"]).all()
        assert sorted(frame[f"{measure}_rank"]) == [1, 2, 3, 4, 5]
        assert (frame[f"{measure}_best"] <= frame[f"{measure}_worst"]).all()
    kept = importance.analysis.model.estimator.feature_importances_
    assert frame.set_index("feature").loc[list(importance.analysis.X), "own"].to_numpy() == pytest.approx(kept)


def test_contributions_are_those_of_the_explanation(importance):
    analysis = importance.analysis
    found = contributions(analysis, importance.positions, output=1)
    sizes = pd.Series(np.abs(found.values).mean(axis=0), analysis.X.columns)
    assert importance.frame.set_index("feature")["shap"].loc[sizes.index].to_numpy() == pytest.approx(sizes.to_numpy())


def test_columns_that_go_together_are_measured_together(importance):
    group = importance.groups.iloc[0]
    assert set(group["features"]) == {"age", "age_months"}
    assert group["association"] > 0.95
    assert group["permutation"] > _line(importance, "age")["permutation"]
    assert _line(importance, "age")["group"] == 0
    assert pd.isna(_line(importance, "town")["group"])
    why = _line(importance, "age")["why"]
    assert why.startswith("It goes with age_months (association")
    assert "permuted alone it worsens the log loss by" in why
    assert "age and age_months, which go together" in importance.sentence


def test_what_does_not_matter_is_not_told_from_zero(importance):
    assert _line(importance, "town")["permutation_clear"]
    for name in ("noise", "unused"):
        line = _line(importance, name)
        assert not line["permutation_clear"] or line["permutation"] < 0
    assert "cannot be told from zero" in importance.sentence


def test_the_interval_of_noise_covers_zero_about_as_often_as_it_says():
    random = np.random.default_rng(1)
    covered = 0
    draws = 60
    X = pd.DataFrame(random.normal(size=(150, 3)), columns=["a", "b", "noise"])
    model = LogisticRegression(C=100).fit(X, X["a"] + random.normal(size=150) > 0)
    model.coef_[0, 2] = 0.4
    # What the model adds for noise makes predictions worse, so that the truth lies a little below zero: see the sign.
    for _ in range(draws):
        rows = pd.DataFrame(random.normal(size=(400, 3)), columns=["a", "b", "noise"])
        analysis = mq.analyze(model, rows, rows["a"] + random.normal(size=400) > 0)
        line = _line(analysis.importance("accuracy"), "noise")
        covered += line["permutation_low"] <= 0 <= line["permutation_high"]
    assert covered / draws >= 0.85


def test_used_but_of_no_use_is_explained():
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(2000, 6)), columns=list("abcdef"))
    y = X["a"] + random.normal(size=2000)
    weights = np.array([1.0, 0.01, 0.01, 0.01, 0.01, 0.6])
    found = mq.analyze(lambda rows: rows.to_numpy() @ weights, X, y).importance("mae")
    line = _line(found, "f")
    assert line["shap_rank"] == 2
    assert not line["permutation_clear"]
    assert "what it learned does not show in what came" in line["why"]


def test_without_outcomes_there_are_contributions_only():
    X, y = _rows(300)
    X = _numbers(X)
    found = mq.analyze(LogisticRegression(max_iter=1000).fit(X, y), X).importance()
    assert found.metric is None
    assert found.frame["permutation"].isna().all()
    assert found.frame["shap"].is_monotonic_decreasing
    assert found.frame["own"].notna().all()
    assert found.sentence.startswith("Contributions of")
    with pytest.raises(InputError, match="needs what came"):
        found.analysis.importance("log_loss")


def test_a_class_is_chosen_by_its_label():
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(300, 2)), columns=["a", "b"])
    y = np.where(X["a"] > 0.5, "high", np.where(X["b"] > 0, "mid", "low"))
    analysis = mq.analyze(LogisticRegression().fit(X, y), X, y)
    high, mid = analysis.importance(output="high"), analysis.importance(output="mid")
    assert high.frame["feature"].tolist() == mid.frame["feature"].tolist()
    assert _line(high, "a")["shap"] > _line(high, "b")["shap"]
    assert _line(mid, "b")["shap"] > _line(high, "b")["shap"] / 2
    assert high.by(output="low").output == 1
    assert high.by("accuracy").output == high.output
    with pytest.raises(InputError, match="no class of LogisticRegression"):
        analysis.importance(output="hihg")


def test_a_function_is_estimated_by_sampling():
    X, _ = _rows(150)
    found = mq.analyze(lambda rows: rows["age"] * (rows["town"] == "n"), X, X["age"]).importance(rows=60)
    assert len(found.positions) == 60
    assert found.frame["feature"].iloc[0] in ("age", "town")
    assert _line(found, "unused")["permutation"] == 0
    assert not _line(found, "unused")["shap_clear"]
    assert found.frame["own"].isna().all()
    assert "keeps no importance" in found.method


def test_the_first_picture_comes_before_the_last():
    X, y = _rows(3000)
    X = _numbers(X)
    analysis = mq.analyze(LogisticRegression(max_iter=1000).fit(X, y), X, y)
    importance = analysis.importance(rows=3000)
    versions: list[Any] = []
    again = type(importance.work)("importance", importance._compute)
    again.listen(lambda: versions.append(again.latest))
    again.start()
    assert again.wait(30)
    rows = [one.measured.permuted.rows for one in versions if one.measured.permuted is not None]
    assert rows[0] <= 2000
    assert rows[-1] == 3000
    widths = [
        one.features["permutation_high"] - one.features["permutation_low"] for one in versions[:: len(versions) - 1]
    ]
    assert widths[-1].sum() < widths[0].sum()


def test_it_stops_when_cancelled_and_keeps_what_is_known():
    X, y = _rows(500)
    first = threading.Event()

    def slow(rows):
        if first.is_set():
            threading.Event().wait(0.02)
        return (rows["age"] - 50) / 8 + 0.0

    analysis = mq.analyze(slow, X, y.astype(float))
    importance = analysis.importance("mae", rows=300)
    again = type(importance.work)("importance", importance._compute)
    again.listen(first.set)
    again.listen(again.cancel)
    with pytest.raises(Cancelled):
        again.start()
    assert again.latest is not None


def test_selected_rows_are_compared_with_all(importance):
    found = importance.where("age > 60")
    assert found.rows == found.drawn == (importance.analysis.X["age"] > 60).sum()
    line = found.table.set_index("feature")
    assert line.loc["age", "mean"] > 0
    assert line.loc["town", "everywhere"] == pytest.approx(_line(importance, "town")["shap"])
    assert found.sentence.startswith(f"For these {found.rows} rows the model relies most on age")
    with pytest.raises(InputError, match="no row is meant"):
        importance.where("age > 1000")


def test_a_feature_is_looked_at_by_its_name(importance):
    found = importance.dependence("age")
    assert found.table["contribution"].corr(found.table["value"]) > 0.8
    assert "age_months" in found.caution
    assert importance.dependence("town").caution == ""
    assert importance.partial_dependence("age").table()["prediction"].between(0, 1).all()
    with pytest.raises(InputError, match="Did you mean 'noise'"):
        importance.dependence("nois")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"metric": "los_loss"}, "metric: 'los_loss'"),
        ({"metric": "mae"}, "metric: 'mae' is no metric of a binary model"),
        ({"rows": 1}, "rows: 1"),
        ({"repeats": 0}, "repeats: 0"),
        ({"together": 0}, "together: 0"),
    ],
)
def test_wrong_arguments_are_named(importance, arguments, said):
    with pytest.raises(InputError, match=said):
        importance.analysis.importance(**arguments)


def test_a_regression_has_no_class():
    X = pd.DataFrame({"a": np.arange(30.0), "b": np.arange(30) % 4})
    analysis = mq.analyze(LinearRegression().fit(X, X["a"]), X, X["a"])
    with pytest.raises(InputError, match="predicts values, not classes"):
        analysis.importance(output="a")
    assert "mean absolute error rises from" in analysis.importance().sentence


def test_the_chart_has_a_panel_per_measure(importance):
    assert len(importance.chart().to_dict()["hconcat"]) == 3


def test_ranks_are_only_as_sure_as_intervals():
    found = ranked(
        np.array([1.0, 5.0, 4.8, np.nan]), np.array([0.9, 4.5, 4.4, np.nan]), np.array([1.1, 5.5, 5.2, np.nan])
    )
    assert found.rank.tolist() == [3, 1, 2, 0]
    assert found.words(1) == "rank 1 to 2"
    assert found.best[0] == found.worst[0] == 3
