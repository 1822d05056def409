"""A sensor that was moved, recalibrated or set to another unit: its level or its scatter changes for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.series._steps import Step, find_jump, find_step, holm
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
    timeline,
)
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.wording import count, number, shortened

if TYPE_CHECKING:
    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.series import SeriesSet

_BINS: Final = 120
_PER_BIN: Final = 6
_FEWEST_READINGS: Final = 48
_FEWEST_ALONE: Final = 200
_NEIGHBOURS: Final = 3
_MOST_SERIES: Final = 500
_FEW: Final = 20
_FEWEST_DISTINCT: Final = 12
_ALPHA: Final = 0.001
_EFFECT: Final = 2.0
_SCATTER: Final = np.log(2.0)
_PRESENT: Final = 0.8
_GO_ALONG: Final = 0.3
_FEWEST_CHANGES: Final = 8
_NEARLY: Final = 1.0
_MANY_ZEROS: Final = 0.1


@dataclass(frozen=True)
class _Shift:
    """A lasting change of one series in one column."""

    readings: Readings
    series: int
    what: str
    """``level`` or ``scatter``."""
    step: Step
    entry: int
    """The first entry after it."""
    alone: bool
    p: float = 1.0
    """Adjusted for all series, columns and kinds looked at."""


@table_check("level_shifts", reads="series")
def level_shifts(profile: Profile) -> Iterator[Finding]:
    """Find a lasting, abrupt change of level or scatter in one series, which its neighbours do not share.

    The common movement of the other series is taken off first; p-values are Holm-adjusted over all series and columns.
    A series without neighbours must jump far beyond all it ever did. Stays silent on trends and seasons.
    """
    series = profile.series
    if series is None or not series.sampled:
        return
    columns = [column for column in measures(profile, series) if column.distinct >= _FEWEST_DISTINCT]
    found = readings(series, columns)
    looked = [one for reading in found for one in _of_column(series, reading)]
    tests = sum(one.tests for one in looked)
    shifts = [shift for one in looked for shift in one.shifts]
    if not shifts:
        return
    adjusted = holm(np.append([shift.step.p for shift in shifts], np.ones(tests - len(shifts))))
    kept = [replace(shift, p=float(p)) for shift, p in zip(shifts, adjusted, strict=False) if p <= _ALPHA]
    for one in found:
        own = [shift for shift in kept if shift.readings is one]
        if own:
            yield _finding(series, own, tests)


# ------------------------------------------------------------------------------------------ search


def _comes_to_life(series: SeriesSet, one: Readings, which: int, entry: int) -> bool:
    """Whether a series wakes or goes to rest: on one side it is at zero far more often than on the other."""
    place = series.one(which)
    zeros = [np.mean(part[np.isfinite(part)] == 0) for part in np.split(one.values[place], [entry - place.start])]
    return bool(abs(zeros[1] - zeros[0]) > _MANY_ZEROS)


@dataclass(frozen=True)
class _Bins:
    """Readings of several series in common bins of time."""

    edges: np.ndarray
    level: np.ndarray
    """Mean reading, series by bin; NaN where there is none."""
    scatter: np.ndarray
    """Logarithm of the mean change from one reading to the next."""


@dataclass(frozen=True)
class _Looked:
    """What was found of one column and kind of change, among how many series."""

    shifts: tuple[_Shift, ...]
    tests: int


def _of_column(series: SeriesSet, one: Readings) -> Iterator[_Looked]:
    counts = np.bincount(series.of_row[one.present], minlength=len(series))
    chosen = np.flatnonzero(counts >= _FEWEST_READINGS)
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")][:_MOST_SERIES]
    alone = len(chosen) < _NEIGHBOURS
    if not len(chosen) or (alone and counts[chosen].max() < _FEWEST_ALONE):
        return
    bins = _binned(series, one, chosen, int(np.median(counts[chosen])))
    for what in ("level", "scatter"):
        matrix = bins.level if what == "level" else bins.scatter
        shifts = []
        for row, step, at in _alone(matrix) if alone else _among_neighbours(matrix):
            which = int(chosen[row])
            if what == "scatter" and abs(step.size) < _SCATTER:
                continue
            edge, width = float(bins.edges[at]), float(bins.edges[1] - bins.edges[0])
            entry = _first_after(series, one, which, edge, width, what)
            if not _comes_to_life(series, one, which, entry):
                shifts.append(_Shift(one, which, what, step, entry, alone))
        yield _Looked(tuple(shifts), len(chosen))


def _alone(matrix: np.ndarray) -> Iterator[tuple[int, Step, int]]:
    """Yield the series of a few that jump as they never do, with the step and its bin."""
    for row, values in enumerate(matrix):
        known = _known(values, values)
        step = find_jump(values[known]) if known is not None else None
        if known is not None and step is not None:
            yield row, step, int(np.flatnonzero(known)[step.at])


def _among_neighbours(matrix: np.ndarray) -> Iterator[tuple[int, Step, int]]:
    """Yield the series that step away from the others.

    Among few, one that steps makes its neighbours seem to step the other way. So the one without which most of the
    others stand still is taken first, and counts as nobody's neighbour from then on.
    """
    found = _apart(matrix, range(len(matrix)), [])
    if len(matrix) > _FEW:
        yield from found
        return
    moved: list[int] = []
    while found:
        without = [_apart(matrix, [row for row, *_ in found if row != one], [*moved, one]) for one, *_ in found]
        best = min(range(len(found)), key=lambda k: (len(without[k]), found[k][1].p))
        yield found[best]
        moved.append(found[best][0])
        found = without[best]


def _apart(matrix: np.ndarray, rows: Sequence[int], moved: list[int]) -> list[tuple[int, Step, int]]:
    """Return which of some series step away from what the others, but for those that moved, have in common."""
    centred = matrix - _median(matrix, axis=1)[:, None]
    if len(matrix) > _FEW:
        common = np.broadcast_to(_median(centred, axis=0), matrix.shape)
    else:
        gone = [np.delete(centred, [row, *moved], axis=0) for row in rows]
        if not len(rows) or not len(gone[0]):
            return []
        common = np.stack([_median(others, axis=0) for others in gone])
    residual = matrix[rows] - _shares(matrix[rows], common)[:, None] * np.nan_to_num(common)
    found = []
    for place in np.flatnonzero(_may_step(residual)).tolist():
        known = _known(residual[place], matrix[rows[place]])
        step = find_step(residual[place][known]) if known is not None else None
        if known is not None and step is not None and abs(step.size) >= _EFFECT * step.noise:
            found.append((rows[place], step, int(np.flatnonzero(known)[step.at])))
    return found


def _may_step(residual: np.ndarray) -> np.ndarray:
    """Return which sequences come near enough to a step to be looked at closely: a quick test of all at once."""
    middle = _median(residual, axis=1)[:, None]
    off = np.nan_to_num(residual - middle)
    scale = np.median(np.abs(off), axis=1)[:, None] * 9 + 1e-300
    sums = np.cumsum(np.clip(off, -scale, scale), axis=1)
    size = off.shape[1]
    place = np.arange(2, size - 1)
    left = sums[:, place - 1] / place
    right = (sums[:, -1:] - sums[:, place - 1]) / (size - place)
    best = np.argmax(np.abs(right - left) * np.sqrt(place * (size - place)), axis=1)
    every = np.arange(len(off))
    rise = (right - left)[every, best]
    rest = off - np.where(
        np.arange(size) < place[best][:, None], left[every, best][:, None], right[every, best][:, None]
    )
    may: np.ndarray = np.abs(rise) >= _NEARLY * np.median(np.abs(rest), axis=1)
    return may


def _known(residual: np.ndarray, own: np.ndarray) -> np.ndarray | None:
    """Return the bins with a value, or None where too many within the series have none."""
    known = np.isfinite(residual)
    inside = np.flatnonzero(np.isfinite(own))
    if not len(inside) or known.sum() < _PRESENT * (inside[-1] - inside[0] + 1):
        return None
    return known


def _binned(series: SeriesSet, one: Readings, chosen: np.ndarray, readings_each: int) -> _Bins:
    number_of_bins = int(np.clip(readings_each // _PER_BIN, 36, _BINS))
    row_of = np.full(len(series), -1)
    row_of[chosen] = np.arange(len(chosen))
    entries = np.flatnonzero(one.present & (row_of[series.of_row] >= 0))
    times = series.times[entries].astype(float)
    edges = np.linspace(times.min(), times.max() + 1, number_of_bins + 1)
    width = edges[1] - edges[0]
    at = np.minimum(((times - edges[0]) / width).astype(np.int64), number_of_bins - 1)
    rows = row_of[series.of_row[entries]]
    cell = rows * number_of_bins + at
    shape = (len(chosen), number_of_bins)
    size = len(chosen) * number_of_bins
    values = one.values[entries]
    there = np.bincount(cell, minlength=size)
    sums = np.bincount(cell, values, minlength=size)
    level = np.where(there > 0, sums / np.maximum(there, 1), np.nan).reshape(shape)
    changes = np.abs(np.diff(values))
    within = (np.diff(rows) == 0) & (np.diff(at) == 0)
    pairs = np.bincount(cell[1:][within], minlength=size)
    moved = np.bincount(cell[1:][within], changes[within], minlength=size)
    enough = (pairs >= _PER_BIN / 2) & (moved > 0)
    scatter = np.where(enough, np.log(np.where(enough, moved, 1) / np.maximum(pairs, 1)), np.nan).reshape(shape)
    return _Bins(edges, level, scatter)


def _median(matrix: np.ndarray, axis: int) -> np.ndarray:
    """Return the median of what is known, NaN where nothing is."""
    known = np.isfinite(matrix).any(axis=axis)
    found: np.ndarray = np.full(known.shape, np.nan)
    rows = matrix if axis == 1 else matrix.T
    found[known] = np.nanmedian(rows[known], axis=1)
    return found


def _shares(own: np.ndarray, common: np.ndarray) -> np.ndarray:
    """Return how far each series goes along with the others, by how both change from bin to bin: 0 where it does not."""
    first, second = np.diff(own, axis=1), np.diff(common, axis=1)
    known = np.isfinite(first) & np.isfinite(second)
    limit = 5 * _median(np.abs(np.where(known, first, np.nan)), axis=1)[:, None]
    first = np.where(
        known, np.clip(first, -np.where(limit > 0, limit, np.inf), np.where(limit > 0, limit, np.inf)), 0.0
    )
    second = np.where(known, second, 0.0)
    together, own_size, size = (first * second).sum(axis=1), (first**2).sum(axis=1), (second**2).sum(axis=1)
    usable = (known.sum(axis=1) >= _FEWEST_CHANGES) & (own_size > 0) & (size > 0)
    size, own_size = np.where(usable, size, 1.0), np.where(usable, own_size, 1.0)
    along = usable & (together / np.sqrt(size * own_size) >= _GO_ALONG)
    return np.where(along, np.clip(together / size, 0, 2), 0.0)


def _first_after(series: SeriesSet, one: Readings, which: int, edge: float, width: float, what: str) -> int:
    """Return the entry at which a change begins: the best split of the readings around the edge of the bins."""
    place = series.one(which)
    entries = np.flatnonzero(one.present[place]) + place.start
    times = series.times[entries]
    near = entries[(times >= edge - 1.5 * width) & (times < edge + 1.5 * width)]
    start = int(entries[min(np.searchsorted(times, edge), len(entries) - 1)])
    if what == "scatter" or len(near) < 8:
        return start
    values = one.values[near]
    sums, size = np.cumsum(values), len(values)
    split = np.arange(2, size - 1)
    gap = np.abs((sums[-1] - sums[split - 1]) / (size - split) - sums[split - 1] / split)
    return int(near[split[np.argmax(gap * np.sqrt(split * (size - split)))]])


# ------------------------------------------------------------------------------------------ the finding


def _finding(series: SeriesSet, shifts: list[_Shift], tests: int) -> Finding:
    shifts = sorted(shifts, key=lambda shift: (shift.p, -abs(shift.step.size) / shift.step.noise))
    worst, one = shifts[0], shifts[0].readings
    name = shortened(one.column.name)
    owners = list(dict.fromkeys(shift.series for shift in shifts))
    entries = np.unique(np.concatenate([_after(series, shift) for shift in shifts]))
    whose = f" of {called(series, worst.series)}" if len(series) > 1 else ""
    more = f", and {count(len(owners) - 1, 'more series', 'more series')}" if len(owners) > 1 else ""
    others = "" if worst.alone else "; its neighbours do not"
    when = moment(series.times[worst.entry], step_us(series, worst.series))
    lanes = []
    for owned in owners[:LANES]:
        own = [shift for shift in shifts if shift.series == owned]
        marks = [_mark(series, shift) for shift in own]
        level = next((shift for shift in own if shift.what == "level"), None)
        levels = _levels(series, level) if level is not None else ()
        lanes.append(lane(series, owned, marks, values=one.values[series.one(owned)], levels=levels))
    against = "against its own past" if worst.alone else "against the other series"
    return Finding(
        columns=(one.column.position, *series.columns),
        severity=Severity.WARNING,
        rows=len(entries),
        message=f"{name}{whose} {_told(worst)} from {when} on{others}{more}.",
        predicate=series.rows_at(entries),
        looked_at=series.looked_at,
        evidence=(
            timeline(
                f"Level of {name} before and after ({of_series(len(owners), len(series))})", lanes, of=len(owners)
            ),
        ),
        why=f"A sensor that was moved, recalibrated or set to another unit: before and after are not the same quantity. Tested "
        f"{against} ({count(tests, 'test')}, p {_chance(worst.p)} after Holm). {series.found}",
        confidence=0.75 if worst.alone else 0.85,
    )


def _told(shift: _Shift) -> str:
    if shift.what == "scatter":
        factor = float(np.exp(abs(shift.step.size)))
        return f"scatters {number(round(factor, 1))} times {'more' if shift.step.size > 0 else 'less'}"
    return f"lies {_rounded(abs(shift.step.size))} {'higher' if shift.step.size > 0 else 'lower'}"


def _chance(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.1g}"


def _rounded(value: float) -> str:
    return number(float(f"{value:.3g}"))


def _after(series: SeriesSet, shift: _Shift) -> np.ndarray:
    return np.arange(shift.entry, series.starts[shift.series + 1])


def _mark(series: SeriesSet, shift: _Shift) -> Mark:
    entries = _after(series, shift)
    start, end = series.times[entries[0]], series.times[entries[-1]]
    label = f"from {moment(start, step_us(series, shift.series))} on: {_told(shift)}"
    return Mark(float(start), float(end), "shift", label, entries)


def _levels(series: SeriesSet, shift: _Shift) -> tuple[tuple[float, float, float], ...]:
    place = series.one(shift.series)
    values = shift.readings.values
    sides = (np.arange(place.start, shift.entry), np.arange(shift.entry, place.stop))
    return tuple(
        (float(series.times[side[0]]), float(series.times[side[-1]]), float(np.nanmedian(values[side])))
        for side in sides
        if len(side) and np.isfinite(values[side]).any()
    )
