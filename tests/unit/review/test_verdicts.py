"""Verdicts: an append-only file that survives a kill, never mixes analyses, and merges."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.errors import InputError, MlqaError
from mlqa_widgets.naming import named
from mlqa_widgets.review.verdicts import Verdict
from mlqa_widgets.verdicts.file import VerdictFile


@pytest.fixture
def file(tmp_path):
    return VerdictFile("flights", tmp_path, "analysis one")


def add(file, row="a", verdict=Verdict.UNSURE, reviewer="ann", note=""):
    return file.add(row, verdict, note=note, reviewer=reviewer, label=f"row {row}", prediction="yes", actual="no")


def said(file):
    return {(record.reviewer, record.row): record.verdict for record in file.current()}


def test_there_is_no_file_before_the_first_verdict(file):
    assert file.current() == []
    assert not file.path.exists()
    add(file)
    assert file.path.name == "flights.mlqa-reviews.sqlite"
    assert file.path.exists()


def test_a_verdict_comes_back_with_all_that_was_said(file):
    kept = add(file, note=" see the log ")
    assert file.current() == [kept]
    assert (kept.note, kept.label, kept.prediction, kept.actual) == ("see the log", "row a", "yes", "no")


def test_the_latest_verdict_of_a_reviewer_counts_and_the_others_are_kept(file):
    add(file, verdict=Verdict.UNSURE)
    add(file, verdict=Verdict.MODEL_WRONG, reviewer="bob")
    add(file, verdict=Verdict.MAKES_SENSE)
    assert said(file) == {("ann", "a"): "makes sense", ("bob", "a"): "model is wrong"}
    assert [record.verdict for record in file.history()] == ["unsure", "model is wrong", "makes sense"]


def test_taking_a_verdict_back_lets_the_earlier_one_count_again(file):
    add(file, verdict=Verdict.UNSURE)
    second = add(file, verdict=Verdict.DATA_WRONG)
    file.take_back(second)
    assert said(file) == {("ann", "a"): "unsure"}
    file.take_back(file.current()[0])
    assert said(file) == {}
    assert len(file.history()) == 4


def test_analyses_in_one_file_never_mix(file, tmp_path):
    other = VerdictFile("flights", tmp_path, "analysis two")
    add(file)
    assert other.current() == []
    add(other, verdict=Verdict.TRUE_OUTLIER)
    assert said(file) == {("ann", "a"): "unsure"}


def test_merging_is_the_union_and_doing_it_again_changes_nothing(file, tmp_path):
    other = VerdictFile("theirs", tmp_path, "analysis one")
    add(file)
    add(other, row="b", reviewer="bob")
    back = add(other, row="c", reviewer="bob")
    other.take_back(back)
    add(VerdictFile("theirs", tmp_path, "analysis two"), row="z")
    first, again = file.merge(other.path), file.merge(other.path)
    assert (first.added, first.known, first.foreign) == (3, 0, 1)
    assert (again.added, again.known, again.foreign) == (0, 3, 1)
    assert said(file) == {("ann", "a"): "unsure", ("bob", "b"): "unsure"}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(list(Verdict)), st.sampled_from("xy")), max_size=6))
def test_two_files_merged_either_way_say_the_same(tmp_path_factory, verdicts):
    folder = tmp_path_factory.mktemp("merge")
    files = [VerdictFile(name, folder, "one") for name in "xy"]
    for row, verdict, name in verdicts:
        add(files["xy".index(name)], row, verdict, reviewer="ann")
    for one, other in (files, files[::-1]):
        if other.path.exists():
            one.merge(other.path)
    assert files[0].history() == files[1].history()


def test_a_file_of_something_else_is_named_and_left_alone(file, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("no database " * 100)
    with pytest.raises(InputError, match=r"notes\.txt is no file of verdicts"):
        file.merge(text)
    with sqlite3.connect(tmp_path / "other.sqlite") as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    with pytest.raises(InputError, match="holds no verdicts"):
        file.merge(tmp_path / "other.sqlite")
    with pytest.raises(InputError, match="there is no file"):
        file.merge(tmp_path / "nowhere.sqlite")


def test_a_locked_file_is_told_and_nothing_is_lost(file, monkeypatch):
    monkeypatch.setattr("mlqa_widgets.verdicts.file._PATIENCE", 0.05)
    add(file)
    other = sqlite3.connect(file.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(MlqaError, match=r"not stored: database is locked.*nothing stored before is lost"):
        add(file, row="b")
    other.execute("ROLLBACK")
    other.close()
    add(file, row="b")
    assert len(file.current()) == 2


def test_a_full_disk_is_told_and_nothing_is_lost(file):
    add(file)
    with sqlite3.connect(file.path) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()
    full = f"PRAGMA max_page_count = {pages}"
    with pytest.MonkeyPatch.context() as patch:
        connect = sqlite3.connect

        def small(*arguments, **options):
            opened = connect(*arguments, **options)
            opened.execute(full)
            return opened

        patch.setattr(sqlite3, "connect", small)
        with pytest.raises(MlqaError, match="not stored: database or disk is full"):
            add(file, row="b", note="x" * 100_000)
    assert said(file) == {("ann", "a"): "unsure"}


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MlqaError, match="not stored"):
        add(VerdictFile("flights", tmp_path / "gone", "one"))


@pytest.mark.parametrize("text", ["", "../../etc", "a/b", "\x00", "x" * 300])
def test_any_name_makes_a_file_in_the_folder(tmp_path, text):
    file = VerdictFile(text, tmp_path, "one")
    add(file)
    assert file.path.parent == tmp_path


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_note_comes_back_as_it_was(tmp_path_factory, text):
    file = VerdictFile("t", tmp_path_factory.mktemp("notes"), "one")
    add(file, note=text, reviewer=f"r{text}")
    assert [(record.note, record.reviewer) for record in file.current()] == [(text.strip(), f"r{text}")]


def test_a_mistyped_verdict_gets_a_suggestion():
    with pytest.raises(InputError, match="Did you mean 'makes sense'"):
        named("make sense", Verdict, "verdict")


_WRITER = """
import sys
from pathlib import Path
from mlqa_widgets.review.verdicts import Verdict
from mlqa_widgets.verdicts.file import VerdictFile
file = VerdictFile("killed", Path(sys.argv[1]), "one")
for number in range(100_000):
    file.add(f"{sys.argv[2]}-{number}", Verdict.UNSURE, note="n" * 2000, reviewer="ann", label="", prediction="", actual="")
    print(number, flush=True)
"""


def test_killed_at_any_moment_it_keeps_every_verdict_that_was_confirmed(tmp_path):
    confirmed = set()
    for attempt in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), str(attempt)], stdout=subprocess.PIPE, text=True
        )
        numbers = [writer.stdout.readline()]
        time.sleep(0.002 * attempt)
        os.kill(writer.pid, signal.SIGKILL)
        numbers += writer.stdout.read().splitlines()
        writer.wait()
        writer.stdout.close()
        confirmed |= {f"{attempt}-{int(line)}" for line in numbers if line.strip().isdigit()}
        kept = {record.row for record in VerdictFile("killed", tmp_path, "one").current()}
        assert confirmed <= kept
        assert len(kept - confirmed) <= attempt + 1
    connection = sqlite3.connect(tmp_path / "killed.mlqa-reviews.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_file_whose_first_verdict_was_never_finished_is_empty(file):
    file.path.touch()
    assert file.current() == []
    add(file)
    assert len(file.current()) == 1
