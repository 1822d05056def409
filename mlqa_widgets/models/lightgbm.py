"""LightGBM: boosters and their scikit-learn interface."""

from __future__ import annotations

from typing import Any

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.fitted import Fitted, both_classes, columnwise, nameless, whole
from mlqa_widgets.models.model import Family
from mlqa_widgets.wording import count


def read_lightgbm(model: Any) -> Fitted:
    """Read a fitted LightGBM model; it predicts with the best iteration where it was stopped early.

    Raises
    ------
    InputError
        When a classifier was fitted to an objective of the user's own: LightGBM then gives no probabilities.
    """
    booster = getattr(model, "booster_", model)
    header = _header(booster)
    labels = getattr(model, "classes_", None)
    if labels is not None and callable(model.objective_):
        msg = (
            f"model: this {type(model).__name__} was fitted to an objective of your own, so it gives scores and no "
            "probabilities. Pass a function that takes a frame and returns probabilities, with classes=."
        )
        raise InputError(msg)
    objective = header.get("objective", "").partition(" ")[0]
    if labels is not None:
        classes = tuple(labels)
    elif objective == "binary":
        classes = (0, 1)
    elif int(header["num_class"]) > 1:
        classes = tuple(range(int(header["num_class"])))
    else:
        classes = ()

    def predict(matrix: Any) -> Any:
        if hasattr(model, "predict_proba"):
            return model.predict_proba(matrix)
        predicted = model.predict(matrix)
        return both_classes(predicted) if len(classes) == 2 else columnwise(predicted)

    def raw(matrix: Any) -> Any:
        return columnwise(model.predict(matrix, raw_score=True))

    names = tuple(booster.feature_name())
    named = names != tuple(f"Column_{i}" for i in range(len(names)))
    infos = header.get("feature_infos", "").split()
    return Fitted(
        model,
        Family.LIGHTGBM,
        classes,
        predict,
        raw,
        names=names if named else None,
        names_from="model.feature_name()" if booster is model else "model.feature_names_in_",
        width=len(names),
        categorical=[i for i, info in enumerate(infos) if info != "none" and not info.startswith("[")],
        feed=whole if named else nameless,
        description=_description(booster),
    )


def _header(booster: Any) -> dict[str, str]:
    text, _, _ = booster.model_to_string(num_iteration=1).partition("\n\n")
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _description(booster: Any) -> str:
    rounds, best = booster.current_iteration(), booster.best_iteration
    trees = f"{best:,} of {count(rounds, 'tree')}" if 0 < best < rounds else count(rounds, "tree")
    per_class = booster.num_model_per_iteration()
    leaves = int(booster.params.get("num_leaves", 31))
    return f"LightGBM, {trees}{' per class' if per_class > 1 else ''}, up to {count(leaves, 'leaf', 'leaves')}"
