"""Series over time in JupyterLab: a stretch is clicked, and Python sees its rows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT
from tests.browser.test_scan import choose, listed

SENSORS = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

rng = np.random.default_rng(0)
at = pd.date_range("2024-01-01", periods=24 * 60, freq="h")
sensors = pd.concat([
    pd.DataFrame({"sensor": f"s{k}", "at": at, "temperature": (20 + k + rng.normal(size=len(at))).round(2)})
    for k in range(4)
], ignore_index=True)
sensors.loc[2000:2039, "temperature"] = 20.5
sensors.loc[sensors.index[4600:], "temperature"] += 12
sensors = sensors.drop(index=range(500, 530)).reset_index(drop=True)
"""
SHOW = """\
scan = mq.scan(sensors, checks=["time_gaps", "stuck_values", "level_shifts"])
widget = scan.widget()
scan
"""


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([SENSORS, SHOW])
    opened.run_all()
    expect(listed(opened.output(1)).first).to_have_attribute("aria-selected", "true")
    return opened


@pytest.fixture
def view(notebook):
    return notebook.output(1)


def stretch(view, colour):
    """Return the stretches drawn in a colour."""
    return view.locator(f'.mq-chart svg .mark-rect path[fill="{colour}"]')


def test_clicking_a_stretch_is_what_python_reads(notebook, view, python):
    choose(view, "are missing from at")
    hole = stretch(view, "#d1495b").first
    expect(hole).to_be_visible()
    hole.click(force=True)
    python.see("widget.selection.tolist()", [499, 500])
    expect(view.get_by_role("grid").get_by_text("499").first).to_be_visible()

    stretch(view, "#7a9cc6").first.click(force=True)
    python.see("widget.selection.tolist()", [499])

    choose(view, "temperature stays at 20.5")
    stretch(view, "#c77d1a").first.click(force=True)
    python.see("widget.selected_rows['temperature'].unique().tolist()", [20.5])
    python.see("len(widget.selection)", 40)
    assert notebook.console_errors == []


def test_the_keyboard_reaches_every_stretch(view, python):
    choose(view, "are missing from at")
    parts = view.get_by_role("combobox", name="Rows of a part of").first
    expect(parts.locator("option").nth(2)).to_contain_text("30 readings lost")
    parts.select_option(index=2)
    python.see("widget.selection.tolist()", [499, 500])


def test_it_fits_and_is_accessible_in_both_themes_wide_and_narrow(notebook, view):
    for theme in (LIGHT, DARK):
        notebook.set_theme(theme)
        for width in (1300, 700):
            notebook.set_viewport(width, 900)
            for words in ("are missing from at", "temperature stays", "temperature of s3"):
                choose(view, words)
                expect(view.locator(".mq-chart svg").first).to_be_visible()
                assert notebook.accessibility_violations(".mlqa") == [], f"{theme}, {width} px, {words}"
                chart, pane = (view.locator(one).first.bounding_box() for one in (".mq-chart svg", ".mlqa"))
                assert chart["x"] + chart["width"] <= pane["x"] + pane["width"] + 1
