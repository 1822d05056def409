"""The one door: whatever model the user passes becomes a :class:`Model`, or a clear error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError, MlqaError
from mlqa_widgets.models.callables import read_callable
from mlqa_widgets.models.columns import check_columns, refusal
from mlqa_widgets.models.fitted import Fitted, columnwise, libraries, nameless, whole
from mlqa_widgets.models.model import Encoding, Family, Model, Task, model_name
from mlqa_widgets.models.pipelines import encoded_names, lineage, unwrap
from mlqa_widgets.wording import count, listing

_PROBE = 100
"""Rows of X that are predicted first, to learn what the numbers of a model are."""

_ROUNDING = 1e-6
"""By how much single precision may take a probability out of 0 to 1."""


def adapt_model(model: Any, X: pd.DataFrame, *, classes: Any = None) -> Model:
    """Return the model behind one interface.

    A pipeline is taken apart, so that its estimator is explained by the route of its own family and the contributions
    of encoded columns can be summed back; where an encoded column mixes several of the user's, the whole is a callable.

    Parameters
    ----------
    model
        A fitted scikit-learn estimator or pipeline, a LightGBM, XGBoost or CatBoost model of either interface, an EBM,
        a PyTorch module, or any function that takes a frame and returns predictions.
    X
        Rows to be predicted: decides names and order of the columns where the model has none.
    classes
        Labels of the classes in the order of the predictions' columns: for a callable or a module that returns
        probabilities, and to give names to classes that the model only numbers.

    Returns
    -------
    Model
        Predicting, raw scores, and how the user's columns are encoded.

    Raises
    ------
    InputError
        When it is not fitted, does not take these columns (the message names them), or fails to predict them.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = pd.DataFrame({"age": [20, 40, 60, 80]})
    >>> adapted = adapt_model(LogisticRegression().fit(X, ["no", "no", "yes", "yes"]), X)
    >>> adapted.family.value, adapted.task.value, adapted.classes, adapted.raw_space
    ('linear', 'binary', ('no', 'yes'), 'log-odds')
    """
    name = model_name(model)
    _check_fitted(model, name)
    steps, estimator = unwrap(model)
    columns = tuple(X.columns)
    probe = _first_rows(X)
    feed = whole
    if steps:
        names, width = getattr(steps[0], "feature_names_in_", None), getattr(steps[0], "n_features_in_", None)
        check_columns(X, name, names, width, "model.feature_names_in_")
        feed = nameless if names is None and width is not None else whole
    transform = _chain(feed, steps)
    try:
        fitted = _read(estimator, name, transform(probe), classes)
    except MlqaError:
        raise
    except Exception as error:  # whatever a step or a library raises
        raise refusal(error, name, probe) from error
    if not steps:
        check_columns(X, name, fitted.names, fitted.width, fitted.names_from)
        transform = fitted.feed
    labels = _labels(fitted.classes, classes, name)
    origin = _origin(steps, len(columns), transform, probe)
    task = Task.REGRESSION if not labels else Task.BINARY if len(labels) == 2 else Task.MULTICLASS
    predict = _guarded(fitted.predict, transform, name, labels)
    additive = None if origin is None and fitted.probabilities else fitted.raw
    raw = predict if additive is None else _guarded(additive, transform, name, None)
    seen = predict(probe)
    return Model(
        original=model,
        estimator=model if origin is None else fitted.estimator,
        family=Family.CALLABLE if origin is None else fitted.family,
        task=task,
        classes=labels,
        columns=columns,
        predict=predict,
        raw=raw,
        raw_space=_own_space(task, fitted) if additive is None else _space(raw(probe), seen, task),
        encoding=None if origin is None else Encoding(transform, origin, encoded_names(steps, origin, columns)),
        categorical=() if origin is None else tuple(dict.fromkeys(columns[origin[i]] for i in fitted.categorical)),
        probabilities=fitted.probabilities,
        description=_description(fitted, steps),
    )


def _first_rows(X: pd.DataFrame) -> pd.DataFrame:
    """Return the first rows, and the first with a missing value in each column."""
    missing = X.isna().to_numpy()
    gaps = missing.argmax(axis=0)[missing.any(axis=0)]
    return X.iloc[np.union1d(np.arange(min(_PROBE, len(X))), gaps)]


def _check_fitted(model: Any, name: str) -> None:
    if isinstance(model, type):
        msg = f"model: {name} is a class, not a fitted model. Pass what {name}(...).fit(X, y) returns."
        raise InputError(msg)
    if not _is_fitted(model):
        msg = f"model: this {name} is not fitted. Fit it first: model.fit(X, y)."
        raise InputError(msg)


def _is_fitted(model: Any) -> bool:
    """Ask the libraries that can say; any other estimator says it when it predicts."""
    found = list(libraries(model))
    if "catboost" in found:
        return bool(model.is_fitted())
    if found[0] in {"sklearn", "lightgbm", "xgboost", "interpret"} and "sklearn" in found:
        from sklearn.exceptions import NotFittedError
        from sklearn.utils.validation import check_is_fitted

        try:
            check_is_fitted(model)
        except NotFittedError:
            return False
    return True


def _read(estimator: Any, name: str, probe: Any, classes: Any) -> Fitted:
    """Let the module of the library that the estimator's class comes from read it."""
    found = set(libraries(estimator))
    if "lightgbm" in found:
        from mlqa_widgets.models.lightgbm import read_lightgbm

        return read_lightgbm(estimator)
    if "xgboost" in found:
        from mlqa_widgets.models.xgboost import read_xgboost

        return read_xgboost(estimator)
    if "catboost" in found:
        from mlqa_widgets.models.catboost import read_catboost

        return read_catboost(estimator)
    if "interpret" in found:
        from mlqa_widgets.models.ebm import read_ebm

        return read_ebm(estimator)
    if "torch" in found:
        from mlqa_widgets.models.torch import read_torch

        return read_torch(estimator, name, probe, classes)
    if "sklearn" in found or hasattr(estimator, "predict_proba"):
        from mlqa_widgets.models.sklearn import read_sklearn

        return read_sklearn(estimator, probe)
    function = getattr(estimator, "predict", estimator)
    if callable(function):
        return read_callable(function, name, probe, classes)
    msg = f"model: a {name} can neither predict nor be called. Pass a fitted model, or a function that takes a frame."
    raise InputError(msg)


def _chain(feed: Callable[[pd.DataFrame], Any], steps: Sequence[Any]) -> Callable[[pd.DataFrame], Any]:
    def transform(frame: pd.DataFrame) -> Any:
        matrix = feed(frame)
        for step in steps:
            matrix = step.transform(matrix)
        return matrix

    return transform


def _origin(
    steps: Sequence[Any], columns: int, transform: Callable[[pd.DataFrame], Any], probe: pd.DataFrame
) -> np.ndarray | None:
    """Return the user column of each encoded one, or None where that is not certain."""
    if not steps:
        return np.arange(columns)
    origin = lineage(steps, columns)
    return origin if origin is not None and transform(probe).shape[1] == len(origin) else None


def _guarded(
    function: Callable[[Any], Any],
    transform: Callable[[pd.DataFrame], Any],
    name: str,
    labels: tuple[Any, ...] | None,
) -> Callable[[pd.DataFrame], np.ndarray]:
    """Return a function of the user's frame that answers with float64 columns or a clear error.

    With ``labels`` the columns are checked to be predictions: one probability for each, or one value without any.
    """

    def of_frame(frame: pd.DataFrame) -> np.ndarray:
        try:
            found = columnwise(function(transform(frame)))
        except MlqaError:
            raise
        except Exception as error:  # whatever a model raises
            raise refusal(error, name, frame) from error
        return found if labels is None else _checked(found, name, len(frame), labels)

    return of_frame


def _checked(found: np.ndarray, name: str, rows: int, labels: tuple[Any, ...]) -> np.ndarray:
    if found.shape != (rows, len(labels) or 1):
        msg = (
            f"model: {name} returned shape {found.shape} for {count(rows, 'row')}, where "
            f"{count(len(labels) or 1, 'column')} is expected. Look at one output at a time: pass a function that takes a "
            "frame and returns it."
        )
        raise InputError(msg)
    if not labels:
        return found
    if ((found < -_ROUNDING) | (found > 1 + _ROUNDING)).any():
        msg = (
            f"model: {name} returned numbers outside 0 and 1 for its classes, so they are no probabilities. Pass a module "
            "that ends in a sigmoid or softmax, or a function that takes a frame and returns probabilities."
        )
        raise InputError(msg)
    return np.clip(found, 0, 1)


def _labels(found: tuple[Any, ...], classes: Any, name: str) -> tuple[Any, ...]:
    """Return the classes as plain Python values, by the names the user gives them."""
    found = tuple(label.item() if isinstance(label, np.generic) else label for label in found)
    given = found if classes is None else tuple(classes)
    if classes is not None and len(given) != len(found):
        msg = (
            f"classes: {count(len(given), 'label')}, and {name} has {count(len(found), 'class', 'classes')}"
            f"{': ' + listing([repr(c) for c in found], 6) if found else ''}. Name each, in this order, or leave it out."
        )
        raise InputError(msg)
    if len(given) == 1:
        msg = f"model: {name} was fitted on one class only, {given[0]!r}; there is nothing to tell apart."
        raise InputError(msg)
    return given


def _own_space(task: Task, fitted: Fitted) -> str:
    """Name the space of predictions themselves."""
    return "value" if task is Task.REGRESSION else "probability" if fitted.probabilities else "score"


def _space(raw: np.ndarray, predicted: np.ndarray, task: Task) -> str:
    """Name the space of raw scores by how predictions follow from them."""
    from scipy.special import expit

    if task is Task.REGRESSION:
        spaces = {"value": raw, "log of the value": np.exp(np.minimum(raw, 700)), "log-odds": expit(raw)}
    else:
        spaces = {"probability": raw, "log-odds": expit(raw)}
        predicted = predicted[:, 1:] if raw.shape[1] == 1 else predicted
    for space, values in spaces.items():
        if values.shape == predicted.shape and np.allclose(values, predicted, rtol=1e-4, atol=1e-6, equal_nan=True):
            return space
    return "score"


def _description(fitted: Fitted, steps: Sequence[Any]) -> str:
    return fitted.description + (f", after {listing([type(step).__name__ for step in steps])}" if steps else "")
