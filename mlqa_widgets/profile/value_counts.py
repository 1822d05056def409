"""The distinct values of one column with their rows: all of them, or the part that stands for very many.

There are three ways to the same result: in memory for tables of few rows, where a statement per column would cost
more than the counting; one ``GROUP BY`` in the engine for any other; and, for more distinct values than
:data:`COMPLETE_LIMIT`, the most frequent, the extremes or the rare shapes, and a fixed random draw.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.profile.chosen import ChosenTexts, Limits, chosen_numbers, chosen_texts, drawn_rows
from mlqa_widgets.profile.ordered import OrderedRows, ordered_rows
from mlqa_widgets.profile.shapes import shape_codes
from mlqa_widgets.profile.summary import Moments, NumericSummary
from mlqa_widgets.tables.table import Column, Table

COMPLETE_LIMIT: Final = 250_000
"""Distinct values up to which every one of them is kept."""

_OFTEN: Final = 10_000
_EXTREMES: Final = 200
_DRAWN: Final = 50_000
_SHAPE_LIMIT: Final = 5_000
_RARE: Final = 100
_EXAMPLES_PER_SHAPE: Final = 20
_EXAMPLES: Final = 20_000
_LIMITS: Final = Limits(COMPLETE_LIMIT, _OFTEN, _EXTREMES, _DRAWN, _SHAPE_LIMIT, _RARE, _EXAMPLES_PER_SHAPE, _EXAMPLES)


@dataclass(frozen=True)
class ValueCounts:
    """The distinct values of a column, missing ones not among them.

    Attributes
    ----------
    values
        Most frequent first, then ascending: strings for text, numbers as stored, ``timestamp[us]`` for dates.
    counts
        int64, parallel to ``values``: the rows of each, exact.
    distinct
        Number of distinct values in the column, exact.
    complete
        Whether ``values`` holds all of them.
    weights
        int64, parallel to ``values``: the rows each stands for. The same as ``counts`` where ``complete``; otherwise
        they add up to all rows with a value.
    shape_rows
        Rows per character shape, where they were counted over more values than are kept.
    summary
        The statistics of the numbers, where they were computed over more values than are kept.
    lengths
        Least and greatest number of characters, where they were computed over more values than are kept.
    """

    values: pa.Array
    counts: np.ndarray
    distinct: int
    complete: bool
    weights: np.ndarray
    shape_rows: dict[str, int] | None = None
    summary: NumericSummary | None = None
    lengths: tuple[int, int] | None = None

    @classmethod
    def whole(cls, values: pa.Array, counts: np.ndarray) -> ValueCounts:
        """Return the value counts of a column all of whose values are given, in order."""
        return cls(values, counts, len(values), complete=True, weights=counts)

    @classmethod
    def nothing(cls) -> ValueCounts:
        """Return the value counts of a column of which nothing is known."""
        none = np.empty(0, dtype=np.int64)
        return cls(pa.array([], type=pa.string()), none, 0, complete=False, weights=none)


def count_in_memory(cells: pa.ChunkedArray) -> ValueCounts:
    """Count the values of a column that is at hand."""
    if pa.types.is_floating(cells.type):
        cells = pc.add(cells, pa.scalar(0.0, cells.type))  # -0.0 and 0.0 are one value
    found = pc.value_counts(_plain_text(cells).drop_null())
    values, counts = found.field("values"), found.field("counts")
    order = pc.sort_indices(
        pa.table({"n": counts, "value": values}), sort_keys=[("n", "descending"), ("value", "ascending")]
    )
    return ValueCounts.whole(values.take(order), counts.take(order).to_numpy(zero_copy_only=False))


def count_in_engine(table: Table, column: Column, approximately: int) -> ValueCounts:
    """Count the values of a column by the table's engine.

    Parameters
    ----------
    approximately
        About how many distinct values there are, which decides whether all of them are kept.
    """
    if approximately > COMPLETE_LIMIT:
        return (
            _part_of_texts(table, column) if column.storage in ("text", "nested") else _part_of_numbers(table, column)
        )
    return _whole(table, column)


def _whole(table: Table, column: Column) -> ValueCounts:
    found = table.query(
        f"SELECT {column.sql} AS value, count(*) AS n FROM t WHERE {column.sql} IS NOT NULL "
        f"GROUP BY {column.sql} ORDER BY n DESC, value"
    )
    return ValueCounts.whole(*_columns(found))


def summary_of_rows(table: Table, sql: str) -> NumericSummary | None:
    """Summarise the number ``sql`` of very many rows, or return None where none is finite."""
    return _kept_of(table, sql).summary()


def _part_of_numbers(table: Table, column: Column) -> ValueCounts:
    dated = column.storage == "datetime"
    part = _kept_of(table, f"epoch_us({column.sql})" if dated else column.sql)
    kept = part.numbers
    order = np.argsort(-kept.counts, kind="stable")
    values = pa.array(kept.values[order])
    return ValueCounts(
        values.cast(pa.timestamp("us")) if dated else values,
        kept.counts[order],
        part.distinct,
        complete=len(values) == part.distinct,
        weights=np.diff(kept.ends, prepend=0)[order],
        summary=None if dated else part.summary(),
    )


@dataclass(frozen=True)
class _Numbers:
    """Some of the distinct numbers of very many rows; ``ends`` are the rows up to and including each."""

    values: np.ndarray = field(default_factory=lambda: np.empty(0))
    counts: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    ends: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def at(self, places: np.ndarray | slice) -> _Numbers:
        return _Numbers(self.values[places], self.counts[places], self.ends[places])

    def joined(self, other: _Numbers) -> _Numbers:
        if not len(self.values):
            return other
        pairs = ((self.values, other.values), (self.counts, other.counts), (self.ends, other.ends))
        return _Numbers(*map(np.concatenate, pairs))

    def repeated(self) -> _Numbers:
        """Return the most frequent of those that occur more than once."""
        places = np.flatnonzero(self.counts > 1)
        return self.at(np.sort(places[np.argsort(-self.counts[places], kind="stable")[:_OFTEN]]))


@dataclass(frozen=True)
class _Kept:
    """The numbers kept of a column, ascending, and what is known of all of them."""

    numbers: _Numbers
    distinct: int
    moments: Moments

    def summary(self) -> NumericSummary | None:
        """Return the statistics of the finite numbers; None where there are none."""
        finite = self.numbers.at(np.isfinite(self.numbers.values))
        if not len(finite.values):
            return None
        counts = np.diff(finite.ends, prepend=finite.ends[0] - finite.counts[0])
        return NumericSummary.of_part(finite.values, counts, self.moments)


def _kept_of(table: Table, sql: str) -> _Kept:
    if not table.engine.is_remote:
        return _kept(ordered_rows(table, sql))
    found = chosen_numbers(table, sql, _LIMITS)
    return _Kept(_Numbers(found.values, found.counts, found.ends), found.distinct, found.moments)


def _kept(ordered: OrderedRows) -> _Kept:
    """Return the numbers to keep: all while they are not too many.

    Otherwise the most frequent, the extremes, and that of one row drawn from each of many strata of equal size.
    """
    drawn = drawn_rows(ordered.rows, _DRAWN)
    moments, distinct, end = Moments(), 0, 0
    every, often, least, greatest, finite_ends, strata = (_Numbers() for _ in range(6))
    for values, counts in ordered.runs():
        found = _Numbers(values, counts, end + np.cumsum(counts))
        finite = np.isfinite(values)
        if finite.any():
            moments.add(values[finite], counts[finite])
            finite_ends = finite_ends.joined(found.at(finite)).at(np.array([0, -1]))
        often = often.joined(found.repeated()).repeated()
        least = least.joined(found.at(slice(max(0, _EXTREMES - len(least.values)))))
        greatest = greatest.joined(found.at(slice(-_EXTREMES, None))).at(slice(-_EXTREMES, None))
        among = drawn[np.searchsorted(drawn, end) : np.searchsorted(drawn, found.ends[-1])]
        strata = strata.joined(found.at(np.unique(np.searchsorted(found.ends, among, "right"))))
        distinct, end = distinct + len(values), int(found.ends[-1])
        every = every.joined(found) if distinct <= COMPLETE_LIMIT else _Numbers()
    if distinct > COMPLETE_LIMIT:
        every = often.joined(least).joined(greatest).joined(finite_ends).joined(strata)
        every = every.at(np.unique(every.ends, return_index=True)[1])
    return _Kept(every, distinct, moments)


def _part_of_texts(table: Table, column: Column) -> ValueCounts:
    """Keep a part of very many texts."""
    found = chosen_texts(table, column.sql, _LIMITS) if table.engine.is_remote else _chosen_by_hash(table, column)
    if found is None:
        return _whole(table, column)
    parts = [found.counted] if found.rare is None else [found.counted, _not_by_chance(found.rare)]
    kept = pa.concat_tables(parts).group_by("value").aggregate([("n", "min"), ("chance", "min")])
    kept = kept.rename_columns(["value", "n", "chance"]).sort_by([("n", "descending"), ("value", "ascending")])
    values, counts = _columns(kept)
    return ValueCounts(
        values,
        counts,
        found.distinct,
        complete=len(values) == found.distinct,
        weights=_weights(counts, kept["chance"].to_numpy(), found.rows),
        shape_rows=found.shape_rows if column.storage == "text" else None,
        lengths=found.lengths,
    )


def _chosen_by_hash(table: Table, column: Column) -> ChosenTexts | None:
    """Choose among very many texts; None where they are few enough to be kept all.

    They are told apart by a hash of 64 bits, in a tenth of the memory that the texts take. Among ten million texts
    the chance that any two share a hash is 3 in a million.
    """
    name = column.sql
    hashes = ordered_rows(table, f"CASE WHEN {name} IS NOT NULL THEN hash({name}) END")
    distinct, repeated, drawn = 0, _Numbers(), _Numbers()
    for values, counts in hashes.runs():
        found = _Numbers(values, counts, counts)
        repeated = repeated.joined(found.repeated()).repeated()
        drawn = drawn.joined(found.at(slice(max(0, _DRAWN - distinct))))  # by their hashes, texts are in random order
        distinct += len(values)
    if distinct <= COMPLETE_LIMIT:
        return None
    often = repeated.values
    counted = _counts_of(table, name, f"hash({name})", np.union1d(often, drawn.values))
    least, most = table.query(f"SELECT min(length({name})) AS least, max(length({name})) AS most FROM t").columns
    by_chance = pa.array(np.isin(counted["key"].to_numpy(), often, invert=True))
    counted = counted.select(["value", "n"]).append_column("chance", by_chance)
    chosen = ChosenTexts(distinct, hashes.rows, counted, (least[0].as_py(), most[0].as_py()))
    if column.storage != "text" or len(shape_codes(_columns(counted)[0]).shapes) > _SHAPE_LIMIT:
        return chosen
    shape_rows, examples = _shapes(table, name)
    rare = _counts_of(table, name, name, examples).select(["value", "n"])
    return replace(chosen, shape_rows=shape_rows, rare=rare)


def _not_by_chance(texts: pa.Table) -> pa.Table:
    return texts.append_column("chance", pa.array(np.zeros(texts.num_rows, dtype=bool)))


def _counts_of(table: Table, name: str, key: str, wanted: np.ndarray | pa.Array) -> pa.Table:
    """Count the rows of the texts whose ``key`` is wanted: columns ``value``, ``n``, ``key``."""
    found = table.engine.join(
        f"SELECT {name} AS value, count(*) AS n, min({key}) AS key FROM t SEMI JOIN wanted ON {key} = wanted "
        f"WHERE {name} IS NOT NULL GROUP BY {name}",
        pa.table({"wanted": wanted}),
    )
    return found.set_column(0, "value", _plain_text(found["value"]))


def _shapes(table: Table, name: str) -> tuple[dict[str, int], pa.Array]:
    """Return the rows of every shape of a text column, and some values of the rare ones."""
    rows: Counter[str] = Counter()
    candidates = [pa.table({"value": pa.array([], type=pa.string()), "shape": pa.array([], type=pa.string())})]
    for batch in table.engine.batches(f"SELECT {name} AS value FROM t WHERE {name} IS NOT NULL"):
        values = _plain_text(batch.column(0))
        shapes = shape_codes(values)
        here = np.bincount(shapes.codes, minlength=len(shapes.shapes)).tolist()
        rows.update(dict(zip(shapes.shapes, here, strict=True)))
        few, _ = shapes.members([code for code, shape in enumerate(shapes.shapes) if rows[shape] <= _RARE])
        names = pa.array(shapes.shapes, type=pa.string()).take(pa.array(shapes.codes[few]))
        candidates.append(pa.table({"value": values.take(pa.array(few)), "shape": names}))
    rare = pa.array([shape for shape, count in rows.items() if count <= _RARE], type=pa.string())
    chosen = pa.concat_tables(candidates).group_by(["shape", "value"]).aggregate([])
    chosen = chosen.filter(pc.is_in(chosen["shape"], rare)).sort_by([("shape", "ascending"), ("value", "ascending")])
    of_shape = chosen["shape"].to_pandas()
    nth = of_shape.groupby(of_shape).cumcount().to_numpy()
    return dict(rows), chosen["value"].filter(pa.array(nth < _EXAMPLES_PER_SHAPE)).slice(0, _EXAMPLES)


def _weights(counts: np.ndarray, by_chance: np.ndarray, rows: int) -> np.ndarray:
    """Return the rows each value stands for: those drawn by chance stand for all that were not kept."""
    spread = by_chance if by_chance.any() else ~by_chance
    weights = counts.copy()
    ends = np.cumsum(counts[spread])
    total = rows - int(counts[~spread].sum())
    weights[spread] = np.diff(np.rint(ends * (total / ends[-1])).astype(np.int64), prepend=0)
    return weights


def _columns(counted: pa.Table) -> tuple[pa.Array, np.ndarray]:
    """Return the values and their rows of a table with the columns ``value`` and ``n``."""
    values = _plain_text(counted["value"]).combine_chunks()
    return values, counted["n"].to_numpy().astype(np.int64, copy=False)


def _plain_text(values: Any) -> Any:
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        return values.cast(pa.string())
    return values
