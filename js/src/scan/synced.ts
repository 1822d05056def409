import type { AnyModel, Host } from "@anywidget/types";
import { batch, type Signal } from "@preact/signals";
import type { ProgressView, RowsPage } from "../messages";
import { request, trait } from "../model";
import type { VegaRuntime } from "../vega-runtime";
import type {
  DeclaredView,
  DeclareRequest,
  Detail,
  Narrowing,
  Request,
  RowsRequest,
  ScanView,
} from "./messages";

/** The traits of the Python widget. */
export interface ScanTraits extends Record<string, unknown> {
  view: ScanView | null;
  progress: ProgressView;
  error: string;
  finding: number;
  tab: Tab;
  narrowing: Narrowing | null;
  selected: number[];
  uid: string;
  runtime: string;
  /** The widget of the plan; null until the plan was looked at. */
  plan: string | null;
  /** Set on a page exported to HTML only: there is nobody to tell about dismissals, descriptions and ticks. */
  exported?: boolean;
}

export type Tab = "findings" | "columns" | "plan";

type Question = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;

/** The state shared with Python, and the questions asked of it. What only the screen knows is in `view-state.ts`. */
export class Synced {
  readonly view: Signal<ScanView | null>;
  readonly progress: Signal<ProgressView>;
  readonly error: Signal<string>;
  readonly finding: Signal<number>;
  readonly tab: Signal<Tab>;
  readonly narrowing: Signal<Narrowing | null>;
  readonly selected: Signal<number[]>;
  readonly plan: Signal<string | null>;
  readonly exported: boolean;
  readonly #model: AnyModel<ScanTraits>;
  readonly #host: Host;
  readonly #abort: AbortSignal;

  constructor(model: AnyModel<ScanTraits>, host: Host, abort: AbortSignal) {
    this.#model = model;
    this.#host = host;
    this.#abort = abort;
    this.view = trait(model, "view", abort);
    this.progress = trait(model, "progress", abort);
    this.error = trait(model, "error", abort);
    this.finding = trait(model, "finding", abort);
    this.tab = trait(model, "tab", abort);
    this.narrowing = trait(model, "narrowing", abort);
    this.selected = trait(model, "selected", abort);
    this.plan = trait(model, "plan", abort);
    this.exported = model.get("exported") === true;
  }

  /** Show a finding: all of its rows, none of them ticked. */
  choose(finding: number): void {
    if (finding !== this.finding.value) this.#set({ finding, narrowing: null, selected: [] });
  }

  /** Show only the rows of one part of the evidence, or all of them again. */
  narrow(narrowing: Narrowing | null): void {
    this.#set({ narrowing, selected: [] });
  }

  rows(question: Omit<RowsRequest, "id" | "type">): Promise<RowsPage> {
    return this.#ask({ type: "rows", ...question });
  }

  detail(finding: number): Promise<Detail> {
    return this.#ask({ type: "detail", finding });
  }

  dismiss(finding: number, reason: string): Promise<null> {
    return this.#ask({ type: "dismiss", finding, reason });
  }

  restore(finding: number): Promise<null> {
    return this.#ask({ type: "restore", finding });
  }

  describe(column: number, text: string): Promise<null> {
    return this.#ask({ type: "describe", column, text });
  }

  /** Put a fix into the plan, or take it out. */
  chooseFix(finding: number, fix: number, wish: "choose" | "unchoose"): Promise<null> {
    return this.#ask({ type: wish, finding, fix });
  }

  /** Draw the widget of the plan. */
  async drawPlan(reference: string, el: HTMLElement, signal: AbortSignal): Promise<void> {
    await (await this.#host.getWidget(reference)).render({ el, signal });
  }

  declare(column: number, name: DeclareRequest["name"], text: string): Promise<null> {
    return this.#ask({ type: "declare", column, name, text });
  }

  /** What the scan would propose to declare of a column. */
  draft(column: number): Promise<DeclaredView> {
    return this.#ask({ type: "draft", column });
  }

  accept(column: number): Promise<null> {
    return this.#ask({ type: "accept", column });
  }

  /** Write the dictionary beside the notebook; answers with the name of the file. */
  exportDictionary(): Promise<string> {
    return this.#ask({ type: "export" });
  }

  cancel(): Promise<null> {
    return this.#ask({ type: "cancel" });
  }

  /** The Vega that all widgets of the notebook share, fetched when the first chart is drawn. */
  async vega(): Promise<VegaRuntime> {
    const { exports } = await this.#host.getWidget<VegaRuntime>(this.#model.get("runtime"));
    return exports;
  }

  #ask<V>(question: Question): Promise<V> {
    return request<V, ScanTraits>(this.#model, question, { abort: this.#abort });
  }

  /** Several traits in one message, so that Python never sees a part of another finding. */
  #set(traits: Partial<ScanTraits>): void {
    batch(() => {
      for (const [name, value] of Object.entries(traits)) this.#model.set(name, value);
    });
    this.#model.save_changes();
  }
}
