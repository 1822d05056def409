"""For whom a model errs: the metric in every category of every column, and the worst slices of up to three conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.figures import FIGURES, Measure, adjusted
from mlqa_widgets.naming import nearest
from mlqa_widgets.progress import Progress
from mlqa_widgets.slices.conditions import Condition, joined_expression, joined_words
from mlqa_widgets.slices.custom import CustomMetric, Function
from mlqa_widgets.slices.partitions import Partition, partitions
from mlqa_widgets.slices.search import ADDS, CLEAR, MOST_COLUMNS, Candidate, Categories, Search, search
from mlqa_widgets.slices.slice import Comparison, Slice
from mlqa_widgets.slices.view import ALPHA, SliceResult, SliceView, as_frame
from mlqa_widgets.slices.yardstick import Yardstick, yardstick
from mlqa_widgets.wording import count, listing, number

if TYPE_CHECKING:
    import altair as alt

_FEWEST = 50
_SHARE = 0.01
_SPANS = 10
_BEYOND_CHANCE = 15.0
"""What a cut by the tree must explain, in units of what one drawn at random would."""


class Slices(SliceView):
    """The slices of an analysis: see :meth:`mlqa_widgets.ModelAnalysis.slices`."""

    title: ClassVar[str] = "search for slices"

    def __init__(
        self,
        analysis: ModelAnalysis,
        metric: str | Function | None = None,
        *,
        conditions: int = 3,
        support: int | None = None,
        bins: Literal["quantiles", "tree"] = "quantiles",
    ) -> None:
        measured = yardstick(analysis, metric)
        scale = measured.scale
        if conditions not in (1, 2, 3):
            msg = f"conditions: {conditions!r} is not 1, 2 or 3."
            raise InputError(msg)
        if bins not in ("quantiles", "tree"):
            msg = f"bins: {bins!r} is neither 'quantiles' nor 'tree'."
            raise InputError(msg)
        if bins == "tree" and isinstance(scale, CustomMetric):
            msg = "bins: 'tree' needs a metric with a figure for each row; with a function of your own use 'quantiles'."
            raise InputError(msg)
        counted = len(analysis.X) if isinstance(scale, CustomMetric) else int((scale.bottom != 0).sum())
        if support is None:
            support = max(_FEWEST, math.ceil(_SHARE * counted))
        elif not 2 <= support <= counted / 2:
            msg = (
                f"support: {support!r} is no number of rows from 2 to {number(counted // 2)}, half of those that count."
            )
            raise InputError(msg)
        self.support = support
        self._conditions = conditions
        self._bins = bins
        super().__init__(analysis, measured, self._compute)

    def by(self, metric: str | Function) -> Slices:
        """Return the same slices by another metric."""
        return Slices(self.analysis, metric, conditions=self._conditions, bins=self._bins)

    # ------------------------------------------------------------------ computing

    def _compute(self, progress: Progress, publish: Callable[[SliceResult], None]) -> SliceResult:
        analysis, scale = self.analysis, self.yardstick.scale
        progress.at("Cutting columns into categories", 0.0)
        half = analysis.sample(len(analysis.X) // 2)
        cut = (
            partial(_by_tree, scale, half, self.support)
            if self._bins == "tree" and isinstance(scale, Measure)
            else None
        )
        cuts = partitions(analysis.X, self.support, cut)
        categories = self._categories(cuts, progress)
        first = SliceResult(tuple(cuts), categories, None, "", "")
        if isinstance(scale, CustomMetric):
            return replace(first, found=(), sentence=_not_searched(self.yardstick), method=_of_categories(categories))
        publish(first)
        return self._searched(first, scale, half, progress)

    def _categories(self, cuts: list[Partition], progress: Progress) -> pd.DataFrame:
        tables = []
        for done, cut in enumerate(cuts):
            progress.at(f"Comparing categories of {cut.name}", 0.1 * done / len(cuts))
            table = self.yardstick.scale.of_categories(cut.codes, len(cut.categories))
            table.insert(0, "column", cut.name)
            table.insert(1, "category", [condition.label for condition in cut.categories])
            table.insert(2, "rows", np.bincount(cut.codes, minlength=len(table)))
            table["expression"] = pd.Series([condition.expression for condition in cut.categories], dtype=object)
            tables.append(table)
        columns = ["column", "category", "rows", *FIGURES, "expression"]
        frame = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
        frame.insert(len(columns) - 1, "q", adjusted(frame["p"].to_numpy(dtype=float)))
        return frame

    def _searched(self, first: SliceResult, scale: Measure, half: np.ndarray, progress: Progress) -> SliceResult:
        counts = scale.bottom != 0
        searched = half[counts[half]]
        beside = counts.copy()
        beside[half] = False
        held_out = np.flatnonzero(beside)
        found = search(
            first.partitions,
            scale,
            searched,
            conditions=self._conditions,
            support=math.ceil(self.support / 2),
            progress=progress,
        )
        progress.at("Looking again on the other half", 1.0)
        slices = self._confirmed(first.partitions, scale, found, held_out)
        return replace(
            first,
            found=slices,
            sentence=_sentence(self.yardstick, slices, found, self.support),
            method=self._method(first, found, len(searched), len(held_out)),
        )

    def _confirmed(
        self, cuts: tuple[Partition, ...], scale: Measure, found: Search, held_out: np.ndarray
    ) -> tuple[Slice, ...]:
        beside = scale.take(held_out)
        place = np.full(len(self.analysis.X), -1)
        place[held_out] = np.arange(len(held_out))
        positions = [_rows(cuts, candidate.categories) for candidate in found.candidates]
        again = [beside.of_rows(place[rows][place[rows] >= 0]).iloc[0] for rows in positions]
        q = adjusted(np.array([line["p"] for line in again], dtype=float))
        slices = []
        for candidate, rows, line, one_q in zip(found.candidates, positions, again, q, strict=True):
            confirmed = bool(one_q < ALPHA and candidate.worse * line["difference"] > 0)
            slices.append(
                Slice(
                    _words(cuts, candidate.categories),
                    joined_expression(_conditions(cuts, candidate.categories)),
                    rows,
                    self.compare(rows),
                    Comparison.of(line),
                    float(one_q),
                    confirmed,
                    tuple(_words(cuts, variant) for variant in candidate.variants),
                    _SEARCHED if confirmed else _NOT_HELD,
                )
            )
        order = sorted(zip(found.candidates, slices, strict=True), key=lambda pair: _rank(*pair))
        return tuple(one for _, one in order)

    def _method(self, first: SliceResult, found: Search, searched: int, held_out: int) -> str:
        label, tried = self.yardstick.label, count(self._conditions, "category", "categories")
        columns, offered = count(len(first.partitions), "column"), len(found.candidates)
        tried_words = (
            f"Tried: {found.tried:,} combinations of up to {tried} of {columns}, all that hold {count(self.support, 'row')} "
            f"and leave out as many, on {searched:,} rows drawn at random."
        )
        again = (
            f"Candidates: {offered:,}. Each is looked at again on the other {held_out:,} rows, whose figures are shown, with "
            f"p adjusted by Benjamini and Hochberg for all of them; ranked by the lower end of the difference's interval."
        )
        said = [tried_words, _CANDIDATE.format(label=label, clear=CLEAR, adds=ADDS), again]
        if found.left_out:
            said.append(
                f"Three conditions were only tried among the {MOST_COLUMNS} columns that tell errors apart best by one "
                f"or two; not with {listing(found.left_out)}."
            )
        return " ".join([*said, _of_categories(first.categories), _NO_CAUSE])

    # ------------------------------------------------------------------ what was found

    @property
    def frame(self) -> pd.DataFrame:
        """One line per category of every column, what is missing among them.

        Columns: ``column``, ``category``, ``rows``, ``counted`` (rows that count towards the metric), ``value`` with
        ``low`` and ``high``, ``rest`` (the metric of all other rows), ``difference`` with ``difference_low`` and
        ``difference_high`` (95 % intervals, each for itself), ``p`` (two-sided), ``q`` (adjusted by Benjamini and
        Hochberg for all categories of all columns), ``expression`` (a query that selects the rows).
        """
        return self.work.first.categories.copy()

    @property
    def worst(self) -> pd.DataFrame:
        """One line per slice found by the search, the worst first; its index is the place in :attr:`found`.

        Columns: ``slice``, ``rows`` (all of them), then figures of the rows that had no say in choosing it, as in
        :attr:`frame`, ``q`` adjusted for the slices of this frame, ``confirmed``, ``variants`` (how many other slices
        were folded into it), ``expression``. Empty when nothing was found.
        """
        frame = as_frame(self.found, "slice")
        frame["confirmed"] = pd.Series([one.confirmed for one in self.found], dtype=bool)
        frame["variants"] = pd.Series([len(one.variants) for one in self.found], dtype=int)
        return frame[[*frame.columns.drop("expression"), "expression"]]

    def category(self, column: str, category: str) -> Slice:
        """Return a category of a column as a slice.

        Parameters
        ----------
        column, category
            As in :attr:`frame`.

        Raises
        ------
        InputError
            When there is no such category.
        """
        cuts = {cut.name: cut for cut in self.work.first.partitions}
        if column not in cuts:
            msg = f"column: {column!r} was not cut into categories. {nearest(column, cuts)}"
            raise InputError(msg)
        labels = [condition.label for condition in cuts[column].categories]
        if category not in labels:
            msg = f"category: {column!r} has no category {category!r}. {nearest(category, labels)}"
            raise InputError(msg)
        place = labels.index(category)
        condition = cuts[column].categories[place]
        table = self.work.first.categories
        line = table[table["column"] == column].iloc[place]
        rows = np.flatnonzero(cuts[column].codes == place)
        origin = f"One of {count(len(table), 'category', 'categories')} compared; q is adjusted for all of them."
        return Slice(
            condition.words, condition.expression, rows, Comparison.of(line), q=float(line["q"]), origin=origin
        )

    # ------------------------------------------------------------------ showing

    def chart(self, column: str | None = None) -> alt.TopLevelMixin:
        """Return a forest plot as an Altair chart: the slices found, or the categories of a column.

        Parameters
        ----------
        column
            As in :attr:`frame`; the slices found if not given.

        Raises
        ------
        InputError
            When there is no such column, or no slice was found.
        """
        from mlqa_widgets.charts.slices import forest

        if column is None:
            if not self.found:
                msg = f"column: {self.sentence} Name a column to see its categories."
                raise InputError(msg)
            return forest(self.worst, "slice", self.yardstick)
        table = self.frame
        if column not in set(table["column"]):
            msg = f"column: {column!r} was not cut into categories. {nearest(column, table['column'].unique())}"
            raise InputError(msg)
        return forest(table[table["column"] == column], "category", self.yardstick)

    def __repr__(self) -> str:
        return f"<Slices by {self.yardstick.label}: {self.sentence}>"


# ---------------------------------------------------------------------- slices of categories


def _conditions(cuts: tuple[Partition, ...], categories: Categories) -> list[Condition]:
    return [cuts[partition].categories[category] for partition, category in categories]


def _words(cuts: tuple[Partition, ...], categories: Categories) -> str:
    return joined_words(_conditions(cuts, categories))


def _rows(cuts: tuple[Partition, ...], categories: Categories) -> np.ndarray:
    inside = np.logical_and.reduce([cuts[partition].codes == category for partition, category in categories])
    return np.flatnonzero(inside)


def _rank(candidate: Candidate, slice_: Slice) -> tuple[bool, float]:
    held_out = slice_.shown
    bound = held_out.difference_low if candidate.worse > 0 else -held_out.difference_high
    return not slice_.confirmed, -bound if math.isfinite(bound) else math.inf


def _by_tree(scale: Measure, half: np.ndarray, support: int, codes: np.ndarray, distinct: np.ndarray) -> np.ndarray:
    """Cut numbers where a decision tree tells the metric apart, on the half that is searched."""
    from sklearn.tree import DecisionTreeRegressor

    rows = half[codes[half] >= 0]
    reach = float(np.finfo(np.float32).max)
    values = np.clip(distinct.astype(np.float64), -reach, reach)
    weight = scale.weight[rows]
    tree = DecisionTreeRegressor(
        max_leaf_nodes=_SPANS,
        min_samples_leaf=math.ceil(support / 2),
        min_impurity_decrease=_BEYOND_CHANCE * weight.var() / max(1, len(rows)),
        random_state=0,
    ).fit(values[codes[rows], None], weight)
    return np.searchsorted(values, np.sort(tree.tree_.threshold[tree.tree_.feature >= 0]), side="right")


# ---------------------------------------------------------------------- words

_SEARCHED = "Found on one half of the rows and confirmed on the other, whose figures these are."
_NOT_HELD = "It stood out on the half that was searched, but not beyond chance on the other, whose figures these are."
_CANDIDATE = (
    "A slice is a candidate if the {label} is worse there than on the rest by {clear:g} standard errors; a further condition "
    "must make {adds:g} times the effect of it, clearly for all that were tried. One that is no worse than the rest but for "
    "rows of another is folded into it."
)
_NO_CAUSE = "That the metric is worse on some rows does not say that what they have in common is the cause."


def _of_categories(table: pd.DataFrame) -> str:
    return (
        f"In the categories of a column intervals are 95 %, each for itself; q is adjusted for all "
        f"{count(len(table), 'category', 'categories')} of all columns."
    )


def _not_searched(yardstick: Yardstick) -> str:
    return f"Categories are compared by {yardstick.label}, a function of yours; slices of several conditions are not searched by it."


def _sentence(yardstick: Yardstick, slices: tuple[Slice, ...], found: Search, support: int) -> str:
    label, confirmed = yardstick.label, [one for one in slices if one.confirmed]
    if not found.tried:
        return (
            f"No slice could be tried: none holds at least {count(support, 'row')} and leaves out as many. Smaller ones are "
            "looked for with support=."
        )
    tried = f"{found.tried:,} slices of at least {count(support, 'row')} were tried"
    if not confirmed:
        held = (
            "none stood out"
            if not slices
            else f"{count(len(slices), 'slice')} stood out on the half searched, but did not hold on the other"
        )
        return f"No slice was found where the {label} is worse beyond chance: {tried}; {held}."
    worst = confirmed[0]
    more = f"; {count(len(confirmed) - 1, 'more slice')} confirmed" if len(confirmed) > 1 else ""
    verb = "differs most" if yardstick.higher_is_better is None else "is worst"
    return f"The {label} {verb} where {worst.words}: {in_words(yardstick, worst.shown)}{more}. {tried[0].upper()}{tried[1:]}."


def in_words(yardstick: Yardstick, figures: Comparison) -> str:
    """Return a comparison in words: the two figures, their difference and its interval."""
    text = f"{yardstick.text(figures.value)} against {yardstick.text(figures.rest)} for the rest"
    if math.isnan(figures.difference_low):
        return text
    low, high = (yardstick.difference_text(end) for end in (figures.difference_low, figures.difference_high))
    return f"{text} ({yardstick.difference_text(figures.difference)}, 95 % interval {low.removesuffix(' points')} to {high})"
