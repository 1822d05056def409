"""Fixes are chosen in JupyterLab as a person does; Python, the file and the saved page then hold the plan."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK

VISITS = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

rng = np.random.default_rng(0)
visits = pd.DataFrame({
    "street": rng.choice(["Main Street", "Elm Road", "Oak Lane", " "], 400),
    "weight": [f"{w:.1f} kg" for w in rng.normal(70, 9, 400)],
    "clinic": "north",
    "score": rng.choice([50.0, 30.0, 42.0, -999.0], 400),
})
"""
SHOW = "scan = mq.scan(visits, name='visits')\nscan"


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([VISITS, SHOW])
    opened.run_all()
    return opened


def test_fixes_chosen_on_screen_are_the_plan_in_python_and_in_the_next_scan(notebook):
    view = notebook.output(1).locator(".mlqa").first
    view.get_by_role("button", name="Add to plan").click()
    expect(view.get_by_role("button", name="In the plan")).to_be_visible()
    view.get_by_role("tab", name="Plan 1").click()
    plan = view.get_by_role("region", name="Plan of fixes")
    expect(plan.get_by_text("cells emptied")).to_be_visible()
    plan.get_by_role("button", name="recommended").click()
    expect(plan.get_by_text("column clinic removed")).to_be_visible()
    expect(plan.get_by_text("400 rows × 3 columns")).to_be_visible()

    steps = plan.locator(".mq-plan-words > strong")
    first, second = steps.nth(0).inner_text(), steps.nth(1).inner_text()
    down = plan.get_by_role("button", name=f"Move down: {first}")
    down.focus()
    notebook.page.keyboard.press("Enter")
    expect(steps.nth(0)).to_have_text(second)
    expect(down).to_be_focused()
    remove = plan.get_by_role("button", name="Remove from the plan: Drop the column")
    remove.click()
    expect(remove).to_be_hidden()
    expect(plan.get_by_text("→ 400 rows × 3 columns")).to_be_hidden()

    told = json.loads(
        notebook.execute(
            "import json; print(json.dumps([[s.fix.title for s in scan.plan().steps], scan.plan().chosen_by]))"
        )
    )
    assert told == [[second, first, steps.nth(2).inner_text()], "chosen in the scan"]
    shown = plan.locator("pre").inner_text()
    assert notebook.execute("print(scan.plan().code, end='')") == shown
    assert notebook.execute("print(mq.scan(visits, name='visits').chosen == scan.chosen)").strip() == "True"
    assert notebook.console_errors == []


def test_the_plan_is_accessible_leads_to_its_findings_and_stays_in_the_saved_page(notebook):
    notebook.execute("scan.choose(scan.recommended)")
    view = notebook.output(1).locator(".mlqa").first
    view.get_by_role("tab", name="Plan 4").click()
    plan = view.get_by_role("region", name="Plan of fixes")
    expect(plan.get_by_text("column clinic removed")).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    notebook.set_theme(DARK)
    notebook.set_viewport(700, 900)
    assert notebook.accessibility_violations(".mlqa") == []
    plan.get_by_role("button", name="clinic is 'north' in every row.").click()
    expect(view.get_by_role("tab", name="Findings")).to_have_attribute("aria-selected", "true")
    expect(view.get_by_role("heading", name="clinic is 'north' in every row.")).to_be_visible()
    notebook.save()
    assert "def repair(df" in notebook.path.read_text(encoding="utf-8")
