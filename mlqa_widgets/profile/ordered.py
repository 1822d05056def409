"""The numbers of very many rows in ascending order: sorted in memory while they fit there, by the engine beyond."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mlqa_widgets.options import options
from mlqa_widgets.tables.table import Table

_SLICE = 1 << 20


@dataclass(frozen=True)
class OrderedRows:
    """The number of every row that has one.

    Attributes
    ----------
    rows
        How many there are.
    slices
        They, ascending from slice to slice and within each. To be read once.
    """

    rows: int
    slices: Iterable[np.ndarray]

    def runs(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the distinct numbers, ascending, and the rows of each, slice by slice."""
        values, counts = np.empty(0), np.empty(0, dtype=np.int64)
        for rows in self.slices:
            starts = np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))
            more, of_each = rows[starts], np.diff(starts, append=len(rows))
            if len(values) and values[-1] == more[0]:
                of_each[0] += counts[-1]
            elif len(values):
                yield values[-1:], counts[-1:]
            values, counts = more, of_each
            if len(values) > 1:
                yield values[:-1], counts[:-1]
        if len(values):
            yield values[-1:], counts[-1:]


def ordered_rows(table: Table, sql: str) -> OrderedRows:
    """Read the number of every row that has one, ascending.

    Parameters
    ----------
    sql
        A number as an expression over the table's columns.
    """
    if table.row_count > options.rows_ordered:
        number = int(table.query(f"SELECT count({sql}) AS n FROM t")["n"][0].as_py())
        ordered = f"SELECT {sql} AS value FROM t WHERE value IS NOT NULL ORDER BY value"
        return OrderedRows(number, (_numbers(batch) for batch in table.engine.batches(ordered) if batch.num_rows))
    rows, filled = np.empty(0), 0
    for batch in table.engine.batches(f"SELECT {sql} AS value FROM t WHERE value IS NOT NULL"):
        numbers = _numbers(batch)
        if not filled:
            rows = np.empty(table.row_count, dtype=numbers.dtype)
        rows[filled : filled + len(numbers)] = numbers
        filled += len(numbers)
    rows = rows[:filled]
    rows.sort()
    return OrderedRows(filled, (rows[start : start + _SLICE] for start in range(0, filled, _SLICE)))


def _numbers(batch: pa.RecordBatch) -> np.ndarray:
    numbers: np.ndarray = batch.column(0).to_numpy(zero_copy_only=False)
    return numbers
