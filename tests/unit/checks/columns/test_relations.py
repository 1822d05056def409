"""broken_order and broken_sum: rules between the numbers of a row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.checks.columns._relations import arithmetic, numbers_of
from mlqa_widgets.evidence import Examples, Histogram
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.conftest import profile_of

Find = Callable[..., list[Finding]]

ROWS = [7, 90, 411, 412, 700]


def rows_of(finding: Finding, frame: pd.DataFrame) -> list[int]:
    return from_pandas(frame).positions(finding.predicate).tolist()


def exchanged(frame: pd.DataFrame, a: str, b: str, rows: list[int]) -> pd.DataFrame:
    broken = frame.copy()
    broken.loc[rows, [a, b]] = frame.loc[rows, [b, a]].to_numpy()
    return broken


# ---------------------------------------------------------------------------------------------- order


@pytest.fixture
def weather() -> pd.DataFrame:
    """Make 800 days with the lowest and the highest temperature."""
    draw = np.random.default_rng(4)
    low = 10 + 8 * np.sin(np.arange(800) / 58) + draw.normal(0, 3, 800)
    return pd.DataFrame({"temp_min": low, "temp_max": low + draw.gamma(3, 2.5, 800)}).round(1)


def test_finds_rows_out_of_order(findings_of: Find, weather: pd.DataFrame) -> None:
    broken = exchanged(weather, "temp_min", "temp_max", ROWS)
    (finding,) = findings_of("broken_order", broken)
    assert finding.severity is Severity.WARNING
    assert rows_of(finding, broken) == ROWS
    assert finding.columns == (0, 1)
    assert finding.wrong_cells == ()
    gaps, lines = finding.evidence
    assert isinstance(gaps, Histogram)
    assert isinstance(lines, Examples)
    assert 0.0 in gaps.edges
    assert sum(n for n, bad in zip(gaps.counts, gaps.flagged, strict=True) if bad) == len(ROWS)


def test_the_gaps_of_all_rows_are_drawn_and_each_bar_has_its_rows(findings_of: Find, weather: pd.DataFrame) -> None:
    often = pd.concat([weather] * 40, ignore_index=True)  # so many that the rule is sought in a draw of them
    (finding,) = findings_of("broken_order", exchanged(often, "temp_min", "temp_max", ROWS))
    (gaps,) = (one for one in finding.evidence if isinstance(one, Histogram))
    assert sum(gaps.counts) == len(often)
    table = from_pandas(exchanged(often, "temp_min", "temp_max", ROWS))
    for number, rows in zip(gaps.counts, gaps.predicates, strict=True):
        assert number == (0 if rows is None else table.count(rows))


def test_fixes_mark_or_exchange(findings_of: Find, weather: pd.DataFrame) -> None:
    broken = exchanged(weather, "temp_min", "temp_max", ROWS).set_index(pd.Index(np.arange(800) % 9))
    (finding,) = findings_of("broken_order", broken)
    marked, mended = (apply_fix(fix, from_pandas(broken)) for fix in finding.fixes)
    assert np.flatnonzero(marked["temp_min_above_temp_max"]).tolist() == ROWS
    pd.testing.assert_frame_equal(mended.reset_index(drop=True), weather)


def test_names_that_say_nothing_make_an_info_where_the_bound_is_reached(findings_of: Find) -> None:
    draw = np.random.default_rng(6)
    seats = draw.integers(20, 300, 800)
    frame = pd.DataFrame({"seats": seats, "guests": np.minimum(seats, draw.integers(10, 400, 800))})
    apart = np.flatnonzero(frame["seats"] > frame["guests"] + 40)[:6].tolist()
    (finding,) = findings_of("broken_order", exchanged(frame, "seats", "guests", apart))
    assert finding.severity is Severity.INFO
    assert "guests is above seats" in finding.message


def test_stays_silent_on_two_quantities_that_merely_differ(findings_of: Find) -> None:
    draw = np.random.default_rng(8)
    size = draw.normal(50, 10, 2000)
    frame = pd.DataFrame({"width_min": size, "depth_max": size + draw.normal(7, 3, 2000)})
    assert findings_of("broken_order", frame) == []


def test_stays_silent_on_other_scales_rules_kept_and_stand_ins(findings_of: Find, weather: pd.DataFrame) -> None:
    assert findings_of("broken_order", weather) == []
    scaled = weather.assign(temp_max=weather["temp_max"] + 1000)
    scaled.loc[3, "temp_max"] = -5.0
    assert findings_of("broken_order", scaled) == []
    gone = weather.copy()
    gone.loc[ROWS, "temp_max"] = -999.0
    assert findings_of("broken_order", gone) == []


# ---------------------------------------------------------------------------------------------- sums


@pytest.fixture
def invoices() -> pd.DataFrame:
    """Make 800 lines of an invoice, to the cent."""
    draw = np.random.default_rng(4)
    lines = pd.DataFrame({"quantity": draw.integers(1, 40, 800), "price": draw.gamma(2, 10, 800).round(2)})
    lines["amount"] = (lines["quantity"] * lines["price"]).round(2)
    lines["tax"] = (lines["amount"] * 0.077).round(2)
    lines["total"] = (lines["amount"] + lines["tax"]).round(2)
    return lines


def test_finds_a_sum_that_does_not_add_up(findings_of: Find, invoices: pd.DataFrame) -> None:
    broken = invoices.copy()
    broken.loc[ROWS, "total"] += 9
    (finding,) = findings_of("broken_sum", broken)
    assert finding.severity is Severity.WARNING
    assert rows_of(finding, broken) == ROWS
    assert finding.message == (
        "The sum of amount and tax is total in 99.4 % of the rows, but not in 5 rows: there it is off by 9 (median)."
    )
    marked, mended = (apply_fix(fix, from_pandas(broken)) for fix in finding.fixes)
    assert np.flatnonzero(marked["total_off"]).tolist() == ROWS
    pd.testing.assert_frame_equal(mended, invoices)


def test_finds_a_product_that_is_off(findings_of: Find, invoices: pd.DataFrame) -> None:
    broken = invoices[["quantity", "price", "amount"]].copy()
    broken.loc[ROWS, "amount"] *= 10
    (finding,) = findings_of("broken_sum", broken)
    assert finding.message.startswith("quantity x price is amount in 99.4 % of the rows")
    assert rows_of(finding, broken) == ROWS
    pd.testing.assert_frame_equal(
        apply_fix(finding.fixes[1], from_pandas(broken)), invoices[["quantity", "price", "amount"]]
    )


def test_finds_a_total_of_many_columns(findings_of: Find) -> None:
    counts = pd.DataFrame(np.random.default_rng(1).poisson(40, (500, 6)), columns=list("abcdef"))
    right = counts.assign(all=counts.sum(axis=1))
    broken = right.copy()
    broken.loc[[3, 77], "all"] += 10
    (finding,) = findings_of("broken_sum", broken)
    assert finding.columns == (0, 1, 2, 3, 4, 5, 6)
    pd.testing.assert_frame_equal(apply_fix(finding.fixes[1], from_pandas(broken)), right)


def test_a_missing_term_breaks_nothing(findings_of: Find, invoices: pd.DataFrame) -> None:
    gone = invoices.copy()
    gone.loc[ROWS, "tax"] = None
    assert findings_of("broken_sum", gone) == []


def test_stays_silent_on_rules_kept_and_on_numbers_without_one(findings_of: Find, invoices: pd.DataFrame) -> None:
    assert findings_of("broken_sum", invoices) == []
    draw = np.random.default_rng(0)
    assert findings_of("broken_sum", pd.DataFrame(draw.integers(0, 6, (900, 8)), columns=list("abcdefgh"))) == []
    sparse = pd.DataFrame({"a": draw.poisson(0.02, 900), "b": draw.integers(0, 50, 900)})
    sparse["c"] = sparse["b"]
    assert findings_of("broken_sum", sparse) == []


@pytest.mark.parametrize("rows", [0, 1, 20])
def test_small_tables_pass(findings_of: Find, invoices: pd.DataFrame, rows: int) -> None:
    for check in ("broken_sum", "broken_order"):
        assert findings_of(check, invoices.head(rows)) == []
        assert findings_of(check, pd.DataFrame({"a": [None] * rows, "b": [np.inf] * rows})) == []


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 5), st.sampled_from([0, 1, 2]))
def test_a_sum_is_found_however_it_is_written(seed: int, terms: int, digits: int) -> None:
    draw = np.random.default_rng(seed)
    parts = pd.DataFrame(draw.gamma(2, 30, (200, terms)).round(digits) + 1, columns=[f"part {i}" for i in range(terms)])
    frame = parts.assign(whole=parts.sum(axis=1).round(digits))
    found = arithmetic(numbers_of(profile_of(frame)))
    assert (tuple(range(terms)), terms) in [(one.terms, one.result) for one in found]
