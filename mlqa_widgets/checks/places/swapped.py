"""Latitude in the column of longitude, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from mlqa_widgets.checks.places._places import columns_read, flagged, map_of, told
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.area import Box
from mlqa_widgets.profile.places import Places
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, number, percent

_LARGEST_SHARE: Final = 0.4
_BEYOND_CHANCE: Final = 5.0
"""How many times more far places fall into the area when exchanged than would if they lay anywhere."""
_WIDE: Final = 0.01
_FEW: Final = 3


@table_check("swapped_coordinates", reads="rows")
def swapped_coordinates(profile: Profile) -> Iterator[Finding]:
    """Find rows whose latitude and longitude are exchanged: the other way round they lie among the others.

    Stays silent where a place and its mirror are both in the area or near it, and where places are all over the
    world, so that far ones prove nothing.
    """
    for places in profile.places:
        if places.exchanged:
            yield _whole_columns(places)
            continue
        swapped = _swapped(places)
        if swapped is not None:
            yield _some_rows(places, *swapped)


def swapped_rows(places: Places) -> tuple[Predicate, str] | None:
    """Return the rows that :func:`swapped_coordinates` finds, in SQL and in pandas; None where there are none."""
    boxes = _swapped(places)
    return None if boxes is None else (_rule(places, *boxes), _code(*boxes))


def swapped_places(places: Places) -> np.ndarray:
    """Return which of ``places.distinct`` :func:`swapped_coordinates` finds."""
    distinct, boxes = places.distinct, _swapped(places)
    if boxes is None:
        return np.zeros(len(distinct), dtype=bool)
    box, wider = boxes
    return box.holds(distinct.longitude, distinct.latitude) & ~wider.holds(distinct.latitude, distinct.longitude)


def _swapped(places: Places) -> tuple[Box, Box] | None:
    """Return the area, and the wider box outside which a row must lie to be exchanged; None where none is.

    A place is exchanged when it lies outside the wider box and, the other way round, in the area. Where so many lie
    outside that some would by chance, only what is no latitude at all can be told.
    """
    area = places.area
    if area is None:
        return None
    distinct = places.distinct
    box = area.box
    share = (box.north - box.south) * (box.east - box.west) / (180 * 360)
    fewest = _FEW if share > _WIDE else 1
    back = box.holds(distinct.longitude, distinct.latitude)
    for wider in (box.widened(), Box(-90.0, 90.0, -180.0, 180.0)):
        outside = ~wider.holds(distinct.latitude, distinct.longitude)
        swapped = outside & back
        far = outside & ~back & distinct.on_globe & ~((distinct.latitude == 0) & (distinct.longitude == 0))
        certain = wider.north == 90.0
        enough = int(swapped.sum()) >= (1 if certain else max(fewest, _BEYOND_CHANCE * share * far.sum()))
        if enough and swapped.sum() <= _LARGEST_SHARE * len(distinct):
            return box, wider
    return None


def _rule(places: Places, box: Box, wider: Box) -> Predicate:
    latitude, longitude = places.latitude.number_sql, places.longitude.number_sql
    return Predicate(
        f"{longitude} BETWEEN ? AND ? AND {latitude} BETWEEN ? AND ?"
        f" AND NOT ({latitude} BETWEEN ? AND ? AND {longitude} BETWEEN ? AND ?)",
        (box.south, box.north, box.west, box.east, wider.south, wider.north, wider.west, wider.east),
    )


def _code(box: Box, wider: Box) -> str:
    return (
        f"(\n    longitude.between({box.south}, {box.north})\n    & latitude.between({box.west}, {box.east})\n"
        f"    & ~(latitude.between({wider.south}, {wider.north}) & longitude.between({wider.west}, {wider.east}))\n)"
    )


def _some_rows(places: Places, box: Box, wider: Box) -> Finding:
    area = places.area
    where = _rule(places, box, wider)
    swapped = swapped_places(places)
    rows = places.table.count(where)
    away = np.nan_to_num(area.distances_km[swapped]).max() if area is not None else 0.0
    lies = f"up to {number(round(float(away), -2))} km away" if away else "on no map"
    code = _code(box, wider)
    return Finding(
        columns=places.columns,
        severity=Severity.ERROR,
        rows=rows,
        message=f"{places.name} are exchanged in {count(rows, 'row')} ({percent(rows / places.table.row_count)}): they lie {lies}, the other way round among the others.",
        predicate=where,
        evidence=(map_of(places, "Where the places are", swapped),),
        why="Both numbers are right and in the wrong column: distances, maps and joins by area go wrong without an error."
        + told(places),
        fixes=(_exchange(places, code), *flagged(places, code, "coordinates_exchanged")),
        confidence=0.9,
    )


def _whole_columns(places: Places) -> Finding:
    where = Predicate(f"{places.latitude.column.sql} IS NOT NULL AND {places.longitude.column.sql} IS NOT NULL")
    rows = places.table.count(where)
    return Finding(
        columns=places.columns,
        severity=Severity.ERROR,
        rows=rows,
        message=f"{places.latitude.name} holds the longitudes and {places.longitude.name} the latitudes, in all {count(rows, 'row')}.",
        predicate=where,
        why="Whoever reads the columns by their names puts every row in another part of the world." + told(places),
        fixes=(_exchange(places, "latitude.notna() & longitude.notna()"),),
        confidence=0.9,
    )


def _exchange(places: Places, where: str) -> Fix:
    table = places.table
    one, other = places.latitude.column, places.longitude.column
    lines = [
        *columns_read(places),
        f"exchanged = {where}",
        f"first, second = {read_column(table, one)}, {read_column(table, other)}",
        assign_column(table, one, "first.mask(exchanged, second)"),
        assign_column(table, other, "second.mask(exchanged, first)"),
    ]
    return Fix("Exchange them back", "\n".join(lines), changes=places.columns)
