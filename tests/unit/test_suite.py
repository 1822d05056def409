"""A suite runs the checks of a scan again, with what was decided, on new data."""

from __future__ import annotations

import dataclasses
import json
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from junitparser import Failure, JUnitXml

import mlqa_widgets as mq
from mlqa_widgets.cli import main
from mlqa_widgets.widgets.display import TwoOutputWidget

CHECKS = ["blank_strings", "constant_column", "dates_as_text", "duplicate_rows", "missing_values"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def visits():
    return pd.DataFrame(
        {
            "visit": range(300),
            "street": ["Main", "Elm", " "] * 100,
            "seen": ["2024/01/31", "2024/02/03", "2024/02/05"] * 100,
        }
    )


@pytest.fixture
def scan(visits):
    return mq.scan(visits, key="visit", dictionary={"street": "where they live"}, checks=CHECKS)


def test_what_was_found_fails_again(scan, visits):
    result = mq.check(visits, scan.to_suite())
    assert not result.passed
    failed = result.checks.query("status == 'fail'")
    expected = scan.findings.query("severity != 'info'")
    assert set(failed["check"]) == set(expected["check"])
    assert failed["rows"].sum() == expected["rows"].sum()
    assert result.checks["check"].tolist() == ["columns", *scan.result.checks]


def test_the_rows_are_those_of_the_new_data(scan, visits):
    later = visits.assign(street=["Main"] * 299 + [""])
    result = mq.check(later, scan.to_suite())
    (i,) = result.findings.index[result.findings["check"] == "blank_strings"]
    assert result.rows(i).index.tolist() == [299]


def test_what_was_dismissed_passes(scan, visits):
    for i in scan.findings.index:
        scan.dismiss(i, "known")
    assert mq.check(visits, scan.to_suite(fail_at="info")).passed


def test_a_suite_on_disk_is_the_suite_in_memory(scan, tmp_path):
    scan.dismiss(0, 'known: "the clinic"\nchanged')
    suite = scan.to_suite(fail_at="error")
    assert mq.Suite.read(suite.write(tmp_path / "visits.toml")) == suite
    assert suite.roles == {"key": ["visit"]}
    assert suite.dictionary["street"].description == "where they live"


def test_new_data_without_a_column_of_the_suite_are_refused(scan, visits):
    with pytest.raises(mq.InputError, match="key: there is no column 'visit'"):
        mq.check(visits.drop(columns="visit"), scan.to_suite())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("table = 'x", "is not valid TOML"),
        ("table = 'x'", "lacks or misspells 'checks'"),
        ("table = 'x'\nchecks = ['outlier']", "there is no check 'outlier'"),
        ("table = 'x'\nchecks = []\nfail_at = 'bad'", "'bad' is not a valid Severity"),
        ("table = 'x'\nchecks = []\n[roles]\ntagret = 'y'", "names a role 'tagret'"),
        ("table = 'x'\nchecks = []\n[[dismissed]]\ncheck = 'outliers'", "lacks or misspells 'columns'"),
    ],
)
def test_a_suite_that_cannot_be_understood_says_why(tmp_path, text, message):
    path = tmp_path / "suite.toml"
    path.write_text(text)
    with pytest.raises(mq.InputError, match=message):
        mq.Suite.read(path)


def test_a_delivery_without_a_column_fails_and_one_with_more_columns_does_not(scan, visits):
    suite = scan.to_suite(fail_at="error")
    assert mq.check(visits.assign(more=1), suite).passed
    result = mq.check(visits.drop(columns="seen"), suite)
    assert not result.passed
    assert result.missing == ("seen",)
    assert result.checks.iloc[0]["message"] == "1 column of the suite is missing: seen."
    assert "error: columns: 1 column of the suite is missing: seen." in repr(result)


def test_what_the_dictionary_says_is_held_against_new_data(visits, tmp_path):
    schema = {
        "fields": [{"name": "visit", "type": "integer", "constraints": {"maximum": 300}, "note": None}],
        "fieldsMatch": "subset",
        "missingValues": ["999"],
    }
    suite = mq.scan(visits, dictionary=schema, checks=["dictionary_conflicts"]).to_suite()
    suite = mq.Suite.read(suite.write(tmp_path / "visits.toml"))
    assert mq.check(visits, suite).passed
    assert mq.check(visits.replace({"visit": {7: 999}}), suite).passed
    assert mq.check(visits.replace({"visit": {7: 998}}), suite).checks.iloc[-1]["rows"] == 1


def test_the_meaning_of_a_column_that_is_gone_does_not_stop_the_suite(scan, visits):
    assert mq.check(visits.drop(columns="street"), scan.to_suite()).missing == ("street",)


@pytest.fixture
def delivered(visits, tmp_path):
    """Write a delivery like the first, a good one, and a suite; return the folder."""
    visits.to_csv("visits.csv", index=False)
    visits.assign(street="Main").drop(columns="seen").assign(seen="2024-01-31").to_csv("later.csv", index=False)
    assert main(["scan", "visits.csv", "--suite", "visits.toml", "--key", "visit"]) == 0
    dataclasses.replace(mq.Suite.read("visits.toml"), checks=tuple(CHECKS)).write("visits.toml")
    return tmp_path


def test_the_command_line_scans_writes_a_suite_and_checks(capsys, delivered):
    assert "street" in capsys.readouterr().out
    assert mq.Suite.read("visits.toml").roles == {"key": ["visit"]}
    assert main(["check", "visits.csv", "--suite", "visits.toml", "--json", "r.json", "--junit", "r.xml"]) == 1
    assert "failed" in capsys.readouterr().out
    said = json.loads((delivered / "r.json").read_text())
    assert said["passed"] is False
    assert {c["check"] for c in said["checks"] if c["status"] == "fail"} >= {"blank_strings"}


def test_exit_code_0_means_passed(delivered, capsys):
    suite = mq.Suite.read("visits.toml")
    lenient = dataclasses.replace(suite, checks=("blank_strings",))
    lenient.write("lenient.toml")
    assert main(["check", "later.csv", "--suite", "lenient.toml"]) == 0
    assert "2 checks passed" in capsys.readouterr().out


def test_the_json_holds_the_first_offending_rows(delivered):
    main(["check", "visits.csv", "--suite", "visits.toml", "--json", "r.json", "--rows", "2"])
    checks = {line["check"]: line for line in json.loads((delivered / "r.json").read_text())["checks"]}
    (found,) = checks["blank_strings"]["found"]
    assert found["rows"] == checks["blank_strings"]["rows"] == 100
    assert found["first_rows"] == [{"row": "2", "cells": {"street": " "}}, {"row": "5", "cells": {"street": " "}}]
    assert checks["columns"]["found"] == []


def test_a_dash_writes_the_report_alone_to_the_standard_output(delivered, capsys):
    capsys.readouterr()
    assert main(["check", "visits.csv", "--suite", "visits.toml", "--json", "-"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["passed"] is False
    assert "failed" in shown.err


def test_build_servers_understand_the_report(delivered):
    main(["check", "visits.csv", "--suite", "visits.toml", "--junit", "r.xml"])
    report = JUnitXml.fromfile("r.xml")
    (suite,) = report
    result = mq.check("visits.csv", "visits.toml")
    statuses = result.checks.set_index("check")["status"]
    assert suite.tests == report.tests == len(statuses)
    assert suite.failures == report.failures == (statuses == "fail").sum() > 0
    assert suite.errors == (statuses == "error").sum()
    for case in suite:
        assert [type(one) for one in case.result] == ([Failure] if statuses[case.name] == "fail" else [])
    (blank,) = [case for case in suite if case.name == "blank_strings"]
    assert "blank text" in blank.result[0].message
    assert "row 2: street: ' '" in blank.result[0].text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scan", "nothing.csv"], "there is no file 'nothing.csv'"),
        (["scan", "visits.csv", "--key", "vist"], "key: there is no column 'vist'. Did you mean 'visit'"),
        (["scan", "visits.csv", "--suite", "nowhere/s.toml"], "No such file or directory"),
        (["scan", "visits.toml"], "visits.toml"),
        (["check", "visits.csv", "--suite", "nothing.toml"], "nothing.toml cannot be read"),
        (["check", "nothing.csv", "--suite", "visits.toml"], "there is no file 'nothing.csv'"),
        (["check", "visits.csv", "--suite", "visits.csv"], "is not valid TOML"),
        (["check", "visits.csv", "--suite", "newer.toml"], "is of version 2"),
        (["check", "keyless.csv", "--suite", "visits.toml"], "key: there is no column 'visit'"),
        (["check", "visits.csv", "--suite", "visits.toml", "--json", "nowhere/r.json"], "nowhere/r.json"),
    ],
)
def test_what_cannot_be_run_says_why_in_a_line_and_ends_with_2(delivered, capsys, arguments, message):
    (delivered / "newer.toml").write_text("version = 2\ntable = 'x'\nchecks = []")
    (delivered / "keyless.csv").write_text("street\nMain\n")
    capsys.readouterr()
    assert main(arguments) == 2
    said = capsys.readouterr().err.strip()
    assert message in said.splitlines()[-1]
    assert said.splitlines()[-1].startswith("mlqa: ")
    assert "Traceback" not in said


@pytest.mark.parametrize("arguments", [[], ["scan"], ["check", "x.csv"], ["scan", "x.csv", "--fail-at", "bad"]])
def test_a_command_that_is_not_whole_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: mlqa" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["scan", "--help"], ["check", "--help"]])
def test_the_help_names_the_exit_codes(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "exit codes: 0" in capsys.readouterr().out


def test_values_from_the_data_are_text_in_the_report(tmp_path):
    frame = pd.DataFrame({"street": ["<b>&\x00]]>", "Main", "Elm"] * 100})
    result = mq.check(frame, mq.scan(frame).to_suite(fail_at="info"))
    ET.fromstring(result.to_junit())  # noqa: S314 - our own text
    json.loads(result.to_json())


# ---------------------------------------------------------------------- on screen


def test_the_widget_shows_what_failed_first_with_the_rows_of_the_first_finding(scan, visits):
    result = mq.check(visits, scan.to_suite(fail_at="warning"))
    widget = result.widget()
    statuses = [line["status"] for line in widget.view["checks"]]
    assert statuses == sorted(statuses, key=["error", "fail", "pass"].index)
    assert widget.finding == widget.view["checks"][0]["found"][0]["index"]
    pd.testing.assert_frame_equal(widget.selected_rows, result.rows(widget.finding))


def test_rows_of_a_finding_are_handed_out_by_pages(scan, visits, monkeypatch):
    sent = []
    monkeypatch.setattr(TwoOutputWidget, "send", lambda _, content, buffers=None: sent.append(content))
    result = mq.check(visits, scan.to_suite())
    (i,) = result.failed("blank_strings")
    request = {"type": "rows", "id": 1, "finding": i, "order_by": None, "descending": False, "start": 0, "stop": 2}
    result.widget()._answer(None, request, [])
    (answer,) = sent
    assert answer["ok"]
    assert answer["value"]["total"] == 100
    assert [row["label"] for row in answer["value"]["rows"]] == ["2", "5"]


def test_the_static_result_shows_every_value_as_text_and_none_when_asked_to(monkeypatch):
    frame = pd.DataFrame({"<b>street": ["N/A", "Main", "Elm"] * 100})
    result = mq.check(frame, mq.scan(frame, name="<i>visits", checks=["placeholders"]).to_suite(fail_at="info"))
    html = result.widget().static_html()
    assert "failed" in html
    assert "<b>street" not in html
    assert "<i>" not in html
    monkeypatch.setattr(mq.options, "static_values", False)
    assert "N/A" not in result.widget().static_html()


def test_a_result_that_passed_says_so(visits):
    frame = visits.assign(street="Main").head(0)
    result = mq.check(frame, mq.scan(visits, checks=["blank_strings"]).to_suite())
    assert result.widget().finding == -1
    assert "2 checks passed" in result.widget().static_html()
    assert len(result.widget().selected_rows) == 0
