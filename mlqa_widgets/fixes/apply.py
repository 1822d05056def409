"""Running repairs, and their account: no value and no row may go that a repair did not name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import FixRefused
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.table import Column, Predicate, Table, any_of

if TYPE_CHECKING:
    from collections.abc import Hashable

_ROW = "__mlqa_row__"
_PREVIEW_ROWS = 200


@dataclass(frozen=True)
class Change:
    """One cell before and after a repair, for the preview; None where it is missing.

    ``dropped`` says that the whole row goes (``column`` is empty and ``before`` shows the row), or the column.
    """

    row: object
    column: str
    before: str | None
    after: str | None
    dropped: bool = False


@dataclass(frozen=True)
class Account:
    """What one repair did to a table, counted cell by cell.

    Attributes
    ----------
    rows_dropped
        Rows that went.
    rows_moved
        Whether rows stand in another order.
    cells_changed
        Cells that hold another value than before.
    cells_emptied, cells_filled
        Cells that became missing, and cells that were missing and hold a value now.
    retyped
        Columns that are of another type now: name, type before, type after.
    columns_removed, columns_added
        Names of the columns.
    """

    rows_dropped: int
    rows_moved: bool
    cells_changed: int
    cells_emptied: int
    cells_filled: int
    retyped: tuple[tuple[str, str, str], ...]
    columns_removed: tuple[str, ...]
    columns_added: tuple[str, ...]


def apply_fix(fix: Fix, table: Table, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Run the code of ``fix`` on a copy of the table and return the repaired frame.

    Parameters
    ----------
    frame
        The whole table as the user knows it; read from ``table`` if not given.

    Raises
    ------
    FixRefused
        When the code fails, or when the result lost values or rows that ``fix`` does not account for. The
        user's frame is never changed.
    """
    return apply_fixes((fix,), table, frame)


def apply_fixes(fixes: Sequence[Fix], table: Table, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Run the code of several fixes, one after the other, each accounted for.

    Parameters
    ----------
    frame
        The whole table as the user knows it; read from ``table`` if not given.

    Raises
    ------
    FixRefused
        As :func:`apply_fix`.
    """
    repair = TableInRepair(table, frame)
    for fix in fixes:
        repair.run(fix)
    return repair.frame


class TableInRepair:
    """A copy of a table on which repairs are run one after the other; one that is refused leaves no trace.

    Parameters
    ----------
    frame
        The whole table as the user knows it; read from ``table`` if not given.
    """

    def __init__(self, table: Table, frame: pd.DataFrame | None = None) -> None:
        self._table = table
        before = table.frame() if frame is None else frame
        self._labels = before.index
        self._work = _numbered(before)
        self._columns = list(table.columns)
        self._added: list[str] = []
        self._done: list[Fix] = []

    @property
    def frame(self) -> pd.DataFrame:
        """The table as it is after the repairs so far, with its own labels."""
        frame = self._work.copy()
        frame.index = self._labels[self._kept]
        return frame

    @property
    def _kept(self) -> np.ndarray:
        return self._work.index.to_numpy().astype(np.int64)

    def run(self, fix: Fix) -> Account:
        """Run one more repair.

        Raises
        ------
        FixRefused
            When the code fails, or when it would lose values or rows that it does not account for.
        """
        before, after = self._work, _run(fix, self._table.name, self._work.copy())
        remaining = [column for column in self._columns if column.position not in fix.removes]
        self._refuse_other_columns(fix, after, remaining)
        known = self._kept
        kept = after.index.to_numpy().astype(np.int64)
        dropped = np.setdiff1d(known, kept)
        if len(dropped):
            drops = any_of([one.drops for one in (*self._done, fix)])
            _refuse_beyond(dropped, self._table.positions(drops), fix, "drop", "row")
        old = before if len(kept) == len(known) and np.array_equal(kept, known) else before.loc[kept]
        counts = np.zeros(3, dtype=np.int64)
        retyped = []
        for place, column in enumerate(remaining):
            was, now = old.iloc[:, self._columns.index(column)], after.iloc[:, place]
            if column.position not in fix.changes:
                if not _equal(was, now):
                    msg = f"The fix {fix.title!r} would change column {column.name!r}, which it does not name. Nothing was changed."
                    raise FixRefused(msg)
                continue
            counts += self._count_cells(fix, column, was, now, kept)
            if was.dtype != now.dtype:
                retyped.append((column.name, str(was.dtype), str(now.dtype)))
        removed = tuple(column.name for column in self._columns if column.position in fix.removes)
        self._work, self._columns = after, remaining
        self._added += fix.adds
        self._done.append(fix)
        changed, emptied, filled = map(int, counts)
        moved = not np.array_equal(kept, known[np.isin(known, kept)])
        return Account(len(dropped), moved, changed, emptied, filled, tuple(retyped), removed, tuple(fix.adds))

    def _count_cells(self, fix: Fix, column: Column, was: pd.Series, now: pd.Series, kept: np.ndarray) -> list[int]:
        missing, missing_now = was.isna().to_numpy(), now.isna().to_numpy()
        gone = ~missing & missing_now
        emptied = kept[gone]
        if len(emptied):
            fixes = [one for one in (*self._done, fix) if column.position in one.changes]
            allowed = self._table.positions(any_of([one.empties for one in fixes]))
            _refuse_beyond(emptied, allowed, fix, f"empty in {column.name!r}", "cell", was.iloc[np.flatnonzero(gone)])
        both = ~missing & ~missing_now
        return [_different(was[both], now[both]), int(gone.sum()), int((missing & ~missing_now).sum())]

    def _refuse_other_columns(self, fix: Fix, after: pd.DataFrame, remaining: Sequence[Column]) -> None:
        """Refuse a result that lacks columns, or holds others than those that stay and those the repair adds."""
        for place, column in enumerate(remaining):
            if place >= after.shape[1] or not _same_label(after.columns[place], column.label):
                msg = f"The fix {fix.title!r} would remove column {column.name!r}, which it does not name. Nothing was changed."
                raise FixRefused(msg)
        beyond = list(after.columns[len(remaining) :])
        if beyond != [*self._added, *fix.adds]:
            msg = f"The fix {fix.title!r} would add columns {beyond[len(self._added) :]}, not {list(fix.adds)}. Nothing was changed."
            raise FixRefused(msg)


def preview_fix(fix: Fix, table: Table, predicate: Predicate, limit: int = 8) -> list[Change]:
    """Return what the repair does to the first offending rows: up to ``limit`` changed cells.

    Raises
    ------
    FixRefused
        As :func:`apply_fix`.
    """
    positions = table.positions(predicate, _PREVIEW_ROWS)
    if not len(positions):
        positions = np.arange(min(table.row_count, _PREVIEW_ROWS))
    before = table.take(positions)
    after = _run(fix, table.name, _numbered(before))
    changes: list[Change] = []
    labels = before.index
    columns = [table.columns[i] for i in (*fix.removes, *fix.changes)] or list(table.columns)
    survivors = {int(row): place for place, row in enumerate(after.index)}
    for row in range(len(before)):
        if row not in survivors:
            changes.append(Change(labels[row], "", _row_text(before.iloc[row]), None, dropped=True))
        else:
            for column in columns:
                old = before.iat[row, column.position]
                place = _column_place(fix, after, column)
                if place is None:
                    changes.append(Change(labels[row], column.name, _known_text(old), None, dropped=True))
                elif not _same(old, new := after.iat[survivors[row], place]):
                    changes.append(Change(labels[row], column.name, _known_text(old), _known_text(new)))
            for place, name in enumerate(fix.adds, start=after.shape[1] - len(fix.adds)):
                changes.append(Change(labels[row], name, None, _known_text(after.iat[survivors[row], place])))
        if len(changes) >= limit:
            break
    return changes[:limit]


def run_code(fix: Fix, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Run the code of ``fix`` on a copy of any frame of table ``name``, with no account.

    Raises
    ------
    FixRefused
        When the code fails.
    """
    after = _run(fix, name, _numbered(frame))
    after.index = frame.index[after.index]
    return after


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose rows are named by their place, so that a repair cannot lose one unseen."""
    work = frame.copy()
    work.index = pd.RangeIndex(len(frame), name=_ROW)
    return work


def _run(fix: Fix, name: str, work: pd.DataFrame) -> pd.DataFrame:
    namespace: dict[str, Any] = {"df": work, "pd": pd, "np": np, "re": re}
    try:
        exec(compile(fix.code, f"<fix: {fix.title}>", "exec"), namespace)  # noqa: S102 - our own code, values as literals
    except Exception as error:
        msg = (
            f"The fix {fix.title!r} could not be run on {name!r}: {type(error).__name__}: {error}. Nothing was changed."
        )
        raise FixRefused(msg) from error
    after = namespace["df"]
    if not isinstance(after, pd.DataFrame) or after.index.name != _ROW:
        msg = f"The fix {fix.title!r} did not leave a frame with the rows it was given. Nothing was changed."
        raise FixRefused(msg)
    return after


def _refuse_beyond(
    lost: np.ndarray, allowed: np.ndarray, fix: Fix, verb: str, noun: str, cells: pd.Series | None = None
) -> None:
    beyond = ~np.isin(lost, allowed)
    if not beyond.any():
        return
    surplus = int(beyond.sum())
    shown = "" if cells is None else " such as " + ", ".join(_cell_text(v) for v in cells[beyond].iloc[:3])
    plural = "s" if surplus > 1 else ""
    msg = f"The fix {fix.title!r} would {verb} {surplus:,} {noun}{plural} it cannot account for{shown}. Nothing was changed."
    raise FixRefused(msg)


def _column_place(fix: Fix, after: pd.DataFrame, column: Column) -> int | None:
    """Return where ``column`` stands after the repair, which may have removed columns before it."""
    if column.position in fix.removes:
        return None
    place = column.position - sum(removed < column.position for removed in fix.removes)
    return place if place < after.shape[1] and _same_label(after.columns[place], column.label) else None


def _same_label(old: Hashable, new: Hashable) -> bool:
    """Compare two column labels: an index hands out NumPy scalars by place, Python ones when listed."""
    return _same(*(label.item() if isinstance(label, np.generic) else label for label in (old, new)))


def _equal(old: pd.Series, new: pd.Series) -> bool:
    try:
        return bool(old.reset_index(drop=True).equals(new.reset_index(drop=True)))
    except (TypeError, ValueError):
        return all(_same(a, b) for a, b in zip(old, new, strict=True))


def _different(old: pd.Series, new: pd.Series) -> int:
    """Return how many values are others now; neither holds a missing one."""
    try:
        return int((old.to_numpy(dtype=object) != new.to_numpy(dtype=object)).sum())
    except (TypeError, ValueError):
        return sum(not _same(a, b) for a, b in zip(old, new, strict=True))


def _same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    missing = [bool(np.all(pd.isna(value))) for value in (old, new)]
    if any(missing):
        return all(missing)
    return type(old) is type(new) and bool(np.all(old == new))


def _cell_text(value: Any) -> str:
    if np.ndim(value) == 0 and pd.isna(value):
        return ""
    return value if isinstance(value, str) else str(value)


def _known_text(value: Any) -> str | None:
    return None if np.ndim(value) == 0 and pd.isna(value) else _cell_text(value)


def _row_text(row: pd.Series) -> str:
    return ", ".join(_cell_text(value) for value in row.iloc[:6]) + (", ..." if len(row) > 6 else "")
