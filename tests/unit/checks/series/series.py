"""Tables of series as sensors, counters and logs make them, for the tests of the checks over time."""

from __future__ import annotations

import numpy as np
import pandas as pd


def hourly(days: int = 60, seed: int = 0, start: str = "2024-01-01") -> pd.DataFrame:
    """Return one sensor by the hour: a day's rhythm and noise."""
    random = np.random.default_rng(seed)
    at = pd.date_range(start, periods=24 * days, freq="h")
    values = 20 + 5 * np.sin(2 * np.pi * at.hour / 24) + random.normal(size=len(at))
    return pd.DataFrame({"at": at, "temperature": values.round(2)})


def sensors(number: int = 8, days: int = 60, seed: int = 0) -> pd.DataFrame:
    """Return several sensors by the hour that share a slow movement, under one another."""
    random = np.random.default_rng(seed)
    shared = np.cumsum(random.normal(scale=0.2, size=24 * days))
    parts = []
    for sensor in range(number):
        part = hourly(days, seed + sensor + 1)
        part["temperature"] = (part["temperature"] + sensor + shared).round(2)
        parts.append(part.assign(sensor=f"s{sensor}"))
    return pd.concat(parts, ignore_index=True)[["sensor", "at", "temperature"]]


def without(frame: pd.DataFrame, rows: object) -> pd.DataFrame:
    """Return the frame without some rows, numbered anew."""
    return frame.drop(index=rows).reset_index(drop=True)
