"""Pairs of rows that may be one record written twice: found by what few rows share, judged column by column.

Rows are compared where they share a value or a word that at most a handful of rows have, or stand side by side when
sorted by one of the telling columns (sorted neighbourhood): never all with all. Two texts are alike if few letters
differ and no digit does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks.columns._dependencies import Coded, coded
from mlqa_widgets.profile.kinds import Kind

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

MOST_ROWS: Final = 100_000
"""Rows compared: the first so many."""
_MOST_PAIRS: Final = 1_000_000
_SHARED_BY: Final = 6
"""Rows that may share a value or a word for it to make them candidates."""
_TELLING: Final = 0.3
"""Share of the rows with different values from which a column tells records apart."""
_NUMBERED: Final = 0.9
"""Share of the values with a digit from which a column of different values numbers the rows, and does not name them."""
_LEAST_COMPARED: Final = 3
_BEYOND_CHANCE: Final = 5.0
"""Bits by which what a pair shares must exceed what some pair of the table shares by chance."""
_OF_A_SLIP: Final = 0.8
"""Share of the evidence of equal texts that texts with a slip give."""
_PER_TEXT: Final = 2
_PER_NUMBER: Final = 5
"""Telling columns that must be alike for each text, or each number or date, that may differ altogether."""
_TEXT: Final = 200
_TEXTS: Final = frozenset(
    {
        Kind.NAME,
        Kind.ADDRESS,
        Kind.EMAIL,
        Kind.URL,
        Kind.SENTENCE,
        Kind.UNKNOWN,
        Kind.LOCATION,
        Kind.CATEGORY,
        Kind.LIST,
        Kind.IDENTIFIER,
    }
)


@dataclass(frozen=True)
class Pairs:
    """Rows that are one record written twice, as pairs.

    Attributes
    ----------
    first, second
        Row positions, parallel.
    differs
        bool, one row per pair and one column per column compared.
    columns
        The columns compared.
    """

    first: np.ndarray
    second: np.ndarray
    differs: np.ndarray
    columns: tuple[ColumnProfile, ...]


@dataclass(frozen=True)
class _Field:
    """One column, ready to be compared.

    Attributes
    ----------
    raw, plain
        Per row, the code of the value as written, and of it without case, accents and punctuation; -1 where missing.
    texts
        What the codes of ``plain`` stand for.
    shared
        Per row, how many rows have the same plain value.
    is_text
        Whether a few letters may differ.
    """

    column: ColumnProfile
    raw: np.ndarray
    plain: np.ndarray
    texts: pa.Array
    shared: np.ndarray
    is_text: bool

    @property
    def telling(self) -> bool:
        present = np.count_nonzero(self.plain >= 0)
        return bool(len(self.texts) >= _TELLING * present > 0)


def near_copies(profile: Profile) -> Pairs | None:
    """Find the pairs of rows that are one record written twice with small differences."""
    columns = [c for c in profile.columns if _describes(c, profile)]
    if len(columns) < _LEAST_COMPARED or not any(_may_tell(c) for c in columns):
        return None
    names = ", ".join(c.column.sql for c in columns)
    rows = coded(
        profile,
        profile.table.query(f"SELECT pos, {names} FROM t WHERE pos < {MOST_ROWS}"),
        [c.position for c in columns],
    )
    fields = [_field(c, rows) for c in columns]
    telling = [f for f in fields if f.telling]
    if not any(f.is_text for f in telling):
        return None
    first, second = _candidates(telling)
    if profile.roles.time is not None:
        first, second = _at_one_time(profile, first, second)
    if not len(first):
        return None
    kept = _judge(fields, first, second, numbered=_is_numbered(profile))
    differs = np.stack([f.raw[first[kept]] != f.raw[second[kept]] for f in fields], axis=1)
    return Pairs(rows.positions[first[kept]], rows.positions[second[kept]], differs, tuple(columns))


def _describes(column: ColumnProfile, profile: Profile) -> bool:
    """Whether a column says something of the record, and does not merely number it."""
    if column.column.storage == "nested" or column.distinct < 2 or column.position in profile.roles.key:
        return False
    return not (_numbers_rows(column) or column.position == profile.roles.time)


def _numbers_rows(column: ColumnProfile) -> bool:
    """Whether a column gives each row a number or a code of its own."""
    if column.kind not in (Kind.IDENTIFIER, Kind.REFERENCE) or column.distinct != column.present:
        return False
    digits = pc.match_substring_regex(column.strings, "[0-9]").to_numpy(zero_copy_only=False)
    return bool(digits.mean() >= _NUMBERED)


def _at_one_time(profile: Profile, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs whose named times do not differ: at another time it is another reading of the same thing."""
    time = profile.columns[profile.roles.time or 0].column
    cells = profile.table.query(f"SELECT {time.sql} AS cell FROM t WHERE pos < {MOST_ROWS} ORDER BY pos")["cell"]
    encoded = cells.combine_chunks().dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    apart = (codes[first] >= 0) & (codes[second] >= 0) & (codes[first] != codes[second])
    return first[~apart], second[~apart]


def _is_numbered(profile: Profile) -> bool:
    """Whether rows alike in all else are told apart by a number alone: a copy that duplicate_rows cannot see."""
    if profile.roles.time is not None:
        return False
    return bool(profile.roles.key) or any(c.present == profile.rows and _numbers_rows(c) for c in profile.columns)


def _may_tell(column: ColumnProfile) -> bool:
    return column.is_text and column.kind in _TEXTS and column.distinct >= _TELLING * column.present


def _field(column: ColumnProfile, rows: Coded) -> _Field:
    raw = rows.codes[column.position]
    texts = _plain(rows.values[column.position].cast(pa.string()))
    encoded = pc.dictionary_encode(texts)
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    plain = np.where(raw < 0, -1, np.append(codes, -1)[raw])
    times = np.bincount(plain[plain >= 0], minlength=len(encoded.dictionary))
    shared = np.where(plain < 0, 0, np.append(times, 0)[plain])
    is_text = column.is_text and not column.is_numeric and column.kind in _TEXTS
    return _Field(column, raw, plain, encoded.dictionary, shared, is_text)


def _plain(texts: pa.Array) -> pa.Array:
    """Return texts without case, accents, punctuation and surplus blanks."""
    texts = pc.utf8_normalize(pc.utf8_lower(pc.utf8_slice_codeunits(texts, 0, _TEXT)), form="NFKD")
    texts = pc.replace_substring_regex(texts, r"\p{M}", "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"[^\p{L}\p{N}]+", " "))


# ------------------------------------------------------------------------------------------ candidates


def _candidates(telling: Sequence[_Field]) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of rows worth comparing, the lower row first, each once."""
    rows = len(telling[0].plain)
    found = [_sharing(np.where(f.shared <= _SHARED_BY, f.plain, -1)) for f in telling]
    found += [_sharing_words(f) for f in telling if f.is_text]
    found += [_side_by_side(f, telling) for f in telling if f.is_text]
    pairs = np.unique(np.concatenate([np.minimum(a, b) * rows + np.maximum(a, b) for a, b in found]))[:_MOST_PAIRS]
    first, second = pairs // rows, pairs % rows
    return first[first < second], second[first < second]


def _sharing(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of rows with the same code, those without one aside."""
    places = np.flatnonzero(codes >= 0)
    places = places[np.argsort(codes[places], kind="stable")]
    return _within(codes[places], places)


def _within(groups: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of neighbours up to five apart in the same group."""
    first, second = [], []
    for apart in range(1, _SHARED_BY):
        same = groups[apart:] == groups[:-apart]
        first.append(places[:-apart][same])
        second.append(places[apart:][same])
    return np.concatenate(first), np.concatenate(second)


def _sharing_words(field: _Field) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of rows that share a word few rows have."""
    split = pc.utf8_split_whitespace(field.texts)
    words = pc.list_flatten(split)
    value = pc.list_parent_indices(split).to_numpy(zero_copy_only=False)
    long = pc.greater(pc.utf8_length(words), 2).to_numpy(zero_copy_only=False)
    word = pc.dictionary_encode(words).indices.to_numpy(zero_copy_only=False).astype(np.int64)
    present = np.flatnonzero(field.plain >= 0)
    order = present[np.argsort(field.plain[present], kind="stable")]
    times = np.bincount(field.plain[present], minlength=len(field.texts))
    rows_of_word = np.bincount(word, weights=times[value], minlength=1)
    wanted = long & (rows_of_word[word] <= _SHARED_BY) & (rows_of_word[word] > 1)
    word, value = word[wanted], value[wanted]
    starts = np.concatenate([[0], np.cumsum(times)])
    repeat = times[value]
    place = np.repeat(starts[value], repeat) + _counting(repeat)
    words_of_rows, rows = np.repeat(word, repeat), order[place]
    by_word = np.argsort(words_of_rows, kind="stable")
    return _within(words_of_rows[by_word], rows[by_word])


def _counting(lengths: np.ndarray) -> np.ndarray:
    """Return 0, 1, ... for each length, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)


def _side_by_side(field: _Field, telling: Sequence[_Field]) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of rows next to each other when sorted by this column, then by the others."""
    keys = [_ranks(f) for f in telling if f is not field]
    order = np.lexsort((*keys, _ranks(field)))
    order = order[field.plain[order] >= 0]
    return np.concatenate([order[:-1], order[:-2]]), np.concatenate([order[1:], order[2:]])


def _ranks(field: _Field) -> np.ndarray:
    rank = np.empty(len(field.texts) + 1, dtype=np.int64)
    rank[pc.sort_indices(field.texts).to_numpy(zero_copy_only=False)] = np.arange(len(field.texts))
    rank[-1] = len(field.texts)
    return rank[field.plain]


# ------------------------------------------------------------------------------------------ judging


def _judge(fields: Sequence[_Field], first: np.ndarray, second: np.ndarray, *, numbered: bool) -> np.ndarray:
    """Return which pairs are one record: alike in what tells, far more than chance would, but not in every letter."""
    rows = len(fields[0].plain)
    bits = np.zeros(len(first))
    compared, different, measured, telling_alike, written_apart = (np.zeros(len(first), dtype=int) for _ in range(5))
    text_alike = np.zeros(len(first), dtype=bool)
    for field in fields:
        a, b = field.plain[first], field.plain[second]
        both = (a >= 0) & (b >= 0)
        equal = both & (a == b)
        alike = equal | (both & _alike(field, a, b, both & ~equal))
        by = np.log2(rows / np.maximum(1, np.maximum(field.shared[first], field.shared[second])))
        bits += np.where(equal, by, np.where(alike & field.is_text, _OF_A_SLIP * by, 0.0))
        compared += both
        different += both & ~alike
        measured += both & ~alike & (not field.is_text)
        written_apart += field.raw[first] != field.raw[second]
        if field.telling:
            telling_alike += alike
            if field.is_text:
                text_alike |= alike
    return (
        (compared >= _LEAST_COMPARED)
        & (different <= telling_alike // _PER_TEXT)
        & (measured <= telling_alike // _PER_NUMBER)
        & text_alike
        & ((written_apart > different) | (numbered & (written_apart == 0)))
        & (bits >= np.log2(rows * (rows - 1) / 2) + _BEYOND_CHANCE)
    )


def _alike(field: _Field, a: np.ndarray, b: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return which pairs of values differ by a slip: few letters, no digit; in a number of many digits, one digit."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    result = np.zeros(len(a), dtype=bool)
    places = np.flatnonzero(wanted)
    if not len(places) or not (field.is_text or field.telling):
        return result
    pairs, at = np.unique(
        np.minimum(a[places], b[places]) * len(field.texts) + np.maximum(a[places], b[places]), return_inverse=True
    )
    one, other = (field.texts.take(pa.array(i)) for i in (pairs // len(field.texts), pairs % len(field.texts)))
    apart = cpdist(one.to_pylist(), other.to_pylist(), scorer=OSA.distance, dtype=np.int32)
    length = np.minimum(*(pc.utf8_length(side).to_numpy(zero_copy_only=False) for side in (one, other)))
    if field.is_text:
        digits = [pc.replace_substring_regex(side, r"[^0-9]+", "") for side in (one, other)]
        same_digits = pc.equal(*digits).to_numpy(zero_copy_only=False)
        slip = same_digits & (length >= 3) & (apart <= 1 + length // 8)
        for place in np.flatnonzero(slip & (apart > 1)):
            slip[place] = _slips_within_words(one[int(place)].as_py(), other[int(place)].as_py())
    else:
        slip = (length >= 6) & (apart <= 1)
    result[places] = slip[at]
    return result


def _slips_within_words(one: str, other: str) -> bool:
    """Whether few letters differ in what the words they do not share say: not red for green in a long name."""
    from rapidfuzz.distance import OSA

    words, others = one.split(), other.split()
    left = " ".join(word for word in words if word not in others)
    right = " ".join(word for word in others if word not in words)
    return OSA.distance(left, right) <= 1 + min(len(left), len(right)) // 6
