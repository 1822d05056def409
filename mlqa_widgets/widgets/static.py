"""The static view: what a reader without a kernel sees. Every value is escaped by the template engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2

from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.options import options
from mlqa_widgets.scan import Scan
from mlqa_widgets.widgets.declared import declared_line
from mlqa_widgets.widgets.view import scan_view, static_evidence
from mlqa_widgets.wording import count, listing, number, percent

if TYPE_CHECKING:
    from mlqa_widgets.checkpoints.change import Change
    from mlqa_widgets.sampling import SampleCheck

_FINDINGS = 40
_DRAWN = 12
_COLUMNS = 60
_MOVED = 0.05


def static_scan(scan: Scan, chosen: int) -> str:
    """Return the findings as HTML that survives a sanitiser: no style sheet, script, SVG or data attributes."""
    if not scan.done:
        return template("waiting.html").render(scan=scan)
    if scan.error is not None:
        return template("failed.html").render(scan=scan)
    view = scan_view(scan)
    findings = scan.result.findings
    shown = [
        {
            "card": card,
            "sentence": card["message"] if options.static_values else _without_values(scan, findings[card["index"]]),
            "folded": card["folded"] if options.static_values else [],
            "finding": findings[card["index"]],
            "evidence": _evidence(scan, card["index"]) if place < _DRAWN or card["index"] == chosen else [],
        }
        for place, card in enumerate(
            sorted(view["findings"], key=lambda card: card["dismissed"] is not None)[:_FINDINGS]
        )
    ]
    return template("scan.html").render(
        view=view,
        shown=shown,
        more=len(findings) - len(shown),
        chosen=chosen,
        values=options.static_values,
        columns=view["columns"][:_COLUMNS],
        plan=_plan(scan) if options.static_values else "",
        more_columns=max(0, len(view["columns"]) - _COLUMNS),
        severities=[(s.value, sum(f.severity is s for f in findings)) for s in Severity],
    )


def _plan(scan: Scan) -> str:
    return scan.plan().draft if scan.chosen else ""


def _without_values(scan: Scan, finding: Finding) -> str:
    """Return what was found and where, without a value from the data."""
    columns = listing(scan.names(finding), limit=5)
    return finding.check.replace("_", " ") + (f" in {columns}" if columns else "")


def _evidence(scan: Scan, index: int) -> list[dict[str, object]]:
    return static_evidence(scan, index) if options.static_values else []


def static_history(changes: Sequence[Change], folder: str) -> str:
    """Return steps as cards."""
    shown = [(change, change.shifts[change.shifts >= _MOVED].head(_COLUMNS)) for change in changes]
    return template("history.html").render(shown=shown, folder=folder, values=options.static_values)


def static_sample_check(check: SampleCheck) -> str:
    """Return what differs between a sample and the whole, and a line for each column."""
    order = {"differs": 0, "differs slightly": 1, "too few rows": 2, "alike": 3, "not tested": 4}
    lines = sorted(check.lines, key=lambda line: (order[line.verdict], -line.weight))
    return template("sample_check.html").render(
        check=check,
        lines=lines[:_COLUMNS],
        more=max(0, len(lines) - _COLUMNS),
        counts=[(verdict, sum(line.verdict == verdict for line in lines)) for verdict in order],
        values=options.static_values,
    )


def _figure(value: Any) -> str:
    """Return a figure as people write it."""
    return "" if value is None else number(value) if isinstance(value, (int, float)) else str(value)


@cache
def template(name: str) -> jinja2.Template:
    """Return a template that escapes every value put into it."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("mlqa_widgets.widgets"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"percent": percent, "count": count, "figure": _figure, "said": declared_line}
    return environment.get_template(name)
