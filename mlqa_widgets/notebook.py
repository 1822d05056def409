"""What can be known of the notebook this runs in."""

from __future__ import annotations

import sys
from typing import Any


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
