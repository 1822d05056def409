"""Contributions of trees for many rows by Woodelf: rows that fall alike through a tree are counted, not walked.

Nadel & Wettenstein, "From Decision Trees to Boolean Logic: A Fast and Unified SHAP Algorithm", AAAI 2026. It is given
the trees as :mod:`~mlqa_widgets.explain.trees` reads them, for the output asked for: its own readers know no categories
and explain the first class. Sums are kept in single precision.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.explain.leaves import base_value
from mlqa_widgets.explain.question import Answer, Question, in_threads
from mlqa_widgets.explain.trees import Tree, read_trees
from mlqa_widgets.progress import Progress

_BATCH_TREES = 2
_TIMED_TREES = 3
_LAID_OUT = 10
"""Columns on a path up to which Woodelf lays out all patterns; beyond, only those that occur."""


def woodelf(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return contributions, path-dependent or against the background as the question says."""
    trees = read_trees(question)
    rows = pd.DataFrame(trees.matrix(frame))
    background = None if question.background is None else pd.DataFrame(trees.matrix(question.background))
    explain = _explainer(rows, background)
    found = np.zeros((len(rows), len(question.owners)))
    batches = [trees.trees[start : start + _BATCH_TREES] for start in range(0, len(trees.trees), _BATCH_TREES)]
    tasks = (partial(_of_trees, batch, question.players, explain) for batch in batches)
    for values in in_threads(tasks, len(batches), progress):
        for player, part in values.items():
            found[:, player] += part
    return Answer(found if background is not None else question.to_columns(found), base_value(question))


def seconds(question: Question, frame: pd.DataFrame, rows: int) -> float:
    """Return about how long so many rows take, from a few trees over these rows and over a tenth of them."""
    trees = read_trees(question)
    matrix = pd.DataFrame(trees.matrix(frame))
    background = None if question.background is None else pd.DataFrame(trees.matrix(question.background))
    some = trees.trees[:: max(1, len(trees.trees) // _TIMED_TREES)]
    _of_trees(some[:1], question.players, _explainer(matrix.head(1), background))

    def timed(part: pd.DataFrame) -> float:
        started = time.perf_counter()
        _of_trees(some, question.players, _explainer(part, background))
        return (time.perf_counter() - started) * len(trees.trees) / len(some)

    few, all_rows = timed(matrix.head(max(1, len(matrix) // 10))), timed(matrix)
    return few + max(all_rows - few, 0.0) * rows / len(matrix)


_Explain = Callable[[Any, dict[int, np.ndarray]], None]
"""Takes a tree and adds the contributions of its players, one for each row."""


def _of_trees(trees: Sequence[Tree], players: np.ndarray, explain: _Explain) -> dict[int, np.ndarray]:
    """Return contributions of the players that some trees split on, over all rows."""
    values: dict[int, np.ndarray] = {}
    for tree in trees:
        explain(_nodes(tree, players), values)
    return values


def _explainer(rows: pd.DataFrame, background: pd.DataFrame | None) -> _Explain:
    """Return what explains these rows against the background, or path-dependent."""
    from woodelf.core.cube_metric import ShapleyValues
    from woodelf.core.path_to_s_vectors.lts_recursive_p2s import LTSRecursivePathToSVectors
    from woodelf.core.path_to_s_vectors.mn_background_p2s import MNBackgroundFasterPathToSVectors
    from woodelf.core.path_to_s_vectors.woodelf_p2s import HighDepthWoodelfPathToSVectors
    from woodelf.high_depth_woodelf import woodelf_for_high_depth_single_tree
    from woodelf.woodelf_sparse import sparse_background_single_tree, sparse_path_dependent_single_tree

    @cache
    def calculator(kind: Any, depth: int) -> Any:
        return kind(ShapleyValues(), depth)

    def explain(root: Any, values: dict[int, np.ndarray]) -> None:
        depth = min(root.depth, rows.shape[1])
        pays = depth <= _LAID_OUT and len(rows) >= 10 * 2**depth
        if depth <= _LAID_OUT:
            laid_out = calculator(HighDepthWoodelfPathToSVectors, _LAID_OUT)
            woodelf_for_high_depth_single_tree(root, rows, background, values, laid_out, use_neighbor_leaf_trick=pays)
        elif background is None:
            sparse_path_dependent_single_tree(
                root,
                rows,
                values,
                calculator(LTSRecursivePathToSVectors, rows.shape[1]),
                GPU=False,
                use_neighbor_leaf_trick=True,
            )
        else:
            occurring = calculator(MNBackgroundFasterPathToSVectors, rows.shape[1])
            sparse_background_single_tree(
                root, rows, background, values, occurring, GPU=False, use_neighbor_leaf_trick=True
            )

    return explain


def _nodes(tree: Tree, players: np.ndarray) -> Any:
    """Return a tree as Woodelf's nodes."""
    from woodelf.core.trees.decision_trees_ensemble import DecisionTreeNode

    class Node(DecisionTreeNode):  # type: ignore[misc]
        """A split as the library that grew it decides it."""

        def shall_go_left(self, row: pd.DataFrame, GPU: bool = False) -> pd.Series:  # noqa: ARG002 - Woodelf passes it
            values: Any = row[tree.feature[self.index]]
            if self.index in tree.categories:
                left = values.isin(tree.categories[self.index])
                return left | values.isna() if self.nan_go_left else left
            return ~(values > self.value) if self.nan_go_left else values <= self.value

    nodes = []
    for node, left in enumerate(tree.left):
        leaf = left < 0
        nodes.append(
            Node(
                feature_name=None if leaf else int(players[tree.feature[node]]),
                value=tree.value[node] if leaf else tree.threshold[node],
                left=None,
                right=None,
                nan_go_left=bool(tree.missing_left[node]),
                index=node,
                cover=float(tree.cover[node]),
            )
        )
    for node, (left, right) in enumerate(zip(tree.left, tree.right, strict=True)):
        if left >= 0:
            nodes[node].left, nodes[node].right = nodes[left], nodes[right]
            nodes[left].parent = nodes[right].parent = nodes[node]
    nodes[0].depth = nodes[0].get_depth()
    return nodes[0]
