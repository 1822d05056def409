"""What every model looks like to the analysis: predictions in, and what the explanation engines may use of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd


class Task(StrEnum):
    """What a model predicts."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Family(StrEnum):
    """What kind of model it is: decides how it is explained."""

    LIGHTGBM = "LightGBM"
    XGBOOST = "XGBoost"
    CATBOOST = "CatBoost"
    HIST_GRADIENT_BOOSTING = "HistGradientBoosting"
    GRADIENT_BOOSTING = "GradientBoosting"
    FOREST = "forest"
    TREE = "tree"
    LINEAR = "linear"
    EBM = "EBM"
    TORCH = "PyTorch"
    CALLABLE = "callable"


@dataclass(frozen=True)
class Encoding:
    """How a pipeline makes the matrix that its estimator sees out of the user's columns.

    Attributes
    ----------
    transform
        Takes a frame of the user's columns, returns what the pipeline hands to its estimator: a frame, an array, a
        sparse matrix; for a native booster the frame or array its data set is made of; for a module its tensor.
    origin
        For each column of that matrix the position of the user's column it is made of.
    names
        The name of each column of that matrix.
    """

    transform: Callable[[pd.DataFrame], Any]
    origin: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """A fitted model, whatever made it.

    Attributes
    ----------
    original
        What the user passed.
    estimator
        What predicts, without the steps before it: the last step of a pipeline, a booster, a module, the callable.
    family
        Decides the route of explanation.
    task
        Binary, multiclass or regression.
    classes
        Labels of the classes in the order of the predictions' columns; empty for regression.
    columns
        The user's columns the model takes, in its order.
    predict
        Takes a frame with these columns. Returns float64 of shape (rows, outputs): one column of values for
        regression, one column of probabilities per class otherwise (two for binary).
    raw
        The same in the space where contributions add up, shape (rows, outputs): log-odds in one column for binary
        boosted trees, one column per class for multiclass; equal to ``predict`` where there is no such space.
    raw_space
        What ``raw`` is: ``log-odds``, ``probability``, ``score``, ``value`` or ``log of the value``.
    encoding
        How the estimator's matrix is made; None where a column of it mixes several of the user's.
    categorical
        Names of the columns whose categories the estimator itself splits on or looks up, not those encoded before it.
    probabilities
        False for a classifier that only names the class: ``predict`` is then 1 for that class and 0 for the others.
    description
        What it is, in a few words: "LightGBM, 100 trees, up to 31 leaves".
    """

    original: Any
    estimator: Any
    family: Family
    task: Task
    classes: tuple[Any, ...]
    columns: tuple[str, ...]
    predict: Callable[[pd.DataFrame], np.ndarray]
    raw: Callable[[pd.DataFrame], np.ndarray]
    raw_space: str
    encoding: Encoding | None
    categorical: tuple[str, ...] = ()
    probabilities: bool = True
    description: str = ""

    @property
    def outputs(self) -> int:
        """Number of columns of ``predict``."""
        return len(self.classes) or 1

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return model_name(self.original)


def model_name(model: Any) -> str:
    """Return the name of a function, or of the class of any other model."""
    return getattr(model, "__name__", type(model).__name__)
