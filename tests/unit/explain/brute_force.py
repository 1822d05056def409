"""Shapley values by their definition: every coalition of columns, each tree walked as its library writes it down."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd


def shapley(value: Callable[[frozenset[int]], np.ndarray], players: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the value of no player, and what each adds, shape (rows, players)."""
    worth = {
        frozenset(some): value(frozenset(some))
        for size in range(players + 1)
        for some in combinations(range(players), size)
    }
    found = []
    for player in range(players):
        total = np.zeros_like(worth[frozenset()])
        for some, without in worth.items():
            if player not in some:
                weight = 1 / (players * math.comb(players - 1, len(some)))
                total = total + weight * (worth[some | {player}] - without)
        found.append(total)
    return worth[frozenset()], np.stack(found, axis=1)


def interventional(
    score: Callable[[pd.DataFrame], np.ndarray], rows: pd.DataFrame, background: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return base and contributions: columns not in the coalition come from each background row."""

    def value(some: frozenset[int]) -> np.ndarray:
        mixed = pd.DataFrame(
            {
                name: pd.concat(
                    [rows[name]] * len(background) if place in some else [_spread(background[name], len(rows))]
                )
                .reset_index(drop=True)
                .astype(rows[name].dtype)
                for place, name in enumerate(rows.columns)
            }
        )
        return score(mixed).reshape(len(background), len(rows)).mean(axis=0)

    return shapley(value, rows.shape[1])


def _spread(column: pd.Series, rows: int) -> pd.Series:
    return column.iloc[np.repeat(np.arange(len(column)), rows)]


@dataclass(frozen=True)
class Node:
    """A leaf with its value, or a split of a column that a cell passes to the left or not."""

    cover: float
    value: float = 0.0
    column: int = -1
    left: Any = None
    right: Any = None
    passes: Callable[[float], bool] = bool


def path_dependent(trees: list[Node], matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return base and contributions: where a column is not in the coalition, both ways by their cover."""

    def walk(node: Node, row: np.ndarray, some: frozenset[int]) -> float:
        if node.left is None:
            return node.value
        if node.column in some:
            return walk(node.left if node.passes(row[node.column]) else node.right, row, some)
        left, right = walk(node.left, row, some), walk(node.right, row, some)
        return (left * node.left.cover + right * node.right.cover) / (node.left.cover + node.right.cover)

    def value(some: frozenset[int]) -> np.ndarray:
        return np.array([sum(walk(tree, row, some) for tree in trees) for row in matrix])

    return shapley(value, matrix.shape[1])


def sklearn_tree(estimator: Any, output: int, scale: float) -> Node:
    tree = estimator.tree_

    def node(i: int) -> Node:
        cover = tree.weighted_n_node_samples[i]
        if tree.children_left[i] < 0:
            values = tree.value[i, 0]
            return Node(cover, scale * (values[output] / values.sum() if len(values) > 1 else values[0]))

        def passes(cell: float) -> bool:
            return bool(tree.missing_go_to_left[i]) if np.isnan(cell) else np.float32(cell) <= tree.threshold[i]

        return Node(cover, 0.0, tree.feature[i], node(tree.children_left[i]), node(tree.children_right[i]), passes)

    return node(0)


def hist_tree(predictor: Any, order: np.ndarray) -> Node:
    def node(i: int) -> Node:
        here = predictor.nodes[i]
        if here["is_leaf"]:
            return Node(float(here["count"]), float(here["value"]))

        def passes(cell: float) -> bool:
            if np.isnan(cell):
                return bool(here["missing_go_to_left"])
            if here["is_categorical"]:
                word = predictor.raw_left_cat_bitsets[here["bitset_idx"]][int(cell) // 32]
                return bool(int(word) >> int(cell) % 32 & 1)
            return cell <= here["num_threshold"]

        return Node(
            float(here["count"]), 0.0, int(order[here["feature_idx"]]), node(here["left"]), node(here["right"]), passes
        )

    return node(0)


def lightgbm_tree(frame: pd.DataFrame, columns: list[str]) -> Node:
    rows = frame.set_index("node_index")

    def node(name: str) -> Node:
        here: Any = rows.loc[name]
        if pd.isna(here["left_child"]):
            return Node(here["count"], here["value"])
        chosen = {int(code) for code in str(here["threshold"]).split("||")} if here["decision_type"] == "==" else None

        def passes(cell: float) -> bool:
            if chosen is not None:
                return not np.isnan(cell) and int(cell) in chosen
            if np.isnan(cell) and here["missing_type"] == "NaN":
                return here["missing_direction"] == "left"
            return (0.0 if np.isnan(cell) else cell) <= float(here["threshold"])

        column = columns.index(here["split_feature"])
        return Node(here["count"], 0.0, column, node(here["left_child"]), node(here["right_child"]), passes)

    return node(str(rows.index[0]))


def xgboost_tree(frame: pd.DataFrame, columns: list[str]) -> Node:
    rows = frame.set_index("ID")

    def node(name: str) -> Node:
        here: Any = rows.loc[name]
        if here["Feature"] == "Leaf":
            return Node(here["Cover"], here["Gain"])
        chosen = {int(code) for code in here["Category"]} if isinstance(here["Category"], list) else None

        def passes(cell: float) -> bool:
            if np.isnan(cell):
                return bool(here["Missing"] == here["Yes"])
            return int(cell) in chosen if chosen is not None else bool(np.float32(cell) < np.float32(here["Split"]))

        return Node(here["Cover"], 0.0, columns.index(here["Feature"]), node(here["Yes"]), node(here["No"]), passes)

    return node(str(rows.index[0]))
