"""Several repairs as one function to read, to run and to keep."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mlqa_widgets.errors import FixRefused
from mlqa_widgets.findings import Finding
from mlqa_widgets.fixes.apply import apply_fixes
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.table import NO_ROW, Table
from mlqa_widgets.wording import count, visible


@dataclass(frozen=True)
class Step:
    """One repair of a plan, and what it is for."""

    finding: Finding
    fix: Fix


class Plan:
    """Chosen repairs of one table, in an order in which each still finds what it needs.

    Cells are changed first, then rows are dropped, then columns are removed. A repair that the table's account refuses,
    alone or after those before it, is left out and listed in :attr:`refused`.

    Attributes
    ----------
    steps
        The repairs, in order.
    refused
        Title of each repair that was left out, and why.
    """

    def __init__(self, steps: Sequence[Step], table: Table) -> None:
        self._table = table
        self.steps: tuple[Step, ...] = ()
        self.refused: dict[str, str] = {}
        for step in sorted(steps, key=_rank):
            tried = (*self.steps, step)
            try:
                apply_fixes([one.fix for one in tried], table)
            except FixRefused as refusal:
                self.refused[step.fix.title] = str(refusal)
            else:
                self.steps = tried

    @property
    def code(self) -> str:
        """A Python module with one function, ``repair(df)``, that leaves its argument as it is."""
        lines = [f"# Repair {visible(self._table.name)}: {count(len(self.steps), 'step')}."]
        lines += ["", "import re", "", "import numpy as np", "import pandas as pd", "", ""]
        lines += ["def repair(df: pd.DataFrame) -> pd.DataFrame:", "    df = df.copy()"]
        for number, step in enumerate(self.steps, start=1):
            said = textwrap.wrap(f"{number}. {step.fix.title}: {visible(step.finding.message)}", 110)
            lines += ["", *(f"    # {line}" for line in said), textwrap.indent(step.fix.code.rstrip(), "    ")]
        return "\n".join([*lines, "", "    return df", ""])

    def apply(self, frame: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return a repaired copy of the table, or of ``frame``: the same table, read anew.

        Raises
        ------
        FixRefused
            When the repairs would lose values or rows that they do not account for. Nothing is changed.
        """
        if not self.steps:
            return self._table.frame() if frame is None else frame.copy()
        return apply_fixes([step.fix for step in self.steps], self._table, frame)

    def __repr__(self) -> str:
        left_out = "".join(f"\n# Left out: {title}: {why}" for title, why in self.refused.items())
        return self.code + left_out


def _rank(step: Step) -> int:
    if step.fix.removes:
        return 2
    return 1 if step.fix.drops is not NO_ROW else 0
