"""How far reviewers agree with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Merge:
    """What came of taking in another reviewer's file.

    Attributes
    ----------
    added
        Verdicts that are new here.
    known
        Verdicts that were here already.
    foreign
        Verdicts on something else, which were left where they are.
    disagreements
        What reviewers differ on: one column per reviewer.
    """

    added: int
    known: int
    foreign: int
    disagreements: pd.DataFrame


def disagreements(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return what reviewers said different things of: one column per reviewer, one line per row.

    Parameters
    ----------
    verdicts
        Columns ``row``, ``reviewer``, ``verdict``: one verdict per reviewer and row.
    """
    said = verdicts.pivot_table(index="row", columns="reviewer", values="verdict", aggfunc="first")
    return said[said.nunique(axis=1) > 1]


def kappas(verdicts: pd.DataFrame, reviewers: Sequence[str]) -> pd.DataFrame:
    """Return how often pairs of reviewers gave the same row the same verdict.

    Parameters
    ----------
    verdicts
        Columns ``row``, ``reviewer``, ``verdict``: one verdict per reviewer and row.
    reviewers
        In the order of the answer.

    Returns
    -------
    pandas.DataFrame
        ``reviewer``, ``other``, ``rows`` (both saw), ``same`` (share of them, 0 to 1), ``kappa`` (Cohen's: agreement
        beyond chance, 1 for perfect, 0 for none; missing where one verdict was all that was given).
    """
    said = verdicts.pivot_table(index="row", columns="reviewer", values="verdict", aggfunc="first")
    lines: list[dict[str, Any]] = []
    for one, other in combinations(reviewers, 2):
        both = said[[one, other]].dropna()
        if both.empty:
            continue
        same = float((both[one] == both[other]).mean())
        kappa = np.nan
        if len(np.unique(both)) > 1:
            from sklearn.metrics import cohen_kappa_score

            kappa = float(cohen_kappa_score(both[one], both[other]))
        lines.append({"reviewer": one, "other": other, "rows": len(both), "same": same, "kappa": kappa})
    return pd.DataFrame(lines, columns=["reviewer", "other", "rows", "same", "kappa"])
