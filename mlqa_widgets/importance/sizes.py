"""How large contributions are: the mean of their sizes over rows, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mlqa_widgets.explain.explanation import Explanation

_CONFIDENCE = 0.95


def mean_sizes(explanation: Explanation, columns: Sequence[tuple[int, ...]]) -> pd.DataFrame:
    """Return the mean size of the contributions of columns, those of a group taken together.

    Parameters
    ----------
    explanation
        Contributions to some rows.
    columns
        Positions of the columns that are taken together, each alone or as a group.

    Returns
    -------
    pandas.DataFrame
        One line per column or group: ``size`` (the mean of the contributions without their signs), ``low`` and ``high``
        (95 % interval over the rows), ``floor`` (the size that the error of sampled contributions alone would make; 0
        where they are exact).
    """
    from scipy.stats import t

    rows = len(explanation.values)
    lines = []
    for members in columns:
        chosen = list(members)
        sizes = np.abs(explanation.values[:, chosen].sum(axis=1))
        errors = explanation.standard_error
        floor = 0.0
        if errors is not None:
            floor = float(np.sqrt(2 / np.pi) * np.sqrt((errors[:, chosen] ** 2).sum(axis=1)).mean())
        spread = sizes.std(ddof=1) / np.sqrt(rows) if rows > 1 else np.nan
        reach = t.isf((1 - _CONFIDENCE) / 2, rows - 1) * spread if rows > 1 else np.nan
        lines.append((sizes.mean(), max(0.0, sizes.mean() - reach), sizes.mean() + reach, floor))
    return pd.DataFrame(lines, columns=["size", "low", "high", "floor"], dtype=float)
