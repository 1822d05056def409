"""An analysis predicts once, knows what came, and holds one selection for all views."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

import mlqa_widgets as mq


@pytest.fixture
def people():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {"age": rng.integers(18, 80, 200), "family size": rng.integers(1, 6, 200)},
        index=[f"p{i}" for i in range(200)],
    )


@pytest.fixture
def rich(people):
    return (people["age"] + np.random.default_rng(1).normal(0, 9, 200) > 50).rename("rich")


@pytest.fixture
def analysis(people, rich):
    return mq.analyze(LogisticRegression().fit(people, rich), people, rich)


def test_rows_of_an_array_are_called_by_the_index_of_y():
    hours = pd.date_range("2024-01-01", periods=4, freq="h")
    values = pd.Series([1.0, 2.0, 3.0, 4.0], index=hours, name="temperature")
    analysis = mq.analyze(lambda X: X["temp[1]"], np.ones((4, 2, 1)), values, features=["temp"])
    assert analysis.X.index.equals(hours)
    assert analysis.X.columns.tolist() == ["temp[0]", "temp[1]"]


def test_a_model_is_asked_once(people):
    asked = []

    def model(frame):
        asked.append(len(frame))
        return frame["age"] * 2.0

    analysis = mq.analyze(model, people, people["age"])
    _ = analysis.frame, analysis.outcomes, analysis.predicted, analysis.prediction
    assert asked.count(200) == 1


def test_the_frame_says_what_was_predicted_and_whether_it_was_right(analysis, people, rich):
    frame = analysis.frame
    assert list(frame.columns) == ["age", "family size", "rich", "prediction", "probability", "error"]
    assert frame.index.equals(people.index)
    assert (frame["error"] == (frame["prediction"] != rich)).all()
    assert frame["probability"].between(0.5, 1).all()


def test_the_error_of_a_number_is_predicted_less_actual(people):
    target = people["age"] * 2 + people["family size"]
    frame = mq.analyze(LinearRegression().fit(people, target), people, target + 1).frame
    assert np.allclose(frame["error"], -1)


def test_columns_of_the_data_keep_their_names(people, rich):
    people["prediction"] = 1.0
    frame = mq.analyze(LogisticRegression().fit(people, rich), people, rich).frame
    assert list(frame.columns)[-4:] == ["rich", "_prediction", "probability", "error"]


def test_a_threshold_decides_the_class(people, rich):
    model = LogisticRegression().fit(people, rich)
    strict = mq.analyze(model, people, rich, threshold=0.9)
    assert (strict.predicted == (model.predict_proba(people)[:, 1] >= 0.9)).all()


@pytest.mark.parametrize(
    ("rows", "expected", "label"),
    [
        ("age > 70", lambda people: np.flatnonzero(people["age"] > 70), "age > 70"),
        ("`family size` == 5 and error", None, "`family size` == 5 and error"),
        ([5, 3, 3], lambda _: [3, 5], "2 rows"),
        (7, lambda _: [7], "row p7"),
        (None, lambda _: [], ""),
    ],
)
def test_rows_are_selected_by_query_positions_or_mask(analysis, people, rows, expected, label):
    analysis.select(rows)
    selection = analysis.selection
    if expected is not None:
        assert selection.positions.tolist() == list(expected(people))
    assert selection.label == label
    assert selection.index.equals(people.index[selection.positions])
    assert len(selection) == len(selection.rows)


def test_a_mask_selects_its_rows(analysis, people):
    analysis.select(people["age"] < 30, "the young")
    assert (analysis.selection.rows["age"] < 30).all()
    assert analysis.selection.label == "the young"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("shoe > 3", "the query 'shoe > 3' cannot be read"),
        ("age >", "cannot be read"),
        ("__import__('os').getcwd()", "cannot be read"),
        ("@people.age > 3", "cannot be read"),
        ([1000], "counted from 0; there is none at 1000"),
        ([True, False], "a mask of 2 over 200 rows"),
        ([1.5], "pass a boolean mask, positions"),
    ],
)
def test_rows_that_do_not_exist_are_refused(analysis, rows, message):
    with pytest.raises(mq.InputError, match=message):
        analysis.select(rows)


def test_every_listener_hears_of_selection_and_focus(analysis):
    heard = []
    analysis.on_select(lambda: heard.append((analysis.selection_label, analysis.row)))
    analysis.select([1, 2, 3])
    analysis.focus(2)
    analysis.select([1, 2])
    analysis.select([8, 9])
    analysis.select([9])
    assert heard == [("3 rows", None), ("3 rows", 2), ("2 rows", 2), ("2 rows", None), ("row p9", 9)]


def test_samples_are_the_same_each_time_and_hold_the_smaller_ones(analysis):
    small, large = analysis.sample(20), analysis.sample(100)
    assert len(small) == 20
    assert (np.diff(small) > 0).all()
    assert set(small) <= set(large)
    assert (analysis.sample(20) == small).all()


def test_another_model_or_another_row_has_another_fingerprint(people, rich):
    model = LogisticRegression().fit(people, rich)
    other = LogisticRegression(C=0.01).fit(people, rich)
    changed = people.copy()
    changed.iloc[0, 0] += 1
    prints = {
        mq.analyze(m, frame, rich).fingerprint for m, frame in [(model, people), (other, people), (model, changed)]
    }
    assert len(prints) == 3
    assert mq.analyze(model, people.copy(), rich).fingerprint in prints


def test_rows_of_several_hundred_columns_that_were_added_one_by_one_have_a_fingerprint():
    wide = pd.DataFrame({"x0": np.arange(40.0)})
    with warnings.catch_warnings(action="ignore", category=pd.errors.PerformanceWarning):
        for i in range(1, 200):
            wide[f"x{i}"] = wide["x0"] * i
    assert len(mq.analyze(lambda X: X["x1"], wide, wide["x2"]).fingerprint) == 64


def test_a_missing_prediction_names_its_rows(people):
    with pytest.raises(mq.InputError, match=r"1 prediction of 200 are missing or infinite, first for rows \['p3'\]"):
        mq.analyze(lambda frame: np.where(np.arange(len(frame)) == 3, np.nan, 1.0), people)


def test_without_outcomes_errors_cannot_be_looked_at(people, rich):
    analysis = mq.analyze(LogisticRegression().fit(people, rich), people)
    assert list(analysis.frame.columns) == ["age", "family size", "prediction", "probability"]
    with pytest.raises(mq.InputError, match="Pass y to analyze"):
        _ = analysis.outcomes
