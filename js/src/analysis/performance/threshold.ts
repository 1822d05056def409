import type { CostsView, CountsView, FigureView } from "./messages";

/** Rows of each outcome. */
export interface Outcomes {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  trueNegative: number;
}

/** 97.5 % of a normal distribution lie below. */
const Z = 1.959963984540054;
const STEP = 1e-7;

/** The outcomes at the threshold of a place. */
export function outcomesAt(counts: CountsView, at: number): Outcomes {
  const truePositive = counts.true_positive[at] ?? 0;
  const falsePositive = counts.false_positive[at] ?? 0;
  return {
    truePositive,
    falsePositive,
    falseNegative: counts.positives - truePositive,
    trueNegative: counts.negatives - falsePositive,
  };
}

/** What came (lines) against what was predicted. */
export function matrixOf({ truePositive, falsePositive, falseNegative, trueNegative }: Outcomes): number[][] {
  return [
    [trueNegative, falsePositive],
    [falseNegative, truePositive],
  ];
}

/** The place of the threshold nearest to a value; thresholds grow. */
export function nearest(thresholds: number[], value: number): number {
  let low = 0;
  let high = thresholds.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((thresholds[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  return value - (thresholds[low] ?? 0) <= (thresholds[high] ?? 0) - value ? low : high;
}

/** Ends of the 95 % interval of a share, by Wilson (1927). */
export function wilson(hits: number, rows: number): [number, number] {
  const share = hits / rows;
  const middle = (share + Z ** 2 / (2 * rows)) / (1 + Z ** 2 / rows);
  const reach =
    (Z * Math.sqrt((share * (1 - share)) / rows + Z ** 2 / (4 * rows ** 2))) / (1 + Z ** 2 / rows);
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)];
}

/** Every figure that moves with the threshold, as `mlqa_widgets/evaluate/summary.py` counts them. */
export function figuresAt(outcomes: Outcomes): FigureView[] {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn } = outcomes;
  return [
    share("accuracy", "accuracy", tp + tn, tp + fp + fn + tn),
    ofCells("balanced_accuracy", "balanced accuracy", balancedAccuracy, outcomes, 0),
    share("precision", "precision", tp, tp + fp),
    share("recall", "recall", tp, tp + fn),
    share("specificity", "specificity", tn, tn + fp),
    ofCells("f1", "F1", f1, outcomes, 0),
    ofCells("matthews", "Matthews correlation", matthews, outcomes, -1),
  ];
}

function share(id: string, label: string, hits: number, rows: number): FigureView {
  const [low, high] = rows ? wilson(hits, rows) : [null, null];
  return { id, label, value: rows ? hits / rows : null, low, high, method: "Wilson", share: true };
}

type Cells = [tp: number, fp: number, fn: number, tn: number];

const ratio = (top: number, bottom: number) => (bottom > 0 ? top / bottom : 0);

function balancedAccuracy([tp, fp, fn, tn]: Cells): number {
  const recalls = [...(tp + fn > 0 ? [tp / (tp + fn)] : []), ...(tn + fp > 0 ? [tn / (tn + fp)] : [])];
  return recalls.reduce((sum, one) => sum + one, 0) / recalls.length;
}

const f1 = ([tp, fp, fn]: Cells) => ratio(2 * tp, 2 * tp + fp + fn);

const matthews = ([tp, fp, fn, tn]: Cells) =>
  ratio(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)));

/** A figure of the cells with its interval by the delta method over their shares. */
function ofCells(
  id: string,
  label: string,
  figure: (cells: Cells) => number,
  outcomes: Outcomes,
  least: number,
): FigureView {
  const counts = Object.values(outcomes) as Cells;
  const rows = counts.reduce((sum, one) => sum + one, 0);
  const shares = counts.map((count) => count / rows) as Cells;
  const value = figure(shares);
  let mean = 0;
  let squares = 0;
  shares.forEach((weight, cell) => {
    if (weight === 0) return;
    const moved = shares.map((one, place) => (place === cell ? one + STEP : one)) as Cells;
    const slope = (figure(moved) - value) / STEP;
    mean += weight * slope;
    squares += weight * slope ** 2;
  });
  const variance = (squares - mean ** 2) / rows;
  const known = variance > 1e-14 / rows;
  const reach = Z * Math.sqrt(variance);
  return {
    id,
    label,
    value,
    low: known ? Math.max(least, value - reach) : null,
    high: known ? Math.min(1, value + reach) : null,
    method: "delta method",
    share: least === 0,
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
