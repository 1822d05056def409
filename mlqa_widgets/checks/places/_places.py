"""What the checks of places share: their map, and how coordinates are read and written in repair code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from mlqa_widgets.evidence import Map
from mlqa_widgets.fixes.code import assign_column, literal, new_label, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.places import Distinct, Places
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count

_DRAWN: Final = 5000
_FLAGGED_DRAWN: Final = 2000


def map_of(
    places: Places,
    title: str,
    flagged: np.ndarray,
    tracks: Sequence[Sequence[tuple[float, float]]] = (),
) -> Map:
    """Return the places on a map: the offending ones first, the others drawn at random where they are very many.

    Parameters
    ----------
    flagged
        Which of ``places.distinct`` offend.
    """
    distinct, flagged = _once(places.distinct, flagged)
    off = int((flagged & ~distinct.on_globe).sum())
    if off:
        title += f" ({count(off, 'offending place')} {'is' if off == 1 else 'are'} on no map)"
    marked = np.flatnonzero(flagged & distinct.on_globe)
    others = np.flatnonzero(~flagged & distinct.on_globe)
    shown = marked[:_FLAGGED_DRAWN]
    room = _DRAWN - len(shown)
    if len(others) > room:
        others_shown = np.sort(np.random.default_rng(0).choice(others, room, replace=False))
    else:
        others_shown = others
    drawn = np.concatenate([shown, others_shown])
    lines = tuple(tuple((float(a), float(b)) for a, b in track) for track in tracks)
    return Map(title, places, distinct[drawn], len(shown), len(marked) + len(others) - len(drawn), lines)


def _once(places: Distinct, flagged: np.ndarray) -> tuple[Distinct, np.ndarray]:
    """Return the places, each once, those with most rows first, and which of them are flagged."""
    _, first, place = np.unique(places.latitude + 1j * places.longitude, return_index=True, return_inverse=True)
    rows = np.bincount(place, weights=places.rows).astype(np.int64)
    order = np.argsort(-rows, kind="stable")
    at = first[order]
    return Distinct(places.latitude[at], places.longitude[at], rows[order]), flagged[at]


def told(places: Places) -> str:
    """Return how the columns were come by, as a sentence to end an explanation with; nothing where they were named."""
    if not places.told:
        return ""
    return f" The columns were taken for coordinates by their {places.told}; name others with location= of scan."


def columns_read(places: Places) -> list[str]:
    """Return statements that put the two columns in ``latitude`` and ``longitude``, as numbers."""
    return [
        f"latitude = {_number(places.latitude)}",
        f"longitude = {_number(places.longitude)}",
    ]


def _number(column: ColumnProfile) -> str:
    read = read_column(column.table, column.column)
    return f'pd.to_numeric({read}, errors="coerce")' if column.is_text else read


def made_missing(places: Places, where: str, rows: Predicate, title: str, note: str = "") -> Fix:
    """Return the repair that empties both coordinates of some rows.

    Parameters
    ----------
    where
        The expression for the rows, over ``latitude`` and ``longitude``.
    """
    table = places.table
    lines = [*columns_read(places), f"wrong = {where}"]
    lines += [
        assign_column(table, column, f"{read_column(table, column)}.mask(wrong)")
        for column in (places.latitude.column, places.longitude.column)
    ]
    return Fix(title, "\n".join(lines), changes=places.columns, empties=rows, note=note)


def flagged(places: Places, where: str, stem: str) -> list[Fix]:
    """Return the repair that adds a column which says of each row whether it offends, where one can be added."""
    label = new_label(places.table, stem)
    if label is None:
        return []
    code = "\n".join([*columns_read(places), f"df[{literal(label)}] = {where}"])
    return [Fix("Add a column that flags them", code, adds=(label,))]


def among(distinct: Distinct) -> str:
    """Return the expression for the rows at any of some places, as a list of pairs."""
    pairs = [(float(lat), float(lon)) for lat, lon in zip(distinct.latitude, distinct.longitude, strict=True)]
    listed = ", ".join(literal(pair) for pair in pairs[:3])
    if len(pairs) > 3:
        lines = [", ".join(literal(pair) for pair in pairs[start : start + 3]) for start in range(0, len(pairs), 3)]
        listed = "\n    " + ",\n    ".join(lines) + ",\n"
    return f"pd.MultiIndex.from_arrays([latitude, longitude]).isin([{listed}])"
