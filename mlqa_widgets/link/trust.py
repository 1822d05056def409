"""How far the figures can be trusted: estimates against decisions, match weights of all pairs, errors to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from mlqa_widgets.evaluate.figures import wilson
from mlqa_widgets.link.decisions import Decision
from mlqa_widgets.link.scores import DIFFERENT, SAME, Scores
from mlqa_widgets.verdicts.file import Record

_STEPS: Final = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
_MOST_BINS: Final = 40


def calibration(held: Scores, records: Sequence[Record]) -> pd.DataFrame:
    """Return estimated probabilities against what was decided of the pairs that were shown with them."""
    inner, size = np.array(_STEPS[1:-1]), len(_STEPS) - 1
    steps = np.searchsorted(inner, held.contested[held.open], side="right")
    told = [record for record in records if record.verdict != Decision.UNSURE]
    shown = np.array([float(record.prediction) for record in told])
    came = np.array([record.verdict == Decision.SAME for record in told], dtype=float)
    of = np.searchsorted(inner, shown, side="right")
    decided = np.bincount(of, minlength=size).astype(float)
    same = np.bincount(of, weights=came, minlength=size)
    some = np.where(decided > 0, decided, np.nan)
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    known = decided > 0
    low[known], high[known] = wilson(same[known], decided[known])
    return pd.DataFrame(
        {
            "low": _STEPS[:-1],
            "high": _STEPS[1:],
            "pairs": np.bincount(steps, minlength=size),
            "decided": decided.astype(np.int64),
            "said": np.bincount(of, weights=shown, minlength=size) / some,
            "same": same / some,
            "same_low": low,
            "same_high": high,
        }
    )


def histogram(held: Scores) -> pd.DataFrame:
    """Return how many pairs have which match weight, and what is held and was decided of them."""
    if not held.counted.any():
        return pd.DataFrame(columns=["low", "high", "pairs", "links", "same", "different"], dtype=float)
    weight = held.weight[held.counted]
    low, high = np.floor(weight.min()), np.floor(weight.max()) + 1
    step = max(1.0, np.ceil((high - low) / _MOST_BINS))
    edges = np.arange(low, high + step, step)
    of = {
        "pairs": held.counted,
        "links": held.link,
        "same": held.decided == SAME,
        "different": held.decided == DIFFERENT,
    }
    counts = {name: np.histogram(held.weight[mask], edges)[0] for name, mask in of.items()}
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], **counts})


def estimate(held: Scores) -> dict[str, Any]:
    """Return how many links there are, and how many of them and of the rest are expected to be wrong."""
    probability = held.contested
    links = int(held.link.sum())
    wrong = float((1 - probability[held.link]).sum())
    missed = float(probability[held.counted & ~held.link].sum())
    right = links - wrong
    return {
        "links": links,
        "wrong": wrong,
        "missed": missed,
        "precision": right / links if links else np.nan,
        "recall": right / (right + missed) if right + missed else np.nan,
        "doubtful": int(held.doubtful.sum()),
    }
