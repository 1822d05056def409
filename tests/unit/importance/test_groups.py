"""Columns that follow one another are found whatever their type; chance makes no group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from mlqa_widgets.importance.groups import associations, groups_of
from mlqa_widgets.importance.values import values_of


def _associations(frame):
    return associations([values_of(frame[name]) for name in frame])


def _between(frame):
    found = _associations(frame)
    return {(a, b): found[i, j] for i, a in enumerate(frame) for j, b in enumerate(frame)}


@pytest.fixture
def frame():
    random = np.random.default_rng(0)
    rows = 1000
    frame = pd.DataFrame({"a": random.normal(size=rows), "free": random.normal(size=rows)})
    frame["exp"] = np.exp(frame["a"])
    frame["noisy"] = frame["a"] + random.normal(size=rows)
    frame["town"] = random.choice(["n", "s", "e"], rows)
    frame["country"] = frame["town"].map({"n": "N", "s": "S", "e": "S"})
    frame["level"] = frame["town"].map({"n": 0, "s": 5, "e": 9}) + random.normal(size=rows) / 10
    frame["code"] = random.choice([f"k{i}" for i in range(200)], rows)
    return frame


def test_numbers_are_measured_by_spearman(frame):
    found = _associations(frame[["a", "noisy", "exp"]])
    assert found[0, 1] == pytest.approx(abs(spearmanr(frame["a"], frame["noisy"]).statistic))
    assert found[0, 2] == pytest.approx(1)


def test_categories_and_numbers_are_measured_too(frame):
    found = _between(frame)
    assert found["town", "level"] > 0.9
    assert found["town", "country"] > 0.9
    assert found["town", "free"] < 0.15


def test_many_categories_do_not_look_like_an_association(frame):
    found = _between(frame)
    assert found["code", "free"] < 0.3
    assert found["code", "town"] < 0.3


def test_groups_are_those_planted(frame):
    names = list(frame)
    groups = groups_of(_associations(frame))
    found = {tuple(names[i] for i in group.features) for group in groups}
    assert ("a", "exp") in found
    assert any("town" in group and "country" in group for group in found)
    assert not any("free" in group or "code" in group for group in found)


def test_a_constant_or_missing_column_follows_none():
    frame = pd.DataFrame({"a": range(50), "one": 1, "none": [np.nan] * 50, "word": "x"})
    found = _associations(frame)
    assert (found == np.eye(4)).all()
    assert groups_of(found) == ()


@given(st.lists(st.lists(st.floats(0, 1), min_size=5, max_size=5), min_size=5, max_size=5), st.floats(0.01, 1))
def test_each_column_is_in_one_group_at_most(lines, together):
    matrix = np.array(lines)
    matrix = (matrix + matrix.T) / 2
    np.fill_diagonal(matrix, 1)
    members = [i for group in groups_of(matrix, together) for i in group.features]
    assert len(members) == len(set(members))
    assert all(group.association >= together - 1e-9 for group in groups_of(matrix, together))
