/** What crosses between an explanation and the browser; `mlqa_widgets/widgets/messages/explain.py` holds the same. */

/** What one column contributes: from `start` to `end`; its standard error is 0 where it is exact. */
export interface BarView {
  /** Position of the column; null for the columns without a bar of their own. */
  column: number | null;
  label: string;
  value: string;
  contribution: number;
  error: number;
  start: number;
  end: number;
}

/** From what is usual to what is said. */
export interface WaterfallView {
  base: number;
  output: number;
  /** Base and output in words, with the probability or value they stand for. */
  begins: string;
  ends: string;
  space: string;
  bars: BarView[];
  /** The columns that share the last bar, each from 0. */
  others: BarView[];
  /** Engine, background, residual: one phrase each. */
  method: string[];
  notes: string[];
}

/** One node of the path through a tree. */
export interface StepView {
  test: string;
  value: string;
  rows: number;
  share: number;
  /** The share of the class, or the mean value, in words. */
  said: string;
  other_rows: number;
  other_share: number;
  other_said: string;
}

/** The row explained. */
export interface ExplainedRow {
  position: number;
  label: string;
  /** The class or value predicted. */
  predicted: string;
  /** The probability of the class explained, or the value. */
  said: string;
  actual: string | null;
  right: boolean | null;
  sentence: string;
  waterfall: WaterfallView;
  path: StepView[] | null;
}

/** Mean contributions of a column on either side, and the interval of their difference. */
export interface DifferenceView {
  label: string;
  here: string;
  /** The median, or the most frequent value, on either side. */
  there: string;
  difference: number;
  low: number;
  high: number;
}

/** Some rows against the rest. */
export interface GroupView {
  label: string;
  rows: number;
  rest: number;
  sentence: string;
  columns: DifferenceView[];
  more: number;
  space: string;
  method: string[];
}

/** What is explained, and against what. */
export interface SettingsView {
  output: number;
  /** `training`, `background` or `rows`: a frame that was passed. */
  against: string;
  space: string;
}

/** Everything the widget shows before anything is clicked. */
export interface ExplainView {
  rows: number;
  target: string;
  classes: string[];
  /** Whether contributions to the probability can be asked for, beside those where they add up. */
  probable: boolean;
  raw_space: string;
  columns: string[];
  settings: SettingsView;
  row: ExplainedRow | null;
  group: GroupView | null;
}

/** The values of one column that can be tried, in words; the row's own may be among them. */
export interface OfferView {
  column: number;
  values: string[];
  /** Their places on a scale, where they are numbers; without the missing one, which comes last. */
  numbers: number[] | null;
  /** Which of them the row has; -1 where none. */
  own: number;
  own_words: string;
  own_number: number | null;
  missing: boolean;
}

/** Another value: one of those on offer, or a number typed. */
export interface TriedChange {
  column: number;
  choice: number | null;
  number: number | null;
}

/** The prediction for each value on offer of one column. */
export interface CurveView {
  column: number;
  predictions: number[];
}

/** What the model would say. */
export interface WhatIfView {
  before: number;
  after: number;
  before_words: string;
  after_words: string;
  predicted: string;
  /** Whether another class is predicted. */
  changed: boolean;
  curve: CurveView | null;
}

/** A row like the one explained. */
export interface NearView {
  position: number;
  label: string;
  distance: number;
  said: string;
  predicted: string;
  actual: string | null;
  cells: (string | null)[];
}

/** The nearest rows, with what came. */
export interface SimilarView {
  sentence: string;
  distance: string;
  /** The columns shown, those that contribute most first. */
  columns: string[];
  own: (string | null)[];
  /** Whether each cell is as in the row explained. */
  same: boolean[][];
  rows: NearView[];
}

/** One column of two rows side by side. */
export interface ComparedView {
  label: string;
  value: string;
  other: string;
  same: boolean;
  contribution: number;
  other_contribution: number;
  difference: number;
}

/** Two rows side by side. */
export interface ComparisonView {
  position: number;
  label: string;
  said: string;
  predicted: string;
  actual: string | null;
  columns: ComparedView[];
  space: string;
}

/** The nearest row with another outcome, and the explanation against it. */
export interface ContrastView {
  sentence: string;
  position: number | null;
  label: string;
  waterfall: WaterfallView | null;
}

/** One column of a smallest change. */
export interface MoveView {
  column: number;
  label: string;
  before: string;
  after: string;
}

/** A change for which another outcome is predicted. */
export interface ChangeView {
  moves: MoveView[];
  said: string;
  plausible: boolean;
  sentence: string;
}

/** The smallest change, and others; none, and why. */
export interface ChangesView {
  sentence: string;
  changes: ChangeView[];
}

/** One reason to trust the explanation, or not. */
export interface LightView {
  id: string;
  label: string;
  level: "ok" | "caution" | "warning";
  figure: string;
  meaning: string;
  thresholds: string;
}

/** Explain the row with this label. */
export interface FindRequest {
  type: "find";
  id: number;
  label: string;
}

/** Explain the next row, or the one before: of the selected rows, or of all. */
export interface StepRequest {
  type: "step";
  id: number;
  by: number;
}

/** Explain another class, against other rows, or in another space. */
export interface SettingsRequest {
  type: "settings";
  id: number;
  output: number;
  against: string;
  space: string;
}

/** Which values of some columns can be tried. */
export interface OffersRequest {
  type: "offers";
  id: number;
  columns: number[];
}

/** What the model would say with other values, and along one column. */
export interface WhatIfRequest {
  type: "what_if";
  id: number;
  changes: TriedChange[];
  curve: number | null;
}

/** What is shown beside the row. */
export interface AsideRequest {
  type: "similar" | "contrast" | "trust" | "group";
  id: number;
}

/** The smallest change; `fixed` columns may not change, `target` is the place of a class, or a value, or empty. */
export interface ChangesRequest {
  type: "changes";
  id: number;
  fixed: number[];
  target: string;
}

/** Compare with the row at a position, or with this label. */
export interface CompareRequest {
  type: "compare";
  id: number;
  position: number | null;
  label: string;
}
