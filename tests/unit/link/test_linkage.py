"""Linking: which columns, which pairs, how probable; the same probabilities as Splink's own."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets.errors import InputError, MissingPackage
from mlqa_widgets.link.linkage import Linkage, Question
from mlqa_widgets.link.scores import scores
from tests.unit.engines.planted import planted
from tests.unit.link.people import copied, found, register


def test_records_of_one_person_are_linked_without_a_key(untouched, registers):
    assert found(untouched.links) == registers[2]
    assert untouched.links["probability"].min() >= 0.5


def test_columns_are_proposed_with_how_they_are_compared(untouched):
    chosen = untouched.columns.set_index("column")
    assert chosen["form"].to_dict() == {
        "first_name": "name",
        "surname": "name",
        "born": "date",
        "city": "category",
        "email": "email",
    }
    assert chosen.loc["born", "why"] == "the same name in both, compared as date"


def test_of_few_records_every_pair_is_looked_at_and_said_to_be(untouched):
    assert untouched.rules.to_dict("list") == {"rule": ["every pair"], "pairs": [150 * 150]}
    assert untouched.notes[0] == "Every pair of records was compared."


def test_pairs_hold_the_likeliest_first_with_the_level_of_each_column(untouched):
    pairs = untouched.pairs
    assert pairs["weight"].is_monotonic_decreasing
    first = pairs.iloc[0]
    assert (first["first_name level"], first["born level"]) == ("the same", "the same")
    assert pairs["weight"].min() >= -10
    np.testing.assert_allclose(pairs["probability"], 1 / (1 + 2 ** -pairs["weight"]))


def test_the_evidence_of_a_pair_adds_up_to_its_weight(untouched):
    for pair in (0, len(untouched.pairs) // 2, len(untouched.pairs) - 1):
        evidence = untouched.evidence(pair)
        total = evidence.attrs["prior"] + evidence["weight"].sum() + evidence["rarity"].sum()
        assert total == pytest.approx(untouched.pairs.loc[pair, "weight"], abs=1e-4)


def test_probabilities_are_those_of_splink_with_the_same_settings(untouched):
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(duckdb.connect())
    engine = untouched.result.meeting.engine
    tables = [api.register(engine.query(f"SELECT * FROM rec_{side}"), dataset_display_name=side) for side in ("l", "r")]
    linker = Linker(tables, untouched.settings, log_level=None)
    theirs = linker.inference.predict(threshold_match_weight=-10).as_pandas_dataframe()
    theirs = theirs.set_index(["unique_id_l", "unique_id_r"])["match_probability"].sort_index()
    ours = untouched.pairs.set_index(["left", "right"])["probability"].sort_index()
    assert list(ours.index) == list(theirs.index)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_probabilities_add_up_to_the_share_of_matches_the_model_names(untouched):
    share = untouched.settings["probability_two_random_records_match"]
    assert untouched.pairs["probability"].sum() == pytest.approx(share * 150 * 150, rel=0.01)


@pytest.mark.usefixtures("untouched")
def test_neither_source_is_changed(registers):
    left = register(150)
    pd.testing.assert_frame_equal(registers[0], left)
    pd.testing.assert_frame_equal(registers[1], copied(left, 0.15)[0])


@pytest.fixture(scope="module")
def other_names(registers, tmp_path_factory):
    """Return a linkage of the same people, under labels, with numbers of their own, and columns under other names."""
    left, right, _ = registers
    named = left.set_axis([f"L{i}" for i in range(len(left))]).assign(id=range(1, len(left) + 1))
    renamed = right.rename(columns={"first_name": "given", "born": "birth_date", "email": "contact"})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("other_names"))
        return mq.link(named, renamed.assign(id=range(1, len(right) + 1)))


def test_labels_are_those_of_the_rows(other_names, registers):
    links = other_names.links
    assert (
        len({(int(label[1:]), row) for label, row in zip(links["left"], links["right"], strict=True)} ^ registers[2])
        <= 2
    )


def test_columns_under_other_names_are_found_by_what_they_hold(other_names):
    together = other_names.columns.dropna(subset="form").set_index("left")["right"].to_dict()
    assert together["first_name"] == "given"
    assert together["email"] == "contact"


def test_a_number_each_source_gives_its_own_rows_is_left_out(other_names):
    left_out = other_names.columns.set_index("column")
    assert left_out.loc["id", "why"] == "numbers its own rows"
    assert left_out["form"].isna()["id"]


def test_files_are_linked_like_frames_and_every_time_alike(registers, untouched, folder):
    left, right, _ = registers
    left.to_csv(folder / "ours.csv", index=False)
    right.to_parquet(folder / "theirs.parquet")
    linkage = mq.link(folder / "ours.csv", folder / "theirs.parquet")
    assert linkage.names == ("ours", "theirs")
    pd.testing.assert_frame_equal(linkage.pairs, untouched.pairs)


def test_a_first_name_and_a_surname_that_changed_places_are_told_once():
    left = register(200, seed=6)[["first_name", "surname", "born"]]
    right = left.iloc[::-1].reset_index(drop=True)
    turned = list(range(0, 200, 10))
    right.loc[turned, ["first_name", "surname"]] = right.loc[turned, ["surname", "first_name"]].to_numpy()
    right.loc[::7, "born"] += pd.Timedelta(days=1)
    linkage = mq.link(left, right)
    links = linkage.links.set_index("right")
    assert {(links.loc[row, "left"], row) for row in turned} == {(199 - row, row) for row in turned}
    assert (links.loc[turned, "first_name level"] == "exchanged with the other name").all()
    weights = linkage.weights.set_index(["column", "level"])["weight"]
    assert weights["first_name", "exchanged with the other name"] > 3
    assert weights["surname", "exchanged with the other name"] == 0


# ---------------------------------------------------------------------- many records


def test_of_many_records_only_those_that_share_something_are_looked_at(many):
    linkage, _, _, truth = many
    assert "every pair" not in list(linkage.rules["rule"])
    assert linkage.rules["pairs"].sum() < 150 * 150 / 2
    assert len(found(linkage.links) & truth) >= 0.97 * len(truth)


def test_the_pairs_of_a_rule_are_counted(many):
    linkage, left, right, _ = many
    rules = linkage.rules.set_index("rule")["pairs"]
    assert rules["the same born"] == len(left.merge(right, on="born"))
    assert rules["the same email"] == len(left.dropna(subset="email").merge(right, on="email"))


def test_what_no_rule_reaches_is_said(many):
    linkage, *_ = many
    assert "an estimated" in linkage.notes[0]
    assert 0 <= linkage.result.reach.missed < 0.2


# ---------------------------------------------------------------------- within one table


def test_records_of_one_person_within_a_table_are_found():
    left = register(100, seed=5)
    right, truth = copied(left, 0.15)
    both = pd.concat([left, right], ignore_index=True)
    linkage = mq.link(both)
    links = {tuple(sorted(pair)) for pair in found(linkage.links)}
    assert links >= {(one, other + 100) for one, other in truth}
    assert len(links) <= len(truth) + 2
    assert linkage.pairs["left"].lt(linkage.pairs["right"]).all()


# ---------------------------------------------------------------------- one to one


def test_the_data_say_that_both_sources_hold_everyone_once(untouched):
    assert untouched.result.one_to_one
    assert untouched.notes[1].startswith("A record has at most one partner, as")
    assert untouched.links["left"].is_unique
    assert untouched.links["right"].is_unique


def test_a_source_that_repeats_is_not_taken_for_one_that_does_not(registers):
    left, right, truth = registers
    left, right = left.head(70), right[["first_name", "surname", "born", "email"]]
    twice = pd.concat([right, right], ignore_index=True)
    linkage = mq.link(left, twice)
    assert not linkage.result.one_to_one
    assert len(found(linkage.links)) >= 2 * sum(row < 70 for row, _ in truth) - 2
    trained = linkage.result.trained
    once = scores(trained, np.zeros(len(trained.left), dtype=np.int8), 0.5, one_to_one=True)
    assert len(np.unique(trained.left[once.link])) == once.link.sum() > 0


# ---------------------------------------------------------------------- places and times


def test_places_are_compared_by_distance_and_times_by_difference():
    rng = np.random.default_rng(0)
    here = pd.DataFrame(
        {
            "lat": 45 + rng.random(120),
            "lon": -73 + rng.random(120),
            "seen": pd.Timestamp("2024-05-01") + pd.to_timedelta(rng.integers(0, 10_000_000, 120), unit="s"),
            "ship": rng.choice(["aurora", "borealis", "cirrus", "delta"], 120),
        }
    )
    there = here.assign(
        lat=here["lat"] + rng.normal(0, 0.001, 120),
        seen=here["seen"] + pd.to_timedelta(rng.integers(0, 300, 120), unit="s"),
    )
    linkage = mq.link(here, there, place=("lat", "lon"), time="seen")
    forms = linkage.columns.set_index("column")["form"]
    assert (forms["place"], forms["seen"]) == ("place", "time")
    assert found(linkage.links) == {(i, i) for i in range(120)}
    assert set(linkage.links["place level"]) <= {"within 100 m", "within 500 m"}


# ---------------------------------------------------------------------- tables of all sorts


def test_columns_of_which_a_training_learns_nothing_are_compared_all_the_same():
    frame = planted()[["latitude", "longitude", "code", "mail", "installed"]].iloc[::12]
    linkage = mq.link(frame, frame.copy(), names=("ours", "theirs"))
    assert len(found(linkage.links) & {(label, label) for label in frame.index}) >= len(frame) - 2


CELLS = st.lists(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(exclude_categories=["Cs"]))),
        *(
            st.binary(max_size=2),
            st.datetimes(),
            st.dates(),
            st.timedeltas(),
            st.decimals(allow_nan=False),
            st.tuples(st.integers()),
        ),
        *(st.lists(st.integers(), max_size=2), st.sampled_from(["ann lee", "ann  lee", "", "2020-02-30", "a@b.c"])),
    ),
    max_size=6,
)


@settings(max_examples=7, deadline=None)
@given(CELLS, CELLS, st.sampled_from([None, "a", pd.NaT]), st.booleans())
def test_whatever_the_cells_are_it_links_or_says_what_is_wrong(one, other, label, named):
    left, right = (
        pd.DataFrame({"a": pd.Series([*cells, *extra], dtype=object)}).set_axis([label] * (len(cells) + len(extra)))
        for cells, extra in ((one, ["x"]), (other, ["x", "y"]))
    )
    try:
        linkage = mq.link(left, right, names=("ours", "theirs"), columns=["a"] if named else None)
    except InputError as error:
        assert re.match(r"(left|right|columns|forms): .*(columns|row)", str(error))  # noqa: PT017 - one of two outcomes
    else:
        assert len(linkage.clusters().frame) == len(left) + len(right)
        assert len(linkage.fused().frame) <= len(left) + len(right)


@pytest.mark.parametrize(
    ("left", "right", "says"),
    [
        (pd.DataFrame(index=range(3)), pd.DataFrame(index=range(3)), "have no columns to compare: no names in common"),
        (pd.DataFrame({"a": [None] * 5}), pd.DataFrame({"a": [None] * 5}), r"no columns to compare: a \(empty\)"),
        (pd.DataFrame({"a": ["x"]}), pd.DataFrame({"a": ["x"]}), r"no columns to compare: a \(constant\)"),
        (pd.DataFrame({"a": ["x"]}), None, "left: ours has 1 row; there is nothing to link"),
    ],
)
def test_a_table_that_says_nothing_is_refused_with_the_reason(left, right, says):
    with pytest.raises(InputError, match=says):
        mq.link(left, right, names=("ours", "theirs") if right is not None else ("ours",))


def test_columns_of_one_name_and_rows_of_one_label_are_linked():
    left = pd.DataFrame([["ann", "x"], ["bob", "y"], ["cid", "z"]], columns=["n", "n"], index=["p", "p", "q"])
    linkage = mq.link(left, left.iloc[::-1])
    assert linkage.links[["left", "right"]].to_numpy().tolist() == [["p", "p"], ["p", "p"], ["q", "q"]]
    assert list(linkage.fused().frame) == ["n", "n (2)"]


# ---------------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"columns": ["surnam"]}, r"columns: left has no column 'surnam'\. Did you mean 'surname'\?"),
        ({"columns": "surname"}, r"columns: pass a list of names, such as \['surname'\]"),
        ({"forms": {"surname": "nam"}}, r"forms: 'nam' of 'surname' is no way of comparing\. Did you mean 'name'"),
        ({"forms": {"sirname": "name"}}, r"forms: 'sirname' is not compared\. Did you mean 'surname'"),
        ({"place": ("lat",)}, r"place: pass \(latitude, longitude\)"),
        ({"place": ("city", "surname")}, "place: 'city' holds no numbers"),
        ({"time": "surname"}, "time: 'surname' does not hold times"),
        ({"threshold": 1.5}, r"threshold: 1\.5 is no probability between 0 and 1"),
        ({"reviewer": " "}, "reviewer: say who judges"),
        ({"names": ["one"]}, "names: pass 2 names, one per source"),
    ],
)
def test_an_argument_that_cannot_be_is_named(registers, options, says):
    left, right, _ = registers
    with pytest.raises(InputError, match=says):
        mq.link(left, right, **({"names": ("left", "right")} | options))


def test_sources_with_nothing_in_common_are_refused_with_the_reason():
    with pytest.raises(InputError, match=r"have no columns to compare.*Name them: columns="):
        mq.link(pd.DataFrame({"a": range(20)}), pd.DataFrame({"b": ["x"] * 20}))


def test_an_empty_source_is_refused(registers):
    with pytest.raises(InputError, match="right: theirs has 0 rows; there is nothing to link"):
        mq.link(registers[0], registers[1].head(0), names=("ours", "theirs"))


def test_one_to_one_has_no_meaning_within_a_table(registers):
    with pytest.raises(InputError, match="one_to_one: a table linked with itself"):
        mq.link(registers[0], one_to_one=True)


@pytest.mark.parametrize("pair", [-1, 10**9, True, "0", (1, 2, 3), ("no", "body")])
def test_a_pair_that_does_not_exist_is_named(untouched, pair):
    with pytest.raises(InputError, match="pair:"):
        untouched.evidence(pair)


def test_without_splink_it_is_said_what_to_install(registers, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "splink", None)
    with pytest.raises(MissingPackage, match=r'pip install "mlqa_widgets\[link\]"'):
        mq.link(*registers[:2])


def test_values_and_names_that_look_like_statements_are_data():
    hostile = ["'; DROP TABLE l; --", "<img src=x onerror=alert(1)>", 'a" OR 1=1', "%s {x} ?", "\\', '"]
    left = pd.DataFrame({'na"me; --': [f"{word} {i}" for i in range(12) for word in hostile], "n": range(60)})
    right = left.iloc[::-1].reset_index(drop=True)
    linkage = mq.link(left, right, columns=['na"me; --'])
    assert (59, 0) in found(linkage.links)
    assert len(linkage.fused().frame) <= 120


def test_a_linkage_is_cancelled_in_the_middle_of_what_splink_does():
    left = register(1000)
    asked = Question(["first_name", "surname", "email"], {}, None, None, None, 0.5)
    linkage = Linkage([left, left.copy()], asked, ("a", "b"), (None, None), None, "x")
    steps = []

    def cancel(step: str, _: float) -> None:
        steps.append(step)
        if step == "Training: agreement by chance":
            linkage.work.progress.cancel()

    linkage.progress.listen(cancel)
    with pytest.raises(mq.Cancelled, match="linking was cancelled") as stopped:
        linkage.start()
    assert steps[-1] == "Training: agreement by chance"
    assert "INTERRUPT" in str(stopped.value.__cause__)
