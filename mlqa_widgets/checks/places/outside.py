"""Places far from where the others are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from mlqa_widgets.checks.places._places import among, columns_read, flagged, made_missing, map_of, told
from mlqa_widgets.checks.places.swapped import swapped_places
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.places import Distinct, Places
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.sphere import HALF_WAY_ROUND_KM, chord_to_km, on_unit_sphere
from mlqa_widgets.wording import count, number, percent

_FEWEST_PLACES: Final = 20
_FEW: Final = 2
_FEW_SHARE: Final = 0.01
_MOST: Final = 0.9
_TIMES_AS_FAR: Final = 5.0
_GAP: Final = 3.0
_NEAREST_KM: Final = 20.0
_TOGETHER: Final = 5
"""Places near each other that are a second area rather than mistakes."""

_ONE_SIGN: Final = 0.95
_NEIGHBOURS: Final = 5
_TURNED_NEAR_KM: Final = 25.0
_TURNED_FAR_KM: Final = 500.0
_TURNED_RATIO: Final = 10.0
_LISTED: Final = 300
_SAMPLED: Final = 50_000


@table_check("outside_area", reads="rows")
def outside_area(profile: Profile) -> Iterator[Finding]:
    """Find places far from where the others are, and those that a lost or added minus sign took there.

    Distances are on the sphere, from the middle of the places. Stays silent where far places are many, lie near each
    other (a second area, an island), or go on from the others without a gap, and on places all over the world.
    """
    for places in profile.places:
        if places.exchanged or places.area is None:
            continue
        distinct = places.distinct
        usable = np.isfinite(places.area.distances_km) & ~swapped_places(places)
        turned = np.zeros(len(distinct), dtype=bool)
        for column in (places.latitude, places.longitude):
            wrong = _turned(places, column, usable & ~turned)
            if wrong.any():
                yield _sign_lost(places, column, wrong)
            turned |= wrong
        far = _far(places, usable & ~turned)
        if far.any():
            yield _too_far(places, far)


def _far(places: Places, usable: np.ndarray) -> np.ndarray:
    """Return which places are far from all others."""
    nowhere = np.zeros(len(usable), dtype=bool)
    total = int(usable.sum())
    if places.area is None or total < _FEWEST_PLACES:
        return nowhere
    distances = places.area.distances_km[usable]
    ordered = np.sort(distances)
    most = float(np.quantile(ordered, _MOST))
    limit = max(_TIMES_AS_FAR * most, _NEAREST_KM)
    if limit >= HALF_WAY_ROUND_KM:
        return nowhere
    gaps = np.flatnonzero((ordered[1:] >= limit) & (ordered[1:] >= _GAP * ordered[:-1]))
    if not len(gaps):
        return nowhere
    first = ordered[gaps[0] + 1]
    outside = total - gaps[0] - 1
    if outside > max(_FEW, _FEW_SHARE * total):
        return nowhere
    far = nowhere.copy()
    far[usable] = distances >= first
    return nowhere if _stand_together(places.distinct[far], most) else far


def _stand_together(far: Distinct, radius_km: float) -> bool:
    """Return whether several far places lie near each other."""
    from scipy.spatial import KDTree

    if len(far) < _TOGETHER:
        return False
    points = on_unit_sphere(far.latitude, far.longitude)
    apart, _ = KDTree(points).query(points, k=_TOGETHER)
    return bool((chord_to_km(apart[:, -1]) <= 2 * radius_km).any())


def _turned(places: Places, column: ColumnProfile, usable: np.ndarray) -> np.ndarray:
    """Return which places lie on the other side of 0 from all others, and among them once the sign is turned."""
    nowhere = np.zeros(len(usable), dtype=bool)
    distinct = places.distinct
    own = distinct.latitude if column is places.latitude else distinct.longitude
    total = int(usable.sum())
    east = int((own[usable] > 0).sum())
    if total < _FEWEST_PLACES or max(east, total - east) < _ONE_SIGN * total:
        return nowhere
    odd = usable & ((own < 0) if east > total - east else (own > 0))
    if not odd.any() or odd.sum() > _LISTED:
        return nowhere
    from scipy.spatial import KDTree

    others = distinct[usable & ~odd]
    some = others[np.arange(len(others))[:: -(-len(others) // _SAMPLED)]]
    tree = KDTree(on_unit_sphere(some.latitude, some.longitude))
    odd_ones = distinct[odd]
    signs = (-1, 1) if column is places.latitude else (1, -1)
    now = tree.query(on_unit_sphere(odd_ones.latitude, odd_ones.longitude))[0]
    turned_there = on_unit_sphere(signs[0] * odd_ones.latitude, signs[1] * odd_ones.longitude)
    then = tree.query(turned_there, k=[_NEIGHBOURS])[0][:, 0]
    among_themselves = tree.query(tree.data[:1000], k=[_NEIGHBOURS + 1])[0][:, 0]
    near = max(_TURNED_NEAR_KM, 5 * float(np.median(chord_to_km(among_themselves))))
    wrong = (
        (chord_to_km(then) <= near)
        & (chord_to_km(now) >= _TURNED_FAR_KM)
        & (chord_to_km(now) >= _TURNED_RATIO * chord_to_km(then))
    )
    turned = nowhere.copy()
    turned[odd] = wrong
    return turned


def _sign_lost(places: Places, column: ColumnProfile, wrong: np.ndarray) -> Finding:
    distinct, table, seen = places.distinct[wrong], places.table, places.looked_at
    where = places.at(distinct.latitude, distinct.longitude)
    rows = seen.count(where)
    own = distinct.latitude if column is places.latitude else distinct.longitude
    name = "latitude" if column is places.latitude else "longitude"
    listed = among(distinct)
    read = read_column(table, column.column)
    return Finding(
        columns=places.columns,
        severity=Severity.WARNING,
        rows=rows,
        message=f"{column.name} has the wrong sign in {count(rows, 'row')} ({percent(rows / seen.row_count)}), such as {number(float(own[0]))}: with the sign turned {'it lies' if rows == 1 else 'they lie'} among the others.",
        predicate=where,
        looked_at=seen.looked_at,
        evidence=(map_of(places, "Where the places are", wrong),),
        why="A minus sign was lost or added: the place is on the other side of the globe." + told(places),
        fixes=(
            Fix(
                "Turn the sign",
                "\n".join(
                    [
                        *columns_read(places),
                        f"turned = {listed}",
                        assign_column(
                            table, column.column, f"{name if column.is_text else read}.mask(turned, -{name})"
                        ),
                    ]
                ),
                changes=(column.position,),
            ),
            *flagged(places, listed, "wrong_sign"),
        ),
        confidence=0.85,
    )


def _too_far(places: Places, far: np.ndarray) -> Finding:
    distinct, area, seen = places.distinct[far], places.area, places.looked_at
    where = places.at(distinct.latitude, distinct.longitude)
    rows = seen.count(where)
    distances = area.distances_km[far] if area is not None else np.zeros(1)
    rest = area.distances_km[~far] if area is not None else np.zeros(1)
    reach = float(np.nanmax(rest[np.isfinite(rest)])) if area is not None else 0.0
    listed = among(distinct)
    return Finding(
        columns=places.columns,
        severity=Severity.WARNING,
        rows=rows,
        message=f"{places.name} lie {_kilometres(distances)} from the middle of the others in {count(rows, 'row')} ({percent(rows / seen.row_count)}).",
        predicate=where,
        looked_at=seen.looked_at,
        evidence=(
            map_of(places, f"Where the places are: all others within {_rounded(reach)} km of their middle", far),
        ),
        why="One place far away stretches every map and distance, and is more often a slip of the pen than a place."
        + told(places),
        fixes=(
            *flagged(places, listed, "outside_area"),
            made_missing(places, listed, where, "Turn them into missing", "Only where they cannot be right."),
        ),
        confidence=0.75,
    )


def _kilometres(distances: np.ndarray) -> str:
    low, high = _rounded(float(distances.min())), _rounded(float(distances.max()))
    return f"{low} km" if low == high else f"{low} to {high} km"


def _rounded(distance: float) -> str:
    return number(float(f"{distance:.2g}"))
