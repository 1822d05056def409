"""Decisions on disk: beside the notebook, apart for every pair of tables by their content, found again by both rows'."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.link.decisions import Decision
from mlqa_widgets.link.model import Trained
from mlqa_widgets.link.scores import CODES
from mlqa_widgets.review.verdicts import Record, VerdictFile


class Kept:
    """One reviewer's decisions on the pairs of two tables.

    Rows in another order keep their decisions, and rows alike in every column share theirs; any other content of either
    table is another pair of tables.

    Parameters
    ----------
    meeting
        The tables; one that meets itself is linked within.
    trained
        The pairs.
    name, folder
        Of the file.
    reviewer
        Whose decisions.
    """

    def __init__(self, meeting: Meeting, trained: Trained, name: str, folder: Path, reviewer: str) -> None:
        self.reviewer = reviewer
        self._meeting = meeting
        self._pairs = trained.left, trained.right
        self._within = meeting.left.table is meeting.right.table
        self._named = name, folder

    @cached_property
    def file(self) -> VerdictFile:
        """The file; it is made by the first decision."""
        digest = hashlib.sha256()
        for source, hashes in zip(self._meeting.sources, self._hashes, strict=True):
            digest.update("\0".join(column.name for column in source.columns).encode())
            digest.update(b"\0\0" + np.sort(hashes).tobytes())
        return VerdictFile(*self._named, digest.hexdigest(), kind="links")

    @cached_property
    def _hashes(self) -> tuple[np.ndarray, np.ndarray]:
        """The hash of each row's content, of both tables."""
        found = []
        for source in self._meeting.sources[: 1 if self._within else 2]:
            cells = ", ".join(f"coalesce(md5(CAST({column.sql} AS VARCHAR)), '-')" for column in source.columns)
            rows = self._meeting.query(
                f"SELECT md5_number_lower(concat_ws(' ', {cells})) AS h FROM {source.relation} ORDER BY pos"
            )
            found.append(rows["h"].to_numpy())
        return found[0], found[-1]

    @cached_property
    def _of_pairs(self) -> tuple[np.ndarray, np.ndarray]:
        left, right = self._hashes
        return left[self._pairs[0]], right[self._pairs[1]]

    def key(self, pair: int) -> str:
        """Return what the decisions on a pair are kept under."""
        left, right = self._of_pairs
        return f"{left[pair]:016x}{right[pair]:016x}"

    def pairs(self, record: Record) -> np.ndarray:
        """Return the numbers of the pairs a record speaks of."""
        left, right = self._of_pairs
        one, other = (np.uint64(int(part, 16)) for part in (record.row[:16], record.row[16:]))
        meant = (left == one) & (right == other)
        if self._within:
            meant |= (left == other) & (right == one)
        return np.flatnonzero(meant)

    def records(self) -> list[Record]:
        """Return the decisions that count, oldest first."""
        if not VerdictFile(*self._named, "", kind="links").path.exists():
            return []
        return [record for record in self.file.current() if record.reviewer == self.reviewer]

    def decided(self) -> np.ndarray:
        """Return what was decided of each pair: 1 same, -1 different, 2 unsure, 0 nothing."""
        decided = np.zeros(len(self._pairs[0]), dtype=np.int8)
        for record in self.records():
            decided[self.pairs(record)] = CODES[Decision(record.verdict)]
        return decided

    def add(self, pair: int, decision: Decision, *, note: str, rows: str, probability: float) -> None:
        """Store a decision. When this returns, it is on the disk.

        Raises
        ------
        MlqaError
            When it could not be stored.
        """
        self.file.add(
            self.key(pair),
            decision,
            note=note,
            reviewer=self.reviewer,
            label=rows,
            prediction=repr(probability),
            actual="",
        )

    def undo(self) -> int | None:
        """Take back the latest decision and return the number of its pair; None when there is none."""
        records = self.records()
        if not records:
            return None
        self.file.take_back(records[-1])
        found = self.pairs(records[-1])
        return int(found[0]) if len(found) else None

    def frame(self) -> pd.DataFrame:
        """Return the decisions that count, oldest first."""
        records = self.records()
        found = [self.pairs(record) for record in records]
        return pd.DataFrame(
            {
                "pair": pd.array([int(pairs[0]) if len(pairs) else None for pairs in found], dtype="Int64"),
                "rows": [record.label for record in records],
                "decision": [record.verdict for record in records],
                "note": [record.note for record in records],
                "reviewer": [record.reviewer for record in records],
                "at": pd.to_datetime(pd.Series([r.at for r in records], dtype=object), utc=True, format="ISO8601"),
                "probability": [float(record.prediction) for record in records],
            }
        )
