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
    from scipy.stats import norm, rankdata

    positives, negatives = int(came.sum()), int((~came).sum())
    if not positives or not negatives:
        return UNKNOWN
    ranks = rankdata(score)
    beaten = (ranks[came] - rankdata(score[came])) / negatives
    beats = 1 - (ranks[~came] - rankdata(score[~came])) / positives
    value = float(beaten.mean())
    if min(positives, negatives) < 2:
        return value, float("nan"), float("nan")
    variance = beaten.var(ddof=1) / positives + beats.var(ddof=1) / negatives
    if not variance:
        return value, float("nan"), float("nan")
    reach = float(norm.isf((1 - CONFIDENCE) / 2)) * float(variance) ** 0.5
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
