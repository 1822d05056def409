"""The journey through one analysis in JupyterLab: from how good it is, to whom it errs on, to why for one row, and back."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

SETUP = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
import mlqa_widgets as mq

random = np.random.default_rng(0)
X = pd.DataFrame({
    "age": random.integers(18, 90, 3000),
    "hours": random.normal(40, 8, 3000).round(1),
    "part time": random.integers(0, 2, 3000),
})
y = ((X["age"] + random.normal(0, 3, 3000) > 60) ^ ((X["part time"] == 1) & (random.random(3000) < 0.35))).rename("retired")
analysis = mq.analyze(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y), X, y)
"""


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([SETUP, "analysis", "analysis.slices()"])
    opened.run_all()
    expect(live(opened, 2).get_by_text("The error rate is worst where part time is 1")).to_be_visible()
    return opened


def live(notebook, cell):
    """Return the live view in the output of a cell."""
    return notebook.output(cell).locator(".mlqa").first


def tab(view, name):
    return view.get_by_role("tablist", name="Views of the analysis").get_by_role("tab", name=name)


def known(notebook, expression):
    return json.loads(notebook.execute(f"import json; print(json.dumps({expression}, default=str))"))


def see(notebook, expression, value):
    for _ in range(50):
        if known(notebook, expression) == value:
            return
        notebook.page.wait_for_timeout(100)
    assert known(notebook, expression) == value


def test_what_is_selected_in_one_view_is_selected_in_all(notebook):
    whole, slices = live(notebook, 1), live(notebook, 2)
    wrong = whole.get_by_role("button", name=re.compile("came True, predicted False")).first
    wrong.click()
    see(
        notebook,
        "bool(analysis.selection.rows['retired'].all() and not analysis.selection.rows['prediction'].any())",
        True,
    )
    label = known(notebook, "analysis.selection.label")
    expect(slices.get_by_role("button", name=re.compile("Compare .* selected row"))).to_contain_text(label)

    slices.get_by_role("list", name="Worst slices").get_by_role("button").first.click()
    see(notebook, "analysis.selection.label", "part time is 1")
    expect(whole.get_by_text("part time is 1").first).to_be_visible()

    slices.get_by_role("grid").get_by_role("row").nth(3).click()
    see(notebook, "analysis.row is not None", True)
    tab(whole, "One row").click()
    row = known(notebook, "int(analysis.X.index[analysis.row])")
    expect(whole.get_by_role("textbox", name="Row")).to_have_value(str(row))
    notebook.execute("analysis.focus(7)")
    expect(whole.get_by_role("textbox", name="Row")).to_have_value("7")


def test_every_tab_shows_its_view(notebook):
    whole = live(notebook, 1)
    signs = {
        "Performance": "ROC AUC",
        "Importance": "The model relies most on age",
        "Slices": "The error rate is worst where",
        "One row": "What the columns contribute",
        "Review": "0 of 50 reviewed",
    }
    for name, text in signs.items():
        tab(whole, name).click()
        expect(whole.get_by_text(text).first).to_be_visible()
    assert notebook.console_errors == []


def test_a_view_out_of_sight_is_up_to_date_when_it_is_seen_again(notebook):
    whole = live(notebook, 1)
    tab(whole, "One row").click()
    expect(whole.get_by_text("What the columns contribute")).to_be_visible()
    tab(whole, "Performance").click()
    expect(whole.get_by_text("ROC AUC").first).to_be_visible()
    notebook.execute("analysis.focus(123)")
    tab(whole, "One row").click()
    expect(whole.get_by_role("textbox", name="Row")).to_have_value("123")


@pytest.mark.parametrize(("theme", "width"), [(LIGHT, 1280), (DARK, 620)])
def test_it_is_accessible_and_fits(lab, theme, width):
    notebook = lab.open_notebook([SETUP, "analysis"], theme=theme)
    notebook.run_all()
    notebook.set_viewport(width, 900)
    view = live(notebook, 1)
    expect(view.get_by_text("ROC AUC").first).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    assert notebook.page.evaluate(
        "() => document.querySelector('.mlqa').scrollWidth <= document.querySelector('.mlqa').clientWidth + 1"
    )
    assert notebook.console_errors == []
