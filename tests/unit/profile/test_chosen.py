"""The values kept of very many are the same, whether they are chosen here or by an engine far away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.profile import copies, value_counts
from mlqa_widgets.profile.chosen import Limits, drawn_rows
from mlqa_widgets.profile.value_counts import count_in_engine
from mlqa_widgets.tables.frames import from_pandas

ROWS = 4_000
LIMITS = Limits(complete=1000, often=50, extremes=20, drawn=300, shapes=100, rare=20, examples_per_shape=3, examples=50)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    names: dict[str, Any] = {"COMPLETE_LIMIT": LIMITS.complete, "_OFTEN": LIMITS.often, "_EXTREMES": LIMITS.extremes}
    names |= {"_DRAWN": LIMITS.drawn, "_SHAPE_LIMIT": LIMITS.shapes, "_RARE": LIMITS.rare}
    names |= {"_EXAMPLES_PER_SHAPE": LIMITS.examples_per_shape, "_EXAMPLES": LIMITS.examples, "_LIMITS": LIMITS}
    for name, value in names.items():
        monkeypatch.setattr(value_counts, name, value)


def cells(kind: str) -> pd.Series:
    rng = np.random.default_rng(3)
    match kind:
        case "fractions":
            numbers = np.where(rng.random(ROWS) < 0.3, rng.integers(0, 90, ROWS), rng.normal(0, 1e4, ROWS))
            numbers[[3, 9, 11]] = np.inf, -np.inf, np.nan
            return pd.Series(numbers)
        case "whole numbers":
            return pd.Series(rng.permutation(ROWS) * 10)
        case "times":
            return pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**9, ROWS), "us"))
        case "no more than are kept":
            return pd.Series(rng.integers(0, LIMITS.complete // 2, ROWS))
        case "few texts":
            return pd.Series(rng.integers(0, 50, ROWS).astype(str))
        case _:
            texts = np.array([f"R{number:05d}-é" for number in rng.permutation(ROWS)], dtype=object)
            texts[:40], texts[50:53] = "often", ["X 1!", "\ty", ""]
            return pd.Series(texts)


@pytest.mark.parametrize("kind", ["fractions", "whole numbers", "times", "no more than are kept", "few texts", "texts"])
def test_an_engine_far_away_chooses_the_same_values(kind, monkeypatch):
    table = from_pandas(cells(kind).to_frame("cell"))
    here = count_in_engine(table, table.columns[0], 10**6)
    monkeypatch.setattr(DuckDB, "is_remote", True)
    there = count_in_engine(table, table.columns[0], 10**6)
    assert there.values.equals(here.values)
    np.testing.assert_array_equal(there.counts, here.counts)
    np.testing.assert_array_equal(there.weights, here.weights)
    assert (there.distinct, there.complete, there.lengths) == (here.distinct, here.complete, here.lengths)
    assert there.shape_rows == here.shape_rows
    assert (there.summary is None) == (here.summary is None)
    if here.summary is not None:
        assert there.summary.mean == pytest.approx(here.summary.mean)
        assert there.summary.std == pytest.approx(here.summary.std)
        assert there.summary.integral == here.summary.integral
        np.testing.assert_array_equal(there.summary.counts, here.summary.counts)


def test_the_rows_drawn_are_one_of_each_stratum_at_places_that_differ():
    drawn = drawn_rows(10_000, 100)
    np.testing.assert_array_equal(drawn // 100, np.arange(100))
    assert len(np.unique(drawn % 100)) > 50


@pytest.mark.parametrize("listed", [100_000, 5])
def test_an_engine_far_away_finds_the_same_copies(listed, monkeypatch):
    monkeypatch.setattr(copies, "_LISTED_ROWS", listed)
    frame = pd.DataFrame({"a": np.arange(300) % 290, "b": [None, *(np.arange(299) % 290)]})
    table = from_pandas(pd.concat([frame, frame.iloc[:3]], ignore_index=True))
    here = copies.find_copies(table)
    monkeypatch.setattr(DuckDB, "is_remote", True)
    there = copies.find_copies(table)
    assert there.times == here.times
    assert table.count(there.predicate) == table.count(here.predicate) == here.rows
    assert table.count(there.surplus_predicate) == here.surplus
    if listed > here.rows:
        np.testing.assert_array_equal(there.positions, here.positions)
