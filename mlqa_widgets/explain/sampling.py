"""Shapley values of any function against a background: all coalitions where few columns differ, else permutations.

A permutation switches the columns of the background rows one after the other to the values of the row explained; what
the mean prediction moves by at each switch is one draw of that column's contribution. Each permutation is drawn with
its reverse (antithetic; Mitchell et al., "Sampling Permutations for Shapley Value Estimation", JMLR 2022), which is
exact where columns interact in pairs only. Many rows x background rows go into one call of the model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from mlqa_widgets.explain.question import Answer, CannotAnswer, Question
from mlqa_widgets.models.columns import of_mixed_rows
from mlqa_widgets.progress import Progress

PAIRS = 8
"""Permutations drawn for each row, each with its reverse."""
_TOGETHER = 0.4
"""How far the variance of a column's draws is drawn towards the mean over the columns."""
_CALL_ROWS = 100_000
"""Rows given to the model in one call, which bounds the memory."""
_EXACT_ROWS = 100_000
"""All coalitions are enumerated where that takes at most so many predictions for each row."""
_SEED = 0


def permutations(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return contributions against the background, with the standard error of each where they are sampled."""
    background = question.background
    if background is None:
        msg = "permutations need a background"
        raise CannotAnswer(msg)
    base = question.keep("base", lambda: float(question.score(background).mean()))
    values = np.zeros(frame.shape)
    errors = np.zeros(frame.shape)
    differs = _differing(frame, background)
    exact = (2.0 ** differs.sum(axis=1)) * len(background) <= _EXACT_ROWS
    random = np.random.default_rng(_SEED)
    plans = [
        _Coalitions(np.flatnonzero(columns)) if whole else _Permutations(np.flatnonzero(columns), random)
        for columns, whole in zip(differs, exact, strict=True)
    ]
    done = 0
    for batch in _batches(plans, len(background)):
        progress.at("Explaining rows", done / len(frame))
        rows = np.arange(done, done + len(batch))
        masks = [plan.masks(frame.shape[1]) for plan in batch]
        means = _mean_scores(question, frame.iloc[rows], background, masks, progress)
        for row, plan, found in zip(rows, batch, means, strict=True):
            values[row, plan.players], errors[row, plan.players] = plan.contributions(found)
        done += len(batch)
    if exact.all():
        return Answer(values, base, engine="all coalitions of columns")
    return Answer(values, base, errors)


class _Coalitions:
    """Every subset of the columns that differ from the background."""

    def __init__(self, players: np.ndarray) -> None:
        self.players = players
        self.size = 2 ** len(players)

    def masks(self, columns: int) -> np.ndarray:
        masks = np.zeros((self.size, columns), dtype=bool)
        masks[:, self.players] = self._members()
        return masks

    def _members(self) -> np.ndarray:
        return (np.arange(self.size)[:, None] >> np.arange(len(self.players))) & 1 == 1

    def contributions(self, means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        players = len(self.players)
        members = self._members()
        sizes = members.sum(axis=1)
        weight = np.array([1 / (players * math.comb(players - 1, size)) for size in range(players)])
        found = np.zeros(players)
        coalitions = np.arange(self.size)
        for player in range(players):
            without = coalitions[~members[:, player]]
            found[player] = ((means[without | (1 << player)] - means[without]) * weight[sizes[without]]).sum()
        return found, np.zeros(players)


class _Permutations:
    """Pairs of a random order of the columns and its reverse."""

    def __init__(self, players: np.ndarray, random: np.random.Generator) -> None:
        self.players = players
        orders = np.array([random.permutation(len(players)) for _ in range(PAIRS)])
        self._orders = np.stack([orders, orders[:, ::-1]], axis=1).reshape(2 * PAIRS, -1)
        self.size = 2 + 2 * PAIRS * (len(players) - 1)

    def masks(self, columns: int) -> np.ndarray:
        """Return nothing switched, everything switched, then each order's steps between."""
        players = len(self.players)
        rank = np.argsort(self._orders, axis=1)
        steps = rank[:, None, :] < np.arange(1, players)[None, :, None]
        masks = np.zeros((self.size, columns), dtype=bool)
        masks[1, self.players] = True
        masks[2:, self.players] = steps.reshape(-1, players)
        return masks

    def contributions(self, means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        orders = len(self._orders)
        path = np.empty((orders, len(self.players) + 1))
        path[:, 0], path[:, -1] = means[0], means[1]
        path[:, 1:-1] = means[2:].reshape(orders, -1)
        found = np.empty(self._orders.shape)
        np.put_along_axis(found, self._orders, np.diff(path, axis=1), axis=1)
        pairs = found.reshape(PAIRS, 2, -1).mean(axis=1)
        # So few draws of one column say little of its spread, and may miss the order that matters: it is drawn towards
        # the spread of the row's columns together.
        own = pairs.var(axis=0, ddof=1)
        variance = (1 - _TOGETHER) * own + _TOGETHER * own.mean()
        return pairs.mean(axis=0), np.sqrt(variance / PAIRS)


def _differing(frame: pd.DataFrame, background: pd.DataFrame) -> np.ndarray:
    """Return which columns of each row differ from any background row; the others contribute nothing."""
    differs = np.empty(frame.shape, dtype=bool)
    for place in range(frame.shape[1]):
        column, against = frame.iloc[:, place], background.iloc[:, place]
        constant = against.iloc[0]
        if not pd.api.types.is_scalar(constant):
            differs[:, place] = True
        elif (against.isna() == pd.isna(constant)).all() and (pd.isna(constant) or (against == constant).all()):
            differs[:, place] = column.notna() if pd.isna(constant) else (column != constant).fillna(True)
        else:
            differs[:, place] = True
    return differs


def _one_above_other(rows: pd.DataFrame, background: pd.DataFrame) -> pd.DataFrame:
    """Return both as one frame, in which categorical columns keep the categories of both."""
    parts = [rows.copy(deep=False), background.copy(deep=False)]
    for column in rows.columns:
        here, there = (part[column].dtype for part in parts)
        if here != there and isinstance(here, pd.CategoricalDtype) and isinstance(there, pd.CategoricalDtype):
            known = here.categories
            kind = pd.CategoricalDtype(known.append(there.categories.difference(known, sort=False)))
            for part in parts:
                part[column] = part[column].astype(kind)
    return pd.concat(parts, ignore_index=True)


def _batches(plans: list[_Coalitions | _Permutations], background: int) -> Iterator[list[_Coalitions | _Permutations]]:
    batch: list[_Coalitions | _Permutations] = []
    rows = 0
    for plan in plans:
        if batch and rows + plan.size * background > _CALL_ROWS:
            yield batch
            batch, rows = [], 0
        batch.append(plan)
        rows += plan.size * background
    yield batch


def _mean_scores(
    question: Question, rows: pd.DataFrame, background: pd.DataFrame, masks: list[np.ndarray], progress: Progress
) -> list[np.ndarray]:
    """Return for each mask of each row the mean score of the background with the masked columns of the row."""
    both = _one_above_other(rows, background)
    switched = np.concatenate(masks)
    row = np.repeat(np.arange(len(rows)), [len(mask) for mask in masks])
    others = np.arange(len(rows), len(both))
    means = np.empty(len(switched))
    step = max(1, _CALL_ROWS // len(background))
    for start in range(0, len(switched), step):
        progress.at(progress.step, progress.share)
        some = slice(start, start + step)
        taken = np.where(switched[some, None, :], row[some, None, None], others[None, :, None])
        taken = taken.reshape(-1, switched.shape[1])
        mixed = pd.DataFrame(
            {place: both.iloc[:, place].array.take(taken[:, place]) for place in range(taken.shape[1])}, copy=False
        ).set_axis(rows.columns, axis=1)
        with of_mixed_rows():
            means[some] = question.score(mixed).reshape(-1, len(background)).mean(axis=1)
    return np.split(means, np.cumsum([len(mask) for mask in masks])[:-1])
