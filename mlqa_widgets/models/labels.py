"""Rows and outcomes as the analysis takes them: a frame, and class positions or values in its order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.model import Model, Task
from mlqa_widgets.wording import count, listing, quoted

SHAPE = "steps and features"
"""The key of ``attrs`` under which a frame keeps the shape of the rows it was laid flat from."""


def rows_as_frame(rows: Any, argument: str, like: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return rows as a frame: an array gets names, its steps laid side by side as ``feature[step]``.

    Raises
    ------
    InputError
        When they are no rows, or not the columns of ``like``.
    """
    if hasattr(rows, "to_pandas"):
        rows = rows.to_pandas()
    if not isinstance(rows, pd.DataFrame):
        array = np.asarray(rows)
        if array.ndim == 3:
            names = [f"x{feature}[{step}]" for step in range(array.shape[1]) for feature in range(array.shape[2])]
            rows = pd.DataFrame(array.reshape(len(array), -1), columns=names)
            rows.attrs[SHAPE] = array.shape[1:]
        elif array.ndim == 2:
            rows = pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])])
        else:
            msg = f"{argument}: pass a frame, or an array of rows and columns; this has {array.ndim} dimension(s)."
            raise InputError(msg)
    if len(rows) == 0:
        msg = f"{argument}: there are no rows."
        raise InputError(msg)
    twice = rows.columns[rows.columns.duplicated()].unique()
    if len(twice):
        msg = f"{argument}: {listing([quoted(c) for c in twice])} names more than one column. Rename them."
        raise InputError(msg)
    if like is not None and list(rows.columns) != list(like.columns):
        lacking = [quoted(c) for c in like.columns if c not in rows.columns]
        msg = f"{argument}: its columns are not those of X" + (f"; it lacks {listing(lacking)}." if lacking else ".")
        if lacking:
            raise InputError(msg)
        rows = rows[list(like.columns)]
    return rows


def encode_labels(y: Any, model: Model, X: pd.DataFrame) -> np.ndarray:
    """Return what came as class positions or values, in the order of ``X``.

    Raises
    ------
    InputError
        When lengths or indexes do not match, a value is missing, or a label is no class of the model.
    """
    series = y if isinstance(y, pd.Series) else pd.Series(np.asarray(y).reshape(len(y), -1)[:, 0])
    if len(series) != len(X):
        msg = f"y: {count(len(series), 'value')} for {count(len(X), 'row')} of X."
        raise InputError(msg)
    if isinstance(y, pd.Series) and not y.index.equals(X.index):
        msg = (
            "y: its index is not that of X, so rows and outcomes may not belong together. Pass y.loc[X.index] if they "
            "share labels, or y.to_numpy() if the order is right."
        )
        raise InputError(msg)
    missing = int(series.isna().sum())
    if missing:
        msg = f"y: {count(missing, 'value')} missing. Drop these rows: keep = y.notna(); analyze(model, X[keep], y[keep])."
        raise InputError(msg)
    if model.task is Task.REGRESSION:
        try:
            return series.to_numpy(dtype=np.float64)
        except (TypeError, ValueError) as error:
            msg = f"y: {model.name} predicts numbers, and y holds {series.dtype} values: {error}."
            raise InputError(msg) from error
    codes = pd.Index(model.classes).get_indexer(series)
    unknown = series[codes < 0].unique()
    if len(unknown):
        msg = (
            f"y: {listing([quoted(u) for u in unknown])} is no class of the model, whose classes are "
            f"{listing([quoted(c) for c in model.classes], 6)}. Encode y as for fitting."
        )
        raise InputError(msg)
    return codes.astype(np.int64)
