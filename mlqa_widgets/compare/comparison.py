"""Two sources against each other: tables -> keys -> join -> values, definitions, clocks -> differences."""

from __future__ import annotations

import time as timing
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np
import pandas as pd

from mlqa_widgets.compare.clocks import Alignment, Clocks, Fill, align, clock_differences, find_clocks, shifted_times
from mlqa_widgets.compare.conflicts import Conflicts, find_conflicts
from mlqa_widgets.compare.difference import Difference, ranked
from mlqa_widgets.compare.joins import JoinPreview, Keyed, Rescue, rescues
from mlqa_widgets.compare.keys import KeyProposal, find_column, named_pairs, propose_keys, same_names
from mlqa_widgets.compare.matching import STEPS, Pair, Step
from mlqa_widgets.compare.matrix import ComparisonMatrix, each_with_each
from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.compare.revisions import Revisions, past_of
from mlqa_widgets.compare.schema import definition_differences, means_another, schema_differences
from mlqa_widgets.compare.told import conflict_difference, missing_difference, multiplied, orphans
from mlqa_widgets.errors import InputError
from mlqa_widgets.naming import nearest, variable_names
from mlqa_widgets.notebook import Shown
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.read import own_name, read_table, unchanging
from mlqa_widgets.tables.table import Predicate, Table
from mlqa_widgets.wording import count, listing, percent
from mlqa_widgets.work import InBackground, Work

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.sources.card import SourceCard
    from mlqa_widgets.widgets.compare import CompareWidget

_GOOD_ENOUGH: Final = 0.15
"""Score from which the best key proposed is used."""

_NAMES_A_RECORD: Final = 0.9
"""Different keys per row from which a proposed key can be followed from one read of a source to the next."""

_TOO_FEW: Final = 0.05
"""Share of rows that meet below which a key that was proposed is used as it meets once made alike."""


@overload
def compare(
    left: Sequence[Any],
    right: None = None,
    on: Any = None,
    *,
    columns: Mapping[Hashable, Hashable] | None = None,
    time: Hashable | None = None,
    normalize: Iterable[Step] | bool = False,
    names: Sequence[str] | None = None,
) -> ComparisonMatrix: ...
@overload
def compare(
    left: Any,
    right: Any,
    on: Any = None,
    *,
    columns: Mapping[Hashable, Hashable] | None = None,
    time: Hashable | tuple[Hashable, Hashable] | None = None,
    normalize: Iterable[Step] | bool = False,
    names: Sequence[str] | None = None,
    tables: tuple[str | None, str | None] = (None, None),
    revisions: bool = False,
) -> Comparison: ...
def compare(
    left: Any,
    right: Any = None,
    on: Any = None,
    *,
    columns: Mapping[Hashable, Hashable] | None = None,
    time: Any = None,
    normalize: Iterable[Step] | bool = False,
    names: Sequence[str] | None = None,
    tables: tuple[str | None, str | None] = (None, None),
    revisions: bool = False,
) -> Comparison | ComparisonMatrix:
    """Find where two sources agree and where they do not.

    Parameters
    ----------
    left, right
        Whatever :func:`scan` reads: a frame, an Arrow table, the path of a file, a table of :func:`database`, a Spark
        frame (both of one session). Neither is changed. For more than two sources, pass a list of them as ``left``
        alone.
    on
        The key: a column both have, a list of columns, pairs (left column, right column), or left column -> right
        column. If not given, keys are proposed from names and values, and the likeliest is used.
    columns
        Left column -> right column, for columns to compare that do not have one name; besides those that do.
    time
        The time column of both, or a pair (left, right); found if not given.
    normalize
        How keys are made alike before they are compared: any of ``type``, ``spaces``, ``case``, ``accents``,
        ``leading zeros``, ``punctuation``; True for all. If not given keys are taken as they are, and
        :attr:`Comparison.rescues` says what each would bring together.
    names
        What to call the two sources. The names of the variables, or the files' stems, if not given.
    tables
        Which table of each database file, or which sheet of each workbook.
    revisions
        Whether the two are an earlier (left) and a later (right) read of one source. Then the differences say what of the
        past was changed, removed or filled in later (:attr:`Comparison.revisions`), and rows after the newest of the
        earlier read are growth and no difference. :meth:`SourceCard.compare` passes it.

    Returns
    -------
    Comparison
        In a notebook the comparison goes on in the background after a moment; every question to the result waits
        for its end. Of a list of sources a :class:`ComparisonMatrix`: each compared with each.

    Raises
    ------
    InputError
        When an argument is not usable; the message names it and says what would work.

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> ours = pd.DataFrame({"id": range(50), "weight": [10.0 + i for i in range(50)]})
    >>> theirs = pd.DataFrame({"id": range(50), "weight": [22.046 + 2.2046 * i for i in range(50)]})
    >>> mq.compare(ours, theirs, "id").conflicts.loc[0, "pattern"]
    'unit factor'
    """
    steps = STEPS if normalize is True else tuple(normalize or ())
    for step in steps:
        if step not in STEPS:
            msg = f"normalize: {step!r} is no way of making keys alike. {nearest(step, STEPS)}"
            raise InputError(msg)
    if not isinstance(on, (list, tuple, Mapping)) and not _is_hashable(on):
        msg = (
            f"on: pass the name of a column, a list of names or a mapping, not a {type(on).__name__}; to compare more "
            "than two sources pass a list of them as `left` alone."
        )
        raise InputError(msg)
    if right is not None and isinstance(left, (list, tuple)):
        msg = (
            "left: several sources are passed as one list without `right`, the key by its name: compare([...], on=...)."
        )
        raise InputError(msg)
    sources = list(left) if right is None and isinstance(left, (list, tuple)) else [left, right]
    if names is None:
        names = [
            Path(data).stem if isinstance(data, (str, Path)) else called or own_name(data) or default
            for data, called, default in zip(
                sources, variable_names(sources, depth=2), _default_names(len(sources)), strict=True
            )
        ]
    if right is None and isinstance(left, (list, tuple)):
        if revisions:
            msg = "revisions: pass two reads of one source, the earlier and the later."
            raise InputError(msg)
        return each_with_each(sources, names, on, {"columns": columns, "time": time, "normalize": steps})
    named = _apart((names[0], names[1]))
    result = Comparison(left, right, on, columns or {}, time, steps, named, tables, revisions=revisions)
    result.start()
    return result


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _default_names(sources: int) -> list[str]:
    return ["left", "right"] if sources == 2 else [f"source {i + 1}" for i in range(sources)]


def _apart(names: tuple[str, str]) -> tuple[str, str]:
    left, right = names
    return (f"{left} (left)", f"{right} (right)") if left == right else (left, right)


@dataclass(frozen=True)
class ComparisonResult:
    """What a finished comparison found."""

    meeting: Meeting
    proposals: tuple[KeyProposal, ...]
    keyed: Keyed | None
    rescues: tuple[Rescue, ...]
    pairs: tuple[Pair, ...]
    """The columns both sources have, the key among them."""
    conflicts: Conflicts
    clocks: Clocks | None
    differences: tuple[Difference, ...]
    seconds: float
    revisions: Revisions | None = None
    """What became of the past, of two reads of one source."""

    @property
    def preview(self) -> JoinPreview | None:
        """The figures of the join; None where there is no key."""
        return None if self.keyed is None else self.keyed.preview


class Comparison(InBackground, Shown):
    """The result of :func:`compare`: differences, the join before it is made, conflicts, clocks.

    Shown as a widget when it is the last expression of a cell.
    """

    def __init__(
        self,
        left: Any,
        right: Any,
        on: Any,
        columns: Mapping[Hashable, Hashable],
        time: Any,
        steps: Sequence[Step],
        names: tuple[str, str],
        tables: tuple[str | None, str | None],
        *,
        revisions: bool = False,
    ) -> None:
        self.work: Work[ComparisonResult] = Work("comparison", lambda progress, _: self._compare(progress))
        self.names = names
        self._read = [
            partial(read_table, unchanging(data), table=table, name=name)
            for data, table, name in zip((left, right), tables, names, strict=True)
        ]
        self._on, self._columns, self._time, self._steps = on, columns, time, tuple(steps)
        self._of_one_source = revisions
        self._widget: CompareWidget | None = None

    # ------------------------------------------------------------------ running

    def _compare(self, progress: Progress) -> ComparisonResult:
        started = timing.perf_counter()
        progress.at(f"Reading {self.names[0]}", 0.0)
        left = self._read[0](progress=progress)
        progress.at(f"Reading {self.names[1]}", 0.05)
        meeting = Meeting(left, self._read[1](progress=progress), progress)
        progress.at("Looking for keys", 0.4)
        proposals: list[KeyProposal] = []
        if self._on is None:
            proposals = propose_keys(meeting)
            likely = [one for one in proposals if not self._of_one_source or min(one.unique) >= _NAMES_A_RECORD]
            key = likely[0].pairs if likely and likely[0].score >= _GOOD_ENOUGH else ()
        else:
            key = tuple(named_pairs(meeting, self._on))
        pairs = self._pairs(meeting, key)
        keyed = None
        found: list[Difference] = []
        rescued: list[Rescue] = []
        conflicts = Conflicts((), 0, 0)
        if key:
            progress.at("Counting keys", 0.45)
            keyed = Keyed(meeting, key, self._chosen_steps(key))
            rescued = rescues(keyed)
            if rescued and proposals and max(proposals[0].matched) < _TOO_FEW:
                keyed = Keyed(meeting, key, rescued[-1].steps)
                rescued = []
            if not self._of_one_source:
                found += [*orphans(keyed, rescued), *multiplied(keyed)]
            used = {pair.positions for pair in key}
            conflicts = find_conflicts(meeting, keyed, [p for p in pairs if p.positions not in used], progress)
        compared = {conflict.pair.positions: conflict for conflict in conflicts.columns}
        rest = [pair for pair in pairs if pair.positions not in {one.positions for one in key}]
        progress.at("Comparing columns", 0.85)
        found += schema_differences(meeting, pairs, compared)
        clocks = revised = None
        if self._of_one_source and keyed is not None:
            progress.at("Looking into the past", 0.9)
            past = past_of(keyed, conflicts, self._time)
            clocks, revised = past.clocks, past.revisions()
            found += past.differences(revised)
        else:
            found += definition_differences(meeting, rest, compared)
            found += self._told_conflicts(keyed, conflicts)
            progress.at("Comparing clocks", 0.9)
            clocks = find_clocks(meeting, self._time)
            if clocks is not None:
                found += clock_differences(meeting, clocks, rest, key, compared)
        return ComparisonResult(
            meeting,
            tuple(proposals),
            keyed,
            tuple(rescued),
            tuple(pairs),
            conflicts,
            clocks,
            tuple(ranked(found)),
            timing.perf_counter() - started,
            revised,
        )

    def _pairs(self, meeting: Meeting, key: Sequence[Pair]) -> list[Pair]:
        """Return the columns of both sources that belong together: the key, those named, those of one name."""
        named = [
            Pair(find_column(meeting.left, left, "columns"), find_column(meeting.right, right, "columns"))
            for left, right in self._columns.items()
        ]
        pairs = [*key, *named]
        taken = [{pair.positions[side] for pair in pairs} for side in (0, 1)]
        pairs += [
            pair
            for pair in same_names(meeting)
            if pair.positions[0] not in taken[0] and pair.positions[1] not in taken[1]
        ]
        return pairs

    def _chosen_steps(self, key: Sequence[Pair]) -> tuple[Step, ...]:
        """Return how keys are made alike: as the user said, and by type alone where they could not meet otherwise."""
        if not self._steps and any(pair.types_differ for pair in key):
            return ("type",)
        return self._steps

    def _told_conflicts(self, keyed: Keyed | None, conflicts: Conflicts) -> list[Difference]:
        if keyed is None:
            return []
        by_place = {one.pair.positions: one for one in conflicts.columns}
        shifted = list(shifted_times(by_place))
        told = {one.places for one in shifted}
        found = list(shifted)
        for conflict in conflicts.columns:
            places = tuple((position,) for position in conflict.pair.positions)
            if conflict.rows and not means_another(conflict) and places not in told:
                found.append(conflict_difference(conflict))
            if any(conflict.missing) and not means_another(conflict):
                found += missing_difference(conflict)
        return found

    @property
    def result(self) -> ComparisonResult:
        """The finished result; waits for it.

        Raises
        ------
        Cancelled
            When the comparison was cancelled.
        """
        return self.work.result

    # ------------------------------------------------------------------ what was found

    @property
    def findings(self) -> pd.DataFrame:
        """One row per difference, what to look at first on top; its index is what :meth:`rows` takes.

        Columns: ``check``, ``columns`` (tuple of names), ``severity``, ``rows`` (rows concerned, or pairs of rows),
        ``share`` (of those it could concern, 0 to 1), ``message``.
        """
        lines = [
            {
                "check": one.check,
                "columns": one.columns,
                "severity": one.severity.value,
                "rows": one.rows,
                "share": one.share,
                "message": one.message,
            }
            for one in self.result.differences
        ]
        return pd.DataFrame(lines, columns=["check", "columns", "severity", "rows", "share", "message"])

    @property
    def keys(self) -> pd.DataFrame:
        """Keys that would bring the sources together, the likeliest first, with the evidence.

        Columns: ``on`` (what to pass), ``left_unique``, ``right_unique`` (different keys per row), ``left_matched``,
        ``right_matched`` (share of the rows that find a partner), ``left_normalised``, ``right_normalised`` (the same
        once case, spaces, leading zeros, accents, punctuation and type are ignored), ``score``, ``evidence``. Where
        ``on`` was given, one row about it.
        """
        result = self.result
        lines = [
            {
                "on": one.on,
                "left_unique": one.unique[0],
                "right_unique": one.unique[1],
                "left_matched": one.matched[0],
                "right_matched": one.matched[1],
                "left_normalised": one.normalised[0],
                "right_normalised": one.normalised[1],
                "score": one.score,
                "evidence": one.evidence(*self.names),
            }
            for one in result.proposals
        ]
        names = ["on", "left_unique", "right_unique", "left_matched", "right_matched"]
        names += ["left_normalised", "right_normalised", "score", "evidence"]
        return pd.DataFrame(lines, columns=names)

    @property
    def on(self) -> tuple[str, ...]:
        """The key that was used; empty where none was found."""
        keyed = self.result.keyed
        return () if keyed is None else keyed.names

    @property
    def joins(self) -> pd.DataFrame:
        """What each type of join would return, before it is made: one row per type.

        Columns: ``join``, ``left_rows`` and ``right_rows`` (in), ``rows_out``, rows of each side ``dropped`` for want
        of a partner, ``unfilled`` (kept with the other side empty), ``repeated`` (rows beyond one per row of a side).

        Raises
        ------
        InputError
            When no key was found.
        """
        return self._keyed().preview.frame()

    @property
    def rescues(self) -> pd.DataFrame:
        """What making keys alike would bring together, one row per way.

        Columns: ``ignoring``, ``left_keys``, ``right_keys``, ``left_rows``, ``right_rows`` (without a partner now, with
        one then), ``merged`` (different keys of one side that would become one), ``example``.
        """
        lines = [
            {
                "ignoring": one.steps,
                "left_keys": one.keys[0],
                "right_keys": one.keys[1],
                "left_rows": one.rows[0],
                "right_rows": one.rows[1],
                "merged": one.merged,
                "example": one.example,
            }
            for one in self.result.rescues
        ]
        names = ["ignoring", "left_keys", "right_keys", "left_rows", "right_rows", "merged", "example"]
        return pd.DataFrame(lines, columns=names)

    @property
    def conflicts(self) -> pd.DataFrame:
        """One row per column compared.

        Columns: ``column``, ``compared`` (rows that meet with a value on both sides), ``conflicts``, ``share``,
        ``left_missing``, ``right_missing`` (rows with a value on the other side only), ``size`` (median distance of
        numbers; of times a Timedelta), ``direction`` (share in which the right is larger or later), ``pattern`` and
        ``pattern_share`` (of what lies behind most of them), ``says``, ``example``.
        """
        lines = []
        for one in self.result.conflicts.columns:
            first = one.patterns[0] if one.patterns else None
            size: Any = one.size
            if size is not None and one.pair.form == "datetime":
                size = pd.Timedelta(size, unit="us")
            lines.append(
                {
                    "column": one.pair.name,
                    "compared": one.compared,
                    "conflicts": one.rows,
                    "share": one.share,
                    "left_missing": one.missing[0],
                    "right_missing": one.missing[1],
                    "size": size,
                    "direction": one.direction,
                    "pattern": first.id if first else None,
                    "pattern_share": first.share if first else None,
                    "says": first.says if first else None,
                    "example": first.examples[0] if first and first.examples else None,
                }
            )
        names = ["column", "compared", "conflicts", "share", "left_missing", "right_missing", "size", "direction"]
        names += ["pattern", "pattern_share", "says", "example"]
        return pd.DataFrame(lines, columns=names)

    @property
    def clocks(self) -> pd.DataFrame:
        """One row per source: its clock, what it covers, how often it reports; empty where one has no clock."""
        clocks = self.result.clocks
        names = ["source", "clock", "first", "last", "step", "even", "times", "shared"]
        return pd.DataFrame(columns=names) if clocks is None else clocks.frame()

    @property
    def revisions(self) -> Revisions:
        """What became of the past, of an earlier and a later read of one source: rows changed, removed, filled in later.

        Its ``frame`` has one row per period, change and column.

        Raises
        ------
        InputError
            When this was not compared as two reads of one source, or no key was found.

        Examples
        --------
        >>> import pandas as pd
        >>> import mlqa_widgets as mq
        >>> early = pd.DataFrame({"at": pd.date_range("2024-03-01", periods=60), "no2": range(60)})
        >>> later = pd.DataFrame({"at": pd.date_range("2024-03-01", periods=62), "no2": [7, *range(1, 62)]})
        >>> mq.compare(early, later, "at", revisions=True).revisions.says
        'Of 60 rows up to 2024-04-29, 1 changed; 2 new rows after it.'
        """
        found = self.result.revisions
        if found is None:
            self._keyed()
            msg = (
                "revisions: say that the two are reads of one source, with mq.compare(earlier, later, revisions=True)."
            )
            raise InputError(msg)
        return found

    def align(self, step: str | pd.Timedelta | None = None, fill: Fill = "none") -> Alignment:
        """Put the numbers of both sources on one grid of time.

        Several readings within a step become their mean. Nothing is filled unless asked for, and what is filled is
        counted as invented.

        Parameters
        ----------
        step
            The grid; that of the coarser source if not given.
        fill
            ``none``; ``hold`` carries the last reading forward, ``linear`` draws a line between readings.

        Raises
        ------
        InputError
            When a source has no clock, or an argument is not usable.
        """
        clocks = self.result.clocks
        if clocks is None:
            msg = "One of the sources has no time column that was found; name it with time= of compare."
            raise InputError(msg)
        return align(clocks, step, fill)

    def difference(self, i: int) -> Difference:
        """Return difference ``i`` with all it holds.

        Raises
        ------
        InputError
            When there is no such difference.
        """
        found = self.result.differences
        if not 0 <= i < len(found):
            msg = f"i: there is no difference {i!r}; .findings has {count(len(found), 'row')}, counted from 0."
            raise InputError(msg)
        return found[i]

    def count(self, i: int, among: Predicate | None = None) -> int:
        """Return the number of rows of difference ``i``, or of a part of its evidence."""
        one = self.difference(i)
        if not one.relation or one.predicate is None:
            return 0
        where = one.predicate if among is None else one.predicate & among
        found = self.result.meeting.one(f"SELECT count(*) AS n FROM {one.relation} WHERE {where.sql}", where.params)
        return int(found["n"])

    def positions(
        self, i: int, limit: int | None = None, *, start: int = 0, among: Predicate | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of difference ``i``: positions in the left and in the right source.

        Of pairs of rows both arrays are parallel; of rows of one source the other is empty.

        Parameters
        ----------
        limit
            At most so many.
        start
            Without the first so many.
        among
            Only those of a part of its evidence.
        """
        one = self.difference(i)
        nothing = np.array([], dtype=np.int64)
        if not one.relation or one.predicate is None:
            return nothing, nothing
        stop = f" LIMIT {'ALL' if limit is None else int(limit)} OFFSET {start:d}"
        where = one.predicate if among is None else one.predicate & among
        meeting = self.result.meeting
        if one.paired:
            found = meeting.query(
                f"SELECT lpos, rpos FROM {one.relation} WHERE {where.sql} ORDER BY lpos, rpos{stop}",
                where.params,
            )
            return found["lpos"].to_numpy(), found["rpos"].to_numpy()
        found = meeting.query(f"SELECT pos FROM {one.relation} WHERE {where.sql} ORDER BY pos{stop}", where.params)
        return (found["pos"].to_numpy(), nothing) if one.relation == "l" else (nothing, found["pos"].to_numpy())

    def rows(self, i: int, limit: int | None = None) -> pd.DataFrame:
        """Return the rows of difference ``i``.

        Rows of one source come as they are in the data, with their own labels. Pairs of rows come side by side:
        columns ``(column, source)``, those of the difference first, then the key, then the rest; the index holds the
        labels of both rows.

        Parameters
        ----------
        limit
            At most so many rows; all if not given.
        """
        one = self.difference(i)
        left, right = self.positions(i, limit)
        tables = self.tables
        if not one.paired:
            side = 1 if one.relation == "r" else 0
            return tables[side].take((left, right)[side])
        frames = [table.take(positions) for table, positions in zip(tables, (left, right), strict=True)]
        columns = {}
        for pair in self.side_by_side(one):
            for side in (0, 1):
                columns[pair.name, self.names[side]] = frames[side].iloc[:, pair.positions[side]].to_numpy()
        labels = [self.tables[side].labels(positions) for side, positions in enumerate((left, right))]
        index = pd.MultiIndex.from_arrays([list(one) for one in labels], names=list(self.names))
        return pd.DataFrame(columns, index=index)

    def side_by_side(self, one: Difference) -> list[Pair]:
        """Return the columns to show of a difference: its own first, then the key, then what else both have."""
        result = self.result
        own = [p for p in result.pairs if p.positions[0] in one.places[0] and p.positions[1] in one.places[1]]
        key = list(result.keyed.pairs) if result.keyed else []
        return list({pair.positions: pair for pair in [*own, *key, *result.pairs]}.values())

    @property
    def tables(self) -> tuple[Table, Table]:
        """The two tables that were read."""
        left, right = self.result.meeting.sources
        return left.table, right.table

    def _keyed(self) -> Keyed:
        keyed = self.result.keyed
        if keyed is None:
            known = listing([column.name for column in self.tables[0].columns], 6)
            msg = f"on: no key was found that brings the sources together; name one. {self.names[0]} has {known}."
            raise InputError(msg)
        return keyed

    # ------------------------------------------------------------------ showing

    def chart(self, i: int | None = None) -> alt.TopLevelMixin:
        """Return the join as an Altair chart, or the evidence of difference ``i``.

        Raises
        ------
        InputError
            When there is nothing to draw.
        """
        from mlqa_widgets.charts import compare as charts

        if i is None:
            return charts.join_chart(self._keyed().preview, self.names)
        evidence = self.difference(i).evidence
        if not evidence:
            msg = f"Difference {i} has no evidence to draw."
            raise InputError(msg)
        from mlqa_widgets.charts.evidence import chart

        return chart(evidence[0])

    def report(
        self,
        path: str | Path,
        *,
        source: SourceCard | None = None,
        examples: bool = True,
        without: Iterable[Hashable] | str = (),
    ) -> Path:
        """Write a report for the owner of the sources, in words that need no knowledge of this package.

        One page of summary first, then each defect: what it is, how many rows, why it matters, what the owner is asked to
        do, the first rows.

        Parameters
        ----------
        path
            The file to write: ``.html`` (to read and to print; no script, nothing fetched) or ``.md`` (for mail and issue
            trackers).
        source
            The card of the source: who owns it, how fresh it is, when it was read.
        examples
            Whether values from the data may stand in it. Without, it names columns and counts only.
        without
            Columns of which no value may stand in it.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        InputError
            When the ending is another, or ``without`` names what is no column.
        """
        from mlqa_widgets.report import report_of_comparison, write_report

        return write_report(report_of_comparison(self, source, examples=examples, without=without), path)

    def widget(self) -> CompareWidget:
        """Return the widget of this comparison: what a notebook shows, and what knows the selection."""
        if self._widget is None:
            from mlqa_widgets.widgets.compare import CompareWidget

            self._widget = CompareWidget(self)
        return self._widget

    def __repr__(self) -> str:
        between = f"{self.names[0]} and {self.names[1]}"
        if not self.done:
            return f"<Comparison of {between}: {self.progress.step or 'starting'}>"
        if self.error is not None:
            return f"<Comparison of {between}: {self.error}>"
        result = self.result
        lines = [f"<Comparison of {between} in {result.seconds:.2f} s: {self.summary}>"]
        lines += [
            f"{i:>3}  {one.severity.value:<7}  {percent(one.share) if one.rows else '':>7}  {one.message}"
            for i, one in enumerate(result.differences[:15])
        ]
        return "\n".join(lines)

    @property
    def summary(self) -> str:
        """How the sources meet, in a few words."""
        preview = self.result.preview
        if preview is None:
            return "no key found"
        if self.result.revisions is not None:
            return f"by {listing(list(self.on), 4)}: {self.result.revisions.says.removesuffix('.')}"
        met = [m / max(1, n) for m, n in zip(preview.matched_rows, preview.rows, strict=True)]
        return f"by {listing(list(self.on), 4)} ({preview.relation}){self._ignoring()} {percent(met[0])} and {percent(met[1])} of the rows meet"

    def _ignoring(self) -> str:
        keyed = self.result.keyed
        return f", ignoring {listing(list(keyed.steps), 6)}," if keyed and keyed.steps else ""


__all__ = ["Comparison", "ComparisonMatrix", "ComparisonResult", "compare"]
