"""For every check that offers fixes: the schema passes on each repaired table and fails on the planted defect."""

from __future__ import annotations

import inspect
import sys

import numpy as np
import pytest
from pandera.errors import SchemaErrors

import mlqa_widgets as mq
from mlqa_widgets.checks.registry import chosen_checks
from tests.unit.fixes.planted import PLANTED

# Of dates that it cannot parse, pandera itself says that it guesses.
pytestmark = pytest.mark.filterwarnings("ignore:Parsing dates in:UserWarning")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def _schema(code: str):
    namespace: dict[str, object] = {}
    exec(compile(code, "<schema>", "exec"), namespace)  # noqa: S102 - the schema is code to run
    return namespace["schema"]


@pytest.mark.parametrize("check", PLANTED)
def test_every_fix_of_a_planted_defect_is_expressed(check):
    planted = PLANTED[check](np.random.default_rng(0))
    scan = mq.scan(planted.frame, name="planted", checks=[check], **planted.roles)
    choices = [(i, k) for i in scan.findings.index for k in range(len(scan.finding(i).fixes))]
    assert choices, f"the planted defect was not found, or has no fix: {scan!r}"
    for choice in choices:
        exported = scan.to_pandera([choice])
        assert exported.left_out == {}
        schema = _schema(exported.code)
        schema.validate(scan.plan([choice]).apply(), lazy=True)
        with pytest.raises(SchemaErrors):
            schema.validate(planted.frame, lazy=True)


_OFFERS_NONE = {"capped_values", "cadence_changes"}
"""Checks that stand in a module with others that offer fixes."""


def test_no_check_with_a_fix_goes_without_a_planted_defect():
    offering = {
        check.id for check in chosen_checks(None) if "Fix(" in inspect.getsource(sys.modules[check.run.__module__])
    }
    assert offering - set(PLANTED) <= _OFFERS_NONE, "plant a defect in tests/unit/fixes/planted.py"
