"""What a file says of itself: a Data Package beside it, the properties of a workbook, the footer of Parquet."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from mlqa_widgets.sources.address import cleaned, without_secrets

PACKAGE: Final = "datapackage.json"
_LONGEST: Final = 300
_MOST: Final = 50
_LARGEST_PROPERTIES: Final = 100_000


def package_facts(path: Path) -> dict[str, Any]:
    """Return what the Data Package beside a file says of it; nothing where there is none, or it is about other files.

    Returns
    -------
    dict
        Any of ``title``, ``owner``, ``contact``, ``licence``, ``url``, ``version``, ``created``, ``promised`` (texts),
        ``contributors`` (a list of texts); or ``unread``, why the file could not be understood.
    """
    place = path.parent / PACKAGE
    try:
        package = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        return {"unread": f"{PACKAGE} could not be read: {type(error).__name__}"}
    if not isinstance(package, Mapping):
        return {"unread": f"{PACKAGE} is no Data Package"}
    resource = _resource(package, path)
    if resource is None:
        return {}
    said = {**package, **{name: value for name, value in resource.items() if value}}
    people = [one for one in _mappings(package, "contributors") if _text(one, "title")]
    sources = list(_mappings(said, "sources"))
    publishers = [one for one in people if "publisher" in _roles(one)]
    contacts = [one for one in people if _roles(one) & {"contact", "maintainer", "publisher"} and _text(one, "email")]
    found: dict[str, Any] = {
        "title": _text(said, "title"),
        "owner": ", ".join(_text(one, "title") for one in (publishers or sources)[:3] if _text(one, "title")),
        "contact": next((_text(one, "email") for one in contacts), ""),
        "licence": ", ".join(dict.fromkeys(filter(None, map(_licence, _mappings(said, "licenses")))))
        or _text(said, "license"),
        "url": without_secrets(_text(package, "homepage") or next((_text(one, "path") for one in sources), "")),
        "version": _text(package, "version"),
        "created": _text(package, "created"),
        "promised": _text(said, "accrualPeriodicity"),
        "contributors": [_person(one) for one in people],
    }
    return {name: value for name, value in found.items() if value}


def _resource(package: Mapping[str, Any], path: Path) -> Mapping[str, Any] | None:
    resources = list(_mappings(package, "resources"))
    if not resources:
        return {}
    for one in resources:
        parts = one.get("path")
        if any(
            isinstance(part, str) and Path(part) == Path(path.name)
            for part in (parts if isinstance(parts, list) else [parts])
        ):
            return one
    return None


def _mappings(among: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    found = among.get(name)
    if isinstance(found, list):
        yield from (one for one in found[:_MOST] if isinstance(one, Mapping))


def _text(among: Mapping[str, Any], name: str) -> str:
    found = among.get(name)
    return cleaned(found)[:_LONGEST] if isinstance(found, str) else ""


def _roles(one: Mapping[str, Any]) -> set[str]:
    """Return the roles of a contributor: ``role`` of version 1, ``roles`` of version 2 of the standard."""
    roles = one.get("roles")
    return {str(role).lower() for role in (roles if isinstance(roles, list) else [one.get("role", "contributor")])}


def _person(one: Mapping[str, Any]) -> str:
    roles = sorted(_roles(one) - {"contributor"})
    return _text(one, "title") + (f" ({', '.join(roles)})" if roles else "")


def _licence(one: Mapping[str, Any]) -> str:
    return _text(one, "name") or _text(one, "title") or without_secrets(_text(one, "path"))


def file_facts(path: Path) -> dict[str, str]:
    """Return what a file has of its own: when it was last saved, and by whom or what where it says so."""
    if not path.is_file():
        return {}
    saved = dt.datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    facts = {"file saved": saved.isoformat(sep=" ", timespec="minutes")[:16]}
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            facts |= _workbook(path)
        case ".parquet" | ".pq":
            facts |= _parquet(path)
    return {name: value[:_LONGEST] for name, value in facts.items() if value}


def _workbook(path: Path) -> dict[str, str]:
    from openpyxl.packaging.core import DocumentProperties
    from openpyxl.xml.functions import fromstring

    try:
        with zipfile.ZipFile(path) as archive, archive.open("docProps/core.xml") as properties:
            text = properties.read(_LARGEST_PROPERTIES)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            return {}
        said = DocumentProperties.from_tree(fromstring(text))
    except (OSError, KeyError, ValueError, TypeError, SyntaxError, zipfile.BadZipFile):
        return {}
    return {
        "title": said.title or "",
        "written by": said.creator or "",
        "last saved by": said.lastModifiedBy or "",
        "last saved": f"{said.modified:%Y-%m-%d %H:%M}" if said.modified else "",
    }


def _parquet(path: Path) -> dict[str, str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        footer = pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        return {}
    said = {
        key.decode("utf-8", "replace").lower(): value.decode("utf-8", "replace")
        for key, value in (footer.metadata or {}).items()
    }
    wanted = ("title", "owner", "publisher", "license", "licence", "version", "created", "source")
    return {"written by": footer.created_by or "", **{name: cleaned(said[name]) for name in wanted if name in said}}
