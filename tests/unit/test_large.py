"""Tables too large to be looked at row by row: the same findings, what is approximate said, memory within its limit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mlqa_widgets as mq
from mlqa_widgets.options import options
from mlqa_widgets.scan import Scan

SENSORS, HOURS = 30, 240


@pytest.fixture(scope="module")
def readings() -> pd.DataFrame:
    """Make hourly readings of thirty sensors with holes, stand-ins, empty cells, variants of names and copies."""
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product(
        [[f"S-{n:03d}" for n in range(SENSORS)], pd.date_range("2024-01-01", periods=HOURS, freq="h")],
        names=["sensor", "time"],
    ).to_frame(index=False)
    size = len(rows)
    rows["level"] = rng.normal(20, 3, size).round(4)
    rows["state"] = rng.choice(["ok", "warm", "N/A"], size, p=[0.8, 0.1, 0.1])
    rows["town"] = rng.choice(["Lyon", "Nantes", "Toulouse"], size)
    rows.loc[rng.choice(size, 12, replace=False), "town"] = "lyon"
    rows.loc[rng.choice(size, 300, replace=False), "level"] = np.nan
    rows["low"] = rows["level"] - rng.gamma(2, 1, size).round(4)
    rows["constant"] = 1
    hour = np.tile(np.arange(HOURS), SENSORS)
    rows = rows[~((hour >= 100) & (hour < 112))]
    return pd.concat([rows, rows[:40]], ignore_index=True)


def scanned(path: Path, **roles: str) -> Scan:
    scan = mq.scan(path, **roles)
    scan.wait()
    assert scan.result.failures == ()
    return scan


@pytest.fixture(scope="module")
def path(readings: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the readings as a Parquet file."""
    path = tmp_path_factory.mktemp("large") / "readings.parquet"
    readings.to_parquet(path, row_group_size=1_000)
    return path


def told(scan: Scan, *, looked_at: bool) -> dict[tuple[str, tuple[str, ...]], tuple[str, int, str]]:
    return {
        (one.identity, scan.names(one)): (one.severity.value, one.rows, one.message)
        for one in scan.result.findings
        if (one.looked_at is not None) == looked_at
    }


def test_what_is_counted_is_found_as_in_the_whole_and_what_is_drawn_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scanned(path, time="time", group="sensor")
    monkeypatch.setattr(options, "row_budget", 2_500)
    large = scanned(path, time="time", group="sensor")
    exact, drawn = (told(large, looked_at=one) for one in (False, True))
    every = told(whole, looked_at=False)
    assert told(whole, looked_at=True) == {}
    assert {check for check, _ in exact} >= {"placeholders", "missing_values", "spelling_variants", "constant_column"}
    assert {check for check, _ in drawn} >= {"time_gaps"}
    assert exact == {one: finding for one, finding in every.items() if one in exact}
    assert set(every) == set(exact) | set(drawn)
    for _, rows, message in drawn.values():
        assert rows < len(pd.read_parquet(path))
        assert f"of {large.table.row_count:,} rows looked at." in message


def test_each_drawn_finding_selects_the_rows_it_counts_in_the_whole_table(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "row_budget", 2_500)
    scan = scanned(path, time="time", group="sensor")
    for i, finding in enumerate(scan.result.findings):
        assert scan.table.count(finding.predicate) == finding.rows, finding.message
        assert len(scan.rows(i, 5)) == min(5, finding.rows)
    (gaps,) = [i for i, one in enumerate(scan.result.findings) if one.check == "time_gaps"]
    around = scan.rows(gaps)
    assert set(around["time"].dt.strftime("%d %H")) == {"05 03", "05 16"}
    assert "whole series" in scan.finding(gaps).why


def test_series_of_one_sensor_are_looked_at_in_their_latest_stretch(
    readings: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = pd.DataFrame({"time": pd.date_range("2020-01-01", periods=9_000, freq="h"), "level": np.arange(9_000) % 97})
    one.drop(index=range(8_500, 8_512)).to_parquet(tmp_path / "one.parquet")
    monkeypatch.setattr(options, "row_budget", 2_000)
    scan = scanned(tmp_path / "one.parquet")
    (gaps,) = [one for one in scan.result.findings if one.check == "time_gaps"]
    assert "12 readings are missing" in gaps.message
    assert "the latest" in gaps.why


def test_the_header_says_what_was_looked_at(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scanned(path).read.startswith("all rows read")
    monkeypatch.setattr(options, "row_budget", 3_200)
    monkeypatch.setattr(options, "memory_limit", "2GB")
    scan = scanned(path)
    assert scan.read.startswith("all rows counted, 3,200 looked at one by one")
    assert scan.read in repr(scan)
    card = scan.widget().view["table"]
    assert card["read"] == scan.read
    assert card["facts"]["memory limit"] == "2GB"
    assert card["facts"]["rows looked at one by one"] == "3,200: 32 stretches of 100 rows, evenly spread"


def test_a_finding_of_more_rows_than_may_be_held_is_paged_by_the_engine(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlqa_widgets.widgets.view import RowPages

    scan = scanned(path)
    (finding,) = [i for i, one in enumerate(scan.result.findings) if one.check == "placeholders"]
    request = {"type": "rows", "id": 0, "finding": finding, "narrowing": None, "start": 30, "stop": 60}
    orders = [{"order_by": None, "descending": False}, {"order_by": 2, "descending": True}]
    held = [RowPages(scan).page({**request, **order}) for order in orders]  # type: ignore[typeddict-item]
    monkeypatch.setattr(options, "row_budget", 10)
    assert [RowPages(scan).page({**request, **order}) for order in orders] == held  # type: ignore[typeddict-item]


_SCANNED = """
import json, sys
from pathlib import Path
import mlqa_widgets as mq

def most():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

mq.options.memory_limit = sys.argv[2]
before = most()
scan = mq.scan(sys.argv[1])
scan.wait()
found = [(one.check, one.rows) for one in scan.result.findings]
print(json.dumps({"taken": most() - before, "found": found, "failures": len(scan.result.failures)}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it")
def test_a_file_larger_than_the_memory_limit_is_scanned_within_it(tmp_path: Path) -> None:
    path, rng, rows, parts = tmp_path / "large.parquet", np.random.default_rng(0), 260_000, 14
    writer = None
    for part in range(parts):
        table = pa.table(
            {f"x{i}": rng.normal(size=rows) for i in range(10)}
            | {"id": np.arange(part * rows, (part + 1) * rows), "kind": np.resize(["a", "b", "c", "N/A"], rows)}
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="none")
        writer.write_table(table)
    assert writer is not None
    writer.close()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _SCANNED, str(path), "150MB"], capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["failures"] == 0
    assert ["placeholders", parts * rows // 4] in answer["found"]
    assert answer["taken"] < path.stat().st_size
