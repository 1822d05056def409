import type { Host } from "@anywidget/types";
import { afterEach, expect, test, vi } from "vitest";
import compare from "../../src/compare";
import type { CompareView, PairsPage } from "../../src/compare/messages";
import type { CompareTraits } from "../../src/compare/state";
import { kernellessModel } from "../../src/host";

const SOURCE = { rows: 100, columns: 3, kind: "pandas frame", matched: 90, orphans: 8, keyless: 2 };
const VIEW: CompareView = {
  left: { name: "ours", ...SOURCE },
  right: { name: "theirs", ...SOURCE },
  join: {
    on: ["id"],
    relation: "1:1",
    ignoring: [],
    lines: [
      { join: "inner", rows: 90, left_dropped: 10, right_dropped: 10, left_unfilled: 0, right_unfilled: 0 },
    ],
    rescues: [{ ignoring: "case", left_rows: 3, right_rows: 3, merged: 1, example: ["Ab", "AB"] }],
    left_out: 0,
  },
  past: null,
  keys: [],
  findings: [
    {
      index: 0,
      check: "value_conflicts",
      severity: "warning",
      columns: ["name"],
      rows: 60,
      share: 0.6,
      message: "name differs in 60 rows.",
      side: "both",
    },
    {
      index: 1,
      check: "schema_differences",
      severity: "info",
      columns: ["<b>"],
      rows: 0,
      share: 0,
      message: "1 column only in <i>ours</i>.",
      side: "",
    },
  ],
  compared: 2,
  seconds: 0.1,
  read: "all rows read",
};

function page(start: number, stop: number): PairsPage {
  const rows = Array.from({ length: Math.min(stop, 60) - start }, (_, i) => ({
    number: start + i,
    left: start + i,
    right: 99 - i,
    left_label: `l${start + i}`,
    right_label: `r${start + i}`,
    left_cells: ["onxonta", "1"],
    right_cells: ["oneonta", null],
  }));
  return { total: 60, columns: ["name", "id"], own: 1, rows };
}

let closing = new AbortController();
afterEach(() => {
  closing.abort();
  closing = new AbortController();
  document.body.replaceChildren();
});

async function open(view = VIEW) {
  const asked: Record<string, unknown>[] = [];
  const traits = {
    view,
    progress: { running: false, step: "", share: 0 },
    error: "",
    uid: "u",
    finding: 0,
    narrowing: null,
    ticked: [],
    runtime: "",
  } as unknown as CompareTraits;
  const model = kernellessModel(traits, (content, reply) => {
    const question = content as Record<string, unknown>;
    asked.push(question);
    const value =
      question.type === "detail"
        ? { why: "Because.", evidence: [] }
        : page(Number(question.start), Number(question.stop));
    setTimeout(() => reply({ id: question.id, ok: true, value }));
  });
  const el = document.body.appendChild(document.createElement("div"));
  const host = { getWidget: () => Promise.reject(new Error("none")) } as unknown as Host;
  compare.render({ model, el, host, signal: closing.signal, experimental: {} } as never);
  await vi.waitFor(() => expect(el.querySelector(".mq-pairs mark")).not.toBeNull());
  return { el, model, asked };
}

const marks = (el: HTMLElement) => [...el.querySelectorAll("mark")].slice(0, 2).map((one) => one.textContent);

test("the join stands on top, the first difference beside it with what differs marked", async () => {
  const { el } = await open();
  expect(el.querySelector("table[aria-label='Rows of each type of join']")?.textContent).toContain("90");
  expect(el.textContent).toContain("Ignoring case: 3 rows of ours and 3 rows of theirs would meet");
  expect(marks(el)).toEqual(["x", "e"]);
  expect(el.querySelectorAll("tbody.mq-active tr")).toHaveLength(2);
  expect(el.textContent).toContain("missing");
});

test("of two reads of one source, what became of the past stands on top in place of the joins", async () => {
  const past = { rows: 90, changed: 4, removed: 2, back_filled: 5, grown: 7, says: "Of 90 rows, 4 changed." };
  const { el } = await open({ ...VIEW, past });
  const rows = [...el.querySelectorAll("table[aria-label='Rows by what became of them'] tbody tr")];
  expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
    ["As they were", "84", "93.3 %"],
    ["Changed", "4", "4.4 %"],
    ["Removed", "2", "2.2 %"],
    ["Filled in later", "5", ""],
    ["New", "7", ""],
  ]);
  expect(el.textContent).toContain("Of 90 rows, 4 changed.");
  expect(el.querySelector("table[aria-label='Rows of each type of join']")).toBeNull();
});

test("more rows are asked for by page", async () => {
  const { el, asked } = await open();
  const more = [...el.querySelectorAll("button")].find((one) => one.textContent?.includes("more of"));
  more?.click();
  await vi.waitFor(() => expect(el.querySelectorAll(".mq-pairs tbody")).toHaveLength(60));
  expect(asked.filter(({ type }) => type === "pairs").map(({ start }) => start)).toEqual([0, 50]);
});

test("arrow keys choose, a difference without rows shows none, and markup stays text", async () => {
  const { el, model } = await open();
  const list = el.querySelector<HTMLElement>("[role=listbox]");
  list?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  await vi.waitFor(() => expect(el.querySelector(".mq-pairs")).toBeNull());
  expect(model.get("finding")).toBe(1);
  expect(el.querySelector("h3")?.textContent).toBe("1 column only in <i>ours</i>.");
});

test("rows are ticked by click and by key", async () => {
  const { el, model } = await open();
  el.querySelector<HTMLInputElement>(".mq-pairs input")?.click();
  const grid = el.querySelector<HTMLElement>("[role=grid]");
  grid?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  await vi.waitFor(() => expect(el.querySelectorAll(".mq-pairs tbody")[1]?.className).toContain("mq-active"));
  grid?.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
  await vi.waitFor(() => expect(model.get("ticked")).toEqual([0, 1]));
});
