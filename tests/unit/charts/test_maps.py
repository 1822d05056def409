"""Maps: the outline of land, the boxes to look at, the chart, and what the browser is sent."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets.charts.evidence import chart
from mlqa_widgets.charts.maps import extent, land_rings, map_spec, place_labels
from mlqa_widgets.checks.places._places import map_of
from mlqa_widgets.evidence import Map
from mlqa_widgets.widgets.view import RowPages, detail, static_evidence
from tests.unit.conftest import profile_of


def drawn(rows: int = 50, flagged: int = 2) -> Map:
    generator = np.random.default_rng(0)
    frame = pd.DataFrame({"lat": generator.normal(45, 1, rows), "lon": generator.normal(-73, 1, rows)})
    (places,) = profile_of(frame).places
    return map_of(places, "Where", np.arange(rows) < flagged)


def inside(rings: tuple[tuple[tuple[float, float], ...], ...], longitude: float, latitude: float) -> bool:
    crossings = 0
    for ring in rings:
        lon, lat = np.array(ring).T
        above = lat > latitude
        at = np.flatnonzero(above[1:] != above[:-1])
        cross = lon[at] + (latitude - lat[at]) / (lat[at + 1] - lat[at]) * (lon[at + 1] - lon[at])
        crossings += int((cross > longitude).sum())
    return crossings % 2 == 1


@pytest.mark.parametrize(
    ("longitude", "latitude", "land"),
    [
        (2.3, 47, True),
        (-100, 45, True),
        (134, -24, True),
        (0, -85, True),
        (0, 0, False),
        (-140, 30, False),
        (90, -30, False),
    ],
)
def test_land_is_where_it_is(longitude: float, latitude: float, land: bool) -> None:
    assert inside(land_rings(), longitude, latitude) is land


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=20))
def test_the_box_holds_all_places_and_is_no_wider_than_it_must_be(places: list[tuple[float, float]]) -> None:
    latitude, longitude = np.array(places).T
    west, south, east, north = extent(latitude, longitude)
    assert -180 <= west <= 180
    assert west <= east <= west + 360
    assert (latitude.min(), latitude.max()) == (south, north)
    assert (((longitude - west + 1e-9) % 360) <= east - west + 1e-6).all()
    assert east - west <= np.ptp(longitude) + 1e-6


def test_the_box_crosses_the_antimeridian_where_that_is_shorter() -> None:
    assert extent(np.array([-17.0, -18.0]), np.array([179.0, -179.0])) == (179.0, -18.0, 181.0, -17.0)


def test_the_browser_gets_offending_places_first_and_at_most_five_thousand() -> None:
    evidence = drawn(rows=8000, flagged=3)
    sent = map_spec(evidence)["map"]
    assert len(sent["latitude"]) == len(sent["longitude"]) == len(sent["rows"]) == 5000
    assert sent["flagged"] == 3
    assert evidence.more == 3000
    assert "3,000 more places not drawn" in sent["note"]
    assert len(place_labels(evidence)) == 3
    json.dumps(sent, allow_nan=False)


def test_the_chart_needs_nothing_from_the_internet() -> None:
    spec = chart(drawn()).to_dict()
    text = json.dumps({name: part for name, part in spec.items() if name != "$schema"})
    assert "http" not in text
    assert len(spec["layer"]) == 3
    assert '"name": "pick"' in text


def test_a_place_and_a_box_choose_their_rows() -> None:
    generator = np.random.default_rng(0)
    shops = pd.DataFrame({"lat": generator.normal(45.5, 0.2, 60), "lon": generator.normal(-73.6, 0.2, 60)})
    shops.loc[[3, 40]] = 0.0
    shops.loc[17] = [52.5, 13.4]
    scan = mq.scan(shops, checks=["null_island"], name="shops")
    pages = RowPages(scan)
    assert pages.positions(0, {"evidence": 0, "item": 0}).tolist() == [3, 40]
    assert pages.positions(0, {"evidence": 0, "item": -1, "area": [13.0, 52.0, 14.0, 53.0]}).tolist() == [17]
    assert pages.positions(0, {"evidence": 0, "item": -1, "area": [-5.0, -5.0, 20.0, 60.0]}).tolist() == [3, 40]
    (sent,) = detail(scan, 0)["evidence"]
    assert sent["kind"] == "chart"
    assert [item["label"] for item in sent["items"]] == ["0, 0"]
    (plain,) = static_evidence(scan, 0)
    assert plain["lines"] == [("0, 0", "2")]
