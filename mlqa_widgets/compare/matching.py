"""How a cell of one source is compared with a cell of the other: as numbers, as times, as text, or normalised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mlqa_widgets.engines.duckdb import text
from mlqa_widgets.profile.column import ColumnProfile

Step = Literal["type", "spaces", "case", "accents", "leading zeros", "punctuation"]
STEPS: Final[tuple[Step, ...]] = ("type", "spaces", "case", "accents", "leading zeros", "punctuation")
"""The ways in which keys are made alike, in the order in which they are made."""

_NUMBERS: Final = ("integer", "number")
_DATES: Final = 0.999
_ISO: Final = "%Y-%m-%d"


@dataclass(frozen=True)
class Pair:
    """A column of the left source and the column of the right source it is compared with."""

    left: ColumnProfile
    right: ColumnProfile

    @property
    def name(self) -> str:
        """What people call it: one name where both have the same."""
        if self.left.name == self.right.name:
            return self.left.name
        return f"{self.left.name} = {self.right.name}"

    @property
    def positions(self) -> tuple[int, int]:
        """The places of both columns."""
        return self.left.position, self.right.position

    @property
    def form(self) -> Literal["number", "datetime", "text", "boolean"]:
        """What both are read as."""
        sides = (self.left, self.right)
        stored = {side.column.storage for side in sides}
        if stored == {"boolean"}:
            return "boolean"
        if all(_all_numbers(side) for side in sides) and not any(_is_code(side) for side in sides):
            return "number"
        if stored == {"datetime"}:
            return "datetime"
        if stored <= {"datetime", "text"} and all(_reads_as_time(side) for side in sides):
            return "datetime"
        return "text"

    @property
    def nearly_numbers(self) -> bool:
        """Whether both are compared as text and hold numbers, but for a few cells."""
        return self.form == "text" and all(side.is_numeric for side in self.sides)

    @property
    def types_differ(self) -> bool:
        """Whether a plain join would find nothing, or refuse, as one side is text and the other is not."""
        stored = {"number" if side.column.storage in _NUMBERS else side.column.storage for side in self.sides}
        return len(stored) > 1 and not any(side.column.untyped for side in self.sides)

    @property
    def sides(self) -> tuple[ColumnProfile, ColumnProfile]:
        """Both columns."""
        return self.left, self.right

    def expressions(self) -> tuple[str, str]:
        """Return what is compared, as SQL over ``l`` and over ``r``."""
        left, right = (reading(side, self.form) for side in self.sides)
        return left.replace("@", "l."), right.replace("@", "r.")

    def canonical(self) -> tuple[str, str]:
        """Return both cells as text."""
        left, right = (canonical_text(side) for side in self.sides)
        return left.replace("@", "l."), right.replace("@", "r.")

    def normalised(self, steps: Sequence[Step]) -> tuple[str, str]:
        """Return both cells as text, made alike by ``steps``."""
        left, right = (normalised(canonical_text(side), steps) for side in self.sides)
        return left.replace("@", "l."), right.replace("@", "r.")


def _all_numbers(column: ColumnProfile) -> bool:
    """Whether every cell is a number; one word among them, and the column is compared as text."""
    return column.column.storage in _NUMBERS or (column.is_numeric and column.plain_number_share == 1)


def _is_code(column: ColumnProfile) -> bool:
    """Whether text of digits has leading zeros, so that it names something."""
    return column.is_text and bool(column.number_reading.leading_zero.any())


def _reads_as_time(column: ColumnProfile) -> bool:
    return column.column.storage == "datetime" or bool(_directives(column))


def _directives(column: ColumnProfile) -> list[str]:
    """Return how the dates of a text column are written, for ``strptime``; none where it does not hold dates."""
    if not column.is_text or column.is_numeric or column.date_reading.share < _DATES:
        return []
    formats = [one for one in column.date_reading.formats if one.kind in ("date", "datetime")]
    written = [one.directive for one in formats if not one.replacements and "ISO" not in one.directive]
    return written or [_ISO]


def reading(column: ColumnProfile, form: str) -> str:
    """Return SQL of one cell, its column written ``@c0``."""
    cell = f"@{column.column.sql}"
    if form == "number":
        return f"try_cast({cell} AS DOUBLE)" if column.is_text else cell
    if form == "datetime":
        if not column.is_text:
            return cell
        formats = ", ".join(text(directive) for directive in _directives(column))
        return f"coalesce(try_cast({cell} AS TIMESTAMP), try_strptime({cell}, [{formats}]))"
    if form == "boolean":
        return cell
    return f"nullif({canonical_text(column)}, '')"


def canonical_text(column: ColumnProfile) -> str:
    """Return SQL of a cell as text: whole numbers without a fraction, midnight as a day."""
    cell = f"@{column.column.sql}"
    match column.column.storage:
        case "number":
            whole = f"{cell} = trunc({cell}) AND abs({cell}) < 1e15"
            return f"CASE WHEN {whole} THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE CAST({cell} AS VARCHAR) END"
        case "datetime":
            day = f"{cell} = date_trunc('day', {cell})"
            return f"CASE WHEN {day} THEN CAST(CAST({cell} AS DATE) AS VARCHAR) ELSE CAST({cell} AS VARCHAR) END"
        case _:
            return f"CAST({cell} AS VARCHAR)"


_STEP_SQL: Final[dict[Step, str]] = {
    "type": r"regexp_replace({}, '^([+-]?[0-9]+)\.0+$', '\1')",
    "spaces": r"regexp_replace(trim({}, e' \t\n\r' || chr(160)), '[\s\x{{00a0}}]+', ' ', 'g')",
    "case": "lower({})",
    "accents": "strip_accents({})",
    "leading zeros": r"regexp_replace({}, '^0+([0-9])', '\1')",
    "punctuation": r"regexp_replace({}, '[\pP\pS]+', '', 'g')",
}


def normalised(cell: str, steps: Sequence[Step]) -> str:
    """Return SQL of the text ``cell`` made alike by the steps, in their own order."""
    for step in STEPS:
        if step in steps:
            cell = _STEP_SQL[step].format(cell)
    return f"nullif({cell}, '')"
