"""The review in JupyterLab: a person judges by keyboard; Python and the file then hold what was said."""

from __future__ import annotations

import json
import sqlite3

import pytest
from playwright.sync_api import expect

from tests.browser.lab import DARK, LIGHT

PEOPLE = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.compose import make_column_transformer
from sklearn.preprocessing import OneHotEncoder
import mlqa_widgets as mq

rng = np.random.default_rng(0)
people = pd.DataFrame({
    "age": rng.integers(18, 80, 400),
    "hours per week": rng.integers(5, 70, 400),
    "education": rng.choice(["Primary", "Bachelor", "Doctorate"], 400),
    "<b>note</b>": rng.choice(["<img src=x onerror='document.title=\\"owned\\"'>", "plain"], 400),
    "debt": rng.lognormal(8, 1, 400),
}, index=[f"p{i:03}" for i in range(400)])
score = people["age"] / 10 + people["hours per week"] / 8 + 3 * (people["education"] == "Doctorate")
rich = (score + rng.normal(0, 1, 400) > 10).map({True: "rich", False: "poor"}).rename("wealth")
rich.iloc[7] = "poor" if score.iloc[7] > 10 else "rich"
encode = make_column_transformer((OneHotEncoder(), ["education", "<b>note</b>"]), remainder="passthrough")
model = make_pipeline(encode, LogisticRegression(max_iter=5000)).fit(people, rich)
analysis = mq.analyze(model, people, rich)
"""
SHOW = "review = analysis.review(reviewer='ann', size=12, name='wealth')\nreview"


@pytest.fixture
def notebook(lab):
    opened = lab.open_notebook([PEOPLE, SHOW])
    opened.run_all()
    expect(opened.output(1).locator(".mq-review-contributions")).to_be_visible()
    # Until all parts of oddness are known the queue may still change its order.
    order = json.loads(opened.execute("import json; print(json.dumps(review.queue.index.tolist()))"))
    expect(opened.output(1).locator(".mq-queue-label")).to_have_text(order)
    return opened


@pytest.fixture
def view(notebook):
    return notebook.output(1).locator(".mlqa")


def queued(view):
    """Return the rows in the list at the left."""
    return view.get_by_role("listbox", name="Rows to review").get_by_role("option")


def chosen(view):
    """Return the row in the list that is on screen."""
    return view.locator("[role=option][aria-selected=true] .mq-queue-label")


def test_a_review_by_keyboard_is_what_python_and_the_file_hold(notebook, view, python):
    queue = python("review.queue.index.tolist()")
    keys = notebook.page.keyboard
    queued(view).first.click()
    python.see("analysis.selection.row", position(python, 0))
    expect(chosen(view)).to_have_text(queue[0])
    expect(view.locator(".mq-review-card-sentence")).to_have_text(
        python(f"review.card(position={position(python, 0)}).sentence")
    )
    keys.press("4")
    expect(chosen(view)).to_have_text(queue[1])
    python.see("analysis.selection.row", position(python, 1))
    keys.press("n")
    keys.type("2 jobs, see <file>")
    keys.press("Enter")
    keys.press("1")
    expect(chosen(view)).to_have_text(queue[2])
    keys.press("j")
    keys.press("ArrowDown")
    expect(chosen(view)).to_have_text(queue[4])
    keys.press("k")
    expect(chosen(view)).to_have_text(queue[3])
    keys.press("5")
    expect(view.get_by_text("3 of 12 reviewed")).to_be_visible()
    said = {queue[0]: "label is wrong", queue[1]: "makes sense", queue[3]: "true outlier"}
    python.see("review.verdicts['verdict'].to_dict()", said)
    assert python(f"review.verdicts.loc['{queue[1]}', 'note']") == "2 jobs, see <file>"

    keys.press("z")
    expect(chosen(view)).to_have_text(queue[3])
    expect(view.get_by_text("2 of 12 reviewed")).to_be_visible()
    python.see("len(review.verdicts)", 2)
    keys.press("f")
    expect(queued(view)).to_have_count(10)

    kept = sqlite3.connect(notebook.path.parent / "wealth.mlqa-reviews.sqlite")
    records = kept.execute("SELECT label, verdict, reviewer FROM verdicts ORDER BY at").fetchall()
    kept.close()
    assert records == [
        (queue[0], "label is wrong", "ann"),
        (queue[1], "makes sense", "ann"),
        (queue[3], "true outlier", "ann"),
        (queue[3], "", "ann"),
    ]
    assert notebook.console_errors == []
    assert "owned" not in notebook.page.title()


def position(python, place):
    """Return the position in X of a row of the queue."""
    return python(f"int(review.queue['position'].iloc[{place}])")


def test_after_a_restart_of_the_kernel_the_verdicts_are_there_again(notebook, view, python):
    queue = python("review.queue.index.tolist()")
    queued(view).first.click()
    notebook.page.keyboard.press("3")
    expect(view.get_by_text("1 of 12 reviewed")).to_be_visible()
    python.see("len(review.verdicts)", 1)
    notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()"
    )
    notebook.wait_until_ready()
    notebook.run_all()
    expect(view.get_by_text("1 of 12 reviewed")).to_be_visible()
    expect(queued(view).filter(has_text=queue[0])).to_contain_text("data is wrong")
    expect(chosen(view)).to_have_text(queue[1])
    python.see("review.verdicts['verdict'].to_dict()", {queue[0]: "data is wrong"})


def test_what_is_selected_elsewhere_is_reviewed(notebook, view, python):
    last = python("review.queue.index.tolist()")[-1]
    notebook.execute(f"analysis.focus({position(python, -1)})")
    expect(chosen(view)).to_have_text(last)
    notebook.execute("analysis.select('age > 75', source='slices')")
    view.get_by_role("button", name="age > 75").click()
    expect(view.get_by_text("Only age > 75")).to_be_visible()
    python.see("bool((people.loc[review.queue.index, 'age'] > 75).all())", value=True)
    queued(view).nth(1).click()  # so that the first of all rows is another one
    view.get_by_role("button", name="Review the oddest of all rows").click()
    python.see("review.narrowed_to", None)
    python.see("analysis.selection.row", position(python, 0))
    expect(queued(view)).to_have_count(12)
    other = python("int(review.work.result.parts['oddness'].idxmin())")
    notebook.execute(f"analysis.focus({other})")
    view.get_by_role("button", name="Review row").click()
    expect(queued(view)).to_have_count(1)


def test_a_verdict_that_cannot_be_stored_is_told_and_kept_until_it_can(notebook, view, python):
    notebook.execute("from mlqa_widgets.verdicts import file as v; v._PATIENCE = 0.1")
    notebook.execute("review.judge('p000', 'unsure'); review.undo()")
    notebook.execute(
        "import sqlite3; lock = sqlite3.connect(review.file.path, isolation_level=None); lock.execute('BEGIN EXCLUSIVE')"
    )
    queued(view).first.click()
    notebook.page.keyboard.press("2")
    expect(view.get_by_role("alert").first).to_contain_text("1 verdict is not stored yet.")
    expect(view.get_by_role("alert").first).to_contain_text("locked")
    expect(queued(view).first).to_contain_text("model is wrong")
    notebook.execute("lock.execute('ROLLBACK'); lock.close(); v._PATIENCE = 5.0")
    view.get_by_role("button", name="Try again").click()
    expect(view.get_by_role("alert")).to_have_count(0)
    python.see("review.verdicts['verdict'].tolist()", ["model is wrong"])


def test_the_summary_counts_merges_and_leads_to_disagreements(notebook, view, python):
    notebook.execute("bob = analysis.review(reviewer='bob', name='bob')")
    for place in range(4):
        notebook.execute(f"bob.judge(None, 'makes sense', position={position(python, place)})")
    queued(view).first.click()
    for key in "1126":
        notebook.page.keyboard.press(key)
    expect(view.get_by_text("4 of 12 reviewed")).to_be_visible()
    view.get_by_role("tab", name="Summary").click()
    expect(view.locator(".mq-review-agreement")).to_contain_text("66.7 % of 3 judged rows")
    view.get_by_role("textbox", name="file of verdicts").fill("bob.mlqa-reviews.sqlite")
    view.get_by_role("button", name="Merge").click()
    expect(view.get_by_role("status")).to_contain_text("4 verdicts added. Reviewers differ on 2 rows.")
    expect(view.get_by_text("Cohen's kappa")).to_be_visible()
    expect(view.locator(".mq-review-agreement")).to_contain_text("they differ on 1 more row")
    view.get_by_role("combobox", name="Agreement by").select_option(label="education")
    expect(view.locator(".mq-review-intervals li").first).to_be_visible()
    third = python("review.queue.index.tolist()")[2]
    view.get_by_role("button", name=third).click()
    expect(chosen(view)).to_have_text(third)
    expect(view.locator(".mq-review-others")).to_contain_text("bob: makes sense")


def test_without_a_kernel_the_static_view_stands_in_its_place(lab, notebook, view):
    queued(view).first.click()
    notebook.page.keyboard.press("1")
    expect(view.get_by_text("1 of 12 reviewed")).to_be_visible()
    notebook.page.wait_for_timeout(1500)
    notebook.save()
    saved = json.loads(notebook.path.read_text(encoding="utf-8"))
    static = "".join(saved["cells"][1]["outputs"][0]["data"]["text/html"])
    assert "1 of 12 odd predictions reviewed" in static
    assert "Reviewers held the model right on 1 of 1 judged row" in static


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_nothing_keeps_anyone_out_in_either_theme_wide_or_narrow(notebook, view, theme, tmp_path):
    notebook.set_theme(theme)
    queued(view).first.click()
    notebook.page.keyboard.press("1")
    expect(view.locator(".mq-review-contrast tbody tr").first).to_be_visible()
    for width in (1280, 520):
        notebook.set_viewport(width, 1500)
        notebook.page.wait_for_timeout(300)
        notebook.screenshot(tmp_path / f"{theme}-{width}.png")
        assert notebook.accessibility_violations(".mlqa") == []
    view.get_by_role("tab", name="Summary").click()
    expect(view.locator(".mq-review-agreement")).to_be_visible()
    notebook.screenshot(tmp_path / f"{theme}-summary.png")
    assert notebook.accessibility_violations(".mlqa") == []
