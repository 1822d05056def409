"""conflicting_labels: the same features with different answers."""

from __future__ import annotations

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
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.conftest import profile_of

Find = Callable[..., list[Finding]]


@pytest.fixture
def patients() -> pd.DataFrame:
    """Make 400 patients; rows 100 to 104 repeat rows 0 to 4, three of them with the other answer."""
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "age": draw.integers(18, 90, 400),
            "dose": draw.integers(0, 500, 400) / 10,
            "ward": draw.choice(list("ABCD"), 400),
            "ill": draw.choice(["yes", "no"], 400),
        }
    )
    frame.iloc[100:105] = frame.iloc[0:5].to_numpy()
    frame.loc[100:102, "ill"] = frame.loc[0:2, "ill"].map({"yes": "no", "no": "yes"}).to_numpy()
    return frame


def test_finds_both_sides_of_each_conflict(findings_of: Find, patients: pd.DataFrame) -> None:
    (finding,) = findings_of("conflicting_labels", patients, target="ill")
    assert finding.severity is Severity.WARNING
    assert from_pandas(patients).positions(finding.predicate).tolist() == [0, 1, 2, 100, 101, 102]
    assert "alike in all 3 features: 3 of them no model can get right" in finding.message
    bars = finding.evidence[0]
    assert isinstance(bars, Bars)
    assert [(bar.label, bar.rows, bar.note) for bar in bars.bars] == [("'no' and 'yes'", 6, "3 different rows")]


def test_an_identifier_tells_no_rows_apart(findings_of: Find, patients: pd.DataFrame) -> None:
    numbered = patients.assign(patient_id=[f"P-{i:05d}" for i in range(400)])
    assert len(findings_of("conflicting_labels", numbered, target="ill")) == 1
    keyed = patients.assign(number=np.arange(400) * 0.5)
    assert findings_of("conflicting_labels", keyed, target="ill") == []
    assert len(findings_of("conflicting_labels", keyed, target="ill", key="number")) == 1


def test_features_of_few_values_are_an_info(findings_of: Find) -> None:
    draw = np.random.default_rng(1)
    coarse = pd.DataFrame({"sex": draw.choice(["f", "m"], 300), "class": draw.integers(1, 4, 300)})
    (finding,) = findings_of("conflicting_labels", coarse.assign(died=draw.choice([0, 1], 300)), target="died")
    assert finding.severity is Severity.INFO
    assert "few values" in finding.why


def test_fixes_mark_or_leave_out_these_rows_and_no_other(findings_of: Find, patients: pd.DataFrame) -> None:
    odd = patients.set_axis(["a", "b", "a", "ill"], axis=1).set_index(pd.Index([f"r{i}" for i in range(400)]))
    odd.loc["r7", "ill"] = None
    (finding,) = findings_of("conflicting_labels", odd, target="ill")
    marked, left = (apply_fix(fix, from_pandas(odd)) for fix in finding.fixes)
    assert marked.index[marked["label_contested"]].tolist() == ["r0", "r1", "r2", "r100", "r101", "r102"]
    assert len(left) == 394
    assert "r7" in left.index


def test_stays_silent_without_conflict_target_or_classes(findings_of: Find, patients: pd.DataFrame) -> None:
    agreed = patients.drop(index=[100, 101, 102])
    assert findings_of("conflicting_labels", agreed, target="ill") == []
    assert findings_of("conflicting_labels", patients) == []
    assert findings_of("conflicting_labels", patients.assign(ill=np.arange(400) / 7), target="ill") == []
    assert findings_of("conflicting_labels", patients[["age", "ill"]], target="ill") == []
    assert findings_of("conflicting_labels", patients.head(0), target="ill") == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([1, None]), st.sampled_from("xyz")), min_size=2))
def test_finds_what_grouping_finds(rows: list[tuple[str, int | None, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["p", "q", "y"])
    classes = frame.groupby(["p", "q"], dropna=False)["y"].transform("nunique")
    profile = profile_of(frame, target="y")
    expected = [] if frame["y"].nunique() < 2 else np.flatnonzero(classes > 1).tolist()
    found = [profile.table.positions(f.predicate).tolist() for f in _run(profile)]
    assert found == ([expected] if expected else []) or not frame["q"].notna().any()


def _run(profile: object) -> list[Finding]:
    found = list(run_check(all_checks()["conflicting_labels"], profile))  # type: ignore[arg-type]
    assert all(isinstance(one, Finding) for one in found), found
    return found  # type: ignore[return-value]
