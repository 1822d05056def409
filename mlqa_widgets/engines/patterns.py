"""Regular expressions of DuckDB (RE2) for other engines, where they mean the same or can be written so that they do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_BLANKS: Final = r" \t\n\f\r"
"""What RE2 takes for white space; others take the vertical tab besides."""
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


_POSTGRES: Final = {
    r"\d": "0-9",
    r"\w": "0-9A-Za-z_",
    r"\t": r"\t",
    r"\n": r"\n",
    r"\f": r"\f",
    r"\r": r"\r",
}
"""Escapes within a class, as PostgreSQL has them: of itself it asks the collation what a digit is."""
_POSTGRES_REPEATS: Final = 255


@dataclass(frozen=True)
class _Flavour:
    """How another engine writes patterns."""

    end: str
    """The end of the text."""
    escaped: Callable[[str, bool], str | None]
    """An escape or a repetition as it is written there, outside of a class or within one; None where there is none."""


def as_java(pattern: str) -> str | None:
    r"""Return a pattern of RE2 as one of Java, or None where the two would differ or it is not known whether they do.

    Examples
    --------
    >>> as_java(r"^[\s\d]+$"), as_java("a.c"), as_java("(?i)a")
    ('^[ \\t\\n\\f\\r\\d]+\\z', 'a[^\\n]c', None)
    """
    return _written(pattern, _Flavour(r"\z", lambda found, _: found))


def as_postgres(pattern: str) -> str | None:
    r"""Return a pattern of RE2 as an advanced one of PostgreSQL, or None as for Java: where a match *is* is the same.

    How far it reaches may differ, as PostgreSQL takes the longest: it serves for telling whether there is one.

    Examples
    --------
    >>> as_postgres(r"^[\s\d]+$"), as_postgres(r"\w\x{e4}"), as_postgres(r"\p{Lu}")
    ('^[ \\t\\n\\f\\r0-9]+$', '[0-9A-Za-z_]ä', None)
    """
    return _written(pattern, _Flavour("$", _in_postgres))


def _in_postgres(found: str, within: bool) -> str | None:
    if found.startswith("{"):
        return found if all(int(one or 0) <= _POSTGRES_REPEATS for one in found[1:-1].split(",")) else None
    if found.startswith(r"\x"):
        character = chr(int(found[2:].strip("{}"), 16))
        return character if character.isalnum() else None if ord(character) < ord(" ") else f"\\{character}"
    plain = _POSTGRES.get(found.lower())
    if plain is not None:
        negated = found != found.lower()
        if within:
            return None if negated else plain
        return plain if found[1] in "tnfr" else f"[{'^' * negated}{plain}]"
    return None if found[:1] == "\\" and found[1].isalnum() else found


def _written(pattern: str, flavour: _Flavour) -> str | None:
    parts, at = [], 0
    while at < len(pattern):
        part, width = _next(pattern, at, flavour)
        if part is None:
            return None
        parts.append(part)
        at += width
    return "".join(parts)


def _next(pattern: str, at: int, flavour: _Flavour) -> tuple[str | None, int]:
    """Return what stands at a place as the other has it, and how many characters of the pattern that is."""
    special = {"^": "^", "$": flavour.end, ".": r"[^\n]"}.get(pattern[at])
    if special is not None:
        return special, 1
    if pattern.startswith(r"\s", at):
        return f"[{_BLANKS}]", 2
    if pattern.startswith(r"\S", at):
        return f"[^{_BLANKS}]", 2
    if pattern[at] == "[":
        return _class(pattern, at, flavour)
    literal = _LITERAL.match(pattern, at)
    if literal is not None:
        return literal[0], 1
    found = _ALIKE.match(pattern, at)
    if found is None or (found[0] == "(" and pattern.startswith("(?", at)):
        return None, 0
    return flavour.escaped(found[0], False), len(found[0])


def _class(pattern: str, start: int, flavour: _Flavour) -> tuple[str | None, int]:
    """Return a class of characters, in which others have a meaning for ``[`` and ``&&``."""
    parts, at = ["["], start + 1
    if pattern.startswith("^", at):
        parts, at = ["[^"], at + 1
    first = True
    while at < len(pattern) and (first or pattern[at] != "]"):
        first = False
        part: str | None
        if pattern.startswith(r"\s", at):
            part, width = _BLANKS, 2
        elif (found := _IN_A_CLASS.match(pattern, at)) is not None:
            part, width = flavour.escaped(found[0], True), len(found[0])
        elif pattern[at] == "\\" or pattern.startswith("[:", at):
            part, width = None, 0
        elif pattern[at] in "[]&^":
            part, width = f"\\{pattern[at]}", 1
        else:
            part, width = pattern[at], 1
        if part is None:
            return None, 0
        parts.append(part)
        at += width
    if at >= len(pattern):
        return None, 0
    return "".join([*parts, "]"]), at + 1 - start
