"""The card of a source on disk: ``<name>.mlqa-source.toml`` beside the notebook, made to be read and committed.

::

    [source]
    name = "air-quality"
    owner = "Ville de Montréal"
    licence = "CC-BY-4.0"
    url = "https://donnees.montreal.ca/dataset/rsqa"
    promised = "1 hour"

    [[read]]
    first = 2026-03-14T09:00:00-04:00
    last = 2026-03-14T17:00:00-04:00
    times = 3
    content = "9f86d081884c7d65..."
    rows = 8760
    columns = 6
    newest = 2026-03-14T08:00:00
    of = "CSV file"

What a Data Package beside the file says stands in ``[package]``, the times of the records at the last read in
``[records]``. Nothing in it opens a door: addresses are kept without user, password and tokens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import tomlkit

from mlqa_widgets.errors import InputError
from mlqa_widgets.kept import TomlFile
from mlqa_widgets.sources.reads import Read, Records

FACTS: Final = ("about", "owner", "contact", "licence", "url", "promised", "contributors", "time")
"""What a person says of a source."""


@dataclass(frozen=True)
class Kept:
    """What the file holds: facts by their names, as a person and as the Data Package said them, and the reads."""

    said: Mapping[str, Any] = field(default_factory=dict)
    package: Mapping[str, Any] = field(default_factory=dict)
    reads: tuple[Read, ...] = ()
    records: Records | None = None


class SourceFile(TomlFile):
    """The card of one source.

    Parameters
    ----------
    name
        The source's name, from which the file's name is made.
    folder
        Where it lies; the working directory if not given.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        super().__init__(name, ".mlqa-source.toml", folder)
        self._name = name

    def read(self) -> Kept:
        """Return what is kept; nothing if there is no file.

        Raises
        ------
        InputError
            When the file cannot be understood; the message says which part.
        """
        return self._understood(self._document())

    def _understood(self, document: tomlkit.TOMLDocument) -> Kept:
        content = document.unwrap()
        try:
            said = dict(content.get("source", {}))
            records = _records(content["records"]) if "records" in content else None
            reads = tuple(_read(i + 1, entry) for i, entry in enumerate(content.get("read", [])))
            return Kept(said, dict(content.get("package", {})), reads, records)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            msg = f"{self.path.name}: an entry lacks or misspells {error}. Each [[read]] needs first, last, times, content, rows, columns and of."
            raise InputError(msg) from error

    def say(self, facts: Mapping[str, Any]) -> None:
        """Remember what a person says of the source; an empty value forgets it."""
        with self._lock():
            document = self._document()
            table = document.get("source")
            if table is None:
                table = tomlkit.table()
                document["source"] = table
            table["name"] = self._name
            for name, value in facts.items():
                if value in ("", []):
                    table.pop(name, None)
                else:
                    table[name] = value
            self._replace(document)

    def note(self, read: Read, records: Records | None, package: Mapping[str, Any]) -> Read:
        """Remember a read, as one more of the last where its content is the same, and return it as it is kept.

        Raises
        ------
        InputError
            When it was made before the last one that is kept.
        """
        with self._lock():
            document = self._document()
            kept = self._understood(document)
            before = kept.reads[-1] if kept.reads else None
            if before is not None and read.first < before.last:
                msg = f"at: {read.first:%Y-%m-%d %H:%M} is before the last read kept, of {before.last:%Y-%m-%d %H:%M}. Reads are noted in order."
                raise InputError(msg)
            if "source" not in document:
                document["source"] = _table({"name": self._name})
            for name, said in (("package", package), ("records", _records_table(records))):
                if said:
                    document[name] = _table(said)
                else:
                    document.pop(name, None)
            if before is not None and (before.content, before.of) == (read.content, read.of):
                read = replace(read, number=before.number, first=before.first, times=before.times + 1)
                document["read"][-1].update(_read_table(read))
            else:
                read = replace(read, number=len(kept.reads) + 1)
                entry = _table(_read_table(read))
                entry.trivia.indent = "\n"  # a blank line before each
                entries = document.setdefault("read", tomlkit.aot())
                entries.append(entry)
            self._replace(document)
        return read


def _table(said: Mapping[str, Any]) -> tomlkit.items.Table:
    table = tomlkit.table()
    table.update(said)
    return table


def _read(number: int, entry: Mapping[str, Any]) -> Read:
    return Read(
        number=number,
        first=_moment(entry["first"]),
        last=_moment(entry["last"]),
        times=int(entry["times"]),
        content=str(entry["content"]),
        rows=int(entry["rows"]),
        columns=int(entry["columns"]),
        newest=pd.Timestamp(entry["newest"]) if "newest" in entry else None,
        of=str(entry["of"]),
        facts={str(name): str(value) for name, value in entry.get("file", {}).items()},
        errors=entry.get("errors"),
        warnings=entry.get("warnings"),
        defects=tuple(map(str, entry.get("defects", ()))),
    )


def _moment(value: Any) -> dt.datetime:
    return pd.Timestamp(value).to_pydatetime().astimezone()


def _read_table(read: Read) -> dict[str, Any]:
    said: dict[str, Any] = {
        "first": read.first,
        "last": read.last,
        "times": read.times,
        "content": read.content,
        "rows": read.rows,
        "columns": read.columns,
        "newest": None if read.newest is None else read.newest.to_pydatetime(),
        "of": read.of,
        "errors": read.errors,
        "warnings": read.warnings,
        "defects": list(read.defects) or None,
        "file": read.facts or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _records(entry: Mapping[str, Any]) -> Records:
    return Records(
        clock=str(entry["clock"]),
        zone=str(entry.get("zone", "")),
        oldest=pd.Timestamp(entry["oldest"]),
        newest=pd.Timestamp(entry["newest"]),
        step=pd.Timedelta(seconds=entry["step_seconds"]) if "step_seconds" in entry else None,
        times=int(entry["times"]),
        holes=tuple((pd.Timestamp(start), pd.Timestamp(end)) for start, end in entry.get("holes", ())),
    )


def _records_table(records: Records | None) -> dict[str, Any]:
    if records is None:
        return {}
    said: dict[str, Any] = {
        "clock": records.clock,
        "oldest": records.oldest.to_pydatetime(),
        "newest": records.newest.to_pydatetime(),
    }
    if records.zone:
        said["zone"] = records.zone
    if records.step is not None:
        said["step_seconds"] = records.step.total_seconds()
    said["times"] = records.times
    if records.holes:
        said["holes"] = [[start.to_pydatetime(), end.to_pydatetime()] for start, end in records.holes]
    return said
