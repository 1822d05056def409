"""Partial dependence is scikit-learn's; interactions planted are found, and none where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.inspection import partial_dependence as sklearn_partial_dependence

import mlqa_widgets as mq
from mlqa_widgets.importance.dependence import spread_of
from mlqa_widgets.importance.interaction import interactions
from mlqa_widgets.importance.partial import POINTS, partial_dependence
from mlqa_widgets.importance.values import values_of


@pytest.fixture(scope="module")
def analysis():
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(400, 3)), columns=["a", "b", "few"])
    X["few"] = random.integers(0, 4, 400)
    y = X["a"] * X["few"] + X["b"] + random.normal(size=400) > 0
    return mq.analyze(GradientBoostingClassifier(n_estimators=20).fit(X, y), X, y)


@pytest.mark.parametrize("feature", [0, 2])
def test_partial_dependence_is_that_of_scikit_learn(analysis, feature):
    ours = partial_dependence(analysis, feature, output=1)
    rows = analysis.X.iloc[ours.positions].astype(float)
    theirs = sklearn_partial_dependence(
        analysis.model.original,
        rows,
        [feature],
        kind="both",
        response_method="predict_proba",
        method="brute",
        custom_values={feature: ours.numbers},
    )
    assert ours.table()["prediction"].to_numpy() == pytest.approx(theirs["average"][0], abs=1e-6)
    assert ours.curves == pytest.approx(theirs["individual"][0], abs=1e-6)


def test_values_are_those_of_the_data(analysis):
    assert partial_dependence(analysis, 2, output=1).numbers.tolist() == [0, 1, 2, 3]
    numbers = partial_dependence(analysis, 0, output=1).numbers
    assert len(numbers) <= POINTS
    assert np.isin(numbers, analysis.X["a"]).all()


def test_centred_curves_start_from_the_middle(analysis):
    found = partial_dependence(analysis, 0, output=1)
    centred = found.table(centred=True)
    assert centred.loc[found.centre, ["prediction", "low", "high"]].tolist() == [0, 0, 0]
    assert abs(found.numbers[found.centre] - analysis.X["a"].median()) < 0.2


def test_a_missing_value_and_categories_are_set_too():
    X = pd.DataFrame({"town": pd.Categorical(["a", "b", "b", None] * 5), "n": np.arange(20.0)})
    analysis = mq.analyze(lambda rows: rows["town"].isna() * 5.0 + (rows["town"] == "a"), X)
    table = partial_dependence(analysis, 0, output=0).table()
    assert table["value"].tolist() == ["b", "a", "missing"]
    assert table["prediction"].tolist() == [0, 1, 5]


def test_the_strongest_interaction_is_the_one_planted():
    random = np.random.default_rng(0)
    a, b, c, d = random.normal(size=(4, 2000))
    follows = b + random.normal(size=2000) * 0.5
    columns = [values_of(pd.Series(one)) for one in (a, b, c, d, follows)]
    contributions = np.zeros((2000, 5))
    contributions[:, 0] = a**2 + a * b
    strength = interactions(columns, contributions, 0)
    assert strength.argmax() == 1
    assert strength[1] > 0.4
    assert strength[0] == 0
    assert max(strength[2], strength[3]) < 0.05


def test_where_contributions_follow_their_feature_alone_nothing_interacts():
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 2000))
    columns = [values_of(pd.Series(one)) for one in (a, b, a + b / 10)]
    contributions = np.column_stack([np.where(a > 0.3, 2.0, -1.0), b, b])
    assert interactions(columns, contributions, 1).max() < 0.05


def test_few_rows_tell_no_interaction():
    columns = [values_of(pd.Series([1.0, 2.0])), values_of(pd.Series([1.0, 0.0]))]
    assert interactions(columns, np.ones((2, 2)), 0).tolist() == [0, 0]


def test_the_spread_counts_every_row():
    X = pd.DataFrame({"n": [*range(100), 1e9, np.nan], "town": ["a", "b"] * 50 + [None, None]})
    analysis = mq.analyze(lambda rows: np.zeros(len(rows)), X)
    numbers, towns = spread_of(analysis, 0), spread_of(analysis, 1)
    assert numbers.counts.sum() + numbers.missing + numbers.outside == 102
    assert numbers.missing == 1
    assert towns.counts.tolist() == [50, 50]
    assert towns.missing == 2
