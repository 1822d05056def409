"""JSON and NDJSON: records of any shape. Each key is a column, each cell keeps what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from mlqa_widgets.engines.duckdb import DuckDB, file, text
from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.stored import STAGED, RowKey, stored_table
from mlqa_widgets.tables.table import Source, Table
from mlqa_widgets.wording import count

_LARGEST_RECORD = 1 << 25
_NUMBERS = {"BIGINT", "UBIGINT", "DOUBLE"}
_NESTED = {"ARRAY", "OBJECT"}
_WORDS = {"VARCHAR": "string", "BOOLEAN": "boolean", "ARRAY": "array", "OBJECT": "object"}

_INTEGER = "regexp_full_match({0} ->> '$', '-?[0-9]+')"
_CELL_TYPE = (
    "CASE json_type({0}) WHEN 'VARCHAR' THEN 'str' WHEN 'BOOLEAN' THEN 'bool' WHEN 'ARRAY' THEN 'list' "
    f"WHEN 'OBJECT' THEN 'dict' ELSE CASE {_INTEGER} WHEN true THEN 'int' WHEN false THEN 'float' END END"
)
_RECORDS = 'Save it as a list of records, [{"a": 1}, {"a": 2}], or as one record per line'


@dataclass(frozen=True)
class _Key:
    """A key of the records, and what its values are."""

    name: str
    cell: str
    """SQL of its value in a record."""
    kinds: frozenset[str]
    """The JSON types of its values, null left out."""
    number: str | None
    """The type that holds its values, should they all be numbers; None where no type holds all of them."""

    @property
    def is_mixed(self) -> bool:
        if self.kinds <= _NUMBERS:
            return self.number is None
        return len(self.kinds) > 1 and not self.kinds <= _NESTED

    @property
    def column(self) -> str:
        """SQL of its column: text where its values are of several types."""
        if not self.kinds or self.is_mixed or self.kinds == {"VARCHAR"}:
            return f"({self.cell} ->> '$')"
        if self.kinds <= _NESTED:
            return f"CASE WHEN json_type({self.cell}) <> 'NULL' THEN {self.cell} END"
        return f"CAST({self.cell} ->> '$' AS {'BOOLEAN' if self.kinds == {'BOOLEAN'} else self.number})"

    @property
    def words(self) -> str:
        """Its types in JSON's own words."""
        return " or ".join(sorted({_WORDS.get(kind, "number") for kind in self.kinds})) or "null"


def from_json(path: Path, name: str) -> Table:
    """Read a list of records, or one record per line.

    Raises
    ------
    InputError
        When the file is no JSON, or holds something other than records.
    """
    engine = DuckDB.staging()
    objects = f"read_json_objects({file(path)}, maximum_object_size = {_LARGEST_RECORD})"
    with engine.reading(path, "a JSON or NDJSON file of records"):
        names = _names(engine, objects, path)
        pointers = ", ".join(text("/" + name.replace("~", "~0").replace("/", "~1")) for name in names)
        records = f"(SELECT json_extract(json, [{pointers}]) AS cells FROM {objects})"
        keys = _keys(engine, records, names)
        columns = [f"{key.column} AS c{i}" for i, key in enumerate(keys)]
        types = {i: _CELL_TYPE.format(key.cell) for i, key in enumerate(keys) if key.is_mixed}
        columns += [f"{sql} AS k{i}" for i, sql in types.items()]
        engine.execute(f"CREATE TABLE {STAGED} AS SELECT {', '.join(columns)} FROM {records}")
    return stored_table(
        engine,
        STAGED,
        RowKey(),
        name,
        Source("JSON file", path=str(path)),
        labels=names,
        cell_types={f"c{i}": f"k{i}" for i in types},
        source_types=[key.words for key in keys],
    )


def _names(engine: DuckDB, objects: str, path: Path) -> list[str]:
    """Return the keys of the records in the order of their appearance.

    Raises
    ------
    InputError
        When there are no records, or not only records.
    """
    shapes = engine.query(
        "SELECT keys, count(*) AS n, count(*) FILTER (kind <> 'OBJECT') AS others FROM (SELECT json_keys(json) AS keys, "
        f"json_type(json) AS kind, row_number() OVER () AS place FROM {objects}) GROUP BY keys ORDER BY min(place)"
    ).to_pylist()
    values, others = (sum(shape[figure] for shape in shapes) for figure in ("n", "others"))
    if not values:
        msg = f"data: {path.name!r} holds no records. {_RECORDS}."
        raise InputError(msg)
    if others:
        counted = count(others, "value that is no record", "values that are no records")
        msg = f"data: {path.name!r} holds {counted}. {_RECORDS}."
        raise InputError(msg)
    names = list(dict.fromkeys(key for shape in shapes for key in shape["keys"]))
    if values == 1 and ".json" in path.suffixes:
        _refuse_one_object(engine, path, names)
    if not names:
        msg = f"data: the records of {path.name!r} are all empty. {_RECORDS}."
        raise InputError(msg)
    return names


def _refuse_one_object(engine: DuckDB, path: Path, names: Sequence[str]) -> None:
    """Refuse a document that is one object rather than a list of one.

    Raises
    ------
    InputError
        With the keys it has.
    """
    document = f"read_json_objects({file(path)}, format = 'unstructured')"
    if engine.query(f"SELECT json_type(json) AS kind FROM {document}")["kind"].to_pylist() == ["OBJECT"]:
        shown = ", ".join(map(repr, names[:5])) + (", ..." if len(names) > 5 else "")
        msg = (
            f"data: {path.name!r} holds one object (keys {shown}), not records. {_RECORDS}: "
            "pandas writes that with frame.to_json(path, orient='records')."
        )
        raise InputError(msg)


def _keys(engine: DuckDB, records: str, names: Sequence[str]) -> list[_Key]:
    asked = []
    for i in range(len(names)):
        cell = f"cells[{i + 1}]"
        whole, number = _INTEGER.format(cell), f"try_cast({cell} ->> '$' AS HUGEINT)"
        asked += [
            f"list(DISTINCT json_type({cell})) AS kinds{i}",
            f"bool_and({whole}) AS whole{i}",
            f"min({number}) FILTER ({whole}) AS low{i}",
            f"max({number}) FILTER ({whole}) AS high{i}",
            f"count(*) FILTER ({whole} AND {number} IS NULL) AS beyond{i}",
        ]
    found = engine.query(f"SELECT {', '.join(asked)} FROM {records}").to_pylist()[0]
    return [
        _Key(
            name,
            f"cells[{i + 1}]",
            frozenset(found[f"kinds{i}"] or ()) - {"NULL", None},
            _number(found[f"whole{i}"], found[f"low{i}"], found[f"high{i}"], found[f"beyond{i}"]),
        )
        for i, name in enumerate(names)
    ]


def _number(whole: bool | None, low: Decimal | None, high: Decimal | None, beyond: int) -> str | None:
    """Return the type for numbers of which the whole ones lie between ``low`` and ``high``, or beyond 128 bits."""
    low, high = low or Decimal(0), high or Decimal(0)
    if beyond:
        return None
    if whole:
        return "BIGINT" if low >= -(2**63) and high < 2**63 else "HUGEINT"
    return "DOUBLE" if low >= -(2**53) and high <= 2**53 else None
