/** What crosses between the result of a suite and the browser; `mlqa_widgets/widgets/messages/suite.py` holds the same shapes in Python. */

/** One finding that fails: `index` as in the scan; `columns` are positions. */
export interface FailedFinding {
  index: number;
  severity: "error" | "warning" | "info";
  message: string;
  rows: number;
  columns: number[];
}

/** One check: what it found, or why it could not be run. */
export interface CheckLine {
  check: string;
  status: "pass" | "fail" | "error";
  message: string;
  found: FailedFinding[];
}

/** A column of the table. */
export interface ColumnHead {
  name: string;
  numeric: boolean;
}

/** Pass or fail per check, what failed first. */
export interface SuiteView {
  suite: string;
  table: string;
  rows: number;
  passed: boolean;
  fail_at: string;
  checks: CheckLine[];
  columns: ColumnHead[];
}

/** Rows `start` to `stop` (exclusive) of a finding, sorted as on screen. */
export interface FoundRowsRequest {
  type: "rows";
  id: number;
  finding: number;
  order_by: number | null;
  descending: boolean;
  start: number;
  stop: number;
}
