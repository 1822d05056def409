"""Curves of a model's performance as Vega-Lite, written out as :mod:`mlqa_widgets.charts.specs` does.

Parts that can be clicked carry the field ``item``. Named data (``at``, ``payoff``, ``best``, ``as_good``) are filled anew by
the browser as the threshold or the payoff moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlqa_widgets.charts.specs import FLAGGED, PLAIN
from mlqa_widgets.models.model import Task

if TYPE_CHECKING:
    import pandas as pd

    from mlqa_widgets.evaluate.performance import Performance
    from mlqa_widgets.slices.yardstick import Yardstick

Spec = dict[str, Any]

_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
_HEIGHT: Final = 220
_BARS: Final = 50
_QUIET: Final = "#868b93"
_PICK: Final = {"name": "pick", "select": {"type": "point", "fields": ["item"], "toggle": False}}
_PICKED: Final = {"condition": {"param": "pick", "value": 1}, "value": 0.4}
_UNIT: Final = {"domain": [0, 1]}


def charts(performance: Performance) -> dict[str, Spec]:
    """Return the pictures of a performance by name, the main one first."""
    match performance.outcomes.task:
        case Task.BINARY:
            found = {
                "roc": _roc(performance),
                "precision_recall": _precision_recall(performance),
                "scores": _scores(performance),
                "calibration": _calibration(performance, "mean probability given", "share that came"),
                "payoff": _payoff(performance),
            }
        case Task.MULTICLASS:
            found = {"calibration": _calibration(performance, "mean probability of the class predicted", "share right")}
        case _:
            found = {
                "calibration": _values(performance),
                "residuals": _residuals(performance),
                "histogram": _histogram(performance),
            }
    if performance.analysis.time is not None:
        found["time"] = over_time(performance.over_time(), performance.measured(None), performance.periods.length)
    return found


def score_bars(performance: Performance) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the bars that probabilities are counted in, and the bar of each row."""
    edges = np.linspace(0, 1, _BARS + 1)
    scores = performance.outcomes.probability
    return edges, np.clip(np.searchsorted(edges, scores, side="right") - 1, 0, _BARS - 1)


def over_time(table: pd.DataFrame, yardstick: Yardstick, length: str) -> Spec:
    """Return a metric over calendar periods, with its interval as a band."""
    style = ".1%" if yardstick.share else ".4~g"
    values = [
        {
            "item": place,
            "start": start.isoformat(),
            "rows": int(rows),
            **{name: _number(value) for name, value in zip(("value", "low", "high"), line, strict=True)},
        }
        for place, (start, rows, *line) in enumerate(
            table[["start", "rows", "value", "low", "high"]].itertuples(index=False)
        )
    ]
    x = {"field": "start", "type": "temporal", "title": length}
    y = {"type": "quantitative", "title": yardstick.label, "scale": {"zero": False}, "axis": {"format": style}}
    hover = [
        {"field": "start", "type": "temporal", "title": length},
        *({"field": name, "type": "quantitative", "format": style} for name in ("value", "low", "high")),
        {"field": "rows", "type": "quantitative", "format": ","},
    ]
    return _layered(
        [
            {
                "mark": {"type": "area", "opacity": 0.2},
                "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}},
            },
            {"mark": {"type": "line", "strokeWidth": 1.5}, "encoding": {"x": x, "y": y | {"field": "value"}}},
            {
                "name": "points",
                "mark": {"type": "point", "filled": True, "size": 60, "cursor": "pointer"},
                "encoding": {"x": x, "y": y | {"field": "value"}, "opacity": _PICKED, "tooltip": hover},
            },
        ],
        values,
        clickable="points",
    )


def _layered(layers: list[Spec], values: list[dict[str, Any]], clickable: str = "") -> Spec:
    spec: Spec = {
        "$schema": _SCHEMA,
        "width": "container",
        "height": _HEIGHT,
        "data": {"values": values},
        "layer": layers,
    }
    return spec | {"params": [_PICK | {"views": [clickable]}]} if clickable else spec


def _axis(field: str, title: str, **more: Any) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, **more}


def _at(x: str, y: str, values: dict[str, float]) -> Spec:
    """Return the point of the threshold now chosen."""
    return {
        "data": {"name": "at", "values": [values]},
        "mark": {"type": "point", "filled": True, "size": 110, "color": FLAGGED, "opacity": 1},
        "encoding": {"x": _axis(x, ""), "y": _axis(y, "")},
    }


def _rule(value: float) -> Spec:
    return {
        "data": {"name": "at", "values": [{"threshold": value}]},
        "mark": {"type": "rule", "strokeWidth": 2, "color": FLAGGED},
        "encoding": {"x": _axis("threshold", "")},
    }


def _rates(performance: Performance) -> tuple[list[dict[str, float]], dict[str, float]]:
    table = performance.thresholds
    hits, alarms = table["true_positive"].to_numpy(), table["false_positive"].to_numpy()
    positives, negatives = max(1, int(hits[0])), max(1, int(alarms[0]))
    said = hits + alarms
    lines = [
        {
            "threshold": float(at),
            "recall": hit / positives,
            "false_alarms": alarm / negatives,
            "precision": hit / both if both else None,
        }
        for at, hit, alarm, both in zip(table["threshold"], hits.tolist(), alarms.tolist(), said.tolist(), strict=True)
    ]
    place = int(table["threshold"].searchsorted(performance.analysis.threshold))
    return lines, lines[place]


_HOVER: Final = [
    {"field": name, "type": "quantitative", "title": title, "format": style}
    for name, title, style in (
        ("threshold", "threshold", ".3f"),
        ("recall", "recall", ".1%"),
        ("false_alarms", "false alarms", ".1%"),
        ("precision", "precision", ".1%"),
    )
]


def _roc(performance: Performance) -> Spec:
    lines, now = _rates(performance)
    x = _axis("false_alarms", "false alarms among negatives", scale=_UNIT, axis={"format": "%", "tickCount": 5})
    y = _axis("recall", "recall", scale=_UNIT, axis={"format": "%", "tickCount": 5})
    diagonal = {
        "data": {"values": [{"false_alarms": 0, "recall": 0}, {"false_alarms": 1, "recall": 1}]},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": _QUIET},
        "encoding": {"x": x, "y": y},
    }
    curve = {
        "mark": {"type": "line", "interpolate": "linear"},
        "encoding": {"x": x, "y": y, "order": {"field": "threshold"}, "tooltip": _HOVER},
    }
    return _layered([diagonal, curve, _at("false_alarms", "recall", now)], lines)


def _precision_recall(performance: Performance) -> Spec:
    lines, now = _rates(performance)
    share = float((performance.outcomes.actual == 1).mean())
    x = _axis("recall", "recall", scale=_UNIT, axis={"format": "%", "tickCount": 5})
    y = _axis("precision", "precision", scale=_UNIT, axis={"format": "%", "tickCount": 5})
    chance = {
        "data": {"values": [{"precision": share}]},
        "mark": {"type": "rule", "strokeDash": [4, 4], "color": _QUIET},
        "encoding": {"y": y},
    }
    curve = {"mark": {"type": "line"}, "encoding": {"x": x, "y": y, "order": {"field": "threshold"}, "tooltip": _HOVER}}
    known = [line for line in lines if line["precision"] is not None]
    return _layered([chance, curve, _at("recall", "precision", now)], known)


def _scores(performance: Performance) -> Spec:
    edges, bars = score_bars(performance)
    outcomes = performance.outcomes
    values = []
    for place, label in enumerate(outcomes.classes):
        counts = np.bincount(bars[outcomes.actual == place], minlength=_BARS)
        values += [
            {
                "item": bar,
                "low": edges[bar],
                "high": edges[bar + 1],
                "came": str(label),
                "span": f"{edges[bar]:.2f} to {edges[bar + 1]:.2f}",
                "rows": int(rows),
            }
            for bar, rows in enumerate(counts)
            if rows
        ]
    bars_layer = {
        "name": "bars",
        "mark": {"type": "bar", "cursor": "pointer", "binSpacing": 0.5},
        "encoding": {
            "x": _axis("low", f"probability of {outcomes.classes[1]}", scale=_UNIT),
            "x2": {"field": "high"},
            "y": _axis("rows", "rows", stack=True, axis={"tickCount": 4}),
            "color": {
                "field": "came",
                "type": "nominal",
                "title": "came",
                "sort": [str(label) for label in outcomes.classes],
                "scale": {"domain": [str(label) for label in outcomes.classes], "range": [PLAIN, "#e8a33d"]},
                "legend": {"orient": "top"},
            },
            "opacity": _PICKED,
            "tooltip": [
                {"field": "span", "type": "nominal", "title": "probability"},
                {"field": "came", "type": "nominal"},
                {"field": "rows", "type": "quantitative", "format": ","},
            ],
        },
    }
    return _layered([bars_layer, _rule(performance.analysis.threshold)], values, clickable="bars")


def _calibration(performance: Performance, said: str, came: str) -> Spec:
    table = performance.calibration().table
    values = [
        {"item": place, **{name: _number(value) for name, value in line.items()}, "rows": int(line["rows"])}
        for place, line in enumerate(table.to_dict("records"))
    ]
    x = _axis("said", said, scale=_UNIT, axis={"format": "%", "tickCount": 5})
    y = _axis("came", came, scale=_UNIT, axis={"format": "%", "tickCount": 5})
    diagonal = {
        "data": {"values": [{"said": 0, "came": 0}, {"said": 1, "came": 1}]},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": _QUIET},
        "encoding": {"x": x, "y": y},
    }
    interval = {
        "mark": {"type": "rule"},
        "encoding": {"x": x, "y": y | {"field": "came_low"}, "y2": {"field": "came_high"}},
    }
    hover = [
        {"field": name, "type": "quantitative", "title": title, "format": ".1%"}
        for name, title in (("said", said), ("came", came), ("came_low", "at least"), ("came_high", "at most"))
    ]
    points = {
        "name": "points",
        "mark": {"type": "point", "filled": True, "size": 70, "cursor": "pointer"},
        "encoding": {
            "x": x,
            "y": y,
            "opacity": _PICKED,
            "tooltip": [*hover, {"field": "rows", "type": "quantitative", "format": ","}],
        },
    }
    return _layered([diagonal, interval, points], values, clickable="points")


def _payoff(performance: Performance) -> Spec:
    table = performance.thresholds
    good = table.loc[table["as_good"], "threshold"]
    best = table.loc[table["best"], ["threshold", "payoff"]].to_dict("records")
    x = _axis("threshold", "threshold", scale=_UNIT)
    y = _axis("payoff", "payoff per row", scale={"zero": False}, axis={"tickCount": 5})
    band = {
        "data": {"name": "as_good", "values": [{"low": float(good.min()), "high": float(good.max())}]},
        "mark": {"type": "rect", "opacity": 0.15, "color": PLAIN},
        "encoding": {"x": _axis("low", "", scale=_UNIT), "x2": {"field": "high"}},
    }
    curve = {
        "data": {"name": "payoff", "values": table[["threshold", "payoff"]].to_dict("records")},
        "mark": {"type": "line"},
        "encoding": {"x": x, "y": y},
    }
    top = {
        "data": {"name": "best", "values": best},
        "mark": {"type": "point", "filled": True, "size": 90, "color": "#2e8b57", "opacity": 1},
        "encoding": {"x": x, "y": y},
    }
    return _layered([band, curve, _rule(performance.analysis.threshold), top], [])


def _values(performance: Performance) -> Spec:
    table = performance.residuals.table
    values = [
        {"item": place, **{name: _number(value) for name, value in line.items()}, "rows": int(line["rows"])}
        for place, line in enumerate(table.to_dict("records"))
    ]
    x = _axis("predicted", "mean prediction", scale={"zero": False})
    y = _axis("actual", "mean of what came", scale={"zero": False})
    ends = [float(table["predicted"].min()), float(table["predicted"].max())]
    diagonal = {
        "data": {"values": [{"predicted": end, "actual": end} for end in ends]},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": _QUIET},
        "encoding": {"x": x, "y": y},
    }
    interval = {
        "mark": {"type": "rule"},
        "encoding": {"x": x, "y": y | {"field": "actual_low"}, "y2": {"field": "actual_high"}},
    }
    hover = [
        {"field": name, "type": "quantitative", "title": title, "format": ".4~g"}
        for name, title in (
            ("predicted", "mean prediction"),
            ("actual", "mean of what came"),
            ("actual_low", "at least"),
            ("actual_high", "at most"),
        )
    ]
    points = {
        "name": "points",
        "mark": {"type": "point", "filled": True, "size": 70, "cursor": "pointer"},
        "encoding": {
            "x": x,
            "y": y,
            "opacity": _PICKED,
            "tooltip": [*hover, {"field": "rows", "type": "quantitative", "format": ","}],
        },
    }
    return _layered([diagonal, interval, points], values, clickable="points")


def _residuals(performance: Performance) -> Spec:
    table = performance.residuals.table
    values = [
        {"item": place, **{name: _number(value) for name, value in line.items()}, "rows": int(line["rows"])}
        for place, line in enumerate(table.to_dict("records"))
    ]
    x = _axis("low", "prediction", scale={"zero": False})

    def box(low: str, high: str, opacity: float, name: str = "") -> Spec:
        named = {"name": name} if name else {}
        return named | {
            "mark": {"type": "rect", "opacity": opacity, "cursor": "pointer"},
            "encoding": {
                "x": x,
                "x2": {"field": "high"},
                "y": _axis(low, "predicted − actual"),
                "y2": {"field": high},
                "tooltip": [
                    {"field": field, "type": "quantitative", "format": ".4~g", "title": title}
                    for field, title in (
                        ("low", "prediction from"),
                        ("high", "to"),
                        ("q05", "5 % below"),
                        ("q25", "25 % below"),
                        ("median", "median"),
                        ("q75", "25 % above"),
                        ("q95", "5 % above"),
                        ("rows", "rows"),
                    )
                ],
            },
        }

    median = {
        "mark": {"type": "rule", "strokeWidth": 2},
        "encoding": {"x": x, "x2": {"field": "high"}, "y": _axis("median", "predicted − actual")},
    }
    zero = {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "strokeDash": [4, 4], "color": _QUIET},
        "encoding": {"y": _axis("zero", "predicted − actual")},
    }
    return _layered([zero, box("q05", "q95", 0.2, "spans"), box("q25", "q75", 0.35), median], values, clickable="spans")


def _histogram(performance: Performance) -> Spec:
    found = performance.residuals
    counts = np.bincount(found.bars, minlength=len(found.edges) - 1)
    values = [
        {"item": bar, "low": found.edges[bar], "high": found.edges[bar + 1], "rows": int(rows)}
        for bar, rows in enumerate(counts)
        if rows
    ]
    bars = {
        "name": "bars",
        "mark": {"type": "bar", "cursor": "pointer", "binSpacing": 0.5, "color": PLAIN},
        "encoding": {
            "x": _axis("low", "predicted − actual", scale={"zero": False}),
            "x2": {"field": "high"},
            "y": _axis("rows", "rows", axis={"tickCount": 4}),
            "opacity": _PICKED,
            "tooltip": [
                {"field": "low", "type": "quantitative", "format": ".4~g", "title": "from"},
                {"field": "high", "type": "quantitative", "format": ".4~g", "title": "to"},
                {"field": "rows", "type": "quantitative", "format": ","},
            ],
        },
    }
    return _layered([bars], values, clickable="bars")


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
