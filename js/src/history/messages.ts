/** What crosses between a history of steps and the browser; `mlqa_widgets/widgets/messages/history.py` holds the same shapes in Python. */

/** A finding about a step or a table: what, and how bad. */
export interface StepNote {
  check: string;
  severity: "error" | "warning" | "info";
  message: string;
}

/** One step, against the one before. */
export interface StepCard {
  number: number;
  name: string;
  at: string;
  rows: number;
  columns: number;
  lost: number;
  gained: number;
  columns_lost: number;
  columns_gained: number;
  errors: number;
  warnings: number;
  kept: boolean;
  same: boolean;
  first: boolean;
  findings: StepNote[];
}

/** The steps, in order. */
export interface HistoryView {
  folder: string;
  steps: StepCard[];
}

/** A figure of a column, before and after. */
export interface FigureChange {
  figure: string;
  before: string;
  after: string;
}

/** A column that changed; `before` and `after` are the shares of its rows per bar, on one scale. */
export interface ColumnChange {
  name: string;
  shift: number | null;
  figures: FigureChange[];
  labels: string[];
  before: number[];
  after: number[];
}

/** What happened between two steps; `before` is 0 for nothing. */
export interface ChangeDetail {
  before: number;
  after: number;
  title: string;
  rows: string;
  same: boolean;
  findings: StepNote[];
  notes: string[];
  added: string[];
  removed: string[];
  appeared: StepNote[];
  went: StepNote[];
  columns: ColumnChange[];
  unchanged: number;
  lost: number;
  /** What the lost rows have in common. */
  pattern: string[];
  /** Why the lost rows cannot be shown, or empty. */
  unknown: string;
  /** Names of the columns of the lost rows, in their order. */
  names: string[];
  /** How to have this in Python. */
  code: string;
}

/** What happened between two steps. */
export interface ChangeRequest {
  type: "change";
  id: number;
  before: number;
  after: number;
}

/** Rows `start` to `stop` (exclusive) of those lost between two steps. */
export interface LostRequest {
  type: "rows";
  id: number;
  before: number;
  after: number;
  order_by: number | null;
  descending: boolean;
  start: number;
  stop: number;
}
