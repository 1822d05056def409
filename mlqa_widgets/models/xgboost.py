"""XGBoost: boosters and their scikit-learn interface."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mlqa_widgets.models.fitted import Fitted, both_classes, columnwise, nameless, whole
from mlqa_widgets.models.model import Family
from mlqa_widgets.wording import count


def rounds_used(model: Any) -> tuple[int, int]:
    """Return the ``iteration_range`` that predictions and contributions use: up to the best where stopped early.

    A native booster keeps its best iteration and does not apply it by itself; here it is applied, as the scikit-learn
    interface does.
    """
    booster = _booster(model)
    best = booster.attr("best_iteration")
    rounds = booster.num_boosted_rounds()
    return (0, rounds if best is None else min(int(best) + 1, rounds))


def data_matrix(model: Any, matrix: Any) -> Any:
    """Return the ``DMatrix`` of a frame or array, with the model's own mark for missing values."""
    import xgboost

    missing = getattr(model, "missing", None)
    return xgboost.DMatrix(matrix, missing=missing, feature_types=_types(model, matrix), enable_categorical=True)


def read_xgboost(model: Any) -> Fitted:
    """Read a fitted XGBoost model."""
    booster = _booster(model)
    names = booster.feature_names
    wrapped = booster is not model
    rounds = rounds_used(model)
    labels = getattr(model, "classes_", None)
    learner = json.loads(booster.save_config())["learner"]
    objective = learner["objective"]["name"]
    classes = tuple(labels) if labels is not None else () if wrapped else _classes(objective, learner)

    def margin(matrix: Any) -> Any:
        if wrapped:
            return columnwise(model.predict(matrix, output_margin=True))
        return columnwise(booster.predict(data_matrix(model, matrix), output_margin=True, iteration_range=rounds))

    def values(matrix: Any) -> Any:
        if wrapped:
            return columnwise(model.predict(matrix))
        return columnwise(booster.predict(data_matrix(model, matrix), iteration_range=rounds))

    return Fitted(
        model,
        Family.XGBOOST,
        classes,
        _probabilities(objective, margin, values) if classes else values,
        margin,
        names=None if names is None else tuple(names),
        names_from="model.feature_names_in_" if wrapped else "model.feature_names",
        width=booster.num_features(),
        categorical=[i for i, kind in enumerate(booster.feature_types or []) if kind == "c"],
        probabilities=objective != "binary:hinge",
        feed=nameless if names is None else whole,
        description=_description(booster, rounds[1]),
    )


def _booster(model: Any) -> Any:
    return model.get_booster() if hasattr(model, "get_booster") else model


def _types(model: Any, matrix: Any) -> Any:
    """Return the kinds of columns an array cannot say itself."""
    return None if hasattr(matrix, "dtypes") else _booster(model).feature_types


def _classes(objective: str, learner: dict[str, Any]) -> tuple[int, ...]:
    if objective.startswith("binary:"):
        return (0, 1)
    if objective.startswith("multi:"):
        return tuple(range(int(learner["learner_model_param"]["num_class"])))
    return ()


def _probabilities(objective: str, margin: Callable[[Any], Any], values: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Probabilities from margins, as some objectives predict margins (``logitraw``) or classes (``softmax``)."""
    from scipy.special import expit, softmax

    if objective.startswith("multi:"):
        return lambda matrix: softmax(margin(matrix), axis=1)
    if objective in {"binary:logistic", "binary:logitraw"}:
        return lambda matrix: both_classes(expit(margin(matrix)))
    return lambda matrix: both_classes(values(matrix))


def _description(booster: Any, used: int) -> str:
    rounds = booster.num_boosted_rounds()
    return f"XGBoost, {f'{used:,} of ' if used < rounds else ''}{count(rounds, 'round')}"
