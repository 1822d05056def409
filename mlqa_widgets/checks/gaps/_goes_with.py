"""What missing rows go with: the values of another column, where chance could not do as much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import shortened

FEW_LEVELS: Final = 30
"""Distinct values up to which a column is asked whether missing rows go with it."""

_LEAST_ODDS: Final = math.log(1e6)


@dataclass(frozen=True)
class Level:
    """One value of another column, and how many of its rows are missing."""

    value: Any
    where: Predicate
    rows: int
    missing: int

    @property
    def share(self) -> float:
        """Share of its rows that are missing."""
        return self.missing / self.rows

    @property
    def label(self) -> str:
        """The value as people read it."""
        return "(missing)" if self.value is None else shortened(str(self.value))


def level_of(column: ColumnProfile, value: Any, rows: int, missing: int) -> Level:
    """Return the level of the rows in which ``column`` holds ``value``; None stands for missing."""
    where = column.is_null() if value is None else Predicate(f"{column.column.sql} = ?", (value,))
    return Level(value, where, rows, missing)


def columns_of_few_levels(profile: Profile) -> list[ColumnProfile]:
    """Return the columns that missing rows may go with."""
    return [
        column
        for column in profile.columns
        if 2 <= column.distinct <= FEW_LEVELS and column.column.storage not in ("nested", "datetime")
    ]


def strength(rows: np.ndarray, missing: np.ndarray) -> float:
    """Return how much of the entropy of being missing the levels take away; 0 where chance could do as much.

    The likelihood ratio must lie 8 standard deviations out of its chi-squared distribution, and beyond one in a
    million after a bit for each level.
    """
    total, gone = int(rows.sum()), int(missing.sum())
    entropy = _entropy(np.array([gone / total]))[0]
    within = float((rows * _entropy(missing / rows)).sum()) / total
    gained = float(entropy) - within
    statistic, freedom = 2 * total * gained, len(rows) - 1
    if not freedom or statistic < freedom + 8 * math.sqrt(2 * freedom):
        return 0.0
    if total * gained < len(rows) * math.log(2) + _LEAST_ODDS:
        return 0.0
    return gained / float(entropy)


def _entropy(share: np.ndarray) -> np.ndarray:
    """Return the entropy of a yes/no quantity, in nats."""
    inner = np.clip(share, 1e-300, 1 - 1e-16)
    return np.where((share <= 0) | (share >= 1), 0.0, -inner * np.log(inner) - (1 - inner) * np.log1p(-inner))
