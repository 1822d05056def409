"""What each library's module says of a fitted estimator, whatever stands before it in a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.models.model import Family


def whole(frame: pd.DataFrame) -> Any:
    """Hand over the frame, so that columns a model adds to it are not added to the user's."""
    return frame.copy(deep=False)


def nameless(frame: pd.DataFrame) -> Any:
    """Hand over what an estimator fitted without names takes: an array, or a frame whose labels are no names."""
    return frame.to_numpy() if all(isinstance(label, str) for label in frame.columns) else frame


@dataclass(frozen=True)
class Fitted:
    """An estimator as the rest of the adapter uses it.

    Attributes
    ----------
    estimator
        The estimator itself.
    family
        Decides the route of explanation.
    classes
        Labels of the classes; empty for values.
    predict
        Takes the estimator's matrix, returns one column per class, or one of values.
    raw
        The same in the additive space; None where that is ``predict``.
    names
        The column names it was fitted with; None where it was fitted without.
    names_from
        Where the user finds these names, an expression on ``model``.
    width
        Number of columns it takes; None where it does not say.
    categorical
        Positions of the matrix's columns it takes as categories.
    probabilities
        False where it only names the class.
    feed
        Turns the user's frame into its matrix where no pipeline does.
    description
        What it is, in a few words.
    """

    estimator: Any
    family: Family
    classes: tuple[Any, ...]
    predict: Callable[[Any], Any]
    raw: Callable[[Any], Any] | None = None
    names: tuple[str, ...] | None = None
    names_from: str = "model.feature_names_in_"
    width: int | None = None
    categorical: Sequence[int] = ()
    probabilities: bool = True
    feed: Callable[[pd.DataFrame], Any] = whole
    description: str = ""


def libraries(model: Any) -> Iterator[str]:
    """Yield the packages that the classes of a model come from, without importing any."""
    for kind in type(model).__mro__:
        yield kind.__module__.partition(".")[0]


def columnwise(values: Any) -> np.ndarray:
    """Return one column for a flat array, a float64 copy of any other."""
    array = np.asarray(values, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array


def both_classes(probability: Any) -> np.ndarray:
    """Return the probabilities of both classes from that of the second."""
    second = np.asarray(probability, dtype=np.float64).reshape(-1)
    return np.column_stack([1.0 - second, second])
