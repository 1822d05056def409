"""Steps of a pipeline, kept beside the notebook: what each did to the rows, the columns and the findings.

One small JSON file per step in ``mlqa_checkpoints/``, numbered in the order they were taken; the rows themselves as
Parquet beside it only where asked for. A file is written whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Severity
from mlqa_widgets.naming import nearest
from mlqa_widgets.scan import scan
from mlqa_widgets.wording import count, listing, number, percent, shortened

if TYPE_CHECKING:
    from mlqa_widgets.scan import Scan

_FOLDER = "mlqa_checkpoints"
_KEPT_FIGURES = ("missing_share", "distinct", "minimum", "median", "maximum", "mean", "std")
_NOTED = 0.02


@dataclass(frozen=True)
class StepColumn:
    """What is kept of a column. Figures are None where the column has none."""

    name: str
    type: str
    kind: str
    missing_share: float
    distinct: float
    minimum: float | None
    median: float | None
    maximum: float | None
    mean: float | None
    std: float | None


@dataclass(frozen=True)
class StepFinding:
    """What is kept of a finding."""

    check: str
    columns: tuple[str, ...]
    severity: str
    rows: int
    message: str


@dataclass(frozen=True)
class Checkpoint:
    """One kept step.

    Attributes
    ----------
    number
        Its place in the history, from 1.
    name
        What was done, in the user's words.
    at
        When, in local time.
    rows
        Number of rows.
    content
        SHA-256 of the column names, the types and the cells, row by row.
    key
        Names of the columns that name a row; empty if not given.
    expected
        Why fewer rows are as they should be; empty if nobody said so.
    columns, findings
        The profile and what a scan found.
    """

    number: int
    name: str
    at: str
    rows: int
    content: str
    key: tuple[str, ...]
    expected: str
    columns: tuple[StepColumn, ...]
    findings: tuple[StepFinding, ...]


def checkpoint(
    data: Any,
    name: str,
    *,
    key: Hashable | Sequence[Hashable] | None = None,
    expected: str = "",
    keep_data: bool = False,
    folder: str | Path | None = None,
) -> Change:
    """Keep a step of a pipeline: its content hash, its profile and what a scan finds.

    Parameters
    ----------
    data
        The frame as it is after the step. It is never changed.
    name
        What was done: ``"after the join"``.
    key
        The column or columns that name a row; with it lost, new and multiplied rows are told apart.
    expected
        Why rows were meant to go, if they were; otherwise a step that lost rows is a finding.
    keep_data
        Whether to keep the rows too, as Parquet, so that the step can be reopened.
    folder
        Where steps are kept; ``mlqa_checkpoints`` in the working directory if not given.

    Returns
    -------
    Change
        What this step changed against the one before.

    Raises
    ------
    InputError
        When the data are no frame, the name is empty, or a column of the key does not exist.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> folder = tempfile.mkdtemp()
    >>> people = pd.DataFrame({"person": range(100), "age": range(100)})
    >>> _ = mq.checkpoint(people, "read", key="person", folder=folder)
    >>> mq.checkpoint(people[people["age"] > 9], "joined", key="person", folder=folder).notes[0]
    '10 rows were lost that nobody asked to lose.'
    """
    if not isinstance(data, pd.DataFrame):
        msg = f"data: pass a pandas frame, not {type(data).__name__}."
        raise InputError(msg)
    if not name.strip():
        msg = "name: say what was done, such as 'after the join'."
        raise InputError(msg)
    steps = history(folder)
    folder = steps.folder
    keys = _key_columns(data, key)
    scanned = scan(data, name=shortened(name), key=keys or None)
    scanned.wait()
    step = Checkpoint(
        number=len(steps) + 1,
        name=name.strip(),
        at=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        rows=len(data),
        content=_content(data),
        key=tuple(map(str, keys)),
        expected=expected.strip(),
        columns=_columns(scanned),
        findings=_findings(scanned),
    )
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{step.number:04}-{re.sub(r'[^0-9A-Za-z]+', '-', step.name).strip('-')[:60].lower() or 'step'}"
    if keys:
        hashes = pd.util.hash_pandas_object(data[keys].astype(str), index=False).to_numpy()
        _write_whole(stem.with_suffix(".keys.npy"), lambda path: np.save(path, np.sort(hashes)))
    if keep_data:
        _write_whole(stem.with_suffix(".parquet"), lambda path: _parquet(data, path))
    text = json.dumps(asdict(step), indent=1, ensure_ascii=False)
    _write_whole(stem.with_suffix(".json"), lambda path: Path(path).write_text(text, encoding="utf-8"))
    return history(folder).change(step.number)


def history(folder: str | Path | None = None) -> History:
    """Return the steps kept so far.

    Parameters
    ----------
    folder
        Where steps are kept; ``mlqa_checkpoints`` in the working directory if not given.

    Raises
    ------
    InputError
        When a file there is no step.
    """
    return History(Path(folder) if folder is not None else Path.cwd() / _FOLDER)


class History:
    """The steps kept in a folder; shown as cards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = sorted(folder.glob("[0-9]*-*.json"))
        self.steps = tuple(_read(path) for path in self._files)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def frame(self) -> pd.DataFrame:
        """One row per step: ``step``, ``name``, ``at``, ``rows``, ``columns``, ``errors``, ``warnings``, ``kept`` (whether its rows were kept)."""
        lines = [
            {
                "step": step.number,
                "name": step.name,
                "at": step.at,
                "rows": step.rows,
                "columns": len(step.columns),
                "errors": sum(finding.severity == Severity.ERROR for finding in step.findings),
                "warnings": sum(finding.severity == Severity.WARNING for finding in step.findings),
                "kept": self._beside(step.number, ".parquet").exists(),
            }
            for step in self.steps
        ]
        return pd.DataFrame(
            lines, columns=["step", "name", "at", "rows", "columns", "errors", "warnings", "kept"]
        ).set_index("step")

    def change(self, step: int | str) -> Change:
        """Return what a step changed against the one before; the first step against nothing."""
        at = self._place(step)
        return self._between(at - 1 if at else None, at)

    def compare(self, before: int | str, after: int | str) -> Change:
        """Return what changed between any two steps, by number or name."""
        return self._between(self._place(before), self._place(after))

    def open(self, step: int | str) -> pd.DataFrame:
        """Return the rows of a step as they were.

        Raises
        ------
        InputError
            When they were not kept.
        """
        at = self._place(step)
        path = self._beside(at + 1, ".parquet")
        if not path.exists():
            msg = f"step: the rows of {self.steps[at].name!r} were not kept. Take it with checkpoint(..., keep_data=True)."
            raise InputError(msg)
        return pd.read_parquet(path)

    def _place(self, step: int | str) -> int:
        names = [one.name for one in self.steps]
        if isinstance(step, str) and step in names:
            return len(names) - 1 - names[::-1].index(step)
        if isinstance(step, int) and 1 <= step <= len(names):
            return step - 1
        among = "There are none yet." if not names else f"There are 1 to {len(names)}. {nearest(step, names)}"
        msg = f"step: there is no step {step!r}. {among}"
        raise InputError(msg)

    def _between(self, before: int | None, after: int) -> Change:
        if before is None:
            return Change(None, self.steps[after], None, None)
        return Change(self.steps[before], self.steps[after], self._keys(before), self._keys(after))

    def _keys(self, at: int) -> np.ndarray | None:
        path = self._beside(at + 1, ".keys.npy")
        return np.load(path) if path.exists() else None

    def _beside(self, number_: int, suffix: str) -> Path:
        return self._files[number_ - 1].with_suffix(suffix)

    def __repr__(self) -> str:
        return self.frame.to_string() if self.steps else f"No steps are kept in {self.folder.name} yet."

    def _repr_html_(self) -> str:
        from mlqa_widgets.widgets.static import template

        changes = [self.change(step.number) for step in self.steps]
        return template("history.html").render(changes=changes, folder=self.folder.name)


class Change:
    """What happened between two steps.

    Attributes
    ----------
    before, after
        The steps; ``before`` is None for the first of a history.
    """

    def __init__(
        self, before: Checkpoint | None, after: Checkpoint, keys: np.ndarray | None, later: np.ndarray | None
    ) -> None:
        self.before = before
        self.after = after
        self._keys = (keys, later)

    @cached_property
    def lost(self) -> int:
        """Rows lost: keys that are no longer there, or, without a key, rows fewer."""
        keys, later = self._comparable
        if keys is not None and later is not None:
            return int((~np.isin(keys, later)).sum())
        return max(0, self.before.rows - self.after.rows) if self.before else 0

    @cached_property
    def gained(self) -> int:
        """Rows gained: keys that were not there, or, without a key, rows more."""
        keys, later = self._comparable
        if keys is not None and later is not None:
            return int((~np.isin(later, keys)).sum())
        return max(0, self.after.rows - self.before.rows) if self.before else self.after.rows

    @cached_property
    def multiplied(self) -> int:
        """Rows beyond those that were there with the same key before."""
        keys, later = self._comparable
        if keys is None or later is None:
            return 0
        names, times = np.unique(later[np.isin(later, keys)], return_counts=True)
        known, known_times = np.unique(keys, return_counts=True)
        return int(np.maximum(0, times - known_times[np.searchsorted(known, names)]).sum())

    @property
    def _comparable(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        same = self.before is not None and self.before.key == self.after.key
        return self._keys if same else (None, None)

    @cached_property
    def added(self) -> list[str]:
        """Names of the columns gained."""
        known = {column.name for column in self.before.columns} if self.before else set()
        return [column.name for column in self.after.columns if column.name not in known]

    @cached_property
    def removed(self) -> list[str]:
        """Names of the columns lost."""
        left = {column.name for column in self.after.columns}
        return [column.name for column in self.before.columns if column.name not in left] if self.before else []

    @cached_property
    def columns(self) -> pd.DataFrame:
        """One row per figure of a column that changed: ``column``, ``figure``, ``before``, ``after``."""
        earlier = {column.name: column for column in self.before.columns} if self.before else {}
        lines = []
        for column in self.after.columns:
            known = earlier.get(column.name)
            if known is None:
                continue
            for figure in ("type", "kind", *_KEPT_FIGURES):
                old, new = getattr(known, figure), getattr(column, figure)
                if not _alike(old, new):
                    lines.append({"column": column.name, "figure": figure, "before": old, "after": new})
        return pd.DataFrame(lines, columns=["column", "figure", "before", "after"])

    @cached_property
    def appeared(self) -> list[StepFinding]:
        """Findings that were not there before."""
        known = {(f.check, f.columns) for f in self.before.findings} if self.before else set()
        return [f for f in self.after.findings if (f.check, f.columns) not in known]

    @cached_property
    def went(self) -> list[StepFinding]:
        """Findings that are there no more."""
        left = {(f.check, f.columns) for f in self.after.findings}
        return [f for f in self.before.findings if (f.check, f.columns) not in left] if self.before else []

    @cached_property
    def notes(self) -> list[str]:
        """What a reader must see: rows lost that nobody asked to lose, rows multiplied, columns gone or emptied."""
        if self.before is None:
            return []
        notes = []
        if self.lost and not self.after.expected:
            notes.append(f"{count(self.lost, 'row was', 'rows were')} lost that nobody asked to lose.")
        elif self.lost:
            notes.append(f"{count(self.lost, 'row')} fewer, as meant: {self.after.expected}.")
        if self.multiplied:
            notes.append(
                f"{count(self.multiplied, 'row')} more with a key that was there already: a join may have multiplied them."
            )
        if self.removed:
            notes.append(f"Gone: {listing([shortened(name) for name in self.removed], 6)}.")
        emptied = [
            f"{shortened(line['column'])} ({percent(line['before'])} to {percent(line['after'])})"
            for line in self.columns.to_dict("records")
            if line["figure"] == "missing_share" and line["after"] > line["before"] + _NOTED
        ]
        if emptied:
            notes.append(f"More is missing in {listing(emptied, 4)}.")
        retyped = [
            f"{shortened(line['column'])} ({line['before']} to {line['after']})"
            for line in self.columns.to_dict("records")
            if line["figure"] == "type"
        ]
        if retyped:
            notes.append(f"Another type: {listing(retyped, 4)}.")
        return notes

    @property
    def same(self) -> bool:
        """Whether nothing changed: the content is the same, cell by cell."""
        return self.before is not None and self.before.content == self.after.content

    def __repr__(self) -> str:
        start = f"<{self.after.number}. {self.after.name}: {count(self.after.rows, 'row')}, {count(len(self.after.columns), 'column')}"
        if self.before is None:
            return start + ">"
        if self.same:
            return f"{start}, the same as {self.before.name!r}>"
        parts = [f"-{self.lost:,} +{self.gained:,} rows", f"-{len(self.removed)} +{len(self.added)} columns"]
        parts += [f"{len(self.appeared)} new findings, {len(self.went)} gone"]
        return "\n  ".join([f"{start}; {', '.join(parts)}>", *self.notes])

    def _repr_html_(self) -> str:
        from mlqa_widgets.widgets.static import template

        return template("history.html").render(changes=[self], folder="")


def figure_text(value: Any) -> str:
    """Return a kept figure as people write it."""
    return "" if value is None else number(value) if isinstance(value, (int, float)) else str(value)


def _key_columns(data: pd.DataFrame, key: Any) -> list[Hashable]:
    if key is None:
        return []
    keys = list(key) if isinstance(key, list) else [key]
    for column in keys:
        if column not in data.columns:
            msg = f"key: there is no column {column!r}. {nearest(column, list(map(str, data.columns)))}"
            raise InputError(msg)
    return keys


def _content(data: pd.DataFrame) -> str:
    head = [f"{name}\0{dtype}" for name, dtype in zip(data.columns, data.dtypes, strict=True)]
    digest = hashlib.sha256("\0".join(head).encode("utf-8", "surrogatepass"))
    try:
        hashes = pd.util.hash_pandas_object(data, index=False)
    except TypeError:
        hashes = pd.util.hash_pandas_object(data.astype(str), index=False)
    digest.update(hashes.to_numpy().tobytes())
    return digest.hexdigest()


def _columns(scanned: Scan) -> tuple[StepColumn, ...]:
    kept = []
    for line in scanned.profile.to_dict("records"):
        figures = {
            name: None if pd.isna(line[name]) else float(line[name]) for name in _KEPT_FIGURES if _is_figure(line[name])
        }
        figures = dict.fromkeys(_KEPT_FIGURES) | figures
        kept.append(StepColumn(line["column"], line["type"], line["kind"], **figures))  # type: ignore[arg-type]
    return tuple(kept)


def _is_figure(value: Any) -> bool:
    return isinstance(value, (int, float, np.number))


def _findings(scanned: Scan) -> tuple[StepFinding, ...]:
    return tuple(
        StepFinding(finding.check, scanned.names(finding), finding.severity.value, finding.rows, finding.message)
        for finding in scanned.result.findings
    )


def _alike(old: Any, new: Any) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return bool(np.isclose(old, new, rtol=1e-9, atol=0, equal_nan=True))
    return bool(old == new)


def _read(path: Path) -> Checkpoint:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        columns = tuple(StepColumn(**column) for column in said.pop("columns"))
        findings = tuple(StepFinding(**{**one, "columns": tuple(one["columns"])}) for one in said.pop("findings"))
        return Checkpoint(**{**said, "key": tuple(said["key"])}, columns=columns, findings=findings)
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"folder: {path.name} is no step ({error}). Move it away, or delete it."
        raise InputError(msg) from error


def _parquet(data: pd.DataFrame, path: str) -> None:
    try:
        data.to_parquet(path)
    except (ValueError, TypeError, ImportError) as error:  # pyarrow's errors are ValueErrors and TypeErrors
        msg = f"keep_data: this frame cannot be kept as Parquet: {error}. Cast the column, or keep the step without its data."
        raise InputError(msg) from error


def _write_whole(path: Path, write: Any) -> None:
    """Write a file under another name first: a crash leaves no half of it."""
    handle, temporary = tempfile.mkstemp(suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        write(temporary)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
