"""time_gaps: readings that should be there and are not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlqa_widgets.evidence import Bars, Timeline
from mlqa_widgets.findings import Severity
from tests.unit.checks.series.series import hourly, sensors, without


def test_finds_a_hole_and_says_from_when_to_when(findings_of):
    frame = without(hourly(40), range(500, 512))
    (finding,) = findings_of("time_gaps", frame)
    assert finding.message == "12 readings are missing from at, 2024-01-21 20:00 to 2024-01-22 07:00."
    assert finding.severity is Severity.WARNING
    assert finding.rows == 2


def test_the_rows_are_those_around_the_hole(findings_of):
    frame = without(sensors(4, 20), range(600, 610))
    (finding,) = findings_of("time_gaps", frame)
    timeline = finding.evidence[0]
    assert isinstance(timeline, Timeline)
    assert [lane.name for lane in timeline.lanes] == ["s1"]
    assert [span.kind for span in timeline.spans].count("hole") == 1
    assert finding.predicate.params == (599, 600)
    assert "missing from at (s1), 2024-01-06 00:00 to 09:00" in finding.message


def test_many_series_are_one_finding_the_most_lost_first(findings_of):
    frame = without(sensors(6, 20), [*range(100, 103), *range(500, 520), *range(1000, 1005)])
    (finding,) = findings_of("time_gaps", frame)
    timeline, longest = finding.evidence
    assert isinstance(timeline, Timeline)
    assert isinstance(longest, Bars)
    assert [lane.name for lane in timeline.lanes] == ["s1", "s2", "s0"]
    assert [bar.rows for bar in longest.bars] == [20, 5, 3]


def test_says_what_was_taken_for_time_and_series(findings_of):
    (finding,) = findings_of("time_gaps", without(sensors(4, 20), range(600, 610)))
    assert "Time: at, the column holds dates. Series: sensor, found" in finding.why
    (named,) = findings_of("time_gaps", without(sensors(4, 20), range(600, 610)), time="at", group="sensor")
    assert "Time: at, as named. Series: sensor, as named" in named.why


def test_stays_silent_on_complete_series(findings_of):
    assert findings_of("time_gaps", hourly(30)) == []
    assert findings_of("time_gaps", sensors(5, 20)) == []
    monthly = pd.DataFrame({"month": pd.date_range("2010-01-01", periods=80, freq="MS"), "sales": np.arange(80.0)})
    assert findings_of("time_gaps", monthly) == []


def test_stays_silent_on_a_step_that_is_now_shorter_and_now_longer(findings_of):
    random = np.random.default_rng(2)
    hours = np.cumsum(24 * 14 * random.uniform(0.7, 1.4, 200)).round()
    at = pd.Timestamp("2004-01-01") + pd.to_timedelta(hours, unit="h")
    released = pd.DataFrame({"at": at, "size": np.arange(200.0)})
    assert findings_of("time_gaps", released) == []
    late = released.drop(index=50)
    assert late["at"].diff().max() > pd.Timedelta(days=24)
    assert findings_of("time_gaps", late.reset_index(drop=True)) == []
    (finding,) = findings_of("time_gaps", released.drop(index=range(50, 58)).reset_index(drop=True))
    assert finding.rows == 2


def test_stays_silent_on_nights_and_weekends(findings_of):
    frame = hourly(90)
    open_hours = frame[(frame["at"].dt.hour.between(8, 17)) & (frame["at"].dt.day_of_week < 5)].reset_index(drop=True)
    assert findings_of("time_gaps", open_hours) == []


def test_finds_a_month_that_is_not_there(findings_of):
    months = pd.date_range("2010-01-01", periods=80, freq="MS").delete([30, 31])
    (finding,) = findings_of("time_gaps", pd.DataFrame({"month": months, "sales": np.arange(78.0)}))
    assert "2 readings are missing" in finding.message
    assert "2012-07 to 2012-08" in finding.message


def test_finds_a_stretch_in_which_a_column_is_empty(findings_of):
    frame = hourly(30).assign(wind=np.arange(720) % 37 + 0.5)
    frame.loc[300:330, "wind"] = np.nan
    frame.loc[[5, 90, 91], "wind"] = np.nan
    (finding,) = findings_of("time_gaps", frame)
    assert finding.rows == 31
    assert finding.message == "wind has no reading in 31 rows, in one stretch: 2024-01-13 12:00 to 2024-01-14 18:00."


def test_stays_silent_on_cells_that_are_missing_here_and_there(findings_of):
    random = np.random.default_rng(0)
    frame = hourly(30)
    frame.loc[random.random(720) < 0.1, "temperature"] = np.nan
    assert findings_of("time_gaps", frame) == []


def test_finds_the_week_in_which_nothing_was_sold_anywhere(findings_of):
    random = np.random.default_rng(0)
    weeks = pd.date_range("2023-01-02", periods=50, freq="7D")
    frame = pd.concat(
        [pd.DataFrame({"item": f"i{k}", "week": weeks, "sold": random.poisson(1.5, 50)}) for k in range(20)],
        ignore_index=True,
    )
    frame.loc[frame["week"] == weeks[20], "sold"] = 0
    (finding,) = findings_of("time_gaps", frame)
    assert finding.rows == 20
    assert "2023-05-22" in finding.message


def test_events_are_missed_where_there_always_were_some(findings_of):
    random = np.random.default_rng(0)
    hours = pd.date_range("2024-01-01", periods=24 * 60, freq="h")
    frame = pd.DataFrame({"at": np.repeat(hours, 5), "shop": "a", "paid": random.random(7200)})
    frame = frame[~frame["at"].between("2024-02-03 10:00", "2024-02-03 17:00")].reset_index(drop=True)
    (finding,) = findings_of("time_gaps", frame, time="at")
    assert finding.severity is Severity.INFO
    assert "at has no rows at 8 times that usually have some, 2024-02-03 10:00 to 17:00" in finding.message


def test_a_column_that_begins_later_has_no_hole_before_its_first_reading(findings_of):
    frame = hourly(30).assign(wind=np.arange(720) % 37 + 0.5)
    frame.loc[:30, "wind"] = np.nan
    assert findings_of("time_gaps", frame) == []


def test_months_and_years_are_told_without_their_first_day(findings_of):
    yearly = pd.DataFrame({"year": [*range(1950, 1970), *range(1980, 2000)], "births": np.arange(40.0)})
    (finding,) = findings_of("time_gaps", yearly, time="year")
    assert finding.message == "10 readings are missing from year, 1970 to 1979."
    months = pd.DataFrame({"month": pd.date_range("2010-01-01", periods=80, freq="MS"), "sales": np.arange(80.0)})
    (finding,) = findings_of("time_gaps", without(months, range(20, 30)))
    assert finding.message == "10 readings are missing from month, 2011-09 to 2012-06."
