"""Contributions to a linear score in closed form: coefficient x (value - mean of the background)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlqa_widgets.explain.question import Answer, CannotAnswer, Question, in_chunks
from mlqa_widgets.progress import Progress


def closed_form(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return contributions against the mean of the background, or of the training rows.

    The mean is that of the estimator's columns, so that a category counts against its share.
    """
    coefficients = np.atleast_2d(np.asarray(question.model.estimator.coef_, dtype=np.float64))
    weights = coefficients[question.output] if len(coefficients) > 1 else question.signed(coefficients[0])
    rows = question.train if question.background is None else question.background
    mean = question.keep("mean", lambda: np.asarray(question.encoded(rows).mean(axis=0), dtype=np.float64).ravel())
    if len(mean) != len(weights):
        msg = "its coefficients are not one per column"
        raise CannotAnswer(msg)
    base = question.keep("base", lambda: float(question.score(rows).mean()))

    def chunk(some: slice) -> np.ndarray:
        matrix = question.encoded(frame.iloc[some])
        dense = np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix, dtype=np.float64)
        return question.to_columns((dense - mean) * weights)

    return Answer(in_chunks(len(frame), chunk, progress, "Explaining rows"), base)
