"""The one door: whatever model the user passes becomes a :class:`Model`, or a clear error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.model import Family, Model, Task


def adapt_model(model: Any, X: pd.DataFrame, *, classes: Any = None) -> Model:
    """Return the model behind one interface.

    Parameters
    ----------
    model
        A fitted scikit-learn estimator or pipeline, a LightGBM, XGBoost or CatBoost model of either interface, a
        PyTorch module, or any function that takes a frame and returns predictions.
    X
        Rows to be predicted: decides names and order of the columns where the model has none.
    classes
        Labels of the classes of a callable or a module that returns one column per class.

    Raises
    ------
    InputError
        When it is not fitted, or does not take these columns; the message names them.
    """
    columns = tuple(X.columns)
    if hasattr(model, "predict_proba"):
        labels = tuple(model.classes_)
        task = Task.BINARY if len(labels) == 2 else Task.MULTICLASS

        def probabilities(frame: pd.DataFrame) -> np.ndarray:
            return np.asarray(model.predict_proba(frame), dtype=np.float64)

        return Model(
            model, model, Family.CALLABLE, task, labels, columns, probabilities, probabilities, "probability", None
        )
    if hasattr(model, "predict") or callable(model):
        predict = model.predict if hasattr(model, "predict") else model

        def values(frame: pd.DataFrame) -> np.ndarray:
            return np.asarray(predict(frame), dtype=np.float64).reshape(len(frame), -1)

        return Model(model, model, Family.CALLABLE, Task.REGRESSION, (), columns, values, values, "value", None)
    msg = f"model: a {type(model).__name__} can neither predict nor be called."
    raise InputError(msg)
