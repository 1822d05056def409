"""Approximate functional dependencies: which columns decide another in nearly all rows, beyond what chance could do.

A dependency is measured by mu+ (Piatetsky-Shapiro and Matheus 1993; recommended among fourteen measures by Parciak et
al., ICDE 2024): the probability that two rows alike on the left are alike on the right, set against what it would be if
the right side were shuffled, which is known exactly. Columns are compared as codes, on a fixed draw of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks._stand_ins import text_stand_ins
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.tables.table import Table

DRAWN: Final = 20_000
"""Rows on which columns are compared."""
MOST_COLUMNS: Final = 60
"""Columns tried on the left; those of the fewest values. As many on the right."""
MOST_PAIRS: Final = 300
"""Pairs of columns tried together on the left, times the columns they may decide."""
LEAST_STRENGTH: Final = 0.75
"""mu+ from which a column is said to decide another."""
_LEAST_STRENGTH_OF_PAIRS: Final = 0.9
_LEAST_OF_A_PART: Final = 0.05
_NEARLY_ALL: Final = 0.1
"""Share of the rows that may depart."""
_CHANCE: Final = 1e-3
"""Probability, over all comparisons made, of meeting so much agreement with a shuffled right side."""
_LEAST_ROWS: Final = 30
_ROWS_PER_VALUE: Final = 2.0
_ROWS_PER_PAIR: Final = 5.0
_SLACK: Final = 0.35

_SETTLED: Final = 3
"""Rows that must agree before a row of the same left value is said to depart."""
_DEPARTING: Final = 0.25
_REPEATED: Final = 0.1
"""Share of its group up to which one departing value may be repeated: beyond it is a second truth, no slip."""


@dataclass(frozen=True)
class Coded:
    """Some rows, each column as codes.

    Attributes
    ----------
    positions
        The rows.
    codes
        Column position -> int64 code per row, -1 where missing.
    values
        Column position -> what each code stands for.
    """

    positions: np.ndarray
    codes: Mapping[int, np.ndarray]
    values: Mapping[int, pa.Array]

    def left(self, columns: tuple[int, ...]) -> np.ndarray:
        """Return one code per row for the values of several columns together, -1 where any is missing."""
        code = self.codes[columns[0]]
        for column in columns[1:]:
            other = self.codes[column]
            code = np.where((code < 0) | (other < 0), -1, code * len(self.values[column]) + other)
        if len(columns) > 1:
            _, dense = np.unique(code, return_inverse=True)
            code = np.where(code < 0, -1, dense)
        return code


@dataclass(frozen=True)
class Dependency:
    """The columns on the left decide the one on the right in nearly all rows.

    Attributes
    ----------
    left, right
        Column positions.
    strength
        mu+: 1 where it holds without exception, 0 where chance does as much.
    share
        Share of the compared rows that depart from the commonest right value of their left value.
    """

    left: tuple[int, ...]
    right: int
    strength: float
    share: float


@dataclass(frozen=True)
class Search:
    """What the search found.

    Attributes
    ----------
    dependencies
        The strongest first, those without an exception among them.
    rows
        The rows they were found in: all, or a draw.
    bounded
        What the bounds left out, as a sentence; empty where everything was compared.
    """

    dependencies: tuple[Dependency, ...] = ()
    rows: Coded | None = None
    bounded: str = ""


def coded(profile: Profile, found: pa.Table, columns: Sequence[int]) -> Coded:
    """Return the rows of an answer with ``pos`` and ``c<i>`` as codes; stand-ins for missing count as missing."""
    codes, values = {}, {}
    for column in columns:
        encoded = pc.dictionary_encode(found[f"c{column}"].combine_chunks())
        code = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
        codes[column] = np.where(_missing(profile.columns[column], encoded.dictionary)[code], -1, code)
        values[column] = encoded.dictionary
    return Coded(found["pos"].to_numpy(), codes, values)


def _missing(column: ColumnProfile, values: pa.Array) -> np.ndarray:
    """Return which values stand for missing; one more entry, for what is missing, comes last."""
    if not column.is_text or not (stand_ins := text_stand_ins(column).mask).any():
        return np.zeros(len(values) + 1, dtype=bool)
    standing = column.values.filter(pa.array(stand_ins))
    return np.append(pc.is_in(values, value_set=standing.cast(values.type)).to_numpy(zero_copy_only=False), [False])


# ------------------------------------------------------------------------------------------ measuring


@dataclass(frozen=True)
class _Table:
    """How often each right value goes with each left value, rows with both."""

    rows: int
    left: np.ndarray
    """Per combination met, ascending."""
    times: np.ndarray
    group: np.ndarray
    """Rows per left value."""
    most: np.ndarray
    """Rows of the commonest right value, per left value."""
    agreement_of_any: float
    """Probability that two rows drawn with replacement are alike on the right."""

    @property
    def departing(self) -> int:
        return self.rows - int(self.most.sum())

    @property
    def strength(self) -> float:
        """mu+."""
        filled = np.count_nonzero(self.group)
        if self.rows <= filled or self.agreement_of_any >= 1:
            return 0.0
        agreement = float((self.times**2 / self.group[self.left]).sum()) / self.rows
        chance = (self.rows - 1) / (self.rows - filled)
        return max(0.0, 1 - (1 - agreement) / (1 - self.agreement_of_any) * chance)


def _tabulate(x: np.ndarray, y: np.ndarray, lefts: int, rights: int) -> _Table:
    both = (x >= 0) & (y >= 0)
    combined = x * rights + y
    pairs, times = np.unique(combined if both.all() else combined[both], return_counts=True)
    left = pairs // rights
    rows = int(times.sum())
    group = np.bincount(left, weights=times, minlength=lefts)
    starts = np.flatnonzero(np.diff(left, prepend=-1))
    most = np.zeros(lefts)
    if rows:
        most[left[starts]] = np.maximum.reduceat(times, starts)
    of_right = np.bincount(pairs % rights, weights=times)
    return _Table(rows, left, times, group, most, float((of_right**2).sum()) / max(1, rows) ** 2)


def _beyond_chance(x: np.ndarray, y: np.ndarray, level: float) -> bool:
    """Return whether a shuffled right side agrees as often within the left values with at most this probability.

    Rows alike on the left are taken two by two, each row once; with a shuffled right side each two agree as often as
    any two rows do. The bound of Chernoff decides wherever it can: the import of scipy.special costs a third of a scan.
    """
    both = (x >= 0) & (y >= 0)
    x, y = x[both], y[both]
    times = np.bincount(y).astype(np.float64)
    rate = float((times * (times - 1)).sum()) / (len(y) * (len(y) - 1.0))
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    place = np.arange(len(x)) - np.flatnonzero(np.diff(x, prepend=-1))[np.cumsum(np.diff(x, prepend=-1) != 0) - 1]
    second = np.flatnonzero(place % 2 == 1)
    agree = int(np.count_nonzero(y[second] == y[second - 1]))
    if not agree:
        return False
    share = agree / len(second)
    if share > rate:
        unlike = (1 - share) * np.log((1 - share) / (1 - rate)) if share < 1 else 0.0
        if np.exp(-len(second) * (share * np.log(share / rate) + unlike)) <= level:
            return True
    from scipy.special import bdtrc

    return float(bdtrc(agree - 1, len(second), rate)) <= level


# ------------------------------------------------------------------------------------------ searching


def find_dependencies(profile: Profile) -> Search:
    """Find which columns, alone or two together, decide which others in nearly all rows.

    A column alone is tried wherever its values repeat and it can carry as much as the other says; two together only
    for what no column decides alone, and where each of them tells something of it. What agrees no more than a shuffled
    right side would, at one in a thousand over all comparisons, is left out.
    """
    lefts, rights, cut = _candidates(profile)
    if not lefts or not rights:
        return Search()
    everything = sorted({c.position for c in (*lefts, *rights)})
    names = ", ".join(profile.table.columns[i].sql for i in everything)
    table = profile.table.draw
    rows = coded(profile, table.query(f"SELECT pos, {names} FROM t{_draw(table)}"), everything)
    compared = _Compared(rows)
    named, decided = [c.position for c in lefts], [c.position for c in rights]
    found = [d for a, b in product(named, decided) if (d := compared.alone(a, b)) is not None]
    wanted = _promising(compared, named, [i for i in decided if all(d.right != i for d in found)])
    found += [d for pair, b in wanted[:MOST_PAIRS] if (d := compared.together(pair, b)) is not None]
    kept = [d for d in found if _beyond_chance(rows.left(d.left), rows.codes[d.right], _CHANCE / compared.tried)]
    kept.sort(key=lambda d: (len(d.left), -d.strength, d.left, d.right))
    bounds = [f"Only {MOST_COLUMNS} columns were compared."] if cut else []
    bounds += [f"Only {MOST_PAIRS} pairs of columns were tried together."] if len(wanted) > MOST_PAIRS else []
    return Search(tuple(kept), rows, " ".join(bounds))


def _draw(table: Table) -> str:
    """Return the condition of a fixed draw of about so many rows; none for a table not much larger."""
    return f" WHERE hash(pos) % {table.row_count // DRAWN} = 0" if table.row_count > 2 * DRAWN else ""


def _candidates(profile: Profile) -> tuple[list[ColumnProfile], list[ColumnProfile], bool]:
    """Return the columns that may stand on the left and on the right, and whether some were left out."""
    usable = [
        (_values(c), c)
        for c in profile.columns
        if c.column.storage != "nested" and 2 <= c.distinct <= c.present / _ROWS_PER_VALUE and c.complete
    ]
    usable = sorted(((n, c) for n, c in usable if n >= 2), key=lambda one: (one[0], one[1].position))
    lefts = [c for n, c in usable if n > 2 and _names_something(c)]
    rights = [c for _, c in usable]
    cut = len(lefts) > MOST_COLUMNS or len(rights) > MOST_COLUMNS
    return lefts[:MOST_COLUMNS], rights[:MOST_COLUMNS], cut


def _values(column: ColumnProfile) -> int:
    """Return the number of values that are no stand-ins for missing."""
    return column.distinct - (int(text_stand_ins(column).mask.sum()) if column.is_text else 0)


def _names_something(column: ColumnProfile) -> bool:
    """Whether the values of a column can name things: no measurements, no free text."""
    return column.kind not in (Kind.COORDINATE, Kind.SENTENCE, Kind.NUMERIC, Kind.NUMBER_IN_TEXT)


class _Compared:
    """Columns compared with each other, each two once."""

    def __init__(self, rows: Coded) -> None:
        self.rows = rows
        self.tried = 0
        self.entropy = {column: _entropy(codes) for column, codes in rows.codes.items()}
        self._strengths: dict[tuple[int, int], float] = {}

    def alone(self, a: int, b: int) -> Dependency | None:
        """Return whether column ``a`` decides ``b``."""
        if a == b or not 0 < self.entropy[b] <= self.entropy[a] + _SLACK:
            return None
        self.tried += 1
        table = self._table(a, b)
        self._strengths[a, b] = table.strength
        return _dependency((a,), b, table, LEAST_STRENGTH)

    def together(self, pair: tuple[int, int], b: int) -> Dependency | None:
        """Return whether two columns decide ``b``."""
        self.tried += 1
        x = self.rows.left(pair)
        values = int(x.max()) + 1
        if values * _ROWS_PER_PAIR > len(x):
            return None
        table = _tabulate(x, self.rows.codes[b], values, len(self.rows.values[b]))
        return _dependency(pair, b, table, _LEAST_STRENGTH_OF_PAIRS)

    def strength(self, a: int, b: int) -> float:
        """Return mu+ of ``a`` deciding ``b``."""
        if (a, b) not in self._strengths:
            self._strengths[a, b] = self._table(a, b).strength
        return self._strengths[a, b]

    def _table(self, a: int, b: int) -> _Table:
        codes, values = self.rows.codes, self.rows.values
        return _tabulate(codes[a], codes[b], len(values[a]), len(values[b]))


def _dependency(left: tuple[int, ...], right: int, table: _Table, least: float) -> Dependency | None:
    departing = table.departing
    if table.rows < _LEAST_ROWS or departing > _NEARLY_ALL * table.rows or table.strength < least:
        return None
    return Dependency(left, right, table.strength, departing / table.rows)


def _entropy(codes: np.ndarray) -> float:
    times = np.bincount(codes[codes >= 0])
    share = times[times > 0] / max(1, times.sum())
    return float(-(share * np.log(share)).sum())


def _promising(compared: _Compared, lefts: Sequence[int], rights: Sequence[int]) -> list[tuple[tuple[int, int], int]]:
    """Return two columns and a third, the most telling first.

    One of the two tells something of the third, neither decides the other, and together they have enough to say, but
    not a value for every row.
    """
    entropy, most = compared.entropy, np.log(max(1, len(compared.rows.positions)))
    scored = []
    for right in rights:
        for a, b in combinations(sorted(i for i in lefts if i != right), 2):
            if not 0 < entropy[right] <= entropy[a] + entropy[b] <= most:
                continue
            told = [compared.strength(i, right) for i in (a, b)]
            if max(told) >= _LEAST_OF_A_PART and max(compared.strength(a, b), compared.strength(b, a)) < LEAST_STRENGTH:
                scored.append((-sum(told), (a, b), right))
    return [(pair, right) for _, pair, right in sorted(scored)]


# ------------------------------------------------------------------------------------------ judging rows


@dataclass(frozen=True)
class Judged:
    """What one dependency says of each row.

    Attributes
    ----------
    departs
        Rows whose right value stands alone against others that agree.
    holds
        Rows whose right value is shared by most rows of their left value.
    split
        Rows of left values with two truths: no right value is common enough, or the departing one is repeated. Of few
        rows nothing is said.
    usual
        Row -> a row with the commonest right value of its left value; itself where the row is not judged.
    """

    departs: np.ndarray
    holds: np.ndarray
    split: np.ndarray
    usual: np.ndarray


def judge(x: np.ndarray, y: np.ndarray, sizes: np.ndarray | None = None) -> Judged:
    """Judge each row by the rows of the same left value.

    Parameters
    ----------
    x, y
        Codes of the left and of the right value per row, -1 where missing. All rows of a left value are among them
        wherever these differ on the right.
    sizes
        Per row, how many rows of its left value there are in all; those among ``x`` if not given.
    """
    places = np.flatnonzero((x >= 0) & (y >= 0))
    rights = int(y.max(initial=0)) + 1
    pairs, first, at, times = np.unique(
        x[places] * rights + y[places], return_index=True, return_inverse=True, return_counts=True
    )
    left = pairs // rights
    starts = np.flatnonzero(np.diff(left, prepend=-1))
    of_pair = np.cumsum(np.diff(left, prepend=-1) != 0) - 1
    group = np.add.reduceat(times, starts)[of_pair] if len(starts) else times
    most = np.maximum.reduceat(times, starts)[of_pair] if len(starts) else times
    settled = (most >= _SETTLED) & (group - most <= _DEPARTING * group)
    departs = settled & (times < most) & (times <= np.maximum(1, _REPEATED * most))
    alone = group == 1 if sizes is None else sizes[places[first]] == 1
    holds = (times == most) & (times > group / 2) & ~alone
    split = ~departs & (group > _SETTLED) & ((times < most) | (~settled & (group > most)))
    usual = np.arange(len(x))
    if len(starts):
        commonest = np.lexsort((-times, left))[starts]
        usual[places] = places[first[commonest]][of_pair][at]
    departing, holding, splitting = (_spread(mask[at], places, len(x)) for mask in (departs, holds, split))
    return Judged(departing, holding, splitting, usual)


def _spread(mask: np.ndarray, places: np.ndarray, rows: int) -> np.ndarray:
    whole = np.zeros(rows, dtype=bool)
    whole[places] = mask
    return whole
