/** What crosses between a comparison and Python; `mlqa_widgets/widgets/messages/compare.py` holds the same in Python. */

import type { EvidenceView } from "../scan/messages";

/** One of the two sources, and how its rows fare in the join. */
export interface SourceCard {
  name: string;
  rows: number;
  columns: number;
  kind: string;
  /** Rows with a partner. */
  matched: number;
  /** Rows whose key the other source does not have. */
  orphans: number;
  /** Rows that lack a part of the key. */
  keyless: number;
}

/** What one type of join returns; rows of either side that are dropped, or kept with nothing beside them. */
export interface JoinLine {
  join: "inner" | "left" | "right" | "outer";
  rows: number;
  left_dropped: number;
  right_dropped: number;
  left_unfilled: number;
  right_unfilled: number;
}

/** What making keys alike would bring together. */
export interface RescueLine {
  ignoring: string;
  left_rows: number;
  right_rows: number;
  merged: number;
  example: string[];
}

/** The join before it is made. */
export interface JoinCard {
  on: string[];
  /** `1:1`, `n:1`, `1:n` or `n:m`. */
  relation: string;
  /** How keys were made alike. */
  ignoring: string[];
  lines: JoinLine[];
  rescues: RescueLine[];
  /** Keys that repeat in both sources, whose values are not compared. */
  left_out: number;
}

/** What became of the past, of two reads of one source: rows of each kind, and all of it in a sentence. */
export interface PastCard {
  /** Rows of the earlier read that the later one still covers. */
  rows: number;
  changed: number;
  removed: number;
  back_filled: number;
  grown: number;
  says: string;
}

/** A key proposed, with the evidence; `code` is what to pass as `on`. */
export interface KeyLine {
  names: string[];
  evidence: string;
  code: string;
  used: boolean;
}

/** One difference in the list at the left. */
export interface CompareCard {
  index: number;
  check: string;
  severity: "error" | "warning" | "info";
  columns: string[];
  rows: number;
  share: number;
  message: string;
  /** Where its rows are; empty where it has none. */
  side: "left" | "right" | "both" | "";
}

/** Everything shown before anything is clicked. */
export interface CompareView {
  left: SourceCard;
  right: SourceCard;
  join: JoinCard | null;
  past: PastCard | null;
  keys: KeyLine[];
  findings: CompareCard[];
  /** Columns whose values were compared. */
  compared: number;
  seconds: number;
  read: string;
}

/** The chosen difference, beyond its card. */
export interface DifferenceDetail {
  why: string;
  evidence: EvidenceView[];
}

/** A row of the left, a row of the right, or both; cells as text, null where missing. -1 where there is no row. */
export interface PairRow {
  number: number;
  left: number;
  right: number;
  left_label: string;
  right_label: string;
  left_cells: (string | null)[];
  right_cells: (string | null)[];
}

/** A page of rows; `total` counts all of them. The first `own` columns are those of the difference. */
export interface PairsPage {
  total: number;
  columns: string[];
  own: number;
  rows: PairRow[];
}
