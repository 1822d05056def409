"""What the user says of the columns: which is the target, the key, the time, the place."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mlqa_widgets.dictionary import Dictionary, is_document
from mlqa_widgets.errors import InputError
from mlqa_widgets.naming import nearest
from mlqa_widgets.tables.table import Column, Table


@dataclass(frozen=True)
class Roles:
    """What the user said of the columns, as positions."""

    target: int | None = None
    key: tuple[int, ...] = ()
    time: int | None = None
    group: tuple[int, ...] = ()
    location: tuple[int, int] | None = None
    """Latitude, longitude."""
    region: str | None = None
    """Two-letter country code that phones and postcodes are read for."""
    dictionary: Dictionary = field(default_factory=Dictionary)
    """What the data dictionary says of the columns, by their names."""
    has_dictionary: bool = False
    """Whether a dictionary was given."""

    def edited(self, table: Table, edits: Mapping[str, Mapping[str, Any]]) -> Roles:
        """Return these roles with what was said in the Columns tab put into the dictionary: it has the last word."""
        names = {column.name for column in table.columns}
        said = {name: properties for name, properties in edits.items() if name in names}
        return replace(self, dictionary=self.dictionary.edited_all(said))


def resolve_roles(
    table: Table,
    *,
    target: Hashable | None = None,
    key: Hashable | Sequence[Hashable] | None = None,
    time: Hashable | None = None,
    group: Hashable | Sequence[Hashable] | None = None,
    location: Sequence[Hashable] | None = None,
    region: str | None = None,
    dictionary: Any = None,
) -> Roles:
    """Find the columns the user named.

    Raises
    ------
    InputError
        When a name is no column (the message offers the nearest), or a value has the wrong form.
    """
    if location is not None and (isinstance(location, str) or len(location) != 2):
        msg = f"location: pass a pair (latitude column, longitude column), not {location!r}."
        raise InputError(msg)
    declared = Dictionary() if dictionary is None else _dictionary(table, dictionary)
    names = {column.name for column in table.columns}
    if key is None and declared.primary_key and names.issuperset(declared.primary_key):
        key = list(declared.primary_key)
    pair = None if location is None else [_find(table, name, "location").position for name in location]
    if pair is not None and pair[0] == pair[1]:
        msg = f"location: {table.columns[pair[0]].name!r} cannot be latitude and longitude both; pass two columns."
        raise InputError(msg)
    return Roles(
        target=None if target is None else _find(table, target, "target").position,
        key=_find_all(table, key, "key"),
        time=None if time is None else _find(table, time, "time").position,
        group=_find_all(table, group, "group"),
        location=None if pair is None else (pair[0], pair[1]),
        region=_region(region),
        dictionary=declared,
        has_dictionary=dictionary is not None,
    )


def _dictionary(table: Table, source: Any) -> Dictionary:
    if isinstance(source, Mapping) and not is_document(source):
        source = {_find(table, name, "dictionary").name: said for name, said in source.items()}
    return Dictionary.read(source, resource=table.name)


def _region(region: object) -> str | None:
    if region is None:
        return None
    if not (isinstance(region, str) and len(region) == 2 and region.isalpha()):
        msg = f"region: pass a two-letter country code such as 'CA' or 'FR', not {region!r}."
        raise InputError(msg)
    return region.upper()


def _find_all(table: Table, names: Any, argument: str) -> tuple[int, ...]:
    if names is None:
        return ()
    if isinstance(names, list):
        return tuple(_find(table, name, argument).position for name in names)
    return (_find(table, names, argument).position,)


def _find(table: Table, name: Hashable, argument: str) -> Column:
    matches = [c for c in table.columns if c.label == name] or [c for c in table.columns if c.name == name]
    if len(matches) == 1:
        return matches[0]
    if matches:
        msg = f"{argument}: {len(matches)} columns are called {name!r}; rename them, or pass one of {[c.name for c in matches]}."
    else:
        msg = f"{argument}: there is no column {name!r}. {nearest(name, [c.name for c in table.columns])}"
    raise InputError(msg)
