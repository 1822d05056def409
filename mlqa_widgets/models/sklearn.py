"""scikit-learn's estimators, and whatever else predicts through its interface."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.fitted import Fitted, columnwise, nameless, whole
from mlqa_widgets.models.model import Family
from mlqa_widgets.wording import count

_FAMILIES = {
    "HistGradientBoostingClassifier": Family.HIST_GRADIENT_BOOSTING,
    "HistGradientBoostingRegressor": Family.HIST_GRADIENT_BOOSTING,
    "GradientBoostingClassifier": Family.GRADIENT_BOOSTING,
    "GradientBoostingRegressor": Family.GRADIENT_BOOSTING,
    "RandomForestClassifier": Family.FOREST,
    "RandomForestRegressor": Family.FOREST,
    "ExtraTreesClassifier": Family.FOREST,
    "ExtraTreesRegressor": Family.FOREST,
    "DecisionTreeClassifier": Family.TREE,
    "DecisionTreeRegressor": Family.TREE,
    "ExtraTreeClassifier": Family.TREE,
    "ExtraTreeRegressor": Family.TREE,
    "LinearSVC": Family.LINEAR,
    "LinearSVR": Family.LINEAR,
    "LinearDiscriminantAnalysis": Family.LINEAR,
}
_DECIDES = {Family.HIST_GRADIENT_BOOSTING, Family.GRADIENT_BOOSTING, Family.LINEAR}
"""Families whose decision function is the space where contributions add up."""


def read_sklearn(model: Any, probe: Any) -> Fitted:
    """Read a fitted estimator with ``predict``; ``probe`` is a few rows of its matrix.

    Raises
    ------
    InputError
        When it predicts several outputs at once.
    """
    family = _family(model)
    probable = hasattr(model, "predict_proba")
    classes = _classes(model, probe) if probable or hasattr(model, "classes_") else ()
    decides = bool(classes) and hasattr(model, "decision_function") and (family in _DECIDES or not probable)
    names = getattr(model, "feature_names_in_", None)
    width = getattr(model, "n_features_in_", None)

    def values(matrix: Any) -> Any:
        return columnwise(model.predict(matrix))

    def named_class(matrix: Any) -> Any:
        return np.asarray(model.predict(matrix))[:, None] == np.asarray(model.classes_)[None, :]

    def decision(matrix: Any) -> Any:
        return columnwise(model.decision_function(matrix))

    def linear(matrix: Any) -> Any:
        return columnwise(matrix @ np.asarray(model.coef_).T + model.intercept_)

    def log_values(matrix: Any) -> Any:
        return np.log(values(matrix))

    raw = None
    if decides:
        raw = decision if len(classes) == 2 or getattr(model, "decision_function_shape", "ovr") == "ovr" else None
    elif family is Family.LINEAR and not classes:
        raw = linear
    elif family is Family.HIST_GRADIENT_BOOSTING and model.loss in {"poisson", "gamma"}:
        raw = log_values
    categorical = getattr(model, "is_categorical_", None)
    return Fitted(
        model,
        family,
        classes,
        (model.predict_proba if probable else named_class) if classes else values,
        raw,
        names=None if names is None else tuple(names),
        width=width,
        categorical=[] if categorical is None else np.flatnonzero(categorical).tolist(),
        probabilities=probable or not classes,
        feed=nameless if names is None and width is not None else whole,
        description=_description(model, family),
    )


def _family(model: Any) -> Family:
    """Look for the estimator's own class or one it inherits from."""
    for kind in type(model).__mro__:
        if kind.__module__.startswith("sklearn.") and kind.__name__ in _FAMILIES:
            return _FAMILIES[kind.__name__]
        if kind.__module__.startswith("sklearn.linear_model.") and hasattr(model, "coef_"):
            return Family.LINEAR
    return Family.CALLABLE


def _classes(model: Any, probe: Any) -> tuple[Any, ...]:
    labels = getattr(model, "classes_", None)
    if labels is None:
        return tuple(range(np.shape(model.predict_proba(probe))[1]))
    if isinstance(labels, list) and np.ndim(labels[0]):
        msg = (
            f"model: this {type(model).__name__} predicts {count(len(labels), 'output')} at once. Look at one of them: "
            "pass a function that takes a frame and returns the probabilities of that output."
        )
        raise InputError(msg)
    return tuple(labels)


def _description(model: Any, family: Family) -> str:
    name = type(model).__name__
    if family is Family.HIST_GRADIENT_BOOSTING:
        return f"{name}, {count(model.n_iter_, 'tree')}, up to {model.max_leaf_nodes or 'any number of'} leaves"
    if family is Family.GRADIENT_BOOSTING:
        return f"{name}, {count(model.n_estimators_, 'tree')}"
    if family is Family.FOREST:
        return f"{name}, {count(len(model.estimators_), 'tree')}"
    if family is Family.TREE:
        return f"{name}, {count(model.get_n_leaves(), 'leaf', 'leaves')}, {count(model.get_depth(), 'level')}"
    if family is Family.LINEAR:
        return f"{name}, {count(int(np.shape(model.coef_)[-1]), 'coefficient')}"
    return name
