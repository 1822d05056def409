"""Times that contradict the series: several readings at one time, rows out of order, a step that changes for good."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.series._timeline import (
    LANES,
    Mark,
    called,
    every,
    lane,
    moment,
    of_series,
    sort_code,
    step_us,
    stretch,
    timeline,
)
from mlqa_widgets.evidence import Examples, Lane
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import list_literal
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.series import DAY, HOUR
from mlqa_widgets.wording import count, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.series import SeriesSet

_ONE_TIME: Final = "several readings at one time"
"""The cause of rows out of order where they are, too: two series under one name, one after the other."""
_SHOWN: Final = 8

# ------------------------------------------------------------------------------------------ several at one time


@table_check("duplicate_timestamps", reads="series")
def duplicate_timestamps(profile: Profile) -> Iterator[Finding]:
    """Find readings at a time at which their series has another one.

    Stays silent on events, of which several may come at once, and says so of the hour in which clocks go back.
    """
    series = profile.series
    if series is None or not series.sampled or series.first.all():
        return
    again = np.flatnonzero(~series.first)
    group = np.cumsum(series.first)
    repeated = np.isin(group, group[again])
    entries = np.flatnonzero(repeated)
    owners, surplus = np.unique(series.of_row[again], return_counts=True)
    owners = owners[np.argsort(-surplus, kind="stable")]
    times = len(np.unique(group[again]))
    autumn = _clocks_back(series.times[again])
    of = f" in {of_series(len(owners), len(series))}" if len(series) > 1 else ""
    first = moment(series.times[again[0]], step_us(series, int(series.of_row[again[0]])))
    tail = ": the hour in which clocks go back" if autumn else f", the first at {first}"
    yield Finding(
        columns=series.columns,
        severity=Severity.INFO if autumn else Severity.WARNING,
        rows=len(entries),
        message=f"{count(len(entries), 'row')} share {'a time' if times == 1 else f'{times:,} times'} of "
        f"{shortened(series.clock.name)} with another row of the same series{of}{tail}.",
        predicate=series.rows_at(entries),
        looked_at=series.looked_at,
        evidence=(
            timeline(
                "Times with several readings",
                [_repeats(series, int(one), entries) for one in owners[:LANES]],
                of=len(owners),
            ),
        ),
        why="A join on the time multiplies these rows, and lags and differences between them are zero or wrong. "
        + series.found,
        fixes=tuple(_keep_first(profile, series, again)),
        confidence=0.6 if autumn else 0.9,
        cause=_ONE_TIME,
    )


def _repeats(series: SeriesSet, one: int, entries: np.ndarray) -> Lane:
    own = entries[series.of_row[entries] == one]
    us = step_us(series, one)
    breaks = np.flatnonzero(np.diff(series.times[own]) > 1.5 * us) + 1
    marks = []
    for part in np.split(own, breaks):
        low, high = series.times[part[0]], series.times[part[-1]]
        label = f"{stretch(low, high, us)}: {count(len(part), 'row')} at {count(len(np.unique(series.times[part])), 'time')}"
        marks.append(Mark(float(low), float(high), "repeated", label, part))
    place = series.one(one)
    start, end = series.times[place.start], series.times[place.stop - 1]
    whole = Mark(
        float(start), float(end), "present", f"{stretch(start, end, us)}: reports", np.arange(place.start, place.stop)
    )
    return lane(series, one, [whole, *marks])


def _clocks_back(times: np.ndarray) -> bool:
    """Whether all of these times lie in the night from a Saturday to a Sunday in which clocks go back an hour."""
    days = times.astype("datetime64[us]").astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    sunday = (days.astype(np.int64) + 3) % 7 == 6
    night = (times % DAY >= 0) & (times % DAY < 3 * HOUR)
    return bool(np.all(sunday & night & np.isin(months, (3, 4, 10, 11))) and np.ptp(times % DAY) < HOUR) and bool(
        np.isin(months, (10, 11)).all() or np.isin(months, (3, 4)).all()
    )


def _keep_first(profile: Profile, series: SeriesSet, again: np.ndarray) -> Iterator[Fix]:
    if not series.clock.columns or series.looked_at is not None:
        return
    table = profile.table
    columns = [profile.columns[place].column for place in series.columns]
    if any(table.label_counts[column.label] > 1 or not isinstance(column.label, str) for column in columns):
        return
    # The rows are told apart by what stands in the cells, as the reading of the times is not always that of pandas.
    names = ", ".join(column.sql for column in columns)
    same = table.query(f"SELECT count(*) - count(DISTINCT ({names})) AS n FROM t")["n"][0].as_py()
    if same != len(again):
        return
    yield Fix(
        "Keep the first row at each time",
        f"df = df.drop_duplicates(subset={list_literal(column.label for column in columns)})",
        drops=series.rows_at(again),
        note="Look at both first: where they differ, one of them is of another time or another series.",
    )


# ------------------------------------------------------------------------------------------ out of order

_MOSTLY_SORTED: Final = 0.05


@table_check("out_of_order", reads="series")
def out_of_order(profile: Profile) -> Iterator[Finding]:
    """Find rows that stand before or after their time in a table that is otherwise sorted by time.

    Stays silent on tables in no order, and on those that run from the newest to the oldest.
    """
    series = profile.series
    if series is None or len(series.order) < 3:
        return
    by_place = series.by_place
    times = series.ticks[by_place]
    turns = min(_turns(times, series.of_row))
    if not 0 < turns <= _MOSTLY_SORTED * len(times):
        return
    late = min((_late(times, series.of_row, newest) for newest in (False, True)), key=lambda found: found.sum())
    if not 0 < late.sum() <= _MOSTLY_SORTED * len(late):
        return
    entries = by_place[late]
    owners = np.unique(series.of_row[entries])
    of = f", in {of_series(len(owners), len(series))}" if len(series) > 1 else ""
    name = shortened(series.clock.name)
    mixed = bool(np.isin(owners, series.of_row[~series.first]).all())
    yield Finding(
        columns=series.columns,
        severity=Severity.WARNING if series.sampled else Severity.INFO,
        rows=len(entries),
        message=f"{count(len(entries), 'row')} ({percent(len(entries) / series.table.row_count)}) "
        f"{'stands' if len(entries) == 1 else 'stand'} out of order in a table sorted by {name}{of}.",
        predicate=series.rows_at(entries),
        looked_at=series.looked_at,
        evidence=(_neighbours(series, by_place, np.flatnonzero(late)),),
        why=f"Differences, lags and 'the last value' go by the order of the rows, which is not that of time here. {series.found}",
        fixes=tuple(_sort(profile, series)),
        confidence=0.85 if series.sampled else 0.5,
        cause=_ONE_TIME if mixed else "",
    )


def _turns(times: np.ndarray, owner: np.ndarray) -> tuple[int, int]:
    """Return how often a row lies before, and after, the one above it in its series: each is a row out of order."""
    steps = np.diff(times)[np.diff(owner) == 0]
    return int(np.count_nonzero(steps < 0)), int(np.count_nonzero(steps > 0))


def _late(times: np.ndarray, owner: np.ndarray, newest_first: bool) -> np.ndarray:
    """Return which rows, in the order of the table within each series, lie behind a row before them.

    Where fewer rows lie ahead of all that follow, those are the ones that strayed.
    """
    ranks, distinct = pd.factorize(times, sort=True)
    rising = owner * np.int64(len(distinct))
    rising += len(distinct) - 1 - ranks if newest_first else ranks
    del ranks
    behind = rising < np.maximum.accumulate(rising)
    falling = rising[::-1]
    ahead = (falling > np.minimum.accumulate(falling))[::-1]
    found: np.ndarray = behind if behind.sum() <= ahead.sum() else ahead
    return found


def _neighbours(series: SeriesSet, by_place: np.ndarray, late: np.ndarray) -> Examples:
    lines = []
    for place in late[:_SHOWN].tolist():
        entry = by_place[place]
        us = step_us(series, int(series.of_row[entry]))
        there = [by_place[k] if 0 <= k < len(by_place) else None for k in (place - 1, place, place + 1)]
        told = [
            "" if k is None or series.of_row[k] != series.of_row[entry] else moment(series.times[k], us) for k in there
        ]
        lines.append((f"{series.positions(entry):,}", *told))
    return Examples("Rows out of order", ("row", "row before", "this row", "row after"), tuple(lines))


def _sort(profile: Profile, series: SeriesSet) -> Iterator[Fix]:
    code = sort_code(profile, series)
    if code is not None:
        yield Fix("Sort the rows by series and time", code, note="The rows keep their labels.")


# ------------------------------------------------------------------------------------------ the step changes

_FEWEST_STEPS: Final = 12
_WINDOW: Final = 9
_RATIO: Final = 1.5
_PURE: Final = 0.85
_MOST_STRETCHES: Final = 6
_CALENDAR: Final = ((28, 31, 30.4375), (90, 92, 91.3125), (365, 366, 365.25))


@dataclass(frozen=True)
class _Change:
    """A series whose step changes: for each stretch its first and last reading and its step."""

    series: int
    stretches: tuple[tuple[int, int, float], ...]


@table_check("cadence_changes", reads="series")
def cadence_changes(profile: Profile) -> Iterator[Finding]:
    """Find series that report every hour and from some day on every six hours, say: a step that changes for good.

    Stays silent on weekends, nights and holes, after which the step is what it was.
    """
    series = profile.series
    if series is None or not series.sampled:
        return
    found = [change for one in _suspects(series) if (change := _change(series, one))]
    if not found:
        return
    found.sort(key=lambda change: -(series.starts[change.series + 1] - series.starts[change.series]))
    entries = np.concatenate([_unlike(change) for change in found])
    worst = found[0]
    (_, _, before), (start, _, after) = worst.stretches[:2]
    us = min(step_us(series, worst.series), before, after)
    whose = f" in {of_series(len(found), len(series))}" if len(series) > 1 else ""
    example = f", in {called(series, worst.series)}" if len(series) > 1 else ""
    yield Finding(
        columns=series.columns,
        severity=Severity.WARNING,
        rows=len(entries),
        message=f"The step of {shortened(series.clock.name)} changes{whose}{example} from {_told(before)} to "
        f"{_told(after)} at {moment(series.times[start], us)}.",
        predicate=series.rows_at(entries),
        looked_at=series.looked_at,
        evidence=(
            timeline("Step of the series over time", [_steps(series, one) for one in found[:LANES]], of=len(found)),
        ),
        why="A lag of one row, a rolling window or a sum of rows means another length of time before and after. "
        + series.found,
        confidence=0.85,
    )


def _suspects(series: SeriesSet) -> list[int]:
    sizes = np.diff(series.starts)
    return np.flatnonzero(sizes >= 2 * _FEWEST_STEPS)[:2000].tolist()


def _change(series: SeriesSet, one: int) -> _Change | None:
    place = series.one(one)
    entries = np.flatnonzero(series.first[place]) + place.start
    steps = np.diff(series.times[entries]).astype(float)
    if len(steps) < 2 * _FEWEST_STEPS or steps.max() < _RATIO * steps.min():
        return None
    steps = _by_calendar(steps)
    kinds, counts = np.unique(steps, return_counts=True)
    usual = np.argsort(-counts, kind="stable")[:2]
    if len(usual) < 2 or counts[usual[1]] < _FEWEST_STEPS:
        return None
    low, high = sorted(float(kinds[k]) for k in usual)
    if high < _RATIO * low:
        return None
    coarse = (steps > np.sqrt(low * high)).astype(int)
    padded = np.pad(coarse, _WINDOW // 2, mode="edge")
    smooth = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW).sum(axis=1) > _WINDOW // 2
    bounds = [0, *(np.flatnonzero(np.diff(smooth.astype(int))) + 1).tolist(), len(steps)]
    if not 2 < len(bounds) <= _MOST_STRETCHES:
        return None
    stretches = []
    for first, last in pairwise(bounds):
        own = steps[first:last]
        step = float(np.median(own))
        if last - first < _FEWEST_STEPS or np.mean(np.abs(own - step) <= 0.02 * step) < _PURE:
            return None
        stretches.append((int(entries[first]), int(entries[last]), step))
    return _Change(one, tuple(stretches))


def _by_calendar(steps: np.ndarray) -> np.ndarray:
    """Return steps with months, quarters and years of any length as one length."""
    days, same = steps / DAY, steps.copy()
    for least, most, usual in _CALENDAR:
        same[(days >= least) & (days <= most)] = usual * DAY
    return same


def _told(step: float) -> str:
    months = step / DAY / 30.4375
    return every(round(months), monthly=True) if abs(months - round(months)) < 0.01 and months >= 1 else every(step)


def _unlike(change: _Change) -> np.ndarray:
    """Return the entries of the stretches with the step that fewer rows have."""
    rows: dict[float, int] = {}
    for first, last, step in change.stretches:
        rows[step] = rows.get(step, 0) + last - first
    usual = max(rows, key=lambda step: rows[step])
    return np.concatenate([np.arange(first, last + 1) for first, last, step in change.stretches if step != usual])


def _steps(series: SeriesSet, change: _Change) -> Lane:
    rare = set(_unlike(change).tolist())
    marks = []
    for first, last, step in change.stretches:
        entries = np.arange(first, last + 1)
        low, high = series.times[first], series.times[last]
        label = f"{stretch(low, high, step)}: one row {_told(step)}"
        marks.append(
            Mark(float(low), float(high), "shift" if first in rare and last in rare else "present", label, entries)
        )
    return lane(series, change.series, marks)
