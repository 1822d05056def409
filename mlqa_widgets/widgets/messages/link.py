"""What crosses between a linkage and the browser; ``js/src/link/messages.ts`` holds the same in TypeScript."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from mlqa_widgets.widgets.messages.reviewers import ReviewersView


class LinkSource(TypedDict):
    """One of the sources; a table linked with itself is both."""

    name: str
    rows: int


class PairItem(TypedDict):
    """A pair in the list at the left."""

    pair: int
    left: str
    right: str
    probability: float
    """Given what is said of the other pairs of its rows."""
    doubtful: bool
    decision: Literal["", "same", "different", "unsure"]
    note: str


class EstimateLine(TypedDict):
    """How many links there are, and how many of them and of the rest are expected to be wrong."""

    links: int
    wrong: float
    missed: float
    doubtful: int


class LinkView(TypedDict):
    """Everything shown before a pair is looked at."""

    left: LinkSource
    right: LinkSource
    within: bool
    pairs: int
    queue: list[PairItem]
    """The open pairs, the most telling first."""
    decided: list[PairItem]
    """The latest decision first; as many as are shown."""
    decisions: int
    alone: list[int]
    """Rows without a link, per source."""
    before: EstimateLine
    now: EstimateLine
    reviewer: str
    file: str
    notes: list[str]
    seconds: float


class EvidenceLine(TypedDict):
    """One column of a pair: both values, how alike they are, and what that says."""

    column: str
    left: str | None
    right: str | None
    level: str
    weight: float
    """In bits, with what rarity adds; 0 where a value is missing."""
    says: str


class OtherCell(TypedDict):
    """A column that is not compared; a dash where a source does not have it."""

    column: str
    left: str | None
    right: str | None


class PairCard(TypedDict):
    """A pair to be decided."""

    pair: int
    left: str
    right: str
    probability: float
    estimated: float
    """The probability without the pair's own decision."""
    contested: float
    """The probability given what is said of the other pairs of its rows."""
    weight: float
    link: bool
    decision: Literal["", "same", "different", "unsure"]
    note: str
    start: str
    prior: float
    evidence: list[EvidenceLine]
    others: list[OtherCell]


class AloneItem(TypedDict):
    """A row without a link; the probability is that of its likeliest pair, null where it has none."""

    source: int
    position: int
    label: str
    probability: float | None


class AloneView(TypedDict):
    """Rows without a link, per source: the likeliest to have one first, as many as are shown."""

    items: list[list[AloneItem]]


class AlikeLine(TypedDict):
    """A row that another could be, with its values in the columns compared."""

    pair: int
    label: str
    probability: float
    decision: Literal["", "same", "different", "unsure"]
    cells: list[str | None]


class AlikeView(TypedDict):
    """A row beside those it could be, the likeliest first."""

    source: int
    position: int
    label: str
    columns: list[str]
    cells: list[str | None]
    alike: list[AlikeLine]


class RuleLine(TypedDict):
    """What two records must share to be looked at, and the pairs that brings."""

    rule: str
    pairs: int


class ColumnLine(TypedDict):
    """A column that is compared, or left out; its form is empty then."""

    column: str
    form: str
    why: str


class CalibrationLine(TypedDict):
    """Decided pairs of a step of probability: how many, what was said of them, how many are the same."""

    low: float
    high: float
    pairs: int
    decided: int
    said: float | None
    same: float | None
    same_low: float | None
    same_high: float | None


class LinkFigures(TypedDict):
    """How far the estimates can be trusted, and how they were made."""

    weights: dict[str, Any]
    calibration: dict[str, Any]
    steps: list[CalibrationLine]
    rules: list[RuleLine]
    columns: list[ColumnLine]
    reviewers: ReviewersView
