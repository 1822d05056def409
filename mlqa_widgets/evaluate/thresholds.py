"""What each threshold would do: how many rows of either class reach it, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError

CLEARLY = 2.4
"""Standard errors by which a threshold must do worse than the best to be told from it: the best of many flatters itself, and
1.96 would leave the truly best out in one case of five."""
_EVEN = 100
_BY_SCORES = 300
OUTCOMES = ("true_positive", "false_positive", "false_negative", "true_negative")


@dataclass(frozen=True)
class Costs:
    """What one row of each outcome brings the user, in a unit of the user's own: a gain above zero, a cost below."""

    true_positive: float = 1.0
    false_positive: float = -1.0
    false_negative: float = -1.0
    true_negative: float = 1.0

    @classmethod
    def of(cls, given: Mapping[str, float] | None) -> Costs:
        """Return what the user said; outcomes that are not named are worth nothing.

        Raises
        ------
        InputError
            When an outcome is not known, or its worth is no number.
        """
        if given is None:
            return cls()
        unknown = [name for name in given if name not in OUTCOMES]
        if unknown:
            msg = f"costs: {unknown[0]!r} is no outcome. Outcomes are {', '.join(OUTCOMES)}."
            raise InputError(msg)
        try:
            values = {name: float(given.get(name, 0.0)) for name in OUTCOMES}
        except (TypeError, ValueError) as error:
            msg = f"costs: {error}. Pass a number for each outcome."
            raise InputError(msg) from error
        if not np.isfinite(list(values.values())).all():
            msg = "costs: pass finite numbers."
            raise InputError(msg)
        return cls(**values)


def counts_at_thresholds(came: np.ndarray, score: np.ndarray, also: tuple[float, ...] = ()) -> pd.DataFrame:
    """Count the rows of either class that reach each of some thresholds.

    Parameters
    ----------
    came
        bool, whether a row is of the second class.
    score
        Its probability.
    also
        Further thresholds to count at.

    Returns
    -------
    pandas.DataFrame
        Columns ``threshold`` (hundredths from 0 to 1 and quantiles of the scores of either class, in order), ``true_positive``
        and ``false_positive``: rows whose score is at least that. Exact counts.
    """
    quantiles = np.linspace(0, 1, _BY_SCORES + 1)
    by_scores = [np.quantile(part, quantiles, method="nearest") for part in (score[came], score[~came]) if len(part)]
    even = np.arange(_EVEN + 1) / _EVEN
    thresholds = np.unique(np.concatenate([even, *by_scores, np.asarray(also, dtype=float)]))

    def reached(scores: np.ndarray) -> np.ndarray:
        return len(scores) - np.searchsorted(np.sort(scores), thresholds, side="left")

    return pd.DataFrame(
        {"threshold": thresholds, "true_positive": reached(score[came]), "false_positive": reached(score[~came])}
    )


def payoff_at_thresholds(table: pd.DataFrame, positives: int, negatives: int, costs: Costs) -> pd.DataFrame:
    """Return what each threshold brings per row, and whether it is as good as the best, as far as these rows can tell.

    Parameters
    ----------
    table
        As :func:`counts_at_thresholds` returns it.
    positives, negatives
        Rows of the second and of the first class.
    costs
        What one row of each outcome brings.

    Returns
    -------
    pandas.DataFrame
        Columns ``threshold``, ``payoff`` (mean over all rows), ``best`` (one line; the middle one of equals) and ``as_good``:
        what it loses is less than 2.4 standard errors of the rows between it and the best and of one more
        of either class.
    """
    hits, alarms = (table[name].to_numpy(dtype=float) for name in ("true_positive", "false_positive"))
    rows = positives + negatives
    gain, harm = costs.true_positive - costs.false_negative, costs.false_positive - costs.true_negative
    total = hits * gain + alarms * harm + positives * costs.false_negative + negatives * costs.true_negative
    equals = np.flatnonzero(total == total.max())
    best = equals[len(equals) // 2]
    hits_between, alarms_between = np.abs(hits - hits[best]), np.abs(alarms - alarms[best])
    lost = total[best] - total
    variance = (hits_between + 1) * gain**2 + (alarms_between + 1) * harm**2
    reach = CLEARLY * np.sqrt(variance)
    return pd.DataFrame(
        {
            "threshold": table["threshold"],
            "payoff": total / rows,
            "best": np.arange(len(table)) == best,
            "as_good": lost <= reach,
        }
    )
