"""The path of a row through a single decision tree: each test in the user's own columns and values."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.explain.sentence import cells, value_words
from mlqa_widgets.explain.what_if import varied
from mlqa_widgets.models.model import Family, Model
from mlqa_widgets.wording import listing, number

_VALUES = 2_000
_LISTED = 4


@dataclass(frozen=True)
class Step:
    """One node on the path.

    Attributes
    ----------
    column
        The user's column tested here; None at the leaf.
    test
        The test that the row passes, in words: ``age > 37.5``; empty at the leaf.
    value
        The row's value in words.
    rows
        Training rows that reached this node.
    share
        What they were: the share of the class explained, or the mean value.
    other_rows, other_share
        The same for the branch not taken; 0 and None at the leaf.
    """

    column: Hashable | None
    test: str
    value: str
    rows: int
    share: float
    other_rows: int
    other_share: float | None


def tree_path(analysis: ModelAnalysis, position: int, output: int = -1) -> tuple[Step, ...] | None:
    """Return the nodes a row goes through, root first; None where the model is not one decision tree.

    Parameters
    ----------
    analysis
        The model and its rows.
    position
        The row in ``X``.
    output
        Position of the class whose share is given.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> import mlqa_widgets as mq
    >>> X = pd.DataFrame({"age": [20, 30, 40, 50]})
    >>> tree = DecisionTreeClassifier().fit(X, ["no", "no", "yes", "yes"])
    >>> [(step.test, step.rows, step.share) for step in tree_path(mq.analyze(tree, X), 3)]
    [('age > 35', 4, 0.5), ('', 2, 1.0)]
    """
    model = analysis.model
    if model.family is not Family.TREE or model.encoding is None:
        return None
    tree = model.estimator.tree_
    row = analysis.X.iloc[[position]]
    nodes = tree.decision_path(_matrix(model, row)).indices
    shares = _shares(model, tree, output)
    own = cells(row)
    steps = []
    for node, following in zip(nodes, [*nodes[1:], -1], strict=True):
        column, test, value, other = None, "", "", -1
        if following >= 0:
            place = int(model.encoding.origin[tree.feature[node]])
            column, value = model.columns[place], value_words(own[place])
            goes_left = following == tree.children_left[node]
            other = int(tree.children_right[node] if goes_left else tree.children_left[node])
            test = _test(analysis, row, place, int(node), left=goes_left)
        steps.append(
            Step(
                column,
                test,
                value,
                int(tree.n_node_samples[node]),
                float(shares[node]),
                int(tree.n_node_samples[other]) if other >= 0 else 0,
                float(shares[other]) if other >= 0 else None,
            )
        )
    return tuple(steps)


def _matrix(model: Model, frame: pd.DataFrame) -> np.ndarray:
    """Return the estimator's matrix as the tree compares it: in single precision."""
    matrix: Any = frame if model.encoding is None else model.encoding.transform(frame)
    dense = matrix.toarray() if hasattr(matrix, "toarray") else matrix
    return np.ascontiguousarray(dense, dtype=np.float32)


def _shares(model: Model, tree: Any, output: int) -> np.ndarray:
    values = np.asarray(tree.value)[:, 0, :]
    return values[:, output] / values.sum(axis=1) if model.classes else values[:, 0]


def _test(analysis: ModelAnalysis, row: pd.DataFrame, place: int, node: int, *, left: bool) -> str:
    """Say which values of the user's column go the way of the row, whatever the steps before the tree make of them."""
    model, tree = analysis.model, analysis.model.estimator.tree_
    name, own = model.columns[place], cells(row)[place]
    values = _values(analysis.train.iloc[:, place], own)
    matrix = _matrix(model, varied(row, name, values))[:, tree.feature[node]]
    goes_left = np.where(np.isnan(matrix), _missing_left(tree, node), matrix <= np.float64(tree.threshold[node]))
    same = goes_left == left
    kind = row.dtypes.iloc[place]
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        return _interval(name, values, same, own)
    return _set(name, values, same)


def _missing_left(tree: Any, node: int) -> bool:
    return bool(tree.missing_go_to_left[node])


def _values(column: pd.Series, own: Any) -> list[Any]:
    """Return values of the training rows, evenly drawn where they are many, and the row's own."""
    known = column.dropna().drop_duplicates()
    if pd.api.types.is_numeric_dtype(column.dtype):
        known = known.sort_values()
    if len(known) > _VALUES:
        known = known.iloc[np.linspace(0, len(known) - 1, _VALUES).astype(np.int64)]
    values = list(known)
    return values if pd.isna(own) or own in set(values) else [*values, own]


def _interval(name: Hashable, values: Sequence[Any], same: np.ndarray, own: Any) -> str:
    """Return ``age > 37.5``: half way between the last value that goes the other way and the first that goes this."""
    if pd.isna(own):
        return f"{name} is missing"
    numbers = np.asarray(values, dtype=np.float64)
    order = np.argsort(numbers, kind="stable")
    numbers, same = numbers[order], same[order]
    at = int(np.searchsorted(numbers, float(own)))
    below, above = np.flatnonzero(~same[:at]), np.flatnonzero(~same[at:])
    low = None if len(below) == 0 else (numbers[below[-1]] + numbers[below[-1] + 1]) / 2
    high = None if len(above) == 0 else (numbers[at + above[0] - 1] + numbers[at + above[0]]) / 2
    if low is not None and high is not None:
        return f"{number(low)} < {name} ≤ {number(high)}"
    if low is not None:
        return f"{name} > {number(low)}"
    return f"{name} ≤ {number(high)}" if high is not None else f"{name} has any value"


def _set(name: Hashable, values: Sequence[Any], same: np.ndarray) -> str:
    here = [value_words(value) for value, ours in zip(values, same, strict=True) if ours]
    there = [value_words(value) for value, ours in zip(values, same, strict=True) if not ours]
    if not there or not here:
        return f"{name} has any value" if not there else f"{name} is missing"
    if len(there) < len(here):
        return f"{name} is not {listing(there, _LISTED).replace(' and ', ' or ')}"
    return f"{name} is {listing(here, _LISTED).replace(' and ', ' or ')}"
