"""Explanations of rows as Altair charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from mlqa_widgets.charts.specs import FLAGGED, PLAIN

if TYPE_CHECKING:
    from mlqa_widgets.explain.group import Group
    from mlqa_widgets.explain.local import Waterfall

_COLOUR = alt.Color("direction:N", scale=alt.Scale(domain=["up", "down"], range=[PLAIN, FLAGGED]), legend=None)


def waterfall_chart(waterfall: Waterfall) -> alt.TopLevelMixin:
    """Return contributions as bars from the base to the output, with two standard errors where they are sampled."""
    bars = pd.DataFrame(
        {
            "column": f"{bar.label} = {bar.value}" if bar.value else bar.label,
            "start": bar.start,
            "end": bar.end,
            "contribution": bar.contribution,
            "direction": "up" if bar.contribution >= 0 else "down",
            "low": bar.end - 2 * bar.standard_error,
            "high": bar.end + 2 * bar.standard_error,
        }
        for bar in waterfall.bars
    )
    base = alt.Chart(bars).encode(y=alt.Y("column:N", sort=None, title=None))
    drawn = base.mark_bar().encode(
        x=alt.X("start:Q", title=waterfall.space, scale=alt.Scale(zero=False)),
        x2="end:Q",
        color=_COLOUR,
        tooltip=["column", alt.Tooltip("contribution", format="+.4f")],
    )
    ends = alt.Chart(pd.DataFrame({"at": [waterfall.base, waterfall.output]})).mark_rule(strokeDash=[2, 2])
    errors = base.transform_filter("datum.low < datum.high").mark_rule().encode(x="low:Q", x2="high:Q")
    return alt.layer(drawn, errors, ends.encode(x="at:Q"))


def group_chart(group: Group, columns: int = 12) -> alt.TopLevelMixin:
    """Return the differences of mean contributions with their intervals, the greatest first."""
    table = group.table.head(columns).assign(column=lambda t: t["column"].astype(str))
    base = alt.Chart(table).encode(y=alt.Y("column:N", sort=None, title=None))
    points = base.mark_point(filled=True).encode(
        x=alt.X("difference:Q", title=f"mean contribution here less there, {group.explanation.space}")
    )
    intervals = base.mark_rule().encode(x="low:Q", x2="high:Q")
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(strokeDash=[2, 2]).encode(x="at:Q")
    return alt.layer(zero, intervals, points)
