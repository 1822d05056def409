"""What crosses between a scan and the browser; ``js/src/scan/messages.ts`` holds the same shapes in TypeScript.

The browser asks with a request that carries an ``id`` and gets one answer with the same ``id``: either
``{"id", "ok": true, "value"}`` or ``{"id", "ok": false, "error"}`` with a sentence for people.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Dismissal(TypedDict):
    """Why a finding is not a problem here."""

    reason: str
    on: str


class FindingCard(TypedDict):
    """One finding in the list at the left."""

    index: int
    check: str
    severity: Literal["error", "warning", "info"]
    columns: list[int]
    rows: int
    share: float
    message: str
    dismissed: Dismissal | None
    folded: list[str]
    """Messages of the findings of the same cause."""
    within_budget: bool
    """Whether it is among those shown at first."""
    ranked_lower: str
    """Why it stands lower than its harm alone would put it, or empty."""


class DeclaredView(TypedDict):
    """What the data dictionary says of a column, as a person types it; empty where it says nothing."""

    type: str
    unit: str
    enum: str
    """The allowed values, separated by commas; one that holds a comma stands in quotes."""
    minimum: str
    maximum: str
    pattern: str
    required: bool
    unique: bool


class ColumnCard(TypedDict):
    """One column in the Columns tab."""

    position: int
    name: str
    kind: str
    kind_reason: str
    type: str
    missing: float
    distinct: int
    heights: list[int]
    """A small histogram (numbers, dates) or the rows of the most frequent values."""
    labels: list[str]
    """What each height stands for."""
    range: str
    description: str
    comment: str
    declared: DeclaredView


class TableCard(TypedDict):
    """The summary line."""

    name: str
    rows: int
    columns: int
    seconds: float
    engine: str
    read: str
    """All rows, or what was sampled."""
    source: str
    facts: dict[str, str]


class Planned(TypedDict):
    """A fix in the plan: of which finding, and which of those on offer."""

    finding: int
    fix: int


class ScanView(TypedDict):
    """Everything the widget shows before anything is clicked."""

    table: TableCard
    findings: list[FindingCard]
    columns: list[ColumnCard]
    failures: list[str]
    """One sentence for each check that could not be run."""
    checks: list[str]
    """The checks that were run: what "nothing found" stands on."""
    planned: list[Planned]


class BarView(TypedDict):
    """One bar; ``clickable`` when its rows can be shown."""

    label: str
    rows: int
    flagged: bool
    note: str
    clickable: bool


class BarsView(TypedDict):
    """Counts to compare."""

    kind: Literal["bars"]
    title: str
    bars: list[BarView]
    more: int
    more_rows: int


class GroupsView(TypedDict):
    """Values written several ways; items are numbered through all groups in order."""

    kind: Literal["groups"]
    title: str
    groups: list[list[BarView]]
    more: int


class ExamplesView(TypedDict):
    """Cells and how they are read."""

    kind: Literal["examples"]
    title: str
    headers: list[str]
    lines: list[list[str]]


class ChartItem(TypedDict):
    """One clickable part of a chart: its keyboard twin."""

    item: int
    label: str
    rows: int


class ChartView(TypedDict):
    """A Vega-Lite chart whose point selection ``pick`` selects on the field ``item``."""

    kind: Literal["chart"]
    title: str
    spec: dict[str, Any]
    items: list[ChartItem]


EvidenceView = BarsView | GroupsView | ExamplesView | ChartView


class ChangeView(TypedDict):
    """One cell before and after a fix, null where it is missing; or a whole row or column that goes."""

    row: str
    column: str
    before: str | None
    after: str | None
    dropped: bool


class FixView(TypedDict):
    """A repair on offer."""

    title: str
    code: str
    note: str
    preview: list[ChangeView]
    refused: str
    """Why it cannot be done, or empty."""


class Detail(TypedDict):
    """The chosen finding, beyond its card."""

    why: str
    evidence: list[EvidenceView]
    fixes: list[FixView]


class Narrowing(TypedDict):
    """The clicked part of the evidence: which evidence, which item of it; of a map, perhaps a box of degrees."""

    evidence: int
    item: int
    area: NotRequired[list[float]]
    """West, south, east, north; the item is then -1."""


class RowsRequest(TypedDict):
    """Rows ``start`` to ``stop`` (exclusive) of a finding, narrowed and sorted as on screen."""

    type: Literal["rows"]
    id: int
    finding: int
    narrowing: Narrowing | None
    order_by: int | None
    descending: bool
    start: int
    stop: int


class DetailRequest(TypedDict):
    """What is shown at the right."""

    type: Literal["detail"]
    id: int
    finding: int


class DismissRequest(TypedDict):
    """``Not a problem here``, with the reason; an empty reason is refused. ``restore`` takes it back."""

    type: Literal["dismiss", "restore"]
    id: int
    finding: int
    reason: NotRequired[str]


class DescribeRequest(TypedDict):
    """A column's description was edited."""

    type: Literal["describe"]
    id: int
    column: int
    text: str


class ChooseRequest(TypedDict):
    """Put a fix into the plan, in place of another of the same finding, or take it out."""

    type: Literal["choose", "unchoose"]
    id: int
    finding: int
    fix: int


class DeclareRequest(TypedDict):
    """What the data dictionary says of a column was edited: one property, as typed."""

    type: Literal["declare"]
    id: int
    column: int
    name: Literal["type", "unit", "enum", "minimum", "maximum", "pattern", "required", "unique"]
    text: str


class DraftRequest(TypedDict):
    """``draft`` asks what the scan would propose to declare of a column; ``accept`` declares what is not yet."""

    type: Literal["draft", "accept"]
    id: int
    column: int


class ExportRequest(TypedDict):
    """Write the dictionary beside the notebook; answered by the name of the file."""

    type: Literal["export"]
    id: int


class CancelRequest(TypedDict):
    """Stop the running scan."""

    type: Literal["cancel"]
    id: int


Request = (
    RowsRequest
    | DetailRequest
    | DismissRequest
    | DescribeRequest
    | DeclareRequest
    | DraftRequest
    | ExportRequest
    | ChooseRequest
    | CancelRequest
)
