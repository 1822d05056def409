"""The same record written twice, not quite alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.checks.rows._near import MOST_ROWS, Pairs, near_copies
from mlqa_widgets.evidence import Bar, Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import list_literal, literal, new_label, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.table import Predicate
from mlqa_widgets.wording import count, listing, percent, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_SHOWN: Final = 8
_COLUMNS: Final = 12
_LISTED: Final = 5_000
_NAMING: Final = 4


@table_check("near_duplicate_rows")
def near_duplicate_rows(profile: Profile) -> Iterator[Finding]:
    """Find the same record written twice with small differences: a slip in a name, a missing cell, another number.

    Rows are compared where they share a value or a word that few rows have, or stand side by side when sorted. Two
    are one record if they agree in far more than chance would (5 bits beyond what some pair of the table shares),
    and differ in few letters; for every two columns that tell records apart another text may differ altogether, for
    every five a number or a date. Stays silent on tables without text that tells records apart (rows of close
    numbers, measurements, events), on names that differ in a number or a word, on entities that many rows speak of,
    and on exact copies, which ``duplicate_rows`` reports. Of larger tables the first 100,000 rows are compared.
    """
    pairs = near_copies(profile)
    if pairs is None or not len(pairs.first):
        return
    records = _records(pairs)
    number = int(records.of_row.max()) + 1
    where = _rows(records.rows)
    compared = min(profile.rows, MOST_ROWS)
    yield Finding(
        columns=tuple(c.position for c, n in zip(pairs.columns, pairs.differs.sum(axis=0), strict=True) if n),
        severity=Severity.WARNING,
        rows=len(records.rows),
        message=(
            f"{count(len(records.rows), 'row')} ({percent(len(records.rows) / compared)}) look like "
            f"{count(number, 'record')} written more than once with small differences, most of them in {_where_most(pairs)}."
        ),
        predicate=where,
        evidence=(_side_by_side(profile, pairs), _differing(pairs)),
        why="A record counted twice weighs twice, and a near copy on the other side of a split is an answer the model "
        "has seen.",
        fixes=tuple(_fixes(profile, pairs, records)),
        confidence=0.8,
        cells=(),
        looked_at=None if compared == profile.rows else compared,
    )


@dataclass(frozen=True)
class _Records:
    """The rows that belong together: ``rows`` ascending, and the record of each, counted from 0 in table order."""

    rows: np.ndarray
    of_row: np.ndarray


def _records(pairs: Pairs) -> _Records:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, at = np.unique(np.concatenate([pairs.first, pairs.second]), return_inverse=True)
    one, other = at[: len(pairs.first)], at[len(pairs.first) :]
    links = coo_array((np.ones(len(one)), (one, other)), shape=(len(rows), len(rows)))
    _, component = connected_components(links, directed=False)
    _, first, of_row = np.unique(component, return_index=True, return_inverse=True)
    return _Records(rows, np.argsort(np.argsort(first))[of_row])


def _rows(positions: np.ndarray) -> Predicate:
    return Predicate("pos IN (SELECT unnest(?))", (positions.tolist(),))


def _where_most(pairs: Pairs) -> str:
    differing = pairs.differs.sum(axis=0)
    order = np.argsort(-differing, kind="stable")
    named = [shortened(pairs.columns[i].name) for i in order[:2] if differing[i]]
    return listing(named) if named else "what numbers them alone"


def _side_by_side(profile: Profile, pairs: Pairs) -> Examples:
    """Return the first pairs with the cells in which they differ."""
    lines = []
    for first, second, differs in list(zip(pairs.first, pairs.second, pairs.differs, strict=True))[:_SHOWN]:
        columns = [c for c, apart in zip(pairs.columns, differs, strict=True) if apart][:3] or [
            c for c in pairs.columns if c.is_text
        ][:1]
        cells = ", ".join(f"CAST({c.column.sql} AS VARCHAR) AS v{c.position}" for c in columns)
        found = profile.table.query(
            f"SELECT {cells} FROM t WHERE pos IN (?, ?) ORDER BY pos", (int(first), int(second))
        ).to_pylist()
        names = listing([shortened(c.name) for c in columns])
        one, other = (", ".join(_cell(row[f"v{c.position}"]) for c in columns) for row in found)
        lines.append((names, one, other))
    return Examples("The first of them side by side", ("differ in", "once", "again"), tuple(lines))


def _cell(text: str | None) -> str:
    return "(missing)" if text is None else quoted(text)


def _differing(pairs: Pairs) -> Bars:
    """Return in how many pairs each column differs; clicking one narrows to their rows."""
    differing = pairs.differs.sum(axis=0)
    order = [int(i) for i in np.argsort(-differing, kind="stable") if differing[i]]
    bars = []
    for place in order[:_COLUMNS]:
        apart = pairs.differs[:, place]
        rows = np.unique(np.concatenate([pairs.first[apart], pairs.second[apart]]))
        note = count(int(differing[place]), "pair")
        bars.append(Bar(shortened(pairs.columns[place].name), len(rows), _rows(rows), flagged=True, note=note))
    return Bars("In which columns they differ", tuple(bars), more=max(0, len(order) - _COLUMNS))


def _fixes(profile: Profile, pairs: Pairs, records: _Records) -> Iterator[Fix]:
    if len(records.rows) > _LISTED:
        return
    label = new_label(profile.table, "same_record")
    if label is not None:
        mapping = list_literal(records.rows.tolist(), 16), list_literal((records.of_row + 1).tolist(), 16)
        yield Fix(
            "Number the rows that belong together",
            f"rows = {mapping[0]}\nrecords = {mapping[1]}\n"
            f'df[{literal(label)}] = pd.Series(pd.NA, index=range(len(df)), dtype="Int64").array\n'
            f"df.iloc[rows, -1] = records",
            adds=(label,),
            note="Rows are named by their place in the table: run it before any rows are dropped.",
        )
    surplus = np.setdiff1d(records.rows, records.rows[np.unique(records.of_row, return_index=True)[1]])
    told = _told_by(profile, pairs, surplus)
    if told:
        columns, cells = told
        reads = ", ".join(f'{read_column(profile.table, c.column)}.fillna("")' for c in columns)
        yield Fix(
            "Keep the first row of each record",
            f"again = set({list_literal(cells, 1)})\ndf = df[[cells not in again for cells in zip({reads})]]",
            drops=_rows(surplus),
            note="Edit the list first: a line taken out keeps that row. What only the later rows say is lost.",
        )


def _told_by(
    profile: Profile, pairs: Pairs, rows: np.ndarray
) -> tuple[list[ColumnProfile], list[tuple[str, ...]]] | None:
    """Return few columns of text whose values name these rows and no others, with those values; None if there are none."""
    columns: list[ColumnProfile] = []
    wanted = _rows(rows)
    for column in sorted(pairs.columns, key=lambda c: -c.distinct):
        if not column.is_text or column.column.has_types or column.column.source_type == "category":
            continue
        columns.append(column)
        cells = ", ".join(f"coalesce({c.column.sql}, '')" for c in columns)
        alike = Predicate(f"({cells}) IN (SELECT ({cells}) FROM t WHERE {wanted.sql})", wanted.params)
        if profile.table.count(alike) == len(rows):
            named = ", ".join(f"coalesce({c.column.sql}, '') AS c{i}" for i, c in enumerate(columns))
            found = profile.table.query(f"SELECT {named} FROM t WHERE {wanted.sql} ORDER BY pos", wanted.params)
            return columns, list(zip(*(found[f"c{i}"].to_pylist() for i in range(len(columns))), strict=True))
        if len(columns) == _NAMING:
            break
    return None
