"""Which values of a column are one thing written several ways, and which of them is the form to keep.

Texts of one fingerprint belong together at any frequency. Beyond that, frequency decides: a rare value is
linked to a much more frequent one when words of it are slips of words the column uses much more, never two
frequent values to each other, and never values whose numbers differ. Last, where one character clearly
stands in for others (``G?nève``, or letters lost to an ``x`` all over a table), it is read as a wildcard.

The search works on the words of the column, not on pairs of values, so it is bounded by the vocabulary.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from mlqa_widgets.checks._stand_ins import text_stand_ins
from mlqa_widgets.checks.text._forms import (
    Form,
    ends_in_accent,
    form_of,
    key_of,
    latin,
    name_form_of,
    read_again,
    shortened,
    way_of_writing,
    written_out,
)
from mlqa_widgets.checks.text._slips import (
    FARTHEST,
    LEAST_RATIO,
    country_meant,
    country_names,
    most_changes,
    ratio_needed,
    ratio_needed_in_context,
)
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.profile.profile import Profile

LONGEST: Final = 300
"""Longer values are texts and not looked at."""

_WORD_PAIRS: Final = 200_000_000
_PAIRS_AT_ONCE: Final = 8_000_000
_WILDCARD_CELLS: Final = 30_000_000
_LEAST_ROWS: Final = 5
_WORDS_COMPARED: Final = 3000
_NATURAL_SHARE: Final = 0.5
_OFTEN: Final = 20
"""Rows from which on a slip is less and less likely: people do not err alike that often."""
_CONTEXT: Final = 2
"""Letters of the rest of a text that let a short word in it be judged."""
_BOILERPLATE_RATIO: Final = 50.0
_BOILERPLATE_VALUES: Final = 5
_YES: Final = frozenset("y yes true t 1 on oui o vrai v".split())
_NO: Final = frozenset("n no false f 0 off non faux".split())
_FEW: Final = 50
_COUNTRIES: Final = 500
_UNKNOWN_SHARE: Final = 0.4
_FAMILIAR_COUNTRIES: Final = frozenset(
    "france germany china india mexico canada japan italy brazil spain england allemagne chine inde mexique japon"
    " italie bresil espagne".split()
)
_STAND_INS: Final = "?\ufffd¿\x1a"
_STAND_IN_SLIPS: Final = 10
_STAND_IN_SHARE: Final = 0.6

_REPEATING: Final = frozenset((Kind.CATEGORY, Kind.CODE, Kind.BOOLEAN, Kind.UNKNOWN, Kind.CONSTANT, Kind.LOCATION))
_MOSTLY_DIFFERENT: Final = frozenset((Kind.NAME, Kind.ADDRESS, Kind.REFERENCE, Kind.SENTENCE))
_PERSON_WORDS: Final = frozenset(
    "first last given family full middle maiden sur firstname lastname surname forename fullname name prenom nom"
    " person personne author auteur player joueur guest member patient customer client employee driver student".split()
)
_TAXON_WORDS: Final = frozenset("species espece genus genre taxon taxa scientific latin binomial organism".split())


@dataclass(frozen=True)
class Variants:
    """The variants of a column.

    Attributes
    ----------
    mask
        bool, parallel to the column's values: which are a variant of another way of writing.
    kept
        Place of a variant -> the text to keep in its stead, nearly always another value of the column.
    ways
        Place of a variant -> what is different about it: ``case``, ``accents``, ``typing slip``...
    """

    mask: np.ndarray
    kept: dict[int, str] = field(default_factory=dict)
    ways: dict[int, str] = field(default_factory=dict)

    @property
    def by_slip_only(self) -> bool:
        """Whether nothing but likely typing slips was found."""
        return all(way in (SLIP, CUT) for way in self.ways.values())


SLIP: Final = "typing slip"
CUT: Final = "cut end"
STAND_IN: Final = "letters replaced"

_KNOWN: WeakKeyDictionary[Profile, dict[int, Variants]] = WeakKeyDictionary()
_GROUPED: WeakKeyDictionary[Profile, dict[int, _Grouping | None]] = WeakKeyDictionary()
_STAND_IN_LETTER: WeakKeyDictionary[Profile, str | None] = WeakKeyDictionary()


def variants_of(column: ColumnProfile, profile: Profile) -> Variants:
    """Return the variants of a column, computed once per profile."""
    known = _KNOWN.setdefault(profile, {})
    if column.position not in known:
        letter = _stand_in_letter(profile)
        grouping = _grouping_of(column, profile)
        known[column.position] = (
            Variants(np.zeros(len(column.values), dtype=bool)) if grouping is None else grouping.with_stand_ins(letter)
        )
        _GROUPED[profile][column.position] = None
    return known[column.position]


def _grouping_of(column: ColumnProfile, profile: Profile) -> _Grouping | None:
    known = _GROUPED.setdefault(profile, {})
    if column.position not in known:
        scope = _scope_of(column)
        known[column.position] = None if scope is None else _Grouping(column, scope)
    return known[column.position]


def _stand_in_letter(profile: Profile) -> str | None:
    """Return the letter that takes the place of others all over the table, if there is one."""
    if profile not in _STAND_IN_LETTER:
        found: Counter[str] = Counter()
        for column in profile.columns:
            try:
                grouping = _grouping_of(column, profile)
            except Exception:  # noqa: BLE001, S112 - the check of that column meets it again and is reported
                continue
            if grouping is not None:
                found += grouping.substitutions()
        ranked = found.most_common(1)
        clear = bool(ranked) and ranked[0][1] >= max(_STAND_IN_SLIPS, _STAND_IN_SHARE * found.total())
        _STAND_IN_LETTER[profile] = ranked[0][0] if clear else None
    return _STAND_IN_LETTER[profile]


class _Scope(Enum):
    """How far the search goes in a column."""

    SLIPS_ONLY = "numbers with words beside them"
    PERSONS = "names of people"
    CAUTIOUS = "texts, names of things, species"
    FULL = "categories and codes"

    @property
    def least_ratio(self) -> float:
        """How many times as frequent a word must be to correct another, at least; infinite for not at all."""
        return {_Scope.PERSONS: float("inf"), _Scope.CAUTIOUS: 20.0}.get(self, LEAST_RATIO)


def _scope_of(column: ColumnProfile) -> _Scope | None:
    """Say how far to search; None for columns whose values are not meant to repeat, or are no words."""
    if not column.is_text or column.distinct < 2 or column.present < 5:
        return None
    repeated = column.distinct / column.present
    if column.kind is Kind.NUMBER_IN_TEXT:
        return _Scope.SLIPS_ONLY if repeated <= 0.5 else None
    if column.kind in _MOSTLY_DIFFERENT:
        if repeated > 0.5:
            return None
    elif column.kind not in _REPEATING or repeated > 0.9:
        return None
    words = frozenset(name_words(column.name))
    if words and words <= _PERSON_WORDS:
        return _Scope.PERSONS
    return _Scope.CAUTIOUS if column.kind in (Kind.SENTENCE, Kind.NAME) or words & _TAXON_WORDS else _Scope.FULL


class _Grouping:
    """The values of one column, joined step by step into groups of one thing."""

    def __init__(self, column: ColumnProfile, scope: _Scope) -> None:
        self.column = column
        self.texts: list[str] = column.strings.to_pylist()
        self.counts = column.counts
        fold = name_form_of if scope is _Scope.PERSONS else form_of
        if _are_distinct_codes(column):
            self.forms = [_NO_FORM] * len(self.texts)
        else:
            self.forms = [fold(text) if len(text) <= LONGEST else _NO_FORM for text in self.texts]
        self.parent = list(range(len(self.texts)))
        self.ways: dict[int, str] = {}
        self.slips: list[tuple[int, int]] = []
        self.rewritten: dict[int, str] = {}
        if scope is not _Scope.SLIPS_ONLY:
            self._join_equal_forms(abbreviations=scope is not _Scope.PERSONS)
        self.rows = self._rows_per_root()
        if scope is not _Scope.PERSONS:
            self._join_slips(scope.least_ratio)
        if scope is _Scope.FULL:
            self._correct_countries()

    # ------------------------------------------------------------------ groups

    def root(self, place: int) -> int:
        while self.parent[place] != place:
            self.parent[place] = self.parent[self.parent[place]]
            place = self.parent[place]
        return place

    def _join(self, places: Iterable[int], way: str | None = None) -> None:
        roots = sorted({self.root(place) for place in places}, key=self._preference)
        for other in roots[1:]:
            self.parent[other] = roots[0]
            if way is not None:
                self.ways.setdefault(other, way)

    def _preference(self, place: int) -> tuple[bool, int, bool, bool, str]:
        """Sort the form to keep first: sound, frequent, with its accents, not all in one case."""
        text = self.texts[place]
        flawed = text != " ".join(text.split()) or any(sign in text for sign in _STAND_INS[1:])
        if not text.isascii():
            flawed = flawed or read_again(text) != text or latin(text) != text
        return flawed, -int(self.counts[place]), text.isascii(), text.isupper() or text.islower(), text

    def _rows_per_root(self) -> Counter[int]:
        rows: Counter[int] = Counter()
        for place, count in enumerate(self.counts.tolist()):
            rows[self.root(place)] += count
        return rows

    # ------------------------------------------------------------------ equal forms

    def _join_equal_forms(self, *, abbreviations: bool) -> None:
        by_key: dict[str, list[int]] = defaultdict(list)
        by_short: dict[str, list[int]] = defaultdict(list)
        by_umlauts: dict[str, list[int]] = defaultdict(list)
        stand_ins = text_stand_ins(self.column).mask
        for place, form in enumerate(self.forms):
            if form.key and not stand_ins[place]:
                by_key[form.key].append(place)
                if abbreviations:
                    _add(by_short, shortened(form), place)
                    if not self.texts[place].isascii():
                        _add(by_umlauts, written_out(self.texts[place]), place)
        two_ways = 2 <= len(by_key) <= 3 and max(map(len, by_key.values())) <= 2
        for key, places in by_key.items():
            if len(places) > 1 and (len(key) > 2 or two_ways or self._lopsided(places)):
                self._join_written_alike(places)
        for key, places in by_umlauts.items():
            if key in by_key and self.root(by_key[key][0]) != self.root(places[0]):
                self._join([*places, *by_key[key]])
        for places in by_short.values():
            if len(places) > 1:
                self._join(places)
        self._join_reordered(by_key)
        self._join_truths(by_key)

    def _join_written_alike(self, places: Sequence[int]) -> None:
        """Join texts of one form; those that differ by a last accent (``marche``, ``marché``) only if lopsided."""
        first = min(places, key=self._preference)
        apart = [place for place in places if ends_in_accent(self.texts[place], self.texts[first])]
        self._join(place for place in places if place not in apart)
        for place in apart:
            if self._lopsided([first, place]):
                self._join([first, place])

    def _lopsided(self, places: Sequence[int]) -> bool:
        """Whether one of very short texts outweighs the others: where it does not, case may carry meaning."""
        counts = sorted(int(self.counts[place]) for place in places)
        return counts[-1] >= LEAST_RATIO * sum(counts[:-1])

    def _join_reordered(self, by_key: dict[str, list[int]]) -> None:
        """Join ``Smith, John`` with ``John Smith``; without the comma only a rare order with a frequent one."""
        by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for places in by_key.values():
            place = min(places, key=self._preference)
            tokens = self.forms[place].tokens
            if 2 <= len(tokens) <= 6 and len(set(tokens)) == len(tokens) and all(map(_is_plain_word, tokens)):
                by_words[tuple(sorted(tokens))].append(place)
        for places in by_words.values():
            if len(places) < 2 or any(_ORDERED.search(self.texts[place]) for place in places):
                continue
            commas = sum("," in self.texts[place] for place in places)
            if 0 < commas < len(places):
                self._join(places, "word order")
                continue
            counts = sorted(int(self.counts[place]) for place in places)
            if counts[-1] >= 2 * LEAST_RATIO * sum(counts[:-1]):
                self._join(places, "word order")

    def _join_truths(self, by_key: dict[str, list[int]]) -> None:
        """Join the words for yes, and those for no, in a column that holds nothing else but mixes them."""
        if self.column.column.has_types or not 3 <= len(by_key) <= len(_YES) + len(_NO):
            return
        yes, no = (by_key.keys() & words for words in (_YES, _NO))
        if not yes or not no or len(yes) + len(no) < len(by_key):
            return
        for keys in (yes, no):
            self._join([place for key in keys for place in by_key[key]], "another word for yes or no")

    # ------------------------------------------------------------------ slips

    def _join_slips(self, least_ratio: float) -> None:
        members = [place for place in range(len(self.texts)) if self.root(place) == place and self.forms[place].key]
        rows: Counter[str] = Counter()
        values: Counter[str] = Counter()
        for place in members:
            for token in set(self.forms[place].tokens):
                rows[token] += self.rows[place]
                values[token] += 1
        corrections, overshadowed = _corrections(rows, least_ratio)
        if not corrections:
            return
        by_key = {self.forms[place].key: place for place in reversed(members)}
        found: list[tuple[int, int, str]] = []
        for place in members:
            tokens = self.forms[place].tokens
            for replaced in _corrected(tokens, corrections):
                target = by_key.get(key_of(replaced))
                pairs = [(a, b) for a, b in zip(tokens, replaced, strict=True) if a != b]
                rest = sum(map(len, replaced)) - sum(len(b) for _, b in pairs)
                if rest < _CONTEXT and not all(corrections[a].alone for a, _ in pairs):
                    continue
                if target is None and self._boilerplate(tokens, pairs, corrections, values):
                    self._rewrite(place, pairs)
                elif target is None or target == place:
                    continue
                elif self._outweighed(place, target, pairs, corrections, values):
                    if not self._both_countries(place, target):
                        cut = all(b.startswith(a) for a, b in pairs)
                        found.append((place, target, CUT if cut else SLIP))
                else:
                    continue
                break
        corrected = [*self.rewritten, *(place for place, *_ in found)]
        slips = {token for place in corrected for token in self.forms[place].tokens if token in corrections}
        if _near_by_nature(rows, overshadowed, len(slips)):
            self.rewritten.clear()
            return
        for place, target, way in found:
            if self.root(place) != self.root(target):
                self.slips.append((place, target))
                self.parent[self.root(place)] = self.root(target)
                self.ways[place] = way

    def _both_countries(self, place: int, target: int) -> bool:
        keys = {self.forms[place].key, self.forms[target].key}
        return not any(map(_DIGIT.search, keys)) and keys <= country_names().keys()

    def _rewrite(self, place: int, pairs: Sequence[tuple[str, str]]) -> None:
        """Correct words in a value that has no correct counterpart in the column."""
        text = self.texts[place]
        for slip, word in pairs:
            text = re.sub(rf"(?i)\b{slip}\b", partial(_in_case_of, word), text)
        if text != self.texts[place]:
            self.rewritten[place] = text

    def _outweighed(
        self,
        place: int,
        target: int,
        pairs: Sequence[tuple[str, str]],
        corrections: dict[str, _Correction],
        values: Counter[str],
    ) -> bool:
        rare, frequent = self.rows[place], self.rows[self.root(target)]
        needed = max(corrections[a].ratio_needed for a, _ in pairs) * max(1.0, rare / _OFTEN)
        if frequent >= needed * rare:
            return True
        return frequent >= rare and self._boilerplate(self.forms[place].tokens, pairs, corrections, values)

    def _boilerplate(
        self,
        tokens: Sequence[str],
        pairs: Sequence[tuple[str, str]],
        corrections: dict[str, _Correction],
        values: Counter[str],
    ) -> bool:
        """Whether the words corrected are ones that many values share (``37 patients``)."""
        return len(tokens) > len(pairs) and all(
            corrections[a].ratio >= _BOILERPLATE_RATIO and values[b] >= _BOILERPLATE_VALUES for a, b in pairs
        )

    def _correct_countries(self) -> None:
        """Correct misspelled countries in a column of countries, though none is there in its right form."""
        members = [place for place in range(len(self.texts)) if self.root(place) == place and self.forms[place].key]
        keys = {self.forms[place].key: place for place in members}
        if len(keys) > _COUNTRIES or len(_FAMILIAR_COUNTRIES & keys.keys()) < 2:
            return
        unknown = keys.keys() - country_names().keys()
        if len(unknown) > _UNKNOWN_SHARE * len(keys):
            return
        for key in unknown:
            meant = country_meant(key)
            if meant is not None and form_of(meant).key not in keys:
                self.rewritten[keys[key]] = meant

    # ------------------------------------------------------------------ one character for others

    def substitutions(self) -> Counter[str]:
        """Count, per letter, the slips in which it stands in place of another."""
        found: Counter[str] = Counter()
        for place, target in self.slips:
            slip, word = self.texts[place].lower(), self.texts[target].lower()
            if len(slip) == len(word):
                wrong = {a for a, b in zip(slip, word, strict=True) if a != b}
                if len(wrong) == 1:
                    found[wrong.pop()] += 1
        return found

    def with_stand_ins(self, letter: str | None) -> Variants:
        """Return the variants, those included in which one character stands in for others."""
        signs = [sign for sign in _STAND_INS if any(sign in text for text in self.texts)]
        for sign in signs:
            self._join_stand_ins(sign, lambda rare, frequent: frequent >= 2 * rare, least_length=4)
        if letter is not None:
            self._join_stand_ins(letter, lambda rare, frequent: frequent >= LEAST_RATIO * rare, least_length=2)
        mask = np.zeros(len(self.texts), dtype=bool)
        kept: dict[int, str] = {}
        ways: dict[int, str] = {}
        for place in range(len(self.texts)):
            root = self.root(place)
            if root != place:
                kept[place] = self.rewritten.get(root, self.texts[root])
                ways[place] = self._way(place, root)
            elif place in self.rewritten:
                kept[place] = self.rewritten[place]
                ways[place] = SLIP
        mask[list(kept)] = True
        return Variants(mask, kept, ways)

    def _way(self, place: int, root: int) -> str:
        step = place
        while step != root:
            if step in self.ways:
                return self.ways[step]
            step = self.parent[step]
        return way_of_writing(self.texts[place], self.texts[root])

    def _join_stand_ins(self, sign: str, outweighs: Callable[[int, int], bool], *, least_length: int) -> None:
        lower = [text.lower() if len(text) <= LONGEST else "" for text in self.texts]
        wanted = [
            place
            for place, text in enumerate(lower)
            if sign in text and len(text) >= least_length and self.root(place) == place
        ]
        by_length: dict[int, list[int]] = defaultdict(list)
        for place, text in enumerate(lower):
            by_length[len(text)].append(place)
        budget = _WILDCARD_CELLS
        matrices: dict[int, np.ndarray] = {}
        for place in wanted:
            text = lower[place]
            length = len(text)
            budget -= length * len(by_length[length])
            if budget < 0:
                return
            if length not in matrices:
                matrices[length] = _points("".join(lower[other] for other in by_length[length]), length)
            own = _points(text, length)[0]
            free = own == ord(sign)
            same = ((matrices[length] == own) | free).all(axis=1)
            target = self._one_target(place, [by_length[length][i] for i in np.flatnonzero(same)], outweighs)
            if target is not None and free.sum() <= max(1, length // 2):
                self.parent[place] = target
                self.ways[place] = STAND_IN

    def _one_target(self, place: int, matches: Sequence[int], outweighs: Callable[[int, int], bool]) -> int | None:
        roots = Counter({self.root(match): self.rows[self.root(match)] for match in matches})
        del roots[self.root(place)]
        ranked = roots.most_common(2)
        if not ranked or not outweighs(self.rows[place], ranked[0][1]):
            return None
        if len(ranked) == 2 and ranked[0][1] < 2 * LEAST_RATIO * ranked[1][1]:
            return None
        return ranked[0][0]


def _are_distinct_codes(column: ColumnProfile) -> bool:
    """Whether the values hold no words and differ in more than case and punctuation: a quick exit for codes."""
    strings = column.strings
    if len(strings) < _FEW:
        return False
    if pc.any(pc.match_substring_regex(strings, r"[A-Za-z]{4}|[^\x00-\x7f]")).as_py():
        return False
    bare = pc.replace_substring_regex(pc.ascii_lower(strings), "[^a-z0-9]+", "")
    return bool(pc.count_distinct(bare).as_py() == len(strings))


@dataclass(frozen=True)
class _Correction:
    word: str
    ratio: float
    """How many times as many rows the word has."""
    ratio_needed: float
    alone: bool
    """Whether it holds for the word by itself, or only within a longer text that is otherwise equal."""


def _corrections(rows: Counter[str], least_ratio: float) -> tuple[dict[str, _Correction], dict[str, str]]:
    """Return, for each rare word that is a slip of a frequent one, the frequent one.

    And for each word the most frequent of those near it that outweigh it, slip or not.
    """
    frequent = _frequent(rows)
    if not frequent:
        return {}, {}
    most = rows[frequent[0]]
    rare = [word for word in rows if len(word) > 2 and word.isalpha() and rows[word] * LEAST_RATIO <= most]
    found: dict[str, _Correction] = {}
    overshadowed: dict[str, str] = {}
    for slip, word in _near_pairs(rare, frequent[: max(1, _WORD_PAIRS // max(1, len(rare)))]):
        ratio = rows[word] / rows[slip]
        if ratio < LEAST_RATIO:
            continue
        if slip not in overshadowed or rows[overshadowed[slip]] < rows[word]:
            overshadowed[slip] = word
        if slip in found and found[slip].ratio >= ratio:
            continue
        alone = ratio_needed(slip, word)
        needed = alone or ratio_needed_in_context(slip, word)
        if needed is not None and ratio >= max(needed, least_ratio):
            found[slip] = _Correction(word, ratio, max(needed, least_ratio), alone is not None)
    return found, overshadowed


def _near_by_nature(rows: Counter[str], overshadowed: dict[str, str], slips: int) -> bool:
    """Whether words of like frequency are near each other, too: given names, products in singular and plural.

    Then nearness says nothing. Words near the same much more frequent one may all be slips of that and do not count.
    """
    words = [word for word, _ in rows.most_common() if len(word) > 3 and word.isalpha()][:_WORDS_COMPARED]
    meant = {word: overshadowed.get(word, word) for word in words}
    natural = 0
    for one, other in _near_pairs(words, words):
        lopsided = max(rows[one], rows[other]) >= LEAST_RATIO * min(rows[one], rows[other])
        if one < other and not lopsided and meant[one] != meant[other] and ratio_needed(one, other) is not None:
            natural += 1
            if natural >= _NATURAL_SHARE * slips:
                return True
    return False


def _frequent(rows: Counter[str]) -> list[str]:
    """Return the words long and frequent enough to correct another, the most frequent first."""
    words = [word for word in rows if len(word) > 3 and rows[word] >= _LEAST_ROWS and word.isalpha()]
    return sorted(words, key=lambda word: -rows[word])


def _near_pairs(some: Iterable[str], others: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of different words that are near enough for their length to be slips."""
    by_length: dict[int, list[str]] = defaultdict(list)
    for word in others:
        by_length[len(word)].append(word)
    wanted: dict[int, list[str]] = defaultdict(list)
    for word in some:
        wanted[len(word)].append(word)
    for length, words in wanted.items():
        for other in range(length - FARTHEST, length + FARTHEST + 1):
            changes = most_changes(max(length, other))
            if abs(other - length) <= changes and other in by_length:
                yield from _within(words, by_length[other], changes)


def _within(some: Sequence[str], others: Sequence[str], changes: int) -> Iterator[tuple[str, str]]:
    step = max(1, _PAIRS_AT_ONCE // len(others))
    for start in range(0, len(some), step):
        block = some[start : start + step]
        distances = cdist(block, others, scorer=OSA.distance, score_cutoff=changes, dtype=np.uint8)
        for i, j in np.argwhere((distances > 0) & (distances <= changes)).tolist():
            yield block[i], others[j]


def _corrected(tokens: Sequence[str], corrections: dict[str, _Correction]) -> Iterable[tuple[str, ...]]:
    """Yield the words with every slip corrected, then with each one alone."""
    places = [place for place, token in enumerate(tokens) if token in corrections]
    if not places:
        return
    yield tuple(corrections[token].word if token in corrections else token for token in tokens)
    if len(places) > 1:
        for chosen in places:
            yield tuple(corrections[token].word if place == chosen else token for place, token in enumerate(tokens))


_DIGIT: Final = re.compile(r"\d")
_NO_FORM: Final = Form((), "")
_ORDERED: Final = re.compile(r"[-–/>→+|&]|\b(?:to|from|vs?|versus|over|à|vers|de|by|of)\b", re.IGNORECASE)


def _add(places: dict[str, list[int]], key: str | None, place: int) -> None:
    if key is not None:
        places[key].append(place)


def _in_case_of(word: str, found: re.Match[str]) -> str:
    return word.upper() if found[0].isupper() else word.capitalize() if found[0][0].isupper() else word


def _is_plain_word(token: str) -> bool:
    return len(token) > 1 and token.isalpha()


def _points(text: str, length: int) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4").reshape(-1, length)
