"""Two reads of one source: what of its past was changed, removed or filled in later; what is new is no conflict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

import numpy as np
import pandas as pd

from mlqa_widgets.compare.clocks import Clocks, find_clocks
from mlqa_widgets.compare.conflicts import Conflict, Conflicts
from mlqa_widgets.compare.difference import Difference
from mlqa_widgets.compare.joins import Keyed
from mlqa_widgets.compare.patterns import OTHER, span
from mlqa_widgets.compare.told import evidence_of, places_of, severity_of
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Severity
from mlqa_widgets.tables.table import EVERY_ROW, Predicate
from mlqa_widgets.wording import count, listing, percent, shortened

Grain = Literal["hour", "day", "week", "month", "quarter", "year"]

_HOUR: Final = 3_600_000_000
_DAY: Final = 24 * _HOUR
_GRAINS: Final[tuple[tuple[Grain, float], ...]] = (
    ("hour", _HOUR),
    ("day", _DAY),
    ("week", 7 * _DAY),
    ("month", 30.4375 * _DAY),
    ("quarter", 91.3125 * _DAY),
    ("year", 365.25 * _DAY),
)
_PERIODS: Final = 40
"""Periods into which the past is cut, at most; of years, as many as there are."""
_LISTED: Final = 12
_MANY: Final = 0.01
_LAGS: Final = (
    ("up to an hour", _HOUR),
    ("up to a day", _DAY),
    ("up to a week", 7 * _DAY),
    ("up to 30 days", 30 * _DAY),
    ("up to a year", 365 * _DAY),
    ("longer", float("inf")),
)
_WHY: Final = (
    "What was computed from the earlier read cannot be computed again: a figure, a label or a trained model rests on "
    "values that are no longer there."
)
_WHY_LATE: Final = (
    "Counts and averages of the newest periods are too low until the late rows are in; a model trained on the full past "
    "does not see them at the time it predicts."
)


@dataclass(frozen=True)
class Revisions:
    """What became of the past of a source between two reads.

    Attributes
    ----------
    newest
        The newest time of the earlier read: what is before is the past. None where no column tells the time.
    rows
        Rows of the earlier read with a key that are compared: those that the later read still covers.
    changed
        Those of them whose values differ in any column.
    removed
        Those of them that are no longer there.
    back_filled
        Rows of the later read that are from before ``newest`` and were not in the earlier one.
    left_behind
        Rows of the earlier read from before the later one begins: a window that moved on.
    reached_back
        Rows of the later read from before the earlier one began.
    grown
        Rows of the later read that are new and not from before ``newest``; without a clock, all that are new.
    copies
        Rows more, and rows fewer, of keys that both have.
    keyless
        Rows of each without a key: they cannot be followed.
    repeated
        Keys that stand several times in both: which row is which is not known, so their values are not compared.
    lag, longest_lag
        By how much the back-filled rows were later than the newest of the earlier read, at the median and at most: at
        least so late did they come.
    frame
        One row per period and change: ``period`` (its start), ``change`` (``changed``, ``removed``, ``back-filled``), ``column``
        (of a change; else empty), ``rows``, ``of`` (rows of the earlier read in the period), ``share`` of these.
    grain
        How long a period is.
    """

    newest: pd.Timestamp | None
    rows: int
    changed: int
    removed: int
    back_filled: int
    left_behind: int
    reached_back: int
    grown: int
    copies: tuple[int, int]
    keyless: tuple[int, int]
    repeated: int
    lag: pd.Timedelta | None
    longest_lag: pd.Timedelta | None
    frame: pd.DataFrame
    grain: Grain

    @property
    def says(self) -> str:
        """All of it in a sentence."""
        past = f" up to {_at(self.newest)}" if self.newest is not None else ""
        told = [
            f"{number:,} {what}"
            for number, what in (
                (self.changed, "changed"),
                (self.removed, "removed"),
                (self.back_filled, "filled in later"),
            )
            if number
        ]
        said = f"Of {count(self.rows, 'row')}{past}, " + (
            listing(told) if told else "none was changed, removed or filled in later"
        )
        new = f"{count(self.grown, 'new row')}" + (
            " after it" if self.newest is not None else ", which may be of any time"
        )
        if self.grown:
            said += f"; {new}"
        if self.left_behind:
            said += f"; {count(self.left_behind, 'row')} from before the later read begins"
        if self.reached_back:
            said += f"; {count(self.reached_back, 'row')} from before the earlier read began"
        if any(self.keyless):
            said += f"; {self.keyless[0]:,} and {count(self.keyless[1], 'row')} without a key, not followed"
        if self.repeated:
            said += f"; {count(self.repeated, 'key')} that {'stands' if self.repeated == 1 else 'stand'} several times in both, not compared"
        return said + "."


class Past:
    """The past that two reads have in common.

    In the engine: relations ``tl`` and ``tr`` of the time of each row, ``gone`` and ``come`` of the rows whose key only the
    earlier or only the later read has.

    Parameters
    ----------
    keyed
        Both reads by their key.
    conflicts
        What differs in rows that meet.
    clocks
        The clocks of both; None where no column tells the time.
    """

    def __init__(self, keyed: Keyed, conflicts: Conflicts, clocks: Clocks | None) -> None:
        self._keyed = keyed
        self._meeting = keyed.meeting
        self.clocks = clocks
        self._conflicts = [one for one in conflicts.columns if one.rows or any(one.missing)]
        for side in (0, 1):
            self._place_in_time(side)
        self.newest = None if clocks is None else clocks.left.last
        self.grain = _grain(clocks)
        begins, ends, from_then = "false", "false", "true"
        if clocks is not None:
            begins, ends = f"us < {clocks.right.first}", f"us < {clocks.left.last}"
            from_then = f"us >= {clocks.left.first}"
        self.removed = _among("l", "gone", f"NOT coalesce({begins}, false)")
        self.left_behind = _among("l", "gone", begins)
        self.back_filled = _among("r", "come", f"{ends} AND {from_then}")
        self.reached_back = _among("r", "come", f"NOT {from_then}")
        self.grown = _among("r", "come", f"NOT coalesce({ends}, false)")

    def _place_in_time(self, side: int) -> None:
        """Create the relations of the times of one read, and of its rows that the other has not."""
        times, alone, here, other = (("tl", "gone", "l", "nr"), ("tr", "come", "r", "nl"))[side]
        placed = f"SELECT pos, NULL::BIGINT AS us FROM {here}"
        if self.clocks is not None:
            placed = f"SELECT pos, us FROM {self.clocks.both[side].relation}"
        self._meeting.execute(f"CREATE OR REPLACE TEMP TABLE {times} AS {placed}")
        keyed = self._keyed
        self._meeting.execute(
            f"CREATE OR REPLACE TEMP TABLE {alone} AS SELECT {here}.pos, t.us FROM {here} JOIN {times} AS t "
            f"ON t.pos = {here}.pos JOIN keys AS k ON {keyed.is_key(side)} WHERE k.{other} = 0"
        )

    def _count(self, side: int, predicate: Predicate) -> int:
        return int(
            self._meeting.one(f"SELECT count(*) AS n FROM {'lr'[side]} WHERE {predicate.sql}", predicate.params)["n"]
        )

    # ------------------------------------------------------------------ figures

    def revisions(self) -> Revisions:
        """Count what became of the past."""
        preview = self._keyed.preview
        removed, left_behind = self._count(0, self.removed), self._count(0, self.left_behind)
        copies = self._meeting.one(
            "SELECT coalesce(sum(greatest(nr - nl, 0)), 0) AS more, coalesce(sum(greatest(nl - nr, 0)), 0) AS fewer "
            "FROM keys WHERE nl > 0 AND nr > 0"
        )
        lag = self._meeting.one(
            f"SELECT median({self.newest or 0} - us) AS usual, max({self.newest or 0} - us) AS longest "
            f"FROM come AS r WHERE {self.back_filled.sql}"
        )
        return Revisions(
            newest=None if self.newest is None else pd.Timestamp(self.newest, unit="us"),
            rows=preview.rows[0] - preview.keyless[0] - left_behind,
            changed=self._changed(),
            removed=removed,
            back_filled=self._count(1, self.back_filled),
            left_behind=left_behind,
            reached_back=self._count(1, self.reached_back),
            grown=self._count(1, self.grown),
            copies=(int(copies["more"]), int(copies["fewer"])),
            keyless=preview.keyless,
            repeated=preview.repeated_both,
            lag=None if lag["usual"] is None else pd.Timedelta(round(lag["usual"]), unit="us"),
            longest_lag=None if lag["longest"] is None else pd.Timedelta(lag["longest"], unit="us"),
            frame=self._frame(),
            grain=self.grain,
        )

    def _changed(self) -> int:
        relations = dict.fromkeys(one.relation for one in self._conflicts)
        if not relations:
            return 0
        rows = " UNION ALL ".join(f"SELECT lpos FROM {name}" for name in relations)
        return int(self._meeting.one(f"SELECT count(DISTINCT lpos) AS n FROM ({rows})")["n"])

    def _frame(self) -> pd.DataFrame:
        of = self._of_period.rename("of")
        parts = [
            self._per_period(one.relation, "tl", "lpos", Predicate(f"d{one.place}"), distinct="lpos")
            .rename("rows")
            .reset_index()
            .assign(change="changed", column=one.pair.name)
            for one in self._conflicts
        ]
        parts += [
            self._per_period("lr"[side], ("tl", "tr")[side], f"{'lr'[side]}.pos", predicate)
            .rename("rows")
            .reset_index()
            .assign(change=change, column="")
            for change, side, predicate in (("removed", 0, self.removed), ("back-filled", 1, self.back_filled))
        ]
        frame = pd.concat(parts, ignore_index=True)
        frame = frame[frame["rows"] > 0].merge(of.reset_index(), on="period", how="left").fillna({"of": 0})
        frame["of"] = frame["of"].astype(np.int64)
        frame["share"] = (frame["rows"] / frame["of"]).where(frame["of"] > 0)
        frame = frame.sort_values(["period", "change", "column"], kind="stable", ignore_index=True)
        return frame[["period", "change", "column", "rows", "of", "share"]]

    @cached_property
    def _of_period(self) -> pd.Series[int]:
        """Rows of the earlier read in each period."""
        return self._per_period("l", "tl", "l.pos", EVERY_ROW)

    def _per_period(
        self, relation: str, times: str, place: str, predicate: Predicate, distinct: str | None = None
    ) -> pd.Series[int]:
        rows = f"count(DISTINCT {distinct})" if distinct else "count(*)"
        found = self._meeting.query(
            f"SELECT date_trunc('{self.grain}', make_timestamp(t.us)) AS period, {rows} AS n "
            f"FROM {relation} JOIN {times} AS t ON t.pos = {place} WHERE {predicate.sql} GROUP BY period ORDER BY period",
            predicate.params,
        ).to_pandas()
        return pd.Series(
            found["n"].to_numpy(np.int64), index=pd.Index(found["period"].astype("datetime64[us]"), name="period")
        )

    # ------------------------------------------------------------------ differences

    def differences(self, revisions: Revisions) -> Iterator[Difference]:
        """Tell what was changed, column by column, removed and filled in later, each with its rows."""
        for conflict in self._conflicts:
            if conflict.rows:
                yield self._changed_column(conflict)
            yield from self._emptied_or_filled(conflict)
        yield from self._rows_gone_or_come(revisions)
        yield from self._copies(revisions)

    def _changed_column(self, conflict: Conflict) -> Difference:
        name = shortened(conflict.pair.name)
        first = conflict.patterns[0]
        when, only_newest = self._when(conflict.relation, conflict.predicate)
        message = f"{name} was changed in {count(conflict.rows, 'row')} of {conflict.compared:,} that were there before ({percent(conflict.share)}){when}"
        if first.id != OTHER and first.share >= 0.5:
            message += f": {_in_time(first.says, first.id)}"
        return Difference(
            "revised_past",
            (conflict.pair.name,),
            Severity.INFO if only_newest else max(Severity.WARNING, severity_of(conflict), key=lambda s: s.level),
            message + ".",
            _WHY,
            rows=conflict.rows,
            share=conflict.share,
            evidence=(*self._periods(conflict.relation, conflict.predicate), *_behind(conflict)),
            relation=conflict.relation,
            predicate=conflict.predicate,
            places=((conflict.pair.left.position,), (conflict.pair.right.position,)),
        )

    def _emptied_or_filled(self, conflict: Conflict) -> Iterator[Difference]:
        name = shortened(conflict.pair.name)
        met = conflict.compared + sum(conflict.missing)
        for side, rows in enumerate(conflict.missing):
            if not rows:
                continue
            predicate = conflict.missing_on(side)
            when, only_newest = self._when(conflict.relation, predicate)
            what = "was filled in later" if side == 0 else "was emptied"
            yield Difference(
                "revised_past",
                (conflict.pair.name,),
                Severity.INFO if only_newest or (side == 0 and rows < _MANY * met) else Severity.WARNING,
                f"{name} {what} in {count(rows, 'row')} of {met:,} that were there before ({percent(rows / max(1, met))}){when}.",
                _WHY_LATE if side == 0 else _WHY,
                rows=rows,
                share=rows / max(1, met),
                evidence=self._periods(conflict.relation, predicate),
                relation=conflict.relation,
                predicate=predicate,
                places=((conflict.pair.left.position,), (conflict.pair.right.position,)),
                confidence=0.8,
            )

    def _rows_gone_or_come(self, found: Revisions) -> Iterator[Difference]:
        names, places = self._keyed.names, places_of(self._keyed)
        base = Difference("revised_past", names, Severity.WARNING, "", _WHY, places=places)
        if found.removed:
            when, _ = self._when("l", self.removed)
            share = found.removed / max(1, found.rows)
            yield replace(
                base,
                message=f"{count(found.removed, 'row')} of {found.rows:,} that were there before ({percent(share)}) "
                f"{'is' if found.removed == 1 else 'are'} no longer there{when}.",
                rows=found.removed,
                share=share,
                evidence=self._periods("l", self.removed),
                relation="l",
                predicate=self.removed,
            )
        if found.back_filled and found.lag is not None and found.longest_lag is not None and self.clocks is not None:
            share = found.back_filled / max(1, found.rows + found.back_filled)
            yield replace(
                base,
                severity=Severity.WARNING if share >= _MANY else Severity.INFO,
                message=f"{count(found.back_filled, 'row')} from before the newest of the earlier read "
                f"({_at(found.newest)}) came in later: at least {_length(found.lag)} late at the median, {_length(found.longest_lag)} the latest.",
                why=_WHY_LATE,
                rows=found.back_filled,
                share=share,
                evidence=(*self._lags(), *self._periods("r", self.back_filled)),
                relation="r",
                predicate=self.back_filled,
            )
        if found.left_behind:
            yield replace(
                base,
                severity=Severity.INFO,
                message=f"{count(found.left_behind, 'row')} of the earlier read {'is' if found.left_behind == 1 else 'are'} from before the later one begins: "
                "a window that moves on, or a past that was cut off.",
                why="The source does not keep its past: what was not kept at the time cannot be had again.",
                rows=found.left_behind,
                share=found.left_behind / max(1, self._keyed.preview.rows[0]),
                relation="l",
                predicate=self.left_behind,
                confidence=0.6,
            )
        if found.reached_back:
            yield replace(
                base,
                severity=Severity.INFO,
                message=f"{count(found.reached_back, 'row')} of the later read {'is' if found.reached_back == 1 else 'are'} from before the earlier one began.",
                why="The past was extended. Figures over all of it are not those of the earlier read.",
                rows=found.reached_back,
                share=found.reached_back / max(1, self._keyed.preview.rows[1]),
                relation="r",
                predicate=self.reached_back,
                confidence=0.6,
            )

    def _copies(self, found: Revisions) -> Iterator[Difference]:
        for side, rows in ((1, found.copies[0]), (0, found.copies[1])):
            if not rows:
                continue
            here, there = ("nl", "nr") if side == 0 else ("nr", "nl")
            keyed = self._keyed
            of_row = f"EXISTS (FROM keys AS k WHERE {keyed.is_key(side)} AND k.{there} > 0 AND k.{here} > k.{there})"
            shown = self._count(side, Predicate(of_row))
            yield Difference(
                "revised_past",
                keyed.names,
                Severity.WARNING,
                f"{count(rows, 'row')} {'more' if side else 'fewer'} of keys that both reads have: "
                + ("records were written again." if side else "copies are no longer there."),
                "A key that stands several times counts its record several times; which of the rows is meant is not known.",
                rows=shown,
                share=shown / max(1, keyed.preview.rows[side]),
                relation="lr"[side],
                predicate=Predicate(of_row),
                places=places_of(keyed),
                confidence=0.7,
            )

    def _when(self, relation: str, predicate: Predicate) -> tuple[str, bool]:
        """Return of when rows are, in words, and whether all of them are of the newest time of the earlier read."""
        if self.clocks is None or self.newest is None:
            return "", False
        place = "lpos" if relation not in ("l", "r") else f"{relation}.pos"
        times = "tr" if relation == "r" else "tl"
        found = self._meeting.one(
            f"SELECT min(t.us) AS oldest, max(t.us) AS newest FROM {relation} JOIN {times} AS t ON t.pos = {place} "
            f"WHERE {predicate.sql}",
            predicate.params,
        )
        if found["oldest"] is None:
            return "", False
        if found["oldest"] == self.newest:
            return ", all of the newest time, which may not have been complete", True
        oldest, newest = (pd.Timestamp(found[name], unit="us") for name in ("oldest", "newest"))
        if oldest == newest:
            return f", of {_at(oldest)}", False
        if oldest.date() == newest.date():
            return f", of {oldest:%Y-%m-%d}, {oldest:%H:%M} to {newest:%H:%M}", False
        return f", of {_at(oldest)} to {_at(newest)}", False

    def _periods(self, relation: str, predicate: Predicate) -> tuple[Bars, ...]:
        """Return how many rows of each period it is, each with its rows."""
        if self.clocks is None:
            return ()
        paired = relation not in ("l", "r")
        place = "lpos" if paired else f"{relation}.pos"
        times = "tr" if relation == "r" else "tl"
        found = self._per_period(relation, times, place, predicate)
        of = self._of_period
        shown = found.nlargest(_LISTED).sort_index()
        bars = []
        for start, rows in zip(pd.DatetimeIndex(shown.index), shown, strict=True):
            within = f"date_trunc('{self.grain}', make_timestamp(us)) = ?"
            where = Predicate(f"{place} IN (SELECT pos FROM {times} WHERE {within})", (start.to_pydatetime(),))
            known = int(of.get(start, 0)) if relation != "r" else 0
            note = f"{percent(rows / known)} of its {known:,} rows" if known else ""
            bars.append(Bar(_period(start, self.grain), int(rows), where, flagged=True, note=note))
        title = f"By {self.grain}" if len(found) == len(shown) else f"By {self.grain}, the {len(shown)} most concerned"
        more_rows = int(found.sum() - shown.sum())
        return (Bars(title, tuple(bars), more=len(found) - len(shown), more_rows=more_rows),) if bars else ()

    def _lags(self) -> tuple[Bars, ...]:
        """Return how late rows came, each class with its rows."""
        bars = []
        low = 0.0
        for label, high in _LAGS:
            upper = "" if high == float("inf") else f" AND {self.newest} - us <= {high:.0f}"
            where = _among("r", "come", f"{self.newest} - us > {low:.0f}{upper}")
            rows = self._count(1, self.back_filled & where)
            if rows:
                bars.append(Bar(label, rows, where, flagged=True))
            low = high
        return (Bars("How late they came, at least", tuple(bars)),)


def _among(side: str, relation: str, condition: str) -> Predicate:
    """Return the rows of one read that are in a relation of positions and times and satisfy a condition there."""
    return Predicate(f"{side}.pos IN (SELECT pos FROM {relation} WHERE {condition})")


def past_of(keyed: Keyed, conflicts: Conflicts, time: object) -> Past:
    """Return the past that two reads of one source have in common, both told by the clock of the earlier.

    Raises
    ------
    InputError
        When a time column was named that does not hold times.
    """
    meeting = keyed.meeting
    clocks = find_clocks(meeting, time)
    if clocks is not None and time is None and clocks.left.clock.name != clocks.right.clock.name:
        name = clocks.left.clock.name
        shared = any(column.name == name for column in meeting.right.columns)
        clocks = find_clocks(meeting, name) if shared and len(clocks.left.clock.columns) == 1 else None
    return Past(keyed, conflicts, clocks)


def _grain(clocks: Clocks | None) -> Grain:
    if clocks is None:
        return "year"
    covered = clocks.left.last - clocks.left.first
    return next((name for name, length in _GRAINS if covered <= _PERIODS * length), "year")


def _period(start: pd.Timestamp, grain: Grain) -> str:
    match grain:
        case "hour":
            return f"{start:%Y-%m-%d %H:%M}"
        case "day":
            return f"{start:%Y-%m-%d}"
        case "week":
            return f"week of {start:%Y-%m-%d}"
        case "month":
            return f"{start:%Y-%m}"
        case "quarter":
            return f"{start:%Y} Q{start.quarter}"
        case "year":
            return f"{start:%Y}"


def _at(moment: pd.Timestamp | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def _length(length: pd.Timedelta) -> str:
    return span(length / pd.Timedelta(microseconds=1))


def _behind(conflict: Conflict) -> Iterator[Bars]:
    """Yield what lies behind the changes of a column, with the sides called by their time."""
    for evidence in evidence_of(conflict):
        yield replace(evidence, bars=tuple(replace(bar, note=_in_time(bar.note, bar.label)) for bar in evidence.bars))


def _in_time(says: str, pattern: str) -> str:
    """Return what lies behind a change with the sides called by their time."""
    if pattern == "swapped field":
        return says
    says = re.sub(r"\bthe (left|right)\b", lambda found: "the earlier" if found[1] == "left" else "the later", says)
    says = re.sub(r"^right = ", "later = ", says)
    return re.sub(r"(×|\+|−|-|=) left\b", r"\1 earlier", says)
