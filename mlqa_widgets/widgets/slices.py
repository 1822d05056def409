"""The widget of slices and of findings as slices: the list, a column's categories, and one slice with its rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from mlqa_widgets.errors import MlqaError
from mlqa_widgets.explain.group import Group
from mlqa_widgets.explain.sentence import figure
from mlqa_widgets.options import options
from mlqa_widgets.slices.custom import CustomMetric
from mlqa_widgets.slices.impact import Impact
from mlqa_widgets.slices.outcome import Confusion, Residuals
from mlqa_widgets.slices.slice import Comparison, Slice
from mlqa_widgets.slices.slices import Slices
from mlqa_widgets.slices.view import ALPHA, SliceView
from mlqa_widgets.slices.yardstick import usable_metrics
from mlqa_widgets.widgets.compared import figures_view, is_worse, or_none, slice_line
from mlqa_widgets.widgets.following import follow, progress_view
from mlqa_widgets.widgets.linked import Answer, LinkedWidget
from mlqa_widgets.widgets.messages.slices import (
    CellsView,
    ColumnLine,
    ResidualsView,
    SliceCard,
    SliceLine,
    SlicePlace,
    SlicesView,
    WhyView,
)
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import count, shortened, visible
from mlqa_widgets.work import Work

_CLASSES = 12
_BARS = 8
_VARIANTS = 20
_STATIC_LINES = 20
_MINUS = "−"


class SlicesWidget(LinkedWidget):
    """Shows slices, or the findings of a scan as slices.

    Attributes
    ----------
    view
        The slices found, the columns, and the slice on screen.
    slices
        What is shown: another object than the one displayed after another metric was picked.
    """

    _esm = module_path("slices.js")
    _css = module_path("slices.css")
    source = "slices"

    def __init__(self, slices: SliceView) -> None:
        self.slices = slices
        self._measured = {slices.yardstick.id: slices}
        self._chosen: Slice | None = None
        self._number = 0
        super().__init__(slices.analysis, slices.work)

    def show(self) -> None:
        """Show what is known of the slices by now."""
        usable = [(metric.id, metric.label) for metric in usable_metrics(self.analysis).values()]
        own = [(one.yardstick.id, one.yardstick.label) for one in self._measured.values()]
        self.view = _slices_view(self.slices, dict(usable + own), self._card())

    def _card(self) -> SliceCard | None:
        """Return the slice on screen: the worst one found until a person chooses, with nothing selected yet."""
        if self._chosen is not None:
            return self.view["card"]
        found = self.slices.work.first.found
        if not found:
            return None
        self._chosen, self._number = found[0], self._number + 1
        return _card(self.slices, found[0], {"of": "found", "column": -1, "place": 0}, self._number)

    # ------------------------------------------------------------------ requests

    def _column(self, request: dict[str, Any]) -> list[SliceLine]:
        return _categories(self._categorised, request["column"])

    @property
    def _categorised(self) -> Slices:
        if not isinstance(self.slices, Slices):
            msg = "Findings have no categories."
            raise MlqaError(msg)
        return self.slices

    def _choose(self, request: dict[str, Any]) -> None:
        match request["of"]:
            case "found":
                slice_ = self.slices.found[request["place"]]
            case "column":
                cut = self._categorised.work.first.partitions[request["column"]]
                slice_ = self._categorised.category(cut.name, cut.categories[request["place"]].label)
            case _:
                slice_ = self.slices.where(self.analysis.selected_positions, self.analysis.selection_label)
        chosen: SlicePlace = {"of": request["of"], "column": request["column"], "place": request["place"]}
        self._show_slice(slice_, chosen)

    def _where(self, request: dict[str, Any]) -> None:
        self._show_slice(self.slices.where(request["expression"]), {"of": "where", "column": -1, "place": -1})

    def _show_slice(self, slice_: Slice, chosen: SlicePlace) -> None:
        card = _card(self.slices, slice_, chosen, self._number + 1)
        self._chosen, self._number = slice_, self._number + 1
        self.view = {**self.view, "card": card}
        self.slices.select(slice_)

    def _measure(self, request: dict[str, Any]) -> None:
        known = self._measured.get(request["metric"])
        if known is None or known.work.error:
            known = self.slices.by(request["metric"])
        self._take(known)

    def threshold_changed(self) -> None:
        """Search anew: rows that were right may be wrong by now, and the other way round."""
        scale = self.slices.yardstick.scale
        self._measured.clear()
        self._take(self.slices.by(scale.function if isinstance(scale, CustomMetric) else self.slices.yardstick.id))

    def _take(self, slices: SliceView) -> None:
        if not self.slices.work.done:
            self.slices.work.cancel()
        self.slices = slices
        self._measured[slices.yardstick.id] = slices
        self.error = ""
        self._chosen = None
        self._work = self.slices.work
        self.progress = progress_view(self._work)
        follow(self._work, self._show_step, self._show_version)

    def _why(self, _request: dict[str, Any]) -> Work[WhyView]:
        slices, slice_ = self.slices, self._chosen
        if slice_ is None:
            msg = "No slice is chosen."
            raise MlqaError(msg)
        work: Work[WhyView] = Work("explanation", lambda progress, _: _why_view(slices.why(slice_, progress)))
        work.start()
        return work

    answers: ClassVar[Mapping[str, Answer]] = {
        "column": _column,
        "choose": _choose,
        "where": _where,
        "metric": _measure,
        "why": _why,
    }

    # ------------------------------------------------------------------ without a kernel

    def static_html(self) -> str:
        """Return the static twin: what was found, as a table with bars, and the slice on screen."""
        if self.view is None:
            return template("slices.html").render(view=None, error=self.error, what=self.slices.title)
        found = self.view["found"] or []
        lines = found[:_STATIC_LINES] if found else _most_telling(self.slices)
        return template("slices.html").render(
            view=self.view,
            error=self.error,
            lines=lines,
            searched=bool(found),
            more=len(found) - len(lines),
            scale=_scale(lines),
            card=self.view["card"],
            values=options.static_values,
        )


# ---------------------------------------------------------------------- the view


def _slices_view(slices: SliceView, metrics: dict[str, str], card: SliceCard | None) -> SlicesView:
    yardstick, result = slices.yardstick, slices.work.first
    overall = yardstick.scale.overall
    return {
        "kind": "impact" if isinstance(slices, Impact) else "slices",
        "metric": yardstick.id,
        "metrics": [{"id": name, "label": label} for name, label in metrics.items()],
        "label": yardstick.label,
        "share": yardstick.share,
        "overall": or_none(overall),
        "overall_text": yardstick.text(overall),
        "sentence": visible(result.sentence),
        "method": visible(result.method),
        "found": None if result.found is None else [slice_line(yardstick, one, len(one)) for one in result.found],
        "columns": [_column_line(slices, place) for place in range(len(result.partitions))],
        "rows": len(slices.analysis.X),
        "card": card,
    }


def _column_line(slices: SliceView, place: int) -> ColumnLine:
    result = slices.work.first
    cut = result.partitions[place]
    table = result.categories[result.categories["column"] == cut.name]
    worse = [
        q < ALPHA and slices.yardstick.worse(difference)
        for q, difference in zip(table["q"], table["difference"], strict=True)
    ]
    return {"name": visible(cut.name), "categories": len(table), "worse": sum(worse)}


def _categories(slices: Slices, place: int) -> list[SliceLine]:
    result = slices.work.first
    cut = result.partitions[place]
    table = result.categories[result.categories["column"] == cut.name]
    lines = []
    for condition, (_, line) in zip(cut.categories, table.iterrows(), strict=True):
        figures = Comparison.of(line)
        one = Slice(condition.label, None, np.empty(0), figures, q=float(line["q"]))
        lines.append(slice_line(slices.yardstick, one, int(line["rows"])))
    return lines


# ---------------------------------------------------------------------- one slice


def _card(slices: SliceView, slice_: Slice, chosen: SlicePlace, number: int) -> SliceCard:
    yardstick, found = slices.yardstick, slices.outcome(slice_)
    everywhere = ""
    if slice_.held_out is not None:
        everywhere = (
            f"On all {count(len(slice_), 'row')}: {yardstick.text(slice_.figures.value)} against "
            f"{yardstick.text(slice_.figures.rest)}."
        )
    return {
        "words": visible(slice_.words),
        "expression": slice_.expression,
        "rows": len(slice_),
        "share": len(slice_) / len(slices.analysis.X),
        "origin": slice_.origin,
        "figures": figures_view(yardstick, slice_.shown, slice_.q),
        "all_rows": everywhere,
        "worse": is_worse(yardstick, slice_),
        "confirmed": slice_.confirmed,
        "variants": [visible(words) for words in slice_.variants[:_VARIANTS]],
        "cells": _cells(found) if isinstance(found, Confusion) else None,
        "residuals": _residuals(found) if isinstance(found, Residuals) else None,
        "chosen": chosen,
        "number": number,
    }


def _cells(found: Confusion) -> CellsView | None:
    """Return the matrix; of many classes the most frequent in the slice, the others taken together."""
    here, rest = found.here, found.rest
    if len(here) > _CLASSES:
        often = here.sum(axis=1).sort_values(ascending=False, kind="stable").index[: _CLASSES - 1]
        named = here.index.where(here.index.isin(often), "other classes")
        here, rest = (
            table.groupby(named, sort=False).sum().T.groupby(named, sort=False).sum().T for table in (here, rest)
        )
    return {
        "classes": [shortened(str(label), 24) for label in here.index],
        "here": here.to_numpy().tolist(),
        "rest": rest.to_numpy().tolist(),
    }


def _residuals(found: Residuals) -> ResidualsView:
    return {
        "edges": found.edges.tolist(),
        "here": found.here.tolist(),
        "rest": found.rest.tolist(),
        "mean_here": _signed(found.mean_here),
        "mean_rest": _signed(found.mean_rest),
    }


def _signed(value: float) -> str:
    return "not known" if math.isnan(value) else ("+" if value > 0 else "") + figure(value).replace("-", _MINUS)


def _why_view(why: Group) -> WhyView:
    shown = why.table.head(_BARS)
    here, there = why.drawn
    return {
        "sentence": visible(why.sentence),
        "lines": [
            {
                "column": visible(str(line["column"])),
                "here": float(line["here"]),
                "there": float(line["there"]),
                "difference": float(line["difference"]),
                "low": float(line["low"]),
                "high": float(line["high"]),
                "typical_here": visible(line["typical_here"]),
                "typical_there": visible(line["typical_there"]),
            }
            for _, line in shown.iterrows()
        ],
        "others": len(why.table) - len(shown),
        "method": (
            f"Mean contributions to the {why.explanation.space} on {count(here, 'row')} of the slice less those on "
            f"{there:,} of the rest, drawn at random; {why.explanation.engine}, against {why.explanation.background}. "
            f"Intervals are 95 % for all columns together. They say what the model looks at, not what makes it err."
        ),
    }


# ---------------------------------------------------------------------- the static twin


def _most_telling(slices: SliceView) -> list[SliceLine]:
    """Return the categories that differ most, where no slices were found."""
    if not isinstance(slices, Slices):
        return []
    table = slices.frame.dropna(subset=["q"])
    table = table[table["q"] < ALPHA]
    order = np.argsort(-table["difference"].abs().to_numpy(), kind="stable")[:_STATIC_LINES]
    lines = []
    for _, line in table.iloc[order].iterrows():
        one = Slice(f"{line['column']}: {line['category']}", None, np.empty(0), Comparison.of(line), q=float(line["q"]))
        lines.append(slice_line(slices.yardstick, one, int(line["rows"])))
    return lines


def _scale(lines: list[SliceLine]) -> float:
    """Return what the longest bar stands for."""
    values = [abs(line["figures"]["value"] or 0.0) for line in lines]
    return max([*values, 1e-12])
