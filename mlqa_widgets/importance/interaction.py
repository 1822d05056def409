"""Which other feature the contributions of a feature depend on: a measure read from contributions already known.

Within spans of a feature's values its contributions would be a line if nothing else mattered. What is left of them is
compared with each other feature in turn: the share of its spread that spans of the other feature explain, less what as
many spans would explain by chance (adjusted R squared). It is approximate: a feature that merely follows the true one is
taken for it, and what three features do together may be missed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlqa_widgets.importance.values import Values

METHOD = (
    "share of the spread of contributions at like values that it explains (adjusted R² over spans of both; approximate)"
)
CLEAR = 0.05
"""Share from which an interaction is worth colours."""
_SPANS = 10
_OTHER_SPANS = 4
_CATEGORIES = 20
_ENOUGH = 50
_NEGLIGIBLE = 1e-6


def interactions(columns: Sequence[Values], contributions: np.ndarray, feature: int) -> np.ndarray:
    """Return for each feature which share of the spread of another's contributions at like values it explains.

    Parameters
    ----------
    columns
        The values of all features in some rows.
    contributions
        Of all features to these rows, shape (rows, features).
    feature
        Position of the feature whose contributions are looked at.

    Returns
    -------
    numpy.ndarray
        One share per feature, 0 to 1; 0 for the feature itself, and where there are too few rows to tell.
    """
    strength = np.zeros(len(columns))
    own = contributions[:, feature]
    if len(own) < _ENOUGH:
        return strength
    spans = spans_of(columns[feature], _SPANS)
    left = _left_over(own, columns[feature], spans)
    total = (left**2).sum()
    if total <= (_NEGLIGIBLE * np.abs(contributions).max()) ** 2 * len(left):
        return strength
    for other in range(len(columns)):
        if other == feature:
            continue
        others = spans_of(columns[other], _OTHER_SPANS)
        _, cells = np.unique(spans * (others.max() + 1) + others, return_inverse=True)
        number = cells.max() + 1
        freedom = len(left) - number
        if freedom < _ENOUGH / 2:
            continue
        sums, counts = np.bincount(cells, left), np.bincount(cells)
        within = total - (sums**2 / counts).sum()
        spare = len(left) - len(np.unique(spans))
        strength[other] = max(0.0, 1 - (within / freedom) / (total / spare))
    return strength


def spans_of(values: Values, most: int) -> np.ndarray:
    """Return the span of each row: quantiles of numbers, the most frequent categories, the missing apart."""
    numbers = values.numbers
    spans = np.zeros(len(numbers), dtype=np.int64)
    known = ~values.missing
    if values.categories is not None:
        spans[known] = 1 + np.minimum(numbers[known].astype(np.int64), _CATEGORIES)
    elif known.any():
        inner = np.quantile(numbers[known], np.linspace(0, 1, most + 1)[1:-1])
        spans[known] = 1 + np.searchsorted(np.unique(inner), numbers[known], side="left")
    return spans


def _left_over(own: np.ndarray, values: Values, spans: np.ndarray) -> np.ndarray:
    """Return contributions less the line through them in each span."""
    left = own.astype(np.float64).copy()
    numbers = np.where(values.missing | (values.categories is not None), 0.0, values.numbers)
    for span in np.unique(spans):
        rows = spans == span
        left[rows] -= left[rows].mean()
        x = numbers[rows] - numbers[rows].mean()
        if (spread := (x**2).sum()) > 0:
            left[rows] -= x * (x @ left[rows]) / spread
    return left
