"""Two tables in one engine: ``l`` and ``r``, columns ``c0, c1, ...`` and the row position ``pos`` in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import numpy as np
import pyarrow as pa

from mlqa_widgets.engines.duckdb import DuckDB, identifier
from mlqa_widgets.errors import InputError
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.frames import from_arrow
from mlqa_widgets.tables.table import Column, Table

if TYPE_CHECKING:
    from mlqa_widgets.engines.spark import Spark

SideName = Literal["left", "right"]

SAMPLED_ROWS: Final = 100_000
"""Rows up to which kinds, units and distributions are judged from every row; of more, from as many drawn."""


@dataclass(frozen=True)
class Source:
    """One of the two tables, and what is known of its columns."""

    side: SideName
    table: Table
    profile: Profile
    """Of every row, or of rows drawn."""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.table.name

    @property
    def relation(self) -> str:
        """Its relation in the engine."""
        return "l" if self.side == "left" else "r"

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.table.row_count

    @property
    def drawn(self) -> bool:
        """Whether the profile is one of rows drawn."""
        return self.profile.rows < self.rows

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns."""
        return self.table.columns


class Meeting:
    """Both tables in one engine.

    A frame is read where it lies, and so is a Parquet file; any other is copied once into the engine, which spills
    what does not fit into memory. A table that meets itself is read once. Where one of the two is on Spark they meet
    there: the other is sent to it, and what comes over are figures, pairs of values and the rows on screen.

    Parameters
    ----------
    left, right
        The tables.
    progress
        Told what is read; its cancel flag stops the work.
    here
        Whether they meet on this machine, wherever they are: all their rows come over.
    """

    def __init__(self, left: Table, right: Table, progress: Progress, *, here: bool = False) -> None:
        self.engine = DuckDB() if here else meeting_place(left, right)
        progress.on_cancel(self.engine.interrupt)
        for place, (name, table) in enumerate((("l", left), ("r", right))):
            progress.at(f"Reading {table.name}", 0.1 * place)
            progress.on_cancel(table.engine.interrupt)
            if name == "l" or right is not left:
                _bring(self.engine, name, table)
        self.left = Source("left", left, self._profile("l", left, progress))
        if right is left:
            self.engine.execute("CREATE TEMP VIEW r AS SELECT * FROM l")
            self.right = replace(self.left, side="right")
        else:
            self.right = Source("right", right, self._profile("r", right, progress))

    @property
    def sources(self) -> tuple[Source, Source]:
        """Left and right."""
        return self.left, self.right

    def query(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """Run one statement."""
        return self.engine.query(sql, params)

    def one(self, sql: str, params: Sequence[Any] = ()) -> dict[str, Any]:
        """Run one statement that answers with one row."""
        found: dict[str, Any] = self.query(sql, params).to_pylist()[0]
        return found

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run one statement for its effect."""
        self.engine.execute(sql, params)

    def _profile(self, relation: str, table: Table, progress: Progress) -> Profile:
        return profile_table(self._drawn(relation, table), Roles(), _Within(progress, table.name))

    def _drawn(self, relation: str, table: Table) -> Table:
        """Return the table, or so many of its rows in their order: always the same ones."""
        if table.row_count <= SAMPLED_ROWS:
            return table.draw if table.engine.is_remote else table
        if table.has_workers:
            share = f"hash(pos) % {-(-table.row_count // SAMPLED_ROWS)} = 0"
            return table.draw_there(share, "drawn at random") or table
        every = np.sort(np.random.default_rng(0).choice(table.row_count, SAMPLED_ROWS, replace=False))
        names = ", ".join(f"t.{column.sql}" for column in table.columns)
        rows = self.engine.join(
            f"SELECT {names} FROM {relation} AS t SEMI JOIN wanted ON t.pos = wanted.wanted ORDER BY t.pos",
            pa.table({"wanted": every}),
        )
        drawn = from_arrow(rows, table.name)
        drawn.columns = tuple(replace(column, has_types=False) for column in table.columns)
        return drawn


class _Within(Progress):
    """Passes the cancel flag on and the steps of a profile as steps of reading a table."""

    def __init__(self, outer: Progress, name: str) -> None:
        super().__init__()
        self._outer, self._name = outer, name

    def at(self, step: str, share: float) -> None:
        """Enter a step."""
        self._outer.at(f"{self._name}: {step[:1].lower()}{step[1:]}", 0.2 + 0.2 * share)


def meeting_place(left: Table, right: Table) -> DuckDB:
    """Return an engine that both tables can be read in: Spark where one of them is there.

    Raises
    ------
    InputError
        When they are in two sessions of Spark.
    """
    remote: list[Any] = [table.engine for table in (left, right) if table.engine.takes_tables]
    if not remote:
        return DuckDB()
    if any(one.session is not remote[0].session for one in remote):
        msg = "right: it is in another session of Spark than left. Read both in one session."
        raise InputError(msg)
    from mlqa_widgets.engines.spark import Spark

    return cast("DuckDB", Spark(remote[0].session))


def _bring(engine: DuckDB, name: str, table: Table) -> None:
    """Make a table's rows readable in another engine."""
    own = table.engine
    if own.takes_tables and engine.takes_tables:
        cast("Spark", engine).bring(name, cast("Spark", own))
        return
    if not engine.is_remote and (arrow := own.registered("t")) is not None:
        engine.register(name, arrow)
        return
    read = own.view("t")
    if not engine.is_remote and read is not None and "read_parquet(" in read:
        engine.execute(f"CREATE TEMP VIEW {identifier(name)} AS {read}")
        return
    columns = ", ".join(["pos", *(column.sql for column in table.columns)])
    made = False
    for batch in own.batches(f"SELECT {columns} FROM t"):
        rows = pa.table(batch) if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        engine.load(name, rows, append=made)
        made = True
    if not made:
        engine.load(name, own.query(f"SELECT {columns} FROM t LIMIT 0"), append=False)
