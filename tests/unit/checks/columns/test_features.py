"""constant_column, nearly_constant_column, id_like_column, high_cardinality."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.checks.columns.features import constant_column
from mlqa_widgets.evidence import Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.profile.value_counts import ValueCounts
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

ROWS = 400
COUNT = np.arange(ROWS)


def measured(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(50, 9, ROWS).round(2)


# ---------------------------------------------------------------------------------------------- constant


def test_several_constant_columns_are_one_finding(findings_of: Find) -> None:
    frame = pd.DataFrame({"country": "FR", "height": measured(), "unit": "cm"}, index=COUNT)
    (finding,) = findings_of("constant_column", frame)
    assert finding.columns == (0, 2)
    assert finding.severity is Severity.WARNING
    assert finding.rows == ROWS
    assert isinstance(finding.evidence[0], Examples)
    assert apply_fix(finding.fixes[0], from_pandas(frame)).columns.tolist() == ["height"]


def test_one_constant_column_is_named_with_its_value(findings_of: Find) -> None:
    (finding,) = findings_of("constant_column", pd.DataFrame({"unit": "cm", "height": measured()}))
    assert finding.message == "unit is 'cm' in every row."


def test_empty_columns_are_told_apart_from_constant_ones(findings_of: Find) -> None:
    frame = pd.DataFrame({"remark": None, "unit": "cm", "blank": "  ", "height": measured()})
    empty, constant = findings_of("constant_column", frame)
    assert empty.columns == (0, 2)
    assert "no value" in empty.message
    assert constant.columns == (1,)


def test_a_year_that_says_what_the_table_is_an_extract_of_is_an_info(findings_of: Find) -> None:
    (finding,) = findings_of("constant_column", pd.DataFrame({"year": 2013, "height": measured()}))
    assert finding.severity is Severity.INFO


def test_one_value_or_missing_is_an_info_and_can_become_yes_and_no(findings_of: Find) -> None:
    frame = pd.DataFrame({"refund": pd.Series("Y", index=COUNT).where(COUNT % 4 == 0), "height": measured()})
    (finding,) = findings_of("constant_column", frame)
    assert finding.severity is Severity.INFO
    assert finding.rows == ROWS / 4
    fixed = apply_fix(finding.fixes[0], from_pandas(frame))
    assert fixed["refund"].tolist() == (COUNT % 4 == 0).tolist()


def test_columns_whose_labels_repeat_can_be_dropped(findings_of: Find) -> None:
    frame = pd.DataFrame({"a": 1, "b": measured(), "c": 2})
    frame.columns = pd.Index(["x", "x", 7])
    (finding,) = findings_of("constant_column", frame)
    fixed = apply_fix(finding.fixes[0], from_pandas(frame))
    assert fixed.columns.tolist() == ["x"]
    assert fixed.iloc[:, 0].tolist() == frame.iloc[:, 1].tolist()


def test_a_column_that_could_not_be_read_is_not_called_empty() -> None:
    table = from_pandas(pd.DataFrame({"a": COUNT, "b": COUNT * 2}))
    read = profile_table(table).columns[0]
    unread = ColumnProfile(table, table.columns[1], ValueCounts.nothing(), unread="broken")
    assert list(constant_column(Profile(table, (read, unread), Roles()))) == []


def test_constant_stays_silent_on_the_target_and_on_tables_of_a_few_rows(findings_of: Find) -> None:
    frame = pd.DataFrame({"unit": "cm", "height": measured()})
    assert findings_of("constant_column", frame, target="unit") == []
    assert findings_of("constant_column", frame.head(2)) == []
    assert findings_of("constant_column", frame.head(0)) == []


# ---------------------------------------------------------------------------------------------- nearly constant


def test_a_column_with_one_value_but_for_two_rows(findings_of: Find) -> None:
    frame = pd.DataFrame({"unit": np.where(COUNT < 2, "inch", "cm"), "height": measured()})
    (finding,) = findings_of("nearly_constant_column", frame)
    assert finding.severity is Severity.INFO
    assert finding.rows == 2
    assert "'cm' in 99.5 %" in finding.message
    (bars,) = finding.evidence
    assert isinstance(bars, Bars)
    assert [(bar.label, bar.rows) for bar in bars.bars] == [("inch", 2)]


def test_several_of_them_are_one_finding_over_all_rows_that_differ(findings_of: Find) -> None:
    frame = pd.DataFrame({"a": (COUNT == 3) * 5, "b": (COUNT == 9) * 2.5, "height": measured()})
    (finding,) = findings_of("nearly_constant_column", frame)
    assert finding.columns == (0, 1)
    assert finding.rows == 2


def test_nearly_constant_stays_silent_on_rare_events(findings_of: Find) -> None:
    many = np.arange(20_000)
    frame = pd.DataFrame({"fraud": many % 300 == 0, "zero mostly": np.where(many % 50 == 0, many, 0)})
    assert findings_of("nearly_constant_column", frame) == []


def test_nearly_constant_stays_silent_on_target_key_and_small_tables(findings_of: Find) -> None:
    frame = pd.DataFrame({"a": (COUNT == 3) * 5, "height": measured()})
    assert findings_of("nearly_constant_column", frame, target="a") == []
    assert findings_of("nearly_constant_column", frame, key="a") == []
    assert findings_of("nearly_constant_column", frame.head(100)) == []


# ---------------------------------------------------------------------------------------------- identifiers


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([f"{n:04d}-{n * 7919 % 9973:04x}" for n in COUNT], id="tokens"),
        pytest.param([str(uuid.UUID(int=int(n) * 2**64 + 5)) for n in COUNT], id="uuid"),
        pytest.param((COUNT + 1).tolist(), id="row numbers"),
    ],
)
def test_what_names_the_row_is_no_feature(findings_of: Find, values: list[object]) -> None:
    frame = pd.DataFrame({"record_id": values, "height": measured()})
    (finding,) = findings_of("id_like_column", frame)
    assert finding.columns == (0,)
    assert finding.severity is Severity.INFO
    assert finding.rows == 0
    assert apply_fix(finding.fixes[0], from_pandas(frame)).columns.tolist() == ["height"]


def test_copies_of_whole_rows_do_not_hide_an_identifier(findings_of: Find) -> None:
    frame = pd.DataFrame({"hash": [f"{n * 7919:x}{n:03d}" for n in COUNT], "height": measured()})
    frame = pd.concat([frame, frame.head(40)], ignore_index=True)
    (finding,) = findings_of("id_like_column", frame)
    assert finding.columns == (0,)
    assert "nearly" not in finding.message


def test_id_like_stays_silent_on_measurements_that_happen_to_be_unique(findings_of: Find) -> None:
    chance = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "weight": chance.normal(0, 1, ROWS),
            "income": chance.permutation(ROWS * 400)[:ROWS] + 12_000,
            "seen": pd.date_range("2024-01-01", periods=ROWS),
        }
    )
    assert findings_of("id_like_column", frame) == []


def test_id_like_stays_silent_on_columns_with_a_role(findings_of: Find) -> None:
    frame = pd.DataFrame({"record_id": COUNT, "height": measured()})
    assert findings_of("id_like_column", frame, key="record_id") == []
    assert findings_of("id_like_column", frame.head(10)) == []


# ---------------------------------------------------------------------------------------------- levels


@pytest.fixture
def shops() -> pd.DataFrame:
    """Make a category of two large levels and a hundred of three rows each."""
    small = [f"shop {letter}{other}" for letter in "abcdefghij" for other in "klmnopqrst"]
    return pd.DataFrame({"shop": ["north"] * 500 + ["south"] * 400 + small * 3 + [None] * 5})


def test_most_levels_with_a_handful_of_rows(findings_of: Find, shops: pd.DataFrame) -> None:
    (finding,) = findings_of("high_cardinality", shops)
    assert finding.severity is Severity.INFO
    assert finding.rows == 300
    assert "102 levels; 100 of them" in finding.message


def test_rare_levels_can_be_put_together_and_missing_stays_missing(findings_of: Find, shops: pd.DataFrame) -> None:
    for frame in (shops, shops.astype({"shop": "category"}), shops.astype({"shop": object})):
        (finding,) = findings_of("high_cardinality", frame)
        fixed = apply_fix(finding.fixes[0], from_pandas(frame))
        assert fixed["shop"].value_counts().to_dict() == {"north": 500, "south": 400, "other": 300}
        assert fixed["shop"].isna().sum() == 5


def test_the_word_for_the_rest_is_none_of_the_levels(findings_of: Find, shops: pd.DataFrame) -> None:
    frame = shops.replace("north", "other")
    (finding,) = findings_of("high_cardinality", frame)
    fixed = apply_fix(finding.fixes[0], from_pandas(frame))
    assert fixed["shop"].value_counts().to_dict() == {"other": 500, "south": 400, "all others": 300}


def test_cardinality_stays_silent_on_what_is_no_category(findings_of: Find) -> None:
    chance = np.random.default_rng(2)
    words = [f"{a}{b}" for a in ("la", "mi", "so", "do", "re") for b in ("ka", "no", "tu", "vi")]
    frame = pd.DataFrame(
        {
            "record_id": [f"R{n:05d}" for n in COUNT],
            "remark": [" ".join(chance.choice(words, 9)) for _ in COUNT],
            "height": measured(),
            "name": [" ".join(chance.choice(words, 2)) for _ in COUNT],
        }
    )
    assert findings_of("high_cardinality", frame) == []


def test_cardinality_stays_silent_where_rare_levels_hold_few_rows(findings_of: Find) -> None:
    rare = [f"typo {a}{b}" for a in "abcdefgh" for b in "ijklmnop"]
    frame = pd.DataFrame({"town": ["Lyon"] * 2000 + ["Nice"] * 2000 + rare})
    assert findings_of("high_cardinality", frame) == []
