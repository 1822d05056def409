import type { AnyWidget, RenderProps } from "@anywidget/types";
import { expect, test, vi } from "vitest";
import { kernellessModel, mount } from "../src/host";

const element = () => document.body.appendChild(document.createElement("div"));

test("a trait that is set is read back and announced once", () => {
  const model = kernellessModel({ selection: "a" });
  const changed = vi.fn();
  model.on("change:selection", changed);
  model.set("selection", "b");
  model.set("selection", "b");
  expect(model.get("selection")).toBe("b");
  expect(changed).toHaveBeenCalledTimes(1);
});

test("a listener taken off hears nothing more", () => {
  const model = kernellessModel({ selection: "a" });
  const changed = vi.fn();
  model.on("change:selection", changed);
  model.off("change:selection", changed);
  model.set("selection", "b");
  expect(changed).not.toHaveBeenCalled();
});

test("the send hook answers custom messages in place of Python", () => {
  const model = kernellessModel({}, (content, reply) => reply({ heard: content }));
  const received = vi.fn();
  model.on("msg:custom", received);
  model.send({ type: "rows" });
  expect(received).toHaveBeenCalledWith({ heard: { type: "rows" } }, []);
});

test("without a send hook a message goes nowhere", () => {
  expect(() => kernellessModel({}).send({ type: "rows" })).not.toThrow();
});

test("a mounted widget draws its traits and is told to stop when unmounted", async () => {
  const stopped = vi.fn();
  const widget: AnyWidget = {
    render({ model, el, signal }: RenderProps) {
      el.textContent = model.get("sentence");
      signal.addEventListener("abort", stopped);
    },
  };
  const el = element();
  const { unmount } = await mount(widget, { sentence: "12 rows repeat." }, el);
  expect(el.textContent).toBe("12 rows repeat.");
  unmount();
  expect(stopped).toHaveBeenCalledTimes(1);
});

test("the function that render returns is called when unmounted", async () => {
  const cleanup = vi.fn();
  const { unmount } = await mount({ render: () => cleanup }, {}, element());
  expect(cleanup).not.toHaveBeenCalled();
  unmount();
  expect(cleanup).toHaveBeenCalledTimes(1);
});

test("another widget's exports are reached by reference, and it starts once", async () => {
  const initialize = vi.fn(() => ({ answer: 42 }));
  const seen: unknown[] = [];
  const widget: AnyWidget = {
    async render({ host }: RenderProps) {
      for (const _ of [1, 2]) seen.push((await host.getWidget("runtime")).exports);
    },
  };
  await mount(widget, {}, element(), { widgets: { runtime: { initialize } } });
  expect(seen).toEqual([{ answer: 42 }, { answer: 42 }]);
  expect(initialize).toHaveBeenCalledTimes(1);
});

test("a reference to a widget the page does not carry is refused by name", async () => {
  const widget: AnyWidget = {
    render: async ({ host }: RenderProps) => void (await host.getWidget("runtime")),
  };
  await expect(mount(widget, {}, element())).rejects.toThrow('This page carries no widget "runtime".');
});
