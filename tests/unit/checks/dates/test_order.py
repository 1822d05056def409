"""ambiguous_dates: what settles day or month first, and where nothing does, what speaks for which."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.evidence import Bars, Examples, Histogram
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

from .dated import days, early_days, findings_of_file, rows_of, written

CHECK = "ambiguous_dates"


def evidence_of(finding: Finding) -> list[tuple[str, ...]]:
    tables = [each for each in finding.evidence if isinstance(each, Examples) and each.title == "What the table says"]
    return list(tables[0].lines) if tables else []


# ---------------------------------------------------------------------- settled


def test_days_above_twelve_settle_it_and_say_what_a_month_first_reader_would_swap(findings_of):
    dates = days(300)
    frame = pd.DataFrame({"visit": written(dates, "%d/%m/%Y")})
    (finding,) = findings_of(CHECK, frame)
    swapped = (dates.dt.day <= 12) & (dates.dt.day != dates.dt.month)
    assert finding.severity is Severity.INFO
    assert finding.message == (
        f"visit is day first: {(dates.dt.day > 12).sum()} rows with a day above 12 settle it. "
        f"A reader that takes the month first would swap {swapped.sum()} rows."
    )
    assert rows_of(finding, frame) == np.flatnonzero(swapped).tolist()
    assert apply_fix(finding.fixes[0], from_pandas(frame))["visit"].tolist() == dates.tolist()


def test_the_bars_show_what_settles_it(findings_of):
    dates = days(300)
    (finding,) = findings_of(CHECK, pd.DataFrame({"visit": written(dates, "%d/%m/%Y")}))
    bars = finding.evidence[0]
    assert isinstance(bars, Bars)
    rows = {bar.label: bar.rows for bar in bars.bars}
    assert rows == {"only day first": (dates.dt.day > 12).sum(), "only month first": 0, "both ways": finding.rows}


def test_first_days_of_months_settle_it(findings_of):
    frame = pd.DataFrame({"month": written(pd.Series(pd.date_range("2020-01-01", periods=30, freq="MS")), "%d/%m/%Y")})
    (finding,) = findings_of(CHECK, frame)
    assert finding.severity is Severity.INFO
    assert "first days of months" in finding.message


@pytest.mark.parametrize("layout", ["%m/%d/%Y", "%m-%d-%y", "%Y-%m-%d", "%d %b %Y", "%Y/%m/%d %H:%M"])
def test_silent_where_readers_assume_right_or_every_value_forces_one_order(findings_of, layout):
    assert findings_of(CHECK, pd.DataFrame({"visit": written(days(200), layout)})) == []


def test_silent_where_every_day_is_above_twelve(findings_of):
    dates = days(400)
    late = dates[dates.dt.day > 12].reset_index(drop=True)
    assert findings_of(CHECK, pd.DataFrame({"visit": written(late, "%d/%m/%Y")})) == []


@settings(max_examples=25)
@given(st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2024, 12, 31)), min_size=30, max_size=60, unique=True))
def test_a_column_that_settles_itself_is_never_called_open(drawn):
    dates = pd.Series([dt.date(2001, 1, 25), dt.date(2002, 2, 26), *drawn]).astype("datetime64[us]")
    for layout in ("%d/%m/%Y", "%m/%d/%Y"):
        found = findings_of_file(CHECK, pd.DataFrame({"visit": written(dates, layout)}))
        assert all(finding.severity is Severity.INFO for finding in found)
        assert not found or layout == "%d/%m/%Y"


# ---------------------------------------------------------------------- open


def test_nothing_settles_it_is_an_error_with_both_repairs(findings_of):
    dates = early_days(200)
    frame = pd.DataFrame({"visit": written(dates, "%d/%m/%Y")})
    (finding,) = findings_of(CHECK, frame)
    assert finding.severity is Severity.ERROR
    assert finding.message.endswith("as no number is above 12, and nothing else settles it.")
    assert finding.rows == (dates.dt.day != dates.dt.month).sum()
    assert [fix.title for fix in finding.fixes] == ["Parse day first", "Parse month first"]
    day_first, month_first = (apply_fix(fix, from_pandas(frame))["visit"] for fix in finding.fixes)
    assert day_first.tolist() == dates.tolist()
    assert month_first.dt.day.tolist() == dates.dt.month.tolist()


def test_both_readings_are_drawn_over_time(findings_of):
    (finding,) = findings_of(CHECK, pd.DataFrame({"visit": written(early_days(), "%d/%m/%Y")}))
    drawn = [each for each in finding.evidence if isinstance(each, Histogram)]
    assert [each.title for each in drawn] == ["Over time, day first", "Over time, month first"]
    assert all(each.temporal and sum(each.counts) == 200 for each in drawn)


@pytest.mark.parametrize(("layout", "likelier"), [("%d/%m/%Y", "day first"), ("%m/%d/%Y", "month first")])
class TestWhatSpeaks:
    def check(self, finding: Finding, likelier: str, what: str, dates: pd.Series, frame: pd.DataFrame) -> None:
        assert finding.severity is Severity.WARNING
        assert f"for {likelier} (9" in finding.message
        (line,) = (line for line in evidence_of(finding) if line[0] == what)
        assert line[-1].endswith(likelier)
        assert finding.fixes[0].title == f"Parse {likelier}"
        assert apply_fix(finding.fixes[0], from_pandas(frame))["visit"].tolist() == dates.tolist()

    def test_the_order_of_the_rows(self, findings_of, layout, likelier):
        dates = early_days(200).sort_values(ignore_index=True)
        frame = pd.DataFrame({"visit": written(dates, layout)})
        (finding,) = findings_of(CHECK, frame)
        self.check(finding, likelier, "order of the rows", dates, frame)

    def test_the_newest_first_is_an_order_too(self, findings_of, layout, likelier):
        dates = early_days(200).sort_values(ascending=False, ignore_index=True)
        frame = pd.DataFrame({"visit": written(dates, layout)})
        (finding,) = findings_of(CHECK, frame)
        self.check(finding, likelier, "order of the rows", dates, frame)

    def test_no_weekends(self, findings_of, layout, likelier):
        dates = early_days(400, first="2022-01-01", span=900)
        dates = dates[dates.dt.day_of_week < 5].reset_index(drop=True)
        frame = pd.DataFrame({"visit": written(dates, layout)})
        (finding,) = findings_of(CHECK, frame)
        self.check(finding, likelier, "weekends", dates, frame)

    def test_no_date_in_the_future(self, findings_of, layout, likelier):
        today = pd.Timestamp(dt.datetime.now(tz=dt.UTC).date())
        dates = early_days(150, first=str(today - pd.Timedelta(days=1500)), span=1499)
        frame = pd.DataFrame({"visit": written(dates, layout)})
        (finding,) = findings_of(CHECK, frame)
        if any(line[0] == "dates in the future" for line in evidence_of(finding)):
            self.check(finding, likelier, "dates in the future", dates, frame)

    def test_another_date_of_the_same_rows(self, findings_of, layout, likelier):
        dates = early_days(200)
        frame = pd.DataFrame(
            {"visit": written(dates, layout), "filed": dates + pd.to_timedelta(np.arange(200) % 8, unit="D")}
        )
        (finding,) = findings_of(CHECK, frame)
        self.check(finding, likelier, "distance from filed", dates, frame)

    def test_a_day_that_never_changes(self, findings_of, layout, likelier):
        dates = pd.Series(pd.date_range("2020-01-05", periods=36, freq="MS") + pd.Timedelta(days=4))
        dates = dates.sample(frac=1, random_state=3).reset_index(drop=True)
        frame = pd.DataFrame({"visit": written(dates, layout)})
        (finding,) = findings_of(CHECK, frame)
        self.check(finding, likelier, "a field that never changes", dates, frame)

    def test_the_order_of_the_other_columns(self, findings_of, layout, likelier):
        dates, others = early_days(200), days(200, seed=9)
        frame = pd.DataFrame({"visit": written(dates, layout), "born": written(others, layout)})
        finding = next(each for each in findings_of(CHECK, frame) if each.columns == (0,))
        self.check(finding, likelier, "the order in born", dates, frame)


def test_points_and_the_region_speak_too(findings_of):
    (dotted,) = findings_of(CHECK, pd.DataFrame({"visit": written(early_days(), "%d.%m.%Y")}))
    assert "the points between the numbers speak for day first" in dotted.message
    (american,) = findings_of(CHECK, pd.DataFrame({"visit": written(early_days(), "%m/%d/%Y")}), region="US")
    assert "the region US speaks for month first" in american.message


def test_chance_speaks_for_nothing(findings_of):
    for seed in range(8):
        frame = pd.DataFrame(
            {"visit": written(early_days(120, seed=seed), "%d/%m/%Y"), "other": days(120, seed=seed + 50)}
        )
        (finding,) = findings_of(CHECK, frame)
        assert finding.severity is Severity.ERROR, evidence_of(finding)


# ---------------------------------------------------------------------- exchanged already


def exchanged(dates: pd.Series) -> pd.Series:
    return pd.Series([date.replace(day=date.month, month=date.day) if date.day <= 12 else date for date in dates])


@pytest.mark.parametrize("as_text", [False, True])
def test_dates_that_a_month_first_reader_has_swapped_are_found_and_put_back(findings_of, as_text):
    dates = pd.Series(pd.date_range("2012-01-01", periods=310)) + pd.Timedelta(hours=7)
    frame = pd.DataFrame({"when": exchanged(dates)})
    if as_text:
        frame["when"] = written(frame["when"], "%Y-%m-%d %H:%M:%S")
    (finding,) = findings_of(CHECK, frame)
    low = (dates.dt.day <= 12) & (dates.dt.day != dates.dt.month)
    assert finding.severity is Severity.ERROR
    assert rows_of(finding, frame) == np.flatnonzero(low).tolist()
    assert apply_fix(finding.fixes[0], from_pandas(frame))["when"].tolist() == dates.tolist()


@pytest.mark.parametrize("arranged", ["sorted", "shuffled", "by group", "with late entries"])
def test_silent_on_true_dates_however_they_are_arranged(findings_of, arranged):
    dates = pd.Series(pd.date_range("2012-01-01", periods=400))
    match arranged:
        case "shuffled":
            dates = dates.sample(frac=1, random_state=0).reset_index(drop=True)
        case "by group":
            dates = pd.concat([dates[i::5] for i in range(5)], ignore_index=True)
        case "with late entries":
            dates[::25] -= pd.Timedelta(days=20)
    assert findings_of(CHECK, pd.DataFrame({"when": dates})) == []
