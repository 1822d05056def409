"""How a check is declared and found.

A check is one function with :func:`column_check` or :func:`table_check` above it. It reads a profile and yields
findings; its docstring says what it finds and what it stays silent on. Nothing else has to be told about it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Finding
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.profile import Profile

ColumnCheck = Callable[[ColumnProfile, Profile], Iterable[Finding]]
TableCheck = Callable[[Profile], Iterable[Finding]]


Reads = Literal["figures", "rows", "series"]
"""What a check reads: what an engine counts; rows one by one, side by side; or rows in the order of their series."""


@dataclass(frozen=True)
class Check:
    """A registered check."""

    id: str
    """The public name: the ``check`` column of ``scan.findings``."""
    issue: str
    """The catalogue issue it serves."""
    scope: Literal["column", "table"]
    run: ColumnCheck | TableCheck
    reads: Reads
    description: str


_REGISTRY: dict[str, Check] = {}


def column_check(
    id: str,  # noqa: A002
    *,
    issue: str = "evaluability.dataset",
    reads: Reads = "figures",
) -> Callable[[ColumnCheck], ColumnCheck]:
    """Register a check that looks at one column at a time."""

    def register(run: ColumnCheck) -> ColumnCheck:
        _add(Check(id, issue, "column", run, reads, run.__doc__ or ""))
        return run

    return register


def table_check(
    id: str,  # noqa: A002
    *,
    issue: str = "evaluability.dataset",
    reads: Reads = "figures",
) -> Callable[[TableCheck], TableCheck]:
    """Register a check that looks at the whole table."""

    def register(run: TableCheck) -> TableCheck:
        _add(Check(id, issue, "table", run, reads, run.__doc__ or ""))
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


def _add(check: Check) -> None:
    if check.id in _REGISTRY:
        msg = f"Two checks are registered as {check.id!r}."
        raise RuntimeError(msg)
    _REGISTRY[check.id] = check
