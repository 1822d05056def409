"""What was repaired as a pandera schema: it passes on the repaired table and fails on the defects."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from mlqa_widgets.fixes.code import list_literal, literal
from mlqa_widgets.fixes.plan import Plan, Step
from mlqa_widgets.tables.table import NO_ROW, Column, Table
from mlqa_widgets.wording import visible

_MOST_VALUES = 200


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
class _Expressed:
    """What the schema says so far, as code."""

    dtypes: dict[Hashable, str] = field(default_factory=dict)
    checks: dict[Hashable, list[str]] = field(default_factory=dict)
    not_null: set[Hashable] = field(default_factory=set)
    of_frame: list[str] = field(default_factory=list)


def pandera_schema(plan: Plan, table: Table) -> PanderaSchema:
    """Return the schema of the table after ``plan``; each part was seen to hold after and not before."""
    before, after = table.frame(), plan.apply()
    said = _Expressed()
    left_out: dict[str, str] = {}
    for step in plan.steps:
        why = _express(step, table, before, after, said)
        if why:
            left_out[step.finding.message] = why
    return PanderaSchema(_module(table, after, said), left_out)


def _express(step: Step, table: Table, before: pd.DataFrame, after: pd.DataFrame, said: _Expressed) -> str:
    """Add what expresses a step; return why nothing does, or an empty text."""
    finding, fix = step.finding, step.fix
    columns = [table.columns[i] for i in finding.columns]
    label = f"name={finding.check!r}, error={visible(finding.message)!r}"
    if fix.removes:
        gone = list_literal(table.columns[i].label for i in fix.removes)
        said.of_frame.append(f"pa.Check(lambda df: not set({gone}) & set(df.columns), {label})")
        return ""
    if fix.drops is not NO_ROW:
        subset = [column.label for column in columns] or None
        if after.duplicated(subset).any() or not before.duplicated(subset).any():
            return "which rows were dropped cannot be told from a row alone"
        said.of_frame.append(f"pa.Check(lambda df: ~df.duplicated({list_literal(subset) if subset else ''}), {label})")
        return ""
    expressed = [_express_column(column, step, table, before, after, said, label) for column in columns]
    return "" if any(expressed) else "the values that offend are right in other rows"


def _express_column(
    column: Column, step: Step, table: Table, before: pd.DataFrame, after: pd.DataFrame, said: _Expressed, label: str
) -> bool:
    old, new = before.iloc[:, column.position], _column(after, column)
    if new is None:
        return False
    if old.dtype != new.dtype:
        said.dtypes[column.label] = str(new.dtype)
        return True
    if step.finding.check.startswith("missing") and old.isna().any() and not new.isna().any():
        said.not_null.add(column.label)
        return True
    try:
        offending = pd.unique(old.iloc[table.positions(step.finding.predicate)].dropna())
        left = set(new.dropna())
    except TypeError:
        return False
    forbidden = [value for value in offending if value not in left]
    if not forbidden or len(forbidden) > _MOST_VALUES or not all(map(_has_literal, forbidden)):
        return False
    said.checks.setdefault(column.label, []).append(f"pa.Check.notin({list_literal(forbidden)}, {label})")
    return True


def _column(after: pd.DataFrame, column: Column) -> pd.Series | None:
    places = [place for place, name in enumerate(after.columns) if name == column.label]
    return after.iloc[:, places[0]] if len(places) == 1 else None


def _has_literal(value: Any) -> bool:
    return isinstance(value, (str, int, float, bool, pd.Timestamp)) and value is not pd.NaT


def _module(table: Table, after: pd.DataFrame, said: _Expressed) -> str:
    names = [name for name in after.columns if name in {*said.dtypes, *said.checks, *said.not_null}]
    lines = [f"# What a repaired {visible(table.name)} must be; validate a frame with schema.validate(df, lazy=True)."]
    lines += ["", "import pandas as pd", "import pandera.pandas as pa", "", "schema = pa.DataFrameSchema(", "    {"]
    for name in names:
        dtype = literal(said.dtypes[name]) if name in said.dtypes else "None"
        lines.append(f"        {literal(name)}: pa.Column(")
        lines.append(f"            {dtype},")
        checks = said.checks.get(name, [])
        if checks:
            lines += ["            checks=[", *(f"                {check}," for check in checks), "            ],"]
        lines += [f"            nullable={name not in said.not_null},", "        ),"]
    lines.append("    },")
    if said.of_frame:
        lines += ["    checks=[", *(f"        {check}," for check in said.of_frame), "    ],"]
    return "\n".join([*lines, ")", ""])
