"""The search counts every combination, finds what was planted first, and finds nothing in noise."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.errors import Cancelled
from mlqa_widgets.evaluate.figures import Measure
from mlqa_widgets.evaluate.metrics import METRICS, Metric
from mlqa_widgets.models.model import Task
from mlqa_widgets.progress import Progress
from mlqa_widgets.slices.partitions import partitions
from mlqa_widgets.slices.search import ADDS, MOST_COLUMNS, search

_ROWS = 4000


def _frame(columns, values=4, seed=0):
    random = np.random.default_rng(seed)
    return pd.DataFrame({f"c{i}": random.integers(0, values, _ROWS) for i in range(columns)})


def _measure(loss, metric="error_rate"):
    return Measure(METRICS[metric], np.asarray(loss, dtype=float), np.ones(len(loss)))


def _search(frame, measure, **changed):
    options: Any = {"conditions": 3, "support": 40, "progress": Progress()} | changed
    cuts = partitions(frame, 40)
    found = search(cuts, measure, np.arange(len(frame)), **options)
    words = [tuple(sorted(cuts[p].categories[c].words for p, c in one.categories)) for one in found.candidates]
    return found, words


def _planted(frame, rows, rate, seed=1):
    random = np.random.default_rng(seed)
    return random.random(len(frame)) < np.where(rows, rate, 0.1)


@pytest.mark.parametrize("metric", ["error_rate", "mae"])
def test_every_combination_is_counted_as_by_hand(metric):
    frame = _frame(4)
    random = np.random.default_rng(5)
    rows = (frame["c0"] == 1) & (frame["c2"] == 3)
    loss = _planted(frame, rows, 0.6) if metric == "error_rate" else random.exponential(1 + rows)
    found, words = _search(frame, _measure(loss, metric))
    effects, tried = {}, 0
    for depth in (1, 2, 3):
        for columns in combinations(frame.columns, depth):
            for values in product(range(4), repeat=depth):
                inside = np.logical_and.reduce([frame[c] == v for c, v in zip(columns, values, strict=True)])
                if inside.sum() >= 40:
                    tried += 1
                    name = tuple(sorted(f"{c} is {v}" for c, v in zip(columns, values, strict=True)))
                    effects[name] = loss[inside].mean() - loss[~inside].mean()
    assert found.tried == tried
    for candidate, name in zip(found.candidates, words, strict=True):
        assert candidate.effect == pytest.approx(effects[name])
        for left_out in range(len(name) if len(name) > 1 else 0):
            assert candidate.effect > ADDS * effects[name[:left_out] + name[left_out + 1 :]]


@pytest.mark.parametrize("conditions", [1, 2, 3])
def test_a_planted_slice_is_found_first_with_no_condition_too_many(conditions):
    frame = _frame(6)
    columns = ["c1", "c3", "c4"][:conditions]
    rows = np.logical_and.reduce([frame[column] == 2 for column in columns])
    _, words = _search(frame, _measure(_planted(frame, rows, 0.7)))
    assert words[0] == tuple(f"{column} is 2" for column in columns)


def test_the_same_rows_in_other_words_are_folded_into_one():
    frame = _frame(4).assign(copy=lambda f: f["c1"].map(lambda v: f"v{v}"))
    found, words = _search(frame, _measure(_planted(frame, frame["c1"] == 2, 0.6)))
    assert words[0] in (("c1 is 2",), ("copy is v2",))
    assert len(found.candidates[0].variants) >= 1
    assert not any({"c1 is 2", "copy is v2"} & set(name) for name in words[1:])


def test_of_a_metric_that_should_be_high_the_lowest_is_found():
    frame = _frame(3)
    right = ~_planted(frame, frame["c0"] == 0, 0.5)
    found, words = _search(frame, _measure(right, "accuracy"))
    assert words[0] == ("c0 is 0",)
    assert found.candidates[0].worse == -1


def test_of_a_metric_without_a_better_side_either_is_found():
    frame = _frame(3)
    random = np.random.default_rng(0)
    bias = random.normal(0, 1, _ROWS) + np.where(frame["c0"] == 0, 2.0, np.where(frame["c1"] == 1, -2.0, 0.0))
    found, words = _search(frame, _measure(bias, "bias"))
    assert {(name, one.worse) for name, one in zip(words[:2], found.candidates[:2], strict=True)} >= {(("c0 is 0",), 1)}
    assert -1 in {one.worse for one in found.candidates}


def test_a_ratio_with_terms_of_its_own_is_searched_too():
    frame = _frame(3)
    random = np.random.default_rng(0)
    bottom = random.exponential(1, _ROWS)
    top = bottom * np.where(frame["c2"] == 3, 0.8, 0.3) + random.normal(0, 0.1, _ROWS)
    metric = Metric("spend", "spend", (Task.REGRESSION,), higher_is_better=False, terms=lambda _: (top, bottom))
    _, words = _search(frame, Measure(metric, top, bottom))
    assert words == [("c2 is 3",)]


def test_slices_below_the_support_are_neither_tried_nor_found():
    frame = _frame(2)
    rows = (frame["c0"] == 0) & (frame["c1"] == 0)
    found, words = _search(frame, _measure(_planted(frame, rows, 0.9)), support=int(rows.sum()) + 1)
    assert ("c0 is 0", "c1 is 0") not in words
    assert found.tried < 8 + 16


def test_noise_offers_hardly_anything_and_rarely_by_several_conditions():
    frame = _frame(6)
    random = np.random.default_rng(3)
    offered = [_search(frame, _measure(random.random(_ROWS) < 0.2))[1] for _ in range(10)]
    assert np.mean([len(words) for words in offered]) < 3
    assert sum(len(name) > 1 for words in offered for name in words) <= 2


def test_of_many_columns_the_telling_ones_are_tried_by_three():
    frame = _frame(MOST_COLUMNS + 3, values=2)
    rows = (frame["c0"] == 1) & (frame["c27"] == 1)
    found, words = _search(frame, _measure(_planted(frame, rows, 0.6)), conditions=3)
    assert words[0] == ("c0 is 1", "c27 is 1")
    assert len(found.left_out) == 3
    assert not {"c0", "c27"} & set(found.left_out)


def test_a_search_stops_when_it_is_cancelled():
    progress = Progress()
    progress.listen(lambda step, share: progress.cancel() if share > 0.1 else None)
    with pytest.raises(Cancelled):
        _search(_frame(8), _measure(np.zeros(_ROWS)), progress=progress)
