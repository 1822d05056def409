"""When each row was: by one column of dates, by a date and an hour, by year, month and day, or by the index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.tables.table import Predicate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.tables.table import Table

UNKNOWN: Final = np.iinfo(np.int64).min
"""The time of a row that has none."""

LEAST_READABLE: Final = 0.8
"""Least share of its values that read as dates in a column that tells the time."""

_DAY: Final = 86_400_000_000
_HOUR: Final = 3_600_000_000
_MINUTE: Final = 60_000_000
_SLICE: Final = 1 << 14
"""Rows whose times are put together at once."""
_PARTS: Final = {
    "year": frozenset({"year", "yr", "annee", "jahr", "ano", "anno"}),
    "quarter": frozenset({"quarter", "qtr", "trimestre", "quartal"}),
    "month": frozenset({"month", "mnth", "mth", "mon", "mois", "monat", "mes"}),
    "day": frozenset({"day", "dom", "jour", "tag", "dia", "mday"}),
    "hour": frozenset({"hour", "hr", "heure", "stunde", "hora"}),
    "minute": frozenset({"minute", "min"}),
}
_LIMITS: Final = {
    "year": (1700, 2200),
    "quarter": (1, 4),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 24),
    "minute": (0, 59),
}
_OTHER_TIMES: Final = frozenset(
    "birth born dob naissance created updated modified loaded extracted ingested inserted exported imported "
    "due expiry expiration".split()
)
"""Words of a date that is not when a row was read."""


@dataclass(frozen=True)
class Clock:
    """What tells the time of a row.

    Attributes
    ----------
    columns
        Positions of the columns it is made of; empty for the index.
    name
        What people call it.
    reason
        Why it was taken.
    times
        int64, microseconds since 1970 of each row in table order; :data:`UNKNOWN` where it is not known.
    table
        The table of these rows: of a very large one, a draw.
    named
        Whether the user named it.
    """

    columns: tuple[int, ...]
    name: str
    reason: str
    times: np.ndarray
    table: Table
    named: bool = False

    @cached_property
    def known(self) -> np.ndarray:
        """Which rows have a time."""
        known: np.ndarray = self.times != UNKNOWN
        return known

    @cached_property
    def distinct(self) -> int:
        """Number of different times."""
        return len(pd.unique(self.times[self.known]))


def named_clock(profile: Profile) -> Clock | None:
    """Return the clock the user named, with the hour column beside it if the day alone repeats; None if unreadable."""
    position = profile.roles.time
    if position is None:
        return None
    profile = profile.draw
    column = profile.columns[position]
    times = times_of(profile.table, column)
    if times is None:
        return None
    clock = Clock((position,), column.name, "as named", times, profile.table, named=True)
    if clock.distinct < clock.known.sum() and _is_part(column, "year"):
        for parts in _from_parts(profile):
            if position in parts.columns and parts.distinct > clock.distinct:
                return replace(parts, named=True)
    return next(_with_hour(profile, column, clock), clock)


def _is_part(column: ColumnProfile, part: str) -> bool:
    words = name_words(column.name)
    named = len(words) <= 2 and bool(_PARTS[part] & set(words))
    return named and column.is_numeric and column.complete and _fits(column, part)


def likely_clocks(profile: Profile) -> Iterator[Clock]:
    """Yield what may tell the time of a row, the likeliest first."""
    profile = profile.draw
    dated = [column for column in profile.columns if _holds_dates(column)]
    dated.sort(key=lambda column: (bool(_OTHER_TIMES & set(name_words(column.name))), column.nulls))
    for column in dated[:6]:
        times = times_of(profile.table, column)
        if times is not None and (times != UNKNOWN).any():
            clock = Clock((column.position,), column.name, "the column holds dates", times, profile.table)
            yield from _with_hour(profile, column, clock)
            yield clock
    if (index := _index(profile.table)) is not None:
        yield index
    yield from _from_parts(profile)


def _holds_dates(column: ColumnProfile) -> bool:
    if column.column.storage == "datetime":
        return column.present > 0
    if not column.is_text or column.kind not in (Kind.DATETIME, Kind.IDENTIFIER) or not column.present:
        return False
    return column.date_reading.share >= LEAST_READABLE


def holds_times(table: Table, column: ColumnProfile) -> bool:
    """Return whether the values of a column can be read as times."""
    if column.column.storage == "datetime":
        return True
    if column.is_numeric:
        return _of_numbers(column.numbers) is not None
    if not column.is_text or not column.present:
        return False
    if column.complete:
        return column.date_reading.share >= LEAST_READABLE
    readable = table.count(Predicate(f"try_cast({column.column.sql} AS TIMESTAMP) IS NOT NULL"))
    return readable >= LEAST_READABLE * table.row_count


def times_of(table: Table, column: ColumnProfile) -> np.ndarray | None:
    """Return the time of each row by one column, or None if it does not hold times."""
    if column.column.storage == "datetime":
        cells = table.query(f"SELECT epoch_us({column.column.sql}) AS us FROM t")["us"]
        return _filled(cells)
    if column.is_text and not column.is_numeric:
        if not column.complete:
            cells = table.query(f"SELECT epoch_us(try_cast({column.column.sql} AS TIMESTAMP)) AS us FROM t")["us"]
            return _filled(cells) if cells.null_count <= (1 - LEAST_READABLE) * table.row_count else None
        parsed = column.date_reading.parsed
        if not column.present or column.date_reading.share < LEAST_READABLE:
            return None
        return _of_values(table, column, _as_int(parsed))
    if column.is_numeric and column.complete:
        stamps = _of_numbers(column.numbers)
        return None if stamps is None else _of_values(table, column, stamps)
    if column.is_numeric:
        cells = table.query(f"SELECT {column.number_sql} AS number FROM t")["number"]
        return _of_numbers(pc.fill_null(cells.cast(pa.float64(), safe=False), np.nan).to_numpy())
    return None


def _filled(cells: pa.ChunkedArray) -> np.ndarray:
    times: np.ndarray = pc.fill_null(cells, UNKNOWN).to_numpy()
    return times


def _as_int(times: np.ndarray) -> np.ndarray:
    return times.astype("datetime64[us]").astype(np.int64)  # NaT is the least int64, which is UNKNOWN


def _of_values(table: Table, column: ColumnProfile, of_value: np.ndarray) -> np.ndarray:
    """Return for each row what is known of its value."""
    encoded = table.encoded(column.column)
    places = pc.index_in(encoded.dictionary.cast(column.values.type), column.values).to_numpy(zero_copy_only=False)
    of_code = np.append(of_value[places.astype(np.int64)], UNKNOWN)
    rows: np.ndarray = of_code[pc.fill_null(encoded.indices, -1).to_numpy()]
    return rows


def _of_numbers(numbers: np.ndarray) -> np.ndarray | None:
    """Return the times that numbers stand for: years, year and month, year, month and day, or stamps since 1970."""
    finite = np.isfinite(numbers)
    whole = np.where(finite, numbers, 0)
    if not finite.any() or (whole != np.floor(whole)).any():
        return None
    low, high = whole[finite].min(), whole[finite].max()
    found = np.full(len(numbers), UNKNOWN)
    digits = whole.astype(np.int64)
    if low >= 1000 and high <= 2300:
        year, month, day = digits, np.ones_like(digits), np.ones_like(digits)
    elif low >= 100_001 and high <= 230_012:
        year, month, day = digits // 100, digits % 100, np.ones_like(digits)
    elif low >= 10_000_101 and high <= 23_001_231:
        year, month, day = digits // 10_000, digits // 100 % 100, digits % 100
    else:
        unit = next((unit for unit in (1_000_000, 1_000, 1) if low * unit / 1e6 >= 1e8 and high * unit / 1e6 < 1e10), 0)
        if not unit:
            return None
        found[finite] = digits[finite] * unit
        return found
    return np.where(finite, _civil(year, month, day), UNKNOWN)


def _civil(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return midnight of days given by their parts, UNKNOWN where there is no such day."""
    fits = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (np.where(fits, year, 1970) - 1970) * 12 + np.where(fits, month, 1) - 1
    start = months.astype("datetime64[M]")
    days = start.astype("datetime64[D]") + (np.where(fits, day, 1) - 1)
    fits &= days.astype("datetime64[M]") == start
    return np.where(fits, _as_int(days), UNKNOWN)


# ---------------------------------------------------------------------- a date and an hour


def _with_hour(profile: Profile, date: ColumnProfile, clock: Clock) -> Iterator[Clock]:
    """Yield the clock of a date column without a time of day, with the hour or the time that stands beside it."""
    known = clock.times[clock.known]
    if not len(known) or (known % _DAY).any():
        return
    for column in profile.columns:
        if column is date or not column.present:
            continue
        within = _clock_time(profile.table, column)
        if within is None:
            continue
        both = clock.known & (within != UNKNOWN)
        times = np.where(both, clock.times + np.where(both, within, 0), UNKNOWN)
        yield Clock(
            (date.position, column.position),
            f"{date.name} + {column.name}",
            f"{date.name} holds days and {column.name} the time within the day",
            times,
            clock.table,
            named=clock.named,
        )
        return


def _clock_time(table: Table, column: ColumnProfile) -> np.ndarray | None:
    """Return the microseconds since midnight of each row by a column of hours or of times of day."""
    if column.is_numeric and column.complete and _PARTS["hour"] & set(name_words(column.name)):
        if not _fits(column, "hour") or column.distinct < 3:
            return None
        numbers = column.numbers
        return _of_values(
            table, column, np.where(np.isfinite(numbers), np.nan_to_num(numbers) * _HOUR, UNKNOWN).astype(np.int64)
        )
    if not column.is_text or not column.complete or column.date_reading.time_share < LEAST_READABLE:
        return None
    parts = pc.extract_regex(column.strings, r"^\s*(?P<h>\d{1,2})[:h.](?P<m>\d{2})(?:[:.](?P<s>\d{2}))?")
    if parts.null_count > 0.2 * len(parts):
        return None
    hours, minutes, seconds = (
        pd.to_numeric(pd.Series(parts.field(i).to_pylist(), dtype="object"), errors="coerce").to_numpy(dtype=float)
        for i in range(3)
    )
    seconds = np.nan_to_num(seconds)
    found = np.isfinite(hours) & np.isfinite(minutes)
    within = (np.nan_to_num(hours) * 3600 + np.nan_to_num(minutes) * 60 + seconds) * 1_000_000
    return _of_values(table, column, np.where(found, within, UNKNOWN).astype(np.int64))


# ---------------------------------------------------------------------- parts, index


def _fits(column: ColumnProfile, part: str) -> bool:
    summary = column.numeric
    low, high = _LIMITS[part]
    return summary is not None and summary.integral and low <= summary.minimum and summary.value_at(0.95) <= high


def _from_parts(profile: Profile) -> Iterator[Clock]:
    """Yield the clock made of columns of year, month or quarter, day, hour and minute, as far as there are any."""
    parts: dict[str, ColumnProfile] = {}
    for column in profile.columns:
        for part in _PARTS:
            if part not in parts and _is_part(column, part):
                parts[part] = column
    if "year" not in parts:
        return
    chosen = ["year"]
    if "month" in parts:
        chosen += ["month"]
        for finer in ("day", "hour", "minute"):
            if finer not in parts:
                break
            chosen.append(finer)
    elif "quarter" in parts:
        chosen += ["quarter"]
    times = _of_parts(profile.table, {part: parts[part] for part in chosen})
    if not (times != UNKNOWN).any():
        return
    columns = [parts[part] for part in chosen]
    name = " + ".join(column.name for column in columns)
    reason = f"{columns[0].name} holds years" if len(columns) == 1 else f"{name} are parts of a date"
    yield Clock(tuple(column.position for column in columns), name, reason, times, profile.table)


def _of_parts(table: Table, columns: dict[str, ColumnProfile]) -> np.ndarray:
    """Return the time of each row, put together from its parts some rows at a time.

    The first of the month is meant where a whole month is told by one row without a day.
    """
    dated: set[float] = set()
    if "day" in columns and (columns["day"].nulls or columns["day"].is_text):
        for read in _parts(table, columns):
            dated.update(pd.unique(_months(read)[np.isfinite(read["day"])]).tolist())
    times, filled = np.empty(table.row_count, dtype=np.int64), 0
    for read in _parts(table, columns):
        here = _put_together(read, dated)
        times[filled : filled + len(here)] = here
        filled += len(here)
    return times


def _parts(table: Table, columns: dict[str, ColumnProfile]) -> Iterator[dict[str, np.ndarray]]:
    names = ", ".join(column.column.sql for column in columns.values())
    for batch in table.engine.batches(f"SELECT {names} FROM t"):
        for start in range(0, batch.num_rows, _SLICE):
            cells = batch.slice(start, _SLICE)
            yield {part: _number(cells.column(i)) for i, part in enumerate(columns)}


def _months(read: dict[str, np.ndarray]) -> np.ndarray:
    """Return the months since the year 0, counted from 1."""
    if "quarter" in read:
        return read["year"] * 12 + (read["quarter"] - 1) * 3 + 1
    return read["year"] * 12 + read.get("month", 1.0)


def _put_together(read: dict[str, np.ndarray], dated: set[float]) -> np.ndarray:
    months = _months(read)
    day = read.get("day", np.ones(len(months)))
    if dated:
        day = np.where(np.isfinite(day) | np.isin(months, list(dated)), day, 1.0)
    present = np.isfinite(months) & np.isfinite(day)
    month = np.nan_to_num(months - read["year"] * 12)
    whole = (np.nan_to_num(part).astype(np.int64) for part in (read["year"], month, day))
    times = np.where(present, _civil(*whole), UNKNOWN)
    for part, unit in (("hour", _HOUR), ("minute", _MINUTE)):
        if part in read:
            fits = np.isfinite(read[part]) & (times != UNKNOWN)
            times = np.where(fits, times + (np.nan_to_num(read[part]) * unit).astype(np.int64), UNKNOWN)
    return times


def _number(cells: pa.Array) -> np.ndarray:
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        return pd.to_numeric(cells.to_pandas(), errors="coerce").to_numpy(dtype=float)
    return cells.to_pandas().to_numpy(dtype=float, na_value=np.nan)


def _index(table: Table) -> Clock | None:
    """Return the clock of a frame whose index, or one level of it, holds times."""
    labels = table.labels(np.arange(0))
    levels = range(labels.nlevels)
    level = next((i for i in levels if _is_temporal(labels.get_level_values(i))), None)
    if level is None:
        return None
    index = table.labels(table.at(np.arange(table.row_count))).get_level_values(level)
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex):
        return None
    if index.tz is not None:
        index = index.tz_localize(None)
    name = "index" if index.name is None else str(index.name)
    return Clock((), name, "the index holds times", _as_int(index.to_numpy()), table)


def _is_temporal(index: pd.Index) -> bool:
    return isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex))
