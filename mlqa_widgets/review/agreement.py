"""How often reviewers held the model right."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from mlqa_widgets.review.verdicts import Verdict

_BINS = 4
_FEW = 10


def judgements(verdicts: pd.DataFrame, *, classes: bool) -> pd.Series:
    """Return for each verdict whether the reviewer held the model right: yes, no, or missing.

    ``makes sense`` is a yes and ``model is wrong`` a no. ``label is wrong`` is a yes where the model of classes
    predicted something else than that label. All others speak of the data, not of the model: missing.

    Parameters
    ----------
    verdicts
        Columns ``verdict``, ``prediction`` and ``actual``.
    classes
        Whether the model predicts classes.
    """
    said = verdicts["verdict"]
    judged = pd.Series(pd.NA, index=verdicts.index, dtype="boolean")
    judged[said == Verdict.MAKES_SENSE] = True
    judged[said == Verdict.MODEL_WRONG] = False
    if classes:
        judged[(said == Verdict.LABEL_WRONG) & (verdicts["prediction"] != verdicts["actual"])] = True
    return judged


def agreement(judged: pd.Series, row: pd.Series, group: pd.Series) -> pd.DataFrame:
    """Return per group how often reviewers held the model right.

    Each row counts once, however many reviewers saw it; rows on which they judged both ways are ``contested`` and
    count for neither side.

    Parameters
    ----------
    judged
        For each verdict what :func:`judgements` returns.
    row
        What the verdict is about.
    group
        What the row belongs to.

    Returns
    -------
    pandas.DataFrame
        Indexed by group: ``reviewed`` rows, ``judged`` (of which the model was held right or wrong), ``agreed``,
        ``agreement`` (their share, 0 to 1), ``low`` and ``high`` (95 % Wilson interval), ``contested``.
    """
    votes = pd.DataFrame({"group": group, "row": row, "judged": judged})
    rows = votes.groupby(["group", "row"], observed=True, sort=False)["judged"].agg(["min", "max"])
    contested = (rows["max"] & ~rows["min"]).fillna(False)
    sides = rows["min"].where(~contested)
    by_group = pd.DataFrame(
        {"reviewed": 1, "judged": sides.notna(), "agreed": sides.fillna(False), "contested": contested},
        index=rows.index,
    )
    counts = by_group.groupby(level="group", observed=True).sum().astype(int)
    counts["agreement"] = counts["agreed"] / counts["judged"].where(counts["judged"] > 0)
    limits = [_wilson(agreed, total) for agreed, total in zip(counts["agreed"], counts["judged"], strict=True)]
    counts[["low", "high"]] = np.array(limits, dtype=float).reshape(-1, 2)
    return counts[["reviewed", "judged", "agreed", "agreement", "low", "high", "contested"]]


def _wilson(successes: int, trials: int) -> tuple[float, float]:
    if trials == 0:
        return (np.nan, np.nan)
    from scipy.stats import binomtest

    interval = binomtest(int(successes), int(trials)).proportion_ci(method="wilson")
    return (interval.low, interval.high)


def groups(values: pd.Series) -> pd.Series:
    """Return what each row of a column belongs to, as text: its value, its quarter of the numbers, or ``missing``.

    Examples
    --------
    >>> groups(pd.Series(["a", None])).tolist()
    ['a', 'missing']
    >>> groups(pd.Series(range(100))).unique().tolist()
    ['0 to 24.75', '24.75 to 49.5', '49.5 to 74.25', '74.25 to 99']
    """
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric:
        return values.astype(object).where(values.notna(), "missing").map(str)
    if values.nunique() <= _FEW:
        return values.astype(object).map("{:.6g}".format, na_action="ignore").fillna("missing")
    plain = values.to_numpy(dtype=float, na_value=np.nan)
    limits = np.unique(np.nanquantile(plain, np.linspace(0, 1, _BINS + 1)))
    names = [f"{low:.4g} to {high:.4g}" for low, high in pairwise(limits)]
    quarter = np.clip(np.searchsorted(limits, plain, side="left") - 1, 0, len(names) - 1)
    named = np.where(np.isnan(plain), "missing", np.array(names, dtype=object)[quarter])
    return pd.Series(pd.Categorical(named, list(dict.fromkeys([*names, "missing"]))), index=values.index)
