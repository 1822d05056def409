"""A fix may add columns only if it names them, and works whatever the columns are called."""

from __future__ import annotations

import pandas as pd
import pytest

from mlqa_widgets.errors import FixRefused
from mlqa_widgets.fixes.apply import apply_fix, preview_fix
from mlqa_widgets.fixes.code import drop_columns, drop_missing, new_label
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.frames import from_pandas
from mlqa_widgets.tables.table import EVERY_ROW, Predicate

LABELS = [
    ["a", "b", "c"],
    ["a", "a", "b"],
    [0, 1, 2],
    [0.5, 1.5, 2.5],
    [True, False, "c"],
    [None, "b", "c"],
    [("a", "x"), ("a", "y"), ("b", "x")],
    [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-03")],
]


def frame_with(labels: list[object]) -> pd.DataFrame:
    frame = pd.DataFrame([[1, None, "x"], [2, 5.0, "y"]], index=["r", "r"])
    multiple = isinstance(labels[0], tuple)
    frame.columns = pd.MultiIndex.from_tuples(labels) if multiple else pd.Index(labels)  # type: ignore[arg-type]
    return frame


def test_a_column_that_was_named_is_added_and_the_others_keep_their_place() -> None:
    frame = frame_with(["a", "b", "c"])
    fix = Fix("Mark", 'df["b_missing"] = df["b"].isna()', adds=("b_missing",))
    fixed = apply_fix(fix, from_pandas(frame))
    assert fixed.columns.tolist() == ["a", "b", "c", "b_missing"]
    assert fixed["b_missing"].tolist() == [True, False]
    assert [(c.column, c.before, c.after) for c in preview_fix(fix, from_pandas(frame), EVERY_ROW)] == [
        ("b_missing", None, "True"),
        ("b_missing", None, "False"),
    ]


@pytest.mark.parametrize(
    ("code", "adds"),
    [
        ('df["more"] = 1', ()),
        ('df["more"] = 1; df["still"] = 2', ("more",)),
        ('df["other"] = 1', ("more",)),
        ('df["still"] = 2; df["more"] = 1', ("more", "still")),
        ("pass", ("more",)),
    ],
)
def test_any_other_addition_is_refused(code: str, adds: tuple[str, ...]) -> None:
    with pytest.raises(FixRefused, match="add columns"):
        apply_fix(Fix("Mark", code, adds=adds), from_pandas(frame_with(["a", "b", "c"])))


def test_a_column_put_between_the_others_is_refused() -> None:
    fix = Fix("Mark", 'df.insert(0, "more", 1)', adds=("more",))
    with pytest.raises(FixRefused):
        apply_fix(fix, from_pandas(frame_with(["a", "b", "c"])))


def test_columns_may_be_added_and_removed_at_once() -> None:
    frame = frame_with(["a", "b", "c"])
    fix = Fix("Split", 'df["d"] = df["c"] * 2; df = df.drop(columns="c")', removes=(2,), adds=("d",))
    assert apply_fix(fix, from_pandas(frame)).columns.tolist() == ["a", "b", "d"]


@pytest.mark.parametrize("labels", LABELS, ids=str)
def test_columns_and_rows_can_be_dropped_whatever_the_labels(labels: list[object]) -> None:
    frame = frame_with(labels)
    table = from_pandas(frame)
    fewer = apply_fix(Fix("Drop", drop_columns(table, [table.columns[1]]), removes=(1,)), table)
    pd.testing.assert_frame_equal(fewer, frame.iloc[:, [0, 2]])
    code = drop_missing(table, [table.columns[1], table.columns[2]])
    pd.testing.assert_frame_equal(apply_fix(Fix("Drop", code, drops=Predicate("c1 IS NULL")), table), frame.iloc[[1]])


def test_a_new_label_is_none_of_the_others() -> None:
    assert new_label(from_pandas(frame_with(["a", "b", "c"])), "d") == "d"
    assert new_label(from_pandas(frame_with(["a", "a_2", "c"])), "a") == "a_3"
    assert new_label(from_pandas(frame_with([("a", "x"), ("a", "y"), ("b", "x")])), "d") is None
