"""Decisions on disk: beside the notebook, apart for every pair of tables by their content, found again by both rows'."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from mlqa_widgets.compare.meeting import Meeting
from mlqa_widgets.link.decisions import Decision
from mlqa_widgets.link.model import Trained
from mlqa_widgets.link.scores import CODES
from mlqa_widgets.verdicts.file import Record, VerdictFile

_ALIKE: Final = 1000
"""Pairs of rows alike in every column that share a decision, at most."""


class Kept:
    """One reviewer's decisions on the pairs of two tables.

    Rows in another order keep their decisions, and rows alike in every column share theirs; any other content of either
    table is another pair of tables.

    Parameters
    ----------
    meeting
        The tables; one that meets itself is linked within.
    name, folder
        Of the file.
    reviewer
        Whose decisions.
    """

    def __init__(self, meeting: Meeting, name: str, folder: Path, reviewer: str) -> None:
        self.reviewer = reviewer
        self._meeting = meeting
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

    def rows(self, record: Record) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of both tables a record speaks of, pair by pair."""
        sides = [
            np.flatnonzero(hashes == np.uint64(int(part, 16)))
            for hashes, part in zip(self._hashes, (record.row[:16], record.row[16:]), strict=True)
        ]
        left, right = (grid.ravel()[:_ALIKE] for grid in np.meshgrid(*sides, indexing="ij"))
        if not self._within:
            return left, right
        apart = left != right
        return np.minimum(left, right)[apart], np.maximum(left, right)[apart]

    def everyones(self) -> list[Record]:
        """Return the decisions of all reviewers, oldest first."""
        return self.file.current() if VerdictFile(*self._named, "", kind="links").path.exists() else []

    def records(self) -> list[Record]:
        """Return this reviewer's decisions, oldest first."""
        return [record for record in self.everyones() if record.reviewer == self.reviewer]

    def decided_rows(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of both tables that decisions speak of, pair by pair."""
        none = np.zeros(0, dtype=np.int64)
        found = [(none, none), *map(self.rows, self.records())]
        return np.concatenate([left for left, _ in found]), np.concatenate([right for _, right in found])

    def decided(self, trained: Trained) -> np.ndarray:
        """Return what was decided of each pair: 1 same, -1 different, 2 unsure, 0 nothing."""
        decided = np.zeros(len(trained.left), dtype=np.int8)
        for record in self.records():
            decided[trained.numbers(*self.rows(record))] = CODES[Decision(record.verdict)]
        return decided

    def add(self, left: int, right: int, decision: Decision, *, note: str, rows: str, probability: float) -> None:
        """Store a decision on two rows. When this returns, it is on the disk.

        Raises
        ------
        MlqaError
            When it could not be stored.
        """
        self.file.add(
            f"{self._hashes[0][left]:016x}{self._hashes[1][right]:016x}",
            decision,
            note=note,
            reviewer=self.reviewer,
            label=rows,
            prediction=repr(probability),
            actual="",
        )

    def undo(self) -> Record | None:
        """Take back the latest decision and return it; None when there is none."""
        records = self.records()
        if not records:
            return None
        self.file.take_back(records[-1])
        return records[-1]

    def frame(self, trained: Trained) -> pd.DataFrame:
        """Return the decisions that count, oldest first."""
        records = self.records()
        return pd.DataFrame(
            {
                "pair": np.array([trained.numbers(*self.rows(record))[0] for record in records], dtype=np.int64),
                "rows": [record.label for record in records],
                "decision": [record.verdict for record in records],
                "note": [record.note for record in records],
                "reviewer": [record.reviewer for record in records],
                "at": pd.to_datetime(pd.Series([r.at for r in records], dtype=object), utc=True, format="ISO8601"),
                "probability": [float(record.prediction) for record in records],
            }
        )
