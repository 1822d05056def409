"""spelling_variants, stray_spaces."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from palmerpenguins import load_penguins_raw

from mlqa_widgets.checks.text._forms import form_of, latin, way_of_writing
from mlqa_widgets.checks.text._slips import ratio_needed
from mlqa_widgets.checks.text._variants import variants_of
from mlqa_widgets.evidence import Groups
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.conftest import profile_of

Find = Callable[..., list[Finding]]


def spelled(counts: Mapping[str, int], name: str = "operator") -> pd.DataFrame:
    """Return a column that holds each text as often as said, in an order that hides it."""
    cells = [text for text, count in counts.items() for _ in range(count)]
    return pd.DataFrame({name: np.random.default_rng(0).permutation(np.array(cells, dtype=object))})


def kept(counts: Mapping[str, int], name: str = "operator") -> dict[str, str]:
    """Return what each variant in such a column is mapped to."""
    profile = profile_of(spelled(counts, name))
    variants = variants_of(profile.columns[0], profile)
    texts = profile.columns[0].strings.to_pylist()
    return {texts[place]: form for place, form in variants.kept.items()}


# ------------------------------------------------------------------------------------------ one form


@pytest.mark.parametrize(
    ("variant", "form", "way"),
    [
        ("delta air lines", "DELTA AIR LINES", "case"),
        ("DELTA AIR LINES ", "DELTA AIR LINES", "blanks"),
        ("DELTA  AIR LINES", "DELTA AIR LINES", "blanks"),
        ("DELTA\u00a0AIR LINES", "DELTA AIR LINES", "blanks"),
        ("DELTA AIRLINES", "DELTA AIR LINES", "blanks or punctuation"),
        ("Delta-Air-Lines", "Delta Air Lines", "punctuation"),
        ("Neuchatel", "Neuchâtel", "accents"),
        ("Zuerich", "Zürich", "umlauts"),
        ("ZÃ¼rich", "Zürich", "broken encoding"),
        ("DELTΑ AIR LINES", "DELTA AIR LINES", "letters of another alphabet"),  # A Greek capital alpha.
        ("Мontreal", "Montreal", "letters of another alphabet"),  # A Cyrillic capital em.
        ("12 North Main St.", "12 N. Main Street", "abbreviation"),
        ("bd. Saint-Michel", "boulevard St Michel", "abbreviation"),
        ("Smith & Sons Ltd", "Smith and Sons Limited", "abbreviation"),
        ("Bread, white", "White bread", "word order"),
    ],
)
@pytest.mark.parametrize("rows", [3, 30])
def test_finds_one_form_at_any_frequency(findings_of: Find, variant: str, form: str, way: str, rows: int) -> None:
    frame = spelled({form: 40, variant: rows, "Something else": 20})
    (finding,) = findings_of("spelling_variants", frame)
    assert finding.rows == rows
    groups = finding.evidence[0]
    assert isinstance(groups, Groups)
    ((first, second),) = groups.groups
    assert (first.label, first.rows, first.flagged) == (form, 40, False)
    assert (second.rows, second.flagged, second.note) == (rows, True, way)


def test_counts_the_values_and_their_other_ways_in_its_sentence(findings_of: Find) -> None:
    frame = spelled({"Media": 70, "media": 5, "MEDIA": 2, "Acting": 90, "acting": 1, "Clergy": 8})
    (finding,) = findings_of("spelling_variants", frame)
    assert finding.severity is Severity.WARNING
    assert finding.message == ("operator writes 2 values in 3 other ways: 8 rows (4.5 %), such as 'media' for 'Media'.")


def test_the_sound_form_is_kept_though_another_is_more_frequent() -> None:
    assert kept({"Zürich ": 30, "Zürich": 10, "Bern": 20}) == {"Zürich ": "Zürich"}
    assert kept({"ZÃ¼rich": 30, "Zürich": 10, "Bern": 20}) == {"ZÃ¼rich": "Zürich"}


def test_each_bar_narrows_to_its_own_rows(findings_of: Find) -> None:
    frame = spelled({"Vaud": 15, "VAUD": 2, " Vaud": 1, "Bern": 9})
    (finding,) = findings_of("spelling_variants", frame)
    table = from_pandas(frame)
    groups = finding.evidence[0]
    assert isinstance(groups, Groups)
    for bar in groups.groups[0]:
        assert bar.predicate is not None
        assert table.count(bar.predicate) == bar.rows


# ------------------------------------------------------------------------------------------ typing slips


@pytest.mark.parametrize(
    ("slip", "form", "rows"),
    [
        ("MILITRY", "MILITARY", 5),
        ("BUISNESS", "BUSINESS", 3),
        ("SOUTHWEST AIRLINE", "SOUTHWEST AIRLINES", 4),
        ("Ticin", "Ticino", 1),
        ("Ruca", "Ruaca", 2),
        ("Chirdozo", "Chirodzo", 1),
        ("Aproved", "Approved", 6),
        ("Apprroved", "Approved", 6),
        ("On hld", "On hold", 1),
        ("Loire-Atlantque", "Loire-Atlantique", 1),
        ("huntsvxlle hospxtal", "huntsville hospital", 1),
    ],
)
def test_finds_a_rare_slip_of_a_frequent_value(slip: str, form: str, rows: int) -> None:
    assert kept({form: 60, slip: rows, "Something else": 25}) == {slip: form}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Route 1", "Route 2"),
        ("scip-inf-1", "scip-inf-2"),
        ("2019 model", "2020 model"),
        ("Type 1.5", "Type 15"),
        ("Size 1-5", "Size 1.5"),
        ("Size 1 5", "Size 15"),
        ("Section -5", "Section 5"),
        ("Grade A", "Grade B"),
        ("Rhesus A+", "Rhesus A-"),
        ("North Carolina", "South Carolina"),
        ("Virginia", "West Virginia"),
        ("Iran", "Iraq"),
        ("Iceland", "Ireland"),
        ("Niger", "Nigeria"),
        ("Austria", "Australia"),
        ("hypotension", "hypertension"),
        ("sulfite", "sulfate"),
        ("maternal", "paternal"),
        ("inpatient", "outpatient"),
        ("symmetric", "asymmetric"),
        ("Married-AF-spouse", "Married-civ-spouse"),
        ("Self-emp-inc", "Self-emp-not-inc"),
        ("actor", "actress"),
        ("particularly", "particular"),
    ],
)
@pytest.mark.parametrize("rows", [1, 4, 60, 1000])
def test_stays_silent_on_different_things_that_look_alike(findings_of: Find, one: str, other: str, rows: int) -> None:
    assert findings_of("spelling_variants", spelled({other: 400, one: rows, "Something else": 200})) == []


@pytest.mark.parametrize(("one", "other"), [("Paul", "Paula"), ("Marie", "Maria"), ("Brasserie", "Braserie")])
def test_never_joins_two_frequent_values(findings_of: Find, one: str, other: str) -> None:
    assert findings_of("spelling_variants", spelled({one: 50, other: 20, "Something else": 70})) == []


def test_nearness_says_nothing_where_frequent_values_are_near_each_other(findings_of: Find) -> None:
    singular = {f"{kind} HOLDER": 30 for kind in ("CANDLE", "PENCIL", "BOTTLE", "NAPKIN")}
    plural = {f"{kind} HOLDERS": 25 for kind in ("CANDLE", "PENCIL", "BOTTLE", "NAPKIN")}
    assert (
        findings_of("spelling_variants", spelled({**singular, **plural, "MIRROR HOLDER": 40, "MIROR HOLDER": 1})) == []
    )


def test_names_of_people_are_joined_by_case_alone() -> None:
    counts = {
        "Anne-Marie": 40,
        "Annemarie": 20,
        "ANNE-MARIE": 3,
        "Günther": 30,
        "Gunther": 20,
        "Helmuth": 60,
        "Helmut": 2,
    }
    assert kept(counts, "first_name") == {"ANNE-MARIE": "Anne-Marie"}


def test_the_frequency_of_a_slip_itself_speaks_against_it(findings_of: Find) -> None:
    assert kept({"Christineberg": 2000, "Christinaberg": 4, "Michaelton": 500}) == {"Christinaberg": "Christineberg"}
    assert findings_of("spelling_variants", spelled({"Christineberg": 2000, "Christinaberg": 150, "Ashton": 500})) == []


def test_stays_silent_on_a_last_accent_that_makes_another_word(findings_of: Find) -> None:
    assert findings_of("spelling_variants", spelled({"marché": 40, "marche": 30, "ville": 50})) == []


def test_stays_silent_on_values_that_hardly_repeat(findings_of: Find) -> None:
    titles = [f"The story of number {word}" for word in _words(60)]
    frame = pd.DataFrame({"title": [*titles, titles[0].upper(), titles[1] + " "]})
    assert findings_of("spelling_variants", frame) == []


def test_stays_silent_on_case_where_it_carries_meaning(findings_of: Find) -> None:
    assert findings_of("spelling_variants", spelled({"AA": 50, "Aa": 60, "aa": 40}, "genotype")) == []


def test_finds_two_cases_of_a_code(findings_of: Find) -> None:
    codes = {f"{number}A": 6 for number in range(85000, 85060)}
    (finding,) = findings_of("spelling_variants", spelled({**codes, "85007a": 2}, "StockCode"))
    assert finding.rows == 2


def test_yes_and_no_in_several_words_are_two_values() -> None:
    counts = {"Y": 40, "N": 30, "yes": 9, "No": 8, "true": 3, "0": 2}
    assert kept(counts, "active") == {"yes": "Y", "true": "Y", "No": "N", "0": "N"}


@pytest.mark.parametrize("counts", [{"Y": 40, "N": 30}, {"0": 40, "1": 30, "2": 9}, {"no": 9, "non": 9, "off": 9}])
def test_stays_silent_on_two_words_and_on_other_codes(findings_of: Find, counts: dict[str, int]) -> None:
    assert findings_of("spelling_variants", spelled(counts)) == []


def test_stays_silent_on_clean_categories(findings_of: Find) -> None:
    assert findings_of("spelling_variants", load_penguins_raw()) == []


# ------------------------------------------------------------------------------------------ stand-in characters


def test_reads_a_question_mark_inside_a_word_as_a_lost_letter() -> None:
    assert kept({"Genève": 40, "Gen?ve": 1, "Gen\ufffdve": 2, "Bern": 30}) == {
        "Gen?ve": "Genève",
        "Gen\ufffdve": "Genève",
    }


def test_a_letter_that_replaces_others_all_over_the_table_is_read_as_a_wildcard() -> None:
    towns = ["birmingham", "montgomery", "sheffield", "florence", "anniston", "enterprise", "marshall", "lauderdale"]
    rng = np.random.default_rng(1)
    town = [name for name in towns for _ in range(40)]
    state = ["al"] * len(town)
    code = [f"pn-{1 + row % 6}b" for row in range(len(town))]
    damaged_towns = rng.choice(len(town), 24, replace=False).tolist()
    for row in damaged_towns:
        letter = int(rng.integers(2, len(town[row]) - 2))
        town[row] = town[row][:letter] + "x" + town[row][letter + 1 :]
    state[5], state[9], code[0], code[1] = "xl", "ax", "px-1b", "pn-xb"
    profile = profile_of(pd.DataFrame({"town": town, "state": state, "code": code}))
    found = [
        {column.strings[place].as_py(): form for place, form in variants_of(column, profile).kept.items()}
        for column in profile.columns
    ]
    assert len(found[0]) == len({town[row] for row in damaged_towns})
    assert found[1] == {"xl": "al", "ax": "al"}
    assert found[2] == {"px-1b": "pn-1b"}, "pn-xb could be six codes"


def test_the_same_letter_means_nothing_in_a_table_without_such_slips(findings_of: Find) -> None:
    frame = spelled({"al": 900, "xl": 10, "ak": 30}, "size")
    assert findings_of("spelling_variants", frame) == []


# ------------------------------------------------------------------------------------------ words many values share


def test_corrects_a_shared_word_in_a_value_that_occurs_once() -> None:
    counts = {f"{number} patients": 3 for number in range(100, 160)}
    assert kept({**counts, "101 paxients": 1, "999 patiens": 1}, "sample") == {
        "101 paxients": "101 patients",
        "999 patiens": "999 patients",
    }


def test_corrects_a_country_that_is_nowhere_in_its_right_form() -> None:
    countries = dict.fromkeys(["Mexico", "Canada", "Germany", "Philippines", "Iran", "Iraq", "Yugoslavia"], 30)
    misspelled = {"Columbia": 50, "Trinadad&Tobago": 20}
    assert kept({**countries, **misspelled}, "native_country") == {
        "Columbia": "Colombia",
        "Trinadad&Tobago": "Trinidad & Tobago",
    }
    assert kept({**dict.fromkeys(["Boston", "Chicago", "Mexico"], 30), "Columbia": 50}, "city") == {}


# ------------------------------------------------------------------------------------------ its fix


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
@pytest.mark.parametrize("labels", [["city", "rows"], ["city", "city"], [("a", 1), ("a", 2)]])
def test_fix_writes_each_value_in_its_commonest_form(findings_of: Find, dtype: str, labels: list[Any]) -> None:
    cells = ["Paris"] * 30 + ["paris"] * 5 + ["Lyon"] * 20 + ["Lyonn"] * 2 + [None] * 3
    frame = pd.DataFrame({"city": pd.Series(cells, dtype=dtype), "rows": range(len(cells))})
    frame.columns = pd.Index(labels)
    frame.index = pd.Index(["same"] * len(frame))
    (finding,) = findings_of("spelling_variants", frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired.iloc[:, 0].value_counts().to_dict() == {"Paris": 35, "Lyon": 22}
    assert repaired.iloc[:, 0].isna().sum() == 3
    assert repaired.index.tolist() == frame.index.tolist()
    assert "'paris': 'Paris'," in finding.fixes[0].code.replace("\n", " ")


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12), st.integers(1, 30), min_size=1, max_size=12
    )
)
def test_whatever_the_texts_the_map_is_sound(counts: dict[str, int]) -> None:
    frame = spelled(counts)
    profile = profile_of(frame)
    column = profile.columns[0]
    variants = variants_of(column, profile)
    texts = column.strings.to_pylist()
    assert set(variants.kept) == set(variants.ways) == set(np.flatnonzero(variants.mask))
    assert all(texts[place] != form for place, form in variants.kept.items())
    assert not {texts[place] for place in variants.kept} & set(variants.kept.values()), "nothing kept is replaced"


@given(
    st.lists(st.text(string.ascii_letters, min_size=6, max_size=12), min_size=2, max_size=5, unique_by=str.lower),
    st.lists(st.integers(0, 300), min_size=2, max_size=4, unique=True),
    st.lists(st.sampled_from([1, 2, 60]), min_size=20, max_size=20),
)
def test_values_that_differ_in_numbers_never_merge(words: list[str], numbers: list[int], rows: list[int]) -> None:
    values = [f"{word} {number}" for word in words for number in numbers]
    counts = dict(zip(values, rows, strict=False))
    for variant, form in kept(counts).items():
        assert variant.split()[-1] == form.split()[-1]


# ------------------------------------------------------------------------------------------ forms and slips


@given(st.text(max_size=40))
def test_the_form_of_a_text_does_not_depend_on_case_and_outer_blanks(text: str) -> None:
    assert form_of(f"  {text}\t").key == form_of(text).key
    if text.isascii():
        assert form_of(text.upper()).key == form_of(text).key


@given(st.text(max_size=20), st.text(max_size=20))
def test_every_difference_has_a_name(variant: str, form: str) -> None:
    assert way_of_writing(variant, form)


@pytest.mark.parametrize("text", ["Ελλάδα", "Москва", "東京", "Straße"])
def test_text_of_another_alphabet_stays_what_it_is(text: str) -> None:
    assert latin(text) == text


@given(st.text("abcdxyz", min_size=3, max_size=14), st.text("abcdxyz", min_size=3, max_size=14))
def test_a_slip_is_a_small_change_that_keeps_the_first_letter(slip: str, word: str) -> None:
    if ratio_needed(slip, word) is not None:
        assert slip != word
        assert slip[0] == word[0] or slip[:2] == word[1::-1]
        assert abs(len(slip) - len(word)) <= 3


# ------------------------------------------------------------------------------------------ stray_spaces


def test_finds_blanks_around_text_that_has_no_variant(findings_of: Find) -> None:
    names = [f"{word} {number}" for number, word in enumerate(_words(50))]
    frame = pd.DataFrame({"label": [names[0] + " ", " " + names[1], names[2].replace(" ", "\u00a0"), *names[3:]]})
    (finding,) = findings_of("stray_spaces", frame)
    assert (finding.rows, finding.severity) == (3, Severity.INFO)
    assert apply_fix(finding.fixes[0], from_pandas(frame))["label"].tolist() == names


def test_leaves_to_spelling_variants_what_has_a_variant(findings_of: Find) -> None:
    assert findings_of("stray_spaces", spelled({"Vaud": 20, " Vaud": 2, "Bern": 20})) == []


@pytest.mark.parametrize(
    "cells",
    [
        [f" {word}" for word in "abcdefghijklmnopqrstuvwxyz"],
        [f" {number}.5" for number in range(30)] + ["7"] * 60,
        ["two  words", "inside"] * 20,
        [None, "  ", ""] * 9,
    ],
    ids=["blanks are the rule", "numbers", "doubled inside", "nothing but blanks"],
)
def test_stray_spaces_stays_silent(findings_of: Find, cells: list[str | None]) -> None:
    assert findings_of("stray_spaces", pd.DataFrame({"code": cells})) == []


def _words(count: int) -> list[str]:
    letters = np.random.default_rng(3).choice(list(string.ascii_lowercase), (count, 9))
    return ["".join(word) for word in letters]


def test_odd_columns_pass_through(findings_of: Find) -> None:
    frame = pd.DataFrame(
        {
            "empty": pd.Series([None] * 6, dtype=object),
            "nested": [[1], [2], {"a": 1}, None, [3], [1]],
            "mixed": [1, "1", 1.0, "one", None, True],
            "large": ["a" * 1_000_000, "A" * 1_000_000, "b", "b", "B", "b"],
            "number": [1, 2, 3, 4, 5, 6],
        }
    )
    for check in ("spelling_variants", "stray_spaces"):
        findings_of(check, frame)
        assert findings_of(check, frame.iloc[:0]) == []
