"""The widget of importance: three measures side by side, contributions as points, and one feature opened."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd

from mlqa_widgets.explain.sentence import column_words, figure, three_digits
from mlqa_widgets.importance.importance import Importance, Reliance, usable_metrics
from mlqa_widgets.importance.interaction import METHOD
from mlqa_widgets.importance.own import OwnImportance
from mlqa_widgets.importance.partial import PartialDependence
from mlqa_widgets.importance.values import Values, feature_values, words_of
from mlqa_widgets.models.model import Task
from mlqa_widgets.progress import Progress
from mlqa_widgets.widgets.following import follow, progress_view
from mlqa_widgets.widgets.linked import Answer, LinkedWidget
from mlqa_widgets.widgets.messages.importance import (
    Choice,
    FeatureView,
    ImportanceLine,
    ImportanceView,
    MeasureView,
    PartialView,
    RelianceView,
    SwarmFeature,
    SwarmView,
)
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.rows import label_text
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import count, percent, shortened, visible
from mlqa_widgets.work import Work

T = TypeVar("T")

_POINTS = 2_000
_CURVES = 50
_LABEL = 40
_INTERACTIONS = 5
_STATIC_LINES = 20
_WITHOUT_OUTCOMES = (
    "What came (y) was not given: permutation importance needs it, contributions and the model's own do not."
)
_MEASURES = ("permutation", "shap", "own")


class ImportanceWidget(LinkedWidget):
    """Shows the importance of features.

    Attributes
    ----------
    importance
        What is shown: another object than the one displayed after another metric or class was picked.
    """

    _esm = module_path("importance.js")
    _css = module_path("importance.css")
    source = "importance"

    def __init__(self, importance: Importance) -> None:
        self.importance = importance
        self._versions = 0
        self._opened = -1
        self._asked: dict[str, Work[Any]] = {}
        super().__init__(importance.analysis, importance.work)

    def show(self) -> None:
        """Show what is known by now."""
        self._versions += 1
        self.view = _importance_view(self.importance, self._versions, self._opened)

    # ------------------------------------------------------------------ requests

    def _measure(self, request: dict[str, Any]) -> None:
        self._replace(self.importance.by(metric=request["metric"]))

    def _explain(self, request: dict[str, Any]) -> None:
        self._replace(self.importance.by(output=request["output"]))

    def _replace(self, importance: Importance) -> None:
        if not self.importance.work.done:
            self.importance.work.cancel()
        self.importance, self._work, self.error = importance, importance.work, ""
        self.progress = progress_view(self._work)
        follow(self._work, self._show_step, self._show_version)

    def _swarm(self, request: dict[str, Any]) -> SwarmView:
        return _swarm_view(self.importance, request["features"])

    def _feature(self, request: dict[str, Any]) -> FeatureView:
        importance, place = self.importance, request["feature"]
        self._opened = place
        self.view = {**self.view, "opened": place}
        return _feature_view(importance, place, request["other"])

    def _partial(self, request: dict[str, Any]) -> Work[PartialView]:
        importance, feature = self.importance, self.analysis.model.columns[request["feature"]]
        return self._ask(
            "partial dependence",
            lambda progress: _partial_view(importance, importance.partial_dependence(feature, progress)),
        )

    def _selected(self, _request: dict[str, Any]) -> Work[RelianceView]:
        importance, positions = self.importance, self.analysis.selected_positions
        return self._ask(
            "explanation",
            lambda progress: _reliance_view(importance, positions, importance.where(positions, progress)),
        )

    def _ask(self, what: str, compute: Callable[[Progress], T]) -> Work[T]:
        if what in self._asked:
            self._asked[what].cancel()
        work: Work[T] = Work(what, lambda progress, _: compute(progress))
        self._asked[what] = work
        work.start()
        return work

    def _stop(self, _request: dict[str, Any]) -> None:
        for work in self._asked.values():
            work.cancel()

    def _span(self, request: dict[str, Any]) -> None:
        importance, place = self.importance, request["feature"]
        low, high = sorted((request["low"], request["high"]))
        name = column_words(self.analysis.model.columns[place])
        if request["by"] == "value":
            values = feature_values(self.analysis.model, self.analysis.X, place)
            rows = np.flatnonzero((values.numbers >= low) & (values.numbers <= high))
            label = f"{name} from {words_of(values, low)} to {words_of(values, high)}"
        else:
            explained = importance.explanation.values[:_POINTS, place]
            rows = importance.positions[:_POINTS][(explained >= low) & (explained <= high)]
            label = f"contribution of {name} from {_text(low)} to {_text(high)}, of the rows drawn"
        self.analysis.select(np.sort(rows), label if len(rows) else "", source=self.source)

    answers: ClassVar[Mapping[str, Answer]] = {
        "metric": _measure,
        "output": _explain,
        "swarm": _swarm,
        "feature": _feature,
        "partial": _partial,
        "selected": _selected,
        "stop": _stop,
        "span": _span,
    }

    # ------------------------------------------------------------------ without a kernel

    def static_html(self) -> str:
        """Return the static twin: the measures as a table with bars."""
        if self.view is None:
            return template("importance.html").render(view=None, error=self.error)
        lines = self.view["lines"][:_STATIC_LINES]
        return template("importance.html").render(
            view=self.view,
            error=self.error,
            lines=lines,
            more=len(self.view["lines"]) - len(lines),
            scales={name: _largest(self.view["lines"], name) for name in _MEASURES},
        )


def _largest(lines: list[ImportanceLine], measure: str) -> float:
    values = [line[measure]["value"] for line in lines if line[measure] is not None]  # type: ignore[literal-required]
    return max([*values, 1e-12])


# ---------------------------------------------------------------------- the measures


def _importance_view(importance: Importance, number: int, opened: int) -> ImportanceView:
    analysis, result = importance.analysis, importance.work.first
    model, own = analysis.model, importance.features.own
    several = model.task is Task.MULTICLASS
    metrics = {} if importance.metric is None else usable_metrics(analysis)
    return {
        "sentence": visible(result.sentence),
        "method": visible(result.method),
        "metric": None if importance.metric is None else importance.metric.id,
        "metrics": [{"id": one.id, "label": one.label} for one in metrics.values()],
        "metric_label": "" if importance.metric is None else importance.metric.label,
        "output": str(model.classes[importance.output]) if model.classes else "",
        "outputs": [{"id": str(c), "label": shortened(str(c), _LABEL)} for c in model.classes] if several else [],
        "space": importance.space,
        "without_outcomes": _WITHOUT_OUTCOMES if importance.metric is None else "",
        "own_label": _own_label(own),
        "own_missing": "" if own.values is not None else own.explanation,
        "lines": _lines(importance, result.features, result.groups),
        "progress_text": _from_rows(importance),
        "drawn": min(_POINTS, len(result.measured.positions)),
        "number": number,
        "opened": opened,
    }


def _own_label(own: OwnImportance) -> str:
    return own.label if own.whole is None else f"share of the {own.label}"


def _from_rows(importance: Importance) -> str:
    measured, rows = importance.work.first.measured, len(importance.analysis.X)
    done, parts = importance.work.done, []
    for name, known, until in (
        ("permutation", 0 if measured.permuted is None else measured.permuted.rows, measured.permuted_rows),
        ("contributions", len(measured.positions), measured.explained_rows),
    ):
        if until:
            parts.append(f"{name} from {known:,}" + ("" if done or known >= until else f" (of {until:,} to come)"))
    return f"{' and '.join(parts)} of {count(rows, 'row')}".capitalize()


def _lines(importance: Importance, single: pd.DataFrame, grouped: pd.DataFrame) -> list[ImportanceLine]:
    """Return features and groups by their importance, members after their group."""
    first = "shap" if single["permutation"].isna().all() else "permutation"
    lines: list[tuple[float, list[ImportanceLine]]] = []
    members: dict[int, list[ImportanceLine]] = {place: [] for place in range(len(grouped))}
    for _, line in single.iterrows():
        one = _feature_line(importance, line)
        if pd.isna(line["group"]):
            lines.append((float(line[first]), [one]))
        else:
            members[int(line["group"])].append(one)
    for place, line in grouped.iterrows():
        inside = members[int(str(place))]
        lines.append((float(line[first]), [_group_line(importance, line, int(str(place)), inside), *inside]))
    lines.sort(key=lambda entry: -entry[0])
    return [one for _, entry in lines for one in entry]


def _feature_line(importance: Importance, line: pd.Series) -> ImportanceLine:
    return {
        "name": visible(str(line["feature"])),
        "place": importance.analysis.model.columns.index(line["feature"]),
        "members": [],
        "group": -1 if pd.isna(line["group"]) else int(line["group"]),
        "note": "",
        "permutation": _measured(line, "permutation"),
        "shap": _measured(line, "shap"),
        "own": _measured(line, "own", importance.features.own.whole),
        "facts": _facts(importance, line),
        "why": visible(str(line["why"])),
    }


def _group_line(importance: Importance, line: pd.Series, place: int, members: list[ImportanceLine]) -> ImportanceLine:
    return {
        "name": " + ".join(shortened(str(name), 24) for name in line["features"][:3])
        + (f" + {len(members) - 3} more" if len(members) > 3 else ""),
        "place": -1,
        "members": list(importance.features.groups[place].features),
        "group": place,
        "note": f"go together, {figure(float(line['association']), 3)}",
        "permutation": _measured(line, "permutation"),
        "shap": _measured(line, "shap"),
        "own": _measured(line, "own", importance.features.own.whole),
        "facts": [],
        "why": "",
    }


def _measured(line: pd.Series, measure: str, whole: float | None = None) -> MeasureView | None:
    """Return a measure; with ``whole`` in words as a share of it."""
    value = float(line[measure])
    if math.isnan(value):
        return None
    if measure == "own":
        low = high = math.nan
    else:
        low, high = float(line[f"{measure}_low"]), float(line[f"{measure}_high"])
    rank = ""
    if f"{measure}_rank" in line.index:
        ends = ("best", "worst") if f"{measure}_best" in line.index else ("rank", "rank")
        best, worst = (int(line[f"{measure}_{end}"]) for end in ends)
        rank = f"rank {best}" if best == worst else f"rank {best} to {worst}"
    return {
        "value": value,
        "low": None if math.isnan(low) else low,
        "high": None if math.isnan(high) else high,
        "text": _text(value) if whole is None else percent(value / whole),
        "interval_text": "" if math.isnan(low) else f"{_text(low)} to {_text(high)}",
        "clear": bool(line[f"{measure}_clear"]) if measure != "own" else True,
        "rank_text": rank,
    }


def _text(value: float) -> str:
    return three_digits(value).replace("-", "−")


# ---------------------------------------------------------------------- points


def _packed(numbers: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers, dtype="<f4").tobytes()).decode("ascii")


def _swarm_feature(importance: Importance, place: int, values: Values, contributions: np.ndarray) -> SwarmFeature:
    return {
        "place": place,
        "name": visible(str(importance.analysis.model.columns[place])),
        "contributions": _packed(contributions),
        "values": _packed(values.numbers),
        "categories": None if values.categories is None else [shortened(c, _LABEL) for c in values.categories],
        "temporal": values.temporal,
    }


def _swarm_view(importance: Importance, places: list[int]) -> SwarmView:
    analysis = importance.analysis
    positions = importance.positions[:_POINTS]
    rows, values = analysis.X.iloc[positions], importance.explanation.values[:_POINTS]
    return {
        "positions": positions.tolist(),
        "labels": _labels(importance, positions),
        "features": [
            _swarm_feature(importance, place, feature_values(analysis.model, rows, place), values[:, place])
            for place in places
        ],
        "low": float(values.min()),
        "high": float(values.max()),
    }


def _labels(importance: Importance, positions: np.ndarray) -> list[str]:
    return [shortened(label_text(label), _LABEL) for label in importance.analysis.X.index[positions]]


def _feature_view(importance: Importance, place: int, other: int) -> FeatureView:
    analysis = importance.analysis
    model = analysis.model
    found = importance.dependence(model.columns[place])
    strongest = np.argsort(-found.interactions, kind="stable")[:_INTERACTIONS]
    colour = other if other >= 0 else -1 if found.strongest is None else found.strongest
    rows = analysis.X.iloc[found.positions]
    return {
        "place": place,
        "name": visible(str(model.columns[place])),
        "swarm": _swarm_feature(importance, place, found.values, found.contributions),
        "positions": found.positions.tolist(),
        "labels": _labels(importance, found.positions),
        "errors": None if found.standard_error is None else _packed(found.standard_error),
        "other": None
        if colour < 0
        else _swarm_feature(
            importance, colour, feature_values(model, rows, colour), importance.explanation.values[: len(rows), colour]
        ),
        "interactions": [_interaction(importance, one, found.interactions) for one in strongest.tolist()],
        "interaction_method": METHOD,
        "spread": {
            "edges": found.spread.edges.tolist(),
            "counts": found.spread.counts.tolist(),
            "missing": found.spread.missing,
            "outside": found.spread.outside,
        },
        "caution": visible(found.caution),
    }


def _interaction(importance: Importance, place: int, strength: np.ndarray) -> Choice:
    name = visible(str(importance.analysis.model.columns[place]))
    return {"id": str(place), "label": f"{name} ({percent(float(strength[place]))})"}


def _facts(importance: Importance, line: pd.Series) -> list[str]:
    metric, facts = importance.metric, []
    for measure, words in (
        ("permutation", "" if metric is None else f"permuted, the {metric.label} worsens by"),
        ("shap", f"mean size of contributions, {importance.space}:"),
        ("own", f"{_own_label(importance.features.own)}:"),
    ):
        found = _measured(line, measure, importance.features.own.whole if measure == "own" else None)
        if found is None:
            continue
        interval = f" ({found['interval_text']})" if found["interval_text"] else ""
        unclear = "" if found["clear"] else ", not told from zero"
        facts.append(f"{words} {found['text']}{interval}, {found['rank_text']}{unclear}")
    return [fact[0].upper() + fact[1:] for fact in facts]


def _partial_view(importance: Importance, found: PartialDependence) -> PartialView:
    model = importance.analysis.model
    plain, centred = found.table(), found.table(centred=True)
    share = bool(model.classes)
    named = f"probability of {shortened(str(model.classes[importance.output]), _LABEL)}" if share else "prediction"
    return {
        "numbers": [None if math.isnan(number) else float(number) for number in found.numbers],
        "words": [visible(words) for words in found.words],
        "mean": plain["prediction"].tolist(),
        "low": plain["low"].tolist(),
        "high": plain["high"].tolist(),
        "centred_mean": centred["prediction"].tolist(),
        "centred_low": centred["low"].tolist(),
        "centred_high": centred["high"].tolist(),
        "curves": found.curves[np.linspace(0, len(found.curves) - 1, _CURVES).astype(int)].tolist()
        if len(found.curves) > _CURVES
        else found.curves.tolist(),
        "centre": found.centre,
        "rows": len(found.positions),
        "label": named,
        "share": share,
    }


def _reliance_view(importance: Importance, positions: np.ndarray, found: Reliance) -> RelianceView:
    drawn = importance.positions[:_POINTS]
    note = "" if found.drawn == found.rows else f"From {count(found.drawn, 'row')} of them, drawn at random."
    return {
        "sentence": visible(found.sentence),
        "lines": [
            {
                "place": place,
                "value": float(line["shap"]),
                "low": float(line["low"]),
                "high": float(line["high"]),
                "text": _text(float(line["shap"])),
            }
            for place, line in enumerate(found.table.to_dict("records"))
        ],
        "note": note,
        "places": np.flatnonzero(np.isin(drawn, positions)).tolist(),
    }
