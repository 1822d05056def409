"""The same thing twice: rows, columns, keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from mlqa_widgets.checks._draw import strip, value_bars
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import drop_columns, literal, new_label, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.tables.table import EVERY_ROW, Predicate
from mlqa_widgets.wording import count, listing, percent, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.evidence import Evidence
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.copies import RowCopies
    from mlqa_widgets.profile.profile import Profile

# ------------------------------------------------------------------------------------------ rows

_NEARLY_UNIQUE: Final = 0.97
_LARGE_SHARE: Final = 0.05
_SEVERAL: Final = 5
_SOME_CHANCE: Final = 0.2
_MOSTLY_CHANCE: Final = 0.5
_OFTEN: Final = 3.0
_UNEQUALLY: Final = 0.5
_LOADED_TWICE: Final = 0.8
_BLOCK: Final = 10


@table_check("duplicate_rows")
def duplicate_rows(profile: Profile) -> Iterator[Finding]:
    """Find rows that are exact copies of others, every column compared, floating-point numbers exactly.

    A warning where the copies repeat an identifier, come as a block that was loaded twice, or are a good part
    of the table; an info where nothing says that rows differ, as in a log of events, or where some contents are
    simply common (a few answers many people give). Stays silent on copies
    that so few different values bring about by chance, and on frames whose index tells the rows apart.
    """
    if not any(column.present for column in profile.columns):
        return
    copies = profile.copies
    if not copies.rows or _told_apart_by_index(profile):
        return
    distance, alike = _usual_distance(copies.positions, copies.first)
    reason, severity, confidence = "", Severity.INFO, 0.5
    if identifiers := [c for c in profile.columns if _identifies(c, profile)]:
        reason = f" {shortened(identifiers[0].name)} repeats with them."
        severity, confidence = Severity.WARNING, 0.95
    elif distance >= alike >= max(_BLOCK, _LOADED_TWICE * len(copies.surplus_positions)):
        most = f"{alike:,}" if copies.all_held else "Most"
        reason = f" {most} of them stand {distance:,} rows after their originals: a block was loaded twice."
        severity, confidence = Severity.WARNING, 0.9
    elif (chance := _copies_by_chance(profile)) >= _MOSTLY_CHANCE:
        return
    elif chance >= _SOME_CHANCE:
        reason = f" Chance alone explains about {percent(round(chance, 1))} of them."
        confidence = 0.3
    elif copies.surplus >= max(_SEVERAL, _LARGE_SHARE * profile.rows) and not _are_common(copies):
        severity, confidence = Severity.WARNING, 0.7
    yield Finding(
        columns=(),
        severity=severity,
        rows=copies.rows,
        message=(
            f"{count(copies.rows, 'row')} are alike in every column: {count(copies.groups, 'different row')} and "
            f"{copies.surplus:,} surplus {'copy' if copies.surplus == 1 else 'copies'} "
            f"({percent(copies.surplus / profile.rows)}).{reason}"
        ),
        predicate=copies.predicate,
        evidence=(
            strip(profile.table, "Where the copies stand", [("surplus copies", copies.surplus_predicate)]),
            _times_repeated(profile),
        ),
        why="A row counted twice weighs twice in every figure, and a copy that falls into the test set is an answer "
        "the model has already seen.",
        fixes=(
            Fix(
                "Keep the first of each",
                "df = df[~df.astype(str).duplicated()]"
                if any(c.column.storage == "nested" for c in profile.columns)
                else "df = df.drop_duplicates()",
                drops=copies.surplus_predicate,
                note="Right if a copy is a slip of recording; wrong if the same event can happen twice.",
            ),
        ),
        confidence=confidence,
    )


def _are_common(copies: RowCopies) -> bool:
    """Whether contents repeat often and unequally: what is loaded again comes twice, or all of it as often."""
    mean = copies.rows / copies.groups
    spread = sum(contents * (times - mean) ** 2 for times, contents in copies.times.items()) / copies.groups
    return mean >= _OFTEN and spread**0.5 >= _UNEQUALLY * mean


def _told_apart_by_index(profile: Profile) -> bool:
    """Whether the rows of a frame carry labels that mean something and differ: dates, names, a named index."""
    labels = profile.table.labels(profile.copies.positions)
    plain = pd.api.types.is_integer_dtype(labels.dtype) and labels.name is None
    return not plain and labels.is_unique


def _identifies(column: ColumnProfile, profile: Profile) -> bool:
    """Whether a column tells rows apart, copies of rows left aside."""
    if column.position in profile.roles.key and len(profile.roles.key) == 1:
        return True
    if column.kind not in (Kind.IDENTIFIER, Kind.REFERENCE):
        return False
    return column.distinct >= _NEARLY_UNIQUE * (column.present - profile.copies.surplus) > 0


def _usual_distance(positions: np.ndarray, first: np.ndarray) -> tuple[int, int]:
    """Return how far most copies stand from their originals, and how many stand so far."""
    distances, times = np.unique((positions - first)[positions > first], return_counts=True)
    usual = int(np.argmax(times))
    return int(distances[usual]), int(times[usual])


def _copies_by_chance(profile: Profile) -> float:
    """Return the share of the equal pairs of rows that chance explains.

    Pairs that agree in all columns but one agree in that one, too, as often as any two rows do; of the three
    columns with the most different values the most telling one counts. One column alone tells nothing apart.
    """
    columns = [c for c in profile.columns if c.distinct > 1]
    if len(columns) < 2:
        return 1.0
    names = [c.column.sql for c in columns]
    all_pairs = profile.rows * (profile.rows - 1) / 2
    equal = _equal_pairs(profile, names)
    best = 0.0
    for column in sorted(columns, key=lambda c: -c.distinct)[:3]:
        others = _equal_pairs(profile, [name for name in names if name != column.column.sql])
        rows = np.append(column.counts, column.nulls).astype(np.float64)
        agreement = float((rows * (rows - 1) / 2).sum()) / all_pairs
        best = max(best, (others - equal) * agreement / (1 - agreement) / equal)
    return best


def _equal_pairs(profile: Profile, names: Sequence[str]) -> float:
    grouped = f"SELECT count(*)::DOUBLE AS n FROM t GROUP BY hash({', '.join(names)})"
    return float(profile.table.query(f"SELECT sum(n * (n - 1) / 2) AS pairs FROM ({grouped})")["pairs"][0].as_py())


def _times_repeated(profile: Profile) -> Bars:
    copies = profile.copies
    contents, times = np.unique(copies.first, return_counts=True)
    bars = []
    for number, groups in sorted(copies.times.items())[:12]:
        listed = None
        if copies.all_held and number * groups <= 100_000:
            rows = copies.positions[np.isin(copies.first, contents[times == number])]
            listed = Predicate("pos IN (SELECT unnest(?))", (rows.tolist(),))
        note = count(groups, "different row")
        bars.append(Bar(f"{number:,} alike", number * groups, listed, flagged=True, note=note))
    return Bars("How many rows are alike", tuple(bars))


# ------------------------------------------------------------------------------------------ columns

_TELLING_ROWS: Final = 5
_ROWS_PER_VALUE: Final = 2
_PAIRS: Final = 200
_GROUPS: Final = 4
_COMPARED_PER_QUERY: Final = 500


@table_check("duplicate_columns")
def duplicate_columns(profile: Profile) -> Iterator[Finding]:
    """Find columns that are copies of others, and columns that rename each other's values one to one.

    Stays silent on constant columns, on columns so nearly constant that agreement means nothing, on columns whose
    values hardly repeat (any two of those go together one to one), and on the latitudes and longitudes of few places.
    """
    equal = _equal_columns(profile)
    for group, rest in _bounded(equal):
        yield Finding(
            columns=tuple(c.position for c in group),
            severity=Severity.WARNING,
            rows=profile.rows,
            message=f"{_named(group)} hold the same value in every row."
            if not rest
            else f"{_named(group[1:])} are copies, each of a column before it.",
            predicate=EVERY_ROW,
            evidence=(
                value_bars(group[0], np.ones(len(group[0].values), dtype=bool), "Values of both", flagged=False),
            ),
            why="A copy adds nothing, halves the importance a model seems to give to each, and drifts apart as soon "
            "as only one of them is kept up.",
            fixes=(_drop_others(profile, group),),
            confidence=0.95,
        )
    copies = {c.position for group in equal for c in group[1:]}
    for group, rest in _bounded(_renamed_columns(profile, copies)):
        yield Finding(
            columns=tuple(c.position for c in group),
            severity=Severity.INFO,
            rows=profile.rows,
            message=f"{_named(group)} say the same in other words: {count(group[0].distinct, 'value')}, one to one."
            if not rest
            else f"{_named(group[1:])} say in other words, one to one, what a column before them says.",
            predicate=EVERY_ROW,
            evidence=(_pairs_of_values(profile, group[0], group[1]),),
            why="The second adds nothing to the first; a model that has both splits their importance between them.",
            fixes=(_drop_others(profile, group),),
            confidence=0.6,
        )


def _named(columns: Sequence[ColumnProfile]) -> str:
    return listing([shortened(c.name) for c in columns])


def _equal_columns(profile: Profile) -> list[list[ColumnProfile]]:
    """Return the groups of equal columns: candidates by their value counts, compared row by row."""
    alike: dict[tuple[object, ...], list[ColumnProfile]] = {}
    for group in _same_counts(profile):
        for column in group:
            first = tuple(column.strings.slice(0, 50).to_pylist())
            alike.setdefault((column.column.storage, column.nulls, column.counts.tobytes(), first), []).append(column)
    return _grouped(profile, [group for group in alike.values() if len(group) > 1])


def _same_counts(profile: Profile) -> list[list[ColumnProfile]]:
    """Return the columns whose values occur equally often, in groups of two and more."""
    groups: dict[tuple[int, int, bytes], list[ColumnProfile]] = {}
    for column in profile.columns:
        if column.distinct >= 2 and column.present - column.counts[0] >= _TELLING_ROWS:
            groups.setdefault((column.nulls, column.distinct, column.counts.tobytes()), []).append(column)
    return [group for group in groups.values() if len(group) > 1]


def _grouped(profile: Profile, candidates: list[list[ColumnProfile]]) -> list[list[ColumnProfile]]:
    """Split each group of candidates into groups of columns that are equal in every row."""
    found = []
    while candidates:
        pairs = [(group[0], other) for group in candidates for other in group[1:]]
        equal: set[int] = set()
        for start in range(0, len(pairs), _COMPARED_PER_QUERY):
            part = pairs[start : start + _COMPARED_PER_QUERY]
            tests = (f"bool_or({a.column.sql} IS DISTINCT FROM {b.column.sql}) AS d{b.position}" for a, b in part)
            answer = profile.table.query(f"SELECT {', '.join(tests)} FROM t")
            equal |= {b.position for _, b in part if not answer[f"d{b.position}"][0].as_py()}
        rest = []
        for first, *others in candidates:
            same = [first, *(c for c in others if c.position in equal)]
            if len(same) > 1:
                found.append(same)
            if len(different := [c for c in others if c.position not in equal]) > 1:
                rest.append(different)
        candidates = rest
    return sorted(found, key=lambda group: group[0].position)


def _renamed_columns(profile: Profile, copies: set[int]) -> list[list[ColumnProfile]]:
    """Return the groups of columns of which each value of one goes with one value of the others."""
    found: list[list[ColumnProfile]] = []
    tests = _PAIRS
    placed = {c.position for c in profile.columns if c.kind is Kind.COORDINATE}
    candidates = [
        [
            c
            for c in group
            if c.position not in copies and c.distinct * _ROWS_PER_VALUE <= c.present and c.position not in placed
        ]
        for group in _same_counts(profile)
    ]
    for alike in _same_places(profile, [group for group in candidates if len(group) > 1]):
        left = alike
        while len(left) > 1:
            first, *others = left
            same, left = [first], []
            for other in others:
                if not tests:
                    return found
                tests -= 1
                (same if _one_to_one(profile, first, other) else left).append(other)
            if len(same) > 1:
                found.append(same)
    return sorted(found, key=lambda group: group[0].position)


def _same_places(profile: Profile, groups: list[list[ColumnProfile]]) -> list[list[ColumnProfile]]:
    """Split groups of equal counts by where the value stands that alone is as frequent as it is.

    Columns that rename each other have it in the same rows. Groups without such a value stay as they are.
    """
    marked: list[tuple[ColumnProfile, object]] = []
    split: dict[tuple[int, object], list[ColumnProfile]] = {}
    for number, group in enumerate(groups):
        counts = group[0].counts
        alone = np.flatnonzero((np.diff(counts, prepend=-1) != 0) & (np.diff(counts, append=-1) != 0))
        if len(alone):
            marked += [(column, column.values[int(alone[0])].as_py()) for column in group]
        else:
            split[number, None] = group
    places: dict[int, object] = {}
    for start in range(0, len(marked), _COMPARED_PER_QUERY):
        part = marked[start : start + _COMPARED_PER_QUERY]
        prints = ", ".join(f"bit_xor(CASE WHEN {c.column.sql} = ? THEN h ELSE 0 END) AS x{c.position}" for c, _ in part)
        names = ", ".join(c.column.sql for c, _ in part)
        answer = profile.table.query(
            f"SELECT {prints} FROM (SELECT {names}, hash(pos) AS h FROM t)", [value for _, value in part]
        )
        places |= {c.position: answer[f"x{c.position}"][0].as_py() for c, _ in part}
    for number, group in enumerate(groups):
        for column in group:
            if column.position in places:
                split.setdefault((number, places[column.position]), []).append(column)
    return list(split.values())


def _one_to_one(profile: Profile, a: ColumnProfile, b: ColumnProfile) -> bool:
    pairs = f"SELECT DISTINCT {a.column.sql}, {b.column.sql} FROM t"
    number = int(profile.table.query(f"SELECT count(*) AS n FROM ({pairs})")["n"][0].as_py())
    return number == a.distinct + (a.nulls > 0)


def _bounded(groups: list[list[ColumnProfile]]) -> Iterator[tuple[list[ColumnProfile], bool]]:
    """Yield the first groups, then one group made of all others without their first columns, and which it is."""
    yield from ((group, False) for group in groups[:_GROUPS])
    if rest := groups[_GROUPS:]:
        yield [rest[0][0], *(column for group in rest for column in group[1:])], True


def _pairs_of_values(profile: Profile, a: ColumnProfile, b: ColumnProfile) -> Examples:
    found = profile.table.query(
        f"SELECT CAST({a.column.sql} AS VARCHAR) AS a, CAST({b.column.sql} AS VARCHAR) AS b, count(*) AS n FROM t "
        f"WHERE {a.column.sql} IS NOT NULL GROUP BY 1, 2 ORDER BY n DESC, 1 LIMIT 20"
    )
    lines = [
        (shortened(left), shortened(right), f"{rows:,}")
        for left, right, rows in zip(*(found[name].to_pylist() for name in ("a", "b", "n")), strict=True)
    ]
    return Examples("Which value goes with which", (shortened(a.name), shortened(b.name), "rows"), tuple(lines))


def _drop_others(profile: Profile, group: Sequence[ColumnProfile]) -> Fix:
    others = group[1:]
    return Fix(
        f"Keep {shortened(group[0].name)}, drop {_named(others)}",
        drop_columns(profile.table, [c.column for c in others]),
        removes=tuple(c.position for c in others),
    )


# ------------------------------------------------------------------------------------------ keys

_ROWS_FOR_KEY: Final = 30
_COMPARED_COLUMNS: Final = 100
_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_KEY_NAME: Final = re.compile(
    r"(?:.*[^a-z0-9])?(?:id|uid|uuid|guid|key|no|nr|num|number|numero|num[eé]ro|code|hash|ref|reference|sku|isbn|matricule)s?",
    re.IGNORECASE,
)


@table_check("duplicate_keys")
def duplicate_keys(profile: Profile) -> Iterator[Finding]:
    """Find keys that repeat: the declared one, or a column that is a key by its name and values in all but a few rows.

    Stays silent on columns that repeat by nature (references to other tables, groups, names, times), and on an
    inferred key that repeats only in whole copies of rows, which duplicate_rows reports.
    """
    if profile.roles.key:
        yield from _declared_key(profile)
        return
    if profile.rows < _ROWS_FOR_KEY:
        return
    for column in profile.columns:
        if column.distinct == profile.rows and column.kind is Kind.IDENTIFIER:
            return
        if _is_broken_key(column, profile):
            repeated = _repeated_values(column, profile)
            if repeated.any():
                yield _inferred_key(column, repeated, profile)


def _is_broken_key(column: ColumnProfile, profile: Profile) -> bool:
    """Whether a column names nearly every row, as its name or form says it should, and does not quite."""
    if not _NEARLY_UNIQUE * column.present <= column.distinct < column.present:
        return False
    if column.present < _NEARLY_UNIQUE * profile.rows or column.kind not in (
        Kind.IDENTIFIER,
        Kind.REFERENCE,
        Kind.CODE,
    ):
        return False
    if _KEY_NAME.fullmatch(_WORD_START.sub(" ", column.name)):
        return True
    name, table = column.name.lower(), profile.table.name.lower()
    of_the_table = name in (table, table.removesuffix("s"))
    return column.kind is Kind.REFERENCE and (of_the_table or column.position == 0)


def _repeated_values(column: ColumnProfile, profile: Profile) -> np.ndarray:
    """Return which values stand on several rows that are no copies of each other."""
    repeated = column.counts > 1
    if not profile.copies.rows:
        return repeated
    among = column.where(repeated) & ~profile.copies.surplus_predicate
    name = column.column.sql
    found = profile.table.query(
        f"SELECT {name} AS value FROM t WHERE {among.sql} GROUP BY {name} HAVING count(*) > 1", among.params
    )["value"]
    real = pc.is_in(column.values, value_set=found.combine_chunks().cast(column.values.type))
    return np.logical_and(repeated, real.to_numpy(zero_copy_only=False))


def _inferred_key(column: ColumnProfile, repeated: np.ndarray, profile: Profile) -> Finding:
    where, rows = column.where(repeated), column.rows_of(repeated)
    name = shortened(column.name)
    return Finding(
        columns=(column.position,),
        severity=Severity.WARNING,
        rows=rows,
        message=(
            f"{name} tells {percent(column.distinct / column.present)} of the rows apart, but "
            f"{count(int(repeated.sum()), 'value')} stand{'s' if repeated.sum() == 1 else ''} on {count(rows, 'row')} that differ otherwise."
        ),
        predicate=where,
        evidence=(
            value_bars(column, repeated, "Values on several rows"),
            *_differing_columns(profile, [column], where),
        ),
        why="A join on this column multiplies rows, and whatever is looked up by it finds one row or the other.",
        fixes=_key_fixes(profile, [column]),
        confidence=0.75,
    )


def _declared_key(profile: Profile) -> Iterator[Finding]:
    columns = [profile.columns[i] for i in profile.roles.key]
    names = ", ".join(c.column.sql for c in columns)
    filled = " AND ".join(f"{c.column.sql} IS NOT NULL" for c in columns)
    if len(columns) == 1 and columns[0].complete:
        where = columns[0].where(columns[0].counts > 1)
    else:
        repeated = f"SELECT {names} FROM t WHERE {filled} GROUP BY {names} HAVING count(*) > 1"
        where = Predicate(f"({names}) IN ({repeated})")
    rows = profile.table.count(where)
    if not rows:
        return
    keys = int(
        profile.table.query(
            f"SELECT count(*) AS n FROM (SELECT DISTINCT {names} FROM t WHERE {where.sql})", where.params
        )["n"][0].as_py()
    )
    whole = profile.table.count(where & profile.copies.predicate) if profile.copies.rows else 0
    evidence: list[Evidence] = []
    if len(columns) == 1:
        evidence.append(value_bars(columns[0], columns[0].counts > 1, "Keys on several rows"))
    label = listing([shortened(c.name) for c in columns])
    yield Finding(
        columns=tuple(c.position for c in columns),
        severity=Severity.ERROR,
        rows=rows,
        message=(
            f"The key {label} repeats: {count(keys, 'value')} on {count(rows, 'row')}"
            + (f", {whole:,} of them whole copies of others." if whole else ".")
        ),
        predicate=where,
        evidence=(*evidence, *_differing_columns(profile, columns, where)),
        why="The key was said to name one row. A join on it multiplies rows, and updates reach the wrong one.",
        fixes=_key_fixes(profile, columns),
        confidence=0.99,
    )


def _differing_columns(profile: Profile, key: Sequence[ColumnProfile], where: Predicate) -> tuple[Evidence, ...]:
    """Return in how many of the repeated keys each other column differs."""
    others = [c for c in profile.columns if c not in key][:_COMPARED_COLUMNS]
    if not others:
        return ()
    names = ", ".join(c.column.sql for c in key)
    differs = ", ".join(
        f"count(DISTINCT {c.column.sql}) + max(CASE WHEN {c.column.sql} IS NULL THEN 1 ELSE 0 END) > 1 AS d{c.position}"
        for c in others
    )
    total = ", ".join(f"sum(CAST(d{c.position} AS BIGINT)) AS d{c.position}" for c in others)
    found = profile.table.query(
        f"SELECT {total} FROM (SELECT {differs} FROM t WHERE {where.sql} GROUP BY {names})", where.params
    )
    counts = sorted(((int(found[f"d{c.position}"][0].as_py() or 0), c) for c in others), key=lambda pair: -pair[0])
    lines = [(shortened(c.name), f"{number:,}") for number, c in counts[:12] if number]
    if not lines:
        return ()
    return (Examples("Where rows of one key differ", ("column", "keys with different values"), tuple(lines)),)


def _key_fixes(profile: Profile, key: Sequence[ColumnProfile]) -> tuple[Fix, ...]:
    names = ", ".join(c.column.sql for c in key)
    filled = " AND ".join(f"{c.column.sql} IS NOT NULL" for c in key)
    later = Predicate(f"{filled} AND pos NOT IN (SELECT min(pos) FROM t WHERE {filled} GROUP BY {names})")
    if len(key) == 1:
        read = read_column(profile.table, key[0].column)
        repeats = f"{read}.duplicated(keep=%s) & {read}.notna()"
    else:
        read = f"df.iloc[:, {[c.position for c in key]}]"
        repeats = f"{read}.duplicated(keep=%s) & {read}.notna().all(axis=1)"
    fixes = []
    if label := new_label(profile.table, f"{'_'.join(c.name for c in key)}_repeats"[:60]):
        fixes.append(
            Fix(
                "Mark the rows to look at",
                f"df[{literal(label)}] = {repeats % 'False'}",
                adds=(label,),
            )
        )
    fixes.append(
        Fix(
            "Keep the first row of each key",
            f"df = df[~({repeats % literal('first')})]",
            drops=later,
            note="What the other rows of the key say is lost.",
        )
    )
    return tuple(fixes)
