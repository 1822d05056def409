"""Which columns are taken for latitude and longitude, and which are left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.profile.places import Places
from tests.unit.conftest import profile_of

_GENERATOR = np.random.default_rng(7)
_LATITUDE = np.round(_GENERATOR.normal(45.5, 0.1, 200), 5)
_LONGITUDE = np.round(_GENERATOR.normal(-73.6, 0.1, 200), 5)


def places_of(frame: pd.DataFrame, **roles: object) -> tuple[Places, ...]:
    return profile_of(frame, **roles).places


def names(found: tuple[Places, ...]) -> list[tuple[str, str]]:
    return [(places.latitude.name, places.longitude.name) for places in found]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("lat", "lon"),
        ("Latitude", "Longitude"),
        ("LAT_WGS84", "LONG_WGS84"),
        ("latitud", "longitud"),
        ("startLat", "startLng"),
        ("startlat", "startlng"),
        ("lat1", "lng1"),
        ("gps_lat_deg", "gps_lon_deg"),
        ("coord_y", "coord_x"),
        ("Ycoord", "Xcoord"),
        ("y_gps", "x_gps"),
    ],
)
def test_finds_a_pair_by_its_names(latitude: str, longitude: str) -> None:
    frame = pd.DataFrame({longitude: _LONGITUDE, "speed": 1.5, latitude: _LATITUDE})
    (found,) = places_of(frame)
    assert names((found,)) == [(latitude, longitude)]
    assert "ranges" in found.told


def test_finds_every_pair() -> None:
    frame = pd.DataFrame(
        {
            "pickup_latitude": _LATITUDE,
            "pickup_longitude": _LONGITUDE,
            "dropoff_longitude": _LONGITUDE,
            "dropoff_latitude": _LATITUDE,
        }
    )
    assert names(places_of(frame)) == [
        ("pickup_latitude", "pickup_longitude"),
        ("dropoff_latitude", "dropoff_longitude"),
    ]


def test_takes_x_and_y_for_coordinates_where_other_columns_speak_of_places() -> None:
    frame = pd.DataFrame({"x": _LONGITUDE, "y": _LATITUDE})
    assert places_of(frame) == ()
    assert names(places_of(frame.assign(ville="Montréal"))) == [("y", "x")]


def test_takes_what_the_user_names() -> None:
    frame = pd.DataFrame({"a": _LATITUDE, "b": _LONGITUDE, "lat": _LATITUDE, "lon": _LONGITUDE})
    (found,) = places_of(frame, location=("a", "b"))
    assert names((found,)) == [("a", "b")]
    assert found.told == ""


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"lat": _LATITUDE * 1e5, "lon": _LONGITUDE * 1e4}),
        pd.DataFrame({"x_lambert": _LONGITUDE, "y_lambert": _LATITUDE, "ville": "Lyon"}),
        pd.DataFrame({"x": np.arange(200) % 90, "y": np.arange(200) % 80, "city": "Paris"}),
        pd.DataFrame({"x_pixel": _LATITUDE, "y_pixel": _LATITUDE}),
        pd.DataFrame({"x_pct": _LATITUDE, "y_pct": _LATITUDE}),
        pd.DataFrame({"lat": _LATITUDE, "throughput": _LONGITUDE}),
        pd.DataFrame({"lat": "north", "lon": "east"}, index=range(5)),
        pd.DataFrame({"lat": [None, None], "lon": [None, None]}, dtype=float),
        pd.DataFrame({"late": _LATITUDE, "lone": _LONGITUDE * 100}),
    ],
    ids=["projected", "lambert", "whole numbers", "pixels", "percentages", "latency", "text", "empty", "other words"],
)
def test_leaves_alone(frame: pd.DataFrame) -> None:
    assert places_of(frame) == ()


def test_sees_that_the_names_are_the_wrong_way_round() -> None:
    (found,) = places_of(pd.DataFrame({"lat": _LONGITUDE - 30, "lon": _LATITUDE}))
    assert found.exchanged


def test_selects_rows_at_a_place_and_in_a_box_across_the_antimeridian() -> None:
    frame = pd.DataFrame({"lat": [-17.5, -17.5, -18.0, 40.0], "lon": [179.5, -179.5, 170.0, 3.0], "city": "Suva"})
    (found,) = places_of(frame)
    table = found.table
    assert table.positions(found.at([-17.5, 40.0], [-179.5, 3.0])).tolist() == [1, 3]
    assert table.positions(found.within(175, -20, -175, -10)).tolist() == [0, 1]
    assert table.positions(found.within(160, -20, 175, -10)).tolist() == [2]
    assert found.distinct.rows.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("listed", [3, 50])
def test_selects_exactly_the_listed_places(listed: int) -> None:
    frame = pd.DataFrame({"lat": _LATITUDE, "lon": _LONGITUDE})
    (found,) = places_of(frame)
    chosen = found.at(_LATITUDE[:listed], _LONGITUDE[:listed])
    assert found.table.positions(chosen).tolist() == list(range(listed))
