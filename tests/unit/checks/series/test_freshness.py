"""stale_data: data that is older than its own rhythm allows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.checks.series import freshness
from mlqa_widgets.findings import Severity
from tests.unit.checks.series.series import hourly, sensors


@pytest.fixture
def _now(monkeypatch, request):
    monkeypatch.setattr(freshness, "_now", lambda: pd.Timestamp(request.param).value // 1000)


@pytest.mark.parametrize("_now", ["2024-02-01 12:00"], indirect=True)
@pytest.mark.usefixtures("_now")
def test_finds_that_nothing_came_since(findings_of):
    (finding,) = findings_of("stale_data", hourly(30))
    assert finding.message == "The newest record is of 2024-01-30 23:00, 1.5 days before now; one every hour was usual."
    assert (finding.rows, finding.severity) == (1, Severity.INFO)


@pytest.mark.parametrize("_now", ["2024-01-31 01:30"], indirect=True)
@pytest.mark.usefixtures("_now")
def test_stays_silent_on_fresh_data(findings_of):
    assert findings_of("stale_data", hourly(30)) == []


@pytest.mark.parametrize("_now", ["2030-01-01"], indirect=True)
@pytest.mark.usefixtures("_now")
def test_stays_silent_on_archives(findings_of):
    assert findings_of("stale_data", hourly(30)) == []
    assert findings_of("stale_data", sensors(3, 30)) == []


def test_measures_against_the_day_the_table_says_it_was_extracted(findings_of):
    frame = hourly(30).assign(extracted_at=pd.Timestamp("2024-03-01"))
    (finding,) = findings_of("stale_data", frame)
    assert finding.severity is Severity.WARNING
    assert "30 days before extracted_at" in finding.message
    assert findings_of("stale_data", hourly(30).assign(extracted_at=pd.Timestamp("2024-01-31"))) == []


@pytest.mark.parametrize("_now", ["2024-03-20"], indirect=True)
@pytest.mark.usefixtures("_now")
def test_a_month_late_is_not_late_for_months(findings_of):
    frame = pd.DataFrame({"month": pd.date_range("2019-01-01", "2024-01-01", freq="MS"), "sold": np.arange(61.0)})
    assert findings_of("stale_data", frame) == []
