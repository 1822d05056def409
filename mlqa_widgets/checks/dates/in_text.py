"""Dates written out as text, or as digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.dates._code import date_code
from mlqa_widgets.checks.dates._dates import DateColumn, date_column, example_of, timeline, undecided, written_as
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.evidence import Bar, Bars, Evidence
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.dates import STRPTIME_CENTURY
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.wording import count, listing, percent, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.dates import DateReading
    from mlqa_widgets.profile.profile import Profile

_EXAMPLES: Final = 5
_LITTLE_NEWS: Final = 0.4
"""Confidence in a finding about a file that could not have held anything but text."""


@column_check("dates_as_text")
def dates_as_text(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find text, and whole numbers such as 20120307, that are dates; says the format, and years of two digits.

    Stays silent on ISO dates in a file without types, on columns whose cells have types of their own, where the
    dates are written in several ways (mixed_date_formats), and where nothing settles what they are (ambiguous_dates).
    """
    if column.column.has_types:
        return
    dates = date_column(column) if column.is_text else _digits(column)
    if dates is None or (column.is_text and (column.date_reading.mixed or undecided(column.date_reading).any())):
        return
    reading = column.date_reading
    main = reading.conventions[0]
    iso = main.name == "YYYY-MM-DD"
    short_years = bool(reading.two_digit_year.any())
    if column.column.untyped and iso:
        return
    where = written_as(column, range(len(reading.formats)))
    rows = profile.table.count(where)
    noun = "text" if column.is_text else "numbers"
    message = f"{shortened(column.name)} holds dates as {noun}, {_written(reading)}, in {count(rows, 'row')} ({percent(rows / column.present)})."
    if short_years:
        message = f"{message[:-1]}; {_century(dates)}."
    code = date_code(column)
    yield Finding(
        columns=(column.position,),
        severity=Severity.INFO if iso or column.column.untyped or not column.is_text else Severity.WARNING,
        rows=rows,
        message=message,
        predicate=where,
        evidence=tuple(_formats_and_time(dates)),
        why=_why_text(short_years=short_years, iso=iso),
        fixes=(
            Fix(
                f"Parse as {_written(reading)}",
                code.assigned(column),
                changes=(column.position,),
                empties=column.where(code.unread),
                note=_parse_note(column, code.unread),
            ),
        ),
        confidence=_LITTLE_NEWS if column.column.untyped else reading.share,
        cause=f"{column.position}:reading" if column.column.untyped else "",
        cells=(),
    )


def _digits(column: ColumnProfile) -> DateColumn | None:
    """Return a column of whole numbers that are year, month and day as one of dates."""
    if column.column.storage != "integer" or column.kind is not Kind.DATETIME:
        return None
    reading = column.date_reading
    return DateColumn(column, reading.parsed) if reading.share == 1 else None


def _written(reading: DateReading) -> str:
    """Return the format in words; of one with and without a time, the longest."""
    formats = [reading.formats[place] for place in reading.conventions[0].formats]
    return max(formats, key=lambda one: one.rows).name


def _century(dates: DateColumn) -> str:
    reading = dates.profile.date_reading
    years = dates.times[reading.two_digit_year & dates.known].astype("datetime64[Y]").astype(int) + 1970
    span = f"{years.min()} to {years.max()}" if len(years) else ""
    if reading.century == STRPTIME_CENTURY:
        return f"years have two digits, taken for {span}"
    return f"years have two digits, taken for {span}, where pandas would put some a century later"


def _why_text(*, short_years: bool, iso: bool) -> str:
    if short_years:
        return (
            "Two digits leave the century open: parsers turn 68 into 2068 and 69 into 1969, so birth dates and old "
            "records can land a hundred years late."
        )
    if iso:
        return "Text sorts like dates here, but cannot be subtracted, resampled or given to a model as time."
    return (
        "Text like this sorts by its first digits, not by time, and every tool that reads it guesses the format anew: "
        "say it once."
    )


def _formats_and_time(dates: DateColumn) -> Iterator[Evidence]:
    reading = dates.profile.date_reading
    bars = [
        Bar(
            one.name,
            one.rows,
            written_as(dates.profile, [place]),
            note=example_of(dates.profile, reading.format == place),
        )
        for place, one in enumerate(reading.formats[:_EXAMPLES])
    ]
    yield Bars("Formats", tuple(bars), more=max(0, len(reading.formats) - _EXAMPLES))
    over_time = timeline(dates, "Rows over time, once parsed")
    if over_time is not None:
        yield over_time


def _parse_note(column: ColumnProfile, unread: np.ndarray) -> str:
    if not unread.any():
        return "Every value is read."
    examples = [quoted(column.strings[int(place)].as_py(), 20) for place in np.flatnonzero(unread)[:3]]
    return f"{count(column.rows_of(unread), 'row')} that cannot be read, such as {listing(examples)}, become missing."
