"""The slices' journey in JupyterLab: a person looks for whom the model errs; Python sees what is on screen."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

PEOPLE = """\
import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier
import mlqa_widgets as mq

random = np.random.default_rng(0)
X = pd.DataFrame({
    "age": random.integers(18, 90, 6000),
    "hours": random.normal(40, 8, 6000).round(1),
    "town": random.choice(["north", "south", "east"], 6000),
    "income": np.where(random.random(6000) < 0.15, np.nan, random.lognormal(10, 1, 6000).round()),
})
odd = (X["town"] == "south") & X["income"].isna()
y = ((X["age"] > 50) ^ (random.random(6000) < np.where(odd, 0.6, 0.1))).rename("retired")
class Rule:
    def __init__(self):
        self.tree = DecisionTreeClassifier(max_depth=2).fit(X[["age", "hours"]], X["age"] > 50)
    def __call__(self, rows):
        return self.tree.predict_proba(rows[["age", "hours"]])
analysis = mq.analyze(Rule(), X, y, classes=[False, True])
"""
SHOW = "slices = analysis.slices()\nslices"
IMPACT = "analysis.impact(mq.scan(X))"


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([PEOPLE, SHOW, "widget = slices.widget()", IMPACT])
    opened.run_all()
    expect(found(live(opened, 1)).first).to_be_visible()
    return opened


@pytest.fixture
def view(notebook):
    return live(notebook, 1)


def live(notebook, cell):
    """Return the live view in the output of a cell."""
    return notebook.output(cell).locator(".mlqa")


def found(view):
    """Return the slices in the list at the left."""
    return view.get_by_role("list", name="Worst slices").get_by_role("button")


def test_a_slice_chosen_is_selected_in_python_with_its_rows_and_reasons(view, python):
    expect(view.get_by_text("The error rate is worst where town is south and income is missing")).to_be_visible()
    first = found(view).first
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    python.see("analysis.selection.label", "town is south and income is missing")
    python.see("len(analysis.selection)", python("int(odd.sum())"))
    card = view.get_by_role("article")
    expect(card.get_by_text("town == 'south' and income.isna()")).to_be_visible()
    expect(card.get_by_role("table", name="This slice")).to_be_visible()
    expect(card.get_by_text("The model gives")).to_be_visible()
    rows = view.get_by_role("grid")
    expect(rows.get_by_text("south").first).to_be_visible()
    rows.get_by_role("row").nth(2).click()
    python.see("analysis.row is not None and bool(odd[analysis.row])", True)


def test_a_category_is_chosen_by_key(view, python, notebook):
    view.get_by_role("tab", name="By column").click()
    view.get_by_role("combobox", name="Column").select_option(label="town (3, 1 worse)")
    lines = view.get_by_role("list", name="Categories of town").get_by_role("button")
    expect(lines).to_have_count(3)
    lines.first.focus()
    notebook.page.keyboard.press("ArrowDown")
    expect(lines.nth(1)).to_be_focused()
    notebook.page.keyboard.press("Enter")
    expect(lines.nth(1)).to_have_attribute("aria-pressed", "true")
    python.see("analysis.selection.label.startswith('town is ')", True)
    python.see("analysis.selection.rows['town'].nunique()", 1)


def test_a_slice_is_typed_and_a_wrong_one_explained(view, python):
    box = view.get_by_role("textbox", name="Rows of a slice, as an expression")
    box.fill("agee > 60")
    box.press("Enter")
    expect(view.get_by_role("alert").filter(has_text="cannot be read")).to_be_visible()
    box.fill("age > 60 and town == 'east'")
    view.get_by_role("button", name="Compare", exact=True).click()
    expect(view.get_by_role("heading", name="age > 60 and town == 'east'")).to_be_visible()
    expect(view.get_by_text("Named, not searched for")).to_be_visible()
    expect(view.get_by_role("alert")).to_have_count(0)
    python.see("len(analysis.selection)", python("int(((X['age'] > 60) & (X['town'] == 'east')).sum())"))


def test_another_metric_searches_again(view, python):
    view.get_by_role("combobox", name="Measured by").select_option("log_loss")
    expect(view.get_by_text("The log loss is worst where")).to_be_visible()
    python.see("widget.slices.yardstick.id", "log_loss")
    view.get_by_role("combobox", name="Measured by").select_option("error_rate")
    expect(view.get_by_text("The error rate is worst where")).to_be_visible()


def test_rows_selected_in_python_can_be_compared(view, python, notebook):
    notebook.execute("analysis.select('age > 85', 'the oldest')")
    button = view.get_by_role("button", name="the oldest", exact=False).filter(has_text="Compare")
    button.click()
    expect(view.get_by_role("heading", name="the oldest")).to_be_visible()
    python.see("analysis.selection_source", "slices")


def test_findings_of_a_scan_are_slices_too(notebook, python):
    view = live(notebook, 3)
    expect(view.get_by_text("rows where the error rate is worse, beyond chance")).to_be_visible()
    first = view.get_by_role("list", name="Findings").get_by_role("button").first
    first.click()
    python.see("analysis.selection.rows['income'].isna().all().item()", True)


@pytest.mark.parametrize(("theme", "width"), [(LIGHT, 1280), (DARK, 620)])
def test_it_is_accessible_and_fits(lab, theme, width):
    notebook = lab.open_notebook([PEOPLE, SHOW], theme=theme)
    notebook.run_all()
    notebook.set_viewport(width, 900)
    view = live(notebook, 1)
    found(view).first.click()
    expect(view.get_by_text("The model gives")).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    wide = notebook.page.evaluate(
        """() => [...document.querySelectorAll(".mlqa, .mq-slices, .mq-slices-side, .mq-slices-list, .mq-slice-card")]
        .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.className)"""
    )
    assert wide == []
    assert notebook.console_errors == []


def test_the_saved_notebook_says_what_was_found_without_a_kernel(notebook, lab):
    found(live(notebook, 1)).first.click()
    expect(live(notebook, 1).get_by_role("article")).to_be_visible()
    notebook.page.wait_for_timeout(1000)
    notebook.save()
    saved = json.loads(notebook.path.read_text(encoding="utf-8"))
    html = "".join(saved["cells"][1]["outputs"][0]["data"]["text/html"])
    assert "The error rate is worst where town is south and income is missing" in html
    assert "On screen:" in html
    assert "confirmed" in html
