"""The rows most like one row, with what came for them, and the nearest row with another outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.explain.outcome import class_words, other_outcome
from mlqa_widgets.explain.reference import surroundings
from mlqa_widgets.explain.sentence import figure
from mlqa_widgets.models.model import Task
from mlqa_widgets.wording import count, percent, shortened

SIMILAR = 10
"""Nearest rows shown."""


@dataclass(frozen=True)
class Similar:
    """The nearest rows of ``X``.

    Attributes
    ----------
    positions
        Their positions, nearest first.
    distances
        Their distances, 0 to 1: the mean over the columns of what two rows differ by; numbers by the share of rows
        between them, categories and missing values by 0 or 1.
    rows
        The rows with what was predicted and what came, and their ``distance`` first.
    sentence
        What came for them and what the model says of them, in words.
    """

    positions: np.ndarray
    distances: np.ndarray
    rows: pd.DataFrame
    sentence: str


@dataclass(frozen=True)
class Contrast:
    """The nearest row with another outcome.

    Attributes
    ----------
    position
        Its position in ``X``; None where there is none.
    distance
        Its distance, 0 to 1.
    sentence
        What it is, in words.
    """

    position: int | None
    distance: float
    sentence: str


def similar_rows(analysis: ModelAnalysis, position: int, k: int = SIMILAR, *, output: int = -1) -> Similar:
    """Return the rows of ``X`` nearest to one of them, without itself.

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> X = pd.DataFrame({"age": [20, 21, 40, 60]})
    >>> found = similar_rows(mq.analyze(lambda rows: 2.0 * rows["age"], X, [41, 42, 90, 110]), 0, 2)
    >>> found.positions.tolist(), found.sentence
    ([1, 2], 'For the 2 nearest rows 66 came on average; the model says 61 of them on average.')
    """
    positions, distances = surroundings(analysis).nearest(analysis.X.iloc[[position]], k + 1)
    others = np.flatnonzero(positions[0] != position)[:k]
    positions, distances = positions[0][others], distances[0][others]
    rows = analysis.frame.iloc[positions]
    rows.insert(0, _free("distance", rows), distances)
    return Similar(positions, distances, rows, _says(analysis, positions, output))


def _free(name: str, rows: pd.DataFrame) -> str:
    while name in rows.columns:
        name = f"_{name}"
    return name


def _says(analysis: ModelAnalysis, positions: np.ndarray, output: int) -> str:
    if len(positions) == 0:
        return "There is no other row."
    rows = f"the {count(len(positions), 'nearest row')}"
    mean = float(analysis.prediction[positions, output].mean())
    if analysis.model.task is Task.REGRESSION:
        if analysis.actual is None:
            return f"Of {rows} the model says {figure(mean)} on average."
        came = figure(float(analysis.actual[positions].mean()))
        return f"For {rows} {came} came on average; the model says {figure(mean)} of them on average."
    name = class_words(analysis, output)
    if analysis.actual is None:
        return f"The model gives {rows} {percent(mean)} for {name} on average."
    of_class = int((analysis.actual[positions] == output % analysis.model.outputs).sum())
    return f"Of {rows} {of_class} came out {name}; the model gives them {percent(mean)} on average."


def contrast(analysis: ModelAnalysis, position: int, *, target: Any = None) -> Contrast:
    """Return the nearest row of ``X`` with another outcome: predicted so, and rightly where that is known.

    Parameters
    ----------
    analysis
        The model and its rows.
    position
        The row.
    target
        A class, or a value the prediction is to cross; see :func:`mlqa_widgets.explain.outcome.other_outcome`.
    """
    other = other_outcome(analysis, position, target)
    there = other.reached(analysis.prediction)
    wording = other.words
    if analysis.actual is not None and analysis.model.task is not Task.REGRESSION:
        right = there & (analysis.actual == analysis.predicted)
        if right.any():
            there, wording = right, f"{other.words} that came true"
    candidates = np.flatnonzero(there)
    if len(candidates) == 0:
        return Contrast(None, float("nan"), f"No row of X has {other.words}.")
    distances = surroundings(analysis).distances(analysis.X.iloc[[position]])[candidates]
    nearest = int(distances.argmin())
    found, distance = int(candidates[nearest]), float(distances[nearest])
    words = f"The nearest row with {wording} is row {shortened(str(analysis.X.index[found]))}."
    return Contrast(found, distance, words)
