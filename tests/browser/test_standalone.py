"""A page with no kernel: the widget modules of the notebook, mounted by ``standalone.js`` from a file."""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.offline import record_errors

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.offline import OfflineBrowser

_STATIC = files("mlqa_widgets") / "static"

_WIDGET = """export default {
  async render({ model, el, host }) {
    const counts = [...new Uint8Array(model.get("counts").buffer)];
    const { exports } = await host.getWidget("vega-runtime");
    await exports.embed(el, {
      title: model.get("title"),
      data: { values: counts.map((rows, category) => ({ rows, category })) },
      mark: "bar",
      encoding: { x: { field: "category" }, y: { field: "rows", type: "quantitative" } },
    }, { renderer: "svg", actions: false });
  },
}"""

_CHART: dict[str, Any] = {
    "widget": "chart",
    "traits": {"title": "Rows per category"},
    "buffers": {"counts": base64.b64encode(bytes([3, 5])).decode()},
}


def _page(state: dict[str, Any]) -> str:
    runtime = (_STATIC / "vega-runtime.js").read_text(encoding="utf-8")
    host = (_STATIC / "standalone.js").read_text(encoding="utf-8")
    return f"""<!doctype html><meta charset="utf-8"><title>Report</title><div id="mlqa"></div>
<script type="text/plain" data-mlqa-module="chart">{_WIDGET}</script>
<script type="text/plain" data-mlqa-module="vega-runtime">{runtime}</script>
<script type="application/json" id="mlqa-state">{json.dumps(state)}</script>
<script type="module">{host}</script>"""


def test_a_page_from_a_file_draws_a_chart_of_its_binary_traits(
    browser: OfflineBrowser, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(_page(_CHART), encoding="utf-8")
    page = browser.new_page()
    errors = record_errors(page)
    page.goto(file.as_uri())
    expect(page.locator(".role-mark path")).to_have_count(2)
    expect(page.get_by_text("Rows per category").first).to_be_visible()
    assert errors == []


def test_a_page_that_lacks_a_module_says_which(browser: OfflineBrowser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(_page({**_CHART, "widget": "absent"}), encoding="utf-8")
    page = browser.new_page()
    with page.expect_event("pageerror") as raised:
        page.goto(file.as_uri())
    assert 'The page lacks the module "absent"' in str(raised.value)
    expect(page.locator("#mlqa")).to_be_empty()
