"""Two outputs for every widget, so that a notebook always shows something.

First the static view, plain HTML that every host and every export can show; then the live view, which hides the
static one while it is mounted. When what is shown changes, the static view is published again under the same
display id, so what is saved is what was last seen.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import anywidget
import traitlets

from mlqa_widgets.options import options

_MARK = "application/vnd.mlqa.widget+json"
_DELAY = 0.5


class TwoOutputWidget(anywidget.AnyWidget):
    """A widget with a static twin. A subclass says what the twin shows in :meth:`static_html`."""

    uid = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(uid=f"mlqa-{uuid.uuid4().hex}", **traits)
        self._displayed = False
        self._pending: asyncio.TimerHandle | None = None

    def static_html(self) -> str:
        """Return the static view: HTML that survives a sanitiser, every value escaped."""
        raise NotImplementedError

    def _ipython_display_(self, **_: Any) -> None:
        from IPython.display import publish_display_data

        if options.static_view:
            publish_display_data(self._static_bundle(), transient={"display_id": self.uid})
            self._displayed = True
        data, metadata = super()._repr_mimebundle_() or ({}, {})
        publish_display_data(data | {_MARK: {}, "text/plain": ""}, metadata)

    def publish_static(self) -> None:
        """Publish the static view again, shortly: several changes in a row make one publication."""
        if not self._displayed:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._publish_static_now()
            return
        if self._pending is not None:
            self._pending.cancel()
        self._pending = loop.call_later(_DELAY, self._publish_static_now)

    def _publish_static_now(self) -> None:
        from IPython.display import publish_display_data

        publish_display_data(self._static_bundle(), transient={"display_id": self.uid}, update=True)

    def _static_bundle(self) -> dict[str, str]:
        return {"text/html": f'<div data-mlqa-for="{self.uid}">{self.static_html()}</div>', "text/plain": ""}
