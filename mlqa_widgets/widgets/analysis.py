"""The widget of a whole analysis: its views in tabs, each made when it is first looked at."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.widgets.display import TwoOutputWidget
from mlqa_widgets.widgets.linked import LinkedWidget
from mlqa_widgets.widgets.messages.analysis import AnalysisCard
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.static import template

_VIEWS = {
    "performance": "Performance",
    "importance": "Importance",
    "slices": "Slices",
    "explain": "One row",
    "review": "Review",
}
_NEED_OUTCOMES = ("performance", "slices")


class AnalysisWidget(TwoOutputWidget):
    """Shows the views of an analysis in tabs.

    Attributes
    ----------
    tab
        The view on screen: ``performance``, ``importance``, ``slices``, ``explain`` or ``review``.
    """

    _esm = module_path("analysis.js")
    _css = module_path("analysis.css")

    card: Any = traitlets.Dict().tag(sync=True)
    tab = traitlets.Enum(list(_VIEWS)).tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    child = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, analysis: ModelAnalysis) -> None:
        names = [name for name in _VIEWS if analysis.actual is not None or name not in _NEED_OUTCOMES]
        super().__init__(tab=names[0])
        self.analysis = analysis
        self.card = _card(analysis, names)
        self._children: dict[str, LinkedWidget] = {}
        self.observe(lambda _: self._show(), names=["tab"])
        self._show()

    def _show(self) -> None:
        try:
            if self.tab not in self._children:
                self._children[self.tab] = getattr(self.analysis, self.tab)().widget()
                self._children[self.tab].observe(lambda _: self.publish_static(), names=["view"])
            for name, child in self._children.items():
                child.hide(hidden=name != self.tab)
            self.child, self.error = self._children[self.tab], ""
        except Exception as error:  # noqa: BLE001 - an exception here would vanish; the view shows it
            self.child, self.error = None, str(error)
        self.publish_static()

    def static_html(self) -> str:
        """Return the static twin: what is analysed, and the static twin of the view on screen."""
        shown = "" if self.child is None else self.child.static_html()
        return template("analysis.html").render(card=self.card, error=self.error) + shown


def _card(analysis: ModelAnalysis, names: list[str]) -> AnalysisCard:
    return {
        "model": analysis.model.name,
        "task": analysis.model.task.value,
        "rows": len(analysis.X),
        "columns": analysis.X.shape[1],
        "tabs": [{"name": name, "label": _VIEWS[name]} for name in names],
        "notes": [] if analysis.train_given else [_NO_TRAIN],
    }


_NO_TRAIN = (
    "The rows the model was fitted on were not given (train=): what is unusual, and what contributions are counted "
    "against, is measured on these rows."
)
