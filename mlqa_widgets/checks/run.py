"""How checks are run: each where what it reads is, and none at the expense of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mlqa_widgets.checks.registry import Check, all_checks
from mlqa_widgets.errors import Cancelled
from mlqa_widgets.findings import Finding
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.profile.series import draw_of_series
from mlqa_widgets.tables.table import Table


@dataclass(frozen=True)
class Failure:
    """A check, or a column's profile, that could not be computed: reported, never fatal."""

    check: str
    column: str
    error: str


def steps(checks: Sequence[Check], table: Table) -> list[list[Check]]:
    """Return the checks as they are run: one at a time, or together where workers run them."""
    if not table.has_workers:
        return [[check] for check in checks]
    if table.fits_a_worker:
        return [list(checks)]
    counted = [[check] for check in checks if check.reads == "figures"]
    seen = [[check for check in checks if check.reads == reads] for reads in ("rows", "series")]
    return [step for step in (*counted, *seen) if step]


def run_checks(checks: Sequence[Check], profile: Profile) -> tuple[list[Finding], list[Failure]]:
    """Run the checks of one step and return their findings, and what could not be looked at."""
    table = profile.table
    if table.has_workers and any(table.fits_a_worker or check.reads != "figures" for check in checks):
        found = _run_there(checks, profile)
    else:
        found = [one for check in checks for one in run_check(check, profile)]
    return [one for one in found if isinstance(one, Finding)], [one for one in found if isinstance(one, Failure)]


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
            message = _told_of(finding, table.whole)
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


# ---------------------------------------------------------------------- where the rows are


def _run_there(checks: Sequence[Check], profile: Profile) -> list[Finding | Failure]:
    """Run checks where the rows are that they look at; what is told of values is told of these rows."""
    try:
        draw = profile.table.draw
        if draw.looked_at is not None and checks[0].reads == "series":
            whole_series = draw_of_series(profile)
            if whole_series is None:
                return []
            draw = whole_series
        return draw.look(_find, [check.id for check in checks], profile.roles)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - what can be counted is told all the same
        return [Failure(check.id, "", f"{type(error).__name__}: {error}") for check in checks]


def _find(table: Table, ids: Sequence[str], roles: Roles) -> list[Finding | Failure]:
    known = all_checks()
    profile = profile_table(table, roles)
    return [one for id_ in ids for one in run_check(known[id_], profile)]
