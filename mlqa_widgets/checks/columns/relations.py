"""Numbers of one row that keep a rule in nearly all rows, and the rows that break it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._draw import first_rows
from mlqa_widgets.checks.columns._relations import Arithmetic, Numbers, Order, arithmetic, numbers_of, orders
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Histogram
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, literal, new_label, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import name_words
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, number, percent, shortened

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_MOST_FINDINGS: Final = 8
_BINS: Final = 40

# ------------------------------------------------------------------------------------------ order

_HAIR: Final = 0.5
"""Share of the rows out of order that may be so by a hair, as in the tail of two quantities that merely differ."""
_NEARLY_ALL: Final = 0.02
_FEW: Final = 3
_REACHED: Final = 0.002
_REACHED_ROWS: Final = 10
_PAIRS: Final = (
    ({"min", "minimum", "low", "lower", "lowest", "least"}, {"max", "maximum", "high", "upper", "highest", "most"}),
    ({"min", "minimum", "low", "lower", "lowest"}, {"mean", "average", "avg", "median", "typical"}),
    ({"mean", "average", "avg", "median", "typical"}, {"max", "maximum", "high", "upper", "highest"}),
    ({"start", "from", "begin", "first", "birth", "born", "built", "opened"}, {"end", "to", "until", "last", "death", "died", "closed"}),
    ({"net", "sale", "discounted", "reduced", "special"}, {"gross", "list", "regular", "original", "full", "retail"}),
    ({"used", "occupied", "sold", "paid", "part", "sub", "subtotal", "available", "free"}, {"total", "capacity", "all", "stock", "due", "size"}),
)  # fmt: skip


@table_check("broken_order", reads="rows")
def broken_order(profile: Profile) -> Iterator[Finding]:
    """Find numbers of which one is never above the other (lowest and highest, part and total), and the rows where it is.

    The rule must hold in 98 of 100 rows, be broken ten times as often where one of the two columns is shuffled, and
    the rows that break it must be off by more than a hair: the tail of two quantities that merely differ crosses
    zero gradually. A warning where the names say the same; otherwise an info, and only where the two are equal now and
    then, as at a bound. Stays silent on columns of different scale, on stand-ins
    for missing, and on dates, which ``impossible_dates`` tells of.
    """
    numbers = numbers_of(profile)
    found = []
    for order in orders(numbers):
        finding = _out_of_order(profile, numbers, order)
        if finding is not None:
            found.append(finding)
    found.sort(key=lambda finding: (-finding.severity.level, -finding.confidence, finding.columns))
    yield from found[:_MOST_FINDINGS]


def _out_of_order(profile: Profile, numbers: Numbers, order: Order) -> Finding | None:
    low, high = numbers.columns[order.low][0], numbers.columns[order.high][0]
    gap = _minus(numbers.read(order.high), numbers.read(order.low))
    where = Predicate(f"coalesce({gap.sql} < 0, false)", gap.params)
    both = profile.table.count(Predicate(f"{gap.sql} IS NOT NULL", gap.params))
    off = _values(profile, gap, where)
    if not len(off) or len(off) > _NEARLY_ALL * both or (-off <= order.near).sum() > _HAIR * len(off):
        return None
    named = _named_so(low, high)
    reached = order.equal * both > min(len(off), max(_REACHED_ROWS, _REACHED * both))
    if not named and (not reached or len(off) < _FEW):
        return None
    names = shortened(low.name), shortened(high.name)
    return Finding(
        columns=(low.position, high.position),
        severity=Severity.WARNING if named else Severity.INFO,
        rows=len(off),
        message=(
            f"{names[0]} is above {names[1]} in {count(len(off), 'row')} ({percent(len(off) / both)}); in all others it is "
            f"not, though by chance it would be in {percent(round(order.by_chance, 3))}."
        ),
        predicate=where,
        evidence=(
            _gaps(
                profile, gap, numbers.values[order.high] - numbers.values[order.low], off, f"{names[1]} - {names[0]}"
            ),
            first_rows(profile.table, (low, high), where, "The first of these rows"),
        ),
        why="One of the two is wrong, or they were exchanged: ranges and shares computed from them come out negative or "
        "above the whole.",
        fixes=tuple(_order_fixes(profile, low, high)),
        confidence=0.85 if named else 0.6,
        cells=(),
    )


def _minus(a: Predicate, b: Predicate) -> Predicate:
    return Predicate(f"(CAST({a.sql} AS DOUBLE) - CAST({b.sql} AS DOUBLE))", a.params + b.params)


def _values(profile: Profile, expression: Predicate, where: Predicate) -> np.ndarray:
    found = profile.table.query(
        f"SELECT {expression.sql} AS v FROM t WHERE {where.sql}", expression.params + where.params
    )
    return found["v"].to_numpy().astype(np.float64)


def _named_so(low: ColumnProfile, high: ColumnProfile) -> bool:
    """Whether the names differ in a word for less and a word for more."""
    small, large = set(name_words(low.name)), set(name_words(high.name))
    return any((small - large) & less and (large - small) & more for less, more in _PAIRS)


def _gaps(profile: Profile, gap: Predicate, drawn: np.ndarray, off: np.ndarray, axis: str) -> Histogram:
    """Return how far apart the two are; zero is an edge.

    Parameters
    ----------
    drawn
        The gap in the rows that the rule was sought in, which tells how wide the bins are; all rows are counted.
    off
        The gap in the rows that break the rule.
    """
    low, high = np.nanquantile(drawn, [0.01, 0.99])
    low = min(low, float(np.median(off)))
    step = (high - low) / _BINS or 1.0
    edges = np.arange(np.floor(low / step), np.ceil(high / step) + 2) * step
    inner = edges[1:-1].tolist()
    below = ", ".join(f"count(CASE WHEN {gap.sql} < ? THEN 1 END) AS n{i}" for i in range(len(inner)))
    given = [value for edge in inner for value in (*gap.params, edge)]
    least, most, total, *up_to = (
        profile.table.query(
            f"SELECT min({gap.sql}) AS least, max({gap.sql}) AS most, count(*) AS n, {below} FROM t WHERE isfinite({gap.sql})",
            [*gap.params, *gap.params, *given, *gap.params],
        )
        .to_pylist()[0]
        .values()
    )
    edges[0], edges[-1] = min(edges[0], least), max(edges[-1], np.nextafter(most, np.inf))
    counts = np.diff([0, *up_to, total])
    predicates = tuple(
        Predicate(f"{gap.sql} >= ? AND {gap.sql} < ?", (*gap.params, float(a), *gap.params, float(b))) if n else None
        for (a, b), n in zip(pairwise(edges), counts, strict=True)
    )
    flagged = tuple(float(b <= 0 and n > 0) for b, n in zip(edges[1:], counts, strict=True))
    return Histogram(
        f"How far apart they are ({axis})",
        axis,
        tuple(edges.tolist()),
        tuple(int(n) for n in counts),
        flagged,
        predicates,
        marks=((0.0, "equal"),),
    )


def _order_fixes(profile: Profile, low: ColumnProfile, high: ColumnProfile) -> Iterator[Fix]:
    below, above = _as_number(profile, low), _as_number(profile, high)
    if label := new_label(profile.table, f"{low.name}_above_{high.name}"[:60]):
        yield Fix("Mark the rows to look at", f"df[{literal(label)}] = {below} > {above}", adds=(label,))
    read = read_column(profile.table, low.column), read_column(profile.table, high.column)
    yield Fix(
        "Exchange the two in these rows",
        f"low, high = {read[0]}, {read[1]}\n"
        f"exchanged = {below} > {above}\n"
        f"{assign_column(profile.table, low.column, 'low.where(~exchanged, high)')}\n"
        f"{assign_column(profile.table, high.column, 'high.where(~exchanged, low)')}",
        changes=(low.position, high.position),
        note="Right if the two were written into each other's column; wrong if one of them was mistyped.",
    )


def _as_number(profile: Profile, column: ColumnProfile) -> str:
    read = read_column(profile.table, column.column)
    return f'pd.to_numeric({read}, errors="coerce")' if column.is_text else read


# ------------------------------------------------------------------------------------------ arithmetic

_MOST_BROKEN: Final = 0.05


@table_check("broken_sum", reads="rows")
def broken_sum(profile: Profile) -> Iterator[Finding]:
    """Find numbers that add up or multiply to another (parts and total, quantity and price), and the rows where they do not.

    Two columns, or a run of neighbours, must give the third in 95 of 100 rows in which every term matters, far more
    often than with the third one shuffled. What rounding explains breaks nothing. Stays silent where a term or the
    result is missing or a stand-in, and on rules that always hold.
    """
    numbers = numbers_of(profile)
    found = [f for rule in arithmetic(numbers) if (f := _not_adding_up(profile, numbers, rule)) is not None]
    yield from sorted(found, key=lambda finding: (len(finding.columns), finding.columns))[:_MOST_FINDINGS]


def _not_adding_up(profile: Profile, numbers: Numbers, rule: Arithmetic) -> Finding | None:
    terms = [numbers.columns[i][0] for i in rule.terms]
    result = numbers.columns[rule.result][0]
    whole = _joined([numbers.read(i) for i in rule.terms], rule.sign)
    off = _minus(numbers.read(rule.result), whole)
    where = Predicate(
        f"coalesce(abs({off.sql}) > ? + 1e-6 * abs({whole.sql}), false)", (*off.params, rule.tolerance, *whole.params)
    )
    rows = profile.table.count(where)
    both = profile.table.count(Predicate(f"{off.sql} IS NOT NULL", off.params))
    if not rows or rows > _MOST_BROKEN * both:
        return None
    said = _said(terms, rule.sign)
    by = _values(profile, off, where)
    usual = float(np.median(np.abs(by)))
    return Finding(
        columns=(*(c.position for c in terms), result.position),
        severity=Severity.WARNING,
        rows=rows,
        message=(
            f"{said} is {shortened(result.name)} in {percent(1 - rows / both)} of the rows, but not in {count(rows, 'row')}: "
            f"there it is off by {number(float(f'{usual:.3g}'))}{'' if rows == 1 else ' (median)'}."
        ),
        predicate=where,
        evidence=(first_rows(profile.table, (*terms, result), where, "The first of these rows"),),
        why="One of these numbers is wrong, and totals differ by which column they are taken from.",
        fixes=tuple(_sum_fixes(profile, terms, result, rule)),
        confidence=0.85,
        cells=(),
    )


def _joined(reads: Sequence[Predicate], sign: str) -> Predicate:
    operator = " + " if sign == "+" else " * "
    return Predicate(
        "(" + operator.join(f"CAST({one.sql} AS DOUBLE)" for one in reads) + ")",
        tuple(p for one in reads for p in one.params),
    )


def _said(terms: Sequence[ColumnProfile], sign: str) -> str:
    if sign == "x":
        return f"{shortened(terms[0].name)} x {shortened(terms[1].name)}"
    return "The sum of " + listing([shortened(c.name) for c in terms])


def _sum_fixes(
    profile: Profile, terms: Sequence[ColumnProfile], result: ColumnProfile, rule: Arithmetic
) -> Iterator[Fix]:
    operator = " + " if rule.sign == "+" else " * "
    whole = operator.join(_as_number(profile, c) for c in terms)
    compared = (
        f"whole = {whole}\n"
        f"off = (({_as_number(profile, result)} - whole).abs() > {rule.tolerance:.6g} + 1e-6 * whole.abs()).fillna(False)\n"
    )
    if label := new_label(profile.table, f"{result.name}_off"[:60]):
        yield Fix("Mark the rows to look at", f"{compared}df[{literal(label)}] = off", adds=(label,))
    if result.is_text:
        return
    rounded = "whole" if rule.sign == "+" else f"whole.round({_digits(rule.tolerance)})"
    read = read_column(profile.table, result.column)
    cast = f".astype({read}.dtype)" if result.column.storage == "integer" and not result.nulls else ""
    yield Fix(
        f"Compute {shortened(result.name)} anew in these rows",
        f"{compared}{assign_column(profile.table, result.column, f'{read}.where(~off, {rounded}){cast}')}",
        changes=(result.position,),
        note="Right if the terms are right; wrong if one of them was mistyped.",
    )


def _digits(tolerance: float) -> int:
    return max(0, round(-np.log10(tolerance / 0.505))) if tolerance > 1e-8 else 6
