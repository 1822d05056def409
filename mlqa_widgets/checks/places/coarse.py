"""Coordinates with few decimals: rounded, blurred on purpose, or of two precisions in one column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from mlqa_widgets.checks.places._places import flagged, map_of, told
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.profile.places import Places
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.sphere import KM_PER_DEGREE
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, number, percent

_COARSE: Final = 2
_FINE: Final = 4
_MOST_DECIMALS: Final = 6
_FEWEST_ROWS: Final = 20
_MIXED_ROWS: Final = 5
_MIXED_SHARE: Final = 0.005
_FINE_SHARE: Final = 0.2
_ALL: Final = 0.98
_TELLING: Final = 1 / 30
"""How large a rounding step is against the typical distance from the middle before it blurs the picture."""
_SINGLE: Final = frozenset({"float32", "float", "real", "single", "f4"})
"""Types that hold so few digits that a number of two decimals is another one when widened."""
_LINES: Final = 8
_OFF_GRID: Final = 0.01


@table_check("coarse_coordinates", reads="rows")
def coarse_coordinates(profile: Profile) -> Iterator[Finding]:
    """Find coordinates rounded to two decimals (a kilometre) or fewer, or set on a grid.

    A column of two precisions is a warning: its coarse rows are centres of towns or blurred on purpose, the others
    measured. Stays silent where the rounding is small against the area, as in a list of the cities of a country.
    """
    for places in profile.places:
        if places.exchanged or places.area is None:
            continue
        rows = _rows_by_decimals(places)
        total = int(rows.sum())
        if total < _FEWEST_ROWS:
            continue
        coarse = int(rows[: _COARSE + 1].sum())
        fine = int(rows[_FINE:].sum())
        if coarse >= max(_MIXED_ROWS, _MIXED_SHARE * total) and fine >= _FINE_SHARE * total:
            yield _mixed(places, rows)
        elif coarse >= _ALL * total and _step_km(int(np.flatnonzero(rows)[-1])) >= _TELLING * places.area.typical_km:
            yield _rounded(places, rows)
        elif (step := _grid(places)) is not None:
            yield _on_a_grid(places, step)


def _rows_by_decimals(places: Places) -> np.ndarray:
    """Return the rows by the decimals that both coordinates can be written with: 0 to 5, then more; not (0, 0)."""
    if any(column.column.source_type.lower() in _SINGLE for column in (places.latitude, places.longitude)):
        counts = [places.looked_at.count(_coarser(places, decimals)) for decimals in range(_MOST_DECIMALS)]
    else:
        rows = places.distinct.rows
        counts = [int(rows[_places_written(places, decimals)].sum()) for decimals in range(_MOST_DECIMALS)]
    total = int(places.distinct.rows.sum()) - places.looked_at.count(places.zero)
    return np.diff([*counts, total], prepend=0)


def _places_written(places: Places, decimals: int) -> np.ndarray:
    """Return which places, other than (0, 0), are written with so many decimals or fewer."""
    distinct = places.distinct
    written: np.ndarray = (distinct.latitude != 0) | (distinct.longitude != 0)
    for values in (distinct.latitude, distinct.longitude):
        written &= np.round(values, decimals) == values
    return written


def _written(places: Places, decimals: int) -> str:
    latitude, longitude = places.latitude.number_sql, places.longitude.number_sql
    return f"round({latitude}, {decimals}) = {latitude} AND round({longitude}, {decimals}) = {longitude}"


def _coarser(places: Places, decimals: int) -> Predicate:
    """Return the rows, other than (0, 0), that are written with so many decimals or fewer."""
    return Predicate(f"{_written(places, decimals)} AND NOT ({places.zero.sql})")


def _step_km(decimals: int) -> float:
    return float(KM_PER_DEGREE * 10.0**-decimals)


def _bars(places: Places, rows: np.ndarray) -> Bars:
    bars = []
    for decimals in np.flatnonzero(rows):
        last = decimals == _MOST_DECIMALS
        where = Predicate("true") if last else _coarser(places, int(decimals))
        if decimals > 0:
            where = where & ~Predicate(_written(places, int(decimals) - 1)) & ~places.zero
        if last:
            where = where & Predicate(
                f"{places.latitude.number_sql} IS NOT NULL AND {places.longitude.number_sql} IS NOT NULL"
            )
        label = f"{decimals} decimals" + (" or more" if last else "")
        bars.append(
            Bar(label, int(rows[decimals]), where, bool(decimals <= _COARSE), f"to {_length(_step_km(int(decimals)))}")
        )
    return Bars("Rows by decimals" + (" of those looked at" if places.looked_at.looked_at else ""), tuple(bars))


def _length(km: float) -> str:
    return f"{number(float(f'{km:.1g}'))} km" if km >= 1 else f"{number(float(f'{1000 * km:.1g}'))} m"


def _mixed(places: Places, rows: np.ndarray) -> Finding:
    where = _coarser(places, _COARSE)
    coarse = places.table.count(where)
    code = (
        f"(latitude.round({_COARSE}) == latitude) & (longitude.round({_COARSE}) == longitude)"
        " & ~((latitude == 0) & (longitude == 0))"
    )
    return Finding(
        columns=places.columns,
        severity=Severity.WARNING,
        rows=coarse,
        message=f"{places.name} have {_COARSE} decimals or fewer in {count(coarse, 'row')} ({percent(coarse / places.table.row_count)}), a kilometre or more; most others {_FINE} or more.",
        predicate=where,
        evidence=(_bars(places, rows), map_of(places, "Where the coarse places are", _places_written(places, _COARSE))),
        why="Coarse places are centres of towns or blurred on purpose: distances from them are off by kilometres, and they"
        " pile up where nobody is." + told(places),
        fixes=tuple(flagged(places, code, "coarse_place")),
        confidence=0.7,
    )


def _rounded(places: Places, rows: np.ndarray) -> Finding:
    decimals = int(np.flatnonzero(rows)[-1]) if rows[_COARSE + 1 :].sum() == 0 else _COARSE
    where = _coarser(places, decimals)
    found = places.table.count(where)
    typical = places.area.typical_km if places.area is not None else 0.0
    return Finding(
        columns=places.columns,
        severity=Severity.INFO,
        rows=found,
        message=f"{places.name} have {count(decimals, 'decimal') + ' at most' if decimals else 'no decimals'}: places are rounded to {_length(_step_km(decimals))}, and half of them lie within {_length(typical)} of their middle.",
        predicate=where,
        evidence=(
            _bars(places, rows),
            map_of(places, "Where the places are", np.zeros(len(places.distinct), dtype=bool)),
        ),
        why="Rounding moves neighbours onto one point: distances between near places, and counts by small areas, are not to be trusted."
        + told(places),
        confidence=0.7,
    )


def _grid(places: Places) -> tuple[float, float] | None:
    """Return the steps of the grid that the places stand on, where it is coarser than their decimals; else None."""
    steps = []
    for values in (places.distinct.latitude, places.distinct.longitude):
        levels = np.unique(np.round(values[places.distinct.on_globe], 9))
        if not _LINES <= len(levels) <= len(places.distinct) / 2:
            return None
        step = float(np.median(np.diff(levels)))
        off = np.abs((levels - levels[0]) / step - np.round((levels - levels[0]) / step))
        plain = abs(np.log10(step) - round(np.log10(step))) < 1e-6
        if (off > _OFF_GRID).mean() > _OFF_GRID or plain:
            return None
        steps.append(step)
    return steps[0], steps[1]


def _on_a_grid(places: Places, step: tuple[float, float]) -> Finding:
    where = Predicate(f"{places.latitude.column.sql} IS NOT NULL AND {places.longitude.column.sql} IS NOT NULL")
    return Finding(
        columns=places.columns,
        severity=Severity.INFO,
        rows=places.table.count(where),
        message=f"{places.name} stand on a grid of {number(step[0])} by {number(step[1])} degrees, about {_length(step[0] * KM_PER_DEGREE)} from line to line.",
        predicate=where,
        evidence=(map_of(places, "Where the places are", np.zeros(len(places.distinct), dtype=bool)),),
        why="The places were snapped to a grid, by a model's resolution or to hide where people are: nothing finer can be read from them."
        + told(places),
        confidence=0.7,
    )
