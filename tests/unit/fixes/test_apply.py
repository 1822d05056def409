"""Applying a fix: the code shown is the code run, and nothing goes that it does not account for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.errors import FixRefused
from mlqa_widgets.fixes.apply import apply_fix, preview_fix
from mlqa_widgets.fixes.code import assign_column, dict_literal, list_literal, literal, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.frames import from_pandas
from mlqa_widgets.tables.table import Predicate


@pytest.fixture
def frame():
    return pd.DataFrame({"a": [1, 2, 3, 4], "b": ["x", "y", None, "z"]}, index=[10, 10, 20, 30])


def test_the_result_is_new_and_keeps_the_index(frame):
    before = frame.copy()
    fixed = apply_fix(Fix("Double", 'df["a"] = df["a"] * 2', changes=(0,)), from_pandas(frame))
    assert fixed["a"].tolist() == [2, 4, 6, 8]
    assert fixed.index.tolist() == [10, 10, 20, 30]
    pd.testing.assert_frame_equal(frame, before)


def test_emptying_what_was_named_is_allowed(frame):
    fix = Fix("To missing", 'df["a"] = df["a"].where(df["a"] != 3)', changes=(0,), empties=Predicate("c0 = 3"))
    assert apply_fix(fix, from_pandas(frame))["a"].isna().tolist() == [False, False, True, False]


def test_emptying_more_is_refused_and_says_what_would_go(frame):
    fix = Fix("To missing", 'df["a"] = df["a"].where(df["a"] < 3)', changes=(0,), empties=Predicate("c0 = 3"))
    with pytest.raises(FixRefused, match=r"1 cell .* such as 4"):
        apply_fix(fix, from_pandas(frame))


def test_dropping_more_rows_than_named_is_refused(frame):
    with pytest.raises(FixRefused, match="drop 2 rows"):
        apply_fix(Fix("Drop", 'df = df[df["a"] > 2]'), from_pandas(frame))
    kept = apply_fix(Fix("Drop", 'df = df[df["a"] > 2]', drops=Predicate("c0 <= 2")), from_pandas(frame))
    assert kept.index.tolist() == [20, 30]


def test_changing_a_column_that_is_not_named_is_refused(frame):
    with pytest.raises(FixRefused, match="'b'"):
        apply_fix(Fix("Upper", 'df["b"] = df["b"].str.upper()', changes=(0,)), from_pandas(frame))


def test_removing_a_column_that_is_not_named_is_refused(frame):
    with pytest.raises(FixRefused, match="remove column 'b'"):
        apply_fix(Fix("Drop", 'df = df.drop(columns="b")'), from_pandas(frame))
    fixed = apply_fix(Fix("Drop", 'df = df.drop(columns="b")', removes=(1,)), from_pandas(frame))
    assert fixed.columns.tolist() == ["a"]


def test_code_that_fails_is_a_refusal_not_a_traceback(frame):
    with pytest.raises(FixRefused, match="could not be run"):
        apply_fix(Fix("Broken", 'df["nowhere"]'), from_pandas(frame))


def test_the_preview_shows_changed_cells_with_their_labels(frame):
    fix = Fix("Upper", 'df["b"] = df["b"].str.upper()', changes=(1,))
    changes = preview_fix(fix, from_pandas(frame), Predicate("c1 IS NOT NULL"))
    assert [(change.row, change.before, change.after) for change in changes] == [
        (10, "x", "X"),
        (10, "y", "Y"),
        (30, "z", "Z"),
    ]


def test_the_preview_shows_dropped_rows(frame):
    fix = Fix("Drop", 'df = df[df["a"] > 1]', drops=Predicate("c0 <= 1"))
    (change,) = preview_fix(fix, from_pandas(frame), Predicate("c0 <= 1"))
    assert change.after is None


def test_the_preview_shows_dropped_columns(frame):
    fix = Fix("Drop", 'df = df.drop(columns="b")', removes=(1,))
    changes = preview_fix(fix, from_pandas(frame), Predicate("c0 <= 2"))
    assert [(change.column, change.before, change.after) for change in changes] == [("b", "x", None), ("b", "y", None)]


def test_columns_that_share_a_name_are_reached_by_position():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    table = from_pandas(frame)
    code = assign_column(table, table.columns[1], read_column(table, table.columns[1]) + " + 1")
    assert apply_fix(Fix("Add", code, changes=(1,)), table).to_numpy().tolist() == [[1, 3]]


_VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()


@given(_VALUES | st.tuples(_VALUES, _VALUES))
def test_a_literal_evaluates_to_the_value_and_to_nothing_else(value):
    assert eval(literal(value), {"__builtins__": {"float": float}}) == value  # noqa: S307


@given(st.lists(st.text(), max_size=30), st.dictionaries(st.text(), st.floats(allow_nan=False), max_size=10))
def test_displays_evaluate_to_what_they_were_made_of(values, mapping):
    assert eval(list_literal(values)) == values  # noqa: S307
    assert eval(dict_literal(mapping)) == mapping  # noqa: S307


def test_numpy_values_become_plain_ones():
    assert literal(np.int64(3)) == "3"
    assert literal(np.str_("x")) == "'x'"
