"""Whether a sample is biased against the whole it was drawn from, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.figures import adjusted
from mlqa_widgets.profile.clock import UNKNOWN, times_of
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

ALPHA: Final = 0.05
_SLIGHT: Final = {"mean": 0.1, "shares": 0.05, "missing": 0.02}
"""The size of an effect below which it is called slight: standard deviations, shares of the rows."""
_MOST_LEVELS: Final = 60
_FEWEST_EXPECTED: Final = 5.0
_DRAWS: Final = 400
_RARE: Final = "one of"
_Z: Final = 1.959963984540054
_KOLMOGOROV: Final = 1.358
"""The 95 % quantile of Kolmogorov's distribution."""
_MOST_PERIODS: Final = 400


def sample_check(full: Any, sample: Any, *, table: str | None = None) -> SampleCheck:
    """Say whether a sample is biased against the whole, per column.

    Every column is asked two questions: are its values distributed as in the whole, and is it missing as often? The
    rows of the sample are compared with the other rows of the whole, so that a sample that is a large part of the whole
    is tested rightly. Where the sample holds what the whole does not, both are compared as they are.

    Parameters
    ----------
    full, sample
        Whatever :func:`scan` takes: frames, Arrow tables, paths of files. Columns are matched by name.
    table
        Which table of a database file, or sheet of a workbook, if the two are such files.

    Returns
    -------
    SampleCheck
        ``.frame`` with one line per column and question, ``.biased`` (whether any differs), ``.sentence``,
        ``.chart()``.

    Raises
    ------
    InputError
        When one of them is no table or has no rows, when they have no column in common, or when the sample has more
        rows than the whole.

    Notes
    -----
    Numbers and dates: the two-sample Kolmogorov-Smirnov test; the effect of numbers is the difference of the means in
    standard deviations of the whole, of dates, and of numbers whose means are alike,
    the greatest distance between the two distributions. Categories: the G
    test, rare ones taken together; the effect is the share of the sample's rows that would have to be of another
    category. Missing: Pearson's chi-squared test on two shares (Fisher's where few are
    missing); the effect is their difference. Intervals are of 95 %, each for itself. All p-values are adjusted together by
    Benjamini and Hochberg.

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> people = pd.DataFrame({"age": [*range(20, 70)] * 40, "city": ["Paris", "Lyon"] * 1000})
    >>> check = mq.sample_check(people, people[people["age"] < 40])
    >>> check.biased, check.frame.query("verdict == 'differs'")["column"].tolist()
    (True, ['age'])
    """
    whole, part = (_profile(data, argument, table) for data, argument in ((full, "full"), (sample, "sample")))
    if part.rows > whole.rows:
        msg = (
            f"sample: has {count(part.rows, 'row')}, more than the whole ({whole.rows:,}). Pass the whole first: "
            "sample_check(full, sample)."
        )
        raise InputError(msg)
    of_part = {column.column.label: column for column in part.columns}
    pairs = [
        (column, of_part[column.column.label])
        for column in whole.columns
        if column.column.label in of_part and whole.table.label_counts[column.column.label] == 1
    ]
    if not pairs:
        msg = "sample: has no column in common with the whole; columns are matched by name."
        raise InputError(msg)
    lines = [line for pair in pairs for line in _compare(*pair)]
    q = adjusted(np.array([line.p for line in lines]))
    lines = [
        replace(line, q=float(value), verdict=_verdict(line, float(value)))
        for line, value in zip(lines, q, strict=True)
    ]
    shared = {column.column.label for column, _ in pairs}
    absent = tuple(column.name for column in whole.columns if column.column.label not in shared)
    return SampleCheck(tuple(lines), whole.rows, part.rows, absent)


def _profile(data: Any, argument: str, table: str | None) -> Profile:
    try:
        read = read_table(data, table=table if isinstance(data, (str, Path)) else None)
    except InputError as error:
        msg = f"{argument}: {str(error).removeprefix('data: ')}"
        raise InputError(msg) from error
    if not read.row_count:
        msg = f"{argument}: has no rows."
        raise InputError(msg)
    return profile_table(read)


# ---------------------------------------------------------------------- the result


@dataclass(frozen=True)
class Compared:
    """One question about one column.

    Attributes
    ----------
    column
        Its name.
    question
        ``values`` or ``missing``.
    whole, sample
        What describes each, for people: a mean, a share, a span of time.
    effect
        What the size is: ``mean``, ``distance``, ``shares`` or ``missing``.
    size, low, high
        The size of the difference with its 95 % interval.
    test
        The name of the test.
    p, q
        Of the test; adjusted for all questions. NaN where nothing was tested.
    verdict
        ``differs``, ``differs slightly``, ``alike`` or ``not tested``; ``too few rows`` where the interval reaches
        beyond a slight difference and chance would do too.
    note
        What differs most, in a few words.
    """

    column: str
    question: str
    whole: str
    sample: str
    effect: str
    size: float
    low: float
    high: float
    test: str
    p: float
    note: str = ""
    q: float = np.nan
    verdict: str = ""

    @property
    def told(self) -> str:
        """The size of the difference with its unit."""
        return f"{self.size:+.2f} sd" if self.effect == "mean" else _points(self.size, signed=self.effect == "missing")

    @property
    def weight(self) -> float:
        """The size against what is called slight, ten times that at most: for drawing unlike effects side by side."""
        return 0.0 if np.isnan(self.size) else min(10.0, abs(self.size) / _slight(self.effect))

    @property
    def interval(self) -> str:
        """The interval of the size."""
        if self.effect == "mean":
            return f"{self.low:+.2f} to {self.high:+.2f}"
        return " to ".join(_points(edge, signed=self.effect == "missing") for edge in (self.low, self.high))

    @property
    def sentence(self) -> str:
        """The difference in words."""
        name = shortened(self.column)
        if self.question == "missing":
            return f"{name} is missing in {self.sample} of the sample, in {self.whole} of the whole"
        return (
            f"{name}: {self.note}" if self.note else f"{name} is {self.sample} in the sample, {self.whole} in the whole"
        )


@dataclass(frozen=True)
class SampleCheck:
    """What :func:`sample_check` found.

    Attributes
    ----------
    lines
        Every question asked, in the order of the columns.
    whole_rows, sample_rows
        Number of rows.
    absent
        Columns of the whole that the sample does not have, or that cannot be told apart by name.
    """

    lines: tuple[Compared, ...]
    whole_rows: int
    sample_rows: int
    absent: tuple[str, ...] = ()

    @property
    def differing(self) -> tuple[Compared, ...]:
        """The differences beyond chance, the largest first; slight ones last."""
        found = [line for line in self.lines if line.verdict.startswith("differs")]
        return tuple(sorted(found, key=lambda line: (line.verdict, -abs(line.size) / _slight(line.effect))))

    @property
    def biased(self) -> bool:
        """Whether any column differs beyond chance, and more than slightly."""
        return any(line.verdict == "differs" for line in self.lines)

    @property
    def sentence(self) -> str:
        """The answer in words."""
        rows = f"{self.sample_rows:,} of {self.whole_rows:,} rows"
        columns = list(dict.fromkeys(line.column for line in self.differing if line.verdict == "differs"))
        total = len({line.column for line in self.lines})
        if not columns:
            unsure = len({line.column for line in self.lines if line.verdict == "too few rows"})
            tail = f"; for {count(unsure, 'column')} the sample is too small to tell" if unsure else ""
            return f"The sample ({rows}) shows no bias beyond chance in {count(total, 'column')}{tail}."
        told = listing([line.sentence for line in self.differing if line.verdict == "differs"], 3)
        return f"The sample ({rows}) is biased in {len(columns):,} of {count(total, 'column')}: {told}."

    @property
    def frame(self) -> pd.DataFrame:
        """One row per column and question: every attribute of :class:`Compared`."""
        names = [
            "column", "question", "whole", "sample", "effect", "size", "low", "high", "test", "p", "q", "verdict", "note"
        ]  # fmt: skip
        return pd.DataFrame([[getattr(line, name) for name in names] for line in self.lines], columns=names)

    def chart(self) -> alt.TopLevelMixin:
        """Return the effects with their intervals as an Altair chart, the differing ones first."""
        from mlqa_widgets.charts.sampling import effects

        return effects(self)

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        from mlqa_widgets.widgets.static import static_sample_check

        return static_sample_check(self)


def _points(share: float, *, signed: bool) -> str:
    told = f"{100 * share:+.1f}" if signed else f"{100 * share:.1f}"
    return told.removesuffix(".0") + " %"


def _slight(effect: str) -> float:
    return _SLIGHT["mean"] if effect == "mean" else _SLIGHT["missing"] if effect == "missing" else _SLIGHT["shares"]


def _verdict(line: Compared, q: float) -> str:
    if np.isnan(line.p):
        return "not tested"
    slight = _slight(line.effect)
    if q < ALPHA:
        return "differs" if abs(line.size) >= slight else "differs slightly"
    return "alike" if max(abs(line.low), abs(line.high)) <= 2 * slight else "too few rows"


# ---------------------------------------------------------------------- per column


def _compare(whole: ColumnProfile, part: ColumnProfile) -> Iterator[Compared]:
    values = _values(whole, part)
    if values is not None:
        yield values
    if whole.nulls or part.nulls:
        yield _missing(whole, part)


def _values(whole: ColumnProfile, part: ColumnProfile) -> Compared | None:
    if not whole.present or not part.present:
        return None
    times = (
        [times_of(column.table, column) for column in (whole, part)] if whole.kind is Kind.DATETIME else [None, None]
    )
    if times[0] is not None and times[1] is not None:
        return _dates(whole, *(one[one != UNKNOWN] for one in times if one is not None))
    if whole.kind is Kind.NUMERIC and whole.is_numeric and part.is_numeric:
        return _numbers(whole, _cells(whole), _cells(part))
    if whole.complete and part.complete and whole.distinct <= whole.present / 2:
        return _categories(whole, part)
    note = "nearly every value is different: nothing to compare"
    unknown = float("nan")
    return Compared(whole.name, "values", "", "", "none", unknown, unknown, unknown, "none", unknown, note)


def _cells(column: ColumnProfile) -> np.ndarray:
    cells = column.table.query(f"SELECT CAST({column.number_sql} AS DOUBLE) AS v FROM t")["v"].to_numpy()
    finite: np.ndarray = cells[np.isfinite(cells)]
    return finite


def _rest(whole: np.ndarray, part: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the different values, the rows of each in the sample, and in what of the whole is not the sample.

    Where the sample has more rows of a value than the whole, it is not a part of it, and all of the whole is the rest.
    """
    values, code = np.unique(np.concatenate([whole, part]), return_inverse=True)
    of_whole = np.bincount(code[: len(whole)], minlength=len(values))
    of_part = np.bincount(code[len(whole) :], minlength=len(values))
    return values, of_part, _others(of_whole, of_part)


def _others(of_whole: np.ndarray, of_part: np.ndarray) -> np.ndarray:
    contained = (of_part <= of_whole).all()
    return of_whole - of_part if contained else of_whole


def _distance(of_part: np.ndarray, rest: np.ndarray) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov distance between counts of ascending values, and its p-value."""
    from scipy.stats import kstwo

    first, second = of_part.sum(), rest.sum()
    if not first or not second:
        return 0.0, 1.0
    distance = float(np.abs(np.cumsum(of_part) / first - np.cumsum(rest) / second).max())
    return distance, float(np.clip(kstwo.sf(distance, round(first * second / (first + second))), 0, 1))


def _numbers(column: ColumnProfile, whole: np.ndarray, part: np.ndarray) -> Compared:
    _, of_part, rest = _rest(whole, part)
    distance, p = _distance(of_part, rest)
    deviation = float(whole.std()) or 1.0
    size = float(part.mean() - whole.mean()) / deviation
    left = _left_over(len(whole), len(part), rest)
    half = _Z * float(part.std(ddof=1) if len(part) > 1 else deviation) / deviation * np.sqrt(left / len(part))
    low, high, effect = size - half, size + half, "mean"
    if abs(size) < _SLIGHT["mean"] and distance * left >= _SLIGHT["shares"] and p < ALPHA:
        half = _KOLMOGOROV * np.sqrt(left / len(part))
        size, low, high, effect = distance * left, max(0.0, distance * left - half), distance * left + half, "distance"
    told = (
        f"mean {_short(part.mean())} against {_short(whole.mean())}"
        if effect == "mean"
        else f"middle half {_quartiles(part)} against {_quartiles(whole)}"
    )
    return Compared(
        column.name,
        "values",
        f"mean {_short(whole.mean())}, median {_short(np.median(whole))}",
        f"mean {_short(part.mean())}, median {_short(np.median(part))}",
        effect,
        size,
        low,
        high,
        "Kolmogorov-Smirnov",
        p,
        told,
    )


def _left_over(whole: int, part: int, rest: np.ndarray) -> float:
    """Return the finite population correction: 1 for a sample that is not a part of the whole."""
    return max(0.0, 1 - part / whole) if rest.sum() == whole - part else 1.0


def _dates(column: ColumnProfile, whole: np.ndarray, part: np.ndarray) -> Compared | None:
    if not len(whole) or not len(part):
        return None
    _, of_part, rest = _rest(whole, part)
    distance, p = _distance(of_part, rest)
    left = _left_over(len(whole), len(part), rest)
    size = distance * left  # against the whole, of which the rest is this share
    half = _KOLMOGOROV * np.sqrt(left / len(part))
    covered, periods, unit = _coverage(whole, part)
    note = f"{_span(part)} of {_span(whole)}"
    if covered < periods:
        note += f", rows in {covered:,} of {periods:,} {unit}s"
    return Compared(
        column.name,
        "values",
        _span(whole),
        _span(part),
        "distance",
        size,
        max(0.0, size - half),
        min(1.0, size + half),
        "Kolmogorov-Smirnov",
        p,
        note,
    )


def _coverage(whole: np.ndarray, part: np.ndarray) -> tuple[int, int, str]:
    """Return how many of the days, months or years in which the whole has rows the sample has rows in."""

    def periods(times: np.ndarray, unit: str) -> int:
        return len(np.unique(times.astype("datetime64[us]").astype(f"datetime64[{unit}]")))

    units = {"D": "day", "M": "month", "Y": "year"}
    unit = next((unit for unit in units if periods(whole, unit) <= _MOST_PERIODS), "Y")
    return periods(part, unit), periods(whole, unit), units[unit]


def _span(times: np.ndarray) -> str:
    first, last = (pd.Timestamp(int(edge), unit="us") for edge in (times.min(), times.max()))
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _categories(whole: ColumnProfile, part: ColumnProfile) -> Compared:
    from scipy.stats import chi2_contingency

    labels = pa.concat_arrays([whole.strings, part.strings]).to_pylist()
    codes, levels = pd.factorize(np.array(labels, dtype=object))
    of_whole = np.bincount(codes[: len(whole.values)], whole.counts, len(levels)).astype(np.int64)
    of_part = np.bincount(codes[len(whole.values) :], part.counts, len(levels)).astype(np.int64)
    names = [str(level) for level in levels]
    of_whole, of_part, names = _few_levels(of_whole, of_part, names)
    rest = _others(of_whole, of_part)
    shares, usual = of_part / of_part.sum(), of_whole / of_whole.sum()
    size = float(np.abs(shares - usual).sum() / 2)
    table = np.stack([of_part, rest])
    table = table[:, table.sum(axis=0) > 0]
    tested = table.shape[1] > 1 and rest.sum() > 0
    p = float(chi2_contingency(table, correction=False, lambda_="log-likelihood").pvalue) if tested else 1.0
    low, high = _moved(of_part, usual, _left_over(int(of_whole.sum()), int(of_part.sum()), rest))
    most = int(np.argmax(np.abs(shares - usual)))
    note = f"{quoted(names[most], 24)} in {percent(shares[most])} of the sample, {percent(usual[most])} of the whole"
    return Compared(
        whole.name,
        "values",
        _commonest(usual, names),
        _commonest(shares, names),
        "shares",
        size,
        low,
        high,
        "G",
        p,
        note,
    )


def _few_levels(
    of_whole: np.ndarray, of_part: np.ndarray, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Take the rare levels together: those of which chance alone would bring fewer than five into the sample."""
    expected = of_whole * of_part.sum() / of_whole.sum()
    order = np.argsort(-of_whole, kind="stable")
    rare = np.ones(len(names), dtype=bool)
    rare[order[:_MOST_LEVELS]] = False
    rare |= expected < _FEWEST_EXPECTED
    if rare.sum() <= 1:
        return of_whole, of_part, list(names)
    kept = [name for name, left in zip(names, rare, strict=True) if not left]
    joined = [np.append(counts[~rare], counts[rare].sum()) for counts in (of_whole, of_part)]
    return joined[0], joined[1], [*kept, f"{_RARE} {int(rare.sum()):,} rare values"]


def _moved(of_part: np.ndarray, usual: np.ndarray, correction: float) -> tuple[float, float]:
    """Return the 95 % interval of the share that would have to move, by drawing samples like this one.

    The distance of a sample from the whole is never negative, so that chance alone adds to it: what it adds on average is
    taken off the drawn ones.
    """
    random = np.random.default_rng(0)
    shares = of_part / of_part.sum()
    size = float(np.abs(shares - usual).sum() / 2)
    drawn = random.multinomial(int(of_part.sum()), shares, _DRAWS) / of_part.sum()
    drawn = shares + (drawn - shares) * np.sqrt(correction)
    distances = np.abs(drawn - usual).sum(axis=1) / 2
    spread = _Z * float(distances.std())
    bias = float(distances.mean()) - size
    middle = max(0.0, size - max(0.0, bias))
    return max(0.0, middle - spread), min(1.0, max(size, middle + spread))


def _commonest(shares: np.ndarray, names: Sequence[str]) -> str:
    named = shares[: len(names) - 1] if names[-1].startswith(_RARE) else shares
    top = np.argsort(-named, kind="stable")[:3]
    return ", ".join(f"{shortened(names[k], 20)} {percent(float(named[k]))}" for k in top if named[k] > 0)


def _missing(whole: ColumnProfile, part: ColumnProfile) -> Compared:
    from scipy.stats import chi2_contingency, fisher_exact

    of_whole = np.array([whole.nulls, whole.present])
    of_part = np.array([part.nulls, part.present])
    rest = _others(of_whole, of_part)
    table = np.stack([of_part, rest])
    tested = (table.sum(axis=0) > 0).all() and rest.sum() > 0
    few = tested and (table.sum(axis=0).min() * table.sum(axis=1).min() / table.sum()) < _FEWEST_EXPECTED
    p = float((fisher_exact(table) if few else chi2_contingency(table, correction=False)).pvalue) if tested else 1.0
    share, usual = part.nulls / part.rows, whole.nulls / whole.rows
    correction = _left_over(whole.rows, part.rows, rest)
    low, high = _wilson(part.nulls, part.rows, correction)
    return Compared(
        whole.name,
        "missing",
        percent(usual),
        percent(share),
        "missing",
        share - usual,
        low - usual,
        high - usual,
        "Fisher" if few else "chi-squared",
        p,
        f"missing in {percent(share)} of the sample, {percent(usual)} of the whole",
    )


def _wilson(hits: int, rows: int, correction: float) -> tuple[float, float]:
    """Return Wilson's interval of a share, for a sample without replacement."""
    z = _Z * np.sqrt(correction)
    share = hits / rows
    middle = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * np.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    return float(middle - half), float(middle + half)


def _quartiles(numbers: np.ndarray) -> str:
    return " to ".join(_short(edge) for edge in np.quantile(numbers, [0.25, 0.75]))


def _short(value: float) -> str:
    return number(float(f"{value:.4g}"))
