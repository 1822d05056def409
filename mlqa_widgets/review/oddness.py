"""How odd a prediction is: measures of a row, each as its rank among rows drawn at random, and their stated mix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import SAMPLE, ModelAnalysis
from mlqa_widgets.evaluate.metrics import METRICS
from mlqa_widgets.explain.neighbours import Neighbours
from mlqa_widgets.models.model import Task
from mlqa_widgets.review.extremes import Extremes
from mlqa_widgets.review.second_opinion import SecondOpinion
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened

NEIGHBOURS = 20
"""Nearest rows that a prediction is compared with."""
REFERENCE = 10_000
"""Rows that nearest ones are looked for among, at most."""
_WORST, _FARTHEST = 1_000, 500
_NAMED = 3
_RAREST = 0.5 / SAMPLE

PARTS = ("loss", "neighbours", "distance", "value", "out_of_fold")
"""The parts of oddness, in the order they are shown."""
WEIGHTS = {"loss": 1.0, "neighbours": 0.5, "distance": 0.5, "value": 0.5, "out_of_fold": 1.0}
"""What each part counts where nothing else is said."""
LABELS = {
    "loss": "loss",
    "neighbours": "against neighbours",
    "distance": "distance from the data",
    "value": "farthest value",
    "out_of_fold": "out of fold",
}


@dataclass(frozen=True)
class Measure:
    """One part of oddness.

    Attributes
    ----------
    id
        One of :data:`PARTS`.
    of
        Takes positions of rows in ``X``; returns a figure for each, larger where odder.
    sentence
        Takes a position and its rank; says why the figure is what it is.
    """

    id: str
    of: Callable[[np.ndarray], np.ndarray]
    sentence: Callable[[int, float], str]


@dataclass(frozen=True)
class Examination:
    """What is known of the oddness of some rows.

    Attributes
    ----------
    measures
        The parts known by now.
    weights
        What each part counts in the mix.
    yardstick
        For each part its figures, sorted, of the rows drawn at random that ranks are counted among.
    parts
        One row per row examined, indexed by position in ``X``: ``oddness``, the mix of the others, then each part as
        a rank: the share of the yardstick that is less odd (ties count half), 0 to 1.
    """

    measures: tuple[Measure, ...]
    weights: Mapping[str, float]
    yardstick: Mapping[str, np.ndarray]
    parts: pd.DataFrame

    def ranks(self, positions: np.ndarray) -> pd.DataFrame:
        """Return what ``parts`` holds for any rows."""
        ranks = {m.id: _rank(m.of(positions), self.yardstick[m.id]) for m in self.measures}
        return _mixed(pd.DataFrame(ranks, index=positions), self.weights)

    def with_measure(self, measure: Measure, sample: np.ndarray) -> Examination:
        """Return the same rows with one part more; its ranks are counted among the rows at ``sample``."""
        yardstick = np.sort(measure.of(sample))
        measures = tuple(sorted([*self.measures, measure], key=lambda m: PARTS.index(m.id)))
        known = self.parts.drop(columns="oddness", errors="ignore")
        known[measure.id] = _rank(measure.of(known.index.to_numpy()), yardstick)
        parts = _mixed(known[[m.id for m in measures]], self.weights)
        return replace(self, measures=measures, yardstick={**self.yardstick, measure.id: yardstick}, parts=parts)


def nothing_known(positions: np.ndarray, weights: Mapping[str, float]) -> Examination:
    """Return an examination of rows before any part is known."""
    return Examination((), weights, {}, pd.DataFrame({"oddness": 0.0}, index=positions))


def _rank(figures: np.ndarray, yardstick: np.ndarray) -> np.ndarray:
    below = np.searchsorted(yardstick, figures, side="left")
    up_to = np.searchsorted(yardstick, figures, side="right")
    return (below + up_to) / (2 * len(yardstick))


def _mixed(ranks: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Put the mix first: one less the weighted geometric mean of the shares that are at least as odd.

    An arithmetic mean of ranks hides what is extreme in one part behind what is usual in the others: of 25 flipped
    labels among 3,000 rows the first 50 of the queue held 3 by that and 14 by this. Fisher combines tests so.
    """
    rarer = np.clip(1 - ranks.to_numpy(), _RAREST, 1)
    mix = 1 - np.exp(np.average(np.log(rarer), axis=1, weights=[weights[part] for part in ranks.columns]))
    ranks.insert(0, "oddness", mix)
    return ranks


# ---------------------------------------------------------------------- which rows are looked at


def candidates(analysis: ModelAnalysis, among: np.ndarray, extremes: Extremes) -> tuple[np.ndarray, str]:
    """Return the rows to examine, and how they were chosen, in words.

    All of them where they are few. Else 2,000 drawn at random, the 1,000 of the greatest loss, and the 500 with a
    value farthest from the rest of its column: the odd rows are nearly always among these.

    Parameters
    ----------
    among
        Positions to choose from, in order.
    """
    if len(among) <= SAMPLE + _WORST + _FARTHEST:
        return among, f"all {count(len(among), 'row')}"
    drawn = among[np.sort(np.random.default_rng(0).permutation(len(among))[:SAMPLE])]
    chosen = [drawn, among[_largest(extremes.farthest[among], _FARTHEST)]]
    said = [f"{len(drawn):,} drawn at random", f"the {_FARTHEST:,} with a value farthest from the rest of its column"]
    if analysis.actual is not None:
        chosen.append(among[_largest(losses(analysis)[among], _WORST)])
        said.insert(1, f"the {_WORST:,} of the greatest loss")
    positions = np.unique(np.concatenate(chosen))
    return positions, f"{len(positions):,} of {len(among):,} rows: {', '.join(said[:-1])} and {said[-1]}"


def _largest(figures: np.ndarray, how_many: int) -> np.ndarray:
    return np.argpartition(figures, -how_many)[-how_many:]


# ---------------------------------------------------------------------- the measures


def losses(analysis: ModelAnalysis) -> np.ndarray:
    """Return the loss of every row: log loss, or absolute error."""
    metric = "mae" if analysis.model.task is Task.REGRESSION else "log_loss"
    return METRICS[metric].terms(analysis.outcomes)[0]


def loss_measure(analysis: ModelAnalysis) -> Measure:
    """Return how badly the prediction missed what came: log loss, or absolute error."""
    figures, outcomes = losses(analysis), analysis.outcomes

    def sentence(position: int, rank: float) -> str:
        came = outcomes.actual[position]
        if analysis.model.task is Task.REGRESSION:
            return f"The model says {figure(outcomes.predicted[position])} and {figure(came)} came: a greater miss {_than(rank)}."
        given = percent(outcomes.prediction[position, came])
        return f"The model gave {given} to {_named(analysis, came)}, which came: a worse miss {_than(rank)}."

    return Measure("loss", lambda positions: figures[positions], sentence)


class Surroundings:
    """The nearest rows: what came near a row, and how near the data is.

    Rows of ``X`` are looked for among at most :data:`REFERENCE` drawn at random, and so are training rows.
    """

    def __init__(self, analysis: ModelAnalysis) -> None:
        self.analysis = analysis
        self.reference = analysis.sample(REFERENCE)
        self._near = Neighbours(analysis.X.iloc[self.reference])
        self._data, self._data_rows = self._near, analysis.X.iloc[self.reference]
        if analysis.train_given:
            drawn = np.random.default_rng(0).permutation(len(analysis.train))[:REFERENCE]
            self._data_rows = analysis.train.iloc[np.sort(drawn)]
            self._data = Neighbours(self._data_rows)
        self._came = _came(analysis)
        self._last: tuple[np.ndarray, tuple[np.ndarray, np.ndarray]] | None = None

    def nearest(self, positions: np.ndarray, k: int = NEIGHBOURS) -> tuple[np.ndarray, np.ndarray]:
        """Return positions in ``X`` of the nearest other rows and their distances, both of shape (rows, k)."""
        found, distances = self._near.nearest(self.analysis.X.iloc[positions], k + 1)
        found = self.reference[found]
        itself = found == positions[:, None]
        itself[~itself.any(axis=1), -1] = True
        shape = (len(positions), found.shape[1] - 1)
        return found[~itself].reshape(shape), distances[~itself].reshape(shape)

    def measures(self) -> tuple[Measure, Measure]:
        """Return how far the prediction is from what came near the row, and how far the row is from the data."""
        return (
            Measure("neighbours", self._gap, self._says_gap),
            Measure("distance", self._distance, self._says_distance),
        )

    def _nearest(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest rows; those of the last rows asked for are kept, as two measures ask for them."""
        if self._last is None or not np.array_equal(self._last[0], positions):
            self._last = (positions, self.nearest(positions))
        return self._last[1]

    def _expected(self, positions: np.ndarray) -> np.ndarray:
        return self._came[self._nearest(positions)[0]].mean(axis=1)

    def _gap(self, positions: np.ndarray) -> np.ndarray:
        apart = np.abs(self.analysis.prediction[positions] - self._expected(positions)).sum(axis=1)
        return apart if self.analysis.model.task is Task.REGRESSION else apart / 2

    def _says_gap(self, position: int, rank: float) -> str:
        analysis, expected = self.analysis, self._expected(np.array([position]))[0]
        known, near = analysis.actual is not None, f"its {min(NEIGHBOURS, len(self.reference) - 1)} nearest rows"
        predicted = analysis.predicted[position]
        if analysis.model.task is Task.REGRESSION:
            came = f"what came for {near}" if known else f"what it says of {near}"
            return f"The model says {figure(predicted)}; {came} is {figure(expected[0])} on average: farther apart {_than(rank)}."
        said, share = percent(analysis.prediction[position, predicted]), percent(expected[predicted])
        came = f"of {near} {share} came out so" if known else f"{near} get {share} on average"
        return f"The model gives {said} to {_named(analysis, predicted)}; {came}: farther apart {_than(rank)}."

    def _distance(self, positions: np.ndarray) -> np.ndarray:
        if not self.analysis.train_given:
            return self._nearest(positions)[1].mean(axis=1)
        return self._data.nearest(self.analysis.X.iloc[positions], NEIGHBOURS)[1].mean(axis=1)

    def _says_distance(self, position: int, rank: float) -> str:
        whose = "training rows" if self.analysis.train_given else "rows"
        row = self.analysis.X.iloc[[position]]
        near = self._data_rows.iloc[self._data.nearest(row, NEIGHBOURS)[0][0]]
        apart = self._data.differences(near, row).mean(axis=0)
        most = [shortened(str(row.columns[i])) for i in np.argsort(-apart, kind="stable")[:_NAMED] if apart[i] > 0]
        where = f", most in {listing(most)}" if most else ""
        return f"Its nearest {whose} are farther away {_than(rank)}{where}."


def value_measure(extremes: Extremes) -> Measure:
    """Return how far the farthest value of a row lies from the rest of its column."""

    def sentence(position: int, rank: float) -> str:
        return f"{extremes.sentence(position)}: farther {_than(rank)}."

    return Measure("value", lambda positions: extremes.farthest[positions], sentence)


def out_of_fold_measure(analysis: ModelAnalysis, opinion: SecondOpinion) -> Measure:
    """Return how strongly models fitted without a row speak against what came for it.

    For classes the normalised margin of confident learning (Northcutt, Jiang and Chuang, *Confident Learning*, JAIR
    2021): the probability of the best other class less that of the label. For values the absolute error.
    """
    actual = analysis.outcomes.actual
    regression = analysis.model.task is Task.REGRESSION

    def against(positions: np.ndarray) -> np.ndarray:
        found, came = opinion.predict(positions), actual[positions]
        if regression:
            return np.abs(found[:, 0] - came)
        rows = np.arange(len(positions))
        given = found[rows, came]
        found[rows, came] = -np.inf
        return found.max(axis=1) - given

    def sentence(position: int, rank: float) -> str:
        found, came = opinion.predict(np.array([position]))[0], actual[position]
        if regression:
            return f"Fitted without this row, a model says {figure(found[0])} and {figure(came)} came: a greater miss {_than(rank)}."
        best = int(found.argmax())
        return (
            f"Fitted without this row, a model gives {percent(found[best])} to {_named(analysis, best)} and "
            f"{percent(found[came])} to {_named(analysis, came)}, which came: more against its label {_than(rank)}."
        )

    return Measure("out_of_fold", against, sentence)


def _came(analysis: ModelAnalysis) -> np.ndarray:
    """Return what came, in the shape of predictions; what was predicted where that is all that is known."""
    if analysis.actual is None:
        return analysis.prediction
    if analysis.model.task is Task.REGRESSION:
        return analysis.actual[:, None]
    return np.eye(analysis.model.outputs)[analysis.actual]


# ---------------------------------------------------------------------- words


def figure(value: float) -> str:
    """Return a value to four digits."""
    return number(float(f"{value:.4g}"))


def _named(analysis: ModelAnalysis, position: int) -> str:
    return quoted(analysis.model.classes[position])


def _than(rank: float) -> str:
    return "than for any row drawn at random" if rank == 1 else f"than for {percent(rank)} of rows"
