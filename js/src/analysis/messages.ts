/**
 * What crosses between an analysis and all its views; `mlqa_widgets/widgets/messages/linked.py` holds the same in
 * Python.
 */

/** A column of the rows on screen. */
export interface ColumnHead {
  name: string;
  numeric: boolean;
}

/** The columns of the table of rows: those of X, then what came and what was predicted. */
export interface RowsHead {
  columns: ColumnHead[];
  /** Positions of the columns that say what came and what was predicted; shown first. */
  outcome: number[];
}

/** What is selected in all views. */
export interface SelectionView {
  label: string;
  rows: number;
  /** The view that selected it. */
  source: string;
  /** Position of the row in focus. */
  row: number | null;
  row_label: string;
  /** Grows with every change of the selected rows. */
  version: number;
}

/** Rows `start` to `stop` (exclusive) of the selection, in an order. */
export interface SelectedRowsRequest {
  type: "rows";
  id: number;
  order_by: number | null;
  descending: boolean;
  start: number;
  stop: number;
}

/** Put one row into focus, or none. */
export interface FocusRequest {
  type: "focus";
  id: number;
  row: number | null;
}

/** Select nothing; or stop the running work. */
export interface ClearRequest {
  type: "clear" | "cancel";
  id: number;
}
