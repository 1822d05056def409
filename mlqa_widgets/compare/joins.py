"""What a join would do, before it is made: which keys meet, which have no partner, which multiply rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from mlqa_widgets.compare.matching import STEPS, Pair, Step, normalised
from mlqa_widgets.compare.meeting import Meeting

_LISTED: Final = 20
_RESCUE_KEYS: Final = 1_000_000
"""Keys of a source up to which what normalising would rescue is looked at."""


@dataclass(frozen=True)
class JoinPreview:
    """The figures of a join.

    Attributes
    ----------
    rows
        Rows of the left and of the right source.
    keyless
        Rows of each that lack a part of the key: no join ever matches them.
    keys
        Different keys of each.
    matched_keys
        Keys that both have.
    orphans
        Rows of each whose key the other does not have; those without a key are not among them.
    orphan_keys
        Their keys.
    inner
        Rows of the inner join.
    repeated
        Matched keys that stand in more than one row of each source.
    most
        Most rows of one matched key in each source.
    repeated_both
        Matched keys repeated on both sides: their rows are multiplied with each other.
    extra
        Rows that a left join returns beyond those of the left, and a right join beyond those of the right.
    """

    rows: tuple[int, int]
    keyless: tuple[int, int]
    keys: tuple[int, int]
    matched_keys: int
    orphans: tuple[int, int]
    orphan_keys: tuple[int, int]
    inner: int
    repeated: tuple[int, int]
    most: tuple[int, int]
    repeated_both: int
    extra: tuple[int, int]

    @property
    def unmatched(self) -> tuple[int, int]:
        """Rows of each without a partner: orphans, and those without a key."""
        return self.orphans[0] + self.keyless[0], self.orphans[1] + self.keyless[1]

    @property
    def matched_rows(self) -> tuple[int, int]:
        """Rows of each with a partner."""
        return self.rows[0] - self.unmatched[0], self.rows[1] - self.unmatched[1]

    @property
    def relation(self) -> str:
        """How rows meet: ``1:1``, ``n:1``, ``1:n`` or ``n:m``."""
        left, right = (count > 0 for count in self.repeated)
        return {(False, False): "1:1", (True, False): "n:1", (False, True): "1:n", (True, True): "n:m"}[left, right]

    def rows_out(self) -> dict[str, int]:
        """Rows of each type of join."""
        left, right = self.unmatched
        return {
            "inner": self.inner,
            "left": self.inner + left,
            "right": self.inner + right,
            "outer": self.inner + left + right,
        }

    def frame(self) -> pd.DataFrame:
        """Return one row per type of join: rows in, rows out, rows without a partner kept or dropped, extra rows."""
        lines = []
        for how, out in self.rows_out().items():
            kept = (how in ("left", "outer"), how in ("right", "outer"))
            lines.append(
                {
                    "join": how,
                    "left_rows": self.rows[0],
                    "right_rows": self.rows[1],
                    "rows_out": out,
                    "left_dropped": 0 if kept[0] else self.unmatched[0],
                    "right_dropped": 0 if kept[1] else self.unmatched[1],
                    "left_unfilled": self.unmatched[0] if kept[0] else 0,
                    "right_unfilled": self.unmatched[1] if kept[1] else 0,
                    "left_repeated": self.extra[0],
                    "right_repeated": self.extra[1],
                }
            )
        return pd.DataFrame(lines)


class Keyed:
    """Both sources by their key: relations ``keys`` and, of rows that meet, the condition of the join.

    Parameters
    ----------
    meeting
        The sources.
    pairs
        The columns of the key.
    steps
        How keys are made alike before they are compared; none to take them as they are.
    """

    def __init__(self, meeting: Meeting, pairs: Sequence[Pair], steps: Sequence[Step] = ()) -> None:
        self.meeting = meeting
        self.pairs = tuple(pairs)
        self.steps = tuple(steps)
        self.expressions = [pair.normalised(steps) if steps else pair.expressions() for pair in pairs]
        meeting.execute(f"CREATE OR REPLACE TEMP TABLE keys AS {self._grouped()}")
        self.preview = self._preview()

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns of the key are called."""
        return tuple(pair.name for pair in self.pairs)

    @property
    def condition(self) -> str:
        """SQL: a row of ``l`` and a row of ``r`` have the same key."""
        return " AND ".join(f"{left} = {right}" for left, right in self.expressions)

    def present(self, side: int) -> str:
        """Return SQL: a row of one side has a key."""
        return " AND ".join(f"{both[side]} IS NOT NULL" for both in self.expressions)

    def is_key(self, side: int) -> str:
        """Return SQL: a row of one side has the key of a row of ``keys``, called ``k``."""
        return " AND ".join(f"k.k{i} = {both[side]}" for i, both in enumerate(self.expressions))

    def _grouped(self) -> str:
        parts = range(len(self.pairs))
        rows = " UNION ALL ".join(
            f"SELECT {', '.join(f'{self.expressions[i][side]} AS k{i}' for i in parts)}, {side} AS side "
            f"FROM {relation} WHERE {self.present(side)}"
            for side, relation in enumerate("lr")
        )
        names = ", ".join(f"k{i}" for i in parts)
        counts = "count(*) FILTER (WHERE side = 0) AS nl, count(*) FILTER (WHERE side = 1) AS nr"
        return f"SELECT {names}, {counts} FROM ({rows}) GROUP BY {names}"

    def _preview(self) -> JoinPreview:
        found = self.meeting.one(
            "SELECT sum(nl) AS rows_l, sum(nr) AS rows_r, count(*) FILTER (WHERE nl > 0) AS keys_l, "
            "count(*) FILTER (WHERE nr > 0) AS keys_r, count(*) FILTER (WHERE nl > 0 AND nr > 0) AS matched, "
            "sum(nl) FILTER (WHERE nr = 0) AS orphans_l, sum(nr) FILTER (WHERE nl = 0) AS orphans_r, "
            "sum(nl * nr) AS inner_rows, count(*) FILTER (WHERE nl > 1 AND nr > 0) AS repeated_l, "
            "count(*) FILTER (WHERE nr > 1 AND nl > 0) AS repeated_r, max(nl) FILTER (WHERE nr > 0) AS most_l, "
            "max(nr) FILTER (WHERE nl > 0) AS most_r, count(*) FILTER (WHERE nl > 1 AND nr > 1) AS both, "
            "sum(nl * (nr - 1)) FILTER (WHERE nr > 0) AS extra_l, sum(nr * (nl - 1)) FILTER (WHERE nl > 0) AS extra_r "
            "FROM keys"
        )
        n = {name: int(value or 0) for name, value in found.items()}
        left, right = (source.rows for source in self.meeting.sources)
        return JoinPreview(
            rows=(left, right),
            keyless=(left - n["rows_l"], right - n["rows_r"]),
            keys=(n["keys_l"], n["keys_r"]),
            matched_keys=n["matched"],
            orphans=(n["orphans_l"], n["orphans_r"]),
            orphan_keys=(n["keys_l"] - n["matched"], n["keys_r"] - n["matched"]),
            inner=n["inner_rows"],
            repeated=(n["repeated_l"], n["repeated_r"]),
            most=(n["most_l"], n["most_r"]),
            repeated_both=n["both"],
            extra=(n["extra_l"], n["extra_r"]),
        )

    def listed(self, where: str, order: str, limit: int = _LISTED) -> pd.DataFrame:
        """Return keys with their rows on each side, the first ``limit`` of those that satisfy ``where``."""
        found = self.meeting.query(
            f"SELECT * FROM keys WHERE {where} ORDER BY {order}, {self._order()} LIMIT {limit:d}"
        ).to_pandas()
        found.columns = pd.Index([*self.names, "left_rows", "right_rows"])
        return found

    def _order(self) -> str:
        return ", ".join(f"k{i}" for i in range(len(self.pairs)))


@dataclass(frozen=True)
class Rescue:
    """What making keys alike in some way would bring together.

    Attributes
    ----------
    steps
        How.
    keys
        Keys of the left and of the right that have no partner and would find one.
    rows
        Their rows.
    merged
        Pairs of different keys of one side that would become one: the price.
    example
        A left key and the right key it would meet.
    """

    steps: tuple[Step, ...]
    keys: tuple[int, int]
    rows: tuple[int, int]
    merged: int
    example: tuple[str, str]

    @property
    def name(self) -> str:
        """What is ignored, in words."""
        return ", ".join(self.steps)


def rescues(keyed: Keyed) -> list[Rescue]:
    """Return what each way of making keys alike would bring together by itself, and all of them at once.

    Only ways that bring something together are returned, that of the most rows first; the last is all that are
    needed, if that is more than one.
    """
    preview = keyed.preview
    if not any(preview.orphan_keys) or keyed.steps:
        return []
    if max(preview.keys) > _RESCUE_KEYS or all(pair.form in ("number", "datetime") for pair in keyed.pairs):
        return []
    together = _rescue(keyed, STEPS)
    if not together:
        return []
    for step in STEPS:
        without = _rescue(keyed, tuple(one for one in together.steps if one != step))
        if without and without.keys == together.keys:
            together = without
    single = [found for step in STEPS if (found := _rescue(keyed, (step,)))]
    single.sort(key=lambda one: (-sum(one.rows), STEPS.index(one.steps[0])))
    if len(together.steps) > 1:
        single.append(together)
    return single


def _rescue(keyed: Keyed, steps: tuple[Step, ...]) -> Rescue | None:
    """Return what ``steps`` would bring together, or None."""
    shown = " || ' · ' || ".join(f"CAST(k{i} AS VARCHAR)" for i in range(len(keyed.pairs)))
    parts = ", ".join(f"{_normal(pair, i, steps)} AS m{i}" for i, pair in enumerate(keyed.pairs))
    names = ", ".join(f"m{i}" for i in range(len(keyed.pairs)))
    lone = "FILTER (WHERE {} > 0 AND {} = 0)"
    left, right = lone.format("nl", "nr"), lone.format("nr", "nl")
    meets = "(any_left AND any_right)"
    found = keyed.meeting.one(
        f"WITH normal AS (SELECT {parts}, {shown} AS shown, nl, nr FROM keys), met AS (SELECT {names}, "
        f"bool_or(nl > 0) AS any_left, bool_or(nr > 0) AS any_right, "
        f"count(*) {left} AS keys_l, count(*) {right} AS keys_r, sum(nl) {left} AS rows_l, sum(nr) {right} AS rows_r, "
        f"count(*) FILTER (WHERE nl > 0) AS all_l, count(*) FILTER (WHERE nr > 0) AS all_r, "
        f"min(shown) {left} AS shown_l, min(shown) {right} AS shown_r, "
        f"min(shown) FILTER (WHERE nl > 0) AS any_l, min(shown) FILTER (WHERE nr > 0) AS any_r "
        f"FROM normal GROUP BY {names}) "
        f"SELECT sum(keys_l) AS keys_l, sum(keys_r) AS keys_r, sum(rows_l) AS rows_l, sum(rows_r) AS rows_r, "
        f"sum(greatest(all_l - 1, 0) + greatest(all_r - 1, 0)) AS merged, "
        f"min([coalesce(shown_l, any_l), coalesce(shown_r, any_r)]) AS example "
        f"FROM met WHERE {meets} AND keys_l + keys_r > 0"
    )
    n = {name: int(found[name] or 0) for name in ("keys_l", "keys_r", "rows_l", "rows_r", "merged")}
    if n["keys_l"] + n["keys_r"] == 0:
        return None
    example = found["example"]
    return Rescue(steps, (n["keys_l"], n["keys_r"]), (n["rows_l"], n["rows_r"]), n["merged"], (example[0], example[1]))


def _normal(pair: Pair, place: int, steps: tuple[Step, ...]) -> str:
    if pair.form in ("number", "datetime", "boolean"):
        return f"CAST(k{place} AS VARCHAR)"
    return normalised(f"k{place}", steps)
