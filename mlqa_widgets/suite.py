"""A scan as a test of the next delivery: the same checks, with what was decided, on new data.

A suite is one TOML file: what is checked, which columns play which role, what was dismissed and why, and from which
severity on a finding fails. It is made by ``Scan.to_suite`` and read by :func:`check` and the command line.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import tomlkit
from tomlkit.exceptions import TOMLKitError

from mlqa_widgets.checks.registry import chosen_checks
from mlqa_widgets.decisions import Decisions, Dismissal
from mlqa_widgets.dictionary import Dictionary
from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.naming import nearest
from mlqa_widgets.scan import Scan
from mlqa_widgets.wording import count, visible

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
        What was dismissed, and what the columns mean.
    fail_at
        The severity from which on a finding that was not dismissed fails its check.
    """

    table: str
    checks: tuple[str, ...]
    roles: Mapping[str, Any] = field(default_factory=dict)
    decisions: Decisions = field(default_factory=Decisions)
    fail_at: Severity = Severity.WARNING

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
                Decisions(dismissed, document.get("descriptions", {}), declared=document.get("declared", {})),
                Severity(document.get("fail_at", Severity.WARNING)),
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
        document["table"] = self.table
        document["fail_at"] = self.fail_at.value
        document["checks"] = tomlkit.item(list(self.checks)).multiline(multiline=True)
        if self.roles:
            document["roles"] = dict(self.roles)
        if self.decisions.descriptions:
            document["descriptions"] = dict(self.decisions.descriptions)
        if self.decisions.declared:
            document["declared"] = {name: dict(said) for name, said in self.decisions.declared.items()}
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
    descriptions = {one.name: one.description for one in roles.dictionary if one.description}
    declared = {one.name: one.properties("description") for one in roles.dictionary if one.properties("description")}
    return Suite(
        table.name,
        scan.result.checks,
        {role: value for role, value in said.items() if value},
        Decisions(scan.decisions.dismissed, descriptions, declared=declared),
        Severity(fail_at),
    )


class SuiteResult:
    """What a suite says of new data: pass or fail per check, with the rows.

    Attributes
    ----------
    suite
        What was checked.
    scan
        The scan of the new data, with all it can show.
    """

    def __init__(self, suite: Suite, scan: Scan) -> None:
        self.suite = suite
        self.scan = scan
        self._failed: dict[str, list[int]] = {}
        self._errors: dict[str, list[str]] = {}
        for i, finding in enumerate(scan.result.findings):
            if finding.severity.level >= suite.fail_at.level and self._dismissal(finding) is None:
                self._failed.setdefault(finding.check, []).append(i)
        for failure in scan.result.failures:
            self._errors.setdefault(failure.check, []).append(f"{failure.column or 'the table'}: {failure.error}")

    def _dismissal(self, finding: Finding) -> Dismissal | None:
        return self.suite.decisions.dismissal(finding.check, self.scan.names(finding))

    @property
    def passed(self) -> bool:
        """Whether every check passed and could be run."""
        return not self._failed and not self._errors

    @property
    def checks(self) -> pd.DataFrame:
        """One row per check: ``check``, ``status`` (pass, fail, or error where it could not be run), ``findings``, ``rows``, ``message``."""
        lines = []
        for check in self.suite.checks:
            found = [self.scan.finding(i) for i in self._failed.get(check, ())]
            errors = self._errors.get(check, [])
            lines.append(
                {
                    "check": check,
                    "status": "fail" if found else "error" if errors else "pass",
                    "findings": len(found),
                    "rows": sum(finding.rows for finding in found),
                    "message": "; ".join([*(finding.message for finding in found), *errors]),
                }
            )
        return pd.DataFrame(lines, columns=["check", "status", "findings", "rows", "message"])

    @property
    def findings(self) -> pd.DataFrame:
        """The findings that fail, as in ``Scan.findings`` and with its index."""
        return self.scan.findings.loc[sorted(i for found in self._failed.values() for i in found)]

    def rows(self, i: int, limit: int | None = None) -> pd.DataFrame:
        """Return the offending rows of finding ``i`` of :attr:`findings`."""
        return self.scan.rows(i, limit)

    def to_json(self) -> str:
        """Return the result as JSON: the table, whether it passed, and one entry per check."""
        said = {
            "table": self.scan.table.name,
            "rows": self.scan.table.row_count,
            "passed": self.passed,
            "checks": self.checks.to_dict("records"),
        }
        return json.dumps(said, indent=2, ensure_ascii=False)

    def to_junit(self) -> str:
        """Return the result as JUnit XML, which build servers show: one test case per check."""
        checks = self.checks
        counts = checks["status"].value_counts()
        suite = ET.Element(
            "testsuite",
            name=visible(self.scan.table.name),
            tests=str(len(checks)),
            failures=str(counts.get("fail", 0)),
            errors=str(counts.get("error", 0)),
        )
        for line in checks.to_dict("records"):
            case = ET.SubElement(suite, "testcase", classname=visible(self.suite.table), name=line["check"])
            if line["status"] != "pass":
                kind = "failure" if line["status"] == "fail" else "error"
                ET.SubElement(case, kind, message=visible(line["message"]))
        ET.indent(suite)
        return ET.tostring(suite, encoding="unicode", xml_declaration=True)

    def __repr__(self) -> str:
        failed = self.findings
        if self.passed:
            return f"<SuiteResult of {self.scan.table.name}: {count(len(self.suite.checks), 'check')} passed>"
        lines = [f"  {line.severity}: {line.check}: {line.message}" for line in failed.itertuples()]
        lines += [f"  error: {check}: {text}" for check, texts in self._errors.items() for text in texts]
        return f"<SuiteResult of {self.scan.table.name}: {count(len(lines), 'finding')} failed>\n" + "\n".join(lines)


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
    [['blank_strings', 'fail', 20]]
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
            "dictionary": Dictionary().edited_all(suite.decisions.edits) if suite.decisions.edits else None,
        },
        chosen_checks(suite.checks),
    )
    scan.start()
    scan.wait()
    return SuiteResult(suite, scan)
