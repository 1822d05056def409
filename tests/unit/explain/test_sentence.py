"""One sentence says what the model gives, what is usual, and which columns that goes with; never why in the world."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.explain.sentence import Part, figure, sentence, value_words

PARTS = [
    Part("education", "Doctorate", 1.4),
    Part("hours per week", "60", 1.1),
    Part("age", "23", -0.9),
    Part("sex", "F", 0.1),
]


def test_a_class_is_given_a_percentage_and_what_speaks_for_and_against_it():
    assert sentence(0.83, 0.24, PARTS, ">50K") == (
        "The model gives 83 % for >50K, where 24 % is usual. Most of the difference comes from education = Doctorate "
        "and hours per week = 60; age = 23 speaks against it."
    )


def test_below_what_is_usual_the_sides_change():
    turned = [Part(part.column, part.value, -part.contribution) for part in PARTS]
    assert sentence(0.03, 0.24, turned, ">50K") == (
        "The model gives 3 % for >50K, where 24 % is usual. Most of the difference comes from education = Doctorate "
        "and hours per week = 60; age = 23 speaks for it."
    )


def test_of_a_value_columns_pull():
    assert sentence(312.4, 189, PARTS, None) == (
        "The model says 312.4, where 189 is usual. Most of the difference comes from education = Doctorate and hours "
        "per week = 60; age = 23 pulls the other way."
    )


def test_where_sides_cancel_it_says_so():
    parts = [Part("age", "70", 1.0), Part("sex", "F", -1.01)]
    assert sentence(0.25, 0.24, parts, "yes") == (
        "The model gives 25 % for yes, close to the 24 % that is usual. What speaks for more, first age = 70, and what "
        "speaks for less, first sex = F, nearly cancel."
    )


def test_many_small_parts_are_not_called_most():
    parts = [Part(f"x{i}", "1", 0.1) for i in range(20)]
    said = sentence(0.9, 0.5, parts, "yes")
    assert "The largest part of the difference comes from x0 = 1, x1 = 1 and x2 = 1." in said


def test_a_model_that_looks_at_nothing_is_said_to():
    assert "what it says of any row" in sentence(0.5, 0.5, [Part("age", "3", 0.0)], "yes")


def test_a_small_share_is_not_called_nothing():
    assert "gives 0.2 % for" in sentence(0.0023, 0.24, [Part("age", "3", -2.0)], "yes")


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.floats(-10, 10), min_size=1, max_size=8),
    st.sampled_from([None, "yes"]),
)
def test_it_is_plain_and_never_says_cause(prediction, usual, contributions, name):
    parts = [Part(f"x{i}", "1", value) for i, value in enumerate(contributions)]
    said = sentence(prediction, usual, parts, name)
    assert not re.search(r"\b(because|cause[sd]?|due to|leads? to|effect|SHAP|log-odds|nan|inf)\b", said)
    assert said.endswith(".")
    assert len(said) < 400


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "missing"),
        (np.nan, "missing"),
        (pd.NaT, "missing"),
        (pd.NA, "missing"),
        (np.bool_(True), "yes"),
        (np.int64(1990), "1990"),
        (250_000, "250,000"),
        (0.1 + 0.2, "0.3"),
        (60.0, "60"),
        (1e-7, "1e-07"),
        (pd.Timestamp("2024-05-06"), "2024-05-06"),
        (pd.Timestamp("2024-05-06 07:08"), "2024-05-06 07:08"),
        ("a\tb", "a\\tb"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_values_are_written_as_people_do(value, words):
    assert value_words(value) == words


def test_figures_have_four_digits():
    assert [figure(v) for v in (0.000123456, 12.3456, 99999.0, -3.0)] == ["0.0001235", "12.35", "100,000", "-3"]
