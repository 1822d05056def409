"""The history's widget: the steps as cards, and what happened between any two of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import traitlets

from mlqa_widgets.checkpoints.change import Change, distributions, pattern_sentence, shift
from mlqa_widgets.checkpoints.step import FIGURES, StepColumn, StepFinding
from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Severity
from mlqa_widgets.widgets.answering import Answer, AnsweringWidget
from mlqa_widgets.widgets.messages.history import ChangeDetail, ColumnChange, HistoryView, StepCard, StepNote
from mlqa_widgets.widgets.messages.shared import RowsPage
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.rows import rows_page
from mlqa_widgets.widgets.static import static_history
from mlqa_widgets.wording import count, number, percent, visible

if TYPE_CHECKING:
    from mlqa_widgets.checkpoints.history import History

_SHOWN_COLUMNS = 200
_SHOWN_PATTERN = 5
_MOVED = 0.01
_KEPT = 4


class HistoryWidget(AnsweringWidget):
    """Shows a history and knows which steps are compared on screen.

    Attributes
    ----------
    selected
        Numbers of the two steps compared: before and after. Before is 0 for the first step, which is compared with
        nothing. Assign to it to show others.
    """

    _esm = module_path("history.js")
    _css = module_path("history.css")

    selected: Any = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history
        self._change_between = lru_cache(maxsize=_KEPT)(self._between)
        last = len(history)
        self.selected = [max(0, last - 1), last]
        self.view = _history_view(history)

    @traitlets.validate("selected")
    def _existing(self, proposal: dict[str, Any]) -> list[int]:
        numbers: list[int] = proposal["value"]
        steps = len(self._history)
        if len(numbers) != 2 or not 0 <= numbers[0] <= steps or not min(1, steps) <= numbers[1] <= steps:
            msg = f"selected: pass [before, after], numbers of steps up to {steps}; before may be 0 for nothing."
            raise InputError(msg)
        return numbers

    @property
    def change(self) -> Change:
        """What happened between the steps compared on screen."""
        return self._change_between(*self.selected)

    def _between(self, before: int, after: int) -> Change:
        return self._history.compare(before, after) if before else self._history.against_nothing(after)

    def _detail(self, request: dict[str, Any]) -> ChangeDetail:
        return _detail(self._change_between(request["before"], request["after"]), self._history)

    def _rows(self, request: dict[str, Any]) -> RowsPage:
        rows = self._change_between(request["before"], request["after"]).lost_rows
        positions = np.arange(len(rows))
        if request["order_by"] is not None:
            values = rows.iloc[:, request["order_by"]].reset_index(drop=True)
            positions = _sorted(values, descending=request["descending"]).index.to_numpy()
        chosen = positions[request["start"] : request["stop"]]
        return rows_page(rows.iloc[chosen], chosen, range(rows.shape[1]), len(rows))

    answers: ClassVar[Mapping[str, Answer]] = {"change": _detail, "rows": _rows}

    def static_html(self) -> str:
        """Return the static twin: the steps as cards."""
        steps = self._history.steps
        return static_history([self._history.change(step.number) for step in steps], self._history.folder.name)


def _sorted(values: pd.Series, *, descending: bool) -> pd.Series:
    try:
        return values.sort_values(ascending=not descending, kind="stable")
    except TypeError:
        return values.astype(str).sort_values(ascending=not descending, kind="stable")


def _history_view(history: History) -> HistoryView:
    cards: list[StepCard] = []
    for step in history.steps:
        change = history.change(step.number)
        cards.append(
            {
                "number": step.number,
                "name": visible(step.name),
                "at": step.at.replace("T", " ")[:16],
                "rows": step.rows,
                "columns": len(step.columns),
                "lost": change.lost + change.copies_lost,
                "gained": change.gained + change.multiplied,
                "columns_lost": len(change.removed),
                "columns_gained": len(change.added),
                "errors": sum(one.severity == Severity.ERROR for one in step.findings),
                "warnings": sum(one.severity == Severity.WARNING for one in step.findings),
                "kept": history.kept(step.number),
                "same": change.same,
                "first": change.before is None,
                "findings": _notes(change.findings),
            }
        )
    return {"folder": visible(history.folder.name), "steps": cards}


def _notes(findings: list[StepFinding]) -> list[StepNote]:
    order = sorted(findings, key=lambda one: -Severity(one.severity).level)
    return [{"check": one.check, "severity": one.severity, "message": visible(one.message)} for one in order]  # type: ignore[typeddict-item]


def _detail(change: Change, history: History) -> ChangeDetail:
    columns = _columns(change)
    pattern, names, unknown = _lost(change)
    before, after = change.before, change.after
    own = [finding.message for finding in change.findings]
    return {
        "before": before.number if before else 0,
        "after": after.number,
        "title": visible(after.name),
        "rows": _rows_sentence(change),
        "same": change.same,
        "findings": _notes(change.findings),
        "notes": [visible(note) for note in change.notes if note not in own],
        "added": [visible(name) for name in change.added] if before else [],
        "removed": [visible(name) for name in change.removed],
        "appeared": _notes(change.appeared),
        "went": _notes(change.went),
        "columns": columns[:_SHOWN_COLUMNS],
        "unchanged": len(change.kept) - len(columns),
        "lost": change.lost,
        "pattern": pattern,
        "unknown": unknown,
        "names": names,
        "code": _code(change, history),
    }


def _rows_sentence(change: Change) -> str:
    if change.before is None:
        return f"{count(change.after.rows, 'row')}, {count(len(change.after.columns), 'column')} to begin with."
    if change.same:
        return f"The same as “{visible(change.before.name)}”, cell by cell."
    known = (
        "by key"
        if change.after.key and change.after.key == change.before.key
        else "by their number, as no key was given"
    )
    multiplied = f", {count(change.multiplied, 'row')} multiplied" if change.multiplied else ""
    copies = f", {count(change.copies_lost, 'copy', 'copies')} dropped" if change.copies_lost else ""
    if not (change.lost or change.gained or multiplied or copies):
        return f"{count(change.after.rows, 'row')} before and after ({known})."
    return (
        f"{change.before.rows:,} rows became {change.after.rows:,}: {change.lost:,} lost, {change.gained:,} gained"
        f"{copies}{multiplied} ({known})."
    )


def _lost(change: Change) -> tuple[list[str], list[str], str]:
    if not change.lost:
        return [], [], ""
    try:
        lost = change.lost_rows
        pattern = change.lost_pattern.head(_SHOWN_PATTERN).to_dict("records")
    except InputError as error:
        return [], [], str(error)
    total = change.before.rows if change.before else 0
    told = [visible(pattern_sentence(line, len(lost), total)) for line in pattern]  # type: ignore[arg-type]
    return told, [visible(str(name)) for name in lost.columns], ""


def _columns(change: Change) -> list[ColumnChange]:
    changed = set(change.columns["column"])
    found = [(old, new, shift(old, new)) for old, new in change.kept]
    found = [one for one in found if one[1].name in changed or one[2] >= _MOVED]
    return [_column(*one) for one in sorted(found, key=lambda one: -np.nan_to_num(one[2], nan=-1.0))]


def _column(old: StepColumn, new: StepColumn, moved: float) -> ColumnChange:
    comparable = bool(old.quantiles and new.quantiles and old.dates == new.dates) or bool(old.levels and new.levels)
    labels, shares = distributions(old, new) if comparable else ([], [[], []])
    return {
        "name": visible(new.name),
        "shift": None if np.isnan(moved) else moved,
        "figures": [
            {"figure": figure.replace("_", " "), "before": _figure(figure, was), "after": _figure(figure, now)}
            for figure in ("type", "kind", *FIGURES)
            if (was := getattr(old, figure)) != (now := getattr(new, figure))
        ],
        "labels": [visible(label) for label in labels],
        "before": shares[0],
        "after": shares[1],
    }


def _figure(figure: str, value: Any) -> str:
    if value is None:
        return ""
    if figure == "missing_share":
        return percent(value)
    return number(value) if isinstance(value, (int, float)) else visible(str(value))


def _code(change: Change, history: History) -> str:
    folder = "" if history.folder.name == "mlqa_checkpoints" else repr(str(history.folder))
    lines = [f"steps = mq.history({folder})"]
    for step in (change.before, change.after):
        if step is None:
            continue
        kept = "" if history.kept(step.number) else "  # its rows were not kept"
        lines.append(f"{'# ' if kept else ''}steps.open({step.number}){kept}")
    if change.before is not None:
        lines.append(f"steps.compare({change.before.number}, {change.after.number})")
    return "\n".join(lines)
