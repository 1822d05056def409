"""Linked records as pictures: how many pairs have which match weight, and estimates against decisions."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from mlqa_widgets.charts.specs import FLAGGED, PLAIN

_OPEN = "#868b93"
_PARTS = ("no link", "link", "decided same", "decided different")
_COLORS = (_OPEN, PLAIN, "#3c8d5a", FLAGGED)
_SHARE = alt.Axis(format="%", tickCount=5)
_UNIT = alt.Scale(domain=[0, 1])


def chart(histogram: pd.DataFrame, calibration: pd.DataFrame) -> alt.HConcatChart:
    """Return both pictures side by side."""
    return alt.hconcat(
        weights_chart(histogram).properties(width=420, height=180),
        calibration_chart(calibration).properties(width=220, height=180),
    )


def weights_chart(histogram: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Return the pairs by match weight, in parts: what is held and what was decided of them.

    Pairs that are no links outnumber the links by far; on a plain scale the doubtful ones between could not be seen, so
    heights are square roots.
    """
    parts = {
        "link": histogram["links"] - histogram["same"],
        "decided same": histogram["same"],
        "decided different": histogram["different"],
    }
    parts = {"no link": histogram["pairs"] - sum(parts.values()), **parts}
    stacked, bottom = [], pd.Series(0, index=histogram.index)
    for part in _PARTS:
        lines = {"low": histogram["low"], "high": histogram["high"], "part": part, "pairs": parts[part]}
        stacked.append(pd.DataFrame({**lines, "bottom": bottom, "top": bottom + parts[part]}))
        bottom = bottom + parts[part]
    rows = pd.concat(stacked)
    bars = (
        alt.Chart(rows[rows["pairs"] > 0])
        .mark_bar(binSpacing=0.5)
        .encode(
            x=alt.X("low:Q", bin="binned", title="match weight (log2 of the odds that both are one)"),
            x2="high",
            y=alt.Y("bottom:Q", title="pairs", scale=alt.Scale(type="sqrt")),
            y2="top",
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=list(_PARTS), range=list(_COLORS)),
                title=None,
                legend=alt.Legend(orient="bottom", columns=4),
            ),
            tooltip=["low", "high", "part:N", alt.Tooltip("pairs:Q", format=",")],
        )
    )
    even = alt.Chart(pd.DataFrame({"weight": [0.0]})).mark_rule(strokeDash=[4, 3], color=_OPEN).encode(x="weight:Q")
    return alt.layer(bars, even).properties(description="Histogram of match weights: links, decided pairs and others")


def calibration_chart(calibration: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Return what was said of the decided pairs against the share that was decided to be the same, with intervals."""
    table = calibration[calibration["decided"] > 0].astype(float)
    right = pd.DataFrame({"said": [0.0, 1.0], "same": [0.0, 1.0]})
    x = alt.X("said:Q", title="estimated probability", scale=_UNIT, axis=_SHARE)
    y = alt.Y("same_low:Q", title="decided to be the same", scale=_UNIT, axis=_SHARE)
    base = alt.Chart(table if len(table) else table.reindex([0]).fillna(np.nan)).encode(
        x=x, tooltip=["decided", "said", "same", "same_low", "same_high"]
    )
    line = alt.Chart(right).mark_line(strokeDash=[4, 3], color=_OPEN).encode(x="said:Q", y="same:Q")
    return alt.layer(
        line,
        base.mark_rule(color=_OPEN).encode(y=y, y2="same_high"),
        base.mark_point(filled=True, size=70).encode(y="same:Q"),
    ).properties(description="Estimated probability against the share decided to be the same")
