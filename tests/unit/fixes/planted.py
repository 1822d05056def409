"""Tables with one planted defect for each check that offers a fix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

ROWS = 400


@dataclass(frozen=True)
class Planted:
    """A table with a defect, and what a scan must be told to see it."""

    frame: pd.DataFrame
    roles: dict[str, Any] = field(default_factory=dict)


PLANTED: dict[str, Callable[[np.random.Generator], Planted]] = {}


def plant(make: Callable[[np.random.Generator], pd.DataFrame | Planted]) -> None:
    """Register a planted table under the check it is called after."""

    def planted(rng: np.random.Generator) -> Planted:
        made = make(rng)
        return made if isinstance(made, Planted) else Planted(made)

    PLANTED[make.__name__] = planted


def _days(rng: np.random.Generator, rows: int = ROWS) -> pd.DatetimeIndex:
    return pd.Timestamp("2021-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 1400, rows)), "D")


def _other(rng: np.random.Generator) -> dict[str, Any]:
    return {"amount": rng.normal(50, 9, ROWS).round(2), "kind": rng.choice(["a", "b", "c"], ROWS)}


@plant
def blank_strings(rng):
    return pd.DataFrame({"street": rng.choice(["Main", "Elm", "Oak", " "], ROWS), **_other(rng)})


@plant
def placeholders(rng):
    return pd.DataFrame({"score": rng.choice([50.0, 30.5, 42.0, -999.0], ROWS), **_other(rng)})


@plant
def numbers_as_text(rng):
    return pd.DataFrame({"weight": [f"{w:.1f} kg" for w in rng.normal(70, 9, ROWS)], **_other(rng)})


@plant
def constant_column(rng):
    return pd.DataFrame({"clinic": "north", **_other(rng)})


@plant
def nearly_constant_column(rng):
    clinic = np.full(ROWS, "north", dtype=object)
    clinic[7] = "south"
    return pd.DataFrame({"clinic": clinic, **_other(rng)})


@plant
def duplicate_rows(rng):
    frame = pd.DataFrame({"person": [f"p{i}" for i in range(ROWS)], **_other(rng)})
    return pd.concat([frame, frame.iloc[[3, 7, 11]]], ignore_index=True)


@plant
def duplicate_keys(rng):
    frame = pd.DataFrame({"person": np.arange(ROWS), **_other(rng)})
    frame.loc[[50, 80], "person"] = [49, 79]
    return Planted(frame, {"key": "person"})


@plant
def duplicate_columns(rng):
    frame = pd.DataFrame(_other(rng))
    return frame.assign(again=frame["amount"])


@plant
def derived_columns(rng):
    days = _days(rng)
    return pd.DataFrame({"day": days, "year": days.year, "month": days.month, **_other(rng)})


@plant
def missing_values(rng):
    frame = pd.DataFrame({"age": rng.integers(18, 90, ROWS).astype(float), **_other(rng)})
    frame.loc[rng.random(ROWS) < 0.2, "age"] = np.nan
    return frame


@plant
def missing_dates(rng):
    days = pd.Series(_days(rng)).mask(rng.random(ROWS) < 0.1)
    return pd.DataFrame({"seen": days, **_other(rng)})


@plant
def dates_as_text(rng):
    return pd.DataFrame({"seen": _days(rng).strftime("%Y-%m-%d").astype(str), **_other(rng)})


@plant
def mixed_date_formats(rng):
    days = _days(rng)
    written = np.where(np.arange(ROWS) % 3 > 0, days.strftime("%Y-%m-%d"), days.strftime("%d.%m.%Y"))
    return pd.DataFrame({"seen": written, **_other(rng)})


@plant
def ambiguous_dates(rng):
    return pd.DataFrame({"seen": _days(rng).strftime("%d/%m/%Y").astype(str), **_other(rng)})


@plant
def impossible_dates(rng):
    days = pd.Series(_days(rng).strftime("%Y-%m-%d").astype(str))
    days[5] = "2021-02-30"
    days[9] = "2022-13-01"
    return pd.DataFrame({"seen": days, **_other(rng)})


@plant
def midnight_only_times(rng):
    return pd.DataFrame({"seen": _days(rng).strftime("%Y-%m-%d 00:00:00").astype(str), **_other(rng)})


@plant
def mixed_types(rng):
    values = [1, 2.5, "3", None] * (ROWS // 4)
    return pd.DataFrame({"age": pd.Series(values, dtype=object), **_other(rng)})


@plant
def mixed_units(rng):
    celsius = rng.normal(20, 3, ROWS)
    written = [f"{c:.1f} C" if i % 4 else f"{c * 1.8 + 32:.1f} F" for i, c in enumerate(celsius)]
    return pd.DataFrame({"temperature": written, **_other(rng)})


@plant
def spelling_variants(rng):
    names = rng.choice(["Montreal", "Toronto", "Vancouver"], ROWS).astype(object)
    names[[5, 60, 200]] = ["montreal", "Montrael", "Torronto"]
    return pd.DataFrame({"city": names, **_other(rng)})


@plant
def stray_spaces(rng):
    first = rng.choice(list("bcdfghklmnprstvw"), (ROWS, 8))
    names = np.array(["".join(word[:5]) + " " + "".join(word[5:]) for word in first], dtype=object)
    names[[5, 80]] = [names[5] + " ", " " + names[80]]
    return pd.DataFrame({"label": names, **_other(rng)})


@plant
def encoding_errors(rng):
    names = rng.choice(["Montréal", "Québec", "Gatineau"], ROWS).astype(object)
    names[::9] = [name.encode().decode("cp1252") for name in names[::9]]
    return pd.DataFrame({"city": names, **_other(rng)})


@plant
def embedded_values(rng):
    towns = [("Portland", "OR"), ("Austin", "TX"), ("Denver", "CO"), ("San Francisco", "CA"), ("New York", "NY")]
    frame = pd.DataFrame([towns[row % 5] for row in range(ROWS)], columns=["city", "state"], dtype=object)
    inside = frame.index < 12
    frame.loc[inside, "city"] += " " + frame.loc[inside, "state"]
    frame.loc[inside, "state"] = None
    return frame.assign(**_other(rng))


@plant
def outliers(rng):
    reading = rng.normal(20, 2, ROWS)
    reading[[5, 80, 200]] = 4000.0
    return pd.DataFrame({"reading": reading})


@plant
def negative_values(rng):
    age = rng.integers(18, 90, ROWS).astype(float)
    age[[5, 80]] = -40
    return pd.DataFrame({"age": age, **_other(rng)})


@plant
def rare_patterns(rng):
    plate = np.array([f"AB-{n:04}" for n in rng.integers(0, 9999, ROWS)], dtype=object)
    plate[[5, 80]] = ["AB0123", "x"]
    return pd.DataFrame({"plate": plate, **_other(rng)})


@plant
def invalid_emails(rng):
    email = np.array([f"person{i}@example.org" for i in range(ROWS)], dtype=object)
    email[[5, 80]] = ["person5@example,org", "no mail"]
    return pd.DataFrame({"email": email, **_other(rng)})


@plant
def invalid_phones(rng):
    phone = np.array([f"+1 514 {rng.integers(200, 999)} {rng.integers(1000, 9999)}" for _ in range(ROWS)], dtype=object)
    phone[[5, 80]] = ["12", "+1 514 0"]
    return pd.DataFrame({"phone": phone, **_other(rng)})


@plant
def invalid_postcodes(rng):
    code = np.array([f"H{d}X {d}L{d}" for d in rng.integers(1, 9, ROWS)], dtype=object)
    code[[5, 80]] = ["H2X1L", "hello"]
    return Planted(pd.DataFrame({"postal_code": code, **_other(rng)}), {"region": "CA"})


@plant
def invalid_urls(rng):
    url = np.array([f"https://example.org/page/{i}" for i in range(ROWS)], dtype=object)
    url[[5, 80]] = ["example", "htp//x"]
    return pd.DataFrame({"url": url, **_other(rng)})


@plant
def high_cardinality(rng):
    names = np.array([f"shop {int(n)}" for n in rng.zipf(1.3, ROWS) % 150], dtype=object)
    return pd.DataFrame({"shop": names, **_other(rng)})


@plant
def id_like_column(rng):
    return pd.DataFrame({"code": [f"X{i:05}" for i in rng.permutation(ROWS)], **_other(rng)})


@plant
def conflicting_labels(rng):
    frame = pd.DataFrame({"age": rng.integers(18, 40, 60).repeat(7), "city": rng.choice(["a", "b"], 60).repeat(7)})
    frame["dose"] = rng.integers(1, 99, 60).repeat(7)
    label = (frame["dose"] > 50).map({True: "yes", False: "no"})
    label[::35] = "maybe"
    return Planted(frame.assign(label=label), {"target": "label"})


@plant
def broken_dependencies(rng):
    zips = rng.integers(0, 20, 1000)
    city = np.array([f"City {z // 2}" for z in zips], dtype=object)
    city[[5, 80, 300]] = "City 99"
    return pd.DataFrame({"zip": [f"Z{z:03}" for z in zips], "city": city, "amount": rng.normal(50, 9, 1000).round(2)})


@plant
def near_duplicate_rows(rng):
    letters = ["".join(word) for word in rng.choice(list("bdfgklmnprst"), (2 * ROWS, 7))]
    frame = pd.DataFrame({"name": letters[:ROWS], "street": letters[ROWS:], **_other(rng)})
    again = frame.iloc[[5, 80]].assign(name=frame["name"].iloc[[5, 80]] + "a")
    return pd.concat([frame, again], ignore_index=True)


@plant
def broken_order(rng):
    low = rng.normal(10, 6, ROWS).round(1)
    frame = pd.DataFrame({"temp_min": low, "temp_max": (low + rng.gamma(3, 3, ROWS)).round(1), **_other(rng)})
    frame.loc[[5, 80], ["temp_min", "temp_max"]] = frame.loc[[5, 80], ["temp_max", "temp_min"]].to_numpy()
    return frame


@plant
def broken_sum(rng):
    frame = pd.DataFrame({"men": rng.poisson(40, ROWS), "women": rng.poisson(50, ROWS)})
    frame["people"] = frame["men"] + frame["women"]
    frame.loc[[5, 80], "people"] += 9
    return frame


@plant
def leakage(rng):
    label = rng.choice(["yes", "no"], ROWS)
    return Planted(pd.DataFrame({"closed": np.where(label == "yes", "Y", "N"), "label": label}), {"target": "label"})


@plant
def dictionary_conflicts(rng):
    frame = pd.DataFrame({"age": rng.integers(18, 90, ROWS), **_other(rng)})
    frame.loc[[5, 80], "age"] = 300
    return Planted(frame, {"dictionary": {"age": {"minimum": 0, "maximum": 120}}})


def _places(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {"latitude": rng.normal(45.5, 0.05, ROWS).round(5), "longitude": rng.normal(-73.6, 0.08, ROWS).round(5)}
    ).assign(**_other(rng))


@plant
def null_island(rng):
    frame = _places(rng)
    frame.loc[[5, 80], ["latitude", "longitude"]] = 0.0
    return frame


@plant
def swapped_coordinates(rng):
    frame = _places(rng)
    frame.loc[[5, 80], ["latitude", "longitude"]] = frame.loc[[5, 80], ["longitude", "latitude"]].to_numpy()
    return frame


@plant
def coordinates_out_of_range(rng):
    frame = _places(rng)
    frame.loc[[5, 80], "latitude"] = [455.0, -912.0]
    return frame


@plant
def outside_area(rng):
    frame = _places(rng)
    frame.loc[[5, 80], "longitude"] = [73.6, 12.0]
    return frame


def _hourly(rng: np.random.Generator) -> pd.DataFrame:
    times = pd.date_range("2024-01-01", periods=960, freq="h")
    return pd.DataFrame({"at": times, "reading": (20 + np.cumsum(rng.normal(0, 0.5, 960))).round(2)})


@plant
def stuck_values(rng):
    frame = _hourly(rng)
    frame.loc[300:330, "reading"] = 19.5
    return Planted(frame, {"time": "at"})


@plant
def duplicate_timestamps(rng):
    frame = _hourly(rng)
    frame.loc[[50, 80, 200], "at"] = frame.loc[[49, 79, 199], "at"].to_numpy()
    return Planted(frame, {"time": "at"})


@plant
def out_of_order(rng):
    frame = _hourly(rng)
    return Planted(
        frame.iloc[[*range(400), *range(420, 440), *range(400, 420), *range(440, 960)]].reset_index(drop=True),
        {"time": "at"},
    )
