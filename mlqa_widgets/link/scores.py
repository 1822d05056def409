"""What is held of every pair: its probability, whether it is a link, and how much a decision on it would tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from mlqa_widgets.link.decisions import Decision, Lesson, learn
from mlqa_widgets.link.model import Trained, probability_of

_RIVALS: Final = 0.1
"""Share of the linked records with several partners up to which both sources are taken to hold every thing once."""
DOUBT: Final = 0.05
"""A pair is doubtful while its probability is at least this far from 0 and from 1."""

SAME: Final = 1
DIFFERENT: Final = -1
UNSURE: Final = 2
CODES: Final = {Decision.SAME: SAME, Decision.DIFFERENT: DIFFERENT, Decision.UNSURE: UNSURE}


@dataclass(frozen=True)
class Scores:
    """All pairs as they are held after the decisions so far.

    Of the pairs that no rule brought together those count that are decided; the others were looked at, no more.

    Attributes
    ----------
    trained
        The model without labels.
    decided
        Per pair: 1 same, -1 different, 2 unsure, 0 not decided.
    lesson
        What the decisions add to the weights.
    threshold
        Probability from which a pair is a link.
    one_to_one
        Whether a record has one partner at most.
    """

    trained: Trained
    decided: np.ndarray
    lesson: Lesson
    threshold: float
    one_to_one: bool

    @cached_property
    def counted(self) -> np.ndarray:
        """Whether a pair is a candidate or decided."""
        return (np.arange(len(self.decided)) < self.trained.candidates) | (self.decided != 0)

    @cached_property
    def weight(self) -> np.ndarray:
        """Match weight per pair, moved by the lesson: log2 of the odds."""
        return self.trained.weight() + self.lesson.of(self.trained.levels)

    @cached_property
    def probability(self) -> np.ndarray:
        """Probability per pair that both records are of one thing; 1 and 0 where that was decided."""
        probability = probability_of(self.weight)
        probability[self.decided == SAME] = 1.0
        probability[self.decided == DIFFERENT] = 0.0
        return probability

    @cached_property
    def link(self) -> np.ndarray:
        """Whether a pair is a link: probable enough, and, one to one, no likelier pair has taken either record.

        What was decided to be the same is one in any case.
        """
        likely = self.counted & (self.probability >= self.threshold)
        if not self.one_to_one:
            return likely
        return one_to_one(self.trained, likely, self.probability, self.weight) | (self.decided == SAME)

    @cached_property
    def contested(self) -> np.ndarray:
        """Probability per pair given what is said of the other pairs of its records.

        Where a record has one partner at most, the odds of a pair are divided among those it competes with.
        """
        if not self.one_to_one:
            return self.probability
        probability = self.probability
        odds = np.exp2(np.clip(self.weight, -60, 60))
        odds[self.decided == SAME] = 2.0**60
        odds[self.decided == DIFFERENT] = 0.0
        counted = np.where(self.counted, odds, 0.0)
        left, right = (np.bincount(side, weights=counted)[side] for side in (self.trained.left, self.trained.right))
        shared = odds / (1 + left + right + odds - 2 * counted)
        return np.where(np.abs(self.decided) == 1, probability, np.minimum(shared, 1.0))

    @cached_property
    def open(self) -> np.ndarray:
        """Whether nothing was said of a candidate."""
        return self.counted & (self.decided == 0)

    @cached_property
    def doubtful(self) -> np.ndarray:
        """Whether a pair is open and neither plainly the same nor plainly different."""
        return self.open & (self.contested > DOUBT) & (self.contested < 1 - DOUBT)

    def queue(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the open pairs a decision on which tells the most, the most telling first, and how much each tells.

        A pair tells its own doubt (the entropy of its probability, in bits) times log2 of one more than the open pairs
        of the same levels, as what is decided of it speaks for them; of pairs of the same levels the second counts
        half, the third a third and so on, since the first will have spoken for them.
        """
        pairs = np.flatnonzero(self.open)
        q = np.clip(self.contested[pairs], 1e-12, 1 - 1e-12)
        entropy = -(q * np.log2(q) + (1 - q) * np.log2(1 - q))
        levels = self.trained.levels[pairs].astype(np.int64) + 1
        code = np.zeros(len(pairs), dtype=np.int64)
        for i, weights in enumerate(self.trained.weights):
            code = code * (len(weights) + 1) + levels[:, i]
        _, group, sizes = np.unique(code, return_inverse=True, return_counts=True)
        order = np.lexsort((pairs, -entropy, group))
        place = np.empty(len(pairs), dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        place[order] = np.arange(len(pairs)) - starts[group[order]]
        tells = entropy * np.log2(1 + sizes[group]) / (1 + place)
        first = np.lexsort((pairs, -tells))[:size]
        return pairs[first], tells[first]


def scores(trained: Trained, decided: np.ndarray, threshold: float, one_to_one: bool) -> Scores:
    """Return what is held of every pair after decisions."""
    said = np.flatnonzero(np.abs(decided) == 1)
    lesson = learn(
        trained.levels[said], trained.weight()[said], decided[said] == SAME, tuple(len(w) for w in trained.weights)
    )
    return Scores(trained, decided, lesson, threshold, one_to_one)


def one_to_one(trained: Trained, likely: np.ndarray, probability: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the links that remain when every record takes its likeliest partner that is still free."""
    among = np.flatnonzero(likely)
    among = among[np.lexsort((among, -weight[among], -probability[among]))]
    taken: tuple[set[int], set[int]] = (set(), set())
    link = np.zeros(len(likely), dtype=bool)
    for pair, left, right in zip(
        among.tolist(), trained.left[among].tolist(), trained.right[among].tolist(), strict=True
    ):
        if left not in taken[0] and right not in taken[1]:
            taken[0].add(left)
            taken[1].add(right)
            link[pair] = True
    return link


def rivals(trained: Trained, threshold: float) -> tuple[float, float]:
    """Return the share of the linked records of each source that have several partners."""
    likely = probability_of(trained.weight()) >= threshold
    shares = []
    for side in (trained.left[likely], trained.right[likely]):
        _, partners = np.unique(side, return_counts=True)
        shares.append(float((partners > 1).mean()) if len(partners) else 0.0)
    return shares[0], shares[1]


def once_each(trained: Trained, threshold: float) -> bool:
    """Whether the data say that both sources hold every thing once: few linked records have several partners."""
    return max(rivals(trained, threshold)) <= _RIVALS
