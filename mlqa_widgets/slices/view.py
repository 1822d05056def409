"""What looking for errors by slices and by findings have in common: slices with their figures, and what to ask of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.figures import FIGURES
from mlqa_widgets.explain.group import Group, group
from mlqa_widgets.progress import Progress
from mlqa_widgets.slices.outcome import Confusion, Residuals, outcome
from mlqa_widgets.slices.partitions import Partition
from mlqa_widgets.slices.slice import Comparison, Slice
from mlqa_widgets.slices.yardstick import Yardstick
from mlqa_widgets.views import View
from mlqa_widgets.wording import count
from mlqa_widgets.work import Work

if TYPE_CHECKING:
    from typing import Self

    from mlqa_widgets.slices.custom import Function
    from mlqa_widgets.widgets.slices import SlicesWidget

ALPHA = 0.05
"""Share of false discoveries that is put up with."""


@dataclass(frozen=True)
class SliceResult:
    """What is known of the slices by now.

    Attributes
    ----------
    partitions
        The columns cut into categories; none for findings of a scan.
    categories
        One line per category: see :attr:`Slices.frame`.
    found
        The slices to look at, the worst first; None while they are searched for.
    sentence
        What was found.
    method
        How, and what to hold of it.
    """

    partitions: tuple[Partition, ...]
    categories: pd.DataFrame = field(repr=False)
    found: tuple[Slice, ...] | None
    sentence: str
    method: str


class SliceView(View):
    """Slices of an analysis, each with its figures against the rest.

    Attributes
    ----------
    yardstick
        What they are measured by.
    work
        The search.
    """

    title: ClassVar[str]

    def __init__(
        self,
        analysis: ModelAnalysis,
        yardstick: Yardstick,
        compute: Callable[[Progress, Callable[[SliceResult], None]], SliceResult],
    ) -> None:
        super().__init__(analysis)
        self.yardstick = yardstick
        self.work: Work[SliceResult] = Work(self.title, compute)
        self.work.start()

    def by(self, metric: str | Function) -> Self:
        """Return the same look by another metric."""
        raise NotImplementedError

    @property
    def found(self) -> tuple[Slice, ...]:
        """The slices to look at, the worst first; waits for them."""
        return self.work.result.found or ()

    @property
    def sentence(self) -> str:
        """What was found, in a sentence; waits for it."""
        return self.work.result.sentence

    @property
    def method(self) -> str:
        """How slices were compared, and what to hold of it."""
        return self.work.result.method

    # ------------------------------------------------------------------ one slice

    def where(self, rows: Any, label: str = "") -> Slice:
        """Compare any rows with all others.

        Parameters
        ----------
        rows
            A query in pandas' words (``"age > 60 and sex == 'F'"``), a boolean mask, or positions.
        label
            What to call them; the query if not given.

        Returns
        -------
        Slice
            It was not searched for, so its interval is what it says; but who tries many will find some.

        Raises
        ------
        InputError
            When the query cannot be read, or no row or every row is meant.
        """
        positions = self.analysis.positions_of(rows)
        query = rows if isinstance(rows, str) else None
        words = label or query or count(len(positions), "row")
        if len(positions) in (0, len(self.analysis.X)):
            which = "No row satisfies" if len(positions) == 0 else "Every row satisfies"
            msg = f"rows: {which} {words!r}; there is nothing to compare."
            raise InputError(msg)
        return Slice(words, query, positions, self.compare(positions), origin=_NAMED)

    def compare(self, positions: np.ndarray) -> Comparison:
        """Return the metric on some rows against all others."""
        return Comparison.of(self.yardstick.scale.of_rows(positions).iloc[0])

    def outcome(self, slice_: Slice) -> Confusion | Residuals:
        """Return the confusion matrix, or the spread of residuals, of a slice and of the rest."""
        return outcome(self.analysis, slice_.positions)

    def why(self, slice_: Slice, progress: Progress | None = None) -> Group:
        """Return the mean contributions of the columns in a slice against the rest, on rows drawn from either.

        They say what the model looks at there, not what makes it err.

        Raises
        ------
        InputError
            When the model cannot be explained, or the slice has fewer than two rows.
        """
        return group(self.analysis, slice_.positions, progress=progress)

    def select(self, slice_: Slice) -> None:
        """Select the rows of a slice in every view."""
        self.analysis.select(slice_.positions, slice_.words, source="slices")

    # ------------------------------------------------------------------ showing

    def _make_widget(self) -> SlicesWidget:
        from mlqa_widgets.widgets.slices import SlicesWidget

        return SlicesWidget(self)


_NAMED = "Named, not searched for: the interval is that of one look; of many such looks some stand out by chance."


def as_frame(slices: Sequence[Slice], name: str) -> pd.DataFrame:
    """Return slices as a frame, with the figures to judge them by."""
    columns = [name, "rows", *FIGURES, "q", "expression"]
    lines = [
        [one.words, len(one), *(getattr(one.shown, figure) for figure in FIGURES), one.q, one.expression]
        for one in slices
    ]
    return pd.DataFrame(lines, columns=columns).astype({"q": float, name: object, "expression": object})
