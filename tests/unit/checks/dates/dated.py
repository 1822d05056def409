"""Dates for the tests of the date checks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mlqa_widgets.checks.registry import all_checks
from mlqa_widgets.checks.run import Failure, run_check
from mlqa_widgets.findings import Finding
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.tables.frames import from_pandas


def days(rows: int = 400, *, first: str = "2019-01-01", span: int = 1500, seed: int = 0) -> pd.Series:
    """Return days in no order, spread evenly."""
    offsets = np.random.default_rng(seed).integers(0, span, rows)
    return pd.Series(pd.Timestamp(first) + pd.to_timedelta(offsets, unit="D")).astype("datetime64[us]")


def early_days(rows: int = 200, **where: object) -> pd.Series:
    """Return days none of which is above twelve."""
    drawn = days(rows * 5, **where)  # type: ignore[arg-type]
    return drawn[drawn.dt.day <= 12].iloc[:rows].reset_index(drop=True)


def written(dates: pd.Series, *formats: str) -> pd.Series:
    """Write dates as text, row by row in the given formats by turns."""
    return pd.Series([date.strftime(formats[i % len(formats)]) for i, date in enumerate(dates)], dtype="str")


def findings_of_file(check: str, data: pd.DataFrame) -> list[Finding]:
    """Run one check on text as a file without types holds it."""
    table = from_pandas(data)
    table.columns = tuple(dataclasses.replace(column, untyped=True) for column in table.columns)
    found = list(run_check(all_checks()[check], profile_table(table, Roles())))
    assert not any(isinstance(one, Failure) for one in found), found
    return [one for one in found if isinstance(one, Finding)]


def rows_of(finding: Finding, data: pd.DataFrame) -> list[int]:
    """Return the positions of the offending rows."""
    return from_pandas(data).positions(finding.predicate).tolist()


def labels(parts: Sequence[object]) -> list[str]:
    """Return the labels of bars."""
    return [part.label for part in parts]
