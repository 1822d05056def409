"""What every explanation engine returns: contributions per row and user column, and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Explanation:
    """Contributions of the user's columns to one output of a model.

    ``base + values.sum(axis=1)`` is ``output``, up to the residual.

    Attributes
    ----------
    values
        Contributions, float64, shape (rows, columns): the columns of the model in its order.
    base
        What the contributions are counted from.
    output
        The model's output in ``space`` for each row.
    standard_error
        Of each contribution, same shape as ``values``, where it was sampled; None where it is exact.
    space
        ``log-odds``, ``probability``, ``score`` or ``value``.
    engine
        Who computed it, in a few words: "LightGBM's own", "woodelf, path-dependent".
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

    def take(self, rows: np.ndarray) -> Explanation:
        """Return the explanation of some of its rows, given by their place in it."""
        error = self.standard_error
        return replace(
            self,
            values=self.values[rows],
            output=self.output[rows],
            standard_error=None if error is None else error[rows],
        )


def joined(parts: Sequence[Explanation]) -> Explanation:
    """Return explanations of several batches of rows, of one output against one background, as one."""
    errors = [part.standard_error for part in parts]
    return replace(
        parts[0],
        values=np.concatenate([part.values for part in parts]),
        output=np.concatenate([part.output for part in parts]),
        standard_error=None
        if all(error is None for error in errors)
        else np.concatenate(
            [np.zeros_like(part.values) if error is None else error for part, error in zip(parts, errors, strict=True)]
        ),
        engine="; ".join(dict.fromkeys(part.engine for part in parts)),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )
