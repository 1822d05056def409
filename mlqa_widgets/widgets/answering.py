"""A widget that answers questions of the browser: what it shows, where its work is, and how errors reach the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets

from mlqa_widgets.errors import MlqaError
from mlqa_widgets.widgets.display import TwoOutputWidget
from mlqa_widgets.widgets.following import follow
from mlqa_widgets.work import Work

Answer = Callable[[Any, dict[str, Any]], Any]
"""Takes the widget and the request; returns what goes back, or a :class:`Work` whose result does."""


class AnsweringWidget(TwoOutputWidget):
    """A view with one thing on screen and requests of its own, listed by a subclass in ``answers``.

    Attributes
    ----------
    view
        What is shown; None until there is something.
    progress, error
        Where its work is, and what ended it early.
    """

    answers: ClassVar[Mapping[str, Answer]] = {}

    view: Any = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    progress: Any = traitlets.Dict({"running": False, "step": "", "share": 0.0}).tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._answer)
        self.observe(lambda _: self.publish_static(), names=["view"])

    def _answer(self, _widget: Any, request: dict[str, Any], _buffers: list[memoryview]) -> None:
        identity = request.get("id")
        try:
            value = self._value(request)
        except Exception as error:  # noqa: BLE001 - an exception here would vanish; the view shows it
            self._send_error(identity, error)
            return
        if isinstance(value, Work):
            self._send_when_done(identity, value)
        else:
            self.send({"id": identity, "ok": True, "value": value})

    def _send_when_done(self, identity: Any, work: Work[Any]) -> None:
        def send() -> None:
            if work.error is not None:
                self._send_error(identity, work.error)
            else:
                self.send({"id": identity, "ok": True, "value": work.latest})

        follow(work, lambda: None, lambda: send() if work.done else None)

    def _send_error(self, identity: Any, error: Exception) -> None:
        known = isinstance(error, MlqaError)
        sentence = str(error) if known else f"That did not work: {type(error).__name__}: {error}"
        self.send({"id": identity, "ok": False, "error": sentence})

    def _value(self, request: dict[str, Any]) -> Any:
        answer = self.answers.get(request["type"])
        if answer is None:
            msg = f"There is no request {request['type']!r}."
            raise MlqaError(msg)
        return answer(self, request)
