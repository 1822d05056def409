"""The plan that shares passes: value counts for every column, direct aggregates where there are too many values.

One ``GROUP BY`` per column gives its distinct values with their rows; all else is derived from those. A column of
more distinct values than :data:`COMPLETE_LIMIT` keeps its repeated values, its extremes, examples of every shape
and a fixed sample of rows, and is marked as incomplete; its counts stay exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.profile import Profile, Roles
from mlqa_widgets.profile.shapes import shape_codes
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import Column, Table

COMPLETE_LIMIT = 250_000
"""Distinct values up to which every one of them is kept."""

_SAMPLE_ROWS = 50_000
_REPEATED = 10_000
_EXTREMES = 200
_BLOCK_ROWS = 1_000_000
_SHAPE_LIMIT = 5_000
_EXAMPLES_PER_SHAPE = 20
_COLUMNS_PER_QUERY = 200


def profile_table(table: Table, roles: Roles | None = None, progress: Progress | None = None) -> Profile:
    """Compute the profile of a table.

    Parameters
    ----------
    table
        The table.
    roles
        What the user said of the columns.
    progress
        Told of each column; its cancel flag stops the work.
    """
    progress = progress or Progress()
    distinct = _approximate_distinct(table)
    null_counts, first_nulls, last_nulls = _nulls(table)
    columns = []
    for column in table.columns:
        progress.at(f"Counting values of {column.name}", column.position / max(1, len(table.columns)))
        i = column.position
        values, counts, count, complete, shapes = _values(table, column, distinct[i], null_counts[i])
        columns.append(
            ColumnProfile(
                table,
                column,
                nulls=null_counts[i],
                distinct=count,
                values=values,
                counts=counts,
                complete=complete,
                first_null=first_nulls[i],
                last_null=last_nulls[i],
                cell_types=_cell_types(table, column),
                shape_rows=shapes,
            )
        )
    return Profile(table, tuple(columns), roles or Roles())


def _batches(columns: Sequence[Column]) -> Iterable[Sequence[Column]]:
    return (columns[start : start + _COLUMNS_PER_QUERY] for start in range(0, len(columns), _COLUMNS_PER_QUERY))


def _one_row(table: Table, expressions: Iterable[str]) -> list[int]:
    answer = table.query(f"SELECT {', '.join(expressions)} FROM t")
    return [column[0].as_py() for column in answer.columns]


def _approximate_distinct(table: Table) -> list[int]:
    if table.row_count <= COMPLETE_LIMIT:
        return [0] * len(table.columns)
    found: list[int] = []
    for batch in _batches(table.columns):
        found += _one_row(table, [f"approx_count_distinct({c.sql}) AS a{c.position}" for c in batch])
    return found


def _nulls(table: Table) -> tuple[list[int], list[int], list[int]]:
    counts: list[int] = []
    first = [-1] * len(table.columns)
    last = [-1] * len(table.columns)
    for batch in _batches(table.columns):
        counts += _one_row(table, [f"count(*) - count({c.sql}) AS n{c.position}" for c in batch])
    with_nulls = [c for c in table.columns if counts[c.position]]
    for batch in _batches(with_nulls):
        found = _one_row(
            table,
            [
                f"{edge}(pos) FILTER (WHERE {c.sql} IS NULL) AS {edge}{c.position}"
                for c in batch
                for edge in ("min", "max")
            ],
        )
        for column, low, high in zip(batch, found[::2], found[1::2], strict=True):
            first[column.position], last[column.position] = low, high
    return counts, first, last


def _values(
    table: Table, column: Column, approximate: int, nulls: int
) -> tuple[pa.Array, np.ndarray, int, bool, dict[str, int] | None]:
    name = column.sql
    if approximate <= COMPLETE_LIMIT:
        counted = table.query(
            f"SELECT {name} AS value, count(*) AS n FROM t WHERE {name} IS NOT NULL GROUP BY {name} ORDER BY n DESC, value"
        )
        values, counts = _pair(counted)
        return values, counts, len(values), True, None
    count = _one_row(table, [f"count(DISTINCT {name}) AS n"])[0]
    parts = [
        table.query(
            f"SELECT {name} AS value, count(*) AS n FROM t WHERE {name} IS NOT NULL GROUP BY {name} "
            f"HAVING n > 1 ORDER BY n DESC, value LIMIT {_REPEATED}"
        )
    ]
    every = max(1, (table.row_count - nulls) // _SAMPLE_ROWS)
    single = f"SELECT DISTINCT {name} AS value, 1::BIGINT AS n FROM t WHERE {name} IS NOT NULL"
    parts.append(table.query(f"{single} AND hash(pos) % {every} = 0"))
    shapes = None
    if column.storage == "text":
        shapes, examples = _shapes(table, column)
        parts.append(pa.table({"value": examples, "n": pa.array([1] * len(examples), type=pa.int64())}))
    elif column.storage != "nested":
        for order in ("ASC", "DESC"):
            parts.append(table.query(f"{single} ORDER BY value {order} LIMIT {_EXTREMES}"))
    values, counts = _pair(pa.concat_tables([part.cast(parts[0].schema) for part in parts]))
    _, keep = np.unique(values.to_numpy(zero_copy_only=False), return_index=True)
    keep = np.sort(keep)
    order = keep[np.argsort(-counts[keep], kind="stable")]
    return values.take(pa.array(order)), counts[order], count, False, shapes


def _pair(counted: pa.Table) -> tuple[pa.Array, np.ndarray]:
    values = counted["value"].combine_chunks()
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        values = values.cast(pa.string())
    return values, counted["n"].to_numpy().astype(np.int64)


def _shapes(table: Table, column: Column) -> tuple[dict[str, int], pa.Array]:
    """Return the rows of every shape of a text column, and a few values of each."""
    rows: Counter[str] = Counter()
    examples: list[pa.Array] = []
    for start in range(0, table.row_count, _BLOCK_ROWS):
        block = table.query(
            f"SELECT {column.sql} AS value FROM t WHERE pos >= ? AND pos < ? AND {column.sql} IS NOT NULL",
            (start, start + _BLOCK_ROWS),
        )["value"].combine_chunks()
        block = block.cast(pa.string())
        shapes = shape_codes(block)
        counted = np.bincount(shapes.codes, minlength=len(shapes.shapes))
        new = [code for code, shape in enumerate(shapes.shapes) if shape not in rows]
        for code, shape in enumerate(shapes.shapes):
            rows[shape] += int(counted[code])
        if new:
            examples.append(_first_of_each(block, shapes.codes, new))
        if len(rows) > _SHAPE_LIMIT:
            break
    return dict(rows), pa.concat_arrays(examples) if examples else pa.array([], type=pa.string())


def _first_of_each(values: pa.Array, codes: np.ndarray, wanted: Sequence[int]) -> pa.Array:
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], wanted, "left")
    ends = np.searchsorted(codes[order], wanted, "right")
    chosen = [order[start : min(end, start + _EXAMPLES_PER_SHAPE)] for start, end in zip(starts, ends, strict=True)]
    return pc.take(values, pa.array(np.concatenate(chosen)))


def _cell_types(table: Table, column: Column) -> dict[str, int]:
    if not column.has_types:
        return {}
    name = column.type_sql
    counted = table.query(f"SELECT {name} AS type, count(*) AS n FROM t WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1")
    return dict(zip(counted["type"].to_pylist(), counted["n"].to_pylist(), strict=True))
