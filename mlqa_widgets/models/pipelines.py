"""What stands before the estimator of a pipeline, and which user column each encoded column is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.models.fitted import libraries

Lineage = Callable[[Any, np.ndarray], np.ndarray | None]


def unwrap(model: Any) -> tuple[list[Any], Any]:
    """Return the transformers of a pipeline in order, and the estimator they prepare the rows for.

    A search is seen through to its best estimator; what is nested is laid flat.
    """
    if "sklearn" not in libraries(model):
        return [], model
    if hasattr(model, "best_estimator_"):
        return unwrap(model.best_estimator_)
    if _is(model, "FrozenEstimator"):
        return unwrap(model.estimator)
    if _is(model, "Pipeline"):
        inner, estimator = unwrap(model.steps[-1][1])
        return [step for _, step in model.steps[:-1] if hasattr(step, "transform")] + inner, estimator
    return [], model


def lineage(steps: Sequence[Any], columns: int) -> np.ndarray | None:
    """Return for each column that the steps put out the position of the one user column it is made of.

    Read from what the transformers say of themselves. None where one of them mixes columns or is not known.
    """
    origin: np.ndarray | None = np.arange(columns)
    for step in steps:
        if origin is None:
            return None
        origin = _through(step, origin)
    return origin


def encoded_names(steps: Sequence[Any], origin: np.ndarray, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the encoded columns as scikit-learn makes them, or made from the user's columns."""
    names: Any = None
    for step in steps:
        try:
            names = step.get_feature_names_out(names)
        except (AttributeError, ValueError):  # a transformer without names, or fitted without
            names = None
            break
    if names is None or len(names) != len(origin):
        several = np.bincount(origin, minlength=len(columns)) > 1
        seen: dict[int, int] = {}
        names = []
        for position in origin:
            seen[position] = seen.get(position, -1) + 1
            names.append(f"{columns[position]}[{seen[position]}]" if several[position] else columns[position])
    return tuple(str(name) for name in names)


def _is(step: Any, *names: str) -> bool:
    """Whether a step is one of scikit-learn's classes of these names, or of what inherits from it unchanged."""
    return any(kind.__name__ in names and kind.__module__.startswith("sklearn.") for kind in type(step).__mro__)


def _through(step: Any, origin: np.ndarray) -> np.ndarray | None:
    if step is None or isinstance(step, str):
        return origin if step in (None, "passthrough") else origin[:0]
    if not type(step).__module__.startswith("sklearn."):
        return None
    return _LINEAGE.get(type(step).__name__, _mixed)(step, origin)


def _mixed(step: Any, origin: np.ndarray) -> np.ndarray | None:
    """Features selected keep their columns; all else is taken to mix them."""
    return origin[step.get_support(indices=True)] if _is(step, "SelectorMixin") else None


def _one_to_one(step: Any, origin: np.ndarray) -> np.ndarray | None:  # noqa: ARG001 - a lineage
    return origin


def _function(step: Any, origin: np.ndarray) -> np.ndarray | None:
    """Only what NumPy applies value by value is certain to keep columns apart."""
    return origin if step.func is None or isinstance(step.func, np.ufunc) else None


def _nested(step: Any, origin: np.ndarray) -> np.ndarray | None:
    for _, inner in step.steps:
        through = _through(inner, origin)
        if through is None:
            return None
        origin = through
    return origin


def _union(step: Any, origin: np.ndarray) -> np.ndarray | None:
    return _joined([_through(inner, origin) for _, inner in step.transformer_list])


def _column_transformer(step: Any, origin: np.ndarray) -> np.ndarray | None:
    names = getattr(step, "feature_names_in_", range(step.n_features_in_))
    positions = pd.DataFrame([range(step.n_features_in_)], columns=names)
    parts = []
    for _, inner, chosen in step.transformers_:
        taken = origin[_chosen(positions, chosen)]
        if len(taken):  # without columns it was not fitted
            parts.append(_through(inner, taken))
    return _joined(parts)


def _chosen(positions: pd.DataFrame, chosen: Any) -> np.ndarray:
    """Return the positions a column transformer means by labels, positions, a mask or a slice."""
    first = chosen.start if isinstance(chosen, slice) else chosen if np.isscalar(chosen) else next(iter(chosen), 0)
    found = positions.loc[:, chosen] if isinstance(first, str) else positions.iloc[:, chosen]
    return np.ravel(found.to_numpy()).astype(np.int64)


def _joined(parts: Sequence[np.ndarray | None]) -> np.ndarray | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return np.concatenate(known) if known else np.array([], dtype=np.int64)


def _one_hot(step: Any, origin: np.ndarray) -> np.ndarray | None:
    widths = [len(categories) for categories in step.categories_]
    for i, infrequent in enumerate(getattr(step, "infrequent_categories_", [])):
        if infrequent is not None:
            widths[i] -= len(infrequent) - 1
    for i, dropped in enumerate(step.drop_idx_ if step.drop_idx_ is not None else []):
        widths[i] -= dropped is not None
    return np.repeat(origin, widths)


def _bins(step: Any, origin: np.ndarray) -> np.ndarray | None:
    return origin if step.encode == "ordinal" else np.repeat(origin, step.n_bins_)


def _target_encoder(step: Any, origin: np.ndarray) -> np.ndarray | None:
    return np.repeat(origin, len(step.classes_)) if step.target_type_ == "multiclass" else origin


def _splines(step: Any, origin: np.ndarray) -> np.ndarray | None:
    return np.repeat(origin, step.n_features_out_ // step.n_features_in_)


def _imputer(step: Any, origin: np.ndarray) -> np.ndarray | None:
    kept = origin
    if step.strategy != "constant" and not step.keep_empty_features:
        kept = origin[pd.notna(step.statistics_)]
    return kept if step.indicator_ is None else np.concatenate([kept, origin[step.indicator_.features_]])


def _indicator(step: Any, origin: np.ndarray) -> np.ndarray | None:
    return origin[step.features_]


_LINEAGE: dict[str, Lineage] = {
    **dict.fromkeys(
        (
            "StandardScaler MinMaxScaler MaxAbsScaler RobustScaler PowerTransformer QuantileTransformer "
            "OrdinalEncoder Binarizer"
        ).split(),
        _one_to_one,
    ),
    "OneHotEncoder": _one_hot,
    "KBinsDiscretizer": _bins,
    "TargetEncoder": _target_encoder,
    "SplineTransformer": _splines,
    "SimpleImputer": _imputer,
    "MissingIndicator": _indicator,
    "FunctionTransformer": _function,
    "Pipeline": _nested,
    "FeatureUnion": _union,
    "ColumnTransformer": _column_transformer,
}
