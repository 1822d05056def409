"""The card of a source as HTML: what is known, a timeline of its reads and newest records, the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from mlqa_widgets.sources.cadence import length
from mlqa_widgets.sources.card import SourceCard
from mlqa_widgets.sources.reads import Read, Records
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import visible

_LISTED: Final = 24
_TICK: Final = 0.5
"""Width of a moment on the axis of time, in per cent."""
_NAMES: Final = {"licence": "licence", "promised": "promised every", "time": "time column", "unread": "not read"}
_COLOURS: Final = {
    "content": "#7a9cc6",
    "content again": "#a9c0dc",
    "fresh": "#5b9a6f",
    "late": "#d1495b",
    "read": "#5b7fa6",
}


@dataclass(frozen=True)
class _Part:
    """A stretch or a moment on the time axis."""

    start: pd.Timestamp
    end: pd.Timestamp
    colour: str


def static_source(card: SourceCard) -> str:
    """Return the card as HTML that survives a sanitiser: no style sheet, script, SVG or data attributes."""
    kept = card.kept()
    reads = kept.reads
    cadence = card.cadence
    lines = [
        {
            "number": one.number,
            "first": _moment(one.first),
            "last": _moment(one.last) if one.times > 1 else "",
            "times": one.times,
            "content": one.content[:8],
            "same_as": next((e.number for e in reads[:i] if e.content == one.content), None),
            "rows": one.rows,
            "more": one.rows - reads[i - 1].rows if i else 0,
            "columns": one.columns if len({other.columns for other in reads}) > 1 else "",
            "newest": "" if one.newest is None else _moment(one.newest),
            "age": " to ".join(map(length, ages := one.ages(kept.records))),
            "late": bool(ages) and cadence.promised is not None and max(ages) > _allowed(card, kept.records),
            "found": _found(one),
            "kept": card.keeps(one),
            "facts": ", ".join(f"{name}: {visible(value)}" for name, value in one.facts.items()),
        }
        for i, one in enumerate(reads)
    ]
    return template("source.html").render(
        name=visible(card.name),
        facts=[
            {"name": _NAMES.get(fact, fact), "value": visible(value), "package": said_by != "you"}
            for fact, value, said_by in card.facts.itertuples(index=False, name=None)
        ],
        unknown=card.unknown,
        says=cadence.says,
        total=sum(one.times for one in reads),
        refreshed="" if card.refreshed is None else _moment(card.refreshed),
        newest="" if card.newest is None else _moment(card.newest),
        clock="" if kept.records is None else visible(kept.records.clock),
        defects=[visible(one) for one in reads[-1].defects] if reads else [],
        timeline=_timeline(card, reads, kept.records) if sum(one.times for one in reads) > 1 else None,
        lines=lines[::-1][:_LISTED],
        more=max(0, len(lines) - _LISTED),
        colours=_COLOURS,
    )


def _found(read: Read) -> str:
    if read.errors is None or read.warnings is None:
        return ""
    return f"{read.errors} errors, {read.warnings} warnings"


def _moment(moment: dt.datetime) -> str:
    shown = f"{moment:%Y-%m-%d %H:%M}"
    return shown.removesuffix(" 00:00")


def _allowed(card: SourceCard, records: Records | None) -> pd.Timedelta:
    step = records.step if records is not None and records.step is not None else pd.Timedelta(0)
    return (card.promised or pd.Timedelta(0)) + step


def _timeline(card: SourceCard, reads: Sequence[Read], records: Records | None) -> dict[str, Any] | None:
    """Return what happened when, as lanes of blocks in per cent of one axis of time."""
    sights = [(_wall(one.first), _wall(one.last)) for one in reads]
    newest = [one.newest for one in reads if one.newest is not None and one.ages(records)]
    start, end = min([sights[0][0], *newest]), max([sights[-1][1], *newest])
    if end <= start:
        return None
    content = [
        _Part(first, last, "content" if i % 2 == 0 else "content again")
        for i, (first, last) in enumerate(
            (first, sights[i + 1][0] if i + 1 < len(sights) else last) for i, (first, last) in enumerate(sights)
        )
    ]
    lanes = [("Content, a shade for each", content)]
    moments = [_Part(at, at, "read") for first, last in sights for at in dict.fromkeys((first, last))]
    lanes.append(("Reads", moments))
    if newest:
        lanes.append(("Newest record", [_Part(at, at, "fresh") for at in dict.fromkeys(newest)]))
    late = []
    if card.promised is not None:
        allowed = _allowed(card, records)
        for one, (_, last) in zip(reads, sights, strict=True):
            if one.newest is not None and last > one.newest + allowed:
                late.append(_Part(one.newest + allowed, last, "late"))
        lanes.append(("Older than promised", late))
    return {
        "start": _moment(start),
        "end": _moment(end),
        "lanes": [{"name": name, "blocks": _blocks(parts, start, end)} for name, parts in lanes],
    }


def _wall(moment: dt.datetime) -> pd.Timestamp:
    return pd.Timestamp(moment.replace(tzinfo=None))


def _blocks(parts: Sequence[_Part], start: pd.Timestamp, end: pd.Timestamp) -> list[dict[str, Any]]:
    """Return parts one after the other: how far from the one before, how wide, in per cent; overlaps are cut."""
    whole, at = end - start, 0.0
    blocks = []
    for part in sorted(parts, key=lambda one: one.start):
        left = max(at, (100 - _TICK) * ((part.start - start) / whole))
        width = max(_TICK, (100 - _TICK) * ((part.end - start) / whole) - left)
        width = min(width, 100 - left)
        blocks.append({"before": round(left - at, 3), "width": round(width, 3), "colour": _COLOURS[part.colour]})
        at = left + width
    return blocks
