"""coarse_coordinates: rounded, blurred, of two precisions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from vega_datasets import data

from mlqa_widgets.evidence import Bars
from mlqa_widgets.findings import Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas


def fine(rows: int = 500) -> pd.DataFrame:
    generator = np.random.default_rng(3)
    places = generator.normal((45.5, -73.6), 0.1, (rows, 2)).round(5)
    return pd.DataFrame(places, columns=["lat", "lon"])


def test_finds_the_coarse_part_of_a_column_of_two_precisions(findings_of):
    frame = fine()
    frame.iloc[:40] = frame.iloc[:40].round(2)
    (finding,) = findings_of("coarse_coordinates", frame)
    assert finding.severity is Severity.WARNING
    table = from_pandas(frame)
    assert table.positions(finding.predicate).tolist() == list(range(40))
    flagged = apply_fix(finding.fixes[0], table)
    assert flagged["coarse_place"].to_numpy().nonzero()[0].tolist() == list(range(40))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_tells_rounding_that_blurs_the_area(findings_of, dtype):
    (finding,) = findings_of("coarse_coordinates", fine().round(2).astype(dtype))
    assert finding.severity is Severity.INFO
    assert "2 decimals at most" in finding.message


def test_its_bars_count_every_row_once(findings_of):
    frame = fine()
    frame.iloc[:40] = frame.iloc[:40].round(1)
    frame.iloc[0] = 0.0
    (finding,) = findings_of("coarse_coordinates", frame)
    bars = finding.evidence[0]
    assert isinstance(bars, Bars)
    table = from_pandas(frame)
    counted = [table.count(bar.predicate) for bar in bars.bars if bar.predicate is not None]
    assert counted == [bar.rows for bar in bars.bars]
    assert sum(counted) == 499


def test_tells_a_grid(findings_of):
    frame = ((fine() / 0.025).round() * 0.025).round(6)
    (finding,) = findings_of("coarse_coordinates", frame)
    assert finding.severity is Severity.INFO
    assert "0.025 by 0.025 degrees" in finding.message


def test_is_silent_on_measured_places_and_on_rounding_that_does_not_matter(findings_of):
    assert findings_of("coarse_coordinates", fine()) == []
    assert findings_of("coarse_coordinates", data.airports()) == []
    generator = np.random.default_rng(8)
    cities = pd.DataFrame({"lat": generator.uniform(25, 49, 400), "lon": generator.uniform(-120, -70, 400)}).round(2)
    assert findings_of("coarse_coordinates", cities) == []
