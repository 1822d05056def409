"""Columns, units, vocabularies, and columns of one name that mean another thing."""

from __future__ import annotations

import numpy as np
import pandas as pd

import mlqa_widgets as mq


def told(left, right, check, **arguments):
    comparison = mq.compare(left, right, names=("ours", "theirs"), **arguments)
    found = comparison.findings
    return found[found["check"] == check]


def test_columns_of_one_source_only_are_listed(people) -> None:
    found = told(people, people.drop(columns=["lat", "sex"]).assign(extra=1), "schema_differences", on="id").iloc[0]
    assert found["message"] == "2 columns only in ours: sex and lat; 1 column only in theirs: extra."
    assert found["severity"] == "warning"


def test_names_written_differently_are_the_same_column(people) -> None:
    right = people.rename(columns={"weight": "Weight", "lat": "LAT"})
    assert mq.compare(people, right, "id").findings.empty


def test_another_type_is_told(people) -> None:
    found = told(people, people.assign(weight=people["weight"].astype(str) + "!"), "schema_differences", on="id").iloc[
        0
    ]
    assert "weight is number on the left (float64) and text on the right" in found["message"]


def test_a_unit_written_on_one_side_is_told(tmp_path, people) -> None:
    people.to_csv(tmp_path / "a.csv", index=False)
    people.assign(weight=people["weight"].astype(str) + " kg").to_csv(tmp_path / "b.csv", index=False)
    found = told(tmp_path / "a.csv", tmp_path / "b.csv", "schema_differences", on="id").iloc[0]
    assert found["message"] == "weight is written without a unit on the left and in kg on the right."


def test_another_vocabulary_is_told_where_no_rows_meet() -> None:
    rng = np.random.default_rng(0)
    left = pd.DataFrame({"when": rng.normal(size=300), "state": rng.choice(["open", "shut", "lost"], 300)})
    right = pd.DataFrame({"when": rng.normal(size=300), "state": rng.choice(["open", "closed", "gone"], 300)})
    found = told(left, right, "schema_differences").iloc[0]
    assert "'shut'" in found["message"]
    assert "'closed'" in found["message"]


def test_one_name_with_another_meaning_is_told_where_rows_meet() -> None:
    rng = np.random.default_rng(0)
    flights = pd.DataFrame({"plane": rng.choice([f"N{i}" for i in range(60)], 400), "year": 2013})
    planes = pd.DataFrame({"plane": [f"N{i}" for i in range(60)], "year": rng.integers(1980, 2010, 60)})
    comparison = mq.compare(flights, planes, "plane")
    assert comparison.findings.loc[0, "check"] == "definition_differences"
    assert "always 2013 on the left" in comparison.findings.loc[0, "message"]
    assert "value_conflicts" not in set(comparison.findings["check"])
    assert len(comparison.rows(0)) == 400


def test_amounts_whose_ranges_do_not_touch_are_told_with_the_factor() -> None:
    rng = np.random.default_rng(0)
    left = pd.DataFrame({"distance": rng.uniform(100, 190, 400)})
    right = pd.DataFrame({"distance": rng.uniform(100_000, 190_000, 400)})
    found = told(left, right, "definition_differences").iloc[0]
    assert "the right is about" in found["message"]


def test_the_same_quantity_of_other_things_is_silent() -> None:
    rng = np.random.default_rng(0)
    left = pd.DataFrame({"income": rng.gamma(2, 100, 400), "town": rng.choice(list("abcd"), 400)})
    right = pd.DataFrame({"income": rng.gamma(2, 160, 400), "town": rng.choice(list("abce"), 400)})
    assert told(left, right, "definition_differences").empty
