"""Whether the rows have the columns a model takes, and what went wrong where it refuses them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError, MissingPackage
from mlqa_widgets.wording import count, listing, quoted, shortened


def check_columns(X: pd.DataFrame, model: str, names: Sequence[Any] | None, width: int | None, names_from: str) -> None:
    """Compare the columns of the rows with those a model was fitted on.

    Raises
    ------
    InputError
        When columns lack, are too many or stand in another order; the message names them.
    """
    if names is None:
        if width is not None and width != X.shape[1]:
            msg = (
                f"X: {count(X.shape[1], 'column')}, and {model} was fitted on {width:,}, without names. Pass the "
                "columns it was fitted on, in their order."
            )
            raise InputError(msg)
        return
    given, wanted = [str(c) for c in X.columns], [str(c) for c in names]
    if given == wanted or _underlined(given) == wanted:
        return
    lacking = [quoted(name) for name in wanted if name not in given and name not in _underlined(given)]
    if lacking:
        msg = (
            f"X: there is no {listing(lacking, 8)}, which {model} was fitted on. Pass the rows as they were before "
            "fitting, with these columns."
        )
        raise InputError(msg)
    more = [c for c in X.columns if str(c) not in wanted and str(c).replace(" ", "_") not in wanted]
    if more:
        msg = (
            f"X: {model} was fitted without {listing([quoted(c) for c in more], 8)}. Drop what it does not take: "
            f"X[{names_from}]."
        )
        raise InputError(msg)
    position = next(i for i, (a, b) in enumerate(zip(given, wanted, strict=True)) if a != b)
    msg = (
        f"X: its columns stand in another order than {model} was fitted on: column {position + 1} is "
        f"{quoted(given[position])} where {quoted(wanted[position])} is expected. Put them in its order: X[{names_from}]."
    )
    raise InputError(msg)


def _underlined(names: Sequence[str]) -> list[str]:
    """LightGBM writes an underscore for each blank of a name."""
    return [name.replace(" ", "_") for name in names]


def refusal(error: Exception, model: str, rows: pd.DataFrame) -> InputError | MissingPackage:
    """Return what to tell the user of an exception that a model raised while it predicted these rows."""
    if isinstance(error, ImportError):
        return MissingPackage(f"model: {model} needs {error.name or 'a package'} to predict: {error}. Install it.")
    if type(error).__name__.endswith("NotFittedError"):
        return InputError(f"model: this {model} is not fitted. Fit it first: model.fit(X, y).")
    said = shortened(f"{type(error).__name__}: {error}", 300)
    missing = [c for c in rows.columns if rows[c].isna().any()]
    words = [c for c in rows.columns if not pd.api.types.is_numeric_dtype(rows[c].dtype)]
    infinite = [c for c in rows.select_dtypes(np.floating).columns if np.isinf(rows[c]).any()]
    hints = []
    if missing and re.search(r"\b(nan?|null)\b", str(error), re.IGNORECASE):
        hints.append(
            f"Missing values are in {listing([quoted(c) for c in missing], 8)}: fill them as for fitting, or put an "
            "imputer before the model in a pipeline"
        )
    if words and re.search(r"dtype|string|convert|categor|object", str(error), re.IGNORECASE):
        hints.append(
            f"No numbers are in {_kinds(rows, words)}: pass these columns with the types they had when it was fitted"
        )
    if infinite and "infinity" in str(error):
        hints.append(f"Infinite values are in {listing([quoted(c) for c in infinite], 8)}: look at these rows")
    advice = f" {'. '.join(hints)}." if hints else ""
    return InputError(f"model: {model} cannot predict {count(len(rows), 'row')}.{advice} It said {said}")


@contextmanager
def of_mixed_rows() -> Iterator[None]:
    """Say of rows that a model refuses that they hold values of several rows.

    Raises
    ------
    InputError
        When the model refuses them.
    """
    try:
        yield
    except InputError as error:
        msg = f"{str(error).removesuffix('.')}. {_MIXED}"
        raise InputError(msg) from error


_MIXED = (
    "These rows hold values of several rows of X, as explaining asks for: pass a function that also answers "
    "combinations that do not occur."
)


def _kinds(rows: pd.DataFrame, columns: Sequence[Any]) -> str:
    return listing([f"{quoted(c)} ({rows[c].dtype})" for c in columns], 8)
