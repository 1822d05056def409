"""Whether the first line of a table names its columns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

_FIGURE = re.compile(r"[-+(]?[^\w\s]?\s*\d[\d\s.,:/'’-]*([eE][-+]?\d+)?[^\w\s]?\)?([zZ]|[aApP][mM])?")
_FIGURES = 0.8
_LOOKED_AT = 200


def is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Return whether ``first`` names the columns of ``body``.

    A name stands where the column holds figures (numbers, dates) and is none itself; a cell of the data is a figure
    there, or recurs below. Where nothing tells, the first line is taken for names, as is usual.
    """
    if _is_run_of_numbers(first):
        return bool(body)
    others = [cells for cells in body if list(cells) != list(first)][:_LOOKED_AT]
    if not others:
        return not any(map(_is_figure, first))
    named, alike = header_evidence(first, others)
    return named >= alike


def header_evidence(first: Sequence[str], body: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return how many cells of ``first`` look unlike the column below them, as names do, and how many alike."""
    named = alike = 0
    for name, column in zip(first, itertools.zip_longest(*body, fillvalue=""), strict=False):
        cells = [cell.strip() for cell in column if cell.strip()]
        if not cells or not name.strip():
            continue
        figures = sum(map(_is_figure, cells)) / len(cells)
        if figures > _FIGURES:
            named += not _is_figure(name)
            alike += _is_figure(name)
        else:
            alike += name.strip() in cells or (not figures and _is_figure(name))
    return named, alike


def column_names(header: Sequence[str], width: int) -> list[str]:
    """Return a name for each of ``width`` columns, made up where the header has none."""
    names = [*header, *[""] * width][:width]
    return [name if name.strip() else f"column {i}" for i, name in enumerate(names, start=1)]


def _is_figure(cell: str) -> bool:
    return _FIGURE.fullmatch(cell.strip()) is not None


def _is_run_of_numbers(cells: Sequence[str]) -> bool:
    """Return whether the cells are years in order, or 0, 1, 2, ...: names, though they are figures."""
    numbers = [int(cell) for cell in cells if cell.strip().isdecimal()]
    if len(numbers) < 2 or any(later <= earlier for earlier, later in itertools.pairwise(numbers)):
        return False
    years = all(1800 <= number <= 2100 for number in numbers)
    return years or (numbers == list(range(len(numbers))) and len(numbers) >= len(cells) - 1)
