"""Runs of like readings in series, and which of them stand out beyond all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

_FEW: Final = 3
_SHARE: Final = 0.005
_TAIL: Final = 20


@dataclass(frozen=True)
class Runs:
    """Runs in a sequence; arrays are parallel. ``start`` is the first place of each, ``length`` how many."""

    start: np.ndarray
    length: np.ndarray

    @classmethod
    def of(cls, keys: np.ndarray, breaks: np.ndarray) -> Runs:
        """Return the runs of equal ``keys``; NaN equals nothing.

        Parameters
        ----------
        breaks
            bool, places that begin a run of their own whatever they hold (the first reading of a series).
        """
        if not len(keys):
            return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        begins = breaks.copy()
        begins[0] = True
        begins[1:] |= keys[1:] != keys[:-1]
        start = np.flatnonzero(begins)
        return cls(start, np.diff(np.append(start, len(keys))))

    def only(self, chosen: np.ndarray) -> Runs:
        """Return some of the runs."""
        return Runs(self.start[chosen], self.length[chosen])

    def __len__(self) -> int:
        return len(self.start)


def standing_out(lengths: np.ndarray, *, fewest: int, ratio: float) -> np.ndarray:
    """Return which runs are at least ``ratio`` times as long as the longest of all the others.

    A few runs may stand out together (three, or one in two hundred); then each of them is compared with the rest.

    Parameters
    ----------
    fewest
        Shorter runs never stand out.

    Examples
    --------
    >>> standing_out(np.array([3, 24, 2, 1, 24, 6]), fewest=6, ratio=3).tolist()
    [False, True, False, False, True, False]
    """
    chosen = np.zeros(len(lengths), dtype=bool)
    order = np.argsort(-lengths, kind="stable")
    ranked = np.append(lengths[order], 1)
    most = min(max(_FEW, int(_SHARE * len(lengths))), len(lengths))
    ratios = ranked[:most] / ranked[1 : most + 1]
    fits = (ratios >= ratio) & (ranked[:most] >= fewest)
    if fits.any():
        last = int(np.argmax(np.where(fits, ratios, 0)))
        chosen[order[: last + 1]] = True
    return chosen


def beyond_the_tail(lengths: np.ndarray, *, fewest: int, ratio: float, chance: float) -> np.ndarray:
    """Return whether the longest run is longer than the tail of the others lets expect.

    The runs beyond the 95 % quantile fall off as an exponential distribution does (peaks over a threshold); by it, a run
    as long as the longest must be less likely than ``chance``.

    Examples
    --------
    >>> lengths = np.repeat([1, 2, 3, 4, 5, 6, 7, 24], [900, 300, 100, 30, 10, 3, 1, 1])
    >>> int(beyond_the_tail(lengths, fewest=10, ratio=1.6, chance=1e-3).sum())
    1
    """
    chosen = np.zeros(len(lengths), dtype=bool)
    if len(lengths) < _TAIL:
        return chosen
    longest = int(np.argmax(lengths))
    rest = np.delete(lengths, longest)
    if lengths[longest] < max(fewest, ratio * rest.max()):
        return chosen
    threshold = np.quantile(rest, 0.95)
    beyond = rest[rest > threshold] - threshold
    if len(beyond) < _TAIL:
        threshold, beyond = 0.0, rest
    expected = len(beyond) * np.exp(-(lengths[longest] - threshold) / beyond.mean())
    chosen[longest] = expected < chance
    return chosen
