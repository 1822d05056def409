/** What crosses between a linkage and Python; `mlqa_widgets/widgets/messages/link.py` holds the same in Python. */

import type { ReviewersView } from "../components/queue/messages";

/** One of the sources; a table linked with itself is both. */
export interface LinkSource {
  name: string;
  rows: number;
}

/** A pair in the list at the left. */
export interface PairItem {
  pair: number;
  left: string;
  right: string;
  /** Given what is said of the other pairs of its rows. */
  probability: number;
  doubtful: boolean;
  decision: "" | "same" | "different" | "unsure";
  note: string;
}

/** How many links there are, and how many of them and of the rest are expected to be wrong. */
export interface EstimateLine {
  links: number;
  wrong: number;
  missed: number;
  doubtful: number;
}

/** Everything shown before a pair is looked at. */
export interface LinkView {
  left: LinkSource;
  right: LinkSource;
  within: boolean;
  pairs: number;
  /** The open pairs, the most telling first. */
  queue: PairItem[];
  /** The latest decision first; as many as are shown. */
  decided: PairItem[];
  decisions: number;
  /** Rows without a link, per source. */
  alone: number[];
  before: EstimateLine;
  now: EstimateLine;
  reviewer: string;
  file: string;
  notes: string[];
  seconds: number;
}

/** One column of a pair: both values, how alike they are, and what that says. */
export interface EvidenceLine {
  column: string;
  left: string | null;
  right: string | null;
  level: string;
  /** In bits, with what rarity adds; 0 where a value is missing. */
  weight: number;
  says: string;
}

/** A column that is not compared; a dash where a source does not have it. */
export interface OtherCell {
  column: string;
  left: string | null;
  right: string | null;
}

/** A pair to be decided. */
export interface PairCard {
  pair: number;
  left: string;
  right: string;
  probability: number;
  /** The probability without the pair's own decision. */
  estimated: number;
  /** The probability given what is said of the other pairs of its rows. */
  contested: number;
  weight: number;
  link: boolean;
  decision: "" | "same" | "different" | "unsure";
  note: string;
  start: string;
  prior: number;
  evidence: EvidenceLine[];
  others: OtherCell[];
}

/** A row without a link; the probability is that of its likeliest pair, null where it has none. */
export interface AloneItem {
  source: number;
  position: number;
  label: string;
  probability: number | null;
}

/** Rows without a link, per source: the likeliest to have one first, as many as are shown. */
export interface AloneView {
  items: AloneItem[][];
}

/** A row that another could be, with its values in the columns compared. */
export interface AlikeLine {
  pair: number;
  label: string;
  probability: number;
  decision: "" | "same" | "different" | "unsure";
  cells: (string | null)[];
}

/** A row beside those it could be, the likeliest first. */
export interface AlikeView {
  source: number;
  position: number;
  label: string;
  columns: string[];
  cells: (string | null)[];
  alike: AlikeLine[];
}

/** What two records must share to be looked at, and the pairs that brings. */
export interface RuleLine {
  rule: string;
  pairs: number;
}

/** A column that is compared, or left out; its form is empty then. */
export interface ColumnLine {
  column: string;
  form: string;
  why: string;
}

/** Decided pairs of a step of probability: how many, what was said of them, how many are the same. */
export interface CalibrationLine {
  low: number;
  high: number;
  pairs: number;
  decided: number;
  said: number | null;
  same: number | null;
  same_low: number | null;
  same_high: number | null;
}

/** How far the estimates can be trusted, and how they were made. */
export interface LinkFigures {
  weights: Record<string, unknown>;
  calibration: Record<string, unknown>;
  steps: CalibrationLine[];
  rules: RuleLine[];
  columns: ColumnLine[];
  reviewers: ReviewersView;
}
