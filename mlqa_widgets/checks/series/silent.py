"""Series that stopped before the end of the data: a sensor that is off, an item that is no longer sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.dates._dates import date_columns, vocabulary
from mlqa_widgets.checks.gaps._empty import counts_things
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.series._timeline import (
    LANES,
    Mark,
    called,
    lane,
    lasting,
    measures,
    moment,
    readings,
    step_us,
    timeline,
)
from mlqa_widgets.evidence import Bar, Bars, Lane
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.profile.clock import UNKNOWN, times_of
from mlqa_widgets.wording import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.series import SeriesSet

_END_WORDS: Final = vocabulary(
    "end ended finish close closed stop stopped retired retirement decommissioned removed removal discontinued "
    "discontinuation until last termination terminated expiry fin cloture arret retrait"
)
_FEWEST_READINGS: Final = 6
_STEPS: Final = 3.0
_OWN_GAPS: Final = 2.0
_REACH_THE_END: Final = 0.5
_FEWEST_SILENT: Final = 6
_OF_THE_SPAN: Final = 0.05
_CHANCE: Final = 0.01
_BARS: Final = 12
_COMING_AND_GOING: Final = 0.25


@dataclass(frozen=True)
class _Silence:
    """When series fall silent; arrays are parallel.

    ``last`` is the entry of the last sign of life of each (of a series that starts late: the first), ``steps`` how
    many readings it owes.
    """

    series: np.ndarray
    last: np.ndarray
    steps: np.ndarray


@table_check("silent_series", issue="reliability.unstable_provider", reads="series")
def silent_series(profile: Profile) -> Iterator[Finding]:
    """Find series that stopped before the end of the data, far longer ago than they were ever silent.

    Rows that go on at zero or empty are silence too, and so are those before the first sign of life. An info where
    series come and go: more than a quarter of them stopped. Stays silent on series that ended by an end date the table
    states, and where most series have ends of their own.
    """
    series = profile.series
    if series is None or len(series) < 2:
        return
    stopped = _stopped(series)
    stopped = _without_declared(profile, series, stopped)
    if len(stopped.series):
        yield _finding(series, stopped, "rows")
    if not series.sampled:
        return
    columns = [column for column in measures(profile, series) if counts_things(column)]
    found = readings(series, columns)
    if not found:
        return
    active = np.zeros(len(series.order), dtype=bool)
    for one in found:
        active |= one.present & (one.values != 0)
    names = tuple(one.column.name for one in found)
    places = tuple(one.column.position for one in found)
    ended = _idle(series, active, at_the_end=True)
    if len(ended.series):
        yield _finding(series, ended, "end", names, places)
    began = _idle(series, active, at_the_end=False)
    if len(began.series):
        yield _finding(series, began, "start", names, places)


def _stopped(series: SeriesSet) -> _Silence:
    """Return the series whose last row lies before the end of the data by more than they ever pause."""
    lasts = series.starts[1:] - 1
    ends = series.ticks[lasts].astype(float)
    end = ends.max()
    step = np.nan_to_num(series.steps.step, nan=np.inf)
    gaps = np.zeros(len(series))
    inside = np.diff(series.of_row) == 0
    np.maximum.at(gaps, series.of_row[1:][inside], np.diff(series.ticks)[inside].astype(float))
    lag = end - ends
    allowed = np.maximum(_STEPS * step, _OWN_GAPS * gaps)
    span = float(end - series.ticks.min())
    reach = lag <= np.maximum(allowed, _OF_THE_SPAN * span)
    silent = (lag > allowed) & ~reach & (np.diff(series.starts) >= _FEWEST_READINGS)
    if np.mean(reach) < _REACH_THE_END:
        silent[:] = False
    chosen = np.flatnonzero(silent)
    return _Silence(chosen, lasts[chosen], lag[chosen] / step[chosen])


def _without_declared(profile: Profile, series: SeriesSet, stopped: _Silence) -> _Silence:
    """Leave out series that ended when a column of end dates says they would."""
    if not len(stopped.series):
        return stopped
    declared = np.zeros(len(stopped.series), dtype=bool)
    for dates in date_columns(profile):
        column = dates.profile
        if column.position in series.columns or not dates.words & _END_WORDS or not column.complete:
            continue
        times = times_of(series.table, column)
        if times is None:
            continue
        at = times[series.order[stopped.last]]
        own = series.times[stopped.last]
        slack = np.array([3 * step_us(series, int(one)) for one in stopped.series])
        declared |= (at != UNKNOWN) & (at <= own + slack)
    return _Silence(stopped.series[~declared], stopped.last[~declared], stopped.steps[~declared])


def _idle(series: SeriesSet, active: np.ndarray, *, at_the_end: bool) -> _Silence:
    """Return the series whose rows go on (or begin) without a sign of life, far longer than they ever pause."""
    chosen, signs, owed = [], [], []
    for one in range(len(series)):
        place = series.one(one)
        own = np.flatnonzero(active[place])
        size = place.stop - place.start
        if len(own) < _FEWEST_READINGS or size < 2 * _FEWEST_SILENT:
            continue
        quiet = size - 1 - int(own[-1]) if at_the_end else int(own[0])
        if quiet < _FEWEST_SILENT:
            continue
        within = int(own[-1] - own[0]) + 1
        pauses = np.diff(own) - 1
        still = 1 - len(own) / within
        unlikely = still == 0 or quiet * np.log(still) < np.log(_CHANCE / len(series))
        if quiet >= max(_FEWEST_SILENT, _OWN_GAPS * pauses.max(initial=0)) and unlikely:
            chosen.append(one)
            signs.append(place.start + int(own[-1 if at_the_end else 0]))
            owed.append(quiet)
    return _Silence(*(np.array(part, dtype=np.int64) for part in (chosen, signs, owed)))


def _finding(
    series: SeriesSet,
    silence: _Silence,
    kind: str,
    names: tuple[str, ...] = (),
    places: tuple[int, ...] = (),
) -> Finding:
    ranked = np.argsort(-silence.steps, kind="stable")
    entries = np.concatenate([_quiet(series, silence, k, kind) for k in ranked])
    longest = int(ranked[0])
    number, total = len(ranked), len(series)
    usual = number > max(1, _COMING_AND_GOING * total)
    which = f"{number:,} of {total:,} series"
    name = called(series, int(silence.series[longest]))
    us = step_us(series, int(silence.series[longest]))
    at = moment(series.times[silence.last[longest]], us)
    what = " and ".join(shortened(one) for one in names[:2])
    if kind == "rows":
        message = f"{which} stopped before the end of the data; longest silent: {name}, last seen {at}."
    elif kind == "end":
        message = f"{which} end with {what} at zero or empty, longer than they ever pause; {name} since {at}."
    else:
        message = f"{which} begin with {what} at zero or empty, longer than they ever pause; {name} until {at}."
    bars = tuple(
        Bar(
            called(series, int(silence.series[k])),
            round(float(silence.steps[k])),
            series.rows_at(_quiet(series, silence, k, kind)),
            flagged=True,
            note=f"{'until' if kind == 'start' else 'since'} {moment(series.times[silence.last[k]], us)}",
        )
        for k in ranked[:_BARS].tolist()
    )
    why = {
        "rows": "A forecast or an average of today over all series counts these as if they still reported.",
        "end": "Zero of an item that is gone is no demand: a model learns to predict what can no longer be.",
        "start": "Zero before a series began is no reading: averages and first trends come out too low.",
    }[kind]
    return Finding(
        columns=(*places, *series.columns),
        severity=Severity.INFO if kind == "start" or not series.sampled or usual else Severity.WARNING,
        rows=len(entries),
        message=message,
        predicate=series.rows_at(entries),
        looked_at=series.looked_at,
        evidence=(
            timeline(
                f"Silent series, the longest first ({which})",
                [_lane(series, silence, k, kind) for k in ranked[:LANES].tolist()],
                of=number,
            ),
            Bars("Silent for, in readings", bars, more=max(0, number - _BARS)),
        ),
        why=f"{why} {series.found}",
        confidence=0.8 if series.sampled else 0.5,
    )


def _quiet(series: SeriesSet, silence: _Silence, k: int, kind: str) -> np.ndarray:
    """Return the entries of a silence: its empty rows, or the last row where there are none."""
    place, last = series.one(int(silence.series[k])), int(silence.last[k])
    if kind == "rows":
        return np.array([last])
    return np.arange(last + 1, place.stop) if kind == "end" else np.arange(place.start, last)


def _lane(series: SeriesSet, silence: _Silence, k: int, kind: str) -> Lane:
    one, last = int(silence.series[k]), int(silence.last[k])
    entries = _quiet(series, silence, k, kind)
    at, us = float(series.times[last]), step_us(series, one)
    if kind == "start":
        start, end = float(series.times[entries[0]]), at
    else:
        start, end = at, float(series.times.max() if kind == "rows" else series.times[entries[-1]])
    label = f"{'before' if kind == 'start' else 'after'} {moment(at, us)}: silent for {lasting(end - start)}"
    return lane(series, one, [Mark(start, end, "silent", label, entries)])
