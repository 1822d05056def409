"""What stands in a report, as plain data: what was looked at, a summary, each defect with its first rows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from mlqa_widgets.checkpoints.step import content_of
from mlqa_widgets.errors import InputError
from mlqa_widgets.evidence import Bars, Evidence, Examples, Groups
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.naming import nearest
from mlqa_widgets.report.words import words_of
from mlqa_widgets.wording import count, listing, percent, visible

if TYPE_CHECKING:
    from mlqa_widgets.compare.comparison import Comparison
    from mlqa_widgets.compare.difference import Difference
    from mlqa_widgets.scan import Scan
    from mlqa_widgets.sources.card import SourceCard
    from mlqa_widgets.tables.table import Table

GRADES: Final = {
    Severity.ERROR: "wrong",
    Severity.WARNING: "to be looked at",
    Severity.INFO: "worth knowing",
}
"""Severities in words for a reader who has not heard of them."""

_ROWS: Final = 5
_COLUMNS: Final = 6
_LINES: Final = 8
_CELL: Final = 60
_SENTENCE: Final = re.compile(r"(?<=[.!?]) ")
_CALLS: Final = re.compile(r"^Time: |\w=|\bmq\.|\.\w+\(|\bscan\b")
_LARGEST_HASHED: Final = 5_000_000
"""Cells up to which the content hash of a table is computed for a report where no card has it."""


@dataclass(frozen=True)
class Lines:
    """A small table in a report: a title, headers, lines of texts. None is a missing value."""

    title: str
    headers: tuple[str, ...]
    lines: tuple[tuple[str | None, ...], ...]
    more: int = 0


@dataclass(frozen=True)
class Defect:
    """One defect, for the owner.

    Attributes
    ----------
    number
        Its place in the report, from 1.
    grade
        ``wrong``, ``to be looked at`` or ``worth knowing``.
    title
        What is wrong, in plain words.
    columns
        Names of the columns.
    sentence
        What was found, with figures; without values where these are left out.
    rows, share
        How many rows, and their share of all it could concern; none of defects of columns as a whole.
    why
        Why it matters to whoever uses the data.
    ask
        What the owner is asked to do.
    shown
        Small tables: how the values are, the first rows.
    """

    number: int
    grade: str
    title: str
    columns: tuple[str, ...]
    sentence: str
    rows: int
    share: float
    why: str
    ask: str
    shown: tuple[Lines, ...]


@dataclass(frozen=True)
class Report:
    """A report for the owner of a source.

    Attributes
    ----------
    title
        What it is about.
    made
        When.
    looked_at
        What was looked at: pairs of a name and a text.
    source
        What is known of the source: pairs of a name and a text; empty where no card was given.
    summary
        Sentences.
    defects
        What is wrong or to be looked at, the worst first.
    remarks
        What is worth knowing.
    left_out
        Sentences that say what does not stand in the report, and why.
    """

    title: str
    made: dt.datetime
    looked_at: tuple[tuple[str, str], ...]
    source: tuple[tuple[str, str], ...]
    summary: tuple[str, ...]
    defects: tuple[Defect, ...]
    remarks: tuple[Defect, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Privacy:
    """Which values may stand in a report.

    Attributes
    ----------
    examples
        Whether any may.
    without
        Columns (and names of the index) of which none may.
    """

    examples: bool
    without: frozenset[str]

    def allows(self, columns: Iterable[str], *texts: str) -> bool:
        """Whether values may be shown that come from these columns, or from a text that may name others."""
        if not self.examples or self.without & set(columns):
            return False
        named = "|".join(map(re.escape, sorted(self.without)))
        return not self.without or not any(re.search(rf"(?<!\w)(?:{named})(?!\w)", text) for text in texts)


def _all(tables: Sequence[Table]) -> list[str]:
    return [column.name for table in tables for column in table.columns]


def _texts(among: Sequence[Evidence]) -> list[str]:
    """Return what evidence says that a report would show."""
    return [
        text
        for one in _evidence(among)
        for text in (one.title, *one.headers, *(c or "" for line in one.lines for c in line))
    ]


def privacy_of(examples: bool, without: Iterable[Hashable] | str, tables: Sequence[Table]) -> Privacy:
    """Return which values may stand in a report.

    Raises
    ------
    InputError
        When ``without`` names what is no column.
    """
    names = [without] if isinstance(without, str) else [str(one) for one in without]
    known = {column.name for table in tables for column in table.columns}
    known |= {
        str(name) for table in tables for name in table.labels(np.array([], dtype=np.int64)).names if name is not None
    }
    for name in names:
        if name not in known:
            msg = f"without: there is no column {name!r}. {nearest(name, sorted(known))}"
            raise InputError(msg)
    return Privacy(examples, frozenset(names))


# ---------------------------------------------------------------------- a scan


def report_of_scan(
    scan: Scan, source: SourceCard | None, *, examples: bool, without: Iterable[Hashable] | str
) -> Report:
    """Return what a scan found, for the owner of the table.

    Raises
    ------
    InputError
        When ``without`` names what is no column.
    """
    table = scan.table
    privacy = privacy_of(examples, without, [table])
    standing = [one for one in scan.result.findings if scan.dismissal(one) is None]
    dismissed = len(scan.result.findings) - len(standing)
    told = [one for one in standing if words_of(one.check).ask]
    defects = [
        _defect(scan, one, i + 1, privacy)
        for i, one in enumerate(one for one in told if one.severity is not Severity.INFO)
    ]
    remarks = [_remark(scan, one, privacy) for one in told if one.severity is Severity.INFO]
    left_out = _left_out(privacy)
    if dismissed:
        left_out.insert(0, f"{count(dismissed, 'finding')} that we looked at and judged to be no problem.")
    if len(told) < len(standing):
        left_out.append(f"{count(len(standing) - len(told), 'remark')} on how we use the data.")
    what = [("table", visible(table.name)), ("rows", f"{table.row_count:,}"), ("columns", f"{len(table.columns):,}")]
    what += _from(table, privacy)
    return Report(
        title=f"Data quality report: {visible(source.name if source is not None else table.name)}",
        made=_now(),
        looked_at=(*what, *_hash(table, source)),
        source=_source(source),
        summary=_summary(
            f"We looked at {count(table.row_count, 'row')} and {count(len(table.columns), 'column')}", defects, remarks
        ),
        defects=tuple(defects),
        remarks=tuple(remarks),
        left_out=tuple(left_out),
    )


def _defect(scan: Scan, finding: Finding, number: int, privacy: Privacy) -> Defect:
    names = scan.names(finding)
    words = words_of(finding.check)
    free = privacy.allows(names or _all([scan.table]), finding.message, finding.why, *_texts(finding.evidence))
    share = finding.rows / max(1, scan.table.row_count)
    shown = []
    if free:
        shown += _evidence(finding.evidence)
    if privacy.examples and finding.rows:
        shown += _rows(scan, finding, privacy)
    return Defect(
        number=number,
        grade=GRADES[finding.severity],
        title=words.title,
        columns=tuple(map(visible, names)),
        sentence=visible(finding.message) if free else _without_values(words.title, names, finding.rows, share),
        rows=finding.rows,
        share=share,
        why=_for_owner(finding.why) if free else "",
        ask=words.ask,
        shown=tuple(shown),
    )


def _remark(scan: Scan, finding: Finding, privacy: Privacy) -> Defect:
    bare = _defect(scan, finding, 0, Privacy(examples=False, without=frozenset()))
    free = privacy.allows(scan.names(finding) or _all([scan.table]), finding.message)
    return Defect(**{**vars(bare), "sentence": visible(finding.message) if free else bare.sentence})


def _rows(scan: Scan, finding: Finding, privacy: Privacy) -> list[Lines]:
    """Return the first offending rows: the columns of the finding, then the key, then the first others."""
    table = scan.table
    positions = table.positions(finding.predicate, _ROWS)
    key = scan.result.profile.roles.key
    order = dict.fromkeys((*finding.columns, *key, *range(len(table.columns))))
    wanted = max(_COLUMNS, min(len(finding.columns), 2 * _COLUMNS)) if finding.columns else _COLUMNS
    columns = list(islice((i for i in order if table.columns[i].name not in privacy.without), wanted))
    frame = table.take(positions)
    return [_first_rows(frame, positions, [(i, table.columns[i].name) for i in columns], finding.rows, privacy)]


def _first_rows(
    frame: pd.DataFrame, positions: np.ndarray, columns: Sequence[tuple[int, str]], rows: int, privacy: Privacy
) -> Lines:
    labels = list(positions) if privacy.without & set(map(str, frame.index.names)) else list(frame.index)
    lines = tuple(
        (_label(label), *(_cell(frame.iat[place, i]) for i, _ in columns)) for place, label in enumerate(labels)
    )
    title = "The first rows" if rows > len(lines) else "The rows" if len(lines) > 1 else "The row"
    return Lines(title, ("row", *(visible(name) for _, name in columns)), lines, more=max(0, rows - len(lines)))


def _label(label: Any) -> str:
    return visible((" / ".join(map(str, label)) if isinstance(label, tuple) else str(label))[:_CELL])


def _cell(value: Any) -> str | None:
    """Return a cell as text, cut when long, with what cannot be seen written out; None where it is missing."""
    if np.ndim(value) == 0 and pd.isna(value):
        return None
    text = f"{float(value):.15g}" if isinstance(value, (float, np.floating)) else str(value)
    if text != text.strip():
        text = f"'{text}'"
    return visible(text if len(text) <= _CELL else text[: _CELL - 1] + "…")


def _evidence(among: Sequence[Evidence]) -> list[Lines]:
    """Return the counts behind a finding that can be told as a table, at most two of them."""
    shown = []
    for evidence in among:
        match evidence:
            case Bars(bars=bars):
                pass
            case Groups(groups=groups):
                bars = tuple(bar for group in groups for bar in group)
            case Examples():
                examples = tuple(tuple(map(visible, line)) for line in evidence.lines[:_LINES])
                shown.append(Lines(visible(evidence.title), tuple(map(visible, evidence.headers)), examples))
                continue
            case _:
                continue
        headers = ("", "rows", "") if any(bar.note for bar in bars[:_LINES]) else ("", "rows")
        told = [(_cell(bar.label), f"{bar.rows:,}", visible(bar.note[: 2 * _CELL])) for bar in bars[:_LINES]]
        more = max(0, len(bars) - _LINES) + evidence.more
        shown.append(Lines(visible(evidence.title), headers, tuple(line[: len(headers)] for line in told), more))
    return shown[:2]


def _for_owner(why: str) -> str:
    """Return why something matters, without the sentences that tell users of this package what to call."""
    return visible(" ".join(part for part in _SENTENCE.split(why) if not _CALLS.search(part)))


def _without_values(title: str, names: Collection[str], rows: int, share: float) -> str:
    said = title + (f" in {listing([visible(name) for name in names], 6)}" if names else "")
    return f"{said}: {count(rows, 'row')} ({percent(share)})." if rows else said + "."


# ---------------------------------------------------------------------- a comparison


def report_of_comparison(
    comparison: Comparison, source: SourceCard | None, *, examples: bool, without: Iterable[Hashable] | str
) -> Report:
    """Return what two sources, or two reads of one, differ in, for the owner.

    Raises
    ------
    InputError
        When ``without`` names what is no column.
    """
    tables = comparison.tables
    privacy = privacy_of(examples, without, tables)
    result = comparison.result
    defects: list[Defect] = []
    remarks: list[Defect] = []
    for i, one in enumerate(result.differences):
        if one.severity is Severity.INFO:
            remarks.append(_difference(comparison, i, one, 0, Privacy(examples=False, without=frozenset()), privacy))
        else:
            defects.append(_difference(comparison, i, one, len(defects) + 1, privacy, privacy))
    what = []
    for name, table, place in zip(
        comparison.names, tables, ("earlier", "later") if result.revisions else ("first", "second"), strict=True
    ):
        said = f"{visible(name)}: {count(table.row_count, 'row')}, {count(len(table.columns), 'column')}"
        what.append((f"{place} {'read' if result.revisions else 'source'}", said))
        what += [*_from(table, privacy), *_hash(table)]
    if comparison.on:
        what.append(("records told apart by", visible(listing(list(comparison.on), 4))))
    names = [visible(name) for name in comparison.names]
    title = source.name if source is not None else f"{names[0]} and {names[1]}"
    start = (
        "We compared an earlier and a later read of the source"
        if result.revisions
        else f"We compared {names[0]} with {names[1]}"
    )
    summary = _summary(start, defects, remarks)
    if result.revisions is not None:
        summary = (result.revisions.says, *summary)
    elif result.preview is not None:
        summary = (*summary[:1], f"{comparison.summary[:1].upper()}{visible(comparison.summary[1:])}.", *summary[1:])
    return Report(
        title=f"{'What was changed in the past' if result.revisions else 'Data comparison report'}: {visible(title)}",
        made=_now(),
        looked_at=tuple(what),
        source=_source(source),
        summary=summary,
        defects=tuple(defects),
        remarks=tuple(remarks),
        left_out=tuple(_left_out(privacy)),
    )


def _difference(
    comparison: Comparison, i: int, one: Difference, number: int, rows: Privacy, privacy: Privacy
) -> Defect:
    words = words_of(one.check)
    title = words.title
    if one.check == "revised_past":
        title = {"l": "Records are no longer there", "r": "Records came in later"}.get(one.relation, title)
    named = [
        *one.columns,
        *(
            table.columns[place].name
            for table, places in zip(comparison.tables, one.places, strict=True)
            for place in places
        ),
    ]
    free = privacy.allows(named or _all(comparison.tables), one.message, one.why, *_texts(one.evidence))
    shown = [
        *(_evidence(one.evidence) if free and rows.examples else []),
        *(_pairs(comparison, i, one, rows) if rows.examples else []),
    ]
    return Defect(
        number=number,
        grade=GRADES[one.severity],
        title=title,
        columns=tuple(map(visible, one.columns)),
        sentence=visible(one.message) if free else _without_values(title, one.columns, one.rows, one.share),
        rows=one.rows,
        share=one.share,
        why=_for_owner(one.why) if free else "",
        ask=words.ask,
        shown=tuple(shown),
    )


def _pairs(comparison: Comparison, i: int, one: Difference, privacy: Privacy) -> list[Lines]:
    """Return the first rows of a difference: those of both sources one below the other, or those of one."""
    if not one.rows or not one.relation:
        return []
    tables, names = comparison.tables, comparison.names
    left, right = comparison.positions(i, _ROWS)
    if not one.paired:
        side = 1 if one.relation == "r" else 0
        table, positions = tables[side], (left, right)[side]
        order = dict.fromkeys((*one.places[side], *range(len(table.columns))))
        columns = list(islice((p for p in order if table.columns[p].name not in privacy.without), _COLUMNS))
        shown = _first_rows(
            table.take(positions), positions, [(p, table.columns[p].name) for p in columns], one.rows, privacy
        )
        return [Lines(f"{shown.title} of {visible(names[side])}", shown.headers, shown.lines, shown.more)]
    pairs = [
        pair
        for pair in comparison.side_by_side(one)
        if not privacy.without & {tables[side].columns[pair.positions[side]].name for side in (0, 1)}
    ][:_COLUMNS]
    frames = [table.take(positions) for table, positions in zip(tables, (left, right), strict=True)]
    lines: list[tuple[str | None, ...]] = []
    for place in range(len(left)):
        for side, name in enumerate(names):
            positions = (left, right)[side]
            hidden = privacy.without & set(map(str, frames[side].index.names))
            label = positions[place] if hidden else frames[side].index[place]
            cells = (_cell(frames[side].iat[place, pair.positions[side]]) for pair in pairs)
            lines.append((visible(name), _label(label), *cells))
    more = max(0, one.rows - len(left))
    title = "The first rows, side by side" if more else "The rows, side by side"
    return [Lines(title, ("source", "row", *(visible(pair.name) for pair in pairs)), tuple(lines), more)]


# ---------------------------------------------------------------------- what both have


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone().replace(second=0, microsecond=0)


def _from(table: Table, privacy: Privacy) -> list[tuple[str, str]]:
    source = table.source
    kind = source.kind if source.path is None else f"{visible(Path(source.path).name)} ({source.kind})"
    facts = source.facts.items() if privacy.examples and not privacy.without else ()
    said = [("read from", kind), *((visible(name), visible(value)) for name, value in facts)]
    if source.path is not None:
        said.append(("row numbers", "counted from 0, the first row of values"))
    return said


def _hash(table: Table, source: SourceCard | None = None) -> list[tuple[str, str]]:
    """Return the content hash, by which owner and reader know that they speak of the same data, and when it was read."""
    reads = source.history if source is not None else ()
    if reads and (reads[-1].rows, reads[-1].columns) == (table.row_count, len(table.columns)):
        return [("content (SHA-256)", reads[-1].content), ("read", f"{reads[-1].last:%Y-%m-%d %H:%M}")]
    if table.row_count * len(table.columns) > _LARGEST_HASHED:
        return []
    return [("content (SHA-256)", content_of(table.frame()))]


def _source(source: SourceCard | None) -> tuple[tuple[str, str], ...]:
    if source is None:
        return ()
    said = [(fact, visible(value)) for fact, value, _ in source.facts.itertuples(index=False, name=None)]
    said += [("not known", listing(source.unknown, 4))] if source.unknown else []
    if source.newest is not None:
        said.append(("newest record", f"{source.newest:%Y-%m-%d %H:%M}".removesuffix(" 00:00")))
    if source.refreshed is not None:
        said.append(("content last found changed", f"{source.refreshed:%Y-%m-%d %H:%M}"))
    said += [("how fresh" if i == 0 else "", sentence) for i, sentence in enumerate(source.cadence.says)]
    return tuple(said)


def _summary(start: str, defects: Sequence[Defect], remarks: Sequence[Defect]) -> tuple[str, ...]:
    wrong = sum(one.grade == GRADES[Severity.ERROR] for one in defects)
    doubtful = len(defects) - wrong
    parts = []
    if wrong:
        parts.append(f"{count(wrong, 'thing is', 'things are')} wrong")
    if doubtful:
        parts.append(f"{count(doubtful, 'thing')} should be looked at")
    found = listing(parts) if parts else "nothing is wrong that we could find"
    sentences = [f"{start}: {found}."]
    if remarks:
        sentences.append(
            f"{count(len(remarks), 'remark')} at the end {'is' if len(remarks) == 1 else 'are'} worth knowing, and may be right as they are."
        )
    return tuple(sentences)


def _left_out(privacy: Privacy) -> list[str]:
    if not privacy.examples:
        return ["All values from the data: this report names columns and counts only."]
    if privacy.without:
        return [
            f"All values of {listing([visible(name) for name in sorted(privacy.without)], 8)}, and sentences that could tell them."
        ]
    return []
