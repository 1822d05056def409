"""Which records are one thing, and the one table they make: never against a decision, and nothing without its source."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets.errors import InputError
from mlqa_widgets.link.clusters import group
from mlqa_widgets.link.fusing import Records, fuse


def grouped(records, links, different=()):
    """Group records by pairs given as (one, other), the surest first."""
    pairs = [*links, *different]
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    numbers = np.arange(len(pairs))
    return group(records, numbers[: len(links)], left, right, numbers[len(links) :])


def test_records_linked_through_others_are_one():
    assert grouped(5, [(0, 1), (1, 2)]).of.tolist() == [0, 0, 0, 1, 2]


def test_the_weakest_link_between_records_decided_to_differ_is_left_out():
    found = grouped(4, [(0, 1), (1, 2), (2, 3)], [(0, 3)])
    assert found.of.tolist() == [0, 0, 0, 1]
    assert [(one.pair, one.against) for one in found.refused] == [(2, 3)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_grouping_holds_two_records_decided_to_differ(data):
    pairs = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1])
    links, different = data.draw(st.lists(pairs, max_size=15)), data.draw(st.lists(pairs, max_size=5))
    found = grouped(10, links, different)
    assert all(found.of[one] != found.of[other] for one, other in different)
    kept = [pair for i, pair in enumerate(links) if i not in {one.pair for one in found.refused}]
    assert all(found.of[one] == found.of[other] for one, other in kept)
    if not different:
        assert not found.refused


def test_clusters_name_every_record_with_its_source(untouched, registers):
    clusters = untouched.clusters()
    left, right, truth = registers
    assert len(clusters.frame) == len(left) + len(right)
    assert clusters.frame["entity"].nunique() == len(left) + len(right) - len(truth)
    assert clusters.frame["source"].value_counts().to_dict() == {"ours": len(left), "theirs": len(right)}
    assert set(clusters.frame["size"]) == {1, 2}
    assert clusters.conflicts.empty


def test_a_pair_decided_to_differ_is_kept_apart_and_told():
    rows = pd.DataFrame(
        {
            "name": ["ann lee"] * 3 + [f"person {i} number" for i in range(40)],
            "phone": ["5550100"] * 3 + [f"555{i:04d}" for i in range(2000, 2040)],
        }
    )
    linkage = mq.link(rows.assign(row=["x", "y", "z", *"abcdefghij" * 4]), columns=["name", "phone"], reviewer="ann")
    of = linkage.clusters().frame["entity"]
    assert of[0] == of[1] == of[2]
    linkage.decide((0, 1), "same")
    linkage.decide((1, 2), "same")
    linkage.decide((0, 2), "different")
    clusters = linkage.clusters()
    assert clusters.frame["entity"][0] != clusters.frame["entity"][2]
    assert clusters.conflicts["decided"].tolist() == ["same"]
    assert "You decided that 1 and 2 are the same" in clusters.conflicts.loc[0, "message"]


# ---------------------------------------------------------------------- one table


def records(values, entity, source):
    frame = pd.DataFrame(values)
    labels = np.array([f"r{i}" for i in range(len(frame))], dtype=object)
    return Records(frame, np.array(entity), np.array(source), labels, ("a", "b"))


TIMES = np.array([1.0, 3.0, 2.0])
CELLS = {"city": ["lyon", "lyons", "lyon"], "phone": [None, "12", "123"]}


@pytest.mark.parametrize(
    ("rule", "city", "phone"),
    [
        ("majority", "lyon", "12"),
        ("newest", "lyons", "12"),
        ("trusted", "lyon", "12"),
        ("longest", "lyons", "123"),
        ("complete", "lyon", "12"),
    ],
)
def test_each_rule_keeps_its_value(rule, city, phone):
    given_records = records(CELLS, [0, 0, 0], [0, 1, 1])
    trust = np.array([1, 0, 0])
    fused = fuse(given_records, dict.fromkeys(CELLS, rule), time=TIMES, trust=trust)
    assert fused.frame.loc[0].to_dict() == {"city": city, "phone": phone}


def test_a_missing_value_never_wins_and_a_value_alone_needs_no_rule():
    fused = fuse(records({"x": [None, 5.0]}, [0, 0], [0, 1]), {"x": "trusted"}, time=None, trust=np.array([0, 1]))
    assert fused.frame["x"].tolist() == [5.0]
    line = fused.provenance.iloc[0]
    assert (line["source"], line["row"], line["rule"], line["of"]) == ("b", "r1", "only value", 1)
    assert fused.conflicts.empty


def test_a_conflict_is_kept_with_all_that_was_said_and_by_whom():
    fused = fuse(records(CELLS, [0, 0, 0], [0, 1, 1]), {"city": "majority"}, time=None, trust=None)
    line = fused.conflicts.iloc[0]
    assert (line["entity"], line["column"], line["kept"], line["rule"]) == (0, "city", "lyon", "majority")
    assert line["values"] == [("lyon", ["a r0", "b r2"]), ("lyons", ["b r1"])]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.sampled_from("xyz"))), min_size=1, max_size=20),
    st.sampled_from(["majority", "newest", "trusted", "longest", "complete"]),
)
def test_every_value_kept_stands_in_the_row_it_is_said_to_be_from(cells, rule):
    entity = pd.factorize(np.array([one for one, _ in cells]))[0]
    given_records = records(
        {"v": pd.Series([v for _, v in cells], dtype=object)}, entity, np.zeros(len(cells), dtype=int)
    )
    time, trust = np.arange(len(cells), dtype=float), np.zeros(len(cells), dtype=int)
    fused = fuse(given_records, {"v": rule}, time=time, trust=trust)
    assert len(fused.frame) == entity.max() + 1
    for line in fused.provenance.to_dict("records"):
        row = int(line["row"][1:])
        assert cells[row][1] == line["value"] == fused.frame["v"][line["entity"]]
        assert entity[row] == line["entity"]
    known = {e for e, (_, v) in zip(entity, cells, strict=True) if v is not None}
    assert set(fused.provenance["entity"]) == known


def test_the_fused_table_has_one_row_per_person_and_columns_of_one_meaning_once(untouched, registers):
    left, right, truth = registers
    fused = untouched.fused("longest")
    assert len(fused.frame) == len(left) + len(right) - len(truth)
    assert list(fused.frame) == list(left)
    assert fused.frame["born"].dtype == left["born"].dtype
    assert set(fused.conflicts["column"]) <= {"first_name", "surname", "email", "city"}


def test_rules_can_differ_by_column(untouched):
    fused = untouched.fused("majority", rules={"city": "trusted"}, trust=["theirs", "ours"])
    assert fused.rules == {
        "first_name": "majority",
        "surname": "majority",
        "born": "majority",
        "city": "trusted",
        "email": "majority",
    }
    torn = fused.provenance[(fused.provenance["column"] == "city") & (fused.provenance["of"] > 1)]
    assert len(torn) > 3
    assert set(torn["source"]) == {"theirs"}


def test_the_newest_record_by_a_column_of_both(registers):
    left, right, _ = registers
    dated = [
        left.head(50).assign(read=pd.Timestamp("2024-01-01")),
        right.head(70).assign(read=pd.Timestamp("2025-01-01")),
    ]
    linkage = mq.link(*dated, columns=["first_name", "surname", "born", "email"], names=("old", "new"))
    fused = linkage.fused("newest", by="read")
    torn = fused.provenance[fused.provenance["of"] > 1]
    assert set(torn["source"]) == {"new"}


@pytest.mark.parametrize(
    ("rule", "options", "says"),
    [
        ("latest", {}, r"rule: 'latest' is none"),
        ("newest", {}, "rule: 'newest' needs the column that says when a row is of: by="),
        ("newest", {"by": "borm"}, r"by: ours has no column 'borm'\. Did you mean 'born'"),
        ("trusted", {"trust": ["thiers"]}, r"trust: 'thiers' is no source\. Did you mean 'theirs'"),
        ("majority", {"rules": {"citty": "longest"}}, r"rules: the fused table has no column 'citty'"),
    ],
)
def test_what_cannot_be_is_named(untouched, rule, options, says):
    with pytest.raises(InputError, match=says):
        untouched.fused(rule, **options)
