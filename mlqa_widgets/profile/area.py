"""Where most of the places of a table are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.profile.sphere import distance_km, middle

if TYPE_CHECKING:
    from mlqa_widgets.profile.places import Distinct

_SAMPLED: Final = 20_000
_WITHIN: Final = 3.0
FEWEST: Final = 10
"""Fewest places that make an area."""


@dataclass(frozen=True)
class Box:
    """A box of degrees, edges included."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        """Return which places lie in it."""
        return (latitude >= self.south) & (latitude <= self.north) & (longitude >= self.west) & (longitude <= self.east)

    def widened(self) -> Box:
        """Return a box three times as high and wide, by at least a degree each way."""
        high, wide = max(self.north - self.south, 1.0), max(self.east - self.west, 1.0)
        edges = (self.south - high, self.north + high, self.west - wide, self.east + wide)
        return Box(*(round(edge, 2) for edge in edges))


@dataclass(frozen=True)
class Area:
    """Where most of the places are: what lies within three times the typical distance from their middle.

    Attributes
    ----------
    middle
        Latitude and longitude of the median place.
    typical_km
        Half of the places lie within this distance of it.
    distances_km
        Per place; NaN for what is not on the globe, and for (0, 0).
    """

    places: Distinct
    middle: tuple[float, float]
    typical_km: float
    distances_km: np.ndarray

    @classmethod
    def of(cls, places: Distinct) -> Area | None:
        """Return the area of places, or None where there are too few."""
        usable = np.flatnonzero(places.on_globe & ~((places.latitude == 0) & (places.longitude == 0)))
        if len(usable) < FEWEST:
            return None
        some = usable[:: -(-len(usable) // _SAMPLED)]
        latitude, longitude = middle(places.latitude[some], places.longitude[some])
        distances = np.full(len(places), np.nan)
        distances[usable] = distance_km(places.latitude[usable], places.longitude[usable], latitude, longitude)
        return cls(places, (latitude, longitude), float(np.nanmedian(distances)), distances)

    @cached_property
    def inner(self) -> np.ndarray:
        """Which places make the area."""
        return np.nan_to_num(self.distances_km, nan=np.inf) <= _WITHIN * self.typical_km

    @cached_property
    def box(self) -> Box:
        """The degrees the area spans."""
        latitude, longitude = self.places.latitude[self.inner], self.places.longitude[self.inner]
        return Box(*(float(edge) for edge in (latitude.min(), latitude.max(), longitude.min(), longitude.max())))
