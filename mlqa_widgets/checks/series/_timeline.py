"""What the checks over time share: the readings of series in order, how moments are told, how series are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from mlqa_widgets.evidence import Lane, Span, SpanKind, Timeline
from mlqa_widgets.fixes.code import list_literal, literal, read_column
from mlqa_widgets.profile.kinds import Kind, name_words
from mlqa_widgets.profile.series import DAY, HOUR
from mlqa_widgets.wording import count, shortened

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.profile.series import SeriesSet

LANES: Final = 12
_SPANS: Final = 40
_POINTS: Final = 160
_MOST_CELLS: Final = 50_000_000
_CLICKABLE: Final = 20_000
_MINUTE: Final = 60_000_000
MONTH: Final = 30.4375 * DAY
_FEWEST_LEVELS: Final = 8
_PARTS_OF_TIME: Final = frozenset(
    "year yr month mnth mth day week weekday dow doy hour hr minute min second quarter qtr season annee mois jour".split()
)


# ------------------------------------------------------------------------------------------ readings


@dataclass(frozen=True)
class Readings:
    """The numbers of one column in the order of the series.

    ``values`` is float64, parallel to ``series.order``; NaN where missing.
    """

    column: ColumnProfile
    values: np.ndarray

    @cached_property
    def present(self) -> np.ndarray:
        """Which entries hold a number."""
        present: np.ndarray = np.isfinite(self.values)
        return present


def measures(profile: Profile, series: SeriesSet) -> list[ColumnProfile]:
    """Return the columns that hold what was measured: quantities that are not the time, the group or a code.

    Of a very wide table the first ones: as many as make 50 million cells.
    """
    most = max(1, _MOST_CELLS // max(1, len(series.order)))
    return [column for column in profile.columns if _is_measure(column, series)][:most]


def _is_measure(column: ColumnProfile, series: SeriesSet) -> bool:
    if column.position in series.columns or not column.is_numeric or column.distinct < _FEWEST_LEVELS:
        return False
    if column.kind not in (Kind.NUMERIC, Kind.NUMBER_IN_TEXT):
        return False
    words = name_words(column.name)
    return not (len(words) == 1 and words[0] in _PARTS_OF_TIME)


def readings(series: SeriesSet, columns: Sequence[ColumnProfile]) -> list[Readings]:
    """Return the numbers of columns in the order of the series."""
    if not columns:
        return []
    numbers = ", ".join(f"CAST({column.number_sql} AS DOUBLE) AS v{column.position}" for column in columns)
    found = series.table.query(f"SELECT {numbers} FROM t")
    return [Readings(column, found[f"v{column.position}"].to_numpy().astype(float)[series.order]) for column in columns]


# ------------------------------------------------------------------------------------------ words


def moment(us: float, step_us: float) -> str:
    """Return a time as people write it, as finely as the step asks for.

    Examples
    --------
    >>> moment(1_399_939_200_000_000, 86_400_000_000), moment(1_400_000_000_000_000, 3_600_000_000)
    ('2014-05-13', '2014-05-13 16:53')
    >>> moment(1_388_534_400_000_000, 12 * MONTH), moment(1_388_534_400_000_000, MONTH)
    ('2014', '2014-01')
    """
    at = pd.Timestamp(int(us), unit="us")
    if step_us >= 12 * MONTH and at == at.normalize().replace(month=1, day=1):
        return f"{at:%Y}"
    if step_us >= MONTH and at == at.normalize().replace(day=1):
        return f"{at:%Y-%m}"
    if step_us >= DAY and int(us) % DAY == 0:
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M:%S}" if step_us < _MINUTE else f"{at:%Y-%m-%d %H:%M}"


def stretch(first: float, last: float, step_us: float) -> str:
    """Return the time from one reading to another; the day is said once where it is the same.

    Examples
    --------
    >>> stretch(1_400_000_400_000_000, 1_400_004_000_000_000, 3_600_000_000)
    '2014-05-13 17:00 to 18:00'
    """
    start, end = moment(first, step_us), moment(last, step_us)
    if start == end:
        return start
    day, _, clock = end.partition(" ")
    return f"{start} to {clock if clock and start.startswith(day) else end}"


def every(step: float, *, monthly: bool = False) -> str:
    """Return a step in words: ``every hour``.

    Examples
    --------
    >>> every(3_600_000_000), every(1_800_000_000), every(3, monthly=True), every(604_800_000_000)
    ('every hour', 'every 30 minutes', 'every quarter', 'every week')
    """
    if monthly:
        known = {1: "every month", 3: "every quarter", 12: "every year"}
        return known.get(round(step), f"every {round(step)} months")
    for unit, name in ((7 * DAY, "week"), (DAY, "day"), (HOUR, "hour"), (_MINUTE, "minute"), (1_000_000, "second")):
        if step >= unit and abs(step / unit - round(step / unit)) < 0.02:
            number = round(step / unit)
            return f"every {name}" if number == 1 else f"every {number} {name}s"
    return "every " + str(pd.Timedelta(int(step), unit="us").round("ms")).removeprefix("0 days ")


def lasting(us: float) -> str:
    """Return how long something lasts, in the largest unit that suits.

    Examples
    --------
    >>> lasting(7_200_000_000), lasting(86_400_000_000 * 3.5), lasting(86_400_000_000 * 400)
    ('2 hours', '3.5 days', '13 months')
    """
    for unit, name in ((MONTH, "month"), (DAY, "day"), (HOUR, "hour"), (_MINUTE, "minute")):
        if us >= 2 * unit or (unit < 30 * DAY and us >= unit):
            number = round(us / unit, 0 if us >= 10 * unit or name == "month" else 1)
            return f"{number:g} {name}{'' if number == 1 else 's'}"
    return f"{us / 1e6:g} seconds"


def step_us(series: SeriesSet, one: int) -> float:
    """Return the usual step of a series in microseconds."""
    step = float(series.steps.step[one])
    return step * MONTH if series.monthly else step


def called(series: SeriesSet, one: int) -> str:
    """Return the name of a series for a sentence."""
    return shortened(series.names[one], 30)


def stretch_code(profile: Profile, series: SeriesSet, entries: np.ndarray) -> str | None:
    """Return the expression over ``df`` that is true in a stretch of one series, or None where it is not so simple."""
    if len(series.clock.columns) != 1:
        return None
    table, time = profile.table, profile.columns[series.clock.columns[0]]
    first, last = series.positions(entries[[0, -1]]).tolist()
    cells = table.query(
        "SELECT "
        + ", ".join(profile.columns[place].column.sql for place in series.columns)
        + " FROM t WHERE pos IN (?, ?) "
        "ORDER BY pos = ?",
        (first, last, last),
    )
    limits = [cells[time.column.sql][place].as_py() for place in (0, -1)]
    if time.column.storage == "datetime":
        limits = [pd.Timestamp(limit) for limit in limits]
    elif not (time.is_text and _sorts_as_time(time)):
        return None
    start, end = (literal(limit) for limit in limits)
    tests = [f"{read_column(table, time.column)}.between({start}, {end})"]
    for place in series.group:
        column = profile.columns[place].column
        tests.append(f"({read_column(table, column)} == {literal(cells[column.sql][0].as_py())})")
    return " & ".join(tests)


def sort_code(profile: Profile, series: SeriesSet) -> str | None:
    """Return the statement that sorts ``df`` by series and time, or None where the cells do not sort so."""
    table = profile.table
    columns = [profile.columns[place] for place in (*series.group, *series.clock.columns)]
    if not columns or any(table.label_counts[one.column.label] > 1 for one in columns):
        return None
    if any(not isinstance(one.column.label, str) for one in columns):
        return None
    for place in series.clock.columns:
        column = profile.columns[place]
        if column.is_text and not (_sorts_as_time(column) if not column.is_numeric else not column.column.untyped):
            return None
    return f'df = df.sort_values({list_literal(one.column.label for one in columns)}, kind="stable")'


def _sorts_as_time(column: ColumnProfile) -> bool:
    """Whether the text of a column, in the order of the alphabet, is in the order of time."""
    formats = column.date_reading.formats
    return len(formats) == 1 and formats[0].directive.startswith("%Y-%m-%d")


# ------------------------------------------------------------------------------------------ drawing


@dataclass(frozen=True)
class Mark:
    """A stretch to mark on the lane of a series: entries of its order, or a time without entries."""

    start: float
    """Microseconds since 1970."""
    end: float
    kind: SpanKind
    label: str
    entries: np.ndarray
    """Places in the order whose rows it selects."""


def lane(
    series: SeriesSet,
    one: int,
    marks: Sequence[Mark],
    *,
    values: np.ndarray | None = None,
    levels: Sequence[tuple[float, float, float]] = (),
) -> Lane:
    """Return the lane of a series: the marks, and between holes the stretches in which it reports.

    Parameters
    ----------
    marks
        The largest are drawn.
    values
        Readings parallel to the series' own entries, drawn as a line.
    levels
        (from, to, level), microseconds.
    """
    chosen = sorted(sorted(marks, key=lambda mark: mark.start - mark.end)[:_SPANS], key=lambda mark: mark.start)
    spans = _present(series, one, chosen) if any(mark.kind in ("hole", "silent") for mark in chosen) else []
    spans += [
        Span(
            mark.start / 1000,
            mark.end / 1000,
            mark.kind,
            mark.label,
            len(mark.entries),
            series.rows_at(mark.entries) if len(mark.entries) else None,
        )
        for mark in chosen
    ]
    own = series.times[series.one(one)]
    line = _line(own, values) if values is not None else ()
    scaled = tuple((start / 1000, end / 1000, level) for start, end, level in levels)
    return Lane(shortened(series.names[one], 40), tuple(sorted(spans, key=lambda span: span.start)), line, scaled)


def timeline(title: str, lanes: Sequence[Lane], *, of: int) -> Timeline:
    """Return lanes as one piece of evidence, with how many more series there are of what it shows."""
    return Timeline(title, tuple(lanes[:LANES]), max(0, of - LANES))


def _present(series: SeriesSet, one: int, marks: Sequence[Mark]) -> list[Span]:
    """Return the stretches between the holes."""
    place = series.one(one)
    times = series.times[place]
    holes = [mark for mark in marks if mark.kind in ("hole", "silent")]
    bounds = [(times[0], times[0]), *((mark.start, mark.end) for mark in holes), (times[-1], times[-1])]
    spans = []
    for k in range(len(bounds) - 1):
        low, high = bounds[k][1] if k else times[0], bounds[k + 1][0] if k + 1 < len(bounds) - 1 else times[-1]
        first, last = np.searchsorted(times, low, "left"), np.searchsorted(times, high, "right")
        if last <= first:
            continue
        entries = np.arange(first, last) + place.start
        label = (
            f"{moment(times[first], step_us(series, one))} to {moment(times[last - 1], step_us(series, one))}: reports"
        )
        clickable = len(entries) <= _CLICKABLE
        spans.append(
            Span(
                float(times[first]) / 1000,
                float(times[last - 1]) / 1000,
                "present",
                label,
                len(entries),
                series.rows_at(entries) if clickable else None,
            )
        )
    return spans


def _line(times: np.ndarray, values: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Return the mean of the readings in bins of time."""
    known = np.isfinite(values)
    times, values = times[known], values[known]
    if len(values) < 2:
        return ()
    edges = np.linspace(times[0], times[-1] + 1, _POINTS + 1)
    bins = np.clip(np.searchsorted(edges, times, "right") - 1, 0, _POINTS - 1)
    rows = np.bincount(bins, minlength=_POINTS)
    sums = np.bincount(bins, values, minlength=_POINTS)
    middles = np.bincount(bins, times.astype(float) - edges[0], minlength=_POINTS)
    there = np.flatnonzero(rows)
    return tuple((float(edges[0] + middles[k] / rows[k]) / 1000, float(sums[k] / rows[k])) for k in there)


def of_series(number: int, total: int) -> str:
    """Return how many series something is true of: ``3 of 275 series``."""
    return count(total, "series", "series") if number == total else f"{number:,} of {total:,} series"
