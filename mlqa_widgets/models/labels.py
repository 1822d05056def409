"""Rows and outcomes as the analysis takes them: a frame, and class positions or values in its order."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError, MissingPackage
from mlqa_widgets.models.model import Model, Task
from mlqa_widgets.wording import count, listing, quoted

SHAPE = "steps and features"
"""The key of ``attrs`` under which a frame keeps the shape of the rows it was laid flat from."""


def rows_as_frame(
    rows: Any, argument: str, like: pd.DataFrame | None = None, features: Sequence[Hashable] | None = None
) -> pd.DataFrame:
    """Return rows as a frame.

    A frame of pandas is taken as it is; one of Polars or Arrow is converted. An array gets the names in ``features``,
    or ``x0``, ``x1``..., or those of ``like``. An array of rows, steps and features is laid flat: ``x0[2]`` is feature 0
    at step 2, and ``attrs[SHAPE]`` keeps its shape.

    Parameters
    ----------
    rows
        The rows.
    argument
        What the user calls them, for errors.
    like
        A frame whose columns they must have; they are put in its order, and other columns are left out.
    features
        Names of an array's last axis.

    Raises
    ------
    InputError
        When they are no rows, or not the columns of ``like``, or ``features`` does not fit them.
    MissingPackage
        When the conversion to pandas needs a package that is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> rows_as_frame(np.zeros((1, 2, 2)), "X").columns.tolist()
    ['x0[0]', 'x1[0]', 'x0[1]', 'x1[1]']
    """
    frame = _frame(rows, argument, like, features)
    if frame.shape[1] == 0 or len(frame) == 0:
        msg = f"{argument}: there are no {'columns' if len(frame) else 'rows'}."
        raise InputError(msg)
    twice = frame.columns[frame.columns.duplicated()].unique()
    if len(twice):
        msg = f"{argument}: {listing([quoted(c) for c in twice])} names more than one column. Rename them."
        raise InputError(msg)
    if like is None or list(frame.columns) == list(like.columns):
        return frame
    lacking = [quoted(c) for c in like.columns if c not in frame.columns]
    if lacking:
        msg = f"{argument}: its columns are not those of X; it lacks {listing(lacking)}."
        raise InputError(msg)
    return frame[list(like.columns)]


def encode_labels(y: Any, model: Model, X: pd.DataFrame) -> np.ndarray:
    """Return what came as class positions (int64) or values (float64), in the order of ``X``.

    Raises
    ------
    InputError
        When lengths or indexes do not match, a value is missing, or a label is no class of the model.
    """
    series = _series(y)
    if len(series) != len(X):
        msg = f"y: {count(len(series), 'value')} for {count(len(X), 'row')} of X."
        raise InputError(msg)
    if isinstance(y, pd.Series | pd.DataFrame) and not y.index.equals(X.index):
        msg = "y: its index is not that of X, so rows and outcomes may not belong together. " + (
            "The same labels stand in another order: pass y.loc[X.index]."
            if y.index.is_unique and X.index.isin(y.index).all()
            else "If they are in the same order, pass y.to_numpy()."
        )
        raise InputError(msg)
    missing = int(series.isna().sum())
    if missing:
        msg = f"y: {count(missing, 'value')} missing. Drop these rows: keep = y.notna(); analyze(model, X[keep], y[keep])."
        raise InputError(msg)
    return _values(series, model) if model.task is Task.REGRESSION else _positions(series, model)


def _frame(rows: Any, argument: str, like: pd.DataFrame | None, features: Sequence[Hashable] | None) -> pd.DataFrame:
    named = _named(rows, argument)
    if named is not None:
        if features is not None:
            msg = f"features: {argument} has column names of its own. Leave features= out, or rename its columns."
            raise InputError(msg)
        return named
    return _array_as_frame(rows, argument, like, features)


def _named(rows: Any, argument: str) -> pd.DataFrame | None:
    """Return rows that carry column names as a frame of pandas; None for an array."""
    if isinstance(rows, pd.DataFrame):
        return rows
    if isinstance(rows, pd.Series):
        msg = (
            f"{argument}: a Series. Pass {argument}.to_frame() if it is one column, {argument}.to_frame().T if one row."
        )
        raise InputError(msg)
    if isinstance(rows, dict) or (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
        return pd.DataFrame(rows)
    held = _in_memory(rows)
    return held if isinstance(held, pd.DataFrame) else None


def _array_as_frame(
    rows: Any, argument: str, like: pd.DataFrame | None, features: Sequence[Hashable] | None
) -> pd.DataFrame:
    rows = _in_memory(rows)
    try:
        array = np.asarray(rows)
    except ValueError as error:
        msg = f"{argument}: the rows have different lengths: {error}."
        raise InputError(msg) from error
    if array.ndim not in (2, 3):
        msg = (
            f"{argument}: pass a frame, or an array of rows and columns; this {type(rows).__name__} has "
            f"{count(array.ndim, 'dimension')}."
        )
        raise InputError(msg)
    if features is not None and len(features) != array.shape[-1]:
        msg = f"features: {count(len(features), 'name')} for {count(array.shape[-1], 'feature')} of {argument}."
        raise InputError(msg)
    names = [f"x{i}" for i in range(array.shape[-1])] if features is None else list(features)
    if array.ndim == 3:
        names = [f"{name}[{step}]" for step in range(array.shape[1]) for name in names]
    if like is not None and like.shape[1] == len(names):
        names = list(like.columns)
    if array.ndim == 3:
        frame = pd.DataFrame(array.reshape(len(array), -1), columns=names)
        frame.attrs[SHAPE] = array.shape[1:]
        return frame
    if np.issubdtype(array.dtype, np.number) or array.dtype == bool:
        return pd.DataFrame(array, columns=names)
    # NumPy makes one type of all columns; each has its own.
    return pd.DataFrame(rows.tolist() if isinstance(rows, np.ndarray) else rows, columns=names)


def _in_memory(data: Any) -> Any:
    """Return what other libraries hold as pandas or NumPy."""
    if hasattr(data, "detach"):
        return data.detach().cpu().numpy()
    if hasattr(data, "collect") and hasattr(data, "collect_schema"):
        data = data.collect()
    if hasattr(data, "toarray"):
        return data.toarray()
    if not hasattr(data, "to_pandas"):
        return data
    try:
        return data.to_pandas()
    except ImportError as error:
        msg = f"A {type(data).__name__} becomes a pandas frame by {error.name}, which is not installed. Install it."
        raise MissingPackage(msg) from error


def _series(y: Any) -> pd.Series:
    """Return one outcome per row."""
    if isinstance(y, str):
        msg = f"y: pass the values, not their name: X[{y!r}], and X without that column."
        raise InputError(msg)
    y = _in_memory(y)
    if isinstance(y, pd.Series):
        return y
    if isinstance(y, pd.DataFrame):
        if y.shape[1] != 1:
            msg = f"y: {count(y.shape[1], 'column')}, {listing([quoted(c) for c in y.columns])}. Pass one of them."
            raise InputError(msg)
        return y.iloc[:, 0]
    array = np.asarray(y, dtype=object) if isinstance(y, list | tuple) else np.asarray(y)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        msg = (
            f"y: shape {array.shape}. Pass one outcome a row: one of its columns, or y.argmax(axis=1) if each column "
            "marks a class."
        )
        raise InputError(msg)
    return pd.Series(array).infer_objects()


def _values(series: pd.Series, model: Model) -> np.ndarray:
    kind = series.cat.categories.dtype if isinstance(series.dtype, pd.CategoricalDtype) else series.dtype
    if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.infer_dtype(series) == "decimal"):
        msg = (
            f"y: {model.name} predicts numbers, and y holds {series.dtype} values such as {quoted(series.iloc[0])}. If the "
            "model returns the probability of a class, name the classes: classes=[...]."
        )
        raise InputError(msg)
    values = series.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        msg = f"y: {count(int((~np.isfinite(values)).sum()), 'value')} infinite. Drop these rows."
        raise InputError(msg)
    return values


def _positions(series: pd.Series, model: Model) -> np.ndarray:
    """Look up labels by equality: True is 1, and 1.0 is 1."""
    codes, found = pd.factorize(series)
    position = {label: i for i, label in enumerate(model.classes)}
    places = np.array([position.get(label, -1) for label in found], dtype=np.int64)
    unknown = [label for label, place in zip(found, places, strict=True) if place < 0]
    if unknown:
        msg = (
            f"y: {listing([quoted(u) for u in unknown])} is no class of the model, whose classes are "
            f"{listing([quoted(c) for c in model.classes], 6)}. {_advice(unknown, model)}"
        )
        raise InputError(msg)
    return places[codes]


def _advice(unknown: list[Any], model: Model) -> str:
    words = all(isinstance(label, str) for label in unknown)
    numbered = all(isinstance(label, int | float) for label in model.classes)
    if words and numbered:
        return (
            "If a LabelEncoder numbered them, pass encoder.transform(y), or give the classes their names: "
            "classes=encoder.classes_."
        )
    if not words and not numbered:
        return "If a LabelEncoder numbered y, pass encoder.inverse_transform(y)."
    return "Pass y as for fitting."
