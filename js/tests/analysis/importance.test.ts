import type { AnyWidget, Host } from "@anywidget/types";
import { describe, expect, it, onTestFinished } from "vitest";
import importance from "../../src/analysis/importance";
import { coloursOf, MISSING } from "../../src/analysis/importance/colours";
import type {
  FeatureView,
  ImportanceLine,
  ImportanceView,
  MeasureView,
  PartialView,
} from "../../src/analysis/importance/messages";
import { columnOf, numberText, valueText } from "../../src/analysis/importance/packed";
import { swarm } from "../../src/analysis/importance/points";
import { scale, ticks } from "../../src/analysis/importance/scale";
import { kernellessModel } from "../../src/host";
import { View } from "../scan/open";

const measure = (value: number, change: Partial<MeasureView> = {}): MeasureView => ({
  value,
  low: value - 0.1,
  high: value + 0.1,
  text: String(value),
  interval_text: "a to b",
  clear: true,
  rank_text: "rank 1",
  ...change,
});

const line = (
  name: string,
  place: number,
  value: number,
  change: Partial<ImportanceLine> = {},
): ImportanceLine => ({
  name,
  place,
  members: [],
  group: -1,
  note: "",
  permutation: measure(value),
  shap: measure(value),
  own: measure(1 - value, { low: null, high: null }),
  facts: [],
  why: "",
  ...change,
});

const view = (change: Partial<ImportanceView> = {}): ImportanceView => ({
  sentence: "The model relies most on age.",
  method: "Permuted 5 times.",
  metric: "log_loss",
  metrics: [
    { id: "log_loss", label: "log loss" },
    { id: "accuracy", label: "accuracy" },
  ],
  metric_label: "log loss",
  output: "yes",
  outputs: [],
  space: "log-odds of yes",
  without_outcomes: "",
  own_label: "total gain",
  own_missing: "",
  lines: [
    line("age + months", -1, 0.9, { members: [0, 1], group: 0, note: "go together, 0.99" }),
    line("age", 0, 0.5, {
      group: 0,
      facts: ["Permuted, the log loss worsens by 0.5"],
      why: "It goes with months.",
    }),
    line("months", 1, 0.4, { group: 0 }),
    line("<img src=x>", 2, 0.01, { permutation: measure(0.01, { clear: false }) }),
  ],
  progress_text: "Permutation from 10 rows",
  drawn: 2,
  number: 1,
  opened: -1,
  ...change,
});

const packed = (numbers: number[]) =>
  btoa(String.fromCharCode(...new Uint8Array(new Float32Array(numbers).buffer)));

const column = {
  place: 0,
  name: "age",
  contributions: packed([-1, 2]),
  values: packed([30, 60]),
  categories: null,
  temporal: false,
};

const FEATURE: FeatureView = {
  place: 0,
  name: "age",
  swarm: column,
  positions: [7, 3],
  labels: ["r7", "r3"],
  errors: null,
  other: null,
  interactions: [],
  interaction_method: "share",
  spread: { edges: [0, 50, 100], counts: [1, 1], missing: 0, outside: 0 },
  caution: "It follows months.",
};

const PARTIAL: PartialView = {
  numbers: [30, 60],
  words: ["30", "60"],
  mean: [0.2, 0.8],
  low: [0.1, 0.7],
  high: [0.3, 0.9],
  centred_mean: [0, 0.6],
  centred_low: [0, 0.5],
  centred_high: [0, 0.7],
  curves: [[0.2, 0.8]],
  centre: 0,
  rows: 1,
  label: "probability of yes",
  share: true,
};

const RELIES = {
  sentence: "For these 2 rows the model relies most on age.",
  lines: [0, 1, 2].map((place) => ({ place, value: 0.3, low: 0.2, high: 0.4, text: "0.3" })),
  note: "",
  places: [1],
};

/** Importance on the page, with somebody who answers as Python does. */
async function open(shown: ImportanceView = view(), selected = 0) {
  const asked: Record<string, unknown>[] = [];
  const answers: Record<string, unknown> = { feature: FEATURE, partial: PARTIAL, selected: RELIES };
  const state: Record<string, unknown> = {
    view: shown,
    progress: { running: false, step: "", share: 0 },
    error: "",
    selection: { label: "some", rows: selected, source: "", row: null, row_label: "", version: 0 },
    rows_head: { columns: [], outcome: [] },
    uid: "mlqa-1",
    runtime: "",
  };
  const model = kernellessModel(state, (content, reply) => {
    const { id, ...question } = content as { id: number; type: string };
    asked.push(question);
    setTimeout(() => reply({ id, ok: true, value: answers[question.type] ?? null }));
  });
  const el = document.body.appendChild(document.createElement("div"));
  const abort = new AbortController();
  onTestFinished(() => {
    abort.abort();
    el.remove();
  });
  const host = { getWidget: () => Promise.reject(new Error("none")) } as unknown as Host;
  const module = importance as unknown as AnyWidget & { render: (props: never) => void };
  module.render({ model, el, host, signal: abort.signal, experimental: {} } as never);
  const page = new View(el);
  await page.settled();
  return { page, asked };
}

describe("importance", () => {
  it("lists measures side by side, members after their group, and no name becomes a tag", async () => {
    const { page } = await open();
    const names = page.all(".mq-measure-name").map(({ textContent }) => textContent);
    expect(names).toEqual(["age + months go together, 0.99", "age", "months", "<img src=x>"]);
    expect(page.all("img")).toHaveLength(0);
    expect(page.all(".mq-measure-head b").map(({ textContent }) => textContent)).toEqual([
      "Permutation",
      "Contributions",
      "Its own",
    ]);
    expect(page.all("button.mq-measure-line").at(-1)?.textContent).toContain("not told from zero");
  });

  it("opens the most important feature, then the one chosen, with why measures differ", async () => {
    const { page, asked } = await open();
    expect(asked).toEqual([
      { type: "feature", feature: 0, other: -1 },
      { type: "partial", feature: 0 },
    ]);
    expect(page.text(".mq-feature-why")).toBe("It goes with months.");
    expect(page.text(".mq-caution")).toBe("It follows months.");
    await page.click(page.all("button.mq-measure-line")[2] as HTMLElement);
    expect(asked.slice(2)).toContainEqual({ type: "partial", feature: 2 });
  });

  it("orders by another measure and keeps a group with its members", async () => {
    const { page } = await open();
    await page.click(page.all(".mq-measure-head")[2] as HTMLElement);
    const names = page.all(".mq-measure-name").map(({ textContent }) => textContent);
    expect(names).toEqual(["<img src=x>", "age + months go together, 0.99", "months", "age"]);
  });

  it("says what the model relies on for the rows selected, beside the whole", async () => {
    const { page, asked } = await open(view(), 2);
    expect(asked).toContainEqual({ type: "selected" });
    expect(page.text(".mq-importance-here")).toContain("For these 2 rows the model relies most on age.");
    expect(page.all(".mq-measure-bar s")).toHaveLength(3);
  });

  it("leaves out what there is not, and says why", async () => {
    const lines = view().lines.map((one) => ({ ...one, permutation: null, own: null }));
    const { page } = await open(
      view({ lines, metric: null, metrics: [], without_outcomes: "No y.", own_missing: "It keeps none." }),
    );
    expect(page.all(".mq-measure-head")).toHaveLength(1);
    expect(page.text(".mq-importance-head")).toContain("No y.");
    expect(page.text(".mq-measures")).toContain("It keeps none.");
  });
});

describe("figures of importance", () => {
  it("unpacks numbers and says values in words", () => {
    const found = columnOf({ ...column, values: packed([0, Number.NaN]), categories: ["south"] });
    expect([...found.contributions]).toEqual([-1, 2]);
    expect([...found.values].map((value) => valueText(found, value))).toEqual(["south", "missing"]);
    expect(valueText({ ...found, categories: null, temporal: true }, Date.UTC(2020, 1, 3))).toBe(
      "2020-02-03",
    );
    expect([-0.00012, 2020, 123456].map(numberText)).toEqual(["−1.2e-4", "2020", "123,500"]);
  });

  it("finds round ticks between two ends, and few of them whatever the ends", () => {
    expect(ticks(-0.13, 0.31, 4)).toEqual([0, 0.2]);
    expect(ticks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(0.3, 0.3 + 1e-16, 5).length).toBeLessThan(13);
    expect(ticks(1e17, 1e17 + 64, 5).length).toBeLessThan(13);
    expect(ticks(5, 5, 4)).toEqual([5]);
    expect(ticks(Number.NaN, 1, 4)).toHaveLength(1);
  });

  it("puts a number to a place and back", () => {
    const found = scale(-1, 3, 10, 90);
    expect(found(1)).toBe(50);
    expect(found.at(found(2.5))).toBeCloseTo(2.5);
  });

  it("keeps a swarm inside its strip, and out of it what has no number", () => {
    const numbers = new Float32Array([...Array(500).fill(0.5), Number.NaN]);
    const { x, y } = swarm(numbers, (value) => value * 100, 30);
    expect(x[500]).toBeNaN();
    expect(Math.min(...y)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...y)).toBeLessThanOrEqual(30);
  });

  it("colours numbers by their rank and what is missing in grey", () => {
    const found = columnOf({ ...column, values: packed([1, 2, 1e9, Number.NaN]) });
    const [low, middle, high, missing] = coloursOf(found);
    expect(new Set([low, middle, high]).size).toBe(3);
    expect(missing).toBe(MISSING);
  });
});
