"""Long work goes on in the background: it can be waited for, watched and cancelled."""

from __future__ import annotations

import threading

import pytest

import mlqa_widgets as mq
from mlqa_widgets.work import Work

_Y_MISSING = mq.InputError("y: is missing.")


@pytest.fixture
def watched(monkeypatch):
    """Work as in a live notebook, where nobody may be blocked."""
    monkeypatch.setattr("mlqa_widgets.work.may_block", lambda: False)
    monkeypatch.setattr("mlqa_widgets.work._PATIENCE", 0.01)


def test_versions_come_before_the_result(watched):
    go_on = threading.Event()
    seen = []

    def compute(_progress, publish):
        publish("first")
        go_on.wait(10)
        return "final"

    work = Work("count", compute)
    work.listen(lambda: seen.append(work.latest))
    work.start()
    assert work.first == "first"
    assert not work.done
    go_on.set()
    assert work.result == "final"
    assert seen == ["first", "final"]


def test_what_was_published_stays_when_the_work_is_cancelled(watched):
    go_on = threading.Event()

    def compute(progress, publish):
        publish("first")
        go_on.wait(10)
        progress.at("second half", 0.5)
        return "final"

    work = Work("count", compute)
    work.start()
    assert work.first == "first"
    work.cancel()
    go_on.set()
    assert work.done
    assert work.latest == "first"
    with pytest.raises(mq.Cancelled, match="The count was cancelled"):
        _ = work.result


def test_what_goes_wrong_is_raised_where_the_result_is_asked_for(watched):
    go_on = threading.Event()

    def compute(_progress, _publish):
        go_on.wait(10)
        raise _Y_MISSING

    work = Work("count", compute)
    work.start()
    go_on.set()
    with pytest.raises(mq.InputError, match="y: is missing"):
        _ = work.result
    with pytest.raises(mq.InputError, match="y: is missing"):
        _ = work.first


def test_in_a_script_the_work_is_waited_for_and_fails_at_once():
    def compute(_progress, _publish):
        raise _Y_MISSING

    with pytest.raises(mq.InputError, match="y: is missing"):
        Work("count", compute).start()
