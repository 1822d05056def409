"""Whether an explanation can be trusted: four lights, each with its figure and its thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import BACKGROUND, ModelAnalysis
from mlqa_widgets.explain.contributions import contributions
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.explain.reference import NEAREST, reference
from mlqa_widgets.explain.sentence import cells, column_words, figure, value_words
from mlqa_widgets.explain.what_if import ranges
from mlqa_widgets.wording import listing, percent

Level = Literal["ok", "caution", "warning"]

ADDITIVE, NEARLY_ADDITIVE = 1e-5, 1e-3
"""Largest residual, as a share of the range of scores, of a complete explanation, and of a nearly complete one."""
STEADY, UNSTEADY = 0.95, 0.8
"""Least correlation of contributions against different backgrounds to be called steady, or not unsteady."""
USUAL, FAR = 0.95, 0.99
"""Share of training rows that lie nearer to the data: above the first a row is far, above the second very far."""
DRAWS = 3
_TOP = 3
_SEED = 1


@dataclass(frozen=True)
class Light:
    """One reason to trust an explanation, or not.

    Attributes
    ----------
    id, label
        ``additivity``, ``backgrounds``, ``distance`` or ``methods``, and what it is called.
    level
        ``ok``, ``caution`` or ``warning``.
    figure
        What was measured, in a few words.
    meaning
        What that means, for somebody who has not met it before.
    thresholds
        What makes it a caution, and what a warning.
    """

    id: str
    label: str
    level: Level
    figure: str
    meaning: str
    thresholds: str


def trust_lights(
    analysis: ModelAnalysis, position: int, explanation: Explanation, output: int, space: Literal["raw", "probability"]
) -> tuple[Light, ...]:
    """Return the lights of the explanation of one row.

    Parameters
    ----------
    analysis
        The model and its rows.
    position
        The row in ``X``.
    explanation
        Its explanation, of one row.
    output
        Position of the class explained.
    space
        The space of the explanation.
    """
    drawn = _against_draws(analysis, position, output, space)
    return (
        _additivity(analysis, explanation, output, space),
        _backgrounds(analysis, drawn),
        _distance(analysis, position),
        _methods(analysis, position, explanation, drawn[0], output),
    )


# ---------------------------------------------------------------------- additivity


def _additivity(
    analysis: ModelAnalysis, explanation: Explanation, output: int, space: Literal["raw", "probability"]
) -> Light:
    scale = _range_of_scores(analysis, output, space)
    error = float(np.abs(explanation.residual).max()) / scale
    level: Level = "ok" if error <= ADDITIVE else "caution" if error <= NEARLY_ADDITIVE else "warning"
    said = "base and contributions make the output" if level == "ok" else f"off by {percent(error)} of the score range"
    meaning = (
        "The starting point and all bars add up to what the model says of this row."
        if level == "ok"
        else "The bars do not add up to what the model says: something is missing from them."
    )
    sampled = explanation.standard_error
    if sampled is not None and sampled.any():
        top = int(np.abs(explanation.values[0]).argmax())
        ours, error = float(explanation.values[0, top]), float(sampled[0, top])
        if abs(ours) < 2 * error:
            level = "caution"
        said += f"; the largest is {figure(ours)} ± {figure(2 * error)}"
        meaning += " They are drawn by chance: each has an error, shown as a thin line (two standard errors)."
    return Light(
        "additivity",
        "Adds up",
        level,
        said,
        meaning,
        f"Caution above {ADDITIVE:g} of the range of scores, or where the largest is within its error; warning above {NEARLY_ADDITIVE:g}.",
    )


def _range_of_scores(analysis: ModelAnalysis, output: int, space: str) -> float:
    """Return the range of what is explained over a sample of rows."""
    sample = analysis.sample()
    if space == "probability" or analysis.model.raw_space in {"probability", "value"}:
        scores = analysis.prediction[sample, output]
    else:
        raw = analysis.model.raw(analysis.X.iloc[sample])
        scores = raw[:, 0 if raw.shape[1] == 1 else output]
    return float(np.ptp(scores)) or 1.0


# ---------------------------------------------------------------------- backgrounds


def _against_draws(
    analysis: ModelAnalysis, position: int, output: int, space: Literal["raw", "probability"]
) -> list[np.ndarray]:
    """Return contributions against several backgrounds: the one of the analysis, and others drawn like it."""
    random = np.random.default_rng(_SEED)
    found = [contributions(analysis, np.array([position]), output=output, against="background", space=space)]
    for _ in range(DRAWS - 1):
        drawn = np.sort(random.permutation(len(analysis.train))[:BACKGROUND])
        rows = analysis.train.iloc[drawn]
        found.append(contributions(analysis, np.array([position]), output=output, against=rows, space=space))
    return [one.values[0] for one in found]


def _backgrounds(analysis: ModelAnalysis, drawn: list[np.ndarray]) -> Light:
    tops = [int(np.abs(values).argmax()) for values in drawn]
    agreement = min(_correlation(drawn[0], other) for other in drawn[1:])
    columns = analysis.model.columns
    same = len(set(tops)) == 1
    level: Level = "ok" if same and agreement >= STEADY else "caution" if agreement >= UNSTEADY else "warning"
    first = f"{column_words(columns[tops[0]])} is first each time" if same else _firsts(columns, tops)
    meaning = (
        "The picture stays the same whichever rows the row is compared with."
        if level == "ok"
        else "The picture depends on the rows that this row is compared with: read the order of the bars with care."
    )
    return Light(
        "backgrounds",
        "Steady",
        level,
        f"{first}, least correlation {agreement:.2f}",
        meaning,
        f"{DRAWS} backgrounds of {min(BACKGROUND, len(analysis.train))} rows drawn at random. Caution where another column "
        f"comes first or the correlation is below {STEADY}; warning below {UNSTEADY}.",
    )


def _firsts(columns: tuple[str, ...], tops: list[int]) -> str:
    return f"{listing([column_words(columns[i]) for i in dict.fromkeys(tops)])} come first by turns"


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return how alike contributions are: the cosine, which keeps their zero."""
    sizes = float(np.linalg.norm(one) * np.linalg.norm(other))
    return 1.0 if sizes == 0 else float(one @ other) / sizes


# ---------------------------------------------------------------------- distance from the data


def _distance(analysis: ModelAnalysis, position: int) -> Light:
    known = reference(analysis)
    row = analysis.X.iloc[[position]]
    distance = known.distance(row, among_them=not analysis.train_given)
    share = float(known.farther_than(distance)[0])
    unseen = _unseen(analysis, row)
    level: Level = "warning" if share > FAR or len(unseen) > 1 else "caution" if share > USUAL or unseen else "ok"
    said = f"farther from the data than {percent(share)} of training rows"
    if unseen:
        said += f"; never seen: {listing(unseen)}"
    meaning = (
        "Rows like this one were there to learn from."
        if level == "ok"
        else "The model saw few rows like this one or none: what it says here is extrapolated."
    )
    whose = "training rows" if analysis.train_given else "rows of X (the training rows were not given)"
    return Light(
        "distance",
        "Familiar",
        level,
        said,
        meaning,
        f"Mean distance to the {NEAREST} nearest of {len(known.rows):,} {whose}. Caution above {percent(USUAL)}, or where a "
        f"value was never seen; warning above {percent(FAR)}, or where several were not.",
    )


def _unseen(analysis: ModelAnalysis, row: pd.DataFrame) -> list[str]:
    """Return values outside the range, or among the categories, of no training row."""
    found = []
    for one, value, name in zip(ranges(analysis), cells(row), analysis.model.columns, strict=True):
        if not pd.api.types.is_scalar(value):
            new = str(value) not in set(analysis.train[name].map(str))
        elif pd.isna(value):
            new = one.missing == 0
        elif one.ordered:
            new = not one.values or value < one.values[0] or value > one.values[-1]
        else:
            new = not (analysis.train[name] == value).any()
        if new:
            found.append(f"{column_words(name)} = {value_words(value)}")
    return found


# ---------------------------------------------------------------------- agreement of methods


def _methods(
    analysis: ModelAnalysis, position: int, explanation: Explanation, against_background: np.ndarray, output: int
) -> Light:
    """Compare with another method: against a background where the bars are path-dependent, else column by column."""
    ours = explanation.values[0]
    if np.allclose(ours, against_background):
        theirs, other = _one_at_a_time(analysis, position, output), "exchanging one column at a time"
    else:
        theirs, other = against_background, "contributions against a background of rows"
    top = min(_TOP, len(ours))
    mine, yours = (set(np.argsort(-np.abs(values), kind="stable")[:top].tolist()) for values in (ours, theirs))
    shared = len(mine & yours)
    level: Level = "ok" if shared >= top - 1 else "caution" if shared else "warning"
    missing = [column_words(analysis.model.columns[i]) for i in sorted(yours - mine)]
    said = f"{shared} of the first {top} columns are the same by {other}"
    if missing:
        said += f", which puts {listing(missing)} there"
    meaning = (
        "Two ways of counting name the same columns."
        if level == "ok"
        else "Two ways of counting name different columns: they answer different questions, and columns that go together may share what each could say alone."
    )
    return Light(
        "methods",
        "Agreed",
        level,
        said,
        meaning,
        f"Caution where fewer than {top - 1} of the first {top} are the same; warning where none is.",
    )


def _one_at_a_time(analysis: ModelAnalysis, position: int, output: int) -> np.ndarray:
    """Return what the prediction moves by when one column alone takes the values of the background."""
    row, background = analysis.X.iloc[[position]], analysis.background
    parts = []
    for i in range(row.shape[1]):
        rows = row.iloc[np.zeros(len(background), dtype=np.int64)].reset_index(drop=True)
        rows.isetitem(i, background.iloc[:, i].array)
        parts.append(rows)
    found = analysis.model.predict(pd.concat(parts, ignore_index=True))[:, output]
    return analysis.prediction[position, output] - found.reshape(len(parts), -1).mean(axis=1)
