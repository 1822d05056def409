"""Rows on their way from a server into a file of this machine, batch by batch, and the table they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from mlqa_widgets.engines.duckdb import DuckDB, identifier
from mlqa_widgets.tables.stored import STAGED, RowKey, stored_table
from mlqa_widgets.tables.table import Source, Table

_DIGITS = 38
"""Digits of the engine's widest decimal."""
_DIGITS_OF_A_DOUBLE = 15


class Staging:
    """A staged table in the making.

    Parameters
    ----------
    names
        Its columns' names in the database.
    held
        Their types in the engine.
    casts
        SQL of a cell, ``{}``, as it is held, for each column; empty for a plain cast.
    decimals
        Places of the columns that come as text of decimal numbers, of which no more is known.
    """

    def __init__(
        self, names: Sequence[str], held: Sequence[str], casts: Sequence[str], decimals: Sequence[int] = ()
    ) -> None:
        self._names = list(names)
        self._decimals = list(decimals)
        self._engine = DuckDB.staging()
        columns = ", ".join(f"c{i} {kind}" for i, kind in enumerate(held))
        self._engine.execute(f"CREATE TABLE {STAGED} ({columns})")
        self._cells = ", ".join(
            cast.replace("{}", f"c{i}") if cast else f"CAST(c{i} AS {kind})"
            for i, (cast, kind) in enumerate(zip(casts, held, strict=True))
        )

    def append(self, batch: pa.Table) -> None:
        """Add rows: columns ``c0, c1, ...``."""
        self._engine.append(STAGED, batch, self._cells)

    def table(
        self, name: str, source: Source, *, key: Sequence[str], comments: Mapping[str, str], types: Sequence[str]
    ) -> Table:
        """Return the table of all rows, labelled by its key."""
        for place in self._decimals:
            self._settle(f"c{place}")
        return stored_table(
            self._engine,
            STAGED,
            RowKey(),
            name,
            source,
            labels=self._names,
            comments={f"c{i}": comments[one] for i, one in enumerate(self._names) if one in comments},
            source_types=list(types),
            label_by=[self._names.index(one) for one in key],
        )

    def _settle(self, column: str) -> None:
        """Give a column of decimal numbers the narrowest type that holds all of them exactly; text if there is none."""
        found = self._engine.query(
            f"SELECT bool_or(NOT regexp_full_match({column}, '-?\\d+(\\.\\d+)?')) AS beyond, "
            f"max(length(split_part(ltrim({column}, '-'), '.', 1))) AS whole, "
            f"max(length(split_part({column}, '.', 2))) AS scale FROM {STAGED}"
        ).to_pylist()[0]
        whole, scale = found["whole"] or 1, found["scale"] or 0
        if whole + scale <= _DIGITS and not found["beyond"]:
            kind = f"DECIMAL({whole + scale}, {scale})"
        elif found["beyond"] and whole + scale <= _DIGITS_OF_A_DOUBLE:
            kind = "DOUBLE"
        else:
            return
        self._engine.execute(f"ALTER TABLE {STAGED} ALTER {identifier(column)} SET DATA TYPE {kind}")
