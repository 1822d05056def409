"""Whether probabilities mean what they say: what is said and what comes, in bins of equal size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlqa_widgets.evaluate.figures import CONFIDENCE, wilson

_BINS = 10
_MANY = 20_000
_MANY_BINS = 20
_DRAWS = 1000
_SEED = 0


@dataclass(frozen=True)
class Calibration:
    """Probabilities of a class against how often it came.

    Attributes
    ----------
    table
        One line per bin: ``low`` and ``high`` (the smallest and largest probability in it), ``rows``, ``said`` (mean
        probability), ``came`` (share of the class) with ``came_low`` and ``came_high`` (Wilson).
    bins
        The bin of each row, int64.
    error
        Expected calibration error: the mean distance of ``said`` and ``came``, weighted by rows.
    error_low, error_high
        Its 95 % interval: the error less and plus what chance alone moves ``came`` by in 95 of 100 draws. It holds the true
        error at least so often; a plain bootstrap does not, as chance only ever adds to the error.
    error_by_chance
        What it would be on average if the probabilities were right: so many rows never meet them exactly.
    """

    table: pd.DataFrame
    bins: np.ndarray
    error: float
    error_low: float
    error_high: float
    error_by_chance: float


def calibration(came: np.ndarray, probability: np.ndarray) -> Calibration:
    """Compare the probabilities of a class with how often it came, in bins of about as many rows each.

    Parameters
    ----------
    came
        bool, whether a row is of the class.
    probability
        What the model gave it.
    """
    wanted = _MANY_BINS if len(came) >= _MANY else _BINS
    edges = np.unique(np.quantile(probability, np.arange(1, wanted) / wanted, method="nearest"))
    bins = np.searchsorted(edges, probability, side="right")
    rows = np.bincount(bins, minlength=len(edges) + 1)
    held = np.flatnonzero(rows)
    place = np.full(len(rows), -1)
    place[held] = np.arange(len(held))
    bins, rows = place[bins], rows[held].astype(float)
    hits = np.bincount(bins, weights=came, minlength=len(held))
    said = np.bincount(bins, weights=probability, minlength=len(held)) / rows
    share = hits / rows
    came_low, came_high = wilson(hits, rows)
    spread = np.bincount(bins, weights=probability * (1 - probability), minlength=len(held)) / rows
    order = np.argsort(bins, kind="stable")
    starts = np.searchsorted(bins[order], np.arange(len(held)))
    table = pd.DataFrame(
        {
            "low": np.minimum.reduceat(probability[order], starts),
            "high": np.maximum.reduceat(probability[order], starts),
            "rows": rows.astype(np.int64),
            "said": said,
            "came": share,
            "came_low": came_low,
            "came_high": came_high,
        }
    )
    weights = rows / rows.sum()
    error = float(weights @ np.abs(said - share))
    drawn = np.random.default_rng(_SEED).binomial(table["rows"].to_numpy(), share, (_DRAWS, len(held))) / rows
    moved = float(np.quantile(np.abs(drawn - share) @ weights, CONFIDENCE))
    return Calibration(
        table,
        bins.astype(np.int64),
        error,
        max(0.0, error - moved),
        min(1.0, error + moved),
        float(weights @ np.sqrt(2 / np.pi * spread / rows)),
    )
