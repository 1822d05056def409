"""Functions of a frame: what they return decides what they predict."""

import functools

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.errors import InputError, MissingPackage
from mlqa_widgets.models.adapt import adapt_model
from mlqa_widgets.models.model import Family, Task
from tests.unit.models.rows import MIXED, NUMBERS


def _chance(frame):
    return (frame["age"] > 42).to_numpy() * 0.8 + 0.1


@pytest.mark.parametrize("kind", [np.asarray, pd.Series, list, pd.DataFrame], ids=lambda kind: kind.__name__)
def test_one_value_a_row_is_a_value(kind):
    adapted = adapt_model(lambda frame: kind(frame["age"].to_numpy()), NUMBERS)
    assert (adapted.family, adapted.task, adapted.raw_space) == (Family.CALLABLE, Task.REGRESSION, "value")
    predicted = adapted.predict(NUMBERS)
    assert predicted.dtype == np.float64
    np.testing.assert_array_equal(predicted[:, 0], NUMBERS["age"])


def test_one_value_a_row_with_classes_is_the_probability_of_the_second():
    adapted = adapt_model(_chance, NUMBERS, classes=["no", "yes"])
    assert (adapted.task, adapted.classes, adapted.raw_space) == (Task.BINARY, ("no", "yes"), "probability")
    np.testing.assert_allclose(adapted.predict(NUMBERS)[:, 1], _chance(NUMBERS))
    np.testing.assert_allclose(adapted.predict(NUMBERS).sum(axis=1), 1)
    assert adapted.name == "_chance"


def test_rounding_does_not_make_a_probability_impossible():
    adapted = adapt_model(lambda frame: np.full(len(frame), 1 + 1e-9), NUMBERS, classes=["no", "yes"])
    assert adapted.predict(NUMBERS).max() == 1


def test_columns_that_sum_to_1_are_classes():
    def chances(frame):
        return np.column_stack([1 - _chance(frame), _chance(frame)])

    assert adapt_model(chances, NUMBERS).classes == (0, 1)
    assert adapt_model(chances, NUMBERS, classes=["no", "yes"]).classes == ("no", "yes")
    named = adapt_model(lambda frame: pd.DataFrame(chances(frame), columns=["no", "yes"]), NUMBERS)
    assert named.classes == ("no", "yes")


def test_an_encoding_hands_over_the_users_frame():
    adapted = adapt_model(lambda frame: frame["age"], MIXED)
    assert adapted.encoding.transform(MIXED).equals(MIXED)
    assert adapted.encoding.names == ("age", "hours", "job")


def test_a_function_cannot_add_columns_to_the_users_rows():
    def adds(frame):
        frame["double"] = frame["age"] * 2
        return frame["double"]

    rows = NUMBERS.copy()
    adapt_model(adds, rows).predict(rows)
    assert list(rows.columns) == ["age", "hours"]


def test_partial_functions_have_a_name():
    assert adapt_model(functools.partial(_chance), NUMBERS).name == "partial"


@pytest.mark.parametrize(
    ("returned", "classes", "message"),
    [
        (lambda frame: frame["age"], ["no", "yes"], "no probabilities: they must lie between 0 and 1. Return"),
        (lambda frame: frame.to_numpy(), None, "2 columns that are no probabilities.*sum to 1"),
        (lambda frame: np.full((len(frame), 2), 0.5), ["a", "b", "c"], "3 labels, and <lambda> returns 2 columns"),
        (lambda frame: np.full(len(frame), 0.5), ["a", "b", "c"], "the probability of the second of two"),
        (lambda frame: ["no"] * len(frame), None, "returns list that are no numbers.*probability of each class"),
        (lambda frame: 0.5, None, r"returned shape \(\) for 100 rows"),
        (lambda frame: [1.0], None, r"returned shape \(1,\) for 100 rows"),
        (lambda frame: np.zeros((len(frame), 2, 2)), None, r"returned shape \(100, 2, 2\)"),
    ],
)
def test_what_is_neither_values_nor_probabilities_is_refused(returned, classes, message):
    with pytest.raises(InputError, match=message):
        adapt_model(returned, NUMBERS, classes=classes)


def test_a_failing_function_says_how():
    def fails(frame):
        return frame["height"]

    with pytest.raises(InputError, match=r"fails cannot predict 100 rows\. It said KeyError: 'height'") as told:
        adapt_model(fails, NUMBERS)
    assert isinstance(told.value.__cause__, KeyError)


def test_a_function_that_fails_later_says_how():
    def sometimes(frame):
        if len(frame) == 1:
            return 1 / 0
        return frame["age"]

    adapted = adapt_model(sometimes, NUMBERS)
    with pytest.raises(InputError, match=r"cannot predict 1 row\. It said ZeroDivisionError: division by zero"):
        adapted.predict(NUMBERS.head(1))


def test_a_package_the_model_lacks_is_named():
    def needs(frame):
        import not_here  # type: ignore[import-not-found]

        return not_here.predict(frame)

    with pytest.raises(MissingPackage, match="needs needs not_here to predict"):
        adapt_model(needs, NUMBERS)


@pytest.mark.parametrize("model", [7, "model.pkl", None])
def test_what_cannot_predict_is_refused(model):
    with pytest.raises(InputError, match="can neither predict nor be called"):
        adapt_model(model, NUMBERS)
