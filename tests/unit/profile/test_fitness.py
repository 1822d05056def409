"""A column that cannot be what it was named for is refused, with its name and what would work."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq

ROWS = 300
FRAME = pd.DataFrame(
    {
        "name": ["a", "b", "c"] * 100,
        "flag": [True, False, True] * 100,
        "partly": ["2024-01-01", "no date", "none"] * 100,
        "degrees": np.linspace(40.1, 41.2, ROWS),
        "when": pd.date_range("2024", periods=ROWS, freq="h"),
        "as_text": pd.date_range("2024", periods=ROWS, freq="h").strftime("%Y-%m-%d %H:%M"),
        "year": np.repeat(np.arange(1994, 2024), 10),
        "stamp": 1_700_000_000 + 3600 * np.arange(ROWS),
        "empty": pd.Series([None] * ROWS, dtype="datetime64[ns]"),
    }
)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("name", "time: column 'name' holds no times"),
        ("flag", "time: column 'flag' holds no times"),
        ("degrees", "time: column 'degrees' holds no times"),
        ("partly", r"time: only 33.3 % of the values of 'partly' read as dates, and 80 % are needed"),
    ],
)
def test_a_time_that_is_none_is_refused(column: str, said: str) -> None:
    with pytest.raises(mq.InputError, match=said):
        _ = mq.scan(FRAME, time=column).findings


@pytest.mark.parametrize("column", ["when", "as_text", "year", "stamp", "empty"])
def test_dates_texts_years_stamps_and_columns_without_values_tell_the_time(column: str) -> None:
    assert mq.scan(FRAME, time=column).profile is not None


def test_coordinates_must_be_numbers() -> None:
    with pytest.raises(mq.InputError, match="location: column 'name' holds no numbers"):
        _ = mq.scan(FRAME, location=("degrees", "name")).findings


def test_many_different_stamps_tell_the_time_too() -> None:
    minutes = 1_700_000_000 + 60 * np.arange(300_000)
    series = pd.DataFrame({"stamp": minutes, "reading": np.random.default_rng(0).normal(size=len(minutes))})
    findings = mq.scan(series.drop(range(1000, 4000)), time="stamp", checks=["time_gaps"]).findings
    assert findings["message"].str.contains("3,000 readings are missing").tolist() == [True]
