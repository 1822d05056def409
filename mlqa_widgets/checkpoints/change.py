"""What happened between two steps: rows, columns, distributions and findings gained and lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.checkpoints.lost import in_common, key_hashes, without_counterpart
from mlqa_widgets.checkpoints.step import FIGURES, PROBABILITIES, Checkpoint, StepColumn, StepFinding
from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Severity
from mlqa_widgets.wording import count, listing, percent, quoted, shortened

_NOTED = 0.02

Open = Callable[[], pd.DataFrame | None]
"""Gives the rows of a step, or None if they were not kept."""


class Change:
    """What happened between two steps.

    Attributes
    ----------
    before, after
        The steps; ``before`` is None for the first of a history.
    """

    def __init__(
        self,
        before: Checkpoint | None,
        after: Checkpoint,
        keys: tuple[np.ndarray | None, np.ndarray | None],
        frames: tuple[Open, Open],
    ) -> None:
        self.before = before
        self.after = after
        self._keys = keys
        self._frames = frames

    # ------------------------------------------------------------------ rows

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
        return _beyond(*self._comparable)

    @cached_property
    def copies_lost(self) -> int:
        """Rows fewer whose key is still there."""
        keys, later = self._comparable
        return _beyond(later, keys)

    @property
    def _comparable(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        same = self.before is not None and self.before.key == self.after.key
        return self._keys if same else (None, None)

    @cached_property
    def lost_rows(self) -> pd.DataFrame:
        """The rows that were lost, as they were before the step.

        Told by the key; without one by their labels or their cells, for which the rows of both steps must be kept.

        Raises
        ------
        InputError
            When the rows were not kept.
        """
        before, lost = self._lost
        return before[lost]

    @cached_property
    def lost_pattern(self) -> pd.DataFrame:
        """What the lost rows have in common: values that they have more often than chance allows.

        Columns: ``column``, ``value``, ``lost`` and ``before`` (rows with it), ``p_value`` (hypergeometric, corrected
        for the number of values looked at).

        Raises
        ------
        InputError
            When the rows were not kept.
        """
        return in_common(*self._lost)

    @cached_property
    def _lost(self) -> tuple[pd.DataFrame, np.ndarray]:
        if self.before is None:
            empty = pd.DataFrame(columns=[column.name for column in self.after.columns])
            return empty, np.zeros(0, dtype=bool)
        before = self._frames[0]()
        if before is None:
            msg = f"The rows of {self.before.name!r} were not kept: take it with checkpoint(..., keep_data=True)."
            raise InputError(msg)
        later = self._comparable[1]
        if later is not None:
            names = {str(name): name for name in before.columns}
            return before, ~np.isin(key_hashes(before, [names[name] for name in self.before.key]), later)
        after = self._frames[1]()
        if after is None:
            msg = (
                f"Which rows were lost cannot be told: give both steps a key, or keep the rows of {self.after.name!r} "
                "too with checkpoint(..., keep_data=True)."
            )
            raise InputError(msg)
        return before, without_counterpart(before, after)

    # ------------------------------------------------------------------ columns

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
        lines = [
            {"column": new.name, "figure": figure, "before": getattr(old, figure), "after": getattr(new, figure)}
            for old, new in self.kept
            for figure in ("type", "kind", *FIGURES)
            if not _alike(getattr(old, figure), getattr(new, figure))
        ]
        return pd.DataFrame(lines, columns=["column", "figure", "before", "after"])

    @property
    def kept(self) -> list[tuple[StepColumn, StepColumn]]:
        """The columns of both steps, before and after."""
        earlier = {column.name: column for column in self.before.columns} if self.before else {}
        return [(earlier[column.name], column) for column in self.after.columns if column.name in earlier]

    @cached_property
    def shifts(self) -> pd.Series:
        """How far the values of each column moved, 0 to 1, the farthest first.

        The largest difference between the two shares of values up to the same number, to 2.5 %; for categories half
        the sum of the differences of their shares. Missing where a column has neither.
        """
        moved = {new.name: shift(old, new) for old, new in self.kept}
        return pd.Series(moved, name="shift", dtype=float).sort_values(ascending=False, kind="stable")

    # ------------------------------------------------------------------ findings

    @cached_property
    def appeared(self) -> list[StepFinding]:
        """Findings of the table that were not there before."""
        known = {(f.check, f.columns) for f in self.before.findings} if self.before else set()
        return [f for f in self.after.findings if (f.check, f.columns) not in known]

    @cached_property
    def went(self) -> list[StepFinding]:
        """Findings of the table that are there no more."""
        left = {(f.check, f.columns) for f in self.after.findings}
        return [f for f in self.before.findings if (f.check, f.columns) not in left] if self.before else []

    @cached_property
    def findings(self) -> list[StepFinding]:
        """What is wrong with the step itself: rows lost that nobody asked to lose, or multiplied; columns emptied."""
        if self.before is None:
            return []
        found = []
        if self.lost and not self.after.expected:
            message = f"{count(self.lost, 'row was', 'rows were')} lost that nobody asked to lose."
            found.append(StepFinding("lost_rows", self.after.key, Severity.ERROR.value, self.lost, message))
        if self.copies_lost and not self.after.expected:
            message = f"{count(self.copies_lost, 'row')} fewer with a key that is still there: copies went that nobody asked to drop."
            found.append(StepFinding("lost_copies", self.after.key, Severity.WARNING.value, self.copies_lost, message))
        if self.multiplied:
            message = f"{count(self.multiplied, 'row')} more with a key that was there already: a join may have multiplied them."
            found.append(
                StepFinding("multiplied_rows", self.after.key, Severity.WARNING.value, self.multiplied, message)
            )
        emptied = [(old, new) for old, new in self.kept if new.missing_share > old.missing_share + _NOTED]
        if emptied:
            told = [
                f"{shortened(new.name)} ({percent(old.missing_share)} to {percent(new.missing_share)})"
                for old, new in emptied
            ]
            names = tuple(new.name for _, new in emptied)
            rows = max(round((new.missing_share - old.missing_share) * self.after.rows) for old, new in emptied)
            message = f"More is missing in {listing(told, 4)}."
            found.append(StepFinding("emptied_columns", names, Severity.WARNING.value, rows, message))
        return found

    @cached_property
    def notes(self) -> list[str]:
        """What a reader must see: the findings of the step, and what it did to rows and columns on purpose or not."""
        if self.before is None:
            return []
        notes = [finding.message for finding in self.findings]
        if (fewer := self.lost + self.copies_lost) and self.after.expected:
            notes.insert(0, f"{count(fewer, 'row')} fewer, as meant: {self.after.expected}.")
        if self.removed:
            notes.append(f"Gone: {listing([shortened(name) for name in self.removed], 6)}.")
        retyped = [
            f"{shortened(new.name)} ({old.type} to {new.type})" for old, new in self.kept if old.type != new.type
        ]
        if retyped:
            notes.append(f"Another type: {listing(retyped, 4)}.")
        return notes

    @property
    def same(self) -> bool:
        """Whether nothing changed: the content is the same, cell by cell."""
        return self.before is not None and self.before.content == self.after.content

    # ------------------------------------------------------------------ showing

    def __repr__(self) -> str:
        rows, columns = count(self.after.rows, "row"), count(len(self.after.columns), "column")
        start = f"<{self.after.number}. {self.after.name}: {rows}, {columns}"
        if self.before is None:
            return start + ">"
        if self.same:
            return f"{start}, the same as {self.before.name!r}>"
        parts = [
            f"-{self.lost + self.copies_lost:,} +{self.gained + self.multiplied:,} rows",
            f"-{len(self.removed)} +{len(self.added)} columns",
        ]
        parts += [f"{len(self.appeared)} new findings, {len(self.went)} gone"]
        return "\n  ".join([f"{start}; {', '.join(parts)}>", *self.notes])

    def _repr_html_(self) -> str:
        from mlqa_widgets.widgets.static import static_history

        return static_history([self], "")


def _beyond(keys: np.ndarray | None, later: np.ndarray | None) -> int:
    """Return how many rows of ``later`` are beyond those that ``keys`` has with the same key; new keys do not count."""
    if keys is None or later is None:
        return 0
    names, times = np.unique(later[np.isin(later, keys)], return_counts=True)
    known, known_times = np.unique(keys, return_counts=True)
    return int(np.maximum(0, times - known_times[np.searchsorted(known, names)]).sum())


def pattern_sentence(line: dict[str, Any], lost: int, total: int) -> str:
    """Return one line of :attr:`Change.lost_pattern` as a sentence."""
    value = line["value"] if line["value"] == "missing" else quoted(line["value"])
    share, usual = percent(line["lost"] / line["before"]), percent(lost / max(1, total))
    return (
        f"{shortened(str(line['column']))} {value}: {line['lost']:,} of {count(line['before'], 'row')} were lost "
        f"({share}, against {usual} of all rows)."
    )


def shift(old: StepColumn, new: StepColumn) -> float:
    """Return how far the values of a column moved between two steps, 0 to 1; NaN where that cannot be told."""
    if old.quantiles and new.quantiles and old.dates == new.dates:
        at = np.unique([*old.quantiles, *new.quantiles])
        return float(np.abs(_below(old, at) - _below(new, at)).max())
    if old.levels and new.levels:
        was, now = (dict(column.levels) for column in (old, new))
        levels = {*was, *now}
        differences = [abs(was.get(one, 0) / old.rows - now.get(one, 0) / new.rows) for one in levels]
        return min(1.0, sum(differences) / 2)
    return float("nan")


def distributions(old: StepColumn | None, new: StepColumn, bars: int = 20) -> tuple[list[str], list[list[float]]]:
    """Return the values of a column in two steps on one scale: what each bar stands for, and its share in each.

    The first and the last bar take what lies beyond 2.5 % and 97.5 % of the rows of both.
    """
    both = [column for column in (old, new) if column is not None]
    if all(column.quantiles for column in both):
        low, high = min(column.quantiles[1] for column in both), max(column.quantiles[-2] for column in both)
        edges = np.linspace(low, high, bars + 1) if high > low else np.array([low, low])
        shares = [np.diff(_below(column, edges[1:-1]), prepend=0.0, append=1.0) for column in both]
        labels = [f"{_figure(a, new)} to {_figure(b, new)}" for a, b in pairwise(edges)]
        if len(labels) > 1:
            labels[0], labels[-1] = f"up to {_figure(edges[1], new)}", f"over {_figure(edges[-2], new)}"
        return labels, [share.tolist() for share in shares]
    levels = list(dict.fromkeys(text for column in reversed(both) for text, _ in column.levels))[:bars]
    return levels, [[dict(column.levels).get(level, 0) / max(1, column.rows) for level in levels] for column in both]


def _figure(value: float, column: StepColumn) -> str:
    return f"{pd.Timestamp(value, unit='s'):%Y-%m-%d}" if column.dates else f"{value:,.4g}"


def _below(column: StepColumn, at: np.ndarray) -> np.ndarray:
    """Return the share of values up to each number, from the quantiles."""
    quantiles = np.asarray(column.quantiles)
    last = np.append(quantiles[1:] != quantiles[:-1], True)
    return np.interp(at, quantiles[last], PROBABILITIES[last], left=0.0)


def _alike(old: Any, new: Any) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return bool(np.isclose(old, new, rtol=1e-9, atol=0, equal_nan=True))
    return bool(old == new)
