"""One table with a defect of every family, for every engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.engines.remote import Remote
from mlqa_widgets.profile import plan
from mlqa_widgets.scan import Scan

HOURS = 160
STATIONS = ("north", "south", "harbour", "airport")

POSTGRES_TYPES = (
    *("text", "timestamp", "double precision", "double precision", "double precision", "text", "text", "text"),
    *("text", "text", "double precision", "double precision", "bigint", "boolean", "text"),
)


def planted() -> pd.DataFrame:
    """Return hourly readings of four stations, by station and time, with what goes wrong in such tables."""
    rng = np.random.default_rng(5)
    rows = HOURS * len(STATIONS)
    hour = np.tile(np.arange(HOURS), len(STATIONS))
    station = np.repeat(np.arange(len(STATIONS)), HOURS)
    seen = pd.Timestamp("2024-03-28") + pd.to_timedelta(hour, "h")
    temperature = (12 + 6 * np.sin(2 * np.pi * hour / 24) + rng.normal(0, 1, rows)).round(2)
    temperature[[40, 300, 555]] = (-999.0, 480.0, -999.0)
    temperature[200:214] = 13.37
    latitude = np.array([54.31, 53.55, 53.54, 53.63])[station] + rng.normal(0, 0.004, rows).round(4)
    longitude = np.array([10.13, 9.99, 9.96, 10.01])[station] + rng.normal(0, 0.004, rows).round(4)
    for row in (77, 402):
        latitude[row], longitude[row] = longitude[row], latitude[row]
    latitude[500], longitude[500] = 0.0, 0.0
    town = np.array(["Kiel", "Hamburg", "Hamburg", "Norderstedt"], dtype=object)[station]
    town[[10, 170, 330, 333]] = ["kiel", "Hamburg ", "HAMBURG", "N/A"]
    postcode = np.array(["24103", "20095", "20457", "22846"], dtype=object)[station]
    postcode[[222, 223]] = "24103"
    weight = np.array([f"{w:.1f} kg" for w in rng.normal(70, 9, rows)], dtype=object)
    weight[[33, 91]] = ["71,4 kg", "heavy"]
    days = pd.Series(pd.Timestamp("2023-05-01") + pd.to_timedelta(rng.integers(0, 300, rows), "D"))
    installed = np.where(rng.random(rows) < 0.9, days.dt.strftime("%Y-%m-%d"), days.dt.strftime("%d.%m.%Y"))
    mail = np.array([f"person{i}@example.org" for i in rng.integers(0, 120, rows)], dtype=object)
    mail[[9, 444]] = ["person7@example", "nobody at example.org"]
    frame = pd.DataFrame(
        {
            "station": np.array(STATIONS, dtype=object)[station],
            "seen": seen.as_unit("us"),
            "temperature": temperature,
            "latitude": latitude,
            "longitude": longitude,
            "town": town,
            "postcode": postcode,
            "weight": weight,
            "installed": installed,
            "mail": mail,
            "humidity": rng.uniform(20, 90, rows).round(1),
            "pressure": rng.normal(1013, 8, rows).round(1),
            "code": rng.integers(100, 100_000, rows),
            "checked": rng.random(rows) < 0.5,
            "country": "DE",
        }
    )
    gone = rng.random(rows) < 0.08
    frame.loc[gone, ["humidity", "pressure"]] = np.nan
    frame.loc[frame["station"] == "airport", "mail"] = None
    frame = frame.drop(index=range(90, 110))
    return pd.concat([frame, frame.iloc[[5, 6, 7, 250]]], ignore_index=True)


def told(scan: Scan) -> list[tuple[Any, ...]]:
    """Return what a scan found: where, how bad, how many rows, and which."""
    assert scan.result.failures == ()
    return [
        (
            found.check,
            scan.names(found),
            found.severity.value,
            found.rows,
            tuple(scan.table.labels(scan.table.positions(found.predicate))),
        )
        for found in scan.result.findings
    ]


def record(patch: pytest.MonkeyPatch, engine: type[Remote], asked: list[Any]) -> None:
    """Keep what an engine is asked, and its answers; values are counted there as of a large table."""
    query = engine.query

    def recorded(self: Remote, sql: str, params: Any = ()) -> pa.Table:
        answer = query(self, sql, params)
        asked.append((sql, tuple(params), answer))
        return answer

    patch.setattr(plan, "IN_MEMORY_ROWS", 0)
    patch.setattr(engine, "query", recorded)


def answered_alike(asked: list[Any], beside: DuckDB) -> int:
    """Ask DuckDB the same, and return how many answers were compared."""
    compared = 0
    for sql, params, answer in asked:
        if any(word in sql for word in ("hash(", "wanted", "approx_")):
            continue  # hashes and estimates are each engine's own; `wanted` was lent for the statement
        assert in_order(answer, sql) == in_order(beside.query(sql, params), sql), sql
        compared += 1
    return compared


def in_order(answer: pa.Table, sql: str) -> list[list[Any]]:
    """Return the rows of an answer, in its order where it has one, with figures to twelve digits."""
    rows = [[figure(cell) for cell in row.values()] for row in answer.to_pylist()]
    return rows if " ORDER BY " in sql else sorted(rows, key=repr)


def figure(cell: Any) -> Any:
    return float(f"{float(cell):.12g}") + 0.0 if isinstance(cell, (int, float, Decimal)) and cell is not True else cell
