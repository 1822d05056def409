import type { AnyModel } from "@anywidget/types";
import { type Signal, signal } from "@preact/signals";

type Traits = Record<string, unknown>;

/**
 * A trait as a signal: follows Python until `abort`, and sends what the view assigns back to Python.
 *
 * The view paints at once; nothing waits for the kernel.
 */
export function trait<T extends Traits, K extends keyof T & string>(
  model: AnyModel<T>,
  name: K,
  abort: AbortSignal,
): Signal<T[K]> {
  const value = signal(model.get(name));
  const follow = () => {
    value.value = model.get(name);
  };
  model.on(`change:${name}`, follow);
  const stop = value.subscribe((next) => {
    if (Object.is(next, model.get(name))) return;
    model.set(name, next);
    model.save_changes();
  });
  abort.addEventListener("abort", () => {
    stop();
    model.off(`change:${name}`, follow);
  });
  return value;
}

/** What Python answers, with the `id` of the question: a value, or a sentence that says why there is none. */
export type Answer<V> = { id: number; ok: true; value: V } | { id: number; ok: false; error: string };

/**
 * Ask Python and wait for the answer; rejects with Python's own sentence, on abort, or after `timeout` ms in which the
 * kernel had nothing else to do: while it runs cells, it answers nobody.
 *
 * Answers are broadcast: to every view of the model, and to every browser window on the same kernel.
 */
export function request<V, T extends Traits = Traits>(
  model: AnyModel<T>,
  question: { type: string },
  { abort, timeout = 15_000 }: { abort: AbortSignal; timeout?: number },
): Promise<V> {
  const id = uniqueId();
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      model.off("msg:custom", receive);
      abort.removeEventListener("abort", cancel);
      finish();
    };
    const cancel = () => settle(() => reject(abort.reason));
    const receive = (answer: Answer<V>) => {
      if (answer?.id !== id) return;
      settle(() => (answer.ok ? resolve(answer.value) : reject(new Error(answer.error))));
    };
    const giveUp = () => {
      if (isBusy(model)) timer = setTimeout(giveUp, timeout);
      else settle(() => reject(new Error("The kernel did not answer. It may be busy or stopped.")));
    };
    let timer = setTimeout(giveUp, timeout);
    if (abort.aborted) return cancel();
    abort.addEventListener("abort", cancel);
    model.on("msg:custom", receive);
    try {
      model.send({ ...question, id });
    } catch {
      settle(() => reject(new Error("The kernel cannot be reached. Run the cell again.")));
    }
  });
}

/** Whether the kernel runs something. JupyterLab knows; where nobody says, it counts as idle. */
function isBusy(model: { widget_manager: unknown }): boolean {
  const manager = model.widget_manager as { kernel?: { status?: string } | null } | null | undefined;
  return manager?.kernel?.status === "busy";
}

/** 53 random bits; `crypto.randomUUID` is missing where a hub is reached without https. */
function uniqueId(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 2 ** 21) * 2 ** 32 + low;
}
