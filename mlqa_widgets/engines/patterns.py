"""Regular expressions of DuckDB (RE2) for Java, where they mean the same or can be written so that they do."""

from __future__ import annotations

import re
from typing import Final

_BLANKS: Final = r" \t\n\f\r"
"""What RE2 takes for white space; Java takes the vertical tab besides."""
_ALIKE: Final = re.compile(
    r"""
    \\[dDwW]                        # ASCII in both
    | \\[pP](?:\{\^?[A-Z][a-z]?\}|[A-Z])
    | \\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})
    | \\[tnfr]
    | \\[^\sA-Za-z0-9]              # a character that would mean something else
    | \(\?:
    | [()|*+?]
    | \{[0-9]+(?:,[0-9]*)?\}
    """,
    re.VERBOSE,
)
_IN_A_CLASS: Final = re.compile(
    r"\\[dDwW]|\\[pP](?:\{\^?[A-Z][a-z]?\}|[A-Z])|\\x\{[0-9A-Fa-f]+\}|\\[tnfr]|\\[^\sA-Za-z0-9]"
)
_LITERAL: Final = re.compile(r"[^\\^$.|?*+()\[\]{}]")


def as_java(pattern: str) -> str | None:
    r"""Return a pattern of RE2 as one of Java, or None where the two would differ or it is not known whether they do.

    Examples
    --------
    >>> as_java(r"^[\s\d]+$"), as_java("a.c"), as_java("(?i)a")
    ('^[ \\t\\n\\f\\r\\d]+\\z', 'a[^\\n]c', None)
    """
    parts, at = [], 0
    while at < len(pattern):
        part, width = _next(pattern, at)
        if not width:
            return None
        parts.append(part)
        at += width
    return "".join(parts)


def _next(pattern: str, at: int) -> tuple[str, int]:
    """Return what stands at a place as Java has it, and how many characters of the pattern that is: 0 if unknown."""
    special = {"^": "^", "$": r"\z", ".": r"[^\n]"}.get(pattern[at])
    if special is not None:
        return special, 1
    if pattern.startswith(r"\s", at):
        return f"[{_BLANKS}]", 2
    if pattern.startswith(r"\S", at):
        return f"[^{_BLANKS}]", 2
    if pattern[at] == "[":
        return _class(pattern, at)
    found = _ALIKE.match(pattern, at) or _LITERAL.match(pattern, at)
    if found is None or (found[0] == "(" and pattern.startswith("(?", at)):
        return "", 0
    return found[0], len(found[0])


def _class(pattern: str, start: int) -> tuple[str, int]:
    """Return a class of characters, in which Java has a meaning for ``[`` and ``&&``."""
    parts, at = ["["], start + 1
    if pattern.startswith("^", at):
        parts, at = ["[^"], at + 1
    first = True
    while at < len(pattern) and (first or pattern[at] != "]"):
        first = False
        if pattern.startswith(r"\s", at):
            part, width = _BLANKS, 2
        elif (found := _IN_A_CLASS.match(pattern, at)) is not None:
            part, width = found[0], len(found[0])
        elif pattern[at] == "\\" or pattern.startswith("[:", at):
            return "", 0
        elif pattern[at] in "[]&^":
            part, width = f"\\{pattern[at]}", 1
        else:
            part, width = pattern[at], 1
        parts.append(part)
        at += width
    if at >= len(pattern):
        return "", 0
    return "".join([*parts, "]"]), at + 1 - start
