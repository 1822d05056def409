"""What a finding shows: plain data, drawn by the charts, the widget and the static view alike.

Each item a person can click carries the predicate of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mlqa_widgets.profile.places import Distinct, Places
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


SpanKind = Literal["present", "hole", "stuck", "shift", "silent", "repeated"]


@dataclass(frozen=True)
class Span:
    """A stretch of a series: where it reports, is silent, repeats itself or lies on another level."""

    start: float
    """Milliseconds since 1970."""
    end: float
    kind: SpanKind
    label: str
    """What happens in it, for people: from, to, how many readings."""
    rows: int = 0
    predicate: Predicate | None = None
    """Its rows within the table (of a hole, those around it); None when it cannot be clicked."""


@dataclass(frozen=True)
class Lane:
    """One series over time.

    ``line`` holds its readings in bins, (milliseconds since 1970, value); ``levels`` the usual level over stretches
    of it, (from, to, value).
    """

    name: str
    spans: tuple[Span, ...]
    line: tuple[tuple[float, float], ...] = ()
    levels: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True)
class Timeline:
    """Series over time, the worst first, each with its stretches. Clicking a stretch narrows the rows."""

    title: str
    lanes: tuple[Lane, ...]
    more: int = 0
    """How many further series were left out."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every stretch, lane by lane, in the order in which they are numbered."""
        return tuple(span for lane in self.lanes for span in lane.spans)

    @property
    def predicates(self) -> tuple[Predicate | None, ...]:
        """The rows of each stretch."""
        return tuple(span.predicate for span in self.spans)


@dataclass(frozen=True)
class Map:
    """Places on a map, each drawn once, the offending ones first.

    Clicking a point narrows to the rows at that place, brushing to all rows in a box of degrees, drawn or not.
    """

    title: str
    places: Places
    """The columns; they know the rows at a place and in a box."""
    points: Distinct
    """What is drawn, with the rows at each; the first ``flagged`` of them offend."""
    flagged: int
    more: int = 0
    """How many further places were left out."""
    tracks: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Lines to draw: (latitude, longitude) in the order travelled."""

    def at(self, item: int) -> Predicate | None:
        """Return the rows at a drawn place, or None where there is no such place."""
        if not 0 <= item < len(self.points):
            return None
        one = slice(item, item + 1)
        return self.places.at(self.points.latitude[one], self.points.longitude[one])


Evidence = Bars | Groups | Histogram | Strip | Examples | Timeline | Map
