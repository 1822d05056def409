"""Where rows are kept: Parquet beside the notebook, each file written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from mlqa_widgets.errors import InputError

FOLDER: Final = "mlqa_checkpoints"
"""The folder beside the notebook."""


def write_parquet(data: pd.DataFrame, path: str | Path) -> None:
    """Keep rows as Parquet.

    Raises
    ------
    InputError
        When a column cannot be kept so.
    """
    try:
        data.to_parquet(path)
    except (ValueError, TypeError, ImportError) as error:  # pyarrow's errors are ValueErrors and TypeErrors
        msg = f"keep_data: this frame cannot be kept as Parquet: {error}. Cast the column, or leave keep_data out."
        raise InputError(msg) from error


def write_whole(path: Path, write: Callable[[str], Any]) -> None:
    """Write a file under another name first: a crash leaves no half of it."""
    handle, temporary = tempfile.mkstemp(suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        write(temporary)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
