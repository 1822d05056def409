"""Data that is older than its own rhythm allows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks.dates._dates import date_columns, microseconds
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.series._timeline import Mark, every, lane, lasting, moment, timeline
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.profile.series import DAY
from mlqa_widgets.wording import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.series import SeriesSet

_AS_OF_WORDS: Final = frozenset(
    {"asof", "extract", "extracted", "snapshot", "loaded", "exported", "export", "downloaded", "retrieved", "ingested"}
)
_STEPS: Final = 3.0
_ARCHIVE: Final = 60 * DAY
_ARCHIVE_STEPS: Final = 24
_YEAR: Final = 365 * DAY


@table_check("stale_data", issue="reliability.unstable_provider", reads="series")
def stale_data(profile: Profile) -> Iterator[Finding]:
    """Find data whose newest record is older than its step and its longest pause allow.

    Measured against the column that says when the table was extracted, where there is one, else against now. Stays
    silent on archives: data that ended long ago is not waiting for more.
    """
    series = profile.series
    if series is None or not series.sampled or len(series.order) < 2:
        return
    newest = _newest(profile, series)
    step = float(np.nanmedian(series.steps.step)) * (30.4375 * DAY if series.monthly else 1)
    if not np.isfinite(step):
        return
    stated = _as_of(profile, series)
    as_of, source = stated or (_now(), "now")
    lag = as_of - newest
    pause = _longest_pause(series)
    if lag <= max(_STEPS * step, 1.5 * pause):
        return
    if stated is None and lag > min(_YEAR, max(_ARCHIVE, _ARCHIVE_STEPS * step)):
        return
    entries = np.flatnonzero(series.times == series.times.max())
    one = int(series.of_row[entries[0]])
    told = moment(newest, step)
    usual = every(float(np.nanmedian(series.steps.step)), monthly=series.monthly)
    whole = Mark(float(series.times[series.one(one)][0]), float(newest), "present", f"up to {told}: reports", entries)
    late = Mark(float(newest), float(as_of), "silent", f"after {told}: nothing for {lasting(lag)}", entries)
    yield Finding(
        columns=series.columns,
        severity=Severity.WARNING if stated else Severity.INFO,
        rows=len(entries),
        message=f"The newest record is of {told}, {lasting(lag)} before {source}; one {usual} was usual.",
        predicate=series.rows_at(entries),
        looked_at=series.looked_at,
        evidence=(
            timeline(f"{shortened(series.clock.name)} up to {source}", [lane(series, one, [whole, late])], of=1),
        ),
        why=f"What is shown as the state of today is that of an earlier day. {series.found}",
        confidence=0.85 if stated else 0.5,
    )


def _newest(profile: Profile, series: SeriesSet) -> int:
    """Return the newest time: of all rows, also where only some of the series were looked at."""
    newest = int(series.times.max())
    if series.looked_at is not None and len(series.clock.columns) == 1:
        values = profile.columns[series.clock.columns[0]].values
        if pa.types.is_timestamp(values.type):
            return max(newest, pc.max(values).value)
    return newest


def _as_of(profile: Profile, series: SeriesSet) -> tuple[int, str] | None:
    """Return when the table was extracted, by a column that says so, and its name."""
    for dates in date_columns(profile):
        named = dates.words & _AS_OF_WORDS or {"as", "of"} <= dates.words
        if named and dates.profile.position not in series.columns and dates.known.any():
            return microseconds(dates.times[dates.known].max()), shortened(dates.profile.name)
    return None


def _longest_pause(series: SeriesSet) -> float:
    """Return the longest time without any record, in microseconds."""
    times = series.distinct_times
    return float(np.diff(times).max()) if len(times) > 1 else 0.0


def _now() -> int:
    """Return the present in microseconds since 1970, as clocks here show it."""
    return microseconds(np.datetime64(dt.datetime.now().replace(microsecond=0), "us"))  # noqa: DTZ005
