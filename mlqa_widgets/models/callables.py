"""Any function that takes a frame and returns predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.fitted import Fitted, both_classes, whole
from mlqa_widgets.models.model import Family
from mlqa_widgets.wording import count


def read_callable(function: Callable[[pd.DataFrame], Any], name: str, probe: pd.DataFrame, classes: Any) -> Fitted:
    """Read a function by what it returns for a few rows.

    One value a row is a value, or with ``classes`` the probability of the second. Several are probabilities: of
    ``classes``, of the columns of the frame it returns, or of classes numbered from 0 where they sum to 1.

    Raises
    ------
    InputError
        When it returns neither values nor probabilities of the rows.
    """
    returned = function(whole(probe))
    found = _numbers(returned, name, len(probe))
    if found.shape[1] > 1 or classes is not None:
        labels = _labels(returned, found, name, classes)
        single = found.shape[1] == 1

        def probabilities(rows: pd.DataFrame) -> Any:
            numbers = _numbers(function(rows), name, len(rows))
            return both_classes(numbers) if single else numbers

        return Fitted(function, Family.CALLABLE, labels, probabilities, description=name)

    def values(rows: pd.DataFrame) -> Any:
        return _numbers(function(rows), name, len(rows))

    return Fitted(function, Family.CALLABLE, (), values, description=name)


def probable(found: np.ndarray) -> bool:
    """Whether the numbers that are not missing can be probabilities: of one class, or of all, then summing to 1."""
    known = found[np.isfinite(found).all(axis=1)]
    inside = len(known) > 0 and bool(((known >= -1e-6) & (known <= 1 + 1e-6)).all())
    return inside and (found.shape[1] == 1 or np.allclose(known.sum(axis=1), 1, atol=1e-3))


def _numbers(returned: Any, name: str, rows: int) -> np.ndarray:
    """Return what a function returned as float64 of shape (rows, outputs)."""
    if hasattr(returned, "detach"):
        returned = returned.detach().cpu()
    try:
        array = np.asarray(returned, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = (
            f"model: {name} returns {type(returned).__name__} that are no numbers: {error}. Return values, or the "
            "probability of each class rather than its label."
        )
        raise InputError(msg) from error
    if array.ndim not in (1, 2) or len(array) != rows or array.size == 0:
        msg = (
            f"model: {name} returned shape {array.shape} for {count(rows, 'row')}. Return one value a row, or one "
            "column of probabilities per class."
        )
        raise InputError(msg)
    return array[:, None] if array.ndim == 1 else array


def _labels(returned: Any, found: np.ndarray, name: str, classes: Any) -> tuple[Any, ...]:
    outputs = found.shape[1]
    if not probable(found):
        msg = (
            f"model: {name} returned {count(outputs, 'column')} that are no probabilities: they must lie between 0 and 1"
            f"{' and sum to 1 in each row' if outputs > 1 else ''}. Return probabilities, or one value a row for a "
            "regression."
        )
        raise InputError(msg)
    if classes is None:
        return tuple(returned.columns) if isinstance(returned, pd.DataFrame) else tuple(range(outputs))
    labels = tuple(classes)
    if len(labels) != max(outputs, 2):
        msg = (
            f"classes: {count(len(labels), 'label')}, and {name} returns {count(outputs, 'column')}. Name one class for each"
            + ("; one column is the probability of the second of two classes." if outputs == 1 else ".")
        )
        raise InputError(msg)
    return labels
