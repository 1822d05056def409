"""How a check is declared, found and run.

A check is one function with the :func:`check` decorator above it. It reads a profile and yields findings;
its docstring says what it finds and what it stays silent on. Nothing else has to be told about it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from mlqa_widgets.errors import Cancelled, InputError
from mlqa_widgets.findings import Finding
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.tables.table import Table

ColumnCheck = Callable[[ColumnProfile, Profile], Iterable[Finding]]
TableCheck = Callable[[Profile], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A registered check."""

    id: str
    """The public name: the ``check`` column of ``scan.findings``."""
    issue: str
    """The catalogue issue it serves."""
    scope: Literal["column", "table"]
    run: ColumnCheck | TableCheck
    description: str


@dataclass(frozen=True)
class Failure:
    """A check, or a column's profile, that could not be computed: reported, never fatal."""

    check: str
    column: str
    error: str


_REGISTRY: dict[str, Check] = {}


def column_check(id: str, *, issue: str = "evaluability.dataset") -> Callable[[ColumnCheck], ColumnCheck]:  # noqa: A002
    """Register a check that looks at one column at a time."""

    def register(run: ColumnCheck) -> ColumnCheck:
        _add(Check(id, issue, "column", run, run.__doc__ or ""))
        return run

    return register


def table_check(id: str, *, issue: str = "evaluability.dataset") -> Callable[[TableCheck], TableCheck]:  # noqa: A002
    """Register a check that looks at the whole table."""

    def register(run: TableCheck) -> TableCheck:
        _add(Check(id, issue, "table", run, run.__doc__ or ""))
        return run

    return register


def all_checks() -> dict[str, Check]:
    """Return every check by its id, loading the modules of this package."""
    package = importlib.import_module("mlqa_widgets.checks")
    for module in pkgutil.walk_packages(package.__path__, "mlqa_widgets.checks."):
        importlib.import_module(module.name)
    return dict(sorted(_REGISTRY.items()))


def chosen_checks(ids: Iterable[str] | None) -> list[Check]:
    """Return the checks named, or all.

    Raises
    ------
    InputError
        When an id is not known; the message names the nearest ones.
    """
    known = all_checks()
    if ids is None:
        return list(known.values())
    if isinstance(ids, str):
        ids = [ids]
    chosen = []
    for name in ids:
        if name not in known:
            from mlqa_widgets.naming import nearest

            msg = f"checks: there is no check {name!r}. {nearest(name, known)}"
            raise InputError(msg)
        chosen.append(known[name])
    return chosen


def run_check(check: Check, profile: Profile) -> Iterator[Finding | Failure]:
    """Yield the findings of one check, and a failure for each column it could not look at."""
    if check.scope == "table":
        yield from _guarded(check, profile.table, "", lambda: check.run(profile))  # type: ignore[call-arg, arg-type]
        return
    for column in profile.columns:
        yield from _guarded(check, profile.table, column.name, lambda column=column: check.run(column, profile))  # type: ignore[misc, call-arg]


def _guarded(
    check: Check, table: Table, column: str, run: Callable[[], Iterable[Finding]]
) -> Iterator[Finding | Failure]:
    try:
        for found in run():
            finding = replace(found, looked_at=found.looked_at or table.counted_among(found.predicate))
            message = _told_of(finding, table)
            yield replace(finding, check=check.id, issue=finding.issue or check.issue, message=message)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one failing check must never cost the user the other findings
        yield Failure(check.id, column, f"{type(error).__name__}: {error}")


def _told_of(finding: Finding, table: Table) -> str:
    """Return the message, with how many rows were looked at where these are not all."""
    if finding.looked_at is None:
        return finding.message
    return (
        f"{finding.message.removesuffix('.')}, among the {finding.looked_at:,} of {table.row_count:,} rows looked at."
    )


def _add(check: Check) -> None:
    if check.id in _REGISTRY:
        msg = f"Two checks are registered as {check.id!r}."
        raise RuntimeError(msg)
    _REGISTRY[check.id] = check
