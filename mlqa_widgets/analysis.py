"""A model and its rows: predicted once, then asked what it relies on, why, and for whom it errs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.metrics import Outcomes
from mlqa_widgets.models.adapt import adapt_model
from mlqa_widgets.models.labels import encode_labels, rows_as_frame
from mlqa_widgets.models.model import Model, Task
from mlqa_widgets.notebook import Shown
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import Table
from mlqa_widgets.wording import count

if TYPE_CHECKING:
    from mlqa_widgets.evaluate.performance import Performance
    from mlqa_widgets.explain.local import GroupExplanation, RowExplanation
    from mlqa_widgets.importance.importance import Importance
    from mlqa_widgets.review.review import Review
    from mlqa_widgets.scan import Scan
    from mlqa_widgets.slices.impact import Impact
    from mlqa_widgets.slices.slices import Slices
    from mlqa_widgets.widgets.analysis import AnalysisWidget

SAMPLE = 2_000
"""Rows that the first picture of a global view is drawn from."""
BACKGROUND = 100
"""Rows that contributions are counted against where an engine needs a background."""
_SEED = 0


def analyze(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    train: Any = None,
    time: Hashable | None = None,
    threshold: float = 0.5,
    classes: Any = None,
    features: Sequence[Hashable] | None = None,
) -> ModelAnalysis:
    """Look into a fitted model: what it relies on, why it said what it said, for whom it errs.

    Parameters
    ----------
    model
        A fitted scikit-learn estimator or pipeline, a LightGBM, XGBoost or CatBoost model, a PyTorch module, or any
        function that takes a frame and returns predictions.
    X
        The rows to look at, best those the model was not fitted on: a frame, or an array of two dimensions (rows,
        columns) or three (rows, steps, features). It is never changed.
    y
        What came, in the order of ``X``; where that is an array, rows are called by the index of ``y``. Without it there are no errors to look at, only explanations.
    train
        Rows the model was fitted on, as ``X``: the background of explanations and the measure of what is unusual.
        ``X`` itself if not given.
    time
        The column of ``X`` that says when.
    threshold
        Probability of the second class from which a binary prediction is that class.
    classes
        Labels of the classes, for a callable or module that returns one column per class.
    features
        Names of the features, where ``X`` is an array: of its columns, or of the last of three dimensions.

    Returns
    -------
    ModelAnalysis
        Its views are linked: what is selected in one is selected in all.

    Raises
    ------
    InputError
        When the model is not fitted, the columns are not those it takes, ``X`` and ``y`` do not belong together, or a
        prediction is missing; the message names the columns or rows.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> import mlqa_widgets as mq
    >>> X = pd.DataFrame({"age": np.arange(100), "shoe": np.arange(100) % 7})
    >>> y = X["age"] > 50
    >>> mq.analyze(LogisticRegression().fit(X, y), X, y)
    <ModelAnalysis of LogisticRegression, binary: 100 rows, 2 columns>
    """
    frame = rows_as_frame(X, "X", features=features)
    if isinstance(y, pd.Series) and not hasattr(X, "columns") and len(y) == len(frame):
        frame.index = y.index
    adapted = adapt_model(model, frame, classes=classes)
    if not 0 < threshold < 1:
        msg = f"threshold: {threshold!r} is not between 0 and 1."
        raise InputError(msg)
    if time is not None and time not in frame.columns:
        msg = f"time: X has no column {time!r}."
        raise InputError(msg)
    return ModelAnalysis(
        adapted,
        frame,
        None if y is None else encode_labels(y, adapted, frame),
        getattr(y, "name", None),
        train=None if train is None else rows_as_frame(train, "train", like=frame),
        time=time,
        threshold=threshold,
    )


@dataclass(frozen=True)
class Selection:
    """The rows that the views of an analysis have selected.

    Attributes
    ----------
    positions
        Positions of the rows in ``X``, in order.
    label
        What they are, in words: ``month is 12``, ``row 17``.
    source
        The view that selected them: ``importance``, ``explain``, ``slices``, ``performance``, ``review`` or ``python``.
    row
        Position of the row in focus, the one that is explained; None for none.
    rows
        The rows themselves, with their own labels: columns of ``X``, then what came and what was predicted.
    """

    positions: np.ndarray
    label: str
    source: str
    row: int | None
    rows: pd.DataFrame = field(repr=False)

    @property
    def index(self) -> pd.Index:
        """Labels of the rows."""
        return self.rows.index

    def __len__(self) -> int:
        return len(self.positions)


class ModelAnalysis(Shown):
    """The result of :func:`analyze`. Predictions are computed once; every view reads them.

    Attributes
    ----------
    model
        The model behind one interface.
    X
        The rows, as they were given.
    actual
        Position of the class (int64) or value (float64) of each row; None without ``y``.
    prediction
        Shape (rows, outputs): probabilities per class, or one column of values.
    train
        The rows the model was fitted on, or ``X``.
    selected_positions, selection_label, selection_source, row
        The parts of :attr:`selection`, without its rows.
    time
        The time column, or None.
    threshold
        Probability from which a binary prediction is the second class.
    """

    def __init__(
        self,
        model: Model,
        X: pd.DataFrame,
        actual: np.ndarray | None,
        target: Hashable | None,
        *,
        train: pd.DataFrame | None,
        time: Hashable | None,
        threshold: float,
    ) -> None:
        self.model = model
        self.X = X
        self.actual = actual
        self.target = "actual" if target is None else str(target)
        self.train = X if train is None else train
        self.train_given = train is not None
        self.time = time
        self.threshold = threshold
        self.folder = Path.cwd()
        self.prediction = self._predicted()
        self.selected_positions = np.array([], dtype=np.int64)
        self.selection_label = ""
        self.selection_source = ""
        self.row: int | None = None
        self._listeners: list[Callable[[], None]] = []
        self._threshold_listeners: list[Callable[[], None]] = []
        self._widget: AnalysisWidget | None = None

    def _predicted(self) -> np.ndarray:
        prediction = self.model.predict(self.X)
        missing = ~np.isfinite(prediction).all(axis=1)
        if missing.any():
            rows = self.X.index[np.flatnonzero(missing)[:3]].tolist()
            msg = (
                f"model: {count(int(missing.sum()), 'prediction')} of {len(self.X):,} are missing or infinite, first for "
                f"rows {rows}. Look at these rows of X, or drop them."
            )
            raise InputError(msg)
        return prediction

    # ------------------------------------------------------------------ what is predicted and what came

    @cached_property
    def outcomes(self) -> Outcomes:
        """What was predicted and what came, for the metrics.

        Raises
        ------
        InputError
            Without ``y``.
        """
        if self.actual is None:
            msg = "y: errors can only be looked at when what came is known. Pass y to analyze()."
            raise InputError(msg)
        return Outcomes(self.model.task, self.model.classes, self.actual, self.prediction, self.threshold)

    @cached_property
    def predicted(self) -> np.ndarray:
        """Position of the predicted class of each row, or its predicted value."""
        return Outcomes(self.model.task, self.model.classes, np.empty(0), self.prediction, self.threshold).predicted

    @cached_property
    def frame(self) -> pd.DataFrame:
        """``X`` with what was predicted and, where known, what came and whether that was right.

        The columns added are called ``prediction``, ``probability`` (of the predicted class), the name of ``y`` (or
        ``actual``), and ``error`` (a yes or no, or predicted - actual), with ``_`` before where ``X`` has the name.
        """
        model, added = self.model, {}
        if self.actual is not None:
            added[self.target] = self._named(self.actual)
        added["prediction"] = self._named(self.predicted)
        if model.task is not Task.REGRESSION:
            added["probability"] = self.prediction[np.arange(len(self.X)), self.predicted]
            if self.actual is not None:
                added["error"] = self.predicted != self.actual
        elif self.actual is not None:
            added["error"] = self.predicted - self.actual
        taken = {str(column) for column in self.X.columns}
        for name in list(added):
            free = name
            while free in taken:
                free = f"_{free}"
            added[free] = added.pop(name)
        return pd.concat([self.X, pd.DataFrame(added, index=self.X.index)], axis=1)

    def _named(self, codes: np.ndarray) -> np.ndarray:
        if self.model.task is Task.REGRESSION:
            return codes
        return np.asarray(self.model.classes, dtype=object)[codes]

    @cached_property
    def table(self) -> Table:
        """``frame`` as the table that pages of rows and slices are read from."""
        return read_table(self.frame, name=self.model.name)

    def set_threshold(self, threshold: float) -> None:
        """Predict the second of two classes from another probability on; every view follows.

        Parameters
        ----------
        threshold
            Probability of the second class, above 0 and below 1.

        Raises
        ------
        InputError
            When it is not between 0 and 1, or the model has not two classes.
        """
        if self.model.task is not Task.BINARY:
            msg = f"threshold: only a model of two classes has one; this one predicts {self.model.task.value} outcomes."
            raise InputError(msg)
        if not 0 < threshold < 1:
            msg = f"threshold: {threshold!r} is not between 0 and 1."
            raise InputError(msg)
        self.threshold = float(threshold)
        for name in ("outcomes", "predicted", "frame", "table"):
            self.__dict__.pop(name, None)
        for listener in list(self._threshold_listeners):
            listener()
        self._tell()

    def on_threshold(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every change of the threshold."""
        self._threshold_listeners.append(listener)

    # ------------------------------------------------------------------ what is drawn from the rows

    def sample(self, rows: int = SAMPLE) -> np.ndarray:
        """Return positions of at most so many rows of ``X``, drawn at random, the same each time, in order.

        A larger sample holds the smaller ones.
        """
        return np.sort(self._shuffled[:rows])

    @cached_property
    def _shuffled(self) -> np.ndarray:
        return np.random.default_rng(_SEED).permutation(len(self.X))

    @cached_property
    def background(self) -> pd.DataFrame:
        """Rows drawn from ``train``, at most :data:`BACKGROUND`, that contributions are counted against."""
        drawn = np.random.default_rng(_SEED).permutation(len(self.train))[:BACKGROUND]
        return self.train.iloc[np.sort(drawn)]

    @cached_property
    def row_hashes(self) -> np.ndarray:
        """Hash of each row's content, of what came and of what the model predicts, uint64: rows alike have the same.

        Predictions count to single precision: the last digits of a sum depend on the rows computed beside it.
        """
        rows = self.X.set_axis([f"x{i}" for i in range(self.X.shape[1])], axis=1).reset_index(drop=True)
        told = pd.DataFrame(self.prediction.astype(np.float32))
        if self.actual is not None:
            told["actual"] = self.actual
        rows = pd.concat([rows, told], axis=1)
        try:
            hashes = pd.util.hash_pandas_object(rows, index=False)
        except TypeError:  # cells that cannot be hashed, such as lists
            hashes = pd.util.hash_pandas_object(rows.astype(str), index=False)
        return hashes.to_numpy()

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all rows, whatever their order, of what came and of what the model predicts.

        Another model or other data have another.
        """
        names = [*map(str, self.X.columns), "", *map(str, self.model.classes)]
        digest = hashlib.sha256("\0".join(names).encode())
        digest.update(np.sort(self.row_hashes).tobytes())
        return digest.hexdigest()

    # ------------------------------------------------------------------ selection

    @property
    def selection(self) -> Selection:
        """What is selected on screen, or with :meth:`select`."""
        positions = self.selected_positions
        rows = self.frame.iloc[positions]
        return Selection(positions, self.selection_label, self.selection_source, self.row, rows)

    def select(self, rows: Any, label: str = "", *, source: str = "python") -> None:
        """Select rows in every view.

        Parameters
        ----------
        rows
            A boolean mask over ``X``, positions, a query in pandas' words (``"age > 60 and sex == 'F'"``), or None
            for no selection.
        label
            What to call them; the query, or the number of rows, if not given.
        source
            Who selects them.

        Raises
        ------
        InputError
            When the rows do not exist or the query cannot be read.
        """
        positions = self.positions_of(rows)
        if isinstance(rows, str):
            label = label or rows
        elif len(positions) == 1:
            label = label or f"row {self.X.index[positions[0]]}"
        self.selected_positions = positions
        self.selection_label = label or (count(len(positions), "row") if len(positions) else "")
        self.selection_source = source
        if len(positions) == 1:
            self.row = int(positions[0])
        elif self.row is not None and self.row not in positions:
            self.row = None
        self._tell()

    def focus(self, row: int | None) -> None:
        """Put one row into focus in every view: the one that is explained. The selection stays.

        Parameters
        ----------
        row
            Its position in ``X``, or None for none.

        Raises
        ------
        InputError
            When there is no such row.
        """
        self.row = None if row is None else int(self.positions_of(row)[0])
        self._tell()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def positions_of(self, rows: Any) -> np.ndarray:
        """Return the positions that a mask, positions or a query over :attr:`frame` mean, in order."""
        if rows is None:
            return np.array([], dtype=np.int64)
        if isinstance(rows, str):
            return self._queried(rows)
        given = np.atleast_1d(np.asarray(rows))
        if given.dtype == bool:
            if len(given) != len(self.X):
                msg = f"rows: a mask of {len(given):,} over {count(len(self.X), 'row')}."
                raise InputError(msg)
            return np.flatnonzero(given)
        if given.size == 0:
            return np.array([], dtype=np.int64)
        if not np.issubdtype(given.dtype, np.integer):
            msg = "rows: pass a boolean mask, positions (whole numbers from 0), or a query."
            raise InputError(msg)
        if given.min() < 0 or given.max() >= len(self.X):
            msg = f"rows: X has {count(len(self.X), 'row')}, counted from 0; there is none at {given.max()}."
            raise InputError(msg)
        return np.unique(given.astype(np.int64))

    def _queried(self, query: str) -> np.ndarray:
        frame = self.frame.set_axis(np.arange(len(self.X)))
        try:
            found = frame.query(query, engine="python", local_dict={}, global_dict={})
        except Exception as error:  # pandas raises nearly anything on a query it cannot read
            msg = f"rows: the query {query!r} cannot be read: {error}. Write for example: age > 60 and sex == 'F'."
            raise InputError(msg) from error
        return found.index.to_numpy()

    def on_select(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every change of the selection or of the row in focus."""
        self._listeners.append(listener)

    # ------------------------------------------------------------------ views

    def performance(self, *, costs: Mapping[str, float] | None = None) -> Performance:
        """Look at how good the model is: figures with intervals, curves, calibration, thresholds, costs, over time.

        Parameters
        ----------
        costs
            What one row of each outcome brings, in a unit of your own, a gain above zero and a cost below:
            ``true_positive``, ``false_positive``, ``false_negative``, ``true_negative``; those not named bring 0.

        Returns
        -------
        Performance
            Its figures, and the view that shows them.

        Raises
        ------
        InputError
            When what came is not known, or ``costs`` are not usable.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> import mlqa_widgets as mq
        >>> X = pd.DataFrame({"score": np.arange(100) / 100})
        >>> y = X["score"] > 0.3
        >>> found = mq.analyze(lambda X: X["score"], X, y, classes=[False, True]).performance()
        >>> found.frame.loc["roc_auc", "value"]
        np.float64(1.0)
        >>> found.best_threshold
        0.31
        """
        from mlqa_widgets.evaluate.performance import Performance

        return Performance(self, costs)

    def slices(
        self,
        metric: str | Callable[[np.ndarray, np.ndarray], float] | None = None,
        *,
        conditions: int = 3,
        support: int | None = None,
        bins: Literal["quantiles", "tree"] = "quantiles",
    ) -> Slices:
        """Look for whom the model errs: every category of every column, and the worst slices of several conditions.

        Parameters
        ----------
        metric
            ``error_rate`` (if not given, for classes), ``accuracy``, ``precision``, ``recall``, ``specificity``, ``f1``,
            ``log_loss``, ``brier``, ``mae`` (if not given, for values), ``mse``, ``bias``; or a function
            ``(y_true, y_pred) -> float`` of labels or values, which is compared category by category but not searched.
        conditions
            Slices of up to so many conditions are searched for: 1, 2 or 3.
        support
            Rows that a slice must have; 50 or 1 % of those that count if not given, whichever is more.
        bins
            Where numbers of more than 24 values are cut: at their tenths, or where a decision tree (fitted on the half that is
            searched) tells errors apart.

        Returns
        -------
        Slices
            In a notebook the search goes on in the background after a moment.

        Raises
        ------
        InputError
            When an argument is not usable, or what came is not known; the message names it.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> import mlqa_widgets as mq
        >>> X = pd.DataFrame({"age": np.arange(2000) % 60, "town": np.resize(["A", "B", "C"], 2000)})
        >>> y = X["town"].eq("B")
        >>> slices = mq.analyze(lambda X: np.zeros(len(X)), X, y, classes=[False, True]).slices()
        >>> slices.worst[["slice", "rows", "value", "rest"]]
               slice  rows  value  rest
        0  town is B   667    1.0   0.0
        """
        from mlqa_widgets.slices.slices import Slices

        return Slices(self, metric, conditions=conditions, support=support, bins=bins)

    def impact(self, scan: Scan, metric: str | Callable[[np.ndarray, np.ndarray], float] | None = None) -> Impact:
        """Ask what the defects of a table do to the model: every finding of a scan as a slice.

        Parameters
        ----------
        scan
            What ``mq.scan(analysis.X)`` returned: of the same rows in the same order, with more columns or fewer.
        metric
            As for :meth:`slices`.

        Returns
        -------
        Impact
            The metric on the rows of each finding against all other rows.

        Raises
        ------
        InputError
            When the scan is of other rows, an argument is not usable, or what came is not known.
        """
        from mlqa_widgets.slices.impact import Impact

        return Impact(self, scan, metric)

    def importance(
        self,
        metric: str | None = None,
        *,
        output: Any = None,
        rows: int | None = None,
        repeats: int = 5,
        together: float = 0.8,
    ) -> Importance:
        """Look at what the model relies on: permutation importance, sizes of contributions, and its own account.

        Parameters
        ----------
        metric
            What permutation is measured by: ``log_loss`` (if not given, for classes), ``brier``, ``error_rate``,
            ``accuracy``, ``precision``, ``recall``, ``specificity``, ``f1``; ``mae`` (if not given, for values), ``mse``.
        output
            The class whose contributions are measured. If not given: the second of two, of several the one predicted
            most often.
        rows
            Rows drawn at random that the figures are refined to; if not given as many as half a minute allows, at
            most 20,000.
        repeats
            Times the values of each feature are dealt anew.
        together
            Mean association (0 to 1) from which features are measured together as a group too.

        Returns
        -------
        Importance
            Without what came (``y``): contributions and the model's own only. In a notebook the figures are refined
            in the background after a moment.

        Raises
        ------
        InputError
            When an argument is not usable; the message names it.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from sklearn.linear_model import LinearRegression
        >>> import mlqa_widgets as mq
        >>> X = pd.DataFrame({"age": np.arange(100.0), "shoe": np.arange(100) % 7})
        >>> y = 2 * X["age"]
        >>> found = mq.analyze(LinearRegression().fit(X, y), X, y).importance()
        >>> found.frame[["feature", "permutation_clear", "shap"]].round(2)
          feature  permutation_clear  shap
        0     age               True  50.0
        1    shoe              False   0.0
        """
        from mlqa_widgets.importance.importance import Importance

        return Importance(self, metric, output=output, rows=rows, repeats=repeats, together=together)

    def review(
        self,
        rows: Any = None,
        *,
        size: int = 50,
        weights: Mapping[str, float] | None = None,
        reviewer: str | None = None,
        name: str | None = None,
    ) -> Review:
        """Queue the oddest predictions for a person to judge one by one.

        Parameters
        ----------
        rows
            The rows to queue: a boolean mask over ``X``, positions, a query. All if not given; of many those that
            can be odd are examined, and the view says which.
        size
            Rows in the queue, at most.
        weights
            What each part of oddness counts in the mix: ``loss``, ``neighbours``, ``distance``, ``value``,
            ``out_of_fold``. 0 leaves a part out; those not named keep their weight.
        reviewer
            Who judges; the user of the hub or of this machine if not given.
        name
            Verdicts are kept in ``<name>.mlqa-reviews.sqlite`` beside the notebook; the model's class if not given.

        Returns
        -------
        Review
            In a notebook the out-of-fold part comes in the background after a moment.

        Raises
        ------
        InputError
            When an argument is not usable; the message names it.
        """
        from mlqa_widgets.review.review import Review

        return Review(self, rows, size=size, weights=weights, reviewer=reviewer, name=name)

    def explain(
        self,
        row: Any = None,
        output: Any = None,
        *,
        position: int | None = None,
        against: Literal["training", "background"] | pd.DataFrame = "training",
        space: Literal["raw", "probability"] = "raw",
    ) -> RowExplanation | GroupExplanation:
        """Explain why the model said what it said of one row, or of some rows against the rest.

        Parameters
        ----------
        row
            Label of a row in ``X.index``; or several, as a list of labels, a boolean mask or a query
            (``"age > 60"``). If not given: the row in focus, the selected rows where others are left, else the first row.
        output
            The class to explain. If not given: the second of two; of several the one predicted for the row.
        position
            Position of a row in ``X``, in place of its label.
        against
            What contributions are counted against. ``training``: what the model learned from its training rows.
            ``background``: rows drawn from ``train``. A frame: these rows.
        space
            ``raw``: where contributions add up, log-odds for boosted trees. ``probability``: contributions to the
            probability itself, against background rows.

        Returns
        -------
        RowExplanation or GroupExplanation
            Contributions, a sentence, what-if, nearest rows, the smallest change that flips the prediction, and
            whether all that can be trusted.

        Raises
        ------
        InputError
            When there is no such row or class.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from sklearn.linear_model import LinearRegression
        >>> import mlqa_widgets as mq
        >>> X = pd.DataFrame({"age": np.arange(10.0), "shoe": np.arange(10) % 3})
        >>> mq.analyze(LinearRegression().fit(X, 2 * X["age"]), X).explain(9).sentence
        'The model says 18, where 9 is usual. Most of the difference comes from age = 9.'
        """
        from mlqa_widgets.explain.local import explain

        return explain(self, row, output, position=position, against=against, space=space)

    # ------------------------------------------------------------------ showing

    def __repr__(self) -> str:
        rows, columns = count(len(self.X), "row"), count(self.X.shape[1], "column")
        return f"<ModelAnalysis of {self.model.name}, {self.model.task.value}: {rows}, {columns}>"

    def widget(self) -> AnalysisWidget:
        """Return the widget that shows all views in tabs."""
        if self._widget is None:
            from mlqa_widgets.widgets.analysis import AnalysisWidget

            self._widget = AnalysisWidget(self)
        return self._widget
