"""Keys, and what a join would do before it is made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets import InputError

KEYS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "c", "A", "01", "1", "é"])), min_size=1, max_size=20)


@settings(max_examples=25)
@given(KEYS, KEYS)
def test_rows_out_are_those_that_pandas_returns(left, right) -> None:
    frames = [pd.DataFrame({"k": pd.Series(keys, dtype=object), "v": 1}) for keys in (left, right)]
    joins = mq.compare(frames[0], frames[1], "k").joins.set_index("join")
    # A missing key meets nothing; pandas lets it meet another.
    keyed = [frame.reset_index(names="place") for frame in frames]
    for side, frame in enumerate(keyed):
        frame["k"] = frame["k"].where(frame["k"].notna(), [f"missing {side} {i}" for i in frame["place"]])
    for how in ("inner", "left", "right", "outer"):
        assert joins.loc[how, "rows_out"] == len(keyed[0].merge(keyed[1], on="k", how=how)), how
    assert joins.loc["left", "left_repeated"] == joins.loc["left", "rows_out"] - len(left)


@pytest.fixture
def orders():
    return pd.DataFrame({"customer": ["a", "a", "b", "c", None], "amount": [1, 2, 3, 4, 5]})


def test_orphans_are_told_each_way_with_their_rows(orders) -> None:
    customers = pd.DataFrame({"customer": ["a", "b", "x", "y"], "town": list("pqrs")})
    comparison = mq.compare(orders, customers, "customer")
    found = comparison.findings[comparison.findings["check"] == "orphans"]
    assert sorted(found["rows"]) == [2, 2]
    rows = [comparison.rows(i) for i in found.index]
    assert sorted(tuple(frame.index) for frame in rows) == [(2, 3), (3, 4)]


def test_a_lookup_multiplies_nothing_and_is_silent_about_it(orders) -> None:
    customers = pd.DataFrame({"customer": ["a", "b", "c"], "town": list("pqr")})
    comparison = mq.compare(orders, customers, "customer")
    assert comparison.result.preview.relation == "n:1"
    assert "multiplied_rows" not in set(comparison.findings["check"])


def test_a_few_repeated_keys_of_a_lookup_are_a_warning_with_the_keys() -> None:
    stock = pd.DataFrame({"item": np.arange(200), "price": 1.0})
    items = pd.DataFrame({"item": [*range(200), 7, 7, 9], "name": "x"})
    comparison = mq.compare(stock, items, "item", names=("stock", "items"))
    found = comparison.findings[comparison.findings["check"] == "multiplied_rows"].iloc[0]
    assert found["severity"] == "warning"
    assert "returns 203: 2 keys repeat in items" in found["message"]
    rows = comparison.rows(int(comparison.findings.index[comparison.findings["check"] == "multiplied_rows"][0]))
    assert sorted(rows["item"]) == [7, 7, 7, 9, 9]


def test_keys_that_repeat_in_both_are_told_as_such_and_not_compared() -> None:
    left = pd.DataFrame({"day": ["mon", "mon", "tue", "tue"], "v": [1, 2, 3, 4]})
    right = pd.DataFrame({"day": ["mon", "mon", "tue"], "v": [9, 9, 3]})
    comparison = mq.compare(left, right, "day")
    assert comparison.result.conflicts.left_out == 1
    assert comparison.conflicts.loc[0, "compared"] == 2


@pytest.mark.parametrize(
    ("left", "right", "step"),
    [
        (["Ab", "Cd"], ["AB", "CD"], "case"),
        (["a ", "b  c"], ["a", "b c"], "spaces"),
        (["007", "010"], ["7", "10"], "leading zeros"),
        (["été", "noël"], ["ete", "noel"], "accents"),
        (["555-12", "555/13"], ["55512", "55513"], "punctuation"),
    ],
)
def test_what_a_normalised_key_would_bring_together_is_told(left, right, step) -> None:
    frames = [pd.DataFrame({"k": [*keys, "same"], "v": 1}) for keys in (left, right)]
    comparison = mq.compare(frames[0], frames[1], "k")
    assert comparison.rescues["ignoring"].tolist() == [(step,)]
    assert comparison.rescues.loc[0, ["left_rows", "right_rows", "merged"]].tolist() == [2, 2, 0]
    normalised = mq.compare(frames[0], frames[1], "k", normalize=[step])
    assert normalised.result.preview.matched_rows == (3, 3)
    assert "orphans" not in set(normalised.findings["check"])


def test_what_normalising_would_wrongly_merge_is_counted() -> None:
    left = pd.DataFrame({"k": ["ab", "AB", "x"]})
    right = pd.DataFrame({"k": ["aB", "x"]})
    assert mq.compare(left, right, "k").rescues.loc[0, "merged"] == 1


def test_ways_that_only_work_together_are_found() -> None:
    left, right = pd.DataFrame({"k": [" Été", "b"]}), pd.DataFrame({"k": ["ete", "b"]})
    found = mq.compare(left, right, "k").rescues
    assert found["ignoring"].tolist()[-1] == ("spaces", "case", "accents")


def test_numbers_meet_numbers_in_text() -> None:
    left, right = pd.DataFrame({"k": [1, 2, 3]}), pd.DataFrame({"k": ["1", "2", "4"]})
    comparison = mq.compare(left, right, "k")
    assert comparison.result.preview.matched_keys == 2
    assert comparison.result.keyed.steps == ("type",)


def test_a_key_is_proposed_from_names_and_from_values() -> None:
    rng = np.random.default_rng(0)
    flights = pd.DataFrame({"dest": rng.choice(["JFK", "LGA", "EWR", "BOS"], 300), "delay": rng.normal(size=300)})
    airports = pd.DataFrame({"faa": ["JFK", "LGA", "EWR", "BOS", "SFO"], "alt": [4, 6, 5, 6, 3]})
    comparison = mq.compare(flights, airports, names=("flights", "airports"))
    assert comparison.on == ("dest = faa",)
    assert "names every row of airports once; 100 % of the rows of flights" in comparison.keys.loc[0, "evidence"]
    assert comparison.keys.loc[0, "on"] == [("dest", "faa")]


def test_a_key_of_several_columns_is_proposed_where_none_alone_names_a_row() -> None:
    hours = pd.date_range("2024-01-01", periods=48, freq="h")
    readings = pd.DataFrame([(s, t, 1.5) for s in ("a", "b", "c") for t in hours], columns=["station", "time", "v"])
    comparison = mq.compare(readings, readings.sample(frac=1, random_state=0))
    assert sorted(comparison.on) == ["station", "time"]
    assert comparison.findings.empty


def test_sources_that_share_nothing_say_so() -> None:
    comparison = mq.compare(pd.DataFrame({"x": [1.5, 2.5]}), pd.DataFrame({"y": ["p", "q"]}))
    assert comparison.on == ()
    assert "no key found" in repr(comparison)
    with pytest.raises(InputError, match="no key was found"):
        _ = comparison.joins


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    frame = pd.DataFrame({"number": [1], "town": ["x"]})
    with pytest.raises(InputError, match=r"right has no column 'numbr'. Did you mean 'number'"):
        mq.compare(frame, frame.copy(), [("number", "numbr")], names=("left", "right"))
    with pytest.raises(InputError, match="Did you mean 'case'"):
        mq.compare(frame, frame.copy(), "number", normalize=["caes"])  # type: ignore[list-item]


def test_values_never_become_statements() -> None:
    nasty = ["'; DROP TABLE keys; --", '"x"', "a'b", "{0}", "%s"]
    left = pd.DataFrame({'k"; --': nasty, "v'": nasty})
    right = left.copy()
    right.loc[0, "v'"] = "other"
    comparison = mq.compare(left, right, 'k"; --')
    assert comparison.result.preview.matched_keys == 5
    assert comparison.conflicts.loc[0, "conflicts"] == 1
    assert len(comparison.rows(0)) == 1
