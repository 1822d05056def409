"""Numbers written in text: what number each value is, how it is written, and in which unit.

A value is a number when it matches one regular expression (``_NUMBER`` below) and its letters are a
currency, a magnitude or a unit; nothing is ever cast to see whether it works. The expression is matched
against the *shape* of the values, so it runs once per shape and not once per value.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.profile.shapes import PREFIX_LENGTH, Shapes, character_matrix, shape_codes
from mlqa_widgets.profile.units import CASED_UNITS, CURRENCIES, MAGNITUDES, UNIT_KEYS
from mlqa_widgets.wording import count


class NumberForm(IntEnum):
    """How a number is written; of several, the last that applies."""

    NONE = 0
    """Not a number."""
    PLAIN = 1
    """``12``, ``-3.5``, ``1e5``: what ``pandas.read_csv`` reads."""
    LEADING_PLUS = 2
    """``+5``, which ``pandas.read_csv`` reads too."""
    TYPOGRAPHIC_MINUS = 3
    """A minus sign or a dash that is no hyphen, or a hyphen with a blank behind."""
    THOUSANDS = 4
    """``1,234``, ``1 234.5``, ``1'234``, ``1.234.567``."""
    DECIMAL_COMMA = 5
    """``3,14``, also with thousands: ``1.234,56``."""
    MAGNITUDE = 6
    """``1.2M``, ``5 million``: the number is scaled."""
    UNIT = 7
    """``12.0 oz.``, ``33g``."""
    CURRENCY = 8
    """``$ 5``, ``5 CAD``, ``1'200.-``."""
    PERCENT = 9
    """``5 %``: the number is 5, not 0.05."""
    PARENTHESES = 10
    """``(1,234)``: accountants' minus 1,234."""

    @property
    def label(self) -> str:
        """The form in words."""
        return self.name.lower().replace("_", " ")


GROUPINGS: Final = ("", ",", ".", " ", "'")
"""What ``NumberReading.grouping`` points into: the sign between thousands."""


@dataclass(frozen=True)
class Separators:
    """What comma and point mean in one column, decided from all its values.

    Attributes
    ----------
    comma, point
        What they are read as where a value alone does not say (``1,234``); empty when not met.
    point_rows
        Rows that can only be read with a decimal point (``1.5``, ``1,234.5``, ``1,234,567``).
    comma_rows
        Rows that can only be read with a decimal comma (``1,5``, ``1.234,5``, ``1.234.567``).
    undecided_rows
        Rows that can be read both ways: one to three digits, a comma, three digits.
    mixed
        Whether both conventions appear.
    undecidable
        Whether nothing in the column says how its undecided rows are to be read; they are read as thousands.
    sentence
        The evidence in words, empty when there is neither comma nor doubt.
    """

    comma: Literal["thousands", "decimal", ""]
    point: Literal["thousands", "decimal", ""]
    point_rows: int
    comma_rows: int
    undecided_rows: int
    mixed: bool
    undecidable: bool
    sentence: str


@dataclass(frozen=True)
class NumberReading:
    """The values of a column read as numbers; every array is parallel to the values.

    Attributes
    ----------
    number
        float64, NaN where the value is not a number.
    form
        int8, a :class:`NumberForm`.
    grouping
        int8, the sign between thousands, as a position in ``GROUPINGS``.
    decimal_comma
        bool, whether the value was read with a decimal comma.
    unit
        int32, position in ``units``; 0 for none.
    units
        The units as written (``oz.``, ``$``, ``%``); the first is empty.
    unit_keys
        Parallel to ``units``: the same for spellings of one unit (``oz`` for ``OZ.`` and ``ounces``).
    leading_zero
        bool, a zero before other digits (``0239``): rather a code than a number.
    exact
        bool, False for integers that float64 cannot hold.
    separators
        What comma and point mean.
    form_rows
        int64, rows per :class:`NumberForm`.
    """

    number: np.ndarray
    form: np.ndarray
    grouping: np.ndarray
    decimal_comma: np.ndarray
    unit: np.ndarray
    units: tuple[str, ...]
    unit_keys: tuple[str, ...]
    leading_zero: np.ndarray
    exact: np.ndarray
    separators: Separators
    form_rows: np.ndarray

    @property
    def is_number(self) -> np.ndarray:
        """bool, whether the value is a number in any form."""
        is_number: np.ndarray = self.form != NumberForm.NONE
        return is_number

    @property
    def plain(self) -> np.ndarray:
        """bool, whether ``pandas.read_csv`` would read the value as this number."""
        plain: np.ndarray = (self.form == NumberForm.PLAIN) | (self.form == NumberForm.LEADING_PLUS)
        return plain

    @property
    def share(self) -> float:
        """Share of the rows that are numbers in any form."""
        rows = int(self.form_rows.sum())
        return 1 - int(self.form_rows[NumberForm.NONE]) / rows if rows else 0.0


_SIGNS: Final = "\\-+\N{MINUS SIGN}\N{EN DASH}"
_DASHES: Final = "\\-\N{EN DASH}\N{EM DASH}"
_APOSTROPHES: Final = "'\N{RIGHT SINGLE QUOTATION MARK}"
_CURRENCY_SIGNS: Final = "$€£¥₹₩₽₺₪฿¢"

_NUMBER: Final = re.compile(
    rf"""
    \ *
    (?P<open>\()?                                       # accountants' parentheses
    (?P<sign>[{_SIGNS}])?\ ?
    (?P<before>a{{0,4}}\.?[{_CURRENCY_SIGNS}]|a{{2,4}}\.?)?\ ?      # $  US$  CAD  Fr.
    (?P<sign_after>[{_SIGNS}])?
    (?P<open_after>\()?
    (?P<body>
        9{{1,3}}(?P<group>[,.{_APOSTROPHES}\ ])9{{3}}(?:(?P=group)9{{3}})*
            (?:(?!(?P=group))(?P<mark>[,.])9+)?(?!9)
      | 9{{1,2}}(?:(?P<lakh>,)9{{2}})+,9{{3}}(?:(?P<lakh_mark>\.)9+)?(?!9)      # 12,34,567 in India
      | 9+(?:(?P<plain_mark>[,.])9+|\.(?=a|\ *$))?
      | (?P<bare_mark>[,.])9+
    )
    (?P<exponent>a[-+]?9{{1,3}})?
    (?P<blank>\ ?)
    (?P<tail>[.,][{_DASHES}]{{1,2}}|[^\s\d{_SIGNS}().,:;_\#&|\\*=<>?!@][^\d()]{{0,23}}?9?)?
    (?P<close>\))?
    \ *
    """,
    re.VERBOSE,
)
"""A number, on the lower-case shape of its value: ``9`` a digit, ``a`` a letter, a blank any white space."""

_MAYBE_NUMBER: Final = (
    rf"^ *\(?[{_SIGNS}]? ?(?:a{{0,4}}\.?[{_CURRENCY_SIGNS}]?)? ?[{_SIGNS}]?\(?[.,]?"
    rf"9[9,.{_APOSTROPHES} ]*(?:a[-+]?9{{1,3}})?[^9]{{0,26}}9?\)? *$"
)
"""A superset of ``_NUMBER`` without back references and look-ahead, which RE2 does not have."""

_PERCENT_KEYS: Final = ("%", "‰")
_CURRENCY_DASH: Final = re.compile(rf"[.,][{_DASHES}]{{1,2}}")
_MAGNITUDE: Final = re.compile(r"(?P<magnitude>[A-Za-z]+)\.? ?(?P<currency>[^A-Za-z\s.]+|(?<= )[A-Za-z$]+)?\.?")
_WORDS_OF_A_UNIT: Final = re.compile(r"[^\W\d_]{2,}\.?(?:[ /-][^\W\d_]+\.?){0,2}")
_NOT_UNITS: Final = frozenset(["st", "nd", "rd", "th", "er", "re", "eme", "ème", "am", "pm", "bis", "ter"])
_GLUED_LETTERS: Final = frozenset("gmshlLWVkKMB")
"""Letters that may be a unit or a magnitude when one sticks to the number; others make codes: ``12C``."""

_UNKNOWN_UNIT_SHARE: Final = 0.2
_UNKNOWN_UNIT_VALUES: Final = 3
_GLUED_LETTER_SHARE: Final = 0.9
_EXACT_DIGITS: Final = 15
_PHONE_DIGITS: Final = 10


def read_numbers(values: pa.Array, counts: np.ndarray, shapes: Shapes | None = None) -> NumberReading:
    """Read the distinct values of a text column as numbers.

    A number is, in this order: white space, a parenthesis, a sign, a currency; digits, with one kind of
    separator between groups of three (comma, point, blank, apostrophe) and a decimal point or comma; an
    exponent; a currency, ``%``, a magnitude or a unit. Not numbers: ``nan``, ``inf``, ``1_000``, what float64
    cannot hold (``1e999``), ``+`` with ten digits or more (a phone), ordinals, digits of other scripts.

    A unit is one of a table, or words that follow the number, after a blank, in at least a fifth of the
    rows. A letter that sticks to the number is a unit only when nearly all such letters of the column are.

    Parameters
    ----------
    values
        Distinct strings, none missing.
    counts
        int64, rows per value.
    shapes
        The shapes of the values, where they are known already.

    Examples
    --------
    >>> reading = read_numbers(pa.array(["$ 1,200", "12.5", "n/a"]), np.array([3, 1, 1]))
    >>> reading.number.tolist(), reading.separators.comma
    ([1200.0, 12.5, nan], 'thousands')
    """
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.large_string())
    if shapes is None:
        shapes = shape_codes(values)
    counts = np.asarray(counts, dtype=np.int64)
    return _Reader(values, counts, shapes, _layouts(shapes)).read()


@dataclass(frozen=True)
class _Layout:
    """Where the parts of a number are, in all values of one shape."""

    length: int
    sign: str
    """As in the value; with a blank behind where there is one."""
    parentheses: bool
    before: tuple[int, int]
    digits: tuple[int, ...]
    """Places of the digits, those of the exponent not included."""
    leading: int
    """Digits before the first separator."""
    group: str
    mark: str
    mark_place: int
    ambiguous: bool
    """One to three digits, a comma or point, three digits."""
    exponent: tuple[int, int]
    tail: tuple[int, int]
    glued: bool
    all_digits: tuple[int, ...]


_NOWHERE: Final = (0, 0)


def _layouts(shapes: Shapes) -> dict[int, _Layout]:
    """Return the layout of every shape that may be a number, by the code of the shape."""
    if not shapes.shapes:
        return {}
    lowered = pc.ascii_lower(pa.array(shapes.shapes))
    maybe = pc.match_substring_regex(lowered, _MAYBE_NUMBER).to_numpy(zero_copy_only=False)
    whole = [code for code in np.flatnonzero(maybe).tolist() if len(shapes.shapes[code]) < PREFIX_LENGTH]
    found = {code: _layout(lowered[code].as_py()) for code in whole}
    return {code: layout for code, layout in found.items() if layout}


@lru_cache(maxsize=10_000)
def _layout(shape: str) -> _Layout | None:
    match = _NUMBER.fullmatch(shape)
    if match is None:
        return None
    parentheses = bool(match["close"])
    signs = [part for part in (match["sign"], match["sign_after"]) if part]
    if [match["open"], match["open_after"]].count("(") != parentheses or len(signs) + parentheses > 1:
        return None
    group = match["group"] or match["lakh"] or ""
    mark_name = next((n for n in ("mark", "lakh_mark", "plain_mark", "bare_mark") if match[n]), None)
    mark, mark_place = (match[mark_name], match.start(mark_name)) if mark_name else ("", -1)
    ambiguous = group != "" and group in ",." and not mark and match["body"].count(group) == 1
    if match["exponent"] and ambiguous and group == ".":
        group, mark, mark_place, ambiguous = "", ".", match.start("group"), False
    if match["exponent"] and (group or mark == ","):
        return None
    start, end = match.span("body")
    digits = tuple(place for place in range(start, end) if shape[place] == "9")
    sign = signs[0] if signs else ""
    if match["sign"] and shape[match.end("sign")] == " ":
        sign += " "
    if sign == "+ " or (sign == "+" and len(digits) >= _PHONE_DIGITS and not mark):
        return None
    return _Layout(
        length=len(shape),
        sign=sign,
        parentheses=parentheses,
        before=match.span("before") if match["before"] else _NOWHERE,
        digits=digits,
        leading=len(match["body"]) - len(match["body"].lstrip("9")),
        group=group,
        mark=mark,
        mark_place=mark_place,
        ambiguous=ambiguous,
        exponent=match.span("exponent") if match["exponent"] else _NOWHERE,
        tail=match.span("tail") if match["tail"] else _NOWHERE,
        glued=not match["blank"],
        all_digits=tuple(place for place in range(start, match.end("exponent")) if shape[place] == "9")
        if match["exponent"]
        else digits,
    )


@dataclass(frozen=True)
class _Affix:
    """What stands beside a number: as written, the key of its unit, the form it makes."""

    text: str
    key: str
    form: NumberForm
    scale: float = 1.0
    known: bool = True
    glued_letter: bool = False


_NO_AFFIX: Final = _Affix("", "", NumberForm.PLAIN)


def _affix(before: str, tail: str, *, glued: bool) -> _Affix | None:
    """Return what ``before`` and ``tail`` mean beside a number, or None when that is no number."""
    if not before and not tail:
        return _NO_AFFIX
    text = f"{before} {tail}".strip()
    currency = ""
    if before:
        if before.rstrip(".") not in CURRENCIES:
            return None
        currency = CURRENCIES[before.rstrip(".")]
        if not tail:
            return _Affix(text, currency, NumberForm.CURRENCY)
    if _CURRENCY_DASH.fullmatch(tail):
        return _Affix(text, currency, NumberForm.CURRENCY)
    if tail.rstrip(".") in CURRENCIES:
        return _Affix(text, CURRENCIES[tail.rstrip(".")], NumberForm.CURRENCY)
    magnitude = _MAGNITUDE.fullmatch(tail)
    if magnitude and magnitude["magnitude"] in MAGNITUDES and (magnitude["currency"] or "$") in CURRENCIES:
        currency = CURRENCIES[magnitude["currency"]] if magnitude["currency"] else currency
        form = NumberForm.CURRENCY if currency else NumberForm.MAGNITUDE
        letter = glued and len(tail) == 1 and not currency
        scale = MAGNITUDES[magnitude["magnitude"]]
        return _Affix(text, currency, form, scale, known=not letter or tail in _GLUED_LETTERS, glued_letter=letter)
    if before:
        per = tail.startswith(("/", "per "))
        return _Affix(text, f"{currency}{tail.casefold()}", NumberForm.CURRENCY) if per else None
    return _unit(tail, glued=glued)


def _unit(tail: str, *, glued: bool) -> _Affix | None:
    folded = " ".join(tail.casefold().replace(".", "").split())
    key = CASED_UNITS.get(tail) or UNIT_KEYS.get(folded)
    if glued and len(tail) == 1 and tail.isalpha():
        return _Affix(tail, key or folded, NumberForm.UNIT, known=tail in _GLUED_LETTERS, glued_letter=True)
    if key:
        form = NumberForm.PERCENT if key in _PERCENT_KEYS else NumberForm.UNIT
        return _Affix(tail, key, form)
    if glued or folded in _NOT_UNITS or not _WORDS_OF_A_UNIT.fullmatch(tail):
        return None
    return _Affix(tail, folded, NumberForm.UNIT, known=False)


class _Reader:
    """One reading: the arrays of the result are filled shape by shape."""

    def __init__(self, values: pa.Array, counts: np.ndarray, shapes: Shapes, layouts: dict[int, _Layout]) -> None:
        size = len(values)
        self.counts = counts
        self.layouts = layouts
        self.number = np.full(size, np.nan)
        self.form = np.zeros(size, dtype=np.int8)
        self.grouping = np.zeros(size, dtype=np.int8)
        self.decimal_comma = np.zeros(size, dtype=bool)
        self.leading_zero = np.zeros(size, dtype=bool)
        self.exact = np.ones(size, dtype=bool)
        self.affix = np.zeros(size, dtype=np.int32)
        """Place in ``affixes``; -1 where what stands beside the digits makes it no number."""
        self.affixes: list[_Affix] = [_NO_AFFIX]
        self.places, self.members = shapes.members(list(layouts))
        self.strings = values.take(pa.array(self.places))

    def read(self) -> NumberReading:
        self._read_affixes()
        self._drop_unbelievable_affixes()
        separators = self._separators()
        for code, layout in self.layouts.items():
            self._read_shape(code, layout, separators)
        self._drop_lone_parentheses()
        return self._result(separators)

    def _of(self, code: int) -> tuple[np.ndarray, pa.Array]:
        """Return the places of the values of one shape, and the values."""
        start, end = self.members[code]
        return self.places[start:end], self.strings.slice(start, end - start)

    # ------------------------------------------------------------------ currency, magnitude, unit

    def _read_affixes(self) -> None:
        numbers: dict[tuple[str, str, bool], int] = {}
        for code, layout in self.layouts.items():
            if layout.before == _NOWHERE and layout.tail == _NOWHERE:
                continue
            places, strings = self._of(code)
            before, befores = _parts(strings, layout.before)
            tail, tails = _parts(strings, layout.tail)
            pairs, pair_of = np.unique(before.astype(np.int64) * len(tails) + tail, return_inverse=True)
            found = []
            for pair in pairs.tolist():
                key = (befores[pair // len(tails)], tails[pair % len(tails)], layout.glued)
                if key not in numbers:
                    affix = _affix(key[0], key[1], glued=layout.glued)
                    numbers[key] = len(self.affixes) if affix else -1
                    self.affixes += [affix] if affix else []
                found.append(numbers[key])
            self.affix[places] = np.array(found, dtype=np.int32)[pair_of]

    def _drop_unbelievable_affixes(self) -> None:
        if all(affix.known and not affix.glued_letter for affix in self.affixes):
            return
        met = self.affix > 0
        rows = np.bincount(self.affix[met], weights=self.counts[met], minlength=len(self.affixes))
        values = np.bincount(self.affix[met], minlength=len(self.affixes))
        rows_of_key: Counter[str] = Counter()
        values_of_key: Counter[str] = Counter()
        for affix, affix_rows, affix_values in zip(self.affixes, rows, values, strict=True):
            rows_of_key[affix.key] += int(affix_rows)
            values_of_key[affix.key] += int(affix_values)
        enough = _UNKNOWN_UNIT_SHARE * self.counts.sum()
        units = {key for key, n in rows_of_key.items() if n >= enough and values_of_key[key] >= _UNKNOWN_UNIT_VALUES}
        letters = {
            affix.text: affix_rows for affix, affix_rows in zip(self.affixes, rows, strict=True) if affix.glued_letter
        }
        known_rows = sum(n for letter, n in letters.items() if letter in _GLUED_LETTERS)
        letters_are_units = known_rows >= _GLUED_LETTER_SHARE * sum(letters.values()) and set(letters) != {"B"}
        for number, affix in enumerate(self.affixes):
            believable = affix.known and letters_are_units if affix.glued_letter else affix.known or affix.key in units
            if not believable and _head_of_unit(affix.text) in units:
                self.affixes[number] = replace(affix, key=_head_of_unit(affix.text))
            elif not believable:
                self.affix[self.affix == number] = -1

    # ------------------------------------------------------------------ comma and point

    def _separators(self) -> Separators:
        rows: Counter[str] = Counter()
        for code, layout in self.layouts.items():
            places, strings = self._of(code)
            read = self.affix[places] >= 0
            total = int(self.counts[places][read].sum())
            if layout.ambiguous:
                decimal = int(self.counts[places][read & _below_one(strings, layout)].sum())
                rows["decimal " + layout.group] += decimal
                rows["either " + layout.group] += total - decimal
            elif layout.mark:
                rows["decimal " + layout.mark] += total
            elif layout.group:
                rows["thousands " + layout.group] += total
            elif layout.leading <= 3:
                rows["below a thousand"] += total
            else:
                rows["ungrouped"] += total
        return _decide_separators(rows)

    # ------------------------------------------------------------------ the numbers

    def _read_shape(self, code: int, layout: _Layout, separators: Separators) -> None:
        places, strings = self._of(code)
        characters = character_matrix(strings, layout.length)
        is_number = self.affix[places] >= 0
        if characters.dtype != np.uint8:
            digits = characters[:, layout.all_digits]
            is_number &= ((digits >= ord("0")) & (digits <= ord("9"))).all(axis=1)
        if layout.exponent != _NOWHERE:
            is_number &= np.isin(characters[:, layout.exponent[0]], (ord("e"), ord("E")))
        places, characters = places[is_number], characters[is_number]
        if not len(places):
            return
        number = _floats(characters, layout)
        zero_first = characters[:, layout.digits[0]] == ord("0")
        grouped = np.full(len(places), layout.group != "")
        decimal_comma = np.full(len(places), layout.mark == ",")
        if layout.ambiguous:
            meaning = separators.comma if layout.group == "," else separators.point
            decimal = (zero_first & (layout.leading == 1)) | (meaning == "decimal")
            number[decimal] /= 1000
            grouped &= ~decimal
            decimal_comma |= decimal & (layout.group == ",")
        if layout.sign.strip() not in ("", "+") or layout.parentheses:
            number = -number
        affix = self.affix[places]
        number *= np.array([affix.scale for affix in self.affixes])[affix]
        form = np.array([affix.form for affix in self.affixes], dtype=np.int8)[affix]
        for form_of_part, has_part in (
            (NumberForm.LEADING_PLUS, layout.sign == "+"),
            (NumberForm.TYPOGRAPHIC_MINUS, layout.sign not in ("", "+", "-")),
            (NumberForm.THOUSANDS, grouped),
            (NumberForm.DECIMAL_COMMA, decimal_comma),
            (NumberForm.PARENTHESES, layout.parentheses),
        ):
            form[has_part & (form < form_of_part)] = form_of_part
        held = np.isfinite(number)
        self.number[places] = np.where(held, number, np.nan)
        self.form[places] = np.where(held, form, NumberForm.NONE)
        self.grouping[places] = np.where(grouped, _GROUPING_OF.get(layout.group, 0), 0)
        self.decimal_comma[places] = decimal_comma
        self.leading_zero[places] = zero_first & (grouped | (layout.leading >= 2))
        if len(layout.digits) > _EXACT_DIGITS and layout.exponent == _NOWHERE and not layout.mark:
            texts = characters[:, layout.digits].astype(np.uint8)
            self.exact[places] = [
                int(bytes(text)) == abs(int(value)) for text, value in zip(texts, number, strict=True)
            ]

    def _drop_lone_parentheses(self) -> None:
        """Take ``(12)`` for a number only in a column that has numbers without parentheses, too."""
        inside = self.form == NumberForm.PARENTHESES
        if not inside.any() or ((self.form != NumberForm.NONE) & ~inside).any():
            return
        bare = inside & (self.affix == 0) & (self.grouping == 0) & (self.number == np.rint(self.number))
        self.form[bare] = NumberForm.NONE
        self.number[bare] = np.nan

    def _result(self, separators: Separators) -> NumberReading:
        is_number = self.form != NumberForm.NONE
        units = {"": ""}
        place_of = np.zeros(len(self.affixes), dtype=np.int32)
        for number in np.unique(self.affix[is_number]).tolist():
            affix = self.affixes[number]
            units.setdefault(affix.text, affix.key)
            place_of[number] = list(units).index(affix.text)
        rows = np.bincount(self.form, weights=self.counts, minlength=len(NumberForm))
        return NumberReading(
            number=self.number,
            form=self.form,
            grouping=self.grouping,
            decimal_comma=self.decimal_comma,
            unit=np.where(is_number, place_of[self.affix], 0).astype(np.int32),
            units=tuple(units),
            unit_keys=tuple(units.values()),
            leading_zero=self.leading_zero & is_number,
            exact=self.exact,
            separators=separators,
            form_rows=rows.astype(np.int64),
        )


_GROUPING_OF: Final = {
    **{sign: place for place, sign in enumerate(GROUPINGS)},
    _APOSTROPHES[1]: GROUPINGS.index("'"),
}


def _decide_separators(rows: Counter[str]) -> Separators:
    point_rows = rows["decimal ."] + rows["thousands ,"]
    comma_rows = rows["decimal ,"] + rows["thousands ."]
    either = rows["either ,"]
    decimal_comma = comma_rows > point_rows
    grouped_only_above = rows["below a thousand"] > 0 and rows["ungrouped"] == 0
    undecidable = either > 0 and not point_rows and not comma_rows and not grouped_only_above
    has_comma = either + rows["decimal ,"] + rows["thousands ,"] > 0
    has_point = rows["either ."] + rows["decimal ."] + rows["thousands ."] > 0
    if point_rows and comma_rows:
        sentence = (
            f"{count(point_rows, 'row')} can only be read with a decimal point "
            f"and {count(comma_rows, 'row')} only with a decimal comma."
        )
    elif undecidable:
        sentence = (
            f"{count(either, 'row')} can be read with a thousands or a decimal comma, and no value decides; "
            "they are read as thousands."
        )
    elif either and (point_rows or comma_rows):
        use = "is decimal" if decimal_comma else "separates thousands"
        sentence = (
            f"{count(either, 'row')} can be read with a thousands or a decimal comma; "
            f"by {count(point_rows + comma_rows, 'other row')} the comma {use}."
        )
    elif either:
        sentence = "Only numbers of a thousand and more have a comma, so it separates thousands."
    else:
        sentence = ""
    return Separators(
        comma=("decimal" if decimal_comma else "thousands") if has_comma else "",
        point=("thousands" if decimal_comma else "decimal") if has_point else "",
        point_rows=point_rows,
        comma_rows=comma_rows,
        undecided_rows=either,
        mixed=point_rows > 0 and comma_rows > 0,
        undecidable=undecidable,
        sentence=sentence,
    )


def _head_of_unit(text: str) -> str:
    """Return the key of the known unit that ``text`` begins with: of ``oz. Alumi-Tek``, that is ``oz``."""
    return UNIT_KEYS.get(text.split(maxsplit=1)[0].casefold().rstrip("."), "")


def _below_one(strings: pa.Array, layout: _Layout) -> np.ndarray:
    """Whether the part before the separator is a lone zero, so that the separator is a decimal mark."""
    if layout.leading != 1:
        return np.zeros(len(strings), dtype=bool)
    first = pc.utf8_slice_codeunits(strings, layout.digits[0], layout.digits[0] + 1)
    return np.asarray(pc.equal(first, pa.scalar("0", type=first.type)))


def _parts(strings: pa.Array, span: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """Return the part of every string between two places, as codes into a list of distinct parts."""
    if span == _NOWHERE:
        return np.zeros(len(strings), dtype=np.int32), [""]
    parts = pc.utf8_slice_codeunits(strings, *span).dictionary_encode()
    return parts.indices.to_numpy(), [part.strip() for part in parts.dictionary.to_pylist()]


def _floats(characters: np.ndarray, layout: _Layout) -> np.ndarray:
    """Return the unsigned numbers in rows of characters, correctly rounded, infinite beyond float64."""
    kept = [*layout.digits, *range(*layout.exponent)]
    if layout.mark:
        kept = sorted([*kept, layout.mark_place])
    text = characters[:, kept].astype(np.uint8)
    if layout.mark:
        text[:, kept.index(layout.mark_place)] = ord(".")
    offsets = np.arange(0, text.size + 1, len(kept), dtype=np.int64)
    strings = pa.Array.from_buffers(
        pa.large_string(), len(text), [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text))]
    )
    return np.array(strings.cast(pa.float64()))
