import type { AnyModel } from "@anywidget/types";
import { type Signal, signal } from "@preact/signals";

type Traits = Record<string, unknown>;

/** The bytes of a binary trait: a window onto the websocket frame, not a copy of it. */
export function bytes(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

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

/** What the view asks of Python: answered by a message with the same `id`. */
export interface Request {
  type: string;
  [argument: string]: unknown;
}

/** What Python answers: the content asked for, or `error`, a sentence to show. */
export interface Answer {
  id: string;
  error?: string;
  [field: string]: unknown;
}

/** Ask Python and wait for the answer; rejects with Python's own sentence, on abort, or after `timeout` ms. */
export function request<T extends Traits>(
  model: AnyModel<T>,
  question: Request,
  { abort, timeout = 30_000 }: { abort: AbortSignal; timeout?: number },
): Promise<{ answer: Answer; buffers: DataView[] }> {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      model.off("msg:custom", receive);
      abort.removeEventListener("abort", cancel);
      finish();
    };
    const cancel = () => settle(() => reject(abort.reason));
    const receive = (answer: Answer, buffers: DataView[]) => {
      if (answer.id !== id) return;
      settle(() =>
        answer.error === undefined ? resolve({ answer, buffers }) : reject(new Error(answer.error)),
      );
    };
    const timer = setTimeout(
      () => settle(() => reject(new Error("The kernel did not answer. It may be busy or stopped."))),
      timeout,
    );
    if (abort.aborted) return cancel();
    abort.addEventListener("abort", cancel);
    model.on("msg:custom", receive);
    model.send({ ...question, id });
  });
}
