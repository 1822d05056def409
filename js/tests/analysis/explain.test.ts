import { describe, expect, it } from "vitest";
import { group, OpenExplanation, row, view } from "./explain-fixture";

const rest = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("the explanation of a row", () => {
  it("runs bars from where it starts to what the model says", async () => {
    const page = await new OpenExplanation().view();
    expect(page.text(".mq-explained-sentence")).toContain("83 % for rich");
    const bars = page.all(".mq-waterfall-track > span").map(({ style }) => [style.left, style.width]);
    // From -1 to 2 of a scale of 3, back to 1, on to 1.5: error bars reach no farther.
    expect(bars).toEqual([
      ["0%", "100%"],
      [expect.stringMatching(/^66\.6/), expect.stringMatching(/^33\.3/)],
      [expect.stringMatching(/^66\.6/), expect.stringMatching(/^16\.6/)],
    ]);
    expect(page.all(".mq-waterfall-track > b")).toHaveLength(1);
    expect(page.text(".mq-method")).toContain("in log-odds; by LightGBM's own");
    expect(page.all(".mq-waterfall em").map((end) => end.textContent)).toEqual([
      "−1 (26.9 %)",
      "1.5 (81.8 %)",
    ]);
  });

  it("shows the other columns on demand, and no value becomes a tag", async () => {
    const page = await new OpenExplanation().view();
    expect(page.el.textContent).not.toContain("<img");
    await page.click("Show 2 other columns");
    expect(page.el.textContent).toContain("<img src=x>");
    expect(page.all("img, .mq-waterfall b:not([style])")).toHaveLength(0);
  });

  it("says what was predicted and what came", async () => {
    const page = await new OpenExplanation().view();
    expect(page.text(".mq-outcome")).toBe("predicted rich (83 % for rich)wealth poor ✕ wrong");
  });

  it("opens a light for its figure; one that is not fine says so at once", async () => {
    const page = await new OpenExplanation().view();
    expect(page.el.textContent).toContain("Familiar: farther than 97 %");
    await page.click("Familiar: caution");
    expect(page.text(".mq-banner")).toContain("Few rows like this one. Caution above 95 %.");
  });
});

describe("which row", () => {
  it("is stepped through by button and by key", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    await page.click("Next row");
    await page.press("p", page.one("[role=tablist]"));
    expect(open.of("step").map(({ by }) => by)).toEqual([1, -1]);
  });

  it("is found by its label, or Python says why not", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    const field = page.one<HTMLInputElement>("input[name=label]");
    field.value = "x";
    field.form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await page.settled();
    expect(open.of("find")[0]).toMatchObject({ label: "x" });
    expect(page.text("[role=alert]")).toContain("No row has the label");
  });

  it("may be none: then the rows are compared with the rest", async () => {
    const open = new OpenExplanation(view({ row: null, group: group() }));
    const page = await open.view();
    expect(page.text(".mq-explained-sentence")).toContain("60 % for rich");
    expect(page.all("tbody tr").map((line) => line.className)).toEqual(["", "mq-quiet"]);
    expect(open.of("trust")).toHaveLength(0);
  });

  it("has its own answers: what was tried and asked of the row before is gone", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    await page.pick("0", page.one<HTMLSelectElement>("select[aria-label=education]"));
    await rest(60);
    await page.settled();
    expect(page.text("[role=status]")).toContain("10 %");
    open.set("view", view({ row: row(8) }));
    await page.settled();
    expect(page.text("[role=status]")).toContain("The model says 83 %");
    expect(open.of("trust")).toHaveLength(2);
    expect(page.one<HTMLInputElement>("input[name=label]").value).toBe("p8");
  });
});

describe("what if", () => {
  async function slide(page: Awaited<ReturnType<OpenExplanation["view"]>>, place: number) {
    const slider = page.one<HTMLInputElement>("input[type=range]");
    slider.value = String(place);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }

  it("asks once where a slider rests, along the column that moved", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    for (const place of [0, 2, 3]) await slide(page, place);
    await rest(60);
    await page.settled();
    expect(open.of("what_if")).toHaveLength(1);
    expect(open.of("what_if")[0]).toMatchObject({
      changes: [{ column: 0, choice: 3, number: null }],
      curve: 0,
    });
    expect(page.text("[role=status]")).toContain("The model would say 10 % for rich, instead of 83 %");
    expect(page.text("[role=status]")).toContain("another prediction, poor");
    expect(page.all(".mq-curve > span")).toHaveLength(4);
  });

  it("drops an answer that comes after a later question", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    open.hold = true;
    await slide(page, 0);
    await rest(60);
    await page.pick("0", page.one<HTMLSelectElement>("select[aria-label=education]"));
    await rest(60);
    const [first, second] = open.held;
    second?.();
    first?.();
    await page.settled();
    expect(page.text("[role=status]")).toContain("20 %");
  });

  it("takes a typed number, missing, and the way back", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    const field = page.one<HTMLInputElement>("input[aria-label='age, exact value']");
    field.value = "33.5";
    field.dispatchEvent(new Event("change", { bubbles: true }));
    await rest(60);
    expect(open.of("what_if").at(-1)).toMatchObject({ changes: [{ column: 0, choice: null, number: 33.5 }] });
    field.value = "much";
    field.dispatchEvent(new Event("change", { bubbles: true }));
    expect(field.value).toBe("33.5");
    const missing = page.one<HTMLInputElement>("input[type=checkbox]");
    missing.checked = true;
    missing.dispatchEvent(new Event("change", { bubbles: true }));
    await rest(60);
    expect(open.of("what_if").at(-1)).toMatchObject({ changes: [{ column: 0, choice: 4, number: null }] });
    await page.settled();
    await page.click("As it was");
    expect(page.text("[role=status]")).toContain("Change a value and see");
  });

  it("offers the columns that contribute most, and others to add", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    expect(open.of("offers")[0]).toMatchObject({ columns: [1, 0] });
    await page.pick("3", page.one<HTMLSelectElement>("select[aria-label='Another column to change']"));
    expect(open.of("offers").at(-1)).toMatchObject({ columns: [1, 0, 3] });
  });
});

describe("beside the row", () => {
  it("leads from a similar row to a comparison", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    await page.click("Similar rows");
    expect(page.el.textContent).toContain("Of the 1 nearest row 1 came out rich.");
    await page.click("Compare with row p9");
    expect(open.of("compare")[0]).toMatchObject({ position: 9 });
    expect(page.text("[role=tab][aria-selected=true]")).toBe("Compare");
  });

  it("looks for the smallest change among the columns that may change", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    await page.click("Contrast");
    expect(page.text(".mq-changes li")).toBe("age 20 instead of 30 → 20 % for rich (an unusual row)");
    const age = page.all("input[type=checkbox]")[0] as HTMLInputElement;
    age.checked = false;
    age.dispatchEvent(new Event("change", { bubbles: true }));
    await page.settled();
    expect(open.of("changes").at(-1)).toMatchObject({ fixed: [0], target: "" });
    expect(page.el.textContent).toContain("No change was found.");
    expect(page.el.textContent).toContain("3 of 4 columns may change");
  });

  it("compares selected rows with the rest", async () => {
    const open = new OpenExplanation();
    const page = await open.view();
    expect(page.all("[role=tab]").map((tab) => tab.textContent?.trim())).not.toContain("Selected 20");
    open.set("selection", {
      label: "age > 60",
      rows: 20,
      source: "slices",
      row: 7,
      row_label: "p7",
      version: 1,
    });
    await page.settled();
    await page.click("Selected 20");
    expect(page.el.textContent).toContain("60 % for rich on average");
  });

  it("draws the path through a tree", async () => {
    const node = {
      value: "30",
      rows: 300,
      share: 0.5,
      said: "50 %",
      other_rows: 100,
      other_share: 0.2,
      other_said: "20 %",
    };
    const leaf = { ...node, test: "", rows: 200, other_rows: 0, other_said: "" };
    const open = new OpenExplanation(
      view({ row: { ...row(), path: [{ ...node, test: "age > 25" }, leaf] } }),
    );
    const page = await open.view();
    await page.click("Path");
    expect(page.all(".mq-path li")).toHaveLength(2);
    expect(page.text(".mq-taken")).toBe("↓ age > 25 (here 30)");
  });
});
