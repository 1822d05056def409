"""A column that decides another in nearly all rows, and the rows that say otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks.columns._dependencies import Coded, Dependency, Judged, coded, find_dependencies, judge
from mlqa_widgets.checks.gaps._goes_with import FEW_LEVELS
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.text._variants import variants_of
from mlqa_widgets.evidence import Bar, Bars, Groups
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, dict_literal, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, percent, quoted, shortened

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_PER_COLUMN: Final = 3
_MOST_FINDINGS: Final = 12
_MOST_ROWS: Final = 1_000_000
"""Rows of left values with several right ones up to which a dependency is followed into a large table."""
_UNDECIDED: Final = 1.0
_RULE: Final = 0.8
_RULE_ROWS: Final = 4
_FEW_VALUES: Final = 6
_FEW_ROWS: Final = 5
_GROUPS: Final = 12
_FORMS: Final = 6
_MAPPED: Final = 1000
_SHOWN: Final = 24


@table_check("broken_dependencies", reads="rows")
def broken_dependencies(profile: Profile) -> Iterator[Finding]:
    """Find columns that one or two others decide in nearly all rows (a postcode its town), and the cells that depart.

    A cell departs where it stands alone against at least three rows that agree, and where more of the columns that
    decide it speak against it than for it; so the wrong cell is named, not the one beside it. Stays silent on what a
    shuffled right side would show as well (few rows per value, values that hardly repeat, columns nearly constant),
    on left values with two truths, on exceptions that a third column explains (no work on a holiday), on measurements
    as the deciding side, on stand-ins for missing, and on cells that ``spelling_variants`` tells of.
    """
    search = find_dependencies(profile)
    if search.rows is None or not search.dependencies:
        return
    rows = (
        search.rows
        if len(search.rows.positions) == profile.rows
        else _conflicting(profile, search.dependencies, sorted(search.rows.codes))
    )
    if rows is None:
        return
    judged = [(d, judge(rows.left(d.left), rows.codes[d.right], _sizes(profile, rows, d))) for d in search.dependencies]
    found = [_finding(profile, rows, blamed, search.bounded) for blamed in _blamed(profile, rows, judged)]
    yield from sorted(found, key=lambda f: -f.rows)[:_MOST_FINDINGS]


# ------------------------------------------------------------------------------------------ large tables


def _conflicting(profile: Profile, dependencies: Sequence[Dependency], columns: Sequence[int]) -> Coded | None:
    """Return all rows of the left values that go with several right ones, with these columns."""
    table = profile.table
    rights: dict[tuple[int, ...], list[int]] = {}
    for dependency in dependencies:
        rights.setdefault(dependency.left, []).append(dependency.right)
    positions: list[np.ndarray] = []
    for left, decided in rights.items():
        names = ", ".join(table.columns[i].sql for i in left)
        filled = " AND ".join(f"{table.columns[i].sql} IS NOT NULL" for i in left)
        differ = " OR ".join(f"min({table.columns[i].sql}) <> max({table.columns[i].sql})" for i in decided)
        wanted = table.query(f"SELECT {names}, count(*) AS n FROM t WHERE {filled} GROUP BY {names} HAVING {differ}")
        if wanted.num_rows and pc.sum(wanted["n"]).as_py() <= _MOST_ROWS:
            alike = " AND ".join(f"t.{table.columns[i].sql} = wanted.{table.columns[i].sql}" for i in left)
            positions.append(
                table.engine.join(f"SELECT pos FROM t SEMI JOIN wanted ON {alike}", wanted)["pos"].to_numpy()
            )
    if not positions:
        return None
    names = ", ".join(table.columns[i].sql for i in columns)
    wanted = pa.table({"wanted": np.unique(np.concatenate(positions))})
    found = table.engine.join(f"SELECT pos, {names} FROM t SEMI JOIN wanted ON pos = wanted", wanted)
    return coded(profile, found, columns)


def _sizes(profile: Profile, rows: Coded, dependency: Dependency) -> np.ndarray | None:
    """Return how many rows of each row's left value the table has, where ``rows`` are not all."""
    if len(rows.positions) == profile.rows or len(dependency.left) > 1:
        return None
    column = profile.columns[dependency.left[0]]
    values = rows.values[column.position]
    known = pc.index_in(values.cast(column.values.type), value_set=column.values)
    of_value = column.counts[known.to_numpy(zero_copy_only=False).astype(np.int64)] if len(values) else np.zeros(0)
    return np.append(of_value, 0)[rows.codes[column.position]]


# ------------------------------------------------------------------------------------------ which cell is wrong


@dataclass(frozen=True)
class _Blamed:
    """Cells of one column that depart from what one left side says.

    Attributes
    ----------
    dependency
        The dependency broken.
    places
        Which of the rows looked at.
    usual
        Parallel to ``places``: a row that holds what the left side says.
    deciding
        All dependencies that speak against any of these cells.
    """

    dependency: Dependency
    places: np.ndarray
    usual: np.ndarray
    deciding: tuple[Dependency, ...]


def _blamed(profile: Profile, rows: Coded, judged: Sequence[tuple[Dependency, Judged]]) -> Iterator[_Blamed]:
    """Yield the cells to blame, each once, with the dependency that tells of most of them.

    Every dependency votes on the cell on its right. A dependency with more rows of two truths than slips accuses
    nobody, and still speaks for cells.
    """
    accusing = [
        (d, replace(j, departs=j.departs & ~_excepted(profile, rows, d, j)))
        for d, j in judged
        if 0 < j.departs.sum() >= j.split.sum()
    ]
    votes = {right: np.zeros(len(rows.positions), dtype=np.int64) for right in {d.right for d, _ in accusing}}
    for dependency, one in judged:
        if dependency.right in votes:
            votes[dependency.right] -= one.holds
    for dependency, one in accusing:
        votes[dependency.right] += one.departs
    guilty = {
        right: (total > 0) & ~_told_elsewhere(profile.columns[right], profile, rows) for right, total in votes.items()
    }
    against = [(d, j, j.departs & guilty[d.right] & ~_left_is_wrong(rows, d, votes)) for d, j in accusing]
    for right in sorted(votes):
        chosen = [(d, j, mask) for d, j, mask in against if d.right == right]
        for _ in range(_PER_COLUMN):
            if not chosen or not (best := max(chosen, key=lambda one: int(one[2].sum())))[2].any():
                break
            dependency, one, mask = best
            places = np.flatnonzero(mask)
            deciding = tuple(d for d, _, other in chosen if (other & mask).any())
            yield _Blamed(dependency, places, one.usual[places], deciding)
            chosen = [(d, j, other & ~mask) for d, j, other in chosen]


def _excepted(profile: Profile, rows: Coded, dependency: Dependency, judged: Judged) -> np.ndarray:
    """Return the rows that depart as a third column says.

    Nearly all rows of one of its values depart (another country), or nearly all that would not have a certain right
    value anyway (on a holiday shops are closed, as they are on Sundays).
    """
    excepted = np.zeros(len(rows.positions), dtype=bool)
    y, rights = rows.codes[dependency.right], len(rows.values[dependency.right])
    compared, departing = np.flatnonzero(judged.departs | judged.holds), np.flatnonzero(judged.departs)
    for column, codes in rows.codes.items():
        if column in (*dependency.left, dependency.right) or profile.columns[column].distinct > FEW_LEVELS:
            continue
        level = codes + 1
        said, at, times = np.unique(level[departing] * rights + y[departing], return_inverse=True, return_counts=True)
        of_level = np.bincount(level[compared])
        all_depart = np.bincount(level[departing], minlength=len(of_level))
        expected, often = np.unique((level * rights + y[judged.usual])[compared], return_counts=True)
        place = np.minimum(np.searchsorted(expected, said), len(expected) - 1)
        otherwise = of_level[said // rights] - np.where(expected[place] == said, often[place], 0)
        ruled = _is_rule(times, otherwise)[at] | _is_rule(all_depart, of_level)[level[departing]]
        excepted[departing[ruled]] = True
    return excepted


def _is_rule(departing: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return (departing >= _RULE_ROWS) & (departing >= _RULE * rows)


def _told_elsewhere(column: ColumnProfile, profile: Profile, rows: Coded) -> np.ndarray:
    """Return the rows whose value is a variant of another."""
    told = variants_of(column, profile).mask
    values = rows.values[column.position]
    known = pc.index_in(values.cast(column.values.type), value_set=column.values).to_numpy(zero_copy_only=False)
    return np.append(told[known.astype(np.int64)], False)[rows.codes[column.position]]


def _left_is_wrong(rows: Coded, dependency: Dependency, votes: Mapping[int, np.ndarray]) -> np.ndarray:
    """Return the rows in which more speaks against the left side than against the right one.

    Between two columns that accuse each other the rest of the row decides, and where it says nothing the later column
    is taken for the wrong one: codes come before what they stand for.
    """
    own = votes[dependency.right]
    wrong = np.zeros(len(own), dtype=bool)
    for left in dependency.left:
        if left not in votes:
            continue
        wrong |= votes[left] > own
        if len(dependency.left) == 1 and (tied := np.flatnonzero((votes[left] == own) & (own > 0))).size:
            speaks = _rest_of_row(rows, left, dependency.right, tied)
            wrong[tied] |= np.where(np.abs(speaks) < _UNDECIDED, left > dependency.right, speaks < 0)
    return wrong


def _rest_of_row(rows: Coded, one: int, other: int, places: np.ndarray) -> np.ndarray:
    """Return the log odds that the other columns of a row go with what ``one`` says rather than with what ``other`` says."""
    odds = np.zeros(len(places))
    for column, codes in rows.codes.items():
        if column in (one, other):
            continue
        known = codes[places] >= 0
        for side, sign in ((one, 1), (other, -1)):
            with_it = _times(rows.codes[side] * len(rows.values[column]) + codes, places)
            odds += np.where(known, sign * np.log((with_it - 0.5) / _times(rows.codes[side], places)), 0.0)
    return odds


def _times(keys: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return how many rows have the key of each of some rows."""
    found, times = np.unique(keys, return_counts=True)
    return times[np.searchsorted(found, keys[places])]


# ------------------------------------------------------------------------------------------ telling


def _finding(profile: Profile, rows: Coded, blamed: _Blamed, bounded: str) -> Finding:
    left = [profile.columns[i] for i in blamed.dependency.left]
    right = profile.columns[blamed.dependency.right]
    where = Predicate("pos IN (SELECT unnest(?))", (np.sort(rows.positions[blamed.places]).tolist(),))
    number = len(blamed.places)
    departures = _departures(rows, blamed)
    first = departures.iloc[0]
    alone = len(blamed.deciding) == 1
    few = alone and (max(c.distinct for c in left) < _FEW_VALUES or first["agreeing"] < _FEW_ROWS)
    names = listing([shortened(c.name) for c in left])
    return Finding(
        columns=(right.position, *(c.position for c in left)),
        severity=Severity.INFO if few else Severity.WARNING,
        rows=number,
        message=(
            f"{shortened(right.name)} contradicts {names} in {count(number, 'row')} ({percent(number / profile.rows)}): "
            f"{_said(first['left'])} goes with {quoted(first['usual'], _SHOWN)} in {count(first['agreeing'], 'row')}, "
            f"but here with {quoted(first['here'], _SHOWN)}."
        ),
        predicate=where,
        evidence=(_groups(departures, names, right.name), _deciding(profile, blamed)),
        why=(
            f"{names} decide{'s' if len(left) == 1 else ''} {shortened(right.name)} everywhere else, far beyond chance: these "
            "cells were mistyped or belong to another row, and whatever is grouped or joined by either goes astray."
            + (f" {bounded}" if bounded else "")
        ),
        fixes=tuple(_fixes(left, right, departures, profile)),
        confidence=0.6 if few else 0.75 if alone else 0.9,
        cells=((right.position, where),),
    )


def _departures(rows: Coded, blamed: _Blamed) -> pd.DataFrame:
    """Return the values that depart, those against most rows first: left, here, usual, agreeing, positions."""
    right = blamed.dependency.right
    x, y = rows.left(blamed.dependency.left), rows.codes[right]
    rights = len(rows.values[right])
    agreeing = pd.Series(x * rights + y).value_counts()
    frame = pd.DataFrame({"row": blamed.places, "x": x[blamed.places], "y": y[blamed.places], "usual": y[blamed.usual]})
    grouped = frame.groupby(["x", "y", "usual"])["row"].agg(list).reset_index()
    first = grouped["row"].str[0]
    told = pd.DataFrame(
        {
            "left": [
                tuple(rows.values[i][int(rows.codes[i][row])].as_py() for i in blamed.dependency.left) for row in first
            ],
            "here": [rows.values[right][int(code)].as_py() for code in grouped["y"]],
            "usual": pd.Series([rows.values[right][int(code)].as_py() for code in grouped["usual"]], dtype=object),
            "agreeing": [int(agreeing[key]) for key in grouped["x"] * rights + grouped["usual"]],
            "positions": [rows.positions[places].tolist() for places in grouped["row"]],
        }
    )
    return told.sort_values("agreeing", ascending=False, kind="stable").reset_index(drop=True)


def _said(left: tuple[Any, ...]) -> str:
    return listing([quoted(value, _SHOWN) for value in left])


def _groups(departures: pd.DataFrame, names: str, right: str) -> Groups:
    groups = []
    alike = departures.groupby("left", sort=False)
    for left, lines in list(alike)[:_GROUPS]:
        usual = lines.iloc[0]
        head = Bar(f"{_said(left)}: {quoted(usual['usual'], _SHOWN)}", int(usual["agreeing"]))  # type: ignore[arg-type]
        forms = [
            Bar(
                quoted(line["here"], _SHOWN),
                len(line["positions"]),
                Predicate("pos IN (SELECT unnest(?))", (line["positions"],)),
                flagged=True,
            )
            for _, line in lines.head(_FORMS).iterrows()
        ]
        groups.append((head, *forms))
    title = f"What {names} says of {shortened(right)}, and what stands there"
    return Groups(title, tuple(groups), more=alike.ngroups - len(groups))


def _deciding(profile: Profile, blamed: _Blamed) -> Bars:
    """Return which columns decide this one, with the rows that depart and the strength of each."""
    bars = []
    for dependency in sorted(blamed.deciding, key=lambda d: -d.strength):
        names = listing([shortened(profile.columns[i].name) for i in dependency.left])
        rows = round((1 - dependency.share) * profile.rows)
        bars.append(
            Bar(
                names, rows, note=f"holds in {percent(1 - dependency.share)} of the rows, mu+ {dependency.strength:.2f}"
            )
        )
    right = shortened(profile.columns[blamed.dependency.right].name)
    return Bars(
        f"What decides {right} (mu+: 1 always, 0 as if shuffled)",
        tuple(bars[:_GROUPS]),
        more=max(0, len(bars) - _GROUPS),
    )


def _fixes(
    left: Sequence[ColumnProfile], right: ColumnProfile, departures: pd.DataFrame, profile: Profile
) -> Iterator[Fix]:
    if len(departures) > _MAPPED or not all(_written_as_read(c) for c in (*left, right)):
        return
    mapping = {
        (*(_literal(value) for value in line["left"]), _literal(line["here"])): _literal(line["usual"])
        for _, line in departures.iterrows()
    }
    reads = [read_column(profile.table, c.column) for c in (*left, right)]
    put = f"pd.Series([usual.get(cell, cell[-1]) for cell in cells], index=df.index, dtype={reads[-1]}.dtype)"
    yield Fix(
        f"Write what {listing([shortened(c.name) for c in left])} says everywhere else",
        f"usual = {dict_literal(mapping)}\ncells = zip({', '.join(reads)})\n"
        f"{assign_column(profile.table, right.column, put)}",
        changes=(right.position,),
        note="Edit the map first: a line taken out leaves that cell as it is.",
    )


def _written_as_read(column: ColumnProfile) -> bool:
    """Whether the values in the user's frame are equal to those the engine gives back."""
    if column.column.has_types or column.column.storage == "nested":
        return False
    if column.column.storage != "datetime":
        return True
    return column.column.source_type.startswith("datetime64[") and "," not in column.column.source_type


def _literal(value: Any) -> Any:
    return pd.Timestamp(value) if hasattr(value, "year") else value
