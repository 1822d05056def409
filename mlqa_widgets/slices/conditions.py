"""One condition on one column: in words, and as pandas writes it in a query."""

from __future__ import annotations

import keyword
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import is_normalized

import numpy as np


@dataclass(frozen=True)
class Condition:
    """What the rows of a category have in common.

    Attributes
    ----------
    column
        The column's name in ``X``.
    label
        The category: ``12``, ``30 to 44``, ``missing``.
    words
        ``month is 12``.
    expression
        The same as a query over ``analysis.frame``; None where pandas cannot name the column.
    """

    column: Hashable
    label: str
    words: str
    expression: str | None


def joined_words(conditions: Sequence[Condition]) -> str:
    """Return conditions that hold together, in words."""
    return " and ".join(condition.words for condition in conditions)


def joined_expression(conditions: Sequence[Condition]) -> str | None:
    """Return conditions that hold together as one query, or None where one of them cannot be written."""
    written = [condition.expression for condition in conditions]
    return None if None in written else " and ".join(map(str, written))


def reference(column: Hashable) -> str | None:
    """Return how a query names a column; None where pandas cannot read it back as it is.

    Examples
    --------
    >>> reference("age"), reference("hours per week"), reference(3), reference("inf")
    ('age', '`hours per week`', None, None)
    """
    if not isinstance(column, str) or not column.isprintable() or not is_normalized("NFKC", column):
        return None
    if column in ("inf", "Inf"):  # infinity, in backticks too
        return None
    if column.isascii() and column.isidentifier() and not keyword.iskeyword(column):
        return column
    return "`" + column.replace("`", "``") + "`"


def literal(value: Any) -> str | None:
    r"""Return a value as a query writes it; None for one that has no literal.

    Examples
    --------
    >>> literal("a'b"), literal(np.float64(0.1)), literal(12.0), literal(np.inf), literal(True)
    ('"a\'b"', '0.1', '12', '1e999', 'True')
    """
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return _of_float(float(value))
    return repr(str(value)) if isinstance(value, str) else None


def _of_float(value: float) -> str:
    if not np.isfinite(value):
        return "1e999" if value > 0 else "-1e999"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
