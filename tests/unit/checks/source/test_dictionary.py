"""dictionary_conflicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import run_check
from mlqa_widgets.evidence import Bars, Histogram
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from tests.unit.conftest import profile_of

Find = Callable[..., list[Finding]]


def conflicts(findings_of: Find, values: Any, **said: Any) -> list[Finding]:
    """Check one column against what is said of it."""
    return findings_of("dictionary_conflicts", pd.DataFrame({"x": values}), dictionary={"x": said})


def repaired(values: Any, finding: Finding, choice: int = 0) -> list[Any]:
    """Apply a fix of a finding about one column and return the column."""
    table = profile_of(pd.DataFrame({"x": values})).table
    return apply_fix(finding.fixes[choice], table)["x"].tolist()


# ---------------------------------------------------------------------------------------------- type


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("integer", ["1", "-20", "007", "3.0", " 4 "], ["1.5", "1,200", "12 kg", "abc"]),
        ("number", ["1", "-2.5", "1e5", ".5", "NaN", "INF"], ["1,5", "$3", "1.2.3"]),
        ("boolean", ["true", "False", "0", "1"], ["yes", "maybe"]),
        ("date", ["2024-02-29", "1999-12-31"], ["2023-02-29", "2024-1-5", "29/02/2024", "2024-02-29T10:00"]),
        ("datetime", ["2024-02-29T10:00:00Z", "2024-02-29 10:00"], ["2024-02-29", "2024-02-30T10:00:00Z"]),
        ("time", ["10:00:00", "23:59"], ["24:00:00", "10h"]),
        ("year", ["2024", "-0044"], ["24", "20245"]),
        ("yearmonth", ["2024-02"], ["2024-13", "2024"]),
        ("duration", ["P1Y2M", "PT3H", "P1DT12H"], ["3 hours"]),
        ("geopoint", ["7.1, 46.8", "-7,46"], ["46.8 N"]),
        ("object", ['{"a": 1}'], ["[1]", "{a}"]),
        ("array", ["[1]"], ['{"a": 1}']),
        ("string", ["a", "1"], []),
        ("any", ["a", "1"], []),
    ],
)
def test_values_of_another_type(findings_of: Find, kind: str, right: list[str], wrong: list[str]) -> None:
    found = conflicts(findings_of, [*right, *wrong], type=kind)
    assert [(one.rows, one.severity) for one in found] == ([(len(wrong), Severity.ERROR)] if wrong else [])


@pytest.mark.parametrize(
    ("kind", "layout", "right", "wrong"),
    [
        ("date", "%d/%m/%Y", "31/01/2024", "2024-01-31"),
        ("date", "any", "Jan 2024", None),
        ("string", "email", "a@b.org", "a.b.org"),
        ("string", "uri", "https://b.org", "b.org"),
        ("string", "uuid", "123e4567-e89b-12d3-a456-426614174000", "123e4567"),
    ],
)
def test_values_in_another_format(findings_of: Find, kind: str, layout: str, right: str, wrong: str | None) -> None:
    found = conflicts(findings_of, [right, wrong], type=kind, format=layout)
    assert [one.rows for one in found] == ([1] if wrong else [])


@pytest.mark.parametrize(
    ("values", "kind", "rows"),
    [
        ([1, 2, 3], "integer", 0),
        ([1, 2, 3], "number", 0),
        ([1, 2, 3], "string", 3),
        ([1.0, np.nan, 3.5], "integer", 1),
        ([1.0, np.nan, 3.5], "number", 0),
        ([True, False], "boolean", 0),
        ([0, 1, 2], "boolean", 1),
        (pd.to_datetime(["2024-01-01 00:00", "2024-01-02 10:00"]), "date", 1),
        (pd.to_datetime(["2024-01-01 00:00", "2024-01-02 10:00"]), "datetime", 0),
        (pd.to_datetime(["2024-01-01"]), "number", 1),
        ([2020, 2021, 5], "year", 1),
        ([[1], [2]], "array", 0),
        ([[1], [2]], "integer", 2),
    ],
)
def test_columns_stored_as_another_type(findings_of: Find, values: Any, kind: str, rows: int) -> None:
    assert sum(one.rows for one in conflicts(findings_of, values, type=kind)) == rows


def test_numbers_written_otherwise_are_read_by_the_fix(findings_of: Find) -> None:
    values = ["1200", "1,300", "$40"]
    (finding,) = conflicts(findings_of, values, type="number")
    assert finding.rows == 2
    assert repaired(values, finding) == [1200, 1300, 40]


def test_what_the_dictionary_says_of_the_writing_is_followed(findings_of: Find) -> None:
    schema = {"fields": [{"name": "x", "type": "number", "decimalChar": ",", "groupChar": ".", "bareNumber": False}]}
    frame = pd.DataFrame({"x": ["€ 1.200,50", "3,5", "x"]})
    (finding,) = findings_of("dictionary_conflicts", frame, dictionary=schema)
    assert finding.rows == 1


# ---------------------------------------------------------------------------------------------- allowed values


def test_values_that_are_not_allowed(findings_of: Find) -> None:
    values = ["clear"] * 6 + ["cloud", "Cloud ", "clout", "rain"]
    (finding,) = conflicts(findings_of, values, enum=["clear", "cloud", "fog"])
    assert finding.rows == 3
    assert "3 values that the dictionary does not allow" in finding.message
    (bars,) = finding.evidence
    assert isinstance(bars, Bars)
    assert [(bar.label, bar.rows) for bar in bars.bars if not bar.flagged] == [("clear", 6), ("cloud", 1), ("fog", 0)]
    assert repaired(values, finding)[6:] == ["cloud", "cloud", "cloud", "rain"]
    assert pd.isna(repaired(values, finding, 1)[7:]).all()


@pytest.mark.parametrize("values", [[1, 2, 9], [1.0, 2.0, 9.0, np.nan], ["1", "2.0", "9"]])
def test_allowed_numbers_are_compared_as_numbers(findings_of: Find, values: Any) -> None:
    (finding,) = conflicts(findings_of, values, type="integer", enum=[1, 2])
    assert finding.rows == 1


# ---------------------------------------------------------------------------------------------- range


@pytest.mark.parametrize(
    ("values", "said", "rows"),
    [
        ([-1, 0, 5, 10, 11], {"minimum": 0, "maximum": 10}, 2),
        ([-1, 0, 5, 10, 11], {"exclusiveMinimum": 0, "exclusiveMaximum": 10}, 4),
        ([0.5, np.nan, np.inf], {"maximum": 1}, 1),
        (["3", "11", "abc"], {"maximum": 10}, 1),
        (["3", "11", "12"], {"type": "integer", "maximum": "11"}, 1),
        (pd.to_datetime(["2024-01-01", "2025-01-01"]), {"maximum": "2024-06-30"}, 1),
        (["2024-01-01", "2025-01-01"], {"type": "date", "minimum": "2024-06-30"}, 1),
        (["01/02/2024", "01/03/2024"], {"type": "date", "format": "%d/%m/%Y", "maximum": "01/02/2024"}, 1),
        (["09:30", "17:30"], {"type": "time", "maximum": "17:00"}, 1),
        (["1999", "2001"], {"type": "year", "minimum": "2000"}, 1),
        ([5, 6], {"minimum": 0, "maximum": 10}, 0),
    ],
)
def test_values_outside_the_range(findings_of: Find, values: Any, said: dict[str, Any], rows: int) -> None:
    assert sum(one.rows for one in conflicts(findings_of, values, **said)) == rows


@pytest.mark.parametrize("dtype", ["int64", "float64", "Int64", "str"])
def test_cells_outside_the_range_are_emptied(findings_of: Find, dtype: str) -> None:
    values = pd.Series([-5, 0, 7, 300]).astype(pd.api.types.pandas_dtype(dtype))
    (finding,) = conflicts(findings_of, values, minimum=0, maximum=100)
    assert "0 to 100; -5 to 300" in finding.message
    if dtype != "str":
        (drawn,) = finding.evidence
        assert isinstance(drawn, Histogram)
        assert [position for position, _ in drawn.marks] == [0, 100]
    assert pd.isna(repaired(values, finding)).tolist() == [True, False, False, True]


# ---------------------------------------------------------------------------------------------- the rest


def test_values_of_another_form(findings_of: Find) -> None:
    values = ["AB1", "AB2", "ab3", " AB4"]
    (finding,) = conflicts(findings_of, values, pattern="[A-Z]+[0-9]")
    assert finding.rows == 2
    assert repaired(values, finding) == ["AB1", "AB2", "AB3", "AB4"]


def test_a_pattern_holds_for_the_whole_value(findings_of: Find) -> None:
    (finding,) = conflicts(findings_of, ["a", "ba", "b", "ab"], pattern="a|b")
    assert finding.rows == 2


def test_values_of_another_length(findings_of: Find) -> None:
    (finding,) = conflicts(findings_of, ["a", "abc", "abcdé"], minLength=2, maxLength=4)
    assert finding.rows == 2


def test_missing_where_required(findings_of: Find) -> None:
    values = ["a", None, "b", ""]
    (finding,) = conflicts(findings_of, values, required=True)
    assert finding.rows == 2
    assert repaired(values, finding) == ["a", "b"]


def test_repeated_where_unique(findings_of: Find) -> None:
    values = [1.0, 2.0, 2.0, np.nan, np.nan]
    (finding,) = conflicts(findings_of, values, unique=True)
    assert finding.rows == 2
    assert repaired(values, finding)[:2] == [1, 2]
    assert len(repaired(values, finding)) == 4


def test_a_declared_key_is_left_to_the_check_of_keys(findings_of: Find) -> None:
    schema = {"fields": [{"name": "x", "constraints": {"unique": True}}], "primaryKey": "x"}
    assert findings_of("dictionary_conflicts", pd.DataFrame({"x": [1, 1]}), dictionary=schema) == []


def test_another_unit_than_declared(findings_of: Find) -> None:
    values = ["10 kg", "12 kg", "22.0462262185 lb"] * 5
    (finding,) = conflicts(findings_of, values, unit="kg")
    assert finding.rows == 5
    assert "written in lb, not in kg" in finding.message
    np.testing.assert_allclose(repaired(values, finding)[:3], [10, 12, 10])


@pytest.mark.parametrize(("name", "unit", "silent"), [("h_cm", "m", False), ("h_cm", "cm", True), ("h_cm", "kg", True)])
def test_another_unit_than_the_name_says(findings_of: Find, name: str, unit: str, silent: bool) -> None:
    found = findings_of("dictionary_conflicts", pd.DataFrame({name: [1, 2]}), dictionary={name: {"unit": unit}})
    assert [one.severity for one in found] == ([] if silent else [Severity.WARNING])


def test_columns_of_one_side_only(findings_of: Find) -> None:
    schema = {"fields": [{"name": "a"}, {"name": "speed", "type": "number"}]}
    frame = pd.DataFrame({"a": [1], "Speed": [2], "b": [3]})
    lacking, more = findings_of("dictionary_conflicts", frame, dictionary=schema)
    assert "lacks 1 column of the dictionary: speed" in lacking.message
    assert "'Speed'" in lacking.evidence[0].lines[0][-1]
    assert more.columns == (1, 2)
    assert apply_fix(more.fixes[0], profile_of(frame).table).columns.tolist() == ["a"]
    for match, left in [("subset", 1), ("superset", 1), ("partial", 0), (["equal"], 2)]:
        assert len(findings_of("dictionary_conflicts", frame, dictionary={**schema, "fieldsMatch": match})) == left


def test_values_declared_missing_break_nothing_but_what_must_be_there(findings_of: Find) -> None:
    field = {"name": "x", "type": "integer", "constraints": {"minimum": 0, "required": True}}
    schema = {"fields": [field], "missingValues": ["-99", "n/a"]}
    for values in (["1", "-99", "n/a"], [1, 2, -99, -99]):
        (finding,) = findings_of("dictionary_conflicts", pd.DataFrame({"x": values}), dictionary=schema)
        assert (finding.rows, "must not be missing" in finding.message) == (2, True)


def test_a_value_of_another_type_is_told_once(findings_of: Find) -> None:
    found = conflicts(findings_of, ["5", "abc"], type="integer", minimum=0, pattern="[0-9]+", enum=[5])
    assert [one.rows for one in found] == [1]


def test_a_rule_that_cannot_be_read_is_told(findings_of: Find) -> None:
    schema = {"fields": [{"name": "x", "constraints": {"pattern": "(?=a)", "minimum": "low"}}]}
    found = findings_of("dictionary_conflicts", pd.DataFrame({"x": [1, 2]}), dictionary=schema)
    assert [(one.rows, "cannot be read" in one.message) for one in found] == [(0, True), (0, True)]


def test_stays_silent_without_a_dictionary_and_on_descriptions(findings_of: Find) -> None:
    frame = pd.DataFrame({"x": ["a", None]})
    assert findings_of("dictionary_conflicts", frame) == []
    assert findings_of("dictionary_conflicts", frame, dictionary={"x": "what it is"}) == []


def test_odd_labels_are_repaired_by_their_place(findings_of: Find) -> None:
    frame = pd.DataFrame([[1, 500], [2, 7]], columns=["x", "x"], index=["r", "r"])
    table = profile_of(frame).table
    name = table.columns[1].name
    (finding,) = findings_of("dictionary_conflicts", frame, dictionary={name: {"maximum": 100}})
    assert apply_fix(finding.fixes[0], table).isna().to_numpy().tolist() == [[False, True], [False, False]]


def test_all_values_of_a_large_column_are_held_against_the_rule(findings_of: Find) -> None:
    numbers = np.arange(300_000)
    frame = pd.DataFrame({"n": numbers, "code": pd.Series(numbers).map("C{:06d}".format)})
    frame.loc[[5, 299_999], "code"] = ["c000005", "X"]
    said = {"n": {"maximum": 299_990}, "code": {"pattern": "C[0-9]{6}", "unique": True}}
    found = findings_of("dictionary_conflicts", frame, dictionary=said)
    assert [one.rows for one in found] == [9, 2]


_CELLS = st.one_of(st.none(), st.text(max_size=5), st.integers(-5, 5), st.floats(allow_nan=True), st.booleans())


@given(
    cells=st.lists(_CELLS, max_size=8),
    kind=st.sampled_from(["integer", "number", "date", "datetime", "time", "year", "boolean", "string", "object", ""]),
    low=st.one_of(st.none(), st.integers(-3, 3), st.text(max_size=3)),
    allowed=st.lists(st.one_of(st.text(max_size=3), st.integers(-3, 3)), max_size=3),
)
def test_any_column_can_be_held_against_any_declaration(cells: Any, kind: str, low: Any, allowed: Any) -> None:
    profile = profile_of(
        pd.DataFrame({"x": pd.Series(cells, dtype=object)}),
        dictionary={
            "x": {"type": kind, "minimum": low, "enum": allowed, "required": True, "unique": True, "unit": "kg"}
        },
    )
    for one in run_check(all_checks()["dictionary_conflicts"], profile):
        assert isinstance(one, Finding), one
        assert profile.table.count(one.predicate) == one.rows
        for fix in one.fixes:
            apply_fix(fix, profile.table)


def test_days_outside_a_declared_range_are_told_without_midnight(findings_of: Find) -> None:
    frame = pd.DataFrame({"seen": pd.date_range("2020-01-01", periods=50)})
    (finding,) = findings_of("dictionary_conflicts", frame, dictionary={"seen": {"minimum": "2020-02-01"}})
    assert "2020-01-01 to 2020-01-31) in 31 rows" in finding.message
