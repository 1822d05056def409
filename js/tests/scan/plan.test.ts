import type { Host } from "@anywidget/types";
import { beforeEach, expect, test } from "vitest";
import { kernellessModel } from "../../src/host";
import plan from "../../src/scan/plan";
import type { PlanStep, PlanView } from "../../src/scan/plan/messages";
import { OpenScan, View } from "./open";

const step = (change: Partial<PlanStep> = {}): PlanStep => ({
  finding: 2,
  fix: 0,
  title: "Turn them into missing",
  message: "score is -999 in 312 rows.",
  part: "cells",
  did: ["312 cells emptied"],
  refused: "",
  ...change,
});

const planView = (change: Partial<PlanView> = {}): PlanView => ({
  chosen_by: "chosen in the scan",
  editable: true,
  tried: true,
  recommended: 0,
  before: "400 rows × 6 columns",
  after: "398 rows × 6 columns",
  steps: [
    step({ finding: 7, title: "Drop the copies", part: "rows", did: ["2 rows dropped"] }),
    step(),
    step({ finding: 5, fix: 1, title: "Turn blank text into missing" }),
    step({ finding: 9, title: "Read as dates", did: [], refused: "It would empty 3 cells." }),
  ],
  code: "def repair(df):\n    return df\n",
  ...change,
});

let asked: Record<string, unknown>[];

beforeEach(() => {
  asked = [];
});

async function open(view: PlanView, refusal = ""): Promise<{ view: View; set: (view: PlanView) => void }> {
  const state = { view, progress: { running: false, step: "", share: 1 }, error: "", uid: "plan" };
  const model = kernellessModel(state, (content, reply) => {
    const { id, ...question } = content as { id: number };
    asked.push(question);
    queueMicrotask(() => reply(refusal ? { id, ok: false, error: refusal } : { id, ok: true, value: null }));
  });
  const el = document.body.appendChild(document.createElement("div"));
  const { signal } = new AbortController();
  plan.render({ model, el, host: {} as Host, signal, experimental: {} } as never);
  const shown = new View(el);
  await shown.settled();
  return { view: shown, set: (next) => model.set("view", next) };
}

test("the fixes stand in their order with what each does, and the function beside them", async () => {
  const { view } = await open(planView());
  expect(view.text(".mq-plan-head")).toContain("4 fixes chosen in the scan");
  expect(view.text(".mq-plan-head")).toContain("400 rows × 6 columns → 398 rows × 6 columns");
  expect(view.all("h3").map((title) => title.textContent)).toEqual([
    "Rows dropped first",
    "Cells changed",
    "Left out",
  ]);
  expect(view.all(".mq-plan-number").map((number) => number.textContent)).toEqual(["1", "2", "3", "!"]);
  expect(view.all(".mq-plan-did").map((did) => did.textContent)).toContain("2 rows dropped");
  expect(view.text(".mq-plan-refused")).toContain("It would empty 3 cells.");
  expect(view.one("pre").textContent).toBe("def repair(df):\n    return df\n");
});

test("a fix is moved, taken out, and leads to its finding", async () => {
  const { view } = await open(planView());
  await view.click("Move down: Turn them into missing");
  await view.click("Remove from the plan: Turn blank text into missing");
  await view.click(view.all(".mq-plan-finding")[0] as HTMLElement);
  expect(asked).toEqual([
    { type: "down", finding: 2, fix: 0 },
    { type: "remove", finding: 5, fix: 1 },
    { type: "open", finding: 7, fix: 0 },
  ]);
});

test("the keyboard goes along with a fix that moved", async () => {
  const { view, set } = await open(planView());
  await view.click("Move down: Turn them into missing");
  const [copies, missing, blank] = planView().steps as [PlanStep, PlanStep, PlanStep];
  set(planView({ steps: [copies, blank, missing] }));
  await view.settled();
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Move down: Turn them into missing");
});

test("an empty plan offers what is recommended", async () => {
  const { view } = await open(planView({ steps: [], recommended: 8 }));
  await view.click("Add the recommended fix of 8 errors and warnings");
  expect(asked).toEqual([{ type: "recommend" }]);
});

test("a plan that was not tried can be", async () => {
  const { view } = await open(planView({ tried: false, after: "" }));
  await view.click("Try it on the table");
  expect(asked).toEqual([{ type: "try" }]);
});

test("a plan that stands alone is read only", async () => {
  const { view } = await open(planView({ editable: false }));
  expect(view.all("button").map((button) => button.textContent)).toEqual(["Copy"]);
});

test("what Python refuses is said in its words", async () => {
  const { view } = await open(planView(), "visits.mlqa.toml is not valid TOML.");
  await view.click("Remove all");
  expect(view.text("[role=alert]")).toBe("visits.mlqa.toml is not valid TOML.");
});

test("a fix goes into the plan beside its finding, in place of another, and out again", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  await view.click("Add to plan");
  expect(view.text("[aria-pressed=true]")).toBe("✓ In the plan");
  expect(view.named("Plan").textContent).toContain("1");
  await view.click("Drop the rows of the two rarer formats");
  await view.click("Use this fix in the plan");
  await view.click("In the plan");
  expect(scan.asked("choose").map(({ fix }) => fix)).toEqual([0, 1]);
  expect(scan.asked("unchoose").map(({ fix }) => fix)).toEqual([1]);
  expect(view.named("Add to plan")).toBeTruthy();
});

test("a fix that cannot be made cannot be chosen", async () => {
  const view = await new OpenScan({ finding: 5 }).view();
  expect(view.all("button").map((button) => button.textContent)).not.toContain("Add to plan");
});
