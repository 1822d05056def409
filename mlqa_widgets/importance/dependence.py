"""How the model uses one feature: its contributions over its values, and where there are rows to say so."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.explain.sentence import column_words
from mlqa_widgets.importance.interaction import CLEAR, interactions
from mlqa_widgets.importance.values import Values, feature_values, words_of
from mlqa_widgets.wording import listing

POINTS = 2_000
"""Rows drawn as points, at most."""
_LOOKED_AT = 50_000
_BINS = 30
_FEW = 25
_CATEGORIES = 30
_TAILS = 0.005
_ALMOST_ONE = 0.5


@dataclass(frozen=True)
class Spread:
    """Where the rows of a feature lie.

    Attributes
    ----------
    edges
        Of the bins of numbers; empty for categories.
    counts
        Rows in each bin, or of each category, the most frequent first.
    missing
        Rows without a value.
    outside
        Rows beyond the first and last edge: the ends of the data are cut where a few rows lie far out.
    """

    edges: np.ndarray
    counts: np.ndarray
    missing: int
    outside: int


@dataclass(frozen=True)
class Dependence:
    """The contributions of a feature over its values.

    Attributes
    ----------
    feature
        Its position among the model's columns.
    positions
        The rows of ``X`` drawn.
    values
        The values of the feature in these rows.
    contributions, standard_error
        Of the feature to these rows; the error is None where they are exact.
    interactions
        For each feature the share of the spread of contributions at like values that it explains: see
        :mod:`mlqa_widgets.importance.interaction`.
    strongest
        The feature that explains most of it; None where none does.
    other
        The values of the strongest in these rows.
    spread
        Where all rows lie.
    caution
        What to hold of partial dependence here, in a sentence; empty for nothing.
    """

    feature: int
    positions: np.ndarray = field(repr=False)
    values: Values = field(repr=False)
    contributions: np.ndarray = field(repr=False)
    standard_error: np.ndarray | None = field(repr=False)
    interactions: np.ndarray = field(repr=False)
    strongest: int | None
    other: Values | None = field(repr=False)
    spread: Spread = field(repr=False)
    caution: str

    @property
    def table(self) -> pd.DataFrame:
        """One line per row drawn: ``row`` (its position), ``value`` and ``contribution``, and the ``other`` value."""
        table = pd.DataFrame({"row": self.positions, "value": self.values.numbers, "contribution": self.contributions})
        if self.values.categories is not None:
            table["value"] = [words_of(self.values, number) for number in self.values.numbers]
        if self.other is not None:
            table["other"] = [words_of(self.other, number) for number in self.other.numbers]
        return table


def dependence(
    analysis: ModelAnalysis,
    feature: int,
    positions: np.ndarray,
    explanation: Explanation,
    association: np.ndarray,
    together: float,
) -> Dependence:
    """Return how the contributions of a feature follow its values.

    Parameters
    ----------
    analysis
        The model and its rows.
    feature
        Position of the feature.
    positions, explanation
        Rows explained, and their contributions.
    association, together
        How closely features follow one another, and from where partial dependence asks for rows that do not occur.
    """
    drawn = positions[:POINTS]
    rows = analysis.X.iloc[drawn]
    known = explanation.take(np.arange(len(drawn)))
    columns = [feature_values(analysis.model, rows, place) for place in range(rows.shape[1])]
    strength = interactions(columns, known.values, feature)
    strongest = int(strength.argmax()) if len(strength) and strength.max() >= CLEAR else None
    errors = known.standard_error
    return Dependence(
        feature,
        drawn,
        columns[feature],
        known.values[:, feature],
        None if errors is None else errors[:, feature],
        strength,
        strongest,
        None if strongest is None else columns[strongest],
        spread_of(analysis, feature),
        _caution(analysis, feature, association, together),
    )


def spread_of(analysis: ModelAnalysis, feature: int) -> Spread:
    """Return where the rows lie, of at most 50,000 drawn at random."""
    values = feature_values(analysis.model, analysis.X.iloc[analysis.sample(_LOOKED_AT)], feature)
    known = values.numbers[~values.missing]
    missing = int(values.missing.sum())
    if values.categories is not None or len(known) == 0:
        counts = np.bincount(known.astype(np.int64), minlength=len(values.categories or ()))
        return Spread(np.array([]), counts[:_CATEGORIES], missing, int(counts[_CATEGORIES:].sum()))
    distinct = np.unique(known)
    if len(distinct) <= _FEW and (distinct == distinct.round()).all() and np.ptp(distinct) <= 2 * _FEW:
        edges = np.arange(distinct[0] - _ALMOST_ONE, distinct[-1] + 1)
    else:
        low, high = np.quantile(known, [_TAILS, 1 - _TAILS])
        if low == high:
            low, high = known.min(), known.max()
        edges = np.linspace(low, high if high > low else low + 1, _BINS + 1)
    counts, _ = np.histogram(known, edges)
    return Spread(edges, counts, missing, int(len(known) - counts.sum()))


def _caution(analysis: ModelAnalysis, feature: int, association: np.ndarray, together: float) -> str:
    close = np.flatnonzero(association[feature] >= together)
    close = close[close != feature]
    if len(close) == 0:
        return ""
    close = close[np.argsort(-association[feature][close], kind="stable")]
    named = listing(
        [f"{column_words(analysis.model.columns[i])} ({association[feature][i]:.2f})" for i in close], limit=3
    )
    return (
        f"It follows {named}: setting it alone makes rows that do not occur, about which the model was taught nothing. "
        "Trust the contributions more than these curves."
    )
