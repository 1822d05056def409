"""How figures and values are put into sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "row"), count(1234, "row"), count(2, "category", "categories")
    ('1 row', '1,234 rows', '2 categories')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """Return a share as a percentage that never rounds something to nothing, nor a part to the whole.

    Examples
    --------
    >>> percent(0.5), percent(0.0552), percent(0.00004), percent(0.99996), percent(1)
    ('50 %', '5.5 %', '< 0.1 %', '> 99.9 %', '100 %')
    """
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def quoted(value: Any, length: int = 40) -> str:
    r"""Return a cell's value in quotes, shortened, with what cannot be seen written as an escape.

    Examples
    --------
    >>> quoted("N/A"), quoted("a\tb"), quoted("x" * 50, 10)
    ("'N/A'", "'a\\tb'", "'xxxxxxxxx…'")
    """
    text = str(value)
    if len(text) > length:
        text = text[: length - 1] + "…"
    return "'" + visible(text) + "'"


def shortened(text: str, length: int = 40) -> str:
    """Return a name to stand in a sentence: cut when long, with what cannot be seen written as an escape.

    Examples
    --------
    >>> shortened("age"), shortened("x" * 50, 10)
    ('age', 'xxxxxxxxx…')
    """
    return visible(text if len(text) <= length else text[: length - 1] + "…")


def value_text(value: object, digits: int = 15) -> str:
    """Return a value as text, a number to so many digits.

    Examples
    --------
    >>> value_text(990000000.0), value_text(0.1 + 0.2), value_text("N/A")
    ('990000000', '0.3', 'N/A')
    """
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def visible(text: str) -> str:
    """Return ``text`` with control, zero-width and other unprintable characters written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def listing(parts: Sequence[str], limit: int = 3) -> str:
    """Join phrases: ``a, b and c``; beyond ``limit`` the rest is counted.

    Examples
    --------
    >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c", "d"])
    ('a', 'a and b', 'a, b, c and 1 more')
    """
    shown = list(parts[:limit])
    if len(parts) > limit:
        shown.append(f"{len(parts) - limit:,} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1] if shown else ""


def number(value: float) -> str:
    """Return a number as people write it: whole numbers without a fraction, as large ones are; others to six digits.

    Examples
    --------
    >>> number(99999.0), number(0.1 + 0.2), number(-999), number(1462110.4)
    ('99,999', '0.3', '-999', '1,462,110')
    """
    if math.isfinite(value) and abs(value) < 1e15 and (value == int(value) or abs(value) >= 1e6):
        return f"{round(value):,}"
    return f"{value:,.6g}"
