"""Which records are one thing: links put together, and never against a decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Refused:
    """A link that was left out, since it would have put together two records decided to be different.

    Attributes
    ----------
    pair
        Number of the pair that was left out; of a pair decided to be the same, the decisions contradict each other.
    against
        Number of the pair decided to be different.
    """

    pair: int
    against: int


@dataclass(frozen=True)
class Grouping:
    """The thing of each record.

    Attributes
    ----------
    of
        Per record, a number that records of one thing share; from 0, in order of their first record.
    refused
        The links left out.
    """

    of: np.ndarray
    refused: tuple[Refused, ...]


def group(records: int, links: np.ndarray, left: np.ndarray, right: np.ndarray, different: np.ndarray) -> Grouping:
    """Put records together that are linked, directly or through others.

    Links are taken in their order, so the surest come first. One that would put together two records decided to be
    different is left out and told.

    Parameters
    ----------
    records
        How many there are.
    links
        Numbers of the pairs that are links, the surest first.
    left, right
        Both records of every pair.
    different
        Numbers of the pairs decided to be different.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(links), dtype=bool), (left[links], right[links])), shape=(records, records))
    _, of = connected_components(joined, directed=False)
    torn = np.unique(of[left[different]][of[left[different]] == of[right[different]]])
    refused: list[Refused] = []
    if len(torn):
        of, refused = _apart(of, torn, links, left, right, different)
    _, first, of = np.unique(of, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    return Grouping(number[of], tuple(refused))


def _apart(
    of: np.ndarray, torn: np.ndarray, links: np.ndarray, left: np.ndarray, right: np.ndarray, different: np.ndarray
) -> tuple[np.ndarray, list[Refused]]:
    """Put the records of the groups ``torn`` together again, link by link, as the decisions allow."""
    inside = np.isin(of, torn)
    members: dict[int, set[int]] = {record: {record} for record in np.flatnonzero(inside).tolist()}
    foes: dict[int, dict[int, int]] = {}
    for pair in different.tolist():
        one, other = int(left[pair]), int(right[pair])
        foes.setdefault(one, {})[other] = pair
        foes.setdefault(other, {})[one] = pair
    refused = []
    for pair in links[inside[left[links]]].tolist():
        mine, theirs = members[int(left[pair])], members[int(right[pair])]
        if mine is theirs:
            continue
        against = next((foes[r][s] for r in mine if r in foes for s in foes[r].keys() & theirs), None)
        if against is not None:
            refused.append(Refused(pair, against))
            continue
        mine |= theirs
        for record in theirs:
            members[record] = mine
    again = of.copy()
    for record, together in members.items():
        again[record] = len(of) + min(together)
    return again, refused


@dataclass(frozen=True)
class Clusters:
    """Which records are one thing.

    Attributes
    ----------
    frame
        One row per record: ``entity`` (shared by records of one thing), ``source``, ``row`` (its label there), ``size``
        (records of that thing).
    conflicts
        One row per link left out, as it would have put together two records decided to be different: ``pair``,
        ``decided`` (``same`` where decisions contradict each other), ``probability``, ``against`` (the pair decided to
        be different), ``message``.
    """

    frame: pd.DataFrame
    conflicts: pd.DataFrame

    def __repr__(self) -> str:
        sizes = self.frame.drop_duplicates("entity")["size"]
        return f"<Clusters: {len(sizes):,} things, {int((sizes > 1).sum()):,} of several records, {len(self.conflicts):,} conflicts>"
