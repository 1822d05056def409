"""What a finding shows: plain data, drawn by the charts, the widget and the static view alike.

Each item a person can click carries the predicate of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlqa_widgets.tables.table import Predicate


@dataclass(frozen=True)
class Bar:
    """One labelled count: a format, a value, a shape, a class."""

    label: str
    rows: int
    predicate: Predicate | None = None
    """Its rows within the table; None when it cannot be clicked."""
    flagged: bool = False
    """Whether this is the offending part."""
    note: str = ""
    """A few words beside it: an example, a reading."""


@dataclass(frozen=True)
class Bars:
    """Counts to compare: format shares, shapes, values, classes. Clicking a bar narrows the rows."""

    title: str
    bars: tuple[Bar, ...]
    more: int = 0
    """How many further bars were left out."""
    more_rows: int = 0
    """The rows of those left out."""


@dataclass(frozen=True)
class Groups:
    """Values written several ways: in each group, the first bar is the form to keep, the others its variants."""

    title: str
    groups: tuple[tuple[Bar, ...], ...]
    more: int = 0


@dataclass(frozen=True)
class Histogram:
    """The distribution of a number or a date, with the offending ranges marked.

    ``edges`` has one more entry than ``counts``; dates are milliseconds since 1970. ``flagged`` holds the share
    of each bin that is offending, 0 to 1. With ``logarithmic`` the edges are on a log10 scale already undone:
    they are in the column's own unit and only the axis is logarithmic.
    """

    title: str
    axis: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    flagged: tuple[float, ...]
    predicates: tuple[Predicate | None, ...]
    logarithmic: bool = False
    temporal: bool = False
    marks: tuple[tuple[float, str], ...] = ()
    """Vertical rules to draw: position and label (a fence, a placeholder)."""


@dataclass(frozen=True)
class Strip:
    """Where along the table something happens: per column (lane), the share of offending rows in each block.

    ``blocks`` are equal runs of rows in table order, ``starts`` the first position of each.
    """

    title: str
    lanes: tuple[str, ...]
    starts: tuple[int, ...]
    shares: tuple[tuple[float, ...], ...]
    predicates: tuple[Predicate | None, ...] = ()
    """Per block; clicking one narrows the rows."""


@dataclass(frozen=True)
class Examples:
    """A small table of cells and how they are read: ``03/04/2012 -> 3 April | 4 March``."""

    title: str
    headers: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


Evidence = Bars | Groups | Histogram | Strip | Examples
