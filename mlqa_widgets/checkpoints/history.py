"""Keeping steps in a folder, and the history they make.

One small JSON file per step in ``mlqa_checkpoints/``, numbered in the order they were taken; the rows themselves as
Parquet beside it only where asked for. A file is written whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlqa_widgets.checkpoints.change import Change
from mlqa_widgets.checkpoints.lost import key_hashes
from mlqa_widgets.checkpoints.step import Checkpoint, columns_of, content_of, findings_of
from mlqa_widgets.checkpoints.store import FOLDER, write_parquet, write_whole
from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Severity
from mlqa_widgets.naming import nearest
from mlqa_widgets.notebook import Shown
from mlqa_widgets.scan import scan
from mlqa_widgets.wording import count, shortened

if TYPE_CHECKING:
    from mlqa_widgets.widgets.history import HistoryWidget


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
        content=content_of(data),
        key=tuple(map(str, keys)),
        expected=expected.strip(),
        columns=columns_of(scanned),
        findings=findings_of(scanned),
    )
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{step.number:04}-{re.sub(r'[^0-9A-Za-z]+', '-', step.name).strip('-')[:60].lower() or 'step'}"
    if keys:
        hashes = np.sort(key_hashes(data, keys))
        write_whole(stem.with_suffix(".keys.npy"), lambda path: np.save(path, hashes))
    if keep_data:
        write_whole(stem.with_suffix(".parquet"), lambda path: write_parquet(data, path))
    write_whole(stem.with_suffix(".json"), lambda path: Path(path).write_text(step.to_json(), encoding="utf-8"))
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
    return History(Path(folder) if folder is not None else Path.cwd() / FOLDER)


class History(Shown):
    """The steps kept in a folder. Shown as a widget when it is the last expression of a cell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = sorted(folder.glob("[0-9]*-*.json"))
        self.steps = tuple(Checkpoint.read(path) for path in self._files)
        self._widget: HistoryWidget | None = None

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def frame(self) -> pd.DataFrame:
        """One row per step.

        Columns: ``name``, ``at``, ``rows``, ``columns``, ``lost``, ``gained``, ``errors``, ``warnings``, ``kept``
        (whether its rows were kept); the index is the number of the step.
        """
        lines = []
        for step in self.steps:
            change = self.change(step.number)
            lines.append(
                {
                    "step": step.number,
                    "name": step.name,
                    "at": step.at,
                    "rows": step.rows,
                    "columns": len(step.columns),
                    "lost": change.lost + change.copies_lost,
                    "gained": change.gained + change.multiplied,
                    "errors": sum(finding.severity == Severity.ERROR for finding in step.findings),
                    "warnings": sum(finding.severity == Severity.WARNING for finding in step.findings),
                    "kept": self.kept(step.number),
                }
            )
        names = ["step", "name", "at", "rows", "columns", "lost", "gained", "errors", "warnings", "kept"]
        return pd.DataFrame(lines, columns=names).set_index("step")

    @property
    def findings(self) -> pd.DataFrame:
        """What is wrong with the steps themselves, one row per finding: its index is what :meth:`rows` takes.

        Columns: ``step``, ``name``, ``check`` (``lost_rows``: rows lost that nobody asked to lose; ``lost_copies``; ``multiplied_rows``;
        ``emptied_columns``), ``columns``, ``severity``, ``rows``, ``message``.
        """
        lines = [
            {
                "step": step.number,
                "name": step.name,
                "check": finding.check,
                "columns": finding.columns,
                "severity": finding.severity,
                "rows": finding.rows,
                "message": finding.message,
            }
            for step in self.steps
            for finding in self.change(step.number).findings
        ]
        return pd.DataFrame(lines, columns=["step", "name", "check", "columns", "severity", "rows", "message"])

    def rows(self, i: int) -> pd.DataFrame:
        """Return the rows that the step of finding ``i`` of :attr:`findings` lost.

        Raises
        ------
        InputError
            When there is no such finding, it is not about lost rows, or the rows were not kept.
        """
        found = self.findings
        if i not in found.index:
            msg = f"i: there is no finding {i!r}; history.findings has {count(len(found), 'row')}, counted from 0."
            raise InputError(msg)
        if found.loc[i, "check"] != "lost_rows":
            msg = f"i: finding {i} is not about lost rows: {found['message'][i]}"
            raise InputError(msg)
        return self.change(int(found["step"][i])).lost_rows

    def change(self, step: int | str) -> Change:
        """Return what a step changed against the one before; the first step against nothing."""
        at = self._place(step)
        return self._between(at - 1 if at else None, at)

    def compare(self, before: int | str, after: int | str) -> Change:
        """Return what changed between any two steps, by number or name."""
        return self._between(self._place(before), self._place(after))

    def against_nothing(self, step: int | str) -> Change:
        """Return a step as if it were the first."""
        return self._between(None, self._place(step))

    def kept(self, step: int | str) -> bool:
        """Return whether the rows of a step were kept."""
        return self._beside(self._place(step), ".parquet").exists()

    def open(self, step: int | str) -> pd.DataFrame:
        """Return the rows of a step as they were.

        Raises
        ------
        InputError
            When they were not kept.
        """
        at = self._place(step)
        frame = self._frame(at)
        if frame is None:
            msg = f"step: the rows of {self.steps[at].name!r} were not kept. Take it with checkpoint(..., keep_data=True)."
            raise InputError(msg)
        return frame

    def _frame(self, at: int) -> pd.DataFrame | None:
        path = self._beside(at, ".parquet")
        return pd.read_parquet(path) if path.exists() else None

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
            return Change(None, self.steps[after], (None, None), (lambda: None, lambda: self._frame(after)))
        keys = (self._keys(before), self._keys(after))
        frames = (lambda: self._frame(before), lambda: self._frame(after))
        return Change(self.steps[before], self.steps[after], keys, frames)

    def _keys(self, at: int) -> np.ndarray | None:
        path = self._beside(at, ".keys.npy")
        return np.load(path) if path.exists() else None

    def _beside(self, at: int, suffix: str) -> Path:
        return self._files[at].with_suffix(suffix)

    def __repr__(self) -> str:
        return self.frame.to_string() if self.steps else f"No steps are kept in {self.folder.name} yet."

    def widget(self) -> HistoryWidget:
        """Return the widget of this history: what a notebook shows, and what knows the steps compared on screen."""
        if self._widget is None:
            from mlqa_widgets.widgets.history import HistoryWidget

            self._widget = HistoryWidget(self)
        return self._widget


def _key_columns(data: pd.DataFrame, key: Any) -> list[Hashable]:
    if key is None:
        return []
    keys = list(key) if isinstance(key, list) else [key]
    for column in keys:
        if column not in data.columns:
            msg = f"key: there is no column {column!r}. {nearest(column, list(map(str, data.columns)))}"
            raise InputError(msg)
    return keys
