"""The join of two sources as a picture: how many rows of each meet, and how many do not."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mlqa_widgets.charts.specs import FLAGGED, PLAIN
from mlqa_widgets.compare.joins import JoinPreview

_PARTS = ("with a partner", "with a key the other lacks", "without a key")


def join_chart(preview: JoinPreview, names: tuple[str, str]) -> alt.TopLevelMixin:
    """Return one bar per source: its rows with a partner, with a key the other does not have, without a key."""
    rows = [
        {"source": name, "part": part, "rows": figure, "order": order}
        for side, name in enumerate(names)
        for order, (part, figure) in enumerate(
            zip(_PARTS, (preview.matched_rows[side], preview.orphans[side], preview.keyless[side]), strict=True)
        )
    ]
    colors = alt.Scale(domain=list(_PARTS), range=[PLAIN, FLAGGED, "#868b93"])
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X("rows:Q", title="rows"),
            y=alt.Y("source:N", sort=list(names), title=None),
            color=alt.Color("part:N", scale=colors, title=None, legend=alt.Legend(orient="bottom")),
            order="order:Q",
            tooltip=["source:N", "part:N", alt.Tooltip("rows:Q", format=",")],
        )
    )
