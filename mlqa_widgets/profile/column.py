"""What is known of one column: its distinct values with their counts, and everything derived from them.

Every figure a check reads is computed here once, on first use, from the value counts. A column with very
many distinct values keeps only a representative part of them (``complete`` is false); its counts of rows,
nulls, distinct values and shapes, and its quantiles, are exact all the same.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.profile.dates import DateReading, read_dates
from mlqa_widgets.profile.kinds import ColumnFacts, Kind, decide_kind
from mlqa_widgets.profile.numbers import NumberReading, read_numbers
from mlqa_widgets.profile.shapes import Shapes, shape_codes
from mlqa_widgets.profile.summary import NumericSummary
from mlqa_widgets.profile.value_counts import ValueCounts, summary_of_rows
from mlqa_widgets.tables.table import NO_ROW, Column, Predicate, Table

_KIND_SAMPLE = 300
_PLAIN_SHARE = 0.9
_FEW = 20
_LISTED = 1000
_PLAIN_NUMBER = r"\s*[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*"


class ColumnProfile:
    """The profile of one column.

    Attributes
    ----------
    column
        The column described.
    rows, nulls, distinct
        Exact counts; ``distinct`` does not count missing.
    values
        Distinct values without missing, most frequent first: strings for text, numbers as stored,
        ``timestamp[us]`` for dates.
    counts
        Rows per value, parallel to ``values``.
    complete
        Whether ``values`` holds every distinct value.
    weights
        The rows each value stands for, parallel to ``values``: its own where ``complete``; otherwise they add up to
        all rows with a value, and serve for shares.
    first_null, last_null
        Positions of the first and the last missing cell, or -1.
    cell_types
        For a column whose cells have types of their own: rows per type.
    unread
        Why the column could not be read; empty for every column that was.
    """

    def __init__(
        self,
        table: Table,
        column: Column,
        found: ValueCounts,
        *,
        nulls: int = 0,
        first_null: int = -1,
        last_null: int = -1,
        cell_types: dict[str, int] | None = None,
        unread: str = "",
    ) -> None:
        self.table = table
        self.column = column
        self.rows = table.row_count
        self.nulls = nulls
        self.distinct = found.distinct
        self.values = found.values
        self.counts = found.counts
        self.complete = found.complete
        self.weights = found.weights
        self.first_null = first_null
        self.last_null = last_null
        self.cell_types = cell_types or {}
        self.unread = unread
        self._found = found

    def __repr__(self) -> str:
        return f"ColumnProfile({self.name!r}, {self.column.storage}, {self.distinct} distinct)"

    # ------------------------------------------------------------------ what it is

    @property
    def name(self) -> str:
        """The column's name as people read it."""
        return self.column.name

    @property
    def position(self) -> int:
        """The column's place in the table, from 0."""
        return self.column.position

    @property
    def present(self) -> int:
        """Number of rows with a value."""
        return self.rows - self.nulls

    @property
    def is_text(self) -> bool:
        """Whether the engine holds text (numbers in a CSV file are text too)."""
        return self.column.storage == "text"

    @cached_property
    def _kind(self) -> tuple[Kind, str]:
        return decide_kind(self.facts)

    @property
    def kind(self) -> Kind:
        """What the column holds, in the words of :class:`~mlqa_widgets.profile.kinds.Kind`."""
        return self._kind[0]

    @property
    def kind_reason(self) -> str:
        """Why it was given that kind, as a sentence."""
        return self._kind[1]

    # ------------------------------------------------------------------ readings of text

    @cached_property
    def strings(self) -> pa.Array:
        """The distinct values as text, whatever they are stored as."""
        return _strings(self.values)

    @cached_property
    def shapes(self) -> Shapes:
        """The character masks of the distinct values (``AAA-999``)."""
        return shape_codes(self.strings)

    @cached_property
    def shape_rows(self) -> dict[str, int]:
        """Rows per shape, exact unless the column has very many values of thousands of shapes."""
        if self._found.shape_rows is not None:
            return self._found.shape_rows
        rows = np.bincount(self.shapes.codes, weights=self.weights, minlength=len(self.shapes.shapes))
        return {shape: int(count) for shape, count in zip(self.shapes.shapes, rows, strict=True)}

    @cached_property
    def number_reading(self) -> NumberReading:
        """The distinct values read as numbers in text."""
        return read_numbers(self.strings, self.weights)

    @cached_property
    def date_reading(self) -> DateReading:
        """The distinct values read as dates in text."""
        return read_dates(self.strings, self.weights)

    # ------------------------------------------------------------------ numbers

    @cached_property
    def numbers(self) -> np.ndarray:
        """Each distinct value as float64; NaN where it is no plain number."""
        if self.column.storage in ("integer", "number"):
            return self.values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        if self.is_text:
            reading = self.number_reading
            return np.where(reading.plain & ~reading.leading_zero, reading.number, np.nan)
        return np.full(len(self.values), np.nan)

    @cached_property
    def plain_number_share(self) -> float:
        """Share of the rows with a value whose value is a plain number (12, -3.5, 1e5)."""
        total = self.weights.sum()
        return float(self.weights[~np.isnan(self.numbers)].sum() / total) if total else 0.0

    @property
    def is_numeric(self) -> bool:
        """Whether the column is stored as numbers, or is nearly all numbers in a source without types."""
        if self.column.storage in ("integer", "number"):
            return True
        return self.column.untyped and self.plain_number_share >= _PLAIN_SHARE

    @cached_property
    def numeric(self) -> NumericSummary | None:
        """Quantiles, moments and repeats of a numeric column, or None for any other."""
        if self._found.summary is not None:
            return self._found.summary
        if not self.is_numeric:
            return None
        if not self.complete and self.is_text:
            return summary_of_rows(self.table, self.number_sql)
        finite = np.isfinite(self.numbers)
        if not finite.any():
            return None
        return NumericSummary.of(self.numbers[finite], self.counts[finite], complete=self.complete)

    # ------------------------------------------------------------------ which rows

    def where(self, mask: np.ndarray) -> Predicate:
        """Return the rows whose value is among ``values[mask]``."""
        mask = np.asarray(mask, dtype=bool)
        if not mask.any():
            return NO_ROW
        if self.complete and mask.all():
            return Predicate(f"{self.column.sql} IS NOT NULL")
        if self.complete and mask.sum() > len(mask) / 2:
            others = self._among(~mask)
            return Predicate(f"{self.column.sql} IS NOT NULL AND NOT ({others.sql})", others.params)
        return self._among(mask)

    def _among(self, mask: np.ndarray) -> Predicate:
        chosen = self.values.filter(pa.array(mask))
        cell = self.column.sql
        if pa.types.is_timestamp(chosen.type):
            chosen, cell = chosen.cast(pa.int64()), f"epoch_us({cell})"
        values = chosen.to_pylist()
        if len(values) <= _FEW:  # each sub-select is a join of its own: hundreds of them take minutes
            return Predicate(f"{cell} IN ({', '.join('?' * len(values))})", tuple(values))
        return Predicate(f"{cell} IN (SELECT unnest(?))", (values,))

    def between(self, low: float | None, high: float | None, *, closed: bool = True) -> Predicate:
        """Return the rows whose number lies in ``[low, high]`` (``[low, high)`` if not ``closed``).

        Exact also when only part of the values is kept.
        """
        if self.complete:
            numbers = self.numbers
            inside = ~np.isnan(numbers)
            if low is not None:
                inside &= numbers >= low
            if high is not None:
                inside &= (numbers <= high) if closed else (numbers < high)
            if self.is_text or inside.sum() <= _LISTED:
                return self.where(inside)
        number = self.number_sql
        parts, params = [f"{number} IS NOT NULL"], []
        if low is not None:
            parts.append(f"{number} >= ?")
            params.append(float(low))
        if high is not None:
            parts.append(f"{number} {'<=' if closed else '<'} ?")
            params.append(float(high))
        return Predicate(" AND ".join(parts), tuple(params))

    @property
    def number_sql(self) -> str:
        """The number of a cell; of text, what :attr:`numbers` takes for a plain number."""
        cell = self.column.sql
        if not self.is_text:
            return cell
        number = f"try_cast({cell} AS DOUBLE)"
        return f"CASE WHEN regexp_full_match({cell}, '{_PLAIN_NUMBER}') AND isfinite({number}) THEN {number} END"

    def is_null(self) -> Predicate:
        """Return the rows where the column is missing."""
        return Predicate(f"{self.column.sql} IS NULL")

    def rows_of(self, mask: np.ndarray) -> int:
        """Return the number of rows whose value is among ``values[mask]``.

        Counted from the value counts; where only part of the values is kept, by the engine.
        """
        if self.complete:
            return int(self.counts[np.asarray(mask, dtype=bool)].sum())
        return self.table.count(self.where(mask))

    # ------------------------------------------------------------------ for the kind rules

    @cached_property
    def facts(self) -> ColumnFacts:
        """What the rules for kinds look at."""
        sample = _strings(self.values.slice(0, _KIND_SAMPLE)).to_pylist()
        summary = self.numeric
        return ColumnFacts(
            name=self.name,
            rows=self.rows,
            nulls=self.nulls,
            distinct=self.distinct,
            storage=self.column.storage,
            sample=[str(value)[:1000] for value in sample],
            minimum=summary.minimum if summary else None,
            maximum=summary.maximum if summary else None,
            mean=summary.mean if summary else None,
            std=summary.std if summary else None,
            sample_rows=self.counts[:_KIND_SAMPLE].tolist(),
            whole=summary.integral if summary else None,
        )

    def value_rows(self, limit: int) -> list[tuple[Any, int]]:
        """Return the ``limit`` most frequent values with their rows."""
        return list(zip(self.values.slice(0, limit).to_pylist(), self.counts[:limit].tolist(), strict=True))

    @cached_property
    def length_range(self) -> tuple[int, int]:
        """Least and greatest number of characters of a text column that has values, exact."""
        return self._found.lengths or (int(self.lengths.min()), int(self.lengths.max()))

    @cached_property
    def lengths(self) -> np.ndarray:
        """Characters per distinct value of a text column."""
        return pc.utf8_length(self.strings).to_numpy(zero_copy_only=False)


def _strings(values: pa.Array) -> pa.Array:
    return values if pa.types.is_string(values.type) else values.cast(pa.string())
