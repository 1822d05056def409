"""embedded_values."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

TOWNS = [("Portland", "OR"), ("Austin", "TX"), ("Denver", "CO"), ("San Francisco", "CA"), ("New York", "NY")]


def towns(inside: int, missing: int = 0) -> pd.DataFrame:
    """Return towns with their state, some with the state inside the town and some without a state at all."""
    rows: list[tuple[str, str | None]] = [TOWNS[row % 5] for row in range(120)]
    for row in range(inside):
        town, state = rows[row]
        rows[row] = (f"{town} {state}", None)
    for row in range(inside, inside + missing):
        rows[row] = (rows[row][0], None)
    return pd.DataFrame(rows, columns=["city", "state"])


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_finds_the_value_and_moves_it_to_its_column(findings_of: Find, dtype: str) -> None:
    frame = towns(inside=12, missing=3).apply(lambda column: column.astype(pd.api.types.pandas_dtype(dtype)))
    frame.index = pd.Index(["same"] * len(frame))
    (finding,) = findings_of("embedded_values", frame)
    assert (finding.rows, finding.columns, finding.severity) == (12, (0, 1), Severity.WARNING)
    assert finding.message.startswith("city ends with a value of state in 12 rows (10 %) where state is missing")
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["city"].tolist() == [TOWNS[row % 5][0] for row in range(120)]
    assert repaired["state"].tolist()[:12] == [TOWNS[row % 5][1] for row in range(12)]
    assert repaired["state"].isna().sum() == 3


def test_stays_silent_where_the_other_column_has_its_value(findings_of: Find) -> None:
    frame = towns(inside=12)
    frame["state"] = [TOWNS[row % 5][1] for row in range(120)]
    frame.loc[100:110, "state"] = None
    assert findings_of("embedded_values", frame) == []


def test_stays_silent_where_it_has_its_value_in_many_of_those_rows(findings_of: Find) -> None:
    frame = towns(inside=24)
    frame.loc[:11, "state"] = [TOWNS[row % 5][1] for row in range(12)]
    assert findings_of("embedded_values", frame) == []


def test_stays_silent_where_the_ending_explains_few_of_the_missing(findings_of: Find) -> None:
    assert findings_of("embedded_values", towns(inside=4, missing=60)) == []


def test_stays_silent_on_one_or_two_rows(findings_of: Find) -> None:
    assert findings_of("embedded_values", towns(inside=2)) == []


def test_stays_silent_where_what_remains_is_unknown(findings_of: Find) -> None:
    frame = towns(inside=12)
    frame.loc[:11, "city"] = [f"Place {row} OR" for row in range(12)]
    assert findings_of("embedded_values", frame) == []


def test_odd_columns_pass_through(findings_of: Find) -> None:
    frame = pd.DataFrame(
        {
            "empty": pd.Series([None] * 6, dtype=object),
            "nested": [[1], {"a": 1}, None, None, None, None],
            "large": ["a b " * 100_000, "b", None, None, None, "b"],
            "mixed": [1, "1 b", 1.5, True, None, None],
        }
    )
    findings_of("embedded_values", frame)
    assert findings_of("embedded_values", frame.iloc[:0]) == []
