"""The journey of importance in JupyterLab: a person asks what the model relies on; Python sees what is chosen."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

PEOPLE = """\
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
import mlqa_widgets as mq

random = np.random.default_rng(0)
X = pd.DataFrame({
    "age": random.integers(18, 90, 3000),
    "hours": random.normal(40, 8, 3000).round(1),
    "town": random.choice(["north", "south", "east"], 3000),
    "noise": random.normal(size=3000),
})
X["age_months"] = X["age"] * 12 + random.integers(0, 12, 3000)
score = (X["age"] - 50) / 10 + (X["town"] == "south") * (X["hours"] - 40) / 5
y = (score + random.logistic(size=3000) > 0).rename("retired")
encode = make_column_transformer((OneHotEncoder(), ["town"]), remainder="passthrough")
model = make_pipeline(encode, GradientBoostingClassifier(n_estimators=40, random_state=0)).fit(X[:1500], y[:1500])
analysis = mq.analyze(model, X[1500:].reset_index(drop=True), y[1500:].reset_index(drop=True), train=X[:1500])
"""
SHOW = "importance = analysis.importance()\nimportance"


_DRAWN = """() => document.querySelector('canvas[aria-label="Contributions of hours"]')?.width > 300"""
_LEFTMOST = """() => {
  const canvas = document.querySelector('canvas[aria-label="Contributions of hours"]');
  const { width, height } = canvas;
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  for (let x = 0; x < width; x++)
    for (let y = 0; y < height; y++)
      if (pixels[4 * (y * width + x) + 3] > 100) return [x + 2, y];
}"""


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([PEOPLE, SHOW, "widget = importance.widget()"])
    opened.run_all()
    expect(features(live(opened, 1)).first).to_be_visible()
    return opened


@pytest.fixture
def view(notebook):
    return live(notebook, 1)


def live(notebook, cell):
    """Return the live view in the output of a cell."""
    return notebook.output(cell).locator(".mlqa").first


def features(view):
    """Return the features in the list at the left."""
    return view.get_by_role("list", name="Features").get_by_role("button")


def opened(view, name):
    """Return the card of a feature."""
    return view.get_by_role("article", name=f"Feature: {name}")


def test_a_feature_is_opened_and_selects_nothing(view, python):
    expect(view.get_by_text("which go together: dealt anew, the log loss rises from")).to_be_visible()
    hours = features(view).filter(has_text="hours")
    hours.click()
    expect(hours).to_have_attribute("aria-pressed", "true")
    card = opened(view, "hours")
    expect(card.get_by_text("Permuted, the log loss worsens by")).to_be_visible()
    expect(card.get_by_role("combobox")).to_have_value("2")
    expect(card.get_by_role("img", name="Partial dependence on hours")).to_be_visible()
    python.see("widget.view['opened']", 1)
    python.see("len(analysis.selection)", 0)
    card.get_by_label("as the difference from").check()
    features(view).filter(has_text="age_months").click()
    expect(opened(view, "age_months").get_by_text("It follows age (1.00)")).to_be_visible()
    view.get_by_role("combobox", name="Permutation by").select_option("accuracy")
    expect(view.get_by_text("the accuracy falls from")).to_be_visible()
    python.see("widget.importance.metric.id", "accuracy")


def test_points_are_rows_in_every_view(view, python, notebook):
    mouse = notebook.page.mouse
    view.get_by_role("tab", name="Contributions of each row").click()
    strip = view.get_by_role("slider", name="Contributions of hours", exact=True)
    strip.hover()
    notebook.page.wait_for_function(_DRAWN)
    lowest = notebook.page.evaluate(_LEFTMOST)
    box = strip.bounding_box()
    mouse.click(box["x"] + lowest[0], box["y"] + lowest[1])
    python.see("bool(analysis.row == importance.positions[importance.explanation.values[:, 1].argmin()])", True)
    python.see("len(analysis.selection)", 0)

    box = strip.bounding_box()
    middle = box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * 0.7, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.99, middle, steps=4)
    mouse.up()
    python.see("analysis.selection.label.startswith('contribution of hours from')", True)
    expect(view.get_by_text("rows the model relies most on")).to_be_visible()
    expect(view.get_by_role("grid")).to_be_visible()
    view.get_by_role("tab", name="Measures").click()
    expect(features(view).filter(has_text="hours").get_by_text("selected rows:")).to_be_attached()


def test_points_are_reached_by_key(view, python, notebook):
    features(view).filter(has_text="hours").click()
    points = view.get_by_role("slider", name="Contributions of hours over its values")
    points.focus()
    notebook.page.keyboard.press("Home")
    expect(points).to_have_attribute("aria-valuenow", "1")
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.keyboard.press("Enter")
    python.see("analysis.selection.row is not None", True)
    for _ in range(3):
        notebook.page.keyboard.press("Shift+PageDown")
    notebook.page.keyboard.press("Enter")
    python.see("analysis.selection.label.startswith('hours from')", True)
    python.see("bool((analysis.selection.rows['hours'] < 40).all())", True)


@pytest.mark.parametrize(("theme", "width"), [(LIGHT, 1280), (DARK, 620)])
def test_it_is_accessible_fits_and_is_read_without_a_kernel(lab, theme, width):
    notebook = lab.open_notebook([PEOPLE, SHOW], theme=theme)
    notebook.run_all()
    notebook.set_viewport(width, 900)
    view = live(notebook, 1)
    features(view).filter(has_text="town").click()
    expect(opened(view, "town").get_by_role("slider", name="where town is south")).to_be_visible()
    view.get_by_role("tab", name="Contributions of each row").click()
    expect(view.get_by_role("slider", name="Contributions of hours", exact=True)).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    wide = notebook.page.evaluate(
        """() => [...document.querySelectorAll(".mlqa, .mq-importance, .mq-importance-list, .mq-feature")]
        .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.className)"""
    )
    assert wide == []
    assert notebook.console_errors == []
    notebook.page.wait_for_timeout(600)
    notebook.save()
    saved = json.loads(notebook.path.read_text(encoding="utf-8"))
    html = "".join(saved["cells"][1]["outputs"][0]["data"]["text/html"])
    assert "The model relies most on" in html
    assert "the log loss worsens by" in html
