"""Decision trees of every library in one form: which way a row goes at each split, as the library itself decides it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.explain.question import CannotAnswer, Question
from mlqa_widgets.models.model import Family
from mlqa_widgets.models.xgboost import rounds_used

_LEAF = -1


@dataclass(frozen=True)
class Tree:
    """One tree as arrays over its nodes; node 0 is the root.

    Attributes
    ----------
    left, right
        Children of each node; -1 for a leaf.
    feature
        Column of the matrix that is split.
    threshold
        A row goes left where its value is at most this.
    missing_left
        Whether a row without the value goes left.
    cover
        Weight of the training rows that reached the node.
    value
        What a leaf adds to the score.
    categories
        For a split of categories, by node: the codes that go left.
    """

    left: np.ndarray
    right: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    missing_left: np.ndarray
    cover: np.ndarray
    value: np.ndarray
    categories: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def leaves(self) -> np.ndarray:
        """Nodes that are leaves."""
        return np.flatnonzero(self.left == _LEAF)


@dataclass(frozen=True)
class Trees:
    """Trees whose leaf values add up to the score explained, but for a constant.

    Attributes
    ----------
    trees
        The trees.
    matrix
        Makes of a frame of the user's columns the float64 matrix that the splits compare.
    """

    trees: tuple[Tree, ...]
    matrix: Callable[[pd.DataFrame], np.ndarray]

    @property
    def leaf_count(self) -> int:
        """Number of leaves of all trees."""
        return sum(len(tree.leaves) for tree in self.trees)


def read_trees(question: Question) -> Trees:
    """Return the trees behind the output that is asked for.

    Raises
    ------
    CannotAnswer
        When the model holds something that is no sum of such trees: linear leaves, dropped trees, text.
    """
    return question.keep("trees", lambda: _READERS[question.model.family](question))


def _float32(question: Question) -> Callable[[pd.DataFrame], np.ndarray]:
    """Round to single precision before comparing, as scikit-learn's trees, XGBoost and CatBoost do."""

    def matrix(frame: pd.DataFrame) -> np.ndarray:
        encoded = question.encoded(frame)
        dense = encoded.toarray() if hasattr(encoded, "toarray") else encoded
        return np.asarray(dense, dtype=np.float32).astype(np.float64)

    return matrix


# ---------------------------------------------------------------------- scikit-learn


def _sklearn_tree(question: Question, estimator: Any, scale: float) -> Tree:
    inner = estimator.tree_
    if inner.n_outputs > 1:
        msg = "it predicts several outputs"
        raise CannotAnswer(msg)
    value = inner.value[:, 0, :]
    if value.shape[1] > 1:
        value = value[:, [question.output]] / value.sum(axis=1, keepdims=True)
    return Tree(
        inner.children_left,
        inner.children_right,
        inner.feature,
        inner.threshold,
        inner.missing_go_to_left.astype(bool),
        inner.weighted_n_node_samples,
        value[:, 0] * scale,
    )


def _forest(question: Question) -> Trees:
    members = getattr(question.model.estimator, "estimators_", [question.model.estimator])
    trees = tuple(_sklearn_tree(question, member, 1 / len(members)) for member in members)
    return Trees(trees, _float32(question))


def _gradient_boosting(question: Question) -> Trees:
    estimator = question.model.estimator
    stages = estimator.estimators_
    column = question.output if stages.shape[1] > 1 else 0
    scale = (
        float(question.signed(np.array(estimator.learning_rate))) if stages.shape[1] == 1 else estimator.learning_rate
    )
    return Trees(
        tuple(_sklearn_tree(question, member, scale) for member in stages[:, column]),
        _float32(question),
    )


def _hist_gradient_boosting(question: Question) -> Trees:
    estimator = question.model.estimator
    categorical = estimator.is_categorical_
    columns = estimator.n_features_in_
    # Its own encoder puts the categories first.
    order = np.arange(columns) if categorical is None else np.argsort(~categorical, kind="stable")

    def tree(predictor: Any, sign: float) -> Tree:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        categories = {}
        for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf):
            bits = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]]
            categories[int(node)] = np.flatnonzero(np.unpackbits(bits.view(np.uint8), bitorder="little"))
        return Tree(
            np.where(leaf, _LEAF, nodes["left"].astype(np.int64)),
            np.where(leaf, _LEAF, nodes["right"].astype(np.int64)),
            order[nodes["feature_idx"]],
            nodes["num_threshold"],
            nodes["missing_go_to_left"].astype(bool),
            nodes["count"].astype(np.float64),
            nodes["value"] * sign,
            categories,
        )

    def matrix(frame: pd.DataFrame) -> np.ndarray:
        own = estimator._preprocess_X(question.encoded(frame), reset=False)  # noqa: SLF001 - its categories are nowhere else
        restored = np.empty(own.shape)
        restored[:, order] = own
        return restored

    stages = estimator._predictors  # noqa: SLF001 - its trees are nowhere else
    per_stage = len(stages[0])
    column, sign = (question.output, 1.0) if per_stage > 1 else (0, float(question.signed(np.array(1.0))))
    return Trees(tuple(tree(stage[column], sign) for stage in stages), matrix)


# ---------------------------------------------------------------------- LightGBM


def _lightgbm(question: Question) -> Trees:
    estimator = question.model.estimator
    booster = getattr(estimator, "booster_", estimator)
    dump = booster.dump_model()
    per_iteration = dump["num_tree_per_iteration"]
    infos = [
        info for info in dump["tree_info"] if info["tree_index"] % per_iteration == question.output % per_iteration
    ]
    sign = float(question.signed(np.array(1.0))) if per_iteration == 1 else 1.0

    def matrix(frame: pd.DataFrame) -> np.ndarray:
        return _codes(question.encoded(frame), booster.pandas_categorical)

    return Trees(tuple(_lightgbm_tree(info["tree_structure"], sign) for info in infos), matrix)


def _codes(encoded: Any, categories: Sequence[Sequence[Any]] | None) -> np.ndarray:
    """Return a matrix with the codes of categories: those given in order, or the frame's own."""
    if not isinstance(encoded, pd.DataFrame):
        return np.asarray(encoded.toarray() if hasattr(encoded, "toarray") else encoded, dtype=np.float64)
    matrix = np.empty(encoded.shape)
    known: Iterator[Sequence[Any]] = iter(categories or ())
    for place in range(encoded.shape[1]):
        column = encoded.iloc[:, place]
        if isinstance(column.dtype, pd.CategoricalDtype):
            if categories is not None:
                column = column.cat.set_categories(list(next(known)))
            codes = column.cat.codes.to_numpy()
            matrix[:, place] = np.where(codes < 0, np.nan, codes)
        else:
            matrix[:, place] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return matrix


def _lightgbm_tree(root: dict[str, Any], sign: float) -> Tree:
    nodes = [root]
    children: list[tuple[int, int]] = []
    for node in nodes:
        if "split_feature" in node:
            children.append((len(nodes), len(nodes) + 1))
            nodes += [node["left_child"], node["right_child"]]
        else:
            children.append((_LEAF, _LEAF))
        if "leaf_coeff" in node or node.get("missing_type") == "Zero":
            msg = "it has linear leaves, or takes zeros as missing"
            raise CannotAnswer(msg)
    categories = {
        place: np.array([int(code) for code in node["threshold"].split("||")])
        for place, node in enumerate(nodes)
        if node.get("decision_type") == "=="
    }
    thresholds = [0.0 if place in categories else node.get("threshold", 0.0) for place, node in enumerate(nodes)]
    left, right = np.array(children).T
    return Tree(
        left,
        right,
        np.array([node.get("split_feature", 0) for node in nodes]),
        np.array(thresholds, dtype=np.float64),
        np.array([place not in categories and _lightgbm_missing_left(node) for place, node in enumerate(nodes)]),
        np.array([node.get("internal_count", node.get("leaf_count", 1)) for node in nodes], dtype=np.float64),
        np.array([node.get("leaf_value", 0.0) for node in nodes]) * sign,
        categories,
    )


def _lightgbm_missing_left(node: dict[str, Any]) -> bool:
    """Columns without missing values in training take one as a zero."""
    if "split_feature" not in node:
        return False
    return bool(node["default_left"]) if node["missing_type"] == "NaN" else bool(node["threshold"] >= 0)


# ---------------------------------------------------------------------- XGBoost


def _xgboost(question: Question) -> Trees:
    estimator = question.model.estimator
    booster = estimator.get_booster() if hasattr(estimator, "get_booster") else estimator
    model = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]
    if model["name"] != "gbtree":
        msg = f"it is made of {model['name']}"
        raise CannotAnswer(msg)
    model = model["model"]
    starts = model["iteration_indptr"]
    used = range(starts[rounds_used(estimator)[0]], starts[rounds_used(estimator)[1]])
    several = len(set(model["tree_info"])) > 1
    sign = 1.0 if several else float(question.signed(np.array(1.0)))
    missing = getattr(estimator, "missing", None)

    def matrix(frame: pd.DataFrame) -> np.ndarray:
        rounded = _codes(question.encoded(frame), None).astype(np.float32).astype(np.float64)
        return rounded if missing is None else np.where(rounded == missing, np.nan, rounded)

    chosen = [model["trees"][i] for i in used if not several or model["tree_info"][i] == question.output]
    return Trees(tuple(_xgboost_tree(tree, sign) for tree in chosen), matrix)


def _xgboost_tree(tree: dict[str, Any], sign: float) -> Tree:
    if int(tree["tree_param"]["size_leaf_vector"]) > 1:
        msg = "its leaves hold several outputs"
        raise CannotAnswer(msg)
    conditions = np.array(tree["split_conditions"], dtype=np.float32)
    left = np.array(tree["left_children"])
    categories = {}
    for node, start, size in zip(
        tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"], strict=True
    ):
        right = tree["categories"][start : start + size]
        categories[node] = np.setdiff1d(np.arange(_XGBOOST_CODES), right)
    return Tree(
        left,
        np.array(tree["right_children"]),
        np.array(tree["split_indices"]),
        np.nextafter(conditions, np.float32(-np.inf)).astype(np.float64),  # left is below the threshold, not at it
        np.array(tree["default_left"], dtype=bool),
        np.array(tree["sum_hessian"], dtype=np.float64),
        np.where(left == _LEAF, conditions, 0).astype(np.float64) * sign,
        categories,
    )


_XGBOOST_CODES = 4_096
"""Codes of categories that a set is written out for: those not in a split's set go left."""


# ---------------------------------------------------------------------- CatBoost


def _catboost(question: Question) -> Trees:
    """Read symmetric trees of numeric splits; its leaf weights are not those its own values count with."""
    estimator = question.model.estimator
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        estimator.save_model(str(path), format="json")
        dump = json.loads(path.read_text())
    if "oblivious_trees" not in dump:
        msg = "its trees are not symmetric"
        raise CannotAnswer(msg)
    floats = dump["features_info"].get("float_features", [])
    columns = {feature["feature_index"]: feature["flat_feature_index"] for feature in floats}
    above = {feature["feature_index"]: feature["nan_value_treatment"] == "AsTrue" for feature in floats}
    scale, bias = dump["scale_and_bias"]
    outputs = len(bias)
    sign = scale if outputs > 1 else float(question.signed(np.array(scale)))
    trees = []
    for tree in dump["oblivious_trees"]:
        splits = tree["splits"] or []
        if any(split["split_type"] != "FloatFeature" for split in splits):
            msg = "it splits categories or text"
            raise CannotAnswer(msg)
        # The last split is the highest bit of a leaf's number: made the root, leaves stand in order of their numbers.
        down = splits[::-1]
        levels = np.repeat(np.arange(len(down)), 2 ** np.arange(len(down)))
        inner, leaves = len(levels), 2 ** len(down)
        spare = [0] * leaves
        number = np.arange(inner)
        none = [_LEAF] * leaves
        values = np.reshape(tree["leaf_values"], (leaves, outputs))[:, question.output if outputs > 1 else 0]
        trees.append(
            Tree(
                np.array([*(2 * number + 1), *none]),
                np.array([*(2 * number + 2), *none]),
                np.array([columns[down[i]["float_feature_index"]] for i in levels] + spare),
                np.array([np.float32(down[i]["border"]) for i in levels] + spare, dtype=np.float64),
                np.array([not above[down[i]["float_feature_index"]] for i in levels] + spare, dtype=bool),
                np.ones(inner + leaves),
                np.concatenate([np.zeros(inner), values * sign]),
            )
        )
    return Trees(tuple(trees), _float32(question))


_READERS: dict[Family, Callable[[Question], Trees]] = {
    Family.TREE: _forest,
    Family.FOREST: _forest,
    Family.GRADIENT_BOOSTING: _gradient_boosting,
    Family.HIST_GRADIENT_BOOSTING: _hist_gradient_boosting,
    Family.LIGHTGBM: _lightgbm,
    Family.XGBOOST: _xgboost,
    Family.CATBOOST: _catboost,
}
TREES = frozenset(_READERS)
"""Families whose trees can be read."""
