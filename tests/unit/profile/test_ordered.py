"""Numbers of very many rows in order: in memory or by the engine, with the same result."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.options import options
from mlqa_widgets.profile import ordered
from mlqa_widgets.profile.ordered import OrderedRows, ordered_rows
from mlqa_widgets.tables.frames import from_pandas

numbers = st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=1, max_size=40)


@pytest.mark.parametrize("budget", [None, 1], ids=["in memory", "by the engine"])
@given(cells=numbers)
def test_runs_are_the_distinct_numbers_with_their_rows(cells: list[int | None], budget: int | None) -> None:
    table = from_pandas(pd.DataFrame({"c": pd.array(cells, dtype="Int64")}))
    with mock.patch.object(options, "row_budget", budget), mock.patch.object(ordered, "_SLICE", 3):
        found = ordered_rows(table, "c0")
        runs = list(found.runs())
    present = [cell for cell in cells if cell is not None]
    expected, rows = np.unique(np.array(present), return_counts=True)
    assert found.rows == len(present)
    assert [value for values, _ in runs for value in values.tolist()] == expected.tolist()
    assert [count for _, counts in runs for count in counts.tolist()] == rows.tolist()


def test_a_number_that_goes_on_through_many_slices_is_one_run() -> None:
    slices = [np.array([1, 2]), np.array([2, 2]), np.array([2]), np.array([2, 3])]
    runs = list(OrderedRows(7, slices).runs())
    assert np.concatenate([values for values, _ in runs]).tolist() == [1, 2, 3]
    assert np.concatenate([counts for _, counts in runs]).tolist() == [1, 5, 1]


def test_the_engine_orders_what_memory_does_not_hold_with_the_same_result() -> None:
    frame = pd.DataFrame({"c": np.random.default_rng(0).normal(size=5_000)})
    table = from_pandas(frame)
    with mock.patch.object(options, "row_budget", 10):
        by_engine = np.concatenate([values for values, _ in ordered_rows(table, "c0").runs()])
    assert (by_engine == np.sort(frame["c"])).all()
