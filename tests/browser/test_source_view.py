"""The journey of a source in JupyterLab: its card, two reads against each other, a report for its owner."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

SOURCE = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

random = np.random.default_rng(0)
at = pd.date_range("2024-03-01", periods=24 * 30, freq="h")
air = pd.DataFrame({"at": at.repeat(2), "station": ["North", "South"] * len(at)})
air["no2"] = random.gamma(3, 8, len(air)).round(1)
card = mq.source(
    "air quality", owner="City <i>of</i> Somewhere", promised="1 day", url="https://u:hidden@example.org/air?key=hidden"
)
for day in (10, 11, 12, 13, 16, 17):
    read = air[air["at"] < f"2024-03-{min(day, 13)}"]
    card.read(read, at=f"2024-03-{day} 08:00", keep_data=True)
later = air[air["at"] < "2024-03-20"].drop(index=air.index[[40, 41, 42]])
later["no2"] = later["no2"].where(later["at"].dt.day != 5, (later["no2"] * 1.88).round(2))
card.read(later, at="2024-03-20 08:00", keep_data=True)
card
"""


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook(
        [SOURCE, "comparison = card.compare()\ncomparison", "comparison.report('past.html', source=card).name"]
    )
    opened.run_all()
    expect(opened.output(1).locator(".mlqa").get_by_role("listbox", name="Differences")).to_be_visible()
    return opened


def test_the_card_tells_how_fresh_the_source_is_and_its_history(notebook, lab) -> None:
    card = notebook.output(0)
    expect(card).to_contain_text("City <i>of</i> Somewhere")
    expect(card).to_contain_text("not known")
    expect(card).to_contain_text("contact, licence")
    expect(card).to_contain_text("Its content changed 4 times in 7 reads")
    expect(card).to_contain_text("Older than promised")
    expect(card).not_to_contain_text("hidden")
    history = card.locator("details")
    table = history.get_by_role("table")
    expect(table).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(6)
    history.locator("summary").click()
    expect(table).to_be_hidden()
    history.locator("summary").click()
    expect(table).to_be_visible()
    notebook.save()
    reopened = lab.open_notebook(json.loads(notebook.path.read_text()), trusted=False).output(0)
    expect(reopened).to_contain_text("Its content changed 4 times in 7 reads")
    expect(reopened.get_by_role("table").last).to_be_visible()
    late = reopened.locator("[style*='209, 73, 91'], [style*='#d1495b']").first
    box = late.bounding_box()
    assert box is not None
    assert box["width"] > 100


def test_two_reads_show_what_of_the_past_was_changed_with_its_rows(notebook) -> None:
    view = notebook.output(1).locator(".mlqa")
    past = view.get_by_role("table", name="Rows by what became of them")
    expect(past.get_by_role("row", name="Changed")).to_contain_text("48")
    expect(past.get_by_role("row", name="Removed")).to_contain_text("3")
    options = view.get_by_role("listbox", name="Differences").get_by_role("option")
    expect(options).to_have_count(2)
    options.first.click()
    detail = view.get_by_role("region", name="Chosen difference")
    expect(detail.get_by_role("heading", level=3)).to_contain_text("later = 1.88 × earlier")
    expect(detail.get_by_role("grid")).to_contain_text("North")
    options.nth(1).click()
    expect(detail.get_by_role("heading", level=3)).to_contain_text("are no longer there")
    detail.locator(".mq-bar").first.click()
    expect(detail).to_contain_text("narrowed to")
    for theme in (LIGHT, DARK):
        notebook.set_theme(theme)
        assert notebook.accessibility_violations(".mlqa") == []


def test_the_report_opens_in_a_browser_and_prints(notebook, lab) -> None:
    path = lab.folder / "past.html"
    assert path.exists()
    page = lab.browser.new_page()
    page.set_viewport_size({"width": 700, "height": 900})
    page.goto(path.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("What was changed in the past: air quality")
    page.get_by_role("link", name="Records are no longer there").click()
    expect(page.locator("#defect-2")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
