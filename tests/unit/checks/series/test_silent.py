"""silent_series: sensors that are off, items that are gone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlqa_widgets.findings import Severity
from tests.unit.checks.series.series import sensors, without


def items(seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    weeks = pd.date_range("2022-01-03", periods=80, freq="7D")
    return pd.concat(
        [pd.DataFrame({"item": f"i{k:02}", "week": weeks, "sold": random.poisson(2 + k % 3, 80)}) for k in range(12)],
        ignore_index=True,
    )


def test_finds_a_sensor_that_stopped(findings_of):
    frame = without(sensors(6, 30), range(720 + 400, 1440))
    (finding,) = findings_of("silent_series", frame)
    assert finding.message == (
        "1 of 6 series stopped before the end of the data; longest silent: s1, last seen 2024-01-17 15:00."
    )
    assert finding.predicate.params == (1119, 1119)
    assert finding.severity is Severity.WARNING


def test_draws_the_silence_after_the_last_reading(findings_of):
    (finding,) = findings_of("silent_series", without(sensors(6, 30), range(720 + 400, 1440)))
    kinds = [span.kind for span in finding.evidence[0].spans]
    assert kinds == ["present", "silent"]


def test_where_series_come_and_go_it_is_only_worth_knowing(findings_of):
    frame = sensors(9, 30)
    days = {"s0": 8, "s1": 15, "s2": 11, "s3": 18}
    ends = frame["sensor"].map(days).fillna(30) * 24
    hours = frame.groupby("sensor").cumcount()
    (finding,) = findings_of("silent_series", frame[hours < ends].reset_index(drop=True))
    assert finding.message.startswith("4 of 9 series stopped")
    assert finding.severity is Severity.INFO


def test_stays_silent_where_all_report_to_the_end(findings_of):
    assert findings_of("silent_series", sensors(6, 30)) == []
    assert findings_of("silent_series", without(sensors(6, 30), range(1438, 1440))) == []
    assert findings_of("silent_series", sensors(1, 30)) == []


def test_stays_silent_on_an_end_that_was_declared(findings_of):
    frame = without(sensors(6, 30), range(720 + 400, 1440))
    declared = frame.groupby("sensor")["at"].transform("max") + pd.Timedelta("1h")
    assert findings_of("silent_series", frame.assign(removed_on=declared)) == []


def test_stays_silent_where_each_has_an_end_of_its_own(findings_of):
    frame = sensors(8, 30)
    ends = pd.Timestamp("2024-01-08") + pd.to_timedelta(frame["sensor"].str[1:].astype(int) * 70, unit="h")
    assert findings_of("silent_series", frame[frame["at"] < ends].reset_index(drop=True)) == []


def test_finds_items_that_are_no_longer_sold(findings_of):
    frame = items()
    gone = (frame["item"] == "i03") & (frame["week"] >= "2023-02-06")
    frame.loc[gone, "sold"] = 0
    (finding,) = findings_of("silent_series", frame)
    assert finding.rows >= gone.sum()
    assert "1 of 12 series end with sold at zero or empty" in finding.message


def test_finds_items_that_begin_late(findings_of):
    frame = items()
    frame.loc[(frame["item"] == "i05") & (frame["week"] < "2022-06-06"), "sold"] = 0
    (finding,) = findings_of("silent_series", frame)
    assert finding.severity is Severity.INFO
    assert "begin with sold at zero or empty" in finding.message


def test_stays_silent_on_items_that_sell_seldom(findings_of):
    random = np.random.default_rng(1)
    frame = items()
    frame["sold"] = random.poisson(0.15, len(frame))
    assert findings_of("silent_series", frame) == []
