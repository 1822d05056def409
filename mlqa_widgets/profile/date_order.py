"""Day or month first: decided for a column from the values that can be read one way only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from mlqa_widgets.wording import count, percent

Verdict = Literal["DMY", "MDY", "mixed", "ambiguous", "not applicable"]

UP_TO_TWELFTH: Final = 12 * 12 / 365.2425
"""Chance that a day taken at random from a year is among the first twelve of its month."""

MIXTURE_SHARE: Final = 0.01
"""A second way of writing is part of a mixture from this share on, and when at least two values have it."""

_SLIP: Final = 0.01
"""Chance that somebody writes one date in the other order by mistake."""
_MONTHS_OF_SERIES: Final = 4


@dataclass(frozen=True)
class DateOrder:
    """The order of day and month in one way of writing (``9/9/9999``) of one column.

    Attributes
    ----------
    verdict
        ``DMY``, ``MDY``, ``mixed`` (two conventions), ``ambiguous`` (nothing decides), or ``not applicable``
        (there are no such dates, or every one is the same day both ways).
    day_first_rows
        Rows that can only be day first: their first field is above 12.
    month_first_rows
        Rows that can only be month first: their second field is above 12.
    undecided_rows
        Rows that are one day when read day first and another when read month first.
    confidence
        That the verdict is no accident, for days spread evenly over the year: one minus the chance that
        dates in the other order show so few days above 12, and that every value against it is a slip of the
        pen (one in a hundred). For ``mixed``, one minus the chance that the rarer order is nothing but
        slips; for ``ambiguous`` one half.
    sentence
        The evidence in words.
    """

    verdict: Verdict
    day_first_rows: int
    month_first_rows: int
    undecided_rows: int
    confidence: float
    sentence: str

    @property
    def day_first(self) -> bool:
        """Whether values that can be read both ways are read day first: also where nothing decides."""
        if self.verdict == "mixed":
            return self.day_first_rows >= self.month_first_rows
        return self.verdict != "MDY"


NO_ORDER: Final = DateOrder("not applicable", 0, 0, 0, 1.0, "No date is written with two numbers for day and month.")


def decide_order(first: np.ndarray, second: np.ndarray, year: np.ndarray, rows: np.ndarray) -> DateOrder:
    """Decide the order from the two doubtful fields of distinct dates.

    One kind of evidence decides: fields above 12. Where there is none, a series of first days of months
    does (one field always 1, the other at least four different months). A lone value against many is
    a slip, not a second convention.

    Parameters
    ----------
    first, second
        The first and the second field of every value that is a date in at least one order.
    year
        The year of each.
    rows
        Rows of each.

    Examples
    --------
    >>> decide_order(np.array([25, 3]), np.array([3, 4]), np.array([2012, 2012]), np.array([1, 1])).verdict
    'DMY'
    """
    day_first = first > 12
    month_first = second > 12
    undecided = ~day_first & ~month_first & (first != second)
    a_rows, b_rows, u_rows = (int(rows[mask].sum()) for mask in (day_first, month_first, undecided))
    a, b, either = int(day_first.sum()), int(month_first.sum()), int(undecided.sum())
    figures = (a_rows, b_rows, u_rows)

    if not a + b + either:
        return DateOrder("not applicable", *figures, 1.0, "Every date is the same day whichever field is the month.")
    if a == b == 0:
        return _undecided(first, second, year, u_rows)
    fewer, more = min(a, b), max(a, b)
    if fewer == more or (fewer >= 2 and fewer >= MIXTURE_SHARE * (a + b)):
        confidence = _at_most(fewer - 1, a + b, _SLIP)
        sentence = (
            f"{count(a_rows, 'row')} can only be read day first and {count(b_rows, 'row')} only month first "
            f"({percent(min(a_rows, b_rows) / (a_rows + b_rows))} against the rest)"
        )
        sentence += f"; {count(u_rows, 'row')} can be read both ways." if u_rows else "."
        return DateOrder("mixed", *figures, confidence, sentence)
    confidence = 1 - _at_most(fewer, a + b + either, 1 - UP_TO_TWELFTH) * _SLIP**more
    verdict: Verdict = "DMY" if a > b else "MDY"
    words, decided = ("Day", a_rows) if a > b else ("Month", b_rows)
    sentence = f"{words} first: {count(decided, 'row')} can be read no other way"
    if fewer:
        sentence += f"; {count(min(a_rows, b_rows), 'row')} in the other order, too few for a second convention"
    sentence += f"; {count(u_rows, 'row')} can be read both ways." if u_rows else "."
    return DateOrder(verdict, *figures, confidence, sentence)


def _undecided(first: np.ndarray, second: np.ndarray, year: np.ndarray, rows: int) -> DateOrder:
    readings: tuple[tuple[Verdict, str, np.ndarray, np.ndarray], ...] = (
        ("DMY", "day", first, second),
        ("MDY", "month", second, first),
    )
    for verdict, word, day, month in readings:
        months = len(np.unique(month))
        if (day == 1).all() and months >= _MONTHS_OF_SERIES:
            sentence = (
                f"No field is above 12, but one is always 1 and the other takes {months} values over "
                f"{count(len(np.unique(year)), 'year')}: first days of months, {word} first."
            )
            return DateOrder(verdict, 0, 0, rows, 1 - UP_TO_TWELFTH**months, sentence)
    sentence = f"No field is above 12: {count(rows, 'row')} can be read both ways."
    return DateOrder("ambiguous", 0, 0, rows, 0.5, sentence)


def _at_most(most: int, trials: int, chance: float) -> float:
    """Return the probability of at most ``most`` successes in ``trials`` (binomial)."""
    if most > trials * chance + 10 * math.sqrt(trials * chance) + 10:
        return 1.0
    log_all = math.lgamma(trials + 1)
    terms = (
        math.exp(
            log_all
            - math.lgamma(k + 1)
            - math.lgamma(trials - k + 1)
            + k * math.log(chance)
            + (trials - k) * math.log1p(-chance)
        )
        for k in range(most + 1)
    )
    return min(1.0, math.fsum(terms))
