"""What did not fit, or had to be assumed, when a file was read."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.tables.table import NO_ROW, Doubt, Predicate, Problem
from mlqa_widgets.wording import count, listing, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.profile import Profile

_SHOWN: Final = 20
_TEXT_LENGTH: Final = 120
_HABIT: Final = 0.2
"""The share of short lines from which on they are a habit of the writer rather than accidents."""

_MALFORMED: Final[dict[Problem, str]] = {
    "too few cells": "with too few cells",
    "stray quote": "with a stray quote",
    "undecodable bytes": "with bytes of another encoding",
}


@table_check("unreadable_lines")
def unreadable_lines(profile: Profile) -> Iterator[Finding]:
    """Find lines of a text file that have more cells than the table has columns, and so became no rows.

    Stays silent on surplus cells that are empty.
    """
    for doubt in _doubts(profile, "too many cells"):
        are, have = ("is", "it has") if doubt.total == 1 else ("are", "they have")
        yield Finding(
            columns=(),
            severity=Severity.ERROR,
            rows=0,
            message=f"{count(doubt.total, 'line')} of the file {are} not in the table: {have} more cells than its "
            f"{count(len(profile.columns), 'column')} ({_where(doubt)}).",
            predicate=NO_ROW,
            evidence=(_places("Lines left out", doubt),),
            why="These records are missing from every count and every model. A text with the delimiter in it and no "
            "quotes around it is the usual cause.",
            confidence=0.99,
        )


@table_check("malformed_lines")
def malformed_lines(profile: Profile) -> Iterator[Finding]:
    """Find rows read from lines with too few cells, a quote out of place, or bytes of another encoding.

    An error where cells may stand in a wrong column; an info where short lines only leave out columns at the end
    that are empty anyway.
    """
    doubts = _doubts(profile, *_MALFORMED)
    rows = {doubt.problem: doubt.rows for doubt in doubts if doubt.rows is not None}
    if not rows:
        return
    counts = {problem: profile.table.count(where) for problem, where in rows.items()}
    every = reduce(or_, rows.values())
    total = profile.table.count(every)
    told = [f"{counts[problem]:,} {_MALFORMED[problem]}" for problem in rows]
    which = f"malformed lines: {listing(told)}" if len(told) > 1 else f"lines {_MALFORMED[next(iter(rows))]}"
    bars = tuple(Bar(problem, counts[problem], where, flagged=True) for problem, where in rows.items())
    severities = [
        _severity_of_short_lines(profile, where, counts[problem]) if problem == "too few cells" else Severity.WARNING
        for problem, where in rows.items()
    ]
    yield Finding(
        columns=(),
        severity=max(severities, key=lambda severity: severity.level),
        rows=total,
        message=f"{count(total, 'row comes', 'rows come')} from {which}.",
        predicate=every,
        evidence=(Bars("Malformed lines", bars), *(_places(f"Lines {_MALFORMED[d.problem]}", d) for d in doubts)),
        why="Cells of such a line may stand in the wrong column, or hold more or less than was meant; the cells it "
        "lacks are read as missing.",
        confidence=0.9,
    )


@table_check("assumed_header")
def assumed_header(profile: Profile) -> Iterator[Finding]:
    """Find tables in files that do not name their columns.

    Stays silent where a header was found.
    """
    for doubt in _doubts(profile, "no header"):
        yield Finding(
            columns=(),
            severity=Severity.INFO,
            rows=0,
            message=f"No line names the {count(doubt.total, 'column')}: the first one already looks like data.",
            predicate=NO_ROW,
            evidence=(_places("The first line", doubt),),
            why="If the first line is a header after all, it is counted as a row. If not, the columns need names that "
            "say what they hold.",
            confidence=0.7,
        )


@table_check("several_tables")
def several_tables(profile: Profile) -> Iterator[Finding]:
    """Find sheets that hold several tables, side by side or one below the other, read here as one.

    Stays silent on a single empty row or column within a table.
    """
    for doubt in _doubts(profile, "several tables"):
        where = doubt.rows or NO_ROW
        yield Finding(
            columns=(),
            severity=Severity.WARNING,
            rows=profile.table.count(where),
            message=f"The sheet holds {doubt.total:,} tables ({_where(doubt)}), read here as one.",
            predicate=where,
            evidence=(_places("Tables in the sheet", doubt),),
            why="Rows of different tables stand side by side or below each other as if they belonged together, and "
            "the header of a lower one is counted as data. Put each table on a sheet of its own.",
            confidence=0.9,
        )


@table_check("merged_cells")
def merged_cells(profile: Profile) -> Iterator[Finding]:
    """Find rows within merged cells of a sheet: only the first cell has the value, the others read as missing.

    Stays silent on merged cells above the table.
    """
    for doubt in _doubts(profile, "merged cells"):
        where = doubt.rows or NO_ROW
        rows = profile.table.count(where)
        yield Finding(
            columns=(),
            severity=Severity.INFO,
            rows=rows,
            message=f"{count(doubt.total, 'merged cell')} of the sheet "
            f"{'leaves' if doubt.total == 1 else 'leave'} cells without a value in {count(rows, 'row')}.",
            predicate=where,
            evidence=(_places("Merged cells", doubt),),
            why="What looks like one value for several rows is a value in the first of them and missing in the others.",
            confidence=0.8,
        )


def _doubts(profile: Profile, *problems: Problem) -> list[Doubt]:
    return [doubt for doubt in profile.table.source.doubts if doubt.problem in problems]


def _where(doubt: Doubt, limit: int = 4) -> str:
    shown = [place for place, _ in doubt.places[:limit]]
    return listing(shown if doubt.total == len(shown) else [*shown, f"{doubt.total - len(shown):,} more"], limit + 1)


def _places(title: str, doubt: Doubt) -> Examples:
    lines = tuple((place, visible(shortened(text, _TEXT_LENGTH))) for place, text in doubt.places[:_SHOWN])
    return Examples(title, ("where", "what stands there"), lines)


def _severity_of_short_lines(profile: Profile, where: Predicate, rows: int) -> Severity:
    filled = [column for column in profile.columns if column.present]
    lacking = profile.table.count(where & filled[-1].is_null()) if filled else 0
    if not lacking:
        return Severity.INFO
    return Severity.WARNING if rows >= _HABIT * profile.rows else Severity.ERROR
