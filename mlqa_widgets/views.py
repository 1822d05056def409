"""What every view of an analysis is: figures first, a widget when a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlqa_widgets.notebook import Shown

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.analysis import ModelAnalysis
    from mlqa_widgets.widgets.linked import LinkedWidget


class View(Shown):
    """One look at an analysis. A subclass holds the figures and says which widget shows them.

    Parameters
    ----------
    analysis
        What is looked at; its selection is this view's selection.
    """

    def __init__(self, analysis: ModelAnalysis) -> None:
        self.analysis = analysis
        self._widget: LinkedWidget | None = None

    def _make_widget(self) -> LinkedWidget:
        """Return a widget of this view; imports it where it is needed."""
        raise NotImplementedError

    def chart(self) -> alt.TopLevelMixin:
        """Return the main picture as an Altair chart."""
        raise NotImplementedError

    def widget(self) -> LinkedWidget:
        """Return the widget of this view: what a notebook shows."""
        if self._widget is None or self._widget.comm is None:
            self._widget = self._make_widget()
        return self._widget
