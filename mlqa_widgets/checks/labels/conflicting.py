"""The same features with different answers: what no model can get right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from mlqa_widgets.checks._draw import strip
from mlqa_widgets.checks.labels.sample_size import class_target
from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Bar, Bars
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import literal, new_label, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.tables.draw import draw_alike
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, percent, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile
    from mlqa_widgets.tables.table import Table

_COARSE: Final = 0.25
"""Share of the rows with an equal in all features from which the features are said to tell too little."""

_LEAST_FEATURES: Final = 2
_COMBINATIONS: Final = 12


@table_check("conflicting_labels", reads="rows")
def conflicting_labels(profile: Profile) -> Iterator[Finding]:
    """Find rows alike in every feature that belong to different classes of the target.

    A warning where rows seldom have an equal: then one of two like rows was labelled wrongly, or a feature that
    tells them apart was left out. An info where a good part of the rows have equals: features of few values
    cannot tell classes apart, and that is no slip. Keys and identifiers do not count as features. Stays silent
    where no target was named, on targets that are quantities, and on rows without a label.
    """
    target = class_target(profile)
    if target is None or target.distinct < 2:
        return
    features = [c for c in profile.columns if c.position != target.position and _is_feature(c, profile)]
    if len(features) < _LEAST_FEATURES or any(c.distinct == profile.rows for c in features):
        return
    twins = _twins(profile, target, features)
    if twins is None:
        return
    name, rows = shortened(target.name), len(twins.contested)
    coarse = twins.alike >= _COARSE * target.present * twins.table.row_count / profile.rows
    where = _rows(twins.contested["pos"])
    yield Finding(
        columns=(target.position,),
        severity=Severity.INFO if coarse else Severity.WARNING,
        rows=rows,
        message=(
            f"{count(rows, 'row')} ({percent(rows / twins.table.row_count)}) differ in {name} from rows alike in all "
            f"{len(features):,} features: {twins.lost:,} of them no model can get right."
        ),
        predicate=where,
        evidence=(_combinations(twins), strip(profile.table, "Where these rows stand", [(name, where)])),
        why=(
            "The features have few values, so that rows of different classes look the same: more rows or another model "
            "will not help, another feature may."
            if coarse
            else "One of two such rows was labelled wrongly, or what tells them apart is not in the table; a model is "
            "taught both answers and measured against both."
        ),
        fixes=tuple(_fixes(profile, target, features, where, every_row=twins.table.looked_at is None)),
        confidence=0.5 if coarse else 0.85,
        looked_at=twins.table.looked_at,
    )


def _is_feature(column: ColumnProfile, profile: Profile) -> bool:
    if column.position in profile.roles.key or column.column.storage == "nested" or not column.present:
        return False
    return column.kind is not Kind.IDENTIFIER


@dataclass(frozen=True)
class _Twins:
    """The rows alike in every feature.

    Attributes
    ----------
    contested
        Rows alike to one of another class: ``pos``, ``twin`` (which rows are alike) and ``answer``.
    alike
        Number of labelled rows that have an equal, of any class.
    table
        The table, or of a very large one the rows drawn.
    """

    contested: pd.DataFrame
    alike: int
    table: Table

    @property
    def lost(self) -> int:
        """Rows that are wrong even if each group of equals is given its commonest class."""
        sizes = self.contested.groupby(["twin", "answer"]).size().groupby("twin")
        return int((sizes.sum() - sizes.max()).sum())


def _twins(profile: Profile, target: ColumnProfile, features: Sequence[ColumnProfile]) -> _Twins | None:
    table = draw_alike(profile.table, [c.column for c in features])
    answer, names = target.column.sql, ", ".join(c.column.sql for c in features)
    labelled = f"{answer} IS NOT NULL"
    groups = table.query(
        f"SELECT h, n, classes FROM (SELECT hash({names}) AS h, count(*) AS n, count(DISTINCT {answer}) AS classes "
        f"FROM t WHERE {labelled} GROUP BY h) WHERE n > 1"
    )
    classes = groups["classes"].to_numpy()
    suspects = groups["h"].to_numpy()[classes > 1]
    if not len(suspects):
        return None
    within = f"WINDOW alike AS (PARTITION BY {names})"
    found = table.query(
        f"SELECT pos, twin, answer FROM (SELECT pos, min(pos) OVER alike AS twin, {answer} AS answer, "
        f"min({answer}) OVER alike <> max({answer}) OVER alike AS differ FROM t "
        f"WHERE {labelled} AND hash({names}) IN (SELECT unnest(?)) {within}) WHERE differ ORDER BY pos",
        (suspects.tolist(),),
    )
    contested = found.to_pandas()
    return _Twins(contested, int(groups["n"].to_numpy().sum()), table) if len(contested) else None


def _rows(positions: pd.Series) -> Predicate:
    return Predicate("pos IN (SELECT unnest(?))", (positions.tolist(),))


def _combinations(twins: _Twins) -> Bars:
    """Return which classes are said of the same features, most rows first."""
    rows = twins.contested
    said = {twin: _classes(answers) for twin, answers in rows.groupby("twin")["answer"]}
    labels = rows["twin"].map(said)
    sizes = labels.value_counts()
    bars = []
    for label, number in sizes.head(_COMBINATIONS).items():
        among = rows.loc[labels == label]
        bars.append(
            Bar(str(label), int(number), _rows(among["pos"]), True, count(among["twin"].nunique(), "different row"))
        )
    rest = sizes.iloc[_COMBINATIONS:]
    return Bars("Classes said of the same features", tuple(bars), more=len(rest), more_rows=int(rest.sum()))


def _classes(answers: pd.Series) -> str:
    return listing([quoted(one, 20) for one in sorted(answers.unique(), key=str)], limit=4)


def _fixes(
    profile: Profile, target: ColumnProfile, features: Sequence[ColumnProfile], where: Predicate, *, every_row: bool
) -> Iterator[Fix]:
    read = read_column(profile.table, target.column)
    places = np.array([c.position for c in features]).tolist()
    contested = (
        f"alike = df.groupby([df.iloc[:, place] for place in {places}], dropna=False, observed=True).ngroup()\n"
        f'contested = {read}.notna() & ({read}.groupby(alike.to_numpy()).transform("nunique") > 1)\n'
    )
    if label := new_label(profile.table, "label_contested"):
        yield Fix("Mark the rows to look at", f"{contested}df[{literal(label)}] = contested", adds=(label,))
    if not every_row:
        return  # the rows it would leave out were not all looked at
    yield Fix(
        "Leave these rows out",
        f"{contested}df = df[~contested]",
        drops=where,
        note="Right for training if nobody can say which answer holds; a test set without them looks too easy.",
    )
