"""Agreement of the kinds of columns with the nine classes of SortingHat (Shah et al., SIGMOD 2021).

Reads a csv of labelled columns (``Record_id, Attribute_name, true_type, total_vals, num_nans,
num_of_dist_val, mean, std_dev, min_val, max_val, sample_1..5``) and prints accuracy, precision and recall
per class, and the confusion matrix: for all columns, and for two halves split by table. The rules were
written looking only at the half called "tune".

Usage::

    python benchmarks/column_types.py columns.csv [--errors]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Final

from mlqa_widgets.profile.kinds import ColumnFacts, Kind, Storage, decide_kind

CLASS_OF_KIND: Final[dict[Kind, str]] = {
    Kind.NUMERIC: "numeric",
    Kind.COORDINATE: "numeric",
    Kind.BOOLEAN: "categorical",
    Kind.CATEGORY: "categorical",
    Kind.CODE: "categorical",
    Kind.POSTCODE: "categorical",
    Kind.PERIOD: "categorical",
    Kind.PHONE: "categorical",
    Kind.DATETIME: "datetime",
    Kind.SENTENCE: "sentence",
    Kind.URL: "url",
    Kind.NUMBER_IN_TEXT: "embedded-number",
    Kind.LIST: "list",
    Kind.EMPTY: "not-generalizable",
    Kind.NEARLY_EMPTY: "not-generalizable",
    Kind.CONSTANT: "not-generalizable",
    Kind.IDENTIFIER: "not-generalizable",
    Kind.REFERENCE: "context-specific",
    Kind.NAME: "context-specific",
    Kind.EMAIL: "context-specific",
    Kind.ADDRESS: "context-specific",
    Kind.LOCATION: "context-specific",
    Kind.NESTED: "context-specific",
    Kind.UNKNOWN: "context-specific",
}
CLASSES: Final = tuple(dict.fromkeys(CLASS_OF_KIND.values()))
_INTEGER: Final = re.compile(r"[+-]?\d+")


def facts_of_row(row: dict[str, str]) -> ColumnFacts:
    """Turn a row of the csv into facts.

    The file gives zero moments for text, and five values drawn from the first rows, so the storage is
    inferred: moments other than zero mean numbers.
    """
    minimum, maximum, mean, std = (float(row[field] or "0") for field in ("min_val", "max_val", "mean", "std_dev"))
    sample = list(dict.fromkeys(value for i in range(1, 6) if (value := row[f"sample_{i}"]).strip()))
    storage: Storage = "text"
    if sample and {value.lower() for value in sample} <= {"true", "false"} and std:
        storage = "boolean"
    elif any((minimum, maximum, mean, std)) or (sample and set(sample) <= {"0", "0.0"}):
        whole = all(_INTEGER.fullmatch(value) for value in sample)
        storage = "integer" if whole and minimum.is_integer() and maximum.is_integer() else "number"
    numeric = storage in ("number", "integer")
    return ColumnFacts(
        name=row["Attribute_name"],
        rows=int(row["total_vals"]),
        nulls=int(row["num_nans"]),
        distinct=int(row["num_of_dist_val"]),
        storage=storage,
        sample=sample,
        minimum=minimum if numeric else None,
        maximum=maximum if numeric else None,
        mean=mean if numeric else None,
        std=std if numeric else None,
    )


def half_of_table(record: str) -> str:
    """Assign a table to the half used for writing the rules, or to the half held out."""
    digest = hashlib.sha256(f"kinds:{record}".encode()).hexdigest()
    return "held out" if int(digest, 16) % 2 else "tune"


def report(title: str, pairs: list[tuple[str, str]]) -> str:
    """Lay out accuracy, precision, recall and the confusion matrix of (true, decided) pairs."""
    counts = Counter(pairs)
    right = sum(counts[name, name] for name in CLASSES)
    lines = [f"{title}: {len(pairs):,} columns, accuracy {right / len(pairs):.3f}", ""]
    header = "".join(f"{name[:9]:>10}" for name in CLASSES)
    lines.append(f"{'true, decided as':<18}{header}{'precision':>11}{'recall':>8}")
    for true in CLASSES:
        decided = sum(counts[other, true] for other in CLASSES)
        actual = sum(counts[true, other] for other in CLASSES)
        precision = f"{counts[true, true] / decided:.3f}" if decided else "-"
        recall = f"{counts[true, true] / actual:.3f}" if actual else "-"
        cells = "".join(f"{counts[true, other]:>10}" for other in CLASSES)
        lines.append(f"{true:<18}{cells}{precision:>11}{recall:>8}")
    return "\n".join(lines)


def main() -> None:
    """Print the agreement for the csv named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("columns", type=Path, help="csv of labelled columns")
    parser.add_argument("--errors", action="store_true", help="list the errors of the tune half")
    arguments = parser.parse_args()
    print_agreement(arguments.columns, errors=arguments.errors)


def print_agreement(columns: Path, *, errors: bool = False) -> None:
    """Print accuracy, precision and recall per class: for the half that was looked at, the other, and all."""
    halves: dict[str, list[tuple[str, str]]] = {"tune": [], "held out": []}
    with columns.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            facts = facts_of_row(row)
            kind, reason = decide_kind(facts)
            half = half_of_table(row["Record_id"])
            halves[half].append((row["true_type"], CLASS_OF_KIND[kind]))
            if errors and half == "tune" and CLASS_OF_KIND[kind] != row["true_type"]:
                print(f"{row['true_type']} -> {kind} ({reason}) {row['Record_id']} {facts!r}")
    for half, pairs in halves.items():
        print(report(half, pairs), end="\n\n")
    print(report("all", [pair for pairs in halves.values() for pair in pairs]))


if __name__ == "__main__":
    main()
