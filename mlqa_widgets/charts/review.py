"""The queue of a review as a chart: each row's parts of oddness, and their mix."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from mlqa_widgets.review.oddness import LABELS

_ROWS = 30


def queue_chart(queue: pd.DataFrame, parts: Sequence[str]) -> alt.TopLevelMixin:
    """Return one line per row of the queue, oddest on top: a point per part, a tick for the mix.

    Parameters
    ----------
    queue
        As ``review.queue``; its first 30 rows are drawn.
    parts
        The columns that are parts of oddness.
    """
    shown = queue.head(_ROWS).reset_index(drop=True)
    shown["row"] = [str(label) for label in queue.index[:_ROWS]]
    known = [part for part in parts if part in shown]
    points = shown.melt(["row", "oddness"], known, var_name="part", value_name="rank").replace({"part": LABELS})
    base = alt.Chart(points).encode(y=alt.Y("row:N", sort=shown["row"].tolist(), title=None))
    dots = base.mark_point(filled=True, opacity=0.8).encode(
        x=alt.X("rank:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"), title="less odd rows"),
        color=alt.Color("part:N", sort=[LABELS[part] for part in known], title=None),
        tooltip=["row:N", "part:N", alt.Tooltip("rank:Q", format=".1%")],
    )
    mix = base.mark_tick(thickness=2).encode(x="oddness:Q", tooltip=["row:N", alt.Tooltip("oddness:Q", format=".1%")])
    return alt.layer(dots, mix)
