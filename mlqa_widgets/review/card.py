"""What a reviewer needs to judge one prediction: why it is odd, why the model said it, and a row to compare it with."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.explain.contributions import contributions
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.models.model import Task
from mlqa_widgets.review.oddness import Examination
from mlqa_widgets.wording import percent

_STANDS_OUT = 0.9
_SAID = 2


@dataclass(frozen=True)
class Card:
    """Why one prediction is odd.

    Attributes
    ----------
    position, label
        The row's position in ``X``, and its own label.
    oddness
        The mix of the parts, 0 to 1.
    parts
        Each part as the share of rows drawn at random that are less odd, 0 to 1.
    sentences
        Each part in words.
    sentence
        What stands out, in words.
    """

    position: int
    label: Hashable
    oddness: float
    parts: dict[str, float]
    sentences: dict[str, str]
    sentence: str


def card(analysis: ModelAnalysis, examination: Examination, row: int) -> Card:
    """Return why the prediction at ``row`` is odd, as far as that is known."""
    ranks = examination.ranks(np.array([row])).iloc[0]
    parts = {str(part): float(rank) for part, rank in ranks.drop("oddness").items()}
    sentences = {m.id: m.sentence(row, parts[m.id]) for m in examination.measures}
    return Card(row, analysis.X.index[row], float(ranks["oddness"]), parts, sentences, _summary(parts, sentences))


def _summary(parts: dict[str, float], sentences: dict[str, str]) -> str:
    standing_out = sorted((part for part in parts if parts[part] >= _STANDS_OUT), key=lambda part: -parts[part])
    if not standing_out:
        return f"Nothing sets this row apart: no part of its oddness is above that of {percent(_STANDS_OUT)} of rows."
    return " ".join(sentences[part] for part in standing_out[:_SAID])


@dataclass(frozen=True)
class Reasons:
    """Contributions of the columns to what was predicted for one row.

    Attributes
    ----------
    output
        Position of the class that was predicted; None for values.
    usual
        Against what the model learned from its training rows.
    contrast
        Position of the row with the other outcome, or None.
    against_contrast
        Against that row alone: what makes the model say the one thing here and the other there.
    """

    output: int | None
    usual: Explanation
    contrast: int | None
    against_contrast: Explanation | None


def reasons(analysis: ModelAnalysis, row: int, other: int | None) -> Reasons:
    """Return what the columns contribute to the prediction at ``row``: as usual, and against the row ``other``."""
    output = None if analysis.model.task is Task.REGRESSION else int(analysis.predicted[row])
    position = np.array([row])
    usual = contributions(analysis, position, output=output)
    against = (
        None if other is None else contributions(analysis, position, output=output, against=analysis.X.iloc[[other]])
    )
    return Reasons(output, usual, other, against)
