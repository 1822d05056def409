"""Measures of importance side by side: their ranks as far as intervals separate them, and why they differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlqa_widgets.explain.sentence import column_words, three_digits
from mlqa_widgets.wording import count, listing


@dataclass(frozen=True)
class Ranks:
    """Ranks by one measure, 1 for the most important.

    Attributes
    ----------
    rank
        By the figure alone; 0 where there is none.
    best, worst
        Between which ranks it may stand: features whose intervals do not overlap with its own stand above or below.
    """

    rank: np.ndarray
    best: np.ndarray
    worst: np.ndarray

    def apart(self, other: Ranks, place: int) -> int:
        """Return how many ranks a feature stands certainly higher here than by another measure; below 0: lower."""
        if not self.rank[place] or not other.rank[place]:
            return 0
        higher = int(other.best[place] - self.worst[place])
        lower = int(self.best[place] - other.worst[place])
        return higher if higher > 0 else -lower if lower > 0 else 0

    def words(self, place: int) -> str:
        """Return a rank in words: ``rank 3``, ``rank 3 to 5``."""
        best, worst = int(self.best[place]), int(self.worst[place])
        return f"rank {best}" if best == worst else f"rank {best} to {worst}"


def ranked(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> Ranks:
    """Return the ranks of features by figures with intervals.

    Examples
    --------
    >>> found = ranked(np.array([3.0, 2.0, 0.1]), np.array([2.5, 1.8, 0.0]), np.array([3.5, 2.6, 0.2]))
    >>> found.rank.tolist(), found.best.tolist(), found.worst.tolist()
    ([1, 2, 3], [1, 1, 3], [2, 2, 3])
    """
    known = np.isfinite(value)
    figures = np.where(known, value, -np.inf)
    rank = np.empty(len(value), dtype=np.int64)
    rank[np.argsort(-figures, kind="stable")] = np.arange(1, len(value) + 1)
    low, high = (np.where(np.isfinite(end), end, figures) for end in (low, high))
    best = 1 + (low[None, :] > high[:, None]).sum(axis=1)
    worst = len(value) - (high[None, :] < low[:, None]).sum(axis=1)
    return Ranks(np.where(known, rank, 0), best, worst)


@dataclass(frozen=True)
class Compared:
    """A feature by all measures, to say why they differ.

    Attributes
    ----------
    place
        Its position.
    permutation, sizes, own
        Ranks by each measure; None where it is not known.
    worse
        By how much the metric worsens, with whether that is told from zero; None without what came.
    clear
        Whether ``worse`` is told from zero.
    metric
        The metric's name.
    own_label
        What the model's own importance is.
    from_splits
        Whether that is counted over splits on the training rows.
    distinct
        Distinct values of the feature.
    partners
        The columns that it follows, with the mean association of the group.
    association
        The mean association of its group.
    together
        By how much the metric worsens when the group is permuted together.
    """

    place: int
    permutation: Ranks | None
    sizes: Ranks | None
    own: Ranks | None
    worse: float
    clear: bool
    metric: str
    own_label: str
    from_splits: bool
    distinct: int
    partners: tuple[str, ...]
    association: float
    together: float


MANY_VALUES = 100
"""Distinct values from which a column is said to offer trees many splits."""


def reasons(one: Compared, far: int) -> str:
    """Return why the measures say different things of a feature, the plainest first; empty where they do not.

    Parameters
    ----------
    one
        The feature.
    far
        Ranks apart from which two measures are said to differ.
    """
    said = [
        _shared(one) if one.partners else "",
        _misleads(one) if one.clear and one.worse < 0 else "",
        "" if one.permutation is None or one.sizes is None else _asked_otherwise(one, one.permutation, one.sizes, far),
        "" if one.own is None else _on_training_rows(one, one.own, far),
    ]
    return " ".join(filter(None, said))


def _shared(one: Compared) -> str:
    named = listing([column_words(name) for name in one.partners], 2)
    text = f"It goes with {named} (association {one.association:.2f})"
    if np.isnan(one.together):
        return f"{text}: the model may read one from the other, so the importance is shared."
    return (
        f"{text}: permuted alone it worsens the {one.metric} by {three_digits(one.worse)}, together by {three_digits(one.together)}. "
        "The model may read one from the other; look at the group."
    )


def _misleads(one: Compared) -> str:
    return (
        f"The {one.metric} is better when its values are dealt anew: what the model learned from it misleads on these "
        "rows."
    )


def _asked_otherwise(one: Compared, permutation: Ranks, sizes: Ranks, far: int) -> str:
    apart = sizes.apart(permutation, one.place)
    by = f"{sizes.words(one.place)} by contributions, {permutation.words(one.place)} by permutation"
    if not one.clear and sizes.rank[one.place] <= max(1, len(sizes.rank) // 3):
        return (
            f"The model uses it ({by}), but the {one.metric} is not clearly worse without it: what it learned does not "
            "show in what came for these rows."
        )
    if apart >= far:
        return (
            f"It moves the scores of rows more than it changes the {one.metric} ({by}): permutation asks what came, "
            "contributions do not."
        )
    if apart <= -far:
        return (
            f"Its contributions are small on most rows, but without it errors grow ({by}): permutation counts what it "
            "does with other columns whole, contributions share it."
        )
    return ""


def _on_training_rows(one: Compared, own: Ranks, far: int) -> str:
    others = {"permutation": one.permutation, "contributions": one.sizes}
    known = {word: ranks for word, ranks in others.items() if ranks is not None}
    apart = [own.apart(ranks, one.place) for ranks in known.values()]
    if not apart or (min(apart) < far and max(apart) > -far):
        return ""
    by = " and ".join(f"{ranks.words(one.place)} by {word}" for word, ranks in known.items())
    text = f"By its {one.own_label} it stands {'higher' if apart[0] > 0 else 'lower'} ({own.words(one.place)}; {by})"
    if not one.from_splits:
        return f"{text}: that is measured on the training rows, the others on these."
    if apart[0] > 0 and one.distinct >= MANY_VALUES:
        many = count(one.distinct, "value")
        return f"{text}: that is counted over the splits on the training rows, and its {many} offer many."
    return f"{text}: that is counted over the splits on the training rows, the others on these rows."
