"""The same key, different values: per column how many, how far apart, which way, and what lies behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.compare.joins import Keyed
from mlqa_widgets.compare.matching import Pair
from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.compare.patterns import OTHER, patterns
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import Predicate

_COLUMNS_PER_STATEMENT: Final = 100
PAIRS_READ: Final = 100_000
"""Different pairs of values of a column whose patterns are looked for; of more, the most frequent."""
_SWAP_COLUMNS: Final = 16
_FEWEST_SWAPS: Final = 2
_SWAP_SHARE: Final = 0.02
_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Pattern:
    """What lies behind some conflicts of a column.

    Attributes
    ----------
    id
        ``unit factor``, ``rounding``, ``shifted``, ``swapped field``, ``cut short``, ... or ``other``.
    says
        In words.
    rows
        How many rows; about, where ``estimated``.
    share
        Of the conflicts of the column.
    examples
        Left and right value, most frequent first.
    predicate
        Which rows of ``differs``; of those looked at, where ``estimated``.
    estimated
        Whether only the :data:`PAIRS_READ` most frequent pairs of values were looked at, and ``rows`` is what they
        make likely for all.
    """

    id: str
    says: str
    rows: int
    share: float
    examples: tuple[tuple[str, str], ...]
    predicate: Predicate
    estimated: bool = False


@dataclass(frozen=True)
class Conflict:
    """A column that both sources have, and where they disagree.

    Attributes
    ----------
    pair
        The columns.
    place
        Its number: ``d<place>``, ``a<place>`` and ``b<place>`` in the relation ``relation``.
    compared
        Rows that meet and have a value on both sides.
    rows
        Those whose values differ.
    missing
        Rows that meet and lack a value on the left only, and on the right only.
    size
        Median distance of conflicting numbers, or of times in microseconds; None for anything else.
    direction
        Share of the conflicts in which the right is larger or later; None for anything else.
    patterns
        What lies behind the conflicts, most rows first.
    """

    pair: Pair
    place: int
    relation: str
    compared: int
    rows: int
    missing: tuple[int, int]
    instead: tuple[str, str] = ("", "")
    """The value that most of the rows missing on the left have on the right, and the other way round; empty where
    they have many."""
    size: float | None = None
    direction: float | None = None
    patterns: tuple[Pattern, ...] = ()

    @property
    def share(self) -> float:
        """Share of the compared rows that differ."""
        return self.rows / self.compared if self.compared else 0.0

    @property
    def predicate(self) -> Predicate:
        """The rows of ``relation`` whose values differ."""
        return Predicate(f"d{self.place} AND a{self.place} IS NOT NULL AND b{self.place} IS NOT NULL")

    def missing_on(self, side: int) -> Predicate:
        """Return the rows of ``relation`` that lack a value on one side only."""
        return Predicate(f"d{self.place} AND {'ab'[side]}{self.place} IS NULL")


@dataclass(frozen=True)
class Conflicts:
    """All columns compared."""

    columns: tuple[Conflict, ...]
    rows: int
    """Pairs of rows that were compared."""
    left_out: int
    """Matched keys whose rows repeat in both sources: which row is which is not known, so they are not compared."""


def find_conflicts(meeting: Meeting, keyed: Keyed, pairs: Sequence[Pair], progress: Progress) -> Conflicts:
    """Compare the values of rows with the same key, column by column.

    Rows are compared where the key stands once in at least one of the sources. Numbers are alike when they differ by
    less than a billionth. Creates the relations ``differs0``, ``differs1``, ... of the rows that differ in any of
    their columns.
    """
    both = keyed.preview.repeated_both
    joined = f"l JOIN r ON {keyed.condition}"
    if both:
        joined += f" WHERE NOT EXISTS (FROM keys AS k WHERE {keyed.is_key(0)} AND k.nl > 1 AND k.nr > 1)"
    rows = int(meeting.one("SELECT coalesce(sum(nl * nr), 0) AS n FROM keys WHERE NOT (nl > 1 AND nr > 1)")["n"])
    found: list[Conflict] = []
    for start in range(0, len(pairs), _COLUMNS_PER_STATEMENT):
        batch = pairs[start : start + _COLUMNS_PER_STATEMENT]
        progress.at("Comparing values", 0.5 + 0.3 * start / len(pairs))
        counted = _differs(meeting, batch, f"differs{start // _COLUMNS_PER_STATEMENT}", joined)
        found += _explained(meeting, counted, progress)
    return Conflicts(tuple(found), rows, both)


def _differs(meeting: Meeting, pairs: Sequence[Pair], relation: str, joined: str) -> list[Conflict]:
    """Count per column the rows that differ, and create the relation of those that do in any column.

    Two passes: most columns agree, and a relation with all of them would cost several times the join.
    """
    if not pairs:
        return []
    expressions = [pair.expressions() for pair in pairs]
    counts = []
    for i, (pair, (a, b)) in enumerate(zip(pairs, expressions, strict=True)):
        counts.append(f"count(CASE WHEN {_unlike(pair, a, b)} THEN 1 END) AS d{i}")
        counts.append(f"count({a}) AS a{i}, count({b}) AS b{i}, count(coalesce({a}, {b})) AS e{i}")
    n = meeting.one(f"SELECT {', '.join(counts)} FROM {joined}")
    unlike = [i for i in range(len(pairs)) if n[f"d{i}"]]
    if unlike:
        read = ", ".join(f"{expressions[i][0]} AS a{i}, {expressions[i][1]} AS b{i}" for i in unlike)
        differ = ", ".join(f"{_unlike(pairs[i], f'a{i}', f'b{i}')} AS d{i}" for i in unlike)
        kept = ", ".join(
            f"d{i}, CASE WHEN d{i} THEN a{i} END AS a{i}, CASE WHEN d{i} THEN b{i} END AS b{i}" for i in unlike
        )
        meeting.execute(
            f"CREATE OR REPLACE TEMP TABLE {relation} AS SELECT lpos, rpos, {kept} FROM (SELECT *, {differ} FROM "
            f"(SELECT l.pos AS lpos, r.pos AS rpos, {read} FROM {joined})) "
            f"WHERE {' OR '.join(f'd{i}' for i in unlike)}"
        )
    found = []
    for i, pair in enumerate(pairs):
        in_either = n[f"e{i}"]
        missing = in_either - n[f"a{i}"], in_either - n[f"b{i}"]
        compared = in_either - sum(missing)
        found.append(Conflict(pair, i, relation, compared, n[f"d{i}"] - sum(missing), missing))
    return found


def _unlike(pair: Pair, a: str, b: str) -> str:
    """Return SQL: two cells differ, one of them missing among them; numbers by more than a billionth."""
    unlike = f"{a} IS DISTINCT FROM {b}"
    if pair.form == "number" and any(side.is_text or side.column.storage == "number" for side in pair.sides):
        near = f"abs({a} - {b}) <= {_TOLERANCE} * greatest(abs({a}), abs({b}))"
    elif pair.nearly_numbers:
        near = f"try_cast({a} AS DOUBLE) = try_cast({b} AS DOUBLE)"
    else:
        return unlike
    return f"CASE WHEN {unlike} THEN NOT coalesce({near}, false) ELSE false END"


# ---------------------------------------------------------------------- what lies behind


def _explained(meeting: Meeting, counted: Sequence[Conflict], progress: Progress) -> list[Conflict]:
    swaps = _swapped(meeting, [one for one in counted if one.rows])
    explained = []
    for one in counted:
        if one.rows:
            progress.at(f"Comparing values of {one.pair.name}", 0.8)
            size, direction = _size(meeting, one)
            mine = swaps.get(one.place, [])
            one = replace(one, size=size, direction=direction, patterns=_patterns(meeting, one, mine))  # noqa: PLW2901
        if any(one.missing):
            instead = tuple(_instead(meeting, one, side) for side in (0, 1))
            one = replace(one, instead=(instead[0], instead[1]))  # noqa: PLW2901
        explained.append(one)
    return explained


def _instead(meeting: Meeting, one: Conflict, side: int) -> str:
    if not one.missing[side] or one.pair.form != "text":
        return ""
    found = meeting.one(
        f"SELECT {'ba'[side]}{one.place} AS usual, count(*) AS n FROM {one.relation} WHERE {one.missing_on(side).sql} "
        "GROUP BY usual ORDER BY n DESC, usual LIMIT 1"
    )
    return str(found["usual"]) if found["n"] >= 0.9 * one.missing[side] else ""


def _swapped(meeting: Meeting, conflicts: Sequence[Conflict]) -> dict[int, list[tuple[Conflict, Predicate, int]]]:
    """Return, per column, the columns whose values it has in exchange, with the rows."""
    usual = sorted(conflicts, key=lambda one: -one.rows)[:_SWAP_COLUMNS]
    usual = [one for one in usual if one.pair.form != "boolean" and min(s.distinct for s in one.pair.sides) >= 3]
    tried = [(x, y) for x, y in combinations(usual, 2) if x.pair.form == y.pair.form]
    if not tried:
        return {}
    tests = [_exchanged(x, y) for x, y in tried]
    counts = ", ".join(f"count(*) FILTER (WHERE {test}) AS n{i}" for i, test in enumerate(tests))
    n = meeting.one(f"SELECT {counts} FROM {tried[0][0].relation}")
    swaps: dict[int, list[tuple[Conflict, Predicate, int]]] = {}
    for i, (x, y) in enumerate(tried):
        rows = int(n[f"n{i}"])
        if rows >= max(_FEWEST_SWAPS, _SWAP_SHARE * min(x.rows, y.rows)):
            for one, other in ((x, y), (y, x)):
                swaps.setdefault(one.place, []).append((other, Predicate(tests[i]), rows))
    return swaps


def _exchanged(x: Conflict, y: Conflict) -> str:
    i, j = x.place, y.place
    return f"d{i} AND d{j} AND a{i} = b{j} AND b{i} = a{j}"


def _size(meeting: Meeting, one: Conflict) -> tuple[float | None, float | None]:
    a, b = f"a{one.place}", f"b{one.place}"
    if one.pair.form == "datetime":
        a, b = f"epoch_us({a})", f"epoch_us({b})"
    elif one.pair.form != "number":
        return None, None
    larger = meeting.one(
        f"SELECT avg(CASE WHEN {b} > {a} THEN 1.0 ELSE 0.0 END) AS n FROM {one.relation} WHERE {one.predicate.sql}"
    )["n"]
    # Put in order, the sizes go to disk where they do not fit into memory; a median would hold them all.
    middle = meeting.query(
        f"SELECT abs({b} - {a}) AS size FROM {one.relation} WHERE {one.predicate.sql} ORDER BY size "
        f"LIMIT {2 - one.rows % 2} OFFSET {(one.rows - 1) // 2}"
    )["size"]
    return float(np.mean(middle.to_pylist())), float(larger)


def _patterns(meeting: Meeting, one: Conflict, swaps: Sequence[tuple[Conflict, Predicate, int]]) -> tuple[Pattern, ...]:
    a, b = f"a{one.place}", f"b{one.place}"
    made = []
    rest = one.predicate
    for other, predicate, rows in swaps:
        says = f"the value stands in {other.pair.name}, and that of {other.pair.name} here"
        made.append(
            Pattern("swapped field", says, rows, rows / one.rows, _examples(meeting, one, predicate), predicate)
        )
        rest &= ~predicate
    pairs = meeting.query(
        f"SELECT {a} AS a, {b} AS b, count(*) AS n FROM {one.relation} WHERE {rest.sql} GROUP BY {a}, {b} "
        f"ORDER BY n DESC, hash({a}, {b}) LIMIT {PAIRS_READ + 1}",
        rest.params,
    )
    if pairs.num_rows == 0:
        return tuple(made)
    whole = pairs.num_rows <= PAIRS_READ
    pairs = pairs.slice(0, PAIRS_READ)
    rows = pairs["n"].to_numpy().astype(np.int64)
    left, right = (pairs[name].combine_chunks() for name in "ab")
    left_over = one.rows - sum(pattern.rows for pattern in made)
    scale = 1.0 if whole else left_over / rows.sum()
    found = patterns(left, right, rows, one.pair.form, one.share)
    codes = np.zeros(len(rows), dtype=np.int16)
    for code, pattern in enumerate(found):
        codes[pattern.where] = code
    name = f"patterns_{one.relation}_{one.place}"
    meeting.engine.load(name, pairs.append_column("code", pa.array(codes)), append=False)
    for code, pattern in enumerate(found):
        number = round(float(rows[pattern.where].sum()) * scale)
        where = rest & Predicate(f"({a}, {b}) IN (SELECT (p.a, p.b) FROM {name} AS p WHERE p.code = {code})")
        shown = np.flatnonzero(pattern.where)[:3]
        examples = tuple((_shown(left[int(i)].as_py()), _shown(right[int(i)].as_py())) for i in shown)
        made.append(Pattern(pattern.id, pattern.says, number, number / one.rows, examples, where, not whole))
    made.sort(key=lambda pattern: (pattern.id == OTHER, -pattern.rows))
    return tuple(made)


def _examples(meeting: Meeting, one: Conflict, predicate: Predicate) -> tuple[tuple[str, str], ...]:
    found = meeting.query(
        f"SELECT a{one.place} AS a, b{one.place} AS b FROM {one.relation} WHERE {predicate.sql} ORDER BY lpos LIMIT 3",
        predicate.params,
    )
    return tuple((_shown(x), _shown(y)) for x, y in zip(found["a"].to_pylist(), found["b"].to_pylist(), strict=True))


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)
