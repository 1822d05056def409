"""Find what is wrong with a table or a model, inside Jupyter."""

from __future__ import annotations

from importlib.metadata import version

from mlqa_widgets.errors import FindingsRemain, FixRefused, InputError, MlqaError, ScanCancelled
from mlqa_widgets.options import options
from mlqa_widgets.scan import Scan, scan

__version__ = version("mlqa_widgets")

__all__ = [
    "FindingsRemain",
    "FixRefused",
    "InputError",
    "MlqaError",
    "Scan",
    "ScanCancelled",
    "options",
    "scan",
]
