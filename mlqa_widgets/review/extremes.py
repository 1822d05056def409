"""How far single values lie from the rest of their column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from mlqa_widgets.wording import number, percent, quoted, shortened


class Extremes:
    """How far the farthest value of each row lies from the rest of its column.

    Parameters
    ----------
    rows
        The rows looked at.
    among
        The rows they are compared with, of the same columns.

    Attributes
    ----------
    farthest
        Per row, float64: in a column of numbers or dates how many interquartile ranges a value lies outside the
        middle half, in any other how many powers of ten it is rarer than all (3 for one in a thousand); missing
        values count by their rarity everywhere. The greatest of all columns.

    Examples
    --------
    >>> rows = pd.DataFrame({"age": [30, 40, 50, 60, 455], "sex": ["F", "M", "F", "M", "F"]})
    >>> found = Extremes(rows, rows)
    >>> found.farthest.round(1).tolist(), found.sentence(4)
    ([0.5, 0.4, 0.2, 0.4, 19.8], 'age is 455, 19.8 interquartile ranges above the middle half of rows')
    """

    def __init__(self, rows: pd.DataFrame, among: pd.DataFrame) -> None:
        self._rows = rows
        self._columns = [_spread(among.iloc[:, i]) for i in range(rows.shape[1])]
        self.farthest = np.zeros(len(rows))
        self._column = np.zeros(len(rows), dtype=np.int64)
        for i, column in enumerate(self._columns):
            apart = column.of(rows.iloc[:, i])
            self._column[apart > self.farthest] = i
            np.fmax(self.farthest, apart, out=self.farthest)

    def sentence(self, position: int) -> str:
        """Return which value of a row is farthest from the rest of its column, and how far, without a full stop."""
        i = self._column[position]
        name = shortened(str(self._rows.columns[i]))
        return f"{name} is {self._columns[i].words(self._rows.iloc[position, i], float(self.farthest[position]))}"


class _Spread(Protocol):
    def of(self, values: pd.Series) -> np.ndarray: ...

    def words(self, value: Any, apart: float) -> str: ...


@dataclass(frozen=True)
class _Ordered:
    low: float
    high: float
    missing: float

    def of(self, values: pd.Series) -> np.ndarray:
        plain = _plain(values)
        outside = np.fmax(np.fmax(self.low - plain, plain - self.high), 0.0) / (self.high - self.low)
        return np.where(np.isnan(plain), self.missing, outside)

    def words(self, value: Any, apart: float) -> str:
        if pd.isna(value):
            return _rare("missing", apart)
        above = _plain(pd.Series([value]))[0] >= self.high
        shown = number(float(f"{value:.6g}")) if isinstance(value, (int, float, np.number)) else str(value)
        side = "above" if above else "below"
        return f"{shown}, {number(float(f'{apart:.3g}'))} interquartile ranges {side} the middle half of rows"


@dataclass(frozen=True)
class _Named:
    rarity: dict[str, float]
    unseen: float

    def of(self, values: pd.Series) -> np.ndarray:
        return _text(values).map(self.rarity).fillna(self.unseen).to_numpy(dtype=float)

    def words(self, value: Any, apart: float) -> str:
        return _rare("missing" if np.ndim(value) == 0 and pd.isna(value) else quoted(value), apart)


def _rare(value: str, apart: float) -> str:
    return f"{value}, as in {percent(10**-apart)} of rows"


def _spread(column: pd.Series) -> _Spread:
    if _is_ordered(column):
        plain = _plain(column)
        known = plain[np.isfinite(plain)]
        for share in (0.25, 0.05, 0.0):
            low, high = np.quantile(known, [share, 1 - share]) if len(known) else (0.0, 0.0)
            if high > low:
                return _Ordered(low, high, _rarity(len(plain) - len(known), len(plain)))
    counts = _text(column).value_counts()
    rarity = {str(text): _rarity(rows, len(column)) for text, rows in counts.items()}
    return _Named(rarity, _rarity(0, len(column)))


def _rarity(rows: int, of: int) -> float:
    """Return the rarity of what so many rows have; of what none has, as if one more row had it."""
    return float(-np.log10(rows / of)) if rows else float(np.log10(of + 1))


def _is_ordered(column: pd.Series) -> bool:
    kind = column.dtype
    numeric = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
    return numeric or pd.api.types.is_datetime64_any_dtype(kind)


def _plain(values: pd.Series) -> np.ndarray:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = values.to_numpy(dtype="datetime64[us]")
        return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(float))
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _text(values: pd.Series) -> pd.Series:
    return values.astype(object).map(str)
