"""Values whose shape departs from a column of otherwise regular shape: a letter where the others have a digit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow.compute as pc

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks._stand_ins import text_stand_ins
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.checks.text._variants import variants_of
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, list_literal, read_column, replace_values
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.shapes import PREFIX_LENGTH, generalize
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, percent, quoted, visible

_LEAST_ROWS: Final = 30
_REGULAR: Final = 0.97
"""Share of the rows that the regular shapes must have."""
_COMMON: Final = 0.02
"""Share of the rows from which on a shape is a form of its own and no slip."""
_MOST_SHAPES: Final = 3
_MOST_FLAGGED: Final = 300
_NEAR: Final = 0.5
_LISTED: Final = 1000

_LOOKED_AT: Final = frozenset(
    (
        Kind.CODE, Kind.REFERENCE, Kind.IDENTIFIER, Kind.UNKNOWN, Kind.NUMERIC, Kind.PERIOD, Kind.CATEGORY,
        Kind.NUMBER_IN_TEXT,
    )
)  # fmt: skip
_READ_AS_DIGITS: Final = str.maketrans("OoQIl|SsBZz", "00011155822")
_CLASSES: Final = {"A": r"[\p{Lu}\p{Lt}]", "a": r"[\p{Ll}\p{Lm}\p{Lo}]", "9": r"\p{Nd}", " ": r"[\s\p{Z}]"}


@dataclass(frozen=True)
class _Regularity:
    """What the values of a column have in common.

    Attributes
    ----------
    regular
        bool, parallel to the shapes of the column: which are regular.
    fixed
        Whether the regular shapes are few even without regard to length: then whatever else there is departs, and
        not only what resembles them.
    named
        The regular shapes as people read them, the commonest first.
    """

    regular: np.ndarray
    fixed: bool
    named: tuple[str, ...]


@column_check("rare_patterns")
def rare_patterns(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find values whose shape departs from a column of a few regular shapes: a letter among the digits of a code.

    Also bare numbers in a category of words.
    Stays silent on free text, names and categories of words, on numbers however they are written and numbers of
    varying length, on second forms that are common, on stand-ins for missing, and on values that
    ``spelling_variants`` or the checks of telephone numbers, addresses and postcodes tell of.
    """
    if not column.is_text or column.kind not in _LOOKED_AT or column.present < _LEAST_ROWS:
        return
    blank = pc.match_substring_regex(column.strings, r"^\s*$").to_numpy(zero_copy_only=False)
    stand_ins = text_stand_ins(column).mask | blank
    regularity = _regularity(column, stand_ins)
    if regularity is None:
        return
    shapes = column.shapes.shapes
    regular: dict[int, list[str]] = {}
    for code in np.flatnonzero(regularity.regular).tolist():
        regular.setdefault(len(shapes[code]), []).append(shapes[code])
    nearest = {
        code: _nearest(shapes[code], regular.get(len(shapes[code]), []))
        for code in np.flatnonzero(~regularity.regular).tolist()[:_MOST_FLAGGED]
        if _is_new(shapes[code], regular.get(len(shapes[code]), []))
    }
    odd = [code for code in nearest if regularity.fixed or nearest[code] is not None]
    mask = np.isin(column.shapes.codes, odd) & ~stand_ins & ~variants_of(column, profile).mask
    if not mask.any():
        return
    where = column.where(mask) if column.complete else _of_shapes(column, [shapes[code] for code in odd], stand_ins)
    rows = column.rows_of(mask) if column.complete else profile.table.count(where)
    if rows > (1 - _REGULAR) * column.present:
        return
    places = np.flatnonzero(mask)
    example = column.strings[int(places[np.argmax(column.counts[places])])].as_py()
    clash = any(nearest[code] is not None for code in column.shapes.codes[places].tolist())
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING if clash else Severity.INFO,
        rows=rows,
        message=(
            f"{column.name} has another shape in {count(rows, 'row')} ({percent(rows / column.rows)}), such as "
            f"{quoted(example, 24)}; the others are {listing([quoted(shape, 16) for shape in regularity.named], 2)}."
        ),
        predicate=where,
        evidence=(_shape_bars(column, mask, regularity), value_bars(column, mask, "Values of another shape")),
        why="A code with a wrong character matches nothing: its rows drop out of joins and count as a group of their own.",
        fixes=_fixes(column, profile, mask, where, regularity) if column.complete else (),
        confidence=0.85 if clash else 0.6,
    )


def _regularity(column: ColumnProfile, stand_ins: np.ndarray) -> _Regularity | None:
    """Return what the column is made of, or None where there is no regularity to depart from."""
    shapes = column.shapes.shapes
    counted = column.shape_rows
    rows = np.array([counted.get(shape, 0) for shape in shapes], dtype=np.int64)
    rows -= np.bincount(column.shapes.codes[stand_ins], weights=column.counts[stand_ins], minlength=len(shapes)).astype(
        np.int64
    )
    total = sum(counted.values()) - int(column.counts[stand_ins].sum())
    with_digit = np.array(["9" in shape for shape in shapes], dtype=bool)
    numbers = _of_numbers(column) & with_digit
    general = np.array([generalize(shape) for shape in shapes], dtype=object)
    if total and rows[numbers].sum() >= _REGULAR * total:
        named = _commonest(general.tolist(), rows)
        return _Regularity(numbers | np.isin(general, named) | _cut(shapes), fixed=True, named=tuple(named))
    if column.kind is Kind.CATEGORY and total and rows[~with_digit].sum() >= _REGULAR * total:
        bare_numbers = np.isin(general, ["9+", "9+.9+"])
        return _Regularity(~bare_numbers, fixed=True, named=tuple(_commonest(general.tolist(), rows)))
    common = _covering(general.tolist(), rows, total)
    if common is None or not any("9" in shape for shape in common):
        return None
    fixed = _covering(shapes, rows, total) is not None
    return _Regularity(np.isin(general, common) | _cut(shapes), fixed=fixed, named=tuple(common))


def _of_numbers(column: ColumnProfile) -> np.ndarray:
    """Return which shapes are those of numbers."""
    found = np.zeros(len(column.shapes.shapes), dtype=bool)
    found[column.shapes.codes[column.number_reading.is_number]] = True
    return found


def _cut(shapes: Sequence[str]) -> np.ndarray:
    """Return which shapes are only the beginning of one."""
    return np.array([len(shape) >= PREFIX_LENGTH for shape in shapes], dtype=bool)


def _commonest(shapes: Sequence[str], rows: np.ndarray) -> list[str]:
    """Return the shapes that have a share, the commonest first."""
    counted: Counter[str] = Counter()
    for shape, number in zip(shapes, rows.tolist(), strict=True):
        counted[shape] += number
    return [shape for shape, number in counted.most_common() if number >= _COMMON * counted.total()]


def _covering(shapes: Sequence[str], rows: np.ndarray, total: int) -> list[str] | None:
    """Return the common shapes if they are few and cover the column."""
    common = _commonest(shapes, rows)
    covered = int(rows[np.isin(np.array(shapes, dtype=object), common)].sum())
    return common if 0 < len(common) <= _MOST_SHAPES and covered >= _REGULAR * total else None


def _is_new(shape: str, others: Sequence[str]) -> bool:
    """Whether a shape has, in some place, a character that no regular shape of its length has there."""
    return not others or any(
        sign not in seen for sign, seen in zip(shape, map(set, zip(*others, strict=True)), strict=True)
    )


def _nearest(shape: str, others: Sequence[str]) -> str | None:
    """Return the shape of those of the same length of which only some places differ, one of them a digit."""
    best, fewest = None, max(1.0, _NEAR * len(shape)) if len(shape) > 2 else 0.0
    for other in others:
        differing = [(a, b) for a, b in zip(shape, other, strict=True) if a != b]
        if len(differing) <= fewest and any("9" in pair for pair in differing):
            best, fewest = other, float(len(differing))
    return best


def _of_shapes(column: ColumnProfile, shapes: Sequence[str], known: np.ndarray) -> Predicate:
    """Return the rows of some shapes, by pattern: for columns of which not every value is kept."""
    pattern = "|".join("".join(_CLASSES.get(sign, re.escape(sign)) for sign in shape) for shape in shapes)
    return Predicate(f"regexp_full_match({column.column.sql}, ?)", (pattern,)) & ~column.where(known)


def _shape_bars(column: ColumnProfile, mask: np.ndarray, regularity: _Regularity) -> Bars:
    rows: Counter[str] = Counter()
    for shape, number in column.shape_rows.items():
        rows[generalize(shape)] += number
    bars = [Bar(visible(shape), rows[shape]) for shape in regularity.named[:_MOST_SHAPES]]
    codes = column.shapes.codes
    odd = np.bincount(codes[mask], weights=column.counts[mask], minlength=len(column.shapes.shapes))
    ranked = np.argsort(-odd, kind="stable")
    shown = [int(code) for code in ranked[: 12 - len(bars)] if odd[code]]
    for code in shown:
        one = mask & (codes == code)
        example = visible(column.strings[int(np.flatnonzero(one)[0])].as_py()[:40])
        bars.append(Bar(visible(column.shapes.shapes[code]), column.rows_of(one), column.where(one), True, example))
    more = int((odd > 0).sum()) - len(shown)
    return Bars("Shapes (A, a: letters; 9: digits; +: one or more)", tuple(bars), more=more)


def _fixes(
    column: ColumnProfile, profile: Profile, mask: np.ndarray, where: Predicate, regularity: _Regularity
) -> tuple[Fix, ...]:
    places = np.flatnonzero(mask)[:_LISTED]
    texts = [column.strings[int(place)].as_py() for place in places]
    read = read_column(profile.table, column.column)
    regular = [column.shapes.shapes[code] for code in np.flatnonzero(regularity.regular)]
    fixes = []
    mistyped = {text: digits for text in texts if (digits := _with_digits(text, regular)) is not None}
    if mistyped:
        fixes.append(
            Fix(
                "Write digits where letters that look like them were typed",
                replace_values(profile.table, column.column, mistyped),
                changes=(column.position,),
            )
        )
    if len(places) == int(mask.sum()):
        fixes.append(
            Fix(
                "Turn values of another shape into missing",
                assign_column(profile.table, column.column, f"{read}.mask({read}.isin({list_literal(texts)}))"),
                changes=(column.position,),
                empties=where,
            )
        )
    return tuple(fixes)


def _with_digits(text: str, shapes: Sequence[str]) -> str | None:
    """Return the text with ``O``, ``I``, ``S``... as digits where the regular shape has digits, if that makes it regular."""
    for shape in shapes:
        if len(shape) != len(text):
            continue
        written = "".join(
            letter.translate(_READ_AS_DIGITS) if wanted == "9" else letter
            for letter, wanted in zip(text, shape, strict=True)
        )
        if written != text and all(
            letter.isdigit() if wanted == "9" else letter.isalpha() if wanted in "Aa" else letter == wanted
            for letter, wanted in zip(written, shape, strict=True)
        ):
            return written
    return None
