import { expect, test, vi } from "vitest";
import { kernellessModel, type SendHook } from "../src/host";
import { request, trait } from "../src/model";

test("a trait set by Python reaches the signal", () => {
  const model = kernellessModel({ selection: "a" });
  const selection = trait(model, "selection", new AbortController().signal);
  model.set("selection", "b");
  expect(selection.value).toBe("b");
});

test("a signal set by the view reaches Python, saved once", () => {
  const model = kernellessModel({ selection: "a" });
  const save = vi.spyOn(model, "save_changes");
  const selection = trait(model, "selection", new AbortController().signal);
  expect(save).not.toHaveBeenCalled();
  selection.value = "b";
  expect(model.get("selection")).toBe("b");
  expect(save).toHaveBeenCalledTimes(1);
});

test("after abort neither side hears the other", () => {
  const model = kernellessModel({ selection: "a" });
  const controller = new AbortController();
  const selection = trait(model, "selection", controller.signal);
  controller.abort();
  model.set("selection", "b");
  expect(selection.value).toBe("a");
  selection.value = "c";
  expect(model.get("selection")).toBe("b");
});

const never = () => new AbortController().signal;

test("an answer is matched to its question by id", async () => {
  const answer: SendHook = (question, reply) => {
    const { id } = question as { id: number };
    reply({ id: id + 1, ok: true, value: "another" });
    reply({ id, ok: true, value: 7 });
  };
  expect(await request(kernellessModel({}, answer), { type: "rows" }, { abort: never() })).toBe(7);
});

test("an error in Python is thrown as the sentence Python sent", async () => {
  const fail: SendHook = (question, reply) =>
    reply({ id: (question as { id: number }).id, ok: false, error: "The table has no column 'x'." });
  const asked = request(kernellessModel({}, fail), { type: "rows" }, { abort: never() });
  await expect(asked).rejects.toThrow("The table has no column 'x'.");
});

test("a model that is gone is told in a sentence", async () => {
  const model = kernellessModel({}, () => {
    throw new Error("comm is closed");
  });
  const asked = request(model, { type: "rows" }, { abort: never() });
  await expect(asked).rejects.toThrow("The kernel cannot be reached.");
});

test("a kernel that runs cells is waited for", async () => {
  const kernel = { status: "busy" };
  let answer = () => {};
  const model = kernellessModel({}, (question, reply) => {
    const { id } = question as { id: number };
    answer = () => reply({ id, ok: true, value: 7 });
  });
  Object.assign(model, { widget_manager: { kernel } });
  const asked = request(model, { type: "rows" }, { abort: never(), timeout: 5 });
  await new Promise((resolve) => setTimeout(resolve, 40));
  answer();
  expect(await asked).toBe(7);

  const another = request(model, { type: "rows" }, { abort: never(), timeout: 5 });
  kernel.status = "idle";
  await expect(another).rejects.toThrow("The kernel did not answer.");
});

test("a kernel that does not answer ends in a sentence, not in waiting for ever", async () => {
  const asked = request(kernellessModel({}), { type: "rows" }, { abort: never(), timeout: 5 });
  await expect(asked).rejects.toThrow("The kernel did not answer.");
});

test("a view that goes away stops waiting", async () => {
  const controller = new AbortController();
  const asked = request(kernellessModel({}), { type: "rows" }, { abort: controller.signal });
  controller.abort();
  await expect(asked).rejects.toThrow("abort");
  await expect(request(kernellessModel({}), { type: "rows" }, { abort: controller.signal })).rejects.toThrow(
    "abort",
  );
});
