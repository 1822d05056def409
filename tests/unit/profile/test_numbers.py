"""Numbers in text: what is one, which one, how it is written; and what is none."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.profile.numbers import GROUPINGS, NumberForm, NumberReading, read_numbers

finite = st.floats(allow_nan=False, allow_infinity=False)
words = st.from_regex(r"[A-Za-zÀ-ÿ]{1,12}([ '-][A-Za-zÀ-ÿ]{1,12}){0,4}", fullmatch=True)


def read(values: Sequence[str], counts: Sequence[int] | None = None) -> NumberReading:
    return read_numbers(pa.array(values, type=pa.string()), np.array(counts or [1] * len(values), dtype=np.int64))


@pytest.mark.parametrize(
    ("value", "number", "form"),
    [
        ("12", 12, NumberForm.PLAIN),
        ("-3.5", -3.5, NumberForm.PLAIN),
        ("1e5", 1e5, NumberForm.PLAIN),
        ("1.234E-05", 1.234e-5, NumberForm.PLAIN),
        (".5", 0.5, NumberForm.PLAIN),
        ("5.", 5, NumberForm.PLAIN),
        (" 12 ", 12, NumberForm.PLAIN),
        ("+5", 5, NumberForm.LEADING_PLUS),
        ("\N{MINUS SIGN}5", -5, NumberForm.TYPOGRAPHIC_MINUS),
        ("- 5", -5, NumberForm.TYPOGRAPHIC_MINUS),
        ("1,234,567", 1234567, NumberForm.THOUSANDS),
        ("1,234.5", 1234.5, NumberForm.THOUSANDS),
        ("12,34,567.25", 1234567.25, NumberForm.THOUSANDS),
        ("1 234", 1234, NumberForm.THOUSANDS),
        ("1\N{NARROW NO-BREAK SPACE}234", 1234, NumberForm.THOUSANDS),
        ("1\N{THIN SPACE}234 567", 1234567, NumberForm.THOUSANDS),
        ("1'234.5", 1234.5, NumberForm.THOUSANDS),
        ("1\N{RIGHT SINGLE QUOTATION MARK}234", 1234, NumberForm.THOUSANDS),
        ("1.234.567", 1234567, NumberForm.THOUSANDS),
        ("3,14", 3.14, NumberForm.DECIMAL_COMMA),
        ("0,188", 0.188, NumberForm.DECIMAL_COMMA),
        ("1234,567", 1234.567, NumberForm.DECIMAL_COMMA),
        ("1.234,56", 1234.56, NumberForm.DECIMAL_COMMA),
        ("3 104,4", 3104.4, NumberForm.DECIMAL_COMMA),
        ("$ 1,200", 1200, NumberForm.CURRENCY),
        ("$88,868.58 ", 88868.58, NumberForm.CURRENCY),
        ("-$5", -5, NumberForm.CURRENCY),
        ("$-5", -5, NumberForm.CURRENCY),
        ("1'200.-", 1200, NumberForm.CURRENCY),
        ("0.-", 0, NumberForm.CURRENCY),
        ("12,50 €", 12.5, NumberForm.CURRENCY),
        ("1,200 USD", 1200, NumberForm.CURRENCY),
        ("CHF 12.50", 12.5, NumberForm.CURRENCY),
        ("Fr. 12", 12, NumberForm.CURRENCY),
        ("US$ 3", 3, NumberForm.CURRENCY),
        ("$1.2M", 1.2e6, NumberForm.CURRENCY),
        ("3 million", 3e6, NumberForm.MAGNITUDE),
        ("2.5k€", 2500, NumberForm.CURRENCY),
        ("45.23%", 45.23, NumberForm.PERCENT),
        ("5 %", 5, NumberForm.PERCENT),
        ("33g", 33, NumberForm.UNIT),
        ("12.0 oz.", 12, NumberForm.UNIT),
        ("-3 °C", -3, NumberForm.UNIT),
        ("30 mi/h", 30, NumberForm.UNIT),
        ("12 m2", 12, NumberForm.UNIT),
        ("(1,234.50)", -1234.5, NumberForm.PARENTHESES),
        ("($5.25)", -5.25, NumberForm.PARENTHESES),
        ("$(5.25)", -5.25, NumberForm.PARENTHESES),
    ],
)
def test_a_number_is_read_in_every_form(value: str, number: float, form: NumberForm) -> None:
    reading = read([value])
    assert reading.number[0] == number
    assert NumberForm(reading.form[0]) is form


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "nan", "NaN", "inf", "-Infinity", "1_000", "0x1F", "True", "1e999", "e5", ".", "-", "$", "%", "()"),
        *("1,23,4", "1 23", "12 34 567", "1.2.3", "--5", "+-5", "5-", "(5", "5)", "-(5)", "1.234e5,6"),
        *("1st", "2nd", "3rd", "4th", "10am", "5pm", "1/2", "12:30", "2012-01-02", "555-1234", "+41225558001"),
        *("R-204", "Route 5", "12A", "4x4", "192.168.1.1", "\uff15", "\u0661\u0662", "5\x00", "12 Main Street"),
        *("Try 5", "Pen 3", "$5 plus tip", "16 - 20 years", "12a5", "7 km 300", "<0.5", "~5", "5*"),
    ],
)
def test_what_only_resembles_a_number_is_none(value: str) -> None:
    reading = read([value])
    assert math.isnan(reading.number[0])
    assert NumberForm(reading.form[0]) is NumberForm.NONE


@given(st.lists(finite, min_size=1, max_size=50, unique=True))
def test_a_float_written_by_python_is_read_back_exactly(numbers: list[float]) -> None:
    reading = read([repr(number) for number in numbers])
    assert reading.plain.all()
    assert reading.number.tobytes() == np.array(numbers).tobytes()


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=30, unique=True), st.sampled_from(GROUPINGS[1:]))
def test_grouped_integers_are_read_back_where_the_column_decides(numbers: list[int], group: str) -> None:
    marker = "1.234.567" if group == "." else "1,234,567" if group == "," else "12"
    reading = read([marker, *(f"{number:,}".replace(",", group) for number in numbers)])
    assert reading.number[1:].tolist() == numbers


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=30, unique=True))
def test_amounts_are_read_back_with_comma_and_with_point(amounts: list[object]) -> None:
    english = [f"{amount:,.2f} $" for amount in amounts]
    german = [text.replace(",", "_").replace(".", ",").replace("_", ".") for text in english]
    wanted = [float(str(amount)) for amount in amounts]
    assert read(english).number.tolist() == wanted
    assert read(german).number.tolist() == wanted


@given(st.lists(words, min_size=1, max_size=40, unique=True))
def test_words_are_not_numbers(texts: list[str]) -> None:
    assert read(texts).share == 0


@given(st.lists(st.text("0123456789+-.,eE $%()'kgAx", max_size=9), min_size=1, max_size=30, unique=True))
def test_a_plain_number_is_what_python_reads_too(texts: list[str]) -> None:
    reading = read(texts)
    for text, plain, number in zip(texts, reading.plain, reading.number, strict=True):
        if plain and reading.separators.point != "thousands":
            assert float(text) == number


def test_plain_is_what_read_csv_reads() -> None:
    texts = ["12", "-3.5", "1e5", "+5", ".5", "5.", " 12", "13 ", "007", "1E+05", "-0"]
    frame = pd.read_csv(io.StringIO("\n".join(["x", *texts])))
    reading = read(texts)
    assert reading.plain.all()
    assert frame["x"].tolist() == reading.number.tolist()


@given(st.lists(st.integers(0, 10**25), min_size=1, max_size=20, unique=True))
def test_exact_tells_the_integers_that_float64_holds(numbers: list[int]) -> None:
    reading = read([str(number) for number in numbers])
    assert reading.exact.tolist() == [int(float(number)) == number for number in numbers]


def test_a_leading_zero_is_flagged() -> None:
    reading = read(["0239", "00", "-07", "007.5", "0", "0.5", "0,5", "10", "1e05", "-0"])
    assert reading.leading_zero.tolist() == [True] * 4 + [False] * 6


class TestSeparators:
    def test_a_comma_is_for_thousands_when_longer_numbers_say_so(self) -> None:
        reading = read(["1,234", "1,234,567"])
        assert reading.number.tolist() == [1234, 1234567]
        assert (reading.separators.comma, reading.separators.undecidable) == ("thousands", False)

    def test_a_comma_is_decimal_when_other_values_say_so(self) -> None:
        reading = read(["420,755", "404,98", "412,868"])
        assert reading.number.tolist() == [420.755, 404.98, 412.868]
        assert reading.decimal_comma.all()

    def test_a_point_is_for_thousands_where_the_comma_is_decimal(self) -> None:
        reading = read(["1.234", "12,5", "1.234,50"])
        assert reading.number.tolist() == [1234, 12.5, 1234.5]
        assert reading.separators.point == "thousands"

    def test_a_decimal_point_elsewhere_leaves_the_comma_to_thousands(self) -> None:
        assert read(["1,234", "0.5"]).number.tolist() == [1234, 0.5]

    def test_small_numbers_without_a_comma_leave_it_to_thousands(self) -> None:
        separators = read(["1,227", "2,059", "423"]).separators
        assert (separators.comma, separators.undecidable) == ("thousands", False)

    def test_a_lone_zero_before_a_comma_makes_it_decimal(self) -> None:
        assert read(["0,188", "1,234,567"]).number.tolist() == [0.188, 1234567]

    def test_nothing_decides_and_it_is_said(self) -> None:
        separators = read(["1,234", "5,678"], [3, 1]).separators
        assert (separators.comma, separators.undecidable, separators.undecided_rows) == ("thousands", True, 4)
        assert "4 rows" in separators.sentence

    def test_both_conventions_in_one_column_are_flagged_with_their_rows(self) -> None:
        reading = read(["1,234.56", "1.234,56", "1,234"], [5, 2, 1])
        assert reading.number.tolist() == [1234.56, 1234.56, 1234]
        assert reading.separators.mixed
        assert (reading.separators.point_rows, reading.separators.comma_rows) == (5, 2)

    def test_plain_decimals_with_three_places_stay_decimals(self) -> None:
        reading = read(["1.234", "2.345"])
        assert reading.plain.all()
        assert reading.number.tolist() == [1.234, 2.345]
        assert not reading.separators.undecidable


class TestUnits:
    def test_spellings_of_one_unit_share_a_key(self) -> None:
        reading = read(["12 oz", "12 oz.", "12 OZ.", "12 ounce", "12 ounces"])
        assert [reading.units[unit] for unit in reading.unit] == ["oz", "oz.", "OZ.", "ounce", "ounces"]
        assert {reading.unit_keys[unit] for unit in reading.unit} == {"oz"}

    def test_units_that_differ_have_keys_that_differ(self) -> None:
        reading = read(["70 kg", "154 lb", "5 mW", "5 MW", "3 $", "3 CAD", "3 €"])
        assert len({reading.unit_keys[unit] for unit in reading.unit}) == 7

    def test_what_is_said_of_a_unit_does_not_make_another(self) -> None:
        reading = read(["12 oz", "16 oz", "24 oz", "12 oz. Alumi-Tek"])
        assert reading.unit_keys[reading.unit[3]] == "oz"

    def test_a_word_is_a_unit_when_it_keeps_following(self) -> None:
        reading = read(["14,514 likes", "8,946 likes", "300 likes"])
        assert reading.number.tolist() == [14514, 8946, 300]
        assert {reading.unit_keys[unit] for unit in reading.unit} == {"likes"}

    def test_a_word_that_follows_few_numbers_is_no_unit(self) -> None:
        few = [f"{number} likes" for number in range(5)]
        assert read([*few, *(str(number) for number in range(100))]).form[:5].tolist() == [NumberForm.NONE] * 5

    def test_street_addresses_are_no_numbers(self) -> None:
        assert (
            read([f"{i} {street}" for i, street in enumerate(["Main", "Oak St", "Elm", "Rue du Parc", "High"])]).share
            == 0
        )

    def test_letters_that_stick_to_numbers_make_codes(self) -> None:
        assert read(["12A", "12B", "12C", "14A"]).share == 0
        assert read(["210N056", "1416RTA", "2229RTA", "2230RTA"]).share == 0

    def test_letters_that_are_all_units_make_numbers(self) -> None:
        assert read(["12g", "15g", "3g"]).number.tolist() == [12, 15, 3]
        assert read(["12K", "1.5M", "2B"]).number.tolist() == [12e3, 1.5e6, 2e9]

    def test_a_rejected_tail_is_no_unit(self) -> None:
        reading = read(["12", "15", "7 Elm"])
        assert reading.units == ("",)
        assert reading.form.tolist() == [NumberForm.PLAIN, NumberForm.PLAIN, NumberForm.NONE]


def test_parentheses_are_minus_only_beside_other_numbers() -> None:
    assert read(["(12)", "15"]).number.tolist() == [-12, 15]
    assert read(["(1)", "(2)"]).share == 0
    assert read(["(1,200.50)", "(3,400.00)"]).number.tolist() == [-1200.5, -3400]


def test_rows_are_counted_per_form() -> None:
    reading = read(["12", "$ 5", "n/a"], [10, 3, 7])
    assert reading.form_rows[[NumberForm.PLAIN, NumberForm.CURRENCY, NumberForm.NONE]].tolist() == [10, 3, 7]
    assert reading.share == 13 / 20


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_any_kind_of_string_array_and_slice_is_read(kind: pa.DataType) -> None:
    values = pa.array(["x", "1,5", "2,25 €", "y"], type=kind).slice(1, 2)
    assert read_numbers(values, np.array([1, 1])).number.tolist() == [1.5, 2.25]


def test_an_empty_column_has_no_numbers() -> None:
    reading = read([])
    assert (len(reading.number), reading.share, reading.separators.sentence) == (0, 0.0, "")


def test_very_long_cells_are_no_numbers() -> None:
    assert read(["9" * 1_000_000, "12 " + "kg" * 500_000]).share == 0
