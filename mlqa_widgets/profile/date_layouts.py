"""What a date looks like: the patterns a shape is held against, and the names of months and weekdays.

The patterns describe *shapes* in lower case (``9`` a digit, ``a`` a letter, a blank any white space), so that
each is tried once per shape. What the letters say is looked at afterwards, in the values.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Kind = Literal["date", "datetime", "month", "time"]
Span = tuple[int, int]

ENGLISH_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_FRENCH_MONTHS: Final = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_FRENCH_SHORT: Final = (
    "janv",
    "fevr",
    "mars",
    "avr",
    "mai",
    "juin",
    "juil",
    "aout",
    "sept",
    "oct",
    "nov",
    "dec",
)

ENGLISH_MONTH: Final[dict[str, int]] = {
    **{name: number for number, name in enumerate(ENGLISH_MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(ENGLISH_MONTHS, 1)},
    "sept": 9,
}
FRENCH_MONTH: Final[dict[str, int]] = {
    **{name: number for number, name in enumerate(_FRENCH_MONTHS, 1)},
    **{name: number for number, name in enumerate(_FRENCH_SHORT, 1)},
    "fev": 2,
}
"""The number of a month by its name in lower case, without accents and point."""

FRENCH_MONTH_REPLACEMENTS: Final = (
    (r"(?i)janv[a-z]*\.?", "Jan"),
    (r"(?i)f[eé]v[a-z]*\.?", "Feb"),
    (r"(?i)mars\.?", "Mar"),
    (r"(?i)avr[a-z]*\.?", "Apr"),
    (r"(?i)mai\.?", "May"),
    (r"(?i)juin\.?", "Jun"),
    (r"(?i)juil[a-z]*\.?", "Jul"),
    (r"(?i)ao[uû]t\.?", "Aug"),
    (r"(?i)sept[a-z]*\.?", "Sep"),
    (r"(?i)oct[a-z]*\.?", "Oct"),
    (r"(?i)nov[a-z]*\.?", "Nov"),
    (r"(?i)d[eé]c[a-z]*\.?", "Dec"),
)
ENGLISH_MONTH_REPLACEMENT: Final = (
    rf"(?i)({'|'.join(name[:3] for name in ENGLISH_MONTHS)})[a-z]*\.?",
    r"\1",
)

ENGLISH_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS: Final = frozenset(
    (
        *ENGLISH_WEEKDAYS,
        *(name[:3] for name in ENGLISH_WEEKDAYS),
        *("tues", "thur", "thurs"),
        *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        *("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
    )
)
ORDINALS: Final = frozenset(("st", "nd", "rd", "th", "er", "re"))
ZONE_NAMES: Final = frozenset(
    (
        *("UTC", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "AST", "ADT", "NST", "NDT"),
        *(
            "AKST",
            "AKDT",
            "HST",
            "WET",
            "WEST",
            "BST",
            "IST",
            "CET",
            "CEST",
            "MEZ",
            "MESZ",
            "EET",
            "EEST",
            "MSK",
        ),
        *("JST", "KST", "HKT", "SGT", "AEST", "AEDT", "ACST", "AWST", "NZST", "NZDT", "SAST"),
    )
)

_WEEKDAY: Final = r"(?:(?P<weekday>a{3,9})\.?,? )?"
_ZONE: Final = r"(?: ?(?P<zone>a|[-+]99:?99|[-+]99)| (?P<zone_name>a{3,4}))?"
_TIME: Final = (
    r"(?P<hour>99?):(?P<minute>99)(?::(?P<second>99)(?:[.,](?P<fraction>9{1,9}))?)?"
    r"(?: ?(?P<half>a\.?a\.?))?" + _ZONE
)
_WITH_TIME: Final = r"(?:(?P<join>a| {1,2}|, | - | aa )" + _TIME + ")?"
_MONTH_NAME: Final = r"(?P<month_name>a{3,9}\.?)"
_YEAR: Final = r"(?P<year>9999|99)"

_PATTERNS: Final[dict[str, str]] = {
    "year first": _WEEKDAY + r"(?P<year>9999)(?P<mark>[-/.])(?P<month>99?)(?P=mark)(?P<day>99?)" + _WITH_TIME,
    "in doubt": _WEEKDAY + r"(?P<first>99?)(?P<mark>[-/.])(?P<second_field>99?)(?P=mark)" + _YEAR + _WITH_TIME,
    "day, month name": _WEEKDAY
    + r"(?P<day>99?)(?:(?P<ordinal>aa)(?= ))?(?:[-/]|\.? ?)"
    + _MONTH_NAME
    + r"(?:[-/.]|,? ?)"
    + _YEAR
    + _WITH_TIME,
    "month name, day": _WEEKDAY
    + _MONTH_NAME
    + r"(?: {1,2}|-)(?P<day>99?)(?P<ordinal>aa)?(?:,? |,|-)"
    + _YEAR
    + _WITH_TIME,
    "year, month name": r"(?P<year>9999)(?P<mark>[-/. ])" + _MONTH_NAME + r"(?P=mark)(?P<day>99?)" + _WITH_TIME,
    "year last": r"(?P<weekday>a{3}),? "
    + _MONTH_NAME
    + r" {1,2}(?P<day>99?) (?P<hour>99):(?P<minute>99):(?P<second>99)"
    + r"(?: (?P<zone_name>a{3,4}))? (?P<year>9999)",
    "compact": r"(?P<year>9999)(?P<month>99)(?P<day>99)"
    r"(?:(?P<join>[a _-]?)(?P<hour>99)(?P<minute>99)(?P<second>99)?" + _ZONE + ")?",
    "month of year": r"(?P<year>9999)[-/](?P<month>99)",
    "month, year": r"(?P<month>99?)[-/](?P<year>9999)",
    "month name, year": _MONTH_NAME + r"(?:,? |[-/.])(?P<year>9999|(?<=-)99)",
    "year and month name": r"(?P<year>9999)[-/ ]" + _MONTH_NAME,
    "time": _TIME,
}
_MONTH_PATTERNS: Final = frozenset(("month of year", "month, year", "month name, year", "year and month name"))
_COMPILED: Final = {name: re.compile(rf" *{pattern} *") for name, pattern in _PATTERNS.items()}


def _without_names(pattern: str) -> str:
    """Return a superset of ``pattern`` that RE2 compiles."""
    pattern = re.sub(r"\(\?<?=[^)]*\)", "", pattern)
    pattern = pattern.replace("(?P=mark)", "[-/. ]")
    return re.sub(r"\?P<\w+>", "?:", pattern)


MAYBE_DATE: Final = "^ *(?:" + "|".join(_without_names(pattern) for pattern in _PATTERNS.values()) + ") *$"
"""For RE2: the lower-case shapes that may be dates."""

_DIRECTIVES: Final[dict[str, str]] = {
    "month": "%m",
    "day": "%d",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
    "fraction": "%f",
    "half": "%p",
    "zone": "%z",
    "ordinal": "",
    "first": "{first}",
    "second_field": "{second}",
    "month_name": "{month}",
    "weekday": "{weekday}",
    "zone_name": "{zone}",
}


@dataclass(frozen=True)
class Layout:
    """Where the fields of a date are in the values of one shape.

    Attributes
    ----------
    pattern
        Name of the pattern that fits.
    kind
        Whether it is a day, a day with a time, a month, or a time alone.
    fields
        The place of each field, by its name in the pattern.
    template
        A strptime directive with ``{first}, {second}, {month}, {weekday}`` and ``{zone}`` still open.
    date_template
        The part of it that is not the time, without commas: what two formats of one convention share.
    length
        Characters of the values.
    padded
        Whether blanks stand before or after.
    """

    pattern: str
    kind: Kind
    fields: dict[str, Span]
    template: str
    date_template: str
    length: int
    padded: bool

    @property
    def two_digit_year(self) -> bool:
        """Whether the year has two digits."""
        start, end = self.fields.get("year", (0, 4))
        return end - start == 2


@lru_cache(maxsize=10_000)
def layout_of(shape: str) -> Layout | None:
    """Return the layout of a shape in lower case, or None when no pattern fits."""
    for name, compiled in _COMPILED.items():
        match = compiled.fullmatch(shape)
        if match is None:
            continue
        fields = {field: match.span(field) for field, text in match.groupdict().items() if text and field != "mark"}
        template = _template(shape, fields)
        if name == "time":
            kind: Kind = "time"
        elif name in _MONTH_PATTERNS:
            kind = "month"
        else:
            kind = "datetime" if "hour" in fields else "date"
        date_template = "" if kind == "time" else _date_template(shape, fields)
        return Layout(name, kind, fields, template, date_template, len(shape), padded=shape != shape.strip(" "))
    return None


def _template(shape: str, fields: dict[str, Span]) -> str:
    """Write directives over the fields of a shape."""
    parts: list[str] = []
    place = 0
    for field, (start, end) in sorted(fields.items(), key=lambda item: item[1]):
        if field == "join":
            parts.append(shape[place:start] + {"a": "T", " aa ": " at "}.get(shape[start:end], shape[start:end]))
        else:
            parts.append(shape[place:start] + _directive(field, fields))
        place = end
    return re.sub(" +", " ", "".join(parts) + shape[place:]).strip(" ")


def _directive(field: str, fields: dict[str, Span]) -> str:
    if field == "year":
        return "%y" if fields["year"][1] - fields["year"][0] == 2 else "%Y"
    if field == "hour" and "half" in fields:
        return "%I"
    return _DIRECTIVES[field]


_TIME_FIELDS: Final = frozenset(("join", "hour", "minute", "second", "fraction", "half", "zone", "zone_name"))


def _date_template(shape: str, fields: dict[str, Span]) -> str:
    """Return the directives of the date alone."""
    times = [span for field, span in fields.items() if field in _TIME_FIELDS]
    if times:
        start, end = min(span[0] for span in times), max(span[1] for span in times)
        moved = {
            field: span if span[1] <= start else (span[0] - end + start, span[1] - end + start)
            for field, span in fields.items()
            if field not in _TIME_FIELDS
        }
        shape, fields = shape[:start] + shape[end:], moved
    return re.sub(" +", " ", _template(shape, fields).replace(",", ""))


def folded(name: str) -> str:
    """Return a name in lower case, without accents and points."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace(".", "")


_NAMES: Final = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%b": "Mon",
    "%B": "Month",
    "%a": "Ddd",
    "%A": "Dddd",
    "%H": "hh",
    "%I": "hh",
    "%M": "mm",
    "%S": "ss",
    "%f": "fff",
    "%p": "AM/PM",
    "%z": "±hh:mm",
}
_GUARDS: Final = {
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%m": r"\d{1,2}",
    "%d": r"\d{1,2}",
    "%b": r"[A-Za-zÀ-ÿ]{3,9}\.?",
    "%B": r"[A-Za-zÀ-ÿ]{3,9}\.?",
    "%a": r"[A-Za-zÀ-ÿ]{3,9}\.?",
    "%A": r"[A-Za-zÀ-ÿ]{3,9}\.?",
    "%H": r"\d{1,2}",
    "%I": r"\d{1,2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}",
    "%f": r"\d{1,9}",
    "%p": r"[AaPp]\.?[Mm]\.?",
    "%z": r"(?:Z|[+-]\d{2}:?\d{2}|[+-]\d{2})",
}
_DIRECTIVE: Final = re.compile(r"%[A-Za-z]|\s+|.")
_BLANKS: Final = "[\\s\N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}]"


def name_of(directive: str) -> str:
    """Return the name of a format that people read.

    Examples
    --------
    >>> name_of("%d/%m/%Y"), name_of("%b %d, %Y %I:%M %p")
    ('DD/MM/YYYY', 'Mon DD, YYYY hh:mm AM/PM')
    """
    return "".join(_NAMES.get(part, part) for part in _DIRECTIVE.findall(directive))


def guard_of(directive: str) -> str:
    r"""Return the regular expression that every value of a format matches as a whole; for ``re`` and RE2.

    Examples
    --------
    >>> guard_of("%m/%Y").replace(_BLANKS, "~")
    '^~*\\d{1,2}/\\d{4}~*$'
    """
    parts = (
        _GUARDS.get(part) or (f"{_BLANKS}+" if part.isspace() else re.escape(part))
        for part in _DIRECTIVE.findall(directive)
    )
    fields = "".join(parts)
    if "%Y%m%d" in directive:
        fields = fields.replace(r"\d{1,2}", r"\d{2}")
    elif "%b" in directive or "%B" in directive:
        fields = fields.replace(r"\d{1,2}", rf"\d{{1,2}}(?:{'|'.join(sorted(ORDINALS))})?")
    return f"^{_BLANKS}*{fields}{_BLANKS}*$"
