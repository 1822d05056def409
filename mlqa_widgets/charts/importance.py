"""Importance as an Altair chart: the measures side by side, a dot or bar with its interval for each feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from mlqa_widgets.charts.specs import PLAIN

if TYPE_CHECKING:
    from mlqa_widgets.importance.importance import Importance

_FEATURES = 20
_FAINT = "#b8bdc4"


def importance_chart(importance: Importance) -> alt.TopLevelMixin:
    """Return one panel per measure that is known, the most important features first."""
    table = importance.frame.head(_FEATURES)
    names = table["feature"].astype(str)
    result = importance.work.first
    measured = result.measured
    panels = []
    if importance.metric is not None and measured.permuted is not None:
        title = f"permuted, the {importance.metric.label} worsens by"
        panels.append(_panel(_part(table, names, "permutation"), names, title))
    if measured.explanation is not None:
        panels.append(_panel(_part(table, names, "shap"), names, f"mean size of contributions, {importance.space}"))
    if importance.features.own.values is not None:
        own = pd.DataFrame({"feature": names, "value": table["own"], "low": table["own"], "high": table["own"]})
        panels.append(_panel(own.assign(clear=True), names, importance.features.own.label))
    chart: alt.TopLevelMixin = alt.hconcat(*panels)
    return chart


def _part(table: pd.DataFrame, names: pd.Series, measure: str) -> pd.DataFrame:
    columns = {"value": measure, "low": f"{measure}_low", "high": f"{measure}_high", "clear": f"{measure}_clear"}
    return pd.DataFrame({"feature": names, **{name: table[column] for name, column in columns.items()}})


def _panel(part: pd.DataFrame, names: pd.Series, title: str) -> Any:
    colour = alt.condition("datum.clear", alt.value(PLAIN), alt.value(_FAINT))
    hover = [alt.Tooltip("feature:N"), *(alt.Tooltip(f"{c}:Q", format=".4~g") for c in ("value", "low", "high"))]
    base = alt.Chart(part).encode(y=alt.Y("feature:N", sort=names.tolist(), title=None, axis=alt.Axis(labelLimit=220)))
    bars = base.mark_bar().encode(x=alt.X("value:Q", title=title), color=colour, tooltip=hover)
    intervals = base.mark_rule().encode(x="low:Q", x2="high:Q", tooltip=hover)
    return alt.layer(bars, intervals).properties(width=200)
