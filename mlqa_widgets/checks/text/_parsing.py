"""Code that reads numbers in text: statements over ``text`` for every form a column was seen to use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.fixes.code import dict_literal, literal
from mlqa_widgets.profile.numbers import GROUPINGS, NumberForm, NumberReading
from mlqa_widgets.profile.units import MAGNITUDES

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile

_BLANKS: Final = "\u00a0\u2009\u202f"
_CHARACTERS: Final = {",": ",", ".": ".", " ": f" {_BLANKS}", "'": "'\N{RIGHT SINGLE QUOTATION MARK}"}
_MINUSES: Final = "[\N{MINUS SIGN}\N{EN DASH}]"
_MAYBE_BLANK: Final = f"[ {_BLANKS}]*"
_VALUES_TRIED: Final = 5_000


@dataclass(frozen=True)
class Converted:
    """Numbers that are written with some sign or unit and have to be converted once they are read."""

    name: str
    """What the code calls the rows they are in: ``is_percent``."""
    spellings: tuple[str, ...]
    """How what stands after the number is written."""
    expression: str
    """The conversion of ``numbers``."""


def parse_statements(column: ColumnProfile, reading: NumberReading, converted: Sequence[Converted] = ()) -> list[str]:
    """Return statements that turn ``text`` into what ``pd.to_numeric`` reads, and last the expression of the numbers."""
    written = column.strings.filter(pa.array(reading.is_number & ~reading.plain))
    lines, factor = [], ""
    blank = _MAYBE_BLANK if _any(written, f"[{_BLANKS}]") else " *"
    for one in converted:
        options = "|".join(re.escape(spelling) for spelling in one.spellings)
        pattern = pattern_literal(rf"\d\.?{blank}(?:{options})$")
        lines.append(f"{one.name} = text.str.contains({pattern}, regex=True)")
        factor += f".where(~{one.name}, lambda numbers: {one.expression})"
    whole, split = _affixes(reading)
    if scales := {
        word: MAGNITUDES[word] for part in split for word in re.findall("[A-Za-z]+", part) if word in MAGNITUDES
    }:
        pattern = r"\d *(" + "|".join(sorted(scales, key=len, reverse=True)) + r")\b"
        lines.append(
            f"scale = text.str.extract({pattern_literal(pattern)}, expand=False).map({dict_literal(scales)}).fillna(1)"
        )
        factor += " * scale"
    if parts := sorted(whole | split, key=lambda part: (-len(part), part)):
        options = "|".join(re.escape(part).replace("\\ ", " ") for part in parts)
        lines.append(f'text = text.str.replace({pattern_literal(f"{blank}(?:{options}){blank}")}, "", regex=True)')
    if (reading.form == NumberForm.PARENTHESES).any():
        lines.append('text = text.str.replace(r"^\\((.*)\\)$", r"-\\1", regex=True)')
    lines += _separator_lines(reading)
    if _any(written, _MINUSES):
        lines.append(f'text = text.str.replace("{_MINUSES}", "-", regex=True)')
    lines.append(f'pd.to_numeric(text, errors="coerce"){factor}')
    return lines


def _affixes(reading: NumberReading) -> tuple[set[str], set[str]]:
    """Return what stands beside the numbers: units as a whole, currencies and magnitudes also by their parts."""
    whole: set[str] = set()
    split: set[str] = set()
    for place in np.unique(reading.unit[reading.is_number & (reading.unit > 0)]):
        text = reading.units[place]
        forms = reading.form[reading.unit == place]
        if np.isin(forms, (NumberForm.UNIT, NumberForm.PERCENT)).all():
            whole.add(text)
        else:
            split.update((text, *text.split()))
    return whole, split


def _any(strings: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(strings, pattern)).as_py())


def pattern_literal(pattern: str) -> str:
    """Return a pattern as a raw string literal where it can be one, else as any literal."""
    raw = pattern.isprintable() and '"' not in pattern and not pattern.endswith("\\")
    return f'r"{pattern}"' if raw else literal(pattern)


def _separator_lines(reading: NumberReading) -> list[str]:
    is_number, decimal_comma = reading.is_number, reading.decimal_comma
    lines = []
    if decimal_comma.any() and reading.separators.mixed:
        grouped_by_points = r"^-?\d{1,3}(?:\.\d{3}){2,}$"
        comma = r",\d+$" if reading.separators.comma == "decimal" else r",(?:\d{1,2}|\d{4,})$|\.\d{3},\d+$|^-?0,\d+$"
        last = f"{comma}|{grouped_by_points}"
        lines += [
            f"has_comma = text.str.contains({pattern_literal(last)}, regex=True)",
            'text = text.where(~has_comma, text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False))',
        ]
        decimal_comma = np.zeros_like(decimal_comma)
    done = {".", ""} if lines else {""}
    signs = {GROUPINGS[place] for place in np.unique(reading.grouping[is_number])} - done
    if signs:
        characters = "".join(_CHARACTERS[sign] for sign in sorted(signs))
        lines.append(f'text = text.str.replace({pattern_literal(f"[{characters}]")}, "", regex=True)')
    if decimal_comma.any():
        lines.append('text = text.str.replace(",", ".", regex=False)')
    return lines


def whole_code(read: str, statements: Sequence[str]) -> tuple[str, str]:
    """Return the statements that come first, reading ``text`` from a column, and the expression of the numbers."""
    return "\n".join([f'text = {read}.astype("str").str.strip()', *statements[:-1]]), statements[-1]


def statements_give(statements: Sequence[str], column: ColumnProfile, expected: np.ndarray) -> bool:
    """Whether the statements read the column's texts as the numbers expected, and nothing else as a number."""
    texts = column.strings.slice(0, _VALUES_TRIED).to_pandas()
    preparation, numbers = whole_code("texts", statements)
    names: dict[str, Any] = {"texts": texts, "pd": pd, "np": np}
    exec(f"{preparation}\nnumbers = {numbers}", names)  # noqa: S102 - our own code, values stand in it as literals
    found = names["numbers"].to_numpy(dtype=float)
    return bool(np.allclose(found, expected[:_VALUES_TRIED], rtol=1e-12, atol=0, equal_nan=True))
