r"""Exact Shapley values of trees, leaf by leaf: for categories, missing values and thresholds as the library reads them.

A leaf is reached when a row passes the tests of every column on its path. Columns that pass are 1, others 0; a column
left out passes with a share ``w``: that of the training rows that go on (path-dependent), or whether the background
row passes (interventional). The leaf's value times a product over its columns is a game whose Shapley value is

.. math:: \phi_i = v \int_0^1 (z_i - w_i) \prod_{j \ne i} (w_j + t (z_j - w_j)) \, dt

a polynomial in ``t``, which Gauss-Legendre quadrature integrates exactly (the form of Linear TreeSHAP, Yu et al. 2022,
that stays stable in deep trees); with a background row all factors are 0 or 1 and the integral is a Beta function.
Rows that pass the same tests on the way to a leaf share its values, so each pattern is computed once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pandas as pd

from mlqa_widgets.explain.question import Answer, CannotAnswer, Question, in_threads
from mlqa_widgets.explain.trees import Tree, read_trees
from mlqa_widgets.progress import Progress

_BLOCK_LEAVES = 4_096
_CHUNK_ROWS = 1_024
_CACHED_LEAVES = 2_048
_CALIBRATION_ROWS = 50
_MOST_SLOTS = 40
_SMALLEST_SHARE = 1e-12


@dataclass(frozen=True)
class _Level:
    """The nodes of one depth: which of them split, on what, and which are leaves."""

    splits: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    missing_left: np.ndarray
    slot: np.ndarray
    categories: dict[int, np.ndarray]
    leaves: np.ndarray


@dataclass(frozen=True)
class Block:
    """The leaves of some trees.

    Attributes
    ----------
    value
        Of each leaf.
    slots
        Number of columns tested on the way to each leaf.
    player
        What is switched at each slot of each leaf, shape (leaves, most slots).
    share
        The share of the training rows that pass each slot's tests, same shape.
    roots
        Number of trees.
    levels
        How rows come down, from the roots.
    """

    value: np.ndarray
    slots: np.ndarray
    player: np.ndarray
    share: np.ndarray
    roots: int
    levels: tuple[_Level, ...]

    def failed(self, matrix: np.ndarray) -> np.ndarray:
        """Return for each row and leaf the slots whose tests the row fails, as bits; 0 where it reaches the leaf."""
        at = np.zeros((len(matrix), self.roots), dtype=np.int64)
        found = []
        for level in self.levels:
            found.append(at[:, level.leaves])
            before = at[:, level.splits]
            left = self._goes_left(level, matrix).astype(np.int64)
            at = np.concatenate([before | (1 - left) << level.slot, before | left << level.slot], axis=1)
        return np.concatenate(found, axis=1)

    @staticmethod
    def _goes_left(level: _Level, matrix: np.ndarray) -> np.ndarray:
        values = matrix[:, level.feature]
        left = values <= level.threshold
        for place, codes in level.categories.items():
            left[:, place] = np.isin(values[:, place], codes)
        missing = np.isnan(values)
        if missing.any():
            left = np.where(missing, level.missing_left, left)
        return left

    @property
    def most_slots(self) -> int:
        """The largest number of columns on the way to a leaf."""
        return self.player.shape[1]


def make_block(trees: Sequence[Tree], players: np.ndarray) -> Block:
    """Lay trees side by side, depth by depth; ``players`` says what each column of the matrix is switched with."""
    starts = np.cumsum([0, *(len(tree.left) for tree in trees)])
    left, right = (
        np.concatenate([np.where(side < 0, -1, side + start) for side, start in zip(sides, starts, strict=False)])
        for sides in ([tree.left for tree in trees], [tree.right for tree in trees])
    )
    feature = np.concatenate([tree.feature for tree in trees])
    threshold = np.concatenate([tree.threshold for tree in trees])
    missing_left = np.concatenate([tree.missing_left for tree in trees])
    cover = np.concatenate([tree.cover for tree in trees])
    value = np.concatenate([tree.value for tree in trees])
    categories = {
        start + node: codes
        for tree, start in zip(trees, starts, strict=False)
        for node, codes in tree.categories.items()
    }
    nodes = starts[:-1]
    player = np.empty((len(nodes), 0), dtype=np.int64)
    share = np.empty((len(nodes), 0))
    used = np.zeros(len(nodes), dtype=np.int64)
    levels, ends = [], []
    while len(nodes):
        leaf = left[nodes] < 0
        ends.append((value[nodes[leaf]], used[leaf], player[leaf], share[leaf]))
        split = nodes[~leaf]
        used, (player, share) = used[~leaf], (np.pad(part[~leaf], ((0, 0), (0, 1))) for part in (player, share))
        known = (player == players[feature[split]][:, None]) & (np.arange(player.shape[1]) < used[:, None])
        slot = np.where(known.any(axis=1), known.argmax(axis=1), used)
        rows = np.arange(len(split))
        used = np.maximum(used, slot + 1)
        player[rows, slot] = players[feature[split]]
        share[rows, slot] = np.where(known.any(axis=1), share[rows, slot], 1.0)
        places = np.flatnonzero(np.isin(split, list(categories)))
        levels.append(
            _Level(
                np.flatnonzero(~leaf),
                feature[split],
                threshold[split],
                missing_left[split],
                slot,
                {int(place): categories[split[place]] for place in places},
                np.flatnonzero(leaf),
            )
        )
        passed = []
        for child in (left[split], right[split]):
            part = share.copy()
            part[rows, slot] *= cover[child] / np.maximum(cover[split], _SMALLEST_SHARE)
            passed.append(part)
        nodes = np.concatenate([left[split], right[split]])
        player, used, share = np.concatenate([player] * 2), np.concatenate([used] * 2), np.concatenate(passed)
    most = max(int(used.max(initial=0)) for _, used, _, _ in ends)
    if most > _MOST_SLOTS:
        msg = f"its trees test {most} columns on the way to one leaf"
        raise CannotAnswer(msg)
    width = max(part[2].shape[1] for part in ends)
    player, share = (
        np.concatenate([np.pad(part[i], ((0, 0), (0, width - part[i].shape[1]))) for part in ends])[:, :most]
        for i in (2, 3)
    )
    return Block(
        np.concatenate([part[0] for part in ends]),
        np.concatenate([part[1] for part in ends]),
        player,
        share,
        len(trees),
        tuple(levels),
    )


def _blocks(question: Question) -> list[Block]:
    """Return all trees in blocks of a few thousand leaves, which stay in the processor's cache."""

    def make() -> list[Block]:
        blocks: list[list[Tree]] = [[]]
        leaves = 0
        for tree in read_trees(question).trees:
            if blocks[-1] and leaves + len(tree.leaves) > _BLOCK_LEAVES:
                blocks.append([])
                leaves = 0
            blocks[-1].append(tree)
            leaves += len(tree.leaves)
        return [make_block(block, question.players) for block in blocks]

    return question.keep("blocks", make)


# ---------------------------------------------------------------------- the answers


def path_dependent(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return contributions against the training rows that reached each leaf."""
    blocks = _blocks(question)
    return Answer(
        _contributions(question, frame, blocks, [_path_dependent] * len(blocks), progress), base_value(question)
    )


def interventional(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return contributions against each background row in turn, averaged."""
    background = question.background
    if background is None:
        msg = "this counts against a background"
        raise CannotAnswer(msg)
    blocks = _blocks(question)
    against = question.keep("background patterns", lambda: _background_patterns(question, background, blocks))
    return Answer(_contributions(question, frame, blocks, against, progress), base_value(question))


def base_value(question: Question) -> float:
    """Return what contributions are counted from: the mean over the background, or over the leaves by their weight."""

    def base() -> float:
        if question.background is not None:
            return float(question.score(question.background).mean())
        blocks = _blocks(question)
        expected = sum(float((block.value * _shares_product(block)).sum()) for block in blocks)
        return expected + _constant(question, blocks)

    return question.keep("base of leaves", base)


_Values = Callable[[Block, np.ndarray, np.ndarray], np.ndarray]
"""Takes a block, leaves and the bits failed on the way to each; gives the value of each slot, shape (leaves, slots)."""


def _contributions(
    question: Question, frame: pd.DataFrame, blocks: Sequence[Block], values: Sequence[_Values], progress: Progress
) -> np.ndarray:
    trees = read_trees(question)
    columns = len(question.model.columns)
    total = np.zeros((len(frame), columns))
    chunks = [slice(start, start + _CHUNK_ROWS) for start in range(0, len(frame), _CHUNK_ROWS)]

    def part(rows: slice, matrix: np.ndarray, block: Block, of_slots: _Values) -> tuple[slice, np.ndarray]:
        return rows, _of_block(block, matrix, of_slots, question.owners, columns)

    def parts() -> Iterator[Callable[[], tuple[slice, np.ndarray]]]:
        for rows in chunks:
            matrix = trees.matrix(frame.iloc[rows])
            for block, of_slots in zip(blocks, values, strict=True):
                yield partial(part, rows, matrix, block, of_slots)

    for rows, found in in_threads(parts(), len(chunks) * len(blocks), progress):
        total[rows] += found
    return total


def _of_block(block: Block, matrix: np.ndarray, of_slots: _Values, owners: np.ndarray, columns: int) -> np.ndarray:
    """Return contributions of the leaves of a block, shape (rows, the user's columns)."""
    from scipy.sparse import csr_array

    if block.most_slots == 0:
        return np.zeros((len(matrix), columns))
    leaves, patterns, place = _distinct(block, block.failed(matrix))
    values = of_slots(block, leaves, patterns)
    steps = np.arange(0, values.size + 1, block.most_slots)
    by_column = csr_array((values.ravel(), owners[block.player[leaves]].ravel(), steps), shape=(len(leaves), columns))
    reached = csr_array(
        (np.ones(len(place)), place, np.arange(0, len(place) + 1, len(block.value))), shape=(len(matrix), len(leaves))
    )
    return reached @ by_column.toarray()


def _distinct(block: Block, failed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return leaf and bits of each distinct pattern, and the place among them of each row's, leaf by leaf."""
    bits = block.most_slots
    keys = failed | (np.arange(len(block.value)) << bits)
    place, distinct = pd.factorize(keys.ravel())
    return distinct >> bits, distinct & ((1 << bits) - 1), place


def _path_dependent(block: Block, leaves: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """Integrate over the leaves, those with as many slots together."""
    found = np.zeros((len(leaves), block.most_slots))
    slots = block.slots[leaves]
    for width in np.unique(slots[slots > 0]):
        alike = np.flatnonzero(slots == width)
        for start in range(0, len(alike), _CACHED_LEAVES):
            chosen = alike[start : start + _CACHED_LEAVES]
            leaf = leaves[chosen]
            share = np.maximum(block.share[leaf, :width].T, _SMALLEST_SHARE)
            passes = (failed[chosen] >> np.arange(width)[:, None]) & 1 == 0
            found[chosen, :width] = (_integral(passes - share, share) * block.value[leaf]).T
    return found


def _integral(difference: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return each slot's integral, shape (slots, leaves)."""
    total = np.zeros(share.shape)
    for point, weight in zip(*_quadrature(math.ceil(len(share) / 2)), strict=True):
        factors = share + point * difference
        total += weight * factors.prod(axis=0) / factors
    return total * difference


@cache
def _quadrature(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Return Gauss-Legendre points and weights between 0 and 1."""
    places, weights = np.polynomial.legendre.leggauss(points)
    return (places + 1) / 2, weights / 2


def _background_patterns(question: Question, background: pd.DataFrame, blocks: Sequence[Block]) -> list[_Values]:
    """Return for each block the values of its leaves against these rows."""
    matrix = read_trees(question).matrix(background)
    return [_against(block, block.failed(matrix)) for block in blocks]


def _against(block: Block, background: np.ndarray) -> _Values:
    rows = len(background)
    leaf, bits, place = _distinct(block, background)
    weight = np.bincount(place, minlength=len(leaf)) / rows
    order = np.argsort(leaf, kind="stable")
    bits, weight = bits[order], weight[order]
    start = np.searchsorted(leaf[order], np.arange(len(block.value) + 1))
    gain, loss = _beta_weights(block.most_slots)

    def of_slots(block: Block, leaves: np.ndarray, failed: np.ndarray) -> np.ndarray:
        # Every pattern of the rows with every one of the background at the same leaf.
        counts = start[leaves + 1] - start[leaves]
        row = np.repeat(np.arange(len(leaves)), counts)
        other = (
            np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(start[leaves], counts)
        )
        possible = (failed[row] & bits[other]) == 0
        row, other = row[possible], other[possible]
        mine, theirs = bits[other], failed[row]
        scale = weight[other] * block.value[leaves[row]]
        passed, missed = np.bitwise_count(mine), np.bitwise_count(theirs)
        up, down = scale * gain[passed, missed], scale * loss[passed, missed]
        found = np.zeros((len(leaves), block.most_slots))
        for slot in range(block.most_slots):
            part = up * (mine >> slot & 1) - down * (theirs >> slot & 1)
            found[:, slot] = np.bincount(row, part, minlength=len(leaves))
        return found

    return of_slots


def _beta_weights(slots: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what a slot gains that only the row passes, and loses that only the background row passes.

    By the numbers of slots of either kind: (a - 1)! b! / (a + b)! and a! (b - 1)! / (a + b)!.
    """
    from scipy.special import beta

    a, b = np.meshgrid(np.arange(slots + 1.0), np.arange(slots + 1.0), indexing="ij")
    gain = beta(np.maximum(a, 1), b + 1)
    return gain, gain.T


def _shares_product(block: Block) -> np.ndarray:
    used = np.arange(block.most_slots) < block.slots[:, None]
    return np.where(used, block.share, 1.0).prod(axis=1)


def _constant(question: Question, blocks: Sequence[Block]) -> float:
    """Return what the score has beside the leaves, read from a few rows that were fitted on."""
    rows = question.train.head(_CALIBRATION_ROWS)
    matrix = read_trees(question).matrix(rows)
    leaves = sum((block.failed(matrix) == 0) @ block.value for block in blocks)
    return float(np.median(question.score(rows) - leaves))
