"""One plain sentence about one prediction, and the user's values in words."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.wording import listing, number, percent, shortened

_NAMED = 3
_MOST = 0.6
_WORTH_NAMING = 0.2
_BALANCED = 0.1


@dataclass(frozen=True)
class Part:
    """What one column contributes: its name and value in words, and the contribution."""

    column: str
    value: str
    contribution: float

    @property
    def words(self) -> str:
        """The column with its value: ``age = 23``."""
        return f"{self.column} = {self.value}"


def cells(row: pd.DataFrame) -> list[Any]:
    """Return the cells of the first row of a frame, each of its column's type."""
    return [row.iloc[:, i].iloc[0] for i in range(row.shape[1])]


def value_words(value: Any) -> str:
    """Return a cell as people write it.

    Examples
    --------
    >>> value_words(0.1 + 0.2), value_words(None), value_words(True), value_words("Doctorate")
    ('0.3', 'missing', 'yes', 'Doctorate')
    """
    if np.ndim(value) == 0 and pd.isna(value):
        return "missing"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return str(value) if abs(int(value)) < 10_000 else f"{int(value):,}"
    if isinstance(value, (float, np.floating)):
        return figure(float(value), 6)
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d" if value == value.normalize() else "%Y-%m-%d %H:%M")
    return shortened(str(value))


def apart_words(one: Any, other: Any) -> tuple[str, str]:
    """Return two cells that differ so that the reader sees it.

    Examples
    --------
    >>> apart_words(1015.6, 1016.1), apart_words(0.12345678, 0.12345679)
    (('1015.6', '1016.1'), ('0.12345678', '0.12345679'))
    """
    words = value_words(one), value_words(other)
    return words if words[0] != words[1] else (str(one), str(other))


def figure(value: float, digits: int = 4) -> str:
    """Return a value to a few digits, as many as a reader can use; up to 9999 without a comma, as a year is written.

    Examples
    --------
    >>> figure(0.123456), figure(1234.5678), figure(1990.0), figure(12345.6)
    ('0.1235', '1235', '1990', '12,350')
    """
    rounded = float(f"{value:.{digits}g}") + 0.0
    return f"{rounded:.{digits}g}" if abs(rounded) < 10_000 else number(rounded)


def three_digits(value: float) -> str:
    """Return a figure to three digits, or to the unit where it is larger.

    Examples
    --------
    >>> three_digits(0.123456), three_digits(1234.5678), three_digits(12345.6)
    ('0.123', '1235', '12,346')
    """
    return figure(value, 3 if abs(value) < 1000 or not math.isfinite(value) else len(str(int(abs(value)))))


def column_words(name: Hashable) -> str:
    """Return the name of a column in a sentence."""
    return shortened(str(name))


def space_words(space: str, target: str) -> str:
    """Return in what unit contributions add up."""
    return f"in the unit of {target}" if space == "value" else f"in {space}"


def sentence(prediction: float, usual: float, parts: Sequence[Part], class_name: str | None) -> str:
    """Return what the model says of a row, and which columns that goes with, for somebody who knows no model.

    Parameters
    ----------
    prediction, usual
        The probability or value predicted, and its mean over the rows.
    parts
        What each column contributes.
    class_name
        The class that the probability is of; None for a value.

    Examples
    --------
    >>> parts = [Part("education", "Doctorate", 1.4), Part("age", "23", -0.6), Part("sex", "F", 0.01)]
    >>> sentence(0.83, 0.24, parts, ">50K")
    'The model gives 83 % for >50K, where 24 % is usual. Most of the difference comes from education = Doctorate; age = 23 speaks against it.'
    """
    said = [figure(p) if class_name is None else _rounded(p) for p in (prediction, usual)]
    total = sum(part.contribution for part in parts)
    weight = sum(abs(part.contribution) for part in parts)
    if weight == 0:
        return f"{_opening(said[0], class_name)}, which is what it says of any row like those it is compared with."
    above = total > 0
    if abs(total) < _BALANCED * weight or above != (prediction > usual) or said[0] == said[1]:
        return f"{_opening(said[0], class_name)}, close to the {said[1]} that is usual. {_both_sides(parts)}"
    ours = _strongest(parts, above=above)
    theirs = _strongest(parts, above=not above)
    named, covered = _leading(ours)
    most = "Most of the difference comes from" if covered else "The largest part of the difference comes from"
    against = ""
    if theirs and abs(theirs[0].contribution) >= _WORTH_NAMING * abs(ours[0].contribution):
        opposing = [p for p in theirs[:2] if abs(p.contribution) >= 0.5 * abs(theirs[0].contribution)]
        against = f"; {listing([p.words for p in opposing])} {_opposes(len(opposing), class_name, above)}"
    where = f"where {said[1]} is usual"
    return f"{_opening(said[0], class_name)}, {where}. {most} {listing([p.words for p in named])}{against}."


def _rounded(share: float) -> str:
    return percent(round(share, 2) if 0.01 <= share <= 0.99 else share)


def _opening(said: str, class_name: str | None) -> str:
    return f"The model says {said}" if class_name is None else f"The model gives {said} for {shortened(class_name)}"


def _opposes(several: int, class_name: str | None, above: bool) -> str:
    if class_name is None:
        return "pulls the other way" if several == 1 else "pull the other way"
    return f"{'speaks' if several == 1 else 'speak'} {'against' if above else 'for'} it"


def _both_sides(parts: Sequence[Part]) -> str:
    up, down = _strongest(parts, above=True), _strongest(parts, above=False)
    if not up or not down:
        return f"The strongest column is {(up or down)[0].words}."
    return f"What speaks for more, first {up[0].words}, and what speaks for less, first {down[0].words}, nearly cancel."


def _strongest(parts: Sequence[Part], *, above: bool) -> list[Part]:
    found = [part for part in parts if (part.contribution > 0) == above and part.contribution != 0]
    return sorted(found, key=lambda part: -abs(part.contribution))


def _leading(parts: Sequence[Part]) -> tuple[list[Part], bool]:
    """Return the fewest columns, three at most, that make up most of it, and whether they do."""
    whole, so_far = sum(abs(part.contribution) for part in parts), 0.0
    for place, part in enumerate(parts[:_NAMED]):
        so_far += abs(part.contribution)
        if so_far > _MOST * whole:
            return list(parts[: place + 1]), True
    return list(parts[:_NAMED]), False
