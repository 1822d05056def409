"""When each source was: how often it reports, whether its clock is ahead, how late it is, what both cover."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from mlqa_widgets.compare.conflicts import Conflict
from mlqa_widgets.compare.difference import Difference
from mlqa_widgets.compare.keys import find_column
from mlqa_widgets.compare.matching import Pair, reading
from mlqa_widgets.compare.meeting import Meeting, Source
from mlqa_widgets.compare.patterns import span
from mlqa_widgets.errors import InputError
from mlqa_widgets.evidence import Bar, Bars, Lane, Span, Timeline
from mlqa_widgets.findings import Severity
from mlqa_widgets.options import options
from mlqa_widgets.profile.clock import Clock, likely_clocks, named_clock
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.tables.table import Table
from mlqa_widgets.wording import count, number, percent, shortened

_DAY: Final = 86_400_000_000
_MONTH: Final = 27 * _DAY
_EVEN: Final = 0.6
_FEWEST: Final = 12
_LAGS: Final = 60
_QUANTITIES: Final = 12
"""Quantities that are moved against each other to find the offset of two clocks."""
_CORRELATED: Final = 0.5
_CLEARER: Final = 0.15
_LISTED: Final = 10
_SETTLED: Final = 0.1
"""Share of the rows that meet up to which a column agrees, so that nothing can be shifted in it."""
_TIME_PARTS: Final = frozenset("year quarter month week day weekday hour minute second yr mnth hr".split())


@dataclass(frozen=True)
class Rhythm:
    """When one source has rows.

    Attributes
    ----------
    source
        The source.
    clock
        What tells the time of its rows.
    relation
        Its rows in the engine, with the time ``us`` of each, microseconds since 1970.
    number
        How many different times it has.
    first, last
        The oldest and the newest of them.
    times
        int64, the times in order; of very many the latest.
    step
        The usual distance between neighbouring times, microseconds.
    even
        Share of the distances that are about the usual one, or a whole multiple of it.
    """

    source: Source
    clock: Clock
    relation: str
    number: int
    first: int
    last: int
    times: np.ndarray
    step: float
    even: float

    @property
    def regular(self) -> bool:
        """Whether it reports at an even step."""
        return self.even >= _EVEN and len(self.times) >= _FEWEST


@dataclass(frozen=True)
class Clocks:
    """The clocks of both sources."""

    left: Rhythm
    right: Rhythm
    meeting: Meeting

    @property
    def both(self) -> tuple[Rhythm, Rhythm]:
        """Left and right."""
        return self.left, self.right

    @property
    def overlap(self) -> tuple[int, int] | None:
        """From when to when both have rows; None where they never do."""
        start, end = max(one.first for one in self.both), min(one.last for one in self.both)
        return (start, end) if start <= end else None

    @cached_property
    def shared_times(self) -> int:
        """Times that both have."""
        found = self.meeting.one(
            f"SELECT count(*) AS n FROM (SELECT DISTINCT us FROM {self.left.relation} SEMI JOIN {self.right.relation} "
            "USING (us))"
        )
        return int(found["n"])

    def frame(self) -> pd.DataFrame:
        """Return one row per source: its clock, oldest and newest time, usual step, times, and times that both have."""
        return pd.DataFrame(
            [
                {
                    "source": one.source.name,
                    "clock": one.clock.name,
                    "first": pd.Timestamp(one.first, unit="us"),
                    "last": pd.Timestamp(one.last, unit="us"),
                    "step": pd.Timedelta(one.step, unit="us"),
                    "even": one.even,
                    "times": one.number,
                    "shared": self.shared_times,
                }
                for one in self.both
            ]
        )


def find_clocks(meeting: Meeting, time: Any) -> Clocks | None:
    """Return the clocks of both sources, as named or as found; None where one of them has none.

    Parameters
    ----------
    time
        The time column of both, or a pair (left, right).

    Raises
    ------
    InputError
        When a column named does not hold times.
    """
    names: tuple[Any, Any] = time if isinstance(time, tuple) and len(time) == 2 else (time, time)
    rhythms = [_rhythm(meeting, source, name) for source, name in zip(meeting.sources, names, strict=True)]
    left, right = rhythms
    if left is None or right is None:
        return None
    if time is None and (left.step >= _MONTH) != (right.step >= _MONTH):
        return None
    return Clocks(left, right, meeting)


def _rhythm(meeting: Meeting, source: Source, name: Hashable | None) -> Rhythm | None:
    position = None if name is None else find_column(source, name, "time").position
    drawn = source.profile.table
    clock = drawn.look(_clock_there, position) if drawn.fits_a_worker else _clock(source.profile, position)
    if clock is None and name is not None:
        msg = f"time: {name!r} of {source.name} does not hold times that can be read."
        raise InputError(msg)
    relation = None if clock is None else _timed(meeting, source, clock)
    if clock is None or relation is None:
        return None
    most = options.rows_looked_at
    latest = meeting.query(
        f"SELECT DISTINCT us FROM {relation} WHERE us IS NOT NULL ORDER BY us DESC LIMIT {most + 1}"
    )["us"].to_numpy()
    if not len(latest):
        return None
    number, first = len(latest), int(latest[-1])
    if number > most:
        every = f"SELECT DISTINCT us FROM {relation} WHERE us IS NOT NULL"
        number, first = meeting.one(f"SELECT count(*) AS n, min(us) AS first FROM ({every})").values()
    times = latest[::-1]
    steps = np.diff(times).astype(float)
    step = float(np.median(steps)) if len(steps) else float("nan")
    ratio = steps / step
    even = float(np.mean((np.abs(ratio - np.round(ratio)) <= 0.02) & (ratio > 0.5))) if len(steps) else 0.0
    return Rhythm(source, clock, relation, number, first, int(times[-1]), times, step, even)


def _clock(profile: Profile, position: int | None) -> Clock | None:
    """Return what tells the time: the column named, or what is found; None where it holds no times, or few."""
    if position is not None:
        clock = named_clock(profile.under(Roles(time=position)))
        return None if clock is None or not clock.known.any() else clock
    clock = profile.series.clock if profile.series is not None else next(likely_clocks(profile), None)
    return None if clock is None or clock.known.mean() < 0.5 else clock


def _clock_there(table: Table, position: int | None) -> Clock | None:
    """Return what tells the time, without the time of each row: an engine that has workers reads it itself."""
    clock = _clock(profile_table(table), position)
    return None if clock is None else replace(clock, times=clock.times[:0])


def _timed(meeting: Meeting, source: Source, clock: Clock) -> str | None:
    """Create the relation of a source's rows with their times.

    A clock found in rows drawn is read in every row by the engine; None where it is made of several columns, of
    numbers, or of text that the engine reads otherwise.
    """
    rows, name = source.relation, "_".join(["timed", source.relation, *map(str, clock.columns)])
    if not source.drawn and len(clock.times) == source.rows:
        us = pa.array(clock.times, mask=~clock.known)
        meeting.execute(f"DROP TABLE IF EXISTS {name}_us")
        meeting.engine.load(f"{name}_us", pa.table({"pos": np.arange(source.rows), "us": us}), append=False)
        meeting.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {rows}.*, us FROM {rows} "
            f"JOIN {name}_us ON {rows}.pos = {name}_us.pos"
        )
        return name
    column = source.profile.columns[clock.columns[0]] if len(clock.columns) == 1 else None
    if column is None or not (column.is_text or column.column.storage == "datetime"):
        return None
    cell, moment = column.column.sql, reading(column, "datetime").replace("@", "")
    if column.is_text:
        # Each text is read once: most repeat.
        texts = f"SELECT DISTINCT {cell} FROM {rows} WHERE {cell} IS NOT NULL"
        meeting.execute(f"CREATE OR REPLACE TEMP TABLE {name}_texts AS {texts}")
        each = f"SELECT {cell}, epoch_us({moment}) AS us FROM {name}_texts"
        if not meeting.engine.knows(each):
            return None
        meeting.execute(f"CREATE OR REPLACE TEMP TABLE {name}_us AS {each}")
        read = f"SELECT {rows}.*, us FROM {rows} LEFT JOIN {name}_us ON {rows}.{cell} = {name}_us.{cell}"
    else:
        read = f"SELECT *, epoch_us({moment}) AS us FROM {rows}"
    meeting.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {read}")
    return name


def _in_steps(step: int) -> str:
    """Return SQL of the number of whole steps from 1970 to a time, rounded down."""
    return f"((us - ((us % {step}) + {step}) % {step}) // {step})"


# ---------------------------------------------------------------------- what differs


def clock_differences(
    meeting: Meeting,
    clocks: Clocks,
    pairs: Sequence[Pair],
    keys: Sequence[Pair],
    conflicts: Mapping[tuple[int, int], Conflict],
) -> Iterator[Difference]:
    """Find other cadences, a clock ahead of the other, and a source that ends before the other.

    Silent on irregular sources (events), on a lag of less than two steps, and on the offset of clocks where rows of
    the same key have the same values.
    """
    yield from _cadences(clocks)
    yield from _lag(meeting, clocks, keys)
    unsettled = [pair for pair in pairs if (one := conflicts.get(pair.positions)) is None or one.share > _SETTLED]
    yield from _offset(meeting, clocks, unsettled)


def _cadences(clocks: Clocks) -> Iterator[Difference]:
    left, right = clocks.both
    if not (left.regular and right.regular):
        return
    ratio = max(left.step, right.step) / min(left.step, right.step)
    if ratio < 1.5:
        return
    fine, coarse = sorted(clocks.both, key=lambda one: one.step)
    yield Difference(
        "cadence_mismatch",
        tuple(dict.fromkeys(one.clock.name for one in clocks.both)),
        Severity.WARNING,
        f"{fine.source.name} reports every {_every(fine.step)}, {coarse.source.name} every {_every(coarse.step)}: "
        f"{_times(ratio)} readings of the one to one of the other; {count(clocks.shared_times, 'time')} in common.",
        "Joined on time as they are, most readings of the finer source find no partner; say whether to average it or "
        "to carry the coarser one forward, which invents readings.",
        evidence=(_timeline(clocks),),
        places=(left.clock.columns, right.clock.columns),
    )


def _times(ratio: float) -> str:
    return number(round(ratio)) if abs(ratio - round(ratio)) < 0.02 * ratio else f"about {ratio:.1f}"


def _every(step: float) -> str:
    said = span(step)
    return said.removeprefix("1 ") if said.startswith("1 ") else said


def _lag(meeting: Meeting, clocks: Clocks, keys: Sequence[Pair]) -> Iterator[Difference]:
    left, right = clocks.both
    steps = [one.step for one in clocks.both if np.isfinite(one.step)]
    apart = right.last - left.last
    behind, ahead = (left, right) if apart > 0 else (right, left)
    by_key = _lag_by_key(meeting, clocks, keys)
    late = [(name, lag) for name, lag in by_key if abs(lag) > 2 * max([*steps, 1.0])]
    if abs(apart) <= 2 * max([*steps, 1.0]) and not late:
        return
    if abs(apart) > 2 * max([*steps, 1.0]):
        message = (
            f"{behind.source.name} ends {_day(behind.last)}, {span(apart)} before {ahead.source.name} "
            f"({_day(ahead.last)})"
        )
        if clocks.overlap is None:
            message += ": no time in common"
        elif late:
            told = (
                f"all {number(len(late))} keys"
                if len(late) == len(by_key)
                else f"{len(late):,} of {len(by_key):,} keys"
            )
            message += f"; {told} end earlier there" if len(late) > 1 else ""
    else:
        worst, lag = late[0]
        slower = left if lag > 0 else right
        message = (
            f"{number(len(late))} of {count(len(by_key), 'key')} are behind in one source: {shortened(worst)} ends "
            f"{span(lag)} earlier in {slower.source.name}"
        )
    evidence: tuple[Any, ...] = (_timeline(clocks),)
    if late:
        bars = tuple(
            Bar(
                name,
                max(1, round(abs(lag) / 60_000_000)),
                note=f"{span(lag)} later in the {'right' if lag > 0 else 'left'}",
            )
            for name, lag in late[:_LISTED]
        )
        evidence += (Bars("Minutes behind, per key", bars, more=max(0, len(late) - _LISTED)),)
    yield Difference(
        "freshness_lag",
        tuple(dict.fromkeys(one.clock.name for one in clocks.both)),
        Severity.WARNING,
        message + ".",
        "Put together, the newest rows rest on one source alone: a figure falls or rises because data is missing, not "
        "because anything changed.",
        evidence=evidence,
        places=(left.clock.columns, right.clock.columns),
        confidence=0.7,
    )


def _lag_by_key(meeting: Meeting, clocks: Clocks, keys: Sequence[Pair]) -> list[tuple[str, int]]:
    """Return per key that both sources have how much newer its newest row is on the right, the largest lag first."""
    group = [
        pair
        for pair in keys
        if not any(position in one.clock.columns for position, one in zip(pair.positions, clocks.both, strict=True))
    ]
    if not group or pair_is_unique(group):
        return []
    newest = []
    for side, (source, one) in enumerate(zip(meeting.sources, clocks.both, strict=True)):
        cells = [f"CAST({pair.expressions()[side]} AS VARCHAR)" for pair in group]
        present = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
        found = meeting.query(
            f"SELECT name, max(us) AS time FROM (SELECT concat_ws(' · ', {', '.join(cells)}) AS name, us "
            f"FROM {one.relation} AS {source.relation} WHERE us IS NOT NULL AND {present}) GROUP BY name"
        ).to_pandas()
        newest.append(found.set_index("name")["time"])
    both = pd.concat(newest, axis=1, join="inner", keys=["left", "right"])
    lag = (both["right"] - both["left"]).sort_values(key=lambda one: -one.abs())
    return [(str(name), int(value)) for name, value in lag.items()]


def pair_is_unique(group: Sequence[Pair]) -> bool:
    """Whether a key names every row once, so that it has one time only."""
    return any(side.distinct >= 0.5 * max(1, side.present) for pair in group for side in pair.sides)


def _day(microseconds: int) -> str:
    moment = pd.Timestamp(microseconds, unit="us")
    return f"{moment:%Y-%m-%d}" if moment == moment.normalize() else f"{moment:%Y-%m-%d %H:%M}"


def _timeline(clocks: Clocks) -> Timeline:
    """Return from when to when each source reports, and its holes of many steps."""
    lanes = []
    for one in clocks.both:
        label = f"{_day(one.first)} to {_day(one.last)}, {count(one.number, 'time')}"
        lanes.append(Lane(one.source.name, (Span(one.first / 1000, one.last / 1000, "present", label, one.number),)))
    return Timeline("What each source covers", tuple(lanes))


# ---------------------------------------------------------------------- one clock ahead of the other


def shifted_times(conflicts: Mapping[tuple[int, int], Conflict]) -> Iterator[Difference]:
    """Find times of the same key that lie apart by one amount in most rows: a clock, or a time zone."""
    for conflict in conflicts.values():
        shift = next((one for one in conflict.patterns if one.id == "shifted"), None)
        if shift is None or shift.rows < 0.5 * conflict.compared:
            continue
        pair = conflict.pair
        yield Difference(
            "time_offset",
            (pair.name,),
            Severity.ERROR,
            f"In {pair.name} {shift.says} in {percent(shift.rows / max(1, conflict.compared))} of the rows that meet.",
            "Joined or ordered by these times, causes come after effects and readings meet those of another hour or day.",
            rows=shift.rows,
            share=shift.rows / max(1, conflict.compared),
            relation=conflict.relation,
            predicate=shift.predicate,
            places=((pair.left.position,), (pair.right.position,)),
        )


def _offset(meeting: Meeting, clocks: Clocks, pairs: Sequence[Pair]) -> Iterator[Difference]:
    """Find the shift of time under which a quantity both sources have moves alike, if it is not zero."""
    if clocks.overlap is None or not all(one.regular for one in clocks.both):
        return
    step = max(one.step for one in clocks.both)
    used = [set(one.clock.columns) for one in clocks.both]
    best: tuple[float, int, Pair, float] | None = None
    tried = 0
    for pair in pairs:
        if pair.form != "number" or any(p in own for p, own in zip(pair.positions, used, strict=True)):
            continue
        if any(side.numeric is None or side.distinct < 8 or _tells_time(side) for side in pair.sides):
            continue
        tried += 1
        if tried > _QUANTITIES:
            break
        found = _lag_of(meeting, clocks, pair, step)
        if found is not None and (best is None or found[1] > best[0]):
            best = found[1], found[0], pair, found[2]
    if best is None:
        return
    strength, lag, pair, unshifted = best
    amount = span(lag * step)
    later = clocks.right if lag > 0 else clocks.left
    yield Difference(
        "time_offset",
        (pair.name, *dict.fromkeys(one.clock.name for one in clocks.both)),
        Severity.ERROR,
        f"The clock of {later.source.name} is {amount} ahead: {shortened(pair.name)} moves alike in both once it is "
        f"shifted back (correlation of changes {strength:.2f}, as it is {unshifted:.2f}).",
        "Joined on time, readings meet those of another moment; differences between the sources are made of nothing "
        "but the shift.",
        evidence=(_series_beside(meeting, clocks, pair, step),),
        places=((pair.left.position, *clocks.left.clock.columns), (pair.right.position, *clocks.right.clock.columns)),
        confidence=0.8,
    )


def _tells_time(column: ColumnProfile) -> bool:
    """Whether a number is part of a date: it moves with the clock, whatever the clock says."""
    return column.kind is Kind.PERIOD or bool(_TIME_PARTS & set(name_words(column.name)))


def _gridded(meeting: Meeting, clocks: Clocks, pair: Pair, step: float) -> tuple[pd.Series, pd.Series]:
    """Return the mean of a quantity per step of time, for each source."""
    series = []
    for side, (source, one) in enumerate(zip(meeting.sources, clocks.both, strict=True)):
        cell = f"CAST({pair.expressions()[side]} AS DOUBLE)"
        found = meeting.query(
            f"SELECT {_in_steps(int(step))} AS place, avg({cell}) AS v FROM {one.relation} AS {source.relation} "
            f"WHERE us IS NOT NULL AND isfinite({cell}) GROUP BY place ORDER BY place"
        )
        series.append(pd.Series(found["v"].to_numpy(), index=found["place"].to_numpy()))
    return series[0], series[1]


def _lag_of(meeting: Meeting, clocks: Clocks, pair: Pair, step: float) -> tuple[int, float, float] | None:
    """Return by how many steps the right is later, how well changes agree then, and how well as they are."""
    left, right = (one.diff() for one in _gridded(meeting, clocks, pair, step))
    most = int(min(_LAGS, max(len(left), len(right)) // 4))
    agreement = {}
    for lag in range(-most, most + 1):
        moved = right.copy()
        moved.index = moved.index - lag
        both = pd.concat([left, moved], axis=1, join="inner").dropna()
        if len(both) >= 3 * _FEWEST and both.iloc[:, 0].std() > 0 and both.iloc[:, 1].std() > 0:
            agreement[lag] = float(np.corrcoef(both.iloc[:, 0], both.iloc[:, 1])[0, 1])
    if 0 not in agreement:
        return None
    lag = max(agreement, key=lambda one: (agreement[one], -abs(one)))
    others = max(value for one, value in agreement.items() if abs(one - lag) > 1)
    if lag == 0 or agreement[lag] < _CORRELATED or agreement[lag] - max(others, agreement[0]) < _CLEARER:
        return None
    return lag, agreement[lag], agreement[0]


def _series_beside(meeting: Meeting, clocks: Clocks, pair: Pair, step: float) -> Timeline:
    """Return a stretch of both series, one above the other."""
    lanes = []
    overlap = clocks.overlap
    start = 0 if overlap is None else overlap[0] // int(step)
    for one, values in zip(clocks.both, _gridded(meeting, clocks, pair, step), strict=True):
        shown = values[(values.index >= start) & (values.index < start + 4 * _LAGS)]
        line = tuple(
            (place * step / 1000, float(value))
            for place, value in zip(shown.index.to_numpy(dtype=float), shown, strict=True)
        )
        spans = (Span(line[0][0], line[-1][0], "present", f"{pair.name} in {one.source.name}"),) if line else ()
        lanes.append(Lane(one.source.name, spans, line))
    return Timeline(f"{pair.name} in both sources", tuple(lanes))


# ---------------------------------------------------------------------- alignment

Fill = Literal["none", "hold", "linear"]


@dataclass(frozen=True)
class Alignment:
    """Both sources on one grid of time, and what that grid holds.

    Attributes
    ----------
    frame
        One row per step; columns ``(source, column)``.
    account
        Per column: cells measured as they are, made by averaging several readings, invented by filling, left empty.
    says
        The same in a sentence.
    """

    frame: pd.DataFrame
    account: pd.DataFrame
    says: str


def align(clocks: Clocks, step: str | pd.Timedelta | None, fill: Fill) -> Alignment:
    """Put the numbers of both sources on one grid of time, as :meth:`Comparison.align` says."""
    if fill not in ("none", "hold", "linear"):
        msg = f"fill: pass 'none', 'hold' or 'linear', not {fill!r}."
        raise InputError(msg)
    wide = int(pd.Timedelta(step).value / 1000) if step is not None else int(max(one.step for one in clocks.both))
    if wide <= 0:
        msg = f"step: pass a length of time such as '1h', not {step!r}."
        raise InputError(msg)
    parts, lines = [], []
    start, end = (edge // wide for edge in (min(o.first for o in clocks.both), max(o.last for o in clocks.both)))
    grid = pd.RangeIndex(start, end + 1)
    if len(grid) > 10_000_000:
        msg = f"step: {pd.Timedelta(wide, unit='us')} makes {len(grid):,} steps; pass a longer one."
        raise InputError(msg)
    for one in clocks.both:
        for column in one.source.profile.columns:
            if column.position in one.clock.columns or not column.is_numeric:
                continue
            cell = f"CAST({column.number_sql} AS DOUBLE)"
            found = clocks.meeting.query(
                f"SELECT {_in_steps(wide)} AS place, avg({cell}) AS v, count(*) AS n FROM {one.relation} "
                f"WHERE us IS NOT NULL AND isfinite({cell}) GROUP BY place"
            )
            there = found["place"].to_numpy()
            placed = pd.Series(found["v"].to_numpy(), index=there).reindex(grid)
            readings = pd.Series(found["n"].to_numpy(), index=there).reindex(grid, fill_value=0)
            filled = _filled(placed, fill)
            parts.append(filled.rename((one.source.name, column.name)))
            lines.append(
                {
                    "source": one.source.name,
                    "column": column.name,
                    "measured": int((readings == 1).sum()),
                    "averaged": int((readings > 1).sum()),
                    "invented": int((filled.notna() & placed.isna()).sum()),
                    "empty": int(filled.isna().sum()),
                }
            )
    frame = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=grid)
    frame.index = pd.DatetimeIndex(pd.to_datetime(np.asarray(grid) * wide, unit="us"), name="time")
    account = pd.DataFrame(lines, columns=["source", "column", "measured", "averaged", "invented", "empty"])
    return Alignment(frame, account, _said(account, wide, fill))


def _filled(values: pd.Series, fill: Fill) -> pd.Series:
    if fill == "hold":
        return values.ffill()
    if fill == "linear":
        return values.interpolate(limit_area="inside")
    return values


def _said(account: pd.DataFrame, wide: int, fill: Fill) -> str:
    total = account[["measured", "averaged", "invented", "empty"]].sum()
    cells = max(1, int(total.sum()))
    how = {"none": "", "hold": " by carrying the last reading forward", "linear": " by drawing a line between readings"}
    says = (
        f"Every {_every(wide)}: {percent(total['measured'] / cells)} of the cells are readings as they are, "
        f"{percent(total['averaged'] / cells)} the mean of several"
    )
    if total["invented"]:
        says += f", {percent(total['invented'] / cells)} are invented{how[fill]}"
    return says + f"; {percent(total['empty'] / cells)} are empty."
