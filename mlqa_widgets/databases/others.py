"""Every other database that SQLAlchemy has a dialect for, by the driver the user installed."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from mlqa_widgets.databases.address import Address
from mlqa_widgets.databases.catalogue import CatalogueTable
from mlqa_widgets.databases.source import AlchemySource, read_when
from mlqa_widgets.databases.staging import Staging
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import Source, Table

_BATCH = 20_000


_STRING = pa.string()


@dataclass(frozen=True)
class _Way:
    """How a column crosses: what Arrow makes of its cells, and how the engine holds it."""

    arrow: pa.DataType = _STRING
    held: str = "VARCHAR"
    told: Callable[[Any], Any] = str
    is_decimal: bool = False


def _plain_time(cell: dt.datetime) -> dt.datetime:
    """Return a time without its zone: in UTC where it had one."""
    return cell.astimezone(UTC).replace(tzinfo=None) if cell.tzinfo else cell


_WAYS: dict[type, _Way] = {
    bool: _Way(pa.bool_(), "BOOLEAN", bool),
    int: _Way(pa.int64(), "BIGINT", int),
    float: _Way(pa.float64(), "DOUBLE", float),
    decimal.Decimal: _Way(is_decimal=True),
    dt.datetime: _Way(pa.timestamp("us"), "TIMESTAMP", _plain_time),
    dt.date: _Way(pa.date32(), "DATE", lambda cell: cell),
    bytes: _Way(pa.binary(), "BLOB", bytes),
    uuid.UUID: _Way(held="UUID"),
}


class OtherDatabase(AlchemySource):
    """A database of any other kind: only SELECT is sent, and every transaction is rolled back."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self.engine = address.asking("opened", lambda: address.engine(poolclass=sa.pool.NullPool))
        self.kind = self.engine.dialect.name
        self.how = f"{self.kind}, by SELECT alone in transactions that are rolled back"

    def learn(self, connection: sa.Connection) -> None:
        """Ask for the version."""
        version = connection.dialect.server_version_info
        self.kind = f"{self.engine.dialect.name} {'.'.join(map(str, version))}" if version else self.engine.dialect.name

    def read(self, one: CatalogueTable, progress: Progress) -> Table:
        """Stream a table or view into a staged file by one SELECT."""
        return self.address.asking("read", lambda: self._read(one, progress), argument="table")

    def _read(self, one: CatalogueTable, progress: Progress) -> Table:
        started = datetime.now(UTC)
        with self._connected() as connection:
            known = sa.Table(one.table, sa.MetaData(), schema=one.schema or None, autoload_with=connection)
            ways = [_way(column.type) for column in known.columns]
            staging = Staging(
                [column.name for column in known.columns],
                [way.held for way in ways],
                ["" for _ in ways],
                decimals=[i for i, way in enumerate(ways) if way.is_decimal],
            )
            rows = 0
            streamed = connection.execution_options(stream_results=True).execute(sa.select(known))
            for batch in streamed.partitions(_BATCH):
                staging.append(_arrow(batch, ways))
                rows += len(batch)
                of = f" of {one.rows:,}" if one.rows and one.rows >= rows else ""
                progress.at(f"Reading {one.name}: {rows:,}{of} rows", 0.4 * rows / max(one.rows or 0, rows))
        facts = {
            "table": one.name,
            "database": self.address.place,
            "read": read_when(started, "by one SELECT"),
            "how": "in a transaction that was rolled back; rows in the database's order",
        }
        return staging.table(
            one.name,
            Source(self.kind, facts),
            key=one.key,
            comments=one.comments,
            types=[column.type for column in one.columns],
        )


def _way(of: Any) -> _Way:
    kind: Any = str
    with suppress(NotImplementedError):
        kind = of.python_type
    return _WAYS.get(kind, _Way())


def _arrow(rows: Sequence[Sequence[Any]], ways: Sequence[_Way]) -> pa.Table:
    columns = [
        pa.array([None if cell is None else way.told(cell) for cell in cells], way.arrow)
        for way, cells in zip(ways, zip(*rows, strict=True), strict=True)
    ]
    return pa.table(columns, names=[f"c{i}" for i in range(len(ways))])
