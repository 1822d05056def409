"""Rows of mixed columns are compared by ranks, equality and missingness, each column counting the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.explain.neighbours import Neighbours

MIXED = st.lists(
    st.tuples(
        st.none() | st.floats(-1e6, 1e6) | st.integers(0, 3),
        st.none() | st.sampled_from(["a", "b", "c"]),
        st.booleans(),
    ),
    min_size=2,
    max_size=30,
).map(lambda rows: pd.DataFrame(rows, columns=["number", "text", "flag"]).astype({"number": float}))


@given(MIXED)
def test_a_distance_is_that_of_gower_over_ranks(frame):
    rank = frame["number"].rank(method="average").sub(0.5).div(max(1, frame["number"].notna().sum()))
    expected = np.zeros((len(frame), len(frame)))
    for i in range(len(frame)):
        for j in range(len(frame)):
            for values in (rank, frame["text"], frame["flag"]):
                a, b = values[i], values[j]
                if pd.isna(a) or pd.isna(b):
                    expected[i, j] += pd.isna(a) != pd.isna(b)
                elif values is rank:
                    expected[i, j] += abs(a - b)
                else:
                    expected[i, j] += a != b
    near = Neighbours(frame)
    found = np.stack([near.distances(frame.iloc[[i]]) for i in range(len(frame))])
    assert np.allclose(found, expected / 3, atol=1e-6)


@given(MIXED, st.integers(1, 40))
def test_the_nearest_are_those_of_a_full_sort(frame, k):
    near = Neighbours(frame)
    positions, distances = near.nearest(frame, k)
    for i in range(len(frame)):
        full = near.distances(frame.iloc[[i]])
        order = np.argsort(full, kind="stable")[:k]
        assert np.allclose(distances[i], full[order])
        assert distances[i, 0] == 0
        assert len(set(positions[i])) == min(k, len(frame))


def test_units_and_outliers_do_not_matter():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 2.0, 3.0, 4e9]})
    near = Neighbours(frame)
    assert near.differences(frame.iloc[[0]], frame.iloc[[3]]).tolist() == [[0.75, 0.75]]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.to_datetime(["2024-01-01", "", "2024-03-01"])),
        pd.Series(pd.to_datetime(["2024-01-01", "", "2024-03-01"], utc=True)),
        pd.Series(pd.to_timedelta(["1 day", None, "3 days"])),
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series(["a", None, "b"], dtype="category"),
        pd.Series([True, None, False], dtype="boolean"),
        pd.Series([[1], None, [2]]),
    ],
)
def test_columns_of_any_type_can_be_compared(column):
    frame = column.to_frame("x")
    distances = Neighbours(frame).distances(frame.iloc[[0]])
    assert distances[0] == 0
    assert distances[1] == 1
    assert 0 < distances[2] <= 1


def test_values_never_seen_lie_beyond_those_seen():
    frame = pd.DataFrame({"n": [10.0, 20.0], "c": ["a", "b"]})
    new = pd.DataFrame({"n": [99.0], "c": ["z"]})
    assert Neighbours(frame).distances(new).tolist() == pytest.approx([(0.625 + 1) / 2, (0.125 + 1) / 2])


def test_a_column_without_a_value_sets_no_rows_apart():
    frame = pd.DataFrame({"n": [np.nan, np.nan], "c": [None, None]})
    assert Neighbours(frame).distances(frame.iloc[[1]]).tolist() == [0, 0]
