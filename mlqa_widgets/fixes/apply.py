"""Running a repair, and its account: no value and no row may go that the repair did not name."""

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
    """One cell before and after a repair, for the preview. ``after`` is None where the row or the column is dropped."""

    row: object
    column: str
    before: str
    after: str | None


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
    """Run the code of several fixes, one after the other, and account for all of them together.

    Parameters
    ----------
    fixes
        Those that only change cells first, those that drop rows next, those that remove columns last.
    frame
        The whole table as the user knows it; read from ``table`` if not given.

    Raises
    ------
    FixRefused
        As :func:`apply_fix`.
    """
    before = table.frame() if frame is None else frame
    return _run_and_account(fixes, table, before, np.arange(len(before)))


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
    after, kept = _run((fix,), table, before)
    changes: list[Change] = []
    labels = before.index
    columns = [table.columns[i] for i in (*fix.removes, *fix.changes)] or list(table.columns)
    survivors = {int(row): place for place, row in enumerate(kept)}
    for row in range(len(before)):
        if row not in survivors:
            changes.append(Change(labels[row], "", _row_text(before.iloc[row]), None))
        else:
            for column in columns:
                old = before.iat[row, column.position]
                place = _column_place(fix, after, column)
                if place is None:
                    changes.append(Change(labels[row], column.name, _cell_text(old), None))
                elif not _same(old, new := after.iat[survivors[row], place]):
                    changes.append(Change(labels[row], column.name, _cell_text(old), _cell_text(new)))
            for place, name in enumerate(fix.adds, start=after.shape[1] - len(fix.adds)):
                changes.append(Change(labels[row], name, "", _cell_text(after.iat[survivors[row], place])))
        if len(changes) >= limit:
            break
    return changes[:limit]


def _run(fixes: Sequence[Fix], table: Table, before: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the repaired frame and, for each of its rows, the place it had before."""
    work = before.copy()
    work.index = pd.RangeIndex(len(before), name=_ROW)
    namespace: dict[str, Any] = {"df": work, "pd": pd, "np": np, "re": re}
    for fix in fixes:
        try:
            exec(compile(fix.code, f"<fix: {fix.title}>", "exec"), namespace)  # noqa: S102 - our own code, values as literals
        except Exception as error:
            msg = f"The fix {fix.title!r} could not be run on {table.name!r}: {type(error).__name__}: {error}. Nothing was changed."
            raise FixRefused(msg) from error
        left = namespace["df"]
        if not isinstance(left, pd.DataFrame) or left.index.name != _ROW:
            msg = f"The fix {fix.title!r} did not leave a frame with the rows it was given. Nothing was changed."
            raise FixRefused(msg)
    after = namespace["df"]
    kept = after.index.to_numpy().astype(np.int64)
    after.index = before.index[kept]
    return after, kept


def _run_and_account(fixes: Sequence[Fix], table: Table, before: pd.DataFrame, positions: np.ndarray) -> pd.DataFrame:
    after, kept = _run(fixes, table, before)
    whole = _together(fixes)
    dropped = np.setdiff1d(positions, kept, assume_unique=False)
    _refuse_beyond(dropped, table.positions(whole.drops) if len(dropped) else dropped, whole, "drop", "row")
    _refuse_other_columns(whole, before, after)
    for column in table.columns:
        place = _column_place(whole, after, column)
        if place is None:
            if column.position not in whole.removes:
                msg = f"The fix {whole.title!r} would remove column {column.name!r}, which it does not name. Nothing was changed."
                raise FixRefused(msg)
            continue
        old, new = before.iloc[kept, column.position], after.iloc[:, place]
        if column.position in whole.changes:
            emptied = kept[(old.notna().to_numpy()) & (new.isna().to_numpy())]
            empties = any_of(fix.empties for fix in fixes if column.position in fix.changes)
            allowed = table.positions(empties) if len(emptied) else emptied
            _refuse_beyond(
                emptied, allowed, whole, f"empty in {column.name!r}", "cell", before.iloc[:, column.position]
            )
        elif not _equal(old, new):
            msg = f"The fix {whole.title!r} would change column {column.name!r}, which it does not name. Nothing was changed."
            raise FixRefused(msg)
    return after


def _together(fixes: Sequence[Fix]) -> Fix:
    """Return what several fixes may do in all, but for the cells they may empty: those are each fix's own."""
    if len(fixes) == 1:
        return fixes[0]
    return Fix(
        title=f"{len(fixes)} fixes",
        code="",
        changes=tuple({column for fix in fixes for column in fix.changes}),
        drops=any_of(fix.drops for fix in fixes),
        removes=tuple({column for fix in fixes for column in fix.removes}),
        adds=tuple(name for fix in fixes for name in fix.adds),
    )


def _refuse_beyond(
    lost: np.ndarray, allowed: np.ndarray, fix: Fix, verb: str, noun: str, cells: pd.Series | None = None
) -> None:
    surplus = np.setdiff1d(lost, allowed)
    if not len(surplus):
        return
    shown = "" if cells is None else " such as " + ", ".join(_cell_text(v) for v in cells.iloc[surplus[:3]])
    plural = "s" if len(surplus) > 1 else ""
    msg = f"The fix {fix.title!r} would {verb} {len(surplus):,} {noun}{plural} it cannot account for{shown}. Nothing was changed."
    raise FixRefused(msg)


def _refuse_other_columns(fix: Fix, before: pd.DataFrame, after: pd.DataFrame) -> None:
    """Refuse a result with columns beyond those that stay and those the repair says it adds."""
    staying = before.shape[1] - len(set(fix.removes))
    beyond = list(after.columns[staying:])
    if after.shape[1] < staying or beyond == list(fix.adds):
        return
    msg = f"The fix {fix.title!r} would add columns {beyond}, not {list(fix.adds)}. Nothing was changed."
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


def _row_text(row: pd.Series) -> str:
    return ", ".join(_cell_text(value) for value in row.iloc[:6]) + (", ..." if len(row) > 6 else "")
