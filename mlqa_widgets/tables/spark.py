"""Spark frames: the rows stay where they are; what comes over are figures, value counts and the rows on screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from mlqa_widgets.engines.spark import ROW, RowNumbers, Spark, numbered
from mlqa_widgets.errors import InputError
from mlqa_widgets.options import options
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.draw import Draw, draw_here, draw_stretches
from mlqa_widgets.tables.frames import as_frame, display_names
from mlqa_widgets.tables.remote import RemoteTable, types_of
from mlqa_widgets.tables.table import Column, Source, Storage, Table
from mlqa_widgets.tables.workers import Described, Workers

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType

T = TypeVar("T")

_LISTED: Final = 1_000
_EXACT_IN_A_DOUBLE: Final = 2.0**53


def from_spark(frame: DataFrame, name: str = "table", progress: Progress | None = None) -> Table:
    """Read a Spark frame where it is.

    Its rows are numbered once, in the order in which Spark has them, and kept on Spark's disks with their numbers
    until the table is let go: what Spark computes anew may come in another order.

    Raises
    ------
    InputError
        When it is a stream, or PySpark is older than 4.
    """
    if not hasattr(frame, "toArrow"):
        msg = "data: reading a Spark frame needs PySpark 4 or newer. Install it, or pass frame.toPandas()."
        raise InputError(msg)
    if frame.isStreaming:
        msg = "data: the Spark frame is a stream, which has no end. Pass one that was written, or a batch of it."
        raise InputError(msg)
    engine = Spark(frame.sparkSession)
    if progress is not None:
        progress.on_cancel(engine.interrupt)
    own = [f"o{i}" for i in range(len(frame.columns))]
    held = engine.hold(numbered(frame.toDF(*own)))
    numbers = RowNumbers.of(engine, held)
    columns: list[Column] = []
    selected = [f"{numbers.position} AS pos"]
    doubtful = _doubtful(engine, held, frame)
    shown = display_names(frame.columns)
    for i, field in enumerate(frame.schema.fields):
        sql, storage = _reading(f"o{i}", field.dataType, i in doubtful)
        selected.append(f"{sql} AS c{i}")
        comment = field.metadata.get("comment", "")
        columns.append(Column(i, field.name, shown[i], storage, field.dataType.simpleString(), comment=comment))
    engine.define("t", held.selectExpr(*selected), types_of(columns))
    rows = SparkRows(engine, held, numbers, tuple(frame.columns))
    return SparkTable(name, columns, numbers.rows, engine, rows, Source("Spark frame"))


class SparkTable(RemoteTable):
    """A table on Spark."""

    engine: Spark
    has_workers = True
    _draws = 0

    @property
    def fits_a_worker(self) -> bool:  # type: ignore[override]
        """Whether one worker can look at all rows."""
        return self.draw.looked_at is None

    @cached_property
    def draw(self) -> Table:
        """The rows that are looked at one by one, all up to ``options.rows_looked_at``: they stay on Spark's workers."""
        budget = options.rows_looked_at
        return draw_stretches(self, budget) if self.row_count > budget else self.draw_there("true", "")

    def draw_there(self, where: str, drawn: str) -> Table:
        """Return the rows for which an SQL expression is true, as they are read on a worker."""
        relation, rows = "t", self.row_count
        if drawn:
            self._draws += 1
            relation = f"drawn{self._draws}"
            self.engine.execute(f"CREATE TEMP TABLE {relation} AS SELECT * FROM t WHERE {where}")
            rows = int(self.query(f"SELECT count(*) AS n FROM {relation}")["n"][0].as_py())
        if not rows:
            return draw_here(self, where, drawn)
        described = Described(self.name, self.columns, self.row_count, self.source, drawn)
        workers = Workers(self.engine, self.engine.rows(relation), described)
        return SparkDraw(self, workers, rows, drawn)  # type: ignore[arg-type]


class SparkDraw(Draw):
    """Rows of a table on Spark that are looked at one by one, on Spark's workers."""

    engine: Workers  # type: ignore[assignment]
    fits_a_worker = True

    def look(self, look: Callable[..., T], *args: Any) -> T:
        """Return what a function finds in these rows, on a worker."""
        return self.engine.run(look, *args, tables={"drawn": self, "whole": self.whole})


@dataclass(frozen=True)
class SparkRows:
    """Rows of a Spark frame, labelled by position, with Spark's own values."""

    engine: Spark
    frame: DataFrame
    numbers: RowNumbers
    names: tuple[str, ...]

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at ``positions``."""
        if len(positions):
            wanted = self.numbers.at(positions)
            chosen = self.engine.collect(self._at(np.unique(wanted)))
            order = pd.Index(chosen[ROW].to_numpy()).get_indexer(pd.Index(wanted))
            rows = chosen.drop_columns([ROW]).take(pa.array(order))
        else:
            rows = self.engine.collect(self.frame.drop(ROW).limit(0))
        frame = as_frame(rows)
        for i, column in enumerate(rows.columns):
            if pa.types.is_nested(column.type):
                cells = column.to_pylist(maps_as_pydicts="lossy")
                frame.isetitem(i, pd.Series(cells, dtype=object).array)
        frame.columns = pd.Index(self.names, dtype=object)
        frame.index = self.labels(positions)
        return frame

    def _at(self, numbers: np.ndarray) -> DataFrame:
        if len(numbers) > _LISTED:
            return self.frame.join(self.engine.frame(pa.table({ROW: numbers})), ROW)
        return self.frame.where(f"{ROW} IN ({', '.join(map(str, numbers.tolist()))})")

    def labels(self, positions: np.ndarray) -> pd.Index:
        """Return the row labels at ``positions``: the positions."""
        return pd.Index(positions)


def _doubtful(engine: Spark, held: DataFrame, frame: DataFrame) -> set[int]:
    """Return the columns that have to be read as text: two values would be one, or a time is beyond Python's years."""
    asked = []
    for i, field in enumerate(frame.schema.fields):
        kind, name = field.dataType.typeName(), f"o{i}"
        if kind == "decimal" and field.dataType.precision > 15:
            asked.append(
                f"(max(abs(CAST({name} AS DOUBLE))) * 1e{field.dataType.scale} >= {_EXACT_IN_A_DOUBLE} "
                f"AND count(DISTINCT {name}) <> count(DISTINCT CAST({name} AS DOUBLE))) AS o{i}"
            )
        elif kind in ("date", "timestamp", "timestamp_ntz"):
            asked.append(f"max(year({name}) NOT BETWEEN 1 AND 9999) AS o{i}")
    if not asked:
        return set()
    answer = engine.collect(held.selectExpr(*asked)).to_pylist()[0]
    return {int(name[1:]) for name, yes in answer.items() if yes}


def _reading(name: str, kind: DataType, doubtful: bool) -> tuple[str, Storage]:
    """Return how a column is read for the checks: Spark's SQL and how it is then held."""
    match kind.typeName():
        case "byte" | "short" | "integer" | "long":
            return f"CAST({name} AS BIGINT)", "integer"
        case "float" | "double":
            return f"nullif(CAST({name} AS DOUBLE), CAST('NaN' AS DOUBLE))", "number"
        case "decimal":
            return (f"CAST({name} AS STRING)", "text") if doubtful else (f"CAST({name} AS DOUBLE)", "number")
        case "boolean":
            return name, "boolean"
        case "date" | "timestamp" | "timestamp_ntz":
            return (f"CAST({name} AS STRING)", "text") if doubtful else (f"CAST({name} AS TIMESTAMP_NTZ)", "datetime")
        case "interval day to second" | "daytimeinterval" | "day-time interval":
            seconds = f"unix_micros(TIMESTAMP '1970-01-01 00:00:00Z' + {name}) / 1e6D"
            return seconds, "number"
        case "binary":
            return f"if(is_valid_utf8({name}), CAST({name} AS STRING), hex({name}))", "nested"
        case "array" | "struct" | "map" | "variant":
            return f"to_json({name})", "nested"
    return f"CAST({name} AS STRING)", "text"
