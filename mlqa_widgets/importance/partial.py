"""Partial dependence and the curves of single rows behind it: predictions with one feature set to a series of values.

Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 2001; single rows (ICE):
Goldstein et al., "Peeking inside the black box", Journal of Computational and Graphical Statistics 2015.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.importance.values import Values, feature_values, words_of
from mlqa_widgets.progress import Progress

ROWS = 500
"""Rows averaged over, at most."""
POINTS = 40
"""Values a feature is set to, at most."""
FEW = 25
"""Distinct values up to which each is taken."""
_CATEGORIES = 30
_TAILS = 0.01
_SECONDS = 1.5
_FEWEST_ROWS = 30
_CALL_ROWS = 50_000
_TIMED_ROWS = 200
_LOOKED_AT = 50_000


@dataclass(frozen=True)
class PartialDependence:
    """Predictions with one feature set to a series of values, all else as it is.

    Attributes
    ----------
    numbers
        The values as numbers: see :class:`mlqa_widgets.importance.values.Values`; missing for a value that is missing.
    words
        The values in words.
    positions
        The rows of ``X`` averaged over, drawn at random.
    curves
        The prediction of each of these rows at each value, shape (rows, values).
    centre
        Which value stands in the middle of the data: curves are centred there.
    """

    numbers: np.ndarray
    words: tuple[str, ...] = field(repr=False)
    positions: np.ndarray = field(repr=False)
    curves: np.ndarray = field(repr=False)
    centre: int

    def table(self, *, centred: bool = False) -> pd.DataFrame:
        """Return one line per value: ``value``, ``prediction`` (the mean over rows), ``low``, ``high`` (95 % interval).

        With ``centred`` the prediction of each row at the middle value is taken off first.
        """
        from scipy.stats import t

        curves = self.curves - self.curves[:, [self.centre]] if centred else self.curves
        rows = len(curves)
        mean = curves.mean(axis=0)
        reach = t.isf(0.025, rows - 1) * curves.std(axis=0, ddof=1) / np.sqrt(rows) if rows > 1 else np.nan
        return pd.DataFrame({"value": self.words, "prediction": mean, "low": mean - reach, "high": mean + reach})


def partial_dependence(
    analysis: ModelAnalysis, feature: int, *, output: int, progress: Progress | None = None
) -> PartialDependence:
    """Return the partial dependence of the prediction on a feature.

    Parameters
    ----------
    analysis
        The model and its rows.
    feature
        Position of the feature among the model's columns.
    output
        Position of the class whose probability is predicted; 0 for a regression.
    progress
        Told how far it is, between two calls of the model.

    Notes
    -----
    At most :data:`ROWS` rows, and so few that it takes about a second. Values are those of the data: all where there are
    few, else from the first to the 99th per cent.
    """
    progress = progress or Progress(what="partial dependence")
    column = analysis.X.iloc[:, feature]
    looked_at = analysis.sample(_LOOKED_AT)
    values = feature_values(analysis.model, analysis.X.iloc[looked_at], feature)
    at, numbers = _grid(values)
    sources = looked_at[at]
    rows = _affordable(analysis, len(sources))
    positions = analysis.sample(rows)
    frame = analysis.X.iloc[positions]
    curves = np.empty((len(frame), len(sources)))
    step = max(1, _CALL_ROWS // len(frame))
    for start in range(0, len(sources), step):
        progress.at("Setting the feature to values", start / len(sources))
        some = sources[start : start + step]
        places = np.tile(np.arange(len(frame)), len(some))
        parts = {i: frame.iloc[:, i].array.take(places) for i in range(frame.shape[1]) if i != feature}
        parts[feature] = column.array.take(np.repeat(some, len(frame)))
        mixed = pd.DataFrame({i: parts[i] for i in range(frame.shape[1])}, copy=False).set_axis(frame.columns, axis=1)
        predicted = analysis.model.predict(mixed)[:, output].reshape(len(some), -1)
        curves[:, start : start + len(some)] = predicted.T
    words = tuple(words_of(values, number) for number in numbers)
    return PartialDependence(numbers, words, positions, curves, _centre(values, numbers))


def _affordable(analysis: ModelAnalysis, values: int) -> int:
    frame = analysis.X.iloc[analysis.sample(_TIMED_ROWS)]
    started = time.perf_counter()
    analysis.model.predict(frame)
    per_second = len(frame) / max(time.perf_counter() - started, 1e-4)
    return int(np.clip(_SECONDS * per_second / values, _FEWEST_ROWS, ROWS))


def _grid(values: Values) -> tuple[np.ndarray, np.ndarray]:
    """Return places of rows that hold the values to set, and the values as numbers, what is missing last."""
    numbers, first = np.unique(values.numbers, return_index=True)
    missing = first[np.isnan(numbers)]
    first, numbers = first[~np.isnan(numbers)], numbers[~np.isnan(numbers)]
    if values.categories is not None:
        first, numbers = first[:_CATEGORIES], numbers[:_CATEGORIES]
    elif len(numbers) > FEW:
        known = np.sort(values.numbers[~values.missing])
        wanted = known[(np.linspace(_TAILS, 1 - _TAILS, POINTS) * (len(known) - 1)).round().astype(int)]
        kept = np.searchsorted(numbers, np.unique(wanted))
        first, numbers = first[kept], numbers[kept]
    return np.concatenate([first, missing]), np.concatenate([numbers, np.full(len(missing), np.nan)])


def _centre(values: Values, numbers: np.ndarray) -> int:
    if values.categories is not None or np.isnan(numbers).all():
        return 0
    return int(np.nanargmin(np.abs(numbers - np.nanmedian(values.numbers))))
