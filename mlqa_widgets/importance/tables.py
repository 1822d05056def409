"""Measures of importance as tables: a line per feature and per group, with ranks and why they differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mlqa_widgets.evaluate.figures import adjusted
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.importance.groups import Group
from mlqa_widgets.importance.own import OwnImportance
from mlqa_widgets.importance.permutation import Permuted
from mlqa_widgets.importance.ranks import Compared, Ranks, ranked, reasons
from mlqa_widgets.importance.sizes import mean_sizes

ALPHA = 0.05
"""Share of features that are said to matter by chance, that is put up with."""


@dataclass(frozen=True)
class Features:
    """The features, and what is known of them before anything is measured.

    Attributes
    ----------
    names
        In the order of the model.
    groups
        Those that follow one another.
    own
        What the model itself says of them.
    distinct
        Number of distinct values of each.
    """

    names: tuple[str, ...]
    groups: tuple[Group, ...]
    own: OwnImportance
    distinct: tuple[int, ...] = field(repr=False)

    @property
    def sets(self) -> list[tuple[int, ...]]:
        """What is measured: each feature, then each group."""
        return [*((place,) for place in range(len(self.names))), *(group.features for group in self.groups)]


def tables(
    features: Features, permuted: Permuted | None, explanation: Explanation | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one line per feature, in the order of the model, and one per group: see :class:`Importance`."""
    both = _measures(features, permuted, explanation)
    size = len(features.names)
    single, grouped = both.iloc[:size].copy(), both.iloc[size:].reset_index(drop=True)
    single.insert(0, "feature", pd.Series(list(features.names), dtype=object))
    members = [tuple(features.names[i] for i in group.features) for group in features.groups]
    grouped.insert(0, "features", pd.Series(members, dtype=object))
    grouped.insert(1, "association", pd.Series([group.association for group in features.groups], dtype=float))
    ranks = {
        measure: None if single[measure].isna().all() else _ranks(single, measure)
        for measure in ("permutation", "shap", "own")
    }
    for measure, found in ranks.items():
        single[f"{measure}_rank"] = pd.array([pd.NA] * size if found is None else found.rank, dtype="Int64")
        if measure != "own":
            single[f"{measure}_best"] = pd.array([pd.NA] * size if found is None else found.best, dtype="Int64")
            single[f"{measure}_worst"] = pd.array([pd.NA] * size if found is None else found.worst, dtype="Int64")
    group = np.full(size, -1)
    for place, one in enumerate(features.groups):
        group[list(one.features)] = place
    single["group"] = pd.array([pd.NA if place < 0 else place for place in group.tolist()], dtype="Int64")
    label = "" if permuted is None else permuted.metric.label
    single["why"] = pd.Series(_why(features, single, grouped, ranks, label), dtype=object)
    return single, grouped


def _measures(features: Features, permuted: Permuted | None, explanation: Explanation | None) -> pd.DataFrame:
    sets = features.sets
    unknown = pd.DataFrame(np.nan, index=range(len(sets)), columns=["importance", "size", "low", "high", "p", "floor"])
    worse = unknown if permuted is None else permuted.table()
    sizes = unknown if explanation is None else mean_sizes(explanation, sets)
    own = features.own.values
    q = adjusted(worse["p"].to_numpy(dtype=float))
    return pd.DataFrame(
        {
            "permutation": worse["importance"],
            "permutation_low": worse["low"],
            "permutation_high": worse["high"],
            "permutation_q": q,
            "permutation_clear": q < ALPHA,
            "shap": sizes["size"],
            "shap_low": sizes["low"],
            "shap_high": sizes["high"],
            "shap_clear": sizes["low"] > sizes["floor"],
            "own": np.full(len(sets), np.nan) if own is None else [float(own[list(one)].sum()) for one in sets],
        }
    )


def _ranks(single: pd.DataFrame, measure: str) -> Ranks:
    ends = [f"{measure}_low", f"{measure}_high"] if measure != "own" else ["own", "own"]
    value, low, high = (single[name].to_numpy(dtype=float) for name in (measure, *ends))
    return ranked(value, low, high)


def _why(
    features: Features,
    single: pd.DataFrame,
    grouped: pd.DataFrame,
    ranks: dict[str, Ranks | None],
    metric: str,
) -> Sequence[str]:
    far = max(2, len(features.names) // 5)
    said = []
    for place in range(len(single)):
        line = single.iloc[place]
        group = None if pd.isna(line["group"]) else features.groups[line["group"]]
        one = Compared(
            place,
            ranks["permutation"],
            ranks["shap"],
            ranks["own"],
            worse=float(line["permutation"]),
            clear=bool(line["permutation_clear"]),
            metric=metric,
            own_label=features.own.label,
            from_splits=features.own.from_splits,
            distinct=features.distinct[place],
            partners=() if group is None else tuple(str(features.names[i]) for i in group.features if i != place),
            association=math.nan if group is None else group.association,
            together=math.nan if group is None else float(grouped["permutation"].iloc[line["group"]]),
        )
        said.append(reasons(one, far))
    return said
