"""Several repairs as one function to read, to run and to keep, with an account of what each does."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mlqa_widgets.errors import FixRefused
from mlqa_widgets.findings import Finding
from mlqa_widgets.fixes.apply import Account, TableInRepair, apply_fixes
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import NO_ROW, Table
from mlqa_widgets.wording import count, visible
from mlqa_widgets.work import Work

if TYPE_CHECKING:
    from mlqa_widgets.widgets.plan import PlanWidget

_LINE = 110


@dataclass(frozen=True)
class Step:
    """One repair of a plan, and what it is for."""

    finding: Finding
    fix: Fix

    @property
    def part(self) -> str:
        """What it works on: ``rows``, ``cells`` or ``columns``; a plan goes through them in this order."""
        if self.fix.removes:
            return "columns"
        return "cells" if self.fix.drops is NO_ROW else "rows"


PARTS = ("rows", "cells", "columns")


@dataclass(frozen=True)
class Trial:
    """What came of running a plan on a copy of the table.

    Attributes
    ----------
    done
        The repairs that were made, in order, each with its account.
    refused
        The repairs that were left out, each with the reason.
    rows, columns
        Rows and columns left.
    """

    done: tuple[tuple[Step, Account], ...]
    refused: tuple[tuple[Step, str], ...]
    rows: int
    columns: int


class Plan:
    """Chosen repairs of one table, in an order in which each still finds what it was offered for.

    Rows are dropped first, then cells are changed, then columns are removed; within each the order is as given. The
    repairs are tried on a copy of the table when they are first asked about: one that the account refuses, alone or
    after those before it, is left out and listed in :attr:`refused`. Shown as a widget when it is the last expression
    of a cell.

    Attributes
    ----------
    steps
        The repairs that can be made, in order.
    refused
        Title of each repair that was left out, and why.
    chosen_by
        How the repairs came to be chosen, in a phrase.
    """

    def __init__(self, steps: Sequence[Step], table: Table, chosen_by: str = "as given") -> None:
        self.table = table
        self.chosen = tuple(sorted(steps, key=lambda step: PARTS.index(step.part)))
        self.chosen_by = chosen_by
        self.trial: Work[Trial] = Work("trial", lambda progress, _: self._try(progress))
        self._started = False
        self._widget: PlanWidget | None = None

    # ------------------------------------------------------------------ trying

    def start(self) -> None:
        """Begin to try the repairs in the background, if that was not begun before."""
        if not self._started:
            self._started = True
            self.trial.start()

    def _try(self, progress: Progress) -> Trial:
        progress.at("Copying the table", 0.0)
        repair = TableInRepair(self.table)
        done: list[tuple[Step, Account]] = []
        refused: list[tuple[Step, str]] = []
        for number, step in enumerate(self.chosen):
            progress.at(step.fix.title, (number + 1) / (len(self.chosen) + 1))
            try:
                done.append((step, repair.run(step.fix)))
            except FixRefused as refusal:
                refused.append((step, str(refusal)))
        after = repair.frame
        return Trial(tuple(done), tuple(refused), len(after), after.shape[1])

    @property
    def _tried(self) -> Trial:
        self.start()
        return self.trial.result

    # ------------------------------------------------------------------ what one can ask

    @property
    def steps(self) -> tuple[Step, ...]:
        """The repairs that can be made, in order."""
        return tuple(step for step, _ in self._tried.done)

    @property
    def refused(self) -> dict[str, str]:
        """Title of each repair that was left out, and why."""
        return {step.fix.title: why for step, why in self._tried.refused}

    @property
    def account(self) -> pd.DataFrame:
        """One row per repair made: ``fix``, ``finding``, and what it did.

        That is ``rows_dropped``, ``cells_changed`` (to another value), ``cells_emptied``, ``cells_filled``,
        ``retyped`` (names of columns of another type now), ``columns_removed`` and ``columns_added``.
        """
        lines = [
            {
                "fix": step.fix.title,
                "finding": step.finding.message,
                "rows_dropped": account.rows_dropped,
                "cells_changed": account.cells_changed,
                "cells_emptied": account.cells_emptied,
                "cells_filled": account.cells_filled,
                "retyped": tuple(name for name, _, _ in account.retyped),
                "columns_removed": account.columns_removed,
                "columns_added": account.columns_added,
            }
            for step, account in self._tried.done
        ]
        counted = ["rows_dropped", "cells_changed", "cells_emptied", "cells_filled"]
        return pd.DataFrame(
            lines, columns=["fix", "finding", *counted, "retyped", "columns_removed", "columns_added"]
        ).astype(dict.fromkeys(counted, "int64"))

    @property
    def code(self) -> str:
        """A Python module with one function, ``repair(df)``, that leaves its argument as it is."""
        return repair_function(self.steps, self.table)

    def apply(self, frame: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return a repaired copy of the table, or of ``frame``: the same table, read anew.

        Raises
        ------
        FixRefused
            When the repairs would lose values or rows that they do not account for. Nothing is changed.
        """
        return apply_fixes([step.fix for step in self.steps], self.table, frame)

    # ------------------------------------------------------------------ showing

    def __repr__(self) -> str:
        left_out = "".join(f"\n# Left out: {title}: {why}" for title, why in self.refused.items())
        return f"# Fixes {self.chosen_by}.\n{self.code}{left_out}"

    def widget(self) -> PlanWidget:
        """Return the widget of this plan: what a notebook shows."""
        if self._widget is None:
            from mlqa_widgets.widgets.plan import PlanWidget

            self._widget = PlanWidget(self)
        return self._widget

    def _ipython_display_(self) -> None:
        from mlqa_widgets.notebook import kernel

        if kernel() is None:
            print(self)  # noqa: T201 - what a terminal can show
        else:
            self.widget()._ipython_display_()


def repair_function(steps: Sequence[Step], table: Table) -> str:
    """Return a Python module with one function, ``repair(df)``, that makes the repairs and leaves its argument as it is."""
    bodies = [step.fix.code.rstrip() for step in steps]
    used = "\n".join(bodies)
    imports = [
        line
        for name, line in (("re", "import re"), ("np", "import numpy as np"), ("pd", "import pandas as pd"))
        if name == "pd" or f"{name}." in used
    ]
    if imports[0] == "import re":
        imports.insert(1, "")
    lines = [f"# Repair {visible(table.name)}: {count(len(steps), 'step')}.", "", *imports, "", ""]
    lines += ["def repair(df: pd.DataFrame) -> pd.DataFrame:", "    df = df.copy()"]
    for number, (step, body) in enumerate(zip(steps, bodies, strict=True), start=1):
        said = textwrap.wrap(f"{number}. {step.fix.title}: {visible(step.finding.message)}", _LINE)
        lines += ["", *(f"    # {line}" for line in said), textwrap.indent(body, "    ")]
    return "\n".join([*lines, "", "    return df", ""])
