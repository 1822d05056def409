import type { CostsView, CountsView, FigureView } from "./messages";

/** Rows, or shares of them, of each outcome: true and false positives, false and true negatives. */
export type Outcomes = [tp: number, fp: number, fn: number, tn: number];

/** 97.5 % of a normal distribution lie below. */
const Z = 1.959963984540054;
const STEP = 1e-7;

/** The outcomes at the threshold of a place. */
export function outcomesAt(counts: CountsView, at: number): Outcomes {
  const [tp = 0, fp = 0] = [counts.true_positive[at], counts.false_positive[at]];
  return [tp, fp, counts.positives - tp, counts.negatives - fp];
}

/** What came (lines) against what was predicted. */
export function matrixOf([tp, fp, fn, tn]: Outcomes): number[][] {
  return [
    [tn, fp],
    [fn, tp],
  ];
}

/** The place of the threshold nearest to a value. */
export function nearest(thresholds: number[], value: number): number {
  const apart = thresholds.map((threshold) => Math.abs(threshold - value));
  return apart.indexOf(Math.min(...apart));
}

/** Ends of the 95 % interval of a share, by Wilson (1927). */
export function wilson(hits: number, rows: number): [number, number] {
  const share = hits / rows;
  const middle = (share + Z ** 2 / (2 * rows)) / (1 + Z ** 2 / rows);
  const reach =
    (Z * Math.sqrt((share * (1 - share)) / rows + Z ** 2 / (4 * rows ** 2))) / (1 + Z ** 2 / rows);
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)];
}

/** A figure and the ends of its 95 % interval; null where it cannot be told. */
type Moved = Pick<FigureView, "value" | "low" | "high">;

/** Every figure that moves with the threshold, by id, as `mlqa_widgets/evaluate/summary.py` counts them. */
export function figuresAt(outcomes: Outcomes): Record<string, Moved> {
  const [tp, fp, fn, tn] = outcomes;
  return {
    accuracy: share(tp + tn, tp + fp + fn + tn),
    balanced_accuracy: ofCells(balancedAccuracy, outcomes, 0),
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    specificity: share(tn, tn + fp),
    f1: ofCells(f1, outcomes, 0),
    matthews: ofCells(matthews, outcomes, -1),
  };
}

function share(hits: number, rows: number): Moved {
  if (rows === 0) return { value: null, low: null, high: null };
  const [low, high] = wilson(hits, rows);
  return { value: hits / rows, low, high };
}

const ratio = (top: number, bottom: number) => (bottom > 0 ? top / bottom : 0);

function balancedAccuracy([tp, fp, fn, tn]: Outcomes): number {
  const recalls = [...(tp + fn > 0 ? [tp / (tp + fn)] : []), ...(tn + fp > 0 ? [tn / (tn + fp)] : [])];
  return recalls.reduce((sum, one) => sum + one, 0) / recalls.length;
}

const f1 = ([tp, fp, fn]: Outcomes) => ratio(2 * tp, 2 * tp + fp + fn);

const matthews = ([tp, fp, fn, tn]: Outcomes) =>
  ratio(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)));

/** A figure of the cells with its interval by the delta method over their shares. */
function ofCells(figure: (outcomes: Outcomes) => number, outcomes: Outcomes, least: number): Moved {
  const rows = outcomes.reduce((sum, one) => sum + one, 0);
  const shares = outcomes.map((count) => count / rows) as Outcomes;
  const value = figure(shares);
  let mean = 0;
  let squares = 0;
  shares.forEach((weight, cell) => {
    if (weight === 0) return;
    const moved = shares.map((one, place) => (place === cell ? one + STEP : one)) as Outcomes;
    const slope = (figure(moved) - value) / STEP;
    mean += weight * slope;
    squares += weight * slope ** 2;
  });
  const variance = (squares - mean ** 2) / rows;
  const known = variance > 1e-14 / rows;
  const reach = Z * Math.sqrt(variance);
  return {
    value,
    low: known ? Math.max(least, value - reach) : null,
    high: known ? Math.min(1, value + reach) : null,
  };
}

/** What each threshold brings. */
export interface Payoff {
  /** Mean over all rows, at each threshold. */
  perRow: number[];
  /** The place of the best; the middle one of equals. */
  best: number;
  /** Whether each cannot be told from the best on these rows. */
  asGood: boolean[];
}

/** What each threshold brings, as `payoff_at_thresholds` in `mlqa_widgets/evaluate/thresholds.py` counts it. */
export function payoffOf(counts: CountsView, costs: CostsView, clearly: number): Payoff {
  const { true_positive: hits, false_positive: alarms, positives, negatives } = counts;
  const gain = costs.true_positive - costs.false_negative;
  const harm = costs.false_positive - costs.true_negative;
  const fixed = positives * costs.false_negative + negatives * costs.true_negative;
  const totals = hits.map((hit, at) => hit * gain + (alarms[at] ?? 0) * harm + fixed);
  const most = Math.max(...totals);
  const equals = totals.flatMap((total, at) => (total === most ? [at] : []));
  const best = equals[equals.length >> 1] ?? 0;
  const asGood = totals.map((total, at) => {
    const hitsBetween = Math.abs((hits[at] ?? 0) - (hits[best] ?? 0));
    const alarmsBetween = Math.abs((alarms[at] ?? 0) - (alarms[best] ?? 0));
    return (
      most - total <= clearly * Math.sqrt((hitsBetween + 1) * gain ** 2 + (alarmsBetween + 1) * harm ** 2)
    );
  });
  return { perRow: totals.map((total) => total / (positives + negatives)), best, asGood };
}

/** The spans of thresholds where something holds: places of the first and the last. */
export function spans(holds: boolean[]): [number, number][] {
  const found: [number, number][] = [];
  holds.forEach((one, at) => {
    if (!one) return;
    const last = found.at(-1);
    if (last && last[1] === at - 1) last[1] = at;
    else found.push([at, at]);
  });
  return found;
}
