"""One contender, one table, one fresh process: prints its figures as a line of JSON.

Run by :mod:`benchmarks.speed` with the interpreter the contender lives in; needs nothing of this project. Neither the
import of the contender nor the reading of the frame is counted. Memory is read from Linux's /proc.
"""

from __future__ import annotations

import gc
import importlib
import json
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
    record_peak()
    started = time.perf_counter()
    widget = scan.widget()
    size = saved_bytes(widget)
    record("first paint (view and static twin)", started)
    record_clicks(scan)
    figures["findings"] = len(scan.result.findings)
    figures["saved widget state KB"] = len(json.dumps(widget.view)) / 1024
    return size


def known(frame: Any) -> int:
    import mlqa_widgets as mq

    started = time.perf_counter()
    scan = mq.scan(frame, name="flights", **roles())
    scan.wait()
    record("seconds", started)
    record_peak()
    figures["findings"] = len(scan.result.findings)
    return len(json.dumps(scan.findings["message"].tolist()))


def loaded(frame: Any) -> int:
    """Scan a few rows first, which loads the code and the engine: what the next scan takes, it takes for the data."""
    import mlqa_widgets as mq

    mq.scan(frame.head(1_000), name="first", **roles()).wait()
    start_memory()
    return known(frame)


def summarize_loaded(frame: Any) -> int:
    summarize(frame.head(1_000))
    start_memory()
    return summarize(frame)


def roles() -> dict[str, Any]:
    """Return the time, the series and the places that are named, if any are."""
    return json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}


def record_clicks(scan: Any) -> None:
    """Time the answer to every click: on a finding, then on a column to sort by, on a part of the evidence."""
    from mlqa_widgets.widgets.view import RowPages, detail

    slowest = dict.fromkeys(("finding", "column", "evidence"), 0.0)

    def click(what: str, pages: RowPages, **changes: Any) -> None:
        asked = {"type": "rows", "id": 0, "narrowing": None, "order_by": None, "descending": False}
        started = time.perf_counter()
        pages.page(asked | {"start": 0, "stop": 100} | changes)  # type: ignore[arg-type]
        slowest[what] = max(slowest[what], time.perf_counter() - started)

    for i in range(len(scan.result.findings)):
        pages = RowPages(scan)
        click("finding", pages, finding=i)
        for column in range(len(scan.table.columns)):
            click("column", pages, finding=i, order_by=column)
        for place, evidence in enumerate(detail(scan, i)["evidence"]):
            for item in _clickable(evidence):
                click("evidence", pages, finding=i, narrowing={"evidence": place, "item": item})
    figures.update({f"slowest click on a {what}": seconds for what, seconds in slowest.items()})


def _clickable(evidence: Any) -> list[int]:
    if evidence["kind"] == "chart":
        return [item["item"] for item in evidence["items"]]
    bars = evidence.get("bars") or [bar for group in evidence.get("groups", []) for bar in group]
    return [item for item, bar in enumerate(bars) if bar["clickable"]]


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
    "mlqa_widgets, roles known": known,
    "mlqa_widgets, loaded": loaded,
    "DuckDB SUMMARIZE": summarize,
    "DuckDB SUMMARIZE, loaded": summarize_loaded,
    "skrub TableReport": skrub,
    "ydata minimal": ydata_minimal,
    "ydata full": ydata_full,
}
_MODULES = {
    "mlqa_widgets": "mlqa_widgets",
    "mlqa_widgets, roles known": "mlqa_widgets",
    "mlqa_widgets, loaded": "mlqa_widgets",
    "DuckDB SUMMARIZE": "duckdb",
    "DuckDB SUMMARIZE, loaded": "duckdb",
    "skrub TableReport": "skrub",
    "ydata minimal": "ydata_profiling",
    "ydata full": "ydata_profiling",
}
figures: dict[str, float] = {}


def record(name: str, started: float) -> None:
    figures[name] = time.perf_counter() - started


def resident(kind: str) -> float:
    """Return what the process occupies in MB: now (``VmRSS``) or at most so far (``VmHWM``)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1e3


def start_memory() -> None:
    """Count memory from here on."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    figures["base MB"] = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew


def record_peak() -> None:
    """Record the memory taken at most since the frame was there, once."""
    figures.setdefault("extra MB", resident("VmHWM") - figures["base MB"])


def main() -> None:
    import pandas as pd

    name, path = sys.argv[1], Path(sys.argv[2])
    frame = pd.read_parquet(path)
    importlib.import_module(_MODULES[name])
    figures["frame MB"] = frame.memory_usage(deep=True).sum() / 1e6
    start_memory()
    size = CONTENDERS[name](frame)
    record_peak()
    figures["output KB"] = size / 1024
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
