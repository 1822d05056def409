"""One row per thing: which value of several is kept, by which rule, from which row; and where they differed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from mlqa_widgets.compare.keys import find_column
from mlqa_widgets.compare.matching import Pair
from mlqa_widgets.compare.meeting import Source
from mlqa_widgets.errors import InputError
from mlqa_widgets.naming import nearest

Rule = Literal["majority", "newest", "trusted", "longest", "complete"]
RULES: Final[tuple[Rule, ...]] = get_args(Rule)


@dataclass(frozen=True)
class Fused:
    """The fused table.

    Attributes
    ----------
    frame
        One row per thing, indexed by ``entity``.
    provenance
        One row per value of ``frame`` that is not missing: ``entity``, ``column``, ``value``, ``source``, ``row`` (its
        label in that source), ``rule``, and ``of`` (different values there were).
    conflicts
        One row per value that its sources do not agree on: ``entity``, ``column``, ``kept``, ``rule``, ``values`` (every
        different value with the rows that say so).
    rules
        Column -> the rule that chose its values.
    """

    frame: pd.DataFrame
    provenance: pd.DataFrame
    conflicts: pd.DataFrame
    rules: dict[str, Rule]

    def __repr__(self) -> str:
        return f"<Fused: {len(self.frame):,} rows, {len(self.conflicts):,} values in conflict>"


@dataclass(frozen=True)
class Records:
    """The records of all sources one below the other.

    Attributes
    ----------
    values
        The columns under one name each.
    entity
        The thing of each record.
    source, label
        Where each record stands: the source's number, and its label there.
    names
        What the sources are called.
    """

    values: pd.DataFrame
    entity: np.ndarray
    source: np.ndarray
    label: np.ndarray
    names: tuple[str, ...]


def gather(sources: Sequence[Source], pairs: Sequence[Pair], entity: np.ndarray) -> Records:
    """Return the records of all sources one below the other, columns that say the same under the left one's name.

    Parameters
    ----------
    pairs
        The columns that were compared; besides them those of one name belong together.
    entity
        The thing of each record.
    """
    left = sources[0]
    mine = {column.name: column.name for column in left.columns}
    called = {pair.right.name: pair.left.name for pair in pairs}
    frames = [left.table.frame().set_axis(list(mine), axis=1)]
    for other in sources[1:]:
        taken = set(called.values())
        names = [
            called.get(column.name) or (column.name if column.name not in taken else f"{column.name} ({other.name})")
            for column in other.columns
        ]
        frames.append(other.table.frame().set_axis(names, axis=1))
    return Records(
        pd.concat(frames, ignore_index=True),
        entity,
        np.repeat(np.arange(len(sources)), [source.rows for source in sources]),
        np.concatenate([np.asarray(s.table.labels(np.arange(s.rows)), dtype=object) for s in sources]),
        tuple(source.name for source in sources),
    )


def times(sources: Sequence[Source], by: Any) -> np.ndarray | None:
    """Return when each record is of, as a number; None where ``by`` names no column.

    Raises
    ------
    InputError
        When a source has no such column.
    """
    if by is None:
        return None
    sides = by if isinstance(by, tuple) and len(by) == 2 else (by, by)
    found = []
    for name, source in zip(sides, sources, strict=False):
        column = find_column(source, name, "by")
        values = source.table.frame().iloc[:, column.position]
        if column.column.storage in ("integer", "number"):
            found.append(values.to_numpy(dtype=float))
        else:
            moments = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True).dt.as_unit("us")
            found.append(np.where(moments.isna(), np.nan, moments.astype("int64").to_numpy(dtype=float)))
    return np.concatenate(found)


def ranks(records: Records, trust: Sequence[str]) -> np.ndarray:
    """Return the rank of each record's source among those trusted, 0 for the most; the others come last.

    Raises
    ------
    InputError
        When a source does not exist.
    """
    for one in trust:
        if one not in records.names:
            msg = f"trust: {one!r} is no source. {nearest(one, records.names)}"
            raise InputError(msg)
    order = [list(trust).index(one) if one in trust else len(trust) for one in records.names]
    return np.array(order)[records.source]


def checked_rules(rule: Any, rules: Mapping[Hashable, Any] | None, columns: Sequence[str]) -> dict[str, Rule]:
    """Return the rule of each column.

    Raises
    ------
    InputError
        When a rule or a column does not exist.
    """
    for one in (rule, *(rules or {}).values()):
        if one not in RULES:
            msg = f"rule: {one!r} is none. {nearest(one, RULES)}"
            raise InputError(msg)
    for column in rules or {}:
        if column not in columns:
            msg = f"rules: the fused table has no column {column!r}. {nearest(column, columns)}"
            raise InputError(msg)
    chosen: dict[str, Rule] = {column: (rules or {}).get(column, rule) for column in columns}
    return chosen


def fuse(records: Records, rules: Mapping[str, Rule], *, time: np.ndarray | None, trust: np.ndarray | None) -> Fused:
    """Choose one value per thing and column.

    Ties go to the value of more records, then to the earlier source and row. Missing values never win against others.

    Parameters
    ----------
    time
        Per record, when it is of, as a number; missing as NaN. Needed by ``newest``.
    trust
        Per record, the rank of its source, 0 for the most trusted. Needed by ``trusted``.
    """
    entities = int(records.entity.max()) + 1 if len(records.entity) else 0
    present = records.values.notna()
    filled = present.sum(axis=1).to_numpy()
    columns, traces, clashes = {}, [], []
    for column, rule in rules.items():
        rows = np.flatnonzero(present[column].to_numpy())
        values = records.values[column]
        code = pd.factorize(_texts(values.iloc[rows]) if values.dtype == object else values.iloc[rows])[0]
        entity = records.entity[rows]
        said = pd.DataFrame({"entity": entity, "code": code})
        votes = said.groupby(["entity", "code"])["code"].transform("size").to_numpy()
        first = _preferred(rule, rows, values, votes, filled, time, trust)
        order = np.lexsort((rows, -votes, first, entity))
        winner = order[np.unique(entity[order], return_index=True)[1]]
        chosen = rows[winner]
        column_values = values.iloc[chosen].set_axis(entity[winner])
        columns[column] = column_values.reindex(range(entities))
        different = said.groupby("entity")["code"].nunique()
        of = different.reindex(entity[winner]).to_numpy()
        traces.append(
            pd.DataFrame(
                {
                    "entity": entity[winner],
                    "column": column,
                    "value": pd.Series(values.iloc[chosen].to_numpy(dtype=object), dtype=object),
                    "source": np.array(records.names, dtype=object)[records.source[chosen]],
                    "row": records.label[chosen],
                    "rule": np.where(of > 1, rule, "only value"),
                    "of": of,
                }
            )
        )
        torn = np.flatnonzero(different.reindex(entity).to_numpy() > 1)
        if len(torn):
            clashes.append(
                _clash(column, rule, records, rows[torn], code[torn], dict(zip(entity[winner], chosen, strict=True)))
            )
    names = ["entity", "column", "value", "source", "row", "rule", "of"]
    provenance = pd.concat(traces, ignore_index=True) if traces else pd.DataFrame(columns=names)
    told = ["entity", "column", "kept", "rule", "values"]
    conflicts = pd.concat(clashes, ignore_index=True) if clashes else pd.DataFrame(columns=told)
    frame = pd.DataFrame(columns, index=pd.RangeIndex(entities, name="entity"))
    return Fused(frame, provenance, conflicts.sort_values(["entity", "column"], ignore_index=True), dict(rules))


def _preferred(
    rule: Rule,
    rows: np.ndarray,
    values: pd.Series[Any],
    votes: np.ndarray,
    filled: np.ndarray,
    time: np.ndarray | None,
    trust: np.ndarray | None,
) -> np.ndarray:
    """Return what a rule orders the records ``rows`` of a thing by, the smallest to be kept."""
    match rule:
        case "majority":
            return -votes
        case "newest":
            return -np.nan_to_num(_needed(time, "newest")[rows], nan=-np.inf)
        case "trusted":
            return _needed(trust, "trusted")[rows]
        case "longest":
            return -np.array([len(text) for text in _texts(values.iloc[rows])])
        case "complete":
            return -filled[rows]


def _texts(values: pd.Series[Any]) -> np.ndarray:
    return np.array([*map(str, values)], dtype=object)


def _needed(given: np.ndarray | None, rule: str) -> np.ndarray:
    if given is None:
        what = (
            "the column that says when a row is of: by="
            if rule == "newest"
            else "the names of the sources, the most trusted first: trust="
        )
        msg = f"rule: {rule!r} needs {what}."
        raise InputError(msg)
    return given


def _clash(
    column: str, rule: str, records: Records, rows: np.ndarray, code: np.ndarray, kept: Mapping[int, int]
) -> pd.DataFrame:
    """Return the things whose records do not agree in a column, with all they say."""
    values = records.values[column]
    said = pd.DataFrame(
        {
            "entity": records.entity[rows],
            "code": code,
            "value": pd.Series(values.iloc[rows].to_numpy(dtype=object), dtype=object),
            "who": [
                f"{records.names[source]} {label}"
                for source, label in zip(records.source[rows], records.label[rows], strict=True)
            ],
        }
    )
    each = said.groupby(["entity", "code"], sort=False).agg(value=("value", "first"), who=("who", list)).reset_index()
    each["said"] = list(zip(each["value"], each["who"], strict=True))
    whole = each.groupby("entity")["said"].agg(list)
    entities = whole.index.to_numpy()
    return pd.DataFrame(
        {
            "entity": entities,
            "column": column,
            "kept": pd.Series(values.iloc[[kept[e] for e in entities]].to_numpy(dtype=object), dtype=object),
            "rule": rule,
            "values": whole.to_numpy(),
        }
    )
