"""What a model says of its columns comes back in the user's columns, whatever stands before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from mlqa_widgets.importance.own import own_importance
from mlqa_widgets.models.adapt import adapt_model


@pytest.fixture
def rows():
    random = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "town": random.choice(["n", "s", "e"], 400),
            "age": random.normal(50, 10, 400),
            "noise": random.normal(size=400),
        }
    )
    y = (X["town"] == "n") * 2 + (X["age"] - 50) / 10 + random.normal(size=400)
    return X, y


def _numbers(X):
    return X.assign(town=X["town"].astype("category").cat.codes.astype(float))


def _encoded(model):
    return make_pipeline(
        make_column_transformer((StandardScaler(), ["age", "noise"]), (OneHotEncoder(), ["town"])), model
    )


def test_encoded_columns_are_summed(rows):
    X, y = rows
    pipeline = _encoded(RandomForestClassifier(10, random_state=0)).fit(X, y > 0)
    found = own_importance(adapt_model(pipeline, X), X)
    kept = pipeline[-1].feature_importances_
    assert found.values == pytest.approx([kept[2:].sum(), kept[0], kept[1]])
    assert found.from_splits
    assert found.whole == pytest.approx(1)


def test_a_linear_term_is_worth_its_spread(rows):
    X, y = rows
    pipeline = _encoded(LinearRegression()).fit(X, y)
    found = own_importance(adapt_model(pipeline, X), X)
    assert found.values is not None
    linear, encoded = pipeline[-1], pipeline[:-1].transform(X)
    assert found.values[1] == pytest.approx(abs(linear.coef_[0]))
    assert found.values[0] == pytest.approx((encoded[:, 2:] @ linear.coef_[2:]).std())
    assert found.whole is None


def test_of_several_classes_it_is_the_mean(rows):
    X, y = rows
    X = _numbers(X)
    model = LogisticRegression(max_iter=1000).fit(X, pd.cut(y, 3, labels=["a", "b", "c"]).astype(str))
    found = own_importance(adapt_model(model, X), X)
    assert found.values == pytest.approx(np.abs(model.coef_).mean(axis=0) * X.std(ddof=0).to_numpy())
    assert "mean of all classes" in found.explanation


@pytest.mark.parametrize("family", ["lightgbm", "xgboost", "catboost", "interpret"])
def test_libraries_say_what_they_keep(rows, family):
    X, y = rows
    X = _numbers(X)
    if family == "lightgbm":
        from lightgbm import LGBMRegressor

        model = LGBMRegressor(n_estimators=10, verbose=-1).fit(X, y)
        kept: Any = model.booster_.feature_importance("gain")
    elif family == "xgboost":
        from xgboost import XGBRegressor

        model = XGBRegressor(n_estimators=10).fit(X, y)
        score = model.get_booster().get_score(importance_type="total_gain")
        kept = [score[name] for name in X]
    elif family == "catboost":
        from catboost import CatBoostRegressor

        model = CatBoostRegressor(iterations=10, verbose=0, allow_writing_files=False).fit(X, y)
        kept = model.get_feature_importance()
    else:
        from interpret.glassbox import ExplainableBoostingRegressor

        model = ExplainableBoostingRegressor(interactions=1, max_rounds=20, outer_bags=2, n_jobs=1).fit(X, y)
        worth = model.term_importances()
        kept = [sum(w / len(f) for f, w in zip(model.term_features_, worth, strict=True) if i in f) for i in range(3)]
    found = own_importance(adapt_model(model, X), X)
    assert found.values == pytest.approx(np.asarray(kept, dtype=float))
    assert found.label
    assert found.explanation


def test_where_a_model_keeps_none_that_is_said(rows):
    X, y = rows
    X = _numbers(X)
    model = HistGradientBoostingRegressor(max_iter=5).fit(X, y)
    assert own_importance(adapt_model(model, X), X).values is None
    assert "keeps no importance" in own_importance(adapt_model(model, X), X).explanation
    assert "keeps no importance" in own_importance(adapt_model(lambda rows: rows["age"], X), X).explanation
