"""Apache Spark: the engine of a table that stays on a cluster. It is asked in DuckDB's SQL, as every engine is."""

from __future__ import annotations

import re
import sys
import uuid
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.engines.dialects.spark import Listed, to_spark
from mlqa_widgets.engines.dialects.translation import Lookup
from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.engines.remote import Remote, plain, plain_type, types_in_duckdb
from mlqa_widgets.errors import Cancelled, InputError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROW: Final = "mlqa_row"
"""The row's number as Spark gives it: that of its partition in the upper bits, and within it in the lower 33."""

_CREATE: Final = re.compile(r"CREATE (OR REPLACE )?TEMP (?P<kind>TABLE|VIEW) (?P<name>\w+) AS (?P<query>.*)", re.DOTALL)
_DROP: Final = re.compile(r"DROP TABLE IF EXISTS (?P<name>\w+)")
_RAISED: Final = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)+(\S.*)$", re.MULTILINE)
"""What a function of Python raised on a worker: the line after the frames."""
_PARTITION_BITS: Final = 33
_BATCH_ROWS: Final = 250_000


@dataclass(frozen=True)
class RowNumbers:
    """How the rows of a frame are numbered: one partition after the other."""

    partitions: np.ndarray
    """Spark's number of each partition that has rows, ascending."""
    starts: np.ndarray
    """The position of the first row of each."""
    rows: int

    @classmethod
    def of(cls, engine: Spark, frame: DataFrame) -> RowNumbers:
        """Count the rows of each partition."""
        counted = engine.collect(
            frame.selectExpr(f"shiftright({ROW}, {_PARTITION_BITS}) AS part").groupBy("part").count().orderBy("part")
        )
        partitions = counted["part"].to_numpy()
        ends = np.cumsum(counted["count"].to_numpy())
        return cls(partitions, ends - counted["count"].to_numpy(), int(ends[-1]) if len(ends) else 0)

    @property
    def position(self) -> str:
        """Spark's SQL of a row's position."""
        if len(self.partitions) <= 1:
            return ROW if not self.partitions.any() else f"{ROW} - {int(self.partitions[0]) << _PARTITION_BITS}"
        shifts = np.zeros(int(self.partitions[-1]) + 1, dtype=np.int64)
        shifts[self.partitions] = (self.partitions << _PARTITION_BITS) - self.starts
        given = ", ".join(f"{shift}L" for shift in shifts.tolist())
        return f"{ROW} - array({given})[CAST(shiftright({ROW}, {_PARTITION_BITS}) AS INT)]"

    def at(self, positions: np.ndarray) -> np.ndarray:
        """Return Spark's numbers of the rows at ``positions``."""
        place = np.searchsorted(self.starts, positions, side="right") - 1
        found: np.ndarray = (self.partitions[place] << _PARTITION_BITS) + positions - self.starts[place]
        return found

    def parts(self, rows: int) -> Iterator[tuple[int, int]]:
        """Yield Spark's numbers of the first and the last row of stretches of at most ``rows`` rows."""
        ends = np.append(self.starts, self.rows)[1:]
        for partition, start, end in zip(self.partitions, self.starts, ends, strict=True):
            first = int(partition) << _PARTITION_BITS
            for at in range(0, int(end - start), rows):
                yield first + at, first + min(at + rows, int(end - start)) - 1


def numbered(frame: DataFrame) -> DataFrame:
    """Return the frame with the number Spark gives each row in :data:`ROW`."""
    return frame.selectExpr(f"monotonically_increasing_id() AS {ROW}", "*")


class Spark(Remote):
    """A Spark session, asked for aggregates and single rows; nothing in it is changed but views of our own.

    Parameters
    ----------
    session
        The session.
    """

    place = "Spark"
    takes_tables = True

    def __init__(self, session: SparkSession) -> None:
        super().__init__()
        self.session = session
        self.name = f"Spark {session.version}"
        self._id = f"mlqa_{uuid.uuid4().hex[:12]}"
        self._names: dict[str, str] = {}
        self._statements = 0
        self._looked_up: dict[tuple[Any, ...], DataFrame] = {}
        self._held: list[DataFrame] = []
        self._tables: dict[str, DataFrame] = {}
        self._release = weakref.finalize(self, _discard, session, self._names, self._held, self._local)

    # ------------------------------------------------------------------ relations

    def define(self, name: str, frame: DataFrame, types: Mapping[str, str]) -> None:
        """Make a frame readable under ``name``.

        Parameters
        ----------
        types
            Column -> its type in DuckDB.
        """
        self._names[name] = f"{self._id}_{name}"
        self._relations[name] = types
        frame.createOrReplaceTempView(self._names[name])

    def hold(self, frame: DataFrame) -> DataFrame:
        """Return the frame such that Spark computes it once and keeps it on its disks, until the engine is closed."""
        self._held.append(frame.persist(_disk_only()))
        return self._held[-1]

    @contextmanager
    def kept(self, name: str, sql: str) -> Iterator[None]:
        """Make the result of a statement readable under ``name``; Spark keeps it on its disks for as long."""
        with self._lock:
            self.execute(f"CREATE TEMP TABLE {name} AS {sql}")
            try:
                yield
            finally:
                self._forget(name)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Make or drop a temporary table or view: of a table Spark keeps the rows on its disks until it is replaced."""
        with self._lock:
            if (dropped := _DROP.fullmatch(sql)) is not None:
                self._forget(dropped["name"])
                return
            made = _CREATE.fullmatch(sql)
            if made is None:
                msg = f"Spark is asked for a statement that it does not need: {sql[:80]}"
                raise InputError(msg)
            with self._translated(made["query"], [plain(one) for one in params]) as (frame, _):
                held = frame.persist(_disk_only()) if made["kind"] == "TABLE" else frame
                self._forget(made["name"])
                self._take_in(made["name"], held, keep=made["kind"] == "TABLE")

    def load(self, name: str, rows: pa.Table, *, append: bool) -> None:
        """Send an Arrow table to Spark as a new table called ``name``, or more rows for one sent before."""
        with self._lock:
            sent = self.frame(rows)
            if append:
                sent = self.rows(name).unionAll(sent)
            self._take_in(name, sent, keep=False)

    def rows(self, relation: str) -> DataFrame:
        """Return a relation as a frame."""
        return self.session.table(self._names[relation])

    def bring(self, name: str, other: Spark) -> None:
        """Make the relation ``t`` of another engine of the same session readable here under ``name``."""
        self.define(name, other.rows("t"), other._relations["t"])

    def _take_in(self, name: str, frame: DataFrame, *, keep: bool) -> None:
        kinds = {field.name: _DUCKDB_NAMES.get(field.dataType.typeName(), "VARCHAR") for field in frame.schema}
        self.define(name, frame, kinds)
        if keep:
            self._tables[name] = frame
            self._held.append(frame)

    # ------------------------------------------------------------------ statements

    def _answer(self, sql: str, params: Sequence[Any]) -> pa.Table:
        with self._translated(sql, params, sort_after=True) as (frame, order):
            found = self.collect(frame)
            return self._local.join(f"SELECT * FROM wanted {order}", found) if order else found

    def _parts(self, sql: str, params: Sequence[Any]) -> Iterator[pa.RecordBatch]:
        """Yield the parts of a result, which Spark keeps on its disks until the last of them was taken."""
        with self._translated(sql, params) as (frame, _):
            held = numbered(frame).persist(_disk_only())
            try:
                for first, last in RowNumbers.of(self, held).parts(_BATCH_ROWS):
                    part = self.collect(held.where(f"{ROW} BETWEEN {first} AND {last}").drop(ROW))
                    yield from part.combine_chunks().to_batches()
            finally:
                held.unpersist()

    def _lookups(self, sql: str, params: Sequence[Any]) -> Sequence[Lookup]:
        return to_spark(sql, params, self._relations, self._names).lookups

    def collect(self, frame: DataFrame) -> pa.Table:
        """Return the rows of a frame."""
        with self._lock, self._interruptible():
            found = frame.toArrow()
        self.fetched += found.num_rows
        return found

    @contextmanager
    def this_python(self) -> Iterator[None]:
        """Have functions made within the block run in this very Python, where Spark's workers are on this machine."""
        context = _context(self.session)
        if context is None or not context.master.startswith("local"):
            yield
            return
        with self._lock:
            usual, context.pythonExec = context.pythonExec, sys.executable
            try:
                yield
            finally:
                context.pythonExec = usual

    def interrupt(self) -> None:
        """Stop the statement that runs in another thread, if any."""
        self._interrupted.set()
        self._local.interrupt()
        if (context := _context(self.session)) is not None:
            context.cancelJobsWithTag(self._id)
        else:
            self.session.interruptTag(self._id)

    # ------------------------------------------------------------------ running

    @contextmanager
    def _translated(
        self, sql: str, params: Sequence[Any], *, sort_after: bool = False
    ) -> Iterator[tuple[DataFrame, str]]:
        """Give a statement as a frame of Spark, with what it reads besides the relations, and what to sort it by."""
        self._statements += 1
        prefix = f"{self._id}_{self._statements}_"
        translated = to_spark(sql, params, self._relations, self._names, prefix, sort_after=sort_after)
        made: list[str] = []
        try:
            for lookup in translated.lookups:
                self._result(lookup, params).createOrReplaceTempView(lookup.name)
                made.append(lookup.name)
            for listed in translated.lists:
                self._list(listed, params).createOrReplaceTempView(listed.name)
                made.append(listed.name)
            with self._interruptible():
                frame = self.session.sql(translated.sql, args=translated.params)
            yield frame, translated.order
        finally:
            for name in made:
                self.session.catalog.dropTempView(name)

    def _result(self, lookup: Lookup, params: Sequence[Any]) -> DataFrame:
        given = [params[int(name[1:])] for name in lookup.params]
        key = lookup.relation, lookup.column, lookup.sql, repr(given)
        if key not in self._looked_up:
            self._looked_up[key] = self.frame(self._results(lookup, params))
        return self._looked_up[key]

    def _list(self, listed: Listed, params: Sequence[Any]) -> DataFrame:
        columns = [params[int(name[1:])] for name in listed.params]
        rows = pa.table({f"v{i}": pa.array(values) for i, values in enumerate(columns)})
        rows = rows.group_by(rows.column_names).aggregate([])
        return self.frame(rows.append_column("found", pa.array(np.ones(rows.num_rows, dtype=bool))))

    def frame(self, rows: pa.Table) -> DataFrame:
        """Return a small Arrow table as a frame of the session; times stay without a zone."""
        fields = [f"{field.name} {_type_in_spark(field.type)}" for field in rows.schema]
        sent = rows.cast(pa.schema([(field.name, plain_type(field.type)) for field in rows.schema]))
        with self._interruptible():
            return self.session.createDataFrame(sent, ", ".join(fields))

    @contextmanager
    def _lent(self, name: str, rows: pa.Table) -> Iterator[None]:
        self.define(name, self.frame(rows), types_in_duckdb(rows.schema))
        try:
            yield
        finally:
            self._forget(name)

    def _forget(self, name: str) -> None:
        if name in self._names:
            self.session.catalog.dropTempView(self._names.pop(name))
            del self._relations[name]
        if (table := self._tables.pop(name, None)) is not None:
            self._held.remove(table)
            table.unpersist()

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        from pyspark.errors import PySparkException

        self._interrupted.clear()
        context = _context(self.session)
        tagged = context or self.session
        add, remove = ("addJobTag", "removeJobTag") if context is not None else ("addTag", "removeTag")
        getattr(tagged, add)(self._id)
        try:
            yield
        except Exception as error:
            if self._interrupted.is_set():
                msg = "The query was interrupted."
                raise Cancelled(msg) from error
            if isinstance(error, PySparkException) or type(error).__module__.startswith("py4j"):
                msg = f"Spark: {_reason(error)}"
                raise InputError(msg) from error
            raise
        finally:
            getattr(tagged, remove)(self._id)


def _disk_only() -> Any:
    from pyspark import StorageLevel

    return StorageLevel.DISK_ONLY


def _context(session: SparkSession) -> Any:
    """Return the session's context; None for one of Spark Connect, which has none."""
    with suppress(Exception):
        return session.sparkContext
    return None


def _reason(error: Exception) -> str:
    """Return the reason Spark gives in one line, without the plan, the Java stack and the frames of Python."""
    text = str(error)
    if raised := _RAISED.findall(text):
        return str(raised[-1])
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("[")), lines[0] if lines else type(error).__name__)


def _type_in_spark(kind: pa.DataType) -> str:
    return _TYPES[plain_type(kind)]


_TYPES: Final = {
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.timestamp("us"): "timestamp_ntz",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.string(): "string",
}


_DUCKDB_NAMES: Final = {
    "long": "BIGINT",
    "double": "DOUBLE",
    "timestamp_ntz": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


def _discard(session: SparkSession, names: Mapping[str, str], held: Sequence[DataFrame], local: DuckDB) -> None:
    local.close()
    with suppress(Exception):  # the session may have ended before
        for name in names.values():
            session.catalog.dropTempView(name)
        for frame in held:
            frame.unpersist()
