"""Fixtures shared by the unit tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import Failure, run_check
from mlqa_widgets.findings import Finding
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.roles import resolve_roles
from mlqa_widgets.tables.frames import from_pandas

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def profile_of(data: pd.DataFrame, **roles: Any) -> Profile:
    """Profile a frame, with the roles ``mq.scan`` takes."""
    table = from_pandas(data)
    return profile_table(table, resolve_roles(table, **roles))


@pytest.fixture
def findings_of() -> Callable[..., list[Finding]]:
    """Run one check on a frame and return its findings; a failing check fails the test.

    Each finding is held to its word: its predicate selects exactly the rows it counts.
    """

    def run(check: str, data: pd.DataFrame, **roles: Any) -> list[Finding]:
        profile = profile_of(data, **roles)
        found = []
        for one in run_check(all_checks()[check], profile):
            assert not isinstance(one, Failure), one
            assert profile.table.count(one.predicate) == one.rows, one.message
            found.append(one)
        return found

    return run
