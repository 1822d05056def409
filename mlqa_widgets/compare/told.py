"""Differences of keys and of values put into sentences, with their severity and what to draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from mlqa_widgets.compare.conflicts import PAIRS_READ, Conflict
from mlqa_widgets.compare.difference import Difference
from mlqa_widgets.compare.joins import Keyed, Rescue
from mlqa_widgets.compare.patterns import OTHER, STAND_INS, span
from mlqa_widgets.evidence import Bar, Bars, Examples
from mlqa_widgets.findings import Severity
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, number, percent, quoted, shortened, visible

_LISTED: Final = 12
_TOLD: Final = 0.1
"""Share of the conflicts from which a pattern is told in the sentence."""
_EACH_ITS_OWN: Final = 0.9
"""Share of conflicts from which two columns of identifiers are taken for numbers that each source gives by itself."""
_MANY: Final = 0.01
_MEANT_UNIQUE: Final = 0.2
"""Share of keys that may repeat where they are meant to stand once; above it, repeating is how the source is made."""

_SEVERITIES: Final = {
    "unit factor": Severity.ERROR,
    "offset": Severity.ERROR,
    "sign": Severity.ERROR,
    "shifted": Severity.ERROR,
    "day and month swapped": Severity.ERROR,
    "swapped field": Severity.ERROR,
    "encoding": Severity.ERROR,
    "rounding": Severity.INFO,
    "case": Severity.INFO,
    "spaces": Severity.INFO,
    "accents": Severity.INFO,
    "punctuation": Severity.INFO,
    "written differently": Severity.INFO,
    "words in another order": Severity.INFO,
    "time of day left out": Severity.INFO,
}
"""What is worse, or milder, than a plain conflict."""


def orphans(keyed: Keyed, rescued: Sequence[Rescue]) -> Iterator[Difference]:
    """Find rows whose key has no partner in the other source, each way.

    Silent where every key has one and as many rows lack a key on both sides: that says nothing of the sources. Mild
    where the other rows are the many of a lookup (an airport no flight goes to); rows without any key count too.
    """
    preview = keyed.preview
    names = [source.name for source in keyed.meeting.sources]
    if not any(preview.orphans) and preview.keyless[0] == preview.keyless[1]:
        return
    for side in (0, 1):
        rows = preview.unmatched[side]
        if not rows:
            continue
        share = rows / max(1, preview.rows[side])
        lost, keyless = preview.orphans[side], preview.keyless[side]
        parts = []
        if lost:
            parts.append(f"{count(preview.orphan_keys[side], 'key')} not in {names[1 - side]}")
        if keyless:
            parts.append(f"{count(keyless, 'row')} without a key")
        message = (
            f"{count(rows, 'row')} of {names[side]} ({percent(share)}) {'has' if rows == 1 else 'have'} no partner"
        )
        message += f": {' and '.join(parts)}"
        best = max((one for one in rescued if one.rows[side]), key=lambda one: one.rows[side], default=None)
        if best is not None:
            message += f"; {count(best.rows[side], 'row')} would find one if {best.name} {'was' if len(best.steps) == 1 else 'were'} ignored"
        looked_up = preview.relation == ("n:1" if side else "1:n")
        severe = best is not None or (lost / max(1, preview.rows[side]) >= _MANY and not looked_up)
        relation = "lr"[side]
        yield Difference(
            "orphans",
            keyed.names,
            Severity.WARNING if severe else Severity.INFO,
            message + ".",
            "An inner join drops these rows without a word, an outer join fills them with missing values: either way "
            "counts and averages change.",
            rows=rows,
            share=share,
            evidence=(*_orphan_bars(keyed, side), *_rescued(rescued, side)),
            relation=relation,
            predicate=Predicate(_unmatched(keyed, side)),
            places=places_of(keyed),
        )


def _unmatched(keyed: Keyed, side: int) -> str:
    other = "nr" if side == 0 else "nl"
    return f"NOT coalesce({keyed.present(side)}, false) OR EXISTS (FROM keys AS k WHERE {keyed.is_key(side)} AND k.{other} = 0)"


def places_of(keyed: Keyed) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of the columns of a key, left and right."""
    return (
        tuple(pair.left.position for pair in keyed.pairs),
        tuple(pair.right.position for pair in keyed.pairs),
    )


def _orphan_bars(keyed: Keyed, side: int) -> Iterator[Bars]:
    here, there = ("nl", "nr") if side == 0 else ("nr", "nl")
    listed = keyed.listed(f"{here} > 0 AND {there} = 0", f"{here} DESC", _LISTED)
    if len(listed):
        more = keyed.preview.orphan_keys[side] - len(listed)
        rows = "left_rows" if side == 0 else "right_rows"
        title = "Keys without a partner"
        bars = tuple(Bar(_label(line), int(line[rows]), _of_key(keyed, side, line)) for _, line in listed.iterrows())
        rest = keyed.preview.orphans[side] - int(listed[rows].sum())
        yield Bars(title, bars, more=more, more_rows=rest)


def _label(line) -> str:  # type: ignore[no-untyped-def] # noqa: ANN001
    return " · ".join(visible(str(value)) for value in line.iloc[:-2])


def _of_key(keyed: Keyed, side: int, line) -> Predicate:  # type: ignore[no-untyped-def] # noqa: ANN001
    parts = [f"{both[side]} = ?" for both in keyed.expressions]
    return Predicate(" AND ".join(parts), tuple(line.iloc[:-2]))


def _rescued(rescued: Sequence[Rescue], side: int) -> Iterator[Examples]:
    useful = [one for one in rescued if one.rows[side]]
    if useful:
        yield Examples(
            "What normalised keys would bring together",
            ("ignoring", "rows", "different keys merged", "left", "right"),
            tuple((one.name, f"{one.rows[side]:,}", f"{one.merged:,}", *map(visible, one.example)) for one in useful),
        )


def multiplied(keyed: Keyed) -> Iterator[Difference]:
    """Find joins that return more rows than they were given, and the keys that do it.

    Silent where the key stands once in the source that is looked up, and on the right join of a look-up. Mild where
    repeating is how the other source is made; a warning where only a few of its keys repeat, and where the keys of
    both sources do.
    """
    preview = keyed.preview
    meant_unique = [repeated <= _MEANT_UNIQUE * max(1, preview.matched_keys) for repeated in preview.repeated]
    for side in (0, 1):
        other = 1 - side
        both = not any(meant_unique)
        if not preview.extra[side] or (side == 1 and not meant_unique[0]):
            continue
        if side == 1 and preview.extra[0] == preview.extra[1] and preview.repeated[0] == preview.repeated[1]:
            continue  # the same is told of the left join
        yield _multiplied(keyed, side, "both" if both else "few" if meant_unique[other] else "many")


def _alike(keyed: Keyed) -> bool:
    """Whether every key stands as often in the one source as in the other: it is the key that does not name a row."""
    return int(keyed.meeting.one("SELECT count(*) AS n FROM keys WHERE nl > 0 AND nr > 0 AND nl <> nr")["n"]) == 0


def _multiplied(keyed: Keyed, side: int, how: Literal["few", "many", "both"]) -> Difference:
    preview, other = keyed.preview, 1 - side
    names = [source.name for source in keyed.meeting.sources]
    here, there = ("nl", "nr") if side == 0 else ("nr", "nl")
    kept, repeated = preview.rows[side], preview.repeated[other]
    message = (
        f"A {('left', 'right')[side]} join of the {kept:,} rows of {names[side]} returns {kept + preview.extra[side]:,}: "
        f"{count(repeated, 'key')} {'repeats' if repeated == 1 else 'repeat'} in {names[other]}"
    )
    message += {"few": ", the others stand once", "many": "", "both": f", {preview.repeated_both:,} of them in both"}[
        how
    ]
    where = f"{there} > 1 AND {here} > 0"
    listed = keyed.listed(where, f"{there} DESC, {here} DESC", _LISTED)
    bars = tuple(
        Bar(
            _label(line),
            int(line["left_rows"]) * int(line["right_rows"]),
            _of_key(keyed, other, line),
            flagged=True,
            note=f"{int(line['left_rows']):,} × {int(line['right_rows']):,} rows",
        )
        for _, line in listed.iterrows()
    )
    rows = int(keyed.meeting.one(f"SELECT coalesce(sum({there}), 0) AS n FROM keys WHERE {where}")["n"])
    of_row = f"EXISTS (FROM keys AS k WHERE {keyed.is_key(other)} AND k.{here} > 0 AND k.{there} > 1)"
    return Difference(
        "multiplied_rows",
        keyed.names,
        Severity.INFO if how == "many" or _alike(keyed) else Severity.WARNING,
        message + ".",
        "Sums and counts over the joined rows count the same thing several times.",
        rows=rows,
        share=rows / max(1, preview.rows[other]),
        evidence=(Bars("Rows that one key returns", bars, more=max(0, repeated - len(bars))),),
        relation="lr"[other],
        predicate=Predicate(of_row),
        places=places_of(keyed),
    )


# ---------------------------------------------------------------------- values


def conflict_difference(conflict: Conflict) -> Difference:
    """Return the conflicts of a column as one difference, with what lies behind them."""
    name = shortened(conflict.pair.name)
    first = conflict.patterns[0]
    message = f"{name} differs in {count(conflict.rows, 'row')} of {conflict.compared:,} ({percent(conflict.share)})"
    if first.id == OTHER or first.share < _TOLD:
        message += _distance(conflict)
        message += ", without a pattern"
    elif first.share >= 0.9:
        message += f": {first.says}"
    else:
        told = [
            f"{one.says} ({percent(one.share)})" for one in conflict.patterns if one.id != OTHER and one.share >= _TOLD
        ]
        message += ": " + listing(told, 2)
    return Difference(
        "value_conflicts",
        (conflict.pair.name,),
        severity_of(conflict),
        message + ".",
        "Which source is taken decides the figure; after a join, the column of one side hides that of the other.",
        rows=conflict.rows,
        share=conflict.share,
        evidence=evidence_of(conflict),
        relation=conflict.relation,
        predicate=conflict.predicate,
        places=((conflict.pair.left.position,), (conflict.pair.right.position,)),
    )


def _distance(conflict: Conflict) -> str:
    if conflict.size is None or conflict.direction is None:
        return ""
    apart = span(conflict.size) if conflict.pair.form == "datetime" else number(float(f"{conflict.size:.3g}"))
    word = "later" if conflict.pair.form == "datetime" else "larger"
    which = f", the right {word} in {percent(conflict.direction)}" if abs(conflict.direction - 0.5) > 0.1 else ""
    return f", by {apart} at the median{which}"


def severity_of(conflict: Conflict) -> Severity:
    """Return the severity of the pattern behind most conflicts; of several, the worst that explains a tenth."""
    if all(side.kind is Kind.IDENTIFIER for side in conflict.pair.sides) and conflict.share >= _EACH_ITS_OWN:
        return Severity.INFO
    worst = Severity.INFO
    for one in conflict.patterns:
        if one.share >= 0.1 or one.rows >= 100:
            severity = _SEVERITIES.get(one.id, Severity.WARNING)
            worst = max(worst, severity, key=lambda s: s.level)
    return worst


def evidence_of(conflict: Conflict) -> tuple[Bars, ...]:
    """Return what lies behind the conflicts of a column, each pattern with its rows."""
    bars = tuple(
        Bar(
            one.id if one.id != OTHER else "no pattern",
            one.rows,
            one.predicate,
            flagged=one.id != OTHER,
            note=one.says if one.id != OTHER and one.says != f"only {one.id}" else "",
        )
        for one in conflict.patterns
    )
    title = "What lies behind"
    if any(one.estimated for one in conflict.patterns):
        title += f"; estimated from the {PAIRS_READ:,} most frequent pairs of values, whose rows a click shows"
    return (Bars(title, bars),)


def missing_difference(conflict: Conflict) -> Iterator[Difference]:
    """Return the rows that have a value in one source only."""
    name = shortened(conflict.pair.name)
    met = conflict.compared + sum(conflict.missing)
    for side, rows in enumerate(conflict.missing):
        if not rows:
            continue
        here, there = ("left", "right") if side == 0 else ("right", "left")
        share = rows / max(1, met)
        word = conflict.instead[side]
        has = f"{quoted(word)}" if word else "it"
        severe = share >= _MANY and conflict.compared and (not word or word.strip().lower() not in STAND_INS)
        yield Difference(
            "value_conflicts",
            (conflict.pair.name,),
            Severity.WARNING if severe else Severity.INFO,
            f"{name} is missing on the {here} in {count(rows, 'row')} ({percent(share)}) that have {has} on the {there}.",
            f"The gap can be filled from the {there} source, if both mean the same by it.",
            rows=rows,
            share=share,
            evidence=(),
            relation=conflict.relation,
            predicate=conflict.missing_on(side),
            places=((conflict.pair.left.position,), (conflict.pair.right.position,)),
            confidence=0.7,
        )
