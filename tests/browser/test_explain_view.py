"""The explanation of a row in JupyterLab: a person looks, moves a slider, picks rows; Python sees what is on screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

PEOPLE = """\
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.tree import DecisionTreeClassifier
import mlqa_widgets as mq

rng = np.random.default_rng(0)
people = pd.DataFrame({
    "age": rng.integers(18, 80, 600),
    "hours per week": rng.integers(5, 70, 600),
    "education": pd.Categorical(rng.choice(["Primary", "Bachelor", "Doctorate"], 600)),
    "<b>note</b>": rng.choice(["<img src=x onerror='document.title=\\"owned\\"'>", "plain"], 600),
    "debt": np.where(rng.random(600) < 0.2, np.nan, rng.lognormal(8, 1, 600)),
}, index=[f"p{i:03}" for i in range(600)]).astype({"<b>note</b>": "category"})
score = people["age"] / 10 + people["hours per week"] / 8 + 3 * (people["education"] == "Doctorate")
rich = (score + rng.normal(0, 1, 600) > 10).map({True: "rich", False: "poor"}).rename("wealth")
model = LGBMClassifier(n_estimators=40, verbose=-1, n_jobs=1).fit(people, rich)
analysis = mq.analyze(model, people[:300], rich[:300], train=people[300:])
"""
SHOW = "explained = analysis.explain('p007')\nexplained"
TREE = """\
tree = DecisionTreeClassifier(max_depth=3).fit(people[["age", "hours per week"]], rich)
mq.analyze(tree, people[["age", "hours per week"]], rich).explain('p007')"""
READ = "widget = explained.widget()"


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([PEOPLE, SHOW, READ, TREE])
    opened.run_all()
    expect(opened.output(1).locator(".mq-waterfall").first).to_be_visible()
    return opened


@pytest.fixture
def view(notebook):
    return notebook.output(1).locator(".mlqa")


def tab(view, name):
    """Open what stands beside the explanation."""
    view.get_by_role("tab", name=name).click()
    return view.get_by_role("tabpanel")


def test_the_row_is_explained_and_the_next_one_is_what_python_reads(view, python):
    expect(view.locator(".mq-explained-sentence")).to_have_text(python("explained.sentence"))
    expect(view.locator(".mq-waterfall").first).to_contain_text("education")
    expect(view.locator(".mq-waterfall").first).to_contain_text("the model says")
    expect(view.locator(".mq-method").first).to_contain_text("LightGBM")
    view.get_by_role("button", name="Next row").click()
    python.see("analysis.selection.row", 8)
    expect(view.get_by_role("textbox", name="Row", exact=True)).to_have_value("p008")
    expect(view.locator(".mq-explained-sentence")).to_have_text(python("widget.explained.sentence"))
    view.get_by_role("button", name="Familiar").press("n")
    python.see("analysis.selection.row", 9)
    view.get_by_role("button", name="Familiar").press("p")
    python.see("analysis.selection.row", 8)
    field = view.get_by_role("textbox", name="Row", exact=True)
    field.fill("p031")
    field.press("Enter")
    python.see("analysis.selection.row", 31)
    field.fill("nobody")
    field.press("Enter")
    expect(view.get_by_role("alert")).to_contain_text("No row has the label 'nobody'")


def test_moving_a_slider_predicts_again(view, python):
    panel = tab(view, "What if")
    slider = panel.get_by_role("slider", name="age")
    slider.focus()
    expect(panel.locator(".mq-curve")).to_be_visible()
    for _ in range(3):
        slider.press("PageUp")
    typed = panel.get_by_role("textbox", name="age, exact value")
    expect(typed).not_to_have_value(str(python("int(people.loc['p007', 'age'])")))
    age = int(typed.input_value())
    said = python(f"float(explained.what_if({{'age': {age}}}).after[1])")
    expect(panel.get_by_role("status")).to_contain_text(f"{said * 100:.1f}".removesuffix(".0") + " %")
    panel.get_by_role("combobox", name="education").select_option(label="Doctorate")
    said = python(f"float(explained.what_if({{'age': {age}, 'education': 'Doctorate'}}).after[1])")
    expect(panel.get_by_role("status")).to_contain_text(f"{said * 100:.1f}".removesuffix(".0") + " %")
    typed.fill("33")
    typed.press("Enter")
    said = python("float(explained.what_if({'age': 33, 'education': 'Doctorate'}).after[1])")
    expect(panel.get_by_role("status")).to_contain_text(f"{said * 100:.1f}".removesuffix(".0") + " %")
    panel.get_by_role("button", name="As it was").click()
    expect(panel.get_by_role("status")).to_contain_text("Change a value and see")


def test_similar_rows_and_the_contrast_lead_to_other_rows(view, python):
    panel = tab(view, "Similar rows")
    first = panel.get_by_role("button", name="Compare with row").first
    expect(panel).to_contain_text(python("explained.similar().sentence"))
    first.click()
    panel = view.get_by_role("tabpanel")
    expect(panel).to_contain_text("the model says")
    panel = tab(view, "Contrast")
    expect(panel).to_contain_text(python("explained.contrast().sentence"))
    changes = panel.get_by_role("list").first
    expect(changes).to_contain_text(python("explained.counterfactual().changes['column'].iloc[0]"))
    panel.get_by_text("All columns may change").click()
    column = python("explained.counterfactual().changes['column'].iloc[0]")
    panel.get_by_role("checkbox", name=column).uncheck()
    expect(panel).to_contain_text("4 of 5 columns may change")
    panel.get_by_role("button", name="Explain row").click()
    python.see("analysis.selection.row", python("analysis.explain('p007').contrast().position"))


def test_a_row_in_focus_elsewhere_is_explained_here_and_selected_rows_are_compared(view, python, notebook):
    notebook.execute("analysis.select('age > 60')")
    notebook.execute("analysis.focus(analysis.selection.positions[2])")
    label = python("analysis.selection.index[2]")
    expect(view.get_by_role("textbox", name="Row", exact=True)).to_have_value(label)
    view.get_by_role("button", name="Next row").click()
    python.see("analysis.selection.row", python("int(analysis.selection.positions[3])"))
    panel = tab(view, "Selected")
    expect(panel).to_contain_text("for the rest")
    expect(panel.get_by_role("row").nth(1)).to_contain_text("age")


def test_lights_open_and_settings_change_the_explanation(view, python):
    light = view.get_by_role("button", name="Familiar")
    light.click()
    expect(view.locator(".mq-banner")).to_contain_text("training rows")
    view.get_by_role("combobox", name="Explain").select_option(label="poor")
    python.see("widget.explained.class_name", "poor")
    expect(view.locator(".mq-explained-sentence")).to_contain_text("for poor")
    view.get_by_role("combobox", name="in", exact=True).select_option(label="probability")
    python.see("widget.explained.explanation.space", "probability")


def test_the_path_through_a_tree_is_drawn(notebook):
    view = notebook.output(3).locator(".mlqa")
    panel = tab(view, "Path")
    expect(panel.get_by_role("listitem").first).to_contain_text("600 training rows")
    expect(panel).to_contain_text("else:")


def test_it_is_accessible_wide_and_narrow_light_and_dark(lab):
    notebook = lab.open_notebook([PEOPLE, SHOW])
    notebook.run_all()
    view = notebook.output(1).locator(".mlqa")
    for theme, width in ((LIGHT, 1300), (DARK, 700)):
        notebook.set_theme(theme)
        notebook.set_viewport(width, 1000)
        for name in ("What if", "Similar rows", "Contrast", "Compare"):
            tab(view, name)
            expect(view.locator(".mq-skeleton")).to_have_count(0)
            assert notebook.accessibility_violations(".mlqa") == []
            assert view.evaluate("element => element.scrollWidth <= element.clientWidth + 1")
    assert notebook.page.title() != "owned"
    assert notebook.console_errors == []


def test_without_a_kernel_the_sentence_and_the_bars_are_there(notebook):
    static = notebook.output(1).locator(".jp-RenderedHTML")
    expect(static).to_contain_text("where")
    expect(static.locator("table tr")).not_to_have_count(0)
