"""Values that hold a value of another column as well: a town with its state, where the state is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import dict_literal, read_column, rewrite_text
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.wording import count, percent, quoted, visible

_HOSTS: Final = 100
_GUESTS: Final = 50
_VALUES: Final = 50_000
_VOCABULARY: Final = 2000
_WORDS: Final = 3
_LEAST_ROWS: Final = 3
_KNOWN_REST: Final = 0.5
_MISSING_SHARE: Final = 0.8
_EXPLAINED: Final = 0.3
_SHOWN: Final = 8

_TEXTS: Final = frozenset((Kind.CATEGORY, Kind.NAME, Kind.ADDRESS, Kind.LOCATION, Kind.IDENTIFIER, Kind.SENTENCE))
_LISTS: Final = frozenset((Kind.CATEGORY, Kind.CODE))


@dataclass(frozen=True)
class _Embedded:
    """Values of one column (the host) that end with a value of another (the guest)."""

    rest: dict[int, str]
    """Place of a value of the host -> what it is without the guest's."""
    moved: dict[int, str]
    """Place of a value of the host -> the guest's value it ends with."""


@table_check("embedded_values")
def embedded_values(profile: Profile) -> Iterator[Finding]:
    """Find values that end with a value of another column in the very rows where that one is missing.

    Stays silent when the other column has its value in those rows, when the ending explains few of the missing
    values, and when what remains of the values is mostly unknown in the column.
    """
    guests = [column for column in profile.columns if _may_be_guest(column)][:_GUESTS]
    if not guests:
        return
    hosts = [column for column in profile.columns if _may_be_host(column)][:_HOSTS]
    for host in hosts:
        endings = _endings(host)
        for guest in guests:
            if guest.position != host.position:
                yield from _judge(profile, host, guest, endings)


def _may_be_guest(column: ColumnProfile) -> bool:
    return (
        column.is_text
        and column.complete
        and column.nulls >= _LEAST_ROWS
        and 2 <= column.distinct <= _VOCABULARY
        and column.kind in _LISTS
    )


def _may_be_host(column: ColumnProfile) -> bool:
    return column.is_text and column.complete and 2 <= column.distinct <= _VALUES and column.kind in _TEXTS


def _endings(column: ColumnProfile) -> dict[str, list[tuple[int, str]]]:
    """Return the last one to three words of every value, with the values that end so and what is before."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, text in enumerate(column.strings.to_pylist()):
        words = text.split()
        for number in range(1, min(_WORDS, len(words) - 1) + 1):
            rest = " ".join(words[:-number]).rstrip(",;-( ")
            if rest:
                found.setdefault(" ".join(words[-number:]).strip("()"), []).append((place, rest))
    return found


def _judge(
    profile: Profile, host: ColumnProfile, guest: ColumnProfile, endings: dict[str, list[tuple[int, str]]]
) -> Iterator[Finding]:
    embedded = _Embedded({}, {})
    for value in guest.strings.to_pylist():
        for place, rest in endings.get(value, ()):
            if value.strip() and len(value) > len(embedded.moved.get(place, "")):
                embedded.rest[place], embedded.moved[place] = rest, value
    if not embedded.moved:
        return
    places = list(embedded.moved)
    of_host = int(host.counts[places].sum())
    known = set(host.strings.to_pylist())
    known_rows = sum(int(host.counts[place]) for place in places if embedded.rest[place] in known)
    if of_host < _LEAST_ROWS or known_rows < _KNOWN_REST * of_host or of_host < _EXPLAINED * guest.nulls:
        return
    mask = np.zeros(len(host.strings), dtype=bool)
    mask[places] = True
    where = host.where(mask) & guest.is_null()
    rows = profile.table.count(where)
    if rows < max(_LEAST_ROWS, _MISSING_SHARE * of_host):
        return
    texts = {place: host.strings[place].as_py() for place in places}
    ranked = sorted(places, key=lambda place: (-int(host.counts[place]), texts[place]))
    first = ranked[0]
    yield Finding(
        columns=(host.position, guest.position),
        severity=Severity.WARNING,
        rows=rows,
        message=(
            f"{host.name} ends with a value of {guest.name} in {count(rows, 'row')} ({percent(rows / host.rows)}) "
            f"where {guest.name} is missing, such as {quoted(texts[first], 30)}."
        ),
        predicate=where,
        evidence=(
            Examples(
                "What belongs where",
                (host.name, f"{host.name} without it", guest.name),
                tuple(
                    (visible(texts[p]), visible(embedded.rest[p]), visible(embedded.moved[p])) for p in ranked[:_SHOWN]
                ),
            ),
            value_bars(host, mask, f"Values of {host.name} that end with one of {guest.name}"),
        ),
        why=(
            f"In these rows {host.name} is a value of its own instead of the one it belongs to, "
            f"and {guest.name} counts as missing although it is known."
        ),
        fixes=(_repair(profile, host, guest, embedded, texts),),
        confidence=0.9,
    )


def _repair(
    profile: Profile, host: ColumnProfile, guest: ColumnProfile, embedded: _Embedded, texts: dict[int, str]
) -> Fix:
    read_host, read_guest = (read_column(profile.table, column.column) for column in (host, guest))
    rest = {texts[place]: embedded.rest[place] for place in sorted(texts, key=texts.__getitem__)}
    moved = {texts[place]: embedded.moved[place] for place in sorted(texts, key=texts.__getitem__)}
    code = "\n".join(
        (
            f"moved = {dict_literal(moved)}",
            f"rest = {dict_literal(rest)}",
            f"inside = {read_guest}.isna() & {read_host}.isin(list(moved))",
            rewrite_text(profile.table, guest.column, f".where(~inside, {read_host}.map(moved))"),
            rewrite_text(profile.table, host.column, f".where(~inside, {read_host}.map(rest))"),
        )
    )
    return Fix(
        f"Move the value of {guest.name} to its own column",
        code,
        changes=(host.position, guest.position),
    )
