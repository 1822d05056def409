"""numbers_as_text: every form a number is written in, and the repair that reads each value as it was read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import run_check
from mlqa_widgets.evidence import Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.tables.frames import from_pandas
from mlqa_widgets.tables.table import Table

Find = Callable[..., list[Finding]]


def without_types(frame: pd.DataFrame) -> list[Finding]:
    """Run the check on a frame of text as on a file that has no types."""
    table = from_pandas(frame)
    columns = [dataclasses.replace(column, untyped=True) for column in table.columns]
    table = Table("file", columns, len(frame), table.engine, table.own_rows, table.source)
    found = list(run_check(all_checks()["numbers_as_text"], profile_table(table, Roles())))
    assert all(isinstance(one, Finding) for one in found), found
    return [one for one in found if isinstance(one, Finding)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["$ 1,200", "$ 85", "7", "1'200.-", "0.-"], [1200, 85, 7, 1200, 0]),
        (["12.0 oz", "12.0 OZ.", "16 ounces", "8.4 oz.", "12 oz"], [12, 12, 16, 8.4, 12]),
        (["1.234,56 €", "0,99 €", "12,50 €", "1.000,00 €", "7,00 €"], [1234.56, 0.99, 12.5, 1000, 7]),
        (["1\u202f234", "12\u00a0500", "100", "1 234 567", "8"], [1234, 12500, 100, 1234567, 8]),
        (["(1,234)", "5", "(20)", "1,000", "17"], [-1234, 5, -20, 1000, 17]),
        (["1.2M", "5k", "300", "2.5M", "7k"], [1.2e6, 5e3, 300, 2.5e6, 7e3]),
        (["1.2 million", "5 million", "3 million", "2 million", "9 million"], [1.2e6, 5e6, 3e6, 2e6, 9e6]),
        (["12,34,567", "1,00,000", "5,000", "45", "1,234"], [1234567, 100000, 5000, 45, 1234]),
        (["−5", "3.2", "−4.5", "7", "–2"], [-5, 3.2, -4.5, 7, -2]),
        (["US$ 1,200.50", "$3.50", "USD 12", "7 USD", "-$5"], [1200.5, 3.5, 12, 7, -5]),
        (["1.234,56", "1,234.56", "12.50", "99,95", "3.000.000"], [1234.56, 1234.56, 12.5, 99.95, 3e6]),
        (["37 patients", "0 patients", "5 patients", "12 patients", "9 patients"], [37, 0, 5, 12, 9]),
    ],
)
def test_every_form_is_found_and_read_by_the_repair(findings_of: Find, written: list[str], meant: list[float]) -> None:
    frame = pd.DataFrame({"cost": written * 10, "cost.1": 1}, index=range(100, 150))
    (finding,) = findings_of("numbers_as_text", frame)
    after = apply_fix(finding.fixes[0], from_pandas(frame))
    np.testing.assert_allclose(after["cost"].to_numpy(float), meant * 10)
    (untyped,) = without_types(frame[["cost"]])
    assert untyped.rows == finding.rows


def test_only_what_a_reader_leaves_as_text_offends(findings_of: Find) -> None:
    frame = pd.DataFrame({"cost": ["120", "85.5", "$ 1,200", "3"] * 10})
    (finding,) = findings_of("numbers_as_text", frame)
    assert finding.rows == 10
    assert finding.message == "10 numbers of cost (25 %) are written as text, such as '$ 1,200'."
    shares = finding.evidence[0]
    assert isinstance(shares, Bars)
    assert [(bar.label, bar.rows, bar.flagged) for bar in shares.bars] == [
        ("plain number", 30, False),
        ("currency '$', thousands ','", 10, True),
    ]


def test_two_conventions_in_one_column_are_an_error(findings_of: Find) -> None:
    (finding,) = findings_of("numbers_as_text", pd.DataFrame({"price": ["1.234,56", "1,234.56", "0,5", "2.5"] * 10}))
    assert finding.severity is Severity.ERROR
    assert "decimal comma" in finding.message


def test_a_percent_sign_keeps_its_meaning(findings_of: Find) -> None:
    shares = pd.DataFrame({"share": ["5%", "12.5%", "0.07", "0.15", "30 %", "0.3"] * 10})
    (finding,) = findings_of("numbers_as_text", shares)
    assert "divided by 100" in finding.fixes[0].note
    read = apply_fix(finding.fixes[0], from_pandas(shares))["share"]
    np.testing.assert_allclose(read.head(6), [0.05, 0.125, 0.07, 0.15, 0.3, 0.3])

    decoration = pd.DataFrame({"abv": ["0.05%", "0.06", "0.055", "0.07%"] * 10})
    (finding,) = findings_of("numbers_as_text", decoration)
    assert "sign is dropped" in finding.fixes[0].note
    read = apply_fix(finding.fixes[0], from_pandas(decoration))["abv"]
    np.testing.assert_allclose(read.head(4), [0.05, 0.06, 0.055, 0.07])


def test_cells_that_are_no_number_are_accounted_for(findings_of: Find) -> None:
    frame = pd.DataFrame({"score": ["98%", "97%", "x00%", "95%", "n/a"] * 8 + ["91%"] * 20})
    (finding,) = findings_of("numbers_as_text", frame)
    assert finding.fixes[0].note.startswith("8 cells that are no number become missing, such as 'x00%'.")
    assert apply_fix(finding.fixes[0], from_pandas(frame))["score"].isna().sum() == 16


def test_cells_of_several_types_are_read_together(findings_of: Find) -> None:
    frame = pd.DataFrame({"cost": pd.Series([0, 120, 3.5, "1,200 USD", None] * 10, dtype=object)})
    (finding,) = findings_of("numbers_as_text", frame)
    assert finding.rows == 10
    read = apply_fix(finding.fixes[0], from_pandas(frame))["cost"]
    assert read.head(4).tolist() == [0, 120, 3.5, 1200]


def test_plain_numbers_stored_as_text(findings_of: Find) -> None:
    fractions, whole = (
        pd.DataFrame({"depth": ["1.5", "2.25", "-3", "4.75"] * 10}),
        pd.DataFrame({"depth": ["15", "2", "47"] * 10}),
    )
    (finding,) = findings_of("numbers_as_text", fractions)
    assert (finding.severity, finding.rows) == (Severity.WARNING, 40)
    assert apply_fix(finding.fixes[0], from_pandas(fractions))["depth"].sum() == 55.0
    (finding,) = findings_of("numbers_as_text", whole)
    assert finding.severity is Severity.INFO
    assert without_types(fractions) == without_types(whole) == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("bay_code", ["0239", "0100", "0891", "1234", "0007"]),
        ("zip", ["90210", "10001", "60601", "33101"]),
        ("phone", ["514 555 1234", "514 555 9876", "438 555 1111"]),
        ("form_rev", ["3.1", "3.9", "3.10", "3.2"]),
        ("version", ["1.0", "2.0", "2.5"]),
        ("customer_id", ["10045", "10046", "10047", "10048"]),
        ("day", ["2024-01-31", "2024-02-01", "2024-02-03"]),
        ("age group", ["18-25", "26-35", "36-45"]),
        ("flag", ["0", "1"]),
        ("place", ["1st", "2nd", "3rd", "4th"]),
        ("word", ["alpha", "beta", "7 samurai"]),
    ],
)
def test_digits_that_are_no_quantity_are_left_alone(findings_of: Find, name: str, values: list[str]) -> None:
    assert findings_of("numbers_as_text", pd.DataFrame({name: values * 12})) == []


def test_whole_numbers_beyond_floating_point_are_not_parsed_away(findings_of: Find) -> None:
    frame = pd.DataFrame({"amount": [f"$ {2**60 + n:,}" for n in range(30)]})
    (finding,) = findings_of("numbers_as_text", frame)
    assert finding.fixes == ()


def test_the_names_of_columns_and_the_text_of_cells_stay_text(findings_of: Find) -> None:
    name = "cost'] = 0; df['"
    frame = pd.DataFrame([["5 kg\"'", "7"], ["6 kg", "8"], ["7 kg", "9"]] * 12, columns=[name, name])
    for finding in findings_of("numbers_as_text", frame):
        for fix in finding.fixes:
            after = apply_fix(fix, from_pandas(frame))
            assert after.columns.tolist() == [name, name]


money = st.builds(
    lambda whole, cents, form: form.format(f"{whole:,}", cents),
    st.integers(0, 9_999_999),
    st.integers(10, 99),
    st.sampled_from(["$ {0}.{1}", "{0}.{1} CAD", "{0}", "({0}.{1})", "-$ {0}", "{0}.{1}"]),
)


@given(st.lists(money, min_size=20, max_size=60))
def test_the_repair_gives_the_numbers_that_were_read(texts: list[str]) -> None:
    table = from_pandas(pd.DataFrame({"amount": texts}))
    profile = profile_table(table, Roles())
    reading = profile.columns[0].number_reading
    meant = dict(zip(profile.columns[0].strings.to_pylist(), reading.number, strict=True))
    for finding in run_check(all_checks()["numbers_as_text"], profile):
        assert isinstance(finding, Finding)
        for fix in finding.fixes:
            after = apply_fix(fix, table)["amount"]
            np.testing.assert_allclose(after.to_numpy(float), [meant[text] for text in texts])


def test_numbers_all_written_alike_say_nothing_of_single_cells(findings_of: Find) -> None:
    alike = pd.DataFrame({"share": [f"{n % 97}%" for n in range(300)]})
    (finding,) = findings_of("numbers_as_text", alike)
    assert finding.wrong_cells == ()
    mixed = pd.DataFrame({"share": [f"{n % 97}%" if n % 3 else f"{n % 97}" for n in range(300)]})
    (finding,) = findings_of("numbers_as_text", mixed)
    assert [from_pandas(mixed).count(where) for _, where in finding.wrong_cells] == [200]
