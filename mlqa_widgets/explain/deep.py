"""Contributions of PyTorch modules: DeepLIFT by shap, or integrated gradients, each shown only where complete.

Both go from the background to the row through the module itself, once for each background row. They are cheaper than
switching columns where these are many, and approximate Shapley values where columns interact.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.explain.question import Answer, CannotAnswer, Question, in_chunks
from mlqa_widgets.progress import Progress

_FEW_COLUMNS = 64
"""Up to here permutations, which come with their error, are quick enough."""
_POINTS = 32
_CALL_ROWS = 20_000
_NOTE = "It approximates Shapley values where columns interact."


def deeplift(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return shap's ``DeepExplainer``: DeepLIFT with the rescale rule (Shrikumar et al. 2017)."""
    background = _background(question)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        explainer = question.keep("deep", lambda: _deep_explainer(question, background))

        def chunk(rows: slice) -> np.ndarray:
            found = explainer.shap_values(_inputs(question, frame.iloc[rows]), check_additivity=False)
            return _of_output(question, np.asarray(found, dtype=np.float64), rows, frame)

        values = in_chunks(len(frame), chunk, progress, "Explaining rows")
    return Answer(question.to_columns(values), _base(question, background), notes=(_NOTE,))


def integrated_gradients(question: Question, frame: pd.DataFrame, progress: Progress) -> Answer:
    """Return integrated gradients (Sundararajan et al. 2017) from each background row, averaged."""
    import torch

    background = _background(question)
    if len(question.origin) <= _FEW_COLUMNS:
        msg = "permutations are quick enough"
        raise CannotAnswer(msg)
    module = question.keep("module", lambda: _module(question))
    starts = _inputs(question, background)
    places, weights = np.polynomial.legendre.leggauss(_POINTS)
    shares, weights = (places + 1) / 2, weights / 2
    several = max(1, _CALL_ROWS // len(starts))

    def of_row(row: Any) -> Any:
        """Return the integral for one row, mean over the background."""
        way = row - starts
        total = torch.zeros_like(starts)
        for first in range(0, _POINTS, several):
            progress.at(progress.step, progress.share)
            part = torch.as_tensor(shares[first : first + several]).reshape(-1, 1, *[1] * (starts.ndim - 1))
            points = (starts + part * way).flatten(0, 1).requires_grad_(True)
            scores = module(points)
            score = scores[:, question.output if scores.shape[1] > 1 else 0].sum()
            (slopes,) = torch.autograd.grad(score, points)
            weight = torch.as_tensor(weights[first : first + several]).reshape(part.shape)
            total += (slopes.reshape(len(part), *starts.shape) * weight).sum(dim=0)
        return (total * way).mean(dim=0)

    def chunk(rows: slice) -> np.ndarray:
        found = torch.stack([of_row(row) for row in _inputs(question, frame.iloc[rows])])
        values = found.detach().numpy().reshape(len(found), -1)
        return question.signed(values) if question.single else values

    values = in_chunks(len(frame), chunk, progress, "Explaining rows")
    return Answer(question.to_columns(values), _base(question, background), notes=(_NOTE,))


def _background(question: Question) -> pd.DataFrame:
    if question.background is None:
        msg = "it counts against a background"
        raise CannotAnswer(msg)
    return question.background


def _base(question: Question, background: pd.DataFrame) -> float:
    return question.keep("base", lambda: float(question.score(background).mean()))


def _inputs(question: Question, frame: pd.DataFrame) -> Any:
    return question.encoded(frame).cpu().double()


def _module(question: Question) -> Any:
    """Return a copy of the module, in double precision, that gives one column per output."""
    import torch

    class Flat(torch.nn.Module):
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, rows: Any) -> Any:
            return self.inner(rows).reshape(len(rows), -1)

    return Flat(copy.deepcopy(question.model.estimator).cpu().double()).eval()


def _deep_explainer(question: Question, background: pd.DataFrame) -> Any:
    import shap

    return shap.DeepExplainer(_module(question), _inputs(question, background))


def _of_output(question: Question, found: np.ndarray, rows: slice, frame: pd.DataFrame) -> np.ndarray:
    """Return the values of the output asked for: shap puts the outputs last."""
    inputs = found.reshape(len(frame.iloc[rows]), len(question.origin), -1)
    return question.signed(inputs[:, :, 0]) if inputs.shape[2] == 1 else inputs[:, :, question.output]
