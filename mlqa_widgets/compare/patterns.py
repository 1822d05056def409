"""What lies behind two values that differ: another unit, rounding, a shifted date, a cut text, a slip.

Works on distinct pairs (left value, right value) with the rows of each. Each pair gets one pattern. What holds for a
column as a whole (a factor, an offset, a shift) needs several different values to show itself and must fit far
better than the same values paired at random.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

import numpy as np
import pyarrow as pa

from mlqa_widgets.checks.numbers._conversions import CELSIUS, FAHRENHEIT, between, units_by_dimension
from mlqa_widgets.profile.numbers import read_numbers
from mlqa_widgets.wording import count, number, percent

OTHER: Final = "other"
_FEWEST: Final = 3
"""Different pairs a pattern of the whole column needs."""
_LEAST_SHARE: Final = 0.3
_EXACT: Final = 1e-9
_TESTED: Final = 30
_SHUFFLED: Final = 5_000
_RECODED_SHARE: Final = 0.9
_SINGLE: Final = 6e-8
_DAY: Final = 86_400_000_000
STAND_INS: Final = frozenset(
    {"", "n/a", "na", "null", "none", "nan", "nil", "empty", "unknown", "?", "-", "--", "n.a.", "#n/a"}
)


@dataclass(frozen=True)
class Found:
    """A pattern among pairs.

    Attributes
    ----------
    id
        ``unit factor``, ``rounding``, ``shifted``, ``cut short``, ...
    says
        What it is, in words.
    where
        Which pairs.
    """

    id: str
    says: str
    where: np.ndarray


def patterns(left: pa.Array, right: pa.Array, rows: np.ndarray, form: str, share: float = 1.0) -> list[Found]:
    """Return the patterns of pairs that differ, each pair in one of them; what fits none is :data:`OTHER`.

    Parameters
    ----------
    left, right
        Values of the pairs, none missing: doubles, ``timestamp[us]``, booleans or text.
    rows
        Rows of each pair.
    form
        What they are: ``number``, ``datetime``, ``boolean`` or ``text``.
    share
        Share of the rows compared that differ.
    """
    free = np.ones(len(rows), dtype=bool)
    kept = []
    for found in _candidates(left, right, rows, form, share):
        where = found.where & free
        if where.any():
            kept.append(Found(found.id, found.says, where))
            free &= ~where
    if free.any():
        kept.append(Found(OTHER, "no pattern", free))
    return kept


def _candidates(left: pa.Array, right: pa.Array, rows: np.ndarray, form: str, share: float) -> Iterator[Found]:
    if form == "number":
        a, b = (side.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False) for side in (left, right))
        yield from _of_numbers(a, b, rows)
    elif form == "datetime":
        a, b = (side.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy(zero_copy_only=False) for side in (left, right))
        yield from _of_times(a, b, rows)
    elif form == "text":
        a, b = (_plain_numbers(side) for side in (left, right))
        if rows[np.isfinite(a) & np.isfinite(b)].sum() >= 0.5 * rows.sum():
            yield from _of_numbers(a, b, rows)
        yield from _of_texts(left, right, rows, share)


def _plain_numbers(texts: pa.Array) -> np.ndarray:
    reading = read_numbers(texts.cast(pa.string()), np.ones(len(texts), dtype=np.int64))
    return np.where(reading.plain & ~reading.leading_zero, reading.number, np.nan)


# ---------------------------------------------------------------------- numbers


def _of_numbers(a: np.ndarray, b: np.ndarray, rows: np.ndarray) -> Iterator[Found]:
    finite = np.isfinite(a) & np.isfinite(b)
    with np.errstate(all="ignore"):
        yield from _rounded(a, b, rows, finite)
        size = np.maximum(np.abs(a), np.abs(b))
        yield Found("rounding", "alike in single precision", finite & (np.abs(a - b) <= _SINGLE * size))
        yield Found("sign", "the sign is reversed", finite & (a == -b))
        slip = Found("decimal point", "the decimal point stands elsewhere", _unless_by_chance(_point_moved, a, b))
        for converted in _converted(a, b, rows, finite):
            if rows[slip.where].sum() > 1.05 * rows[converted.where].sum():
                yield slip
            yield converted
        yield slip
        yield Found("swapped digits", "two neighbouring digits are swapped", _unless_by_chance(_digits_swapped, a, b))


def _point_moved(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    powers = np.log10(np.abs(b) / np.abs(a))
    return (a * b > 0) & np.isfinite(powers) & (np.abs(powers - np.round(powers)) < 1e-9) & (np.round(powers) != 0)


def _unless_by_chance(test: Callable[[Any, Any], np.ndarray], a: Any, b: Any) -> np.ndarray:
    """Return which pairs pass ``test``, or none where pairs of the same values at random pass nearly as often."""
    passed = test(a, b)
    if len(passed) >= _TESTED and passed.any():
        mixed = np.random.default_rng(0).permutation(len(passed))[:_SHUFFLED]
        x = [a[i] for i in mixed]
        y = [b[i] for i in np.roll(mixed, 1)]
        by_chance = test(np.array(x), np.array(y)) if isinstance(a, np.ndarray) else test(x, y)
        if float(by_chance.mean()) > 0.3 * float(passed.mean()):
            return np.zeros(len(passed), dtype=bool)
    return passed


def _rounded(a: np.ndarray, b: np.ndarray, rows: np.ndarray, finite: np.ndarray) -> Iterator[Found]:
    """Yield rounding and cutting of digits: to fewer decimals pair by pair, to tens and more as a column."""
    digits = _decimals(a), _decimals(b)
    fine, coarse = np.where(digits[0] > digits[1], a, b), np.where(digits[0] > digits[1], b, a)
    places = np.minimum(*digits)
    scale = 10.0**places
    fewer = finite & (digits[0] != digits[1])
    step = np.abs(fine - coarse) * scale
    rounded = fewer & (step <= 0.5 + 1e-6)
    cut = fewer & (np.abs(np.trunc(fine * scale + np.sign(fine) * 1e-9) - coarse * scale) < 1e-6)
    if float(rows[rounded | cut].sum()) < 0.02 * float(rows.sum()):
        return
    rough, smooth = ("left", "right") if (digits[0] < digits[1])[fewer].mean() > 0.5 else ("right", "left")
    to = f"to {_decimal_words(places[fewer])}" if fewer.any() else ""
    found = [
        Found("rounding", f"the {rough} is the {smooth} rounded {to}", rounded),
        Found("cut digits", f"the {rough} is the {smooth} with further digits cut off, not rounded", cut),
    ]
    yield from found if rows[rounded].sum() >= rows[cut].sum() else found[::-1]
    whole = finite & (digits[0] == 0) & (digits[1] == 0)
    if whole.any():
        zeros = np.maximum(_trailing_zeros(a), _trailing_zeros(b))
        tens = whole & (zeros > 0) & (np.abs(a - b) <= 0.5 * 10.0**zeros)
        if _carries(tens, rows, finite, 0.8) and not _by_chance(tens, a, b, _near_in_tens):
            yield Found("rounding", "one side is rounded to tens or more", tens)


def _near_in_tens(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    zeros = np.maximum(_trailing_zeros(a), _trailing_zeros(b))
    return (zeros > 0) & (np.abs(a - b) <= 0.5 * 10.0**zeros)


def _decimal_words(places: np.ndarray) -> str:
    usual = int(np.bincount(places.astype(int)).argmax())
    return "whole numbers" if usual == 0 else count(usual, "decimal")


def _converted(a: np.ndarray, b: np.ndarray, rows: np.ndarray, finite: np.ndarray) -> Iterator[Found]:
    """Yield what turns most left values into the right ones: a factor, a temperature scale, an amount added."""
    grain = _grain(a[finite]), _grain(b[finite])
    tried: list[tuple[float, float, str, str]] = [
        (FAHRENHEIT.factor, FAHRENHEIT.offset, "unit factor", "as if the left were in °C and the right in °F"),
        (CELSIUS.factor, CELSIUS.offset, "unit factor", "as if the left were in °F and the right in °C"),
        (1.0, 273.15, "unit factor", "as if the left were in °C and the right in kelvin"),
        (1.0, -273.15, "unit factor", "as if the left were in kelvin and the right in °C"),
        *((factor, 0.0, "unit factor", says) for factor, says in _factors()),
    ]
    usable = finite & (a != 0) & (b != 0)
    tried += [(ratio, 0.0, "unit factor", "") for ratio in _modes(b[usable] / a[usable], rows[usable], 1e-3)]
    tried += [(1.0, added, "offset", "") for added in _modes((b - a)[finite], rows[finite], 1e-9)]
    best: tuple[float, Found] | None = None
    for factor, added, kind, says in tried:
        if factor == 1.0 and added == 0.0:
            continue

        def fits(x: np.ndarray, y: np.ndarray, factor: float = factor, added: float = added) -> np.ndarray:
            slack = grain[1] + abs(factor) * grain[0] + _EXACT * np.abs(y)
            return np.abs(y - (factor * x + added)) <= slack

        where = finite & fits(a, b) & ((a != 0) | (added != 0))
        weight = float(rows[where].sum())
        if best is not None and weight <= best[0] * 1.02:
            continue
        least = _LEAST_SHARE if says else 0.5
        if not _carries(where, rows, finite, least) or len(np.unique(a[where])) < _FEWEST:
            continue
        if _by_chance(where & finite, a, b, fits, finite):
            continue
        sign = "+" if added >= 0 else "−"
        formula = f"right = {number(_short(factor))} × left" if factor != 1 else "right = left"
        formula += f" {sign} {number(_short(abs(added)))}" if added else ""
        best = weight, Found(kind, f"{formula}{', ' + says if says else ''}", where)
    if best is not None:
        yield best[1]


def _short(value: float) -> float:
    return float(f"{value:.6g}")


@lru_cache(maxsize=1)
def _factors() -> tuple[tuple[float, str], ...]:
    """Return the factors between units of one dimension, those of everyday units first, each once."""
    found: dict[float, str] = {}
    for units in units_by_dimension():
        for usual in units:
            for other in units:
                factor = between(usual, other).factor
                if usual != other and 1e-7 < factor < 1e7 and abs(factor - 1) > 1e-9:
                    found.setdefault(float(f"{factor:.9g}"), f"as if the left were in {usual} and the right in {other}")
    return tuple((factor, "" if _is_power_of_ten(factor) else says) for factor, says in found.items())


def _is_power_of_ten(factor: float) -> bool:
    return abs(math.log10(factor) - round(math.log10(factor))) < 1e-9


def _modes(values: np.ndarray, rows: np.ndarray, within: float) -> list[float]:
    """Return the value about which the most rows lie, if it stands out."""
    values, rows = values[np.isfinite(values)], rows[np.isfinite(values)]
    if len(values) < _FEWEST:
        return []
    order = np.argsort(values)
    values, rows = values[order], rows[order]
    reach = np.abs(values) * within + 1e-12
    ends = np.searchsorted(values, values + 2 * reach, "right")
    total = np.append(0, np.cumsum(rows))
    weight = total[ends] - total[np.arange(len(values))]
    start = int(np.argmax(weight))
    inside = slice(start, ends[start])
    middle = float(np.median(values[inside]))
    return [middle] if weight[start] >= 0.5 * rows.sum() and abs(middle) > 1e-12 else []


def _carries(where: np.ndarray, rows: np.ndarray, among: np.ndarray, least: float) -> bool:
    return int(where.sum()) >= _FEWEST and float(rows[where].sum()) >= least * float(rows[among].sum())


def _by_chance(
    where: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    fits: Callable[[np.ndarray, np.ndarray], np.ndarray],
    among: np.ndarray | None = None,
) -> bool:
    """Return whether the same values paired at random would fit about as often."""
    among = np.ones(len(a), dtype=bool) if among is None else among
    x, y = a[among][:20_000], b[among][:20_000]
    shuffled = np.random.default_rng(0).permutation(len(x))
    return float(fits(x[shuffled], y).mean()) > 0.4 * float(where[among][:20_000].mean())


def _grain(values: np.ndarray) -> float:
    """Return half of the last digit that the values are given to."""
    if not len(values):
        return 0.0
    usual = int(np.quantile(_decimals(values), 0.9))
    return 0.5 * 10.0**-usual * 1.01 if usual < 9 else 0.0


def _decimals(values: np.ndarray) -> np.ndarray:
    """Return how many decimals each number is written with, 9 at most."""
    found = np.full(len(values), 9)
    for places in range(8, -1, -1):
        scaled = values * 10.0**places
        found[np.abs(scaled - np.round(scaled)) <= 1e-9 * np.maximum(np.abs(scaled), 1)] = places
    return found


def _trailing_zeros(values: np.ndarray) -> np.ndarray:
    found = np.zeros(len(values), dtype=int)
    for places in range(1, 7):
        found[
            (values != 0)
            & (np.abs(values) < 1e15)
            & (np.mod(np.where(np.isfinite(values), values, 1), 10**places) == 0)
        ] = places
    return found


def _digits_swapped(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array([_neighbours_swapped(f"{x:.12g}", f"{y:.12g}") for x, y in zip(a, b, strict=True)], dtype=bool)


def _neighbours_swapped(x: str, y: str) -> bool:
    if len(x) != len(y) or x == y:
        return False
    differ = [i for i, (p, q) in enumerate(zip(x, y, strict=True)) if p != q]
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and x[differ[0]] == y[differ[1]]
        and x[differ[1]] == y[differ[0]]
    )


# ---------------------------------------------------------------------- times


def _of_times(a: np.ndarray, b: np.ndarray, rows: np.ndarray) -> Iterator[Found]:
    apart = b - a
    days = a // _DAY, b // _DAY
    day_only = (days[0] == days[1]) & ((a % _DAY == 0) | (b % _DAY == 0))
    if _carries(day_only, rows, np.ones(len(a), dtype=bool), 0.5):
        yield Found("time of day left out", "one side gives the day without its time", day_only)
    parts = [_civil(one) for one in (a, b)]
    (year_a, month_a, day_a), (year_b, month_b, day_b) = parts
    swapped = (year_a == year_b) & (month_a == day_b) & (day_a == month_b)
    yield from _shifts(apart, rows, swapped)
    yield Found("day and month swapped", "day and month are exchanged", _often(swapped, rows))
    another_year = (month_a == month_b) & (day_a == day_b) & (year_a != year_b)
    yield Found("another year", "the same day of another year", _often(another_year, rows))
    yield Found("time of day left out", "one side gives the day without its time", day_only)
    yield Found("another time of day", "the same day, another time", _often(days[0] == days[1], rows))


def _often(where: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return ``where``, or nothing if it is as rare among the pairs as chance makes it: 1 in 60 dates or so."""
    return where if float(rows[where].sum()) >= 0.04 * float(rows.sum()) else np.zeros(len(where), dtype=bool)


def _shifts(apart: np.ndarray, rows: np.ndarray, swapped: np.ndarray) -> Iterator[Found]:
    """Yield shifts by one amount, and by two amounts an hour apart: a time zone with summer time."""
    weights: Counter[int] = Counter()
    different: Counter[int] = Counter()
    for amount, weight in zip(apart[~swapped].tolist(), rows[~swapped].tolist(), strict=True):
        weights[amount] += weight
        different[amount] += 1
    total = int(rows.sum())
    usual = [amount for amount, _ in weights.most_common(6) if different[amount] >= _FEWEST]
    for amount in usual:
        if weights[amount] < 0.1 * total:
            continue
        other = next(
            (two for two in usual if abs(two - amount) == 3_600_000_000 and weights[two] >= 0.05 * total), None
        )
        if other is not None and weights[amount] + weights[other] >= _LEAST_SHARE * total:
            low, high = sorted((amount, other), key=abs)
            says = f"the right is {span(low)} or {span(high)} {_later(low)}, like a time zone with summer time"
            yield Found("shifted", says, (apart == amount) | (apart == other))
            return
    for amount in usual[:2]:
        if weights[amount] >= _LEAST_SHARE * total:
            yield Found("shifted", f"the right is {span(amount)} {_later(amount)}", apart == amount)


def _later(amount: int) -> str:
    return "later" if amount > 0 else "earlier"


def _civil(times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    moments = times.astype("datetime64[us]")
    months = moments.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(int) + 1970
    month = months.astype(int) % 12 + 1
    day = (moments.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int) + 1
    return year, month, day


def span(microseconds: float) -> str:
    """Return a length of time in the unit people would use.

    Examples
    --------
    >>> span(3_600_000_000), span(-86_400_000_000 * 3), span(90_000_000), span(500)
    ('1 hour', '3 days', '90 seconds', '0.0005 seconds')
    """
    length = abs(microseconds) / 1e6
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if length >= seconds and (length % seconds == 0 or length >= 3 * seconds):
            amount = length / seconds
            shown = round(amount) if abs(amount - round(amount)) < 0.05 else round(amount, 1)
            return f"{shown:,} {unit}{'' if shown == 1 else 's'}"
    return f"{number(float(f'{length:.4g}'))} second{'' if length == 1 else 's'}"


# ---------------------------------------------------------------------- text


def _of_texts(left: pa.Array, right: pa.Array, rows: np.ndarray, share: float) -> Iterator[Found]:
    a, b = (side.cast(pa.string()).to_pylist() for side in (left, right))
    yield Found("stand-in for missing", "one side has a word for missing", _each(_stands_in, a, b))
    for name, same in _WRITINGS:
        yield Found(name, f"only {name}", _each(same, a, b))
    yield Found("written differently", "the same number, written differently", _same_numbers(left, right, rows))
    yield Found("punctuation", "only punctuation", _each(_same_letters, a, b))
    yield Found("written differently", "case, spaces, accents or punctuation", _each(_alike, a, b))
    yield Found("encoding", "one side was decoded wrongly", _each(_misread, a, b))
    yield _cut(a, b, rows)
    yield Found("words in another order", "the same words in another order", _each(_reordered, a, b))
    if share >= _RECODED_SHARE:
        yield from _recoded(a, b, rows)
    for name, says, test in (
        ("typing slip", "a few letters differ", _slip),
        ("words added", "one side says the same and more", _contained),
    ):
        yield Found(name, says, _unless_by_chance(partial(_each, test), a, b))


def _same_letters(x: str, y: str) -> bool:
    return bool(_letters(x)) and _letters(x) == _letters(y)


def _each(same: Callable[[str, str], bool], a: Sequence[str], b: Sequence[str]) -> np.ndarray:
    return np.fromiter((same(x, y) for x, y in zip(a, b, strict=True)), dtype=bool, count=len(a))


def _spaceless(text: str) -> str:
    return " ".join(text.split())


def _plain_letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


_WRITINGS: Final = (
    ("case", lambda x, y: x.casefold() == y.casefold()),
    ("spaces", lambda x, y: _spaceless(x) == _spaceless(y)),
    ("accents", lambda x, y: _plain_letters(x) == _plain_letters(y)),
    ("leading zeros", lambda x, y: bool(x.lstrip("0")) and x.lstrip("0") == y.lstrip("0")),
)


def _alike(x: str, y: str) -> bool:
    one, two = (_letters(_plain_letters(text).casefold()) for text in (x, y))
    return bool(one) and one == two


def _stands_in(x: str, y: str) -> bool:
    return (x.strip().lower() in STAND_INS) != (y.strip().lower() in STAND_INS)


def _misread(x: str, y: str) -> bool:
    if x.isascii() and y.isascii():
        return False
    from ftfy import fix_encoding

    return fix_encoding(x) == y or x == fix_encoding(y)


def _reordered(x: str, y: str) -> bool:
    one, two = (sorted(re.findall(r"\w+", text.casefold())) for text in (x, y))
    return len(one) > 1 and one == two


def _contained(x: str, y: str) -> bool:
    one, two = (set(re.findall(r"\w+", text.casefold())) for text in (x, y))
    return len(one) > 0 and len(two) > 0 and one != two and (one <= two or two <= one)


def _slip(x: str, y: str) -> bool:
    from rapidfuzz.distance import OSA

    longest = max(len(x), len(y))
    allowed = 1 if longest < 6 else 2 if longest < 20 else longest // 8
    if longest < 3:
        return False
    digits = sum(c.isdigit() for c in x) > len(x) / 2
    return OSA.distance(x, y, score_cutoff=1 if digits else allowed) <= (1 if digits else allowed)


def _begins(x: str, y: str) -> bool:
    """Whether one text is the beginning of the other, and does not end with a word of it."""
    short, long = sorted((x, y), key=len)
    return (
        3 <= len(short) < len(long)
        and long.startswith(short)
        and (long[len(short)].isalnum() or not short[-1].isalnum())
    )


def _cut(a: Sequence[str], b: Sequence[str], rows: np.ndarray) -> Found:
    """Return texts of which one is the beginning of the other.

    Where most end at one length, that length is told, and a cut may fall between words. Elsewhere one that does is no
    cut: the other text says more.
    """
    starts = _each(lambda x, y: x != y and min(len(x), len(y)) >= 3 and (x.startswith(y) or y.startswith(x)), a, b)
    ends: Counter[int] = Counter()
    for i in np.flatnonzero(starts).tolist():
        ends[min(len(a[i]), len(b[i]))] += int(rows[i])
    within = starts & _each(_begins, a, b)
    one_length = starts.sum() >= _FEWEST and ends[max(ends)] >= 0.6 * ends.total()
    if one_length and within.sum() >= 0.02 * starts.sum():
        left_is_cut = _each(lambda x, y: len(x) < len(y), a, b)[starts].mean() > 0.5
        says = f"the {'left' if left_is_cut else 'right'} is cut at {count(max(ends), 'character')}"
        return Found("cut short", says, starts)
    return Found("cut short", "one side has only the beginning", within)


def _same_numbers(left: pa.Array, right: pa.Array, rows: np.ndarray) -> np.ndarray:
    """Return pairs that are the same number in text: ``12.0 oz`` and ``12``."""
    one, two = (read_numbers(side.cast(pa.string()), rows) for side in (left, right))
    with np.errstate(invalid="ignore"):
        return one.is_number & two.is_number & (np.abs(one.number - two.number) <= _EXACT * np.abs(one.number))


def _recoded(a: Sequence[str], b: Sequence[str], rows: np.ndarray) -> Iterator[Found]:
    """Yield values that one side writes as another word throughout: M and male."""
    forward: dict[str, Counter[str]] = {}
    backward: dict[str, Counter[str]] = {}
    for x, y, weight in zip(a, b, rows.tolist(), strict=True):
        forward.setdefault(x, Counter())[y] += weight
        backward.setdefault(y, Counter())[x] += weight
    if not 1 <= len(forward) <= 200:
        return
    kept = set()
    for x, targets in forward.items():
        y, weight = targets.most_common(1)[0]
        if (
            weight >= 3
            and weight >= 0.95 * targets.total()
            and backward[y].most_common(1)[0][1] >= 0.95 * backward[y].total()
        ):
            kept.add((x, y))
    where = np.fromiter(((x, y) in kept for x, y in zip(a, b, strict=True)), dtype=bool, count=len(a))
    if len(kept) >= 2 and rows[where].sum() >= 0.8 * rows.sum():
        shown = ", ".join(f"{x} = {y}" for x, y in sorted(kept)[:3])
        yield Found(
            "recoded", f"one word for another throughout: {shown} ({percent(rows[where].sum() / rows.sum())})", where
        )
