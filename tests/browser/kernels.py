"""Kernels that start at once: each is forked from a process that has imported what the notebooks of the tests import.

``python -m tests.browser.kernels SOCKET`` is that process. The command of the kernel, as :func:`specification` has it,
asks it for a fork, hands on its signals, and lives as long as the fork does: what ends one ends the other.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "forked"

_IMPORTED = [
    "altair",
    "anywidget",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "lightgbm",
    "mlqa_widgets",
    "narwhals.stable.v1",
    "pandas",
    "rapidfuzz",
    "scipy.stats",
    "shap",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "splink",
    "sqlalchemy",
]

# A fork has the thread that forks and no other: no library starts one when it is imported.
_NO_THREADS = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "OPENBLAS_NUM_THREADS": "1"}

# Nothing but the standard library, of which little: this runs once for each kernel.
_ASK = """\
import json, os, signal, socket, sys
fork = socket.socket(socket.AF_UNIX)
fork.connect(sys.argv[1])
wanted = {"file": sys.argv[2], "folder": os.getcwd(), "environment": dict(os.environ)}
socket.send_fds(fork, [json.dumps(wanted).encode() + b"\\n"], [1, 2])
pid = int(fork.recv(20))
signal.signal(signal.SIGINT, lambda *_: os.kill(pid, signal.SIGINT))
fork.recv(1)
"""


@contextmanager
def ready_to_fork(address: Path, log: Path) -> Iterator[None]:
    """Run the process that kernels are forked from, with its socket at ``address``."""
    with log.open("w") as output, socket.socket(socket.AF_UNIX) as listener:
        # Whoever connects before it has imported everything waits in the queue.
        listener.bind(str(address))
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.kernels", str(listener.fileno())],
            cwd=Path(__file__).parents[2],
            env=os.environ | _NO_THREADS,
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
        if process.poll() is not None:
            msg = f"No kernel can be forked:\n{log.read_text()}"
            raise RuntimeError(msg)
    finally:
        process.kill()
        process.wait()


def specification(address: Path) -> dict[str, Any]:
    """Return the ``kernel.json`` of kernels forked from the process whose socket is at ``address``."""
    return {
        "argv": [sys.executable, "-I", "-S", "-c", _ASK, str(address), "{connection_file}"],
        "display_name": "Python, forked",
        "language": "python",
    }


def _fork_on_demand(listener: socket.socket) -> None:
    for name in _IMPORTED:
        importlib.import_module(name)
    threads = [name.read_text().strip() for name in Path("/proc/self/task").glob("*/comm")]
    assert len(threads) == 1, f"A fork would lose threads: {threads}"
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        asked, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _become_kernel(asked)
        asked.close()


def _become_kernel(asked: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    message, (out, err), *_ = socket.recv_fds(asked, 1 << 20, 2)
    while not message.endswith(b"\n"):
        message += asked.recv(1 << 20)
    wanted = json.loads(message)
    os.dup2(out, 1)
    os.dup2(err, 2)
    # A notebook finds what is installed, not what lies where the tests were started.
    sys.path.remove(str(Path.cwd()))
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["folder"])
    asked.sendall(str(os.getpid()).encode())
    threading.Thread(target=_end_with, args=[asked], daemon=True).start()

    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv=["-f", wanted["file"]])
    sys.exit()


def _end_with(asked: socket.socket) -> None:
    with suppress(OSError):
        asked.recv(1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    _fork_on_demand(socket.socket(fileno=int(sys.argv[1])))
