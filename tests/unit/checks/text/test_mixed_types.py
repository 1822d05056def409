"""mixed_types: cells of several types in one column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from mlqa_widgets.evidence import Bars
from mlqa_widgets.findings import Finding
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]


def cells(*values: Any) -> pd.DataFrame:
    """Return a column that repeats the values, cell by cell as they are."""
    index = pd.RangeIndex(5, 5 + 10 * len(values))
    return pd.DataFrame({"a": pd.Series(list(values) * 10, dtype=object, index=index)})


def test_text_among_numbers_offends_by_its_type(findings_of: Find) -> None:
    frame = cells(1, 2.5, "many", None)
    (finding,) = findings_of("mixed_types", frame)
    assert finding.rows == 10
    assert finding.message == "a holds numbers in 20 rows but text in 10 (25 %)."
    types = finding.evidence[0]
    assert isinstance(types, Bars)
    assert [(bar.label, bar.rows, bar.flagged) for bar in types.bars] == [("numbers", 20, False), ("text", 10, True)]


def test_text_that_is_all_numbers_is_read_as_numbers(findings_of: Find) -> None:
    frame = cells(1, 2.5, "3", None)
    (finding,) = findings_of("mixed_types", frame)
    after = apply_fix(finding.fixes[0], from_pandas(frame))["a"]
    assert after.dtype == float
    assert after.sum() == 65


def test_what_has_no_common_type_is_offered_as_text(findings_of: Find) -> None:
    frame = cells(pd.Timestamp("2020-01-01"), "2020", 3, dt.date(2021, 1, 2), None)
    (finding,) = findings_of("mixed_types", frame)
    assert finding.rows == 20
    assert finding.cause == "0:dates"
    after = apply_fix(finding.fixes[-1], from_pandas(frame))["a"]
    assert set(map(type, after.dropna())) == {str}
    assert after.isna().sum() == 10


def test_true_and_one_are_not_the_same(findings_of: Find) -> None:
    (finding,) = findings_of("mixed_types", cells(True, False, 0, 1, 1))
    assert finding.rows == 20


@pytest.mark.parametrize(
    "values",
    [
        (1, 2.5, None),
        (True, None, False),
        ("a", "b", None),
        (dt.date(2020, 1, 1), pd.Timestamp("2020-01-01 05:00"), None),
        (1, 2, "N/A", 3),
        ([1], [2, 3], None),
        (None, None),
    ],
)
def test_one_type_with_gaps_is_left_alone(findings_of: Find, values: tuple[Any, ...]) -> None:
    assert findings_of("mixed_types", cells(*values)) == []
