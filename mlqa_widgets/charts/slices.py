"""Slices as a forest plot: each figure with its interval, and the rest beside it."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mlqa_widgets.charts.specs import FLAGGED, PLAIN
from mlqa_widgets.slices.view import ALPHA
from mlqa_widgets.slices.yardstick import Yardstick


def forest(table: pd.DataFrame, name: str, yardstick: Yardstick) -> alt.TopLevelMixin:
    """Return a forest plot: per line a point with its 95 % interval, and a tick for the rest.

    Parameters
    ----------
    table
        Columns ``rows``, ``value``, ``low``, ``high``, ``rest``, ``difference`` and ``q``.
    name
        The column that says what a line is.
    yardstick
        What was measured.
    """
    lines = table.drop(columns=[c for c in ("columns", "expression") if c in table]).reset_index(drop=True)
    lines["against the rest"] = [
        "worse" if q < ALPHA and yardstick.worse(difference) else "not clearly worse"
        for q, difference in zip(lines["q"], lines["difference"], strict=True)
    ]
    style = "%" if yardstick.share else ".4~g"
    base = alt.Chart(lines).encode(
        y=alt.Y(f"{name}:N", sort=lines[name].tolist(), title=None, axis=alt.Axis(labelLimit=320))
    )
    hover = [
        alt.Tooltip(f"{name}:N"),
        alt.Tooltip("rows:Q", format=","),
        *(alt.Tooltip(f"{c}:Q", format=".1%" if yardstick.share else ".4~g") for c in ("value", "low", "high", "rest")),
        alt.Tooltip("q:Q", format=".2~g"),
    ]
    color = alt.Color(
        "against the rest:N",
        scale=alt.Scale(domain=["worse", "not clearly worse"], range=[FLAGGED, PLAIN]),
        legend=alt.Legend(orient="bottom"),
    )
    axis = alt.X("low:Q", title=yardstick.label, scale=alt.Scale(zero=False), axis=alt.Axis(format=style))
    interval = base.mark_rule(strokeWidth=2).encode(x=axis, x2="high:Q", color=color, tooltip=hover)
    value = base.mark_point(filled=True, size=70, opacity=1).encode(x="value:Q", color=color, tooltip=hover)
    rest = base.mark_tick(thickness=2, color="#868b93").encode(x="rest:Q", tooltip=hover)
    return alt.layer(interval, rest, value)
