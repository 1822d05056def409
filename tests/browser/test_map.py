"""Places on a map in JupyterLab: a click on one and a box over several are what the rows show and Python reads."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

SHOPS = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

generator = np.random.default_rng(0)
shops = pd.DataFrame(
    {"name": [f"shop {i}" for i in range(60)],
     "lat": generator.normal(45.5, 0.2, 60).round(5),
     "lon": generator.normal(-73.6, 0.2, 60).round(5)},
    index=[f"s{i:02}" for i in range(60)],
)
shops.loc[["s03", "s40"], ["lat", "lon"]] = 0.0
shops.loc["s17", ["lat", "lon"]] = 52.5, 13.4
"""
SHOW = "scan = mq.scan(shops, checks=['null_island', 'outside_area'])\nscan"


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([SHOPS, SHOW, "widget = scan.widget()"])
    opened.run_all()
    return opened


@pytest.fixture
def view(notebook):
    shown = notebook.output(1)
    expect(shown.locator(".mq-map path.flagged")).to_have_attribute("d", re.compile("^M"))
    return shown


def points(view, kind):
    """Return where points of a kind are drawn, in pixels of the map."""
    drawn = view.locator(f".mq-map path.{kind}").get_attribute("d")
    return [tuple(map(float, pair)) for pair in re.findall(r"M([\d.]+) ([\d.]+)h0", drawn)]


def seen(notebook, expression, value):
    """Wait until an expression is a value in Python."""
    found = None
    for _ in range(50):
        found = json.loads(notebook.execute(f"import json; print(json.dumps({expression}))"))
        if found == value:
            break
        notebook.page.wait_for_timeout(100)
    assert found == value


def drag(view, start, end):
    """Draw a box over the map."""
    svg = view.locator(".mq-map svg")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    mouse = view.page.mouse
    mouse.move(box["x"] + start[0], box["y"] + start[1])
    mouse.down()
    mouse.move(box["x"] + (start[0] + end[0]) / 2, box["y"] + (start[1] + end[1]) / 2)
    mouse.move(box["x"] + end[0], box["y"] + end[1])
    mouse.up()


def test_a_click_and_a_box_choose_the_rows_that_python_reads(notebook, view):
    svg = view.locator(".mq-map svg")
    ((x, y),) = points(view, "flagged")
    svg.click(position={"x": x, "y": y})
    seen(notebook, "widget.narrowing", {"evidence": 0, "item": 0})
    seen(notebook, "widget.selection.tolist()", ["s03", "s40"])
    expect(view.get_by_text("narrowed to")).to_contain_text("0, 0")

    # The one place far from all others: its row does not offend here, and is shown all the same.
    far = max(points(view, "points"))
    drag(view, (far[0] - 12, far[1] - 12), (far[0] + 12, far[1] + 12))
    seen(notebook, "widget.selection.tolist()", ["s17"])
    seen(notebook, "len(widget.narrowing['area'])", 4)
    expect(view.get_by_text("narrowed to")).to_contain_text("box on the map")
    expect(view.locator(".mq-map .box")).to_be_visible()

    svg.click(position={"x": 5, "y": 5})
    seen(notebook, "widget.narrowing", None)
    seen(notebook, "widget.selection.tolist()", ["s03", "s40"])


def test_it_goes_to_where_most_places_are_and_a_box_there_holds_what_it_shows(notebook, view):
    view.get_by_role("button", name="Show where most places are").click()
    view.locator(".mq-map svg").scroll_into_view_if_needed()
    shown = points(view, "points")
    assert len(shown) == 57
    left, top = min(x for x, _ in shown) - 6, min(y for _, y in shown) - 6
    right, bottom = max(x for x, _ in shown) + 6, max(y for _, y in shown) + 6
    drag(view, (left, top), (right, bottom))
    seen(notebook, "len(widget.selection)", 57)
    view.get_by_role("button", name="Show all places").click()
    assert len(points(view, "points")) == 58


def test_the_list_chooses_places_too_and_it_is_accessible(notebook, view):
    view.get_by_role("combobox", name="Rows of a part of").select_option("0")
    seen(notebook, "widget.selection.tolist()", ["s03", "s40"])
    expect(view.locator(".mq-map .ring")).to_be_visible()
    for theme, width in ((LIGHT, 1400), (DARK, 700)):
        notebook.set_theme(theme)
        notebook.set_viewport(width, 900)
        expect(view.locator(".mq-map path.flagged")).to_have_attribute("d", re.compile("^M"))
        assert notebook.accessibility_violations(".mlqa") == []
    assert notebook.console_errors == []
