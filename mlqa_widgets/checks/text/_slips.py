"""Whether one word is a slip of another: which change leads from one to the other, and how lopsided counts must be.

The distance alone decides nothing (``Iran`` and ``Iraq`` are one letter apart): a slip is a rare word next to a
word many times as frequent, and the less the change looks like a typing error, the more times it has to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from mlqa_widgets.checks.text._forms import form_of

LEAST_RATIO: Final = 5.0
"""The smallest ratio of frequencies that makes a slip plausible."""
FARTHEST: Final = 3
"""The largest number of changes looked at."""

_CLEAR, _USUAL, _DOUBTFUL, _HARDLY = 5.0, 10.0, 20.0, 50.0

_OPPOSED_BEGINNINGS: Final = (
    ("hyper", "hypo"),
    ("inter", "intra"),
    ("macro", "micro"),
    ("ante", "anti"),
    ("endo", "exo"),
    ("ecto", "endo"),
    ("maxi", "mini"),
    ("multi", "mono"),
    ("pre", "pro"),
    ("peri", "para"),
    ("sub", "super"),
    ("sur", "sous"),
)
_OPPOSED_ENDINGS: Final = (
    frozenset(("ate", "ite", "ide")),
    frozenset(("ane", "ene", "ine", "one", "yne")),
    frozenset(("ist", "ism")),
    frozenset(("eur", "euse", "rice")),
    frozenset(("ogy", "ist")),
    frozenset(("and", "end")),
    frozenset(("man", "men")),
    frozenset(("woman", "women")),
    frozenset(("ing", "ed")),
    frozenset(("er", "or", "ee")),
)
_INFLECTIONS: Final = ("s", "e", "es", "x", "a", "n", "r", "d", "y", "o", "i")
"""Endings that make another word (plural, gender, people) as often as they are a slip."""


def ratio_needed(slip: str, word: str) -> float | None:
    """Return how many times as frequent ``word`` must be for ``slip`` to be a slip of it, or None if it is none.

    Both are lower case, without accents, and made of letters.

    Examples
    --------
    >>> ratio_needed("militry", "military"), ratio_needed("buisness", "business"), ratio_needed("iran", "iraq")
    (5.0, 5.0, None)
    >>> ratio_needed("airline", "airlines"), ratio_needed("paula", "paul"), ratio_needed("maternal", "paternal")
    (10.0, 20.0, None)
    """
    longer, shorter = max(len(slip), len(word)), min(len(slip), len(word))
    if shorter < 3 or longer < 4 or slip == word:
        return None
    changes = OSA.distance(slip, word, score_cutoff=FARTHEST)
    if changes > most_changes(longer):
        return None
    swapped_start = slip[:2] == word[1::-1] and slip[2:] == word[2:]
    if slip[0] != word[0] and not swapped_start:
        return None
    if _opposed(slip, word):
        return None
    if changes > 1:
        if slip.startswith(word):
            return None
        if word.startswith(slip):
            return _DOUBTFUL
        return _USUAL if slip[-1] == word[-1] else _DOUBTFUL
    if len(slip) == len(word):
        return _of_equal_length(slip, word)
    return _missing_letter(slip, word) if len(slip) < len(word) else _surplus_letter(slip, word)


def ratio_needed_in_context(slip: str, word: str) -> float | None:
    """Return the same for a word in a longer text that is otherwise equal, which lets shorter words be judged.

    Examples
    --------
    >>> ratio_needed("hld", "hold"), ratio_needed_in_context("hld", "hold"), ratio_needed_in_context("nw", "ne")
    (None, 20.0, None)
    """
    alone = ratio_needed(slip, word)
    if alone is not None:
        return alone
    if min(len(slip), len(word)) < 3 or len(word) < 4 or OSA.distance(slip, word, score_cutoff=1) != 1:
        return None
    if _opposed(slip, word) or (len(slip) == len(word) and slip[-1] != word[-1]):
        return None
    return _DOUBTFUL if slip[0] == word[0] or slip == word[1:] else None


def most_changes(length: int) -> int:
    """Return how many changes a slip of a word of so many letters may have."""
    return 1 if length < 8 else 2 if length < 13 else FARTHEST


def _of_equal_length(slip: str, word: str) -> float | None:
    differing = [place for place, (a, b) in enumerate(zip(slip, word, strict=True)) if a != b]
    if len(differing) == 2:
        return _CLEAR
    if differing[0] == len(word) - 1 or len(word) < 5:
        return None
    return _DOUBTFUL if len(word) == 5 else _USUAL


def _missing_letter(slip: str, word: str) -> float | None:
    if word.startswith(slip):
        if word[len(slip) :] in _INFLECTIONS:
            return _USUAL
        return _CLEAR if len(word) >= 6 else _USUAL
    if _undoubled(slip) == _undoubled(word):
        return _CLEAR
    if len(word) < 5:
        return None
    return _CLEAR if len(word) >= 6 else _USUAL


def _surplus_letter(slip: str, word: str) -> float | None:
    if slip.startswith(word):
        if slip[-1] == word[-1]:
            return _CLEAR
        return _DOUBTFUL if len(word) >= 4 else None
    if _undoubled(slip) == _undoubled(word):
        return _CLEAR
    return _HARDLY if len(word) < 5 else _USUAL


def _undoubled(word: str) -> str:
    return "".join(letter for letter, before in zip(word, " " + word, strict=False) if letter != before)


def _opposed(one: str, other: str) -> bool:
    """Whether two words differ by parts that mean different things (``hypertension``, ``hypotension``)."""
    for first, second in _OPPOSED_BEGINNINGS:
        for a, b in ((first, second), (second, first)):
            if one.startswith(a) and other.startswith(b) and one[len(a) :] == other[len(b) :]:
                return True
    for endings in _OPPOSED_ENDINGS:
        stems = {(word[: -len(ending)], ending) for word in (one, other) for ending in endings if word.endswith(ending)}
        if len({ending for _, ending in stems}) == 2 and len({stem for stem, _ in stems}) == 1:
            return True
    return False


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, str]:
    """Return the countries of the world in English and French: the key of each name's form, and the name."""
    from babel import Locale

    names = (name for language in ("fr", "en") for name in Locale(language).territories.values())
    return {form_of(name).key: name for name in names}


def country_meant(key: str) -> str | None:
    """Return the country of which a key is the misspelled name, or None.

    Examples
    --------
    >>> country_meant("columbia"), country_meant("colombia"), country_meant("holandnetherlands")
    ('Colombia', None, None)
    """
    names = country_names()
    if key in names or len(key) < _LONG_NAME:
        return None
    meant = [
        name
        for known, name in names.items()
        if known[0] == key[0] and OSA.distance(key, known, score_cutoff=1) == 1 and ratio_needed(key, known) is not None
    ]
    return meant[0] if len(set(meant)) == 1 else None


_LONG_NAME: Final = 7
