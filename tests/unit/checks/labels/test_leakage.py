"""leakage: features that give the target away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]


@pytest.fixture
def claims() -> pd.DataFrame:
    """Make 600 claims, a fifth of them paid; size tells something of it."""
    draw = np.random.default_rng(3)
    paid = draw.random(600) < 0.2
    return pd.DataFrame(
        {
            "size": draw.normal(10, 3, 600) + 2 * paid,
            "region": draw.choice(["north", "south", "west"], 600),
            "paid": np.where(paid, "yes", "no"),
        }
    )


def loud(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.WARNING]


def test_a_copy_of_the_target_gives_it_away(findings_of: Find, claims: pd.DataFrame) -> None:
    copied = claims.assign(closed_as=claims["paid"].map({"yes": "S", "no": "R"}))
    copied.loc[[3, 60], "closed_as"] = "S"
    (finding,) = findings_of("leakage", copied, target="paid")
    assert finding.severity is Severity.WARNING
    assert finding.columns == (3, 2)
    assert finding.message.startswith("closed_as alone gives paid away: balanced accuracy 0.99")
    assert finding.wrong_cells == ()
    assert "closed_as" not in apply_fix(finding.fixes[0], from_pandas(copied)).columns


def test_many_categories_are_scored_on_rows_not_used_for_fitting(findings_of: Find, claims: pd.DataFrame) -> None:
    draw = np.random.default_rng(0)
    noise = claims.assign(street=[f"street {i}" for i in draw.integers(0, 200, 600)])
    assert findings_of("leakage", noise, target="paid") == []
    told = claims.assign(file=claims["paid"] + " " + pd.Series(draw.integers(0, 40, 600)).astype(str))
    (finding,) = findings_of("leakage", told, target="paid")
    assert "file alone gives paid away" in finding.message


def test_what_is_filled_in_only_for_one_outcome_is_known_after_it(findings_of: Find, claims: pd.DataFrame) -> None:
    paid = claims["paid"] == "yes"
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(600) % 90, unit="D")
    after = claims.assign(paid_on=pd.Series(days).where(paid), amount=claims["size"].where(paid))
    (finding,) = findings_of("leakage", after, target="paid")
    assert finding.message == (
        "paid_on and amount are filled in where paid is 'yes' and missing otherwise, in 100 % of the rows: "
        "known only after the outcome."
    )
    assert apply_fix(finding.fixes[0], from_pandas(after)).columns.tolist() == ["size", "region", "paid"]


def test_parts_of_a_sum_give_it_away_together(findings_of: Find) -> None:
    draw = np.random.default_rng(1)
    rides = pd.DataFrame({"casual": draw.poisson(30, 500), "registered": draw.poisson(90, 500)})
    rides["hour"] = np.arange(500) % 24
    rides["all"] = rides["casual"] + rides["registered"]
    finding = loud(findings_of("leakage", rides, target="all"))[0]
    assert finding.message == (
        "casual and registered together give all away: casual + registered = all in 100 % of the rows."
    )
    assert apply_fix(finding.fixes[0], from_pandas(rides)).columns.tolist() == ["hour", "all"]


def test_a_rising_function_of_a_quantity_gives_it_away(findings_of: Find) -> None:
    wage = pd.Series(np.random.default_rng(2).gamma(2, 9, 90) + 1)
    frame = pd.DataFrame({"wage": wage, "log wage": np.log(wage), "age": np.arange(90) % 40})
    (finding,) = findings_of("leakage", frame, target="wage")
    assert "log wage alone gives wage away: R2 1.000" in finding.message


def test_a_strong_feature_is_an_info_with_its_score(findings_of: Find) -> None:
    iris = load_iris(as_frame=True).frame
    (finding,) = findings_of("leakage", iris, target="target")
    assert finding.severity is Severity.INFO
    assert finding.message.startswith("petal width (cm) (0.9")


def test_stays_silent_without_a_target_and_on_features_that_tell_little(
    findings_of: Find, claims: pd.DataFrame
) -> None:
    assert findings_of("leakage", claims) == []
    assert findings_of("leakage", claims, target="paid") == []
    keyed = claims.assign(number=np.where(claims["paid"] == "yes", 1000, 0) + np.arange(600))
    assert findings_of("leakage", keyed, target="paid", key="number") == []


def test_odd_tables_pass(findings_of: Find, claims: pd.DataFrame) -> None:
    assert findings_of("leakage", claims.head(0), target="paid") == []
    assert findings_of("leakage", claims.head(30), target="paid") == []
    odd = claims.assign(
        cells=pd.Series([[i] for i in range(600)], dtype=object),
        none=None,
        endless=np.where(np.arange(600) % 2, np.inf, 2.0**70),
    )
    assert findings_of("leakage", odd, target="paid") == []
    assert findings_of("leakage", claims.assign(free=[f"text {i}" for i in range(600)]), target="free") == []
    rare = claims.assign(paid=["yes"] * 597 + ["no"] * 3)
    assert findings_of("leakage", rare, target="paid") == []


def test_features_that_give_the_target_away_are_one_finding(findings_of: Find) -> None:
    draw = np.random.default_rng(0)
    pay = draw.normal(100, 15, 400).round(2)
    frame = pd.DataFrame({"pay": pay, "log_pay": np.log(pay), "in_cents": pay * 100 + draw.integers(0, 3, 400)})
    (finding,) = findings_of("leakage", frame.assign(age=draw.integers(20, 60, 400)), target="pay")
    assert finding.columns == (1, 2, 0)
    assert finding.message == (
        "log_pay and in_cents each give pay away alone: R2 at least 1.000 on rows not used for fitting."
    )


def test_what_merely_follows_the_same_trend_gives_nothing_away(findings_of: Find) -> None:
    draw = np.random.default_rng(0)
    prices, wages = (100 + np.cumsum(draw.random(300)) for _ in range(2))
    frame = pd.DataFrame({"wages": wages, "prices": prices, "log_wages": np.log(wages), "month": range(300)})
    away, strong = findings_of("leakage", frame, target="wages")
    assert away.columns == (2, 0)
    assert strong.severity is Severity.INFO
    assert set(strong.columns) >= {1, 0}
