"""The plan that shares passes: what all columns have in common in one statement, then the value counts of each.

All else is derived from the value counts. A column of more distinct values than
:data:`~mlqa_widgets.profile.value_counts.COMPLETE_LIMIT` keeps a part of them and is marked as incomplete; its
counts stay exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.errors import Cancelled
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.profile.value_counts import ValueCounts, count_in_engine, count_in_memory
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import Column, Table

IN_MEMORY_ROWS: Final = 50_000
"""Rows up to which a table's columns are counted in memory, many at a time."""

_COLUMNS_PER_STATEMENT: Final = 200
_CELLS_PER_STATEMENT: Final = 2_000_000


@dataclass(frozen=True)
class _Look:
    """What the statement for many columns says of one, and how to count its values."""

    nulls: int
    first_null: int
    last_null: int
    count: Callable[[], ValueCounts]
    cell_types: Callable[[], dict[str, int]]


def profile_table(table: Table, roles: Roles | None = None, progress: Progress | None = None) -> Profile:
    """Compute the profile of a table.

    A column that cannot be read costs nothing but itself: its profile is empty and says why.

    Parameters
    ----------
    table
        The table.
    roles
        What the user said of the columns.
    progress
        Told of each column, with shares up to a half; its cancel flag stops the work.
    """
    progress = progress or Progress()
    if table.fits_a_worker:
        progress.at("Counting values", 0.0)
        return Profile(table, table.draw.look(_columns), roles or Roles())
    few = table.row_count <= IN_MEMORY_ROWS and not table.engine.is_remote
    look = _look_in_memory if few else _look_in_engine
    columns = []
    for batch in _batches(table):
        for column, found in _each(table, batch, look):
            progress.at(f"Counting values of {column.name}", 0.5 * column.position / len(table.columns))
            columns.append(_profile(table, column, found))
    return Profile(table, tuple(columns), roles or Roles())


def _columns(table: Table) -> tuple[ColumnProfile, ...]:
    return profile_table(table).columns


def _batches(table: Table) -> Iterable[Sequence[Column]]:
    size = _COLUMNS_PER_STATEMENT
    if table.row_count <= IN_MEMORY_ROWS:
        size = max(1, min(size, _CELLS_PER_STATEMENT // max(1, table.row_count)))
    return (table.columns[start : start + size] for start in range(0, len(table.columns), size))


def _each(
    table: Table, batch: Sequence[Column], look: Callable[[Table, Sequence[Column]], list[_Look]]
) -> Iterator[tuple[Column, _Look | Exception]]:
    """Yield what is found of each column of a batch; where the statement fails, search for the columns it fails for."""
    try:
        found = look(table, batch)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one unreadable column must never cost the user the others
        if len(batch) == 1:
            yield batch[0], error
            return
        half = len(batch) // 2
        yield from _each(table, batch[:half], look)
        yield from _each(table, batch[half:], look)
    else:
        yield from zip(batch, found, strict=True)


def _profile(table: Table, column: Column, found: _Look | Exception) -> ColumnProfile:
    if isinstance(found, _Look):
        try:
            return ColumnProfile(
                table,
                column,
                found.count(),
                nulls=found.nulls,
                first_null=found.first_null,
                last_null=found.last_null,
                cell_types=found.cell_types(),
            )
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            found = error
    return ColumnProfile(table, column, ValueCounts.nothing(), unread=f"{type(found).__name__}: {found}")


# ---------------------------------------------------------------------- few rows


def _look_in_memory(table: Table, batch: Sequence[Column]) -> list[_Look]:
    names = [column.sql for column in batch] + [column.type_sql for column in batch if column.has_types]
    cells = table.query(f"SELECT pos, {', '.join(names)} FROM t")
    return [_look_at_cells(cells, column) for column in batch]


def _look_at_cells(cells: pa.Table, column: Column) -> _Look:
    own = cells[column.sql]
    missing = cells["pos"].to_numpy()[own.is_null().to_numpy()] if own.null_count else np.empty(0, dtype=np.int64)
    first, last = (int(missing.min()), int(missing.max())) if len(missing) else (-1, -1)
    return _Look(
        len(missing),
        first,
        last,
        partial(count_in_memory, own),
        partial(_types_of, count_in_memory(cells[column.type_sql])) if column.has_types else dict,
    )


def _types_of(found: ValueCounts) -> dict[str, int]:
    return dict(zip(found.values.to_pylist(), found.counts.tolist(), strict=True))


# ---------------------------------------------------------------------- many rows


def _look_in_engine(table: Table, batch: Sequence[Column]) -> list[_Look]:
    counted = _one_row(table, [f"{count}({c.sql})" for count in ("count", "approx_count_distinct") for c in batch])
    present, distinct = counted[: len(batch)], counted[len(batch) :]
    with_nulls = [c for c, rows in zip(batch, present, strict=True) if rows < table.row_count]
    edges = _one_row(
        table, [f"{edge}(pos) FILTER (WHERE {c.sql} IS NULL)" for c in with_nulls for edge in ("min", "max")]
    )
    edges_of = {c.position: (first, last) for c, first, last in zip(with_nulls, edges[::2], edges[1::2], strict=True)}
    looks = []
    for column, rows, approximately in zip(batch, present, distinct, strict=True):
        first, last = edges_of.get(column.position, (-1, -1))
        count = partial(count_in_engine, table, column, approximately)
        looks.append(_Look(table.row_count - rows, first, last, count, partial(_cell_types, table, column)))
    return looks


def _one_row(table: Table, expressions: Sequence[str]) -> list[Any]:
    if not expressions:
        return []
    named = ", ".join(f"{expression} AS a{i}" for i, expression in enumerate(expressions))
    return [column[0].as_py() for column in table.query(f"SELECT {named} FROM t").columns]


def _cell_types(table: Table, column: Column) -> dict[str, int]:
    if not column.has_types:
        return {}
    name = column.type_sql
    counted = table.query(
        f"SELECT {name} AS type, count(*) AS n FROM t WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1"
    )
    return dict(zip(counted["type"].to_pylist(), counted["n"].to_pylist(), strict=True))
