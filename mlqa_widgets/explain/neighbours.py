"""How far rows of mixed columns lie apart, and which lie nearest.

The distance is Gower's ("A general coefficient of similarity", Biometrics 1971) with numbers by their ranks: the mean
over columns of what two rows differ by there, each between 0 and 1. Numbers and dates differ by the share of rows that
lie between them, so that units and outliers do not matter; categories by 0 or 1; a missing value from a present one by
1, from a missing one by 0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

DISTANCE = (
    "mean over the columns of what two rows differ by: numbers by the share of rows between them, "
    "categories and missing values by 0 or 1"
)
"""The distance in words."""
_CELLS = 300_000
_MISSING, _UNSEEN = -1.0, -2.0


class Neighbours:
    """Rows among which nearest ones are looked for.

    Parameters
    ----------
    frame
        The rows: numbers, booleans, dates, categories or text in any mix.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"age": [20, 30, 40, 50], "sex": ["F", "F", "M", None]})
    >>> found, distances = Neighbours(rows).nearest(rows.iloc[[0]], 3)
    >>> found.tolist(), distances.tolist()
    ([[0, 1, 2]], [[0.0, 0.125, 0.75]])
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._columns = [_Column(frame.iloc[:, i]) for i in range(frame.shape[1])]
        self._codes = np.stack([column.codes for column in self._columns])

    def __len__(self) -> int:
        return self._codes.shape[1]

    def nearest(self, rows: pd.DataFrame, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest of the rows, nearest first.

        Parameters
        ----------
        rows
            Rows of the same columns.
        k
            How many for each of them; all where there are fewer.

        Returns
        -------
        tuple of numpy.ndarray
            Positions (int64) and distances (float64, 0 to 1), both of shape (rows, k). Rows as far apart come in
            their own order.
        """
        k = min(k, len(self))
        asked = self._coded(rows)
        positions = np.empty((len(rows), k), dtype=np.int64)
        distances = np.empty((len(rows), k))
        step = max(1, _CELLS // len(self))
        for start in range(0, len(rows), step):
            some = slice(start, start + step)
            apart = self._apart(asked[:, some])
            found = _smallest(apart, k)
            positions[some], distances[some] = found, np.take_along_axis(apart, found, axis=1)
        return positions, distances

    def distances(self, row: pd.DataFrame) -> np.ndarray:
        """Return the distance of each row from ``row``, a frame of one, float32."""
        return self._apart(self._coded(row))[0]

    def differences(self, one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
        """Return what rows differ by in each column, shape (rows, columns): ``other`` has as many rows, or one."""
        return np.minimum(np.abs(self._coded(one) - self._coded(other)), 1).T.astype(np.float64)

    def _coded(self, rows: pd.DataFrame) -> np.ndarray:
        return np.stack([column.of(rows.iloc[:, i]) for i, column in enumerate(self._columns)])

    def _apart(self, asked: np.ndarray) -> np.ndarray:
        total = np.zeros((asked.shape[1], len(self)), dtype=np.float32)
        difference = np.empty_like(total)
        for mine, theirs in zip(self._codes, asked, strict=True):
            np.subtract(theirs[:, None], mine, out=difference)
            np.abs(difference, out=difference)
            np.minimum(difference, 1, out=difference)
            total += difference
        total /= len(self._codes)
        return total


class _Column:
    """One column as float32 codes whose absolute difference, at most 1, is what two rows differ by."""

    def __init__(self, column: pd.Series) -> None:
        values = _plain(column)
        codes, uniques = pd.factorize(values)
        self._ordered = values.dtype != object
        present = codes >= 0
        by_code = np.arange(len(uniques), dtype=np.float32)
        if self._ordered:
            order = np.argsort(uniques, kind="stable")
            rows = np.bincount(codes[present], minlength=len(uniques))[order]
            ranks = (np.cumsum(rows) - rows / 2) / max(1, rows.sum())
            self._values, self._ranks = uniques[order], np.concatenate([[0.0], ranks, [1.0]])
            by_code[order] = ranks
        else:
            self._categories = pd.Index(uniques, dtype=object)
        self.codes = np.full(len(codes), _MISSING, dtype=np.float32)
        self.codes[present] = by_code[codes[present]]

    def of(self, column: pd.Series) -> np.ndarray:
        """Return codes of other values: a number between two seen ones has the mean of their ranks."""
        values = _plain(column)
        if self._ordered and values.dtype == object:
            values = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(dtype=np.float64)
        present = ~pd.isna(values)
        codes = np.full(len(values), _MISSING, dtype=np.float32)
        if self._ordered:
            below = np.searchsorted(self._values, values[present], side="left")
            up_to = np.searchsorted(self._values, values[present], side="right")
            codes[present] = (self._ranks[below + 1] + self._ranks[up_to]) / 2
        else:
            found = self._categories.get_indexer(values[present].astype(object))
            codes[present] = np.where(found < 0, _UNSEEN, found)
        return codes


def _plain(column: pd.Series) -> np.ndarray:
    """Return numbers and dates as float64, all else as objects that can be looked up."""
    kind = column.dtype
    if pd.api.types.is_datetime64_any_dtype(kind):
        dates = column.to_numpy(dtype="datetime64[us]")
        return np.where(np.isnat(dates), np.nan, dates.astype(np.int64).astype(np.float64))
    if pd.api.types.is_timedelta64_dtype(kind):
        return column.dt.total_seconds().to_numpy(dtype=np.float64)
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = column.to_numpy(dtype=object)
    try:
        pd.factorize(values[:1])
    except TypeError:  # cells that cannot be looked up, such as lists
        values = np.array([None if np.ndim(v) == 0 and pd.isna(v) else str(v) for v in values], dtype=object)
    return values


def _smallest(distances: np.ndarray, k: int) -> np.ndarray:
    """Return the places of the ``k`` smallest in each line, smallest first, earlier ones first where alike."""
    if k < distances.shape[1]:
        some = np.sort(np.argpartition(distances, k - 1, axis=1)[:, :k], axis=1)
    else:
        some = np.broadcast_to(np.arange(k), distances.shape)
    order = np.argsort(np.take_along_axis(distances, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)
