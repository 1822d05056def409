"""Estimators of scikit-learn: their family, predictions and the space where contributions add up."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import (
    Lasso,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.adapt import adapt_model
from mlqa_widgets.models.model import Family, Task
from tests.unit.models.rows import AMOUNT, BINARY, COUNTS, MIXED, NUMBERS, THREE


@pytest.mark.parametrize(
    ("estimator", "family", "raw_space"),
    [
        (HistGradientBoostingClassifier(max_iter=5), Family.HIST_GRADIENT_BOOSTING, "log-odds"),
        (GradientBoostingClassifier(n_estimators=5), Family.GRADIENT_BOOSTING, "log-odds"),
        (RandomForestClassifier(5), Family.FOREST, "probability"),
        (ExtraTreesClassifier(5), Family.FOREST, "probability"),
        (DecisionTreeClassifier(max_depth=3), Family.TREE, "probability"),
        (LogisticRegression(), Family.LINEAR, "log-odds"),
        (SGDClassifier(loss="log_loss"), Family.LINEAR, "log-odds"),
        (LinearDiscriminantAnalysis(), Family.LINEAR, "log-odds"),
        (MLPClassifier(hidden_layer_sizes=(4,), max_iter=2000, random_state=0), Family.CALLABLE, "probability"),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else str(value),
)
@pytest.mark.parametrize("outcome", [BINARY, THREE], ids=["binary", "multiclass"])
def test_a_classifier_gives_its_own_probabilities(estimator, family, raw_space, outcome):
    estimator = make_pipeline(StandardScaler(), estimator).fit(NUMBERS, outcome)
    adapted = adapt_model(estimator, NUMBERS)
    assert adapted.family is family
    assert adapted.classes == tuple(range(outcome.nunique()))
    predicted = adapted.predict(NUMBERS)
    assert predicted.dtype == np.float64
    np.testing.assert_allclose(predicted, estimator.predict_proba(NUMBERS))
    raw = adapted.raw(NUMBERS)
    assert len(raw) == len(NUMBERS)
    if outcome is BINARY:
        assert adapted.task is Task.BINARY
        assert adapted.raw_space == raw_space
        assert raw.shape[1] == (2 if raw_space == "probability" else 1)
    else:
        assert adapted.task is Task.MULTICLASS
        assert raw.shape[1] == 3


def test_a_margin_that_is_no_log_odds_is_called_a_score():
    model = GradientBoostingClassifier(n_estimators=5, loss="exponential").fit(NUMBERS, BINARY)
    assert adapt_model(model, NUMBERS).raw_space == "score"


@pytest.mark.parametrize(
    ("estimator", "family"),
    [
        (HistGradientBoostingRegressor(max_iter=5), Family.HIST_GRADIENT_BOOSTING),
        (GradientBoostingRegressor(n_estimators=5), Family.GRADIENT_BOOSTING),
        (RandomForestRegressor(5), Family.FOREST),
        (DecisionTreeRegressor(max_depth=3), Family.TREE),
        (LinearRegression(), Family.LINEAR),
        (Ridge(), Family.LINEAR),
        (Lasso(), Family.LINEAR),
        (MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", max_iter=20000, random_state=0), Family.CALLABLE),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else str(value),
)
def test_a_regressor_gives_one_column_of_values(estimator, family):
    estimator = make_pipeline(StandardScaler(), estimator).fit(NUMBERS, AMOUNT)
    adapted = adapt_model(estimator, NUMBERS)
    assert (adapted.family, adapted.task, adapted.classes, adapted.raw_space) == (family, Task.REGRESSION, (), "value")
    np.testing.assert_allclose(adapted.predict(NUMBERS)[:, 0], estimator.predict(NUMBERS))
    np.testing.assert_allclose(adapted.raw(NUMBERS), adapted.predict(NUMBERS))


@pytest.mark.parametrize(
    "estimator",
    [HistGradientBoostingRegressor(loss="poisson", max_iter=5), PoissonRegressor(), PoissonRegressor(alpha=0)],
)
def test_where_effects_multiply_raw_is_the_logarithm(estimator):
    adapted = adapt_model(estimator.fit(NUMBERS / 50, COUNTS), NUMBERS / 50)
    assert adapted.raw_space == "log of the value"
    np.testing.assert_allclose(np.exp(adapted.raw(NUMBERS / 50)), adapted.predict(NUMBERS / 50))


def test_raw_scores_of_a_linear_model_are_its_sum_of_terms():
    model = LogisticRegression().fit(NUMBERS, BINARY)
    adapted = adapt_model(model, NUMBERS)
    matrix = adapted.encoding.transform(NUMBERS)
    np.testing.assert_allclose(adapted.raw(NUMBERS), matrix @ model.coef_.T + model.intercept_)
    np.testing.assert_allclose(expit(adapted.raw(NUMBERS)[:, 0]), adapted.predict(NUMBERS)[:, 1])


@pytest.mark.parametrize("estimator", [SVC(), LinearSVC(), RidgeClassifier(), SGDClassifier()])
@pytest.mark.parametrize("outcome", [BINARY, THREE], ids=["binary", "multiclass"])
def test_a_classifier_without_probabilities_marks_its_class(estimator, outcome):
    model = make_pipeline(StandardScaler(), estimator).fit(NUMBERS, outcome)
    adapted = adapt_model(model, NUMBERS)
    assert not adapted.probabilities
    predicted = adapted.predict(NUMBERS)
    assert set(np.unique(predicted)) == {0.0, 1.0}
    np.testing.assert_array_equal(np.asarray(adapted.classes)[predicted.argmax(axis=1)], model.predict(NUMBERS))
    assert adapted.raw_space == "score"
    np.testing.assert_allclose(np.squeeze(adapted.raw(NUMBERS)), model.decision_function(NUMBERS))


def test_pairwise_decisions_are_no_scores_of_classes():
    adapted = adapt_model(SVC(decision_function_shape="ovo").fit(NUMBERS, THREE), NUMBERS)
    assert adapted.raw_space == "score"
    np.testing.assert_array_equal(adapted.raw(NUMBERS), adapted.predict(NUMBERS))


def test_native_categories_are_named():
    adapted = adapt_model(HistGradientBoostingClassifier(max_iter=5).fit(MIXED, BINARY), MIXED)
    assert adapted.categorical == ("job",)
    assert adapted.encoding.transform(MIXED).equals(MIXED)


def test_a_search_is_seen_through():
    search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2).fit(NUMBERS, BINARY)
    adapted = adapt_model(search, NUMBERS)
    assert adapted.family is Family.TREE
    assert adapted.estimator is search.best_estimator_
    assert adapted.original is search
    assert adapted.name == "GridSearchCV"


@pytest.mark.parametrize(
    "model",
    [
        CalibratedClassifierCV(DecisionTreeClassifier(max_depth=2), cv=2),
        VotingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier())], voting="soft"),
        StackingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier(max_depth=2))], cv=2),
        OneVsRestClassifier(LogisticRegression()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_what_cannot_be_seen_through_is_a_callable(model):
    model = model.fit(NUMBERS, BINARY)
    adapted = adapt_model(model, NUMBERS)
    assert adapted.family is Family.CALLABLE
    np.testing.assert_allclose(adapted.raw(NUMBERS), model.predict_proba(NUMBERS))


def test_a_transformed_target_is_predicted_in_its_own_unit():
    model = TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp).fit(NUMBERS, AMOUNT)
    adapted = adapt_model(model, NUMBERS)
    assert (adapted.family, adapted.raw_space) == (Family.CALLABLE, "value")
    np.testing.assert_allclose(adapted.predict(NUMBERS)[:, 0], model.predict(NUMBERS))


def test_a_model_fitted_on_an_array_takes_the_frame_of_it():
    model = RandomForestClassifier(5, random_state=0).fit(NUMBERS.to_numpy(), BINARY)
    adapted = adapt_model(model, NUMBERS)
    np.testing.assert_array_equal(adapted.predict(NUMBERS), model.predict_proba(NUMBERS.to_numpy()))


def test_columns_may_be_numbered():
    numbered = NUMBERS.set_axis([0, 1], axis=1)
    adapted = adapt_model(Ridge().fit(numbered, AMOUNT), numbered)
    assert adapted.columns == tuple(numbered.columns)
    assert adapted.predict(numbered).shape == (len(numbered), 1)


def test_classes_are_plain_values_and_can_be_named():
    words = BINARY.map({0: "low", 1: "high"})
    assert adapt_model(DecisionTreeClassifier().fit(NUMBERS, words), NUMBERS).classes == ("high", "low")
    numbered = DecisionTreeClassifier().fit(NUMBERS, BINARY)
    adapted = adapt_model(numbered, NUMBERS, classes=["low", "high"])
    assert adapted.classes == ("low", "high")
    assert all(type(label) is int for label in adapt_model(numbered, NUMBERS).classes)


def test_names_for_another_number_of_classes_are_refused():
    model = DecisionTreeClassifier().fit(NUMBERS, BINARY)
    with pytest.raises(InputError, match="3 labels, and DecisionTreeClassifier has 2 classes: 0 and 1"):
        adapt_model(model, NUMBERS, classes=["a", "b", "c"])


def test_several_outputs_are_refused():
    both = np.column_stack([BINARY, 1 - BINARY])
    with pytest.raises(InputError, match="predicts 2 outputs at once"):
        adapt_model(RandomForestClassifier(3).fit(NUMBERS, both), NUMBERS)
    with pytest.raises(InputError, match="one output at a time"):
        adapt_model(RandomForestRegressor(3).fit(NUMBERS, both), NUMBERS)


def test_one_class_is_nothing_to_tell_apart():
    with pytest.raises(InputError, match="one class only, 1"):
        adapt_model(DecisionTreeClassifier().fit(NUMBERS, np.ones(len(NUMBERS), dtype=int)), NUMBERS)


def test_the_description_says_what_it_is():
    forest = RandomForestClassifier(3).fit(NUMBERS, BINARY)
    assert adapt_model(forest, NUMBERS).description == "RandomForestClassifier, 3 trees"
    linear = make_pipeline(StandardScaler(), Ridge()).fit(NUMBERS, AMOUNT)
    assert adapt_model(linear, NUMBERS).description == "Ridge, 2 coefficients, after StandardScaler"


def test_an_estimator_of_another_house_is_taken_by_its_methods():
    class Halves:
        def predict_proba(self, X):
            return np.full((len(X), 2), 0.5)

    adapted = adapt_model(Halves(), NUMBERS)
    assert (adapted.family, adapted.classes) == (Family.CALLABLE, (0, 1))

    class Mean:
        def predict(self, X: pd.DataFrame) -> pd.Series:
            return X.mean(axis=1)

    np.testing.assert_allclose(adapt_model(Mean(), NUMBERS).predict(NUMBERS)[:, 0], NUMBERS.mean(axis=1))
