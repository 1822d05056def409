"""Holes in a series: times at which it should have reported and did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.gaps._empty import empty_stretches, empty_times
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.series._timeline import LANES, Mark, called, every, lane, of_series, step_us, stretch, timeline
from mlqa_widgets.evidence import Bar, Bars, Lane
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.profile.rhythm import Gaps, Rhythm
from mlqa_widgets.wording import count, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.series import SeriesSet

_MOST_SERIES: Final = 2_000
_FEWEST_READINGS: Final = 6
_REGULAR: Final = 0.7
_OF_EVENTS: Final = 0.95
_FEWEST_LOST_EVENTS: Final = 3
_FEWEST_LOST_OF_UNSTEADY: Final = 3
"""A step that is now shorter and now longer is no hole yet where it is twice the usual one."""
_LONG: Final = 6
_NOTICEABLE: Final = 0.005
_BARS: Final = 12


@dataclass(frozen=True)
class _Holes:
    """The holes of one series."""

    series: int
    ticks: np.ndarray
    first: np.ndarray
    """Entries of the order of the first reading at each tick."""
    gaps: Gaps

    @property
    def lost(self) -> int:
        return int(self.gaps.lost.sum())


@table_check("time_gaps", reads="series")
def time_gaps(profile: Profile) -> Iterator[Finding]:
    """Find holes in series, measured against each one's own step: from when to when, how many readings are lost.

    A stretch in which a column is empty, far longer than it ever is, is a hole too, and so is a time at which every series
    is empty or at zero. Stays silent where a series is always silent (nights, weekends, the same season every year), on public holidays of
    a series that keeps weekends, on the hour that summer time takes away, and on a step that changes for good.
    """
    series = profile.series
    if series is None:
        return
    found = sorted(_all_holes(series), key=lambda holes: -holes.lost)
    if found:
        yield _finding(series, found)
    if series.sampled:
        yield from empty_stretches(profile, series)
        yield from empty_times(profile, series)


def _all_holes(series: SeriesSet) -> Iterator[_Holes]:
    steps, sizes = series.steps, np.diff(series.starts)
    even = np.nan_to_num(np.maximum(steps.regular, steps.even)) >= _REGULAR
    usable = np.flatnonzero(even & (sizes >= _FEWEST_READINGS) & (np.nan_to_num(steps.step) > 0))
    usable = usable[np.argsort(-sizes[usable], kind="stable")][:_MOST_SERIES]
    for one in usable.tolist():
        place = series.one(one)
        first = np.flatnonzero(series.first[place]) + place.start
        ticks = series.ticks[first]
        if len(ticks) < _FEWEST_READINGS or np.diff(ticks).max() <= 1.5 * steps.step[one]:
            continue
        expected = {} if series.sampled else {"expected": _OF_EVENTS}
        repeated = np.unique(series.ticks[place][~series.first[place]])
        rhythm = Rhythm(ticks, float(steps.step[one]), monthly=series.monthly, repeated=repeated, **expected)
        gaps = rhythm.gaps()
        if not series.sampled:
            gaps = gaps.only(gaps.lost >= _FEWEST_LOST_EVENTS)
        elif steps.regular[one] < _REGULAR:
            gaps = gaps.only(gaps.lost >= _FEWEST_LOST_OF_UNSTEADY)
        if len(gaps.after):
            yield _Holes(one, ticks, first, gaps)


def _around(holes: _Holes) -> np.ndarray:
    """Return the entries of the last reading before and the first after each hole."""
    before = holes.first[holes.gaps.after + 1] - 1
    return np.concatenate([before, holes.first[holes.gaps.after + 1]])


def _finding(series: SeriesSet, found: list[_Holes]) -> Finding:
    lost = sum(holes.lost for holes in found)
    number = sum(len(holes.gaps.after) for holes in found)
    readings = sum(len(holes.ticks) for holes in found)
    worst, place = max(
        ((holes, int(k)) for holes in found for k in [np.argmax(holes.gaps.lost)]),
        key=lambda pair: pair[0].gaps.lost[pair[1]],
    )
    longest = int(worst.gaps.lost[place])
    entries = np.concatenate([_around(holes) for holes in found])
    predicate = series.rows_at(entries)
    rows = len(np.unique(series.order[entries]))
    share = lost / (lost + readings)
    step = every(float(series.steps.step[worst.series]), monthly=series.monthly)
    of = f" in {of_series(len(found), len(series))}" if len(series) > 1 else ""
    whose = f" ({called(series, worst.series)})" if len(series) > 1 else ""
    when, clock = _when(series, worst, place), shortened(series.clock.name)
    if number == 1:
        told = f"{whose}, {when}"
    else:
        told = f"{of}, in {count(number, 'hole')}; the longest{whose}: {when} ({longest:,})"
    if series.sampled:
        message = f"{count(lost, 'reading is', 'readings are')} missing from {clock}{told}."
    else:
        message = (
            f"{clock} has no rows at {count(lost, 'time')} that usually {'has' if lost == 1 else 'have'} some{told}."
        )
    severity = Severity.WARNING if longest >= _LONG or share >= _NOTICEABLE else Severity.INFO
    if not series.sampled:
        severity = Severity.INFO
    evidence = [
        timeline(_title(series, len(found), step), [_lane(series, holes) for holes in found[:LANES]], of=len(found))
    ]
    return Finding(
        columns=series.columns,
        severity=severity,
        rows=rows,
        message=message,
        predicate=predicate,
        looked_at=series.looked_at,
        evidence=tuple(evidence) if number == 1 else (*evidence, _longest(series, found)),
        why=f"Lags, rolling windows and sums over a period take what is left for all there was ({percent(share)} of the "
        f"readings are lost; the usual step is one {step.removeprefix('every ')}). {series.found}",
        confidence=0.9 if series.sampled else 0.5,
    )


def _title(series: SeriesSet, number: int, step: str) -> str:
    if len(series) == 1:
        return f"Holes over time ({step})"
    return f"Holes over time ({step}), {of_series(number, len(series))}, the most lost first"


def _when(series: SeriesSet, holes: _Holes, place: int) -> str:
    """Return from when to when a hole lasts: the first and the last reading that is lost."""
    first, last = series.time_of(holes.gaps.first[place]), series.time_of(holes.gaps.last[place])
    return stretch(first, last, step_us(series, holes.series))


def _lane(series: SeriesSet, holes: _Holes) -> Lane:
    marks = []
    for k, after in enumerate(holes.gaps.after.tolist()):
        low, high = (series.time_of(tick) for tick in holes.ticks[after : after + 2])
        label = (
            f"{_when(series, holes, k)}: {count(int(holes.gaps.lost[k]), 'reading' if series.sampled else 'time')} lost"
        )
        around = np.array([holes.first[after + 1] - 1, holes.first[after + 1]])
        marks.append(Mark(low, high, "hole", label, around))
    return lane(series, holes.series, marks)


def _longest(series: SeriesSet, found: list[_Holes]) -> Bars:
    """Return the longest holes of all series, by the readings lost."""
    every_hole = [(holes, k) for holes in found for k in range(len(holes.gaps.after))]
    every_hole.sort(key=lambda pair: -pair[0].gaps.lost[pair[1]])
    bars = []
    for holes, k in every_hole[:_BARS]:
        after = int(holes.gaps.after[k])
        around = np.array([holes.first[after + 1] - 1, holes.first[after + 1]])
        whose = called(series, holes.series) if len(series) > 1 else ""
        bars.append(
            Bar(_when(series, holes, k), int(holes.gaps.lost[k]), series.rows_at(around), flagged=True, note=whose)
        )
    return Bars("Longest holes, by readings lost", tuple(bars), more=max(0, len(every_hole) - _BARS))
