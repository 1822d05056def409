/**
 * What crosses between comparisons of several sources and the browser; `mlqa_widgets/widgets/messages/matrix.py` holds
 * the same in Python.
 */

/** One of the sources: a line and a column of the matrix. */
export interface MatrixSource {
  name: string;
  rows: number;
  columns: number;
}

/** A pair of sources, seen from the first. */
export interface MatrixCell {
  first: number;
  second: number;
  /** Share of the first one's rows that find a partner in the second; null without a key. */
  matched: number | null;
  on: string[];
  /** `1:1`, `n:1`, `1:n` or `n:m`, the first one at the left; empty without a key. */
  relation: string;
  /** Columns in which rows of one key differ. */
  conflicts: number;
  errors: number;
  warnings: number;
  infos: number;
  /** Why there is no comparison, or empty. */
  failed: string;
}

/** Each source against each other; a pair that is not compared yet has no cell. */
export interface MatrixView {
  sources: MatrixSource[];
  cells: MatrixCell[];
}
