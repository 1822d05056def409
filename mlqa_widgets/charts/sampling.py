"""How far a sample is from the whole, column by column, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt
import pandas as pd

from mlqa_widgets.charts.specs import FLAGGED, PLAIN

if TYPE_CHECKING:
    from mlqa_widgets.sampling import Compared, SampleCheck

_AXES: Final = {
    "mean": "difference of the means, standard deviations of the whole",
    "distance": "distance between the two distributions over time",
    "shares": "share of the rows that would have to be of another category",
    "missing": "difference in the share that is missing",
}
_COLOURS: Final = {"differs": FLAGGED, "differs slightly": "#c77d1a", "too few rows": "#868b93", "alike": PLAIN}


def effects(check: SampleCheck) -> alt.TopLevelMixin:
    """Return a forest plot of each kind of effect, the largest first: a point with its 95 % interval, zero marked."""
    tested = [line for line in check.lines if line.verdict != "not tested"]
    panels = [
        _panel([line for line in tested if line.effect == effect], title)
        for effect, title in _AXES.items()
        if any(line.effect == effect for line in tested)
    ]
    figure = alt.vconcat(*panels).resolve_scale(x="independent", color="shared")
    return figure.properties(title=f"Sample of {check.sample_rows:,} rows against {check.whole_rows:,}")


def _panel(lines: list[Compared], title: str) -> alt.LayerChart:
    ranked = sorted(lines, key=lambda line: -abs(line.size))
    data = pd.DataFrame(
        {
            "column": [line.column for line in ranked],
            "size": [line.size for line in ranked],
            "low": [line.low for line in ranked],
            "high": [line.high for line in ranked],
            "verdict": [line.verdict for line in ranked],
            "whole": [line.whole for line in ranked],
            "sample": [line.sample for line in ranked],
            "p (adjusted)": [line.q for line in ranked],
        }
    )
    base = alt.Chart(data, width=420).encode(
        y=alt.Y("column:N", sort=data["column"].tolist(), title=None, axis=alt.Axis(labelLimit=200)),
        color=alt.Color(
            "verdict:N",
            scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
            legend=alt.Legend(orient="top", title=None),
        ),
        tooltip=[
            "column",
            "whole",
            "sample",
            alt.Tooltip("size:Q", format=".3~g"),
            alt.Tooltip("p (adjusted):Q", format=".2~g"),
        ],
    )
    interval = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    value = base.mark_point(filled=True, size=60, opacity=1).encode(x="size:Q")
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(strokeDash=[4, 3], color="#868b93").encode(x="zero:Q")
    return alt.LayerChart(layer=[zero, interval, value])
