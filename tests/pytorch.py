"""PyTorch for the tests and the notebook about a deep model: ``python -m tests.pytorch`` installs it where it lacks.

By pip and not with the other packages: uv's lock file would take the build with CUDA, several GB, on every machine.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

_VERSION = "torch==2.13.0"

if __name__ == "__main__" and importlib.util.find_spec("torch") is None:
    subprocess.run(["pip", "--python", sys.executable, "install", _VERSION], check=True)
