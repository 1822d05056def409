"""The rows that say what is plausible: training rows, what is predicted for them, and how far apart they lie."""

from __future__ import annotations

from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.explain.neighbours import Neighbours

REFERENCE = 10_000
"""Training rows looked at, at most."""
NEAREST = 5
"""Nearest training rows whose mean distance says how far a row is from the data."""
_YARDSTICK = 1_000
_SEED = 0


class Reference:
    """Training rows, at most :data:`REFERENCE` drawn at random.

    Attributes
    ----------
    rows
        The rows.
    prediction
        What the model predicts for them, shape (rows, outputs).
    """

    def __init__(self, analysis: ModelAnalysis) -> None:
        train = analysis.train
        drawn = np.sort(np.random.default_rng(_SEED).permutation(len(train))[:REFERENCE])
        self.rows: pd.DataFrame = train.iloc[drawn]
        same = train is analysis.X
        self.prediction = analysis.prediction[drawn] if same else analysis.model.predict(self.rows)

    @cached_property
    def near(self) -> Neighbours:
        """Nearest ones among the rows."""
        return Neighbours(self.rows)

    @cached_property
    def usual_distances(self) -> np.ndarray:
        """Mean distance of some of the rows to their nearest others, sorted."""
        some = self.rows.iloc[np.random.default_rng(_SEED).permutation(len(self.rows))[:_YARDSTICK]]
        return np.sort(self.distance(some, among_them=True))

    def distance(self, rows: pd.DataFrame, *, among_them: bool) -> np.ndarray:
        """Return the mean distance of each row to its nearest training rows.

        Parameters
        ----------
        rows
            The rows.
        among_them
            Whether they may be training rows themselves: one row just like it is then left out.
        """
        found = self.near.nearest(rows, NEAREST + 1)[1]
        if found.shape[1] == 1:
            return found[:, 0]
        alike = (found[:, 0] == 0) & among_them
        return np.where(alike, found[:, 1:].mean(axis=1), found[:, :-1].mean(axis=1))

    def farther_than(self, distances: np.ndarray) -> np.ndarray:
        """Return the share of training rows that lie nearer to the data than each distance, ties half."""
        below = np.searchsorted(self.usual_distances, distances, side="left")
        up_to = np.searchsorted(self.usual_distances, distances, side="right")
        return (below + up_to) / (2 * len(self.usual_distances))


_REFERENCES: WeakKeyDictionary[ModelAnalysis, Reference] = WeakKeyDictionary()
_SURROUNDINGS: WeakKeyDictionary[ModelAnalysis, Neighbours] = WeakKeyDictionary()


def reference(analysis: ModelAnalysis) -> Reference:
    """Return the training rows of an analysis, drawn once."""
    if analysis not in _REFERENCES:
        _REFERENCES[analysis] = Reference(analysis)
    return _REFERENCES[analysis]


def surroundings(analysis: ModelAnalysis) -> Neighbours:
    """Return all rows of ``X`` as neighbours, prepared once."""
    if analysis not in _SURROUNDINGS:
        _SURROUNDINGS[analysis] = Neighbours(analysis.X)
    return _SURROUNDINGS[analysis]
