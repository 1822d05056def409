"""Importance from ever more rows: a first picture in about a second, then as many rows as half a minute allows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mlqa_widgets.analysis import SAMPLE, ModelAnalysis
from mlqa_widgets.evaluate.metrics import Metric
from mlqa_widgets.explain.contributions import estimate_seconds, refine
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.importance.permutation import Pace, Permuted, permute
from mlqa_widgets.progress import Progress

ROWS = 20_000
"""Rows that figures are refined to, where that takes no more than half a minute for either."""
_SECONDS = 30.0
_FIRST_SECONDS = 0.35
_STEP_SECONDS = 2.0
_FEWEST_ROWS = 100
_TIMED_ROWS = 1_000


@dataclass(frozen=True)
class Measured:
    """What was measured by now.

    Attributes
    ----------
    permuted
        Permutation importance; None without what came, or before it was measured.
    positions, explanation
        The rows of ``X`` whose contributions are known, and these; none before.
    permuted_rows, explained_rows
        Rows that either is refined to.
    """

    permuted: Permuted | None
    positions: np.ndarray = field(repr=False)
    explanation: Explanation | None = field(repr=False)
    permuted_rows: int
    explained_rows: int


def refined(
    analysis: ModelAnalysis,
    columns: list[tuple[int, ...]],
    metric: Metric | None,
    *,
    output: int,
    repeats: int,
    rows: int | None,
    progress: Progress,
) -> Iterator[Measured]:
    """Yield what is known from ever more rows, drawn at random.

    Parameters
    ----------
    analysis
        The model and its rows.
    columns
        Positions of the columns measured together, each alone or as a group.
    metric
        What permutation is measured by; None for contributions only.
    output
        Position of the class whose contributions are measured.
    repeats
        Times each is permuted.
    rows
        Rows that both are refined to; if not given, as many as half a minute allows, at most :data:`ROWS`.
    progress
        Told how far it is, and how long it takes yet.
    """
    progress.at("Timing the model", 0.0)
    together = _Together(progress)
    pace = _pace(analysis)
    permuted_rows = 0
    explained_rows = _affordable(analysis, rows, estimate_seconds(analysis, ROWS))
    sources = [_explained(analysis, output, explained_rows, together.part())]
    if metric is not None:
        rate = pace.rate / (len(columns) * repeats)
        permuted_rows = _affordable(analysis, rows, ROWS / rate)
        permuted = _permuted(analysis, columns, metric, repeats, permuted_rows, pace, together.part())
        sources.insert(0, permuted)
    known = Measured(None, np.array([], dtype=np.int64), None, permuted_rows, explained_rows)
    while sources:
        source = sources.pop(0)
        news = next(source, None)
        if news is not None:
            known = replace(known, **news)
            yield known
            sources.append(source)


def _pace(analysis: ModelAnalysis) -> Pace:
    frame = analysis.X.iloc[analysis.sample(_TIMED_ROWS)]
    seconds = []
    for part in (frame.head(1), frame.head(1), frame):
        started = time.perf_counter()
        analysis.model.predict(part)
        seconds.append(time.perf_counter() - started)
    return Pace(overhead=seconds[1]).after(len(frame), seconds[2])


def _affordable(analysis: ModelAnalysis, rows: int | None, seconds: float) -> int:
    """Return to how many rows to refine, given what the usual number of them takes."""
    affordable = ROWS if seconds <= _SECONDS else max(_FEWEST_ROWS, int(ROWS * _SECONDS / seconds))
    return min(len(analysis.X), affordable if rows is None else rows)


def _explained(analysis: ModelAnalysis, output: int, rows: int, progress: Progress) -> Iterator[dict[str, Any]]:
    for positions, explanation in refine(analysis, analysis.sample(rows), output=output, progress=progress):
        yield {"positions": positions, "explanation": explanation}


def _permuted(
    analysis: ModelAnalysis,
    columns: list[tuple[int, ...]],
    metric: Metric,
    repeats: int,
    rows: int,
    pace: Pace,
    progress: Progress,
) -> Iterator[dict[str, Any]]:
    found: Permuted | None = None
    done, rate = 0, pace.rate / (len(columns) * repeats)
    size = int(np.clip(rate * _FIRST_SECONDS, _FEWEST_ROWS, SAMPLE))
    while done < rows:
        until = rows if rows - done - size < _FEWEST_ROWS else done + size
        some = np.setdiff1d(analysis.sample(until), analysis.sample(done))
        part = permute(
            analysis.model,
            analysis.X.iloc[some],
            replace(analysis.outcomes, actual=analysis.outcomes.actual[some], prediction=analysis.prediction[some]),
            columns,
            metric,
            repeats=repeats,
            seed=done,
            progress=Progress(_within(progress, done / rows, (until - done) / rows), progress.what),
            pace=pace,
        )
        found = part if found is None else found + part
        done, size = until, int(np.clip(rate * _STEP_SECONDS, size, ROWS))
        yield {"permuted": found}


def _within(progress: Progress, start: float, part: float) -> Any:
    return lambda step, share: progress.at(step, start + part * share)


class _Together:
    """Several works side by side, told of as one, with the time that is left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._shares: list[float] = []
        self._started = time.perf_counter()

    def part(self) -> Progress:
        place = len(self._shares)
        self._shares.append(0.0)

        def told(step: str, share: float) -> None:
            self._shares[place] = share
            whole = sum(self._shares) / len(self._shares)
            self._progress.at(step + self._left(whole), whole)

        return Progress(told, self._progress.what)

    def _left(self, share: float) -> str:
        taken = time.perf_counter() - self._started
        if taken < 1 or not 0 < share < 1:
            return ""
        return f", about {max(1, round(taken * (1 - share) / share)):,} s left in all"
