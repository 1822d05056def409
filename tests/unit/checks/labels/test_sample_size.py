"""low_quantity and class_imbalance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.evidence import Bars
from mlqa_widgets.findings import Finding, Severity

Find = Callable[..., list[Finding]]


def with_classes(**rows: int) -> pd.DataFrame:
    """Make a table with so many rows of each class, and a feature."""
    classes = [name for name, number in rows.items() for _ in range(number)]
    return pd.DataFrame({"x": np.arange(len(classes)) / 7, "answer": classes})


# ---------------------------------------------------------------------------------------------- quantity


def test_a_table_without_rows_is_a_warning(findings_of: Find) -> None:
    (finding,) = findings_of("low_quantity", pd.DataFrame({"a": [], "b": []}))
    assert finding.severity is Severity.WARNING
    assert finding.message == "The table has no rows, only 2 columns."


def test_a_small_table_says_how_uncertain_a_share_is(findings_of: Find) -> None:
    (finding,) = findings_of("low_quantity", pd.DataFrame({"a": range(25)}))
    assert finding.severity is Severity.INFO
    assert finding.rows == 25
    assert "20 % either way" in finding.message


def test_more_features_than_half_the_rows_is_a_warning_with_a_target(findings_of: Find) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 60))).rename(columns={0: "answer"})
    assert findings_of("low_quantity", frame) == []
    (finding,) = findings_of("low_quantity", frame, target="answer")
    assert finding.severity is Severity.WARNING
    assert "80 rows for 59 features" in finding.message


def test_classes_of_a_few_rows_are_named(findings_of: Find) -> None:
    frame = with_classes(yes=100, no=80, perhaps=4, never=2)
    (finding,) = findings_of("low_quantity", frame, target="answer")
    assert finding.severity is Severity.WARNING
    assert finding.rows == 6
    assert "'perhaps' (4) and 'never' (2)" in finding.message
    (bars,) = finding.evidence
    assert isinstance(bars, Bars)
    assert [(bar.label, bar.flagged) for bar in bars.bars] == [
        ("yes", False),
        ("no", False),
        ("perhaps", True),
        ("never", True),
    ]


def test_small_groups_are_found_where_the_user_names_the_group(findings_of: Find) -> None:
    frame = with_classes(north=100, south=60, island=12)
    assert findings_of("low_quantity", frame) == []
    (finding,) = findings_of("low_quantity", frame, group="answer")
    assert finding.rows == 12
    assert "1 of 3 groups by answer has fewer than 30 rows" in finding.message


def test_quantity_stays_silent_on_enough_rows_and_on_numbers_to_predict(findings_of: Find) -> None:
    frame = with_classes(yes=100, no=80)
    assert findings_of("low_quantity", frame) == []
    assert findings_of("low_quantity", frame, target="answer") == []
    assert findings_of("low_quantity", frame, target="x") == []


# ---------------------------------------------------------------------------------------------- balance


def test_the_accuracy_of_always_saying_the_same_is_told(findings_of: Find) -> None:
    (finding,) = findings_of("class_imbalance", with_classes(no=170, yes=30), target="answer")
    assert finding.severity is Severity.INFO
    assert finding.rows == 30
    assert "85 %" in finding.message
    assert "the other 30 rows" in finding.message


def test_a_very_rare_class_is_a_warning(findings_of: Find) -> None:
    (finding,) = findings_of("class_imbalance", with_classes(no=980, yes=20), target="answer")
    assert finding.severity is Severity.WARNING


def test_a_target_with_one_class_is_an_error(findings_of: Find) -> None:
    (finding,) = findings_of("class_imbalance", with_classes(no=200), target="answer")
    assert finding.severity is Severity.ERROR
    assert "nothing to predict" in finding.message


@pytest.mark.parametrize("target", [None, "x", "answer"])
def test_balance_stays_silent_on_even_classes_numbers_and_no_target(findings_of: Find, target: str | None) -> None:
    assert findings_of("class_imbalance", with_classes(no=120, yes=80), target=target) == []


def test_balance_stays_silent_on_counts_and_empty_targets(findings_of: Find) -> None:
    chance = np.random.default_rng(0)
    frame = pd.DataFrame({"claims": np.minimum(chance.poisson(0.2, 500) + chance.integers(0, 9, 500) // 8, 9)})
    frame["claims"] = np.where(np.arange(500) < 430, 0, np.arange(500) % 9)
    assert findings_of("class_imbalance", frame, target="claims") == []
    assert findings_of("class_imbalance", pd.DataFrame({"a": [None, None]}), target="a") == []
    assert findings_of("class_imbalance", pd.DataFrame({"a": []}), target="a") == []


def test_groups_all_of_one_size_are_told_in_one_phrase(findings_of: Find) -> None:
    frame = pd.DataFrame({"x": np.arange(60) / 7, "pair": np.repeat(np.arange(30), 2)})
    (finding,) = findings_of("low_quantity", frame, group="pair")
    assert finding.message == "All 30 groups by pair have fewer than 30 rows: 2 rows each."


def test_of_a_small_table_it_is_not_said_that_its_groups_are_small(findings_of: Find) -> None:
    (finding,) = findings_of("low_quantity", pd.DataFrame({"x": [1.5, 2.5], "pair": ["a", "b"]}), group="pair")
    assert finding.message.startswith("The table has 2 rows")


def test_counts_no_group_of_which_only_some_rows_were_counted(findings_of: Find) -> None:
    frame = pd.DataFrame({"pair": np.repeat(np.arange(300_000), 2)})
    assert findings_of("low_quantity", frame, group="pair") == []


def test_a_table_without_columns_has_no_rows(findings_of: Find) -> None:
    (finding,) = findings_of("low_quantity", pd.DataFrame())
    assert finding.message == "The table has no rows."
