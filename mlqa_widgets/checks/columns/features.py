"""Columns that are no good as features: without variation, naming the row, or with too many levels."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks.registry import column_check, table_check
from mlqa_widgets.evidence import Bar, Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import (
    assign_column,
    drop_columns,
    list_literal,
    literal,
    read_column,
    rewrite_text,
)
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.tables.table import EVERY_ROW, NO_ROW, Predicate
from mlqa_widgets.wording import count, listing, percent, quoted, shortened, value_text, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_SHOWN: Final = 12

# ------------------------------------------------------------------------------------------ no variation

_ROWS_FOR_CONSTANT: Final = 5
_FEW_MISSING: Final = 0.05
_ROWS_FOR_NEARLY: Final = 200
_NEARLY: Final = 0.995
_RARE_EVENTS: Final = 50


@table_check("constant_column")
def constant_column(profile: Profile) -> Iterator[Finding]:
    """Find columns without a value, with one value, and with one value or none; each sort is one finding.

    Stays silent on the target, which has a check of its own, and on tables of fewer than five rows.
    """
    if profile.rows < _ROWS_FOR_CONSTANT:
        return
    columns = [c for c in profile.columns if (not c.present or c.distinct == 1) and c.position != profile.roles.target]
    empty = [c for c in columns if _is_blank(c)]
    single = [c for c in columns if c not in empty]
    constant = [c for c in single if c.nulls <= _FEW_MISSING * profile.rows]
    marks = [c for c in single if c not in constant]
    if empty:
        yield Finding(
            columns=tuple(c.position for c in empty),
            severity=Severity.WARNING,
            rows=profile.rows,
            message=f"{_named(empty)} {_have(empty)} no value in any of the {count(profile.rows, 'row')}.",
            predicate=EVERY_ROW,
            evidence=(_values_of(empty, "Columns without a value"),),
            why="A column without values says nothing; that it exists may mean that a source was cut off or a "
            "join found no partner.",
            fixes=(_drop(profile, empty),),
            confidence=0.98,
        )
    if constant:
        dated = all(_is_period(c) for c in constant)
        yield Finding(
            columns=tuple(c.position for c in constant),
            severity=Severity.INFO if dated else Severity.WARNING,
            rows=profile.rows,
            message=_constant_message(constant),
            predicate=EVERY_ROW,
            evidence=(_values_of(constant, "Columns with one value"),),
            why="What does not vary cannot explain anything. It may also show that the table was filtered, so "
            "that a model learned from it knows no other value.",
            fixes=(_drop(profile, constant),),
            confidence=0.9,
        )
    if marks:
        yield _one_value_or_missing(profile, marks)


def _one_value_or_missing(profile: Profile, columns: list[ColumnProfile]) -> Finding:
    filled = [Predicate(f"{c.column.sql} IS NOT NULL") for c in columns]
    predicate = _any_of(filled[:_SHOWN])
    read = {c.position: read_column(profile.table, c.column) for c in columns}
    if len(columns) == 1:
        (column,) = columns
        value = quoted(column.values[0].as_py())
        message = (
            f"{_named(columns)} is {value} in {count(column.present, 'row')} "
            f"({percent(column.present / profile.rows)}) and missing in all others."
        )
    else:
        message = f"{_named(columns)} each hold one value or are missing."
    return Finding(
        columns=tuple(c.position for c in columns),
        severity=Severity.INFO,
        rows=profile.table.count(predicate),
        message=message,
        predicate=predicate,
        evidence=(
            Bars(
                "Rows that have the value",
                tuple(
                    Bar(shortened(c.name), c.present, rows, note=shortened(str(c.values[0].as_py())))
                    for c, rows in zip(columns[:_SHOWN], filled, strict=False)
                ),
                more=max(0, len(columns) - _SHOWN),
            ),
        ),
        why="Here missing is an answer of its own (no, none, not asked). Left as missing it would be filled "
        "with the one value there is, and the column would become constant.",
        fixes=(
            Fix(
                "Turn it into yes and no" if len(columns) == 1 else "Turn them into yes and no",
                "\n".join(assign_column(profile.table, c.column, f"{read[c.position]}.notna()") for c in columns),
                changes=tuple(c.position for c in columns),
                note="Assumes that missing means no.",
            ),
            _drop(profile, columns),
        ),
        confidence=0.8,
    )


def _is_blank(column: ColumnProfile) -> bool:
    return not column.present or (column.is_text and not str(column.values[0].as_py()).strip())


def _is_period(column: ColumnProfile) -> bool:
    """Whether the one value is a date or a year: what the table is an extract of."""
    if column.column.storage == "datetime":
        return True
    return column.numeric is not None and 1900 <= column.numeric.minimum <= 2100 and "year" in column.name.lower()


def _constant_message(columns: list[ColumnProfile]) -> str:
    if len(columns) > 1:
        return f"{_named(columns)} each hold one value only."
    (column,) = columns
    where = "every row" if not column.nulls else f"every row but the {column.nulls:,} where it is missing"
    return f"{_named(columns)} is {quoted(column.values[0].as_py())} in {where}."


def _values_of(columns: Sequence[ColumnProfile], title: str) -> Examples:
    lines = [
        (
            shortened(c.name),
            shortened(str(c.values[0].as_py())) if len(c.values) else "",
            f"{c.present:,}",
            f"{c.nulls:,}",
        )
        for c in columns[:_SHOWN]
    ]
    if len(columns) > _SHOWN:
        lines.append((f"and {len(columns) - _SHOWN:,} more", "", "", ""))
    return Examples(title, ("column", "value", "rows with it", "missing"), tuple(lines))


@table_check("nearly_constant_column")
def nearly_constant_column(profile: Profile) -> Iterator[Finding]:
    """Find columns with the same value in at least 99.5 % of their rows, all in one finding.

    Stays silent on the target and the key, on columns with fewer than 200 values, and on yes/no columns whose
    rarer side still has 50 rows: rare events are what many models are for.
    """
    columns = [c for c in profile.columns if _is_nearly_constant(c, profile)]
    if not columns:
        return
    exceptions = [_exceptions(c) for c in columns[:_SHOWN]]
    predicate = _any_of(exceptions)
    if len(columns) == 1:
        (column,) = columns
        others = np.arange(len(column.values)) > 0
        message = (
            f"{_named(columns)} is {quoted(column.values[0].as_py())} in "
            f"{percent(column.counts[0] / column.present)} of its rows; "
            f"{count(int(column.counts[1:].sum()), 'row')} differ{'s' if column.counts[1:].sum() == 1 else ''}."
        )
        evidence = value_bars(column, others, "What the other rows hold", flagged=False)
    else:
        message = f"{_named(columns)} each hold the same value in at least {percent(_NEARLY)} of their rows."
        evidence = Bars(
            "Rows that differ from the usual value",
            tuple(
                Bar(
                    shortened(c.name),
                    int(c.counts[1:].sum()),
                    rows,
                    note="usually " + quoted(c.values[0].as_py(), 20),
                )
                for c, rows in zip(columns[:_SHOWN], exceptions, strict=True)
            ),
            more=max(0, len(columns) - _SHOWN),
        )
    yield Finding(
        columns=tuple(c.position for c in columns),
        severity=Severity.INFO,
        rows=profile.table.count(predicate),
        message=message,
        predicate=predicate,
        evidence=(evidence,),
        why="So few rows differ that a random split may leave none in one part; either these rows are slips, or "
        "they are the rare cases worth a look.",
        fixes=(_drop(profile, columns),),
        confidence=0.6,
    )


def _is_nearly_constant(column: ColumnProfile, profile: Profile) -> bool:
    if column.distinct < 2 or column.present < _ROWS_FOR_NEARLY or not column.complete:
        return False
    if column.counts[0] < _NEARLY * column.present:
        return False
    if column.position in {profile.roles.target, *profile.roles.key}:
        return False
    return column.distinct > 2 or column.counts[1] < _RARE_EVENTS


def _exceptions(column: ColumnProfile) -> Predicate:
    usual = column.where(np.arange(len(column.values)) == 0)
    return Predicate(f"{column.column.sql} IS NOT NULL") & ~usual


# ------------------------------------------------------------------------------------------ row names

_ROWS_FOR_IDENTIFIER: Final = 20
_NEARLY_UNIQUE: Final = 0.97


@table_check("id_like_column")
def id_like_column(profile: Profile) -> Iterator[Finding]:
    """Find columns that name the row, offered as if they were features: one finding for all of them.

    Stays silent on columns whose role the user gave, and on quantities that happen to be unique: a measurement
    with many digits is a measurement.
    """
    if profile.rows < _ROWS_FOR_IDENTIFIER:
        return
    roles = profile.roles
    known = {roles.target, roles.time, *roles.key, *roles.group, *(roles.location or ())}
    columns = [c for c in profile.columns if c.position not in known and _names_the_row(c, profile)]
    if not columns:
        return
    several = len(columns) > 1
    yield Finding(
        columns=tuple(c.position for c in columns),
        severity=Severity.INFO,
        rows=0,
        message=(
            f"{_named(columns)} each have a different value in {'nearly ' if _any_repeats(columns) else ''}every row: "
            "they name the row."
            if several
            else f"{_named(columns)} has {count(columns[0].distinct, 'different value')} in "
            f"{count(columns[0].present, 'row')}: it names the row."
        ),
        predicate=NO_ROW,
        evidence=(
            Examples(
                "Columns that name the row",
                ("column", "different values", "rows with a value", "for example"),
                tuple(
                    (
                        shortened(c.name),
                        f"{c.distinct:,}",
                        f"{c.present:,}",
                        ", ".join(shortened(visible(value_text(value)), 20) for value, _ in c.value_rows(3)),
                    )
                    for c in columns[:_SHOWN]
                ),
            ),
        ),
        why="A model can learn each row by heart from it, scores well on what it has seen and fails on new rows; "
        "a number given in order also gives away when the row was made.",
        fixes=(
            Fix(
                "Leave it out of the features" if not several else "Leave them out of the features",
                drop_columns(profile.table, [c.column for c in columns]),
                removes=tuple(c.position for c in columns),
                note="Keep it beside the features if rows must be traced back.",
            ),
        ),
        confidence=0.7,
    )


def _names_the_row(column: ColumnProfile, profile: Profile) -> bool:
    if column.kind is Kind.CODE:
        return column.distinct == column.present
    if column.kind not in (Kind.IDENTIFIER, Kind.REFERENCE):
        return False
    return column.distinct >= _NEARLY_UNIQUE * (column.present - profile.copies.surplus)


def _any_repeats(columns: Sequence[ColumnProfile]) -> bool:
    return any(c.distinct < c.present for c in columns)


# ------------------------------------------------------------------------------------------ levels

_MANY_LEVELS: Final = 50
_FEW_ROWS: Final = 10
_LEVELS_TO_KEEP: Final = 50
_RARE_SHARE: Final = 0.1


@column_check("high_cardinality")
def high_cardinality(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find categories with many levels of which most have too few rows to learn from.

    Stays silent on identifiers, references, names, places, free text and numbers: they are no categories.
    """
    if column.distinct < _MANY_LEVELS or not column.complete or column.position == profile.roles.target:
        return
    if column.distinct > column.present / 2 or column.kind not in (Kind.CATEGORY, Kind.CODE):
        return
    rare = column.counts < _FEW_ROWS
    rows = int(column.counts[rare].sum())
    if rare.sum() < column.distinct / 2 or rows < _RARE_SHARE * column.present:
        return
    yield Finding(
        columns=(column.position,),
        severity=Severity.INFO,
        rows=rows,
        message=(
            f"{shortened(column.name)} has {column.distinct:,} levels; {int(rare.sum()):,} of them have fewer than "
            f"{_FEW_ROWS} rows each, {count(rows, 'row')} ({percent(rows / column.rows)}) in all."
        ),
        predicate=column.where(rare),
        evidence=(
            value_bars(column, ~rare, "The most frequent levels", flagged=False)
            if not rare.all()
            else value_bars(column, rare, "The most frequent levels"),
            _levels_by_rows(column),
        ),
        why="A model cannot learn a level from a handful of rows: it memorises them, and levels that turn up later "
        "are unknown to it. One column per level would also make the table very wide.",
        fixes=tuple(_group_rare(column, profile, rare)),
        confidence=0.6,
    )


def _levels_by_rows(column: ColumnProfile) -> Bars:
    edges = (1, 2, _FEW_ROWS, 100, 1000, np.iinfo(np.int64).max)
    bars = []
    for low, high in pairwise(edges):
        among = (column.counts >= low) & (column.counts < high)
        if among.any():
            label = (
                "1 row" if high == 2 else f"{low:,} rows or more" if high > 1000 else f"{low:,} to {high - 1:,} rows"
            )
            bars.append(
                Bar(
                    label,
                    int(column.counts[among].sum()),
                    column.where(among),
                    high <= _FEW_ROWS,
                    count(int(among.sum()), "level"),
                )
            )
    return Bars("Rows in levels of each size", tuple(bars))


def _group_rare(column: ColumnProfile, profile: Profile, rare: np.ndarray) -> Iterator[Fix]:
    kept = column.values.slice(0, min(int((~rare).sum()), _LEVELS_TO_KEEP)).to_pylist()
    if not kept or column.column.storage != "text" or column.column.has_types:
        return
    rest = next(
        word for word in ("other", "all others", "(other levels)") if word not in set(column.strings.to_pylist())
    )
    read = read_column(profile.table, column.column)
    call = f".where({read}.isin(keep) | {read}.isna(), {literal(rest)})"
    yield Fix(
        f"Keep the {len(kept)} most frequent levels, call the rest {literal(rest)}",
        f"keep = {list_literal(kept)}\n" + rewrite_text(profile.table, column.column, call),
        changes=(column.position,),
        note="The levels put together can no longer be told apart.",
    )


# ------------------------------------------------------------------------------------------ words


def _named(columns: Sequence[ColumnProfile]) -> str:
    return listing([shortened(c.name) for c in columns])


def _have(columns: Sequence[ColumnProfile]) -> str:
    return "has" if len(columns) == 1 else "have"


def _any_of(predicates: Sequence[Predicate]) -> Predicate:
    union = predicates[0]
    for predicate in predicates[1:]:
        union |= predicate
    return union


def _drop(profile: Profile, columns: Sequence[ColumnProfile]) -> Fix:
    return Fix(
        f"Drop the {count(len(columns), 'column') if len(columns) > 1 else 'column'}",
        drop_columns(profile.table, [c.column for c in columns]),
        removes=tuple(c.position for c in columns),
    )
