"""A metric the user wrote: any function of what came and what was predicted, with intervals by the jackknife."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.figures import CONFIDENCE, FIGURES
from mlqa_widgets.models.model import model_name

if TYPE_CHECKING:
    from typing import Self

Function = Callable[[np.ndarray, np.ndarray], float]

_BLOCKS = 20
DRAWN = 5_000
"""Rows of a group whose spread is looked at, at most."""


@dataclass(frozen=True)
class CustomMetric:
    """A function of labels or values, for groups of rows.

    Attributes
    ----------
    function
        Takes what came and what was predicted, returns a number.
    actual, predicted
        Labels of the classes, or values, of each row.
    """

    function: Function
    actual: np.ndarray
    predicted: np.ndarray

    @property
    def label(self) -> str:
        """What the function is called."""
        return model_name(self.function).replace("_", " ")

    @property
    def overall(self) -> float:
        """The metric of all rows."""
        return self._value(np.arange(len(self.actual)))

    def tried(self) -> Self:
        """Return itself, when the function takes all rows.

        Raises
        ------
        InputError
            When the function does not take them, or gives no number.
        """
        try:
            float(self.function(self.actual, self.predicted))
        except Exception as error:  # whatever the user's function raises
            msg = f"metric: {self.label}(y_true, y_pred) failed on all rows: {type(error).__name__}: {error}"
            raise InputError(msg) from error
        return self

    def of_categories(self, codes: np.ndarray, size: int) -> pd.DataFrame:
        """Compare each category with all other rows, given the category of each row."""
        return pd.concat([self.of_rows(np.flatnonzero(codes == i)) for i in range(size)], ignore_index=True)

    def of_rows(self, rows: np.ndarray) -> pd.DataFrame:
        """Compare some rows with all others: one line, as :func:`mlqa_widgets.evaluate.figures.compared` returns it.

        The values are of all rows. Their standard errors are a jackknife's over 20 blocks of up to 5,000 rows drawn at
        random; missing below 40 rows, or where the function fails.
        """
        from scipy.stats import t

        others = np.setdiff1d(np.arange(len(self.actual)), rows)
        value, rest = self._value(rows), self._value(others)
        here, there = self._error(rows), self._error(others)
        reach = t.isf((1 - CONFIDENCE) / 2, _BLOCKS - 1)
        difference, error = value - rest, float(np.hypot(here, there))
        with np.errstate(invalid="ignore", divide="ignore"):
            p = 2 * t.sf(np.abs(difference) / np.float64(error), _BLOCKS - 1)
        return pd.DataFrame(
            {
                "counted": [len(rows)],
                "value": value,
                "low": value - reach * here,
                "high": value + reach * here,
                "rest": rest,
                "difference": difference,
                "difference_low": difference - reach * error,
                "difference_high": difference + reach * error,
                "p": p,
            }
        )[FIGURES]

    def _value(self, rows: np.ndarray) -> float:
        if not len(rows):
            return np.nan
        try:
            return float(self.function(self.actual[rows], self.predicted[rows]))
        except Exception:  # noqa: BLE001 - a metric may have no meaning for some rows, such as those of one class
            return np.nan

    def _error(self, rows: np.ndarray) -> float:
        if len(rows) < 2 * _BLOCKS:
            return np.nan
        drawn = np.random.default_rng(0).permutation(rows)[:DRAWN]
        block = np.arange(len(drawn)) % _BLOCKS
        without = np.array([self._value(drawn[block != one]) for one in range(_BLOCKS)])
        spread = np.sqrt((_BLOCKS - 1) * np.var(without))
        return float(spread * np.sqrt(len(drawn) / len(rows)))
