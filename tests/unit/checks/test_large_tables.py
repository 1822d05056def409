"""What every check says of a table too large to be looked at row by row, whose values are not all kept either."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.profile import plan, value_counts
from tests.unit.engines.planted import planted

ROWS = 8_000


def journeys() -> pd.DataFrame:
    """Return places near each other, some of them lost, exchanged or with a sign turned."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lat": rng.normal(50, 0.1, ROWS), "lon": rng.normal(8, 0.1, ROWS)})
    lost, exchanged, turned, beyond = rng.choice(ROWS, (4, 40), replace=False)
    frame.loc[lost] = 0.0
    frame.loc[exchanged] = frame.loc[exchanged, ["lon", "lat"]].to_numpy()
    frame.loc[turned, "lon"] *= -1
    frame.loc[beyond, "lat"] = 95.0
    return frame


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mq.options, "row_budget", 1_000)
    monkeypatch.setattr(plan, "IN_MEMORY_ROWS", 0)
    for name, limit in {"COMPLETE_LIMIT": 60, "_DRAWN": 80, "_OFTEN": 30, "_EXTREMES": 10}.items():
        monkeypatch.setattr(value_counts, name, limit)


@pytest.mark.parametrize("frame", [journeys(), pd.concat([planted()] * 4)], ids=["journeys", "readings"])
def test_rows_are_those_of_the_whole_table_or_it_is_said_of_how_many(frame):
    scan = mq.scan(frame.reset_index(drop=True), name="large")
    assert scan.result.failures == ()
    assert not scan.result.profile.columns[0].complete or not scan.result.profile.columns[1].complete
    for finding in scan.result.findings:
        selected = scan.table.count(finding.predicate)
        if finding.looked_at is None:
            assert finding.rows == selected, finding.message
        else:
            assert finding.rows <= min(selected, finding.looked_at), finding.message
            assert "rows looked at" in finding.message


def test_what_one_condition_selects_is_counted_in_all_rows():
    found = {finding.check: finding for finding in mq.scan(journeys(), name="large").result.findings}
    assert (found["null_island"].rows, found["null_island"].looked_at) == (40, None)
    assert (found["coordinates_out_of_range"].rows, found["coordinates_out_of_range"].looked_at) == (40, None)
    assert found["outside_area"].looked_at is not None
