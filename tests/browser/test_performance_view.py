"""Performance in JupyterLab: a person moves the threshold and chooses parts; Python sees what is on screen."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

MAIL = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

random = np.random.default_rng(0)
score = random.beta(1.2, 4, 6000).round(4)
X = pd.DataFrame({
    "score": score,
    "day": pd.date_range("2024-01-01", periods=6000, freq="h"),
    "box": random.choice(["inbox", "archive", "promotions"], 6000),
})
y = pd.Series(np.where(random.random(6000) < score, "spam", "ham"), name="mail")
analysis = mq.analyze(lambda rows: rows["score"], X, y, classes=["ham", "spam"], time="day")
performance = analysis.performance(costs={"true_positive": 5, "false_positive": -1, "false_negative": -2})
"""
PRICES = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

random = np.random.default_rng(0)
X = pd.DataFrame({"size": random.gamma(3, 10, 3000)})
y = (1.1 * X["size"] + random.standard_t(5, 3000)).rename("price")
analysis = mq.analyze(lambda rows: rows["size"], X, y)
"""
WIDE = """() => [...document.querySelectorAll(".mlqa, .mq-performance, .mq-section, .mq-plot")]
.filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.className)"""


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([MAIL, "performance"])
    opened.run_all()
    expect(slider(live(opened))).to_be_visible()
    return opened


def live(notebook):
    """Return the live view in the output of the second cell."""
    return notebook.output(1).locator(".mlqa")


def slider(view):
    """Return what moves the threshold."""
    return view.get_by_role("slider")


def cell(view, came, predicted):
    """Return a cell of the confusion matrix of all rows."""
    return view.get_by_role("button", name=f"came {came}, predicted {predicted}")


def rows_in(found):
    """Return how many rows a cell of the matrix holds."""
    return int(found.get_attribute("aria-label").split(" ")[0].replace(",", ""))


def python(notebook, expression):
    """Return what Python makes of an expression."""
    return json.loads(notebook.execute(f"import json; print(json.dumps({expression}, default=str))"))


def see(notebook, expression, value):
    """Wait until an expression has a value in Python."""
    for _ in range(50):
        if python(notebook, expression) == value:
            return
        notebook.page.wait_for_timeout(100)
    assert python(notebook, expression) == value


def test_the_threshold_moves_every_figure_and_is_used_by_python(notebook):
    view = live(notebook)
    table = view.get_by_role("table", name="Figures at this threshold")
    before = table.inner_text()
    slider(view).focus()
    for key in ("PageDown", "PageDown", "ArrowLeft"):
        notebook.page.keyboard.press(key)
    at = float(slider(view).input_value())
    assert at < 0.5
    assert table.inner_text() != before
    assert python(notebook, "analysis.threshold") == 0.5
    found = rows_in(cell(view, "ham", "spam"))
    assert found == python(notebook, f"int(((score >= {at!r}) & (y == 'ham')).sum())")
    box = slider(view).bounding_box()
    notebook.page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    notebook.page.mouse.down()
    notebook.page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2, steps=4)
    notebook.page.mouse.up()
    assert float(slider(view).input_value()) == pytest.approx(0.2, abs=0.04)
    assert rows_in(cell(view, "ham", "spam")) > found
    view.get_by_role("button", name="Go to the best").click()
    see(notebook, "performance.best_threshold", float(slider(view).input_value()))
    view.get_by_role("button", name="Use this threshold").click()
    see(notebook, "analysis.threshold == performance.best_threshold", value=True)
    expect(view.get_by_role("button", name="Use this threshold")).to_be_disabled()
    recall = python(notebook, "performance.frame.loc['recall', 'value']")
    expect(table.get_by_role("row", name="recall")).to_contain_text(f"{100 * recall:.1f}".removesuffix(".0") + " %")


def test_costs_move_the_best_threshold_here_and_in_the_saved_notebook(notebook):
    view = live(notebook)
    best = python(notebook, "performance.best_threshold")
    field = view.get_by_role("spinbutton", name="ham predicted spam")
    field.fill("-20")
    field.press("Enter")
    see(notebook, "performance.costs['false_positive']", -20)
    assert python(notebook, "performance.best_threshold") > best
    expect(view.get_by_role("status").filter(has_text="per row")).to_contain_text("Best:")
    notebook.page.wait_for_timeout(500)
    notebook.save()
    saved = json.loads(notebook.path.read_text(encoding="utf-8"))
    html = "".join(saved["cells"][1]["outputs"][0]["data"]["text/html"])
    assert "ROC AUC" in html
    assert "The best threshold is" in html


def test_what_is_chosen_in_a_picture_is_selected_in_python(notebook):
    view = live(notebook)
    wrong = cell(view, "spam", "ham")
    rows = rows_in(wrong)
    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "true")
    see(notebook, "len(analysis.selection)", rows)
    assert python(notebook, "analysis.selection.rows['mail'].eq('spam').all().item()")
    assert python(notebook, "analysis.selection_source") == "performance"
    expect(view.get_by_role("grid").get_by_text("spam").first).to_be_visible()
    expect(view.get_by_role("table", name="Selected rows")).to_be_visible()
    group = view.get_by_role("group", name="Groups of rows").get_by_role("button")
    group.nth(3).click()
    expect(group.nth(3)).to_have_attribute("aria-pressed", "true")
    see(notebook, "len(analysis.selection)", python(notebook, "int(performance.calibration().table.loc[3, 'rows'])"))
    period = view.get_by_role("group", name="Periods").get_by_role("button")
    period.first.focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.keyboard.press("Enter")
    expect(period.nth(1)).to_have_attribute("aria-pressed", "true")
    see(notebook, "len(analysis.selection)", python(notebook, "int(performance.over_time().loc[1, 'rows'])"))
    view.get_by_role("combobox", name="Column").select_option("box")
    category = view.get_by_role("list", name="Categories of box").get_by_role("button").first
    category.click()
    expect(category).to_have_attribute("aria-pressed", "true")
    see(notebook, "analysis.selection.rows['box'].nunique()", 1)
    notebook.execute("analysis.select('box == \"inbox\"', 'the inbox')")
    expect(view.get_by_text("rows selected: error rate")).to_be_visible()
    expect(view.get_by_role("button", name="Select nothing")).to_be_visible()
    expect(category).to_have_attribute("aria-pressed", "false")


def test_residuals_are_chosen(lab):
    notebook = lab.open_notebook([PRICES, "analysis.performance()"])
    notebook.run_all()
    view = live(notebook)
    bar = view.get_by_role("group", name="Bars of rows").get_by_role("button").nth(20)
    bar.click()
    expect(bar).to_have_attribute("aria-pressed", "true")
    see(notebook, "len(analysis.selection)", int(bar.get_attribute("aria-label").split(" ")[0]))
    assert notebook.accessibility_violations(".mlqa") == []
    assert notebook.console_errors == []


@pytest.mark.parametrize(("theme", "width"), [(LIGHT, 1280), (DARK, 620)])
def test_it_is_accessible_and_fits(lab, theme, width):
    notebook = lab.open_notebook([MAIL, "analysis"], theme=theme)
    notebook.run_all()
    notebook.set_viewport(width, 900)
    view = live(notebook).first
    expect(slider(view)).to_be_visible()
    expect(view.get_by_role("group", name="Periods")).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    assert notebook.page.evaluate(WIDE) == []
    assert notebook.console_errors == []
