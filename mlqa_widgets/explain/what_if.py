"""What the model would say if some columns of a row had other values, and which values are on offer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.explain.reference import reference
from mlqa_widgets.wording import count, listing, quoted

STOPS = 60
"""Values of a number on offer, about at most: half of them quantiles of the training rows, half of the values they have."""
_CHOICES = 60
_FEW = 12


@dataclass(frozen=True)
class Range:
    """The values of one column on offer: those the training rows have.

    Attributes
    ----------
    column
        Its name.
    values
        Values that training rows have. Numbers and dates in order: all of them if they are few, else the least, the
        greatest, quantiles of the rows and of the different values. Others by how frequent they are, 60 at most. Missing is never among them.
    ordered
        Whether they are numbers or dates.
    distinct
        Different values there are in all.
    missing
        Share of training rows where it is missing.
    """

    column: Hashable
    values: tuple[Any, ...] = field(repr=False)
    ordered: bool
    distinct: int
    missing: float

    @property
    def few(self) -> bool:
        """Whether there are so few values that they can be listed."""
        return not self.ordered or self.distinct <= _FEW

    @cached_property
    def offered(self) -> tuple[Any, ...]:
        """The values, and None for missing where it occurs."""
        return (*self.values, None) if self.missing else self.values


@dataclass(frozen=True)
class WhatIf:
    """What the model says of a row with some values changed.

    Attributes
    ----------
    position
        The row in ``X``.
    changes
        Column -> its other value.
    before, after
        Predictions, shape (outputs,).
    curve
        The prediction for each value on offer of one column, the other changes in place (ICE): columns ``value`` and
        ``prediction``, the probability of the class explained or the value. None where no column was asked for.
    """

    position: int
    changes: Mapping[Hashable, Any]
    before: np.ndarray
    after: np.ndarray
    curve: pd.DataFrame | None


def ranges(analysis: ModelAnalysis) -> tuple[Range, ...]:
    """Return the values on offer for each column of the model, from the training rows."""
    if analysis not in _RANGES:
        train = analysis.train
        drawn = reference(analysis).rows
        _RANGES[analysis] = tuple(_range(train[column], drawn[column]) for column in analysis.model.columns)
    return _RANGES[analysis]


_RANGES: WeakKeyDictionary[ModelAnalysis, tuple[Range, ...]] = WeakKeyDictionary()


def _range(column: pd.Series, drawn: pd.Series) -> Range:
    missing = float(column.isna().mean())
    kind = column.dtype
    ordered = not pd.api.types.is_bool_dtype(kind) and (
        pd.api.types.is_numeric_dtype(kind)
        or pd.api.types.is_datetime64_any_dtype(kind)
        or pd.api.types.is_timedelta64_dtype(kind)
    )
    if not ordered:
        frequent = _value_counts(column)
        return Range(
            column.name, tuple(frequent.index[:_CHOICES]), ordered=False, distinct=len(frequent), missing=missing
        )
    present = drawn.dropna()
    distinct = present.nunique()
    values = present.drop_duplicates().sort_values()
    if distinct > STOPS:
        values = pd.concat([_spread(present.sort_values()), _spread(values)])
    ends = pd.Series([column.min(), column.max()], dtype=values.dtype).dropna()
    values = pd.concat([values, ends]).drop_duplicates().sort_values()
    return Range(column.name, tuple(values), ordered=True, distinct=distinct, missing=missing)


def _spread(values: pd.Series) -> pd.Series:
    """Return values evenly spread over those in order."""
    return values.iloc[np.linspace(0, len(values) - 1, STOPS // 2).round().astype(np.int64)]


def _value_counts(column: pd.Series) -> pd.Series:
    try:
        found = column.value_counts()
    except TypeError:  # cells that cannot be looked up, such as lists: none is on offer
        return pd.Series(dtype=np.int64)
    return found[found > 0]


def what_if(
    analysis: ModelAnalysis,
    position: int,
    changes: Mapping[Any, Any],
    *,
    output: int = -1,
    curve_of: Hashable | None = None,
) -> WhatIf:
    """Return what the model says of a row with other values, in one call of the model.

    Parameters
    ----------
    analysis
        The model and its rows.
    position
        The row in ``X``.
    changes
        Column -> other value; None for missing.
    output
        Position of the class that the curve is of.
    curve_of
        A column whose curve is wanted.

    Raises
    ------
    InputError
        When there is no such column, or it cannot hold the value.

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> X = pd.DataFrame({"age": [20, 40, 60], "shoe": [40, 41, 42]})
    >>> found = what_if(mq.analyze(lambda rows: 2.0 * rows["age"], X), 0, {"age": 50}, curve_of="shoe")
    >>> found.before.tolist(), found.after.tolist(), found.curve["prediction"].tolist()
    ([40.0], [100.0], [100.0, 100.0, 100.0])
    """
    columns = analysis.model.columns
    unknown = [
        quoted(column) for column in [*changes, *([] if curve_of is None else [curve_of])] if column not in columns
    ]
    if unknown:
        msg = f"changes: the model takes no column {listing(unknown)}."
        raise InputError(msg)
    row = analysis.X.iloc[[position]]
    for column, value in changes.items():
        row = varied(row, column, [value])
    asked, values = row, ()
    if curve_of is not None:
        values = next(one.offered for one in ranges(analysis) if one.column == curve_of)
        asked = pd.concat([row, varied(row, curve_of, values)])
    found = analysis.model.predict(asked)
    curve = (
        None
        if curve_of is None
        else pd.DataFrame({"value": pd.Series(values, dtype=object), "prediction": found[1:, output]})
    )
    return WhatIf(position, dict(changes), analysis.prediction[position], found[0], curve)


def varied(row: pd.DataFrame, column: Hashable, values: Sequence[Any]) -> pd.DataFrame:
    """Return a frame of one row once for each of the values of a column, which keeps its type.

    Raises
    ------
    InputError
        When the column cannot hold a value.
    """
    place = list[Hashable](row.columns).index(column)
    rows = row.iloc[np.zeros(len(values), dtype=np.int64)]
    rows.isetitem(place, _typed(row.dtypes.iloc[place], column, values))
    return rows


def _typed(kind: Any, column: Hashable, values: Sequence[Any]) -> Any:
    given = [None if np.ndim(value) == 0 and pd.isna(value) else value for value in values]
    if isinstance(kind, pd.CategoricalDtype):
        unknown = [value for value in given if value is not None and value not in kind.categories]
        if unknown:
            msg = f"changes: {quoted(column)} has no category {quoted(unknown[0])}. Its {count(len(kind.categories), 'category', 'categories')}: {listing([quoted(c) for c in kind.categories], 6)}."
            raise InputError(msg)
        return pd.Categorical(given, dtype=kind)
    if isinstance(kind, np.dtype) and kind.kind in "iub" and None in given:
        kind = np.dtype(object) if kind.kind == "b" else np.dtype(np.float64)
    try:
        typed = pd.Series(given, dtype=object).astype(kind)
    except (TypeError, ValueError, OverflowError) as error:
        msg = f"changes: {quoted(column)} cannot hold {listing([quoted(value) for value in given])}: {error}."
        raise InputError(msg) from error
    cut = [value for value, kept in zip(given, typed, strict=True) if isinstance(value, float) and kept != value]
    if cut:
        msg = f"changes: {quoted(column)} holds whole numbers, not {cut[0]!r}."
        raise InputError(msg)
    return typed.array
