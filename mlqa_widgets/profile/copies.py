"""Which rows are exact copies of others: by a hash of the row first, by value for the rows that share one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from mlqa_widgets.profile.ordered import ordered_rows
from mlqa_widgets.tables.table import NO_ROW, Predicate, Table

_LISTED_ROWS: Final = 100_000


@dataclass(frozen=True)
class RowCopies:
    """The rows that occur more than once, every column compared (floating-point numbers exactly).

    Attributes
    ----------
    positions
        Every row that has an equal, in table order.
    first
        Parallel to ``positions``: the first row of the same content.
    """

    table: Table
    positions: np.ndarray
    first: np.ndarray

    @classmethod
    def none(cls, table: Table) -> RowCopies:
        """Return what is known of a table in which every row is different."""
        return cls(table, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    @property
    def rows(self) -> int:
        """Number of rows that have an equal."""
        return len(self.positions)

    @cached_property
    def groups(self) -> int:
        """Number of different contents among them."""
        return int(np.count_nonzero(self.positions == self.first))

    @property
    def surplus(self) -> int:
        """Number of rows that only repeat an earlier one."""
        return self.rows - self.groups

    @cached_property
    def surplus_positions(self) -> np.ndarray:
        """The rows that only repeat an earlier one."""
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
        if len(positions) <= _LISTED_ROWS:
            return Predicate("pos IN (SELECT unnest(?))", (positions.tolist(),))
        return Predicate(f"pos IN (SELECT pos FROM ({_grouped(self.table)}) WHERE {condition})")


def find_copies(table: Table) -> RowCopies:
    """Find the rows that are exact copies of others."""
    names = _names(table)
    if not names or table.row_count < 2:
        return RowCopies.none(table)
    key = f"hash({', '.join(names)})"
    shared = np.concatenate([values[counts > 1] for values, counts in ordered_rows(table, key).runs()])
    if not len(shared):
        return RowCopies.none(table)
    among = Predicate(f"{key} IN (SELECT unnest(?))", (shared.tolist(),)) if len(shared) <= _LISTED_ROWS else None
    found = table.query(
        f"SELECT pos, first FROM ({_grouped(table, among)}) WHERE n > 1 ORDER BY pos",
        among.params if among else (),
    )
    positions, first = (found[name].to_numpy().astype(np.int64) for name in ("pos", "first"))
    return RowCopies(table, positions, first)


def _names(table: Table) -> list[str]:
    types = [column.type_sql for column in table.columns if column.has_types]
    return [column.sql for column in table.columns] + types


def _grouped(table: Table, among: Predicate | None = None) -> str:
    content = f"PARTITION BY {', '.join(_names(table))}"
    where = f" WHERE {among.sql}" if among else ""
    return f"SELECT pos, min(pos) OVER ({content}) AS first, count(*) OVER ({content}) AS n FROM t{where}"
