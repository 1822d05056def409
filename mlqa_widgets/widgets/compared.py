"""A metric on some rows against all others, as the browser draws and reads it."""

from __future__ import annotations

import math

from mlqa_widgets.slices.slice import Comparison, Slice
from mlqa_widgets.slices.view import ALPHA
from mlqa_widgets.slices.yardstick import Yardstick
from mlqa_widgets.widgets.messages.slices import FiguresView, SliceLine
from mlqa_widgets.wording import visible


def slice_line(yardstick: Yardstick, slice_: Slice, rows: int) -> SliceLine:
    """Return a line of a forest plot."""
    return {
        "label": visible(slice_.words),
        "rows": rows,
        "figures": figures_view(yardstick, slice_.shown, slice_.q),
        "worse": is_worse(yardstick, slice_),
        "confirmed": slice_.confirmed,
        "variants": len(slice_.variants),
    }


def is_worse(yardstick: Yardstick, slice_: Slice) -> bool:
    """Whether a slice is worse than the rest, beyond chance."""
    figures, p = slice_.shown, slice_.shown.p if slice_.q is None else slice_.q
    return bool(p < ALPHA) and yardstick.worse(figures.difference)


def figures_view(yardstick: Yardstick, figures: Comparison, q: float | None) -> FiguresView:
    """Return figures as numbers and in words; ``q`` is shown in place of ``p`` where there is one."""
    known = not math.isnan(figures.difference_low)
    low, high = (
        yardstick.difference_text(end).removesuffix(" points")
        for end in (figures.difference_low, figures.difference_high)
    )
    return {
        "value": or_none(figures.value),
        "low": or_none(figures.low),
        "high": or_none(figures.high),
        "rest": or_none(figures.rest),
        "value_text": yardstick.text(figures.value),
        "rest_text": yardstick.text(figures.rest),
        "difference_text": yardstick.difference_text(figures.difference),
        "interval_text": f"{low} to {high}" if known else "",
        "chance": _chance(figures.p, q),
        "counted": figures.counted,
    }


def _chance(p: float, q: float | None) -> str:
    name, value = ("p", p) if q is None else ("q", q)
    if math.isnan(value):
        return "too few rows to tell from chance"
    return f"{name} < 0.001" if value < 0.001 else f"{name} = {value:.3f}".rstrip("0")


def or_none(value: float) -> float | None:
    """Return a number as JSON knows it: None where it is missing or infinite."""
    return float(value) if math.isfinite(value) else None
