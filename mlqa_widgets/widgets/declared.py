"""What the data dictionary says of a column, as text that a person reads and edits, and back."""

from __future__ import annotations

import csv
import io
from typing import Any

from mlqa_widgets.dictionary import Field
from mlqa_widgets.errors import InputError
from mlqa_widgets.widgets.messages.scan import DeclaredView
from mlqa_widgets.wording import quoted

_NUMBERS = ("integer", "number")
_TIMES = ("date", "datetime", "time", "year", "yearmonth")


def declared_view(field: Field | None) -> DeclaredView:
    """Return what is declared of a column beside its description."""
    field = field or Field({"name": ""})
    return {
        "type": field.type,
        "unit": field.unit,
        "enum": _listed(field.enum),
        "minimum": str(field.get("minimum", "")),
        "maximum": str(field.get("maximum", "")),
        "pattern": str(field.get("pattern", "")),
        "required": field.get("required") is True,
        "unique": field.get("unique") is True,
    }


def declared_line(declared: DeclaredView) -> str:
    """Return what is declared in a line, as the Columns tab shows it."""
    low, high = declared["minimum"], declared["maximum"]
    span = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else ""
    parts = [
        declared["type"],
        declared["unit"],
        span,
        declared["enum"] and f"one of {declared['enum']}",
        declared["pattern"] and f"like {declared['pattern']}",
        "never missing" if declared["required"] else "",
        "never repeated" if declared["unique"] else "",
    ]
    return " · ".join(part for part in parts if part)


def read_declared(name: str, text: str, field: Field | None, storage: str) -> Any:
    """Return the value of a property that a person typed; an empty one where nothing was.

    Parameters
    ----------
    field
        What the dictionary says of the column so far; its type decides what a limit and an allowed value are.
    storage
        How the column is stored, which decides where no type is declared.

    Raises
    ------
    InputError
        When a limit or an allowed value is none of the column's type.
    """
    text = text.strip()
    kind = field.type if field and field.type else {"datetime": "datetime", "integer": "integer"}.get(storage, storage)
    match name:
        case "required" | "unique":
            return text == "true"
        case "minimum" | "maximum":
            return text if kind in _TIMES or not text else _number(name, text)
        case "enum":
            values = [value for line in csv.reader([text.replace("\n", ",")], skipinitialspace=True) for value in line]
            values = [value.strip() for value in values if value.strip()]
            return [_number("allowed values", value) for value in values] if kind in _NUMBERS else values
    return text


def _number(name: str, text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError as error:
        msg = f"{name}: {quoted(text)} is no number."
        raise InputError(msg) from error


def _listed(values: tuple[Any, ...]) -> str:
    return ", ".join(_cell(value) for value in values)


def _cell(value: Any) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([value])
    return line.getvalue()
