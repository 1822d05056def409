"""One contender, one table, one fresh process: prints its figures as a line of JSON.

Run by :mod:`benchmarks.speed` with the interpreter the contender lives in; needs nothing of this project.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")


def ours(frame: Any) -> int:
    import mlqa_widgets as mq

    started = time.perf_counter()
    scan = mq.scan(frame, name="flights")
    scan.wait()
    record("seconds", started)
    started = time.perf_counter()
    widget = scan.widget()
    record("first paint: view built", started)
    record_rows(scan, widget)
    return saved_bytes(widget)


def record_rows(scan: Any, widget: Any) -> None:
    """Time the answer to a click: the first page of the rows of every finding."""
    from mlqa_widgets.widgets.view import RowPages

    slowest = 0.0
    for i in range(len(scan.result.findings)):
        started = time.perf_counter()
        request = {"finding": i, "narrowing": None, "order_by": None, "descending": False, "start": 0, "stop": 100}
        RowPages(scan).page(request)
        slowest = max(slowest, time.perf_counter() - started)
    figures["slowest click to rows"] = slowest
    figures["findings"] = len(scan.result.findings)
    figures["saved widget state KB"] = len(json.dumps(widget.view)) / 1024


def saved_bytes(widget: Any) -> int:
    return len(widget.static_html().encode())


def skrub(frame: Any) -> int:
    from skrub import TableReport

    started = time.perf_counter()
    html = TableReport(frame, verbose=0).html()
    record("seconds", started)
    return len(html.encode())


def ydata_minimal(frame: Any) -> int:
    return _ydata(frame, minimal=True)


def ydata_full(frame: Any) -> int:
    return _ydata(frame, minimal=False)


def _ydata(frame: Any, *, minimal: bool) -> int:
    from ydata_profiling import ProfileReport

    started = time.perf_counter()
    html = ProfileReport(frame, minimal=minimal, progress_bar=False).to_html()
    record("seconds", started)
    return len(html.encode())


def summarize(frame: Any) -> int:
    import duckdb

    started = time.perf_counter()
    connection = duckdb.connect()
    connection.register("t", frame)
    answer = connection.sql("SUMMARIZE t").fetchall()
    record("seconds", started)
    return len(str(answer))


def reading(frame: Any) -> int:
    """Return at once: the frame alone is what memory is compared with."""
    return len(frame)


CONTENDERS = {
    "mlqa_widgets": ours,
    "DuckDB SUMMARIZE": summarize,
    "skrub TableReport": skrub,
    "ydata minimal": ydata_minimal,
    "ydata full": ydata_full,
    "frame alone": reading,
}
figures: dict[str, float] = {}


def record(name: str, started: float) -> None:
    figures[name] = time.perf_counter() - started


def main() -> None:
    import pandas as pd
    import pyarrow.parquet  # noqa: F401

    name, path = sys.argv[1], Path(sys.argv[2])
    frame = pd.read_parquet(path)
    figures["frame MB"] = frame.memory_usage(deep=True).sum() / 1e6
    size = CONTENDERS[name](frame)
    figures["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    figures["output KB"] = size / 1024
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
