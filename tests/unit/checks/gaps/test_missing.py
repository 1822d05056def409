"""missing_values: how many, and in what pattern."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlqa_widgets.evidence import Bars, Strip
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.options import options
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

ROWS = 1000


@pytest.fixture
def table() -> pd.DataFrame:
    """Make a thousand complete rows: two measurements, a category, a code, a flag."""
    chance = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "height": chance.normal(170, 10, ROWS).round(1),
            "weight": chance.normal(70, 12, ROWS).round(1),
            "town": chance.choice(["Lyon", "Lille", "Nice", "Metz"], ROWS),
            "visits": chance.integers(1, 60, ROWS),
            "member": chance.choice([True, False], ROWS),
        }
    )


def without(table: pd.DataFrame, column: str, rows: Any) -> pd.DataFrame:
    """Empty a column in the rows of a mask or a slice."""
    table = table.astype({column: "float64" if pd.api.types.is_integer_dtype(table[column]) else object})
    table.loc[rows, column] = None
    return table.convert_dtypes() if column in ("town", "member") else table.infer_objects()


def scattered(share: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(ROWS) < share


def test_a_few_cells_here_and_there_are_an_info(findings_of: Find, table: pd.DataFrame) -> None:
    gaps = scattered(0.02)
    (finding,) = findings_of("missing_values", without(table, "height", gaps))
    assert finding.severity is Severity.INFO
    assert finding.rows == gaps.sum()
    assert "spread over the table" in finding.message
    assert f"{gaps.sum()} rows" in finding.message


def test_a_fifth_of_the_rows_is_a_warning(findings_of: Find, table: pd.DataFrame) -> None:
    (finding,) = findings_of("missing_values", without(table, "height", scattered(0.25)))
    assert finding.severity is Severity.WARNING


def test_one_run_of_rows_is_a_hole(findings_of: Find, table: pd.DataFrame) -> None:
    (finding,) = findings_of("missing_values", without(table, "height", slice(410, 418)))
    assert finding.severity is Severity.WARNING
    assert finding.rows == 9
    assert "in one run from row 410 to row 418" in finding.message
    strip = next(e for e in finding.evidence if isinstance(e, Strip))
    assert strip.lanes == ("height",)
    (place,) = np.flatnonzero(strip.shares[0])
    assert strip.starts[place] <= 410 < strip.starts[place + 1]


def test_a_run_to_the_end_is_told_as_such_even_where_a_column_that_runs_along_explains_it(
    findings_of: Find, table: pd.DataFrame
) -> None:
    table["year"] = 1980 + np.arange(ROWS) // 50
    (finding,) = findings_of("missing_values", without(table, "height", slice(900, None)))
    assert "from row 900 to the end" in finding.message
    assert finding.severity is Severity.WARNING


def test_columns_missing_in_the_same_rows_are_one_finding(findings_of: Find, table: pd.DataFrame) -> None:
    gaps = scattered(0.03)
    for column in ("height", "weight", "visits"):
        table = without(table, column, gaps)
    (finding,) = findings_of("missing_values", table)
    assert finding.columns == (0, 1, 3)
    assert finding.rows == gaps.sum()
    assert "missing together" in finding.message


def test_gaps_within_gaps_are_one_finding_over_the_largest(findings_of: Find, table: pd.DataFrame) -> None:
    outer = scattered(0.06)
    inner = outer & scattered(0.7, seed=1)
    (finding,) = findings_of("missing_values", without(without(table, "height", outer), "weight", inner))
    assert finding.columns == (0, 1)
    assert finding.rows == outer.sum()


def test_a_small_gap_within_a_large_one_is_told_apart_and_says_so(findings_of: Find, table: pd.DataFrame) -> None:
    outer = scattered(0.3)
    inner = outer & scattered(0.05, seed=1)
    large, small = findings_of("missing_values", without(without(table, "height", outer), "weight", inner))
    assert large.columns == (0,)
    assert small.columns == (1,)
    assert "only where height is missing too" in small.message


def test_gaps_that_merely_overlap_are_two_findings(findings_of: Find, table: pd.DataFrame) -> None:
    table = without(without(table, "height", scattered(0.3)), "weight", scattered(0.3, seed=1))
    assert [f.columns for f in findings_of("missing_values", table)] in ([(0,), (1,)], [(1,), (0,)])


def test_two_nearly_empty_columns_are_not_together_for_being_nearly_empty(
    findings_of: Find, table: pd.DataFrame
) -> None:
    table = without(without(table, "height", scattered(0.96)), "weight", scattered(0.96, seed=1))
    assert len(findings_of("missing_values", table)) == 2


def test_missing_where_another_column_says_so_is_a_rule(findings_of: Find, table: pd.DataFrame) -> None:
    table["price"] = np.where(table["visits"] == 7, np.nan, np.arange(ROWS) / 10)
    (finding,) = findings_of("missing_values", table)
    assert finding.severity is Severity.INFO
    assert "exactly where visits is 7." in finding.message


def test_a_rule_may_name_several_values_or_a_missing_one(findings_of: Find, table: pd.DataFrame) -> None:
    table["fee"] = np.where(table["town"].isin(["Nice", "Metz"]), np.nan, np.arange(ROWS) / 10)
    (finding,) = findings_of("missing_values", table)
    assert "exactly where town is 'Metz' or 'Nice'." in finding.message
    bars = next(e for e in finding.evidence if isinstance(e, Bars))
    assert {bar.label for bar in bars.bars} == {"Nice", "Metz"}


def test_a_rule_on_the_target_gives_it_away(findings_of: Find, table: pd.DataFrame) -> None:
    table["paid"] = np.where(table["member"], np.nan, np.arange(ROWS) / 10)
    (finding,) = findings_of("missing_values", table, target="member")
    assert finding.severity is Severity.WARNING
    assert "gives the target away" in finding.why


def test_what_it_goes_with_is_shown_and_never_called_a_cause(findings_of: Find, table: pd.DataFrame) -> None:
    gaps = scattered(0.7) & (table["town"] == "Lille").to_numpy()
    (finding,) = findings_of("missing_values", without(table, "height", gaps))
    assert "most often where town is 'Lille'" in finding.message
    assert "because" not in finding.message
    (bars,) = [e for e in finding.evidence if isinstance(e, Bars)]
    assert [bar.label for bar in bars.bars] == ["Lille"]


def test_every_bar_selects_the_rows_it_counts(findings_of: Find, table: pd.DataFrame) -> None:
    gaps = scattered(0.3) & (table["town"] != "Lille").to_numpy() | scattered(0.02, seed=3)
    frame = without(table, "height", gaps)
    (finding,) = findings_of("missing_values", frame)
    engine = from_pandas(frame)
    bars = [bar for e in finding.evidence if isinstance(e, Bars) for bar in e.bars]
    assert bars
    for bar in bars:
        assert bar.predicate is not None
        assert engine.count(bar.predicate) == bar.rows


def test_chance_is_no_explanation(findings_of: Find, table: pd.DataFrame) -> None:
    for seed in range(5):
        (finding,) = findings_of("missing_values", without(table, "height", scattered(0.3, seed=seed)))
        assert "spread over the table" in finding.message


def test_a_missing_target_or_key_weighs_more(findings_of: Find, table: pd.DataFrame) -> None:
    frame = without(table, "visits", scattered(0.01))
    (of_target,) = findings_of("missing_values", frame, target="visits")
    assert of_target.severity is Severity.WARNING
    (of_key,) = findings_of("missing_values", frame, key="visits")
    assert of_key.severity is Severity.ERROR
    assert [fix.title for fix in of_target.fixes] == ["Drop the rows"]


def test_many_columns_with_a_few_gaps_are_one_finding(findings_of: Find, table: pd.DataFrame) -> None:
    for seed, column in enumerate(("height", "weight", "visits")):
        table = without(table, column, scattered(0.02, seed=seed))
    (finding,) = findings_of("missing_values", table)
    assert finding.columns == (0, 1, 3)
    assert finding.rows == table.isna().any(axis=1).sum()
    (bars,) = [e for e in finding.evidence if isinstance(e, Bars)]
    assert len(bars.bars) == 3


def test_stays_silent_on_what_other_checks_tell(findings_of: Find, table: pd.DataFrame) -> None:
    table["empty"] = None
    table["mark"] = pd.Series("yes", index=table.index).where(scattered(0.5))
    table["seen"] = pd.Series(pd.date_range("2024-01-01", periods=ROWS)).where(~scattered(0.1))
    assert findings_of("missing_values", table) == []


def test_stays_silent_on_complete_and_on_empty_tables(findings_of: Find, table: pd.DataFrame) -> None:
    assert findings_of("missing_values", table) == []
    assert findings_of("missing_values", table.head(0)) == []
    assert findings_of("missing_values", pd.DataFrame()) == []


# ---------------------------------------------------------------------------------------------- fixes


def fix_called(finding: Finding, words: str) -> Any:
    return next(fix for fix in finding.fixes if words in fix.title)


def test_numbers_are_filled_with_a_median_that_stands_in_the_code(findings_of: Find, table: pd.DataFrame) -> None:
    frame = without(table, "visits", scattered(0.1))
    frame.index = pd.Index(["a"] * ROWS)
    (finding,) = findings_of("missing_values", frame)
    fix = fix_called(finding, "median")
    median = int(frame["visits"].quantile(0.5, interpolation="lower"))
    assert f".fillna({median})" in fix.code
    fixed = apply_fix(fix, from_pandas(frame))
    assert fixed["visits"].isna().sum() == 0
    assert fixed["visits"][frame["visits"].notna()].tolist() == frame["visits"].dropna().tolist()
    assert frame["visits"].isna().any()


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_categories_are_filled_with_the_most_frequent_one(findings_of: Find, dtype: str) -> None:
    frame = pd.DataFrame({"size": ["S", "M", "M", "L", None] * 40, "n": range(200)}).astype({"size": dtype})
    (finding,) = findings_of("missing_values", frame)
    fixed = apply_fix(fix_called(finding, "most frequent value, 'M'"), from_pandas(frame))
    assert fixed["size"].value_counts().to_dict() == {"M": 120, "S": 40, "L": 40}


@pytest.mark.parametrize("dtype", ["Int64", "float64", "int64[pyarrow]", "object"])
def test_every_kind_of_whole_number_can_be_filled(findings_of: Find, dtype: str) -> None:
    frame = pd.DataFrame({"visits": pd.Series([5, 6, 40, 90, None] * 40, dtype=dtype), "other": range(200)})
    (finding,) = findings_of("missing_values", frame)
    assert apply_fix(fix_called(finding, "median"), from_pandas(frame))["visits"].isna().sum() == 0


def test_the_indicator_is_a_new_column_and_changes_no_other(findings_of: Find, table: pd.DataFrame) -> None:
    gaps = scattered(0.1)
    frame = without(table, "height", gaps).assign(height_missing="taken")
    (finding,) = findings_of("missing_values", frame)
    fixed = apply_fix(fix_called(finding, "Add a column"), from_pandas(frame))
    assert fixed["height_missing_2"].tolist() == gaps.tolist()
    pd.testing.assert_frame_equal(fixed.drop(columns="height_missing_2"), frame)


def test_rows_can_be_dropped_where_labels_repeat(findings_of: Find, table: pd.DataFrame) -> None:
    gaps = scattered(0.1)
    frame = without(table, "height", gaps)
    frame.columns = pd.Index(["a", "a", "b", "c", "d"])
    (finding,) = findings_of("missing_values", frame)
    assert len(apply_fix(fix_called(finding, "Drop the rows"), from_pandas(frame))) == ROWS - gaps.sum()


def test_a_column_that_is_mostly_missing_is_dropped_first(findings_of: Find, table: pd.DataFrame) -> None:
    frame = without(table, "height", scattered(0.8))
    (finding,) = findings_of("missing_values", frame)
    assert finding.fixes[0].title == "Drop the column"
    assert apply_fix(finding.fixes[0], from_pandas(frame)).columns.tolist() == ["weight", "town", "visits", "member"]


def test_a_rule_is_not_filled(findings_of: Find, table: pd.DataFrame) -> None:
    table["fee"] = np.where(table["town"] == "Nice", np.nan, np.arange(ROWS) / 10)
    (finding,) = findings_of("missing_values", table)
    assert [fix.title for fix in finding.fixes] == ["Add a column that says where it is missing"]


# ---------------------------------------------------------------------------------------------- any pattern


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    masks=st.lists(st.lists(st.booleans(), min_size=30, max_size=30), min_size=1, max_size=6),
    copied=st.lists(st.integers(0, 5), max_size=3),
)
def test_every_gap_is_told_once_and_equal_gaps_together(
    findings_of: Find, masks: list[list[bool]], copied: list[int]
) -> None:
    masks = masks + [masks[i % len(masks)] for i in copied]
    frame = pd.DataFrame(
        {f"measure {i}": np.where(mask, np.nan, np.arange(30) * 1.5 + i) for i, mask in enumerate(masks)}
    )
    findings = findings_of("missing_values", frame)
    told = [position for finding in findings for position in finding.columns]
    assert sorted(told) == [i for i, mask in enumerate(masks) if any(mask) and sum(mask) < 29]
    for finding in findings:
        assert finding.rows == frame.iloc[:, list(finding.columns)].isna().any(axis=1).sum()
        for fix in finding.fixes:
            apply_fix(fix, from_pandas(frame))
    for first, second in ((a, b) for a in told for b in told):
        if masks[first] == masks[second]:
            assert any(first in f.columns and second in f.columns for f in findings)


@pytest.mark.parametrize("name", ["height_lag_24", "rolling mean", "returns", "previousHeight"])
def test_the_first_rows_of_a_lag_are_empty_by_its_nature(findings_of: Find, table: pd.DataFrame, name: str) -> None:
    (lagged,) = findings_of("missing_values", table.assign(**{name: table["height"].shift(24)}))
    assert (lagged.severity, lagged.rows) == (Severity.INFO, 24)
    assert "A lag or a moving window" in lagged.why
    (late,) = findings_of("missing_values", table.assign(sensor_b=table["height"].shift(24)))
    assert late.severity is Severity.WARNING


def test_columns_of_a_large_table_missing_in_too_many_ways_are_looked_at_few_together(
    findings_of: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(0)
    frame = pd.DataFrame(
        {f"m{i}": np.where(chance.random(ROWS) < 0.3, np.nan, chance.normal(size=ROWS)) for i in range(6)}
    )
    frame["twin"] = frame["m0"]
    whole = {one.columns: one.rows for one in findings_of("missing_values", frame)}
    monkeypatch.setattr(options, "row_budget", 8)
    assert {one.columns: one.rows for one in findings_of("missing_values", frame)} == whole
    assert (0, 6) in whole
