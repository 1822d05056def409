"""Values that stand for missing: which texts, numbers and dates do, and how sure that is.

A text is one by what it says, unless the other values of its column make it an ordinary one. A number is one only
when it looks like a code (-1, 999, 0), repeats, and stands apart from the rest of the distribution.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks._quantities import Zero, is_price, may_be_negative, meaning_of_zero, never_negative
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.profile.summary import NumericSummary


@dataclass(frozen=True)
class StandIns:
    """The values of a column that stand for missing.

    Attributes
    ----------
    sureness
        float, parallel to the column's values: 0 where a value is what it says, up to 1 where it can be nothing
        but a stand-in.
    """

    sureness: np.ndarray

    @classmethod
    def none(cls, column: ColumnProfile) -> StandIns:
        """Return that no value of the column is one."""
        return cls(np.zeros(len(column.values)))

    @property
    def mask(self) -> np.ndarray:
        """bool, which values are stand-ins."""
        mask: np.ndarray = self.sureness > 0
        return mask

    def __bool__(self) -> bool:
        return bool(self.mask.any())


CERTAIN: Final = 0.95
LIKELY: Final = 0.75
POSSIBLE: Final = 0.5
_NOT: Final = 0.0

# --- text ------------------------------------------------------------------------------------------------


class _Family(Enum):
    MARK = auto()
    """Punctuation alone."""
    NULL = auto()
    """What programs write for missing."""
    LETTERS = auto()
    """The same, but also a code or a name: ``NA`` is Namibia, ``Nan`` a first name."""
    UNDECIDED = auto()
    """To be filled in later."""
    UNKNOWN = auto()
    """Words for not known, which a category may list on purpose."""
    LEVEL = auto()
    """Words for nothing, which is an answer more often than a gap."""


_VOCABULARY: Final[dict[_Family, str]] = {
    _Family.NULL: (
        "null, (null), <null>, [null], nulls, \\n, n/a, #n/a, n.a., n.a, n\\a, (n/a), #na, <na>, #null!, #ref!, #value!, #name?,"
        " #div/0!, #num!, undefined, n/d, n.d., n/r, n.r., n/c, n.c., s/o, s.o., no data, no value, no info, no information,"
        " missing, missing value, missing data, (missing), <missing>, not available, unavailable, not found, not provided,"
        " not recorded, not reported, manquant, manquante, donnée manquante, donnee manquante, valeur manquante,"
        " non disponible, indisponible, non renseigné, non renseignée, non renseigne, non renseignee, non fourni,"
        " non fournie, aucune donnée, aucune donnee, pas de donnée, pas de donnee, sans valeur"
    ),
    _Family.LETTERS: "na, nan, nat, nil, nd, nr, n a",
    _Family.UNDECIDED: (
        "tbd, tba, tbc, t.b.d., t.b.a., t.b.c., to be determined, to be defined, to be announced, to be confirmed,"
        " à déterminer, a determiner, à définir, a definir, à confirmer, a confirmer, à compléter, a completer"
    ),
    _Family.UNKNOWN: (
        "unknown, (unknown), <unknown>, [unknown], unknwon, unkown, unk, unk., inconnu, inconnue, inconnus, inconnues,"
        " (inconnu), not known, not specified, unspecified, not stated, not given, not set, not applicable, undetermined,"
        " indeterminate, no answer, no response, don't know, dont know, do not know, non applicable, sans objet,"
        " non spécifié, non spécifiée, non specifie, non précisé, non précisée, non precise, non déclaré, non declare,"
        " indéterminé, indéterminée, indetermine, sans réponse, sans reponse, pas de réponse, pas de reponse,"
        " ne sait pas, nsp"
    ),
    _Family.LEVEL: "none, (none), aucun, aucune, néant, neant, blank, (blank), empty, (empty), vide, (vide)",
}  # fmt: skip
_FAMILY: Final = {word: family for family, words in _VOCABULARY.items() for word in words.split(", ")}
_RUNS: Final = r"^(?:\?+|-+|\.{1,4}|…|_+|–+|—+|/)$"
_UNDECIDED_RUN: Final = r"^x{3,}$"
_LONGEST: Final = 64
"""Bytes of the longest text looked at, blanks around it included."""

_CODE_SHARE: Final = 0.6
_CODE_DISTINCT: Final = 3
_ABBREVIATION: Final = re.compile(r"\w\.\w\.?")
_SAME_STYLE: Final = 0.9
_SEVERAL: Final = 3
_STYLE_SAMPLE: Final = 100
_NAME_WORDS: Final = frozenset("name nom prenom firstname lastname surname".split())
_LISTED: Final = frozenset({Kind.CATEGORY, Kind.BOOLEAN, Kind.CODE})
_NUMBERS: Final = 0.9


def text_stand_ins(column: ColumnProfile) -> StandIns:
    """Return the texts of a column that stand for missing: ``N/A``, ``NULL``, ``?``, ``inconnu``."""
    if not column.is_text or not len(column.values):
        return StandIns.none(column)
    short = pc.less_equal(pc.binary_length(column.strings), _LONGEST).to_numpy(zero_copy_only=False)
    places = np.flatnonzero(short)
    words = pc.utf8_lower(pc.utf8_trim_whitespace(column.strings.take(pa.array(places))))
    known = pc.is_in(words, value_set=pa.array(list(_FAMILY), type=words.type))
    known = pc.or_(known, pc.match_substring_regex(words, f"{_RUNS}|{_UNDECIDED_RUN}"))
    found = np.flatnonzero(known.to_numpy(zero_copy_only=False))
    sureness = _digit_stand_ins(column)
    if not len(found):
        return StandIns(sureness)
    candidates = np.zeros(len(column.values), dtype=bool)
    candidates[places[found]] = True
    others = _Others(column, ~candidates)
    for word, place in zip(words.take(pa.array(found)).to_pylist(), places[found].tolist(), strict=True):
        family = _FAMILY.get(word) or (_Family.UNDECIDED if word.startswith("x") else _Family.MARK)
        sureness[place] = _judge_text(column, place, word, family, others)
    return StandIns(sureness)


_DIGIT_CODES: Final = frozenset({Kind.CODE, Kind.POSTCODE, Kind.REFERENCE, Kind.IDENTIFIER, Kind.UNKNOWN})


def _digit_stand_ins(column: ColumnProfile) -> np.ndarray:
    """Return how sure it is that ``0000`` or ``9999`` stands for missing among codes of as many digits."""
    sureness = np.zeros(len(column.values))
    if column.kind not in _DIGIT_CODES:
        return sureness
    usual, often = np.quantile(column.counts, [0.5, 0.95])
    same = pc.match_substring_regex(column.strings, "^(?:0{3,10}|9{3,10})$").to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(same & (column.counts >= max(_SEVERAL, 5 * usual, 3 * often))):
        alike = column.shapes.codes == column.shapes.codes[place]
        if column.weights[alike].sum() >= _CODE_SHARE * column.weights.sum():
            sureness[place] = LIKELY
    return sureness


class _Others:
    """What the other values of a column look like."""

    def __init__(self, column: ColumnProfile, mask: np.ndarray) -> None:
        self.column = column
        self.mask = mask
        self.rows = float(column.weights[mask].sum())
        self.sample: list[str] = column.strings.filter(pa.array(mask)).slice(0, _STYLE_SAMPLE).to_pylist()
        self.styles = Counter(style for text in self.sample if (style := _style(text)))

    def are_written_like(self, text: str) -> bool:
        """Whether nearly all of them are in capitals, begin with a capital, or do not, as ``text`` does."""
        return self.styles[_style(text)] >= _SAME_STYLE * self.styles.total()

    def are_abbreviations_like(self, place: int) -> bool:
        """Whether some of them are letters and points just as the value at ``place``: ``N.H.`` beside ``N.C.``."""
        codes = self.column.shapes.codes
        return int((self.mask & (codes == codes[place])).sum()) >= _CODE_DISTINCT

    def are_codes_like(self, place: int) -> bool:
        """Whether most of them have the very shape of the value at ``place``, as ``NA`` has among ``DE`` and ``FR``."""
        codes = self.column.shapes.codes
        alike = self.mask & (codes == codes[place])
        return alike.sum() >= _CODE_DISTINCT and self.column.weights[alike].sum() >= _CODE_SHARE * self.rows

    def are_marks(self) -> bool:
        """Whether they are signs too, as ``+`` is beside ``-``."""
        return bool(self.sample) and all(not any(map(str.isalnum, text)) for text in self.sample)

    def are_numbers(self) -> bool:
        """Whether nearly all of them are plain numbers."""
        plain = ~np.isnan(self.column.numbers) & self.mask
        return self.rows > 0 and float(self.column.weights[plain].sum()) >= _NUMBERS * self.rows


def _judge_text(column: ColumnProfile, place: int, word: str, family: _Family, others: _Others) -> float:
    """Return how sure it is that a known word stands for missing in this column."""
    if family is _Family.MARK:
        return _NOT if others.are_marks() else CERTAIN
    if family is _Family.UNDECIDED:
        return POSSIBLE if others.are_codes_like(place) else CERTAIN
    if _ABBREVIATION.fullmatch(word) and others.are_abbreviations_like(place):
        return _NOT
    fits_in = others.are_written_like(column.strings[place].as_py())
    if fits_in and word.isalpha() and _is_a_name(column, family, int(column.counts[place])):
        return _NOT
    listed = column.kind in _LISTED and not others.are_numbers()
    match family:
        case _Family.NULL:
            return CERTAIN
        case _Family.LETTERS:
            if others.are_codes_like(place):
                return _NOT
            return POSSIBLE if word in ("nd", "nr") else CERTAIN
        case _Family.LEVEL:
            return _NOT if listed and fits_in else POSSIBLE if listed else LIKELY
        case _:
            return POSSIBLE if listed else LIKELY


def _is_a_name(column: ColumnProfile, family: _Family, rows: int) -> bool:
    """Whether a word may name a person or a work: ``Nan``, ``Null``, ``Unknown`` the film."""
    if family is _Family.LETTERS and not _NAME_WORDS.isdisjoint(name_words(column.name)):
        return True
    names = column.kind in (Kind.NAME, Kind.SENTENCE, Kind.IDENTIFIER)
    return names and (family is _Family.LETTERS or rows < _SEVERAL)


def _style(text: str) -> str:
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return ""
    if all(map(str.isupper, letters)):
        return "upper"
    return "lower" if letters[0].islower() else "title"


# --- numbers ---------------------------------------------------------------------------------------------


def _codes() -> np.ndarray:
    """Return the numbers people and programs write for missing, zero and small survey codes aside."""
    codes = {float(digit * length) for digit in "6789" for length in range(2, 11)}
    codes |= {float("9" * whole + "." + "9" * fraction) for whole in range(2, 8) for fraction in (1, 2)}
    codes |= {float(2**bits - less) for bits in (15, 16, 31, 32) for less in (0, 1)}
    codes |= {1e20, 1e30, 1e36, 9.969209968386869e36}
    return np.array(sorted(codes | {-code for code in codes} | {-1.0, -7.0, -8.0, -9.0}))


_CODES: Final = _codes()
_SURVEY_CODES: Final = np.array([7.0, 8.0, 9.0])
_NO_QUANTITY: Final = frozenset({Kind.COORDINATE, Kind.DATETIME, Kind.BOOLEAN, Kind.CONSTANT, Kind.EMPTY})
_FEWEST_ROWS: Final = 20
_LARGE: Final = 99_999.0
_NEIGHBOURS: Final = 10
_EDGE: Final = 5


@np.errstate(over="ignore", invalid="ignore")
def number_stand_ins(column: ColumnProfile, texts: StandIns | None = None) -> StandIns:
    """Return the numbers of a column that stand for missing: -999 among temperatures, 0 among blood pressures.

    Parameters
    ----------
    texts
        The texts of the column that do, if it holds text: they are left aside.
    """
    numbers = _numbers_of(column, texts or StandIns.none(column))
    if numbers is None:
        return StandIns.none(column)
    several = column.counts >= 2
    code = several & (np.isin(np.round(numbers, 4), _CODES) | np.isin(_wholes(numbers), _CODES))
    zero = several & (numbers == 0)
    survey = several & np.isin(numbers, _SURVEY_CODES)
    if not (code | zero | survey).any() or column.kind in _NO_QUANTITY:
        return StandIns.none(column)
    sureness = np.zeros(len(numbers))
    if (rest := _rest(column, numbers, ~code)) is not None:
        for place in np.flatnonzero(code):
            sureness[place] = _judge_code(column, float(numbers[place]), int(column.counts[place]), rest)
    if zero.any() and (rest := _rest(column, numbers, (sureness == 0) & ~zero)) is not None:
        sureness[zero] = _judge_zero(column, int(column.counts[zero].sum()), rest)
    if survey.any() and not sureness.any() and _are_survey_codes(column, numbers, survey):
        sureness[survey] = POSSIBLE
    return StandIns(sureness)


def _wholes(numbers: np.ndarray) -> np.ndarray:
    """Return large numbers without their fraction: 999999.375 is what single precision, or a unit, made of a code."""
    return np.where(np.abs(numbers) >= _LARGE, np.trunc(numbers), np.nan)


def _numbers_of(column: ColumnProfile, texts: StandIns) -> np.ndarray | None:
    if column.column.storage in ("integer", "number"):
        is_span = "duration" in column.column.source_type or "timedelta" in column.column.source_type
        return None if is_span else column.numbers
    if not column.is_text:
        return None
    left = float(column.weights[~texts.mask].sum())
    plain = float(column.weights[np.isfinite(column.numbers)].sum())
    return column.numbers if plain and plain >= _NUMBERS * left else None


def _rest(column: ColumnProfile, numbers: np.ndarray, mask: np.ndarray) -> NumericSummary | None:
    chosen = mask & np.isfinite(numbers)
    if chosen.sum() < 2 or column.weights[chosen].sum() < _FEWEST_ROWS:
        return None
    return NumericSummary.of(numbers[chosen], column.weights[chosen], complete=column.complete)


def _judge_code(column: ColumnProfile, number: float, rows: int, rest: NumericSummary) -> float:
    """Return how sure it is that a number that looks like a code is one.

    It is where it lies farther from its nearest neighbour than all others lie from each other; where it is the
    only number below zero in a quantity that cannot be, or one that piles up at its floor; or where it towers over its
    neighbours.
    """
    at = int(np.searchsorted(rest.values, number))
    outside = at in (0, len(rest.values))
    below = number - rest.values[at - 1] if at else np.inf
    above = rest.values[at] - number if at < len(rest.values) else np.inf
    gap = float(min(below, above))
    start = min(max(0, at - _NEIGHBOURS // 2), max(0, len(rest.values) - _NEIGHBOURS))
    near = slice(start, start + _NEIGHBOURS)
    usual = float(np.median(rest.counts[near]))
    spacing = float(np.median(np.diff(rest.values[near])))
    spread = rest.maximum - rest.minimum
    low, high = rest.quantile([0.005, 0.995]).tolist()
    core = high - low or spread
    if number > 0 and is_price(column) and number % 1:
        return _NOT
    if gap >= 5 * spread and outside:
        return CERTAIN
    if rows < _SEVERAL:
        return _NOT
    is_scale = len(rest.values) <= _SEVERAL
    lonely = gap >= 2 * spread or (rows >= 3 * usual and not is_scale and not (is_price(column) and number > 0))
    if outside and gap >= max(core, spread / 2) and lonely:
        return CERTAIN
    if not outside and not low <= number <= high and gap >= max(core, 10 * spacing) and rows >= 3 * usual:
        return CERTAIN
    if number < 0 <= rest.minimum and never_negative(column):
        return CERTAIN
    if number < 0 <= rest.minimum and spread >= 5 and len(rest.values) > _SEVERAL and not may_be_negative(column):
        edge = rest.counts[:_EDGE]
        piled_up = edge[0] >= np.median(edge[1:])
        if piled_up or rows >= 3 * np.median(edge) or gap >= 10 * spacing:
            return CERTAIN
    towers = rows >= max(5, 5 * rest.counts[near].max())
    if towers and outside and gap >= 10 * spacing and not is_price(column):
        return LIKELY
    return LIKELY if towers and number <= -99 and rows >= 10 else _NOT


def _judge_zero(column: ColumnProfile, rows: int, rest: NumericSummary) -> float:
    """Return how sure it is that zero stands for missing.

    Never where nothing is an ordinary amount (counts, money, rain, time), judging by the name. Where the name says
    a quantity that cannot be nothing, the other values must only keep away from zero; where it says nothing, zero
    must lie far outside all the others can be expected to reach.
    """
    if column.kind in (Kind.CODE, Kind.CATEGORY) or len(rest.values) < 10:
        return _NOT
    low, share, zero = rest.minimum, rows / (rows + rest.rows), meaning_of_zero(column)
    if is_price(column):
        positive = rest.rows_between(0, np.inf) >= 0.99 * rest.rows
        return POSSIBLE if positive and share <= 0.05 else _NOT
    if low <= 0 or zero is Zero.NATURAL:
        return _NOT
    spacing = float(np.median(np.diff(rest.values[: 2 * _NEIGHBOURS])))
    if zero is Zero.IMPOSSIBLE or column.kind in (Kind.REFERENCE, Kind.IDENTIFIER, Kind.POSTCODE):
        return CERTAIN if low >= 4 * spacing else _NOT
    q05, median = rest.quantile([0.05, 0.5]).tolist()
    far = (median - q05) / 1.645 * 3.5 <= median and low >= max(0.2 * median, 10 * spacing)
    if not far or share > 0.3:
        return _NOT
    return LIKELY if share <= 0.1 else POSSIBLE


def _are_survey_codes(column: ColumnProfile, numbers: np.ndarray, survey: np.ndarray) -> bool:
    """Whether 9 (and 8, 7 with it) stands beside a scale such as 1 to 5."""
    scale = np.sort(numbers[~survey & np.isfinite(numbers)])
    is_scale = 2 <= len(scale) <= 5 and scale[0] in (0, 1) and bool(np.all(np.diff(scale) == 1))
    return is_scale and bool((numbers[survey] == _SURVEY_CODES[-1]).any()) and column.weights.sum() >= _FEWEST_ROWS


# --- dates -----------------------------------------------------------------------------------------------

_EPOCHS: Final = np.array(
    [
        "0001-01-01", "1000-01-01", "1111-11-11", "1582-10-15", "1601-01-01", "1753-01-01", "1800-01-01", "1899-12-30",
        "1899-12-31", "1900-01-01", "1904-01-01", "1969-12-31", "1970-01-01", "1980-01-01", "2038-01-19",
        "2050-12-31", "2099-01-01", "2099-12-31", "2100-01-01", "2100-12-31", "2199-12-31", "2222-12-22", "2999-12-31",
        "3000-01-01", "3000-12-31", "4000-01-01", "4712-12-31", "9999-01-01", "9999-12-30", "9999-12-31",
    ],
    dtype="datetime64[D]",
)  # fmt: skip
_END_OF_TIME: Final = np.datetime64("2900-01-01", "D")
_HALF_A_YEAR: Final = 182


def date_stand_ins(column: ColumnProfile, times: np.ndarray) -> StandIns:
    """Return the dates of a column that stand for missing: 1970-01-01 years before all others, 9999-12-31.

    Parameters
    ----------
    times
        ``datetime64[us]``, parallel to the column's values, ``NaT`` where a value is no date.
    """
    days = times.astype("datetime64[D]")
    known = ~np.isnat(days)
    candidate = known & np.isin(days, _EPOCHS)
    rest = known & ~candidate
    if not candidate.any() or not rest.any():
        return StandIns.none(column)
    others, place = np.unique(days[rest], return_inverse=True)
    rows = np.bincount(place, weights=column.weights[rest])
    span = int((others[-1] - others[0]).astype(np.int64))
    sureness = np.zeros(len(times))
    for day in np.unique(days[candidate]):
        chosen = days == day
        sureness[chosen] = _judge_date(day, int(column.counts[chosen].sum()), others, rows, span)
    return StandIns(sureness)


def _judge_date(day: np.datetime64, rows: int, others: np.ndarray, other_rows: np.ndarray, span: int) -> float:
    """Return how sure it is that a day programs write for no date is one here."""
    if day >= _END_OF_TIME:
        return CERTAIN
    gap = int(np.abs(others - day).min().astype(np.int64))
    outside = not others[0] <= day <= others[-1]
    usual = float(np.median(other_rows))
    if outside and gap >= max(2 * _HALF_A_YEAR, span / 2):
        return CERTAIN if rows >= _SEVERAL else LIKELY
    if outside and gap >= _HALF_A_YEAR and rows >= max(_SEVERAL, 5 * usual):
        return CERTAIN
    spike = rows >= max(10, 5 * float(np.quantile(other_rows, 0.99)), 20 * usual)
    return LIKELY if spike else _NOT
