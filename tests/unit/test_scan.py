"""mq.scan: what one asks of a scan, and what it answers."""

from __future__ import annotations

import gc
import sys
import threading
import weakref

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.checks import registry
from mlqa_widgets.checks.registry import Check


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def visits():
    return pd.DataFrame(
        {"street": ["Main", "", "Elm", "  ", "Oak", "Fir"] * 10, "n": np.arange(60) * 1.5},
        index=pd.Index([f"v{i // 2}" for i in range(60)], name="visit"),
    )


def found(scan, check):
    (i,) = scan.findings.index[scan.findings["check"] == check]
    return i


def test_findings_is_a_frame_with_the_promised_columns(visits):
    findings = mq.scan(visits).findings
    assert findings.columns.tolist() == [
        "check",
        "columns",
        "severity",
        "rows",
        "share",
        "message",
        "issue",
        "dismissed",
        "within_budget",
    ]
    line = findings.loc[findings["check"] == "blank_strings"].iloc[0]
    assert (line["columns"], line["severity"], line["rows"]) == (("street",), "warning", 20)
    assert line["share"] == pytest.approx(1 / 3)


def test_rows_carry_the_frames_own_labels(visits):
    scan = mq.scan(visits)
    rows = scan.rows(found(scan, "blank_strings"))
    pd.testing.assert_frame_equal(rows, visits[visits["street"].str.strip() == ""])
    assert len(scan.rows(found(scan, "blank_strings"), limit=3)) == 3


def test_a_scan_let_go_gives_its_table_back_at_once(visits):
    scan = mq.scan(visits)
    scan.wait()
    for thread in threading.enumerate():
        if thread.name == "mlqa scan":
            thread.join()
    held = [weakref.ref(one) for one in (scan, scan.table, scan.table.engine, scan.result.profile)]
    gc.disable()
    try:
        del scan
        assert [one() for one in held] == [None] * 4
    finally:
        gc.enable()


def test_a_fix_is_code_preview_and_application(visits):
    scan = mq.scan(visits)
    fix = scan.fix(found(scan, "blank_strings"))
    assert 'df["street"]' in fix.code.replace("'", '"')
    assert fix.preview.columns.tolist() == ["row", "column", "before", "after"]
    fixed = fix.apply()
    assert fixed["street"].isna().sum() == 20
    assert "blank_strings" not in mq.scan(fixed).findings["check"].tolist()
    assert visits["street"].isna().sum() == 0


def test_check_raises_with_the_list_and_returns_itself_when_nothing_remains(visits):
    with pytest.raises(mq.FindingsRemain, match="blank text"):
        mq.scan(visits, checks=["blank_strings"]).check(at="warning")
    scan = mq.scan(visits, checks=["blank_strings"])
    assert scan.check(at="error") is scan


def test_a_dismissed_finding_is_kept_shown_and_no_longer_raised(visits):
    scan = mq.scan(visits, checks=["blank_strings"])
    scan.dismiss(0, "blank means: no street known")
    again = mq.scan(visits, checks=["blank_strings"])
    assert again.findings.loc[0, "dismissed"] == "blank means: no street known"
    again.check(at="info")
    again.restore(0)
    assert mq.scan(visits, checks=["blank_strings"]).findings["dismissed"].isna().all()


def test_decisions_are_kept_per_table_under_the_variables_name(visits, tmp_path):
    mq.scan(visits, checks=["blank_strings"]).describe("street", "where the visit took place")
    assert (tmp_path / "visits.mlqa.toml").exists()
    assert mq.scan(visits).profile.set_index("column").loc["street", "description"] == "where the visit took place"


def test_profile_has_one_row_per_column(visits):
    profile = mq.scan(visits).profile
    assert profile["column"].tolist() == ["street", "n"]
    assert profile.loc[1, ["minimum", "median", "maximum"]].tolist() == [0.0, 44.25, 88.5]
    assert profile.loc[0, "distinct"] == 6


def test_the_users_frame_is_never_changed(visits):
    before = visits.copy(deep=True)
    scan = mq.scan(visits)
    for i in range(len(scan.findings)):
        for choice in range(len(scan.finding(i).fixes)):
            scan.fix(i, choice).apply()
    pd.testing.assert_frame_equal(visits, before)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"data": 3}, ["data", "int", "frame"]),
        ({"data": pd.Series([1])}, ["data", "to_frame"]),
        ({"data": "nowhere.csv"}, ["data", "nowhere.csv"]),
        ({"data": pd.DataFrame({"price": [1]}), "target": "prize"}, ["target", "'prize'", "Did you mean 'price'"]),
        ({"data": pd.DataFrame({"a": [1]}), "checks": ["outlier"]}, ["checks", "'outlier'", "outliers"]),
        ({"data": pd.DataFrame({"a": [1]}), "location": "a"}, ["location", "pair"]),
        ({"data": pd.DataFrame({"a": [1]}), "location": ("a", "a")}, ["location", "two columns"]),
        ({"data": pd.DataFrame({"a": [1]}), "region": "Canada"}, ["region", "two-letter"]),
        ({"data": pd.DataFrame({"a": [1]}), "table": "x"}, ["table", "frame"]),
        ({"data": pd.DataFrame({"a": [1]}), "dictionary": ["a"]}, ["dictionary", "mapping"]),
    ],
)
def test_wrong_input_is_named_with_what_would_work(arguments, words):
    with pytest.raises(mq.InputError) as refused:
        mq.scan(**arguments)
    for word in words:
        assert word in str(refused.value)


@pytest.fixture
def blanks(tmp_path, monkeypatch):
    """Make a table of twelve columns with blanks, each less than the one before."""
    monkeypatch.chdir(tmp_path)
    return pd.DataFrame({f"c{n}": ["a"] * (40 + n) + [" "] * (60 - n) for n in range(12)})


def test_the_worst_findings_are_shown_first_and_none_is_lost(blanks, monkeypatch):
    monkeypatch.setattr(mq.options, "alert_budget", 5)
    findings = mq.scan(blanks, checks=["blank_strings", "undocumented_columns"]).findings
    assert findings["within_budget"].tolist() == [True] * 5 + [False] * 8
    assert len(findings) == 13
    monkeypatch.setattr(mq.options, "alert_budget", None)
    assert mq.scan(blanks, checks=["blank_strings"]).findings["within_budget"].all()


def test_the_next_finding_takes_the_place_of_one_that_was_dismissed(blanks, monkeypatch):
    monkeypatch.setattr(mq.options, "alert_budget", 11)
    scan = mq.scan(blanks, checks=["blank_strings", "undocumented_columns"])
    assert scan.findings["within_budget"].tolist() == [True] * 11 + [False] * 2
    scan.dismiss(3, "fine")
    assert scan.findings["within_budget"].tolist() == [True] * 3 + [False] + [True] * 9
    assert repr(scan).splitlines()[-1].strip() == "and 1 more finding in scan.findings"


def test_many_findings_of_one_check_leave_room_for_those_of_others(blanks, monkeypatch):
    monkeypatch.setattr(mq.options, "alert_budget", 4)
    table = blanks.assign(town=["Lyon", "lyon"] + ["Lyon"] * 98)
    findings = mq.scan(table, checks=["blank_strings", "spelling_variants"]).findings
    shown = findings[findings["within_budget"]]
    assert shown["check"].value_counts().to_dict() == {"blank_strings": 3, "spelling_variants": 1}
    assert shown.index[:3].tolist() == findings.index[findings["check"] == "blank_strings"][:3].tolist()


def test_a_check_dismissed_again_and_again_ranks_lower_and_says_why(blanks):
    table = blanks.assign(town=["Lyon", "lyon"] + ["Lyon"] * 98)
    checks = ["blank_strings", "spelling_variants"]
    scan = mq.scan(table, checks=checks, name="t")
    assert scan.findings["check"].iloc[-1] == "spelling_variants"
    for i in range(11):
        scan.dismiss(i, "blank by design")
    again = mq.scan(table, checks=checks, name="t")
    standing = again.findings[again.findings["dismissed"].isna()]
    assert standing["check"].tolist() == ["spelling_variants", "blank_strings"]
    assert again.ranked_lower(again.finding(standing.index[1])) == "Ranked lower: you dismissed 11 of 12 of these."
    assert again.ranked_lower(again.finding(standing.index[0])) == ""


def test_what_is_said_of_a_column_is_checked_at_once(visits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scan = mq.scan(visits, dictionary={"n": "a count"})
    before = scan.findings
    scan.declare("n", maximum=50)
    after = scan.findings
    assert set(after["check"]) - set(before["check"]) == {"dictionary_conflicts"}
    assert after.set_index("check").loc["dictionary_conflicts", "rows"] == (visits["n"] > 50).sum()
    scan.describe("street", "where they live")
    assert "undocumented_columns" not in set(scan.findings["check"])
    scan.declare("n", maximum=None)
    assert "dictionary_conflicts" not in set(scan.findings["check"])


def test_findings_of_one_check_about_one_column_are_decided_one_by_one(visits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rules = {"n": {"maximum": 50, "required": True}}
    scan = mq.scan(visits.replace({"n": {0: None}}), dictionary=rules, checks=["dictionary_conflicts"])
    scan.dismiss(1, "agreed")
    assert scan.findings["dismissed"].notna().tolist() == [False, True]
    assert 'check = "dictionary_conflicts.' in scan.decision_file.path.read_text()


def test_asking_for_a_finding_that_is_not_there_says_how_many_there_are(visits):
    scan = mq.scan(visits, checks=["blank_strings"])
    with pytest.raises(mq.InputError, match="1 row"):
        scan.rows(7)


def test_one_failing_check_never_costs_the_others(visits, monkeypatch):
    def broken(profile):
        raise ZeroDivisionError("boom")

    monkeypatch.setitem(registry._REGISTRY, "broken", Check("broken", "", "table", broken, "figures", ""))
    scan = mq.scan(visits)
    assert "blank_strings" in scan.findings["check"].tolist()
    (failure,) = scan.result.failures
    assert (failure.check, "boom" in failure.error) == ("broken", True)


def test_a_running_scan_can_be_cancelled(visits, monkeypatch):
    entered, leave = threading.Event(), threading.Event()

    def slow(profile):
        entered.set()
        leave.wait(10)
        return []

    monkeypatch.setitem(registry._REGISTRY, "slow", Check("slow", "", "table", slow, "figures", ""))
    monkeypatch.setattr("mlqa_widgets.work.may_block", lambda: False)
    scan = mq.scan(visits)
    assert entered.wait(10)
    assert not scan.done
    assert "slow" in repr(scan)
    scan.cancel()
    leave.set()
    assert scan.wait(10)
    with pytest.raises(mq.Cancelled):
        _ = scan.findings


def test_a_scan_is_of_the_frame_as_it_was_when_asked_for(visits, monkeypatch):
    module = sys.modules["mlqa_widgets.scan"]
    read, go_on = module.read_table, threading.Event()

    def late(*arguments, **named):
        go_on.wait(10)
        return read(*arguments, **named)

    monkeypatch.setattr(module, "read_table", late)
    monkeypatch.setattr("mlqa_widgets.work.may_block", lambda: False)
    scan = mq.scan(visits, checks=["blank_strings"])
    assert repr(scan) == "<Scan of visits: Reading visits>"
    visits["street"] = "Main"
    go_on.set()
    assert scan.findings.loc[0, "rows"] == 20


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(),
        pd.DataFrame({"a": []}),
        pd.DataFrame(index=range(3)),
        pd.DataFrame({"a": [None, None]}),
        pd.DataFrame([[1, 2]], columns=["x", "x"]),
        pd.DataFrame({("a", 1): [1, 2], 3: [2.5, None]}),
        pd.DataFrame({"a": [2**70, 1], "b": [np.inf, -np.inf], "c": [[1], {"k": 2}]}),
        pd.DataFrame({"a": pd.Series(["x" * 1_000_000, "\ud800", "\x00"], dtype=object)}),
    ],
    ids=["nothing", "no rows", "no columns", "only missing", "twice the name", "odd names", "huge", "odd text"],
)
def test_odd_frames_pass_through_every_check(frame):
    scan = mq.scan(frame, name="odd")
    assert scan.result.failures == ()
    for i in range(len(scan.findings)):
        scan.rows(i)
    assert len(scan.profile) == frame.shape[1]


def test_five_thousand_columns_are_scanned_shown_and_repaired():
    frame = pd.DataFrame({f"column {i}": ["a", "b", " ", None] * 5 for i in range(5_000)})
    scan = mq.scan(frame, checks=["blank_strings", "missing_values"], name="wide")
    assert scan.result.failures == ()
    assert len(scan.profile) == 5_000
    assert len(scan.rows(0)) == 5
    assert len(scan.widget().static_html()) < 200_000


HOSTILE = [
    "<script>alert(1)</script>",
    '"; DROP TABLE t; --',
    "=1+1",
    "\u202eevil",
    "\x00\x1b[31m",
    "'''+__import__('os').getcwd()+'''",
]


def test_hostile_values_and_names_are_only_ever_text():
    frame = pd.DataFrame({name: [*HOSTILE, "", " "] * 5 for name in HOSTILE})
    scan = mq.scan(frame, name="hostile")
    assert scan.result.failures == ()
    for i, finding in enumerate(scan.result.findings):
        scan.rows(i)
        for choice in range(len(finding.fixes)):
            scan.fix(i, choice).apply()
    assert "<script>" not in scan.widget().static_html()
    page = scan.to_html("page.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
