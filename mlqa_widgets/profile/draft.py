"""What a dictionary might say of a column, judged by what the scan saw of it: to be read and accepted by a person."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.dictionary import Field
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.profile.numbers import NumberForm
from mlqa_widgets.profile.units import CASED_UNITS, UNIT_KEYS

_MOST_ALLOWED: Final = 20
_FEWEST_ROWS_EACH: Final = 20
_IN_NAMES: Final = frozenset(
    "mg kg oz lb mm cm km ft ha kmh mph sec hour day week month year kw kwh mwh hz khz mhz ghz rpm hpa kpa mbar psi "
    "kcal pct percent celsius fahrenheit ppm ppb".split()
)
"""Words in names that are read as units; others stand for too much else (``min`` for the least)."""


def draft_field(column: ColumnProfile) -> Field:
    """Propose the field of a column: its type, unit and allowed values, and whether it must be there and be unique."""
    said: dict[str, Any] = {"name": column.name}
    if column.column.comment:
        said["description"] = column.column.comment
    if kind := _type(column):
        said["type"] = kind
    if unit := unit_in(column):
        said["unit"] = unit
    constraints: dict[str, Any] = {}
    if column.rows and not column.nulls:
        constraints["required"] = True
    if column.kind is Kind.IDENTIFIER and column.distinct == column.rows:
        constraints["unique"] = True
    if allowed := _allowed(column):
        constraints["enum"] = allowed
    if constraints:
        said["constraints"] = constraints
    return Field(said)


def _type(column: ColumnProfile) -> str:
    match column.column.storage:
        case "integer" | "boolean":
            return column.column.storage
        case "number":
            return "integer" if column.numeric is not None and column.numeric.integral else "number"
        case "datetime":
            return "date" if _only_days(column) else "datetime"
        case "nested":
            return "any"
    if column.column.untyped and column.plain_number_share == 1 and column.kind not in (Kind.CODE, Kind.POSTCODE):
        return "integer" if column.numeric is not None and column.numeric.integral else "number"
    if column.distinct and _all_match(column, r"\d{4}-\d{2}-\d{2}"):
        return "date"
    if column.distinct and _all_match(
        column, r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?"
    ):
        return "datetime"
    return "string" if column.distinct else ""


def _only_days(column: ColumnProfile) -> bool:
    days = column.values.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return bool(np.all(days % 86_400_000_000 == 0))


def _all_match(column: ColumnProfile, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(column.strings, f"^(?:{pattern})$")).as_py())


def _allowed(column: ColumnProfile) -> list[Any]:
    """Return the few values a category takes, each seen often enough to be no slip."""
    if column.kind not in (Kind.CATEGORY, Kind.CODE) or not 1 < column.distinct <= _MOST_ALLOWED:
        return []
    if column.column.storage not in ("text", "integer") or column.counts.min() < _FEWEST_ROWS_EACH:
        return []
    return sorted(column.values.to_pylist())


def unit_in(column: ColumnProfile) -> str:
    """Return the unit that every number of a text column carries, or that the column's name ends in; empty for none."""
    if column.is_text and column.kind is Kind.NUMBER_IN_TEXT:
        reading = column.number_reading
        written = {reading.unit_keys[place] for place in np.unique(reading.unit[reading.form == NumberForm.UNIT])}
        if len(written) == 1:
            return written.pop()
    return unit_of_name(column.name)


def unit_of_name(name: str) -> str:
    """Return the unit a name ends in (``height_cm``, ``Weight (kg)``); empty for none."""
    words = name_words(name)
    if len(words) < 2 or words[-1] not in _IN_NAMES:
        return ""
    word = {"kmh": "km/h", "pct": "%", "percent": "%"}.get(words[-1], words[-1])
    return CASED_UNITS.get(word, UNIT_KEYS.get(word, ""))
