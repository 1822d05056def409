"""Columns of dates, whatever they are stored as: when each value is, which rows lie in a span, how they are drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.evidence import Examples, Histogram
from mlqa_widgets.profile.dates import STRPTIME_CENTURY
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.tables.table import Predicate, any_of
from mlqa_widgets.wording import quoted, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.dates import DateFormat, DateReading
    from mlqa_widgets.profile.profile import Profile

MOSTLY: Final = 0.8
"""Share of the rows that are dates from which a text column counts as one of dates."""


def vocabulary(words: str) -> frozenset[str]:
    """Return words as :func:`~mlqa_widgets.profile.kinds.name_words` finds them in a name: in the singular."""
    return frozenset(part for word in words.split() for part in name_words(word))


FUTURE_WORDS: Final = vocabulary(
    "scheduled schedule expiry expiration expires expire expiring exp due deadline until valid validity "
    "planned plan planning forecast forecasted predicted prediction projected next renewal maturity eta "
    "etd expected estimated target end ends ending stop appointment booking booked reservation reserved "
    "event warranty contract lease followup release launch closing effective delivery departure arrival "
    "checkin checkout start begin term best use payment holiday echeance prevu prevue prevision "
    "expiration limite fin livraison rendez rdv debut prochain prochaine"
)
"""Words of a column's name that let its dates lie in the future."""

_BINS: Final = 40
_LISTED: Final = 1000
_DAY_US: Final = 86_400_000_000
_WEEK: Final = 7
_EPOCH: Final = np.datetime64("1970-01-01", "us")
_ENGINE_DIRECTIVES: Final = frozenset("YymdbBHIMSp")
"""The directives that the engine's ``try_strptime`` takes as Python's does."""


@dataclass(frozen=True)
class DateColumn:
    """A column of dates.

    Attributes
    ----------
    profile
        The column.
    times
        ``datetime64[us]``, parallel to the column's distinct values; ``NaT`` where a value is no date.
    as_read
        Whether ``times`` are those of the column's reading, and not another reading of it.
    """

    profile: ColumnProfile
    times: np.ndarray
    as_read: bool = True

    @cached_property
    def known(self) -> np.ndarray:
        """Which values are dates."""
        known: np.ndarray = ~np.isnat(self.times)
        return known

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the column's name, singular and lower case."""
        return frozenset(name_words(self.profile.name))

    @property
    def is_text(self) -> bool:
        """Whether the dates are written out as text."""
        return self.profile.is_text

    @cached_property
    def has_clock(self) -> bool:
        """Whether any value has a time of day other than midnight."""
        times = self.times[self.known]
        return bool((times != times.astype("datetime64[D]")).any())

    @cached_property
    def sql(self) -> Predicate | None:
        """An expression that gives a row's time, with its parameters; None where only a list of values can tell."""
        if not self.is_text:
            return Predicate(self.profile.column.sql)
        reading = self.profile.date_reading
        formats = [one for one in reading.formats if one.kind != "time"]
        shifted = reading.century != STRPTIME_CENTURY and reading.two_digit_year.any()
        if not self.as_read or not formats or shifted or undecided(reading).any():
            return None
        if not _engine_reads(formats):
            return None
        # The two orders of day and month have one guard: the usual one is tried first, the other is a slip.
        of_guard: dict[str, list[DateFormat]] = {}
        for one in formats:
            of_guard.setdefault(one.guard, []).append(one)
        cases, params = [], []
        for guard, members in of_guard.items():
            parsed = [_parsed(self.profile, one, one.directive) for one in members]
            cases.append(
                f"WHEN regexp_full_match({self.profile.column.sql}, ?) "
                f"THEN coalesce({', '.join(each.sql for each in parsed)}, NULL)"
            )
            params += [guard, *(value for each in parsed for value in each.params)]
        return Predicate(f"CASE {' '.join(cases)} END", tuple(params))

    def within(self, low: np.datetime64 | None, high: np.datetime64 | None) -> Predicate:
        """Return the rows whose time lies in ``[low, high)``; a limit that is None does not bound."""
        inside = self.known.copy()
        if low is not None:
            inside &= self.times >= low
        if high is not None:
            inside &= self.times < high
        if self.sql is None or (self.profile.complete and (self.is_text or inside.sum() <= _LISTED)):
            return self.profile.where(inside)
        parts, params = [f"{self.sql.sql} IS NOT NULL"], self.sql.params
        for limit, sign in ((low, ">="), (high, "<")):
            if limit is not None:
                parts.append(f"epoch_us({self.sql.sql}) {sign} ?")
                params += (*self.sql.params, microseconds(limit))
        return Predicate(" AND ".join(parts), params)


def date_column(column: ColumnProfile) -> DateColumn | None:
    """Return a column as one of dates, or None if it holds something else."""
    if column.column.storage == "datetime":
        times = column.values.cast(pa.timestamp("us"), safe=False).to_numpy(zero_copy_only=False)
        return DateColumn(column, times.astype("datetime64[us]"))
    if not reads_as_dates(column):
        return None
    return DateColumn(column, column.date_reading.parsed)


def reads_as_dates(column: ColumnProfile, share: float = MOSTLY) -> bool:
    """Return whether at least ``share`` of the rows of a text column that have a value are written dates."""
    if not column.is_text or not column.present:
        return False
    if column.is_numeric and column.kind is not Kind.DATETIME:
        return False
    return column.date_reading.share >= share


def date_columns(profile: Profile) -> list[DateColumn]:
    """Return the columns of dates of a table that have values."""
    found = (date_column(column) for column in profile.columns if column.present)
    return [column for column in found if column is not None]


def written_as(column: ColumnProfile, formats: Sequence[int]) -> Predicate:
    """Return the rows of a text column that are written in these formats, days that do not exist among them.

    Where two formats look alike, the two orders of day and month, days that do not exist are left out of a column of
    which only a part of the values is kept.

    Parameters
    ----------
    formats
        Positions in the formats of the column's reading.
    """
    reading = column.date_reading
    chosen = [reading.formats[place] for place in formats]
    if column.complete or not _engine_reads(reading.formats):
        return column.where(np.isin(reading.format, formats))
    cell = column.column.sql
    found: list[Predicate] = []
    for one in chosen:
        where = Predicate(f"regexp_full_match({cell}, ?)", (one.guard,))
        alike = [other for other in reading.formats if other.guard == one.guard]
        if len(alike) > 1:
            where &= _is_read(column, one)
            for usual in alike[: alike.index(one)]:
                where &= ~_is_read(column, usual)
        found.append(where)
    return any_of(found)


def read_both_ways(column: ColumnProfile, mask: np.ndarray) -> Predicate:
    """Return the rows of values that can be read day first and month first, as different days.

    Parameters
    ----------
    mask
        Which values these are: all that are ambiguous in some formats, and no others.
    """
    reading = column.date_reading
    formats = [reading.formats[place] for place in np.unique(reading.format[mask])]
    if column.complete or not _engine_reads(formats):
        return column.where(mask)
    found = []
    for one in formats:
        first, second = (_parsed(column, one, directive) for directive in (one.directive, swapped(one.directive)))
        guard = Predicate(f"regexp_full_match({column.column.sql}, ?)", (one.guard,))
        found.append(guard & Predicate(f"{first.sql} <> {second.sql}", first.params + second.params))
    return any_of(found)


def swapped(directive: str) -> str:
    """Return a directive with day and month exchanged."""
    return directive.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _engine_reads(formats: Sequence[DateFormat]) -> bool:
    return all(set(re.findall("%(.)", one.directive)) <= _ENGINE_DIRECTIVES for one in formats)


def _is_read(column: ColumnProfile, one: DateFormat) -> Predicate:
    parsed = _parsed(column, one, one.directive)
    return Predicate(f"{parsed.sql} IS NOT NULL", parsed.params)


def _parsed(column: ColumnProfile, one: DateFormat, directive: str) -> Predicate:
    """Return the expression for the time of a cell read with a directive, NULL where it cannot be."""
    text, params = column.column.sql, []
    for pattern, replacement in one.replacements:
        text = f"regexp_replace({text}, ?, ?, 'g')"
        params += [pattern, replacement]
    return Predicate(f"try_strptime({text}, ?)", (*params, directive))


def undecided(reading: DateReading) -> np.ndarray:
    """Return which values can be read day first and month first, as different days, with nothing to decide."""
    open_formats = [is_open(one, reading) for one in reading.formats]
    if not any(open_formats):
        return np.zeros(len(reading.format), dtype=bool)
    # A value without a format has -1, which must not read as the last one.
    found: np.ndarray = reading.ambiguous & np.array([*open_formats, False])[reading.format]
    return found


def is_open(one: DateFormat, reading: DateReading) -> bool:
    """Return whether nothing decides between the two orders of a format, for values that can be read in both."""
    return one.order >= 0 and reading.orders[one.order].verdict in ("mixed", "ambiguous")


def timeline(
    column: DateColumn, title: str, *, flagged: np.ndarray | None = None, marks: Sequence[tuple[float, str]] = ()
) -> Histogram | None:
    """Return the rows over time, with the share of each bin that offends; None where there is but one time.

    Parameters
    ----------
    flagged
        Which of the column's values offend, or the share of their rows that do.
    marks
        Vertical rules: milliseconds since 1970 and a label.
    """
    known = column.known
    times, rows = column.times[known].astype(np.int64), column.profile.weights[known]
    if not len(times) or times.min() == times.max():
        return None
    edges = _edges(int(times.min()), int(times.max()))
    place = np.clip(np.searchsorted(edges, times, "right") - 1, 0, len(edges) - 2)
    heights = np.bincount(place, weights=rows, minlength=len(edges) - 1)
    share = np.zeros(len(known)) if flagged is None else np.asarray(flagged, dtype=float)
    offending = np.bincount(place, weights=rows * share[known], minlength=len(edges) - 1)
    shares = np.divide(offending, heights, out=np.zeros(len(heights)), where=heights > 0)
    return Histogram(
        title,
        column.profile.name,
        tuple((edges / 1000).tolist()),
        tuple(round(height) for height in heights),
        tuple(shares.tolist()),
        tuple(
            column.within(low, high) if height else None
            for (low, high), height in zip(pairwise(edges.astype("datetime64[us]")), heights, strict=True)
        ),
        temporal=True,
        marks=tuple(marks),
    )


def example_of(column: ColumnProfile, mask: np.ndarray) -> str:
    """Return the most frequent of some values of a column, in a phrase."""
    return f"such as {quoted(column.strings[int(np.flatnonzero(mask)[0])].as_py(), 30)}"


def two_readings(column: ColumnProfile, mask: np.ndarray, limit: int = 6) -> Examples:
    """Return values that can be read both ways, with the day that each reading gives."""
    reading = column.date_reading
    lines = []
    for place in np.flatnonzero(mask)[:limit].tolist():
        first, second = (_day(times[place]) for times in (reading.parsed, reading.alternative))
        day_first = column.date_reading.orders[reading.formats[reading.format[place]].order].day_first
        pair = (first, second) if day_first else (second, first)
        lines.append((visible(column.strings[place].as_py()), *pair))
    return Examples("One text, two days", ("written", "day first", "month first"), tuple(lines))


def _day(moment: np.datetime64) -> str:
    day = moment.astype("datetime64[D]").item()
    return f"{day.day} {day:%B} {day.year}"


def places(values: pa.ChunkedArray, column: ColumnProfile) -> np.ndarray:
    """Return where each of ``values``, read from the column's own cells, stands among its distinct values."""
    place: np.ndarray = pc.index_in(values.cast(column.values.type), column.values).to_numpy().astype(np.int64)
    return place


def day_and_month(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the day of the month and the month of the year, both from 1, of ``datetime64`` values of any unit."""
    days = times.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    return (days - months.astype("datetime64[D]")).astype(np.int64) + 1, months.astype(np.int64) % 12 + 1


def microseconds(moment: np.datetime64) -> int:
    """Return a moment in microseconds since 1970, as the engine compares it."""
    return int((moment - _EPOCH).astype("timedelta64[us]").astype(np.int64))


def milliseconds(moment: np.datetime64) -> float:
    """Return a moment in milliseconds since 1970, as charts want it."""
    return microseconds(moment) / 1000


def _edges(low: int, high: int) -> np.ndarray:
    """Return bin edges in microseconds; the last lies beyond all times.

    Bins are of whole days as soon as the span allows, and longer ones of whole weeks: of ten days some would have
    eight working days and some six.
    """
    unit = _DAY_US if high - low >= _BINS * _DAY_US else 1
    start = low // unit * unit
    units = max(1, -(-(high - start + 1) // (_BINS * unit)))
    if unit == _DAY_US and units > _WEEK // 2:
        units = -(-units // _WEEK) * _WEEK
    width = units * unit
    return np.arange(start, high + width + 1, width)
