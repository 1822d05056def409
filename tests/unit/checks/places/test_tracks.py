"""gps_jumps: readings of a track that only an impossible speed could reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from vega_datasets import data

from mlqa_widgets.evidence import Examples, Map
from mlqa_widgets.findings import Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas


def track(
    rows: int = 300,
    kmh: float = 50,
    seconds: float = 30,
    latitude: float = 45.5,
    longitude: float = -73.6,
    seed: int = 0,
) -> pd.DataFrame:
    """Return something that moves at about a speed, turning as it goes."""
    generator = np.random.default_rng(seed)
    heading = np.cumsum(generator.normal(0, 0.2, rows)) + seed
    km = kmh * (0.5 + generator.random(rows)) / 1.5 * seconds / 3600
    lat = latitude + np.cumsum(km * np.cos(heading)) / 111.2
    lon = longitude + np.cumsum(km * np.sin(heading)) / 111.2 / np.cos(np.radians(latitude))
    time = pd.Timestamp("2024-05-01") + pd.to_timedelta(np.arange(rows) * seconds, unit="s")
    return pd.DataFrame({"time": time, "lat": lat.round(5), "lon": ((lon + 180) % 360 - 180).round(5)})


def fleet(movers: int = 4, **options: Any) -> pd.DataFrame:
    return pd.concat([track(seed=i, **options).assign(vehicle_id=f"v{i}") for i in range(movers)], ignore_index=True)


def jumping(frame: pd.DataFrame, rows: list[int], km: float) -> pd.DataFrame:
    return frame.assign(lat=frame["lat"].where(~np.isin(np.arange(len(frame)), rows), frame["lat"] + km / 111.2))


def test_finds_readings_that_jump_there_and_back_in_rows_of_any_order(findings_of):
    planted = [40, 41, 150, 420, 900]
    frame = jumping(fleet(), planted, 60)
    shuffled = frame.sample(frac=1, random_state=1)
    (finding,) = findings_of("gps_jumps", shuffled)
    table = from_pandas(shuffled)
    assert sorted(shuffled.index[table.positions(finding.predicate)]) == planted
    assert finding.severity is Severity.ERROR
    assert "vehicle_id" in finding.message
    drawn, examples = finding.evidence
    assert isinstance(drawn, Map)
    assert isinstance(examples, Examples)
    assert drawn.flagged == len(drawn.tracks) == len(examples.lines) == 5
    assert apply_fix(finding.fixes[0], table)["lat"].isna().sum() == 5


def test_a_jump_is_judged_by_the_speeds_usual_in_the_table(findings_of):
    (finding,) = findings_of("gps_jumps", jumping(fleet(kmh=5), [100], 2))
    assert finding.rows == 1
    assert finding.severity is Severity.WARNING
    assert findings_of("gps_jumps", jumping(fleet(kmh=100), [100], 2)) == []


def test_takes_the_time_and_the_group_the_user_names(findings_of):
    frame = jumping(fleet(), [77], 500).rename(columns={"vehicle_id": "x", "time": "when"})
    (finding,) = findings_of("gps_jumps", frame, time="when", group="x")
    assert finding.rows == 1


def test_finds_a_wrong_start_and_a_wrong_stretch(findings_of):
    frame = jumping(track(600), [0, *range(200, 220)], 3000)
    (finding,) = findings_of("gps_jumps", frame)
    assert from_pandas(frame).positions(finding.predicate).tolist() == [0, *range(200, 220)]


def test_two_tracks_in_one_are_told_by_the_first_reading(findings_of):
    frame = jumping(track(), list(range(200, 300)), 3000)
    (finding,) = findings_of("gps_jumps", frame)
    assert from_pandas(frame).positions(finding.predicate).tolist() == [200]


@pytest.mark.parametrize(
    "frame",
    [
        fleet(),
        fleet(kmh=900, seconds=10, latitude=48, longitude=2),
        track(kmh=35, seconds=600, latitude=-17, longitude=179.9, rows=600),
        fleet(kmh=0.0001),
        track(rows=10),
        fleet().drop(columns="time"),
    ],
    ids=["cars", "aircraft", "ship across the antimeridian", "parked", "few", "no time"],
)
def test_is_silent_on_tracks_that_something_can_travel(findings_of, frame):
    assert findings_of("gps_jumps", frame) == []


def test_is_silent_on_events_that_are_no_track(findings_of):
    generator = np.random.default_rng(3)
    seconds = np.sort(generator.integers(0, 86_400 * 30, 2000))
    calls = pd.DataFrame(
        {
            "opened": pd.Timestamp("2024-01-01") + pd.to_timedelta(seconds, unit="s"),
            "lat": generator.normal(45.5, 0.1, 2000),
            "lon": generator.normal(-73.6, 0.1, 2000),
            "user_id": generator.integers(0, 100, 2000),
        }
    )
    assert findings_of("gps_jumps", calls) == []
    quakes = calls.assign(lat=generator.uniform(-60, 60, 2000), lon=generator.uniform(-180, 180, 2000))
    assert findings_of("gps_jumps", quakes) == []
    assert findings_of("gps_jumps", data.la_riots()) == []
