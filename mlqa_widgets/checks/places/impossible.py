"""Coordinates that are no place: (0, 0) in the sea off Africa, and degrees beyond the globe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks.places._places import columns_read, flagged, made_missing, map_of, told
from mlqa_widgets.checks.places.swapped import swapped_places, swapped_rows
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.places import Distinct, Places
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.sphere import distance_km
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, number, percent

_NEAR_KM: Final = 300.0
_GRID: Final = 3
_ROUND_THE_GLOBE: Final = 0.02
"""Share of the longitudes beyond 180 from which they are counted from 0 to 360."""


@table_check("null_island", reads="rows")
def null_island(profile: Profile) -> Iterator[Finding]:
    """Find rows whose latitude and longitude are both 0, as programs write where they know no place.

    Stays silent where other places lie around (0, 0), and on a grid that runs through it.
    """
    for places in profile.places:
        distinct = places.distinct
        zero = (distinct.latitude == 0) & (distinct.longitude == 0)
        rows = places.table.count(places.zero)
        if not rows or _belongs(distinct, zero):
            continue
        where = "latitude.eq(0) & longitude.eq(0)"
        yield Finding(
            columns=places.columns,
            severity=Severity.ERROR,
            rows=rows,
            message=f"{places.name} are both 0 in {count(rows, 'row')} ({percent(rows / profile.rows)}): a point in the sea off Africa.",
            predicate=places.zero,
            evidence=(map_of(places, "Where the places are", zero),),
            why="Programs write (0, 0) where they know no place; it shifts centres and distances, and joins to no area."
            + told(places),
            fixes=(
                made_missing(places, where, places.zero, "Turn (0, 0) into missing"),
                *flagged(places, where, "no_place"),
            ),
            confidence=0.95,
        )


def _belongs(distinct: Distinct, zero: np.ndarray) -> bool:
    """Return whether (0, 0) may be a place like the others, or there are no others to tell."""
    others = distinct[distinct.on_globe & ~zero]
    if not len(others):
        return True
    if float(distance_km(others.latitude, others.longitude, 0, 0).min()) <= _NEAR_KM:
        return True
    return bool((others.latitude == 0).sum() >= _GRID and (others.longitude == 0).sum() >= _GRID)


@table_check("coordinates_out_of_range", reads="rows")
def coordinates_out_of_range(profile: Profile) -> Iterator[Finding]:
    """Find latitudes beyond 90 and longitudes beyond 180 degrees.

    Longitudes counted from 0 to 360 are told as that. Stays silent on coordinates that were exchanged, which are
    told by themselves, and on columns that hold no degrees (metres of a projection).
    """
    for places in profile.places:
        if places.exchanged:
            continue
        turned = _counted_to_360(places)
        if turned:
            yield _to_360(places, turned)
        yield from _beyond(places, 360 if turned else 180)


def _counted_to_360(places: Places) -> int:
    """Return the rows beyond 180 where longitudes are counted from 0 to 360, else 0."""
    summary = places.longitude.numeric
    if summary is None or summary.minimum < 0:
        return 0
    rows = summary.rows_between(np.nextafter(180, 181), 360)
    return rows if rows >= _ROUND_THE_GLOBE * summary.rows and summary.quantile(0.99) <= 360 else 0


def _to_360(places: Places, rows: int) -> Finding:
    column = places.longitude
    where = Predicate(f"{column.number_sql} > 180 AND {column.number_sql} <= 360")
    rows = column.table.count(where)
    turned = "longitude.where(~longitude.between(180, 360, inclusive='right'), longitude - 360)"
    return Finding(
        columns=(column.position,),
        severity=Severity.INFO,
        rows=rows,
        message=f"{column.name} is counted from 0 to 360 degrees: {count(rows, 'row')} ({percent(rows / column.rows)}) beyond 180.",
        predicate=where,
        why="Most maps and joins expect -180 to 180: the western half of the globe would be lost or misplaced.",
        fixes=(
            Fix(
                "Count from -180 to 180",
                "\n".join([columns_read(places)[1], assign_column(column.table, column.column, turned)]),
                changes=(column.position,),
            ),
        ),
        confidence=0.9,
    )


def _beyond(places: Places, east: float) -> Iterator[Finding]:
    west = -180 if east == 180 else 0
    limits = ((places.latitude, "latitude", -90, 90), (places.longitude, "longitude", west, east))
    worst = [(column, name, low, high, _worst(column, low, high)) for column, name, low, high in limits]
    if all(value is None for *_, value in worst):
        return
    where = Predicate(
        " OR ".join(f"{column.number_sql} NOT BETWEEN {low} AND {high}" for column, _, low, high in limits)
    )
    code = f"~latitude.fillna(0).between(-90, 90) | ~longitude.fillna(0).between({west}, {east})"
    swapped = swapped_rows(places)
    if swapped is not None:
        where, code = where & ~swapped[0], f"({code}) & ~{swapped[1]}"
    rows = places.table.count(where)
    if not rows:
        return
    said = [
        f"{column.name} is {number(value)} where a {name} is from {low} to {high}"
        for column, name, low, high, value in worst
        if value is not None
    ]
    distinct = places.distinct[~swapped_places(places)]
    bars = []
    for column, values, (_, _, low, high) in zip(
        (places.latitude, places.longitude), (distinct.latitude, distinct.longitude), limits, strict=True
    ):
        beyond = np.isin(column.numbers, values[(values < low) | (values > high)])
        if beyond.any():
            bars.append(value_bars(column, beyond, f"Values of {column.name} beyond {low} to {high}"))
    yield Finding(
        columns=places.columns,
        severity=Severity.ERROR,
        rows=rows,
        message=f"{places.name} are beyond the globe in {count(rows, 'row')} ({percent(rows / places.table.row_count)}): {listing(said)}.",
        predicate=where,
        evidence=tuple(bars),
        why="There is no such place: maps leave such rows out without a word, distances computed from them mean nothing."
        + told(places),
        fixes=(made_missing(places, code, where, "Turn them into missing"), *flagged(places, code, "off_the_globe")),
        confidence=0.95,
    )


def _worst(column: ColumnProfile, low: float, high: float) -> float | None:
    """Return the value farthest beyond the limits, or None."""
    summary = column.numeric
    if summary is None:
        return None
    under, over = low - summary.minimum, summary.maximum - high
    if max(under, over) <= 0:
        return None
    return summary.minimum if under > over else summary.maximum
