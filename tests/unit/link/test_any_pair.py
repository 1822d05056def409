"""Any two rows can be compared and decided, also where no rule brought them together; rows without a partner are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.errors import InputError
from mlqa_widgets.link.any_pair import with_pairs
from mlqa_widgets.link.linkage import Linkage
from tests.unit.link.conftest import undecided
from tests.unit.link.people import register


@pytest.fixture
def model(many) -> Linkage:
    return many[0]


@pytest.fixture
def linkage(model):
    return undecided(model)


@pytest.fixture
def blocked(linkage) -> tuple[int, int]:
    """Return two rows that are no candidate pair."""
    known = set(zip(linkage.pairs["left"], linkage.pairs["right"], strict=True))
    return next((row, 0) for row in range(150) if (row, 0) not in known)


def test_a_pair_is_scored_as_splink_scores_it(model):
    result = model.result
    theirs = result.trained
    none = replace(theirs, **{name: getattr(theirs, name)[:0] for name in ("left", "right", "levels", "rarity")})
    ours = with_pairs(result.meeting, result.fields, none, theirs.left, theirs.right, within=False)
    order = ours.numbers(theirs.left, theirs.right)
    np.testing.assert_array_equal(ours.levels[order], theirs.levels)
    np.testing.assert_allclose(ours.rarity[order], theirs.rarity, atol=1e-4)
    assert (theirs.rarity != 0).any()


def test_two_rows_that_were_never_looked_at_can_be_decided(linkage, blocked):
    before = linkage.pairs
    linkage.decide(blocked, "same", "a new name")
    pair = linkage.decisions.loc[0, "pair"]
    assert pair == len(before)
    assert linkage.pairs.loc[pair, ["left", "right", "decision", "link"]].tolist() == [*blocked, "same", True]
    assert blocked in set(zip(linkage.links["left"], linkage.links["right"], strict=True))
    of = linkage.clusters().frame.set_index(["source", "row"])["entity"]
    assert of["ours", blocked[0]] == of["theirs", blocked[1]]
    assert linkage.fused().frame["city"].isin(["atlantis"]).sum() <= 1
    assert not linkage.weights["weight"].equals(linkage.weights["now"])


def test_what_was_decided_of_them_is_there_again_and_can_be_taken_back(linkage, blocked):
    before = linkage.pairs
    linkage.decide(blocked, "same")
    again = undecided(linkage)
    assert again.decisions["rows"].tolist() == [f"{blocked[0]} = {blocked[1]}"]
    assert blocked in set(zip(again.links["left"], again.links["right"], strict=True))
    assert again.undo() == len(before)
    assert again.decisions.empty
    pd.testing.assert_frame_equal(again.pairs, before)


def test_a_pair_that_is_looked_at_changes_nothing(linkage, blocked):
    before = linkage.pairs, linkage.estimate, linkage.histogram, linkage.calibration, linkage.queue
    evidence = linkage.evidence(blocked)
    linkage.most_alike(0)
    assert evidence["right"].tolist()[:4] == ["nobody", "unheard", pd.Timestamp("1901-02-03"), "atlantis"]
    after = linkage.pairs, linkage.estimate, linkage.histogram, linkage.calibration, linkage.queue
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_the_rows_most_like_one_are_found_among_all(linkage, blocked):
    found = linkage.most_alike(0, "theirs", size=150)
    assert len(found) == 150
    assert found["weight"].is_monotonic_decreasing
    assert set(found["right"]) == {0}
    assert blocked[0] in set(found["left"])
    partner = linkage.links.iloc[0]
    assert linkage.most_alike(partner["left"]).iloc[0][["left", "right"]].tolist() == [
        partner["left"],
        partner["right"],
    ]


def test_rows_without_a_partner_are_told_with_their_likeliest_pair(linkage):
    alone = linkage.unlinked
    for source, side, rows in (("ours", "left", 150), ("theirs", "right", 150)):
        assert set(alone.loc[alone["source"] == source, "row"]) == set(range(rows)) - set(linkage.links[side])
    nobody = alone[(alone["source"] == "theirs") & (alone["row"] == 0)].iloc[0]
    assert pd.isna(nobody["pair"])
    likely = alone.dropna(subset="pair").iloc[0]
    assert linkage.pairs.loc[likely["pair"], "probability"] == likely["probability"]


def test_within_a_table_a_pair_is_one_in_either_order():
    rows = register(25, seed=3)
    linkage = mq.link(rows, name="one", reviewer="ann")
    linkage.decide((7, 2), "same")
    linkage.decide((2, 7), "different")
    assert linkage.decisions["rows"].tolist() == ["2 = 7"]
    assert set(linkage.most_alike(5, size=24)[["left", "right"]].to_numpy().ravel()) == set(range(25))
    with pytest.raises(InputError, match="pair: a row and itself are no pair"):
        linkage.decide((3, 3), "same")


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda one: one.decide((0, 999), "same"), "pair: no row of theirs has the label 999"),
        (lambda one: one.most_alike(0, "thiers"), "source: 'thiers' is none. Did you mean 'theirs'"),
        (lambda one: one.most_alike(), "row, position: pass one of them"),
        (lambda one: one.most_alike(position=150), "position: ours has 150 rows, counted from 0, and none at 150"),
    ],
)
def test_a_row_that_does_not_exist_is_named(linkage, ask, says):
    with pytest.raises(InputError, match=says):
        ask(linkage)
