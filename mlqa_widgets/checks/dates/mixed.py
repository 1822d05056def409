"""Dates written in several ways in one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._draw import strip
from mlqa_widgets.checks.dates._code import Doubtful, date_code
from mlqa_widgets.checks.dates._dates import (
    example_of,
    read_both_ways,
    reads_as_dates,
    two_readings,
    undecided,
    written_as,
)
from mlqa_widgets.checks.dates._witnesses import Witness, witness
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.evidence import Bar, Bars, Evidence
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.dates import excel_serial_to_datetime
from mlqa_widgets.tables.table import NO_ROW, Predicate
from mlqa_widgets.wording import count, listing, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_TRUE_DATES: Final = ("datetime", "date")
_NUMBERS: Final = ("int", "float")
_DATES_AT_LEAST: Final = 0.5
_LANES: Final = 6
_A_YEAR: Final = 366


@dataclass(frozen=True)
class _Way:
    """One way in which a column writes dates."""

    label: str
    where: Predicate
    rows: int
    example: str
    odd: bool = False
    """Whether it is too rare to be a second convention."""
    doubtful: bool = False
    """Whether it is no way of its own: rows that could be one order or the other."""


@dataclass(frozen=True)
class _Doubt:
    """The values that can be read day first and month first with nothing to decide, and their rows."""

    values: np.ndarray
    where: Predicate
    rows: int

    @classmethod
    def of(cls, column: ColumnProfile) -> _Doubt:
        values = undecided(column.date_reading)
        where = read_both_ways(column, values)
        return cls(values, where, column.table.count(where) if values.any() else 0)


@column_check("mixed_date_formats")
def mixed_date_formats(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find dates written in several ways in one column: other formats, both orders of day and month, numbers.

    In a workbook true dates, timestamps, text, day counts and bare years are told apart. Stays silent on one format
    throughout; one format with and without a time, a fraction or a zone is an info.
    """
    if not reads_as_dates(column, _DATES_AT_LEAST):
        return
    if len(column.date_reading.conventions) == 1 and not column.column.has_types and not _numbers(column).any():
        yield from _one_convention(column)
        return
    doubt = _Doubt.of(column)
    ways = sorted(_ways(column, doubt), key=lambda way: (way.doubtful, way.odd, -way.rows))
    if len(ways) > 1:
        yield _several(column, profile, ways, doubt)


def serial_numbers(column: ColumnProfile) -> np.ndarray:
    """Return which values are days counted by a spreadsheet: numbers that stand for days among the column's dates."""
    number, (first, last) = _unread_numbers(column)
    days = excel_serial_to_datetime(number)
    serials: np.ndarray = (days >= first - np.timedelta64(_A_YEAR, "D")) & (days <= last + np.timedelta64(_A_YEAR, "D"))
    return serials


def bare_years(column: ColumnProfile) -> np.ndarray:
    """Return which values are years alone, of those in which the column has dates."""
    number, (first, last) = _unread_numbers(column)
    low, high = (int(day.astype("datetime64[Y]").astype(int)) + 1970 for day in (first, last))
    years: np.ndarray = (number == np.floor(number)) & (number >= low - 1) & (number <= high + 1)
    return years


def _numbers(column: ColumnProfile) -> np.ndarray:
    return serial_numbers(column) | bare_years(column)


def _unread_numbers(column: ColumnProfile) -> tuple[np.ndarray, tuple[np.datetime64, np.datetime64]]:
    """Return the numbers that are not written as dates, NaN elsewhere, and the span in which nearly all dates lie."""
    reading = column.date_reading
    numbers = column.number_reading
    number = np.where((reading.format < 0) & numbers.plain & ~numbers.leading_zero, numbers.number, np.nan)
    days = np.sort(reading.parsed[reading.is_date])
    return number, (days[len(days) // 100], days[-1 - len(days) // 100])


def _ways(column: ColumnProfile, doubt: _Doubt) -> Iterator[_Way]:
    """Yield the ways in which the dates of a column are written, each with all its rows."""
    reading = column.date_reading
    clocked = reading.has_time & ~reading.midnight
    apart = reading.order.verdict == "mixed" and doubt.rows > 0
    numbers = (("day count of a spreadsheet", serial_numbers(column)), ("year alone", bare_years(column)))
    for cell_type in column.cell_types or ("",):
        for place, convention in enumerate(reading.conventions):
            members = [number for number, one in enumerate(reading.formats) if one.convention == place]
            written = np.isin(reading.format, members) & ~(doubt.values & apart)
            if cell_type in _TRUE_DATES:
                yield from _way(column, written & ~clocked, cell_type, "true date")
                yield from _way(column, written & clocked, cell_type, "true date with a time")
            elif cell_type:
                noun = "number" if cell_type in _NUMBERS else "text"
                yield from _way(column, written, cell_type, f"{noun} {convention.name}", odd=convention.odd)
            else:
                where = column.where(written) if column.complete else written_as(column, members)
                if apart and not column.complete:
                    where &= ~doubt.where
                rows = column.rows_of(written) if column.complete else column.table.count(where)
                label = reading.formats[members[0]].name if len(members) == 1 else convention.name
                yield _Way(label, where, rows, example_of(column, written), convention.odd)
        for label, mask in numbers:
            yield from _way(column, mask, cell_type, label, odd=column.counts[mask].sum() < _SEVERAL)
    if apart:
        yield _Way("either order", doubt.where, doubt.rows, example_of(column, doubt.values), doubtful=True)


_SEVERAL: Final = 2


def _way(column: ColumnProfile, mask: np.ndarray, cell_type: str, label: str, *, odd: bool = False) -> Iterator[_Way]:
    if not mask.any():
        return
    where = column.where(mask)
    if cell_type:
        where &= Predicate(f"{column.column.type_sql} = ?", (cell_type,))
    rows = column.table.count(where)
    if rows:
        yield _Way(label, where, rows, example_of(column, mask), odd)


def _several(column: ColumnProfile, profile: Profile, ways: Sequence[_Way], doubt: _Doubt) -> Finding:
    """Return the finding for a column whose dates are written in several ways, the usual one first."""
    where = doubt.where
    for way in ways[1:]:
        where = way.where if where == NO_ROW else where | way.where
    mixed = sum(not (way.odd or way.doubtful) for way in ways) > 1
    settled_by = witness(column, profile) if doubt.rows else None
    return Finding(
        columns=(column.position,),
        severity=Severity.ERROR if mixed else Severity.WARNING,
        rows=profile.table.count(where),
        message=_message(column, ways, doubt.rows, settled_by, mixed=mixed),
        predicate=where,
        evidence=tuple(_evidence(column, profile, ways, doubt, settled_by)),
        why="A parser that takes its format from the first rows leaves the others empty, and one that guesses row by "
        "row swaps days and months without a word: series, ages and durations come out wrong.",
        fixes=tuple(_fixes(column, doubt, settled_by)),
        confidence=0.98 if mixed else 0.8,
        cause=f"{column.position}:dates",
    )


# ------------------------------------------------------------------------------------------ what is said


def _message(
    column: ColumnProfile, ways: Sequence[_Way], either: int, settled_by: Witness | None, *, mixed: bool
) -> str:
    name, others = shortened(column.name), sum(way.rows for way in ways[1:] if not way.doubtful)
    if not mixed:
        examples = listing([way.example.removeprefix("such as ") for way in ways[1:]])
        return (
            f"{name} writes dates as {ways[0].label}, but otherwise in {count(others, 'row')} "
            f"({percent(others / column.present)}): {examples}."
        )
    order = column.date_reading.order
    if order.verdict == "mixed":
        # The rows are estimated from a part of the values where not all are kept.
        about = "" if column.complete else "about "
        sentence = (
            f"{name} mixes day-first ({about}{count(order.day_first_rows, 'row')}) and month-first dates "
            f"({about}{order.month_first_rows:,})"
        )
        if either:
            sentence += f"; {count(either, 'row')} can be read both ways"
        return f"{sentence}; {settled_by.sentence}." if settled_by is not None else f"{sentence}."
    listed = listing([f"{way.label} ({percent(way.rows / column.present)})" for way in ways])
    sentence = f"{name} writes dates in {len(ways)} ways: {listed}"
    return f"{sentence}; {count(either, 'row')} can be read day first and month first." if either else f"{sentence}."


def _evidence(
    column: ColumnProfile,
    profile: Profile,
    ways: Sequence[_Way],
    doubt: _Doubt,
    settled_by: Witness | None,
) -> Iterator[Evidence]:
    bars = [Bar(way.label, way.rows, way.where, flagged=way is not ways[0], note=way.example) for way in ways]
    unread = (column.date_reading.format < 0) & ~_numbers(column)
    if unread.any():
        bars.append(Bar("no date", column.rows_of(unread), column.where(unread), note=example_of(column, unread)))
    yield Bars("Ways of writing", tuple(bars))
    if settled_by is not None:
        yield settled_by.evidence
    yield strip(profile.table, "Where along the table each is used", [(way.label, way.where) for way in ways[:_LANES]])
    if doubt.rows:
        yield two_readings(column, doubt.values)


# ------------------------------------------------------------------------------------------ repairs


def _fixes(column: ColumnProfile, doubt: _Doubt, settled_by: Witness | None) -> Iterator[Fix]:
    if settled_by is not None and settled_by.fix is not None:
        yield settled_by.fix
    serials = serial_numbers(column)
    given = serials if serials.any() else None
    choices: tuple[tuple[Doubtful, str], ...] = (("as read", "Parse each by its own format"),)
    if doubt.rows:
        usual, other = ("day", "month") if column.date_reading.order.day_first else ("month", "day")
        choices = (
            ("missing", "Parse each by its own format, leave the undecidable missing"),
            ("as read", f"Parse each by its own format, the undecidable {usual} first"),
            ("other way", f"Parse each by its own format, the undecidable {other} first"),
        )
    for doubtful, title in choices:
        code = date_code(column, doubtful=doubtful, serials=given)
        yield Fix(
            title,
            code.assigned(column),
            changes=(column.position,),
            empties=column.where(code.unread),
            note=_lost(column, code.unread, doubt, doubtful),
        )


def _lost(column: ColumnProfile, unread: np.ndarray, doubt: _Doubt, doubtful: Doubtful) -> str:
    rows = column.rows_of(unread)
    if doubtful == "missing":
        return (
            f"{count(doubt.rows, 'row')} can be read both ways and nothing in the column says which; "
            f"{count(rows, 'row')} in all become missing."
        )
    said = f"{count(rows, 'row')} that hold no complete date become missing." if rows else "Every value is read."
    if doubt.rows:
        return f"{said} A guess for {count(doubt.rows, 'row')}: right only if one order is the rule."
    return said


# ------------------------------------------------------------------------------------------ one convention


def _one_convention(column: ColumnProfile) -> Iterator[Finding]:
    """Yield an info where one way of writing comes with and without a time, a fraction or a zone."""
    reading = column.date_reading
    places = reading.conventions[0].formats if reading.conventions else ()
    if len(places) < _SEVERAL:
        return
    formats = [reading.formats[place] for place in places]
    where = written_as(column, places[1:])
    rows = column.table.count(where)
    code = date_code(column)
    listed = listing([f"{one.name} ({percent(one.rows / column.counts.sum())})" for one in formats])
    yield Finding(
        columns=(column.position,),
        severity=Severity.INFO,
        rows=rows,
        message=f"{shortened(column.name)} writes its dates at different lengths: {listed}.",
        predicate=where,
        evidence=(
            Bars(
                "Lengths",
                tuple(
                    Bar(
                        one.name,
                        one.rows,
                        written_as(column, [place]),
                        place != places[0],
                        example_of(column, reading.format == place),
                    )
                    for place, one in zip(places, formats, strict=True)
                ),
            ),
        ),
        why="It is one convention and parses as such, but a strict format made from the first row refuses the others, "
        "and a day without a time is not midnight.",
        fixes=(
            Fix(
                "Parse them all",
                code.assigned(column),
                changes=(column.position,),
                empties=column.where(code.unread),
                note="Times of several zones are put to UTC." if len(reading.zones) > 1 else "",
            ),
        ),
        confidence=0.6,
        cause=f"{column.position}:dates",
    )
