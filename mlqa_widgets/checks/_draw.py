"""Evidence that several checks draw alike."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mlqa_widgets.evidence import Bar, Bars, Examples, Histogram, Strip
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.tables.table import Predicate, Table
from mlqa_widgets.wording import shortened, value_text, visible

_BARS = 12
_BINS = 40
_BLOCKS = 60
_LOG_RATIO = 1000.0
_FIRST_ROWS = 8


def value_bars(
    column: ColumnProfile, mask: np.ndarray, title: str, *, flagged: bool = True, limit: int = _BARS
) -> Bars:
    """Return the chosen values with their rows, most frequent first; clicking one narrows to its rows."""
    places = np.flatnonzero(mask)
    places = places[np.argsort(-column.counts[places], kind="stable")]
    shown, rest = places[:limit], places[limit:]
    bars = []
    for place in shown:
        one = np.zeros(len(column.values), dtype=bool)
        one[place] = True
        label = visible(value_text(column.values[int(place)].as_py()))
        bars.append(Bar(label, int(column.counts[place]), column.where(one), flagged))
    return Bars(title, tuple(bars), more=len(rest), more_rows=int(column.counts[rest].sum()))


def histogram(
    column: ColumnProfile,
    title: str,
    *,
    flagged: np.ndarray | None = None,
    marks: Sequence[tuple[float, str]] = (),
    logarithmic: bool | None = None,
) -> Histogram:
    """Return the distribution of a numeric column.

    Parameters
    ----------
    flagged
        Which of ``column.values`` offend.
    marks
        Vertical rules: position and label.
    logarithmic
        Whether the axis is logarithmic; decided from the spread of the values when not given.
    """
    usable = np.isfinite(column.numbers)
    numbers, counts = column.numbers[usable], column.counts[usable]
    bad = np.zeros(len(numbers), dtype=bool) if flagged is None else np.asarray(flagged)[usable]
    if logarithmic is None:
        positive = numbers[numbers > 0]
        logarithmic = bool(
            len(positive) == len(numbers) and len(numbers) > 2 and positive.max() / np.median(positive) > _LOG_RATIO
        )
    scaled = np.log10(numbers) if logarithmic else numbers
    integral = not logarithmic and np.all(numbers == np.floor(numbers)) and np.ptp(numbers) < _BINS
    edges = (
        np.arange(numbers.min(), numbers.max() + 2) - 0.5 if integral else np.histogram_bin_edges(scaled, bins=_BINS)
    )
    heights, _ = np.histogram(scaled, bins=edges, weights=counts)
    marked, _ = np.histogram(scaled[bad], bins=edges, weights=counts[bad])
    shown = 10.0**edges if logarithmic else edges
    last = len(heights) - 1
    predicates = tuple(
        column.between(low, high, closed=i == last) if heights[i] else None
        for i, (low, high) in enumerate(pairwise(shown))
    )
    shares = np.divide(marked, heights, out=np.zeros(len(heights)), where=heights > 0)
    return Histogram(
        title,
        column.name,
        tuple(shown.tolist()),
        tuple(int(h) for h in heights),
        tuple(shares.tolist()),
        predicates,
        logarithmic=logarithmic,
        marks=tuple(marks),
    )


def strip(table: Table, title: str, lanes: Sequence[tuple[str, Predicate]]) -> Strip:
    """Return where along the table rows offend: for each lane, the share of its rows in each of up to 60 blocks."""
    step = max(1, -(-table.row_count // _BLOCKS))
    shares = ", ".join(f"avg(CASE WHEN {rows.sql} THEN 1.0 ELSE 0.0 END) AS s{i}" for i, (_, rows) in enumerate(lanes))
    params = [value for _, rows in lanes for value in rows.params]
    found = table.query(f"SELECT pos // {step} AS block, {shares} FROM t GROUP BY block ORDER BY block", params)
    starts = tuple(int(block) * step for block in found["block"].to_pylist())
    return Strip(
        title,
        tuple(name for name, _ in lanes),
        starts,
        tuple(tuple(found[f"s{i}"].to_pylist()) for i in range(len(lanes))),
        tuple(Predicate("pos >= ? AND pos < ?", (start, start + step)) for start in starts),
    )


def first_rows(
    table: Table, columns: Sequence[ColumnProfile], where: Predicate, title: str, limit: int = _FIRST_ROWS
) -> Examples:
    """Return the cells of some columns in the first rows that satisfy a predicate."""
    cells = ", ".join(f"CAST({c.column.sql} AS VARCHAR) AS v{c.position}" for c in columns)
    found = table.query(f"SELECT {cells} FROM t WHERE {where.sql} ORDER BY pos LIMIT {limit:d}", where.params)
    lines = zip(*(found[f"v{c.position}"].to_pylist() for c in columns), strict=True)
    headers = tuple(shortened(c.name) for c in columns)
    return Examples(title, headers, tuple(tuple(shortened(cell or "") for cell in line) for line in lines))
