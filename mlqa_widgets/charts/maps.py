"""Maps of places over an outline of land that ships with the package: nothing is fetched.

``land.txt`` holds the land of Natural Earth at 1:110 million (public domain, naturalearthdata.com, version 4.1, by way
of world-atlas 2.0.2), one ring a line as an SVG path of relative steps in twentieths of a degree, north upwards.
The browser draws the same file.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlqa_widgets.charts.specs import FLAGGED, PLAIN
from mlqa_widgets.evidence import Map
from mlqa_widgets.wording import count

if TYPE_CHECKING:
    import altair as alt

_PER_DEGREE: Final = 20
_HEIGHT: Final = 320
_WIDTH: Final = 600
_DECIMALS: Final = 6
_LISTED: Final = 200
_SMALLEST_SPAN: Final = 0.02
_LARGEST_MERCATOR: Final = 75.0

Extent = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


@cache
def land_rings() -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return the outline of land: closed rings of (longitude, latitude)."""
    text = Path(__file__).with_name("land.txt").read_text(encoding="ascii")
    rings = []
    for line in text.splitlines():
        steps = np.array(re.findall(r"-?\d+", line), dtype=float).reshape(-1, 2)
        corners = np.cumsum(steps, axis=0) / _PER_DEGREE
        rings.append(tuple((float(lon), float(lat)) for lon, lat in (*corners, corners[0])))
    return tuple(rings)


def _polygons() -> list[list[tuple[tuple[float, float], ...]]]:
    """Return the land as polygons: what runs the other way round is an inland sea, a hole in the largest of them."""
    rings = sorted(land_rings(), key=lambda ring: -abs(_turning(ring)))
    way = np.sign(_turning(rings[0]))
    holes = [ring for ring in rings if np.sign(_turning(ring)) != way]
    outer = [ring for ring in rings if np.sign(_turning(ring)) == way]
    return [[outer[0], *holes], *([ring] for ring in outer[1:])]


def _turning(ring: tuple[tuple[float, float], ...]) -> float:
    """Return the area within a ring in square degrees: positive where it runs anticlockwise."""
    lon, lat = np.array(ring).T
    return float(np.sum(lon[:-1] * lat[1:] - lon[1:] * lat[:-1]) / 2)


def extent(latitude: np.ndarray, longitude: np.ndarray) -> Extent:
    """Return the least box that holds all places: west, south, east, north.

    East is beyond 180 where the box is smaller across the antimeridian.
    """
    around = np.sort(longitude % 360)
    gaps = np.diff(around, append=around[0] + 360)
    west = around[(int(np.argmax(gaps)) + 1) % len(around)]
    wide = max(0.0, 360 - float(gaps.max()))
    west = float((west + 180) % 360 - 180)
    return west, float(latitude.min()), west + wide, float(latitude.max())


def map_spec(evidence: Map) -> dict[str, Any]:
    """Return what the browser draws a map from: places, lines, and the boxes to look at."""
    points, area = evidence.points, evidence.places.area
    most = None if area is None else area.places[area.inner]
    return {
        "map": {
            "latitude": np.round(points.latitude, _DECIMALS).tolist(),
            "longitude": np.round(points.longitude, _DECIMALS).tolist(),
            "rows": points.rows.tolist(),
            "flagged": evidence.flagged,
            "tracks": [[list(place) for place in track] for track in evidence.tracks],
            "all": extent(points.latitude, points.longitude) if len(points) else (-180.0, -60.0, 180.0, 80.0),
            "most": None if most is None else extent(most.latitude, most.longitude),
            "note": f"{count(evidence.more, 'more place')} not drawn" if evidence.more else "",
        },
        "height": _HEIGHT,
        "params": [{"name": "pick"}],
    }


def place_labels(evidence: Map) -> list[tuple[str, int]]:
    """Return the words and the rows of the offending places, for those who do not use a pointer."""
    points = evidence.points
    shown = min(evidence.flagged, _LISTED)
    return [
        (place_text(float(lat), float(lon)), int(rows))
        for lat, lon, rows in zip(points.latitude[:shown], points.longitude[:shown], points.rows[:shown], strict=True)
    ]


def place_text(latitude: float, longitude: float) -> str:
    """Return a place as people write it.

    Examples
    --------
    >>> place_text(45.50884, -73.58781), place_text(-17.5, 179)
    ('45.50884, -73.58781', '-17.5, 179')
    """
    return f"{latitude:.7g}, {longitude:.7g}"


def map_chart(evidence: Map) -> alt.TopLevelMixin:
    """Return the map as an Altair chart: land, graticule, lines and places, on the box that holds all places."""
    import altair as alt

    points = evidence.points
    place = [
        {
            "item": item,
            "latitude": float(lat),
            "longitude": float(lon),
            "rows": int(rows),
            "offending": item < evidence.flagged,
        }
        for item, (lat, lon, rows) in enumerate(zip(points.latitude, points.longitude, points.rows, strict=True))
    ]
    west, south, east, north = map_spec(evidence)["map"]["all"]
    pick = alt.selection_point(name="pick", fields=["item"], toggle=False)
    land = {"type": "MultiPolygon", "coordinates": _polygons()}
    layers: list[Any] = [
        alt.Chart(alt.Data(values=land)).mark_geoshape(fill="#8882", stroke="#8888", strokeWidth=0.5),
        alt.Chart(_graticule(west, south, east, north)).mark_geoshape(filled=False, stroke="#8884", strokeWidth=0.5),
    ]
    if evidence.tracks:
        lines = {
            "type": "MultiLineString",
            "coordinates": [[(lon, lat) for lat, lon in track] for track in evidence.tracks],
        }
        layers.append(alt.Chart(alt.Data(values=lines)).mark_geoshape(filled=False, stroke=FLAGGED, strokeDash=[4, 3]))
    layers.append(
        alt.Chart(alt.Data(values=place[::-1]))
        .mark_circle(size=28)
        .encode(
            latitude="latitude:Q",
            longitude="longitude:Q",
            color=alt.Color("offending:N", scale=alt.Scale(domain=[True, False], range=[FLAGGED, PLAIN]), legend=None),
            opacity=alt.condition(pick, alt.value(0.9), alt.value(0.3)),
            tooltip=["latitude:Q", "longitude:Q", "rows:Q"],
        )
        .add_params(pick)
    )
    return alt.layer(*layers, width=_WIDTH, height=_HEIGHT, title=evidence.title).project(
        **_projection(west, south, east, north)
    )


def _projection(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Return a cylindrical projection that shows the box with a tenth of it around."""
    local = max(abs(south), abs(north)) <= _LARGEST_MERCATOR and east - west < 180
    upright = _mercator if local else np.radians
    wide = np.radians(max(east - west, _SMALLEST_SPAN))
    low, high = (float(upright(edge)) for edge in (south, north))
    high_enough = max(high - low, np.radians(_SMALLEST_SPAN))
    scale = min(_WIDTH / wide, _HEIGHT / high_enough) / 1.2
    return {
        "type": "mercator" if local else "equirectangular",
        "rotate": [-(west + east) / 2, 0, 0],
        "scale": float(scale),
        "translate": [_WIDTH / 2, _HEIGHT / 2 + float(scale) * (low + high) / 2],
    }


def _graticule(west: float, south: float, east: float, north: float) -> alt.GraticuleGenerator:
    """Return lines along the degrees, well beyond the box but not around the globe: fine ones would be thousands."""
    import altair as alt

    step = _step(max(east - west, north - south))
    middle = (west + east) / 2
    edges = [(middle - 10 * step, south - 8 * step), (middle + 10 * step, north + 8 * step)]
    extent = [[max(-180.0, min(180.0, lon)), max(-90.0, min(90.0, lat))] for lon, lat in edges]
    return alt.graticule(step=[step, step], extentMajor=extent, extentMinor=extent)


def _mercator(latitude: float) -> float:
    return float(np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2)))


def _step(span: float) -> float:
    """Return a distance in degrees between lines that gives some five of them."""
    return next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15) if span / step <= 8), 30)
