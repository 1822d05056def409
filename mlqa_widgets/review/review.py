"""The odd predictions one by one: which, why, and what reviewers said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.explain.similar import contrast
from mlqa_widgets.models.model import Task
from mlqa_widgets.naming import named, nearest, positions_of_label
from mlqa_widgets.progress import Progress
from mlqa_widgets.review.agreement import agreement, groups, judgements
from mlqa_widgets.review.card import Card, Reasons, card, reasons
from mlqa_widgets.review.extremes import Extremes
from mlqa_widgets.review.oddness import (
    LABELS,
    PARTS,
    WEIGHTS,
    Examination,
    Surroundings,
    candidates,
    loss_measure,
    nothing_known,
    out_of_fold_measure,
    value_measure,
)
from mlqa_widgets.review.second_opinion import second_opinion
from mlqa_widgets.review.verdicts import Verdict
from mlqa_widgets.verdicts.file import Record, VerdictFile, reviewer_name
from mlqa_widgets.verdicts.reviewers import Merge, disagreements, kappas
from mlqa_widgets.views import View
from mlqa_widgets.wording import count
from mlqa_widgets.work import Work

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.widgets.review import ReviewWidget

_COLUMNS = ["position", "verdict", "note", "reviewer", "at", "prediction", "actual"]


class Review(View):
    """The result of ``analysis.review()``: a queue of the oddest predictions, and the verdicts on them.

    Attributes
    ----------
    reviewer
        Who judges.
    weights
        What each part of oddness counts in the mix.
    size
        Rows in the queue, at most.
    file
        Where verdicts are kept.
    narrowed_to
        What the queue is made of, in words, where it is not all rows; else None.
    """

    def __init__(
        self,
        analysis: ModelAnalysis,
        rows: Any = None,
        *,
        size: int = 50,
        weights: Mapping[str, float] | None = None,
        reviewer: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(analysis)
        if len(analysis.X) < 2:
            msg = "X: there is one row, and nothing to compare it with."
            raise InputError(msg)
        if size < 1:
            msg = f"size: {size!r} is no number of rows."
            raise InputError(msg)
        self.reviewer = reviewer_name(reviewer)
        self.weights = _weights(weights, known=analysis.actual is not None)
        self.size = size
        self.file = VerdictFile(name or analysis.model.name, analysis.folder, analysis.fingerprint)
        self._listeners: list[Callable[[], None]] = []
        self._extremes = Extremes(analysis.X, analysis.train)
        self._all = candidates(analysis, np.arange(len(analysis.X)), self._extremes)
        self._narrowed = None if rows is None else self._pool(rows)
        self.narrowed_to = None if rows is None else self._pool_label(rows, "")
        self._ranked: tuple[Examination, pd.DataFrame] | None = None
        self._opinion = ""
        self._surroundings: Surroundings | None = None
        self.work: Work[Examination] = Work("search for odd predictions", self._examine)
        self.work.start()

    def _pool_label(self, rows: Any, label: str) -> str:
        named = label or (rows if isinstance(rows, str) else "")
        return named or count(len(self.analysis.positions_of(rows)), "row")

    def _pool(self, rows: Any) -> tuple[np.ndarray, str]:
        among = self.analysis.positions_of(rows)
        if len(among) == 0:
            msg = "rows: there are none."
            raise InputError(msg)
        return candidates(self.analysis, among, self._extremes)

    def _examine(self, progress: Progress, publish: Callable[[Examination], None]) -> Examination:
        analysis, wanted = self.analysis, {part for part, weight in self.weights.items() if weight}
        sample = analysis.sample()
        examination = nothing_known(self._all[0], self.weights)
        if "loss" in wanted:
            progress.at("Comparing losses", 0.0)
            examination = examination.with_measure(loss_measure(analysis), sample)
        for measure in self.surroundings.measures():
            if measure.id in wanted:
                progress.at("Comparing with the nearest rows", 0.1)
                examination = examination.with_measure(measure, sample)
        if "value" in wanted:
            examination = examination.with_measure(value_measure(self._extremes), sample)
        if "out_of_fold" not in wanted:
            return examination
        if examination.measures:
            publish(examination)
        opinion = second_opinion(analysis, progress)
        if opinion is None:
            self._opinion = "left out, as no model could be fitted without each row"
            return examination
        self._opinion = opinion.made_of
        return examination.with_measure(out_of_fold_measure(analysis, opinion), sample)

    @property
    def surroundings(self) -> Surroundings:
        """The rows near each row."""
        if self._surroundings is None:
            self._surroundings = Surroundings(self.analysis)
        return self._surroundings

    # ------------------------------------------------------------------ the queue

    @property
    def queue(self) -> pd.DataFrame:
        """The oddest rows, oddest first; waits until all parts of oddness are known.

        Indexed by the rows' own labels. Columns: ``position`` in ``X``; ``oddness``, the mix of the parts that follow
        it, each the share of rows drawn at random that are less odd (0 to 1): ``loss``, ``neighbours`` (the
        prediction against what came for the nearest rows), ``distance`` (from the nearest rows), ``value`` (the one farthest from the rest of its column), ``out_of_fold`` (models fitted without the row against its label); ``prediction``, ``actual`` (where known), and ``verdict``:
        what this reviewer said of it, or missing. The mix is one less the weighted geometric mean of the shares that
        are at least as odd, so that what is extreme in one part is not hidden by the others.
        """
        return self.queue_of(self.work.result)

    def queue_of(self, examination: Examination) -> pd.DataFrame:
        """Return the queue as far as oddness is known."""
        oddest = self._parts(examination).sort_values("oddness", ascending=False, kind="stable").head(self.size)
        positions = oddest.index.to_numpy()
        oddest.insert(0, "position", positions)
        oddest["prediction"] = self._named(self.analysis.predicted[positions])
        if self.analysis.actual is not None:
            oddest["actual"] = self._named(self.analysis.actual[positions])
        said = {record.row: record.verdict for record in self.file.current() if record.reviewer == self.reviewer}
        oddest["verdict"] = pd.Series([said.get(self.key(p)) for p in positions], index=oddest.index, dtype=object)
        return oddest.set_axis(self.analysis.X.index[positions], axis=0)

    def _parts(self, examination: Examination) -> pd.DataFrame:
        if self._narrowed is None:
            return examination.parts
        if self._ranked is None or self._ranked[0] is not examination:
            self._ranked = (examination, examination.ranks(self._narrowed[0]))
        return self._ranked[1]

    @property
    def method(self) -> str:
        """How rows were chosen and compared, in words."""
        parts = [f"{LABELS[part]} {weight:g}" for part, weight in self.weights.items() if weight]
        said = (
            f"Each part of oddness is the share of {count(len(self.analysis.sample()), 'row')} drawn at random that are "
            f"less odd; their mix is one less the geometric mean of the shares at least as odd, weighted "
            f"{', '.join(parts)}. Examined: {(self._narrowed or self._all)[1]}."
        )
        return f"{said} Out-of-fold: {self._opinion}." if self._opinion else said

    def card(self, row: Any = None, *, position: int | None = None) -> Card:
        """Return what a reviewer needs to judge one row: why it is odd, and the row to compare it with.

        Parameters
        ----------
        row
            Label of a row in ``X.index``.
        position
            Its position in ``X``, in place of its label.

        Raises
        ------
        InputError
            When there is no such row.
        """
        return card(self.analysis, self.work.first, self._meant(row, position))

    def only(self, rows: Any, label: str = "") -> None:
        """Queue these rows instead: the oddest of them first.

        Parameters
        ----------
        rows
            A boolean mask over ``X``, positions, a query, or None for all rows again.
        label
            What to call them; the query, or their number, if not given.

        Raises
        ------
        InputError
            When there are none.
        """
        self._narrowed = None if rows is None else self._pool(rows)
        self._ranked = None
        self.narrowed_to = None if rows is None else self._pool_label(rows, label)
        self._tell()

    def reasons(self, row: Any = None, *, position: int | None = None) -> Reasons:
        """Return why the model said what it said of one row, and why it did not say so of its :meth:`contrast`.

        Parameters
        ----------
        row
            Label of a row in ``X.index``.
        position
            Its position in ``X``, in place of its label.

        Raises
        ------
        InputError
            When there is no such row, or the model cannot be explained.
        """
        meant = self._meant(row, position)
        return reasons(self.analysis, meant, self.contrast(position=meant))

    def contrast(self, row: Any = None, *, position: int | None = None) -> int | None:
        """Return the position of the nearest row with the other outcome: predicted so, and rightly where known.

        For values: whose prediction is at least one standard deviation of all predictions away. None where no row
        has another outcome.

        Parameters
        ----------
        row
            Label of a row in ``X.index``.
        position
            Its position in ``X``, in place of its label.
        """
        return contrast(self.analysis, self._meant(row, position)).position

    # ------------------------------------------------------------------ verdicts

    def judge(self, row: Any, verdict: str, note: str = "", *, position: int | None = None) -> None:
        """Say what is to be held of one prediction. When this returns, it is on the disk.

        Parameters
        ----------
        row
            Label of a row in ``X.index``; None if its position is given.
        verdict
            ``makes sense``, ``model is wrong``, ``data is wrong``, ``label is wrong``, ``true outlier`` or
            ``unsure``.
        note
            Why.
        position
            The row's position in ``X``, in place of its label.

        Raises
        ------
        InputError
            When there is no such row or verdict.
        MlqaError
            When it could not be stored.
        """
        meant, said = self._meant(row, position), named(verdict, Verdict, "verdict")
        self.file.add(
            self.key(meant),
            said,
            note=note,
            reviewer=self.reviewer,
            label=str(self.analysis.X.index[meant]),
            prediction=str(self._named(self.analysis.predicted[[meant]])[0]),
            actual="" if self.analysis.actual is None else str(self._named(self.analysis.actual[[meant]])[0]),
        )
        self._tell()

    def undo(self) -> int | None:
        """Take back this reviewer's latest verdict and return the row's position; None when there is none."""
        mine = [record for record in self.file.current() if record.reviewer == self.reviewer]
        if not mine:
            return None
        self.file.take_back(mine[-1])
        self._tell()
        return self._position(mine[-1])

    @property
    def verdicts(self) -> pd.DataFrame:
        """The verdicts that count, oldest first: the latest of each reviewer on each row.

        Indexed by the rows' own labels. Columns: ``position`` in ``X``, ``verdict``, ``note``, ``reviewer``, ``at``
        (UTC), ``prediction``, ``actual``. Rows alike in every column share their verdicts; the first stands for all.
        """
        records = self.file.current()
        positions = np.array([self._position(record) for record in records], dtype=np.int64)
        frame = pd.DataFrame(
            {
                "position": positions,
                "verdict": pd.Series([r.verdict for r in records], dtype=object),
                "note": pd.Series([r.note for r in records], dtype=object),
                "reviewer": pd.Series([r.reviewer for r in records], dtype=object),
                "at": pd.to_datetime(pd.Series([r.at for r in records], dtype=object), utc=True, format="ISO8601"),
                "prediction": self._named(self.analysis.predicted[positions]),
                "actual": None if self.analysis.actual is None else self._named(self.analysis.actual[positions]),
            },
            columns=_COLUMNS,
        )
        return frame.set_axis(self.analysis.X.index[positions], axis=0)

    def merge(self, path: str | Path) -> Merge:
        """Take in another reviewer's file of verdicts on the same model and data. Doing so again changes nothing.

        Raises
        ------
        InputError
            When there is no such file, or it holds no verdicts.
        MlqaError
            When they could not be stored.
        """
        found = self.file.merge(Path(path))
        self._tell()
        return Merge(found.added, found.known, found.foreign, self.disagreements)

    @property
    def disagreements(self) -> pd.DataFrame:
        """The rows of which reviewers said different things: one column per reviewer, one line per row label."""
        differ = disagreements(self.verdicts.rename(columns={"position": "row"}))
        return differ.set_axis(self.analysis.X.index[differ.index.to_numpy(dtype=np.int64)], axis=0)

    @property
    def kappa(self) -> pd.DataFrame:
        """How often pairs of reviewers gave the same row the same verdict.

        Columns: ``reviewer``, ``other``, ``rows`` (both saw), ``same`` (share of them, 0 to 1), ``kappa`` (Cohen's:
        agreement beyond chance, 1 for perfect, 0 for none; missing where only one verdict was given).
        """
        verdicts = self.verdicts.rename(columns={"position": "row"})
        return kappas(verdicts, sorted(verdicts["reviewer"].unique()))

    def summary(self, by: Any = None) -> pd.DataFrame:
        """Return how often reviewers held the model right, of the rows they judged.

        ``makes sense`` says that the model is right, ``model is wrong`` that it is not; ``label is wrong`` says that
        it is right where it predicted another class than that label. The other verdicts speak of the data and do not
        count. The rows of a queue are the oddest: the figure says nothing of rows that nobody looked at.

        Parameters
        ----------
        by
            A column of ``X``, or ``reviewer``, to say it for each of its values; numbers of many values by their
            quarters. All rows together if not given.

        Returns
        -------
        pandas.DataFrame
            One line per value: ``reviewed`` rows, ``judged``, ``agreed``, ``agreement`` (0 to 1, missing where none
            was judged), ``low`` and ``high`` (its 95 % Wilson interval, each for itself), ``contested`` (rows that
            reviewers judged both ways, which count for neither side).

        Raises
        ------
        InputError
            When there is no such column.
        """
        verdicts, X = self.verdicts.reset_index(drop=True), self.analysis.X
        if by is None:
            group = pd.Series("all rows", index=verdicts.index)
        elif by in X.columns:
            group = groups(X[by]).reset_index(drop=True)[verdicts["position"]].reset_index(drop=True)
        elif by == "reviewer":
            group = verdicts["reviewer"]
        else:
            msg = f"by: X has no column {by!r}. {nearest(by, [*X.columns, 'reviewer'])}"
            raise InputError(msg)
        judged = judgements(verdicts, classes=self.analysis.model.task is not Task.REGRESSION)
        return agreement(judged, verdicts["position"], group).rename_axis(by)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every change of the verdicts made through this review."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    # ------------------------------------------------------------------ rows

    def _meant(self, row: Any, position: int | None) -> int:
        """Return the position of the one row meant by its label or position."""
        if (row is None) == (position is None):
            msg = "row, position: pass one of them."
            raise InputError(msg)
        if position is not None:
            return int(self.analysis.positions_of(position)[0])
        found = positions_of_label(self.analysis.X.index, row)
        if not len(found):
            msg = f"row: no row of X has the label {row!r}; for the row at a place pass position=."
            raise InputError(msg)
        if len(found) > 1:
            msg = f"row: {len(found):,} rows of X have the label {row!r}. Pass position=."
            raise InputError(msg)
        return int(found[0])

    def key(self, row: int) -> str:
        """Return what a row's verdicts are kept under: the hash of its content."""
        return f"{self.analysis.row_hashes[row]:016x}"

    def _position(self, record: Record) -> int:
        return int(np.flatnonzero(self.analysis.row_hashes == np.uint64(int(record.row, 16)))[0])

    def _named(self, codes: np.ndarray) -> np.ndarray:
        model = self.analysis.model
        return codes if model.task is Task.REGRESSION else np.asarray(model.classes, dtype=object)[codes]

    # ------------------------------------------------------------------ showing

    def chart(self) -> alt.TopLevelMixin:
        """Return the queue as an Altair chart: one line per row, its parts of oddness and their mean."""
        from mlqa_widgets.charts.review import queue_chart

        return queue_chart(self.queue, [part for part in PARTS if self.weights.get(part)])

    def _make_widget(self) -> ReviewWidget:
        from mlqa_widgets.widgets.review import ReviewWidget

        return ReviewWidget(self)

    def __repr__(self) -> str:
        mine = sum(record.reviewer == self.reviewer for record in self.file.current())
        return f"<Review by {self.reviewer}: {mine:,} reviewed, kept in {self.file.path.name}>"


def _weights(given: Mapping[str, float] | None, *, known: bool) -> dict[str, float]:
    usable = PARTS if known else ("neighbours", "distance", "value")
    for part, weight in (given or {}).items():
        if part not in PARTS:
            msg = f"weights: {part!r} is no part of oddness. {nearest(part, PARTS)}"
            raise InputError(msg)
        if part not in usable:
            msg = f"weights: {part!r} can only be told when what came is known. Pass y to analyze()."
            raise InputError(msg)
        if not 0 <= weight < float("inf"):
            msg = f"weights: {weight!r} for {part!r} is no weight; pass a number from 0."
            raise InputError(msg)
    weights = {part: float((given or {}).get(part, WEIGHTS[part])) for part in usable}
    if not any(weights.values()):
        msg = "weights: all are 0; at least one part must count."
        raise InputError(msg)
    return weights
