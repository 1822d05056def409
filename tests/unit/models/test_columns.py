"""Rows that a model refuses: the message names the columns and says what to do."""

import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.adapt import adapt_model
from tests.unit.models.rows import AMOUNT, BINARY, MIXED, NUMBERS


@pytest.fixture
def model():
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(NUMBERS, BINARY)


def test_a_column_that_is_not_there(model):
    with pytest.raises(InputError, match="there is no 'hours', which Pipeline was fitted on"):
        adapt_model(model, NUMBERS[["age"]])


def test_a_column_too_many(model):
    rows = NUMBERS.assign(income=BINARY)
    with pytest.raises(InputError, match=r"fitted without 'income'. Drop .*: X\[model.feature_names_in_\]"):
        adapt_model(model, rows)
    adapt_model(model, rows[model.feature_names_in_])


def test_another_order(model):
    rows = NUMBERS[["hours", "age"]]
    with pytest.raises(InputError, match=r"column 1 is 'hours' where 'age' is expected.*X\[model.feature_names_in_\]"):
        adapt_model(model, rows)
    adapt_model(model, rows[model.feature_names_in_])


def test_another_number_of_columns_without_names():
    model = LinearRegression().fit(NUMBERS.to_numpy(), AMOUNT)
    with pytest.raises(InputError, match="3 columns, and LinearRegression was fitted on 2, without names"):
        adapt_model(model, MIXED)


@pytest.mark.parametrize("unfitted", [LogisticRegression(), make_pipeline(StandardScaler(), LogisticRegression())])
def test_a_model_that_is_not_fitted(unfitted):
    with pytest.raises(InputError, match=r"not fitted. Fit it first: model.fit\(X, y\)"):
        adapt_model(unfitted, NUMBERS)


def test_a_class_in_place_of_a_model():
    with pytest.raises(InputError, match=r"LogisticRegression is a class.*LogisticRegression\(...\).fit\(X, y\)"):
        adapt_model(LogisticRegression, NUMBERS)


def test_missing_values_are_named_wherever_they_are(model):
    rows = NUMBERS.copy()
    rows.loc[rows.index[-1], "hours"] = np.nan
    with pytest.raises(InputError, match="Missing values are in 'hours': fill them") as told:
        adapt_model(model, rows)
    assert "contains NaN" in str(told.value.__cause__)
    adapted = adapt_model(model, NUMBERS)
    with pytest.raises(InputError, match="Missing values are in 'hours'"):
        adapted.predict(rows)


def test_infinite_values_are_named(model):
    with pytest.raises(InputError, match="Infinite values are in 'age'"):
        adapt_model(model, NUMBERS.assign(age=np.inf))


def test_an_estimator_of_the_users_own_says_itself_that_it_is_not_fitted():
    class Own(BaseEstimator):  # type: ignore[misc]
        def predict(self, _):
            raise NotFittedError

    with pytest.raises(InputError, match="this Own is not fitted"):
        adapt_model(Own(), NUMBERS)


def test_words_are_named():
    rows = MIXED.assign(job=MIXED["job"].astype(str))
    model = HistGradientBoostingClassifier(max_iter=2).fit(rows.assign(job=1.0), BINARY)
    with pytest.raises(InputError, match=r"No numbers are in 'job' \(str\)"):
        adapt_model(model, rows)


def test_only_the_library_of_the_model_is_imported():
    """A model of scikit-learn needs no other; neither does the package itself."""
    import subprocess

    program = (
        "import sys, pandas as pd\n"
        "from sklearn.tree import DecisionTreeRegressor\n"
        "from mlqa_widgets.models.adapt import adapt_model\n"
        "X = pd.DataFrame({'a': [1, 2, 3]})\n"
        "adapt_model(DecisionTreeRegressor().fit(X, [1, 2, 3]), X).predict(X)\n"
        "print([m for m in ('lightgbm', 'xgboost', 'catboost', 'interpret', 'torch', 'shap') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
