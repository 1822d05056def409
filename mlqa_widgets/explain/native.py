"""Contributions that LightGBM, XGBoost and CatBoost compute themselves: path-dependent, exact, every class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.explain.question import Answer, Question, in_chunks
from mlqa_widgets.models.xgboost import data_matrix, rounds_used
from mlqa_widgets.progress import Progress

_FIRST_ROWS = 2_000


def lightgbm(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return LightGBM's ``pred_contrib``."""
    estimator = question.model.estimator
    booster = getattr(estimator, "booster_", estimator)
    outputs = booster.num_model_per_iteration()

    def contributions(matrix: Any) -> np.ndarray:
        return np.asarray(booster.predict(matrix, pred_contrib=True)).reshape(len(matrix), outputs, -1)

    return _answer(question, frame, contributions, progress)


def xgboost(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return XGBoost's ``pred_contribs``."""
    estimator = question.model.estimator
    booster = estimator.get_booster() if hasattr(estimator, "get_booster") else estimator
    rounds = rounds_used(estimator)

    def contributions(matrix: Any) -> np.ndarray:
        data = data_matrix(estimator, matrix)
        found = booster.predict(data, pred_contribs=True, validate_features=False, iteration_range=rounds)
        return found[:, None, :] if found.ndim == 2 else found

    return _answer(question, frame, contributions, progress)


def catboost(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return CatBoost's ``ShapValues``."""
    from catboost import Pool

    estimator = question.model.estimator
    categories = estimator.get_cat_feature_indices()

    def contributions(matrix: Any) -> np.ndarray:
        pool = Pool(matrix, cat_features=categories or None)
        found = np.asarray(estimator.get_feature_importance(pool, type="ShapValues"))
        return found[:, None, :] if found.ndim == 2 else found

    return _answer(question, frame, contributions, progress)


def _answer(question: Question, frame: pd.DataFrame, contributions: Any, progress: Progress) -> Answer:
    """Return the answer from a function that gives shape (rows, outputs, columns and base)."""

    def chunk(rows: slice) -> np.ndarray:
        found = contributions(question.encoded(frame.iloc[rows])).astype(np.float64)
        return question.signed(found[:, 0]) if found.shape[1] == 1 else found[:, question.output]

    found = in_chunks(len(frame), chunk, progress, "Explaining rows", _FIRST_ROWS)
    return Answer(question.to_columns(found[:, :-1]), float(found[0, -1]))
