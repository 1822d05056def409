"""How often a source is refreshed: as promised, as its reads show, and as its own records show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pandas as pd

from mlqa_widgets.compare.patterns import span
from mlqa_widgets.errors import InputError
from mlqa_widgets.wording import count

if TYPE_CHECKING:
    from mlqa_widgets.sources.reads import Read, Records

_WORDS: Final = {
    "hourly": "1 hour",
    "daily": "1 day",
    "weekly": "7 days",
    "monthly": "1 month",
    "quarterly": "3 months",
    "yearly": "1 year",
    "annually": "1 year",
}
_DAYS: Final = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}
_NUMBERED: Final = re.compile(r"(?:every\s+)?(\d+(?:\.\d+)?)?\s*(day|week|month|quarter|year)s?", re.IGNORECASE)
_ISO: Final = re.compile(
    r"(?:R\d*/)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE
)
_ENOUGH: Final = 3
"""Changes seen from which it can be said how often a source changes."""
_TOLERANCE: Final = 1.1
"""What a refresh may take beyond the promise: reads and refreshes do not come to the second."""
_LONG: Final = pd.Timedelta(days=730)
HOLES: Final = 12
"""How many of the longest intervals between records are kept."""


def promise(said: str) -> pd.Timedelta:
    """Return how long a promised refresh may take: ``1 day``, ``6 hours``, ``weekly``, ``R/P1M``.

    Raises
    ------
    InputError
        When it is no length of time.

    Examples
    --------
    >>> promise("daily"), promise("R/P1W")
    (Timedelta('1 days 00:00:00'), Timedelta('7 days 00:00:00'))
    """
    text = _WORDS.get(said.strip().lower(), said.strip())
    try:
        if (numbered := _NUMBERED.fullmatch(text)) is not None:
            found = pd.Timedelta(days=float(numbered[1] or 1) * _DAYS[numbered[2].lower()])
        elif (iso := _ISO.fullmatch(text)) is not None:
            years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
            whole = years * _DAYS["year"] + months * _DAYS["month"] + weeks * 7 + days
            found = pd.Timedelta(days=whole, hours=hours, minutes=minutes, seconds=seconds)
        else:
            found = pd.Timedelta(re.sub(r"^every\s+", "", text, flags=re.IGNORECASE))
    except (ValueError, OverflowError, TypeError) as error:
        msg = f"promised: {said!r} is no length of time. Pass one such as '1 day', '6 hours', 'weekly' or 'P1M'."
        raise InputError(msg) from error
    if not found > pd.Timedelta(0):
        msg = f"promised: {said!r} is no length of time above zero. Pass one such as '1 day' or '6 hours'."
        raise InputError(msg)
    return found


@dataclass(frozen=True)
class Cadence:
    """How often a source is refreshed. Lengths are None where they are not known.

    Attributes
    ----------
    promised
        How often, as its owner says.
    reads, changes
        How often it was read, and how many of these found content other than the read before.
    every
        The usual (median) time between the first sights of two contents; between reads, changes may have been missed.
    kept, broken, unsettled
        How often new content was seen within the promised time (and a tenth) of the first sight of the old; how often
        the old was still there later than that; and how often the reads lie too far apart to tell.
    step
        The usual (median) time between two neighbouring times of its records.
    times
        How many different times its records have.
    holes, longest
        How often longer than promised passed between neighbouring times (where nothing is promised: longer than
        three steps), and the longest.
    ages
        How old the newest record was when each content was first read, and when it was last found unchanged.
    late
        Of these, how many were older than promised and one step more.
    """

    promised: pd.Timedelta | None
    reads: int
    changes: int
    every: pd.Timedelta | None
    kept: int
    broken: int
    unsettled: int
    step: pd.Timedelta | None
    times: int
    holes: int
    longest: pd.Timedelta | None
    ages: tuple[pd.Timedelta, ...]
    late: int

    @property
    def says(self) -> list[str]:
        """What is known, in sentences, each with the number of observations it rests on."""
        return [*self._of_reads(), *self._of_ages(), *self._of_records()]

    def _of_reads(self) -> list[str]:
        if self.reads < 2:
            return ["Read once so far: nothing can be said of how often it changes." if self.reads else "Not read yet."]
        changed = f"changed {count(self.changes, 'time')}" if self.changes else "did not change"
        seen = f"Its content {changed} in {count(self.reads, 'read')}"
        if self.changes < _ENOUGH or self.every is None:
            seen += ": too few to say how often it is refreshed"
        else:
            seen += f", every {every(self.every)} at the median as far as the reads show"
        settled = self.kept + self.broken
        if self.promised is None or not settled + self.unsettled:
            return [seen + "."]
        told = f"Promised every {every(self.promised)}: kept {count(self.kept, 'time')}, surely late {count(self.broken, 'time')}"
        if self.unsettled:
            told += f"; {count(self.unsettled, 'time')} it cannot be told, as it was read less often"
        return [seen + ".", told + "."]

    def _of_ages(self) -> list[str]:
        if not self.ages:
            return []
        told = f"When read, its newest record was {length(_median(self.ages))} old"
        if len(self.ages) > 1:
            told += f" at the median of {count(len(self.ages), 'read')} and {length(max(self.ages))} at most"
        if self.promised is not None:
            older = f"in {self.late:,} of them" if len(self.ages) > 1 else "then"
            told += "; never older than promised" if not self.late else f"; older than promised {older}"
        return [told + "."]

    def _of_records(self) -> list[str]:
        if self.times < 2 or self.step is None:
            return []
        told = f"Its records lie {length(self.step)} apart (median of {count(self.times - 1, 'interval')})"
        if self.promised is not None and self.step > self.promised:
            return [told + f", further than the promised {length(self.promised)}."]
        bound = "three steps" if self.promised is None else "promised"
        if not self.holes:
            return [told + f", none longer than {bound}."]
        least = "at least " if self.holes >= HOLES else ""
        return [
            f"{told}; {least}{count(self.holes, 'interval')} longer than {bound}, the longest {length(self.longest or self.step)}."
        ]


def _median(lengths: Sequence[pd.Timedelta]) -> pd.Timedelta:
    return pd.Timedelta(pd.Series(lengths).median())


def length(one: pd.Timedelta) -> str:
    """Return a length of time in words."""
    if one >= _LONG:
        return f"{one.days / _DAYS['year']:.1f} years"
    return span(one / pd.Timedelta(microseconds=1))


def every(one: pd.Timedelta) -> str:
    """Return a length of time to follow "every"."""
    return length(one).removeprefix("1 ")


def cadence(promised: pd.Timedelta | None, reads: Sequence[Read], records: Records | None) -> Cadence:
    """Return how often a source is refreshed.

    Parameters
    ----------
    promised
        None where nothing is promised.
    reads
        Its reads, the oldest first, unchanged ones folded.
    records
        The times of its records at the last read; None where it has no clock.
    """
    sights = [later.first - before.first for before, later in pairwise(reads)]
    kept, broken, unsettled = _against(promised, reads)
    step = None if records is None else records.step
    bound = promised if promised is not None else 3 * step if step is not None else None
    holes = (
        [] if records is None or bound is None else [end - start for start, end in records.holes if end - start > bound]
    )
    ages = [age for one in reads for age in one.ages(records)]
    slack = step or pd.Timedelta(0)
    return Cadence(
        promised=promised,
        reads=sum(one.times for one in reads),
        changes=len(sights),
        every=_median([pd.Timedelta(one) for one in sights]) if sights else None,
        kept=kept,
        broken=broken,
        unsettled=unsettled,
        step=step,
        times=0 if records is None else records.times,
        holes=len(holes),
        longest=max(holes, default=None),
        ages=tuple(ages),
        late=0 if promised is None else sum(age > promised + slack for age in ages),
    )


def _against(promised: pd.Timedelta | None, reads: Sequence[Read]) -> tuple[int, int, int]:
    """Return how often the promise was kept, was surely not, and how often that cannot be told."""
    kept = broken = unsettled = 0
    if promised is None:
        return kept, broken, unsettled
    allowed = promised * _TOLERANCE
    for before, later in pairwise(reads):
        if later.first - before.first <= allowed:
            kept += 1
        elif before.last - before.first > allowed:
            broken += 1
        else:
            unsettled += 1
    broken += sum(one.last - one.first > allowed for one in reads[-1:])
    return kept, broken, unsettled
