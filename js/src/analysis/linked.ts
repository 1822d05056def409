import type { AnyModel, Host } from "@anywidget/types";
import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import { type Order, RowPages } from "../components/pages";
import type { ProgressView, RowsPage } from "../messages";
import { request, trait } from "../model";
import type { VegaRuntime } from "../vega-runtime";
import type { RowsHead, SelectionView } from "./messages";

/** The traits of every view of an analysis; a view may have more. */
export interface LinkedTraits<V> extends Record<string, unknown> {
  view: V | null;
  progress: ProgressView;
  error: string;
  selection: SelectionView;
  rows_head: RowsHead;
  uid: string;
  runtime: string;
}

/** The state that a view of an analysis shares with Python, and with the other views of the same analysis. */
export class Linked<V, T extends LinkedTraits<V> = LinkedTraits<V>> {
  /** What this view shows; null until it is computed. */
  readonly view: Signal<V | null>;
  readonly progress: Signal<ProgressView>;
  readonly error: Signal<string>;
  /** What is selected, here or in another view. Change it with a request, `focus` or `clear`. */
  readonly selection: Signal<SelectionView>;
  readonly rowsHead: Signal<RowsHead>;
  readonly #model: AnyModel<T>;
  readonly #host: Host;
  readonly #abort: AbortSignal;

  constructor(model: AnyModel<T>, host: Host, abort: AbortSignal) {
    this.#model = model;
    this.#host = host;
    this.#abort = abort;
    this.view = this.trait("view");
    this.progress = this.trait("progress");
    this.error = this.trait("error");
    this.selection = this.trait("selection");
    this.rowsHead = this.trait("rows_head");
  }

  /** A further trait of this view as a signal; assigning to it tells Python. */
  trait<K extends keyof T & string>(name: K): Signal<T[K]> {
    return trait(this.#model, name, this.#abort);
  }

  /** Ask the handler of this name in Python (`answers` of the widget); rejects with Python's own sentence. */
  ask<A>(type: string, question: Record<string, unknown> = {}, timeout?: number): Promise<A> {
    const patience = timeout === undefined ? {} : { timeout };
    return request<A, T>(this.#model, { ...question, type }, { abort: this.#abort, ...patience });
  }

  /** Put one row into focus in every view. */
  focus(row: number | null): Promise<null> {
    return this.ask("focus", { row });
  }

  /** Select nothing. */
  clear(): Promise<null> {
    return this.ask("clear");
  }

  cancel(): Promise<null> {
    return this.ask("cancel");
  }

  /** The selected rows in an order, asked for by pages as they come into sight. */
  pages(order: Signal<Order | null>): ReadonlySignal<RowPages | null> {
    return computed(() => {
      const { rows, version } = this.selection.value;
      if (rows === 0) return null;
      const { column = null, descending = false } = order.value ?? {};
      const asked = (start: number, stop: number) =>
        this.ask<RowsPage>("rows", { order_by: column, descending, start, stop, version });
      return new RowPages(asked, rows);
    });
  }

  /** The Vega that all widgets of the notebook share, fetched when the first chart is drawn. */
  async vega(): Promise<VegaRuntime> {
    const { exports } = await this.#host.getWidget<VegaRuntime>(this.#model.get("runtime"));
    return exports;
  }
}
