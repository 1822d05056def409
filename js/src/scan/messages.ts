/**
 * What crosses between a scan and the browser; `mlqa_widgets/widgets/messages/scan.py` holds the same shapes in Python.
 *
 * The browser asks with a request that carries an `id` and gets one answer with the same `id`: either
 * `{ id, ok: true, value }` or `{ id, ok: false, error }` with a sentence for people.
 */

/** Why a finding is not a problem here. */
export interface Dismissal {
  reason: string;
  on: string;
}

/** One finding in the list at the left. */
export interface FindingCard {
  index: number;
  check: string;
  severity: "error" | "warning" | "info";
  columns: number[];
  rows: number;
  share: number;
  message: string;
  dismissed: Dismissal | null;
  /** Messages of the findings of the same cause. */
  folded: string[];
  /** Whether it is among those shown at first. */
  within_budget: boolean;
  /** Why it stands lower than its harm alone would put it, or empty. */
  ranked_lower: string;
}

/** What the data dictionary says of a column, as a person types it; empty where it says nothing. */
export interface DeclaredView {
  type: string;
  unit: string;
  /** The allowed values, separated by commas; one that holds a comma stands in quotes. */
  enum: string;
  minimum: string;
  maximum: string;
  pattern: string;
  required: boolean;
  unique: boolean;
}

/** One column in the Columns tab. */
export interface ColumnCard {
  position: number;
  name: string;
  kind: string;
  kind_reason: string;
  type: string;
  missing: number;
  distinct: number;
  /** A small histogram (numbers, dates) or the rows of the most frequent values. */
  heights: number[];
  /** What each height stands for. */
  labels: string[];
  range: string;
  description: string;
  comment: string;
  declared: DeclaredView;
}

/** The summary line. */
export interface TableCard {
  name: string;
  rows: number;
  columns: number;
  seconds: number;
  engine: string;
  /** All rows, or what was sampled. */
  read: string;
  source: string;
  facts: Record<string, string>;
}

/** A fix in the plan: of which finding, and which of those on offer. */
export interface Planned {
  finding: number;
  fix: number;
}

/** Everything the widget shows before anything is clicked. */
export interface ScanView {
  table: TableCard;
  findings: FindingCard[];
  columns: ColumnCard[];
  /** One sentence for each check that could not be run. */
  failures: string[];
  /** The checks that were run: what "nothing found" stands on. */
  checks: string[];
  planned: Planned[];
}

/** One bar; `clickable` when its rows can be shown. */
export interface BarView {
  label: string;
  rows: number;
  flagged: boolean;
  note: string;
  clickable: boolean;
}

/** Counts to compare. */
export interface BarsView {
  kind: "bars";
  title: string;
  bars: BarView[];
  more: number;
  more_rows: number;
}

/** Values written several ways; items are numbered through all groups in order. */
export interface GroupsView {
  kind: "groups";
  title: string;
  groups: BarView[][];
  more: number;
}

/** Cells and how they are read. */
export interface ExamplesView {
  kind: "examples";
  title: string;
  headers: string[];
  lines: string[][];
}

/** One clickable part of a chart: its keyboard twin. */
export interface ChartItem {
  item: number;
  label: string;
  rows: number;
}

/** A Vega-Lite chart whose point selection `pick` selects on the field `item`. */
export interface ChartView {
  kind: "chart";
  title: string;
  spec: Record<string, unknown>;
  items: ChartItem[];
}

export type EvidenceView = BarsView | GroupsView | ExamplesView | ChartView;

/** One cell before and after a fix, null where it is missing; or a whole row or column that goes. */
export interface ChangeView {
  row: string;
  column: string;
  before: string | null;
  after: string | null;
  dropped: boolean;
}

/** A repair on offer. */
export interface FixView {
  title: string;
  code: string;
  note: string;
  preview: ChangeView[];
  /** Why it cannot be done, or empty. */
  refused: string;
}

/** The chosen finding, beyond its card. */
export interface Detail {
  why: string;
  evidence: EvidenceView[];
  fixes: FixView[];
}

/** The clicked part of the evidence: which evidence, which item of it; of a map, perhaps a box of degrees. */
export interface Narrowing {
  evidence: number;
  item: number;
  /** West, south, east, north; the item is then -1. */
  area?: number[];
}

/** Rows `start` to `stop` (exclusive) of a finding, narrowed and sorted as on screen. */
export interface RowsRequest {
  type: "rows";
  id: number;
  finding: number;
  narrowing: Narrowing | null;
  order_by: number | null;
  descending: boolean;
  start: number;
  stop: number;
}

/** What is shown at the right. */
export interface DetailRequest {
  type: "detail";
  id: number;
  finding: number;
}

/** `Not a problem here`, with the reason; an empty reason is refused. `restore` takes it back. */
export interface DismissRequest {
  type: "dismiss" | "restore";
  id: number;
  finding: number;
  reason?: string;
}

/** A column's description was edited. */
export interface DescribeRequest {
  type: "describe";
  id: number;
  column: number;
  text: string;
}

/** Put a fix into the plan, in place of another of the same finding, or take it out. */
export interface ChooseRequest {
  type: "choose" | "unchoose";
  id: number;
  finding: number;
  fix: number;
}

/** What the data dictionary says of a column was edited: one property, as typed. */
export interface DeclareRequest {
  type: "declare";
  id: number;
  column: number;
  name: "type" | "unit" | "enum" | "minimum" | "maximum" | "pattern" | "required" | "unique";
  text: string;
}

/** `draft` asks what the scan would propose to declare of a column; `accept` declares what is not yet. */
export interface DraftRequest {
  type: "draft" | "accept";
  id: number;
  column: number;
}

/** Write the dictionary beside the notebook; answered by the name of the file. */
export interface ExportRequest {
  type: "export";
  id: number;
}

/** Stop the running scan. */
export interface CancelRequest {
  type: "cancel";
  id: number;
}

export type Request =
  | RowsRequest
  | DetailRequest
  | DismissRequest
  | DescribeRequest
  | DeclareRequest
  | DraftRequest
  | ExportRequest
  | ChooseRequest
  | CancelRequest;
