"""midnight_only_times: timestamps whose time of day never varies."""

from __future__ import annotations

import pandas as pd
import pytest

from mlqa_widgets.findings import Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

from .dated import days, findings_of_file, written

CHECK = "midnight_only_times"


@pytest.mark.parametrize("layout", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"])
def test_text_with_a_time_part_that_is_always_midnight(layout):
    dates = days(50)
    frame = pd.DataFrame({"entered_at": written(dates, layout)})
    (finding,) = findings_of_file(CHECK, frame)
    assert (finding.severity, finding.rows) == (Severity.WARNING, 50)
    assert "00:00:00 in all 50 rows" in finding.message
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["entered_at"].tolist() == dates.tolist()


def test_a_name_that_does_not_speak_of_a_time_makes_it_an_info(findings_of):
    (finding,) = findings_of(CHECK, pd.DataFrame({"visit": written(days(50), "%Y-%m-%d %H:%M:%S")}))
    assert finding.severity is Severity.INFO


def test_another_constant_time_is_told_too(findings_of):
    (finding,) = findings_of(CHECK, pd.DataFrame({"day": days(50) + pd.Timedelta(hours=5)}))
    assert "05:00:00" in finding.message
    assert "zone" in finding.why


def test_true_dates_named_as_timestamps_are_an_info(findings_of):
    (finding,) = findings_of(CHECK, pd.DataFrame({"created_at": days(50)}))
    assert finding.severity is Severity.INFO


def test_empty_cells_and_values_that_are_no_date_do_not_hide_it(findings_of):
    stamps = written(days(100), "%Y-%m-%d %H:%M:%S")
    stamps[3], stamps[4] = None, "unknown"
    (finding,) = findings_of(CHECK, pd.DataFrame({"entered_at": stamps}))
    assert finding.rows == 98


def test_silent_on_dates_meant_as_dates(findings_of):
    frame = pd.DataFrame(
        {
            "visit_date": days(50),
            "text": written(days(50), "%Y-%m-%d"),
            "object": pd.Series(list(days(50).dt.date), dtype=object),
        }
    )
    assert findings_of(CHECK, frame) == []


def test_silent_on_times_that_vary_and_on_a_single_day(findings_of):
    varied = days(50)
    varied[7] += pd.Timedelta(seconds=1)
    frame = pd.DataFrame(
        {
            "created_at": varied,
            "entered_at": written(varied, "%Y-%m-%d %H:%M:%S"),
            "one_time": pd.Timestamp("2020-01-01"),
        }
    )
    assert findings_of(CHECK, frame) == []
