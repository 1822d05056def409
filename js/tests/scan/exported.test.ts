import { expect, test, vi } from "vitest";
import { detailOf, rowsOf, scanView } from "./fixture";
import { View } from "./open";

const first = (finding: number, stop: number) =>
  rowsOf({ finding, narrowing: null, order_by: null, descending: false, start: 0, stop });

/** A page as `Scan.to_html` writes it. */
async function open(): Promise<View> {
  const page = {
    view: scanView(),
    details: { 0: detailOf(0), 5: detailOf(5) },
    rows: { 0: { ...first(0, 150), total: 5_241 }, 1: first(1, 100) },
  };
  const target = document.createElement("div");
  target.id = "mlqa";
  target.textContent = "the static view";
  const data = document.createElement("script");
  data.type = "application/json";
  data.id = "mlqa-scan";
  data.textContent = JSON.stringify(page);
  document.body.replaceChildren(target, data);
  await import("../../src/standalone");
  const view = new View(target);
  await view.settled();
  return view;
}

test("a page without a kernel answers from what it holds, and offers nothing it cannot do", async () => {
  const view = await open();

  expect(view.el.textContent).not.toContain("the static view");
  expect(view.options).toHaveLength(30);
  expect(view.rowsTitle).toBe("5,241 rows, 42 %; 150 of them on this page");
  expect(view.grid.getAttribute("aria-rowcount")).toBe("151");
  expect(view.text(".mq-bars")).toContain("DD.MM.YY4,118");
  expect(view.text(".mq-fix pre")).toContain("pd.to_datetime");

  expect(view.all(".mq-bars button, [type=checkbox]")).toHaveLength(0);
  expect(view.el.textContent).not.toContain("Not a problem here");

  const id = view.all("[role=grid] thead th button")[1] as HTMLElement;
  await view.click(id);
  await view.click(id);
  expect(view.rowLabels[0]).toBe(String(149 * 2 + 7));

  const rows = (said: string) => vi.waitFor(() => expect(view.rowsTitle).toBe(said));
  await view.click("inspection_id repeats");
  await rows("28 rows, 0.2 %");
  expect(view.all(".mq-evidence")).toHaveLength(0);

  await view.click("score is -999");
  await rows("312 rows, 2.5 %; 0 of them on this page");
  expect(view.all("[role=alert]")).toHaveLength(0);

  await view.click("email is not an address");
  expect(view.text(".mq-banner")).toContain("Not a problem here: test accounts");
  expect(view.el.textContent).not.toContain("Restore");

  await view.click("Columns 22");
  expect(view.all(".mq-columns input:not([type=search])")).toHaveLength(0);
  expect(view.text(".mq-columns tbody tr:nth-child(13) .mq-column-description")).toContain(
    "Points out of 100",
  );
});
