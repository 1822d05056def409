"""The smallest change to a row that another outcome is predicted for, found from real rows.

It starts at the nearest training rows with the other outcome: the row takes their values, where that is enough, and as many columns as
possible go back to its own, the costliest first. Beside that, changes of one column to any value on offer, and of two
columns to values that one real row has, are tried outright. Of all that reach the other outcome the one with the fewest
columns is kept, of these the one that moves the least, of plausible ones before others; at last each changed number goes
back towards its own value as far as the outcome allows. Starting at real rows follows FACE (Poyiadzi et al., AIES 2020)
and NICE (Brughmans et al., Data Mining and Knowledge Discovery 2023).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.explain.outcome import OtherOutcome, other_outcome, predicted_of, prediction_words
from mlqa_widgets.explain.reference import reference
from mlqa_widgets.explain.sentence import apart_words, cells, column_words
from mlqa_widgets.explain.what_if import ranges, varied
from mlqa_widgets.wording import count, listing, percent, quoted

ANCHORS = 20
"""Real rows that a search starts from."""
TRIED = 500
"""Nearest training rows with the other outcome that are tried as starts."""
PLAUSIBLE = 0.99
"""A changed row that lies farther from the data than this share of training rows is called unusual."""
_PAIRED = 8
_NARROWED = 30
_JUDGED = 300
_SHOWN = 3
_WIDE = 24
"""Columns up to which all are tried in pairs and put back one by one; of more, as many that move the prediction most."""


@dataclass(frozen=True)
class Counterfactual:
    """The smallest change found that another outcome is predicted for.

    Attributes
    ----------
    position
        The row in ``X``.
    changes
        One line per changed column: ``column``, ``from``, ``to``, and ``moved``, what the two differ by (numbers: the
        share of training rows between them, else 1).
    row
        The changed row, a frame of one.
    before, after
        Predictions, shape (outputs,).
    plausible
        Whether the changed row lies as near to the training rows as they do to each other.
    farther_than
        Share of training rows that lie nearer to the data than the changed row.
    sentence
        The change in words.
    others
        Up to two further changes, of other columns.
    """

    position: int
    changes: pd.DataFrame
    row: pd.DataFrame = field(repr=False)
    before: np.ndarray
    after: np.ndarray
    plausible: bool
    farther_than: float
    sentence: str
    others: tuple[Counterfactual, ...] = ()


@dataclass(frozen=True)
class NoCounterfactual:
    """That no change was found, and why.

    Attributes
    ----------
    position
        The row in ``X``.
    sentence
        What was tried, in words.
    """

    position: int
    sentence: str


def counterfactual(
    analysis: ModelAnalysis,
    position: int,
    *,
    target: Any = None,
    actionable: Sequence[Hashable] | None = None,
    immutable: Sequence[Hashable] = (),
) -> Counterfactual | NoCounterfactual:
    """Look for the smallest change of a row that another outcome is predicted for.

    Parameters
    ----------
    analysis
        The model and its rows.
    position
        The row in ``X``.
    target
        The class, or the value to cross; see :func:`mlqa_widgets.explain.outcome.other_outcome`.
    actionable
        Columns that may change; all if not given.
    immutable
        Columns that may not.

    Raises
    ------
    InputError
        When a column or the target does not exist, or no column may change.

    Notes
    -----
    It says what the model would predict, not what would come: a change in the world changes other columns too.

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> X = pd.DataFrame({"age": range(20, 70), "shoe": [40, 41] * 25})
    >>> analysis = mq.analyze(lambda rows: (rows["age"] > 50) * 0.8 + 0.1, X, classes=["no", "yes"])
    >>> counterfactual(analysis, 0).sentence
    'With age = 51 instead of 20 the model would give 90 % for yes.'
    """
    allowed = _allowed(analysis, actionable, immutable)
    search = _Search(analysis, position, other_outcome(analysis, position, target), allowed)
    found = [*search.from_real_rows(), search.of_one_column(), search.of_two_columns()]
    rows = pd.concat(found, ignore_index=True)
    return search.nothing() if rows.empty else search.best(rows)


def _allowed(
    analysis: ModelAnalysis, actionable: Sequence[Hashable] | None, immutable: Sequence[Hashable]
) -> tuple[int, ...]:
    columns = list(analysis.model.columns)
    if isinstance(actionable, str) or isinstance(immutable, str):
        msg = "actionable, immutable: pass lists of columns."
        raise InputError(msg)
    unknown = [quoted(c) for c in [*(actionable or ()), *immutable] if c not in columns]
    if unknown:
        msg = f"actionable, immutable: the model takes no column {listing(unknown)}."
        raise InputError(msg)
    allowed = tuple(i for i, c in enumerate(columns) if (actionable is None or c in actionable) and c not in immutable)
    if not allowed:
        msg = "actionable: no column may change. Name at least one."
        raise InputError(msg)
    return allowed


class _Search:
    """Ways to change a row; each gives the changed rows for which the other outcome is predicted."""

    def __init__(self, analysis: ModelAnalysis, position: int, other: OtherOutcome, allowed: tuple[int, ...]) -> None:
        self._analysis = analysis
        self._position = position
        self._other = other
        self._allowed = list(allowed)
        self._known = reference(analysis)
        self._row = analysis.X.iloc[[position]]
        there = np.flatnonzero(other.reached(self._known.prediction))
        nearest = there[np.argsort(self._known.near.distances(self._row)[there], kind="stable")[:TRIED]]
        kinds = self._row.dtypes
        categories = {c: kind for c, kind in kinds.items() if isinstance(kind, pd.CategoricalDtype)}
        self._anchors = self._known.rows.iloc[nearest].astype(categories)

    def from_real_rows(self) -> Iterator[pd.DataFrame]:
        """Yield the row with values of real rows, as many columns as possible as they were."""
        cost = self._moved(self._anchors)
        taken = cost > 0
        taken[:, [i for i in range(taken.shape[1]) if i not in self._allowed]] = False
        whole, taken = taken.copy(), taken & np.isin(np.arange(taken.shape[1]), self._strongest)
        every = np.arange(len(taken))
        anchors = np.flatnonzero(self._reached(self._mixed(every, taken)))[:ANCHORS]
        if not len(anchors):
            yield self._those_that_reach(self._mixed(every, whole))
        taken = taken[anchors]
        while len(anchors):
            whose, column = np.nonzero(taken & (taken.sum(axis=1, keepdims=True) > 1))
            fewer = taken[whose]
            fewer[np.arange(len(fewer)), column] = False
            reached = self._reached(self._mixed(anchors[whose], fewer))
            gain = np.full(taken.shape, -np.inf)
            gain[whose, column] = np.where(reached, cost[anchors[whose], column], -np.inf)
            better = gain.max(axis=1) > -np.inf
            yield self._mixed(anchors[~better], taken[~better])
            taken[np.flatnonzero(better), gain[better].argmax(axis=1)] = False
            anchors, taken = anchors[better], taken[better]

    def of_one_column(self) -> pd.DataFrame:
        """Return the row with one column at any value on offer."""
        rows, _, prediction = self._varied
        return rows[self._other.reached(prediction)] if len(rows) else rows

    def of_two_columns(self) -> pd.DataFrame:
        """Return the row with two columns at values that one real row has."""
        pairs = list(combinations(self._strongest, 2))
        anchors = np.arange(min(_PAIRED, len(self._anchors)))
        taken = np.zeros((len(pairs), self._row.shape[1]), dtype=bool)
        for line, pair in enumerate(pairs):
            taken[line, list(pair)] = True
        return self._those_that_reach(self._mixed(np.repeat(anchors, len(pairs)), np.tile(taken, (len(anchors), 1))))

    # ------------------------------------------------------------------ the best of them

    def best(self, rows: pd.DataFrame) -> Counterfactual:
        """Return the plausible one of the fewest columns that moves the least, and others of other columns."""
        moved = self._moved(rows)
        order = np.lexsort([moved.sum(axis=1), (moved > 0).sum(axis=1)])[:_JUDGED]
        unusual = self._farther_than(rows.iloc[order]) > PLAUSIBLE
        order = order[np.argsort(unusual, kind="stable")]
        chosen: list[int] = []
        for place in order:
            changed = moved[place] > 0
            if all((changed & (moved[other] > 0)).sum() < (moved[other] > 0).sum() for other in chosen):
                chosen.append(place)
        first, *others = [self._described(self._narrowed(rows.iloc[[place]])) for place in chosen[:_SHOWN]]
        return replace(first, others=tuple(others))

    def _described(self, best: pd.DataFrame) -> Counterfactual:
        moved = self._moved(best)[0]
        columns = np.flatnonzero(moved).tolist()
        names, own, now = list(best.columns), cells(self._row), cells(best)
        changes = pd.DataFrame(
            {
                "column": pd.Series([names[i] for i in columns], dtype=object),
                "from": pd.Series([own[i] for i in columns], dtype=object),
                "to": pd.Series([now[i] for i in columns], dtype=object),
                "moved": moved[columns],
            }
        )
        after, farther = self._analysis.model.predict(best)[0], float(self._farther_than(best)[0])
        plausible = farther <= PLAUSIBLE
        return Counterfactual(
            self._position,
            changes,
            best,
            self._analysis.prediction[self._position],
            after,
            plausible,
            farther,
            self._sentence(changes, after, farther if not plausible else None),
        )

    def _narrowed(self, row: pd.DataFrame) -> pd.DataFrame:
        """Move each changed number back towards its own value, by values that training rows have."""
        for i in np.flatnonzero(self._moved(row)[0]).tolist():
            own, now = cells(self._row)[i], cells(row)[i]
            if not ranges(self._analysis)[i].ordered or pd.isna(own) or pd.isna(now):
                continue
            column = self._known.rows.iloc[:, i]
            between = column[column.between(min(own, now), max(own, now), inclusive="neither")]
            between = between.drop_duplicates().sort_values(ascending=bool(own < now))
            some = np.unique(np.linspace(0, len(between) - 1, min(len(between), _NARROWED)).astype(np.int64))
            reached = self._those_that_reach(varied(row, column.name, list(between.iloc[some])))
            row = reached.iloc[[0]] if len(reached) else row
        return row

    def _sentence(self, changes: pd.DataFrame, after: np.ndarray, farther: float | None) -> str:
        output = int(predicted_of(self._analysis, after[None])[0]) if self._analysis.model.classes else 0
        said = prediction_words(self._analysis, after, output)
        moves = []
        for column, own, to in zip(changes["column"], changes["from"], changes["to"], strict=True):
            before, then = apart_words(own, to)
            moves.append(f"{column_words(column)} = {then} instead of {before}")
        text = f"With {listing(moves, 6)} the model would give {said}."
        if farther is not None:
            text += f" That is an unusual row: it lies farther from the training rows than {percent(farther)} of them."
        return text

    def nothing(self) -> NoCounterfactual:
        """Return what was tried in vain."""
        columns = count(len(self._allowed), "column")
        if self._anchors.empty:
            why = f"none of the {count(len(self._known.rows), 'training row')} looked at has {self._other.words}"
        else:
            why = (
                f"neither the values of the {count(len(self._anchors), 'nearest real row')} with {self._other.words}, nor "
                "any single value that training rows have, lead there"
            )
        return NoCounterfactual(self._position, f"No change of the {columns} that may change was found: {why}.")

    # ------------------------------------------------------------------ rows and what is predicted for them

    @cached_property
    def _varied(self) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """The row with one column at any value on offer, which column that is, and what is predicted."""
        offers = ranges(self._analysis)
        offered = [i for i in self._allowed if len(offers[i].offered)]
        tried = [varied(self._row, offers[i].column, offers[i].offered) for i in offered]
        rows = pd.concat([self._row.iloc[:0], *tried], ignore_index=True)
        prediction = self._analysis.model.predict(rows) if len(rows) else self._analysis.prediction[:0]
        return rows, np.repeat(offered, [len(one) for one in tried]).astype(np.int64), prediction

    @cached_property
    def _strongest(self) -> list[int]:
        """The columns that may change, of many those whose values on offer move the prediction most, in their order."""
        if len(self._allowed) <= _WIDE:
            return self._allowed
        _, column, prediction = self._varied
        strength = np.zeros(self._row.shape[1])
        np.maximum.at(strength, column, np.abs(prediction - self._analysis.prediction[self._position]).max(axis=1))
        return sorted(sorted(self._allowed, key=lambda i: -strength[i])[:_WIDE])

    def _mixed(self, anchors: np.ndarray, taken: np.ndarray) -> pd.DataFrame:
        """Return the row with some columns taken from anchors."""
        both = self._row_and_anchors
        parts = {i: both.iloc[:, i].array.take(np.where(taken[:, i], 1 + anchors, 0)) for i in range(both.shape[1])}
        return pd.DataFrame(parts, copy=False).set_axis(both.columns, axis=1)

    @cached_property
    def _row_and_anchors(self) -> pd.DataFrame:
        return pd.concat([self._row, self._anchors], ignore_index=True)

    def _reached(self, rows: pd.DataFrame) -> np.ndarray:
        return self._other.reached(self._analysis.model.predict(rows)) if len(rows) else np.zeros(0, dtype=bool)

    def _those_that_reach(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[self._reached(rows)]

    def _moved(self, rows: pd.DataFrame) -> np.ndarray:
        return self._known.near.differences(rows, self._row)

    def _farther_than(self, rows: pd.DataFrame) -> np.ndarray:
        return self._known.farther_than(self._known.distance(rows, among_them=False))
