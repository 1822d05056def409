"""Run every test of the project: ``uv run python -m tests``.

One line per step with its seconds; a step that fails shows its output and ends the run. What Python needs and what the
front end needs are set up side by side. The last steps are pytest, which reports for itself, on every core: first what
needs no browser, then the browser tests, each worker with a JupyterLab of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_ENVIRONMENT = os.environ | {
    # The tools installed beside this Python, also when it was not started by `uv run`.
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
}

_PYTHON = {
    "PyTorch": [sys.executable, "-m", "tests.pytorch"],
    "Spark": [sys.executable, "-m", "tests.spark"],
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
}
_FRONT_END = {
    "npm ci": ["npm", "--prefix", "js", "ci"],
    "biome, tsc, vitest": ["npm", "--prefix", "js", "run", "check"],
    "build": ["npm", "--prefix", "js", "run", "build"],
    "Chromium": [sys.executable, "-m", "tests.browser.chromium"],
}

_PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile"]
_TESTS = [["mlqa_widgets", "tests/unit", "tests/packaging"], ["tests/browser"]]


def _run() -> int:
    with ThreadPoolExecutor() as side_by_side:
        if not all(list(side_by_side.map(_pass, (_PYTHON, _FRONT_END)))):
            return 1
    return max(
        subprocess.run([*_PYTEST, *tests], cwd=_ROOT, env=_ENVIRONMENT, check=False).returncode for tests in _TESTS
    )


def _pass(steps: Mapping[str, Sequence[str]]) -> bool:
    """Take steps one after the other until one fails, and return whether none did."""
    for name, command in steps.items():
        start = time.monotonic()
        done = subprocess.run(
            command,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        ended = "ok" if done.returncode == 0 else f"FAILED\n{done.stdout}"
        print(f"{name:<20}{time.monotonic() - start:6.1f} s {ended}", flush=True)
        if done.returncode:
            return False
    return True


if __name__ == "__main__":
    sys.exit(_run())
