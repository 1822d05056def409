"""Find what is wrong with a table or a model, inside Jupyter."""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("mlqa_widgets")
