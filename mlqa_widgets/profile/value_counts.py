"""The distinct values of one column with their rows: all of them, or the part that stands for very many.

There are three ways to the same result: in memory for tables of few rows, where a statement per column would cost
more than the counting; one ``GROUP BY`` in the engine for any other; and, for more distinct values than
:data:`COMPLETE_LIMIT`, the most frequent, the extremes or the rare shapes, and a fixed random draw.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.profile.shapes import shape_codes, shape_counts
from mlqa_widgets.profile.summary import NumericSummary
from mlqa_widgets.tables.table import Column, Table

COMPLETE_LIMIT: Final = 250_000
"""Distinct values up to which every one of them is kept."""

_OFTEN: Final = 10_000
_EXTREMES: Final = 200
_DRAWN: Final = 50_000
_BLOCK: Final = 1_000_000
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
    found = table.query(f"SELECT {sql} AS value FROM t WHERE value IS NOT NULL")["value"]
    if pa.types.is_timestamp(found.type):
        found = found.cast(pa.int64())
    rows: np.ndarray = found.to_numpy()
    if not rows.flags.writeable:
        rows = rows.copy()
    rows.sort()
    return rows


def summary_of_rows(rows: np.ndarray) -> NumericSummary | None:
    """Summarise the sorted numbers of very many rows, or return None where none is finite."""
    starts = _starts(rows)
    return _summary(rows, rows[starts[_chosen(starts, len(rows))]])


def _part_of_numbers(table: Table, column: Column) -> ValueCounts:
    rows = sorted_rows(table, column.sql)
    starts = _starts(rows)
    chosen = _chosen(starts, len(rows))
    ends = np.append(starts[1:], len(rows))[chosen]
    kept, counts, weights = rows[starts[chosen]], ends - starts[chosen], np.diff(ends, prepend=0)
    order = np.argsort(-counts, kind="stable")
    values = pa.array(kept[order])
    if column.storage == "datetime":
        values = values.cast(pa.timestamp("us"))
    summary = None if column.storage == "datetime" else _summary(rows, kept)
    complete = len(chosen) == len(starts)
    return ValueCounts(values, counts[order], len(starts), complete, weights[order], summary=summary)


def _starts(rows: np.ndarray) -> np.ndarray:
    """Return where each distinct value begins among sorted rows."""
    new = np.empty(len(rows), dtype=bool)
    new[:1] = True
    np.not_equal(rows[1:], rows[:-1], out=new[1:])
    return np.flatnonzero(new)


def _chosen(starts: np.ndarray, size: int) -> np.ndarray:
    """Return which distinct values to keep: the most frequent, the extremes, and one row drawn from each stratum."""
    if len(starts) <= COMPLETE_LIMIT:
        return np.arange(len(starts))
    counts = np.diff(starts, append=size)
    repeated = np.flatnonzero(counts > 1)
    often = repeated[np.argsort(-counts[repeated], kind="stable")[:_OFTEN]]
    strata = np.arange(_DRAWN) + np.random.default_rng(0).random(_DRAWN)
    drawn = np.searchsorted(starts, (strata * (size / _DRAWN)).astype(np.int64), "right") - 1
    last = len(starts)
    return np.unique(np.concatenate((often, drawn, np.arange(_EXTREMES), np.arange(last - _EXTREMES, last))))


def _summary(rows: np.ndarray, kept: np.ndarray) -> NumericSummary | None:
    def finite(ordered: np.ndarray) -> np.ndarray:
        return ordered[np.searchsorted(ordered, -np.inf, "right") : np.searchsorted(ordered, np.inf, "left")]

    if rows.dtype.kind == "f":
        rows, kept = finite(rows), finite(kept)
    return NumericSummary.of_part(rows, np.union1d(kept, rows[[0, -1]])) if len(rows) else None


def _part_of_texts(table: Table, column: Column) -> ValueCounts:
    name = column.sql
    table.engine.execute(
        f"CREATE TEMP TABLE counted AS SELECT {name} AS value, count(*) AS n FROM t WHERE {name} IS NOT NULL GROUP BY {name}"
    )
    try:
        return _part_of_counted(table, shaped=column.storage == "text")
    finally:
        table.engine.execute("DROP TABLE counted")


def _part_of_counted(table: Table, *, shaped: bool) -> ValueCounts:
    facts = table.query(
        "SELECT count(*) AS distinct_values, sum(n)::BIGINT AS rows, min(length(value)) AS least, "
        "max(length(value)) AS most FROM counted"
    )
    distinct, rows, least, most = (column[0].as_py() for column in facts.columns)
    if distinct <= COMPLETE_LIMIT:
        return ValueCounts.whole(*_columns(table.query("SELECT value, n FROM counted ORDER BY n DESC, value")))
    often = table.query(f"SELECT value, n FROM counted WHERE n > 1 ORDER BY n DESC, value LIMIT {_OFTEN}")
    drawn = table.query(f"SELECT value, n FROM counted WHERE hash(value) % {max(1, distinct // _DRAWN)} = 0")
    shape_rows, rare = _shapes(table, drawn) if shaped else (None, drawn.slice(0, 0))
    schema = pa.schema({"value": pa.string(), "n": pa.int64()})
    parts = pa.concat_tables([part.cast(schema) for part in (often, rare, drawn)])
    parts = parts.append_column("by_chance", pa.array(np.arange(len(parts)) >= len(often) + len(rare)))
    parts = parts.group_by("value").aggregate([("n", "min"), ("by_chance", "min")])
    parts = parts.rename_columns(["value", "n", "by_chance"]).sort_by([("n", "descending"), ("value", "ascending")])
    values, counts = _columns(parts)
    return ValueCounts(
        values,
        counts,
        distinct,
        complete=len(values) == distinct,
        weights=_weights(counts, parts["by_chance"].to_numpy(), rows),
        shape_rows=shape_rows,
        lengths=(least, most),
    )


def _weights(counts: np.ndarray, by_chance: np.ndarray, rows: int) -> np.ndarray:
    """Return the rows each value stands for: those drawn by chance stand for all that were not kept."""
    spread = by_chance if by_chance.any() else ~by_chance
    weights = counts.copy()
    ends = np.cumsum(counts[spread])
    total = rows - int(counts[~spread].sum())
    weights[spread] = np.diff(np.rint(ends * (total / ends[-1])).astype(np.int64), prepend=0)
    return weights


def _shapes(table: Table, drawn: pa.Table) -> tuple[dict[str, int] | None, pa.Table]:
    """Return the rows of every shape among the counted texts, and values of the rare ones with their rows.

    Texts of very many shapes, by those drawn, are prose: their shapes are not counted.
    """
    if len(shape_codes(_columns(drawn)[0]).shapes) > _SHAPE_LIMIT:
        return None, drawn.slice(0, 0)
    rows: Counter[str] = Counter()
    members: Counter[str] = Counter()
    candidates = [drawn.slice(0, 0).append_column("shape", pa.array([], type=pa.string()))]
    start, found = 0, -1
    while found:
        block = table.query("SELECT value, n FROM counted WHERE rowid >= ? AND rowid < ?", (start, start + _BLOCK))
        start, found = start + _BLOCK, len(block)
        values, counts = _columns(block)
        shapes = shape_codes(values)
        names = pa.array(shapes.shapes, type=pa.string())
        per_shape = np.bincount(shapes.codes, minlength=len(names))
        rows.update(dict(zip(shapes.shapes, shape_counts(shapes, counts).tolist(), strict=True)))
        members.update(dict(zip(shapes.shapes, per_shape.tolist(), strict=True)))
        few, _ = shapes.members(np.flatnonzero(per_shape <= _RARE).tolist())
        candidates.append(block.take(pa.array(few)).append_column("shape", names.take(pa.array(shapes.codes[few]))))
    rare = pa.array([shape for shape, values in members.items() if values <= _RARE], type=pa.string())
    chosen = pa.concat_tables(candidates)
    chosen = chosen.filter(pc.is_in(chosen["shape"], rare)).sort_by([("shape", "ascending"), ("value", "ascending")])
    of_shape = chosen["shape"].to_pandas()
    nth = of_shape.groupby(of_shape).cumcount().to_numpy()
    return dict(rows), chosen.filter(pa.array(nth < _EXAMPLES_PER_SHAPE)).select(["value", "n"]).slice(0, _EXAMPLES)


def _columns(counted: pa.Table) -> tuple[pa.Array, np.ndarray]:
    """Return the values and their rows of a table with the columns ``value`` and ``n``."""
    values = _plain_text(counted["value"]).combine_chunks()
    return values, counted["n"].to_numpy().astype(np.int64, copy=False)


def _plain_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        return values.cast(pa.string())
    return values
