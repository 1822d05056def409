"""stuck_values: a sensor that repeats itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlqa_widgets.evidence import Timeline
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.checks.series.series import hourly, sensors


def test_finds_the_run_exactly(findings_of):
    frame = hourly(40)
    frame.loc[300:320, "temperature"] = 19.5
    (finding,) = findings_of("stuck_values", frame)
    assert finding.rows == 21
    assert finding.predicate.params == (300, 320)
    assert finding.message.startswith("temperature stays at 19.5 for 21 readings, 2024-01-13 12:00 to 2024-01-14 08:00")


def test_names_the_series_and_draws_its_readings(findings_of):
    frame = sensors(6, 30)
    frame.loc[1000:1030, "temperature"] = 7.0
    (finding,) = findings_of("stuck_values", frame)
    timeline = finding.evidence[0]
    assert isinstance(timeline, Timeline)
    (lane,) = timeline.lanes
    assert (lane.name, len(lane.line) > 50) == ("s1", True)
    assert "in s1 for 31 readings" in finding.message


def test_the_fix_empties_the_run_and_nothing_else(findings_of):
    frame = sensors(3, 30).set_index(pd.Index(np.arange(2160)[::-1], name="label"))
    frame.iloc[1000:1030, 2] = 7.0
    (finding,) = findings_of("stuck_values", frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert np.flatnonzero(repaired["temperature"].isna()).tolist() == list(range(1000, 1030))


def test_the_fix_knows_times_in_text(findings_of):
    frame = hourly(40).assign(at=lambda frame: frame["at"].dt.strftime("%Y-%m-%d %H:%M"))
    frame.loc[300:320, "temperature"] = 19.5
    (finding,) = findings_of("stuck_values", frame)
    assert apply_fix(finding.fixes[0], from_pandas(frame))["temperature"].isna().sum() == 21


def test_finds_a_reading_that_occurs_in_one_long_run_only(findings_of):
    random = np.random.default_rng(0)
    humidity = np.round(60 + np.cumsum(random.normal(size=1440)) % 30).clip(20, 95)
    humidity = np.repeat(humidity[::4], 4)[:1440]
    humidity[700:722] = 0
    (finding,) = findings_of("stuck_values", hourly(60).assign(humidity=humidity).drop(columns="temperature"))
    assert finding.rows == 22
    assert "stays at 0 for 22 readings" in finding.message


def test_stays_silent_on_rain_on_zero_by_night_and_on_set_points(findings_of):
    random = np.random.default_rng(0)
    frame = hourly(90)
    rain = np.where(random.random(2160) < 0.05, random.random(2160).round(2), 0.0)
    sun = np.where(frame["at"].dt.hour.between(7, 18), (random.random(2160) * 100).round(1), 0.0)
    setting = np.repeat(random.integers(15, 40, 200), random.integers(4, 30, 200))[:2160]
    setting = np.resize(setting, 2160)
    frame = frame.assign(rain=rain, sun=sun, setting=setting)
    assert findings_of("stuck_values", frame) == []


def test_stays_silent_on_items_that_are_not_sold_yet(findings_of):
    random = np.random.default_rng(0)
    weeks = pd.date_range("2020-01-06", periods=150, freq="7D")
    sold = random.poisson(30, 150)
    other = sold.copy()
    other[:60] = 0
    frame = pd.concat([pd.DataFrame({"item": k, "week": weeks, "sold": s}) for k, s in (("a", sold), ("b", other))])
    assert findings_of("stuck_values", frame.reset_index(drop=True)) == []


def test_stays_silent_on_events(findings_of):
    frame = pd.DataFrame({"at": pd.Timestamp("2024-01-01"), "paid": np.repeat(np.arange(50.0), 20)})
    assert findings_of("stuck_values", frame, time="at") == []


def test_finds_a_sensor_that_stands_still_while_its_neighbour_moves(findings_of):
    random = np.random.default_rng(0)
    true = np.cumsum(random.choice([-1, 0, 0, 0, 0, 1], size=4000)) / 2.0
    felt = true + random.choice([0, 0, 0, 0.5], size=4000)
    felt[2000:2024] = felt[2000]
    true[2000:2024] = true[2000] + np.sin(np.arange(24) / 4).round(1) * 6
    at = pd.date_range("2024-01-01", periods=4000, freq="h")
    findings = findings_of("stuck_values", pd.DataFrame({"at": at, "true": true, "felt": felt}))
    assert [finding.columns[0] for finding in findings] == [2]
