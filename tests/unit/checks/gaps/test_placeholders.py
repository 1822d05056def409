"""placeholders: stand-ins for missing, told apart from values that only look like them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from palmerpenguins import load_penguins

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import run_check
from mlqa_widgets.evidence import Bars, Examples, Histogram
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.tables.frames import from_pandas
from mlqa_widgets.tables.table import Table

Find = Callable[..., list[Finding]]

ROWS = 600
RANDOM = np.random.default_rng(5)
PRESSURE = RANDOM.normal(75, 12, ROWS).round()


def planted(values: np.ndarray, stand_in: float, rows: int) -> np.ndarray:
    """Return the values with the first ``rows`` replaced."""
    return np.concatenate([np.full(rows, stand_in), values[rows:]])


def repaired(finding: Finding, frame: pd.DataFrame) -> pd.DataFrame:
    return apply_fix(finding.fixes[-1], from_pandas(frame))


# ---------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        "n/a",
        "NULL",
        " null ",
        "NaN",
        "?",
        "??",
        "-",
        "--",
        ".",
        "TBD",
        "xxx",
        "#REF!",
        "missing",
        "non disponible",
    ],
)
def test_text_that_says_missing_is_found_whatever_its_case(findings_of: Find, text: str) -> None:
    frame = pd.DataFrame({"phase": [text] * 3 + ["Approach", "Climb", "Landing"] * 20}, index=range(10, 73))
    (finding,) = findings_of("placeholders", frame)
    assert finding.rows == 3
    assert finding.severity is Severity.WARNING
    after = repaired(finding, frame)
    assert after["phase"].isna().sum() == 3
    assert after.index.tolist() == frame.index.tolist()


def test_all_stand_ins_of_a_column_are_one_finding_that_names_them(findings_of: Find) -> None:
    words = ["N/A"] * 4 + ["unknown"] * 3 + ["-"] * 2 + ["TBD"]
    (finding,) = findings_of("placeholders", pd.DataFrame({"city": words + ["Paris", "Lyon", "Nice"] * 30}))
    assert finding.rows == 10
    assert (
        finding.message
        == "city has stand-ins for missing in 10 rows (10 %): 'N/A' (4), 'unknown' (3), '-' (2) and 1 more."
    )
    assert isinstance(finding.evidence[0], Bars)
    assert [bar.rows for bar in finding.evidence[0].bars] == [4, 3, 2, 1]


def test_a_stand_in_used_in_many_columns_is_told_once(findings_of: Find) -> None:
    columns = {f"answer {i}": ["yes", "no", "NULL", "no"] * 10 for i in range(5)}
    frame = pd.DataFrame({"id": range(40), **columns})
    frame["answer 4"] = frame["answer 4"].replace("yes", "?")
    shared, own = findings_of("placeholders", frame)
    assert shared.columns == (1, 2, 3, 4, 5)
    assert shared.rows == 10
    assert "5 columns, 50 cells" in shared.message
    assert own.columns == (5,)
    assert shared.fixes[0].code.startswith("for name in ['answer 0', 'answer 1', ")
    after = repaired(shared, frame)
    assert (after == "NULL").to_numpy().sum() == 0
    assert after.isna().to_numpy().sum() == 50


def test_columns_that_share_a_name_are_emptied_by_their_place(findings_of: Find) -> None:
    frame = pd.DataFrame([["yes", "NULL", "no", "NULL"], ["NULL", "no", "NULL", "yes"]] * 9, columns=["a", "a", "b", 7])
    (finding,) = findings_of("placeholders", frame)
    assert repaired(finding, frame).isna().to_numpy().sum() == 36


def test_stand_ins_that_keep_numbers_from_being_numbers_are_read_with_them(findings_of: Find) -> None:
    frame = pd.DataFrame({"horsepower": ["?"] * 6 + [str(n) for n in range(60, 160)]})
    (finding,) = findings_of("placeholders", frame)
    assert "all else is numbers" in finding.message
    after = apply_fix(finding.fixes[0], from_pandas(frame))
    assert after["horsepower"].sum() == sum(range(60, 160))
    assert after["horsepower"].isna().sum() == 6


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("country", ["NA", "DE", "FR", "US", "BR", "JP"]),
        ("continent", ["NA", "EU", "AS", "AF", "SA", "OC"]),
        ("strand", ["+", "-"]),
        ("first_name", ["Nan", "Ruth", "Paula", "Ines", "Aline", "Marguerite"]),
        ("precipitation", ["None", "Rain", "Snow", "Hail"]),
        ("alcool", ["aucun", "modéré", "fort"]),
        ("grade", ["A", "B", "C", "D"]),
        ("state", ["Ala.", "N.C.", "N.H.", "N.J.", "N.Y.", "Calif.", "Tex.", "Wyo.", "Ore."]),
        ("word", ["no", "yes", "nano", "null and void", "the unknown soldier", "a-b"]),
    ],
)
def test_words_that_are_values_of_their_column_are_left_alone(findings_of: Find, name: str, values: list[str]) -> None:
    assert findings_of("placeholders", pd.DataFrame({name: values * 20})) == []


def test_a_film_may_be_called_missing(findings_of: Find) -> None:
    titles = [f"The Return of Number {number} to the House by the River" for number in range(300)]
    assert findings_of("placeholders", pd.DataFrame({"title": [*titles, "Missing", "Blank", "'a' for short"]})) == []


def test_letters_among_codes_of_as_many_letters_are_only_worth_knowing(findings_of: Find) -> None:
    (finding,) = findings_of("placeholders", pd.DataFrame({"team": ["TBA", "BOS", "NYA", "CHN", "PHI"] * 40}))
    assert finding.severity is Severity.INFO
    assert finding.message == "team says 'TBA' in 40 rows (20 %): perhaps a stand-in for missing."


def test_a_listed_unknown_is_only_worth_knowing(findings_of: Find) -> None:
    (finding,) = findings_of("placeholders", pd.DataFrame({"size": ["Unknown", "Small", "Large", "Small"] * 30}))
    assert finding.severity is Severity.INFO


@given(st.text(st.characters(categories=["L"]), min_size=6, max_size=12))
def test_any_other_word_is_no_stand_in(word: str) -> None:
    known = {"inconnu", "inconnue", "missing", "unknown", "manquant", "undefined", "unspecified"}
    if word.casefold().strip("x") and word.lower() not in known:
        profile = profile_table(from_pandas(pd.DataFrame({"a": [word] * 5 + ["b", "c"] * 20})), Roles())
        assert list(run_check(all_checks()["placeholders"], profile)) == []


def test_zeros_that_stand_out_among_codes_of_as_many_digits(findings_of: Find) -> None:
    codes = [f"{n:04d}" for n in RANDOM.permutation(9_000)[:400]]
    (finding,) = findings_of("placeholders", pd.DataFrame({"branch code": ["0000"] * 12 + codes}))
    assert finding.rows == 12


# ---------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("name", "values", "stand_in", "rows"),
    [
        ("reading", RANDOM.normal(12, 8, ROWS).round(1), -999, 8),
        ("reading", RANDOM.normal(20, 40, ROWS).round(1), -99, 20),
        ("speed", RANDOM.normal(140, 40, ROWS).clip(0).round(), -1, 10),
        ("rooms", RANDOM.poisson(3, ROWS), -1, 10),
        ("age", RANDOM.normal(40, 18, ROWS).clip(0, 95).round(), 999, 3),
        ("day", RANDOM.integers(1, 32, ROWS), 99, 9),
        ("income", RANDOM.lognormal(8, 0.5, ROWS).round(), 99999, 20),
        ("level", RANDOM.normal(5, 1, ROWS).round(2), 9999.99, 4),
        ("size", RANDOM.integers(1, 1000, ROWS), 2147483647, 3),
        ("term", RANDOM.integers(6, 480, ROWS), np.float32(999999.4), 3),
        ("met", RANDOM.integers(0, 2, ROWS), 666, 2),
        ("glucose", RANDOM.normal(120, 30, ROWS).clip(44).round(), 0, 5),
        ("insulin", RANDOM.lognormal(4.8, 0.7, ROWS).clip(14).round(), 0, 250),
        ("v7", PRESSURE, 0, 12),
    ],
)
def test_a_number_that_repeats_far_from_all_others_is_found(
    findings_of: Find, name: str, values: np.ndarray, stand_in: float, rows: int
) -> None:
    frame = pd.DataFrame({name: planted(values, stand_in, rows)}, index=np.arange(ROWS)[::-1])
    (finding,) = findings_of("placeholders", frame)
    assert finding.rows == rows
    assert finding.severity.level >= Severity.WARNING.level
    after = repaired(finding, frame)
    assert after[name].isna().sum() == rows
    assert after[name].dropna().tolist() == values[rows:].tolist()


def test_two_codes_in_one_column_are_one_finding_with_the_figures_before_and_after(findings_of: Find) -> None:
    speed = planted(RANDOM.normal(140, 30, ROWS).clip(5).round(), -1, 9)
    speed[20:25] = 888
    (finding,) = findings_of("placeholders", pd.DataFrame({"speed": speed}))
    assert finding.rows == 14
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith("speed: -1 in 9 rows and 888 in 5 rows stand for missing;")
    drawn, figures, _ = finding.evidence
    assert isinstance(drawn, Histogram)
    assert {position for position, _ in drawn.marks} == {-1, 888}
    assert isinstance(figures, Examples)
    assert {line[0]: line[1:] for line in figures.lines}["maximum"][0] == "888"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("age", RANDOM.integers(0, 100, ROWS)),
        ("temperature", RANDOM.normal(3, 4, ROWS).round()),
        ("crew_delta", RANDOM.normal(0, 2, ROWS).round(1)),
        ("pregnant", RANDOM.poisson(3, ROWS)),
        ("rain_mm", np.where(RANDOM.random(ROWS) < 0.6, 0, RANDOM.gamma(2, 5, ROWS).round(1) + 2)),
        ("capital_loss", np.where(RANDOM.random(ROWS) < 0.9, 0, RANDOM.normal(1900, 200, ROWS).round())),
        ("duration", np.where(RANDOM.random(ROWS) < 0.1, 0, RANDOM.normal(60, 10, ROWS).round())),
        ("windspeed", np.where(RANDOM.random(ROWS) < 0.12, 0, RANDOM.normal(0.3, 0.05, ROWS).round(2))),
        ("sentiment", RANDOM.integers(-1, 2, ROWS)),
        ("economy", RANDOM.choice([-1, 0, 1], ROWS, p=[0.7, 0.2, 0.1])),
        ("sodium", np.where(RANDOM.random(ROWS) < 0.1, 0, RANDOM.uniform(45, 290, ROWS).round())),
        ("price", RANDOM.choice([9.99, 19.99, 99.99, 999.99], ROWS)),
        ("year", RANDOM.integers(1990, 2020, ROWS)),
        ("balance", RANDOM.normal(0, 999, ROWS).round()),
        ("score", np.r_[999, RANDOM.integers(0, 100, ROWS - 1)]),
    ],
)
def test_ordinary_zeros_negatives_and_nines_are_left_alone(findings_of: Find, name: str, values: np.ndarray) -> None:
    assert findings_of("placeholders", pd.DataFrame({name: values})) == []


def test_a_price_of_nothing_is_only_worth_knowing(findings_of: Find) -> None:
    frame = pd.DataFrame({"UnitPrice": planted(RANDOM.lognormal(1, 0.5, ROWS).round(2), 0, 4)})
    (finding,) = findings_of("placeholders", frame)
    assert finding.severity is Severity.INFO


def test_a_nine_beside_a_scale_of_five_is_only_worth_knowing(findings_of: Find) -> None:
    (finding,) = findings_of("placeholders", pd.DataFrame({"q1": planted(RANDOM.integers(1, 6, ROWS), 9, 20)}))
    assert finding.severity is Severity.INFO
    assert finding.rows == 20


def test_numbers_of_a_source_without_types_are_judged_as_numbers() -> None:
    frame = pd.DataFrame({"day": [str(n) for n in planted(RANDOM.integers(1, 32, ROWS), 99, 9).astype(int)]})
    table = from_pandas(frame)
    untyped = [dataclasses.replace(column, untyped=True) for column in table.columns]
    table = Table("days", untyped, ROWS, table.engine, table.own_rows, table.source)
    (finding,) = run_check(all_checks()["placeholders"], profile_table(table, Roles()))
    assert isinstance(finding, Finding)
    assert table.count(finding.predicate) == finding.rows == 9
    assert apply_fix(finding.fixes[0], table)["day"].isna().sum() == 9


def test_large_whole_numbers_keep_every_digit_when_repaired(findings_of: Find) -> None:
    values = np.arange(ROWS, dtype=np.int64) * 10_000 + 2**60
    values[:5] = -1
    frame = pd.DataFrame({"measure": values})
    (finding,) = findings_of("placeholders", frame)
    assert repaired(finding, frame)["measure"].dropna().tolist() == values[5:].tolist()


@given(st.integers(5, 40), st.floats(-50, 50), st.floats(1, 20))
def test_a_code_far_out_is_found_at_any_scale(rows: int, middle: float, spread: float) -> None:
    values = np.random.default_rng(rows).normal(middle, spread, 300).round(3)
    frame = pd.DataFrame({"x": planted(values, -9999, rows)})
    (finding,) = run_check(all_checks()["placeholders"], profile_table(from_pandas(frame), Roles()))
    assert isinstance(finding, Finding)
    assert finding.rows == rows


@given(st.integers(0, 10_000))
def test_no_bell_shaped_column_has_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": random.normal(random.uniform(-100, 100), random.uniform(1, 300), 400).round()})
    assert list(run_check(all_checks()["placeholders"], profile_table(from_pandas(frame), Roles()))) == []


# ---------------------------------------------------------------------------------------------- dates

BORN = pd.Series(pd.Timestamp("1950-01-01") + pd.to_timedelta(RANDOM.integers(0, 20_000, ROWS), "D"))


@pytest.mark.parametrize(("stand_in", "rows"), [("1900-01-01", 12), ("9999-12-31", 1), ("1800-01-01", 3)])
@pytest.mark.parametrize("written", [None, "%Y-%m-%d", "%d/%m/%Y"])
def test_a_date_programs_write_for_none(findings_of: Find, stand_in: str, rows: int, written: str | None) -> None:
    dates = BORN.dt.as_unit("us").copy()
    dates[:rows] = pd.Timestamp(stand_in)
    frame = pd.DataFrame({"born": dates if written is None else dates.dt.strftime(written)})
    (finding,) = findings_of("placeholders", frame)
    assert finding.rows == rows
    assert stand_in in finding.message
    assert repaired(finding, frame)["born"].isna().sum() == rows


def test_the_epoch_is_emptied_in_dates_with_a_zone_and_in_date_objects(findings_of: Find) -> None:
    seen = pd.Series(pd.date_range("2020-01-01", periods=ROWS, freq="h"))
    seen[:6] = pd.Timestamp("1970-01-01")
    frame = pd.DataFrame({"zoned": seen.dt.tz_localize("Europe/Paris"), "objects": seen.dt.date})
    for finding, name in zip(findings_of("placeholders", frame), frame, strict=True):
        assert finding.rows == 6
        assert repaired(finding, frame)[name].isna().sum() == 6


@pytest.mark.parametrize("start", ["1969-06-01", "1970-01-01", "1899-12-01", "1990-01-01"])
def test_the_epoch_within_an_ordinary_series_is_left_alone(findings_of: Find, start: str) -> None:
    frame = pd.DataFrame({"day": pd.date_range(start, periods=ROWS, freq="D"), "value": PRESSURE})
    assert findings_of("placeholders", frame) == []


# ---------------------------------------------------------------------------------------------- any table


def test_penguins_have_none(findings_of: Find) -> None:
    assert findings_of("placeholders", load_penguins()) == []


def test_cells_called_wrong_are_those_that_say_it_and_no_whole_column(findings_of: Find) -> None:
    frame = pd.DataFrame(
        {
            "line 2": ["N/A"] * 200,
            "line 3": ["N/A"] * 200,
            "score": ["N/A", "85%", "90%", "77%"] * 50,
            "sample": ["12 patients", "N/A", "30 patients", "N/A"] * 50,
        }
    )
    (finding,) = [one for one in findings_of("placeholders", frame) if len(one.columns) > 1]
    table = from_pandas(frame)
    cells = {table.columns[i].name: table.count(where) for i, where in finding.wrong_cells}
    assert cells == {"score": 50, "sample": 100}


def test_a_zero_that_is_the_logarithm_of_one_is_none(findings_of: Find) -> None:
    crimes = [1, 1, *range(15, 110)]
    frame = pd.DataFrame({"crime": crimes, "lcrime": np.log(crimes)})
    assert findings_of("placeholders", frame) == []
    assert [one.columns for one in findings_of("placeholders", frame[["lcrime"]])] == [(0,)]
