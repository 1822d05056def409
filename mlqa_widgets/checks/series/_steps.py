"""One lasting step in a sequence: where it is, how large, and whether chance, a trend or a season could make it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

_ROOT: Final = math.sqrt(2)
_FEWEST: Final = 24
_SIDE: Final = 0.06
_FEWEST_SIDE: Final = 4
_HEAVIEST: Final = 0.95
_NORMAL: Final = 1.4826
_AROUND: Final = 3
_ABRUPT: Final = 0.6
_UNLIKE: Final = 1.5
_LONE: Final = 2.5
_OUT: Final = 8.0
_BEYOND_TREND: Final = 0.6
_STAYS: Final = 0.5


@dataclass(frozen=True)
class Step:
    """A step between two levels.

    Attributes
    ----------
    at
        The first place after it.
    before, after
        The medians on both sides.
    noise
        Robust standard deviation around the two levels.
    p
        Chance of so large a step anywhere in a sequence of such noise, if there were none: a bound over all places,
        with the noise correlated as it is from each place to the next.
    """

    at: int
    before: float
    after: float
    noise: float
    p: float

    @property
    def size(self) -> float:
        """How much higher it is after."""
        return self.after - self.before


def find_step(values: np.ndarray) -> Step | None:
    """Return the largest lasting step of a sequence, or None where there is none that is abrupt.

    A step is abrupt when the places just before and after it differ by most of its size, and by far more than any other
    places do: trends and seasons are not. It explains more than a straight line and stays to the end.

    Parameters
    ----------
    values
        Even in time, without missing.
    """
    size = len(values)
    side = max(_FEWEST_SIDE, int(_SIDE * size))
    if size < max(_FEWEST, 2 * side + 1):
        return None
    middle = np.median(values)
    scale = _NORMAL * np.median(np.abs(values - middle)) or values.std()
    if scale == 0:
        return None
    tamed = np.clip(values, middle - 6 * scale, middle + 6 * scale)
    place = np.arange(side, size - side + 1)
    sums = np.cumsum(tamed)
    left, right = sums[place - 1] / place, (sums[-1] - sums[place - 1]) / (size - place)
    at = int(place[np.argmax(np.abs(right - left) * np.sqrt(place * (size - place) / size))])
    before, after = float(np.median(values[:at])), float(np.median(values[at:]))
    rest = values - np.where(np.arange(size) < at, before, after)
    noise = float(_NORMAL * np.median(np.abs(rest)))
    noise = noise or float(rest.std()) or abs(after - before) * 1e-6
    if after == before or not _is_abrupt(values, at, after - before):
        return None
    if not _beyond_trend(values, rest) or not _stays(values, at, before, after):
        return None
    bounded = np.clip(rest, -4 * noise, 4 * noise)
    again = float(np.clip(np.dot(bounded[1:], bounded[:-1]) / max(np.dot(bounded, bounded), 1e-300), 0, _HEAVIEST))
    statistic = abs(after - before) / noise * np.sqrt(at * (size - at) / size * (1 - again) / (1 + again))
    return Step(at, before, after, noise, float(min(1.0, size * math.erfc(statistic / _ROOT))))


def find_jump(values: np.ndarray) -> Step | None:
    """Return the largest lasting jump of a sequence that has a season of its own, or None.

    What happens from three places to the next three is compared with what happens there everywhere else, as the levels
    before and after differ by season. It must be 2.5 times as large as anywhere else, lie eight robust standard deviations
    out, last over a twelfth of the sequence, and not be taken back by a jump the other way.

    Parameters
    ----------
    values
        Even in time, without missing.
    """
    size, width = len(values), _AROUND
    if size < 2 * _FEWEST:
        return None
    medians = np.median(np.lib.stride_tricks.sliding_window_view(values, width), axis=1)
    jumps = medians[width:] - medians[:-width]  # the jump at place k + width
    largest = int(np.argmax(np.abs(jumps)))
    at, change = largest + width, float(jumps[largest])
    away = np.abs(np.arange(len(jumps)) - largest) > width
    noise = float(_NORMAL * np.median(np.abs(jumps[away] - np.median(jumps[away])))) if away.any() else 0.0
    noise = noise or abs(change) * 1e-6
    others = np.abs(jumps[away]).max(initial=0.0)
    far = max(width + 1, size // 12)
    if not far <= at <= size - far or abs(change) < _LONE * others or abs(change) < _OUT * noise:
        return None
    lasting = float(np.median(values[at : at + far]) - np.median(values[at - far : at]))
    if lasting * np.sign(change) < _ABRUPT * abs(change):
        return None
    before = float(np.median(values[at - far : at]))
    return Step(at, before, before + change, noise, float(min(1.0, size * math.erfc(abs(change) / noise / _ROOT))))


def _is_abrupt(values: np.ndarray, at: int, change: float) -> bool:
    width = min(_AROUND, at, len(values) - at)
    medians = np.median(np.lib.stride_tricks.sliding_window_view(values, width), axis=1)
    jumps = medians[width:] - medians[:-width]  # the jump at place k + width
    here = jumps[at - width]
    if here * np.sign(change) < _ABRUPT * abs(change):
        return False
    away = np.abs(np.arange(len(jumps)) + width - at) > width
    return bool(abs(here) >= _UNLIKE * np.abs(jumps[away]).max(initial=0.0))


def _beyond_trend(values: np.ndarray, rest: np.ndarray) -> bool:
    time = np.arange(len(values)) - (len(values) - 1) / 2
    slope = np.dot(time, values) / np.dot(time, time)
    line = values - values.mean() - slope * time
    return bool(np.abs(rest).sum() < _BEYOND_TREND * np.abs(line).sum())


def _stays(values: np.ndarray, at: int, before: float, after: float) -> bool:
    """Whether the ends of both sides keep to their side of the middle between the levels."""
    middle = (before + after) / 2
    up = after > before
    early, late = values[: max(2, at // 3)], values[-max(2, (len(values) - at) // 3) :]
    return bool((np.median(early) < middle) == up and (np.median(late) > middle) == up)


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values adjusted for their number by Holm's method.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    adjusted = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    found = np.empty(len(p))
    found[order] = np.minimum(1.0, adjusted)
    return found
