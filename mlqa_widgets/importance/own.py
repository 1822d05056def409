"""What a model itself says its columns are worth, summed over what a pipeline made of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.models.model import Encoding, Family, Model


@dataclass(frozen=True)
class OwnImportance:
    """The importance a model keeps of its columns.

    Attributes
    ----------
    values
        One per column of the model, in its order; None where it keeps none.
    label
        What they are, in a few words: "total gain".
    explanation
        What is counted and on which rows, in a sentence, or why there is none.
    from_splits
        Whether it is counted over the splits of trees on the rows the model was fitted on: columns with many values offer
        more of them.
    """

    values: np.ndarray | None = field(repr=False)
    label: str
    explanation: str
    from_splits: bool = False

    @property
    def whole(self) -> float | None:
        """What the values add up to, where they are only read as shares of it."""
        total = 0.0 if self.values is None else float(self.values.sum())
        return total if self.from_splits and total > 0 else None


def own_importance(model: Model, rows: pd.DataFrame) -> OwnImportance:
    """Return what the model itself says of its columns.

    Parameters
    ----------
    model
        The model. Encoded columns are summed to the user's.
    rows
        Rows whose spread says what a coefficient is worth: those it was fitted on, or a sample.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> from mlqa_widgets.models.adapt import adapt_model
    >>> X = pd.DataFrame({"age": np.arange(10.0), "shoe": np.resize([0.0, 1.0], 10)})
    >>> found = own_importance(adapt_model(LinearRegression().fit(X, 2 * X["age"]), X), X)
    >>> found.values.round(2), found.label
    (array([5.74, 0.  ]), 'spread of its term')
    """
    encoding = model.encoding
    if encoding is None:
        said = f"What {model.name} keeps is of columns that mix several of these, and cannot be given back to them."
        return OwnImportance(None, "", said)
    found = _READERS.get(model.family, _attribute)(model.estimator, encoding, rows)
    if found is None:
        return OwnImportance(None, "", f"{model.name} keeps no importance of its columns.")
    return found


def _summed(values: Any, encoding: Encoding, rows: pd.DataFrame) -> np.ndarray:
    """Return what is said of the encoded columns as that of the user's."""
    return np.bincount(encoding.origin, weights=np.asarray(values, dtype=np.float64), minlength=rows.shape[1])


_GAIN = "How much the splits on a column lowered the loss on the training rows."


def _attribute(estimator: Any, encoding: Encoding, rows: pd.DataFrame) -> OwnImportance | None:
    values = getattr(estimator, "feature_importances_", None)
    if values is None or len(values) != len(encoding.origin):
        return None
    said = "How much the splits on a column made the training rows more alike, over all trees, as a share."
    return OwnImportance(_summed(values, encoding, rows), "impurity decrease", said, from_splits=True)


def _lightgbm(estimator: Any, encoding: Encoding, rows: pd.DataFrame) -> OwnImportance:
    gain = getattr(estimator, "booster_", estimator).feature_importance("gain")
    return OwnImportance(_summed(gain, encoding, rows), "total gain", _GAIN, from_splits=True)


def _xgboost(estimator: Any, encoding: Encoding, rows: pd.DataFrame) -> OwnImportance | None:
    booster = estimator.get_booster() if hasattr(estimator, "get_booster") else estimator
    if json.loads(booster.save_config())["learner"]["gradient_booster"]["name"] == "gblinear":
        return None
    names = booster.feature_names or [f"f{i}" for i in range(len(encoding.origin))]
    score = booster.get_score(importance_type="total_gain")
    gain = [score.get(name, 0.0) for name in names]
    return OwnImportance(_summed(gain, encoding, rows), "total gain", _GAIN, from_splits=True)


def _catboost(estimator: Any, encoding: Encoding, rows: pd.DataFrame) -> OwnImportance:
    change = estimator.get_feature_importance(type="PredictionValuesChange")
    said = "How much predictions change on average where a split on the column goes the other way, in per cent."
    return OwnImportance(_summed(change, encoding, rows), "change of predictions", said, from_splits=True)


def _linear(estimator: Any, encoding: Encoding, rows: pd.DataFrame) -> OwnImportance | None:
    coefficients = getattr(estimator, "coef_", None)
    if coefficients is None:
        return None
    coefficients = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
    matrix = encoding.transform(rows)
    dense = np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix, dtype=np.float64)
    spread = np.zeros(rows.shape[1])
    for column in np.unique(encoding.origin):
        part = encoding.origin == column
        spread[column] = (dense[:, part] @ coefficients[:, part].T).std(axis=0).mean()
    several = "; the mean of all classes" if len(coefficients) > 1 else ""
    said = f"The standard deviation of coefficient x value, what is encoded of a column taken together{several}."
    return OwnImportance(spread, "spread of its term", said)


def _ebm(estimator: Any, encoding: Encoding, rows: pd.DataFrame) -> OwnImportance:
    values = np.zeros(rows.shape[1])
    for features, worth in zip(estimator.term_features_, estimator.term_importances(), strict=True):
        np.add.at(values, encoding.origin[list(features)], worth / len(features))
    said = "The mean size of its term over the training rows; that of a pair of columns is shared between them."
    return OwnImportance(values, "mean size of its terms", said)


_READERS: dict[Family, Callable[[Any, Encoding, pd.DataFrame], OwnImportance | None]] = {
    Family.LIGHTGBM: _lightgbm,
    Family.XGBOOST: _xgboost,
    Family.CATBOOST: _catboost,
    Family.LINEAR: _linear,
    Family.EBM: _ebm,
}
