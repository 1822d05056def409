import type { AnyModel, Host } from "@anywidget/types";
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Answering, type AnsweringTraits } from "../answering";
import type { Narrowable } from "../scan/context";
import type { Narrowing } from "../scan/messages";
import type { VegaRuntime } from "../vega-runtime";
import type { CompareCard, CompareView, DifferenceDetail, PairRow, PairsPage } from "./messages";

const PAGE = 50;

/** The traits of the Python widget. */
export interface CompareTraits extends AnsweringTraits<CompareView> {
  finding: number;
  narrowing: Narrowing | null;
  ticked: number[];
  runtime: string;
}

/** What a comparison shares with Python, and what was fetched of the chosen difference. */
export class Comparison extends Answering<CompareView, CompareTraits> implements Narrowable {
  readonly finding: Signal<number>;
  readonly narrowing: Signal<Narrowing | null>;
  readonly ticked: Signal<number[]>;
  readonly exported = false;
  readonly card: ReadonlySignal<CompareCard | null>;
  /** Null until it is here. */
  readonly detail = signal<DifferenceDetail | null>(null);
  readonly detailError = signal("");
  /** The first page and those asked for since; null until it is here. */
  readonly page = signal<PairsPage | null>(null);
  readonly pageError = signal("");
  readonly asking = signal(false);

  constructor(model: AnyModel<CompareTraits>, host: Host, abort: AbortSignal) {
    super(model, host, abort);
    this.finding = this.trait("finding");
    this.narrowing = this.trait("narrowing");
    this.ticked = this.trait("ticked");
    this.card = computed(
      () => this.view.value?.findings.find(({ index }) => index === this.finding.value) ?? null,
    );
    const stops = [
      effect(() => {
        this.card.value;
        this.retryDetail();
      }),
      effect(() => {
        this.narrowing.value;
        const card = this.card.value;
        this.page.value = null;
        if (card?.side) void this.more();
      }),
    ];
    abort.addEventListener("abort", () => {
      for (const stop of stops) stop();
    });
  }

  /** Show a difference: all of its rows, none of them ticked. */
  choose(finding: number): void {
    if (finding !== this.finding.peek()) this.#set({ finding, narrowing: null, ticked: [] });
  }

  narrow(narrowing: Narrowing | null): void {
    this.#set({ narrowing, ticked: [] });
  }

  tick({ number }: PairRow): void {
    const ticked = new Set(this.ticked.peek());
    if (!ticked.delete(number)) ticked.add(number);
    this.ticked.value = [...ticked].sort((a, b) => a - b);
  }

  async vega(): Promise<VegaRuntime> {
    const { exports } = await this.host.getWidget<VegaRuntime>(this.model.get("runtime"));
    return exports;
  }

  retryDetail(): void {
    const card = this.card.peek();
    this.detail.value = null;
    this.detailError.value = "";
    if (!card) return;
    this.ask<DifferenceDetail>("detail", { finding: card.index }).then(
      (detail) => {
        if (this.card.peek() === card) this.detail.value = detail;
      },
      (reason: Error) => {
        if (this.card.peek() === card) this.detailError.value = reason.message;
      },
    );
  }

  /** Fetch the next rows of what is shown. */
  async more(): Promise<void> {
    const card = this.card.peek();
    const narrowing = this.narrowing.peek();
    const known = this.page.peek();
    if (!card) return;
    const start = known?.rows.length ?? 0;
    const still = () => this.card.peek() === card && this.narrowing.peek() === narrowing;
    this.pageError.value = "";
    this.asking.value = true;
    try {
      const page = await this.ask<PairsPage>(
        "pairs",
        { finding: card.index, narrowing, start, stop: start + PAGE },
        60_000,
      );
      if (still()) this.page.value = { ...page, rows: [...(known?.rows ?? []), ...page.rows] };
    } catch (reason) {
      if (still()) this.pageError.value = (reason as Error).message;
    } finally {
      if (still()) this.asking.value = false;
    }
  }

  #set(traits: Partial<CompareTraits>): void {
    batch(() => {
      for (const [name, value] of Object.entries(traits)) this.model.set(name, value);
    });
    this.model.save_changes();
  }
}
