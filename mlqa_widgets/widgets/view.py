"""A scan in the shapes that cross to the browser. No analysis: figures are only looked up and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from mlqa_widgets.charts.maps import map_spec, place_labels
from mlqa_widgets.charts.specs import chart_spec, item_labels
from mlqa_widgets.dictionary import Field
from mlqa_widgets.errors import FixRefused, InputError
from mlqa_widgets.evidence import Bar, Bars, Evidence, Examples, Groups, Histogram, Map, Strip, Timeline
from mlqa_widgets.findings import Finding
from mlqa_widgets.fixes.apply import preview_fix
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.options import options
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.scan import Scan
from mlqa_widgets.tables.table import NO_ROW, Predicate, Table
from mlqa_widgets.widgets.declared import declared_view
from mlqa_widgets.widgets.messages.scan import (
    BarView,
    ChangeView,
    ColumnCard,
    Detail,
    EvidenceView,
    FindingCard,
    FixView,
    Narrowing,
    RowsRequest,
    ScanView,
    TableCard,
)
from mlqa_widgets.widgets.messages.shared import RowsPage
from mlqa_widgets.widgets.rows import label_text, rows_page
from mlqa_widgets.wording import number, value_text, visible

_CELL = 500
_HEIGHTS = 20
_TOP = 12
_KEPT = 4
_FIRST_ROWS = 1000
_WIDTH = 360


def scan_view(scan: Scan) -> ScanView:
    """Return what is shown before anything is clicked."""
    result = scan.result
    dictionary = {field.name: field for field in result.profile.roles.dictionary}
    return {
        "table": _table_card(scan),
        "findings": [
            _finding_card(scan, i, finding, within_budget=within_budget)
            for i, (finding, within_budget) in enumerate(zip(result.findings, scan.within_budget, strict=True))
        ],
        "columns": [_column_card(column, dictionary.get(column.name)) for column in result.profile.columns],
        "failures": [
            f"{failure.check} could not look at {failure.column or 'the table'}: {failure.error}"
            for failure in result.failures
        ],
        "checks": list(result.checks),
        "planned": [{"finding": finding, "fix": fix} for finding, fix in scan.chosen],
    }


def detail(scan: Scan, index: int) -> Detail:
    """Return what is shown of one finding."""
    finding = scan.finding(index)
    return {
        "why": finding.why,
        "evidence": [evidence_view(evidence) for evidence in finding.evidence],
        "fixes": [_fix(scan, finding, fix) for fix in finding.fixes],
    }


Part = tuple[int, int, tuple[float, ...] | None]
"""What rows are narrowed to: which evidence, which item of it, which box of a map."""


class RowPages:
    """Pages of a scan's offending rows; the last few selections and orders are kept.

    The first pages of an order are looked for alone, which is many times faster than sorting all rows; further
    down, all of them are sorted once.
    """

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._among = lru_cache(maxsize=_KEPT)(self._selected)
        self._in_order = lru_cache(maxsize=_KEPT)(self._positions)
        self._sorted = lru_cache(maxsize=_KEPT)(self._sorted_positions)

    def positions(self, finding: int, narrowing: Narrowing | None) -> np.ndarray:
        """Return the positions of the rows on screen, in table order."""
        return self._in_order(finding, _part(narrowing))

    def first(self, finding: int, rows: int) -> RowsPage:
        """Return the first rows of a finding, in table order."""
        return self.page(
            {
                "type": "rows",
                "id": 0,
                "finding": finding,
                "narrowing": None,
                "order_by": None,
                "descending": False,
                "start": 0,
                "stop": rows,
            }
        )

    def page(self, request: RowsRequest) -> RowsPage:
        """Return one page of rows as the browser asked for it."""
        table: Table = self._scan.table
        finding = self._scan.finding(request["finding"])
        part = _part(request["narrowing"])
        chosen, total = self._chosen(request, part)
        own = dict.fromkeys(finding.columns)
        order = [*own, *(column.position for column in table.columns if column.position not in own)]
        return rows_page(table.take(chosen), chosen, order, total)

    def _chosen(self, request: RowsRequest, part: Part | None) -> tuple[np.ndarray, int]:
        """Return the positions of a page's rows, and how many rows there are in all."""
        table, finding, order_by = self._scan.table, request["finding"], request["order_by"]
        start, stop, descending = request["start"], request["stop"], request["descending"]
        where, total = self._among(finding, part)
        if total > options.rows_looked_at or table.engine.is_remote:
            by = None if order_by is None else table.columns[order_by]
            return table.page(where, start, stop, by, descending=descending), total
        if order_by is None:
            return self._in_order(finding, part)[start:stop], total
        limit = _FIRST_ROWS if stop <= _FIRST_ROWS else total
        return self._sorted(finding, part, order_by, descending, limit)[start:stop], total

    def _selected(self, finding: int, part: Part | None) -> tuple[Predicate, int]:
        """Return which rows are shown, and their number: of a part the offending ones, or all where none offends."""
        found, table = self._scan.finding(finding), self._scan.table
        if part is None:
            return found.predicate, table.count(found.predicate)
        of_item = _item_predicate(found, *part)
        offending = of_item & found.predicate
        rows = table.count(offending)
        return (offending, rows) if rows else (of_item, table.count(of_item))

    def _positions(self, finding: int, part: Part | None) -> np.ndarray:
        return self._scan.table.positions(self._among(finding, part)[0])

    def _sorted_positions(
        self, finding: int, part: Part | None, order_by: int, descending: bool, limit: int
    ) -> np.ndarray:
        table = self._scan.table
        return table.sort(self._in_order(finding, part), table.columns[order_by], descending=descending, limit=limit)


def _part(narrowing: Narrowing | None) -> Part | None:
    if narrowing is None:
        return None
    area = narrowing.get("area")
    return narrowing["evidence"], narrowing["item"], None if area is None else tuple(area)


def _item_predicate(finding: Finding, evidence: int, item: int, area: tuple[float, ...] | None) -> Predicate:
    chosen = finding.evidence[evidence] if 0 <= evidence < len(finding.evidence) else None
    predicate: Predicate | None = None
    if isinstance(chosen, Map):
        predicate = chosen.at(item) if area is None else chosen.places.within(*area)
    elif chosen is not None and 0 <= item < len(predicates := parts_of(chosen)):
        predicate = predicates[item]
    if predicate is None:
        msg = "This part of the evidence has no rows to show."
        raise InputError(msg)
    return predicate


def parts_of(evidence: Evidence) -> Sequence[Predicate | None]:
    """Return the rows of each part of the evidence, in the order its parts are numbered."""
    match evidence:
        case Bars():
            return [bar.predicate for bar in evidence.bars]
        case Groups():
            return [bar.predicate for group in evidence.groups for bar in group]
        case Histogram() | Strip() | Timeline():
            return evidence.predicates
        case Examples() | Map():
            return ()


def _table_card(scan: Scan) -> TableCard:
    table, result = scan.table, scan.result
    facts = dict(table.source.facts)
    if options.memory_limit is not None:
        facts["memory limit"] = options.memory_limit
    if table.draw.looked_at is not None:
        facts["rows looked at one by one"] = f"{table.draw.looked_at:,}: {table.draw.drawn}"
    return {
        "name": table.name,
        "rows": table.row_count,
        "columns": len(table.columns),
        "seconds": round(result.seconds, 3),
        "engine": table.engine.name,
        "read": scan.read,
        "source": table.source.kind,
        "facts": facts,
    }


def _finding_card(scan: Scan, index: int, finding: Finding, *, within_budget: bool) -> FindingCard:
    dismissal = scan.dismissal(finding)
    return {
        "index": index,
        "check": finding.check,
        "severity": finding.severity.value,
        "columns": list(finding.columns),
        "rows": finding.rows,
        "share": finding.share(scan.table.row_count),
        "message": visible(finding.message),
        "dismissed": {"reason": dismissal.reason, "on": dismissal.on.isoformat()} if dismissal else None,
        "folded": [visible(folded.message) for folded in finding.folded],
        "within_budget": within_budget,
        "ranked_lower": scan.ranked_lower(finding),
    }


def _column_card(column: ColumnProfile, field: Field | None) -> ColumnCard:
    heights, labels = _small_histogram(column)
    summary = column.numeric
    if summary is not None:
        span = f"{number(summary.minimum)} to {number(summary.maximum)}"
    elif column.column.storage == "datetime" and len(column.values):
        times = column.values.to_pandas()
        span = f"{times.min():%Y-%m-%d} to {times.max():%Y-%m-%d}"
    else:
        span = ""
    return {
        "position": column.position,
        "name": visible(column.name),
        "kind": column.kind.value,
        "kind_reason": column.kind_reason,
        "type": column.column.source_type,
        "missing": column.nulls / max(1, column.rows),
        "distinct": column.distinct,
        "heights": heights,
        "labels": labels,
        "range": span,
        "description": field.description if field else "",
        "comment": column.column.comment,
        "declared": declared_view(field),
    }


def _small_histogram(column: ColumnProfile) -> tuple[list[int], list[str]]:
    summary = column.numeric
    if summary is not None and len(summary.values) > _TOP:
        low, high = summary.quantile([0.005, 0.995])
        inside = (summary.values >= low) & (summary.values <= high)
        heights, edges = np.histogram(summary.values[inside], bins=_HEIGHTS, weights=summary.counts[inside])
        spans = pairwise(edges)
        return heights.astype(int).tolist(), [f"{number(a)} to {number(b)}" for a, b in spans]
    shown = column.value_rows(_TOP)
    if column.is_numeric:
        shown.sort(key=lambda pair: float(pair[0]) if _is_number(pair[0]) else float("inf"))
    return [rows for _, rows in shown], [visible(value_text(value)[:60]) for value, _ in shown]


def _is_number(value: Any) -> bool:
    try:
        return not np.isnan(float(value))
    except (TypeError, ValueError):
        return False


def evidence_view(evidence: Evidence) -> EvidenceView:
    """Return one piece of evidence as the browser draws it."""
    match evidence:
        case Bars():
            return {
                "kind": "bars",
                "title": visible(evidence.title),
                "bars": [_bar(bar) for bar in evidence.bars],
                "more": evidence.more,
                "more_rows": evidence.more_rows,
            }
        case Groups():
            return {
                "kind": "groups",
                "title": visible(evidence.title),
                "groups": [[_bar(bar) for bar in group] for group in evidence.groups],
                "more": evidence.more,
            }
        case Map():
            return {
                "kind": "chart",
                "title": visible(evidence.title),
                "spec": map_spec(evidence),
                "items": [
                    {"item": item, "label": label, "rows": rows}
                    for item, (label, rows) in enumerate(place_labels(evidence))
                ],
            }
        case Examples():
            return {
                "kind": "examples",
                "title": visible(evidence.title),
                "headers": list(evidence.headers),
                "lines": [[visible(cell) for cell in line] for line in evidence.lines],
            }
        case Histogram() | Strip() | Timeline():
            return {
                "kind": "chart",
                "title": visible(evidence.title),
                "spec": chart_spec(evidence),
                "items": [
                    {"item": item, "label": label, "rows": rows}
                    for item, ((label, rows), predicate) in enumerate(
                        zip(item_labels(evidence), evidence.predicates, strict=False)
                    )
                    if predicate is not None
                ],
            }


def _bar(bar: Bar) -> BarView:
    return {
        "label": visible(bar.label),
        "rows": bar.rows,
        "flagged": bar.flagged,
        "note": visible(bar.note),
        "clickable": bar.predicate is not None and bar.predicate is not NO_ROW,
    }


def _fix(scan: Scan, finding: Finding, fix: Fix) -> FixView:
    preview: list[ChangeView] = []
    refused = ""
    try:
        preview = [
            {
                "row": label_text(change.row),
                "column": visible(change.column),
                "before": None if change.before is None else visible(change.before[:_CELL]),
                "after": None if change.after is None else visible(change.after[:_CELL]),
                "dropped": change.dropped,
            }
            for change in preview_fix(fix, scan.table, finding.predicate)
        ]
    except FixRefused as refusal:
        refused = str(refusal)
    return {"title": fix.title, "code": fix.code, "note": fix.note, "preview": preview, "refused": refused}


def static_evidence(scan: Scan, index: int) -> list[dict[str, Any]]:
    """Return the evidence of a finding in the few forms plain HTML can draw: lines with a bar, columns, a table."""
    return drawn_plainly(scan.finding(index).evidence)


def drawn_plainly(among: Sequence[Evidence]) -> list[dict[str, Any]]:
    """Return evidence in the few forms plain HTML can draw."""
    drawn: list[dict[str, Any]] = []
    for evidence in among:
        match evidence:
            case Bars():
                drawn.append(_lines(evidence.title, evidence.bars, evidence.more))
            case Groups():
                shown = evidence.groups[:_TOP]
                bars = [bar for group in shown for bar in group]
                drawn.append(_lines(evidence.title, bars, evidence.more + len(evidence.groups) - len(shown)))
            case Histogram():
                peak = max(evidence.counts, default=0) or 1
                columns = [
                    {"height": round(48 * rows / peak) or int(rows > 0), "flagged": share > 0}
                    for rows, share in zip(evidence.counts, evidence.flagged, strict=True)
                ]
                drawn.append({"form": "columns", "title": evidence.title, "axis": evidence.axis, "columns": columns})
            case Strip():
                lanes = [
                    {"name": lane, "runs": _runs([max(0.06, round(share, 1)) for share in shares])}
                    for lane, shares in zip(evidence.lanes[:_TOP], evidence.shares, strict=False)
                ]
                drawn.append({"form": "strip", "title": evidence.title, "lanes": lanes})
            case Timeline():
                drawn.append(_static_timeline(evidence))
            case Map():
                places = [(text, f"{rows:,}") for text, rows in place_labels(evidence)[:_TOP]]
                headers = ("latitude, longitude", "rows")
                drawn.append({"form": "table", "title": evidence.title, "headers": headers, "lines": places})
            case Examples():
                drawn.append(
                    {
                        "form": "table",
                        "title": evidence.title,
                        "headers": evidence.headers,
                        "lines": evidence.lines[:_TOP],
                    }
                )
    return drawn


def _static_timeline(evidence: Timeline) -> dict[str, Any]:
    """Return series over time as blocks in proportion, and the offending stretches in words."""
    spans = evidence.spans
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    scale = _WIDTH / ((end - start) or 1)
    lanes = []
    for lane in evidence.lanes[:_TOP]:
        blocks: list[dict[str, Any]] = []
        at = start
        for span in lane.spans:
            gap, width = round((span.start - at) * scale), max(2, round((span.end - span.start) * scale))
            blocks.append({"before": max(0, gap), "width": width, "kind": span.kind})
            at = max(at, span.end)
        told = [visible(span.label) for span in lane.spans if span.kind != "present"]
        lanes.append({"name": visible(lane.name), "blocks": blocks, "told": told[:2], "more": max(0, len(told) - 2)})
    more = evidence.more + max(0, len(evidence.lanes) - _TOP)
    return {"form": "timeline", "title": evidence.title, "lanes": lanes, "more": more}


def _runs(shades: Sequence[float]) -> list[dict[str, float]]:
    """Return neighbouring blocks of one shade as one: a strip of its own for each would take most of the page."""
    return [{"shade": shade, "blocks": len(list(run))} for shade, run in groupby(shades)]


def _lines(title: str, bars: Sequence[Bar], more: int) -> dict[str, Any]:
    shown = bars[: 2 * _TOP]
    peak = max((bar.rows for bar in shown), default=0) or 1
    lines = [
        {
            "label": visible(bar.label[:80]),
            "rows": bar.rows,
            "width": max(1, round(100 * bar.rows / peak)),
            "flagged": bar.flagged,
            "note": visible(bar.note[:80]),
        }
        for bar in shown
    ]
    return {"form": "lines", "title": title, "lines": lines, "more": more + len(bars) - len(shown)}
