"""What counts as another outcome than a row's own: another class, a value a standard deviation away, or a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.metrics import Outcomes
from mlqa_widgets.explain.sentence import figure
from mlqa_widgets.models.model import Task
from mlqa_widgets.wording import listing, percent, quoted, shortened


@dataclass(frozen=True)
class OtherOutcome:
    """An outcome a row does not have.

    Attributes
    ----------
    reached
        Takes predictions, shape (rows, outputs); returns which of them are of that outcome.
    words
        What it is: "a prediction of '>50K'", "a prediction of at least 250".
    """

    reached: Callable[[np.ndarray], np.ndarray]
    words: str


def predicted_of(analysis: ModelAnalysis, prediction: np.ndarray) -> np.ndarray:
    """Return the position of the predicted class, or the predicted value, of each line of predictions."""
    model = analysis.model
    return Outcomes(model.task, model.classes, np.empty(0), prediction, analysis.threshold).predicted


def other_outcome(analysis: ModelAnalysis, position: int, target: Any = None) -> OtherOutcome:
    """Return what counts as another outcome than that predicted for a row.

    Parameters
    ----------
    analysis
        The model and its rows.
    position
        The row.
    target
        A class, or a value that the prediction is to cross. Without it: any other class; for values, one standard
        deviation of all predictions away or more.

    Raises
    ------
    InputError
        When the target is no class of the model, or is what is predicted already.
    """
    model, own = analysis.model, analysis.predicted[position]
    if model.task is Task.REGRESSION:
        return _other_value(analysis, float(own), target)
    if target is None:
        others = [class_words(analysis, i) for i in range(model.outputs) if i != own]
        several = f"a prediction other than {class_words(analysis, int(own))}"
        words = f"a prediction of {others[0]}" if len(others) == 1 else several
        return OtherOutcome(lambda prediction: predicted_of(analysis, prediction) != own, words)
    wanted = class_position(analysis, target, "target")
    if wanted == own:
        msg = f"target: {quoted(target)} is what the model predicts for this row. Name another class."
        raise InputError(msg)
    words = f"a prediction of {class_words(analysis, wanted)}"
    return OtherOutcome(lambda prediction: predicted_of(analysis, prediction) == wanted, words)


def class_words(analysis: ModelAnalysis, place: int) -> str:
    """Return a class in a sentence: its label, with the name of what it is of where the label is no text.

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> X = pd.DataFrame({"age": [20, 40]})
    >>> analysis = mq.analyze(lambda rows: rows["age"] / 100, X, pd.Series([0, 1], name="late"), classes=[0, 1])
    >>> class_words(analysis, 1)
    'late = 1'
    """
    label = analysis.model.classes[place]
    if isinstance(label, str) or analysis.actual is None:
        return shortened(str(label))
    return f"{shortened(analysis.target)} = {label}"


def class_position(analysis: ModelAnalysis, label: Any, argument: str) -> int:
    """Return the position of a class by its label.

    Raises
    ------
    InputError
        When it is no class of the model.
    """
    for place, name in enumerate(analysis.model.classes):
        if name == label or str(name) == label:
            return place
    known = listing([quoted(name) for name in analysis.model.classes], 6)
    msg = f"{argument}: {label!r} is no class of the model, whose classes are {known or 'none: it predicts values'}."
    raise InputError(msg)


def _other_value(analysis: ModelAnalysis, own: float, target: Any) -> OtherOutcome:
    if target is None:
        apart = float(analysis.predicted.std())
        words = f"a prediction at least {figure(apart)} away (one standard deviation of all predictions)"
        least = max(apart, np.finfo(float).tiny)
        return OtherOutcome(lambda prediction: np.abs(prediction[:, 0] - own) >= least, words)
    try:
        value = float(target)
    except (TypeError, ValueError) as error:
        msg = f"target: {target!r} is no number, and the model predicts numbers."
        raise InputError(msg) from error
    if own < value:
        return OtherOutcome(lambda prediction: prediction[:, 0] >= value, f"a prediction of at least {figure(value)}")
    return OtherOutcome(lambda prediction: prediction[:, 0] <= value, f"a prediction of at most {figure(value)}")


def prediction_words(analysis: ModelAnalysis, prediction: np.ndarray, output: int) -> str:
    """Return one line of predictions in words: the probability of the class explained, or the value."""
    if analysis.model.task is Task.REGRESSION:
        return figure(float(prediction[0]))
    return f"{percent(float(prediction[output]))} for {class_words(analysis, output)}"
