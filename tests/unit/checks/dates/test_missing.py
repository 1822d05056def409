"""missing_dates: which groups and periods cannot be dated; open rows owe no end."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.evidence import Bars, Histogram, Strip
from mlqa_widgets.findings import Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

from .dated import days, rows_of, written

CHECK = "missing_dates"
RNG = np.random.default_rng(0)


def test_missing_dates_spread_over_the_table(findings_of):
    seen = days(500).mask(RNG.random(500) < 0.06)
    frame = pd.DataFrame({"seen": seen, "x": RNG.random(500)})
    (finding,) = findings_of(CHECK, frame)
    assert finding.severity is Severity.WARNING
    assert rows_of(finding, frame) == np.flatnonzero(seen.isna()).tolist()
    assert finding.message.endswith("spread over the table.")
    assert any(isinstance(each, Strip) for each in finding.evidence)


def test_likewise_in_text(findings_of):
    seen = written(days(500), "%d.%m.%Y").mask(RNG.random(500) < 0.06)
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen}))
    assert finding.rows == seen.isna().sum()


def test_the_group_that_cannot_be_dated_is_named(findings_of):
    depot = RNG.choice(list("abcdef"), 900)
    seen = days(900).mask((depot == "b") & (RNG.random(900) < 0.6))
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen, "depot": depot}))
    assert "most often where depot is 'b'" in finding.message
    bars = next(each for each in finding.evidence if isinstance(each, Bars))
    assert [bar.label for bar in bars.bars] == ["b"]
    assert bars.bars[0].rows == finding.rows


def test_the_period_that_cannot_be_dated_is_named(findings_of):
    opened = days(900)
    seen = (opened + pd.Timedelta(days=3)).mask((opened >= "2020-03-01") & (opened < "2020-06-01"))
    (finding,) = findings_of(CHECK, pd.DataFrame({"opened": opened, "seen": seen}))
    assert "nearly all between 2020-03-0" in finding.message
    drawn = finding.evidence[0]
    assert isinstance(drawn, Histogram)
    assert max(drawn.flagged) == 1
    assert sum(np.array(drawn.counts) * np.array(drawn.flagged)) == pytest.approx(finding.rows)


def test_a_run_of_rows_is_told(findings_of):
    seen = days(500)
    seen[200:260] = pd.NaT
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen}))
    assert "in one run from row 200 to row 259" in finding.message


def test_columns_missing_together_are_told_once(findings_of):
    gone = RNG.random(500) < 0.05
    frame = pd.DataFrame({"sent": days(500).mask(gone), "read": days(500, seed=2).mask(gone), "kept": days(500)})
    (finding,) = findings_of(CHECK, frame)
    assert finding.columns == (0, 1)


# ---------------------------------------------------------------------- ends still open


def cases() -> pd.DataFrame:
    opened = days(600)
    status = np.where(RNG.random(600) < 0.3, "open", "closed")
    closed = (opened + pd.Timedelta(days=9)).mask(status == "open")
    return pd.DataFrame({"opened": opened, "closed_on": closed, "status": status})


def test_silent_on_ends_that_are_missing_while_the_status_says_open(findings_of):
    assert findings_of(CHECK, cases()) == []


def test_rows_that_break_this_rule_are_found(findings_of):
    frame = cases()
    over = np.flatnonzero(frame["status"] == "closed")[:7]
    frame.loc[over, "closed_on"] = pd.NaT
    (finding,) = findings_of(CHECK, frame)
    assert rows_of(finding, frame) == over.tolist()
    assert "where status is not 'open', so that a date is due" in finding.message


def test_an_end_that_most_rows_lack_is_an_info(findings_of):
    ended = days(300).mask(RNG.random(300) < 0.6)
    (finding,) = findings_of(CHECK, pd.DataFrame({"end_date": ended}))
    assert finding.severity is Severity.INFO


def test_a_few_cells_are_an_info(findings_of):
    seen = days(500)
    seen[[3, 77]] = pd.NaT
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen}))
    assert (finding.severity, finding.rows) == (Severity.INFO, 2)


def test_the_time_of_the_table_matters_more(findings_of):
    seen = days(300).mask(RNG.random(300) < 0.6)
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen}), time="seen")
    assert finding.severity is Severity.WARNING


# ---------------------------------------------------------------------- repairs and silence


def test_dates_are_flagged_or_dropped_and_never_filled_in(findings_of):
    seen = days(200).mask(np.arange(200) % 20 == 0)
    frame = pd.DataFrame({"seen": seen}).set_axis(np.arange(200) * 3)
    (finding,) = findings_of(CHECK, frame)
    flag, drop = (apply_fix(fix, from_pandas(frame)) for fix in finding.fixes)
    assert flag["seen_is_missing"].tolist() == seen.isna().tolist()
    assert flag["seen"].isna().tolist() == seen.isna().tolist()
    assert drop.index.tolist() == frame.index[seen.notna().to_numpy()].tolist()
    assert "fillna" not in "".join(fix.code for fix in finding.fixes)


def test_silent_on_full_columns_on_empty_ones_and_on_what_is_no_date(findings_of):
    frame = pd.DataFrame({"seen": days(50), "never": pd.NaT, "price": [1.5, None] * 25, "name": ["a", None] * 25})
    assert findings_of(CHECK, frame) == []
