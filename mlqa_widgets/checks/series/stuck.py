"""A sensor that repeats itself: one reading over and over, far longer than the series ever does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.series._runs import Runs, beyond_the_tail, standing_out
from mlqa_widgets.checks.series._timeline import (
    LANES,
    Mark,
    Readings,
    called,
    lane,
    measures,
    of_series,
    readings,
    step_us,
    stretch,
    stretch_code,
    timeline,
)
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.wording import count, number, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.series import SeriesSet
    from mlqa_widgets.tables.table import Predicate

_FEWEST: Final = 6
_RATIO: Final = 3.0
_TAIL_RATIO: Final = 1.6
_DEAD: Final = 10
_CHANCE: Final = 0.01
_USUAL: Final = 0.05
_LEAST_READINGS: Final = 40
_MOST_PAIRS: Final = 3_000
_FEWEST_DISTINCT: Final = 15
_ALIKE: Final = 0.9
_BEYOND: Final = 1.5
_COMPARED: Final = 3
_ASKED: Final = 12
_LISTED: Final = 200
_OTHERS: Final = 0.1
_NEARLY: Final = 0.7
_FIXED_RUNS: Final = 12


@dataclass(frozen=True)
class _Stuck:
    """The runs of one column that stand out, and why each does."""

    readings: Readings
    runs: Runs
    reasons: tuple[str, ...]


@table_check("stuck_values", reads="series")
def stuck_values(profile: Profile) -> Iterator[Finding]:
    """Find one reading repeated far longer than its series ever repeats one.

    Also a value that occurs in one long run and nowhere else, and a long run during which a column that otherwise goes
    with this one moves. Stays silent where long runs are usual (set points, rain, counts at zero overnight).
    """
    series = profile.series
    if series is None or not series.sampled:
        return
    columns = [column for column in measures(profile, series) if column.distinct >= _FEWEST_DISTINCT]
    found = readings(series, columns)
    breaks = _breaks(series)
    runs = [_runs(one, breaks) for one in found]
    for place, one in enumerate(found):
        stuck = _stuck(one, runs[place], series, found)
        if len(stuck.runs):
            yield _finding(profile, series, stuck)


def _breaks(series: SeriesSet) -> np.ndarray:
    """Return where a run ends whatever follows: between series, and at holes."""
    breaks = np.zeros(len(series.order), dtype=bool)
    breaks[series.starts[:-1]] = True
    step = np.nan_to_num(series.steps.step, nan=np.inf)[series.of_row[1:]]
    breaks[1:] |= np.diff(series.ticks) > 3 * step
    return breaks


def _runs(one: Readings, breaks: np.ndarray) -> Runs:
    runs = Runs.of(one.values, breaks)
    return runs.only(one.present[runs.start])


def _stuck(one: Readings, runs: Runs, series: SeriesSet, others: Sequence[Readings]) -> _Stuck:
    reasons: dict[int, str] = {}
    owner = series.of_row[runs.start]
    longest = np.zeros(len(series), dtype=np.int64)
    np.maximum.at(longest, owner, runs.length)
    sizes = np.bincount(owner, runs.length, len(series))
    suspects = np.flatnonzero((longest >= _FEWEST) & (sizes >= _LEAST_READINGS))
    suspects = suspects[np.argsort(-longest[suspects], kind="stable")][:_MOST_PAIRS]
    bounds = np.searchsorted(owner, np.arange(len(series) + 1))
    for suspect in suspects.tolist():
        own = np.arange(bounds[suspect], bounds[suspect + 1])
        lengths = runs.length[own]
        tests = len(series) * len(others)
        longer = standing_out(lengths, fewest=_FEWEST, ratio=_RATIO)
        longer |= beyond_the_tail(lengths, fewest=_DEAD, ratio=_TAIL_RATIO, chance=_CHANCE / tests)
        for k in own[longer].tolist():
            length = int(runs.length[k])
            if length > sizes[suspect] / 2 or _idle(one, runs, own, k) or _elsewhere_too(longest, suspect, length):
                continue
            if not _usual(one, runs, own, k) and _beyond_chance(
                lengths, int(runs.length[k]), len(series) * len(others)
            ):
                reasons[k] = "longer than any other"
        for k in own[lengths >= _DEAD].tolist():
            if k not in reasons and not _idle(one, runs, own, k) and _nowhere_else(one, runs, own, k):
                reasons[k] = "a reading it has at no other time"
    if len(series) <= _LISTED:
        for k in _while_others_move(one, runs, series, others):
            reasons.setdefault(k[0], k[1])
    chosen = np.array(sorted(reasons), dtype=np.int64)
    return _Stuck(one, runs.only(chosen), tuple(reasons[int(k)] for k in chosen))


def _usual(one: Readings, runs: Runs, own: np.ndarray, k: int) -> bool:
    """Whether the value of a run is one the series often comes to rest at: zero in counts, a ceiling."""
    value = one.values[runs.start[k]]
    same = one.values[runs.start[own]] == value
    rows = int(runs.length[own].sum() - runs.length[k])
    elsewhere = int(runs.length[own][same].sum() - runs.length[k])
    return bool(value == 0 or same.sum() > 10) and elsewhere > _USUAL * rows


def _idle(one: Readings, runs: Runs, own: np.ndarray, k: int) -> bool:
    """Whether a run is a stretch of zeros before the series began or after it ended."""
    return bool(one.values[runs.start[k]] == 0 and k in (own[0], own[-1]))


def _elsewhere_too(longest: np.ndarray, suspect: int, length: int) -> bool:
    """Whether other series have such runs as well: then it is the way of the column, a set point or a price."""
    others = np.delete(longest, suspect)
    return bool(len(others) and np.mean(others > _NEARLY * length) > _OTHERS)


def _beyond_chance(lengths: np.ndarray, length: int, tests: int) -> bool:
    """Whether a run is too long for readings that repeat as often as the other runs say, over all series looked at."""
    rest = lengths[lengths < length]
    rows = int(rest.sum())
    if rows < 2:
        return length >= _LEAST_READINGS
    again = (rows - len(rest) + 1) / (rows + 2)
    return bool(np.log(rows + length) + length * np.log(again) + np.log(tests) < np.log(_CHANCE))


def _nowhere_else(one: Readings, runs: Runs, own: np.ndarray, k: int) -> bool:
    """Whether a long run holds a value that the series has nowhere else, though its values do come again."""
    values = one.values[runs.start[own]]
    value = one.values[runs.start[k]]
    if (values == value).sum() > 1 or runs.length[k] < np.quantile(runs.length[own], 0.99):
        return False
    _, times = np.unique(values, return_counts=True)
    return bool(np.average(times > 1, weights=times) >= 0.95 and value in (0, values.min(), values.max()))


# ------------------------------------------------------------------------------------------ while others move


def _while_others_move(
    one: Readings, runs: Runs, series: SeriesSet, others: Sequence[Readings]
) -> Iterator[tuple[int, str]]:
    """Yield long runs during which a column that goes with this one moves as it does in no other run."""
    long = np.flatnonzero(runs.length >= _DEAD)
    if not len(long):
        return
    long = long[np.argsort(-runs.length[long], kind="stable")][:_ASKED]
    compared = np.flatnonzero(runs.length >= _COMPARED)[:_MOST_PAIRS].tolist()
    same = one.present.copy()
    same[runs.start] = False
    for other in others:
        if other is one or not _go_together(one, other):
            continue
        moves = np.append(False, np.diff(other.values) != 0) & other.present & np.append(False, other.present[:-1])
        moves[series.starts[:-1]] = False
        still = (moves & same).sum() / max(1, moves.sum())
        wide = _BEYOND * np.quantile([_range(other, runs, k) for k in compared], 0.99)
        for k in long.tolist():
            moved = int(moves[runs.start[k] + 1 : runs.start[k] + runs.length[k]].sum())
            beyond_chance = moved * np.log(max(still, 1e-9)) + np.log(len(runs)) < np.log(_CHANCE)
            if beyond_chance and _range(other, runs, k) > wide:
                yield k, f"{shortened(other.column.name)}, which goes with it, moved {moved:,} times meanwhile"


def _range(other: Readings, runs: Runs, k: int) -> float:
    values = other.values[runs.start[k] : runs.start[k] + runs.length[k]]
    values = values[np.isfinite(values)]
    return float(np.ptp(values)) if len(values) else 0.0


def _go_together(one: Readings, other: Readings) -> bool:
    """Whether two columns rise and fall together: correlated strongly over a sample of the readings."""
    both = np.flatnonzero(one.present & other.present)
    both = both[:: max(1, len(both) // 20_000)]
    if len(both) < _LEAST_READINGS:
        return False
    first, second = one.values[both], other.values[both]
    if first.std() == 0 or second.std() == 0:
        return False
    return bool(abs(np.corrcoef(first, second)[0, 1]) >= _ALIKE)


# ------------------------------------------------------------------------------------------ the finding


def _finding(profile: Profile, series: SeriesSet, stuck: _Stuck) -> Finding:
    one, runs = stuck.readings, stuck.runs
    ranked = np.argsort(-runs.length, kind="stable")
    longest = int(ranked[0])
    entries = np.concatenate([_entries(runs, k) for k in range(len(runs))])
    owner = series.of_row[runs.start]
    owners = list(dict.fromkeys(owner[ranked].tolist()))
    name, column = shortened(one.column.name), one.column
    whose = f" in {called(series, int(owner[longest]))}" if len(series) > 1 else ""
    more = f", and {count(len(runs) - 1, 'more run')}" if len(runs) > 1 else ""
    where = series.rows_at(entries)
    lanes = [
        lane(
            series,
            owned,
            [_mark(series, stuck, k) for k in np.flatnonzero(owner == owned).tolist()],
            values=one.values[series.one(owned)],
        )
        for owned in owners[:LANES]
    ]
    title = f"Readings of {name}, stuck runs marked"
    if len(series) > 1:
        title += f" ({of_series(len(owners), len(series))})"
    return Finding(
        columns=(column.position, *series.columns),
        severity=Severity.WARNING,
        rows=len(entries),
        message=f"{name} stays at {number(float(one.values[runs.start[longest]]))}{whose} for "
        f"{runs.length[longest]:,} readings, {_when(series, runs, longest)}{more}: {stuck.reasons[longest]}.",
        predicate=where,
        looked_at=series.looked_at,
        evidence=(timeline(title, lanes, of=len(owners)),),
        why=f"A frozen sensor looks like a calm one: means and models take its repeated reading for many. {series.found}",
        fixes=tuple(_fixes(profile, series, stuck, where)),
        confidence=0.8,
    )


def _fixes(profile: Profile, series: SeriesSet, stuck: _Stuck, where: Predicate) -> Iterator[Fix]:
    runs, column = stuck.runs, stuck.readings.column.column
    if len(runs) > _FIXED_RUNS:
        return
    tests = [stretch_code(profile, series, _entries(runs, k)) for k in range(len(runs))]
    if all(test is not None for test in tests):
        stuck_rows = tests[0] if len(tests) == 1 else " | ".join(f"({test})" for test in tests)
        read = read_column(profile.table, column)
        yield Fix(
            "Turn the stuck readings into missing",
            f"stuck = {stuck_rows}\n{assign_column(profile.table, column, f'{read}.mask(stuck)')}",
            changes=(column.position,),
            empties=where,
            note="Ask whoever runs the sensor whether it was stuck.",
        )


def _entries(runs: Runs, k: int) -> np.ndarray:
    return np.arange(runs.start[k], runs.start[k] + runs.length[k])


def _when(series: SeriesSet, runs: Runs, k: int) -> str:
    first, last = _entries(runs, k)[[0, -1]]
    return stretch(series.times[first], series.times[last], step_us(series, int(series.of_row[first])))


def _mark(series: SeriesSet, stuck: _Stuck, k: int) -> Mark:
    entries = _entries(stuck.runs, k)
    value = number(float(stuck.readings.values[entries[0]]))
    label = f"{_when(series, stuck.runs, k)}: {len(entries):,} times {value}, {stuck.reasons[k]}"
    return Mark(float(series.times[entries[0]]), float(series.times[entries[-1]]), "stuck", label, entries)
