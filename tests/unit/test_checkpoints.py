"""Steps of a pipeline are kept, compared and reopened; what a step lost is said."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def people():
    return pd.DataFrame({"person": range(200), "city": ["Paris", "Lyon"] * 100, "age": np.arange(200) % 80 + 1.5})


def test_a_step_says_what_it_did_to_rows_and_columns(people):
    mq.checkpoint(people, "read", key="person")
    later = people.iloc[20:].assign(old=lambda frame: frame["age"] > 60).drop(columns="city")
    change = mq.checkpoint(later, "joined", key="person")
    assert (change.lost, change.gained, change.multiplied) == (20, 0, 0)
    assert (change.added, change.removed) == (["old"], ["city"])
    assert change.notes == ["20 rows were lost that nobody asked to lose.", "Gone: city."]


def test_rows_that_were_meant_to_go_are_not_held_against_the_step(people):
    mq.checkpoint(people, "read", key="person")
    change = mq.checkpoint(people.iloc[20:], "adults", key="person", expected="minors left out")
    assert change.notes == ["20 rows fewer, as meant: minors left out."]


def test_lost_and_new_rows_that_cancel_out_are_told_by_the_key(people):
    mq.checkpoint(people, "read", key="person")
    change = mq.checkpoint(people.assign(person=people["person"] + 5), "renumbered", key="person")
    assert (change.lost, change.gained) == (5, 5)


def test_a_join_that_multiplies_rows_is_told(people):
    mq.checkpoint(people, "read", key="person")
    change = mq.checkpoint(pd.concat([people, people.iloc[:7], people.iloc[:2]]), "joined", key="person")
    assert (change.lost, change.gained, change.multiplied) == (0, 0, 9)
    assert "may have multiplied" in change.notes[0]


def test_without_a_key_rows_are_counted(people):
    mq.checkpoint(people, "read")
    assert mq.checkpoint(people.iloc[:150], "filtered").lost == 50
    assert mq.checkpoint(people, "again").gained == 50


def test_what_changed_in_a_column_is_told(people):
    mq.checkpoint(people, "read")
    change = mq.checkpoint(people.assign(age=people["age"].where(people["person"] > 50).astype("float32")), "cast")
    assert {"missing_share", "type"} <= set(change.columns.query("column == 'age'")["figure"])
    assert any(note.startswith("More is missing in age (0 % to 25.5 %)") for note in change.notes)
    assert any("Another type: age" in note for note in change.notes)


def test_findings_that_appeared_and_went_are_told(people):
    mq.checkpoint(people.assign(city=people["city"].where(people["person"] % 3 > 0, " ")), "read")
    change = mq.checkpoint(people, "mended")
    assert "blank_strings" in [finding.check for finding in change.went]
    assert "blank_strings" not in [finding.check for finding in change.appeared]


def test_the_same_frame_is_the_same(people):
    mq.checkpoint(people, "read")
    assert mq.checkpoint(people.copy(), "nothing").same
    assert not mq.checkpoint(people.iloc[::-1], "turned around").same


@settings(max_examples=25, deadline=None)
@given(row=st.integers(0, 199), column=st.sampled_from(["person", "city", "age"]))
def test_any_changed_cell_is_another_content(tmp_path_factory, row, column):
    frame = pd.DataFrame({"person": range(200), "city": ["Paris", "Lyon"] * 100, "age": np.arange(200) % 80 + 1.5})
    folder = tmp_path_factory.mktemp("steps")
    mq.checkpoint(frame, "read", folder=folder)
    changed: dict[str, int | str | float] = {"person": 999, "city": "Metz", "age": -1.0}
    frame.loc[row, column] = changed[column]
    assert not mq.checkpoint(frame, "changed", folder=folder).same


def test_a_step_can_be_reopened_if_its_rows_were_kept(people):
    mq.checkpoint(people, "read", keep_data=True)
    mq.checkpoint(people.iloc[:10], "cut")
    pd.testing.assert_frame_equal(mq.history().open("read"), people)
    with pytest.raises(mq.InputError, match="rows of 'cut' were not kept"):
        mq.history().open(2)


def test_any_two_steps_can_be_compared(people):
    for rows, name in [(200, "read"), (150, "cut"), (180, "refilled")]:
        mq.checkpoint(people.iloc[:rows], name, key="person")
    steps = mq.history()
    assert steps.frame["rows"].tolist() == [200, 150, 180]
    assert steps.compare("read", "refilled").lost == 20
    assert steps.compare(3, 1).gained == 20
    with pytest.raises(mq.InputError, match="There are 1 to 3"):
        steps.change(4)


def test_the_history_is_shown_as_cards_with_every_name_escaped(people):
    mq.checkpoint(people, "<b>read</b>", key="person")
    mq.checkpoint(people.iloc[20:].rename(columns={"city": "<i>city"}), "joined", key="person")
    html = mq.history()._repr_html_()
    assert "&lt;b&gt;read" in html
    assert "<i>city" not in html
    assert "20 rows were lost that nobody asked to lose." in html
    assert "mq.checkpoint(df" in mq.history("elsewhere")._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": [1, 2]}, "data: pass a pandas frame"),
        ({"name": " "}, "name: say what was done"),
        ({"key": "persn"}, "key: there is no column 'persn'.*person"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_no_file(people, tmp_path, arguments, message):
    with pytest.raises(mq.InputError, match=message):
        mq.checkpoint(**{"data": people, "name": "read"} | arguments)
    assert not list(tmp_path.rglob("*.json"))


def test_data_that_parquet_cannot_hold_are_refused_by_name(people, tmp_path):
    people["odd"] = [{1}] * 100 + ["x"] * 100
    with pytest.raises(mq.InputError, match="keep_data: this frame cannot be kept as Parquet"):
        mq.checkpoint(people, "read", keep_data=True)
    assert not list(tmp_path.rglob("*.json"))
    mq.checkpoint(people, "read")


def test_a_file_that_is_no_step_is_named(people, tmp_path):
    mq.checkpoint(people, "read")
    (tmp_path / "mlqa_checkpoints" / "0002-x.json").write_text(json.dumps({"name": "x"}))
    with pytest.raises(mq.InputError, match=r"0002-x\.json is no step"):
        mq.history()
