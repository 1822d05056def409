"""What a model relies on, by three measures side by side: permutation, contributions, and its own account."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlqa_widgets.analysis import SAMPLE, ModelAnalysis
from mlqa_widgets.errors import InputError
from mlqa_widgets.evaluate.metrics import METRICS, Metric
from mlqa_widgets.explain.contributions import contributions, estimate_seconds
from mlqa_widgets.explain.explanation import Explanation
from mlqa_widgets.explain.sentence import column_words, figure, three_digits
from mlqa_widgets.importance.dependence import Dependence, dependence
from mlqa_widgets.importance.groups import MEASURE, TOGETHER, associations, groups_of
from mlqa_widgets.importance.own import own_importance
from mlqa_widgets.importance.partial import PartialDependence, partial_dependence
from mlqa_widgets.importance.permutation import REPEATS, Permuted
from mlqa_widgets.importance.refining import Measured, refined
from mlqa_widgets.importance.sizes import mean_sizes
from mlqa_widgets.importance.tables import ALPHA, Features, tables
from mlqa_widgets.importance.values import feature_values, place_of
from mlqa_widgets.models.model import Task
from mlqa_widgets.naming import nearest
from mlqa_widgets.progress import Progress
from mlqa_widgets.views import View
from mlqa_widgets.wording import count, listing
from mlqa_widgets.work import Work

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.widgets.importance import ImportanceWidget

_DISTINCT_ROWS = 20_000
_SELECTED_ROWS = 500
_SELECTED_SECONDS = 3.0
_FEWEST_SELECTED = 30
_SEED = 0


@dataclass(frozen=True)
class ImportanceResult:
    """What is known of the importance by now.

    Attributes
    ----------
    measured
        What was measured, and on which rows.
    features
        One line per feature, the most important first: see :attr:`Importance.frame`.
    groups
        One line per group of features: see :attr:`Importance.groups`.
    sentence
        What was found.
    method
        How it was measured, and what to hold of it.
    """

    measured: Measured = field(repr=False)
    features: pd.DataFrame = field(repr=False)
    groups: pd.DataFrame = field(repr=False)
    sentence: str
    method: str


@dataclass(frozen=True)
class Reliance:
    """What the model relies on for some rows.

    Attributes
    ----------
    rows, drawn
        How many rows there are, and how many of them were explained, drawn at random.
    table
        One line per feature in the order of the model: ``feature``, ``shap`` (mean size of its contributions to these
        rows) with ``low`` and ``high`` (95 % interval), ``mean`` (of the contributions with their signs), and
        ``everywhere``, the mean size on rows drawn from all.
    sentence
        The comparison in words.
    """

    rows: int
    drawn: int
    table: pd.DataFrame = field(repr=False)
    sentence: str


class Importance(View):
    """The importance of the features of a model: see :meth:`mlqa_widgets.ModelAnalysis.importance`.

    Attributes
    ----------
    metric
        What permutation is measured by; None without what came.
    output
        Position of the class whose contributions are measured; 0 for a regression.
    repeats
        Times each feature is permuted.
    together
        Mean association from which features are one group.
    work
        The computation, refined in the background.
    """

    def __init__(
        self,
        analysis: ModelAnalysis,
        metric: str | None = None,
        *,
        output: Any = None,
        rows: int | None = None,
        repeats: int = REPEATS,
        together: float = TOGETHER,
    ) -> None:
        super().__init__(analysis)
        numbers: list[tuple[str, Any, int]] = [("rows", rows, 2), ("repeats", repeats, 1)]
        for name, value, least in numbers:
            if value is not None and (not isinstance(value, int) or value < least):
                msg = f"{name}: {value!r} is no whole number from {least}."
                raise InputError(msg)
        if not 0 < together <= 1:
            msg = f"together: {together!r} is no association above 0 and up to 1."
            raise InputError(msg)
        self.metric = _metric(analysis, metric)
        self.output = _output(analysis, output)
        self.repeats = repeats
        self.together = together
        self._rows = rows
        self.work: Work[ImportanceResult] = Work("importance", self._compute)
        self.work.start()

    def by(self, metric: str | None = None, output: Any = None) -> Importance:
        """Return the same by another metric, or for another class."""
        own = None if self.metric is None else self.metric.id
        classes = self.analysis.model.classes
        return Importance(
            self.analysis,
            metric or own,
            output=classes[self.output] if output is None and classes else output,
            rows=self._rows,
            repeats=self.repeats,
            together=self.together,
        )

    # ------------------------------------------------------------------ computing

    @cached_property
    def association(self) -> np.ndarray:
        """How closely each two features follow one another in the sampled rows, 0 to 1."""
        rows = self.analysis.X.iloc[self.analysis.sample()]
        return associations([feature_values(self.analysis.model, rows, i) for i in range(rows.shape[1])])

    @cached_property
    def features(self) -> Features:
        """The features, and what is known of them before anything is measured."""
        analysis = self.analysis
        drawn = np.random.default_rng(_SEED).permutation(len(analysis.train))[:SAMPLE]
        rows = analysis.X.iloc[analysis.sample(_DISTINCT_ROWS)]
        return Features(
            analysis.model.columns,
            groups_of(self.association, self.together),
            own_importance(analysis.model, analysis.train.iloc[np.sort(drawn)]),
            tuple(int(rows.iloc[:, i].astype(str).nunique()) for i in range(rows.shape[1])),
        )

    def _compute(self, progress: Progress, publish: Callable[[ImportanceResult], None]) -> ImportanceResult:
        progress.at("Comparing columns with one another", 0.0)
        features = self.features
        versions = refined(
            self.analysis,
            features.sets,
            self.metric,
            output=self.output,
            repeats=self.repeats,
            rows=self._rows,
            progress=progress,
        )
        result = None
        for measured in versions:
            result = self._result(measured)
            publish(result)
        assert result is not None  # noqa: S101 - there is at least one row
        return result

    def _result(self, measured: Measured) -> ImportanceResult:
        single, grouped = tables(self.features, measured.permuted, measured.explanation)
        first = "shap" if measured.permuted is None else "permutation"
        single = single.iloc[np.argsort(-single[first].to_numpy(dtype=float), kind="stable")].reset_index(drop=True)
        return ImportanceResult(
            measured, single, grouped, self._sentence(measured, single, grouped), self._method(measured)
        )

    # ------------------------------------------------------------------ what was found

    @property
    def frame(self) -> pd.DataFrame:
        """One line per feature, the most important first; what is known by now.

        Columns: ``feature``; ``permutation`` (by how much the metric worsens when its values are dealt anew among the
        rows) with ``permutation_low`` and ``permutation_high`` (95 % interval), ``permutation_q`` (p adjusted by Benjamini
        and Hochberg for all features and groups) and ``permutation_clear`` (whether it is told from zero); ``shap`` (mean
        size of its contributions) with ``shap_low``, ``shap_high`` and ``shap_clear``; ``own`` (the model's own importance);
        for each measure ``_rank``, and for those with intervals ``_best`` and ``_worst``, between which ranks the interval
        leaves it; ``group`` (its line in :attr:`groups`); ``why`` (why the measures differ, in words). Missing where there
        is none.
        """
        return self.work.first.features.copy()

    @property
    def groups(self) -> pd.DataFrame:
        """One line per group of features that follow one another, measured together.

        Columns: ``features``, ``association`` (mean over the pairs), then the measures as in :attr:`frame`: permuted
        together, the size of the sum of their contributions, their own importance added up.
        """
        return self.work.first.groups.copy()

    @property
    def sentence(self) -> str:
        """What was found, in a sentence."""
        return self.work.first.sentence

    @property
    def method(self) -> str:
        """How it was measured, and what to hold of it."""
        return self.work.first.method

    @property
    def explanation(self) -> Explanation:
        """The contributions known by now: of the rows at :attr:`positions`."""
        return self._explained()[1]

    @property
    def positions(self) -> np.ndarray:
        """Positions in ``X`` of the rows whose contributions are known by now, in random order."""
        return self._explained()[0]

    def _explained(self) -> tuple[np.ndarray, Explanation]:
        measured = self.work.first.measured
        if measured.explanation is None:
            measured = self.work.result.measured
        assert measured.explanation is not None  # noqa: S101 - the last version has it
        return measured.positions, measured.explanation

    # ------------------------------------------------------------------ one feature, some rows

    def place(self, feature: Hashable) -> int:
        """Return the position of a feature by its name.

        Raises
        ------
        InputError
            When there is no such feature.
        """
        columns = self.analysis.model.columns
        found = place_of(columns, feature)
        if found is None:
            msg = f"feature: {feature!r} is no column of the model. {nearest(feature, columns)}"
            raise InputError(msg)
        return found

    def dependence(self, feature: Hashable) -> Dependence:
        """Return how the contributions of a feature follow its values, and which other feature they depend on most.

        Raises
        ------
        InputError
            When there is no such feature.
        """
        place = self.place(feature)
        return dependence(self.analysis, place, *self._explained(), self.association, self.together)

    def partial_dependence(self, feature: Hashable, progress: Progress | None = None) -> PartialDependence:
        """Return predictions with a feature set to a series of values, of single rows and on average.

        Raises
        ------
        InputError
            When there is no such feature.
        """
        return partial_dependence(self.analysis, self.place(feature), output=self.output, progress=progress)

    def where(self, rows: Any, progress: Progress | None = None) -> Reliance:
        """Return what the model relies on for some rows, beside what it relies on everywhere.

        Parameters
        ----------
        rows
            A query in pandas' words, a boolean mask, or positions.
        progress
            Told how far it is.

        Raises
        ------
        InputError
            When the query cannot be read, or no row is meant.
        """
        analysis = self.analysis
        positions = analysis.positions_of(rows)
        if len(positions) == 0:
            msg = "rows: no row is meant; there is nothing to explain."
            raise InputError(msg)
        affordable = int(_SELECTED_SECONDS / max(estimate_seconds(analysis, 1), 1e-9))
        most = int(np.clip(affordable, _FEWEST_SELECTED, _SELECTED_ROWS))
        drawn = np.sort(np.random.default_rng(_SEED).permutation(positions)[:most])
        here = contributions(analysis, drawn, output=self.output, progress=progress)
        single = [(place,) for place in range(len(analysis.model.columns))]
        table = mean_sizes(here, single).rename(columns={"size": "shap"})[["shap", "low", "high"]]
        table.insert(0, "feature", pd.Series(list(analysis.model.columns), dtype=object))
        table["mean"] = here.values.mean(axis=0)
        table["everywhere"] = np.abs(self.explanation.values).mean(axis=0)
        return Reliance(len(positions), len(drawn), table, self._relies(table, len(positions)))

    # ------------------------------------------------------------------ words

    def _relies(self, table: pd.DataFrame, rows: int) -> str:
        most = table.sort_values("shap", ascending=False, kind="stable").head(3)
        named = listing(
            [f"{column_words(c)} ({figure(s)}; {figure(e)} everywhere)" for c, s, e in _three(most)], limit=3
        )
        these = "this row" if rows == 1 else f"these {count(rows, 'row')}"
        return f"For {these} the model relies most on {named}."

    def _sentence(self, measured: Measured, single: pd.DataFrame, grouped: pd.DataFrame) -> str:
        if measured.permuted is not None and self.metric is not None:
            return _worsens(measured.permuted, self.metric, single, grouped)
        if measured.explanation is None:
            return ""
        most = single.iloc[0]
        return (
            f"Contributions of {column_words(most['feature'])} are largest: {three_digits(most['shap'])} on average "
            f"({measured.explanation.space}, 95 % interval {three_digits(most['shap_low'])} to {three_digits(most['shap_high'])})."
        )

    def _method(self, measured: Measured) -> str:
        said = []
        if measured.permuted is not None and self.metric is not None:
            said.append(
                f"Permutation: by how much the {self.metric.label} worsens when the values of a feature are dealt anew among "
                f"{count(measured.permuted.rows, 'row')} drawn at random, {self.repeats} times; the interval (95 %) holds the "
                f"chance in rows and in permutations; a feature counts as told from zero where p, adjusted by Benjamini and "
                f"Hochberg, is below {ALPHA:g}."
            )
        if measured.explanation is not None:
            found = measured.explanation
            said.append(
                f"Contributions: the mean of their sizes over {count(len(measured.positions), 'row')} drawn at random, to the "
                f"{found.space}{self._of_class}, with a 95 % interval over rows; {found.engine}, against {found.background}."
            )
            if found.standard_error is not None:
                said.append("They are sampled, which makes small ones look larger than they are.")
            said += found.notes
        own = self.features.own
        said.append(own.explanation if own.values is None else f"Its own ({own.label}): {own.explanation}")
        said.append(
            f"Features are one group from a mean association of {self.together:g} ({MEASURE}; average linkage, on "
            f"{count(len(self.analysis.sample()), 'row')}). Importance says what the model uses, not what causes the outcome."
        )
        return " ".join(said)

    @property
    def space(self) -> str:
        """What contributions are in, with the class they are to: ``log-odds of True``."""
        model, explanation = self.analysis.model, self.work.first.measured.explanation
        space = model.raw_space if explanation is None else explanation.space
        return space + self._of_class

    @property
    def _of_class(self) -> str:
        model = self.analysis.model
        return f" of {column_words(model.classes[self.output])}" if model.classes else ""

    # ------------------------------------------------------------------ showing

    def chart(self) -> alt.TopLevelMixin:
        """Return the measures side by side as an Altair chart."""
        from mlqa_widgets.charts.importance import importance_chart

        return importance_chart(self)

    def _make_widget(self) -> ImportanceWidget:
        from mlqa_widgets.widgets.importance import ImportanceWidget

        return ImportanceWidget(self)

    def __repr__(self) -> str:
        return f"<Importance: {self.sentence}>"


def _three(table: pd.DataFrame) -> list[tuple[Any, float, float]]:
    return list(table[["feature", "shap", "everywhere"]].itertuples(index=False, name=None))


def _worsens(permuted: Permuted, metric: Metric, single: pd.DataFrame, grouped: pd.DataFrame) -> str:
    """Return in words what permuting matters most, a group before its members."""
    most, named = single.iloc[0], column_words(single.iloc[0]["feature"])
    if len(grouped):
        first = grouped.iloc[int(grouped["permutation"].to_numpy(dtype=float).argmax())]
        if first["permutation"] >= most["permutation"]:
            most = first
            names = [column_words(name) for name in first["features"]]
            named = f"{listing(names)}, which go together"
    if not bool(most["permutation_clear"]) or most["permutation"] <= 0:
        return f"No feature's values can be told to matter for the {metric.label} on these rows."
    low, high = (three_digits(most[f"permutation_{end}"]) for end in ("low", "high"))
    worse = "falls" if metric.higher_is_better else "rises"
    text = (
        f"The model relies most on {named}: dealt anew, the {metric.label} {worse} from {three_digits(permuted.baseline)} by "
        f"{three_digits(most['permutation'])} (95 % interval {low} to {high})."
    )
    unclear = int((~single["permutation_clear"].astype(bool)).sum())
    if unclear:
        verb = "cannot be told from zero"
        text += f" {count(unclear, 'feature')} of {len(single):,} {verb}."
    return text


def _metric(analysis: ModelAnalysis, metric: str | None) -> Metric | None:
    if analysis.actual is None:
        if metric is not None:
            msg = f"metric: {metric!r} needs what came. Pass y to analyze()."
            raise InputError(msg)
        return None
    model = analysis.model
    usable = usable_metrics(analysis)
    if metric is None:
        usual = "mae" if model.task is Task.REGRESSION else "log_loss" if model.probabilities else "error_rate"
        return usable[usual]
    if metric not in usable:
        msg = f"metric: {metric!r} is no metric of a {model.task.value} model that knows better from worse. "
        raise InputError(msg + nearest(metric, usable))
    return usable[metric]


def usable_metrics(analysis: ModelAnalysis) -> dict[str, Metric]:
    """Return the metrics that have a meaning for the model and know better from worse, by id."""
    task = analysis.model.task
    return {m.id: m for m in METRICS.values() if task in m.tasks and m.higher_is_better is not None}


def _output(analysis: ModelAnalysis, output: Any) -> int:
    """Return the position of a class by its label; the usual one without."""
    model = analysis.model
    if output is None:
        if model.task is Task.MULTICLASS:
            return int(np.bincount(analysis.predicted, minlength=model.outputs).argmax())
        return model.outputs - 1
    labels = [label for label in model.classes if label == output or str(label) == output]
    if not labels:
        msg = f"output: {output!r} is no class of {model.name}. {nearest(output, model.classes)}"
        if model.task is Task.REGRESSION:
            msg = f"output: {model.name} predicts values, not classes. Leave it out."
        raise InputError(msg)
    return model.classes.index(labels[0])
