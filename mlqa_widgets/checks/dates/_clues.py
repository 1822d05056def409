"""What speaks for day first or month first where no number is above twelve: the rest of the table."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.dates._dates import (
    FUTURE_WORDS,
    DateColumn,
    date_columns,
    day_and_month,
    places,
    reads_as_dates,
    undecided,
)
from mlqa_widgets.profile.kinds import name_words
from mlqa_widgets.wording import count, shortened

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Clue:
    """Something that makes one order likelier than the other."""

    what: str
    shown: tuple[str, str]
    """What it shows read day first, and read month first, in a few words."""
    odds: float
    """How many times likelier it is day first; below 1, month first."""
    short: str
    """What speaks, for a sentence: ``the order of the rows speaks``."""

    @property
    def verdict(self) -> str:
        """Which order it speaks for, and how strongly."""
        strength = abs(math.log10(self.odds))
        word = "strongly " if strength >= 2 else "weakly " if strength < 1 else ""
        return word + ("day first" if self.odds > 1 else "month first")


@dataclass(frozen=True)
class Question:
    """A column whose order nothing in its values settles, with both readings of each value."""

    column: ColumnProfile
    profile: Profile
    day_first: np.ndarray
    month_first: np.ndarray

    @classmethod
    def of(cls, column: ColumnProfile, profile: Profile) -> Question:
        """Read the doubtful values both ways, the others as they are."""
        reading = column.date_reading
        doubtful = undecided(reading)
        read_day_first = [one.order < 0 or reading.orders[one.order].day_first for one in reading.formats]
        # A value without a format has -1, which must not read as the last one.
        as_day_first = np.array([*read_day_first, True])[reading.format]
        other = np.where(doubtful, reading.alternative, reading.parsed)
        return cls(
            column,
            profile,
            np.where(as_day_first, reading.parsed, other),
            np.where(as_day_first, other, reading.parsed),
        )

    @property
    def readings(self) -> tuple[np.ndarray, np.ndarray]:
        """Day first, month first."""
        return self.day_first, self.month_first

    @property
    def days(self) -> tuple[np.ndarray, np.ndarray]:
        """The different days of both readings."""
        first, second = (np.unique(times[~np.isnat(times)].astype("datetime64[D]")) for times in self.readings)
        return first, second


def clues(question: Question) -> list[Clue]:
    """Return everything that speaks for one order, the strongest first."""
    found = [clue for look in _LOOKS if (clue := look(question)) is not None]
    return sorted(found, key=lambda clue: -abs(math.log(clue.odds)))


def chance_of_day_first(found: list[Clue]) -> float:
    """Return how likely day first is, from even odds, taking the clues for independent; never quite 0 or 1."""
    weight = sum(math.log(clue.odds) for clue in found)
    return min(0.999, max(0.001, 1 / (1 + math.exp(-min(50.0, max(-50.0, weight))))))


def _odds(size: float, *, day_first: bool) -> float:
    return size if day_first else 1 / size


# ------------------------------------------------------------------------------------------ the order of the rows

TELLING: Final = 10
"""Steps back in time that tell, and how many times fewer there must be under the other reading."""

_ROWS_IN_ORDER: Final = 200_000
_FEWEST_STEPS: Final = 6
_ENOUGH_STEPS: Final = 20
_NEARER: Final = 3


def steps(times: np.ndarray) -> np.ndarray:
    """Return the days from row to row, where they differ."""
    days = np.diff(times.astype("datetime64[D]")) / _DAY
    changes: np.ndarray = days[~np.isnan(days) & (days != 0)]
    return changes


def steps_back(days: np.ndarray) -> int:
    """Return how many steps go against the prevailing direction."""
    return int(min((days < 0).sum(), (days > 0).sum()))


def _row_order(question: Question) -> Clue | None:
    """Rows in the order of time under one reading only, or nearly; else rows that lie near their neighbours."""
    cell = question.column.column.sql
    found = question.profile.table.query(
        f"SELECT {cell} AS value FROM t WHERE {cell} IS NOT NULL AND pos < {_ROWS_IN_ORDER + question.column.nulls} "
        f"ORDER BY pos LIMIT {_ROWS_IN_ORDER}"
    )
    place = places(found["value"], question.column)
    first, second = (steps(times[place]) for times in question.readings)
    fewest = min(len(first), len(second))
    if fewest < _FEWEST_STEPS:
        return None
    back = steps_back(first), steps_back(second)
    fewer, more = min(back), max(back)
    if more >= max(TELLING / 2, TELLING * fewer):
        return Clue(
            "order of the rows",
            (
                f"{back[0]:,} of {len(first):,} steps go back in time",
                f"{back[1]:,} of {len(second):,} steps go back in time",
            ),
            _odds(1000.0 if more >= TELLING else 50.0, day_first=back[0] == fewer),
            "the order of the rows speaks",
        )
    typical = float(np.median(np.abs(first))), float(np.median(np.abs(second)))
    if fewest < _ENOUGH_STEPS or max(typical) < _NEARER * min(typical):
        return None
    return Clue(
        "neighbouring rows",
        (f"{typical[0]:g} days apart (median)", f"{typical[1]:g} days apart (median)"),
        _odds(50.0, day_first=typical[0] < typical[1]),
        "the nearness of neighbouring rows speaks",
    )


# ------------------------------------------------------------------------------------------ the calendar

_MONTHS_OF_SERIES: Final = 4
_ENOUGH_DAYS: Final = 10
_SOME_WEEKENDS: Final = 0.15


def _fixed_day(question: Question) -> Clue | None:
    """One field that never changes while the other takes many values is the day of a monthly series."""
    parts = [day_and_month(days) for days in question.days]
    first, second = ((len(np.unique(day)), len(np.unique(month))) for day, month in parts)
    days = first[0], second[0]
    if min(days) != 1 or max(days) < _MONTHS_OF_SERIES:
        return None
    several_years = len(np.unique(question.days[0].astype("datetime64[Y]"))) > 1
    return Clue(
        "a field that never changes",
        (
            f"{count(first[0], 'day')} of the month, {count(first[1], 'month')}",
            f"{count(second[0], 'day')} of the month, {count(second[1], 'month')}",
        ),
        _odds(200.0 if several_years else 5.0, day_first=days[0] == 1),
        "one day in every month speaks",
    )


def _weekends(question: Question) -> Clue | None:
    """No weekend at all under one reading, as in office hours, and its share of them under the other."""
    first, second = (~np.is_busday(days) for days in question.days)
    none = not first.any(), not second.any()
    few_days = min(len(first), len(second)) < _ENOUGH_DAYS
    if few_days or none[0] == none[1] or max(first.mean(), second.mean()) < _SOME_WEEKENDS:
        return None
    return Clue(
        "weekends",
        (f"{first.sum():,} of {len(first):,} days", f"{second.sum():,} of {len(second):,} days"),
        # Five days in seven are no weekend: the square root of what chance would give, since days come in runs.
        _odds(min(1000.0, (7 / 5) ** (len(first) / 2)), day_first=none[0]),
        "the absence of weekends speaks",
    )


def _future(question: Question) -> Clue | None:
    """Dates that have not come yet under one reading only."""
    if set(name_words(question.column.name)) & FUTURE_WORDS:
        return None
    tomorrow = np.datetime64(dt.datetime.now(tz=dt.UTC).date(), "us") + _DAY
    first, second = (question.column.rows_of(times > tomorrow) for times in question.readings)
    if bool(first) == bool(second):
        return None
    return Clue(
        "dates in the future",
        (count(first, "row"), count(second, "row")),
        _odds(50.0, day_first=not first),
        "the absence of future dates speaks",
    )


# ------------------------------------------------------------------------------------------ the other columns

_COMPARED: Final = 8
_FEWEST_ROWS: Final = 10
_LOOKED_AT: Final = 200
_ONE_ORDER: Final = {
    "US": 1 / 20,
    **dict.fromkeys("FR GB DE ES IT CH BE NL AT PT IE AU NZ BR IN MX".split(), 20.0),
}
"""Regions in which nearly everybody writes one order: the odds of day first."""


def _other_dates(question: Question) -> Clue | None:
    """Dates of the same rows in another column, which lie near under one reading only."""
    best: tuple[float, Clue] | None = None
    for other in date_columns(question.profile)[:_COMPARED]:
        if other.profile is question.column or (other.is_text and undecided(other.profile.date_reading).any()):
            continue
        spread = _spread_from(question, other)
        wider = max(spread) / max(min(spread), 1.0) if spread else 0.0
        if not spread or wider < _NEARER or (best is not None and wider <= best[0]):
            continue
        name = shortened(other.profile.name)
        clue = Clue(
            f"distance from {name}",
            (
                f"within {spread[0]:,.0f} days of the usual (median)",
                f"within {spread[1]:,.0f} days of the usual (median)",
            ),
            _odds(200.0, day_first=spread[0] < spread[1]),
            f"the distance from {name} speaks",
        )
        best = (wider, clue)
    return best[1] if best is not None else None


def _spread_from(question: Question, other: DateColumn) -> tuple[float, float] | None:
    """Return by how many days the distance between the two columns varies (median deviation), for both readings."""
    own, cell = question.column.column.sql, other.profile.column.sql
    found = question.profile.table.query(
        f"SELECT {own} AS own, {cell} AS other FROM t WHERE {own} IS NOT NULL AND {cell} IS NOT NULL LIMIT {_ROWS_IN_ORDER}"
    )
    at = places(found["own"], question.column)
    times = other.times[places(found["other"], other.profile)] if other.is_text else found["other"].to_numpy()
    gaps = [
        (times.astype("datetime64[D]") - reading[at].astype("datetime64[D]")) / _DAY for reading in question.readings
    ]
    first, second = (gap[~np.isnan(gap)] for gap in gaps)
    if min(len(first), len(second)) < _FEWEST_ROWS:
        return None
    return float(np.median(np.abs(first - np.median(first)))), float(np.median(np.abs(second - np.median(second))))


def _customs(question: Question) -> Clue | None:
    """How the other columns, the region and the punctuation would have it."""
    votes: list[tuple[str, float]] = []
    for other in question.profile.columns[:_LOOKED_AT]:
        if other is not question.column and reads_as_dates(other):
            verdicts = {order.verdict for order in other.date_reading.orders} & {"DMY", "MDY"}
            if len(verdicts) == 1:
                votes.append((f"the order in {shortened(other.name)} speaks", _odds(20.0, day_first="DMY" in verdicts)))
                break
    region = question.profile.roles.region
    if region in _ONE_ORDER:
        votes.append((f"the region {region} speaks", _ONE_ORDER[region]))
    written = question.column.strings[int(np.flatnonzero(question.column.date_reading.ambiguous)[0])].as_py()
    if "." in written.split(":")[0]:
        votes.append(("the points between the numbers speak", 30.0))
    if not votes:
        return None
    odds = math.prod(each for _, each in votes)
    saying = [short for short, each in votes if (each > 1) == (odds > 1)] or [votes[0][0]]
    usual = ("usual", "") if odds > 1 else ("", "usual")
    what = " and ".join(short.removesuffix(" speaks").removesuffix(" speak") for short in saying)
    return Clue(what, usual, odds, saying[0])


_LOOKS: Final[tuple[Callable[[Question], Clue | None], ...]] = (
    _row_order,
    _fixed_day,
    _weekends,
    _future,
    _other_dates,
    _customs,
)
