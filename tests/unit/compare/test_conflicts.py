"""The same key, different values: how many, how far apart, and what lies behind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.compare import conflicts


def some(people, share, seed=0):
    return pd.Series(np.random.default_rng(seed).random(len(people)) < share)


def test_a_factor_is_found_and_named_as_a_unit(people, pattern_of) -> None:
    where = some(people, 0.3)
    found = pattern_of("weight", people["weight"].where(~where, (people["weight"] * 2.20462262).round(1)))
    assert (found["pattern"], found["conflicts"]) == ("unit factor", where.sum())
    assert "the left were in kg and the right in lb" in found["says"]
    assert found["direction"] == 1.0


def test_degrees_fahrenheit_are_found_among_celsius(people, pattern_of) -> None:
    found = pattern_of("temperature", (people["temperature"] * 1.8 + 32).round(1))
    assert found["pattern"] == "unit factor"
    assert "°C and the right in °F" in found["says"]


def test_a_factor_of_no_known_unit_is_told_as_a_factor(people, pattern_of) -> None:
    found = pattern_of("income", people["income"] * 1.15)
    assert found["says"] == "right = 1.15 × left"


def test_an_amount_added_is_told(people, pattern_of) -> None:
    assert pattern_of("height", people["height"] + 2.5)["says"] == "right = left + 2.5"


@pytest.mark.parametrize("decimals", [0, 2])
def test_rounding_is_told_with_its_decimals(people, pattern_of, decimals) -> None:
    found = pattern_of("income", people["income"].round(decimals))
    assert found["pattern"] == "rounding"
    assert found["pattern_share"] > 0.99
    assert found["says"].endswith("whole numbers" if decimals == 0 else "2 decimals")


def test_digits_cut_off_are_not_taken_for_rounding(people, pattern_of) -> None:
    found = pattern_of("height", np.trunc(people["height"] * 10) / 10)
    assert found["pattern"] == "cut digits"


def test_single_precision_is_no_conflict_of_substance(people, pattern_of) -> None:
    found = pattern_of("lat", people["lat"].astype("float32").astype(float))
    assert found["says"] == "alike in single precision"


def test_numbers_that_differ_by_less_than_a_billionth_are_alike(people, pattern_of) -> None:
    assert pattern_of("lat", people["lat"] * (1 + 1e-11))["conflicts"] == 0


def test_a_shifted_date_is_told_with_its_shift(people, pattern_of) -> None:
    where = some(people, 0.2)
    found = pattern_of("seen", people["seen"].where(~where, people["seen"] + pd.Timedelta(days=1)))
    assert (found["pattern"], found["says"]) == ("shifted", "the right is 1 day later")
    assert found["size"] == pd.Timedelta(days=1)


def test_a_time_zone_with_summer_time_is_one_pattern(people, pattern_of) -> None:
    summer = people["seen"].dt.month.between(4, 10)
    shift = pd.to_timedelta(np.where(summer, 4, 5), unit="h")
    found = pattern_of("seen", people["seen"] + shift)
    assert "like a time zone with summer time" in found["says"]
    assert found["pattern_share"] == 1.0


def test_a_time_of_day_left_out_is_told(people, pattern_of) -> None:
    assert pattern_of("seen", people["seen"].dt.normalize())["pattern"] == "time of day left out"


def test_day_and_month_exchanged_are_told(people, pattern_of) -> None:
    swap = people["seen"].dt.day.between(1, 12) & (people["seen"].dt.day != people["seen"].dt.month)
    swapped = [t.replace(day=t.month, month=t.day) if one else t for t, one in zip(people["seen"], swap, strict=True)]
    found = pattern_of("seen", pd.Series(swapped))
    assert (found["pattern"], found["conflicts"]) == ("day and month swapped", swap.sum())


def test_a_text_cut_at_a_length_is_told_with_it(people, pattern_of) -> None:
    found = pattern_of("name", people["name"].str[:10])
    assert found["pattern"] == "cut short"
    assert found["says"] == "the right is cut at 10 characters"


@pytest.mark.parametrize(
    ("change", "pattern"),
    [
        (lambda s: s.str.upper(), "case"),
        (lambda s: s + " ", "spaces"),
        (lambda s: s.str.replace("-", ""), "punctuation"),
        (lambda s: s.str.replace("Person", "Persno"), "typing slip"),
        (lambda s: s.str.replace(r"Person (.*)", r"\1 Person", regex=True), "words in another order"),
        (lambda s: s + " junior", "words added"),
    ],
)
def test_ways_of_writing_are_told_apart(people, pattern_of, change, pattern) -> None:
    found = pattern_of("name", change(people["name"]))
    assert (found["pattern"], found["pattern_share"]) == (pattern, 1.0)


def test_accents_and_wrong_decoding_are_told_apart(people, pattern_of) -> None:
    assert pattern_of("first", people["first"].str.replace("é", "e"))["pattern"] == "accents"
    assert pattern_of("first", people["first"].str.replace("é", "Ã©"))["pattern"] == "encoding"


def test_one_word_for_another_throughout_is_a_recoding(people, pattern_of) -> None:
    found = pattern_of("sex", people["sex"].map({"M": "male", "F": "female"}))
    assert found["pattern"] == "recoded"
    assert "F = female" in found["says"]


def test_a_number_written_with_its_unit_is_no_other_number(people, pattern_of) -> None:
    assert pattern_of("weight", people["weight"].astype(str) + " kg")["pattern"] == "written differently"


def test_fields_exchanged_are_found_in_both(people) -> None:
    where = some(people, 0.05)
    right = people.copy()
    right.loc[where, ["first", "last"]] = people.loc[where, ["last", "first"]].to_numpy()
    right.loc[where, ["lat", "lon"]] = people.loc[where, ["lon", "lat"]].to_numpy()
    lines = mq.compare(people, right, "id").conflicts.set_index("column")
    assert set(lines.loc[["first", "last", "lat", "lon"], "pattern"]) == {"swapped field"}
    assert lines.loc["lat", "conflicts"] == where.sum()


def test_values_at_random_have_no_pattern(people, pattern_of) -> None:
    shuffled = people["weight"].sample(frac=1, random_state=3).reset_index(drop=True)
    assert pattern_of("weight", shuffled)["pattern"] == "other"


def test_what_is_missing_on_one_side_is_counted_apart(people) -> None:
    right = people.copy()
    right.loc[:24, "weight"] = np.nan
    right.loc[25:29, "weight"] += 1
    comparison = mq.compare(people, right, "id")
    line = comparison.conflicts.set_index("column").loc["weight"]
    assert (line["conflicts"], line["right_missing"], line["left_missing"], line["compared"]) == (5, 25, 0, 475)
    told = comparison.findings["message"].tolist()
    assert any("weight is missing on the right in 25 rows" in message for message in told)


def test_missing_on_both_sides_is_no_conflict(people) -> None:
    people.loc[:9, "weight"] = np.nan
    line = mq.compare(people, people.copy(), "id").conflicts.set_index("column").loc["weight"]
    assert (line["conflicts"], line["compared"]) == (0, 490)


def test_rows_come_side_by_side_with_both_labels(people) -> None:
    right = people.copy()
    right.index = pd.Index([f"r{i}" for i in range(len(right))])
    right.loc["r7", "first"] = "Zoé"
    comparison = mq.compare(people, right, "id", names=("ours", "theirs"))
    rows = comparison.rows(0)
    assert rows.index.tolist() == [(7, "r7")]
    assert rows[("first", "theirs")].tolist() == ["Zoé"]
    assert list(rows.columns[:4]) == [("first", "ours"), ("first", "theirs"), ("id", "ours"), ("id", "theirs")]


def test_a_table_against_itself_and_against_its_shuffled_copy_has_no_differences(people) -> None:
    assert mq.compare(people, people).findings.empty
    assert mq.compare(people, people.sample(frac=1, random_state=0)).findings.empty


def test_patterns_read_off_a_part_of_the_pairs_are_told_as_estimates(people, monkeypatch) -> None:
    monkeypatch.setattr(conflicts, "PAIRS_READ", 50)
    comparison = mq.compare(people, people.assign(weight=people["weight"] * 2.20462262), "id")
    found = next(one for one in comparison.result.conflicts.columns if one.rows)
    assert {pattern.estimated for pattern in found.patterns} == {True}
    assert sum(pattern.rows for pattern in found.patterns) == pytest.approx(found.rows, abs=2)
    shown = next(one for one in comparison.result.differences if one.check == "value_conflicts")
    assert "estimated from the" in shown.evidence[0].title
