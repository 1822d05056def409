"""A table as the checks see it: columns ``c0, c1, ...``, a row position ``pos``, an engine, and the user's own rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.options import options

T = TypeVar("T")

Storage = Literal["integer", "number", "boolean", "datetime", "text", "nested"]
Problem = Literal[
    "too many cells",
    "too few cells",
    "stray quote",
    "undecodable bytes",
    "no header",
    "several tables",
    "merged cells",
]


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    position: int
    label: Hashable
    """The name as the source has it: any hashable in a frame, and not always unique."""
    name: str
    """The name as text, made unique for people to read."""
    storage: Storage
    """How the engine holds it; ``text`` also for values of several types in one column."""
    source_type: str
    """The type in the words of the source: ``float64``, ``object``, ``VARCHAR``, ``xlsx cells``."""
    untyped: bool = False
    """The source has no types (CSV, for example), so numbers and dates arrive as text by nature."""
    has_types: bool = False
    """Each cell has a type of its own, kept beside it in column ``k<position>``."""
    comment: str = ""
    """What the source itself says of the column (a database comment)."""

    @property
    def sql(self) -> str:
        """The column's name in the engine."""
        return f"c{self.position}"

    @property
    def type_sql(self) -> str:
        """The name of the column that holds each cell's own type."""
        return f"k{self.position}"


@dataclass(frozen=True)
class Predicate:
    """Which rows: a boolean SQL expression over a table's columns, with its values bound as parameters.

    Examples
    --------
    >>> Predicate("c0 > ?", (3,)) & Predicate("c1 IS NULL")
    Predicate(sql='(c0 > ?) AND (c1 IS NULL)', params=(3,))
    """

    sql: str
    params: tuple[Any, ...] = ()

    def __and__(self, other: Predicate) -> Predicate:
        return Predicate(f"({self.sql}) AND ({other.sql})", self.params + other.params)

    def __or__(self, other: Predicate) -> Predicate:
        return Predicate(f"({self.sql}) OR ({other.sql})", self.params + other.params)

    def __invert__(self) -> Predicate:
        return Predicate(f"NOT coalesce(({self.sql}), false)", self.params)


EVERY_ROW = Predicate("true")
NO_ROW = Predicate("false")


def any_of(predicates: Iterable[Predicate]) -> Predicate:
    """Return the rows that satisfy at least one of any number of predicates.

    Written side by side: the engine takes no more than a thousand expressions within each other.
    """
    among = list(predicates)
    if len(among) <= 1:
        return among[0] if among else NO_ROW
    return Predicate(" OR ".join(f"({one.sql})" for one in among), tuple(p for one in among for p in one.params))


@dataclass(frozen=True)
class Doubt:
    """Something on the way in that may have cost or bent data: told to the user, never passed over.

    The places told are the first few; ``total`` counts them all.
    """

    problem: Problem
    total: int
    """Lines of a text file; tables or merged ranges of a sheet."""
    places: tuple[tuple[str, str], ...] = ()
    """Where, as people count (``line 12``, ``A3:A7``), and what stands there, as it stands there."""
    rows: Predicate | None = NO_ROW
    """The rows made of it; None where it became no row and stands in the file only."""


@dataclass(frozen=True)
class Source:
    """Where a table came from, told to the user."""

    kind: str
    """``pandas frame``, ``CSV file`` and the like."""
    facts: dict[str, str] = field(default_factory=dict)
    """What was found on the way in: delimiter, encoding, sheet."""
    path: str | None = None
    doubts: tuple[Doubt, ...] = ()
    """What did not fit, or had to be assumed."""


class Rows(Protocol):
    """Gives the user's own rows back by position."""

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at ``positions`` with their own labels, columns named as in the source."""
        ...

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the row labels at ``positions``."""
        ...


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


class Table:
    """Columns, rows and the engine that reads them.

    Parameters
    ----------
    name
        What people call it: the file's stem, the variable's name, the database table.
    columns
        In order; column ``i`` is ``c<i>`` in the engine's relation ``t``, beside the row position ``pos``.
    row_count
        Number of rows.
    engine
        Runs the SQL.
    rows
        Gives rows back as the user knows them.
    source
        Where it came from.
    """

    has_workers = False
    """Whether rows are looked at one by one by workers where they are, and not here."""
    fits_a_worker = False
    """Whether one worker can look at all rows."""

    def __init__(
        self, name: str, columns: Sequence[Column], row_count: int, engine: DuckDB, rows: Rows, source: Source
    ) -> None:
        self.name = name
        self.columns = tuple(columns)
        self.row_count = row_count
        self.engine = engine
        self.source = source
        self.own_rows = rows

    @cached_property
    def label_counts(self) -> Counter[Hashable]:
        """How many columns carry each label."""
        return Counter(column.label for column in self.columns)

    @property
    def draw(self) -> Table:
        """The rows that are looked at one by one: all of them up to ``options.rows_looked_at``, else a draw.

        Whatever has to see the cells of single rows reads this table; counts, aggregates and predicates are of the
        whole one. A draw is a :class:`~mlqa_widgets.tables.draw.Draw`: stretches of neighbouring rows, evenly spread
        over the table, the same each time, whose ``pos`` is that of the whole table.
        """
        return self if self._draw is None else self._draw

    @cached_property
    def _draw(self) -> Table | None:
        """The draw; None where it is the table itself, which would else hold itself."""
        from mlqa_widgets.tables.draw import draw_stretches

        budget = options.rows_looked_at
        return None if self.row_count <= budget else draw_stretches(self, budget)

    def draw_there(self, where: str, drawn: str) -> Table | None:  # noqa: ARG002 - of every table but some
        """Return the rows for which an SQL expression is true as a draw that stays where they are; None if it cannot."""
        return None

    def look(self, look: Callable[..., T], *args: Any) -> T:
        """Return what a function finds in this table, its first argument; it runs where the rows are.

        Parameters
        ----------
        look
            A function of a module. What it returns names no more of the table than figures, columns and predicates.
        args
            Its further arguments.
        """
        return look(self, *args)

    @property
    def whole(self) -> Table:
        """The table itself; of a draw, the table that it was drawn from."""
        return self

    @property
    def looked_at(self) -> int | None:
        """How many rows these are, where they are a draw of a larger table; else None."""
        return None

    @property
    def drawn(self) -> str:
        """Which rows of the larger table these are, in words."""
        return ""

    def at(self, rows: np.ndarray) -> np.ndarray:
        """Return the positions of the rows counted from 0: the same numbers, but for a draw of a larger table."""
        return rows

    def query(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """Run one statement over the relation ``t``."""
        return self.engine.query(sql, params)

    def encoded(self, column: Column) -> pa.DictionaryArray:
        """Return every cell of a column in table order, as codes; text that is in memory is not copied for it."""
        held = self.engine.registered("t")
        if held is not None and _is_text(held.schema.field(column.sql).type):
            cells = held[column.sql]
        else:
            cells = self.query(f"SELECT {column.sql} AS cell FROM t")["cell"]
        if pa.types.is_dictionary(cells.type):
            return cells.combine_chunks()
        return cells.dictionary_encode().unify_dictionaries().combine_chunks()

    def count(self, predicate: Predicate) -> int:
        """Return the number of rows that satisfy ``predicate``."""
        answer = self.query(f"SELECT count(*) AS n FROM t WHERE {predicate.sql}", predicate.params)
        return int(answer["n"][0].as_py())

    def counted_among(self, predicate: Predicate) -> int | None:  # noqa: ARG002 - of every table but some
        """Return among how many rows the engine counts those of a predicate; None where among all of them."""
        return self.looked_at

    def positions(self, predicate: Predicate, limit: int | None = None) -> np.ndarray:
        """Return the positions of the rows that satisfy ``predicate``, in table order.

        Parameters
        ----------
        limit
            Only the first so many.
        """
        statement = f"SELECT pos FROM t WHERE {predicate.sql}"
        if limit is not None:
            statement += f" ORDER BY pos LIMIT {limit:d}"
        return np.sort(self.query(statement, predicate.params)["pos"].to_numpy())

    def sort(self, positions: np.ndarray, by: Column, *, descending: bool, limit: int) -> np.ndarray:
        """Return the first ``limit`` of the rows at ``positions``, sorted by a column; missing values come last.

        Rows alike in the column are in table order.
        """
        others = len(positions) > self.row_count / 2
        if others:
            left_out = np.ones(self.row_count, dtype=bool)
            left_out[positions] = False
            positions = np.flatnonzero(left_out)
        direction = "DESC" if descending else "ASC"
        found = self.engine.join(
            f"SELECT pos FROM t {'ANTI' if others else 'SEMI'} JOIN wanted ON pos = wanted "
            f"ORDER BY {by.sql} {direction} NULLS LAST, pos LIMIT {limit:d}",
            pa.table({"wanted": positions}),
        )
        return found["pos"].to_numpy()

    def page(
        self, predicate: Predicate, start: int, stop: int, by: Column | None = None, *, descending: bool = False
    ) -> np.ndarray:
        """Return the positions of some of the rows that satisfy ``predicate``, without holding those of all.

        Parameters
        ----------
        start, stop
            Which of them, counted from 0, in table order or in that of ``by``, missing values last.
        """
        order = "pos" if by is None else f"{by.sql} {'DESC' if descending else 'ASC'} NULLS LAST, pos"
        found = self.query(
            f"SELECT pos FROM t WHERE {predicate.sql} ORDER BY {order} LIMIT {stop - start:d} OFFSET {start:d}",
            predicate.params,
        )
        return found["pos"].to_numpy()

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return rows by position, with the labels and columns of the source."""
        return self.own_rows.take(np.asarray(positions, dtype=np.int64))

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return row labels by position."""
        return self.own_rows.labels(np.asarray(positions, dtype=np.int64))

    def frame(self) -> pd.DataFrame:
        """Return the whole table as a frame of its own: changing it changes nothing here."""
        return self.take(self.at(np.arange(self.row_count)))
