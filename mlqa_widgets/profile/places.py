"""Which columns say where: pairs of latitude and longitude, named or found, and the places in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.profile.area import Area
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import name_words
from mlqa_widgets.tables.table import NO_ROW, Predicate, Table

if TYPE_CHECKING:
    from mlqa_widgets.profile.profile import Profile

_LATITUDE: Final = ("latitude", "latitud", "lat")
_LONGITUDE: Final = ("longitude", "longitud", "long", "lon", "lng")
_GEOGRAPHIC: Final = frozenset("coord coordinate coordonnee coordenada geo gps wgs wgs84 4326 degree deg degre".split())
_PROJECTED: Final = frozenset("lambert utm mtm epsg l93 lamb osgb bng rd webmercator 3857 2154 pixel px screen".split())
_PLACE_WORDS: Final = frozenset(
    "city town ville ciudad commune municipality country pays pais address adresse direccion station airport"
    " aeroport gare arret stop postcode zip zipcode postal county departement region province state canton street"
    " rue calle borough arrondissement neighborhood neighbourhood quartier vessel ship vehicle".split()
)
_WITHIN: Final = 0.8
"""Least share of the rows whose coordinates are degrees at all."""
_FEW: Final = 20
_MOST_PAIRS: Final = 20
_FINE_DECIMALS: Final = 3


@dataclass(frozen=True)
class Places:
    """A pair of columns that says where each row is.

    Attributes
    ----------
    latitude, longitude
        The columns, in degrees.
    told
        What the columns were taken for coordinates by; empty where the user named them.
    exchanged
        Whether the names say it the other way round than the values do.
    """

    table: Table
    latitude: ColumnProfile
    longitude: ColumnProfile
    told: str = ""
    exchanged: bool = False

    @property
    def columns(self) -> tuple[int, int]:
        """Positions of the two columns."""
        return self.latitude.position, self.longitude.position

    @property
    def name(self) -> str:
        """Both columns as a sentence names them."""
        return f"{self.latitude.name} and {self.longitude.name}"

    @property
    def looked_at(self) -> Table:
        """The table whose places are looked at: of a large one with very many places, a draw."""
        return self.table if self.latitude.complete and self.longitude.complete else self.table.draw

    @cached_property
    def distinct(self) -> Distinct:
        """The places looked at with their rows, each once; where most rows have a place of their own, that of each.

        Rows with a coordinate missing are left out.
        """
        latitude, longitude = self.latitude.number_sql, self.longitude.number_sql
        many = max(self.latitude.distinct, self.longitude.distinct) > self.table.row_count / 2
        number = f"SELECT {latitude} AS lat, {longitude} AS lon, "
        known = f"FROM t WHERE isfinite({latitude}) AND isfinite({longitude})"
        found = self.looked_at.query(
            f"{number} 1 AS n {known}"
            if many
            else f"{number} count(*) AS n {known} GROUP BY ALL ORDER BY n DESC, lat, lon"
        )
        lat, lon = (found[name].cast(pa.float64(), safe=False).to_numpy() for name in ("lat", "lon"))
        return Distinct(lat, lon, found["n"].to_numpy().astype(np.int64))

    def of_rows(self, table: Table) -> tuple[np.ndarray, np.ndarray]:
        """Return latitude and longitude of every row of the table or a draw of it; NaN where there is no such place."""
        found = table.query(f"SELECT {self.latitude.number_sql} AS lat, {self.longitude.number_sql} AS lon FROM t")
        lat, lon = (found[name].cast(pa.float64(), safe=False).to_numpy() for name in ("lat", "lon"))
        return np.where(np.abs(lat) <= 90, lat, np.nan), np.where(np.abs(lon) <= 180, lon, np.nan)

    @cached_property
    def area(self) -> Area | None:
        """Where most places are; None where there are too few."""
        return Area.of(self.distinct)

    def at(self, latitude: Sequence[float] | np.ndarray, longitude: Sequence[float] | np.ndarray) -> Predicate:
        """Return the rows at any of these places, exactly as they stand in the table."""
        pairs = list(zip(map(float, latitude), map(float, longitude), strict=True))
        if not pairs:
            return NO_ROW
        cell = f"({self.latitude.number_sql}, {self.longitude.number_sql})"
        if len(pairs) <= _FEW:
            listed = ", ".join(["(?, ?)"] * len(pairs))
            return Predicate(f"{cell} IN ({listed})", tuple(value for pair in pairs for value in pair))
        return Predicate(
            f"{cell} IN (SELECT (unnest(?), unnest(?)))", ([one for one, _ in pairs], [other for _, other in pairs])
        )

    @property
    def zero(self) -> Predicate:
        """The rows at (0, 0)."""
        return Predicate(f"{self.latitude.number_sql} = 0 AND {self.longitude.number_sql} = 0")

    def within(self, west: float, south: float, east: float, north: float) -> Predicate:
        """Return the rows in a box of degrees, edges included; where ``west > east`` it crosses the antimeridian."""
        latitude, longitude = self.latitude.number_sql, self.longitude.number_sql
        joined = "AND" if west <= east else "OR"
        return Predicate(
            f"{latitude} BETWEEN ? AND ? AND ({longitude} >= ? {joined} {longitude} <= ?)",
            (float(south), float(north), float(west), float(east)),
        )


@dataclass(frozen=True)
class Distinct:
    """Places, each once, with the rows at it."""

    latitude: np.ndarray
    longitude: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, mask: np.ndarray) -> Distinct:
        return Distinct(self.latitude[mask], self.longitude[mask], self.rows[mask])

    @cached_property
    def on_globe(self) -> np.ndarray:
        """Which are places at all: latitude within 90, longitude within 180 degrees."""
        return (np.abs(self.latitude) <= 90) & (np.abs(self.longitude) <= 180)


def find_places(profile: Profile) -> tuple[Places, ...]:
    """Return the pairs of latitude and longitude of a table: the one named by the user, or else all that are found.

    A pair is two columns of numbers alike in name but for the word of the coordinate (``pickup_lat`` and
    ``pickup_lon``, ``latitud`` and ``longitud``), whose values are degrees. ``x`` and ``y`` need more: a word such
    as ``coord`` in the name, or other columns that speak of places, and decimals. Metres of a projection, pixels and
    percentages are left alone. Of very many pairs the first twenty are returned.
    """
    table, columns = profile.table, profile.columns
    if (named := profile.roles.location) is not None:
        one, other = (columns[position] for position in named)
        return (Places(table, one, other, exchanged=_exchanged(one, other)),) if hold_numbers(one, other) else ()
    numeric = [column for column in columns if column.is_numeric and column.present]
    found: list[Places] = []
    for latitude, longitude in _named_alike(numeric):
        exchanged = _exchanged(latitude, longitude)
        if exchanged or _in_degrees(latitude, longitude):
            found.append(Places(table, latitude, longitude, "names and ranges", exchanged))
    if found:
        return tuple(found[:_MOST_PAIRS])
    speaks_of_places = any(not _PLACE_WORDS.isdisjoint(name_words(column.name)) for column in columns)
    return tuple(
        Places(table, y, x, "ranges and decimals")
        for y, x in _axes(numeric, speaks_of_places=speaks_of_places)
        if _in_degrees(y, x) and _has_decimals(y) and _has_decimals(x)
    )


def _named_alike(columns: Sequence[ColumnProfile]) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
    """Yield the pairs whose names are one but for the word of the coordinate."""
    stems: dict[str, ColumnProfile] = {}
    for column in columns:
        for stem in _stems(str(column.column.label), _LONGITUDE):
            stems.setdefault(stem, column)
    taken: set[int] = set()
    for column in columns:
        partner = next((stems[stem] for stem in _stems(str(column.column.label), _LATITUDE) if stem in stems), None)
        if partner is not None and partner.position not in taken and partner is not column:
            taken |= {partner.position, column.position}
            yield column, partner


def _stems(name: str, words: Sequence[str]) -> list[str]:
    """Return what is left of a name without the word of the coordinate: the word alone, or at an end of another."""
    parts = list(name_words(name))
    return [
        " ".join([*parts[:place], f"{rest}*", *parts[place + 1 :]])
        for place, part in enumerate(parts)
        for word in words
        for rest in _rests(part, word)
    ]


def _rests(part: str, word: str) -> Iterator[str]:
    if part == word:
        yield ""
    elif part.endswith(word):
        yield part.removesuffix(word) + "_"
    elif part.startswith(word):
        yield "_" + part.removeprefix(word)


def _axes(columns: Sequence[ColumnProfile], *, speaks_of_places: bool) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
    """Yield pairs (y, x) that may be degrees."""
    upright = {stem: column for column in columns if (stem := _axis_stem(str(column.column.label), "y"))}
    for column in columns:
        stem = _axis_stem(str(column.column.label), "x")
        if stem is None or stem not in upright:
            continue
        words = set(stem.split())
        if not words & _PROJECTED and (words & _GEOGRAPHIC or (speaks_of_places and words == {"*"})):
            yield upright[stem], column


def _axis_stem(name: str, axis: str) -> str | None:
    words = [re.sub(rf"^{axis}(?=coord)|(?<=coord){axis}$", f"{axis} ", word) for word in name_words(name)]
    parts = " ".join(words).split()
    return " ".join("*" if part == axis else part for part in parts) if parts.count(axis) == 1 else None


def hold_numbers(one: ColumnProfile, other: ColumnProfile) -> bool:
    """Return whether two columns may be the two coordinates."""
    return one is not other and one.is_numeric and other.is_numeric and bool(one.present and other.present)


def _in_degrees(latitude: ColumnProfile, longitude: ColumnProfile) -> bool:
    """Return whether nearly all values are degrees: 0 to 360 is a longitude too."""
    return _share(latitude, -90, 90) >= _WITHIN and _share(longitude, -180, 360) >= _WITHIN


def _exchanged(latitude: ColumnProfile, longitude: ColumnProfile) -> bool:
    """Return whether most of what is called latitude cannot be one, and all fits the other way round."""
    return (
        _share(latitude, -90, 90) <= 1 - _WITHIN
        and _share(latitude, -180, 180) >= _WITHIN
        and _share(longitude, -90, 90) >= _WITHIN
    )


def _share(column: ColumnProfile, low: float, high: float) -> float:
    summary = column.numeric
    return summary.rows_between(low, high) / summary.rows if summary is not None and summary.rows else 0.0


def _has_decimals(column: ColumnProfile) -> bool:
    """Return whether most values have several decimals, as degrees have that were measured."""
    numbers = column.numbers[np.isfinite(column.numbers)]
    fine = np.abs(numbers * 10 ** (_FINE_DECIMALS - 1) % 1)
    return bool(len(numbers)) and float(np.mean((fine > 1e-6) & (fine < 1 - 1e-6))) >= 0.5
