"""Why the model speaks otherwise of some rows than of the rest: their mean contributions side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.explain.contributions import Against, contributions, estimate_seconds
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.explain.outcome import class_words
from mlqa_widgets.explain.sentence import column_words, figure, value_words
from mlqa_widgets.models.model import Task
from mlqa_widgets.progress import Progress
from mlqa_widgets.wording import count, listing, percent

DRAWN = 500
"""Rows explained on either side, at most."""
_SECONDS = 3.0
_FEWEST = 30
_SEED = 0


@dataclass(frozen=True)
class Group:
    """Mean contributions of some rows and of the rest.

    Attributes
    ----------
    rows, rest
        How many rows there are on either side.
    drawn
        How many of them were explained, drawn at random.
    table
        One line per column, the greatest difference first: ``column``, ``here``, ``there`` (mean contributions),
        ``difference``, ``low``, ``high`` (its interval: 95 % for all columns together, Welch with Bonferroni), and
        ``typical_here``, ``typical_there`` (median, or the most frequent value with its share).
    prediction_here, prediction_there
        Mean predictions of the class explained, or of the values.
    explanation
        Of the rows explained on this side: who computed it, against what, in which space.
    sentence
        The comparison in words.
    """

    rows: int
    rest: int
    drawn: tuple[int, int]
    table: pd.DataFrame = field(repr=False)
    prediction_here: float
    prediction_there: float
    explanation: Explanation = field(repr=False)
    sentence: str


def group(
    analysis: ModelAnalysis,
    positions: np.ndarray,
    *,
    output: int = -1,
    against: Against = "training",
    space: Literal["raw", "probability"] = "raw",
    progress: Progress | None = None,
) -> Group:
    """Compare the contributions of some rows with those of the rest.

    Parameters
    ----------
    analysis
        The model and its rows.
    positions
        The rows: at least two of them, and at least two others.
    output, against, space
        As for :func:`mlqa_widgets.explain.contributions.contributions`.
    progress
        Told how far it is.

    Raises
    ------
    InputError
        When there are fewer than two rows on either side.
    """
    rest = np.setdiff1d(np.arange(len(analysis.X)), positions)
    if len(positions) < 2 or len(rest) < 2:
        msg = f"row: {count(len(positions), 'row')} against {len(rest):,} others; there must be two on either side."
        raise InputError(msg)
    output = output % analysis.model.outputs
    affordable = int(_SECONDS / max(estimate_seconds(analysis, 2, against=against), 1e-9))
    most = int(np.clip(affordable, _FEWEST, DRAWN))
    random = np.random.default_rng(_SEED)
    here, there = (np.sort(random.permutation(side)[:most]) for side in (positions, rest))
    found = contributions(
        analysis, np.concatenate([here, there]), output=output, against=against, space=space, progress=progress
    )
    table = _table(analysis, found.values[: len(here)], found.values[len(here) :])
    table["typical_here"] = [_typical(analysis.X.iloc[here][c]) for c in table["column"]]
    table["typical_there"] = [_typical(analysis.X.iloc[there][c]) for c in table["column"]]
    means = (
        float(analysis.prediction[positions, output].mean()),
        float(analysis.prediction[rest, output].mean()),
    )
    return Group(
        len(positions),
        len(rest),
        (len(here), len(there)),
        table,
        *means,
        found.take(np.arange(len(here))),
        _sentence(analysis, means, output, table, len(positions)),
    )


def _table(analysis: ModelAnalysis, here: np.ndarray, there: np.ndarray) -> pd.DataFrame:
    from scipy.stats import t

    difference = here.mean(axis=0) - there.mean(axis=0)
    columns = here.shape[1]
    variances = [side.var(axis=0, ddof=1) / len(side) for side in (here, there)]
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = sum(v**2 / (len(side) - 1) for v, side in zip(variances, (here, there), strict=True))
        reach = t.isf(0.025 / columns, sum(variances) ** 2 / parts) * np.sqrt(sum(variances))
    reach = np.nan_to_num(reach)  # neither side varies
    table = pd.DataFrame(
        {
            "column": pd.Series(list(analysis.model.columns), dtype=object),
            "here": here.mean(axis=0),
            "there": there.mean(axis=0),
            "difference": difference,
            "low": difference - reach,
            "high": difference + reach,
        }
    )
    order = np.argsort(-np.abs(difference), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _typical(column: pd.Series) -> str:
    present = column.dropna()
    if present.empty:
        return "missing"
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        return f"median {value_words(float(present.median()))}"
    counts = present.astype(str).value_counts()
    return f"{value_words(counts.index[0])} {percent(counts.iloc[0] / len(column))}"


def _sentence(analysis: ModelAnalysis, means: tuple[float, float], output: int, table: pd.DataFrame, rows: int) -> str:
    here, there = (figure(m) if analysis.model.task is Task.REGRESSION else percent(m) for m in means)
    if analysis.model.task is Task.REGRESSION:
        opening = f"The model says {here}"
    else:
        opening = f"The model gives {here} for {class_words(analysis, output)}"
    text = f"{opening} on average for these {count(rows, 'row')}, and {there} for the rest."
    clear = table[(table["low"] > 0) | (table["high"] < 0)]
    if clear.empty:
        return text + " No column's contribution differs more than chance would have it."
    named = [
        f"{column_words(c)} ({here} here, {there} there)"
        for c, here, there in clear[["column", "typical_here", "typical_there"]].head(3).itertuples(index=False)
    ]
    return f"{text} The contributions that differ most are those of {listing(named)}."
