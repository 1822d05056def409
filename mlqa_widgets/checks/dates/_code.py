"""Pandas code that reads a column as dates: one line per format, nothing guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from mlqa_widgets.checks.dates._dates import is_open, swapped, undecided
from mlqa_widgets.fixes.code import assign_column, dict_literal, list_literal, literal, read_column
from mlqa_widgets.profile.dates import STRPTIME_CENTURY
from mlqa_widgets.wording import count

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.dates import DateFormat, DateReading

Doubtful = Literal["as read", "other way", "missing"]
"""What becomes of values that can be read day first and month first, where nothing decides."""

_ISO: Final = "ISO8601"
_PADDED: Final = (r"^\s+|\s+$", "")


@dataclass(frozen=True)
class DateCode:
    """Code that reads a column as dates.

    Attributes
    ----------
    lines
        Statements to run first; there may be none.
    expression
        What the dates are then: ``datetime64``, parallel to the rows.
    unread
        Which of the column's distinct values become missing.
    """

    lines: tuple[str, ...]
    expression: str
    unread: np.ndarray

    def assigned(self, column: ColumnProfile, then: str = "") -> str:
        """Return the whole code that puts the dates in place of the column, ``then`` applied to them."""
        return "\n".join((*self.lines, assign_column(column.table, column.column, self.expression + then)))


def date_code(
    column: ColumnProfile,
    *,
    target: str = "dates",
    doubtful: Doubtful = "as read",
    serials: np.ndarray | None = None,
) -> DateCode:
    """Return the code that reads a column as dates.

    Parameters
    ----------
    target
        Name of the variable the dates are in, if they need one.
    doubtful
        What becomes of the values that can be read day first and month first.
    serials
        Which of the column's values are days counted by a spreadsheet, to be converted as well.
    """
    read = read_column(column.table, column.column)
    if column.column.storage == "datetime":
        return DateCode((), _stored(read, column.column.source_type), np.zeros(len(column.values), dtype=bool))
    reading = column.date_reading
    unread = ~reading.is_date
    if doubtful == "missing":
        unread = unread | undecided(reading)
    if serials is not None:
        unread = unread & ~serials
    formats = [
        _Layout(one, reading, other_way=doubtful == "other way") for one in reading.formats if one.kind != "time"
    ]
    alone = _alone(reading, formats) if doubtful != "missing" and serials is None else None
    if alone is not None:
        return DateCode(
            (),
            _parsed(_text(column, read), alone, strict=not unread.any(), zoned=any(each.zoned for each in formats)),
            unread,
        )
    stripped = ".str.strip()" if any(each.padded for each in formats) else ""
    lines = [f"text = {_text(column, read, as_text=True)}{stripped}", *_one_by_one(column, reading, formats, target)]
    if doubtful == "missing":
        lines += _without_undecided(reading, target)
    if serials is not None:
        lines += _from_serials(column, serials, target)
    return DateCode(tuple(lines), target, unread)


class _Layout:
    """A format, and the directive it is to be read with."""

    def __init__(self, one: DateFormat, reading: DateReading, *, other_way: bool) -> None:
        self.format = one
        self.directive = swapped(one.directive) if other_way and is_open(one, reading) else one.directive
        self.padded = _PADDED in one.replacements
        self.replacements = tuple(pair for pair in one.replacements if pair != _PADDED)
        self.late = "%y" in one.directive and reading.century != STRPTIME_CENTURY
        self.zoned = "%z" in one.directive

    @property
    def plain(self) -> bool:
        """Whether pandas reads it with nothing but the directive."""
        return not (self.replacements or self.late or self.zoned)


def _stored(read: str, source_type: str) -> str:
    if not source_type.startswith("datetime64"):
        return f"pd.to_datetime({read})"
    return f"{read}.dt.tz_localize(None)" if "," in source_type else read


def _text(column: ColumnProfile, read: str, *, as_text: bool = False) -> str:
    if column.column.storage == "integer":
        return f'{read}.astype("Int64").astype("string")'
    return f'{read}.astype("string")' if as_text or column.column.has_types else read


def _alone(reading: DateReading, formats: list[_Layout]) -> str | None:
    """Return the directive that alone reads every date of the column, if there is one."""
    if len(formats) == 1 and not (formats[0].format.replacements or formats[0].late):
        return formats[0].directive
    only = reading.conventions[0].directive if len(reading.conventions) == 1 else None
    # pandas takes 1997 and 35362 for ISO too, so that this is safe only where all are dates.
    return only if only == _ISO and reading.is_date.all() else None


def _parsed(text: str, directive: str, *, strict: bool = False, zoned: bool = False) -> str:
    arguments = [text, f"format={literal(directive)}"]
    if not strict:
        arguments.append('errors="coerce"')
    if zoned:
        arguments.append("utc=True")
    return f"pd.to_datetime({', '.join(arguments)}){'.dt.tz_localize(None)' if zoned else ''}"


def _one_by_one(column: ColumnProfile, reading: DateReading, formats: list[_Layout], target: str) -> list[str]:
    if len(formats) == 1 and not formats[0].plain:
        return _with_care(column, reading, formats[0], target)
    lines = [f'{target} = pd.Series(pd.NaT, index=df.index, dtype="datetime64[us]")']
    plain = [layout for layout in formats if layout.plain]
    if plain:
        lines.append("for layout in [")
        lines += [f"    {literal(each.directive)},{_comment(column, reading, each)}" for each in plain]
        lines.append("]:")
        lines.append(f'    {target} = {target}.fillna(pd.to_datetime(text, format=layout, errors="coerce"))')
    for each in formats:
        if not each.plain:
            lines += [*_with_care(column, reading, each, "found"), f"{target} = {target}.fillna(found)"]
    return lines


def _with_care(column: ColumnProfile, reading: DateReading, each: _Layout, target: str) -> list[str]:
    """Return the lines for a format that needs words replaced, another century, or a time zone undone."""
    told, text = _comment(column, reading, each).strip(), "text"
    lines = [told] if told else []
    if each.replacements:
        text = "plain"
        lines += [
            "plain = text",
            f"for pattern, word in {dict_literal(dict(each.replacements))}.items():",
            "    plain = plain.str.replace(pattern, word, regex=True)",
        ]
    lines.append(f"{target} = {_parsed(text, each.directive, zoned=each.zoned)}")
    if each.late:
        future = f"{target}.dt.year < {reading.century + 100}"
        lines.append(f"{target} = {target}.where({future}, {target} - pd.DateOffset(years=100))")
    return lines


def _comment(column: ColumnProfile, reading: DateReading, each: _Layout) -> str:
    """Return rows and an example of a format; nothing for one that is read against the column's own order."""
    if each.directive != each.format.directive:
        return ""
    place = int(np.flatnonzero(reading.format == reading.formats.index(each.format))[0])
    return f"  # {count(each.format.rows, 'row')}, such as {literal(column.strings[place].as_py())}"


def _without_undecided(reading: DateReading, target: str) -> list[str]:
    pairs = dict.fromkeys(
        tuple(sorted((one.directive, swapped(one.directive)))) for one in reading.formats if is_open(one, reading)
    )
    if not pairs:
        return []
    return [
        f"for one, other in {list_literal(pairs)}:",
        '    day_first = pd.to_datetime(text, format=one, errors="coerce")',
        '    month_first = pd.to_datetime(text, format=other, errors="coerce")',
        f"    {target} = {target}.mask(day_first.notna() & month_first.notna() & (day_first != month_first))",
    ]


def _from_serials(column: ColumnProfile, serials: np.ndarray, target: str) -> list[str]:
    numbers = column.number_reading.number[serials]
    low, high = int(np.floor(numbers.min())), int(np.ceil(numbers.max()))
    return [
        'days = pd.to_numeric(text, errors="coerce").astype("float64")  # counted from 1899-12-30 by the spreadsheet',
        f"days = days.where(days.between({low}, {high}))",
        f'{target} = {target}.fillna(pd.to_datetime(days, unit="D", origin="1899-12-30"))',
    ]
