"""Decisions: kept like verdicts, never contradicted, taught from; the queue and the figures they change."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.errors import InputError
from mlqa_widgets.link.decisions import learn
from mlqa_widgets.link.kept import Kept
from mlqa_widgets.link.linkage import Linkage
from mlqa_widgets.link.model import probability_of
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.read import read_table
from tests.unit.link.conftest import undecided
from tests.unit.link.people import copied, register

Case = tuple[pd.DataFrame, pd.DataFrame, set[tuple[int, int]]]


@pytest.fixture(scope="module")
def case() -> Case:
    """Return two registers of people who share much, so that the model alone errs; and who is who."""
    left = register(200, seed=7).drop(columns=["born"])
    left["street"] = [f"{i % 7} main street" for i in range(200)]
    right, truth = copied(left, 0.35, seed=8)
    return left.drop(columns="email"), right.drop(columns=["email", "born"]), truth


@pytest.fixture(scope="module")
def model(case, tmp_path_factory):
    """Return the linkage of these registers, for others to be made of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("hard"))
        return mq.link(*case[:2], names=("ours", "theirs"), name="people", reviewer="ann")


@pytest.fixture
def hard(model):
    return undecided(model)


def test_nothing_is_written_before_the_first_decision(linkage):
    assert not linkage.file.exists()
    assert linkage.decisions.empty
    linkage.decide(0, "same")
    assert linkage.file.name == "registers.mlqa-links.sqlite"
    assert linkage.file.exists()


def test_a_decision_is_kept_with_what_was_said_and_shown(linkage):
    shown = linkage.scores.contested[3]
    linkage.decide(3, "different", " two sisters ")
    kept = linkage.decisions.iloc[0]
    assert (kept["pair"], kept["decision"], kept["note"], kept["reviewer"]) == (3, "different", "two sisters", "ann")
    assert kept["probability"] == pytest.approx(shown)


def test_a_pair_is_meant_by_its_rows_as_well_as_by_its_number(linkage):
    left, right = linkage.pairs.loc[5, ["left", "right"]]
    linkage.decide((left, right), "same")
    assert linkage.decisions["pair"].tolist() == [5]


def test_what_was_decided_is_never_contradicted(hard):
    linkage = hard
    likely, unlikely = linkage.links.index[0], linkage.pairs.index[-1]
    linkage.decide(likely, "different")
    linkage.decide(unlikely, "same")
    pairs = linkage.pairs
    assert (pairs.loc[likely, "probability"], pairs.loc[likely, "link"]) == (0.0, False)
    assert (pairs.loc[unlikely, "probability"], pairs.loc[unlikely, "link"]) == (1.0, True)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 133), st.sampled_from(["same", "different", "unsure"])), max_size=12),
    st.booleans(),
)
def test_no_series_of_decisions_is_contradicted(untouched, said, one_to_one):
    from mlqa_widgets.link.scores import CODES, scores

    trained = untouched.result.trained
    decided = np.zeros(len(trained.left), dtype=np.int8)
    for pair, decision in said:
        decided[pair % len(decided)] = CODES[decision]
    held = scores(trained, decided, 0.5, one_to_one=one_to_one)
    assert held.link[decided == 1].all()
    assert not held.link[decided == -1].any()
    assert ((held.probability >= 0) & (held.probability <= 1)).all()
    assert not held.doubtful[decided != 0].any()


def test_the_latest_decision_counts_and_can_be_taken_back(linkage):
    before = linkage.pairs
    linkage.decide(2, "different")
    linkage.decide(2, "same")
    assert linkage.decisions["decision"].tolist() == ["same"]
    assert linkage.undo() == 2
    assert linkage.decisions["decision"].tolist() == ["different"]
    assert linkage.undo() == 2
    assert linkage.undo() is None
    pd.testing.assert_frame_equal(linkage.pairs, before)


def test_unsure_leaves_the_probability_and_asks_no_more(linkage):
    pair = linkage.queue.index[0]
    before = linkage.pairs.loc[pair, "probability"]
    linkage.decide(pair, "unsure")
    assert linkage.pairs.loc[pair, "probability"] == before
    assert pair not in linkage.queue.index


def kept(left: pd.DataFrame, right: pd.DataFrame) -> Kept:
    """Return the decisions kept here of two tables."""
    meeting = Meeting(read_table(left, name="ours"), read_table(right, name="theirs"), Progress())
    return Kept(meeting, "people", Path.cwd(), "ann")


def test_decisions_are_there_again_and_rows_in_another_order_keep_theirs(hard, case):
    left, right = hard.pairs.loc[hard.queue.index[0], ["left", "right"]]
    hard.decide((left, right), "different")
    assert undecided(hard).pairs.equals(hard.pairs)
    backwards = kept(case[0].iloc[::-1], case[1])
    assert [record.verdict for record in backwards.records()] == ["different"]
    assert backwards.decided_rows() == (len(case[0]) - 1 - left, right)


def test_other_tables_do_not_see_them(hard, case):
    hard.decide(0, "same")
    other = case[1].copy()
    other.loc[0, "city"] = "elsewhere"
    assert len(kept(*case[:2]).records()) == 1
    assert kept(case[0], other).records() == []
    assert kept(case[1], case[0]).records() == []


def test_each_reviewer_decides_alone(hard):
    hard.decide(0, "same")
    assert undecided(hard, "bob").decisions.empty
    assert len(undecided(hard, "ann").decisions) == 1


def test_a_decision_is_on_the_disk_when_it_is_made(linkage):
    for pair in range(3):
        linkage.decide(pair, "same")
        with closing(sqlite3.connect(linkage.file)) as others:
            assert others.execute("SELECT count(*) FROM verdicts").fetchone() == (pair + 1,)


@pytest.mark.parametrize(
    ("pair", "decision", "says"),
    [(0, "sama", "decision: 'sama' is none. Did you mean 'same'"), (10**9, "same", "pair: there is none")],
)
def test_what_cannot_be_decided_is_named_and_nothing_is_kept(linkage, pair, decision, says):
    with pytest.raises(InputError, match=says):
        linkage.decide(pair, decision)
    assert not linkage.file.exists()


# ---------------------------------------------------------------------- several reviewers


def test_what_another_says_is_compared_and_teaches_nothing(hard):
    bob = undecided(hard, "bob")
    bob._name = "bob"
    for pair, mine, theirs in ((3, "same", "same"), (4, "different", "same"), (5, "same", "unsure")):
        hard.decide(pair, mine)
        bob.decide(pair, theirs)
    left = next(row for row in range(200) if hard.result.trained.numbers(np.array([row]), np.array([0]))[0] < 0)
    bob.decide((left, 0), "different")
    before = hard.pairs
    merge = hard.merge(bob.file)
    assert (merge.added, merge.known, merge.foreign) == (4, 0, 0)
    assert merge.disagreements.to_dict("index") == {
        4: {"ann": "different", "bob": "same"},
        5: {"ann": "same", "bob": "unsure"},
    }
    assert hard.kappa[["reviewer", "other", "rows", "same"]].to_numpy().tolist() == [["ann", "bob", 3, 1 / 3]]
    assert hard.everyones_decisions["rows"].iloc[-1] == f"{left} = 0"
    pd.testing.assert_frame_equal(hard.pairs, before)
    assert hard.merge(bob.file).known == 4


# ---------------------------------------------------------------------- what decisions teach


def f1(linkage: Linkage, truth: set[tuple[int, int]]) -> float:
    links = set(zip(linkage.links["left"], linkage.links["right"], strict=True))
    return 2 * len(links & truth) / (len(links) + len(truth))


def test_twenty_decisions_help(hard, case):
    before = f1(hard, case[2])
    for _ in range(20):
        pair = hard.queue.index[0]
        left, right = hard.pairs.loc[pair, ["left", "right"]]
        hard.decide(pair, "same" if (left, right) in case[2] else "different")
    assert before < 0.97
    assert f1(hard, case[2]) > before + 0.02
    assert hard.estimate.loc["now", "doubtful"] < hard.estimate.loc["before", "doubtful"]


def test_without_decisions_nothing_is_taught(untouched):
    weights = untouched.weights
    assert weights["weight"].equals(weights["now"])


def test_weights_move_towards_what_was_decided_and_far_less_than_the_decisions_alone_say():
    levels = np.array([[0], [0], [0], [1]], dtype=np.int8)
    weight = np.array([2.0, 2.0, 2.0, 2.0])
    lesson = learn(levels, weight, np.array([False, False, False, True]), (2,))
    assert lesson.weights[0][0] < -1 < 0 < lesson.weights[0][1]
    assert probability_of(weight + lesson.of(levels))[0] > 0.01


def test_the_lesson_is_that_of_a_penalised_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    levels = rng.integers(0, 2, (60, 3)).astype(np.int8)
    same = rng.random(60) < 0.3 + 0.4 * levels[:, 0]
    lesson = learn(levels, np.zeros(60), same, (2, 2, 2))
    design = np.column_stack([np.ones(60), *(levels[:, i] == level for i in range(3) for level in (0, 1))]).astype(
        float
    )
    # One coefficient is ln(2) bits; the penalty is |bits|^2 / (2 * 2^2).
    peer = LogisticRegression(C=(2 * np.log(2)) ** 2, fit_intercept=False, tol=1e-10, max_iter=1000).fit(design, same)
    ours = np.concatenate([[lesson.prior], *lesson.weights])
    np.testing.assert_allclose(ours, peer.coef_[0] / np.log(2), atol=1e-3)


def test_a_missing_value_teaches_nothing_of_its_column():
    lesson = learn(np.array([[-1, 0]], dtype=np.int8), np.array([0.0]), np.array([True]), (3, 2))
    assert not lesson.weights[0].any()
    assert lesson.weights[1][0] > 0


# ---------------------------------------------------------------------- the queue and the figures


def test_the_queue_asks_for_what_tells_the_most_first(hard):
    queue = hard.queue
    assert queue["tells"].is_monotonic_decreasing
    assert queue["doubtful"].iloc[0]
    assert queue["decision"].isna().all()
    levels = [name for name in queue if name.endswith(" level")]
    first = queue[levels].head(5).astype(str).apply("|".join, axis=1)
    assert first.nunique() >= 3


def test_probabilities_are_set_against_what_was_decided_of_them(hard):
    linkage = hard
    assert linkage.calibration["decided"].sum() == 0
    shown = []
    for decision in ("same", "different", "unsure", "same"):
        pair = linkage.queue.index[0]
        shown.append(linkage.scores.contested[pair])
        linkage.decide(pair, decision)
    table = linkage.calibration
    assert table["decided"].sum() == 3
    assert (table["same"] * table["decided"]).sum() == pytest.approx(2)
    some = table[table["decided"] > 0]
    assert ((some["same_low"] <= some["same"]) & (some["same"] <= some["same_high"])).all()
    assert (table["said"] * table["decided"]).sum() == pytest.approx(shown[0] + shown[1] + shown[3])


def test_the_histogram_counts_every_pair_once(untouched):
    table = untouched.histogram
    assert table["pairs"].sum() == len(untouched.pairs)
    assert table["links"].sum() == len(untouched.links)
    assert (table["high"].iloc[:-1].to_numpy() == table["low"].iloc[1:].to_numpy()).all()


def test_listeners_hear_of_decisions(linkage):
    heard = []
    linkage.on_change(lambda: heard.append(len(linkage.decisions)))
    linkage.decide(0, "same")
    linkage.undo()
    assert heard == [1, 0]
