"""Steps of a pipeline are kept, compared and reopened; what a step lost is said."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

import mlqa_widgets as mq
from mlqa_widgets.widgets.display import TwoOutputWidget


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


def test_copies_that_went_are_told_from_rows_that_were_lost(people):
    twice = pd.concat([people, people.iloc[:7]])
    mq.checkpoint(twice, "read", key="person")
    change = mq.checkpoint(people, "copies dropped", key="person")
    assert (change.lost, change.copies_lost, change.multiplied) == (0, 7, 0)
    assert change.notes == ["7 rows fewer with a key that is still there: copies went that nobody asked to drop."]
    mq.checkpoint(twice, "read again", key="person")
    meant = mq.checkpoint(people, "meant", key="person", expected="copies")
    assert meant.notes == ["7 rows fewer, as meant: copies."]
    assert mq.history().frame["lost"].tolist() == [0, 7, 0, 7]


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
    html = mq.history().widget().static_html()
    assert "&lt;b&gt;read" in html
    assert "<i>city" not in html
    assert "20 rows were lost that nobody asked to lose." in html
    assert "mq.checkpoint(df" in mq.history("elsewhere").widget().static_html()


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


# ---------------------------------------------------------------------- rows that were lost


def test_a_step_that_lost_rows_nobody_asked_to_lose_is_a_finding_with_its_rows(people):
    mq.checkpoint(people, "read", key="person", keep_data=True)
    mq.checkpoint(people[people["city"] == "Lyon"], "joined", key="person")
    steps = mq.history()
    (line,) = steps.findings.to_dict("records")
    assert (line["step"], line["check"], line["severity"], line["rows"]) == (2, "lost_rows", "error", 100)
    pd.testing.assert_frame_equal(steps.rows(0), people[people["city"] == "Paris"])


def test_rows_that_were_meant_to_go_are_no_finding(people):
    mq.checkpoint(people, "read", key="person")
    mq.checkpoint(people.iloc[20:], "adults", key="person", expected="minors left out")
    assert mq.history().findings.empty


def test_what_lost_rows_have_in_common_is_told(people):
    mq.checkpoint(people, "read", key="person", keep_data=True)
    change = mq.checkpoint(people[(people["city"] == "Lyon") | (people["age"] > 60)], "joined", key="person")
    pattern = change.lost_pattern
    assert pattern.iloc[0][["column", "value"]].tolist() == ["city", "Paris"]
    assert pattern.iloc[0]["lost"] == change.lost
    assert (pattern["p_value"] <= 0.01).all()


def test_rows_lost_at_random_have_nothing_in_common(people):
    mq.checkpoint(people, "read", key="person", keep_data=True)
    change = mq.checkpoint(people.sample(150, random_state=3), "sampled", key="person")
    assert change.lost_pattern.empty


@pytest.mark.parametrize("renumber", [False, True])
def test_without_a_key_lost_rows_are_told_by_label_or_by_content(people, renumber):
    mq.checkpoint(people, "read", keep_data=True)
    left = people.drop(index=[3, 70, 150]).drop(columns="age")
    mq.checkpoint(left.reset_index(drop=True) if renumber else left, "cut", keep_data=True)
    assert mq.history().rows(0).index.tolist() == [3, 70, 150]


def test_one_of_two_equal_rows_is_told_as_lost():
    twice = pd.DataFrame({"a": [1, 1, 2, 3]})
    mq.checkpoint(twice, "read", keep_data=True)
    assert len(mq.checkpoint(pd.DataFrame({"a": [2, 1, 3]}), "once", keep_data=True).lost_rows) == 1


def test_rows_that_were_not_kept_cannot_be_shown_and_it_is_said_what_to_do(people):
    mq.checkpoint(people, "read", key="person")
    mq.checkpoint(people.iloc[20:], "cut", key="person")
    with pytest.raises(mq.InputError, match="keep_data=True"):
        mq.history().rows(0)
    mq.checkpoint(people, "again", keep_data=True)
    with pytest.raises(mq.InputError, match="give both steps a key"):
        _ = mq.checkpoint(people.iloc[5:], "cut again").lost_rows


def test_multiplied_rows_and_emptied_columns_are_findings(people):
    mq.checkpoint(people, "read", key="person")
    emptied = people.assign(age=people["age"].where(people["person"] > 50))
    mq.checkpoint(pd.concat([emptied, emptied.iloc[:7]]), "joined", key="person")
    steps = mq.history()
    assert steps.findings["check"].tolist() == ["multiplied_rows", "emptied_columns"]
    assert steps.findings.loc[1, "columns"] == ("age",)
    with pytest.raises(mq.InputError, match="not about lost rows"):
        steps.rows(0)
    with pytest.raises(mq.InputError, match="there is no finding 9"):
        steps.rows(9)


# ---------------------------------------------------------------------- how values moved


def test_how_far_values_moved_is_that_of_the_frames(people):
    rng = np.random.default_rng(0)
    frame = people.assign(
        age=rng.normal(40, 9, 200), when=pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 200), "D")
    )
    mq.checkpoint(frame, "read")
    later = frame.assign(
        age=frame["age"] + 5, city=["Paris"] * 150 + ["Lyon"] * 50, when=frame["when"] + pd.Timedelta(days=90)
    )
    shifts = mq.checkpoint(later, "moved").shifts
    assert shifts["city"] == pytest.approx(0.25)
    assert shifts["person"] == 0
    for column, number in (("age", "float64"), ("when", "int64")):
        exact = ks_2samp(frame[column].astype(number), later[column].astype(number))
        assert shifts[column] == pytest.approx(exact.statistic, abs=0.03)


def test_values_that_stayed_did_not_move(people):
    mq.checkpoint(people, "read")
    shifts = mq.checkpoint(people.sample(frac=1, random_state=0), "shuffled").shifts
    assert (shifts.fillna(0) == 0).all()


# ---------------------------------------------------------------------- on screen


@pytest.fixture
def ask(monkeypatch):
    """Send a request as the browser does and return its answer."""
    sent = []
    monkeypatch.setattr(TwoOutputWidget, "send", lambda _, content, buffers=None: sent.append(content))

    def send(widget, **request):
        widget._answer(widget, {"id": 7, **request}, [])
        assert sent[-1]["ok"], sent[-1]
        return sent.pop()["value"]

    return send


def test_the_widget_opens_on_the_last_step_and_knows_what_is_compared(people):
    for rows, name in [(200, "read"), (150, "cut"), (180, "refilled")]:
        mq.checkpoint(people.iloc[:rows], name, key="person")
    widget = mq.history().widget()
    assert widget.selected == [2, 3]
    assert widget.change.gained == 30
    widget.selected = [1, 3]
    assert widget.change.lost == 20
    with pytest.raises(mq.InputError, match="numbers of steps up to 3"):
        widget.selected = [1, 9]
    assert [card["name"] for card in widget.view["steps"]] == ["read", "cut", "refilled"]


def test_a_change_is_shown_with_rows_columns_findings_and_the_way_back(people, ask):
    mq.checkpoint(
        people.assign(city=people["city"].where(people["person"] % 3 > 0, " ")), "read", key="person", keep_data=True
    )
    mq.checkpoint(people[people["city"] == "Lyon"].assign(age=lambda f: f["age"] * 2), "joined", key="person")
    widget = mq.history().widget()
    detail = ask(widget, type="change", before=1, after=2)
    assert detail["rows"] == "200 rows became 100: 100 lost, 0 gained (by key)."
    assert detail["findings"][0]["check"] == "lost_rows"
    assert "blank_strings" in [note["check"] for note in detail["went"]]
    age = next(column for column in detail["columns"] if column["name"] == "age")
    assert len(age["labels"]) == len(age["before"]) == len(age["after"]) == 20
    assert sum(age["before"]) == pytest.approx(1)
    assert sum(age["after"]) == pytest.approx(1)
    assert "steps.open(1)" in detail["code"]
    assert "# steps.open(2)  # its rows were not kept" in detail["code"]
    page = ask(widget, type="rows", before=1, after=2, order_by=0, descending=True, start=0, stop=3)
    assert (page["total"], [row["label"] for row in page["rows"]]) == (100, ["198", "196", "194"])


def test_lost_rows_that_were_not_kept_say_so_on_screen(people, ask):
    mq.checkpoint(people, "read")
    mq.checkpoint(people.iloc[9:], "cut")
    detail = ask(mq.history().widget(), type="change", before=1, after=2)
    assert "keep_data=True" in detail["unknown"]
    assert detail["pattern"] == []


def test_an_empty_history_is_shown_as_such():
    assert mq.history().widget().view["steps"] == []
    assert repr(mq.history()) == "No steps are kept in mlqa_checkpoints yet."


def test_values_stay_out_of_the_static_cards_when_asked_to(people, monkeypatch):
    monkeypatch.setattr(mq.options, "static_values", False)
    mq.checkpoint(people.assign(city=people["city"].where(people["person"] % 3 > 0, "n/a")), "read")
    assert "n/a" not in mq.history().widget().static_html()
