"""Too few rows: in all, of a class to predict, of a group to compare."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.tables.table import EVERY_ROW, NO_ROW, Predicate
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened, value_text, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_FEW_ROWS: Final = 30
_FEW_OF_A_CLASS: Final = 10
_FEW_OF_A_GROUP: Final = 30
_MOST_CLASSES: Final = 20
_ROWS_PER_COLUMN: Final = 2
_SHOWN: Final = 12


@table_check("low_quantity")
def low_quantity(profile: Profile) -> Iterator[Finding]:
    """Find too few rows: in the table, of a class of the target, of a group the user named.

    Stays silent on classes and groups where the user named no target and no group.
    """
    rows = profile.rows
    if not rows:
        yield Finding(
            columns=(),
            severity=Severity.WARNING,
            rows=0,
            message=f"The table has no rows{', only ' + count(len(profile.columns), 'column') if profile.columns else ''}.",
            predicate=NO_ROW,
            why="There is nothing to analyse; a filter, a join or a load went wrong before.",
            confidence=0.99,
        )
        return
    target = class_target(profile)
    if rows < _FEW_ROWS:
        margin = 1 / math.sqrt(rows)
        yield Finding(
            columns=(),
            severity=Severity.INFO,
            rows=rows,
            message=f"The table has {count(rows, 'row')}: a share read from it is uncertain by up to {percent(margin)} either way.",
            predicate=EVERY_ROW,
            why="With so few rows chance decides much: patterns come and go with single rows, and a test set is too "
            "small to tell two models apart.",
            confidence=0.5,
        )
    elif profile.roles.target is not None and rows < _ROWS_PER_COLUMN * (len(profile.columns) - 1):
        yield Finding(
            columns=(),
            severity=Severity.WARNING,
            rows=rows,
            message=f"{count(rows, 'row')} for {count(len(profile.columns) - 1, 'feature')}: too few to tell which of them matter.",
            predicate=EVERY_ROW,
            why="With about as many features as rows a model can fit anything, the noise as well.",
            confidence=0.7,
        )
    if target is not None and target.distinct > 1:
        yield from _small_classes(target)
    if rows >= _FEW_ROWS:
        for position in profile.roles.group:
            yield from _small_groups(profile.columns[position])


def _small_classes(target: ColumnProfile) -> Iterator[Finding]:
    small = target.counts < _FEW_OF_A_CLASS
    if not small.any():
        return
    rows = target.rows_of(small)
    yield Finding(
        columns=(target.position,),
        severity=Severity.WARNING,
        rows=rows,
        message=(
            f"{count(int(small.sum()), 'class', 'classes')} of {shortened(target.name)} "
            f"{'has' if small.sum() == 1 else 'have'} fewer than {_FEW_OF_A_CLASS} rows: {_value_list(target, small)}."
        ),
        predicate=target.where(small),
        evidence=(_class_bars(target, small, f"Rows per class of {shortened(target.name)}"),),
        why="Some parts of a cross-validation will hold no row of such a class, and what is measured on a few rows "
        "is luck.",
        confidence=0.8,
    )


def _small_groups(group: ColumnProfile) -> Iterator[Finding]:
    small = group.counts < _FEW_OF_A_GROUP
    if not small.any() or not group.complete:
        return
    rows, number_of = group.rows_of(small), int(small.sum())
    name = shortened(group.name)
    if number_of == group.distinct:
        told = f"All {number_of:,} groups by {name} have fewer than {_FEW_OF_A_GROUP} rows"
    else:
        verb = "has" if number_of == 1 else "have"
        told = f"{number_of:,} of {group.distinct:,} groups by {name} {verb} fewer than {_FEW_OF_A_GROUP} rows"
    sizes = group.counts[small]
    few = sizes.min() < sizes.max() or number_of < group.distinct
    yield Finding(
        columns=(group.position,),
        severity=Severity.INFO,
        rows=rows,
        message=f"{told}: {_value_list(group, small)}." if few else f"{told}: {count(int(sizes[0]), 'row')} each.",
        predicate=group.where(small),
        evidence=(value_bars(group, small, f"Small groups by {name}"),),
        why="Figures of such a group swing with each row; a comparison of groups mostly compares chance.",
        confidence=0.6,
    )


# ------------------------------------------------------------------------------------------ classes

_UNEVEN: Final = 0.8
_VERY_UNEVEN: Final = 0.95


@table_check("class_imbalance")
def class_imbalance(profile: Profile) -> Iterator[Finding]:
    """Find a target of which one class makes up most rows, or all.

    Stays silent where the user named no target, on targets that are quantities, and on classes of like size.
    """
    target = class_target(profile)
    if target is None:
        return
    name = shortened(target.name)
    if target.distinct == 1:
        yield Finding(
            columns=(target.position,),
            severity=Severity.ERROR,
            rows=target.present,
            message=f"The target {name} is {quoted(target.values[0].as_py())} in every row: there is nothing to predict.",
            predicate=Predicate(f"{target.column.sql} IS NOT NULL"),
            why="A model needs rows of at least two classes.",
            confidence=0.99,
        )
        return
    share = float(target.counts[0] / target.present)
    if share < _UNEVEN:
        return
    others = np.arange(len(target.values)) > 0
    rows = target.rows_of(others)
    yield Finding(
        columns=(target.position,),
        severity=Severity.WARNING if share >= _VERY_UNEVEN else Severity.INFO,
        rows=rows,
        message=(
            f"{percent(share)} of {name} is {quoted(target.values[0].as_py(), 20)}: always saying so is right in "
            f"{percent(share)} of the rows and finds none of the other {count(rows, 'row')}."
        ),
        predicate=target.where(others),
        evidence=(_class_bars(target, others, f"Rows per class of {name}"),),
        why="Accuracy looks good for a model that learned nothing. Measure recall and precision of the rare class, "
        "split by class, and weigh the classes when training.",
        confidence=0.7,
    )


def class_target(profile: Profile) -> ColumnProfile | None:
    """Return the target if it holds classes rather than a quantity."""
    if profile.roles.target is None:
        return None
    target = profile.columns[profile.roles.target]
    if not target.present or target.distinct > _MOST_CLASSES:
        return None
    quantity = target.kind in (Kind.NUMERIC, Kind.PERIOD, Kind.DATETIME, Kind.COORDINATE)
    return None if quantity and target.distinct > 5 else target


def _class_bars(target: ColumnProfile, flagged: np.ndarray, title: str) -> Bars:
    bars = []
    for place, (value, rows) in enumerate(target.value_rows(_MOST_CLASSES)):
        one = np.arange(len(target.values)) == place
        bars.append(
            Bar(
                visible(value_text(value)),
                rows,
                target.where(one),
                bool(flagged[place]),
                percent(rows / target.present),
            )
        )
    return Bars(title, tuple(bars))


def _value_list(column: ColumnProfile, mask: np.ndarray) -> str:
    values = column.values.filter(mask).slice(0, 4).to_pylist()
    rows = column.counts[mask][:4]
    parts = [f"{quoted(value, 20)} ({number(n)})" for value, n in zip(values, rows.tolist(), strict=True)]
    more = int(mask.sum()) - len(parts)
    return listing(parts, 3) if not more else ", ".join(parts[:3]) + f" and {more + len(parts) - 3:,} more"
