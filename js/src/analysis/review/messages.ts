/** What crosses between a review and the browser; `mlqa_widgets/widgets/messages/review.py` holds the same. */

import type { ReviewersView, SaidView } from "../../components/queue/messages";

/** One row in the queue; `verdict` is this reviewer's, or empty. */
export interface QueueItem {
  row: number;
  label: string;
  oddness: number;
  prediction: string;
  actual: string | null;
  verdict: string;
  note: string;
  others: SaidView[];
}

/** Everything the widget shows before a row is chosen. */
export interface ReviewView {
  reviewer: string;
  file: string;
  queue: QueueItem[];
  /** What the queue is made of, where it is not all rows. */
  narrowed: string | null;
  method: string;
  /** What agreement can be told by. */
  columns: string[];
  /** Parts of oddness known by now: cards asked for before are out of date when it grows. */
  known: number;
}

/** One part of oddness: the share of rows drawn at random that are less odd, and why. */
export interface PartView {
  label: string;
  rank: number;
  sentence: string;
}

/** A column of the row and of its contrast; null where missing. */
export interface CellView {
  column: string;
  value: string | null;
  other: string | null;
  same: boolean;
}

/** The nearest row with the other outcome. */
export interface ContrastView {
  row: number;
  label: string;
  prediction: string;
  actual: string | null;
}

/** One row to be judged. */
export interface CardView {
  row: number;
  label: string;
  oddness: number;
  sentence: string;
  prediction: string;
  actual: string | null;
  target: string;
  parts: PartView[];
  cells: CellView[];
  contrast: ContrastView | null;
}

/** What one column contributes, with its standard error where it was sampled. */
export interface ContributionView {
  column: string;
  value: string | null;
  contribution: number;
  error: number | null;
}

/** The greatest contributions, the sum of the others, and how they were computed. */
export interface ExplanationView {
  bars: ContributionView[];
  others: number;
  rest: number;
  base: number;
  output: number;
  method: string;
  notes: string[];
}

/** Why the model said what it said, and why it said something else of the contrast. */
export interface ReasonsView {
  usual: ExplanationView;
  contrast: ExplanationView | null;
}

/** How often reviewers held the model right, among some rows. */
export interface AgreementLine {
  group: string;
  reviewed: number;
  judged: number;
  agreed: number;
  contested: number;
  agreement: number | null;
  low: number | null;
  high: number | null;
}

/** How often a verdict was given. */
export interface CountLine {
  verdict: string;
  rows: number;
}

/** What reviewers said in all, and by a column. */
export interface SummaryView {
  total: AgreementLine | null;
  lines: AgreementLine[];
  counts: CountLine[];
  reviewers: ReviewersView;
}

/** What is shown of a row; its reasons come apart, as they may take longer. */
export interface CardRequest {
  type: "card" | "reasons";
  id: number;
  row: number;
}

/** Store a verdict. */
export interface JudgeRequest {
  type: "judge";
  id: number;
  row: number;
  verdict: string;
  note: string;
}

/** Take back the latest verdict; answered with its row, or null. */
export interface UndoRequest {
  type: "undo";
  id: number;
}

/** Queue the rows selected in another view, the one in focus there, or all rows again; answered with the first, or null. */
export interface OnlyRequest {
  type: "only";
  id: number;
  rows: "selected" | "focused" | "all";
}

/** What reviewers said, by a column of those offered or, if null, of all rows only. */
export interface SummaryRequest {
  type: "summary";
  id: number;
  by: number | null;
}

/** Take in another reviewer's file; answered with a sentence. */
export interface MergeRequest {
  type: "merge";
  id: number;
  path: string;
}
