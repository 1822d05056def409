"""Python and TypeScript declare the same messages: what one sends, the other reads."""

from __future__ import annotations

import re
import types
import typing
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from mlqa_widgets.widgets.messages import (
    analysis,
    compare,
    database,
    explain,
    history,
    importance,
    link,
    linked,
    matrix,
    performance,
    plan,
    review,
    reviewers,
    scan,
    shared,
    slices,
    suite,
)

_SOURCES = Path(__file__).parents[2] / "js" / "src"
_BOTH_SIDES = {
    shared: _SOURCES / "messages.ts",
    compare: _SOURCES / "compare" / "messages.ts",
    matrix: _SOURCES / "compare" / "matrix" / "messages.ts",
    database: _SOURCES / "database" / "messages.ts",
    link: _SOURCES / "link" / "messages.ts",
    scan: _SOURCES / "scan" / "messages.ts",
    plan: _SOURCES / "scan" / "plan" / "messages.ts",
    history: _SOURCES / "history" / "messages.ts",
    suite: _SOURCES / "suite" / "messages.ts",
    analysis: _SOURCES / "analysis" / "overview" / "messages.ts",
    linked: _SOURCES / "analysis" / "messages.ts",
    explain: _SOURCES / "analysis" / "explain" / "messages.ts",
    performance: _SOURCES / "analysis" / "performance" / "messages.ts",
    importance: _SOURCES / "analysis" / "importance" / "messages.ts",
    review: _SOURCES / "analysis" / "review" / "messages.ts",
    reviewers: _SOURCES / "components" / "queue" / "messages.ts",
    slices: _SOURCES / "analysis" / "slices" / "messages.ts",
}
both_sides = pytest.mark.parametrize(
    ("python", "typescript"), _BOTH_SIDES.items(), ids=lambda side: getattr(side, "__name__", "")
)
_WORDS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", Any: "unknown"}


def _written(annotation: Any) -> str:
    """Return a Python annotation as TypeScript writes it."""
    if annotation in _WORDS:
        return _WORDS[annotation]
    if is_typeddict(annotation):
        return annotation.__name__
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return " | ".join(f'"{argument}"' for argument in arguments)
    if get_origin(annotation) in (types.UnionType, Union):
        if annotation == scan.EvidenceView:
            return "EvidenceView"
        return " | ".join(map(_written, arguments))
    if get_origin(annotation) is list:
        item = _written(arguments[0])
        return f"({item})[]" if " " in item else f"{item}[]"
    if get_origin(annotation) is dict:
        return f"Record<{_written(arguments[0])}, {_written(arguments[1])}>"
    raise NotImplementedError(annotation)


def _python(messages: types.ModuleType) -> dict[str, dict[str, str]]:
    declared = {}
    for name, message in vars(messages).items():
        if not is_typeddict(message) or message.__module__ != messages.__name__:
            continue
        fields = {}
        for field, annotation in get_type_hints(message, include_extras=True).items():
            optional = get_origin(annotation) is NotRequired
            fields[field + "?" * optional] = _written(get_args(annotation)[0] if optional else annotation)
        declared[name] = fields
    return declared


def _typescript(path: Path) -> dict[str, dict[str, str]]:
    source = re.sub(r"/\*\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {
        name: dict(re.findall(r"^ {2}(\w+\??): (.+);$", body, flags=re.MULTILINE))
        for name, body in re.findall(r"^export interface (\w+) \{\n(.*?)^\}", source, flags=re.DOTALL | re.MULTILINE)
    }


@both_sides
def test_both_sides_declare_the_same_messages(python, typescript) -> None:
    assert sorted(_python(python)) == sorted(_typescript(typescript))


@both_sides
def test_both_sides_give_each_message_the_same_fields(python, typescript) -> None:
    written = _typescript(typescript)
    for name, fields in _python(python).items():
        assert written[name] == fields, name


def test_both_sides_know_the_same_requests_and_evidence() -> None:
    source = _BOTH_SIDES[scan].read_text(encoding="utf-8")
    for name in ("Request", "EvidenceView"):
        alias = re.search(rf"^export type {name} =\s+(?:\| )?(.+?);$", source, flags=re.MULTILINE | re.DOTALL)
        assert alias is not None
        members = [member.__name__ for member in typing.get_args(getattr(scan, name))]
        assert re.split(r"\s*\|\s*", alias[1]) == members
