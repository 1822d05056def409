import { expect, test, vi } from "vitest";
import { RowPages } from "../../src/components/pages";
import { windowOf } from "../../src/components/window";
import { FakePython, rowsOf, scanView } from "./fixture";
import { OpenScan, type View } from "./open";

async function scrollTo(view: View, top: number): Promise<void> {
  const scroller = view.one(".mq-rows");
  scroller.scrollTop = top;
  scroller.dispatchEvent(new Event("scroll"));
  await view.settled();
}

const checkboxes = (view: View) => view.all("[role=grid] input[type=checkbox]");
const rowsText = (view: View) => view.rowsTitle;

test("the first rows are shown with the finding's own columns first, and marked", async () => {
  const view = await new OpenScan().view();
  const heads = view.all("[role=grid] thead th button").map((head) => head.textContent);
  expect(heads.slice(0, 2)).toEqual(["inspection_date (offending)↕", "inspection_id↕"]);
  expect(heads).toHaveLength(22);
  expect(view.all("[role=grid] tbody tr:first-child .mq-offends")).toHaveLength(1);
  expect(rowsText(view)).toBe("5,241 rows, 42 %");
  expect(view.grid.getAttribute("aria-rowcount")).toBe("5242");
  expect(view.rowLabels.slice(0, 3)).toEqual(["7", "9", "11"]);
});

test("only the rows in sight are on the page", async () => {
  const view = await new OpenScan().view();
  expect(view.all("[role=grid] tbody tr").length).toBeLessThan(30);
});

test("before the answer the table already has its height, and grey bars for cells", async () => {
  const view = await new OpenScan({}, new FakePython(scanView(), 500)).view();
  const height = view.one(".mq-rows").style.height;
  expect(view.all(".mq-rows .mq-skeleton").length).toBeGreaterThan(0);
  expect((await new OpenScan().view()).one(".mq-rows").style.height).toBe(height);
});

test("rows come by pages of a hundred, the next one ahead of need, none of them twice", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  expect(scan.asked("rows").map(({ start, stop }) => [start, stop])).toEqual([
    [0, 100],
    [100, 200],
  ]);
  await scrollTo(view, 120 * 26);
  await vi.waitFor(() => expect(scan.asked("rows").map(({ start }) => start)).toEqual([0, 100, 200]));
  expect(view.rowLabels).toContain(String(125 * 2 + 7));
  await scrollTo(view, 0);
  expect(view.rowLabels[0]).toBe("7");
  expect(scan.asked("rows")).toHaveLength(3);
});

test("rows flown past are not asked for", async () => {
  vi.useFakeTimers();
  try {
    const ask = vi.fn((start: number, stop: number) =>
      Promise.resolve(
        rowsOf({ finding: 0, narrowing: null, order_by: null, descending: false, start, stop }),
      ),
    );
    const pages = new RowPages(ask, 5_241);
    pages.show(0, 20);
    await vi.advanceTimersByTimeAsync(100);
    for (const row of [1000, 2000, 3000, 4000]) {
      pages.show(row, row + 20);
      await vi.advanceTimersByTimeAsync(30);
    }
    await vi.advanceTimersByTimeAsync(100);
    expect(ask.mock.calls.map(([start]) => start)).toEqual([0, 100, 4000, 4100]);
    expect(pages.row(4001)?.label).toBe(String(4001 * 2 + 7));
  } finally {
    vi.useRealTimers();
  }
});

test("a header sorts up, then down, then not at all; Python sorts", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  const orders = () => {
    const last = scan
      .asked("rows")
      .filter(({ start }) => start === 0)
      .at(-1);
    return [last?.order_by, last?.descending];
  };
  const head = () => view.all("[role=grid] thead th button")[1] as HTMLElement;
  await view.click(head());
  expect(orders()).toEqual([0, false]);
  expect(head().closest("th")?.getAttribute("aria-sort")).toBe("ascending");
  await view.click(head());
  expect(orders()).toEqual([0, true]);
  expect(view.rowLabels[0]).toBe(String(5240 * 2 + 7));
  await view.click(head());
  expect(head().closest("th")?.getAttribute("aria-sort")).toBe("none");
  expect(view.rowLabels[0]).toBe("7");
});

test("a bar narrows the rows, once more shows them all again", async () => {
  const scan = new OpenScan({ selected: [7] });
  const view = await scan.view();
  await view.click("DD.MM.YY4,118");
  expect(scan.get("narrowing")).toEqual({ evidence: 0, item: 1 });
  expect(scan.get("selected")).toEqual([]);
  expect(scan.asked("rows").at(-1)?.narrowing).toEqual({ evidence: 0, item: 1 });
  expect(view.named("DD.MM.YY4,118").getAttribute("aria-pressed")).toBe("true");
  expect(view.text(".mq-removable")).toContain("narrowed to “DD.MM.YY”");
  expect(rowsText(view)).toBe("1,747 rows");
  await view.click("DD.MM.YY4,118");
  expect(scan.get("narrowing")).toBeNull();
  expect(rowsText(view)).toBe("5,241 rows, 42 %");
});

test("the chip takes the narrowing back, in every view", async () => {
  const scan = new OpenScan({ narrowing: { evidence: 0, item: 2 } });
  const [view, other] = [await scan.view(), await scan.view()];
  expect(other.text(".mq-removable")).toContain("narrowed to “MM/DD/YYYY”");
  await view.click("Show all rows again");
  expect(scan.get("narrowing")).toBeNull();
  expect(other.all(".mq-removable")).toHaveLength(0);
});

test("one of the ways a name is written narrows the rows: items are numbered through all groups", async () => {
  const scan = new OpenScan({ finding: 5 });
  const view = await scan.view();
  await view.click("Cote des Neiges33");
  expect(scan.get("narrowing")).toEqual({ evidence: 0, item: 6 });
  expect(view.text(".mq-removable")).toContain("narrowed to “Cote des Neiges”");
});

test("a chart without a runtime is said in a sentence, and its list narrows the rows all the same", async () => {
  const scan = new OpenScan({ finding: 3 });
  const view = await scan.view();
  expect(view.text(".mq-charted")).toContain("Charts cannot be drawn here");
  const list = view.one<HTMLSelectElement>(".mq-charted select");
  await view.pick("20", list);
  expect(scan.get("narrowing")).toEqual({ evidence: 0, item: 20 });
  expect(view.text(".mq-removable")).toContain("narrowed to “75 to 79”");
  await view.pick("", list);
  expect(scan.get("narrowing")).toBeNull();
});

test("rows are ticked by their boxes, one by one or as a run with Shift", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  await view.click(checkboxes(view)[1] as HTMLElement);
  expect(scan.get("selected")).toEqual([9]);
  await view.click(checkboxes(view)[4] as HTMLElement, { shiftKey: true });
  expect(scan.get("selected")).toEqual([9, 11, 13, 15]);
  expect(view.text(".mq-removable")).toContain("4 ticked");
  expect(view.all("[role=grid] tr[aria-selected=true]")).toHaveLength(4);
  await view.click(checkboxes(view)[2] as HTMLElement);
  expect(scan.get("selected")).toEqual([9, 13, 15]);
  await view.click("Untick all rows");
  expect(scan.get("selected")).toEqual([]);
});

test("the keyboard alone moves through the rows and ticks them", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  view.grid.focus();
  await view.press("ArrowDown", view.grid);
  await view.press(" ", view.grid);
  expect(scan.get("selected")).toEqual([9]);
  await view.press("ArrowDown", view.grid, { shiftKey: true });
  await view.press("ArrowDown", view.grid, { shiftKey: true });
  expect(scan.get("selected")).toEqual([9, 11, 13]);
  await view.press("End", view.grid);
  await vi.waitFor(() => expect(view.rowLabels).toContain(String(5240 * 2 + 7)));
  const active = view.grid.getAttribute("aria-activedescendant");
  expect(view.el.querySelector(`[id="${active}"]`)?.getAttribute("aria-rowindex")).toBe("5242");
});

test("a run longer than can travel is refused in a sentence", async () => {
  const base = scanView();
  const findings = base.findings.map((card) => ({ ...card, rows: 3_400_000 }));
  const scan = new OpenScan({ view: { ...base, findings } });
  scan.python.total = 3_400_000;
  const view = await scan.view();
  await view.click(checkboxes(view)[0] as HTMLElement);
  await view.press("End", view.grid, { shiftKey: true });
  expect(view.text("[role=alert]")).toBe("At most 10,000 rows can be ticked in one go.");
  expect(scan.get("selected")).toEqual([7]);
});

test("Python's word on why there are no rows is shown, and the rows can be asked for again", async () => {
  const python = new FakePython();
  python.refuse.set("rows", "The file has changed since the scan.");
  const view = await new OpenScan({}, python).view();
  expect(view.text("[role=alert]")).toBe("The file has changed since the scan. Try again");
  await view.click("Try again");
  expect(view.all("[role=alert]")).toHaveLength(0);
  expect(view.rowLabels[0]).toBe("7");
});

test("a kernel that does not answer is said after fifteen seconds, for rows and for evidence", async () => {
  vi.useFakeTimers();
  try {
    const python = new FakePython();
    python.silent = true;
    const scan = new OpenScan({}, python);
    const shown = scan.view();
    await vi.advanceTimersByTimeAsync(15_100);
    const view = await shown;
    const said = view.all("[role=alert]").map((alert) => alert.textContent);
    expect(said).toHaveLength(2);
    for (const one of said) expect(one).toContain("The kernel did not answer.");
  } finally {
    vi.useRealTimers();
  }
});

test("missing cells are marked quietly; blanks and control characters can be seen; long text is cut", async () => {
  const python = new FakePython();
  const long = "x".repeat(1_000);
  python.rows = (request) => {
    const page = rowsOf(request);
    const cells = [" Verdun ", null, "a\u200bb\tc\u202e", long, ""];
    return { ...page, rows: page.rows.map((row) => ({ ...row, cells: [...cells, ...row.cells.slice(5)] })) };
  };
  const view = await new OpenScan({ finding: 5 }, python).view();
  const cells = view.all("[role=grid] tbody tr:first-child td:not(.mq-tick)");
  expect(cells[0]?.textContent).toBe("·Verdun·");
  expect(cells[1]?.textContent).toBe("missing");
  expect(cells[1]?.querySelector(".mq-missing")).not.toBeNull();
  expect(cells[2]?.textContent).toBe("a\\u200bb\\tc\\u202e");
  expect(cells[3]?.textContent?.length).toBeLessThan(200);
  expect(cells[3]?.title).toHaveLength(501);
  expect(cells[4]?.textContent).toBe("empty text");
});

test("a finding about a column as a whole has no row table", async () => {
  const view = await new OpenScan({ finding: 17 }).view();
  expect(view.all("[role=grid]")).toHaveLength(0);
});

test("of thousands of columns a row shows a hundred and says how many it leaves out", async () => {
  const python = new FakePython();
  python.rows = (request) => {
    const columns = Array.from({ length: 5_000 }, (_, position) => position);
    return { ...rowsOf(request), columns, rows: [{ position: 0, label: "0", cells: columns.map(String) }] };
  };
  const view = await new OpenScan({}, python).view();
  expect(view.all("[role=grid] thead th button")).toHaveLength(100);
  expect(view.text("[role=grid] thead .mq-filler")).toBe("+ 4,900 columns");
});

test("the window follows the scrollbar, to the last row of millions", () => {
  expect(windowOf(0, 234, 5, 26)).toEqual({ first: 0, last: 5, above: 0, below: 0 });
  expect(windowOf(2600, 234, 1000, 26)).toMatchObject({ first: 94, last: 115, above: 94 * 26 });
  const end = windowOf(12_000_000 - 234, 234, 3_400_000, 26);
  expect(end.last).toBe(3_400_000);
  expect(end.above + (end.last - end.first) * 26 + end.below).toBe(12_000_000);
  const middle = windowOf(6_000_000, 234, 3_400_000, 26);
  expect(middle.first).toBeGreaterThan(1_690_000);
  expect(middle.first).toBeLessThan(1_710_000);
});
