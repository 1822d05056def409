"""Which pairs of records are looked at: rules of what must be the same, each with its pairs, and what none can reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.link.fields import Field, names_of_people
from mlqa_widgets.progress import Progress

EVERY: Final = "1=1"
ALL_PAIRS: Final = 1_000_000
"""Pairs up to which every record is compared with every other."""
_PER_RECORD: Final = 15
"""Pairs per record that all rules together may bring."""
_RULES: Final = 8
_KEYS_COMBINED: Final = 8
_TRAININGS: Final = 3
_RICH: Final = 1.2
"""Pairs per record of the smaller source up to which most of them may be matches."""
_POOR: Final = 0.05
_BY_CHANCE: Final = 3.0
"""How many times the pairs of two keys together must exceed those to be expected if they had nothing to do with each other."""


@dataclass(frozen=True)
class Key:
    """Something of a record that two records of one thing may share, as SQL over its plain columns."""

    field: int
    label: str
    sql: str
    alone: bool = True
    """Whether it may be a rule by itself."""
    own: bool = False
    """Whether it is the plain value itself."""


@dataclass(frozen=True)
class Rule:
    """Two records are looked at if all keys are the same.

    Attributes
    ----------
    keys
        What must be the same; none where every pair is looked at.
    pairs
        Candidate pairs it brings by itself.
    """

    keys: tuple[Key, ...]
    pairs: int

    @property
    def label(self) -> str:
        """The rule in words."""
        return " and ".join(key.label for key in self.keys if key.label) or "every pair"

    @property
    def fields(self) -> frozenset[int]:
        """Places of the fields it looks at."""
        return frozenset(key.field for key in self.keys)

    @property
    def sql(self) -> str:
        """The rule as Splink takes it."""
        sides = [" AND ".join(f"({_of(key.sql, 'l')}) = ({_of(key.sql, 'r')})" for key in self.keys)]
        return sides[0] or EVERY


def _of(sql: str, side: str) -> str:
    return sql.replace("@", f"{side}.")


def keys(fields: Sequence[Field]) -> list[Key]:
    """Return what records may share, field by field, the most telling first."""
    found = []
    for i, field in enumerate(fields):
        own, name = f"@f{i}", field.name
        match field.form:
            case "name":
                found += [
                    Key(i, f"the same {name}", own, own=True),
                    Key(i, f"the same first four letters of {name}", f"substr({own}, 1, 4)"),
                ]
            case "text":
                found += [
                    Key(i, f"the same {name}", own, own=True),
                    Key(i, f"the same first five letters of {name}", f"substr({own}, 1, 5)"),
                    Key(i, f"the same last word of {name}", f"string_split({own}, ' ')[-1]"),
                ]
            case "date":
                found += [
                    Key(i, f"the same {name}", own, own=True),
                    Key(i, f"the same year and month of {name}", f"substr({own}, 1, 6)"),
                    Key(i, f"the same month and day of {name}", f"substr({own}, 5, 4)", alone=False),
                ]
            case "email":
                found += [
                    Key(i, f"the same {name}", own, own=True),
                    Key(i, f"the same {name} before the @", f"split_part({own}, '@', 1)"),
                ]
            case "phone":
                found += [
                    Key(i, f"the same {name}", own, own=True),
                    Key(i, f"the same last six digits of {name}", f"right({own}, 6)"),
                ]
            case "postcode" | "code":
                found.append(Key(i, f"the same {name}", own, own=True))
            case "category" | "number":
                found.append(Key(i, f"the same {name}", own, alone=False, own=True))
            case "place" | "time":
                pass
    return found


def propose_rules(
    counter: Counter, fields: Sequence[Field], rows: tuple[int, int], progress: Progress
) -> tuple[Rule, ...]:
    """Return the rules that bring the pairs to look at.

    Up to a million pairs there is one rule: every pair. Of more, keys that records share by themselves come first, the
    rarest first; then keys of two fields together, those of fields not looked at yet first; each while it brings few
    enough pairs. Places and times are laid on grids of several origins, such that whatever is within half a cell meets
    in at least one of them.
    """
    total = rows[0] * (rows[0] - 1) // 2 if counter.within else rows[0] * rows[1]
    if total <= ALL_PAIRS:
        return (Rule((), total),)
    budget = max(ALL_PAIRS, _PER_RECORD * (rows[0] if counter.within else sum(rows)))
    known = keys(fields)
    singles = sorted((counter.rule(key) for key in known), key=lambda rule: rule.pairs)
    progress.at("Counting candidate pairs", 0.5)
    chosen = _near(counter, fields, budget)
    spent = sum(rule.pairs for rule in chosen)
    for rule in singles:
        if (
            rule.keys[0].alone
            and rule.pairs
            and rule.pairs <= budget / 4
            and spent + rule.pairs <= budget
            and not _covered(rule, chosen)
        ):
            chosen.append(rule)
            spent += rule.pairs
    together = [
        Rule((one.keys[0], other.keys[0]), 0)
        for one, other in combinations([rule for rule in singles if rule.pairs], 2)
        if one.keys[0].field != other.keys[0].field
    ]
    looked_at: dict[int, int] = {i: sum(i in rule.fields for rule in chosen) for i in range(len(fields))}
    tried = 0
    while together and len(chosen) < _RULES and tried < _KEYS_COMBINED * 3:
        together.sort(key=lambda rule: sum(looked_at[i] for i in rule.fields))
        best = together.pop(0)
        if _covered(best, chosen):
            continue
        counted = counter.rule(*best.keys)
        tried += 1
        if counted.pairs and counted.pairs <= budget / 4 and spent + counted.pairs <= budget:
            chosen.append(counted)
            spent += counted.pairs
            for i in counted.fields:
                looked_at[i] += 1
    return tuple(chosen) or (min(singles, key=lambda rule: rule.pairs),)


def _covered(rule: Rule, chosen: Sequence[Rule]) -> bool:
    """Whether another rule brings all its pairs already: it asks for less of the same."""
    return any({key.sql for key in other.keys} <= {key.sql for key in rule.keys} for other in chosen)


class Counter:
    """Counts the pairs of rules, exactly and each once.

    Parameters
    ----------
    engine
        Holds the plain records.
    within
        Whether a table is linked with itself.
    """

    def __init__(self, engine: DuckDB, *, within: bool) -> None:
        self.engine = engine
        self.within = within
        self._known: dict[frozenset[str], int] = {}

    def rule(self, *parts: Key) -> Rule:
        """Return the rule of these keys with its pairs."""
        sql = frozenset(key.sql for key in parts)
        if sql not in self._known:
            self._known[sql] = _pairs_of(self.engine, parts, within=self.within)
        return Rule(parts, self._known[sql])


def _pairs_of(engine: DuckDB, parts: Sequence[Key], *, within: bool) -> int:
    names = ", ".join(f"k{i}" for i in range(len(parts)))
    chosen = ", ".join(f"({_of(key.sql, 't')}) AS k{i}" for i, key in enumerate(parts))
    present = " AND ".join(f"k{i} IS NOT NULL" for i in range(len(parts)))
    sides = [
        f"(SELECT {names}, count(*) AS n FROM (SELECT {chosen} FROM rec_{side} AS t) WHERE {present} GROUP BY {names})"
        for side in "lr"
    ]
    if within:
        found = engine.query(f"SELECT sum(n * (n - 1) / 2) AS pairs FROM {sides[0]}")
    else:
        found = engine.query(
            f"SELECT sum(l.n * r.n) AS pairs FROM {sides[0]} AS l JOIN {sides[1]} AS r USING ({names})"
        )
    return int(found["pairs"][0].as_py() or 0)


def training_rules(
    counter: Counter, fields: Sequence[Field], rules: Sequence[Rule], rows: tuple[int, int]
) -> tuple[Rule, ...]:
    """Return the rules whose pairs the model is trained on: rich in matches, and each field left free by one of them.

    Among all pairs matches are too rare for a training without labels to find them: it may take people of one first
    name for one class and all others for the other. Among pairs that share a rare value most are matches. Taken are
    keys, or two together, that bring about as many pairs as the smaller source has records. Of one field alone nothing
    can be learned.
    """
    least = min(rows)
    total = rows[0] * (rows[0] - 1) / 2 if counter.within else rows[0] * rows[1]
    own = [counter.rule(key) for key in keys(fields) if key.own]
    own = sorted((rule for rule in own if rule.pairs), key=lambda rule: rule.pairs)
    pool = [rule for rule in own if rule.pairs <= _RICH * least]
    for one, other in combinations([rule for rule in own if rule.pairs > _RICH * least][:_KEYS_COMBINED], 2):
        both = counter.rule(*one.keys, *other.keys)
        if both.pairs > _BY_CHANCE * one.pairs * other.pairs / total:
            pool.append(both)
    pool = [rule for rule in pool if _POOR * least <= rule.pairs <= _RICH * least]
    pool.sort(key=lambda rule: (len(rule.keys), -rule.pairs))
    pool += sorted((rule for rule in rules if rule.keys), key=lambda rule: rule.pairs)
    chosen: list[Rule] = []
    free: set[int] = set()
    every = set(range(len(fields)))
    people = set(names_of_people(fields) or ())
    for rule in pool:
        rich = len(rule.keys) == 1 and rule.pairs <= _RICH * least
        asked = rule.fields | (people if rule.fields & people else set())
        useful = asked < every and not _covered(rule, chosen) and (free < every or rich)
        if useful and len(chosen) < _TRAININGS:
            chosen.append(rule)
            free |= every - asked
    return tuple(chosen) or ((Rule((), 0),) if len(fields) > 1 else ())


# ---------------------------------------------------------------------- near places and times


_CELLS: Final = ((0.2, "10 km"), (0.04, "2 km"), (0.01, "500 m"), (0.002, "100 m"))
"""Degrees of a cell of which half is at least the distance said, at the equator; further north cells are narrower."""
_SPANS: Final = ((172_800, "a day"), (7_200, "an hour"), (1_200, "10 minutes"), (120, "a minute"))


def _near(counter: Counter, fields: Sequence[Field], budget: int) -> list[Rule]:
    """Return rules of nearness in place, in time, or both, with the widest cells that the pairs allow."""
    places = [i for i, field in enumerate(fields) if field.form == "place"]
    times = [i for i, field in enumerate(fields) if field.form == "time"]
    if not places and not times:
        return []
    for j in range(len(_CELLS)):
        grids = [_place_keys(i, *_CELLS[j]) for i in places] + [_time_keys(i, *_SPANS[j]) for i in times]
        shifted = grids[0] if len(grids) == 1 else [one + other for one in grids[0] for other in grids[1]]
        rules = [counter.rule(*parts) for parts in shifted]
        if sum(rule.pairs for rule in rules) <= budget / 2:
            return rules
    return []


def _place_keys(i: int, cell: float, label: str) -> list[tuple[Key, ...]]:
    origins = [(north, east) for north in (0, 0.5) for east in (0, 0.5)]
    return [
        (
            Key(
                i, f"a place within about {label} (grid {n} of {len(origins)})", f"floor(@f{i}_lat / {cell} + {north})"
            ),
            Key(i, "", f"floor(@f{i}_lon / {cell} + {east})"),
        )
        for n, (north, east) in enumerate(origins, 1)
    ]


def _time_keys(i: int, span: int, label: str) -> list[tuple[Key, ...]]:
    return [
        (Key(i, f"a time within {label} (grid {n} of 2)", f"floor(@f{i} / {span} + {shift})"),)
        for n, shift in ((1, 0), (2, 0.5))
    ]


# ---------------------------------------------------------------------- what no rule reaches


@dataclass(frozen=True)
class Reach:
    """What the rules cannot find.

    Attributes
    ----------
    keyless
        Records of each source that lack a part of every rule, so that no pair holds them.
    missed
        Estimated share of all matches that satisfy no rule: if fields agree independently, as often as the model says.
    """

    keyless: tuple[int, int]
    missed: float


def reach(engine: DuckDB, rules: Sequence[Rule], agreement: Sequence[float], *, within: bool) -> Reach:
    """Say what the rules cannot find.

    Parameters
    ----------
    agreement
        Per field: how often two records of one thing have the same value there.
    """
    if not rules[0].keys:
        return Reach((0, 0), 0.0)
    found = []
    for side in "ll" if within else "lr":
        lacking = " AND ".join(
            "(" + " OR ".join(f"({_of(key.sql, 't')}) IS NULL" for key in rule.keys) + ")" for rule in rules
        )
        answer = engine.query(f"SELECT count(*) AS n FROM rec_{side} AS t WHERE {lacking}")
        found.append(int(answer["n"][0].as_py()))
    asked = sorted({i for rule in rules for i in rule.fields})
    same = (np.arange(2 ** len(asked))[:, None] >> np.arange(len(asked))) & 1 == 1
    chance = np.where(same, [agreement[i] for i in asked], [1 - agreement[i] for i in asked]).prod(axis=1)
    met = np.zeros(len(same), dtype=bool)
    for rule in rules:
        met |= same[:, [asked.index(i) for i in rule.fields]].all(axis=1)
    return Reach((found[0], found[1]), float(chance[~met].sum()))
