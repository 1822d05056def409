"""How predicted values miss: along the prediction, and as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlqa_widgets.evaluate.figures import CONFIDENCE

_SPANS = 20
_FEWEST = 5
_BARS = 40
_TAIL = 0.005
_QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}


@dataclass(frozen=True)
class ResidualSpread:
    """Predicted less actual values.

    Attributes
    ----------
    table
        One line per span of about as many rows each, by prediction: ``low`` and ``high`` (smallest and largest
        prediction), ``rows``, ``predicted`` and ``actual`` (means) with ``actual_low`` and ``actual_high`` (95 %, Student's t), and
        quantiles of the residual: ``q05``, ``q25``, ``median``, ``q75``, ``q95``.
    spans
        The span of each row, int64.
    edges
        Ends of the bars of the histogram, in the unit of the target; what lies beyond the outer ones is counted in them.
    bars
        The bar of each row, int64.
    """

    table: pd.DataFrame
    spans: np.ndarray
    edges: np.ndarray
    bars: np.ndarray


def residual_spread(actual: np.ndarray, predicted: np.ndarray) -> ResidualSpread:
    """Return how residuals are spread, along the prediction and as a whole."""
    from scipy.stats import t

    residual = predicted - actual
    wanted = int(np.clip(len(actual) // _FEWEST, 1, _SPANS))
    cuts = np.unique(np.quantile(predicted, np.arange(1, wanted) / wanted, method="nearest"))
    spans = np.unique(np.searchsorted(cuts, predicted, side="right"), return_inverse=True)[1]
    frame = pd.DataFrame({"span": spans, "predicted": predicted, "actual": actual, "residual": residual})
    groups = frame.groupby("span", sort=True)
    table = groups["predicted"].agg(low="min", high="max", rows="size", predicted="mean")
    mean, error, rows = groups["actual"].mean(), groups["actual"].sem(), table["rows"].to_numpy()
    reach = t.isf((1 - CONFIDENCE) / 2, np.maximum(rows - 1, 1)) * error
    table = table.assign(actual=mean, actual_low=mean - reach, actual_high=mean + reach)
    quantiles = groups["residual"].quantile(np.array(list(_QUANTILES.values()))).unstack()
    table[list(_QUANTILES)] = quantiles.to_numpy()
    low, high = np.quantile(residual, [_TAIL, 1 - _TAIL])
    edges = np.linspace(low, high, _BARS + 1) if low < high else np.array([low - 0.5, low + 0.5])
    bars = np.clip(np.searchsorted(edges, residual, side="right") - 1, 0, len(edges) - 2)
    return ResidualSpread(table.reset_index(drop=True), spans.astype(np.int64), edges, bars.astype(np.int64))
