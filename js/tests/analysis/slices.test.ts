import type { AnyWidget, Host } from "@anywidget/types";
import { describe, expect, it, onTestFinished } from "vitest";
import slices from "../../src/analysis/slices";
import { scaleOf } from "../../src/analysis/slices/forest";
import type {
  FiguresView,
  SliceCard,
  SliceLine,
  SlicesView,
  WhyView,
} from "../../src/analysis/slices/messages";
import { kernellessModel } from "../../src/host";
import { View } from "../scan/open";

const figures = (value: number | null, change: Partial<FiguresView> = {}): FiguresView => ({
  value,
  low: value === null ? null : value - 0.1,
  high: value === null ? null : value + 0.1,
  rest: 0.2,
  value_text: value === null ? "not known" : `${100 * value} %`,
  rest_text: "20 %",
  difference_text: "+30 points",
  interval_text: "+20 to +40",
  chance: "q < 0.001",
  counted: 150,
  ...change,
});

const line = (label: string, value: number | null, change: Partial<SliceLine> = {}): SliceLine => ({
  label,
  rows: 300,
  figures: figures(value),
  worse: true,
  confirmed: true,
  variants: 2,
  ...change,
});

const card = (change: Partial<SliceCard> = {}): SliceCard => ({
  words: "month is 12",
  expression: "month == 12",
  rows: 300,
  share: 0.05,
  origin: "Found on one half of the rows.",
  figures: figures(0.5),
  all_rows: "",
  worse: true,
  confirmed: true,
  variants: ["<b>town</b> is north"],
  cells: {
    classes: ["no", "yes"],
    here: [
      [30, 70],
      [0, 200],
    ],
    rest: [
      [0, 0],
      [5, 5],
    ],
  },
  residuals: null,
  chosen: { of: "found", column: -1, place: 0 },
  number: 1,
  ...change,
});

const view = (change: Partial<SlicesView> = {}): SlicesView => ({
  kind: "slices",
  metric: "error_rate",
  metrics: [
    { id: "error_rate", label: "error rate" },
    { id: "recall", label: "recall" },
  ],
  label: "error rate",
  share: true,
  overall: 0.22,
  overall_text: "22 %",
  sentence: "The error rate is worst where month is 12.",
  method: "Tried: 9 combinations.",
  found: [line("month is 12", 0.5), line("<img src=x>", 0.4, { confirmed: false, worse: false })],
  columns: [
    { name: "month", categories: 12, worse: 1 },
    { name: "town", categories: 2, worse: 2 },
  ],
  rows: 6000,
  card: null,
  ...change,
});

const WHY: WhyView = {
  sentence: "The model gives 42 % on average.",
  lines: [
    {
      column: "humid",
      here: 0.4,
      there: 0,
      difference: 0.4,
      low: 0.3,
      high: 0.5,
      typical_here: "median 84",
      typical_there: "median 60",
    },
  ],
  others: 3,
  method: "Mean contributions.",
};

/** Slices on the page, with somebody who answers as Python does. */
class OpenSlices {
  readonly asked: Record<string, unknown>[] = [];
  readonly model;

  constructor(shown: SlicesView = view(), selection = {}) {
    const state: Record<string, unknown> = {
      view: shown,
      progress: { running: false, step: "", share: 0 },
      error: "",
      selection: { label: "", rows: 0, source: "", row: null, row_label: "", version: 0, ...selection },
      rows_head: { columns: [], outcome: [] },
      uid: "mlqa-1",
      runtime: "",
    };
    this.model = kernellessModel(state, (content, reply) => {
      const { id, type, ...question } = content as { id: number; type: string; expression?: string };
      this.asked.push({ type, ...question });
      const refused = question.expression === "age >" ? "rows: the query cannot be read." : "";
      const value =
        type === "column"
          ? [line("north", 0.3), line("missing", null, { confirmed: null })]
          : type === "why"
            ? WHY
            : null;
      setTimeout(() => reply(refused ? { id, ok: false, error: refused } : { id, ok: true, value }));
    });
  }

  async view(): Promise<View> {
    const el = document.body.appendChild(document.createElement("div"));
    const abort = new AbortController();
    onTestFinished(() => {
      abort.abort();
      el.remove();
    });
    const host = { getWidget: () => Promise.reject(new Error("none")) } as unknown as Host;
    const module = slices as unknown as AnyWidget & { render: (props: never) => void };
    module.render({ model: this.model, el, host, signal: abort.signal, experimental: {} } as never);
    const found = new View(el);
    await found.settled();
    return found;
  }
}

describe("slices", () => {
  it("lists what was found with figure, interval, rest and whether it held, and no value becomes a tag", async () => {
    const page = await new OpenSlices().view();
    expect(page.text(".mq-slices-sentence")).toBe("The error rate is worst where month is 12.");
    const [first, second] = page.all(".mq-slice-line");
    expect(first?.textContent).toContain("month is 1250 % against 20 % for the rest");
    expect(first?.textContent).toContain("300 rows ✓ confirmed");
    expect(second?.textContent).toContain("<img src=x>");
    expect(second?.textContent).toContain("not confirmed");
    expect(page.all("img")).toHaveLength(0);
    expect(page.all(".mq-slice-line .mq-forest").map(({ dataset }) => dataset.worse)).toEqual([
      "true",
      "false",
    ]);
  });

  it("draws all lines on one scale that stays between 0 and 1 for shares", () => {
    const scale = scaleOf([figures(0.05), figures(0.9)], true);
    expect(scale(0)).toBe(0);
    expect(scale(1)).toBe(100);
    expect(scaleOf([figures(null, { rest: 3 })], false)(3)).toBeCloseTo(50);
  });

  it("asks Python for the slice that is chosen and shows its card", async () => {
    const open = new OpenSlices();
    const page = await open.view();
    await page.click(page.all(".mq-slice-line")[0] as HTMLElement);
    expect(open.asked).toEqual([{ type: "choose", of: "found", column: -1, place: 0 }]);
    open.model.set("view", view({ card: card() }));
    await page.settled();
    expect(page.all("[aria-pressed=true]")).toHaveLength(1);
    expect(page.text(".mq-slice-query code")).toBe("month == 12");
    expect(page.text(".mq-slice-figures")).toContain("error rate here50 %");
    expect(page.text(".mq-why-sentence")).toBe("The model gives 42 % on average.");
    expect(page.text(".mq-slice-card details")).toContain("<b>town</b> is north");
    expect(open.asked.at(-1)).toEqual({ type: "why" });
  });

  it("shares out each line of the confusion matrix, and says nothing of a class that did not come", async () => {
    const page = await new OpenSlices(view({ card: card() })).view();
    const cells = page.all(".mq-matrix td[data-right]").map((cell) => cell.textContent);
    expect(cells).toEqual(["30 %30", "70 %70", "0 %0", "100 %200", "–0", "–0", "50 %5", "50 %5"]);
  });

  it("draws residuals of values in place of a matrix", async () => {
    const residuals = {
      edges: [-2, -1, 0, 1],
      here: [0.5, 0.3, 0.2],
      rest: [0.1, 0.8, 0.1],
      mean_here: "−1",
      mean_rest: "0",
    };
    const page = await new OpenSlices(view({ card: card({ cells: null, residuals }) })).view();
    expect(page.all(".mq-residuals > span")).toHaveLength(3);
    expect(page.one(".mq-residuals").getAttribute("aria-label")).toContain("−1 on average in this slice");
    expect(page.text(".mq-residual-ends")).toContain("≤ −1");
  });

  it("opens the column with most that is worse, and moves through it by arrow", async () => {
    const open = new OpenSlices();
    const page = await open.view();
    await page.click("By column");
    expect(open.asked).toEqual([{ type: "column", column: 1 }]);
    const lines = page.all(".mq-slice-line");
    expect(lines.map((one) => one.querySelector(".mq-missing") !== null)).toEqual([false, true]);
    lines[0]?.focus();
    await page.press("ArrowDown", lines[0] as HTMLElement);
    expect(document.activeElement).toBe(lines[1]);
    await page.pick("0", page.one<HTMLSelectElement>("select[aria-label=Column]"));
    expect(open.asked.at(-1)).toEqual({ type: "column", column: 0 });
  });

  it("sends what is typed, and says why it was refused", async () => {
    const open = new OpenSlices();
    const page = await open.view();
    await page.type("age >", page.one<HTMLInputElement>("input"));
    page.one("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await page.settled();
    expect(open.asked).toEqual([{ type: "where", expression: "age >" }]);
    expect(page.text("[role=alert]")).toBe("rows: the query cannot be read.");
    expect(page.one("input").getAttribute("aria-invalid")).toBe("true");
  });

  it("measures by another metric", async () => {
    const open = new OpenSlices();
    const page = await open.view();
    await page.pick("recall", page.all("select")[0] as HTMLSelectElement);
    expect(open.asked).toEqual([{ type: "metric", metric: "recall" }]);
  });

  it("offers to compare what another view selected", async () => {
    const open = new OpenSlices(view(), { rows: 12, label: "row 3", source: "python" });
    const page = await open.view();
    await page.click("Compare 12 selected rows: row 3");
    expect(open.asked).toContainEqual({ type: "choose", of: "selected", column: -1, place: -1 });
  });

  it("says when there is nothing, and when it is still searching", async () => {
    const none = await new OpenSlices(view({ found: [], sentence: "No slice was found." })).view();
    expect(none.all("[role=tab][aria-selected=true]")[0]?.textContent).toContain("By column");
    await none.click("Worst slices");
    expect(none.text(".mq-slices-none")).toBe("No slice was found.");
    const searching = await new OpenSlices(view({ found: null, sentence: "" })).view();
    expect(searching.text(".mq-slices-sentence")).toBe("Searching for the worst slices…");
  });

  it("shows findings of a scan without columns", async () => {
    const page = await new OpenSlices(view({ kind: "impact", columns: [] })).view();
    expect(page.all("[role=tab]")).toHaveLength(0);
    expect(page.one(".mq-slice-lines").getAttribute("aria-label")).toBe("Findings");
  });
});
