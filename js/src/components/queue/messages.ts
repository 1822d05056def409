/** What crosses of several reviewers' verdicts; `mlqa_widgets/widgets/messages/reviewers.py` holds the same. */

/** A verdict of a reviewer. */
export interface SaidView {
  reviewer: string;
  verdict: string;
  note: string;
}

/** How often two reviewers said the same of an item. */
export interface AgreeingLine {
  reviewer: string;
  other: string;
  rows: number;
  same: number;
  kappa: number | null;
}

/** An item of which reviewers said different things. */
export interface DisagreementLine {
  item: number;
  label: string;
  said: SaidView[];
}

/** How far reviewers agree, and where they do not. */
export interface ReviewersView {
  pairs: AgreeingLine[];
  disagreements: DisagreementLine[];
}
