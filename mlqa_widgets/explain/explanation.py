"""What every explanation engine returns: contributions per row and user column, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Explanation:
    """Contributions of the user's columns to one output of a model.

    ``base + values.sum(axis=1)`` is ``output``, up to the residual.

    Attributes
    ----------
    values
        Contributions, float64, shape (rows, columns).
    base
        What the contributions are counted from.
    output
        The model's output in ``space`` for each row.
    standard_error
        Of each contribution, same shape as ``values``, where it was sampled; None where it is exact.
    space
        ``log-odds``, ``probability``, ``score`` or ``value``.
    engine
        Who computed it, in a few words: "LightGBM's own", "shap, path-dependent".
    background
        What the contributions are counted against, in words: "the training rows that reached each leaf",
        "100 rows drawn from X".
    notes
        What the reader must know: a route that failed its check and was dropped, an approximation.
    """

    values: np.ndarray
    base: float
    output: np.ndarray
    standard_error: np.ndarray | None
    space: str
    engine: str
    background: str
    notes: tuple[str, ...] = ()

    @property
    def residual(self) -> np.ndarray:
        """The model's output less base and contributions, per row: 0 where the explanation is complete."""
        return self.output - self.base - self.values.sum(axis=1)
