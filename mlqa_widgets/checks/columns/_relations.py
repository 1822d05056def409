"""Rules between numbers of one row: one is never above another, some add up to another, two multiply to a third.

Rules are sought in a fixed draw of the rows and counted in all of them. Each is held against what the same columns show
with one side shuffled: a rule that any order of the rows would show as well is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final, Literal

import numpy as np

from mlqa_widgets.checks._stand_ins import number_stand_ins
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.tables.table import Predicate

MOST_COLUMNS: Final = 40
"""Columns of numbers compared: the first so many."""
_DRAWN: Final = 10_000
_FIRST_LOOK: Final = 200
_LEAST_ROWS: Final = 30
_QUANTITIES: Final = frozenset({Kind.NUMERIC, Kind.PERIOD, Kind.UNKNOWN})
_FEWEST_VALUES: Final = 5


@dataclass(frozen=True)
class Numbers:
    """The columns of numbers, in a draw of the rows.

    Attributes
    ----------
    columns
        The columns, with how the engine reads a number of each; stand-ins for missing are left out.
    values
        float64, one row per column; NaN where missing.
    """

    columns: tuple[tuple[ColumnProfile, Predicate], ...]
    values: np.ndarray

    @cached_property
    def decimals(self) -> tuple[int | None, ...]:
        """Digits after the point of each column, None beyond six."""
        return tuple(_decimals(row[~np.isnan(row)]) for row in self.values)

    def read(self, place: int) -> Predicate:
        """Return how the engine reads a number of a column."""
        return self.columns[place][1]


def numbers_of(profile: Profile) -> Numbers:
    """Read the columns of numbers."""
    columns = [
        (column, _read(column))
        for column in profile.columns
        if column.is_numeric and column.distinct >= _FEWEST_VALUES and column.kind in _QUANTITIES
    ][:MOST_COLUMNS]
    if len(columns) < 2 or profile.rows < _LEAST_ROWS:
        return Numbers((), np.empty((0, 0)))
    names = ", ".join(f"CAST({one.sql} AS DOUBLE) AS v{i}" for i, (_, one) in enumerate(columns))
    table = profile.table.draw
    draw = f" WHERE hash(pos) % {table.row_count // _DRAWN} = 0" if table.row_count > 2 * _DRAWN else ""
    found = table.query(f"SELECT {names} FROM t{draw}", [p for _, one in columns for p in one.params])
    values = np.stack([found[f"v{i}"].to_numpy().astype(np.float64) for i in range(len(columns))])
    values[~np.isfinite(values)] = np.nan
    return Numbers(tuple(columns), values)


def _read(column: ColumnProfile) -> Predicate:
    stand_ins = number_stand_ins(column).mask
    if not stand_ins.any():
        return Predicate(column.number_sql)
    missing = column.where(stand_ins)
    return Predicate(f"CASE WHEN {missing.sql} THEN NULL ELSE {column.number_sql} END", missing.params)


def _decimals(values: np.ndarray) -> int | None:
    """Return the fewest digits after the point that write every number."""
    return next((d for d in range(7) if np.allclose(values, np.round(values, d), rtol=1e-12, atol=1e-9)), None)


# ------------------------------------------------------------------------------------------ order

_NEARLY_ALWAYS: Final = 0.02
_BY_CHANCE: Final = 0.05
_BEYOND_CHANCE: Final = 10
_NEAR: Final = 0.1
_SHUFFLES: Final = 5


@dataclass(frozen=True)
class Order:
    """The number in one column is at most that in another, in nearly all rows.

    Attributes
    ----------
    low, high
        Places among the columns of numbers.
    by_chance
        Share of the rows that would break it if one of the two were shuffled.
    near
        How close two numbers are that lie closer than nine in ten of those in order.
    equal
        Share of the rows in which the two are equal: a bound is reached, a mere difference seldom is nothing.
    """

    low: int
    high: int
    by_chance: float
    near: float
    equal: float


def orders(numbers: Numbers) -> Iterator[Order]:
    """Yield the pairs of which one is below the other as chance would not have it."""
    draw = np.random.default_rng(0)
    for a, b in combinations(range(len(numbers.columns)), 2):
        if (numbers.columns[a][0].kind is Kind.PERIOD) != (numbers.columns[b][0].kind is Kind.PERIOD):
            continue
        x, y = numbers.values[a], numbers.values[b]
        gap = y - x
        below, above = np.count_nonzero(gap > 0), np.count_nonzero(gap < 0)
        both = int(np.count_nonzero(~np.isnan(gap)))
        if both < _LEAST_ROWS or min(below, above) > _NEARLY_ALWAYS * both or max(below, above) < _LEAST_ROWS:
            continue
        low, high = (a, b) if below >= above else (b, a)
        gap = gap if below >= above else -gap
        small, large = (numbers.values[i][~np.isnan(gap)] for i in (low, high))
        by_chance = float(np.mean([np.mean(small > draw.permutation(large)) for _ in range(_SHUFFLES)]))
        if by_chance >= _BY_CHANCE and by_chance >= _BEYOND_CHANCE * min(below, above) / both:
            yield Order(low, high, by_chance, float(np.quantile(gap[gap > 0], _NEAR)), float(np.mean(small == large)))


# ------------------------------------------------------------------------------------------ arithmetic

_HOLDS: Final = 0.95
_FIRST_HOLDS: Final = 0.85
_LONGEST: Final = 12
_BEYOND: Final = 0.9


@dataclass(frozen=True)
class Arithmetic:
    """Columns that add up, or multiply, to another in nearly all rows.

    Attributes
    ----------
    terms, result
        Places among the columns of numbers.
    sign
        What stands between the terms.
    tolerance
        By how much the two sides may differ: what rounding explains.
    share
        Share of the drawn rows in which it holds.
    """

    terms: tuple[int, ...]
    result: int
    sign: Literal["+", "x"]
    tolerance: float
    share: float


def arithmetic(numbers: Numbers) -> list[Arithmetic]:
    """Find two columns, or a run of neighbours, that add up to another, and two that multiply to it.

    Only rows count in which every term matters: none is 0 (nor 1 in a product).
    """
    found: list[Arithmetic] = []
    values = numbers.values
    if not values.size:
        return found
    first = values[:, np.random.default_rng(0).permutation(values.shape[1])[:_FIRST_LOOK]]
    taken: set[frozenset[int]] = set()
    for terms, sign in _candidates(len(values)):
        left = _combined(first[list(terms)], sign)
        near = np.abs(first - left) <= 1e-6 * np.abs(left) + _slack(numbers, terms, sign, first)[:, None]
        known = ~np.isnan(first - left)
        close = near.sum(axis=1) >= _FIRST_HOLDS * np.maximum(1, known.sum(axis=1))
        for result in np.flatnonzero(close & known.any(axis=1)).tolist():
            if result in terms or frozenset((*terms, result)) in taken:
                continue
            one = _confirmed(numbers, terms, result, sign)
            if one is not None:
                taken.add(frozenset((*terms, result)))
                found.append(one)
    return found


def _candidates(columns: int) -> Iterator[tuple[tuple[int, ...], Literal["+", "x"]]]:
    for pair in combinations(range(columns), 2):
        yield pair, "+"
        yield pair, "x"
    for start in range(columns):
        for end in range(start + 3, min(columns, start + _LONGEST) + 1):
            yield tuple(range(start, end)), "+"


def _combined(terms: np.ndarray, sign: str) -> np.ndarray:
    return terms.sum(axis=0) if sign == "+" else terms.prod(axis=0)


def _slack(numbers: Numbers, terms: Sequence[int], sign: str, values: np.ndarray) -> np.ndarray:
    """Return, per possible result, by how much rounding may set the two sides apart."""
    digits = [numbers.decimals[i] for i in terms]
    slack = np.empty(len(values))
    for result, own in enumerate(numbers.decimals):
        if own is None:
            slack[result] = 1e-9
        elif sign == "x":
            slack[result] = 0.505 * 10.0**-own if any(digits) else 1e-9
        else:
            slack[result] = 1.01 * 10.0**-own if own and max((d or 0) for d in digits) >= own else 1e-9
    return slack


def _confirmed(numbers: Numbers, terms: tuple[int, ...], result: int, sign: Literal["+", "x"]) -> Arithmetic | None:
    values = numbers.values
    left, right = _combined(values[list(terms)], sign), values[result]
    matter = (values[list(terms)] != 0).all(axis=0) & ~np.isnan(left - right)
    if sign == "x":
        matter &= (values[list(terms)] != 1).all(axis=0)
    left, right = left[matter], right[matter]
    if len(left) < _LEAST_ROWS or len(np.unique(right)) < _FEWEST_VALUES:
        return None
    tolerance = float(_slack(numbers, terms, sign, values)[result])
    holds = float(_agree(left, right, tolerance).mean())
    draw = np.random.default_rng(0)
    chance = float(np.mean([_agree(left, draw.permutation(right), tolerance).mean() for _ in range(_SHUFFLES)]))
    if holds < _HOLDS or holds - chance < _BEYOND * (1 - chance):
        return None
    return Arithmetic(terms, result, sign, tolerance, holds)


def _agree(left: np.ndarray, right: np.ndarray, tolerance: float) -> np.ndarray:
    return np.abs(left - right) <= tolerance + 1e-6 * np.abs(left)
