/**
 * What crosses between a database and the browser; `mlqa_widgets/widgets/messages/database.py` holds the same in Python.
 */

/** Why a table looks inactive: in a word, and in a sentence or two. */
export interface InactiveReason {
  word: string;
  why: string;
}

/** One table or view in the list. */
export interface TableCard {
  name: string;
  kind: "table" | "view" | "materialized view" | "foreign table";
  rows: number | null;
  counted: "exact" | "estimate" | "not counted";
  bytes: number | null;
  /** Moment of the newest record, UTC; empty where it is not known. */
  newest: string;
  /** The column it was read from, or why it is not known. */
  newest_in: string;
  refers_to: string[];
  referred_by: string[];
  comment: string;
  /** Why it looks inactive; empty where it does not. */
  inactive: InactiveReason[];
  columns: number;
}

/** All tables, before one is chosen. */
export interface DatabaseView {
  place: string;
  kind: string;
  how: string;
  read_at: string;
  tables: TableCard[];
}

/** One column of the chosen table. */
export interface ColumnLine {
  name: string;
  type: string;
  nullable: boolean;
  key: boolean;
  refers_to: string;
  comment: string;
}

/** The chosen table, beyond its card. */
export interface TableDetail {
  columns: ColumnLine[];
  /** What the database counted and when, as sentences. */
  facts: string[];
}

/** One row, cells as text (null where missing). */
export interface HeadRow {
  cells: (string | null)[];
}

/** The first rows of a table. */
export interface HeadPage {
  columns: string[];
  /** Places of the columns of numbers. */
  numeric: number[];
  /** Columns beyond those sent. */
  hidden: number;
  rows: HeadRow[];
}

/** One foreign key of the chosen table, and how many of its rows name no row there. */
export interface ReferenceLine {
  columns: string[];
  to: string;
  enforced: string;
  broken: number;
  /** How to see which: a comparison of the two tables, of a database called `db`. */
  code: string;
}

/** All foreign keys of the chosen table. */
export interface ReferenceLines {
  lines: ReferenceLine[];
}

/** `detail`, `head` (the first rows), `count` (of all rows), `broken` (references), `scan` (begins one). */
export interface TableRequest {
  type: "detail" | "head" | "count" | "broken" | "scan";
  id: number;
  table: string;
}

/** Close the scan on screen; or stop reading the catalogue. */
export interface PlainRequest {
  type: "close" | "cancel";
  id: number;
}
