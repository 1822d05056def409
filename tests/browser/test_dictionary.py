"""The data dictionary, as a person edits it in the Columns tab, and what Python then sees."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT, Python
from tests.browser.test_scan import choose, listed

WIND = """\
import pandas as pd
import mlqa_widgets as mq

wind = pd.DataFrame({
    "reading": range(400),
    "speed": [3.5, 7.25, 120.0, 5.0, -1.0, 4.0, 6.5, 8.0] * 50,
    "sky": ["clear", "cloud", "clear", "fog"] * 100,
    "taken": [f"2024-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(400)],
})
given = {"fields": [{"name": "reading"}, {"name": "speed", "rdfType": "http://example.org/speed"}], "fieldsMatch": "partial"}
"""
SHOW = "scan = mq.scan(wind, dictionary=given)\nscan"


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([WIND, SHOW, "widget = scan.widget()"])
    opened.run_all()
    expect(listed(opened.output(1)).first).to_have_attribute("aria-selected", "true")
    opened.output(1).get_by_role("tab", name="Columns").click()
    return opened


@pytest.fixture
def view(notebook):
    return notebook.output(1)


def declared(column):
    """Return the expression for what the dictionary says of a column, None for nothing yet."""
    return f"{{field.name: field.properties() for field in scan.dictionary}}.get({column!r})"


def open_editor(view, column):
    view.get_by_role("button", name=f"Edit what {column} may hold").click()
    expect(view.get_by_role("combobox", name=f"Type of {column}")).to_be_focused()


def test_a_range_typed_by_keyboard_is_kept_and_checked_at_once(notebook, view, python):
    open_editor(view, "speed")
    keyboard = notebook.page.keyboard
    keyboard.type("num")
    keyboard.press("Tab")
    keyboard.type("m/s")
    keyboard.press("Tab")
    keyboard.type("0")
    keyboard.press("Tab")
    keyboard.type("75")
    keyboard.press("Enter")
    python.see("scan.dictionary['speed'].properties()", {"type": "number", "unit": "m/s", "minimum": 0, "maximum": 75})
    python.see("scan.findings.query(\"check == 'dictionary_conflicts'\")['rows'].tolist()", [100])
    expect(view.get_by_role("button", name="Edit what speed may hold")).to_contain_text("number · m/s · 0 to 75")
    keyboard.press("Escape")
    expect(view.get_by_role("form")).to_have_count(0)
    expect(view.get_by_role("button", name="Edit what speed may hold")).to_be_focused()

    view.get_by_role("tab", name="Findings").click()
    choose(view, "speed is outside the declared range")
    python.see("sorted(set(widget.selected_rows['speed']))", [-1, 120])

    decisions = (notebook.path.parent / "wind.mlqa.toml").read_text()
    assert "[declared.speed]" in decisions
    assert 'unit = "m/s"' in decisions


def test_what_cannot_be_is_refused_in_place_and_the_rest_is_kept(notebook, view, python):
    view.get_by_role("tab", name="Findings").click()
    choose(view, "describes none of the")
    python.see("scan.finding(widget.finding).check", "undocumented_columns")
    view.get_by_role("tab", name="Columns").click()
    open_editor(view, "speed")
    least, greatest = (view.get_by_role("textbox", name=f"{name} of speed") for name in ("Least", "Greatest"))
    greatest.fill("75")
    greatest.press("Enter")
    python.see("scan.dictionary['speed'].get('maximum')", 75)
    for text, said in [("fast", "'fast' is no number"), ("80", "above the maximum 75")]:
        least.fill(text)
        least.press("Enter")
        expect(view.get_by_role("form")).to_contain_text(said)
        expect(least).to_have_attribute("aria-invalid", "true")
    least.press("Escape")
    expect(least).to_have_value("")
    python.see("scan.dictionary['speed'].properties()", {"maximum": 75})
    python.see("scan.findings.query(\"check == 'dictionary_conflicts'\")['rows'].tolist()", [50])
    python.see("scan.finding(widget.finding).check", "undocumented_columns")
    assert notebook.console_errors == []


def test_what_was_said_outlives_the_kernel_and_is_written_as_a_table_schema(notebook, view, python):
    open_editor(view, "sky")
    allowed = view.get_by_role("textbox", name="Allowed values of sky")
    allowed.fill("clear, cloud")
    allowed.press("Enter")
    python.see(declared("sky"), {"enum": ["clear", "cloud"]})
    description = view.get_by_role("textbox", name="Description of sky")
    description.fill("as the observer saw it")
    description.press("Enter")
    open_editor(view, "taken")
    view.get_by_role("button", name="Declare what was seen").click()
    python.see(declared("taken"), {"type": "date", "required": True})
    view.get_by_role("button", name="Export dictionary").click()
    expect(view).to_contain_text("Written to wind.schema.json")
    written = json.loads((notebook.path.parent / "wind.schema.json").read_text())
    fields = {field["name"]: field for field in written["fields"]}
    assert fields["speed"]["rdfType"] == "http://example.org/speed"
    assert fields["sky"]["constraints"] == {"enum": ["clear", "cloud"]}
    assert fields["sky"]["description"] == "as the observer saw it"

    notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()"
    )
    notebook.wait_until_ready()
    notebook.execute(WIND + "scan = mq.scan(wind)")
    assert python(declared("sky")) == {"description": "as the observer saw it", "enum": ["clear", "cloud"]}
    assert python("scan.findings.query(\"check == 'dictionary_conflicts'\")['rows'].tolist()") == [100]


def test_what_is_past_the_budget_is_counted_and_one_click_away(lab):
    blanks = "blanks = pd.DataFrame({f'c{n:02}': ['a', ' '] * 20 for n in range(14)})\n"
    show = "scan = mq.scan(blanks, checks=['blank_strings', 'undocumented_columns'])\nscan"
    opened = lab.open_notebook([WIND, blanks + show])
    opened.run_all()
    view = opened.output(1)
    expect(listed(view)).to_have_count(10)
    expect(listed(view).last).to_contain_text("and 4 more of blank_strings, not listed")
    view.get_by_role("button", name="Show 4 warnings, 1 info more").click()
    expect(listed(view)).to_have_count(15)
    view.get_by_role("button", name="Show the worst only").click()
    expect(listed(view)).to_have_count(10)
    view.get_by_role("searchbox").fill("c13")
    expect(listed(view).first).to_contain_text("c13")
    assert Python(opened)("len(scan.findings)") == 15


def test_the_editor_is_accessible_and_fits_in_both_themes_wide_and_narrow(notebook, view, tmp_path):
    open_editor(view, "speed")
    for theme in (LIGHT, DARK):
        notebook.set_theme(theme)
        for width in (1400, 700):
            notebook.set_viewport(width, 900)
            assert notebook.accessibility_violations(".mlqa") == [], f"{theme}, {width} px"
            form = view.get_by_role("form")
            assert form.evaluate("(form) => form.scrollWidth <= form.clientWidth + 1"), f"{theme}, {width} px"
            notebook.screenshot(tmp_path / f"{theme}-{width}.png")
