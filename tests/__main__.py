"""Run every test of the project: ``uv run python -m tests``.

One line per step with its seconds; the first step that fails shows its output and ends the run.
The last steps are pytest, which reports for itself, on every core: first what needs no browser, then the browser tests, each
worker with a JupyterLab of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

_ROOT = Path(__file__).parents[1]

_STEPS = {
    "PyTorch": [sys.executable, "-m", "tests.pytorch"],
    "Spark": [sys.executable, "-m", "tests.spark"],
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "npm ci": ["npm", "--prefix", "js", "ci"],
    "biome, tsc, vitest": ["npm", "--prefix", "js", "run", "check"],
    "build": ["npm", "--prefix", "js", "run", "build"],
    "Chromium": [sys.executable, "-m", "tests.browser.chromium"],
}

_PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile"]
_TESTS = [["mlqa_widgets", "tests/unit", "tests/packaging"], ["tests/browser"]]


def _run() -> int:
    # The tools installed beside this Python, also when it was not started by `uv run`.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path}
    for name, command in _STEPS.items():
        print(f"{name:<20}", end="", flush=True)
        start = time.monotonic()
        done = subprocess.run(
            command,
            cwd=_ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(f"{time.monotonic() - start:6.1f} s", "ok" if done.returncode == 0 else "FAILED", flush=True)
        if done.returncode:
            print(done.stdout)
            return done.returncode
    return max(
        subprocess.run([*_PYTEST, *tests], cwd=_ROOT, env=environment, check=False).returncode for tests in _TESTS
    )


if __name__ == "__main__":
    sys.exit(_run())
