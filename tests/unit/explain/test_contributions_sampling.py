"""Any function: all coalitions where they are few, else antithetic permutations with an honest standard error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.explain import sampling
from mlqa_widgets.explain.contributions import contributions
from tests.unit.explain import brute_force

_random = np.random.default_rng(11)
_COLUMNS = 7
_ROWS = pd.DataFrame(_random.normal(size=(120, _COLUMNS)), columns=[f"x{i}" for i in range(_COLUMNS)])


def _tangled(frame: pd.DataFrame) -> np.ndarray:
    """Return what depends on three columns together, so that orders matter."""
    x = frame.to_numpy(dtype=float).T
    return np.tanh(x[0] * x[1] + x[2]) * (x[3] > 0) + x[4] * x[5] * x[6]


def _pairs(frame: pd.DataFrame) -> np.ndarray:
    x = frame.to_numpy(dtype=float).T
    return x[0] * x[1] + np.sin(x[2]) * x[3] + x[4] ** 2 + x[5]


@pytest.fixture
def sampled(monkeypatch):
    monkeypatch.setattr(sampling, "_EXACT_ROWS", 0)


def test_few_columns_are_enumerated_and_carry_no_error():
    background = _ROWS.tail(10)
    found = contributions(mq.analyze(_tangled, _ROWS), np.arange(6), against=background)
    base, values = brute_force.interventional(_tangled, _ROWS.head(6), background)
    assert found.engine == "all coalitions of columns"
    assert found.standard_error is None
    assert found.values == pytest.approx(values)
    assert found.base == pytest.approx(base[0])


def test_sampled_contributions_are_within_four_standard_errors_which_are_honest(sampled):
    background = _ROWS.tail(10)
    _, values = brute_force.interventional(_tangled, _ROWS.head(60), background)
    found = contributions(mq.analyze(_tangled, _ROWS), np.arange(60), against=background)
    assert found.engine == "permutations of columns, with their reverses"
    assert found.residual == pytest.approx(0)
    errors = np.abs(found.values - values) / found.standard_error
    # Student's t of seven degrees of freedom: 95 % within 2.36.
    assert 0.92 < np.mean(errors < 2.365) < 0.99
    assert np.mean(errors < 4) > 0.98


def test_where_columns_interact_in_pairs_only_permutations_are_exact(sampled):
    background = _ROWS.tail(10)
    found = contributions(mq.analyze(_pairs, _ROWS), np.arange(6), against=background)
    _, values = brute_force.interventional(_pairs, _ROWS.head(6), background)
    assert found.values == pytest.approx(values)
    assert found.standard_error == pytest.approx(0, abs=1e-9)


def test_the_same_question_has_the_same_answer(sampled):
    first, second = (contributions(mq.analyze(_tangled, _ROWS), np.arange(6)).values for _ in range(2))
    assert (first == second).all()


def test_columns_that_equal_the_background_take_no_predictions_and_contribute_nothing():
    asked: list[int] = []

    def counted(frame: pd.DataFrame) -> np.ndarray:
        asked.append(len(frame))
        return _tangled(frame)

    analysis = mq.analyze(counted, _ROWS)
    contributions(analysis, np.array([0]), against=_ROWS.iloc[[0]].assign(x2=1.0))
    asked.clear()
    found = contributions(analysis, np.array([0]), against=_ROWS.iloc[[0]].assign(x2=1.0, x3=-1.0))
    assert (found.values[0, [0, 1, 4, 5, 6]] == 0).all()
    assert max(asked) == max(4, len(_ROWS))


def test_words_dates_and_missing_cells_reach_the_function_with_their_types():
    frame = pd.DataFrame(
        {
            "town": pd.Categorical(["Bern", "Zug", None, "Bern"] * 5),
            "name": ["x", None, "y", "z"] * 5,
            "day": pd.date_range("2020-01-01", periods=20),
            "whole": pd.array([1, None, 3, 4] * 5, dtype="Int64"),
        }
    )
    seen: set[tuple[str, ...]] = set()

    def score(rows: pd.DataFrame) -> np.ndarray:
        seen.add(tuple(map(str, rows.dtypes)))
        known = rows["whole"].fillna(0).to_numpy(dtype=float) * (rows["town"] == "Bern")
        return known + rows["day"].dt.day_of_year.to_numpy() + rows["name"].isna()

    found = contributions(mq.analyze(score, frame), np.arange(4))
    assert len(seen) == 1
    assert found.residual == pytest.approx(0)


def test_no_call_of_the_function_is_larger_than_the_memory_bound(monkeypatch):
    monkeypatch.setattr(sampling, "_CALL_ROWS", 1_000)
    asked: list[int] = []

    def counted(frame: pd.DataFrame) -> np.ndarray:
        asked.append(len(frame))
        return _tangled(frame)

    found = contributions(mq.analyze(counted, _ROWS), np.arange(3))
    assert max(asked) <= 1_000
    assert found.residual == pytest.approx(0)


def test_cells_may_hold_lists_and_categories_of_both_sets_of_rows_are_kept():
    rows = pd.DataFrame({"x": np.arange(20.0), "kind": pd.Categorical(["new"] * 20), "path": [[1, 2]] * 20})
    train = rows.assign(kind=pd.Categorical(["old"] * 20))

    def score(frame):
        assert isinstance(frame["kind"].dtype, pd.CategoricalDtype)
        return frame["x"] + 10.0 * (frame["kind"] == "new").astype(float)

    analysis = mq.analyze(score, rows, train=train)
    found = contributions(analysis, np.arange(3), against="background")
    assert found.values[:, 1] == pytest.approx(10)
    assert found.values[:, 2] == pytest.approx(0)
    assert analysis.X["kind"].dtype == rows["kind"].dtype


def test_a_function_that_refuses_combinations_is_told_of():
    rows = pd.DataFrame({"x": [0, 1] * 10, "z": [0, 1] * 10})

    def score(frame):
        if (frame["x"] != frame["z"]).any():
            msg = "x is not z"
            raise ValueError(msg)
        return frame["x"] * 1.0

    with pytest.raises(mq.InputError, match=r"ValueError: x is not z\. These rows hold values of several rows of X"):
        contributions(mq.analyze(score, rows), np.arange(2), against="background")
