"""PostgreSQL: its own catalogue and statistics, and tables out of one snapshot: in place, or streamed by COPY."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any, Final

import sqlalchemy as sa

from mlqa_widgets.databases.address import Address
from mlqa_widgets.databases.catalogue import CatalogueTable, Kind, Use
from mlqa_widgets.databases.source import AlchemySource, read_when
from mlqa_widgets.databases.staging import Staging
from mlqa_widgets.databases.ways import Crossing, crossings
from mlqa_widgets.engines.copied import parsed_parts
from mlqa_widgets.options import options
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import Source, Table

_SHARE = 0.4
"""How far a scan is when its table was read."""
_CONNECT_SECONDS = 10

_SETTINGS: Final = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "3",
    # Rows come in the order in which they lie, not from wherever another reader is.
    "synchronize_seqscans": "off",
    # To compile statements takes longer than it saves of those of a scan.
    "jit": "off",
}

_FACTS = sa.text("""
SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, c.relispartition AS is_part,
  has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS readable,
  CASE WHEN c.relkind = 'p' THEN coalesce((SELECT sum(pg_total_relation_size(p.relid)) FROM pg_partition_tree(c.oid) p), 0)
       WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid) END::bigint AS bytes,
  CASE WHEN c.relkind = 'p' THEN (SELECT sum(greatest(l.reltuples, 0)) FROM pg_partition_tree(c.oid) p
                                  JOIN pg_class l ON l.oid = p.relid AND p.isleaf)
       WHEN c.reltuples < 0 THEN NULL
       WHEN c.relpages = 0 THEN c.reltuples
       ELSE c.reltuples / c.relpages
            * (pg_relation_size(c.oid) / current_setting('block_size')::int) END::bigint AS estimate,
  s.seq_scan + coalesce(s.idx_scan, 0) AS reads, s.n_tup_ins + s.n_tup_upd + s.n_tup_del AS writes,
  greatest(s.last_analyze, s.last_autoanalyze) AS analysed, d.stats_reset AS since
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
LEFT JOIN pg_stat_database d ON d.datname = current_database()
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
""")
_LAST_READ = sa.text("SELECT schemaname, relname, greatest(last_seq_scan, last_idx_scan) AS at FROM pg_stat_all_tables")
_UNVALIDATED = sa.text("""
SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated
""")
_TYPES = sa.text("""
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
""")
_KINDS: Mapping[str, Kind] = {
    "r": "table",
    "p": "table",
    "v": "view",
    "m": "materialized view",
    "f": "foreign table",
}


class PostgreSQL(AlchemySource):
    """A PostgreSQL database.

    Every transaction is ``REPEATABLE READ READ ONLY``: one snapshot, and the server refuses to write.
    """

    kind = "PostgreSQL"
    how = "PostgreSQL, read-only transactions"

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self.engine = sa.create_engine(
            "postgresql+psycopg://", creator=self.connect, poolclass=sa.pool.NullPool, use_native_hstore=False
        )
        self._unvalidated: set[str] = set()
        self._open: set[Any] = set()
        self._lock = threading.Lock()

    def connect(self) -> Any:
        """Return a connection of the driver whose every transaction is one read-only snapshot."""

        def connect() -> Any:
            import psycopg

            connection = psycopg.connect(
                **{
                    "connect_timeout": _CONNECT_SECONDS,
                    "application_name": "mlqa_widgets",
                    "client_encoding": "UTF8",
                    **self.address.postgres(),
                }
            )
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            return connection

        return self.address.asking("opened", connect)

    # ------------------------------------------------------------------ the catalogue

    def learn(self, connection: sa.Connection) -> None:
        """Ask for the version."""
        version = connection.execute(sa.text("SHOW server_version")).scalar_one()
        self.kind = f"PostgreSQL {str(version).split()[0]}"
        self.how = f"{self.kind}, read-only transactions of one snapshot each"
        self._unvalidated = {row[0] for row in connection.execute(_UNVALIDATED)}

    def schemas(self, inspector: sa.Inspector) -> list[str]:
        """Return the schemas that belong to users."""
        return [name for name in super().schemas(inspector) if not name.startswith("pg_")]

    def completed(self, connection: sa.Connection, tables: list[CatalogueTable]) -> list[CatalogueTable]:
        """Add sizes, estimates and statistics; parts of a partitioned table are told with the whole."""
        facts = {(row.schema, row.name): row for row in connection.execute(_FACTS)}
        types = {tuple(row[:3]): (row[3], row[4]) for row in connection.execute(_TYPES)}
        last_read = self._last_reads(connection)
        whole: list[CatalogueTable] = []
        for one in tables:
            row = facts.get((one.schema, one.table))
            if row is None or row.is_part:
                continue
            columns = tuple(
                replace(column, type=types[(one.schema, one.table, column.name)][0])
                if (one.schema, one.table, column.name) in types
                else column
                for column in one.columns
            )
            whole.append(
                replace(
                    one,
                    kind=_KINDS[row.kind],
                    columns=columns,
                    rows=row.estimate if row.kind in "rpm" else None,
                    counted="estimate" if row.kind in "rpm" and row.estimate is not None else "not counted",
                    bytes=row.bytes,
                    use=Use(
                        row.reads if row.kind == "r" else None,
                        row.writes if row.kind == "r" else None,
                        row.since,
                        last_read.get((one.schema, one.table)),
                        row.analysed,
                    ),
                    readable=bool(row.readable),
                )
            )
        return whole

    def _last_reads(self, connection: sa.Connection) -> Mapping[tuple[str, str], datetime]:
        """Return when each table was read last: the server tells since version 16."""
        if (connection.dialect.server_version_info or (0,)) < (16,):
            return {}
        return {(row.schemaname, row.relname): row.at for row in connection.execute(_LAST_READ) if row.at}

    def enforced(self, foreign: Any) -> str:
        """Return whether the server sees to a reference."""
        return "enforced for new rows only" if foreign["name"] in self._unvalidated else "enforced"

    def limit(self, connection: sa.Connection, seconds: float | None) -> None:
        """Let the server stop a statement that takes longer."""
        if seconds is not None:
            connection.execute(sa.text(f"SET LOCAL statement_timeout = {int(seconds * 1000):d}"))

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        with super()._connected() as connection:
            driver = connection.connection.driver_connection
            with self._running(driver):
                yield connection

    @contextmanager
    def _running(self, driver: Any) -> Iterator[None]:
        """Let :meth:`interrupt` reach a connection while it works."""
        with self._lock:
            self._open.add(driver)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(driver)

    def interrupt(self) -> None:
        """Have the server stop what it is doing for us."""
        with self._lock:
            running = list(self._open)
        for driver in running:
            driver.cancel()

    # ------------------------------------------------------------------ rows

    def read(self, one: CatalogueTable, progress: Progress) -> Table:
        """Return a table to scan, out of one snapshot: where it is, or streamed into a staged file.

        A table of more rows than are looked at one by one stays where it is, and its snapshot open for as long as it
        is in use. All rows of a smaller one would come over anyway. So do those of a view: they need not come in the
        same order twice.
        """
        return self.address.asking("read", lambda: self._read(one, progress), argument="table")

    def _read(self, one: CatalogueTable, progress: Progress) -> Table:
        from psycopg import sql

        facts = {
            "table": one.name,
            "database": self.address.place,
            "read": read_when(datetime.now(UTC), "in one snapshot"),
        }
        connection = self.connect()
        stays = False
        try:
            with self._running(connection), _stopping(connection, progress):
                for name, value in _SETTINGS.items():
                    connection.execute(sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(name), sql.Literal(value)))
                columns = crossings(connection, one)
                rows, why_not = _rows_in_place(connection, one)
                if rows is not None:
                    from mlqa_widgets.databases.in_place import table_in_place
                    from mlqa_widgets.engines.postgres import Postgres

                    progress.at(f"Reading {one.name} where it is: {rows:,} rows", 0.0)
                    engine = Postgres(connection, self.kind, self.address.hide)
                    progress.on_cancel(engine.interrupt)
                    place = sql.Identifier(one.schema, one.table).as_string(connection)
                    source = Source(self.kind, facts | {"how": _HOW_IN_PLACE})
                    table = table_in_place(engine, place, one, columns, rows, source)
                    stays = True
                    return table
                staging, rows = self._staged(connection, one, columns, progress)
        finally:
            if not stays:
                connection.close()
        facts |= {"how": f"{_HOW_STAGED}{why_not}", "rows fetched": f"{rows:,}"}
        types = [column.type for column in columns]
        return staging.table(one.name, Source(self.kind, facts), key=one.key, comments=one.comments, types=types)

    def _staged(
        self, connection: Any, one: CatalogueTable, columns: Sequence[Crossing], progress: Progress
    ) -> tuple[Staging, int]:
        """Stream all rows into a staged file, and count them."""
        from psycopg import sql

        ways = [column.way for column in columns]
        asked = [sql.SQL(column.way.asked).format(sql.Identifier(column.name)) for column in columns]
        statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv)").format(
            sql.SQL(", ").join(asked), sql.Identifier(one.schema, one.table)
        )
        staging = Staging(
            [column.name for column in columns],
            [way.held for way in ways],
            [way.cast for way in ways],
            decimals=[i for i, way in enumerate(ways) if way.is_decimal],
        )
        rows = 0
        with connection.cursor().copy(statement) as copy:
            for batch in parsed_parts(copy, [way.arrow for way in ways]):
                staging.append(batch)
                rows += batch.num_rows
                of = f" of about {one.rows:,}" if one.rows and one.rows > rows else ""
                share = min(1.0, rows / one.rows) if one.rows else 0.0
                progress.at(f"Reading {one.name}: {rows:,}{of} rows", _SHARE * share)
        return staging, rows


_HOW_STAGED = "REPEATABLE READ READ ONLY, all rows copied to this machine by COPY, in the server's order"
_HOW_IN_PLACE = (
    "in place: counted by statements on the server, REPEATABLE READ READ ONLY; the rows looked at one by one copied to "
    "this machine, and the distinct values of columns; rows numbered in the server's order"
)
_NOT_THIS_ONE = "; in place it needs PostgreSQL 14 in UTF-8, pages of its own (heap), and no row security"


def _rows_in_place(connection: Any, one: CatalogueTable) -> tuple[int | None, str]:
    """Return how many rows a table has if it is to stay where it is; otherwise None, and why not where that is not plain.

    The estimate decides whether they are counted.
    """
    budget = options.rows_looked_at
    if one.rows is not None and one.rows < budget / 2:
        return None, ""
    if find_spec("sqlglot") is None:
        return None, "; in place it is read where sqlglot is installed: pip install 'mlqa_widgets[postgres]'"
    from mlqa_widgets.databases.in_place import count, is_ordered

    if not is_ordered(connection, one):
        return None, f"; a {one.kind} whose rows have no order of their own" if one.kind != "table" else _NOT_THIS_ONE
    rows = count(connection, one)
    return (rows, "") if rows > budget else (None, "")


@contextmanager
def _stopping(connection: Any, progress: Progress) -> Iterator[None]:
    """Have the server stop when the progress is cancelled, and say so in our words."""
    import psycopg

    progress.on_cancel(connection.cancel)
    try:
        yield
    except psycopg.errors.QueryCanceled:
        if not progress.cancelled:
            raise
        raise progress.stopped() from None
