"""One read of a source: when, what the content was, how far its records reach."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from mlqa_widgets.checkpoints.step import content_of
from mlqa_widgets.compare.matching import reading
from mlqa_widgets.profile.clock import Clock, likely_clocks, named_clock
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.sources.cadence import HOLES
from mlqa_widgets.tables.table import Table
from mlqa_widgets.wording import count

LARGE: Final = 5_000_000
"""Rows beyond which a table is read in stretches, and not kept."""
_STRETCH: Final = 1_000_000
_KNOWN: Final = 0.5
"""Share of the rows that must have a time for a column to tell how new they are, unless it was named."""
_HOLE: Final = 1.5
_ELSEWHERE: Final = pd.Timedelta(hours=14)
"""How far the clocks of a source in another time zone can be ahead of the reader's."""
_ZONE: Final = re.compile(r"\[\w+, (.+)\]")


@dataclass(frozen=True)
class Records:
    """The times of a source's records, as its clock shows them.

    Attributes
    ----------
    clock
        What tells the time: a column, or several.
    zone
        The time zone of the clock; empty where it has none, which is then taken for that of the reader.
    oldest, newest
        The first and the last time.
    step
        The usual (median) time between neighbouring times; None of a single one.
    times
        How many different times.
    holes
        The longest intervals between neighbouring times of more than 1.5 steps, in their order.
    """

    clock: str
    zone: str
    oldest: pd.Timestamp
    newest: pd.Timestamp
    step: pd.Timedelta | None
    times: int
    holes: tuple[tuple[pd.Timestamp, pd.Timestamp], ...]


@dataclass(frozen=True)
class Read:
    """One content of a source, read once or several times in a row.

    Attributes
    ----------
    number
        Its place in the history, from 1.
    first, last
        When it was first and last found so, with the offset of local time.
    times
        How often in a row.
    content
        SHA-256 of the column names, types and cells, row by row, as of a checkpoint.
    rows, columns
        How many.
    newest
        The time of the newest record; None where the table has no clock.
    of
        What was read: ``pandas frame``, ``CSV file``. Content is the same only where it was read the same way.
    facts
        What the file has of its own: its name, when and by whom it was saved.
    errors, warnings
        What a scan found, where one was read; else None.
    defects
        Which checks found something in which columns, the worst first: no values.
    """

    number: int
    first: dt.datetime
    last: dt.datetime
    times: int
    content: str
    rows: int
    columns: int
    newest: pd.Timestamp | None
    of: str
    facts: dict[str, str]
    errors: int | None = None
    warnings: int | None = None
    defects: tuple[str, ...] = ()

    def __repr__(self) -> str:
        said = f"<Read {self.number} of {self.first:%Y-%m-%d %H:%M}"
        if self.times > 1:
            said += f", the same in {count(self.times, 'read')} up to {self.last:%Y-%m-%d %H:%M}"
        said += f": {count(self.rows, 'row')}, {count(self.columns, 'column')}"
        return said + (f", newest record {self.newest:%Y-%m-%d %H:%M}>" if self.newest is not None else ">")

    def ages(self, records: Records | None) -> list[pd.Timedelta]:
        """Return how old the newest record was when this content was first read, and when it was last found unchanged.

        None of both where that cannot be told: without a clock, or where the newest record is of the future.
        """
        moments = [self.first] if self.times == 1 else [self.first, self.last]
        if self.newest is None:
            return []
        zone = ZoneInfo(records.zone) if records is not None and records.zone else None
        ages = [
            pd.Timestamp((at.astimezone(zone) if zone else at).replace(tzinfo=None)) - self.newest for at in moments
        ]
        return [] if ages[0] < -_ELSEWHERE else [max(age, pd.Timedelta(0)) for age in ages]


def content_of_rows(table: Table) -> str:
    """Return the SHA-256 of a table's columns and cells, row by row; of a large one, of the hashes of its stretches."""
    if table.row_count <= LARGE:
        return content_of(table.frame())
    digest = hashlib.sha256()
    for start in range(0, table.row_count, _STRETCH):
        stretch = table.take(np.arange(start, min(start + _STRETCH, table.row_count)))
        digest.update(content_of(stretch).encode())
    return digest.hexdigest()


def records_of(profile: Profile, time: Hashable | None) -> Records | None:
    """Return the times of a table's records: by the column named, or by the likeliest; None where there is none."""
    clock = _clock(profile, named=time is not None)
    if clock is None or not clock.known.any():
        return None
    times = np.unique(clock.times[clock.known]) if clock.table.looked_at is None else _whole(profile, clock)
    if times is None:
        return None
    steps = np.diff(times)
    usual = float(np.median(steps)) if len(steps) else 0.0
    wide = np.flatnonzero(steps > _HOLE * usual)
    longest = np.sort(wide[np.argsort(-steps[wide], kind="stable")[:HOLES]])
    return Records(
        clock=clock.name,
        zone=_zone(profile, clock),
        oldest=_time(times[0]),
        newest=_time(times[-1]),
        step=_length(usual) if len(steps) else None,
        times=len(times),
        holes=tuple((_time(times[i]), _time(times[i + 1])) for i in longest),
    )


def _whole(profile: Profile, clock: Clock) -> np.ndarray | None:
    """Return the different times of every row, in order, by a clock that was found in rows drawn from a large table.

    None where the clock is made of several columns, or of numbers.
    """
    column = profile.columns[clock.columns[0]] if len(clock.columns) == 1 else None
    if column is None or not (column.is_text or column.column.storage == "datetime"):
        return None
    moment = f"epoch_us({reading(column, 'datetime').replace('@', '')})"
    times = profile.table.query(f"SELECT DISTINCT {moment} AS us FROM t WHERE {moment} IS NOT NULL")["us"]
    return np.sort(times.to_numpy())


def _time(microseconds: int) -> pd.Timestamp:
    return pd.Timestamp(int(microseconds), unit="us")


def _length(microseconds: float) -> pd.Timedelta:
    return pd.Timedelta(round(microseconds), unit="us")


def _clock(profile: Profile, *, named: bool) -> Clock | None:
    if named:
        return named_clock(profile)
    clock = profile.series.clock if profile.series is not None else next(likely_clocks(profile), None)
    return clock if clock is not None and clock.known.mean() >= _KNOWN else None


def _zone(profile: Profile, clock: Clock) -> str:
    """Return the time zone that the clock's column has by its type."""
    if len(clock.columns) != 1:
        return ""
    kind = profile.columns[clock.columns[0]].column.source_type
    if kind.upper().endswith("TIME ZONE"):
        return "UTC"
    found = _ZONE.search(kind)
    try:
        return ZoneInfo(found[1]).key if found else ""
    except (OSError, ValueError):  # an offset, or a zone this machine does not know
        return ""
