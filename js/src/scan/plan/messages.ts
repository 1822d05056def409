/** What crosses between a plan of repairs and the browser; `mlqa_widgets/widgets/messages/plan.py` holds the same shapes in Python. */

/** One chosen repair: `finding` and `fix` name it in the scan, and are -1 where the plan stands alone. */
export interface PlanStep {
  finding: number;
  fix: number;
  title: string;
  message: string;
  part: "rows" | "cells" | "columns";
  /** What it did, in phrases; empty until it was tried. */
  did: string[];
  /** Why it was left out, or empty. */
  refused: string;
}

/** The repairs in order, and the function they make. */
export interface PlanView {
  chosen_by: string;
  editable: boolean;
  tried: boolean;
  /** Fixes that are recommended and not in the plan. */
  recommended: number;
  before: string;
  after: string;
  steps: PlanStep[];
  code: string;
}

/** Take a repair out of the plan, move it up or down among those of its part, or show its finding. */
export interface EditRequest {
  type: "remove" | "up" | "down" | "open";
  id: number;
  finding: number;
  fix: number;
}

/** Add what is recommended, take all out, try again, or stop trying. */
export interface PlanRequest {
  type: "recommend" | "clear" | "try" | "cancel";
  id: number;
}
