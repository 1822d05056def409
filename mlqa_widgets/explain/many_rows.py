"""Contributions of trees for many rows by Woodelf: rows that fall alike through a tree are counted, not walked.

Nadel & Wettenstein, "From Decision Trees to Boolean Logic: A Fast and Unified SHAP Algorithm", AAAI 2026. It is given
the trees as :mod:`~mlqa_widgets.explain.trees` reads them, for the output asked for: its own readers know no categories
and explain the first class. Sums are kept in single precision.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.explain.leaves import base_value
from mlqa_widgets.explain.question import Answer, Question
from mlqa_widgets.explain.trees import Tree, read_trees
from mlqa_widgets.progress import Progress

_LAID_OUT = 10
"""Columns on a path up to which Woodelf lays out all patterns; beyond, only those that occur."""


def woodelf(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return contributions, path-dependent or against the background as the question says."""
    trees = read_trees(question)
    rows = pd.DataFrame(trees.matrix(frame))
    background = None if question.background is None else pd.DataFrame(trees.matrix(question.background))
    explain = _explainer(rows, background)
    values: dict[int, np.ndarray] = {}
    for number, tree in enumerate(trees.trees):
        progress.at("Explaining rows", number / len(trees.trees))
        explain(_nodes(tree), values)
    found = np.zeros(rows.shape)
    for column, part in values.items():
        found[:, column] = part
    return Answer(question.to_columns(found), base_value(question))


def _explainer(rows: pd.DataFrame, background: pd.DataFrame | None) -> Any:
    """Return a function that adds the contributions of one tree to those of its columns."""
    from functools import cache

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


def _nodes(tree: Tree) -> Any:
    """Return a tree as Woodelf's nodes."""
    from woodelf.core.trees.decision_trees_ensemble import LeftIsSmallerEqualDecisionTreeNode

    class CategoryNode(LeftIsSmallerEqualDecisionTreeNode):  # type: ignore[misc]
        """A split that sends some codes left."""

        def shall_go_left(self, row: pd.DataFrame, GPU: bool = False) -> Any:  # noqa: ARG002 - Woodelf passes it
            values: Any = row[self.feature_name]
            left = values.isin(tree.categories[self.index])
            return left | values.isna() if self.nan_go_left else left

    nodes = []
    for node in range(len(tree.left)):
        leaf = tree.left[node] < 0
        kind = CategoryNode if node in tree.categories else LeftIsSmallerEqualDecisionTreeNode
        nodes.append(
            kind(
                feature_name=None if leaf else int(tree.feature[node]),
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
