"""Series are found where they are: what tells the time, what tells them apart, how often they report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.profile.rhythm import Rhythm
from mlqa_widgets.profile.series import DAY, HOUR, SeriesSet, find_series, rows_at
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.checks.series.series import hourly, sensors, without
from tests.unit.conftest import profile_of


def series_of(frame: pd.DataFrame, **roles: object) -> SeriesSet:
    found = find_series(profile_of(frame, **roles))
    assert found is not None
    return found


def test_a_column_of_dates_tells_the_time():
    found = series_of(hourly(10))
    assert (found.clock.name, found.group, len(found)) == ("at", (), 1)
    assert found.steps.step.tolist() == [HOUR]
    assert found.sampled


def test_the_column_that_names_every_row_with_the_time_tells_the_series_apart():
    frame = sensors(4, 10).assign(site=np.tile(["north", "south"], 480))
    found = series_of(frame)
    assert found.group_names == ("sensor",)
    assert found.names == ("s0", "s1", "s2", "s3")
    assert "names every row once" in found.found


def test_two_columns_may_be_needed_to_tell_series_apart():
    one = hourly(10)
    frame = pd.concat(
        [one.assign(site=site, depth=depth) for site in "ab" for depth in ("top", "deep")], ignore_index=True
    )
    assert set(series_of(frame).group_names) == {"site", "depth"}


def test_a_day_and_an_hour_beside_it_tell_the_time():
    frame = hourly(20)
    frame = frame.assign(day=frame["at"].dt.strftime("%Y-%m-%d"), hr=frame["at"].dt.hour).drop(columns="at")
    found = series_of(frame)
    assert found.clock.name == "day + hr"
    assert found.steps.step.tolist() == [HOUR]


def test_a_day_and_a_time_of_day_in_text_tell_the_time():
    frame = hourly(20)
    frame = frame.assign(day=frame["at"].dt.strftime("%d/%m/%Y"), clock=frame["at"].dt.strftime("%H:%M")).drop(
        columns="at"
    )
    assert series_of(frame).clock.name == "day + clock"


def test_year_month_and_day_tell_the_time():
    at = pd.date_range("2020-01-01", periods=400)
    frame = pd.DataFrame({"year": at.year, "month": at.month, "day": at.day, "births": np.arange(400) % 97})
    found = series_of(frame)
    assert found.clock.name == "year + month + day"
    assert found.steps.step.tolist() == [DAY]


def test_years_and_quarters_are_counted_in_months():
    frame = pd.DataFrame(
        {"year": np.repeat(np.arange(1990, 2010), 4), "quarter": [1, 2, 3, 4] * 20, "gdp": np.arange(80.0)}
    )
    found = series_of(frame)
    assert found.monthly
    assert found.steps.step.tolist() == [3]


def test_the_index_of_a_frame_may_tell_the_time():
    frame = hourly(10).set_index("at")
    assert series_of(frame).clock.reason == "the index holds times"


@pytest.mark.parametrize("unit", [1, 1000])
def test_stamps_since_1970_are_times_where_they_are_named(unit):
    frame = hourly(10)
    frame = frame.assign(stamp=frame["at"].astype("datetime64[us]").astype("int64") // 1_000_000 * unit).drop(
        columns="at"
    )
    found = series_of(frame, time="stamp")
    assert found.steps.step.tolist() == [HOUR]


def test_what_is_named_is_taken_as_it_is():
    random = np.random.default_rng(0)
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 10**6, 500), unit="s")
    frame = pd.DataFrame({"at": at, "shop": random.choice(["a", "b"], 500), "paid": random.random(500)})
    assert find_series(profile_of(frame)) is None
    found = series_of(frame, time="at", group="shop")
    assert found.group_named
    assert not found.sampled


def test_a_table_that_merely_has_a_date_is_no_series():
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "born": pd.Timestamp("1980-01-01") + pd.to_timedelta(random.integers(0, 10_000, 300), unit="D"),
            "age": random.random(300),
        }
    )
    assert find_series(profile_of(frame)) is None
    assert find_series(profile_of(pd.DataFrame({"a": [1, 2, 3]}))) is None
    assert find_series(profile_of(pd.DataFrame({"a": []}))) is None


def test_rows_without_a_time_or_a_group_belong_to_no_series():
    frame = sensors(2, 5)
    frame.loc[3, "at"] = pd.NaT
    found = series_of(frame, time="at", group="sensor")
    assert len(found.order) == len(frame) - 1


@given(st.sets(st.integers(0, 200), max_size=80))
def test_rows_at_selects_exactly_the_rows(positions):
    table = from_pandas(pd.DataFrame({"a": range(201)}))
    chosen = np.array(sorted(positions), dtype=np.int64)
    assert table.positions(rows_at(chosen)).tolist() == chosen.tolist()


# ---------------------------------------------------------------------- rhythm


def rhythm_of(at: pd.DatetimeIndex, step: int) -> Rhythm:
    return Rhythm(at.as_unit("us").asi8, step)


def test_weekends_are_learned():
    at = pd.date_range("2023-01-02", periods=300, freq="B")
    rhythm = rhythm_of(at, DAY)
    assert rhythm.business_days
    assert not len(rhythm.gaps().after)


def test_nights_are_learned_and_a_lost_morning_is_not():
    at = pd.date_range("2024-01-01", periods=60 * 24, freq="h")
    at = at[(at.hour >= 7) & (at.hour < 20)]
    assert not len(rhythm_of(at, HOUR).gaps().after)
    gaps = rhythm_of(at.delete(np.arange(400, 405)), HOUR).gaps()
    assert gaps.lost.tolist() == [5]


def test_public_holidays_of_a_series_that_keeps_weekends_are_no_holes():
    at = pd.date_range("2023-01-02", periods=520, freq="B")
    assert not len(rhythm_of(at.delete([10, 77, 120, 300, 360]), DAY).gaps().after)
    assert rhythm_of(at.delete(np.arange(100, 105)), DAY).gaps().lost.tolist() == [5]


def test_a_season_that_is_silent_every_year_is_no_hole():
    at = pd.date_range("2020-01-01", "2023-12-31")
    open_months = at[~at.month.isin([1, 2, 12])]
    assert not len(rhythm_of(open_months, DAY).gaps().after)
    once = at[~((at.year == 2022) & at.month.isin([5, 6]))]
    assert rhythm_of(once, DAY).gaps().lost.tolist() == [61]


def test_the_hour_that_summer_time_takes_is_no_hole():
    at = pd.date_range("2024-03-01", periods=24 * 60, freq="h")
    spring = at[at != pd.Timestamp("2024-03-31 02:00")]
    assert not len(rhythm_of(spring, HOUR).gaps().after)
    assert rhythm_of(at[at != pd.Timestamp("2024-03-27 02:00")], HOUR).gaps().lost.tolist() == [1]


@given(st.integers(30, 400), st.integers(1, 20), st.integers(1, 30))
def test_a_hole_in_an_even_series_is_counted_exactly(before, lost, after):
    ticks = np.delete(np.arange(before + lost + after + 40) * HOUR, np.arange(before, before + lost))
    gaps = Rhythm(ticks + 1_700_000_000_000_000 // HOUR * HOUR, HOUR).gaps()
    assert gaps.lost.sum() in (lost, 0 if lost == 1 else lost)


def test_without_is_numbered_anew():
    assert without(hourly(2), [0]).index[0] == 0
