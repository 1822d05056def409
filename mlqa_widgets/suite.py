"""A scan as a test of the next delivery: the same checks, with what was decided, on new data.

A suite is one TOML file: what is checked, which columns play which role, what was dismissed and why, and from which
severity on a finding fails. It is made by ``Scan.to_suite`` and read by :func:`check` and the command line.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import tomlkit
from tomlkit.exceptions import TOMLKitError

from mlqa_widgets.checks.registry import chosen_checks
from mlqa_widgets.decisions import Decisions, Dismissal
from mlqa_widgets.dictionary import Dictionary
from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.naming import nearest
from mlqa_widgets.notebook import Shown
from mlqa_widgets.scan import Scan
from mlqa_widgets.wording import count, listing, shortened, visible

if TYPE_CHECKING:
    from mlqa_widgets.widgets.suite import SuiteWidget

_VERSION = 1
_ROWS = 20
_ROLES = ("target", "key", "time", "group", "location", "region")


@dataclass(frozen=True)
class Suite:
    """What is checked of every delivery of a table.

    Attributes
    ----------
    table
        What the table is called.
    checks
        Ids of the checks to run.
    roles
        Which columns are the target, the key, the time, the group, the location; and the region.
    decisions
        What was dismissed.
    fail_at
        The severity from which on a finding that was not dismissed fails its check.
    columns
        Names of the columns that a delivery must have; none for any. Others may be there too.
    dictionary
        What the columns mean and may hold.
    """

    table: str
    checks: tuple[str, ...]
    roles: Mapping[str, Any] = field(default_factory=dict)
    decisions: Decisions = field(default_factory=Decisions)
    fail_at: Severity = Severity.WARNING
    columns: tuple[str, ...] = ()
    dictionary: Dictionary = field(default_factory=Dictionary)

    @classmethod
    def read(cls, path: str | Path) -> Suite:
        """Read a suite from its file.

        Raises
        ------
        InputError
            When there is no such file, or it is no suite; the message says which entry.
        """
        path = Path(path)
        try:
            document = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
        except OSError as error:
            msg = f"suite: {path} cannot be read: {error.strerror}."
            raise InputError(msg) from error
        except (TOMLKitError, UnicodeDecodeError) as error:
            msg = f"suite: {path.name} is not valid TOML: {error}."
            raise InputError(msg) from error
        return cls._understood(document, path.name)

    @classmethod
    def _understood(cls, document: dict[str, Any], name: str) -> Suite:
        if document.get("version", _VERSION) != _VERSION:
            msg = f"suite: {name} is of version {document['version']!r}, and this mlqa_widgets reads version {_VERSION}. Make it anew with scan.to_suite(), or install the version that made it."
            raise InputError(msg)
        try:
            roles = dict(document.get("roles", {}))
            dismissed = tuple(
                Dismissal(e["check"], tuple(e["columns"]), e["reason"], dt.date.fromisoformat(str(e["on"])))
                for e in document.get("dismissed", [])
            )
            suite = cls(
                str(document["table"]),
                tuple(document["checks"]),
                roles,
                Decisions(dismissed),
                Severity(document.get("fail_at", Severity.WARNING)),
                tuple(map(str, document.get("columns", []))),
                Dictionary.read(document["dictionary"]) if "dictionary" in document else Dictionary(),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            msg = f"suite: {name} lacks or misspells {error}. Make it with scan.to_suite()."
            raise InputError(msg) from error
        for role in roles:
            if role not in _ROLES:
                msg = f"suite: {name} names a role {role!r}. {nearest(role, _ROLES)}"
                raise InputError(msg)
        chosen_checks(suite.checks)
        return suite

    def write(self, path: str | Path) -> Path:
        """Write the suite to a file that reads well and merges well."""
        document = tomlkit.document()
        document.add(tomlkit.comment("What is checked of every delivery: mlqa check DATA --suite THIS FILE"))
        document["version"] = _VERSION
        document["table"] = self.table
        document["fail_at"] = self.fail_at.value
        document["checks"] = tomlkit.item(list(self.checks)).multiline(multiline=True)
        if self.columns:
            document["columns"] = tomlkit.item(list(self.columns)).multiline(multiline=True)
        if self.roles:
            document["roles"] = dict(self.roles)
        if self.dictionary.fields:
            document["dictionary"] = _written(self.dictionary.descriptor)
        if self.decisions.dismissed:
            entries = tomlkit.aot()
            for one in self.decisions.dismissed:
                entry = tomlkit.table()
                entry.update({"check": one.check, "columns": list(one.columns), "reason": one.reason, "on": one.on})
                entries.append(entry)
            document["dismissed"] = entries
        path = Path(path)
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
        return path


def suite_of(scan: Scan, fail_at: str) -> Suite:
    """Return the suite that runs what ``scan`` ran, with what was decided about its table."""
    if fail_at not in list(Severity):
        msg = f"fail_at: {fail_at!r} is no severity. {nearest(fail_at, list(Severity))}"
        raise InputError(msg)
    roles, table = scan.result.profile.roles, scan.table

    def names(positions: tuple[int, ...]) -> list[str]:
        return [table.columns[i].name for i in positions]

    said = {
        "target": None if roles.target is None else table.columns[roles.target].name,
        "key": names(roles.key),
        "time": None if roles.time is None else table.columns[roles.time].name,
        "group": names(roles.group),
        "location": names(roles.location or ()),
        "region": roles.region,
    }
    return Suite(
        table.name,
        scan.result.checks,
        {role: value for role, value in said.items() if value},
        Decisions(scan.decisions.dismissed),
        Severity(fail_at),
        tuple(column.name for column in table.columns),
        roles.dictionary,
    )


def _written(value: Any) -> Any:
    """Return a part of a Table Schema as TOML can hold it, which knows no null."""
    if isinstance(value, Mapping):
        return {key: _written(one) for key, one in value.items() if one is not None}
    return [_written(one) for one in value if one is not None] if isinstance(value, list) else value


class SuiteResult(Shown):
    """What a suite says of new data: pass or fail per check, with the rows.

    Attributes
    ----------
    suite
        What was checked.
    scan
        The scan of the new data, with all it can show.
    missing
        Names of the columns of the suite that the data lack.
    """

    def __init__(self, suite: Suite, scan: Scan) -> None:
        self.suite = suite
        self.scan = scan
        self.missing = tuple(name for name in suite.columns if name not in {one.name for one in scan.table.columns})
        self._failed: dict[str, list[int]] = {}
        self._errors: dict[str, list[str]] = {}
        self._widget: SuiteWidget | None = None
        for i, finding in enumerate(scan.result.findings):
            if finding.severity.level >= suite.fail_at.level and self._dismissal(finding) is None:
                self._failed.setdefault(finding.check, []).append(i)
        for failure in scan.result.failures:
            self._errors.setdefault(failure.check, []).append(f"{failure.column or 'the table'}: {failure.error}")

    def _dismissal(self, finding: Finding) -> Dismissal | None:
        return self.suite.decisions.dismissal(finding.identity, self.scan.names(finding))

    @property
    def passed(self) -> bool:
        """Whether every check passed and could be run, and every column is there."""
        return not (self._failed or self._errors or self.missing)

    @property
    def checks(self) -> pd.DataFrame:
        """One row per check: ``check``, ``status``, ``findings``, ``rows``, ``message``.

        ``status`` is pass, fail, or error where it could not be run. The first check, ``columns``, is whether the
        columns of the suite are all there.
        """
        lines = [
            {
                "check": "columns",
                "status": "fail" if self.missing else "pass",
                "findings": int(bool(self.missing)),
                "rows": 0,
                "message": _missing_columns(self.missing),
            }
        ]
        for check in self.suite.checks:
            found = [self.scan.finding(i) for i in self.failed(check)]
            errors = self._errors.get(check, [])
            lines.append(
                {
                    "check": check,
                    "status": "fail" if found else "error" if errors else "pass",
                    "findings": len(found),
                    "rows": sum(finding.rows for finding in found),
                    "message": " ".join([*(finding.message for finding in found), *errors]),
                }
            )
        return pd.DataFrame(lines, columns=["check", "status", "findings", "rows", "message"])

    def failed(self, check: str) -> list[int]:
        """Return which of :attr:`findings` make a check fail."""
        return self._failed.get(check, [])

    @property
    def findings(self) -> pd.DataFrame:
        """The findings that fail, as in ``Scan.findings`` and with its index."""
        return self.scan.findings.loc[sorted(i for found in self._failed.values() for i in found)]

    def rows(self, i: int, limit: int | None = None) -> pd.DataFrame:
        """Return the offending rows of finding ``i`` of :attr:`findings`."""
        return self.scan.rows(i, limit)

    # ------------------------------------------------------------------ reports

    def to_json(self, rows: int = _ROWS) -> str:
        """Return the result as JSON: the table, whether it passed, and one entry per check with what it found.

        Parameters
        ----------
        rows
            How many offending rows of each finding are in it: their labels and the cells of its columns, as text.
        """
        checks = []
        for line in self.checks.to_dict("records"):
            found = [self._finding(i, rows) for i in self.failed(line["check"])]
            checks.append(line | {"found": found})
        said = {
            "table": self.scan.table.name,
            "rows": self.scan.table.row_count,
            "passed": self.passed,
            "checks": checks,
        }
        return json.dumps(said, indent=2, ensure_ascii=False)

    def _finding(self, i: int, limit: int) -> dict[str, Any]:
        finding = self.scan.finding(i)
        shown = self.rows(i, limit) if limit and finding.rows else None
        columns = finding.columns or tuple(range(len(self.scan.table.columns)))
        names = [self.scan.table.columns[position].name for position in columns]
        return {
            "severity": finding.severity.value,
            "columns": list(self.scan.names(finding)),
            "rows": finding.rows,
            "message": finding.message,
            "first_rows": []
            if shown is None
            else [
                {"row": str(label), "cells": dict(zip(names, cells, strict=True))}
                for label, *cells in zip(
                    shown.index, *([_cell(value) for value in shown.iloc[:, at]] for at in columns), strict=True
                )
            ],
        }

    def to_junit(self) -> str:
        """Return the result as JUnit XML, which build servers show: one test case per check."""
        checks = self.checks
        counts = checks["status"].value_counts()
        figures = {
            "tests": str(len(checks)),
            "failures": str(counts.get("fail", 0)),
            "errors": str(counts.get("error", 0)),
            "skipped": "0",
            "time": f"{self.scan.result.seconds:.3f}",
        }
        suites = ET.Element("testsuites", {"name": "mlqa check", **figures})
        suite = ET.SubElement(suites, "testsuite", {"name": visible(self.scan.table.name), **figures})
        for line in checks.to_dict("records"):
            case = ET.SubElement(suite, "testcase", classname=visible(self.suite.table), name=line["check"], time="0")
            if line["status"] != "pass":
                kind = "failure" if line["status"] == "fail" else "error"
                told = ET.SubElement(case, kind, message=visible(line["message"]), type=line["check"])
                told.text = "\n".join(self._told(line["check"])) or visible(line["message"])
        ET.indent(suites)
        return ET.tostring(suites, encoding="unicode", xml_declaration=True)

    def _told(self, check: str) -> list[str]:
        """Return what a check found, finding by finding, each with its first rows."""
        lines = []
        for i in self.failed(check):
            found = self._finding(i, _ROWS)
            lines.append(f"{found['severity']}: {visible(found['message'])}")
            for row in found["first_rows"]:
                cells = ", ".join(
                    f"{name}: {'missing' if cell is None else cell!r}" for name, cell in row["cells"].items()
                )
                lines.append(visible(f"  row {row['row']}: {cells}"))
        return lines

    # ------------------------------------------------------------------ showing

    def __repr__(self) -> str:
        checks, name = self.checks, self.scan.table.name
        if self.passed:
            return f"<SuiteResult of {name}: {count(len(checks), 'check')} passed>"
        failed = checks[checks["status"] != "pass"]
        lines = [f"  error: columns: {_missing_columns(self.missing)}"] if self.missing else []
        lines += [f"  {line.severity}: {line.check}: {line.message}" for line in self.findings.itertuples()]
        lines += [f"  error: {check}: {text}" for check, texts in self._errors.items() for text in texts]
        return f"<SuiteResult of {name}: {len(failed)} of {count(len(checks), 'check')} failed>\n" + "\n".join(lines)

    def widget(self) -> SuiteWidget:
        """Return the widget of this result: what a notebook shows, and what knows the finding on screen."""
        if self._widget is None:
            from mlqa_widgets.widgets.suite import SuiteWidget

            self._widget = SuiteWidget(self)
        return self._widget


def _missing_columns(names: Sequence[str]) -> str:
    if not names:
        return ""
    listed = listing([shortened(name) for name in names], 6)
    return f"{count(len(names), 'column')} of the suite {'is' if len(names) == 1 else 'are'} missing: {listed}."


def _cell(value: Any) -> str | None:
    return None if np.ndim(value) == 0 and pd.isna(value) else str(value)


def check(data: Any, suite: Suite | str | Path, *, table: str | None = None) -> SuiteResult:
    """Run a suite on new data.

    Parameters
    ----------
    data
        A frame or the path of a file, as for :func:`mlqa_widgets.scan`.
    suite
        A suite, or the path of its file.
    table
        Which table of a database file, or which sheet of a workbook.

    Returns
    -------
    SuiteResult
        Pass or fail per check, with the rows.

    Raises
    ------
    InputError
        When the suite cannot be understood, or the data lack a column that it names.

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> visits = pd.DataFrame({"street": ["Main", "Elm", "Oak"] * 20})
    >>> suite = mq.scan(visits, checks=["blank_strings"]).to_suite()
    >>> mq.check(visits.replace("Elm", " "), suite).checks[["check", "status", "rows"]].values.tolist()
    [['columns', 'pass', 0], ['blank_strings', 'fail', 20]]
    """
    if isinstance(suite, (str, Path)):
        suite = Suite.read(suite)
    scan = Scan(
        data,
        table,
        None if isinstance(data, (str, Path)) else suite.table,
        {
            **dict.fromkeys((*_ROLES, "dictionary")),
            **suite.roles,
            "dictionary": suite.dictionary if suite.dictionary.fields else None,
        },
        chosen_checks(suite.checks),
    )
    scan.start()
    scan.wait()
    return SuiteResult(suite, scan)
