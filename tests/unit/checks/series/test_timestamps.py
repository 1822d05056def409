"""duplicate_timestamps, out_of_order, cadence_changes: times that contradict the series."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.findings import Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.checks.series.series import hourly, sensors

# ---------------------------------------------------------------------- several readings at one time


def test_finds_all_rows_that_share_a_time(findings_of):
    frame = sensors(3, 20)
    frame.loc[[100, 700], "at"] = frame.loc[[99, 699], "at"].to_numpy()
    (finding,) = findings_of("duplicate_timestamps", frame)
    assert finding.rows == 4
    assert finding.message == (
        "4 rows share 2 times of at with another row of the same series in 2 of 3 series, the first at 2024-01-05 03:00."
    )


def test_the_fix_keeps_the_first_of_each(findings_of):
    frame = sensors(3, 20)
    frame.loc[[100, 700], "at"] = frame.loc[[99, 699], "at"].to_numpy()
    (finding,) = findings_of("duplicate_timestamps", frame)
    assert sorted(set(frame.index) - set(apply_fix(finding.fixes[0], from_pandas(frame)).index)) == [100, 700]


def test_the_hour_in_which_clocks_go_back_is_said_to_be_that(findings_of):
    at = pd.date_range("2024-10-01", periods=24 * 40, freq="h").tolist()
    twice = at.index(pd.Timestamp("2024-10-27 02:00"))
    frame = pd.DataFrame({"at": [*at[: twice + 1], *at[twice:]], "value": np.arange(len(at) + 1.0)})
    (finding,) = findings_of("duplicate_timestamps", frame)
    assert finding.severity is Severity.INFO
    assert "clocks go back" in finding.message


def test_stays_silent_on_events_and_on_other_series_at_the_same_time(findings_of):
    assert findings_of("duplicate_timestamps", sensors(4, 10)) == []
    events = pd.DataFrame({"at": np.repeat(pd.date_range("2024-01-01", periods=50), 4), "paid": np.arange(200.0)})
    assert findings_of("duplicate_timestamps", events, time="at") == []


# ---------------------------------------------------------------------- out of order


def moved(frame: pd.DataFrame, rows: list[int], to: int) -> pd.DataFrame:
    order = [place for place in range(len(frame)) if place not in rows]
    return frame.iloc[[*order[:to], *rows, *order[to:]]].reset_index(drop=True)


@pytest.mark.parametrize("newest_first", [False, True])
def test_finds_the_rows_that_strayed(findings_of, newest_first):
    frame = hourly(20)
    frame = frame.iloc[::-1].reset_index(drop=True) if newest_first else frame
    (finding,) = findings_of("out_of_order", moved(frame, [300, 301], 100))
    assert finding.predicate.params == (100, 101)
    assert finding.message == "2 rows (0.4 %) stand out of order in a table sorted by at."


def test_the_fix_sorts(findings_of):
    frame = moved(sensors(3, 10), [300, 301], 250)
    (finding,) = findings_of("out_of_order", frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired.groupby("sensor")["at"].is_monotonic_increasing.all()
    assert sorted(repaired.index) == list(range(len(frame)))


def test_stays_silent_on_sorted_and_on_shuffled_tables(findings_of):
    frame = sensors(3, 10)
    assert findings_of("out_of_order", frame) == []
    assert findings_of("out_of_order", frame.sort_values("at").reset_index(drop=True)) == []
    assert findings_of("out_of_order", hourly(20).iloc[::-1].reset_index(drop=True)) == []
    assert findings_of("out_of_order", hourly(20).sample(frac=1, random_state=0).reset_index(drop=True)) == []


# ---------------------------------------------------------------------- the step changes


def test_finds_when_the_step_changes_and_to_what(findings_of):
    frame = hourly(60)
    kept = [*range(900), *range(900, 1440, 6)]
    (finding,) = findings_of("cadence_changes", frame.iloc[kept].reset_index(drop=True))
    assert finding.message == "The step of at changes from every hour to every 6 hours at 2024-02-07 12:00."
    assert finding.rows == 90


def test_days_that_become_months_are_found(findings_of):
    days = pd.date_range("2020-01-01", "2020-12-31").append(pd.date_range("2021-01-01", periods=30, freq="MS"))
    (finding,) = findings_of("cadence_changes", pd.DataFrame({"day": days, "sold": np.arange(float(len(days)))}))
    assert "from every day to every month at 2021-01-01" in finding.message


def test_stays_silent_on_weekends_nights_and_holes(findings_of):
    frame = hourly(60)
    assert findings_of("cadence_changes", frame) == []
    assert findings_of("cadence_changes", frame.drop(index=range(300, 400)).reset_index(drop=True)) == []
    days = frame[frame["at"].dt.hour.between(8, 17) & (frame["at"].dt.day_of_week < 5)]
    assert findings_of("cadence_changes", days.reset_index(drop=True)) == []
    business = pd.DataFrame({"day": pd.bdate_range("2023-01-02", periods=300), "price": np.arange(300.0)})
    assert findings_of("cadence_changes", business) == []


def test_two_series_under_one_name_are_told_once(findings_of):
    names = np.repeat([f"c{i}" for i in range(21)], 40)
    years = pd.DataFrame({"year": [*range(1950, 1990)] * 21, "country": np.where(names == "c1", "c0", names)})
    frame = years.assign(people=np.arange(840.0))
    repeated = findings_of("duplicate_timestamps", frame, time="year", group="country")
    unordered = findings_of("out_of_order", frame, time="year", group="country")
    assert len(repeated) == len(unordered) == 1
    assert {one.cause for one in (*repeated, *unordered)} == {"several readings at one time"}
