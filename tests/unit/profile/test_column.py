"""What a column's profile says of its numbers, and the rows its predicates select."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.profile.kinds import Kind
from tests.unit.profile.drawn_columns import (
    WAYS,
    as_read,
    columns,
    number_columns,
    positions_where,
    profiled,
    texts,
    values_of,
)

every_way = pytest.mark.parametrize("way", WAYS)
few = settings(max_examples=30, deadline=None)
_PLAIN = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(-1e6, 1e6).map(repr),
    st.sampled_from(["+5", ".5", "5.", " 7 ", "1e5", "-2.5E-3", "0", "0.0"]),
)
_NOT_PLAIN = st.one_of(
    texts, st.sampled_from(["0239", "00", "nan", "inf", "-inf", "1e999", "1_000", "1,5", "$5", "5 %", "0x1F", "", "-"])
)


def untyped_columns(*, least: int = 0) -> st.SearchStrategy[pd.Series]:
    """Columns of text as a CSV file gives them: nearly all numbers, some not."""
    plain = st.lists(_PLAIN, min_size=least, max_size=40)
    other = st.lists(st.one_of(_NOT_PLAIN, st.none()), max_size=2)
    return st.tuples(plain, other).map(lambda both: pd.Series([*both[0], *both[1]], dtype="str", name="c"))


@every_way
@few
@given(series=number_columns(least=1))
def test_the_numeric_summary_is_that_of_pandas(series: pd.Series, way: str) -> None:
    column = profiled(series, way)
    present = series.dropna().astype("float64")
    if present.empty:
        assert column.numeric is None
        return
    summary = column.numeric
    assert summary is not None
    assert summary.rows == len(present)
    assert (summary.minimum, summary.maximum) == (present.min(), present.max())
    assert summary.mean == pytest.approx(present.mean(), rel=1e-9, abs=1e-9)
    assert summary.std == pytest.approx(present.std() if len(present) > 1 else 0.0, rel=1e-6, abs=1e-3)
    assert summary.integral == bool((present % 1 == 0).all())
    if column.complete:
        quartiles = [0.25, 0.5, 0.75]
        assert summary.quantile(quartiles) == pytest.approx(present.quantile(quartiles).to_numpy(), rel=1e-9)


def test_quantiles_of_very_many_numbers_are_off_by_less_than_a_stratum() -> None:
    series = pd.Series(np.random.default_rng(0).normal(size=400_000), name="c")
    summary = profiled(series, "in the engine").numeric
    assert summary is not None
    assert not summary.complete
    for q in (0, 0.001, 0.25, 0.5, 0.75, 0.999, 1):
        found = float(summary.quantile(q))
        assert series.lt(found).mean() == pytest.approx(q, abs=2 / 50_000)


@every_way
def test_infinite_numbers_are_values_but_not_in_the_summary(way: str) -> None:
    column = profiled(pd.Series([np.inf, -np.inf, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5], name="c"), way)
    assert column.distinct == 8
    assert column.numeric is not None
    assert (column.numeric.minimum, column.numeric.maximum, column.numeric.rows) == (1.5, 6.5, 6)
    only = profiled(pd.Series([np.inf, np.inf, -np.inf, None], name="c"), way)
    assert only.numeric is None


@every_way
@few
@given(series=untyped_columns(least=20))
def test_numbers_of_a_source_without_types_are_summarised(series: pd.Series, way: str) -> None:
    column = profiled(series, way, untyped=True)
    summary = column.numeric
    if not column.is_numeric or summary is None:
        return
    numbers = profiled(series, "in memory", untyped=True)
    shown = np.repeat(numbers.numbers, numbers.counts)
    shown = shown[np.isfinite(shown)]
    assert (summary.rows, summary.minimum, summary.maximum) == (len(shown), shown.min(), shown.max())
    assert summary.mean == pytest.approx(shown.mean(), rel=1e-9, abs=1e-9)


@every_way
@few
@given(series=columns(), data=st.data())
def test_a_mask_of_values_selects_exactly_their_rows(series: pd.Series, data: st.DataObject, way: str) -> None:
    column = profiled(series, way)
    flags = st.lists(st.booleans(), min_size=len(column.values), max_size=len(column.values))
    mask = np.array(data.draw(flags), dtype=bool)
    chosen = {value for value, keep in zip(values_of(column), mask, strict=True) if keep}
    expected = positions_where([value in chosen for value in as_read(series)])
    assert column.table.positions(column.where(mask)).tolist() == expected
    assert column.rows_of(mask) == len(expected)


@every_way
@few
@given(series=columns())
def test_missing_cells_are_selected(series: pd.Series, way: str) -> None:
    column = profiled(series, way)
    assert column.table.positions(column.is_null()).tolist() == positions_where(series.isna())


_LIMITS = st.one_of(st.none(), st.integers(-5, 5).map(float), st.floats(-1e6, 1e6, width=32))


@every_way
@few
@given(series=number_columns(), low=_LIMITS, high=_LIMITS, closed=st.booleans())
def test_limits_select_exactly_the_rows_between_them(
    series: pd.Series, low: float | None, high: float | None, closed: bool, way: str
) -> None:
    column = profiled(series, way)
    expected = positions_where(_between(series.astype("Float64").to_numpy(float, na_value=np.nan), low, high, closed))
    assert column.table.positions(column.between(low, high, closed=closed)).tolist() == expected


@every_way
@few
@given(series=untyped_columns(), low=_LIMITS, high=_LIMITS, closed=st.booleans())
def test_limits_select_the_rows_whose_text_is_a_plain_number_between_them(
    series: pd.Series, low: float | None, high: float | None, closed: bool, way: str
) -> None:
    column = profiled(series, way, untyped=True)
    whole = profiled(series, "in memory", untyped=True)
    number_of = dict(zip(whole.values.to_pylist(), whole.numbers, strict=True))
    numbers = np.array([number_of.get(value, np.nan) for value in series], dtype=float)
    expected = positions_where(_between(numbers, low, high, closed))
    assert column.table.positions(column.between(low, high, closed=closed)).tolist() == expected


def _between(numbers: np.ndarray, low: float | None, high: float | None, closed: bool) -> np.ndarray:
    inside = ~np.isnan(numbers)
    if low is not None:
        inside &= numbers >= low
    if high is not None:
        inside &= (numbers <= high) if closed else (numbers < high)
    return inside


@pytest.mark.parametrize("distinct", [1_000, 1_001, 3_000])
def test_limits_hold_however_many_values_lie_between_them(distinct: int) -> None:
    numbers = np.random.default_rng(2).permutation(np.arange(distinct + 2) / 8)
    column = profiled(pd.Series(numbers, name="c"), "in memory")
    found = column.table.positions(column.between(1 / 8, distinct / 8))
    assert found.tolist() == positions_where((numbers >= 1 / 8) & (numbers <= distinct / 8))


def test_text_that_a_cast_would_accept_but_is_no_plain_number_is_not_between() -> None:
    cells = ["12", "0239", "nan", "inf", "1e999", "1_000", *map(str, range(100, 120))]
    column = profiled(pd.Series(cells, name="c"), "a part", untyped=True)
    assert not column.complete
    assert column.table.positions(column.between(None, None)).tolist() == [0, *range(6, 26)]


def test_values_are_bound_never_pasted_into_the_statement() -> None:
    hostile = ["'; DROP TABLE t; --", '"', "\\", "%", "?", "a'b"]
    column = profiled(pd.Series(hostile, name="c"), "in memory")
    for place in range(len(hostile)):
        mask = np.arange(len(hostile)) == place
        assert column.rows_of(mask) == 1
        assert column.table.count(column.where(mask)) == 1


def test_shares_of_a_part_weigh_the_values_by_the_rows_they_stand_for() -> None:
    cells = ["n/a"] * 60 + [str(n) for n in range(100, 340)]
    column = profiled(pd.Series(cells, name="c"), "a part", untyped=True)
    assert not column.complete
    assert column.plain_number_share == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([1.5, 2.5, 3.25] * 20, Kind.NUMERIC),
        (["yes", "no"] * 20, Kind.BOOLEAN),
        ([None] * 5, Kind.EMPTY),
        (["x"] * 9, Kind.CONSTANT),
    ],
)
def test_the_kind_comes_with_a_sentence(cells: list[Any], kind: Kind) -> None:
    column = profiled(pd.Series(cells, name="amount"), "in memory")
    assert column.kind is kind
    assert column.kind_reason.endswith(".")


@every_way
def test_a_table_of_no_rows_selects_none(way: str) -> None:
    column = profiled(pd.Series([], dtype="float64", name="c"), way)
    none = np.zeros(0, dtype=bool)
    assert column.rows_of(none) == 0
    assert column.table.count(column.where(none)) == 0
    assert column.table.count(column.between(0, 1)) == 0
    assert column.value_rows(3) == []
