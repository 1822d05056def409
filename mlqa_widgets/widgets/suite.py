"""The widget of a suite's result: pass or fail per check, with the rows one click away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
import traitlets

from mlqa_widgets.findings import Severity
from mlqa_widgets.options import options
from mlqa_widgets.widgets.answering import Answer, AnsweringWidget
from mlqa_widgets.widgets.messages.shared import RowsPage
from mlqa_widgets.widgets.messages.suite import CheckLine, SuiteView
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.static import template
from mlqa_widgets.widgets.view import RowPages
from mlqa_widgets.wording import visible

if TYPE_CHECKING:
    from mlqa_widgets.suite import SuiteResult

_ORDER = ("error", "fail", "pass")


class SuiteWidget(AnsweringWidget):
    """Shows the result of a suite and knows which finding is on screen.

    Attributes
    ----------
    finding
        Index of the finding on screen (as in ``result.findings``), -1 for none. Assign to it to show another.
    """

    _esm = module_path("suite.js")
    _css = module_path("suite.css")

    finding = traitlets.Int(-1).tag(sync=True)

    def __init__(self, result: SuiteResult) -> None:
        super().__init__()
        self._result = result
        self._pages = RowPages(result.scan)
        self.view = _suite_view(result)
        self.finding = next((one["index"] for line in self.view["checks"] for one in line["found"]), -1)

    @property
    def selected_rows(self) -> pd.DataFrame:
        """The rows of the finding on screen, as they are in the data."""
        return self._result.rows(self.finding) if self.finding >= 0 else self._result.scan.table.frame().head(0)

    def _rows(self, request: dict[str, Any]) -> RowsPage:
        return self._pages.page({**request, "narrowing": None})  # type: ignore[typeddict-item]

    answers: ClassVar[Mapping[str, Answer]] = {"rows": _rows}

    def static_html(self) -> str:
        """Return the static twin: pass or fail per check, what failed first."""
        return template("suite.html").render(view=self.view, values=options.static_values)


def _suite_view(result: SuiteResult) -> SuiteView:
    table = result.scan.table
    checks = [_line(result, line) for line in result.checks.to_dict("records")]
    return {
        "suite": visible(result.suite.table),
        "table": visible(table.name),
        "rows": table.row_count,
        "passed": result.passed,
        "fail_at": result.suite.fail_at.value,
        "checks": sorted(checks, key=_worst_first),
        "columns": [
            {"name": visible(column.name), "numeric": column.storage in ("integer", "number")}
            for column in table.columns
        ],
    }


def _worst_first(line: CheckLine) -> tuple[int, int]:
    levels = [Severity(one["severity"]).level for one in line["found"]]
    return _ORDER.index(line["status"]), -max(levels, default=Severity.ERROR.level)


def _line(result: SuiteResult, line: dict[Any, Any]) -> CheckLine:
    scan = result.scan
    found = [(i, scan.finding(i)) for i in result.failed(line["check"])]
    return {
        "check": line["check"],
        "status": line["status"],
        "message": visible(line["message"]),
        "found": [
            {
                "index": i,
                "severity": finding.severity.value,
                "message": visible(finding.message),
                "rows": finding.rows,
                "columns": list(finding.columns),
            }
            for i, finding in found
        ],
    }
