"""A repair on offer: the code that does it, and what it is allowed to change."""

from __future__ import annotations

from dataclasses import dataclass

from mlqa_widgets.tables.table import NO_ROW, Predicate


@dataclass(frozen=True)
class Fix:
    """A repair as pandas code, with its account: what it may change, empty or drop.

    The code is what :func:`~mlqa_widgets.fixes.apply.apply_fix` runs and what the user copies; there is no
    second implementation. It reads and assigns ``df`` and may use ``pd``, ``np`` and ``re``; values from the
    data stand in it only as literals made by :mod:`mlqa_widgets.fixes.code`.

    Attributes
    ----------
    title
        Short and imperative: ``Parse each value by its own format``.
    code
        Statements over ``df``, ending with the repaired frame in ``df``.
    changes
        Positions of the columns whose cells it may change.
    empties
        Rows whose cells it may turn into missing.
    drops
        Rows it may drop.
    removes
        Positions of the columns it may remove.
    adds
        Labels of the columns it appends, in this order. Every other column keeps its place.
    note
        What it assumes or gives up, for the user to judge.
    """

    title: str
    code: str
    changes: tuple[int, ...] = ()
    empties: Predicate = NO_ROW
    drops: Predicate = NO_ROW
    removes: tuple[int, ...] = ()
    adds: tuple[str, ...] = ()
    note: str = ""
