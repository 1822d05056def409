"""The schema passes on the repaired table, and fails on each defect it expresses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandera.errors import SchemaErrors

import mlqa_widgets as mq
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.fixes.pandera import pandera_schema
from mlqa_widgets.fixes.plan import Plan, Step
from mlqa_widgets.tables.frames import from_pandas
from mlqa_widgets.tables.table import Predicate


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def visits():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "visit": range(400),
            "street": rng.choice(["Main Street", "Elm Road", "Oak Lane", "N/A"], 400),
            "weight": [f"{w:.1f} kg" for w in rng.normal(70, 9, 400)],
            'cli"nic': "north",
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 400), "D"),
        }
    )
    return pd.concat([frame, frame.iloc[[3, 7]]])


def _schema(code: str):
    namespace: dict[str, object] = {}
    exec(compile(code, "<schema>", "exec"), namespace)  # noqa: S102 - the schema is code to run
    return namespace["schema"]


def test_the_repaired_table_passes(visits):
    scan = mq.scan(visits, name="visits")
    choices = [i for i in scan.findings.index if scan.finding(i).fixes]
    exported = scan.to_pandera(choices)
    _schema(exported.code).validate(scan.plan(choices).apply(), lazy=True)


def test_each_expressed_defect_fails_alone(visits):
    scan = mq.scan(visits, name="visits")
    choices = [i for i in scan.findings.index if scan.finding(i).fixes]
    assert len(choices) >= 4
    expressed = 0
    for left in choices:
        exported = scan.to_pandera(choices)
        if scan.finding(left).message in exported.left_out:
            continue
        expressed += 1
        others = scan.plan([i for i in choices if i != left]).apply()
        with pytest.raises(SchemaErrors):
            _schema(exported.code).validate(others, lazy=True)
    assert expressed >= 4


def test_what_a_schema_cannot_say_is_listed_with_the_reason():
    rng = np.random.default_rng(0)
    score = rng.choice([50.0, 30.0, 42.0, -999.0], 400)
    twins = pd.DataFrame({"a": score, "b": score[::-1]}).set_axis(["a", "a"], axis=1)
    exported = mq.scan(twins, name="twins", checks=["placeholders"]).to_pandera()
    assert set(exported.left_out.values()) == {"another column has the same name"}
    for message in exported.left_out:
        assert f"# Not expressed: {message}" in repr(exported)


def test_a_finding_without_a_fix_and_a_fix_that_was_refused_are_listed(visits):
    scan = mq.scan(visits, name="visits")
    (clinic,) = scan.findings.index[scan.findings["check"] == "constant_column"]
    refused = scan.to_pandera([clinic, clinic]).left_out
    assert "its fix was left out" in next(iter(refused.values()))
    few = mq.scan(visits.head(12), name="few", target="street")
    unfixed = {f.message for f in few.result.findings if not f.fixes and f.severity is not Severity.INFO}
    assert unfixed
    assert {few.to_pandera().left_out[message] for message in unfixed} == {
        "it has no automatic fix, so no repaired table is known to pass"
    }


def test_a_repair_that_no_value_or_type_betrays_is_run_to_see_whether_anything_is_left_to_do():
    rng = np.random.default_rng(0)
    names = [f"{'abcdefgh'[i % 8]}{i:03} {'xyz'[i % 3]}{' ' * (i % 3 == 0)}" for i in range(300)]
    frame = pd.DataFrame({"label": names, "amount": rng.normal(5, 1, 300).round(2)})
    fix = Fix("Take the blanks out", 'df["label"] = df["label"].str.strip()', changes=(0,))
    table = from_pandas(frame)
    finding = Finding((0,), Severity.WARNING, 100, "label has blanks at its end.", Predicate("c0 LIKE '% '"))
    exported = pandera_schema(Plan([Step(finding, fix)], table))
    assert "nothing_left_for(repair_1, ['label'])" in exported.code
    schema = _schema(exported.code)
    schema.validate(frame.assign(label=frame["label"].str.strip()))
    with pytest.raises(SchemaErrors) as caught:
        schema.validate(frame, lazy=True)
    assert caught.value.failure_cases["index"].nunique() == 100


def test_a_repair_that_would_change_its_own_result_is_not_expressed():
    frame = pd.DataFrame({"grams": np.arange(2.0, 602.0, 2)})
    fix = Fix("Halve them", 'df["grams"] = df["grams"] / 2', changes=(0,))
    finding = Finding((0,), Severity.WARNING, 300, "grams is in grams.", Predicate("true"))
    exported = pandera_schema(Plan([Step(finding, fix)], from_pandas(frame)))
    assert list(exported.left_out) == ["grams is in grams."]
    assert "change its own result again" in exported.left_out["grams is in grams."]


def test_a_column_that_an_earlier_repair_turned_into_numbers_can_be_repaired_again():
    rng = np.random.default_rng(0)
    share = [f"{n}%" if n % 7 else "empty" for n in rng.integers(0, 100, 400)]
    frame = pd.DataFrame({"share": share, "amount": rng.normal(5, 1, 400).round(2)})
    scan = mq.scan(frame, name="shares")
    choices = [i for i in scan.findings.index if scan.finding(i).fixes]
    _schema(scan.to_pandera(choices).code).validate(scan.plan(choices).apply(), lazy=True)
