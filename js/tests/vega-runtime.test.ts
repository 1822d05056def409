import type { RenderProps } from "@anywidget/types";
import { expect, test } from "vitest";
import { mount } from "../src/host";
import runtime, { type VegaRuntime } from "../src/vega-runtime";

const spec = {
  data: { values: [{ category: "A" }, { category: "A" }, { category: "B" }] },
  mark: "bar" as const,
  encoding: {
    x: { field: "category", type: "nominal" as const },
    y: { aggregate: "count" as const, type: "quantitative" as const },
  },
};

test("a widget draws a chart with the shared runtime: one labelled bar per category", async () => {
  const el = document.body.appendChild(document.createElement("div"));
  const widget = {
    async render({ host, el }: RenderProps) {
      const { exports } = await host.getWidget<VegaRuntime>("runtime");
      await exports.embed(el, spec, { actions: false, renderer: "svg" });
    },
  };
  await mount(widget, {}, el, { widgets: { runtime } });
  const labels = [...el.querySelectorAll(".role-mark path")].map((bar) => bar.getAttribute("aria-label"));
  expect(labels).toEqual(["category: A; Count of Records: 2", "category: B; Count of Records: 1"]);
});
