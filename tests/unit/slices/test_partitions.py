"""Columns are cut into categories that share out all rows, and each category's query selects exactly its rows."""

from __future__ import annotations

import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets.slices.conditions import reference
from mlqa_widgets.slices.partitions import partitions

_CELLS = st.one_of(
    st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=1, max_size=60),
    st.lists(st.one_of(st.none(), st.floats(width=64)), min_size=1, max_size=60),
    st.lists(st.one_of(st.none(), st.integers(-3, 2**60)), min_size=1, max_size=60),
    st.lists(st.one_of(st.none(), st.booleans()), min_size=1, max_size=10),
    st.lists(st.one_of(st.integers(0, 3), st.text("ab1", max_size=2), st.none()), min_size=1, max_size=20),
    st.lists(st.datetimes(pd.Timestamp(1950, 1, 1), pd.Timestamp(2090, 1, 1)), min_size=1, max_size=60),
)
_NAMES = st.one_of(st.text(min_size=1, max_size=8), st.sampled_from(["index", "class", "a b", "1x", "True", "`", "#"]))


def _analysis(frame):
    return mq.analyze(lambda X: np.zeros(len(X)), frame, np.zeros(len(frame)))


def _only(column, kept=5, name="x"):
    (found,) = partitions(pd.DataFrame({name: column}), kept)
    return found


def _labels(column, kept=5):
    return [condition.label for condition in _only(column, kept).categories]


@settings(max_examples=150)
@given(_CELLS, _NAMES, st.sampled_from([None, "category", "Int64", "Float32", "float32", "str", "boolean"]))
@example([None, ""], "Inf", None)
def test_the_query_of_every_category_selects_exactly_its_rows(cells, name, dtype):
    column = pd.Series(cells)
    try:
        column = column.astype(dtype) if dtype else column
    except (TypeError, ValueError, OverflowError, RuntimeWarning):
        return
    frame = pd.DataFrame({name: column, "other": 1})
    analysis = _analysis(frame)
    for cut in partitions(frame[[name]], 2):
        for place, condition in enumerate(cut.categories):
            if condition.expression is None:
                assert reference(name) is None
                assert name in ("inf", "Inf") or not (name.isascii() and name.isprintable())
                continue
            expected = np.flatnonzero(cut.codes == place).tolist()
            assert analysis.positions_of(condition.expression).tolist() == expected, condition


@given(_CELLS)
def test_every_row_is_in_one_category(cells):
    for cut in partitions(pd.DataFrame({"x": pd.Series(cells)}), 2):
        rows = np.bincount(cut.codes, minlength=len(cut.categories))
        assert rows.sum() == len(cells)
        assert len(set(cut.categories)) == len(cut.categories)
        missing = [c.label == "missing" for c in cut.categories]
        assert sum(missing) == pd.Series(cells).isna().any()


def test_few_numbers_are_their_own_categories():
    assert _labels([3, 1, 2, 2]) == ["1", "2", "3"]
    assert _labels([0.5, np.nan, 1]) == ["0.5", "1", "missing"]


def test_many_numbers_are_cut_near_their_tenths_in_the_unit_of_the_user():
    assert _labels(range(100))[:3] == ["9 or less", "10 to 19", "20 to 29"]
    assert _labels(np.arange(1000) / 10)[:2] == ["below 10", "10 to below 20"]
    rows = np.bincount(_only(np.random.default_rng(0).normal(size=5000)).codes)
    assert rows.tolist() == [500] * 10


def test_ends_of_spans_are_as_short_as_tells_their_neighbours_apart():
    numbers = [*np.linspace(-1, 0.49379, 50), 0.49385995889, *np.linspace(0.5, 0.6, 4)]
    assert _labels(numbers)[-2:] == ["0.34 to below 0.4938", "0.4938 or more"]
    assert all(
        len(label) <= len("-0.12345 to below -0.12345") for label in _labels(np.random.default_rng(1).normal(size=2000))
    )


def test_infinite_numbers_are_cut_like_any():
    assert _labels([*range(100), *[np.inf] * 20])[-1] == "inf"


def test_equal_numbers_are_never_parted():
    values = np.concatenate([np.zeros(600), np.arange(1, 401)])
    cut = _only(values)
    assert cut.categories[0].label == "0"
    assert np.bincount(cut.codes).tolist()[:2] == [600, 100]


def test_rare_values_are_taken_together_and_counted():
    towns = ["big"] * 30 + ["mid"] * 10 + [f"village {i}" for i in range(40)]
    cut = _only(towns)
    assert [c.words for c in cut.categories] == ["x is big", "x is mid", "x is one of 40 rarer values"]


def test_values_that_look_alike_are_told_apart():
    assert sorted(_labels([1, "1", 1, "1", 2])) == ["'1'", "1", "2"]
    assert _labels(["missing", "", None, ""]) == ["''", "'missing'", "missing"]


def test_ordered_categories_keep_their_order():
    sizes = pd.Categorical(["L", "S", "S", "M", "S"], ["S", "M", "L"], ordered=True)
    assert _labels(sizes) == ["S", "M", "L"]
    assert _labels([True, False, False]) == ["no", "yes"]


@pytest.mark.parametrize(
    ("days", "names", "label"),
    [
        (2000, ["x (year)", "x (month)", "x (weekday)"], "2020"),
        (200, ["x", "x (weekday)"], "2020-01"),
        (10, ["x"], "2020-01-01"),
    ],
)
def test_dates_are_cut_by_the_calendar_as_fine_as_their_span_asks_for(days, names, label):
    frame = pd.DataFrame({"x": pd.date_range("2020-01-01", periods=days)})
    found = partitions(frame, 5)
    assert [cut.name for cut in found] == names
    assert found[0].categories[0].label == label


def test_times_of_the_day_and_spans_of_time_are_cut_too():
    frame = pd.DataFrame({"x": pd.date_range("2020-01-01", periods=40, freq="h", tz="Europe/Berlin")})
    assert [cut.name for cut in partitions(frame, 5)] == ["x (hour)"]
    frame = pd.DataFrame({"x": pd.to_timedelta([1, 2, None], unit="h")})
    (cut,) = partitions(frame, 5)
    assert [c.label for c in cut.categories] == ["3600", "7200", "missing"]
    assert _analysis(frame).positions_of(cut.categories[1].expression).tolist() == [1]


def test_cells_that_cannot_be_hashed_are_read_as_text():
    frame = pd.DataFrame({"x": [[1], [2], [1], None]})
    (cut,) = partitions(frame, 5)
    assert [c.label for c in cut.categories] == ["[1]", "[2]", "missing"]
    assert _analysis(frame).positions_of(cut.categories[0].expression).tolist() == [0, 2]


def test_columns_that_are_all_alike_have_no_categories():
    frame = pd.DataFrame(
        {"one": 1, "gone": None, "names": list(string.ascii_letters), "when": pd.Timestamp(2020, 1, 1)}
    )
    assert partitions(frame, 60) == []


def test_columns_without_a_text_for_a_name_have_no_query():
    (cut,) = partitions(pd.DataFrame({3: [1, 2]}), 5)
    assert [c.expression for c in cut.categories] == [None, None]
    assert cut.categories[0].words == "3 is 1"
