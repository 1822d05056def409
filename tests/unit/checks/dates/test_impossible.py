"""impossible_dates: days that do not exist, the future, years far from all others, ends before starts, parts."""

from __future__ import annotations

import calendar
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

from .dated import days, findings_of_file, rows_of, written

CHECK = "impossible_dates"
TODAY = pd.Timestamp(dt.datetime.now(tz=dt.UTC).date())


def flagged(finding: Finding, frame: pd.DataFrame) -> list[int]:
    """Return the rows that the flag the finding offers is set on."""
    fix = next(fix for fix in finding.fixes if fix.adds)
    repaired = apply_fix(fix, from_pandas(frame))
    return np.flatnonzero(repaired[fix.adds[0]]).tolist()


# ---------------------------------------------------------------------- days that do not exist


def test_days_that_do_not_exist_are_errors_with_their_rows(findings_of):
    visit = written(days(100), "%d/%m/%Y")
    visit[3], visit[5] = "31/02/2020", "29/02/2021"
    frame = pd.DataFrame({"visit": visit})
    (finding,) = findings_of(CHECK, frame)
    assert finding.severity is Severity.ERROR
    assert rows_of(finding, frame) == [3, 5] == flagged(finding, frame)
    assert "'29/02/2021' and '31/02/2020'" in finding.message
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["visit"]
    assert np.flatnonzero(repaired.isna()).tolist() == [3, 5]


@pytest.mark.parametrize("value", ["2020-13-01", "2020-02-30", "2021-02-29", "2020-04-31"])
def test_likewise_in_iso(findings_of, value):
    visit = written(days(100), "%Y-%m-%d")
    visit[3] = value
    (finding,) = findings_of(CHECK, pd.DataFrame({"visit": visit}))
    assert finding.rows == 1


# ---------------------------------------------------------------------- out of time


def test_a_few_dates_in_the_future_are_an_error(findings_of):
    dates = days(200)
    dates[3], dates[9] = TODAY + pd.Timedelta(days=400), TODAY + pd.Timedelta(days=1700)
    frame = pd.DataFrame({"opened": dates})
    (finding,) = findings_of(CHECK, frame)
    assert finding.severity is Severity.ERROR
    assert rows_of(finding, frame) == [3, 9] == flagged(finding, frame)


def test_likewise_in_text(findings_of):
    dates = days(200)
    dates[3] = TODAY + pd.Timedelta(days=400)
    frame = pd.DataFrame({"opened": written(dates, "%d.%m.%Y")})
    (finding,) = findings_of(CHECK, frame)
    assert rows_of(finding, frame) == [3]
    assert apply_fix(finding.fixes[0], from_pandas(frame))["opened"].isna().sum() == 1


@pytest.mark.parametrize(
    "name", ["due_date", "expiry", "scheduled_for", "valid_until", "ExpirationDate", "date_limite"]
)
def test_silent_on_what_is_planned_or_due(findings_of, name):
    dates = days(200)
    dates[:5] = TODAY + pd.to_timedelta(range(100, 105), unit="D")
    assert findings_of(CHECK, pd.DataFrame({name: dates})) == []


def test_silent_on_a_column_that_is_mostly_future_and_on_today(findings_of):
    frame = pd.DataFrame({"game": TODAY + pd.to_timedelta(np.arange(200) - 20, unit="D")})
    assert findings_of(CHECK, frame) == []
    recent = pd.DataFrame({"seen": TODAY - pd.to_timedelta(np.arange(200) % 90, unit="D")})
    assert findings_of(CHECK, recent) == []


def test_a_year_mistyped_stands_apart(findings_of):
    dates = days(300)
    dates[3], dates[4] = pd.Timestamp("0202-03-04"), pd.Timestamp("1919-03-04")
    frame = pd.DataFrame({"opened": dates})
    (finding,) = findings_of(CHECK, frame)
    assert rows_of(finding, frame) == [3, 4]
    assert "years or more from all others" in finding.message


def test_silent_on_long_tails(findings_of):
    rng = np.random.default_rng(0)
    ages = rng.exponential(700, 2000)
    frame = pd.DataFrame(
        {
            "joined": TODAY - pd.to_timedelta(np.floor(ages), unit="D"),
            "birth": pd.Timestamp("1930-01-01") + pd.to_timedelta(rng.integers(0, 27000, 2000), unit="D"),
        }
    )
    assert findings_of(CHECK, frame) == []


def test_nobody_is_a_hundred_and_forty(findings_of):
    births = days(300, first="1930-01-01", span=25000)
    births[7] = pd.Timestamp("1880-05-05")
    frame = pd.DataFrame({"date_of_birth": births})
    (finding,) = findings_of(CHECK, frame)
    assert rows_of(finding, frame) == [7]
    assert "over 120 years" in finding.message


def test_stand_ins_for_missing_are_left_to_their_own_check(findings_of):
    dates = days(300)
    dates[3:9] = pd.Timestamp("1900-01-01")
    dates[9:13] = pd.Timestamp("9999-12-31")
    assert findings_of(CHECK, pd.DataFrame({"opened": dates})) == []


# ---------------------------------------------------------------------- ends before starts


def stays(rows: int = 400) -> pd.DataFrame:
    start = days(rows)
    return pd.DataFrame({"admitted": start, "discharged": start + pd.to_timedelta(np.arange(rows) % 30 + 1, unit="D")})


@pytest.mark.parametrize("as_text", [False, True])
def test_ends_before_starts_are_errors(findings_of, as_text):
    frame = stays()
    frame.loc[[5, 17], "discharged"] = frame.loc[[5, 17], "admitted"] - pd.Timedelta(days=3)
    if as_text:
        frame["admitted"] = written(frame["admitted"], "%d.%m.%Y")
    (finding,) = findings_of(CHECK, frame)
    assert finding.severity is Severity.ERROR
    assert finding.columns == (0, 1)
    assert rows_of(finding, frame) == [5, 17] == flagged(finding, frame)


def test_swapping_is_offered_and_does_that(findings_of):
    frame = stays()
    meant = frame.copy()
    frame.loc[5, ["admitted", "discharged"]] = frame.loc[5, ["discharged", "admitted"]].tolist()
    (finding,) = findings_of(CHECK, frame)
    pd.testing.assert_frame_equal(apply_fix(finding.fixes[1], from_pandas(frame)), meant)


def test_names_that_say_nothing_need_almost_all_rows_in_order_and_clear_exceptions(findings_of):
    frame = stays().set_axis(["alpha", "beta"], axis=1)
    frame.loc[[5, 6], "beta"] = frame.loc[[5, 6], "alpha"] - pd.Timedelta(days=20)
    (finding,) = findings_of(CHECK, frame)
    assert finding.severity is Severity.WARNING
    jitter = np.random.default_rng(0).normal(15, 6, 400).round()
    close = pd.DataFrame({"alpha": days(400), "beta": days(400) + pd.to_timedelta(jitter, unit="D")})
    assert findings_of(CHECK, close) == []


def test_silent_where_the_order_is_no_rule_or_is_kept(findings_of):
    frame = stays()
    frame["other"] = days(400, seed=8)
    frame["same_day"] = frame["discharged"]
    assert findings_of(CHECK, frame) == []


def test_a_date_is_not_before_a_time_of_the_same_day(findings_of):
    frame = stays()
    frame["admitted"] += pd.Timedelta(hours=15)
    frame["discharged"] = frame["admitted"].dt.normalize()
    assert findings_of(CHECK, frame) == []


# ---------------------------------------------------------------------- year, month and day apart


@pytest.mark.parametrize(
    "names", [("year", "month", "day"), ("birth_yr", "birth_mo", "birth_dy"), ("annee", "mois", "jour")]
)
@pytest.mark.parametrize("as_text", [False, True])
def test_parts_that_form_no_date(names, as_text):
    dates = days(400)
    frame = pd.DataFrame({names[0]: dates.dt.year, names[1]: dates.dt.month, names[2]: dates.dt.day})
    frame.loc[3, names[1:]] = [2, 31]
    frame.loc[4, names[1:]] = [6, 31]
    frame.loc[5, names[2]] = 99
    (finding,) = findings_of_file(CHECK, frame.astype("str") if as_text else frame)
    assert finding.columns == (0, 1, 2)
    assert finding.severity is Severity.ERROR
    assert rows_of(finding, frame.astype("str") if as_text else frame) == [3, 4]
    assert flagged(finding, frame) == [3, 4]


def test_a_part_that_is_not_known_forms_no_wrong_date():
    dates = days(200)
    frame = pd.DataFrame({"year": dates.dt.year, "month": dates.dt.month, "day": dates.dt.day}).astype("str")
    frame.loc[3:9, "day"] = "null"
    frame.loc[10:14, "day"] = None
    assert findings_of_file(CHECK, frame) == []


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 31)), min_size=1, max_size=40))
def test_exactly_the_days_the_calendar_lacks(parts):
    known = [(2001, 1, 1)] * 10
    frame = pd.DataFrame([*known, *parts], columns=["year", "month", "day"])
    found = findings_of_file(CHECK, frame)
    lacking = [i for i, (year, month, day) in enumerate([*known, *parts]) if day > calendar.monthrange(year, month)[1]]
    assert [rows_of(finding, frame) for finding in found] == ([lacking] if lacking else [])


def test_silent_on_parts_that_are_no_calendar(findings_of):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"year": rng.integers(1, 5, 100), "month": rng.integers(0, 60, 100), "day": rng.integers(0, 400, 100)}
    )
    assert findings_of(CHECK, frame) == []
    weekday = pd.DataFrame({"year": [2020] * 40, "month": [2] * 40, "day": [*range(1, 8)] * 5 + [1] * 5})
    assert findings_of(CHECK, weekday) == []
