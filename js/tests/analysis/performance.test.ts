import type { AnyWidget, Host } from "@anywidget/types";
import { describe, expect, it, onTestFinished } from "vitest";
import performance from "../../src/analysis/performance";
import type {
  CountsView,
  CurvesView,
  FigureView,
  PerformanceView,
  SelectedView,
  TimeView,
} from "../../src/analysis/performance/messages";
import { axisOf, ticksOf } from "../../src/analysis/performance/plot";
import {
  figuresAt,
  nearest,
  outcomesAt,
  payoffOf,
  spans,
  wilson,
} from "../../src/analysis/performance/threshold";
import { kernellessModel } from "../../src/host";
import { View } from "../scan/open";

/** Ten rows: five came, with 0.9, 0.8, 0.7, 0.4 and 0.3; five did not, with 0.6, 0.5, 0.3, 0.2 and 0.1. */
const COUNTS: CountsView = {
  threshold: [0, 0.2, 0.35, 0.5, 0.65, 0.85, 1],
  true_positive: [5, 5, 4, 3, 3, 1, 0],
  false_positive: [5, 4, 2, 2, 0, 0, 0],
  positives: 5,
  negatives: 5,
};

const COSTS = { true_positive: 3, false_positive: -2, false_negative: -1, true_negative: 0 };

const figure = (id: string, label: string, share = true): FigureView => ({
  id,
  label,
  value: 0.123,
  low: 0.1,
  high: 0.2,
  method: "Wilson",
  share,
});

const curves: CurvesView = {
  place: 1,
  counts: COUNTS,
  scores: { edges: [0, 0.5, 1], rows: [2, 3], others: [3, 2] },
  calibration: {
    dots: [
      { label: "5 rows given 20 %", at: 0.2, value: 0.2, low: 0.1, high: 0.6 },
      { label: "5 rows given 70 %", at: 0.7, value: 0.6, low: 0.2, high: 0.9 },
    ],
    sentence: "Probabilities miss what came by 5 % on average.",
  },
};

const view = (change: Partial<PerformanceView> = {}): PerformanceView => ({
  kind: "binary",
  sentence: "70 % are right.",
  rows: 10,
  target: "mail",
  classes: ["<b>ham</b>", "spam"],
  figures: [
    figure("accuracy", "accuracy"),
    figure("recall", "recall"),
    figure("f1", "F1"),
    figure("matthews", "Matthews correlation", false),
    figure("roc_auc", "ROC AUC", false),
  ],
  threshold: 0.5,
  costs: COSTS,
  costs_given: true,
  clearly: 2.4,
  curves,
  without_probabilities: "",
  confusion: [
    [3, 2],
    [2, 3],
  ],
  of_classes: [],
  spread: null,
  metric: "error_rate",
  metrics: [
    { id: "error_rate", label: "error rate" },
    { id: "recall", label: "recall" },
  ],
  columns: ["box"],
  period: "day",
  ...change,
});

const TIME: TimeView = {
  metric: "error rate",
  share: true,
  overall: 0.3,
  start: ["2024-01-01", "2024-01-02"],
  rows: [5, 5],
  dots: [
    { label: "2024-01-01, 5 rows", at: 0, value: 0.2, low: 0.1, high: 0.4 },
    { label: "2024-01-02, 5 rows", at: 1, value: null, low: null, high: null },
  ],
};

const SELECTED: SelectedView = {
  sentence: "4 rows selected: error rate 50 % against 20 % for the rest.",
  confusion: [
    [1, 1],
    [1, 1],
  ],
  counts: {
    threshold: [],
    true_positive: [2, 2, 1, 1, 1, 0, 0],
    false_positive: [2, 2, 1, 1, 0, 0, 0],
    positives: 2,
    negatives: 2,
  },
  bars: null,
};

/** Performance on the page, with somebody who answers as Python does. */
class OpenPerformance {
  readonly asked: Record<string, unknown>[] = [];
  readonly model;

  constructor(shown: PerformanceView = view(), selection = {}) {
    const state: Record<string, unknown> = {
      view: shown,
      progress: { running: false, step: "", share: 0 },
      error: "",
      selection: { label: "", rows: 0, source: "", row: null, row_label: "", version: 0, ...selection },
      rows_head: { columns: [], outcome: [] },
      uid: "mlqa-1",
      runtime: "",
    };
    const answers: Record<string, unknown> = {
      time: TIME,
      column: [],
      selected: SELECTED,
      curves: { ...curves, place: 0 },
      cell: "mail spam, predicted ham",
      part: "probability of spam 0 to 0.5",
      rows: { total: 0, columns: [], rows: [] },
    };
    this.model = kernellessModel(state, (content, reply) => {
      const { id, type, ...question } = content as { id: number; type: string };
      this.asked.push({ type, ...question });
      setTimeout(() => reply({ id, ok: true, value: answers[type] ?? null }));
    });
  }

  /** What was asked beside what every view asks by itself. */
  get chosen() {
    return this.asked.filter(({ type }) => !["time", "column", "selected", "rows"].includes(type as string));
  }

  async view(): Promise<View> {
    const el = document.body.appendChild(document.createElement("div"));
    const abort = new AbortController();
    onTestFinished(() => {
      abort.abort();
      el.remove();
    });
    const host = { getWidget: () => Promise.reject(new Error("none")) } as unknown as Host;
    const module = performance as unknown as AnyWidget & { render: (props: never) => void };
    module.render({ model: this.model, el, host, signal: abort.signal, experimental: {} } as never);
    const found = new View(el);
    await found.settled();
    return found;
  }
}

const cells = (page: View) => page.all(".mq-matrix td[data-right] .mq-small").map((one) => one.textContent);
const figureOf = (page: View, id: string) =>
  page.one(`[data-figure=${id}] td`.replace(" td", "")).textContent?.replace(/\s+/g, " ");

describe("what a threshold does", () => {
  it("gives the figures that scikit-learn gives, with the intervals of Python", () => {
    const { accuracy, precision, f1, matthews, balanced_accuracy, specificity } = figuresAt(
      outcomesAt(COUNTS, 4),
    );
    expect(accuracy?.value).toBeCloseTo(0.8);
    expect(precision).toMatchObject({ value: 1 });
    expect(f1?.value).toBeCloseTo(0.75);
    expect(balanced_accuracy?.value).toBeCloseTo(0.8);
    expect(specificity?.value).toBe(1);
    expect(matthews?.value).toBeCloseTo(0.6546537);
    // statsmodels: proportion_confint(8, 10, method="wilson")
    expect([accuracy?.low, accuracy?.high]).toEqual([
      expect.closeTo(0.4901625, 6),
      expect.closeTo(0.9433178, 6),
    ]);
    // mlqa_widgets.evaluate.cells.interval of the same matrix
    expect([f1?.low, f1?.high]).toEqual([expect.closeTo(0.4145262, 6), 1]);
  });

  it("says nothing of what cannot be told", () => {
    const { precision, f1, recall } = figuresAt(outcomesAt(COUNTS, 6));
    expect(precision).toEqual({ value: null, low: null, high: null });
    expect(f1?.value).toBe(0);
    expect(recall?.value).toBe(0);
    expect(wilson(0, 5)[0]).toBe(0);
  });

  it("counts what each threshold brings, the best, and what cannot be told from it", () => {
    const payoff = payoffOf(COUNTS, COSTS, 2.4);
    expect(payoff.perRow).toEqual([0.5, 0.7, 0.7, 0.3, 0.7, -0.1, -0.5]);
    expect(payoff.best).toBe(2);
    expect(payoff.asGood[2]).toBe(true);
    expect(payoffOf(COUNTS, COSTS, 0).asGood).toEqual([false, true, true, false, true, false, false]);
    expect(spans([false, true, true, false, true])).toEqual([
      [1, 2],
      [4, 4],
    ]);
  });

  it("finds the nearest threshold and round numbers", () => {
    expect(nearest(COUNTS.threshold, 0.41)).toBe(2);
    expect(nearest(COUNTS.threshold, 9)).toBe(6);
    expect(ticksOf(0.13, 0.42)).toEqual([0.2, 0.3, 0.4]);
    expect(ticksOf(5, 5)).toEqual([5]);
    expect(axisOf([3, 3], "", String)).toMatchObject({ from: 1.41, to: 4.59 });
  });
});

describe("performance", () => {
  it("shows the figures at the threshold of the analysis, and no value becomes a tag", async () => {
    const page = await new OpenPerformance().view();
    expect(page.text(".mq-performance-sentence")).toBe("70 % are right.");
    expect(cells(page)).toEqual(["3", "2", "2", "3"]);
    expect(figureOf(page, "accuracy")).toContain("accuracy60 %");
    expect(figureOf(page, "roc_auc")).toContain("ROC AUC0.123");
    expect(page.text(".mq-payoff-words")).toContain("0.3 per row at 0.5, 3 over all 10. Best: 0.7 at 0.35");
    expect(page.all("b").some((one) => one.textContent === "ham")).toBe(false);
  });

  it("moves every figure with the slider, by key and by hand, without asking Python", async () => {
    const open = new OpenPerformance();
    const page = await open.view();
    const slider = page.one<HTMLInputElement>("input[type=range]");
    await page.press("ArrowRight", slider);
    expect(cells(page)).toEqual(["5", "0", "2", "3"]);
    expect(figureOf(page, "accuracy")).toContain("80 %");
    expect(slider.getAttribute("aria-valuetext")).toBe("0.65");
    expect(page.one("[aria-label^='ROC curve']").getAttribute("aria-label")).toContain("recall 60 %");
    await page.type("0.21", slider);
    expect(cells(page)).toEqual(["1", "4", "0", "5"]);
    await page.press("Home", slider);
    expect(cells(page)).toEqual(["0", "5", "0", "5"]);
    await page.click("Go to the best, 0.35");
    expect(cells(page)).toEqual(["3", "2", "1", "4"]);
    expect(open.chosen).toEqual([]);
  });

  it("uses the threshold on screen when told to", async () => {
    const open = new OpenPerformance();
    const page = await open.view();
    expect((page.named("Use this threshold") as HTMLButtonElement).disabled).toBe(true);
    await page.press("ArrowRight", page.one("input[type=range]"));
    await page.click("Use this threshold");
    expect(open.chosen).toEqual([{ type: "threshold", threshold: 0.65 }]);
    open.model.set("view", view({ threshold: 0.65 }));
    await page.settled();
    expect((page.named("Use this threshold") as HTMLButtonElement).disabled).toBe(true);
  });

  it("moves the best threshold with the costs, and tells Python", async () => {
    const open = new OpenPerformance();
    const page = await open.view();
    const input = page.all(".mq-costs input")[1] as HTMLInputElement;
    input.value = "-50";
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await page.settled();
    expect(page.text(".mq-payoff-words")).toContain("at 0.65");
    expect(open.chosen).toEqual([{ type: "costs", costs: { ...COSTS, false_positive: -50 } }]);
    await page.press("ArrowRight", page.one("input[type=range]"));
    open.model.set("view", structuredClone(view({ costs: { ...COSTS, false_positive: -50 } })));
    await page.settled();
    expect(page.one("input[type=range]").getAttribute("aria-valuetext")).toBe("0.65");
    input.value = "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await page.settled();
    expect(page.text(".mq-costs [role=alert]")).toBe("Type a number.");
  });

  it("selects the rows of a cell at the threshold on screen, and nothing when it is chosen again", async () => {
    const open = new OpenPerformance();
    const page = await open.view();
    const cell = page.all(".mq-matrix button")[2] as HTMLElement;
    await page.click(cell);
    expect(open.chosen).toEqual([{ type: "cell", actual: 1, predicted: 0, threshold: 0.5 }]);
    open.model.set("selection", {
      label: "mail spam, predicted ham",
      rows: 2,
      source: "performance",
      row: null,
      row_label: "",
      version: 1,
    });
    await page.settled();
    expect(cell.getAttribute("aria-pressed")).toBe("true");
    await page.click(cell);
    expect(open.chosen.at(-1)).toEqual({ type: "clear" });
  });

  it("lets every picture be walked through by arrow and chosen by Enter", async () => {
    const open = new OpenPerformance();
    const page = await open.view();
    const dots = page.one("[aria-label='Groups of rows']");
    const parts = [...dots.querySelectorAll<HTMLElement>("[role=button]")];
    expect(parts.map((part) => part.getAttribute("tabindex"))).toEqual(["0", "-1"]);
    parts[0]?.focus();
    await page.press("ArrowRight", parts[0] as HTMLElement);
    expect(document.activeElement).toBe(parts[1]);
    await page.press("Enter", parts[1] as HTMLElement);
    expect(open.chosen).toEqual([{ type: "part", of: "calibration", output: 1, came: null, place: 1 }]);
  });

  it("shows the rows selected elsewhere beside all rows, at the threshold on screen", async () => {
    const page = await new OpenPerformance(view(), { rows: 4, label: "row 3", source: "python" }).view();
    expect(page.text(".mq-performance-selected")).toContain("4 rows selected");
    expect(page.all(".mq-matrix caption").map((one) => one.textContent)).toEqual([
      "All rows",
      "Selected rows",
    ]);
    expect(cells(page).slice(4)).toEqual(["1", "1", "1", "1"]);
    await page.press("ArrowRight", page.one("input[type=range]"));
    expect(cells(page).slice(4)).toEqual(["2", "0", "1", "1"]);
    expect(page.all("path.mq-of-selected")).toHaveLength(2);
  });

  it("shares out the matrix by what is predicted, or by all rows", async () => {
    const page = await new OpenPerformance().view();
    const shares = () => page.all(".mq-matrix button").map((one) => one.textContent);
    expect(shares()).toEqual(["60 %3", "40 %2", "40 %2", "60 %3"]);
    await page.pick("all", page.one<HTMLSelectElement>("[aria-label='What shares are of']"));
    expect(shares()).toEqual(["30 %3", "20 %2", "20 %2", "30 %3"]);
  });

  it("shows each period, and says why there are no curves for labels alone", async () => {
    const open = new OpenPerformance(
      view({ curves: null, costs: null, threshold: null, without_probabilities: "All are 0 or 1." }),
    );
    const page = await open.view();
    expect(page.all("input[type=range]")).toHaveLength(0);
    expect(page.el.textContent).toContain("All are 0 or 1.");
    const periods = page.one("[aria-label='Periods']").querySelectorAll("[role=button]");
    expect(periods).toHaveLength(2);
    await page.click(periods[0] as unknown as HTMLElement);
    expect(open.chosen).toEqual([{ type: "part", of: "time", output: 0, came: null, place: 0 }]);
  });

  it("looks at one of several classes at a time", async () => {
    const several = view({
      kind: "multiclass",
      curves: null,
      costs: null,
      threshold: null,
      of_classes: [{ label: "spam", rows: 5, figures: [figure("recall", "recall")] }],
    });
    const open = new OpenPerformance(several);
    const page = await open.view();
    expect(open.chosen).toEqual([{ type: "curves", place: 0 }]);
    expect(page.all("[aria-label='ROC curve']")).toHaveLength(1);
    await page.pick("1", page.one<HTMLSelectElement>("[aria-label=Class]"));
    expect(open.chosen.at(-1)).toEqual({ type: "curves", place: 1 });
  });

  it("draws values: what came against predictions, residuals along them and as a whole", async () => {
    const values = view({
      kind: "regression",
      classes: [],
      curves: null,
      costs: null,
      threshold: null,
      confusion: null,
      figures: [figure("mae", "mean absolute error", false)],
      spread: {
        dots: [{ label: "5 rows predicted 2", at: 2, value: 2.5, low: null, high: null }],
        boxes: [{ label: "5 rows", low: 1, high: 3, q05: -2, q25: -1, median: 0, q75: 1, q95: 2 }],
        edges: [-2, 0, 2],
        bars: [4, 6],
        drawn: [[1, 2]],
      },
    });
    const open = new OpenPerformance(values);
    const page = await open.view();
    expect(page.all("circle").length).toBeGreaterThan(1);
    expect(open.chosen).toEqual([]);
    const bars = page.one("[aria-label='Bars of rows']").querySelectorAll("[role=button]");
    await page.click(bars[1] as unknown as HTMLElement);
    expect(open.chosen).toEqual([{ type: "part", of: "residuals", output: 0, came: null, place: 1 }]);
  });
});
