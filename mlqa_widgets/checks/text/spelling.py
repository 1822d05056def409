"""One thing written several ways, and blanks that nobody sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.checks.text._variants import Variants, variants_of
from mlqa_widgets.evidence import Bar, Groups
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import replace_values, rewrite_text
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.wording import count, listing, percent, quoted, visible

_GROUPS_SHOWN = 12
_FORMS_SHOWN = 8
_SHOWN = 24


@column_check("spelling_variants")
def spelling_variants(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find one thing written several ways: case, accents, blanks, punctuation, abbreviations, typing slips.

    Values of one fingerprint are linked at any frequency; a typing slip only where a rare value stands next to
    a much more frequent one. Stays silent on values that differ in their numbers (Route 1, Route 2), on two
    frequent values that look alike (North and South Carolina, Paul and Paula), on columns where frequent values
    look alike anyway, and on names, titles, texts and identifiers that hardly repeat.
    """
    variants = variants_of(column, profile)
    mask = variants.mask
    if not mask.any():
        return
    rows, where = column.rows_of(mask), column.where(mask)
    texts = column.strings.to_pylist()
    places = np.flatnonzero(mask)
    places = places[np.argsort(-column.counts[places], kind="stable")].tolist()
    replaced = {texts[place]: variants.kept[place] for place in sorted(places, key=variants.kept.__getitem__)}
    kept = len(set(replaced.values()))
    first = next(
        (texts[p] for p in places if quoted(texts[p], _SHOWN) != quoted(variants.kept[p], _SHOWN)), texts[places[0]]
    )
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING,
        rows=rows,
        message=(
            f"{column.name} writes {count(kept, 'value')} in {count(len(places), 'other way')}: "
            f"{count(rows, 'row')} ({percent(rows / column.rows)}), such as {quoted(first, _SHOWN)} for {quoted(replaced[first], _SHOWN)}."
        ),
        predicate=where,
        evidence=(_groups(column, variants, texts),),
        why=(
            "Each way of writing counts as a category of its own: groups are split, joins lose rows, "
            f"and a model learns each apart. The differences here: {_ways(variants)}."
        ),
        fixes=(
            Fix(
                "Write each value in its commonest form",
                replace_values(profile.table, column.column, replaced),
                changes=(column.position,),
                note="Edit the map first: a line taken out leaves that value as it is.",
            ),
        ),
        confidence=0.75 if variants.by_slip_only else 0.95,
        cause=f"{column.position}:blanks" if set(variants.ways.values()) == {"blanks"} else "",
    )


@column_check("stray_spaces")
def stray_spaces(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find text that begins or ends with blanks, or holds non-breaking ones, where most does not.

    Stays silent on columns where the blanks are the rule (fixed width), on long texts, on numbers, dates and
    telephone numbers, and on values that ``spelling_variants`` maps to the same value without them.
    """
    if not column.is_text or not len(column.strings) or column.kind in _BLANKS_HARMLESS:
        return
    stray = pc.match_substring_regex(column.strings, _STRAY).to_numpy(zero_copy_only=False)
    if not stray.any():
        return
    stray &= ~variants_of(column, profile).mask & (column.lengths <= _TEXT_LENGTH)
    rows = column.rows_of(stray)
    if not rows or rows > _RULE_SHARE * column.present:
        return
    where = column.where(stray)
    yield Finding(
        columns=(column.position,),
        severity=Severity.INFO,
        rows=rows,
        message=(
            f"{column.name} has blanks before or after the text, or non-breaking ones, in {count(rows, 'row')} "
            f"({percent(rows / column.rows)})."
        ),
        predicate=where,
        evidence=(value_bars(column, stray, "Values with stray blanks"),),
        why="Blanks that nobody sees make equal values unequal: look-ups and joins on this column miss these rows.",
        fixes=(
            Fix(
                "Take the blanks out",
                rewrite_text(
                    profile.table, column.column, '.replace({r"^\\s+|\\s+$": "", "\\u00a0": " "}, regex=True)'
                ),
                changes=(column.position,),
            ),
        ),
        confidence=0.8,
        cause=f"{column.position}:blanks",
    )


_STRAY = "^[\\s\u00a0]+[^\\s\u00a0]|[^\\s\u00a0][\\s\u00a0]+$|\u00a0"
_BLANKS_HARMLESS = (Kind.NUMERIC, Kind.NUMBER_IN_TEXT, Kind.PERIOD, Kind.COORDINATE, Kind.DATETIME, Kind.PHONE)
_TEXT_LENGTH = 120
_RULE_SHARE = 0.3


def _ways(variants: Variants) -> str:
    """Name the differences, the commonest first."""
    return listing([way for way, _ in Counter(variants.ways.values()).most_common()], limit=4)


def _groups(column: ColumnProfile, variants: Variants, texts: list[str]) -> Groups:
    members: dict[str, list[int]] = {}
    for place, kept in variants.kept.items():
        members.setdefault(kept, []).append(place)
    rows = {kept: int(column.counts[places].sum()) for kept, places in members.items()}
    ranked = sorted(members, key=lambda kept: (-rows[kept], kept))
    place_of = {text: place for place, text in enumerate(texts)}
    groups = []
    for kept in ranked[:_GROUPS_SHOWN]:
        forms = sorted(members[kept], key=lambda place: -int(column.counts[place]))[:_FORMS_SHOWN]
        head = (
            _bar(column, texts, place_of[kept]) if kept in place_of else Bar(visible(kept), 0, note="not in the column")
        )
        groups.append((head, *(_bar(column, texts, place, variants.ways[place]) for place in forms)))
    return Groups("Written several ways", tuple(groups), more=len(ranked) - len(groups))


def _bar(column: ColumnProfile, texts: list[str], place: int, way: str = "") -> Bar:
    one = np.zeros(len(texts), dtype=bool)
    one[place] = True
    return Bar(visible(texts[place]), int(column.counts[place]), column.where(one), flagged=bool(way), note=way)
