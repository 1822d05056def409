"""Other values are predicted as the model would predict them; what is on offer was seen in training."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

import mlqa_widgets as mq
from mlqa_widgets.explain.what_if import STOPS, ranges, what_if


@pytest.fixture(scope="module")
def homes():
    rng = np.random.default_rng(0)
    rows = 500
    return pd.DataFrame(
        {
            "area": rng.lognormal(4, 0.5, rows),
            "rooms": rng.integers(1, 7, rows),
            "town": pd.Categorical(rng.choice(["A", "B", "C"], rows, p=[0.6, 0.3, 0.1])),
            "garden": rng.random(rows) < 0.3,
            "built": np.where(rng.random(rows) < 0.1, np.nan, rng.integers(1900, 2024, rows)),
        }
    )


@pytest.fixture(scope="module")
def analysis(homes):
    price = homes["area"] * 3 + homes["rooms"] * 20 + (homes["town"] == "A") * 100 + homes["garden"] * 50
    model = HistGradientBoostingRegressor(max_iter=30, categorical_features="from_dtype").fit(homes, price)
    return mq.analyze(model, homes.iloc[:100], price[:100], train=homes)


@pytest.mark.parametrize("changes", [{"rooms": 6}, {"area": 500.5, "town": "C"}, {"garden": True}, {"built": None}, {}])
def test_the_model_predicts_the_row_with_its_other_values(analysis, changes):
    row = analysis.X.iloc[[7]].copy()
    for column, value in changes.items():
        row[column] = pd.Categorical([value], dtype=row[column].dtype) if column == "town" else [value]
    found = what_if(analysis, 7, changes)
    assert found.after == pytest.approx(analysis.model.original.predict(row.astype(analysis.X.dtypes)))
    assert found.before == pytest.approx(analysis.prediction[7])
    assert "area" in analysis.X


def test_the_curve_has_the_other_changes_in_place(analysis):
    curve = what_if(analysis, 7, {"rooms": 6, "area": 90.0}, curve_of="area").curve
    offered = next(one for one in ranges(analysis) if one.column == "area").offered
    assert curve is not None
    assert curve["value"].tolist() == list(offered)
    for value, prediction in curve.iloc[::20].itertuples(index=False):
        assert prediction == pytest.approx(what_if(analysis, 7, {"rooms": 6, "area": value}).after[0])


def test_values_on_offer_are_those_of_training_rows(analysis, homes):
    area, rooms, town, garden, built = ranges(analysis)
    assert set(area.values) <= set(homes["area"])
    assert area.values[0] == homes["area"].min()
    assert area.values[-1] == homes["area"].max()
    assert STOPS / 2 <= len(area.values) <= STOPS + 2
    assert rooms.values == (1, 2, 3, 4, 5, 6)
    assert rooms.few
    assert town.values == ("A", "B", "C")
    assert set(garden.values) == {True, False}
    assert built.offered[-1] is None
    assert None not in area.offered


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rooms": 2.5}, "'rooms' holds whole numbers, not 2.5"),
        ({"rooms": "many"}, "'rooms' cannot hold 'many'"),
        ({"town": "Z"}, "'town' has no category 'Z'. Its 3 categories: 'A', 'B' and 'C'"),
        ({"cellar": 1}, "takes no column 'cellar'"),
    ],
)
def test_what_a_column_cannot_hold_is_refused(analysis, changes, message):
    with pytest.raises(mq.InputError, match=message):
        what_if(analysis, 7, changes)


def test_values_beside_a_very_frequent_one_are_on_offer():
    gain = pd.DataFrame({"gain": np.where(np.arange(2000) % 20 == 0, np.arange(2000), 0)})
    (one,) = ranges(mq.analyze(lambda rows: rows["gain"] * 1.0, gain))
    assert len(one.values) > 25
    assert not one.few


def test_dates_are_offered_in_order():
    X = pd.DataFrame({"when": pd.date_range("2024-01-01", periods=5), "x": range(5)})
    analysis = mq.analyze(lambda rows: rows["when"].dt.day * 1.0, X)
    assert ranges(analysis)[0].values[0] == pd.Timestamp("2024-01-01")
    assert what_if(analysis, 0, {"when": pd.Timestamp("2024-01-31")}).after == [31]


def test_an_array_has_numbered_columns():
    X = np.random.default_rng(0).normal(size=(10, 2))
    analysis = mq.analyze(LinearRegression().fit(X, X[:, 0]), X)
    assert what_if(analysis, 0, {"x0": 7}).after == pytest.approx([7])
