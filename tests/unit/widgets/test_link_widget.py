"""The widget of a linkage: what it shows, answers, and tells Python."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.link.decisions import Decision
from mlqa_widgets.options import options
from mlqa_widgets.verdicts.file import VerdictFile
from mlqa_widgets.widgets.link import alike_view


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    names = [f"{a} {b}" for a in ("ann", "bob", "cid", "dan") for b in ("lee", "ray", "fox", "oak", "hill", "moss")]
    left = pd.DataFrame(
        {"name": names, "phone": [f"555{i:04d}" for i in range(1000, 1024)], "<b>x</b>": ["<img src=x>"] * 24}
    )
    right = left.iloc[::-1].reset_index(drop=True).drop(columns="<b>x</b>").assign(seen=range(24))
    right.loc[0, "phone"] = None
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("widget"))
        return mq.link(left, right, columns=["name", "phone"], names=("ours", "theirs"), reviewer="ann")


@pytest.fixture
def linkage(linked):
    yield linked
    while linked.undo() is not None:
        pass


def ask(widget, **request):
    sent: list[dict[str, Any]] = []
    widget.send = sent.append
    widget._answer(widget, {"id": 1, **request}, [])
    return sent[0]


def test_the_most_telling_pair_is_shown_first(linkage) -> None:
    widget = linkage.widget()
    assert widget.pair == widget.view["queue"][0]["pair"] == linkage.queue.index[0]
    assert (widget.view["left"], widget.view["within"]) == ({"name": "ours", "rows": 24}, False)
    left, right = widget.selected_rows
    assert (left.index[0], right.index[0]) == tuple(linkage.pairs.loc[widget.pair, ["left", "right"]])


def test_a_card_holds_both_rows_and_what_each_column_says(linkage) -> None:
    card = ask(linkage.widget(), type="card", pair=0)["value"]
    assert [line["column"] for line in card["evidence"]] == ["name", "phone"]
    assert card["prior"] + sum(line["weight"] for line in card["evidence"]) == pytest.approx(card["weight"], abs=1e-3)
    assert card["evidence"][0]["says"].endswith("times likelier if the same")
    assert card["start"].startswith("Of pairs drawn at random, one in")
    others = {one["column"]: (one["left"], one["right"]) for one in card["others"]}
    assert others["<b>x</b>"] == ("<img src=x>", "–")
    assert others["seen"][0] == "–"


def test_a_missing_value_says_nothing(linkage) -> None:
    pair = linkage.links.index[linkage.links["right"] == 0][0]
    line = ask(linkage.widget(), type="card", pair=int(pair))["value"]["evidence"][1]
    assert (line["right"], line["level"], line["weight"], line["says"]) == (None, "missing", 0.0, "says nothing")


def test_a_decision_in_the_view_is_pythons_and_one_in_python_is_shown(linkage) -> None:
    widget = linkage.widget()
    pair = widget.view["queue"][0]["pair"]
    assert ask(widget, type="decide", pair=pair, decision="different", note="two people")["ok"]
    assert linkage.decisions[["pair", "decision", "note"]].to_numpy().tolist() == [[pair, "different", "two people"]]
    assert [item["pair"] for item in widget.view["decided"]] == [pair]
    assert pair not in [item["pair"] for item in widget.view["queue"]]
    linkage.decide(int(linkage.queue.index[0]), "same")
    assert widget.view["decisions"] == 2
    assert widget.view["now"]["links"] == len(linkage.links)
    assert ask(widget, type="undo")["value"] is not None
    assert widget.view["decisions"] == 1


def test_rows_without_a_partner_are_shown_beside_those_they_could_be(linkage) -> None:
    widget = linkage.widget()
    assert widget.view["alone"] == [0, 0]
    pair = linkage.links.index[0]
    left, right = linkage.links.loc[pair, ["left", "right"]]
    linkage.decide(pair, "different")
    assert widget.view["alone"] == [1, 1]
    items = ask(widget, type="alone")["value"]["items"]
    assert [[item["position"] for item in rows] for rows in items] == [[left], [right]]
    assert [item["probability"] is None for rows in items for item in rows] == [False, False]
    alike = alike_view(linkage, 1, int(right))
    assert (alike["source"], alike["position"], alike["columns"]) == (1, right, ["name", "phone"])
    assert len(alike["alike"]) == 8
    assert next(line for line in alike["alike"] if line["pair"] == pair)["decision"] == "different"
    assert alike["cells"] == alike_view(linkage, 0, int(left))["cells"]
    assert ask(widget, type="decide", pair=alike["alike"][-1]["pair"], decision="same", note="")["ok"]
    assert linkage.decisions["decision"].tolist() == ["different", "same"]


def test_another_reviewers_file_is_taken_in_and_compared(linkage) -> None:
    widget = linkage.widget()
    linkage.decide(0, "same")
    other = VerdictFile("other", linkage.file.parent, linkage._kept.file.analysis, kind="links")
    (mine,) = linkage._kept.records()
    other.add(mine.row, Decision.DIFFERENT, note="no", reviewer="bob", label=mine.label, prediction="0.5", actual="")
    told = ask(widget, type="merge", path=str(other.path))["value"]
    assert told == "1 decision added. Reviewers differ on 1 pair."
    reviewers = ask(widget, type="figures")["value"]["reviewers"]
    assert (reviewers["pairs"][0]["rows"], reviewers["pairs"][0]["same"]) == (1, 0.0)
    assert reviewers["disagreements"][0]["item"] == 0
    assert {line["reviewer"]: line["verdict"] for line in reviewers["disagreements"][0]["said"]} == {
        "ann": "same",
        "bob": "different",
    }
    assert not ask(widget, type="merge", path="nowhere.sqlite")["ok"]


def test_what_cannot_be_decided_comes_back_as_a_sentence(linkage) -> None:
    assert "is none" in ask(linkage.widget(), type="decide", pair=0, decision="maybe", note="")["error"]
    assert "there is none with the number" in ask(linkage.widget(), type="card", pair=10**6)["error"]


def test_figures_tell_how_estimates_stand_against_decisions(linkage) -> None:
    linkage.decide(0, "same")
    figures = ask(linkage.widget(), type="figures")["value"]
    assert sum(step["decided"] for step in figures["steps"]) == 1
    assert figures["rules"] == [{"rule": "every pair", "pairs": 576}]
    assert {line["column"]: line["form"] for line in figures["columns"]} == {"name": "name", "phone": "phone"}
    assert figures["weights"]["layer"]
    assert figures["calibration"]["layer"]


def test_the_static_twin_tells_the_same_without_markup_from_the_data(linkage, monkeypatch) -> None:
    linkage.decide(0, "same", "<script>alert(1)</script>")
    html = linkage.widget().static_html()
    assert "ours" in html
    assert "1 decided" in html
    assert "<script" not in html
    assert "<img" not in html
    monkeypatch.setattr(options, "static_values", False)
    assert "To decide" not in linkage.widget().static_html()


def test_a_linkage_that_ended_early_says_why(linked) -> None:
    widget = linked.widget()
    widget.error = ""
    stopped = mq.Linkage([None], linked._asked, ("ours",), (None, None), None, "ann")
    stopped.work._end(error=mq.InputError("columns: there are none"))
    assert stopped.widget().error == "columns: there are none"
    assert "ended early: columns: there are none" in stopped.widget().static_html()
