"""Explainable boosting machines: raw scores are the sum of their own terms."""

import numpy as np
import pytest
from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor
from scipy.special import softmax

from mlqa_widgets.models.adapt import adapt_model
from mlqa_widgets.models.model import Family
from tests.unit.models.rows import AMOUNT, BINARY, COUNTS, MIXED, NUMBERS, THREE

_QUICK = {"max_rounds": 15, "outer_bags": 2, "n_jobs": 1}


def test_binary():
    model = ExplainableBoostingClassifier(**_QUICK, interactions=1).fit(MIXED, BINARY)
    adapted = adapt_model(model, MIXED)
    assert (adapted.family, adapted.raw_space, adapted.categorical) == (Family.EBM, "log-odds", ("job",))
    np.testing.assert_allclose(adapted.predict(MIXED), model.predict_proba(MIXED))
    np.testing.assert_allclose(adapted.raw(MIXED)[:, 0], model.decision_function(MIXED))
    assert adapted.description == "explainable boosting machine, 4 terms"


def test_multiclass():
    model = ExplainableBoostingClassifier(**_QUICK, interactions=0).fit(MIXED, THREE)
    adapted = adapt_model(model, MIXED)
    assert adapted.raw(MIXED).shape == (len(MIXED), 3)
    np.testing.assert_allclose(softmax(adapted.raw(MIXED), axis=1), adapted.predict(MIXED), atol=1e-6)


@pytest.mark.parametrize(
    ("objective", "outcome", "raw_space"), [("rmse", AMOUNT, "value"), ("poisson_deviance", COUNTS, "log of the value")]
)
def test_regression(objective, outcome, raw_space):
    model = ExplainableBoostingRegressor(**_QUICK, objective=objective).fit(MIXED, outcome)
    adapted = adapt_model(model, MIXED)
    assert adapted.raw_space == raw_space
    np.testing.assert_allclose(adapted.predict(MIXED)[:, 0], model.predict(MIXED))


def test_fitted_on_an_array():
    model = ExplainableBoostingRegressor(**_QUICK, interactions=0).fit(NUMBERS.to_numpy(), AMOUNT)
    adapted = adapt_model(model, NUMBERS)
    np.testing.assert_allclose(adapted.predict(NUMBERS)[:, 0], model.predict(NUMBERS.to_numpy()))
