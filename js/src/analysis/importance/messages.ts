/**
 * What crosses between the importance and the browser; `mlqa_widgets/widgets/messages/importance.py` holds the same in
 * Python.
 *
 * Numbers of many points come packed: float32, little-endian, in base64; NaN where there is none.
 */

/** A metric or a class to choose. */
export interface Choice {
  id: string;
  label: string;
}

/** One measure of a feature: numbers to draw, words to read. */
export interface MeasureView {
  value: number;
  low: number | null;
  high: number | null;
  text: string;
  /** Empty where there is none. */
  interval_text: string;
  /** Whether it is told from zero. */
  clear: boolean;
  rank_text: string;
}

/** A feature, or a group of features measured together. */
export interface ImportanceLine {
  name: string;
  /** Position of the feature; -1 for a group. */
  place: number;
  /** Positions of the features of a group; empty for a feature. */
  members: number[];
  /** The group it belongs to or is; -1 for none. */
  group: number;
  /** What stands beside the name of a group. */
  note: string;
  permutation: MeasureView | null;
  shap: MeasureView | null;
  own: MeasureView | null;
  /** The measures of a feature in words; empty for a group. */
  facts: string[];
  why: string;
}

/** Everything the widget shows before a feature is opened. */
export interface ImportanceView {
  sentence: string;
  method: string;
  metric: string | null;
  metrics: Choice[];
  metric_label: string;
  /** The class explained; empty for a regression. */
  output: string;
  /** The classes to choose from, where there are more than two. */
  outputs: Choice[];
  /** What contributions are in, with the class. */
  space: string;
  /** Why there is no permutation importance; empty where there is. */
  without_outcomes: string;
  own_label: string;
  /** Why there is no importance of the model's own; empty where there is. */
  own_missing: string;
  /** The most important first, members of a group after it. */
  lines: ImportanceLine[];
  /** From how many rows the figures are. */
  progress_text: string;
  /** Rows whose contributions are drawn as points. */
  drawn: number;
  /** Grows with every version of the figures. */
  number: number;
  /** Position of the feature on screen; -1 for none. */
  opened: number;
}

/** The contributions of a feature to the rows drawn. */
export interface SwarmFeature {
  place: number;
  name: string;
  contributions: string;
  values: string;
  /** Values are places in this list, where the feature is one of categories. */
  categories: string[] | null;
  temporal: boolean;
}

/** Contributions of some features to rows drawn at random. */
export interface SwarmView {
  positions: number[];
  labels: string[];
  features: SwarmFeature[];
  low: number;
  /** The ends of the contributions of all features. */
  high: number;
}

/** Where the rows of a feature lie. */
export interface SpreadView {
  edges: number[];
  counts: number[];
  missing: number;
  outside: number;
}

/** One feature: its measures in words, and its contributions over its values. */
export interface FeatureView {
  place: number;
  name: string;
  swarm: SwarmFeature;
  positions: number[];
  labels: string[];
  /** Standard errors of the contributions; null where they are exact. */
  errors: string | null;
  /** The feature whose values colour the points. */
  other: SwarmFeature | null;
  /** Features that the contributions depend on, the strongest first, with how much. */
  interactions: Choice[];
  interaction_method: string;
  spread: SpreadView;
  caution: string;
}

/** Predictions with the feature set to values; null for one that is missing. */
export interface PartialView {
  numbers: (number | null)[];
  words: string[];
  mean: number[];
  low: number[];
  high: number[];
  centred_mean: number[];
  centred_low: number[];
  centred_high: number[];
  /** Some single rows. */
  curves: number[][];
  centre: number;
  rows: number;
  label: string;
  /** Whether predictions are probabilities. */
  share: boolean;
}

/** The mean size of a feature's contributions to the selected rows. */
export interface RelianceLine {
  place: number;
  value: number;
  low: number;
  high: number;
  text: string;
}

/** What the model relies on for the selected rows. */
export interface RelianceView {
  sentence: string;
  lines: RelianceLine[];
  note: string;
  /** Which of the points drawn are selected. */
  places: number[];
}

/** Measure by another metric. */
export interface MetricRequest {
  type: "metric";
  id: number;
  metric: string;
}

/** Explain another class. */
export interface OutputRequest {
  type: "output";
  id: number;
  output: string;
}

/** The contributions of some features, by their positions. */
export interface SwarmRequest {
  type: "swarm";
  id: number;
  features: number[];
}

/** Open a feature; its points coloured by another, or by the strongest interaction (-1). */
export interface FeatureRequest {
  type: "feature";
  id: number;
  feature: number;
  other: number;
}

/** The partial dependence on a feature. */
export interface PartialRequest {
  type: "partial";
  id: number;
  feature: number;
}

/** Select the rows whose contribution of a feature, or whose value of it, lies between two ends. */
export interface SpanRequest {
  type: "span";
  id: number;
  feature: number;
  by: "contribution" | "value";
  low: number;
  high: number;
}

/** What the model relies on for the selected rows; or stop computing what was asked for last. */
export interface AskRequest {
  type: "selected" | "stop";
  id: number;
}
