"""Four lights say whether an explanation can be trusted, each with its figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.linear_model import LinearRegression

import mlqa_widgets as mq
from mlqa_widgets.explain.trust import trust_lights


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.normal(40, 10, 600),
            "pay": rng.normal(0, 1, 600),
            "town": pd.Categorical(rng.choice(["Bern", "Zug"], 600), categories=["Bern", "Zug", "Mars"]),
        }
    )


@pytest.fixture(scope="module")
def model(people):
    return LGBMClassifier(n_estimators=30, verbose=-1, n_jobs=1).fit(people, people["age"] + 5 * people["pay"] > 42)


def lights(analysis, position=0):
    return {light.id: light for light in analysis.explain(position=position).trust}


def test_a_usual_row_of_a_plain_model_is_trusted(people, model):
    analysis = mq.analyze(model, people.iloc[:100], train=people.iloc[100:])
    usual = int((people["age"].iloc[:100] - 60).abs().argmin())
    found = lights(analysis, usual)
    assert [light.level for light in found.values()][:2] == ["ok", "ok"]
    assert list(found) == ["additivity", "backgrounds", "distance", "methods"]
    for light in found.values():
        assert light.meaning.endswith(".")
        assert "aution" in light.thresholds


def test_a_row_far_from_the_data_is_a_warning(people, model):
    odd = pd.DataFrame({"age": [41.0, 200.0], "pay": [0.1, 9.0], "town": people["town"].iloc[:2]}).astype(people.dtypes)
    odd.loc[1, "town"] = "Mars"
    analysis = mq.analyze(model, odd, train=people)
    assert lights(analysis, 0)["distance"].level == "ok"
    far = lights(analysis, 1)["distance"]
    assert far.level == "warning"
    assert "never seen: age = 200, pay = 9 and town = Mars" in far.figure


def test_a_missing_value_that_was_never_missing_is_a_caution(people, model):
    row = people.iloc[[5]].copy()
    row["pay"] = np.nan
    light = lights(mq.analyze(model, row, train=people))["distance"]
    assert light.level in {"caution", "warning"}
    assert "pay = missing" in light.figure


def test_a_row_is_not_its_own_neighbour(people, model):
    analysis = mq.analyze(model, people)
    shares = [
        float(lights(analysis, p)["distance"].figure.split("than ")[1].split(" %")[0].strip("<> ")) for p in range(12)
    ]
    assert 20 < np.mean(shares) < 80


def test_what_does_not_add_up_is_a_warning(people, model):
    analysis = mq.analyze(model, people)
    found = analysis.explain(position=0)
    broken = replace(found.explanation, values=found.explanation.values * 1.5)
    light = trust_lights(analysis, 0, broken, found.output, "raw")[0]
    assert light.level == "warning"
    assert "off by" in light.figure


def test_bars_within_their_error_are_a_caution(people):
    analysis = mq.analyze(LinearRegression().fit(people[["age", "pay"]], people["age"]), people[["age", "pay"]])
    found = analysis.explain(position=0)
    vague = replace(found.explanation, standard_error=np.full((1, 2), 100.0))
    light = trust_lights(analysis, 0, vague, 0, "raw")[0]
    assert light.level == "caution"
    assert "±" in light.figure


def test_a_picture_that_hangs_on_the_background_is_not_steady():
    """One row in fifty carries the whole average, so each draw of a background says something else."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "a": np.where(np.arange(5000) % 100 == 0, rng.choice([-1, 1], 5000) * 1e4, 0.0),
            "b": 0.0,
            "c": rng.normal(size=5000),
        }
    )
    analysis = mq.analyze(LinearRegression().fit(X, X["a"] + X["c"]), X)
    row = int(np.flatnonzero(X["a"] == 0)[0])
    assert lights(analysis, row)["backgrounds"].level != "ok"
