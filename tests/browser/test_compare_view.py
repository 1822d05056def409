"""The journey of a comparison in JupyterLab: a person sees where two sources disagree; Python sees what is on screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

SOURCES = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

random = np.random.default_rng(0)
stock = pd.DataFrame({
    "item": [f"A-{i:04d}" for i in range(400)],
    "name": [f"{a} {b} {i}" for i, (a, b) in enumerate(zip(
        random.choice(["Steel", "Brass", "Oak"], 400), random.choice(["bolt", "hinge", "shelf"], 400)))],
    "weight": random.gamma(3, 2, 400).round(2),
    "counted": pd.Timestamp("2024-03-01") + pd.to_timedelta(random.integers(0, 4e6, 400), unit="s"),
})
supplier = stock.sample(frac=1, random_state=1).iloc[:380].copy()
supplier["weight"] = supplier["weight"].where(random.random(380) < 0.7, (supplier["weight"] * 2.20462262).round(2))
typo = random.random(380) < 0.1
supplier["name"] = supplier["name"].mask(typo, supplier["name"].str.replace("e", "a"))
supplier["item"] = supplier["item"].mask(random.random(380) < 0.05, supplier["item"].str.lower())
"""
SHOW = 'comparison = mq.compare(stock, supplier, "item")\ncomparison'
SAME = 'mq.compare(stock, stock.copy(), "item")'


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([SOURCES, SHOW, "widget = comparison.widget()"])
    opened.run_all()
    expect(options(live(opened, 1)).first).to_be_visible()
    return opened


@pytest.fixture
def view(notebook):
    return live(notebook, 1)


def live(notebook, cell):
    """Return the live view in the output of a cell."""
    return notebook.output(cell).locator(".mlqa")


def options(view):
    """Return the differences in the list at the left."""
    return view.get_by_role("listbox", name="Differences").get_by_role("option")


def test_a_difference_is_looked_at_narrowed_and_ticked(view, python, notebook):
    join = view.get_by_role("table", name="Rows of each type of join")
    expect(join.get_by_role("row", name="inner")).to_contain_text(f"{python('comparison.joins.rows_out[0].item()'):,}")
    view.get_by_text("What normalised keys would bring together").click()
    expect(view.get_by_text("Ignoring case:")).to_be_visible()

    name = options(view).filter(has_text="name differs")
    name.click()
    expect(name).to_have_attribute("aria-selected", "true")
    place = python("widget.finding")
    assert python(f"comparison.findings.loc[{place}, 'columns']") == ["name"]
    detail = view.get_by_role("region", name="Chosen difference")
    rows = detail.get_by_role("grid")
    first = rows.locator("tbody").first
    expect(first.locator("mark.mq-left").first).to_have_text(re.compile("^e+$"))
    expect(first.locator("mark.mq-right").first).to_have_text(re.compile("^a+$"))

    first.get_by_role("checkbox").click()
    python.see("widget.ticked", [0])
    python.see("[len(side) for side in widget.selected_rows]", [1, 1])
    python.see("widget.selected_rows[0]['item'].iloc[0] == widget.selected_rows[1]['item'].iloc[0]", True)

    bar = detail.get_by_role("button", name="typing slip")
    bar.click()
    expect(bar).to_have_attribute("aria-pressed", "true")
    python.see("(widget.narrowing or {}).get('item')", 0)
    python.see("widget.ticked", [])
    detail.get_by_role("button", name="Show all rows again").click()
    python.see("widget.narrowing", None)


def test_the_keyboard_reaches_list_rows_and_ticks(view, python, notebook):
    keyboard = notebook.page.keyboard
    options(view).first.click()
    python.see("widget.finding", 0)
    keyboard.press("ArrowDown")
    python.see("widget.finding", 1)
    keyboard.press("End")
    python.see("widget.finding", python("len(comparison.findings) - 1"))
    keyboard.press("Home")
    python.see("widget.finding", 0)
    grid = view.get_by_role("grid")
    expect(grid.locator("tbody").nth(2)).to_be_visible()
    grid.focus()
    keyboard.press("ArrowDown")
    keyboard.press("Space")
    python.see("widget.ticked", [1])
    keyboard.press("ArrowDown")
    keyboard.press("Space")
    python.see("widget.ticked", [1, 2])


def test_more_rows_are_fetched_and_rows_of_one_source_stand_alone(view, python):
    weight = options(view).filter(has_text="weight differs")
    weight.click()
    grid = view.get_by_role("grid")
    expect(grid.locator("tbody")).to_have_count(50)
    view.get_by_role("button", name="Show").filter(has_text="more of").click()
    expect(grid.locator("tbody")).not_to_have_count(50)
    options(view).filter(has_text="rows of stock").click()
    expect(view.get_by_role("grid").locator("tbody").first.locator("tr")).to_have_count(1)


def test_python_shows_a_difference(view, notebook):
    notebook.execute("widget.finding = 1")
    expect(options(view).nth(1)).to_have_attribute("aria-selected", "true")


def test_nothing_found_is_said(lab):
    notebook = lab.open_notebook([SOURCES, SAME])
    notebook.run_all()
    expect(live(notebook, 1).get_by_text("No difference found.")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [(LIGHT, 1400), (DARK, 700)])
def test_the_view_fits_its_page_and_breaks_no_rule(notebook, theme, width):
    notebook.set_theme(theme)
    notebook.set_viewport(width, 900)
    view = live(notebook, 1)
    options(view).filter(has_text="name differs").click()
    expect(view.get_by_role("grid").locator("mark").first).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    assert view.evaluate("el => el.scrollWidth <= el.clientWidth + 1")
    assert notebook.console_errors == []


def test_of_several_sources_a_pair_is_chosen_in_the_matrix(lab):
    notebook = lab.open_notebook(
        [
            SOURCES,
            'matrix = mq.compare([stock, supplier, stock.head(200)], on="item", names=["stock", "shop", "part"])\nmatrix',
        ]
    )
    notebook.run_all()
    view = live(notebook, 1).first
    view.get_by_role("button", name=re.compile("^shop in stock: 9.*1:1.*2 columns differ")).click()
    expect(view.get_by_role("listbox", name="Differences").get_by_role("option").first).to_be_visible()
    assert notebook.execute("print(matrix.widget().pair, matrix.widget().child.selected_rows[0].shape[0] > 0)") == (
        "[0, 1] True\n"
    )
    view.get_by_role("button", name=re.compile("^stock in part: 50 %")).focus()
    notebook.page.keyboard.press("Enter")
    expect(view.get_by_text("200 rows × 4 columns, pandas frame")).to_be_visible()
    assert notebook.accessibility_violations(".mlqa") == []
    assert notebook.console_errors == []
