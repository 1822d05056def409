"""Text that was damaged on its way: read in the wrong encoding, or carrying characters nobody sees."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.checks.text._forms import read_again
from mlqa_widgets.evidence import Bar, Bars, Evidence, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import replace_values, rewrite_text
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.tables.table import EVERY_ROW
from mlqa_widgets.wording import count, listing, percent, quoted, visible

_MAP_LIMIT: Final = 200
_SHOWN: Final = 8
_MARKUP_SHARE: Final = 0.2

_LOST: Final = "lost characters (\ufffd)"
_MISREAD: Final = "wrongly decoded characters"
_CONTROL: Final = "control characters"
_INVISIBLE: Final = "invisible characters"
_DECOMPOSED: Final = "accents as separate characters"
_ENTITY: Final = "HTML entities"
_WORST_FIRST: Final = (_MISREAD, _LOST, _CONTROL, _INVISIBLE, _DECOMPOSED, _ENTITY)
_LONGEST: Final = 100_000
_LEAD: Final = 12

_SUSPECT: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[^\x00-\x7f]|&(?:[A-Za-z]{2,8}|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,5});"
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NEVER_MEANT: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_JOINERS: Final = re.compile("[\u200c\u200d]")
_DIRECTIONS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_JOINED_SCRIPTS: Final = re.compile("[\u0590-\u0fff\u1000-\u109f\u1780-\u18af\u2600-\u27ff\U0001f000-\U0001faff]")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ENTITIES: Final = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,5});")
_MARKUP: Final = re.compile(r"<\w+[^<>]*>|</\w+>")
_REPAIR_ALL: Final = """\
import ftfy

config = ftfy.TextFixerConfig(uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False)
"""


@column_check("encoding_errors")
def encoding_errors(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find text read in the wrong encoding, lost characters, control and invisible ones, HTML entities.

    Also accents written as separate characters where others are not, and all of it in the column's own name.
    Stays silent on accents and on other scripts as such, on joiners and direction marks in scripts and emoji
    that use them, and on columns of markup.
    """
    yield from _in_name(column)
    if not column.is_text or not len(column.strings):
        return
    suspect = pc.match_substring_regex(column.strings, _SUSPECT).to_numpy(zero_copy_only=False)
    suspect &= column.lengths <= _LONGEST
    if not suspect.any():
        return
    damage, repaired = _judged(column, np.flatnonzero(suspect))
    if not damage:
        return
    mask = np.zeros(len(column.strings), dtype=bool)
    mask[list(damage)] = True
    rows, where = column.rows_of(mask), column.where(mask)
    texts = {place: column.strings[place].as_py() for place in damage}
    kinds: Counter[str] = Counter()
    for place, kind in damage.items():
        kinds[kind] += int(column.counts[place])
    first = min(damage, key=lambda place: (_WORST_FIRST.index(damage[place]), -int(column.counts[place])))
    start = _before_damage(texts[first], repaired.get(first, ""))
    example = f"such as {quoted(texts[first][start:], 30)}"
    if damage[first] == _MISREAD:
        example += f" for {quoted(repaired[first][start:], 30)}"
    serious = bool({_MISREAD, _LOST, _CONTROL} & set(kinds))
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING if serious else Severity.INFO,
        rows=rows,
        message=(
            f"{column.name} has {listing([kind for kind, _ in kinds.most_common()], 2)} in "
            f"{count(rows, 'row')} ({percent(rows / column.rows)}), {example}."
        ),
        predicate=where,
        evidence=_evidence(column, damage, repaired, texts),
        why="Damaged text no longer equals the same text elsewhere: look-ups, joins and groups miss it, and it shows.",
        fixes=_repair(column, profile, {texts[place]: text for place, text in repaired.items()}),
        confidence=0.95,
    )


def _before_damage(text: str, repaired: str) -> int:
    """Return a place a little before the first damaged character, at the start of a word if one is near."""
    same = next((i for i, (a, b) in enumerate(zip(text, repaired, strict=False)) if a != b), 0)
    return max(text.rfind(" ", 0, same) + 1, same - 2 * _LEAD) if same > _LEAD else 0


def _judged(column: ColumnProfile, places: np.ndarray) -> tuple[dict[int, str], dict[int, str]]:
    """Return what is wrong with each damaged value, and the repaired text of those that can be repaired."""
    texts = dict(zip(places.tolist(), column.strings.take(pa.array(places)).to_pylist(), strict=True))
    entities_are_damage = _entities_are_damage(column, texts)
    composed = any(text != unicodedata.normalize("NFD", text) for text in texts.values() if not text.isascii())
    damage: dict[int, str] = {}
    repaired: dict[int, str] = {}
    for place, text in texts.items():
        kind = _damage(text)
        if kind is None and composed and not text.isascii() and not unicodedata.is_normalized("NFC", text):
            kind = _DECOMPOSED if _has_combining_accent(text) else None
        if kind is None and entities_are_damage and html.unescape(text) != text:
            kind = _ENTITY
        if kind is None:
            continue
        damage[place] = kind
        sound = _sound(text, entities=entities_are_damage)
        if sound != text:
            repaired[place] = sound
    return damage, repaired


def _damage(text: str) -> str | None:
    """Say what is wrong with a text, the worst first; None if nothing is."""
    if "\ufffd" in text:
        return _LOST
    if _CONTROLS.search(text):
        return _CONTROL if read_again(text) == text else _MISREAD
    if text.isascii():
        return None
    if read_again(text) != text:
        return _MISREAD
    return _INVISIBLE if _without_invisible(text) != text else None


def _without_invisible(text: str) -> str:
    text = _NEVER_MEANT.sub("", text)
    if not _JOINED_SCRIPTS.search(text):
        text = _JOINERS.sub("", text)
    return text if _RIGHT_TO_LEFT.search(text) else _DIRECTIONS.sub("", text)


def _sound(text: str, *, entities: bool) -> str:
    text = read_again(text)
    if entities:
        text = html.unescape(text)
    return unicodedata.normalize("NFC", _without_invisible(_CONTROLS.sub("", text)))


def _has_combining_accent(text: str) -> bool:
    return any("\u0300" <= letter <= "\u036f" for letter in text)


def _entities_are_damage(column: ColumnProfile, texts: dict[int, str]) -> bool:
    """Whether HTML entities are left-overs in plain text: few values have them and there is no markup."""
    having = [place for place, text in texts.items() if _ENTITIES.search(text)]
    if not having or any(_MARKUP.search(texts[place]) for place in having[:200]):
        return False
    return int(column.counts[having].sum()) <= _MARKUP_SHARE * int(column.counts.sum())


def _evidence(
    column: ColumnProfile, damage: dict[int, str], repaired: dict[int, str], texts: dict[int, str]
) -> tuple[Evidence, ...]:
    by_kind: dict[str, list[int]] = {}
    for place, kind in damage.items():
        by_kind.setdefault(kind, []).append(place)
    bars = []
    for kind, places in sorted(by_kind.items(), key=lambda item: -int(column.counts[item[1]].sum())):
        mask = np.zeros(len(column.strings), dtype=bool)
        mask[places] = True
        bars.append(Bar(kind, int(column.counts[places].sum()), column.where(mask), flagged=True))
    lines = tuple(
        (visible(texts[place][:80]), visible(repaired.get(place, "")[:80]), damage[place])
        for place in sorted(damage, key=lambda place: -int(column.counts[place]))[:_SHOWN]
    )
    return Examples("As it is and as it was meant", ("as it is", "repaired", "damage"), lines), Bars(
        "Damage", tuple(bars)
    )


def _repair(column: ColumnProfile, profile: Profile, repaired: dict[str, str]) -> tuple[Fix, ...]:
    if not repaired:
        return ()
    if len(repaired) <= _MAP_LIMIT:
        code = replace_values(profile.table, column.column, repaired)
        note = "A line taken out of the map leaves that value as it is."
    else:
        call = ".map(lambda text: ftfy.fix_text(text, config) if isinstance(text, str) else text)"
        code = _REPAIR_ALL + rewrite_text(profile.table, column.column, call)
        note = "ftfy looks at every value; quotation marks, ligatures and wide letters stay as they are."
    return (Fix("Repair the damaged text", code, changes=(column.position,), note=note),)


def _in_name(column: ColumnProfile) -> Iterator[Finding]:
    """Find damage in the name of the column itself."""
    name = column.name
    kind = _damage(name)
    if kind is None:
        return
    meant = _sound(name, entities=False)
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING,
        rows=column.rows,
        message=f"The name of column {quoted(name)} has {kind}{f'; it should read {quoted(meant)}' if meant != name else ''}.",
        predicate=EVERY_ROW,
        evidence=(Examples("The name of the column", ("as it is", "repaired"), ((visible(name), visible(meant)),)),),
        why="Code that names the column by what people read fails, and the rest of the file may be damaged alike.",
        confidence=0.95,
    )
