import { expect, test, vi } from "vitest";
import type { ScanView } from "../../src/scan/messages";
import { cleanView, FakePython, scanView } from "./fixture";
import { OpenScan } from "./open";

test("the summary says what was scanned, how, and how it fared", async () => {
  const view = await new OpenScan().view();
  const summary = view.text(".mq-summary");
  for (const said of ["inspections.csv", "12,480 rows × 22 columns", "1.8 s", "DuckDB", "all rows read"]) {
    expect(summary).toContain(said);
  }
  expect(view.text(".mq-counts")).toBe("5 errors15 warnings8 info2 dismissed");
  await view.click("CSV");
  expect(view.text(".mq-source")).toContain("encodingWindows-1252");
});

test("checks that could not be run are said so, not counted as clean", async () => {
  const broken = { ...scanView(), failures: ["outliers could not look at score: ValueError"] };
  const view = await new OpenScan({ view: broken }).view();
  expect(view.text(".mq-failures")).toContain("1 check could not be run");
  expect(view.text(".mq-failures")).toContain("outliers could not look at score");
});

test("every finding is listed as ranked, dismissed ones last with their reason", async () => {
  const view = await new OpenScan().view();
  expect(view.options).toHaveLength(30);
  expect(view.options[0]?.textContent).toContain("inspection_date holds 3 date formats");
  expect(view.options[0]?.textContent).toContain("error: ");
  expect(view.options[0]?.textContent).toContain("mixed_date_formats5,241 rows42 %");
  expect(view.options.at(-2)?.textContent).toContain("Dismissed: test accounts");
  expect(view.text(".mq-list-heading")).toBe("Dismissed (2)");
});

/** A view whose findings from the third on are past the alert budget. */
function beyondBudget(): ScanView {
  const view = scanView();
  return { ...view, findings: view.findings.map((card) => ({ ...card, within_budget: card.index < 3 })) };
}

test("the worst findings are listed first; the rest is counted and one click away", async () => {
  const view = await new OpenScan({ view: beyondBudget() }).view();
  const beyond = () => view.one(".mq-beyond");
  expect(view.options).toHaveLength(3 + 2);
  expect(beyond().textContent).toBe("Show 2 errors, 15 warnings, 8 info more");
  await view.click(beyond());
  expect(view.options).toHaveLength(30);
  expect(beyond().textContent).toBe("Show the worst only");
  await view.click(beyond());
  expect(view.options).toHaveLength(3 + 2);
});

test("who filters, or is shown a finding past the budget, sees it", async () => {
  const scan = new OpenScan({ view: beyondBudget() });
  const view = await scan.view();
  await view.type("null_island", view.one("[type=search]"));
  expect(view.options).toHaveLength(1);
  expect(view.all(".mq-beyond")).toHaveLength(0);
  await view.type("", view.one("[type=search]"));
  scan.model.set("finding", 6);
  await view.settled();
  expect(view.options).toHaveLength(30);
  expect(view.chosen).toContain("null_island");
});

test("why a finding stands lower is said beside it", async () => {
  const view = scanView();
  const lower = "Ranked lower: you dismissed 3 of 4 of these.";
  const findings = view.findings.map((card) => (card.index === 5 ? { ...card, ranked_lower: lower } : card));
  const open = await new OpenScan({ view: { ...view, findings } }).view();
  expect(open.options[5]?.textContent).toContain(lower);
});

test("a click shows a finding at once and tells Python once, with nothing left of the finding before", async () => {
  const scan = new OpenScan(
    { narrowing: { evidence: 0, item: 1 }, selected: [7] },
    new FakePython(scanView(), 500),
  );
  const view = await scan.view();
  const save = vi.spyOn(scan.model, "save_changes");
  await view.click("borough is written several ways");
  expect(view.text(".mq-finding h3")).toContain("borough is written several ways");
  expect(view.chosen).toContain("borough is written several ways");
  expect([scan.get("finding"), scan.get("narrowing"), scan.get("selected")]).toEqual([5, null, []]);
  expect(save).toHaveBeenCalledTimes(1);
});

test("evidence and rows are asked for together, neither waits for the other", async () => {
  const scan = new OpenScan({}, new FakePython(scanView(), 500));
  await scan.view();
  expect(scan.python.asked.map(({ type }) => type).sort()).toEqual(["detail", "rows"]);
});

test("the arrow keys, Home and End move through the list; Enter goes to the finding", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  view.list.focus();
  const finding = async (key: string) => {
    await view.press(key, view.list);
    return scan.get("finding");
  };
  expect(await finding("ArrowDown")).toBe(1);
  expect(await finding("ArrowUp")).toBe(0);
  expect(await finding("ArrowUp")).toBe(0);
  expect(await finding("End")).toBe(29);
  expect(await finding("ArrowDown")).toBe(29);
  expect(await finding("Home")).toBe(0);
  const active = view.list.getAttribute("aria-activedescendant");
  expect(view.el.querySelector(`[id="${active}"]`)?.textContent).toContain("inspection_date holds");
  await view.press("Enter", view.list);
  expect(document.activeElement).toBe(view.one(".mq-detail"));
});

test("findings passed by on the way are painted but not asked about", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  for (const _ of [1, 2, 3])
    view.list.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  await view.settled();
  expect(view.text(".mq-finding h3")).toContain("temperature_c holds two units");
  await vi.waitFor(() => expect(scan.asked("detail").map(({ finding }) => finding)).toContain(3));
  await vi.waitFor(() => expect(scan.asked("rows").map(({ finding }) => finding)).toContain(3));
  expect(scan.asked("detail").map(({ finding }) => finding)).not.toContain(2);
  expect(scan.asked("rows").map(({ finding }) => finding)).not.toContain(2);
});

test("an answer that comes late does not replace the finding on screen", async () => {
  const python = new FakePython(scanView(), 30);
  const scan = new OpenScan({}, python);
  const view = await scan.view();
  await view.click("borough is written several ways");
  await vi.waitFor(() => expect(view.all(".mq-groups")).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(view.all(".mq-groups")).toHaveLength(1);
  expect(view.all(".mq-bars")).toHaveLength(0);
});

test("a finding seen before is shown again without asking", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  await view.click("borough is written several ways");
  await vi.waitFor(() => expect(view.all(".mq-groups")).toHaveLength(1));
  const asked = scan.python.asked.length;
  await view.click("inspection_date holds 3 date formats");
  expect(view.all(".mq-bars")).toHaveLength(1);
  expect(scan.python.asked).toHaveLength(asked);
});

test("a new scan of the same table is asked about afresh", async () => {
  const scan = new OpenScan();
  await scan.view();
  const again = scanView();
  scan.model.set("view", { ...again, table: { ...again.table, seconds: 2.5 } });
  await vi.waitFor(() => expect(scan.asked("detail")).toHaveLength(2));
});

test("Python chooses what is shown, and every view of the widget follows", async () => {
  const scan = new OpenScan();
  const [first, second] = [await scan.view(), await scan.view()];
  scan.model.set("finding", 5);
  await first.settled();
  for (const view of [first, second]) expect(view.text(".mq-finding h3")).toContain("borough is written");
  await first.click("score is -999");
  expect(second.text(".mq-finding h3")).toContain("score is -999");
  await second.click("Columns 22");
  expect(first.all(".mq-columns")).toHaveLength(1);
});

test("the static twin is hidden while a view is on the page", async () => {
  const twin = document.body.appendChild(document.createElement("div"));
  twin.dataset.mlqaFor = "twin";
  const scan = new OpenScan({ uid: "twin" });
  await scan.view();
  expect(getComputedStyle(twin).display).toBe("none");
  scan.close();
  document.body.append(twin);
  expect(getComputedStyle(twin).display).not.toBe("none");
});

test("the severity toggles show only what is pressed, and add up", async () => {
  const view = await new OpenScan().view();
  await view.click("errors, 5");
  expect(view.options).toHaveLength(5);
  expect(view.named("errors, 5").getAttribute("aria-pressed")).toBe("true");
  await view.click("info, 8");
  expect(view.options).toHaveLength(5 + 8 + 1);
  await view.click("errors, 5");
  await view.click("info, 8");
  expect(view.options).toHaveLength(30);
});

test("column, check and words narrow the list together", async () => {
  const view = await new OpenScan().view();
  const [column, check] = view.all("select") as HTMLSelectElement[];
  await view.pick("8", column as HTMLSelectElement);
  expect(view.options.map((option) => option.textContent)).toHaveLength(2);
  await view.pick("impossible_dates", check as HTMLSelectElement);
  expect(view.options).toHaveLength(1);
  await view.click("Clear filters");
  await view.type("montr BOROUGH", view.one<HTMLInputElement>("[type=search]"));
  expect(view.options).toHaveLength(0);
  await view.type("variants Names", view.one<HTMLInputElement>("[type=search]"));
  expect(view.options).toHaveLength(1);
});

test("when no finding matches, the list says so and offers the way back", async () => {
  const view = await new OpenScan().view();
  await view.type("no such thing", view.one<HTMLInputElement>("[type=search]"));
  expect(view.text(".mq-side .mq-empty p")).toBe("No finding matches these filters.");
  expect(view.text(".mq-finding h3")).toContain("inspection_date");
  await view.click(view.one(".mq-side .mq-empty button"));
  expect(view.options).toHaveLength(30);
});

test("a table with nothing wrong says what was looked at", async () => {
  const view = await new OpenScan({ view: cleanView(), finding: -1 }).view();
  const said = view.text(".mq-nothing");
  expect(said).toContain("Nothing found.");
  expect(said).toContain("looked at 22 columns of 12,480 rows (all rows read)");
  expect(said).toContain("mixed_date_formats");
  expect(view.all(".mq-list")).toHaveLength(0);
});

test("findings of the same cause are told under the one that stands for them", async () => {
  const view = await new OpenScan({ finding: 2 }).view();
  expect(view.text(".mq-folded summary")).toBe("Same cause: 2 more findings");
  expect(view.text(".mq-folded ul")).toContain("score is negative in 312 rows.");
});

test("'/' goes to the search box, except while typing", async () => {
  const view = await new OpenScan().view();
  const search = view.one<HTMLInputElement>("[type=search]");
  view.list.focus();
  await view.press("/", view.list);
  expect(document.activeElement).toBe(search);
  expect((await view.press("/", search)).defaultPrevented).toBe(false);
});

test("plain keys stay in the view, the notebook's own chords reach it", async () => {
  const view = await new OpenScan().view();
  const reached = vi.fn();
  view.el.addEventListener("keydown", (event) => reached(event.key));
  await view.press("d", view.list);
  await view.press("ArrowDown", view.list);
  expect(reached).not.toHaveBeenCalled();
  await view.press("s", view.list, { ctrlKey: true });
  await view.press("Enter", view.list, { shiftKey: true });
  await view.press("Escape", view.list);
  expect(reached.mock.calls.flat()).toEqual(["s", "Enter", "Escape"]);
});

test("the tabs are one stop, and the arrow keys change them", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  const tabs = view.all(".mlqa > [role=tablist] [role=tab]");
  expect(tabs.map((tab) => tab.tabIndex)).toEqual([0, -1, -1]);
  await view.press("ArrowRight", tabs[0] as HTMLElement);
  expect(scan.get("tab")).toBe("columns");
  expect(document.activeElement).toBe(tabs[1]);
  await view.press("ArrowRight", tabs[1] as HTMLElement);
  await view.press("ArrowRight", tabs[2] as HTMLElement);
  expect(scan.get("tab")).toBe("findings");
});

test("a running scan shows its step and its share, and can be stopped", async () => {
  const running = { running: true, step: "Counting the values of score", share: 0.424 };
  const scan = new OpenScan({ view: null, progress: running });
  const view = await scan.view();
  expect(view.text(".mq-progress")).toContain("Counting the values of score42 %");
  expect(view.one("[role=progressbar]").getAttribute("aria-valuenow")).toBe("42");
  await view.click("Cancel");
  expect(scan.asked("cancel")).toHaveLength(1);
  expect(view.text(".mq-progress")).toContain("Stopping…");
  scan.model.set("progress", { running: false, step: "", share: 1 });
  scan.model.set("error", "The scan was stopped.");
  await view.settled();
  expect(view.all(".mq-progress")).toHaveLength(0);
  expect(view.text("[role=alert]")).toBe("The scan was stopped.");
});

test("a cancel that fails is said, and can be tried again", async () => {
  const scan = new OpenScan({ view: null, progress: { running: true, step: "", share: 0 } });
  scan.python.refuse.set("cancel", "The scan is nearly done.");
  const view = await scan.view();
  await view.click("Cancel");
  expect(view.text("[role=alert]")).toBe("The scan is nearly done.");
  expect((view.named("Cancel") as HTMLButtonElement).disabled).toBe(false);
});

test("nothing from the data is ever markup", async () => {
  const evil = '<img src=x onerror="alert(1)"><b>bold</b>';
  const base = scanView();
  const view: ScanView = {
    planned: [],
    checks: [evil],
    table: { ...base.table, name: evil, source: evil, read: evil, facts: { [evil]: evil } },
    findings: base.findings.map((card) => ({ ...card, message: evil, check: evil, folded: [evil] })),
    columns: base.columns.map((column) => ({
      ...column,
      name: evil,
      kind: evil,
      kind_reason: evil,
      type: evil,
      range: evil,
      description: evil,
      comment: evil,
      labels: column.labels.map(() => evil),
    })),
    failures: [evil],
  };
  const python = new FakePython(view);
  const scan = new OpenScan(
    { view, error: evil, progress: { running: true, step: evil, share: 0.1 } },
    python,
  );
  const shown = await scan.view();
  python.refuse.set("dismiss", evil);
  await shown.click("Not a problem here");
  shown.one<HTMLInputElement>("form input").value = evil;
  await shown.click("Dismiss");
  expect(shown.text("form [role=alert]")).toBe(evil);
  await shown.click("Columns 22");
  await shown.click("Findings 28");
  expect(shown.el.querySelectorAll("img, b")).toHaveLength(0);
  expect(shown.el.textContent).toContain(evil);
});
