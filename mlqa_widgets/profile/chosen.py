"""The part of very many distinct values that is kept, chosen by an engine from which rows do not come over.

What comes over are totals, and the values chosen: the same ones that are chosen here where the rows are at hand, but
for texts drawn at random, which each engine draws by a hash of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.profile.shapes import PREFIX_LENGTH, shape_codes
from mlqa_widgets.profile.summary import Moments
from mlqa_widgets.tables.table import Predicate, Table

_PARTS: Final = 64
"""Parts of about the same number of values, within which the engine sorts."""
_SAMPLE: Final = 10_000
_UNIT: Final = 2**16
_SPREAD: Final = 40_503
"""Odd, and near the golden section of the unit: neighbours fall far apart."""


@dataclass(frozen=True)
class Limits:
    """How many values are kept, and of which kind."""

    complete: int
    """Distinct values up to which all of them are."""
    often: int
    """The most frequent, of those that occur more than once."""
    extremes: int
    """The least, and the greatest."""
    drawn: int
    """Of numbers those of one row from each of so many strata of equal size; of texts so many by chance."""
    shapes: int
    """Shapes up to which their rows are counted."""
    rare: int
    """Rows up to which a shape is rare."""
    examples_per_shape: int
    examples: int


@dataclass(frozen=True)
class ChosenNumbers:
    """Distinct numbers, ascending, with their rows, and with the rows up to and including each."""

    values: np.ndarray
    counts: np.ndarray
    ends: np.ndarray
    distinct: int
    """Of all, not only those chosen."""
    moments: Moments
    """Of all that are finite."""


@dataclass(frozen=True)
class ChosenTexts:
    """Some of very many texts."""

    distinct: int
    rows: int
    counted: pa.Table
    """Columns ``value``, ``n`` (its rows) and ``chance`` (whether it was drawn, and is not one of the most frequent)."""
    lengths: tuple[int, int]
    shape_rows: dict[str, int] | None = None
    """Rows of each shape; None where there are too many shapes."""
    rare: pa.Table | None = None
    """Texts of the rare shapes: columns ``value`` and ``n``."""


def chosen_numbers(table: Table, sql: str, limits: Limits) -> ChosenNumbers:
    """Choose among the numbers that an expression gives.

    Parameters
    ----------
    sql
        A number as an expression over the table's columns.
    """
    engine = table.engine
    counted = f"SELECT value, count(*) AS n FROM (SELECT {sql} AS value FROM t) WHERE value IS NOT NULL GROUP BY value"
    with engine.kept("numbers", counted):
        distinct, rows, moments = _totals(table)
        if distinct <= limits.complete:
            found = engine.query("SELECT value, n FROM numbers ORDER BY value")
            counts = found["n"].to_numpy().astype(np.int64)
            return ChosenNumbers(found["value"].to_numpy(), counts, np.cumsum(counts), distinct, moments)
        found = _ranked(table, limits, distinct, rows)
    values, counts, ends = (found[name].to_numpy() for name in ("value", "n", "rows_to"))
    return ChosenNumbers(values, counts.astype(np.int64), ends.astype(np.int64), distinct, moments)


def _totals(table: Table) -> tuple[int, int, Moments]:
    """Return the number of distinct values, that of their rows, and the moments of the finite ones."""
    found = table.engine.query(
        "SELECT count(*) AS values_, CAST(sum(n) AS BIGINT) AS rows_, "
        "CAST(sum(n) FILTER (isfinite(value)) AS BIGINT) AS finite, "
        "sum(CAST(value AS DOUBLE) * n) FILTER (isfinite(value)) AS total, "
        "bool_and(value % 1 = 0) FILTER (isfinite(value)) AS integral FROM numbers"
    ).to_pylist()[0]
    distinct, rows, finite = found["values_"], found["rows_"] or 0, found["finite"]
    if not finite:
        return distinct, rows, Moments()
    mean = found["total"] / finite
    squares = table.engine.query(
        "SELECT sum((CAST(value AS DOUBLE) - ?) * (CAST(value AS DOUBLE) - ?) * n) AS squares FROM numbers "
        "WHERE isfinite(value)",
        (mean, mean),
    )["squares"][0].as_py()
    return distinct, rows, Moments(finite, mean, found["integral"], squares)


def _ranked(table: Table, limits: Limits, distinct: int, rows: int) -> pa.Table:
    """Return the numbers chosen, with their rows and the rows up to each.

    They are sorted in parts of about the same size, on as many machines as there are, and the parts put end to end.
    """
    engine = table.engine
    some = engine.query(f"SELECT value FROM numbers ORDER BY hash(value) LIMIT {_SAMPLE}")["value"].to_numpy()
    edges = np.unique(np.sort(some)[:: max(1, len(some) // _PARTS)]).tolist()
    part, given = _part_of(edges)
    sizes = engine.query(
        f"SELECT part, count(*) AS values_, CAST(sum(n) AS BIGINT) AS rows_ FROM (SELECT {part} AS part, n FROM numbers) "
        "GROUP BY part ORDER BY part",
        given,
    )
    before = {
        name: np.concatenate(([0], np.cumsum(sizes[name].to_numpy().astype(np.int64))[:-1])).tolist()
        for name in ("values_", "rows_")
    }
    parts = sizes["part"].to_pylist()
    place, upto = (_by_part(parts, before[name]) for name in ("values_", "rows_"))
    often = engine.query(f"SELECT value, n FROM numbers WHERE n > 1 ORDER BY n DESC, value LIMIT {limits.often}")
    frequent = Predicate("n > 1")
    if often.num_rows == limits.often:
        last, fewest = often["value"][-1].as_py(), often["n"][-1].as_py()
        frequent = Predicate("n > ? OR (n = ? AND value <= ?)", (fewest, fewest, last))
    ranked = (
        f"SELECT value, n, {place} + row_number() OVER (PARTITION BY part ORDER BY value) AS place, "
        f"{upto} + CAST(sum(n) OVER (PARTITION BY part ORDER BY value) AS BIGINT) AS rows_to "
        f"FROM (SELECT {part} AS part, value, n FROM numbers)"
    )
    return engine.query(
        f"SELECT value, n, rows_to FROM ({ranked}) WHERE place <= {limits.extremes} "
        f"OR place > {distinct - limits.extremes} OR {frequent.sql} "
        f"OR {_drawn_before('rows_to', rows, limits.drawn)} > {_drawn_before('(rows_to - n)', rows, limits.drawn)} "
        "ORDER BY value",
        (*given, *frequent.params),
    )


def drawn_rows(rows: int, strata: int) -> np.ndarray:
    """Return one row of each of so many strata of equal size, at a place in it that looks random.

    That place has to be known to every engine: it comes from the stratum's number by a multiplication.
    """
    number = np.arange(strata)
    found: np.ndarray = (number * _UNIT + number * _SPREAD % _UNIT) * rows // (_UNIT * strata)
    return found


def _drawn_before(row: str, rows: int, strata: int) -> str:
    """Return SQL of how many of the :func:`drawn_rows` come before a row."""
    stratum = f"({row} * {strata} // {rows})"
    place = f"(({stratum} * {_UNIT} + {stratum} * {_SPREAD} % {_UNIT}) * {rows})"
    return f"({stratum} + CASE WHEN {place} < {row} * {_UNIT * strata} THEN 1 ELSE 0 END)"


def _part_of(edges: list[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return SQL of the number of edges up to a value, found by halving, and its parameters."""

    def halved(low: int, high: int) -> tuple[str, tuple[Any, ...]]:
        if low == high:
            return str(low), ()
        middle = (low + high) // 2
        below, first = halved(low, middle)
        above, second = halved(middle + 1, high)
        return f"CASE WHEN value < ? THEN {below} ELSE {above} END", (edges[middle], *first, *second)

    return halved(0, len(edges))


def _by_part(parts: list[int], numbers: list[int]) -> str:
    """Return SQL of the number that goes with a part."""
    return "CASE part " + " ".join(f"WHEN {part} THEN {n}" for part, n in zip(parts, numbers, strict=True)) + " END"


# ---------------------------------------------------------------------- texts

_MASKS: Final = (
    (r"[\p{Lu}\p{Lt}]", "A"),
    (r"[\p{Ll}\p{Lm}\p{Lo}]", "a"),
    (r"\p{Nd}", "9"),
    (r"[\p{Zs}\p{Zl}\p{Zp}\t\n\x{0B}\x{0C}\r\x{85}]", " "),
)


def _shape_sql(value: str) -> str:
    """Return SQL of what :func:`~mlqa_widgets.profile.shapes.shape_codes` finds."""
    shape = f"substr({value}, 1, {PREFIX_LENGTH})"
    for characters, mask in _MASKS:
        shape = f"regexp_replace({shape}, '{characters}', '{mask}', 'g')"
    return shape


def chosen_texts(table: Table, name: str, limits: Limits) -> ChosenTexts | None:
    """Choose among the texts of a column; None where they are few enough to be kept all."""
    engine = table.engine
    with engine.kept("texts", f"SELECT {name} AS value, count(*) AS n FROM t WHERE {name} IS NOT NULL GROUP BY {name}"):
        totals = engine.query(
            "SELECT count(*) AS values_, sum(n) AS rows_, min(length(value)) AS least, max(length(value)) AS most "
            "FROM texts"
        ).to_pylist()[0]
        if totals["values_"] <= limits.complete:
            return None
        often = engine.query(f"SELECT value, n FROM texts WHERE n > 1 ORDER BY n DESC, value LIMIT {limits.often}")
        drawn = engine.query(f"SELECT value, n FROM texts ORDER BY hash(value) LIMIT {limits.drawn}")
        counted = pa.concat_tables([_marked(often, chance=False), _marked(drawn, chance=True)])
        found = ChosenTexts(totals["values_"], int(totals["rows_"]), counted, (totals["least"], totals["most"]))
        if len(shape_codes(counted["value"].combine_chunks()).shapes) > limits.shapes:
            return found
        by_shape = engine.query(f"SELECT {_shape_sql('value')} AS shape, sum(n) AS n FROM texts GROUP BY shape")
        shape_rows = {
            shape: int(n) for shape, n in zip(*(by_shape[c].to_pylist() for c in ("shape", "n")), strict=True)
        }
        wanted = [shape for shape, rows in shape_rows.items() if rows <= limits.rare]
        rare = engine.join(
            f"SELECT value, n FROM (SELECT value, n, shape, row_number() OVER (PARTITION BY shape ORDER BY value) AS nth "
            f"FROM (SELECT value, n, {_shape_sql('value')} AS shape FROM texts) SEMI JOIN wanted ON shape = wanted) "
            f"WHERE nth <= {limits.examples_per_shape} ORDER BY shape, value LIMIT {limits.examples}",
            pa.table({"wanted": pa.array(wanted, pa.string())}),
        )
        return replace(found, shape_rows=shape_rows, rare=rare)


def _marked(texts: pa.Table, *, chance: bool) -> pa.Table:
    return texts.append_column("chance", pa.array(np.full(texts.num_rows, chance)))
