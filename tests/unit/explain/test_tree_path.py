"""The path through a tree is told in the user's own columns, whatever stands before the tree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import mlqa_widgets as mq
from mlqa_widgets.explain.tree_path import tree_path


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, 300),
            "pay": np.where(rng.random(300) < 0.2, np.nan, rng.normal(2500, 400, 300)),
            "town": rng.choice(["Bern", "Basel", "Zug"], 300),
        }
    )


def path_of(analysis, position):
    path = tree_path(analysis, position)
    assert path is not None
    return path


def conditions_of(analysis, position):
    return [step.test for step in path_of(analysis, position)]


def test_tests_hold_for_the_row_and_the_leaf_says_what_is_predicted(people):
    X = people[["age", "pay"]].fillna(0)
    y = (X["age"] * 40 + X["pay"] > 4000).map({True: "old", False: "new"})
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y)
    analysis = mq.analyze(model, X, y)
    for position in range(0, 300, 17):
        path = path_of(analysis, position)
        row = X.iloc[position].to_dict()
        for step in path[:-1]:
            name, sign, value = step.test.replace(",", "").split()
            assert {">": row[name] > float(value), "≤": row[name] <= float(value)}[sign], step.test
            assert step.rows == path[path.index(step) + 1].rows + step.other_rows
        assert path[-1].share == pytest.approx(analysis.prediction[position, 1])
        assert path[0].rows == 300


def test_scaled_and_encoded_columns_are_told_as_they_were(people):
    y = (people["town"] == "Zug") * 1000 + people["age"] * 10.0
    steps = make_column_transformer((OneHotEncoder(), ["town"]), (StandardScaler(), ["age"]))
    model = make_pipeline(steps, DecisionTreeRegressor(max_depth=2)).fit(people[["age", "town"]], y)
    analysis = mq.analyze(model, people[["age", "town"]], y)
    zug = int(np.flatnonzero((people["town"] == "Zug") & (people["age"] > 60))[0])
    bern = int(np.flatnonzero((people["town"] == "Bern") & (people["age"] < 30))[0])
    town, age, leaf = path_of(analysis, zug)
    assert (town.test, town.value) == ("town is Zug", "Zug")
    assert age.column == "age"
    assert age.test.startswith("age > ")
    assert 18 < float(age.test.split()[-1]) < people["age"][zug]
    assert leaf.share == pytest.approx(analysis.prediction[zug, 0])
    assert conditions_of(analysis, bern)[0] == "town is not Zug"


def test_a_missing_value_goes_its_way(people):
    X = people[["pay"]]
    y = X["pay"].isna() * 100.0 + X["pay"].fillna(0) / 1000
    analysis = mq.analyze(DecisionTreeRegressor(max_depth=1).fit(X, y), X, y)
    missing, known = int(np.flatnonzero(X["pay"].isna())[0]), int(np.flatnonzero(X["pay"].notna())[0])
    assert conditions_of(analysis, missing) == ["pay is missing", ""]
    assert path_of(analysis, known)[0].other_share == pytest.approx(100)


def test_other_models_have_no_path(people):
    X = people[["age"]]
    assert tree_path(mq.analyze(LinearRegression().fit(X, X["age"]), X), 0) is None


def test_a_single_leaf_is_a_path(people):
    X = people[["age"]]
    (leaf,) = path_of(mq.analyze(DecisionTreeRegressor().fit(X, np.ones(300)), X), 0)
    assert (leaf.test, leaf.share, leaf.rows) == ("", 1, 300)
