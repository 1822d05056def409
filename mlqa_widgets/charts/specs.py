"""Evidence as Vega-Lite, written out: importing Altair takes longer than a scan, and a click waits for it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from mlqa_widgets.evidence import Histogram, Lane, Strip, Timeline
from mlqa_widgets.wording import number

FLAGGED: Final = "#d1495b"
PLAIN: Final = "#7a9cc6"
_MARK: Final = "#868b93"
_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
_HEIGHT: Final = 150
_LANE: Final = 20
_VISIBLE: Final = 0.03
"""Share of the highest bar below which an offending one could not be seen."""

_PICK: Final = {"name": "pick", "select": {"type": "point", "fields": ["item"], "toggle": False}}
_PICKED: Final = {"condition": {"param": "pick", "value": 1}, "value": 0.35}


def chart_spec(evidence: Histogram | Strip | Timeline) -> dict[str, Any]:
    """Return a Vega-Lite chart of a distribution, of places in the table or of series over time.

    A point selection ``pick`` on the field ``item`` (the part's place) lets its parts be clicked.
    """
    match evidence:
        case Histogram():
            layout = _histogram(evidence)
        case Strip():
            layout = _strip(evidence)
        case _:
            layout = _timeline(evidence)
    return {"$schema": _SCHEMA, "width": "container", **layout}


def item_labels(evidence: Histogram | Strip | Timeline) -> list[tuple[str, int]]:
    """Return the words and the rows of each clickable part, for those who do not use a pointer."""
    if isinstance(evidence, Timeline):
        several = len(evidence.lanes) > 1
        return [
            (f"{lane.name}: {span.label}" if several else span.label, span.rows)
            for lane in evidence.lanes
            for span in lane.spans
        ]
    if isinstance(evidence, Histogram):
        spans = zip(evidence.edges[:-1], evidence.edges[1:], strict=True)
        return [(_span(evidence, low, high), rows) for (low, high), rows in zip(spans, evidence.counts, strict=True)]
    ends = [*(start - 1 for start in evidence.starts[1:]), None]
    return [
        (f"rows {start:,} to {'the end' if end is None else f'{end:,}'}", -1)
        for start, end in zip(evidence.starts, ends, strict=True)
    ]


def _histogram(evidence: Histogram) -> dict[str, Any]:
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
    marked = [rows * share for rows, share in zip(evidence.counts, evidence.flagged, strict=True) if share]
    hidden = bool(marked) and min(marked) < _VISIBLE * max(evidence.counts)
    kind = "temporal" if evidence.temporal else "quantitative"
    bars = {
        "name": "bars",
        "data": {"values": data},
        "mark": {"type": "bar", "cursor": "pointer", "binSpacing": 0.5},
        "encoding": {
            "x": {
                "field": "low",
                "type": kind,
                "scale": {"type": "log"} if evidence.logarithmic else {"zero": False},
                "title": evidence.axis,
                "axis": {"labelFlush": True, "labelSeparation": 8, "tickCount": 8},
            },
            "x2": {"field": "high"},
            "y": {
                "field": "from",
                "type": "quantitative",
                "scale": {"type": "sqrt"} if hidden else {},
                "title": "rows (square-root scale)" if hidden else "rows",
                "axis": {"tickCount": 4},
            },
            "y2": {"field": "to"},
            "color": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": ["offending", "others"], "range": [FLAGGED, PLAIN]},
                "legend": None,
            },
            "opacity": _PICKED,
            "tooltip": [
                {"field": "span", "type": "nominal", "title": evidence.axis},
                {"field": "rows", "type": "quantitative", "title": "rows", "format": ","},
            ],
        },
    }
    layers = [bars]
    if evidence.marks:
        marks = {"values": [{"at": at, "label": label} for at, label in evidence.marks]}
        x = {"field": "at", "type": kind}
        text = {"type": "text", "align": "left", "dx": 3, "dy": 6 - _HEIGHT // 2, "fontSize": 10, "color": _MARK}
        layers += [
            {"data": marks, "mark": {"type": "rule", "strokeDash": [4, 3], "color": _MARK}, "encoding": {"x": x}},
            {"data": marks, "mark": text, "encoding": {"x": x, "text": {"field": "label", "type": "nominal"}}},
        ]
    return {"height": _HEIGHT, "layer": layers, "params": [_PICK | {"views": ["bars"]}]}


def _strip(evidence: Strip) -> dict[str, Any]:
    labels = item_labels(evidence)
    data = [
        {"item": item, "lane": lane, "start": start, "end": end, "share": share, "span": labels[item][0]}
        for lane, shares in zip(evidence.lanes, evidence.shares, strict=True)
        for item, (start, end, share) in enumerate(
            zip(evidence.starts, [*evidence.starts[1:], evidence.starts[-1] + _step(evidence)], shares, strict=True)
        )
    ]
    return {
        "height": max(36, _LANE * len(evidence.lanes)),
        "data": {"values": data},
        "mark": {"type": "rect", "cursor": "pointer", "color": FLAGGED},
        "encoding": {
            "x": {
                "field": "start",
                "type": "quantitative",
                "title": "row",
                "scale": {"nice": False, "zero": False},
                "axis": {"grid": False},
            },
            "x2": {"field": "end"},
            "y": {
                "field": "lane",
                "type": "nominal",
                "title": None,
                "sort": list(evidence.lanes),
                "axis": {"labelLimit": 140},
            },
            "fillOpacity": {
                "field": "share",
                "type": "quantitative",
                "scale": {"domain": [0, 1], "range": [0.08, 1]},
                "legend": None,
            },
            "opacity": _PICKED,
            "tooltip": [
                {"field": "lane", "type": "nominal"},
                {"field": "span", "type": "nominal"},
                {"field": "share", "type": "quantitative", "format": ".1%"},
            ],
        },
        "params": [_PICK],
    }


def _step(evidence: Strip) -> int:
    return evidence.starts[1] - evidence.starts[0] if len(evidence.starts) > 1 else 1


def _span(evidence: Histogram, low: float, high: float) -> str:
    if evidence.temporal:
        first, last = (dt.datetime.fromtimestamp(edge / 1000, tz=dt.UTC) for edge in (low, high))
        return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    if high - low == 1 and low % 1 == 0.5:
        return number(low + 0.5)
    return f"{number(low)} to {number(high)}"


_KINDS: Final = {
    "present": ("reports", PLAIN),
    "hole": ("hole", FLAGGED),
    "stuck": ("one reading", "#c77d1a"),
    "shift": ("another level", "#7b5ea7"),
    "silent": ("silent", "#868b93"),
    "repeated": ("several readings", FLAGGED),
}
"""What each kind of stretch is called in the legend, and its colour."""

_SERIES_LANE: Final = 26
_LINE_LANE: Final = 76


def _timeline(evidence: Timeline) -> dict[str, Any]:
    names = _distinct([lane.name for lane in evidence.lanes])
    drawn = any(lane.line for lane in evidence.lanes)
    labels = item_labels(evidence)
    spans: list[dict[str, Any]] = []
    item = 0
    for name, lane in zip(names, evidence.lanes, strict=True):
        for span in lane.spans:
            kind = _KINDS[span.kind][0]
            told = {"item": item, "lane": name, "kind": kind, "span": labels[item][0], "rows": span.rows}
            spans.append(told | {"start": span.start, "end": span.end, "edge": 0 if span.kind == "present" else 2})
            item += 1
    spans.sort(key=lambda span: span["edge"])
    kinds = [pair for kind, pair in _KINDS.items() if any(span.kind == kind for span in evidence.spans)]
    y = {
        "field": "lane",
        "type": "nominal",
        "title": None,
        "sort": names,
        "scale": {"padding": 0.15},
        "axis": {"labelLimit": 140, "ticks": False, "domain": False},
    }
    x = {"field": "start", "type": "temporal", "title": None, "scale": {"type": "utc"}, "axis": {"grid": False}}
    stretches = {
        "name": "spans",
        "data": {"values": spans},
        "mark": {"type": "rect", "cursor": "pointer", "fillOpacity": 0.3 if drawn else 0.85},
        "encoding": {
            "x": x,
            "x2": {"field": "end"},
            "y": y,
            **{
                channel: {
                    "field": "kind",
                    "type": "nominal",
                    "scale": {"domain": [kind for kind, _ in kinds], "range": [colour for _, colour in kinds]},
                    "legend": {"orient": "top", "title": None},
                }
                for channel in ("color", "stroke")
            },
            "strokeWidth": {"field": "edge", "type": "quantitative", "scale": None, "legend": None},
            "opacity": _PICKED,
            "tooltip": [
                {"field": "span", "type": "nominal", "title": "stretch"},
                {"field": "rows", "type": "quantitative", "title": "rows to show", "format": ","},
            ],
        },
    }
    layers = [stretches, *(_line_layers(names, evidence.lanes, x, y) if drawn else ())]
    height = (_LINE_LANE if drawn else _SERIES_LANE) * max(1, len(names))
    own = {"resolve": {"scale": {"yOffset": "independent"}}}
    return {"height": height, "layer": layers, "params": [_PICK | {"views": ["spans"]}], **own}


def _line_layers(
    names: list[str], lanes: tuple[Lane, ...], x: dict[str, Any], y: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the readings of each lane as a line over its own range, which stands beside it, and its levels."""
    points, ends, levels = [], [], []
    for name, lane in zip(names, lanes, strict=True):
        if not lane.line:
            continue
        values = [value for _, value in lane.line] + [level for *_, level in lane.levels]
        low, high = min(values), max(values)
        span = (high - low) or 1.0
        points += [{"lane": name, "start": at, "value": value, "up": (value - low) / span} for at, value in lane.line]
        ends += [{"lane": name, "up": up, "text": f"{value:.4g}"} for up, value in ((0.04, low), (0.96, high))]
        levels += [
            {"lane": name, "start": start, "end": end, "up": (level - low) / span, "text": f"{level:.4g}"}
            for start, end, level in lane.levels
        ]
    up = {"field": "up", "type": "quantitative", "scale": {"domain": [1, 0]}}
    silent = {"tooltip": None}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": points},
            "mark": {"type": "line", "strokeWidth": 1, "color": _MARK, **silent},
            "encoding": {"x": x, "y": y, "yOffset": up, "detail": {"field": "lane", "type": "nominal"}},
        },
        {
            "data": {"values": ends},
            "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 9, "color": _MARK},
            "encoding": {
                "x": {"value": "width"},
                "y": y,
                "yOffset": up,
                "text": {"field": "text", "type": "nominal"},
            },
        },
    ]
    if levels:
        layers.append(
            {
                "data": {"values": levels},
                "mark": {"type": "rule", "strokeWidth": 2, "color": _KINDS["shift"][1]},
                "encoding": {
                    "x": x,
                    "x2": {"field": "end"},
                    "y": y,
                    "yOffset": up,
                    "tooltip": [{"field": "text", "type": "nominal", "title": "usual level"}],
                },
            }
        )
    return layers


def _distinct(names: list[str]) -> list[str]:
    """Return names with a number behind those that come again."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told
