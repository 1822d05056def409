"""Views of one analysis share their selection, and answer the browser."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import mlqa_widgets as mq
from mlqa_widgets.errors import InputError
from mlqa_widgets.widgets.linked import LinkedWidget
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.work import Work


def _refuse(_widget, _request):
    msg = "column: there is no such column."
    raise InputError(msg)


class Counted(LinkedWidget):
    """A view that counts."""

    _esm = module_path("analysis.js")
    source = "counted"
    answers = {  # noqa: RUF012 - as every view has it
        "double": lambda _, request: request["n"] * 2,
        "long": lambda _, request: _started(Work("sum", lambda _progress, _publish: request["n"] + 1)),
        "refuse": _refuse,
        "break": lambda _, __: 1 / 0,
    }

    def show(self):
        self.view = {"latest": self._work.latest if self._work else "shown"}

    def static_html(self):
        return "<p>counted</p>"


def _started(work):
    work.start()
    return work


@pytest.fixture
def analysis():
    frame = pd.DataFrame({"age": np.arange(300) % 90, "size": np.arange(300) % 5}, index=[f"p{i}" for i in range(300)])
    target = (frame["age"] > 40).rename("old")
    return mq.analyze(LogisticRegression().fit(frame, target), frame, target)


@pytest.fixture
def ask(analysis, monkeypatch):
    """Send a request as the browser does and return its answer."""
    widget = Counted(analysis)
    sent = []
    monkeypatch.setattr(Counted, "send", lambda _, content, buffers=None: sent.append(content))

    def send(**request):
        widget._answer(widget, {"id": 7, **request}, [])
        assert sent[-1]["id"] == 7
        return sent.pop()

    send.widget = widget
    return send


def test_a_selection_in_one_view_is_the_selection_of_all(analysis):
    one, other = Counted(analysis), Counted(analysis)
    analysis.select("age > 80", source="counted")
    assert one.selection == other.selection
    assert one.selection | {"version": 0} == {
        "label": "age > 80",
        "rows": int((analysis.X["age"] > 80).sum()),
        "source": "counted",
        "row": None,
        "row_label": "",
        "version": 0,
    }


def test_a_row_in_focus_is_told_to_every_view_and_to_python(analysis, ask):
    other = Counted(analysis)
    ask(type="focus", row=3)
    assert other.selection["row_label"] == "p3"
    assert analysis.selection.row == 3
    ask(type="clear")
    assert len(analysis.selection) == 0


def test_rows_of_the_selection_come_by_pages_with_the_outcome_first(analysis, ask):
    analysis.select("age >= 85")
    page = ask(type="rows", order_by=None, descending=False, start=0, stop=4)["value"]
    names = [ask.widget.rows_head["columns"][i]["name"] for i in page["columns"]]
    assert names == ["old", "prediction", "probability", "error", "age", "size"]
    assert page["total"] == len(analysis.selection)
    assert [row["label"] for row in page["rows"]] == ["p85", "p86", "p87", "p88"]
    assert page["rows"][0]["cells"][4] == "85"


def test_rows_are_sorted_over_all_pages(analysis, ask):
    analysis.select(np.ones(300, dtype=bool))
    request = {"type": "rows", "order_by": 0, "descending": True}
    cells = [row["cells"][4] for s in (0, 100, 200) for row in ask(**request, start=s, stop=s + 100)["value"]["rows"]]
    assert list(map(int, cells)) == sorted(map(int, cells), reverse=True)
    assert len(cells) == 300


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ({"type": "double", "n": 4}, {"ok": True, "value": 8}),
        ({"type": "long", "n": 4}, {"ok": True, "value": 5}),
        ({"type": "refuse"}, {"ok": False, "error": "column: there is no such column."}),
        ({"type": "break"}, {"ok": False, "error": "That did not work: ZeroDivisionError: division by zero"}),
        ({"type": "unknown"}, {"ok": False, "error": "There is no request 'unknown'."}),
        ({"type": "focus", "row": 900}, {"ok": False}),
    ],
)
def test_every_request_gets_one_answer(ask, request_, answer):
    assert ask(**request_).items() >= answer.items()


def test_the_view_shows_the_newest_version_and_what_went_wrong(analysis):
    assert Counted(analysis, _started(Work("sum", lambda _progress, _publish: 5))).view == {"latest": 5}

    def failing(_progress, publish):
        publish(1)
        raise InputError("y: is missing.")  # noqa: TRY003

    work = Work("sum", failing)
    with pytest.raises(InputError):
        work.start()
    widget = Counted(analysis, work)
    assert widget.view == {"latest": 1}
    assert widget.error == "y: is missing."


def test_a_closed_view_no_longer_listens(analysis):
    widget = Counted(analysis)
    before = widget.selection
    widget.close()
    analysis.select([1])
    assert widget.selection == before


def test_a_view_out_of_sight_catches_up_when_it_is_seen_again(analysis):
    widget = Counted(analysis)
    widget.hide(hidden=True)
    version = widget.selection["version"]
    analysis.select("age > 80")
    analysis.select("age > 70", "the old")
    assert widget.selection["version"] == version
    widget.hide(hidden=False)
    assert widget.selection["label"] == "the old"
    assert widget.selection["version"] == version + 1
