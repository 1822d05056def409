import type { AnyModel, Host } from "@anywidget/types";
import type { Signal } from "@preact/signals";
import type { ProgressView } from "./messages";
import { request, trait } from "./model";

/** The traits of every widget that answers questions (`mlqa_widgets/widgets/answering.py`); a view may have more. */
export interface AnsweringTraits<V> extends Record<string, unknown> {
  view: V | null;
  progress: ProgressView;
  error: string;
  uid: string;
}

/** The state that a view shares with Python, and the questions asked of it. */
export class Answering<V, T extends AnsweringTraits<V> = AnsweringTraits<V>> {
  /** What this view shows; null until it is computed. */
  readonly view: Signal<V | null>;
  readonly progress: Signal<ProgressView>;
  readonly error: Signal<string>;
  protected readonly model: AnyModel<T>;
  readonly host: Host;
  readonly #abort: AbortSignal;

  constructor(model: AnyModel<T>, host: Host, abort: AbortSignal) {
    this.model = model;
    this.host = host;
    this.#abort = abort;
    this.view = this.trait("view");
    this.progress = this.trait("progress");
    this.error = this.trait("error");
  }

  /** A further trait of this view as a signal; assigning to it tells Python. */
  trait<K extends keyof T & string>(name: K): Signal<T[K]> {
    return trait(this.model, name, this.#abort);
  }

  /** Ask the handler of this name in Python (`answers` of the widget); rejects with Python's own sentence. */
  ask<A>(type: string, question: Record<string, unknown> = {}, timeout?: number): Promise<A> {
    const patience = timeout === undefined ? {} : { timeout };
    return request<A, T>(this.model, { ...question, type }, { abort: this.#abort, ...patience });
  }

  cancel(): Promise<null> {
    return this.ask("cancel");
  }
}
