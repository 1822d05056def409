"""Why the model said what it said of one row, or of some rows against the rest."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.explain.contributions import Against, contributions
from mlqa_widgets.explain.counterfactual import Counterfactual, NoCounterfactual, counterfactual
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.explain.group import Group, group
from mlqa_widgets.explain.outcome import class_position, class_words
from mlqa_widgets.explain.sentence import Part, cells, column_words, figure, sentence, space_words, value_words
from mlqa_widgets.explain.similar import SIMILAR, Contrast, Similar, contrast, similar_rows
from mlqa_widgets.explain.tree_path import Step, tree_path
from mlqa_widgets.explain.trust import Light, trust_lights
from mlqa_widgets.explain.what_if import WhatIf, what_if
from mlqa_widgets.models.model import Task
from mlqa_widgets.naming import positions_of_label
from mlqa_widgets.views import View
from mlqa_widgets.wording import count, percent, shortened

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.widgets.explain import ExplainWidget

BARS = 10
"""Columns with a bar of their own; the others share one."""

_NOTHING = 1e-9

Space: TypeAlias = Literal["raw", "probability"]


@dataclass(frozen=True)
class Bar:
    """One bar of a waterfall.

    Attributes
    ----------
    column
        Name of the column; None for the columns without a bar of their own.
    label, value
        The column and its value in words; for the other columns how many they are, and nothing.
    contribution
        Its length, up where it is positive.
    standard_error
        Of the contribution; 0 where it is exact.
    start, end
        Where it begins and ends; the next begins where it ends.
    """

    column: Hashable | None
    label: str
    value: str
    contribution: float
    standard_error: float
    start: float
    end: float


@dataclass(frozen=True)
class Waterfall:
    """From what is usual to what is said of one row.

    Attributes
    ----------
    base, output
        Where it begins and ends, in ``space``.
    base_natural, output_natural
        The same as probabilities or values, where ``space`` is another and it can be said; else None.
    space
        ``log-odds``, ``probability``, ``score``, ``value`` or ``log of the value``.
    bars
        The greatest contribution first, the other columns last.
    """

    base: float
    output: float
    base_natural: float | None
    output_natural: float | None
    space: str
    bars: tuple[Bar, ...]


class RowExplanation(View):
    """Why the model said what it said of one row.

    Attributes
    ----------
    position, label
        The row: its position in ``X`` and its own label.
    output
        Position of the class explained; 0 for values.
    against, space
        What contributions are counted against, and what in.
    explanation
        Base and contributions, in the order of the model's columns.
    """

    def __init__(self, analysis: ModelAnalysis, position: int, output: int, against: Against, space: Space) -> None:
        super().__init__(analysis)
        self.position = position
        self.label = analysis.X.index[position]
        self.output = output
        self.against = against
        self.space = space
        self.explanation: Explanation = contributions(
            analysis, np.array([position]), output=output, against=against, space=space
        )

    # ------------------------------------------------------------------ what is said of the row

    @property
    def class_name(self) -> str | None:
        """The class explained; None for values."""
        return class_words(self.analysis, self.output) if self.analysis.model.classes else None

    @property
    def prediction(self) -> float:
        """Probability of the class explained, or the value."""
        return float(self.analysis.prediction[self.position, self.output])

    @property
    def usual(self) -> float:
        """What contributions start from, where they are in the unit of the prediction; else the mean over ``X``."""
        if self.explanation.space in ("value", "probability"):
            return float(self.explanation.base)
        return float(self.analysis.prediction[:, self.output].mean())

    @property
    def predicted_words(self) -> str:
        """The class or value predicted, in words."""
        return self._words(self.analysis.predicted[self.position])

    @property
    def actual_words(self) -> str | None:
        """What came, in words; None where that is not known."""
        actual = self.analysis.actual
        return None if actual is None else self._words(actual[self.position])

    def _words(self, outcome: Any) -> str:
        model = self.analysis.model
        return figure(float(outcome)) if model.task is Task.REGRESSION else shortened(str(model.classes[outcome]))

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """What each column contributes, the greatest first: ``column``, ``value``, ``contribution``, ``standard_error``."""
        found = self.explanation
        error = np.zeros_like(found.values) if found.standard_error is None else found.standard_error
        table = pd.DataFrame(
            {
                "column": pd.Series(list(self.analysis.model.columns), dtype=object),
                "value": pd.Series(cells(self.analysis.X.iloc[[self.position]]), dtype=object),
                "contribution": found.values[0],
                "standard_error": error[0],
            }
        )
        order = np.argsort(-np.abs(found.values[0]), kind="stable")
        return table.iloc[order].reset_index(drop=True)

    @cached_property
    def waterfall(self) -> Waterfall:
        """The contributions as bars from the base to the output."""
        table, found = self.contributions, self.explanation
        sizes = table["contribution"].abs().to_numpy()
        counting = int((sizes > _NOTHING * sizes.max()).sum())
        shown = counting if counting == len(table) <= BARS + 1 else min(counting, BARS)
        bars, at = [], found.base
        for column, value, contribution, error in table.head(shown).itertuples(index=False):
            end = at + contribution
            bars.append(Bar(column, column_words(column), value_words(value), contribution, error, at, end))
            at = end
        others = table.iloc[shown:]
        if len(others):
            rest = float(others["contribution"].sum())
            error = float(np.sqrt((others["standard_error"] ** 2).sum()))
            bars.append(Bar(None, count(len(others), "other column"), "", rest, error, at, at + rest))
        output = float(found.output[0])
        natural = found.space not in ("probability", "value")
        return Waterfall(
            found.base,
            output,
            self._natural(found.base) if natural else None,
            self.prediction if natural else None,
            found.space,
            tuple(bars),
        )

    def _natural(self, score: float) -> float | None:
        """Return a score as a probability or value; None where that takes the scores of other classes too."""
        from scipy.special import expit

        if self.explanation.space == "log-odds" and self.analysis.model.task is not Task.MULTICLASS:
            return float(expit(score))
        return float(np.exp(score)) if self.explanation.space == "log of the value" else None

    @cached_property
    def sentence(self) -> str:
        """The explanation for somebody who knows no model."""
        parts = [
            Part(column_words(column), value_words(value), contribution)
            for column, value, contribution, _ in self.contributions.itertuples(index=False)
        ]
        return sentence(self.prediction, self.usual, parts, self.class_name)

    # ------------------------------------------------------------------ beside it

    def what_if(self, changes: Mapping[Any, Any], *, curve_of: Hashable | None = None) -> WhatIf:
        """Return what the model says with other values; see :func:`mlqa_widgets.explain.what_if.what_if`."""
        return what_if(self.analysis, self.position, changes, output=self.output, curve_of=curve_of)

    def similar(self, k: int = SIMILAR) -> Similar:
        """Return the nearest rows; see :func:`mlqa_widgets.explain.similar.similar_rows`."""
        return similar_rows(self.analysis, self.position, k, output=self.output)

    def contrast(self, target: Any = None) -> Contrast:
        """Return the nearest row with another outcome; see :func:`mlqa_widgets.explain.similar.contrast`."""
        return contrast(self.analysis, self.position, target=target)

    def against_row(self, position: int) -> RowExplanation:
        """Return the explanation of this row counted against another one alone."""
        return RowExplanation(self.analysis, self.position, self.output, self.analysis.X.iloc[[position]], self.space)

    def counterfactual(
        self,
        target: Any = None,
        *,
        actionable: Sequence[Hashable] | None = None,
        immutable: Sequence[Hashable] = (),
    ) -> Counterfactual | NoCounterfactual:
        """Return the smallest change found that another outcome is predicted for.

        See :func:`mlqa_widgets.explain.counterfactual.counterfactual`.
        """
        return counterfactual(self.analysis, self.position, target=target, actionable=actionable, immutable=immutable)

    @cached_property
    def trust(self) -> tuple[Light, ...]:
        """Whether the explanation can be trusted: adds up, steady, familiar, agreed."""
        return trust_lights(self.analysis, self.position, self.explanation, self.output, self.space)

    @cached_property
    def tree_path(self) -> tuple[Step, ...] | None:
        """The path through the tree, where the model is a single one."""
        return tree_path(self.analysis, self.position, self.output)

    def compare(self, other: Any = None, *, position: int | None = None) -> pd.DataFrame:
        """Compare this row with another one, column by column.

        Parameters
        ----------
        other
            Label of the other row.
        position
            Or its position.

        Returns
        -------
        pandas.DataFrame
            The greatest difference first: ``column``, ``value``, ``other_value``, ``contribution``,
            ``other_contribution`` and ``difference``, both counted against the same. The differences sum to the
            difference of the outputs.
        """
        there = row_position(self.analysis, other, position)
        theirs = RowExplanation(self.analysis, there, self.output, self.against, self.space)
        mine = self.explanation.values[0]
        table = pd.DataFrame(
            {
                "column": pd.Series(list(self.analysis.model.columns), dtype=object),
                "value": pd.Series(cells(self.analysis.X.iloc[[self.position]]), dtype=object),
                "other_value": pd.Series(cells(self.analysis.X.iloc[[there]]), dtype=object),
                "contribution": mine,
                "other_contribution": theirs.explanation.values[0],
                "difference": mine - theirs.explanation.values[0],
            }
        )
        order = np.argsort(-table["difference"].abs().to_numpy(), kind="stable")
        return table.iloc[order].reset_index(drop=True)

    # ------------------------------------------------------------------ showing

    def __repr__(self) -> str:
        lines = [self.sentence, ""]
        lines += [
            f"{bar.contribution:+10.4f}  {bar.label}{' = ' if bar.value else ''}{bar.value}"
            for bar in self.waterfall.bars
        ]
        found = self.explanation
        return "\n".join(
            [
                *lines,
                "",
                f"{space_words(found.space, self.analysis.target).capitalize()}; engine: {found.engine}; against {found.background}.",
            ]
        )

    def chart(self) -> alt.TopLevelMixin:
        """Return the waterfall."""
        from mlqa_widgets.charts.explain import waterfall_chart

        return waterfall_chart(self.waterfall)

    def _make_widget(self) -> ExplainWidget:
        from mlqa_widgets.widgets.explain import ExplainWidget

        return ExplainWidget(self)


class GroupExplanation(View):
    """Why the model speaks otherwise of some rows than of the rest.

    Attributes
    ----------
    positions
        The rows.
    output
        Position of the class explained; 0 for values.
    group
        The comparison.
    """

    def __init__(
        self, analysis: ModelAnalysis, positions: np.ndarray, output: int, against: Against, space: Space
    ) -> None:
        super().__init__(analysis)
        self.positions = positions
        self.output = output
        self.against = against
        self.space = space
        self.group: Group = group(analysis, positions, output=output, against=against, space=space)

    @property
    def sentence(self) -> str:
        """The comparison for somebody who knows no model."""
        return self.group.sentence

    def __repr__(self) -> str:
        table = self.group.table
        lines = [
            f"{d:+10.4f}  {column_words(c)} ({here} here, {there} there)"
            for c, d, here, there in table.head(BARS)[
                ["column", "difference", "typical_here", "typical_there"]
            ].itertuples(index=False)
        ]
        return "\n".join([self.sentence, "", *lines])

    def chart(self) -> alt.TopLevelMixin:
        """Return the differences of mean contributions with their intervals."""
        from mlqa_widgets.charts.explain import group_chart

        return group_chart(self.group)

    def _make_widget(self) -> ExplainWidget:
        from mlqa_widgets.widgets.explain import ExplainWidget

        return ExplainWidget(self)


def explain(
    analysis: ModelAnalysis,
    row: Any,
    output: Any,
    *,
    position: int | None,
    against: Against,
    space: Space,
) -> RowExplanation | GroupExplanation:
    """Return the view of :meth:`ModelAnalysis.explain`."""
    positions = _positions(analysis, row, position)
    if len(positions) == 1:
        return RowExplanation(
            analysis, int(positions[0]), explained_output(analysis, output, int(positions[0])), against, space
        )
    return GroupExplanation(analysis, positions, explained_output(analysis, output, None), against, space)


def explained_output(analysis: ModelAnalysis, output: Any, position: int | None) -> int:
    """Return the position of the class to explain: as named, the second of two, or the one predicted."""
    if output is not None:
        return class_position(analysis, output, "output")
    if analysis.model.task is not Task.MULTICLASS:
        return analysis.model.outputs - 1
    if position is not None:
        return int(analysis.predicted[position])
    return int(np.bincount(analysis.predicted, minlength=analysis.model.outputs).argmax())


def row_position(analysis: ModelAnalysis, row: Any, position: int | None) -> int:
    """Return the position of one row, given by label or position.

    Raises
    ------
    InputError
        When there is no such row, or more than one.
    """
    found = _positions(analysis, row, position)
    if len(found) != 1:
        msg = f"row: {count(len(found), 'row')}; name one."
        raise InputError(msg)
    return int(found[0])


def _positions(analysis: ModelAnalysis, row: Any, position: int | None) -> np.ndarray:
    """Return the positions of the rows meant: a label, labels, a mask, a query, or what is in focus."""
    if position is not None:
        if row is not None:
            msg = "row, position: pass one of them."
            raise InputError(msg)
        return analysis.positions_of(position)
    if row is None:
        if analysis.row is not None:
            return np.array([analysis.row])
        several = 0 < len(analysis.selected_positions) < len(analysis.X) - 1
        return analysis.selected_positions if several else np.append(analysis.selected_positions, 0)[:1]
    index = analysis.X.index
    if isinstance(row, (list, np.ndarray, pd.Index, pd.Series)):
        given = np.asarray(row)
        if given.dtype == bool:
            found = analysis.positions_of(given)
        else:
            found = np.unique(
                np.concatenate([_of_label(index, label) for label in row] or [np.array([], dtype=np.int64)])
            )
        if len(found) == 0:
            msg = "row: no rows."
            raise InputError(msg)
        return found
    if isinstance(row, str) and row not in index:
        found = analysis.positions_of(row)
        if len(found) == 0:
            msg = f"row: no row has {row}."
            raise InputError(msg)
        return found
    return _of_label(index, row)


def _of_label(index: pd.Index, label: Any) -> np.ndarray:
    found = positions_of_label(index, label)
    if not len(found):
        msg = (
            f"row: no row of X has the label {label!r}. Labels are those of X.index, first "
            f"{index[:3].tolist()}; for the row at a place pass position=."
        )
        raise InputError(msg)
    return found


def ends_in_words(waterfall: Waterfall, task: Task) -> tuple[str, str]:
    """Return where a waterfall begins and ends, with the probability or value it stands for."""

    def words(score: float, natural: float | None) -> str:
        if waterfall.space == "probability":
            return percent(score)
        if natural is None:
            return figure(score)
        return f"{figure(score)} ({figure(natural) if task is Task.REGRESSION else percent(natural)})"

    return words(waterfall.base, waterfall.base_natural), words(waterfall.output, waterfall.output_natural)
