"""Distances on the globe, taken as a sphere: within 0.6 % of those on the ellipsoid."""

from __future__ import annotations

from typing import Final

import numpy as np

EARTH_KM: Final = 6371.0088
"""Mean radius of the earth (IUGG), in kilometres."""

KM_PER_DEGREE: Final = np.pi * EARTH_KM / 180
"""A degree of latitude, in kilometres."""

HALF_WAY_ROUND_KM: Final = np.pi * EARTH_KM
"""No two places are farther apart."""


def distance_km(
    latitude: np.ndarray | float,
    longitude: np.ndarray | float,
    other_latitude: np.ndarray | float,
    other_longitude: np.ndarray | float,
) -> np.ndarray:
    """Return the great-circle distance in kilometres (haversine formula); degrees, broadcast against each other.

    Examples
    --------
    >>> round(float(distance_km(51.5074, -0.1278, 48.8566, 2.3522)))  # London to Paris
    344
    """
    one, other = np.radians(latitude), np.radians(other_latitude)
    apart = np.radians(np.subtract(other_longitude, longitude))
    half = np.sin((other - one) / 2) ** 2 + np.cos(one) * np.cos(other) * np.sin(apart / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def on_unit_sphere(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Return places as points in space, one row each: neighbours in space are neighbours on the globe."""
    up, around = np.radians(latitude), np.radians(longitude)
    return np.column_stack([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)])


def chord_to_km(chord: np.ndarray) -> np.ndarray:
    """Return the distance on the globe between points on the unit sphere that lie ``chord`` apart in space."""
    return 2 * EARTH_KM * np.arcsin(np.clip(np.asarray(chord) / 2, 0, 1))


def middle(latitude: np.ndarray, longitude: np.ndarray) -> tuple[float, float]:
    """Return where most of the places are: the median point in space, brought back to the globe.

    Up to half of the places can be anywhere without taking it away from the others.
    """
    x, y, z = np.median(on_unit_sphere(latitude, longitude), axis=0)
    return float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x)))
