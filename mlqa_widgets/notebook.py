"""The notebook this runs in: what can be known of it, and how a result is shown in it."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlqa_widgets.widgets.display import TwoOutputWidget


def kernel() -> Any | None:
    """Return the running Jupyter kernel, or None outside one."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None)


def may_block() -> bool:
    """Whether to wait for long work: in scripts and in runs nobody watches (nbconvert, papermill), not in a live notebook.

    A client that runs a notebook unattended tells the kernel that no one can answer a prompt.
    """
    running = kernel()
    return running is None or not getattr(running, "_allow_stdin", True)


class Shown(ABC):
    """What a notebook shows as its widget, and a terminal as its text."""

    @abstractmethod
    def widget(self) -> TwoOutputWidget:
        """Return the widget that a notebook shows."""

    def _ipython_display_(self) -> None:
        if kernel() is None:
            print(self)  # noqa: T201 - what a terminal can show
        else:
            self.widget()._ipython_display_()
