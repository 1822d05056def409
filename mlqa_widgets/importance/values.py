"""A column as numbers: to rank, to draw and to compare, whatever its type."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mlqa_widgets.explain.sentence import value_words
from mlqa_widgets.models.model import Model


@dataclass(frozen=True)
class Values:
    """The values of a column.

    Attributes
    ----------
    numbers
        Float64 per row, missing where it is: the number, milliseconds since 1970 for dates, else the place in
        ``categories``.
    categories
        The categories in words, the most frequent first; None where the column is one of numbers or dates.
    temporal
        Whether the numbers are dates.
    """

    numbers: np.ndarray = field(repr=False)
    categories: tuple[str, ...] | None
    temporal: bool = False

    @property
    def missing(self) -> np.ndarray:
        """Which rows have no value."""
        return np.isnan(self.numbers)


def values_of(column: pd.Series, *, categorical: bool = False) -> Values:
    """Return the values of a column; with ``categorical`` numbers are names of categories.

    Examples
    --------
    >>> import pandas as pd
    >>> values_of(pd.Series(["b", "a", "b", None]))
    Values(categories=('b', 'a'), temporal=False)
    """
    dtype = column.dtype
    if not categorical and pd.api.types.is_datetime64_any_dtype(dtype):
        naive = column.dt.tz_localize(None) if column.dt.tz is not None else column
        since = (naive - pd.Timestamp(0)) / pd.Timedelta(milliseconds=1)
        return Values(since.to_numpy(dtype=np.float64, na_value=np.nan), None, temporal=True)
    if not categorical and pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return Values(np.where(np.isfinite(numbers), numbers, np.nan), None)
    words = column.astype(object).where(column.notna(), None).map(value_words, na_action="ignore")
    counted = words.value_counts()
    places = {name: place for place, name in enumerate(counted.index)}
    return Values(words.map(places).to_numpy(dtype=np.float64, na_value=np.nan), tuple(places))


def feature_values(model: Model, frame: pd.DataFrame, feature: int) -> Values:
    """Return the values of one of the model's columns in some rows."""
    return values_of(frame.iloc[:, feature], categorical=model.columns[feature] in model.categorical)


def words_of(values: Values, number: float) -> str:
    """Return one of the numbers in words."""
    if np.isnan(number):
        return "missing"
    if values.categories is not None:
        return values.categories[int(number)]
    return value_words(pd.Timestamp(number, unit="ms") if values.temporal else float(number))


def place_of(columns: tuple[Hashable, ...], name: Hashable) -> int | None:
    """Return the position of a column by its name, or by the text of its name; None where there is none."""
    names = list(columns)
    return names.index(name) if name in names else next((i for i, c in enumerate(names) if str(c) == name), None)
