"""The distinct values of one column with their rows: all of them, or the part that stands for very many.

There are three ways to the same result: in memory for tables of few rows, where a statement per column would cost
more than the counting; one ``GROUP BY`` in the engine for any other; and, for more distinct values than
:data:`COMPLETE_LIMIT`, the most frequent, the extremes or the rare shapes, and a fixed random draw.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.profile.shapes import shape_codes
from mlqa_widgets.profile.summary import NumericSummary
from mlqa_widgets.tables.table import Column, Table

COMPLETE_LIMIT: Final = 250_000
"""Distinct values up to which every one of them is kept."""

_OFTEN: Final = 10_000
_EXTREMES: Final = 200
_DRAWN: Final = 50_000
_SHAPE_LIMIT: Final = 5_000
_RARE: Final = 100
_EXAMPLES_PER_SHAPE: Final = 20
_EXAMPLES: Final = 20_000


@dataclass(frozen=True)
class ValueCounts:
    """The distinct values of a column, missing ones not among them.

    Attributes
    ----------
    values
        Most frequent first, then ascending: strings for text, numbers as stored, ``timestamp[us]`` for dates.
    counts
        int64, parallel to ``values``: the rows of each, exact.
    distinct
        Number of distinct values in the column, exact.
    complete
        Whether ``values`` holds all of them.
    weights
        int64, parallel to ``values``: the rows each stands for. The same as ``counts`` where ``complete``; otherwise
        they add up to all rows with a value.
    shape_rows
        Rows per character shape, where they were counted over more values than are kept.
    summary
        The statistics of the numbers, where they were computed over more values than are kept.
    lengths
        Least and greatest number of characters, where they were computed over more values than are kept.
    """

    values: pa.Array
    counts: np.ndarray
    distinct: int
    complete: bool
    weights: np.ndarray
    shape_rows: dict[str, int] | None = None
    summary: NumericSummary | None = None
    lengths: tuple[int, int] | None = None

    @classmethod
    def whole(cls, values: pa.Array, counts: np.ndarray) -> ValueCounts:
        """Return the value counts of a column all of whose values are given, in order."""
        return cls(values, counts, len(values), complete=True, weights=counts)

    @classmethod
    def nothing(cls) -> ValueCounts:
        """Return the value counts of a column of which nothing is known."""
        none = np.empty(0, dtype=np.int64)
        return cls(pa.array([], type=pa.string()), none, 0, complete=False, weights=none)


def count_in_memory(cells: pa.ChunkedArray) -> ValueCounts:
    """Count the values of a column that is at hand."""
    if pa.types.is_floating(cells.type):
        cells = pc.add(cells, pa.scalar(0.0, cells.type))  # -0.0 and 0.0 are one value
    found = pc.value_counts(_plain_text(cells).drop_null())
    values, counts = found.field("values"), found.field("counts")
    order = pc.sort_indices(
        pa.table({"n": counts, "value": values}), sort_keys=[("n", "descending"), ("value", "ascending")]
    )
    return ValueCounts.whole(values.take(order), counts.take(order).to_numpy(zero_copy_only=False))


def count_in_engine(table: Table, column: Column, approximately: int) -> ValueCounts:
    """Count the values of a column by the table's engine.

    Parameters
    ----------
    approximately
        About how many distinct values there are, which decides whether all of them are kept.
    """
    if approximately > COMPLETE_LIMIT:
        return (
            _part_of_texts(table, column) if column.storage in ("text", "nested") else _part_of_numbers(table, column)
        )
    return _whole(table, column)


def _whole(table: Table, column: Column) -> ValueCounts:
    found = table.query(
        f"SELECT {column.sql} AS value, count(*) AS n FROM t WHERE {column.sql} IS NOT NULL "
        f"GROUP BY {column.sql} ORDER BY n DESC, value"
    )
    return ValueCounts.whole(*_columns(found))


def sorted_rows(table: Table, sql: str) -> np.ndarray:
    """Return the number of every row that has one, ascending; timestamps as microseconds since 1970.

    Parameters
    ----------
    sql
        An expression over the table's columns: a number or a timestamp.
    """
    rows, filled = np.empty(0), 0
    for batch in table.engine.batches(f"SELECT {sql} AS value FROM t WHERE value IS NOT NULL"):
        part = batch.column(0)
        if pa.types.is_timestamp(part.type):
            part = part.cast(pa.int64())
        numbers = part.to_numpy(zero_copy_only=False)
        if not filled:
            rows = np.empty(table.row_count, dtype=numbers.dtype)
        rows[filled : filled + len(numbers)] = numbers
        filled += len(numbers)
    rows = rows[:filled]
    rows.sort()
    return rows


def summary_of_rows(rows: np.ndarray) -> NumericSummary | None:
    """Summarise the sorted numbers of very many rows, or return None where none is finite."""
    return _summary(rows, _kept(rows)[0])


def _part_of_numbers(table: Table, column: Column) -> ValueCounts:
    rows = sorted_rows(table, column.sql)
    kept, distinct = _kept(rows)
    ends = np.searchsorted(rows, kept, "right")
    counts = ends - np.searchsorted(rows, kept, "left")
    order = np.argsort(-counts, kind="stable")
    values = pa.array(kept[order])
    if column.storage == "datetime":
        values = values.cast(pa.timestamp("us"))
    return ValueCounts(
        values,
        counts[order],
        distinct,
        complete=len(kept) == distinct,
        weights=np.diff(ends, prepend=0)[order],
        summary=None if column.storage == "datetime" else _summary(rows, kept),
    )


def _kept(rows: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the values to keep of sorted rows, ascending, and the number of all.

    Kept are the most frequent, the extremes, and that of one row drawn from each of many strata of equal size.
    """
    first, last = _edges(rows)
    distinct = int(np.count_nonzero(first))
    if distinct <= COMPLETE_LIMIT:
        return rows[first], distinct
    drawn = (np.arange(_DRAWN) + np.random.default_rng(0).random(_DRAWN)) * (len(rows) / _DRAWN)
    extremes = np.concatenate((np.flatnonzero(first)[:_EXTREMES], np.flatnonzero(first)[-_EXTREMES:]))
    return np.unique(rows[np.concatenate((_often(first, last), drawn.astype(np.int64), extremes))]), distinct


def _edges(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which of sorted rows are the first, and which the last, of their value."""
    edges = np.ones(len(rows) + 1, dtype=bool)
    np.not_equal(rows[1:], rows[:-1], out=edges[1:-1])
    return edges[:-1], edges[1:]


def _often(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return where the most frequent values begin, of those that occur more than once."""
    starts = np.flatnonzero(first & ~last)
    counts = np.flatnonzero(last & ~first) - starts + 1
    return starts[np.argsort(-counts, kind="stable")[:_OFTEN]]


def _summary(rows: np.ndarray, kept: np.ndarray) -> NumericSummary | None:
    def finite(ordered: np.ndarray) -> np.ndarray:
        return ordered[np.searchsorted(ordered, -np.inf, "right") : np.searchsorted(ordered, np.inf, "left")]

    if rows.dtype.kind == "f":
        rows, kept = finite(rows), finite(kept)
    return NumericSummary.of_part(rows, np.union1d(kept, rows[[0, -1]])) if len(rows) else None


def _part_of_texts(table: Table, column: Column) -> ValueCounts:
    """Keep a part of very many texts.

    They are told apart by a hash of 64 bits, in a tenth of the memory that the texts take. Among ten million texts
    the chance that any two share a hash is 3 in a million.
    """
    name = column.sql
    hashes = sorted_rows(table, f"CASE WHEN {name} IS NOT NULL THEN hash({name}) END")
    first, last = _edges(hashes)
    distinct = int(np.count_nonzero(first))
    if distinct <= COMPLETE_LIMIT:
        return _whole(table, column)
    often = hashes[_often(first, last)]
    drawn = hashes[np.flatnonzero(first)[:_DRAWN]]  # by their hashes, texts are in random order
    found = _counts_of(table, name, f"hash({name})", np.union1d(often, drawn))
    shape_rows, rare = None, found.slice(0, 0)
    if column.storage == "text" and len(shape_codes(_columns(found)[0]).shapes) <= _SHAPE_LIMIT:
        shape_rows, examples = _shapes(table, name)
        rare = _counts_of(table, name, name, examples)
    chance = np.concatenate((np.zeros(len(rare), dtype=bool), np.isin(found["key"].to_numpy(), often, invert=True)))
    parts = pa.concat_tables([part.select(["value", "n"]) for part in (rare, found)])
    parts = (
        parts.append_column("chance", pa.array(chance)).group_by("value").aggregate([("n", "min"), ("chance", "min")])
    )
    parts = parts.rename_columns(["value", "n", "chance"]).sort_by([("n", "descending"), ("value", "ascending")])
    values, counts = _columns(parts)
    least, most = table.query(f"SELECT min(length({name})) AS least, max(length({name})) AS most FROM t").columns
    return ValueCounts(
        values,
        counts,
        distinct,
        complete=len(values) == distinct,
        weights=_weights(counts, parts["chance"].to_numpy(), len(hashes)),
        shape_rows=shape_rows,
        lengths=(least[0].as_py(), most[0].as_py()),
    )


def _counts_of(table: Table, name: str, key: str, wanted: np.ndarray | pa.Array) -> pa.Table:
    """Count the rows of the texts whose ``key`` is wanted: columns ``value``, ``n``, ``key``."""
    found = table.engine.join(
        f"SELECT {name} AS value, count(*) AS n, min({key}) AS key FROM t SEMI JOIN wanted ON {key} = wanted "
        f"WHERE {name} IS NOT NULL GROUP BY {name}",
        pa.table({"wanted": wanted}),
    )
    return found.set_column(0, "value", _plain_text(found["value"]))


def _shapes(table: Table, name: str) -> tuple[dict[str, int], pa.Array]:
    """Return the rows of every shape of a text column, and some values of the rare ones."""
    rows: Counter[str] = Counter()
    candidates = [pa.table({"value": pa.array([], type=pa.string()), "shape": pa.array([], type=pa.string())})]
    for batch in table.engine.batches(f"SELECT {name} AS value FROM t WHERE {name} IS NOT NULL"):
        values = _plain_text(batch.column(0))
        shapes = shape_codes(values)
        here = np.bincount(shapes.codes, minlength=len(shapes.shapes)).tolist()
        rows.update(dict(zip(shapes.shapes, here, strict=True)))
        few, _ = shapes.members([code for code, shape in enumerate(shapes.shapes) if rows[shape] <= _RARE])
        names = pa.array(shapes.shapes, type=pa.string()).take(pa.array(shapes.codes[few]))
        candidates.append(pa.table({"value": values.take(pa.array(few)), "shape": names}))
    rare = pa.array([shape for shape, count in rows.items() if count <= _RARE], type=pa.string())
    chosen = pa.concat_tables(candidates).group_by(["shape", "value"]).aggregate([])
    chosen = chosen.filter(pc.is_in(chosen["shape"], rare)).sort_by([("shape", "ascending"), ("value", "ascending")])
    of_shape = chosen["shape"].to_pandas()
    nth = of_shape.groupby(of_shape).cumcount().to_numpy()
    return dict(rows), chosen["value"].filter(pa.array(nth < _EXAMPLES_PER_SHAPE)).slice(0, _EXAMPLES)


def _weights(counts: np.ndarray, by_chance: np.ndarray, rows: int) -> np.ndarray:
    """Return the rows each value stands for: those drawn by chance stand for all that were not kept."""
    spread = by_chance if by_chance.any() else ~by_chance
    weights = counts.copy()
    ends = np.cumsum(counts[spread])
    total = rows - int(counts[~spread].sum())
    weights[spread] = np.diff(np.rint(ends * (total / ends[-1])).astype(np.int64), prepend=0)
    return weights


def _columns(counted: pa.Table) -> tuple[pa.Array, np.ndarray]:
    """Return the values and their rows of a table with the columns ``value`` and ``n``."""
    values = _plain_text(counted["value"]).combine_chunks()
    return values, counted["n"].to_numpy().astype(np.int64, copy=False)


def _plain_text(values: Any) -> Any:
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        return values.cast(pa.string())
    return values
