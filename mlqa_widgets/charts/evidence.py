"""Evidence as Altair charts."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import altair as alt

from mlqa_widgets.evidence import Bars, Evidence, Examples, Groups, Histogram, Strip
from mlqa_widgets.wording import number

_HEIGHT = 150
_FLAG = "#d1495b"
_BAR = "#7a9cc6"
_MARK = "#868b93"
_VISIBLE = 0.03
"""Share of the highest bar below which an offending one could not be seen."""


def chart(evidence: Evidence) -> alt.TopLevelMixin:
    """Return a chart of one piece of evidence.

    Where parts of it can be clicked, a point selection ``pick`` on the field ``item`` (the part's place) is
    attached; offending parts carry ``offending``.
    """
    match evidence:
        case Histogram():
            return _histogram(evidence)
        case Strip():
            return _strip(evidence)
        case Bars():
            return _bars(evidence.title, [("", bar) for bar in evidence.bars])
        case Groups():
            return _bars(evidence.title, [(group[0].label, bar) for group in evidence.groups for bar in group])
        case Examples():
            return _examples(evidence)


def item_labels(evidence: Histogram | Strip) -> list[tuple[str, int]]:
    """Return the words and the rows of each clickable part, for those who do not use a pointer."""
    if isinstance(evidence, Histogram):
        spans = zip(evidence.edges[:-1], evidence.edges[1:], strict=True)
        return [(_span(evidence, low, high), rows) for (low, high), rows in zip(spans, evidence.counts, strict=True)]
    ends = [*(start - 1 for start in evidence.starts[1:]), None]
    return [
        (f"rows {start:,} to {'the end' if end is None else f'{end:,}'}", -1)
        for start, end in zip(evidence.starts, ends, strict=True)
    ]


def _histogram(evidence: Histogram) -> alt.TopLevelMixin:
    labels = item_labels(evidence)
    data = []
    for item, (rows, share) in enumerate(zip(evidence.counts, evidence.flagged, strict=True)):
        if not rows:
            continue
        low, high = evidence.edges[item], evidence.edges[item + 1]
        offending = round(rows * share)
        base = {"item": item, "low": low, "high": high, "span": labels[item][0], "rows": rows}
        data += [
            base | {"part": "offending" if part else "others", "from": start, "to": end}
            for part, start, end in ((True, 0, offending), (False, offending, rows))
            if end > start
        ]
    kind = alt.Scale(type="log") if evidence.logarithmic else alt.Scale(zero=False)
    field: Literal["temporal", "quantitative"] = "temporal" if evidence.temporal else "quantitative"
    pick = alt.selection_point(name="pick", fields=["item"], toggle=False)
    marked = [rows * share for rows, share in zip(evidence.counts, evidence.flagged, strict=True) if share]
    hidden = bool(marked) and min(marked) < _VISIBLE * max(evidence.counts)
    heights = alt.Scale(type="sqrt") if hidden else alt.Scale()
    bars = (
        alt.Chart(alt.Data(values=data))
        .mark_bar(cursor="pointer", binSpacing=0.5)
        .encode(
            x=alt.X("low", type=field, scale=kind, title=evidence.axis, axis=alt.Axis(labelFlush=True, tickCount=8)),
            x2="high",
            y=alt.Y(
                "from",
                type="quantitative",
                scale=heights,
                title="rows" + (" (square-root scale)" if hidden else ""),
                axis=alt.Axis(tickCount=4),
            ),
            y2="to",
            color=alt.Color(
                "part:N", scale=alt.Scale(domain=["offending", "others"], range=[_FLAG, _BAR]), legend=None
            ),
            opacity=alt.condition(pick, alt.value(1), alt.value(0.35)),
            tooltip=[alt.Tooltip("span:N", title=evidence.axis), alt.Tooltip("rows:Q", title="rows", format=",")],
        )
        .add_params(pick)
    )
    layers: list[Any] = [bars]
    if evidence.marks:
        marks = alt.Data(values=[{"at": at, "label": label} for at, label in evidence.marks])
        rule = alt.Chart(marks).mark_rule(strokeDash=[4, 3], color=_MARK).encode(x=alt.X("at", type=field))
        text = rule.mark_text(align="left", dx=3, dy=-_HEIGHT // 2 + 6, fontSize=10, color=_MARK).encode(text="label:N")
        layers += [rule, text]
    return alt.layer(*layers).properties(width="container", height=_HEIGHT)


def _strip(evidence: Strip) -> alt.TopLevelMixin:
    labels = item_labels(evidence)
    data = [
        {"item": item, "lane": lane, "start": start, "end": end, "share": share, "span": labels[item][0]}
        for lane, shares in zip(evidence.lanes, evidence.shares, strict=True)
        for item, (start, end, share) in enumerate(
            zip(evidence.starts, [*evidence.starts[1:], evidence.starts[-1] + _step(evidence)], shares, strict=True)
        )
    ]
    pick = alt.selection_point(name="pick", fields=["item"], toggle=False)
    return (
        alt.Chart(alt.Data(values=data))
        .mark_rect(cursor="pointer", color=_FLAG)
        .encode(
            x=alt.X("start:Q", title="row", scale=alt.Scale(nice=False, zero=False), axis=alt.Axis(grid=False)),
            x2="end",
            y=alt.Y("lane:N", title=None, sort=list(evidence.lanes), axis=alt.Axis(labelLimit=140)),
            fillOpacity=alt.FillOpacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.08, 1]), legend=None),
            opacity=alt.condition(pick, alt.value(1), alt.value(0.35)),
            tooltip=["lane:N", "span:N", alt.Tooltip("share:Q", format=".1%")],
        )
        .add_params(pick)
        .properties(width="container", height=max(36, 20 * len(evidence.lanes)))
    )


def _step(evidence: Strip) -> int:
    return evidence.starts[1] - evidence.starts[0] if len(evidence.starts) > 1 else 1


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
            color=alt.Color("offending:N", scale=alt.Scale(domain=[True, False], range=[_FLAG, _BAR]), legend=None),
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


def _span(evidence: Histogram, low: float, high: float) -> str:
    if evidence.temporal:
        first, last = (dt.datetime.fromtimestamp(edge / 1000, tz=dt.UTC) for edge in (low, high))
        return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    if high - low == 1 and low % 1 == 0.5:
        return number(low + 0.5)
    return f"{number(low)} to {number(high)}"
