"""Columns that only repeat what another one says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import drop_columns
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.tables.table import EVERY_ROW
from mlqa_widgets.wording import listing, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_MOST_DATES: Final = 50_000
_MOST_PARTS: Final = 400
_FEWEST_ROWS: Final = 30


@table_check("derived_columns")
def derived_columns(profile: Profile) -> Iterator[Finding]:
    """Find numbers that are the year, month, day, weekday or hour of a date column in every row.

    The part may be counted from another start (a year from 0, a weekday from Sunday or Monday). Stays silent on
    parts that never vary, and where a single row departs.
    """
    if profile.rows < _FEWEST_ROWS:
        return
    dated = [c for c in profile.columns if c.kind is Kind.DATETIME and c.complete and 1 < c.distinct <= _MOST_DATES]
    alike = _numbers_by_look(profile) if dated else {}
    for date in dated:
        times = _times(date)
        if np.isnat(times).any():
            continue
        found: dict[ColumnProfile, str] = {}
        for name, part in _parts(times):
            levels, place = np.unique(part, return_inverse=True)
            rows = np.bincount(place, weights=date.counts)
            for column in alike.get(_look(levels.astype(float), rows, date.nulls), ()):
                if column is not date and column not in found and _is_part(date, part, column):
                    found[column] = name
        if found:
            yield _finding(profile, date, sorted(found.items(), key=lambda pair: pair[0].position))


def _times(date: ColumnProfile) -> np.ndarray:
    """Return the time of each distinct value, NaT where it cannot be read."""
    if date.column.storage == "datetime":
        return date.values.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False).astype("datetime64[us]")
    if not date.is_text:
        return np.array(["NaT"], dtype="datetime64[us]")
    return date.date_reading.parsed


def _parts(times: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    days = times.astype("datetime64[D]")
    months = times.astype("datetime64[M]")
    yield "year", times.astype("datetime64[Y]").astype(np.int64) + 1970
    yield "month", months.astype(np.int64) % 12 + 1
    yield "day", (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    yield "weekday", (days.astype(np.int64) + 3) % 7
    yield "weekday", (days.astype(np.int64) + 4) % 7
    yield "hour", (times - days).astype("timedelta64[h]").astype(np.int64)


def _look(levels: np.ndarray, rows: np.ndarray, nulls: int) -> tuple[bytes, bytes, int]:
    """Return what a column and the part of a date it repeats have in common, but for where they count from."""
    return (levels - levels[0]).tobytes(), rows.astype(np.int64).tobytes(), nulls


def _numbers_by_look(profile: Profile) -> dict[tuple[bytes, bytes, int], list[ColumnProfile]]:
    alike: dict[tuple[bytes, bytes, int], list[ColumnProfile]] = {}
    for column in profile.columns:
        if 1 < column.distinct <= _MOST_PARTS and column.is_numeric and not np.isnan(column.numbers).any():
            order = np.argsort(column.numbers)
            look = _look(column.numbers[order], column.counts[order], column.nulls)
            alike.setdefault(look, []).append(column)
    return alike


def _is_part(date: ColumnProfile, part: np.ndarray, column: ColumnProfile) -> bool:
    """Whether the numbers are this part of the dates row by row."""
    start = column.numbers.min() - part.min()
    name, other = date.column.sql, column.column.sql
    pairs = date.table.query(f"SELECT DISTINCT {name} AS date, {other} AS part FROM t WHERE {name} IS NOT NULL")
    at = pc.index_in(pairs["date"].combine_chunks().cast(date.values.type), value_set=date.values)
    numbers = pairs["part"].cast(pa.float64()).to_numpy()
    return bool(np.all(numbers == part[at.to_numpy(zero_copy_only=False)] + start))


def _finding(profile: Profile, date: ColumnProfile, found: list[tuple[ColumnProfile, str]]) -> Finding:
    columns = [column for column, _ in found]
    names = listing([shortened(column.name) for column in columns], 5)
    parts = listing([part for _, part in found], 5)
    return Finding(
        columns=(date.position, *(column.position for column in columns)),
        severity=Severity.INFO,
        rows=profile.rows,
        message=f"{names} {'follows' if len(found) == 1 else 'follow'} from {shortened(date.name)} in every row: {parts}.",
        predicate=EVERY_ROW,
        evidence=(_examples(profile, date, columns),),
        why="They add nothing to the date and must be kept in step with it; a model that has both splits their "
        "importance between them.",
        fixes=(
            Fix(
                f"Drop {names}",
                drop_columns(profile.table, [column.column for column in columns]),
                removes=tuple(column.position for column in columns),
                note="They can be had back from the date at any time.",
            ),
        ),
        confidence=0.5,
    )


def _examples(profile: Profile, date: ColumnProfile, columns: list[ColumnProfile]) -> Examples:
    shown = [date, *columns[:5]]
    texts = ", ".join(f"CAST({c.column.sql} AS VARCHAR) AS v{c.position}" for c in shown)
    step = max(1, profile.rows // 6)
    rows = profile.table.query(f"SELECT {texts} FROM t WHERE pos % {step} = 0 ORDER BY pos LIMIT 6")
    cells = (rows[f"v{c.position}"].to_pylist() for c in shown)
    lines = tuple(tuple(shortened(cell or "") for cell in line) for line in zip(*cells, strict=True))
    return Examples("A few rows", tuple(shortened(c.name) for c in shown), lines)
