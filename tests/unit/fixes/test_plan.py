"""Several repairs make one function, which does what they do one by one and loses nothing they do not name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def visits():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "visit": range(400),
            "street": rng.choice(["Main Street", "Elm Road", "Oak Lane", " "], 400),
            "weight": [f"{w:.1f} kg" for w in rng.normal(70, 9, 400)],
            "clinic": "north",
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 400), "D"),
        },
        index=[f"v{i}" for i in range(400)],
    )
    return pd.concat([frame, frame.iloc[[3, 7]]])


def _repair(code: str):
    namespace: dict[str, object] = {}
    exec(compile(code, "<plan>", "exec"), namespace)  # noqa: S102 - the plan is code to run
    return namespace["repair"]


def test_the_function_does_what_apply_does_and_leaves_its_argument(visits):
    scan = mq.scan(visits, name="visits")
    plan = scan.plan([i for i in scan.findings.index if scan.finding(i).fixes])
    assert len(plan.steps) >= 3
    before = visits.copy()
    repaired = _repair(plan.code)(visits)
    pd.testing.assert_frame_equal(visits, before)
    pd.testing.assert_frame_equal(repaired.reset_index(drop=True), plan.apply().reset_index(drop=True))
    assert len(repaired) == 400
    assert "clinic" not in repaired
    assert repaired["weight"].dtype == float


def test_what_was_repaired_is_found_no_more(visits):
    scan = mq.scan(visits, name="visits")
    plan = scan.plan()
    again = mq.scan(plan.apply(), name="repaired").findings
    repaired = {(step.finding.check, scan.names(step.finding)) for step in plan.steps}
    assert repaired
    assert not repaired & set(zip(again["check"], again["columns"], strict=True))


def test_by_default_errors_and_warnings_that_were_not_dismissed_are_repaired(visits):
    scan = mq.scan(visits, name="visits")
    (i,) = scan.findings.index[scan.findings["check"] == "blank_strings"]
    scan.dismiss(i, "no street yet")
    steps = {step.finding.check for step in scan.plan().steps}
    assert "blank_strings" not in steps
    assert all(step.finding.severity.value != "info" for step in scan.plan().steps)


def test_a_plan_of_nothing_changes_nothing(visits):
    plan = mq.scan(visits, name="visits").plan([])
    pd.testing.assert_frame_equal(plan.apply(), visits)
    pd.testing.assert_frame_equal(_repair(plan.code)(visits), visits)


def test_a_finding_or_a_fix_that_does_not_exist_is_refused(visits):
    scan = mq.scan(visits, name="visits")
    with pytest.raises(mq.InputError, match="there is no finding 99"):
        scan.plan([99])
    fixable = next(i for i in scan.findings.index if scan.finding(i).fixes)
    with pytest.raises(mq.InputError, match="counted from 0"):
        scan.plan([(fixable, 99)])


def test_a_name_from_the_data_is_no_code(visits):
    name = 'v"""\nraise SystemExit\n'
    odd = visits.rename(columns={"street": name})
    plan = mq.scan(odd, name='x"""\nraise SystemExit\n"""').plan()
    assert _repair(plan.code)(odd)[name].isna().any()


def test_rows_go_first_then_cells_change_then_columns_go(visits):
    scan = mq.scan(visits, name="visits")
    choices = [i for i in scan.findings.index if scan.finding(i).fixes]
    for given in (choices, choices[::-1]):
        parts = [step.part for step in scan.plan(given).steps]
        assert parts == sorted(parts, key=["rows", "cells", "columns"].index)
        assert set(parts) == {"rows", "cells", "columns"}


def test_the_account_says_what_each_repair_did(visits):
    scan = mq.scan(visits, name="visits")
    plan = scan.plan([i for i in scan.findings.index if scan.finding(i).fixes])
    account = plan.account
    assert account["fix"].tolist() == [step.fix.title for step in plan.steps]
    assert account["rows_dropped"].sum() == 2
    assert account["cells_emptied"].sum() == (visits.iloc[:400]["street"] == " ").sum()
    (weight,) = account.index[account["retyped"] == ("weight",)]
    assert account.loc[weight, "cells_changed"] == 400
    assert ("clinic",) in account["columns_removed"].tolist()


def test_what_cannot_be_done_after_another_is_left_out_and_says_why(visits):
    scan = mq.scan(visits, name="visits")
    (i,) = scan.findings.index[scan.findings["check"] == "constant_column"]
    plan = scan.plan([i, i])
    assert len(plan.steps) == 1
    assert "could not be run" in plan.refused[plan.steps[0].fix.title]
    assert "# Left out: " in repr(plan)


def test_what_was_chosen_is_the_plan_and_outlives_the_scan(visits, tmp_path):
    scan = mq.scan(visits, name="visits")
    street, weight = (
        scan.findings.index[scan.findings["check"] == check].item() for check in ("blank_strings", "numbers_as_text")
    )
    scan.choose([weight, (street, 0)])
    assert scan.chosen == [(weight, 0), (street, 0)]
    assert "[[plan]]" in (tmp_path / "visits.mlqa.toml").read_text()
    again = mq.scan(visits, name="visits")
    assert again.chosen == [(weight, 0), (street, 0)]
    plan = again.plan()
    assert plan.chosen_by == "chosen in the scan"
    assert [step.finding.check for step in plan.steps] == ["numbers_as_text", "blank_strings"]
    again.choose([])
    assert again.chosen == []
    assert "recommended" in again.plan().chosen_by


def test_a_choice_about_a_finding_that_is_gone_for_now_is_kept(visits):
    scan = mq.scan(visits, name="visits")
    (i,) = scan.findings.index[scan.findings["check"] == "blank_strings"]
    scan.choose([i])
    cleaner = mq.scan(visits.assign(street="Main Street"), name="visits")
    assert cleaner.chosen == []
    cleaner.choose(cleaner.recommended)
    assert (i, 0) in mq.scan(visits, name="visits").chosen


def test_a_fix_that_does_not_exist_is_not_chosen(visits):
    scan = mq.scan(visits, name="visits")
    with pytest.raises(mq.InputError, match="there is no finding 99"):
        scan.choose([99])
    assert scan.chosen == []
