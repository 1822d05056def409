"""Tracks of something that moves: places in the order of time that nothing can have gone through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from mlqa_widgets.checks.places._places import among, flagged, made_missing, map_of, told
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.profile.clock import Clock, likely_clocks, named_clock
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import name_words
from mlqa_widgets.profile.places import Distinct, Places
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.series import SeriesSet, rows_at, series_by
from mlqa_widgets.profile.sphere import distance_km
from mlqa_widgets.wording import count, number, percent, shortened

_MOVERS: Final = frozenset(
    "id mmsi imo icao icao24 callsign vehicle vehicule device appareil trip trajet track trace user rider driver ship"
    " vessel navire bateau flight vol aircraft avion bus tram train taxi truck camion car voiture bike velo scooter"
    " animal individual tag collar phone person name code tail hurricane storm cyclone buoy float drifter".split()
)
_GROUPS_TRIED: Final = 4
_READINGS: Final = 5
_FEWEST_STEPS: Final = 20
_FASTEST_KMH: Final = 1500.0
"""Ground speed that no airliner reaches; Concorde and rockets aside, nothing that reports its place does."""
_SLOWEST_LIMIT_KMH: Final = 150.0
_TIMES_USUAL: Final = 5.0
_USUAL: Final = 0.9
_SMALLEST_JUMP_KM: Final = 0.5
_STANDS_KM: Final = 0.02
_AWAY: Final = 3
"""Readings in a row that a jump and its return may enclose."""
_BACK: Final = 0.25
_SAMPLED: Final = 20_000
_STEP_AGAINST_PAIR: Final = 0.2
_TOO_MANY: Final = 0.05
_SHORT: Final = 0.1
_SEGMENTS: Final = 500
_LISTED: Final = 1000
_SHOWN: Final = 12
_AROUND: Final = 2


@table_check("gps_jumps", reads="series")
def gps_jumps(profile: Profile) -> Iterator[Finding]:
    """Find readings of a track that only an impossible speed could reach.

    That is one above 1,500 km/h, or a jump there and back at five times the speeds usual in the table. Stays silent
    on tables whose places in order of time are no track (events, orders, earthquakes), on aircraft, on ships across
    the antimeridian, and on rows at (0, 0) or beyond the globe, which other checks tell.
    """
    if not profile.places:
        return
    clock = _clock(profile)
    if clock is None:
        return
    for places in profile.places:
        if places.exchanged:
            continue
        for series in _candidates(profile, places, clock):
            track = _Track.of(places, series)
            if track is None or not track.moves:
                continue
            jumped = track.jumped
            if 0 < jumped.sum() <= _TOO_MANY * len(jumped):
                yield _finding(places, series, track, jumped)
            break


def _clock(profile: Profile) -> Clock | None:
    if profile.roles.time is None:
        return next(likely_clocks(profile), None)
    return profile.series.clock if profile.series is not None else named_clock(profile)


def _candidates(profile: Profile, places: Places, clock: Clock) -> Iterator[SeriesSet]:
    """Yield the readings in order of time: as the user said, as found, then by the columns that name what moves."""
    if profile.roles.group:
        same = profile.series is not None and profile.series.clock is clock
        if (found := profile.series if same else series_by(profile, clock, profile.roles.group)) is not None:
            yield found
        return
    taken = {*clock.columns, *places.columns}
    columns = [column for column in profile.columns if column.position not in taken and _may_name_a_mover(column)]
    for column in columns[:_GROUPS_TRIED]:
        if (found := series_by(profile, clock, (column.position,))) is not None:
            yield found
    if (found := series_by(profile, clock, ())) is not None:
        yield found


def _may_name_a_mover(column: ColumnProfile) -> bool:
    repeats = column.distinct > 1 and column.distinct * _READINGS <= column.present and column.complete
    return repeats and not _MOVERS.isdisjoint(name_words(column.name))


@dataclass(frozen=True)
class _Track:
    """Readings by mover, then by time; arrays are parallel."""

    positions: np.ndarray
    """Rows of the table."""
    owner: np.ndarray
    hours: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray

    @classmethod
    def of(cls, places: Places, series: SeriesSet) -> _Track | None:
        latitude, longitude = (cells[series.order] for cells in places.of_rows(series.table))
        known = ~np.isnan(latitude) & ~np.isnan(longitude) & ~((latitude == 0) & (longitude == 0))
        if known.sum() < _FEWEST_STEPS:
            return None
        hours = (series.times[known] - series.times.min()) / 3.6e9
        return cls(series.positions(known), series.of_row[known], hours, latitude[known], longitude[known])

    def between(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the kilometres between readings."""
        return distance_km(self.latitude[one], self.longitude[one], self.latitude[other], self.longitude[other])

    @cached_property
    def resolution(self) -> float:
        """The finest unit that times are told in, in hours: two readings may lie that much farther apart."""
        for seconds in (86400.0, 3600.0, 60.0, 1.0):
            told = self.hours * 3600 / seconds
            if np.abs(told - np.round(told)).max() < 1e-6:
                return seconds / 3600
        return 0.001 / 3600

    def speed(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the least speed in km/h that leads from one reading to the other."""
        return self.between(one, other) / (np.abs(self.hours[other] - self.hours[one]) + self.resolution)

    @cached_property
    def steps(self) -> np.ndarray:
        """Which readings are followed by another of the same mover."""
        return np.flatnonzero(np.diff(self.owner) == 0)

    @cached_property
    def moves(self) -> bool:
        """Whether this is a track: each reading lies near the one before, against any other of the same mover."""
        steps = self.steps
        if len(steps) < _FEWEST_STEPS or len(steps) < len(self.owner) / 2:
            return False
        generator = np.random.default_rng(0)
        some = steps if len(steps) <= _SAMPLED else np.sort(generator.choice(steps, _SAMPLED, replace=False))
        first = np.searchsorted(self.owner, self.owner[some])
        last = np.searchsorted(self.owner, self.owner[some], "right")
        other = first + (generator.random(len(some)) * (last - first)).astype(np.int64)
        apart = float(np.median(self.between(some, other)))
        return apart > _STANDS_KM and float(np.median(self.between(some, some + 1))) <= _STEP_AGAINST_PAIR * apart

    @cached_property
    def step_km(self) -> np.ndarray:
        """The distance from each reading to the next of the same mover; 0 from its last."""
        km = np.zeros(len(self.owner))
        km[self.steps] = self.between(self.steps, self.steps + 1)
        return km

    @cached_property
    def step_kmh(self) -> np.ndarray:
        """The least speed from each reading to the next of the same mover; 0 from its last."""
        return self.step_km / (np.abs(np.diff(self.hours, append=self.hours[-1])) + self.resolution)

    @cached_property
    def usual_kmh(self) -> float:
        """The speed that nine of ten steps of what moves stay below."""
        moved = self.step_kmh[self.step_km > _STANDS_KM]
        return float(np.quantile(moved, _USUAL)) if len(moved) else 0.0

    @cached_property
    def jumped(self) -> np.ndarray:
        """Which readings must be wrong."""
        wrong = self._there_and_back()
        kept = np.flatnonzero(~wrong)
        ahead = np.diff(self.owner[kept]) == 0
        one, other = kept[:-1][ahead], kept[1:][ahead]
        too_fast = (self.step_km[one] >= _SMALLEST_JUMP_KM) & (self.step_kmh[one] > _FASTEST_KMH)
        across = np.flatnonzero(other != one + 1)
        far = self.between(one[across], other[across]) >= _SMALLEST_JUMP_KM
        too_fast[across] = far & (self.speed(one[across], other[across]) > _FASTEST_KMH)
        breaks = other[too_fast]
        for owner in np.unique(self.owner[breaks]):
            own = kept[np.searchsorted(self.owner[kept], owner) : np.searchsorted(self.owner[kept], owner, "right")]
            wrong[self._not_on_the_way(own, np.searchsorted(own, breaks[self.owner[breaks] == owner]))] = True
        return wrong

    def _there_and_back(self) -> np.ndarray:
        """Return the readings between a step too fast for this table and the step back."""
        wrong = np.zeros(len(self.owner), dtype=bool)
        limit = min(max(_TIMES_USUAL * self.usual_kmh, _SLOWEST_LIMIT_KMH), _FASTEST_KMH)
        fast = (self.step_km >= _SMALLEST_JUMP_KM) & (self.step_kmh > limit)
        starts = np.flatnonzero(fast)
        for away in range(1, _AWAY + 1):
            candidates = starts[starts + away + 1 < len(self.owner)]
            candidates = candidates[self.owner[candidates] == self.owner[candidates + away + 1]]
            candidates = candidates[fast[candidates + away] & ~wrong[candidates] & ~wrong[candidates + 1]]
            home = self.between(candidates, candidates + away + 1)
            returned = candidates[home <= _BACK * self.step_km[candidates]]
            for reading in range(1, away + 1):
                wrong[returned + reading] = True
        return wrong

    def _not_on_the_way(self, own: np.ndarray, breaks: np.ndarray) -> np.ndarray:
        """Return the readings of a mover to leave out so that no impossible step remains, as few as can be.

        The track is cut at its impossible steps; the pieces kept are the longest chain of which each can be reached
        from the one before. A long piece that is left out tells of two movers under one name: only its first reading
        is returned.
        """
        edges = [0, *breaks.tolist(), len(own)]
        pieces = [own[a:b] for a, b in pairwise(edges)]
        if len(pieces) > _SEGMENTS:
            return own[breaks]
        best = [float(len(piece)) for piece in pieces]
        before = [-1] * len(pieces)
        for later in range(1, len(pieces)):
            ends = np.array([piece[-1] for piece in pieces[:later]])
            start = np.full(later, pieces[later][0])
            reached = (self.speed(ends, start) <= _FASTEST_KMH) | (self.between(ends, start) < _SMALLEST_JUMP_KM)
            for earlier in np.flatnonzero(reached):
                if best[earlier] + len(pieces[later]) > best[later]:
                    best[later], before[later] = best[earlier] + len(pieces[later]), int(earlier)
        chain, last = set(), int(np.argmax(best))
        while last >= 0:
            chain.add(last)
            last = before[last]
        left_out = [piece for place, piece in enumerate(pieces) if place not in chain]
        parts = [piece if len(piece) <= max(_AWAY, _SHORT * len(own)) else piece[:1] for piece in left_out]
        return np.concatenate(parts) if parts else own[:0]


def _finding(places: Places, series: SeriesSet, track: _Track, jumped: np.ndarray) -> Finding:
    wrong = np.flatnonzero(jumped)
    positions = track.positions[wrong]
    where = rows_at(positions)
    rows = len(positions)
    before = _neighbour(track, wrong, jumped)
    speeds = track.speed(before, wrong)
    fastest = float(speeds.max())
    at = Distinct(track.latitude[wrong], track.longitude[wrong], np.ones(rows, dtype=np.int64))
    distinct = places.distinct
    is_jump = np.isin(distinct.latitude, at.latitude)
    pairs = distinct.latitude[is_jump] + 1j * distinct.longitude[is_jump]
    is_jump[is_jump] = np.isin(pairs, at.latitude + 1j * at.longitude)
    shown = wrong[np.argsort(-speeds, kind="stable")][:_SHOWN]
    lines = [_around(track, int(one)) for one in shown]
    mover = f" of {shortened(series.group_names[0])}" if series.group else ""
    fixes = []
    if rows <= _LISTED:
        listed = among(at)
        fixes = [
            made_missing(
                places, listed, places.at(at.latitude, at.longitude), "Turn the places jumped to into missing"
            ),
            *flagged(places, listed, "gps_jump"),
        ]
    return Finding(
        columns=places.columns,
        severity=Severity.ERROR if fastest > _FASTEST_KMH else Severity.WARNING,
        rows=rows,
        message=f"{places.name} jump in {count(rows, 'row')} ({percent(rows / series.table.row_count)}): the tracks{mover} would reach {_speed(fastest)}, where nine of ten steps stay below {_speed(track.usual_kmh)}.",
        predicate=where,
        looked_at=series.looked_at,
        evidence=(
            map_of(places, "The fastest jumps, with the way there and back", is_jump, lines),
            _examples(series, track, shown, before[np.searchsorted(wrong, shown)]),
        ),
        why="A receiver that lost its satellites reports places it never was at: lengths of trips, speeds and stops go wrong."
        f" Read in the order of {shortened(series.clock.name)}." + told(places),
        fixes=tuple(fixes),
        confidence=0.85,
    )


def _neighbour(track: _Track, wrong: np.ndarray, jumped: np.ndarray) -> np.ndarray:
    """Return the nearest reading before that is not wrong; for the first of a mover, the next one."""
    good = np.flatnonzero(~jumped)
    place = np.searchsorted(good, wrong) - 1
    earlier = good[np.clip(place, 0, len(good) - 1)]
    later = good[np.clip(place + 1, 0, len(good) - 1)]
    return np.where((place >= 0) & (track.owner[earlier] == track.owner[wrong]), earlier, later)


def _around(track: _Track, reading: int) -> list[tuple[float, float]]:
    near = np.arange(max(0, reading - _AROUND), min(len(track.owner), reading + _AROUND + 1))
    near = near[track.owner[near] == track.owner[reading]]
    return list(zip(track.latitude[near].tolist(), track.longitude[near].tolist(), strict=True))


def _examples(series: SeriesSet, track: _Track, shown: np.ndarray, before: np.ndarray) -> Examples:
    lines = []
    for one, earlier in zip(shown, before, strict=True):
        km = float(track.between(np.array([earlier]), np.array([one]))[0])
        seconds = abs(float(track.hours[one] - track.hours[earlier])) * 3600
        speed = float(track.speed(np.array([earlier]), np.array([one]))[0])
        lines.append(
            (
                series.names[int(track.owner[one])] if series.group else "all",
                _place(track, int(earlier)),
                _place(track, int(one)),
                f"{number(float(f'{km:.3g}'))} km",
                f"{number(round(seconds, 1))} s",
                _speed(speed),
            )
        )
    return Examples("Jumps", ("track", "from", "to", "distance", "time", "speed at least"), tuple(lines))


def _place(track: _Track, reading: int) -> str:
    return f"{track.latitude[reading]:.5g}, {track.longitude[reading]:.6g}"


def _speed(kmh: float) -> str:
    return f"{number(float(f'{kmh:.2g}'))} km/h"
