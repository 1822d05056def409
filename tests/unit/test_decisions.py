"""Decisions: a small file that reads well, merges well, and survives a kill at any moment."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.decisions import ChosenFix, DecisionFile
from mlqa_widgets.errors import InputError

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip())


def test_a_dismissal_is_kept_with_its_reason_and_day(tmp_path):
    file = DecisionFile("flights", tmp_path)
    file.dismiss("outliers", ["dep_delay"], " real delays ")
    kept = file.read().dismissal("outliers", ["dep_delay"])
    assert kept is not None
    assert (kept.reason, kept.on) == ("real delays", dt.date.today())
    assert file.path == tmp_path / "flights.mlqa.toml"


def test_the_file_is_for_people(tmp_path):
    file = DecisionFile("flights", tmp_path)
    file.dismiss("outliers", ["dep_delay"], "real delays")
    file.describe("dep_delay", "minutes late")
    assert file.path.read_text() == textwrap.dedent(
        f"""\
        [[dismissed]]
        check = "outliers"
        columns = ["dep_delay"]
        reason = "real delays"
        on = {dt.date.today()}

        [descriptions]
        dep_delay = "minutes late"
        """
    )


def test_comments_made_by_hand_stay(tmp_path):
    file = DecisionFile("t", tmp_path)
    file.path.write_text('# agreed with the data owner\n[descriptions]\na = "first" # unit unknown\n')
    file.describe("b", "second")
    text = file.path.read_text()
    assert "# agreed with the data owner" in text
    assert "# unit unknown" in text


def test_a_restored_finding_is_forgotten_and_the_others_stay(tmp_path):
    file = DecisionFile("t", tmp_path)
    file.dismiss("a", ["x"], "one")
    file.dismiss("b", ["x", "y"], "two")
    file.restore("a", ["x"])
    decisions = file.read()
    assert decisions.dismissal("a", ["x"]) is None
    assert decisions.dismissal("b", ["x", "y"]).reason == "two"


def test_dismissing_again_replaces_the_reason(tmp_path):
    file = DecisionFile("t", tmp_path)
    file.dismiss("a", ["x"], "one")
    file.dismiss("a", ["x"], "better")
    assert [entry.reason for entry in file.read().dismissed] == ["better"]


def test_a_reason_is_required(tmp_path):
    with pytest.raises(InputError, match="reason"):
        DecisionFile("t", tmp_path).dismiss("a", ["x"], "  ")


@pytest.mark.parametrize("content", ["[[dismissed]]\ncheck = 'a'\n", "not toml at all ="])
def test_a_broken_file_is_named_and_left_alone(tmp_path, content):
    file = DecisionFile("t", tmp_path)
    file.path.write_text(content)
    with pytest.raises(InputError, match=r"t\.mlqa\.toml"):
        file.read()
    assert file.path.read_text() == content


@given(column=_TEXT, text=_TEXT, reason=_TEXT)
def test_any_text_comes_back_as_it_was(tmp_path_factory, column, text, reason):
    file = DecisionFile("t", tmp_path_factory.mktemp("decisions"))
    file.describe(column, text)
    file.dismiss("check", [column], reason)
    decisions = file.read()
    assert decisions.descriptions == {column: text.strip()}
    assert decisions.dismissal("check", [column]).reason == reason.strip()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "...", "x" * 500, 'q"; DROP TABLE t'])
def test_a_table_name_never_leads_out_of_the_folder(tmp_path, name):
    file = DecisionFile(name, tmp_path)
    file.describe("a", "b")
    assert file.path.parent == tmp_path
    assert [path.suffixes[-2:] for path in tmp_path.iterdir()] == [[".mlqa", ".toml"]]


def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path):
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from mlqa_widgets.decisions import ChosenFix, DecisionFile
        file = DecisionFile("t", Path(sys.argv[1]))
        for number in range(10**6):
            file.describe(f"column {number % 50}", "text " * 200 + str(number))
            print(number, flush=True)
        """
    )
    for delay in (0.0, 0.003, 0.011, 0.023, 0.037):
        writer = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
        writer.stdout.readline()
        time.sleep(delay)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        with DecisionFile("t", tmp_path).path.open("rb") as file:
            assert tomllib.load(file)["descriptions"]


def test_chosen_fixes_are_kept_in_their_order_and_leave_the_rest(tmp_path):
    file = DecisionFile("flights", tmp_path)
    file.dismiss("outliers", ["dep_delay"], "real delays")
    chosen = [ChosenFix("placeholders", ("b",), "Empty"), ChosenFix("blank_strings", ("a",), 'Say "no"')]
    file.choose(chosen)
    file.describe("a", "first")
    assert file.read().plan == tuple(chosen)
    file.choose([])
    assert file.read().plan == ()
    assert "plan" not in file.path.read_text()
    assert file.read().dismissal("outliers", ["dep_delay"]) is not None
    assert file.read().descriptions == {"a": "first"}
