"""Contributions of the user's columns to a model's output: the quickest correct route for its family, checked.

The table of routes is read from the top; the first that takes the model and the rows, and whose answer passes its
checks, is shown. One that fails is dropped, and the explanation says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import SAMPLE, ModelAnalysis
from mlqa_widgets.errors import InputError, MlqaError
from mlqa_widgets.explain import additive, deep, leaves, linear, many_rows, native, sampling
from mlqa_widgets.explain.checks import TOLERANCE, allowed, compared_rows, disagreeing, incomplete
from mlqa_widgets.explain.explanation import Explanation, joined
from mlqa_widgets.explain.question import Answer, CannotAnswer, Question, Space
from mlqa_widgets.explain.trees import TREES
from mlqa_widgets.models.labels import rows_as_frame
from mlqa_widgets.models.model import Family, Task
from mlqa_widgets.progress import Progress
from mlqa_widgets.wording import count

Against: TypeAlias = Literal["training", "background"] | pd.DataFrame

_LEAVES = "the training rows that reached each leaf"
_SEED = 0
_FIRST_SECONDS = 0.5
_PUBLISH_SECONDS = 4.0
_REST_SECONDS = 20.0
_FEWEST_ROWS = 50
_PROBE_ROWS = 16
_RATED_ROWS = 50
"""Rows from which a batch tells what a row costs."""
_SOME = 100
"""Rows from which reading LightGBM's and XGBoost's trees pays."""
_GRADIENTS = 1e-3
"""Error allowed of gradients summed at points along the way, which kinks of the module make inexact."""
_MANY = 5_000
"""Rows from which Woodelf's fixed cost for each leaf pays."""


@dataclass(frozen=True)
class Route:
    """One way to contributions.

    Attributes
    ----------
    engine
        What it is called on screen.
    families
        The families it takes; None for all.
    compute
        Answers a question for some rows, or raises :class:`CannotAnswer`.
    against
        What its answers count against, in words; empty for the background of the question.
    from_rows
        Number of rows from which it pays.
    compared
        Whether some rows of each batch are compared with the next route that is not.
    share
        Largest error allowed, as a share of the range of scores.
    seconds
        Estimates from some rows how long so many take, where that is not in proportion.
    """

    engine: str
    families: frozenset[Family] | None
    compute: Callable[[Question, pd.DataFrame, Progress], Answer]
    against: str = ""
    from_rows: int = 1
    compared: bool = False
    share: float = TOLERANCE
    seconds: Callable[[Question, pd.DataFrame, int], float] | None = None

    def takes(self, question: Question, rows: int) -> bool:
        """Whether this route may answer the question for so many rows."""
        if question.space == "probability" and self.families is not None:
            return False
        if (question.background is None) != bool(self.against):
            return False
        return (self.families is None or question.model.family in self.families) and rows >= self.from_rows


_LIGHTGBM, _XGBOOST, _CATBOOST = (frozenset({f}) for f in (Family.LIGHTGBM, Family.XGBOOST, Family.CATBOOST))
_SKLEARN_TREES = TREES - _LIGHTGBM - _XGBOOST - _CATBOOST
_BOOSTED = TREES - _CATBOOST - frozenset({Family.FOREST, Family.TREE})
_LINEAR, _EBM, _TORCH = (frozenset({f}) for f in (Family.LINEAR, Family.EBM, Family.TORCH))

_woodelf = partial(Route, compute=many_rows.woodelf, from_rows=_MANY, compared=True, seconds=many_rows.seconds)
_leaves = partial(Route, compute=leaves.path_dependent, from_rows=_SOME, compared=True)

ROUTES: tuple[Route, ...] = (
    # against what the model learned from its training rows
    _woodelf("woodelf, path-dependent", _BOOSTED, against=_LEAVES),
    _leaves("exact over leaves, path-dependent", _LIGHTGBM | _XGBOOST, against=_LEAVES),
    Route("LightGBM's own, path-dependent", _LIGHTGBM, native.lightgbm, _LEAVES),
    Route("XGBoost's own, path-dependent", _XGBOOST, native.xgboost, _LEAVES),
    Route("CatBoost's own, path-dependent", _CATBOOST, native.catboost, _LEAVES),
    Route("exact over leaves, path-dependent", _SKLEARN_TREES, leaves.path_dependent, _LEAVES),
    Route("closed form", _LINEAR, linear.closed_form, "the mean of the training rows"),
    Route("its own terms", _EBM, additive.terms, "the training rows"),
    # against background rows
    _woodelf("woodelf, interventional", _BOOSTED | _CATBOOST),
    Route("exact over leaves, interventional", TREES, leaves.interventional),
    Route("closed form", _LINEAR, linear.closed_form),
    Route("DeepLIFT of shap", _TORCH, deep.deeplift),
    Route("integrated gradients", _TORCH, deep.integrated_gradients, share=_GRADIENTS),
    Route("permutations of columns, with their reverses", None, sampling.permutations),
)


def contributions(
    analysis: ModelAnalysis,
    positions: np.ndarray,
    *,
    output: int | None = None,
    against: Against = "training",
    space: Space = "raw",
    progress: Progress | None = None,
) -> Explanation:
    """Return what each column contributes to the model's output for some rows.

    Parameters
    ----------
    analysis
        The model and its rows.
    positions
        Positions of the rows in ``analysis.X``.
    output
        Position of the class explained. If not given: the second of two classes, the class predicted most often of
        several.
    against
        What contributions are counted against. ``training``: what the model learned from its training rows
        (path-dependent for trees, the mean for linear models, its own terms for an EBM); the background for models
        that keep nothing of them. ``background``: ``analysis.background`` (interventional). A frame: these rows.
    space
        ``raw``: where contributions add up, log-odds for boosted trees. ``probability``: contributions to the
        probability itself, computed against background rows, not a rescaled axis.
    progress
        Told how far it is; looked at several times a second, so that cancelling stops soon.

    Returns
    -------
    Explanation
        In the model's columns. Every row's base and contributions make the output, but for :attr:`residual`.

    Raises
    ------
    InputError
        When there is no such class, no probability, or the rows of ``against`` have other columns.
    Cancelled
        When ``progress`` was cancelled.

    Notes
    -----
    Path-dependent and interventional values answer different questions and are never mixed. Two models that predict
    the same may have different path-dependent values: compare models against a background. See Lundberg et al.,
    "From local explanations to global understanding with explainable AI for trees", Nature Machine Intelligence 2020.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> import mlqa_widgets as mq
    >>> X = pd.DataFrame({"age": np.arange(10.0), "shoe": np.arange(10) % 3})
    >>> analysis = mq.analyze(LinearRegression().fit(X, 2 * X["age"]), X)
    >>> found = contributions(analysis, np.array([9]))
    >>> found.values.round(6)[0, 0], round(found.base, 6), found.engine
    (np.float64(9.0), 9.0, 'closed form')
    """
    question = _question(analysis, output, against, space)
    frame = analysis.X.iloc[positions]
    return _explain(analysis, question, frame, progress or Progress(what="explanation"))


def refine(
    analysis: ModelAnalysis,
    positions: np.ndarray,
    *,
    output: int | None = None,
    against: Against = "training",
    space: Space = "raw",
    progress: Progress | None = None,
) -> Iterator[tuple[np.ndarray, Explanation]]:
    """Yield the contributions for ever more of the rows, then for all: a first picture in about a second.

    Yields
    ------
    tuple of np.ndarray, Explanation
        Positions explained so far, drawn at random and in the order of the explanation's rows, and their
        contributions. Parameters and errors are those of :func:`contributions`.
    """
    progress = progress or Progress(what="explanation")
    question = _question(analysis, output, against, space)
    order = np.random.default_rng(_SEED).permutation(positions)
    size = int(np.clip(_FIRST_SECONDS / max(_seconds(analysis, question, 1), 1e-9), _FEWEST_ROWS, SAMPLE))
    parts: list[Explanation] = []
    done = 0
    while done < len(order):
        some = order[done : done + size]
        inner = Progress(partial(_within, progress, done / len(order), len(some) / len(order)), progress.what)
        started = time.perf_counter()
        parts.append(_explain(analysis, question, analysis.X.iloc[some], inner))
        rate = (time.perf_counter() - started) / len(some)
        done += len(some)
        yield order[:done], joined(parts)
        rest = len(order) - done
        size = rest if _seconds(analysis, question, rest) < _REST_SECONDS else int(max(size, _PUBLISH_SECONDS / rate))


def _within(progress: Progress, start: float, part: float, step: str, share: float) -> None:
    progress.at(step, start + part * share)


def estimate_seconds(analysis: ModelAnalysis, rows: int, *, against: Against = "training") -> float:
    """Return about how long the contributions of so many rows take: measured on a few, and whenever some were made."""
    return _seconds(analysis, _question(analysis, None, against, "raw"), rows)


def _seconds(analysis: ModelAnalysis, question: Question, rows: int) -> float:
    route = next((r for r in ROUTES if r.takes(question, rows) and ("dropped", r.engine) not in question.kept), None)
    if route is not None and ("rate", route.engine) in question.kept:
        return rows * float(question.kept["rate", route.engine])
    if route is not None and route.seconds is not None:
        frame = analysis.X.iloc[analysis.sample(route.from_rows)]
        try:
            return route.seconds(question, frame, rows)
        except CannotAnswer:
            pass

    def measure() -> float:
        frame = analysis.X.iloc[analysis.sample(_PROBE_ROWS)]
        seconds = []
        for part in (frame.head(1), frame.head(1), frame):
            started = time.perf_counter()
            _explain(analysis, question, part, Progress())
            seconds.append(time.perf_counter() - started)
        return max(seconds[2] - seconds[1], seconds[2] / 2) / len(frame)

    return rows * question.keep("seconds per row", measure)


# ---------------------------------------------------------------------- the question

_QUESTIONS: WeakKeyDictionary[ModelAnalysis, dict[tuple[int, str, Space], Question]] = WeakKeyDictionary()


def _question(analysis: ModelAnalysis, output: int | None, against: Against, space: Space) -> Question:
    """Return what is asked, with what engines built for it before."""
    model = analysis.model
    if output is None:
        output = _usual_output(analysis)
    if not 0 <= output < model.outputs:
        msg = f"output: {output} is no position of {count(model.outputs, 'class', 'classes')}, counted from 0."
        raise InputError(msg)
    if space not in ("raw", "probability"):
        msg = f"space: {space!r} is neither 'raw' nor 'probability'."
        raise InputError(msg)
    if space == "probability" and model.task is Task.REGRESSION:
        msg = f"space: {model.name} predicts values, not probabilities. Leave it at 'raw'."
        raise InputError(msg)
    if model.raw_space == "probability":
        space = "raw"
    if isinstance(against, pd.DataFrame):
        rows = rows_as_frame(against, "against", like=analysis.X)
        return Question(model, output, rows, analysis.train, space)
    if against not in ("training", "background"):
        msg = f"against: {against!r} is neither 'training' nor 'background' nor a frame of rows."
        raise InputError(msg)
    background = analysis.background if against == "background" else None
    asked = _QUESTIONS.setdefault(analysis, {})
    return asked.setdefault((output, against, space), Question(model, output, background, analysis.train, space))


def _usual_output(analysis: ModelAnalysis) -> int:
    if analysis.model.task is Task.MULTICLASS:
        return int(np.bincount(analysis.predicted, minlength=analysis.model.outputs).argmax())
    return analysis.model.outputs - 1


# ---------------------------------------------------------------------- the answer


def _explain(analysis: ModelAnalysis, question: Question, frame: pd.DataFrame, progress: Progress) -> Explanation:
    """Return the first answer that passes its checks."""
    columns = len(question.model.columns)
    if frame.empty:
        return Explanation(np.empty((0, columns)), 0.0, np.empty(0), None, question.space_name, "", "")
    output = question.score(frame)
    scores = np.concatenate([output, _usual_scores(analysis, question)])
    notes: list[str] = []
    for asked in (question, _against_background(analysis, question)):
        for place, route in enumerate(ROUTES):
            if not route.takes(asked, len(frame)):
                continue
            dropped = ("dropped", route.engine)
            if dropped in asked.kept:
                notes.append(asked.kept[dropped])
                continue
            answer = _attempt(asked, frame, output, scores, ROUTES[place:], progress)
            if isinstance(answer, Answer):
                against = route.against or _in_words(analysis, question, asked)
                engine = answer.engine or route.engine
                notes += answer.notes
                return Explanation(
                    answer.values,
                    answer.base,
                    output,
                    answer.standard_error,
                    question.space_name,
                    engine,
                    against,
                    tuple(notes),
                )
            if answer is not None:
                asked.kept[dropped] = f"The route {route.engine!r} was dropped: {answer}."
                notes.append(asked.kept[dropped])
    msg = f"model: {question.model.name} cannot be explained. {' '.join(notes)}"
    raise InputError(msg)


def _attempt(
    question: Question,
    frame: pd.DataFrame,
    output: np.ndarray,
    scores: np.ndarray,
    routes: tuple[Route, ...],
    progress: Progress,
) -> Answer | str | None:
    """Return the answer of the first route, what is wrong with it, or None where it does not take the question."""
    try:
        started = time.perf_counter()
        answer = routes[0].compute(question, frame, progress)
        if len(frame) >= _RATED_ROWS:
            question.kept["rate", routes[0].engine] = (time.perf_counter() - started) / len(frame)
        limit = allowed(scores, routes[0].share)
        wrong = incomplete(output, answer.base, answer.values, limit)
        if wrong is None and routes[0].compared:
            wrong = _compare(question, frame, answer, limit, routes[1:])
    except CannotAnswer:
        return None
    except MlqaError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a library raises on a model it does not know
        return f"it failed with {type(error).__name__}: {error}"
    return answer if wrong is None else wrong


def _usual_scores(analysis: ModelAnalysis, question: Question) -> np.ndarray:
    """Return scores of a sample of the rows, whose range is the measure of errors."""
    return question.keep("scores", lambda: question.score(analysis.X.iloc[analysis.sample()]))


def _against_background(analysis: ModelAnalysis, question: Question) -> Question:
    """Return the question for models that keep nothing of their training rows."""
    if question.background is not None:
        return question
    return _question(analysis, question.output, "background", question.space)


def _compare(
    question: Question, frame: pd.DataFrame, answer: Answer, limit: float, routes: tuple[Route, ...]
) -> str | None:
    """Compare some rows with the next route that needs no comparison itself."""
    rows = compared_rows(len(frame))
    for route in routes:
        if route.takes(question, len(rows)) and not route.compared:
            try:
                reference = route.compute(question, frame.iloc[rows], Progress())
            except CannotAnswer:
                continue
            return disagreeing(answer.values[rows], reference.values, limit, route.engine)
    return None


def _in_words(analysis: ModelAnalysis, question: Question, asked: Question) -> str:
    rows = count(len(asked.background), "row")  # type: ignore[arg-type]
    if question.background is None or question.background is analysis.background:
        return f"{rows} drawn from {'the training rows' if analysis.train_given else 'X'}"
    return rows
