"""How a widget follows work that runs in another thread: steps and versions are shown by the thread that shows things."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from mlqa_widgets.widgets.messages.shared import ProgressView
from mlqa_widgets.work import Work

_STEP_SECONDS = 0.1


def follow(work: Work[Any], show_step: Callable[[], None], show_version: Callable[[], None]) -> None:
    """Call ``show_step`` now and then while ``work`` runs, and ``show_version`` for each version and at its end.

    Without a running event loop there is nobody to show steps to: the end is waited for.
    """
    if work.done:
        show_version()
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        work.wait()
        show_version()
        return
    shown = time.monotonic()

    def step(_name: str, _share: float) -> None:
        nonlocal shown
        if time.monotonic() - shown > _STEP_SECONDS:
            shown = time.monotonic()
            loop.call_soon_threadsafe(show_step)

    work.progress.listen(step)

    def version() -> None:
        loop.call_soon_threadsafe(show_version)

    work.listen(version)
    if work.latest is not None or work.done:
        show_version()


def progress_view(work: Work[Any] | None) -> ProgressView:
    """Return where ``work`` is; nothing runs if there is none."""
    if work is None:
        return {"running": False, "step": "", "share": 0.0}
    return {"running": not work.done, "step": work.progress.step, "share": work.progress.share}
