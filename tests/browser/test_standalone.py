"""A page with no kernel: a scan as ``standalone.js`` shows it, opened from a file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.offline import record_errors

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from mlqa_widgets.widgets.messages.scan import FindingCard, ScanView
    from tests.browser.offline import OfflineBrowser

_STATIC = files("mlqa_widgets") / "static"

_FINDING: FindingCard = {
    "index": 0,
    "check": "placeholders",
    "severity": "error",
    "columns": [1],
    "rows": 400,
    "share": 0.1,
    "message": "weight is -999 in 400 rows: it stands for missing.",
    "dismissed": None,
    "folded": [],
    "within_budget": True,
    "ranked_lower": "",
}

_VIEW: ScanView = {
    "checks": ["placeholders"],
    "planned": [],
    "table": {
        "name": "visits",
        "rows": 4000,
        "columns": 2,
        "seconds": 0.2,
        "engine": "DuckDB",
        "read": "all rows read",
        "source": "CSV",
        "facts": {"delimiter": "comma"},
    },
    "findings": [_FINDING],
    "columns": [
        {
            "position": position,
            "name": name,
            "kind": "numeric",
            "kind_reason": "",
            "type": "float64",
            "missing": 0.0,
            "distinct": 3,
            "heights": [1, 2],
            "labels": ["0", "1"],
            "range": "-999 to 120",
            "description": "",
            "comment": "",
            "declared": {
                "type": "",
                "unit": "",
                "enum": "",
                "minimum": "",
                "maximum": "",
                "pattern": "",
                "required": False,
                "unique": False,
            },
        }
        for position, name in enumerate(["height", "weight"])
    ],
    "failures": [],
}

_CHART = {
    "data": {"values": [{"item": 0, "rows": 3}, {"item": 1, "rows": 5}]},
    "params": [{"name": "pick", "select": {"type": "point", "fields": ["item"]}}],
    "mark": "bar",
    "width": "container",
    "encoding": {"x": {"field": "item"}, "y": {"field": "rows", "type": "quantitative"}},
}

_EXPORTED = {
    "view": _VIEW,
    "details": {
        "0": {
            "why": "A mean of weights and codes is neither.",
            "evidence": [{"kind": "chart", "title": "weight", "spec": _CHART, "items": []}],
            "fixes": [],
        }
    },
    "rows": {
        "0": {
            "total": 400,
            "columns": [1, 0],
            "rows": [{"position": i, "label": f"v{i}", "cells": ["-999", str(i)]} for i in range(120)],
        }
    },
}


def _code(name: str) -> str:
    text = (_STATIC / name).read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _written(exported: dict[str, Any], *, vega: bool = True) -> str:
    data = json.dumps(exported).replace("<", "\\u003c")
    runtime = f'<script type="text/plain" id="mlqa-vega">{_code("vega-runtime.js")}</script>' if vega else ""
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>Report</title><style>{(_STATIC / "scan.css").read_text(encoding="utf-8")}</style>
<div id="mlqa">the static view</div>
<script type="application/json" id="mlqa-scan">{data}</script>{runtime}
<script type="module">{_code("standalone.js")}</script></html>"""


@pytest.fixture
def page(browser: OfflineBrowser) -> Page:
    return browser.new_page()


def test_a_page_from_a_file_shows_the_scan_and_draws_its_chart(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(_written(_EXPORTED), encoding="utf-8")
    errors = record_errors(page)
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", name="weight is -999 in 400 rows")).to_be_visible()
    expect(page.locator(".role-mark path")).to_have_count(2)
    expect(page.get_by_text("400 rows, 10 %; 120 of them on this page")).to_be_visible()
    expect(page.get_by_text("the static view")).to_have_count(0)
    assert errors == []


def test_rows_of_a_page_are_sorted_in_the_page(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(_written(_EXPORTED), encoding="utf-8")
    page.goto(file.as_uri())
    height = page.get_by_role("columnheader", name="height").get_by_role("button")
    height.click()
    height.click()
    expect(page.get_by_role("grid").get_by_role("rowheader").first).to_have_text("v119")


def test_a_page_without_the_chart_runtime_says_so(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(_written(_EXPORTED, vega=False), encoding="utf-8")
    page.goto(file.as_uri())
    expect(page.get_by_text("Charts cannot be drawn here: the chart runtime is missing.")).to_be_visible()


def test_what_the_data_says_never_ends_the_script_it_stands_in(page: Page, tmp_path: Path) -> None:
    sentence = "weight is </script><!--<script>alert(1)</script> in 400 rows."
    finding: FindingCard = {**_FINDING, "message": sentence}
    view: ScanView = {**_VIEW, "findings": [finding]}
    file = tmp_path / "report.html"
    file.write_text(_written({**_EXPORTED, "view": view}), encoding="utf-8")
    errors = record_errors(page)
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", name=sentence)).to_be_visible()
    assert errors == []
