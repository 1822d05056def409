"""The command line: ``mlqa scan DATA`` and ``mlqa check DATA --suite SUITE``, for pipelines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mlqa_widgets.errors import MlqaError
from mlqa_widgets.scan import scan
from mlqa_widgets.suite import check

PASSED, FAILED, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 passed, 1 failed, 2 could not be run."""
    given = _parser().parse_args(arguments)
    try:
        return _check(given) if given.command == "check" else _scan(given)
    except MlqaError as error:
        print(f"mlqa: {error}", file=sys.stderr)  # noqa: T201 - a command line talks
        return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mlqa", description="Find what is wrong with a table.")
    commands = parser.add_subparsers(dest="command", required=True)
    scanned = commands.add_parser("scan", help="scan a file, print what is found, write a suite")
    scanned.add_argument("data", type=Path, help="CSV, Parquet, JSON, Excel, SQLite or DuckDB file")
    scanned.add_argument("--suite", type=Path, help="write a suite that runs the same checks here")
    scanned.add_argument("--fail-at", default="warning", help="severity from which on a finding fails the suite")
    checked = commands.add_parser(
        "check", help="run a suite on a file; exit code 0 passed, 1 failed, 2 could not be run"
    )
    checked.add_argument("data", type=Path, help="CSV, Parquet, JSON, Excel, SQLite or DuckDB file")
    checked.add_argument("--suite", type=Path, required=True, help="the suite's TOML file")
    checked.add_argument("--json", type=Path, help="write the result as JSON here")
    checked.add_argument("--junit", type=Path, help="write the result as JUnit XML here")
    for command in (scanned, checked):
        command.add_argument("--table", help="which table of a database file, or which sheet of a workbook")
    return parser


def _scan(given: argparse.Namespace) -> int:
    result = scan(given.data, table=given.table)
    print(result)  # noqa: T201
    if given.suite is not None:
        result.to_suite(fail_at=given.fail_at).write(given.suite)
    return PASSED


def _check(given: argparse.Namespace) -> int:
    result = check(given.data, given.suite, table=given.table)
    print(result)  # noqa: T201
    if given.json is not None:
        given.json.write_text(result.to_json(), encoding="utf-8")
    if given.junit is not None:
        given.junit.write_text(result.to_junit(), encoding="utf-8")
    return PASSED if result.passed else FAILED
