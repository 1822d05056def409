"""Every test works in a folder of its own, where decisions are kept."""

from __future__ import annotations

import pandas as pd
import pytest

import mlqa_widgets as mq
from tests.unit.link.people import copied, register


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def registers() -> tuple[pd.DataFrame, pd.DataFrame, set[tuple[int, int]]]:
    left = register(150)
    right, truth = copied(left, 0.15)
    return left, right, truth


@pytest.fixture
def linkage(registers):
    left, right, _ = registers
    return mq.link(left, right, names=("ours", "theirs"), name="registers", reviewer="ann")


@pytest.fixture(scope="module")
def untouched(registers, tmp_path_factory):
    """Return a linkage for tests that decide nothing."""
    left, right, _ = registers
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("untouched"))
        return mq.link(left, right, names=("ours", "theirs"), reviewer="ann")
