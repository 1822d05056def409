"""Columns whose cells have different types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._stand_ins import text_stand_ins
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_FAMILIES: Final = {
    **dict.fromkeys(("int", "float", "decimal"), "numbers"),
    **dict.fromkeys(("datetime", "date"), "dates"),
    "str": "text",
    "bool": "true and false",
    "time": "times of day",
    "duration": "durations",
    "list": "lists",
    "dict": "objects",
    "bytes": "bytes",
    "error": "spreadsheet errors",
}
"""Types that mix without harm share a family: whole numbers and others, dates with and without a time."""


@column_check("mixed_types")
def mixed_types(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find a column that holds values of several types, cell by cell: numbers and text, dates and numbers.

    Stays silent on whole and other numbers together, on missing cells, and where the odd text is only a stand-in
    for missing, which is told as such.
    """
    rows_of_family: dict[str, int] = {}
    types_of_family: dict[str, list[str]] = {}
    for name, rows in column.cell_types.items():
        family = _FAMILIES.get(name, name)
        rows_of_family[family] = rows_of_family.get(family, 0) + rows
        types_of_family.setdefault(family, []).append(name)
    if len(rows_of_family) < 2 or _text_stands_in(column, rows_of_family):
        return
    families = sorted(rows_of_family, key=lambda family: -rows_of_family[family])
    main, odd = families[0], families[1:]
    where = {family: _of_types(column, types_of_family[family]) for family in families}
    rows = sum(rows_of_family[family] for family in odd)
    others = listing([f"{family} in {rows_of_family[family]:,}" for family in odd])
    bars = [Bar(family, rows_of_family[family], where[family], family != main) for family in families]
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING,
        rows=rows,
        message=f"{shortened(column.name)} holds {main} in {count(rows_of_family[main], 'row')} but {others} ({percent(rows / column.rows)}).",
        predicate=_of_types(column, [name for family in odd for name in types_of_family[family]]),
        evidence=(Bars("Types of the cells", tuple(bars)),),
        why="Sorting, comparing and joining such a column fails, or silently treats equal values of two types as different.",
        fixes=tuple(_fixes(column, profile, set(families))),
        confidence=0.9,
        cause=f"{column.position}:dates" if "dates" in families else "",
    )


def _text_stands_in(column: ColumnProfile, rows_of_family: dict[str, int]) -> bool:
    """Whether there is one type only, and text that stands for missing."""
    if len(rows_of_family) != 2 or "text" not in rows_of_family:
        return False
    return int(column.counts[text_stand_ins(column).mask].sum()) == rows_of_family["text"]


def _of_types(column: ColumnProfile, names: list[str]) -> Predicate:
    return Predicate(f"{column.column.type_sql} IN (SELECT unnest(?))", (names,))


def _fixes(column: ColumnProfile, profile: Profile, families: set[str]) -> Iterator[Fix]:
    read = read_column(profile.table, column.column)
    if families == {"numbers", "text"} and not np.isnan(column.numbers).any():
        yield Fix(
            "Read the text as numbers",
            assign_column(profile.table, column.column, f"pd.to_numeric({read})"),
            changes=(column.position,),
            note="Every text in the column is a plain number.",
        )
    yield Fix(
        "Write every value as text",
        assign_column(profile.table, column.column, f'{read}.map(str, na_action="ignore")'),
        changes=(column.position,),
        note="One type at last, but numbers and dates have to be read again before they are used.",
    )
