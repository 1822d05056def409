"""The checks of what did not fit, or had to be assumed, when a file was read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import Failure, run_check
from mlqa_widgets.evidence import Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import NO_ROW

IDS = ("unreadable_lines", "malformed_lines", "assumed_header", "several_tables", "merged_cells")

Found = Callable[..., dict[str, Finding]]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """Write a file, read it, and return the findings of these checks by their id."""

    def run(content: str | bytes, name: str = "data.csv") -> dict[str, Finding]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return findings_of(path)

    return run


def findings_of(path: Path) -> dict[str, Finding]:
    profile = profile_table(read_table(path))
    findings: dict[str, Finding] = {}
    for check in IDS:
        for one in run_check(all_checks()[check], profile):
            assert not isinstance(one, Failure), one
            assert profile.table.count(one.predicate) == one.rows
            assert len(one.message) <= 160
            findings[one.check] = one
    return findings


def lines(finding: Finding) -> list[tuple[str, ...]]:
    (examples,) = (evidence for evidence in finding.evidence if isinstance(evidence, Examples))
    return list(examples.lines)


ROWS = [f"{i},{i % 7},x" for i in range(100)]


def text(*more: str) -> str:
    return "\n".join(["a,b,c", *ROWS, *more, ""])


def test_lines_left_out_are_an_error_with_their_text(found: Found) -> None:
    finding = found(text("1,2,3,4", "<b>,2,3,\x07"))["unreadable_lines"]
    assert (finding.severity, finding.rows, finding.predicate) == (Severity.ERROR, 0, NO_ROW)
    assert "2 lines of the file are not in the table" in finding.message
    assert "line 102 and line 103" in finding.message
    assert lines(finding) == [("line 102", "1,2,3,4"), ("line 103", "<b>,2,3,\\x07")]


def test_of_many_lines_left_out_the_first_are_told(found: Found) -> None:
    finding = found(text(*["1,2,3,4"] * 90))["unreadable_lines"]
    assert "90 lines" in finding.message
    assert "and 86 more" in finding.message
    assert len(lines(finding)) == 20


def test_a_short_line_is_an_error_with_its_row(found: Found) -> None:
    finding = found(text("1,2"))["malformed_lines"]
    assert (finding.severity, finding.rows) == (Severity.ERROR, 1)
    assert finding.message == "1 row comes from lines with too few cells."
    assert lines(finding) == [("line 102", "1,2")]


def test_short_lines_of_a_writer_who_leaves_out_the_end_are_a_warning(found: Found) -> None:
    assert found(text(*["1,2"] * 90))["malformed_lines"].severity is Severity.WARNING


def test_short_lines_that_leave_out_an_empty_column_are_an_info(found: Found) -> None:
    content = "a;b;c\n" + "".join(f"{i};{i % 7}{';' * (i % 2)}\n" for i in range(100))
    finding = found(content)["malformed_lines"]
    assert (finding.severity, finding.rows) == (Severity.INFO, 50)


def test_problems_of_several_kinds_are_told_apart(found: Found) -> None:
    content = text('1,"2,3', "été,2,3", "4").encode() + b"5,6,\xe9\n"
    finding = found(content)["malformed_lines"]
    assert finding.rows == 3
    assert "1 with too few cells" in finding.message
    assert "1 with a stray quote" in finding.message
    assert "1 with bytes of another encoding" in finding.message
    (bars,) = (evidence for evidence in finding.evidence if isinstance(evidence, Bars))
    assert [bar.rows for bar in bars.bars] == [1, 1, 1]
    assert all(bar.predicate is not None for bar in bars.bars)


def test_a_file_without_a_header_is_an_info(found: Found) -> None:
    finding = found("1,2.5\n3,4.5\n5,6.5\n")["assumed_header"]
    assert (finding.severity, finding.rows) == (Severity.INFO, 0)
    assert "2 columns" in finding.message


@pytest.mark.parametrize(
    "content",
    [
        text(),
        'a,b\n1,"x\ny"\n2,"say ""no"""\n',
        "a;b;\n1;2;\n3;4;\n",
        "a\n1\n\n2\n",
        "Title\n\na,b\n1,2\n3,4\n",
        "a,b\n",
    ],
)
def test_sound_files_give_no_finding(found: Found, content: str) -> None:
    assert found(content) == {}


def test_frames_give_no_finding(findings_of: Callable[..., list[Finding]]) -> None:
    frame = pd.DataFrame({"a": [1, None], "b": ["x", '"']})
    assert [findings_of(check, frame) for check in IDS] == [[]] * len(IDS)


def written(path: Path, rows: list[list[object]], *merged: str) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    book.save(path)
    return path


def test_several_tables_in_a_sheet_are_a_warning(tmp_path: Path) -> None:
    table: list[list[object]] = [["a", "b"], [1, 2], [3, 4]]
    beside = [[*left, None, *right] for left, right in zip(table, table, strict=True)]
    finding = findings_of(written(tmp_path / "beside.xlsx", beside))["several_tables"]
    assert (finding.severity, finding.rows) == (Severity.WARNING, 0)
    assert finding.message == "The sheet holds 2 tables (A1:B3 and D1:E3), read here as one."
    below = findings_of(written(tmp_path / "below.xlsx", [*table, [], *table]))["several_tables"]
    assert (below.severity, below.rows) == (Severity.WARNING, 3)


def test_merged_cells_are_an_info_with_the_rows_they_leave_empty(tmp_path: Path) -> None:
    rows: list[list[object]] = [["town", "n"], ["Rome", 1], [None, 2], ["Bonn", 3]]
    finding = findings_of(written(tmp_path / "merged.xlsx", rows, "A2:A3"))["merged_cells"]
    assert (finding.severity, finding.rows) == (Severity.INFO, 1)
    assert lines(finding) == [("A2:A3", "Rome")]
