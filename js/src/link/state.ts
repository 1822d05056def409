import type { AnyModel, Host } from "@anywidget/types";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Answering, type AnsweringTraits } from "../answering";
import { attempt } from "../components/attempt";
import { Judging } from "../components/queue/judging";
import type { VegaRuntime } from "../vega-runtime";
import type { LinkFigures, LinkView, PairCard, PairItem } from "./messages";

export type Decision = "same" | "different" | "unsure";
export type Tab = "pairs" | "figures";

/** The traits of the Python widget. */
export interface LinkTraits extends AnsweringTraits<LinkView> {
  pair: number;
  runtime: string;
}

/** What a view of a linkage shares with Python: the pair on screen, what was decided, and what is on its way. */
export class Linking extends Answering<LinkView, LinkTraits> {
  readonly pair: Signal<number>;
  readonly tab = signal<Tab>("pairs");
  /** Null until it is here. */
  readonly card = signal<PairCard | null>(null);
  readonly cardError = signal("");
  readonly figures = signal<LinkFigures | null>(null);
  readonly figuresError = signal("");
  readonly judging: Judging<Decision>;
  /** The open pairs and the decided ones, with what is not stored yet. */
  readonly queue: ReadonlySignal<PairItem[]>;
  readonly decided: ReadonlySignal<PairItem[]>;

  constructor(model: AnyModel<LinkTraits>, host: Host, abort: AbortSignal) {
    super(model, host, abort);
    this.pair = this.trait("pair");
    this.judging = new Judging<Decision>({
      held: (pair) => this.#held(pair),
      store: (pair, decision, note) => this.ask("decide", { pair, decision, note }, 60_000),
      undo: () => this.ask<number | null>("undo"),
      choose: (pair) => this.choose(pair),
    });
    const pending = this.judging.pending;
    this.queue = computed(() =>
      (this.view.value?.queue ?? []).filter(({ pair }) => !pending.value.has(pair)),
    );
    this.decided = computed(() => {
      const { queue = [], decided = [] } = this.view.value ?? {};
      const painted = [...pending.value].reverse().flatMap(([pair, { verdict, note }]) => {
        const item = [...queue, ...decided].find((item) => item.pair === pair);
        return item ? [{ ...item, decision: verdict, note }] : [];
      });
      return [...painted, ...decided.filter(({ pair }) => !pending.value.has(pair))];
    });
    const stops = [
      effect(() => {
        this.view.value;
        this.pair.value;
        void this.retryCard();
      }),
      effect(() => {
        this.view.value;
        if (this.tab.value === "figures") void this.retryFigures();
      }),
    ];
    abort.addEventListener("abort", () => {
      for (const stop of stops) stop();
    });
  }

  async vega(): Promise<VegaRuntime> {
    const { exports } = await this.host.getWidget<VegaRuntime>(this.model.get("runtime"));
    return exports;
  }

  /** Ask for the pair on screen; what is known of it stays until the answer is here. */
  async retryCard(): Promise<void> {
    const pair = this.pair.peek();
    if (this.card.peek()?.pair !== pair) this.card.value = null;
    this.cardError.value = "";
    if (pair < 0 || !this.view.peek()) return;
    try {
      const card = await this.ask<PairCard>("card", { pair });
      if (this.pair.peek() === pair) this.card.value = card;
    } catch (reason) {
      if (this.pair.peek() === pair) this.cardError.value = (reason as Error).message;
    }
  }

  async retryFigures(): Promise<void> {
    await attempt(
      this.ask<LinkFigures>("figures", {}, 60_000).then((figures) => {
        this.figures.value = figures;
      }),
      this.figuresError,
    );
  }

  choose(pair: number): void {
    this.pair.value = pair;
  }

  /** What Python holds of a pair. */
  #held(pair: number): { verdict: Decision | ""; note: string } | undefined {
    const item = this.view.value?.decided.find((item) => item.pair === pair);
    const card = this.card.value;
    const held = item ?? (card?.pair === pair ? card : undefined);
    return held && { verdict: held.decision, note: held.note };
  }

  /** Show the pair so many places further: through the queue, and before it through what was decided. */
  move(by: number): void {
    const listed = [...this.queue.peek(), ...this.decided.peek()];
    const at = listed.findIndex(({ pair }) => pair === this.pair.peek());
    const to = listed[at < 0 ? 0 : Math.min(Math.max(0, at + by), listed.length - 1)];
    if (to) this.choose(to.pair);
  }

  /** Say what the pair on screen is, and go on to the most telling one that is open. */
  decide(decision: Decision): void {
    const pair = this.pair.peek();
    if (pair < 0) return;
    const next = this.queue.peek().find((item) => item.pair !== pair);
    this.judging.say(pair, decision);
    if (next) this.choose(next.pair);
  }
}
