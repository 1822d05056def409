"""Which rows a step lost, and what they have in common."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.checkpoints.step import row_hashes
from mlqa_widgets.wording import number

_MOST_LEVELS = 50
_CHANCE = 0.01


def key_hashes(data: pd.DataFrame, key: Sequence[Hashable]) -> np.ndarray:
    """Return one hash per row, of the cells that name it."""
    return pd.util.hash_pandas_object(data[list(key)].astype(str), index=False).to_numpy()


def without_counterpart(before: pd.DataFrame, after: pd.DataFrame) -> np.ndarray:
    """Return which rows of ``before`` have no counterpart in ``after``, for tables without a key.

    Rows are told by their labels where ``after`` has only labels that ``before`` has, each once; otherwise by their
    cells in the columns of both, each row of ``after`` standing for one of ``before``.
    """
    if (
        before.index.is_unique
        and after.index.is_unique
        and not _renumbered(after)
        and after.index.isin(before.index).all()
    ):
        return ~before.index.isin(after.index)
    both = [name for name in before.columns if name in after.columns]
    old, new = pd.Series(row_hashes(before[both])), pd.Series(row_hashes(after[both]))
    left = new.value_counts()
    return (old.groupby(old).cumcount() >= old.map(left).fillna(0)).to_numpy()


def _renumbered(frame: pd.DataFrame) -> bool:
    return isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(len(frame)))


def in_common(before: pd.DataFrame, lost: np.ndarray) -> pd.DataFrame:
    """Return the values that lost rows have more often than chance allows.

    Parameters
    ----------
    before
        The table before the step.
    lost
        Which of its rows were lost.

    Returns
    -------
    pandas.DataFrame
        One row per value: ``column``, ``value`` (a level, missing, or a quarter of the numbers), ``lost`` and
        ``before`` (rows with it), ``p_value``: the chance of as many by drawing as many rows at random
        (hypergeometric), times the number of values looked at. At most 0.01; the most telling first.
    """
    from scipy.stats import hypergeom

    among, total = int(lost.sum()), len(before)
    lines: list[dict[str, Any]] = []
    for column in before.columns[~before.columns.duplicated(keep=False)]:
        for value, rows in _values(before[column]):
            lines.append(
                {"column": column, "value": value, "lost": int((rows & lost).sum()), "before": int(rows.sum())}
            )
    found = pd.DataFrame(lines, columns=["column", "value", "lost", "before"])
    found["p_value"] = (hypergeom.sf(found["lost"] - 1, total, found["before"], among) * len(found)).clip(max=1.0)
    found = found[found["p_value"] <= _CHANCE]
    order = found.assign(share=found["lost"] / max(1, among) - found["before"] / max(1, total))
    return order.sort_values("share", ascending=False, kind="stable").drop(columns="share").reset_index(drop=True)


def _values(series: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
    missing = series.isna().to_numpy()
    if missing.any():
        yield "missing", missing
    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype):
        present = series[~missing].astype(float)
        if present.nunique() > _MOST_LEVELS:
            edges = np.unique(present.quantile([0.25, 0.5, 0.75]))
            place = np.searchsorted(edges, series.astype(float).fillna(0), side="left")
            for i in range(len(edges) + 1):
                low = "" if i == 0 else f"over {number(edges[i - 1])}"
                high = "" if i == len(edges) else f"up to {number(edges[i])}"
                yield " ".join(filter(None, [low, high])), (place == i) & ~missing
            return
    try:
        codes, levels = pd.factorize(series)
    except TypeError:
        return
    if len(levels) <= _MOST_LEVELS:
        for i, level in enumerate(levels):
            yield str(level), codes == i
