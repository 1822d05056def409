"""The shape of a value: right for every script, array type, slice and length."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.profile.shapes import (
    PREFIX_LENGTH,
    character_matrix,
    generalize,
    shape_codes,
    shape_counts,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=2 * PREFIX_LENGTH)


def shapes_of(values: pa.Array) -> list[str]:
    shapes = shape_codes(values)
    return [shapes.shapes[code] for code in shapes.codes]


def shape_by_definition(text: str) -> str:
    classes = {
        "Lu": "A",
        "Lt": "A",
        "Ll": "a",
        "Lm": "a",
        "Lo": "a",
        "Nd": "9",
        "Zs": " ",
        "Zl": " ",
        "Zp": " ",
    }
    return "".join(
        " " if character in "\t\n\v\f\r\x85" else classes.get(unicodedata.category(character), character)
        for character in text[:PREFIX_LENGTH]
    )


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("R-20403", "A-99999"),
        ("Ab 1.5", "Aa 9.9"),
        ("a\tb\nc", "a a a"),
        ("", ""),
        ("__#?", "__#?"),
        ("Été 2012", "Aaa 9999"),
        ("1\u202f200 €", "9 999 €"),
        ("\uff12\uff10\uff11\uff12", "9999"),
        ("東京", "aa"),
        ("١٢", "99"),
        ("\U0001d518😀", "A😀"),
        ("m²", "a²"),
    ],
)
def test_a_shape_tells_letters_digits_and_blanks_of_every_script(value: str, shape: str) -> None:
    assert shapes_of(pa.array([value])) == [shape]


@given(st.lists(texts, max_size=30), st.sampled_from([pa.string(), pa.large_string(), pa.string_view()]))
def test_every_array_gets_the_shape_of_each_value(values: list[str], kind: pa.DataType) -> None:
    assert shapes_of(pa.array(values, type=kind)) == [shape_by_definition(value) for value in values]


@given(st.lists(texts, min_size=1, max_size=20), st.data())
def test_a_slice_has_the_shapes_of_its_own_values(values: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(values)))
    length = data.draw(st.integers(0, len(values) - start))
    sliced = pa.array(values).slice(start, length)
    assert shapes_of(sliced) == [shape_by_definition(value) for value in values[start : start + length]]


def test_shapes_are_distinct_and_in_the_order_met() -> None:
    shapes = shape_codes(pa.array(["b1", "A", "c2", "é3"]))
    assert shapes.shapes == ["a9", "A"]
    assert shapes.codes.dtype == np.int32
    assert shapes.codes.tolist() == [0, 1, 0, 0]


def test_of_a_very_long_value_only_the_beginning_counts() -> None:
    million = 1_000_000
    assert shapes_of(pa.array(["x" * million, "é1" * million, "x"])) == ["a" * 256, "a9" * 128, "a"]


def test_an_empty_array_has_no_shape() -> None:
    shapes = shape_codes(pa.array([], type=pa.string()))
    assert (len(shapes.codes), shapes.shapes) == (0, [])


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 are missing"):
        shape_codes(pa.array(["a", None]))


@pytest.mark.parametrize(
    ("shape", "general"),
    [
        ("AAA-999", "A+-9+"),
        ("9/99/9999", "9+/9+/9+"),
        ("Aaaaa  Aaa", "A+a+ A+a+"),
        ("", ""),
        ("--", "--"),
    ],
)
def test_generalizing_writes_each_run_once(shape: str, general: str) -> None:
    assert generalize(shape) == general


def test_shape_counts_are_rows() -> None:
    shapes = shape_codes(pa.array(["a1", "B", "c2"]))
    assert shape_counts(shapes, np.array([5, 7, 1])).tolist() == [6, 7]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=3, max_size=3), min_size=1))
def test_the_character_matrix_holds_the_code_points(values: list[str]) -> None:
    matrix = character_matrix(pa.array(["???", *values]).slice(1), 3)
    assert ["".join(map(chr, row)) for row in matrix.tolist()] == values
