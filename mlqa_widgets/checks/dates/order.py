"""Day or month first: what settles it, and where nothing does, what speaks for which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.dates._clues import TELLING, Clue, Question, chance_of_day_first, clues, steps, steps_back
from mlqa_widgets.checks.dates._code import Doubtful, date_code
from mlqa_widgets.checks.dates._dates import (
    DateColumn,
    date_column,
    day_and_month,
    example_of,
    places,
    read_both_ways,
    reads_as_dates,
    timeline,
    two_readings,
    undecided,
)
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.evidence import Bar, Bars, Evidence, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.wording import count, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_DATES_AT_LEAST: Final = 0.5
_SURE: Final = 0.95


@column_check("ambiguous_dates", reads="rows")
def ambiguous_dates(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find dates that can be read day first and month first, with what the column itself says for each reading.

    Where values above twelve settle that the day comes first, it is an info: a reader that takes the month first
    would exchange day and month in the others. Stays silent on columns that are month first beyond doubt, as
    readers assume, and on formats that name the month or put the year first; but finds dates in which such a reader
    has exchanged day and month already, where putting them back puts the rows in the order of time.
    """
    dates = date_column(column)
    if dates is not None and not (dates.is_text and column.date_reading.ambiguous.any()):
        yield from _exchanged_already(dates, profile)
        return
    if column.distinct < 2 or not reads_as_dates(column, _DATES_AT_LEAST) or not column.date_reading.ambiguous.any():
        return
    reading = column.date_reading
    open_values = undecided(reading)
    if not open_values.any():
        yield from _settled(column, profile)
    elif reading.order.verdict == "mixed":
        yield _undecidable(column, profile, open_values)
    else:
        yield _open(column, profile, open_values)


# ------------------------------------------------------------------------------------------ settled by the column


def _settled(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    reading = column.date_reading
    day_first = np.array(
        [*(one.order >= 0 and reading.orders[one.order].verdict == "DMY" for one in reading.formats), False]
    )
    exchanged = reading.ambiguous & day_first[reading.format]
    if not exchanged.any():
        return
    where = read_both_ways(column, exchanged)
    rows = profile.table.count(where)
    order = max((each for each in reading.orders if each.verdict == "DMY"), key=lambda each: each.day_first_rows)
    day, month = day_and_month(reading.parsed)
    settles = day_first[reading.format] & reading.is_date & ~reading.ambiguous & (day != month)
    proof = (
        f"{'' if column.complete else 'about '}{count(order.day_first_rows, 'row')} with a day above 12 settle it"
        if order.day_first_rows
        else "first days of months settle it"
    )
    yield Finding(
        columns=(column.position,),
        severity=Severity.INFO,
        rows=rows,
        message=f"{shortened(column.name)} is day first: {proof}. A reader that takes the month first would swap {count(rows, 'row')}.",
        predicate=where,
        evidence=(
            Bars(
                "Readings",
                (
                    Bar("only day first", order.day_first_rows, column.where(settles), note=example_of(column, settles))
                    if order.day_first_rows
                    else Bar("first days of months", rows, where),
                    Bar("only month first", order.month_first_rows),
                    Bar("both ways", rows, where, flagged=True, note=example_of(column, exchanged)),
                ),
            ),
            two_readings(column, exchanged),
        ),
        why="pandas takes the month first unless told otherwise; where it reads value by value, 03/04 becomes 4 March "
        "while 13/04 stays 13 April, in one column and without a word.",
        fixes=(_parse(column, "as read", "Parse day first"),),
        confidence=order.confidence,
        cause=_cause(column),
    )


def _cause(column: ColumnProfile) -> str:
    """Return what else on the column says the same: its several formats, or that a file without types holds dates."""
    if column.date_reading.mixed or column.column.has_types:
        return f"{column.position}:dates"
    return f"{column.position}:reading" if column.column.untyped else ""


def _undecidable(column: ColumnProfile, profile: Profile, open_values: np.ndarray) -> Finding:
    """Return the finding for the rows that two orders in one column leave open."""
    where = read_both_ways(column, open_values)
    rows = profile.table.count(where)
    order = column.date_reading.order
    share = max(order.day_first_rows, order.month_first_rows) / (order.day_first_rows + order.month_first_rows)
    usual = "day" if order.day_first else "month"
    return Finding(
        columns=(column.position,),
        severity=Severity.ERROR,
        rows=rows,
        message=f"{shortened(column.name)} has both orders, so {count(rows, 'row')} cannot be settled; "
        f"{usual} first is right for about {percent(share)} of them.",
        predicate=where,
        evidence=(two_readings(column, open_values),),
        why="Each is one of two days, up to eleven months apart.",
        fixes=(_parse(column, "missing", "Parse, and leave the undecidable missing"),),
        confidence=0.9,
        cause=f"{column.position}:dates",
    )


# ------------------------------------------------------------------------------------------ exchanged already

_READ_IN_ORDER: Final = 20_000
_FEWEST_STEPS: Final = 18
_MONTHS: Final = 12


def _exchanged_already(dates: DateColumn, profile: Profile) -> Iterator[Finding]:
    column = dates.profile
    day, _ = day_and_month(dates.times)
    if not column.complete or not (day[dates.known] > _MONTHS).any():
        return
    cell = column.column.sql
    found = profile.table.query(
        f"SELECT {cell} AS value FROM t WHERE {cell} IS NOT NULL AND pos < {_READ_IN_ORDER + column.nulls} "
        f"ORDER BY pos LIMIT {_READ_IN_ORDER}"
    )
    place = places(found["value"], column)
    as_is, put_back = (steps(times[place]) for times in (dates.times, _day_and_month_exchanged(dates.times)))
    back = steps_back(as_is), steps_back(put_back)
    if min(len(as_is), len(put_back)) < _FEWEST_STEPS or back[0] < max(TELLING, TELLING * back[1]):
        return
    low = _day_and_month_exchanged(dates.times) != dates.times.astype("datetime64[D]")
    low &= dates.known
    where = column.where(low)
    rows = profile.table.count(where)
    code = date_code(column)
    lines = [*code.lines, *([f"dates = {code.expression}"] if code.expression != "dates" else [])]
    lines += [
        'parts = {"year": dates.dt.year, "month": dates.dt.day, "day": dates.dt.month}  # exchanged',
        'exchanged = pd.to_datetime(pd.DataFrame(parts), errors="coerce") + (dates - dates.dt.normalize())',
        assign_column(column.table, column.column, "dates.mask(dates.dt.day <= 12, exchanged)"),
    ]
    yield Finding(
        columns=(column.position,),
        severity=Severity.ERROR,
        rows=rows,
        message=f"{shortened(column.name)} has day and month exchanged in {count(rows, 'row')}, all with a day up to 12: "
        f"put back, its rows are in order of time.",
        predicate=where,
        evidence=(
            Examples(
                "What the order of the rows says",
                ("evidence", "as it stands", "put back"),
                (("steps back in time", f"{back[0]:,} of {len(as_is):,}", f"{back[1]:,} of {len(put_back):,}"),),
            ),
            *[drawn for drawn in (timeline(dates, "As it stands", flagged=low),) if drawn is not None],
        ),
        why="A reader that takes the month first read 03/04 as 4 March and left 13/04 alone; the dates look whole and are "
        "wrong by up to eleven months.",
        fixes=(
            Fix(
                "Put day and month back",
                "\n".join(lines),
                changes=(column.position,),
                empties=column.where(code.unread),
                note="Better: read the source again, day first.",
            ),
        ),
        confidence=0.95,
        cause=_cause(column) if dates.is_text else "",
    )


def _day_and_month_exchanged(times: np.ndarray) -> np.ndarray:
    """Return the days with day and month exchanged, where there is such a month; the others as they are."""
    days = times.astype("datetime64[D]")
    day, month = day_and_month(times)
    first_of_month = days.astype("datetime64[Y]").astype("datetime64[M]") + (np.minimum(day, _MONTHS) - 1)
    exchanged: np.ndarray = np.where(day <= _MONTHS, first_of_month.astype("datetime64[D]") + (month - 1), days)
    return exchanged


# ------------------------------------------------------------------------------------------ what speaks for which


def _open(column: ColumnProfile, profile: Profile, open_values: np.ndarray) -> Finding:
    question = Question.of(column, profile)
    found = clues(question)
    chance = chance_of_day_first(found)
    likelier, other = ("day first", "month first") if chance >= 0.5 else ("month first", "day first")
    sure = max(chance, 1 - chance)
    where = read_both_ways(column, open_values)
    rows = profile.table.count(where)
    decided = sure >= _SURE
    name = shortened(column.name)
    whole = rows == column.present
    message = f"{name}: {'all ' if whole else ''}{count(rows, 'row')} can be read day first and month first, as no number is above 12"
    speaking = [clue.short for clue in found if likelier in clue.verdict]
    if decided:
        message += f"; {speaking[0]} for {likelier} ({percent(sure)})."
    elif speaking:
        message += f"; {speaking[0]} for {likelier} (only {percent(sure)})."
    else:
        message += ", and nothing else settles it."
    first, second = _as_read_or_not(column, likelier)
    return Finding(
        columns=(column.position,),
        severity=Severity.WARNING if decided else Severity.ERROR,
        rows=rows,
        message=message,
        predicate=where,
        evidence=tuple(_evidence(question, found, open_values)),
        why="The two readings of a row lie up to eleven months apart, and whoever parses the column picks one without "
        "knowing: ask the source which was meant.",
        fixes=(
            _parse(column, first, f"Parse {likelier}", f"The evidence puts {likelier} at {percent(sure)}."),
            _parse(column, second, f"Parse {other}", f"The evidence puts {other} at {percent(1 - sure)}."),
        ),
        confidence=0.9 if decided else 0.97,
        cause=_cause(column),
    )


def _as_read_or_not(column: ColumnProfile, likelier: str) -> tuple[Doubtful, Doubtful]:
    """Return how to read the likelier order and the other one, given which one the reading took."""
    taken = "day first" if column.date_reading.order.day_first else "month first"
    return ("as read", "other way") if taken == likelier else ("other way", "as read")


def _evidence(question: Question, found: Sequence[Clue], open_values: np.ndarray) -> Iterator[Evidence]:
    if found:
        headers = ("evidence", "read day first", "read month first", "speaks for")
        yield Examples("What the table says", headers, tuple((clue.what, *clue.shown, clue.verdict) for clue in found))
    yield two_readings(question.column, open_values)
    for times, order in zip(question.readings, ("day", "month"), strict=True):
        drawn = timeline(DateColumn(question.column, times, as_read=False), f"Over time, {order} first")
        if drawn is not None:
            yield drawn


def _parse(column: ColumnProfile, doubtful: Doubtful, title: str, note: str = "") -> Fix:
    code = date_code(column, doubtful=doubtful)
    lost = column.rows_of(code.unread)
    if lost:
        note = f"{note} {count(lost, 'row')} without a readable date become missing.".strip()
    return Fix(title, code.assigned(column), (column.position,), empties=column.where(code.unread), note=note)
