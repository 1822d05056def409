"""Permutation importance agrees with scikit-learn's, its interval with what repeating everything would show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import mlqa_widgets as mq
from mlqa_widgets.errors import Cancelled
from mlqa_widgets.evaluate.metrics import METRICS
from mlqa_widgets.importance.permutation import Pace, permute
from mlqa_widgets.progress import Progress


def _rows(rows, seed=0):
    random = np.random.default_rng(seed)
    X = pd.DataFrame(random.normal(size=(rows, 4)), columns=["a", "b", "c", "noise"])
    y = X["a"] + 0.5 * X["b"] + 0.3 * X["b"] * X["c"] + random.logistic(size=rows) > 0
    return X, y


@pytest.fixture(scope="module")
def tree():
    X, y = _rows(3000)
    return DecisionTreeClassifier(max_depth=6, random_state=0).fit(X, y)


def _analysis(model, rows=1500, seed=1):
    X, y = _rows(rows, seed)
    return mq.analyze(model, X, y)


def _found(analysis, columns, metric, **changed):
    return permute(analysis.model, analysis.X, analysis.outcomes, columns, METRICS[metric], **changed)


@pytest.mark.parametrize(
    ("metric", "scoring"),
    [
        ("accuracy", "accuracy"),
        ("log_loss", "neg_log_loss"),
        ("brier", "neg_brier_score"),
        ("recall", "recall"),
        ("precision", "precision"),
        ("f1", "f1"),
    ],
)
def test_figures_are_those_of_scikit_learn(tree, metric, scoring):
    analysis = _analysis(tree)
    ours = _found(analysis, [(i,) for i in range(4)], metric, repeats=30).table()
    theirs = permutation_importance(tree, analysis.X, analysis.actual, scoring=scoring, n_repeats=30, random_state=1)
    tolerance = 5 * np.sqrt(2) * theirs.importances_std / np.sqrt(30) + 1e-9
    assert (np.abs(ours["importance"] - theirs.importances_mean) <= tolerance).all()


def test_figures_of_values_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(1000, 3)), columns=["a", "b", "c"])
    y = 2 * X["a"] + X["b"] + random.normal(size=1000)
    model = LinearRegression().fit(X, y)
    ours = _found(mq.analyze(model, X, y), [(0,), (1,), (2,)], "mae", repeats=30).table()
    theirs = permutation_importance(model, X, y, scoring="neg_mean_absolute_error", n_repeats=30, random_state=1)
    tolerance = 5 * np.sqrt(2) * theirs.importances_std / np.sqrt(30) + 1e-9
    assert (np.abs(ours["importance"] - theirs.importances_mean) <= tolerance).all()


@pytest.mark.parametrize("metric", ["log_loss", "f1", "accuracy"])
def test_an_interval_holds_what_all_rows_would_show(tree, metric):
    population = _analysis(tree, 60_000, seed=99)
    columns = [(0,), (1,), (0, 1)]
    truth = _found(population, columns, metric, repeats=1).table()["importance"]
    held = np.zeros(3)
    draws = 150
    for draw in range(draws):
        found = _found(_analysis(tree, 400, seed=draw + 200), columns, metric, repeats=3, seed=draw).table()
        held += (found["low"] <= truth) & (truth <= found["high"])
    assert (held / draws >= 0.9).all()


def test_a_column_the_model_does_not_use_is_worth_nothing_for_certain(tree):
    model = LogisticRegression(C=1e-6).fit(*_rows(200))
    model.coef_[0, 3] = 0.0
    line = _found(_analysis(model), [(3,)], "log_loss").table().iloc[0]
    assert line["importance"] == pytest.approx(0, abs=1e-12)
    assert line["low"] <= 0 <= line["high"]
    assert line["p"] == 1.0


def test_columns_permuted_together_keep_to_one_another():
    random = np.random.default_rng(0)
    X = pd.DataFrame({"a": random.normal(size=500)})
    X["b"] = -X["a"]
    analysis = mq.analyze(lambda rows: rows["a"] + rows["b"], X, np.zeros(500))
    found = _found(analysis, [(0,), (0, 1)], "mae").table()
    assert found["importance"].iloc[0] > 0.5
    assert found["importance"].iloc[1] == pytest.approx(0)


def test_parts_add_up_to_the_whole(tree):
    analysis = _analysis(tree)
    halves = [np.arange(700), np.arange(700, 1500)]
    parts = [
        permute(
            analysis.model,
            analysis.X.iloc[rows],
            replace(analysis.outcomes, actual=analysis.actual[rows], prediction=analysis.prediction[rows]),
            [(0,), (3,)],
            METRICS["log_loss"],
        )
        for rows in halves
    ]
    both = parts[0] + parts[1]
    assert both.rows == 1500
    losses = METRICS["log_loss"].terms(analysis.outcomes)[0]
    assert both.baseline == pytest.approx(losses.mean())
    shares = [len(rows) / 1500 for rows in halves]
    mean = sum(share * part.table()["importance"] for share, part in zip(shares, parts, strict=True))
    assert both.table()["importance"].to_numpy() == pytest.approx(mean.to_numpy())


def test_calls_of_the_model_are_few_and_bounded():
    calls = []

    def model(rows):
        calls.append(len(rows))
        return rows["a"].to_numpy()

    X = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 10)), columns=list("abcdefghij"))
    analysis = mq.analyze(model, X, np.zeros(100))
    calls.clear()
    _found(analysis, [(i,) for i in range(10)], "mae")
    assert calls == [5000]
    calls.clear()
    _found(analysis, [(i,) for i in range(10)], "mae", pace=Pace(per_second=2500))
    assert calls[0] == 1000


def test_a_model_slow_to_call_is_asked_for_more_rows_at_once():
    quick, slow = Pace(per_second=1000), Pace(overhead=2.0, per_second=1000)
    assert (quick.at_once, slow.at_once) == (400, 2000)
    assert (quick.rate, slow.rate) == (1000, 500)
    assert slow.after(1000, seconds=2.5) == Pace(overhead=2.0, per_second=2000)
    assert slow.after(1000, seconds=1.0).at_once == 100_000


def test_it_can_be_cancelled(tree):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        _found(_analysis(tree), [(0,)], "log_loss", progress=progress)


def test_rows_keep_the_types_of_their_columns():
    seen = []

    def model(rows):
        seen.append(rows.dtypes)
        return rows["n"].to_numpy(dtype=float)

    X = pd.DataFrame(
        {
            "n": [1, 2, 3, 4],
            "town": pd.Categorical(["a", "b", "a", None]),
            "day": np.array(["2020-01-01", "NaT", "2020-01-03", "2020-01-04"], dtype="datetime64[ns]"),
            "word": ["x", None, "y", "z"],
        }
    )
    _found(mq.analyze(model, X, [1.0, 2, 3, 4]), [(0,), (1,), (2, 3)], "mae")
    assert (seen[-1] == X.dtypes).all()
