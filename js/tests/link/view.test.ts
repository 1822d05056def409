import type { Host } from "@anywidget/types";
import { afterEach, expect, test, vi } from "vitest";
import { kernellessModel } from "../../src/host";
import link from "../../src/link";
import type { AlikeView, LinkView, PairCard, PairItem } from "../../src/link/messages";
import type { LinkTraits } from "../../src/link/state";

const item = (pair: number): PairItem => ({
  pair,
  left: `l${pair}`,
  right: `r${pair}`,
  probability: 0.6,
  doubtful: true,
  decision: "",
  note: "",
});
const ESTIMATE = { links: 9, wrong: 1.2, missed: 0.4, doubtful: 3 };
const VIEW: LinkView = {
  left: { name: "ours", rows: 20 },
  right: { name: "<b>theirs</b>", rows: 30 },
  within: false,
  pairs: 40,
  queue: [item(4), item(7), item(2)],
  decided: [],
  decisions: 0,
  alone: [1, 2],
  before: ESTIMATE,
  now: ESTIMATE,
  reviewer: "ann",
  file: "ours-theirs.mlqa-links.sqlite",
  notes: [],
  seconds: 0.5,
};
const card = (pair: number): PairCard => ({
  pair,
  left: `l${pair}`,
  right: `r${pair}`,
  probability: 0.6,
  estimated: 0.6,
  contested: 0.3,
  weight: 0.58,
  link: true,
  decision: "",
  note: "",
  start: "Of pairs drawn at random, one in 60 is one.",
  prior: -5.9,
  evidence: [
    {
      column: "name",
      left: "onxonta",
      right: "oneonta",
      level: "alike",
      weight: 6.5,
      says: "90 times likelier",
    },
    { column: "city", left: null, right: "<i>Rome</i>", level: "missing", weight: 0, says: "says nothing" },
  ],
  others: [{ column: "id", left: "1", right: null }],
});

const ALONE = { source: 0, position: 3, label: "l3", probability: 0.2 };
const ALIKE: AlikeView = {
  source: 0,
  position: 3,
  label: "l3",
  columns: ["name"],
  cells: ["anna"],
  alike: [
    { pair: 50, label: "r8", probability: 0.04, decision: "different", cells: ["<i>hanna</i>"] },
    { pair: 51, label: "r9", probability: 0.01, decision: "", cells: [null] },
  ],
};

let closing = new AbortController();
afterEach(() => {
  closing.abort();
  closing = new AbortController();
  document.body.replaceChildren();
});

async function open(refuse = false) {
  const asked: Record<string, unknown>[] = [];
  const traits = {
    view: VIEW,
    progress: { running: false, step: "", share: 0 },
    error: "",
    uid: "u",
    pair: 4,
    runtime: "",
  } as unknown as LinkTraits;
  const model = kernellessModel(traits, (content, reply) => {
    const question = content as Record<string, unknown>;
    asked.push(question);
    const failed = refuse && question.type === "decide";
    const answers: Record<string, unknown> = {
      card: card(Number(question.pair)),
      alone: { items: [[ALONE], [{ ...ALONE, source: 1, label: "r9", probability: null }]] },
      alike: { ...ALIKE, source: question.source },
    };
    const value = answers[String(question.type)] ?? null;
    setTimeout(() => reply({ id: question.id, ok: !failed, value, error: "not stored: the disk is full." }));
  });
  const el = document.body.appendChild(document.createElement("div"));
  const host = { getWidget: () => Promise.reject(new Error("none")) } as unknown as Host;
  link.render({ model, el, host, signal: closing.signal, experimental: {} } as never);
  await vi.waitFor(() => expect(el.querySelector(".mq-link-evidence mark")).not.toBeNull());
  const press = (key: string) =>
    el.querySelector(".mq-queue-card")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  return { el, model, asked, press };
}

test("both rows stand side by side with what differs marked, and markup stays text", async () => {
  const { el } = await open();
  expect([...el.querySelectorAll("mark")].map((one) => one.textContent)).toEqual(["x", "e"]);
  expect(el.textContent).toContain("60 % likely the same by itself · 30 % beside other pairs");
  expect(el.textContent).toContain("<b>theirs</b>");
  expect(el.textContent).toContain("<i>Rome</i>");
  expect(el.querySelector("b, i")).toBeNull();
});

test("a key decides and shows the next pair at once, whatever Python answers", async () => {
  const { el, model, asked, press } = await open(true);
  press("d");
  expect(model.get("pair")).toBe(7);
  await vi.waitFor(() => expect(el.querySelector("[data-tone=bad].mq-queue-item")).not.toBeNull());
  expect(asked.find(({ type }) => type === "decide")).toMatchObject({
    pair: 4,
    decision: "different",
    note: "",
  });
});

test("a note goes with the decision, and arrows move through the queue", async () => {
  const { el, model, asked, press } = await open();
  press("ArrowDown");
  expect(model.get("pair")).toBe(7);
  press("ArrowUp");
  expect(model.get("pair")).toBe(4);
  const note = el.querySelector<HTMLInputElement>("input[aria-label=Note]");
  if (!note) throw new Error("no note");
  note.value = "two brothers";
  note.dispatchEvent(new Event("input", { bubbles: true }));
  press("S");
  expect(asked.find(({ type }) => type === "decide")).toMatchObject({
    decision: "same",
    note: "two brothers",
  });
});

test("a decision that could not be stored is told, kept, and tried again or taken back", async () => {
  const { el, model, asked, press } = await open(true);
  press("u");
  await vi.waitFor(() => expect(el.querySelector("[role=alert]")?.textContent).toContain("the disk is full"));
  const again = [...el.querySelectorAll("button")].find((one) => one.textContent === "Try again");
  again?.click();
  await vi.waitFor(() => expect(asked.filter(({ type }) => type === "decide")).toHaveLength(2));
  await vi.waitFor(() => expect(el.querySelector("[role=alert]")).not.toBeNull());
  press("z");
  await vi.waitFor(() => expect(el.querySelector("[role=alert]")).toBeNull());
  expect(model.get("pair")).toBe(4);
  expect(asked.some(({ type }) => type === "undo")).toBe(false);
});

test("rows without a partner stand beside those they could be, and are decided there", async () => {
  const { el, model, asked } = await open();
  [...el.querySelectorAll<HTMLElement>("[role=tab]")]
    .find((tab) => tab.textContent?.includes("Without a partner"))
    ?.click();
  await vi.waitFor(() => expect(el.querySelector(".mq-link-alike tbody")).not.toBeNull());
  expect(asked.find(({ type }) => type === "alike")).toMatchObject({ source: 0, position: 3 });
  await vi.waitFor(() => expect(model.get("pair")).toBe(51));
  expect(el.querySelector(".mq-link-alike")?.textContent).toContain("<i>hanna</i>");
  expect([...el.querySelectorAll("[role=option]")].map((one) => one.textContent)).toEqual(["l320 %", "r9"]);
  const press = (key: string) =>
    el.querySelector(".mq-queue-card")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  press("s");
  expect(asked.find(({ type }) => type === "decide")).toMatchObject({ pair: 51, decision: "same" });
  press("1");
  expect(model.get("pair")).toBe(50);
  press("ArrowDown");
  await vi.waitFor(() =>
    expect(asked.filter(({ type }) => type === "alike").at(-1)).toMatchObject({ source: 1 }),
  );
});
