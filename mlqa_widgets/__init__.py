"""Find what is wrong with a table or a model, inside Jupyter."""

from __future__ import annotations

__version__ = "0.1.0"
