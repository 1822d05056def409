"""How values and columns are written into repair code: as literals, never as code."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.table import Column, Table


def literal(value: Any) -> str:
    r"""Return ``value`` as a Python literal that evaluates to it.

    Raises
    ------
    InputError
        For a value that has no literal.

    Examples
    --------
    >>> literal('a"b')
    '\'a"b\''
    >>> literal(np.float64("nan"))
    "float('nan')"
    """
    match value:
        case np.generic():
            return literal(value.item())
        case None | bool() | int() | str() | bytes():
            return repr(value)
        case pd.Timestamp():
            return f"pd.Timestamp({str(value)!r})"
        case float():
            return repr(value) if np.isfinite(value) else f"float({str(value)!r})"
        case tuple():
            inner = ", ".join(literal(part) for part in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
    msg = f"A value of type {type(value).__name__} has no literal."
    raise InputError(msg)


def list_literal(values: Iterable[Any], per_line: int = 6) -> str:
    """Return a list display, wrapped over several lines when long."""
    parts = [literal(value) for value in values]
    if len(parts) <= per_line:
        return "[" + ", ".join(parts) + "]"
    lines = [", ".join(parts[start : start + per_line]) for start in range(0, len(parts), per_line)]
    return "[\n    " + ",\n    ".join(lines) + ",\n]"


def dict_literal(mapping: Mapping[Any, Any]) -> str:
    """Return a dict display with one entry per line."""
    if not mapping:
        return "{}"
    lines = [f"    {literal(key)}: {literal(value)}," for key, value in mapping.items()]
    return "{\n" + "\n".join(lines) + "\n}"


def read_column(table: Table, column: Column) -> str:
    """Return the expression that reads ``column`` of ``df``: by label, or by position where the label is not enough."""
    if _addressable(table, column.label):
        return f"df[{literal(column.label)}]"
    return f"df.iloc[:, {column.position}]"


def assign_column(table: Table, column: Column, expression: str) -> str:
    """Return the statement that puts ``expression`` in place of ``column`` of ``df``."""
    if _addressable(table, column.label):
        return f"df[{literal(column.label)}] = {expression}"
    return f"df.isetitem({column.position}, {expression})"


def drop_columns(table: Table, columns: Sequence[Column]) -> str:
    """Return the statement that takes ``columns`` out of ``df``."""
    if (labels := _labels(table, columns)) is not None:
        return f"df = df.drop(columns={labels})"
    places = list_literal(column.position for column in columns)
    return f"df = df.iloc[:, [place for place in range(df.shape[1]) if place not in {places}]]"


def drop_missing(table: Table, columns: Sequence[Column]) -> str:
    """Return the statement that takes the rows out of ``df`` in which any of ``columns`` is missing."""
    if (labels := _labels(table, columns)) is not None:
        return f"df = df.dropna(subset={labels})"
    places = list_literal(column.position for column in columns)
    return f"df = df[df.iloc[:, {places}].notna().all(axis=1)]"


def new_label(table: Table, stem: str) -> str | None:
    """Return a label for a column to add, or None for a table whose labels have several levels."""
    if any(isinstance(column.label, tuple) for column in table.columns):
        return None
    taken = {str(column.label) for column in table.columns}
    label, number = stem, 1
    while label in taken:
        number += 1
        label = f"{stem}_{number}"
    return label


def _labels(table: Table, columns: Sequence[Column]) -> str | None:
    """Return the labels of ``columns`` as a list display, or None where a label is not enough."""
    if all(_addressable(table, column.label) for column in columns):
        return list_literal(column.label for column in columns)
    return None


def rewrite_text(table: Table, column: Column, call: str) -> str:
    """Return the statement that puts the result of a call on a text column in its place.

    A categorical column takes new values only as plain text, and is made categorical again.

    Parameters
    ----------
    call
        What follows the column: ``.replace({...})``.
    """
    read = read_column(table, column)
    if column.source_type == "category":
        return assign_column(table, column, f'{read}.astype("object"){call}.astype("category")')
    return assign_column(table, column, f"{read}{call}")


def replace_values(table: Table, column: Column, mapping: Mapping[str, str]) -> str:
    """Return the statements that put other texts in place of some texts of a column, as an editable map."""
    if any("\0" in text for text in mapping):  # NumPy, which `replace` asks, ends a text there.
        call = ".map(lambda text: replaced.get(text, text) if isinstance(text, str) else text)"
        return f"replaced = {dict_literal(mapping)}\n{rewrite_text(table, column, call)}"
    return rewrite_text(table, column, f".replace({dict_literal(mapping)})")


def _addressable(table: Table, label: Hashable) -> bool:
    by_label = isinstance(label, (str, int)) and not isinstance(label, bool)
    return by_label and table.label_counts[label] == 1
