/**
 * What crosses between a whole analysis and the browser; `mlqa_widgets/widgets/messages/analysis.py` holds the same in
 * Python.
 */

/** One view in the row of tabs. */
export interface AnalysisTab {
  name: string;
  label: string;
}

/** What is analysed. */
export interface AnalysisCard {
  model: string;
  task: string;
  rows: number;
  columns: number;
  tabs: AnalysisTab[];
  /** What the reader must know of all views. */
  notes: string[];
}
