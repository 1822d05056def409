"""Rows without a date: which groups and which periods cannot be dated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._draw import strip
from mlqa_widgets.checks.dates._dates import DateColumn, date_columns, places, timeline, vocabulary
from mlqa_widgets.checks.gaps._goes_with import Level, columns_of_few_levels, level_of, strength
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars, Evidence
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import drop_missing, literal, new_label, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, percent, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_EXPLAINED: Final = 12
_EXPLAINING_COLUMNS: Final = 20
_ENOUGH_ROWS: Final = 10
_BARS: Final = 12
_OPTIONAL_FROM: Final = 0.3
_SLIGHT: Final = 0.01

_END_WORDS: Final = vocabulary(
    "end ended finish finished close closed closing stop stopped exit exited discharge discharged "
    "termination terminated terminate resolve resolved resolution complete completed completion delete "
    "deleted remove removed death died deceased return returned cancel cancelled canceled left departure "
    "leave expiry expired expire fin cloture sortie deces retour resiliation deactivated churn churned "
    "shipped delivered paid payment approved reviewed renewed retired settled released last valid until"
)
_STATUS_WORDS: Final = vocabulary("status state statut etat phase stage active open closed alive living etape")
_OPEN_WORDS: Final = vocabulary(
    "open active pending ongoing running current new progress waiting alive living ouvert actif cours attente"
)


@table_check("missing_dates")
def missing_dates(profile: Profile) -> Iterator[Finding]:
    """Find missing dates and times, and say which groups or periods cannot be dated.

    Stays silent on an end date that is missing exactly where a status says that the row is still open; rows that
    break such a rule are found. Dates are never filled in: an invented day is worse than none.
    """
    columns = [c for c in profile.columns if c.nulls and c.distinct > 1 and _concerns(c, profile)]
    groups = _missing_together(profile, columns)
    for group in groups[:_EXPLAINED]:
        yield from _finding(profile, group)


def _concerns(column: ColumnProfile, profile: Profile) -> bool:
    return column.kind is Kind.DATETIME or column.position == profile.roles.time


def _missing_together(profile: Profile, columns: Sequence[ColumnProfile]) -> list[list[ColumnProfile]]:
    """Put the columns together that are missing in exactly the same rows."""
    groups: dict[tuple[int, int, int], list[list[ColumnProfile]]] = {}
    for column in columns:
        alike = groups.setdefault((column.nulls, column.first_null, column.last_null), [])
        for group in alike:
            differ = Predicate(f"({column.column.sql} IS NULL) <> ({group[0].column.sql} IS NULL)")
            if not profile.table.count(differ):
                group.append(column)
                break
        else:
            alike.append([column])
    return sorted((group for alike in groups.values() for group in alike), key=lambda group: -group[0].nulls)


# ------------------------------------------------------------------------------------------ what it goes with


@dataclass(frozen=True)
class _Split:
    """The missing rows by the values of another column."""

    column: ColumnProfile
    levels: tuple[Level, ...]
    strength: float
    """Share of the uncertainty about being missing that the column takes away."""

    @property
    def undated(self) -> list[Level]:
        """The values whose rows have no date, all but one in fifty."""
        return [level for level in self.levels if level.share >= 0.98]

    @property
    def exceptions(self) -> list[Level]:
        """The other values, of which some rows have no date."""
        return [level for level in self.levels if 0 < level.share < 0.98]

    @property
    def decides(self) -> bool:
        """Whether certain values have no dates and the others have, but for one row in twenty."""
        dated = [level for level in self.levels if level.share < 0.98]
        return bool(self.undated and dated) and all(level.share <= 0.05 for level in dated)

    def is_status(self, group: Sequence[ColumnProfile]) -> bool:
        """Whether the column says what is still open, so that no end can be known yet."""
        ends = any(set(name_words(column.name)) & _END_WORDS for column in group)
        named = bool(set(name_words(self.column.name)) & _STATUS_WORDS)
        said = any(set(name_words(str(level.value))) & _OPEN_WORDS for level in self.undated)
        return ends or named or said


def _splits(profile: Profile, group: Sequence[ColumnProfile]) -> list[_Split]:
    """Return the columns with few values that the missing rows go with beyond chance, the strongest first."""
    missing = group[0].column.sql
    found = []
    few = [column for column in columns_of_few_levels(profile) if column not in group]
    for column in few[:_EXPLAINING_COLUMNS]:
        cell = column.column.sql
        counted = profile.table.query(
            f"SELECT {cell} AS value, count(*) AS n, count(*) - count({missing}) AS m FROM t GROUP BY value ORDER BY value"
        )
        values, rows, gone = counted["value"].to_pylist(), counted["n"].to_numpy(), counted["m"].to_numpy()
        if taken := strength(rows, gone):
            levels = (level_of(column, value, int(n), int(m)) for value, n, m in zip(values, rows, gone, strict=True))
            found.append(_Split(column, tuple(levels), taken))
    return sorted(found, key=lambda split: -split.strength)


@dataclass(frozen=True)
class _Period:
    """When the rows without a date lie, by another column of dates."""

    dates: DateColumn
    missing: np.ndarray
    """Per distinct value of it, the share of its rows that have no date here."""
    first: np.datetime64
    last: np.datetime64
    rows: float
    """Share of all rows that lie in the same span."""


def _period(profile: Profile, group: Sequence[ColumnProfile]) -> _Period | None:
    """Return the period of the missing rows by the column of dates that knows most of them."""
    others = [dates for dates in date_columns(profile) if dates.profile not in group and dates.profile.complete]
    if not others:
        return None
    dates = min(others, key=lambda each: each.profile.nulls)
    column = dates.profile
    counted = profile.table.query(
        f"SELECT {column.column.sql} AS value, count(*) AS m FROM t WHERE {group[0].column.sql} IS NULL "
        f"AND {column.column.sql} IS NOT NULL GROUP BY value"
    )
    place = places(counted["value"], column)
    gone = np.zeros(len(column.values))
    gone[place] = counted["m"].to_numpy()
    gone[~dates.known] = 0
    if gone.sum() < 0.5 * group[0].nulls:
        return None
    order = np.argsort(dates.times[dates.known], kind="stable")
    times, missing, rows = (part[dates.known][order] for part in (dates.times, gone, column.counts))
    below = np.cumsum(missing)
    low, high = (int(np.searchsorted(below, share * below[-1])) for share in (0.02, 0.98))
    within = (times >= times[low]) & (times <= times[high])
    return _Period(
        dates, gone / column.counts, times[low], times[high], float(rows[within].sum() / max(1, column.counts.sum()))
    )


# ------------------------------------------------------------------------------------------ findings


def _finding(profile: Profile, group: Sequence[ColumnProfile]) -> Iterator[Finding]:
    column, rows = group[0], group[0].nulls
    splits = _splits(profile, group) if rows >= _ENOUGH_ROWS else []
    rule = next((split for split in splits if split.decides and split.is_status(group)), None)
    if rule is not None:
        if rule.exceptions:
            yield _against_the_rule(profile, group, rule)
        return
    period = _period(profile, group)
    share = rows / profile.rows
    ends = any(set(name_words(each.name)) & _END_WORDS for each in group)
    optional = (ends and share >= _OPTIONAL_FROM) or share >= 0.5
    is_time = profile.roles.time in {each.position for each in group}
    names = listing([shortened(each.name) for each in group])
    verb = "is" if len(group) == 1 else "are"
    why = (
        "Rows without a date fall out of every series, window and time split, silently; if they go missing for a "
        "reason, what stays is a biased part."
    )
    yield Finding(
        columns=tuple(sorted(each.position for each in group)),
        severity=Severity.INFO if (optional or share < _SLIGHT) and not is_time else Severity.WARNING,
        rows=rows,
        message=f"{names} {verb} missing in {count(rows, 'row')} ({percent(share)}), {_where(profile, column, splits, period)}.",
        predicate=column.is_null(),
        evidence=tuple(_evidence(profile, group, splits, period)),
        why=f"{why} An end that has not come yet is missing rightly." if ends else why,
        fixes=tuple(_fixes(profile, group)),
        confidence=0.9 if is_time else 0.35 if optional else 0.75,
    )


def _where(profile: Profile, column: ColumnProfile, splits: Sequence[_Split], period: _Period | None) -> str:
    """Return where the missing rows lie, as the end of a sentence."""
    first, last, rows = column.first_null, column.last_null, column.nulls
    if rows >= max(5, 0.9 * (last - first + 1)) and last - first + 1 <= 0.7 * profile.rows:
        return f"in one run from row {first:,} to row {last:,}"
    if period is not None and period.rows <= 0.4 and rows >= _ENOUGH_ROWS:
        days = [str(moment.astype("datetime64[D]")) for moment in (period.first, period.last)]
        return f"nearly all between {days[0]} and {days[1]} by {shortened(period.dates.profile.name)}"
    for split in splits[:1]:
        level = max(
            (each for each in split.levels if each.rows >= _ENOUGH_ROWS), key=lambda each: each.share, default=None
        )
        if level is not None and level.share >= 1.5 * rows / profile.rows:
            value = "missing" if level.value is None else quoted(level.value, 20)
            return f"most often where {shortened(split.column.name)} is {value} ({percent(level.share)})"
    return "spread over the table"


def _evidence(
    profile: Profile, group: Sequence[ColumnProfile], splits: Sequence[_Split], period: _Period | None
) -> Iterator[Evidence]:
    if period is not None:
        over_time = timeline(
            period.dates, f"Rows without a date, by {shortened(period.dates.profile.name)}", flagged=period.missing
        )
        if over_time is not None:
            yield over_time
    for split in splits[:2]:
        yield _by_level(split, group[0])
    yield strip(
        profile.table, "Where along the table", [(shortened(each.name), each.is_null()) for each in group[:_BARS]]
    )


def _by_level(split: _Split, column: ColumnProfile) -> Bars:
    levels = sorted((level for level in split.levels if level.missing), key=lambda level: -level.missing)
    bars = tuple(
        Bar(
            "(missing)" if level.value is None else shortened(str(level.value)),
            level.missing,
            level.where & column.is_null(),
            flagged=True,
            note=f"{percent(level.share)} of {level.rows:,}",
        )
        for level in levels[:_BARS]
    )
    rest = levels[_BARS:]
    title = f"Rows without a date, by {shortened(split.column.name)}"
    return Bars(title, bars, more=len(rest), more_rows=sum(level.missing for level in rest))


def _against_the_rule(profile: Profile, group: Sequence[ColumnProfile], rule: _Split) -> Finding:
    """Return the finding for rows without a date although their status calls for one."""
    column = group[0]
    where = rule.exceptions[0].where
    for level in rule.exceptions[1:]:
        where |= level.where
    where &= column.is_null()
    rows = profile.table.count(where)
    values = listing([quoted(level.value, 20) for level in rule.undated])
    names = listing([shortened(each.name) for each in group])
    return Finding(
        columns=tuple(sorted(each.position for each in group)),
        severity=Severity.WARNING,
        rows=rows,
        message=f"{names} {'is' if len(group) == 1 else 'are'} missing in {count(rows, 'row')} where "
        f"{shortened(rule.column.name)} is not {values}, so that a date is due.",
        predicate=where,
        evidence=(_by_level(rule, column),),
        why="Elsewhere the column is missing only while a row is open; these rows are over, and when is not known.",
        fixes=tuple(_fixes(profile, group, where)),
        confidence=0.85,
    )


def _fixes(profile: Profile, group: Sequence[ColumnProfile], only: Predicate | None = None) -> Iterator[Fix]:
    """Yield what may be done: flag or drop. A date is never filled in."""
    column = group[0].column
    label = new_label(profile.table, f"{group[0].name[:50]}_is_missing")
    if label is not None:
        yield Fix(
            "Add a column that says where it is missing",
            f"df[{literal(label)}] = {read_column(profile.table, column)}.isna()",
            adds=(label,),
        )
    if only is None:
        yield Fix(
            "Drop the rows",
            drop_missing(profile.table, [column]),
            drops=group[0].is_null(),
            note="Right only if these rows are no different from the others.",
        )
