"""The plan in the scan's view without a browser: what it shows, what it answers, what Python then has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.widgets.display import TwoOutputWidget


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def visits():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "street": rng.choice(["Main Street", "Elm Road", "Oak Lane", " "], 400),
            "weight": [f"{w:.1f} kg" for w in rng.normal(70, 9, 400)],
            "<b>clinic": "north",
        }
    )
    reading = rng.normal(20, 2, 400)
    reading[[5, 80, 200]] = 4000.0
    return frame.assign(visit=range(400), reading=reading)


@pytest.fixture
def scan(visits):
    return mq.scan(visits, name="visits")


@pytest.fixture
def found(scan):
    return {check: i for i, check in enumerate(scan.findings["check"])}


@pytest.fixture
def widget(scan):
    widget = scan.widget()
    widget.tab = "plan"
    return widget


@pytest.fixture
def ask(monkeypatch):
    """Send a request as the browser does and return its answer."""
    sent = []
    monkeypatch.setattr(TwoOutputWidget, "send", lambda _, content, buffers=None: sent.append(content))

    def send(widget, **request):
        widget._answer(widget, {"id": 7, **request}, [])
        return sent.pop()

    return send


def titles(plan_widget):
    return [step["title"] for step in plan_widget.view["steps"]]


def test_the_panel_is_made_when_it_is_first_looked_at(scan):
    widget = scan.widget()
    assert widget.plan is None
    widget.tab = "plan"
    assert widget.plan.view["steps"] == []
    assert widget.plan.view["recommended"] == len(scan.recommended) >= 3


def test_a_fix_chosen_on_screen_is_in_the_plan_of_python(ask, scan, widget, found):
    assert ask(widget, type="choose", finding=found["blank_strings"], fix=0)["ok"]
    assert scan.chosen == [(found["blank_strings"], 0)]
    assert widget.view["planned"] == [{"finding": found["blank_strings"], "fix": 0}]
    (step,) = widget.plan.view["steps"]
    assert step["did"] == [f"{(scan.table.frame()['street'] == ' ').sum()} cells emptied"]
    assert scan.plan().apply()["street"].isna().any()
    assert ask(widget, type="unchoose", finding=found["blank_strings"], fix=0)["ok"]
    assert scan.chosen == []


def test_a_fix_chosen_in_python_is_on_screen(scan, widget, found):
    scan.choose([found["blank_strings"]])
    assert widget.view["planned"] == [{"finding": found["blank_strings"], "fix": 0}]
    assert len(widget.plan.view["steps"]) == 1


def test_another_fix_of_the_same_finding_takes_the_place_of_the_first(ask, scan, widget):
    i = next(i for i in scan.findings.index if len(scan.finding(i).fixes) > 1)
    ask(widget, type="choose", finding=i, fix=0)
    ask(widget, type="choose", finding=i, fix=1)
    assert scan.chosen == [(i, 1)]


def test_fixes_are_moved_among_their_kind_and_taken_out(ask, scan, widget, found):
    plan = ask(widget.plan, type="recommend") and widget.plan
    first, second, *_ = titles(plan)
    cells = [choice for choice in scan.chosen if choice[0] != found["constant_column"]]
    finding, fix = cells[0]
    ask(plan, type="down", finding=finding, fix=fix)
    assert titles(plan)[:2] == [second, first]
    ask(plan, type="up", finding=finding, fix=fix)
    assert titles(plan)[:2] == [first, second]
    clinic = found["constant_column"]
    ask(plan, type="up", finding=clinic, fix=0)
    assert plan.view["steps"][-1]["finding"] == clinic
    ask(plan, type="remove", finding=clinic, fix=0)
    assert (clinic, 0) not in scan.chosen
    ask(plan, type="clear")
    assert scan.chosen == []


def test_the_shape_before_and_after_is_shown(ask, widget):
    ask(widget.plan, type="recommend")
    assert widget.plan.view["before"] == "400 rows × 5 columns"
    assert widget.plan.view["after"] == "400 rows × 4 columns"
    assert widget.plan.view["tried"]
    assert "def repair(df" in widget.plan.view["code"]


def test_a_step_leads_to_its_finding(ask, widget, found):
    ask(widget.plan, type="recommend")
    ask(widget.plan, type="open", finding=found["constant_column"], fix=0)
    assert (widget.tab, widget.finding) == ("findings", found["constant_column"])


def test_the_static_views_show_the_function_and_every_name_as_text(scan, found):
    widget = scan.widget()
    scan.choose([found["constant_column"]])
    html = widget.static_html()
    assert "Plan: 1 fix chosen" in html
    assert "def repair(df" in html
    alone = scan.plan().widget()
    assert not alone.view["editable"]
    for page in (html, alone.static_html()):
        assert "<b>clinic" not in page
        assert "&lt;b&gt;clinic" in page


def test_what_cannot_be_made_says_why(scan, found):
    clinic = found["constant_column"]
    view = scan.plan([clinic, clinic]).widget().view
    assert [bool(step["refused"]) for step in view["steps"]] == [False, True]


def test_values_stay_out_of_the_static_view_when_asked_to(scan, found, monkeypatch):
    monkeypatch.setattr(mq.options, "static_values", False)
    widget = scan.widget()
    scan.choose([found["constant_column"]])
    assert "def repair(df" not in widget.static_html()
    assert "north" not in scan.plan().widget().static_html()
