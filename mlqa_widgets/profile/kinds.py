"""The kind of a column, decided by an ordered list of rules that can be read: the first that fits wins."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import islice, repeat
from typing import Final, Literal


class Kind(StrEnum):
    """What the values of a column are for, which is more than how they are stored."""

    EMPTY = "empty"
    NEARLY_EMPTY = "nearly_empty"
    """Text in fewer than one row in two hundred."""
    CONSTANT = "constant"
    IDENTIFIER = "identifier"
    """Names the row: no value repeats."""
    REFERENCE = "reference"
    """Names a thing, and repeats where the thing does: the key of another table."""
    BOOLEAN = "boolean"
    CATEGORY = "category"
    CODE = "code"
    """A category written in digits, or in tokens of digits and letters."""
    POSTCODE = "postcode"
    PERIOD = "period"
    """A year, or a year and month, written as a number."""
    DATETIME = "datetime"
    NUMERIC = "numeric"
    COORDINATE = "coordinate"
    """A latitude or a longitude."""
    NUMBER_IN_TEXT = "number_in_text"
    """Needs parsing: ``"$1,200"``, ``"12 kg"``, ``"45%"``, ``"3,5"``."""
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    LOCATION = "location"
    """A point or a shape on a map, as text."""
    NAME = "name"
    """Proper names and other short text, most of it different."""
    SENTENCE = "sentence"
    LIST = "list"
    NESTED = "nested"
    """Objects with fields of their own."""
    UNKNOWN = "unknown"
    """Needs a human to say."""


Storage = Literal["number", "integer", "boolean", "datetime", "text", "nested"]


@dataclass(frozen=True)
class ColumnFacts:
    """What a value-count profile knows of one column.

    Parameters
    ----------
    name
        The column name as text.
    rows, nulls, distinct
        Number of rows, of missing values, and of different values that are not missing.
    storage
        How the values are stored. ``"number"`` is native numbers that may have a fraction (a column of
        whole numbers with gaps is usually stored so), ``"integer"`` native whole numbers.
    sample
        Different values that are not missing, as text, the most frequent first. Some hundreds are
        plenty; the first 60 are read. When it holds all the distinct values, stand-ins for missing
        (``"#NULL!"``, ``"n/a"``) are not counted as values.
    sample_rows
        Rows of each value of the sample, so that rare typing errors weigh little; ``None`` counts each
        value once.
    minimum, maximum, mean, std
        Moments of the values that are numbers, ``None`` where there are none.
    whole
        Whether every number is a whole number; ``None`` to judge by the sample.
    """

    name: str
    rows: int
    nulls: int
    distinct: int
    storage: Storage
    sample: Sequence[str] = ()
    sample_rows: Sequence[int] | None = None
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None
    whole: bool | None = None


def decide_kind(facts: ColumnFacts) -> tuple[Kind, str]:
    """Decide what kind of column this is.

    Parameters
    ----------
    facts
        Counts, moments and a sample of values.

    Returns
    -------
    tuple of Kind and str
        The kind, and the reason for it in one sentence.

    Examples
    --------
    >>> decide_kind(ColumnFacts("price", 3, 0, 3, "text", ["$1,200", "$85", "$9,150"]))
    (<Kind.NUMBER_IN_TEXT: 'number_in_text'>, 'The text holds numbers with a sign, a unit or separators.')
    """
    column = _Column(facts)
    for kind, rule in _RULES:
        reason = rule(column)
        if reason is not None:
            return kind, reason
    return Kind.UNKNOWN, "No rule recognises these values."


# --- vocabulary: words of column names, English and French, singular, lower case, without accents --------


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _words(text: str) -> frozenset[str]:
    return frozenset(_singular(word) for word in text.split())


# Whole numbers. A code word tells wherever it stands in the name, a group word only when it comes last
# ("tax district", but not "district tax"), a weak one only over few levels.
_IDENTIFIER_WORDS: Final = _words(
    "id uid uuid guid identifier identifiant pk fk key cle ref reference oid fid rowid objectid isbn"
    " issn ean upc siren siret ein ssn matricule hash"
)
_ORDINAL_WORDS: Final = _words("number num numero no nr")
_ROW_NUMBER_NAMES: Final = frozenset(["index", "no", "nr", "row", "ligne", "rownum", "row number", "#"])
_CODE_WORDS: Final = _words(
    "code cd type kind categorie category cat flag gender sex sexe species espece naics naf ape insee fips sic"
)
_GROUP_WORDS: Final = _words(
    "class classe group groupe grp status statut state etat district zone region sector secteur"
    " section subsection division dept department departement block bloc lot precinct ward council"
    " borough arrondissement canton commune city ville country race method methode mode cluster"
    " segment symbol cohort batch gate"
)
_WEAK_GROUP_WORDS: Final = _words(
    "level niveau grade label target outcome tier plan series serie source line ligne option channel"
    " map version route platform shift strand use role education occupation marital weekday quarter"
    " trimestre footnote"
)
_QUANTITY_WORDS: Final = _words(
    "count cnt nombre nb nbr total tot sum somme amount amt montant quantity quantite qty volume"
    " price prix cost cout sale vente revenue revenu income salary salaire wage pay fee tax taxe rate"
    " taux ratio percent percentage pct pourcentage score point rank ranking rang rating note grade"
    " age length longueur altitude alt elevation elev width largeur height hauteur depth profondeur"
    " weight poids size taille area surface superficie distance duration duree time day hr month mth"
    " mnth year hour minute second mile km speed vitesse velocity temperature temp pressure humidity"
    " average avg mean moyenne median min max minimum maximum std population pop budget goal value"
    " valeur vote view like review comment member unit bed room bath bedroom bathroom floor story kill"
    " win loss run wicket hit death case passenger capacity capacite frequency freq degree position"
    " current voltage power energy byte packet employee quantile change growth gain delay seat door"
    " cylinder"
)
_COUNTING_WORDS: Final = _words("number num nombre nb nbr count total taux prix montant somme mean average max min")
_LEADING_WORDS: Final = _words("numero code type id")
_YEAR_WORDS: Final = _words("year yr annee fy season saison vintage millesime built inception")
_MONTH_WORDS: Final = _words("month mois period periode")
_DATE_WORDS: Final = _words(
    "date datetime timestamp time at on day heure hour jour created updated modified deadline posted"
    " published launched expiry expiration birth naissance dob start end begin debut fin"
)
_STAMP_WORDS: Final = _words(
    "date datetime timestamp time at created updated modified deadline epoch unix ts horodatage"
)
_AXES: Final = frozenset("xyzXYZ")
_LATITUDE_WORDS: Final = _words("lat latitude")
_LONGITUDE_WORDS: Final = _words("lon lng longitude")
_POSTCODE_WORDS: Final = _words("zip zipcode postcode postal postaux cp plz")
_PHONE_WORDS: Final = _words("phone telephone tel mobile fax portable telecopie")
_ADDRESS_WORDS: Final = _words("address adresse addr street rue")
_NAME_WORDS: Final = _words(
    "name nom prenom firstname lastname surname fullname author auteur owner player joueur artist"
    " artiste person personne employer"
)
_SENTENCE_WORDS: Final = _words(
    "description desc note comment commentaire remark remarque text texte title titre summary resume"
    " message headline subject sujet abstract review avi body question answer reponse details"
    " narrative observation instruction plot synopsis bio caption lyric statement explanation feedback"
)

_PLACEHOLDERS: Final = frozenset(
    [
        "", "-", "--", "---", ".", "..", "...", "?", "??", "#null!", "#n/a", "#name?", "#ref!", "#value!",
        "#div/0!", "#num!", "na", "n/a", "n.a.", "nan", "null", "none", "nil", "nd", "(null)", "<na>", "nat",
        "not_found", "not found", "not available", "missing", "undefined",
    ]
)  # fmt: skip
_TRUTHS: Final = frozenset(
    frozenset(pair.split())
    for pair in (
        "0 1", "0.0 1.0", "true false", "t f", "yes no", "y n", "oui non", "o n", "vrai faux", "on off",
    )
)  # fmt: skip


# --- the shape of one value ------------------------------------------------------------------------------

_MONTHS: Final = (
    "jan(?:uary|v|vier)?|feb(?:ruary)?|f[eé]v(?:r|rier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai"
    "|june?|juin|july?|juil(?:let)?|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|oct(?:ober|obre)?"
    "|nov(?:ember|embre)?|d[eé]c(?:ember|embre)?"
)
_CLOCK: Final = (
    r"\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:Z|[A-Z]{2,4}|[+-]\d{2}:?\d{2}))?"
)
_DATE: Final = re.compile(
    rf"""(?:
      \d{{4}}[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?(?:(?:T|\s+(?:-\s+)?){_CLOCK})?
    | \d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})(?:\s+(?:-\s+)?{_CLOCK})?
    | (?:[a-z]{{3,9}}[.,]?\s+)?\d{{1,2}}(?:st|nd|rd|th|er)?[-\s./]*
      (?:{_MONTHS})\b[-\s.,/]*(?:\d{{4}}|\d{{2}})?(?:[\s,]+(?:-\s+)?{_CLOCK})?
    | (?:[a-z]{{3,9}}[.,]?\s+)?(?:{_MONTHS})\b[-\s.,/]*\d{{1,2}}(?:st|nd|rd|th)?(?:[\s,]+{_CLOCK})?
      [\s,]*(?:\d{{4}}|\d{{2}})?(?:[\s,]+{_CLOCK})?
    | (?:{_MONTHS})\b[-\s.,/]*\d{{4}}
    | \d{{4}}[-\s]?q[1-4] | q[1-4][-\s]?\d{{4}}
    | {_CLOCK}
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_LEADING_ZERO: Final = re.compile(r"0\d+")
_FIGURE: Final = r"(?:\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?"
_MONEY: Final = r"(?:[$€£¥₹₩₽]|r\$|us\$|ca\$|usd|eur|gbp|cad|aud|chf|jpy|inr)"
_UNITS: Final = (
    r"%|‰|°\s?[cf]?|\"|''?|kg|mg|µg|ug|mcg|g|gr|grams?|lbs?|oz|ounces?|tons?|tonnes?|t|km2?|m[²³23]?"
    r"|cm[²³23]?|mm|miles?|mi|ft|feet|foot|in|inch(?:es)?|yards?|ha|acres?|l|ml|cl|dl|gal|litres?"
    r"|liters?|h|hrs?|hours?|heures?|mins?|minutes?|s|secs?|seconds?|ms|days?|jours?|weeks?|semaines?"
    r"|months?|mois|years?|yrs?|ann[eé]es?|ans?|k|m|b|bn|mn|mln|mm|million|billion|thousand|kwh?|mwh?"
    r"|gwh?|w|v|kv|ma|[kmg]?hz|[kmgt]i?b|px|pts?|points?|mph|kph|km/h|mpg|cc|hp|bhp|rpm|psi|bar|h?pa|°c"
    r"|cal|kcal|x|people|persons?|reviews?|ratings?|votes?|seasons?|episodes?|pages?|beds?|baths?|rooms?"
    r"|seats?|doors?"
)
_MARKED_NUMBER: Final = re.compile(
    rf"""(?:[~<>≈≤≥=]+|over|under|about|around|up\s+to|more\s+than|less\s+than)?\s*
    [-+(]?\s*(?:{_MONEY}\s*)?[-+]?\s*{_FIGURE}\)?
    (?:\s*(?:-|\u2013|to|à|and)\s*(?:{_MONEY}\s*)?{_FIGURE}(?=\s*[^\s\d]))?
    \s*(?:{_MONEY})?\s*(?:(?:{_UNITS})(?:\s*(?:per|/|by)\s*[a-z0-9²³]{{1,8}})?(?:\s+(?:ago|old|each))?)?[.+]?""",
    re.VERBOSE | re.IGNORECASE,
)
_COUNTED: Final = re.compile(rf"{_FIGURE}\s(?P<unit>[^\W\d_]{{2,20}})")
_BAND: Final = re.compile(
    rf"(?:[<>\u2264\u2265]=?|under|over)\s*{_FIGURE}.*|.*{_FIGURE}\s*(?:\+|and over|et plus)"
    rf"|.*\d\s*(?:-|\u2013|to|à)\s*(?:{_MONEY}\s*)?{_FIGURE}.*",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"(?:[a-z][a-z0-9+.-]{1,11}://|www\.)\S.*", re.IGNORECASE | re.DOTALL)
_EMAIL: Final = re.compile(r"(?:mailto:)?[^@\s,;<>()]{1,64}@[^@\s,;<>()]{1,190}\.[a-z]{2,24}", re.IGNORECASE)
_PHONE: Final = re.compile(
    r"(?:\+\d{1,3}[\s.-]?)(?:\(0?\d{1,4}\)[\s.-]?)?\d[\d\s.-]{5,14}"
    r"|(?:1[\s.-])?\(\d{3}\)[\s.-]?\d{3}[\s.-]?\d{4}|(?:1[\s.-])?\d{3}[\s./-]\d{3}[\s.-]\d{4}"
    r"|0\d([\s.-])\d\d\1\d\d\1\d\d\1\d\d"
)
_LOOSE_PHONE: Final = re.compile(r"\+?[\d\s()./-]{6,22}(?:\s*(?:x|ext\.?|poste)\s*\d{1,6})?", re.IGNORECASE)
_POSTCODE: Final = re.compile(r"[A-Z]\d[A-Z]\s?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|\d{5}-\d{4}", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d{3,10}(?:-\d{3,4}|\.0)?")
_YEAR_MONTH_DAY: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\.0)?")
_YEAR_MONTH: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:\.0)?")
_POINT: Final = re.compile(r"[(\[]?\s*-?\d{1,3}\.\d{3,}(?:\s*[,;]\s*|\s+)-?\d{1,3}\.\d{3,}\s*[)\]]?")
_WELL_KNOWN_TEXT: Final = re.compile(
    r"(?:SRID=\d+;)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*Z?\s*\(.*", re.IGNORECASE | re.DOTALL
)
_HASH: Final = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE
)
_TOKEN: Final = re.compile(r"(?=\D*\d)[^\s]{3,}")
_DIGIT: Final = re.compile(r"\d")

_SAMPLED_VALUES: Final = 60
_SAMPLED_CHARACTERS: Final = 300


_Shape = Literal[
    "overflow", "list", "object", "padded", "number", "point", "postcode", "date", "phone", "marked number",
    "counted", "url", "email", "hash", "token", "words",
]  # fmt: skip
_SHAPES: Final[tuple[tuple[_Shape, int, re.Pattern[str]], ...]] = (
    ("padded", 30, _LEADING_ZERO),
    ("number", 40, _NUMBER),
    ("point", 80, _POINT),
    ("point", 300, _WELL_KNOWN_TEXT),
    ("postcode", 10, _POSTCODE),
    ("date", 48, _DATE),
    ("phone", 24, _PHONE),
    ("marked number", 48, _MARKED_NUMBER),
    ("counted", 40, _COUNTED),
    ("url", 300, _URL),
    ("email", 256, _EMAIL),
    ("hash", 64, _HASH),
    ("token", 300, _TOKEN),
)


def _has_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None


def _shape(value: str) -> _Shape:
    """Name the first of the known shapes that the whole value has."""
    if value[0] == "#" and not value.strip("#"):
        return "overflow"
    if value[0] in "[{":
        return "list" if value[0] == "[" else "object"
    if not _has_digit(value):
        if "." not in value:
            return "words"
        return "url" if _URL.fullmatch(value) else "email" if _EMAIL.fullmatch(value) else "words"
    return next(
        (shape for shape, longest, pattern in _SHAPES if len(value) <= longest and pattern.fullmatch(value)),
        "words",
    )


# --- what the rules look at ------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """Split a column name into words: ``"ZipCode"``, ``"zip_code"`` and ``"codes postaux"`` alike."""
    plain = unicodedata.normalize("NFKD", name[:200])
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", plain)
    return tuple(_singular(word.lower()) for word in words)


class _Column:
    """The facts of one column, with what several rules derive from them."""

    def __init__(self, facts: ColumnFacts) -> None:
        self.facts = facts
        self.filled = max(facts.rows - facts.nulls, 0)
        self.distinct = facts.distinct
        self.words = name_words(facts.name)

    def named(self, vocabulary: frozenset[str]) -> bool:
        return not vocabulary.isdisjoint(self.words)

    def is_named_for(self, vocabulary: frozenset[str]) -> bool:
        """Whether the name has one of these words and none of a quantity ("mobile sales")."""
        return self.named(vocabulary) and not self.named(_QUANTITY_WORDS)

    @property
    def sample_is_complete(self) -> bool:
        return self.distinct <= min(len(self.facts.sample), _SAMPLED_VALUES)

    @cached_property
    def values(self) -> Counter[str]:
        """Sampled values, trimmed, without stand-ins for missing, with their rows."""
        values: Counter[str] = Counter()
        rows = self.facts.sample_rows or repeat(1)
        for value, count in islice(zip(self.facts.sample, rows, strict=False), _SAMPLED_VALUES):
            text = value[:_SAMPLED_CHARACTERS].strip()
            if text.lower() not in _PLACEHOLDERS:
                values[text] += max(count, 1)
        return values

    def weighted_mean(self, measure: Callable[[str], float]) -> float:
        """Mean of a measure of the sampled values, by rows."""
        total = sum(measure(value) * rows for value, rows in self.values.items())
        return total / max(self.values.total(), 1)

    @cached_property
    def shapes(self) -> Counter[_Shape]:
        shapes: Counter[_Shape] = Counter()
        for value, rows in self.values.items():
            shapes[_shape(value)] += rows
        return shapes

    def share(self, *shapes: _Shape) -> float:
        """Share of the sampled rows whose value has one of these shapes."""
        return sum(self.shapes[shape] for shape in shapes) / max(self.values.total(), 1)

    def share_matching(self, pattern: re.Pattern[str]) -> float:
        """Share of the sampled rows whose whole value matches."""
        return self.weighted_mean(lambda value: pattern.fullmatch(value) is not None)

    @cached_property
    def uniqueness(self) -> float:
        """Different values per filled cell."""
        return min(self.distinct / self.filled, 1.0) if self.filled else 0.0

    @property
    def repetition(self) -> str:
        """How far values repeat, as a clause."""
        if self.distinct >= self.filled:
            return "no value repeats"
        return f"{self.distinct:,} of {self.filled:,} values are different"

    @cached_property
    def mean_words(self) -> float:
        return self.weighted_mean(lambda value: len(value.split()))

    @cached_property
    def share_with_digits(self) -> float:
        """Share of the sampled rows whose value holds a digit."""
        return self.weighted_mean(_has_digit)

    def items_per_value(self, delimiter: str, *, words: int) -> bool:
        """Most values hold several items of at most so many words, some more than two."""
        counts = [value.count(delimiter) + 1 for value in self.values]
        if sum(count > 1 for count in counts) < 0.5 * len(counts) or max(counts, default=0) < 3:
            return False
        items = [item for value in self.values for item in value.split(delimiter) if item.strip()]
        return sum(len(item.split()) for item in items) <= (words + 0.2) * len(items)

    @cached_property
    def units_are_suffixes(self) -> bool:
        """Whether single letters after the digits vary as those of codes do ("12A", "12B")."""
        letters = {value[-1] for value in self.values if value[-1].isalpha() and value[:-1].isdigit()}
        return len(letters) > 2

    @cached_property
    def share_of_commonest_unit(self) -> float:
        """Share of the values that are a number and a word that have the commonest word."""
        words = Counter(match["unit"].lower() for value in self.values if (match := _COUNTED.fullmatch(value)))
        return max(words.values(), default=0) / max(words.total(), 1)

    def most_lie_within(self, low: float, high: float) -> bool:
        """Whether most of the sampled numbers lie between two bounds; dirty columns have some beyond."""
        inside = sum(low <= number <= high for number in self.numbers)
        return bool(self.numbers) and inside >= _MOST * len(self.numbers)

    @cached_property
    def is_number(self) -> bool:
        """Native numbers, or text that is plain numbers."""
        if self.facts.storage == "text":
            return self.share("number") >= _MOST and self.share("padded") < 0.05
        return self.facts.storage in ("number", "integer")

    @cached_property
    def numbers(self) -> list[float]:
        """The sampled values that are plain finite numbers."""
        parsed = (float(value) for value in self.values if len(value) <= 40 and _NUMBER.fullmatch(value))
        return [number for number in parsed if math.isfinite(number)]

    @cached_property
    def low(self) -> float:
        given = self.facts.minimum
        return float(given) if given is not None else min(self.numbers, default=math.nan)

    @cached_property
    def high(self) -> float:
        given = self.facts.maximum
        return float(given) if given is not None else max(self.numbers, default=math.nan)

    @cached_property
    def mean(self) -> float:
        given = self.facts.mean
        return float(given) if given is not None else sum(self.numbers) / max(len(self.numbers), 1)

    @cached_property
    def is_whole(self) -> bool:
        """Numbers, all of them whole."""
        if not self.is_number:
            return False
        if self.facts.whole is not None:
            return self.facts.whole
        return self.facts.storage == "integer" or (
            bool(self.numbers) and all(number.is_integer() for number in (*self.numbers, self.low, self.high))
        )

    @cached_property
    def meaning(self) -> Literal["identifier", "code", "quantity"] | None:
        """What the name says of whole numbers, by its first word if that leads, else by its last hint."""
        words = [word for word in self.words if not word.isdigit()]
        if len(words) > 1 and words[0] in _COUNTING_WORDS:
            return "quantity"
        if words and words[0] in _LEADING_WORDS and words[-1] not in _QUANTITY_WORDS:
            words = words[:1]
        for place, word in enumerate(reversed(words)):
            if word in _IDENTIFIER_WORDS or (place == 0 and word in _ORDINAL_WORDS):
                return "identifier"
            if place == 0 and word in _WEAK_GROUP_WORDS and self.distinct <= _SOME_LEVELS:
                return "code"
            if word in _CODE_WORDS or (place == 0 and word in _GROUP_WORDS):
                return "code"
            if word in _QUANTITY_WORDS:
                return "quantity"
        return None

    @cached_property
    def numbers_rows(self) -> bool:
        """Whether the name is that of a row number."""
        return self.words[:1] == ("unnamed",) or " ".join(self.words) in _ROW_NUMBER_NAMES


_MOST: Final = 0.8
_FEW_FILLED: Final = 0.005
_FEW_LEVELS: Final = 3
_SOME_LEVELS: Final = 12
_MANY_LEVELS: Final = 200
_UNIQUE: Final = 0.998
_NEARLY_UNIQUE: Final = 0.98
_ENOUGH_ROWS: Final = 20

_Rule = Callable[[_Column], str | None]
_RULES: Final[list[tuple[Kind, _Rule]]] = []


def _rule(kind: Kind) -> Callable[[_Rule], _Rule]:
    """Append a rule: a function giving the reason why a column is of this kind, or None."""

    def register(rule: _Rule) -> _Rule:
        _RULES.append((kind, rule))
        return rule

    return register


# --- the rules, in the order they are asked --------------------------------------------------------------


@_rule(Kind.EMPTY)
def _no_value(column: _Column) -> str | None:
    """Nothing but missing values."""
    if column.filled == 0 or column.distinct <= 0:
        return "No row has a value."
    if column.facts.storage == "text" and column.sample_is_complete and not column.values:
        return "Every value is blank or a stand-in for missing."
    return None


@_rule(Kind.CONSTANT)
def _one_value(column: _Column) -> str | None:
    """One value, stand-ins for missing left aside."""
    if column.distinct == 1:
        return "Every value is the same."
    if column.facts.storage == "text" and column.sample_is_complete and len(column.values) == 1:
        return "Every value is the same, apart from stand-ins for missing."
    return None


@_rule(Kind.BOOLEAN)
def _two_truths(column: _Column) -> str | None:
    """Boolean type, or two values that read as yes and no."""
    if column.facts.storage == "boolean":
        return "The values are stored as true and false."
    if column.sample_is_complete and frozenset(value.lower() for value in column.values) in _TRUTHS:
        return "The only two values read as yes and no."
    return None


@_rule(Kind.DATETIME)
def _stored_as_dates(column: _Column) -> str | None:
    """Date or time type."""
    return "The values are stored as dates or times." if column.facts.storage == "datetime" else None


@_rule(Kind.DATETIME)
def _dates_as_text(column: _Column) -> str | None:
    """Text of which most values are dates or times; spreadsheet overflow (#####) in a date column."""
    if column.share("date") >= _MOST and not column.is_number:
        return "The text reads as dates or times."
    if column.shapes["overflow"] and (
        column.share("date", "overflow") >= _MOST and (column.shapes["date"] or column.named(_DATE_WORDS))
    ):
        return "The name and the values are those of dates, some lost as ##### by a spreadsheet."
    return None


@_rule(Kind.URL)
def _links(column: _Column) -> str | None:
    """Text that is mostly web addresses."""
    return "The text is web addresses." if column.share("url") >= 0.5 else None


@_rule(Kind.EMAIL)
def _emails(column: _Column) -> str | None:
    """Text that is mostly e-mail addresses."""
    return "The text is e-mail addresses." if column.share("email") >= 0.5 else None


@_rule(Kind.NEARLY_EMPTY)
def _hardly_a_value(column: _Column) -> str | None:
    """Text in so few cells that it says little about the column."""
    if column.facts.storage == "text" and column.filled < _FEW_FILLED * column.facts.rows:
        return f"Only {column.filled:,} of {column.facts.rows:,} rows have a value."
    return None


@_rule(Kind.LOCATION)
def _points(column: _Column) -> str | None:
    """Pairs of coordinates, or shapes on a map, as text."""
    return "Each value is a point or a shape on a map." if column.share("point") >= _MOST else None


@_rule(Kind.LIST)
def _bracketed_lists(column: _Column) -> str | None:
    """Brackets around every value, as lists are written."""
    if column.share("list") >= 0.6:
        return "Each value is a list in brackets."
    return None


@_rule(Kind.NESTED)
def _objects(column: _Column) -> str | None:
    """Objects with named fields, stored as such or as text."""
    if column.facts.storage == "nested" or column.share("object", "list") >= 0.6:
        return "Each value is an object with fields of its own."
    return None


@_rule(Kind.LIST)
def _delimited_lists(column: _Column) -> str | None:
    """Short items joined by semicolons or bars."""
    for delimiter in ";|":
        if column.items_per_value(delimiter, words=4):
            return f"The values are several items joined by {delimiter!r}."
    return None


@_rule(Kind.PHONE)
def _phones(column: _Column) -> str | None:
    """Telephone numbers by their form, or digits under a name that says so."""
    if column.share("phone") >= _MOST:
        return "The text has the form of telephone numbers."
    if column.is_named_for(_PHONE_WORDS) and column.share_matching(_LOOSE_PHONE) >= _MOST:
        return "The name says telephone and the values are digits."
    return None


@_rule(Kind.POSTCODE)
def _postcodes(column: _Column) -> str | None:
    """Postcodes by their form, or digits under a name that says so."""
    if column.share("postcode") >= _MOST:
        return "The text has the form of postcodes."
    if column.is_named_for(_POSTCODE_WORDS) and column.share_matching(_DIGITS) >= _MOST:
        return "The name says postcode and the values are digits."
    return None


@_rule(Kind.NUMBER_IN_TEXT)
def _marked_numbers(column: _Column) -> str | None:
    """Numbers that need parsing (separators, currency, percent, units), but not a few bands ("<18")."""
    if column.facts.storage != "text" or column.share("marked number", "counted") < 0.1:
        return None
    if column.distinct <= _SOME_LEVELS and column.share_matching(_BAND) == 1:
        return None
    if column.share("marked number", "number") >= _MOST and not column.units_are_suffixes:
        return "The text holds numbers with a sign, a unit or separators."
    if column.share("marked number", "number", "counted") >= _MOST and column.share_of_commonest_unit >= 0.5:
        return "The text holds numbers followed by a word."
    return None


# numbers


@_rule(Kind.DATETIME)
def _stamps(column: _Column) -> str | None:
    """Seconds since 1970 under a name that says time, or year, month and day written as one number."""
    if not column.is_whole:
        return None
    if column.low >= 19_000_101 and column.high <= 21_001_231 and column.share_matching(_YEAR_MONTH_DAY) == 1:
        return "The digits are year, month and day."
    if not column.named(_STAMP_WORDS):
        return None
    if any(low <= column.mean and column.high <= 5 * low for low in (5e8, 5e11, 5e14, 5e17)):
        return "The name says time and the numbers count from 1970."
    if any(190_001_01 * clock <= column.low and column.high <= 210_012_31 * clock for clock in (1e4, 1e6)):
        return "The name says time and the digits are year, month, day, hour."
    if "date" in column.words and column.low >= 1700 and column.high <= 2200:
        return "The name says date and the numbers are years."
    return None


@_rule(Kind.PERIOD)
def _periods(column: _Column) -> str | None:
    """Whole numbers that are years, or years with a month."""
    if not column.is_whole:
        return None
    if column.named(_YEAR_WORDS) and 1000 <= column.high <= 2300:
        return "The name says year and the numbers are years."
    if column.named(_YEAR_WORDS | _MONTH_WORDS) and column.share_matching(_YEAR_MONTH) == 1:
        return "The name says period and the digits are year and month."
    years = column.low >= 1800 and column.high <= 2100 and column.distinct <= 300
    if years and column.meaning != "quantity":
        return "The whole numbers lie between 1800 and 2100, as years do."
    return None


@_rule(Kind.COORDINATE)
def _coordinates(column: _Column) -> str | None:
    """Latitudes and longitudes."""
    if not column.is_number or column.is_whole:
        return None
    if column.named(_LATITUDE_WORDS) and column.most_lie_within(-90, 90):
        return "The name says latitude and the numbers lie within 90 degrees."
    longitude = column.named(_LONGITUDE_WORDS) or column.words[-1:] == ("long",)
    if longitude and column.most_lie_within(-180, 180):
        return "The name says longitude and the numbers lie within 180 degrees."
    return None


@_rule(Kind.NUMERIC)
def _fractions(column: _Column) -> str | None:
    """Numbers with a fraction."""
    if column.is_number and not column.is_whole:
        return "The numbers have fractions."
    return None


@_rule(Kind.IDENTIFIER)
def _row_identifiers(column: _Column) -> str | None:
    """Whole numbers that never repeat and are named, or run, as identifiers."""
    if not column.is_whole or column.uniqueness < _NEARLY_UNIQUE:
        return None
    if column.meaning == "identifier" or column.numbers_rows:
        return f"The name says identifier and {column.repetition}."
    equal_pairs_by_chance = column.filled**2 / (2 * max(column.high - column.low, 1.0))
    never_repeats = column.distinct == column.filled >= _ENOUGH_ROWS
    if never_repeats and equal_pairs_by_chance >= 5 and column.meaning != "quantity":
        return "No number repeats, as amounts in this range would."
    return None


@_rule(Kind.REFERENCE)
def _number_references(column: _Column) -> str | None:
    """Whole numbers named as identifiers that repeat, too many to be levels of a category."""
    named = column.meaning == "identifier" or column.numbers_rows
    if column.is_whole and named and column.distinct > _MANY_LEVELS:
        return "The name says identifier, and the numbers repeat: a key of another table."
    return None


@_rule(Kind.CODE)
def _number_codes(column: _Column) -> str | None:
    """Whole numbers whose name says identifier, code, type, district..."""
    if column.is_whole and column.meaning in ("identifier", "code"):
        return "The name is that of a code: the numbers stand for things and are not amounts."
    return None


@_rule(Kind.CATEGORY)
def _few_numbers(column: _Column) -> str | None:
    """Two or three different whole numbers, or the first five, too few to be a quantity."""
    if not column.is_whole or column.meaning == "quantity":
        return None
    if column.distinct <= _FEW_LEVELS or (column.distinct <= 5 and column.low in (0, 1) and column.high <= 5):
        return f"Only {column.distinct} different whole numbers in {column.filled:,} rows."
    return None


@_rule(Kind.UNKNOWN)
def _whole_numbers_without_a_name(column: _Column) -> str | None:
    """Whole numbers under a name that is no word: a quantity or a code."""
    if column.is_whole and column.meaning is None and len(column.facts.name) <= 3 and column.facts.name not in _AXES:
        return "The numbers are whole and the name does not tell whether they are amounts or codes."
    return None


@_rule(Kind.NUMERIC)
def _whole_numbers(column: _Column) -> str | None:
    """Other whole numbers."""
    return "The numbers are whole and nothing says they are codes." if column.is_number else None


# text


@_rule(Kind.IDENTIFIER)
def _hashes(column: _Column) -> str | None:
    """Hashes that never repeat."""
    if column.share("hash") >= _MOST and column.uniqueness >= _UNIQUE:
        return f"The text is hashes and {column.repetition}."
    return None


@_rule(Kind.REFERENCE)
def _repeated_hashes(column: _Column) -> str | None:
    """Hashes that repeat."""
    if column.share("hash") >= _MOST and column.distinct > _SOME_LEVELS:
        return "The text is hashes that repeat: a key of another table."
    return None


@_rule(Kind.CATEGORY)
def _few_texts(column: _Column) -> str | None:
    """Few different texts for the rows there are."""
    most_repetition = 0.2 if column.mean_words <= 8 else 0.1
    if column.distinct <= _MANY_LEVELS and column.uniqueness <= most_repetition:
        return f"Only {column.distinct:,} different values in {column.filled:,} rows."
    return None


@_rule(Kind.LIST)
def _comma_lists(column: _Column) -> str | None:
    """Short items without digits joined by commas, more in some cells than in others (unlike places)."""
    if not column.items_per_value(",", words=2) or column.share_with_digits > 0.3:
        return None
    commas = Counter(value.count(",") for value in column.values)
    if max(commas.values()) <= _MOST * len(column.values):
        return "The values are several items joined by commas."
    return None


@_rule(Kind.ADDRESS)
def _addresses(column: _Column) -> str | None:
    """Street addresses: the name says so."""
    if column.named(_ADDRESS_WORDS) and column.mean_words >= 2:
        return "The name says address."
    return None


@_rule(Kind.SENTENCE)
def _sentences(column: _Column) -> str | None:
    """Many words a value, or several under a name that says text."""
    if column.mean_words >= 6:
        return f"The values are {column.mean_words:.0f} words long on average."
    if column.named(_SENTENCE_WORDS) and column.mean_words >= 1.5 and column.uniqueness > 0.3:
        return "The name says text and the values are several words."
    if column.mean_words >= 4 and column.uniqueness > 0.5 and not column.named(_NAME_WORDS):
        return "Several words a value, most values different."
    return None


@_rule(Kind.IDENTIFIER)
def _text_identifiers(column: _Column) -> str | None:
    """Short text that never repeats."""
    if column.meaning == "identifier" and column.uniqueness >= _NEARLY_UNIQUE:
        return f"The name says identifier and {column.repetition}."
    if column.uniqueness >= _UNIQUE and column.filled >= _ENOUGH_ROWS:
        return f"The text names the row: {column.repetition}."
    return None


@_rule(Kind.REFERENCE)
def _repeated_tokens(column: _Column) -> str | None:
    """Tokens of digits and letters, almost as many as rows."""
    if column.share("token", "number", "padded") >= _MOST and column.uniqueness > 0.5:
        return "Tokens of digits and letters, most of them different: a number of something."
    return None


@_rule(Kind.NAME)
def _names(column: _Column) -> str | None:
    """Proper names: the name of the column says so, or nearly every value is different."""
    if column.named(_NAME_WORDS) and column.uniqueness > 0.12:
        return "The name of the column says these are names."
    if column.uniqueness > 0.5:
        return "Short text, most of it different."
    return None


@_rule(Kind.CODE)
def _text_codes(column: _Column) -> str | None:
    """Tokens of digits and letters that repeat."""
    if column.share("token", "number", "padded") >= _MOST:
        return "Tokens of digits and letters that repeat."
    return None


@_rule(Kind.CATEGORY)
def _repeated_texts(column: _Column) -> str | None:
    """Short text that repeats."""
    return "Short text that repeats." if column.values else None
