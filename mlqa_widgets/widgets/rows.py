"""Rows as they cross to the browser: text, with what is missing told apart."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.widgets.messages.shared import RowsPage, RowView
from mlqa_widgets.wording import value_text

_CELL = 500
_CELLS = 100
_DIGITS = 15
_DIGITS_OF_A_FIGURE = 6


def rows_page(
    frame: pd.DataFrame, positions: np.ndarray, order: Sequence[int], total: int, figures: Container[int] = ()
) -> RowsPage:
    """Return a page of rows.

    Parameters
    ----------
    frame
        The rows, with their own labels.
    positions
        Their positions in the table.
    order
        Positions of the columns as they are shown; the first 100 are sent.
    total
        Rows there are in all.
    figures
        Positions of the columns that were worked out, and are read to six digits; values of the data stand in full.
    """
    cells = [
        [cell_text(value, _DIGITS_OF_A_FIGURE if i in figures else _DIGITS) for value in frame.iloc[:, i]]
        for i in order[:_CELLS]
    ]
    lines = zip(*cells, strict=True) if cells else [()] * len(frame)
    rows: list[RowView] = [
        {"position": int(position), "label": label_text(label), "cells": list(line)}
        for position, label, line in zip(positions, frame.index, lines, strict=True)
    ]
    return {"total": total, "columns": list(order), "rows": rows}


def cell_text(value: Any, digits: int = _DIGITS) -> str | None:
    """Return a cell as text, cut when very long, numbers to so many digits; None where it is missing."""
    if np.ndim(value) == 0 and pd.isna(value):
        return None
    text = value_text(float(value) if isinstance(value, np.floating) else value, digits)
    return text if len(text) <= _CELL else text[:_CELL] + "…"


def label_text(label: Any) -> str:
    """Return the label of a row as text."""
    text = " / ".join(map(str, label)) if isinstance(label, tuple) else str(label)
    return text[:_CELL]
