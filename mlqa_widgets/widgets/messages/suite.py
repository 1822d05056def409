"""What crosses between the result of a suite and the browser; ``js/src/suite/messages.ts`` holds the same shapes in TypeScript."""

from __future__ import annotations

from typing import Literal, TypedDict


class FailedFinding(TypedDict):
    """One finding that fails: ``index`` as in the scan; ``columns`` are positions."""

    index: int
    severity: Literal["error", "warning", "info"]
    message: str
    rows: int
    columns: list[int]


class CheckLine(TypedDict):
    """One check: what it found, or why it could not be run."""

    check: str
    status: Literal["pass", "fail", "error"]
    message: str
    found: list[FailedFinding]


class ColumnHead(TypedDict):
    """A column of the table."""

    name: str
    numeric: bool


class SuiteView(TypedDict):
    """Pass or fail per check, what failed first."""

    suite: str
    table: str
    rows: int
    passed: bool
    fail_at: str
    checks: list[CheckLine]
    columns: list[ColumnHead]


class FoundRowsRequest(TypedDict):
    """Rows ``start`` to ``stop`` (exclusive) of a finding, sorted as on screen."""

    type: Literal["rows"]
    id: int
    finding: int
    order_by: int | None
    descending: bool
    start: int
    stop: int
