"""Records of one thing without a shared key: columns -> candidates -> model -> decisions -> links, clusters, one table."""

from __future__ import annotations

import time as timing
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.errors import InputError
from mlqa_widgets.link.any_pair import with_all, with_pairs
from mlqa_widgets.link.blocking import Counter, Reach, Rule, propose_rules, reach, training_rules
from mlqa_widgets.link.clusters import Clusters, Grouping, group
from mlqa_widgets.link.decisions import Decision
from mlqa_widgets.link.fields import Field, LeftOut, named_fields
from mlqa_widgets.link.fusing import Fused, checked_rules, fuse, gather, ranks, times
from mlqa_widgets.link.kept import Kept
from mlqa_widgets.link.model import Trained, agreement, prepare, splink, train
from mlqa_widgets.link.scores import DIFFERENT, SAME, Scores, once_each, rivals, scores
from mlqa_widgets.link.trust import calibration, estimate, histogram
from mlqa_widgets.naming import named, nearest, positions_of_label, variable_names
from mlqa_widgets.notebook import Shown
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.read import own_name, read_table, unchanging
from mlqa_widgets.tables.table import Table
from mlqa_widgets.verdicts.file import reviewer_name
from mlqa_widgets.verdicts.reviewers import Merge, disagreements, kappas
from mlqa_widgets.wording import count, listing, percent
from mlqa_widgets.work import InBackground, Work

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.widgets.link import LinkWidget

_QUEUE: Final = 200


def link(
    left: Any,
    right: Any = None,
    *,
    columns: Any = None,
    forms: Mapping[Hashable, str] | None = None,
    place: Any = None,
    time: Any = None,
    one_to_one: bool | None = None,
    threshold: float = 0.5,
    names: Sequence[str] | None = None,
    tables: tuple[str | None, str | None] = (None, None),
    name: str | None = None,
    reviewer: str | None = None,
) -> Linkage:
    """Find the records of two sources, or of one, that are of the same thing without a key that says so.

    Columns are proposed from names and values, candidate pairs by what records share; a model learns without labels how
    often records of one thing agree in each column and how often others do (Fellegi and Sunter's, by Splink on DuckDB),
    and gives every pair a probability. Decisions on the pairs in :attr:`Linkage.queue` teach it.

    Parameters
    ----------
    left, right
        Whatever :func:`scan` reads: a frame, an Arrow table, the path of a file. Neither is changed. Of ``left`` alone
        the records that stand for one thing within it are found.
    columns
        What to compare: a list of names both have, of pairs (left column, right column), or left -> right. Proposed
        if not given; :attr:`Linkage.columns` says which, and what was left out.
    forms
        Column -> how it is compared: ``name``, ``text``, ``date``, ``email``, ``phone``, ``postcode``, ``code``,
        ``category``, ``number``. By what it holds if not given.
    place
        (latitude, longitude) in degrees, or a pair of such for left and right: compared by distance on the ground.
    time
        The time column of both, or a pair (left, right): compared by the time between.
    one_to_one
        Whether a record has at most one partner. If not given, the data say: yes, if at most one in ten of the linked
        records has several likely ones; :attr:`Linkage.notes` tells. Never within one table.
    threshold
        Probability from which a pair is a link, between 0 and 1.
    names
        What to call the sources. The names of the variables, or the files' stems, if not given.
    tables
        Which table of each database file, or which sheet of each workbook.
    name
        Decisions are kept in ``<name>.mlqa-links.sqlite`` beside the notebook; the names of the sources if not given.
    reviewer
        Who decides; the user of the machine if not given.

    Returns
    -------
    Linkage
        In a notebook the work goes on in the background after a moment; every question to the result waits for its
        end.

    Raises
    ------
    InputError
        When an argument is not usable; the message names it and says what would work.
    MissingPackage
        When Splink is not installed.

    References
    ----------
    I. P. Fellegi and A. B. Sunter, A theory for record linkage, JASA 64 (1969). Splink: R. Linacre and others,
    International Journal of Population Data Science 7 (2022).

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> people = ["ann lee", "bob ray", "cid fox", "dan oak", "eve hill", "fay moss", "gus reed", "hal west"]
    >>> ours = pd.DataFrame({"name": people, "phone": range(5550100, 5550900, 100)})
    >>> theirs = ours.iloc[::-1].reset_index(drop=True)
    >>> linkage = mq.link(ours, theirs, columns=["name", "phone"])
    >>> len(linkage.links), linkage.pairs.loc[0, ["left", "right"]].tolist()
    (8, [0, 7])
    """
    splink()
    if not 0 < threshold < 1:
        msg = f"threshold: {threshold!r} is no probability between 0 and 1."
        raise InputError(msg)
    within = right is None
    if within and one_to_one:
        msg = "one_to_one: a table linked with itself may hold a thing more than twice; leave it out."
        raise InputError(msg)
    sources = [left] if within else [left, right]
    if names is None:
        found = variable_names(sources, depth=2)
        names = [
            Path(data).stem if isinstance(data, (str, Path)) else called or own_name(data) or default
            for data, called, default in zip(sources, found, ("left", "right"), strict=False)
        ]
    if len(names) != len(sources):
        msg = f"names: pass {count(len(sources), 'name')}, one per source."
        raise InputError(msg)
    called = tuple(names) if len(set(names)) == len(names) else (f"{names[0]} (left)", f"{names[1]} (right)")
    asked = Question(columns, dict(forms or {}), place, time, one_to_one, threshold)
    result = Linkage(sources, asked, called, tables, name, reviewer)
    result.start()
    return result


@dataclass(frozen=True)
class Question:
    """What the user asked for."""

    columns: Any
    forms: Mapping[Hashable, str]
    place: Any
    time: Any
    one_to_one: bool | None
    threshold: float


@dataclass(frozen=True)
class LinkResult:
    """What the finished work found, before any decision."""

    meeting: Meeting
    fields: tuple[Field, ...]
    left_out: tuple[LeftOut, ...]
    rules: tuple[Rule, ...]
    reach: Reach
    trained: Trained
    one_to_one: bool
    notes: tuple[str, ...]
    seconds: float


class Linkage(InBackground, Shown):
    """The result of :func:`link`: pairs with their probability, doubtful ones to decide, clusters, one fused table.

    Shown as a widget when it is the last expression of a cell.
    """

    def __init__(
        self,
        sources: Sequence[Any],
        asked: Question,
        names: tuple[str, ...],
        tables: tuple[str | None, str | None],
        name: str | None,
        reviewer: str | None,
    ) -> None:
        self.work: Work[LinkResult] = Work("linking", lambda progress, _: self._link(progress))
        self.names = names
        self.within = len(sources) == 1
        self.reviewer = reviewer_name(reviewer)
        self._asked = asked
        self._name = name or "-".join(names)
        self._folder = Path.cwd()
        self._read = [
            partial(read_table, unchanging(data), table=table, name=called)
            for data, table, called in zip(sources, tables, names, strict=False)
        ]
        self._scores: Scores | None = None
        self._changing = RLock()
        self._listeners: list[Callable[[], None]] = []
        self._widget: LinkWidget | None = None

    # ------------------------------------------------------------------ running

    def _link(self, progress: Progress) -> LinkResult:
        started = timing.perf_counter()
        asked, within = self._asked, self.within
        progress.at(f"Reading {self.names[0]}", 0.0)
        left = self._read[0](progress=progress)
        right = left if within else self._read[1](progress=progress)
        for table in (left, right):
            if table.row_count < (2 if within else 1):
                msg = f"{'left' if table is left else 'right'}: {table.name} has {count(table.row_count, 'row')}; there is nothing to link."
                raise InputError(msg)
        meeting = Meeting(left, right, progress, here=True)
        progress.at("Choosing columns", 0.42)
        fields, left_out = named_fields(meeting, asked.columns, asked.forms, asked.place, asked.time, within=within)
        prepare(meeting, fields, within=within)
        progress.at("Choosing candidate pairs", 0.46)
        rows = left.row_count, right.row_count
        counter = Counter(meeting.engine, within=within)
        rules = propose_rules(counter, fields, rows, progress)
        training = training_rules(counter, fields, rules, rows)
        trained = train(meeting, fields, rules, training, within=within, progress=progress)
        progress.at("Reading the pairs", 0.95)
        reached = reach(meeting.engine, rules, agreement(trained), within=within)
        once = not within and (
            asked.one_to_one if asked.one_to_one is not None else once_each(trained, asked.threshold)
        )
        notes = _notes(self.names, asked, trained, rules, reached, once=once, within=within)
        result = LinkResult(
            meeting,
            tuple(fields),
            tuple(left_out),
            rules,
            reached,
            trained,
            once,
            notes,
            timing.perf_counter() - started,
        )
        self._scores = self._held(result, self._keep(meeting), trained)
        return result

    def _held(self, result: LinkResult, kept: Kept, trained: Trained) -> Scores:
        """Return what is held of the pairs, those of decided rows that no rule brought together among them."""
        trained = with_pairs(result.meeting, result.fields, trained, *kept.decided_rows(), within=self.within)
        return scores(trained, kept.decided(trained), self._asked.threshold, result.one_to_one)

    @property
    def result(self) -> LinkResult:
        """What was found before any decision; waits for it.

        Raises
        ------
        Cancelled
            When the work was cancelled.
        """
        return self.work.result

    @property
    def scores(self) -> Scores:
        """What is held of every pair after the decisions so far."""
        result = self.result
        if self._scores is None:
            self._scores = self._held(result, self._kept, result.trained)
        return self._scores

    # ------------------------------------------------------------------ what was compared

    @property
    def tables(self) -> tuple[Table, Table]:
        """The tables that were read: twice the same where one was linked with itself."""
        left, right = self.result.meeting.sources
        return left.table, right.table

    @property
    def columns(self) -> pd.DataFrame:
        """What was compared, and what was left out.

        Columns: ``column``, ``left``, ``right`` (their names in each source), ``form`` (missing where left out), ``why``.
        """
        result = self.result
        lines: list[dict[str, str | None]] = [
            {
                "column": field.name,
                "left": listing([pair.left.name for pair in field.pairs]),
                "right": listing([pair.right.name for pair in field.pairs]),
                "form": field.form,
                "why": field.why,
            }
            for field in result.fields
        ]
        lines += [
            {"column": one.name, "left": None, "right": None, "form": None, "why": one.why} for one in result.left_out
        ]
        return pd.DataFrame(lines, columns=["column", "left", "right", "form", "why"])

    @property
    def rules(self) -> pd.DataFrame:
        """What two records must share to be looked at: one row per rule, with the pairs it brings by itself."""
        rules = self.result.rules
        return pd.DataFrame({"rule": [rule.label for rule in rules], "pairs": [rule.pairs for rule in rules]})

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of the figures: what cannot be reached, what was assumed, how pairs were chosen."""
        return self.result.notes

    @property
    def settings(self) -> dict[str, Any]:
        """The trained model as Splink saves and loads it, over the plain columns ``f0``, ``f1`` ... of both sources."""
        return self.result.trained.settings

    @property
    def weights(self) -> pd.DataFrame:
        """What each level of agreement weighs: one row per column and level, the closest first.

        Columns: ``column``, ``level``, ``weight`` (log2 of how much likelier it is between records of one thing), ``now``
        (the same after the decisions).
        """
        result, lesson = self.result, self.scores.lesson
        lines = [
            (field.name, label, float(weight), float(weight + added))
            for field, labels, weights, lessons in zip(
                result.fields, result.trained.labels, result.trained.weights, lesson.weights, strict=True
            )
            for label, weight, added in zip(labels[-2::-1], weights[-2::-1], lessons[-2::-1], strict=True)
        ]
        return pd.DataFrame(lines, columns=["column", "level", "weight", "now"])

    # ------------------------------------------------------------------ the pairs

    @property
    def pairs(self) -> pd.DataFrame:
        """Every candidate pair that is not hopeless, the likeliest of the model without labels first; then others decided.

        The index is the number of the pair, which decisions do not change. Columns: ``left`` and ``right`` (labels of
        both rows), ``probability`` that both are of one thing (1 and 0 where that was decided), ``weight`` (log2 of
        the odds, after what decisions taught), ``link`` (whether it is held to be one), ``decision`` (missing where
        none was taken), and per column compared ``<column> level``. Left out are pairs of a weight under -10.
        """
        return self.pairs_at(np.flatnonzero(self.scores.counted))

    @property
    def links(self) -> pd.DataFrame:
        """The pairs held to be links, as in :attr:`pairs`."""
        return self.pairs_at(np.flatnonzero(self.scores.link))

    def rows_of(self, pairs: Sequence[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the rows of the left and those of the right source of pairs, by their numbers."""
        trained, (left, right) = self.scores.trained, self.tables
        return left.take(trained.left[pairs]), right.take(trained.right[pairs])

    def pairs_at(self, pairs: np.ndarray) -> pd.DataFrame:
        """Return the pairs of these numbers, as in :attr:`pairs`."""
        held = self.scores
        trained = held.trained
        left, right = self.tables
        said = np.array([None, Decision.SAME.value, Decision.UNSURE.value, Decision.DIFFERENT.value], dtype=object)
        columns: dict[str, Any] = {
            "left": left.labels(trained.left[pairs]),
            "right": right.labels(trained.right[pairs]),
            "probability": held.probability[pairs],
            "weight": held.weight[pairs],
            "link": held.link[pairs],
            "decision": said[held.decided[pairs]],
        }
        for i, field in enumerate(self.result.fields):
            labels = trained.labels[i]
            code = np.where(trained.levels[pairs, i] < 0, len(labels) - 1, trained.levels[pairs, i])
            columns[f"{field.name} level"] = pd.Categorical.from_codes(code.astype(np.int64), pd.Index(labels))
        return pd.DataFrame(
            {name: np.asarray(value) if isinstance(value, pd.Index) else value for name, value in columns.items()},
            index=pd.Index(pairs, name="pair"),
        )

    @property
    def queue(self) -> pd.DataFrame:
        """The open pairs a decision on which tells the most, the most telling first: at most 200.

        As :attr:`pairs`, with ``tells`` (how much a decision tells: the entropy of the pair's probability in bits,
        times log2 of one more than the open pairs of the same levels, which it speaks for; halved for the second of
        the same levels, and so on) and ``doubtful`` (whether its probability is from 5 % to 95 %; one to one,
        the probability is shared with the pairs that claim the same record).
        """
        held = self.scores
        pairs, tells = held.queue(_QUEUE)
        frame = self.pairs_at(pairs)
        frame.insert(3, "tells", tells)
        frame.insert(4, "doubtful", held.doubtful[pairs])
        return frame

    def evidence(self, pair: Any) -> pd.DataFrame:
        """Return why a pair has its probability: what each column adds to its weight.

        One row per column compared: ``column``, ``left``, ``right`` (the values), ``level``, ``weight`` (of the level,
        after what decisions taught), ``rarity`` (added as the value in common is rare, or taken as it is frequent).
        With ``prior``, the weight of two random records, in ``.attrs``, they add up to the pair's weight.

        Raises
        ------
        InputError
            When there is no such pair.
        """
        place = self._place(pair)
        result, held = self.result, self.scores
        trained = held.trained
        rows = self.rows_of([place])
        lines = []
        for i, field in enumerate(result.fields):
            level = int(trained.levels[place, i])
            lines.append(
                {
                    "column": field.name,
                    "left": _value(rows[0], [p.positions[0] for p in field.pairs]),
                    "right": _value(rows[1], [p.positions[1] for p in field.pairs]),
                    "level": trained.labels[i][level],
                    "weight": float(trained.weights[i][level] + held.lesson.weights[i][level]),
                    "rarity": float(trained.rarity[place, i]),
                }
            )
        frame = pd.DataFrame(lines)
        frame.attrs["prior"] = trained.prior + held.lesson.prior
        return frame

    # ------------------------------------------------------------------ how far the figures can be trusted

    @property
    def calibration(self) -> pd.DataFrame:
        """Estimated probability against what was decided, in seven steps of probability.

        Columns: ``low``, ``high`` (of the step), ``pairs`` (in it now), ``decided`` (same or different, of the pairs
        that stood in it when they were shown), ``said`` (mean probability they were shown with), ``same`` (share
        decided to be the same), ``same_low`` and ``same_high`` (its 95 % Wilson interval; missing where none was
        decided). Each pair counts with the probability it had before its own decision; one to one, beside the pairs that
        claim one of its rows.
        """
        return calibration(self.scores, self._kept.records())

    @property
    def histogram(self) -> pd.DataFrame:
        """How many pairs have which match weight: ``low``, ``high``, ``pairs``, and of them ``links``, ``same``, ``different``."""
        return histogram(self.scores)

    @property
    def estimate(self) -> pd.DataFrame:
        """What decisions changed: one row ``before`` any, one ``now``.

        Columns: ``links``, ``wrong`` (links expected to be none: the sum of what their probabilities lack of 1),
        ``missed`` (matches expected among the other candidates), ``precision`` and ``recall`` as these two say, and
        ``doubtful`` pairs. They are as good as the probabilities; :attr:`calibration` says how good.
        """
        return pd.DataFrame([self._estimate_before, estimate(self.scores)], index=["before", "now"])

    @cached_property
    def _estimate_before(self) -> dict[str, Any]:
        result = self.result
        nothing = np.zeros(len(result.trained.left), dtype=np.int8)
        return estimate(scores(result.trained, nothing, self._asked.threshold, result.one_to_one))

    # ------------------------------------------------------------------ decisions

    @cached_property
    def _kept(self) -> Kept:
        return self._keep(self.result.meeting)

    def _keep(self, meeting: Meeting) -> Kept:
        return Kept(meeting, self._name, self._folder, self.reviewer)

    @property
    def file(self) -> Path:
        """Where decisions are kept, of these two tables apart from all others; made by the first."""
        return self._kept.file.path

    def decide(self, pair: Any, decision: str, note: str = "") -> None:
        """Say whether two records are of one thing. When this returns, it is on the disk.

        The weights learn from it at once (see :mod:`mlqa_widgets.link.decisions`), and no later figure contradicts it.
        It may be said of any two: a pair that no rule brought together is scored, and is one of :attr:`pairs` then.

        Parameters
        ----------
        pair
            Its number in :attr:`pairs` or :meth:`most_alike`, or the labels of its rows (left, right).
        decision
            ``same``, ``different`` or ``unsure``.
        note
            Why.

        Raises
        ------
        InputError
            When there is no such pair or decision.
        MlqaError
            When it could not be stored.
        """
        said, place = named(decision, Decision, "decision"), self._place(pair)
        trained = self.scores.trained
        line = self.pairs_at(np.array([place])).iloc[0]
        self._kept.add(
            int(trained.left[place]),
            int(trained.right[place]),
            said,
            note=note,
            rows=f"{line['left']} = {line['right']}",
            probability=self.without_its_decision(place)[1],
        )
        self._learn()

    def without_its_decision(self, pair: int) -> tuple[float, float]:
        """Return the probability of a pair as the model and all other decisions have it: by itself, and beside rivals.

        Rivals are the pairs that claim one of its rows, where a row has one partner at most.
        """
        held = self.scores
        if held.decided[pair]:
            others = held.decided.copy()
            others[pair] = 0
            held = scores(held.trained, others, held.threshold, held.one_to_one)
        return float(held.probability[pair]), float(held.contested[pair])

    def undo(self) -> int | None:
        """Take back this reviewer's latest decision and return the pair's number; None when there is none."""
        record = self._kept.undo()
        self._learn()
        return None if record is None else int(self.scores.trained.numbers(*self._kept.rows(record))[0])

    def _learn(self) -> None:
        with self._changing:
            self._scores = self._held(self.result, self._kept, self.scores.trained)
        for listener in list(self._listeners):
            listener()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every decision made through this linkage."""
        self._listeners.append(listener)

    @property
    def decisions(self) -> pd.DataFrame:
        """The decisions of this reviewer that count, oldest first.

        Columns: ``pair`` (its number), ``rows`` (labels as they were),
        ``decision``, ``note``, ``reviewer``, ``at`` (UTC), ``probability`` (it had before; one to one, beside the pairs
        that claim one of its rows).
        """
        return self._kept.frame(self.scores.trained)

    @property
    def everyones_decisions(self) -> pd.DataFrame:
        """The decisions of all reviewers in the file, oldest first; those of others teach nothing here.

        Columns: ``pair``, ``rows``, ``decision``, ``note``, ``reviewer``.
        """
        records = self._kept.everyones()
        numbers = [self._look_at(*self._kept.rows(record))[0] for record in records]
        return pd.DataFrame(
            {
                "pair": np.array(numbers, dtype=np.int64),
                "rows": [record.label for record in records],
                "decision": [record.verdict for record in records],
                "note": [record.note for record in records],
                "reviewer": [record.reviewer for record in records],
            }
        )

    def merge(self, path: str | Path) -> Merge:
        """Take in another reviewer's file of decisions on the same tables. Doing so again changes nothing.

        Decisions of others are compared with one's own; the weights learn from this reviewer's only.

        Raises
        ------
        InputError
            When there is no such file, or it holds no decisions.
        MlqaError
            When they could not be stored.
        """
        found = self._kept.file.merge(Path(path))
        self._learn()
        return Merge(found.added, found.known, found.foreign, self.disagreements)

    @property
    def disagreements(self) -> pd.DataFrame:
        """The pairs of which reviewers said different things: one column per reviewer, one line per pair's number."""
        return disagreements(self._verdicts).rename_axis("pair")

    @property
    def kappa(self) -> pd.DataFrame:
        """How often two reviewers said the same of a pair.

        Columns: ``reviewer``, ``other``, ``rows`` (pairs both decided), ``same`` (share of them, 0 to 1), ``kappa``
        (Cohen's: agreement beyond chance, 1 for perfect, 0 for none; missing where only one decision was given).
        """
        verdicts = self._verdicts
        return kappas(verdicts, sorted(verdicts["reviewer"].unique()))

    @property
    def _verdicts(self) -> pd.DataFrame:
        return self.everyones_decisions.rename(columns={"pair": "row", "decision": "verdict"})

    def _place(self, pair: Any) -> int:
        """Return the number of the pair meant by its number or by the labels of its rows."""
        known = len(self.scores.decided)
        if isinstance(pair, tuple):
            if len(pair) != 2:
                msg = f"pair: pass its number, or (left label, right label), not {pair!r}."
                raise InputError(msg)
            return self._look_at(*(np.array([self._row(label, side)]) for side, label in enumerate(pair)))[0]
        if isinstance(pair, bool) or not isinstance(pair, (int, np.integer)) or not 0 <= pair < known:
            msg = f"pair: there is none with the number {pair!r}; .pairs has {count(known, 'row')}, counted from 0."
            raise InputError(msg)
        return int(pair)

    def _row(self, label: Any, side: int) -> int:
        """Return the position of the row of this label in the left (0) or the right source (1)."""
        table, name = self.tables[side], self.names[-1 if side else 0]
        found = positions_of_label(table.labels(np.arange(table.row_count)), label)
        if not len(found):
            msg = f"pair: no row of {name} has the label {label!r}."
            raise InputError(msg)
        if len(found) > 1:
            msg = f"pair: {len(found):,} rows of {name} have the label {label!r}. Pass a number of the index of .pairs."
            raise InputError(msg)
        return int(found[0])

    def _look_at(self, left: np.ndarray, right: np.ndarray) -> list[int]:
        """Return the numbers of the pairs of these rows; what is no pair yet becomes one that does not count."""
        if self.within:
            left, right = np.minimum(left, right), np.maximum(left, right)
            if (left == right).any():
                msg = "pair: a row and itself are no pair."
                raise InputError(msg)
        with self._changing:
            result, held = self.result, self.scores
            trained = with_pairs(result.meeting, result.fields, held.trained, left, right, within=self.within)
            if trained is not held.trained:
                more = np.zeros(len(trained.left) - len(held.decided), dtype=held.decided.dtype)
                self._scores = replace(held, trained=trained, decided=np.concatenate([held.decided, more]))
        return trained.numbers(left, right).tolist()

    # ------------------------------------------------------------------ rows without a partner

    @property
    def has_link(self) -> tuple[np.ndarray, ...]:
        """Whether each row has a link, per source."""
        held = self.scores
        linked = [np.zeros(table.row_count, dtype=bool) for table in self.tables[: len(self.names)]]
        linked[0][held.trained.left[held.link]] = True
        linked[-1][held.trained.right[held.link]] = True
        return tuple(linked)

    @property
    def unlinked(self) -> pd.DataFrame:
        """The rows that have no link.

        Columns: ``source``, ``row`` (its label), ``position`` (from 0), ``pair`` (its likeliest pair that is decided or
        a candidate, missing where there is none) and ``probability`` of that, missing likewise. Those with the
        likeliest pair come first in each source.
        """
        held, tables = self.scores, self.tables
        trained, shown = held.trained, np.flatnonzero(held.counted)
        order = shown[np.argsort(-held.weight[shown], kind="stable")]
        frames = []
        for side, linked in enumerate(self.has_link):
            best = np.full(len(linked), -1, dtype=np.int64)
            for end in (trained.left, trained.right)[side : 2 if self.within else side + 1]:
                rows, first = np.unique(end[order], return_index=True)
                better = (best[rows] < 0) | (held.weight[order[first]] > held.weight[best[rows]])
                best[rows[better]] = order[first[better]]
            rows = np.flatnonzero(~linked)
            chance = np.where(best[rows] >= 0, held.probability[best[rows]], np.nan) if len(held.decided) else np.nan
            frame = pd.DataFrame(
                {
                    "source": self.names[side],
                    "row": pd.Series(np.asarray(tables[side].labels(rows), dtype=object), dtype=object),
                    "position": rows,
                    "pair": pd.array(np.where(best[rows] >= 0, best[rows], 0), dtype="Int64"),
                    "probability": chance,
                }
            )
            frame["pair"] = frame["pair"].mask(frame["probability"].isna())
            frames.append(frame.sort_values("probability", ascending=False, kind="stable", na_position="last"))
        return pd.concat(frames, ignore_index=True)

    def most_alike(
        self, row: Any = None, source: str | None = None, *, position: int | None = None, size: int = 8
    ) -> pd.DataFrame:
        """Return the rows that a row could be, the likeliest first, those that no rule brought together with it too.

        Parameters
        ----------
        row
            Its label.
        source
            Where it stands; in the left source if not given.
        position
            Its position, in place of its label.
        size
            How many, at most.

        Returns
        -------
        pandas.DataFrame
            Pairs as in :attr:`pairs`, with a number to decide them by. The probability is the model's after what
            decisions taught, with the prior of all pairs.

        Raises
        ------
        InputError
            When there is no such row or source.
        """
        names = self.names if source is None else (source,)
        if names[0] not in self.names:
            msg = f"source: {source!r} is none. {nearest(source, self.names)}"
            raise InputError(msg)
        side = self.names.index(names[0])
        if (row is None) == (position is None):
            msg = "row, position: pass one of them."
            raise InputError(msg)
        at = self._row(row, side) if position is None else position
        if not 0 <= at < self.tables[side].row_count:
            msg = f"position: {names[0]} has {count(self.tables[side].row_count, 'row')}, counted from 0, and none at {at!r}."
            raise InputError(msg)
        result, held = self.result, self.scores
        all_of_it = with_all(result.meeting, result.fields, held.trained, at, side, within=self.within)
        weight = all_of_it.weight() + held.lesson.of(all_of_it.levels)
        first = np.argsort(-weight, kind="stable")[:size]
        return self.pairs_at(np.array(self._look_at(all_of_it.left[first], all_of_it.right[first]), dtype=np.int64))

    # ------------------------------------------------------------------ things

    def _grouping(self) -> Grouping:
        held = self.scores
        trained = held.trained
        left, right = self.tables
        records = left.row_count if self.within else left.row_count + right.row_count
        links = np.flatnonzero(held.link)
        links = links[np.lexsort((links, -held.weight[links], -held.probability[links]))]
        shift = 0 if self.within else left.row_count
        return group(records, links, trained.left, trained.right + shift, np.flatnonzero(held.decided == DIFFERENT))

    def clusters(self) -> Clusters:
        """Return which records are one thing: those linked, directly or through others.

        A link that would put together two records decided to be different is left out, the weakest first, and told in
        ``conflicts``.

        Returns
        -------
        Clusters
            ``frame`` with a row per record, ``conflicts`` with a row per link left out.
        """
        grouping = self._grouping()
        left, right = self.tables
        sources = [left] if self.within else [left, right]
        frame = pd.DataFrame(
            {
                "entity": grouping.of,
                "source": np.repeat(np.array(self.names, dtype=object), [t.row_count for t in sources]),
                "row": np.concatenate([np.asarray(t.labels(np.arange(t.row_count)), dtype=object) for t in sources]),
            }
        )
        size = frame.groupby("entity")["entity"].transform("size")
        frame["size"] = size
        held = self.scores
        lines = [
            {
                "pair": one.pair,
                "decided": "same" if held.decided[one.pair] == SAME else None,
                "probability": float(held.probability[one.pair]),
                "against": one.against,
                "message": self._refusal(one.pair, one.against),
            }
            for one in grouping.refused
        ]
        conflicts = pd.DataFrame(lines, columns=["pair", "decided", "probability", "against", "message"])
        return Clusters(frame, conflicts)

    def _refusal(self, pair: int, against: int) -> str:
        told = self.pairs_at(np.array([pair, against]))
        rows = [f"{line.left} and {line.right}" for line in told.itertuples()]
        contradiction = "You decided that" if self.scores.decided[pair] == SAME else "The model holds that"
        return f"{contradiction} {rows[0]} are the same, which through other links would make {rows[1]} the same, decided to be different: left apart."

    def fused(
        self,
        rule: str = "majority",
        *,
        by: Hashable | tuple[Hashable, Hashable] | None = None,
        trust: Sequence[str] | None = None,
        rules: Mapping[Hashable, str] | None = None,
    ) -> Fused:
        """Return one row per thing, with what every value is from, and the values that differ.

        Parameters
        ----------
        rule
            Which value is kept where records differ: ``majority`` (of most records), ``newest`` (of the record with the
            latest ``by``), ``trusted`` (of the first source in ``trust``), ``longest`` (text), ``complete`` (of the
            record with the fewest values missing). Ties go to the value of more records, then to the earlier source.
        by
            The column that says when a record is of, or a pair (left, right): for ``newest``.
        trust
            The sources, the most trusted first: for ``trusted``; as they were given if not given.
        rules
            Column -> rule, for columns that go by another.

        Raises
        ------
        InputError
            When a rule, column or source does not exist.
        """
        result = self.result
        sources = result.meeting.sources[: 1 if self.within else 2]
        records = gather(sources, [pair for field in result.fields for pair in field.pairs], self._grouping().of)
        chosen = checked_rules(rule, rules, list(records.values.columns))
        return fuse(
            records, chosen, time=times(sources, by), trust=ranks(records, self.names if trust is None else trust)
        )

    # ------------------------------------------------------------------ showing

    def chart(self) -> alt.TopLevelMixin:
        """Return the match weights of all pairs, and what was decided against the estimates, as an Altair chart."""
        from mlqa_widgets.charts.link import chart

        return chart(self.histogram, self.calibration)

    def widget(self) -> LinkWidget:
        """Return the widget of this linkage: what a notebook shows, and what knows the pair on screen."""
        if self._widget is None:
            from mlqa_widgets.widgets.link import LinkWidget

            self._widget = LinkWidget(self)
        return self._widget

    def __repr__(self) -> str:
        between = " and ".join(self.names)
        if not self.done:
            return f"<Linkage of {between}: {self.progress.step or 'starting'}>"
        if self.error is not None:
            return f"<Linkage of {between}: {self.error}>"
        return f"<Linkage of {between} in {self.result.seconds:.2f} s: {self.summary}>"

    @property
    def summary(self) -> str:
        """What was found, in a few words."""
        held = self.scores
        taken = len(self._kept.records())
        said = f"{count(int(held.link.sum()), 'link')} among {count(int(held.counted.sum()), 'pair')} worth a look, {int(held.doubtful.sum()):,} doubtful"
        return said + (f", {taken:,} decided" if taken else "")


def _value(row: pd.DataFrame, places: Sequence[int]) -> Any:
    values = [row.iloc[0, place] for place in places]
    return values[0] if len(values) == 1 else tuple(values)


def _notes(
    names: tuple[str, ...],
    asked: Question,
    trained: Trained,
    rules: Sequence[Rule],
    reached: Reach,
    *,
    once: bool,
    within: bool,
) -> tuple[str, ...]:
    said = []
    if rules[0].keys:
        said.append(
            f"Looked at are pairs that share {listing(list(dict.fromkeys(rule.label.split(' (grid')[0] for rule in rules)), 3)}; records of one thing that share none "
            f"of these are not found: an estimated {percent(reached.missed)} of the matches, if columns agree independently."
        )
        for name, lacking in zip(names, reached.keyless, strict=False):
            if lacking:
                said.append(f"{count(lacking, 'row')} of {name} lack what every rule asks for, and are in no pair.")
    else:
        said.append("Every pair of records was compared.")
    if not within:
        several = max(rivals(trained, asked.threshold))
        why = (
            "as you said"
            if asked.one_to_one is not None
            else f"as {percent(several)} of the linked records have several likely partners"
        )
        said.append(f"A record has {'at most one partner' if once else 'any number of partners'}, {why}.")
    said.append(
        "The model takes columns to agree independently of each other; where they do not, as with a street and its postcode, probabilities are more extreme than they should be. Decisions correct that."
    )
    return tuple(said)
