"""What was repaired as a pandera schema: it passes on the repaired table and fails on the defects.

Each repair is said in the plainest way that was seen to hold of the repaired table and not of the table as it was: a
column that is gone or there, a type, no missing cells, no repeated rows, values that may not come back, a range; where
none of these tells them apart, that the repair has nothing left to do. A repair for which even that does not hold
(one that would change its own result again) is left out, with the reason.
"""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import FixRefused
from mlqa_widgets.fixes.apply import TableInRepair, run_code
from mlqa_widgets.fixes.code import list_literal, literal
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.fixes.plan import NOTHING_DONE, Plan, Step, account_phrases, imports_of
from mlqa_widgets.tables.table import NO_ROW, Column, Table
from mlqa_widgets.wording import visible

_MOST_VALUES = 40


@dataclass(frozen=True)
class PanderaSchema:
    """A Python module that holds a pandera schema.

    Attributes
    ----------
    code
        The module; its ``schema`` validates a frame.
    left_out
        Message of each finding that the schema cannot express, and why.
    """

    code: str
    left_out: dict[str, str]

    def write(self, path: str | Path) -> Path:
        """Write the module to a file."""
        Path(path).write_text(self.code, encoding="utf-8")
        return Path(path)

    def __repr__(self) -> str:
        return self.code + "".join(f"\n# Not expressed: {visible(one)} ({why})" for one, why in self.left_out.items())


@dataclass
class _Said:
    """What the schema says so far, as code."""

    dtypes: dict[Hashable, str] = field(default_factory=dict)
    checks: dict[Hashable, list[str]] = field(default_factory=dict)
    not_null: set[Hashable] = field(default_factory=set)
    there: set[Hashable] = field(default_factory=set)
    of_frame: list[str] = field(default_factory=list)
    repairs: list[tuple[str, Fix]] = field(default_factory=list)


def pandera_schema(plan: Plan) -> PanderaSchema:
    """Return the schema of the table after ``plan``; each part was seen to hold after and not before."""
    said, left_out = _Said(), {step.finding.message: f"its fix was left out: {why}" for step, why in plan.left_out}
    expressing = _Expressing(plan.table, plan.apply(), said)
    for step in plan.steps:
        if why := expressing.express(step):
            left_out[step.finding.message] = why
    return PanderaSchema(_module(plan.table, expressing.after, said), left_out)


class _Expressing:
    """Finds what tells the repaired table from the table as it was, by making the repairs again, one by one.

    A part of the schema must hold of the table after all repairs (``after``), and not of the table just before its own.
    """

    def __init__(self, table: Table, after: pd.DataFrame, said: _Said) -> None:
        self.table, self.after, self.said = table, after, said
        self._repair = TableInRepair(table)
        self._as_it_was = self.before = self._repair.frame

    def express(self, step: Step) -> str:
        """Make the next repair and add what expresses it; return why nothing does, or an empty text."""
        self.before = self._repair.frame
        idle = account_phrases(self._repair.run(step.fix)) == [NOTHING_DONE]
        finding, fix = step.finding, step.fix
        label = f"name={finding.check!r}, error={visible(finding.message)!r}"
        columns = [self.table.columns[i] for i in (*fix.changes, *finding.columns)]
        if any(self.table.label_counts[column.label] > 1 for column in columns):
            return "another column has the same name"
        if idle:
            retyped = {self.table.columns[i].label for i in fix.changes} <= set(self.said.dtypes)
            return "" if retyped else "the repairs before it leave nothing to repair"
        told = (
            self._gone(fix, label)
            or self._there(fix)
            or self._not_repeated(fix, finding.columns, label)
            or self._columns(fix, finding.columns, step, label)
            or self._nothing_to_do(fix, label)
        )
        return "" if told else "the repair would change its own result again, so it cannot tell right from wrong"

    def _gone(self, fix: Fix, label: str) -> bool:
        if not fix.removes:
            return False
        gone = list_literal(self.table.columns[i].label for i in fix.removes)
        self.said.of_frame.append(f"pa.Check(lambda df: not set({gone}) & set(df.columns), {label})")
        return True

    def _there(self, fix: Fix) -> bool:
        self.said.there.update(fix.adds)
        return bool(fix.adds)

    def _not_repeated(self, fix: Fix, columns: tuple[int, ...], label: str) -> bool:
        if fix.drops is NO_ROW:
            return False
        subset = [self.table.columns[i].label for i in columns] or None
        try:
            repeated = self.before.duplicated(subset).any() and not self.after.duplicated(subset).any()
        except (TypeError, KeyError):
            return False
        if repeated:
            over = f"subset={list_literal(subset)}" if subset else ""
            self.said.of_frame.append(f"pa.Check(lambda df: ~df.duplicated({over}), {label})")
        return bool(repeated)

    def _columns(self, fix: Fix, columns: tuple[int, ...], step: Step, label: str) -> bool:
        among = [self.table.columns[i] for i in dict.fromkeys(fix.changes or columns)]
        left = [column for column in among if column.label in self.after.columns]
        if among and not left:
            return True  # a later repair removes them, and says so
        told = [self._column(column, step, label) for column in left]
        return bool(told) and (all(told) or (any(told) and not fix.changes))

    def _column(self, column: Column, step: Step, label: str) -> bool:
        name, said = column.label, self.said
        old, new = self.before[name], self.after[name]
        if old.dtype != new.dtype:
            said.dtypes[name] = str(new.dtype)
            return True
        if old.isna().any() and not new.isna().any():
            said.not_null.add(name)
            return True
        check = self._not_among(old, new, step) or self._in_range(old, new, step)
        if check:
            said.checks.setdefault(name, []).append(f"pa.Check.{check}, {label})")
        return bool(check)

    def _offending(self, step: Step, name: Hashable) -> pd.Series:
        return self._as_it_was[name].iloc[self.table.positions(step.finding.predicate)].dropna()

    def _not_among(self, old: pd.Series, new: pd.Series, step: Step) -> str:
        try:
            offending = pd.Series(pd.unique(self._offending(step, new.name)))
            forbidden = offending[offending.isin(old) & ~offending.isin(new)].tolist()
        except TypeError:
            return ""
        if not forbidden or len(forbidden) > _MOST_VALUES or not all(map(_has_literal, forbidden)):
            return ""
        return f"notin({list_literal(forbidden)}"

    def _in_range(self, old: pd.Series, new: pd.Series, step: Step) -> str:
        if not pd.api.types.is_numeric_dtype(old.dtype) or pd.api.types.is_bool_dtype(old.dtype) or new.isna().all():
            return ""
        offending, low, high = self._offending(step, new.name), new.min(), new.max()
        if (
            not len(offending)
            or not pd.api.types.is_numeric_dtype(offending.dtype)
            or not ((offending < low) | (offending > high)).all()
        ):
            return ""
        return f"in_range({literal(low)}, {literal(high)}"

    def _nothing_to_do(self, fix: Fix, label: str) -> bool:
        names = [name for i in fix.changes if (name := self.table.columns[i].label) in self.after.columns]
        if not self._settled(fix, names, self.after) or self._settled(fix, names, self.before):
            return False
        function = f"repair_{len(self.said.repairs) + 1}"
        self.said.repairs.append((function, fix))
        self.said.of_frame.append(f"pa.Check(nothing_left_for({function}, {list_literal(names)}), {label})")
        return True

    def _settled(self, fix: Fix, names: list[Hashable], frame: pd.DataFrame) -> bool:
        try:
            numbered = frame.reset_index(drop=True)
            again = run_code(fix, self.table.name, numbered)
            return again.index.equals(numbered.index) and all(_same(again[name], numbered[name]) for name in names)
        except (FixRefused, KeyError, TypeError, ValueError):
            return False


def _same(one: pd.Series, other: pd.Series) -> bool:
    return bool(((one == other) | (one.isna() & other.isna())).all())


def _has_literal(value: Any) -> bool:
    if isinstance(value, (float, np.floating)):
        return bool(np.isfinite(value))
    return isinstance(value, (str, int, bool, np.integer, np.bool_, pd.Timestamp)) and value is not pd.NaT


_NOTHING_LEFT = '''def nothing_left_for(repair, columns):
    """Return a check that a repair would drop and move no row and change no cell of these columns, row by row."""

    def check(df):
        numbered = df.reset_index(drop=True)
        repaired = repair(numbered.copy())
        kept = repaired.index.to_numpy()
        same = numbered.index.isin(kept)
        same[kept[1:][kept[1:] < kept[:-1]]] = False
        for column in columns:
            old, new = numbered.loc[kept, column], repaired[column]
            same[kept] &= ((new == old) | (new.isna() & old.isna())).to_numpy(dtype=bool)
        return pd.Series(same, index=df.index)

    return check'''


def _module(table: Table, after: pd.DataFrame, said: _Said) -> str:
    told = {*said.dtypes, *said.checks, *said.not_null, *said.there}
    lines = [f"# What a repaired {visible(table.name)} must be; validate a frame with schema.validate(df, lazy=True)."]
    lines += ["", *imports_of(fix.code for _, fix in said.repairs), "import pandera.pandas as pa"]
    for function, fix in said.repairs:
        lines += ["", "", f"def {function}(df):", f"    # {visible(fix.title)}"]
        lines += [textwrap.indent(fix.code.rstrip(), "    "), "    return df"]
    if said.repairs:
        lines += ["", "", _NOTHING_LEFT, ""]
    lines += ["", "schema = pa.DataFrameSchema(", "    {"]
    lines += [line for name in after.columns if name in told for line in _column_lines(name, said)]
    lines.append("    },")
    if said.of_frame:
        lines += ["    checks=[", *(f"        {check}," for check in said.of_frame), "    ],"]
    return "\n".join([*lines, ")", ""])


def _column_lines(name: Hashable, said: _Said) -> Iterable[str]:
    dtype = literal(said.dtypes[name]) if name in said.dtypes else "None"
    nullable = name not in said.not_null
    checks = said.checks.get(name, [])
    if not checks:
        return [f"        {literal(name)}: pa.Column({dtype}, nullable={nullable}),"]
    return [
        f"        {literal(name)}: pa.Column(",
        f"            {dtype},",
        "            checks=[",
        *(f"                {check}," for check in checks),
        "            ],",
        f"            nullable={nullable},",
        "        ),",
    ]
