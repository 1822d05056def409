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
from typing import Final, Literal


class Kind(StrEnum):
    """What the values of a column are for, which is more than how they are stored."""

    EMPTY = "empty"
    NEARLY_EMPTY = "nearly_empty"
    CONSTANT = "constant"
    IDENTIFIER = "identifier"
    REFERENCE = "reference"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    CODE = "code"
    POSTCODE = "postcode"
    YEAR = "year"
    DATETIME = "datetime"
    NUMERIC = "numeric"
    COORDINATE = "coordinate"
    NUMBER_IN_TEXT = "number_in_text"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    LOCATION = "location"
    NAME = "name"
    SENTENCE = "sentence"
    LIST = "list"
    NESTED = "nested"
    UNKNOWN = "unknown"


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


_IDENTIFIER_WORDS: Final = _words(
    "id uid uuid guid identifier identifiant pk fk key cle ref reference oid fid rowid objectid isbn issn ean upc"
    " siren siret ein ssn matricule hash"
)
_ROW_NUMBER_WORDS: Final = _words("unnamed index no row ligne rownum")
_CODE_WORDS: Final = _words(
    "code cd type class classe category categorie cat kind group groupe grp status statut state etat flag level"
    " niveau grade district zone region sector secteur section division dept department departement block lot"
    " bloc precinct ward council borough arrondissement canton commune city ville country pay gender sex sexe"
    " race cluster label target species method methode mode option segment tier version strand symbol sic naics"
    " naf ape iso fip insee cohort batch channel line ligne route gate platform shift plan series serie map"
    " source weekday jour"
)
_QUANTITY_WORDS: Final = _words(
    "count cnt num number nombre nb nbr total tot sum somme amount amt montant quantity quantite qty volume price"
    " prix cost cout sale vente revenue revenu income salary salaire wage fee rate taux ratio percent percentage"
    " pct pourcentage score point rank ranking rang rating note grade age length longueur width largeur height"
    " hauteur depth profondeur weight poid size taille area surface superficie distance duration duree time day"
    " month year hour minute second mile km speed vitesse velocity temperature temp pressure humidity average avg"
    " mean moyenne median min max minimum maximum std population pop budget goal but value valeur vote view like"
    " review comment member unit bed room bath bedroom bathroom floor story kill win loss goal run wicket hit"
    " death case passenger capacity capacite frequency freq degree position current voltage power energy byte"
    " packet employee quantile change growth gain delay"
)
_YEAR_WORDS: Final = _words("year yr annee an fy season saison vintage millesime built inception")
_DATE_WORDS: Final = _words(
    "date datetime timestamp time at on day heure hour jour created updated modified deadline posted published"
    " launched expiry expiration birth naissance dob start end begin debut fin"
)
_STAMP_WORDS: Final = _words(
    "date datetime timestamp time at created updated modified deadline epoch unix ts horodatage"
)
_LATITUDE_WORDS: Final = _words("lat latitude")
_LONGITUDE_WORDS: Final = _words("lon lng long longitude")
_POSTCODE_WORDS: Final = _words("zip zipcode postcode postal postaux cp plz")
_PHONE_WORDS: Final = _words("phone telephone tel mobile fax cell portable telecopie")
_ADDRESS_WORDS: Final = _words("address adresse addr street rue")
_NAME_WORDS: Final = _words(
    "name nom prenom firstname lastname surname fullname author auteur owner player joueur artist artiste person"
    " personne employer"
)
_SENTENCE_WORDS: Final = _words(
    "description desc note comment commentaire remark remarque text texte title titre summary resume message"
    " headline subject sujet abstract review avi body question answer reponse details narrative observation"
    " instruction plot synopsis bio caption lyric statement explanation feedback"
)
_LEADING_WORDS: Final = _words(
    "number num nombre nb nbr count total taux prix montant somme code type id mean average max min"
)
_URL_WORDS: Final = _words("url link lien href website web site homepage")

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
        "0 1", "true false", "t f", "yes no", "y n", "oui non", "o n", "vrai faux", "on off", "0.0 1.0",
        "0 -1", "1 -1",
    )
)  # fmt: skip


# --- the shape of one value ------------------------------------------------------------------------------

_MONTHS: Final = (
    "jan(?:uary|v|vier)?|feb(?:ruary)?|f[eé]v(?:r|rier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai"
    "|june?|juin|july?|juil(?:let)?|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|oct(?:ober|obre)?"
    "|nov(?:ember|embre)?|d[eé]c(?:ember|embre)?"
)
_CLOCK: Final = r"\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:Z|[A-Z]{2,4}|[+-]\d{2}:?\d{2}))?"
_DATE: Final = re.compile(
    rf"""(?:
      \d{{4}}[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?(?:(?:T|\s+(?:-\s+)?){_CLOCK})?
    | \d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})(?:\s+(?:-\s+)?{_CLOCK})?
    | (?:[a-z]{{3,9}}[.,]?\s+)?\d{{1,2}}(?:st|nd|rd|th|er)?[-\s./]*(?:{_MONTHS})\b[-\s.,/]*(?:\d{{4}}|\d{{2}})?(?:[\s,]+(?:-\s+)?{_CLOCK})?
    | (?:[a-z]{{3,9}}[.,]?\s+)?(?:{_MONTHS})\b[-\s.,/]*\d{{1,2}}(?:st|nd|rd|th)?(?:[\s,]+{_CLOCK})?[\s,]*(?:\d{{4}}|\d{{2}})?(?:[\s,]+{_CLOCK})?
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
    r"%|‰|°\s?[cf]?|\"|''?|kg|mg|µg|ug|mcg|g|gr|grams?|lbs?|oz|ounces?|tons?|tonnes?|t|km2?|m[²³23]?|cm[²³23]?|mm|miles?|mi|ft|feet|foot"
    r"|in|inch(?:es)?|yards?|ha|acres?|l|ml|cl|dl|gal|litres?|liters?|h|hrs?|hours?|heures?|mins?|minutes?|s|secs?|seconds?|ms"
    r"|days?|jours?|weeks?|semaines?|months?|mois|years?|yrs?|ann[eé]es?|ans?|k|m|b|bn|mn|mln|mm|million|billion|thousand"
    r"|kwh?|mwh?|gwh?|w|v|kv|ma|a|[kmg]?hz|[kmgt]i?b|px|pts?|points?|mph|kph|km/h|mpg|cc|hp|bhp|rpm|psi|bar|h?pa|°c|cal|kcal"
    r"|x|people|persons?|reviews?|ratings?|votes?|seasons?|episodes?|pages?|beds?|baths?|rooms?|seats?|doors?"
)
_MARKED_NUMBER: Final = re.compile(
    rf"""(?:[~<>≈≤≥=]+|over|under|about|around|up\s+to|more\s+than|less\s+than)?\s*
    [-+(]?\s*(?:{_MONEY}\s*)?[-+]?\s*{_FIGURE}\)?
    (?:\s*(?:-|–|to|à|and)\s*(?:{_MONEY}\s*)?{_FIGURE}(?=\s*[^\s\d]))?
    \s*(?:{_MONEY})?\s*(?:(?:{_UNITS})(?:\s*(?:per|/|by)\s*[a-z0-9²³]{{1,8}})?(?:\s+(?:ago|old|each))?)?[.+]?""",
    re.VERBOSE | re.IGNORECASE,
)
_URL: Final = re.compile(r"(?:[a-z][a-z0-9+.-]{1,11}://|www\.)\S.*", re.IGNORECASE | re.DOTALL)
_EMAIL: Final = re.compile(r"(?:mailto:)?[^@\s,;<>()]{1,64}@[^@\s,;<>()]{1,190}\.[a-z]{2,24}", re.IGNORECASE)
_PHONE: Final = re.compile(
    r"(?:\+\d{1,3}[\s.-]?)(?:\(0?\d{1,4}\)[\s.-]?)?\d[\d\s.-]{5,14}"
    r"|(?:1[\s.-])?\(\d{3}\)[\s.-]?\d{3}[\s.-]?\d{4}|(?:1[\s.-])?\d{3}([\s.-])\d{3}\1\d{4}"
    r"|0\d([\s.-])\d\d\2\d\d\2\d\d\2\d\d"
)
_LOOSE_PHONE: Final = re.compile(r"\+?[\d\s().-]{6,22}(?:\s*(?:x|ext\.?|poste)\s*\d{1,6})?", re.IGNORECASE)
_POSTCODE: Final = re.compile(
    r"[A-Z]\d[A-Z]\s?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|\d{5}-\d{4}", re.IGNORECASE
)
_DIGITS: Final = re.compile(r"\d{3,10}(?:-\d{3,4}|\.0)?")
_POINT: Final = re.compile(r"[(\[]?\s*-?\d{1,3}\.\d{3,}\s*[,;\s]\s*-?\d{1,3}\.\d{3,}\s*[)\]]?|(?:POINT|LINESTRING|POLYGON)\s*\(.*", re.DOTALL)
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_TOKEN: Final = re.compile(r"(?=\D*\d)[^\s]{3,}")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_SAMPLED_VALUES: Final = 60
_SAMPLED_CHARACTERS: Final = 300


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _shape(value: str) -> str:
    """Name the first of the known shapes that the whole value has."""
    first = value[0]
    if first == "#" and not value.strip("#"):
        return "overflow"
    if first in "{[":
        return "list" if first == "[" else "object"
    if first.isdigit() or first in "+-.(<>~≈$€£¥" or value[-1].isdigit() or _POINT.fullmatch(value):
        if _NUMBER.fullmatch(value):
            return "padded" if _LEADING_ZERO.fullmatch(value) else "number"
        if _POINT.fullmatch(value):
            return "point"
        if _POSTCODE.fullmatch(value):
            return "postcode"
    if len(value) <= 48:
        if _DATE.fullmatch(value):
            return "date"
        if _PHONE.fullmatch(value):
            return "phone"
        if _MARKED_NUMBER.fullmatch(value):
            return "marked number"
        if _POSTCODE.fullmatch(value):
            return "postcode"
    if _URL.match(value):
        return "url"
    if "@" in value and _EMAIL.fullmatch(value):
        return "email"
    if _UUID.fullmatch(value):
        return "hash"
    if _TOKEN.fullmatch(value):
        return "token"
    return "words"


# --- what the rules look at ------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _name_words(name: str) -> tuple[str, ...]:
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
        self.words = _name_words(facts.name)

    def named(self, vocabulary: frozenset[str]) -> bool:
        return not vocabulary.isdisjoint(self.words)

    @cached_property
    def values(self) -> list[str]:
        """Sampled values, trimmed, without stand-ins for missing."""
        texts = (value[:_SAMPLED_CHARACTERS].strip() for value in self.facts.sample[:_SAMPLED_VALUES])
        return [text for text in dict.fromkeys(texts) if text.lower() not in _PLACEHOLDERS]

    @cached_property
    def shapes(self) -> Counter[str]:
        return Counter(_shape(value) for value in self.values)

    def share(self, *shapes: str) -> float:
        """Share of the sampled values that have one of these shapes."""
        return sum(self.shapes[shape] for shape in shapes) / len(self.values) if self.values else 0.0

    @cached_property
    def uniqueness(self) -> float:
        """Different values per filled cell."""
        return min(self.distinct / self.filled, 1.0) if self.filled else 0.0

    @cached_property
    def mean_words(self) -> float:
        return sum(len(value.split()) for value in self.values) / len(self.values) if self.values else 0.0

    @cached_property
    def share_with_digits(self) -> float:
        """Share of the sampled values that hold a digit."""
        return sum(map(_has_digit, self.values)) / max(len(self.values), 1)

    def items_per_value(self, delimiter: str, *, words: int) -> bool:
        """Most values hold several items of at most so many words, some more than two."""
        counts = [value.count(delimiter) + 1 for value in self.values]
        if sum(count > 1 for count in counts) < 0.5 * len(counts) or max(counts, default=0) < 3:
            return False
        items = [item for value in self.values for item in value.split(delimiter) if item.strip()]
        return sum(len(item.split()) for item in items) <= (words + 0.2) * len(items)

    @cached_property
    def is_number(self) -> bool:
        """Native numbers, or text that is plain numbers."""
        if self.facts.storage == "text":
            return self.share("number") >= _MOST and self.share("padded") < 0.05
        return self.facts.storage in ("number", "integer")

    @cached_property
    def numbers(self) -> list[float]:
        """The sampled values that are plain finite numbers."""
        parsed = (float(value) for value in self.values if _NUMBER.fullmatch(value))
        return [number for number in parsed if math.isfinite(number)]

    @cached_property
    def low(self) -> float:
        given = self.facts.minimum if self.facts.storage != "text" else None
        return given if given is not None else min(self.numbers, default=math.nan)

    @cached_property
    def high(self) -> float:
        given = self.facts.maximum if self.facts.storage != "text" else None
        return given if given is not None else max(self.numbers, default=math.nan)

    @cached_property
    def mean(self) -> float:
        given = self.facts.mean if self.facts.storage != "text" else None
        return given if given is not None else sum(self.numbers) / max(len(self.numbers), 1)

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
    def head(self) -> str | None:
        """The word of the name that says most about whole numbers: the first if it leads, else the last."""
        hints = _QUANTITY_WORDS | _CODE_WORDS | _IDENTIFIER_WORDS
        if self.words and self.words[0] in _LEADING_WORDS:
            return self.words[0]
        return next((word for word in reversed(self.words) if word in hints), None)


_MOST: Final = 0.8
_FEW_FILLED: Final = 0.005
_FEW_LEVELS: Final = 3
_SOME_LEVELS: Final = 12
_MANY_LEVELS: Final = 200
_UNIQUE: Final = 0.998

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
    sample_complete = len(column.facts.sample) >= column.distinct
    if column.facts.storage == "text" and sample_complete and not column.values:
        return "Every value is blank or a stand-in for missing."
    return None


@_rule(Kind.CONSTANT)
def _one_value(column: _Column) -> str | None:
    """One value, stand-ins for missing left aside."""
    if column.distinct == 1:
        return "Every value is the same."
    sample_complete = len(column.facts.sample) >= column.distinct
    if column.facts.storage == "text" and sample_complete and len(column.values) == 1:
        return "Every value is the same, apart from stand-ins for missing."
    return None


@_rule(Kind.BOOLEAN)
def _two_truths(column: _Column) -> str | None:
    """A boolean type, or two values that read as yes and no."""
    if column.facts.storage == "boolean":
        return "The values are stored as true and false."
    if column.distinct <= _SOME_LEVELS and frozenset(value.lower() for value in column.values) in _TRUTHS:
        return "The only two values read as yes and no."
    return None


@_rule(Kind.DATETIME)
def _stored_as_dates(column: _Column) -> str | None:
    """A date or time type."""
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
    """Lists stored as such or written in brackets."""
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
    """Short items joined by semicolons or bars, more in some cells than in others."""
    for delimiter in ";|":
        if column.items_per_value(delimiter, words=4):
            return f"The values are several items joined by {delimiter!r}."
    return None


@_rule(Kind.PHONE)
def _phones(column: _Column) -> str | None:
    """Telephone numbers by their form, or digits under a name that says so."""
    if column.share("phone") >= _MOST:
        return "The text has the form of telephone numbers."
    if column.named(_PHONE_WORDS) and column.values:
        loose = sum(_LOOSE_PHONE.fullmatch(value) is not None for value in column.values)
        if loose >= _MOST * len(column.values):
            return "The name says telephone and the values are digits."
    return None


@_rule(Kind.POSTCODE)
def _postcodes(column: _Column) -> str | None:
    """Postcodes by their form, or digits under a name that says so."""
    if column.share("postcode") >= _MOST:
        return "The text has the form of postcodes."
    if column.named(_POSTCODE_WORDS) and column.values:
        digits = sum(_DIGITS.fullmatch(value) is not None for value in column.values)
        if digits >= _MOST * len(column.values):
            return "The name says postcode and the values are digits."
    return None


@_rule(Kind.NUMBER_IN_TEXT)
def _marked_numbers(column: _Column) -> str | None:
    """Numbers that need parsing: separators, signs of currency, percent, units."""
    if column.facts.storage == "text" and column.share("marked number") >= 0.1:
        if column.share("marked number", "number") >= _MOST:
            return "The text holds numbers with a sign, a unit or separators."
    return None


# numbers


@_rule(Kind.DATETIME)
def _stamps(column: _Column) -> str | None:
    """Seconds since 1970, or dates written as one number, under a name that says so."""
    if not (column.is_whole and column.named(_STAMP_WORDS)):
        return None
    for low, high in ((5e8, 2.5e9), (5e11, 2.5e12), (5e14, 2.5e15), (5e17, 2.5e18)):
        if low <= column.high <= high and (column.mean >= low):
            return "The name says time and the numbers count from 1970."
    for digits in (1, 1e4, 1e6):
        if 19_000_000 * digits <= column.low <= column.high <= 21_001_231 * digits:
            return "The name says date and the digits are year, month, day."
    if column.named(_words("date")) and 1700 <= column.low <= column.high <= 2200:
        return "The name says date and the numbers are years."
    return None


@_rule(Kind.YEAR)
def _years(column: _Column) -> str | None:
    """Whole numbers that are years."""
    if not column.is_whole:
        return None
    if column.named(_YEAR_WORDS) and 1000 <= column.high <= 2300:
        return "The name says year and the numbers are years."
    if 1800 <= column.low <= column.high <= 2100 and column.distinct <= 300 and column.head not in _QUANTITY_WORDS:
        return "The whole numbers lie between 1800 and 2100, as years do."
    return None


@_rule(Kind.COORDINATE)
def _coordinates(column: _Column) -> str | None:
    """Latitudes and longitudes."""
    if not column.is_number or column.is_whole:
        return None
    if column.named(_LATITUDE_WORDS) and -90 <= column.low <= column.high <= 90:
        return "The name says latitude and the numbers lie within 90 degrees."
    if column.named(_LONGITUDE_WORDS) and -180 <= column.low <= column.high <= 180:
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
    if not column.is_whole or column.uniqueness < _UNIQUE:
        return None
    if column.head in _IDENTIFIER_WORDS or column.named(_ROW_NUMBER_WORDS):
        return "The name says identifier and no number repeats."
    if column.head in _QUANTITY_WORDS:
        return None
    if column.high - column.low == column.distinct - 1 and column.low in (0, 1):
        return "The numbers count the rows."
    if column.low >= 10_000 and len(str(int(column.low))) == len(str(int(column.high))):
        return "No number repeats and all have as many digits."
    return None


@_rule(Kind.REFERENCE)
def _number_references(column: _Column) -> str | None:
    """Whole numbers named as identifiers that repeat, too many to be levels of a category."""
    if column.is_whole and column.distinct > _MANY_LEVELS:
        if column.head in _IDENTIFIER_WORDS or column.named(_ROW_NUMBER_WORDS):
            return "The name says identifier, and the numbers repeat: a key of another table."
    return None


@_rule(Kind.CODE)
def _number_codes(column: _Column) -> str | None:
    """Whole numbers whose name says code, type, class, district..."""
    if not column.is_whole:
        return None
    if column.head in _IDENTIFIER_WORDS or column.head in _CODE_WORDS:
        return f"The name says {column.head}: the numbers stand for things and are not quantities."
    return None


@_rule(Kind.CATEGORY)
def _few_numbers(column: _Column) -> str | None:
    """Two or three different whole numbers, or the first five, too few to be a quantity."""
    if not column.is_whole or column.head in _QUANTITY_WORDS:
        return None
    if column.distinct <= _FEW_LEVELS or (column.distinct <= 5 and column.low in (0, 1) and column.high <= 5):
        return f"Only {column.distinct} different whole numbers in {column.filled:,} rows."
    return None


@_rule(Kind.UNKNOWN)
def _whole_numbers_without_a_name(column: _Column) -> str | None:
    """Whole numbers under a name that is no word: a quantity or a code."""
    if column.is_whole and column.head is None and len("".join(column.words)) <= 4 and len(column.words) <= 1:
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
        return "The text is hashes and none repeats."
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
    few = column.distinct <= _MANY_LEVELS and column.mean_words <= 8
    if column.uniqueness <= 0.2 and (few or (column.distinct <= 50 and column.uniqueness <= 0.05)):
        return f"Only {column.distinct:,} different values in {column.filled:,} rows."
    return None


@_rule(Kind.LIST)
def _comma_lists(column: _Column) -> str | None:
    """Short items without digits joined by commas."""
    if column.items_per_value(",", words=2) and column.share_with_digits <= 0.3:
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
    return None


@_rule(Kind.IDENTIFIER)
def _text_identifiers(column: _Column) -> str | None:
    """Short text that never repeats."""
    if column.uniqueness >= _UNIQUE and column.mean_words < 4:
        return "No value repeats: the text names the row."
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
    if column.named(_NAME_WORDS) and column.distinct > _MANY_LEVELS:
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
