"""Vega, once per kernel: the widgets borrow it instead of each carrying a copy."""

from __future__ import annotations

from typing import ClassVar

import anywidget

from mlqa_widgets.widgets.modules import module_path


class VegaRuntime(anywidget.AnyWidget):
    """Exports vega-embed to the widgets that refer to it."""

    _esm = module_path("vega-runtime.js")
    _shared: ClassVar[VegaRuntime | None] = None

    @classmethod
    def shared(cls) -> VegaRuntime:
        """Return this kernel's runtime, made anew if it was closed."""
        if cls._shared is None or cls._shared.comm is None:
            cls._shared = cls()
        return cls._shared
