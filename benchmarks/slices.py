"""The search for the worst slices against sliceline: seconds and peak memory, each in a fresh process, in one run.

Run ``python -m benchmarks.slices``. The rows are the flights of :mod:`benchmarks.flights_model` (336,776 x 21), the error
is that of the LightGBM model. Ours is timed from the analysis to the slices confirmed, cutting the columns into categories
among it; sliceline from the columns that we have cut, at the same support, to depth 2 (at depth 3 it runs out of memory).
Memory is the peak of the process while it searches, and what it grew by (Linux only). sliceline is run by ``uv`` in an environment of
its own (a package registry is needed the first time). The best of the runs is kept.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SUPPORT = 0.01


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of ours; the best is kept")
    parser.add_argument("--without-sliceline", action="store_true")
    parser.add_argument(
        "--measure", nargs=4, metavar=("CONTENDER", "FOLDER", "METRIC", "DEPTH"), help="run one of them"
    )
    arguments = parser.parse_args()
    if arguments.measure:
        measure(*arguments.measure)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write(folder)
        print("| | metric | depth | seconds | peak MB | grown MB | found | the worst |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for metric in ("error_rate", "log_loss"):
            for depth in (2, 3):
                line("mlqa_widgets", metric, depth, run("mlqa_widgets", folder, metric, depth, arguments.runs))
        if not arguments.without_sliceline:
            line("sliceline", "error_rate", 2, run("sliceline", folder, "error_rate", 2, 1))


def write(folder: Path) -> None:
    """Write the rows, what came and what the model gives to it, and the columns as we cut them."""
    from benchmarks.flights_model import fitted, flights
    from mlqa_widgets.slices.partitions import partitions

    rows, late = flights()
    given = fitted("LightGBM", folder).predict_proba(rows)[:, 1]
    cuts = partitions(rows, int(SUPPORT * len(rows)))
    rows.to_parquet(folder / "rows.parquet")
    np.save(folder / "codes.npy", np.column_stack([cut.codes + 1 for cut in cuts]).astype(np.int32))
    np.savez(folder / "outcomes.npz", came=late.to_numpy().astype(int), late=given, names=[cut.name for cut in cuts])


def run(contender: str, folder: Path, metric: str, depth: int, runs: int) -> dict[str, float | str]:
    """Return the figures of the fastest of several fresh processes; none when it did not finish."""
    command = [sys.executable]
    if contender == "sliceline":
        command = ["uv", "run", "--no-project", "--quiet", "--python", sys.executable, "--with", "sliceline", "python"]
    command += ["-W", "ignore", __file__, "--measure", contender, str(folder), metric]
    best: dict[str, float | str] = {}
    for _ in range(runs):
        done = subprocess.run([*command, str(depth)], capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr[-500:], file=sys.stderr)
            return {}
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        if not best or figures["seconds"] < best["seconds"]:
            best = figures
    return best


def measure(contender: str, folder: str, metric: str, depth: str) -> None:
    """Time one contender and print its figures as a line of JSON."""
    prepare = {"mlqa_widgets": _ours, "sliceline": _sliceline}[contender]
    search = prepare(Path(folder), metric, int(depth))
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before, started = _memory("VmRSS"), time.perf_counter()
    found, worst = search()
    seconds = time.perf_counter() - started
    peak = _memory("VmHWM")
    print(json.dumps({"seconds": seconds, "peak": peak, "grown": peak - before, "found": found, "worst": worst}))


def _memory(name: str) -> float:
    """Return a figure of this process's memory in MB: ``VmRSS`` now, ``VmHWM`` at most since it was forgotten."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


def _ours(folder: Path, metric: str, depth: int) -> Callable[[], tuple[str, str]]:
    import pandas as pd
    import scipy.stats  # noqa: F401 - its import is not the search

    import mlqa_widgets as mq

    rows, kept = pd.read_parquet(folder / "rows.parquet"), np.load(folder / "outcomes.npz")
    late = kept["late"]
    analysis = mq.analyze(lambda X: late[X.index], rows, kept["came"], classes=[0, 1])

    def search() -> tuple[str, str]:
        worst = analysis.slices(metric, conditions=depth).worst
        return f"{int(worst['confirmed'].sum())} confirmed", str(worst["slice"].iloc[0])

    return search


def _sliceline(folder: Path, metric: str, depth: int) -> Callable[[], tuple[str, str]]:
    from sliceline.slicefinder import Slicefinder

    codes, kept = np.load(folder / "codes.npy"), np.load(folder / "outcomes.npz")
    came, late = kept["came"], kept["late"]
    given = np.where(came == 1, late, 1 - late)
    errors = (given < 0.5).astype(float) if metric == "error_rate" else -np.log(np.clip(given, 1e-15, 1))

    def search() -> tuple[str, str]:
        finder = Slicefinder(alpha=0.99, k=10, max_l=depth, min_sup=int(SUPPORT * len(codes)), verbose=False)
        top = finder.fit(codes, errors).top_slices_
        worst = (
            [f"{name} = {code}" for name, code in zip(kept["names"], top[0], strict=True) if code] if len(top) else []
        )
        return f"{len(top)} slices", " and ".join(worst)

    return search


def line(name: str, metric: str, depth: int, figures: dict[str, float | str]) -> None:
    """Print one contender."""
    if not figures:
        print(f"| {name} | {metric} | {depth} | did not finish | | | | |", flush=True)
        return
    print(
        f"| {name} | {metric} | {depth} | {figures['seconds']:.2f} | {figures['peak']:.0f} | {figures['grown']:.0f} | "
        f"{figures['found']} | {figures['worst']} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
