"""Which rows are exact copies of others: by a hash of the row first, by value for the rows that share one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.options import options
from mlqa_widgets.profile.ordered import ordered_rows
from mlqa_widgets.tables.table import NO_ROW, Predicate, Table

_LISTED_ROWS: Final = 100_000


@dataclass(frozen=True)
class RowCopies:
    """The rows that occur more than once, every column compared (floating-point numbers exactly).

    Attributes
    ----------
    positions
        Every row that has an equal, in table order; where these are too many to be held, those of some contents.
    first
        Parallel to ``positions``: the first row of the same content.
    times
        How often a content occurs -> how many contents do.
    """

    table: Table
    positions: np.ndarray
    first: np.ndarray
    times: dict[int, int]

    @classmethod
    def none(cls, table: Table) -> RowCopies:
        """Return what is known of a table in which every row is different."""
        return cls(table, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), {})

    @property
    def rows(self) -> int:
        """Number of rows that have an equal."""
        return sum(times * contents for times, contents in self.times.items())

    @property
    def groups(self) -> int:
        """Number of different contents among them."""
        return sum(self.times.values())

    @property
    def surplus(self) -> int:
        """Number of rows that only repeat an earlier one."""
        return self.rows - self.groups

    @property
    def all_held(self) -> bool:
        """Whether ``positions`` are those of every row that has an equal."""
        return len(self.positions) == self.rows

    @cached_property
    def surplus_positions(self) -> np.ndarray:
        """The rows held that only repeat an earlier one."""
        return self.positions[self.positions != self.first]

    @cached_property
    def predicate(self) -> Predicate:
        """Every row that has an equal."""
        return self._of(self.positions, "n > 1")

    @cached_property
    def surplus_predicate(self) -> Predicate:
        """The rows that only repeat an earlier one."""
        return self._of(self.surplus_positions, "pos > first")

    def _of(self, positions: np.ndarray, condition: str) -> Predicate:
        if not len(positions):
            return NO_ROW
        if self.all_held and len(positions) <= _LISTED_ROWS:
            return Predicate("pos IN (SELECT unnest(?))", (positions.tolist(),))
        key = ", ".join(_names(self.table)) if self.all_held else _key(self.table)
        return Predicate(f"pos IN (SELECT pos FROM ({_grouped('t', key)}) WHERE {condition})")


def find_copies(table: Table) -> RowCopies:
    """Find the rows that are exact copies of others.

    Those that share a hash of 64 bits are compared by value; where they are more than may be looked at one by one,
    some of them are, and the others counted by their hash (among 100 million rows the chance that any two different
    ones share one is 3 in 10,000).
    """
    if not table.columns or table.row_count < 2:
        return RowCopies.none(table)
    shared, sizes = _repeated_there(table) if table.engine.is_remote else _repeated(table)
    if not sizes:
        return RowCopies.none(table)
    found = _alike(table, shared)
    positions, first = (found[name].to_numpy().astype(np.int64) for name in ("pos", "first"))
    if len(shared) == sum(sizes.values()):
        sizes = _sizes(np.unique(first, return_counts=True)[1])
    return RowCopies(table, positions, first, sizes)


def _repeated(table: Table) -> tuple[np.ndarray, dict[int, int]]:
    """Return hashes that several rows share, as many as may be looked at, and how many of all are of how many rows."""
    runs = [(values[counts > 1], counts[counts > 1]) for values, counts in ordered_rows(table, _key(table)).runs()]
    shared, counts = (np.concatenate(part) for part in zip(*runs, strict=True))
    every = max(1, -(-int(counts.sum()) // options.rows_looked_at))
    return shared[::every], _sizes(counts)


def _repeated_there(table: Table) -> tuple[np.ndarray, dict[int, int]]:
    """Return the same where rows do not come over, but fewer hashes."""
    shared = f"SELECT {_key(table)} AS h, count(*) AS n FROM t GROUP BY h HAVING count(*) > 1"
    found = table.query(f"SELECT n, count(*) AS contents FROM ({shared}) GROUP BY n ORDER BY n").to_pydict()
    sizes = dict(zip(found["n"], found["contents"], strict=True))
    if not sizes:
        return np.empty(0, dtype=np.int64), {}
    rows, contents = sum(n * count for n, count in sizes.items()), sum(sizes.values())
    most = contents if rows <= _LISTED_ROWS else max(1, _LISTED_ROWS * contents // rows)
    return table.query(f"SELECT h FROM ({shared}) ORDER BY h LIMIT {most}")["h"].to_numpy(), sizes


def _sizes(counts: np.ndarray) -> dict[int, int]:
    sizes, contents = np.unique(counts, return_counts=True)
    return dict(zip(sizes.tolist(), contents.tolist(), strict=True))


def _alike(table: Table, hashes: np.ndarray) -> pa.Table:
    """Return the rows of some hashes that have an equal, with the first of their content."""
    names = ", ".join(_names(table))
    asked = f"SELECT pos, first FROM ({_grouped('%s', names)}) WHERE n > 1 ORDER BY pos"
    if len(hashes) <= _LISTED_ROWS:
        return table.query(asked % f"t WHERE {_key(table)} IN (SELECT unnest(?))", (hashes.tolist(),))
    return table.engine.join(asked % f"t SEMI JOIN wanted ON {_key(table)} = wanted", pa.table({"wanted": hashes}))


def _key(table: Table) -> str:
    return f"hash({', '.join(_names(table))})"


def _names(table: Table) -> list[str]:
    types = [column.type_sql for column in table.columns if column.has_types]
    return [column.sql for column in table.columns] + types


def _grouped(rows: str, key: str) -> str:
    content = f"PARTITION BY {key}"
    return f"SELECT pos, min(pos) OVER ({content}) AS first, count(*) OVER ({content}) AS n FROM {rows}"
