/** What crosses between Python and every view; `mlqa_widgets/widgets/messages/shared.py` holds the same shapes in Python. */

/** Where a running scan is. */
export interface ProgressView {
  running: boolean;
  step: string;
  share: number;
}

/** One row: its position in the table, its label, and its first 100 cells as text (null where missing). */
export interface RowView {
  position: number;
  label: string;
  cells: (string | null)[];
}

/** A page of rows; `total` counts all of them. */
export interface RowsPage {
  total: number;
  /** The positions of the columns, in the order of the cells: the finding's own first. */
  columns: number[];
  rows: RowView[];
}
