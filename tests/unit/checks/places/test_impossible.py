"""null_island, coordinates_out_of_range, swapped_coordinates, outside_area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vega_datasets import data

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import run_check
from mlqa_widgets.evidence import Map
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.conftest import profile_of

_CHECKS = ("null_island", "coordinates_out_of_range", "swapped_coordinates", "outside_area")


def town(rows: int = 200, latitude: float = 45.5, longitude: float = -73.6, seed: int = 0) -> pd.DataFrame:
    """Return places within some 20 km of a middle, under labels that are no positions."""
    generator = np.random.default_rng(seed)
    lat = np.round(generator.normal(latitude, 0.1, rows), 5)
    lon = np.round(generator.normal(longitude, 0.1, rows), 5)
    return pd.DataFrame({"shop": [f"s{i}" for i in range(rows)], "lat": lat, "lon": lon}, index=np.arange(rows) * 3 + 7)


def found_in(frame: pd.DataFrame, **roles: object) -> list[Finding]:
    profile = profile_of(frame, **roles)
    found = [one for check in _CHECKS for one in run_check(all_checks()[check], profile)]
    assert all(isinstance(one, Finding) for one in found), found
    findings = [one for one in found if isinstance(one, Finding)]
    for one in findings:
        assert profile.table.count(one.predicate) == one.rows, one.message
    return findings


def rows_of(frame: pd.DataFrame, finding: Finding) -> list[int]:
    return [int(position) for position in from_pandas(frame).positions(finding.predicate)]


def put(frame: pd.DataFrame, rows: Sequence[int], latitude: Any = None, longitude: Any = None) -> pd.DataFrame:
    changed = frame.copy()
    for name, values in (("lat", latitude), ("lon", longitude)):
        if values is not None:
            column = changed[name].to_numpy(copy=True)
            column[list(rows)] = values
            changed[name] = column
    return changed


# ---------------------------------------------------------------------- null island


def test_finds_zero_zero_and_empties_it(findings_of):
    frame = put(town(), [3, 60, 91], 0.0, 0.0)
    (finding,) = findings_of("null_island", frame)
    assert rows_of(frame, finding) == [3, 60, 91]
    assert finding.severity is Severity.ERROR
    assert "location=" in finding.why
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["lat"].isna().sum() == repaired["lon"].isna().sum() == 3
    flagged = apply_fix(finding.fixes[1], from_pandas(frame))
    assert flagged["no_place"].tolist() == repaired["lat"].isna().tolist()


@pytest.mark.parametrize("dtype", ["float32", "Float64", "object", "str"])
def test_repairs_columns_of_any_type(findings_of, dtype):
    frame = put(town(), [3], 0.0, 0.0).astype({"lat": dtype, "lon": dtype})
    found = findings_of("null_island", frame, location=("lat", "lon"))
    if dtype == "str":
        assert found == []
        return
    (finding,) = found
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["lat"].isna().sum() == 1


def test_repairs_where_two_columns_have_one_name(findings_of):
    frame = put(town(), [3], 0.0, 0.0)
    frame.columns = ["lat", "lat", "lon"]
    (finding,) = findings_of("null_island", frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired.iloc[:, 1].isna().sum() == 1
    assert repaired.iloc[:, 0].isna().sum() == 0


def test_is_silent_where_zero_zero_is_a_place_among_others(findings_of):
    buoys = put(town(latitude=0.5, longitude=0.2), [5], 0.0, 0.0)
    assert findings_of("null_island", buoys) == []
    axis = np.arange(-30, 31, 10.0)
    grid = pd.DataFrame([(a, b) for a in axis for b in axis], columns=["lat", "lon"])
    assert findings_of("null_island", grid) == []


# ---------------------------------------------------------------------- beyond the globe


def test_finds_what_is_beyond_the_globe(findings_of):
    frame = put(town(), [10], 455.0)
    frame = put(frame, [20], None, -7360.0)
    (finding,) = findings_of("coordinates_out_of_range", frame)
    assert rows_of(frame, finding) == [10, 20]
    assert "455" in finding.message
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["lat"].isna().sum() == 2


def test_tells_longitudes_counted_to_360_and_turns_them(findings_of):
    frame = town()
    frame["lon"] = frame["lon"] + 360
    (finding,) = findings_of("coordinates_out_of_range", frame)
    assert finding.severity is Severity.INFO
    assert finding.rows == 200
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["lon"].between(-75, -72).all()


def test_does_not_tell_exchanged_rows_twice():
    frame = town(latitude=45.5, longitude=-120)
    frame = put(frame, [4], float(frame["lon"].iloc[4]), float(frame["lat"].iloc[4]))
    assert [finding.check for finding in found_in(frame)] == ["swapped_coordinates"]


# ---------------------------------------------------------------------- exchanged


@pytest.mark.parametrize("middle", [(45.5, -73.6), (47.4, 8.5), (-33.9, 151.2), (35.7, 139.7), (64.1, -21.9)])
def test_finds_exchanged_rows_and_exchanges_them_back(findings_of, middle):
    frame = town(300, *middle)
    swapped = [23, 30, 75, 79]
    wrong = put(frame, swapped, frame["lon"].iloc[swapped].to_numpy(), frame["lat"].iloc[swapped].to_numpy())
    (finding,) = findings_of("swapped_coordinates", wrong)
    assert rows_of(wrong, finding) == swapped
    repaired = apply_fix(finding.fixes[0], from_pandas(wrong))
    pd.testing.assert_frame_equal(repaired, frame)


def test_finds_columns_named_the_wrong_way_round(findings_of):
    frame = town(longitude=-120).rename(columns={"lat": "lon", "lon": "lat"})
    (finding,) = findings_of("swapped_coordinates", frame)
    assert finding.rows == 200
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired["lat"].between(45, 46).all()


def test_is_silent_where_the_mirror_is_in_the_area_too(findings_of):
    assert findings_of("swapped_coordinates", town(latitude=9.1, longitude=8.7)) == []


def test_is_silent_where_far_places_are_many(findings_of):
    europe = town(300, 50, 12)
    europe[["lat", "lon"]] += np.random.default_rng(1).uniform(-9, 9, (300, 2))
    elsewhere = [(40.7, -74.0), (25.2, 55.3), (-1.3, 36.8), (35.7, 139.7), (-33.9, 151.2), (1.35, 103.8), (19.4, -99.1)]
    far = pd.DataFrame(elsewhere * 4, columns=["lat", "lon"]) + np.random.default_rng(2).normal(0, 0.2, (28, 2))
    assert findings_of("swapped_coordinates", pd.concat([europe, far.assign(shop="x")], ignore_index=True)) == []


# ---------------------------------------------------------------------- far away


def test_finds_one_place_far_from_the_others(findings_of):
    frame = put(town(), [17], 25.2, 55.3)
    (finding,) = findings_of("outside_area", frame)
    assert rows_of(frame, finding) == [17]
    assert finding.severity is Severity.WARNING
    (drawn,) = finding.evidence
    assert isinstance(drawn, Map)
    assert drawn.flagged == 1
    assert drawn.points.latitude[0] == 25.2
    empty = apply_fix(finding.fixes[1], from_pandas(frame))
    assert empty["lat"].isna().sum() == 1


def test_finds_a_lost_sign_and_turns_it(findings_of):
    frame = town()
    wrong = put(frame, [5, 6], None, -frame["lon"].iloc[[5, 6]].to_numpy())
    (finding,) = findings_of("outside_area", wrong)
    assert rows_of(wrong, finding) == [5, 6]
    assert "wrong sign" in finding.message
    pd.testing.assert_frame_equal(apply_fix(finding.fixes[0], from_pandas(wrong)), frame)


def test_is_silent_on_airports_with_alaska_hawaii_and_the_pacific():
    airports = data.airports()
    assert found_in(airports) == []
    assert found_in(airports[airports["state"].isin(["CA", "NV", "AZ", "HI"])]) == []
    mainland = airports[~airports["state"].isin(["AK", "HI"])]
    guam = pd.DataFrame({"latitude": [13.48], "longitude": [144.8]})
    assert found_in(pd.concat([mainland, guam], ignore_index=True)) == []


def test_is_silent_on_a_country_with_islands_far_away(findings_of):
    generator = np.random.default_rng(4)
    mainland = pd.DataFrame({"lat": generator.uniform(43, 50, 96), "lon": generator.uniform(-4, 8, 96)})
    overseas = [(16.2, -61.5), (14.6, -61.0), (4.9, -52.3), (-21.1, 55.5), (-12.8, 45.2)]
    frame = pd.concat([mainland, pd.DataFrame(overseas, columns=["lat", "lon"])], ignore_index=True)
    assert findings_of("outside_area", frame) == []


def test_is_silent_across_the_antimeridian_and_all_over_the_world():
    frame = town(latitude=-17.5, longitude=180)
    frame["lon"] = (frame["lon"] + 180) % 360 - 180
    assert found_in(frame) == []
    generator = np.random.default_rng(5)
    world = pd.DataFrame({"lat": generator.uniform(-60, 70, 500), "lon": generator.uniform(-180, 180, 500)})
    assert found_in(world) == []


def test_is_silent_on_what_is_no_pair_of_degrees():
    generator = np.random.default_rng(6)
    lookalikes = pd.DataFrame({"x": generator.uniform(0, 100, 100), "y": generator.uniform(0, 100, 100)})
    metres = pd.DataFrame({"lat": generator.normal(5e6, 1e4, 100), "lon": generator.normal(6e5, 1e4, 100)})
    for frame in (lookalikes, metres, pd.DataFrame({"lat": [None] * 5, "lon": [1.5] * 5}), town()[:0]):
        assert found_in(frame) == []


@settings(max_examples=15)
@given(st.floats(-55, 65), st.floats(-170, 170), st.integers(0, 2**20))
def test_a_town_anywhere_is_clean(latitude: float, longitude: float, seed: int) -> None:
    frame = town(120, latitude, longitude, seed)
    frame["lat"] += 1e-4
    assert [finding.check for finding in found_in(frame)] == []


def test_finds_nearly_all_of_what_is_planted_among_airports() -> None:
    """Recall on a table of many areas: every zero, and nine of ten exchanged pairs and lost signs."""
    frame = data.airports()
    order = np.random.default_rng(0).permutation(len(frame))
    zero, swapped, turned = order[:30], order[30:60], order[60:90]
    columns = ["latitude", "longitude"]
    wrong = frame.copy()
    wrong.loc[zero, columns] = 0.0
    wrong.loc[swapped, columns] = frame.loc[swapped, columns[::-1]].to_numpy()
    wrong.loc[turned, "longitude"] *= -1
    found = {finding.check: set(rows_of(wrong, finding)) for finding in found_in(wrong)}
    assert found["null_island"] == set(zero)
    assert len(found["swapped_coordinates"] & set(swapped)) >= 27
    assert len(found["outside_area"] & set(turned)) >= 27
    assert set().union(*found.values()) <= set(order[:90])
