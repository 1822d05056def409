import { expect, test } from "vitest";
import { differ, type Run } from "../../src/compare/differ";

const marked = (runs: Run[]) => runs.map(({ text, differs }) => (differs ? `[${text}]` : text)).join("");
const shown = (left: string, right: string) => differ(left, right).map(marked);

test("only the characters that the other text lacks are marked", () => {
  expect(shown("onxonta", "oneonta")).toEqual(["on[x]onta", "on[e]onta"]);
  expect(shown("12.0 oz", "12")).toEqual(["12[.0 oz]", "12"]);
});

test("texts alike are not marked, texts with nothing in common are marked whole", () => {
  expect(shown("abc", "abc")).toEqual(["abc", "abc"]);
  expect(shown("abc", "xyz")).toEqual(["[abc]", "[xyz]"]);
  expect(shown("", "x")).toEqual(["", "[x]"]);
});

test("the runs of a text make up the text, accents and emoji too", () => {
  for (const [left, right] of [
    ["Côte-des-Neiges", "Cote des neiges"],
    ["👍🏽 ok", "👎 ok"],
    ["a".repeat(500), "b".repeat(400)],
  ] as const) {
    const [a, b] = differ(left, right);
    expect(a.map(({ text }) => text).join("")).toBe(left);
    expect(b.map(({ text }) => text).join("")).toBe(right);
  }
});
