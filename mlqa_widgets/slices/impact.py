"""What the defects of a table do to the model: every finding of a scan as a slice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.figures import adjusted
from mlqa_widgets.progress import Progress
from mlqa_widgets.scan import Scan
from mlqa_widgets.slices.custom import Function
from mlqa_widgets.slices.slice import Slice
from mlqa_widgets.slices.slices import in_words
from mlqa_widgets.slices.view import ALPHA, SliceResult, SliceView, as_frame
from mlqa_widgets.slices.yardstick import yardstick
from mlqa_widgets.wording import count

if TYPE_CHECKING:
    import altair as alt


class Impact(SliceView):
    """What findings do to a model: see :meth:`mlqa_widgets.ModelAnalysis.impact`."""

    title: ClassVar[str] = "comparison of findings"

    def __init__(self, analysis: ModelAnalysis, scan: Scan, metric: str | Function | None = None) -> None:
        measured = yardstick(analysis, metric)
        _same_rows(analysis, scan)
        self.scan = scan
        super().__init__(analysis, measured, self._compute)

    def by(self, metric: str | Function) -> Impact:
        """Return the same findings by another metric."""
        return Impact(self.analysis, self.scan, metric)

    def _compute(self, progress: Progress, _publish: Callable[[SliceResult], None]) -> SliceResult:
        findings, table = self.scan.result.findings, self.scan.table
        rows: dict[int, np.ndarray] = {}
        for place, finding in enumerate(findings):
            progress.at(f"Comparing the rows of {finding.check.replace('_', ' ')}", place / len(findings))
            positions = table.positions(finding.predicate)
            if 0 < len(positions) < len(self.analysis.X):
                rows[place] = positions
        compared = {place: self.compare(positions) for place, positions in rows.items()}
        q = adjusted(np.array([figures.p for figures in compared.values()], dtype=float))
        slices = {
            place: Slice(
                findings[place].message,
                None,
                rows[place],
                figures,
                q=float(one_q),
                origin=f"Finding {place} of the scan, {findings[place].check.replace('_', ' ')}; q is adjusted for the "
                f"{count(len(rows), 'finding')} compared.",
            )
            for (place, figures), one_q in zip(compared.items(), q, strict=True)
        }
        order = sorted(slices, key=lambda place: self._rank(slices[place]))
        self._places = order
        found = tuple(slices[place] for place in order)
        method = _method(self.yardstick.label, len(found), len(findings) - len(found))
        return SliceResult((), pd.DataFrame(), found, self._sentence(found), method)

    def _clear(self, slice_: Slice) -> bool:
        return slice_.q is not None and slice_.q < ALPHA and self.yardstick.worse(slice_.figures.difference)

    def _rank(self, slice_: Slice) -> tuple[bool, float]:
        figures, better = slice_.figures, self.yardstick.higher_is_better
        ends = {None: abs(figures.difference), True: -figures.difference_high, False: figures.difference_low}
        bound = ends[better]
        return not self._clear(slice_), -bound if np.isfinite(bound) else np.inf

    def _sentence(self, found: tuple[Slice, ...]) -> str:
        if not found:
            return "No finding of the scan is about some of the rows and not about others; there is nothing to compare."
        label, clear = self.yardstick.label, [one for one in found if self._clear(one)]
        if not clear:
            return (
                f"Of {count(len(found), 'finding')}, none has rows where the {label} is worse than on the rest, beyond "
                f"chance."
            )
        first = clear[0]
        verb = "differs" if self.yardstick.higher_is_better is None else "is worse"
        return (
            f"Of {count(len(found), 'finding')}, {count(len(clear), 'has', 'have')} rows where the {label} {verb}, beyond "
            f"chance. Most: {first.words} There it is {in_words(self.yardstick, first.figures)}."
        )

    @property
    def frame(self) -> pd.DataFrame:
        """One line per finding that is about some rows and not about others, the most harmful first.

        Columns: ``finding`` (its place in ``scan.findings``), ``check``, ``columns``, ``message``, ``rows``,
        ``counted``, ``value`` with ``low`` and ``high``, ``rest``, ``difference`` with ``difference_low`` and
        ``difference_high`` (95 % intervals, each for itself), ``p``, and ``q`` (adjusted by Benjamini and Hochberg for
        all findings of this frame).
        """
        frame = as_frame(self.found, "message").drop(columns="expression")
        findings = self.scan.findings.iloc[self._places]
        frame.insert(0, "finding", self._places)
        frame.insert(1, "check", findings["check"].to_numpy())
        frame.insert(2, "columns", findings["columns"].to_numpy())
        return frame

    def chart(self) -> alt.TopLevelMixin:
        """Return a forest plot of the findings as an Altair chart.

        Raises
        ------
        InputError
            When there is no finding to compare.
        """
        from mlqa_widgets.charts.slices import forest

        if not self.found:
            msg = f"scan: {self.sentence}"
            raise InputError(msg)
        return forest(self.frame, "message", self.yardstick)

    def __repr__(self) -> str:
        return f"<Impact by {self.yardstick.label}: {self.sentence}>"


def _same_rows(analysis: ModelAnalysis, scan: Scan) -> None:
    """Refuse a scan of other rows than those of the analysis.

    Raises
    ------
    InputError
        Saying how they differ.
    """
    table, X = scan.table, analysis.X
    if table.row_count != len(X):
        msg = (
            f"scan: it is of {count(table.row_count, 'row')}, the analysis of {len(X):,}. Scan the rows of the analysis: "
            f"mq.scan(analysis.X)."
        )
        raise InputError(msg)
    labels = table.labels(np.arange(len(X)))
    if not labels.equals(X.index):
        differ = np.flatnonzero(np.asarray(labels != X.index))
        at = int(differ[0]) if len(differ) else 0
        msg = (
            f"scan: its rows are not those of the analysis, or not in their order: row {at} is {labels[at]} in the scan and "
            f"{X.index[at]} in X. Scan the rows of the analysis: mq.scan(analysis.X)."
        )
        raise InputError(msg)


def _method(label: str, compared: int, left_out: int) -> str:
    whole = f" {count(left_out, 'finding')} about every row or about none left out." if left_out else ""
    return (
        f"The {label} on the rows of each finding against all other rows; intervals are 95 %, each for itself; q is "
        f"adjusted by Benjamini and Hochberg for the {count(compared, 'finding')} compared.{whole} That the model errs more "
        f"on the rows of a defect does not say that the defect is the cause."
    )
