"""Tables that stay in a file: the engine reads them where they lie, or from a staged copy on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mlqa_widgets.engines.duckdb import DuckDB, identifier, text
from mlqa_widgets.tables.frames import as_frame, display_names
from mlqa_widgets.tables.table import Column, Source, Storage, Table

STAGED = "staged.rows"
"""The staged copy of a file: its rows in the file's order, numbered by ``rowid``."""

_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
_TIMES = {"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"}
_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT", "BLOB", "JSON")
_EXACT_IN_A_DOUBLE = 2.0**53


@dataclass(frozen=True)
class RowKey:
    """How the rows of a relation are numbered: from 0 within each of its parts, one part after the other."""

    number: str = "rowid"
    """The column with the row's number within its part."""
    part: str | None = None
    """The column with the name of the row's part; None where there is one part."""
    parts: tuple[str, ...] = ("",)
    """The names of the parts, in order."""
    starts: tuple[int, ...] = (0,)
    """The position of the first row of each part."""

    @property
    def position(self) -> str:
        """SQL of the row's position in the table."""
        if self.part is None:
            return f"r.{self.number}"
        names = ", ".join(map(text, self.parts))
        return f"(MAP([{names}], {list(self.starts)})[r.{self.part}] + r.{self.number})"

    @property
    def match(self) -> str:
        """SQL that finds the rows ``w`` asks for."""
        number = f"r.{self.number} = w.number"
        return number if self.part is None else f"{number} AND r.{self.part} = w.part"

    def of(self, positions: np.ndarray) -> dict[str, pa.Array]:
        """Return the parts and numbers of the rows at ``positions``."""
        place = np.searchsorted(self.starts, positions, side="right") - 1
        return {
            "part": pa.array(self.parts, pa.string()).take(pa.array(place)),
            "number": pa.array(positions - np.asarray(self.starts)[place]),
        }


@dataclass(frozen=True)
class StoredRows:
    """Rows of a relation in the engine, labelled by position or by their key, with the source's own types."""

    engine: DuckDB
    relation: str
    key: RowKey
    names: tuple[str, ...]
    """The columns' names in the source."""
    originals: tuple[str, ...]
    """SQL of the columns as the source has them."""
    types: Mapping[int, str]
    """For columns whose cells come as text: SQL of the type each one has."""
    label_by: tuple[int, ...] = ()
    """Positions of the columns whose values are the row's label."""

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at ``positions``."""
        frame = self._chosen(positions, range(len(self.names)))
        frame.index = _index([frame.iloc[:, i] for i in self.label_by]) if self.label_by else pd.Index(positions)
        frame.columns = pd.Index(self.names, dtype=object)
        return frame

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the row labels at ``positions``: the values of the key, or the positions."""
        if not self.label_by:
            return pd.Index(positions)
        chosen = self._chosen(positions, self.label_by)
        return _index([chosen.iloc[:, i] for i in range(len(self.label_by))])

    def _chosen(self, positions: np.ndarray, columns: Sequence[int]) -> pd.DataFrame:
        wanted = pa.table({"place": np.arange(len(positions)), **self.key.of(positions)})
        selected = [f"{self.originals[i]} AS c{i}" for i in columns]
        selected += [f"{self.types[i]} AS k{i}" for i in columns if i in self.types]
        chosen = as_frame(
            self.engine.join(
                f"SELECT {', '.join(selected)} FROM wanted AS w JOIN {self.relation} AS r ON {self.key.match} "
                "ORDER BY w.place",
                wanted,
            )
        )
        frame = chosen.iloc[:, : len(columns)].copy()
        for place, i in enumerate(columns):
            if i in self.types:
                cells = zip(chosen[f"c{i}"], chosen[f"k{i}"], strict=True)
                frame.isetitem(place, pd.Series([_as_it_was(cell, kind) for cell, kind in cells], dtype=object).array)
        return frame


def _index(cells: Sequence[pd.Series]) -> pd.Index:
    """Return labels without a name, which would stand for a column as well."""
    if len(cells) == 1:
        return pd.Index(cells[0].array)
    return pd.MultiIndex.from_arrays([one.array for one in cells])


def stored_table(
    engine: DuckDB,
    relation: str,
    key: RowKey,
    name: str,
    source: Source,
    *,
    untyped: bool = False,
    labels: Sequence[str] | None = None,
    comments: Mapping[str, str] | None = None,
    cell_types: Mapping[str, str] | None = None,
    source_types: Sequence[str] | None = None,
    label_by: Sequence[int] = (),
) -> Table:
    """Return a table over a relation of the engine.

    Parameters
    ----------
    relation
        SQL of the relation: a table's quoted name, or a reading function with its arguments.
    key
        How its rows are numbered.
    untyped
        Whether the source has no types, so that everything is text.
    labels
        The columns' names in the source, where the relation's own names differ.
    comments
        What the source says of its columns, by name in the relation.
    cell_types
        For a column whose cells have types of their own: the column of the relation that holds them.
    source_types
        The columns' types in the words of the source, where the relation's own types differ.
    label_by
        Positions of the columns of the key: their values label the rows.
    """
    types_of = cell_types or {}
    described = engine.query(f"DESCRIBE SELECT * FROM {relation}")
    pairs = zip(described["column_name"].to_pylist(), described["column_type"].to_pylist(), strict=True)
    beside = set(types_of.values())
    found = [(column, kind) for column, kind in pairs if column not in beside]
    names = list(labels) if labels is not None else [column for column, _ in found]
    columns: list[Column] = []
    selected = [f"{key.position} AS pos"]
    originals: list[str] = []
    types: dict[int, str] = {}
    for i, ((column, kind), shown) in enumerate(zip(found, display_names(names), strict=True)):
        own = f"r.{identifier(column)}"
        expression, storage = _reading(engine, relation, own, kind)
        selected.append(f"{expression} AS c{i}")
        if column in types_of:
            types[i] = f"r.{identifier(types_of[column])}"
            selected.append(f"{types[i]} AS k{i}")
        elif kind in _WRITTEN:
            types[i] = text(_WRITTEN[kind])
            own = f"CAST({own} AS VARCHAR)"
        beyond_python = kind in _TIMES and storage == "text"
        originals.append(expression if beyond_python else own)
        columns.append(
            Column(
                i,
                names[i],
                shown,
                storage,
                source_types[i] if source_types is not None else kind,
                untyped=untyped,
                has_types=column in types_of,
                comment=(comments or {}).get(column, ""),
            )
        )
    engine.execute(f"CREATE OR REPLACE TEMP VIEW t AS SELECT {', '.join(selected)} FROM {relation} AS r")
    rows = engine.query(f"SELECT count(*) AS n FROM {relation}")["n"][0].as_py()
    own_rows = StoredRows(engine, relation, key, tuple(names), tuple(originals), types, tuple(label_by))
    return Table(name, columns, rows, engine, own_rows, source)


def _reading(engine: DuckDB, relation: str, column: str, kind: str) -> tuple[str, Storage]:
    """Return how a column is read for the checks: the SQL expression and how it is then held."""
    if kind in _INTEGERS:
        return column, "integer"
    if kind in ("HUGEINT", "UHUGEINT") or kind.startswith("DECIMAL"):
        if _are_apart_as_doubles(engine, relation, column, kind):
            return f"CAST({column} AS DOUBLE)", "number"
        return f"CAST({column} AS VARCHAR)", "text"
    if kind in ("DOUBLE", "FLOAT"):
        return f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END", "number"
    if kind == "BOOLEAN":
        return column, "boolean"
    if kind in _TIMES:
        if not _are_within_python(engine, relation, column):
            return f"CAST({column} AS VARCHAR)", "text"
        zone = " AT TIME ZONE 'UTC'" if kind.endswith("ZONE") else ""
        return f"CAST({column}{zone} AS TIMESTAMP)", "datetime"
    if kind == "INTERVAL":
        return f"epoch({column})", "number"
    if kind == "VARCHAR":
        return column, "text"
    nested = kind.endswith("]") or kind.startswith(_NESTED)
    return f"CAST({column} AS VARCHAR)", "nested" if nested else "text"


def _are_within_python(engine: DuckDB, relation: str, column: str) -> bool:
    """Whether all times are finite, and of the years that Python knows."""
    found = engine.query(
        f"SELECT bool_and(isfinite({column}) AND year({column}) BETWEEN 1 AND 9999) AS within FROM {relation} AS r"
    )
    return found["within"][0].as_py() is not False


def _are_apart_as_doubles(engine: DuckDB, relation: str, column: str, kind: str) -> bool:
    """Whether no two different numbers become the same double."""
    precision, scale = (int(part) for part in kind[len("DECIMAL(") : -1].split(",")) if "(" in kind else (39, 0)
    if precision <= 15:
        return True
    found = engine.query(
        f"SELECT max(abs(CAST({column} AS DOUBLE))) AS largest, count(DISTINCT {column}) AS n, "
        f"count(DISTINCT CAST({column} AS DOUBLE)) AS doubles FROM {relation} AS r"
    ).to_pylist()[0]
    return (found["largest"] or 0) * 10.0**scale < _EXACT_IN_A_DOUBLE or found["n"] == found["doubles"]


_WRITTEN = {"JSON": "list", "HUGEINT": "int", "UHUGEINT": "int"}
"""Types of the engine that come as text, and what that text is of."""

_RESTORED: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "bool": json.loads,
    "list": json.loads,
    "dict": json.loads,
}


def _as_it_was(cell: Any, kind: Any) -> Any:
    """Return a cell kept as text as what it was in the source."""
    restored = _RESTORED.get(kind)
    return cell if restored is None or not isinstance(cell, str) else restored(cell)
