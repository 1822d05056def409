"""What reviewers said of single predictions, or of pairs of records: an append-only SQLite file beside the notebook.

One record per verdict, each committed on its own with its journal synced to disk, so a crash at any moment loses at
most the verdict that was being written. Nothing is ever changed: a later verdict of the same reviewer on the same row
counts instead of the earlier one, and taking one back is a record too. Records have ids of their own, so two files
are merged by putting their records together.

A record belongs to one analysis (the hash of its rows, of what came and of what the model predicts) and to one row by
content: verdicts of another model or other data are never mixed in, and rows in another order keep theirs.
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from pathlib import Path

from mlqa_widgets.errors import InputError, MlqaError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS verdicts (
  id TEXT PRIMARY KEY,
  analysis TEXT NOT NULL,
  row TEXT NOT NULL,
  label TEXT NOT NULL,
  prediction TEXT NOT NULL,
  actual TEXT NOT NULL,
  verdict TEXT NOT NULL,
  note TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  at TEXT NOT NULL,
  takes_back TEXT NOT NULL
) STRICT
"""
_PATIENCE = 5.0


def reviewer_name(name: str | None) -> str:
    """Return who judges: ``name``, or the user of the machine.

    Raises
    ------
    InputError
        When it is empty.
    """
    who = (os.environ.get("JUPYTERHUB_USER") or getpass.getuser() if name is None else name).strip()
    if not who:
        msg = "reviewer: say who judges."
        raise InputError(msg)
    return who


@dataclass(frozen=True)
class Record:
    """One line of the file.

    Attributes
    ----------
    id
        Unique everywhere.
    analysis
        Fingerprint of the model's predictions and the data, or of the two tables that are linked.
    row
        Hash of the row's content; of a pair, of both rows'.
    label, prediction, actual
        The row's label, what was predicted and what came, as the reviewer saw them; for reading the file by itself.
    verdict
        What was said; empty where the record takes another one back.
    note
        In the reviewer's words.
    reviewer
        Who.
    at
        When: ISO 8601 in UTC.
    takes_back
        Id of the record that no longer counts, or empty.
    """

    id: str
    analysis: str
    row: str
    label: str
    prediction: str
    actual: str
    verdict: str
    note: str
    reviewer: str
    at: str
    takes_back: str = ""


@dataclass(frozen=True)
class Import:
    """What came of putting another file's records into this one.

    Attributes
    ----------
    added, known
        Records of this analysis that were new here, and those that were here already.
    foreign
        Records about another model or other data, which were left where they are.
    """

    added: int
    known: int
    foreign: int


_FIELDS = tuple(field.name for field in fields(Record))
_SELECT = f"SELECT {', '.join(_FIELDS)} FROM verdicts"
_INSERT = f"INSERT OR IGNORE INTO verdicts ({', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(_FIELDS))})"


class VerdictFile:
    """The verdicts on one analysis, on disk. The file is made by the first verdict.

    Parameters
    ----------
    name
        The file is called ``<name>.mlqa-<kind>.sqlite``; it may hold several analyses.
    folder
        Where it lies.
    analysis
        Fingerprint of the analysis whose verdicts are read and written.
    kind
        What is judged.
    """

    def __init__(self, name: str, folder: Path, analysis: str, kind: str = "reviews") -> None:
        stem = re.sub(r"[^\w.-]+", "_", name).strip("._") or "model"
        self.path = folder / f"{stem[:80]}.mlqa-{kind}.sqlite"
        self.analysis = analysis

    def history(self) -> list[Record]:
        """Return every record of this analysis, oldest first.

        Raises
        ------
        InputError
            When the file is none of ours.
        """
        return _records(self.path, self.analysis) if self.path.exists() else []

    def current(self) -> list[Record]:
        """Return the verdicts that count, oldest first: the latest not taken back, per reviewer and row."""
        history = self.history()
        void = {record.takes_back for record in history}
        latest: dict[tuple[str, str], Record] = {}
        for record in history:
            if record.verdict and record.id not in void:
                latest.pop((record.reviewer, record.row), None)
                latest[record.reviewer, record.row] = record
        return list(latest.values())

    def add(
        self, row: str, verdict: StrEnum, *, note: str, reviewer: str, label: str, prediction: str, actual: str
    ) -> Record:
        """Store a verdict. When this returns, it is on the disk.

        Raises
        ------
        MlqaError
            When it could not be stored: the file is locked, the disk is full, the folder cannot be written to.
        """
        record = Record(
            _new_id(), self.analysis, row, label, prediction, actual, verdict.value, note.strip(), reviewer, _now()
        )
        self._append([record])
        return record

    def take_back(self, record: Record) -> None:
        """Let a verdict no longer count; the reviewer's earlier one on that row, if there is one, counts again.

        Raises
        ------
        MlqaError
            When that could not be stored.
        """
        undo = Record(
            _new_id(),
            self.analysis,
            record.row,
            record.label,
            record.prediction,
            record.actual,
            "",
            "",
            record.reviewer,
            _now(),
            record.id,
        )
        self._append([undo])

    def merge(self, other: Path) -> Import:
        """Take in another file's records of this analysis; doing so again changes nothing.

        Raises
        ------
        InputError
            When there is no such file, or it is none of ours.
        MlqaError
            When the records could not be stored.
        """
        if not other.is_file():
            msg = f"path: there is no file {str(other)!r}."
            raise InputError(msg)
        theirs = _records(other)
        ours = [record for record in theirs if record.analysis == self.analysis]
        added = self._append(ours) if ours else 0
        return Import(added, len(ours) - added, len(theirs) - len(ours))

    def _append(self, records: list[Record]) -> int:
        with _opened(self.path, f"{self.path.name}: not stored") as connection:
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_SCHEMA)
            before = connection.total_changes
            connection.executemany(_INSERT, [astuple(record) for record in records])
            added = connection.total_changes - before
            connection.execute("COMMIT")
        return added


def _records(path: Path, analysis: str | None = None) -> list[Record]:
    where, params = ("", ()) if analysis is None else (" WHERE analysis = ?", (analysis,))
    with _opened(path, f"{path.name} could not be read") as connection:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            return []  # the first verdict was never finished
        found = connection.execute(f"{_SELECT}{where} ORDER BY at, id", params).fetchall()
    return [Record(*line) for line in found]


@contextmanager
def _opened(path: Path, failed: str) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
            yield connection
    except sqlite3.OperationalError as error:
        if "no such table" in str(error) or "no such column" in str(error):
            msg = f"{path.name} holds no verdicts: it was not made by a review ({error})."
            raise InputError(msg) from error
        msg = f"{failed}: {error}. Try again; nothing stored before is lost."
        raise MlqaError(msg) from error
    except sqlite3.DatabaseError as error:
        msg = f"{path.name} is no file of verdicts ({error}). Move it away to start a new one."
        raise InputError(msg) from error


def _new_id() -> str:
    return uuid.uuid4().hex


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
