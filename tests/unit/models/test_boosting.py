"""LightGBM, XGBoost and CatBoost, by their own interface and scikit-learn's."""

from typing import Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from scipy.special import expit, softmax
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.adapt import adapt_model
from mlqa_widgets.models.model import Family, Task
from mlqa_widgets.models.xgboost import data_matrix, rounds_used
from tests.unit.models.rows import AMOUNT, BINARY, COUNTS, MIXED, NUMBERS, THREE

_LIGHT: dict[str, Any] = {"n_estimators": 6, "verbose": -1, "num_leaves": 7, "n_jobs": 1}
_EXTREME: dict[str, Any] = {"n_estimators": 6, "max_depth": 3, "n_jobs": 1, "enable_categorical": True}
_CAT: dict[str, Any] = {"iterations": 6, "verbose": 0, "allow_writing_files": False, "thread_count": 1}


def _cat(outcome, **options):
    kind = catboost.CatBoostRegressor if outcome is AMOUNT else catboost.CatBoostClassifier
    return kind(**_CAT, **options).fit(MIXED, outcome, cat_features=["job"])


def _light(outcome, **options):
    kind = lightgbm.LGBMRegressor if outcome is AMOUNT else lightgbm.LGBMClassifier
    return kind(**_LIGHT, **options).fit(MIXED, outcome)


def _extreme(outcome, **options):
    kind = xgboost.XGBRegressor if outcome is AMOUNT else xgboost.XGBClassifier
    return kind(**_EXTREME, **options).fit(MIXED, outcome)


_FITS = {Family.LIGHTGBM: _light, Family.XGBOOST: _extreme, Family.CATBOOST: _cat}


@pytest.mark.parametrize("family", _FITS, ids=lambda family: family.value)
class TestEachLibrary:
    def test_binary(self, family):
        model = _FITS[family](BINARY)
        adapted = adapt_model(model, MIXED)
        assert (adapted.family, adapted.task, adapted.classes) == (family, Task.BINARY, (0, 1))
        assert adapted.raw_space == "log-odds"
        assert adapted.categorical == ("job",)
        np.testing.assert_allclose(adapted.predict(MIXED), model.predict_proba(MIXED), atol=1e-6)
        assert adapted.raw(MIXED).shape == (len(MIXED), 1)
        np.testing.assert_allclose(expit(adapted.raw(MIXED)[:, 0]), adapted.predict(MIXED)[:, 1], atol=1e-6)

    def test_multiclass(self, family):
        model = _FITS[family](THREE)
        adapted = adapt_model(model, MIXED)
        assert (adapted.task, adapted.classes, adapted.raw_space) == (Task.MULTICLASS, (0, 1, 2), "score")
        np.testing.assert_allclose(adapted.predict(MIXED), model.predict_proba(MIXED), atol=1e-6)
        np.testing.assert_allclose(softmax(adapted.raw(MIXED), axis=1), adapted.predict(MIXED), atol=1e-6)

    def test_regression(self, family):
        model = _FITS[family](AMOUNT)
        adapted = adapt_model(model, MIXED)
        assert (adapted.task, adapted.classes, adapted.raw_space) == (Task.REGRESSION, (), "value")
        np.testing.assert_allclose(adapted.predict(MIXED)[:, 0], model.predict(MIXED), rtol=1e-6)

    def test_one_row_is_predicted_as_among_all(self, family):
        adapted = adapt_model(_FITS[family](BINARY), MIXED)
        np.testing.assert_array_equal(adapted.predict(MIXED.iloc[[5]]), adapted.predict(MIXED)[[5]])

    def test_missing_values_are_taken(self, family):
        rows = MIXED.assign(age=MIXED["age"].mask(MIXED["age"] > 50))
        adapted = adapt_model(_FITS[family](BINARY), rows)
        assert np.isfinite(adapted.predict(rows)).all()

    def test_it_says_what_it_is(self, family):
        assert adapt_model(_FITS[family](BINARY), MIXED).description.startswith(f"{family.value}, 6 ")

    def test_it_is_not_fitted(self, family):
        unfitted = {
            Family.LIGHTGBM: lightgbm.LGBMClassifier,
            Family.XGBOOST: xgboost.XGBClassifier,
            Family.CATBOOST: catboost.CatBoostClassifier,
        }
        with pytest.raises(InputError, match="not fitted"):
            adapt_model(unfitted[family](), MIXED)

    def test_another_order_of_columns_is_refused(self, family):
        with pytest.raises(InputError, match=r"column 1 is 'job' where 'age' is expected.*X\[model\."):
            adapt_model(_FITS[family](BINARY), MIXED[["job", "hours", "age"]])

    def test_words_where_numbers_were_are_named(self, family):
        rows = MIXED.assign(hours=MIXED["hours"].round().astype(int).astype(str))
        rows.loc[3, "hours"] = "many"
        with pytest.raises(InputError, match="'hours'"):
            adapt_model(_FITS[family](BINARY), rows)


@pytest.mark.parametrize(
    "model",
    [
        lightgbm.LGBMRegressor(objective="poisson", **_LIGHT),
        lightgbm.LGBMRegressor(objective="tweedie", **_LIGHT),
        lightgbm.LGBMRegressor(objective="gamma", **_LIGHT),
        xgboost.XGBRegressor(objective="count:poisson", **_EXTREME),
        xgboost.XGBRegressor(objective="reg:gamma", **_EXTREME),
        xgboost.XGBRegressor(objective="reg:tweedie", **_EXTREME),
        catboost.CatBoostRegressor(loss_function="Poisson", **_CAT),
        catboost.CatBoostRegressor(loss_function="Tweedie:variance_power=1.5", **_CAT),
    ],
)
def test_where_effects_multiply_raw_is_the_logarithm(model):
    model.fit(NUMBERS, COUNTS + 1)
    adapted = adapt_model(model, NUMBERS)
    assert adapted.raw_space == "log of the value"
    np.testing.assert_allclose(adapted.predict(NUMBERS)[:, 0], model.predict(NUMBERS), rtol=1e-6)
    np.testing.assert_allclose(np.exp(adapted.raw(NUMBERS)), adapted.predict(NUMBERS), rtol=1e-5)


@pytest.mark.parametrize("outcome", [BINARY, THREE, AMOUNT], ids=["binary", "multiclass", "regression"])
def test_native_boosters_predict_as_their_wrappers(outcome):
    classes = 0 if outcome is AMOUNT else outcome.nunique()
    for wrapper, native in (
        (_light(outcome), _light(outcome).booster_),
        (_extreme(outcome), _extreme(outcome).get_booster()),
    ):
        adapted = adapt_model(native, MIXED)
        assert len(adapted.classes) == classes
        assert adapted.categorical == ("job",)
        np.testing.assert_allclose(adapted.predict(MIXED), adapt_model(wrapper, MIXED).predict(MIXED), rtol=1e-5)
        np.testing.assert_allclose(adapted.raw(MIXED), adapt_model(wrapper, MIXED).raw(MIXED), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("objective", "outcome"), [("binary:logitraw", BINARY), ("multi:softmax", THREE), ("binary:hinge", BINARY)]
)
def test_a_booster_that_predicts_margins_or_classes_gives_probabilities(objective, outcome):
    options = {"objective": objective, "nthread": 1} | ({"num_class": 3} if outcome is THREE else {})
    booster = xgboost.train(options, xgboost.DMatrix(NUMBERS, outcome), 5)
    adapted = adapt_model(booster, NUMBERS)
    predicted = adapted.predict(NUMBERS)
    np.testing.assert_allclose(predicted.sum(axis=1), 1)
    assert (predicted.argmax(axis=1) == outcome).mean() > 0.7
    assert adapted.probabilities == (objective != "binary:hinge")


def test_the_native_class_of_catboost_knows_its_loss():
    binary = catboost.CatBoost({"loss_function": "Logloss", **_CAT}).fit(NUMBERS, BINARY)
    assert adapt_model(binary, NUMBERS).classes == (0, 1)
    counts = catboost.CatBoost({"loss_function": "Poisson", **_CAT}).fit(NUMBERS, COUNTS)
    adapted = adapt_model(counts, NUMBERS)
    np.testing.assert_allclose(
        adapted.predict(NUMBERS)[:, 0], counts.predict(NUMBERS, prediction_type="Exponent"), rtol=1e-9
    )


def test_catboost_takes_a_pool_of_an_array():
    pool = catboost.Pool(NUMBERS.to_numpy(), BINARY)
    adapted = adapt_model(catboost.CatBoostClassifier(**_CAT).fit(pool), NUMBERS)
    assert adapted.predict(NUMBERS).shape == (len(NUMBERS), 2)


def test_catboost_keeps_the_users_labels():
    for labels, expected in (
        (BINARY.astype(bool), (False, True)),
        (BINARY.map({0: "no", 1: "yes"}), ("no", "yes")),
    ):
        model = catboost.CatBoostClassifier(**_CAT).fit(NUMBERS, labels)
        assert adapt_model(model, NUMBERS).classes == expected


def test_missing_categories_that_catboost_refuses_are_named():
    rows = MIXED.assign(job=MIXED["job"].cat.set_categories(["clerk"]))
    with pytest.raises(InputError, match="Missing values are in 'job'"):
        adapt_model(_cat(BINARY), rows)


def _overfit():
    noise = pd.Series(np.random.default_rng(0).integers(0, 2, len(NUMBERS)))
    return NUMBERS.iloc[:160], noise.iloc[:160], NUMBERS.iloc[160:], noise.iloc[160:]


def test_lightgbm_stopped_early_uses_its_best_iteration_throughout():
    X, y, later, came = _overfit()
    stop: list[Any] = [lightgbm.early_stopping(20, verbose=False)]
    booster = lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_threads": 1},
        lightgbm.Dataset(X, y),
        80,
        [lightgbm.Dataset(later, came)],
        callbacks=stop,
        keep_training_booster=True,
    )
    assert booster.best_iteration < booster.current_iteration()
    adapted = adapt_model(booster, NUMBERS)
    assert f"{booster.best_iteration} of {booster.current_iteration()} trees" in adapted.description
    best = booster.predict(NUMBERS, num_iteration=booster.best_iteration)
    np.testing.assert_allclose(adapted.predict(NUMBERS)[:, 1], best)
    np.testing.assert_allclose(expit(adapted.raw(NUMBERS)[:, 0]), best)

    wrapped = lightgbm.LGBMClassifier(**(_LIGHT | {"n_estimators": 80}))
    wrapped.fit(X, y, eval_X=later, eval_y=came, callbacks=stop)
    adapted = adapt_model(wrapped, NUMBERS)
    np.testing.assert_allclose(adapted.predict(NUMBERS), wrapped.predict_proba(NUMBERS))
    np.testing.assert_allclose(expit(adapted.raw(NUMBERS)[:, 0]), adapted.predict(NUMBERS)[:, 1])


def test_xgboost_stopped_early_uses_its_best_iteration_throughout():
    X, y, later, came = _overfit()
    model = xgboost.XGBClassifier(**(_EXTREME | {"n_estimators": 80}), early_stopping_rounds=20).fit(
        X, y, eval_set=[(later, came)], verbose=False
    )
    used = rounds_used(model)[1]
    assert used == model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    for stopped in (model, model.get_booster()):
        adapted = adapt_model(stopped, NUMBERS)
        assert f"{used} of " in adapted.description
        np.testing.assert_allclose(adapted.predict(NUMBERS), model.predict_proba(NUMBERS), atol=1e-6)
        np.testing.assert_allclose(expit(adapted.raw(NUMBERS)[:, 0]), adapted.predict(NUMBERS)[:, 1], atol=1e-6)


def test_contributions_of_xgboost_add_up_over_its_data_matrix():
    for model in (_extreme(BINARY), _extreme(BINARY).get_booster()):
        adapted = adapt_model(model, MIXED)
        booster = getattr(model, "get_booster", lambda model=model: model)()
        matrix = data_matrix(model, adapted.encoding.transform(MIXED))
        contributions = booster.predict(matrix, pred_contribs=True, iteration_range=rounds_used(model))
        np.testing.assert_allclose(contributions.sum(axis=1), adapted.raw(MIXED)[:, 0], atol=1e-5)


def test_boosters_fitted_on_arrays_take_the_frame_of_it():
    array = NUMBERS.to_numpy()
    for model in (
        lightgbm.LGBMClassifier(**_LIGHT).fit(array, BINARY),
        lightgbm.LGBMClassifier(**_LIGHT).fit(array, BINARY).booster_,
        xgboost.XGBClassifier(**_EXTREME).fit(array, BINARY),
        xgboost.XGBClassifier(**_EXTREME).fit(array, BINARY).get_booster(),
        catboost.CatBoostClassifier(**_CAT).fit(array, BINARY),
    ):
        adapted = adapt_model(model, NUMBERS)
        assert adapted.columns == ("age", "hours")
        assert adapted.predict(NUMBERS).shape == (len(NUMBERS), 2)
        with pytest.raises(InputError, match=r"3 columns, and .* was fitted on 2, without names"):
            adapt_model(model, NUMBERS.assign(more=1.0))


def test_lightgbm_may_have_underlined_the_blanks_in_names():
    rows = NUMBERS.set_axis(["age in years", "hours"], axis=1)
    model = lightgbm.LGBMClassifier(**_LIGHT).fit(rows, BINARY)
    assert model.feature_name_ == ["age_in_years", "hours"]
    assert adapt_model(model, rows).columns == ("age in years", "hours")
    with pytest.raises(InputError, match="another order"):
        adapt_model(model, rows[["hours", "age in years"]])


def test_one_score_of_a_class_against_the_rest_is_a_log_odds():
    model = lightgbm.LGBMClassifier(objective="multiclassova", **_LIGHT).fit(NUMBERS, THREE)
    assert adapt_model(model, NUMBERS).raw_space == "log-odds"


def test_an_objective_of_the_users_own_gives_no_probabilities():
    def logistic(came, score):
        chance = expit(score)
        return chance - came, chance * (1 - chance)

    model = lightgbm.LGBMClassifier(objective=logistic, **_LIGHT).fit(NUMBERS, BINARY)
    with pytest.raises(InputError, match="an objective of your own, so it gives scores and no probabilities"):
        adapt_model(model, NUMBERS)


def test_boosters_are_read_at_the_end_of_a_pipeline():
    encoder = ColumnTransformer([("job", OrdinalEncoder(), ["job"])], remainder="passthrough")
    framed = encoder.set_output(transform="pandas")
    for model in (
        lightgbm.LGBMClassifier(**_LIGHT),
        xgboost.XGBClassifier(**_EXTREME),
        catboost.CatBoostClassifier(**_CAT),
    ):
        pipeline = make_pipeline(framed, model).fit(MIXED, BINARY)
        adapted = adapt_model(pipeline, MIXED)
        assert adapted.estimator is pipeline[-1]
        assert adapted.encoding.origin.tolist() == [2, 0, 1]
        np.testing.assert_allclose(adapted.predict(MIXED), pipeline.predict_proba(MIXED), atol=1e-6)
