"""What people said of pairs, and what it teaches: weights moved towards the decisions, none of which is contradicted.

The method is a penalised logistic regression on the levels of agreement. Its starting point, and the centre of its
penalty, are the weights that Splink learned without labels, so that with no decisions nothing moves, with few the
weights move a little, and with many the decisions speak for themselves. Every weight, and the weight of two random
records, gets an addition with a normal prior of mean 0 and a standard deviation of two bits. That decisions are asked
for where the model doubts does no harm: the regression is of the answer given the levels, and the queue chooses pairs
by their levels only. Estimating m and u from the decided pairs instead would take the doubtful ones for typical.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

_SPREAD: Final = 2.0
"""Standard deviation of the prior of what is added to a weight, in bits."""


class Decision(StrEnum):
    """What can be said of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Lesson:
    """What decisions add to the weights.

    Attributes
    ----------
    prior
        To the weight of two random records.
    weights
        Per field, to each level, as the weights they are added to.
    """

    prior: float
    weights: tuple[np.ndarray, ...]

    def of(self, levels: np.ndarray) -> np.ndarray:
        """Return what is added to the weight of pairs of these levels."""
        added = np.full(len(levels), self.prior)
        for i, weights in enumerate(self.weights):
            added += weights[levels[:, i]]
        return added


def learn(levels: np.ndarray, weight: np.ndarray, same: np.ndarray, sizes: tuple[int, ...]) -> Lesson:
    """Return what decisions teach.

    Parameters
    ----------
    levels
        Decided pairs x fields: their levels of agreement, -1 where a value is missing.
    weight
        Their match weights before.
    same
        bool, what was decided.
    sizes
        Levels per field, with that of a missing value, which is last and never moves.
    """
    if len(same) == 0:
        return Lesson(0.0, tuple(np.zeros(size) for size in sizes))
    from scipy.optimize import minimize

    starts = np.cumsum([1, *sizes])
    design = np.zeros((len(same), starts[-1]))
    design[:, 0] = 1
    for i in range(len(sizes)):
        known = levels[:, i] >= 0
        design[np.flatnonzero(known), starts[i] + levels[known, i]] = 1
    came = same.astype(float)

    def loss(added: np.ndarray) -> tuple[float, np.ndarray]:
        bits = weight + design @ added
        nats = np.log(2) * bits
        value = np.logaddexp(0, nats).sum() - came @ nats + 0.5 * (added @ added) / _SPREAD**2
        said = 1 / (1 + np.exp(-np.clip(nats, -500, 500)))
        return value, np.log(2) * design.T @ (said - came) + added / _SPREAD**2

    added = minimize(loss, np.zeros(starts[-1]), jac=True, method="L-BFGS-B").x
    return Lesson(float(added[0]), tuple(added[starts[i] : starts[i + 1]] for i in range(len(sizes))))
