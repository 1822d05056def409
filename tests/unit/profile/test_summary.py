"""The summary of numbers is that of pandas; by a part of them it is exact where it says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.profile.summary import Moments, NumericSummary

numbers = st.one_of(st.integers(-9, 9).map(float), st.floats(-1e9, 1e9, width=32))
rows_of_numbers = st.lists(numbers, min_size=1, max_size=60).map(lambda cells: np.sort(np.array(cells) + 0.0))
shares = st.lists(st.floats(0, 1), min_size=1, max_size=5)


def part_of(rows: np.ndarray, kept: np.ndarray) -> NumericSummary:
    """Summarise sorted rows by some of their values, the rows read in two parts."""
    moments = Moments()
    for part in np.split(rows, [len(rows) // 3]):
        if len(part):
            moments.add(*np.unique(part, return_counts=True))
    return NumericSummary.of_part(kept, np.diff(np.searchsorted(rows, kept, "right"), prepend=0), moments)


def whole(rows: np.ndarray) -> NumericSummary:
    values, counts = np.unique(rows, return_counts=True)
    mixed = np.random.default_rng(0).permutation(len(values))
    return NumericSummary.of(values[mixed], counts[mixed], complete=True)


@st.composite
def parts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Sorted rows and some of their values, both extremes among them."""
    rows = draw(rows_of_numbers)
    values = np.unique(rows)
    chosen = draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)).map(np.array))
    chosen[[0, -1]] = True
    return rows, values[chosen]


@given(rows=rows_of_numbers, q=shares)
def test_every_statistic_of_all_numbers_is_that_of_pandas(rows: np.ndarray, q: list[float]) -> None:
    summary, series = whole(rows), pd.Series(rows)
    assert summary.rows == len(series)
    assert (summary.minimum, summary.maximum) == (series.min(), series.max())
    assert summary.mean == pytest.approx(series.mean(), rel=1e-9, abs=1e-9)
    assert summary.std == pytest.approx(series.std() if len(series) > 1 else 0.0, rel=1e-6, abs=1e-6)
    assert summary.quantile(q) == pytest.approx(series.quantile(q).to_numpy(), rel=1e-9, abs=1e-12)
    assert summary.integral == bool((series % 1 == 0).all())


@given(rows=rows_of_numbers, q=shares)
def test_quantiles_rise_from_the_least_to_the_greatest(rows: np.ndarray, q: list[float]) -> None:
    summary = whole(rows)
    found = summary.quantile([0, *sorted(q), 1])
    assert (found[0], found[-1]) == (summary.minimum, summary.maximum)
    assert (np.diff(found) >= -1e-9 * np.abs(found[1:])).all()


@given(rows=rows_of_numbers, q=st.floats(0, 1))
def test_the_value_at_a_share_occurs_and_that_share_of_the_rows_does_not_exceed_it(rows: np.ndarray, q: float) -> None:
    value = whole(rows).value_at(q)
    assert value == np.quantile(rows, q, method="inverted_cdf")


@given(rows=rows_of_numbers, low=numbers, high=numbers)
def test_rows_between_two_numbers_are_counted_with_both_ends(rows: np.ndarray, low: float, high: float) -> None:
    assert whole(rows).rows_between(low, high) == ((rows >= low) & (rows <= high)).sum()


@given(drawn=parts())
def test_moments_extremes_and_wholeness_of_a_part_are_those_of_all_rows(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    rows, kept = drawn
    part, all_of_it = part_of(rows, kept), whole(rows)
    assert not part.complete
    assert part.rows == len(rows)
    assert (part.minimum, part.maximum, part.integral) == (rows[0], rows[-1], all_of_it.integral)
    assert (part.mean, part.std) == pytest.approx((all_of_it.mean, all_of_it.std), rel=1e-6, abs=1e-6)


@given(drawn=parts())
def test_rows_up_to_each_value_of_a_part_are_exact(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    rows, kept = drawn
    part = part_of(rows, kept)
    assert np.cumsum(part.counts).tolist() == [(rows <= value).sum() for value in kept]


@given(drawn=parts(), q=st.floats(0, 1))
def test_a_value_at_a_share_of_a_part_is_the_next_that_was_kept(drawn: tuple[np.ndarray, np.ndarray], q: float) -> None:
    rows, kept = drawn
    exact = whole(rows).value_at(q)
    assert part_of(rows, kept).value_at(q) == kept[kept >= exact][0]


def test_the_statistics_do_not_overflow_into_an_error() -> None:
    huge = np.array([-1.7e308, 1.7e308])
    summary = NumericSummary.of(huge, np.array([1, 1]), complete=True)
    assert summary.quantile(0.5) == 0
    assert (summary.minimum, summary.maximum, summary.integral) == (-1.7e308, 1.7e308, True)


@pytest.mark.parametrize("dtype", ["int8", "uint64", "int64", "float32"])
def test_a_part_of_any_type_of_number_is_summarised(dtype: str) -> None:
    rows = np.array([1, 2, 2, 100], dtype=dtype)
    part = part_of(rows, np.array([1, 100], dtype=dtype))
    assert (part.minimum, part.maximum, part.mean, part.rows) == (1, 100, 26.25, 4)
    assert part.values.dtype == float
