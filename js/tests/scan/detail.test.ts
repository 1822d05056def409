import { expect, test, vi } from "vitest";
import { visiblePieces } from "../../src/components/visible-text";
import { FakePython } from "./fixture";
import { OpenScan } from "./open";

test("why it matters and the evidence stand over the rows", async () => {
  const view = await new OpenScan().view();
  expect(view.text(".mq-why")).toContain("Why it matters. Read as one format");
  expect(view.text(".mq-bars")).toContain("YYYY-MM-DD7,2392021-11-03");
  expect(view.text(".mq-evidence")).toContain("and 2 more (7 rows)");
});

test("examples are read as a table", async () => {
  const view = await new OpenScan({ finding: 8 }).view();
  const cells = view.all(".mq-evidence td").map((cell) => cell.textContent);
  expect(cells.slice(1, 4)).toEqual(["03/04/2021", "4 March 2021", "3 April 2021"]);
  expect(view.all(".mq-evidence th").map((head) => head.textContent)).toEqual(["month first", "day first"]);
});

test("evidence that cannot be had is said in Python's words, the rows are there all the same", async () => {
  const python = new FakePython();
  python.refuse.set("detail", "That did not work: ValueError: edges");
  const view = await new OpenScan({}, python).view();
  expect(view.text("[role=alert]")).toContain("That did not work: ValueError: edges");
  expect(view.rowLabels[0]).toBe("7");
  await view.click("Try again");
  expect(view.all(".mq-bars")).toHaveLength(1);
});

test("a fix shows what it assumes, cells before and after, and its code; several fixes are tabs", async () => {
  const view = await new OpenScan().view();
  expect(view.text(".mq-fix")).toContain("Rows that fit two formats are read month first");
  expect(view.all(".mq-fix tbody tr").map((row) => row.textContent)).toContain(
    "17inspection_date03.11.21→2021-11-03",
  );
  expect(view.text(".mq-fix pre")).toContain("pd.to_datetime(dates, format='%d.%m.%y', errors='coerce')");
  await view.click("Drop the rows of the two rarer formats");
  expect(view.all(".mq-fix tbody tr").map((row) => row.textContent)).toEqual(["1703.11.21→the row goes"]);
});

test("a fix that would lose values says why it is not offered", async () => {
  const view = await new OpenScan({ finding: 5 }).view();
  expect(view.text(".mq-fix .mq-banner")).toContain("both occur more than 100 times");
});

test("the code is copied, and the button says so", async () => {
  const writeText = vi.fn((_text: string) => Promise.resolve());
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  const view = await new OpenScan().view();
  await view.click("Copy");
  expect(writeText.mock.calls[0]?.[0]).toMatch(/^dates = df\['inspection_date'\][\s\S]*\n\)\)$/);
  expect(view.text(".mq-copy")).toBe("Copied");
  vi.unstubAllGlobals();
});

test("without a clipboard the code is selected and copied the old way", async () => {
  vi.stubGlobal("navigator", {});
  const command = vi.fn(() => true);
  document.execCommand = command;
  const view = await new OpenScan().view();
  await view.click("Copy");
  expect(command).toHaveBeenCalledWith("copy");
  expect(getSelection()?.toString()).toContain("pd.to_datetime");
  command.mockReturnValue(false);
  await view.click("Copied");
  expect(view.text(".mq-copy")).toBe("Selected: press Ctrl+C");
  vi.unstubAllGlobals();
});

test("'Not a problem here' wants a reason, keeps it, and the finding goes to the end", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  await view.click("Not a problem here");
  const input = view.one<HTMLInputElement>("form input");
  expect(document.activeElement).toBe(input);
  await view.click("Dismiss");
  expect(view.text("form [role=alert]")).toBe("Say why: the reason is kept with the finding.");
  expect(scan.asked("dismiss")).toHaveLength(0);
  input.value = "  only old rows, kept as they are ";
  await view.click("Dismiss");
  expect(scan.asked("dismiss")[0]).toMatchObject({ finding: 0, reason: "only old rows, kept as they are" });
  expect(view.all("form")).toHaveLength(0);
  expect(view.text(".mq-meta .mq-banner")).toContain("Not a problem here: only old rows, kept as they are");
  expect(view.options.findIndex((option) => option.textContent?.includes("inspection_date holds 3"))).toBe(
    27,
  );
});

test("restoring takes a dismissal back", async () => {
  const scan = new OpenScan({ finding: 28 });
  const view = await scan.view();
  await view.click("Restore");
  expect(scan.asked("restore")[0]).toMatchObject({ finding: 28 });
  expect(view.text(".mq-list-heading")).toBe("Dismissed (1)");
  expect(view.named("Not a problem here")).toBeTruthy();
});

test("a dismissal Python refuses stays open with its reason", async () => {
  const scan = new OpenScan();
  scan.python.refuse.set("dismiss", "decisions.toml cannot be written: the folder is read-only.");
  const view = await scan.view();
  await view.click("Not a problem here");
  view.one<HTMLInputElement>("form input").value = "fine";
  await view.click("Dismiss");
  expect(view.text("form [role=alert]")).toBe("decisions.toml cannot be written: the folder is read-only.");
  expect(view.one<HTMLInputElement>("form input").value).toBe("fine");
});

test("Escape closes the form and goes back to its button; the notebook does not see the key", async () => {
  const view = await new OpenScan().view();
  await view.click("Not a problem here");
  const reached = vi.fn();
  view.el.addEventListener("keydown", reached);
  await view.press("Escape", view.one("form input"));
  expect(view.all("form")).toHaveLength(0);
  expect(document.activeElement).toBe(view.named("Not a problem here"));
  expect(reached).not.toHaveBeenCalled();
});

test("a dismissal does not ask again for what is on screen", async () => {
  const scan = new OpenScan();
  const view = await scan.view();
  const asked = scan.asked("detail").length + scan.asked("rows").length;
  await view.click("Not a problem here");
  view.one<HTMLInputElement>("form input").value = "fine";
  await view.click("Dismiss");
  expect(scan.asked("detail").length + scan.asked("rows").length).toBe(asked);
});

test.each([
  ["plain", ["plain"]],
  ["  two", ["[··]", "two"]],
  [" both ", ["[·]", "both", "[·]"]],
  ["   ", ["[···]"]],
  ["no\u00a0break", ["no", "[\\u00a0]", "break"]],
  ["\u{1f468}\u200d\u{1f469}", ["\u{1f468}", "[\\u200d]", "\u{1f469}"]],
])("what cannot be seen in %j is shown", (text, shown) => {
  expect(visiblePieces(text, true).map(({ text, unseen }) => (unseen ? `[${text}]` : text))).toEqual(shown);
});
