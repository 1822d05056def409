"""The scan's journey in JupyterLab: a person looks, clicks, types; Python sees what is on screen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

VISITS = """\
import pandas as pd
import mlqa_widgets as mq

visits = pd.DataFrame({
    "seen": [f"{i % 28 + 1:02}.{i % 12 + 1:02}.2024" if i % 3 else f"2024/{i % 12 + 1:02}/{i % 28 + 1:02}" for i in range(300)],
    "city": ["Montréal"] * 140 + ["Québec"] * 120 + ["MONTREAL"] * 9 + ["montréal"] * 7 + ["Laval"] * 24,
    "weight": [-999.0 if i % 50 == 7 else 60 + i % 31 + i % 7 / 10 for i in range(300)],
    "<b>note</b>": ["<img src=x onerror='document.title=\\"owned\\"'>" if i % 9 else " " for i in range(300)],
}, index=[f"v{i:03}" for i in range(300)])
"""
SHOW = "scan = mq.scan(visits)\nscan"


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([VISITS, SHOW, "widget = scan.widget()"])
    opened.run_all()
    expect(listed(opened.output(1)).first).to_have_attribute("aria-selected", "true")
    return opened


@pytest.fixture
def view(notebook):
    return notebook.output(1)


def listed(view):
    """Return the findings in the list at the left."""
    return view.get_by_role("listbox", name="Findings").get_by_role("option")


def choose(view, words):
    """Choose the first finding whose sentence has these words."""
    option = listed(view).filter(has_text=words).first
    option.click()
    expect(option).to_have_attribute("aria-selected", "true")
    return option


def test_choosing_narrowing_ticking_and_sorting_rows_is_what_python_reads(view, python):
    assert python("scan.findings.loc[0, 'severity']") == "error"
    python.see("widget.finding", 0)

    choose(view, "city writes")
    grid = view.get_by_role("grid")
    expect(grid.get_by_text("v260")).to_be_visible()
    python.see("widget.selected_rows['city'].value_counts().to_dict()", {"MONTREAL": 9, "montréal": 7})
    assert python("widget.selection.tolist()")[:2] == ["v260", "v261"]

    detail = view.get_by_role("region", name="Chosen finding")
    bar = detail.get_by_role("button").filter(has_text="MONTREAL").first
    bar.click()
    expect(bar).to_have_attribute("aria-pressed", "true")
    python.see("sorted(set(widget.selected_rows['city']))", ["MONTREAL"])
    bar.click()
    python.see("len(widget.selection)", 16)

    view.get_by_role("checkbox", name="Tick row v262").click()
    view.get_by_role("checkbox", name="Tick row v260").click()
    python.see("sorted(widget.selection.tolist())", ["v260", "v262"])

    choose(view, "for missing")
    header = grid.get_by_role("columnheader").filter(has_text="city")
    header.get_by_role("button").click()
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(grid.get_by_role("row").nth(1)).to_contain_text("Québec")


def test_the_keyboard_alone_and_python_alone_turn_the_page(notebook, view, python):
    listed(view).first.focus()
    notebook.page.keyboard.press("ArrowDown")
    expect(listed(view).nth(1)).to_have_attribute("aria-selected", "true")
    python.see("widget.finding", 1)
    notebook.page.keyboard.press("Home")
    expect(listed(view).first).to_have_attribute("aria-selected", "true")
    notebook.execute("widget.finding = 2")
    expect(listed(view).nth(2)).to_have_attribute("aria-selected", "true")

    choose(view, "for missing")
    expect(view.locator(".mq-chart svg, .mq-chart canvas").first).to_be_visible()
    view.get_by_role("combobox", name="Rows of a part of").select_option(index=1)
    python.see("set(widget.selected_rows['weight']) == {-999.0}", True)

    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    view.get_by_role("button", name="Copy").click()
    python.see("scan.fix(widget.finding).code", notebook.page.evaluate("navigator.clipboard.readText()"))


def test_decisions_are_kept_beside_the_notebook_and_findings_are_filtered(notebook, view, python):
    option = choose(view, "for missing")
    view.get_by_role("button", name="Not a problem here").click()
    reason = view.get_by_role("textbox", name="reason")
    expect(reason).to_be_focused()
    reason.fill("the scale reports -999 when it is off")
    reason.press("Enter")
    expect(view).to_contain_text("the scale reports -999 when it is off")
    decisions = notebook.path.parent / "visits.mlqa.toml"
    assert "the scale reports -999" in decisions.read_text()
    kept = "mq.scan(visits).findings['dismissed'].dropna().tolist()"
    assert python(kept) == ["the scale reports -999 when it is off"]
    view.get_by_role("button", name="Restore").click()
    expect(option).not_to_contain_text("the scale reports")
    assert "the scale reports" not in decisions.read_text()

    search = view.get_by_role("searchbox")
    search.fill("city writes")
    expect(listed(view)).to_have_count(1)
    search.fill("")
    view.get_by_role("combobox", name="Column", exact=True).select_option(label="weight")
    expect(listed(view).filter(has_text="city writes")).to_have_count(0)

    view.get_by_role("tab", name="Columns").click()
    python.see("widget.tab", "columns")
    field = view.get_by_role("textbox", name="Description of weight")
    field.fill("kilograms, without shoes")
    field.press("Enter")
    described = "scan.profile.set_index('column').loc['weight', 'description']"
    python.see(described, "kilograms, without shoes")

    expect(view.locator(".mlqa").get_by_text("<b>note</b>").first).to_be_visible()
    assert notebook.page.title() != "owned"
    assert notebook.console_errors == []


def test_it_is_accessible_and_fits_in_both_themes_wide_and_narrow(notebook, view):
    for theme in (LIGHT, DARK):
        notebook.set_theme(theme)
        for width in (1300, 520):
            notebook.set_viewport(width, 900)
            for tab in ("Columns", "Findings"):
                view.get_by_role("tab", name=tab).click()
                assert notebook.accessibility_violations(".mlqa") == [], f"{theme}, {width} px, {tab}"
            choose(view, "for missing")
            expect(view.locator(".mq-chart svg, .mq-chart canvas").first).to_be_visible()
            box = view.locator(".mlqa").bounding_box()
            assert box["x"] + box["width"] <= width


def test_a_long_scan_shows_its_steps_and_can_be_cancelled(lab):
    slow = """\
import time
from mlqa_widgets.checks.registry import table_check

@table_check("slow_one")
def slow_one(profile):
    \"\"\"Take long.\"\"\"
    for _ in range(200):
        time.sleep(0.1)
        profile.table.query("SELECT 1 AS one")
    return []
"""
    notebook = lab.open_notebook([VISITS, slow, SHOW])
    notebook.run_all()
    view = notebook.output(2)
    expect(view.get_by_role("progressbar")).to_be_visible()
    expect(view).to_contain_text("slow one")
    assert notebook.execute("print(1 + 1)") == "2\n"
    view.get_by_role("button", name="Cancel").click()
    expect(view.get_by_role("alert")).to_contain_text("cancelled", timeout=30_000)


def test_without_a_kernel_the_same_findings_are_there(notebook, python, lab):
    sentence = python("scan.findings.loc[0, 'message']")
    notebook.page.wait_for_timeout(800)
    notebook.save()
    saved = json.loads(notebook.path.read_text())
    for trusted in (True, False):
        reopened = lab.open_notebook(saved, trusted=trusted)
        expect(reopened.output(1).get_by_text(sentence).first).to_be_visible()
        assert "model not found" not in reopened.output_text(1)
    assert len(notebook.path.read_bytes()) < 200_000


def test_nbconvert_shows_the_findings_of_an_executed_notebook(browser, tmp_path):
    source = tmp_path / "visits.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in (VISITS, SHOW)]), source)
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", str(source)]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    page = browser.new_page()
    page.goto(source.with_suffix(".html").as_uri())
    expect(page.get_by_text("for missing").first).to_be_visible()
    # nbconvert's own page asks for MathJax and the widget manager. It gets nothing, and shows the findings all the same.
    browser.refused.clear()


def test_the_exported_page_works_alone(python, browser, tmp_path):
    path = Path(python(f"scan.to_html({str(tmp_path / 'visits.html')!r})"))
    page = browser.new_page()
    page.goto(path.as_uri())
    choose(page, "city writes")
    expect(page.get_by_role("grid").get_by_text("v260")).to_be_visible()
    assert page.title() != "owned"
