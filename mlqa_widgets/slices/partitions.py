"""Each column cut into categories that share out all rows: its values, spans of its numbers, parts of its dates.

What is missing is a category of its own. Every category says in words, and as a query, which rows it holds.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.explain.sentence import column_words, value_words
from mlqa_widgets.slices.conditions import Condition, literal, reference
from mlqa_widgets.wording import count, visible

Cut = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Takes the place of each row's number among the sorted distinct ones (-1 where missing) and these; returns after how many of
them to cut."""

FEW = 24
"""Distinct values up to which each is a category."""
_MOST = 60
_SPANS = 10
_WHOLE = 2.0**53
_YEARS, _MONTHS, _WEEKS, _DAYS = (pd.Timedelta(days=days) for days in (1096, 62, 14, 3))


@dataclass(frozen=True)
class Partition:
    """A column cut into categories.

    Attributes
    ----------
    column
        The column's name in ``X``.
    name
        What is cut: the column, or a part of its dates: ``departure (weekday)``.
    codes
        The category of each row, int64, shape (rows,).
    categories
        Numbers and dates in order, other values the most frequent first; ``missing`` comes last.
    """

    column: Hashable
    name: str
    codes: np.ndarray
    categories: tuple[Condition, ...]


def partitions(frame: pd.DataFrame, kept: int, cut: Cut | None = None) -> list[Partition]:
    """Return the columns cut into categories; a column that is all alike is left out.

    Parameters
    ----------
    frame
        The rows.
    kept
        Rows from which a value of a column with many is a category of its own; rarer ones are taken together.
    cut
        Where to cut numbers of more than 24 values; at their tenths if not given.
    """
    found: list[Partition] = []
    for column in frame.columns:
        found += _of_column(frame[column], kept, cut or tenths)
    return [partition for partition in found if len(partition.categories) > 1]


def _of_column(values: pd.Series, kept: int, cut: Cut) -> list[Partition]:
    kinds, dtype = pd.api.types, values.dtype
    subject = _Subject(values.name, column_words(values.name), reference(values.name) or "")
    if kinds.is_datetime64_any_dtype(dtype):
        return _of_dates(values, subject, cut)
    if kinds.is_timedelta64_dtype(dtype):
        return [_of_numbers(values.dt.total_seconds(), subject.part("seconds", "total_seconds()"), cut)]
    if kinds.is_integer_dtype(dtype) or kinds.is_float_dtype(dtype):
        return [_of_numbers(values, subject, cut)]
    return [_of_values(values, subject, kept)]


@dataclass(frozen=True)
class _Subject:
    """What is cut: in words, and as a query names it; an empty name where it cannot."""

    column: Hashable
    words: str
    reference: str

    def part(self, name: str, accessor: str) -> _Subject:
        named = f"{self.reference}.dt.{accessor}" if self.reference else ""
        return _Subject(self.column, f"{self.words} ({name})", named)

    def condition(self, label: str, expression: str | None, verb: str = "is") -> Condition:
        return Condition(
            self.column, label, f"{self.words} {verb} {label}", (expression or None) if self.reference else None
        )

    def partition(self, codes: np.ndarray, conditions: Sequence[Condition]) -> Partition:
        """Return the partition; rows with code -1 are missing."""
        missing = codes < 0
        codes = np.where(missing, len(conditions), codes).astype(np.int64)
        last = [self.condition("missing", f"{self.reference}.isna()")] if missing.any() else []
        return Partition(self.column, self.words, codes, (*conditions, *last))


# ---------------------------------------------------------------------- values


def _of_values(values: pd.Series, subject: _Subject, kept: int) -> Partition:
    ref = subject.reference
    try:
        codes, found = pd.factorize(values)
    except TypeError:  # cells that cannot be hashed, such as lists
        codes, found = pd.factorize(values.astype("str"))
        ref += ".astype('str')"
    distinct = list(found)
    rows = np.bincount(codes[codes >= 0], minlength=len(distinct))
    if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.ordered:
        order = np.argsort(values.cat.categories.get_indexer(pd.Index(distinct)))
    else:
        order = np.argsort(-rows, kind="stable")
    own = order if len(order) <= FEW else order[rows[order] >= kept][:_MOST]
    place = np.full(len(distinct) + 1, len(own))
    place[own], place[-1] = np.arange(len(own)), -1
    conditions = [
        subject.condition(label, _equals(ref, distinct[i]))
        for label, i in zip(_labels([distinct[i] for i in own]), own, strict=True)
    ]
    rarer = len(distinct) - len(own)
    if rarer:
        label = count(rarer, "rarer value") if len(own) else "any value"
        conditions.append(subject.condition(label, _none_of(ref, [distinct[i] for i in own]), "is one of"))
    return subject.partition(place[codes], conditions)


def _equals(ref: str, value: Any) -> str:
    written = literal(value)
    return f"{ref}.astype('str') == {str(value)!r}" if written is None else f"{ref} == {written}"


def _none_of(ref: str, values: Sequence[Any]) -> str:
    written = [literal(value) for value in values]
    if None in written:
        return f"{ref}.notna() and {ref}.astype('str') not in {[str(value) for value in values]!r}"
    return f"{ref}.notna()" + (f" and {ref} not in [{', '.join(map(str, written))}]" if written else "")


def _labels(values: Sequence[Any]) -> list[str]:
    labels = [
        repr(value) if isinstance(value, str) and value.strip() in ("", "missing") else value_words(value)
        for value in values
    ]
    twice = {label for label in labels if labels.count(label) > 1}
    return [visible(_exactly(value)) if label in twice else label for label, value in zip(labels, values, strict=True)]


def _exactly(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)


# ---------------------------------------------------------------------- numbers


def _of_numbers(values: pd.Series, subject: _Subject, cut: Cut) -> Partition:
    codes, found = pd.factorize(values, sort=True)
    plain: Any = getattr(values.dtype, "numpy_dtype", values.dtype)
    dtype = np.dtype(plain)
    distinct, ref = pd.Index(found).to_numpy(dtype=dtype if dtype.kind in "iuf" else np.float64), subject.reference
    if len(distinct) <= FEW:
        labels = _labels(list(distinct))
        conditions = [
            subject.condition(label, f"{ref} == {literal(value)}")
            for label, value in zip(labels, distinct, strict=True)
        ]
        return subject.partition(codes, conditions)
    ends = np.unique([0, *cut(codes, distinct), len(distinct)])
    limits = [None, *(_limit(distinct[end - 1], distinct[end]) for end in ends[1:-1]), None]
    whole = bool(np.all(np.abs(distinct[[0, -1]].astype(float)) < _WHOLE) and np.all(distinct == np.floor(distinct)))
    conditions = []
    for (first, last), (low, high) in zip(pairwise(ends), pairwise(limits), strict=True):
        if last - first == 1:
            value = distinct[first]
            conditions.append(subject.condition(value_words(value), f"{ref} == {literal(value)}"))
        else:
            conditions.append(subject.condition(_span_words(low, high, whole=whole), _span_query(ref, low, high)))
    place = np.append(np.repeat(np.arange(len(ends) - 1), np.diff(ends)), -1)
    return subject.partition(place[codes], conditions)


def tenths(codes: np.ndarray, distinct: np.ndarray) -> np.ndarray:
    """Cut numbers so that each span holds about a tenth of the rows, as far as equal numbers allow."""
    below = np.cumsum(np.bincount(codes[codes >= 0], minlength=len(distinct)))
    wanted = below[-1] * np.arange(1, _SPANS) / _SPANS
    places = np.searchsorted(below, wanted)
    before = np.where(places > 0, below[places - 1], 0)
    return np.where(wanted - before < below[places] - wanted, places, places + 1)


@dataclass(frozen=True)
class _Limit:
    value: Any
    text: str


def _limit(below: Any, first: Any) -> _Limit:
    """Return the shortest number above ``below`` and up to ``first``."""
    exact = Decimal(str(first.item()))
    if not exact.is_finite():
        return _Limit(first, str(first))
    for digits in range(1, 18):
        unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
        for written in (exact.quantize(unit, rounding) for rounding in (ROUND_HALF_EVEN, ROUND_FLOOR)):
            value = type(first)(float(written))
            if below < value <= first:
                whole = float(written) == int(float(written))
                return _Limit(value, value_words(value) if whole else f"{float(written):.{digits}g}")
    return _Limit(first, str(first))


def _span_words(low: _Limit | None, high: _Limit | None, *, whole: bool) -> str:
    if high is None:
        return f"{low.text} or more" if low else "any value"
    if whole:
        last = value_words(type(high.value)(high.value - 1))
        return f"{last} or less" if low is None else last if low.text == last else f"{low.text} to {last}"
    return f"below {high.text}" if low is None else f"{low.text} to below {high.text}"


def _span_query(ref: str, low: _Limit | None, high: _Limit | None) -> str:
    if low and high:
        return f"{literal(low.value)} <= {ref} < {literal(high.value)}"
    if low:
        return f"{ref} >= {literal(low.value)}"
    return f"{ref} < {literal(high.value)}" if high else f"{ref}.notna()"


# ---------------------------------------------------------------------- dates


def _of_dates(values: pd.Series, subject: _Subject, cut: Cut) -> list[Partition]:
    """Cut dates by the calendar, as fine as their span asks for, and by what comes back: month, weekday, hour."""
    moments, span = values.dt, values.max() - values.min()
    found = []
    if span >= _YEARS:
        found += [
            _of_numbers(moments.year, subject.part("year", "year"), cut),
            _named(moments.month, subject.part("month", "month"), list(calendar.month_name)),
        ]
    elif span >= _MONTHS:
        found.append(_of_calendar(values, subject, ("year", "month")))
    elif span >= _DAYS:
        found.append(_of_calendar(values, subject, ("year", "month", "day")))
    if span >= _WEEKS:
        found.append(_named(moments.day_of_week, subject.part("weekday", "day_of_week"), list(calendar.day_name)))
    if moments.hour.nunique() > 1:
        found.append(_of_numbers(moments.hour, subject.part("hour", "hour"), cut))
    if not found:
        given = subject.condition("any value", f"{subject.reference}.notna()")
        found.append(subject.partition(np.where(values.isna(), -1, 0), [given]))
    return found


def _named(values: pd.Series, subject: _Subject, names: Sequence[str]) -> Partition:
    codes, distinct = pd.factorize(values, sort=True)
    conditions = [subject.condition(names[int(i)], f"{subject.reference} == {int(i)}") for i in distinct]
    return subject.partition(codes, conditions)


def _of_calendar(values: pd.Series, subject: _Subject, parts: Sequence[str]) -> Partition:
    moments, factors = values.dt, (10_000, 100, 1)
    code = sum(getattr(moments, part) * factor for part, factor in zip(parts, factors, strict=False))
    codes, distinct = pd.factorize(code, sort=True)
    conditions = []
    for one in map(int, distinct):
        numbers = [one // 10_000, one // 100 % 100, one % 100][: len(parts)]
        written = [f"{subject.reference}.dt.{part} == {n}" for part, n in zip(parts, numbers, strict=True)]
        conditions.append(subject.condition("-".join(f"{n:02}" for n in numbers), " and ".join(written)))
    return subject.partition(codes, conditions)
