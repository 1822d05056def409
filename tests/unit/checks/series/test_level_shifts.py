"""level_shifts: a lasting change in one series which its neighbours do not share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.checks.series._steps import find_jump, find_step, holm
from mlqa_widgets.evidence import Timeline
from tests.unit.checks.series.series import hourly, sensors, without


def test_finds_the_series_the_time_and_the_size(findings_of):
    frame = sensors(8, 60)
    rows = frame.index[(frame["sensor"] == "s2") & (frame["at"] >= "2024-01-25")]
    frame.loc[rows, "temperature"] += 5
    (finding,) = findings_of("level_shifts", frame)
    assert finding.message.startswith("temperature of s2 lies ")
    assert "higher from 2024-01-25" in finding.message or "higher from 2024-01-24" in finding.message
    assert abs(finding.rows - len(rows)) <= 24
    assert "after Holm" in finding.why


def test_draws_the_readings_with_both_levels(findings_of):
    frame = sensors(8, 60)
    frame.loc[(frame["sensor"] == "s2") & (frame["at"] >= "2024-01-25"), "temperature"] += 5
    timeline = findings_of("level_shifts", frame)[0].evidence[0]
    assert isinstance(timeline, Timeline)
    (lane,) = timeline.lanes
    assert len(lane.levels) == 2
    assert [span.kind for span in lane.spans] == ["shift"]


def test_among_three_says_which_one_moved(findings_of):
    frame = sensors(3, 60)
    frame.loc[(frame["sensor"] == "s1") & (frame["at"] >= "2024-01-25"), "temperature"] += 8
    (finding,) = findings_of("level_shifts", frame)
    assert finding.message.startswith("temperature of s1 lies ")
    assert finding.message.endswith("its neighbours do not.")


def test_finds_a_change_of_unit(findings_of):
    frame = sensors(8, 60)
    frame.loc[(frame["sensor"] == "s2") & (frame["at"] >= "2024-01-25"), "temperature"] *= 1.8
    frame.loc[(frame["sensor"] == "s2") & (frame["at"] >= "2024-01-25"), "temperature"] += 32
    (finding,) = findings_of("level_shifts", frame)
    assert finding.message.startswith("temperature of s2 ")


def test_finds_a_sensor_that_scatters_more(findings_of):
    frame = sensors(8, 60)
    random = np.random.default_rng(9)
    rows = (frame["sensor"] == "s4") & (frame["at"] >= "2024-02-01")
    frame.loc[rows, "temperature"] += random.normal(scale=6, size=rows.sum())
    (finding,) = findings_of("level_shifts", frame)
    assert "times more" in finding.message


def test_a_series_alone_must_jump_far_beyond_all_it_did(findings_of):
    frame = hourly(120)
    assert findings_of("level_shifts", frame) == []
    frame.loc[1500:, "temperature"] += 10
    (finding,) = findings_of("level_shifts", frame)
    assert "higher from 2024-03-03 12:00 on" in finding.message


@pytest.mark.parametrize("seed", range(5))
def test_stays_silent_on_trends_seasons_and_walks(findings_of, seed):
    random = np.random.default_rng(seed)
    at = pd.date_range("2021-01-01", periods=3 * 365)
    days = np.arange(len(at))
    shapes = {
        "trend": days / 50 + random.normal(size=len(at)),
        "season": 10 * np.sin(2 * np.pi * days / 365.25) + random.normal(size=len(at)),
        "walk": np.cumsum(random.normal(size=len(at))),
    }
    for values in shapes.values():
        assert findings_of("level_shifts", pd.DataFrame({"at": at, "value": values})) == []
    frame = pd.concat(
        [pd.DataFrame({"kind": kind, "at": at, "value": v}) for kind, v in shapes.items()], ignore_index=True
    )
    assert findings_of("level_shifts", frame) == []


def test_stays_silent_on_what_all_series_share(findings_of):
    frame = sensors(8, 60)
    frame.loc[frame["at"] >= "2024-01-25", "temperature"] += 6
    assert findings_of("level_shifts", frame) == []


def test_stays_silent_on_a_series_that_wakes(findings_of):
    random = np.random.default_rng(0)
    frame = sensors(8, 60)
    frame["temperature"] = random.poisson(40, len(frame))
    frame.loc[(frame["sensor"] == "s2") & (frame["at"] < "2024-01-25"), "temperature"] = 0
    assert findings_of("level_shifts", frame) == []


# ---------------------------------------------------------------------- steps


@given(st.integers(0, 10_000), st.integers(20, 80), st.floats(6, 50))
def test_a_step_is_found_where_it_is(seed, at, size):
    values = np.random.default_rng(seed).normal(size=100)
    values[at:] += 2 * size
    step = find_step(values)
    assert step is not None
    assert abs(step.at - at) <= 1
    assert step.p < 1e-4


def test_noise_seldom_steps():
    random = np.random.default_rng(0)
    found = [step for _ in range(300) if (step := find_step(random.normal(size=100))) is not None and step.p < 0.05]
    assert len(found) <= 15


def test_walks_do_not_jump():
    random = np.random.default_rng(0)
    assert not [1 for _ in range(200) if find_jump(np.cumsum(random.normal(size=120)))]


def test_holm_is_that_of_statsmodels():
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(0).random(30) ** 3
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])


def test_years_and_quarters_are_one_time_and_no_series_by_quarter(findings_of):
    quarters = pd.period_range("1960Q1", periods=160, freq="Q")
    people = 170 * 1.004 ** np.arange(160) + np.random.default_rng(0).normal(scale=0.1, size=160)
    frame = pd.DataFrame({"year": quarters.year, "quarter": quarters.quarter, "people": people.round(2)})
    assert findings_of("level_shifts", frame, time="year") == []
    (finding,) = findings_of("time_gaps", without(frame, range(50, 58)), time="year")
    assert finding.message == "8 readings are missing from year + quarter, 1972-07 to 1974-04."
