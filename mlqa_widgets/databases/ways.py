"""How columns of PostgreSQL cross: what the server is asked for, and how the engine holds it; the same for every way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from mlqa_widgets.databases.catalogue import CatalogueTable

_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(b.typname, t.typname), coalesce(b.typcategory, t.typcategory)::text,
  coalesce(b.typtype, t.typtype)::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""

_STRING = pa.string()


@dataclass(frozen=True)
class Way:
    """How a column crosses: what the server is asked for, as what Arrow reads it, and how the engine holds it."""

    asked: str = "{}"
    """SQL of the column for the server."""
    arrow: pa.DataType = _STRING
    held: str = "VARCHAR"
    """Type in the engine."""
    cast: str = ""
    """SQL of the cell for the engine where it is not a plain cast."""
    is_decimal: bool = False


_MOMENT = (
    r"CAST(CASE WHEN ends_with({}, ' BC') THEN regexp_replace({}, '^(\S+)(.*) BC$', '\1 (BC)\2') ELSE {} END AS %s)"
)
_WAYS: Mapping[str, Way] = {
    "int2": Way(arrow=pa.int16(), held="SMALLINT"),
    "int4": Way(arrow=pa.int32(), held="INTEGER"),
    "int8": Way(arrow=pa.int64(), held="BIGINT"),
    "oid": Way(arrow=pa.int64(), held="BIGINT"),
    "float4": Way(arrow=pa.float32(), held="FLOAT"),
    "float8": Way(arrow=pa.float64(), held="DOUBLE"),
    "bool": Way(arrow=pa.bool_(), held="BOOLEAN"),
    "numeric": Way(is_decimal=True),
    "date": Way(held="DATE", cast=_MOMENT % "DATE"),
    "timestamp": Way(held="TIMESTAMP", cast=_MOMENT % "TIMESTAMP"),
    "timestamptz": Way(held="TIMESTAMP WITH TIME ZONE", cast=_MOMENT % "TIMESTAMP WITH TIME ZONE"),
    "time": Way(held="TIME"),
    "interval": Way(held="INTERVAL", cast="CAST(replace({}, '+', '') AS INTERVAL)"),
    "uuid": Way(held="UUID"),
    "json": Way(held="JSON"),
    "jsonb": Way(held="JSON"),
    "bytea": Way(held="BLOB", cast="unhex(substr({}, 3))"),
    # What fills it up to its length is no part of the value.
    "bpchar": Way("{}::text"),
}
_AS_JSON = Way("to_json({})", held="JSON")


@dataclass(frozen=True)
class Crossing:
    """One column and how it crosses."""

    name: str
    type: str
    """In the words of the server."""
    way: Way


def crossings(connection: Any, one: CatalogueTable) -> Sequence[Crossing]:
    """Return the columns of a table, in order, each with the way it crosses."""
    columns = connection.execute(_COLUMNS, (one.schema, one.table)).fetchall()
    return [Crossing(name, told, _way(*kind)) for name, told, *kind in columns]


def _way(name: str, category: str, kind: str) -> Way:
    """Return how a type crosses: types of which no more is known as text, lists and records as JSON."""
    if category == "A" or kind == "c":
        return _AS_JSON
    return _WAYS.get(name, Way())
