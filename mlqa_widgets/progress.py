"""How far a long computation is, and the wish to stop it: shared by the thread that works and the one that shows."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mlqa_widgets.errors import Cancelled


class Progress:
    """Named steps with a share done, and a cancel flag looked at between them.

    Parameters
    ----------
    listener
        Called with the step's name and the share done (0 to 1) from the working thread.
    what
        What is being done, as a noun: "scan".
    """

    def __init__(self, listener: Callable[[str, float], None] | None = None, what: str = "scan") -> None:
        self.what = what
        self.step = ""
        self.share = 0.0
        self._listeners = [listener] if listener else []
        self._cancelled = threading.Event()
        self._on_cancel: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[str, float], None]) -> None:
        """Tell ``listener`` of every further step."""
        self._listeners.append(listener)

    def on_cancel(self, stop: Callable[[], None]) -> None:
        """Call ``stop`` when the work is cancelled, to interrupt what cannot look at a flag."""
        self._on_cancel.append(stop)

    def at(self, step: str, share: float) -> None:
        """Enter a step.

        Raises
        ------
        Cancelled
            When :meth:`cancel` was called.
        """
        if self._cancelled.is_set():
            raise self.stopped()
        self.step, self.share = step, share
        for listener in self._listeners:
            listener(step, share)

    def cancel(self) -> None:
        """Ask the working thread to stop."""
        self._cancelled.set()
        for stop in self._on_cancel:
            stop()

    def stopped(self) -> Cancelled:
        """Return the exception that says what was cancelled."""
        return Cancelled(f"The {self.what} was cancelled.")

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._cancelled.is_set()
