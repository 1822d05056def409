"""What settles, row by row, dates of two orders in one column: another column that decides who writes how, or when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlqa_widgets.checks.dates._code import date_code
from mlqa_widgets.checks.dates._dates import DateColumn, date_columns, day_and_month, places, swapped, undecided
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.fixes.code import assign_column, list_literal, literal, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, percent, quoted, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlqa_widgets.evidence import Evidence
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_FEW_LEVELS: Final = 30
_COLUMNS: Final = 20
_PURE: Final = 0.98
_FEWEST_PER_LEVEL: Final = 3
_FEWEST: Final = 20
_ROWS: Final = 200_000
_DATES: Final = 4


@dataclass(frozen=True)
class Witness:
    """Another column that settles rows which can be read day first and month first."""

    sentence: str
    evidence: Evidence
    settled: int
    """Rows it settles."""
    fix: Fix | None


def witness(column: ColumnProfile, profile: Profile) -> Witness | None:
    """Return what settles the order of most of the undecided rows of a column that mixes both orders, if anything."""
    if column.date_reading.order.verdict != "mixed":
        return None
    return _writer(column, profile) or _neighbour(column, profile)


@dataclass(frozen=True)
class _Orders:
    """Which values can only be day first, only month first, or be both."""

    day: np.ndarray
    month: np.ndarray
    either: np.ndarray
    day_first: np.ndarray
    """The time of each value, day first where it can be."""
    month_first: np.ndarray


def _orders(column: ColumnProfile) -> _Orders:
    reading = column.date_reading
    mixed = [one.order >= 0 and reading.orders[one.order].verdict == "mixed" for one in reading.formats]
    first = [_is_day_first(one.directive) for one in reading.formats]
    # A value without a format has -1, which must not read as the last one.
    is_day_first = np.array([*(a and b for a, b in zip(mixed, first, strict=True)), False])[reading.format]
    is_month_first = np.array([*(a and not b for a, b in zip(mixed, first, strict=True)), False])[reading.format]
    either = undecided(reading)
    day, month = day_and_month(reading.parsed)
    tells = reading.is_date & ~either & (day != month)
    other = np.where(either, reading.alternative, reading.parsed)
    return _Orders(
        day=is_day_first & tells,
        month=is_month_first & tells,
        either=either,
        day_first=np.where(is_day_first, reading.parsed, other),
        month_first=np.where(is_month_first, reading.parsed, other),
    )


def _is_day_first(directive: str) -> bool:
    return directive.find("%d") < directive.find("%m")


def _pair(column: ColumnProfile) -> tuple[str, str] | None:
    """Return the two directives of a column that is written in both orders of one format and no other way."""
    reading = column.date_reading
    formats = [one for one in reading.formats if one.kind != "time"]
    if len(formats) != 2 or any(one.replacements for one in formats):
        return None
    one, other = (each.directive for each in formats)
    if swapped(one) != other or "%y" in one:
        return None
    return (one, other) if _is_day_first(one) else (other, one)


def _both_ways(column: ColumnProfile, pair: tuple[str, str]) -> list[str]:
    text = f'{read_column(column.table, column.column)}.astype("string")'
    return [
        f'{name}_first = pd.to_datetime({text}, format={literal(directive)}, errors="coerce")'
        for name, directive in zip(("day", "month"), pair, strict=True)
    ]


# ------------------------------------------------------------------------------------------ who writes how


@dataclass(frozen=True)
class _Level:
    value: Any
    where: Predicate
    day: int
    month: int
    either: int

    @property
    def decided(self) -> int:
        return self.day + self.month

    @property
    def month_first(self) -> bool:
        return self.month > self.day

    @property
    def pure(self) -> bool:
        return self.decided >= _FEWEST_PER_LEVEL and max(self.day, self.month) >= _PURE * self.decided


def _writer(column: ColumnProfile, profile: Profile) -> Witness | None:
    """Return the column of few values that decides which order is written."""
    orders = _orders(column)
    masks = {name: column.where(getattr(orders, name)) for name in ("day", "month", "either")}
    counted = ", ".join(f"count(*) FILTER ({where.sql}) AS {name}" for name, where in masks.items())
    params = tuple(value for where in masks.values() for value in where.params)
    few = [
        c
        for c in profile.columns
        if 2 <= c.distinct <= _FEW_LEVELS
        and c.column.storage in ("text", "integer", "boolean")
        and not c.column.has_types
    ]
    for other in few[:_COLUMNS]:
        cell = other.column.sql
        found = profile.table.query(f"SELECT {cell} AS value, {counted} FROM t GROUP BY value ORDER BY value", params)
        levels = [
            _Level(value, Predicate(f"{cell} = ?", (value,)), *numbers)
            for value, *numbers in zip(*(found[name].to_pylist() for name in ("value", *masks)), strict=True)
            if value is not None
        ]
        asked = [level for level in levels if level.either]
        settled = sum(level.either for level in asked)
        both = {level.month_first for level in asked if level.pure}
        if len(both) > 1 and all(level.pure for level in asked) and settled >= _PURE * column.rows_of(orders.either):
            return _by_writer(column, profile, other, levels, settled)
    return None


def _by_writer(
    column: ColumnProfile, profile: Profile, other: ColumnProfile, levels: Sequence[_Level], settled: int
) -> Witness:
    name = shortened(other.name)
    bars = tuple(
        Bar(
            f"{visible(shortened(str(level.value)))}: {'month' if level.month_first else 'day'} first",
            level.decided + level.either,
            level.where,
            note=f"{max(level.day, level.month):,} of {level.decided:,} that tell",
        )
        for level in levels
        if level.decided + level.either
    )
    pair, fix = _pair(column), None
    if pair is not None:
        chosen = [level.value for level in levels if level.month_first]
        lines = [
            *_both_ways(column, pair),
            f"by_month = {read_column(profile.table, other.column)}.isin({list_literal(chosen)})",
            assign_column(
                profile.table,
                column.column,
                "month_first.where(by_month, day_first).fillna(day_first).fillna(month_first)",
            ),
        ]
        fix = Fix(
            f"Parse by {name}",
            "\n".join(lines),
            changes=(column.position,),
            empties=column.where(~column.date_reading.is_date),
            note=f"{name} decides the order wherever the value itself shows it; "
            f"{count(settled, 'row')} that can be read both ways follow it.",
        )
    told = [quoted(level.value, 15) for level in levels if level.month_first][:2]
    sentence = f"{name} settles them, month first where it is {' or '.join(told)}"
    return Witness(sentence, Bars(f"{name} decides", bars), settled, fix)


# ------------------------------------------------------------------------------------------ another date of the row


def _neighbour(column: ColumnProfile, profile: Profile) -> Witness | None:
    """Return the column of dates that lie at a known distance from this one, whichever the order."""
    if profile.rows > _ROWS:
        return None
    orders = _orders(column)
    best: Witness | None = None
    for other in [dates for dates in date_columns(profile) if _is_sure(dates, column)][:_DATES]:
        found = _by_neighbour(column, profile, other, orders)
        if found is not None and (best is None or found.settled > best.settled):
            best = found
    return best


def _is_sure(dates: DateColumn, column: ColumnProfile) -> bool:
    return dates.profile is not column and not (dates.is_text and undecided(dates.profile.date_reading).any())


def _by_neighbour(column: ColumnProfile, profile: Profile, other: DateColumn, orders: _Orders) -> Witness | None:
    own, cell = column.column.sql, other.profile.column.sql
    found = profile.table.query(
        f"SELECT {own} AS own, {cell} AS other FROM t WHERE {own} IS NOT NULL AND {cell} IS NOT NULL"
    )
    at, there = places(found["own"], column), places(found["other"], other.profile)
    times = other.times[there].astype("datetime64[D]")
    gaps = [
        np.where(
            np.isnat(reading[at]) | np.isnat(times), np.nan, (times - reading[at].astype("datetime64[D]")).astype(float)
        )
        for reading in (orders.day_first, orders.month_first)
    ]
    decided = np.where(orders.day[at], gaps[0], np.where(orders.month[at], gaps[1], np.nan))
    decided = decided[~np.isnan(decided)]
    asked = orders.either[at] & ~np.isnan(gaps[0])
    if len(decided) < _FEWEST or asked.sum() < _FEWEST_PER_LEVEL:
        return None
    low, high = (int(edge) for edge in np.quantile(decided, [0.01, 0.99], method="nearest"))
    near = [(gap[asked] >= low) & (gap[asked] <= high) for gap in gaps]
    settled, neither = int((near[0] != near[1]).sum()), int((~near[0] & ~near[1]).sum())
    if settled < 0.5 * asked.sum() or neither > 0.05 * asked.sum():
        return None
    name = shortened(other.profile.name)
    span = f"{low:,} to {high:,} days"
    bars = (
        ("only day first", near[0] & ~near[1]),
        ("only month first", near[1] & ~near[0]),
        ("both ways", near[0] & near[1]),
        ("neither way", ~near[0] & ~near[1]),
    )
    evidence = Bars(
        f"Undecided rows that lie {span} before {name}",
        tuple(Bar(label, int(mask.sum()), flagged=label in ("both ways", "neither way")) for label, mask in bars),
    )
    sentence = f"{name} settles {percent(settled / int(asked.sum()))} of them"
    return Witness(sentence, evidence, settled, _neighbour_fix(column, other, (low, high), name))


def _neighbour_fix(column: ColumnProfile, other: DateColumn, span: tuple[int, int], name: str) -> Fix | None:
    pair = _pair(column)
    if pair is None:
        return None
    code = date_code(other.profile, target="other")
    between = f"between({span[0]}, {span[1]})"
    lines = [
        *_both_ways(column, pair),
        *code.lines,
        *([f"other = {code.expression}"] if code.expression != "other" else []),
        f"near_day_first = (other.dt.normalize() - day_first).dt.days.{between}",
        f"near_month_first = (other.dt.normalize() - month_first).dt.days.{between}",
        "either = day_first.notna() & month_first.notna() & (day_first != month_first)",
        "dates = day_first.mask(day_first.isna() | (either & near_month_first & ~near_day_first), month_first)",
        "dates = dates.mask(either & (near_day_first == near_month_first))",
        assign_column(column.table, column.column, "dates"),
    ]
    reading = column.date_reading
    return Fix(
        f"Parse each by its own format, the undecidable by their distance from {name}",
        "\n".join(lines),
        changes=(column.position,),
        empties=column.where(~reading.is_date | undecided(reading)),
        note=f"Rows that show their order lie {span[0]:,} to {span[1]:,} days before {name}; a row that would do so both "
        "ways, or neither, becomes missing.",
    )
