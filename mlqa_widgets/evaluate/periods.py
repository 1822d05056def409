"""A time column cut into calendar periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError

_MOST = 60
_LENGTHS = {
    "minute": "min",
    "hour": "h",
    "day": "D",
    "week": "W",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
}
_WORDS = {
    "minute": "%Y-%m-%d %H:%M",
    "hour": "%Y-%m-%d %H:%M",
    "day": "%Y-%m-%d",
    "week": "%Y-%m-%d",
    "month": "%Y-%m",
    "quarter": "%Y-%m",
    "year": "%Y",
}


@dataclass(frozen=True)
class Periods:
    """Calendar periods of one length.

    Attributes
    ----------
    length
        ``hour``, ``day``, ``week``, ``month``...
    starts
        When each period with rows begins, in order; without time zone.
    codes
        The period of each row, int64; -1 where the time is missing.
    """

    length: str
    starts: pd.DatetimeIndex
    codes: np.ndarray

    @property
    def labels(self) -> list[str]:
        """Each period in words: ``2024-03``, ``2024-03-01 14:00``; a week by its first day."""
        return self.starts.strftime(_WORDS[self.length]).tolist()


def periods(times: pd.Series) -> Periods:
    """Cut times into the shortest calendar periods of which there are at most 60.

    Raises
    ------
    InputError
        When the column holds no times, or text that is not read as times without doubt.
    """
    moments = _moments(times)
    known = moments.dropna()
    if known.empty:
        msg = f"time: {times.name!r} holds no time at all."
        raise InputError(msg)
    for length, code in _LENGTHS.items():  # noqa: B007 - the last one tried stays
        ends = pd.PeriodIndex([known.min(), known.max()], freq=code)
        if (ends[1] - ends[0]).n < _MOST:
            break
    cut = moments.dt.to_period(code)
    codes, found = pd.factorize(cut, sort=True)
    return Periods(length, pd.PeriodIndex(found).to_timestamp(), codes.astype(np.int64))


def _moments(times: pd.Series) -> pd.Series:
    if isinstance(times.dtype, pd.PeriodDtype):
        return times.dt.to_timestamp()
    if not pd.api.types.is_datetime64_any_dtype(times.dtype):
        try:
            times = pd.to_datetime(times, format="ISO8601")
        except (ValueError, TypeError) as error:
            msg = (
                f"time: {times.name!r} holds {times.dtype} values such as {times.dropna().iloc[0]!r}, not times. Convert it "
                "first: pd.to_datetime(X[...], format=...)."
            )
            raise InputError(msg) from error
    return times if times.dt.tz is None else times.dt.tz_localize(None)
