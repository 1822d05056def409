"""The journey of linking in JupyterLab: a person decides doubtful pairs by keyboard; Python and the file hold it."""

from __future__ import annotations

import json
import re
import sqlite3

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

SOURCES = """\
import numpy as np
import pandas as pd
import mlqa_widgets as mq

random = np.random.default_rng(3)
first = random.choice("anna bob carla dmitri elena farid greta hugo ines jonas".split(), 90)
last = random.choice("abbott baker cohen duarte evans fischer garcia haddad".split(), 90)
guests = pd.DataFrame({
    "name": [f"{a} {b}" for a, b in zip(first, last)],
    "street": [f"{i % 9} main street" for i in range(90)],
    "city": random.choice(["lyon", "oslo", "porto"], 90),
    "remark": ["<img src=x onerror='document.title=\\"owned\\"'>"] * 90,
}, index=[f"g{i:02}" for i in range(90)])
patrons = guests.drop(columns="remark").sample(frac=0.8, random_state=1).set_axis([f"p{i:02}" for i in range(72)])
slip = random.random(72) < 0.3
patrons["name"] = patrons["name"].mask(slip, patrons["name"].str.replace("a", "e"))
patrons["street"] = patrons["street"].mask(random.random(72) < 0.3)
"""
SHOW = "linkage = mq.link(guests, patrons, reviewer='ann', name='people')\nlinkage"


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([SOURCES, SHOW])
    opened.run_all()
    expect(opened.output(1).locator(".mq-link-evidence")).to_be_visible()
    return opened


@pytest.fixture
def view(notebook):
    return notebook.output(1).locator(".mlqa")


def pairs(view):
    return view.get_by_role("listbox", name="Pairs").get_by_role("option")


def on_screen(view):
    """Return the numbers of the pair whose evidence is shown."""
    return int(view.locator(".mq-queue-card").get_attribute("aria-label").removeprefix("Pair "))


def test_pairs_are_decided_by_keyboard_and_python_and_the_file_hold_it(notebook, view, python):
    keys = notebook.page.keyboard
    before = python("linkage.estimate.loc['before'].to_dict()")
    pairs(view).first.click()
    first = on_screen(view)
    python.see("linkage.widget().pair", first)
    assert python("linkage.queue.index[0].item()") == first
    keys.press("s")
    expect(view.get_by_text("1 decided")).to_be_visible()
    python.see("linkage.decisions[['pair', 'decision']].to_numpy().tolist()", [[first, "same"]])
    second = on_screen(view)
    assert second != first
    keys.press("n")
    keys.type("two people, see <list>")
    keys.press("Enter")
    keys.press("D")
    expect(view.get_by_text("2 decided")).to_be_visible()
    keys.press("u")
    expect(view.get_by_text("3 decided")).to_be_visible()
    python.see("linkage.decisions['decision'].tolist()", ["same", "different", "unsure"])
    assert python("linkage.decisions['note'].tolist()") == ["", "two people, see <list>", ""]
    assert python(f"bool(linkage.pairs.loc[{second}, 'link'])") is False
    links = view.locator(".mq-link-effect div", has_text="doubtful").locator("dd")
    expect(links).to_contain_text(f"{int(before['doubtful'])} →")

    keys.press("z")
    expect(view.get_by_text("2 decided")).to_be_visible()
    python.see("linkage.decisions['decision'].tolist()", ["same", "different"])
    keys.press("ArrowDown")
    chosen = on_screen(view)
    keys.press("ArrowUp")
    expect(view.locator(".mq-queue-card")).not_to_have_attribute("aria-label", f"Pair {chosen}")

    kept = sqlite3.connect(notebook.path.parent / "people.mlqa-links.sqlite")
    records = kept.execute("SELECT verdict, reviewer FROM verdicts ORDER BY at").fetchall()
    kept.close()
    assert records == [("same", "ann"), ("different", "ann"), ("unsure", "ann"), ("", "ann")]
    assert notebook.console_errors == []
    assert "owned" not in notebook.page.title()


def test_both_rows_stand_side_by_side_and_a_click_decides_what_the_estimates_are_set_against(view, python, notebook):
    slipped = python("int(linkage.links.index[linkage.links['name level'] != 'the same'][0])")
    python.notebook.execute(f"linkage.widget().pair = {slipped}")
    expect(view.locator(".mq-queue-card")).to_have_attribute("aria-label", f"Pair {slipped}")
    name = view.get_by_role("row", name=re.compile("^name "))
    expect(name.locator("mark.mq-left").first).to_have_text("a")
    expect(name.locator("mark.mq-right").first).to_have_text("e")
    expect(name).to_contain_text("times likelier if the same")
    expect(view.get_by_role("row", name=re.compile("^remark"))).to_contain_text("<img src=x")
    expect(view.get_by_text(re.compile("Of pairs drawn at random, one in"))).to_be_visible()

    view.get_by_role("button", name="Same").click()
    expect(view.get_by_text("1 decided")).to_be_visible()
    view.get_by_role("tab", name="Estimates").click()
    expect(view.locator(".mq-chart svg")).to_have_count(2)
    expect(view.get_by_text("every pair 6,480 pairs")).to_be_visible()
    python.see("int(linkage.calibration['decided'].sum())", 1)
    view.get_by_role("tab", name="Without a partner").click()
    rows = view.get_by_role("listbox", name="Rows without a partner").get_by_role("option")
    alone = python("linkage.unlinked[['source', 'row', 'position']].to_numpy().tolist()")
    expect(rows).to_have_count(len(alone))
    rows.nth(1).click()
    source, label, at = alone[1]
    alike = python(f"linkage.most_alike(position={at}, source={source!r}).index.tolist()")
    expect(view.get_by_role("heading", name=f"{source} {label} has no partner")).to_be_visible()
    expect(view.locator(".mq-queue-card")).to_have_attribute("aria-label", f"Pair {alike[0]}")
    notebook.page.keyboard.press("2")
    expect(view.locator(".mq-queue-card")).to_have_attribute("aria-label", f"Pair {alike[1]}")
    assert notebook.accessibility_violations(".mlqa") == []
    notebook.page.keyboard.press("s")
    expect(rows).not_to_have_count(len(alone))
    python.see("linkage.decisions['decision'].tolist()", ["same", "same"])
    assert python(f"bool(linkage.pairs.loc[{alike[1]}, 'link'])") is True
    notebook.page.keyboard.press("z")
    expect(rows).to_have_count(len(alone))
    view.get_by_role("tab", name="Doubtful pairs").click()
    decided = view.get_by_role("group", name="Decided, the latest first").get_by_role("option")
    expect(decided).to_have_count(1)
    decided.click()
    expect(view.get_by_role("heading", name=re.compile("Decided: same"))).to_be_visible()
    view.get_by_role("button", name="Different").click()
    python.see("linkage.decisions['decision'].tolist()", ["different"])
    for theme, width in ((LIGHT, 1300), (DARK, 620)):
        notebook.set_theme(theme)
        notebook.set_viewport(width, 1200)
        assert notebook.accessibility_violations(".mlqa") == []
        assert view.evaluate("el => el.scrollWidth <= el.clientWidth + 1")
    view.get_by_role("tab", name="Estimates").click()
    expect(view.locator(".mq-chart svg")).to_have_count(2)
    assert notebook.accessibility_violations(".mlqa") == []


def saved_html(path):
    """Return what a notebook shows without a kernel."""
    cells = json.loads(path.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)


def test_after_a_restart_the_decisions_are_there_and_without_a_kernel_the_page_tells_them(notebook, view):
    pairs(view).first.click()
    notebook.page.keyboard.press("s")
    expect(view.get_by_text("1 decided")).to_be_visible()
    html = ""
    for _ in range(30):
        notebook.save()
        html = saved_html(notebook.path)
        if "1 decided" in html:
            break
        notebook.page.wait_for_timeout(200)
    assert "1 decided" in html
    assert "To decide, the most telling first" in html
    assert "<img" not in html
    notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()"
    )
    notebook.wait_until_ready()
    notebook.run_all()
    expect(view.get_by_text("1 decided")).to_be_visible()
