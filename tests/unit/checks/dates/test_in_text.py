"""dates_as_text: text and digits that are dates, in which format, and what two-digit years are taken for."""

from __future__ import annotations

import pandas as pd
import pytest

from mlqa_widgets.evidence import Histogram
from mlqa_widgets.findings import Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

from .dated import days, early_days, findings_of_file, written

CHECK = "dates_as_text"


@pytest.mark.parametrize(
    ("layout", "name"),
    [("%d.%m.%Y", "DD.MM.YYYY"), ("%m/%d/%Y %I:%M %p", "MM/DD/YYYY hh:mm AM/PM"), ("%d %B %Y", "DD Month YYYY")],
)
def test_text_that_is_dates_is_a_warning_and_names_the_format(findings_of, layout, name):
    dates = days(100)
    frame = pd.DataFrame({"visit": written(dates, layout)})
    (finding,) = findings_of(CHECK, frame)
    assert (finding.severity, finding.rows) == (Severity.WARNING, 100)
    assert f"holds dates as text, {name}, in 100 rows (100 %)" in finding.message
    assert apply_fix(finding.fixes[0], from_pandas(frame))["visit"].tolist() == dates.tolist()


def test_iso_text_sorts_rightly_and_is_an_info(findings_of):
    (finding,) = findings_of(CHECK, pd.DataFrame({"visit": written(days(100), "%Y-%m-%d")}))
    assert finding.severity is Severity.INFO


def test_working_days_are_drawn_in_whole_weeks(findings_of):
    working = pd.bdate_range("2024-01-01", periods=52 * 5)
    (finding,) = findings_of(CHECK, pd.DataFrame({"visit": working.strftime("%Y-%m-%d")}))
    (drawn,) = (one for one in finding.evidence if isinstance(one, Histogram))
    assert len(drawn.counts) > 20
    assert len(set(drawn.counts[:-1])) == 1


def test_a_file_without_types_is_told_only_of_formats_that_are_not_iso():
    assert findings_of_file(CHECK, pd.DataFrame({"visit": written(days(100), "%Y-%m-%d %H:%M:%S")})) == []
    (finding,) = findings_of_file(CHECK, pd.DataFrame({"visit": written(days(100), "%d.%m.%Y")}))
    assert finding.severity is Severity.INFO


def test_years_of_two_digits_are_stated_with_what_they_are_taken_for(findings_of):
    dates = days(200, first="1999-01-11", span=6000)
    (finding,) = findings_of(CHECK, pd.DataFrame({"show": written(dates, "%m/%d/%y")}))
    assert f"years have two digits, taken for {dates.dt.year.min()} to {dates.dt.year.max()}." in finding.message


def test_births_of_the_twenties_do_not_land_in_the_future(findings_of):
    dates = days(200, first="1931-01-01", span=15000)
    frame = pd.DataFrame({"born": written(dates, "%m/%d/%y")})
    (finding,) = findings_of(CHECK, frame)
    assert "pandas would put some a century later" in finding.message
    assert apply_fix(finding.fixes[0], from_pandas(frame))["born"].tolist() == dates.tolist()


def test_what_cannot_be_read_is_declared_missing(findings_of):
    visit = written(days(100), "%d.%m.%Y")
    visit[7], visit[8], visit[9] = "31.02.2020", "soon", None
    frame = pd.DataFrame({"visit": visit})
    (finding,) = findings_of(CHECK, frame)
    assert finding.rows == 98
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["visit"]
    assert repaired.isna().sum() == 3
    assert "2 rows that cannot be read" in finding.fixes[0].note


def test_whole_numbers_that_are_dates_are_an_info(findings_of):
    dates = days(100)
    frame = pd.DataFrame({"day": written(dates, "%Y%m%d").astype(int)})
    (finding,) = findings_of(CHECK, frame)
    assert finding.severity is Severity.INFO
    assert "as numbers, YYYYMMDD" in finding.message
    assert apply_fix(finding.fixes[0], from_pandas(frame))["day"].tolist() == dates.tolist()


def test_months_in_french_are_read(findings_of):
    months = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"]
    frame = pd.DataFrame({"jour": [f"{day} {month} 2020" for day, month in enumerate(months * 2, 5)]})
    (finding,) = findings_of(CHECK, frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["jour"]
    assert repaired.dt.month.tolist() == list(range(1, 11)) * 2
    assert repaired.dt.day.tolist() == list(range(5, 25))


def test_silent_on_what_is_told_elsewhere_or_is_no_date(findings_of):
    frame = pd.DataFrame(
        {
            "two formats": written(days(100), "%d.%m.%Y", "%Y-%m-%d"),
            "either order": written(early_days(100), "%d/%m/%Y"),
            "true dates": days(100),
            "times": ["10:30", "11:45"] * 50,
            "versions": ["1.10.2", "1.10.3.1"] * 50,
            "phones": [f"555-12{i:02}" for i in range(100)],
            "years": ["2019", "2020"] * 50,
            "words": ["May", "June"] * 50,
        }
    )
    assert findings_of(CHECK, frame) == []
