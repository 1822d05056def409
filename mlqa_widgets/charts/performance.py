"""The pictures of a model's performance as Altair charts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from mlqa_widgets.charts.specs import FLAGGED, PLAIN
from mlqa_widgets.models.model import Task

if TYPE_CHECKING:
    from mlqa_widgets.evaluate.performance import Performance

_QUIET = "#868b93"
_SHARE = alt.Axis(format="%", tickCount=5)
_UNIT = alt.Scale(domain=[0, 1])


def charts(performance: Performance) -> dict[str, Callable[[Performance], alt.TopLevelMixin]]:
    """Return what draws each picture that a performance has, by name, the main one first."""
    outcomes = performance.outcomes
    found: dict[str, Callable[[Performance], alt.TopLevelMixin]]
    if outcomes.task is Task.REGRESSION:
        found = {"predicted_actual": _predicted_actual, "residuals": _residuals, "histogram": _histogram}
    elif outcomes.task is Task.BINARY and outcomes.graded:
        found = {
            "roc": _roc,
            "precision_recall": _precision_recall,
            "calibration": _calibration,
            "scores": _scores,
            "payoff": _payoff,
            "confusion": _confusion,
        }
    else:
        found = {"confusion": _confusion}
    return found if performance.analysis.time is None else found | {"time": _time}


def _rates(performance: Performance) -> pd.DataFrame:
    table = performance.thresholds
    came = table["true_positive"] + table["false_negative"]
    rest = table["false_positive"] + table["true_negative"]
    said = table["true_positive"] + table["false_positive"]
    with np.errstate(invalid="ignore"):
        return pd.DataFrame(
            {
                "threshold": table["threshold"],
                "recall": table["true_positive"] / came,
                "false alarms": table["false_positive"] / rest,
                "precision": table["true_positive"] / said,
                "now": table["threshold"] == performance.analysis.threshold,
            }
        )


def _curve(rates: pd.DataFrame, x: str, y: str, chance: pd.DataFrame) -> alt.TopLevelMixin:
    base = alt.Chart(rates.dropna()).encode(
        x=alt.X(f"{x}:Q", scale=_UNIT, axis=_SHARE),
        y=alt.Y(f"{y}:Q", scale=_UNIT, axis=_SHARE),
        tooltip=["threshold", *(alt.Tooltip(name, format=".1%") for name in ("recall", "false alarms", "precision"))],
    )
    line = base.mark_line().encode(order="threshold:Q")
    now = base.transform_filter("datum.now").mark_point(filled=True, size=110, color=FLAGGED, opacity=1)
    return alt.layer(_dashed(chance, x, y), line, now)


def _dashed(ends: pd.DataFrame, x: str, y: str) -> alt.Chart:
    return alt.Chart(ends).mark_line(strokeDash=[4, 4], color=_QUIET).encode(x=f"{x}:Q", y=f"{y}:Q")


def _roc(performance: Performance) -> alt.TopLevelMixin:
    chance = pd.DataFrame({"false alarms": [0, 1], "recall": [0, 1]})
    return _curve(_rates(performance), "false alarms", "recall", chance)


def _precision_recall(performance: Performance) -> alt.TopLevelMixin:
    share = float((performance.outcomes.actual == 1).mean())
    return _curve(
        _rates(performance), "recall", "precision", pd.DataFrame({"recall": [0, 1], "precision": [share, share]})
    )


def _dots(table: pd.DataFrame, x: alt.X, y: str, ends: tuple[str, str], axis: alt.Y) -> tuple[alt.Chart, alt.Chart]:
    base = alt.Chart(table).encode(x=x, tooltip=[alt.Tooltip(name) for name in ("rows", y, *ends)])
    interval = base.mark_rule().encode(y=axis, y2=ends[1])
    return interval, base.mark_point(filled=True, size=70).encode(y=f"{y}:Q")


def _calibration(performance: Performance) -> alt.TopLevelMixin:
    name = performance.outcomes.classes[1]
    x = alt.X("said:Q", title=f"mean probability of {name}", scale=_UNIT, axis=_SHARE)
    y = alt.Y("came_low:Q", title=f"came {name}", scale=_UNIT, axis=_SHARE)
    right = pd.DataFrame({"said": [0, 1], "came": [0, 1]})
    table = performance.calibration().table
    return alt.layer(_dashed(right, "said", "came"), *_dots(table, x, "came", ("came_low", "came_high"), y))


def _scores(performance: Performance) -> alt.TopLevelMixin:
    edges, bars = performance.score_bars()
    outcomes = performance.outcomes
    names = [str(label) for label in outcomes.classes]
    counts = pd.concat(
        pd.DataFrame(
            {
                "from": edges[:-1],
                "to": edges[1:],
                "came": name,
                "rows": np.bincount(bars[outcomes.actual == place], minlength=len(edges) - 1),
            }
        )
        for place, name in enumerate(names)
    )
    drawn = (
        alt.Chart(counts)
        .mark_bar(binSpacing=0.5)
        .encode(
            x=alt.X("from:Q", title=f"probability of {names[1]}", scale=_UNIT),
            x2="to",
            y=alt.Y("rows:Q", stack=True),
            color=alt.Color("came:N", scale=alt.Scale(domain=names, range=[PLAIN, "#e8a33d"])),
            tooltip=["from", "to", "came", "rows"],
        )
    )
    return alt.layer(drawn, _rule(performance))


def _rule(performance: Performance) -> alt.Chart:
    now = pd.DataFrame({"threshold": [performance.analysis.threshold]})
    return alt.Chart(now).mark_rule(strokeWidth=2, color=FLAGGED).encode(x="threshold:Q")


def _payoff(performance: Performance) -> alt.TopLevelMixin:
    table = performance.thresholds[["threshold", "payoff", "best", "as_good"]]
    base = alt.Chart(table).encode(
        x=alt.X("threshold:Q", scale=_UNIT),
        y=alt.Y("payoff:Q", title="payoff per row", scale=alt.Scale(zero=False)),
        tooltip=["threshold", "payoff"],
    )
    good = base.transform_filter("datum.as_good").mark_line(strokeWidth=7, opacity=0.35, color="#2e8b57")
    best = base.transform_filter("datum.best").mark_point(filled=True, size=90, color="#2e8b57", opacity=1)
    return alt.layer(good, base.mark_line(), _rule(performance), best)


def _confusion(performance: Performance) -> alt.TopLevelMixin:
    matrix = performance.confusion
    shares = matrix.div(matrix.sum(axis=1).clip(lower=1), axis=0)
    names = [str(label) for label in matrix.index]
    cells = pd.DataFrame(
        {
            "came": np.repeat(names, len(names)),
            "predicted": names * len(names),
            "rows": matrix.to_numpy().ravel(),
            "share": shares.to_numpy().ravel(),
        }
    )
    base = alt.Chart(cells).encode(x=alt.X("predicted:N", sort=names), y=alt.Y("came:N", sort=names))
    shade = alt.Color("share:Q", scale=alt.Scale(scheme="blues", domain=[0, 1]), legend=alt.Legend(format="%"))
    ink = alt.condition("datum.share > 0.6", alt.value("white"), alt.value("black"))
    return alt.layer(
        base.mark_rect().encode(color=shade), base.mark_text().encode(text=alt.Text("rows:Q", format=","), color=ink)
    )


def _predicted_actual(performance: Performance) -> alt.TopLevelMixin:
    table = performance.residuals.table
    x = alt.X("predicted:Q", title="mean prediction", scale=alt.Scale(zero=False))
    y = alt.Y("actual_low:Q", title=f"mean {performance.analysis.target}", scale=alt.Scale(zero=False))
    ends = table["predicted"].agg(["min", "max"]).to_numpy()
    right = pd.DataFrame({"predicted": ends, "actual": ends})
    dots = _dots(table, x, "actual", ("actual_low", "actual_high"), y)
    return alt.layer(_dashed(right, "predicted", "actual"), *dots)


def _residuals(performance: Performance) -> alt.TopLevelMixin:
    quantiles = ["q05", "q25", "median", "q75", "q95"]
    base = alt.Chart(performance.residuals.table).encode(
        x=alt.X("low:Q", title="predicted", scale=alt.Scale(zero=False)),
        x2="high",
        tooltip=["rows", "low", "high", *quantiles],
    )
    title = "predicted − actual"
    outer = base.mark_rect(opacity=0.25).encode(y=alt.Y("q05:Q", title=title), y2="q95")
    inner = base.mark_rect(opacity=0.4).encode(y=alt.Y("q25:Q", title=title), y2="q75")
    middle = base.mark_rule(strokeWidth=2).encode(y=alt.Y("median:Q", title=title))
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(strokeDash=[4, 4], color=_QUIET)
    return alt.layer(outer, inner, middle, zero.encode(y=alt.Y("zero:Q", title=title)))


def _histogram(performance: Performance) -> alt.TopLevelMixin:
    found = performance.residuals
    edges = found.edges
    rows = np.bincount(found.bars, minlength=len(edges) - 1)
    return (
        alt.Chart(pd.DataFrame({"from": edges[:-1], "to": edges[1:], "rows": rows}))
        .mark_bar(binSpacing=0.5, color=PLAIN)
        .encode(
            x=alt.X("from:Q", title="predicted − actual", scale=alt.Scale(zero=False)),
            x2="to",
            y="rows:Q",
            tooltip=["from", "to", "rows"],
        )
    )


def _time(performance: Performance) -> alt.TopLevelMixin:
    measured = performance.measured(None)
    axis = alt.Axis(format="%") if measured.share else alt.Axis()
    x = alt.X("start:T", title=performance.periods.length)
    y = alt.Y("low:Q", title=measured.label, scale=alt.Scale(zero=False), axis=axis)
    table = performance.over_time()[["start", "rows", "value", "low", "high"]]
    return alt.layer(*_dots(table, x, "value", ("low", "high"), y))
