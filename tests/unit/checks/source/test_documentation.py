"""undocumented_columns."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mlqa_widgets.evidence import Examples
from mlqa_widgets.findings import Finding, Severity

Find = Callable[..., list[Finding]]


@pytest.fixture
def table() -> pd.DataFrame:
    """Make a table of four columns."""
    return pd.DataFrame({"height": [1.5, 1.7], "town": ["Lyon", "Nice"], "V1": [0, 1], "Unnamed: 0": [0, 1]})


def test_columns_a_dictionary_leaves_out_are_a_warning(findings_of: Find, table: pd.DataFrame) -> None:
    (finding,) = findings_of("undocumented_columns", table, dictionary={"height": "Body height in m", "V1": ""})
    assert finding.severity is Severity.WARNING
    assert finding.columns == (1, 2, 3)
    assert "does not describe 3 columns: town, V1 and Unnamed: 0" in finding.message
    assert finding.issue == "maintainability.undocumented_data"


def test_without_a_dictionary_the_whole_table_is_one_faint_info(findings_of: Find, table: pd.DataFrame) -> None:
    (finding,) = findings_of("undocumented_columns", table)
    assert finding.severity is Severity.INFO
    assert finding.columns == (0, 1, 2, 3)
    assert finding.confidence <= 0.1


def test_a_dictionary_of_types_alone_promises_no_words(findings_of: Find, table: pd.DataFrame) -> None:
    (finding,) = findings_of("undocumented_columns", table, dictionary={"height": {"type": "number"}})
    assert finding.severity is Severity.INFO
    assert "describes none of the 4 columns in words" in finding.message


def test_names_that_say_nothing_are_told_and_come_first(findings_of: Find, table: pd.DataFrame) -> None:
    (finding,) = findings_of("undocumented_columns", table)
    assert "The names 'V1' and 'Unnamed: 0' say nothing" in finding.message
    (known,) = finding.evidence
    assert isinstance(known, Examples)
    assert [line[0] for line in known.lines] == ["V1", "Unnamed: 0", "height", "town"]


@pytest.mark.parametrize("name", ["x", "V12", "col_3", "Column 4", "0", "feature-7", "Unnamed: 3", "index", ""])
def test_a_name_that_says_nothing(findings_of: Find, name: str) -> None:
    (finding,) = findings_of("undocumented_columns", pd.DataFrame({name: [1, 2]}))
    assert "says nothing" in finding.message


@pytest.mark.parametrize("name", ["id", "lat", "age", "sex", "PM10", "co2", "H2O", "année", "x_position", "no2"])
def test_a_name_that_says_something(findings_of: Find, name: str) -> None:
    (finding,) = findings_of("undocumented_columns", pd.DataFrame({name: [1, 2]}))
    assert "nothing" not in finding.message


def test_stays_silent_when_every_column_is_described(findings_of: Find, table: pd.DataFrame) -> None:
    assert findings_of("undocumented_columns", table, dictionary=dict.fromkeys(table, "described")) == []
    assert findings_of("undocumented_columns", pd.DataFrame()) == []
