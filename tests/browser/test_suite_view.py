"""The result of a suite in JupyterLab: what failed, and its rows one click away."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK

VISITS = """\
import pandas as pd
import mlqa_widgets as mq

visits = pd.DataFrame({"visit": range(300), "street": ["Main", "Elm", "Oak"] * 100, "weight": [61.5, 70.2, 80.1] * 100})
suite = mq.scan(visits, key="visit").to_suite()
later = visits.replace({"street": {"Elm": " "}, "weight": {80.1: -999.0}})
"""


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([VISITS, "result = mq.check(later, suite)\nresult"])
    opened.run_all()
    return opened


def test_a_failed_check_leads_to_its_rows(notebook):
    view = notebook.output(1).locator(".mlqa")
    expect(view.get_by_text("checks failed")).to_be_visible()
    blank = view.get_by_role("button", name="street is blank text")
    blank.click()
    expect(blank).to_have_attribute("aria-pressed", "true")
    rows = view.get_by_role("grid")
    expect(rows.get_by_role("rowheader", name="1", exact=True)).to_be_visible()
    told = "w = result.widget(); print(result.findings.loc[w.finding, 'check'], len(w.selected_rows))"
    assert notebook.execute(told).strip() == "blank_strings 100"
    assert notebook.console_errors == []


def test_the_result_is_accessible_in_either_theme_and_width_and_stays_in_the_saved_page(notebook):
    expect(notebook.output(1).locator(".mlqa").get_by_role("grid")).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    notebook.set_theme(DARK)
    notebook.set_viewport(700, 900)
    assert notebook.accessibility_violations(".mlqa") == []
    notebook.save()
    assert "checks failed" in notebook.path.read_text(encoding="utf-8")
