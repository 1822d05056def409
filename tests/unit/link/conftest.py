"""Every test works in a folder of its own, where decisions are kept."""

from __future__ import annotations

import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.link import blocking
from mlqa_widgets.link.linkage import Linkage
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


@pytest.fixture(scope="session")
def untouched(registers, tmp_path_factory):
    """Return a linkage for tests that decide nothing."""
    left, right, _ = registers
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("untouched"))
        return mq.link(left, right, names=("ours", "theirs"), name="registers", reviewer="ann")


@pytest.fixture(scope="session")
def many(registers, tmp_path_factory):
    """Return a linkage of so many records that not every pair is looked at, one of them of somebody else."""
    left, right, truth = registers
    right = right.copy()
    right.loc[0] = ["nobody", "unheard", pd.Timestamp("1901-02-03"), "atlantis", None]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("many"))
        patch.setattr(blocking, "ALL_PAIRS", 10_000)
        linkage = mq.link(left, right, names=("ours", "theirs"), name="registers", reviewer="ann")
    return linkage, left, right, {pair for pair in truth if pair[1]}


@pytest.fixture
def linkage(untouched):
    """Return the same linkage, in which nothing was decided, for tests that do."""
    return undecided(untouched)


def undecided(linkage: Linkage, reviewer: str = "ann") -> Linkage:
    """Return a linkage of the same tables by the same model, its decisions in the folder of now."""
    again = Linkage([None, None], linkage._asked, linkage.names, (None, None), linkage._name, reviewer)
    again.work = linkage.work
    return again
