"""Holes within the rows: stretches in which a column is empty, and times at which every series is at zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.series._runs import Runs, standing_out
from mlqa_widgets.checks.series._timeline import (
    LANES,
    Mark,
    Readings,
    called,
    lane,
    measures,
    moment,
    of_series,
    readings,
    step_us,
    stretch,
    timeline,
)
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.wording import count, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.series import SeriesSet

_FEWEST: Final = 5
_RATIO: Final = 2.0
_MOSTLY_THERE: Final = 0.5
_FEWEST_SERIES: Final = 5
_USUALLY: Final = 0.8
_NEARLY_ALL: Final = 0.95
_BARS: Final = 12


def empty_stretches(profile: Profile, series: SeriesSet) -> Iterator[Finding]:
    """Find stretches in which a column has no reading, at least twice as long as any other in its series.

    Before its first reading a column has no holes: it had not begun, or is a difference to a time before the first.
    """
    columns = [column for column in measures(profile, series) if 0 < column.nulls < _MOSTLY_THERE * column.rows]
    for one in readings(series, columns):
        runs = _standing_out(one, series)
        if len(runs):
            yield _stretches(series, one, runs)


def _standing_out(one: Readings, series: SeriesSet) -> Runs:
    breaks = np.zeros(len(series.order), dtype=bool)
    breaks[series.starts[:-1]] = True
    runs = Runs.of((~one.present).astype(np.int8), breaks)
    runs = runs.only(~one.present[runs.start])
    runs = runs.only(~breaks[runs.start])
    return runs.only(standing_out(runs.length, fewest=_FEWEST, ratio=_RATIO))


def _stretches(series: SeriesSet, one: Readings, runs: Runs) -> Finding:
    ranked = np.argsort(-runs.length, kind="stable")
    longest = int(ranked[0])
    entries = np.concatenate([_entries(runs, k) for k in range(len(runs))])
    owner = series.of_row[runs.start]
    owners = list(dict.fromkeys(owner[ranked].tolist()))
    rows, name = len(entries), shortened(one.column.name)
    whose = f" ({called(series, int(owner[longest]))})" if len(series) > 1 else ""
    only = len(runs) == 1
    when = _told(series, runs, longest)
    told = (
        f"in one stretch{whose}: {when}"
        if only
        else f"in {len(runs):,} stretches; the longest{whose}: {when} ({int(runs.length[longest]):,})"
    )
    lanes = [
        lane(
            series,
            owned,
            [_mark(series, runs, k) for k in np.flatnonzero(owner == owned).tolist()],
            values=one.values[series.one(owned)],
        )
        for owned in owners[:LANES]
    ]
    return Finding(
        columns=(one.column.position, *series.columns),
        severity=Severity.WARNING,
        rows=rows,
        message=f"{name} has no reading in {count(rows, 'row')}, {told}.",
        predicate=series.rows_at(entries),
        looked_at=series.looked_at,
        evidence=(timeline(f"Readings of {name}, empty stretches marked", lanes, of=len(owners)),),
        why=f"The rows go on and the sensor is silent: what fills such a stretch is invented. {series.found}",
        confidence=0.85,
    )


def _entries(runs: Runs, k: int) -> np.ndarray:
    return np.arange(runs.start[k], runs.start[k] + runs.length[k])


def _told(series: SeriesSet, runs: Runs, k: int) -> str:
    us = step_us(series, int(series.of_row[runs.start[k]]))
    entries = _entries(runs, k)
    return stretch(series.times[entries[0]], series.times[entries[-1]], us)


def _mark(series: SeriesSet, runs: Runs, k: int) -> Mark:
    entries = _entries(runs, k)
    step = step_us(series, int(series.of_row[runs.start[k]]))
    start, end = float(series.times[entries[0]]), float(series.times[entries[-1]])
    return Mark(start, end + step, "hole", f"{_told(series, runs, k)}: {count(len(entries), 'reading')} lost", entries)


def empty_times(profile: Profile, series: SeriesSet) -> Iterator[Finding]:
    """Find times at which every series is empty or at zero, where they never are otherwise: closed, or not counted."""
    if len(series) < _FEWEST_SERIES:
        return
    columns = [column for column in measures(profile, series) if counts_things(column)]
    found = readings(series, columns)
    if not found:
        return
    active = np.zeros(len(series.order), dtype=bool)
    for one in found:
        active |= one.present & (one.values != 0)
    times, code = np.unique(series.ticks, return_inverse=True)
    there = np.bincount(code)
    share = np.bincount(code, ~active) / there
    empty = (share == 1) & (there >= _FEWEST_SERIES)
    others = share[~empty]
    few = 0 < empty.sum() <= max(3, 0.05 * len(times))
    if not few or not len(others) or np.median(others) > _USUALLY or np.quantile(others, 0.99) > _NEARLY_ALL:
        return
    entries = np.flatnonzero(empty[code])
    us = float(np.median([step_us(series, one) for one in range(len(series))]))
    told = [moment(series.time_of(tick), us) for tick in times[empty]]
    names = " and ".join(shortened(one.column.name) for one in found[:2])
    bars = tuple(
        Bar(
            moment(series.time_of(tick), us),
            int(there[k]),
            series.rows_at(np.flatnonzero(code == k)),
            flagged=True,
        )
        for k, tick in enumerate(times)
        if empty[k]
    )
    yield Finding(
        columns=(*(one.column.position for one in found), *series.columns),
        severity=Severity.INFO,
        rows=len(entries),
        message=f"{names} {'is' if len(found) == 1 else 'are'} at zero or empty in {of_series(len(series), len(series))} at once at "
        f"{told[0]}{f' and {len(told) - 1} more times' if len(told) > 1 else ''}: closed, or not recorded.",
        predicate=series.rows_at(entries),
        looked_at=series.looked_at,
        evidence=(Bars("Times at which nothing was recorded", bars[:_BARS], more=max(0, len(bars) - _BARS)),),
        why=f"A closed or unrecorded time is no demand of zero; at other times {percent(float(np.median(others)))} of the "
        f"series are at zero. {series.found}",
        confidence=0.7,
    )


def counts_things(column: ColumnProfile) -> bool:
    """Return whether a column counts things, with zeros among them."""
    summary = column.numeric
    if summary is None or summary.minimum < 0 or not summary.integral:
        return False
    zero = summary.rows_between(0, 0) / max(1, summary.rows)
    return bool(zero >= 0.05)
