"""The series of a table: what tells the time, what tells one series from another, and how often each one reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.options import options
from mlqa_widgets.profile.clock import Clock, likely_clocks, named_clock
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.tables.draw import draw_rows
from mlqa_widgets.tables.table import NO_ROW, Predicate
from mlqa_widgets.wording import listing, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.roles import Roles
    from mlqa_widgets.tables.table import Table

DAY: Final = 86_400_000_000
HOUR: Final = 3_600_000_000
_SAMPLED: Final = 0.95
"""Share of the readings with a time of their own from which a series counts as one of readings, not of events."""
_FOUND: Final = 0.98
_REGULAR: Final = 0.7
_EVEN: Final = 0.5
_FEWEST_READINGS: Final = 12
_TYPICAL_READINGS: Final = 8
_GROUP_COLUMNS: Final = 16
_TIMES_TRIED: Final = 60
_PRESENT: Final = 0.05
_LISTED_RUNS: Final = 20
_RADIX: Final = 1 << 16
_MONTH: Final = 27 * DAY
_PARTS: Final = 1000
_SORTED: Final = 0.99
_GROUP_KINDS: Final = frozenset(
    {
        Kind.CATEGORY,
        Kind.CODE,
        Kind.REFERENCE,
        Kind.IDENTIFIER,
        Kind.BOOLEAN,
        Kind.NAME,
        Kind.POSTCODE,
        Kind.LOCATION,
        Kind.ADDRESS,
    }
)
_GROUP_WORDS: Final = frozenset(
    "sensor station site item product sku stock code symbol ticker series meter device machine unit store shop region "
    "country state city origin location name id key asset channel tag node vehicle capteur article magasin poste".split()
)


@dataclass(frozen=True)
class SeriesSet:
    """The rows of a table as series: by group, then by time.

    Attributes
    ----------
    clock
        What tells the time.
    group
        Positions of the columns that tell the series apart; empty for a single series.
    names
        What each series is called.
    order
        The dated rows, by series, by time, then in table order: counted from 0 in :attr:`table`.
    times
        int64, microseconds since 1970, parallel to ``order``.
    starts
        Where each series begins in ``order``; one entry more than there are series.
    group_named
        Whether the user named the group.
    group_reason
        Why these columns were taken.
    """

    clock: Clock
    group: tuple[int, ...]
    names: tuple[str, ...]
    order: np.ndarray
    times: np.ndarray
    starts: np.ndarray
    group_names: tuple[str, ...] = ()
    group_named: bool = False
    group_reason: str = ""

    def __len__(self) -> int:
        return len(self.names)

    @property
    def table(self) -> Table:
        """The table whose rows these are: of a very large one, a draw."""
        return self.clock.table

    @property
    def looked_at(self) -> int | None:
        """How many rows these are series of, where they are not all of the table."""
        return self.table.looked_at

    @property
    def columns(self) -> tuple[int, ...]:
        """Positions of the columns of time and group."""
        return (*self.clock.columns, *self.group)

    @cached_property
    def of_row(self) -> np.ndarray:
        """The series of each entry of ``order``."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    @cached_property
    def by_place(self) -> np.ndarray:
        """The entries of ``order`` by series, then in table order."""
        entry = np.full(int(self.order.max(initial=-1)) + 1, -1, dtype=np.int32)
        entry[self.order] = np.arange(len(self.order), dtype=np.int32)
        entries = entry[entry >= 0]
        return entries[_stable(self.of_row[entries], len(self))]

    @cached_property
    def first(self) -> np.ndarray:
        """Which entries of ``order`` are the first reading at their time in their series."""
        first = np.ones(len(self.order), dtype=bool)
        first[1:] = (np.diff(self.times) != 0) | (np.diff(self.of_row) != 0)
        return first

    @cached_property
    def repeats(self) -> float:
        """Share of the readings at a time that their series has a reading of already."""
        return 1 - float(self.first.mean()) if len(self.order) else 0.0

    @cached_property
    def sampled(self) -> bool:
        """Whether series have one reading at a time and an even step, as sensors do; events come as they come."""
        return self.repeats <= 1 - _SAMPLED and self.share_of(self.steps.even) >= _EVEN

    def share_of(self, shares: np.ndarray) -> float:
        """Return the mean of the shares of the series, weighted by their readings."""
        return float(np.average(np.nan_to_num(shares), weights=np.diff(self.starts)))

    @cached_property
    def distinct_times(self) -> np.ndarray:
        """The different times, ascending."""
        return np.sort(pd.unique(self.times))

    @cached_property
    def monthly(self) -> bool:
        """Whether times are months, quarters or years: the same day of each, or the last."""
        times = self.distinct_times
        if len(times) < 3 or (times % DAY).any() or np.median(np.diff(times)) < _MONTH:
            return False
        days = times.astype("datetime64[us]").astype("datetime64[D]")
        of_month = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
        last = (days + 1).astype("datetime64[M]") != days.astype("datetime64[M]")
        return bool(max(np.bincount(of_month).max(), last.sum()) >= 0.95 * len(days))

    @cached_property
    def ticks(self) -> np.ndarray:
        """The times to count steps in, parallel to ``order``: months where the calendar is monthly, else microseconds."""
        if self.monthly:
            months: np.ndarray = self.times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
            return months
        return self.times

    def time_of(self, tick: float) -> float:
        """Return a tick as microseconds since 1970."""
        if not self.monthly:
            return float(tick)
        return float(np.datetime64(int(tick), "M").astype("datetime64[us]").astype(np.int64))

    @cached_property
    def steps(self) -> Steps:
        """How often each series reports."""
        return Steps.of(self)

    def one(self, series: int) -> slice:
        """Return where a series stands in ``order``."""
        return slice(int(self.starts[series]), int(self.starts[series + 1]))

    def rows_at(self, entries: np.ndarray) -> Predicate:
        """Return the rows at places of ``order``."""
        return rows_at(self.positions(entries))

    def positions(self, entries: np.ndarray) -> np.ndarray:
        """Return the positions in the whole table of the rows at places of ``order``."""
        return self.table.at(self.order[entries])

    @cached_property
    def found(self) -> str:
        """What was taken for time and group, and why, as one or two sentences."""
        clock = shortened(self.clock.name, 60)
        said = f"Time: {clock}, {self.clock.reason}."
        if self.group:
            names = listing([shortened(name) for name in self.group_names])
            said += f" Series: {names}, {self.group_reason} ({len(self):,} series)."
        if not (self.clock.named and (self.group_named or not self.group)):
            said += " Name others with time= and group= of scan."
        if self.looked_at is not None:
            said += f" Looked at: {self.looked_at:,} rows, {self.table.drawn}."
        return said


@dataclass(frozen=True)
class Steps:
    """How often series report.

    Attributes
    ----------
    step
        float, per series the usual step in ticks; NaN for a series of fewer than two times.
    regular
        Per series, the share of its steps that are whole multiples of the usual one, within a fiftieth.
    even
        Per series, the share of its steps that are about the usual one.
    """

    step: np.ndarray
    regular: np.ndarray
    even: np.ndarray

    @classmethod
    def of(cls, series: SeriesSet) -> Steps:
        """Estimate the steps of every series at once."""
        ticks, owner = series.ticks[series.first], series.of_row[series.first]
        inside = np.diff(owner) == 0
        steps, owner = np.diff(ticks)[inside].astype(float), owner[1:][inside]
        size = len(series)
        step, regular, even = (np.full(size, np.nan) for _ in range(3))
        if not len(steps):
            return cls(step, regular, even)
        order = np.lexsort((steps, owner))
        counts = np.bincount(owner, minlength=size)
        ends = np.cumsum(counts)
        some = counts > 0
        step[some] = steps[order][(ends - counts + (counts - 1) // 2)[some]]
        ratio = steps / step[owner]
        whole = np.abs(ratio - np.round(ratio)) <= 0.02
        near = (ratio > 0.5) & (ratio < 1.6)
        regular[some] = (np.bincount(owner, whole, size) / np.maximum(counts, 1))[some]
        even[some] = (np.bincount(owner, near, size) / np.maximum(counts, 1))[some]
        return cls(step, regular, even)


def rows_at(positions: np.ndarray) -> Predicate:
    """Return the rows at ``positions``, as runs where they are few."""
    positions = np.unique(positions)
    if not len(positions):
        return NO_ROW
    breaks = np.flatnonzero(np.diff(positions) != 1)
    firsts, lasts = positions[np.append(0, breaks + 1)], positions[np.append(breaks, len(positions) - 1)]
    if len(firsts) <= _LISTED_RUNS:
        runs = list(zip(firsts.tolist(), lasts.tolist(), strict=True))
        sql = " OR ".join("pos BETWEEN ? AND ?" for _ in runs)
        return Predicate(sql, tuple(value for run in runs for value in run))
    return Predicate("pos IN (SELECT unnest(?))", (positions.tolist(),))


def find_series(profile: Profile) -> SeriesSet | None:
    """Return the series of a table: those the user named, or those that are plainly there; else None.

    Found are only series with one reading at a time and an even step: a table that merely has a date is none.

    Of a table too large to be looked at whole, they are found in a draw, and then read again in full: whole series, as
    many as may be looked at, or of few and very long ones their latest stretch.
    """
    if profile.table.looked_at is not None:
        return _find(profile)  # a draw of a table is what may be looked at of it
    found = _find(profile.draw)
    if found is None or found.looked_at is None:
        return found
    some = _in_full(profile.table, _sought(profile, found))
    return None if some is None else _find(profile.over(some))


def draw_of_series(profile: Profile) -> Table | None:
    """Return the rows of a large table in which series are found, where they are; None where there are none to find."""
    sought = profile.table.draw.look(_seek, profile.roles)
    return None if sought is None else _in_full(profile.table, sought)


@dataclass(frozen=True)
class _Sought:
    """Which rows have series in full, as the draw of a large table tells."""

    group: tuple[str, ...]
    """The columns of the group, in the engine."""
    latest: str | None
    """SQL of as many of the latest rows as may be looked at; None where it cannot be told."""


def _seek(table: Table, roles: Roles) -> _Sought | None:
    from mlqa_widgets.profile.plan import profile_table

    profile = profile_table(table, roles)
    found = _find(profile)
    return None if found is None else _sought(profile, found)


def _sought(profile: Profile, found: SeriesSet) -> _Sought:
    group = tuple(profile.columns[place].column.sql for place in found.group)
    return _Sought(group, _latest(profile, found.clock, options.rows_looked_at))


def _in_full(table: Table, sought: _Sought) -> Table | None:
    """Return the rows of as many whole series as may be looked at, or the latest rows of all; None if neither can be."""
    if sought.group:
        part = f"hash({', '.join(sought.group)}) % {_PARTS}"
        present = " AND ".join(f"{name} IS NOT NULL" for name in sought.group)
        counted = table.query(
            f"SELECT {part} AS part, count(*) AS n FROM t WHERE {present} GROUP BY part ORDER BY part"
        )
        within = np.flatnonzero(np.cumsum(counted["n"].to_numpy()) <= options.rows_looked_at)
        if len(within):
            last = counted["part"][int(within[-1])].as_py()
            return draw_rows(table, f"{present} AND {part} <= {last:d}", "whole series, drawn at random")
    return None if sought.latest is None else draw_rows(table, sought.latest, "the latest")


def _latest(profile: Profile, clock: Clock, rows: int) -> str | None:
    """Return about so many of the latest rows: by the time itself, or where they stand in a table in order of time."""
    known, whole = clock.times[clock.known], profile.table.whole.row_count
    if len(clock.columns) == 1 and profile.columns[clock.columns[0]].column.storage == "datetime":
        since = np.quantile(known, 1 - 0.95 * rows / whole)
        return f"epoch_us({profile.columns[clock.columns[0]].column.sql}) >= {int(since)}"
    steps = np.diff(known)
    if np.mean(steps >= 0) >= _SORTED:
        return f"pos >= {whole - rows}"
    return f"pos < {rows}" if np.mean(steps <= 0) >= _SORTED else None


def _find(profile: Profile) -> SeriesSet | None:
    if not profile.rows:
        return None
    roles = profile.roles
    if roles.time is not None:
        clock = named_clock(profile)
        if clock is None:
            return None
        if roles.group:
            return _series(profile, clock, roles.group, named=True)
        single = _series(profile, clock, ())
        if single is None or single.repeats <= 1 - _SAMPLED:
            return single
        return _grouped(profile, clock) or single
    for clock in likely_clocks(profile):
        if clock.known.sum() < max(_FEWEST_READINGS, 0.5 * profile.rows) and not roles.group:
            continue
        if roles.group:
            found = _series(profile, clock, roles.group, named=True)
        elif clock.distinct >= _SAMPLED * clock.known.sum():
            found = _series(profile, clock, ())
        else:
            found = _grouped(profile, clock)
        if found is not None and (roles.group or _is_plain(found)):
            return found
    return None


def series_by(profile: Profile, clock: Clock, group: tuple[int, ...]) -> SeriesSet | None:
    """Return the series of some columns by some clock; None where no row has both."""
    return _series(profile, clock, group)


def _is_plain(found: SeriesSet) -> bool:
    """Whether readings come one at a time, evenly, and often enough in most series."""
    typical = float(np.median(np.diff(found.starts)))
    needed = _FEWEST_READINGS if len(found) == 1 else _TYPICAL_READINGS
    steady = np.fmax(found.steps.regular, found.steps.even)
    return found.sampled and typical >= needed and found.share_of(steady) >= _REGULAR


def _series(
    profile: Profile, clock: Clock, group: tuple[int, ...], *, named: bool = False, reason: str = ""
) -> SeriesSet | None:
    """Put the dated rows in the order of their series."""
    columns = [profile.columns[position] for position in group]
    codes, names = np.zeros(len(clock.times), dtype=np.int32), [clock.name]
    if group:
        codes, names = _codes(clock.table, columns)
    rows = np.flatnonzero(clock.known & (codes >= 0)).astype(np.int32)
    if not len(rows):
        return None
    order = rows[_by_series_and_time(codes[rows], clock.times[rows], len(names))]
    owner = codes[order]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    labels = tuple(names[code] for code in owner[starts])
    return SeriesSet(
        clock,
        group,
        labels,
        order,
        clock.times[order],
        np.append(starts, len(order)),
        tuple(column.name for column in columns),
        group_named=named,
        group_reason="as named" if named else reason,
    )


def _by_series_and_time(codes: np.ndarray, times: np.ndarray, size: int) -> np.ndarray:
    """Return the stable order by series, then by time."""
    by_time = _by_time(times)
    return by_time[_stable(codes[by_time], size)]


def _by_time(times: np.ndarray) -> np.ndarray:
    ticks, distinct = pd.factorize(times, sort=True)
    return _stable(ticks, len(distinct))


def _stable(codes: np.ndarray, size: int) -> np.ndarray:
    """Return the stable order of codes from 0 below ``size``; few codes are sorted by radix, many times faster."""
    return np.argsort(codes.astype(np.uint16) if size <= _RADIX else codes, kind="stable")


def _codes(table: Table, columns: Sequence[ColumnProfile]) -> tuple[np.ndarray, list[str]]:
    """Return the series of each row, -1 where a column of the group is missing, and what each is called."""
    parts, labels = [], []
    for column in columns:
        encoded = table.encoded(column.column)
        parts.append(pc.fill_null(encoded.indices, -1).to_numpy())
        labels.append(encoded.dictionary.cast(pa.string()).to_pylist())
    codes = parts[0]
    for part, names in zip(parts[1:], labels[1:], strict=True):
        codes = np.where((codes < 0) | (part < 0), -1, codes.astype(np.int64) * len(names) + part)
    if len(columns) == 1:
        ranks = np.argsort(np.argsort(np.array(labels[0], dtype=object), kind="stable"), kind="stable")
        return np.append(ranks, -1).astype(np.int32)[codes], sorted(labels[0])
    inverse, seen = pd.factorize(np.where(codes < 0, -1, codes), sort=True)
    names = []
    for code in seen:
        words: list[str] = []
        rest = int(code)
        for label in reversed(labels[1:]):
            rest, place = divmod(rest, len(label))
            words.append(str(label[place]))
        words.append(str(labels[0][rest]) if rest >= 0 else "")
        names.append(" · ".join(reversed(words)))
    missing = len(seen) > 0 and seen[0] == -1
    return (inverse - 1, names[1:]) if missing else (inverse, names)


def _grouped(profile: Profile, clock: Clock) -> SeriesSet | None:
    """Return the series by the fewest columns that leave one reading at a time, or None where there are none."""
    candidates = [column for column in profile.columns if _may_group(column, clock)]
    if not candidates:
        return None
    candidates.sort(key=lambda column: (not _GROUP_WORDS & set(name_words(column.name)), column.distinct))
    candidates = candidates[:_GROUP_COLUMNS]
    known = np.flatnonzero(clock.known)
    seen = pd.unique(clock.times[known])
    chosen = seen[:: max(1, len(seen) // _TIMES_TRIED)]
    rows = known[np.isin(clock.times[known], chosen)]
    codes = {column.position: _codes(clock.table, [column])[0][rows] for column in candidates}
    times = pd.factorize(clock.times[rows])[0]
    for size in (1, 2):
        fitting = []
        for among in combinations(candidates, size):
            key = times.astype(np.int64)
            missing = np.zeros(len(rows), dtype=bool)
            for column in among:
                code = codes[column.position]
                missing |= code < 0
                key = key * (int(code.max(initial=0)) + 2) + code + 1
            share = len(pd.unique(key[~missing])) / max(1, len(rows))
            if share >= _FOUND and len(rows) >= _PRESENT * len(chosen) * _groups(codes, among):
                fitting.append((among, share))
        fitting.sort(key=lambda pair: int(np.prod([column.distinct for column in pair[0]])))
        for among, share in fitting[:2]:
            names = " and ".join(shortened(column.name) for column in among)
            reason = (
                f"found: with the time it names {percent(share)} of the rows once"
                if share < 1
                else ("found: with the time it names every row once")
            )
            found = _series(profile, clock, tuple(column.position for column in among), reason=reason)
            if found is not None and (clock.named or _is_plain(found)) and len(found) > 1:
                return replace(found, group_reason=reason.replace(" it ", " they ") if " and " in names else reason)
    return None


def _groups(codes: dict[int, np.ndarray], columns: Sequence[ColumnProfile]) -> int:
    """Return how many series the columns make of some rows."""
    key = np.zeros(1, dtype=np.int64)
    for column in columns:
        code = codes[column.position]
        key = key * (int(code.max(initial=0)) + 2) + code + 1
    return len(pd.unique(key))


def _may_group(column: ColumnProfile, clock: Clock) -> bool:
    if column.position in clock.columns or column.kind not in _GROUP_KINDS or not column.complete:
        return False
    many = column.distinct * _TYPICAL_READINGS > column.rows
    return column.distinct >= 2 and not many and column.nulls <= 0.02 * column.rows
