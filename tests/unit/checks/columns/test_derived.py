"""derived_columns: numbers that are part of a date."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

DAYS = pd.Series(pd.date_range("2019-11-03 05:00", periods=400, freq="29h"))


@pytest.fixture
def visits() -> pd.DataFrame:
    """Make visits at times, with every part of the time beside it."""
    return pd.DataFrame(
        {
            "at": DAYS,
            "year": DAYS.dt.year,
            "month": DAYS.dt.month,
            "dom": DAYS.dt.day,
            "weekday": DAYS.dt.day_of_week,
            "hour": DAYS.dt.hour,
            "amount": range(400),
        }
    )


def test_all_parts_of_a_date_are_one_info(findings_of: Find, visits: pd.DataFrame) -> None:
    (finding,) = findings_of("derived_columns", visits)
    assert finding.severity is Severity.INFO
    assert finding.columns == (0, 1, 2, 3, 4, 5)
    assert "year, month, day, weekday and hour" in finding.message
    assert apply_fix(finding.fixes[0], from_pandas(visits)).columns.tolist() == ["at", "amount"]


def test_parts_may_be_counted_from_another_start(findings_of: Find, visits: pd.DataFrame) -> None:
    frame = pd.DataFrame(
        {"at": visits["at"], "yr": visits["year"] - 2019, "sunday first": (visits["weekday"] + 1) % 7 + 1}
    )
    (finding,) = findings_of("derived_columns", frame)
    assert finding.columns == (0, 1, 2)


def test_dates_in_text_are_read_by_their_format(findings_of: Find, visits: pd.DataFrame) -> None:
    frame = visits[["at", "month"]].assign(at=visits["at"].dt.strftime("%d.%m.%Y"))
    (finding,) = findings_of("derived_columns", frame)
    assert finding.columns == (0, 1)


def test_missing_together_is_still_derived(findings_of: Find, visits: pd.DataFrame) -> None:
    frame = visits[["at", "month"]].where(pd.Series(visits.index % 9 > 0))
    assert len(findings_of("derived_columns", frame)) == 1


@pytest.mark.parametrize("rows", [[5], [5, 6]])
def test_stays_silent_where_a_row_departs(findings_of: Find, visits: pd.DataFrame, rows: list[int]) -> None:
    frame = visits[["at", "dom"]].copy()
    frame.loc[rows, "dom"] = frame.loc[rows[::-1], "dom"].to_numpy() % 28 + 1
    assert findings_of("derived_columns", frame) == []


def test_stays_silent_on_the_same_counts_in_other_rows(findings_of: Find, visits: pd.DataFrame) -> None:
    frame = visits[["at"]].assign(month=visits["month"].sample(frac=1, random_state=0).to_numpy())
    assert findings_of("derived_columns", frame) == []


def test_stays_silent_on_parts_that_never_vary_and_on_other_numbers(findings_of: Find, visits: pd.DataFrame) -> None:
    assert findings_of("derived_columns", visits[["at", "amount"]].assign(day=1)) == []
    assert findings_of("derived_columns", visits.head(10)) == []
    assert findings_of("derived_columns", visits.head(0)) == []
