"""Distances on the globe against known ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.profile.sphere import HALF_WAY_ROUND_KM, chord_to_km, distance_km, middle, on_unit_sphere

_latitudes = st.floats(-90, 90)
_longitudes = st.floats(-180, 180)


def test_agrees_with_a_published_example() -> None:
    # Nashville (BNA) to Los Angeles (LAX), a much used example: 2887.26 km on a globe of radius 6372.8 km.
    assert distance_km(36.12, -86.67, 33.94, -118.40) == pytest.approx(2887.26 * 6371.0088 / 6372.8, abs=0.01)


@given(_latitudes, _longitudes, _latitudes, _longitudes)
def test_is_a_distance(lat: float, lon: float, other_lat: float, other_lon: float) -> None:
    there = float(distance_km(lat, lon, other_lat, other_lon))
    assert 0 <= there <= HALF_WAY_ROUND_KM + 1e-6
    assert there == pytest.approx(float(distance_km(other_lat, other_lon, lat, lon)), abs=1e-6)
    assert there == pytest.approx(float(distance_km(lat, lon + 360, other_lat, other_lon)), abs=1e-3)
    one, other = (on_unit_sphere(np.array([a]), np.array([b])) for a, b in ((lat, lon), (other_lat, other_lon)))
    assert there == pytest.approx(float(chord_to_km(np.linalg.norm(one - other, axis=1))[0]), abs=1)


def test_the_middle_stays_with_most_places_and_does_not_mind_the_antimeridian() -> None:
    latitude, longitude = middle(np.array([-17.0, -18.0, -19.0, 48.0]), np.array([179.0, 180.0, -179.0, 2.0]))
    assert float(distance_km(latitude, longitude, -18, 180)) < 250
