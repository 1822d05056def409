"""Long work in a thread of its own: waited for, watched, cancelled; its result may come in ever better versions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from mlqa_widgets.notebook import may_block
from mlqa_widgets.progress import Progress

T = TypeVar("T")

_PATIENCE = 0.8


class Work(Generic[T]):
    """One computation in the background.

    Parameters
    ----------
    what
        What is being done, as a noun: "scan".
    compute
        Takes the progress, which it tells of its steps, and a function to publish an early version of the result
        with. Returns the final result.

    Examples
    --------
    >>> work = Work("sum", lambda progress, publish: 1 + 1)
    >>> work.start()
    >>> work.result
    2
    """

    def __init__(self, what: str, compute: Callable[[Progress, Callable[[T], None]], T]) -> None:
        self.progress = Progress(what=what)
        self._compute = compute
        self._latest: T | None = None
        self._error: Exception | None = None
        self._ending = threading.Lock()
        self._arrived = threading.Event()
        self._done = threading.Event()
        self._listeners: list[Callable[[], None]] = []

    def start(self) -> None:
        """Begin, and wait for the end as long as the caller may be blocked.

        Raises
        ------
        Exception
            Whatever ended the work early within that time.
        """
        threading.Thread(target=self._run, name=f"mlqa {self.progress.what}", daemon=True).start()
        self._done.wait(None if may_block() else _PATIENCE)
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._end(self._compute(self.progress, self._publish))
        except Exception as error:  # noqa: BLE001 - kept for the thread that asks
            self._end(error=error)
        finally:
            del self._compute  # mostly a method of what holds this work: together they would outlive their last use

    def _publish(self, version: T) -> None:
        with self._ending:
            if self._done.is_set():
                return
            self._latest = version
            self._arrived.set()
        self._tell()

    def _end(self, result: T | None = None, error: Exception | None = None) -> None:
        with self._ending:
            if self._done.is_set():
                return
            if error is None:
                self._latest = result
            self._error = error
            self._arrived.set()
            self._done.set()
        self._tell()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` from the working thread whenever a version arrives, and at the end."""
        self._listeners.append(listener)

    def cancel(self) -> None:
        """Stop. The last published version stays."""
        self.progress.cancel()
        self._end(error=self.progress.stopped())

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most ``seconds``, and return whether it has come."""
        return self._done.wait(seconds)

    @property
    def done(self) -> bool:
        """Whether the work has ended, well or not."""
        return self._done.is_set()

    @property
    def error(self) -> Exception | None:
        """What ended the work early, if anything did."""
        return self._error

    @property
    def latest(self) -> T | None:
        """The newest version so far, without waiting."""
        return self._latest

    @property
    def first(self) -> T:
        """The newest version so far; waits for the first.

        Raises
        ------
        Exception
            Whatever ended the work before there was one.
        """
        self._arrived.wait()
        if self._latest is None and self._error is not None:
            raise self._error
        return cast("T", self._latest)

    @property
    def result(self) -> T:
        """The final result; waits for it.

        Raises
        ------
        Exception
            Whatever ended the work early.
        """
        self._done.wait()
        if self._error is not None:
            raise self._error
        return cast("T", self._latest)


class InBackground:
    """What is computed by a :class:`Work` of its own, and can be watched and cancelled."""

    work: Work[Any]

    def start(self) -> None:
        """Begin in a thread, and wait for the end as long as the caller may be blocked."""
        self.work.start()

    @property
    def done(self) -> bool:
        """Whether the work has ended, well or not."""
        return self.work.done

    @property
    def progress(self) -> Progress:
        """Where the work is."""
        return self.work.progress

    @property
    def error(self) -> Exception | None:
        """What ended the work early, if anything did."""
        return self.work.error

    def cancel(self) -> None:
        """Stop the work. What it was doing is dropped, at once or as soon as it can be interrupted."""
        self.work.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of the work, at most ``seconds``, and return whether it has come."""
        return self.work.wait(seconds)
