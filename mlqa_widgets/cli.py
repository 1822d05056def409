"""The command line: ``mlqa scan DATA`` and ``mlqa check DATA --suite SUITE``, for pipelines."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mlqa_widgets.errors import MlqaError
from mlqa_widgets.findings import Severity
from mlqa_widgets.scan import scan
from mlqa_widgets.suite import check

PASSED, FAILED, UNUSABLE = 0, 1, 2
_EXIT_CODES = "exit codes: 0 passed, 1 failed, 2 could not be run"
_DATA = "a CSV, TSV, Parquet, JSON, NDJSON, Excel, SQLite or DuckDB file"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 passed, 1 failed, 2 could not be run."""
    given = _parser().parse_args(arguments)
    try:
        return _check(given) if given.command == "check" else _scan(given)
    except BrokenPipeError:
        # Whoever read the output has seen enough (`| head`); nothing more can be told them, at the end neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    except MlqaError as error:
        return _unusable(str(error))
    except OSError as error:
        return _unusable(f"{error.filename or 'a file'}: {error.strerror or error}")


def _unusable(reason: str) -> int:
    print(f"mlqa: {reason}", file=sys.stderr)  # noqa: T201 - a command line talks
    return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mlqa", description="Find what is wrong with a table.", epilog=_EXIT_CODES)
    parser.add_argument("--version", action="version", version=f"mlqa_widgets {version('mlqa_widgets')}")
    commands = parser.add_subparsers(dest="command", required=True)
    scanned = commands.add_parser(
        "scan",
        help="scan a file, print what is found, write a suite",
        description="Scan a file and print what is found; with --suite, also write what runs the same checks again.",
        epilog="exit codes: 0 scanned, whatever was found; 2 could not be run",
    )
    scanned.add_argument("data", type=Path, help=_DATA)
    scanned.add_argument(
        "--suite", type=Path, metavar="FILE", help="write a suite that runs the same checks here (TOML)"
    )
    scanned.add_argument(
        "--fail-at",
        choices=[severity.value for severity in Severity],
        default=Severity.WARNING.value,
        help="severity from which on a finding fails the suite (default: warning)",
    )
    roles = scanned.add_argument_group("what the columns are")
    roles.add_argument("--target", metavar="COLUMN", help="the column a model is to predict")
    roles.add_argument(
        "--key", metavar="COLUMN", action="append", help="a column that identifies a row; may be repeated"
    )
    roles.add_argument("--time", metavar="COLUMN", help="the time column")
    roles.add_argument(
        "--group", metavar="COLUMN", action="append", help="a column a series is made of; may be repeated"
    )
    roles.add_argument("--location", metavar=("LATITUDE", "LONGITUDE"), nargs=2, help="the columns of the coordinates")
    roles.add_argument("--region", metavar="CODE", help="country code that phone numbers and postcodes are read for")
    checked = commands.add_parser(
        "check",
        help="run a suite on a file",
        description="Run the checks of a suite on a file, with what was decided when it was made.",
        epilog=_EXIT_CODES,
    )
    checked.add_argument("data", type=Path, help=_DATA)
    checked.add_argument(
        "--suite", type=Path, required=True, metavar="FILE", help="the suite, as mlqa scan --suite writes it"
    )
    checked.add_argument(
        "--json", type=Path, metavar="FILE", help="write the result as JSON here; - for the standard output"
    )
    checked.add_argument("--junit", type=Path, metavar="FILE", help="write the result as JUnit XML here; - as well")
    checked.add_argument(
        "--rows", type=int, default=20, metavar="N", help="offending rows per finding in the JSON (default: 20)"
    )
    for command in (scanned, checked):
        command.add_argument("--table", help="which table of a database file, or which sheet of a workbook")
    return parser


def _scan(given: argparse.Namespace) -> int:
    roles: dict[str, Any] = {
        name: getattr(given, name) for name in ("target", "key", "time", "group", "location", "region")
    }
    result = scan(given.data, table=given.table, **roles)
    if given.suite is not None:
        result.to_suite(fail_at=given.fail_at).write(given.suite)
    print(result)  # noqa: T201
    return PASSED


def _check(given: argparse.Namespace) -> int:
    result = check(given.data, given.suite, table=given.table)
    reports: list[tuple[Path | None, Callable[[], str]]] = [
        (given.json, lambda: result.to_json(given.rows)),
        (given.junit, result.to_junit),
    ]
    to_stdout = any(path is not None and str(path) == "-" for path, _ in reports)
    print(result, file=sys.stderr if to_stdout else sys.stdout)
    for path, report in reports:
        if path is not None and str(path) == "-":
            print(report())  # noqa: T201
        elif path is not None:
            path.write_text(report(), encoding="utf-8")
    return PASSED if result.passed else FAILED
