"""Which tables look as if nobody used them any more, each reason in words; what is not known is no reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from mlqa_widgets.databases.catalogue import Catalogue, CatalogueTable
from mlqa_widgets.wording import count

_LONG = timedelta(days=180)
_TIMES_BEHIND = 10
_DATED = 3
"""So many dated tables are needed to say what is usual."""
_REFERRING = 0.5
"""So many of the tables must take part in references for one that does not to stand out."""
_READS = 10
"""So often must half of the tables have been read for none to mean something."""
_SET_ASIDE = re.compile(
    r"(?:^|_)(?P<word>bak|bkp|backup|old|obsolete|deprecated|archive|archived|copy|tmp|temp|unused)\d*(?:_?\d+)?$"
    r"|^(?P<front>bak|bkp|backup|old|tmp|temp|deprecated|unused)_",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reason:
    """Why a table looks inactive."""

    word: str
    why: str
    """In a sentence or two, with what is not known."""


def inactive(catalogue: Catalogue) -> Mapping[str, tuple[Reason, ...]]:
    """Return, for each table that looks inactive, the reasons: by its name.

    A table is said to look so when it is empty, when its newest record is far older than those of the others, when
    nothing refers to it in a database of references and no reads of it were counted, or when its name says so.
    """
    usual = _Usual(catalogue)
    found = {one.name: tuple(_reasons(one, usual)) for one in catalogue.tables}
    return {name: reasons for name, reasons in found.items() if reasons}


class _Usual:
    """What is usual among the tables of a database."""

    def __init__(self, catalogue: Catalogue) -> None:
        dated = [(one.newest.at, one.name) for one in catalogue.tables if one.newest.at is not None]
        self.newest: datetime | None = None
        self.of = ""
        self.behind: timedelta | None = None
        if dated:
            newest, self.of = max(dated)
            self.newest = newest
            if len(dated) >= _DATED:
                self.behind = timedelta(seconds=median((newest - at).total_seconds() for at, _ in dated))
        self.dated = len(dated)
        linked = {name for one in catalogue.references if one.table != one.to for name in (one.table, one.to)}
        stored = [one.name for one in catalogue.tables if one.is_stored]
        self.linked = linked
        self.reads = median([one.use.reads or 0 for one in catalogue.tables if one.is_stored] or [0])
        self.refers = len(linked.intersection(stored)) >= max(2, _REFERRING * len(stored))


def _reasons(one: CatalogueTable, usual: _Usual) -> Iterator[Reason]:
    yield from _empty(one)
    yield from _stale(one, usual)
    yield from _alone(one, usual)
    found = _SET_ASIDE.search(one.table)
    if found:
        yield Reason("set aside", f"Its name says it was set aside ({found['word'] or found['front']}).")


def _empty(one: CatalogueTable) -> Iterator[Reason]:
    if one.rows == 0 and one.counted == "exact":
        yield Reason("empty", "It has no rows.")
    elif one.rows == 0 and one.counted == "estimate":
        made = f", made {day(one.use.analysed)}" if one.use.analysed else ""
        yield Reason("empty", f"It has no rows by the estimate of the database{made}; they were not counted.")


def _stale(one: CatalogueTable, usual: _Usual) -> Iterator[Reason]:
    at = one.newest.at
    if at is None or usual.newest is None or usual.behind is None:
        return
    behind = usual.newest - at
    if behind >= _LONG and behind > _TIMES_BEHIND * usual.behind:
        yield Reason(
            "stale",
            f"Its newest record ({one.newest.column}, {day(at)}) is {span(behind)} older than the newest of the database "
            f"({usual.of}, {day(usual.newest)}); half of the {count(usual.dated, 'dated table')} are at most "
            f"{span(usual.behind)} behind. It may be a table that seldom changes.",
        )


def _alone(one: CatalogueTable, usual: _Usual) -> Iterator[Reason]:
    if not one.is_stored:
        return
    dated = one.newest.at is not None and not any(_stale(one, usual))
    alone = usual.refers and one.name not in usual.linked and not dated
    since = f" since {day(one.use.since)}" if one.use.since else " since the database began to count"
    if one.use.reads == 0 and usual.reads >= _READS:
        linked = "No table refers to it, it refers to none, and the" if alone else "The"
        yield Reason(
            "never read",
            f"{linked} database counted no read of it{since}; half of the tables were read at least "
            f"{count(int(usual.reads), 'time')}.",
        )
    elif alone:
        known = (
            "Whether it is read the database does not say."
            if one.use.reads is None
            else f"Reads of it counted{since}: {one.use.reads:,}, those of this catalogue among them."
        )
        yield Reason("unreferenced", f"No table refers to it and it refers to none, where most do. {known}")


def day(at: datetime) -> str:
    """Return a day as people write it."""
    return f"{at.day} {at:%B %Y}"


def span(time: timedelta) -> str:
    """Return a length of time in its largest unit.

    Examples
    --------
    >>> span(timedelta(days=800))
    '2.2 years'
    """
    for unit, days in (("year", 365.25), ("month", 30.44), ("day", 1.0), ("hour", 1 / 24), ("minute", 1 / 1440)):
        number = time / timedelta(days=days)
        if number >= 2 or (unit == "minute"):
            return f"{number:.1f} {unit}s" if number < 10 and unit in ("year", "month") else f"{number:.0f} {unit}s"
    raise AssertionError
