"""Dates that cannot be: days that do not exist, dates not yet come or far from all others, ends before starts."""

from __future__ import annotations

import datetime as dt
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks._stand_ins import date_stand_ins
from mlqa_widgets.checks.dates._code import date_code
from mlqa_widgets.checks.dates._dates import FUTURE_WORDS, DateColumn, date_columns, milliseconds, timeline, vocabulary
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars, Evidence
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, list_literal, literal, new_label, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import name_words
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, percent, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile


@table_check("impossible_dates")
def impossible_dates(profile: Profile) -> Iterator[Finding]:
    """Find dates that cannot be right.

    Days that do not exist (31 February), in one column or in columns for year, month and day; dates not yet come;
    dates years away from all others; births of people who would be over 120; ends before their starts, where
    nearly all rows have them in order. Stays silent on future dates in columns for what is planned, due or
    scheduled, and on stand-ins for missing (placeholders).
    """
    columns = date_columns(profile)
    for dates in columns:
        yield from _no_such_day(dates)
        yield from _out_of_time(dates)
    yield from _in_wrong_order(profile, columns)
    yield from _parts_of_no_date(profile)


# ------------------------------------------------------------------------------------------ days that do not exist

_SHOWN: Final = 12
_LISTED_IN_CODE: Final = 500


def _no_such_day(dates: DateColumn) -> Iterator[Finding]:
    column = dates.profile
    if not dates.is_text or not column.date_reading.impossible.any():
        return
    mask = column.date_reading.impossible
    where = column.where(mask)
    rows = column.table.count(where)
    examples = [quoted(column.strings[int(place)].as_py(), 20) for place in np.flatnonzero(mask)[:3]]
    verb = "name" if rows > 1 else "names"
    yield Finding(
        columns=(column.position,),
        severity=Severity.ERROR,
        rows=rows,
        message=f"{count(rows, 'row')} of {shortened(column.name)} {verb} a day or a time that does not exist: {listing(examples)}.",
        predicate=where,
        evidence=(value_bars(column, mask, "Dates that do not exist"),),
        why="A lenient parser makes them missing, or moves 31 February to 3 March, and nobody hears of it; the day was "
        "mistyped, and so may be the month.",
        fixes=tuple(_to_missing_or_flag(column, mask)),
        confidence=0.97,
    )


def _to_missing_or_flag(column: ColumnProfile, mask: np.ndarray, title: str = "") -> Iterator[Fix]:
    if mask.sum() > _LISTED_IN_CODE:
        return
    read = read_column(column.table, column.column)
    chosen = column.values.filter(mask).to_pylist()
    if column.is_text:
        wrong = f"{read}.isin({list_literal(chosen)})"
        if column.column.has_types:
            wrong = f'{read}.astype("string").isin({list_literal(chosen)})'
    else:
        code = date_code(column)
        wrong = f"{code.expression}.isin(pd.to_datetime({list_literal([str(each) for each in chosen], per_line=4)}))"
    yield Fix(
        title or "Turn them into missing",
        f"wrong = {wrong}\n{assign_column(column.table, column.column, f'{read}.mask(wrong)')}",
        changes=(column.position,),
        empties=column.where(mask),
    )
    label = new_label(column.table, f"{column.name[:50]}_is_impossible")
    if label is not None:
        yield Fix("Add a column that flags them", f"df[{literal(label)}] = {wrong}", adds=(label,))


# ------------------------------------------------------------------------------------------ out of time

_FEWEST_ROWS: Final = 20
_FEWEST_DAYS: Final = 10
_APART: Final = 0.01
_YEAR: Final = np.timedelta64(365, "D")
_FEW: Final = 0.05
_MANY: Final = 0.2
_LIFE: Final = 125
_BIRTH_WORDS: Final = vocabulary("birth born dob birthday birthdate naissance ne nee")


def _out_of_time(dates: DateColumn) -> Iterator[Finding]:
    """Yield what is late, and what is far from all other dates of the column."""
    column = dates.profile
    rows = column.weights[dates.known].sum()
    if rows < _FEWEST_ROWS:
        return
    considered = dates.known & ~date_stand_ins(column, dates.times).mask
    days = dates.times.astype("datetime64[D]")
    late = considered & (days > _today() + np.timedelta64(1, "D"))
    share = column.weights[late].sum() / rows
    if late.any() and share <= _MANY and not dates.words & FUTURE_WORDS:
        yield _late(dates, late, share)
        considered &= ~late
    if dates.words & _BIRTH_WORDS:
        too_old = considered & (days < _today() - _LIFE * _YEAR)
        if too_old.any() and column.weights[too_old].sum() <= _FEW * rows:
            yield _far(dates, too_old, f"would be over {_LIFE - 5} years old", Severity.ERROR)
            considered &= ~too_old
    apart = _apart(days, column.weights, considered)
    if apart.any():
        far = _gap_in_years(days, considered, apart)
        severity = Severity.ERROR if far >= _CENTURY_LOST else Severity.WARNING
        yield _far(
            dates, apart, f"{'lie' if apart.sum() > 1 else 'lies'} {far:,} years or more from all others", severity
        )


_CENTURY_LOST: Final = 80


def _today() -> np.datetime64:
    return np.datetime64(dt.datetime.now(tz=dt.UTC).date(), "D")


def _apart(days: np.ndarray, weights: np.ndarray, considered: np.ndarray) -> np.ndarray:
    """Return the few dates that lie further from the others than twice the span of these, and ten years."""
    places = np.flatnonzero(considered)
    places = places[np.argsort(days[places], kind="stable")]
    found = np.zeros(len(days), dtype=bool)
    if len(np.unique(days[places])) < _FEWEST_DAYS:
        return found
    number = days[places].astype(np.int64)
    below = np.cumsum(weights[places])
    few = max(_APART * below[-1], 3)
    low, high = (number[np.searchsorted(below, share * below[-1])] for share in (0.02, 0.98))
    needed = max(3652, 2 * (high - low))
    jumps = np.flatnonzero(np.diff(number) >= needed)
    for jump in jumps:
        if below[jump] <= few:
            found[places[: jump + 1]] = True
        elif below[-1] - below[jump] <= few:
            found[places[jump + 1 :]] = True
    return found


def _gap_in_years(days: np.ndarray, considered: np.ndarray, apart: np.ndarray) -> int:
    rest = days[considered & ~apart]
    gaps = np.minimum(np.abs(days[apart] - rest.min()), np.abs(days[apart] - rest.max()))
    return int(gaps.min() / np.timedelta64(1, "D") / 365.25)


def _late(dates: DateColumn, late: np.ndarray, share: float) -> Finding:
    column = dates.profile
    where = dates.within(_today().astype("datetime64[us]") + np.timedelta64(2, "D"), None)
    if column.complete:
        where = column.where(late)
    rows = column.table.count(where)
    last = dates.times[late].max().astype("datetime64[D]")
    years = (
        "the century of the years is open" if dates.is_text and column.date_reading.two_digit_year[late].any() else ""
    )
    rare = share <= _FEW
    return Finding(
        columns=(column.position,),
        severity=Severity.ERROR if rare else Severity.INFO,
        rows=rows,
        message=f"{count(rows, 'row')} of {shortened(column.name)} ({percent(rows / column.present)}) "
        f"{'lie' if rows > 1 else 'lies'} in the future, the latest on {last}{'; ' + years if years else ''}.",
        predicate=where,
        evidence=tuple(_drawn(dates, late, [(milliseconds(_today().astype("datetime64[us]")), "today")])),
        why="What has not happened cannot have been recorded: a slip in the year, a swapped day and month, or a plan "
        "among facts. It also makes the data look fresher than they are.",
        fixes=tuple(_to_missing_or_flag(column, late)),
        confidence=0.9 if rare else 0.4,
    )


def _far(dates: DateColumn, far: np.ndarray, what: str, severity: Severity) -> Finding:
    column = dates.profile
    where = column.where(far)
    rows = column.table.count(where)
    shown = [str(day) for day in np.unique(dates.times[far].astype("datetime64[D]"))]
    return Finding(
        columns=(column.position,),
        severity=severity,
        rows=rows,
        message=f"{count(rows, 'row')} of {shortened(column.name)} {what}: {listing(shown)}.",
        predicate=where,
        evidence=tuple(_drawn(dates, far, [])),
        why="One wrong digit in the year moves a row by decades: it stretches every axis, and ages, gaps and trends "
        "computed with it are off by as much.",
        fixes=tuple(_to_missing_or_flag(column, far)),
        confidence=0.85 if severity is Severity.ERROR else 0.65,
    )


def _drawn(dates: DateColumn, mask: np.ndarray, marks: Sequence[tuple[float, str]]) -> Iterator[Evidence]:
    drawn = timeline(dates, "Rows over time", flagged=mask, marks=marks)
    if drawn is not None:
        yield drawn
    yield value_bars(dates.profile, mask, "The dates", limit=_SHOWN)


# ------------------------------------------------------------------------------------------ ends before starts

_COMPARED: Final = 12
_FEWEST_PAIRS: Final = 20
_NEARLY_ALWAYS: Final = 0.95
_ALMOST_ALWAYS: Final = 0.99
_START_WORDS: Final = vocabulary(
    "start started begin began from open opened create created creation order ordered admission admitted "
    "admit hire hired issue issued depart departure departed seen sighted sighting birth dob born checkin "
    "pickup purchase purchased request requested receive received submit submitted entry entered first "
    "valid register registered registration enroll enrolled onset incident occurred event observed "
    "collected collection sample sampled debut ouverture ouvert cree creation entree admission commande "
    "embauche naissance depot achat demande recu inscription"
)
_END_WORDS: Final = vocabulary(
    "end ended finish finished until to close closed closing complete completed completion discharge "
    "discharged terminate terminated termination expiry expire expired expires due arrive arrival arrived "
    "filed file reported report entered death died checkout dropoff return returned ship shipped deliver "
    "delivered delivery paid payment resolve resolved resolution approve approved last stop stopped exit "
    "left update updated modified process processed analysed analyzed tested result decided decision "
    "published checked fin fermeture ferme cloture sortie livraison deces depart retour paiement "
    "resiliation expiration modifie publie"
)


def _in_wrong_order(profile: Profile, columns: Sequence[DateColumn]) -> Iterator[Finding]:
    """Yield pairs of columns of which one comes first in nearly all rows, with the rows where it does not."""
    found_moments = [(dates, moment) for dates in columns if (moment := _moment(dates)) is not None][:_COMPARED]
    pairs = list(combinations(range(len(found_moments)), 2))
    if not pairs:
        return
    usable, cells = zip(*found_moments, strict=True)
    inner = ", ".join(f"{cell.sql} AS d{i}" for i, cell in enumerate(cells))
    counted = ", ".join(
        f"count(*) FILTER (d{i} < d{j}) AS l{i}_{j}, count(*) FILTER (d{i} > d{j}) AS g{i}_{j}, "
        f"count(d{i} - d{j}) AS n{i}_{j}"
        for i, j in pairs
    )
    params = tuple(value for cell in cells for value in cell.params)
    found = profile.table.query(f"SELECT {counted} FROM (SELECT {inner} FROM t)", params)
    for i, j in pairs:
        less, greater, both = (int(found[f"{name}{i}_{j}"][0].as_py()) for name in "lgn")
        first, second, broken = (i, j, greater) if less >= greater else (j, i, less)
        if not broken or both < _FEWEST_PAIRS or broken > (1 - _NEARLY_ALWAYS) * both:
            continue
        start, end = usable[first], usable[second]
        named = _named_as_pair(start, end)
        if not named and (broken > (1 - _ALMOST_ALWAYS) * both or not _stand_out(profile, cells[first], cells[second])):
            continue
        yield _reversed(profile, start, end, cells[first], cells[second], broken, both, named=named)


def _moment(dates: DateColumn) -> Predicate | None:
    """Return the expression for a row's time (its day, unless the column has times of day), if there is one."""
    if dates.sql is None:
        return None
    return dates.sql if dates.has_clock else Predicate(f"date_trunc('day', {dates.sql.sql})", dates.sql.params)


def _named_as_pair(start: DateColumn, end: DateColumn) -> bool:
    return bool((start.words - end.words) & _START_WORDS) and bool((end.words - start.words) & _END_WORDS)


def _stand_out(profile: Profile, start: Predicate, end: Predicate) -> bool:
    """Whether the rows in the wrong order are off by as much as others are in the right one, not by a hair."""
    params = (*start.params, *end.params)
    found = profile.table.query(
        "SELECT median(gap) FILTER (gap >= 0) AS usual, median(-gap) FILTER (gap < 0) AS off "
        f"FROM (SELECT epoch({end.sql}) - epoch({start.sql}) AS gap FROM t)",
        (*end.params, *start.params) if params else (),
    )
    usual, off = found["usual"][0].as_py(), found["off"][0].as_py()
    return bool(usual) and off >= 0.5 * usual


def _reversed(
    profile: Profile,
    start: DateColumn,
    end: DateColumn,
    start_sql: Predicate,
    end_sql: Predicate,
    broken: int,
    both: int,
    *,
    named: bool,
) -> Finding:
    where = Predicate(f"({start_sql.sql}) > ({end_sql.sql})", (*start_sql.params, *end_sql.params))
    names = shortened(start.profile.name), shortened(end.profile.name)
    return Finding(
        columns=(start.profile.position, end.profile.position),
        severity=Severity.ERROR if named else Severity.WARNING,
        rows=broken,
        message=f"{names[1]} lies before {names[0]} in {count(broken, 'row')}; in the other {both - broken:,} that have both "
        f"({percent(1 - broken / both)}) it does not.",
        predicate=where,
        evidence=(_gaps(profile, start_sql, end_sql, names),),
        why="Durations come out negative, and one of the two dates is wrong: swapped, mistyped, or of another record.",
        fixes=tuple(_order_fixes(profile, start, end)),
        confidence=0.92 if named else 0.6,
    )


_GAP_EDGES: Final = (-np.inf, -365, -30, -7, -1, 0, 1, 2, 8, 31, 366, np.inf)
_GAP_LABELS: Final = (
    "over a year before", "a month to a year before", "a week to a month before", "1 to 7 days before",
    "less than a day before", "less than a day after", "1 day after", "2 to 7 days after", "8 to 30 days after",
    "a month to a year after", "over a year after",
)  # fmt: skip


def _gaps(profile: Profile, start: Predicate, end: Predicate, names: tuple[str, str]) -> Bars:
    """Return how many rows have the second date how long before or after the first."""
    gap = f"((epoch({end.sql}) - epoch({start.sql})) / 86400)"
    params = (*end.params, *start.params)
    spans = []
    for low, high in pairwise(_GAP_EDGES):
        parts = [f"{gap} >= {low}"] if np.isfinite(low) else []
        parts += [f"{gap} < {high}"] if np.isfinite(high) else []
        spans.append(Predicate(" AND ".join(parts), params * len(parts)))
    counted = profile.table.query(
        "SELECT " + ", ".join(f"count(*) FILTER ({span.sql}) AS n{i}" for i, span in enumerate(spans)) + " FROM t",
        tuple(value for span in spans for value in span.params),
    )
    rows = [int(counted[f"n{i}"][0].as_py()) for i in range(len(spans))]
    bars = [
        Bar(label, n, span, flagged=high <= 0)
        for label, n, span, high in zip(_GAP_LABELS, rows, spans, _GAP_EDGES[1:], strict=True)
        if n
    ]
    return Bars(f"{names[1]}, counted from {names[0]}", tuple(bars))


def _order_fixes(profile: Profile, start: DateColumn, end: DateColumn) -> Iterator[Fix]:
    codes = date_code(start.profile, target="first"), date_code(end.profile, target="second")
    lines = [*codes[0].lines, f"first = {codes[0].expression}", *codes[1].lines, f"second = {codes[1].expression}"]
    lines = [line for line in lines if line not in ("first = first", "second = second")]
    days = ["" if dates.has_clock else ".dt.normalize()" for dates in (start, end)]
    lines.append(f"reversed_ = first{days[0]} > second{days[1]}")
    columns = start.profile.column, end.profile.column
    label = new_label(profile.table, f"{end.profile.name[:40]}_before_{start.profile.name[:40]}")
    if label is not None:
        yield Fix(
            "Add a column that flags them",
            "\n".join([*lines, f"df[{literal(label)}] = reversed_"]),
            adds=(label,),
        )
    if columns[0].storage == columns[1].storage and columns[0].source_type == columns[1].source_type:
        reads = [read_column(profile.table, column) for column in columns]
        swapped = [
            "earlier, later = " + ", ".join(reads),
            assign_column(profile.table, columns[0], "earlier.mask(reversed_, later)"),
            assign_column(profile.table, columns[1], "later.mask(reversed_, earlier)"),
        ]
        yield Fix(
            "Swap the two dates in these rows",
            "\n".join([*lines, *swapped]),
            changes=tuple(column.position for column in columns),
            note="Right only where the two were exchanged, not where one of them is mistyped.",
        )


# ------------------------------------------------------------------------------------------ year, month and day apart

_PARTS: Final = (
    vocabulary("year yr yyyy annee an"),
    vocabulary("month mon mo mm mois"),
    vocabulary("day dy dd jour"),
)
_SENSIBLE: Final = 0.9
_NO_NUMBER: Final = -1_000_000
_UNKNOWN_PARTS: Final = np.array([0, -1, -9, 66, 77, 88, 97, 98, 99, 999, 9999])


def _parts_of_no_date(profile: Profile) -> Iterator[Finding]:
    """Yield columns for year, month and day that together form no date."""
    for columns in _year_month_day(profile):
        cells = ", ".join(column.column.sql for column in columns)
        present = " AND ".join(f"{column.column.sql} IS NOT NULL" for column in columns)
        found = profile.table.query(f"SELECT {cells}, count(*) AS n FROM t WHERE {present} GROUP BY {cells}")
        raw = [found[column.column.sql].to_pylist() for column in columns]
        year, month, day = (np.array([_whole(value) for value in part]) for part in raw)
        rows = found["n"].to_numpy()
        known = (year >= 1) & (year <= 9999) & (month != _NO_NUMBER) & (day != _NO_NUMBER)
        known &= ~(np.isin(month, _UNKNOWN_PARTS) | np.isin(day, _UNKNOWN_PARTS))
        dated = known & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
        if not dated.any() or rows[dated].sum() < _SENSIBLE * rows[known].sum():
            continue
        wrong = known & ~_exists(year, month, day)
        if wrong.any():
            yield _no_date(profile, columns, raw, (year, month, day), rows, wrong)


def _year_month_day(profile: Profile) -> Iterator[tuple[ColumnProfile, ColumnProfile, ColumnProfile]]:
    """Yield columns named year, month and day with the same other words."""
    stems: dict[frozenset[str], list[ColumnProfile | None]] = {}
    for column in profile.columns:
        if not column.present or not column.is_numeric:
            continue
        words = frozenset(name_words(column.name))
        for place, names in enumerate(_PARTS):
            if len(words & names) == 1 and not words & frozenset().union(*_PARTS) - names:
                parts = stems.setdefault(words - names, [None, None, None])
                parts[place] = parts[place] or column
    for year, month, day in stems.values():
        if year is not None and month is not None and day is not None:
            yield year, month, day


def _whole(value: object) -> int:
    try:
        number = float(str(value))
    except ValueError:
        return _NO_NUMBER
    return int(number) if abs(number) < abs(_NO_NUMBER) and number.is_integer() else _NO_NUMBER


def _exists(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    first = ((np.clip(year, 1, 9999) - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(int)
    exists: np.ndarray = (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)
    return exists


def _no_date(
    profile: Profile,
    columns: tuple[ColumnProfile, ColumnProfile, ColumnProfile],
    raw: list[list[object]],
    parts: tuple[np.ndarray, np.ndarray, np.ndarray],
    rows: np.ndarray,
    wrong: np.ndarray,
) -> Finding:
    places = np.flatnonzero(wrong)
    where = _among(columns, raw, places)
    total = profile.table.count(where)
    month_days = [(int(parts[2][place]), int(parts[1][place])) for place in places]
    bars = []
    for pair in sorted(set(month_days), key=lambda pair: (pair[1], pair[0])):
        members = places[[each == pair for each in month_days]]
        years = parts[0][members]
        span = f"{years.min()} to {years.max()}" if len(members) > 1 else str(years.min())
        bars.append(
            Bar(_spoken(*pair), int(rows[members].sum()), _among(columns, raw, members), flagged=True, note=span)
        )
    bars.sort(key=lambda bar: -bar.rows)
    year, month, day = (shortened(column.name, 20) for column in columns)
    return Finding(
        columns=tuple(column.position for column in columns),
        severity=Severity.ERROR,
        rows=total,
        message=f"{year}, {month} and {day} form no date in {count(total, 'row')}, such as "
        f"{listing([bar.label for bar in bars[:3]])}.",
        predicate=where,
        evidence=(Bars("Days that do not exist", tuple(bars[:_SHOWN]), more=max(0, len(bars) - _SHOWN)),),
        why="Put together, these rows fail or become missing; counted by month or by day, they are counted for a day "
        "that never was.",
        fixes=tuple(_part_fixes(profile, columns, where, parts)),
        confidence=0.97,
    )


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _spoken(day: int, month: int) -> str:
    return f"{day} {_MONTHS[month - 1]}" if 1 <= month <= len(_MONTHS) else f"day {day} of month {month}"


def _among(columns: Sequence[ColumnProfile], raw: Sequence[Sequence[object]], places: np.ndarray) -> Predicate:
    cells = ", ".join(column.column.sql for column in columns)
    lists = tuple([part[int(place)] for place in places] for part in raw)
    return Predicate(f"({cells}) IN (SELECT {', '.join(['unnest(?)'] * len(lists))})", lists)


def _part_fixes(
    profile: Profile,
    columns: Sequence[ColumnProfile],
    where: Predicate,
    parts: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Iterator[Fix]:
    names = ("year", "month", "day")
    reads = [f'pd.to_numeric({read_column(profile.table, column.column)}, errors="coerce")' for column in columns]
    unknown = sorted({int(value) for part in parts[1:] for value in part[np.isin(part, _UNKNOWN_PARTS)]})
    lines = [
        "parts = pd.DataFrame({",
        *(f'    "{name}": {read},' for name, read in zip(names, reads, strict=True)),
        "})",
        'wrong = parts.notna().all(axis=1) & pd.to_datetime(parts, errors="coerce").isna()',
    ]
    if unknown:
        lines.append(
            f'wrong &= ~parts[["month", "day"]].isin({list_literal(unknown)}).any(axis=1)  # stand for unknown'
        )
    label = new_label(profile.table, "is_no_date")
    if label is not None:
        yield Fix("Add a column that flags them", "\n".join([*lines, f"df[{literal(label)}] = wrong"]), adds=(label,))
    yield Fix(
        "Drop the rows",
        "\n".join([*lines, "df = df[~wrong]"]),
        drops=where,
        note="Their figures may be real and the day mistyped: look at them first.",
    )
