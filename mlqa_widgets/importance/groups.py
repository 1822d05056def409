"""Columns that follow one another: how closely, and which go together.

Each pair is measured on one scale from 0 to 1: two columns of numbers by Spearman's rank correlation without its sign,
a column of numbers and one of categories by the correlation ratio of the ranks (as epsilon squared, which chance does not
raise), two of categories by Cramer's V with the correction of Bergsma ("A bias-correction for Cramer's V and Tschuprow's
T", Journal of the Korean Statistical Society 2013). Groups are cut from the tree of average linkage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlqa_widgets.importance.values import Values

TOGETHER = 0.8
"""Mean association from which columns are one group."""
MEASURE = "Spearman's rank correlation, the correlation ratio or Cramér's V"


@dataclass(frozen=True)
class Group:
    """Columns that follow one another.

    Attributes
    ----------
    features
        Their positions, in order.
    association
        The mean over the pairs of them, 0 to 1.
    """

    features: tuple[int, ...]
    association: float


def associations(columns: Sequence[Values]) -> np.ndarray:
    """Return how closely each two columns follow one another, shape (columns, columns), 0 to 1, 1 on the diagonal.

    Rows where either is missing do not count. A column without two values follows none.

    Examples
    --------
    >>> import pandas as pd
    >>> from mlqa_widgets.importance.values import values_of
    >>> age = pd.Series(range(100))
    >>> associations([values_of(age), values_of(-(age**2)), values_of(age % 7)]).round(2)[0].tolist()
    [1.0, 1.0, 0.03]
    """
    size = len(columns)
    found = np.eye(size)
    numeric = [i for i, column in enumerate(columns) if column.categories is None]
    named = [i for i in range(size) if i not in set(numeric)]
    if len(numeric) > 1:
        ranks = pd.DataFrame({i: columns[i].numbers for i in numeric}).rank()
        found[np.ix_(numeric, numeric)] = ranks.corr(min_periods=3).abs().fillna(0.0).to_numpy()
    for place, i in enumerate(named):
        for j in numeric:
            found[i, j] = found[j, i] = _correlation_ratio(columns[i], columns[j])
        for j in named[:place]:
            found[i, j] = found[j, i] = _cramers_v(columns[i], columns[j])
    np.fill_diagonal(found, 1.0)
    return np.clip(found, 0.0, 1.0)


def groups_of(association: np.ndarray, together: float = TOGETHER) -> tuple[Group, ...]:
    """Return the groups of two columns or more whose mean association is at least ``together``."""
    from scipy.cluster.hierarchy import average, fcluster
    from scipy.spatial.distance import squareform

    size = len(association)
    if size < 2:
        return ()
    apart = np.round(1 - association, 12)
    np.fill_diagonal(apart, 0.0)
    tree = average(squareform((apart + apart.T) / 2, checks=False))
    label = fcluster(tree, 1 - together, criterion="distance")
    found = []
    for one in dict.fromkeys(label.tolist()):
        members = np.flatnonzero(label == one)
        if len(members) > 1:
            pairs = association[np.ix_(members, members)][np.triu_indices(len(members), 1)]
            found.append(Group(tuple(members.tolist()), float(pairs.mean())))
    return tuple(found)


def _correlation_ratio(named: Values, numeric: Values) -> float:
    known = ~named.missing & ~numeric.missing
    if known.sum() < 3:
        return 0.0
    ranks = pd.Series(numeric.numbers[known]).rank().to_numpy()
    _, codes = np.unique(named.numbers[known], return_inverse=True)
    rows, categories = len(ranks), codes.max() + 1
    total = ((ranks - ranks.mean()) ** 2).sum()
    if total == 0 or rows <= categories:
        return 0.0
    means = np.bincount(codes, ranks) / np.bincount(codes)
    within = ((ranks - means[codes]) ** 2).sum()
    return float(np.sqrt(max(0.0, 1 - within / (rows - categories) / (total / (rows - 1)))))


def _cramers_v(one: Values, other: Values) -> float:
    from scipy.stats import chi2_contingency

    known = ~one.missing & ~other.missing
    table = pd.crosstab(one.numbers[known], other.numbers[known]).to_numpy()
    rows, lines, columns = int(known.sum()), *table.shape
    if min(lines, columns) < 2:
        return 0.0
    phi = chi2_contingency(table, correction=False).statistic / rows
    phi = max(0.0, phi - (lines - 1) * (columns - 1) / (rows - 1))
    smallest = min(side - (side - 1) ** 2 / (rows - 1) for side in (lines, columns)) - 1
    return float(np.sqrt(phi / smallest)) if smallest > 0 else 0.0
