import { expect, test } from "vitest";
import { scanView } from "./fixture";
import { OpenScan, type View } from "./open";

const columns = (view: View) => view.all(".mq-columns tbody tr");
const description = (view: View, column: string) =>
  view.one<HTMLInputElement>(`[aria-label="Description of ${column}"]`);

test("every column is told: kind, type, values, missing, distinct, range, findings, description", async () => {
  const view = await new OpenScan({ tab: "columns" }).view();
  expect(columns(view)).toHaveLength(22);
  const score = columns(view)[12];
  for (const said of ["score", "numeric", "int64", "96", "-999 to 100"])
    expect(score?.textContent).toContain(said);
  expect(score?.querySelectorAll(".mq-histogram > span")).toHaveLength(20);
  expect(score?.querySelector<HTMLElement>(".mq-histogram > span")?.title).toContain("score 0 to 5: ");
  expect(score?.querySelector<HTMLElement>(".mq-chip")?.title).toContain("distinct values");
  expect(description(view, "score").value).toBe("Points out of 100 given by the inspector");
  expect(columns(view)[13]?.querySelector(".mq-column-missing")?.textContent).toContain("61 %");
});

test("the number of findings leads to them", async () => {
  const scan = new OpenScan({ tab: "columns" });
  const view = await scan.view();
  await view.click(columns(view)[7]?.querySelector(".mq-link") as HTMLElement);
  expect(scan.get("tab")).toBe("findings");
  expect(view.options).toHaveLength(2);
  expect(view.options.every((option) => option.textContent?.includes("inspection_date"))).toBe(true);
});

test("words find columns by name, kind and description", async () => {
  const view = await new OpenScan({ tab: "columns" }).view();
  const search = view.one<HTMLInputElement>("[type=search]");
  await view.type("date", search);
  expect(columns(view)).toHaveLength(2);
  await view.type("inspector", search);
  expect(columns(view)).toHaveLength(2);
  expect(view.text(".mq-columns > .mq-filters")).toContain("2 of 22 columns");
  await view.type("nothing like it", search);
  expect(view.text(".mq-empty")).toBe("No column matches.");
});

test("Enter keeps a description and says so", async () => {
  const scan = new OpenScan({ tab: "columns" });
  const view = await scan.view();
  const input = description(view, "borough");
  await view.type("Borough as printed on the licence ", input);
  await view.press("Enter", input);
  expect(scan.asked("describe")).toMatchObject([{ column: 2, text: "Borough as printed on the licence" }]);
  expect(input.parentElement?.textContent).toContain("Saved");
});

test("leaving the field keeps a description; leaving it as it was does not", async () => {
  const scan = new OpenScan({ tab: "columns" });
  const view = await scan.view();
  const input = description(view, "score");
  input.dispatchEvent(new Event("blur"));
  expect(scan.asked("describe")).toHaveLength(0);
  await view.type("Points", input);
  input.dispatchEvent(new Event("blur"));
  await view.settled();
  expect(scan.asked("describe")).toMatchObject([{ column: 12, text: "Points" }]);
});

test("Escape takes back what was typed", async () => {
  const scan = new OpenScan({ tab: "columns" });
  const view = await scan.view();
  const input = description(view, "score");
  await view.type("oops", input);
  const pressed = await view.press("Escape", input);
  expect(pressed.defaultPrevented).toBe(true);
  expect(input.value).toBe("Points out of 100 given by the inspector");
  input.dispatchEvent(new Event("blur"));
  expect(scan.asked("describe")).toHaveLength(0);
});

test("a description that could not be kept stays in its field, with the reason", async () => {
  const scan = new OpenScan({ tab: "columns" });
  scan.python.refuse.set("describe", "decisions.toml cannot be written.");
  const view = await scan.view();
  const input = description(view, "score");
  await view.type("Points", input);
  await view.press("Enter", input);
  expect(input.value).toBe("Points");
  expect(input.getAttribute("aria-invalid")).toBe("true");
  expect(input.parentElement?.textContent).toContain("decisions.toml cannot be written.");
  await view.press("Enter", input);
  expect(scan.asked("describe")).toHaveLength(2);
  expect(input.parentElement?.textContent).toContain("Saved");
});

test("a description written in one view shows in the other, but not over what is being typed there", async () => {
  const scan = new OpenScan({ tab: "columns" });
  const [one, other] = [await scan.view(), await scan.view()];
  await other.type("half a sen", description(other, "risk"));
  await one.type("Points", description(one, "score"));
  await one.press("Enter", description(one, "score"));
  await one.type("Risk class", description(one, "risk"));
  await one.press("Enter", description(one, "risk"));
  expect(description(other, "score").value).toBe("Points");
  expect(description(other, "risk").value).toBe("half a sen");
});

const editor = (view: View, column: string) =>
  view.one<HTMLFormElement>(`[aria-label="What ${column} may hold"]`);
const field = (view: View, name: string) => view.one<HTMLInputElement>(`[aria-label="${name}"]`);

async function edit(view: View, column: string): Promise<void> {
  await view.click(view.one(`[aria-label$=": edit what ${column} may hold"]`));
}

test("what is declared of a column stands beside it, and its editor opens on the first field", async () => {
  const view = await new OpenScan({ tab: "columns" }).view();
  expect(columns(view)[12]?.textContent).toContain("integer · at least 0");
  expect(columns(view)[11]?.textContent).toContain("Type, unit, range…");
  await edit(view, "score");
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Type of score");
  expect(field(view, "Least of score").value).toBe("0");
});

test("each field of the editor is kept by itself, as typed", async () => {
  const scan = new OpenScan({ tab: "columns" });
  const view = await scan.view();
  await edit(view, "score");
  await view.type("100", field(view, "Greatest of score"));
  await view.press("Enter", field(view, "Greatest of score"));
  const tick = editor(view, "score").querySelectorAll<HTMLInputElement>("[type=checkbox]")[1];
  await view.click(tick as HTMLElement);
  expect(scan.asked("declare")).toMatchObject([
    { column: 12, name: "maximum", text: "100" },
    { column: 12, name: "unique", text: "true" },
  ]);
  expect(columns(view)[12]?.textContent).toContain("integer · 0 to 100 · never repeated");
});

test("what cannot be declared stays in its field, with the reason", async () => {
  const scan = new OpenScan({ tab: "columns" });
  scan.python.refuse.set("declare", "minimum: 'low' is no number.");
  const view = await scan.view();
  await edit(view, "score");
  await view.type("low", field(view, "Least of score"));
  await view.press("Enter", field(view, "Least of score"));
  expect(field(view, "Least of score").value).toBe("low");
  expect(field(view, "Least of score").getAttribute("aria-invalid")).toBe("true");
  expect(editor(view, "score").textContent).toContain("'low' is no number");
});

test("what was seen is proposed and declared only when accepted", async () => {
  const scan = new OpenScan({ tab: "columns" });
  const view = await scan.view();
  await edit(view, "score");
  const foot = () => view.text(".mq-declared-foot");
  expect(foot()).toContain("never missing");
  expect(foot()).not.toContain("integer");
  expect(scan.asked("declare")).toHaveLength(0);
  await view.click(view.one(".mq-declared-foot [aria-describedby]"));
  expect(scan.asked("accept")).toMatchObject([{ column: 12 }]);
  expect(foot()).not.toContain("Declare what was seen");
});

test("Escape closes the editor and goes back to where it was opened", async () => {
  const view = await new OpenScan({ tab: "columns" }).view();
  await edit(view, "risk");
  await view.type("half", field(view, "Unit of risk"));
  await view.press("Escape", field(view, "Unit of risk"));
  expect(field(view, "Unit of risk").value).toBe("");
  await view.press("Escape", field(view, "Unit of risk"));
  expect(view.all(".mq-declared")).toHaveLength(0);
  expect(document.activeElement?.getAttribute("aria-label")).toContain("edit what risk may hold");
});

test("the dictionary is exported beside the notebook, and the file is named", async () => {
  const view = await new OpenScan({ tab: "columns" }).view();
  await view.click(view.one(".mq-columns > .mq-filters .mq-button"));
  expect(view.text(".mq-columns > .mq-filters")).toContain("Written to inspections.schema.json");
});

test("of five thousand columns only those in sight are on the page", async () => {
  const base = scanView();
  const many = Array.from({ length: 5_000 }, (_, position) => ({
    ...base.columns[0],
    position,
    name: `c${position}`,
  }));
  const view = await new OpenScan({
    tab: "columns",
    view: { ...base, columns: many as typeof base.columns },
  }).view();
  expect(columns(view).length).toBeLessThan(40);
  const scroller = view.one(".mq-column-scroll");
  scroller.scrollTop = 46 * 2_000;
  scroller.dispatchEvent(new Event("scroll"));
  await view.settled();
  expect(
    columns(view)
      .map((row) => row.textContent)
      .join(),
  ).toContain("c2000");
  await view.type("c4999", view.one<HTMLInputElement>("[type=search]"));
  expect(columns(view)).toHaveLength(1);
});
