"""The schema passes on the repaired table, and fails on each defect it expresses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandera.errors import SchemaErrors

import mlqa_widgets as mq


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


def test_what_a_schema_cannot_say_is_listed():
    frame = pd.DataFrame({"ibu": [50.0, 30.0, -999.0] * 80, "n": range(240)})
    frame["n"] = frame["n"].mask(frame["n"] == 5, 6)
    scan = mq.scan(frame, name="beers")
    exported = scan.to_pandera()
    said = {step.finding.message for step in scan.plan().steps}
    assert set(exported.left_out) <= said
    for message, why in exported.left_out.items():
        assert why
        assert f"# Not expressed: {message}" in repr(exported)
