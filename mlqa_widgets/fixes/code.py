"""How values and columns are written into repair code: as literals, never as code."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.table import Column, Table


def literal(value: Any) -> str:
    """Return ``value`` as a Python literal that evaluates to it.

    Raises
    ------
    InputError
        For a value that has no literal.

    Examples
    --------
    >>> literal('a"b')
    '\\'a"b\\''
    >>> literal(np.float64("nan"))
    "float('nan')"
    """
    match value:
        case None | bool() | int() | str() | bytes():
            return repr(value)
        case pd.Timestamp():
            return f"pd.Timestamp({str(value)!r})"
        case np.generic():
            return literal(value.item())
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


def _addressable(table: Table, label: Hashable) -> bool:
    by_label = isinstance(label, (str, int)) and not isinstance(label, bool)
    return by_label and sum(other.label == label for other in table.columns) == 1
