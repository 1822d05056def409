"""The quality scan: table -> profile -> checks -> ranked findings, and what one can ask of the result."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd
import pyarrow as pa

from mlqa_widgets.checks.registry import Check, chosen_checks
from mlqa_widgets.checks.run import Failure, run_checks, steps
from mlqa_widgets.decisions import ChosenFix, DecisionFile, Decisions, Dismissal
from mlqa_widgets.dictionary import Dictionary, is_empty
from mlqa_widgets.errors import FindingsRemain, InputError
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import Change, apply_fix, preview_fix
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.fixes.pandera import PanderaSchema, pandera_schema
from mlqa_widgets.fixes.plan import Plan, Step, in_order
from mlqa_widgets.naming import nearest
from mlqa_widgets.notebook import Shown
from mlqa_widgets.options import options
from mlqa_widgets.profile.draft import draft_field
from mlqa_widgets.profile.fitness import require_fit_roles
from mlqa_widgets.profile.frame import profile_frame
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.profile.roles import Roles, resolve_roles
from mlqa_widgets.progress import Progress
from mlqa_widgets.ranking import Lesson, learn, rank, unfolded
from mlqa_widgets.tables.read import own_key, own_name, read_table, unchanging
from mlqa_widgets.tables.table import Column, Table
from mlqa_widgets.wording import count, percent
from mlqa_widgets.work import InBackground, Work

if TYPE_CHECKING:
    import altair as alt

    from mlqa_widgets.sources.card import SourceCard
    from mlqa_widgets.suite import Suite
    from mlqa_widgets.widgets.scan import ScanWidget

DICTIONARY_CHECKS: Final = frozenset({"dictionary_conflicts", "undocumented_columns"})
"""The checks that read the data dictionary, and are run again when it is edited."""

_PRINTED: Final = 15
_VERSION_SECONDS: Final = 0.5
_ALIKE: Final = 3
"""Findings of one check that are shown at first while those of others wait."""
"""How long a version stays on screen at least, while the scan goes on."""
_DEAR: Final = (
    "missing_values",
    "duplicate_rows",
    "duplicate_columns",
    "broken_sum",
    "broken_order",
    "silent_series",
    "time_gaps",
    "duplicate_timestamps",
    "cadence_changes",
    "out_of_order",
    "gps_jumps",
    "stuck_values",
    "level_shifts",
    "broken_dependencies",
    "conflicting_labels",
    "near_duplicate_rows",
    "leakage",
)
"""The checks that take longest on a large table, the dearest last."""


def scan(
    data: Any,
    *,
    table: str | None = None,
    target: Hashable | None = None,
    key: Hashable | Sequence[Hashable] | None = None,
    time: Hashable | None = None,
    group: Hashable | Sequence[Hashable] | None = None,
    location: Sequence[Hashable] | None = None,
    region: str | None = None,
    dictionary: Dictionary | Mapping[Any, Any] | str | Path | None = None,
    checks: Iterable[str] | None = None,
    name: str | None = None,
) -> Scan:
    """Find what is wrong with a table.

    Parameters
    ----------
    data
        A pandas frame (any index, dtype and column names), a polars frame, an Arrow table, or the path of a CSV,
        TSV, Parquet, JSON, NDJSON, Excel, SQLite or DuckDB file, a table of :func:`database`, or a frame of Spark
        (``spark.table("orders")``), which is scanned on Spark. It is never changed.
    table
        Which table of a database file, or which sheet of a workbook.
    target
        The column a model is to predict.
    key
        The column or columns (a list) that should identify a row; the primary key of a table of a database, if not
        given.
    time, group, location
        The time column, the column(s) a series is made of, the pair (latitude, longitude).
    region
        Two-letter country code that phone numbers and postcodes are read for; inferred where not given.
    dictionary
        What the columns mean and may hold, which is checked: a Frictionless Table Schema as a
        :class:`~mlqa_widgets.Dictionary`, a mapping or the path of its JSON file (or of a Data Package that has it);
        or column name -> what the column means; or column name -> mapping of ``type``, ``unit``, ``description``,
        ``enum``, ``minimum``, ``maximum``, ``pattern``, ``required``, ``unique``.
    checks
        Ids of the checks to run; all if not given.
    name
        What to call the table: its decisions are kept in ``<name>.mlqa.toml``. A file's stem, or the name of the
        variable, if not given.

    Returns
    -------
    Scan
        In a notebook the scan goes on in the background after a moment; every question to the result waits for
        its end.

    Raises
    ------
    InputError
        When an argument is not usable; the message names it and says what would work.

    Examples
    --------
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> visits = pd.DataFrame({"seen": ["2024/01/31", "02.02.2024", "2024/02/03"] * 20})
    >>> mq.scan(visits).findings["check"].tolist()[0]
    'mixed_date_formats'
    """
    arguments = {
        "target": target,
        "key": own_key(data) if key is None else key,
        "time": time,
        "group": group,
        "location": location,
        "region": region,
        "dictionary": dictionary,
    }
    chosen = chosen_checks(checks)
    if name is None and not isinstance(data, (str, Path)):
        name = _variable_name(data)
    result = Scan(data, table, name, arguments, chosen)
    result.start()
    return result


@dataclass(frozen=True)
class ScanResult:
    """What a finished scan found."""

    profile: Profile
    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]
    seconds: float
    checks: tuple[str, ...]
    lessons: Mapping[str, Lesson]
    """Check -> what its dismissals taught the ranking."""


class Repair:
    """A fix for one finding: ``code`` to read and copy, ``preview`` to look at, ``apply()`` to run."""

    def __init__(self, fix: Fix, finding: Finding, profile: Profile) -> None:
        self._fix = fix
        self._finding = finding
        self._profile = profile

    @property
    def title(self) -> str:
        """What it does, in a few words."""
        return self._fix.title

    @property
    def code(self) -> str:
        """The repair as pandas code over ``df``."""
        return self._fix.code

    @property
    def note(self) -> str:
        """What it assumes or gives up."""
        return self._fix.note

    @property
    def preview(self) -> pd.DataFrame:
        """The first changed cells: row label, column (empty where the row is dropped), before, after."""
        return pd.DataFrame(self.changes(), columns=["row", "column", "before", "after"])

    def changes(self, limit: int = 8) -> list[Change]:
        """Return the first changed cells among the offending rows."""
        return preview_fix(self._fix, self._profile.table, self._finding.predicate, limit)

    def apply(self, frame: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return a repaired copy of the table, or of ``frame``: the same table after other repairs.

        Raises
        ------
        FixRefused
            When it would lose values or rows it does not account for. Nothing is changed.
        """
        return apply_fix(self._fix, self._profile.table, frame)

    def __repr__(self) -> str:
        note = f"\n# {self.note}" if self.note else ""
        return f"# {self.title}{note}\n{self.code}"


class Scan(InBackground, Shown):
    """The result of :func:`scan`: findings, their rows and fixes, the profile of the columns.

    Shown as a widget when it is the last expression of a cell.
    """

    def __init__(
        self, data: Any, table: str | None, name: str | None, roles: dict[str, Any], checks: Sequence[Check]
    ) -> None:
        self.work = Work("scan", self._scan)
        self.name = name or _given_name(data)
        self._read = partial(read_table, unchanging(data), table=table, name=name)
        self._named_roles = roles
        self._checks = checks
        self._folder = Path.cwd()
        self._decisions = Decisions()
        self._chosen_plan: tuple[list[tuple[int, int]], Plan] | None = None
        self._widget: ScanWidget | None = None
        self._listeners: list[Callable[[], None]] = []
        self._rechecked: ScanResult | None = None
        self._exported: Path | None = None

    # ------------------------------------------------------------------ running

    def _scan(self, progress: Progress, publish: Callable[[ScanResult], None]) -> ScanResult:
        started = time.perf_counter()
        progress.at(f"Reading {self.name}", 0.0)
        table = self._read(progress=progress)
        progress.on_cancel(table.engine.interrupt)
        self.name = table.name
        self._decisions = DecisionFile(table.name, self._folder).read()
        roles = resolve_roles(table, **self._named_roles).edited(table, self._decisions.edits)
        profile = profile_table(table, roles, progress)
        require_fit_roles(profile)

        place = {check.id: number for number, check in enumerate(self._checks)}

        def result(findings: list[Finding], failures: list[Failure], checks: Iterable[Check]) -> ScanResult:
            lessons = _lessons(findings, self._decisions, table)
            ranked = tuple(rank(sorted(findings, key=lambda one: place[one.check]), profile, lessons))
            ids = tuple(sorted((check.id for check in checks), key=place.__getitem__))
            return ScanResult(profile, ranked, tuple(failures), time.perf_counter() - started, ids, lessons)

        findings: list[Finding] = []
        failures: list[Failure] = []
        cheap_first = sorted(self._checks, key=_dearness)
        shown, seen = time.perf_counter(), 0
        ran: list[Check] = []
        for step in steps(cheap_first, table):
            called = step[0].id.replace("_", " ") if len(step) == 1 else "rows, where they are"
            progress.at(f"Checking: {called}", 0.5 + 0.5 * len(ran) / len(cheap_first))
            if len(findings) > seen and time.perf_counter() - shown > _VERSION_SECONDS:
                seen = len(findings)
                publish(result(findings, failures, ran))
                shown = time.perf_counter()
            more, failed = run_checks(step, profile)
            ran += step
            findings += more
            failures += failed
            pa.default_memory_pool().release_unused()  # Arrow keeps what it frees for its own next use
        self._decisions = DecisionFile(table.name, self._folder).read()
        return result(findings, failures, cheap_first)

    @property
    def result(self) -> ScanResult:
        """The finished result; waits for it.

        Raises
        ------
        Cancelled
            When the scan was cancelled.
        """
        return self._rechecked or self.work.result

    @property
    def so_far(self) -> Scan:
        """The scan with what was found by now as its result, for showing it; waits for the first finding."""
        if self.done and self.error is None:
            return self
        early = copy(self)
        early._rechecked = self.work.first  # noqa: SLF001 - its own kind
        early._decisions = early.decision_file.read()  # noqa: SLF001 - its own kind
        return early

    # ------------------------------------------------------------------ what was found

    @property
    def findings(self) -> pd.DataFrame:
        """One row per finding, what to fix first on top; its index is what the other methods take.

        Columns: ``check``, ``columns`` (tuple of names), ``severity``, ``rows`` (offending rows), ``share`` (of all
        rows looked at, 0 to 1), ``message``, ``issue`` (catalogue id), ``dismissed`` (the reason, or missing), ``within_budget``
        (whether it is among those shown at first, see :attr:`within_budget`).
        """
        rows = self.table.row_count
        lines = []
        for finding, within_budget in zip(self.result.findings, self.within_budget, strict=True):
            dismissal = self.dismissal(finding)
            lines.append(
                {
                    "check": finding.check,
                    "columns": self.names(finding),
                    "severity": finding.severity.value,
                    "rows": finding.rows,
                    "share": finding.share(rows),
                    "message": finding.message,
                    "issue": finding.issue,
                    "dismissed": dismissal.reason if dismissal else None,
                    "within_budget": within_budget,
                }
            )
        names = ["check", "columns", "severity", "rows", "share", "message", "issue", "dismissed", "within_budget"]
        return pd.DataFrame(lines, columns=names)

    @property
    def within_budget(self) -> list[bool]:
        """Whether each finding is shown at first.

        Those are the first ``options.alert_budget`` errors and warnings that were not dismissed, of one check no more
        than three as long as others wait; and where that is all of them, what else is worth knowing. The others are
        one click away.
        """
        standing = [self.dismissal(finding) is None for finding in self.result.findings]
        budget = options.alert_budget
        if budget is None:
            return standing
        alerts = [
            place
            for place, finding in enumerate(self.result.findings)
            if standing[place] and finding.severity is not Severity.INFO
        ]
        if len(alerts) <= budget:
            return standing
        seen: Counter[str] = Counter()
        waits = {}
        for place in alerts:
            check = self.result.findings[place].check
            waits[place] = seen[check] >= _ALIKE
            seen[check] += 1
        shown = set(sorted(alerts, key=waits.__getitem__)[:budget])
        return [place in shown for place in range(len(standing))]

    def ranked_lower(self, finding: Finding) -> str:
        """Return why a finding stands lower than its harm alone would put it; empty where it does not."""
        lesson = self.result.lessons.get(finding.check)
        return lesson.reason if lesson and self.dismissal(finding) is None else ""

    @property
    def profile(self) -> pd.DataFrame:
        """One row per column: kind, type, missing, distinct, quantiles, shapes, most frequent values."""
        return profile_frame(self.result.profile)

    def finding(self, i: int) -> Finding:
        """Return finding ``i`` with all it holds.

        Raises
        ------
        InputError
            When there is no such finding.
        """
        found = self.result.findings
        if not 0 <= i < len(found):
            msg = f"i: there is no finding {i!r}; scan.findings has {count(len(found), 'row')}, counted from 0."
            raise InputError(msg)
        return found[i]

    def rows(self, i: int, limit: int | None = None) -> pd.DataFrame:
        """Return the offending rows of finding ``i``, as they are in the data, with their own labels.

        Parameters
        ----------
        limit
            At most so many rows; all if not given.
        """
        return self.table.take(self.table.positions(self.finding(i).predicate, limit))

    def fix(self, i: int, choice: int = 0) -> Repair:
        """Return a repair for finding ``i``: the recommended one, or the ``choice``-th on offer.

        Raises
        ------
        InputError
            When there is none.
        """
        finding = self.finding(i)
        if not finding.fixes:
            msg = f"Finding {i} ({finding.check}) has no automatic fix: {finding.message}"
            raise InputError(msg)
        if not 0 <= choice < len(finding.fixes):
            titles = [fix.title for fix in finding.fixes]
            msg = f"choice: finding {i} has {count(len(titles), 'fix', 'fixes')}, counted from 0: {titles}."
            raise InputError(msg)
        return Repair(finding.fixes[choice], finding, self.result.profile)

    def plan(self, choices: Iterable[int | tuple[int, int]] | None = None) -> Plan:
        """Return chosen repairs as one function to read, to run and to keep.

        Parameters
        ----------
        choices
            Findings whose recommended repair is taken, or pairs (finding, repair). If not given: those chosen on
            screen or by :meth:`choose`; where none was, the recommended repair of each finding that is an error or a
            warning, was not dismissed, and has one. The plan says which.

        Returns
        -------
        Plan
            ``.code`` to read and copy, ``.account`` of what each repair does, ``.apply()`` to run, ``.refused`` for
            what was left out and why.

        Raises
        ------
        InputError
            When a finding or a repair does not exist.
        """
        if choices is not None:
            return self._plan_of(_pairs(choices), "as given")
        chosen = self.chosen
        if not chosen:
            return self._plan_of(
                self.recommended, "recommended for the errors and warnings, as none was chosen in the scan"
            )
        if self._chosen_plan is None or self._chosen_plan[0] != chosen:
            self._chosen_plan = (chosen, self._plan_of(chosen, "chosen in the scan"))
        return self._chosen_plan[1]

    def _plan_of(self, choices: list[tuple[int, int]], chosen_by: str) -> Plan:
        return Plan([self._step(*choice) for choice in choices], self.table, chosen_by)

    def _step(self, i: int, choice: int) -> Step:
        self.fix(i, choice)
        return Step(self.finding(i), self.finding(i).fixes[choice])

    def choose(self, choices: Iterable[int | tuple[int, int]]) -> None:
        """Put repairs into the plan, in place of those chosen so far; kept in ``<table>.mlqa.toml``.

        Parameters
        ----------
        choices
            As for :meth:`plan`; none to empty it.

        Raises
        ------
        InputError
            When a finding or a repair does not exist.
        """
        entries = [self._chosen_fix(i, choice) for i, choice in dict.fromkeys(_pairs(choices))]
        offered = {self._chosen_fix(i, k) for i, f in enumerate(self.result.findings) for k in range(len(f.fixes))}
        self.decision_file.choose([*entries, *(one for one in self._decisions.plan if one not in offered)])
        self._decided()

    @property
    def chosen(self) -> list[tuple[int, int]]:
        """The repairs in the plan: pairs (finding, repair), in the order in which they are made."""
        offered = {
            self._chosen_fix(i, choice): (i, choice)
            for i, finding in reversed(list(enumerate(self.result.findings)))
            for choice in range(len(finding.fixes))
        }
        chosen = [offered[one] for one in self._decisions.plan if one in offered]
        return in_order(chosen, lambda choice: self._step(*choice))

    @property
    def recommended(self) -> list[tuple[int, int]]:
        """The first repair of each finding that is an error or a warning, was not dismissed, and has one."""
        return [
            (i, 0)
            for i, finding in enumerate(self.result.findings)
            if finding.fixes and finding.severity is not Severity.INFO and self.dismissal(finding) is None
        ]

    def _chosen_fix(self, i: int, choice: int) -> ChosenFix:
        step = self._step(i, choice)
        return ChosenFix(step.finding.identity, self.names(step.finding), step.fix.title)

    def to_pandera(self, choices: Iterable[int | tuple[int, int]] | None = None) -> PanderaSchema:
        """Return a pandera schema that passes on the repaired table and fails on what was repaired.

        Parameters
        ----------
        choices
            The repairs, as for :meth:`plan`.

        Returns
        -------
        PanderaSchema
            ``.code`` is a Python module (it needs ``pandera`` to run); ``.left_out`` says which findings a schema cannot
            express.
        """
        schema = pandera_schema(self.plan(choices))
        if choices is None:
            no_fix = {
                finding.message: "it has no automatic fix, so no repaired table is known to pass"
                for finding in self.result.findings
                if not finding.fixes and finding.severity is not Severity.INFO and self.dismissal(finding) is None
            }
            schema = PanderaSchema(schema.code, schema.left_out | no_fix)
        return schema

    def chart(self, i: int) -> alt.TopLevelMixin:
        """Return the evidence of finding ``i`` as an Altair chart.

        Raises
        ------
        InputError
            When the finding has no evidence that can be drawn.
        """
        from mlqa_widgets.charts.evidence import chart

        evidence = self.finding(i).evidence
        if not evidence:
            msg = f"Finding {i} has no evidence to draw."
            raise InputError(msg)
        return chart(evidence[0])

    def check(self, at: Literal["error", "warning", "info"] = "error") -> Scan:
        """Raise if findings at or above a severity remain that were not dismissed: for pipelines and tests.

        Returns
        -------
        Scan
            Itself, when nothing remains.

        Raises
        ------
        FindingsRemain
            Listing them.
        """
        if at not in list(Severity):
            msg = f"at: {at!r} is no severity. {nearest(at, list(Severity))}"
            raise InputError(msg)
        level = Severity(at).level
        remaining = [
            f"  {f.severity.value}: {f.check}: {f.message}"
            for f in self.result.findings
            if f.severity.level >= level and self.dismissal(f) is None
        ]
        if remaining:
            msg = f"{count(len(remaining), 'finding')} at or above {at!r} in {self.table.name}:\n" + "\n".join(
                remaining
            )
            raise FindingsRemain(msg)
        return self

    def to_suite(self, *, fail_at: Literal["error", "warning", "info"] = "warning") -> Suite:
        """Return a suite that runs the same checks, with what was decided here, on new data.

        Parameters
        ----------
        fail_at
            The severity from which on a finding that was not dismissed fails.

        Returns
        -------
        Suite
            To be kept with ``suite.write(path)`` and run with :func:`mlqa_widgets.check`.
        """
        from mlqa_widgets.suite import suite_of

        return suite_of(self, fail_at)

    # ------------------------------------------------------------------ decisions

    def dismiss(self, i: int, reason: str) -> None:
        """Say that finding ``i`` is not a problem here, and why; kept in ``<table>.mlqa.toml``."""
        finding = self.finding(i)
        self.decision_file.dismiss(finding.identity, self.names(finding), reason)
        self._decided()

    def restore(self, i: int) -> None:
        """Take back the dismissal of finding ``i``."""
        finding = self.finding(i)
        self.decision_file.restore(finding.identity, self.names(finding))
        self._decided()

    def describe(self, column: Hashable, text: str) -> None:
        """Say what a column means; kept in ``<table>.mlqa.toml``."""
        self.decision_file.describe(self._column(column).name, text)
        self._check_dictionary()
        self._decided()

    def declare(self, column: Hashable, **properties: Any) -> None:
        """Say what a column may hold; kept in ``<table>.mlqa.toml`` and checked at once.

        The findings about the dictionary are found anew, and with them the places of all findings may change.

        Parameters
        ----------
        column
            Its name.
        **properties
            ``type``, ``format``, ``unit``, ``title``, ``required``, ``unique``, ``enum`` (the allowed values),
            ``minimum``, ``maximum``, ``minLength``, ``maxLength``, ``pattern``, as in a Frictionless Table Schema. An
            empty text or list takes away what the dictionary says, None what was said here.

        Raises
        ------
        InputError
            When there is no such column or property, or the property cannot have the value. Nothing is kept then.
        """
        name = self._column(column).name
        self.dictionary.edited(name, properties)
        given = self._given.dictionary.get(name)
        nothing_to_take = {one for one in properties if given is None or given.get(one) is None}
        self.decision_file.declare(
            name, {one: None if one in nothing_to_take and is_empty(said) else said for one, said in properties.items()}
        )
        self._check_dictionary()
        self._decided()

    @property
    def dictionary(self) -> Dictionary:
        """What is known of the columns: the dictionary given, what was said here, and comments of the database."""
        dictionary = self.result.profile.roles.dictionary
        for column in self.table.columns:
            said = dictionary.get(column.name)
            if column.comment and not (said and said.description):
                dictionary = dictionary.edited(column.name, {"description": column.comment})
        return dictionary

    def _column(self, column: Hashable) -> Column:
        for candidate in self.table.columns:
            if column in (candidate.label, candidate.name):
                return candidate
        msg = f"column: there is no column {column!r}. {nearest(column, [c.name for c in self.table.columns])}"
        raise InputError(msg)

    @property
    def _given(self) -> Roles:
        """What was said of the columns when the scan was asked for."""
        return resolve_roles(self.table, **self._named_roles)

    def accept_draft(self, column: Hashable) -> None:
        """Declare what the scan would propose of a column, and nobody declared yet; see :meth:`Dictionary.draft`."""
        position = self._column(column).position
        said = self.result.profile.roles.dictionary.get(self.table.columns[position].name)
        proposed = draft_field(self.result.profile.columns[position]).properties("description")
        self.declare(column, **{one: value for one, value in proposed.items() if not (said and said.get(one))})

    def export_dictionary(self) -> Path:
        """Write the dictionary as a Table Schema beside the notebook, never over another file, and return its path."""
        stem, number = self.decision_file.path.name.removesuffix(".mlqa.toml"), 1
        path = self._folder / f"{stem}.schema.json"
        while path.exists() and path != self._exported:
            number += 1
            path = self._folder / f"{stem}-{number}.schema.json"
        self._exported = self.dictionary.write(path)
        return path

    def _check_dictionary(self) -> None:
        """Run again what depends on the dictionary."""
        before = self.result
        decisions = self.decision_file.read()
        profile = before.profile.under(self._given.edited(self.table, decisions.edits))
        findings, failures = run_checks([check for check in self._checks if check.id in DICTIONARY_CHECKS], profile)
        findings += [one for one in unfolded(before.findings) if one.check not in DICTIONARY_CHECKS]
        failures += [one for one in before.failures if one.check not in DICTIONARY_CHECKS]
        lessons = _lessons(findings, decisions, self.table)
        self._rechecked = replace(
            before,
            profile=profile,
            findings=tuple(rank(findings, profile, lessons)),
            failures=tuple(failures),
            lessons=lessons,
        )
        self._chosen_plan = None

    def on_decision(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever something was decided about the table through this scan."""
        self._listeners.append(listener)

    def _decided(self) -> None:
        self._decisions = self.decision_file.read()
        for listener in self._listeners:
            listener()

    def dismissal(self, finding: Finding) -> Dismissal | None:
        """Return why a finding was dismissed, if it was."""
        return self._decisions.dismissal(finding.identity, self.names(finding))

    @property
    def decision_file(self) -> DecisionFile:
        """Where decisions about this table are kept."""
        return DecisionFile(self.table.name, self._folder)

    @property
    def decisions(self) -> Decisions:
        """What was decided about this table so far."""
        return self._decisions

    # ------------------------------------------------------------------ showing

    def names(self, finding: Finding) -> tuple[str, ...]:
        """Return the names of a finding's columns."""
        return tuple(self.table.columns[i].name for i in finding.columns)

    def widget(self) -> ScanWidget:
        """Return the widget of this scan: what a notebook shows, and what knows the selection."""
        if self._widget is None:
            from mlqa_widgets.widgets.scan import ScanWidget

            self._widget = ScanWidget(self)
        return self._widget

    def to_html(self, path: str | Path) -> Path:
        """Write a page that shows the findings in any browser, with nothing else needed.

        Parameters
        ----------
        path
            The file to write.

        Returns
        -------
        Path
            The file written.
        """
        from mlqa_widgets.widgets.export import write_page

        return write_page(self, Path(path))

    def report(
        self,
        path: str | Path,
        *,
        source: SourceCard | None = None,
        examples: bool = True,
        without: Iterable[Hashable] | str = (),
    ) -> Path:
        """Write a report for the owner of the table, in words that need no knowledge of this package.

        One page of summary first, then each defect: what it is, how many rows, why it matters, what the owner is asked to
        do, the first rows. Dismissed findings are left out, and counted.

        Parameters
        ----------
        path
            The file to write: ``.html`` (to read and to print; no script, nothing fetched) or ``.md`` (for mail and issue
            trackers).
        source
            The card of the source: who owns it, how fresh it is, when it was read.
        examples
            Whether values from the data may stand in it. Without, it names columns and counts only.
        without
            Columns of which no value may stand in it.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        InputError
            When the ending is another, or ``without`` names what is no column.

        Examples
        --------
        >>> import tempfile
        >>> import pandas as pd
        >>> import mlqa_widgets as mq
        >>> visits = pd.DataFrame({"street": ["Main", "Elm", " "] * 20})
        >>> path = mq.scan(visits).report(Path(tempfile.mkdtemp()) / "report.md", examples=False)
        >>> path.read_text().splitlines()[0]
        '# Data quality report: visits'
        """
        from mlqa_widgets.report import report_of_scan, write_report

        return write_report(report_of_scan(self, source, examples=examples, without=without), path)

    @property
    def table(self) -> Table:
        """The table that was read: its name, columns, source and rows; waits for the scan."""
        return self.result.profile.table

    @property
    def read(self) -> str:
        """What was read of the table, in words: all rows, and of a very large one how many were looked at singly."""
        partial = sum(not column.complete for column in self.result.profile.columns)
        looked_at = self.table.draw.looked_at
        read = "all rows read" if looked_at is None else f"all rows counted, {looked_at:,} looked at one by one"
        if "read" in self.table.source.facts:
            read += f" {self.table.source.facts['read']}"
        if partial:
            read += f"; of {count(partial, 'column')} with very many values, counts are exact and checks read a part"
        return read

    def __repr__(self) -> str:
        if not self.done:
            return f"<Scan of {self.name}: {self.progress.step or 'starting'}>"
        if self.error is not None:
            return f"<Scan of {self.name}: {self.error}>"
        found = self.result.findings
        shape = f"{self.table.row_count:,} x {len(self.table.columns):,}"
        per_severity = ", ".join(
            count(n, s.value) if s is not Severity.INFO else f"{n} info"
            for s in Severity
            if (n := sum(f.severity is s for f in found))
        )
        lines = [
            f"<Scan of {self.table.name} ({shape}) in {self.result.seconds:.2f} s: {per_severity or 'nothing found'}>"
        ]
        lines += [
            f"{i:>3}  {f.severity.value:<7}  {percent(f.share(self.table.row_count)):>7}  {f.message}"
            for i, (f, shown) in enumerate(zip(found, self.within_budget, strict=True))
            if shown and i < _PRINTED
        ]
        if self.table.draw.looked_at is not None:
            lines[0] += f"\n     {self.read}"
        if len(found) >= len(lines):
            lines.append(f"     and {count(len(found) - len(lines) + 1, 'more finding')} in scan.findings")
        return "\n".join(lines)


def _given_name(data: Any) -> str:
    if isinstance(data, (str, Path)):
        return Path(data).name
    return own_name(data) or "table"


def _pairs(choices: Iterable[int | tuple[int, int]]) -> list[tuple[int, int]]:
    return [choice if isinstance(choice, tuple) else (int(choice), 0) for choice in choices]


def _dearness(check: Check) -> tuple[int, str]:
    """Return what puts cheap checks first: those of single columns, then those of the table, the dearest last."""
    place = _DEAR.index(check.id) + 2 if check.id in _DEAR else int(check.scope == "table")
    return place, check.id


def _lessons(findings: Iterable[Finding], decisions: Decisions, table: Table) -> dict[str, Lesson]:
    """Return what was learned from the dismissals so far."""
    raised = [(one.identity, tuple(table.columns[i].name for i in one.columns)) for one in findings]
    return learn(raised, [(one.check, one.columns) for one in decisions.dismissed])


def _variable_name(data: Any) -> str | None:
    """Return what the caller of :func:`scan` calls ``data``."""
    frame = sys._getframe(2)  # noqa: SLF001
    for names in (frame.f_locals, frame.f_globals):
        for name, value in list(names.items()):
            if value is data and not name.startswith("_"):
                return name
    return None
