"""How well probabilities rank rows, whatever the threshold: area under the ROC curve and average precision."""

from __future__ import annotations

import numpy as np

from mlqa_widgets.evaluate.figures import CONFIDENCE

Figure = tuple[float, float, float]
"""A value and the ends of its 95 % interval."""

UNKNOWN: Figure = (float("nan"), float("nan"), float("nan"))


def roc_auc(came: np.ndarray, score: np.ndarray) -> Figure:
    """Return the area under the ROC curve with the interval of DeLong et al. (1988).

    Parameters
    ----------
    came
        bool, whether a row is of the class.
    score
        Its score for the class.

    Returns
    -------
    tuple
        Value, low, high. All missing where one side has no row; the interval is missing where scores tell both sides
        apart without fault.
    """
    positives, negatives = int(came.sum()), int((~came).sum())
    if not positives or not negatives:
        return UNKNOWN
    value, moved = _influence(came, score)
    return _interval(value, moved) if min(positives, negatives) > 1 else (value, float("nan"), float("nan"))


def mean_roc_auc(actual: np.ndarray, probability: np.ndarray) -> Figure:
    """Return the mean over the classes that came of each one's area against all others, with DeLong's interval.

    Parameters
    ----------
    actual
        Position of the class of each row.
    probability
        Shape (rows, classes).
    """
    rows = np.bincount(actual, minlength=probability.shape[1])
    there = np.flatnonzero((rows > 0) & (rows < len(actual)))
    if not len(there):
        return UNKNOWN
    found = [_influence(actual == place, probability[:, place]) for place in there]
    value = float(np.mean([area for area, _ in found]))
    if rows[there].min() < 2:
        return value, float("nan"), float("nan")
    return _interval(value, np.mean([moved for _, moved in found], axis=0))


def _influence(came: np.ndarray, score: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the area under the ROC curve, and what each row moves it by: squares sum to DeLong's variance."""
    from scipy.stats import rankdata

    positives, negatives = int(came.sum()), int((~came).sum())
    ranks = rankdata(score)
    beaten = (ranks[came] - rankdata(score[came])) / negatives
    beats = 1 - (ranks[~came] - rankdata(score[~came])) / positives
    value = float(beaten.mean())
    moved = np.empty(len(score))
    moved[came] = (beaten - value) / (positives * max(1, positives - 1)) ** 0.5
    moved[~came] = (beats - value) / (negatives * max(1, negatives - 1)) ** 0.5
    return value, moved


def _interval(value: float, moved: np.ndarray) -> Figure:
    from scipy.stats import norm

    error = float(moved @ moved) ** 0.5
    if not error:
        return value, float("nan"), float("nan")
    reach = float(norm.isf((1 - CONFIDENCE) / 2)) * error
    return value, max(0.0, value - reach), min(1.0, value + reach)


def average_precision(came: np.ndarray, score: np.ndarray) -> Figure:
    """Return scikit-learn's average precision with the logit interval of Boyd, Eng and Page (2013)."""
    from scipy.special import expit, logit
    from scipy.stats import norm
    from sklearn.metrics import average_precision_score

    positives = int(came.sum())
    if not positives or positives == len(came):
        return UNKNOWN
    value = float(average_precision_score(came, score))
    if not 0 < value < 1:
        return value, float("nan"), float("nan")
    reach = float(norm.isf((1 - CONFIDENCE) / 2)) / (positives * value * (1 - value)) ** 0.5
    return value, float(expit(logit(value) - reach)), float(expit(logit(value) + reach))
