import type { Host } from "@anywidget/types";
import { describe, expect, it, onTestFinished } from "vitest";
import review from "../../src/analysis/review";
import type { CardView, QueueItem, ReviewView, SummaryView } from "../../src/analysis/review/messages";
import { kernellessModel } from "../../src/host";
import { View } from "../scan/open";

interface Asked {
  type: string;
  id: number;
  row?: number;
  verdict?: string;
  note?: string;
}

const HOSTILE = "<img src=x>";

function item(row: number): QueueItem {
  return {
    row,
    label: `p${row}`,
    oddness: 0.9,
    prediction: "rich (83 %)",
    actual: "poor",
    verdict: "",
    note: "",
    others: [],
  };
}

function reviewed(change: Partial<ReviewView> = {}): ReviewView {
  return {
    reviewer: "ann",
    file: "wealth.mlqa-reviews.sqlite",
    queue: [item(7), item(3), item(9)],
    narrowed: null,
    method: "All 300 rows.",
    columns: ["age", HOSTILE],
    known: 5,
    ...change,
  };
}

function card(row: number): CardView {
  return {
    row,
    label: `p${row}`,
    oddness: 0.97,
    sentence: `Row ${row} is odd.`,
    prediction: "rich (83 %)",
    actual: "poor",
    target: "wealth",
    parts: [
      { label: "loss", rank: 0.99, sentence: "A great miss." },
      { label: "farthest value", rank: 0.2, sentence: "Nothing far." },
    ],
    cells: [
      { column: "age", value: "41", other: "40", same: false },
      { column: HOSTILE, value: HOSTILE, other: null, same: false },
      { column: "city", value: "Laval", other: "Laval", same: true },
    ],
    contrast: { row: 50, label: "p50", prediction: "poor (90 %)", actual: "poor" },
  };
}

const SUMMARY: SummaryView = {
  total: {
    group: "all rows",
    reviewed: 3,
    judged: 2,
    agreed: 1,
    contested: 1,
    agreement: 0.5,
    low: 0.1,
    high: 0.9,
  },
  lines: [],
  counts: [{ verdict: "makes sense", rows: 2 }],
  reviewers: {
    pairs: [{ reviewer: "ann", other: "bob", rows: 4, same: 0.5, kappa: null }],
    disagreements: [{ item: 9, label: "p9", said: [{ reviewer: "ann", verdict: "unsure", note: HOSTILE }] }],
  },
};

class OpenReview {
  readonly asked: Asked[] = [];
  readonly model;
  /** Why nothing can be stored, if so. */
  broken = "";
  readonly #abort = new AbortController();

  constructor(shown: ReviewView = reviewed()) {
    const state: Record<string, unknown> = {
      view: shown,
      progress: { running: false, step: "", share: 0 },
      error: "",
      selection: { label: "", rows: 0, source: "", row: null, row_label: "", version: 0 },
      rows_head: { columns: [], outcome: [] },
      uid: "mlqa-1",
      runtime: "",
    };
    this.model = kernellessModel(state, (content, reply) => {
      const question = content as Asked;
      this.asked.push(question);
      setTimeout(() => {
        reply(this.#answer(question));
        // The new state comes after the answer.
        if (question.type === "focus") setTimeout(() => this.select({ row: question.row }));
      });
    });
    onTestFinished(() => {
      this.#abort.abort();
      for (const el of [...document.body.children]) el.remove();
    });
  }

  #answer({ type, id, row }: Asked) {
    if (type === "judge" && this.broken) return { id, ok: false, error: this.broken };
    const explanation = {
      bars: [
        { column: "age", value: "41", contribution: 1.5, error: null },
        { column: HOSTILE, value: null, contribution: -0.5, error: 0.1 },
      ],
      others: 1,
      rest: 0.1,
      base: -1,
      output: 0.1,
      method: "log-odds of rich; closed form; against the training rows",
      notes: [],
    };
    const answers: Record<string, unknown> = {
      card: card(row ?? 0),
      reasons: { usual: explanation, contrast: explanation },
      undo: 7,
      summary: SUMMARY,
    };
    return { id, ok: true, value: answers[type] ?? null };
  }

  of(type: string): Asked[] {
    return this.asked.filter((request) => request.type === type);
  }

  select(change: object): void {
    this.model.set("selection", { ...(this.model.get("selection") as object), ...change });
  }

  async view(): Promise<View> {
    const el = document.body.appendChild(document.createElement("div"));
    const host = { getWidget: () => Promise.reject(new Error("no runtime")) } as unknown as Host;
    review.render({ model: this.model, el, host, signal: this.#abort.signal, experimental: {} } as never);
    const view = new View(el);
    await view.settled();
    return view;
  }
}

const title = (page: View) => page.text(".mq-queue-card h3");

describe("one row at a time", () => {
  it("begins with the oddest that is not reviewed", async () => {
    const queue = [{ ...item(7), verdict: "unsure" }, item(3)];
    const page = await new OpenReview(reviewed({ queue })).view();
    expect(title(page)).toBe("Row p3");
    expect(page.text(".mq-review-card-sentence")).toBe("Row 3 is odd.");
  });

  it("is judged by key, painted at once and stored by one request", async () => {
    const open = new OpenReview();
    const page = await open.view();
    await page.press("4", page.list);
    expect(open.of("judge")).toMatchObject([{ row: 7, verdict: "label is wrong", note: "" }]);
    expect(title(page)).toBe("Row p3");
  });

  it("shows what was said of it before Python has it", async () => {
    const open = new OpenReview();
    open.broken = "database is locked";
    const page = await open.view();
    await page.press("2", page.list);
    expect(page.options[0]?.textContent).toContain("model is wrong");
    expect(page.text("header strong")).toBe("1 of 3 reviewed");
  });

  it("keeps a verdict that could not be stored until it can be", async () => {
    const open = new OpenReview();
    open.broken = "The disk is full.";
    const page = await open.view();
    await page.press("2", page.list);
    expect(page.text("[role=alert]")).toContain("1 verdict is not stored yet. The disk is full.");
    open.broken = "";
    await page.click("Try again");
    expect(open.of("judge")).toHaveLength(2);
    expect(page.all("[role=alert]")).toHaveLength(0);
  });

  it("takes a note with the verdict; keys are letters while it is written", async () => {
    const open = new OpenReview();
    const page = await open.view();
    const note = page.one<HTMLInputElement>("input[aria-label=Note]");
    await page.press("n", page.list);
    expect(document.activeElement).toBe(note);
    await page.type("two jobs", note);
    await page.press("1", note);
    expect(open.of("judge")).toHaveLength(0);
    await page.press("Enter", note);
    await page.press("1", page.list);
    expect(open.of("judge")).toMatchObject([{ row: 7, verdict: "makes sense", note: "two jobs" }]);
  });

  it("stores the note of a row that is judged already when it is written", async () => {
    const open = new OpenReview(reviewed({ queue: [{ ...item(7), verdict: "unsure" }] }));
    const page = await open.view();
    const note = page.one<HTMLInputElement>("input[aria-label=Note]");
    await page.type("later", note);
    note.dispatchEvent(new FocusEvent("blur"));
    await page.settled();
    expect(open.of("judge")).toMatchObject([{ row: 7, verdict: "unsure", note: "later" }]);
  });

  it("is turned by j, k and the arrows, which select the row everywhere", async () => {
    const open = new OpenReview();
    const page = await open.view();
    for (const key of ["j", "ArrowDown", "k", "ArrowDown"]) await page.press(key, page.list);
    expect(title(page)).toBe("Row p9");
    expect(open.of("focus").map(({ row }) => row)).toEqual([3, 9, 3, 9]);
    await page.press("j", page.list);
    expect(title(page)).toBe("Row p9");
  });

  it("follows the row in focus elsewhere, but not its own echo", async () => {
    const open = new OpenReview();
    const page = await open.view();
    open.select({ row: 9 });
    await page.settled();
    expect(title(page)).toBe("Row p9");
    const press = () => page.list.dispatchEvent(new KeyboardEvent("keydown", { key: "k", bubbles: true }));
    press();
    open.model.set("view", reviewed());
    press();
    await page.settled();
    expect(title(page)).toBe("Row p7");
    open.select({ row: 100, row_label: "p100" });
    await page.settled();
    expect(title(page)).toBe("Row p7");
    await page.click("Review row p100");
    expect(open.of("only")).toMatchObject([{ rows: "focused" }]);
  });

  it("is taken back by z", async () => {
    const open = new OpenReview();
    const page = await open.view();
    await page.press("j", page.list);
    await page.press("z", page.list);
    expect(open.of("undo")).toHaveLength(1);
    expect(title(page)).toBe("Row p7");
  });

  it("can be one of those not reviewed only", async () => {
    const queue = [{ ...item(7), verdict: "unsure" }, item(3), item(9)];
    const page = await new OpenReview(reviewed({ queue })).view();
    await page.press("f", page.list);
    expect(page.options).toHaveLength(2);
  });

  it("shows what others said only after one's own verdict", async () => {
    const others = [{ reviewer: "bob", verdict: "unsure", note: "" }];
    const unread = await new OpenReview(reviewed({ queue: [{ ...item(7), others }] })).view();
    expect(unread.el.textContent).not.toContain("bob");
    const queue = [{ ...item(7), verdict: "makes sense", others }];
    const read = await new OpenReview(reviewed({ queue })).view();
    expect(read.text(".mq-review-others")).toBe("bob: unsure");
  });
});

describe("what a verdict stands on", () => {
  it("is each part of oddness, the contributions and the contrast", async () => {
    const page = await new OpenReview().view();
    expect(page.all(".mq-review-oddness li").map((line) => line.textContent)).toEqual([
      "loss99 %",
      "farthest value20 %",
      "mix97 %",
    ]);
    expect(page.all(".mq-review-contributions .mq-review-figure").map((line) => line.textContent)).toEqual([
      "+1.5",
      "−0.5",
      "+0.1",
    ]);
    expect(page.all("tbody tr")).toHaveLength(2);
    await page.click("Show 1 column that is the same");
    expect(page.all("tbody tr")).toHaveLength(3);
  });

  it("is never a tag", async () => {
    const page = await new OpenReview().view();
    expect(page.el.textContent).toContain(HOSTILE);
    await page.click("Summary");
    expect(page.el.textContent).toContain(HOSTILE);
    expect(page.all("img")).toHaveLength(0);
  });

  it("is asked for once and a row ahead, and again when more is known", async () => {
    const open = new OpenReview();
    const page = await open.view();
    expect(open.of("card").map(({ row }) => row)).toEqual([7, 3]);
    await page.press("j", page.list);
    expect(open.of("card").map(({ row }) => row)).toEqual([7, 3, 9]);
    open.model.set("view", reviewed({ known: 6 }));
    await page.settled();
    expect(open.of("card").map(({ row }) => row)).toEqual([7, 3, 9, 3, 9]);
  });
});

describe("the rows and the summary", () => {
  it("offers the rows selected elsewhere, and all again", async () => {
    const open = new OpenReview(reviewed({ narrowed: "month is 12" }));
    const page = await open.view();
    open.select({ rows: 4, label: "age > 75", source: "slices" });
    await page.settled();
    await page.click("Review 4 selected rows");
    await page.click("Review the oddest of all rows");
    expect(open.of("only")).toMatchObject([{ rows: "selected" }, { rows: "all" }]);
  });

  it("says how often the model was held right, and leads to disagreements", async () => {
    const page = await new OpenReview().view();
    await page.click("Summary");
    expect(page.text(".mq-review-agreement")).toBe(
      "50 % of 2 judged rows: the reviewers held the model right on 1 (95 % interval 10 % to 90 %); they differ on 1 more row.",
    );
    await page.click("p9");
    expect(title(page)).toBe("Row p9");
  });
});
