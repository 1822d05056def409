"""Whether an answer can be shown: base and contributions make the output, and a few rows agree with the reference."""

from __future__ import annotations

import numpy as np

TOLERANCE = 1e-5
"""Largest error allowed, as a share of the range of scores."""
COMPARED = 16
"""Rows of each batch that a fast engine is compared on with the reference engine."""


def allowed(scores: np.ndarray, share: float) -> float:
    """Return the largest error allowed: a share of the range of scores, and what single precision cannot resolve."""
    finest = 8 * float(np.finfo(np.float32).eps) * float(np.abs(scores).max())
    return share * float(np.ptp(scores)) + finest


def incomplete(output: np.ndarray, base: float, values: np.ndarray, limit: float) -> str | None:
    """Return what is wrong when base and contributions do not add up to the output on every row."""
    if not (np.isfinite(values).all() and np.isfinite(base)):
        return "it returned missing values"
    largest = float(np.abs(output - base - values.sum(axis=1)).max())
    return f"its sums missed the model's output by up to {largest:.2g}" if largest > limit else None


def disagreeing(values: np.ndarray, reference: np.ndarray, limit: float, engine: str) -> str | None:
    """Return what is wrong when contributions of the same rows differ from the reference engine's."""
    largest = float(np.abs(values - reference).max())
    return f"its values differed by up to {largest:.2g} from those of {engine!r}" if not largest <= limit else None


def compared_rows(rows: int) -> np.ndarray:
    """Return places of the rows to compare: spread evenly over the batch."""
    return np.unique(np.linspace(0, rows - 1, min(rows, COMPARED)).astype(np.int64))
