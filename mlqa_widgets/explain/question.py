"""What an explanation engine is asked, and what it answers."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

import numpy as np
import pandas as pd

from mlqa_widgets.models.model import Model, Task
from mlqa_widgets.progress import Progress

T = TypeVar("T")

Space = Literal["raw", "probability"]

_CHUNK_SECONDS = 0.7
_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Question:
    """Which output of which model is explained, counted against which rows.

    Attributes
    ----------
    model
        The model.
    output
        Position of the class explained; 0 for regression.
    background
        The rows that contributions are counted against, or None: against what the model learned from its training
        rows (the rows that reached each leaf, the mean, the terms).
    train
        Rows the model was fitted on, or those that stand for them.
    space
        ``raw``, where contributions add up, or ``probability``.
    kept
        What engines built for this question and use again: parsed trees, explainers.
    """

    model: Model
    output: int
    background: pd.DataFrame | None
    train: pd.DataFrame
    space: Space = "raw"
    kept: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def keep(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what was built before under this name, or build it."""
        if what not in self.kept:
            self.kept[what] = make()
        return cast("T", self.kept[what])

    @property
    def space_name(self) -> str:
        """What the contributions are in: ``log-odds``, ``probability``, ``score`` or ``value``."""
        return "probability" if self.space == "probability" else self.model.raw_space

    def score(self, frame: pd.DataFrame) -> np.ndarray:
        """Return what is explained: the model's output for each row, float64."""
        if self.space == "probability":
            return self.model.predict(frame)[:, self.output]
        raw = self.model.raw(frame)
        return self.signed(raw[:, 0]) if raw.shape[1] == 1 else raw[:, self.output]

    def signed(self, values: np.ndarray) -> np.ndarray:
        """Return values of the single raw output of a binary model as those of the class asked for."""
        return -values if self.model.task is Task.BINARY and self.output == 0 else values

    @property
    def single(self) -> bool:
        """Whether the model has one raw output: regression, and most binary models."""
        return self.model.task is not Task.MULTICLASS

    def encoded(self, frame: pd.DataFrame) -> Any:
        """Return the matrix that the estimator sees."""
        return frame if self.model.encoding is None else self.model.encoding.transform(frame)

    @property
    def origin(self) -> np.ndarray:
        """For each column that the estimator sees, the position of the user's column it is made of."""
        encoding = self.model.encoding
        return np.arange(len(self.model.columns)) if encoding is None else encoding.origin

    @property
    def players(self) -> np.ndarray:
        """For each column that the estimator sees, what it is switched with.

        Against a background the user's columns are switched whole: no row is half one category and half another.
        """
        return np.arange(len(self.origin)) if self.background is None else self.origin

    @property
    def owners(self) -> np.ndarray:
        """The position of the user's column of each player."""
        return self.origin if self.background is None else np.arange(len(self.model.columns))

    def to_columns(self, values: np.ndarray) -> np.ndarray:
        """Return contributions of the estimator's columns, shape (rows, its columns), summed to the user's."""
        columns = len(self.model.columns)
        if len(self.origin) == columns and (self.origin == np.arange(columns)).all():
            return values
        summed = np.zeros((len(values), columns))
        np.add.at(summed.T, self.origin, values.T)
        return summed


@dataclass(frozen=True)
class Answer:
    """Contributions of the user's columns, shape (rows, columns), what they are counted from, and their error."""

    values: np.ndarray
    base: float
    standard_error: np.ndarray | None = None
    engine: str = ""
    notes: tuple[str, ...] = ()


class CannotAnswer(Exception):
    """An engine does not take this model or these rows; the message says why."""


def in_chunks(
    rows: int, compute: Callable[[slice], np.ndarray], progress: Progress, step: str, first: int = 16
) -> np.ndarray:
    """Return the answers for all rows, computed a fraction of a second at a time so that it can be cancelled.

    The first chunk has ``first`` rows; it tells how many the next may have.
    """
    parts, done, size = [], 0, first
    while done < rows:
        progress.at(step, done / rows)
        started = time.perf_counter()
        parts.append(compute(slice(done, min(done + size, rows))))
        done += size
        seconds = max(time.perf_counter() - started, 1e-4)
        size = int(np.clip(size * _CHUNK_SECONDS / seconds, 1, 16 * size))
    return np.concatenate(parts)


def in_threads(
    tasks: Iterator[Callable[[], T]], count: int, progress: Progress, step: str = "Explaining rows"
) -> Iterator[T]:
    """Yield the answers of tasks in their order, a few of them computed at a time; NumPy lets threads run beside."""
    waiting: deque[Future[T]] = deque()
    done = 0
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="mlqa explanation")
    try:
        for task in tasks:
            waiting.append(pool.submit(task))
            if len(waiting) > _THREADS:
                progress.at(step, done / count)
                yield waiting.popleft().result()
                done += 1
        while waiting:
            progress.at(step, done / count)
            yield waiting.popleft().result()
            done += 1
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
