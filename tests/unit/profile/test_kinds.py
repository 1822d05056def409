"""The kind of a column follows from its name, its counts and its values."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.profile.kinds import ColumnFacts, Kind, decide_kind


def texts(name: str, *values: str, rows: int = 1_000, distinct: int | None = None) -> ColumnFacts:
    """Facts of a text column without gaps."""
    return ColumnFacts(name, rows, 0, len(values) if distinct is None else distinct, "text", values)


def wholes(name: str, low: int, high: int, *, rows: int = 10_000, distinct: int | None = None) -> ColumnFacts:
    """Facts of a column of native whole numbers spread over a range."""
    step = max((high - low) // 9, 1)
    sample = [str(value) for value in range(low, high + 1, step)][:10]
    different = min(high - low + 1, rows) if distinct is None else distinct
    mean = (low + high) / 2
    return ColumnFacts(name, rows, 0, different, "integer", sample, None, low, high, mean, (high - low) / 3)


def fractions(name: str, *values: float) -> ColumnFacts:
    """Facts of a column of native numbers with fractions."""
    sample = [str(value) for value in values]
    mean = sum(values) / len(values)
    return ColumnFacts(name, 1_000, 0, 800, "number", sample, None, min(values), max(values), mean, 1.0)


def kind_of(facts: ColumnFacts) -> Kind:
    return decide_kind(facts)[0]


class TestNothingToSee:
    def test_no_value_is_empty(self) -> None:
        assert kind_of(ColumnFacts("notes", 50, 50, 0, "text")) is Kind.EMPTY

    def test_a_table_without_rows_is_empty(self) -> None:
        assert kind_of(ColumnFacts("price", 0, 0, 0, "number")) is Kind.EMPTY

    def test_only_stand_ins_for_missing_is_empty(self) -> None:
        assert kind_of(texts("notes", "n/a", "-", "NULL", "#N/A")) is Kind.EMPTY

    def test_one_value_is_constant_whatever_it_is_stored_as(self) -> None:
        assert kind_of(texts("country", "Canada")) is Kind.CONSTANT
        assert kind_of(wholes("year", 2013, 2013)) is Kind.CONSTANT

    def test_one_value_and_stand_ins_for_missing_is_constant(self) -> None:
        assert kind_of(texts("language", "Python", "#NULL!")) is Kind.CONSTANT

    def test_stand_ins_in_an_incomplete_sample_prove_nothing(self) -> None:
        assert kind_of(texts("language", "Python", "#NULL!", distinct=40)) is Kind.CATEGORY

    def test_text_in_hardly_any_row(self) -> None:
        facts = ColumnFacts("remark", 10_000, 9_990, 3, "text", ["late", "lost", "broken"])
        assert kind_of(facts) is Kind.NEARLY_EMPTY

    def test_numbers_in_hardly_any_row_are_still_numbers(self) -> None:
        facts = ColumnFacts("gust", 10_000, 9_990, 9, "number", ["2.5", "3.5"], None, 2.5, 3.5, 3.0, 0.5)
        assert kind_of(facts) is Kind.NUMERIC


class TestYesAndNo:
    @pytest.mark.parametrize(
        "values", [("yes", "no"), ("Oui", "Non"), ("TRUE", "FALSE"), ("Y", "N"), ("0", "1"), ("1.0", "0.0")]
    )
    def test_two_values_that_read_as_yes_and_no(self, values: tuple[str, str]) -> None:
        assert kind_of(texts("delivered", *values)) is Kind.BOOLEAN

    def test_other_pairs_are_categories(self) -> None:
        assert kind_of(texts("sex", "male", "female")) is Kind.CATEGORY
        assert kind_of(wholes("gearbox", 1, 2)) is Kind.CATEGORY


class TestDates:
    @pytest.mark.parametrize(
        "values",
        [
            ("2024-01-31", "2024-02-01"),
            ("2013-01-01T06:00:00Z", "2013-01-01T07:00:00+02:00"),
            ("31/12/2023", "01/01/2024 07:30"),
            ("1/5/09", "12/31/99"),
            ("5-Jan-09", "12 juin 2021"),
            ("Apr. 14, 2016", "August 01,2017"),
            ("Wed May 21 00:00:00 EDT 2008", "Tue May 20 00:00:00 EDT 2008"),
            ("8:57:00", "23:23:00"),
            ("03.10.1994", "02.10.2000"),
            ("2019-Q1", "2019-Q2"),
        ],
    )
    def test_text_in_known_formats(self, values: tuple[str, ...]) -> None:
        assert kind_of(texts("x", *values)) is Kind.DATETIME

    def test_several_formats_are_still_dates(self) -> None:
        assert kind_of(texts("seen", "2024-01-31", "31.01.2024", "31 janv. 2024")) is Kind.DATETIME

    def test_overflow_of_a_spreadsheet_under_a_date_name(self) -> None:
        assert kind_of(texts("StartDate", "##########", "####")) is Kind.DATETIME
        assert kind_of(texts("bar", "##########", "####")) is not Kind.DATETIME

    def test_seconds_since_1970_need_a_name(self) -> None:
        assert kind_of(wholes("created_at", 1_427_939_719, 1_490_297_448)) is Kind.DATETIME
        assert kind_of(wholes("population", 1_427_939_719, 1_490_297_448)) is Kind.NUMERIC

    def test_year_month_day_in_digits_needs_none(self) -> None:
        days = [str(20_240_100 + day) for day in range(1, 31)]
        facts = ColumnFacts("x", 90, 0, 30, "integer", days, None, 20_240_101, 20_240_130, 20_240_115, 9)
        assert kind_of(facts) is Kind.DATETIME

    def test_version_numbers_and_ratios_are_no_dates(self) -> None:
        assert kind_of(texts("version", "1.2.3", "1.10.2", "2.0.1")) is not Kind.DATETIME
        assert kind_of(texts("exon", "3/12", "7/12", "12/45")) is not Kind.DATETIME

    @pytest.mark.parametrize("name", ["year", "YearBuilt", "fiscal_year", "annee", "Saison"])
    def test_years(self, name: str) -> None:
        assert kind_of(wholes(name, 1990, 2016)) is Kind.PERIOD

    def test_numbers_that_can_only_be_years(self) -> None:
        assert kind_of(wholes("edition", 1990, 2016)) is Kind.PERIOD
        assert kind_of(wholes("price", 1990, 2016)) is Kind.NUMERIC

    def test_a_number_of_years_is_a_quantity(self) -> None:
        assert kind_of(wholes("years_of_experience", 0, 45)) is Kind.NUMERIC


class TestNumbers:
    def test_numbers_with_fractions_are_numeric_under_any_name(self) -> None:
        for name in ("V12", "price", "2014", "id", "code", "target"):
            assert kind_of(fractions(name, 0.25, 1.5, 7.125)) is Kind.NUMERIC

    def test_whole_numbers_are_numeric_unless_the_name_speaks_against_it(self) -> None:
        for name in (
            "passengers",
            "number_of_rooms",
            "num_parts",
            "duration",
            "Nombre de lits",
            "engine hours",
        ):
            assert kind_of(wholes(name, 0, 90)) is Kind.NUMERIC

    def test_whole_numbers_with_gaps_are_stored_with_fractions(self) -> None:
        values = ["3.0", "8.0", "6.0"]
        facts = ColumnFacts("Permit Type", 900, 40, 8, "number", values, None, 1, 8, 5, 2, whole=True)
        assert kind_of(facts) is Kind.CODE

    def test_what_the_profile_knows_of_fractions_counts_more_than_the_sample(self) -> None:
        facts = ColumnFacts("type", 900, 0, 80, "number", ["3.0", "8.0"], None, 1, 8, 5, 2, whole=False)
        assert kind_of(facts) is Kind.NUMERIC

    @pytest.mark.parametrize(
        "name",
        ["Permit Type", "police_district", "StatusCode", "naics_us_code_2007", "code_insee", "LandClass"],
    )
    def test_codes_by_name(self, name: str) -> None:
        assert kind_of(wholes(name, 100, 180)) is Kind.CODE

    @pytest.mark.parametrize("name", ["class_size", "state_tax", "code_count", "district_population", "group income"])
    def test_the_last_word_of_a_name_tells_what_the_numbers_are(self, name: str) -> None:
        assert kind_of(wholes(name, 100, 180)) is Kind.NUMERIC

    def test_a_target_with_many_levels_is_a_quantity(self) -> None:
        assert kind_of(wholes("target", 0, 2)) is Kind.CODE
        assert kind_of(wholes("target", 25, 346)) is Kind.NUMERIC

    def test_three_levels_are_a_category_unless_named_as_a_quantity(self) -> None:
        assert kind_of(wholes("drinks_tea", 0, 2)) is Kind.CATEGORY
        assert kind_of(wholes("goals", 0, 2)) is Kind.NUMERIC

    def test_a_name_that_says_nothing_needs_a_human(self) -> None:
        assert kind_of(wholes("DA", 1, 31)) is Kind.UNKNOWN
        assert kind_of(wholes("age", 1, 99)) is Kind.NUMERIC
        assert kind_of(wholes("x", 1, 99)) is Kind.NUMERIC

    def test_plain_numbers_as_text_are_judged_as_numbers(self) -> None:
        assert kind_of(texts("weight", "12.5", "7.25", "9.0", "n/a", distinct=300)) is Kind.NUMERIC
        assert kind_of(texts("permit_type", "8", "3", "1", "2")) is Kind.CODE

    def test_leading_zeros_make_a_code(self) -> None:
        assert kind_of(texts("account", "00125", "00344", "00190", distinct=400)) is Kind.CODE

    def test_coordinates_need_name_and_range(self) -> None:
        assert kind_of(fractions("gps_Latitude", 45.5017, 46.81)) is Kind.COORDINATE
        assert kind_of(fractions("pickup_longitude", -73.5673, -71.2)) is Kind.COORDINATE
        assert kind_of(fractions("long_term_rate", 3.5, 4.25)) is Kind.NUMERIC
        assert kind_of(fractions("latitude", 5_041_234.5, 5_041_288.25)) is Kind.NUMERIC

    def test_a_few_coordinates_out_of_range_hide_nothing(self) -> None:
        facts = fractions("lat", 45.5017, 46.81, 47.125, 46.5, 46.25, 999.9)
        assert kind_of(facts) is Kind.COORDINATE


class TestNumbersInText:
    @pytest.mark.parametrize(
        "values",
        [
            ("$1,200", "$85", "($9,150)"),
            ("12 kg", "7.5 kg", "300 lb"),
            ("45%", "3.5 %", "100%"),
            ("3,5", "12,75", "0,4"),
            ("1 234,50 €", "85,00 €"),
            ("8,455", "376", "10,465"),
            ("12.0 oz.", "16 ounces", "12 oz"),
            ("0 patients", "12 patients", "1 patients"),
            ("~30 min", "> 45 min", "5 min"),
        ],
    )
    def test_signs_units_and_separators(self, values: tuple[str, ...]) -> None:
        assert kind_of(texts("x", *values)) is Kind.NUMBER_IN_TEXT

    def test_codes_that_end_in_letters_are_no_units(self) -> None:
        assert kind_of(texts("section", "3B", "2M", "4S", "1K", "7G")) is not Kind.NUMBER_IN_TEXT

    def test_bands_are_a_category(self) -> None:
        assert kind_of(texts("income", "<=50K", ">50K")) is Kind.CATEGORY
        assert kind_of(texts("age", "18-24 years", "25-34 years", "over 35 years")) is Kind.CATEGORY


class TestIdentifiers:
    def test_a_unique_number_named_as_identifier(self) -> None:
        for name in ("id", "RespondentID", "invoice_no", "Unnamed: 0", "ticket number"):
            assert kind_of(wholes(name, 5_000, 14_999)) is Kind.IDENTIFIER

    def test_a_few_repeats_do_not_unmake_an_identifier(self) -> None:
        assert kind_of(wholes("id", 5_000, 14_999, distinct=9_950)) is Kind.IDENTIFIER

    def test_an_identifier_that_repeats_refers_to_something(self) -> None:
        assert kind_of(wholes("customer_id", 1, 900)) is Kind.REFERENCE

    def test_an_identifier_with_few_levels_is_a_code(self) -> None:
        assert kind_of(wholes("category_id", 1, 30)) is Kind.CODE

    def test_numbers_that_never_repeat_though_amounts_would(self) -> None:
        assert kind_of(wholes("instant", 1, 10_000)) is Kind.IDENTIFIER
        assert kind_of(wholes("rank", 1, 10_000)) is Kind.NUMERIC
        assert kind_of(wholes("inhabitants", 1_000, 900_000_000, rows=300)) is Kind.NUMERIC

    def test_five_rows_of_different_numbers_prove_nothing(self) -> None:
        assert kind_of(wholes("beds", 1, 5, rows=5)) is Kind.NUMERIC

    def test_text_that_never_repeats_names_the_row(self) -> None:
        values = [f"N{100 + i}UW" for i in range(60)]
        assert kind_of(texts("tail", *values, rows=3_322, distinct=3_322)) is Kind.IDENTIFIER
        assert kind_of(texts("city", "Riga", "Oslo", "Rome", rows=3)) is Kind.NAME

    def test_hashes(self) -> None:
        hashes = [hashlib.sha256(bytes([i])).hexdigest() for i in range(50)]
        assert kind_of(texts("x", *hashes, rows=500, distinct=500)) is Kind.IDENTIFIER
        assert kind_of(texts("x", *hashes, rows=5_000, distinct=500)) is Kind.REFERENCE


class TestText:
    def test_few_levels_are_a_category(self) -> None:
        assert kind_of(texts("carrier", "UA", "B6", "EV")) is Kind.CATEGORY

    def test_many_levels_that_repeat_are_a_category(self) -> None:
        assert kind_of(texts("suburb", "Adelaide", "Glenelg", "Unley", distinct=260)) is Kind.CATEGORY

    def test_sentences(self) -> None:
        long = (
            "The aroma of charred oak dominates this wine.",
            "Firm and bright, with earthy notes of leaf.",
        )
        assert kind_of(texts("x", *long, distinct=900)) is Kind.SENTENCE
        assert kind_of(texts("title", "The Godfather", "Pulp Fiction", distinct=900)) is Kind.SENTENCE

    def test_long_labels_that_repeat_are_a_category(self) -> None:
        long = (
            "Plan members are all covered by the national scheme",
            "Plan members are not covered by it at all",
        )
        assert kind_of(texts("coverage", *long)) is Kind.CATEGORY

    def test_names(self) -> None:
        assert kind_of(texts("player_name", "Yuvraj Singh", "Chris Lynn", distinct=400)) is Kind.NAME
        assert kind_of(texts("nom", "Tremblay", "Roy", "Gagnon", distinct=400)) is Kind.NAME

    @pytest.mark.parametrize(
        ("kind", "name", "values"),
        [
            (Kind.URL, "x", ("https://example.org/a", "www.example.org", "not_found")),
            (Kind.EMAIL, "x", ("ann@example.org", "bob.lee@mail.example.com", "carl(at)example.org")),
            (Kind.PHONE, "x", ("514-555-0123", "(418) 555-0199", "+33 1 55 55 01 23")),
            (Kind.PHONE, "x", ("01 55 55 01 23", "06 55 55 45 67")),
            (Kind.PHONE, "téléphone", ("5145550123", "4185550199")),
            (Kind.POSTCODE, "x", ("H2X 1Y4", "G1R 4P5")),
            (Kind.POSTCODE, "x", ("SW1A 1AA", "M1 1AE")),
            (Kind.POSTCODE, "ZipCode", ("94102", "10001")),
            (Kind.LOCATION, "x", ("(37.7511269, -122.4242266)", "(37.7952752, -122.4297878)")),
            (Kind.LIST, "x", ("['a', 'b']", "['c']")),
            (Kind.LIST, "x", ("fly;jump", "hiding;jump;hacking", "fly")),
            (Kind.LIST, "x", ("bread, milk, jam", "tea", "milk, tea")),
            (Kind.NESTED, "x", ("{'lat': 1, 'lon': 2}", "{'lat': 3, 'lon': 4}")),
            (Kind.ADDRESS, "adresse", ("12 rue des Lilas", "4 avenue Foch")),
        ],
    )
    def test_forms_known_at_sight(self, kind: Kind, name: str, values: tuple[str, ...]) -> None:
        assert kind_of(texts(name, *values, distinct=600)) is kind

    def test_a_number_of_phones_is_no_phone(self) -> None:
        assert kind_of(texts("mobile_sales", "5145550123", "4185550199", distinct=600)) is Kind.NUMERIC

    def test_places_with_commas_are_no_lists(self) -> None:
        places = ("Lyon, Rhône, France", "Lille, Nord, France", "Brest, Finistère, France")
        assert kind_of(texts("place", *places, distinct=300)) is Kind.CATEGORY

    def test_nested_values(self) -> None:
        assert kind_of(ColumnFacts("x", 10, 0, 9, "nested")) is Kind.NESTED


def test_rare_typing_errors_weigh_by_their_rows() -> None:
    clean, dirty = ("35233", "36201", "35801"), ("3x233", "36x01", "3580l", "x5801")
    facts = texts("ZipCode", *clean, *dirty)
    assert kind_of(replace(facts, sample_rows=[400, 300, 296, 1, 1, 1, 1])) is Kind.POSTCODE
    assert kind_of(facts) is Kind.CATEGORY


def test_the_reason_is_one_sentence() -> None:
    kind, reason = decide_kind(texts("carrier", "UA", "B6", "EV", rows=336_776))
    assert kind is Kind.CATEGORY
    assert reason == "Only 3 different values in 336,776 rows."


anything = st.builds(
    ColumnFacts,
    name=st.text(max_size=40) | st.sampled_from(["id", "zip", "lat", "date", "year", "phone", "No", "long"]),
    rows=st.integers(-5, 2**62),
    nulls=st.integers(-5, 2**62),
    distinct=st.integers(-5, 2**62),
    storage=st.sampled_from(["number", "integer", "boolean", "datetime", "text", "nested"]),
    sample=st.lists(
        st.text(max_size=60)
        | st.floats().map(str)
        | st.integers().map(str)
        | st.dates().map(str)
        | st.from_regex(r"[$<(]?\d{1,3}([ ,.]\d{3})*([.,]\d+)?( ?[a-z%]{1,6})?\)?", fullmatch=True),
        max_size=80,
    ),
    sample_rows=st.none() | st.lists(st.integers(-3, 2**40), max_size=90),
    minimum=st.none() | st.floats(),
    maximum=st.none() | st.floats(),
    mean=st.none() | st.floats(),
    std=st.none() | st.floats(),
    whole=st.none() | st.booleans(),
)


@given(anything)
def test_any_facts_have_a_kind_and_a_reason(facts: ColumnFacts) -> None:
    kind, reason = decide_kind(facts)
    assert isinstance(kind, Kind)
    assert reason[0].isupper()
    assert reason.endswith(".")


@given(anything)
def test_the_kind_depends_on_nothing_but_the_facts(facts: ColumnFacts) -> None:
    assert decide_kind(facts) == decide_kind(replace(facts))


@given(st.sampled_from("1 ,.-/:aé\t(+"), st.integers(200, 2_000_000))
def test_a_huge_cell_is_read_in_part(letter: str, length: int) -> None:
    assert isinstance(kind_of(texts("x", letter * length, "b", "c")), Kind)
