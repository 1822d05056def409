import { expect, test } from "vitest";
import { hideStaticView } from "../src/static-view";

test("the static view is hidden while the live one is mounted, and only its own", () => {
  document.body.innerHTML = `<div data-mlqa-for="a1">12 rows repeat.</div><div data-mlqa-for="b2"></div>`;
  const shown = (uid: string) =>
    getComputedStyle(document.querySelector(`[data-mlqa-for="${uid}"]`) as Element).display !== "none";
  const controller = new AbortController();
  hideStaticView("a1", controller.signal);
  expect([shown("a1"), shown("b2")]).toEqual([false, true]);
  controller.abort();
  expect(shown("a1")).toBe(true);
});
