/**
 * What crosses between performance and the browser; `mlqa_widgets/widgets/messages/performance.py` holds the same in
 * Python.
 *
 * Lists in one message run side by side: their items at one place belong together.
 */
import type { MetricChoice } from "../slices/messages";

/** One figure with its 95 % interval; null where it cannot be told. */
export interface FigureView {
  id: string;
  label: string;
  value: number | null;
  low: number | null;
  high: number | null;
  method: string;
  /** Whether it is read as a percentage. */
  share: boolean;
}

/** Rows of a class and of all others that reach each threshold. */
export interface CountsView {
  threshold: number[];
  true_positive: number[];
  false_positive: number[];
  positives: number;
  negatives: number;
}

/** Rows of a class and of all others by the probability they were given. */
export interface ScoresView {
  edges: number[];
  rows: number[];
  others: number[];
}

/** A mean or share of some rows, with its 95 % interval; null where it cannot be told. */
export interface DotView {
  label: string;
  /** Where it stands, from left to right. */
  at: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

/** Probabilities of a class against how often it came, in groups of rows. */
export interface CalibrationView {
  dots: DotView[];
  sentence: string;
}

/** One class against all others, whatever the threshold. */
export interface CurvesView {
  /** Of the class among the classes. */
  place: number;
  counts: CountsView;
  scores: ScoresView;
  calibration: CalibrationView;
}

/** Residuals of a group of rows with near predictions. */
export interface BoxView {
  label: string;
  /** The smallest prediction. */
  low: number;
  high: number;
  q05: number;
  q25: number;
  median: number;
  q75: number;
  q95: number;
}

/** How predicted values miss: by groups of rows with near predictions, as a histogram, and some rows drawn. */
export interface SpreadView {
  /** What came, by what was predicted. */
  dots: DotView[];
  boxes: BoxView[];
  edges: number[];
  bars: number[];
  /** Pairs of what was predicted and what came. */
  drawn: number[][];
}

/** What one row of each outcome brings: a gain above zero, a cost below. */
export interface CostsView {
  true_positive: number;
  false_positive: number;
  false_negative: number;
  true_negative: number;
}

/** The figures of one class against all others. */
export interface ClassLine {
  label: string;
  rows: number;
  figures: FigureView[];
}

/** Everything the widget shows. */
export interface PerformanceView {
  kind: "binary" | "multiclass" | "regression";
  sentence: string;
  rows: number;
  target: string;
  classes: string[];
  /** At the threshold of the analysis. */
  figures: FigureView[];
  /** Of the analysis; the browser may look at another. Null where there is none to move. */
  threshold: number | null;
  costs: CostsView | null;
  /** Whether the user said what outcomes bring. */
  costs_given: boolean;
  /** Standard errors by which a threshold must do worse than the best to be told from it. */
  clearly: number;
  /** Of the second of two classes; those of one of several are asked for. */
  curves: CurvesView | null;
  /** Why there are no curves; empty where there are. */
  without_probabilities: string;
  confusion: number[][] | null;
  of_classes: ClassLine[];
  spread: SpreadView | null;
  /** The metric by category and over time, to begin with. */
  metric: string;
  metrics: MetricChoice[];
  /** Columns cut into categories. */
  columns: string[];
  /** ``day``, ``week``...; empty where no time column was named. */
  period: string;
}

/** The rows selected in any view. */
export interface SelectedView {
  sentence: string;
  /** At the threshold of the analysis; null for values. */
  confusion: number[][] | null;
  /** At the thresholds of all rows, where there are any. */
  counts: CountsView | null;
  /** Of the histogram of residuals; null for classes. */
  bars: number[] | null;
}

/** A metric in each period. */
export interface TimeView {
  metric: string;
  share: boolean;
  overall: number | null;
  start: string[];
  rows: number[];
  dots: DotView[];
}

/** One of several classes against all others. */
export interface CurvesRequest {
  type: "curves";
  id: number;
  place: number;
}

/** How the model does on the rows selected. */
export interface SelectedRequest {
  type: "selected";
  id: number;
}

/** Select the rows of one class that are predicted to be of another; answered by what they are called. */
export interface CellRequest {
  type: "cell";
  id: number;
  actual: number;
  predicted: number;
  threshold: number | null;
}

/** Select the rows of a part of a picture; answered by what they are called. */
export interface PartRequest {
  type: "part";
  id: number;
  of: "scores" | "calibration" | "spread" | "residuals" | "time";
  /** The class the picture is of; the second of two, 0 for values. */
  output: number;
  /** Of a bar of probabilities: rows of the class, or all others; else null. */
  came: boolean | null;
  place: number;
}

/** Select the rows of a category of a column; answered by what they are called. */
export interface CategoryRequest {
  type: "category";
  id: number;
  column: number;
  place: number;
}

/** The categories of a column, by its place in the view. */
export interface ColumnRequest {
  type: "column";
  id: number;
  column: number;
  metric: string;
}

/** A metric over time. */
export interface TimeRequest {
  type: "time";
  id: number;
  metric: string;
}

/** Use a threshold in every view. */
export interface ThresholdRequest {
  type: "threshold";
  id: number;
  threshold: number;
}

/** What outcomes bring. */
export interface CostsRequest {
  type: "costs";
  id: number;
  costs: CostsView;
}
