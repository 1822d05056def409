"""Several repairs as one function to read, to run and to keep, with an account of what each does."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import pandas as pd

from mlqa_widgets.errors import FixRefused
from mlqa_widgets.findings import Finding
from mlqa_widgets.fixes.apply import Account, TableInRepair, apply_fixes
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.notebook import Shown
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import NO_ROW, Table
from mlqa_widgets.wording import count, listing, shortened, visible
from mlqa_widgets.work import Work

if TYPE_CHECKING:
    from mlqa_widgets.widgets.plan import PlanWidget

_LINE = 84
NOTHING_DONE = "nothing left to change"

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """One repair of a plan, and what it is for."""

    finding: Finding
    fix: Fix

    @property
    def part(self) -> Literal["rows", "cells", "columns"]:
        """What it works on: ``rows``, ``cells`` or ``columns``; a plan goes through them in this order."""
        if self.fix.removes:
            return "columns"
        return "cells" if self.fix.drops is NO_ROW else "rows"


PARTS = ("rows", "cells", "columns")


def in_order(steps: Iterable[T], step_of: Callable[[T], Step]) -> list[T]:
    """Return what stands for steps in the order of a plan."""
    return sorted(steps, key=lambda one: PARTS.index(step_of(one).part))


@dataclass(frozen=True)
class Trial:
    """What came of running a plan on a copy of the table.

    Attributes
    ----------
    done
        The repairs that were made, in order: place among those chosen, and account.
    refused
        The repairs that were left out: place among those chosen, and the reason.
    rows, columns
        Rows and columns left.
    """

    done: tuple[tuple[int, Account], ...]
    refused: tuple[tuple[int, str], ...]
    rows: int
    columns: int


class Plan(Shown):
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
        self.chosen = tuple(in_order(steps, lambda step: step))
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
        done: list[tuple[int, Account]] = []
        refused: list[tuple[int, str]] = []
        for place, step in enumerate(self.chosen):
            progress.at(step.fix.title, (place + 1) / (len(self.chosen) + 1))
            try:
                done.append((place, repair.run(step.fix)))
            except FixRefused as refusal:
                refused.append((place, str(refusal)))
        after = repair.frame
        return Trial(tuple(done), tuple(refused), len(after), after.shape[1])

    @property
    def _trial(self) -> Trial:
        self.start()
        return self.trial.result

    @property
    def tried(self) -> Trial | None:
        """What came of trying the repairs, without waiting; None until that is known."""
        return self.trial.latest if self.trial.done else None

    def again(self) -> Plan:
        """Return the same plan, not tried yet."""
        return Plan(self.chosen, self.table, self.chosen_by)

    # ------------------------------------------------------------------ what one can ask

    @property
    def steps(self) -> tuple[Step, ...]:
        """The repairs that can be made, in order."""
        return tuple(self.chosen[place] for place, _ in self._trial.done)

    @property
    def refused(self) -> dict[str, str]:
        """Title of each repair that was left out, and why."""
        return {step.fix.title: why for step, why in self.left_out}

    @property
    def left_out(self) -> list[tuple[Step, str]]:
        """The repairs that were left out, each with the reason."""
        return [(self.chosen[place], why) for place, why in self._trial.refused]

    @property
    def account(self) -> pd.DataFrame:
        """One row per repair made: ``fix``, ``finding``, and what it did.

        That is ``rows_dropped``, ``cells_changed`` (to another value), ``cells_emptied``, ``cells_filled``,
        ``retyped`` (names of columns of another type now), ``columns_removed`` and ``columns_added``.
        """
        lines = [
            {
                "fix": self.chosen[place].fix.title,
                "finding": self.chosen[place].finding.message,
                "rows_dropped": account.rows_dropped,
                "cells_changed": account.cells_changed,
                "cells_emptied": account.cells_emptied,
                "cells_filled": account.cells_filled,
                "retyped": tuple(name for name, _, _ in account.retyped),
                "columns_removed": account.columns_removed,
                "columns_added": account.columns_added,
            }
            for place, account in self._trial.done
        ]
        counted = ["rows_dropped", "cells_changed", "cells_emptied", "cells_filled"]
        return pd.DataFrame(
            lines, columns=["fix", "finding", *counted, "retyped", "columns_removed", "columns_added"]
        ).astype(dict.fromkeys(counted, "int64"))

    @property
    def code(self) -> str:
        """A Python module with one function, ``repair(df)``, that leaves its argument as it is."""
        return _repair_function(self.steps, self.table)

    @property
    def draft(self) -> str:
        """The same, without waiting: with all chosen repairs in it until they were tried."""
        return _repair_function(self.chosen if self.tried is None else self.steps, self.table)

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


def account_phrases(account: Account) -> list[str]:
    """Return what a repair did in phrases; one that found nothing to do says so."""
    phrases = [
        f"{count(number, noun)} {verb}"
        for number, noun, verb in (
            (account.rows_dropped, "row", "dropped"),
            (account.cells_changed, "cell", "changed"),
            (account.cells_emptied, "cell", "emptied"),
            (account.cells_filled, "cell", "filled"),
        )
        if number
    ]
    phrases += ["rows put into another order"] * account.rows_moved
    phrases += [f"{shortened(name)} is {after} now, was {before}" for name, before, after in account.retyped]
    for verb, names in (("removed", account.columns_removed), ("added", account.columns_added)):
        if names:
            listed = listing([shortened(name) for name in names])
            phrases.append(f"{'column' if len(names) == 1 else 'columns'} {listed} {verb}")
    return phrases or [NOTHING_DONE]


def _repair_function(steps: Sequence[Step], table: Table) -> str:
    """Return a Python module with one function, ``repair(df)``, that makes the repairs and leaves its argument as it is."""
    bodies = [step.fix.code.rstrip() for step in steps]
    lines = [f"# Repair {visible(table.name)}: {count(len(steps), 'step')}.", "", *imports_of(bodies), "", ""]
    lines += ["def repair(df: pd.DataFrame) -> pd.DataFrame:", "    df = df.copy()"]
    for number, (step, body) in enumerate(zip(steps, bodies, strict=True), start=1):
        said = textwrap.wrap(f"{number}. {step.fix.title}: {visible(step.finding.message)}", _LINE)
        lines += ["", *(f"    # {line}" for line in said), textwrap.indent(body, "    ")]
    return "\n".join([*lines, "", "    return df", ""])


def imports_of(codes: Iterable[str]) -> list[str]:
    """Return the lines that import what repairs use, and pandas."""
    used = "\n".join(codes)
    imports = ["import re", ""] if re.search(r"\bre\.", used) else []
    if re.search(r"\bnp\.", used):
        imports.append("import numpy as np")
    return [*imports, "import pandas as pd"]
