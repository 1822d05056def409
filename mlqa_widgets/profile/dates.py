"""Dates written in text: which format each value has, which day it is, and what is doubtful about it.

A value is a date when its shape fits a pattern of :mod:`~mlqa_widgets.profile.date_layouts` and its letters
are a month, a weekday, a zone; which formats a column really has is decided from the column as a whole.
Nothing is ever guessed for one cell.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.profile.date_layouts import (
    ENGLISH_MONTH,
    ENGLISH_MONTH_REPLACEMENT,
    ENGLISH_MONTHS,
    ENGLISH_WEEKDAYS,
    FRENCH_MONTH,
    FRENCH_MONTH_REPLACEMENTS,
    MAYBE_DATE,
    ORDINALS,
    WEEKDAYS,
    ZONE_NAMES,
    Kind,
    Layout,
    Span,
    folded,
    guard_of,
    layout_of,
    name_of,
)
from mlqa_widgets.profile.date_order import MIXTURE_SHARE, NO_ORDER, DateOrder, decide_order
from mlqa_widgets.profile.shapes import PREFIX_LENGTH, Shapes, character_matrix, shape_codes

Family = tuple[str, str]
"""The date part of a template, and the language of its month names."""

STRPTIME_CENTURY: Final = 1969
"""The first of the hundred years that ``strptime`` and pandas put two-digit years into."""


@dataclass(frozen=True)
class DateFormat:
    """One way of writing dates that a column has.

    Attributes
    ----------
    name
        As shown to people: ``DD/MM/YYYY``; both orders where nothing decides between them.
    directive
        For ``pandas.to_datetime(format=...)``, once ``replacements`` are made.
    replacements
        Regular expressions (for ``re`` and RE2) and what to put instead, in order, before the directive
        fits: names of months in French, ordinals, blanks around.
    guard
        Regular expression (for ``re`` and RE2) that the values of this format match as a whole. The two
        orders of day and month have the same.
    kind
        ``date``, ``datetime``, ``month`` or ``time``.
    convention
        Position in ``DateReading.conventions``.
    order
        Position in ``DateReading.orders``, -1 where the way of writing leaves no doubt about day and month.
    values, rows
        Distinct values and rows written so, impossible ones among them.
    share
        Of all rows of the column.
    """

    name: str
    directive: str
    replacements: tuple[tuple[str, str], ...]
    guard: str
    kind: Kind
    convention: int
    order: int
    values: int
    rows: int
    share: float


@dataclass(frozen=True)
class DateConvention:
    """Formats that differ only in their time part: with and without, with fraction, with zone.

    Attributes
    ----------
    name
        The name of the date part: ``YYYY-MM-DD``.
    directive
        For ``pandas.to_datetime(format=...)``, if one reads every format of the convention (``ISO8601``
        where that is needed) once ``replacements`` are made, else None.
    replacements
        Those of all the formats.
    formats
        Positions in ``DateReading.formats``.
    values, rows
        Distinct values and rows.
    share
        Of the rows that are written as dates.
    odd
        Whether it is too rare to be a second way of writing: a slip, to be listed and not counted.
    """

    name: str
    directive: str | None
    replacements: tuple[tuple[str, str], ...]
    formats: tuple[int, ...]
    values: int
    rows: int
    share: float
    odd: bool


@dataclass(frozen=True)
class DateReading:
    """The values of a column read as dates; every array is parallel to the values.

    Attributes
    ----------
    format
        int16, position in ``formats``; -1 where the value is not written as a date.
    parsed
        datetime64[us], the time as written (zones are not applied); the first day for months; NaT where
        there is no date, where it is impossible, and for times alone.
    alternative
        datetime64[us], of ambiguous values the other reading; NaT otherwise.
    ambiguous
        bool, readable day first and month first, as different days.
    impossible
        bool, written as a date that does not exist (31/02/2012, 2012-13-01, 25:00).
    two_digit_year
        bool.
    has_time
        bool.
    midnight
        bool, has a time, and it is 00:00:00.
    odd
        bool, written in a convention that is too rare to be one.
    zone
        int16, position in ``zones``.
    zones
        Zones as written (``Z``, ``+02:00``, ``EST``); the first is empty.
    formats
        The formats of the column, most frequent first.
    conventions
        The same, grouped, most frequent first.
    orders
        The order of day and month, for every way of writing that leaves it in doubt.
    century
        The first of the hundred years that two-digit years were put into. Where it is not
        ``STRPTIME_CENTURY``, pandas reads some values a century late.
    rows
        Rows of the column.
    """

    format: np.ndarray
    parsed: np.ndarray
    alternative: np.ndarray
    ambiguous: np.ndarray
    impossible: np.ndarray
    two_digit_year: np.ndarray
    has_time: np.ndarray
    midnight: np.ndarray
    odd: np.ndarray
    zone: np.ndarray
    zones: tuple[str, ...]
    formats: tuple[DateFormat, ...]
    conventions: tuple[DateConvention, ...]
    orders: tuple[DateOrder, ...]
    century: int
    rows: int
    date_rows: int
    """Rows read as a day or a month that exists."""
    time_rows: int
    """Rows read as a time alone."""

    @property
    def is_date(self) -> np.ndarray:
        """bool, whether the value was read as a day or a month that exists."""
        is_date: np.ndarray = ~np.isnat(self.parsed)
        return is_date

    @property
    def share(self) -> float:
        """Share of the rows that were read as days or months that exist."""
        return self.date_rows / self.rows if self.rows else 0.0

    @property
    def time_share(self) -> float:
        """Share of the rows that were read as times alone."""
        return self.time_rows / self.rows if self.rows else 0.0

    @property
    def mixed(self) -> bool:
        """Whether the column has two conventions or more that are not odd."""
        return sum(not convention.odd for convention in self.conventions) > 1

    @property
    def order(self) -> DateOrder:
        """The order of day and month that leaves most doubt (``mixed``, then ``ambiguous``)."""
        return max(self.orders, key=lambda order: _DOUBT.index(order.verdict), default=NO_ORDER)


_DOUBT: Final = ("not applicable", "MDY", "DMY", "ambiguous", "mixed")

_CREDIBLE_YEARS: Final = (1800, 2100)
_CREDIBLE_COMPACT_YEARS: Final = (1900, 2100)
_WEAK_SHARE: Final = 0.9
_STRONG_SHARE: Final = 0.5
_FEW_VALUES: Final = 3
_VERSION: Final = r"^ *9+(?:\.9+){2,4} *$"
_DOTTED_DATE: Final = r"^ *99?\.99?\.(?:99|9999) *$"
_VERSION_SHARE: Final = 0.05
_FUTURE_YEARS: Final = 15
_NO_DAY: Final = np.datetime64("NaT", "us")


def read_dates(
    values: pa.Array, counts: np.ndarray, shapes: Shapes | None = None, *, as_of: dt.date | None = None
) -> DateReading:
    """Read the distinct values of a text column as dates.

    Read are days (``2012-03-07``, ``7/3/2012``, ``7.3.12``, ``7-Mar-12``, ``7 mars 2012``, ``Mar 7, 2012``,
    ``20120307``), with a time or not (12 or 24 hours, fraction, zone), months (``2012-03``, ``Mar 2012``) and
    times alone. What could be something else is believed only when the column bears it out: eight digits
    and two-digit years must be days that exist in nine rows of ten, and ``2011/12`` with the following
    year throughout is a financial year.

    Day or month first is decided per way of writing by :func:`~mlqa_widgets.profile.date_order.decide_order`;
    one that nothing decides follows the others of the column.

    Two-digit years are put into 1969 to 2068, as ``strptime`` does, unless that makes a date lie in the
    future: then into the hundred years that end, within fifteen years from now, at the widest run of
    unused two-digit years.

    Parameters
    ----------
    values
        Distinct strings, none missing.
    counts
        int64, rows per value.
    shapes
        The shapes of the values, where they are known already.
    as_of
        The day that the future begins after; today by default.

    Examples
    --------
    >>> reading = read_dates(pa.array(["25/12/2012", "03/04/2012", "31/02/2012"]), np.array([1, 1, 1]))
    >>> reading.formats[0].name, reading.order.verdict, reading.parsed.astype("M8[D]").astype(str).tolist()
    ('DD/MM/YYYY', 'DMY', ['2012-12-25', '2012-04-03', 'NaT'])
    >>> reading.ambiguous.tolist(), reading.impossible.tolist()
    ([False, True, False], [False, False, True])
    """
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.large_string())
    if shapes is None:
        shapes = shape_codes(values)
    counts = np.asarray(counts, dtype=np.int64)
    layouts = _layouts(shapes)
    if not layouts:
        return _no_dates(len(values), int(counts.sum()))
    fields = _read_fields(values, shapes, layouts)
    return _read(fields, counts, shapes, as_of or dt.datetime.now(tz=dt.UTC).date())


def excel_serial_to_datetime(numbers: np.ndarray) -> np.ndarray:
    """Return the times that Excel's serial numbers stand for.

    Parameters
    ----------
    numbers
        Days since 1899-12-31 in Excel's 1900 system, which counts a 29 February 1900 that never was.

    Returns
    -------
    numpy.ndarray
        datetime64[us], rounded to milliseconds; NaT below 1, at the day that never was, after the year
        9999 and for NaN.

    Examples
    --------
    >>> excel_serial_to_datetime(np.array([1.0, 45322.5, 0.0])).astype("M8[m]").astype(str).tolist()
    ['1900-01-01T00:00', '2024-01-31T12:00', 'NaT']
    """
    numbers = np.asarray(numbers, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        held = (numbers >= 1) & (numbers < 2_958_466) & ~((numbers >= 60) & (numbers < 61))
    days = np.where(held, numbers, 1.0) + (np.where(held, numbers, 1.0) < 60)
    milliseconds = np.rint(days * 86_400_000).astype(np.int64)
    times = np.datetime64("1899-12-30", "us") + milliseconds.astype("m8[ms]")
    return np.where(held, times, _NO_DAY)


# ---------------------------------------------------------------------- from shapes to fields


def _layouts(shapes: Shapes) -> dict[int, Layout]:
    """Return the layout of every shape that may be a date, by the code of the shape."""
    if not shapes.shapes:
        return {}
    lowered = pc.ascii_lower(pa.array(shapes.shapes))
    maybe = pc.match_substring_regex(lowered, MAYBE_DATE).to_numpy(zero_copy_only=False)
    whole = [code for code in np.flatnonzero(maybe).tolist() if len(shapes.shapes[code]) < PREFIX_LENGTH]
    found = {code: layout_of(lowered[code].as_py()) for code in whole}
    return {code: layout for code, layout in found.items() if layout}


@dataclass
class _Writing:
    """All values written with one template in one language, and the small ways in which they differ."""

    layout: Layout
    template: str
    language: str
    styles: set[str] = field(default_factory=set)

    @property
    def family(self) -> Family:
        """What the formats of one convention share."""
        return self.layout.date_template, self.language

    @property
    def in_doubt(self) -> bool:
        """Whether day and month are two numbers in an unknown order."""
        return "{first}" in self.template


@dataclass
class _Fields:
    """The fields of every value that may be a date."""

    places: np.ndarray
    """Where the values are among those of the column; the other arrays are parallel to it."""
    writing: np.ndarray
    """Position in ``writings``."""
    day: np.ndarray
    """The day; the first field where day and month are in doubt."""
    month: np.ndarray
    """The month; the second field where day and month are in doubt."""
    year: np.ndarray
    time: np.ndarray
    """Microseconds since midnight, -1 where there is no such time."""
    zone: np.ndarray
    """Position in ``zones``."""
    writings: list[_Writing] = field(default_factory=list)
    zones: list[str] = field(default_factory=lambda: [""])

    def of_writings(self, of: Callable[[_Writing], bool]) -> np.ndarray:
        """Return, for every value, what ``of`` says of its writing."""
        answers: np.ndarray = np.array([of(writing) for writing in self.writings], dtype=bool)[self.writing]
        return answers

    def of_family(self, family: Family) -> np.ndarray:
        """Return which values belong to a family."""
        return self.of_writings(lambda writing: writing.family == family)

    def only(self, chosen: np.ndarray) -> _Fields:
        """Return the fields of some of the values."""
        return replace(self, **{part: getattr(self, part)[chosen] for part in _PER_VALUE})


def _read_fields(values: pa.Array, shapes: Shapes, layouts: dict[int, Layout]) -> _Fields:
    places, members = shapes.members(list(layouts))
    strings = values.take(pa.array(places))
    size = len(places)
    fields = _Fields(
        places=places,
        writing=np.full(size, -1, dtype=np.int32),
        day=np.ones(size, dtype=np.int32),
        month=np.ones(size, dtype=np.int32),
        year=np.ones(size, dtype=np.int32),
        time=np.zeros(size, dtype=np.int64),
        zone=np.zeros(size, dtype=np.int16),
    )
    numbers: dict[tuple[str, str], int] = {}
    for code, layout in layouts.items():
        start, end = members[code]
        one = _ShapeFields(layout, strings.slice(start, end - start))
        one.put(fields, slice(start, end), numbers)
    return fields.only(fields.writing >= 0)


_PER_VALUE: Final = ("places", "writing", "day", "month", "year", "time", "zone")


class _ShapeFields:
    """The fields of the values of one shape."""

    def __init__(self, layout: Layout, strings: pa.Array) -> None:
        self.layout = layout
        self.strings = strings
        self.characters = character_matrix(strings, layout.length)
        self.readable = np.ones(len(strings), dtype=bool)
        self.styles = {"padded"} if layout.padded else set()
        spans = [layout.fields.get(name, (0, 2)) for name in ("month", "day", "hour")]
        if {"half", "zone_name"} & set(layout.fields) or any(end - start == 1 for start, end in spans):
            self.styles.add("not ISO")

    def put(self, fields: _Fields, where: slice, numbers: dict[tuple[str, str], int]) -> None:
        """Write the fields into those of the column, and their ways of writing into its writings."""
        for name, target in (
            ("day", fields.day),
            ("first", fields.day),
            ("month", fields.month),
            ("second_field", fields.month),
            ("year", fields.year),
        ):
            if name in self.layout.fields:
                target[where] = self._number(name)
        languages = self._month_name(fields.month[where])
        self._words("weekday", WEEKDAYS)
        self._words("ordinal", ORDINALS)
        self._words("join", _JOINS)
        if "hour" in self.layout.fields:
            fields.time[where] = self._time()
        zone, zones = self._zone()

        kinds = np.unique(languages[self.readable] * len(zones) + zone[self.readable]).tolist()
        for language, zone_number in (divmod(kind, len(zones)) for kind in kinds):
            chosen = self.readable & (languages == language) & (zone == zone_number)
            template = self.layout.template.replace("{zone}", zones[zone_number])
            key = template, _LANGUAGES[language]
            if key not in numbers:
                numbers[key] = len(fields.writings)
                fields.writings.append(_Writing(self.layout, *key))
            fields.writings[numbers[key]].styles |= self.styles
            fields.writing[where][chosen] = numbers[key]
            if zones[zone_number] not in fields.zones:
                fields.zones.append(zones[zone_number])
            fields.zone[where][chosen] = fields.zones.index(zones[zone_number])

    def _number(self, name: str, most: int = 4) -> np.ndarray:
        start, end = self.layout.fields[name]
        digits = self.characters[:, start : min(end, start + most)].astype(np.int32) - ord("0")
        self.readable &= ((digits >= 0) & (digits <= 9)).all(axis=1)
        number: np.ndarray = digits @ 10 ** np.arange(digits.shape[1] - 1, -1, -1, dtype=np.int32)
        return number

    def _parts(self, name: str) -> tuple[np.ndarray, list[str]]:
        """Return one field of every value as codes, and the distinct texts."""
        if name not in self.layout.fields:
            return np.zeros(len(self.strings), dtype=np.int64), [""]
        parts = pc.utf8_slice_codeunits(self.strings, *self.layout.fields[name]).dictionary_encode()
        return parts.indices.to_numpy().astype(np.int64), parts.dictionary.to_pylist()

    def _words(self, name: str, known: frozenset[str]) -> tuple[np.ndarray, list[str]]:
        """Hold a field against the words it may be, and return it as codes and words."""
        codes, texts = self._parts(name)
        words = [folded(text).strip() for text in texts]
        if name in self.layout.fields:
            self.readable &= np.array([word in known for word in words])[codes]
            both = zip(texts, words, strict=True)
            self.styles |= {_style(name, text, word) for text, word in both if word in known}
        return codes, words

    def _month_name(self, month: np.ndarray) -> np.ndarray:
        """Put the number of the month into ``month``, and return the language of its name."""
        codes, words = self._words("month_name", _MONTH_NAMES)
        if "month_name" not in self.layout.fields:
            return codes
        numbers = [ENGLISH_MONTH.get(word) or FRENCH_MONTH.get(word, 0) for word in words]
        month[:] = np.array(numbers, dtype=np.int32)[codes]
        _, texts = self._parts("month_name")
        languages = [_language(text, word) for text, word in zip(texts, words, strict=True)]
        return np.array([_LANGUAGES.index(language) for language in languages])[codes]

    def _time(self) -> np.ndarray:
        hour, minute = self._number("hour"), self._number("minute")
        second = self._number("second") if "second" in self.layout.fields else np.zeros_like(hour)
        possible = (hour < 24) & (minute < 60) & (second < 60)
        if "half" in self.layout.fields:
            possible &= (hour >= 1) & (hour <= 12)
            codes, words = self._words("half", _HALVES)
            hour = hour % 12 + 12 * np.array([word == "pm" for word in words])[codes]
        time = (hour.astype(np.int64) * 3600 + minute * 60 + second) * 1_000_000
        if "fraction" in self.layout.fields:
            start, end = self.layout.fields["fraction"]
            time += self._number("fraction", most=6).astype(np.int64) * 10 ** max(6 - (end - start), 0)
        return np.where(possible, time, -1)

    def _zone(self) -> tuple[np.ndarray, list[str]]:
        name = "zone" if "zone" in self.layout.fields else "zone_name"
        codes, texts = self._parts(name)
        if name in self.layout.fields:
            known = [text[0] in "Z+-" if name == "zone" else text in ZONE_NAMES for text in texts]
            self.readable &= np.array(known)[codes]
            self.styles |= {"zone Z" if text == "Z" else "zone offset" for text in texts}
        return codes, texts


_LANGUAGES: Final = ("", "English", "French", "both")
_HALVES: Final = frozenset(("am", "pm"))
_JOINS: Final = frozenset(("t", "", ",", "at", "_", "-"))
_MONTH_NAMES: Final = frozenset((*ENGLISH_MONTH, *FRENCH_MONTH))


def _language(text: str, word: str) -> str:
    if not text.isascii() or word not in ENGLISH_MONTH:
        return "French"
    return "both" if word in FRENCH_MONTH else "English"


def _style(name: str, text: str, word: str) -> str:
    """Return how a word is written, as far as a directive has to know."""
    match name:
        case "month_name" | "weekday":
            english = ENGLISH_MONTHS if name == "month_name" else ENGLISH_WEEKDAYS
            if text.casefold() != word:
                return f"{name} other"
            if word in english:
                return f"{name} {'either' if len(word) == 3 else 'full'}"
            return f"{name} {'short' if len(word) == 3 and any(e.startswith(word) for e in english) else 'other'}"
        case "half":
            return "half dotted" if text.casefold() != word else ""
        case "ordinal":
            return "ordinal"
    return ""


# ---------------------------------------------------------------------- what a column has


def _settle_language(fields: _Fields, rows: np.ndarray) -> None:
    """Count names that English and French share with the language of the others."""
    numbers = {(writing.template, writing.language): n for n, writing in enumerate(fields.writings)}
    rows_of = np.bincount(fields.writing, weights=rows, minlength=len(fields.writings))
    for shared, writing in enumerate(fields.writings):
        if writing.language != "both":
            continue
        candidates = [
            numbers[key] for key in ((writing.template, "English"), (writing.template, "French")) if key in numbers
        ]
        if not candidates:
            writing.language = "English"
            continue
        settled = max(candidates, key=lambda number: rows_of[number])
        fields.writings[settled].styles |= writing.styles
        fields.writing[fields.writing == shared] = settled


def _put_year_first(fields: _Fields, rows: np.ndarray) -> None:
    """Read ``99/03/14`` as year, month, day where most values of the kind allow nothing else."""
    first, second, third = fields.day, fields.month, fields.year
    of_day, of_month = ((1, 31), (1, 12))
    either = _within(first, of_day) & _within(second, of_month)
    either |= _within(first, of_month) & _within(second, of_day)
    year_first = _within(second, of_month) & _within(third, of_day)
    families = {w.family for w in fields.writings if w.in_doubt and w.layout.two_digit_year}
    for family in families:
        chosen = fields.of_family(family)
        total = rows[chosen].sum()
        if (
            rows[chosen & either].sum() >= _STRONG_SHARE * total
            or rows[chosen & year_first].sum() < _WEAK_SHARE * total
        ):
            continue
        fields.day[chosen], fields.year[chosen] = third[chosen], first[chosen]
        for writing in fields.writings:
            if writing.family == family:
                writing.template = _year_first(writing.template)
                writing.layout = replace(writing.layout, date_template=_year_first(writing.layout.date_template))


def _within(numbers: np.ndarray, span: Span) -> np.ndarray:
    within: np.ndarray = (numbers >= span[0]) & (numbers <= span[1])
    return within


def _year_first(template: str) -> str:
    return template.replace("%y", "%d").replace("{first}", "%y").replace("{second}", "%m")


def _complete_years(fields: _Fields, today: dt.date) -> int:
    """Put two-digit years into a hundred years, and return the first of these."""
    short = fields.of_writings(lambda writing: writing.layout.two_digit_year)
    leap_year = np.full(len(short), 2000)
    plausible = _exists(leap_year, fields.month, fields.day) | _exists(leap_year, fields.day, fields.month)
    used = np.unique(fields.year[short & plausible])
    century = STRPTIME_CENTURY
    if (century + (used - century) % 100 > today.year).any():
        unused = np.ones(100, dtype=bool)
        unused[used] = False
        starts = today.year - 99 + np.arange(_FUTURE_YEARS + 1)
        gaps = [_unused_around(unused, int(start)) for start in starts]
        century = int(starts[len(gaps) - 1 - int(np.argmax(gaps[::-1]))] if max(gaps) else starts[0])
    fields.year[short] = century + (fields.year[short] - century) % 100
    return century


def _unused_around(unused: np.ndarray, start: int) -> int:
    """Return the length of the run of unused years that a cut before ``start`` falls into."""
    after = np.roll(unused, -(start % 100))
    runs = [int(np.argmin(side)) if not side.all() else 100 for side in (after, after[::-1])]
    return sum(runs)


@dataclass(frozen=True)
class _Family:
    """The writings that differ only in their time part, and what they amount to."""

    layout: Layout
    in_doubt: bool
    chosen: np.ndarray
    """Which values are written so."""
    values: int
    """How many of them are days that exist, in credible years where the writing is weak."""
    rows: int
    share: float
    """Of the rows, those that are such days."""
    something_else: bool

    @property
    def weak(self) -> bool:
        """Whether numbers that are no dates are often written so."""
        two_numbers = self.layout.pattern in ("month of year", "month, year", "compact", "time")
        return two_numbers or (self.layout.two_digit_year and "month_name" not in self.layout.fields)

    @property
    def stands_alone(self) -> bool:
        """Whether its own values make it dates."""
        if self.layout.pattern == "compact" or self.something_else:
            return False
        return self.share >= (_WEAK_SHARE if self.weak else _STRONG_SHARE)


def _families(
    fields: _Fields, exists: np.ndarray, rows: np.ndarray, counts: np.ndarray, shapes: Shapes
) -> Iterator[_Family]:
    numbers: defaultdict[Family, list[int]] = defaultdict(list)
    for number, writing in enumerate(fields.writings):
        numbers[writing.family].append(number)
    for members in numbers.values():
        writing = fields.writings[members[0]]
        chosen = np.isin(fields.writing, members)
        compact = writing.layout.pattern == "compact"
        low, high = _CREDIBLE_COMPACT_YEARS if compact else _CREDIBLE_YEARS
        credible = chosen & exists
        if compact or writing.layout.kind == "month":
            credible &= (fields.year >= low) & (fields.year <= high)
        total = int(rows[chosen].sum())
        yield _Family(
            layout=writing.layout,
            in_doubt=writing.in_doubt,
            chosen=chosen,
            values=int(credible.sum()),
            rows=total,
            share=float(rows[credible].sum() / total) if total else 0.0,
            something_else=_financial_years(fields, chosen, writing) or _versions(writing, total, counts, shapes),
        )


def _financial_years(fields: _Fields, chosen: np.ndarray, writing: _Writing) -> bool:
    """Whether ``2011/12`` is a year and the next, throughout."""
    if writing.layout.pattern != "month of year" or chosen.sum() < 2:
        return False
    return bool((fields.month[chosen] == (fields.year[chosen] + 1) % 100).all())


def _versions(writing: _Writing, total: int, counts: np.ndarray, shapes: Shapes) -> bool:
    """Whether ``1.10.12`` stands among ``1.10.2`` and ``1.10.2.1``."""
    if writing.template not in ("{first}.{second}.%y", "%y.%m.%d"):
        return False
    names = pa.array(shapes.shapes)
    version = pc.and_not(pc.match_substring_regex(names, _VERSION), pc.match_substring_regex(names, _DOTTED_DATE))
    return bool(counts[np.asarray(version)[shapes.codes]].sum() >= _VERSION_SHARE * total)


def _believed(families: Sequence[_Family], size: int, all_rows: int) -> np.ndarray:
    """Return which values are dates, given what the column as a whole supports."""
    believed = np.zeros(size, dtype=bool)
    dated = 0
    for family in families:
        if family.stands_alone:
            believed |= family.chosen
            dated += family.rows
    mostly_dates = dated >= _STRONG_SHARE * all_rows
    for family in families:
        if family.layout.pattern == "compact":
            enough = mostly_dates or family.values >= _FEW_VALUES
            if enough and family.share >= _WEAK_SHARE and dated + family.rows >= _STRONG_SHARE * all_rows:
                believed |= family.chosen
        elif mostly_dates and not family.something_else and (family.in_doubt or not family.weak):
            believed |= family.chosen
    return believed


# ---------------------------------------------------------------------- from fields to dates


def _read(fields: _Fields, counts: np.ndarray, shapes: Shapes, today: dt.date) -> DateReading:
    """Decide what the column has, and read every value accordingly."""
    if not len(fields.places):
        return _no_dates(len(counts), int(counts.sum()))
    _settle_language(fields, counts[fields.places])
    _put_year_first(fields, counts[fields.places])
    century = _complete_years(fields, today)
    in_doubt = fields.of_writings(lambda writing: writing.in_doubt)
    exists = _exists(fields.year, fields.month, fields.day)
    exists |= in_doubt & _exists(fields.year, fields.day, fields.month)
    exists &= fields.time >= 0
    families = list(_families(fields, exists, counts[fields.places], counts, shapes))
    fields = fields.only(_believed(families, len(fields.places), int(counts.sum())))
    if not len(fields.places):
        return _no_dates(len(counts), int(counts.sum()))
    return _Dates(fields, counts).reading(century)


class _Dates:
    """The values that are dates, each with its readings."""

    def __init__(self, fields: _Fields, counts: np.ndarray) -> None:
        self.fields = fields
        self.counts = counts
        self.rows = counts[fields.places]
        possible = fields.time >= 0
        self.in_doubt = fields.of_writings(lambda writing: writing.in_doubt)
        self.timed = fields.of_writings(lambda writing: writing.layout.kind in ("datetime", "time"))
        self.only_time = fields.of_writings(lambda writing: writing.layout.kind == "time")
        self.as_written = possible & _exists(fields.year, fields.month, fields.day)
        self.swapped = possible & self.in_doubt & _exists(fields.year, fields.day, fields.month)
        orders = self._orders()
        day_first = fields.of_writings(lambda writing: writing.family not in orders or orders[writing.family].day_first)
        self.orders = orders
        self.month_first = self.in_doubt & np.where(self.as_written == self.swapped, ~day_first, self.swapped)

    def _orders(self) -> dict[Family, DateOrder]:
        """Decide the order of day and month for every family that leaves it in doubt."""
        fields = self.fields
        orders = {}
        for family in {writing.family: None for writing in fields.writings if writing.in_doubt}:
            chosen = fields.of_family(family)
            chosen &= self.as_written | self.swapped
            if not chosen.any():
                continue
            days = (fields.year[chosen].astype(np.int64) * 100 + fields.month[chosen]) * 100 + fields.day[chosen]
            _, first_place, day_of = np.unique(days, return_index=True, return_inverse=True)
            rows = np.bincount(day_of, weights=self.rows[chosen]).astype(np.int64)
            first, second, year = (part[chosen][first_place] for part in (fields.day, fields.month, fields.year))
            orders[family] = decide_order(first, second, year, rows)
        return _follow_the_decided(orders)

    def reading(self, century: int) -> DateReading:
        fields, places = self.fields, self.fields.places
        formats, conventions, format_of, odd = self._formats()
        exists = np.where(self.only_time, fields.time >= 0, self.as_written | self.swapped)
        day, month = (
            np.where(self.month_first, one, other)
            for one, other in ((fields.month, fields.day), (fields.day, fields.month))
        )
        time = np.maximum(fields.time, 0).astype("m8[us]")
        dated = exists & ~self.only_time
        parsed = np.where(dated, _days(fields.year, month, day) + time, _NO_DAY)
        ambiguous = self.as_written & self.swapped & (fields.day != fields.month)
        other = np.where(ambiguous, _days(fields.year, day, month) + time, _NO_DAY)

        def spread(part: np.ndarray, empty: np.ndarray) -> np.ndarray:
            empty[places] = part
            return empty

        size = len(self.counts)
        no = functools.partial(np.zeros, size, dtype=bool)
        two_digit_year = fields.of_writings(lambda writing: writing.layout.two_digit_year)
        return DateReading(
            format=spread(format_of, np.full(size, -1, dtype=np.int16)),
            parsed=spread(parsed, np.full(size, _NO_DAY)),
            alternative=spread(other, np.full(size, _NO_DAY)),
            ambiguous=spread(ambiguous, no()),
            impossible=spread(~exists, no()),
            two_digit_year=spread(two_digit_year, no()),
            has_time=spread(self.timed, no()),
            midnight=spread(self.timed & (fields.time == 0), no()),
            odd=spread(odd, no()),
            zone=spread(fields.zone, np.zeros(size, dtype=np.int16)),
            zones=tuple(fields.zones),
            formats=formats,
            conventions=conventions,
            orders=tuple(self.orders.values()),
            century=century,
            rows=int(self.counts.sum()),
            date_rows=int(self.rows[dated].sum()),
            time_rows=int(self.rows[self.only_time & exists].sum()),
        )

    def _formats(self) -> tuple[tuple[DateFormat, ...], tuple[DateConvention, ...], np.ndarray, np.ndarray]:
        """Return formats and conventions, and per value its format and whether its convention is odd."""
        keys, key_of = np.unique(self.fields.writing * 2 + self.month_first, return_inverse=True)
        by_rows = np.argsort(-np.bincount(key_of, weights=self.rows), kind="stable")
        keys, format_of = keys[by_rows], np.argsort(by_rows)[key_of]
        rows = np.bincount(format_of, weights=self.rows).astype(np.int64)
        values = np.bincount(format_of)

        members: defaultdict[tuple[Family, bool], list[int]] = defaultdict(list)
        order_of = {family: place for place, family in enumerate(self.orders)}
        formats = []
        for place, key in enumerate(keys.tolist()):
            writing, swapped = self.fields.writings[key // 2], bool(key % 2)
            members[writing.family, swapped].append(place)
            template, replacements = _with_names(writing)
            name = _name(template, self.orders.get(writing.family, NO_ORDER), swapped=swapped)
            formats.append(
                DateFormat(
                    name=name if "zone offset" in writing.styles else name.replace("±hh:mm", "Z"),
                    directive=_fill(_without_weekday(template, replacements), swapped=swapped),
                    replacements=replacements,
                    guard=guard_of(_fill(template, swapped=swapped)),
                    kind=writing.layout.kind,
                    convention=-1,
                    order=order_of.get(writing.family, -1),
                    values=int(values[place]),
                    rows=int(rows[place]),
                    share=float(rows[place] / self.counts.sum()),
                )
            )
        conventions = [
            self._convention(family, swapped, places, [formats[place] for place in places], int(rows.sum()))
            for (family, swapped), places in members.items()
        ]
        conventions.sort(key=lambda convention: -convention.rows)
        conventions[0] = replace(conventions[0], odd=False)
        for number, convention in enumerate(conventions):
            for place in convention.formats:
                formats[place] = replace(formats[place], convention=number)
        odd = np.array([conventions[one.convention].odd for one in formats])[format_of]
        return tuple(formats), tuple(conventions), format_of.astype(np.int16), odd

    def _convention(
        self, family: Family, swapped: bool, places: list[int], formats: list[DateFormat], all_rows: int
    ) -> DateConvention:
        template, _ = family
        order = self.orders.get(family, NO_ORDER)
        slip = family in self.orders and order.verdict in ("DMY", "MDY") and swapped == order.day_first
        rows, values = sum(one.rows for one in formats), sum(one.values for one in formats)
        directives = {one.directive for one in formats}
        iso = template == "%Y-%m-%d" and not any(
            writing.family == family and "not ISO" in writing.styles for writing in self.fields.writings
        )
        return DateConvention(
            name=_name(template or "%H:%M", order, swapped=swapped),
            directive=directives.pop() if len(directives) == 1 else "ISO8601" if iso else None,
            replacements=tuple(dict.fromkeys(pair for one in formats for pair in one.replacements)),
            formats=tuple(places),
            values=values,
            rows=rows,
            share=rows / all_rows,
            odd=slip or rows < MIXTURE_SHARE * all_rows or values < 2,
        )


def _follow_the_decided(orders: dict[Family, DateOrder]) -> dict[Family, DateOrder]:
    """Let the ways of writing that nothing decides follow the others, where these agree."""
    decided = {order.verdict: order for order in orders.values() if order.verdict in ("DMY", "MDY", "mixed")}
    if len(decided) != 1 or "mixed" in decided:
        return orders
    leader = next(iter(decided.values()))
    words = "day" if leader.day_first else "month"
    return {
        family: replace(
            order,
            verdict=leader.verdict,
            confidence=leader.confidence,
            sentence=f"{order.sentence} The other dates of the column are {words} first.",
        )
        if order.verdict == "ambiguous"
        else order
        for family, order in orders.items()
    }


_WEEKDAY_REPLACEMENT: Final = (r"^\s*[A-Za-zÀ-ÿ]+\.?,?\s+", "")


def _with_names(writing: _Writing) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the template with names of months and weekdays in, and the replacements it needs."""
    styles = writing.styles
    replacements: list[tuple[str, str]] = []
    weekday, month = "%a", "%b"
    if "weekday other" in styles or {"weekday short", "weekday full"} <= styles:
        replacements.append(_WEEKDAY_REPLACEMENT)
    elif "weekday full" in styles:
        weekday = "%A"
    if writing.language == "French":
        replacements.extend(FRENCH_MONTH_REPLACEMENTS)
    elif "month_name other" in styles or {"month_name short", "month_name full"} <= styles:
        replacements.append(ENGLISH_MONTH_REPLACEMENT)
    elif "month_name full" in styles:
        month = "%B"
    if "ordinal" in styles:
        replacements.append((r"(?i)(\d)(st|nd|rd|th|er|re)\b", r"\1"))
    if "half dotted" in styles:
        replacements.append((r"(?i)([ap])\.m\.?", r"\1m"))
    if "padded" in styles:
        replacements.append((r"^\s+|\s+$", ""))
    template = writing.template.replace("{weekday}", weekday).replace("{month}", month)
    return template, tuple(replacements)


def _without_weekday(template: str, replacements: tuple[tuple[str, str], ...]) -> str:
    """Return what is left of a template when the weekday has been replaced by nothing."""
    return re.sub(r"^%[aA]\.?,? ", "", template) if _WEEKDAY_REPLACEMENT in replacements else template


def _fill(template: str, *, swapped: bool) -> str:
    """Put the day and the month into a template that leaves their order open."""
    day, month = ("{second}", "{first}") if swapped else ("{first}", "{second}")
    return template.replace(day, "%d").replace(month, "%m").replace("{month}", "%b").replace("{weekday}", "%a")


def _name(template: str, order: DateOrder, *, swapped: bool) -> str:
    """Return the name of a format; both orders where nothing decides between them."""
    if "{first}" in template and order.verdict in ("ambiguous", "not applicable"):
        return " or ".join(name_of(_fill(template, swapped=other)) for other in (False, True))
    return name_of(_fill(template, swapped=swapped))


def _months(year: np.ndarray, month: np.ndarray) -> np.ndarray:
    months: np.ndarray = (year.astype(np.int64) - 1970) * 12 + np.clip(month, 1, 12) - 1
    return months.astype("M8[M]")


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return the days as datetime64[us]; of such as do not exist, some other day."""
    days = _months(year, month).astype("M8[D]") + np.clip(day, 1, 31).astype(np.int64) - 1
    return days.astype("M8[us]")


def _exists(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether there is such a day."""
    possible = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    exists: np.ndarray = possible & (_days(year, month, day).astype("M8[M]") == _months(year, month))
    return exists


def _no_dates(size: int, rows: int) -> DateReading:
    """Return the reading of a column without dates."""
    nowhere = np.zeros(size, dtype=bool)
    never = np.full(size, _NO_DAY)
    return DateReading(
        format=np.full(size, -1, dtype=np.int16),
        parsed=never,
        alternative=never,
        ambiguous=nowhere,
        impossible=nowhere,
        two_digit_year=nowhere,
        has_time=nowhere,
        midnight=nowhere,
        odd=nowhere,
        zone=np.zeros(size, dtype=np.int16),
        zones=("",),
        formats=(),
        conventions=(),
        orders=(),
        century=STRPTIME_CENTURY,
        rows=rows,
        date_rows=0,
        time_rows=0,
    )
