"""A suite runs the checks of a scan again, with what was decided, on new data."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.cli import main


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
    return mq.scan(visits, key="visit", dictionary={"street": "where they live"})


def test_what_was_found_fails_again(scan, visits):
    result = mq.check(visits, scan.to_suite())
    assert not result.passed
    failed = result.checks.query("status == 'fail'")
    expected = scan.findings.query("severity != 'info'")
    assert set(failed["check"]) == set(expected["check"])
    assert failed["rows"].sum() == expected["rows"].sum()
    assert result.checks["check"].tolist() == list(scan.result.checks)


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
    assert suite.decisions.descriptions == {"street": "where they live"}


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


def test_the_command_line_scans_writes_a_suite_and_checks(visits, tmp_path, capsys):
    visits.to_csv("visits.csv", index=False)
    visits.assign(street="Main", seen="2024/01/31").to_csv("later.csv", index=False)
    assert main(["scan", "visits.csv", "--suite", "visits.toml", "--fail-at", "warning"]) == 0
    assert "street" in capsys.readouterr().out
    arguments = ["--suite", "visits.toml", "--json", "r.json", "--junit", "r.xml"]
    assert main(["check", "visits.csv", *arguments]) == 1
    said = json.loads((tmp_path / "r.json").read_text())
    assert said["passed"] is False
    assert {c["check"] for c in said["checks"] if c["status"] == "fail"} >= {"blank_strings"}
    suite = ET.parse(tmp_path / "r.xml").getroot()  # noqa: S314 - our own file
    assert int(suite.attrib["tests"]) == len(said["checks"]) == len(suite.findall("testcase"))
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) > 0


def test_the_command_line_says_what_it_cannot_do(tmp_path, capsys):
    assert main(["check", "nothing.csv", "--suite", "nothing.toml"]) == 2
    assert "nothing.toml cannot be read" in capsys.readouterr().err
    (tmp_path / "s.toml").write_text("table = 'x'\nchecks = []")
    assert main(["check", "nothing.csv", "--suite", "s.toml"]) == 2
    assert "nothing.csv" in capsys.readouterr().err


def test_values_from_the_data_are_text_in_the_report(tmp_path):
    frame = pd.DataFrame({"street": ["<b>&\x00]]>", "Main", "Elm"] * 100})
    result = mq.check(frame, mq.scan(frame).to_suite(fail_at="info"))
    ET.fromstring(result.to_junit())  # noqa: S314 - our own text
    json.loads(result.to_json())
