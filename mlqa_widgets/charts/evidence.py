"""Evidence as Altair charts."""

from __future__ import annotations

from typing import Any

import altair as alt

from mlqa_widgets.charts.maps import map_chart
from mlqa_widgets.charts.specs import FLAGGED, PLAIN, chart_spec
from mlqa_widgets.evidence import Bars, Evidence, Examples, Groups, Histogram, Map, Strip, Timeline


def chart(evidence: Evidence) -> alt.TopLevelMixin:
    """Return a chart of one piece of evidence.

    Where parts of it can be clicked, a point selection ``pick`` on the field ``item`` (the part's place) is
    attached; offending parts carry ``offending``.
    """
    match evidence:
        case Histogram() | Timeline():
            return alt.LayerChart.from_dict(chart_spec(evidence))
        case Strip():
            return alt.Chart.from_dict(chart_spec(evidence))
        case Bars():
            return _bars(evidence.title, [("", bar) for bar in evidence.bars])
        case Groups():
            return _bars(evidence.title, [(group[0].label, bar) for group in evidence.groups for bar in group])
        case Examples():
            return _examples(evidence)
        case Map():
            return map_chart(evidence)


def _bars(title: str, bars: list[tuple[str, Any]]) -> alt.TopLevelMixin:
    data = [
        {"item": item, "group": group, "label": bar.label, "rows": bar.rows, "offending": bar.flagged, "note": bar.note}
        for item, (group, bar) in enumerate(bars)
    ]
    pick = alt.selection_point(name="pick", fields=["item"], toggle=False)
    grouped = any(group for group, _ in bars)
    figure = (
        alt.Chart(alt.Data(values=data), title=title)
        .mark_bar()
        .encode(
            x=alt.X("rows:Q", title="rows"),
            y=alt.Y("label:N", title=None, sort=None),
            color=alt.Color("offending:N", scale=alt.Scale(domain=[True, False], range=[FLAGGED, PLAIN]), legend=None),
            opacity=alt.condition(pick, alt.value(1), alt.value(0.35)),
            tooltip=["label:N", "rows:Q", "note:N"],
        )
        .add_params(pick)
    )
    return figure.facet(row=alt.Row("group:N", title=None)).resolve_scale(y="independent") if grouped else figure


def _examples(evidence: Examples) -> alt.TopLevelMixin:
    data = [
        {"line": i, "header": header, "text": cell}
        for i, line in enumerate(evidence.lines)
        for header, cell in zip(evidence.headers, line, strict=True)
    ]
    return (
        alt.Chart(alt.Data(values=data), title=evidence.title)
        .mark_text()
        .encode(x=alt.X("header:N", sort=None, title=None), y=alt.Y("line:O", axis=None), text="text:N")
    )
