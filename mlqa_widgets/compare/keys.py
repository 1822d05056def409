"""Which columns bring two sources together: as the user says, or proposed with the evidence."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from mlqa_widgets.compare.matching import STEPS, Pair, Step, normalised
from mlqa_widgets.compare.meeting import Meeting, Source
from mlqa_widgets.errors import InputError
from mlqa_widgets.naming import nearest
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.wording import listing, percent, shortened

_NAMES_A_THING: Final = frozenset(
    {
        Kind.IDENTIFIER,
        Kind.REFERENCE,
        Kind.CODE,
        Kind.CATEGORY,
        Kind.POSTCODE,
        Kind.PERIOD,
        Kind.DATETIME,
        Kind.NAME,
        Kind.EMAIL,
        Kind.PHONE,
        Kind.URL,
        Kind.BOOLEAN,
        Kind.LOCATION,
    }
)
_KEY_WORDS: Final = frozenset(
    "id key code no nr number num ref uid uuid identifier cle matricule serial sku isbn".split()
)
_UNIQUE: Final = 0.995
_WHOLLY_UNIQUE: Final = 0.99999
_NEARLY_ALL: Final = 0.9
"""Share of the rows of both sources a column brings together that ends the search, if it names every row once."""
_WORTH_NAMING: Final = 0.05
_COLUMNS_TRIED: Final = 12
_NAMES_TRIED: Final = 40
"""Columns of each source whose values are looked for in columns under other names of the other."""
_LONGEST_KEY: Final = 4
_PROPOSED: Final = 5
_KEYS_MEASURED: Final = 200_000
"""Rows of the larger source up to which a key is measured on all keys; of more, on every so many-th by its hash."""
_VALUES_COMPARED: Final = 5_000


@dataclass(frozen=True)
class KeyProposal:
    """Columns that may bring the two sources together, with the evidence.

    Attributes
    ----------
    pairs
        The columns.
    unique
        Different keys per row that has a key, of the left and of the right: 1 where the key names every row once.
    matched
        Share of the rows of each source that find a partner.
    normalised
        The same once case, spaces, leading zeros, accents, punctuation and type are ignored.
    score
        0 to about 1: what the proposals are ordered by.
    """

    pairs: tuple[Pair, ...]
    unique: tuple[float, float]
    matched: tuple[float, float]
    normalised: tuple[float, float]
    score: float

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(pair.name for pair in self.pairs)

    @property
    def on(self) -> list[str | tuple[str, str]]:
        """What to pass as ``on``."""
        return [p.left.name if p.left.name == p.right.name else (p.left.name, p.right.name) for p in self.pairs]

    @property
    def meets(self) -> tuple[float, float]:
        """Share of the rows of each source that find a partner, as they are or normalised: what is more."""
        return max(self.matched, self.normalised, key=sum)

    def evidence(self, left: str, right: str) -> str:
        """Return why, in a sentence."""
        once = [name for name, share in zip((left, right), self.unique, strict=True) if share >= _UNIQUE]
        says = f"names every row of {listing(once)} once" if once else "repeats in both"
        met = (
            f"{percent(self.matched[0])} of the rows of {left} and {percent(self.matched[1])} of those of {right} meet"
        )
        text = f"{listing([shortened(name) for name in self.names], 4)} {says}; {met}"
        if sum(self.normalised) > sum(self.matched) + 0.01:
            text += f" ({percent(self.normalised[0])} and {percent(self.normalised[1])} once normalised)"
        return text + "."


def named_pairs(meeting: Meeting, on: Any) -> list[Pair]:
    """Return the columns of the key the user named.

    Parameters
    ----------
    on
        A name both sources have; a list of names, or of pairs (left name, right name); or left name -> right name.

    Raises
    ------
    InputError
        When a source has no such column; the message offers the nearest.
    """
    if isinstance(on, Mapping):
        wanted: list[tuple[Hashable, Hashable]] = list(on.items())
    else:
        names = list(on) if isinstance(on, list) else [on]
        wanted = [one if isinstance(one, tuple) and len(one) == 2 else (one, one) for one in names]
    if not wanted:
        msg = "on: pass at least one column, or leave it out to have keys proposed."
        raise InputError(msg)
    return [
        Pair(find_column(meeting.left, left, "on"), find_column(meeting.right, right, "on")) for left, right in wanted
    ]


def find_column(source: Source, name: Hashable, argument: str) -> ColumnProfile:
    """Return the column of a source called ``name``.

    Raises
    ------
    InputError
        When there is none, or there are several.
    """
    found = [c for c in source.profile.columns if c.column.label == name]
    found = found or [c for c in source.profile.columns if c.name == name]
    if len(found) == 1:
        return found[0]
    known = [c.name for c in source.profile.columns]
    if found:
        msg = f"{argument}: {len(found)} columns of {source.name} are called {name!r}; rename them."
    else:
        msg = f"{argument}: {source.name} has no column {name!r}. {nearest(name, known)}"
    raise InputError(msg)


def plain_name(name: str) -> str:
    """Return a column's name without what people write differently: ``Zip Code``, ``zip_code`` and ``ZipCode`` alike."""
    return " ".join(name_words(name)) or name


def same_names(meeting: Meeting) -> list[Pair]:
    """Return the columns that both sources have under one name, or under names that differ in writing only."""
    left, right = meeting.sources
    exact = {column.name: column for column in right.profile.columns}
    plain: dict[str, list[ColumnProfile]] = {}
    for column in right.profile.columns:
        plain.setdefault(plain_name(column.name), []).append(column)
    pairs, taken = [], set()
    for column in left.profile.columns:
        if column.name in exact:
            pairs.append(Pair(column, exact[column.name]))
            taken.add(column.name)
    paired = {pair.left.position for pair in pairs}
    for column in left.profile.columns:
        near = [one for one in plain.get(plain_name(column.name), []) if one.name not in taken]
        if column.position not in paired and len(near) == 1:
            pairs.append(Pair(column, near[0]))
            taken.add(near[0].name)
    return sorted(pairs, key=lambda pair: pair.left.position)


def propose_keys(meeting: Meeting) -> list[KeyProposal]:
    """Return the keys that may bring both sources together, the likeliest first; none where nothing meets.

    A key of columns under one name is tried first, alone and up to four together; then columns under different
    names whose values are largely the same.
    """
    shared = [pair for pair in same_names(meeting) if all(_may_name(side) for side in pair.sides) and _may_meet(pair)]
    shared.sort(key=lambda pair: -max(_spread(side) for side in pair.sides))
    found: list[KeyProposal] = []
    for pair in shared[:_COLUMNS_TRIED]:
        found.append(_measured(meeting, (pair,)))
        if min(found[-1].unique) >= _WHOLLY_UNIQUE and min(found[-1].matched) >= _NEARLY_ALL:
            break
    found += _composites(meeting, found)
    if not any(one.score > 0.6 for one in found):
        other = [_measured(meeting, (pair,)) for pair in _other_names(meeting, {pair.positions for pair in shared})]
        found += other
    found = [one for one in found if max(one.meets) >= _WORTH_NAMING and max(one.unique) >= 0.05]
    found.sort(key=lambda one: (-one.score, len(one.pairs)))
    kept: list[KeyProposal] = []
    found = _longer_first(found)
    for one in found:
        part = any({p.positions for p in other.pairs} <= {p.positions for p in one.pairs} for other in kept)
        if not part:
            kept.append(one)
    return kept[:_PROPOSED]


def _longer_first(found: list[KeyProposal]) -> list[KeyProposal]:
    """Put the key that completes the likeliest one before it: the same columns and more, and no row named twice."""
    if not found or max(found[0].unique) >= _WHOLLY_UNIQUE:
        return found
    likeliest = {pair.positions for pair in found[0].pairs}
    for one in found[1:]:
        completes = likeliest < {pair.positions for pair in one.pairs} and max(one.unique) >= _WHOLLY_UNIQUE
        if completes and one.score > found[0].score - 0.15:
            return [one, *(other for other in found if other is not one)]
    return found


def _may_name(column: ColumnProfile) -> bool:
    if not column.present or column.distinct < 2:
        return False
    if column.kind in _NAMES_A_THING:
        return column.column.storage != "number" or column.numeric is None or column.numeric.integral
    return column.kind is Kind.NUMERIC and column.numeric is not None and column.numeric.integral


def _may_meet(pair: Pair) -> bool:
    """Whether cells of both columns can be equal at all: a number never equals a word."""
    numbers = [side.is_numeric for side in pair.sides]
    return numbers[0] == numbers[1] or any(side.is_text for side in pair.sides)


def _spread(column: ColumnProfile) -> float:
    return column.distinct / max(1, column.present)


def _measured(meeting: Meeting, pairs: tuple[Pair, ...]) -> KeyProposal:
    unique, matched = _met(meeting, pairs, ())
    normalised = matched
    if max(matched) < 0.95 and any(pair.form == "text" for pair in pairs):
        normalised = max(matched, _met(meeting, pairs, STEPS)[1], key=sum)
    meets = max((_coverage(matched), 0.8 * _coverage(normalised)))
    words = {word for pair in pairs for side in pair.sides for word in name_words(side.name)}
    score = max(unique) * meets + 0.05 * bool(words & _KEY_WORDS) - 0.04 * (len(pairs) - 1)
    return KeyProposal(pairs, unique, matched, normalised, round(score, 4))


def _coverage(matched: tuple[float, float]) -> float:
    return 0.7 * max(matched) + 0.3 * min(matched)


def _met(
    meeting: Meeting, pairs: Sequence[Pair], steps: Sequence[Step]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return keys per row, and the share of the rows that find a partner, of each source."""
    every = max(1, max(source.rows for source in meeting.sources) // _KEYS_MEASURED)
    names = ", ".join(f"k{i}" for i in range(len(pairs)))
    expressions = [pair.canonical() if steps and pair.form == "text" else pair.expressions() for pair in pairs]
    sides = []
    for side, relation in enumerate("lr"):
        parts = ", ".join(f"{both[side]} AS k{i}" for i, both in enumerate(expressions))
        present = " AND ".join(f"k{i} IS NOT NULL" for i in range(len(pairs)))
        sides.append(f"SELECT * FROM (SELECT {parts}, {side} AS side FROM {relation}) WHERE {present}")
    drawn = f"WHERE hash({names}) % {every} = 0" if every > 1 and not steps else ""
    keys = (
        f"SELECT {names}, count(*) FILTER (WHERE side = 0) AS nl, count(*) FILTER (WHERE side = 1) AS nr "
        f"FROM ({' UNION ALL '.join(sides)}) {drawn} GROUP BY {names}"
    )
    if steps:
        alike = ", ".join(
            f"{normalised(f'k{i}', steps)} AS k{i}" if pair.form == "text" else f"k{i}" for i, pair in enumerate(pairs)
        )
        keys = f"SELECT sum(nl) AS nl, sum(nr) AS nr FROM (SELECT {alike}, nl, nr FROM ({keys})) GROUP BY {names}"
    found = meeting.one(
        f"SELECT count(*) FILTER (WHERE nl > 0) AS keys_l, count(*) FILTER (WHERE nr > 0) AS keys_r, "
        f"sum(nl) AS rows_l, sum(nr) AS rows_r, sum(nl) FILTER (WHERE nr > 0) AS met_l, "
        f"sum(nr) FILTER (WHERE nl > 0) AS met_r FROM ({keys})"
    )
    n = {name: int(value or 0) for name, value in found.items()}
    left, right = (max(1, source.rows // (every if drawn else 1)) for source in meeting.sources)
    unique = (n["keys_l"] / max(1, n["rows_l"]), n["keys_r"] / max(1, n["rows_r"]))
    return unique, (min(1.0, n["met_l"] / left), min(1.0, n["met_r"] / right))


def _composites(meeting: Meeting, single: Sequence[KeyProposal]) -> list[KeyProposal]:
    """Return keys of several columns: to the best so far, the column that tells the most rows apart is added."""
    useful = [one for one in single if max(one.matched) >= 0.2 and min(one.matched) > 0]
    if any(max(one.unique) >= _UNIQUE and max(one.matched) >= 0.5 for one in useful):
        return []
    found = []
    chosen = max(useful, key=lambda one: one.score, default=None)
    while chosen is not None and len(chosen.pairs) < _LONGEST_KEY and max(chosen.unique) < _WHOLLY_UNIQUE:
        used = {pair.positions for pair in chosen.pairs}
        tried = [
            _measured(meeting, (*chosen.pairs, *one.pairs)) for one in useful if one.pairs[0].positions not in used
        ]
        tried = [one for one in tried if max(one.matched) >= 0.2 and _tells_more(one, chosen)]
        chosen = max(tried, key=lambda one: (round(max(one.unique), 3) * max(one.matched), one.score), default=None)
        if chosen is not None:
            found.append(chosen)
    return found


def _tells_more(longer: KeyProposal, shorter: KeyProposal) -> bool:
    """Whether a further column pays: it halves the rows that the key does not name by themselves."""
    gained, left = max(longer.unique) - max(shorter.unique), 1 - max(shorter.unique)
    return gained >= 0.5 * left or max(longer.unique) > 1.05 * max(shorter.unique)


def _other_names(meeting: Meeting, known: set[tuple[int, int]]) -> list[Pair]:
    """Return columns under different names whose values are largely the same, those of most in common first."""
    left, right = (
        sorted((c for c in source.profile.columns if _may_name(c)), key=lambda c: -_spread(c))[:_NAMES_TRIED]
        for source in meeting.sources
    )
    rated: list[tuple[float, int, Pair]] = []
    for pair in (Pair(one, other) for one in left for other in right):
        if pair.positions in known or not _may_meet(pair):
            continue
        if max(_spread(side) for side in pair.sides) < 0.5 or Kind.BOOLEAN in {side.kind for side in pair.sides}:
            continue
        words = set(name_words(pair.left.name)) & set(name_words(pair.right.name))
        if pair.form == "number" and not words:
            continue
        share = in_common(pair)
        if share >= 0.3:
            rated.append((share, len(rated), pair))
    rated.sort(key=lambda one: (-one[0], one[1]))
    return [pair for _, _, pair in rated[:_COLUMNS_TRIED]]


def in_common(pair: Pair) -> float:
    """Return the larger share of the rows of either column whose value, in lower case, the other column has too."""
    values = [
        (np.array([_plain(v) for v in side.strings.slice(0, _VALUES_COMPARED).to_pylist()]), side)
        for side in pair.sides
    ]
    shares = []
    for (own, side), (others, _) in (values, values[::-1]):
        weights = side.weights[: len(own)]
        shares.append(float(weights[np.isin(own, others)].sum() / max(1, weights.sum())))
    return max(shares)


def _plain(value: str) -> str:
    return "".join(c for c in value.lower().removesuffix(".0") if c.isalnum()).lstrip("0")
