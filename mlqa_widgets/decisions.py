"""What was decided about a table: findings dismissed with a reason, fixes chosen, and what its columns mean.

One small TOML file per table, ``<table>.mlqa.toml``, beside the notebook (in the working directory). It is made
to be read, reviewed and committed: one entry per decision, in the order they were taken, one line per fact. It is
replaced in one step, so a crash at any moment leaves the old file or the new one, never half of either.

::

    [[dismissed]]
    check = "outliers"
    columns = ["dep_delay"]
    reason = "real delays: checked against the airline's log"
    on = 2026-03-14

    [[plan]]
    check = "placeholders"
    columns = ["arr_delay"]
    fix = "Turn them into missing"

    [descriptions]
    dep_delay = "minutes after the scheduled departure; negative is early"

    [declared.dep_delay]
    type = "integer"
    unit = "min"
    minimum = -60
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from mlqa_widgets.dictionary import checked
from mlqa_widgets.errors import InputError
from mlqa_widgets.kept import TomlFile


@dataclass(frozen=True)
class Dismissal:
    """A finding that is not a problem here, and why."""

    check: str
    columns: tuple[str, ...]
    reason: str
    on: dt.date


@dataclass(frozen=True)
class ChosenFix:
    """A repair put into the plan: of which finding, and which of those on offer."""

    check: str
    columns: tuple[str, ...]
    fix: str


@dataclass(frozen=True)
class Decisions:
    """What the file holds."""

    dismissed: tuple[Dismissal, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    plan: tuple[ChosenFix, ...] = ()
    declared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Column name -> property of the data dictionary -> its value; an empty text or list takes away what was given."""

    @property
    def edits(self) -> dict[str, dict[str, Any]]:
        """Column name -> property -> value: the descriptions and all else that was declared."""
        said: dict[str, dict[str, Any]] = {name: {"description": text} for name, text in self.descriptions.items()}
        for name, properties in self.declared.items():
            said[name] = {**said.get(name, {}), **properties}
        return said

    def dismissal(self, check: str, columns: Sequence[str]) -> Dismissal | None:
        """Return the dismissal of a finding, if there is one."""
        wanted = (check, tuple(columns))
        return next((d for d in reversed(self.dismissed) if (d.check, d.columns) == wanted), None)


class DecisionFile(TomlFile):
    """The decisions of one table, on disk.

    Parameters
    ----------
    table
        The table's name, from which the file's name is made.
    folder
        Where it lies; the working directory, which in a notebook is the notebook's own, if not given.
    """

    def __init__(self, table: str, folder: Path | None = None) -> None:
        super().__init__(table, ".mlqa.toml", folder)

    def read(self) -> Decisions:
        """Return the decisions; none if there is no file.

        Raises
        ------
        InputError
            When the file cannot be understood: it was edited by hand and is not TOML, or an entry lacks a part.
        """
        document = self._document()
        try:
            dismissed = tuple(
                Dismissal(
                    str(entry["check"]),
                    tuple(str(name) for name in entry["columns"]),
                    str(entry["reason"]),
                    dt.date.fromisoformat(str(entry["on"])),
                )
                for entry in document.get("dismissed", [])
            )
            descriptions = {str(k): str(v) for k, v in document.get("descriptions", {}).items()}
            declared = {
                str(name): {str(one): checked(str(one), value) for one, value in properties.items()}
                for name, properties in document.get("declared", tomlkit.table()).unwrap().items()
            }
            plan = tuple(
                ChosenFix(str(entry["check"]), tuple(str(name) for name in entry["columns"]), str(entry["fix"]))
                for entry in document.get("plan", [])
            )
        except InputError as error:
            msg = f"{self.path.name}: [declared]: {error}"
            raise InputError(msg) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            msg = f"{self.path.name}: an entry lacks or misspells {error}. Each [[dismissed]] needs check, columns, reason and on; each [[plan]] check, columns and fix."
            raise InputError(msg) from error
        return Decisions(dismissed, descriptions, plan, declared)

    def dismiss(self, check: str, columns: Sequence[str], reason: str) -> Dismissal:
        """Remember that a finding is not a problem.

        Raises
        ------
        InputError
            When no reason is given.
        """
        if not reason.strip():
            msg = "reason: say why it is not a problem here, so that others can judge it later."
            raise InputError(msg)
        entry = Dismissal(check, tuple(columns), reason.strip(), dt.date.today())  # noqa: DTZ011 - the user's own day
        with self._lock():
            document = self._document()
            entries = _without(document, check, columns)
            table = tomlkit.table()
            table.update({"check": check, "columns": list(columns), "reason": entry.reason, "on": entry.on})
            entries.append(table)
            document["dismissed"] = entries
            self._replace(document)
        return entry

    def restore(self, check: str, columns: Sequence[str]) -> None:
        """Forget a dismissal."""
        with self._lock():
            document = self._document()
            document["dismissed"] = _without(document, check, columns)
            self._replace(document)

    def choose(self, plan: Sequence[ChosenFix]) -> None:
        """Remember which repairs are to be made, in this order."""
        with self._lock():
            document = self._document()
            entries = tomlkit.aot()
            for one in plan:
                table = tomlkit.table()
                table.update({"check": one.check, "columns": list(one.columns), "fix": one.fix})
                entries.append(table)
            document.pop("plan", None)
            if plan:
                document["plan"] = entries
            self._replace(document)

    def describe(self, column: str, text: str) -> None:
        """Remember what a column means; an empty text forgets it."""
        with self._lock():
            document = self._document()
            descriptions = document.setdefault("descriptions", tomlkit.table())
            if text.strip():
                descriptions[column] = text.strip()
            else:
                descriptions.pop(column, None)
            self._replace(document)

    def declare(self, column: str, properties: Mapping[str, Any]) -> None:
        """Remember what the data dictionary says of a column; None forgets what was said here.

        Raises
        ------
        InputError
            When a property does not exist or cannot have its value.
        """
        kept = {name: None if value is None else checked(name, value) for name, value in properties.items()}
        with self._lock():
            document = self._document()
            declared = document.setdefault("declared", tomlkit.table(is_super_table=True))
            said = declared.setdefault(column, tomlkit.table())
            for name, value in kept.items():
                if value is None:
                    said.pop(name, None)
                else:
                    said[name] = value
            if not said:
                declared.pop(column)
            if not declared:
                document.pop("declared")
            self._replace(document)


def _without(document: tomlkit.TOMLDocument, check: str, columns: Sequence[str]) -> tomlkit.items.AoT:
    kept = tomlkit.aot()
    for entry in document.get("dismissed", []):
        if (entry.get("check"), list(entry.get("columns", []))) != (check, list(columns)):
            kept.append(entry)
    return kept
