"""The smallest change flips the prediction, touches only what may change, and uses values that real rows have."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier

import mlqa_widgets as mq
from mlqa_widgets.explain.counterfactual import Counterfactual, NoCounterfactual, counterfactual


def loans(rows=400, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "income": rng.integers(10, 100, rows),
            "debt": rng.integers(0, 50, rows),
            "age": rng.integers(18, 80, rows),
            "job": rng.choice(["none", "clerk", "nurse"], rows),
        }
    )


def granted(frame):
    score = frame["income"] - frame["debt"] + 20 * (frame["job"] == "nurse")
    return 1 / (1 + np.exp(-(score - 50) / 5))


@pytest.fixture(scope="module")
def analysis():
    return mq.analyze(granted, loans(), classes=["no", "yes"])


@settings(max_examples=25)
@given(st.integers(0, 399))
def test_it_flips_the_prediction_with_values_that_real_rows_have(analysis, position):
    found = counterfactual(analysis, position)
    assert isinstance(found, Counterfactual)
    assert (found.after[1] >= 0.5) != (found.before[1] >= 0.5)
    assert analysis.model.predict(found.row)[0] == pytest.approx(found.after)
    own = analysis.X.iloc[position]
    for column in analysis.X:
        changed = column in set(found.changes["column"])
        assert changed == (found.row[column].iloc[0] != own[column])
        assert found.row[column].iloc[0] in set(analysis.X[column])
    for change in found.others:
        assert set(change.changes["column"]) != set(found.changes["column"])


def test_no_smaller_change_exists_by_brute_force():
    """Of three columns of four values all changes can be tried."""
    X = pd.DataFrame(list(product(range(4), repeat=3)), columns=["a", "b", "c"])
    analysis = mq.analyze(
        lambda rows: ((rows["a"] + 2 * rows["b"] > 7) & (rows["c"] > 1)) * 1.0, X, classes=["no", "yes"]
    )
    for position in range(0, 64, 5):
        found = counterfactual(analysis, position)
        own = X.iloc[position].to_numpy()
        fewest = min(
            (row != own).sum()
            for row, p in zip(X.to_numpy(), analysis.predicted, strict=True)
            if p != analysis.predicted[position]
        )
        assert len(found.changes) == fewest


def test_only_actionable_columns_change(analysis):
    position = int(np.flatnonzero(analysis.predicted == 0)[0])
    for rule in ({"actionable": ["income", "job"]}, {"immutable": ["debt", "age"]}):
        found = counterfactual(analysis, position, **rule)
        for change in (found, *found.others):
            assert set(change.changes["column"]) <= {"income", "job"}


def test_where_there_is_none_it_says_so(analysis):
    position = int(np.flatnonzero(analysis.predicted == 0)[0])
    found = counterfactual(analysis, position, actionable=["age"])
    assert isinstance(found, NoCounterfactual)
    assert found.sentence.startswith("No change of the 1 column that may change was found")
    never = mq.analyze(lambda rows: rows["income"] * 0 + 0.1, loans(), classes=["no", "yes"])
    assert "none of the 400 training rows looked at has a prediction of yes" in counterfactual(never, 0).sentence


def test_a_number_moves_no_farther_than_it_must():
    X = pd.DataFrame({"n": np.arange(1000.0), "other": 0})
    analysis = mq.analyze(lambda rows: (rows["n"] > 777) * 1.0, X, classes=["no", "yes"])
    found = counterfactual(analysis, 0)
    assert 777 < found.row["n"].iloc[0] < 777 + 1000 / 30
    assert found.sentence == f"With n = {found.row['n'].iloc[0]:.0f} instead of 0 the model would give 100 % for yes."


def test_a_value_is_to_cross_a_target():
    X = loans()
    analysis = mq.analyze(
        LinearRegression().fit(X[["income", "debt", "age"]], X["income"]), X[["income", "debt", "age"]]
    )
    low = int(np.argmin(analysis.predicted))
    assert counterfactual(analysis, low, target=60).after[0] >= 60
    assert counterfactual(analysis, int(np.argmax(analysis.predicted)), target=60).after[0] <= 60
    apart = counterfactual(analysis, low)
    assert abs(apart.after[0] - apart.before[0]) >= analysis.predicted.std()


def test_one_class_of_several_can_be_the_target():
    X = pd.DataFrame({"x": np.arange(300) % 97, "z": np.arange(300) % 7})
    y = np.array(["low", "mid", "high"])[np.digitize(X["x"], [30, 60])]
    analysis = mq.analyze(DecisionTreeClassifier(random_state=0).fit(X, y), X)
    found = counterfactual(analysis, 0, target="high")
    assert analysis.model.classes[found.after.argmax()] == "high"
    assert found.changes["column"].tolist() == ["x"]
    with pytest.raises(mq.InputError, match="is what the model predicts"):
        counterfactual(analysis, 0, target="low")


def test_an_unusual_row_is_called_so():
    """Where the two columns always agree, changing one alone makes a row like no other."""
    n = np.repeat(np.arange(50), 20)
    X = pd.DataFrame({f"same{i}": n for i in range(4)})
    analysis = mq.analyze(lambda rows: (rows["same0"] > 40) * 1.0, X, classes=["no", "yes"])
    found = counterfactual(analysis, 0, actionable=["same0"])
    assert not found.plausible
    assert "That is an unusual row" in found.sentence


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"actionable": ["salary"]}, "takes no column 'salary'"),
        ({"actionable": "income"}, "pass lists"),
        ({"actionable": []}, "no column may change"),
        ({"target": "maybe"}, "'maybe' is no class of the model, whose classes are 'no' and 'yes'"),
    ],
)
def test_what_cannot_be_asked_is_refused(analysis, rule, message):
    with pytest.raises(mq.InputError, match=message):
        counterfactual(analysis, 0, **rule)


def test_categories_and_missing_values_of_a_frame_are_kept():
    X = loans().astype({"job": "category"})
    X.loc[::9, "job"] = None

    def model(frame):
        assert isinstance(frame["job"].dtype, pd.CategoricalDtype)
        return granted(frame.astype({"job": object}))

    analysis = mq.analyze(model, X, classes=["no", "yes"])
    assert counterfactual(analysis, 0).after[1] != analysis.prediction[0, 1]


def test_of_many_columns_the_strongest_are_tried_in_pairs():
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 150)), columns=[f"v{i}" for i in range(150)])
    analysis = mq.analyze(
        lambda rows: (
            np.where((rows["v3"] > 0) & (rows["v90"] > 0), 0.9, 0.1) + 1e-3 * np.tanh(rows["v3"] + rows["v90"])
        ),
        X,
        classes=["no", "yes"],
    )
    position = int(np.flatnonzero((X["v3"] < 0) & (X["v90"] < 0))[0])
    found = counterfactual(analysis, position)
    assert isinstance(found, Counterfactual)
    assert set(found.changes["column"]) == {"v3", "v90"}


def test_a_change_of_many_columns_is_found_where_no_few_suffice():
    X = pd.DataFrame(np.repeat(np.arange(2.0), 50)[:, None].repeat(40, axis=1), columns=[f"v{i}" for i in range(40)])
    analysis = mq.analyze(lambda rows: (rows.mean(axis=1) > 0.9) * 0.8 + 0.1, X, classes=["no", "yes"])
    found = counterfactual(analysis, 0)
    assert isinstance(found, Counterfactual)
    assert len(found.changes) == 40
