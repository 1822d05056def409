"""The history of steps in JupyterLab: cards are clicked and compared; Python knows which, and has the rows."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK

STEPS = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

rng = np.random.default_rng(0)
orders = pd.DataFrame({
    "order": range(600),
    "shop": rng.choice(["north", "south", "<b>east</b>"], 600),
    "amount": rng.normal(50, 9, 600).round(2),
})
cities = pd.DataFrame({"shop": ["north", "south"], "city": ["Lyon", "Nice"]})
mq.checkpoint(orders, "read", key="order", keep_data=True)
joined = orders.merge(cities, on="shop")
mq.checkpoint(joined, "joined to cities", key="order", keep_data=True)
mq.checkpoint(joined.assign(amount=joined["amount"] * 1.2), "with tax", key="order")
"""


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([STEPS, "steps = mq.history()\nsteps"])
    opened.run_all()
    return opened


def test_cards_are_clicked_and_compared_and_python_has_what_is_on_screen(notebook):
    view = notebook.output(1).locator(".mlqa")
    change = view.get_by_role("region", name="What changed")
    expect(change.get_by_role("heading", name="with tax against joined to cities")).to_be_visible()
    expect(change.get_by_role("row", name="amount")).to_contain_text("mean")

    view.get_by_role("button", name="2. joined to cities").first.click()
    expect(change.get_by_text("lost that nobody asked to lose")).to_be_visible()
    expect(change.get_by_text("shop '<b>east</b>'")).to_be_visible()
    expect(change.get_by_role("grid", name="Lost rows").get_by_text("<b>east</b>").first).to_be_visible()
    told = json.loads(
        notebook.execute(
            "import json; print(json.dumps([steps.widget().selected, steps.widget().change.lost, "
            "steps.findings['check'].tolist(), sorted(set(steps.rows(0)['shop']))]))"
        )
    )
    assert told[0] == [1, 2]
    assert told[2:] == [["lost_rows"], ["<b>east</b>"]]
    expect(change.get_by_role("heading", name=f"Lost rows: {told[1]}")).to_be_visible()

    view.get_by_role("button", name="3. with tax").first.click()
    view.get_by_role("button", name="Compare with 1. read").click()
    expect(change.get_by_role("heading", name="with tax against read")).to_be_visible()
    assert notebook.execute("print(steps.widget().selected)").strip() == "[1, 3]"
    notebook.execute("steps.widget().selected = [0, 1]")
    expect(change.get_by_text("600 rows, 3 columns to begin with.")).to_be_visible()
    assert notebook.console_errors == []


def test_the_history_is_accessible_in_either_theme_and_width_and_stays_in_the_saved_page(notebook):
    view = notebook.output(1).locator(".mlqa")
    view.get_by_role("button", name="2. joined to cities").first.click()
    expect(view.get_by_role("grid", name="Lost rows")).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    notebook.set_theme(DARK)
    notebook.set_viewport(700, 900)
    assert notebook.accessibility_violations(".mlqa") == []
    notebook.save()
    saved = notebook.path.read_text(encoding="utf-8")
    assert "lost that nobody asked to lose" in saved
