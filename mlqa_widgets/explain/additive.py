"""Contributions of an explainable boosting machine: its own terms, a pair's term half to each of its columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlqa_widgets.explain.question import Answer, Question, in_chunks
from mlqa_widgets.progress import Progress


def terms(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return the terms, which are centred on the training rows."""
    estimator = question.model.estimator

    def chunk(rows: slice) -> np.ndarray:
        found = np.asarray(estimator.eval_terms(question.encoded(frame.iloc[rows])), dtype=np.float64)
        return question.signed(found) if found.ndim == 2 else found[:, :, question.output]

    found = in_chunks(len(frame), chunk, progress, "Explaining rows")
    values = np.zeros((len(frame), len(estimator.feature_names_in_)))
    for term, columns in enumerate(estimator.term_features_):
        values[:, list(columns)] += found[:, [term]] / len(columns)
    intercept = np.atleast_1d(estimator.intercept_)
    base = question.signed(intercept[:1])[0] if len(intercept) == 1 else intercept[question.output]
    shared = max(map(len, estimator.term_features_)) > 1
    notes = ("What two columns add only together is split half to each.",) if shared else ()
    return Answer(question.to_columns(values), float(base), notes=notes)
