"""Values that stand for missing and pass for values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from mlqa_widgets.checks._draw import histogram, value_bars
from mlqa_widgets.checks._quantities import logarithm_of
from mlqa_widgets.checks._stand_ins import (
    CERTAIN,
    LIKELY,
    StandIns,
    date_stand_ins,
    number_stand_ins,
    text_stand_ins,
)
from mlqa_widgets.checks.dates._dates import DateColumn, date_column, milliseconds, timeline
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, list_literal, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.summary import NumericSummary
from mlqa_widgets.tables.table import any_of
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened

_COLUMNS_TOLD_TOGETHER: Final = 4
_EXACT_INTEGER: Final = 2**53


@table_check("placeholders")
def placeholders(profile: Profile) -> Iterator[Finding]:
    """Find stand-ins for missing: ``N/A``, ``unknown``, ``?``, -999, 0 where nothing is impossible, 1900-01-01.

    A text stand-in used in many columns is told once. Stays silent on words that are ordinary values of their
    column (``NA`` among country codes, ``None`` among the levels of a category, ``-`` beside ``+``), and on numbers
    that do not repeat or do not stand apart from the others: real zeros, real negatives, ages of 99.
    """
    texts = {column.position: text_stand_ins(column) for column in profile.columns if column.is_text}
    shared = _shared_texts(profile, texts)
    yield from (_shared_finding(profile, columns) for columns in shared.values())
    for column in profile.columns:
        own = texts.get(column.position, StandIns.none(column))
        if alone := StandIns(np.where(_is_any_of(column, own, shared), 0.0, own.sureness)):
            yield _text_finding(profile, column, alone)
        if (numbers := number_stand_ins(column, own)) and not _are_logarithms(profile, column, numbers):
            yield _number_finding(profile, column, numbers)
        dates = date_column(column)
        if dates is not None and (found := date_stand_ins(column, dates.times)):
            yield _date_finding(profile, dates, found)


def _are_logarithms(profile: Profile, column: ColumnProfile, stand_ins: StandIns) -> bool:
    """Whether all that stands out is zero, and that is the logarithm of one in another column."""
    return not column.numbers[stand_ins.mask].any() and logarithm_of(profile, column) is not None


# --- text ------------------------------------------------------------------------------------------------


def _shared_texts(profile: Profile, texts: dict[int, StandIns]) -> dict[str, dict[int, np.ndarray]]:
    """Return the stand-ins that many columns use: text in lower case -> position -> which values of that column."""
    found: defaultdict[str, dict[int, np.ndarray]] = defaultdict(dict)
    for position, stand_ins in texts.items():
        column = profile.columns[position]
        for place in np.flatnonzero(stand_ins.mask):
            mask = found[_key(column, int(place))].setdefault(position, np.zeros(len(column.values), dtype=bool))
            mask[place] = True
    return {text: columns for text, columns in found.items() if len(columns) >= _COLUMNS_TOLD_TOGETHER}


def _key(column: ColumnProfile, place: int) -> str:
    return str(column.strings[place].as_py()).strip().casefold()


def _is_any_of(column: ColumnProfile, stand_ins: StandIns, texts: Iterable[str]) -> np.ndarray:
    chosen = np.zeros(len(column.values), dtype=bool)
    for place in np.flatnonzero(stand_ins.mask):
        chosen[place] = _key(column, int(place)) in texts
    return chosen


def _shared_finding(profile: Profile, masks: dict[int, np.ndarray]) -> Finding:
    columns = [profile.columns[position] for position in masks]
    wheres = [column.where(masks[column.position]) for column in columns]
    cells = [column.rows_of(masks[column.position]) for column in columns]
    anywhere = any_of(wheres)
    order = np.argsort([-n for n in cells], kind="stable").tolist()
    written = columns[order[0]].strings.filter(masks[columns[order[0]].position])[0].as_py().strip()
    named = listing([shortened(columns[i].name) for i in order], 4)
    bars = tuple(Bar(columns[i].name, cells[i], wheres[i], flagged=True) for i in order[:20])
    code = _mask_all_code(profile, columns, masks)
    return Finding(
        columns=tuple(column.position for column in columns),
        severity=Severity.WARNING,
        rows=profile.table.count(anywhere),
        message=f"{quoted(written)} stands for missing in {len(columns):,} columns, {count(sum(cells), 'cell')}: {named}.",
        predicate=anywhere,
        evidence=(Bars(f"Cells that say {quoted(written)}", bars, len(order) - 20 if len(order) > 20 else 0),),
        why="Counts of missing values come out too low, and numbers in these columns are read as text or as one more category.",
        fixes=(Fix(f"Turn {quoted(written)} into missing", code, tuple(masks), empties=anywhere),),
        confidence=CERTAIN,
        cells=tuple((columns[i].position, wheres[i]) for i in order if cells[i] < columns[i].present),
    )


def _text_finding(profile: Profile, column: ColumnProfile, stand_ins: StandIns) -> Finding:
    rows, where = column.rows_of(stand_ins.mask), column.where(stand_ins.mask)
    order = [int(i) for i in np.argsort(-column.counts, kind="stable") if stand_ins.mask[i]]
    texts = [column.strings[place].as_py().strip() for place in order]
    shares = f"in {count(rows, 'row')} ({percent(rows / column.rows)})"
    sureness = float(stand_ins.sureness.max())
    doubt = "" if sureness >= LIKELY else "perhaps "
    if len(order) == 1:
        message = f"{shortened(column.name)} says {quoted(texts[0])} {shares}: {doubt}a stand-in for missing."
    else:
        each = [f"{quoted(text)} ({column.counts[place]:,})" for text, place in zip(texts, order, strict=True)]
        message = f"{shortened(column.name)} has {doubt}stand-ins for missing {shares}: {listing(each)}."
    rest_is_numbers = _rest_is_numbers(column, stand_ins)
    emptied = _mask_code(profile, column, stand_ins.mask)
    fixes = [Fix("Turn them into missing", emptied, (column.position,), empties=where)]
    if rest_is_numbers:
        read = read_column(profile.table, column.column)
        parsed = f"{emptied}\n" + assign_column(profile.table, column.column, f"pd.to_numeric({read})")
        fixes.insert(0, Fix("Turn them into missing, the rest into numbers", parsed, (column.position,), empties=where))
        message = message.removesuffix(".") + "; all else is numbers."
    return Finding(
        columns=(column.position,),
        severity=Severity.WARNING if sureness >= LIKELY or rest_is_numbers else Severity.INFO,
        rows=rows,
        message=message,
        predicate=where,
        evidence=(value_bars(column, stand_ins.mask, "Stand-ins for missing"),),
        why=(
            "One such cell makes a column of numbers a column of text, and nothing can be summed or averaged."
            if rest_is_numbers
            else "Counted as a value of its own, it hides what is missing and becomes a category that means nothing."
        ),
        fixes=tuple(fixes),
        confidence=sureness,
        cause=f"{column.position}:numbers" if rest_is_numbers else "",
    )


def _rest_is_numbers(column: ColumnProfile, stand_ins: StandIns) -> bool:
    return not stand_ins.mask.all() and bool((stand_ins.mask | np.isfinite(column.numbers)).all())


# --- numbers ---------------------------------------------------------------------------------------------


def _number_finding(profile: Profile, column: ColumnProfile, stand_ins: StandIns) -> Finding:
    mask = stand_ins.mask
    rows, where = column.rows_of(mask), column.where(mask)
    places = [int(i) for i in np.argsort(-column.counts, kind="stable") if mask[i]]
    rest = np.isfinite(column.numbers) & ~mask
    kept = NumericSummary.of(column.numbers[rest], column.weights[rest], complete=column.complete)
    everything = np.isfinite(column.numbers)
    stored = NumericSummary.of(column.numbers[everything], column.weights[everything], complete=column.complete)
    each = [f"{number(column.numbers[place])} in {count(int(column.counts[place]), 'row')}" for place in places]
    bounds = f"{number(kept.minimum)} to {number(kept.maximum)}"
    sureness = float(stand_ins.sureness.max())
    verb = "stands" if len(places) == 1 else "stand"
    doubt = "" if sureness >= LIKELY else "probably "
    quantity = column.kind in (Kind.NUMERIC, Kind.NUMBER_IN_TEXT, Kind.UNKNOWN)
    if sureness < LIKELY:
        severity = Severity.INFO
    else:
        severity = Severity.ERROR if sureness >= CERTAIN and quantity else Severity.WARNING
    return Finding(
        columns=(column.position,),
        severity=severity,
        rows=rows,
        message=f"{shortened(column.name)}: {listing(each)} {doubt}{verb} for missing; the other values go from {bounds}.",
        predicate=where,
        evidence=(
            histogram(
                column,
                f"{column.name}, stand-ins marked",
                flagged=mask,
                marks=[(float(column.numbers[place]), number(column.numbers[place])) for place in places],
            ),
            _before_after(stored, kept),
            value_bars(column, mask, "Stand-ins for missing"),
        ),
        why=(
            f"Taken for measurements, they move the mean from {number(_rounded(kept.mean))} to {number(_rounded(stored.mean))} and the"
            f" standard deviation from {number(_rounded(kept.std))} to {number(_rounded(stored.std))}."
        ),
        fixes=(Fix("Turn them into missing", _mask_code(profile, column, mask), (column.position,), empties=where),),
        confidence=sureness,
    )


def _before_after(stored: NumericSummary, kept: NumericSummary) -> Examples:
    def line(name: str, before: float, after: float) -> tuple[str, ...]:
        return name, number(_rounded(before)), number(_rounded(after))

    return Examples(
        "What they do to the figures",
        ("", "as stored", "without them"),
        (
            line("mean", stored.mean, kept.mean),
            line("standard deviation", stored.std, kept.std),
            line("minimum", stored.minimum, kept.minimum),
            line("median", float(stored.quantile(0.5)), float(kept.quantile(0.5))),
            line("maximum", stored.maximum, kept.maximum),
        ),
    )


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


# --- dates -----------------------------------------------------------------------------------------------


def _date_finding(profile: Profile, dates: DateColumn, stand_ins: StandIns) -> Finding:
    column, mask = dates.profile, stand_ins.mask
    rows, where = column.rows_of(mask), column.where(mask)
    days = dates.times.astype("datetime64[D]")
    found, place = np.unique(days[mask], return_inverse=True)
    rows_of_day = np.bincount(place, weights=column.counts[mask]).astype(int)
    each = [f"{day} in {count(n, 'row')}" for day, n in zip(found, rows_of_day.tolist(), strict=True)]
    others = days[dates.known & ~mask]
    timed = timeline(
        dates,
        f"{column.name}, stand-ins marked",
        flagged=mask,
        marks=[(milliseconds(day), str(day)) for day in found],
    )
    bars = value_bars(column, mask, "Stand-ins for missing")
    sureness = float(stand_ins.sureness.max())
    verb = "stands" if len(found) == 1 else "stand"
    return Finding(
        columns=(column.position,),
        severity=Severity.ERROR if sureness >= CERTAIN else Severity.WARNING,
        rows=rows,
        message=f"{shortened(column.name)}: {listing(each)} {verb} for no date; the other dates go from {others.min()} to {others.max()}.",
        predicate=where,
        evidence=(timed, bars) if timed else (bars,),
        why="Ages, durations and time ranges computed from it are off by decades or centuries, and nothing fails.",
        fixes=(
            Fix("Turn them into missing", _mask_dates_code(profile, column, mask), (column.position,), empties=where),
        ),
        confidence=sureness,
    )


def _mask_dates_code(profile: Profile, column: ColumnProfile, mask: np.ndarray) -> str:
    if column.is_text:
        return _mask_code(profile, column, mask)
    read = read_column(profile.table, column.column)
    moments = [pd.Timestamp(moment) for moment in column.values.filter(pa.array(mask)).to_pylist()]
    if not column.column.source_type.startswith(("datetime64", "timestamp")):
        texts = sorted({text for moment in moments for text in (str(moment), str(moment.date()))})
        test = f'{read}.astype("str").isin({list_literal(texts)})'
    elif "," in column.column.source_type:
        test = f"{read}.dt.tz_localize(None).isin({list_literal(moments)})"
    else:
        test = f"{read}.isin({list_literal(moments)})"
    return assign_column(profile.table, column.column, f"{read}.mask({test})")


# --- repair ----------------------------------------------------------------------------------------------


def _mask_code(profile: Profile, column: ColumnProfile, mask: np.ndarray) -> str:
    """Return the statement that empties the cells that hold any of the chosen values."""
    read = read_column(profile.table, column.column)
    values: list[Any] = column.values.filter(mask).to_pylist()
    if column.column.has_types:
        values += [cell for cell in column.numbers[mask].tolist() if np.isfinite(cell)]
    whole = f'{read}.astype("Int64")' if _needs_integers(column) else read
    return assign_column(profile.table, column.column, f"{whole}.mask({read}.isin({list_literal(values)}))")


def _mask_all_code(profile: Profile, columns: list[ColumnProfile], masks: dict[int, np.ndarray]) -> str:
    """Return the statements that empty several columns: in a loop, if they differ in their names only."""
    values = {tuple(column.values.filter(masks[column.position]).to_pylist()) for column in columns}
    by_name = all(
        read_column(profile.table, one.column).startswith("df[") and not one.column.has_types for one in columns
    )
    if len(values) > 1 or not by_name:
        return "\n".join(_mask_code(profile, column, masks[column.position]) for column in columns)
    names = list_literal([column.column.label for column in columns])
    return f"for name in {names}:\n    df[name] = df[name].mask(df[name].isin({list_literal(values.pop())}))"


def _needs_integers(column: ColumnProfile) -> bool:
    """Whether a column of whole numbers would lose digits as floating point."""
    if column.column.storage != "integer" or not len(column.values):
        return False
    return bool(np.nanmax(np.abs(column.numbers)) >= _EXACT_INTEGER)
