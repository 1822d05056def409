"""What models fitted without a row predict for it: the out-of-fold opinion of its label."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.models.model import Task
from mlqa_widgets.progress import Progress
from mlqa_widgets.wording import count

ROWS = 10_000
"""Rows of ``X`` that the second opinion is fitted on, at most."""
_FOLDS = 5
_CATEGORIES = 250


@dataclass(frozen=True)
class SecondOpinion:
    """Models that were each fitted on other rows than those they are asked about.

    Attributes
    ----------
    made_of
        How it was fitted, in words.
    """

    made_of: str
    _task: Task
    _outputs: int
    _features: Callable[[np.ndarray], Any]
    _models: tuple[Any, ...]
    _fold: np.ndarray

    def predict(self, positions: np.ndarray) -> np.ndarray:
        """Return what models that never saw these rows predict: shape (rows, outputs), as ``analysis.prediction``.

        A row among those the models were fitted on is asked of the one model that left it out, any other row of all.
        """
        fold, rows = self._fold[positions], self._features(positions)
        total = np.zeros((len(positions), self._outputs))
        with _alone():
            for number, model in enumerate(self._models):
                total += np.where(((fold == number) | (fold < 0))[:, None], self._of(model, rows), 0.0)
        return total / np.where(fold < 0, len(self._models), 1)[:, None]

    def _of(self, model: Any, rows: Any) -> np.ndarray:
        if self._task is Task.REGRESSION:
            return np.asarray(model.predict(rows), dtype=float).reshape(-1, 1)
        found = np.zeros((len(rows), self._outputs))
        found[:, np.asarray(model.classes_, dtype=int)] = model.predict_proba(rows)
        return found


@contextmanager
def _alone() -> Iterator[None]:
    """Fit and predict quietly in one thread: on so few rows more of them mostly wait for each other."""
    from threadpoolctl import threadpool_limits

    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        yield


def second_opinion(analysis: ModelAnalysis, progress: Progress) -> SecondOpinion | None:
    """Fit models of the user's own kind on five folds of at most :data:`ROWS` rows of ``X``, each without one fold.

    A scikit-learn estimator or pipeline is cloned; where the model is something else, or cannot be fitted again,
    scikit-learn's histogram gradient boosting takes its place. None where there are too few rows or one class only,
    or none can be fitted.

    Raises
    ------
    Cancelled
        When the work was cancelled.
    """
    from sklearn.base import BaseEstimator, clone

    actual = analysis.outcomes.actual
    rows = analysis.sample(ROWS)
    folds = _FOLDS if analysis.model.task is Task.REGRESSION else min(_FOLDS, np.bincount(actual[rows]).max())
    original, task = analysis.model.original, analysis.model.task
    alike = task is not Task.REGRESSION and len(np.unique(actual[rows])) == 1
    if alike or min(folds, len(rows) // 10) < 2:
        return None
    said = f"fitted on {count(len(rows), 'row')} of X in {folds} folds, each without one"
    if isinstance(original, BaseEstimator) and hasattr(original, "predict_proba") == (task is not Task.REGRESSION):
        frame = analysis.X[list(analysis.model.columns)]
        own = _Plan(lambda: clone(original), frame, rows, folds, f"{analysis.model.name}, {said}")
        found = _fitted(analysis, own, progress)
        if found is not None:
            return found
    encoded = _encoded(analysis.X, rows)
    plan = _Plan(lambda: _boosting(task), encoded, rows, folds, f"histogram gradient boosting, {said}")
    return _fitted(analysis, plan, progress)


@dataclass(frozen=True)
class _Plan:
    make: Callable[[], Any]
    frame: pd.DataFrame
    rows: np.ndarray
    folds: int
    made_of: str


def _fitted(analysis: ModelAnalysis, plan: _Plan, progress: Progress) -> SecondOpinion | None:
    from sklearn.model_selection import KFold, StratifiedKFold

    task, actual, rows = analysis.model.task, analysis.outcomes.actual, plan.rows
    splitter = KFold if task is Task.REGRESSION else StratifiedKFold
    fold = np.full(len(analysis.X), -1, dtype=np.int8)
    models = []
    with _alone():
        for number, (fit, left_out) in enumerate(
            splitter(plan.folds, shuffle=True, random_state=0).split(rows, actual[rows])
        ):
            progress.at(f"Fitting without fold {number + 1} of {plan.folds}", 0.3 + 0.7 * number / plan.folds)
            fold[rows[left_out]] = number
            try:
                models.append(plan.make().fit(plan.frame.iloc[rows[fit]], actual[rows[fit]]))
            except Exception:  # noqa: BLE001 - whatever a library raises on a model or rows it cannot fit again
                return None
    return SecondOpinion(plan.made_of, task, analysis.model.outputs, plan.frame.iloc.__getitem__, tuple(models), fold)


def _boosting(task: Task) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if task is Task.REGRESSION else HistGradientBoostingClassifier
    return kind(categorical_features="from_dtype", early_stopping=False, random_state=0)


def _encoded(X: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Return columns that gradient boosting takes: numbers, and categories of which the rarest are missing.

    Columns that do not vary among ``rows`` are left out.
    """
    encoded = pd.DataFrame({i: _encoded_column(X.iloc[:, i]) for i in range(X.shape[1])})
    return encoded.loc[:, encoded.iloc[rows].nunique() > 1]


def _encoded_column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return pd.Series(column.to_numpy(dtype=float, na_value=np.nan))
    if pd.api.types.is_datetime64_any_dtype(column):
        seconds = (column - column.min()).dt.total_seconds()
        return pd.Series(seconds.to_numpy(dtype=float))
    text = column.astype(object).where(column.notna(), None).map(str, na_action="ignore").reset_index(drop=True)
    kept = text.value_counts().index[:_CATEGORIES]
    return text.astype(pd.CategoricalDtype(sorted(kept)))
