"""When a series usually reports: its step, and the hours, weekdays and seasons in which it is always silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from mlqa_widgets.profile.series import DAY, HOUR

WEEK: Final = 7 * DAY
YEAR: Final = 365 * DAY + DAY // 4
_EXPECTED: Final = 0.75
_OCCASIONS: Final = 4
_SILENT_AGAIN: Final = 0.3
_SEASON: Final = 3 * DAY
_MOST_SLOTS: Final = 2_000_000
_NONE: Final = np.empty(0, dtype=np.int64)
_HOLIDAYS: Final = 16
"""Public holidays in a year, at most."""


@dataclass(frozen=True)
class Gaps:
    """Where a series lacks readings it was expected to have; arrays are parallel.

    Attributes
    ----------
    after
        Places in the series' own distinct times after which each hole comes.
    lost
        Expected readings that are not there.
    first, last
        Ticks of the first and the last of them.
    """

    after: np.ndarray
    lost: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def only(self, chosen: np.ndarray) -> Gaps:
        """Return some of the holes."""
        return Gaps(self.after[chosen], self.lost[chosen], self.first[chosen], self.last[chosen])


class Rhythm:
    """When one series reports.

    Parameters
    ----------
    ticks
        int64, the different times of the series, ascending: microseconds, or months if ``monthly``.
    step
        Its usual step in ticks.
    expected
        Share of the weeks or days in which there is a reading at a time from which one is expected there.
    repeated
        Ticks at which there are several readings.
    """

    def __init__(
        self,
        ticks: np.ndarray,
        step: float,
        *,
        monthly: bool = False,
        expected: float = _EXPECTED,
        repeated: np.ndarray = _NONE,
    ) -> None:
        self.ticks = ticks
        self._repeated = repeated
        self.step = step
        self._monthly = monthly
        self._expected = expected
        self._gaps = np.diff(ticks)
        self._period, self._rates = self._learn()

    @property
    def business_days(self) -> bool:
        """Whether it reports by the day and keeps weekends."""
        return bool(self.step == DAY and self._period == WEEK and (self._rates < 0.1).any())

    def _learn(self) -> tuple[int, np.ndarray]:
        """Return the period over which silence repeats (0 for none) and how often each phase of it has a reading."""
        span = float(self.ticks[-1] - self.ticks[0])
        if self._monthly:
            periods = [12] if self.step < 12 else []
        else:
            periods = [period for period in (WEEK, DAY) if self.step <= period / 2]
        for period in periods:
            phases = round(period / self.step)
            if span < _OCCASIONS * period or phases > _MOST_SLOTS:
                continue
            phase = self._phase(self.ticks, period)
            present = np.bincount(phase, minlength=phases).astype(float)
            away = self._gaps > (2 * period if not self._monthly else 18)
            lost = float(self._gaps[away].sum()) / period
            whole, rest = divmod(round(span / self.step) + 1, phases)
            occasions = np.full(phases, float(whole))
            occasions[(phase[0] + np.arange(rest)) % phases] += 1
            occasions = np.maximum(1.0, occasions - lost - 1)  # a hole takes its own occasion away
            return period, np.minimum(1.0, present / occasions)
        return 0, np.ones(1)

    def _phase(self, ticks: np.ndarray, period: int) -> np.ndarray:
        phases = round(period / self.step)
        anchor = 0 if self._monthly else 4 * DAY  # a Monday
        within = (ticks - anchor) % period
        phase: np.ndarray = np.floor(within / self.step + 0.01).astype(np.int64) % phases
        return phase

    def gaps(self) -> Gaps:
        """Return the holes: runs of readings that are absent where the series usually has them."""
        places = np.flatnonzero(self._gaps > 1.5 * self._local_steps())
        found = np.array([self._lost(int(place)) for place in places], dtype=float).reshape(len(places), 3)
        gaps = Gaps(places, found[:, 0].astype(np.int64), found[:, 1], found[:, 2])
        gaps = gaps.only(gaps.lost > 0)
        if self.business_days and len(gaps.after):
            years = max(1.0, (self.ticks[-1] - self.ticks[0]) / YEAR)
            single = gaps.lost <= 2
            if single.sum() <= _HOLIDAYS * years:
                gaps = gaps.only(~single)
        if not self._monthly:
            usual = [self._seasonal(int(place)) or self._clocks_forward(int(place)) for place in gaps.after]
            gaps = gaps.only(~np.array(usual, dtype=bool))
        return gaps

    def _local_steps(self) -> np.ndarray:
        """Return the usual step around each gap: where readings became rarer, that is no hole."""
        steps = np.full(len(self._gaps), self.step)
        wide = np.flatnonzero(self._gaps > 1.5 * self.step)
        if len(wide) > len(self._gaps) / 50:
            for place in wide:
                around = self._gaps[max(0, place - 8) : place + 9]
                steps[place] = max(self.step, np.median(around)) if len(around) > 8 else self.step
        return steps

    def _lost(self, place: int) -> tuple[int, float, float]:
        """Return how many expected readings a gap lacks, and the ticks of the first and the last of them."""
        absent, after = round(self._gaps[place] / self.step) - 1, float(self.ticks[place])
        if absent <= 0:
            return 0, after, after
        if not self._period:
            return absent, after + self.step, float(self.ticks[place + 1]) - self.step
        phases = len(self._rates)
        whole, rest = divmod(absent, phases)
        start = int(self._phase(self.ticks[place : place + 1] + np.int64(self.step), self._period)[0])
        expected = (self._rates >= self._expected)[(start + np.arange(phases)) % phases]
        lost = int(whole * expected.sum() + expected[:rest].sum())
        if not lost:
            return 0, after, after
        slots = np.flatnonzero(expected)
        ends = slots[slots < rest] + whole * phases if (slots < rest).any() else slots + (whole - 1) * phases
        return lost, after + (1 + slots[0]) * self.step, after + (1 + ends[-1]) * self.step

    def _seasonal(self, place: int) -> bool:
        """Whether the series is as silent at the same time of other years."""
        start, end = self.ticks[place], self.ticks[place + 1]
        if end - start < _SEASON or self.ticks[-1] - self.ticks[0] < YEAR:
            return False
        margin = (end - start) // 10
        silent = asked = 0
        years = range(-20, 21)
        for years_away in years:
            low, high = start + years_away * YEAR + margin, end + years_away * YEAR - margin
            if not years_away or low < self.ticks[0] or high > self.ticks[-1]:
                continue
            asked += 1
            there = np.searchsorted(self.ticks, high) - np.searchsorted(self.ticks, low)
            usual = (high - low) / self.step * (np.mean(self._rates >= self._expected) if self._period else 1)
            silent += there < _SILENT_AGAIN * usual
        return asked > 0 and silent >= max(1, asked / 2)

    def _clocks_forward(self, place: int) -> bool:
        """Whether the hole is the hour that summer time takes away, and its readings do not stand elsewhere."""
        start, end = self.ticks[place] + self.step, self.ticks[place + 1]
        if self.step > HOUR or not 0 < end - start <= HOUR:
            return False
        day = np.int64(start).astype("datetime64[us]").astype("datetime64[D]")
        sunday = (int(day.astype(np.int64)) + 3) % 7 == 6
        month = int(day.astype("datetime64[M]").astype(np.int64)) % 12 + 1
        moved = bool(((self._repeated >= start - HOUR) & (self._repeated <= end + HOUR)).any())
        return bool(sunday and month in (3, 4, 9, 10) and HOUR <= start % DAY <= 3 * HOUR and not moved)
