"""The data dictionary of a table: what each column means, its type, unit, allowed values and range.

It is a Frictionless Table Schema (https://datapackage.org/standard/table-schema), version 1 or 2, kept as it was read:
what this package does not know survives. A unit is the property ``unit`` of a field, as the community writes it
(``{"name": "ground_speed", "type": "number", "unit": "m/s"}``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mlqa_widgets.errors import InputError
from mlqa_widgets.naming import nearest
from mlqa_widgets.wording import listing, quoted

if TYPE_CHECKING:
    import pandas as pd

    from mlqa_widgets.scan import Scan

TYPES: Final = (
    "string number integer boolean date time datetime year yearmonth duration object array list geopoint geojson any"
).split()
"""The types of a Table Schema."""

_PROFILE: Final = "https://datapackage.org/profiles/2.0/tableschema.json"
_OF_FIELD: Final = ("title", "description", "type", "format", "unit")
_CONSTRAINTS: Final = (
    "required",
    "unique",
    "enum",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
)
PROPERTIES: Final = (*_OF_FIELD, *_CONSTRAINTS)
"""What can be said of a column."""

_TEXT: Final = {"type": "string"}
_YES_OR_NO: Final = {"type": "boolean"}
_LIMIT: Final = {"type": ["number", "string"]}
_LENGTH: Final = {"type": "integer", "minimum": 0}
_SHAPES: Final[dict[str, Any]] = {
    "title": _TEXT,
    "description": _TEXT,
    "type": {"enum": TYPES},
    "format": _TEXT,
    "unit": _TEXT,
    "required": _YES_OR_NO,
    "unique": _YES_OR_NO,
    "enum": {"type": "array", "minItems": 1},
    "minimum": _LIMIT,
    "maximum": _LIMIT,
    "exclusiveMinimum": _LIMIT,
    "exclusiveMaximum": _LIMIT,
    "minLength": _LENGTH,
    "maxLength": _LENGTH,
    "pattern": _TEXT,
}
_MISSING: Final = {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["value"]}]}}
_NAMES: Final = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_DOCUMENT: Final = {
    "type": "object",
    "required": ["fields"],
    "properties": {
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    **{name: _SHAPES[name] for name in ("title", "description", "type", "format")},
                    "constraints": {"type": "object", "properties": {name: _SHAPES[name] for name in _CONSTRAINTS}},
                    "missingValues": _MISSING,
                },
            },
        },
        "missingValues": _MISSING,
        "primaryKey": _NAMES,
        "foreignKeys": {"type": "array", "items": {"type": "object"}},
    },
}
"""What of a Table Schema is read here, as JSON Schema; anything else in it is left as it is."""


@dataclass(frozen=True)
class Field:
    """One column as a dictionary declares it; ``descriptor`` is the field of the Table Schema, whole."""

    descriptor: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The column's name."""
        return str(self.descriptor["name"])

    def get(self, name: str, default: Any = None) -> Any:
        """Return a property or a constraint by its name in the Table Schema, or ``default`` where it is not declared."""
        among = self.descriptor.get("constraints", {}) if name in _CONSTRAINTS else self.descriptor
        value = among.get(name)
        return default if value is None else value

    @property
    def title(self) -> str:
        """What people call the column."""
        return str(self.get("title", ""))

    @property
    def description(self) -> str:
        """What the column means."""
        return str(self.get("description", ""))

    @property
    def type(self) -> str:
        """One of :data:`TYPES`; empty where none is declared."""
        return str(self.get("type", ""))

    @property
    def format(self) -> str:
        """How values of the type are written; ``default`` where nothing else is declared."""
        return str(self.get("format", "default"))

    @property
    def unit(self) -> str:
        """The unit of measure; empty where none is declared."""
        unit = self.get("unit", "")
        return unit if isinstance(unit, str) else ""

    @property
    def enum(self) -> tuple[Any, ...]:
        """The allowed values: the constraint ``enum``, or the ``categories`` of version 2; empty where any is allowed."""
        allowed = self.get("enum") or self.get("categories", ())
        return tuple(one["value"] if isinstance(one, Mapping) else one for one in allowed)

    @property
    def says_something(self) -> bool:
        """Whether anything is declared beside the name."""
        return bool(self.properties())

    def properties(self, *but: str) -> dict[str, Any]:
        """Return what is declared beside the name, by :data:`PROPERTIES`; without those named."""
        said = {name: self.get(name) for name in PROPERTIES if name not in but}
        said["enum"] = list(self.enum)
        return {name: value for name, value in said.items() if not is_empty(value)}

    def edited(self, name: str, value: Any) -> Field:
        """Return the field with a property or a constraint put in place; an empty value takes it away.

        Raises
        ------
        InputError
            When the value is none that the property can have; the message names both.
        """
        value = checked(name, value)
        descriptor = deepcopy(dict(self.descriptor))
        among = descriptor.setdefault("constraints", {}) if name in _CONSTRAINTS else descriptor
        among.pop(name, None)
        if name == "enum":
            descriptor.pop("categories", None)
        if not is_empty(value):
            among[name] = value
        if not descriptor.get("constraints", True):
            del descriptor["constraints"]
        found = Field(descriptor)
        if name in ("minimum", "maximum"):
            found.demand_range()
        return found

    def demand_range(self) -> None:
        """Raise an InputError when no value can lie in the declared range."""
        low, high = self.get("minimum"), self.get("maximum")
        alike = type(low) is type(high) or {type(low), type(high)} == {int, float}
        if alike and low is not None and low > high:
            msg = f"minimum: {low} is above the maximum {high} of {quoted(self.name)}."
            raise InputError(msg)


def is_empty(value: object) -> bool:
    """Return whether a property's value says nothing."""
    return value is None or value is False or value in ("", [])


def checked(name: str, value: Any) -> Any:
    """Return a property's value as a Table Schema holds it.

    Raises
    ------
    InputError
        When there is no such property, or it cannot have the value.
    """
    if name not in PROPERTIES:
        msg = f"There is no property {name!r}. {nearest(name, PROPERTIES)}"
        raise InputError(msg)
    if isinstance(value, str):
        value = value.strip()
    if isinstance(value, tuple):
        value = list(value)
    if is_empty(value):
        return value
    if name == "type" and value not in TYPES:
        msg = f"type: {value!r} is no type of a Table Schema. {nearest(value, TYPES)}"
        raise InputError(msg)
    if name == "pattern":
        _demand_pattern(value)
    if isinstance(value, float) and not math.isfinite(value):
        msg = f"{name}: {value} is no number that a dictionary can hold; leave it empty for no limit."
        raise InputError(msg)
    for error in _errors(value, _SHAPES[name]):
        msg = f"{name}: {error.message}."
        raise InputError(msg)
    return value


def _demand_pattern(pattern: object) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), str(pattern))
    except pa.ArrowInvalid as error:
        told = str(error).removeprefix("Invalid regular expression: ")
        msg = f"pattern: {quoted(pattern)} cannot be read ({told}); look-around and back references are not supported."
        raise InputError(msg) from error


def _errors(value: Any, schema: Mapping[str, Any]) -> list[Any]:
    from jsonschema import Draft7Validator
    from jsonschema.exceptions import relevance

    return sorted(Draft7Validator(schema).iter_errors(value), key=relevance)


@dataclass(frozen=True)
class Dictionary:
    """What the columns of a table mean and hold, as a Frictionless Table Schema.

    Attributes
    ----------
    descriptor
        The Table Schema, whole: what this package does not know stays in it.

    Examples
    --------
    >>> import mlqa_widgets as mq
    >>> dictionary = mq.Dictionary.read({"age": {"type": "integer", "unit": "year", "minimum": 0}})
    >>> dictionary["age"].unit
    'year'
    >>> dictionary.descriptor["fields"]
    [{'name': 'age', 'type': 'integer', 'unit': 'year', 'constraints': {'minimum': 0}}]
    """

    descriptor: Mapping[str, Any] = field(default_factory=lambda: {"fields": [], "fieldsMatch": "subset"})

    @classmethod
    def read(cls, source: Any, *, resource: str | None = None) -> Dictionary:
        """Read a dictionary.

        Parameters
        ----------
        source
            The path of a JSON file, or a mapping: a Table Schema (it has ``fields``), a Data Package (it has
            ``resources``), a Data Resource (it has a ``schema``), or column name -> description, or column name ->
            mapping of properties (``type``, ``unit``, ``description``, ``enum``, ``minimum``, ``pattern``, ...).
        resource
            Which resource of a Data Package: its name, or the stem of its file.

        Raises
        ------
        InputError
            When the file cannot be read or is no such document; the message names the field and the property.
        """
        if isinstance(source, Dictionary):
            return source
        if isinstance(source, (str, Path)):
            path = Path(source)
            return cls(_checked_document(_schema_of(_json(path), path.parent, resource, path.name), path.name))
        if not isinstance(source, Mapping):
            msg = (
                "dictionary: pass a mapping of column name to description or properties, a Table Schema, the path of "
                f"its JSON file, or a Dictionary, not {type(source).__name__}."
            )
            raise InputError(msg)
        if is_document(source):
            return cls(_checked_document(_schema_of(source, Path.cwd(), resource, "the mapping"), "the mapping"))
        made = cls()
        for name, said in source.items():
            try:
                made = made.edited(str(name), {"description": said} if isinstance(said, str) else _properties(said))
            except InputError as error:
                msg = f"dictionary: column {name!r}: {error}"
                raise InputError(msg) from error
        return made

    @classmethod
    def draft(cls, scan: Scan) -> Dictionary:
        """Propose a dictionary from what a scan saw: types, units, allowed values, what is always there.

        Nothing of it is checked until it is given to a scan, or accepted in the Columns tab. Read it first: what was
        so far need not be what is right.
        """
        from mlqa_widgets.profile.draft import draft_field

        return cls({"fields": [draft_field(column).descriptor for column in scan.result.profile.columns]})

    def write(self, path: str | Path) -> Path:
        """Write the Table Schema to a JSON file and return its path."""
        path = Path(path)
        document = dict(self.descriptor)
        if not {"$schema", "profile"} & document.keys():
            document = {"$schema": _PROFILE, **document}
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return path

    @property
    def fields(self) -> tuple[Field, ...]:
        """One per column declared, in order."""
        return tuple(Field(one) for one in self.descriptor["fields"])

    def get(self, name: str) -> Field | None:
        """Return the field of a column, or None where it has none."""
        return next((one for one in self.fields if one.name == name), None)

    def __getitem__(self, name: str) -> Field:
        found = self.get(name)
        if found is None:
            msg = f"The dictionary has no column {name!r}. {nearest(name, [one.name for one in self.fields])}"
            raise KeyError(msg)
        return found

    def __contains__(self, name: object) -> bool:
        return any(one.name == name for one in self.fields)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        key = self.descriptor.get("primaryKey", ())
        return (key,) if isinstance(key, str) else tuple(key)

    @property
    def allows_missing_columns(self) -> bool:
        """Whether a table may lack columns declared here (``fieldsMatch`` of version 2)."""
        return self._match in ("superset", "partial")

    @property
    def allows_more_columns(self) -> bool:
        """Whether a table may have columns not declared here."""
        return self._match in ("subset", "partial")

    @property
    def _match(self) -> str:
        match = self.descriptor.get("fieldsMatch", "exact")
        return str(match[0] if isinstance(match, list) and match else match)

    def missing_values(self, name: str) -> tuple[str, ...]:
        """Return the texts that stand for a missing value in a column."""
        found = self.get(name)
        own = None if found is None else found.descriptor.get("missingValues")
        said = self.descriptor.get("missingValues", [""]) if own is None else own
        return tuple(str(one["value"] if isinstance(one, Mapping) else one) for one in said)

    def edited(self, name: str, properties: Mapping[str, Any]) -> Dictionary:
        """Return the dictionary with properties of one column put in place; empty values take them away.

        Raises
        ------
        InputError
            When a property does not exist or cannot have its value.
        """
        found = self.get(name) or Field({"name": name})
        for one, value in properties.items():
            found = found.edited(one, value)
        fields = [found.descriptor if one.name == name else one.descriptor for one in self.fields]
        if name not in self:
            fields.append(found.descriptor)
        return Dictionary({**self.descriptor, "fields": fields})

    def edited_all(self, edits: Mapping[str, Mapping[str, Any]]) -> Dictionary:
        """Return the dictionary with properties of several columns put in place, by their names."""
        dictionary = self
        for name, properties in edits.items():
            dictionary = dictionary.edited(name, properties)
        return dictionary

    @property
    def frame(self) -> pd.DataFrame:
        """One row per column declared: ``column``, ``description``, ``type``, ``unit``, ``allowed``, ``minimum``, ``maximum``, ``required``, ``unique``, ``pattern``."""
        import pandas as pd

        lines = [
            {
                "column": one.name,
                "description": one.description,
                "type": one.type,
                "unit": one.unit,
                "allowed": list(one.enum),
                "minimum": one.get("minimum"),
                "maximum": one.get("maximum"),
                "required": one.get("required", False),
                "unique": one.get("unique", False),
                "pattern": one.get("pattern", ""),
            }
            for one in self.fields
        ]
        names = "column description type unit allowed minimum maximum required unique pattern".split()
        return pd.DataFrame(lines, columns=names)

    def __repr__(self) -> str:
        return f"<Dictionary of {len(self)} columns: {listing([one.name for one in self.fields], 6)}>"


def is_document(mapping: Mapping[Any, Any]) -> bool:
    """Return whether a mapping is a Table Schema, a Data Resource or a Data Package, and not one entry per column."""
    return (
        isinstance(mapping.get("fields"), (list, tuple))
        or isinstance(mapping.get("resources"), (list, tuple))
        or (isinstance(mapping.get("schema"), Mapping) and isinstance(mapping["schema"].get("fields"), (list, tuple)))
    )


def _properties(said: object) -> Mapping[str, Any]:
    """Return what a mapping says of one column, with its constraints beside the rest."""
    if not isinstance(said, Mapping):
        msg = f"pass a description or a mapping of properties, not {type(said).__name__}."
        raise InputError(msg)
    said = {**said, **said.get("constraints", {})}
    return {key: value for key, value in said.items() if key not in ("name", "constraints")}


def _json(path: Path) -> Any:
    if path.suffix.lower() in (".yaml", ".yml"):
        msg = f"dictionary: {path.name} is YAML; a dictionary is read from JSON. Convert it first."
        raise InputError(msg)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"dictionary: {path} cannot be read: {error.strerror}."
        raise InputError(msg) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        msg = f"dictionary: {path.name} is not valid JSON: {error}."
        raise InputError(msg) from error


def _schema_of(document: Any, folder: Path, resource: str | None, name: str) -> Any:
    """Return the Table Schema in a document: itself, that of a Data Resource, or of one resource of a Data Package."""
    if isinstance(document, Mapping) and isinstance(document.get("resources"), list):
        return _schema_of(_resource(document["resources"], resource, name), folder, resource, name)
    if isinstance(document, Mapping) and "fields" not in document and "schema" in document:
        schema = document["schema"]
        if not isinstance(schema, str):
            return schema
        inside = (folder / schema).resolve()
        if "://" in schema or not inside.is_relative_to(folder.resolve()):
            msg = f"dictionary: {name} keeps its schema at {quoted(schema)}, which is not beside it; pass that file."
            raise InputError(msg)
        return _json(inside)
    return document


def _resource(resources: list[Any], wanted: str | None, name: str) -> Any:
    tables = [one for one in resources if isinstance(one, Mapping) and "schema" in one]
    called = [one for one in tables if wanted is not None and wanted in _names_of(one)]
    if not called and len(tables) == 1:
        called = tables
    if len(called) != 1:
        known = [str(one.get("name")) for one in tables]
        msg = f"dictionary: {name} describes {len(tables)} tables ({listing(known, 8)}); none of them alone is {wanted!r}. Pass mq.Dictionary.read(path, resource=...)."
        raise InputError(msg)
    return called[0]


def _names_of(resource: Mapping[str, Any]) -> set[str]:
    path = resource.get("path")
    return {str(resource.get("name")), *([Path(path).name, Path(path).stem] if isinstance(path, str) else [])}


def _checked_document(document: Any, name: str) -> Mapping[str, Any]:
    for error in _errors(document, _DOCUMENT):
        where = _where(document, list(error.absolute_path))
        msg = f"dictionary: {name} is no Table Schema{where}: {error.message}."
        raise InputError(msg)
    kept = deepcopy(dict(document))
    names = [one["name"] for one in kept["fields"]]
    if repeated := sorted({one for one in names if names.count(one) > 1}):
        msg = f"dictionary: {name} declares {listing([repr(one) for one in repeated], 5)} more than once."
        raise InputError(msg)
    for one in kept["fields"]:
        Field(one).demand_range()
    return kept


def _where(document: Any, path: list[Any]) -> str:
    """Return where in a document, as people say it: ``, field 'age', constraints.minimum``."""
    said = ""
    if path[:1] == ["fields"] and len(path) > 1:
        one = document["fields"][path[1]]
        label = one.get("name") if isinstance(one, Mapping) else None
        said = f", field {label if label is None else repr(label)}" if label is not None else f", field {path[1] + 1}"
        path = path[2:]
    return said + (", " + ".".join(map(str, path)) if path else "")
