/**
 * What crosses between slices and the browser; `mlqa_widgets/widgets/messages/slices.py` holds the same in Python.
 *
 * Figures come twice: as numbers to draw, null where there are too few rows, and in words to read.
 */

/** A metric to measure by. */
export interface MetricChoice {
  id: string;
  label: string;
}

/** A metric on some rows against all others. */
export interface FiguresView {
  value: number | null;
  low: number | null;
  high: number | null;
  rest: number | null;
  value_text: string;
  rest_text: string;
  difference_text: string;
  /** The interval of the difference; empty where there is none. */
  interval_text: string;
  /** How much chance may have to do with it, in words; empty where nothing is known. */
  chance: string;
  /** Rows that count towards the metric. */
  counted: number;
}

/** A slice in a list. */
export interface SliceLine {
  label: string;
  rows: number;
  figures: FiguresView;
  /** Whether it is worse than the rest, beyond chance. */
  worse: boolean;
  /** Whether it held on rows that did not choose it; null where none were kept back. */
  confirmed: boolean | null;
  variants: number;
}

/** A column cut into categories. */
export interface ColumnLine {
  name: string;
  categories: number;
  /** Categories worse than the rest, beyond chance. */
  worse: number;
}

/** Where a slice was chosen: among those found, in a column, or nowhere in the lists. */
export interface SlicePlace {
  of: "found" | "column" | "selected" | "where";
  column: number;
  place: number;
}

/** Counts of what came (lines) against what was predicted, in the slice and on the rest. */
export interface CellsView {
  classes: string[];
  here: number[][];
  rest: number[][];
}

/** How predicted - actual is spread: shares of the rows per span. */
export interface ResidualsView {
  edges: number[];
  here: number[];
  rest: number[];
  mean_here: string;
  mean_rest: string;
}

/** The slice on screen. */
export interface SliceCard {
  words: string;
  expression: string | null;
  rows: number;
  share: number;
  origin: string;
  figures: FiguresView;
  /** The metric on all of its rows, in words, where ``figures`` are of some; else empty. */
  all_rows: string;
  worse: boolean;
  confirmed: boolean | null;
  variants: string[];
  cells: CellsView | null;
  residuals: ResidualsView | null;
  chosen: SlicePlace;
  /** Grows with every slice shown. */
  number: number;
}

/** Everything the widget shows. */
export interface SlicesView {
  kind: "slices" | "impact";
  metric: string;
  metrics: MetricChoice[];
  /** The metric's name. */
  label: string;
  /** Whether it runs from 0 to 1. */
  share: boolean;
  overall: number | null;
  overall_text: string;
  sentence: string;
  method: string;
  /** The worst first; null while they are searched for. */
  found: SliceLine[] | null;
  columns: ColumnLine[];
  rows: number;
  /** The slice on screen. */
  card: SliceCard | null;
}

/** Mean contribution of a column in the slice and on the rest. */
export interface WhyLine {
  column: string;
  here: number;
  there: number;
  difference: number;
  low: number;
  high: number;
  typical_here: string;
  typical_there: string;
}

/** Contributions in the slice against the rest. */
export interface WhyView {
  sentence: string;
  lines: WhyLine[];
  /** Columns not listed. */
  others: number;
  method: string;
}

/** The categories of a column, by its place in the view. */
export interface ColumnRequest {
  type: "column";
  id: number;
  column: number;
}

/** Show a slice and select its rows: one of those found, a category of a column, or the rows selected elsewhere. */
export interface ChooseRequest {
  type: "choose";
  id: number;
  of: "found" | "column" | "selected";
  column: number;
  place: number;
}

/** Show the slice that an expression means and select its rows. */
export interface WhereRequest {
  type: "where";
  id: number;
  expression: string;
}

/** Measure by another metric. */
export interface MetricRequest {
  type: "metric";
  id: number;
  metric: string;
}

/** Contributions in the slice on screen against the rest. */
export interface WhyRequest {
  type: "why";
  id: number;
}
