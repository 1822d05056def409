"""mixed_units: one quantity in two units, and data that only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from palmerpenguins import load_penguins
from vega_datasets import local_data

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import run_check
from mlqa_widgets.evidence import Bars, Histogram
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

ROWS = 1_000
RANDOM = np.random.default_rng(11)


def recorded(values: np.ndarray, share: float, factor: float, offset: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the values with a share of them in another unit, and which."""
    other = RANDOM.random(len(values)) < share
    return np.where(other, values * factor + offset, values).round(3), other


# ---------------------------------------------------------------------------------------------- written


def test_two_written_units_are_found_and_converted(findings_of: Find) -> None:
    frame = pd.DataFrame({"weight": ["70 kg", "65.5 kg", "154 lb", "80kg", "200 lbs"] * 10})
    (finding,) = findings_of("mixed_units", frame)
    assert finding.rows == 20
    assert finding.severity is Severity.ERROR
    assert finding.message == "weight is in kg in 30 rows, but also in lb (20)."
    assert isinstance(finding.evidence[0], Bars)
    read = apply_fix(finding.fixes[0], from_pandas(frame))["weight"]
    np.testing.assert_allclose(read.head(5), [70, 65.5, 154 * 0.45359237, 80, 200 * 0.45359237])


def test_degrees_are_converted_with_their_offset(findings_of: Find) -> None:
    frame = pd.DataFrame({"temp": ["20 °C", "21.5 °C", "19 °C", "68 °F", "22 °C"] * 10})
    (finding,) = findings_of("mixed_units", frame)
    read = apply_fix(finding.fixes[0], from_pandas(frame))["temp"]
    np.testing.assert_allclose(read.head(5), [20, 21.5, 19, 20, 22])


def test_units_that_end_alike_are_told_apart(findings_of: Find) -> None:
    frame = pd.DataFrame({"distance": ["1.2 km", "500 m", "3km", "250 m", "12 km", "0.5 mi"] * 10})
    (finding,) = findings_of("mixed_units", frame)
    assert finding.rows == 30
    read = apply_fix(finding.fixes[0], from_pandas(frame))["distance"]
    np.testing.assert_allclose(read.head(6), [1.2, 0.5, 3, 0.25, 12, 0.804672])


@pytest.mark.parametrize(
    "values",
    [["70 kg", "65 kg", "80kg"], ["12 oz", "12 OZ.", "16 ounces"], ["5 %", "7 %", "3 kg"], ["5 kg", "3 m", "7 s"]],
)
def test_spellings_of_one_unit_and_units_of_other_things_are_left_alone(findings_of: Find, values: list[str]) -> None:
    assert findings_of("mixed_units", pd.DataFrame({"a": values * 20})) == []


# ---------------------------------------------------------------------------------------------- a second mode


@pytest.mark.parametrize(
    ("name", "values", "share", "factor", "offset"),
    [
        ("parcel", RANDOM.lognormal(1, 0.3, ROWS), 0.03, 1000, 0),
        ("parcel", RANDOM.lognormal(1, 0.3, ROWS), 0.008, 1000, 0),
        ("taille", RANDOM.normal(170, 9, ROWS), 0.2, 0.01, 0),
        ("height", RANDOM.normal(170, 9, ROWS), 0.05, 1 / 2.54, 0),
        ("weight", RANDOM.normal(75, 9, ROWS), 0.1, 2.20462262, 0),
        ("price", RANDOM.lognormal(3, 0.5, ROWS), 0.05, 100, 0),
        ("value", RANDOM.normal(50, 5, ROWS), 0.03, 10, 0),
        ("temperature", RANDOM.normal(21, 2, ROWS), 0.1, 1.8, 32),
    ],
)
def test_values_a_known_conversion_away_are_found_and_converted(
    findings_of: Find, name: str, values: np.ndarray, share: float, factor: float, offset: float
) -> None:
    mixed, other = recorded(values, share, factor, offset)
    frame = pd.DataFrame({name: mixed})
    (finding,) = findings_of("mixed_units", frame)
    assert abs(finding.rows - other.sum()) <= 0.03 * ROWS
    assert isinstance(finding.evidence[0], Histogram)
    after = apply_fix(finding.fixes[0], from_pandas(frame))[name]
    wrong = ~np.isclose(after, values, rtol=0.01, atol=0.01)
    assert wrong.sum() <= 0.03 * ROWS


def bimodal(low: float, high: float, spread_low: float, spread_high: float, share: float = 0.35) -> np.ndarray:
    is_low = RANDOM.random(ROWS) < share
    return np.where(is_low, RANDOM.normal(low, spread_low, ROWS), RANDOM.normal(high, spread_high, ROWS))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("eruptions", bimodal(2.04, 4.3, 0.27, 0.41)),
        ("weight", bimodal(2.04, 4.3, 0.27, 0.41)),
        ("height", bimodal(165, 178, 6.5, 7, 0.5)),
        ("body_mass_g", bimodal(3700, 5076, 460, 504, 0.6)),
        ("price", RANDOM.lognormal(5, 1, ROWS)),
        ("amount", RANDOM.lognormal(5, 2, ROWS)),
        ("sales", RANDOM.pareto(1.5, ROWS) + 1),
        ("temperature", RANDOM.normal(12, 9, ROWS)),
        ("value", bimodal(20, 130, 2, 13)),
    ],
)
def test_two_modes_at_any_other_distance_are_left_alone(findings_of: Find, name: str, values: np.ndarray) -> None:
    assert findings_of("mixed_units", pd.DataFrame({name: values.round(2)})) == []


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(0.2, 1.5))
def test_one_mode_is_never_taken_for_two(seed: int, spread: float) -> None:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"weight": random.lognormal(3, spread, 500).round(2)})
    assert list(run_check(all_checks()["mixed_units"], profile_table(from_pandas(frame), Roles()))) == []


# ---------------------------------------------------------------------------------------------- a slice


def by_site(values: np.ndarray, sites: int = 12) -> pd.DataFrame:
    return pd.DataFrame({"site": [f"site {i}" for i in RANDOM.integers(0, sites, len(values))], "reading": values})


@pytest.mark.parametrize(
    ("values", "factor", "offset"),
    [
        (RANDOM.normal(14, 8, 3_000), 1.8, 32),
        (RANDOM.lognormal(4, 0.4, 3_000), 10, 0),
        (RANDOM.lognormal(1, 1, 3_000), 1000, 0),
    ],
)
def test_one_site_in_another_unit_is_found_and_converted(
    findings_of: Find, values: np.ndarray, factor: float, offset: float
) -> None:
    frame = by_site(values)
    odd = frame["site"] == "site 3"
    frame["reading"] = frame["reading"].where(~odd, frame["reading"] * factor + offset).round(2)
    (finding,) = findings_of("mixed_units", frame)
    assert 0.85 * odd.sum() <= finding.rows <= 1.05 * odd.sum()
    after = apply_fix(finding.fixes[0], from_pandas(frame))["reading"]
    assert np.isclose(after, values, atol=0.02, rtol=0.01).mean() > 0.98


@pytest.mark.parametrize("spread", [0.05, 0.3, 1.0])
def test_sites_that_differ_as_sites_do_are_left_alone(findings_of: Find, spread: float) -> None:
    frame = by_site(RANDOM.lognormal(4, 0.4, 3_000))
    level = dict(zip(frame["site"].unique(), RANDOM.lognormal(0, spread, 12), strict=True))
    frame["weight"] = (frame.pop("reading") * frame["site"].map(level)).round(2)
    assert findings_of("mixed_units", frame) == []


@pytest.mark.parametrize("factor", [1.5, 3, 5, 30, 300])
def test_a_site_that_is_odd_by_no_unit_is_left_alone(findings_of: Find, factor: float) -> None:
    frame = by_site(RANDOM.lognormal(4, 0.4, 3_000))
    odd = frame["site"] == "site 3"
    frame["reading"] = frame["reading"].where(~odd, frame["reading"] * factor).round(2)
    assert findings_of("mixed_units", frame) == []


# ---------------------------------------------------------------------------------------------- any table


def test_tables_in_one_unit_have_none(findings_of: Find) -> None:
    assert findings_of("mixed_units", load_penguins()) == []
    assert findings_of("mixed_units", local_data.seattle_weather()) == []
