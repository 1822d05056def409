"""Timestamps whose time of day says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.dates._code import date_code
from mlqa_widgets.checks.dates._dates import DateColumn, date_column, vocabulary, written_as
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.wording import count, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_FEWEST_ROWS: Final = 5
_FEWEST_DAYS: Final = 3
_MOST: Final = 0.98
_DAY_US: Final = 86_400_000_000
_CLOCK_WORDS: Final = vocabulary(
    "at time timestamp datetime stamp ts heure horodatage clock hour moment instant utc gmt"
)


@column_check("midnight_only_times")
def midnight_only_times(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find timestamps whose time of day is the same in every row, as a rule midnight.

    Stays silent on columns meant as dates: text without a time part, and dates held as ``datetime64`` or in a
    workbook, which cannot be written without one, unless their name says that a time was meant.
    """
    dates = date_column(column)
    if dates is None or column.present < _FEWEST_ROWS:
        return
    timed = _timed(dates)
    if timed is None or len(np.unique(dates.times[timed].astype("datetime64[D]"))) < _FEWEST_DAYS:
        return
    clock = _only_clock(dates, timed)
    named_for_time = bool(dates.words & _CLOCK_WORDS)
    if clock is None or (clock == 0 and not (dates.is_text or named_for_time)):
        return
    where = dates.within(None, None)
    if dates.is_text:
        formats = column.date_reading.formats
        where = written_as(column, [place for place, one in enumerate(formats) if one.kind == "datetime"])
    rows = profile.table.count(where)
    shown = _clock_text(clock)
    code = date_code(column)
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING if named_for_time and dates.is_text else Severity.INFO,
        rows=rows,
        message=f"{shortened(column.name)} is written as a timestamp, but its time of day is {shown} in all {count(rows, 'row')}.",
        predicate=where,
        evidence=(Bars("Times of day", (Bar(shown, rows, where, flagged=True, note="the only one"),)),),
        why=_why(clock),
        fixes=(
            Fix(
                "Keep the date alone",
                code.assigned(column, ".dt.normalize()"),
                changes=(column.position,),
                empties=column.where(code.unread),
                note=""
                if clock == 0
                else "If the time is midnight of another zone, convert the zone first: the day may differ.",
            ),
        ),
        confidence=0.9 if dates.is_text else 0.6,
        cells=(),
    )


def _timed(dates: DateColumn) -> np.ndarray | None:
    """Return which values carry a time of day, or None if the column as a whole does not."""
    if not dates.is_text:
        return dates.known
    column = dates.profile
    # True dates of a workbook are written out with a time they never had.
    if column.column.has_types:
        return None
    timed: np.ndarray = dates.known & column.date_reading.has_time
    known_rows = column.weights[dates.known].sum()
    return timed if column.weights[timed].sum() >= _MOST * known_rows > 0 else None


def _only_clock(dates: DateColumn, timed: np.ndarray) -> int | None:
    """Return the one time of day of all rows in microseconds, or None if there are several."""
    clocks = dates.times[timed].astype(np.int64) % _DAY_US
    if (clocks != clocks[0]).any():
        return None
    if not dates.profile.complete:
        if dates.sql is None:
            return None
        # The engine's remainder is negative before 1970.
        clock = f"(epoch_us({dates.sql.sql}) % {_DAY_US} + {_DAY_US}) % {_DAY_US}"
        found = dates.profile.table.query(
            f"SELECT min({clock}) AS low, max({clock}) AS high FROM t", (*dates.sql.params, *dates.sql.params)
        )
        if found["low"][0].as_py() != found["high"][0].as_py():
            return None
    return int(clocks[0])


def _clock_text(clock: int) -> str:
    seconds, fraction = divmod(clock, 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{fraction:06}".rstrip("0") if fraction else text


def _why(clock: int) -> str:
    if clock == 0:
        return (
            "No hour or duration within a day can be computed from it; set beside true timestamps, every row seems to "
            "happen at the very start of its day."
        )
    return (
        "A clock that never moves was not measured: it is a default, or midnight as another time zone has it, and then "
        "some days are off by one."
    )
