import type { AnyModel, Host } from "@anywidget/types";
import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import { Answering, type AnsweringTraits } from "../answering";
import { type Order, RowPages } from "../components/pages";
import type { RowsPage } from "../messages";
import type { VegaRuntime } from "../vega-runtime";
import type { RowsHead, SelectionView } from "./messages";

/** The traits of every view of an analysis; a view may have more. */
export interface LinkedTraits<V> extends AnsweringTraits<V> {
  selection: SelectionView;
  rows_head: RowsHead;
  runtime: string;
}

/** The state that a view of an analysis shares with Python, and with the other views of the same analysis. */
export class Linked<V, T extends LinkedTraits<V> = LinkedTraits<V>> extends Answering<V, T> {
  /** What is selected, here or in another view. Change it with a request, `focus` or `clear`. */
  readonly selection: Signal<SelectionView>;
  readonly rowsHead: Signal<RowsHead>;

  constructor(model: AnyModel<T>, host: Host, abort: AbortSignal) {
    super(model, host, abort);
    this.selection = this.trait("selection");
    this.rowsHead = this.trait("rows_head");
  }

  /** Put one row into focus in every view. */
  focus(row: number | null): Promise<null> {
    return this.ask("focus", { row });
  }

  /** Select nothing. */
  clear(): Promise<null> {
    return this.ask("clear");
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
    const { exports } = await this.host.getWidget<VegaRuntime>(this.model.get("runtime"));
    return exports;
  }
}
